/* A copy of identity.db while it is in use. The file alone is none: what was written of late, in a
 * quiet town all there is, lies in the WAL beside it. */
#include "engine/store/identity_private.h"

static int copy_all(struct identity_store *store, sqlite3 *to)
{
    const int locked = store_db_run(to, "PRAGMA locking_mode=EXCLUSIVE");
    if (locked != SQLITE_OK) {
        return locked;
    }
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", store->db, "main");
    if (backup == NULL) {
        return sqlite3_errcode(to);
    }
    const int code = sqlite3_backup_step(backup, -1);
    (void)sqlite3_backup_finish(backup);
    /* One file without a WAL, like a backup of the journal. */
    return code == SQLITE_DONE ? store_db_run(to, "PRAGMA journal_mode=DELETE") : code;
}

enum status identity_store_backup(struct identity_store *store, const char *path, char error[256])
{
    error[0] = '\0';
    char part[STORE_PATH_SIZE];
    char ignored[STORE_ERROR_SIZE];
    sqlite3 *to = NULL;
    enum status status = store_file_longer(path, ".part", part, error);
    if (status == STATUS_OK) {
        status = store_file_remove(part, error);
    }
    if (status == STATUS_OK) {
        status = store_db_open(part, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &to, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    const int code = copy_all(store, to);
    if (code != SQLITE_OK) {
        status = store_db_fail(to, part, "copy to it", code, error);
    }
    (void)sqlite3_close(to);
    if (status == STATUS_OK) {
        status = store_file_rename(part, path, error);
    }
    if (status != STATUS_OK && store_file_remove(part, ignored) != STATUS_OK) {
        return status; /* swept up at the next start */
    }
    return status;
}
