/* geo_route: the way is one that may be driven, and takes exactly what geo_travel_ms() says. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "geo/geo_route.h"
#include "tests/support/geo_oracle.h"
#include "tests/support/geo_test_map.h"
#include "tests/support/geo_test_roads.h"

#define SIDE     14u
#define LIMIT_MS (GEO_TRAVEL_NEVER - 1u)

static struct geo_test_map draft;
static struct geo_test_roads roads;
static struct geo_oracle *oracle;
static struct geo_search *search;
static uint32_t *directed;

static void tear_down(void)
{
    free(directed);
    geo_search_destroy(search);
    geo_oracle_destroy(oracle);
    geo_test_roads_finish(&roads);
    geo_test_map_finish(&draft);
    directed = NULL;
    search = NULL;
    oracle = NULL;
}

TestSuite(geo_route, .fini = tear_down, .timeout = 120);

static void given_city(uint64_t *seed)
{
    geo_test_map_random(&draft, seed, SIDE);
    geo_test_roads_init(&roads, &draft.map);
    oracle = geo_oracle_create(&draft.map);
    cr_assert(eq(int, geo_search_create(&draft.map, 1, &search), GEO_OK));
    directed = calloc(GEO_ROUTE_EDGES_MAX, sizeof *directed);
}

static struct geo_point random_point(uint64_t *seed)
{
    const struct geo_place place = {geo_test_below(seed, draft.map.edge_count),
                                    geo_test_below(seed, 1000001), 0};
    return geo_map_place_point(&draft.map, place);
}

/* The parts of the way, added up by the rules of geo_nearest.h; each begins where the one before
 * ended. */
static uint64_t driven_ms(const struct geo_route *route, enum geo_profile profile)
{
    uint64_t sum_ms = 0;
    for (uint32_t i = 0; i < route->edge_count; i++) {
        const uint32_t edge = route->directed[i] / 2u;
        const bool backward = route->directed[i] % 2u != 0;
        const bool is_end = i == 0 || i + 1u == route->edge_count;
        const uint32_t whole_ms =
            is_end ? geo_traffic_end_ms(roads.traffic, &draft.map, profile, edge, backward)
                   : geo_traffic_pass_ms(roads.traffic, &draft.map, profile, edge, backward);
        cr_assert(ne(u32, whole_ms, GEO_TRAVEL_NEVER));
        uint64_t start_ms = backward ? whole_ms : 0;
        uint64_t end_ms = backward ? 0 : whole_ms;
        if (i == 0) {
            start_ms = (uint64_t)whole_ms * route->from.fraction_e6 / 1000000u;
        }
        if (i + 1u == route->edge_count) {
            end_ms = (uint64_t)whole_ms * route->to.fraction_e6 / 1000000u;
        }
        cr_assert(backward ? start_ms >= end_ms : start_ms <= end_ms);
        sum_ms += backward ? start_ms - end_ms : end_ms - start_ms;
        if (i > 0) {
            const uint32_t before = route->directed[i - 1];
            cr_assert(eq(u32, geo_edge_head(&draft.map.edges[before / 2u], before % 2u != 0),
                         geo_edge_tail(&draft.map.edges[edge], backward)));
        }
    }
    return sum_ms + geo_access_ms(route->from.distance_cm) + geo_access_ms(route->to.distance_cm);
}

/* The line has no gaps, and starts and ends at the places. */
static void expect_line(const struct geo_route *route)
{
    struct geo_point points[64];
    struct geo_point last = geo_map_place_point(&draft.map, route->from);
    for (uint32_t i = 0; i < route->edge_count; i++) {
        const uint32_t count = geo_route_points(&draft.map, route, i, points, 64);
        cr_assert(ge(u32, count, 2));
        cr_assert(le(u64, geo_distance_cm(last, points[0]), 2));
        last = points[count - 1];
        const uint32_t whole_cm = draft.map.edges[route->directed[i] / 2u].length_cm;
        const uint32_t length_cm = geo_route_length_cm(&draft.map, route, i);
        const bool is_end = i == 0 || i + 1u == route->edge_count;
        cr_assert(is_end ? length_cm <= whole_cm : length_cm == whole_cm);
    }
    cr_assert(le(u64, geo_distance_cm(last, geo_map_place_point(&draft.map, route->to)), 2));
}

Test(geo_route, the_way_takes_what_the_textbook_says)
{
    uint64_t seed = 7;
    uint32_t found = 0;
    printf("geo_route seed %llu\n", (unsigned long long)seed);
    for (uint32_t city = 0; city < 4; city++) {
        given_city(&seed);
        for (uint32_t i = 0; i < 400; i++) {
            const enum geo_profile profile = i % GEO_PROFILE_COUNT;
            if (i % 20 == 0) {
                geo_test_roads_change(&roads, oracle, &seed, GEO_PROFILE_COUNT, 20);
                geo_test_roads_follow(&roads);
                const struct geo_roads now = geo_test_roads_now(&roads);
                geo_search_follow(search, &now);
            }
            const struct geo_point from = random_point(&seed);
            const struct geo_point to = i % 9 == 0 ? from : random_point(&seed);
            bool estimated = false;
            const uint32_t right_ms =
                geo_oracle_travel_ms(oracle, from, to, profile, LIMIT_MS, &estimated);
            struct geo_route route = {.directed = directed};
            const enum geo_status status =
                geo_route_find(search, &draft.map, profile, from, to, &route);
            if (estimated || right_ms == GEO_TRAVEL_NEVER) {
                cr_assert(eq(int, status, GEO_NOT_FOUND));
                continue;
            }
            cr_assert(eq(int, status, GEO_OK));
            cr_assert(eq(u32, route.travel_ms, right_ms));
            cr_assert(eq(u64, driven_ms(&route, profile), right_ms));
            expect_line(&route);
            found++;
        }
        tear_down();
    }
    cr_expect(ge(u32, found, 1000));
}

Test(geo_route, while_the_hierarchy_is_weighed_anew_it_says_so)
{
    uint64_t seed = 8;
    given_city(&seed);
    struct geo_route route = {.directed = directed};
    const struct geo_point at = random_point(&seed);
    const struct geo_roads now = geo_test_roads_now(&roads);
    geo_search_follow(search, &now);
    cr_expect(
        eq(int, geo_route_find(search, &draft.map, GEO_PROFILE_CAR, at, at, &route), GEO_BUSY));
    geo_test_roads_follow(&roads);
    cr_expect(eq(int, geo_route_find(search, &draft.map, GEO_PROFILE_CAR, at, at, &route), GEO_OK));
    cr_expect(eq(u32, route.travel_ms, geo_access_ms(route.to.distance_cm) * 2u));
}

Test(geo_route, from_where_there_is_no_road_there_is_none)
{
    uint64_t seed = 9;
    given_city(&seed);
    geo_test_roads_follow(&roads);
    const struct geo_roads now = geo_test_roads_now(&roads);
    geo_search_follow(search, &now);
    struct geo_route route = {.directed = directed};
    const struct geo_point at = random_point(&seed);
    const struct geo_point sea = {-at.lat_e7, at.lon_e7};
    cr_expect(eq(int, geo_route_find(search, &draft.map, GEO_PROFILE_CAR, sea, at, &route),
                 GEO_NOT_FOUND));
    cr_expect(eq(int, geo_route_find(search, &draft.map, GEO_PROFILE_CAR, at, sea, &route),
                 GEO_NOT_FOUND));
}
