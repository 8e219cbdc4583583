/* photo: what ties a photo to an incident and to the order that it was taken on. */
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

TestSuite(photo, .init = set_up, .fini = tear_down, .timeout = 20);

static struct step_result photo(uint32_t incident_id, uint32_t assignment_id, uint32_t unit_id)
{
    struct command command = {.kind = COMMAND_INCIDENT_PHOTO,
                              .photo = {.incident_id = incident_id,
                                        .assignment_id = assignment_id,
                                        .unit_id = unit_id,
                                        .media = PHOTO_WEBP,
                                        .size = 12,
                                        .hash = {1, 2, 3, [31] = 32},
                                        .device_ms = 77}};
    return world_step(&world, &command);
}

Test(photo, is_a_fact_with_its_hash_and_the_order_it_was_taken_on)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const uint32_t order = world_active(&world, car);
    cr_assert(ne(u32, order, 0));

    const struct step_result result = photo(1, 0, car);
    cr_expect(eq(u32, result.refusal, REASON_NONE));
    cr_expect(eq(u32, result.incident_id, 1));
    cr_expect(eq(u32, result.assignment_id, order));
    const struct event *event = world_event(&world, EVENT_PHOTO_ADDED, 0);
    cr_expect(eq(u32, event->photo.incident_id, 1));
    cr_expect(eq(u32, event->photo.assignment_id, order));
    cr_expect(eq(u32, event->photo.unit_id, car));
    cr_expect(eq(u32, event->photo.media, PHOTO_WEBP));
    cr_expect(eq(u32, event->photo.size, 12));
    cr_expect(eq(u8, event->photo.hash[31], 32));
    cr_expect(eq(i64, event->photo.device_ms, 77));
}

Test(photo, of_an_order_that_has_ended_is_as_true_as_before)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const uint32_t order = world_active(&world, car);
    world_says(&world, order, ASSIGNMENT_ACKNOWLEDGED);
    world_says(&world, order, ASSIGNMENT_EN_ROUTE);
    world_says(&world, order, ASSIGNMENT_ON_SCENE);
    world_says(&world, order, ASSIGNMENT_CLEARED);
    cr_expect(eq(u32, photo(1, 0, car).refusal, REASON_NOT_YOURS), "no order is active");
    cr_expect(eq(u32, photo(1, order, car).refusal, REASON_NONE));
    world_close(&world, 1, false);
    cr_expect(eq(u32, photo(1, order, car).refusal, REASON_NONE), "until it leaves the core");
}

Test(photo, of_another_ones_order_or_of_another_incident_is_refused)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t far = world_unit(&world, UNIT_CAR, 9000, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const uint32_t order = world_active(&world, car);
    world_report(&world, INCIDENT_TRAFFIC, 0, 30000, 0);

    cr_expect(eq(u32, photo(9, 0, car).refusal, REASON_UNKNOWN_INCIDENT));
    cr_expect(eq(u32, photo(1, 99, car).refusal, REASON_UNKNOWN_ASSIGNMENT));
    cr_expect(eq(u32, photo(2, order, car).refusal, REASON_UNKNOWN_ASSIGNMENT));
    cr_expect(eq(u32, photo(1, order, far).refusal, REASON_NOT_YOURS));
    cr_expect(eq(u32, photo(2, 0, car).refusal, REASON_NOT_YOURS));
    cr_expect(eq(u32, photo(1, 0, UNIT_NONE).refusal, REASON_NONE), "a desk needs no order");
    cr_expect(eq(u32, world_event(&world, EVENT_PHOTO_ADDED, 0)->photo.assignment_id, 0));
}

Test(photo, of_an_incident_that_has_left_is_taken_from_who_found_it_in_the_record)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const uint32_t order = world_active(&world, car);
    world_cancel(&world, 1);
    world_pass(&world, world.config.policy.reopen_ms);
    cr_assert(eq(u32, photo(1, order, car).refusal, REASON_UNKNOWN_INCIDENT));

    struct command command = {.kind = COMMAND_INCIDENT_PHOTO,
                              .photo = {.incident_id = 1,
                                        .assignment_id = order,
                                        .unit_id = car,
                                        .size = 12,
                                        .device_ms = 77,
                                        .of_record = true}};
    const struct step_result result = world_step(&world, &command);
    cr_expect(eq(u32, result.refusal, REASON_NONE));
    cr_expect(eq(u32, result.assignment_id, order));
    cr_expect(eq(u32, world_event(&world, EVENT_PHOTO_ADDED, 0)->photo.assignment_id, order));
    command.photo.incident_id = 2;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_UNKNOWN_INCIDENT),
              "nobody finds what has never been");
    command.photo.incident_id = 0;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_UNKNOWN_INCIDENT));
}
