/* snapshot_file, recovery, position_file: the newest valid one wins, a broken one is passed over
 * and named, and what comes out is the engine that went in. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/position_file.h"
#include "engine/store/recovery.h"
#include "engine/store/snapshot_file.h"
#include "engine/store/store_file.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/store_city.h"
#include "tests/support/store_given.h"

#define EPOCH "0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210"

static char directory[GIVEN_PATH_SIZE];
static char slots[SNAPSHOT_SLOTS][GIVEN_PATH_SIZE];
static char error[256], skipped[256];

static void set_up(void)
{
    fault_vfs_install();
    store_given_directory(directory);
    store_given_path(directory, "snapshot-0.kfs", slots[0]);
    store_given_path(directory, "snapshot-1.kfs", slots[1]);
}

static void tear_down(void)
{
    fault_vfs_disarm();
    store_given_remove(directory);
}

TestSuite(snapshot, .init = set_up, .fini = tear_down, .timeout = 120);

/* Content that says which one it is. */
static enum status write_one(uint64_t seq, const char *epoch)
{
    struct snapshot_info info = {.seq = seq, .digest = seq * 31};
    memcpy(info.epoch, epoch, sizeof info.epoch);
    uint8_t bytes[5000];
    memset(bytes, (int)(seq & 0xff), sizeof bytes);
    return snapshot_file_write(directory, &info, bytes, sizeof bytes, error);
}

/* The seq of what is read, 0: nothing. */
static uint64_t read_one(uint64_t seq_max)
{
    struct snapshot_file file;
    const enum status status = snapshot_file_read(directory, EPOCH, seq_max, &file, skipped);
    const uint64_t seq = status == STATUS_OK ? file.info.seq : 0;
    if (status == STATUS_OK) {
        cr_expect(eq(u64, file.info.digest, seq * 31));
        cr_expect(eq(sz, file.size, 5000));
        cr_expect(eq(u8, file.bytes[0], (uint8_t)seq));
        cr_expect(eq(u8, file.bytes[4999], (uint8_t)seq));
        cr_expect(eq(str, file.info.epoch, EPOCH));
        cr_expect(eq(int, (int)store_given_size(file.path), 128 + 5000), "%s", file.path);
    } else {
        cr_expect(eq(int, status, STATUS_NOT_FOUND));
    }
    snapshot_file_finish(&file);
    return seq;
}

Test(snapshot, an_empty_directory_has_none_and_nothing_to_complain_about)
{
    cr_expect(eq(u64, read_one(UINT64_MAX), 0));
    cr_expect(eq(int, skipped[0], 0));
}

/* Files of the disk are older than the program that reads them. */
Test(snapshot, is_laid_out_as_it_always_was)
{
    static const char head[40 + 1] = "KFSNAP\0\n\x01\0\0\0\0\0\0\0"
                                     "\x08\x07\x06\x05\x04\x03\x02\x01" /* seq */
                                     "\xf8\xf7\xf6\xf5\xf4\xf3\xf2\xf1" /* digest */
                                     "\x05\0\0\0\0\0\0\0";              /* size */
    struct snapshot_info info = {
        .seq = 0x0102030405060708, .digest = 0xf1f2f3f4f5f6f7f8, .epoch = EPOCH};
    uint8_t hash[32];
    uint8_t *bytes = NULL;
    size_t size = 0;
    const uint8_t content[] = {1, 2, 3, 4, 5};
    memset(error, 'x', sizeof error - 1);
    cr_assert(eq(int, snapshot_file_write(directory, &info, content, 5, error), STATUS_OK));
    cr_expect(eq(int, error[0], 0));
    cr_assert(eq(int, store_file_read(slots[0], 1000, &bytes, &size, error), STATUS_OK));
    cr_assert(eq(sz, size, 128 + 5));
    cr_expect(eq(int, memcmp(bytes, head, 40), 0));
    cr_expect(eq(int, memcmp(bytes + 40, EPOCH, 32), 0));
    (void)crypto_generichash(hash, 32, content, 5, NULL, 0);
    cr_expect(eq(int, memcmp(bytes + 72, hash, 32), 0));
    (void)crypto_generichash(hash, 24, bytes, 104, NULL, 0);
    cr_expect(eq(int, memcmp(bytes + 104, hash, 24), 0));
    cr_expect(eq(int, memcmp(bytes + 128, content, 5), 0));
    free(bytes);
}

