#ifndef ENGINE_CORE_EVENT_H
#define ENGINE_CORE_EVENT_H

#include "engine/core/command.h"

/* What happened. Events are the only thing that changes the engine, the only thing on the disk, and
 * what clients see. Each carries everything apply needs: replay never searches, never asks policy.
 */

#define EVENT_KIND_LIST(X)                                                                         \
    X(EVENT_DISTRICT_PUT, "district.put")                                                          \
    X(EVENT_CIRCLE_PUT, "circle.put")                                                              \
    X(EVENT_UNIT_PUT, "unit.put")                                                                  \
    X(EVENT_REPORT_RECEIVED, "report.received") /* joined or opened: incident_id says which */     \
    X(EVENT_INCIDENT_OPENED, "incident.opened")                                                    \
    X(EVENT_DECISION_MADE, "decision.made") /* one tier: candidates, passed over, chosen */        \
    X(EVENT_ASSIGNMENT_SENT, "assignment.sent")                                                    \
    X(EVENT_ASSIGNMENT_UPDATED, "assignment.updated")                                              \
    X(EVENT_ASSIGNMENT_STEP, "assignment.step")   /* ladder: re-sent, additional, alarms */        \
    X(EVENT_INCIDENT_UPDATED, "incident.updated") /* place, type, priority: a new generation */    \
    X(EVENT_INCIDENT_STATE, "incident.state")                                                      \
    X(EVENT_INCIDENT_NOTED, "incident.noted")                                                      \
    X(EVENT_TIER_VERDICT, "tier.verdict")                                                          \
    X(EVENT_UNIT_DUTY, "unit.duty")                                                                \
    X(EVENT_ALARM_RAISED, "alarm.raised")                                                          \
    X(EVENT_ALARM_ACKED, "alarm.acked")                                                            \
    X(EVENT_ALARM_CLEARED, "alarm.cleared")                                                        \
    X(EVENT_INCIDENT_ARCHIVED, "incident.archived") /* leaves the core; lives on in history */     \
    X(EVENT_COMMAND_REFUSED, "command.refused")                                                    \
    X(EVENT_AUDIT, "audit")                                                                        \
    X(EVENT_DISTRICTS_CLEARED, "districts.cleared")                                                \
    X(EVENT_INCIDENT_WARNED, "incident.warned")                                                    \
    X(EVENT_NOTICE_SENT, "notice.sent") /* a unit has to hear, and to acknowledge like an order */ \
    X(EVENT_NOTICE_UPDATED, "notice.updated")                                                      \
    X(EVENT_NOTICE_STEP, "notice.step")       /* its ladder */                                     \
    X(EVENT_UNIT_PANIC, "unit.panic")         /* the incident it opened, or calls from again */    \
    X(EVENT_PANIC_WIDENED, "panic.widened")   /* nobody in charge answered: now for everybody */   \
    X(EVENT_PANIC_CLOSED, "panic.closed")     /* by a supervisor */                                \
    X(EVENT_ASSIGNMENT_PAR, "assignment.par") /* all is well */                                    \
    X(EVENT_POLICY_PUT, "policy.put")                                                              \
    X(EVENT_INCIDENT_HELD, "incident.held")                                                        \
    X(EVENT_INCIDENT_RELEASED, "incident.released")                                                \
    X(EVENT_INCIDENT_REOPENED, "incident.reopened")                                                \
    X(EVENT_INCIDENT_MERGED, "incident.merged")                                                    \
    X(EVENT_INCIDENT_OWNED, "incident.owned")                                                      \
    X(EVENT_REPORT_LINKED, "report.linked") /* to another incident, or to one that it opens */     \
    X(EVENT_REPORT_ANSWERED, "report.answered")                                                    \
    X(EVENT_MILESTONE_CORRECTED, "milestone.corrected")                                            \
    X(EVENT_ALARM_SHELVED, "alarm.shelved")   /* not now, says somebody: until when, and why */    \
    X(EVENT_ALARM_RETURNED, "alarm.returned") /* the time is over and the cause still stands */    \
    X(EVENT_AREAS_CLEARED, "areas.cleared")                                                        \
    X(EVENT_AREA_PUT, "area.put")                                                                  \
    X(EVENT_CENTRE_PUT, "centre.put")                                                              \
    X(EVENT_REFERRAL_SENT, "referral.sent")                                                        \
    X(EVENT_REFERRAL_UPDATED, "referral.updated")                                                  \
    X(EVENT_CHECKPOINT_PUT, "checkpoint.put")                                                      \
    X(EVENT_CHECKPOINT_VISITED,                                                                    \
      "checkpoint.visited") /* who stays on visits again: same arrival */                          \
    X(EVENT_CHECKPOINT_OVERDUE, "checkpoint.overdue") /* its time passed without a visit */        \
    X(EVENT_PLAN_PUT, "plan.put")                                                                  \
    X(EVENT_PHOTO_ADDED, "photo.added") /* its bytes are a file named by `hash` */
