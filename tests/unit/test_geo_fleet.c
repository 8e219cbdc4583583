/* geo_fleet: who is where, whatever the order it was told in. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "geo/geo_fleet.h"
#include "geo/geo_nearest.h"
#include "tests/support/geo_test_map.h"

#define UNITS 400u
#define LAT   411500000
#define LON   (-86100000)

static struct geo_test_map draft;
static struct geo_fleet *fleet;

static void set_up(void)
{
    cr_assert(eq(int, geo_fleet_create(NULL, UNITS, &fleet), GEO_OK));
}

static void tear_down(void)
{
    geo_fleet_destroy(fleet);
    fleet = NULL;
    geo_test_map_finish(&draft);
}

TestSuite(geo_fleet, .init = set_up, .fini = tear_down, .timeout = 60);

static struct geo_point north(int32_t metres)
{
    return (struct geo_point){LAT + metres * 90, LON};
}

Test(geo_fleet, answers_nearest_first_and_ties_by_id)
{
    geo_fleet_move(fleet, 9, north(500));
    geo_fleet_move(fleet, 4, north(-500));
    geo_fleet_move(fleet, 7, north(100));
    geo_fleet_move(fleet, 2, north(900));

    struct geo_fleet_hit hits[3];
    cr_assert(eq(u32, geo_fleet_around(fleet, north(0), hits, 3), 3));
    cr_expect(eq(u32, hits[0].unit_id, 7));
    cr_expect(eq(u32, hits[0].distance_m, 100));
    cr_expect(eq(u32, hits[1].unit_id, 4));
    cr_expect(eq(u32, hits[2].unit_id, 9));
    cr_expect(eq(u32, geo_fleet_around(fleet, north(0), hits, 0), 0));
}

Test(geo_fleet, a_unit_without_a_position_is_nowhere)
{
    struct geo_fleet_hit hit;
    cr_expect(eq(u32, geo_fleet_around(fleet, north(0), &hit, 1), 0));
    geo_fleet_link(fleet, 3, true);
    cr_expect(eq(u32, geo_fleet_around(fleet, north(0), &hit, 1), 0));
    geo_fleet_move(fleet, 3, north(5));
    cr_expect(eq(u32, geo_fleet_around(fleet, north(0), &hit, 1), 1));
    geo_fleet_forget(fleet, 3);
    geo_fleet_forget(fleet, 3); /* already forgotten */
    cr_expect(eq(u32, geo_fleet_around(fleet, north(0), &hit, 1), 0));
    cr_expect(not(geo_fleet_get(fleet, 3)->seen));
    cr_expect(geo_fleet_get(fleet, 3)->linked); /* found again with its next position */
}

Test(geo_fleet, what_a_unit_is_and_where_it_is_are_apart)
{
    geo_fleet_move(fleet, 1, north(5));
    geo_fleet_define(fleet, 1, GEO_PROFILE_FOOT, 6);
    const struct geo_fleet_unit *unit = geo_fleet_get(fleet, 1);
    cr_expect(unit->seen);
    cr_expect(eq(u32, unit->flags, 6));
    cr_expect(eq(int, unit->profile, GEO_PROFILE_FOOT));
    cr_expect(eq(u32, unit->place.edge, UINT32_MAX)); /* no map, no road */
}

Test(geo_fleet, changing_profile_takes_the_unit_to_a_road_of_its_own)
{
    geo_test_map_init(&draft);
    (void)geo_test_map_node(&draft, (struct geo_point){LAT, LON});
    (void)geo_test_map_node(&draft, (struct geo_point){LAT, LON + 40000});
    (void)geo_test_map_node(&draft, (struct geo_point){LAT + 5000, LON});
    (void)geo_test_map_node(&draft, (struct geo_point){LAT + 5000, LON + 40000});
    (void)geo_test_map_edge(&draft, 0, 1, 1000, 1000);
    (void)geo_test_map_edge(&draft, 2, 3, 1000, 1000);
    (void)geo_test_map_edge(&draft, 0, 2, 1000, 1000);
    draft.edges[0].forward_ms[GEO_PROFILE_CAR] = GEO_TRAVEL_NEVER;
    draft.edges[0].backward_ms[GEO_PROFILE_CAR] = GEO_TRAVEL_NEVER;
    geo_test_map_build(&draft);
    geo_fleet_destroy(fleet);
    cr_assert(eq(int, geo_fleet_create(&draft.map, UNITS, &fleet), GEO_OK));

    geo_fleet_define(fleet, 1, GEO_PROFILE_CAR, 0);
    geo_fleet_link(fleet, 1, true);
    geo_fleet_move(fleet, 1, (struct geo_point){LAT + 500, LON + 20000});
    cr_expect(eq(u32, geo_fleet_get(fleet, 1)->place.edge, 1));
    geo_fleet_define(fleet, 1, GEO_PROFILE_FOOT, 0);
    cr_expect(eq(u32, geo_fleet_get(fleet, 1)->place.edge, 0));
}

