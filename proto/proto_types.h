#ifndef PROTO_PROTO_TYPES_H
#define PROTO_PROTO_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The words of the wire (docs/PROTOCOL.md section 7). The lists have the names and the order of the
 * engine's own; a test compares them, and engine/net casts one to the other. Stateless. */

#define PROTO_MUST_CHECK       __attribute__((warn_unused_result))
#define PROTO_NAME(name, text) name,

#define PROTO_UNIT_KIND_LIST(X)                                                                    \
    X(PROTO_UNIT_POST, "post")                                                                     \
    X(PROTO_UNIT_FOOT, "foot")                                                                     \
    X(PROTO_UNIT_MOTORCYCLE, "motorcycle")                                                         \
    X(PROTO_UNIT_CAR, "car")                                                                       \
    X(PROTO_UNIT_GRID, "grid")                                                                     \
    X(PROTO_UNIT_VOLUNTEER, "volunteer")                                                           \
    X(PROTO_UNIT_STATION, "station")
enum proto_unit_kind { PROTO_UNIT_KIND_LIST(PROTO_NAME) PROTO_UNIT_KIND_COUNT };

/* What a unit signs on with: bits in this order. */
#define PROTO_EQUIPMENT_LIST(X)                                                                    \
    X(PROTO_EQUIPMENT_RADIO, "radio")                                                              \
    X(PROTO_EQUIPMENT_CAMERA, "camera")                                                            \
    X(PROTO_EQUIPMENT_SHIELD, "shield")                                                            \
    X(PROTO_EQUIPMENT_FORK, "fork")                                                                \
    X(PROTO_EQUIPMENT_BATON, "baton")                                                              \
    X(PROTO_EQUIPMENT_FIREARM, "firearm")                                                          \
    X(PROTO_EQUIPMENT_FIRST_AID_KIT, "first_aid_kit")                                              \
    X(PROTO_EQUIPMENT_AED, "aed")                                                                  \
    X(PROTO_EQUIPMENT_EXTINGUISHER, "extinguisher")                                                \
    X(PROTO_EQUIPMENT_CONES, "cones")                                                              \
    X(PROTO_EQUIPMENT_DRONE, "drone")
enum proto_equipment { PROTO_EQUIPMENT_LIST(PROTO_NAME) PROTO_EQUIPMENT_COUNT };

#define PROTO_AREA_KIND_LIST(X)                                                                    \
    X(PROTO_AREA_BEAT, "beat")                                                                     \
    X(PROTO_AREA_GRID, "grid")
enum proto_area_kind { PROTO_AREA_KIND_LIST(PROTO_NAME) PROTO_AREA_KIND_COUNT };

#define PROTO_TIER_LIST(X)                                                                         \
    X(PROTO_TIER_1, "1")                                                                           \
    X(PROTO_TIER_3, "3")                                                                           \
    X(PROTO_TIER_5, "5")
enum proto_tier { PROTO_TIER_LIST(PROTO_NAME) PROTO_TIER_COUNT };

#define PROTO_TIER_VERDICT_LIST(X)                                                                 \
    X(PROTO_TIER_OPEN, "open")                                                                     \
    X(PROTO_TIER_MET, "met")                                                                       \
    X(PROTO_TIER_MISSED, "missed")                                                                 \
    X(PROTO_TIER_NO_UNIT, "no_unit")                                                               \
    X(PROTO_TIER_CANCELLED, "cancelled")                                                           \
    X(PROTO_TIER_NOT_ASKED, "not_asked")
enum proto_tier_verdict { PROTO_TIER_VERDICT_LIST(PROTO_NAME) PROTO_TIER_VERDICT_COUNT };

#define PROTO_INCIDENT_TYPE_LIST(X)                                                                \
    X(PROTO_INCIDENT_PUBLIC_ORDER, "public_order")                                                 \
    X(PROTO_INCIDENT_CRIME, "crime")                                                               \
    X(PROTO_INCIDENT_TRAFFIC, "traffic")                                                           \
    X(PROTO_INCIDENT_FIRE, "fire")                                                                 \
    X(PROTO_INCIDENT_MEDICAL, "medical")                                                           \
    X(PROTO_INCIDENT_HELP, "help")                                                                 \
    X(PROTO_INCIDENT_DISPUTE, "dispute")                                                           \
    X(PROTO_INCIDENT_OTHER, "other")
enum proto_incident_type { PROTO_INCIDENT_TYPE_LIST(PROTO_NAME) PROTO_INCIDENT_TYPE_COUNT };

