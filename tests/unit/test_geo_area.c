/* geo_area: inside, outside and exactly on the line. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "geo/geo_area.h"
#include "tests/support/geo_test_map.h"

#define AREAS  300u
#define POINTS 6000u

static struct geo_area_set *set;

static void set_up(void)
{
    cr_assert(eq(int, geo_area_set_create(AREAS, POINTS, &set), GEO_OK));
}

static void tear_down(void)
{
    geo_area_set_destroy(set);
    set = NULL;
}

TestSuite(geo_area, .init = set_up, .fini = tear_down, .timeout = 60);

static enum geo_status add_box(uint32_t id, int32_t south, int32_t west, int32_t north,
                               int32_t east)
{
    const struct geo_point points[] = {{south, west}, {south, east}, {north, east}, {north, west}};
    const uint32_t size = 4;
    return geo_area_set_add(set, id, points, &size, 1);
}

static void given_box(uint32_t id, int32_t south, int32_t west, int32_t north, int32_t east)
{
    cr_assert(eq(int, add_box(id, south, west, north, east), GEO_OK));
}

static uint32_t count_at(int32_t lat, int32_t lon)
{
    uint32_t ids[AREAS];
    return geo_area_set_find(set, (struct geo_point){lat, lon}, ids, AREAS);
}

Test(geo_area, a_point_on_an_edge_or_corner_belongs)
{
    given_box(7, 0, 0, 1000, 1000);
    cr_assert(eq(int, geo_area_set_build(set), GEO_OK));
    cr_expect(eq(u32, count_at(500, 500), 1));
    cr_expect(eq(u32, count_at(0, 500), 1));
    cr_expect(eq(u32, count_at(1000, 500), 1));
    cr_expect(eq(u32, count_at(500, 0), 1));
    cr_expect(eq(u32, count_at(500, 1000), 1));
    cr_expect(eq(u32, count_at(1000, 1000), 1));
    cr_expect(eq(u32, count_at(1001, 500), 0));
    cr_expect(eq(u32, count_at(500, -1), 0));
    cr_expect(eq(u32, count_at(-900000000, 1800000000), 0));
}

Test(geo_area, a_hole_is_outside_and_an_island_in_it_inside)
{
    const struct geo_point points[] = {{0, 0},     {0, 1000},  {1000, 1000}, {1000, 0},
                                       {200, 200}, {200, 800}, {800, 800},   {800, 200},
                                       {400, 400}, {400, 600}, {600, 600},   {600, 400}};
    const uint32_t sizes[] = {4, 4, 4};
    cr_assert(eq(int, geo_area_set_add(set, 1, points, sizes, 3), GEO_OK));
    cr_assert(eq(int, geo_area_set_build(set), GEO_OK));
    cr_expect(eq(u32, count_at(100, 100), 1));
    cr_expect(eq(u32, count_at(300, 300), 0));
    cr_expect(eq(u32, count_at(500, 500), 1));
    cr_expect(eq(u32, count_at(200, 500), 1)); /* on the hole's edge */
}

Test(geo_area, overlapping_areas_come_in_the_order_added)
{
    given_box(9, 0, 0, 1000, 1000);
    given_box(3, 500, 500, 2000, 2000);
    given_box(5, 600, 600, 700, 700);
    cr_assert(eq(int, geo_area_set_build(set), GEO_OK));
    uint32_t ids[3];
    cr_assert(eq(u32, geo_area_set_find(set, (struct geo_point){650, 650}, ids, 3), 3));
    cr_expect(eq(u32, ids[0], 9));
    cr_expect(eq(u32, ids[1], 3));
    cr_expect(eq(u32, ids[2], 5));
    cr_expect(eq(u32, geo_area_set_find(set, (struct geo_point){650, 650}, ids, 2), 2));
}

Test(geo_area, the_whole_earth_is_an_area)
{
    given_box(1, -900000000, -1800000000, 900000000, 1800000000);
    cr_assert(eq(int, geo_area_set_build(set), GEO_OK));
    cr_expect(eq(u32, count_at(900000000, 1800000000), 1));
    cr_expect(eq(u32, count_at(-900000000, -1800000000), 1));
    cr_expect(eq(u32, count_at(12345678, -123456789), 1));
}

