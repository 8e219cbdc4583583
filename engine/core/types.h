#ifndef ENGINE_CORE_TYPES_H
#define ENGINE_CORE_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/geo_point.h"

/* The words of the house (docs/ARCHITECTURE.md) as types. Every enum that goes to the disk or over
 * the wire comes from one list with its wire name: values are never renumbered, only appended. */

#define ENUM_NAME(name, text) name,

#define UNIT_KIND_LIST(X)                                                                          \
    X(UNIT_POST, "post")                                                                           \
    X(UNIT_FOOT, "foot")                                                                           \
    X(UNIT_MOTORCYCLE, "motorcycle")                                                               \
    X(UNIT_CAR, "car")                                                                             \
    X(UNIT_GRID, "grid")                                                                           \
    X(UNIT_VOLUNTEER, "volunteer")                                                                 \
    X(UNIT_STATION, "station")
enum unit_kind { UNIT_KIND_LIST(ENUM_NAME) UNIT_KIND_COUNT };

/* Polygons that the police and the town have divided the city into: a place lies in at most one of
 * each kind, the first that holds it. */
#define AREA_KIND_LIST(X)                                                                          \
    X(AREA_BEAT, "beat") /* of a police officer */                                                 \
    X(AREA_GRID, "grid") /* of a grid worker */
enum area_kind { AREA_KIND_LIST(ENUM_NAME) AREA_KIND_COUNT };

/* Who must be there by when. The numbers are the tier's minutes by tradition; targets come from the
 * policy. */
#define TIER_LIST(X)                                                                               \
    X(TIER_1, "1")                                                                                 \
    X(TIER_3, "3")                                                                                 \
    X(TIER_5, "5")
enum tier { TIER_LIST(ENUM_NAME) TIER_COUNT };

#define TIER_VERDICT_LIST(X)                                                                       \
    X(TIER_OPEN, "open")                                                                           \
    X(TIER_MET, "met")                                                                             \
    X(TIER_MISSED, "missed")                                                                       \
    X(TIER_NO_UNIT, "no_unit") /* nobody was found when it was asked; final, like the others */    \
    X(TIER_CANCELLED, "cancelled")                                                                 \
    X(TIER_NOT_ASKED, "not_asked") /* the plan wants nobody from this tier */
enum tier_verdict { TIER_VERDICT_LIST(ENUM_NAME) TIER_VERDICT_COUNT };

#define INCIDENT_TYPE_LIST(X)                                                                      \
    X(INCIDENT_PUBLIC_ORDER, "public_order")                                                       \
    X(INCIDENT_CRIME, "crime")                                                                     \
    X(INCIDENT_TRAFFIC, "traffic")                                                                 \
    X(INCIDENT_FIRE, "fire")                                                                       \
    X(INCIDENT_MEDICAL, "medical")                                                                 \
    X(INCIDENT_HELP, "help")                                                                       \
    X(INCIDENT_DISPUTE, "dispute")                                                                 \
    X(INCIDENT_OTHER, "other")
enum incident_type { INCIDENT_TYPE_LIST(ENUM_NAME) INCIDENT_TYPE_COUNT };

#define CHANNEL_LIST(X)                                                                            \
    X(CHANNEL_PHONE, "phone")                                                                      \
    X(CHANNEL_API, "api")                                                                          \
    X(CHANNEL_KEY_ALARM, "key_alarm")                                                              \
    X(CHANNEL_SMS, "sms")                                                                          \
    X(CHANNEL_UNIT, "unit")                                                                        \
    X(CHANNEL_SENSOR, "sensor")
enum channel { CHANNEL_LIST(ENUM_NAME) CHANNEL_COUNT };

#define INCIDENT_STATE_LIST(X)                                                                     \
    X(INCIDENT_PENDING, "pending")                                                                 \
    X(INCIDENT_DISPATCHED, "dispatched")                                                           \
    X(INCIDENT_RESPONDING, "responding")                                                           \
    X(INCIDENT_ON_SCENE, "on_scene")                                                               \
    X(INCIDENT_FEEDBACK_DUE, "feedback_due") /* last assignment cleared; a disposition is owed */  \
    X(INCIDENT_CLOSED, "closed")                                                                   \
    X(INCIDENT_CANCELLED, "cancelled")                                                             \
    X(INCIDENT_DUPLICATE, "duplicate") /* its reports belong to the main one now */                \
    X(INCIDENT_DIVERTED, "diverted")   /* a community centre has it; nobody is on the way */
