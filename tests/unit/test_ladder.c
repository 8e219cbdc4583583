/* ladder: whoever does not acknowledge is reminded, then helped, then reported. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

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

TestSuite(ladder, .init = set_up, .fini = tear_down, .timeout = 20);

static uint32_t given_order(void)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    return world_active(&world, car);
}

/* Keep everybody's fix fresh while time passes. */
static void pass(int64_t ms)
{
    for (int64_t left_ms = ms; left_ms > 0; left_ms -= 1000) {
        world_pass(&world, left_ms < 1000 ? left_ms : 1000);
        for (uint32_t id = 0; id < engine_unit_count(world.engine); id++) {
            struct unit_view view;
            engine_unit(world.engine, id, &view);
            const struct observation observation = {
                .unit_id = id, .at = view.at, .at_ms = world.now_ms, .fix_ms = world.now_ms};
            if (view.has_fix) {
                cr_assert(eq(u32, engine_observe(world.engine, &observation), STATUS_OK));
            }
        }
    }
}

Test(ladder, steps_come_at_their_times_each_once)
{
    given_order();
    world_pass(&world, 9999);
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_STEP], 0));
    world_pass(&world, 1);
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_STEP], 1));
    world_pass(&world, 20000);
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_STEP], 2));
    cr_expect(not(world_has_alarm(&world, ALARM_ACK_LATE, 1)));
    world_pass(&world, 15000);
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_STEP], 3));
    cr_expect(world_has_alarm(&world, ALARM_ACK_LATE, 1));
    cr_expect(not(world_has_alarm(&world, ALARM_ACK_ESCALATED, 1)));
    world_pass(&world, 15000);
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_STEP], 4));
    cr_expect(world_has_alarm(&world, ALARM_ACK_ESCALATED, 1));
    world_pass(&world, 600000);
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_STEP], 4));
}

Test(ladder, a_resend_is_counted)
{
    const uint32_t id = given_order();
    world_pass(&world, 10000);
    cr_expect(eq(u32, world_assignment(&world, id).resent_count, 1));
}

Test(ladder, the_next_one_is_alerted_in_addition)
{
    const uint32_t id = given_order();
    const uint32_t second = world_unit(&world, UNIT_CAR, 900, 0);
    pass(30000);
    cr_assert(ne(u32, world_active(&world, second), 0));
    const struct assignment_view view = world_assignment(&world, world_active(&world, second));
    cr_expect(view.additional);
    cr_expect(view.automatic);
    cr_expect(eq(u32, world_assignment(&world, id).state, ASSIGNMENT_SENT), "not withdrawn");
}

Test(ladder, an_acknowledgement_after_the_next_was_alerted_is_late)
{
    const uint32_t id = given_order();
    pass(30000);
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    cr_expect(world_assignment(&world, id).late);
    cr_expect(world_event(&world, EVENT_ASSIGNMENT_UPDATED, 0)->updated.late);
    world_says(&world, id, ASSIGNMENT_EN_ROUTE);
    cr_expect(not(world_event(&world, EVENT_ASSIGNMENT_UPDATED, 0)->updated.late));
}

Test(ladder, an_acknowledgement_stops_it_and_clears_its_alarms)
{
    const uint32_t id = given_order();
    pass(46000);
    cr_expect(world_has_alarm(&world, ALARM_ACK_LATE, 1));
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    cr_expect(not(world_has_alarm(&world, ALARM_ACK_LATE, 1)));
    cr_expect(eq(u32, world_count(&world, EVENT_ALARM_CLEARED), 1));
    const uint32_t steps = world.kinds[EVENT_ASSIGNMENT_STEP];
    pass(60000);
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_STEP], steps));
}

Test(ladder, a_receipt_does_not_stop_it)
{
    const uint32_t id = given_order();
    world_says(&world, id, ASSIGNMENT_DELIVERED);
    world_pass(&world, 10000);
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_STEP], 1));
}

Test(ladder, a_recall_stops_it)
{
    const uint32_t id = given_order();
    world_recall(&world, id);
    world_pass(&world, 100000);
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_STEP], 0));
}

Test(ladder, nobody_more_is_alerted_when_enough_have_acknowledged)
{
    given_order();
    const uint32_t second = world_unit(&world, UNIT_CAR, 900, 0);
    const uint32_t third = world_unit(&world, UNIT_CAR, 1000, 0);
    pass(30000);
    world_says(&world, world_active(&world, second), ASSIGNMENT_ACKNOWLEDGED);
    pass(60000);
    cr_expect(eq(u32, world_active(&world, third), 0));
}

Test(ladder, a_step_that_is_switched_off_is_not_taken)
{
    world_destroy(&world);
    world_init(&world);
    world.config.policy.tiers[TIER_5].resend_ms = 0;
    world.config.policy.tiers[TIER_5].supervisor_ms = 0;
    world_begin(&world);
    given_order();
    pass(100000);
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_STEP], 2));
    cr_expect(not(world_has_alarm(&world, ALARM_ACK_ESCALATED, 1)));
}

Test(ladder, a_tier_is_met_by_arriving_on_the_dot)
{
    const uint32_t id = given_order();
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    world_pass(&world, 300000);
    world_says(&world, id, ASSIGNMENT_ON_SCENE);
    const struct tier_view tier = world_incident(&world, 1).tiers[TIER_5];
    cr_expect(eq(u32, tier.verdict, TIER_MET));
    cr_expect(eq(u32, tier.elapsed_ms, 300000));
}