Test(geo_area, no_areas_hold_nothing)
{
    cr_assert(eq(int, geo_area_set_build(set), GEO_OK));
    cr_expect(eq(u32, count_at(0, 0), 0));
}

Test(geo_area, a_line_is_an_area_of_its_own_points)
{
    const struct geo_point points[] = {{0, 0}, {1000, 3000}, {0, 0}};
    const uint32_t size = 3;
    cr_assert(eq(int, geo_area_set_add(set, 1, points, &size, 1), GEO_OK));
    cr_assert(eq(int, geo_area_set_build(set), GEO_OK));
    cr_expect(eq(u32, count_at(500, 1500), 1));
    cr_expect(eq(u32, count_at(500, 1501), 0));
}

Test(geo_area, bad_rings_and_points_are_refused)
{
    const struct geo_point points[] = {{0, 0}, {0, 10}, {900000001, 10}};
    const uint32_t two = 2;
    const uint32_t three = 3;
    cr_expect(eq(int, geo_area_set_add(set, 1, points, &two, 1), GEO_BAD_INPUT));
    cr_expect(eq(int, geo_area_set_add(set, 1, points, &three, 1), GEO_BAD_INPUT));
    cr_expect(eq(int, geo_area_set_add(set, 1, points, &three, 0), GEO_BAD_INPUT));
}

Test(geo_area, full_is_answered_at_the_limit_and_clear_makes_room)
{
    for (uint32_t i = 0; i < AREAS; i++) {
        given_box(i, 0, 0, 10, 10);
    }
    cr_expect(eq(int, add_box(AREAS, 0, 0, 10, 10), GEO_FULL));
    geo_area_set_clear(set);
    struct geo_point points[POINTS + 1];
    for (uint32_t i = 0; i <= POINTS; i++) {
        points[i] = (struct geo_point){(int32_t)i, (int32_t)(i % 3)};
    }
    uint32_t size = POINTS + 1;
    cr_expect(eq(int, geo_area_set_add(set, 1, points, &size, 1), GEO_FULL));
    size = POINTS;
    cr_expect(eq(int, geo_area_set_add(set, 1, points, &size, 1), GEO_OK));
    cr_expect(eq(int, add_box(2, 0, 0, 10, 10), GEO_FULL));
    cr_expect(eq(int, geo_area_set_build(set), GEO_OK));
}

/* Areas kept aside for the plain scan. */
struct kept {
    struct geo_point points[24];
    uint32_t sizes[2];
    uint32_t ring_count;
};

/* Even-odd by the textbook, with long double products. */
static bool plain_holds(const struct kept *area, struct geo_point at)
{
    const struct geo_point *points = area->points;
    bool inside = false;
    for (uint32_t ring = 0; ring < area->ring_count; ring++) {
        const uint32_t size = area->sizes[ring];
        for (uint32_t i = 0, j = size - 1; i < size; j = i++) {
            const struct geo_point a = points[i];
            const struct geo_point b = points[j];
            const long double cross =
                ((long double)b.lon_e7 - a.lon_e7) * ((long double)at.lat_e7 - a.lat_e7) -
                ((long double)b.lat_e7 - a.lat_e7) * ((long double)at.lon_e7 - a.lon_e7);
            const bool in_lat = (at.lat_e7 >= a.lat_e7) != (at.lat_e7 > b.lat_e7) ||
                                at.lat_e7 == a.lat_e7 || at.lat_e7 == b.lat_e7;
            const bool between = in_lat &&
                                 at.lon_e7 >= (a.lon_e7 < b.lon_e7 ? a.lon_e7 : b.lon_e7) &&
                                 at.lon_e7 <= (a.lon_e7 < b.lon_e7 ? b.lon_e7 : a.lon_e7) &&
                                 at.lat_e7 >= (a.lat_e7 < b.lat_e7 ? a.lat_e7 : b.lat_e7) &&
                                 at.lat_e7 <= (a.lat_e7 < b.lat_e7 ? b.lat_e7 : a.lat_e7);
            if (between && cross == 0) {
                return true;
            }
            if ((a.lat_e7 > at.lat_e7) != (b.lat_e7 > at.lat_e7) &&
                (b.lat_e7 > a.lat_e7 ? cross > 0 : cross < 0)) {
                inside = !inside;
            }
        }
        points += size;
    }
    return inside;
}

