/* journal: the four answers, the chain and its signatures, and that nothing acknowledged is lost.
 */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/store/journal.h"
#include "engine/store/journal_private.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/store_given.h"

static char directory[GIVEN_PATH_SIZE];
static char path[GIVEN_PATH_SIZE], key_path[GIVEN_PATH_SIZE], heads_path[GIVEN_PATH_SIZE];
static struct journal *journal;
static struct event_list events;
static char error[256];

static enum status open_it(void)
{
    const struct journal_config config = {
        .path = path, .key_path = key_path, .commands_keep = 4096};
    return journal_open(&config, &journal, error);
}

static void set_up(void)
{
    store_given_directory(directory);
    store_given_path(directory, "journal.db", path);
    store_given_path(directory, "sign.key", key_path);
    store_given_path(directory, "heads.log", heads_path);
    cr_assert(eq(int, event_list_init(&events, 4096, 1u << 22), STATUS_OK));
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
}

static void close_it(void)
{
    journal_close(journal);
    journal = NULL;
}

static void tear_down(void)
{
    close_it();
    event_list_finish(&events);
    store_given_remove(directory);
}

TestSuite(journal, .init = set_up, .fini = tear_down, .timeout = 120);

static enum journal_answer append(void)
{
    const uint64_t before = journal_seq(journal);
    const enum journal_answer answer = journal_append(journal, &events, NULL, 0, before, error);
    if (answer == JOURNAL_DURABLE) {
        event_list_clear(&events);
    }
    return answer;
}

/* A writer that has lost must not keep the lock from the one that goes on. */
static void expect_let_go(void)
{
    cr_expect(eq(int, sqlite3_get_autocommit(journal->db), 1), "a transaction is left open");
}

static void given_audits(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char text[64];
        (void)snprintf(text, sizeof text, "something happened, number %u", i);
        store_given_audit(&events, journal_seq(journal) + 1, text);
    }
    cr_assert(eq(int, append(), JOURNAL_DURABLE), "%s", error);
}

/* The same, all of one moment. */
static void given_audits_at(uint32_t count, int64_t at_ms)
{
    for (uint32_t i = 0; i < count; i++) {
        store_given_audit(&events, journal_seq(journal) + 1, "something happened");
        events.records[i].at_ms = at_ms;
    }
    cr_assert(eq(int, append(), JOURNAL_DURABLE), "%s", error);
}

static void run_sql(const char *file, const char *sql)
{
    sqlite3 *db = NULL;
    cr_assert(eq(int, sqlite3_open(file, &db), SQLITE_OK));
    char *why = NULL;
    cr_assert(eq(int, sqlite3_exec(db, sql, NULL, NULL, &why), SQLITE_OK), "%s", why);
    cr_assert(eq(int, sqlite3_close(db), SQLITE_OK));
}

struct seen {
    uint64_t count, last_seq;
    struct event_record record;
    uint8_t body[512];
};

static bool note(void *context, const struct event_record *record, const uint8_t *body)
{
    struct seen *seen = context;
    seen->count++;
    seen->last_seq = record->seq;
    seen->record = *record;
    memcpy(seen->body, body, record->body_size < 512 ? record->body_size : 512);
    return true;
}

Test(journal, a_new_one_is_empty_and_says_who_it_is)
{
    cr_expect(eq(u64, journal_seq(journal), 0));
    cr_expect(eq(u64, journal_term(journal), 1));
    cr_expect(eq(sz, strlen(journal_epoch(journal)), 32));
    cr_expect(journal_at_ms(journal) == TIME_NEVER);
    struct stat state;
    cr_assert(eq(int, stat(key_path, &state), 0));
    cr_expect(eq(u32, state.st_mode & 0777, 0600));
}

Test(journal, what_was_appended_is_read_back_to_the_byte)
{
    struct event event = {.kind = EVENT_INCIDENT_NOTED, .at_ms = 1767225600123};
    memcpy(event.actor.id, "wang", 5);
    event.actor.source = SOURCE_API;
    memset(event.command_id, 0xa7, COMMAND_ID_SIZE);
    event.noted.incident_id = 77;
    memcpy(event.noted.note, "二楼", 7);
    store_given_event(&events, 1, &event);
    struct event_record written = events.records[0];
    uint8_t body[512];
    memcpy(body, events.bytes, written.body_size);
    cr_assert(eq(int, append(), JOURNAL_DURABLE), "%s", error);

    close_it();
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    struct seen seen = {0};
    cr_assert(eq(int, journal_read(journal, 1, note, &seen, error), STATUS_OK), "%s", error);
    cr_expect(eq(u64, seen.count, 1));
    cr_expect(eq(int, seen.record.kind, EVENT_INCIDENT_NOTED));
    cr_expect(seen.record.at_ms == 1767225600123);
    cr_expect(seen.record.actor.source == SOURCE_API);
    cr_expect(eq(str, seen.record.actor.id, "wang"));
    cr_expect(eq(int, memcmp(seen.record.command_id, written.command_id, COMMAND_ID_SIZE), 0));
    cr_expect(eq(u32, seen.record.body_size, written.body_size));
    cr_expect(eq(int, memcmp(seen.body, body, written.body_size), 0));
    cr_expect(journal_at_ms(journal) == 1767225600123);
}

