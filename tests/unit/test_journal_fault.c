/* journal: what the world does to it. Full and failing disks, files that are not ours, a second
 * engine, kill -9, and a backup taken meanwhile. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/store/journal.h"
#include "engine/store/journal_private.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/store_given.h"

static char directory[GIVEN_PATH_SIZE];
static char path[GIVEN_PATH_SIZE], key_path[GIVEN_PATH_SIZE];
static struct journal *journal;
static struct event_list events;
static char error[256];

static enum status open_it(void)
{
    const struct journal_config config = {
        .path = path, .key_path = key_path, .commands_keep = 4096};
    return journal_open(&config, &journal, error);
}

static void close_it(void)
{
    journal_close(journal);
    journal = NULL;
}

static void set_up(void)
{
    fault_vfs_install();
    store_given_directory(directory);
    store_given_path(directory, "journal.db", path);
    store_given_path(directory, "sign.key", key_path);
    cr_assert(eq(int, event_list_init(&events, 4096, 1u << 22), STATUS_OK));
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
}

static void tear_down(void)
{
    fault_vfs_disarm();
    close_it();
    event_list_finish(&events);
    store_given_remove(directory);
}

TestSuite(journal_fault, .init = set_up, .fini = tear_down, .timeout = 240);

static enum journal_answer append_audits(uint32_t count)
{
    event_list_clear(&events);
    for (uint32_t i = 0; i < count; i++) {
        store_given_audit(&events, journal_seq(journal) + 1, "it happened as it did");
    }
    return journal_append(journal, &events, NULL, 0, journal_seq(journal), error);
}

static void expect_whole(uint64_t expected_events)
{
    struct journal_verdict verdict;
    const enum status status = journal_verify(path, key_path, &verdict);
    cr_expect(eq(int, status, STATUS_OK), "%s", verdict.text);
    cr_expect(eq(u64, verdict.events, expected_events), "%s", verdict.text);
}

/* ---- Failing disks ---- */

Test(journal_fault, a_full_disk_is_said_and_the_same_batch_goes_through_later)
{
    cr_assert(eq(int, append_audits(20), JOURNAL_DURABLE));
    for (uint32_t nth = 1; nth < 200; nth++) { /* the n-th write fails, and all after it */
        const uint64_t before = journal_seq(journal);
        fault_vfs_arm(FAULT_WRITE, nth, SQLITE_FULL, true, nth % 2 == 0);
        const enum journal_answer answer = append_audits(40);
        const uint32_t failed = fault_vfs_failed();
        if (failed == 0) {
            fault_vfs_disarm();
            cr_expect(eq(int, answer, JOURNAL_DURABLE), "%s", error);
            cr_log_info("a batch of 40 makes %u writes", nth - 1);
            cr_expect(lt(u32, 4, nth));
            break;
        }
        cr_expect(eq(int, answer, JOURNAL_FULL), "write %u: %s", nth, error);
        cr_expect(ne(ptr, strstr(error, "full"), NULL), "%s", error);
        cr_expect(eq(u64, journal_seq(journal), before));
        cr_expect(eq(int, journal_append(journal, &events, NULL, 0, before, error), JOURNAL_FULL));
        fault_vfs_disarm();
        cr_assert(
            eq(int, journal_append(journal, &events, NULL, 0, before, error), JOURNAL_DURABLE),
            "write %u: %s", nth, error);
    }
    const uint64_t events_written = journal_seq(journal);
    close_it();
    expect_whole(events_written);
}

/* Every write, sync or truncation of an append fails once, for all n: what was acknowledged stays,
 * what was not acknowledged is there whole or not at all. */
