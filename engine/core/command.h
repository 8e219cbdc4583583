#ifndef ENGINE_CORE_COMMAND_H
#define ENGINE_CORE_COMMAND_H

#include "engine/core/policy.h"

/* What one may ask of the engine. A command is complete: time, actor and id are in it. Strings are
 * NUL-terminated valid UTF-8 and every enum is in range; the decoder refused anything else. */

#define COMMAND_KIND_LIST(X)                                                                       \
    X(COMMAND_TICK, "tick")                                                                        \
    X(COMMAND_ROSTER_PUT, "roster.put")                                                            \
    X(COMMAND_AUDIT, "audit")                                                                      \
    X(COMMAND_POLICY_PUT, "policy.put")                                                            \
    X(COMMAND_ASSIGNMENT_RECEIPT, "assignment.receipt")                                            \
    /* what clients give, in the order of the wire: append here */                                 \
    X(COMMAND_REPORT_CREATE, "report.create")                                                      \
    X(COMMAND_INCIDENT_RECOMMEND, "incident.recommend")                                            \
    X(COMMAND_INCIDENT_ORDER, "incident.order")                                                    \
    X(COMMAND_INCIDENT_UPDATE, "incident.update")                                                  \
    X(COMMAND_INCIDENT_NOTE, "incident.note")                                                      \
    X(COMMAND_INCIDENT_CANCEL, "incident.cancel")                                                  \
    X(COMMAND_INCIDENT_CLOSE, "incident.close")                                                    \
    X(COMMAND_ASSIGNMENT_UPDATE, "assignment.update")                                              \
    X(COMMAND_ASSIGNMENT_RECALL, "assignment.recall")                                              \
    X(COMMAND_UNIT_DUTY, "unit.duty")                                                              \
    X(COMMAND_ALARM_ACK, "alarm.ack")                                                              \
    X(COMMAND_INCIDENT_WARN, "incident.warn")                                                      \
    X(COMMAND_NOTICE_UPDATE, "notice.update")                                                      \
    X(COMMAND_UNIT_PANIC, "unit.panic")                                                            \
    X(COMMAND_PANIC_CLOSE, "panic.close")                                                          \
    X(COMMAND_ASSIGNMENT_PAR, "assignment.par")                                                    \
    X(COMMAND_INCIDENT_HOLD, "incident.hold")                                                      \
    X(COMMAND_INCIDENT_RELEASE, "incident.release")                                                \
    X(COMMAND_INCIDENT_REOPEN, "incident.reopen")                                                  \
    X(COMMAND_INCIDENT_MERGE, "incident.merge")                                                    \
    X(COMMAND_INCIDENT_CLAIM, "incident.claim")                                                    \
    X(COMMAND_INCIDENT_HAND_OVER, "incident.hand_over")                                            \
    X(COMMAND_REPORT_LINK, "report.link")                                                          \
    X(COMMAND_REPORT_SPLIT, "report.split")                                                        \
    X(COMMAND_REPORT_ANSWER, "report.answer")                                                      \
    X(COMMAND_ASSIGNMENT_REASSIGN, "assignment.reassign")                                          \
    X(COMMAND_MILESTONE_CORRECT, "milestone.correct")                                              \
    X(COMMAND_ALARM_SHELVE, "alarm.shelve")                                                        \
    X(COMMAND_ASSIGNMENT_SUPPORT, "assignment.support")                                            \
    X(COMMAND_INCIDENT_REFER, "incident.refer")                                                    \
    X(COMMAND_REFERRAL_UPDATE, "referral.update")                                                  \
    X(COMMAND_CHECKPOINT_SIGN, "checkpoint.sign")                                                  \
    X(COMMAND_INCIDENT_PHOTO, "incident.photo") /* by a route of its own, with the file */
enum command_kind { COMMAND_KIND_LIST(ENUM_NAME) COMMAND_KIND_COUNT };
const char *command_kind_name(enum command_kind kind);

struct district_definition {
    char code[CODE_SIZE];
    char name[NAME_SIZE];
    uint32_t ring_count, ring_first, point_first, point_count; /* into the roster's pools */
};