/* Its sums are right: another program made it. */
Test(snapshot, of_another_version_or_size_is_named)
{
    static const struct {
        size_t offset;
        uint8_t byte;
        const char *says;
    } bends[] = {{6, 1, "not a snapshot"},
                 {8, 2, "another version"},
                 {8, 0, "another version"},
                 {32, 0x87, "truncated"},
                 {32, 0x89, "truncated"}};
    uint8_t *bytes = NULL;
    size_t size = 0;
    cr_assert(eq(int, write_one(100, EPOCH), STATUS_OK));
    cr_assert(eq(int, store_file_read(slots[0], 10000, &bytes, &size, error), STATUS_OK));
    cr_assert(eq(u8, bytes[32], 0x88)); /* 5000 */
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        const uint8_t kept = bytes[bends[i].offset];
        const struct store_piece piece = {bytes, size};
        bytes[bends[i].offset] = bends[i].byte;
        (void)crypto_generichash(bytes + 104, 24, bytes, 104, NULL, 0);
        cr_assert(eq(int, store_file_replace(slots[0], &piece, 1, error), STATUS_OK));
        cr_expect(eq(u64, read_one(UINT64_MAX), 0), "%zu", i);
        cr_expect(ne(ptr, strstr(skipped, bends[i].says), NULL), "%zu: %s", i, skipped);
        bytes[bends[i].offset] = kept;
    }
    free(bytes);
}

Test(snapshot, of_a_directory_whose_name_is_too_long_is_refused)
{
    static const struct snapshot_info info = {.seq = 1, .epoch = EPOCH};
    char deep[902];
    memset(deep, '/', sizeof deep - 1);
    memcpy(deep, directory, strlen(directory));
    deep[901] = '\0';
    cr_expect(
        eq(int, snapshot_file_write(deep, &info, (const uint8_t *)"x", 1, error), STATUS_FULL));
    cr_expect(ne(ptr, strstr(error, "too long"), NULL), "%s", error);
    deep[900] = '\0';
    cr_expect(eq(int, snapshot_file_write(deep, &info, (const uint8_t *)"x", 1, error), STATUS_OK),
              "%s", error);
}

Test(snapshot, the_newest_two_are_kept)
{
    for (uint64_t seq = 100; seq <= 900; seq += 100) {
        cr_assert(eq(int, write_one(seq, EPOCH), STATUS_OK), "%s", error);
        cr_expect(eq(u64, read_one(UINT64_MAX), seq));
        cr_expect(eq(int, skipped[0], 0));
    }
    cr_expect(eq(u64, read_one(899), 800));
    cr_expect(eq(u64, read_one(799), 0));
}

Test(snapshot, a_flipped_bit_anywhere_sends_back_to_the_older_one)
{
    cr_assert(eq(int, write_one(100, EPOCH), STATUS_OK));
    cr_assert(eq(int, write_one(200, EPOCH), STATUS_OK));
    const long size = store_given_size(slots[1]);
    cr_assert(eq(int, (int)size, 128 + 5000));
    for (long offset = 0; offset < size; offset += offset < 128 ? 1 : 97) {
        store_given_flip(slots[1], offset);
        cr_expect(eq(u64, read_one(UINT64_MAX), 100), "byte %ld", offset);
        cr_expect(ne(ptr, strstr(skipped, "snapshot-1.kfs"), NULL), "%s", skipped);
        store_given_flip(slots[1], offset);
    }
    cr_expect(eq(u64, read_one(UINT64_MAX), 200));
}

Test(snapshot, a_truncated_one_sends_back_to_the_older_one)
{
    cr_assert(eq(int, write_one(100, EPOCH), STATUS_OK));
    cr_assert(eq(int, write_one(200, EPOCH), STATUS_OK));
    for (long size = store_given_size(slots[1]) - 1; size > 0; size -= 311) {
        store_given_truncate(slots[1], size);
        cr_expect(eq(u64, read_one(UINT64_MAX), 100), "%ld bytes", size);
        cr_expect(lt(sz, 10, strlen(skipped)));
    }
    store_given_truncate(slots[1], 0);
    cr_expect(eq(u64, read_one(UINT64_MAX), 100));
}

Test(snapshot, a_broken_one_is_the_one_that_is_replaced)
{
    cr_assert(eq(int, write_one(100, EPOCH), STATUS_OK));
    cr_assert(eq(int, write_one(200, EPOCH), STATUS_OK));
    store_given_flip(slots[1], 20);
    cr_assert(eq(int, write_one(300, EPOCH), STATUS_OK), "%s", error);
    cr_expect(eq(u64, read_one(UINT64_MAX), 300));
    cr_expect(eq(u64, read_one(299), 100));
}

