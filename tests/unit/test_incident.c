/* incident: place and type change, closing and cancelling, the alarms that follow. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine/core/incident.h"
#include "geo/geo_point.h"
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

TestSuite(incident, .init = set_up, .fini = tear_down, .timeout = 20);

static struct step_result note(uint32_t incident_id)
{
    struct command command = {.kind = COMMAND_INCIDENT_NOTE,
                              .note = {.incident_id = incident_id, .note = "a note"}};
    return world_step(&world, &command);
}

Test(incident, a_note_is_a_fact_and_changes_no_generation)
{
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct step_result result = note(1);
    cr_expect(eq(u32, result.generation, 1));
    cr_expect(
        eq(int, strcmp(world_event(&world, EVENT_INCIDENT_NOTED, 0)->noted.note, "a note"), 0));
    cr_expect(eq(u32, note(2).refusal, REASON_UNKNOWN_INCIDENT));
    world_close(&world, 1, false);
    cr_expect(eq(u32, note(1).refusal, REASON_NONE), "until it leaves the core");
}

Test(incident, is_not_closed_with_work_open_unless_all_is_cleared)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t post = world_unit(&world, UNIT_POST, 5, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const uint32_t of_car = world_active(&world, car);
    world_says(&world, world_active(&world, post), ASSIGNMENT_ON_SCENE);
    cr_expect(eq(u32, world_close(&world, 1, false).refusal, REASON_OPEN_ASSIGNMENTS));
    cr_expect(eq(u32, world_close(&world, 1, true).refusal, REASON_NONE));
    cr_expect(eq(u32, world_count(&world, EVENT_ASSIGNMENT_UPDATED), 2));
    cr_expect(eq(u32, world_assignment(&world, of_car).state, ASSIGNMENT_CLEARED));
    cr_expect(eq(u32, world_active(&world, car), 0));
    const struct incident_view view = world_incident(&world, 1);
    cr_expect(eq(u32, view.state, INCIDENT_CLOSED));
    cr_expect(eq(i64, view.ended_ms, world.now_ms));
    cr_expect(eq(u32, view.tiers[TIER_1].verdict, TIER_MET));
    cr_expect(eq(u32, view.tiers[TIER_5].verdict, TIER_CANCELLED), "ended before its time");
    const struct event *event = world_event(&world, EVENT_INCIDENT_STATE, 0);
    cr_expect(eq(u32, event->state.reason, REASON_RESOLVED));
    cr_expect(eq(int, strcmp(event->state.note, "settled on the spot"), 0));
    cr_expect(eq(u32, world_close(&world, 1, true).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, world_cancel(&world, 1).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, world_close(&world, 5, true).refusal, REASON_UNKNOWN_INCIDENT));
}

Test(incident, one_unit_that_is_still_there_is_work_open)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world_close(&world, 1, false).refusal, REASON_OPEN_ASSIGNMENTS));
    world_says(&world, world_active(&world, car), ASSIGNMENT_CLEARED);
    cr_expect(eq(u32, world_close(&world, 1, false).refusal, REASON_NONE));
}

/* North of it, where the band of latitudes is narrowest, and east of it. */
Test(incident, a_circle_ends_where_its_radius_ends)
{
    static const uint32_t radii_m[] = {1, 20, 90, 91, 100, 300, 2000};
    for (uint32_t i = 0; i < sizeof radii_m / sizeof radii_m[0]; i++) {
        const struct geo_point centre = world_at((int32_t)i * 10000, 0);
        world_circle(&world, (int32_t)i * 10000, 0, radii_m[i]);
        for (int32_t side = 0; side < 4; side++) {
            struct geo_point at = centre;
            int32_t *const axis = side < 2 ? &at.lat_e7 : &at.lon_e7;
            while (geo_distance_m(centre, at) <= radii_m[i]) {
                cr_assert(eq(u32, incident_circle_at(world.engine, at), i), "%u m", radii_m[i]);
                *axis += side % 2 == 0 ? 10 : -10;
            }
            cr_expect(eq(u32, incident_circle_at(world.engine, at), CIRCLE_NONE), "%u m",
                      radii_m[i]);
        }
    }
}

