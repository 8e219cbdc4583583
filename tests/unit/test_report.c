/* report: joins or opens, and the first decision of each tier. */
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

TestSuite(report, .init = set_up, .fini = tear_down, .timeout = 20);

Test(report, orders_the_post_the_neighbour_and_the_police_at_the_same_moment)
{
    const uint32_t post = world_unit(&world, UNIT_POST, 10, 0);
    const uint32_t grid = world_unit(&world, UNIT_GRID, 80, 0);
    const uint32_t car = world_unit(&world, UNIT_CAR, 900, 0);
    const struct step_result result = world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, result.refusal, REASON_NONE));
    cr_expect(eq(u32, result.incident_id, 1));
    cr_expect(eq(u32, result.report_id, 1));
    cr_expect(eq(u32, result.generation, 2));
    cr_expect(eq(u32, world_count(&world, EVENT_ASSIGNMENT_SENT), 3));
    const uint32_t units[] = {post, grid, car};
    for (uint32_t i = 0; i < 3; i++) {
        const struct assignment_view view =
            world_assignment(&world, world_active(&world, units[i]));
        cr_expect(eq(u32, view.tier, i));
        cr_expect(eq(u32, view.state, ASSIGNMENT_SENT));
        cr_expect(view.automatic);
        cr_expect(view.estimated);
        cr_expect(eq(i64, view.sent_ms, world.now_ms));
    }
    const struct incident_view incident = world_incident(&world, 1);
    cr_expect(eq(u32, incident.state, INCIDENT_DISPATCHED));
    cr_expect(eq(int, strcmp(incident.caller, "Chen"), 0));
    cr_expect(eq(int, strcmp(incident.note, "two people shouting"), 0));
    cr_expect(eq(u64, result.seq, engine_seq(world.engine)));
}

Test(report, events_come_in_the_order_of_the_story)
{
    world_unit(&world, UNIT_CAR, 900, 0);
    world_unit(&world, UNIT_POST, 10, 0);
    world_unit(&world, UNIT_FOOT, 10, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    static const enum event_kind story[] = {
        EVENT_REPORT_RECEIVED, EVENT_INCIDENT_OPENED, EVENT_DECISION_MADE,
        EVENT_DECISION_MADE,   EVENT_DECISION_MADE,   EVENT_ASSIGNMENT_SENT,
        EVENT_ASSIGNMENT_SENT, EVENT_ASSIGNMENT_SENT, EVENT_INCIDENT_STATE};
    cr_assert(eq(u32, world.out.count, sizeof story / sizeof story[0]));
    for (uint32_t i = 0; i < world.out.count; i++) {
        cr_expect(eq(u32, world.out.records[i].kind, story[i]), "event %u", i);
    }
}

Test(report, the_same_thing_told_twice_is_one_incident)
{
    world_report(&world, INCIDENT_TRAFFIC, 0, 0, 0);
    world_pass(&world, 599000);
    const struct step_result second = world_report(&world, INCIDENT_TRAFFIC, 0, 40, 0);
    cr_expect(second.merged);
    cr_expect(eq(u32, second.incident_id, 1));
    cr_expect(eq(u32, second.report_id, 2));
    cr_expect(eq(u32, world_incident(&world, 1).report_count, 2));
    cr_expect(eq(u32, world.out.count, 1));
}

Test(report, another_type_place_time_or_a_drill_is_another_incident)
{
    world_report(&world, INCIDENT_TRAFFIC, 0, 0, 0);
    cr_expect(not(world_report(&world, INCIDENT_CRIME, 0, 0, 0).merged));
    cr_expect(not(world_report(&world, INCIDENT_TRAFFIC, 0, 60, 0).merged));
    struct command drill = {.kind = COMMAND_REPORT_CREATE,
                            .report = {.type = INCIDENT_TRAFFIC,
                                       .at = world_at(0, 0),
                                       .occurred_ms = TIME_NEVER,
                                       .received_ms = TIME_NEVER,
                                       .drill = true,
                                       .may_merge = true}};
    cr_expect(not(world_step(&world, &drill).merged));
    struct command apart = drill;
    apart.report.drill = false;
    apart.report.may_merge = false;
    cr_expect(not(world_step(&world, &apart).merged));
    world_pass(&world, 600001);
    cr_expect(not(world_report(&world, INCIDENT_TRAFFIC, 0, 0, 0).merged));
}

Test(report, a_closed_incident_takes_no_more_reports)
{
    world_report(&world, INCIDENT_TRAFFIC, 0, 0, 0);
    world_close(&world, 1, false);
    cr_expect(eq(u32, world_report(&world, INCIDENT_TRAFFIC, 0, 0, 0).incident_id, 2));
}

Test(report, one_whose_units_have_cleared_takes_no_more_reports)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_TRAFFIC, 0, 0, 0);
    world_says(&world, world_active(&world, car), ASSIGNMENT_CLEARED);
    cr_expect(eq(u32, world_report(&world, INCIDENT_TRAFFIC, 0, 0, 0).incident_id, 2));
    cr_expect(ne(u32, world_active(&world, car), 0), "and somebody is sent");
}

