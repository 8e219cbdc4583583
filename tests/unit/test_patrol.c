/* patrol: checkpoints, who visited them and what is overdue. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/stay.h"
#include "tests/support/core_given.h"

#define MIN_MS  60000
#define HOUR_MS 3600000
/* The world's clock starts at 22:13:20 UTC; this is what is left until midnight. */
#define TO_MIDNIGHT_MS ((int64_t)((1 * 60 + 46) * 60 + 40) * 1000)

static struct world world;
static struct checkpoint_definition checkpoints[CHECKPOINTS_MAX + 1];
static struct command command;

static void given_checkpoint(uint32_t i, int32_t east_m)
{
    checkpoints[i] = (struct checkpoint_definition){.name = "the bridge",
                                                    .at = world_at(east_m, 0),
                                                    .radius_m = 50,
                                                    .circle = CIRCLE_NONE,
                                                    .district = DISTRICT_NONE,
                                                    .every_min = 60,
                                                    .stay_s = 120};
    (void)snprintf(checkpoints[i].code, CODE_SIZE, "B%u", i);
}

static void put(uint32_t count)
{
    command = (struct command){.kind = COMMAND_ROSTER_PUT,
                               .roster = {.checkpoints = checkpoints, .checkpoint_count = count}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
}

static void set_up(void)
{
    world_init(&world);
    world_begin(&world);
    given_checkpoint(0, 0);
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(patrol, .init = set_up, .fini = tear_down, .timeout = 30);

/* A fix a minute at that place, and a step when one is wanted. */
static void stand(uint32_t unit_id, int32_t east_m, int64_t ms)
{
    const int64_t until_ms = world.now_ms + ms;
    world_fix(&world, unit_id, east_m, 0);
    while (world.now_ms < until_ms) {
        world_pass(&world, MIN_MS);
        world_fix(&world, unit_id, east_m, 0);
    }
    world_pass(&world, 0);
}

static struct alarm_view alarm_of(uint32_t checkpoint)
{
    struct alarm_view alarm = {.alarm_id = 0};
    while (engine_alarm_next(world.engine, alarm.alarm_id, &alarm)) {
        if (alarm.kind == ALARM_CHECKPOINT_OVERDUE && alarm.checkpoint == checkpoint) {
            return alarm;
        }
    }
    return (struct alarm_view){.alarm_id = 0};
}

static struct step_result sign(uint32_t unit_id, uint32_t checkpoint)
{
    struct command signing = {.kind = COMMAND_CHECKPOINT_SIGN,
                              .sign = {.checkpoint = checkpoint,
                                       .unit_id = unit_id,
                                       .visit = VISIT_SCANNED,
                                       .device_ms = world.now_ms - 700}};
    return world_step(&world, &signing);
}

/* ---- Visits ---- */

Test(patrol, a_unit_that_stays_has_visited)
{
    put(1);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    stand(car, 500, 5 * MIN_MS);
    const int64_t arrived_ms = world.now_ms;
    stand(car, 20, MIN_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_VISITED], 0));
    world_pass(&world, MIN_MS);
    world_fix(&world, car, 20, 0);
    cr_expect(le(i64, engine_deadline_ms(world.engine), world.now_ms), "a step is wanted now");
    world_pass(&world, 0);
    cr_assert(eq(u32, world.kinds[EVENT_CHECKPOINT_VISITED], 1));
    const struct checkpoint_view view = engine_checkpoint(world.engine, 0);
    cr_expect(eq(i64, view.visited_ms, arrived_ms + 2 * MIN_MS));
    cr_expect(eq(u32, view.visited_unit, car));
    cr_expect(eq(u32, view.visit, VISIT_SEEN));
    cr_expect(eq(i64, view.due_ms, arrived_ms + 2 * MIN_MS + HOUR_MS));
    cr_expect(eq(i64, view.overdue_ms, TIME_NEVER));
}

