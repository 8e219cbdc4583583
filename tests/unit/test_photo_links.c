/* photo_links: a backup has every photo, and nothing else. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/host/photo_links.h"
#include "engine/store/photo_file.h"

static char root[64], photos[80], backup[80];
static char error[PHOTO_LINKS_ERROR_SIZE];
static const atomic_bool goes_on;

static void set_up(void)
{
    snprintf(root, sizeof root, "/tmp/kuaifan-links-%d", (int)getpid());
    cr_assert(eq(int, mkdir(root, 0700), 0));
    snprintf(photos, sizeof photos, "%s/photos", root);
    snprintf(backup, sizeof backup, "%s/backup", root);
}

static void tear_down(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", root);
    cr_assert(eq(int, system(command), 0));
}

TestSuite(photo_links, .init = set_up, .fini = tear_down, .timeout = 30);

Test(photo_links, a_backup_has_every_photo_and_nothing_else)
{
    static const uint8_t bytes[] = {0xFF, 0xD8, 0xFF, 1};
    uint8_t hash[PHOTO_HASH_SIZE];
    uint8_t *again = NULL;
    size_t size = 0;
    uint32_t linked = 7;
    char stray[160];
    cr_assert(eq(int, photo_links_all(photos, backup, &goes_on, &linked, error), STATUS_OK), "%s",
              error);
    cr_expect(eq(u32, linked, 0), "there are none");

    photo_file_hash(bytes, sizeof bytes, hash);
    cr_assert(eq(int, photo_links_make(photos, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, photo_links_make(photos, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, photo_file_save(photos, hash, bytes, sizeof bytes, error), STATUS_OK));
    snprintf(stray, sizeof stray, "%s/0123.new", photos);
    fclose(fopen(stray, "wb"));
    cr_assert(eq(int, photo_links_all(photos, backup, &goes_on, &linked, error), STATUS_OK), "%s",
              error);
    cr_expect(eq(u32, linked, 1));
    cr_assert(eq(int, photo_file_read(backup, hash, 99, &again, &size, error), STATUS_OK));
    free(again);
    struct stat there;
    char path[STORE_PATH_SIZE];
    cr_assert(eq(int, photo_file_path(backup, hash, path, error), STATUS_OK));
    cr_assert(eq(int, stat(path, &there), 0));
    cr_expect(eq(u64, (uint64_t)there.st_nlink, 2), "a second name, not a second file");
    snprintf(stray, sizeof stray, "%s/0123.new", backup);
    cr_expect(ne(int, access(stray, F_OK), 0));
    cr_assert(eq(int, photo_links_all(photos, backup, &goes_on, &linked, error), STATUS_OK), "%s",
              error);
    cr_expect(eq(u32, linked, 0), "the second time it has it");
}

Test(photo_links, a_backup_on_another_disk_has_them_copied)
{
    static const uint8_t bytes[] = {0xFF, 0xD8, 0xFF, 2};
    char other[80];
    struct stat here;
    struct stat there;
    snprintf(other, sizeof other, "/dev/shm/kuaifan-links-%d", (int)getpid());
    if (stat("/tmp", &here) != 0 || stat("/dev/shm", &there) != 0 || here.st_dev == there.st_dev) {
        cr_skip_test("skipped: /dev/shm is no disk of its own here");
    }
    uint8_t hash[PHOTO_HASH_SIZE];
    uint8_t *again = NULL;
    size_t size = 0;
    uint32_t added = 0;
    photo_file_hash(bytes, sizeof bytes, hash);
    cr_assert(eq(int, photo_links_make(photos, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, photo_file_save(photos, hash, bytes, sizeof bytes, error), STATUS_OK));
    uint8_t another[PHOTO_HASH_SIZE] = {7}; /* of other bytes: it was altered */
    cr_assert(eq(int, photo_file_save(photos, another, bytes, sizeof bytes, error), STATUS_OK));
    cr_expect(eq(int, photo_links_all(photos, other, &goes_on, &added, error), STATUS_OK), "%s",
              error);
    cr_expect(eq(u32, added, 1), "the sound one");
    cr_expect(eq(int, photo_file_read(other, hash, 99, &again, &size, error), STATUS_OK));
    free(again);
    cr_expect(eq(int, photo_links_all(photos, other, &goes_on, &added, error), STATUS_OK), "%s",
              error);
    cr_expect(eq(u32, added, 0), "the second time it has it");
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", other);
    cr_assert(eq(int, system(command), 0));
}

Test(photo_links, what_cannot_be_made_or_linked_is_said)
{
    uint32_t linked = 0;
    char below[120];
    snprintf(below, sizeof below, "%s/none/photos", root);
    cr_expect(eq(int, photo_links_make(below, error), STATUS_NOT_FOUND));
    cr_expect(ne(chr, error[0], '\0'));
    cr_assert(eq(int, photo_links_make(photos, error), STATUS_OK));
    cr_expect(eq(int, photo_links_all(photos, below, &goes_on, &linked, error), STATUS_NOT_FOUND));
}

Test(photo_links, an_engine_that_stops_does_not_wait_for_all_photos)
{
    static const uint8_t bytes[] = {0xFF, 0xD8, 0xFF, 3};
    static const atomic_bool stops = true;
    uint8_t hash[PHOTO_HASH_SIZE];
    uint32_t linked = 0;
    photo_file_hash(bytes, sizeof bytes, hash);
    cr_assert(eq(int, photo_links_make(photos, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, photo_file_save(photos, hash, bytes, sizeof bytes, error), STATUS_OK));
    cr_expect(eq(int, photo_links_all(photos, backup, &stops, &linked, error), STATUS_BUSY));
    cr_expect(eq(u32, linked, 0));
    cr_expect(ne(chr, error[0], '\0'));
}
