#ifndef ENGINE_STORE_HISTORY_PRIVATE_H
#define ENGINE_STORE_HISTORY_PRIVATE_H

#include "engine/store/history.h"
#include "engine/store/history_reader.h"
#include "engine/store/store_db.h"
#include "engine/store/store_file.h"

/* What the modules of the history share. */

#define HISTORY_FORMAT           8
#define HISTORY_APPLICATION_ID   0x4b464831 /* "KFH1" */
#define HISTORY_CHECKPOINT_PAGES 2048u      /* 8 MiB of WAL */
#define HISTORY_TOUCHED_MAX      4096u      /* incidents whose report rows wait to be made again */

enum history_statement {
    HISTORY_PUT_EVENT,
    HISTORY_PUT_DISTRICT,
    HISTORY_CLEAR_DISTRICTS,
    HISTORY_PUT_AREA,
    HISTORY_CLEAR_AREAS,
    HISTORY_PUT_CIRCLE,
    HISTORY_PUT_POLICY,
    HISTORY_PUT_ALSO,
    HISTORY_PUT_HOLD,
    HISTORY_PUT_REOPENED,
    HISTORY_PUT_MERGED,
    HISTORY_MOVE_REPORTS,
    HISTORY_MOVE_REPORT,
    HISTORY_RECOUNT_REPORTS,
    HISTORY_PUT_OWNED,
    HISTORY_PUT_ANSWERED,
    HISTORY_PUT_CORRECTION,
    HISTORY_CORRECT_DELIVERED,
    HISTORY_CORRECT_ACKNOWLEDGED,
    HISTORY_CORRECT_EN_ROUTE,
    HISTORY_CORRECT_ON_SCENE,
    HISTORY_CORRECT_ENDED,
    HISTORY_CORRECT_ARRIVAL,
    HISTORY_INCIDENT_OF_ASSIGNMENT,
    HISTORY_PUT_UNIT,
    HISTORY_PUT_CHECKPOINT,
    HISTORY_PUT_VISIT,
    HISTORY_PUT_MISS,
    HISTORY_PUT_REPORT,
    HISTORY_COUNT_REPORT,
    HISTORY_PUT_INCIDENT,
    HISTORY_PUT_TIER,
    HISTORY_PUT_ASSIGNMENT,
    HISTORY_INCIDENT_SENT,
    HISTORY_TIER_SENT,
    HISTORY_UPDATE_ASSIGNMENT,
    HISTORY_INCIDENT_RECALLED,
    HISTORY_PUT_GENERATION,
    HISTORY_PUT_DELIVERED,
    HISTORY_PUT_ACKNOWLEDGED,
    HISTORY_PUT_EN_ROUTE,
    HISTORY_PUT_ON_SCENE,
    HISTORY_PUT_ENDED,
    HISTORY_INCIDENT_ON_SCENE,
    HISTORY_TIER_ON_SCENE,
    HISTORY_PUT_STEP,
    HISTORY_UPDATE_INCIDENT,
    HISTORY_PUT_STATE,
    HISTORY_PUT_VERDICT,
    HISTORY_TIER_MET,
    HISTORY_PUT_ARCHIVED,
    HISTORY_PUT_ANSWERS,
    HISTORY_PUT_SLIPS,
    HISTORY_PUT_SEQ,
    HISTORY_STATEMENT_COUNT
};

struct history {
    sqlite3 *db;
    sqlite3_stmt *statements[HISTORY_STATEMENT_COUNT];
    char path[STORE_PATH_SIZE];
    uint64_t seq;     /* committed */
    uint64_t seq_put; /* in the open transaction */
    int wal_pages;
    uint32_t touched[2 * HISTORY_TOUCHED_MAX]; /* a hash set of incident ids, 0: free */
    uint32_t touched_count;
    struct event event; /* scratch: 17 KiB is too much for a stack */
};

/* history_tables: what is in the file. */
extern const struct store_db_format history_tables_format;

/* A row of the response log has the key incident x 4 + (3 - tier): newest first, tier 1 on top. */
static inline uint64_t history_tables_key(uint32_t incident_id, enum tier tier)
{
    return (uint64_t)incident_id * 4 + (3 - (uint32_t)tier);
}

/* history_statements: what the feeder prepares once. */
MUST_CHECK enum status history_statements_prepare(struct history *history,
                                                  char error[STORE_ERROR_SIZE]);
void history_statements_finish(struct history *history);

/* history_project: one event into the tables; SQLite's code. `body` NULL: erased, only its row. */
MUST_CHECK int history_project_event(struct history *history, const struct event *event,
                                     const uint8_t *body, uint32_t body_size);

/* history_answers: the rows that reports read. touch() notes an incident that an event changed;
 * refresh() makes the rows of all that were touched again, from the tables. SQLite's code. */
MUST_CHECK int history_answers_touch(struct history *history, uint32_t incident_id);
MUST_CHECK int history_answers_refresh(struct history *history);
void history_answers_forget(struct history *history);

/* history_project_life: the part of it that is about what dispatchers do beside sending units. */
MUST_CHECK int history_project_life(struct history *history, const struct event *event);
/* A unit that was taken away concerns the incident that it went to, too. */
MUST_CHECK int history_project_life_taken(struct history *history, const struct event *event);

/* history_project_patrol: and about patrols. */
MUST_CHECK int history_project_patrol(struct history *history, const struct event *event);

/* history_query: the text of a question from a filter. */
#define HISTORY_QUERY_SIZE 4096u
struct history_query {
    char sql[HISTORY_QUERY_SIZE];
    size_t size;
    bool has_where;
    bool is_too_long;
};
void history_query_add(struct history_query *query, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* One condition; "WHERE" or "AND" comes by itself. */
void history_query_where(struct history_query *query, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* What incidents, log and reports have in common: period, scope, type, circle, drills, of the table
 * with this one-letter alias. */
void history_query_filter(struct history_query *query, char table,
                          const struct history_filter *filter);
/* And what those that look at orders have: tier and unit. */
void history_query_filter_orders(struct history_query *query, char table,
                                 const struct history_filter *filter);

/* history_rows: SELECT lists and how to read them. */
extern const char history_rows_policy_sql[];
extern const char history_rows_incident_sql[];
extern const char history_rows_assignment_sql[];
extern const char history_rows_report_sql[];
extern const char history_rows_log_sql[];
void history_rows_policy(sqlite3_stmt *row, struct history_policy *policy);
void history_rows_incident(sqlite3_stmt *row, struct history_incident *incident);
void history_rows_assignment(sqlite3_stmt *row, struct history_assignment *assignment);
void history_rows_report(sqlite3_stmt *row, struct history_report *report);
void history_rows_log(sqlite3_stmt *row, enum history_drills drills, struct history_log_row *log);
extern const char history_rows_answer_sql[];
void history_rows_answer(sqlite3_stmt *row, enum history_drills drills,
                         struct history_answer *answer);

/* history_statistics: answers in, percentiles out. */
struct history_samples;
struct history_samples *history_statistics_create(void);
void history_statistics_destroy(struct history_samples *samples);
MUST_CHECK enum status history_statistics_add(struct history_samples *samples,
                                              const struct history_answer *answer);
void history_statistics_reckon(struct history_samples *samples, struct history_statistics *out);

/* history_reader: ask with a text that was built; false from `take`: enough. */
typedef bool history_take(void *context, sqlite3_stmt *row);
MUST_CHECK enum status history_reader_ask(struct history_reader *reader,
                                          const struct history_query *query, history_take *take,
                                          void *context, char error[STORE_ERROR_SIZE]);

#endif