struct area_definition {
    char code[CODE_SIZE]; /* unique among beats and grids together */
    char name[NAME_SIZE];
    enum area_kind kind;
    uint32_t ring_count, ring_first, point_first, point_count; /* into the roster's pools */
};

#define CIRCLE_SHIFTS_MAX  6u
#define CIRCLE_MINIMUM_MAX 999u
struct circle_shift {
    uint16_t
        from_min;     /* of the local day; until the next one's, the last one's until the first's */
    uint16_t minimum; /* units of the circle that ought to be on duty */
};

struct circle_definition {
    char code[CODE_SIZE];
    char name[NAME_SIZE];
    struct geo_point at;
    uint32_t radius_m;
    uint8_t district;                              /* index, DISTRICT_NONE: reckoned from `at` */
    uint32_t shift_count;                          /* of its rota; 0: nothing is planned */
    struct circle_shift shifts[CIRCLE_SHIFTS_MAX]; /* rising; a lone one begins at midnight */
};

struct unit_definition {
    char code[CODE_SIZE]; /* unique; how people call it */
    char name[NAME_SIZE];
    enum unit_kind kind;
    uint32_t capabilities; /* bits agreed in the plan: 1 armed, 2 first aid, 4 fire, 8 traffic */
    uint32_t circle;       /* index, CIRCLE_NONE */
    uint32_t area;         /* index, AREA_NONE: of no beat and no grid */
    uint8_t district;      /* index, DISTRICT_NONE: reckoned from the home */
    struct geo_point home; /* standby point; the place of a post */
    uint16_t people;
    bool has_home;
    bool synthetic; /* made up for a demo: says so wherever it is shown */
};

struct centre_definition {
    char code[CODE_SIZE];
    char name[NAME_SIZE];
    enum centre_kind kind;
    struct geo_point at;
    uint8_t district; /* index, DISTRICT_NONE: reckoned from `at` */
};

/* A place that patrols have to visit (必到点), and how often; or a route: places that are visited
 * in an order, and a visit of it is a round. */
#define ROUTE_STOPS_MAX 16u
struct checkpoint_definition {
    char code[CODE_SIZE];
    char name[NAME_SIZE];
    struct geo_point at;
    uint32_t radius_m;         /* inside it a unit is there; 1 .. STAY_RADIUS_MAX_M; a route's 0 */
    uint32_t circle;           /* index, CIRCLE_NONE; only its units walk a route */
    uint8_t district;          /* index, DISTRICT_NONE: reckoned from `at` */
    uint16_t from_min, to_min; /* local minutes of the day, below DAY_MIN, between which it is due;
                                  over midnight where `to` is before `from`; equal: all day */
    uint32_t every_min;        /* one visit at least in so long; 0: nobody has to */
    uint32_t stay_s;           /* so long inside is a visit; a route's 0 */
    uint32_t stop_count;       /* of a route; 0: it is a place */
    uint16_t stops[ROUTE_STOPS_MAX]; /* indices of places, no one twice in a row */
};
#define DAY_MIN                  1440u
#define CHECKPOINT_EVERY_MIN_MAX 10080u /* a week */
#define CHECKPOINT_STAY_S_MAX    3600u
/* What is agreed for one circle (docs/POLICY.md): who goes first to what happens there, and what
 * everybody who is ordered is told. One that names nobody and says nothing is withdrawn. */
struct circle_plan {
    char code[CODE_SIZE];
    uint32_t circle;     /* index */
    uint32_t types;      /* bit per incident_type, not 0 */
    uint32_t priorities; /* bit per priority, the lowest bit the most urgent; not 0 */
    uint32_t unit_counts[TIER_COUNT];
    uint32_t units[TIER_COUNT][TIER_UNITS_MAX]; /* ids, each once in a tier */
    char words_zh[NOTE_SIZE], words_en[NOTE_SIZE];
};

/* A whole roster or nothing. Known codes are updated, new ones appended; nothing is deleted here.
 * Districts, when given, replace all districts, and areas all areas: those that are there come
 * first, in their order. Borrowed pointers. */