Test(journal, every_start_raises_the_term_and_keeps_the_epoch)
{
    char epoch[64];
    memcpy(epoch, journal_epoch(journal), 33);
    for (uint64_t term = 2; term < 5; term++) {
        close_it();
        cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
        cr_expect(eq(u64, journal_term(journal), term));
        cr_expect(eq(int, strcmp(journal_epoch(journal), epoch), 0));
    }
}

Test(journal, reading_starts_where_asked_and_stops_when_told)
{
    for (uint32_t i = 0; i < 3; i++) {
        given_audits(2000); /* past the tail whose chain is walked */
    }
    struct seen seen = {0};
    cr_assert(eq(int, journal_read(journal, 700, note, &seen, error), STATUS_OK), "%s", error);
    cr_expect(eq(u64, seen.count, 5301));
    cr_expect(eq(u64, seen.last_seq, 6000));
    struct seen none = {0};
    cr_assert(eq(int, journal_read(journal, 6001, note, &none, error), STATUS_OK), "%s", error);
    cr_expect(eq(u64, none.count, 0));
}

Test(journal, a_batch_after_another_seq_is_fenced_and_nothing_is_written)
{
    given_audits(3);
    store_given_audit(&events, 3, "from an engine that missed one");
    cr_expect(eq(int, journal_append(journal, &events, NULL, 0, 2, error), JOURNAL_FENCED));
    cr_expect(ne(ptr, strstr(error, "up to 3"), NULL), "%s", error);
    cr_expect(eq(u64, journal_seq(journal), 3));
}

Test(journal, a_newer_term_on_the_disk_fences_the_writer)
{
    given_audits(3);
    cr_assert(eq(int, store_db_run(journal->db, "UPDATE meta SET value = 9 WHERE name = 'term'"),
                 SQLITE_OK));
    store_given_audit(&events, 4, "too late");
    cr_expect(eq(int, append(), JOURNAL_FENCED));
    expect_let_go();
    int64_t rows = 0;
    cr_assert(
        eq(int, store_db_number(journal->db, "SELECT count(*) FROM journal", &rows), SQLITE_ROW));
    cr_expect(rows == 3);
}

Test(journal, events_that_another_wrote_fence_the_writer)
{
    given_audits(3);
    cr_assert(eq(int,
                 store_db_run(journal->db, "INSERT INTO journal SELECT 4, at_ms, kind, source,"
                                           " actor, command_id, body, term, body_hash, hash FROM"
                                           " journal WHERE seq = 3"),
                 SQLITE_OK));
    store_given_audit(&events, 4, "mine");
    cr_expect(eq(int, append(), JOURNAL_FENCED));
    expect_let_go();
}

Test(journal, a_double_order_is_a_failed_commit)
{
    store_given_sent(&events, 1, 1, 12);
    cr_assert(eq(int, append(), JOURNAL_DURABLE), "%s", error);
    store_given_audit(&events, 2, "before it");
    store_given_sent(&events, 2, 2, 12);
    cr_expect(eq(int, append(), JOURNAL_UNKNOWN));
    cr_expect(ne(ptr, strstr(error, "event 3 orders unit 12"), NULL), "%s", error);
    expect_let_go();
    cr_expect(eq(u64, journal_seq(journal), 1));

    event_list_clear(&events);
    store_given_audit(&events, 2, "after it");
    cr_expect(eq(int, append(), JOURNAL_UNKNOWN), "a broken journal takes nothing more");
    close_it();
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    cr_expect(eq(u64, journal_seq(journal), 1));
}

