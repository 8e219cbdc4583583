/* receipt: what the live link does not deliver goes out by another channel, and the next unit is
 * asked at once; what the gateway says of it stands in the record. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "tests/support/core_given.h"

static struct world world;

static void set_up(void)
{
    world_init(&world);
    world.config.second_channel = true;
    world_begin(&world);
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(receipt, .init = set_up, .fini = tear_down, .timeout = 20);

static uint32_t near_car, far_car;

static uint32_t given_order(enum link link)
{
    near_car = world_unit(&world, UNIT_CAR, 500, 0);
    far_car = world_unit(&world, UNIT_CAR, 900, 0);
    engine_observe_link(world.engine, near_car, link);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    return world_active(&world, near_car);
}

static struct step_result say(uint32_t assignment_id, enum receipt receipt)
{
    struct command command = {.kind = COMMAND_ASSIGNMENT_RECEIPT};
    command.receipt.assignment_id = assignment_id;
    command.receipt.receipt = receipt;
    const struct actor before = world.actor;
    world.actor = (struct actor){.id = "gateway", .source = SOURCE_API};
    const struct step_result result = world_step(&world, &command);
    world.actor = before;
    return result;
}

static bool has_step(uint32_t assignment_id, enum ladder_step step)
{
    return (world_assignment(&world, assignment_id).steps >> step & 1u) != 0;
}

Test(receipt, a_unit_without_a_link_is_tried_elsewhere_at_once_and_the_next_one_asked)
{
    const uint32_t id = given_order(LINK_DOWN);
    cr_expect(eq(i64, engine_deadline_ms(world.engine), world.now_ms), "now, not later");
    world_pass(&world, 0);
    cr_expect(has_step(id, LADDER_SECOND));
    cr_expect(has_step(id, LADDER_ADDITIONAL));
    cr_expect(world_assignment(&world, world_active(&world, far_car)).additional);
}

Test(receipt, what_is_not_delivered_in_time_is_tried_elsewhere)
{
    const uint32_t id = given_order(LINK_UNKNOWN);
    world_pass(&world, 4999);
    cr_expect(not(has_step(id, LADDER_SECOND)));
    world_pass(&world, 1);
    cr_expect(has_step(id, LADDER_SECOND));
    cr_expect(ne(u32, world_active(&world, far_car), 0));
}

Test(receipt, what_was_delivered_needs_no_second_channel)
{
    const uint32_t id = given_order(LINK_UP);
    world_says(&world, id, ASSIGNMENT_DELIVERED);
    world_pass(&world, 29999);
    cr_expect(not(has_step(id, LADDER_SECOND)));
    cr_expect(eq(u32, world_active(&world, far_car), 0));
}

Test(receipt, a_link_that_breaks_before_the_receipt_is_no_link)
{
    const uint32_t id = given_order(LINK_UP);
    world_pass(&world, 1000);
    engine_observe_link(world.engine, near_car, LINK_DOWN);
    world_pass(&world, 0);
    cr_expect(has_step(id, LADDER_SECOND));
}

Test(receipt, without_a_gateway_nothing_is_said_to_have_gone_out)
{
    world.config.second_channel = false;
    world_destroy(&world);
    world_begin(&world);
    const uint32_t id = given_order(LINK_DOWN);
    world_pass(&world, 20000);
    cr_expect(not(has_step(id, LADDER_SECOND)));
}

Test(receipt, delivered_is_a_receipt_and_answered_an_acknowledgement)
{
    const uint32_t id = given_order(LINK_DOWN);
    world_pass(&world, 0);
    cr_expect(eq(u32, say(id, RECEIPT_TAKEN).refusal, REASON_NONE));
    cr_expect(eq(u32, world_assignment(&world, id).state, ASSIGNMENT_SENT));
    say(id, RECEIPT_DELIVERED);
    cr_expect(eq(u32, world_assignment(&world, id).state, ASSIGNMENT_DELIVERED));
    say(id, RECEIPT_ANSWERED);
    cr_expect(eq(u32, world_assignment(&world, id).state, ASSIGNMENT_ACKNOWLEDGED));
    const struct event *event = world_event(&world, EVENT_ASSIGNMENT_UPDATED, 0);
    cr_expect(eq(u32, event->updated.source, SOURCE_API));
    cr_expect(event->updated.late, "the next unit had been asked");
}

Test(receipt, the_same_word_again_is_said_once)
{
    const uint32_t id = given_order(LINK_DOWN);
    world_pass(&world, 0);
    say(id, RECEIPT_DELIVERED);
    cr_expect(eq(u32, say(id, RECEIPT_DELIVERED).refusal, REASON_NONE));
    cr_expect(eq(u32, world.out.count, 0));
}

Test(receipt, a_failure_is_a_dispatchers_at_once)
{
    const uint32_t id = given_order(LINK_DOWN);
    world_pass(&world, 0);
    cr_expect(not(world_has_alarm(&world, ALARM_ACK_LATE, 1)));
    say(id, RECEIPT_FAILED);
    cr_expect(world_has_alarm(&world, ALARM_ACK_LATE, 1));
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    cr_expect(not(world_has_alarm(&world, ALARM_ACK_LATE, 1)));
}

Test(receipt, of_what_was_never_handed_over_or_has_ended_is_refused)
{
    const uint32_t id = given_order(LINK_UP);
    cr_expect(eq(u32, say(id, RECEIPT_DELIVERED).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, say(99, RECEIPT_DELIVERED).refusal, REASON_UNKNOWN_ASSIGNMENT));
    world_pass(&world, 5000);
    world_recall(&world, id);
    cr_expect(eq(u32, say(id, RECEIPT_ANSWERED).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, world_assignment(&world, id).state, ASSIGNMENT_RECALLED));
}
