/* roster: districts, circles and units, a whole one or nothing. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/core_given.h"

static struct world world;
static struct geo_point points[2100];
static uint32_t ring_sizes[20];
static struct district_definition districts[3];
static struct circle_definition circles[2];
static struct unit_definition units[2];
static struct command command;

static void square(struct geo_point *ring, int32_t west_m, int32_t south_m, int32_t side_m)
{
    ring[0] = world_at(west_m, south_m);
    ring[1] = world_at(west_m + side_m, south_m);
    ring[2] = world_at(west_m + side_m, south_m + side_m);
    ring[3] = world_at(west_m, south_m + side_m);
}

/* Two districts side by side, a circle in each, one post and one car. */
static void set_up(void)
{
    world_init(&world);
    world_begin(&world);
    memset(districts, 0, sizeof districts);
    memset(units, 0, sizeof units);
    for (uint32_t i = 0; i < 2; i++) {
        square(&points[i * 4], (int32_t)i * 1000, 0, 1000);
        ring_sizes[i] = 4;
        districts[i] = (struct district_definition){
            .ring_count = 1, .ring_first = i, .point_first = i * 4, .point_count = 4};
        snprintf(districts[i].code, CODE_SIZE, "D%u", i);
        snprintf(districts[i].name, NAME_SIZE, "district %u", i);
        circles[i] = (struct circle_definition){.at = world_at((int32_t)i * 1000 + 500, 500),
                                                .radius_m = 300,
                                                .district = DISTRICT_NONE};
        snprintf(circles[i].code, CODE_SIZE, "C%u", i);
        units[i] = (struct unit_definition){.kind = i == 0 ? UNIT_POST : UNIT_CAR,
                                            .circle = i,
                                            .area = AREA_NONE,
                                            .district = DISTRICT_NONE,
                                            .home = world_at((int32_t)i * 1000 + 500, 500),
                                            .has_home = true};
        snprintf(units[i].code, CODE_SIZE, "P%u", i);
    }
    command = (struct command){.kind = COMMAND_ROSTER_PUT,
                               .roster = {.districts = districts,
                                          .district_count = 2,
                                          .points = points,
                                          .ring_sizes = ring_sizes,
                                          .circles = circles,
                                          .circle_count = 2,
                                          .units = units,
                                          .unit_count = 2}};
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(roster, .init = set_up, .fini = tear_down, .timeout = 20);

Test(roster, is_taken_whole_and_districts_are_reckoned)
{
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(u32, world.out.count, 7));
    cr_expect(eq(u32, engine_unit_count(world.engine), 2));
    cr_expect(eq(u32, engine_circle_count(world.engine), 2));
    cr_expect(eq(u32, engine_district_count(world.engine), 2));
    cr_expect(eq(int, strcmp(engine_district_code(world.engine, 1), "D1"), 0));
    cr_expect(eq(int, strcmp(engine_district_name(world.engine, 1), "district 1"), 0));
    cr_expect(eq(u32, engine_circle(world.engine, 1)->district, 1));
    struct unit_view view;
    engine_unit(world.engine, engine_unit_find(world.engine, "P1"), &view);
    cr_expect(eq(u32, view.definition->district, 1));
    cr_expect(eq(u32, engine_unit_find(world.engine, "P9"), UNIT_NONE));
    cr_expect(eq(u32, engine_unit_find(world.engine, "a code far too long"), UNIT_NONE));
    cr_expect(eq(u32, engine_district_at(world.engine, world_at(1500, 500)), 1));
    cr_expect(eq(u32, engine_district_at(world.engine, world_at(5000, 500)), DISTRICT_NONE));
    cr_expect(eq(u32, engine_district_at(world.shadow, world_at(1500, 500)), 1));
}

Test(roster, places_incidents_in_their_district_and_smallest_circle)
{
    circles[1].at = circles[0].at;
    circles[1].radius_m = 100;
    world_step(&world, &command);
    world_report(&world, INCIDENT_DISPUTE, 0, 550, 500);
    cr_expect(eq(u32, world_incident(&world, 1).circle, 1));
    cr_expect(eq(u32, world_incident(&world, 1).district, 0));
    world_report(&world, INCIDENT_DISPUTE, 0, 750, 500);
    cr_expect(eq(u32, world_incident(&world, 2).circle, 0));
    world_report(&world, INCIDENT_DISPUTE, 0, 1500, 50);
    cr_expect(eq(u32, world_incident(&world, 3).circle, CIRCLE_NONE));
    cr_expect(eq(u32, world_incident(&world, 3).district, 1));
}

