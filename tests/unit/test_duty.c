/* duty: who signs on, with whom and with what. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/duty.h"
#include "engine/core/presence.h"
#include "engine/core/prng.h"
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

TestSuite(duty, .init = set_up, .fini = tear_down, .timeout = 20);

static struct unit_view seen(uint32_t unit_id)
{
    struct unit_view view;
    cr_assert(engine_unit(world.engine, unit_id, &view));
    return view;
}

static void sign_on(uint32_t unit_id, const char *crew, uint32_t equipment)
{
    struct command command = {.kind = COMMAND_UNIT_DUTY,
                              .duty = {.unit_id = unit_id,
                                       .duty = DUTY_ON,
                                       .people = 2,
                                       .has_crew = true,
                                       .has_equipment = true,
                                       .has_device = true,
                                       .sign_on = {.equipment = equipment, .device = "phone 7"}}};
    snprintf(command.duty.sign_on.crew, CREW_SIZE, "%s", crew);
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
}

Test(duty, who_signs_on_with_what_is_recorded_and_seen)
{
    const uint32_t post = world_unit_off_duty(&world, UNIT_POST, 0, 0, 0);
    sign_on(post, "Chen 0123, Li 0456", 1u << EQUIPMENT_SHIELD | 1u << EQUIPMENT_FORK);
    cr_assert(eq(u32, world_count(&world, EVENT_UNIT_DUTY), 1));
    const struct event *event = world_event(&world, EVENT_UNIT_DUTY, 0);
    cr_expect(eq(int, strcmp(event->duty.sign_on.crew, "Chen 0123, Li 0456"), 0));
    const struct unit_view view = seen(post);
    cr_expect(eq(u32, view.people, 2));
    cr_expect(eq(int, strcmp(view.sign_on->crew, "Chen 0123, Li 0456"), 0));
    cr_expect(eq(int, strcmp(view.sign_on->device, "phone 7"), 0));
    cr_expect(eq(u32, view.sign_on->equipment, 1u << EQUIPMENT_SHIELD | 1u << EQUIPMENT_FORK));
    sign_on(post, "Chen 0123, Li 0456", 1u << EQUIPMENT_SHIELD | 1u << EQUIPMENT_FORK);
    cr_expect(eq(u32, world_count(&world, EVENT_UNIT_DUTY), 0), "said again");
    sign_on(post, "Wang", 1u << EQUIPMENT_SHIELD | 1u << EQUIPMENT_FORK);
    cr_expect(eq(u32, world_count(&world, EVENT_UNIT_DUTY), 1), "the shift has changed");
}

Test(duty, what_is_not_said_anew_stays_until_the_unit_signs_off)
{
    const uint32_t car = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    sign_on(car, "Chen", 1u << EQUIPMENT_AED);
    world_duty(&world, car, DUTY_OUT_OF_SERVICE);
    cr_expect(eq(int, strcmp(seen(car).sign_on->crew, "Chen"), 0));
    world_duty(&world, car, DUTY_ON);
    cr_expect(eq(u32, seen(car).sign_on->equipment, 1u << EQUIPMENT_AED));
    world_duty(&world, car, DUTY_OFF);
    cr_expect(eq(int, strcmp(seen(car).sign_on->crew, ""), 0));
    cr_expect(eq(int, strcmp(seen(car).sign_on->device, ""), 0));
    world_duty(&world, car, DUTY_ON);
    cr_expect(eq(u32, seen(car).sign_on->equipment, 0), "another shift");
}

Test(duty, equipment_makes_fit_for_what_it_is_for)
{
    cr_expect(eq(u32, duty_capabilities(0), 0));
    cr_expect(eq(u32, duty_capabilities(1u << EQUIPMENT_FIREARM), 1));
    cr_expect(eq(u32, duty_capabilities(1u << EQUIPMENT_AED), 2));
    cr_expect(eq(u32, duty_capabilities(1u << EQUIPMENT_FIRST_AID_KIT), 2));
    cr_expect(eq(u32, duty_capabilities(1u << EQUIPMENT_EXTINGUISHER), 4));
    cr_expect(eq(u32, duty_capabilities(1u << EQUIPMENT_CONES), 8));
    cr_expect(eq(u32, duty_capabilities((1u << EQUIPMENT_COUNT) - 1u), 15));
    cr_expect(eq(u32, duty_capabilities(1u << EQUIPMENT_RADIO | 1u << EQUIPMENT_DRONE), 0));
}

/* A plan that asks for arms: who has signed on with a firearm is sent, the nearer one is not. */
Test(duty, a_plan_finds_who_has_signed_on_with_what_it_asks)
{
    const uint32_t bare = world_unit(&world, UNIT_CAR, 200, 0);
    const uint32_t armed = world_unit_off_duty(&world, UNIT_CAR, 400, 0, 0);
    world_fix(&world, armed, 400, 0);
    sign_on(armed, "Chen", 1u << EQUIPMENT_FIREARM);
    world_report(&world, INCIDENT_CRIME, 1, 0, 0);
    cr_expect(ne(u32, world_active(&world, armed), 0));
    const struct decision_made *made = engine_decision(world.engine, 1, TIER_5);
    cr_assert(ne(ptr, (void *)(uintptr_t)made, NULL));
    cr_assert(eq(u32, made->passed_count, 1));
    cr_expect(eq(u32, made->passed[0].unit_id, bare));
    cr_expect(eq(u32, made->passed[0].reason, REASON_CAPABILITY));
}

