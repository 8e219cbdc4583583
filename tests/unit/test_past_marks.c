/* past_marks: a moment is the same from wherever its replay begins. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/host/past_board.h"
#include "engine/store/history.h"
#include "engine/store/store_file.h"
#include "tests/support/store_city.h"
#include "tests/support/store_given.h"

#define EPOCH     "0123456789abcdef0123456789abcdef"
#define INCIDENTS 60
#define EVERY     150u

static char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE], error[256];
static struct event_list events;
static struct store_city city;
static struct history_reader *reader;
static atomic_bool stops;
static struct past_marks marks;

static void given_history(void)
{
    struct history *history = NULL;
    cr_assert(eq(int, history_open(path, EPOCH, &history, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, history_feed(history, &events, error), STATUS_OK), "%s", error);
    history_close(history);
    cr_assert(eq(int, history_reader_open(path, &reader, error), STATUS_OK), "%s", error);
}

static void set_up(void)
{
    store_given_directory(directory);
    store_given_path(directory, "history.db", path);
    cr_assert(eq(int, event_list_init(&events, 40000, 32u << 20), STATUS_OK));
    store_city_create(&city, 11, 40, &events);
    for (uint32_t i = 0; i < INCIDENTS; i++) {
        store_city_incident(&city);
    }
    given_history();
    stops = false;
    marks = (struct past_marks){.directory = directory, .epoch = EPOCH, .every = EVERY};
}

static void tear_down(void)
{
    history_reader_close(reader);
    reader = NULL;
    store_city_destroy(&city);
    event_list_finish(&events);
    store_given_remove(directory);
}

TestSuite(past_marks, .init = set_up, .fini = tear_down, .timeout = 120);

static enum status make(void)
{
    uint64_t seq = 0;
    return past_marks_make(&marks, reader, &city.config, &stops, &seq, error);
}

/* All that there can be; how many. */
static uint32_t make_all(void)
{
    uint32_t count = 0;
    enum status status = STATUS_OK;
    while ((status = make()) == STATUS_OK) {
        count++;
    }
    cr_assert(eq(int, status, STATUS_NOT_FOUND), "%s", error);
    return count;
}

static void path_of(uint64_t seq, char out[GIVEN_PATH_SIZE])
{
    char name[40];
    (void)snprintf(name, sizeof name, "past-%llu.kfs", (unsigned long long)seq);
    store_given_path(directory, name, out);
}

static bool is_there(uint64_t seq)
{
    char file[GIVEN_PATH_SIZE];
    path_of(seq, file);
    return access(file, F_OK) == 0;
}

/* Where a replay up to that moment begins. */
static uint64_t begun(int64_t at_ms)
{
    struct past *past = NULL;
    cr_assert(eq(int, past_create(&city.config, at_ms, &past), STATUS_OK));
    cr_assert(eq(int, past_marks_begin(&marks, reader, at_ms, past, error), STATUS_OK), "%s",
              error);
    const uint64_t seq = engine_seq(past_engine(past));
    past_destroy(past);
    return seq;
}

static struct proto_buffer answer(const struct past_marks *from, int64_t at_ms)
{
    const struct past_board_question question = {
        .at_ms = at_ms, .until_ms = at_ms + 600000, .scope = SCOPE_CITY, .role = ROLE_SUPERVISOR};
    struct proto_buffer body = {0};
    cr_assert(
        eq(int, past_board_answer(&question, reader, &city.config, from, &body, error), STATUS_OK),
        "%s", error);
    return body;
}

Test(past_marks, the_board_of_a_moment_is_the_same_from_a_mark_and_from_the_first_event)
{
    const struct past_marks none = {.directory = "", .epoch = EPOCH, .every = EVERY};
    cr_expect(lt(u32, 3, make_all()));
    for (uint32_t i = 30; i < events.count; i += 97) {
        const int64_t at_ms = events.records[i].at_ms;
        struct proto_buffer slow = answer(&none, at_ms);
        struct proto_buffer fast = answer(&marks, at_ms);
        cr_assert(eq(sz, fast.size, slow.size), "at event %u", i + 1);
        cr_expect(eq(int, memcmp(fast.bytes, slow.bytes, slow.size), 0), "at event %u", i + 1);
        proto_buffer_finish(&slow);
        proto_buffer_finish(&fast);
    }
}

