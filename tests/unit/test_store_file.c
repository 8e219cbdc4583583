/* store_file: every size comes back, what fails leaves what was there, and a path is taken to its
 * last byte and not one further. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <dirent.h>
#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "engine/store/photo_file.h"
#include "engine/store/store_file.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/store_given.h"

#define SIZE_MAX_WRITTEN 200000u
#define EVERYTHING                                                                                 \
    (FAULT_WRITE | FAULT_SYNC | FAULT_TRUNCATE | FAULT_OPEN | FAULT_READ | FAULT_DELETE)

static char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE];
static char error[STORE_ERROR_SIZE];
static uint8_t bytes[SIZE_MAX_WRITTEN];
/* SQLite takes less than 128 KiB at once, and takes a file of one byte for an empty one. */
static const size_t sizes[] = {0, 2, 65535, 65536, 65537, 131072, SIZE_MAX_WRITTEN};
#define SIZE_COUNT (sizeof sizes / sizeof sizes[0])

static void set_up(void)
{
    fault_vfs_install();
    store_given_directory(directory);
    store_given_path(directory, "file", path);
    uint64_t state = 5;
    for (size_t i = 0; i < SIZE_MAX_WRITTEN; i++) {
        bytes[i] = (uint8_t)store_given_random(&state);
    }
}

static void tear_down(void)
{
    fault_vfs_disarm();
    store_given_remove(directory);
}

TestSuite(store_file, .init = set_up, .fini = tear_down, .timeout = 60);

static enum status replace(size_t size)
{
    const struct store_piece piece = {bytes, size};
    return store_file_replace(path, &piece, 1, error);
}

static void expect_file(size_t size, const uint8_t *expected)
{
    uint8_t *read = NULL;
    size_t read_size = 77;
    cr_assert(eq(int, store_file_read(path, size, &read, &read_size, error), STATUS_OK), "%s",
              error);
    cr_assert(eq(sz, read_size, size));
    cr_expect(eq(int, memcmp(read, expected, size), 0), "%zu bytes", size);
    cr_expect(eq(u8, read[size], 0), "a text is a string");
    free(read);
}

static uint32_t files_in_directory(void)
{
    uint32_t count = 0;
    DIR *list = opendir(directory);
    cr_assert(ne(ptr, list, NULL));
    while (readdir(list) != NULL) {
        count++;
    }
    (void)closedir(list);
    return count - 2; /* "." and ".." */
}

/* ---- Sizes ---- */

Test(store_file, of_every_size_comes_back)
{
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        cr_assert(eq(int, replace(sizes[i]), STATUS_OK), "%s", error);
        expect_file(sizes[i], bytes);
        cr_expect(eq(u32, files_in_directory(), 1));
    }
}

Test(store_file, of_pieces_is_one_after_the_other)
{
    const struct store_piece pieces[] = {
        {bytes, 70000}, {bytes + 70000, 0}, {bytes + 70000, 1}, {bytes + 70001, 65536}};
    cr_assert(eq(int, replace(SIZE_MAX_WRITTEN), STATUS_OK), "a longer one was there");
    cr_assert(eq(int, store_file_replace(path, pieces, 4, error), STATUS_OK), "%s", error);
    expect_file(135537, bytes);
    cr_assert(eq(int, store_file_replace(path, pieces, 0, error), STATUS_OK), "%s", error);
    expect_file(0, bytes);
}

Test(store_file, is_made_and_then_grows_by_what_is_appended)
{
    size_t size = 0;
    static uint8_t all[SIZE_COUNT * SIZE_MAX_WRITTEN];
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        cr_assert(eq(int, store_file_append(path, bytes, sizes[i], error), STATUS_OK), "%s", error);
        memcpy(all + size, bytes, sizes[i]);
        size += sizes[i];
        expect_file(size, all);
    }
}

Test(store_file, larger_than_there_is_room_for_is_not_read)
{
    for (size_t i = 1; i < SIZE_COUNT; i++) {
        uint8_t *read = bytes;
        size_t size = 77;
        cr_assert(eq(int, replace(sizes[i]), STATUS_OK), "%s", error);
        cr_expect(eq(int, store_file_read(path, sizes[i] - 1, &read, &size, error), STATUS_FULL));
        cr_expect(eq(ptr, read, NULL));
        cr_expect(eq(sz, size, 0));
        cr_expect(ne(ptr, strstr(error, "larger than"), NULL), "%s", error);
    }
}

Test(store_file, a_part_is_what_stands_there_or_nothing)
{
    uint8_t head[1000];
    cr_assert(eq(int, replace(sizeof head - 1), STATUS_OK), "%s", error);
    cr_expect(eq(int, store_file_part(path, 0, head, sizeof head, error), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "shorter"), NULL), "%s", error);
    memset(head, 0, sizeof head);
    cr_expect(eq(int, store_file_part(path, 0, head, sizeof head - 1, error), STATUS_OK), "%s",
              error);
    cr_expect(eq(int, memcmp(head, bytes, sizeof head - 1), 0));
    cr_expect(eq(int, store_file_part(path, 990, head, 9, error), STATUS_OK), "%s", error);
    cr_expect(eq(int, memcmp(head, bytes + 990, 9), 0));
    cr_expect(eq(int, store_file_part(path, 991, head, 9, error), STATUS_CORRUPT));
    uint64_t size = 0;
    cr_expect(eq(int, store_file_size(path, &size, error), STATUS_OK), "%s", error);
    cr_expect(eq(u64, size, sizeof head - 1));
    store_given_path(directory, "none", path);
    cr_expect(eq(int, store_file_size(path, &size, error), STATUS_NOT_FOUND));
    cr_expect(eq(int, store_file_part(path, 0, head, 1, error), STATUS_NOT_FOUND));
}

