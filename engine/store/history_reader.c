#include "engine/store/history_reader.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/history_private.h"
#include "engine/store/history_summary.h"

#define BUSY_MS 2000 /* a feeder that just opens or recovers the file */

struct history_reader {
    sqlite3 *db;
    char path[STORE_PATH_SIZE];
};

enum status history_reader_open(const char *path, struct history_reader **out, char error[256])
{
    *out = NULL;
    error[0] = '\0';
    struct history_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL || strlen(path) >= STORE_PATH_SIZE) {
        store_db_say(error, "%.150s: out of memory, or the path is too long", path);
        free(reader);
        return STATUS_NO_MEMORY;
    }
    memcpy(reader->path, path, strlen(path) + 1);
    enum status status = store_db_open(path, SQLITE_OPEN_READONLY, &reader->db, error);
    int64_t id = 0;
    if (status == STATUS_OK) { /* only the feeder checkpoints */
        (void)sqlite3_db_config(reader->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        (void)sqlite3_wal_autocheckpoint(reader->db, 0);
        (void)sqlite3_busy_timeout(reader->db, BUSY_MS);
        const int code = store_db_number(reader->db, "PRAGMA application_id", &id);
        if (code != SQLITE_ROW) {
            status = store_db_fail(reader->db, path, "read it", code, error);
        } else if (id != HISTORY_APPLICATION_ID) {
            store_db_say(error, "%.150s: not a history of this program", path);
            status = STATUS_CORRUPT;
        }
    }
    if (status != STATUS_OK) {
        history_reader_close(reader);
        return status;
    }
    *out = reader;
    return STATUS_OK;
}

void history_reader_close(struct history_reader *reader)
{
    if (reader != NULL) {
        (void)sqlite3_close(reader->db);
        free(reader);
    }
}

enum status history_reader_seq(struct history_reader *reader, uint64_t *seq)
{
    int64_t number = 0;
    const int code =
        store_db_number(reader->db, "SELECT value FROM meta WHERE name = 'seq'", &number);
    *seq = (uint64_t)number;
    return store_db_status(code == SQLITE_DONE ? SQLITE_CORRUPT : code); /* it is always there */
}

struct history_filter history_reader_everything(void)
{
    return (struct history_filter){.from_ms = TIME_NEVER,
                                   .to_ms = TIME_NEVER,
                                   .districts = SCOPE_CITY,
                                   .state = HISTORY_ANY,
                                   .type = HISTORY_ANY,
                                   .tier = HISTORY_ANY,
                                   .circle = HISTORY_ANY,
                                   .area = HISTORY_ANY,
                                   .unit_id = HISTORY_ANY};
}

enum status history_reader_ask(struct history_reader *reader, const struct history_query *query,
                               history_take *take, void *context, char error[STORE_ERROR_SIZE])
{
    assert(!query->is_too_long); /* its parts are ours and bounded */
    error[0] = '\0';
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(reader->db, query->sql, -1, &row, NULL);
    bool wants_more = true;
    while (code == SQLITE_OK && wants_more) {
        code = sqlite3_step(row);
        if (code == SQLITE_ROW) {
            wants_more = take(context, row);
            code = SQLITE_OK;
        }
    }
    (void)sqlite3_finalize(row);
    return code == SQLITE_OK || code == SQLITE_DONE
               ? STATUS_OK
               : store_db_fail(reader->db, reader->path, "answer a question", code, error);
}

struct policy_visit {
    history_policy_visit *visit;
    void *context;
    int64_t from_ms;
    bool has_last;
    struct history_policy last; /* in force until the next row says otherwise */
};

static bool take_policy(void *context, sqlite3_stmt *row)
{
    struct policy_visit *to = context;
    struct history_policy policy;
    history_rows_policy(row, &policy);
    bool wants_more = true;
    if (to->has_last && policy.from_ms > to->from_ms) {
        wants_more = to->visit(to->context, &to->last);
    }
    to->has_last = true;
    to->last = policy;
    return wants_more;
}