Test(incident, the_smallest_of_the_circles_around_it_has_it_and_of_two_alike_the_first)
{
    world_circle(&world, 0, 0, 300);
    world_circle(&world, 10, 0, 200);
    world_circle(&world, 20, 0, 200);
    world_circle(&world, 30, 0, 250);
    cr_expect(eq(u32, incident_circle_at(world.engine, world_at(15, 0)), 1));
    cr_expect(eq(u32, incident_circle_at(world.engine, world_at(-250, 0)), 0));
}

Test(incident, a_cancelled_one_takes_its_assignments_tiers_and_alarms_with_it)
{
    world_circle(&world, 0, 0, 300);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const uint32_t id = world_active(&world, car);
    cr_expect(world_has_alarm(&world, ALARM_NO_UNIT, 1));
    cr_expect(eq(u32, world_cancel(&world, 1).refusal, REASON_NONE));
    cr_expect(eq(u32, world_assignment(&world, id).state, ASSIGNMENT_CANCELLED));
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_CANCELLED));
    cr_expect(eq(u32, world_incident(&world, 1).tiers[TIER_5].verdict, TIER_CANCELLED));
    cr_expect(not(world_has_alarm(&world, ALARM_NO_UNIT, 1)));
    world_pass(&world, 400000);
    cr_expect(eq(u32, world.kinds[EVENT_TIER_VERDICT], 3));
}

Test(incident, who_a_cancel_frees_serves_who_waits)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 3000, 0);
    world_cancel(&world, 1);
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, car)).incident_id, 2));
}

Test(incident, an_update_is_a_new_generation_with_all_values)
{
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    struct command update = {.kind = COMMAND_INCIDENT_UPDATE,
                             .update = {.incident_id = 1,
                                        .generation = 1,
                                        .has_type = true,
                                        .type = INCIDENT_FIRE,
                                        .has_priority = true,
                                        .priority = 1}};
    cr_expect(eq(u32, world_step(&world, &update).generation, 2));
    const struct incident_view view = world_incident(&world, 1);
    cr_expect(eq(u32, view.type, INCIDENT_FIRE));
    cr_expect(eq(u32, view.priority, 1));
    cr_expect(eq(int, strcmp(view.address, "1 Harbour Road"), 0));
    cr_expect(eq(u32, world_step(&world, &update).refusal, REASON_STALE_GENERATION));
    update.update.generation = 2;
    update.update.has_type = false;
    update.update.has_priority = false;
    cr_expect(eq(u32, world_step(&world, &update).generation, 2), "nothing was asked");
    update.update.incident_id = 4;
    cr_expect(eq(u32, world_step(&world, &update).refusal, REASON_UNKNOWN_INCIDENT));
}

Test(incident, moved_to_where_somebody_is_it_orders_him)
{
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 2000, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world_active(&world, foot), 0));
    struct command update = {
        .kind = COMMAND_INCIDENT_UPDATE,
        .update = {.incident_id = 1, .generation = 1, .has_place = true, .at = world_at(2010, 0)}};
    world_step(&world, &update);
    cr_expect(ne(u32, world_active(&world, foot), 0));
}

Test(incident, feedback_is_due_only_when_the_last_one_has_cleared)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t post = world_unit(&world, UNIT_POST, 5, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const uint32_t of_car = world_active(&world, car);
    const uint32_t of_post = world_active(&world, post);
    world_says(&world, of_post, ASSIGNMENT_ON_SCENE);
    world_says(&world, of_post, ASSIGNMENT_CLEARED);
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_ON_SCENE));
    world_says(&world, of_car, ASSIGNMENT_DECLINED);
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_FEEDBACK_DUE));
}

Test(incident, nobody_is_looked_for_once_feedback_is_due)
{
    const uint32_t post = world_unit(&world, UNIT_POST, 5, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const uint32_t id = world_active(&world, post);
    world_says(&world, id, ASSIGNMENT_ON_SCENE);
    world_says(&world, id, ASSIGNMENT_CLEARED);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_pass(&world, 60000);
    cr_expect(eq(u32, world_active(&world, car), 0));
}

Test(incident, a_time_that_runs_out_after_the_work_is_done_raises_no_alarm)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_says(&world, world_active(&world, car), ASSIGNMENT_CLEARED);
    world_pass(&world, 301000);
    cr_expect(eq(u32, world_incident(&world, 1).tiers[TIER_5].verdict, TIER_MISSED));
    cr_expect(not(world_has_alarm(&world, ALARM_TIER_MISSED, 1)));
}