Test(patrol, the_event_says_since_when_and_from_how_far)
{
    put(1);
    const uint32_t car = world_unit(&world, UNIT_CAR, 30, 0);
    const int64_t arrived_ms = world.now_ms;
    world_fix(&world, car, 30, 0);
    world_pass(&world, 3 * MIN_MS);
    world_fix(&world, car, 30, 0);
    struct command tick = {.kind = COMMAND_TICK};
    (void)world_step(&world, &tick);
    cr_assert(eq(u32, world_count(&world, EVENT_CHECKPOINT_VISITED), 1));
    const struct event *event = world_event(&world, EVENT_CHECKPOINT_VISITED, 0);
    cr_expect(eq(i64, event->visited.arrived_ms, arrived_ms));
    cr_expect(eq(u32, event->visited.stayed_ms, 3 * MIN_MS));
    cr_expect(eq(u32, event->visited.distance_m, 30));
    cr_expect(eq(u32, event->visited.fix_age_ms, 0));
    cr_expect(eq(u32, event->visited.source, SOURCE_GPS));
    cr_expect(types_same_text(event->actor.id, "system"));
}

Test(patrol, who_is_off_duty_visits_nothing)
{
    put(1);
    const uint32_t car = world_unit(&world, UNIT_CAR, 0, 0);
    stand(car, 0, MIN_MS);
    (void)world_duty(&world, car, DUTY_OFF);
    stand(car, 0, 10 * MIN_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_VISITED], 0));
    (void)world_duty(&world, car, DUTY_ON);
    stand(car, 0, MIN_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_VISITED], 0), "it arrives with its duty");
    stand(car, 0, MIN_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_VISITED], 1));
    cr_expect(eq(u32, sign(car, 0).refusal, REASON_NONE));
    (void)world_duty(&world, car, DUTY_OFF);
    cr_expect(eq(u32, sign(car, 0).refusal, REASON_WRONG_STATE));
}

Test(patrol, a_visit_can_be_signed_and_says_how_far_the_unit_was)
{
    put(1);
    const uint32_t car = world_unit(&world, UNIT_CAR, 700, 0);
    const uint32_t mute = world_unit_off_duty(&world, UNIT_FOOT, 0, 0, 0);
    (void)world_duty(&world, mute, DUTY_ON);
    cr_assert(eq(u32, sign(car, 0).refusal, REASON_NONE));
    const struct event *event = world_event(&world, EVENT_CHECKPOINT_VISITED, 0);
    cr_expect(eq(u32, event->visited.visit, VISIT_SCANNED));
    cr_expect(eq(u32, event->visited.source, SOURCE_DISPATCHER));
    cr_expect(eq(u32, event->visited.distance_m, 700));
    cr_expect(eq(i64, event->visited.device_ms, world.now_ms - 700));
    cr_expect(eq(u32, engine_checkpoint(world.engine, 0).visited_unit, car));
    cr_assert(eq(u32, sign(mute, 0).refusal, REASON_NONE));
    cr_expect(
        eq(u32, world_event(&world, EVENT_CHECKPOINT_VISITED, 0)->visited.distance_m, UINT32_MAX));
    cr_expect(eq(u32, sign(car, 1).refusal, REASON_UNKNOWN_CHECKPOINT));
    cr_expect(eq(u32, sign(77, 0).refusal, REASON_UNKNOWN_UNIT));
}

/* ---- Overdue ---- */

Test(patrol, what_nobody_visits_in_its_time_is_overdue_until_somebody_does)
{
    put(1);
    const int64_t put_ms = world.now_ms;
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_pass(&world, HOUR_MS - 1);
    cr_expect(eq(u32, alarm_of(0).alarm_id, 0));
    world_pass(&world, 1);
    cr_assert(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 1));
    const struct alarm_view alarm = alarm_of(0);
    cr_assert(ne(u32, alarm.alarm_id, 0));
    cr_expect(eq(u32, alarm.incident_id, 0));
    cr_expect(eq(u32, alarm.circle, CIRCLE_NONE));
    cr_expect(eq(i64, alarm.raised_ms, put_ms + HOUR_MS));
    cr_expect(eq(i64, engine_checkpoint(world.engine, 0).overdue_ms, put_ms + HOUR_MS));
    cr_expect(eq(u32, engine_overdue_count(world.engine), 1));
    world_pass(&world, 2 * HOUR_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 3), "each missed time is one");
    cr_expect(eq(u32, engine_checkpoint(world.engine, 0).missed, 3));
    cr_expect(eq(u32, alarm_of(0).alarm_id, alarm.alarm_id), "one alarm for all of it");
    cr_assert(eq(u32, sign(car, 0).refusal, REASON_NONE));
    cr_expect(eq(u32, world_count(&world, EVENT_ALARM_CLEARED), 1), "with the visit");
    cr_expect(eq(u32, alarm_of(0).alarm_id, 0));
    cr_expect(eq(u32, engine_checkpoint(world.engine, 0).missed, 0));
    cr_expect(eq(i64, engine_checkpoint(world.engine, 0).due_ms, world.now_ms + HOUR_MS));
}

