/* history_patrol: what had to be visited and who was there read back as the events said it, each in
 * its own column, up to the same event and within the span that was asked for. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/stay.h"
#include "engine/store/history_patrol.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/history_given.h"

#define ROWS_MAX 16u

static void set_up(void)
{
    history_given_begin(200, 4u << 20);
}

TestSuite(history_patrol, .init = set_up, .fini = history_given_end, .timeout = 60);

/* ---- Events by hand: no two numbers are alike ---- */

static void make(enum event_kind kind, int64_t at_ms)
{
    memset(event, 0, sizeof *event);
    event->kind = kind;
    event->at_ms = T0 + at_ms;
}

/* Each event is fed by itself; answers its number. */
static uint64_t put(void)
{
    store_given_event(&events, history_seq(history) + 1, event);
    cr_assert(eq(int, history_feed(history, &events, error), STATUS_OK), "%s", error);
    event_list_clear(&events);
    return history_seq(history);
}

static void given_ring(uint32_t *ring_count, uint32_t ring_sizes[], struct geo_point points[])
{
    *ring_count = 1;
    ring_sizes[0] = 3;
    points[1] = (struct geo_point){10, 0};
    points[2] = (struct geo_point){0, 10};
}

static void given_roster(void)
{
    make(EVENT_DISTRICT_PUT, 0);
    event->district.index = 3;
    (void)snprintf(event->district.code, CODE_SIZE, "D3");
    (void)snprintf(event->district.name, NAME_SIZE, "石岐");
    given_ring(&event->district.ring_count, event->district.ring_sizes, event->district.points);
    (void)put();
    make(EVENT_CIRCLE_PUT, 0);
    event->circle.index = 4;
    (void)snprintf(event->circle.circle.code, CODE_SIZE, "C4");
    (void)snprintf(event->circle.circle.name, NAME_SIZE, "银行街");
    event->circle.circle.radius_m = 300;
    event->circle.circle.district = 3;
    (void)put();
    make(EVENT_UNIT_PUT, 0);
    event->unit.unit.circle = CIRCLE_NONE;
    event->unit.unit.area = AREA_NONE;
    event->unit.unit_id = 12;
    (void)snprintf(event->unit.unit.code, CODE_SIZE, "M12");
    (void)snprintf(event->unit.unit.name, NAME_SIZE, "铁骑十二");
    (void)put();
}

static uint64_t given_checkpoint(uint32_t index, const char *code, uint32_t circle, int64_t at_ms)
{
    make(EVENT_CHECKPOINT_PUT, at_ms);
    event->checkpoint.index = index;
    struct checkpoint_definition *to = &event->checkpoint.checkpoint;
    (void)snprintf(to->code, CODE_SIZE, "%s", code);
    (void)snprintf(to->name, NAME_SIZE, "name of %s", code);
    to->radius_m = 60;
    to->district = circle == CIRCLE_NONE ? 9 : 3;
    to->circle = circle;
    to->from_min = 61;
    to->to_min = 62;
    to->every_min = 63;
    to->stop_count = circle == CIRCLE_NONE ? 0 : 2;
    to->stops[1] = 1;
    return put();
}

static uint64_t given_visit(uint32_t index, uint32_t unit_id, enum visit visit, int64_t arrived_ms,
                            uint32_t stayed_ms, uint32_t distance_m, uint32_t fix_age_ms)
{
    make(EVENT_CHECKPOINT_VISITED, arrived_ms + stayed_ms + 5);
    event->visited.index = index;
    event->visited.unit_id = unit_id;
    event->visited.visit = visit;
    event->visited.arrived_ms = T0 + arrived_ms;
    event->visited.stayed_ms = stayed_ms;
    event->visited.distance_m = distance_m;
    event->visited.fix_age_ms = fix_age_ms;
    event->visited.device_ms = TIME_NEVER;
    return put();
}

static uint64_t given_miss(uint32_t index, int64_t due_ms)
{
    make(EVENT_CHECKPOINT_OVERDUE, due_ms + 5);
    event->overdue.index = index;
    event->overdue.due_ms = T0 + due_ms;
    event->overdue.visited_ms = TIME_NEVER;
    return put();
}

/* ---- What is read: into rows that something else was in ---- */

static struct history_checkpoint checkpoints[ROWS_MAX];
static struct history_visit visits[ROWS_MAX];
static struct {
    uint32_t checkpoint;
    int64_t due_ms;
} misses[ROWS_MAX];
static uint32_t taken, taken_max;

