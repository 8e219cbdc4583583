#ifndef ENGINE_CORE_STATE_H
#define ENGINE_CORE_STATE_H

#include "engine/core/code_table.h"
#include "engine/core/engine.h"
#include "engine/core/id_pool.h"
#include "engine/core/timer_heap.h"
#include "geo/geo_fleet.h"

/* Everything the engine knows, in three parts: durable (changed by apply alone, in the digest),
 * derived from it (rebuilt after a snapshot) and volatile (fixes, retries, settling). */

struct unit {
    struct unit_definition definition;
    enum duty duty;
    enum reason duty_reason;
    uint16_t people; /* signed on with it */
    struct sign_on sign_on;
    int64_t status_ms; /* since when its board status is what it is */
    enum panic_state panic;
    uint32_t panic_incident; /* id, 0: none */
    uint32_t assignment;     /* slot of the active one, SLOT_NONE */
};

struct tier_state {
    enum tier_verdict verdict; /* TIER_NOT_ASKED: nobody is wanted */
    uint32_t wanted, target_ms, reach_ms;
    uint32_t elapsed_ms; /* at the verdict */
    uint32_t unit_id;    /* who met it, UNIT_NONE */
    uint32_t decision;   /* derived: slot of the kept one, SLOT_NONE */
};

struct incident {
    uint32_t id, generation;
    enum incident_type type;
    uint32_t priority;
    enum incident_state state;
    int64_t state_ms; /* since when */
    struct geo_point at;
    char address[ADDRESS_SIZE];
    uint8_t district;
    uint32_t circle;
    uint32_t areas[AREA_KIND_COUNT]; /* AREA_NONE */
    bool drill;
    enum dispatch_mode mode;
    uint32_t policy; /* slot of engine.policies: the one it began with */
    uint32_t plan;   /* slot of engine.plans: likewise; SLOT_NONE: none holds for it */
    uint32_t report_count;
    bool for_all;
    uint32_t panic_unit;     /* calls for help, UNIT_NONE */
    int64_t panic_ms;        /* when it called last */
    char warning[NOTE_SIZE]; /* the last one */
    enum warn_level warning_level;
    int64_t warned_ms; /* TIME_NEVER: none */
    int64_t received_ms, created_ms, dispatched_ms, on_scene_ms, ended_ms, clock_ms;
    struct tier_state tiers[TIER_COUNT];
    int64_t held_ms, review_ms; /* TIME_NEVER: not held */
    enum reason hold_reason;
    char owner[ACTOR_SIZE]; /* "": nobody */
    int64_t owner_ms;
    char changed_by[ACTOR_SIZE]; /* who raised the generation last, and when */
    int64_t changed_ms;
    uint32_t duplicate_of, similar_id; /* 0 */
    uint32_t reopened_count;
    uint32_t wave; /* of volunteers that was opened last, 0: none */
    int64_t wave_ms;
    /* derived */
    uint32_t report_first, report_last;         /* slots, in the order in which they came to it */
    uint32_t assignment_first, assignment_last; /* slots, oldest first */
    uint32_t referral_first, referral_last;     /* slots, oldest first */
    uint32_t alarm_first;                       /* slots, newest first */
};

/* What a reporter said, as long as its incident is in the core. */
struct report {
    uint32_t id;
    uint32_t incident; /* slot */
    uint32_t next;     /* slot: the incident's next */
    uint8_t district;
    int64_t received_ms, answered_ms;
    struct report_create words;
};

#define RANK_NONE UINT32_MAX /* ordered by hand, was on no list */

struct assignment {
    uint32_t id, unit_id, version;
    uint32_t incident; /* slot */
    enum tier tier;
    enum assignment_state state;
    bool late, skipped, additional, automatic, estimated;
    uint32_t travel_ms, distance_m, rank;
    uint8_t wave; /* of volunteers, 0: it is an order */
    enum reason reason;
    int64_t sent_ms, delivered_ms, acknowledged_ms, en_route_ms, on_scene_ms, ended_ms;
    uint32_t resent_count;
    char sent_by[ACTOR_SIZE];
    uint32_t corrected;           /* bit per enum assignment_state whose time was corrected */
    uint32_t steps;               /* bit per enum ladder_step that was taken */
    int64_t par_ms, par_asked_ms; /* all was well, and was asked whether; TIME_NEVER */
    struct notice notice;
    uint32_t next; /* slot: the incident's next, SLOT_NONE */
};

struct alarm {
    uint32_t id;
    enum alarm_kind kind;
    uint32_t incident;   /* slot; SLOT_NONE: it is about a circle or a checkpoint */
    uint32_t assignment; /* slot, SLOT_NONE */
    uint32_t unit_id;
    enum tier tier;
    uint32_t circle;     /* of a gap, CIRCLE_NONE */
    uint32_t checkpoint; /* that is overdue, CHECKPOINT_NONE; neither: it is about an incident */
    uint8_t district;    /* the circle's or the checkpoint's when it was raised */
    int64_t raised_ms, acked_ms;
    char acked_by[ACTOR_SIZE];
    int64_t shelved_ms; /* until when it does not ring, TIME_NEVER: it is not shelved */
    char shelved_by[ACTOR_SIZE];
    enum reason shelve_reason;
    uint32_t shelve_count; /* how often it was */
    uint32_t next;         /* slot: the incident's next */
};