enum incident_state { INCIDENT_STATE_LIST(ENUM_NAME) INCIDENT_STATE_COUNT };

/* sent -> delivered -> acknowledged -> en_route -> on_scene -> cleared. Steps may be skipped
 * forwards (their times stay unknown), never taken back. From cleared on they are ends. */
#define ASSIGNMENT_STATE_LIST(X)                                                                   \
    X(ASSIGNMENT_SENT, "sent")                                                                     \
    X(ASSIGNMENT_DELIVERED, "delivered")                                                           \
    X(ASSIGNMENT_ACKNOWLEDGED, "acknowledged")                                                     \
    X(ASSIGNMENT_EN_ROUTE, "en_route")                                                             \
    X(ASSIGNMENT_ON_SCENE, "on_scene")                                                             \
    X(ASSIGNMENT_CLEARED, "cleared")                                                               \
    X(ASSIGNMENT_DECLINED, "declined")                                                             \
    X(ASSIGNMENT_RECALLED, "recalled")                                                             \
    X(ASSIGNMENT_CANCELLED, "cancelled") /* with its incident; an invitation: enough accepted */   \
    X(ASSIGNMENT_PREEMPTED, "preempted") /* for more urgent work, which is named */
enum assignment_state { ASSIGNMENT_STATE_LIST(ENUM_NAME) ASSIGNMENT_STATE_COUNT };

/* What a unit signs on with; some of it makes it fit for what a plan asks
 * (duty_capabilities). */
#define EQUIPMENT_LIST(X)                                                                          \
    X(EQUIPMENT_RADIO, "radio")                                                                    \
    X(EQUIPMENT_CAMERA, "camera")                                                                  \
    X(EQUIPMENT_SHIELD, "shield")                                                                  \
    X(EQUIPMENT_FORK, "fork")                                                                      \
    X(EQUIPMENT_BATON, "baton")                                                                    \
    X(EQUIPMENT_FIREARM, "firearm")                                                                \
    X(EQUIPMENT_FIRST_AID_KIT, "first_aid_kit")                                                    \
    X(EQUIPMENT_AED, "aed")                                                                        \
    X(EQUIPMENT_EXTINGUISHER, "extinguisher")                                                      \
    X(EQUIPMENT_CONES, "cones")                                                                    \
    X(EQUIPMENT_DRONE, "drone")
enum equipment { EQUIPMENT_LIST(ENUM_NAME) EQUIPMENT_COUNT };

#define DUTY_LIST(X)                                                                               \
    X(DUTY_OFF, "off")                                                                             \
    X(DUTY_ON, "on")                                                                               \
    X(DUTY_OUT_OF_SERVICE, "out_of_service")
enum duty { DUTY_LIST(ENUM_NAME) DUTY_COUNT };

/* What a board shows of a unit; derived from duty and the active assignment, never stored. */
#define UNIT_STATUS_LIST(X)                                                                        \
    X(UNIT_STATUS_OFF_DUTY, "off_duty")                                                            \
    X(UNIT_STATUS_AVAILABLE, "available")                                                          \
    X(UNIT_STATUS_DISPATCHED, "dispatched")                                                        \
    X(UNIT_STATUS_EN_ROUTE, "en_route")                                                            \
    X(UNIT_STATUS_ON_SCENE, "on_scene")                                                            \
    X(UNIT_STATUS_OUT_OF_SERVICE, "out_of_service")
enum unit_status { UNIT_STATUS_LIST(ENUM_NAME) UNIT_STATUS_COUNT };

/* Who says that something happened. */
#define SOURCE_LIST(X)                                                                             \
    X(SOURCE_UNIT, "unit")                                                                         \
    X(SOURCE_DISPATCHER, "dispatcher") /* on behalf of the unit */                                 \
    X(SOURCE_GPS, "gps")                                                                           \
    X(SOURCE_SYSTEM, "system")                                                                     \
    X(SOURCE_API, "api")
