/* geo_nearest: exact, mid-edge at both ends, and equal to the textbook on random cities. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_nearest.h"
#include "geo/geo_search.h"
#include "tests/support/geo_oracle.h"
#include "tests/support/geo_test_map.h"
#include "tests/support/geo_test_roads.h"

#define UNITS      64u
#define SECOND     1000u
#define LIMIT_MS   (GEO_TRAVEL_NEVER - 1u)
#define LAT        411500000
#define LON        (-86100000)
#define STEP_E7    10000 /* 111 m of latitude */
#define SIDE       14u
#define CITIES     8u
#define TABLE_FROM 12u
#define QUERIES    260u /* a city and profile: 8 x 260 x 3 in all */

static struct geo_test_map draft;
static struct geo_fleet *fleet;
static struct geo_search *search;
static struct geo_test_roads roads;

static void tear_down(void)
{
    geo_search_destroy(search);
    geo_test_roads_finish(&roads);
    geo_fleet_destroy(fleet);
    geo_test_map_finish(&draft);
    search = NULL;
    fleet = NULL;
}

TestSuite(geo_nearest, .fini = tear_down, .timeout = 120);

/* Nodes in a line to the north, 111 m apart. */
static struct geo_point north(int steps_e3)
{
    return (struct geo_point){LAT + steps_e3 * (STEP_E7 / 1000), LON};
}

static void given_line(uint32_t nodes)
{
    geo_test_map_init(&draft);
    for (uint32_t i = 0; i < nodes; i++) {
        (void)geo_test_map_node(&draft, north(1000 * (int)i));
    }
}

static void given_units(void)
{
    geo_test_map_build(&draft);
    cr_assert(eq(int, geo_fleet_create(&draft.map, UNITS, &fleet), GEO_OK));
    cr_assert(eq(int, geo_search_create(&draft.map, UNITS, &search), GEO_OK));
}

static void given_unit(uint32_t id, struct geo_point at)
{
    geo_fleet_define(fleet, id, GEO_PROFILE_CAR, 1);
    geo_fleet_move(fleet, id, at);
    geo_fleet_link(fleet, id, true);
}

static struct geo_nearest_query cars_to(struct geo_point at, uint32_t hits_max)
{
    return (struct geo_nearest_query){
        .at = at, .profile = GEO_PROFILE_CAR, .limit_ms = LIMIT_MS, .hits_max = hits_max};
}

static uint32_t ask(struct geo_nearest_query query, struct geo_nearest_hit hits[])
{
    bool estimated = true;
    const uint32_t count = geo_nearest(search, &draft.map, fleet, &query, hits, &estimated);
    cr_expect(not(estimated));
    return count;
}

Test(geo_nearest, mid_edge_at_both_ends_is_counted_to_the_millisecond)
{
    given_line(3);
    (void)geo_test_map_edge(&draft, 0, 1, 10 * SECOND, 10 * SECOND);
    (void)geo_test_map_edge(&draft, 1, 2, 20 * SECOND, 20 * SECOND);
    given_units();
    given_unit(5, north(250));

    struct geo_nearest_hit hits[2];
    cr_assert(eq(u32, ask(cars_to(north(1500), 2), hits), 1));
    cr_expect(eq(u32, hits[0].unit_id, 5));
    cr_expect(eq(u32, hits[0].travel_ms, 7500 + 10 * SECOND));
}

Test(geo_nearest, on_the_same_road_it_goes_the_way_it_may)
{
    given_line(3);
    (void)geo_test_map_edge(&draft, 0, 1, 10 * SECOND, GEO_TRAVEL_NEVER);
    (void)geo_test_map_edge(&draft, 1, 2, 10 * SECOND, 10 * SECOND);
    (void)geo_test_map_edge(&draft, 1, 0, 30 * SECOND, GEO_TRAVEL_NEVER);
    const struct geo_point bypass = {north(500).lat_e7, LON + 20000};
    geo_test_map_bend(&draft, 2, &bypass, 1);
    given_units();
    given_unit(1, north(200));
    given_unit(2, north(800));

    struct geo_nearest_hit hits[2];
    cr_assert(eq(u32, ask(cars_to(north(500), 2), hits), 2));
    cr_expect(eq(u32, hits[0].unit_id, 1));
    cr_expect(eq(u32, hits[0].travel_ms, 3 * SECOND));
    cr_expect(eq(u32, hits[1].unit_id, 2)); /* against the one-way: round by the other road */
    cr_expect(eq(u32, hits[1].travel_ms, (2 + 30 + 5) * SECOND));
}

