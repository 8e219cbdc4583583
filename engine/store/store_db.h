#ifndef ENGINE_STORE_STORE_DB_H
#define ENGINE_STORE_STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/core/status.h"
#include "engine/core/types.h"

/* What every database of ours does alike: open with checked pragmas, turn SQLite's codes into our
 * statuses, and say in a sentence what failed and where. One thread at a time per connection. */

#define STORE_ERROR_SIZE 256u

/* Write a sentence into `error`; cut at its end, never past it. */
void store_db_say(char error[STORE_ERROR_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Our word for an SQLite code (extended or not). */
enum status store_db_status(int code);

/* The same with a sentence: "<path>: cannot <what>: <reason>". Never STATUS_OK: where nothing
 * failed and still there was no row, one that must be there is missing. */
MUST_CHECK enum status store_db_fail(sqlite3 *db, const char *path, const char *what, int code,
                                     char error[STORE_ERROR_SIZE]);

/* Open or create for writing. STATUS_READ_ONLY when only reading is possible. */
MUST_CHECK enum status store_db_open(const char *path, int flags, sqlite3 **out,
                                     char error[STORE_ERROR_SIZE]);

/* Run statements that answer nothing; the code of SQLite. */
int store_db_run(sqlite3 *db, const char *sql);

/* Set a pragma and prove that it took: `PRAGMA name` must then answer `expected`, or nothing where
 * "0" is: where files cannot be mapped there is no mmap_size. */
MUST_CHECK enum status store_db_pragma(sqlite3 *db, const char *path, const char *set,
                                       const char *name, const char *expected,
                                       char error[STORE_ERROR_SIZE]);

/* One number from a statement without parameters; the code of SQLite, SQLITE_ROW when there is one.
 */
int store_db_number(sqlite3 *db, const char *sql, int64_t *number);

/* Whose file is it? A new, empty file gets `schema` in one transaction; one of ours in the current
 * format is left alone; STATUS_VERSION: a newer format; STATUS_CORRUPT: another program's file. */
struct store_db_format {
    int32_t application_id;
    int32_t version;
    const char *schema;
    const char *schema_more; /* NULL; a string constant has its limit */
    const char *name;        /* "journal", for the sentence */
};
MUST_CHECK enum status store_db_schema(sqlite3 *db, const char *path,
                                       const struct store_db_format *format,
                                       char error[STORE_ERROR_SIZE]);

/* Prepare for many uses. */
MUST_CHECK enum status store_db_prepare(sqlite3 *db, const char *path, const char *sql,
                                        sqlite3_stmt **out, char error[STORE_ERROR_SIZE]);

/* Step a statement that answers no rows, and reset it; SQLITE_OK or the code that it failed with.
 */
int store_db_step(sqlite3_stmt *statement);

/* TIME_NEVER is NULL on the disk, both ways. */
void store_db_bind_time(sqlite3_stmt *statement, int index, int64_t ms);
int64_t store_db_time(sqlite3_stmt *statement, int column);

/* Copy a text column into a bounded string; false: it does not fit, which no writer of ours does.
 */
bool store_db_text(sqlite3_stmt *statement, int column, char *text, size_t size);

/* Unsigned columns: a value out of range answers `otherwise`. */
uint32_t store_db_u32(sqlite3_stmt *statement, int column, uint32_t otherwise);

#endif