Test(patrol, who_stays_on_keeps_it_visited)
{
    put(1);
    const uint32_t post = world_unit(&world, UNIT_CAR, 0, 0);
    stand(post, 0, 10 * (int64_t)HOUR_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 0));
    cr_expect(ge(u32, world.kinds[EVENT_CHECKPOINT_VISITED], 19));
    cr_expect(le(u32, world.kinds[EVENT_CHECKPOINT_VISITED], 21));
}

Test(patrol, outside_the_due_hours_nothing_is_overdue)
{
    checkpoints[0].from_min = 8 * 60;
    checkpoints[0].to_min = 20 * 60;
    put(1);
    world_pass(&world, TO_MIDNIGHT_MS + 9 * (int64_t)HOUR_MS - 1);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 0));
    world_pass(&world, 1);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 1), "an hour after eight");
    world_pass(&world, 11 * (int64_t)HOUR_MS - 1);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 11));
    cr_expect(ne(u32, alarm_of(0).alarm_id, 0));
    world_pass(&world, 1);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 12),
              "what ends with the hours counts");
    cr_expect(eq(u32, alarm_of(0).alarm_id, 0), "but at eight everybody goes home");
    world_pass(&world, 13 * (int64_t)HOUR_MS - 1);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 12));
    world_pass(&world, 1);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 13));
}

Test(patrol, due_hours_are_local_and_go_over_midnight)
{
    checkpoints[0].from_min = 22 * 60;
    checkpoints[0].to_min = 6 * 60;
    engine_observe_zone(world.engine, 8 * (int64_t)HOUR_MS); /* it is 06:13 in Zhongshan */
    put(1);
    const int64_t open_ms = world.now_ms + TO_MIDNIGHT_MS + 14 * (int64_t)HOUR_MS;
    cr_expect(eq(i64, engine_checkpoint(world.engine, 0).due_ms, open_ms + HOUR_MS));
    engine_observe_zone(world.engine, 0); /* 22:13: they have begun */
    cr_expect(eq(i64, engine_checkpoint(world.engine, 0).due_ms, world.now_ms + HOUR_MS));
    world_pass(&world, HOUR_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 1));
    world_pass(&world, TO_MIDNIGHT_MS + 5 * (int64_t)HOUR_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 7));
    cr_expect(eq(u32, alarm_of(0).alarm_id, 0));
    engine_observe_zone(world.engine, -3 * (int64_t)HOUR_MS); /* 03:00 somewhere else */
    cr_expect(eq(i64, engine_checkpoint(world.engine, 0).due_ms,
                 world.now_ms - TO_MIDNIGHT_MS % HOUR_MS + HOUR_MS));
}

Test(patrol, a_time_that_does_not_end_before_the_hours_do_begins_with_the_next)
{
    checkpoints[0].from_min = 20 * 60;
    checkpoints[0].to_min = 23 * 60;
    put(1);
    world_pass(&world, TO_MIDNIGHT_MS + 20 * (int64_t)HOUR_MS + 59 * MIN_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 0), "46 minutes were left");
    world_pass(&world, MIN_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 1));
}

Test(patrol, nobody_has_to_visit_what_has_no_time)
{
    checkpoints[0].every_min = 0;
    put(1);
    world_pass(&world, 100 * (int64_t)HOUR_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 0));
    cr_expect(eq(i64, engine_checkpoint(world.engine, 0).due_ms, INT64_MAX));
    checkpoints[0].every_min = 60;
    put(1);
    world_pass(&world, HOUR_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 1), "from now on it does");
    cr_expect(ne(u32, alarm_of(0).alarm_id, 0));
    put(1);
    cr_expect(ne(u32, alarm_of(0).alarm_id, 0), "the same again changes nothing");
    checkpoints[0].every_min = 0;
    put(1);
    world_pass(&world, 1);
    cr_expect(eq(u32, alarm_of(0).alarm_id, 0));
}

/* ---- Alarms ---- */