Test(geo_nearest, on_the_same_two_way_road_both_directions_are_direct)
{
    given_line(2);
    (void)geo_test_map_edge(&draft, 0, 1, 10 * SECOND, 20 * SECOND);
    given_units();
    given_unit(1, north(200));
    given_unit(2, north(800));

    struct geo_nearest_hit hits[2];
    cr_assert(eq(u32, ask(cars_to(north(500), 2), hits), 2));
    cr_expect(eq(u32, hits[0].travel_ms, 3 * SECOND));
    cr_expect(eq(u32, hits[1].travel_ms, 6 * SECOND));
}

Test(geo_nearest, a_unit_near_the_frontier_does_not_hide_one_behind_it)
{
    /* Node 1 settles first, but the unit behind it is far back on a slow road. */
    given_line(3);
    (void)geo_test_map_edge(&draft, 0, 1, 100 * SECOND, 100 * SECOND);
    (void)geo_test_map_edge(&draft, 1, 2, 10 * SECOND, 10 * SECOND);
    const uint32_t west =
        geo_test_map_node(&draft, (struct geo_point){north(2000).lat_e7, LON - 20000});
    (void)geo_test_map_edge(&draft, 2, west, 12 * SECOND, 12 * SECOND);
    given_units();
    given_unit(1, north(100));
    given_unit(2, (struct geo_point){north(2000).lat_e7, LON - 19000});

    struct geo_nearest_hit hit;
    cr_assert(eq(u32, ask(cars_to(north(1100), 1), &hit), 1));
    cr_expect(eq(u32, hit.unit_id, 2));
}

Test(geo_nearest, a_unit_that_drove_along_one_long_road_is_looked_for_where_it_is)
{
    geo_test_map_init(&draft);
    (void)geo_test_map_node(&draft, north(0));
    (void)geo_test_map_node(&draft, north(100000));
    (void)geo_test_map_node(&draft, north(101000));
    (void)geo_test_map_node(&draft, north(120000));
    (void)geo_test_map_edge(&draft, 0, 1, 300 * SECOND, 300 * SECOND);
    (void)geo_test_map_edge(&draft, 1, 2, 10 * SECOND, 10 * SECOND);
    (void)geo_test_map_edge(&draft, 2, 3, 200 * SECOND, 200 * SECOND);
    given_units();
    geo_test_roads_init(&roads, &draft.map);
    geo_test_roads_follow(&roads);
    const struct geo_roads now = geo_test_roads_now(&roads);
    geo_search_follow(search, &now);
    search->around_nodes = 0; /* the hierarchy is asked */

    given_unit(1, north(110500)); /* some 100 s away */
    given_unit(2, north(500));
    geo_fleet_move(fleet, 2, north(99900));

    struct geo_nearest_hit hit;
    cr_assert(eq(u32, ask(cars_to(north(100500), 1), &hit), 1));
    cr_expect(eq(u32, hit.unit_id, 2));
}

Test(geo_nearest, equal_times_sort_by_unit_id)
{
    given_line(2);
    (void)geo_test_map_edge(&draft, 0, 1, 10 * SECOND, 10 * SECOND);
    given_units();
    given_unit(9, north(800));
    given_unit(4, north(200));
    given_unit(7, north(800));

    struct geo_nearest_hit hits[2];
    cr_assert(eq(u32, ask(cars_to(north(500), 2), hits), 2));
    cr_expect(eq(u32, hits[0].unit_id, 4));
    cr_expect(eq(u32, hits[1].unit_id, 7));
}

Test(geo_nearest, filters_by_link_profile_and_flags)
{
    given_line(2);
    (void)geo_test_map_edge(&draft, 0, 1, 10 * SECOND, 10 * SECOND);
    given_units();
    for (uint32_t id = 0; id < 5; id++) {
        given_unit(id, north(100));
        geo_fleet_define(fleet, id, GEO_PROFILE_CAR, id); /* flags: the bits of the id */
    }
    geo_fleet_link(fleet, 1, false);
    geo_fleet_define(fleet, 2, GEO_PROFILE_FOOT, 2);
    geo_fleet_forget(fleet, 0);

    struct geo_nearest_hit hits[8];
    cr_assert(eq(u32, ask(cars_to(north(500), 8), hits), 2));
    cr_expect(eq(u32, hits[0].unit_id, 3));
    cr_expect(eq(u32, hits[1].unit_id, 4));

    struct geo_nearest_query query = cars_to(north(500), 8);
    query.flags_any = 4 | 8;
    cr_assert(eq(u32, ask(query, hits), 1));
    cr_expect(eq(u32, hits[0].unit_id, 4));
    query.flags_any = 0;
    query.flags_all = 3;
    cr_assert(eq(u32, ask(query, hits), 1));
    cr_expect(eq(u32, hits[0].unit_id, 3));
    query.flags_all = 8;
    cr_expect(eq(u32, ask(query, hits), 0));
}