Test(journal, a_unit_can_be_ordered_again_when_its_order_has_ended)
{
    store_given_sent(&events, 1, 1, 12);
    store_given_ended(&events, 1, 1, 12);
    store_given_sent(&events, 1, 2, 12);
    store_given_sent(&events, 1, 3, 13);
    cr_expect(eq(int, append(), JOURNAL_DURABLE), "%s", error);
    close_it();
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    store_given_sent(&events, 5, 4, 13);
    cr_expect(eq(int, append(), JOURNAL_UNKNOWN), "the table outlives a restart");
}

static int64_t number_of(const char *sql)
{
    int64_t number = -1;
    cr_assert(eq(int, store_db_number(journal->db, sql, &number), SQLITE_ROW), "%s", sql);
    return number;
}

Test(journal, an_order_stands_in_its_table_until_it_has_ended)
{
    struct event event = {.kind = EVENT_ASSIGNMENT_SENT};
    store_given_audit(&events, 1, "before it");
    event.sent.assignment_id = 101;
    event.sent.unit_id = 102;
    event.sent.incident_id = 103;
    store_given_event(&events, 1, &event);
    store_given_sent(&events, 1, 104, 105);
    store_given_ended(&events, 1, 104, 105);
    cr_assert(eq(int, append(), JOURNAL_DURABLE), "%s", error);
    cr_expect(eq(i64, number_of("SELECT count(*) FROM active_assignment"), 1));
    cr_expect(eq(i64, number_of("SELECT assignment_id FROM active_assignment"), 101));
    cr_expect(eq(i64, number_of("SELECT unit_id FROM active_assignment"), 102));
    cr_expect(eq(i64, number_of("SELECT incident_id FROM active_assignment"), 103));
    cr_expect(eq(i64, number_of("SELECT seq FROM active_assignment"), 2));
}

static struct command_answer an_answer(uint32_t number)
{
    struct command_answer answer = {.fingerprint = UINT64_MAX - number,
                                    .at_ms = 1767225600000 + number,
                                    .refusal = number % 2 == 0 ? REASON_NONE : REASON_UNIT_BUSY,
                                    .incident_id = number + 1,
                                    .report_id = number + 2,
                                    .assignment_id = number + 3,
                                    .generation = number + 4,
                                    .merged = number % 3 == 0,
                                    .seq = number,
                                    .by_ms = number % 2 == 0 ? TIME_NEVER : 5000 + number};
    if (number % 2 != 0) {
        (void)snprintf(answer.by, sizeof answer.by, "first %u", number);
    }
    memset(answer.id, 0, COMMAND_ID_SIZE);
    memcpy(answer.id, &number, sizeof number);
    answer.id[15] = 1;
    return answer;
}

Test(journal, a_repeated_command_finds_its_first_answer_after_a_restart)
{
    struct command_answer written[3];
    for (uint32_t i = 0; i < 3; i++) {
        written[i] = an_answer(i);
    }
    store_given_audit(&events, 1, "one");
    cr_assert(eq(int, journal_append(journal, &events, written, 3, 0, error), JOURNAL_DURABLE));
    close_it();
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);

    struct command_answer read[8];
    uint32_t count = 0;
    cr_assert(eq(int, journal_answers(journal, read, 8, &count), STATUS_OK));
    cr_assert(eq(u32, count, 3));
    for (uint32_t i = 0; i < 3; i++) { /* newest first */
        const struct command_answer *a = &written[2 - i];
        cr_expect(eq(int, memcmp(read[i].id, a->id, COMMAND_ID_SIZE), 0));
        cr_expect(eq(u64, read[i].fingerprint, a->fingerprint));
        cr_expect(read[i].at_ms == a->at_ms);
        cr_expect(eq(int, read[i].refusal, a->refusal));
        cr_expect(eq(u32, read[i].incident_id, a->incident_id));
        cr_expect(eq(u32, read[i].report_id, a->report_id));
        cr_expect(eq(u32, read[i].assignment_id, a->assignment_id));
        cr_expect(eq(u32, read[i].generation, a->generation));
        cr_expect(read[i].merged == a->merged);
        cr_expect(eq(u64, read[i].seq, a->seq));
        cr_expect(eq(int, strcmp(read[i].by, a->by), 0));
        cr_expect(eq(i64, read[i].by_ms, a->by_ms));
    }
}

/* The table is outside the chain: what no writer of ours put there is not taken for an answer. */
Test(journal, an_answer_that_was_bent_is_corrupt)
{
    const struct command_answer answer = an_answer(1);
    cr_assert(eq(int, journal_append(journal, &events, &answer, 1, 0, error), JOURNAL_DURABLE));
    char beyond[64];
    (void)snprintf(beyond, sizeof beyond, "UPDATE command SET refusal = %d", REASON_COUNT);
    const char *const bends[] = {"UPDATE command SET refusal = -1", beyond,
                                 "UPDATE command SET refusal = 0, id = x'0102'"};
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        struct command_answer read[2];
        uint32_t count = 9;
        cr_assert(eq(int, store_db_run(journal->db, bends[i]), SQLITE_OK));
        cr_expect(eq(int, journal_answers(journal, read, 2, &count), STATUS_CORRUPT), "%s",
                  bends[i]);
        cr_expect(eq(u32, count, 0));
    }
}