struct checkpoint {
    struct checkpoint_definition definition;
    int64_t visited_ms;    /* last seen or signed there, TIME_NEVER */
    uint32_t visited_unit; /* UNIT_NONE */
    enum visit visit;
    int64_t counted_ms; /* since when the next visit is awaited */
    int64_t overdue_ms; /* the last of what was missed, TIME_NEVER: it was visited since */
    uint32_t missed;    /* in a row */
    /* of a route: the round under way */
    uint32_t next;      /* stop that is to be visited next; all of them: its end is not said yet */
    uint32_t walker;    /* unit that was at the last one, UNIT_NONE */
    int64_t began_ms;   /* at the first stop; TIME_NEVER: none is under way */
    int64_t reached_ms; /* at the last one so far */
};

/* What a centre was asked about an incident. */
struct referral {
    uint32_t id, version;
    uint32_t incident; /* slot */
    uint32_t centre;   /* index */
    enum centre_kind kind;
    enum referral_state state;
    int64_t sent_ms, answered_ms, arrived_ms, ended_ms; /* answered: the centre's first word */
    int64_t answer_by_ms, feedback_by_ms;               /* TIME_NEVER: not watched */
    enum reason reason;
    char units[ADDRESS_SIZE];    /* lent, as the neighbour names them */
    char changed_by[ACTOR_SIZE]; /* who spoke last, and when */
    int64_t changed_ms;
    uint32_t orders_upto; /* assignment id when it was sent, or ended: later ones are news */
    uint32_t next;        /* slot: the incident's next, SLOT_NONE */
};

/* Decisions are kept for a console that selects an incident; the oldest gives way. */
#define DECISIONS_KEPT_MAX                                                                         \
    3072u /* 1.4 KB each: 4.3 MB, the latest 1,024 incidents of three tiers */
struct kept_decision {
    struct decision_made made;
    uint32_t incident; /* slot */
    uint32_t older, newer;
};

/* An incident keeps the policy that it began with, so an old one lives as long as its last
 * incident. One more than these at the same time is refused. */
#define POLICIES_MAX 16u
struct kept_policy {
    struct policy policy;
    uint32_t version;        /* 0: the one given at create, before any was put */
    uint32_t incident_count; /* in the core */
};

/* A plan of a circle is put anew under another version; incidents that began with an old one keep
 * it. */
struct kept_plan {
    struct circle_plan plan;
    uint32_t version;
    uint32_t index;          /* in the order of the roster */
    uint32_t incident_count; /* in the core */
    bool is_current;
};

struct district {
    char code[CODE_SIZE];
    char name[NAME_SIZE];
    uint32_t ring_count;
    uint32_t ring_sizes[DISTRICT_RINGS_MAX];
    uint32_t point_first, point_count;
};

struct area {
    char code[CODE_SIZE];
    char name[NAME_SIZE];
    enum area_kind kind;
    uint32_t ring_count;
    uint32_t ring_sizes[DISTRICT_RINGS_MAX];
    uint32_t point_first, point_count;
};

/* Which polygon holds a place; built when first asked after a change. */
struct district_lookup {
    struct geo_area_set *set; /* NULL: none are ever asked (areas of a shadow) */
    bool is_stale;
};

struct coverage;
struct patrol;
struct presence;
struct refusal_table;
struct scratch;

struct engine {
    struct engine_config config;
    struct geo_roads roads; /* volatile */

    /* durable */
    uint64_t seq;
    int64_t last_ms; /* of the last event */
    uint32_t last_report_id, last_incident_id, last_assignment_id, last_alarm_id, last_referral_id;
    uint32_t district_count, district_points, circle_count, unit_count, centre_count;
    struct district *districts;
    struct geo_point *points; /* of the districts */
    uint32_t area_count, area_points;
    struct area *areas;
    struct geo_point *area_corners;
    struct circle_definition *circles;
    struct unit *units;
    struct centre_definition *centres; /* CENTRES_MAX */
    uint32_t checkpoint_count;
    struct checkpoint *checkpoints; /* CHECKPOINTS_MAX */
    uint32_t plan_count, last_plan_version;
    struct id_pool plan_versions; /* current ones, and old ones that incidents keep */
    struct kept_plan *plans;      /* by slot of the pool */
    struct id_pool incident_ids, report_ids, assignment_ids, alarm_ids, referral_ids;
    struct incident *incidents;
    struct report *reports;
    struct assignment *assignments;
    struct alarm *alarms;
    struct referral *referrals;
    struct kept_policy *policies; /* POLICIES_MAX */
    uint32_t policy_now;          /* slot: of incidents that open from now on */
    uint32_t last_policy_version;
    uint64_t policy_origin; /* of the configured one that was put last */
    struct kept_decision *decisions;
    uint32_t decisions_max, decisions_used, decision_free, decision_oldest, decision_newest;

