/* area: beats and grids of the roster, and in which of them an incident lies. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/core_given.h"

#define AREAS 17u

static struct world world;
static struct geo_point points[AREAS * 8];
static uint32_t ring_sizes[AREAS * 2];
static struct area_definition areas[AREAS];
static struct command command;

static void square(struct geo_point *ring, int32_t west_m, int32_t south_m, int32_t side_m)
{
    ring[0] = world_at(west_m, south_m);
    ring[1] = world_at(west_m + side_m, south_m);
    ring[2] = world_at(west_m + side_m, south_m + side_m);
    ring[3] = world_at(west_m, south_m + side_m);
}

static void given_area(uint32_t i, enum area_kind kind, int32_t west_m, int32_t side_m)
{
    square(&points[i * 8], west_m, 0, side_m);
    ring_sizes[i * 2] = 4;
    areas[i] = (struct area_definition){
        .kind = kind, .ring_count = 1, .ring_first = i * 2, .point_first = i * 8, .point_count = 4};
    snprintf(areas[i].code, CODE_SIZE, "A%u", i);
    snprintf(areas[i].name, NAME_SIZE, "area %u", i);
}

/* Two beats side by side, 1 km each; a grid in the middle of the first, with a hole in it. */
static void set_up(void)
{
    world_init(&world);
    world_begin(&world);
    given_area(0, AREA_BEAT, 0, 1000);
    given_area(1, AREA_BEAT, 1000, 1000);
    given_area(2, AREA_GRID, 200, 600);
    square(&points[2 * 8 + 4], 400, 200, 100);
    ring_sizes[2 * 2 + 1] = 4;
    areas[2].ring_count = 2;
    areas[2].point_count = 8;
    command = (struct command){
        .kind = COMMAND_ROSTER_PUT,
        .roster = {.areas = areas, .area_count = 3, .points = points, .ring_sizes = ring_sizes}};
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(area, .init = set_up, .fini = tear_down, .timeout = 20);

static void lies_in(uint32_t incident_id, uint32_t beat, uint32_t grid)
{
    const struct incident_view view = world_incident(&world, incident_id);
    cr_expect(eq(u32, view.areas[AREA_BEAT], beat), "incident %u", incident_id);
    cr_expect(eq(u32, view.areas[AREA_GRID], grid), "incident %u", incident_id);
}

Test(area, an_incident_lies_in_a_beat_and_in_a_grid)
{
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(u32, world.out.count, 4));
    cr_assert(eq(u32, engine_area_count(world.engine), 3));
    cr_expect(eq(u32, engine_area_find(world.engine, "A2"), 2));
    cr_expect(eq(u32, engine_area_find(world.engine, "A9"), AREA_NONE));
    const struct area_view grid = engine_area(world.engine, 2);
    cr_expect(eq(int, strcmp(grid.name, "area 2"), 0));
    cr_expect(eq(u32, grid.kind, AREA_GRID));
    cr_expect(eq(u32, grid.outline.ring_count, 2));
    cr_expect(eq(i32, grid.outline.points[7].lat_e7, world_at(0, 300).lat_e7));
    world_report(&world, INCIDENT_DISPUTE, 0, 300, 300);
    lies_in(1, 0, 2);
    world_report(&world, INCIDENT_DISPUTE, 0, 450, 250); /* in the hole */
    lies_in(2, 0, AREA_NONE);
    world_report(&world, INCIDENT_DISPUTE, 0, 1500, 100);
    lies_in(3, 1, AREA_NONE);
    world_report(&world, INCIDENT_DISPUTE, 0, 5000, 100);
    lies_in(4, AREA_NONE, AREA_NONE);
}

Test(area, an_incident_that_moves_comes_to_lie_in_another)
{
    world_step(&world, &command);
    world_report(&world, INCIDENT_DISPUTE, 0, 300, 300);
    struct command move = {.kind = COMMAND_INCIDENT_UPDATE,
                           .update = {.incident_id = 1,
                                      .generation = world_incident(&world, 1).generation,
                                      .has_place = true,
                                      .at = world_at(1500, 300)}};
    cr_assert(eq(u32, world_step(&world, &move).refusal, REASON_NONE));
    lies_in(1, 1, AREA_NONE);
}