static bool take_checkpoint(void *context, const struct history_checkpoint *checkpoint)
{
    cr_assert(eq(ptr, context, &taken));
    checkpoints[taken++] = *checkpoint;
    return taken < taken_max;
}
static bool take_visit(void *context, const struct history_visit *visit)
{
    cr_assert(eq(ptr, context, &taken));
    visits[taken++] = *visit;
    return taken < taken_max;
}
static bool take_miss(void *context, uint32_t checkpoint, int64_t due_ms)
{
    cr_assert(eq(ptr, context, &taken));
    misses[taken].checkpoint = checkpoint;
    misses[taken++].due_ms = due_ms;
    return taken < taken_max;
}

static uint32_t read_checkpoints(uint64_t seq)
{
    taken = 0;
    taken_max = ROWS_MAX;
    cr_assert(
        eq(int, history_patrol_checkpoints(reader, seq, take_checkpoint, &taken, error), STATUS_OK),
        "%s", error);
    return taken;
}

static uint32_t read_visits(int64_t from_ms, int64_t to_ms, uint64_t seq)
{
    const struct history_patrol_span span = {T0 + from_ms, T0 + to_ms, seq};
    taken = 0;
    taken_max = ROWS_MAX;
    cr_assert(eq(int, history_patrol_visits(reader, &span, take_visit, &taken, error), STATUS_OK),
              "%s", error);
    return taken;
}

static uint32_t read_misses(int64_t from_ms, int64_t to_ms, uint64_t seq)
{
    const struct history_patrol_span span = {T0 + from_ms, T0 + to_ms, seq};
    taken = 0;
    taken_max = ROWS_MAX;
    cr_assert(eq(int, history_patrol_misses(reader, &span, take_miss, &taken, error), STATUS_OK),
              "%s", error);
    return taken;
}

/* ---- Checkpoints ---- */

Test(history_patrol, the_newest_event_is_the_end_of_every_answer)
{
    uint64_t seq = 7;
    int64_t at_ms = 7;
    cr_assert(eq(int, history_patrol_newest(reader, &seq, &at_ms, error), STATUS_OK));
    cr_expect(eq(u64, seq, 0));
    cr_expect(eq(i64, at_ms, TIME_NEVER));
    given_roster();
    const uint64_t last = given_checkpoint(0, "P0", CIRCLE_NONE, 777);
    cr_assert(eq(int, history_patrol_newest(reader, &seq, &at_ms, error), STATUS_OK));
    cr_expect(eq(u64, seq, last));
    cr_expect(eq(i64, at_ms, T0 + 777));
}

Test(history_patrol, a_checkpoint_is_as_it_was_put)
{
    given_roster();
    given_checkpoint(1, "P1", CIRCLE_NONE, 2000);
    given_checkpoint(0, "R0", 4, 1000);
    memset(checkpoints, 0xa5, sizeof checkpoints);
    cr_assert(eq(u32, read_checkpoints(UINT32_MAX), 2));
    struct history_checkpoint *route = &checkpoints[0];
    cr_expect(eq(u32, route->checkpoint, 0));
    cr_expect(eq(i64, route->from_ms, T0 + 1000));
    cr_expect(eq(str, route->code, "R0"));
    cr_expect(eq(str, route->name, "name of R0"));
    cr_expect(eq(u8, route->district, 3));
    cr_expect(eq(u32, route->circle, 4));
    cr_expect(eq(u16, route->from_min, 61));
    cr_expect(eq(u16, route->to_min, 62));
    cr_expect(eq(u32, route->every_min, 63));
    cr_expect(eq(u32, route->stop_count, 2));
    cr_expect(eq(str, route->circle_code, "C4"));
    cr_expect(eq(str, route->circle_name, "银行街"));
    cr_expect(eq(str, route->district_code, "D3"));
    cr_expect(eq(str, route->district_name, "石岐"));
    struct history_checkpoint *place = &checkpoints[1];
    cr_expect(eq(u32, place->checkpoint, 1));
    cr_expect(eq(i64, place->from_ms, T0 + 2000));
    cr_expect(eq(u8, place->district, 9));
    cr_expect(eq(u32, place->circle, CIRCLE_NONE));
    cr_expect(eq(u32, place->stop_count, 0));
    cr_expect(eq(str, place->circle_code, ""));
    cr_expect(eq(str, place->circle_name, ""));
    cr_expect(eq(str, place->district_code, ""), "one that nobody knows");
    cr_expect(eq(str, place->district_name, ""));
}