static void every_failure(uint32_t operation, int code, enum journal_answer expected)
{
    uint32_t nth = 1;
    for (bool struck = true; struck && nth < 200; nth++) {
        cr_assert(eq(int, append_audits(3), JOURNAL_DURABLE), "%s", error);
        const uint64_t acknowledged = journal_seq(journal);
        fault_vfs_arm(operation, nth, code, false, false);
        const enum journal_answer answer = append_audits(40);
        struck = fault_vfs_failed() > 0;
        fault_vfs_disarm();
        if (struck) {
            cr_expect(eq(int, answer, expected), "operation %u: %s", nth, error);
            cr_expect(eq(u64, journal_seq(journal), acknowledged));
            cr_expect(eq(int, append_audits(1), JOURNAL_UNKNOWN), "it must not go on");
        }
        close_it();
        cr_assert(eq(int, open_it(), STATUS_OK), "operation %u: %s", nth, error);
        const uint64_t found = journal_seq(journal);
        cr_expect(found == acknowledged || found == acknowledged + 40,
                  "operation %u: %u acknowledged, %u found", nth, (unsigned)acknowledged,
                  (unsigned)found);
    }
    cr_expect(lt(u32, 2, nth), "nothing failed");
    const uint64_t found = journal_seq(journal);
    close_it();
    expect_whole(found);
}

Test(journal_fault, a_failed_write_ends_the_writer_and_the_restart_tells_the_outcome)
{
    every_failure(FAULT_WRITE, SQLITE_IOERR_WRITE, JOURNAL_UNKNOWN);
}

Test(journal_fault, a_failed_sync_ends_the_writer_and_the_restart_tells_the_outcome)
{
    every_failure(FAULT_SYNC, SQLITE_IOERR_FSYNC, JOURNAL_UNKNOWN);
}

Test(journal_fault, every_failure_while_opening_is_a_sentence_and_harms_nothing)
{
    cr_assert(eq(int, append_audits(500), JOURNAL_DURABLE));
    close_it();
    static const struct {
        uint32_t operations;
        int code;
    } faults[] = {{FAULT_WRITE, SQLITE_FULL},
                  {FAULT_WRITE, SQLITE_IOERR_WRITE},
                  {FAULT_SYNC, SQLITE_IOERR_FSYNC},
                  {FAULT_READ, SQLITE_IOERR_READ},
                  {FAULT_OPEN, SQLITE_CANTOPEN}};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        uint32_t refused = 0;
        for (uint32_t nth = 1; nth < 400; nth++) {
            fault_vfs_arm(faults[i].operations, nth, faults[i].code, true, false);
            const enum status status = open_it();
            const bool struck = fault_vfs_failed() > 0;
            if (status != STATUS_OK) {
                refused++;
                cr_expect(lt(sz, 20, strlen(error)));
                cr_expect(eq(ptr, journal, NULL));
            }
            fault_vfs_disarm();
            close_it();
            if (!struck) {
                cr_expect(eq(int, status, STATUS_OK), "%s", error);
                break;
            }
        }
        cr_expect(lt(u32, 0, refused), "fault %zu", i);
    }
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    cr_expect(eq(u64, journal_seq(journal), 500));
    close_it();
    expect_whole(500);
}

static bool count_event(void *context, const struct event_record *record, const uint8_t *body)
{
    (void)record;
    (void)body;
    (*(uint64_t *)context)++;
    return true;
}

static enum status verified(void)
{
    struct journal_verdict verdict;
    const enum status status = journal_verify(path, key_path, &verdict);
    if (status == STATUS_OK) {
        cr_expect(eq(u64, verdict.events, 3000), "%s", verdict.text);
        cr_expect(eq(u64, verdict.signatures, 6), "%s", verdict.text);
    }
    memcpy(error, verdict.text, sizeof error);
    return status;
}

static enum status read_through(void)
{
    char epoch[33];
    uint64_t count = 0;
    const enum status status = journal_file_read(path, epoch, count_event, &count, error);
    if (status == STATUS_OK) {
        cr_expect(eq(u64, count, 3000));
    }
    return status;
}

/* Whatever cannot be read, nobody is told that all is well; and no file is left open. */
Test(journal_fault, a_journal_that_cannot_be_read_is_never_called_whole)
{
    for (uint32_t i = 0; i < 6; i++) { /* a signature for every batch */
        cr_assert(eq(int, append_audits(500), JOURNAL_DURABLE));
        close_it();
        cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    }
    close_it();
    enum status (*const ways[])(void) = {verified, read_through};
    for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++) {
        cr_assert(eq(int, ways[way](), STATUS_OK), "%s", error);
        const int64_t memory = sqlite3_memory_used();
        uint32_t refused = 0;
        bool struck = true;
        for (uint32_t nth = 1; struck; nth++) {
            fault_vfs_arm(FAULT_READ | FAULT_OPEN, nth, SQLITE_IOERR_READ, true, false);
            const enum status status = ways[way]();
            struck = fault_vfs_failed() > 0;
            fault_vfs_disarm();
            if (status != STATUS_OK) {
                refused++;
                cr_expect(struck);
                cr_expect(lt(sz, 20, strlen(error)), "read %u: %s", nth, error);
            }
            cr_expect(eq(i64, sqlite3_memory_used(), memory), "read %u", nth);
        }
        cr_expect(lt(u32, 20, refused), "way %zu", way);
    }
}