Test(geo_nearest, the_limit_is_kept_to_the_millisecond)
{
    given_line(2);
    (void)geo_test_map_edge(&draft, 0, 1, 10 * SECOND, 10 * SECOND);
    given_units();
    given_unit(1, north(100));

    struct geo_nearest_hit hit;
    struct geo_nearest_query query = cars_to(north(500), 1);
    query.limit_ms = 4 * SECOND;
    cr_expect(eq(u32, ask(query, &hit), 1));
    query.limit_ms = 4 * SECOND - 1;
    cr_expect(eq(u32, ask(query, &hit), 0));
}

Test(geo_nearest, a_crossing_exactly_at_the_limit_is_within_it)
{
    given_line(4);
    (void)geo_test_map_edge(&draft, 2, 3, 10 * SECOND, 10 * SECOND); /* the unit's, by its id */
    (void)geo_test_map_edge(&draft, 0, 1, 10 * SECOND, 10 * SECOND);
    (void)geo_test_map_edge(&draft, 1, 2, 10 * SECOND, 10 * SECOND);
    given_units();
    given_unit(1, north(2000));

    struct geo_nearest_hit hit;
    struct geo_nearest_query query = cars_to(north(500), 1);
    query.limit_ms = 15 * SECOND;
    cr_assert(eq(u32, geo_fleet_get(fleet, 1)->place.edge, 0));
    cr_assert(eq(u32, ask(query, &hit), 1));
    cr_expect(eq(u32, hit.travel_ms, 15 * SECOND));
    query.limit_ms--;
    cr_expect(eq(u32, ask(query, &hit), 0));
}

Test(geo_nearest, the_walk_from_the_road_is_charged_beyond_20_m_at_both_ends)
{
    given_line(2);
    (void)geo_test_map_edge(&draft, 0, 1, 10 * SECOND, 10 * SECOND);
    given_units();
    const struct geo_point beside = {north(500).lat_e7, LON + 10000}; /* 84 m east */
    given_unit(1, beside);

    struct geo_place place;
    cr_assert(eq(int, geo_map_snap(&draft.map, GEO_PROFILE_CAR, beside, &place), GEO_OK));
    cr_expect(epsilon_eq(dbl, place.distance_cm / 100.0, 83.8, 1.0));
    struct geo_nearest_hit hit;
    cr_assert(eq(u32, ask(cars_to(beside, 1), &hit), 1));
    cr_expect(eq(u32, hit.travel_ms, 2 * ((place.distance_cm - 2000) * 50 / 7)));
    cr_expect(eq(u32, geo_access_ms(2000), 0));
    cr_expect(eq(u32, geo_access_ms(2140), 1000));
}

Test(geo_nearest, far_from_every_road_it_is_a_straight_line_and_says_so)
{
    given_line(2);
    (void)geo_test_map_edge(&draft, 0, 1, 10 * SECOND, 10 * SECOND);
    given_units();
    given_unit(1, north(500));
    const struct geo_point far = {north(500).lat_e7, LON + 200000};
    struct geo_nearest_query query = cars_to(far, 1);

    struct geo_nearest_hit hit;
    bool estimated = false;
    cr_assert(eq(u32, geo_nearest(search, &draft.map, fleet, &query, &hit, &estimated), 1));
    cr_expect(estimated);
    cr_expect(hit.estimated);
    const uint64_t line_cm = geo_distance_cm(far, north(500));
    cr_expect(eq(u32, hit.travel_ms, (uint32_t)(line_cm * 13000 / GEO_STRAIGHT_CAR_MMPS)));
}