Test(journal, a_command_answered_twice_is_a_failed_commit)
{
    const struct command_answer answer = an_answer(7);
    store_given_audit(&events, 1, "one");
    cr_assert(eq(int, journal_append(journal, &events, &answer, 1, 0, error), JOURNAL_DURABLE));
    event_list_clear(&events);
    store_given_audit(&events, 2, "again");
    cr_expect(eq(int, journal_append(journal, &events, &answer, 1, 1, error), JOURNAL_UNKNOWN));
}

Test(journal, old_answers_are_purged_when_idle_and_the_newest_stay)
{
    uint32_t number = 0;
    for (uint32_t batch = 0; batch < 70; batch++) {
        struct command_answer answers[100];
        for (uint32_t i = 0; i < 100; i++) {
            answers[i] = an_answer(number++);
        }
        cr_assert(
            eq(int, journal_append(journal, &events, answers, 100, 0, error), JOURNAL_DURABLE));
    }
    for (uint32_t i = 0; i < 10; i++) {
        journal_idle(journal);
    }
    static struct command_answer read[8192];
    uint32_t count = 0;
    cr_assert(eq(int, journal_answers(journal, read, 8192, &count), STATUS_OK));
    cr_expect(ge(u32, count, 4096));
    cr_expect(lt(u32, count, 4096 + JOURNAL_PURGE_COUNT));
    cr_expect(eq(u32, read[0].incident_id, number));
}

static void given_answers(uint32_t first, uint32_t count)
{
    static struct command_answer answers[8192];
    for (uint32_t i = 0; i < count; i++) {
        answers[i] = an_answer(first + i);
    }
    cr_assert(eq(int, journal_append(journal, &events, answers, count, 0, error), JOURNAL_DURABLE));
}

static uint32_t answers_kept(void)
{
    int64_t count = 0;
    cr_assert(
        eq(int, store_db_number(journal->db, "SELECT count(*) FROM command", &count), SQLITE_ROW));
    return (uint32_t)count;
}

/* Whoever asks has forgotten the first answer: 4,096 are kept. */
Test(journal, a_command_executed_again_after_its_answer_was_forgotten_is_durable)
{
    given_answers(0, 4096);
    given_answers(4096, 1);
    const struct command_answer again = an_answer(0);
    cr_assert(eq(int, journal_append(journal, &events, &again, 1, 0, error), JOURNAL_DURABLE), "%s",
              error);
    struct command_answer read;
    uint32_t count = 0;
    cr_assert(eq(int, journal_answers(journal, &read, 1, &count), STATUS_OK));
    cr_expect(eq(int, memcmp(read.id, again.id, COMMAND_ID_SIZE), 0));
    cr_expect(eq(int, journal_append(journal, &events, &again, 1, 0, error), JOURNAL_UNKNOWN),
              "that one is remembered");
}

Test(journal, the_oldest_answer_that_is_remembered_comes_once)
{
    given_answers(0, 4096);
    const struct command_answer again = an_answer(0);
    cr_expect(eq(int, journal_append(journal, &events, &again, 1, 0, error), JOURNAL_UNKNOWN));
}

Test(journal, a_restart_does_not_put_off_the_purge_of_old_answers)
{
    given_answers(0, 8000);
    for (uint32_t i = 0; i < 10; i++) {
        journal_idle(journal);
    }
    const uint32_t kept = answers_kept();
    close_it();
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    cr_expect(eq(u32, answers_kept(), kept));
    given_answers(8000, JOURNAL_PURGE_COUNT);
    journal_idle(journal); /* one purge brings it back to where it was */
    journal_idle(journal);
    cr_expect(eq(u32, answers_kept(), kept));
}

/* ---- Chain and signatures ---- */

static struct journal_verdict verify(enum status expected)
{
    struct journal_verdict verdict;
    const enum status status = journal_verify(path, key_path, &verdict);
    cr_expect(eq(int, status, expected), "%s", verdict.text);
    return verdict;
}