Test(ladder, a_tier_is_missed_a_moment_later_and_stays_missed)
{
    const uint32_t id = given_order();
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    world.now_ms += 300001; /* nobody ticked in time: the verdict does not depend on it */
    world_says(&world, id, ASSIGNMENT_ON_SCENE);
    cr_expect(eq(u32, world_incident(&world, 1).tiers[TIER_5].verdict, TIER_MISSED));
    cr_expect(eq(u32, world_count(&world, EVENT_TIER_VERDICT), 1));
    cr_expect(not(world_has_alarm(&world, ALARM_TIER_MISSED, 1)), "somebody is there now");
}

Test(ladder, a_missed_tier_raises_an_alarm_until_somebody_is_there)
{
    const uint32_t id = given_order();
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    world_pass(&world, 300001);
    cr_expect(world_has_alarm(&world, ALARM_TIER_MISSED, 1));
    world_says(&world, id, ASSIGNMENT_ON_SCENE);
    cr_expect(not(world_has_alarm(&world, ALARM_TIER_MISSED, 1)));
}

Test(ladder, a_verdict_comes_once_a_tier)
{
    const uint32_t id = given_order();
    world_says(&world, id, ASSIGNMENT_ON_SCENE);
    const uint32_t second = world_unit(&world, UNIT_CAR, 900, 0);
    world_order(&world, 1, world_incident(&world, 1).generation, second, TIER_5);
    world_says(&world, world_active(&world, second), ASSIGNMENT_ON_SCENE);
    world_pass(&world, 400000);
    cr_expect(eq(u32, world.kinds[EVENT_TIER_VERDICT], 3), "no_unit, no_unit, met");
}

Test(ladder, pending_too_long_is_said_once)
{
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0); /* priority 3: 60 s */
    world_pass(&world, 59999);
    cr_expect(not(world_has_alarm(&world, ALARM_UNDISPATCHED, 1)));
    world_pass(&world, 1);
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, 1));
    const uint32_t raised = world.kinds[EVENT_ALARM_RAISED];
    world_pass(&world, 200000);
    cr_expect(eq(u32, world.kinds[EVENT_ALARM_RAISED], raised + 0));
}

Test(ladder, a_unit_that_comes_into_reach_is_found_within_the_retry)
{
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 400, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world_active(&world, foot), 0));
    world_fix(&world, foot, 50, 0);
    world_pass(&world, 5000);
    cr_expect(ne(u32, world_active(&world, foot), 0));
}

/* What somebody who signs on could serve is served at once; but nobody knows where this one is. */
Test(ladder, who_is_nowhere_yet_makes_nobody_look_again)
{
    const uint32_t car = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    const uint32_t silent = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    world_duty(&world, car, DUTY_ON);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_report(&world, INCIDENT_CRIME, 0, 900, 0);
    world_fix(&world, car, 500, 0);
    world_duty(&world, silent, DUTY_ON);
    cr_expect(eq(u32, world_active(&world, car), 0));
    world_pass(&world, 5000);
    cr_expect(ne(u32, world_active(&world, car), 0));
}

/* All begin at one moment, so each is looked after again 5 s later, and then in its turn. */
Test(ladder, a_flood_of_what_can_wait_takes_turns_and_the_urgent_does_not_wait_for_it)
{
    world_destroy(&world);
    world.config.limits.incidents_max = 1200;
    world.config.limits.reports_max = 2400;
    world.config.limits.alarms_max = 8000;
    world_begin(&world);
    const uint32_t beside_urgent = world_unit(&world, UNIT_FOOT, 0, 50000);
    const uint32_t beside_flood = world_unit(&world, UNIT_FOOT, 0, 51000);
    for (int32_t i = 0; i < 1000; i++) {
        world_report(&world, INCIDENT_DISPUTE, 4, 10000 + i * 400, 0);
    }
    world_report(&world, INCIDENT_DISPUTE, 1, 0, 0);
    world_pass(&world, 6000);
    world_fix(&world, beside_urgent, 50, 0);
    world_fix(&world, beside_flood, 10050, 0);
    world_pass(&world, 4000);
    cr_expect(ne(u32, world_active(&world, beside_urgent), 0));
    cr_expect(eq(u32, world_active(&world, beside_flood), 0));
    world_pass(&world, 5010); /* 1,001 share 100 a second */
    cr_expect(ne(u32, world_active(&world, beside_flood), 0));
}

Test(ladder, the_retry_ends_with_the_time_of_the_tier_if_somebody_else_came)
{
    const uint32_t id = given_order();
    world_says(&world, id, ASSIGNMENT_EN_ROUTE);
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 400, 0);
    world_pass(&world, 200000); /* tier 3 had 180 s */
    world_fix(&world, foot, 50, 0);
    world_pass(&world, 30000);
    cr_expect(eq(u32, world_active(&world, foot), 0));
}

Test(ladder, a_gone_incident_leaves_after_the_reopen_time)
{
    given_order();
    world_close(&world, 1, true);
    world_pass(&world, 3599999);
    struct incident_view view;
    cr_expect(engine_incident(world.engine, 1, &view));
    world_pass(&world, 1);
    cr_expect(not(engine_incident(world.engine, 1, &view)));
    struct assignment_view assignment;
    cr_expect(not(engine_assignment(world.engine, 1, &assignment)));
    cr_expect(eq(i64, engine_deadline_ms(world.engine), INT64_MAX));
}

Test(ladder, a_long_silence_fires_everything_that_was_due_once)
{
    given_order();
    world.now_ms += 3600000;
    struct command tick = {.kind = COMMAND_TICK};
    world_step(&world, &tick);
    cr_expect(eq(u32, world_count(&world, EVENT_ASSIGNMENT_STEP), 4));
    cr_expect(eq(u32, world_count(&world, EVENT_TIER_VERDICT), 1));
    cr_expect(lt(i64, world.now_ms, engine_deadline_ms(world.engine)));
}