Test(geo_nearest, a_unit_off_every_road_is_ranked_among_the_others)
{
    given_line(2);
    (void)geo_test_map_edge(&draft, 0, 1, 900 * SECOND, 900 * SECOND);
    given_units();
    given_unit(1, north(0));
    given_unit(2, (struct geo_point){north(500).lat_e7, LON + 60000});
    struct geo_nearest_query query = cars_to(north(500), 2);

    struct geo_nearest_hit hits[2];
    bool estimated = false;
    cr_assert(eq(u32, geo_nearest(search, &draft.map, fleet, &query, hits, &estimated), 2));
    cr_expect(estimated);
    cr_expect(eq(u32, hits[0].unit_id, 2));
    cr_expect(hits[0].estimated);
    cr_expect(not(hits[1].estimated));
}

Test(geo_nearest, without_a_map_everything_is_a_straight_line)
{
    cr_assert(eq(int, geo_fleet_create(NULL, UNITS, &fleet), GEO_OK));
    cr_assert(eq(int, geo_search_create(NULL, UNITS, &search), GEO_OK));
    given_unit(1, north(9000));
    given_unit(2, north(1000));
    given_unit(3, north(5000));
    const struct geo_nearest_query query = cars_to(north(0), 2);

    struct geo_nearest_hit hits[2];
    bool estimated = false;
    cr_assert(eq(u32, geo_nearest(search, NULL, fleet, &query, hits, &estimated), 2));
    cr_expect(estimated);
    cr_expect(eq(u32, hits[0].unit_id, 2));
    cr_expect(eq(u32, hits[1].unit_id, 3));
}

Test(geo_nearest, a_road_of_hours_waits_beyond_the_buckets)
{
    given_line(4);
    (void)geo_test_map_edge(&draft, 0, 1, 5000 * SECOND, 5000 * SECOND);
    (void)geo_test_map_edge(&draft, 1, 2, 9000 * SECOND, 9000 * SECOND);
    (void)geo_test_map_edge(&draft, 0, 2, 13000 * SECOND, 13000 * SECOND);
    (void)geo_test_map_edge(&draft, 2, 3, 10 * SECOND, 10 * SECOND);
    const struct geo_point aside = {north(1000).lat_e7, LON - 90000};
    geo_test_map_bend(&draft, 2, &aside, 1);
    given_units();
    given_unit(1, north(2500));

    struct geo_nearest_hit hit;
    cr_assert(eq(u32, ask(cars_to(north(0), 1), &hit), 1));
    cr_expect(eq(u32, hit.travel_ms, 13005 * SECOND));
}

Test(geo_nearest, what_waited_beyond_the_buckets_and_was_reached_sooner_is_passed_over)
{
    given_line(4);
    (void)geo_test_map_edge(&draft, 0, 1, 2000 * SECOND, 2000 * SECOND);
    (void)geo_test_map_edge(&draft, 1, 2, 2000 * SECOND, 2000 * SECOND);
    (void)geo_test_map_edge(&draft, 0, 2, 5000 * SECOND, 5000 * SECOND); /* out of sight */
    (void)geo_test_map_edge(&draft, 2, 3, 1000 * SECOND, 1000 * SECOND); /* so is its end */
    const struct geo_point aside = {north(1000).lat_e7, LON - 90000};
    geo_test_map_bend(&draft, 2, &aside, 1);
    given_units();
    given_unit(1, north(2500));

    struct geo_nearest_hit hits[2];
    cr_assert(eq(u32, ask(cars_to(north(0), 2), hits), 1)); /* looks on to the very end */
    cr_expect(eq(u32, hits[0].travel_ms, 4500 * SECOND));
}

Test(geo_nearest, an_isochrone_names_each_edge_once_and_no_room_is_kept_to)
{
    given_line(4);
    (void)geo_test_map_edge(&draft, 0, 1, 10 * SECOND, 10 * SECOND);
    (void)geo_test_map_edge(&draft, 1, 2, 10 * SECOND, 10 * SECOND);
    (void)geo_test_map_edge(&draft, 2, 3, 10 * SECOND, 10 * SECOND);
    given_units();

    struct geo_reach reaches[3];
    const struct geo_place place = {.edge = 0, .fraction_e6 = 500000};
    const uint32_t count =
        geo_isochrone(search, &draft.map, GEO_PROFILE_CAR, place, 14 * SECOND, reaches, 3);
    cr_assert(eq(u32, count, 2));
    for (uint32_t i = 0; i < count; i++) {
        const bool own = reaches[i].edge == 0;
        cr_expect(eq(u32, reaches[i].from_ms, 5 * SECOND));
        cr_expect(eq(u32, reaches[i].to_ms, own ? 5 * SECOND : GEO_TRAVEL_NEVER));
    }
    cr_expect(eq(u32,
                 geo_isochrone(search, &draft.map, GEO_PROFILE_CAR, place, 14 * SECOND, reaches, 1),
                 1));
}