Test(roster, known_codes_are_updated_new_ones_appended_nothing_is_lost)
{
    world_step(&world, &command);
    world_duty(&world, 1, DUTY_ON);
    snprintf(units[0].code, CODE_SIZE, "P1");
    snprintf(units[0].name, NAME_SIZE, "the new name");
    units[0].kind = UNIT_MOTORCYCLE;
    snprintf(units[1].code, CODE_SIZE, "P7");
    snprintf(circles[0].code, CODE_SIZE, "C7");
    command.roster.district_count = 0;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(u32, engine_unit_count(world.engine), 3));
    cr_expect(eq(u32, engine_circle_count(world.engine), 3));
    cr_expect(eq(u32, engine_district_count(world.engine), 2), "none were given, none change");
    struct unit_view view;
    engine_unit(world.engine, 1, &view);
    cr_expect(eq(int, strcmp(view.definition->name, "the new name"), 0));
    cr_expect(eq(u32, view.duty, DUTY_ON));
    cr_expect(eq(u32, engine_unit_find(world.engine, "P7"), 2));
}

Test(roster, districts_take_new_borders)
{
    world_step(&world, &command);
    command.roster.circle_count = 0;
    command.roster.unit_count = 0;
    square(points, 5000, 0, 1000);
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(u32, engine_district_count(world.engine), 2));
    cr_expect(eq(u32, engine_district_at(world.engine, world_at(500, 500)), DISTRICT_NONE));
    cr_expect(eq(u32, engine_district_at(world.engine, world_at(5500, 500)), 0));
}

static void refused(enum reason reason)
{
    const uint64_t digest = engine_digest(world.engine);
    cr_expect(eq(u32, world_step(&world, &command).refusal, reason));
    cr_expect(eq(u32, engine_unit_count(world.engine), 0));
    cr_expect(ne(u64, engine_digest(world.engine), digest), "only the refusal was written");
    cr_expect(eq(u32, world.out.count, 1));
}

Test(roster, a_ring_of_two_points_is_refused)
{
    ring_sizes[1] = 2;
    refused(REASON_BAD_INPUT);
}

Test(roster, rings_that_do_not_add_up_are_refused)
{
    districts[1].point_count = 3;
    refused(REASON_BAD_INPUT);
}

Test(roster, a_point_off_the_globe_is_refused)
{
    points[6].lat_e7 = 900000001;
    refused(REASON_BAD_INPUT);
}

Test(roster, a_district_of_too_many_points_is_refused)
{
    districts[1].point_count = DISTRICT_POINTS_MAX + 1;
    refused(REASON_CAPACITY);
}

Test(roster, a_district_of_too_many_rings_is_refused)
{
    districts[1].ring_count = 17;
    refused(REASON_CAPACITY);
}

Test(roster, districts_beyond_the_points_of_the_engine_are_refused)
{
    for (uint32_t i = 0; i < 300; i++) {
        points[4 + i] = points[4 + i % 4];
    }
    districts[1].point_count = 300;
    ring_sizes[1] = 300;
    refused(REASON_CAPACITY);
}

Test(roster, a_unit_in_an_unknown_circle_is_refused)
{
    units[1].circle = 2;
    refused(REASON_BAD_INPUT);
}

Test(roster, a_unit_without_a_code_is_refused)
{
    units[1].code[0] = '\0';
    refused(REASON_BAD_INPUT);
}

Test(roster, a_capability_beyond_the_24_is_refused)
{
    units[1].capabilities = 1u << 24;
    refused(REASON_BAD_INPUT);
}

Test(roster, a_circle_off_the_globe_is_refused)
{
    circles[1].at.lon_e7 = 1800000001;
    refused(REASON_BAD_INPUT);
}

Test(roster, two_circles_with_one_code_are_refused)
{
    memcpy(circles[1].code, circles[0].code, CODE_SIZE);
    refused(REASON_BAD_INPUT);
}

static struct unit_definition many_units[65];
static struct circle_definition many_circles[17];

Test(roster, more_units_than_there_is_room_for_are_refused)
{
    for (uint32_t i = 0; i < 65; i++) {
        many_units[i] = units[0];
        snprintf(many_units[i].code, CODE_SIZE, "M%u", i);
    }
    command.roster.units = many_units;
    command.roster.unit_count = 65;
    refused(REASON_CAPACITY);
    command.roster.unit_count = 64;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
}

Test(roster, more_circles_than_there_is_room_for_are_refused)
{
    for (uint32_t i = 0; i < 17; i++) {
        many_circles[i] = circles[0];
        snprintf(many_circles[i].code, CODE_SIZE, "M%u", i);
    }
    command.roster.circles = many_circles;
    command.roster.circle_count = 17;
    refused(REASON_CAPACITY);
}

static struct centre_definition centres[CENTRES_MAX + 1];