static struct step_result ack(uint32_t alarm_id)
{
    struct command command = {.kind = COMMAND_ALARM_ACK, .alarm = {.alarm_id = alarm_id}};
    return world_step(&world, &command);
}

Test(incident, an_alarm_is_owned_by_who_acknowledges_first_and_goes_with_its_cause)
{
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    struct alarm_view view;
    cr_assert(engine_alarm_next(world.engine, 0, &view));
    cr_expect(eq(i64, view.acked_ms, TIME_NEVER));
    cr_expect(eq(u32, ack(view.alarm_id).refusal, REASON_NONE));
    cr_expect(eq(u32, world_count(&world, EVENT_ALARM_ACKED), 1));
    engine_alarm_next(world.engine, 0, &view);
    cr_expect(eq(i64, view.acked_ms, world.now_ms));
    cr_expect(eq(int, strcmp(view.acked_by, "li"), 0));
    ack(view.alarm_id);
    cr_expect(eq(u32, world_count(&world, EVENT_ALARM_ACKED), 0), "once is enough");
    cr_expect(eq(u32, ack(99).refusal, REASON_UNKNOWN_ALARM));
    world_cancel(&world, 1);
    cr_expect(not(engine_alarm_next(world.engine, 0, &view)));
}

static struct step_result shelve(uint32_t alarm_id, int64_t until_ms)
{
    struct command command = {
        .kind = COMMAND_ALARM_SHELVE,
        .alarm = {.alarm_id = alarm_id, .reason = REASON_CAN_WAIT, .until_ms = until_ms}};
    return world_step(&world, &command);
}

Test(incident, a_shelved_alarm_is_nobodys_and_comes_back_to_the_millisecond)
{
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    struct alarm_view view;
    cr_assert(engine_alarm_next(world.engine, 0, &view));
    const uint32_t id = view.alarm_id;
    ack(id);
    const int64_t until_ms = world.now_ms + 60000;
    cr_expect(eq(u32, shelve(id, until_ms).refusal, REASON_NONE));
    engine_alarm_next(world.engine, 0, &view);
    cr_expect(eq(i64, view.acked_ms, TIME_NEVER), "when it comes back it is nobody's");
    cr_expect(eq(i64, view.shelved_ms, until_ms));
    cr_expect(eq(int, strcmp(view.shelved_by, "li"), 0));
    cr_expect(eq(u32, view.shelve_reason, REASON_CAN_WAIT));
    cr_expect(eq(u32, view.shelve_count, 1));
    world_pass(&world, 59999);
    engine_alarm_next(world.engine, 0, &view);
    cr_expect(eq(i64, view.shelved_ms, until_ms));
    world_pass(&world, 1);
    engine_alarm_next(world.engine, 0, &view);
    cr_expect(eq(i64, view.shelved_ms, TIME_NEVER));
    cr_expect(eq(i64, view.acked_ms, TIME_NEVER));
    cr_expect(eq(u32, view.shelve_count, 1), "how often it was stays");
}

Test(incident, who_takes_a_shelved_alarm_has_it_and_it_does_not_come_back)
{
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    shelve(1, world.now_ms + 60000);
    cr_expect(eq(u32, ack(1).refusal, REASON_NONE));
    struct alarm_view view;
    engine_alarm_next(world.engine, 0, &view);
    cr_expect(eq(i64, view.shelved_ms, TIME_NEVER));
    cr_expect(eq(i64, view.acked_ms, world.now_ms));
    world_pass(&world, 60000);
    engine_alarm_next(world.engine, 0, &view);
    cr_expect(view.acked_ms != TIME_NEVER, "it is still somebody's");
}

Test(incident, neither_what_is_not_there_nor_a_past_end_is_shelved)
{
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, shelve(99, world.now_ms + 1).refusal, REASON_UNKNOWN_ALARM));
    cr_expect(eq(u32, shelve(1, world.now_ms).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, shelve(1, world.now_ms + 1).refusal, REASON_NONE));
}

static struct step_result support(uint32_t assignment_id, uint32_t unit_id, const char *note)
{
    struct command command = {.kind = COMMAND_ASSIGNMENT_SUPPORT,
                              .support = {.assignment_id = assignment_id, .unit_id = unit_id}};
    memcpy(command.support.note, note, strlen(note));
    return world_step(&world, &command);
}