enum source { SOURCE_LIST(ENUM_NAME) SOURCE_COUNT };

#define DISPATCH_MODE_LIST(X)                                                                      \
    X(DISPATCH_AUTO, "auto")                                                                       \
    X(DISPATCH_RECOMMEND, "recommend")
enum dispatch_mode { DISPATCH_MODE_LIST(ENUM_NAME) DISPATCH_MODE_COUNT };

/* When the clocks of the tiers begin: a matter of the policy, printed on every report. */
#define CLOCK_START_LIST(X)                                                                        \
    X(CLOCK_RECEIVED, "received")                                                                  \
    X(CLOCK_CREATED, "created")                                                                    \
    X(CLOCK_SENT, "sent")                                                                          \
    X(CLOCK_OCCURRED, "occurred") /* as the reporter says; received, where he does not */
enum clock_start { CLOCK_START_LIST(ENUM_NAME) CLOCK_START_COUNT };

/* What is done when nobody free is left but somebody is on the way to lower-priority work. */
#define PREEMPT_LIST(X)                                                                            \
    X(PREEMPT_NEVER, "never")                                                                      \
    X(PREEMPT_PROPOSE, "propose") /* shown with the victim; a dispatcher orders it */              \
    X(PREEMPT_AUTO, "auto")       /* in `auto` mode ordered at once */
enum preempt { PREEMPT_LIST(ENUM_NAME) PREEMPT_COUNT };

/* Why a unit was passed over, why a command was refused, why an alarm was raised: machine-readable;
 * only the page turns them into sentences. */
#define REASON_LIST(X)                                                                             \
    X(REASON_NONE, "none")                                                                         \
    /* why not this unit */                                                                        \
    X(REASON_OFF_DUTY, "off_duty")                                                                 \
    X(REASON_OUT_OF_SERVICE, "out_of_service")                                                     \
    X(REASON_ASSIGNED, "assigned")   /* busy with another incident */                              \
    X(REASON_STALE_FIX, "stale_fix") /* its position is too old to trust */                        \
    X(REASON_NO_FIX, "no_fix")                                                                     \
    X(REASON_WRONG_KIND, "wrong_kind") /* the policy wants other kinds in every tier */            \
    X(REASON_CAPABILITY, "capability") /* lacks what the plan asks for */                          \
    X(REASON_TOO_FAR, "too_far")       /* cannot be there in time */                               \
    X(REASON_NO_ROUTE, "no_route")                                                                 \
    X(REASON_DECLINED, "declined") /* declined this incident */                                    \
    X(REASON_ENOUGH, "enough")     /* would fit; nearer ones were enough */                        \
    /* why a command was refused */                                                                \
    X(REASON_UNKNOWN_UNIT, "unknown_unit")                                                         \
    X(REASON_UNKNOWN_INCIDENT, "unknown_incident")                                                 \
    X(REASON_UNKNOWN_ASSIGNMENT, "unknown_assignment")                                             \
    X(REASON_STALE_GENERATION, "stale_generation") /* dispatched anew since you looked */          \
    X(REASON_UNIT_BUSY, "unit_busy")                                                               \
    X(REASON_WRONG_STATE, "wrong_state")                                                           \
    X(REASON_NOT_YOURS, "not_yours")               /* another unit's assignment */                 \
    X(REASON_OPEN_ASSIGNMENTS, "open_assignments") /* close or sign-off with work open */          \
    X(REASON_CAPACITY, "capacity")                 /* a configured limit is reached */             \
    X(REASON_UNKNOWN_ALARM, "unknown_alarm")                                                       \
    /* why a unit declines, why an order is recalled or an incident cancelled */                   \
    X(REASON_UNIT_DECLINES, "unit_declines")                                                       \
    X(REASON_VEHICLE, "vehicle")                                                                   \
    X(REASON_ENGAGED, "engaged") /* already dealing with something */                              \
    X(REASON_UNSAFE, "unsafe")                                                                     \
    X(REASON_DISPATCHER, "dispatcher") /* a dispatcher's decision */                               \
    X(REASON_FALSE_REPORT, "false_report")                                                         \
    X(REASON_DUPLICATE, "duplicate")                                                               \
    X(REASON_RESOLVED, "resolved")                                                                 \
    X(REASON_BAD_INPUT, "bad_input")   /* a roster that contradicts itself */                      \
    X(REASON_OPEN_PANIC, "open_panic") /* a supervisor ends it first */                            \
    X(REASON_UNKNOWN_REPORT, "unknown_report")                                                     \
    X(REASON_CLAIMED, "claimed")     /* another dispatcher has it; taking it needs a word */       \
    X(REASON_NOT_LOWER, "not_lower") /* only lower-priority work may be robbed of a unit */        \
    X(REASON_PREEMPTED, "preempted")                                                               \
    X(REASON_REASSIGNED, "reassigned")                                                             \
    X(REASON_CAN_WAIT, "can_wait")   /* why an incident is held ... */                             \
    X(REASON_NEW_FACTS, "new_facts") /* ... or opened again */                                     \
    X(REASON_GIVEN, "given")         /* went to another incident that waited at the same moment */ \
    X(REASON_OTHER_AREA, "other_area") /* nearer, but somebody of the own area is in time */       \
    X(REASON_UNKNOWN_CENTRE, "unknown_centre")                                                     \
    X(REASON_UNKNOWN_REFERRAL, "unknown_referral")                                                 \
    X(REASON_OPEN_REFERRAL, "open_referral") /* a centre still has it, or its units are here */    \
    X(REASON_NOT_COMPETENT, "not_competent") /* why a centre returns what is not its business */   \
    X(REASON_UNKNOWN_CHECKPOINT, "unknown_checkpoint")                                             \
    X(REASON_PLAN_FIRST, "plan_first") /* nearer, but the circle's plan names one in time */
