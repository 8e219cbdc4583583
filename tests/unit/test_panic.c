/* panic: a call for help is heard by somebody, ended by a supervisor, and never lost. PAR: a unit
 * on scene is asked whether all is well. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/support/core_given.h"

static struct world world;

static void set_up(void)
{
    world_init(&world);
    world_begin(&world);
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(panic, .init = set_up, .fini = tear_down, .timeout = 20);

static struct step_result call(uint32_t unit_id, uint32_t in_charge)
{
    struct command command = {.kind = COMMAND_UNIT_PANIC};
    command.panic.unit_id = unit_id;
    command.panic.device_ms = TIME_NEVER;
    command.panic.in_charge = in_charge;
    return world_step(&world, &command);
}

static struct step_result close_call(uint32_t unit_id)
{
    struct command command = {.kind = COMMAND_PANIC_CLOSE};
    command.panic_close.unit_id = unit_id;
    command.panic_close.reason = REASON_RESOLVED;
    return world_step(&world, &command);
}

/* Of the incident: its alarm of that kind, 0. */
static struct alarm_view alarm_of(uint32_t incident_id, enum alarm_kind kind)
{
    struct alarm_view alarm = {.alarm_id = 0};
    while (engine_alarm_next(world.engine, alarm.alarm_id, &alarm)) {
        if (alarm.incident_id == incident_id && alarm.kind == kind) {
            return alarm;
        }
    }
    return (struct alarm_view){.alarm_id = 0};
}

static struct step_result acknowledge(uint32_t incident_id)
{
    struct command command = {.kind = COMMAND_ALARM_ACK};
    command.alarm.alarm_id = alarm_of(incident_id, ALARM_PANIC).alarm_id;
    return world_step(&world, &command);
}

static enum panic_state state_of(uint32_t unit_id)
{
    struct unit_view view;
    cr_assert(engine_unit(world.engine, unit_id, &view));
    return view.panic;
}

Test(panic, a_call_opens_an_incident_where_the_unit_is_and_proposes_the_nearest)
{
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 100, 0);
    const uint32_t car = world_unit(&world, UNIT_CAR, 400, 0);
    const uint32_t id = call(foot, 1).incident_id;
    const struct incident_view incident = world_incident(&world, id);
    cr_expect(eq(i32, incident.at.lat_e7, world_at(100, 0).lat_e7));
    cr_expect(eq(i32, incident.at.lon_e7, world_at(100, 0).lon_e7));
    cr_expect(eq(u32, incident.priority, 1));
    cr_expect(eq(u32, incident.panic_unit, foot));
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_SENT], 0), "nobody goes by itself");
    const struct decision_made *made = engine_decision(world.engine, id, TIER_5);
    cr_assert(made != NULL && made->candidate_count == 1);
    cr_expect(eq(u32, made->candidates[0].unit_id, car));
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        made = engine_decision(world.engine, id, (enum tier)tier);
        for (uint32_t i = 0; made != NULL && i < made->candidate_count; i++) {
            cr_expect(made->candidates[i].unit_id != foot, "who calls is not sent to itself");
        }
    }
    cr_expect(eq(u32, alarm_of(id, ALARM_PANIC).unit_id, foot));
}

Test(panic, the_device_knows_best_where_it_is)
{
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 100, 0);
    struct command command = {.kind = COMMAND_UNIT_PANIC};
    command.panic.unit_id = foot;
    command.panic.has_place = true;
    command.panic.at = world_at(700, 50);
    command.panic.device_ms = 5;
    const uint32_t id = world_step(&world, &command).incident_id;
    cr_expect(eq(i32, world_incident(&world, id).at.lon_e7, world_at(700, 50).lon_e7));
    cr_expect(eq(u32, world_event(&world, EVENT_UNIT_PANIC, 0)->panic.place, PANIC_PLACE_DEVICE));
}

Test(panic, off_duty_and_without_a_place_it_is_heard_all_the_same)
{
    const uint32_t foot = world_unit_off_duty(&world, UNIT_FOOT, 100, 0, 0);
    const uint32_t id = call(foot, 0).incident_id;
    cr_expect(ne(u32, alarm_of(id, ALARM_PANIC).alarm_id, 0));
    cr_expect(eq(u32, world_event(&world, EVENT_UNIT_PANIC, 0)->panic.place, PANIC_PLACE_UNKNOWN));
}

/* Called without a fix: where it is said to be. */
static enum panic_place place_of_call(uint32_t unit_id, int32_t *east_of_e7)
{
    const uint32_t id = call(unit_id, 0).incident_id;
    *east_of_e7 = world_incident(&world, id).at.lon_e7;
    return world_event(&world, EVENT_UNIT_PANIC, 0)->panic.place;
}

