#include "engine/store/history_patrol.h"

#include <inttypes.h>

#include "engine/store/history_private.h"

struct newest {
    uint64_t seq;
    int64_t at_ms;
};

static bool take_newest(void *context, sqlite3_stmt *row)
{
    struct newest *newest = context;
    newest->seq = (uint64_t)sqlite3_column_int64(row, 0);
    newest->at_ms = sqlite3_column_int64(row, 1);
    return false;
}

enum status history_patrol_newest(struct history_reader *reader, uint64_t *seq, int64_t *at_ms,
                                  char error[256])
{
    struct newest newest = {.seq = 0, .at_ms = TIME_NEVER};
    struct history_query query = {0};
    history_query_add(&query, "SELECT seq, at_ms FROM event ORDER BY seq DESC LIMIT 1");
    const enum status status = history_reader_ask(reader, &query, take_newest, &newest, error);
    *seq = newest.seq;
    *at_ms = newest.at_ms;
    return status;
}

/* ---- Checkpoints ---- */

struct checkpoint_taking {
    struct history_checkpoint checkpoint;
    history_checkpoint_take *take;
    void *context;
};

static bool take_checkpoint(void *context, sqlite3_stmt *row)
{
    struct checkpoint_taking *taking = context;
    struct history_checkpoint *to = &taking->checkpoint;
    to->checkpoint = store_db_u32(row, 0, 0);
    to->from_ms = sqlite3_column_int64(row, 1);
    (void)store_db_text(row, 2, to->code, sizeof to->code);
    (void)store_db_text(row, 3, to->name, sizeof to->name);
    to->district = (uint8_t)store_db_u32(row, 4, DISTRICT_NONE);
    to->circle = store_db_u32(row, 5, CIRCLE_NONE);
    to->from_min = (uint16_t)store_db_u32(row, 6, 0);
    to->to_min = (uint16_t)store_db_u32(row, 7, 0);
    to->every_min = store_db_u32(row, 8, 0);
    (void)store_db_text(row, 9, to->circle_code, sizeof to->circle_code);
    (void)store_db_text(row, 10, to->circle_name, sizeof to->circle_name);
    (void)store_db_text(row, 11, to->district_code, sizeof to->district_code);
    (void)store_db_text(row, 12, to->district_name, sizeof to->district_name);
    to->stop_count = store_db_u32(row, 13, 0);
    return taking->take(taking->context, to);
}

enum status history_patrol_checkpoints(struct history_reader *reader, uint64_t seq,
                                       history_checkpoint_take *take, void *context,
                                       char error[256])
{
    struct checkpoint_taking taking = {.take = take, .context = context};
    struct history_query query = {0};
    history_query_add(&query,
                      "SELECT p.checkpoint, p.at_ms, p.code, p.name, p.district,"
                      " ifnull(p.circle, %" PRIu32 "), p.from_min, p.to_min, p.every_min,"
                      " ifnull(c.code, ''), ifnull(c.name, ''), ifnull(d.code, ''),"
                      " ifnull(d.name, ''), p.stops FROM checkpoint p"
                      " LEFT JOIN circle c ON c.circle = p.circle"
                      " LEFT JOIN district d ON d.district = p.district"
                      " WHERE p.seq <= %" PRIu64 " ORDER BY p.checkpoint, p.seq",
                      CIRCLE_NONE, seq);
    return history_reader_ask(reader, &query, take_checkpoint, &taking, error);
}

/* ---- Visits and misses ---- */

/* Each checkpoint's part of a table is found by its key: years before the period are not read. */
static void add_span(struct history_query *query, const char *time,
                     const struct history_patrol_span *span)
{
    history_query_add(query,
                      " ON v.checkpoint = p.checkpoint AND v.%s >= %" PRId64 " AND v.%s < %" PRId64
                      " AND v.seq <= %" PRIu64 " ORDER BY v.checkpoint, v.%s, v.seq",
                      time, span->from_ms, time, span->to_ms, span->seq, time);
}

struct visit_taking {
    history_visit_take *take;
    void *context;
};

static bool take_visit(void *context, sqlite3_stmt *row)
{
    const struct visit_taking *taking = context;
    const struct history_visit visit = {.checkpoint = store_db_u32(row, 0, 0),
                                        .seen_ms = sqlite3_column_int64(row, 1),
                                        .unit_id = store_db_u32(row, 2, UNIT_NONE),
                                        .visit = (enum visit)store_db_u32(row, 3, VISIT_SEEN),
                                        .is_again = sqlite3_column_int(row, 4) != 0,
                                        .is_near = sqlite3_column_int(row, 5) != 0};
    return taking->take(taking->context, &visit);
}

#define KNOWN "(SELECT DISTINCT checkpoint FROM checkpoint ORDER BY checkpoint) p"

enum status history_patrol_visits(struct history_reader *reader,
                                  const struct history_patrol_span *span, history_visit_take *take,
                                  void *context, char error[256])
{
    struct visit_taking taking = {take, context};
    struct history_query query = {0};
    history_query_add(&query, "SELECT v.checkpoint, v.seen_ms, v.unit_id, v.visit, v.again, v.near"
                              " FROM " KNOWN " CROSS JOIN visit v");
    add_span(&query, "seen_ms", span);
    return history_reader_ask(reader, &query, take_visit, &taking, error);
}

struct miss_taking {
    history_miss_take *take;
    void *context;
};

static bool take_miss(void *context, sqlite3_stmt *row)
{
    const struct miss_taking *taking = context;
    return taking->take(taking->context, store_db_u32(row, 0, 0), sqlite3_column_int64(row, 1));
}

enum status history_patrol_misses(struct history_reader *reader,
                                  const struct history_patrol_span *span, history_miss_take *take,
                                  void *context, char error[256])
{
    struct miss_taking taking = {take, context};
    struct history_query query = {0};
    history_query_add(&query, "SELECT v.checkpoint, v.due_ms FROM " KNOWN " CROSS JOIN miss v");
    add_span(&query, "due_ms", span);
    return history_reader_ask(reader, &query, take_miss, &taking, error);
}

struct naming {
    char *code, *name;
};

static bool take_name(void *context, sqlite3_stmt *row)
{
    const struct naming *naming = context;
    (void)store_db_text(row, 0, naming->code, CODE_SIZE);
    (void)store_db_text(row, 1, naming->name, NAME_SIZE);
    return false;
}

enum status history_patrol_unit(struct history_reader *reader, uint32_t unit_id,
                                char code[CODE_SIZE], char name[NAME_SIZE], char error[256])
{
    struct naming naming = {code, name};
    code[0] = name[0] = '\0';
    struct history_query query = {0};
    history_query_add(&query, "SELECT code, name FROM unit WHERE unit_id = %" PRIu32, unit_id);
    return history_reader_ask(reader, &query, take_name, &naming, error);
}