Test(report, joins_the_nearest_and_of_equals_the_older)
{
    world_report(&world, INCIDENT_TRAFFIC, 0, 0, 0);
    world_report(&world, INCIDENT_TRAFFIC, 0, 60, 0);
    cr_expect(eq(u32, world_report(&world, INCIDENT_TRAFFIC, 0, 40, 0).incident_id, 2));
    cr_expect(eq(u32, world_report(&world, INCIDENT_TRAFFIC, 0, 30, 0).incident_id, 1));
}

Test(report, a_unit_goes_to_one_tier_only)
{
    /* motorcycles serve tier 3 and tier 5 */
    const uint32_t near = world_unit(&world, UNIT_MOTORCYCLE, 100, 0);
    const uint32_t far = world_unit(&world, UNIT_MOTORCYCLE, 200, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, near)).tier, TIER_3));
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, far)).tier, TIER_5));
}

Test(report, the_highest_priority_gets_one_more_of_those_who_come)
{
    for (int32_t i = 0; i < 3; i++) {
        world_unit(&world, UNIT_POST, i, 0);
        world_unit(&world, UNIT_FOOT, 10 + i, 0);
        world_unit(&world, UNIT_CAR, 100 + i, 0);
    }
    const uint32_t id = world_report(&world, INCIDENT_MEDICAL, 0, 0, 0).incident_id;
    const struct incident_view view = world_incident(&world, id);
    cr_expect(eq(u32, view.priority, 1));
    cr_expect(eq(u32, view.tiers[TIER_1].wanted, 1));
    cr_expect(eq(u32, view.tiers[TIER_3].wanted, 2));
    cr_expect(eq(u32, view.tiers[TIER_5].wanted, 2));
    cr_expect(eq(u32, world_count(&world, EVENT_ASSIGNMENT_SENT), 5));
}

Test(report, the_fifth_minute_is_sent_even_when_it_comes_late)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 3000, 0); /* 470 s; reach is 240 s */
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_assert(ne(u32, world_active(&world, car), 0));
    const struct decision_made *made = engine_decision(world.engine, 1, TIER_5);
    cr_assert(eq(u32, made->candidate_count, 1));
    cr_expect(not(made->candidates[0].in_reach));
    cr_expect(made->candidates[0].chosen);
}

Test(report, the_third_minute_is_not)
{
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 200, 0); /* 186 s; reach is 135 s */
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world_active(&world, foot), 0));
    const struct decision_made *made = engine_decision(world.engine, 1, TIER_3);
    cr_expect(eq(u32, made->candidate_count, 0));
    cr_expect(eq(u32, made->passed[0].unit_id, foot));
    cr_expect(eq(u32, made->passed[0].reason, REASON_TOO_FAR));
    cr_expect(eq(u32, world_incident(&world, 1).tiers[TIER_3].verdict, TIER_NO_UNIT));
    cr_expect(world_has_alarm(&world, ALARM_NO_UNIT, 1));
}

Test(report, a_missing_tier_is_an_alarm_only_where_a_circle_promises_it)
{
    world_circle(&world, 5000, 0, 300);
    world_unit(&world, UNIT_CAR, 500, 0);
    world_unit(&world, UNIT_CAR, 5500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 5000, 0);
    cr_expect(eq(u32, world_incident(&world, 1).tiers[TIER_1].verdict, TIER_NO_UNIT));
    cr_expect(eq(u32, world_incident(&world, 2).tiers[TIER_1].verdict, TIER_NO_UNIT));
    cr_expect(not(world_has_alarm(&world, ALARM_NO_UNIT, 1)));
    cr_expect(world_has_alarm(&world, ALARM_NO_UNIT, 2));
}