#define PROTO_CHANNEL_LIST(X)                                                                      \
    X(PROTO_CHANNEL_PHONE, "phone")                                                                \
    X(PROTO_CHANNEL_API, "api")                                                                    \
    X(PROTO_CHANNEL_KEY_ALARM, "key_alarm")                                                        \
    X(PROTO_CHANNEL_SMS, "sms")                                                                    \
    X(PROTO_CHANNEL_UNIT, "unit")                                                                  \
    X(PROTO_CHANNEL_SENSOR, "sensor")
enum proto_channel { PROTO_CHANNEL_LIST(PROTO_NAME) PROTO_CHANNEL_COUNT };

#define PROTO_INCIDENT_STATE_LIST(X)                                                               \
    X(PROTO_INCIDENT_PENDING, "pending")                                                           \
    X(PROTO_INCIDENT_DISPATCHED, "dispatched")                                                     \
    X(PROTO_INCIDENT_RESPONDING, "responding")                                                     \
    X(PROTO_INCIDENT_ON_SCENE, "on_scene")                                                         \
    X(PROTO_INCIDENT_FEEDBACK_DUE, "feedback_due")                                                 \
    X(PROTO_INCIDENT_CLOSED, "closed")                                                             \
    X(PROTO_INCIDENT_CANCELLED, "cancelled")                                                       \
    X(PROTO_INCIDENT_DUPLICATE, "duplicate")                                                       \
    X(PROTO_INCIDENT_DIVERTED, "diverted")
enum proto_incident_state { PROTO_INCIDENT_STATE_LIST(PROTO_NAME) PROTO_INCIDENT_STATE_COUNT };

#define PROTO_ASSIGNMENT_STATE_LIST(X)                                                             \
    X(PROTO_ASSIGNMENT_SENT, "sent")                                                               \
    X(PROTO_ASSIGNMENT_DELIVERED, "delivered")                                                     \
    X(PROTO_ASSIGNMENT_ACKNOWLEDGED, "acknowledged")                                               \
    X(PROTO_ASSIGNMENT_EN_ROUTE, "en_route")                                                       \
    X(PROTO_ASSIGNMENT_ON_SCENE, "on_scene")                                                       \
    X(PROTO_ASSIGNMENT_CLEARED, "cleared")                                                         \
    X(PROTO_ASSIGNMENT_DECLINED, "declined")                                                       \
    X(PROTO_ASSIGNMENT_RECALLED, "recalled")                                                       \
    X(PROTO_ASSIGNMENT_CANCELLED, "cancelled")                                                     \
    X(PROTO_ASSIGNMENT_PREEMPTED, "preempted")
enum proto_assignment_state {
    PROTO_ASSIGNMENT_STATE_LIST(PROTO_NAME) PROTO_ASSIGNMENT_STATE_COUNT
};

#define PROTO_DUTY_LIST(X)                                                                         \
    X(PROTO_DUTY_OFF, "off")                                                                       \
    X(PROTO_DUTY_ON, "on")                                                                         \
    X(PROTO_DUTY_OUT_OF_SERVICE, "out_of_service")
enum proto_duty { PROTO_DUTY_LIST(PROTO_NAME) PROTO_DUTY_COUNT };

#define PROTO_UNIT_STATUS_LIST(X)                                                                  \
    X(PROTO_UNIT_STATUS_OFF_DUTY, "off_duty")                                                      \
    X(PROTO_UNIT_STATUS_AVAILABLE, "available")                                                    \
    X(PROTO_UNIT_STATUS_DISPATCHED, "dispatched")                                                  \
    X(PROTO_UNIT_STATUS_EN_ROUTE, "en_route")                                                      \
    X(PROTO_UNIT_STATUS_ON_SCENE, "on_scene")                                                      \
    X(PROTO_UNIT_STATUS_OUT_OF_SERVICE, "out_of_service")
enum proto_unit_status { PROTO_UNIT_STATUS_LIST(PROTO_NAME) PROTO_UNIT_STATUS_COUNT };

#define PROTO_SOURCE_LIST(X)                                                                       \
    X(PROTO_SOURCE_UNIT, "unit")                                                                   \
    X(PROTO_SOURCE_DISPATCHER, "dispatcher")                                                       \
    X(PROTO_SOURCE_GPS, "gps")                                                                     \
    X(PROTO_SOURCE_SYSTEM, "system")                                                               \
    X(PROTO_SOURCE_API, "api")
enum proto_source { PROTO_SOURCE_LIST(PROTO_NAME) PROTO_SOURCE_COUNT };

#define PROTO_DISPATCH_MODE_LIST(X)                                                                \
    X(PROTO_DISPATCH_AUTO, "auto")                                                                 \
    X(PROTO_DISPATCH_RECOMMEND, "recommend")
enum proto_dispatch_mode { PROTO_DISPATCH_MODE_LIST(PROTO_NAME) PROTO_DISPATCH_MODE_COUNT };