static void given_random_area(struct kept *area, uint64_t *seed, uint32_t id, uint32_t span)
{
    const uint32_t size = 3 + geo_test_below(seed, 9);
    const uint32_t hole = geo_test_below(seed, 2) ? 3 + geo_test_below(seed, 9) : 0;
    const int32_t south = (int32_t)geo_test_below(seed, span);
    const int32_t west = (int32_t)geo_test_below(seed, span);
    const uint32_t extent = 1 + geo_test_below(seed, span);
    area->sizes[0] = size;
    area->sizes[1] = hole;
    area->ring_count = hole > 0 ? 2 : 1;
    for (uint32_t i = 0; i < size + hole; i++) { /* crossing itself as it likes */
        area->points[i] = (struct geo_point){south + (int32_t)geo_test_below(seed, extent),
                                             west + (int32_t)geo_test_below(seed, extent)};
    }
    cr_assert(
        eq(int, geo_area_set_add(set, id, area->points, area->sizes, area->ring_count), GEO_OK));
}

Test(geo_area, equals_a_plain_scan_of_all_areas)
{
    static struct kept kept[AREAS];
    const uint32_t spans[] = {40, 3000, 4000000, 400000000};
    uint64_t seed = 55;
    uint32_t held = 0;
    printf("geo_area seed %llu\n", (unsigned long long)seed);
    for (uint32_t round = 0; round < 8; round++) {
        const uint32_t span = spans[round % 4];
        const uint32_t areas = round < 4 ? 40 : AREAS - 60;
        geo_area_set_clear(set);
        for (uint32_t i = 0; i < areas; i++) {
            given_random_area(&kept[i], &seed, i, span);
        }
        cr_assert(eq(int, geo_area_set_build(set), GEO_OK));
        for (uint32_t i = 0; i < 4000; i++) {
            struct geo_point at = {(int32_t)geo_test_below(&seed, 2 * span + 20) - 10,
                                   (int32_t)geo_test_below(&seed, 2 * span + 20) - 10};
            if (i % 4 == 0) {
                at = kept[i % areas].points[i % 3];
            }
            uint32_t ids[AREAS];
            const uint32_t count = geo_area_set_find(set, at, ids, AREAS);
            uint32_t next = 0;
            for (uint32_t area = 0; area < areas; area++) {
                if (plain_holds(&kept[area], at)) {
                    cr_assert(lt(u32, next, count));
                    cr_assert(eq(u32, ids[next++], area));
                }
            }
            cr_assert(eq(u32, next, count));
            held += count;
        }
    }
    cr_expect(lt(u32, 10000, held));
}

/* ---- A city of beats: thousands, without gaps, with common borders ---- */

#define BEATS_ACROSS 60u
#define BEATS        (BEATS_ACROSS * BEATS_ACROSS)
#define ENCLAVES     (BEATS / 4u)

static struct kept beats[BEATS + ENCLAVES];

/* Corners are even, so that the middle of a side is a point of the raster of coordinates. */
static struct geo_point beat_corner(uint32_t x, uint32_t y, uint32_t step)
{
    uint64_t seed = (uint64_t)y * 65537 + x;
    const int32_t reach = (int32_t)step / 5;
    const int32_t north = (int32_t)geo_test_below(&seed, 2 * (uint32_t)reach + 1) - reach;
    const int32_t east = (int32_t)geo_test_below(&seed, 2 * (uint32_t)reach + 1) - reach;
    return (struct geo_point){2 * ((int32_t)(y * step) + north), 2 * ((int32_t)(x * step) + east)};
}

