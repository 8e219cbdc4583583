/* photo_file: what is under a name is what the name says, or it is said that it is not. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/store/photo_file.h"
#include "tests/support/fault_vfs.h"

#define SIZE 200000u /* more than SQLite writes at once */

static char photos[64];
static char error[STORE_ERROR_SIZE];
static uint8_t bytes[SIZE];
static uint8_t hash[PHOTO_HASH_SIZE];

static void set_up(void)
{
    snprintf(photos, sizeof photos, "/tmp/kuaifan-photos-%d", (int)getpid());
    cr_assert(eq(int, mkdir(photos, 0700), 0));
    for (uint32_t i = 0; i < SIZE; i++) {
        bytes[i] = (uint8_t)(i * 31u >> 3);
    }
    photo_file_hash(bytes, SIZE, hash);
}

static void tear_down(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", photos);
    cr_assert(eq(int, system(command), 0));
}

TestSuite(photo_file, .init = set_up, .fini = tear_down, .timeout = 30);

static enum status read_back(const char *directory)
{
    uint8_t *again = NULL;
    size_t size = 0;
    const enum status status = photo_file_read(directory, hash, SIZE, &again, &size, error);
    if (status == STATUS_OK) {
        cr_expect(eq(sz, size, SIZE));
        cr_expect(eq(int, memcmp(again, bytes, SIZE), 0));
    } else {
        cr_expect(eq(ptr, again, NULL));
        cr_expect(ne(chr, error[0], '\0'));
    }
    free(again);
    return status;
}

static void path_of_photo(const char *directory, char path[160])
{
    char name[PHOTO_FILE_NAME_SIZE];
    photo_file_name(hash, name);
    snprintf(path, 160, "%s/%s", directory, name);
}

Test(photo_file, comes_back_and_may_be_saved_again)
{
    cr_assert(eq(int, read_back(photos), STATUS_NOT_FOUND));
    cr_assert(eq(int, photo_file_save(photos, hash, bytes, SIZE, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, read_back(photos), STATUS_OK), "%s", error);
    cr_assert(eq(int, photo_file_save(photos, hash, bytes, SIZE, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, read_back(photos), STATUS_OK), "%s", error);
}

Test(photo_file, that_was_altered_is_named)
{
    char path[160];
    cr_assert(eq(int, photo_file_save(photos, hash, bytes, SIZE, error), STATUS_OK), "%s", error);
    path_of_photo(photos, path);
    FILE *file = fopen(path, "r+b");
    cr_assert(ne(ptr, file, NULL));
    fputc('x', file);
    fclose(file);
    cr_expect(eq(int, read_back(photos), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, path), NULL));
}

Test(photo_file, survives_every_operation_of_the_disk_that_fails)
{
    fault_vfs_install();
    for (uint32_t nth = 1;; nth++) {
        fault_vfs_arm(UINT32_MAX, nth, SQLITE_FULL, false, true);
        const enum status status = photo_file_save(photos, hash, bytes, SIZE, error);
        const uint32_t failed = fault_vfs_failed();
        fault_vfs_disarm();
        if (failed == 0) {
            cr_assert(eq(int, status, STATUS_OK));
            cr_assert(lt(u32, 4, nth));
            break;
        }
        const enum status found = read_back(photos);
        cr_assert(found == STATUS_OK || found == STATUS_NOT_FOUND, "%u: %s", nth, error);
    }
    cr_assert(eq(int, read_back(photos), STATUS_OK));
}

Test(photo_file, is_known_by_its_first_bytes)
{
    static const struct {
        const char *bytes;
        size_t size;
        int media; /* -1: none of ours */
    } cases[] = {
        {"\xFF\xD8\xFF\xE0", 4, PHOTO_JPEG},
        {"\x89PNG\r\n\x1A\n", 8, PHOTO_PNG},
        {"RIFF\x10\x00\x00\x00WEBPVP8 ", 16, PHOTO_WEBP},
        {"RIFF\x10\x00\x00\x00WAVEfmt ", 16, -1},
        {"GIF89a", 6, -1},
        {"<svg xmlns=", 11, -1},
        {"\xFF\xD8", 2, -1},
        {"", 0, -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        enum photo_media media = PHOTO_MEDIA_COUNT;
        const bool known = photo_file_media((const uint8_t *)cases[i].bytes, cases[i].size, &media);
        cr_expect(eq(int, known ? (int)media : -1, cases[i].media), "%zu", i);
    }
}

Test(photo_file, a_name_is_64_small_hexadecimal_digits)
{
    char name[PHOTO_FILE_NAME_SIZE + 1];
    uint8_t again[PHOTO_HASH_SIZE];
    photo_file_name(hash, name);
    cr_assert(photo_file_name_read(name, again));
    cr_expect(eq(int, memcmp(again, hash, sizeof hash), 0));
    name[10] = 'A';
    cr_expect(not(photo_file_name_read(name, again)));
    name[10] = '/';
    cr_expect(not(photo_file_name_read(name, again)));
    photo_file_name(hash, name);
    name[PHOTO_FILE_NAME_SIZE - 1] = '0';
    name[PHOTO_FILE_NAME_SIZE] = '\0';
    cr_expect(not(photo_file_name_read(name, again)));
    cr_expect(not(photo_file_name_read("", again)));
}
