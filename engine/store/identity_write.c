/* Writing to identity.db: a chain of statements in one transaction, the first failure decides. */
#include "engine/store/identity_private.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

static void fail(struct identity_write *write, const char *what, int code)
{
    if (write->status == STATUS_OK && code != SQLITE_OK) {
        write->status =
            store_db_fail(write->store->db, write->store->path, what, code, write->error);
    }
}

struct identity_write identity_write_begin(struct identity_store *store, char error[256])
{
    struct identity_write write = {.store = store, .status = STATUS_OK, .error = error};
    error[0] = '\0';
    fail(&write, "begin to write", store_db_run(store->db, "BEGIN IMMEDIATE"));
    return write;
}

void identity_write_sql(struct identity_write *write, const char *sql)
{
    assert(write->statement == NULL);
    write->index = 0;
    if (write->status == STATUS_OK) {
        fail(write, "prepare a statement",
             sqlite3_prepare_v2(write->store->db, sql, -1, &write->statement, NULL));
    }
}

void identity_write_number(struct identity_write *write, int64_t number)
{
    if (write->statement != NULL) {
        (void)sqlite3_bind_int64(write->statement, ++write->index, number);
    }
}

void identity_write_text(struct identity_write *write, const char *text)
{
    if (write->statement != NULL) {
        (void)sqlite3_bind_text(write->statement, ++write->index, text, -1, SQLITE_TRANSIENT);
    }
}

void identity_write_hash(struct identity_write *write, const uint8_t hash[IDENTITY_HASH_SIZE])
{
    if (write->statement != NULL) {
        (void)sqlite3_bind_blob(write->statement, ++write->index, hash, (int)IDENTITY_HASH_SIZE,
                                SQLITE_TRANSIENT);
    }
}

int identity_write_run(struct identity_write *write)
{
    if (write->statement == NULL) {
        return 0;
    }
    assert(write->index == sqlite3_bind_parameter_count(write->statement));
    const int code = store_db_step(write->statement);
    fail(write, "write", code);
    (void)sqlite3_finalize(write->statement);
    write->statement = NULL;
    return code == SQLITE_OK ? sqlite3_changes(write->store->db) : 0;
}

void identity_write_refuse(struct identity_write *write, enum status status, const char *format,
                           ...)
{
    if (write->status != STATUS_OK) {
        return;
    }
    write->status = status;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(write->error, STORE_ERROR_SIZE, format, arguments);
    va_end(arguments);
}

void identity_write_audit(struct identity_write *write, int64_t at_ms, const char *actor,
                          const char *format, ...)
{
    char text[NOTE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    identity_write_sql(write, "INSERT INTO audit(at_ms, actor, text) VALUES(?,?,?)");
    identity_write_number(write, at_ms);
    identity_write_text(write, actor);
    identity_write_text(write, text);
    (void)identity_write_run(write);
}

enum status identity_write_end(struct identity_write *write)
{
    assert(write->statement == NULL);
    if (write->status == STATUS_OK) {
        fail(write, "commit", store_db_run(write->store->db, "COMMIT"));
    }
    if (sqlite3_get_autocommit(write->store->db) == 0) {
        (void)store_db_run(write->store->db, "ROLLBACK");
    }
    return write->status;
}
