/* staffing: who is on duty in a circle, and how many its rota asks for at that hour. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/prng.h"
#include "engine/core/staffing.h"
#include "tests/support/core_given.h"

#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

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

TestSuite(staffing, .init = set_up, .fini = tear_down, .timeout = 60);

static struct circle_definition circle_of(const char *code)
{
    struct circle_definition circle = {
        .at = world_at(0, 0), .radius_m = 300, .district = DISTRICT_NONE, .name = "circle"};
    (void)snprintf(circle.code, CODE_SIZE, "%s", code);
    return circle;
}

static enum reason put(const struct circle_definition *circle)
{
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.circles = circle, .circle_count = 1}};
    return world_step(&world, &command).refusal;
}

static void given_unit(const char *code, enum unit_kind kind, uint32_t circle, enum duty duty)
{
    struct unit_definition unit = {.kind = kind,
                                   .circle = circle,
                                   .area = AREA_NONE,
                                   .district = DISTRICT_NONE,
                                   .has_home = true,
                                   .home = world_at(0, 0),
                                   .people = 2,
                                   .name = "unit"};
    (void)snprintf(unit.code, CODE_SIZE, "%s", code);
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.units = &unit, .unit_count = 1}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    if (duty != DUTY_OFF) {
        (void)world_duty(&world, engine_unit_find(world.engine, code), DUTY_ON);
        (void)world_duty(&world, engine_unit_find(world.engine, code), duty);
    }
}

Test(staffing, units_on_duty_count_for_the_circle_that_the_roster_says)
{
    struct circle_definition circle = circle_of("A");
    cr_assert(eq(u32, put(&circle), REASON_NONE));
    circle = circle_of("B");
    cr_assert(eq(u32, put(&circle), REASON_NONE));
    given_unit("P1", UNIT_POST, 0, DUTY_ON);
    given_unit("C1", UNIT_CAR, 0, DUTY_ON);
    given_unit("C2", UNIT_CAR, 0, DUTY_OUT_OF_SERVICE);
    given_unit("C3", UNIT_CAR, 0, DUTY_OFF);
    given_unit("V1", UNIT_VOLUNTEER, 0, DUTY_ON);
    given_unit("C4", UNIT_CAR, CIRCLE_NONE, DUTY_ON);
    const struct staffing *staffing = engine_staffing(world.engine, world.now_ms);
    cr_expect(eq(u32, staffing[0].on_count, 2));
    cr_expect(eq(u32, staffing[0].people, 4));
    cr_expect(eq(u32, staffing[0].out_of_service_count, 1));
    cr_expect(eq(u32, staffing[1].on_count, 0));
    cr_expect(not(staffing[0].is_planned));
    (void)world_duty(&world, 0, DUTY_OFF);
    cr_expect(eq(u32, engine_staffing(world.engine, world.now_ms)[0].on_count, 1));
}

Test(staffing, the_shift_of_the_local_hour_holds_and_the_last_one_runs_over_midnight)
{
    struct circle_definition circle = circle_of("A");
    circle.shift_count = 2;
    circle.shifts[0] = (struct circle_shift){480, 3};
    circle.shifts[1] = (struct circle_shift){1200, 1};
    cr_assert(eq(u32, put(&circle), REASON_NONE));
    engine_observe_zone(world.engine, 8 * HOUR_MS);
    static const struct {
        int64_t local_ms;
        uint32_t minimum, from_min, to_min;
    } hours[] = {{0, 1, 1200, 480},
                 {8 * HOUR_MS - 1, 1, 1200, 480},
                 {8 * HOUR_MS, 3, 480, 1200},
                 {20 * HOUR_MS - 1, 3, 480, 1200},
                 {20 * HOUR_MS, 1, 1200, 480},
                 {24 * HOUR_MS - 1, 1, 1200, 480}};
    for (size_t i = 0; i < sizeof hours / sizeof hours[0]; i++) {
        const int64_t at_ms = 20000 * DAY_MS + hours[i].local_ms - 8 * HOUR_MS;
        const struct staffing *staffing = engine_staffing(world.engine, at_ms);
        cr_expect(staffing[0].is_planned);
        cr_expect(eq(u32, staffing[0].minimum, hours[i].minimum), "%zu", i);
        cr_expect(eq(u32, staffing[0].from_min, hours[i].from_min), "%zu", i);
        cr_expect(eq(u32, staffing[0].to_min, hours[i].to_min), "%zu", i);
    }
}

Test(staffing, a_lone_shift_is_always)
{
    struct circle_definition circle = circle_of("A");
    circle.shift_count = 1;
    circle.shifts[0] = (struct circle_shift){0, 4};
    cr_assert(eq(u32, put(&circle), REASON_NONE));
    for (int64_t hour = 0; hour < 24; hour++) {
        cr_expect(eq(u32, engine_staffing(world.engine, hour * HOUR_MS)[0].minimum, 4));
    }
}

Test(staffing, a_rota_that_contradicts_itself_is_refused)
{
    static const struct circle_definition bad[] = {
        {.shift_count = CIRCLE_SHIFTS_MAX + 1},
        {.shift_count = 1, .shifts = {{1, 1}}},
        {.shift_count = 2, .shifts = {{60, 1}, {60, 1}}},
        {.shift_count = 2, .shifts = {{60, 1}, {DAY_MIN, 1}}},
        {.shift_count = 1, .shifts = {{0, CIRCLE_MINIMUM_MAX + 1}}},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct circle_definition circle = circle_of("A");
        circle.shift_count = bad[i].shift_count;
        memcpy(circle.shifts, bad[i].shifts, sizeof circle.shifts);
        cr_expect(eq(u32, put(&circle), REASON_BAD_INPUT), "%zu", i);
    }
    struct circle_definition most = circle_of("A");
    most.shift_count = CIRCLE_SHIFTS_MAX;
    for (uint32_t i = 0; i < CIRCLE_SHIFTS_MAX; i++) {
        most.shifts[i] =
            (struct circle_shift){(uint16_t)(DAY_MIN - CIRCLE_SHIFTS_MAX + i), CIRCLE_MINIMUM_MAX};
    }
    cr_expect(eq(u32, put(&most), REASON_NONE));
}

/* Against a walk backwards from the minute to the next beginning of a shift. */
Test(staffing, random_rotas_hold_minute_by_minute)
{
    struct prng prng = {.state = 20261130};
    for (uint32_t round = 0; round < 50; round++) {
        struct circle_definition circle = circle_of("A");
        uint16_t begins[DAY_MIN] = {0};
        bool is_begin[DAY_MIN] = {false};
        const uint32_t wanted = 2 + prng_below(&prng, CIRCLE_SHIFTS_MAX - 1);
        for (uint32_t i = 0; i < wanted; i++) {
            const uint32_t minute = prng_below(&prng, DAY_MIN);
            is_begin[minute] = true;
            begins[minute] = (uint16_t)prng_below(&prng, CIRCLE_MINIMUM_MAX + 1);
        }
        for (uint32_t minute = 0; minute < DAY_MIN; minute++) {
            if (is_begin[minute]) {
                circle.shifts[circle.shift_count++] =
                    (struct circle_shift){(uint16_t)minute, begins[minute]};
            }
        }
        if (circle.shift_count < 2) {
            continue;
        }
        cr_assert(eq(u32, put(&circle), REASON_NONE));
        for (uint32_t minute = 0; minute < DAY_MIN; minute += 7) {
            uint32_t back = minute;
            while (!is_begin[back]) {
                back = (back + DAY_MIN - 1) % DAY_MIN;
            }
            const struct staffing *staffing =
                engine_staffing(world.engine, (int64_t)minute * 60000);
            cr_expect(eq(u32, staffing[0].minimum, begins[back]), "round %u minute %u", round,
                      minute);
        }
    }
}