enum reason { REASON_LIST(ENUM_NAME) REASON_COUNT };

#define ALARM_KIND_LIST(X)                                                                         \
    X(ALARM_NO_UNIT, "no_unit")             /* a tier found nobody */                              \
    X(ALARM_ACK_LATE, "ack_late")           /* ladder: dispatcher step */                          \
    X(ALARM_ACK_ESCALATED, "ack_escalated") /* ladder: supervisor step */                          \
    X(ALARM_TIER_MISSED, "tier_missed")                                                            \
    X(ALARM_UNDISPATCHED, "undispatched") /* nobody is on the way any more, or yet */              \
    X(ALARM_DECLINED, "declined")         /* declined and nobody left to ask */                    \
    X(ALARM_NOTICE_LATE, "notice_late")   /* a notice nobody acknowledged: dispatcher step */      \
    X(ALARM_NOTICE_ESCALATED, "notice_escalated") /* ... supervisor step */                        \
    X(ALARM_PANIC, "panic")                       /* a unit calls for help: never shelved */       \
    X(ALARM_PAR_OVERDUE, "par_overdue")           /* on scene, and did not say that all is well */ \
    X(ALARM_HOLD_REVIEW, "hold_review")           /* what was held is to be looked at again */     \
    X(ALARM_SUPPORT, "support")                   /* a unit at work asks for more */               \
    X(ALARM_COVERAGE_GAP, "coverage_gap")   /* nobody could be at a circle in time, for long */    \
    X(ALARM_RECEIPT_LATE, "receipt_late")   /* a centre has not signed for what it was sent */     \
    X(ALARM_FEEDBACK_LATE, "feedback_late") /* ... nor said what became of it */                   \
    X(ALARM_HELP_LATE, "help_late")         /* a neighbour has not answered a call for units */    \
    X(ALARM_CHECKPOINT_OVERDUE, "checkpoint_overdue") /* nobody has visited it in its time */
enum alarm_kind { ALARM_KIND_LIST(ENUM_NAME) ALARM_KIND_COUNT };

/* What the gateway of the second channel says of an order that it was handed. */
#define RECEIPT_LIST(X)                                                                            \
    X(RECEIPT_TAKEN, "taken")                                                                      \
    X(RECEIPT_DELIVERED, "delivered")                                                              \
    X(RECEIPT_FAILED, "failed")                                                                    \
    X(RECEIPT_ANSWERED, "answered") /* a person said yes */
