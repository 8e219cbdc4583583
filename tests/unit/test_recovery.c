/* recovery: a history that is behind its journal catches up in batches, and whatever fails
 * meanwhile is said and leaves whole batches. (Engines that come out of snapshots:
 * test_snapshot_file.c.) */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "engine/store/history_reader.h"
#include "engine/store/recovery.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/store_given.h"

#define BATCH  20000u /* events to a commit */
#define APPEND 4000u  /* to a commit of the journal */

static char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE], error[256];
static struct journal *journal;
static struct history *history;
static struct event_list events;

static void open_history(void)
{
    cr_assert(eq(int, history_open(path, journal_epoch(journal), &history, error), STATUS_OK), "%s",
              error);
}

static void set_up(void)
{
    char journal_path[GIVEN_PATH_SIZE], key_path[GIVEN_PATH_SIZE];
    fault_vfs_install();
    store_given_directory(directory);
    store_given_path(directory, "journal.db", journal_path);
    store_given_path(directory, "sign.key", key_path);
    store_given_path(directory, "history.db", path);
    cr_assert(eq(int, event_list_init(&events, APPEND, 4u << 20), STATUS_OK));
    const struct journal_config config = {
        .path = journal_path, .key_path = key_path, .commands_keep = 64};
    cr_assert(eq(int, journal_open(&config, &journal, error), STATUS_OK), "%s", error);
    open_history();
}

static void tear_down(void)
{
    fault_vfs_disarm();
    history_close(history);
    journal_close(journal);
    history = NULL;
    journal = NULL;
    event_list_finish(&events);
    store_given_remove(directory);
}

TestSuite(recovery_history, .init = set_up, .fini = tear_down, .timeout = 240);

/* Up to event `last`; `bad`: the body of that one cannot be read, 0: of none. */
static void given_audits(uint64_t last, uint64_t bad)
{
    while (journal_seq(journal) < last) {
        event_list_clear(&events);
        const uint64_t first = journal_seq(journal) + 1;
        for (uint64_t seq = first; seq < first + APPEND && seq <= last; seq++) {
            store_given_audit(&events, first, "it happened as it did");
            if (seq == bad) {
                events.bytes[events.size++] = 0; /* all of it is there, and one byte more */
                events.records[events.count - 1].body_size++;
            }
        }
        cr_assert(
            eq(int, journal_append(journal, &events, NULL, 0, first - 1, error), JOURNAL_DURABLE),
            "%s", error);
    }
}

static uint64_t seq_seen(void)
{
    struct history_reader *reader = NULL;
    uint64_t seq = 0;
    char why[256];
    cr_assert(eq(int, history_reader_open(path, &reader, why), STATUS_OK), "%s", why);
    cr_assert(eq(int, history_reader_seq(reader, &seq), STATUS_OK));
    history_reader_close(reader);
    return seq;
}

static void expect_fed(uint64_t count)
{
    uint64_t fed = 77;
    cr_assert(eq(int, recovery_history(journal, history, &fed, error), STATUS_OK), "%s", error);
    cr_expect(eq(u64, fed, count));
    cr_expect(eq(u64, history_seq(history), journal_seq(journal)));
    cr_expect(eq(u64, seq_seen(), journal_seq(journal)));
    cr_expect(eq(int, error[0], '\0'));
}

Test(recovery_history, what_is_missing_is_fed_and_nothing_twice)
{
    expect_fed(0);
    given_audits(5, 0);
    expect_fed(5);
    expect_fed(0);
    given_audits(7, 0);
    expect_fed(2);
    given_audits(2 * BATCH + 7, 0); /* the last of a batch may be the last of all */
    expect_fed(2 * BATCH);
}

Test(recovery_history, what_goes_further_than_its_journal_is_stale)
{
    uint64_t fed = 77;
    given_audits(3, 0);
    store_given_audit(&events, 4, "not in the journal");
    cr_assert(eq(int, history_feed(history, &events, error), STATUS_OK), "%s", error);
    cr_expect(eq(int, recovery_history(journal, history, &fed, error), STATUS_STALE));
    cr_expect(ne(ptr, strstr(error, "holds event 4, the journal ends at 3"), NULL), "%s", error);
    cr_expect(eq(u64, fed, 0));
}

Test(recovery_history, an_event_that_cannot_be_read_stops_it_wherever_it_stands)
{
    static const uint64_t bad[] = {1, BATCH - 1, BATCH, BATCH + 1};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char number[32];
        uint64_t fed = 77;
        given_audits(BATCH + 2, bad[i]);
        (void)snprintf(number, sizeof number, "event %u cannot be read", (unsigned)bad[i]);
        cr_expect(eq(int, recovery_history(journal, history, &fed, error), STATUS_CORRUPT));
        cr_expect(ne(ptr, strstr(error, number), NULL), "%s", error);
        cr_expect(eq(u64, seq_seen(), bad[i] <= BATCH ? 0 : BATCH), "event %u", (unsigned)bad[i]);
        tear_down();
        set_up();
    }
}

static void forget_history(void)
{
    history_close(history);
    history = NULL;
    cr_assert(eq(int, history_remove(path, error), STATUS_OK), "%s", error);
    open_history();
}

Test(recovery_history, a_disk_that_fails_is_said_and_leaves_whole_batches)
{
    given_audits(BATCH + 9, 0);
    fault_vfs_arm(FAULT_WRITE, UINT32_MAX, SQLITE_FULL, false, false);
    expect_fed(BATCH + 9);
    const uint32_t writes = fault_vfs_seen();
    const struct {
        uint32_t nth;
        uint64_t kept;
    } cases[] = {{1, 0}, {2, 0}, {writes / 2, 0}, {writes - 1, BATCH}, {writes, BATCH}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t fed = 77;
        forget_history();
        fault_vfs_arm(FAULT_WRITE, cases[i].nth, SQLITE_FULL, true, false);
        const enum status status = recovery_history(journal, history, &fed, error);
        fault_vfs_disarm();
        cr_expect(eq(int, status, STATUS_DISK_FULL), "write %u of %u", cases[i].nth, writes);
        cr_expect(ne(int, error[0], '\0'));
        cr_expect(eq(u64, history_seq(history), cases[i].kept));
        cr_expect(eq(u64, seq_seen(), cases[i].kept), "write %u of %u", cases[i].nth, writes);
        expect_fed(BATCH + 9 - cases[i].kept);
    }
}