Test(journal, an_honest_journal_is_verified_to_its_last_signed_head)
{
    given_audits(300);
    close_it();
    const struct journal_verdict verdict = verify(STATUS_OK);
    cr_expect(eq(u64, verdict.events, 300));
    cr_expect(eq(u64, verdict.signatures, 1));
    cr_expect(eq(u64, verdict.bad_seq, 0));
}

Test(journal, the_public_key_alone_can_check_the_signatures)
{
    given_audits(3);
    close_it();
    char public[GIVEN_PATH_SIZE];
    store_given_path(directory, "sign.key.pub", public);
    struct journal_verdict verdict;
    cr_expect(eq(int, journal_verify(path, public, &verdict), STATUS_OK), "%s", verdict.text);
    cr_expect(eq(u64, verdict.signatures, 1));
}

Test(journal, a_flipped_bit_in_a_body_is_found_with_its_seq)
{
    given_audits(300);
    close_it();
    run_sql(path, "UPDATE journal SET body = CAST(replace(CAST(body AS TEXT), 'number 176',"
                  " 'number 177') AS BLOB) WHERE seq = 177");
    const struct journal_verdict verdict = verify(STATUS_CORRUPT);
    cr_expect(eq(u64, verdict.bad_seq, 177), "%s", verdict.text);
    cr_expect(eq(int, open_it(), STATUS_CORRUPT), "the tail is walked at every start");
}

Test(journal, a_bit_flipped_in_the_file_itself_is_found)
{
    given_audits(300);
    close_it();
    FILE *file = fopen(path, "rb");
    static char bytes[1 << 20];
    const size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    char *place = memmem(bytes, size, "number 42", 9);
    cr_assert(ne(ptr, place, NULL));
    store_given_flip(path, place - bytes + 8);
    const struct journal_verdict verdict = verify(STATUS_CORRUPT);
    cr_expect(eq(u64, verdict.bad_seq, 43), "%s", verdict.text);
}

Test(journal, a_missing_event_is_found)
{
    given_audits(300);
    close_it();
    run_sql(path, "DELETE FROM journal WHERE seq = 120");
    const struct journal_verdict verdict = verify(STATUS_CORRUPT);
    cr_expect(eq(u64, verdict.bad_seq, 120), "%s", verdict.text);
}

Test(journal, other_header_fields_are_in_the_chain_too)
{
    given_audits(20);
    close_it();
    static const char *const bends[] = {
        "UPDATE journal SET at_ms = at_ms + 1 WHERE seq = 9",
        "UPDATE journal SET at_ms = at_ms - 1, actor = 'lx' WHERE seq = 9",
        "UPDATE journal SET actor = 'li', source = 4 WHERE seq = 9",
        "UPDATE journal SET source = 1, term = 2 WHERE seq = 9",
        "UPDATE journal SET term = 1, kind = kind - 1 WHERE seq = 9",
        "UPDATE journal SET kind = kind + 1, command_id = randomblob(16) WHERE seq = 9"};
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        run_sql(path, bends[i]);
        cr_expect(eq(u64, verify(STATUS_CORRUPT).bad_seq, 9), "%s", bends[i]);
    }
    run_sql(path, "UPDATE journal SET command_id = zeroblob(16) WHERE seq = 9");
    verify(STATUS_OK); /* the last bend straightened: nothing else was wrong */
}

Test(journal, what_a_row_cannot_be_is_named)
{
    given_audits(20);
    close_it();
    char kind[64], source[64];
    (void)snprintf(kind, sizeof kind, "UPDATE journal SET kind = %d WHERE seq = 9",
                   EVENT_KIND_COUNT);
    (void)snprintf(source, sizeof source, "UPDATE journal SET source = %d WHERE seq = 8",
                   SOURCE_COUNT);
    const struct {
        const char *bend, *says;
    } bends[] = {
        {kind, "unknown kind"},
        {"UPDATE journal SET kind = -1 WHERE seq = 9", "unknown kind"},
        {source, "unknown source"},
        {"UPDATE journal SET source = -1 WHERE seq = 8", "unknown source"},
        {"UPDATE journal SET actor = hex(zeroblob(60)) WHERE seq = 7", "too long an actor"},
        {"UPDATE journal SET command_id = x'01' WHERE seq = 6", "of the wrong size"},
        {"UPDATE journal SET body = NULL, body_hash = x'01' WHERE seq = 5", "no hash"}};
    for (size_t i = 0; i < sizeof bends / sizeof bends[0]; i++) {
        run_sql(path, bends[i].bend);
        const struct journal_verdict verdict = verify(STATUS_CORRUPT);
        cr_expect(ne(ptr, strstr(verdict.text, bends[i].says), NULL), "%s: %s", bends[i].bend,
                  verdict.text);
    }
}