Test(journal_fault, what_is_no_journal_is_left_closed_by_who_reads_it)
{
    char other[GIVEN_PATH_SIZE];
    char epoch[33];
    uint64_t count = 0;
    store_given_path(directory, "other.db", other);
    sqlite3 *db = NULL;
    cr_assert(eq(int, sqlite3_open(other, &db), SQLITE_OK));
    cr_assert(eq(int, sqlite3_exec(db, "CREATE TABLE t(x)", NULL, NULL, NULL), SQLITE_OK));
    (void)sqlite3_close(db);
    const int64_t memory = sqlite3_memory_used();
    cr_expect(eq(int, journal_file_read(other, epoch, count_event, &count, error), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "not a journal"), NULL), "%s", error);
    cr_expect(eq(u64, count, 0));
    sqlite3 *none = NULL;
    cr_expect(eq(int, journal_file_open(other, &none, &count, error), STATUS_CORRUPT));
    cr_expect(eq(ptr, none, NULL));
    cr_expect(eq(i64, sqlite3_memory_used(), memory));
}

Test(journal_fault, a_full_disk_when_idle_is_not_the_end)
{
    cr_assert(eq(int, append_audits(500), JOURNAL_DURABLE));
    journal_idle(journal);
    fault_vfs_arm(FAULT_WRITE, 1, SQLITE_FULL, true, false);
    journal_idle(journal); /* wants to sign */
    cr_expect(lt(u32, 0, fault_vfs_failed()));
    fault_vfs_disarm();
    cr_expect(eq(int, append_audits(1), JOURNAL_DURABLE), "%s", error);
    journal_idle(journal);
    journal_idle(journal);
    cr_expect(eq(u64, journal->signed_seq, 501));
}

/* ---- Files that are not what they should be ---- */

Test(journal_fault, a_failed_sync_when_idle_ends_the_writer)
{
    cr_assert(eq(int, append_audits(5), JOURNAL_DURABLE));
    journal_idle(journal);
    fault_vfs_arm(FAULT_SYNC, 1, SQLITE_IOERR_FSYNC, false, false);
    journal_idle(journal); /* signs */
    cr_assert(eq(u32, fault_vfs_failed(), 1));
    fault_vfs_disarm();
    cr_expect(eq(int, append_audits(1), JOURNAL_UNKNOWN), "it must not go on");
    journal_idle(journal);
    cr_expect(eq(int, append_audits(1), JOURNAL_UNKNOWN), "resting does not mend a disk");
    close_it();
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    cr_expect(eq(u64, journal_seq(journal), 5));
}

Test(journal_fault, garbage_is_refused_with_a_sentence)
{
    close_it();
    FILE *file = fopen(path, "wb");
    for (int i = 0; i < 9000; i++) {
        (void)fputc(i * 7 & 0xff, file);
    }
    (void)fclose(file);
    cr_expect(eq(int, open_it(), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "journal.db"), NULL), "%s", error);
    struct journal_verdict verdict;
    cr_expect(eq(int, journal_verify(path, key_path, &verdict), STATUS_CORRUPT));
}

Test(journal_fault, another_programs_database_is_refused_and_left_alone)
{
    close_it();
    cr_assert(eq(int, remove(path), 0));
    sqlite3 *db = NULL;
    cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
    cr_assert(
        eq(int, store_db_run(db, "CREATE TABLE bookmark(url); PRAGMA user_version=3"), SQLITE_OK));
    (void)sqlite3_close(db);
    cr_expect(eq(int, open_it(), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "not a journal"), NULL), "%s", error);
}