enum status history_reader_policies(struct history_reader *reader, int64_t from_ms, int64_t to_ms,
                                    history_policy_visit *visit, void *context, char error[256])
{
    struct history_query query = {0};
    history_query_add(&query, "%s", history_rows_policy_sql);
    if (to_ms != TIME_NEVER) {
        history_query_where(&query, "at_ms < %" PRId64, to_ms);
    }
    history_query_add(&query, " ORDER BY version");
    struct policy_visit to = {.visit = visit, .context = context, .from_ms = from_ms};
    const enum status status = history_reader_ask(reader, &query, take_policy, &to, error);
    if (status == STATUS_OK && to.has_last) {
        (void)visit(context, &to.last);
    }
    return status;
}

/* ---- Incidents ---- */

struct incident_taking {
    struct history_incident incident;
    history_incident_visit *visit;
    void *context;
    bool found;
};

static bool take_incident(void *context, sqlite3_stmt *row)
{
    struct incident_taking *taking = context;
    history_rows_incident(row, &taking->incident);
    taking->found = true;
    return taking->visit == NULL || taking->visit(taking->context, &taking->incident);
}

enum status history_reader_incidents(struct history_reader *reader,
                                     const struct history_filter *filter,
                                     history_incident_visit *visit, void *context, char error[256])
{
    struct history_query query = {0};
    history_query_add(&query, "%s", history_rows_incident_sql);
    history_query_filter(&query, 'i', filter);
    if (filter->state != HISTORY_ANY) {
        history_query_where(&query, "i.state = %" PRIu32, filter->state);
    }
    if (filter->unit_id != HISTORY_ANY) {
        history_query_where(&query,
                            "EXISTS(SELECT 1 FROM assignment a WHERE a.unit_id = %" PRIu32
                            " AND a.incident_id = i.incident_id)",
                            filter->unit_id);
    }
    if (filter->before != 0) {
        history_query_where(&query, "i.incident_id < %" PRId64, (int64_t)filter->before);
    }
    history_query_add(&query, " ORDER BY i.incident_id DESC");
    if (filter->limit != 0) {
        history_query_add(&query, " LIMIT %" PRIu32, filter->limit);
    }
    struct incident_taking taking = {.visit = visit, .context = context};
    return history_reader_ask(reader, &query, take_incident, &taking, error);
}

enum status history_reader_incident(struct history_reader *reader, uint32_t incident_id,
                                    uint64_t districts, struct history_incident *out,
                                    char error[256])
{
    struct history_filter filter = history_reader_everything();
    filter.districts = districts;
    struct history_query query = {0};
    history_query_add(&query, "%s", history_rows_incident_sql);
    history_query_filter(&query, 'i', &filter);
    history_query_where(&query, "i.incident_id = %" PRIu32, incident_id);
    struct incident_taking taking = {0};
    const enum status status = history_reader_ask(reader, &query, take_incident, &taking, error);
    if (status == STATUS_OK && !taking.found) {
        store_db_say(error, "there is no incident %" PRIu32 " in this scope", incident_id);
        return STATUS_NOT_FOUND;
    }
    if (status == STATUS_OK) {
        *out = taking.incident;
    }
    return status;
}

struct event_taking {
    history_event_visit *visit;
    void *context;
};

static bool take_event(void *context, sqlite3_stmt *row)
{
    const struct event_taking *taking = context;
    const uint32_t kind = store_db_u32(row, 2, 0);
    const uint32_t source = store_db_u32(row, 4, 0);
    if (kind >= EVENT_KIND_COUNT || source >= SOURCE_COUNT) {
        return true; /* of a newer program: passed over, the journal has it */
    }
    struct event_record record = {.kind = (enum event_kind)kind,
                                  .seq = (uint64_t)sqlite3_column_int64(row, 0),
                                  .at_ms = sqlite3_column_int64(row, 1)};
    (void)store_db_text(row, 3, record.actor.id, ACTOR_SIZE);
    record.actor.source = (enum source)source;
    const uint8_t *body = sqlite3_column_blob(row, 5);
    record.body_size = (uint32_t)sqlite3_column_bytes(row, 5);
    return taking->visit(taking->context, &record, body);
}

enum status history_reader_timeline(struct history_reader *reader, uint32_t incident_id,
                                    history_event_visit *visit, void *context, char error[256])
{
    struct history_query query = {0};
    history_query_add(&query,
                      "SELECT seq, at_ms, kind, actor, source, body FROM event"
                      " WHERE incident_id = %" PRIu32
                      " OR seq IN (SELECT seq FROM event_also WHERE incident_id = %" PRIu32
                      ") ORDER BY seq",
                      incident_id, incident_id);
    struct event_taking taking = {.visit = visit, .context = context};
    return history_reader_ask(reader, &query, take_event, &taking, error);
}

