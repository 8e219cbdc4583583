#ifndef ENGINE_STORE_HISTORY_READER_H
#define ENGINE_STORE_HISTORY_READER_H

#include "engine/core/engine.h"

/* Questions to history.db. A reader is one read-only connection and belongs to one thread; every
 * call sees one consistent state. Rows come through a visitor that answers false to stop; what it
 * is handed is valid during the call only. Persons' data (caller, phone) is not masked here. */
struct history_reader;

/* STATUS_NOT_FOUND: no such file; BUSY, CORRUPT, IO as everywhere. */
MUST_CHECK enum status history_reader_open(const char *path, struct history_reader **out,
                                           char error[256]);
void history_reader_close(struct history_reader *reader);
MUST_CHECK enum status history_reader_seq(struct history_reader *reader, uint64_t *seq);

#define HISTORY_ANY UINT32_MAX

enum history_drills { HISTORY_DRILLS_TOO, HISTORY_DRILLS_ONLY, HISTORY_DRILLS_NOT };

/* What to look at. Start from history_reader_everything() and narrow it. */
struct history_filter {
    int64_t from_ms, to_ms; /* [from, to) of the incident's creation; TIME_NEVER: open */
    uint64_t districts;     /* scope: bit per district, SCOPE_CITY: all */
    uint32_t state, type;   /* enum or HISTORY_ANY; state matters to incident lists only */
    uint32_t tier;          /* response log and statistics only */
    uint32_t circle;        /* index or HISTORY_ANY */
    uint32_t area;          /* index of a beat or a grid, or HISTORY_ANY */
    uint32_t unit_id;       /* who took part (list), whose times they are (log), HISTORY_ANY */
    enum history_drills drills;
    uint64_t before; /* cursor: rows older than this one; 0: from the newest */
    uint32_t limit;  /* 0: no limit */
};
struct history_filter history_reader_everything(void);

/* ---- Incidents ---- */

struct history_incident {
    uint32_t incident_id; /* also its cursor */
    uint32_t generation;
    enum incident_type type;
    uint32_t priority;
    enum incident_state state;
    struct geo_point at;
    char address[ADDRESS_SIZE];
    uint8_t district;
    uint32_t circle;
    char circle_code[CODE_SIZE], circle_name[NAME_SIZE], district_code[CODE_SIZE];
    char area_codes[AREA_KIND_COUNT][CODE_SIZE]; /* "": in none */
    bool drill;
    enum dispatch_mode mode;
    char policy[CODE_SIZE];
    uint32_t policy_version;
    int64_t received_ms, created_ms, clock_ms, dispatched_ms, on_scene_ms, ended_ms, archived_ms;
    enum reason end_reason;
    char end_note[NOTE_SIZE];
    uint32_t report_count;
    char caller[NAME_SIZE], phone[PHONE_SIZE], note[NOTE_SIZE]; /* of the first report */
    char created_by[ACTOR_SIZE];
    int64_t held_ms, review_ms; /* TIME_NEVER: not held */
    enum reason hold_reason;
    char owner[ACTOR_SIZE]; /* "": nobody */
    int64_t owner_ms;
    uint32_t duplicate_of, similar_id; /* 0 */
    uint32_t reopened_count;
};
typedef bool history_incident_visit(void *context, const struct history_incident *incident);

/* Policies that incidents of the period may have begun with: those in force in it, oldest first. */
struct history_policy {
    uint32_t version;
    char name[CODE_SIZE];
    enum clock_start clock_start;
    int64_t from_ms; /* in force until the next one */
};
typedef bool history_policy_visit(void *context, const struct history_policy *policy);
MUST_CHECK enum status history_reader_policies(struct history_reader *reader, int64_t from_ms,
                                               int64_t to_ms, history_policy_visit *visit,
                                               void *context, char error[256]);

/* Newest first. */
MUST_CHECK enum status history_reader_incidents(struct history_reader *reader,
                                                const struct history_filter *filter,
                                                history_incident_visit *visit, void *context,
                                                char error[256]);
/* STATUS_NOT_FOUND: there is none, or it is outside `districts`. */
MUST_CHECK enum status history_reader_incident(struct history_reader *reader, uint32_t incident_id,
                                               uint64_t districts, struct history_incident *out,
                                               char error[256]);

