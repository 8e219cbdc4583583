/* store_db: SQLite's answers in our words, columns that are read to their limits, and whose file it
 * is. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/store/store_db.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/store_given.h"

static char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE];
static char error[STORE_ERROR_SIZE];
static sqlite3 *db;

static enum status open_it(void)
{
    return store_db_open(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &db, error);
}

static void close_it(void)
{
    cr_assert(eq(int, sqlite3_close(db), SQLITE_OK));
    db = NULL;
}

static void set_up(void)
{
    fault_vfs_install();
    store_given_directory(directory);
    store_given_path(directory, "some.db", path);
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
}

static void tear_down(void)
{
    fault_vfs_disarm();
    close_it();
    store_given_remove(directory);
}

TestSuite(store_db, .init = set_up, .fini = tear_down, .timeout = 30);

/* ---- Codes and sentences ---- */

Test(store_db, every_code_has_a_word_of_ours)
{
    static const struct {
        int code;
        enum status status;
    } words[] = {{SQLITE_OK, STATUS_OK},
                 {SQLITE_ROW, STATUS_OK},
                 {SQLITE_DONE, STATUS_OK},
                 {SQLITE_BUSY, STATUS_BUSY},
                 {SQLITE_BUSY_SNAPSHOT, STATUS_BUSY},
                 {SQLITE_LOCKED, STATUS_BUSY},
                 {SQLITE_NOMEM, STATUS_NO_MEMORY},
                 {SQLITE_IOERR_NOMEM, STATUS_IO},
                 {SQLITE_FULL, STATUS_DISK_FULL},
                 {SQLITE_READONLY_DIRECTORY, STATUS_READ_ONLY},
                 {SQLITE_PERM, STATUS_READ_ONLY},
                 {SQLITE_CORRUPT_VTAB, STATUS_CORRUPT},
                 {SQLITE_NOTADB, STATUS_CORRUPT},
                 {SQLITE_CONSTRAINT_UNIQUE, STATUS_CORRUPT},
                 {SQLITE_SCHEMA, STATUS_CORRUPT},
                 {SQLITE_ERROR, STATUS_CORRUPT},
                 {SQLITE_IOERR_READ, STATUS_IO},
                 {SQLITE_MISUSE, STATUS_IO}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        cr_expect(eq(int, store_db_status(words[i].code), words[i].status), "%d", words[i].code);
    }
}

Test(store_db, a_sentence_is_cut_at_its_end)
{
    char text[2 * STORE_ERROR_SIZE];
    struct {
        char sentence[STORE_ERROR_SIZE];
        char guard;
    } said = {.guard = '!'};
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    store_db_say(said.sentence, "%s", text);
    cr_expect(eq(sz, strlen(said.sentence), STORE_ERROR_SIZE - 1));
    cr_expect(eq(chr, said.guard, '!'));
}

Test(store_db, a_failure_says_what_where_and_why)
{
    cr_expect(eq(int, store_db_run(db, "CREATE TABLE nonsense"), SQLITE_ERROR));
    cr_expect(eq(int, store_db_fail(db, "a/b.db", "do it", SQLITE_ERROR, error), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "a/b.db: cannot do it: the data is damaged (SQLite 1: "), NULL),
              "%s", error);
    cr_expect(eq(ptr, strstr(error, "system error"), NULL), "%s", error);
    cr_expect(eq(int, store_db_fail(db, "a/b.db", "do it", SQLITE_DONE, error), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "a row is missing"), NULL), "%s", error);
    cr_expect(
        eq(int, store_db_fail(NULL, "a/b.db", "do it", SQLITE_FULL, error), STATUS_DISK_FULL));
    cr_expect(ne(ptr, strstr(error, "SQLite 13: database or disk is full)"), NULL), "%s", error);
}