#define PROTO_CLOCK_START_LIST(X)                                                                  \
    X(PROTO_CLOCK_RECEIVED, "received")                                                            \
    X(PROTO_CLOCK_CREATED, "created")                                                              \
    X(PROTO_CLOCK_SENT, "sent")                                                                    \
    X(PROTO_CLOCK_OCCURRED, "occurred")
enum proto_clock_start { PROTO_CLOCK_START_LIST(PROTO_NAME) PROTO_CLOCK_START_COUNT };

#define PROTO_PREEMPT_LIST(X)                                                                      \
    X(PROTO_PREEMPT_NEVER, "never")                                                                \
    X(PROTO_PREEMPT_PROPOSE, "propose")                                                            \
    X(PROTO_PREEMPT_AUTO, "auto")
enum proto_preempt { PROTO_PREEMPT_LIST(PROTO_NAME) PROTO_PREEMPT_COUNT };

#define PROTO_REASON_LIST(X)                                                                       \
    X(PROTO_REASON_NONE, "none")                                                                   \
    X(PROTO_REASON_OFF_DUTY, "off_duty")                                                           \
    X(PROTO_REASON_OUT_OF_SERVICE, "out_of_service")                                               \
    X(PROTO_REASON_ASSIGNED, "assigned")                                                           \
    X(PROTO_REASON_STALE_FIX, "stale_fix")                                                         \
    X(PROTO_REASON_NO_FIX, "no_fix")                                                               \
    X(PROTO_REASON_WRONG_KIND, "wrong_kind")                                                       \
    X(PROTO_REASON_CAPABILITY, "capability")                                                       \
    X(PROTO_REASON_TOO_FAR, "too_far")                                                             \
    X(PROTO_REASON_NO_ROUTE, "no_route")                                                           \
    X(PROTO_REASON_DECLINED, "declined")                                                           \
    X(PROTO_REASON_ENOUGH, "enough")                                                               \
    X(PROTO_REASON_UNKNOWN_UNIT, "unknown_unit")                                                   \
    X(PROTO_REASON_UNKNOWN_INCIDENT, "unknown_incident")                                           \
    X(PROTO_REASON_UNKNOWN_ASSIGNMENT, "unknown_assignment")                                       \
    X(PROTO_REASON_STALE_GENERATION, "stale_generation")                                           \
    X(PROTO_REASON_UNIT_BUSY, "unit_busy")                                                         \
    X(PROTO_REASON_WRONG_STATE, "wrong_state")                                                     \
    X(PROTO_REASON_NOT_YOURS, "not_yours")                                                         \
    X(PROTO_REASON_OPEN_ASSIGNMENTS, "open_assignments")                                           \
    X(PROTO_REASON_CAPACITY, "capacity")                                                           \
    X(PROTO_REASON_UNKNOWN_ALARM, "unknown_alarm")                                                 \
    X(PROTO_REASON_UNIT_DECLINES, "unit_declines")                                                 \
    X(PROTO_REASON_VEHICLE, "vehicle")                                                             \
    X(PROTO_REASON_ENGAGED, "engaged")                                                             \
    X(PROTO_REASON_UNSAFE, "unsafe")                                                               \
    X(PROTO_REASON_DISPATCHER, "dispatcher")                                                       \
    X(PROTO_REASON_FALSE_REPORT, "false_report")                                                   \
    X(PROTO_REASON_DUPLICATE, "duplicate")                                                         \
    X(PROTO_REASON_RESOLVED, "resolved")                                                           \
    X(PROTO_REASON_BAD_INPUT, "bad_input")                                                         \
    X(PROTO_REASON_OPEN_PANIC, "open_panic")                                                       \
    X(PROTO_REASON_UNKNOWN_REPORT, "unknown_report")                                               \
    X(PROTO_REASON_CLAIMED, "claimed")                                                             \
    X(PROTO_REASON_NOT_LOWER, "not_lower")                                                         \
    X(PROTO_REASON_PREEMPTED, "preempted")                                                         \
    X(PROTO_REASON_REASSIGNED, "reassigned")                                                       \
    X(PROTO_REASON_CAN_WAIT, "can_wait")                                                           \
    X(PROTO_REASON_NEW_FACTS, "new_facts")                                                         \
    X(PROTO_REASON_GIVEN, "given")                                                                 \
    X(PROTO_REASON_OTHER_AREA, "other_area")                                                       \
    X(PROTO_REASON_UNKNOWN_CENTRE, "unknown_centre")                                               \
    X(PROTO_REASON_UNKNOWN_REFERRAL, "unknown_referral")                                           \
    X(PROTO_REASON_OPEN_REFERRAL, "open_referral")                                                 \
    X(PROTO_REASON_NOT_COMPETENT, "not_competent")                                                 \
    X(PROTO_REASON_UNKNOWN_CHECKPOINT, "unknown_checkpoint")                                       \
    X(PROTO_REASON_PLAN_FIRST, "plan_first")
