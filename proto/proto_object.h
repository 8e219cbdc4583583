#ifndef PROTO_PROTO_OBJECT_H
#define PROTO_PROTO_OBJECT_H

#include "proto/proto_json.h"
#include "proto/proto_shift.h"

/* The objects of docs/PROTOCOL.md section 7, structs to JSON. All texts are borrowed for the call.
 *
 * What is not there is null on the wire: a NULL text, a time PROTO_NEVER, a u32 PROTO_NONE where
 * the comment says so, an id 0 where the comment says so, an enum that is its COUNT. */

struct proto_user {
    const char *name, *display;
    enum proto_role role;
    bool scope_city;
    const char *const *districts; /* codes, unless scope_city */
    uint32_t district_count;
    const char *unit; /* NULL */
};

struct proto_unit {
    uint32_t index;
    const char *code, *name;
    enum proto_unit_kind kind;
    const char *circle, *district, *area; /* codes; NULL */
    uint32_t people;
    uint32_t capabilities; /* bits by enum proto_capability */
    bool synthetic;
    /* Not in unit.put: */
    enum proto_duty duty;
    uint32_t people_on;        /* signed on, PROTO_NONE */
    uint32_t equipment;        /* bits by enum proto_equipment */
    const char *crew, *device; /* NULL: not said, or masked */
    enum proto_unit_status status;
    int64_t status_ms;                   /* PROTO_NEVER */
    uint32_t assignment_id, incident_id; /* 0 */
    enum proto_panic_state panic;
    bool has_place; /* false: lat and lon are null */
    struct proto_place at;
    int64_t fix_ms; /* PROTO_NEVER */
};

struct proto_circle {
    const char *code, *name;
    struct proto_place at;
    uint32_t radius_m;
    const char *district; /* NULL */
    uint32_t shift_count; /* of the rota; 0: nothing is planned */
    struct proto_shift shifts[PROTO_SHIFTS_MAX];
};

struct proto_centre {
    const char *code, *name;
    enum proto_centre_kind kind;
    struct proto_place at;
    const char *district; /* NULL */
};

struct proto_checkpoint {
    const char *code, *name;
    struct proto_place at;
    uint32_t radius_m;
    const char *circle, *district; /* NULL */
    uint32_t from_min, to_min;     /* local minutes of the day; equal: all day */
    uint32_t every_min;            /* 0: nobody has to */
    uint32_t stay_s;
    uint32_t stop_count;                      /* of a route; 0: it is a place */
    const char *stops[PROTO_ROUTE_STOPS_MAX]; /* codes */
    /* its state */
    int64_t visited_ms;     /* PROTO_NEVER */
    const char *visited_by; /* unit; NULL */
    enum proto_visit visit; /* of that one */
    int64_t due_ms;         /* PROTO_NEVER: nobody has to */
    int64_t overdue_ms;     /* PROTO_NEVER */
    uint32_t missed;
    uint32_t next;    /* of a route: stop that comes next */
    int64_t began_ms; /* of its round; PROTO_NEVER: none is under way */
};

/* A plan of a circle. */
struct proto_circle_plan {
    const char *code, *circle;
    uint32_t version;
    uint32_t types;      /* bit per enum proto_incident_type */
    uint32_t priorities; /* bit per priority, the lowest bit the most urgent */
    uint32_t unit_counts[PROTO_TIER_COUNT];
    const char *units[PROTO_TIER_COUNT][PROTO_PLAN_UNITS_MAX]; /* codes */
    const char *words_zh, *words_en;                           /* NULL: none */
};

struct proto_district {
    const char *code, *name;
};

struct proto_area {
    const char *code, *name;
    enum proto_area_kind kind;
};

struct proto_tier_clock {
    enum proto_tier_verdict verdict;
    uint32_t wanted;
    uint32_t target_ms;  /* PROTO_NONE */
    int64_t deadline_ms; /* PROTO_NEVER */
    uint32_t elapsed_ms; /* PROTO_NONE */
};

/* The last warning of an incident. */
struct proto_warning {
    enum proto_warn_level level;
    const char *text; /* NULL: not for this reader yet */
    int64_t at_ms;    /* PROTO_NEVER: there is none */
};