static uint32_t far_out_of_ten; /* how many of ten places may be off every road */

/* A place in the city, beside it, or now and then far out. */
static struct geo_point random_point(uint64_t *seed)
{
    const int32_t margin = geo_test_below(seed, 10) < far_out_of_ten ? 90000 : 10000;
    return (struct geo_point){
        LAT - margin + (int32_t)geo_test_below(seed, SIDE * 20000u + 2u * (uint32_t)margin),
        LON - margin + (int32_t)geo_test_below(seed, SIDE * 25000u + 2u * (uint32_t)margin)};
}

static void given_random_fleet(uint64_t *seed, uint32_t units)
{
    for (uint32_t id = 0; id < units; id++) {
        geo_fleet_define(fleet, id, geo_test_below(seed, GEO_PROFILE_COUNT),
                         geo_test_below(seed, 8));
        geo_fleet_move(fleet, id, random_point(seed));
        geo_fleet_link(fleet, id, geo_test_below(seed, 5) != 0);
        if (geo_test_below(seed, 20) == 0) {
            geo_fleet_forget(fleet, id);
        }
    }
}

static int compare_reaches(const void *a, const void *b)
{
    const struct geo_reach *left = a;
    const struct geo_reach *right = b;
    return left->edge < right->edge ? -1 : left->edge > right->edge;
}

static void expect_same_nearest(struct geo_oracle *oracle, uint32_t units,
                                const struct geo_nearest_query *query)
{
    struct geo_nearest_hit hits[GEO_NEAREST_HITS_MAX];
    struct geo_nearest_hit right[GEO_NEAREST_HITS_MAX];
    bool estimated = false;
    bool right_estimated = false;
    const uint32_t count = geo_nearest(search, &draft.map, fleet, query, hits, &estimated);
    const uint32_t right_count =
        geo_oracle_nearest(oracle, fleet, units, query, right, &right_estimated);
    cr_assert(eq(u32, count, right_count));
    cr_assert(eq(int, estimated, right_estimated));
    for (uint32_t i = 0; i < count; i++) {
        cr_assert(eq(u32, hits[i].unit_id, right[i].unit_id));
        cr_assert(eq(u32, hits[i].travel_ms, right[i].travel_ms));
        cr_assert(eq(int, hits[i].estimated, right[i].estimated));
    }
}

static void expect_same_reach(struct geo_oracle *oracle, const struct geo_nearest_query *query)
{
    const uint32_t edges = draft.map.edge_count;
    struct geo_reach *reaches = calloc(edges, sizeof *reaches);
    struct geo_reach *right = calloc(edges, sizeof *right);
    const uint32_t limit_ms = query->limit_ms > 200000u ? 200000u : query->limit_ms;
    struct geo_place place;
    uint32_t count = 0;
    uint32_t right_count = 0;
    if (geo_map_snap(&draft.map, query->profile, query->at, &place) == GEO_OK) {
        count = geo_isochrone(search, &draft.map, query->profile, place, limit_ms, reaches, edges);
        right_count = geo_oracle_isochrone(oracle, query->profile, place, limit_ms, right);
    }
    qsort(reaches, count, sizeof *reaches, compare_reaches);
    cr_assert(eq(u32, count, right_count));
    cr_assert(eq(int, memcmp(reaches, right, count * sizeof *right), 0));
    free(reaches);
    free(right);
}

static void expect_same_travel(struct geo_oracle *oracle, struct geo_point from,
                               const struct geo_nearest_query *query)
{
    bool estimated = false;
    bool right_estimated = false;
    const uint32_t travel_ms = geo_travel_ms(search, &draft.map, from, query->at, query->profile,
                                             query->limit_ms, &estimated);
    const uint32_t right_ms = geo_oracle_travel_ms(oracle, from, query->at, query->profile,
                                                   query->limit_ms, &right_estimated);
    cr_assert(eq(u32, travel_ms, right_ms));
    cr_assert(eq(int, estimated, right_estimated));
}