Test(panic, without_a_fix_it_is_at_its_order_its_home_its_circle_or_in_its_district)
{
    int32_t lon_e7 = 0;
    const uint32_t car = world_unit_off_duty(&world, UNIT_CAR, 100, 0, 0);
    const uint32_t id = world_report(&world, INCIDENT_DISPUTE, 0, 300, 0).incident_id;
    world_duty(&world, car, DUTY_ON);
    world_order(&world, id, 1, car, TIER_5);
    cr_assert(ne(u32, world_active(&world, car), 0));
    cr_expect(eq(u32, place_of_call(car, &lon_e7), PANIC_PLACE_ORDER));
    cr_expect(eq(i32, lon_e7, world_at(300, 0).lon_e7));

    const struct geo_point corners[] = {world_at(4000, 0), world_at(5000, 0), world_at(5000, 900)};
    const uint32_t ring_size = 3;
    struct district_definition district = {
        .code = "D", .name = "district", .ring_count = 1, .point_count = 3};
    struct circle_definition circle = {.code = "K",
                                       .name = "circle",
                                       .at = world_at(2000, 0),
                                       .radius_m = 300,
                                       .district = DISTRICT_NONE};
    struct unit_definition units[] = {
        {.code = "H", .kind = UNIT_CAR, .has_home = true, .home = world_at(1000, 0)},
        {.code = "C", .kind = UNIT_FOOT, .circle = 0},
        {.code = "D", .kind = UNIT_FOOT, .district = 0}};
    units[0].circle = units[2].circle = CIRCLE_NONE;
    units[0].area = units[1].area = units[2].area = AREA_NONE;
    units[0].district = units[1].district = DISTRICT_NONE;
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.districts = &district,
                                         .district_count = 1,
                                         .points = corners,
                                         .ring_sizes = &ring_size,
                                         .circles = &circle,
                                         .circle_count = 1,
                                         .units = units,
                                         .unit_count = 3}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(
        eq(u32, place_of_call(engine_unit_find(world.engine, "H"), &lon_e7), PANIC_PLACE_HOME));
    cr_expect(eq(i32, lon_e7, world_at(1000, 0).lon_e7));
    cr_expect(
        eq(u32, place_of_call(engine_unit_find(world.engine, "C"), &lon_e7), PANIC_PLACE_CIRCLE));
    cr_expect(eq(i32, lon_e7, world_at(2000, 0).lon_e7));
    cr_expect(
        eq(u32, place_of_call(engine_unit_find(world.engine, "D"), &lon_e7), PANIC_PLACE_DISTRICT));
    cr_expect(eq(i32, lon_e7, world_at(4000, 0).lon_e7));
}

Test(panic, of_a_unit_that_is_not_there_is_refused)
{
    cr_expect(eq(u32, call(7, 0).refusal, REASON_UNKNOWN_UNIT));
    cr_expect(eq(u32, close_call(7).refusal, REASON_UNKNOWN_UNIT));
}

Test(panic, with_nobody_in_charge_it_is_for_all_at_once)
{
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 100, 0);
    cr_expect(world_incident(&world, call(foot, 0).incident_id).for_all);
}

Test(panic, with_nobody_who_answers_it_is_for_all_after_a_while)
{
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 100, 0);
    const uint32_t id = call(foot, 2).incident_id;
    world_pass(&world, 14999);
    cr_expect(not(world_incident(&world, id).for_all));
    world_pass(&world, 1);
    cr_expect(world_incident(&world, id).for_all);
    cr_expect(eq(u32, world.kinds[EVENT_PANIC_WIDENED], 1));
}

Test(panic, what_is_answered_in_time_stays_with_those_in_charge)
{
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 100, 0);
    const uint32_t id = call(foot, 1).incident_id;
    acknowledge(id);
    cr_expect(eq(u32, state_of(foot), PANIC_ACKNOWLEDGED));
    world_pass(&world, 60000);
    cr_expect(eq(u32, world.kinds[EVENT_PANIC_WIDENED], 0));
}

Test(panic, a_second_press_is_one_call_and_one_after_the_answer_is_another)
{
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 100, 0);
    const uint32_t id = call(foot, 1).incident_id;
    cr_expect(eq(u32, call(foot, 1).incident_id, id));
    cr_expect(eq(u32, world.kinds[EVENT_UNIT_PANIC], 1));
    acknowledge(id);
    cr_expect(eq(u32, call(foot, 1).incident_id, id));
    cr_expect(eq(u32, world.kinds[EVENT_UNIT_PANIC], 2));
    cr_expect(eq(u32, state_of(foot), PANIC_RAISED));
    cr_expect(eq(i64, alarm_of(id, ALARM_PANIC).acked_ms, TIME_NEVER));
}