Test(geo_fleet, the_last_id_fits)
{
    struct geo_fleet_hit hit;
    geo_fleet_move(fleet, UNITS - 1, north(5));
    cr_assert(eq(u32, geo_fleet_around(fleet, north(0), &hit, 1), 1));
    cr_expect(eq(u32, hit.unit_id, UNITS - 1));
}

static int compare_hits(const void *a, const void *b)
{
    const struct geo_fleet_hit *left = a;
    const struct geo_fleet_hit *right = b;
    if (left->distance_m != right->distance_m) {
        return left->distance_m < right->distance_m ? -1 : 1;
    }
    return left->unit_id < right->unit_id ? -1 : left->unit_id > right->unit_id;
}

/* One in so many is wanted. */
static bool is_wanted(const void *every, uint32_t unit_id)
{
    return unit_id % *(const uint32_t *)every == 0;
}

/* `right` is everybody in order. */
static void expect_within(const struct geo_fleet_hit right[], uint32_t count, struct geo_point at,
                          uint32_t distance_m, uint32_t hits_max, uint32_t every)
{
    struct geo_fleet_hit hits[UNITS];
    const struct geo_fleet_filter filter = {every == 1 ? NULL : is_wanted, &every};
    const uint32_t found = geo_fleet_within(fleet, at, distance_m, filter, hits, hits_max);
    uint32_t near = 0;
    for (uint32_t i = 0; i < count && near < hits_max && right[i].distance_m <= distance_m; i++) {
        if (right[i].unit_id % every == 0) {
            cr_assert(lt(u32, near, found));
            cr_assert(eq(u32, hits[near].unit_id, right[i].unit_id));
            cr_assert(eq(u32, hits[near].distance_m, right[i].distance_m));
            near++;
        }
    }
    cr_assert(eq(u32, found, near));
}

static void expect_plain_scan(struct geo_point at, uint32_t hits_max)
{
    struct geo_fleet_hit right[UNITS];
    struct geo_fleet_hit hits[UNITS];
    uint32_t count = 0;
    for (uint32_t id = 0; id < UNITS; id++) {
        if (geo_fleet_get(fleet, id)->seen) {
            right[count++] =
                (struct geo_fleet_hit){id, geo_distance_m(at, geo_fleet_get(fleet, id)->at)};
        }
    }
    qsort(right, count, sizeof *right, compare_hits);
    const uint32_t middle_m = count == 0 ? 0 : right[count / 2u].distance_m;
    const uint32_t distances_m[] = {0, middle_m / 8u, middle_m,
                                    middle_m < 10000000u ? middle_m * 2u : middle_m};
    for (uint32_t i = 0; i < sizeof distances_m / sizeof distances_m[0]; i++) {
        expect_within(right, count, at, distances_m[i], hits_max, 1);
        expect_within(right, count, at, distances_m[i], hits_max, 5);
    }
    count = count < hits_max ? count : hits_max;
    cr_assert(eq(u32, geo_fleet_around(fleet, at, hits, hits_max), count));
    for (uint32_t i = 0; i < count; i++) {
        cr_assert(eq(u32, hits[i].unit_id, right[i].unit_id));
        cr_assert(eq(u32, hits[i].distance_m, right[i].distance_m));
    }
}

/* `spread` 0: a city, 1: a city and its country, 2: the whole earth, poles and antimeridian. */
static struct geo_point random_point(uint64_t *seed, uint32_t spread)
{
    if (spread == 2) {
        return (struct geo_point){(int32_t)geo_test_below(seed, 1800000001u) - 900000000,
                                  (int32_t)(geo_test_below(seed, 3600000001u) - 1800000000u)};
    }
    const uint32_t span = spread == 0 ? 400000 : 20000000;
    return (struct geo_point){LAT + (int32_t)geo_test_below(seed, span),
                              LON + (int32_t)geo_test_below(seed, span)};
}

Test(geo_fleet, equals_a_plain_scan_wherever_the_units_are)
{
    uint64_t seed = 31;
    printf("geo_fleet seed %llu\n", (unsigned long long)seed);
    for (uint32_t round = 0; round < 30; round++) {
        for (uint32_t i = 0; i < 600; i++) {
            const uint32_t id = geo_test_below(&seed, UNITS);
            if (geo_test_below(&seed, 8) == 0) {
                geo_fleet_forget(fleet, id);
            } else {
                geo_fleet_move(fleet, id, random_point(&seed, round % 3));
            }
        }
        for (uint32_t i = 0; i < 100; i++) {
            expect_plain_scan(random_point(&seed, i % 3), 1 + geo_test_below(&seed, 20));
        }
    }
    expect_plain_scan((struct geo_point){900000000, 0}, 10);
    expect_plain_scan((struct geo_point){-900000000, 1800000000}, 10);
}

static struct geo_point around_antimeridian(uint64_t *seed)
{
    const int32_t lon = (int32_t)geo_test_below(seed, 2000000);
    return (struct geo_point){(int32_t)geo_test_below(seed, 2000000) - 1000000,
                              geo_test_below(seed, 2) ? 1800000000 - lon : -1800000000 + lon};
}