Test(store_db, what_cannot_be_opened_says_why_in_our_words)
{
    static const struct {
        int system;
        enum status status;
    } reasons[] = {{ENOENT, STATUS_NOT_FOUND}, {ENOTDIR, STATUS_NOT_FOUND},
                   {EACCES, STATUS_READ_ONLY}, {EROFS, STATUS_READ_ONLY},
                   {EPERM, STATUS_READ_ONLY},  {ENOSPC, STATUS_DISK_FULL},
                   {EDQUOT, STATUS_DISK_FULL}, {EMFILE, STATUS_IO}};
    const int64_t memory = sqlite3_memory_used();
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        char named[32];
        sqlite3 *none = db;
        fault_vfs_arm(FAULT_OPEN, 1, SQLITE_CANTOPEN, true, false);
        fault_vfs_errno(reasons[i].system);
        cr_expect(
            eq(int, store_db_open(path, SQLITE_OPEN_READWRITE, &none, error), reasons[i].status),
            "%s", error);
        fault_vfs_disarm();
        cr_expect(eq(ptr, none, NULL));
        (void)snprintf(named, sizeof named, "system error %d)", reasons[i].system);
        cr_expect(ne(ptr, strstr(error, named), NULL), "%s", error);
    }
    cr_expect(eq(i64, sqlite3_memory_used(), memory), "a handle is left open");
}

/* ---- Statements ---- */

Test(store_db, a_number_is_the_first_of_the_first_row)
{
    int64_t number = 77;
    cr_expect(eq(int, store_db_number(db, "SELECT 5000000000, 6 UNION ALL SELECT 7, 8", &number),
                 SQLITE_ROW));
    cr_expect(eq(i64, number, 5000000000));
    cr_expect(eq(int, store_db_number(db, "SELECT 1 WHERE 0", &number), SQLITE_DONE));
    cr_expect(eq(int, store_db_number(db, "SELECT nothing", &number), SQLITE_ERROR));
    cr_expect(eq(i64, number, 5000000000), "nothing was found");
}

Test(store_db, a_step_leaves_its_statement_ready_for_the_next)
{
    sqlite3_stmt *insert = NULL;
    int64_t rows = 0;
    cr_assert(eq(int, store_db_run(db, "CREATE TABLE t(x PRIMARY KEY)"), SQLITE_OK));
    cr_expect(eq(int, store_db_prepare(db, path, "INSERT INTO t VALUES(", &insert, error),
                 STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "prepare a statement"), NULL), "%s", error);
    cr_expect(eq(ptr, insert, NULL));
    cr_assert(
        eq(int, store_db_prepare(db, path, "INSERT INTO t VALUES(?)", &insert, error), STATUS_OK));
    for (int i = 0; i < 3; i++) {
        (void)sqlite3_bind_int(insert, 1, i / 2);
        cr_expect(eq(int, store_db_step(insert) & 0xff, i == 1 ? SQLITE_CONSTRAINT : SQLITE_OK));
        cr_expect(eq(int, sqlite3_stmt_busy(insert), 0));
    }
    cr_assert(eq(int, sqlite3_finalize(insert), SQLITE_OK));
    cr_assert(eq(int, store_db_number(db, "SELECT count(*) FROM t", &rows), SQLITE_ROW));
    cr_expect(eq(i64, rows, 2));
}