enum receipt { RECEIPT_LIST(ENUM_NAME) RECEIPT_COUNT };

/* Whether the unit's device is connected; UNKNOWN: nobody said, as after a start. */
enum link { LINK_UNKNOWN, LINK_UP, LINK_DOWN };

/* What an ordered unit has to hear after its order, and acknowledge like one. */
#define NOTICE_KIND_LIST(X)                                                                        \
    X(NOTICE_CHANGED, "changed") /* the incident's place, type or priority */                      \
    X(NOTICE_DANGER, "danger")   /* a warning was given */                                         \
    X(NOTICE_RECALLED, "recalled")
enum notice_kind { NOTICE_KIND_LIST(ENUM_NAME) NOTICE_KIND_COUNT };

/* none -> sent -> delivered -> acknowledged; another notice begins anew. */
#define NOTICE_STATE_LIST(X)                                                                       \
    X(NOTICE_NONE, "none")                                                                         \
    X(NOTICE_SENT, "sent")                                                                         \
    X(NOTICE_DELIVERED, "delivered")                                                               \
    X(NOTICE_ACKNOWLEDGED, "acknowledged")
enum notice_state { NOTICE_STATE_LIST(ENUM_NAME) NOTICE_STATE_COUNT };

/* A unit's call for help, over whatever else it does: heard by a dispatcher, ended by a supervisor.
 */
#define PANIC_STATE_LIST(X)                                                                        \
    X(PANIC_NONE, "none")                                                                          \
    X(PANIC_RAISED, "raised")                                                                      \
    X(PANIC_ACKNOWLEDGED, "acknowledged")
enum panic_state { PANIC_STATE_LIST(ENUM_NAME) PANIC_STATE_COUNT };

/* From what the place of a call for help is known, the best first. */
#define PANIC_PLACE_LIST(X)                                                                        \
    X(PANIC_PLACE_DEVICE, "device") /* said with the call */                                       \
    X(PANIC_PLACE_FIX, "fix")       /* the last position, however old */                           \
    X(PANIC_PLACE_ORDER, "order")   /* where the unit was ordered to */                            \
    X(PANIC_PLACE_HOME, "home")                                                                    \
    X(PANIC_PLACE_CIRCLE, "circle")                                                                \
    X(PANIC_PLACE_DISTRICT, "district") /* a corner of its border */                               \
    X(PANIC_PLACE_UNKNOWN, "unknown")
enum panic_place { PANIC_PLACE_LIST(ENUM_NAME) PANIC_PLACE_COUNT };

#define WARN_LEVEL_LIST(X)                                                                         \
    X(WARN_CAUTION, "caution")                                                                     \
    X(WARN_DANGER, "danger")
enum warn_level { WARN_LEVEL_LIST(ENUM_NAME) WARN_LEVEL_COUNT };

/* Whom else one asks: not ordered, but asked, and answering in its own time. */
#define CENTRE_KIND_LIST(X)                                                                        \
    X(CENTRE_COMMUNITY, "community") /* mediates, settles complaints (综治中心) */             \
    X(CENTRE_NEIGHBOUR, "neighbour") /* commands the units beyond the border */
enum centre_kind { CENTRE_KIND_LIST(ENUM_NAME) CENTRE_KIND_COUNT };

/* What became of an incident at a centre. Community: sent -> received -> feedback, or returned.
 * Neighbour: sent -> lent -> arrived -> given_back, or refused. Withdrawn: by a dispatcher. */
#define REFERRAL_STATE_LIST(X)                                                                     \
    X(REFERRAL_SENT, "sent")                                                                       \
    X(REFERRAL_RECEIVED, "received")                                                               \
    X(REFERRAL_LENT, "lent")                                                                       \
    X(REFERRAL_ARRIVED, "arrived")                                                                 \
    X(REFERRAL_FEEDBACK, "feedback") /* from here on: ends */                                      \
    X(REFERRAL_RETURNED, "returned")                                                               \
    X(REFERRAL_REFUSED, "refused")                                                                 \
    X(REFERRAL_GIVEN_BACK, "given_back")                                                           \
    X(REFERRAL_WITHDRAWN, "withdrawn")
enum referral_state { REFERRAL_STATE_LIST(ENUM_NAME) REFERRAL_STATE_COUNT };