Test(geo_fleet, equals_a_plain_scan_on_the_antimeridian)
{
    uint64_t seed = 32;
    for (uint32_t id = 0; id < UNITS; id++) {
        geo_fleet_move(fleet, id, around_antimeridian(&seed));
    }
    for (uint32_t i = 0; i < 500; i++) {
        expect_plain_scan(around_antimeridian(&seed), 5);
    }
}

static void expect_nearest_eight(struct geo_point at, const struct geo_point places[],
                                 uint32_t count)
{
    struct geo_fleet_hit right[9];
    struct geo_fleet_hit hits[8];
    uint32_t right_count = 0;
    for (uint32_t id = 0; id < count; id++) {
        right[right_count++] = (struct geo_fleet_hit){id, geo_distance_m(at, places[id])};
        qsort(right, right_count, sizeof *right, compare_hits);
        right_count = right_count < 8 ? right_count : 8;
    }
    cr_assert(eq(u32, geo_fleet_around(fleet, at, hits, 8), right_count));
    for (uint32_t i = 0; i < right_count; i++) {
        cr_assert(eq(u32, hits[i].unit_id, right[i].unit_id));
        cr_assert(eq(u32, hits[i].distance_m, right[i].distance_m));
    }
}

/* The grid is laid anew many times, in clusters and with hundreds of units on one spot. */
Test(geo_fleet, equals_a_plain_scan_while_it_grows_and_moves)
{
    uint64_t seed = 33;
    printf("geo_fleet seed %llu\n", (unsigned long long)seed);
    static struct geo_point places[6000];
    geo_fleet_destroy(fleet);
    cr_assert(eq(int, geo_fleet_create(NULL, 6000, &fleet), GEO_OK));
    for (uint32_t id = 0; id < 6000; id++) {
        const uint32_t kind = geo_test_below(&seed, 3);
        places[id] = kind == 0   ? random_point(&seed, 1)
                     : kind == 1 ? random_point(&seed, 0)
                                 : north((int32_t)geo_test_below(&seed, 20));
        geo_fleet_move(fleet, id, places[id]);
        const uint32_t mover = geo_test_below(&seed, id + 1);
        places[mover] = random_point(&seed, 0);
        geo_fleet_move(fleet, mover, places[mover]);
        if (id % 29 == 0) {
            expect_nearest_eight(random_point(&seed, id % 3), places, id + 1);
            expect_nearest_eight(north(3), places, id + 1);
        }
    }
}

Test(geo_fleet, the_order_of_calls_does_not_show)
{
    /* The same end state, reached forwards and backwards and through detours. */
    uint64_t seed = 77;
    geo_test_map_random(&draft, &seed, 8);
    struct geo_fleet *other = NULL;
    struct geo_search *search = NULL;
    geo_fleet_destroy(fleet);
    cr_assert(eq(int, geo_fleet_create(&draft.map, UNITS, &fleet), GEO_OK));
    cr_assert(eq(int, geo_fleet_create(&draft.map, UNITS, &other), GEO_OK));
    cr_assert(eq(int, geo_search_create(&draft.map, UNITS, &search), GEO_OK));
    for (uint32_t id = 0; id < UNITS; id++) {
        const uint32_t place = id % 40; /* ten units on every spot */
        const struct geo_point at = {LAT + (int32_t)place * 4000, LON + (int32_t)place * 4000};
        geo_fleet_define(fleet, id, GEO_PROFILE_CAR, 0);
        geo_fleet_move(fleet, id, at);
        geo_fleet_link(fleet, id, id % 3 != 0);
        const uint32_t back = UNITS - 1 - id;
        const uint32_t back_place = back % 40;
        geo_fleet_link(other, back, true);
        geo_fleet_move(other, back, (struct geo_point){LAT + 100000, LON});
        geo_fleet_forget(other, back);
        geo_fleet_define(other, back, GEO_PROFILE_FOOT, 0);
        geo_fleet_move(
            other, back,
            (struct geo_point){LAT + (int32_t)back_place * 4000, LON + (int32_t)back_place * 4000});
        geo_fleet_define(other, back, GEO_PROFILE_CAR, 0);
        geo_fleet_link(other, back, back % 3 != 0);
    }
    for (uint32_t i = 0; i < 200; i++) {
        const struct geo_nearest_query query = {.at = random_point(&seed, 0),
                                                .profile = GEO_PROFILE_CAR,
                                                .limit_ms = GEO_TRAVEL_NEVER - 1,
                                                .hits_max = 12};
        struct geo_nearest_hit hits[12];
        struct geo_nearest_hit others[12];
        bool estimated = false;
        const uint32_t count = geo_nearest(search, &draft.map, fleet, &query, hits, &estimated);
        cr_assert(
            eq(u32, geo_nearest(search, &draft.map, other, &query, others, &estimated), count));
        for (uint32_t j = 0; j < count; j++) {
            cr_assert(eq(u32, hits[j].unit_id, others[j].unit_id));
            cr_assert(eq(u32, hits[j].travel_ms, others[j].travel_ms));
        }
    }
    geo_search_destroy(search);
    geo_fleet_destroy(other);
}

Test(geo_fleet, nothing_to_destroy_is_fine)
{
    geo_fleet_destroy(NULL);
    geo_search_destroy(NULL);
}
