#include "engine/store/store_db.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void store_db_say(char error[STORE_ERROR_SIZE], const char *format, ...)
{
    assert(error != NULL);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(error, STORE_ERROR_SIZE, format, arguments);
    va_end(arguments);
}

enum status store_db_status(int code)
{
    switch (code & 0xff) { /* the primary code is the low byte */
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return STATUS_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return STATUS_BUSY;
    case SQLITE_NOMEM:
        return STATUS_NO_MEMORY;
    case SQLITE_FULL:
        return STATUS_DISK_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return STATUS_READ_ONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_CONSTRAINT:
    case SQLITE_SCHEMA:
    case SQLITE_ERROR: /* our statements are right: the tables are not ours */
        return STATUS_CORRUPT;
    default:
        return STATUS_IO;
    }
}

/* SQLite tries to read what it cannot create, so a directory that cannot be written looks like a
 * file that is not there. */
static bool directory_refuses(const char *path)
{
    sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    char directory[1024] = ".";
    const char *slash = strrchr(path, '/');
    const size_t length = slash == NULL ? 0 : (size_t)(slash - path) + 1; /* with the slash */
    if (vfs == NULL || length >= sizeof directory) {
        return false;
    }
    if (length > 0) {
        memcpy(directory, path, length);
        directory[length] = '\0';
    }
    int exists = 0;
    int writable = 0;
    (void)vfs->xAccess(vfs, directory, SQLITE_ACCESS_EXISTS, &exists);
    (void)vfs->xAccess(vfs, directory, SQLITE_ACCESS_READWRITE, &writable);
    return exists != 0 && writable == 0;
}

static enum status cannot_open(const char *path, int system)
{
    switch (system) {
    case EACCES:
    case EROFS:
    case EPERM:
        return STATUS_READ_ONLY;
    case ENOENT:
    case ENOTDIR:
        return directory_refuses(path) ? STATUS_READ_ONLY : STATUS_NOT_FOUND;
    case ENOSPC:
    case EDQUOT:
        return STATUS_DISK_FULL;
    default:
        return STATUS_IO;
    }
}

enum status store_db_fail(sqlite3 *db, const char *path, const char *what, int code,
                          char error[STORE_ERROR_SIZE])
{
    enum status status = store_db_status(code);
    const int system = db != NULL ? sqlite3_system_errno(db) : 0;
    const char *reason = db != NULL ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    if ((code & 0xff) == SQLITE_CANTOPEN) {
        status = cannot_open(path, system);
    } else if (status == STATUS_OK) {
        status = STATUS_CORRUPT;
        reason = "a row is missing";
    }
    char place[32] = "";
    if (system != 0) {
        (void)snprintf(place, sizeof place, ", system error %d", system);
    }
    store_db_say(error, "%.120s: cannot %s: %s (SQLite %d: %.60s%s)", path, what,
                 status_text(status), code, reason, place);
    return status;
}

enum status store_db_open(const char *path, int flags, sqlite3 **out, char error[STORE_ERROR_SIZE])
{
    assert(path != NULL);
    *out = NULL;
    sqlite3 *db = NULL;
    const int code =
        sqlite3_open_v2(path, &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code != SQLITE_OK) {
        const enum status status = store_db_fail(db, path, "open it", code, error);
        (void)sqlite3_close(db);
        return status;
    }
    if ((flags & SQLITE_OPEN_READWRITE) != 0 && sqlite3_db_readonly(db, "main") == 1) {
        store_db_say(error, "%.150s: the file cannot be written; check its owner and mode", path);
        (void)sqlite3_close(db);
        return STATUS_READ_ONLY;
    }
    *out = db;
    return STATUS_OK;
}

int store_db_run(sqlite3 *db, const char *sql)
{
    return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

enum status store_db_pragma(sqlite3 *db, const char *path, const char *set, const char *name,
                            const char *expected, char error[STORE_ERROR_SIZE])
{
    int code = store_db_run(db, set);
    sqlite3_stmt *statement = NULL;
    char sql[64];
    (void)snprintf(sql, sizeof sql, "PRAGMA %s", name);
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    }
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
    }
    char got[32] = "nothing";
    if (code == SQLITE_ROW) {
        (void)store_db_text(statement, 0, got, sizeof got);
    }
    (void)sqlite3_finalize(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) { /* no row: it knows no such pragma */
        return store_db_fail(db, path, set, code, error);
    }
    const bool has_none = code == SQLITE_DONE && strcmp(expected, "0") == 0;
    if (!has_none && sqlite3_stricmp(got, expected) != 0) {
        store_db_say(error, "%.120s: '%s' did not take: %s is %s", path, set, name, got);
        return STATUS_VERSION;
    }
    return STATUS_OK;
}