/* ---- Secrets, names, and what is not there ---- */

Test(store_file, with_a_secret_is_its_owners_and_made_once)
{
    struct stat state;
    cr_assert(eq(int, store_file_secret(path, bytes, 100, error), STATUS_OK), "%s", error);
    expect_file(100, bytes);
    cr_assert(eq(int, stat(path, &state), 0));
    cr_expect(eq(u32, state.st_mode & 0777, 0600));
    cr_expect(eq(int, store_file_secret(path, bytes + 1, 50, error), STATUS_BUSY));
    cr_expect(ne(ptr, strstr(error, "there already"), NULL), "%s", error);
    expect_file(100, bytes);
    cr_expect(eq(u32, files_in_directory(), 1));
}

Test(store_file, that_is_not_there_is_removed_already)
{
    cr_assert(eq(int, store_file_remove(path, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, replace(10), STATUS_OK));
    cr_assert(eq(int, store_file_remove(path, error), STATUS_OK), "%s", error);
    cr_expect(eq(u32, files_in_directory(), 0));
    cr_expect(ne(int, store_file_remove(directory, error), STATUS_OK), "a directory stays");
    cr_expect(ne(ptr, strstr(error, "cannot remove it"), NULL), "%s", error);
}

Test(store_file, gets_a_new_name_in_one_step)
{
    char other[GIVEN_PATH_SIZE];
    store_given_path(directory, "other", other);
    cr_expect(eq(int, store_file_rename(path, other, error), STATUS_IO));
    cr_expect(ne(ptr, strstr(error, "rename"), NULL), "%s", error);
    cr_assert(eq(int, replace(10), STATUS_OK));
    cr_expect(eq(int, store_file_rename(path, other, error), STATUS_OK), "%s", error);
    cr_expect(eq(int, (int)store_given_size(other), 10));
    cr_expect(eq(u32, files_in_directory(), 1));
}

/* ---- A disk that fails ---- */

static enum status write_it(void)
{
    return replace(150000);
}
static enum status append_it(void)
{
    return store_file_append(path, bytes, 150000, error);
}
static enum status read_it(void)
{
    uint8_t *read = bytes;
    size_t size = 77;
    const enum status status = store_file_read(path, SIZE_MAX_WRITTEN, &read, &size, error);
    cr_expect(eq(int, read != NULL, status == STATUS_OK));
    cr_expect(eq(sz, size, status == STATUS_OK ? 1000 : 0));
    free(read);
    return status;
}
static enum status read_a_part(void)
{
    uint8_t head[100];
    return store_file_part(path, 0, head, sizeof head, error);
}
static enum status remove_it(void)
{
    return store_file_remove(path, error);
}
static enum status sync_it(void)
{
    return store_file_sync_directory(path, error);
}
static enum status keep_secret(void)
{
    char secret[GIVEN_PATH_SIZE];
    store_given_path(directory, "secret", secret);
    (void)remove(secret); /* of the time before, when only its directory was not synced */
    return store_file_secret(secret, bytes, 100, error);
}
static const struct {
    enum status (*run)(void);
    uint32_t steps; /* calls of the disk */
} ways[] = {{write_it, 12}, {append_it, 5}, {read_it, 2},    {read_a_part, 2},
            {remove_it, 1}, {sync_it, 6},   {keep_secret, 8}};

Test(store_file, never_calls_done_what_a_disk_failed_at)
{
    for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++) {
        uint32_t nth = 1;
        for (bool struck = true; struck; nth++) {
            cr_assert(eq(int, replace(1000), STATUS_OK), "%s", error);
            memset(error, 0, sizeof error);
            fault_vfs_arm(EVERYTHING, nth, SQLITE_IOERR, false, false);
            const enum status status = ways[way].run();
            struck = fault_vfs_failed() > 0;
            fault_vfs_disarm();
            cr_expect(eq(int, status, struck ? STATUS_IO : STATUS_OK), "way %zu, step %u: %s", way,
                      nth, error);
            cr_expect(eq(int, error[0] != '\0', struck));
        }
        cr_expect(eq(u32, nth - 2, ways[way].steps), "way %zu", way);
    }
}