static void act_on(uint32_t alarm_id, enum command_kind kind, int64_t until_ms)
{
    struct command act = {
        .kind = kind,
        .alarm = {.alarm_id = alarm_id, .until_ms = until_ms, .reason = REASON_CAN_WAIT}};
    cr_assert(eq(u32, world_step(&world, &act).refusal, REASON_NONE));
}

Test(patrol, its_alarm_is_acknowledged_shelved_and_comes_back)
{
    put(1);
    world_pass(&world, HOUR_MS);
    const uint32_t alarm_id = alarm_of(0).alarm_id;
    act_on(alarm_id, COMMAND_ALARM_ACK, 0);
    cr_expect(types_same_text(alarm_of(0).acked_by, "li"));
    act_on(alarm_id, COMMAND_ALARM_SHELVE, world.now_ms + 10 * MIN_MS);
    world_pass(&world, 10 * MIN_MS - 1);
    cr_expect(ne(i64, alarm_of(0).shelved_ms, TIME_NEVER));
    world_pass(&world, 1);
    cr_expect(eq(i64, alarm_of(0).shelved_ms, TIME_NEVER));
    cr_expect(eq(u32, alarm_of(0).alarm_id, alarm_id));
    cr_expect(eq(u32, world.kinds[EVENT_ALARM_RETURNED], 1));
}

Test(patrol, overdue_checkpoints_leave_three_quarters_of_the_alarms)
{
    world_finish(&world);
    world_init(&world);
    world.config.limits.alarms_max = 8;
    world_begin(&world);
    for (uint32_t i = 0; i < 5; i++) {
        given_checkpoint(i, (int32_t)i * 1000);
    }
    put(5);
    const uint32_t car = world_unit(&world, UNIT_CAR, 5000, 0);
    world_pass(&world, HOUR_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 5), "all are named");
    cr_expect(eq(u32, engine_overdue_count(world.engine), 2));
    cr_expect(ne(u32, alarm_of(1).alarm_id, 0));
    cr_assert(eq(u32, sign(car, 0).refusal, REASON_NONE));
    world_pass(&world, 1000);
    cr_expect(ne(u32, alarm_of(2).alarm_id, 0), "the next takes the place");
    cr_expect(eq(u32, alarm_of(3).alarm_id, 0));
}

Test(patrol, an_alarm_is_of_the_district_of_its_checkpoint)
{
    static const uint32_t ring_size = 4;
    const struct geo_point ring[4] = {world_at(-100, -100), world_at(100, -100), world_at(100, 100),
                                      world_at(-100, 100)};
    const struct district_definition district = {
        .code = "east", .name = "East", .ring_count = 1, .point_count = 4};
    command = (struct command){
        .kind = COMMAND_ROSTER_PUT,
        .roster = {
            .districts = &district, .district_count = 1, .points = ring, .ring_sizes = &ring_size}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    given_checkpoint(1, 5000);
    put(2);
    world_pass(&world, HOUR_MS);
    cr_expect(eq(u32, alarm_of(0).district, 0));
    cr_expect(eq(u32, alarm_of(1).district, DISTRICT_NONE));
}

/* ---- Restarts ---- */

static void restart(void)
{
    const size_t size = engine_snapshot_write(world.engine, NULL, 0);
    uint8_t *bytes = malloc(size);
    cr_assert(ne(ptr, bytes, NULL));
    cr_assert(eq(sz, engine_snapshot_write(world.engine, bytes, size), size));
    cr_assert(eq(int, engine_snapshot_read(world.engine, bytes, size), STATUS_OK));
    free(bytes);
    engine_started(world.engine, world.now_ms);
}

Test(patrol, what_is_overdue_and_what_is_due_outlive_a_restart)
{
    given_checkpoint(1, 1000);
    checkpoints[1].every_min = 120;
    put(2);
    world_pass(&world, HOUR_MS);
    const struct alarm_view before = alarm_of(0);
    restart();
    cr_expect(eq(u32, alarm_of(0).alarm_id, before.alarm_id));
    cr_expect(eq(u32, engine_overdue_count(world.engine), 1));
    world_pass(&world, HOUR_MS - 1);
    cr_expect(eq(u32, alarm_of(1).alarm_id, 0));
    world_pass(&world, 1);
    cr_expect(ne(u32, alarm_of(1).alarm_id, 0));
    cr_expect(eq(u32, alarm_of(0).alarm_id, before.alarm_id), "the same, not raised anew");
}

Test(patrol, after_a_start_nothing_is_named_before_it_has_settled)
{
    put(1);
    const int64_t due_ms = world.now_ms + HOUR_MS;
    world.now_ms = due_ms - 1000;
    restart();
    world_pass(&world, 29999);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 0));
    world_pass(&world, 1);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 1));
    cr_expect(eq(i64, engine_checkpoint(world.engine, 0).overdue_ms, due_ms), "due as it was");
    cr_expect(eq(i64, engine_checkpoint(world.engine, 0).due_ms, due_ms + HOUR_MS));
}