Test(snapshot, another_journals_is_passed_over_and_named)
{
    cr_assert(eq(int, write_one(100, EPOCH), STATUS_OK));
    cr_assert(eq(int, write_one(900, OTHER), STATUS_OK));
    cr_expect(eq(u64, read_one(UINT64_MAX), 100));
    cr_expect(ne(ptr, strstr(skipped, "another journal"), NULL), "%s", skipped);
}

Test(snapshot, another_journals_is_replaced_before_the_oldest_of_ours)
{
    cr_assert(eq(int, write_one(1, EPOCH), STATUS_OK));
    cr_assert(eq(int, write_one(900, OTHER), STATUS_OK));
    cr_assert(eq(int, write_one(2, EPOCH), STATUS_OK));
    cr_expect(eq(u64, read_one(UINT64_MAX), 2));
    cr_expect(eq(u64, read_one(1), 1));
    cr_expect(eq(int, skipped[0], 0), "%s", skipped);
}

Test(snapshot, every_failing_write_or_sync_leaves_the_older_one)
{
    cr_assert(eq(int, write_one(100, EPOCH), STATUS_OK));
    cr_assert(eq(int, write_one(200, EPOCH), STATUS_OK));
    uint64_t newest = 200;
    for (uint32_t nth = 1; nth < 50; nth++) {
        fault_vfs_arm(FAULT_WRITE | FAULT_SYNC | FAULT_OPEN | FAULT_TRUNCATE, nth,
                      nth % 2 == 0 ? SQLITE_FULL : SQLITE_IOERR_WRITE, true, true);
        const enum status status = write_one(newest + 100, EPOCH);
        const bool struck = fault_vfs_failed() > 0;
        fault_vfs_disarm();
        const uint64_t found = read_one(UINT64_MAX);
        if (!struck) {
            cr_expect(eq(int, status, STATUS_OK), "%s", error);
            cr_expect(lt(u32, 4, nth));
            break;
        }
        if (status != STATUS_OK) {
            cr_expect(lt(sz, 10, strlen(error)));
        }
        cr_expect(found == newest || found == newest + 100, "operation %u", nth);
        cr_expect(eq(int, skipped[0], 0), "nothing torn is ever seen: %s", skipped);
        newest = found;
    }
}

/* ---- Recovery ---- */

static char path[GIVEN_PATH_SIZE], key_path[GIVEN_PATH_SIZE];
static struct journal *journal;
static struct event_list events;
static struct store_city city;

static void open_journal(void)
{
    const struct journal_config config = {.path = path, .key_path = key_path, .commands_keep = 64};
    cr_assert(eq(int, journal_open(&config, &journal, error), STATUS_OK), "%s", error);
}

static void recovery_set_up(void)
{
    set_up();
    store_given_path(directory, "journal.db", path);
    store_given_path(directory, "sign.key", key_path);
    cr_assert(eq(int, event_list_init(&events, 20000, 16u << 20), STATUS_OK));
    open_journal();
    store_city_create(&city, 7, 60, &events);
}

static void recovery_tear_down(void)
{
    store_city_destroy(&city);
    journal_close(journal);
    journal = NULL;
    event_list_finish(&events);
    tear_down();
}

TestSuite(recovery, .init = recovery_set_up, .fini = recovery_tear_down, .timeout = 120);

static void live(uint32_t incidents)
{
    for (uint32_t i = 0; i < incidents; i++) {
        store_city_incident(&city);
    }
    cr_assert(eq(int, journal_append(journal, &events, NULL, 0, journal_seq(journal), error),
                 JOURNAL_DURABLE),
              "%s", error);
    event_list_clear(&events);
}

static void snapshot_now(void)
{
    cr_assert(eq(int, recovery_snapshot(city.engine, journal_epoch(journal), directory, error),
                 STATUS_OK),
              "%s", error);
}

/* Recover and compare with the live engine. */
static struct recovery_report recovered(const char *from)
{
    struct engine *engine = NULL;
    struct recovery_report report;
    const enum status status = recovery_run(journal, from, &city.config, &engine, &report, error);
    cr_assert(eq(int, status, STATUS_OK), "%s", error);
    cr_expect(eq(u64, report.seq, engine_seq(city.engine)));
    cr_expect(eq(u64, report.digest, engine_digest(city.engine)));
    cr_expect(eq(u64, engine_digest(engine), report.digest));
    engine_destroy(engine);
    return report;
}

