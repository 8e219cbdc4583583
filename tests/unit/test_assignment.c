/* assignment: forward only, skips stay unknown, a decline goes to the next one at once. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine/core/state.h"
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

TestSuite(assignment, .init = set_up, .fini = tear_down, .timeout = 20);

/* One car on its way to incident 1; answers its assignment. */
static uint32_t given_order(uint32_t *unit_id)
{
    *unit_id = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    return world_active(&world, *unit_id);
}

Test(assignment, walks_through_its_states_and_writes_each_time_once)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    const int64_t start_ms = world.now_ms;
    static const enum assignment_state states[] = {ASSIGNMENT_DELIVERED, ASSIGNMENT_ACKNOWLEDGED,
                                                   ASSIGNMENT_EN_ROUTE, ASSIGNMENT_ON_SCENE,
                                                   ASSIGNMENT_CLEARED};
    for (uint32_t i = 0; i < 5; i++) {
        world_pass(&world, 1000);
        cr_expect(eq(u32, world_says(&world, id, states[i]).refusal, REASON_NONE));
        const struct assignment_updated updated =
            world_event(&world, EVENT_ASSIGNMENT_UPDATED, 0)->updated;
        cr_expect(eq(u32, updated.source, SOURCE_UNIT));
        cr_expect(not(updated.skipped));
        cr_expect(not(updated.late));
        cr_expect(updated.has_position);
        cr_expect(eq(u32, updated.version, i + 2));
    }
    const struct assignment_view view = world_assignment(&world, id);
    cr_expect(eq(i64, view.delivered_ms, start_ms + 1000));
    cr_expect(eq(i64, view.acknowledged_ms, start_ms + 2000));
    cr_expect(eq(i64, view.en_route_ms, start_ms + 3000));
    cr_expect(eq(i64, view.on_scene_ms, start_ms + 4000));
    cr_expect(eq(i64, view.ended_ms, start_ms + 5000));
    cr_expect(eq(u32, world_active(&world, car), 0));
}

Test(assignment, the_incident_follows_its_assignments)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_DISPATCHED));
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_DISPATCHED));
    world_says(&world, id, ASSIGNMENT_EN_ROUTE);
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_RESPONDING));
    world_says(&world, id, ASSIGNMENT_ON_SCENE);
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_ON_SCENE));
    world_says(&world, id, ASSIGNMENT_CLEARED);
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_FEEDBACK_DUE));
    world_close(&world, 1, false);
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_CLOSED));
}

/* One in each state there is, of tier 5 all of them but the last. */
Test(assignment, what_became_of_the_orders_of_a_tier_is_counted_by_state)
{
    static const enum assignment_state states[] = {
        ASSIGNMENT_SENT,     ASSIGNMENT_DELIVERED, ASSIGNMENT_ACKNOWLEDGED,
        ASSIGNMENT_EN_ROUTE, ASSIGNMENT_ON_SCENE,  ASSIGNMENT_CLEARED,
        ASSIGNMENT_DECLINED, ASSIGNMENT_RECALLED,  ASSIGNMENT_ON_SCENE};
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    for (uint32_t i = 0; i < 9; i++) {
        const uint32_t unit = world_unit(&world, UNIT_CAR, 900000 + (int32_t)i, 0);
        const uint32_t generation = world_incident(&world, 1).generation;
        const enum tier tier = i < 8 ? TIER_5 : TIER_1;
        if (world_active(&world, unit) == 0) {
            cr_assert(eq(u32, world_order(&world, 1, generation, unit, tier).refusal, REASON_NONE));
        }
        const uint32_t id = world_active(&world, unit);
        if (states[i] == ASSIGNMENT_RECALLED) {
            world_recall(&world, id);
        } else if (states[i] != ASSIGNMENT_SENT) {
            cr_assert(eq(u32, world_says(&world, id, states[i]).refusal, REASON_NONE));
        }
    }
    const struct incident *incident = state_incident(world.engine, 1);
    const struct tally tier = state_tally(world.engine, incident, TIER_5);
    cr_expect(eq(u32, tier.all, 8));
    cr_expect(eq(u32, tier.active, 5));
    cr_expect(eq(u32, tier.acknowledged, 3));
    cr_expect(eq(u32, tier.en_route, 1));
    cr_expect(eq(u32, tier.on_scene, 1));
    cr_expect(eq(u32, tier.cleared, 1));
    cr_expect(eq(u32, tier.declined, 1));
    cr_expect(eq(u32, tier.recalled, 1));
    cr_expect(eq(u32, tier.invited, 0));
    const struct tally all = state_tally_all(world.engine, incident);
    cr_expect(eq(u32, all.all, 9));
    cr_expect(eq(u32, all.active, 6));
    cr_expect(eq(u32, all.on_scene, 2));
    cr_expect(eq(u32, state_tally(world.engine, incident, TIER_3).all, 0));
}