Test(patrol, a_long_silence_of_the_engine_is_one_miss)
{
    put(1);
    world.now_ms += 50 * (int64_t)HOUR_MS;
    restart();
    world_pass(&world, 30000);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], 1));
    cr_expect(eq(i64, engine_checkpoint(world.engine, 0).due_ms, world.now_ms + HOUR_MS));
}

/* ---- The roster ---- */

static void refused(enum reason reason)
{
    cr_expect(eq(u32, world_step(&world, &command).refusal, reason));
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_PUT], 0));
}

Test(patrol, checkpoints_that_make_no_sense_are_refused_whole)
{
    given_checkpoint(1, 1000);
    command = (struct command){.kind = COMMAND_ROSTER_PUT,
                               .roster = {.checkpoints = checkpoints, .checkpoint_count = 2}};
    const struct checkpoint_definition good = checkpoints[1];
#define BAD(member, value)                                                                         \
    checkpoints[1].member = (value);                                                               \
    refused(REASON_BAD_INPUT);                                                                     \
    checkpoints[1] = good
    BAD(code[0], '\0');
    BAD(at.lat_e7, 900000001);
    BAD(radius_m, 0);
    BAD(radius_m, STAY_RADIUS_MAX_M + 1);
    BAD(circle, 0);
    BAD(district, DISTRICT_NONE + 1);
    BAD(from_min, DAY_MIN);
    BAD(to_min, DAY_MIN);
    BAD(every_min, CHECKPOINT_EVERY_MIN_MAX + 1);
    BAD(stay_s, CHECKPOINT_STAY_S_MAX + 1);
    BAD(to_min, 59); /* an hour does not fit between midnight and then */
#undef BAD
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(u32, engine_checkpoint_find(world.engine, "B1"), 1));
    cr_expect(eq(u32, engine_checkpoint_find(world.engine, "B7"), UINT32_MAX));
}

Test(patrol, as_many_as_there_is_room_for_and_not_one_more)
{
    for (uint32_t i = 0; i <= CHECKPOINTS_MAX; i++) {
        given_checkpoint(i, (int32_t)i);
    }
    command = (struct command){
        .kind = COMMAND_ROSTER_PUT,
        .roster = {.checkpoints = checkpoints, .checkpoint_count = CHECKPOINTS_MAX + 1}};
    refused(REASON_CAPACITY);
    put(CHECKPOINTS_MAX);
    cr_expect(eq(u32, engine_checkpoint_count(world.engine), CHECKPOINTS_MAX));
    world_pass(&world, HOUR_MS);
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_OVERDUE], CHECKPOINTS_MAX));
    cr_expect(eq(u32, engine_overdue_count(world.engine), 64));
}

/* ---- Routes: B0, B1, B2 in a row, walked within the hour ---- */

#define ROUTE 3u

static void given_route(void)
{
    for (uint32_t i = 0; i < ROUTE; i++) {
        given_checkpoint(i, (int32_t)i * 1000);
        checkpoints[i].every_min = 0;
    }
    put(ROUTE);
    checkpoints[ROUTE] = (struct checkpoint_definition){.name = "the round",
                                                        .at = checkpoints[0].at,
                                                        .circle = CIRCLE_NONE,
                                                        .district = DISTRICT_NONE,
                                                        .every_min = 60,
                                                        .stop_count = 3,
                                                        .stops = {0, 1, 2}};
    (void)snprintf(checkpoints[ROUTE].code, CODE_SIZE, "R1");
    put(ROUTE + 1);
}

static void visit(uint32_t unit_id, uint32_t checkpoint)
{
    world_pass(&world, MIN_MS);
    cr_assert(eq(u32, sign(unit_id, checkpoint).refusal, REASON_NONE));
    world_pass(&world, 0);
}