Test(recovery, from_zero_comes_out_as_it_was)
{
    live(40);
    const struct recovery_report report = recovered(NULL);
    cr_expect(eq(u64, report.snapshot_seq, 0));
    cr_expect(eq(u64, report.replayed, journal_seq(journal)));
    cr_expect(lt(u64, 500, report.replayed));
}

Test(recovery, snapshot_and_tail_come_out_as_from_zero)
{
    live(10);
    snapshot_now();
    const uint64_t at = journal_seq(journal);
    cr_expect(eq(u64, recovered(directory).replayed, 0));
    live(10);
    const struct recovery_report report = recovered(directory);
    cr_expect(eq(u64, report.snapshot_seq, at));
    cr_expect(eq(u64, report.replayed, journal_seq(journal) - at));
    cr_expect(eq(int, report.skipped[0], 0));
    (void)recovered(NULL);
}

Test(recovery, a_broken_snapshot_is_named_and_the_older_one_used)
{
    live(5);
    snapshot_now();
    const uint64_t older = journal_seq(journal);
    live(5);
    snapshot_now();
    live(5);
    store_given_flip(slots[1], 1000);
    const struct recovery_report report = recovered(directory);
    cr_expect(eq(u64, report.snapshot_seq, older));
    cr_expect(ne(ptr, strstr(report.skipped, "damaged"), NULL), "%s", report.skipped);
    store_given_flip(slots[0], 1000);
    const struct recovery_report zero = recovered(directory);
    cr_expect(eq(u64, zero.snapshot_seq, 0));
}

Test(recovery, a_snapshot_that_the_engine_does_not_take_is_passed_over)
{
    live(5);
    snapshot_now();
    const uint64_t older = journal_seq(journal);
    live(5);
    struct snapshot_info info = {.seq = journal_seq(journal), .digest = 1};
    memcpy(info.epoch, journal_epoch(journal), sizeof info.epoch);
    const uint8_t nonsense[64] = {9, 9, 9};
    cr_assert(eq(int, snapshot_file_write(directory, &info, nonsense, sizeof nonsense, error),
                 STATUS_OK));
    const struct recovery_report report = recovered(directory);
    cr_expect(eq(u64, report.snapshot_seq, older));
    cr_expect(ne(ptr, strstr(report.skipped, "does not take it"), NULL), "%s", report.skipped);
}

Test(recovery, a_snapshot_with_another_digest_is_passed_over)
{
    live(5);
    static uint8_t bytes[1 << 22];
    const size_t size = engine_snapshot_write(city.engine, bytes, sizeof bytes);
    struct snapshot_info info = {.seq = journal_seq(journal), .digest = 1};
    memcpy(info.epoch, journal_epoch(journal), sizeof info.epoch);
    cr_assert(eq(int, snapshot_file_write(directory, &info, bytes, size, error), STATUS_OK));
    const struct recovery_report report = recovered(directory);
    cr_expect(eq(u64, report.snapshot_seq, 0));
    cr_expect(ne(ptr, strstr(report.skipped, "another digest"), NULL), "%s", report.skipped);
}

Test(recovery, a_snapshot_newer_than_the_journal_is_not_believed)
{
    live(5);
    snapshot_now();
    const uint64_t older = journal_seq(journal);
    store_city_incident(&city); /* happened in memory, never became durable */
    snapshot_now();
    struct engine *engine = NULL;
    struct recovery_report report;
    cr_assert(
        eq(int, recovery_run(journal, directory, &city.config, &engine, &report, error), STATUS_OK),
        "%s", error);
    cr_expect(eq(u64, report.seq, older));
    cr_expect(eq(u64, report.snapshot_seq, older));
    engine_destroy(engine);
}

Test(recovery, the_timers_go_on_where_they_were)
{
    live(8);
    struct engine *engine = NULL;
    struct recovery_report report;
    cr_assert(
        eq(int, recovery_run(journal, NULL, &city.config, &engine, &report, error), STATUS_OK),
        "%s", error);
    cr_expect(engine_deadline_ms(engine) == engine_deadline_ms(city.engine));
    engine_destroy(engine);
}

