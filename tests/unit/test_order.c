/* order: a dispatcher's word, checked against what he saw. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/support/core_given.h"

static struct world world;

static void set_up(void)
{
    world_init(&world);
    world.config.mode = DISPATCH_RECOMMEND;
    world_begin(&world);
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(order, .init = set_up, .fini = tear_down, .timeout = 20);

Test(order, recommend_shows_and_waits)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world_count(&world, EVENT_DECISION_MADE), 3));
    cr_expect(eq(u32, world_count(&world, EVENT_ASSIGNMENT_SENT), 0));
    cr_expect(eq(u32, world_count(&world, EVENT_TIER_VERDICT), 0));
    const struct decision_made *made = engine_decision(world.engine, 1, TIER_5);
    cr_expect(not(made->automatic));
    cr_expect(eq(u32, made->candidates[0].unit_id, car));
    cr_expect(made->candidates[0].chosen);
    cr_expect(eq(u32, made->generation, 1));
    world_pass(&world, 10000);
    cr_expect(eq(u32, world_active(&world, car), 0));
}

Test(order, takes_the_recommended_unit_with_its_rank)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct step_result result = world_order(&world, 1, 1, car, TIER_5);
    cr_expect(eq(u32, result.refusal, REASON_NONE));
    cr_expect(eq(u32, result.generation, 2));
    const struct assignment_view view = world_assignment(&world, result.assignment_id);
    cr_expect(not(view.automatic));
    cr_expect(eq(u32, view.rank, 0));
    cr_expect(eq(u32, view.distance_m, 500));
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_DISPATCHED));
}

Test(order, of_one_who_looked_before_the_last_dispatch_is_stale)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t other = world_unit(&world, UNIT_CAR, 600, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_order(&world, 1, 1, car, TIER_5);
    const struct step_result result = world_order(&world, 1, 1, other, TIER_5);
    cr_expect(eq(u32, result.refusal, REASON_STALE_GENERATION));
    cr_expect(eq(u32, result.generation, 2));
    const struct event *event = world_event(&world, EVENT_COMMAND_REFUSED, 0);
    cr_expect(eq(u32, event->refused.reason, REASON_STALE_GENERATION));
    cr_expect(eq(u32, event->refused.generation, 2));
    cr_expect(eq(u32, event->refused.command, COMMAND_INCIDENT_ORDER));
}

Test(order, is_not_made_stale_by_notes_and_positions)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    struct command note = {.kind = COMMAND_INCIDENT_NOTE,
                           .note = {.incident_id = 1, .note = "caller rang again"}};
    cr_expect(eq(u32, world_step(&world, &note).refusal, REASON_NONE));
    world_fix(&world, car, 550, 0);
    cr_expect(eq(u32, world_order(&world, 1, 1, car, TIER_5).refusal, REASON_NONE));
}

Test(order, refuses_who_cannot_go_and_says_who)
{
    const uint32_t busy = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t off = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    const uint32_t broken = world_unit(&world, UNIT_CAR, 600, 0);
    world_duty(&world, broken, DUTY_OUT_OF_SERVICE);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 4000, 0);
    world_order(&world, 1, 1, busy, TIER_5);
    cr_expect(eq(u32, world_order(&world, 2, 1, busy, TIER_5).refusal, REASON_UNIT_BUSY));
    cr_expect(eq(u32, world_event(&world, EVENT_COMMAND_REFUSED, 0)->refused.unit_id, busy));
    cr_expect(eq(u32, world_order(&world, 2, 1, off, TIER_5).refusal, REASON_OFF_DUTY));
    cr_expect(eq(u32, world_order(&world, 2, 1, broken, TIER_5).refusal, REASON_OUT_OF_SERVICE));
    cr_expect(eq(u32, world_order(&world, 2, 1, 60, TIER_5).refusal, REASON_UNKNOWN_UNIT));
    cr_expect(eq(u32, world_order(&world, 9, 1, off, TIER_5).refusal, REASON_UNKNOWN_INCIDENT));
    world_close(&world, 2, false);
    cr_expect(eq(u32, world_order(&world, 2, 1, broken, TIER_5).refusal, REASON_WRONG_STATE));
}

Test(order, is_all_or_nothing)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    struct command command = {
        .kind = COMMAND_INCIDENT_ORDER,
        .order = {.incident_id = 1,
                  .generation = 1,
                  .unit_count = 2,
                  .units = {{.unit_id = car, .tier = TIER_5}, {.unit_id = car, .tier = TIER_3}}}};
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_UNIT_BUSY));
    cr_expect(eq(u32, world_active(&world, car), 0));
}

Test(order, several_units_are_one_generation_and_the_note_is_kept)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 50, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    struct command command = {
        .kind = COMMAND_INCIDENT_ORDER,
        .order = {.incident_id = 1,
                  .generation = 1,
                  .unit_count = 2,
                  .units = {{.unit_id = car, .tier = TIER_5}, {.unit_id = foot, .tier = TIER_3}},
                  .note = "they know the place"}};
    cr_expect(eq(u32, world_step(&world, &command).generation, 2));
    cr_expect(eq(u32, world_count(&world, EVENT_ASSIGNMENT_SENT), 2));
    const struct event *event = world_event(&world, EVENT_INCIDENT_NOTED, 0);
    cr_expect(eq(int, strcmp(event->noted.note, "they know the place"), 0));
}

Test(order, may_name_one_whose_place_nobody_knows)
{
    const uint32_t car = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    world_duty(&world, car, DUTY_ON);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct step_result result = world_order(&world, 1, 1, car, TIER_5);
    cr_expect(eq(u32, result.refusal, REASON_NONE));
    const struct assignment_view view = world_assignment(&world, result.assignment_id);
    cr_expect(eq(u32, view.travel_ms, GEO_TRAVEL_NEVER));
    cr_expect(eq(u32, view.rank, UINT32_MAX), "it was on no list");
}

Test(order, recommend_again_after_an_order_asks_for_what_is_left)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t second = world_unit(&world, UNIT_CAR, 700, 0);
    world_report(&world, INCIDENT_CRIME, 0, 0, 0);
    world_order(&world, 1, 1, car, TIER_5);
    cr_expect(eq(u32, world_recommend(&world, 1).refusal, REASON_NONE));
    const struct decision_made *made = engine_decision(world.engine, 1, TIER_5);
    cr_assert(eq(u32, made->candidate_count, 1));
    cr_expect(eq(u32, made->candidates[0].unit_id, second));
    cr_expect(made->candidates[0].chosen);
    cr_expect(eq(u32, made->generation, 2));
    world_order(&world, 1, 2, second, TIER_5);
    world_unit(&world, UNIT_CAR, 900, 0);
    world_recommend(&world, 1);
    cr_expect(not(engine_decision(world.engine, 1, TIER_5)->candidates[0].chosen));
    cr_expect(eq(u32, world_recommend(&world, 7).refusal, REASON_UNKNOWN_INCIDENT));
}

Test(order, the_ladder_goes_on_by_itself_after_the_order)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t second = world_unit(&world, UNIT_CAR, 700, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_order(&world, 1, 1, car, TIER_5);
    world_says(&world, world_active(&world, car), ASSIGNMENT_DECLINED);
    cr_expect(ne(u32, world_active(&world, second), 0));
}

Test(order, a_moved_incident_is_recommended_anew)
{
    const uint32_t west = world_unit(&world, UNIT_CAR, -500, 0);
    const uint32_t east = world_unit(&world, UNIT_CAR, 2500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, engine_decision(world.engine, 1, TIER_5)->candidates[0].unit_id, west));
    struct command move = {.kind = COMMAND_INCIDENT_UPDATE,
                           .update = {.incident_id = 1,
                                      .generation = 1,
                                      .has_place = true,
                                      .at = world_at(2000, 0),
                                      .address = "the other end"}};
    cr_expect(eq(u32, world_step(&world, &move).generation, 2));
    cr_expect(eq(u32, engine_decision(world.engine, 1, TIER_5)->candidates[0].unit_id, east));
    cr_expect(eq(int, strcmp(world_incident(&world, 1).address, "the other end"), 0));
    cr_expect(eq(u32, world_step(&world, &move).refusal, REASON_STALE_GENERATION));
}

Test(order, is_refused_when_every_place_for_an_assignment_is_taken)
{
    world_destroy(&world);
    world_init(&world);
    world.config.mode = DISPATCH_RECOMMEND;
    world.config.limits.units_max = 2;
    world.config.limits.assignments_max = 2;
    world_begin(&world);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    for (uint32_t i = 0; i < 2; i++) {
        const struct step_result result =
            world_order(&world, 1, world_incident(&world, 1).generation, car, TIER_5);
        cr_assert(eq(u32, result.refusal, REASON_NONE));
        world_says(&world, result.assignment_id, ASSIGNMENT_CLEARED);
    }
    const uint32_t generation = world_incident(&world, 1).generation;
    cr_expect(eq(u32, world_order(&world, 1, generation, car, TIER_5).refusal, REASON_CAPACITY));
    world_recommend(&world, 1);
    cr_expect(eq(u32, engine_decision(world.engine, 1, TIER_5)->candidate_count, 1));
}