static void expect_next(uint32_t next)
{
    cr_expect(eq(u32, engine_checkpoint(world.engine, ROUTE).next, next));
    cr_expect(eq(u64, engine_digest(world.engine), engine_digest(world.shadow)));
}

Test(patrol, a_round_is_its_stops_in_their_order)
{
    given_route();
    const uint32_t car = world_unit(&world, UNIT_CAR, 0, 0);
    visit(car, 1);
    expect_next(0);
    visit(car, 0);
    const int64_t began_ms = world.now_ms;
    expect_next(1);
    visit(car, 2);
    expect_next(1);
    visit(car, 1);
    visit(car, 0);
    expect_next(2);
    cr_expect(eq(i64, engine_checkpoint(world.engine, ROUTE).visited_ms, TIME_NEVER));
    world_pass(&world, MIN_MS);
    cr_assert(eq(u32, sign(car, 2).refusal, REASON_NONE));
    cr_expect(le(i64, engine_deadline_ms(world.engine), world.now_ms), "its end is said at once");
    struct command tick = {.kind = COMMAND_TICK};
    (void)world_step(&world, &tick);
    const struct checkpoint_view view = engine_checkpoint(world.engine, ROUTE);
    cr_expect(eq(i64, view.visited_ms, world.now_ms));
    cr_expect(eq(u32, view.visit, VISIT_WALKED));
    cr_expect(eq(u32, view.visited_unit, car));
    cr_expect(eq(i64, view.due_ms, world.now_ms + HOUR_MS));
    expect_next(0);
    const struct event *event = world_event(&world, EVENT_CHECKPOINT_VISITED, 0);
    cr_expect(eq(u32, event->visited.index, ROUTE));
    cr_expect(eq(i64, event->visited.arrived_ms, began_ms));
    cr_expect(eq(u32, event->visited.stayed_ms, 4 * MIN_MS));
    cr_expect(eq(u32, event->visited.distance_m, UINT32_MAX));
}

Test(patrol, a_round_that_is_not_walked_in_its_time_is_named_until_one_is)
{
    given_route();
    const uint32_t car = world_unit(&world, UNIT_CAR, 0, 0);
    visit(car, 0);
    world_pass(&world, HOUR_MS);
    const struct alarm_view alarm = alarm_of(ROUTE);
    cr_assert(ne(u32, alarm.alarm_id, 0));
    cr_expect(eq(u32, engine_checkpoint(world.engine, ROUTE).missed, 1));
    visit(car, 1);
    expect_next(0); /* longer than its interval: void */
    visit(car, 0);
    visit(car, 1);
    cr_expect(ne(u32, alarm_of(ROUTE).alarm_id, 0));
    visit(car, 2);
    cr_expect(eq(u32, alarm_of(ROUTE).alarm_id, 0));
    cr_expect(eq(i64, engine_checkpoint(world.engine, ROUTE).overdue_ms, TIME_NEVER));
}

Test(patrol, a_route_is_walked_by_whoever_of_its_circle_and_by_nobody_else)
{
    struct circle_definition circle = {
        .code = "C0", .at = world_at(0, 0), .radius_m = 100, .district = DISTRICT_NONE};
    command = (struct command){.kind = COMMAND_ROSTER_PUT,
                               .roster = {.circles = &circle, .circle_count = 1}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    given_route();
    checkpoints[ROUTE].circle = 0;
    put(ROUTE + 1);
    const uint32_t stranger = world_unit(&world, UNIT_CAR, 0, 0);
    const uint32_t first = world_unit(&world, UNIT_CAR, 0, 0);
    const uint32_t second = world_unit(&world, UNIT_CAR, 0, 0);
    struct unit_definition units[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct unit_view view;
        (void)engine_unit(world.engine, first + i, &view);
        units[i] = *view.definition;
        units[i].circle = 0;
    }
    command =
        (struct command){.kind = COMMAND_ROSTER_PUT, .roster = {.units = units, .unit_count = 2}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    visit(stranger, 0);
    expect_next(0);
    visit(first, 0);
    visit(stranger, 1);
    expect_next(1);
    visit(second, 1);
    expect_next(2);
    visit(first, 2);
    cr_expect(eq(u32, engine_checkpoint(world.engine, ROUTE).visited_unit, first));
}

Test(patrol, fixes_walk_a_round_too_and_who_stands_on_counts_once)
{
    given_route();
    const uint32_t car = world_unit(&world, UNIT_CAR, 0, 0);
    for (int32_t i = 0; i < 3; i++) {
        stand(car, i * 1000, 5 * MIN_MS);
    }
    cr_expect(eq(u32, engine_checkpoint(world.engine, ROUTE).visit, VISIT_WALKED));
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_VISITED], 4));
    expect_next(0);
}