struct proto_incident {
    uint32_t incident_id, generation;
    enum proto_incident_type type;
    uint32_t priority;
    enum proto_incident_state state;
    struct proto_place at;
    const char *address, *note, *caller, *phone; /* NULL: masked for this audience */
    const char *district, *circle, *beat, *grid; /* codes; NULL */
    bool drill;
    enum proto_dispatch_mode mode;
    const char *policy;
    struct proto_warning warning;
    uint32_t policy_version;
    const char *plan; /* code of its circle's; NULL: none holds */
    uint32_t plan_version;
    uint32_t report_count;
    int64_t received_ms, created_ms, dispatched_ms, on_scene_ms, ended_ms, clock_ms;
    int64_t held_ms, review_ms;        /* PROTO_NEVER: not held */
    enum proto_reason hold_reason;     /* PROTO_REASON_NONE */
    const char *owner;                 /* NULL */
    int64_t owner_ms;                  /* PROTO_NEVER */
    uint32_t duplicate_of, similar_id; /* 0 */
    uint32_t reopened;
    bool tiers_unknown; /* from history: "tiers" is null, the response log has them */
    struct proto_tier_clock tiers[PROTO_TIER_COUNT];
};

struct proto_assignment {
    uint32_t assignment_id, incident_id;
    const char *unit;
    enum proto_tier tier;
    enum proto_assignment_state state;
    uint32_t version;
    bool late, additional, automatic, estimated;
    uint32_t travel_ms;  /* PROTO_NONE */
    uint32_t distance_m; /* PROTO_NONE */
    uint32_t rank;       /* PROTO_NONE */
    uint32_t wave;       /* of volunteers; 0: it is an order */
    enum proto_reason reason;
    int64_t sent_ms, delivered_ms, acknowledged_ms, en_route_ms, on_scene_ms, ended_ms;
    uint32_t resent;
    int64_t par_asked_ms; /* PROTO_NEVER */
    uint32_t corrected;   /* how many of its times were corrected */
};

struct proto_alarm {
    uint32_t alarm_id;
    enum proto_alarm_kind kind;
    uint32_t incident_id, assignment_id; /* 0 */
    const char *unit;                    /* NULL */
    enum proto_tier tier;                /* PROTO_TIER_COUNT */
    const char *circle;                  /* whose gap it is; NULL */
    const char *checkpoint;              /* that is overdue; NULL */
    int64_t raised_ms, acked_ms;
    const char *acked_by;             /* NULL */
    int64_t shelved_ms;               /* until when; PROTO_NEVER: it is not shelved */
    const char *shelved_by;           /* NULL */
    enum proto_reason shelved_reason; /* PROTO_REASON_NONE */
    uint32_t shelved;                 /* how often it was */
};

/* What a unit has to hear after its order, and acknowledge (notice.update). */
struct proto_notice {
    uint32_t assignment_id, incident_id;
    const char *unit;
    uint32_t number;
    uint32_t kinds; /* bit per proto_notice_kind */
    enum proto_notice_state state;
    enum proto_warn_level level; /* of a danger; PROTO_WARN_LEVEL_COUNT: null */
    const char *text;            /* of a danger; NULL: null, or not for this reader yet */
    int64_t sent_ms, delivered_ms, acknowledged_ms;
    uint32_t resent;
};

struct proto_candidate {
    const char *unit;
    uint32_t travel_ms; /* PROTO_NONE */
    struct proto_place at;
    uint32_t fix_age_ms; /* PROTO_NONE */
    uint32_t rank;
    bool in_reach, chosen, estimated, own_area, by_plan;
    uint32_t given_to; /* 0: null */
};

#define PROTO_PREEMPTABLE_MAX 4u
struct proto_preemptable {
    const char *unit;
    uint32_t victim_id, priority, travel_ms;
    bool estimated;
};

struct proto_passed {
    const char *unit;
    uint32_t distance_m; /* PROTO_NONE */
    enum proto_reason reason;
    bool by_plan;
};

struct proto_decision {
    uint32_t incident_id;
    enum proto_tier tier;
    uint32_t generation;
    uint64_t map_id; /* 16 hexadecimal digits on the wire: JSON numbers cannot hold it */
    uint32_t traffic_version;
    bool automatic, area_first;
    uint32_t wave;    /* of volunteers; 0: the units of the tier */
    const char *plan; /* of the circle, that names units of the tier; NULL */
    uint32_t together;
    uint32_t preemptable_count; /* .. PROTO_PREEMPTABLE_MAX */
    struct proto_preemptable preemptable[PROTO_PREEMPTABLE_MAX];
    uint32_t candidate_count; /* .. PROTO_CANDIDATES_MAX */
    struct proto_candidate candidates[PROTO_CANDIDATES_MAX];
    uint32_t passed_count;
    struct proto_passed passed[PROTO_CANDIDATES_MAX];
    uint32_t passed_by_reason[PROTO_REASON_COUNT]; /* only those above 0 are written */
};