Test(recovery, an_event_of_another_engine_stops_it_with_its_number)
{
    live(3);
    const uint64_t at = journal_seq(journal);
    store_given_ended(&events, at + 1, 999999, 1);
    cr_assert(eq(int, journal_append(journal, &events, NULL, 0, at, error), JOURNAL_DURABLE));
    struct engine *engine = NULL;
    struct recovery_report report;
    cr_expect(
        ne(int, recovery_run(journal, NULL, &city.config, &engine, &report, error), STATUS_OK));
    char number[32];
    (void)snprintf(number, sizeof number, "event %llu", (unsigned long long)at + 1);
    cr_expect(ne(ptr, strstr(error, number), NULL), "%s", error);
    cr_expect(eq(ptr, engine, NULL));
}

/* As a program of another version might write it: the chain is whole, the body is not understood.
 */
Test(recovery, an_event_that_cannot_be_read_stops_it_with_its_number)
{
    live(3);
    const uint64_t at = journal_seq(journal);
    struct event event = {.kind = EVENT_AUDIT, .at_ms = journal_at_ms(journal), .audit = {"x"}};
    store_given_event(&events, at + 1, &event);
    events.records[0].body_size++; /* all of it is there, and one byte more */
    cr_assert(eq(int, journal_append(journal, &events, NULL, 0, at, error), JOURNAL_DURABLE));
    struct engine *engine = NULL;
    struct recovery_report report;
    cr_expect(eq(int, recovery_run(journal, NULL, &city.config, &engine, &report, error),
                 STATUS_CORRUPT));
    char number[32];
    (void)snprintf(number, sizeof number, "event %llu", (unsigned long long)at + 1);
    cr_expect(ne(ptr, strstr(error, number), NULL), "%s", error);
    cr_expect(eq(ptr, engine, NULL));
}

/* ---- Positions ---- */

static struct position_record a_position(uint32_t i)
{
    return (struct position_record){.unit_id = i * 3,
                                    .at = {-900000000 + (int32_t)i, 1800000000 - (int32_t)i},
                                    .fix_ms = 1767225600000 + i,
                                    .heading_deg = (uint16_t)(i % 360),
                                    .speed_kmh = (uint16_t)(i % 140),
                                    .accuracy_m = (uint16_t)(i % 65536)};
}

/* Read into a count and a sentence that something else was in. */
static enum status read_positions(const char *file, const char *epoch,
                                  struct position_record records[], uint32_t records_max,
                                  uint32_t expected)
{
    uint32_t count = 77;
    memset(error, 'x', sizeof error - 1);
    const enum status status = position_file_read(file, epoch, records, records_max, &count, error);
    cr_assert(eq(u32, count, expected));
    cr_assert(ne(chr, error[0], 'x'));
    cr_assert(eq(int, error[0] == '\0', status == STATUS_OK));
    return status;
}

Test(snapshot, positions_come_back_as_they_were)
{
    static struct position_record written[POSITION_FILE_UNITS_MAX], read[POSITION_FILE_UNITS_MAX];
    char file[GIVEN_PATH_SIZE];
    store_given_path(directory, "positions.kfp", file);
    static const uint32_t counts[] = {0, 1, 77, POSITION_FILE_UNITS_MAX};
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        for (uint32_t i = 0; i < counts[c]; i++) {
            written[i] = a_position(i);
        }
        cr_assert(eq(int, position_file_write(file, EPOCH, written, counts[c], error), STATUS_OK));
        cr_assert(eq(int, read_positions(file, EPOCH, read, counts[c], counts[c]), STATUS_OK), "%s",
                  error); /* there is room for so many and not for one more */
        for (uint32_t i = 0; i < counts[c]; i++) {
            cr_assert(eq(u32, read[i].unit_id, written[i].unit_id));
            cr_assert(eq(i32, read[i].at.lat_e7, written[i].at.lat_e7));
            cr_assert(eq(i32, read[i].at.lon_e7, written[i].at.lon_e7));
            cr_assert(read[i].fix_ms == written[i].fix_ms);
            cr_assert(eq(u16, read[i].heading_deg, written[i].heading_deg));
            cr_assert(eq(u16, read[i].speed_kmh, written[i].speed_kmh));
            cr_assert(eq(u16, read[i].accuracy_m, written[i].accuracy_m));
        }
    }
}

/* Files of the disk are older than the program that reads them. */
#define POSITIONS_SIZE 72u
static const char positions_of_one[POSITIONS_SIZE + 1] =
    "KFPOS\0\x01\n"                    /* version 1 */
    "0123456789abcdef0123456789abcdef" /* EPOCH */
    "\x01\0\0\0"                       /* one record */
    "\x78\x56\x34\x12"                 /* unit 0x12345678 */
    "\x00\xe9\xa4\x35"                 /* 90 degrees north */
    "\x00\x2e\xb6\x94"                 /* 180 degrees west */
    "\xef\xcd\xab\x89\x67\x45\x23\x01" /* ms */
    "\x02\x01\x04\x03\x06\x05\0\0";