enum event_kind { EVENT_KIND_LIST(ENUM_NAME) EVENT_KIND_COUNT };
const char *event_kind_name(enum event_kind kind);

#define DISTRICT_POINTS_MAX 2048u /* in one district or area event; simplify a finer border */
#define DISTRICT_RINGS_MAX  16u

struct tier_opening {
    bool asked;
    uint32_t units;     /* wanted */
    uint32_t target_ms; /* from clock_ms */
    uint32_t reach_ms;  /* of travel */
};

struct candidate {
    uint32_t unit_id;
    uint32_t travel_ms;
    struct geo_point at; /* where it was thought to be */
    uint32_t fix_age_ms;
    uint8_t rank; /* 0 is nearest */
    bool in_reach;
    bool chosen;
    bool estimated;    /* straight line, not roads */
    bool own_area;     /* belongs to the beat or the grid of the place */
    bool by_plan;      /* the circle's plan names it for the tier */
    uint32_t given_to; /* it went to this incident, or to another tier of the same; 0 */
};

/* On the way to less urgent work, which would give it up. */
#define PREEMPTABLE_MAX 4u
struct preemptable {
    uint32_t unit_id, victim_id;
    uint32_t priority; /* of the victim */
    uint32_t travel_ms;
    bool estimated;
};

struct passed_over {
    uint32_t unit_id;
    uint32_t distance_m; /* straight line; UINT32_MAX: nobody knows where it is */
    enum reason reason;
    bool by_plan; /* the circle's plan names it for the tier: listed before all others */
};

struct decision_made {
    uint32_t incident_id;
    enum tier tier;
    uint32_t generation;
    uint64_t map_id;
    uint32_t traffic_version;
    bool automatic;    /* chosen units are ordered with it */
    bool area_first;   /* the tier asks the own area first: those in time head the list */
    uint8_t wave;      /* of volunteers, counts from 1; 0: the units of the tier */
    uint32_t plan;     /* index of the circle's plan that names units of the tier, PLAN_NONE */
    uint32_t together; /* incidents that were solved together with it, 0: it alone */
    uint32_t candidate_count;
    struct candidate candidates[CANDIDATES_MAX];
    uint32_t preemptable_count; /* least urgent victim first, then nearest */
    struct preemptable preemptable[PREEMPTABLE_MAX];
    uint32_t passed_count;
    struct passed_over passed[CANDIDATES_MAX];
    uint32_t passed_by_reason[REASON_COUNT]; /* all units, the listed ones included */
};

struct incident_opened {
    uint32_t incident_id;
    enum incident_type type;
    uint32_t priority;
    struct geo_point at;
    char address[ADDRESS_SIZE];
    uint8_t district;
    uint32_t circle;                 /* the smallest circle that holds the place, CIRCLE_NONE */
    uint32_t areas[AREA_KIND_COUNT]; /* its beat and its grid, AREA_NONE */
    bool drill;
    enum dispatch_mode mode;
    char policy[CODE_SIZE];
    bool for_all; /* a call for help that nobody in charge hears: for every district */
    uint32_t policy_version;
    uint32_t plan_version; /* of the circle's plan that it begins with, 0: none holds */
    int64_t received_ms;
    int64_t clock_ms;    /* when the tier clocks started; TIME_NEVER: with the first order */
    uint32_t similar_id; /* an open incident that may be the same one, 0 */
    struct tier_opening tiers[TIER_COUNT];
};

struct assignment_sent {
    uint32_t assignment_id, incident_id, unit_id;
    enum tier tier;
    uint32_t generation;
    uint32_t travel_ms; /* expected at the order, GEO_TRAVEL_NEVER: not known */
    bool estimated;
    uint32_t distance_m;
    uint32_t fix_age_ms;   /* UINT32_MAX: nobody knew where it was */
    struct geo_point from; /* where the unit was thought to be */
    bool additional;       /* by the ladder, or after a decline */
    bool automatic;
    uint32_t rank;    /* among the candidates, UINT32_MAX: was on no list */
    uint32_t version; /* of the assignment, counts every change */
    uint8_t wave;     /* of volunteers, 0: it is an order */
};

struct assignment_updated {
    uint32_t assignment_id, incident_id, unit_id;
    enum tier tier;
    enum assignment_state state;
    enum source source;
    enum reason reason;
    int64_t device_ms;
    bool late;    /* acknowledged after the next unit had been alerted */
    bool skipped; /* jumped over a step that people owe (not delivery); its time stays unknown */
    bool has_position;
    struct geo_point at; /* the unit's last fix at this moment */
    uint32_t fix_age_ms;
    uint32_t version;
    uint32_t other_id; /* of a unit that was taken away: the incident it went to, 0 */
    char note[NOTE_SIZE];
};