enum proto_reason { PROTO_REASON_LIST(PROTO_NAME) PROTO_REASON_COUNT };

#define PROTO_ALARM_KIND_LIST(X)                                                                   \
    X(PROTO_ALARM_NO_UNIT, "no_unit")                                                              \
    X(PROTO_ALARM_ACK_LATE, "ack_late")                                                            \
    X(PROTO_ALARM_ACK_ESCALATED, "ack_escalated")                                                  \
    X(PROTO_ALARM_TIER_MISSED, "tier_missed")                                                      \
    X(PROTO_ALARM_UNDISPATCHED, "undispatched")                                                    \
    X(PROTO_ALARM_DECLINED, "declined")                                                            \
    X(PROTO_ALARM_NOTICE_LATE, "notice_late")                                                      \
    X(PROTO_ALARM_NOTICE_ESCALATED, "notice_escalated")                                            \
    X(PROTO_ALARM_PANIC, "panic")                                                                  \
    X(PROTO_ALARM_PAR_OVERDUE, "par_overdue")                                                      \
    X(PROTO_ALARM_HOLD_REVIEW, "hold_review")                                                      \
    X(PROTO_ALARM_SUPPORT, "support")                                                              \
    X(PROTO_ALARM_COVERAGE_GAP, "coverage_gap")                                                    \
    X(PROTO_ALARM_RECEIPT_LATE, "receipt_late")                                                    \
    X(PROTO_ALARM_FEEDBACK_LATE, "feedback_late")                                                  \
    X(PROTO_ALARM_HELP_LATE, "help_late")                                                          \
    X(PROTO_ALARM_CHECKPOINT_OVERDUE, "checkpoint_overdue")
enum proto_alarm_kind { PROTO_ALARM_KIND_LIST(PROTO_NAME) PROTO_ALARM_KIND_COUNT };

#define PROTO_NOTICE_KIND_LIST(X)                                                                  \
    X(PROTO_NOTICE_CHANGED, "changed")                                                             \
    X(PROTO_NOTICE_DANGER, "danger")                                                               \
    X(PROTO_NOTICE_RECALLED, "recalled")
enum proto_notice_kind { PROTO_NOTICE_KIND_LIST(PROTO_NAME) PROTO_NOTICE_KIND_COUNT };

#define PROTO_NOTICE_STATE_LIST(X)                                                                 \
    X(PROTO_NOTICE_NONE, "none")                                                                   \
    X(PROTO_NOTICE_SENT, "sent")                                                                   \
    X(PROTO_NOTICE_DELIVERED, "delivered")                                                         \
    X(PROTO_NOTICE_ACKNOWLEDGED, "acknowledged")
enum proto_notice_state { PROTO_NOTICE_STATE_LIST(PROTO_NAME) PROTO_NOTICE_STATE_COUNT };

#define PROTO_PANIC_STATE_LIST(X)                                                                  \
    X(PROTO_PANIC_NONE, "none")                                                                    \
    X(PROTO_PANIC_RAISED, "raised")                                                                \
    X(PROTO_PANIC_ACKNOWLEDGED, "acknowledged")
enum proto_panic_state { PROTO_PANIC_STATE_LIST(PROTO_NAME) PROTO_PANIC_STATE_COUNT };

#define PROTO_PANIC_PLACE_LIST(X)                                                                  \
    X(PROTO_PANIC_PLACE_DEVICE, "device")                                                          \
    X(PROTO_PANIC_PLACE_FIX, "fix")                                                                \
    X(PROTO_PANIC_PLACE_ORDER, "order")                                                            \
    X(PROTO_PANIC_PLACE_HOME, "home")                                                              \
    X(PROTO_PANIC_PLACE_CIRCLE, "circle")                                                          \
    X(PROTO_PANIC_PLACE_DISTRICT, "district")                                                      \
    X(PROTO_PANIC_PLACE_UNKNOWN, "unknown")
enum proto_panic_place { PROTO_PANIC_PLACE_LIST(PROTO_NAME) PROTO_PANIC_PLACE_COUNT };

#define PROTO_WARN_LEVEL_LIST(X)                                                                   \
    X(PROTO_WARN_CAUTION, "caution")                                                               \
    X(PROTO_WARN_DANGER, "danger")
enum proto_warn_level { PROTO_WARN_LEVEL_LIST(PROTO_NAME) PROTO_WARN_LEVEL_COUNT };