Test(past_marks, a_replay_begins_with_the_newest_mark_that_is_not_later)
{
    const uint32_t count = make_all();
    cr_assert(eq(u32, count, events.count / EVERY));
    for (uint32_t i = 0; i < events.count; i++) {
        const int64_t at_ms = events.records[i].at_ms;
        const uint64_t seq = begun(at_ms);
        cr_assert(eq(u64, seq % EVERY, 0));
        if (seq > 0) {
            cr_expect(le(i64, events.records[seq - 1].at_ms, at_ms), "at event %u", i + 1);
        }
        if (seq / EVERY < count) {
            cr_expect(lt(i64, at_ms, events.records[seq + EVERY - 1].at_ms), "at event %u", i + 1);
        }
        i += i % 7;
    }
    cr_expect(eq(u64, begun(events.records[0].at_ms), 0));
}

Test(past_marks, one_that_cannot_be_read_is_passed_over)
{
    const uint64_t newest = (uint64_t)make_all() * EVERY;
    char file[GIVEN_PATH_SIZE];
    path_of(newest, file);
    store_given_flip(file, store_given_size(file) / 2);
    cr_expect(eq(u64, begun(INT64_MAX), newest - EVERY));
    uint32_t removed = 0;
    cr_assert(eq(int, past_marks_sweep(&marks, reader, &city.config, &removed, error), STATUS_OK));
    cr_expect(eq(u32, removed, 1));
    cr_expect(not(is_there(newest)));
    cr_expect(is_there(newest - EVERY));
    cr_expect(eq(u32, make_all(), 1));
    cr_expect(eq(u64, begun(INT64_MAX), newest));
}

Test(past_marks, those_of_another_record_are_taken_away_and_made_again)
{
    const uint32_t count = make_all();
    marks.epoch = "fedcba9876543210fedcba9876543210";
    cr_expect(eq(u64, begun(INT64_MAX), 0));
    char file[GIVEN_PATH_SIZE], later[GIVEN_PATH_SIZE];
    path_of(EVERY, file);
    path_of((uint64_t)(count + 1) * EVERY, later); /* that record was longer */
    cr_assert(eq(int, link(file, later), 0));
    uint32_t removed = 0;
    cr_assert(eq(int, past_marks_sweep(&marks, reader, &city.config, &removed, error), STATUS_OK));
    cr_expect(eq(u32, removed, count + 1));
    cr_expect(eq(u32, make_all(), count));
    cr_expect(eq(u64, begun(INT64_MAX), (uint64_t)count * EVERY));
}

Test(past_marks, one_that_is_missing_is_made_from_the_one_before)
{
    (void)make_all();
    char file[GIVEN_PATH_SIZE];
    path_of(2 * EVERY, file);
    cr_assert(eq(int, remove(file), 0));
    cr_expect(eq(u32, make_all(), 1));
    cr_expect(is_there(2 * EVERY));
}

Test(past_marks, nothing_is_made_of_a_short_record_on_a_full_disk_or_by_an_engine_that_stops)
{
    marks.every = events.count + 1;
    cr_expect(eq(int, make(), STATUS_NOT_FOUND));
    marks.every = EVERY;
    marks.disk_guard_mb = UINT32_MAX;
    cr_expect(eq(int, make(), STATUS_DISK_FULL));
    cr_expect(ne(chr, error[0], '\0'));
    marks.disk_guard_mb = 0;
    stops = true;
    cr_expect(eq(int, make(), STATUS_BUSY));
    cr_expect(not(is_there(EVERY)));
}