static sqlite3_stmt *row_of(const char *sql)
{
    sqlite3_stmt *row = NULL;
    cr_assert(eq(int, store_db_prepare(db, path, sql, &row, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, sqlite3_step(row), SQLITE_ROW));
    return row;
}

Test(store_db, a_text_fits_or_is_none)
{
    sqlite3_stmt *row = row_of("SELECT 'abcdefg', 'abcdefgh', 'abcdefghi', '', NULL, x'', 12");
    static struct {
        char *text;
        bool fits;
    } columns[] = {{"abcdefg", true}, {"", false}, {"", false}, {"", true},
                   {"", true},        {"", true},  {"12", true}};
    for (int i = 0; i < 7; i++) {
        char text[9];
        memset(text, 'x', sizeof text);
        cr_expect(eq(int, store_db_text(row, i, text, 8), columns[i].fits), "column %d", i);
        cr_expect(eq(str, text, columns[i].text));
        cr_expect(eq(chr, text[8], 'x'), "column %d", i);
    }
    cr_assert(eq(int, sqlite3_finalize(row), SQLITE_OK));
}

Test(store_db, a_number_out_of_range_is_what_was_agreed)
{
    sqlite3_stmt *row =
        row_of("SELECT 0, 4294967295, 4294967296, -1, NULL, -9223372036854775808, 1");
    static const uint32_t expected[] = {0, UINT32_MAX, 77, 77, 77, 77, 1};
    for (int i = 0; i < 7; i++) {
        cr_expect(eq(u32, store_db_u32(row, i, 77), expected[i]), "column %d", i);
    }
    cr_assert(eq(int, sqlite3_finalize(row), SQLITE_OK));
}

Test(store_db, a_time_that_never_was_is_null)
{
    static const int64_t times[] = {TIME_NEVER, 0, -1, 1767225600000, INT64_MAX};
    sqlite3_stmt *row = NULL;
    cr_assert(eq(int, store_db_prepare(db, path, "SELECT ?1, typeof(?1)", &row, error), STATUS_OK));
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        char type[16];
        store_db_bind_time(row, 1, times[i]);
        cr_assert(eq(int, sqlite3_step(row), SQLITE_ROW));
        cr_expect(eq(i64, store_db_time(row, 0), times[i]));
        cr_expect(store_db_text(row, 1, type, sizeof type));
        cr_expect(eq(str, type, times[i] == TIME_NEVER ? "null" : "integer"));
        cr_assert(eq(int, sqlite3_reset(row), SQLITE_OK));
    }
    cr_assert(eq(int, sqlite3_finalize(row), SQLITE_OK));
}

/* ---- Whose file it is ---- */

Test(store_db, a_pragma_that_does_not_take_is_said)
{
    cr_expect(eq(int,
                 store_db_pragma(db, path, "PRAGMA synchronous=FULL", "synchronous", "2", error),
                 STATUS_OK),
              "%s", error);
    cr_expect(eq(int,
                 store_db_pragma(db, path, "PRAGMA synchronous=FULL", "synchronous", "1", error),
                 STATUS_VERSION));
    cr_expect(ne(ptr, strstr(error, "did not take: synchronous is 2"), NULL), "%s", error);
    cr_expect(
        eq(int, store_db_pragma(db, path, "PRAGMA x=0", "no_such_thing", "0", error), STATUS_OK),
        "what there is not is none: %s", error);
    cr_expect(eq(int, store_db_pragma(db, path, "PRAGMA x=1", "no_such_thing", "1", error),
                 STATUS_VERSION));
    cr_expect(ne(ptr, strstr(error, "no_such_thing is nothing"), NULL), "%s", error);
    cr_expect(
        eq(int, store_db_pragma(db, path, "nonsense", "synchronous", "2", error), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "cannot nonsense"), NULL), "%s", error);
}

static const struct store_db_format format = {.application_id = 0x4b464131,
                                              .version = 3,
                                              .schema = "CREATE TABLE a(x); CREATE TABLE b(x)",
                                              .schema_more = "CREATE TABLE c(x)",
                                              .name = "shelf"};

static enum status schema(const struct store_db_format *asked)
{
    return store_db_schema(db, path, asked, error);
}

static int64_t number_of(const char *sql)
{
    int64_t number = -1;
    cr_assert(eq(int, store_db_number(db, sql, &number), SQLITE_ROW), "%s", sql);
    return number;
}

Test(store_db, an_empty_file_becomes_ours_and_ours_is_left_alone)
{
    cr_assert(eq(int, schema(&format), STATUS_OK), "%s", error);
    for (int i = 0; i < 2; i++) {
        cr_expect(eq(i64, number_of("SELECT count(*) FROM sqlite_schema"), 3));
        cr_expect(eq(i64, number_of("PRAGMA application_id"), format.application_id));
        cr_expect(eq(i64, number_of("PRAGMA user_version"), 3));
        cr_expect(eq(int, sqlite3_get_autocommit(db), 1));
        close_it();
        cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
        cr_assert(eq(int, schema(&format), STATUS_OK), "%s", error);
    }
}