Test(assignment, skipped_steps_stay_unknown_and_say_so)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    cr_expect(eq(u32, world_says(&world, id, ASSIGNMENT_ON_SCENE).refusal, REASON_NONE));
    cr_expect(world_event(&world, EVENT_ASSIGNMENT_UPDATED, 0)->updated.skipped);
    const struct assignment_view view = world_assignment(&world, id);
    cr_expect(eq(i64, view.acknowledged_ms, TIME_NEVER));
    cr_expect(eq(i64, view.en_route_ms, TIME_NEVER));
    cr_expect(eq(i64, view.on_scene_ms, world.now_ms));
}

Test(assignment, a_missing_receipt_is_no_skipped_step)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    cr_expect(not(world_event(&world, EVENT_ASSIGNMENT_UPDATED, 0)->updated.skipped));
    cr_expect(eq(u32, world_says(&world, id, ASSIGNMENT_DELIVERED).refusal, REASON_NONE));
    cr_expect(eq(u32, world.out.count, 0), "a receipt after the fact changes nothing");
}

Test(assignment, saying_it_again_is_done_already)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    world_says(&world, id, ASSIGNMENT_EN_ROUTE);
    const struct step_result again = world_says(&world, id, ASSIGNMENT_EN_ROUTE);
    cr_expect(eq(u32, again.refusal, REASON_NONE));
    cr_expect(eq(u32, again.assignment_id, id));
    cr_expect(eq(u32, world.out.count, 0));
}

Test(assignment, never_goes_back)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    world_says(&world, id, ASSIGNMENT_ON_SCENE);
    cr_expect(eq(u32, world_says(&world, id, ASSIGNMENT_EN_ROUTE).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, world_says(&world, id, ASSIGNMENT_DECLINED).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, world_recall(&world, id).refusal, REASON_WRONG_STATE));
    world_says(&world, id, ASSIGNMENT_CLEARED);
    cr_expect(eq(u32, world_says(&world, id, ASSIGNMENT_ON_SCENE).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, world_says(&world, id, ASSIGNMENT_CLEARED).refusal, REASON_NONE));
}

Test(assignment, states_that_are_not_a_units_to_say_are_refused)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    cr_expect(eq(u32, world_says(&world, id, ASSIGNMENT_RECALLED).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, world_says(&world, id, ASSIGNMENT_CANCELLED).refusal, REASON_WRONG_STATE));
}

Test(assignment, another_units_assignment_is_not_yours)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    const uint32_t thief = world_unit(&world, UNIT_CAR, 800, 0);
    struct command command = {.kind = COMMAND_ASSIGNMENT_UPDATE,
                              .assignment = {.assignment_id = id,
                                             .unit_id = thief,
                                             .state = ASSIGNMENT_ACKNOWLEDGED,
                                             .device_ms = TIME_NEVER}};
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_NOT_YOURS));
    const struct event *refused = world_event(&world, EVENT_COMMAND_REFUSED, 0);
    cr_expect(eq(u32, refused->refused.assignment_id, id));
    cr_expect(eq(u32, refused->refused.incident_id, 1));
    cr_expect(eq(u32, refused->refused.unit_id, thief));
    command.assignment.assignment_id = 99;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_UNKNOWN_ASSIGNMENT));
    cr_expect(eq(u32, world_recall(&world, 99).refusal, REASON_UNKNOWN_ASSIGNMENT));
}

Test(assignment, on_behalf_is_recorded_as_the_dispatchers_word)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    cr_expect(eq(u32, world_on_behalf(&world, id, ASSIGNMENT_ACKNOWLEDGED).refusal, REASON_NONE));
    const struct event *event = world_event(&world, EVENT_ASSIGNMENT_UPDATED, 0);
    cr_expect(eq(u32, event->updated.source, SOURCE_DISPATCHER));
    cr_expect(eq(int, strcmp(event->actor.id, "li"), 0));
}

Test(assignment, a_decline_goes_to_the_next_nearest_at_once)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    const uint32_t second = world_unit(&world, UNIT_CAR, 700, 0);
    const uint32_t third = world_unit(&world, UNIT_CAR, 900, 0);
    cr_expect(eq(u32, world_says(&world, id, ASSIGNMENT_DECLINED).refusal, REASON_NONE));
    cr_assert(eq(u32, world_count(&world, EVENT_ASSIGNMENT_SENT), 1));
    const struct assignment_sent sent = world_event(&world, EVENT_ASSIGNMENT_SENT, 0)->sent;
    cr_expect(eq(u32, sent.unit_id, second));
    cr_expect(sent.additional);
    cr_expect(eq(u32, world_active(&world, third), 0));
    cr_expect(eq(u32, world_active(&world, car), 0));
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_DISPATCHED));
    const struct decision_made *made = engine_decision(world.engine, 1, TIER_5);
    cr_expect(eq(u32, made->passed_by_reason[REASON_DECLINED], 1));
}