struct roster {
    const struct district_definition *districts;
    uint32_t district_count;
    const struct area_definition *areas;
    uint32_t area_count;
    const struct geo_point *points;
    const uint32_t *ring_sizes;
    const struct circle_definition
        *circles;          /* `circle` of a unit indexes the result: known circles */
    uint32_t circle_count; /* keep their index, new ones follow in this order */
    const struct unit_definition *units;
    uint32_t unit_count;
    const struct centre_definition *centres;
    uint32_t centre_count;
    const struct checkpoint_definition *checkpoints; /* `circle` as a unit's */
    uint32_t checkpoint_count;
    const struct circle_plan *plans; /* of circles and units that are there */
    uint32_t plan_count;
};

struct report_create {
    enum channel channel;
    enum incident_type type;
    uint32_t priority; /* 1..4, 0: by type */
    struct geo_point at;
    int64_t occurred_ms; /* TIME_NEVER: not said */
    int64_t received_ms; /* when it reached us; TIME_NEVER: with this command */
    bool drill;
    bool may_merge; /* may join an open incident */
    char address[ADDRESS_SIZE];
    char caller[NAME_SIZE];
    char phone[PHONE_SIZE];
    char note[NOTE_SIZE];
};

struct incident_order {
    uint32_t incident_id;
    uint32_t generation; /* the dispatch generation the dispatcher saw */
    uint32_t unit_count;
    struct {
        uint32_t unit_id;
        enum tier tier;
        uint32_t victim_id; /* the incident that it is taken from; 0: it must be free */
    } units[ORDER_UNITS_MAX];
    char note[NOTE_SIZE]; /* why, when it is not the recommended one */
};

struct incident_update {
    uint32_t incident_id;
    uint32_t generation;
    bool has_place, has_type, has_priority;
    struct geo_point at;
    char address[ADDRESS_SIZE];
    enum incident_type type;
    uint32_t priority;
};