struct proto_report {
    uint32_t report_id, incident_id;
    bool merged;
    enum proto_channel channel;
    enum proto_incident_type type;
    uint32_t priority; /* 0: null */
    struct proto_place at;
    const char *address, *caller, *phone, *note; /* NULL: masked */
    int64_t occurred_ms, received_ms;
    bool drill;
    int64_t answered_ms;              /* PROTO_NEVER */
    const char *answered_by, *answer; /* NULL */
};

struct proto_referral {
    uint32_t referral_id, incident_id;
    const char *centre; /* code */
    enum proto_centre_kind kind;
    enum proto_referral_state state;
    uint32_t version;
    enum proto_reason reason;
    const char *units;                                  /* NULL */
    int64_t sent_ms, answered_ms, arrived_ms, ended_ms; /* PROTO_NEVER */
    int64_t answer_by_ms, feedback_by_ms;               /* PROTO_NEVER */
};

struct proto_order {
    struct proto_assignment assignment;
    uint32_t incident_id;
    enum proto_incident_type type;
    uint32_t priority;
    struct proto_place at;      /* rounded by the caller for a volunteer: proto_place_rounded() */
    const char *address, *note; /* NULL: not for this reader yet */
    bool drill;
    int64_t received_ms;
    uint32_t target_ms; /* PROTO_NONE */
    struct proto_warning warning;
    const char *plan; /* code of the circle's; NULL: none, or not for this reader yet */
    const char *words_zh, *words_en; /* that it tells; NULL */
};

/* Each writes one JSON object, as a value: after a name, in a list, or alone. */
void proto_encode_user(struct proto_buffer *buffer, const struct proto_user *user);
void proto_encode_unit(struct proto_buffer *buffer, const struct proto_unit *unit);
/* `"capabilities":[names]` of the bits, by PROTO_LIST_CAPABILITY. */
void proto_member_capabilities(struct proto_buffer *buffer, uint32_t capabilities);
/* `"crew","equipment":[names],"device"` of who has signed on. */
void proto_member_sign_on(struct proto_buffer *buffer, const char *crew, uint32_t equipment,
                          const char *device);
void proto_encode_unit_definition(struct proto_buffer *buffer, const struct proto_unit *unit);
void proto_encode_circle(struct proto_buffer *buffer, const struct proto_circle *circle);
void proto_encode_area(struct proto_buffer *buffer, const struct proto_area *area);
void proto_encode_centre(struct proto_buffer *buffer, const struct proto_centre *centre);
void proto_encode_checkpoint(struct proto_buffer *buffer,
                             const struct proto_checkpoint *checkpoint);
/* What the roster says of it, and not its state. */
void proto_encode_checkpoint_definition(struct proto_buffer *buffer,
                                        const struct proto_checkpoint *checkpoint);
/* "HH:MM" */
#define PROTO_HOUR_SIZE 6u
void proto_hour_text(uint32_t minute, char text[PROTO_HOUR_SIZE]);
void proto_encode_circle_plan(struct proto_buffer *buffer, const struct proto_circle_plan *plan);
void proto_encode_district(struct proto_buffer *buffer, const struct proto_district *district);
void proto_encode_incident(struct proto_buffer *buffer, const struct proto_incident *incident);
void proto_encode_assignment(struct proto_buffer *buffer,
                             const struct proto_assignment *assignment);
void proto_encode_alarm(struct proto_buffer *buffer, const struct proto_alarm *alarm);
void proto_encode_notice(struct proto_buffer *buffer, const struct proto_notice *notice);
void proto_encode_decision(struct proto_buffer *buffer, const struct proto_decision *decision);
void proto_encode_referral(struct proto_buffer *buffer, const struct proto_referral *referral);
void proto_encode_report(struct proto_buffer *buffer, const struct proto_report *report);
void proto_encode_order(struct proto_buffer *buffer, const struct proto_order *order);

/* What a volunteer sees before it has acknowledged: three decimals, halves away from zero. */
struct proto_place proto_place_rounded(struct proto_place at);

#endif