Test(assignment, who_declined_is_not_asked_again_and_the_last_decline_raises_an_alarm)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    world_says(&world, id, ASSIGNMENT_DECLINED);
    cr_expect(eq(u32, world_count(&world, EVENT_ASSIGNMENT_SENT), 0));
    cr_expect(world_has_alarm(&world, ALARM_DECLINED, 1));
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, 1));
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_PENDING));
    world_pass(&world, 60000);
    cr_expect(eq(u32, world_active(&world, car), 0));
}

Test(assignment, the_alarms_of_a_decline_go_when_somebody_comes)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    world_says(&world, id, ASSIGNMENT_DECLINED);
    const uint32_t other = world_unit(&world, UNIT_CAR, 600, 0);
    cr_expect(ne(u32, world_active(&world, other), 0), "on duty, and ordered at once");
    cr_expect(not(world_has_alarm(&world, ALARM_DECLINED, 1)));
    cr_expect(not(world_has_alarm(&world, ALARM_UNDISPATCHED, 1)));
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_DISPATCHED));
}

Test(assignment, a_recall_frees_the_unit_and_counts_as_a_new_dispatch)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    world_says(&world, id, ASSIGNMENT_EN_ROUTE);
    const uint32_t generation = world_incident(&world, 1).generation;
    const struct step_result result = world_recall(&world, id);
    cr_expect(eq(u32, result.refusal, REASON_NONE));
    cr_expect(eq(u32, result.generation, generation + 1));
    cr_expect(eq(u32, world_assignment(&world, id).state, ASSIGNMENT_RECALLED));
    cr_expect(eq(u32, world_assignment(&world, id).reason, REASON_DISPATCHER));
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_PENDING));
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, 1));
    world_recall(&world, id);
    cr_expect(eq(u32, world.out.count, 0), "recalled is recalled");
    world_pass(&world, 60000);
    cr_expect(eq(u32, world_active(&world, car), 0), "not sent out again behind his back");
}

Test(assignment, a_cleared_unit_serves_who_waits)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    world_report(&world, INCIDENT_DISPUTE, 0, 2000, 0);
    world_report(&world, INCIDENT_CRIME, 0, 3000, 0);
    cr_expect(eq(u32, world_incident(&world, 2).state, INCIDENT_PENDING));
    world_says(&world, id, ASSIGNMENT_CLEARED);
    const struct assignment_view view = world_assignment(&world, world_active(&world, car));
    cr_expect(eq(u32, view.incident_id, 3), "the more urgent first");
    cr_expect(eq(u32, world_incident(&world, 2).state, INCIDENT_PENDING));
}

Test(assignment, the_board_status_and_its_time_follow)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    struct unit_view view;
    engine_unit(world.engine, car, &view);
    cr_expect(eq(u32, view.status, UNIT_STATUS_DISPATCHED));
    const int64_t sent_ms = view.status_ms;
    world_pass(&world, 1000);
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    engine_unit(world.engine, car, &view);
    cr_expect(eq(i64, view.status_ms, sent_ms));
    world_says(&world, id, ASSIGNMENT_EN_ROUTE);
    engine_unit(world.engine, car, &view);
    cr_expect(eq(u32, view.status, UNIT_STATUS_EN_ROUTE));
    cr_expect(eq(i64, view.status_ms, world.now_ms));
    cr_expect(eq(u32, view.incident_id, 1));
    world_says(&world, id, ASSIGNMENT_ON_SCENE);
    engine_unit(world.engine, car, &view);
    cr_expect(eq(u32, view.status, UNIT_STATUS_ON_SCENE));
}

Test(assignment, what_a_unit_says_with_it_is_in_the_record)
{
    uint32_t car;
    const uint32_t id = given_order(&car);
    struct command command = {.kind = COMMAND_ASSIGNMENT_UPDATE,
                              .assignment = {.assignment_id = id,
                                             .unit_id = car,
                                             .state = ASSIGNMENT_DECLINED,
                                             .reason = REASON_VEHICLE,
                                             .device_ms = 1234,
                                             .note = "a flat tyre"}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    const struct event *event = world_event(&world, EVENT_ASSIGNMENT_UPDATED, 0);
    cr_expect(eq(int, strcmp(event->updated.note, "a flat tyre"), 0));
    cr_expect(eq(u32, event->updated.reason, REASON_VEHICLE));
    cr_expect(eq(i64, event->updated.device_ms, 1234));
    cr_expect(event->updated.has_position);
}