Test(store_db, a_file_of_another_format_or_program_is_named)
{
    static const struct {
        const char *sql;
        enum status status;
        const char *says;
    } files[] = {
        {"PRAGMA user_version = 1", STATUS_OK, ""},
        {"PRAGMA user_version = 4", STATUS_VERSION, "shelf format 4; "},
        {"PRAGMA user_version = 0", STATUS_VERSION, "reads up to 3"},
        {"PRAGMA user_version = -1", STATUS_VERSION, "format -1"},
        {"PRAGMA user_version = 3; PRAGMA application_id = 5", STATUS_CORRUPT, "not a shelf"},
        {"PRAGMA application_id = 0", STATUS_CORRUPT, "not a shelf"},
        {"DROP TABLE a; DROP TABLE b; DROP TABLE c; PRAGMA application_id = 5", STATUS_CORRUPT,
         "not a shelf"}};
    cr_assert(eq(int, schema(&format), STATUS_OK), "%s", error);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        cr_assert(eq(int, store_db_run(db, files[i].sql), SQLITE_OK));
        error[0] = '\0';
        cr_expect(eq(int, schema(&format), files[i].status), "%s: %s", files[i].sql, error);
        cr_expect(ne(ptr, strstr(error, files[i].says), NULL), "%s: %s", files[i].sql, error);
    }
}

Test(store_db, a_schema_is_made_whole_or_not_at_all)
{
    struct store_db_format wrong = format;
    wrong.schema_more = "CREATE TABLE c(";
    cr_expect(eq(int, schema(&wrong), STATUS_CORRUPT));
    cr_expect(eq(i64, number_of("SELECT count(*) FROM sqlite_schema"), 0));
    wrong.schema = "CREATE TABLE a(x); CREATE TABLE";
    cr_expect(eq(int, schema(&wrong), STATUS_CORRUPT));
    cr_expect(eq(i64, number_of("SELECT count(*) FROM sqlite_schema"), 0));
    cr_expect(eq(int, sqlite3_get_autocommit(db), 1), "a transaction is left open");
    uint32_t nth = 1;
    for (bool struck = true; struck; nth++) {
        fault_vfs_arm(FAULT_WRITE | FAULT_SYNC | FAULT_OPEN, nth, SQLITE_FULL, true, false);
        const enum status status = schema(&format);
        struck = fault_vfs_failed() > 0;
        fault_vfs_disarm();
        cr_expect(eq(int, status, struck ? STATUS_DISK_FULL : STATUS_OK), "%u: %s", nth, error);
        cr_expect(eq(i64, number_of("SELECT count(*) FROM sqlite_schema"), struck ? 0 : 3));
        cr_expect(eq(int, sqlite3_get_autocommit(db), 1));
    }
    cr_expect(lt(u32, 4, nth));
    wrong.schema_more = NULL;
    wrong.schema = "CREATE TABLE only(x)";
    close_it();
    cr_assert(eq(int, remove(path), 0));
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    cr_expect(eq(int, schema(&wrong), STATUS_OK), "%s", error);
    cr_expect(eq(i64, number_of("SELECT count(*) FROM sqlite_schema"), 1));
}

Test(store_db, a_file_that_cannot_be_read_is_nobodys)
{
    cr_assert(eq(int, schema(&format), STATUS_OK), "%s", error);
    uint32_t nth = 1;
    for (bool struck = true; struck; nth++) {
        close_it();
        cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
        fault_vfs_arm(FAULT_READ, nth, SQLITE_IOERR_READ, true, false);
        const enum status status = schema(&format);
        struck = fault_vfs_failed() > 0;
        fault_vfs_disarm();
        cr_expect(eq(int, status, struck ? STATUS_IO : STATUS_OK), "read %u: %s", nth, error);
    }
    cr_expect(lt(u32, 2, nth));
}
