#ifndef ENGINE_CORE_ENGINE_H
#define ENGINE_CORE_ENGINE_H

#include <stddef.h>

#include "engine/core/event.h"
#include "engine/core/policy.h"
#include "engine/core/status.h"
#include "geo/geo_map.h"
#include "geo/geo_nearest.h"

/* The core: one pure function from (state, command) to events.
 *
 * Time comes in with the command, what happened comes out as events; no clock, no I/O, no
 * allocation after create. Handlers read the state through const and write only by emitting an
 * event; apply alone changes state, so replay is the same code as running. */
struct engine;

struct engine_config {
    struct engine_limits limits;
    struct policy policy; /* until one is put */
    enum dispatch_mode mode;
    uint32_t emergency_kinds; /* bit of a kind: it travels by the map's emergency profile */
    uint32_t gap_ms;    /* a gap in a circle's cover that lasts so long is an alarm; 0: never */
    uint32_t settle_ms; /* after a start "no unit" is not said before this has passed */
    const struct geo_map
        *map;            /* borrowed for the engine's life; NULL: straight lines, and says so */
    bool second_channel; /* there is a gateway for what the live link did not deliver */
    bool searches;       /* false: a shadow that only replays; no fleet, no search workspace */
};

MUST_CHECK enum status engine_create(const struct engine_config *config, struct engine **out);
void engine_destroy(struct engine *engine);

/* Where events go: the caller's callback-free buffer, encoded at once (event_codec), so that a step
 * of any size costs bytes, not structs. Full: the step emits a single COMMAND_REFUSED (capacity).
 */
struct event_record {
    enum event_kind kind;
    uint64_t seq;
    int64_t at_ms;
    struct actor actor;
    uint8_t command_id[COMMAND_ID_SIZE];
    uint32_t body_size;
    size_t body_offset; /* into event_list.bytes */
};

struct event_list {
    struct event_record *records;
    uint32_t count, records_max;
    uint8_t *bytes;
    size_t size, size_max;
};

MUST_CHECK enum status event_list_init(struct event_list *list, uint32_t records_max,
                                       size_t size_max);
void event_list_finish(struct event_list *list);
void event_list_clear(struct event_list *list);
/* Decode record i into a full event. Our own bytes: cannot fail. */
void event_list_get(const struct event_list *list, uint32_t i, struct event *event);

/* What the command came to; the ids that it made or touched, 0 where none. */
struct step_result {
    enum reason refusal; /* REASON_NONE: done */
    uint32_t incident_id, report_id, assignment_id;
    uint32_t generation; /* the incident's, after the step (also on a stale one) */
    char by[ACTOR_SIZE]; /* refused because another one was first: who ... */
    int64_t by_ms;       /* ... and when; "" and TIME_NEVER otherwise */
    bool merged;
    uint64_t seq; /* of the last event emitted; durable when the journal has it */
};

/* Appends to `out` (not cleared). The command's at_ms must not be before the last one's. What is
 * due by then happens first, by the actor "system" and with no command id, so that a tier's verdict
 * never depends on when somebody ticked; then the command; then units that it freed go to who has
 * waited. A list with room for less than 64 events and 16 KB refuses every command but the tick;
 * timers that find no room stay due. */
struct step_result engine_step(struct engine *engine, const struct command *command,
                               struct event_list *out);

/* When engine_step(COMMAND_TICK) wants to be called next; INT64_MAX: never. */
int64_t engine_deadline_ms(const struct engine *engine);

/* Apply one event of the journal. STATUS_CORRUPT: not the next seq, or it refers to what is not
 * there. */
MUST_CHECK enum status engine_replay(struct engine *engine, const struct event *event);

uint64_t engine_seq(const struct engine *engine);

/* Fingerprint of all durable state: equal histories give equal digests. */
uint64_t engine_digest(const struct engine *engine);

/* All durable state, field by field, versioned. Size varies; call with bytes NULL to learn it. */
size_t engine_snapshot_write(const struct engine *engine, uint8_t *bytes, size_t size);
/* STATUS_CORRUPT, STATUS_VERSION, STATUS_FULL (more than this engine's limits hold): the engine is
 * empty afterwards. Fixes are forgotten either way. */
MUST_CHECK enum status engine_snapshot_read(struct engine *engine, const uint8_t *bytes,
                                            size_t size);

/* What new incidents begin with; `version` 0: the one given at create. `origin` is the digest of
 * the configured policy that was put last, 0: none was. */
const struct policy *engine_policy(const struct engine *engine, uint32_t *version,
                                   uint64_t *origin);