    /* derived */
    struct code_table unit_codes, circle_codes, area_codes, centre_codes, checkpoint_codes,
        plan_codes;
    uint32_t *plan_slots;      /* by index: of the current one */
    uint32_t *plan_first;      /* by circle: index of its first plan, PLAN_NONE */
    uint32_t *plan_next;       /* by index: the next of the same circle, by rising index */
    struct staffing *staffing; /* by circle, as it was last asked for */
    uint32_t *gap_alarms;      /* circle x TIER_COUNT + tier: slot of the gap's alarm, SLOT_NONE */
    uint32_t gap_alarm_count;  /* that are open */
    uint32_t *overdue_alarms;  /* by checkpoint: slot of its alarm, SLOT_NONE */
    uint32_t overdue_alarm_count;
    struct district_lookup *lookup;
    struct district_lookup *area_lookups; /* by area_kind */
    struct timer_heap *timers;            /* objects: incident slots, then assignment slots */
    uint8_t *waiting;         /* by incident slot: its priority while somebody is looked for; 0 */
    uint32_t *waiting_counts; /* slots by what `waiting` says of them */
    uint8_t *takeable; /* by assignment slot: the priority of what its unit may be taken from; 0 */
    uint32_t *takeable_counts; /* slots by what `takeable` says of them */
    uint32_t *first_phones;    /* by incident slot: of its first report, hashed; 0: none */
    int32_t *open_lat_e7;      /* of an open incident by slot, INT32_MAX: none (for merging) */

    /* volatile */
    struct presence *presence;
    struct coverage *coverage; /* NULL: a shadow */
    struct patrol *patrol;     /* NULL: a shadow */
    struct geo_search *search; /* NULL: a shadow */
    struct refusal_table *refusals;
    struct scratch *scratch;
    int64_t *retry_ms;  /* by incident slot: when somebody is looked for again */
    int64_t *snooze_ms; /* by timer object: not before this, after a step that could not be done;
                           what sleeps is not archived, so a slot's is over when it is free */
    uint8_t *links;     /* enum link by unit id */
    int64_t settle_until_ms;
    int64_t step_ms; /* of the last command */
};

/* For comparing many at once; 0: no phone. */
uint32_t state_phone_hash(const char *phone);

MUST_CHECK enum status state_create(const struct engine_config *config, struct engine **out);
void state_destroy(struct engine *engine);
/* Forget everything durable and all that is derived from it. */
void state_clear(struct engine *engine);

/* Of ordinary work: what is beyond them is kept for calls for help. */
bool state_has_incident_room(const struct engine *engine);
bool state_has_report_room(const struct engine *engine);

/* NULL: not there. */
struct incident *state_incident(const struct engine *engine, uint32_t incident_id);
struct report *state_report(const struct engine *engine, uint32_t report_id);
struct assignment *state_assignment(const struct engine *engine, uint32_t assignment_id);
struct alarm *state_alarm(const struct engine *engine, uint32_t alarm_id);
struct referral *state_referral(const struct engine *engine, uint32_t referral_id);
uint32_t state_slot_of(const struct engine *engine, const struct incident *incident);

/* NULL: the list has ended. */
struct report *state_report_at(const struct engine *engine, uint32_t slot);
struct assignment *state_assignment_at(const struct engine *engine, uint32_t slot);
struct referral *state_referral_at(const struct engine *engine, uint32_t slot);
/* 0: SLOT_NONE. */
uint32_t state_incident_id_at(const struct engine *engine, uint32_t slot);
struct alarm *state_alarm_at(const struct engine *engine, uint32_t slot);

/* Of new incidents and of whatever is about no incident. */
const struct policy *state_policy(const struct engine *engine);
const struct policy *state_policy_of(const struct engine *engine, const struct incident *incident);
/* A slot for one more; SLOT_NONE: incidents keep all of them. */
uint32_t state_policy_slot(const struct engine *engine);

enum unit_status state_unit_status(const struct engine *engine, const struct unit *unit);

/* What became of the orders of one tier. */
struct tally {
    uint32_t all, active, acknowledged, on_scene, en_route, cleared, recalled, declined;
    uint32_t invited; /* of the active: volunteers who have not said yes */
};
/* Without volunteers who were asked in waves: they come in addition. */
struct tally state_tally(const struct engine *engine, const struct incident *incident,
                         enum tier tier);
/* TIER_COUNT tiers at once, and everybody. */
struct tally state_tally_all(const struct engine *engine, const struct incident *incident);

bool state_is_invited(const struct assignment *assignment);

/* TIME_NEVER: the clock has not started. */
int64_t state_tier_deadline(const struct incident *incident, enum tier tier);

#endif