static void given_centres(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        centres[i] = (struct centre_definition){.kind = (enum centre_kind)(i % CENTRE_KIND_COUNT),
                                                .at = world_at((int32_t)i % 2 * 1000 + 500, 500),
                                                .district = DISTRICT_NONE};
        snprintf(centres[i].code, CODE_SIZE, "Z%u", i);
    }
    command.roster.centres = centres;
    command.roster.centre_count = count;
}

Test(roster, centres_are_known_by_their_code_and_lie_in_a_district)
{
    given_centres(3);
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_assert(eq(u32, engine_centre_count(world.engine), 3));
    cr_expect(eq(u32, engine_centre_find(world.engine, "Z1"), 1));
    cr_expect(eq(u32, engine_centre_find(world.engine, "Z9"), UINT32_MAX));
    cr_expect(eq(u32, engine_centre(world.engine, 1)->district, 1));
    cr_expect(eq(u32, engine_centre(world.engine, 1)->kind, CENTRE_NEIGHBOUR));
    centres[0] = centres[1];
    snprintf(centres[0].name, NAME_SIZE, "the new name");
    command.roster = (struct roster){.centres = centres, .centre_count = 1};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(u32, engine_centre_count(world.engine), 3));
    cr_expect(eq(int, strcmp(engine_centre(world.engine, 1)->name, "the new name"), 0));
    cr_expect(eq(u64, engine_digest(world.engine), engine_digest(world.shadow)));
}

Test(roster, a_centre_without_a_code_is_refused)
{
    given_centres(1);
    centres[0].code[0] = '\0';
    refused(REASON_BAD_INPUT);
}

Test(roster, a_centre_without_a_place_is_refused)
{
    given_centres(1);
    centres[0].at.lat_e7 = INT32_MAX;
    refused(REASON_BAD_INPUT);
}

Test(roster, more_centres_than_there_is_room_for_are_refused)
{
    given_centres(CENTRES_MAX + 1);
    refused(REASON_CAPACITY);
    given_centres(CENTRES_MAX);
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
}

static void districts_stay_as_they_are(void)
{
    command.roster.circle_count = 0;
    command.roster.unit_count = 0;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_BAD_INPUT));
    cr_expect(eq(u32, engine_district_count(world.engine), 2));
    cr_expect(eq(int, strcmp(engine_district_code(world.engine, 0), "D0"), 0));
}

Test(roster, a_district_keeps_its_number_for_scopes_name_it)
{
    world_step(&world, &command);
    const struct district_definition first = districts[0];
    districts[0] = districts[1];
    districts[1] = first;
    districts_stay_as_they_are();
}

Test(roster, a_district_that_is_left_out_is_refused)
{
    world_step(&world, &command);
    command.roster.district_count = 1;
    districts_stay_as_they_are();
}

static struct district_definition many_districts[DISTRICTS_MAX + 1];

Test(roster, more_districts_than_a_scope_has_bits_are_refused)
{
    for (uint32_t i = 0; i <= DISTRICTS_MAX; i++) {
        many_districts[i] = districts[0];
    }
    command.roster.districts = many_districts;
    command.roster.district_count = DISTRICTS_MAX + 1;
    refused(REASON_CAPACITY);
}

Test(roster, one_that_does_not_fit_into_the_list_is_refused_by_a_single_event)
{
    struct event_list small;
    cr_assert(eq(u32, event_list_init(&small, 128, 64u << 10), STATUS_OK));
    for (uint32_t i = 0; i < 64; i++) {
        many_units[i] = units[0];
        snprintf(many_units[i].code, CODE_SIZE, "M%u", i);
    }
    small.records_max = 66;
    command.roster.units = many_units;
    command.roster.unit_count = 64;
    command.at_ms = world.now_ms;
    const struct step_result result = engine_step(world.engine, &command, &small);
    cr_expect(eq(u32, result.refusal, REASON_CAPACITY));
    cr_assert(eq(u32, small.count, 1));
    static struct event event;
    event_list_get(&small, 0, &event);
    cr_expect(eq(u32, event.kind, EVENT_COMMAND_REFUSED));
    cr_assert(eq(u32, engine_replay(world.shadow, &event), STATUS_OK));
    event_list_finish(&small);
}

/* ---- Read again ---- */

static struct area_definition areas[2];
static struct checkpoint_definition checkpoints[2];