Test(history_patrol, a_checkpoint_has_a_row_for_every_time_that_it_was_put)
{
    given_roster();
    const uint64_t first = given_checkpoint(5, "OLD", 4, 1000);
    given_checkpoint(2, "P2", CIRCLE_NONE, 1500);
    const uint64_t last = given_checkpoint(5, "NEW", 4, 2000);
    cr_assert(eq(u32, read_checkpoints(last), 3));
    cr_expect(eq(str, checkpoints[0].code, "P2"));
    cr_expect(eq(str, checkpoints[1].code, "OLD"));
    cr_expect(eq(i64, checkpoints[1].from_ms, T0 + 1000));
    cr_expect(eq(str, checkpoints[2].code, "NEW"));
    cr_expect(eq(i64, checkpoints[2].from_ms, T0 + 2000));
    cr_expect(eq(u32, read_checkpoints(last - 1), 2), "the newest was not there yet");
    cr_expect(eq(u32, read_checkpoints(first), 1));
    cr_expect(eq(u32, read_checkpoints(first - 1), 0));
    taken = 0;
    taken_max = 1;
    cr_assert(eq(int, history_patrol_checkpoints(reader, last, take_checkpoint, &taken, error),
                 STATUS_OK));
    cr_expect(eq(u32, taken, 1), "reading stops when told");
}

/* ---- Visits ---- */

Test(history_patrol, a_visit_is_as_it_was_said)
{
    given_roster();
    given_checkpoint(1, "P1", CIRCLE_NONE, 0);
    memset(visits, 0xa5, sizeof visits);
    const uint64_t seq = given_visit(1, 12, VISIT_SIGNED, 3000, 0, 500, 1000);
    cr_assert(eq(u32, read_visits(0, 9000, seq), 1));
    cr_expect(eq(u32, visits[0].checkpoint, 1));
    cr_expect(eq(u32, visits[0].unit_id, 12));
    cr_expect(eq(i64, visits[0].seen_ms, T0 + 3000));
    cr_expect(eq(int, visits[0].visit, VISIT_SIGNED));
    cr_expect(not(visits[0].is_again));
    cr_expect(not(visits[0].is_near));
}

/* As far as its edge and as old as a unit may be silent. */
Test(history_patrol, who_signs_is_near_when_a_fix_of_then_says_so)
{
    static const struct {
        enum visit visit;
        uint32_t distance_m, fix_age_ms;
        bool is_near;
    } cases[] = {{VISIT_SIGNED, 60 + STAY_EDGE_M, STAY_SILENCE_MS, true},
                 {VISIT_SCANNED, 60 + STAY_EDGE_M, STAY_SILENCE_MS, true},
                 {VISIT_SIGNED, 60 + STAY_EDGE_M + 1, 0, false},
                 {VISIT_SIGNED, 0, STAY_SILENCE_MS + 1, false},
                 {VISIT_SCANNED, UINT32_MAX, UINT32_MAX, false},
                 {VISIT_SIGNED, UINT32_MAX, 0, false},
                 {VISIT_SIGNED, 0, UINT32_MAX, false},
                 {VISIT_SEEN, UINT32_MAX, UINT32_MAX, true},
                 {VISIT_WALKED, UINT32_MAX, UINT32_MAX, true}};
    const uint32_t count = sizeof cases / sizeof cases[0];
    given_roster();
    given_checkpoint(1, "P1", CIRCLE_NONE, 0);
    for (uint32_t i = 0; i < count; i++) {
        (void)given_visit(1, 12, cases[i].visit, 1000 * i, 0, cases[i].distance_m,
                          cases[i].fix_age_ms);
    }
    cr_assert(eq(u32, read_visits(0, 99000, UINT32_MAX), count));
    for (uint32_t i = 0; i < count; i++) {
        cr_expect(eq(int, visits[i].visit, cases[i].visit));
        cr_expect(eq(int, visits[i].is_near, cases[i].is_near), "case %u", i);
    }
}

Test(history_patrol, who_stays_on_is_there_again)
{
    static const struct {
        uint32_t unit_id;
        enum visit visit;
        int64_t arrived_ms;
        uint32_t stayed_ms;
        bool is_again;
    } cases[] = {{12, VISIT_SEEN, 1000, 100, false},   {12, VISIT_SEEN, 1000, 200, true},
                 {13, VISIT_SEEN, 1000, 300, false},   {12, VISIT_SEEN, 1001, 400, false},
                 {12, VISIT_WALKED, 1000, 500, false}, {12, VISIT_WALKED, 1000, 600, false},
                 {12, VISIT_SEEN, 1000, 700, true}};
    const uint32_t count = sizeof cases / sizeof cases[0];
    given_roster();
    given_checkpoint(1, "P1", CIRCLE_NONE, 0);
    given_checkpoint(2, "P2", CIRCLE_NONE, 0);
    (void)given_visit(2, 12, VISIT_SEEN, 1000, 50, 0, 0); /* elsewhere: says nothing */
    for (uint32_t i = 0; i < count; i++) {
        (void)given_visit(1, cases[i].unit_id, cases[i].visit, cases[i].arrived_ms,
                          cases[i].stayed_ms, 0, 0);
    }
    cr_assert(eq(u32, read_visits(0, 9000, UINT32_MAX), count + 1));
    for (uint32_t i = 0; i < count; i++) {
        cr_expect(eq(u32, visits[i].checkpoint, 1));
        cr_expect(eq(u32, visits[i].unit_id, cases[i].unit_id), "case %u", i);
        cr_expect(eq(i64, visits[i].seen_ms, T0 + cases[i].arrived_ms + cases[i].stayed_ms));
        cr_expect(eq(int, visits[i].is_again, cases[i].is_again), "case %u", i);
    }
}