/* A table is every single way, less the walks from the road. */
static void expect_same_table(uint64_t *seed, enum geo_profile profile)
{
    struct geo_point points[TABLE_FROM + 1];
    struct geo_place places[TABLE_FROM + 1];
    uint32_t travel_ms[TABLE_FROM];
    for (uint32_t i = 0; i <= TABLE_FROM; i++) {
        do {
            points[i] = random_point(seed);
        } while (geo_map_snap(&draft.map, profile, points[i], &places[i]) != GEO_OK);
    }
    places[0] = places[TABLE_FROM]; /* on the same edge */
    points[0] = points[TABLE_FROM];
    geo_table_ms(search, &draft.map, profile, places[TABLE_FROM], places, TABLE_FROM, travel_ms);
    for (uint32_t i = 0; i < TABLE_FROM; i++) {
        bool estimated = false;
        const uint32_t right_ms = geo_travel_ms(search, &draft.map, points[i], points[TABLE_FROM],
                                                profile, LIMIT_MS, &estimated);
        cr_assert(not(estimated));
        cr_assert(eq(u32, right_ms,
                     travel_ms[i] == GEO_TRAVEL_NEVER
                         ? GEO_TRAVEL_NEVER
                         : travel_ms[i] + geo_access_ms(places[i].distance_cm) +
                               geo_access_ms(places[TABLE_FROM].distance_cm)));
    }
}

/* By search alone, by a hierarchy of yesterday, and by one of now, both near and far. */
static void given_other_roads(struct geo_oracle *oracle, uint64_t *seed)
{
    const uint32_t way = geo_test_below(seed, 5);
    geo_test_roads_change(&roads, oracle, seed, GEO_PROFILE_COUNT, geo_test_below(seed, 9));
    if (way > 1) {
        geo_test_roads_follow(&roads);
    }
    search->around_nodes = way == 2 ? GEO_AROUND_NODES : way == 3 ? 10 : 0;
    struct geo_roads now = geo_test_roads_now(&roads);
    if (way == 0) {
        now = (struct geo_roads){.traffic = roads.traffic};
    }
    geo_search_follow(search, &now);
}

Test(geo_nearest, equals_the_textbook_on_random_cities)
{
    uint64_t seed = 20240611;
    uint32_t checked = 0;
    printf("geo_nearest seed %llu\n", (unsigned long long)seed);
    for (uint32_t city = 0; city < CITIES; city++) {
        const uint32_t units = city % 4 == 0 ? 6 : city % 4 == 2 ? 200 : 1500;
        far_out_of_ten = city % 4 == 3 ? 8 : 1;
        geo_test_map_random(&draft, &seed, SIDE);
        cr_assert(eq(int, geo_map_verify(&draft.map, NULL), GEO_OK));
        cr_assert(eq(int, geo_fleet_create(&draft.map, units, &fleet), GEO_OK));
        cr_assert(eq(int, geo_search_create(&draft.map, units, &search), GEO_OK));
        if (city % 2 == 0) {
            search->version = UINT32_MAX - 100; /* wraps on the way */
        }
        geo_test_roads_init(&roads, &draft.map);
        struct geo_oracle *oracle = geo_oracle_create(&draft.map);
        for (uint32_t i = 0; i < QUERIES * GEO_PROFILE_COUNT; i++) {
            if (i % 50 == 0) {
                given_random_fleet(&seed, units);
            }
            if (i % 4 == 3) {
                given_other_roads(oracle, &seed);
            }
            const struct geo_nearest_query query = {
                .at = i % 7 == 0 ? geo_fleet_get(fleet, i % units)->at : random_point(&seed),
                .profile = i % GEO_PROFILE_COUNT,
                .flags_any = geo_test_below(&seed, 3) == 0 ? 3 : 0,
                .flags_all = geo_test_below(&seed, 3) == 0 ? 4 : 0,
                .limit_ms = i % 4 == 0 ? geo_test_below(&seed, 300000) : LIMIT_MS,
                .hits_max = 1 + geo_test_below(&seed, 16),
            };
            expect_same_nearest(oracle, units, &query);
            expect_same_travel(oracle, random_point(&seed), &query);
            if (i % 5 == 0) {
                expect_same_reach(oracle, &query);
            }
            if (i % 20 == 7) {
                expect_same_table(&seed, query.profile);
            }
            checked++;
        }
        geo_oracle_destroy(oracle);
        tear_down();
    }
    cr_expect(eq(u32, checked, CITIES * QUERIES * GEO_PROFILE_COUNT));
}