/* All events of an incident in order: header and body, for event_codec_decode. */
typedef bool history_event_visit(void *context, const struct event_record *record,
                                 const uint8_t *body);
MUST_CHECK enum status history_reader_timeline(struct history_reader *reader, uint32_t incident_id,
                                               history_event_visit *visit, void *context,
                                               char error[256]);

/* All events after `after_seq`, of everything. */
MUST_CHECK enum status history_reader_events(struct history_reader *reader, uint64_t after_seq,
                                             history_event_visit *visit, void *context,
                                             char error[256]);

struct history_report {
    uint32_t report_id, incident_id;
    bool merged;
    int64_t at_ms, received_ms, occurred_ms; /* TIME_NEVER: not said */
    enum channel channel;
    enum incident_type type;
    uint32_t priority;
    struct geo_point at;
    bool drill;
    char address[ADDRESS_SIZE], caller[NAME_SIZE], phone[PHONE_SIZE], note[NOTE_SIZE];
    char actor[ACTOR_SIZE];
    int64_t answered_ms; /* TIME_NEVER */
    char answered_by[ACTOR_SIZE], answer[NOTE_SIZE];
};
typedef bool history_report_visit(void *context, const struct history_report *report);
MUST_CHECK enum status history_reader_reports(struct history_reader *reader, uint32_t incident_id,
                                              history_report_visit *visit, void *context,
                                              char error[256]);

/* ---- Assignments and the response log ---- */

/* A time in the record: written once, with who said so. */
struct history_milestone {
    int64_t at_ms;     /* TIME_NEVER: unknown */
    int64_t device_ms; /* the device's clock, TIME_NEVER */
    enum source source;
};

#define HISTORY_MILESTONE_LIST(X)                                                                  \
    X(HISTORY_SENT, "sent")                                                                        \
    X(HISTORY_DELIVERED, "delivered")                                                              \
    X(HISTORY_ACKNOWLEDGED, "acknowledged")                                                        \
    X(HISTORY_EN_ROUTE, "en_route")                                                                \
    X(HISTORY_ON_SCENE, "on_scene")                                                                \
    X(HISTORY_ENDED, "ended")
enum history_milestone_kind { HISTORY_MILESTONE_LIST(ENUM_NAME) HISTORY_MILESTONE_COUNT };

struct history_assignment {
    uint32_t assignment_id, incident_id, unit_id;
    char unit_code[CODE_SIZE], unit_name[NAME_SIZE];
    enum unit_kind unit_kind;
    enum tier tier;
    enum assignment_state state;
    bool additional, automatic, estimated, late, skipped;
    uint32_t rank, travel_ms, distance_m, fix_age_ms, generation, version, resent_count;
    struct geo_point from;
    struct history_milestone milestones[HISTORY_MILESTONE_COUNT];
    enum reason reason; /* of a decline, recall or cancellation */
    char note[NOTE_SIZE];
    uint32_t corrected_count; /* how many of its times were corrected */
    uint32_t wave;            /* an invitation to volunteers, 0: an order */
};
typedef bool history_assignment_visit(void *context, const struct history_assignment *assignment);
MUST_CHECK enum status history_reader_assignments(struct history_reader *reader,
                                                  uint32_t incident_id,
                                                  history_assignment_visit *visit, void *context,
                                                  char error[256]);

/* Why a row is not in the statistics. The first that holds, in this order. */
#define HISTORY_EXCLUSION_LIST(X)                                                                  \
    X(HISTORY_COUNTED, "counted")                                                                  \
    X(HISTORY_DRILL, "drill")         /* an exercise (unless only exercises are asked for) */      \
    X(HISTORY_MERGED, "merged")       /* cancelled as a duplicate of another incident */           \
    X(HISTORY_CANCELLED, "cancelled") /* before the verdict fell; a verdict is never taken back */ \
    X(HISTORY_OPEN, "open")           /* no verdict yet */
enum history_exclusion { HISTORY_EXCLUSION_LIST(ENUM_NAME) HISTORY_EXCLUSION_COUNT };

/* One line of the response log: an incident and a tier that was asked. The times are those of the
 * unit that met the tier, else of the first on scene in it, else of the first ordered. */