Test(history_patrol, a_span_has_its_first_moment_and_not_its_last)
{
    given_roster();
    given_checkpoint(2, "P2", CIRCLE_NONE, 0);
    given_checkpoint(1, "P1", CIRCLE_NONE, 0);
    const uint64_t first = given_visit(2, 12, VISIT_SIGNED, 1000, 0, 0, 0);
    const uint64_t second = given_visit(1, 13, VISIT_SIGNED, 2000, 0, 0, 0);
    cr_assert(eq(u32, read_visits(1000, 2001, second), 2));
    cr_expect(eq(u32, visits[0].checkpoint, 1), "by checkpoint");
    cr_expect(eq(u32, visits[1].checkpoint, 2));
    cr_expect(eq(u32, read_visits(1001, 2001, second), 1));
    cr_expect(eq(u32, read_visits(1000, 2000, second), 1));
    cr_expect(eq(u32, read_visits(1000, 2001, first), 1), "nothing newer than the event");
    cr_expect(eq(u32, read_visits(1000, 2001, first - 1), 0));
    const uint64_t due = given_miss(2, 1000);
    const uint64_t over = given_miss(1, 2000);
    cr_assert(eq(u32, read_misses(1000, 2001, over), 2));
    cr_expect(eq(u32, misses[0].checkpoint, 1));
    cr_expect(eq(i64, misses[0].due_ms, T0 + 2000));
    cr_expect(eq(u32, misses[1].checkpoint, 2));
    cr_expect(eq(i64, misses[1].due_ms, T0 + 1000));
    cr_expect(eq(u32, read_misses(1001, 2001, over), 1));
    cr_expect(eq(u32, read_misses(1000, 2000, over), 1));
    cr_expect(eq(u32, read_misses(1000, 2001, due), 1));
    cr_expect(eq(u32, read_misses(1000, 2001, due - 1), 0));
}

/* ---- Units; a disk that fails ---- */

Test(history_patrol, a_unit_is_named_or_nobody)
{
    char code[CODE_SIZE] = "x", name[NAME_SIZE] = "x";
    given_roster();
    cr_assert(eq(int, history_patrol_unit(reader, 12, code, name, error), STATUS_OK));
    cr_expect(eq(str, code, "M12"));
    cr_expect(eq(str, name, "铁骑十二"));
    cr_assert(eq(int, history_patrol_unit(reader, 13, code, name, error), STATUS_OK));
    cr_expect(eq(str, code, ""));
    cr_expect(eq(str, name, ""));
}

Test(history_patrol, what_cannot_be_read_is_no_answer)
{
    const struct history_patrol_span span = {T0, T0 + 9000, 99};
    char code[CODE_SIZE], name[NAME_SIZE];
    uint64_t seq = 0;
    int64_t at_ms = 0;
    given_roster();
    given_checkpoint(1, "P1", CIRCLE_NONE, 0);
    (void)given_visit(1, 12, VISIT_SIGNED, 1000, 0, 0, 0);
    (void)given_miss(1, 2000);
    history_reader_close(reader); /* with all that it has in its cache */
    cr_assert(eq(int, history_reader_open(path, &reader, error), STATUS_OK), "%s", error);
    fault_vfs_arm(FAULT_READ, 1, SQLITE_IOERR_READ, true, false);
    taken = 0;
    cr_expect(eq(int, history_patrol_newest(reader, &seq, &at_ms, error), STATUS_IO));
    cr_expect(
        eq(int, history_patrol_checkpoints(reader, 99, take_checkpoint, &taken, error), STATUS_IO));
    cr_expect(eq(int, history_patrol_visits(reader, &span, take_visit, &taken, error), STATUS_IO));
    cr_expect(eq(int, history_patrol_misses(reader, &span, take_miss, &taken, error), STATUS_IO));
    cr_expect(eq(int, history_patrol_unit(reader, 12, code, name, error), STATUS_IO));
    cr_expect(eq(u32, taken, 0));
}