/* Positions and heartbeats. STATUS_STALE: an older fix than the one held; STATUS_NOT_FOUND: no such
 * unit. After a restart engine_started() begins the settling (config.settle_ms). */
MUST_CHECK enum status engine_observe(struct engine *engine, const struct observation *observation);
void engine_started(struct engine *engine, int64_t at_ms);
/* How much local time is ahead of UTC now: the due hours of checkpoints are local. Volatile; 0
 * until it is said. */
void engine_observe_zone(struct engine *engine, int64_t zone_ms);

/* Whether the unit's device is connected: volatile, forgotten at a restart. An order to a unit that
 * is known to be down goes out by the second channel at once; the step is an event. */
void engine_observe_link(struct engine *engine, uint32_t unit_id, enum link link);

/* The roads of now: closures, speeds, and the hierarchies that follow them. Volatile, like fixes:
 * what a decision made of it is in its event (travel times, traffic version). Borrowed until the
 * next call or the engine's end; the traffic may change between steps. An engine that does not
 * search ignores it. */
void engine_observe_roads(struct engine *engine, const struct geo_roads *roads);
/* 0: the map's own times. */
uint32_t engine_traffic_version(const struct engine *engine);
/* What was observed last; all NULL before. */
const struct geo_roads *engine_roads(const struct engine *engine);

/* ---- Reading the state (for snapshots to clients; valid until the next step) ---- */

struct unit_view {
    uint32_t unit_id;
    const struct unit_definition *definition;
    enum duty duty;
    uint16_t people; /* signed on */
    const struct sign_on *sign_on;
    enum unit_status status;
    uint32_t assignment_id; /* the active one, 0 */
    uint32_t incident_id;
    int64_t status_ms; /* since when */
    enum panic_state panic;
    bool has_fix;
    struct geo_point at;
    int64_t fix_ms;
    uint16_t heading_deg, speed_kmh, accuracy_m;
};
uint32_t engine_unit_count(const struct engine *engine);
bool engine_unit(const struct engine *engine, uint32_t unit_id, struct unit_view *view);
/* The road that the unit's last fix was put on, and by which profile it travels. False: nobody
 * knows where it is. Without a map, and off the roads, place->edge is UINT32_MAX. */
bool engine_unit_place(const struct engine *engine, uint32_t unit_id, struct geo_place *place,
                       enum geo_profile *profile);
/* UNIT_NONE: no unit has that code. */
uint32_t engine_unit_find(const struct engine *engine, const char *code);

uint32_t engine_circle_count(const struct engine *engine);
const struct circle_definition *engine_circle(const struct engine *engine, uint32_t index);
uint32_t engine_circle_find(const struct engine *engine, const char *code); /* CIRCLE_NONE */
/* Whom else one asks, see struct centre_definition. */
uint32_t engine_centre_count(const struct engine *engine);
const struct centre_definition *engine_centre(const struct engine *engine, uint32_t index);
/* UINT32_MAX: no centre has that code. */
uint32_t engine_centre_find(const struct engine *engine, const char *code);

/* Places that patrols have to visit, in the order of the roster. */
struct checkpoint_view {
    const struct checkpoint_definition *definition;
    int64_t visited_ms;    /* TIME_NEVER: never yet */
    uint32_t visited_unit; /* UNIT_NONE */
    enum visit visit;
    int64_t due_ms;     /* the next visit is due by then; INT64_MAX: nobody has to */
    int64_t overdue_ms; /* was due then and is not visited since; TIME_NEVER: it is not overdue */
    uint32_t missed;    /* times in a row */
    uint32_t next;      /* of a route: stop that is to be visited next; all of them: it is walked */
    int64_t began_ms;   /* of a route: its round; TIME_NEVER: none is under way */
};
uint32_t engine_checkpoint_count(const struct engine *engine);
/* An engine that only replays knows no zone: it reckons what is due in UTC. */
struct checkpoint_view engine_checkpoint(const struct engine *engine, uint32_t index);
/* UINT32_MAX: no checkpoint has that code. */
uint32_t engine_checkpoint_find(const struct engine *engine, const char *code);
/* Of one circle; volunteers are not counted. */
struct staffing {
    bool is_planned;                    /* its rota says something; else 0 where it would */
    uint32_t minimum, from_min, to_min; /* of the shift of now, in minutes of the local day */
    uint32_t on_count, people;          /* on duty; signed on with them */
    uint32_t out_of_service_count;
};
/* An item a circle, by index. Borrowed until the next call of this. */
const struct staffing *engine_staffing(const struct engine *engine, int64_t at_ms);
/* Plans of circles as they are now, in the order of the roster. */
uint32_t engine_plan_count(const struct engine *engine);
const struct circle_plan *engine_plan(const struct engine *engine, uint32_t index,
                                      uint32_t *version);