/* How a visit of a checkpoint is known. */
#define VISIT_LIST(X)                                                                              \
    X(VISIT_SEEN, "seen")       /* by the unit's fixes: it stayed long enough */                   \
    X(VISIT_SIGNED, "signed")   /* somebody says so */                                             \
    X(VISIT_SCANNED, "scanned") /* the tag at the place was read */                                \
    X(VISIT_WALKED, "walked")   /* of a route: its places, in their order */
enum visit { VISIT_LIST(ENUM_NAME) VISIT_COUNT };

/* What a photo's bytes are, by their first ones; named as the wire's media types. */
#define PHOTO_MEDIA_LIST(X)                                                                        \
    X(PHOTO_JPEG, "image/jpeg")                                                                    \
    X(PHOTO_PNG, "image/png")                                                                      \
    X(PHOTO_WEBP, "image/webp")
enum photo_media { PHOTO_MEDIA_LIST(ENUM_NAME) PHOTO_MEDIA_COUNT };
#define PHOTO_HASH_SIZE 32u /* BLAKE2b-256 of the file's bytes */

/* Wire names, both ways. `*_name` never answers NULL; `types_find` answers -1 for an unknown name.
 */
enum types_list {
    TYPES_UNIT_KIND,
    TYPES_TIER,
    TYPES_TIER_VERDICT,
    TYPES_INCIDENT_TYPE,
    TYPES_CHANNEL,
    TYPES_INCIDENT_STATE,
    TYPES_ASSIGNMENT_STATE,
    TYPES_DUTY,
    TYPES_UNIT_STATUS,
    TYPES_SOURCE,
    TYPES_DISPATCH_MODE,
    TYPES_REASON,
    TYPES_ALARM_KIND,
    TYPES_NOTICE_KIND,
    TYPES_NOTICE_STATE,
    TYPES_WARN_LEVEL,
    TYPES_PANIC_STATE,
    TYPES_PANIC_PLACE,
    TYPES_CLOCK_START,
    TYPES_PREEMPT,
    TYPES_RECEIPT,
    TYPES_AREA_KIND,
    TYPES_CENTRE_KIND,
    TYPES_REFERRAL_STATE,
    TYPES_EQUIPMENT,
    TYPES_VISIT,
    TYPES_PHOTO_MEDIA,
    TYPES_LIST_COUNT
};
const char *types_name(enum types_list list, uint32_t value);
bool types_same_text(const char *a, const char *b);
int32_t types_find(enum types_list list, const char *name);
uint32_t types_count(enum types_list list);

bool assignment_state_ended(enum assignment_state state);
bool incident_state_ended(enum incident_state state);

#define TIME_NEVER INT64_MIN /* a time that is not known; never 0, never back-filled */

/* Bounds in bytes, each with its NUL. */
#define CODE_SIZE       16u /* "P12", a call sign: [A-Za-z0-9_.-] */
#define NAME_SIZE       64u
#define ADDRESS_SIZE    160u
#define PHONE_SIZE      24u
#define NOTE_SIZE       512u
#define ACTOR_SIZE      32u
#define CREW_SIZE       192u /* names or numbers, as people write them */
#define DEVICE_SIZE     32u
#define COMMAND_ID_SIZE 16u

#define UNIT_NONE       UINT32_MAX
#define CIRCLE_NONE     UINT32_MAX
#define AREA_NONE       UINT32_MAX
#define CHECKPOINT_NONE UINT32_MAX
#define PLAN_NONE       UINT32_MAX
#define DISTRICT_NONE   63u /* outside every district; seen by city-wide scopes only */
#define DISTRICTS_MAX   63u
#define SCOPE_CITY      UINT64_MAX /* a scope is a set of districts, bit by bit */

/* What a unit has signed on with. */
struct sign_on {
    uint32_t equipment; /* bit per enum equipment */
    char crew[CREW_SIZE];
    char device[DEVICE_SIZE];
};

/* Who gives a command: checked by engine/net before it comes here, recorded with every event. */
struct actor {
    char id[ACTOR_SIZE]; /* user name, "unit:P12", "system" */
    enum source source;
};

#endif