int store_db_number(sqlite3 *db, const char *sql, int64_t *number)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(db, sql, -1, &statement, NULL);
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
        if (code == SQLITE_ROW) {
            *number = sqlite3_column_int64(statement, 0);
        }
    }
    (void)sqlite3_finalize(statement);
    return code;
}

static int schema_create(sqlite3 *db, const struct store_db_format *format)
{
    char stamp[96];
    (void)snprintf(stamp, sizeof stamp, "PRAGMA application_id=%d; PRAGMA user_version=%d",
                   format->application_id, format->version);
    int code = store_db_run(db, "BEGIN IMMEDIATE");
    if (code == SQLITE_OK) {
        code = store_db_run(db, format->schema);
    }
    if (code == SQLITE_OK && format->schema_more != NULL) {
        code = store_db_run(db, format->schema_more);
    }
    if (code == SQLITE_OK) {
        code = store_db_run(db, stamp);
    }
    if (code == SQLITE_OK) {
        code = store_db_run(db, "COMMIT");
    }
    if (code != SQLITE_OK && sqlite3_get_autocommit(db) == 0) {
        (void)store_db_run(db, "ROLLBACK");
    }
    return code;
}

enum status store_db_schema(sqlite3 *db, const char *path, const struct store_db_format *format,
                            char error[STORE_ERROR_SIZE])
{
    int64_t id = 0;
    int64_t version = 0;
    int64_t tables = 0;
    int code = store_db_number(db, "PRAGMA application_id", &id);
    if (code == SQLITE_ROW) {
        code = store_db_number(db, "PRAGMA user_version", &version);
    }
    if (code == SQLITE_ROW) {
        code = store_db_number(db, "SELECT count(*) FROM sqlite_schema", &tables);
    }
    if (code != SQLITE_ROW) {
        return store_db_fail(db, path, "read it", code, error);
    }
    if (id == 0 && tables == 0) {
        code = schema_create(db, format);
        return code == SQLITE_OK ? STATUS_OK : store_db_fail(db, path, "create it", code, error);
    }
    if (id != format->application_id) {
        store_db_say(error, "%.120s: a database, but not a %s of this program", path, format->name);
        return STATUS_CORRUPT;
    }
    if (version > format->version || version < 1) {
        store_db_say(error, "%.120s: %s format %d; this program reads up to %d", path, format->name,
                     (int)version, (int)format->version);
        return STATUS_VERSION;
    }
    return STATUS_OK;
}

enum status store_db_prepare(sqlite3 *db, const char *path, const char *sql, sqlite3_stmt **out,
                             char error[STORE_ERROR_SIZE])
{
    const int code = sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    return code == SQLITE_OK ? STATUS_OK
                             : store_db_fail(db, path, "prepare a statement", code, error);
}

int store_db_step(sqlite3_stmt *statement)
{
    const int code = sqlite3_step(statement);
    (void)sqlite3_reset(statement);
    return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

void store_db_bind_time(sqlite3_stmt *statement, int index, int64_t ms)
{
    if (ms == TIME_NEVER) {
        (void)sqlite3_bind_null(statement, index);
    } else {
        (void)sqlite3_bind_int64(statement, index, ms);
    }
}

int64_t store_db_time(sqlite3_stmt *statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL) {
        return TIME_NEVER;
    }
    return sqlite3_column_int64(statement, column);
}

bool store_db_text(sqlite3_stmt *statement, int column, char *text, size_t size)
{
    assert(size > 0);
    const unsigned char *from = sqlite3_column_text(statement, column);
    const size_t length = (size_t)sqlite3_column_bytes(statement, column);
    if (from == NULL || length >= size) {
        text[0] = '\0';
        return from == NULL && length == 0; /* NULL reads as empty */
    }
    memcpy(text, from, length);
    text[length] = '\0';
    return true;
}

uint32_t store_db_u32(sqlite3_stmt *statement, int column, uint32_t otherwise)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL) {
        return otherwise;
    }
    const int64_t value = sqlite3_column_int64(statement, column);
    return value >= 0 && value <= (int64_t)UINT32_MAX ? (uint32_t)value : otherwise;
}