/* UINT32_MAX: no plan has that code. */
uint32_t engine_plan_find(const struct engine *engine, const char *code);
/* Also an old one that an incident keeps; NULL: 0, or nobody has it any more. */
const struct circle_plan *engine_plan_version(const struct engine *engine, uint32_t version);
uint32_t engine_district_count(const struct engine *engine);
const char *engine_district_code(const struct engine *engine, uint32_t index);
const char *engine_district_name(const struct engine *engine, uint32_t index);
/* Its border: rings one after the other, each without its first point again. */
struct district_outline {
    uint32_t ring_count;
    const uint32_t *ring_sizes;
    const struct geo_point *points;
};
struct district_outline engine_district_outline(const struct engine *engine, uint32_t index);

/* Beats and grids, in the order of the roster. */
struct area_view {
    const char *code, *name;
    enum area_kind kind;
    struct district_outline outline;
};
uint32_t engine_area_count(const struct engine *engine);
struct area_view engine_area(const struct engine *engine, uint32_t index);
/* AREA_NONE: no area has that code. */
uint32_t engine_area_find(const struct engine *engine, const char *code);
/* DISTRICT_NONE: outside every one. */
uint8_t engine_district_at(const struct engine *engine, struct geo_point at);

/* What an assignment's unit has to hear after its order; state NOTICE_NONE: nothing. */
struct notice {
    uint32_t number; /* counts the assignment's notices */
    uint32_t kinds;  /* bit per notice_kind */
    enum notice_state state;
    int64_t sent_ms, delivered_ms, acknowledged_ms; /* TIME_NEVER */
    uint32_t resent_count;
    uint32_t steps; /* bit per enum ladder_step that was taken */
};

/* Who could be at a circle in time now: free units of the tier's kinds, nearest first. Looked at in
 * turn, so up to a second old. */
#define COVERAGE_UNITS_MAX 8u
struct coverage_unit {
    uint32_t unit_id;
    uint32_t travel_ms;
    bool estimated;
};
struct coverage_view {
    uint32_t reach_ms;
    int64_t gap_since_ms; /* TIME_NEVER: somebody could be there, or the engine has just started */
    uint32_t count;       /* COVERAGE_UNITS_MAX: or more */
    struct coverage_unit units[COVERAGE_UNITS_MAX];
};
struct coverage_place {
    uint32_t circle;
    enum tier tier;
};
void engine_coverage_refresh(struct engine *engine, int64_t now_ms);
/* When engine_coverage_refresh() wants to be called next; INT64_MAX: there is nothing to cover. */
int64_t engine_coverage_deadline_ms(const struct engine *engine);
/* Another number than before: what GET /v1/coverage answers may be another. */
uint64_t engine_coverage_version(const struct engine *engine);
/* False: the policy asks nobody of that tier, or nothing is known yet. */
bool engine_coverage(const struct engine *engine, uint32_t circle, enum tier tier,
                     struct coverage_view *view);
/* Circles that nobody could reach in time any more if these units left: fewer than
 * COVERAGE_UNITS_MAX of them at once. Answers how many were written. */
uint32_t engine_coverage_lost(const struct engine *engine, const uint32_t unit_ids[],
                              uint32_t unit_count, struct coverage_place lost[], uint32_t lost_max);
/* The nearest unit that could go there and is missed nowhere else; false: there is none. */
bool engine_coverage_move(const struct engine *engine, struct coverage_place gap,
                          struct coverage_unit *move);

struct tier_view {
    enum tier_verdict verdict;
    uint32_t wanted, target_ms;
    int64_t deadline_ms; /* TIME_NEVER: the clock has not started */
    uint32_t elapsed_ms; /* at the verdict */
};

