/* geo_pick_line: the roads that a hand means. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "geo/geo_pick.h"
#include "tests/support/geo_test_map.h"

#define LAT  411500000
#define LON  (-86100000)
#define STEP 20000 /* 222 m of latitude */

static struct geo_test_map draft;
static struct geo_pick picks[GEO_PICK_EDGES_MAX];
static uint32_t count;

/* Three streets to the north, 0-1-2, 3-4-5, 6-7-8, joined by two to the east: a ladder. */
static void set_up(void)
{
    geo_test_map_init(&draft);
    for (int i = 0; i < 9; i++) {
        (void)geo_test_map_node(&draft, (struct geo_point){LAT + i % 3 * STEP, LON + i / 3 * STEP});
    }
    for (uint32_t street = 0; street < 3; street++) {
        (void)geo_test_map_edge(&draft, street * 3, street * 3 + 1, 9000, 9000);
        (void)geo_test_map_edge(&draft, street * 3 + 2, street * 3 + 1, 9000,
                                9000); /* southwards */
    }
    (void)geo_test_map_edge(&draft, 1, 4, 9000, 9000);
    (void)geo_test_map_edge(&draft, 4, 7, 9000, 9000);
    geo_test_map_build(&draft);
}

static void tear_down(void)
{
    geo_test_map_finish(&draft);
}

TestSuite(geo_pick, .init = set_up, .fini = tear_down, .timeout = 30);

/* A place in hundredths of a block. */
static struct geo_point at(int north, int east)
{
    return (struct geo_point){LAT + north * (STEP / 100), LON + east * (STEP / 100)};
}

static enum geo_status pick(const struct geo_point line[], uint32_t points)
{
    return geo_pick_line(&draft.map, GEO_PROFILE_CAR, line, points, picks, &count);
}

Test(geo_pick, a_line_along_a_street_is_its_pieces_and_not_what_crosses)
{
    const struct geo_point line[] = {at(5, 101), at(195, 99)};
    cr_assert(eq(int, pick(line, 2), GEO_OK));
    cr_assert(eq(u32, count, 2));
    cr_expect(eq(u32, picks[0].edge, 2));
    cr_expect(not(picks[0].backward));
    cr_expect(eq(u32, picks[1].edge, 3));
    cr_expect(picks[1].backward); /* that piece runs southwards */
}

Test(geo_pick, drawn_the_other_way_it_is_the_other_direction)
{
    const struct geo_point line[] = {at(195, 100), at(105, 100)};
    cr_assert(eq(int, pick(line, 2), GEO_OK));
    cr_assert(eq(u32, count, 1));
    cr_expect(eq(u32, picks[0].edge, 3));
    cr_expect(not(picks[0].backward));
}

Test(geo_pick, round_a_corner_both_streets_are_meant)
{
    const struct geo_point line[] = {at(20, 0), at(100, 0), at(100, 80)};
    cr_assert(eq(int, pick(line, 3), GEO_OK));
    cr_assert(eq(u32, count, 2));
    cr_expect(eq(u32, picks[0].edge, 0));
    cr_expect(eq(u32, picks[1].edge, 6));
}

Test(geo_pick, a_point_or_a_dash_means_the_road_it_is_on)
{
    const struct geo_point dash[] = {at(50, 201), at(51, 200)};
    cr_assert(eq(int, pick(dash, 1), GEO_OK));
    cr_assert(eq(u32, count, 1));
    cr_expect(eq(u32, picks[0].edge, 4));
    cr_assert(eq(int, pick(dash, 2), GEO_OK));
    cr_assert(eq(u32, count, 1));
    cr_expect(eq(u32, picks[0].edge, 4));
}

Test(geo_pick, thirty_metres_from_every_road_is_nothing)
{
    const struct geo_point beside[] = {at(50, 12), at(50, 50)}; /* 20 m of longitude, then 83 m */
    cr_expect(eq(int, pick(beside, 1), GEO_OK));
    cr_expect(eq(int, pick(beside + 1, 1), GEO_NOT_FOUND));
}

Test(geo_pick, a_line_of_twenty_kilometres_and_one_past_it)
{
    struct geo_point line[64];
    uint64_t length_cm = 0;
    uint32_t points = 1;
    line[0] = at(0, 0);
    while (length_cm + geo_distance_cm(at(0, 0), at(200, 0)) <= GEO_PICK_LINE_M * 100u) {
        line[points] = at(points % 2 == 0 ? 0 : 200, 0);
        length_cm += geo_distance_cm(line[points - 1], line[points]);
        points++;
    }
    cr_expect(eq(int, pick(line, points), GEO_OK));
    cr_expect(eq(u32, count, 2));
    line[points] = at(points % 2 == 0 ? 0 : 200, 0);
    cr_expect(eq(int, pick(line, points + 1), GEO_FULL));
}