#define PROTO_CENTRE_KIND_LIST(X)                                                                  \
    X(PROTO_CENTRE_COMMUNITY, "community")                                                         \
    X(PROTO_CENTRE_NEIGHBOUR, "neighbour")
enum proto_centre_kind { PROTO_CENTRE_KIND_LIST(PROTO_NAME) PROTO_CENTRE_KIND_COUNT };

#define PROTO_REFERRAL_STATE_LIST(X)                                                               \
    X(PROTO_REFERRAL_SENT, "sent")                                                                 \
    X(PROTO_REFERRAL_RECEIVED, "received")                                                         \
    X(PROTO_REFERRAL_LENT, "lent")                                                                 \
    X(PROTO_REFERRAL_ARRIVED, "arrived")                                                           \
    X(PROTO_REFERRAL_FEEDBACK, "feedback")                                                         \
    X(PROTO_REFERRAL_RETURNED, "returned")                                                         \
    X(PROTO_REFERRAL_REFUSED, "refused")                                                           \
    X(PROTO_REFERRAL_GIVEN_BACK, "given_back")                                                     \
    X(PROTO_REFERRAL_WITHDRAWN, "withdrawn")
enum proto_referral_state { PROTO_REFERRAL_STATE_LIST(PROTO_NAME) PROTO_REFERRAL_STATE_COUNT };

#define PROTO_VISIT_LIST(X)                                                                        \
    X(PROTO_VISIT_SEEN, "seen")                                                                    \
    X(PROTO_VISIT_SIGNED, "signed")                                                                \
    X(PROTO_VISIT_SCANNED, "scanned")                                                              \
    X(PROTO_VISIT_WALKED, "walked")
enum proto_visit { PROTO_VISIT_LIST(PROTO_NAME) PROTO_VISIT_COUNT };

#define PROTO_PHOTO_MEDIA_LIST(X)                                                                  \
    X(PROTO_PHOTO_JPEG, "image/jpeg")                                                              \
    X(PROTO_PHOTO_PNG, "image/png")                                                                \
    X(PROTO_PHOTO_WEBP, "image/webp")
enum proto_photo_media { PROTO_PHOTO_MEDIA_LIST(PROTO_NAME) PROTO_PHOTO_MEDIA_COUNT };
#define PROTO_PHOTO_HASH_SIZE 32u /* 64 hexadecimal digits on the wire */

#define PROTO_EVENT_KIND_LIST(X)                                                                   \
    X(PROTO_EVENT_DISTRICT_PUT, "district.put")                                                    \
    X(PROTO_EVENT_CIRCLE_PUT, "circle.put")                                                        \
    X(PROTO_EVENT_UNIT_PUT, "unit.put")                                                            \
    X(PROTO_EVENT_REPORT_RECEIVED, "report.received")                                              \
    X(PROTO_EVENT_INCIDENT_OPENED, "incident.opened")                                              \
    X(PROTO_EVENT_DECISION_MADE, "decision.made")                                                  \
    X(PROTO_EVENT_ASSIGNMENT_SENT, "assignment.sent")                                              \
    X(PROTO_EVENT_ASSIGNMENT_UPDATED, "assignment.updated")                                        \
    X(PROTO_EVENT_ASSIGNMENT_STEP, "assignment.step")                                              \
    X(PROTO_EVENT_INCIDENT_UPDATED, "incident.updated")                                            \
    X(PROTO_EVENT_INCIDENT_STATE, "incident.state")                                                \
    X(PROTO_EVENT_INCIDENT_NOTED, "incident.noted")                                                \
    X(PROTO_EVENT_TIER_VERDICT, "tier.verdict")                                                    \
    X(PROTO_EVENT_UNIT_DUTY, "unit.duty")                                                          \
    X(PROTO_EVENT_ALARM_RAISED, "alarm.raised")                                                    \
    X(PROTO_EVENT_ALARM_ACKED, "alarm.acked")                                                      \
    X(PROTO_EVENT_ALARM_CLEARED, "alarm.cleared")                                                  \
    X(PROTO_EVENT_INCIDENT_ARCHIVED, "incident.archived")                                          \
    X(PROTO_EVENT_COMMAND_REFUSED, "command.refused")                                              \
    X(PROTO_EVENT_AUDIT, "audit")                                                                  \
    X(PROTO_EVENT_DISTRICTS_CLEARED, "districts.cleared")                                          \
    X(PROTO_EVENT_INCIDENT_WARNED, "incident.warned")                                              \
    X(PROTO_EVENT_NOTICE_SENT, "notice.sent")                                                      \
    X(PROTO_EVENT_NOTICE_UPDATED, "notice.updated")                                                \
    X(PROTO_EVENT_NOTICE_STEP, "notice.step")                                                      \
    X(PROTO_EVENT_UNIT_PANIC, "unit.panic")                                                        \
    X(PROTO_EVENT_PANIC_WIDENED, "panic.widened")                                                  \
    X(PROTO_EVENT_PANIC_CLOSED, "panic.closed")                                                    \
    X(PROTO_EVENT_ASSIGNMENT_PAR, "assignment.par")                                                \
    X(PROTO_EVENT_POLICY_PUT, "policy.put")                                                        \
    X(PROTO_EVENT_INCIDENT_HELD, "incident.held")                                                  \
    X(PROTO_EVENT_INCIDENT_RELEASED, "incident.released")                                          \
    X(PROTO_EVENT_INCIDENT_REOPENED, "incident.reopened")                                          \
    X(PROTO_EVENT_INCIDENT_MERGED, "incident.merged")                                              \
    X(PROTO_EVENT_INCIDENT_OWNED, "incident.owned")                                                \
    X(PROTO_EVENT_REPORT_LINKED, "report.linked")                                                  \
    X(PROTO_EVENT_REPORT_ANSWERED, "report.answered")                                              \
    X(PROTO_EVENT_MILESTONE_CORRECTED, "milestone.corrected")                                      \
    X(PROTO_EVENT_ALARM_SHELVED, "alarm.shelved")                                                  \
    X(PROTO_EVENT_ALARM_RETURNED, "alarm.returned")                                                \
    X(PROTO_EVENT_AREAS_CLEARED, "areas.cleared")                                                  \
    X(PROTO_EVENT_AREA_PUT, "area.put")                                                            \
    X(PROTO_EVENT_CENTRE_PUT, "centre.put")                                                        \
    X(PROTO_EVENT_REFERRAL_SENT, "referral.sent")                                                  \
    X(PROTO_EVENT_REFERRAL_UPDATED, "referral.updated")                                            \
    X(PROTO_EVENT_CHECKPOINT_PUT, "checkpoint.put")                                                \
    X(PROTO_EVENT_CHECKPOINT_VISITED, "checkpoint.visited")                                        \
    X(PROTO_EVENT_CHECKPOINT_OVERDUE, "checkpoint.overdue")                                        \
    X(PROTO_EVENT_PLAN_PUT, "plan.put")                                                            \
    X(PROTO_EVENT_PHOTO_ADDED, "photo.added")