/* Rewrite event `seq` and every hash after it, as one who knows the format but not the key. */
static void forge(uint64_t seq, const char *also)
{
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    sqlite3 *db = journal->db;
    uint8_t hash[CHAIN_HASH_SIZE];
    cr_assert(eq(int, journal_walk_hash(db, path, seq - 1, hash, error), STATUS_OK));
    sqlite3_stmt *row = NULL;
    sqlite3_stmt *update = NULL;
    cr_assert(eq(int,
                 sqlite3_prepare_v2(db,
                                    "SELECT seq, at_ms, kind, source, actor, term, body"
                                    " FROM journal WHERE seq >= ? ORDER BY seq",
                                    -1, &row, NULL),
                 SQLITE_OK));
    cr_assert(eq(int,
                 sqlite3_prepare_v2(db, "UPDATE journal SET at_ms = ?, hash = ? WHERE seq = ?", -1,
                                    &update, NULL),
                 SQLITE_OK));
    cr_assert(eq(int, store_db_run(db, "BEGIN"), SQLITE_OK));
    (void)sqlite3_bind_int64(row, 1, (sqlite3_int64)seq);
    while (sqlite3_step(row) == SQLITE_ROW) {
        struct event_record record = {.seq = (uint64_t)sqlite3_column_int64(row, 0),
                                      .at_ms = sqlite3_column_int64(row, 1),
                                      .kind = (enum event_kind)sqlite3_column_int(row, 2)};
        record.actor.source = (enum source)sqlite3_column_int(row, 3);
        (void)store_db_text(row, 4, record.actor.id, ACTOR_SIZE);
        record.at_ms -= record.seq == seq ? 60000 : 0; /* a minute earlier: in time after all */
        uint8_t body_hash[CHAIN_HASH_SIZE];
        journal_chain_body(sqlite3_column_blob(row, 6), (size_t)sqlite3_column_bytes(row, 6),
                           body_hash);
        journal_chain_next(hash, &record, (uint64_t)sqlite3_column_int64(row, 5), body_hash);
        (void)sqlite3_bind_int64(update, 1, record.at_ms);
        (void)sqlite3_bind_blob(update, 2, hash, CHAIN_HASH_SIZE, SQLITE_TRANSIENT);
        (void)sqlite3_bind_int64(update, 3, (sqlite3_int64)record.seq);
        cr_assert(eq(int, store_db_step(update), SQLITE_OK));
    }
    (void)sqlite3_finalize(row);
    (void)sqlite3_finalize(update);
    cr_assert(eq(int, store_db_run(db, also), SQLITE_OK));
    cr_assert(eq(int, store_db_run(db, "COMMIT"), SQLITE_OK));
    journal->broken = true; /* do not sign it on the way out */
    close_it();
}

Test(journal, a_forged_chain_is_found_by_the_signature)
{
    given_audits(300);
    close_it();
    forge(150, "");
    const struct journal_verdict verdict = verify(STATUS_CORRUPT);
    cr_expect(eq(u64, verdict.bad_seq, 300), "%s", verdict.text);
    cr_expect(ne(ptr, strstr(verdict.text, "rewritten"), NULL), "%s", verdict.text);
}

Test(journal, a_forger_with_another_key_is_found)
{
    given_audits(300);
    close_it();
    forge(150, "DELETE FROM signature");
    char kept[GIVEN_PATH_SIZE];
    store_given_path(directory, "kept.key", kept);
    cr_assert(eq(int, rename(key_path, kept), 0));
    cr_assert(eq(int, remove(heads_path), 0));
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    given_audits(1);
    close_it();        /* signed with a new key */
    verify(STATUS_OK); /* ... which is all that the new key can tell */
    struct journal_verdict verdict;
    cr_expect(eq(int, journal_verify(path, kept, &verdict), STATUS_CORRUPT), "%s", verdict.text);
    cr_expect(ne(ptr, strstr(verdict.text, "not ours"), NULL), "%s", verdict.text);
}

Test(journal, exported_heads_find_what_a_forger_removed)
{
    given_audits(300);
    close_it();
    forge(150, "DELETE FROM signature");
    const struct journal_verdict verdict = verify(STATUS_CORRUPT);
    cr_expect(eq(u64, verdict.bad_seq, 300), "%s", verdict.text);
    cr_assert(eq(int, remove(heads_path), 0));
    verify(STATUS_OK); /* without the exported heads nobody could tell: that is why they are */
}

