/* The tables of the journal and what is kept about the journal itself: epoch and term. */
#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "engine/store/journal_private.h"

/* The unique index on the unit is the last guard against a double order: even if the core were
 * wrong, the commit fails. */
const struct store_db_format journal_meta_format = {
    .application_id = JOURNAL_APPLICATION_ID,
    .version = JOURNAL_FORMAT,
    .name = "journal",
    .schema =
        "CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID;"
        "INSERT INTO meta VALUES('term', 0);"
        "CREATE TABLE epoch(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
        "  after_seq INTEGER NOT NULL);"
        "CREATE TABLE journal(seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL,"
        "  kind INTEGER NOT NULL, source INTEGER NOT NULL, actor TEXT NOT NULL,"
        "  command_id BLOB NOT NULL, body BLOB, term INTEGER NOT NULL, body_hash BLOB NOT NULL,"
        "  hash BLOB NOT NULL);"
        "CREATE TABLE command(number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE,"
        "  fingerprint INTEGER NOT NULL, at_ms INTEGER NOT NULL, refusal INTEGER NOT NULL,"
        "  incident_id INTEGER NOT NULL, report_id INTEGER NOT NULL,"
        "  assignment_id INTEGER NOT NULL, generation INTEGER NOT NULL, merged INTEGER NOT NULL,"
        "  seq INTEGER NOT NULL, by TEXT NOT NULL, by_ms INTEGER);"
        "CREATE TABLE active_assignment(assignment_id INTEGER PRIMARY KEY,"
        "  unit_id INTEGER NOT NULL, incident_id INTEGER NOT NULL, seq INTEGER NOT NULL);"
        "CREATE UNIQUE INDEX one_active_assignment ON active_assignment(unit_id);"
        "CREATE TABLE signature(seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, sig BLOB NOT NULL);"};

const char *journal_meta_epoch_of(const struct journal_epochs *epochs, uint64_t seq)
{
    assert(epochs->count > 0);
    uint32_t found = 0;
    for (uint32_t i = 1; i < epochs->count; i++) {
        found = epochs->items[i].after_seq < seq ? i : found;
    }
    return epochs->items[found].id;
}

static bool epoch_of_row(sqlite3_stmt *row, struct journal_epochs *epochs)
{
    if (epochs->count == JOURNAL_EPOCHS_MAX) {
        return false;
    }
    struct journal_epoch *epoch = &epochs->items[epochs->count++];
    epoch->after_seq = (uint64_t)sqlite3_column_int64(row, 1);
    return store_db_text(row, 0, epoch->id, EPOCH_SIZE) &&
           strspn(epoch->id, "0123456789abcdef") == EPOCH_SIZE - 1;
}

enum status journal_meta_epochs(sqlite3 *db, const char *path, struct journal_epochs *epochs,
                                char error[STORE_ERROR_SIZE])
{
    epochs->count = 0;
    sqlite3_stmt *row = NULL;
    int code =
        sqlite3_prepare_v2(db, "SELECT id, after_seq FROM epoch ORDER BY number", -1, &row, NULL);
    bool fits = true;
    while (code == SQLITE_OK && fits && (code = sqlite3_step(row)) == SQLITE_ROW) {
        fits = epoch_of_row(row, epochs);
        code = SQLITE_OK;
    }
    (void)sqlite3_finalize(row);
    if (code != SQLITE_OK && code != SQLITE_DONE) {
        return store_db_fail(db, path, "read its epochs", code, error);
    }
    if (!fits || epochs->count == 0) {
        store_db_say(error, "%.150s: its table of epochs is damaged", path);
        return STATUS_CORRUPT;
    }
    return STATUS_OK;
}

/* A new file is the first epoch; a backup that is opened to be written goes its own way. */
static int begin_epoch(struct journal *journal)
{
    int64_t is_due = 0;
    const int code = store_db_number(journal->db,
                                     "SELECT NOT EXISTS(SELECT 1 FROM epoch)"
                                     " OR EXISTS(SELECT 1 FROM meta WHERE name = 'backup')",
                                     &is_due);
    if (code != SQLITE_ROW || is_due == 0) {
        return code == SQLITE_ROW ? SQLITE_OK : code;
    }
    uint8_t bytes[(EPOCH_SIZE - 1) / 2];
    char epoch[EPOCH_SIZE];
    randombytes_buf(bytes, sizeof bytes);
    (void)sodium_bin2hex(epoch, sizeof epoch, bytes, sizeof bytes);
    char sql[256];
    (void)snprintf(sql, sizeof sql,
                   "DELETE FROM meta WHERE name = 'backup';"
                   "INSERT INTO epoch(id, after_seq)"
                   " SELECT '%s', coalesce(max(seq), 0) FROM journal",
                   epoch);
    return store_db_run(journal->db, sql);
}

enum status journal_meta_start(struct journal *journal, char error[STORE_ERROR_SIZE])
{
    sqlite3 *db = journal->db;
    int64_t term = 0;
    int code = store_db_run(db, "BEGIN IMMEDIATE");
    if (code == SQLITE_OK) {
        code = begin_epoch(journal);
    }
    if (code == SQLITE_OK) {
        code = store_db_run(db, "UPDATE meta SET value = value + 1 WHERE name = 'term'");
    }
    if (code == SQLITE_OK) {
        code = store_db_number(db, "SELECT value FROM meta WHERE name = 'term'", &term);
        code = code == SQLITE_ROW ? SQLITE_OK : code;
    }
    if (code == SQLITE_OK) {
        code = store_db_run(db, "COMMIT");
    }
    if (code != SQLITE_OK || term < 1) {
        const enum status status = store_db_fail(db, journal->path, "raise its term", code, error);
        if (sqlite3_get_autocommit(db) == 0) {
            (void)store_db_run(db, "ROLLBACK");
        }
        return status;
    }
    journal->term = (uint64_t)term;
    return journal_meta_epochs(db, journal->path, &journal->epochs, error);
}