struct incident_view {
    uint32_t incident_id, generation;
    enum incident_type type;
    uint32_t priority;
    enum incident_state state;
    struct geo_point at;
    const char *address, *note; /* note: of the first report */
    const char *caller, *phone; /* of the first report: masked by net for whom they are not meant */
    uint8_t district;
    uint32_t circle;
    uint32_t areas[AREA_KIND_COUNT]; /* its beat and its grid, AREA_NONE */
    bool drill;
    enum dispatch_mode mode;
    const char *policy;
    uint32_t policy_version;
    uint32_t plan_version; /* of its circle's, 0: none holds */
    enum clock_start clock_start;
    uint32_t report_count;
    bool for_all;        /* seen by every district, see incident_opened */
    uint32_t panic_unit; /* who calls for help here, UNIT_NONE: nobody, or it has ended */
    const char *warning; /* the last one; warned_ms TIME_NEVER: none */
    enum warn_level warning_level;
    int64_t warned_ms;
    int64_t received_ms, created_ms, dispatched_ms, on_scene_ms, ended_ms, clock_ms;
    struct tier_view tiers[TIER_COUNT];
    uint32_t assignment_first;  /* walk with assignment_view.next */
    uint32_t report_first;      /* walk with report_view.next; 0: a duplicate has none */
    uint32_t referral_first;    /* walk with referral_view.next; 0: none */
    int64_t held_ms, review_ms; /* TIME_NEVER: not held */
    enum reason hold_reason;
    const char *owner; /* "": nobody has claimed it */
    int64_t owner_ms;
    uint32_t duplicate_of, similar_id; /* 0 */
    uint32_t reopened_count;
};
/* Walk all incidents in the core in rising id: start with 0, answers false after the last. */
bool engine_incident_next(const struct engine *engine, uint32_t after_id,
                          struct incident_view *view);
bool engine_incident(const struct engine *engine, uint32_t incident_id, struct incident_view *view);

struct assignment_view {
    uint32_t assignment_id, incident_id, unit_id, version;
    enum tier tier;
    enum assignment_state state;
    bool late, additional, automatic, estimated;
    uint32_t travel_ms, distance_m, rank;
    uint8_t wave; /* of volunteers that it was asked with, 0: it is an order */
    enum reason reason;
    int64_t sent_ms, delivered_ms, acknowledged_ms, en_route_ms, on_scene_ms,
        ended_ms; /* TIME_NEVER */
    uint32_t resent_count;
    uint32_t steps;       /* bit per enum ladder_step that was taken */
    int64_t par_asked_ms; /* "is all well?" has no answer since; TIME_NEVER */
    struct notice notice;
    uint32_t corrected_count; /* how many of its times were corrected */
    uint32_t next;            /* the incident's next assignment, 0: last */
};
bool engine_assignment(const struct engine *engine, uint32_t assignment_id,
                       struct assignment_view *view);

struct report_view {
    uint32_t report_id, incident_id;
    const struct report_create *report;
    int64_t received_ms, answered_ms; /* TIME_NEVER */
    uint32_t next;                    /* the incident's next, 0: last */
};
bool engine_report(const struct engine *engine, uint32_t report_id, struct report_view *view);

/* What a centre was asked, see enum referral_state. */
struct referral_view {
    uint32_t referral_id, incident_id, centre, version;
    enum centre_kind kind;
    enum referral_state state;
    int64_t sent_ms, answered_ms, arrived_ms, ended_ms; /* TIME_NEVER */
    int64_t answer_by_ms, feedback_by_ms;               /* TIME_NEVER: not watched */
    enum reason reason;
    const char *units; /* "": none */
    uint32_t next;     /* the incident's next, 0: last */
};
bool engine_referral(const struct engine *engine, uint32_t referral_id, struct referral_view *view);

struct alarm_view {
    uint32_t alarm_id;
    enum alarm_kind kind;
    uint32_t incident_id, assignment_id, unit_id; /* 0, 0, UNIT_NONE */
    enum tier tier;
    uint32_t circle;             /* whose gap it is; CIRCLE_NONE */
    uint32_t checkpoint;         /* that is overdue; CHECKPOINT_NONE */
    uint8_t district;            /* of either when it was raised; DISTRICT_NONE */
    int64_t raised_ms, acked_ms; /* TIME_NEVER */
    const char *acked_by;
    int64_t shelved_ms; /* until when, TIME_NEVER: it is not shelved */
    const char *shelved_by;
    enum reason shelve_reason;
    uint32_t shelve_count;
};
/* Open ones, and how many of them are about gaps in the cover of circles. */
uint32_t engine_alarm_count(const struct engine *engine, uint32_t *gap_count);
uint32_t engine_overdue_count(const struct engine *engine);
bool engine_alarm_next(const struct engine *engine, uint32_t after_id, struct alarm_view *view);

/* How many of its places are taken. What is full is refused with `capacity`, so somebody has to
 * hear of it before. */
enum engine_store {
    ENGINE_INCIDENTS, /* open, or closed within the reopen window */
    ENGINE_REPORTS,
    ENGINE_ASSIGNMENTS,
    ENGINE_ALARMS,
    ENGINE_STORE_COUNT
};
struct engine_fill {
    uint32_t count, max;
};
struct engine_fill engine_fill(const struct engine *engine, enum engine_store store);

/* The last decision of an incident's tier, for a console that selects it; NULL: none is kept. */
const struct decision_made *engine_decision(const struct engine *engine, uint32_t incident_id,
                                            enum tier tier);

#endif