Test(store_file, that_cannot_be_replaced_stays_and_nothing_lies_beside_it)
{
    uint32_t nth = 1;
    cr_assert(eq(int, replace(1000), STATUS_OK), "%s", error);
    for (bool struck = true; struck; nth++) {
        const struct store_piece piece = {bytes + 1, 150000};
        fault_vfs_arm(FAULT_WRITE | FAULT_TRUNCATE, nth, SQLITE_FULL, false, true);
        const enum status status = store_file_replace(path, &piece, 1, error);
        struck = fault_vfs_failed() > 0;
        fault_vfs_disarm();
        cr_expect(eq(int, status, struck ? STATUS_DISK_FULL : STATUS_OK), "%s", error);
        if (nth <= 4) { /* one truncation, three chunks; then the mark of the directory */
            cr_expect(struck);
            expect_file(1000, bytes);
        }
        cr_expect(eq(u32, files_in_directory(), 1), "write %u", nth);
    }
    expect_file(150000, bytes + 1);
}

Test(store_file, that_cannot_be_opened_says_why_in_our_words)
{
    static const struct {
        int system;
        enum status status;
    } reasons[] = {{0, STATUS_NOT_FOUND},      {ENOENT, STATUS_NOT_FOUND},
                   {EACCES, STATUS_READ_ONLY}, {EROFS, STATUS_READ_ONLY},
                   {EPERM, STATUS_READ_ONLY},  {ENOSPC, STATUS_DISK_FULL},
                   {EDQUOT, STATUS_DISK_FULL}, {ENOTDIR, STATUS_NOT_FOUND}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        fault_vfs_arm(FAULT_OPEN, 1, SQLITE_CANTOPEN, false, false);
        fault_vfs_errno(reasons[i].system);
        errno = EACCES; /* of something before it */
        cr_expect(eq(int, replace(10), reasons[i].status), "%d: %s", reasons[i].system, error);
        cr_expect(ne(ptr, strstr(error, status_text(reasons[i].status)), NULL), "%s", error);
    }
}

/* ---- Paths ---- */

/* "<directory>//////<tail>" of so many bytes. */
static const char *path_of(size_t length, const char *tail)
{
    static char long_path[2 * STORE_PATH_SIZE];
    const size_t head = strlen(directory);
    const size_t end = strlen(tail);
    memset(long_path, '/', length);
    memcpy(long_path, directory, head);
    memcpy(long_path + length - end, tail, end + 1);
    return long_path;
}

static enum status replace_long(const char *long_path)
{
    const struct store_piece piece = {bytes, 10};
    return store_file_replace(long_path, &piece, 1, error);
}
static enum status append_long(const char *long_path)
{
    return store_file_append(long_path, bytes, 10, error);
}
static enum status secret_long(const char *long_path)
{
    return store_file_secret(long_path, bytes, 10, error);
}
static enum status save_photo(const char *long_path)
{
    static const uint8_t hash[PHOTO_HASH_SIZE] = {1};
    return photo_file_save(long_path, hash, bytes, 10, error);
}

/* What is written beside a file has a name that is longer than its own. */
Test(store_file, of_the_longest_path_is_written_and_of_a_longer_one_refused)
{
    static const struct {
        enum status (*write)(const char *long_path);
        size_t more;
        enum status refusal;
    } cases[] = {{replace_long, sizeof ".new" - 1, STATUS_FULL},
                 {append_long, 0, STATUS_NOT_FOUND},
                 {secret_long, sizeof ".XXXXXX" - 1, STATUS_FULL},
                 {save_photo, 1 + 64 + sizeof ".new" - 1, STATUS_FULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const size_t longest = STORE_PATH_SIZE - 1 - cases[i].more;
        const char *tail = cases[i].write == save_photo ? "/" : "long";
        cr_expect(eq(int, cases[i].write(path_of(longest, tail)), STATUS_OK), "%zu: %s", i, error);
        cr_expect(eq(u32, files_in_directory(), 1));
        (void)remove(path_of(longest, tail));
        errno = EACCES;
        cr_expect(eq(int, cases[i].write(path_of(longest + 1, tail)), cases[i].refusal), "%zu", i);
        cr_expect(ne(chr, error[0], '\0'));
        store_given_remove(directory);
        cr_assert(eq(int, mkdir(directory, 0700), 0));
    }
}

Test(store_file, beside_another_has_a_name_of_a_bounded_length)
{
    char out[STORE_PATH_SIZE];
    cr_assert(eq(int, store_file_beside("a/b/c.db", "heads.log", out), STATUS_OK));
    cr_expect(eq(str, out, "a/b/heads.log"));
    cr_assert(eq(int, store_file_beside("c.db", "heads.log", out), STATUS_OK));
    cr_expect(eq(str, out, "heads.log"));
    cr_assert(eq(int, store_file_beside("/c.db", "", out), STATUS_OK));
    cr_expect(eq(str, out, "/"));
    cr_assert(eq(int, store_file_beside(path_of(STORE_PATH_SIZE - 1, "x"), "y", out), STATUS_OK));
    cr_expect(eq(sz, strlen(out), STORE_PATH_SIZE - 1));
    cr_expect(
        eq(int, store_file_beside(path_of(STORE_PATH_SIZE - 1, "x"), "yz", out), STATUS_FULL));
    cr_assert(eq(int, store_file_longer("a/b", ".c", out, error), STATUS_OK));
    cr_expect(eq(str, out, "a/b.c"));
}