Test(report, nobody_is_said_only_after_the_settling_time)
{
    engine_started(world.engine, world.now_ms);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world_count(&world, EVENT_TIER_VERDICT), 0));
    cr_expect(not(world_has_alarm(&world, ALARM_NO_UNIT, 1)));
    world_pass(&world, 29000);
    cr_expect(eq(u32, world_incident(&world, 1).tiers[TIER_5].verdict, TIER_OPEN));
    world_pass(&world, 6000);
    cr_expect(eq(u32, world_incident(&world, 1).tiers[TIER_5].verdict, TIER_NO_UNIT));
    cr_expect(world_has_alarm(&world, ALARM_NO_UNIT, 1));
}

Test(report, the_clock_starts_when_the_policy_says)
{
    struct command command = {.kind = COMMAND_REPORT_CREATE,
                              .report = {.type = INCIDENT_OTHER,
                                         .at = world_at(0, 0),
                                         .occurred_ms = TIME_NEVER,
                                         .received_ms = world.now_ms - 20000}};
    const uint32_t id = world_step(&world, &command).incident_id;
    cr_expect(eq(i64, world_incident(&world, id).clock_ms, world.now_ms - 20000));
    cr_expect(eq(i64, world_incident(&world, id).tiers[TIER_1].deadline_ms, world.now_ms + 40000));
}

Test(report, a_time_in_the_future_is_cut_to_now)
{
    struct command command = {.kind = COMMAND_REPORT_CREATE,
                              .report = {.type = INCIDENT_OTHER,
                                         .at = world_at(0, 0),
                                         .occurred_ms = TIME_NEVER,
                                         .received_ms = world.now_ms + 20000}};
    const uint32_t id = world_step(&world, &command).incident_id;
    cr_expect(eq(i64, world_incident(&world, id).received_ms, world.now_ms));
}

Test(report, is_refused_when_every_place_for_an_incident_is_taken)
{
    for (uint32_t i = 0; i < world.config.limits.incidents_max; i++) {
        cr_assert(eq(u32, world_report(&world, INCIDENT_OTHER, 0, (int32_t)i * 100, 0).refusal,
                     REASON_NONE));
    }
    const struct step_result result = world_report(&world, INCIDENT_OTHER, 0, -500, 0);
    cr_expect(eq(u32, result.refusal, REASON_CAPACITY));
    cr_expect(eq(u32, world_event(&world, EVENT_COMMAND_REFUSED, 0)->refused.count, 1));
}

/* All places have been used and one is given back: all of them are looked through. */
Test(report, a_place_that_was_given_back_is_taken_by_the_next)
{
    const uint32_t max = world.config.limits.incidents_max;
    for (uint32_t i = 0; i < max; i++) {
        world_report(&world, INCIDENT_OTHER, 0, (int32_t)i * 300, 0);
    }
    world_cancel(&world, 7);
    world_pass(&world, world.config.policy.reopen_ms + 1000);
    cr_expect(eq(u32, world_report(&world, INCIDENT_FIRE, 0, 300 * 30, 10).refusal, REASON_NONE));
    cr_expect(eq(u32, world_incident(&world, max + 1).similar_id, 31), "the nearest of all");
    cr_expect(eq(u32, world_report(&world, INCIDENT_OTHER, 0, -500, 0).refusal, REASON_CAPACITY));
}

static struct world other;

Test(report_sent_clock, starts_with_the_first_order_to_anybody)
{
    world_init(&other);
    cr_assert(eq(u32, policy_preset("echelon", &other.config.policy), STATUS_OK));
    world_begin(&other);
    const uint32_t id = world_report(&other, INCIDENT_DISPUTE, 0, 0, 0).incident_id;
    cr_expect(eq(i64, world_incident(&other, id).clock_ms, TIME_NEVER));
    world_pass(&other, 10000);
    world_unit(&other, UNIT_CAR, 100, 0);
    cr_expect(eq(i64, world_incident(&other, id).clock_ms, other.now_ms));
    world_finish(&other);
}

Test(report_created_clock, starts_with_the_incident)
{
    world_init(&other);
    cr_assert(eq(u32, policy_preset("place-class", &other.config.policy), STATUS_OK));
    world_begin(&other);
    const uint32_t id = world_report(&other, INCIDENT_DISPUTE, 0, 0, 0).incident_id;
    cr_expect(eq(i64, world_incident(&other, id).clock_ms, other.now_ms));
    cr_expect(eq(int, strcmp(world_incident(&other, id).policy, "place-class"), 0));
    world_finish(&other);
}