Test(incident, a_unit_asks_for_support_until_somebody_else_is_ordered)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const uint32_t order = world_active(&world, car);
    cr_expect(eq(u32, support(order, car, "two more").refusal, REASON_NONE));
    cr_expect(eq(u32, world_count(&world, EVENT_INCIDENT_NOTED), 1));
    cr_expect(world_has_alarm(&world, ALARM_SUPPORT, 1));
    support(order, car, "");
    cr_expect(eq(u32, world_count(&world, EVENT_ALARM_RAISED), 0), "it rings already");
    cr_expect(eq(u32, support(order, car + 7, "").refusal, REASON_NOT_YOURS));
    cr_expect(eq(u32, support(99, car, "").refusal, REASON_UNKNOWN_ASSIGNMENT));
    world_says(&world, order, ASSIGNMENT_CLEARED);
    cr_expect(not(world_has_alarm(&world, ALARM_SUPPORT, 1)));
    cr_expect(eq(u32, support(order, car, "").refusal, REASON_WRONG_STATE));
}

Test(incident, alarms_beyond_the_limit_are_said_to_be_lost_and_tried_again)
{
    world_destroy(&world);
    world_init(&world);
    world.config.limits.alarms_max = 3;
    world_begin(&world);
    world_circle(&world, 0, 0, 2000);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct step_result result = world_report(&world, INCIDENT_DISPUTE, 0, 900, 0);
    cr_expect(eq(u32, result.refusal, REASON_NONE), "the report itself was taken");
    const struct event *event = world_event(&world, EVENT_COMMAND_REFUSED, 0);
    cr_expect(eq(u32, event->refused.reason, REASON_CAPACITY));
    world_pass(&world, 70000);
    cr_expect(not(world_has_alarm(&world, ALARM_UNDISPATCHED, 2)));
    world_cancel(&world, 1);
    world_pass(&world, 2000);
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, 2));
}

static struct step_result audit(const char *text)
{
    struct command command = {.kind = COMMAND_AUDIT};
    memcpy(command.audit.text, text, strlen(text) + 1);
    return world_step(&world, &command);
}

Test(incident, an_audit_line_is_a_fact)
{
    cr_expect(eq(u64, audit("user.create wang").seq, 1));
    const struct event *event = world_event(&world, EVENT_AUDIT, 0);
    cr_expect(eq(int, strcmp(event->audit.text, "user.create wang"), 0));
}

Test(incident, signing_off_with_work_open_needs_a_dispatcher_first)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world_duty(&world, car, DUTY_OFF).refusal, REASON_OPEN_ASSIGNMENTS));
    cr_expect(
        eq(u32, world_duty(&world, car, DUTY_OUT_OF_SERVICE).refusal, REASON_OPEN_ASSIGNMENTS));
    world_on_behalf(&world, world_active(&world, car), ASSIGNMENT_CLEARED);
    cr_expect(eq(u32, world_duty(&world, car, DUTY_OFF).refusal, REASON_NONE));
    cr_expect(eq(u32, world_count(&world, EVENT_UNIT_DUTY), 1));
    world_duty(&world, car, DUTY_OFF);
    cr_expect(eq(u32, world_count(&world, EVENT_UNIT_DUTY), 0), "off is off");
    cr_expect(eq(u32, world_duty(&world, 50, DUTY_ON).refusal, REASON_UNKNOWN_UNIT));
}

Test(incident, duty_shows_on_the_board)
{
    const uint32_t car = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    struct unit_view view;
    engine_unit(world.engine, car, &view);
    cr_expect(eq(u32, view.status, UNIT_STATUS_OFF_DUTY));
    world_pass(&world, 500);
    world_duty(&world, car, DUTY_ON);
    engine_unit(world.engine, car, &view);
    cr_expect(eq(u32, view.status, UNIT_STATUS_AVAILABLE));
    cr_expect(eq(i64, view.status_ms, world.now_ms));
    world_duty(&world, car, DUTY_OUT_OF_SERVICE);
    engine_unit(world.engine, car, &view);
    cr_expect(eq(u32, view.status, UNIT_STATUS_OUT_OF_SERVICE));
    cr_expect(not(engine_unit(world.engine, 63, &view)));
}