Test(area, new_borders_replace_the_old_ones_and_incidents_stay_where_they_were_put)
{
    world_step(&world, &command);
    world_report(&world, INCIDENT_DISPUTE, 0, 300, 300);
    given_area(2, AREA_GRID, 5000, 500);
    given_area(3, AREA_GRID, 250, 100);
    command.roster.area_count = 4;
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(u32, engine_area_count(world.engine), 4));
    lies_in(1, 0, 2);
    world_report(&world, INCIDENT_FIRE, 0, 300, 50);
    lies_in(2, 0, 3);
    command.roster.area_count = 0;
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(u32, engine_area_count(world.engine), 4), "none were given, none change");
}

Test(area, a_unit_belongs_to_one_that_is_there)
{
    struct unit_definition unit = {.code = "G1",
                                   .name = "grid worker",
                                   .kind = UNIT_GRID,
                                   .circle = CIRCLE_NONE,
                                   .area = 3,
                                   .district = DISTRICT_NONE};
    command.roster.units = &unit;
    command.roster.unit_count = 1;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_BAD_INPUT));
    cr_expect(eq(u32, engine_area_count(world.engine), 0), "all or nothing");
    unit.area = 2;
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    struct unit_view view;
    cr_assert(engine_unit(world.engine, 0, &view));
    cr_expect(eq(u32, view.definition->area, 2));
    command.roster.area_count = 0;
    unit.area = 1;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    unit.area = 3;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_BAD_INPUT));
}

static void refused(enum reason reason)
{
    const uint32_t count = engine_area_count(world.engine);
    cr_expect(eq(u32, world_step(&world, &command).refusal, reason));
    cr_expect(eq(u32, world_count(&world, EVENT_AREA_PUT), 0));
    cr_expect(eq(u32, engine_area_count(world.engine), count));
}

Test(area, one_that_is_known_keeps_its_number_and_its_kind)
{
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    command.roster.area_count = 2;
    refused(REASON_BAD_INPUT);
    command.roster.area_count = 3;
    areas[0].kind = AREA_GRID;
    refused(REASON_BAD_INPUT);
    areas[0].kind = AREA_BEAT;
    memcpy(areas[1].code, "A7", 3);
    refused(REASON_BAD_INPUT);
}

Test(area, bad_outlines_and_codes_are_refused_whole)
{
    memcpy(areas[1].code, "A0", 3);
    refused(REASON_BAD_INPUT);
    areas[1].code[0] = '\0';
    refused(REASON_BAD_INPUT);
    memcpy(areas[1].code, "A1", 3);
    ring_sizes[2] = 2;
    refused(REASON_BAD_INPUT);
    ring_sizes[2] = 4;
    areas[1].ring_count = DISTRICT_RINGS_MAX + 1;
    refused(REASON_CAPACITY);
    areas[1].ring_count = 1;
    points[8].lat_e7 = 900000001;
    refused(REASON_BAD_INPUT);
}

Test(area, as_many_as_the_limits_hold_and_not_one_more)
{
    for (uint32_t i = 0; i < AREAS; i++) {
        given_area(i, (enum area_kind)(i % AREA_KIND_COUNT), (int32_t)i * 100, 100);
    }
    command.roster.area_count = AREAS;
    refused(REASON_CAPACITY);
    command.roster.area_count = AREAS - 1;
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    static struct geo_point many[300];
    for (uint32_t i = 0; i < 300; i++) {
        many[i] = world_at((int32_t)i, (int32_t)(i % 7));
    }
    command.roster.points = many;
    for (uint32_t i = 0; i < AREAS - 1; i++) {
        areas[i].point_first = 0;
        areas[i].point_count = 4;
    }
    areas[0].point_count = 256 - 15 * 4 + 1;
    ring_sizes[0] = areas[0].point_count;
    refused(REASON_CAPACITY);
    areas[0].point_count--;
    ring_sizes[0]--;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
}
