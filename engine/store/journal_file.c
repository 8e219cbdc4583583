/* A journal that nobody has open, or a backup: read as it lies there. */
#include <stdlib.h>
#include <string.h>

#include "engine/store/journal_private.h"

/* Nothing is changed, not even the WAL folded in. */
static enum status open_database(const char *path, sqlite3 **db, char error[STORE_ERROR_SIZE])
{
    enum status status = store_db_open(path, SQLITE_OPEN_READWRITE, db, error);
    if (status == STATUS_READ_ONLY) {
        status = store_db_open(path, SQLITE_OPEN_READONLY, db, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    (void)sqlite3_db_config(*db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    return store_db_pragma(*db, path, "PRAGMA locking_mode=EXCLUSIVE", "locking_mode", "exclusive",
                           error);
}

enum status journal_file_open(const char *path, sqlite3 **out, uint64_t *seq,
                              char error[STORE_ERROR_SIZE])
{
    sqlite3 *db = NULL;
    enum status status = open_database(path, &db, error);
    int64_t number = 0;
    int code = SQLITE_OK;
    if (status == STATUS_OK) {
        code = store_db_number(db, "PRAGMA application_id", &number);
    }
    if (code == SQLITE_ROW && number != JOURNAL_APPLICATION_ID) {
        store_db_say(error, "%.150s: a database, but not a journal of this program", path);
        status = STATUS_CORRUPT;
    } else if (code == SQLITE_ROW) {
        code = store_db_number(db, "SELECT coalesce(max(seq), 0) FROM journal", &number);
        *seq = (uint64_t)number;
    }
    if (status == STATUS_OK && code != SQLITE_ROW) {
        status = store_db_fail(db, path, "read it", code, error);
        if (status == STATUS_BUSY) {
            store_db_say(error, "%.150s: an engine has it open; take a backup, or stop it first",
                         path);
        }
    }
    if (status != STATUS_OK) {
        (void)sqlite3_close(db);
        db = NULL;
    }
    *out = db;
    return status;
}

enum status journal_file_read(const char *path, char epoch[EPOCH_SIZE], journal_visit *visit,
                              void *context, char error[256])
{
    struct journal_epochs *epochs = calloc(1, sizeof *epochs);
    if (epochs == NULL) {
        store_db_say(error, "out of memory");
        return STATUS_NO_MEMORY;
    }
    struct journal_walk walk = {.path = path, .from_seq = 1, .check = true};
    enum status status = journal_file_open(path, &walk.db, &walk.until_seq, error);
    if (status == STATUS_OK) {
        status = journal_meta_epochs(walk.db, path, epochs, error);
    }
    if (status == STATUS_OK) {
        memcpy(epoch, epochs->items[epochs->count - 1].id, EPOCH_SIZE);
        journal_chain_start(epochs->items[0].id, walk.hash);
        status = journal_walk_rows(&walk, visit, context, error);
    }
    (void)sqlite3_close(walk.db);
    free(epochs);
    return status;
}