Test(journal, a_shortened_journal_is_found_by_the_exported_heads)
{
    given_audits(300);
    close_it();
    run_sql(path, "DELETE FROM journal WHERE seq > 200; DELETE FROM signature");
    const struct journal_verdict verdict = verify(STATUS_CORRUPT);
    cr_expect(eq(u64, verdict.bad_seq, 300), "%s", verdict.text);
}

Test(journal, long_unsigned_stretches_do_not_exist)
{
    for (uint32_t i = 0; i < 6; i++) {
        given_audits_at(4000, 1767225600000); /* 24,000 without an idle moment */
    }
    cr_expect(eq(u64, journal->signed_seq, 24000));
    close_it();
    cr_expect(eq(u64, verify(STATUS_OK).signatures, 2));
    run_sql(path, "DELETE FROM signature");
    cr_assert(eq(int, remove(heads_path), 0));
    const struct journal_verdict verdict = verify(STATUS_CORRUPT);
    cr_expect(eq(u64, verdict.bad_seq, 10000), "%s", verdict.text);
}

static uint32_t heads_in_log(void)
{
    uint32_t lines = 0;
    FILE *file = fopen(heads_path, "r");
    for (int byte = file == NULL ? EOF : fgetc(file); byte != EOF; byte = fgetc(file)) {
        lines += byte == '\n' ? 1 : 0;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return lines;
}

Test(journal, no_event_stays_unsigned_for_a_minute_while_others_follow)
{
    given_audits_at(1, 1767225600000);
    given_audits_at(1, 1767225659999);
    cr_expect(eq(u64, journal->signed_seq, 0));
    given_audits_at(1, 1767225660000);
    cr_expect(eq(u64, journal->signed_seq, 3));
    cr_expect(eq(u32, heads_in_log(), 0), "no commit waits for it");
    journal_relieve(journal);
    cr_expect(eq(u32, heads_in_log(), 1));
    given_audits_at(1, 1767225900000); /* the minute begins with what is unsigned, not before */
    given_audits_at(1, 1767225959999);
    cr_expect(eq(u64, journal->signed_seq, 3));
    close_it();
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    cr_expect(eq(u64, journal->signed_seq, 5), "closing signs");
    close_it();
    cr_expect(eq(u64, verify(STATUS_OK).signatures, 2));
}

Test(journal, a_start_reads_the_end_of_the_exported_heads_however_many_there_are)
{
    given_audits(5);
    close_it();
    uint8_t *heads = NULL;
    size_t size = 0;
    cr_assert(eq(int, store_file_read(heads_path, 1u << 20, &heads, &size, error), STATUS_OK));
    const long years = 400l << 20; /* of what is older; a hole in the file */
    cr_assert(eq(int, truncate(heads_path, years), 0));
    cr_assert(eq(int, store_file_append(heads_path, (const uint8_t *)"\n", 1, error), STATUS_OK));
    cr_assert(eq(int, store_file_append(heads_path, heads, size, error), STATUS_OK));
    free(heads);
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    cr_expect(eq(i64, store_given_size(heads_path), years + 1 + (long)size), "nothing is new");
    close_it();
}

Test(journal, exported_heads_that_cannot_be_read_are_no_proof)
{
    given_audits(5);
    close_it();
    cr_assert(eq(int, remove(heads_path), 0));
    cr_assert(eq(int, mkdir(heads_path, 0700), 0));
    const struct journal_verdict verdict = verify(STATUS_IO);
    cr_expect(ne(ptr, strstr(verdict.text, "heads.log"), NULL), "%s", verdict.text);
    cr_assert(eq(int, rmdir(heads_path), 0));
}

Test(journal, an_erased_body_leaves_the_chain_whole)
{
    given_audits(300);
    close_it();
    run_sql(path, "UPDATE journal SET body = NULL WHERE seq = 33");
    const struct journal_verdict verdict = verify(STATUS_OK);
    cr_expect(ne(ptr, strstr(verdict.text, "1 bodies erased"), NULL), "%s", verdict.text);
}

Test(journal, a_quiet_moment_signs_the_head_and_exports_it_once)
{
    given_audits(5);
    journal_idle(journal); /* busy a moment ago: not yet */
    cr_expect(eq(u64, journal->signed_seq, 0));
    journal_idle(journal);
    cr_expect(eq(u64, journal->signed_seq, 5));
    const long size = store_given_size(heads_path);
    cr_expect(lt(int, 200, (int)size));
    journal_idle(journal);
    journal_idle(journal);
    cr_expect(eq(int, (int)store_given_size(heads_path), (int)size));
}

Test(journal, a_head_that_another_has_signed_ends_the_writer)
{
    given_audits(5);
    cr_assert(
        eq(int,
           store_db_run(journal->db, "INSERT INTO signature VALUES(5, zeroblob(32), zeroblob(64))"),
           SQLITE_OK));
    journal_idle(journal);
    journal_idle(journal);
    expect_let_go();
    cr_expect(eq(u64, journal->signed_seq, 0));
    store_given_audit(&events, 6, "it must not go on");
    cr_expect(eq(int, append(), JOURNAL_UNKNOWN));
}

Test(journal, more_heads_than_go_out_at_once_go_out_with_the_next)
{
    given_audits(1500);
    close_it(); /* signs the last */
    run_sql(path, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1499)"
                  " INSERT INTO signature SELECT i, zeroblob(32), zeroblob(64) FROM n;"
                  "UPDATE signature SET hash = x'01' WHERE seq = 5;" /* goes nowhere */
                  "UPDATE signature SET sig = x'01' WHERE seq = 6");
    cr_assert(eq(int, remove(heads_path), 0));
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    cr_expect(eq(u32, heads_in_log(), 1022));
    given_audits(1);
    journal_idle(journal);
    journal_idle(journal);
    cr_expect(eq(u32, heads_in_log(), 1022 + 476 + 1));
}

