/* Reading the journal row by row: a tight loop, because recovery waits for it. */
#include <assert.h>
#include <string.h>

#include "engine/store/journal_private.h"

/* Column order of both statements. The second has the chain too. */
enum column {
    COLUMN_SEQ,
    COLUMN_AT_MS,
    COLUMN_KIND,
    COLUMN_SOURCE,
    COLUMN_ACTOR,
    COLUMN_COMMAND_ID,
    COLUMN_BODY,
    COLUMN_TERM,
    COLUMN_BODY_HASH,
    COLUMN_HASH
};

static const char sql_plain[] = "SELECT seq, at_ms, kind, source, actor, command_id, body"
                                " FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq";
static const char sql_chain[] = "SELECT seq, at_ms, kind, source, actor, command_id, body,"
                                " term, body_hash, hash"
                                " FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq";

enum status journal_walk_hash(sqlite3 *db, const char *path, uint64_t seq,
                              uint8_t hash[CHAIN_HASH_SIZE], char error[STORE_ERROR_SIZE])
{
    sqlite3_stmt *statement = NULL;
    int code =
        sqlite3_prepare_v2(db, "SELECT hash FROM journal WHERE seq = ?", -1, &statement, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_bind_int64(statement, 1, (sqlite3_int64)seq);
        code = sqlite3_step(statement);
    }
    bool found = false;
    if (code == SQLITE_ROW && sqlite3_column_bytes(statement, 0) == (int)CHAIN_HASH_SIZE) {
        memcpy(hash, sqlite3_column_blob(statement, 0), CHAIN_HASH_SIZE);
        found = true;
    }
    (void)sqlite3_finalize(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return store_db_fail(db, path, "read it", code, error);
    }
    if (!found) {
        store_db_say(error, "%.120s: event %llu is missing or has no hash", path,
                     (unsigned long long)seq);
        return STATUS_CORRUPT;
    }
    return STATUS_OK;
}

/* Answers what is wrong with the row, NULL: nothing. */
static const char *row_header(sqlite3_stmt *row, uint64_t expected, struct event_record *record)
{
    if ((uint64_t)sqlite3_column_int64(row, COLUMN_SEQ) != expected) {
        return "is missing";
    }
    const int64_t kind = sqlite3_column_int64(row, COLUMN_KIND);
    const int64_t source = sqlite3_column_int64(row, COLUMN_SOURCE);
    if (kind < 0 || kind >= EVENT_KIND_COUNT) {
        return "has an unknown kind";
    }
    if (source < 0 || source >= SOURCE_COUNT) {
        return "has an unknown source";
    }
    if (!store_db_text(row, COLUMN_ACTOR, record->actor.id, ACTOR_SIZE)) {
        return "has too long an actor";
    }
    const void *id = sqlite3_column_blob(row, COLUMN_COMMAND_ID);
    if (id == NULL || sqlite3_column_bytes(row, COLUMN_COMMAND_ID) != (int)COMMAND_ID_SIZE) {
        return "has a command id of the wrong size";
    }
    memcpy(record->command_id, id, COMMAND_ID_SIZE);
    record->kind = (enum event_kind)kind;
    record->actor.source = (enum source)source;
    record->seq = expected;
    record->at_ms = sqlite3_column_int64(row, COLUMN_AT_MS);
    return NULL;
}

static bool same_hash(sqlite3_stmt *row, enum column column, const uint8_t hash[CHAIN_HASH_SIZE])
{
    const void *stored = sqlite3_column_blob(row, (int)column);
    return stored != NULL && sqlite3_column_bytes(row, (int)column) == (int)CHAIN_HASH_SIZE &&
           memcmp(stored, hash, CHAIN_HASH_SIZE) == 0;
}

static const char *row_chain(struct journal_walk *walk, sqlite3_stmt *row,
                             const struct event_record *record, const uint8_t *body)
{
    uint8_t body_hash[CHAIN_HASH_SIZE];
    if (sqlite3_column_type(row, COLUMN_BODY) == SQLITE_NULL) {
        const void *stored = sqlite3_column_blob(row, COLUMN_BODY_HASH);
        if (stored == NULL || sqlite3_column_bytes(row, COLUMN_BODY_HASH) != (int)CHAIN_HASH_SIZE) {
            return "has no body and no hash of it";
        }
        memcpy(body_hash, stored, CHAIN_HASH_SIZE);
        walk->erased++;
    } else {
        journal_chain_body(body, record->body_size, body_hash);
        if (!same_hash(row, COLUMN_BODY_HASH, body_hash)) {
            return "has another body than was written";
        }
    }
    journal_chain_next(walk->hash, record, (uint64_t)sqlite3_column_int64(row, COLUMN_TERM),
                       body_hash);
    return same_hash(row, COLUMN_HASH, walk->hash) ? NULL : "does not fit the chain of hashes";
}

static enum status bent(struct journal_walk *walk, uint64_t seq, const char *how,
                        char error[STORE_ERROR_SIZE])
{
    walk->bad_seq = seq;
    store_db_say(error, "%.120s: event %llu %s", walk->path, (unsigned long long)seq, how);
    return STATUS_CORRUPT;
}

static enum status walk_all(struct journal_walk *walk, sqlite3_stmt *row, journal_visit *visit,
                            void *context, char error[STORE_ERROR_SIZE])
{
    struct event_record record = {0};
    uint64_t expected = walk->from_seq;
    int code = SQLITE_ROW;
    while ((code = sqlite3_step(row)) == SQLITE_ROW) {
        const char *wrong = row_header(row, expected, &record);
        if (wrong != NULL) {
            return bent(walk, expected, wrong, error);
        }
        const uint8_t *body = sqlite3_column_blob(row, COLUMN_BODY);
        record.body_size = (uint32_t)sqlite3_column_bytes(row, COLUMN_BODY);
        if (walk->check) {
            wrong = row_chain(walk, row, &record, body);
            if (wrong != NULL) {
                return bent(walk, expected, wrong, error);
            }
        }
        walk->count++;
        expected++;
        if (visit != NULL && !visit(context, &record, body)) {
            walk->stopped = true;
            return STATUS_OK;
        }
    }
    if (code != SQLITE_DONE) {
        walk->bad_seq = expected;
        return store_db_fail(walk->db, walk->path, "read it", code, error);
    }
    if (expected != walk->until_seq + 1) {
        return bent(walk, expected, "is missing", error);
    }
    return STATUS_OK;
}

enum status journal_walk_rows(struct journal_walk *walk, journal_visit *visit, void *context,
                              char error[STORE_ERROR_SIZE])
{
    assert(walk->from_seq > 0);
    walk->stopped = false;
    if (walk->from_seq > walk->until_seq) {
        return STATUS_OK;
    }
    sqlite3_stmt *row = NULL;
    const char *sql = walk->check ? sql_chain : sql_plain;
    const int code = sqlite3_prepare_v2(walk->db, sql, -1, &row, NULL);
    if (code != SQLITE_OK) {
        return store_db_fail(walk->db, walk->path, "read it", code, error);
    }
    (void)sqlite3_bind_int64(row, 1, (sqlite3_int64)walk->from_seq);
    (void)sqlite3_bind_int64(row, 2, (sqlite3_int64)walk->until_seq);
    const enum status status = walk_all(walk, row, visit, context, error);
    (void)sqlite3_finalize(row);
    return status;
}