static void given_everything(void)
{
    for (uint32_t i = 0; i < 2; i++) {
        areas[i] = (struct area_definition){.kind = i == 0 ? AREA_BEAT : AREA_GRID,
                                            .ring_count = 1,
                                            .ring_first = i,
                                            .point_first = i * 4,
                                            .point_count = 4};
        snprintf(areas[i].code, CODE_SIZE, "A%u", i);
        checkpoints[i] = (struct checkpoint_definition){.at = world_at(100, 100),
                                                        .radius_m = 50,
                                                        .circle = i,
                                                        .district = DISTRICT_NONE,
                                                        .from_min = 60,
                                                        .to_min = 600,
                                                        .every_min = 30};
        snprintf(checkpoints[i].code, CODE_SIZE, "B%u", i);
    }
    given_centres(2);
    circles[0].shift_count = 2;
    circles[0].shifts[0] = (struct circle_shift){480, 3};
    circles[0].shifts[1] = (struct circle_shift){1200, 2};
    units[0].area = 1;
    units[1].has_home = false;
    units[1].home = world_at(7, 7); /* means nothing, and must not seem to change */
    command.roster.areas = areas;
    command.roster.area_count = 2;
    command.roster.checkpoints = checkpoints;
    command.roster.checkpoint_count = 2;
}

static uint32_t events_of(void)
{
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    return world.out.count;
}

Test(roster, read_again_without_a_change_makes_no_event)
{
    given_everything();
    cr_expect(eq(u32, events_of(), 2 + 2 + 1 + 1 + 4 * 2));
    const uint64_t digest = engine_digest(world.engine);
    cr_expect(eq(u32, events_of(), 0));
    cr_expect(eq(u64, engine_digest(world.engine), digest));
}

Test(roster, what_lies_behind_the_end_of_a_text_is_no_change)
{
    given_everything();
    (void)events_of();
    circles[1].name[NAME_SIZE - 1] = 'x';
    units[1].name[NAME_SIZE - 1] = 'x';
    cr_expect(eq(u32, events_of(), 0));
}

/* Each change of a definition is an event, and the one after it none. */
#define CHANGE(place, value)                                                                       \
    do {                                                                                           \
        (place) = (value);                                                                         \
        cr_expect(eq(u32, events_of(), 1), "%s", #place);                                          \
        cr_expect(eq(u32, events_of(), 0), "%s again", #place);                                    \
    } while (0)

Test(roster, every_member_that_changes_is_an_event)
{
    given_everything();
    (void)events_of();
    CHANGE(circles[0].name[0], 'x');
    CHANGE(circles[0].at.lat_e7, circles[0].at.lat_e7 + 1);
    CHANGE(circles[0].at.lon_e7, circles[0].at.lon_e7 + 1);
    CHANGE(circles[0].radius_m, 301);
    CHANGE(circles[0].district, 1);
    CHANGE(circles[0].shifts[1].minimum, 4);
    CHANGE(circles[0].shifts[1].from_min, 1201);
    CHANGE(circles[0].shift_count, 0);
    CHANGE(units[0].name[0], 'x');
    CHANGE(units[0].kind, UNIT_STATION);
    CHANGE(units[0].capabilities, 2);
    CHANGE(units[0].circle, 1);
    CHANGE(units[0].area, 0);
    CHANGE(units[0].district, 1);
    CHANGE(units[0].home.lat_e7, units[0].home.lat_e7 + 1);
    CHANGE(units[0].people, 3);
    CHANGE(units[0].synthetic, true);
    CHANGE(units[1].has_home, true);
    CHANGE(centres[0].name[0], 'x');
    CHANGE(centres[0].kind, CENTRE_NEIGHBOUR);
    CHANGE(centres[0].at.lon_e7, centres[0].at.lon_e7 + 1);
    CHANGE(centres[0].district, 1);
    CHANGE(checkpoints[0].name[0], 'x');
    CHANGE(checkpoints[0].at.lat_e7, checkpoints[0].at.lat_e7 + 1);
    CHANGE(checkpoints[0].radius_m, 51);
    CHANGE(checkpoints[0].circle, CIRCLE_NONE);
    CHANGE(checkpoints[0].district, 1);
    CHANGE(checkpoints[0].from_min, 61);
    CHANGE(checkpoints[0].to_min, 601);
    CHANGE(checkpoints[0].every_min, 31);
    CHANGE(checkpoints[0].stay_s, 5);
}

Test(roster, a_border_that_moves_puts_all_areas_anew_and_what_lies_in_them)
{
    given_everything();
    (void)events_of();
    areas[1].name[0] = 'x';
    cr_expect(eq(u32, events_of(), 1 + 2), "all areas, and nothing else");
    points[6].lat_e7 += 10;
    cr_expect(eq(u32, events_of(), 2 * (1 + 2)), "the corners of both");
    districts[0].name[0] = 'x';
    cr_expect(eq(u32, events_of(), 1 + 2));
    command.roster.area_count = 0;
    square(points, 150, 0, 1000); /* the checkpoints at 100, 100 are out of it */
    cr_expect(eq(u32, events_of(), 1 + 2 + 2));
    cr_expect(eq(u32, events_of(), 0));
}