struct history_log_row {
    uint64_t cursor;
    uint32_t incident_id;
    enum tier tier;
    enum incident_type type;
    uint32_t priority;
    enum incident_state state;
    char address[ADDRESS_SIZE];
    bool drill;
    uint8_t district;
    uint32_t circle;
    char circle_code[CODE_SIZE], circle_name[NAME_SIZE], district_code[CODE_SIZE];
    char policy[CODE_SIZE];
    int64_t received_ms, created_ms, clock_ms; /* clock: TIME_NEVER, it never started */
    uint32_t assignment_id, unit_id;           /* 0, UNIT_NONE: nobody was ordered */
    char unit_code[CODE_SIZE], unit_name[NAME_SIZE];
    struct history_milestone milestones[HISTORY_MILESTONE_COUNT];
    enum tier_verdict verdict;
    uint32_t target_ms;
    uint32_t elapsed_ms; /* at the verdict */
    int64_t response_ms; /* from the clock to the first on scene, TIME_NEVER: nobody came */
    enum history_exclusion exclusion;
};
typedef bool history_log_visit(void *context, const struct history_log_row *row);
/* Newest first; filter->before and row->cursor page through it. */
MUST_CHECK enum status history_reader_log(struct history_reader *reader,
                                          const struct history_filter *filter,
                                          history_log_visit *visit, void *context, char error[256]);

#define HISTORY_STAGE_LIST(X)                                                                      \
    X(HISTORY_STAGE_ANSWER, "answer")           /* received -> created */                          \
    X(HISTORY_STAGE_DISPATCH, "dispatch")       /* created -> sent */                              \
    X(HISTORY_STAGE_ACKNOWLEDGE, "acknowledge") /* sent -> acknowledged */                         \
    X(HISTORY_STAGE_TURNOUT, "turnout")         /* acknowledged -> en route */                     \
    X(HISTORY_STAGE_TRAVEL, "travel")           /* en route -> on scene */                         \
    X(HISTORY_STAGE_TOTAL, "total")             /* received -> on scene */
enum history_stage { HISTORY_STAGE_LIST(ENUM_NAME) HISTORY_STAGE_COUNT };

/* The same line as reports read it: narrow, one of some hundred thousand. */
struct history_answer {
    int64_t created_ms;
    enum tier tier;
    enum tier_verdict verdict;
    enum history_exclusion exclusion;
    uint32_t type, district, circle, unit_id; /* DISTRICT_NONE, CIRCLE_NONE, UNIT_NONE */
    uint32_t areas[AREA_KIND_COUNT];          /* AREA_NONE */
    int64_t stages_ms[HISTORY_STAGE_COUNT];   /* TIME_NEVER: missing */
    int64_t response_ms;
};

/* ---- Statistics: exact, from samples, never averaged ---- */

/* Nearest rank: p is the smallest sample with at least p % of all at or below it. A sample of zero
 * length counts. `missing`: counted rows that have no sample (nobody came, a step was skipped, a
 * time before its start). */
struct history_percentiles {
    uint32_t n, missing;
    int64_t p50_ms, p90_ms, p95_ms, p99_ms, max_ms; /* TIME_NEVER: n is 0 */
};

/* The distribution of the response: bins of ten seconds up to ten minutes, and what is longer. */
#define HISTORY_BIN_MS 10000
#define HISTORY_BINS   61u

struct history_tier_statistics {
    uint32_t rows;                              /* all that the filter let through */
    uint32_t excluded[HISTORY_EXCLUSION_COUNT]; /* by why; [HISTORY_COUNTED] is what is left */
    uint32_t met, missed, no_unit;              /* of the counted: compliance is met / counted */
    struct history_percentiles response;        /* clock -> first on scene in the tier */
    uint32_t bins[HISTORY_BINS];                /* of the response */
    struct history_percentiles stages[HISTORY_STAGE_COUNT];
};
struct history_statistics {
    struct history_tier_statistics tiers[TIER_COUNT];
};
/* `limit` and `before` of the filter are not used. The same as history_summary.h's line of the
 * city. */
MUST_CHECK enum status history_reader_statistics(struct history_reader *reader,
                                                 const struct history_filter *filter,
                                                 struct history_statistics *out, char error[256]);

#endif