Test(panic, it_is_ended_after_it_was_heard_and_only_then_the_incident)
{
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 100, 0);
    const uint32_t id = call(foot, 1).incident_id;
    cr_expect(eq(u32, close_call(foot).refusal, REASON_WRONG_STATE));
    acknowledge(id);
    cr_expect(eq(u32, world_close(&world, id, true).refusal, REASON_OPEN_PANIC));
    cr_expect(eq(u32, world_cancel(&world, id).refusal, REASON_OPEN_PANIC));
    cr_expect(eq(u32, close_call(foot).refusal, REASON_NONE));
    cr_expect(eq(u32, state_of(foot), PANIC_NONE));
    cr_expect(eq(u32, alarm_of(id, ALARM_PANIC).alarm_id, 0));
    cr_expect(eq(u32, world_close(&world, id, true).refusal, REASON_NONE));
    cr_expect(eq(u32, close_call(foot).refusal, REASON_WRONG_STATE));
}

Test(panic, a_call_is_not_merged_away_and_a_later_press_is_heard)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 100, 0);
    const uint32_t other = world_report(&world, INCIDENT_HELP, 3, 5000, 0).incident_id;
    const uint32_t id = call(car, 1).incident_id;
    struct command merge = {.kind = COMMAND_INCIDENT_MERGE,
                            .merge = {.incident_id = id, .into_id = other, .move = true}};
    cr_expect(eq(u32, world_step(&world, &merge).refusal, REASON_OPEN_PANIC));
    cr_expect(eq(u32, acknowledge(id).refusal, REASON_NONE));
    cr_expect(eq(u32, world_step(&world, &merge).refusal, REASON_OPEN_PANIC));
    cr_expect(eq(u32, close_call(car).refusal, REASON_NONE));
    cr_expect(eq(u32, world_step(&world, &merge).refusal, REASON_NONE));
    world_pass(&world, world.config.policy.reopen_ms + 1000);
    cr_expect(ne(u32, call(car, 1).incident_id, id));
    cr_expect(eq(u32, state_of(car), PANIC_RAISED));
}

Test(panic, who_calls_for_help_is_sent_nowhere_else_until_it_has_ended)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 100, 0);
    const uint32_t id = call(car, 1).incident_id;
    const uint32_t other = world_report(&world, INCIDENT_DISPUTE, 0, 0, 0).incident_id;
    cr_expect(eq(u32, world_active(&world, car), 0));
    acknowledge(id);
    world_fix(&world, car, 100, 0);
    close_call(car);
    cr_expect(ne(u32, world_active(&world, car), 0), "the waiting incident gets it");
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, car)).incident_id, other));
}

Test(panic, its_own_order_goes_on_beside_it)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 100, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const uint32_t assignment = world_active(&world, car);
    call(car, 1);
    cr_expect(eq(u32, world_active(&world, car), assignment));
}

/* ---- PAR ---- */

static uint32_t given_on_scene(void)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_says(&world, world_active(&world, car), ASSIGNMENT_ON_SCENE);
    return world_active(&world, car);
}

static struct step_result all_well(uint32_t assignment_id)
{
    struct command command = {.kind = COMMAND_ASSIGNMENT_PAR};
    command.par.assignment_id = assignment_id;
    command.par.unit_id = world_assignment(&world, assignment_id).unit_id;
    command.par.device_ms = TIME_NEVER;
    return world_step(&world, &command);
}

Test(panic, on_scene_it_is_asked_and_silence_is_an_alarm)
{
    const uint32_t id = given_on_scene();
    world_pass(&world, 599999);
    cr_expect(eq(i64, world_assignment(&world, id).par_asked_ms, TIME_NEVER));
    world_pass(&world, 1);
    cr_expect(eq(i64, world_assignment(&world, id).par_asked_ms, world.now_ms));
    world_pass(&world, 59999);
    cr_expect(not(world_has_alarm(&world, ALARM_PAR_OVERDUE, 1)));
    world_pass(&world, 1);
    cr_expect(world_has_alarm(&world, ALARM_PAR_OVERDUE, 1));
}