Test(journal_fault, a_journal_that_has_lost_its_term_is_damaged)
{
    cr_assert(eq(int, append_audits(3), JOURNAL_DURABLE));
    cr_assert(
        eq(int, store_db_run(journal->db, "DELETE FROM meta WHERE name = 'term'"), SQLITE_OK));
    close_it();
    cr_expect(eq(int, open_it(), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "raise its term"), NULL), "%s", error);
    cr_expect(eq(ptr, journal, NULL));
}

Test(journal_fault, a_newer_format_is_refused)
{
    cr_assert(eq(int, store_db_run(journal->db, "PRAGMA user_version=99"), SQLITE_OK));
    close_it();
    cr_expect(eq(int, open_it(), STATUS_VERSION));
    cr_expect(ne(ptr, strstr(error, "format 99"), NULL), "%s", error);
}

Test(journal_fault, a_truncated_file_is_refused)
{
    cr_assert(eq(int, append_audits(3000), JOURNAL_DURABLE));
    close_it();
    const long size = store_given_size(path);
    for (long part = 1; part < 8; part++) {
        store_given_truncate(path, size * (8 - part) / 8);
        const enum status status = open_it();
        cr_expect(eq(int, status, STATUS_CORRUPT), "%ld/8: %s", 8 - part, error);
        close_it();
    }
}

Test(journal_fault, a_missing_directory_is_said)
{
    close_it();
    store_given_path(directory, "nowhere/journal.db", path);
    cr_expect(eq(int, open_it(), STATUS_NOT_FOUND), "%s", error);
}

/* Root may write everything, so the question is put by a process that is nobody. */
static enum status opened_by_nobody(void)
{
    int channel[2];
    cr_assert(eq(int, pipe(channel), 0));
    const pid_t child = fork();
    if (child == 0) {
        enum status status = STATUS_OK;
        if (geteuid() != 0 || setuid(65534) == 0) {
            status = open_it();
        }
        const ssize_t sent = write(channel[1], &status, sizeof status);
        _exit(sent == sizeof status ? 0 : 1);
    }
    enum status status = STATUS_OK;
    cr_assert(eq(sz, (size_t)read(channel[0], &status, sizeof status), sizeof status));
    (void)waitpid(child, NULL, 0);
    (void)close(channel[0]);
    (void)close(channel[1]);
    return status;
}

Test(journal_fault, a_file_that_cannot_be_written_is_said)
{
    cr_assert(eq(int, append_audits(3), JOURNAL_DURABLE));
    close_it();
    cr_assert(eq(int, chmod(directory, 0755), 0));
    cr_assert(eq(int, chmod(path, 0444), 0));
    cr_expect(eq(int, opened_by_nobody(), STATUS_READ_ONLY));
}

Test(journal_fault, a_directory_that_cannot_be_written_is_said)
{
    close_it();
    cr_assert(eq(int, remove(path), 0));
    cr_assert(eq(int, chmod(directory, 0555), 0));
    cr_expect(eq(int, opened_by_nobody(), STATUS_READ_ONLY));
    cr_assert(eq(int, chmod(directory, 0755), 0));
}

Test(journal_fault, a_file_in_the_root_is_asked_for_there_and_nowhere_else)
{
    close_it();
    cr_assert(eq(int, chmod(directory, 0777), 0));
    cr_assert(eq(int, chdir(directory), 0));
    memcpy(path, "/kuaifan-of-nobody.db", 22);
    cr_expect(eq(int, opened_by_nobody(), STATUS_READ_ONLY));
}

Test(journal_fault, a_signing_key_that_is_none_is_said)
{
    close_it();
    FILE *file = fopen(key_path, "w");
    (void)fputs("my dog's name\n", file);
    (void)fclose(file);
    cr_expect(eq(int, open_it(), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "not a signing key"), NULL), "%s", error);
}

/* ---- Two engines, and a dead one ---- */