struct command {
    enum command_kind kind;
    int64_t at_ms; /* never goes back */
    struct actor actor;
    uint8_t id[COMMAND_ID_SIZE]; /* all zero: the engine's own */
    union {
        struct roster roster;
        struct {
            const struct policy *policy; /* borrowed */
            uint64_t origin;             /* of the configured one: its digest; 0: by a person */
        } policy;
        struct report_create report;
        struct {
            uint32_t incident_id;
        } recommend;
        struct incident_order order;
        struct incident_update update;
        struct {
            uint32_t incident_id;
            char note[NOTE_SIZE];
        } note;
        struct {
            uint32_t incident_id;
            enum reason reason;
            char note[NOTE_SIZE];
        } cancel;
        struct {
            uint32_t incident_id;
            enum reason reason;
            bool clear_all;
            char note[NOTE_SIZE];
        } close;
        struct {
            uint32_t assignment_id;
            uint32_t unit_id;            /* who says so, UNIT_NONE: not a unit (on behalf) */
            enum assignment_state state; /* delivered .. cleared, declined */
            enum reason reason;          /* of a decline */
            int64_t device_ms;           /* the device's clock, TIME_NEVER: none */
            char note[NOTE_SIZE];
        } assignment;
        struct {
            uint32_t assignment_id;
            enum receipt receipt;
        } receipt; /* of the second channel */
        struct {
            uint32_t assignment_id;
            enum reason reason;
        } recall;
        struct {
            uint32_t unit_id;
            enum duty duty;
            enum reason reason;
            uint16_t people;
            bool has_equipment, has_crew, has_device; /* left out: as it was while on duty */
            struct sign_on sign_on;
        } duty;
        struct {
            uint32_t alarm_id;
            enum reason reason; /* of a shelving, as what follows */
            int64_t until_ms;   /* after now */
            char note[NOTE_SIZE];
        } alarm; /* ack, shelve */
        struct {
            uint32_t assignment_id;
            uint32_t unit_id; /* who says so, UNIT_NONE: not a unit (on behalf) */
            char note[NOTE_SIZE];
        } support;
        struct {
            uint32_t incident_id;
            uint32_t assignment_id; /* that it was taken on; 0: a unit's active one, or none */
            uint32_t unit_id;       /* who took it, UNIT_NONE: not a unit */
            enum photo_media media;
            uint32_t size; /* bytes, at least 1 */
            uint8_t hash[PHOTO_HASH_SIZE];
            int64_t device_ms; /* when it was taken, by the device's clock; TIME_NEVER */
            bool of_record;    /* who submits found incident and order in the record, or in the
                                * state, which may have let go of them since */
        } photo;               /* its file is on the disk already */
        struct {
            uint32_t incident_id;
            enum warn_level level;
            char text[NOTE_SIZE]; /* not empty */
        } warn;
        struct {
            uint32_t assignment_id;
            uint32_t unit_id;        /* who says so, UNIT_NONE: not a unit (on behalf) */
            uint32_t number;         /* of the notice that was seen */
            enum notice_state state; /* delivered, acknowledged */
            int64_t device_ms;       /* TIME_NEVER: none */
        } notice;
        struct {
            uint32_t unit_id;
            bool has_place;
            struct geo_point at; /* by the device, now */
            int64_t device_ms;   /* TIME_NEVER: none */
            uint32_t in_charge;  /* dispatchers of its district who are listening: an input */
        } panic;
        struct {
            uint32_t unit_id;
            enum reason reason;
            char note[NOTE_SIZE];
        } panic_close;
        struct {
            uint32_t assignment_id;
            uint32_t unit_id;  /* who says so, UNIT_NONE: not a unit (on behalf) */
            int64_t device_ms; /* TIME_NEVER: none */
        } par;
        struct {
            uint32_t incident_id;
            enum reason reason;
            int64_t review_ms; /* after now */
            char note[NOTE_SIZE];
        } hold;
        struct {
            uint32_t incident_id;
            enum reason reason; /* of a reopening */
            char note[NOTE_SIZE];
        } life; /* release, reopen, claim */
        struct {
            uint32_t incident_id, into_id;
            bool move; /* its active orders go along */
            char note[NOTE_SIZE];
        } merge;
        struct {
            uint32_t incident_id;
            char to[ACTOR_SIZE]; /* "": nobody */
            bool is_superior;    /* may hand over what another one has */
            char note[NOTE_SIZE];
        } hand_over;
        struct {
            uint32_t report_id;
            uint32_t incident_id; /* of a link */
            char note[NOTE_SIZE]; /* of an answer */
        } about_report;
        struct {
            uint32_t assignment_id;
            uint32_t incident_id, generation; /* where it goes, as it was seen */
            enum tier tier;                   /* TIER_COUNT: the one it has */
        } reassign;
        struct {
            uint32_t assignment_id;
            enum assignment_state milestone; /* delivered .. cleared */
            int64_t corrected_ms;
            char note[NOTE_SIZE]; /* why; not empty */
        } correct;
        struct {
            uint32_t incident_id, generation; /* as it was seen */
            uint32_t centre;                  /* index */
            char note[NOTE_SIZE];
        } refer;
        struct {
            uint32_t referral_id, version; /* as it was seen */
            enum referral_state state;     /* not sent */
            enum reason reason;            /* of returned and refused */
            char units[ADDRESS_SIZE];      /* who is lent; not empty then */
            char note[NOTE_SIZE];          /* what became of it; not empty with feedback */
        } referral;
        struct {
            uint32_t checkpoint, unit_id; /* index; who was there */
            enum visit visit;             /* not seen */
            int64_t device_ms;            /* TIME_NEVER: none */
        } sign;
        struct {
            char text[NOTE_SIZE];
        } audit; /* e.g. "user.create li role=dispatcher" */
    };
};

/* What is volatile enters here: outside the digest, never journaled. */
struct observation {
    uint32_t unit_id;
    struct geo_point at;
    int64_t at_ms;        /* engine clock */
    int64_t fix_ms;       /* when the fix was taken, by our clock */
    uint16_t heading_deg; /* 0..359 */
    uint16_t speed_kmh;
    uint16_t accuracy_m;
};

#endif