enum proto_event_kind { PROTO_EVENT_KIND_LIST(PROTO_NAME) PROTO_EVENT_KIND_COUNT };

/* What a gateway says of an order that it was handed; `taken` is its answer to the webhook. */
#define PROTO_RECEIPT_LIST(X)                                                                      \
    X(PROTO_RECEIPT_TAKEN, "taken")                                                                \
    X(PROTO_RECEIPT_DELIVERED, "delivered")                                                        \
    X(PROTO_RECEIPT_FAILED, "failed")                                                              \
    X(PROTO_RECEIPT_ANSWERED, "answered")
enum proto_receipt { PROTO_RECEIPT_LIST(PROTO_NAME) PROTO_RECEIPT_COUNT };

#define PROTO_LADDER_STEP_LIST(X)                                                                  \
    X(PROTO_LADDER_RESENT, "resent")                                                               \
    X(PROTO_LADDER_ADDITIONAL, "additional")                                                       \
    X(PROTO_LADDER_DISPATCHER, "dispatcher")                                                       \
    X(PROTO_LADDER_SUPERVISOR, "supervisor")                                                       \
    X(PROTO_LADDER_PAR_ASKED, "par_asked")                                                         \
    X(PROTO_LADDER_PAR_OVERDUE, "par_overdue")                                                     \
    X(PROTO_LADDER_SECOND, "second_channel")                                                       \
    X(PROTO_LADDER_SECOND_TAKEN, "second_taken")                                                   \
    X(PROTO_LADDER_SECOND_DELIVERED, "second_delivered")                                           \
    X(PROTO_LADDER_SECOND_FAILED, "second_failed")                                                 \
    X(PROTO_LADDER_SECOND_ANSWERED, "second_answered")
enum proto_ladder_step { PROTO_LADDER_STEP_LIST(PROTO_NAME) PROTO_LADDER_STEP_COUNT };

#define PROTO_ROLE_LIST(X)                                                                         \
    X(PROTO_ROLE_DISPATCHER, "dispatcher")                                                         \
    X(PROTO_ROLE_SUPERVISOR, "supervisor")                                                         \
    X(PROTO_ROLE_UNIT, "unit")                                                                     \
    X(PROTO_ROLE_ADMINISTRATOR, "administrator")                                                   \
    X(PROTO_ROLE_API, "api")
enum proto_role { PROTO_ROLE_LIST(PROTO_NAME) PROTO_ROLE_COUNT };