Test(patrol, who_stays_where_a_round_ended_has_not_begun_the_next)
{
    given_route();
    checkpoints[0].every_min = 20;
    checkpoints[ROUTE].stops[2] = 0;
    put(ROUTE + 1);
    const uint32_t car = world_unit(&world, UNIT_CAR, 0, 0);
    stand(car, 0, 5 * MIN_MS);
    stand(car, 1000, 5 * MIN_MS);
    stand(car, 0, 30 * MIN_MS);
    cr_expect(eq(u32, engine_checkpoint(world.engine, ROUTE).visit, VISIT_WALKED));
    cr_expect(lt(u32, 4, world.kinds[EVENT_CHECKPOINT_VISITED]), "it is seen there again");
    expect_next(0);
    stand(car, 5000, 5 * MIN_MS);
    stand(car, 0, 5 * MIN_MS);
    expect_next(1);
}

Test(patrol, a_route_is_not_signed)
{
    given_route();
    const uint32_t car = world_unit(&world, UNIT_CAR, 0, 0);
    cr_expect(eq(u32, sign(car, ROUTE).refusal, REASON_WRONG_STATE));
}

Test(patrol, a_round_under_way_outlives_a_restart_and_a_route_that_changes_begins_anew)
{
    given_route();
    const uint32_t car = world_unit(&world, UNIT_CAR, 0, 0);
    visit(car, 0);
    visit(car, 1);
    const int64_t began_ms = engine_checkpoint(world.engine, ROUTE).began_ms;
    restart();
    cr_expect(eq(u32, engine_checkpoint(world.engine, ROUTE).next, 2));
    cr_expect(eq(i64, engine_checkpoint(world.engine, ROUTE).began_ms, began_ms));
    (void)snprintf(checkpoints[ROUTE].name, NAME_SIZE, "renamed");
    put(ROUTE + 1);
    cr_expect(eq(u32, engine_checkpoint(world.engine, ROUTE).next, 2));
    checkpoints[ROUTE].stops[2] = 0;
    put(ROUTE + 1);
    cr_expect(eq(u32, engine_checkpoint(world.engine, ROUTE).next, 0));
    cr_expect(eq(i64, engine_checkpoint(world.engine, ROUTE).began_ms, TIME_NEVER));
}

Test(patrol, a_route_that_names_a_later_checkpoint_outlives_a_restart)
{
    given_route();
    given_checkpoint(ROUTE + 1, 9000);
    put(ROUTE + 2);
    checkpoints[ROUTE].stops[2] = ROUTE + 1;
    put(ROUTE + 2);
    restart();
    cr_expect(eq(u32, engine_checkpoint(world.engine, ROUTE).definition->stops[2], ROUTE + 1));
}

Test(patrol, routes_that_make_no_sense_are_refused_whole)
{
    given_route();
    const uint32_t puts = world.kinds[EVENT_CHECKPOINT_PUT];
    const struct checkpoint_definition good = checkpoints[ROUTE];
    const struct checkpoint_definition place = checkpoints[0];
#define BAD(i, member, value)                                                                      \
    checkpoints[i].member = (value);                                                               \
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_BAD_INPUT), #member);           \
    checkpoints[ROUTE] = good;                                                                     \
    checkpoints[0] = place
    BAD(ROUTE, stop_count, 1);
    BAD(ROUTE, stop_count, ROUTE_STOPS_MAX + 1);
    BAD(ROUTE, stop_count, 0); /* a route stays one */
    BAD(0, stop_count, 2);     /* and a place one */
    BAD(ROUTE, stops[1], 0);   /* twice in a row */
    BAD(ROUTE, stops[1], 9);
    BAD(ROUTE, stops[1], ROUTE);
    BAD(ROUTE, radius_m, 50);
    BAD(ROUTE, stay_s, 1);
#undef BAD
    cr_expect(eq(u32, world.kinds[EVENT_CHECKPOINT_PUT], puts));
}