static void write_positions(const char *file, uint8_t bytes[POSITIONS_SIZE + 16])
{
    (void)crypto_generichash(bytes + POSITIONS_SIZE, 16, bytes, POSITIONS_SIZE, NULL, 0);
    const struct store_piece piece = {bytes, POSITIONS_SIZE + 16};
    cr_assert(eq(int, store_file_replace(file, &piece, 1, error), STATUS_OK), "%s", error);
}

Test(snapshot, positions_are_laid_out_as_they_always_were)
{
    const struct position_record record = {.unit_id = 0x12345678,
                                           .at = {900000000, -1800000000},
                                           .fix_ms = 0x0123456789abcdef,
                                           .heading_deg = 0x0102,
                                           .speed_kmh = 0x0304,
                                           .accuracy_m = 0x0506};
    char file[GIVEN_PATH_SIZE];
    uint8_t *bytes = NULL;
    size_t size = 0;
    uint8_t hash[16];
    store_given_path(directory, "positions.kfp", file);
    memset(error, 'x', sizeof error - 1);
    cr_assert(eq(int, position_file_write(file, EPOCH, &record, 1, error), STATUS_OK));
    cr_expect(eq(int, error[0], 0));
    cr_assert(eq(int, store_file_read(file, 1000, &bytes, &size, error), STATUS_OK));
    cr_assert(eq(sz, size, POSITIONS_SIZE + sizeof hash));
    cr_expect(eq(int, memcmp(bytes, positions_of_one, POSITIONS_SIZE), 0));
    (void)crypto_generichash(hash, sizeof hash, bytes, POSITIONS_SIZE, NULL, 0);
    cr_expect(eq(int, memcmp(bytes + POSITIONS_SIZE, hash, sizeof hash), 0));
    free(bytes);
}

/* The sum is right: another program made them. */
Test(snapshot, positions_that_no_writer_of_ours_made_are_damage)
{
    static const struct {
        size_t offset;
        uint8_t byte;
        const char *says;
    } bends[] = {{6, 2, "of this version"},
                 {40, 2, "damaged"},
                 {40, 0, "damaged"},
                 {43, 1, "damaged"},
                 {48, 0x01, "record 0 is no place"},
                 {53, 0x2d, "record 0 is no place"}};
    struct position_record records[2];
    uint8_t bytes[POSITIONS_SIZE + 16];
    char file[GIVEN_PATH_SIZE];
    store_given_path(directory, "positions.kfp", file);
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        memcpy(bytes, positions_of_one, POSITIONS_SIZE);
        write_positions(file, bytes);
        cr_assert(eq(int, read_positions(file, EPOCH, records, 1, 1), STATUS_OK), "%s", error);
        bytes[bends[i].offset] = bends[i].byte;
        write_positions(file, bytes);
        cr_expect(eq(int, read_positions(file, EPOCH, records, 2, 0), STATUS_CORRUPT), "%zu", i);
        cr_expect(ne(ptr, strstr(error, bends[i].says), NULL), "%zu: %s", i, error);
    }
}

Test(snapshot, broken_positions_are_refused_with_a_reason)
{
    struct position_record records[4] = {a_position(1), a_position(2), a_position(3)};
    char file[GIVEN_PATH_SIZE];
    store_given_path(directory, "positions.kfp", file);
    cr_expect(eq(int, read_positions(file, EPOCH, records, 4, 0), STATUS_NOT_FOUND));
    cr_assert(eq(int, position_file_write(file, EPOCH, records, 3, error), STATUS_OK));
    cr_expect(eq(int, read_positions(file, OTHER, records, 4, 0), STATUS_STALE));
    cr_expect(eq(int, read_positions(file, EPOCH, records, 2, 0), STATUS_FULL));
    const long size = store_given_size(file);
    for (long offset = 0; offset < size; offset++) {
        store_given_flip(file, offset);
        cr_expect(eq(int, read_positions(file, EPOCH, records, 4, 0), STATUS_CORRUPT),
                  "byte %ld: %s", offset, error);
        store_given_flip(file, offset);
    }
    for (long shorter = size - 1; shorter >= 0; shorter--) {
        store_given_truncate(file, shorter);
        cr_expect(eq(int, read_positions(file, EPOCH, records, 4, 0), STATUS_CORRUPT), "%ld bytes",
                  shorter);
    }
}
