/* Backup on the writer's own connection: a second one would start anew with every commit. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/store/journal_private.h"

static void backup_drop(struct journal *journal)
{
    char error[STORE_ERROR_SIZE];
    (void)sqlite3_backup_finish(journal->backup);
    (void)sqlite3_close(journal->backup_db);
    journal->backup = NULL;
    journal->backup_db = NULL;
    if (store_file_remove(journal->backup_path, error) != STATUS_OK) {
        return; /* a part that cannot be removed is overwritten by the next backup */
    }
}

enum status journal_backup_start(struct journal *journal, const char *path, char error[256])
{
    error[0] = '\0';
    if (journal->backup != NULL) {
        store_db_say(error, "a backup to %.150s is under way", journal->backup_path);
        return STATUS_BUSY;
    }
    enum status status = store_file_longer(path, ".part", journal->backup_path, error);
    if (status == STATUS_OK) {
        status = store_file_remove(journal->backup_path, error);
    }
    if (status == STATUS_OK) {
        status = store_db_open(journal->backup_path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                               &journal->backup_db, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    int code = store_db_run(journal->backup_db, "PRAGMA locking_mode=EXCLUSIVE");
    if (code == SQLITE_OK) {
        journal->backup = sqlite3_backup_init(journal->backup_db, "main", journal->db, "main");
        code = journal->backup == NULL ? sqlite3_errcode(journal->backup_db) : SQLITE_OK;
    }
    if (code != SQLITE_OK) {
        status = store_db_fail(journal->backup_db, path, "start a backup", code, error);
        backup_drop(journal);
    }
    return status;
}

/* The copy becomes one file without a WAL, and says that it is a copy. */
static int backup_seal(struct journal *journal)
{
    char sql[160];
    (void)snprintf(sql, sizeof sql,
                   "PRAGMA journal_mode=DELETE;"
                   "INSERT OR REPLACE INTO meta SELECT 'backup', max(seq) FROM journal");
    (void)sqlite3_backup_finish(journal->backup); /* the step before said that it is done */
    journal->backup = NULL;
    const int code = store_db_run(journal->backup_db, sql);
    const int closed = sqlite3_close(journal->backup_db);
    journal->backup_db = NULL;
    return code == SQLITE_OK ? closed : code;
}

enum status journal_backup_step(struct journal *journal, uint32_t pages, bool *done,
                                char error[256])
{
    assert(journal->backup != NULL);
    assert(pages > 0);
    *done = false;
    error[0] = '\0';
    int code = sqlite3_backup_step(journal->backup, (int)pages);
    if (code == SQLITE_OK || code == SQLITE_BUSY || code == SQLITE_LOCKED) {
        return STATUS_OK;
    }
    if (code != SQLITE_DONE) {
        const enum status status =
            store_db_fail(journal->backup_db, journal->backup_path, "copy to it", code, error);
        backup_drop(journal);
        return status;
    }
    code = backup_seal(journal);
    if (code != SQLITE_OK) {
        store_db_say(error, "%.150s: cannot finish the backup: %s", journal->backup_path,
                     sqlite3_errstr(code));
        return store_db_status(code);
    }
    char path[STORE_PATH_SIZE];
    const size_t length = strlen(journal->backup_path) - strlen(".part");
    memcpy(path, journal->backup_path, length);
    path[length] = '\0';
    *done = true;
    return store_file_rename(journal->backup_path, path, error);
}
