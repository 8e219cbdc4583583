/* geo_between: the way between two fixes is the textbook's, with its length and its class. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "geo/geo_between.h"
#include "tests/support/geo_oracle.h"
#include "tests/support/geo_test_map.h"

#define SECOND  1000u
#define LAT     411500000
#define LON     (-86100000)
#define STEP_E7 10000 /* 111 m of latitude */

static struct geo_test_map draft;
static struct geo_oracle *oracle;
static struct geo_between between;

static void tear_down(void)
{
    geo_oracle_destroy(oracle);
    geo_test_map_finish(&draft);
    oracle = NULL;
}

TestSuite(geo_between, .fini = tear_down, .timeout = 60);

/* A street of 111 m pieces to the north, 10 s each way. */
static void given_street(uint32_t pieces)
{
    geo_test_map_init(&draft);
    for (uint32_t i = 0; i <= pieces; i++) {
        (void)geo_test_map_node(&draft, (struct geo_point){LAT + (int)i * STEP_E7, LON});
    }
    for (uint32_t i = 0; i < pieces; i++) {
        (void)geo_test_map_edge(&draft, i, i + 1, 10 * SECOND, 10 * SECOND);
        draft.edges[i].road_class = GEO_ROAD_PRIMARY;
    }
}

static struct geo_place at(uint32_t edge, uint32_t fraction_e6)
{
    return (struct geo_place){.edge = edge, .fraction_e6 = fraction_e6};
}

static void expect_way(struct geo_place from, struct geo_place to, uint32_t travel_ms,
                       uint32_t pieces_e6)
{
    cr_assert(eq(int, geo_between_find(&draft.map, GEO_PROFILE_CAR, from, to, &between), GEO_OK));
    cr_expect(eq(u32, between.travel_ms, travel_ms));
    const uint64_t length_cm = (uint64_t)draft.map.edges[0].length_cm * pieces_e6 / 1000000u;
    cr_expect(between.length_cm + 4u >= length_cm);
    cr_expect(between.length_cm <= length_cm + 4u);
}

Test(geo_between, along_one_road_and_over_crossings_both_ways)
{
    given_street(4);
    geo_test_map_build(&draft);
    expect_way(at(1, 250000), at(1, 750000), 5 * SECOND, 500000);
    expect_way(at(1, 750000), at(1, 250000), 5 * SECOND, 500000);
    expect_way(at(0, 500000), at(3, 500000), 30 * SECOND, 3000000);
    expect_way(at(3, 500000), at(0, 500000), 30 * SECOND, 3000000);
    expect_way(at(2, 300000), at(2, 300000), 0, 0);
    cr_expect(eq(u32, between.road_class, (uint32_t)GEO_ROAD_PRIMARY));
}

Test(geo_between, a_way_over_roads_of_two_classes_has_none)
{
    given_street(4);
    draft.edges[2].road_class = GEO_ROAD_STREET;
    geo_test_map_build(&draft);
    expect_way(at(0, 500000), at(1, 500000), 10 * SECOND, 1000000);
    cr_expect(eq(u32, between.road_class, (uint32_t)GEO_ROAD_PRIMARY));
    expect_way(at(1, 500000), at(2, 500000), 10 * SECOND, 1000000);
    cr_expect(eq(u32, between.road_class, (uint32_t)GEO_ROAD_CLASS_COUNT));
    expect_way(at(2, 0), at(2, 1000000), 10 * SECOND, 1000000);
    cr_expect(eq(u32, between.road_class, (uint32_t)GEO_ROAD_STREET));
}

Test(geo_between, against_a_one_way_street_there_is_no_way_and_too_far_is_said)
{
    given_street(2);
    draft.edges[0].backward_ms[GEO_PROFILE_CAR] = GEO_TRAVEL_NEVER;
    geo_test_map_build(&draft);
    between.travel_ms = 77;
    cr_expect(eq(int, geo_between_find(&draft.map, GEO_PROFILE_CAR, at(1, 0), at(0, 0), &between),
                 GEO_NOT_FOUND));
    cr_expect(eq(u32, between.travel_ms, 77));
    geo_test_map_finish(&draft);
    given_street(GEO_BETWEEN_NODES_MAX + 2u);
    geo_test_map_build(&draft);
    cr_expect(eq(int,
                 geo_between_find(&draft.map, GEO_PROFILE_CAR, at(0, 0),
                                  at(GEO_BETWEEN_NODES_MAX + 1u, 0), &between),
                 GEO_FULL));
}

/* The textbook: from the start over either end of its road, or straight along it. */
static uint64_t right_ms(enum geo_profile profile, struct geo_place from, struct geo_place to)
{
    (void)geo_oracle_run(oracle, profile, to);
    return geo_oracle_road_ms(oracle, from);
}

Test(geo_between, it_takes_as_long_as_the_textbook_says_or_says_that_it_is_too_far)
{
    uint64_t seed = 77;
    printf("geo_between seed %llu\n", (unsigned long long)seed);
    geo_test_map_random(&draft, &seed, 12);
    oracle = geo_oracle_create(&draft.map);
    uint32_t found = 0;
    for (uint32_t round = 0; round < 6000; round++) {
        const enum geo_profile profile = (enum geo_profile)(round % GEO_PROFILE_COUNT);
        const struct geo_place from =
            at(geo_test_below(&seed, draft.map.edge_count), geo_test_below(&seed, 1000001));
        struct geo_place to =
            at(geo_test_below(&seed, draft.map.edge_count), geo_test_below(&seed, 1000001));
        to.edge = round % 5 == 0 ? from.edge : to.edge;
        const enum geo_status status = geo_between_find(&draft.map, profile, from, to, &between);
        const uint64_t right = right_ms(profile, from, to);
        if (status == GEO_OK) {
            found++;
            cr_assert(eq(u64, between.travel_ms, right));
        } else if (status == GEO_NOT_FOUND) {
            cr_assert(eq(u64, right, GEO_ORACLE_NEVER));
        }
    }
    cr_expect(lt(u32, 2000, found));
}