Test(duty, arms_that_were_signed_off_with_are_not_counted_on)
{
    const uint32_t bare = world_unit(&world, UNIT_CAR, 200, 0);
    const uint32_t armed = world_unit_off_duty(&world, UNIT_CAR, 400, 0, 0);
    sign_on(armed, "Chen", 1u << EQUIPMENT_FIREARM);
    world_duty(&world, armed, DUTY_OFF);
    world_report(&world, INCIDENT_CRIME, 1, 0, 0);
    cr_expect(ne(u32, world_active(&world, bare), 0), "nobody of the city carries any");
}

static void expect_free_counted(void)
{
    const struct presence *presence = world.engine->presence;
    uint32_t counts[UNIT_KIND_COUNT][32] = {0};
    for (uint32_t id = 0; id < engine_unit_count(world.engine); id++) {
        const bool is_free = presence->availability[id] == AVAILABILITY_FREE;
        for (uint32_t bit = 0; bit < 32; bit++) {
            counts[presence->kinds[id]][bit] +=
                is_free ? presence->capabilities[id] >> bit & 1u : 0;
        }
    }
    cr_assert(eq(int, memcmp(counts, presence->free_capable, sizeof counts), 0));
}

/* The same code again: another kind, other capabilities. */
static void define_anew(uint32_t unit_id, struct prng *prng)
{
    struct unit_definition unit = *seen(unit_id).definition;
    unit.kind = prng_below(prng, 2) == 0 ? UNIT_CAR : UNIT_MOTORCYCLE;
    unit.capabilities = prng_below(prng, 16);
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.units = &unit, .unit_count = 1}};
    (void)world_step(&world, &command); /* refused while it has an order */
}

Test(duty, who_is_free_and_fit_is_counted_as_it_changes)
{
    enum { UNITS = 12 };
    struct prng prng = {.state = 20261130};
    printf("duty seed %llu\n", (unsigned long long)prng.state);
    for (uint32_t i = 0; i < UNITS; i++) {
        (void)world_unit_off_duty(&world, UNIT_CAR, 0, 0, i);
    }
    for (uint32_t i = 0; i < 400; i++) {
        const uint32_t id = prng_below(&prng, UNITS);
        const bool is_idle = world_active(&world, id) == 0;
        switch (prng_below(&prng, 6)) {
        case 0:
            world_fix(&world, id, (int32_t)prng_below(&prng, 2000), 0);
            break;
        case 1:
            (void)world_duty(&world, id, is_idle ? DUTY_OFF : DUTY_ON);
            break;
        case 2:
            define_anew(id, &prng);
            break;
        case 3:
            (void)world_report(&world, INCIDENT_DISPUTE, 2, (int32_t)prng_below(&prng, 2000), 0);
            break;
        case 4:
            world_pass(&world, prng_below(&prng, 90000)); /* fixes grow too old */
            break;
        default:
            if (is_idle) {
                sign_on(id, "Chen", prng_below(&prng, 1u << EQUIPMENT_COUNT));
            }
        }
        expect_free_counted();
    }
}