Test(journal_fault, a_second_engine_is_told_that_the_first_has_it)
{
    int ready[2];
    int done[2];
    close_it();
    cr_assert(eq(int, pipe(ready), 0));
    cr_assert(eq(int, pipe(done), 0));
    const pid_t child = fork();
    if (child == 0) {
        const bool fine = open_it() == STATUS_OK;
        char byte = fine ? 'y' : 'n';
        const ssize_t told = write(ready[1], &byte, 1);
        const ssize_t heard = read(done[0], &byte, 1);
        _exit(told == 1 && heard == 1 ? 0 : 1);
    }
    char byte = 0;
    cr_assert(eq(sz, (size_t)read(ready[0], &byte, 1), 1));
    cr_assert(eq(chr, byte, 'y'));
    cr_expect(eq(int, open_it(), STATUS_BUSY));
    cr_expect(ne(ptr, strstr(error, "another engine has"), NULL), "%s", error);
    struct journal_verdict verdict;
    cr_expect(eq(int, journal_verify(path, key_path, &verdict), STATUS_BUSY), "%s", verdict.text);
    cr_assert(eq(sz, (size_t)write(done[1], &byte, 1), 1));
    int exited = 0;
    cr_assert(eq(int, waitpid(child, &exited, 0), child));
    cr_expect(eq(int, exited, 0));
    cr_expect(eq(int, open_it(), STATUS_OK), "free again: %s", error);
}

/* The child of a crash round: appends until it is killed, and tells what is durable. */
static void append_for_ever(int channel, uint64_t seed)
{
    if (open_it() != STATUS_OK) {
        _exit(1);
    }
    for (;;) {
        const uint32_t count = 1 + (uint32_t)(store_given_random(&seed) % 12);
        if (append_audits(count) != JOURNAL_DURABLE) {
            _exit(2);
        }
        const uint64_t seq = journal_seq(journal);
        if (write(channel, &seq, sizeof seq) != sizeof seq) {
            _exit(3);
        }
        if (store_given_random(&seed) % 16 == 0) {
            journal_idle(journal);
        }
    }
}

static uint64_t crash_round(uint64_t *seed)
{
    int channel[2];
    cr_assert(eq(int, pipe(channel), 0));
    const uint64_t child_seed = store_given_random(seed);
    const pid_t child = fork();
    if (child == 0) {
        append_for_ever(channel[1], child_seed);
    }
    (void)close(channel[1]);
    uint64_t acknowledged = 0;
    uint64_t seq = 0;
    const uint64_t heard = store_given_random(seed) % 40; /* 0: perhaps while it opens */
    for (uint64_t i = 0; i < heard && read(channel[0], &seq, sizeof seq) == sizeof seq; i++) {
        acknowledged = seq;
    }
    const uint64_t spins = store_given_random(seed) % 2000000; /* up to about a millisecond more */
    for (volatile uint64_t i = 0; i < spins; i++) {
    }
    cr_assert(eq(int, kill(child, SIGKILL), 0));
    int exited = 0;
    cr_assert(eq(int, waitpid(child, &exited, 0), child));
    const bool was_killed = WIFSIGNALED(exited);
    cr_assert(was_killed, "the child ended by itself: %d", exited);
    while (read(channel[0], &seq, sizeof seq) == sizeof seq) {
        acknowledged = seq;
    }
    (void)close(channel[0]);
    return acknowledged;
}

Test(journal_fault, nothing_acknowledged_is_lost_by_kill_9)
{
    close_it();
    uint64_t seed = (uint64_t)time(NULL);
    (void)fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
    for (uint32_t round = 0; round < 40; round++) {
        const uint64_t acknowledged = crash_round(&seed);
        struct journal_verdict verdict;
        const enum status status = journal_verify(path, key_path, &verdict);
        cr_assert(eq(int, status, STATUS_OK), "round %u: %s", round, verdict.text);
        cr_assert(ge(u64, verdict.events, acknowledged), "round %u", round);
        cr_assert(eq(int, open_it(), STATUS_OK), "round %u: %s", round, error);
        cr_assert(eq(u64, journal_seq(journal), verdict.events), "round %u", round);
        cr_assert(eq(int, append_audits(2), JOURNAL_DURABLE), "round %u: %s", round, error);
        close_it();
    }
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    (void)fprintf(stderr, "40 rounds, %llu events\n", (unsigned long long)journal_seq(journal));
    cr_expect(lt(u64, 200, journal_seq(journal)));
}

/* ---- Backup ---- */