enum ladder_step {
    LADDER_RESENT,
    LADDER_ADDITIONAL,
    LADDER_DISPATCHER,
    LADDER_SUPERVISOR,
    LADDER_PAR_ASKED, /* on scene for long: is all well? */
    LADDER_PAR_OVERDUE,
    LADDER_SECOND,       /* goes out by another channel: the host sends it */
    LADDER_SECOND_TAKEN, /* the gateway has it; from here on: what it says of it */
    LADDER_SECOND_DELIVERED,
    LADDER_SECOND_FAILED,
    LADDER_SECOND_ANSWERED, /* a person said yes */
    LADDER_STEP_COUNT
};

struct event {
    enum event_kind kind;
    uint64_t seq; /* dense from 1 */
    int64_t at_ms;
    struct actor actor;
    uint8_t command_id[COMMAND_ID_SIZE];
    union {
        struct {
            uint8_t index;
            char code[CODE_SIZE];
            char name[NAME_SIZE];
            uint32_t ring_count;
            uint32_t ring_sizes[DISTRICT_RINGS_MAX];
            struct geo_point points[DISTRICT_POINTS_MAX];
        } district;
        struct {
            uint32_t index;
            enum area_kind kind;
            char code[CODE_SIZE];
            char name[NAME_SIZE];
            uint32_t ring_count;
            uint32_t ring_sizes[DISTRICT_RINGS_MAX];
            struct geo_point points[DISTRICT_POINTS_MAX];
        } area;
        struct {
            uint32_t index;
            struct circle_definition circle;
        } circle;
        struct {
            uint32_t unit_id;
            struct unit_definition unit;
        } unit;
        struct {
            uint32_t index;
            struct centre_definition centre;
        } centre;
        struct {
            uint32_t report_id, incident_id;
            bool merged;
            int64_t received_ms;
            uint8_t district;
            struct report_create report;
        } report;
        struct incident_opened opened;
        struct decision_made decision;
        struct assignment_sent sent;
        struct assignment_updated updated;
        struct {
            uint32_t assignment_id, incident_id, unit_id;
            enum tier tier;
            enum ladder_step step;
            uint32_t version;
        } step;
        struct {
            uint32_t incident_id;
            uint32_t generation;
            enum incident_type type;
            uint32_t priority;
            struct geo_point at;
            char address[ADDRESS_SIZE];
            uint8_t district;
            uint32_t circle;
            uint32_t areas[AREA_KIND_COUNT];
            uint32_t plan_version; /* from now on, 0: none */
        } incident;
        struct {
            uint32_t incident_id;
            enum incident_state state;
            enum reason reason;
            char note[NOTE_SIZE];
        } state;
        struct {
            uint32_t incident_id;
            char note[NOTE_SIZE];
        } noted;
        struct {
            uint32_t incident_id;
            enum tier tier;
            enum tier_verdict verdict;
            uint32_t unit_id;    /* who met it, UNIT_NONE */
            int64_t clock_ms;    /* when the clock started, TIME_NEVER: never started */
            uint32_t elapsed_ms; /* at the verdict */
            uint32_t target_ms;
            bool drill;
        } verdict;
        struct {
            uint32_t unit_id;
            enum duty duty;
            enum reason reason;
            uint16_t people;
            struct sign_on sign_on; /* what holds from now on; nothing when off duty */
        } duty;
        struct {
            uint32_t alarm_id;
            enum alarm_kind kind;
            uint32_t incident_id, assignment_id, unit_id; /* 0, 0, UNIT_NONE where there is none */
            enum tier tier;
            uint32_t circle;     /* of a gap, else CIRCLE_NONE; then there is no incident */
            uint8_t district;    /* the circle's when it was raised: who sees the alarm */
            uint32_t checkpoint; /* that is overdue, else CHECKPOINT_NONE; no incident either */
            int64_t until_ms;    /* alarm.shelved only, as what follows */
            enum reason reason;
            char note[NOTE_SIZE];
        } alarm;
        struct {
            uint32_t incident_id;
            enum warn_level level;
            char text[NOTE_SIZE];
        } warned;
        struct {
            uint32_t assignment_id, incident_id, unit_id;
            enum tier tier;
            uint32_t number; /* counts the assignment's notices */
            uint32_t kinds;  /* bit per notice_kind: all that is not acknowledged yet */
        } notice;
        struct {
            uint32_t assignment_id, incident_id, unit_id;
            uint32_t number;
            enum notice_state state;
            enum source source;
            int64_t device_ms;
        } noticed; /* notice.updated */
        struct {
            uint32_t assignment_id, incident_id, unit_id;
            enum tier tier;
            uint32_t number;
            enum ladder_step step;
        } notice_step;
        struct {
            uint32_t unit_id, incident_id;
            enum panic_place place;
            uint32_t in_charge; /* who heard it at once, as the command said */
            enum source source;
            int64_t device_ms;
        } panic; /* unit.panic */
        struct {
            uint32_t unit_id, incident_id;
            enum reason reason;
            char note[NOTE_SIZE];
        } panic_end; /* panic.widened: only the ids; panic.closed */
        struct {
            uint32_t assignment_id, incident_id, unit_id;
            enum source source;
            int64_t device_ms;
        } par;
        struct {
            uint32_t incident_id;
        } archived;
        struct {
            enum command_kind command;
            enum reason reason;
            uint32_t incident_id, assignment_id, unit_id;
            uint32_t generation; /* the current one, of a stale order */
            char by[ACTOR_SIZE]; /* who was first, "" */
            int64_t by_ms;       /* and when, TIME_NEVER */
            uint32_t count;      /* how many alike were folded into this one, 1: just this */
        } refused;
        struct {
            char text[NOTE_SIZE];
        } audit;
        struct {
            uint32_t incident_id;
            enum reason reason;
            int64_t review_ms;
            char note[NOTE_SIZE];
        } held;
        struct {
            uint32_t incident_id;
            char note[NOTE_SIZE];
        } released;
        struct {
            uint32_t incident_id, generation;
            enum incident_state state; /* what follows from its orders */
            enum reason reason;
            char note[NOTE_SIZE];
        } reopened;
        struct {
            uint32_t incident_id, into_id;
            uint32_t report_count; /* that the main one has now */
            char note[NOTE_SIZE];
        } merged;
        struct {
            uint32_t incident_id;
            char owner[ACTOR_SIZE], from[ACTOR_SIZE]; /* "": nobody */
            char note[NOTE_SIZE];
        } owned;
        struct {
            uint32_t report_id, from_id, incident_id;
            bool opens; /* incident_id is new: incident.opened follows */
        } linked;
        struct {
            uint32_t report_id, incident_id;
            char note[NOTE_SIZE];
        } answered;
        struct {
            uint32_t referral_id, incident_id, centre;
            enum centre_kind kind; /* the centre's, when it was asked */
            uint32_t generation;   /* of the incident, from now on */
            int64_t answer_by_ms;  /* the first answer is late after it; TIME_NEVER */
            int64_t feedback_by_ms;
            char note[NOTE_SIZE];
        } referred; /* referral.sent */
        struct {
            uint32_t referral_id, incident_id, centre;
            enum referral_state state;
            uint32_t version, generation;
            enum reason reason;
            char units[ADDRESS_SIZE];
            char note[NOTE_SIZE];
        } referral; /* referral.updated */
        struct {
            uint32_t index;
            struct checkpoint_definition checkpoint;
        } checkpoint;
        struct {
            uint32_t index, unit_id;
            enum visit visit;
            enum source source;
            int64_t arrived_ms;
            uint32_t stayed_ms;  /* up to now; 0 where it was signed */
            uint32_t distance_m; /* of the unit's last fix, UINT32_MAX: nobody knows */
            uint32_t fix_age_ms; /* UINT32_MAX */
            int64_t device_ms;   /* TIME_NEVER */
            uint8_t district;    /* the checkpoint's: who sees it */
        } visited;
        struct {
            uint32_t index;
            int64_t due_ms;     /* it had to be visited by then */
            int64_t visited_ms; /* and was last, TIME_NEVER: never */
            uint32_t missed;    /* times in a row, this one included */
            uint8_t district;   /* the checkpoint's */
        } overdue;
        struct {
            uint32_t incident_id, assignment_id, unit_id; /* 0, UNIT_NONE where there is none */
            enum photo_media media;
            uint32_t size; /* bytes */
            uint8_t hash[PHOTO_HASH_SIZE];
            int64_t device_ms; /* TIME_NEVER */
        } photo;               /* photo.added */
        struct {
            uint32_t assignment_id;
            uint32_t incident_id, unit_id; /* 0, UNIT_NONE: it left the core long ago */
            enum assignment_state milestone;
            int64_t was_ms; /* TIME_NEVER: it was not known, or the core knows it no more */
            int64_t corrected_ms;
            char note[NOTE_SIZE];
        } corrected;
        struct {
            uint32_t index;
            uint32_t version; /* rises by one with every plan that is put */
            struct circle_plan plan;
        } plan;
        struct {
            uint32_t version; /* rises by one */
            uint64_t origin;
            struct policy policy;
        } policy;
    };
};

#endif