Test(panic, one_tap_says_that_all_is_well_and_the_clock_begins_anew)
{
    const uint32_t id = given_on_scene();
    world_pass(&world, 660000);
    cr_assert(world_has_alarm(&world, ALARM_PAR_OVERDUE, 1));
    all_well(id);
    cr_expect(not(world_has_alarm(&world, ALARM_PAR_OVERDUE, 1)));
    cr_expect(eq(i64, world_assignment(&world, id).par_asked_ms, TIME_NEVER));
    world_pass(&world, 599999);
    cr_expect(eq(i64, world_assignment(&world, id).par_asked_ms, TIME_NEVER));
    world_pass(&world, 1);
    cr_expect(ne(i64, world_assignment(&world, id).par_asked_ms, TIME_NEVER));
}

Test(panic, who_has_left_is_not_asked)
{
    const uint32_t id = given_on_scene();
    world_pass(&world, 660000);
    world_says(&world, id, ASSIGNMENT_CLEARED);
    cr_expect(not(world_has_alarm(&world, ALARM_PAR_OVERDUE, 1)));
    cr_expect(eq(u32, all_well(id).refusal, REASON_WRONG_STATE));
}

Test(panic, a_policy_may_switch_it_off)
{
    world.config.policy.par_ms = 0;
    world_destroy(&world);
    world_begin(&world);
    const uint32_t id = given_on_scene();
    world_pass(&world, 3600000);
    cr_expect(eq(i64, world_assignment(&world, id).par_asked_ms, TIME_NEVER));
}

Test(panic, a_call_for_help_is_never_shelved)
{
    world_unit(&world, UNIT_CAR, 500, 0);
    call(0, 1);
    struct alarm_view view = {.alarm_id = 0};
    while (engine_alarm_next(world.engine, view.alarm_id, &view) && view.kind != ALARM_PANIC) {
    }
    cr_assert(eq(u32, view.kind, ALARM_PANIC));
    struct command command = {.kind = COMMAND_ALARM_SHELVE,
                              .alarm = {.alarm_id = view.alarm_id,
                                        .reason = REASON_CAN_WAIT,
                                        .until_ms = world.now_ms + 60000}};
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_OPEN_PANIC));
    cr_expect(eq(u32, world_count(&world, EVENT_ALARM_SHELVED), 0));
}

static struct step_result report_somewhere(uint32_t i)
{
    return world_report(&world, INCIDENT_DISPUTE, 0, (int32_t)i * 200, 3000);
}

Test(panic, a_full_list_of_alarms_refuses_no_call)
{
    world_destroy(&world);
    world_init(&world);
    world.config.limits.alarms_max = 1;
    world_begin(&world);
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 0, 0);
    report_somewhere(0);
    cr_assert(world_has_alarm(&world, ALARM_NO_UNIT, 1));
    world_pass(&world, 70000);
    cr_assert(not(world_has_alarm(&world, ALARM_UNDISPATCHED, 1)), "the list is full");
    const struct step_result result = call(foot, 1);
    cr_expect(eq(u32, result.refusal, REASON_NONE));
    cr_expect(eq(u32, world_count(&world, EVENT_COMMAND_REFUSED), 0));
    cr_expect(world_has_alarm(&world, ALARM_PANIC, result.incident_id));
    acknowledge(result.incident_id);
    cr_expect(eq(u32, call(foot, 1).refusal, REASON_NONE), "again, after the answer");
    cr_expect(world_has_alarm(&world, ALARM_PANIC, result.incident_id));
}

Test(panic, calls_find_room_when_reports_are_refused_and_the_last_place_is_the_last)
{
    world_destroy(&world);
    world_init(&world);
    world.config.limits.units_max = PANIC_ROOM + 1;
    world_begin(&world);
    const uint32_t ordinary = world.config.limits.incidents_max;
    for (uint32_t i = 0; i < ordinary; i++) {
        cr_assert(eq(u32, report_somewhere(i).refusal, REASON_NONE));
    }
    cr_assert(eq(u32, report_somewhere(ordinary).refusal, REASON_CAPACITY));
    for (uint32_t i = 0; i < PANIC_ROOM; i++) {
        const struct step_result result = call(world_unit(&world, UNIT_FOOT, 0, 100), 1);
        cr_assert(eq(u32, result.refusal, REASON_NONE));
        cr_assert(world_has_alarm(&world, ALARM_PANIC, result.incident_id));
    }
    const uint32_t one_more = world_unit(&world, UNIT_FOOT, 0, 100);
    cr_expect(eq(u32, call(one_more, 1).refusal, REASON_CAPACITY));
    cr_expect(eq(u32, state_of(one_more), PANIC_NONE));
}