Test(journal, heads_missing_in_the_log_are_exported_at_the_next_start)
{
    given_audits(5);
    close_it();
    const long size = store_given_size(heads_path);
    store_given_truncate(heads_path, 100); /* torn by a crash */
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    cr_expect(eq(int, (int)store_given_size(heads_path), 101 + (int)size));
    close_it();
    verify(STATUS_OK);
}

Test(journal, a_large_wal_is_folded_in_when_idle)
{
    for (uint32_t i = 0; i < 8; i++) {
        given_audits(4000);
    }
    cr_expect(ge(int, journal->wal_pages, (int)JOURNAL_CHECKPOINT_PAGES));
    journal_idle(journal);
    cr_expect(eq(int, journal->wal_pages, 0));
    cr_expect(lt(int, 3, (int)(store_given_size(path) >> 20)), "the pages are in the file");
    given_audits(10);
}

Test(journal, a_wal_that_grows_under_a_load_without_rest_is_folded_in_too)
{
    given_audits(10);
    journal->wal_pages = (int)JOURNAL_CROWDED_PAGES - 1;
    journal_relieve(journal);
    cr_expect(eq(int, journal->wal_pages, (int)JOURNAL_CROWDED_PAGES - 1), "not yet");
    journal->wal_pages = (int)JOURNAL_CROWDED_PAGES;
    journal_relieve(journal);
    cr_expect(eq(int, journal->wal_pages, 0));
    char wal_path[GIVEN_PATH_SIZE];
    store_given_path(directory, "journal.db-wal", wal_path);
    cr_expect(eq(int, (int)store_given_size(wal_path), 0), "the space is given back");
    given_audits(10);
}

/* Before the newest 4,096 the chain is not walked at a start: density alone must find it. */
Test(journal, an_event_missing_long_ago_stops_the_reading)
{
    for (uint32_t i = 0; i < 3; i++) {
        given_audits(2000);
    }
    close_it();
    run_sql(path, "DELETE FROM journal WHERE seq = 120");
    cr_assert(eq(int, open_it(), STATUS_OK), "%s", error);
    struct seen seen = {0};
    cr_expect(eq(int, journal_read(journal, 1, note, &seen, error), STATUS_CORRUPT));
    cr_expect(ne(ptr, strstr(error, "120"), NULL), "%s", error);
    cr_expect(eq(u64, seen.last_seq, 119));
}

static bool note_three(void *context, const struct event_record *record, const uint8_t *body)
{
    (void)note(context, record, body);
    return ((struct seen *)context)->count < 3;
}

Test(journal, reading_stops_when_told)
{
    for (uint32_t i = 0; i < 3; i++) {
        given_audits(2000);
    }
    struct seen old = {0};
    cr_expect(eq(int, journal_read(journal, 0, note_three, &old, error), STATUS_OK), "%s", error);
    cr_expect(eq(u64, old.count, 3));
    cr_expect(eq(u64, old.last_seq, 3), "0 is the beginning, like 1");
    struct seen newest = {0};
    cr_expect(eq(int, journal_read(journal, 5990, note_three, &newest, error), STATUS_OK));
    cr_expect(eq(u64, newest.count, 3));
}