#define PROTO_STREAM_LIST(X)                                                                       \
    X(PROTO_STREAM_CITY, "city")                                                                   \
    X(PROTO_STREAM_ORDERS, "orders")                                                               \
    X(PROTO_STREAM_UNITS, "units")
enum proto_stream { PROTO_STREAM_LIST(PROTO_NAME) PROTO_STREAM_COUNT };

/* Bits of `capabilities`, in this order from bit 0. */
#define PROTO_CAPABILITY_LIST(X)                                                                   \
    X(PROTO_CAPABILITY_ARMED, "armed")                                                             \
    X(PROTO_CAPABILITY_FIRST_AID, "first_aid")                                                     \
    X(PROTO_CAPABILITY_FIRE, "fire")                                                               \
    X(PROTO_CAPABILITY_TRAFFIC, "traffic")
enum proto_capability { PROTO_CAPABILITY_LIST(PROTO_NAME) PROTO_CAPABILITY_COUNT };

/* Coordinates as a source sends them; the engine keeps and says WGS-84 only. */
#define PROTO_CRS_LIST(X)                                                                          \
    X(PROTO_CRS_WGS84, "wgs84")                                                                    \
    X(PROTO_CRS_GCJ02, "gcj02")                                                                    \
    X(PROTO_CRS_BD09, "bd09")
enum proto_crs { PROTO_CRS_LIST(PROTO_NAME) PROTO_CRS_COUNT };

/* What a client may ask. From report.create on they are commands: with a key, journaled. */
#define PROTO_OP_LIST(X)                                                                           \
    X(PROTO_OP_AUTH, "auth")                                                                       \
    X(PROTO_OP_SUB, "sub")                                                                         \
    X(PROTO_OP_UNSUB, "unsub")                                                                     \
    X(PROTO_OP_PING, "ping")                                                                       \
    X(PROTO_OP_POSITION, "position")                                                               \
    X(PROTO_OP_REPORT_CREATE, "report.create")                                                     \
    X(PROTO_OP_INCIDENT_RECOMMEND, "incident.recommend")                                           \
    X(PROTO_OP_INCIDENT_ORDER, "incident.order")                                                   \
    X(PROTO_OP_INCIDENT_UPDATE, "incident.update")                                                 \
    X(PROTO_OP_INCIDENT_NOTE, "incident.note")                                                     \
    X(PROTO_OP_INCIDENT_CANCEL, "incident.cancel")                                                 \
    X(PROTO_OP_INCIDENT_CLOSE, "incident.close")                                                   \
    X(PROTO_OP_ASSIGNMENT_UPDATE, "assignment.update")                                             \
    X(PROTO_OP_ASSIGNMENT_RECALL, "assignment.recall")                                             \
    X(PROTO_OP_UNIT_DUTY, "unit.duty")                                                             \
    X(PROTO_OP_ALARM_ACK, "alarm.ack")                                                             \
    X(PROTO_OP_INCIDENT_WARN, "incident.warn")                                                     \
    X(PROTO_OP_NOTICE_UPDATE, "notice.update")                                                     \
    X(PROTO_OP_UNIT_PANIC, "unit.panic")                                                           \
    X(PROTO_OP_PANIC_CLOSE, "panic.close")                                                         \
    X(PROTO_OP_ASSIGNMENT_PAR, "assignment.par")                                                   \
    X(PROTO_OP_INCIDENT_HOLD, "incident.hold")                                                     \
    X(PROTO_OP_INCIDENT_RELEASE, "incident.release")                                               \
    X(PROTO_OP_INCIDENT_REOPEN, "incident.reopen")                                                 \
    X(PROTO_OP_INCIDENT_MERGE, "incident.merge")                                                   \
    X(PROTO_OP_INCIDENT_CLAIM, "incident.claim")                                                   \
    X(PROTO_OP_INCIDENT_HAND_OVER, "incident.hand_over")                                           \
    X(PROTO_OP_REPORT_LINK, "report.link")                                                         \
    X(PROTO_OP_REPORT_SPLIT, "report.split")                                                       \
    X(PROTO_OP_REPORT_ANSWER, "report.answer")                                                     \
    X(PROTO_OP_ASSIGNMENT_REASSIGN, "assignment.reassign")                                         \
    X(PROTO_OP_MILESTONE_CORRECT, "milestone.correct")                                             \
    X(PROTO_OP_ALARM_SHELVE, "alarm.shelve")                                                       \
    X(PROTO_OP_ASSIGNMENT_SUPPORT, "assignment.support")                                           \
    X(PROTO_OP_INCIDENT_REFER, "incident.refer")                                                   \
    X(PROTO_OP_REFERRAL_UPDATE, "referral.update")                                                 \
    X(PROTO_OP_CHECKPOINT_SIGN, "checkpoint.sign")                                                 \
    X(PROTO_OP_INCIDENT_PHOTO, "incident.photo") /* no message: it comes with its file, by PUT */