Test(journal_fault, a_backup_taken_while_appending_is_whole_and_opens)
{
    for (uint32_t i = 0; i < 20; i++) {
        cr_assert(eq(int, append_audits(200), JOURNAL_DURABLE));
    }
    char copy[GIVEN_PATH_SIZE];
    store_given_path(directory, "copy.db", copy);
    cr_assert(eq(int, journal_backup_start(journal, copy, error), STATUS_OK), "%s", error);
    bool done = false;
    uint32_t steps = 0;
    while (!done) {
        cr_assert(eq(int, append_audits(7), JOURNAL_DURABLE), "%s", error);
        cr_assert(eq(int, journal_backup_step(journal, 16, &done, error), STATUS_OK), "%s", error);
        steps++;
    }
    cr_expect(lt(u32, 5, steps));
    const uint64_t at_copy = journal_seq(journal);
    cr_assert(eq(int, append_audits(50), JOURNAL_DURABLE));
    close_it();

    struct journal_verdict verdict;
    cr_expect(eq(int, journal_verify(copy, key_path, &verdict), STATUS_OK), "%s", verdict.text);
    cr_expect(eq(u64, verdict.events, at_copy), "the copy holds the newest event of its moment");
    cr_expect(ne(ptr, strstr(verdict.text, "a backup"), NULL), "%s", verdict.text);
    expect_whole(at_copy + 50);
}

Test(journal_fault, a_restored_backup_goes_on_in_an_epoch_of_its_own)
{
    cr_assert(eq(int, append_audits(300), JOURNAL_DURABLE));
    journal_idle(journal);
    journal_idle(journal); /* signed and exported */
    char copy[GIVEN_PATH_SIZE], epoch[64];
    store_given_path(directory, "copy.db", copy);
    memcpy(epoch, journal_epoch(journal), 33);
    cr_assert(eq(int, journal_backup_start(journal, copy, error), STATUS_OK), "%s", error);
    bool done = false;
    while (!done) {
        cr_assert(eq(int, journal_backup_step(journal, 64, &done, error), STATUS_OK), "%s", error);
    }
    cr_assert(eq(int, append_audits(50), JOURNAL_DURABLE)); /* lost with the old disk */
    close_it();

    memcpy(path, copy, sizeof path);
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    cr_expect(eq(u64, journal_seq(journal), 300));
    cr_expect(ne(int, strcmp(journal_epoch(journal), epoch), 0));
    memcpy(epoch, journal_epoch(journal), 33);
    cr_assert(eq(int, append_audits(90), JOURNAL_DURABLE), "%s", error);
    close_it();
    struct journal_verdict verdict;
    cr_expect(eq(int, journal_verify(path, key_path, &verdict), STATUS_OK),
              "heads of what was lost are not its own: %s", verdict.text);
    cr_expect(ne(ptr, strstr(verdict.text, "1 times restored"), NULL), "%s", verdict.text);
    cr_expect(eq(u64, verdict.signatures, 2));
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    cr_expect(eq(int, strcmp(journal_epoch(journal), epoch), 0), "once restored, it stays itself");
}

Test(journal_fault, a_backup_to_a_full_disk_fails_alone)
{
    cr_assert(eq(int, append_audits(2000), JOURNAL_DURABLE));
    char copy[GIVEN_PATH_SIZE];
    store_given_path(directory, "copy.db", copy);
    for (uint32_t nth = 1; nth < 500; nth += 7) {
        cr_assert(eq(int, journal_backup_start(journal, copy, error), STATUS_OK), "%s", error);
        fault_vfs_arm(FAULT_WRITE, nth, SQLITE_FULL, true, false);
        bool done = false;
        enum status status = STATUS_OK;
        while (!done && status == STATUS_OK) {
            status = journal_backup_step(journal, 64, &done, error);
        }
        const bool struck = fault_vfs_failed() > 0;
        fault_vfs_disarm();
        if (!struck) {
            cr_expect(eq(int, status, STATUS_OK), "%s", error);
            cr_expect(lt(u32, 7, nth));
            break;
        }
        cr_expect(eq(int, status, STATUS_DISK_FULL), "write %u: %s", nth, error);
        cr_expect(eq(int, append_audits(1), JOURNAL_DURABLE), "the writer goes on: %s", error);
    }
    const uint64_t written = journal_seq(journal);
    close_it();
    expect_whole(written);
}