static void given_beat(struct geo_area_set *all, uint32_t id, uint32_t step)
{
    const uint32_t x = id % BEATS_ACROSS;
    const uint32_t y = id / BEATS_ACROSS;
    struct kept *beat = &beats[id];
    *beat = (struct kept){.points = {beat_corner(x, y, step), beat_corner(x + 1, y, step),
                                     beat_corner(x + 1, y + 1, step), beat_corner(x, y + 1, step)},
                          .sizes = {4, 0},
                          .ring_count = 1};
    if (id % 4 == 0) { /* another one's in the middle of it: its border is theirs both */
        const struct geo_point middle = {2 * (int32_t)(y * step + step / 2),
                                         2 * (int32_t)(x * step + step / 2)};
        const int32_t half = (int32_t)step / 8;
        struct kept *enclave = &beats[BEATS + id / 4];
        *enclave = (struct kept){.points = {{middle.lat_e7 - half, middle.lon_e7},
                                            {middle.lat_e7, middle.lon_e7 + half},
                                            {middle.lat_e7 + half, middle.lon_e7},
                                            {middle.lat_e7, middle.lon_e7 - half}},
                                 .sizes = {4, 0},
                                 .ring_count = 1};
        for (uint32_t i = 0; i < 4; i++) {
            beat->points[4 + i] = enclave->points[i];
        }
        beat->sizes[1] = 4;
        beat->ring_count = 2;
    }
    cr_assert(
        eq(int, geo_area_set_add(all, id, beat->points, beat->sizes, beat->ring_count), GEO_OK));
}

/* Anywhere, a corner of any ring, the middle of a side, or a step beside one of them. */
static struct geo_point beat_query(uint64_t *seed, uint32_t step)
{
    const struct kept *beat = &beats[geo_test_below(seed, BEATS + ENCLAVES)];
    const uint32_t ring = beat->ring_count == 2 ? geo_test_below(seed, 2) * 4 : 0;
    const uint32_t i = geo_test_below(seed, 4);
    const struct geo_point a = beat->points[ring + i];
    const struct geo_point b = beat->points[ring + (i + 1) % 4];
    const int32_t off = (int32_t)geo_test_below(seed, 3) - 1;
    switch (geo_test_below(seed, 4)) {
    case 0:
        return (struct geo_point){a.lat_e7 + off, a.lon_e7};
    case 1:
        return (struct geo_point){(a.lat_e7 + b.lat_e7) / 2, (a.lon_e7 + b.lon_e7) / 2 + off};
    default:
        return (struct geo_point){
            (int32_t)geo_test_below(seed, 2 * step * (BEATS_ACROSS + 2)) - 2 * (int32_t)step,
            (int32_t)geo_test_below(seed, 2 * step * (BEATS_ACROSS + 2)) - 2 * (int32_t)step};
    }
}

static void expect_beats_right(const struct geo_area_set *all, uint64_t *seed, uint32_t step)
{
    uint32_t by_count[6] = {0};
    for (uint32_t i = 0; i < 3000; i++) {
        const struct geo_point at = beat_query(seed, step);
        uint32_t ids[8];
        const uint32_t count = geo_area_set_find(all, at, ids, 8);
        uint32_t next = 0;
        for (uint32_t id = 0; id < BEATS + ENCLAVES; id++) {
            if (plain_holds(&beats[id], at)) {
                cr_assert(lt(u32, next, count), "area %u holds it", id);
                cr_assert(eq(u32, ids[next++], id));
            }
        }
        cr_assert(eq(u32, next, count));
        by_count[count < 5 ? count : 5]++;
    }
    cr_expect(lt(u32, 100, by_count[1])); /* inside one, on the border of two, ... */
    cr_expect(lt(u32, 100, by_count[2]));
    cr_expect(lt(u32, 50, by_count[4])); /* ... and where four meet */
    cr_expect(eq(u32, by_count[5], 0));
}

Test(geo_area, thousands_of_beats_with_enclaves_and_common_borders_equal_a_plain_scan)
{
    static const uint32_t steps[] = {16, 1000, 400000};
    struct geo_area_set *all = NULL;
    uint64_t seed = 56;
    printf("beats seed %llu\n", (unsigned long long)seed);
    cr_assert(eq(int, geo_area_set_create(BEATS + ENCLAVES, 8 * BEATS, &all), GEO_OK));
    for (uint32_t round = 0; round < 3; round++) {
        geo_area_set_clear(all);
        for (uint32_t id = 0; id < BEATS; id++) {
            given_beat(all, id, steps[round]);
        }
        for (uint32_t id = BEATS; id < BEATS + ENCLAVES; id++) {
            cr_assert(
                eq(int, geo_area_set_add(all, id, beats[id].points, beats[id].sizes, 1), GEO_OK));
        }
        cr_assert(eq(int, geo_area_set_build(all), GEO_OK));
        expect_beats_right(all, &seed, steps[round]);
    }
    geo_area_set_destroy(all);
}