enum proto_op { PROTO_OP_LIST(PROTO_NAME) PROTO_OP_COUNT };

/* Wire names, both ways. `proto_name` answers NULL for the list's COUNT (there is none), and
 * asserts that the value is not beyond it. `proto_find` answers -1 for an unknown name. */
enum proto_list {
    PROTO_LIST_UNIT_KIND,
    PROTO_LIST_TIER,
    PROTO_LIST_TIER_VERDICT,
    PROTO_LIST_INCIDENT_TYPE,
    PROTO_LIST_CHANNEL,
    PROTO_LIST_INCIDENT_STATE,
    PROTO_LIST_ASSIGNMENT_STATE,
    PROTO_LIST_DUTY,
    PROTO_LIST_UNIT_STATUS,
    PROTO_LIST_SOURCE,
    PROTO_LIST_DISPATCH_MODE,
    PROTO_LIST_REASON,
    PROTO_LIST_ALARM_KIND,
    PROTO_LIST_NOTICE_KIND,
    PROTO_LIST_NOTICE_STATE,
    PROTO_LIST_WARN_LEVEL,
    PROTO_LIST_PANIC_STATE,
    PROTO_LIST_PANIC_PLACE,
    PROTO_LIST_CLOCK_START,
    PROTO_LIST_PREEMPT,
    PROTO_LIST_RECEIPT,
    PROTO_LIST_CENTRE_KIND,
    PROTO_LIST_REFERRAL_STATE,
    PROTO_LIST_VISIT,
    PROTO_LIST_PHOTO_MEDIA,
    PROTO_LIST_EVENT_KIND,
    PROTO_LIST_LADDER_STEP,
    PROTO_LIST_ROLE,
    PROTO_LIST_STREAM,
    PROTO_LIST_CAPABILITY,
    PROTO_LIST_OP,
    PROTO_LIST_CRS,
    PROTO_LIST_AREA_KIND,
    PROTO_LIST_EQUIPMENT,
    PROTO_LIST_COUNT
};
const char *proto_name(enum proto_list list, uint32_t value);
int32_t proto_find(enum proto_list list, const char *name);
uint32_t proto_count(enum proto_list list);

#define PROTO_NEVER INT64_MIN  /* a time that is not known: null on the wire */
#define PROTO_NONE  UINT32_MAX /* a number that is not known: null on the wire */

#define PROTO_PLAN_UNITS_MAX  8u  /* whom a plan of a circle names in one tier */
#define PROTO_ROUTE_STOPS_MAX 16u /* checkpoints of a route */

/* Bounds in bytes of UTF-8, each with its NUL; the first five equal the engine's. */
#define PROTO_CODE_SIZE     16u /* [A-Za-z0-9_.-] */
#define PROTO_NAME_SIZE     64u
#define PROTO_ADDRESS_SIZE  160u
#define PROTO_PHONE_SIZE    24u
#define PROTO_NOTE_SIZE     512u
#define PROTO_CREW_SIZE     192u
#define PROTO_DEVICE_SIZE   32u
#define PROTO_USER_SIZE     32u  /* a login name: [A-Za-z0-9_.-] */
#define PROTO_KEY_SIZE      65u  /* an idempotency key: 1..64 visible ASCII characters */
#define PROTO_EPOCH_SIZE    64u  /* identity of a log */
#define PROTO_TOKEN_SIZE    128u /* bearer and set-up tokens */
#define PROTO_PASSWORD_SIZE 129u /* a password or a device's secret */

#define PROTO_ORDER_UNITS_MAX 16u                /* units in one incident.order */
#define PROTO_FIXES_MAX       64u                /* fixes in one position message */
#define PROTO_DISTRICTS_MAX   63u                /* districts in a scope */
#define PROTO_DEVICES_MAX     1000u              /* units in one POST /v1/devices */
#define PROTO_CANDIDATES_MAX  32u                /* in one decision, and as many passed over */
#define PROTO_DEPTH_MAX       16u                /* nesting of JSON */
#define PROTO_MESSAGE_MAX     65536u             /* bytes of one message or body */
#define PROTO_INTEGER_MAX     (INT64_C(1) << 53) /* what every JSON reader holds exactly */
#define PROTO_TIME_MAX        INT64_C(253402300799999) /* 9999-12-31 */

/* WGS-84 in ten-millionths of a degree, as in the engine, unless an enum proto_crs beside it says
 * otherwise. */
struct proto_place {
    int32_t lat_e7, lon_e7;
};

#endif