enum status history_reader_events(struct history_reader *reader, uint64_t after_seq,
                                  history_event_visit *visit, void *context, char error[256])
{
    struct history_query query = {0};
    history_query_add(&query,
                      "SELECT seq, at_ms, kind, actor, source, body FROM event WHERE seq > %" PRId64
                      " ORDER BY seq",
                      (int64_t)after_seq);
    struct event_taking taking = {.visit = visit, .context = context};
    return history_reader_ask(reader, &query, take_event, &taking, error);
}

struct report_taking {
    struct history_report report;
    history_report_visit *visit;
    void *context;
};

static bool take_report(void *context, sqlite3_stmt *row)
{
    struct report_taking *taking = context;
    history_rows_report(row, &taking->report);
    return taking->visit(taking->context, &taking->report);
}

enum status history_reader_reports(struct history_reader *reader, uint32_t incident_id,
                                   history_report_visit *visit, void *context, char error[256])
{
    struct history_query query = {0};
    history_query_add(&query, "%s WHERE incident_id = %" PRIu32 " ORDER BY report_id",
                      history_rows_report_sql, incident_id);
    struct report_taking taking = {.visit = visit, .context = context};
    return history_reader_ask(reader, &query, take_report, &taking, error);
}

/* ---- Assignments and the response log ---- */

struct assignment_taking {
    struct history_assignment assignment;
    history_assignment_visit *visit;
    void *context;
};

static bool take_assignment(void *context, sqlite3_stmt *row)
{
    struct assignment_taking *taking = context;
    history_rows_assignment(row, &taking->assignment);
    return taking->visit(taking->context, &taking->assignment);
}

enum status history_reader_assignments(struct history_reader *reader, uint32_t incident_id,
                                       history_assignment_visit *visit, void *context,
                                       char error[256])
{
    struct history_query query = {0};
    history_query_add(&query, "%s WHERE a.incident_id = %" PRIu32 " ORDER BY a.assignment_id",
                      history_rows_assignment_sql, incident_id);
    struct assignment_taking taking = {.visit = visit, .context = context};
    return history_reader_ask(reader, &query, take_assignment, &taking, error);
}

struct log_taking {
    struct history_log_row row;
    enum history_drills drills;
    history_log_visit *visit;
    void *context;
};

static bool take_log(void *context, sqlite3_stmt *row)
{
    struct log_taking *taking = context;
    history_rows_log(row, taking->drills, &taking->row);
    return taking->visit(taking->context, &taking->row);
}

enum status history_reader_log(struct history_reader *reader, const struct history_filter *filter,
                               history_log_visit *visit, void *context, char error[256])
{
    struct history_query query = {0};
    history_query_add(&query, "%s", history_rows_log_sql);
    history_query_filter_orders(&query, 's', filter);
    if (filter->before != 0) { /* keys rise with time, and the rows lie in the order of time */
        history_query_where(&query,
                            "s.key < %" PRId64 " AND s.created_ms <= (SELECT created_ms"
                            " FROM incident WHERE incident_id = %" PRId64 ")",
                            (int64_t)filter->before, (int64_t)(filter->before / 4));
    }
    history_query_add(&query, " ORDER BY s.created_ms DESC, s.key DESC");
    if (filter->limit != 0) {
        history_query_add(&query, " LIMIT %" PRIu32, filter->limit);
    }
    struct log_taking taking = {.drills = filter->drills, .visit = visit, .context = context};
    return history_reader_ask(reader, &query, take_log, &taking, error);
}

enum status history_reader_statistics(struct history_reader *reader,
                                      const struct history_filter *filter,
                                      struct history_statistics *out, char error[256])
{
    struct history_summary summary;
    const enum status status =
        history_summary_times(reader, filter, HISTORY_GROUP_CITY, NULL, &summary, error);
    if (status == STATUS_OK) {
        *out = summary.lines[0].numbers;
    }
    history_summary_finish(&summary);
    return status;
}
