/* geo_metric: what the hierarchy says is what plain Dijkstra says, whatever traffic did before. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "geo/geo_climb.h"
#include "tests/support/geo_oracle.h"
#include "tests/support/geo_test_map.h"
#include "tests/support/geo_test_roads.h"

#define SIDE   12u
#define SECOND 1000u

static struct geo_test_map draft;
static struct geo_test_roads roads;
static struct geo_oracle *oracle;
static struct geo_climb climb;
static uint64_t seed;

static void tear_down(void)
{
    geo_climb_finish(&climb);
    geo_oracle_destroy(oracle);
    geo_test_roads_finish(&roads);
    geo_test_map_finish(&draft);
    oracle = NULL;
}

TestSuite(geo_metric, .fini = tear_down, .timeout = 120);

static void given_city(void)
{
    seed = 135;
    printf("geo_metric seed %llu\n", (unsigned long long)seed);
    geo_test_map_random(&draft, &seed, SIDE);
    geo_test_roads_init(&roads, &draft.map);
    oracle = geo_oracle_create(&draft.map);
    cr_assert(geo_climb_init(&climb, draft.map.node_count));
}

/* A metric that never saw anything but the traffic of now. */
static void expect_as_new(enum geo_profile profile)
{
    struct geo_metric *fresh = NULL;
    cr_assert(eq(int, geo_metric_create(roads.cch, profile, &fresh), GEO_OK));
    geo_metric_follow(fresh, roads.traffic);
    for (uint32_t arc = 0; arc < roads.cch->arc_count; arc++) {
        cr_assert(eq(u32, roads.metrics[profile]->up_ms[arc], fresh->up_ms[arc]));
        cr_assert(eq(u32, roads.metrics[profile]->down_ms[arc], fresh->down_ms[arc]));
    }
    cr_expect(ge(u32, roads.metrics[profile]->speed_cmps, fresh->speed_cmps));
    geo_metric_destroy(fresh);
}

Test(geo_metric, a_few_changes_leave_what_a_whole_pass_would)
{
    given_city();
    geo_test_roads_follow(&roads);
    for (uint32_t round = 0; round < 150; round++) {
        const enum geo_profile profile = round % GEO_PROFILE_COUNT;
        geo_test_roads_change(&roads, NULL, &seed, profile, 1 + geo_test_below(&seed, 12));
        geo_metric_follow(roads.metrics[profile], roads.traffic);
        expect_as_new(profile);
    }
}

Test(geo_metric, as_many_changes_as_go_one_by_one_and_one_more)
{
    given_city();
    for (uint32_t more = 0; more < 2; more++) {
        geo_test_roads_follow(&roads);
        for (uint32_t edge = 0; edge < GEO_METRIC_PARTIAL_MAX + more; edge++) {
            const struct geo_traffic_change change = {edge, GEO_PROFILE_CAR, false,
                                                      (5 + more) * SECOND};
            geo_traffic_apply(roads.traffic, &change, 1);
        }
        geo_metric_follow(roads.metrics[GEO_PROFILE_CAR], roads.traffic);
        expect_as_new(GEO_PROFILE_CAR);
    }
}

/* Other roads, and a climb from a random edge's end; the right times of every node. */
static const uint64_t *given_climb(enum geo_profile profile, uint32_t bound_ms)
{
    geo_test_roads_change(&roads, oracle, &seed, profile, geo_test_below(&seed, 20));
    geo_test_roads_follow(&roads);
    const uint32_t edge = geo_test_below(&seed, draft.map.edge_count);
    const struct geo_edge *record = &draft.map.edges[edge];
    const struct geo_climb_seed seeds[2] = {
        {record->from, record->forward_ms[profile] != GEO_TRAVEL_NEVER ? 0 : GEO_METRIC_NEVER},
        {record->back_from, geo_traffic_end_ms(roads.traffic, &draft.map, profile, edge, true)}};
    geo_climb_start(&climb, roads.metrics[profile], seeds, bound_ms);
    return geo_oracle_run(oracle, profile, (struct geo_place){.edge = edge, .fraction_e6 = 0});
}

Test(geo_metric, every_node_to_any_place_is_as_the_textbook_says)
{
    given_city();
    for (uint32_t round = 0; round < 60; round++) {
        const uint64_t *right = given_climb(round % GEO_PROFILE_COUNT, GEO_METRIC_NEVER - 1u);
        for (uint32_t node = 0; node < draft.map.node_count; node++) {
            const uint32_t travel_ms = geo_climb_ms(&climb, node, GEO_METRIC_NEVER - 1u);
            cr_assert(
                eq(u64, travel_ms < GEO_METRIC_NEVER ? travel_ms : GEO_ORACLE_NEVER, right[node]));
        }
    }
}

Test(geo_metric, within_any_bound_it_is_the_same_and_beyond_it_nothing)
{
    given_city();
    for (uint32_t round = 0; round < 60; round++) {
        const uint32_t bound_ms = geo_test_below(&seed, 600000);
        const uint64_t *right = given_climb(round % GEO_PROFILE_COUNT, bound_ms);
        for (uint32_t i = 0; i < 4u * draft.map.node_count; i++) {
            const uint32_t node = geo_test_below(&seed, draft.map.node_count);
            const uint32_t asked_ms = geo_test_below(&seed, bound_ms + 1u);
            const uint64_t travel_ms = right[node] <= asked_ms ? right[node] : GEO_METRIC_NEVER;
            cr_assert(eq(u64, geo_climb_ms(&climb, node, asked_ms), travel_ms));
        }
    }
}

Test(geo_metric, it_is_of_now_until_its_profile_changes)
{
    given_city();
    const struct geo_metric *car = roads.metrics[GEO_PROFILE_CAR];
    cr_expect(not(geo_metric_current(car, roads.traffic)));
    geo_test_roads_follow(&roads);
    cr_expect(geo_metric_current(car, roads.traffic));
    const struct geo_traffic_change walk = {0, GEO_PROFILE_FOOT, false, 77};
    geo_traffic_apply(roads.traffic, &walk, 1);
    cr_expect(geo_metric_current(car, roads.traffic));
    cr_expect(not(geo_metric_current(roads.metrics[GEO_PROFILE_FOOT], roads.traffic)));
    const struct geo_traffic_change drive = {0, GEO_PROFILE_CAR, false, 77};
    geo_traffic_apply(roads.traffic, &drive, 1);
    cr_expect(not(geo_metric_current(car, roads.traffic)));
}

static uint32_t *copy_of(const uint32_t from[], uint32_t count)
{
    uint32_t *copy = malloc(count * sizeof *copy);
    cr_assert(copy != NULL);
    memcpy(copy, from, count * sizeof *copy);
    return copy;
}

/* One number of an array of the map is another one; is the hierarchy refused? */
static bool refused_with(const uint32_t **array, uint32_t count, uint32_t index, uint32_t value)
{
    const uint32_t *right = *array;
    uint32_t *wrong = copy_of(right, count);
    wrong[index] = value;
    *array = wrong;
    struct geo_cch *cch = NULL;
    const enum geo_status status = geo_cch_create(&draft.map, &cch);
    cr_assert(status == GEO_OK || (status == GEO_BAD_SECTION && cch == NULL));
    geo_cch_destroy(cch);
    *array = right;
    free(wrong);
    return status != GEO_OK;
}

Test(geo_metric, a_hierarchy_that_points_out_of_itself_is_refused)
{
    given_city();
    struct geo_map *map = &draft.map;
    const uint32_t nodes = map->node_count;
    const uint32_t arcs = map->cch_arc_count;
    const uint32_t middle = nodes / 2u;
    cr_expect(refused_with(&map->cch_up_first, nodes + 1u, 0, 1));
    cr_expect(refused_with(&map->cch_up_first, nodes + 1u, nodes, arcs - 1u));
    cr_expect(refused_with(&map->cch_up_first, nodes + 1u, middle, arcs + 1u));
    cr_expect(refused_with(&map->cch_up_first, nodes + 1u, middle, 0));
    cr_expect(refused_with(&map->cch_rank, nodes, middle, nodes));
    cr_expect(refused_with(&map->cch_up_head, arcs, 0, 0));
    cr_expect(refused_with(&map->cch_up_head, arcs, 0, nodes));
    cr_expect(refused_with(&map->cch_edge, map->edge_count * 2u, 0, arcs));
    printf("geo_metric seed %llu\n", (unsigned long long)seed);
    uint32_t refused = 0;
    for (uint32_t i = 0; i < 300; i++) { /* a triangle without its third side */
        refused += refused_with(&map->cch_up_head, arcs, geo_test_below(&seed, arcs),
                                geo_test_below(&seed, nodes));
    }
    cr_expect(ge(u32, refused, 250));
}

/* Four corners of a block; each way round 0 -> 1 -> 2 or 0 -> 3 -> 2. */
static void given_block(void)
{
    geo_test_map_init(&draft);
    const struct geo_point corners[] = {{411500000, -86100000},
                                        {411500000, -86080000},
                                        {411520000, -86080000},
                                        {411520000, -86100000}};
    for (uint32_t i = 0; i < 4; i++) {
        (void)geo_test_map_node(&draft, corners[i]);
    }
    (void)geo_test_map_edge(&draft, 0, 1, 10 * SECOND, 10 * SECOND);
    (void)geo_test_map_edge(&draft, 1, 2, 10 * SECOND, 10 * SECOND);
    (void)geo_test_map_edge(&draft, 0, 3, 30 * SECOND, 30 * SECOND);
    (void)geo_test_map_edge(&draft, 3, 2, 30 * SECOND, 30 * SECOND);
    geo_test_map_build(&draft);
    geo_test_roads_init(&roads, &draft.map);
    cr_assert(geo_climb_init(&climb, 4));
}

static uint32_t from_0_to_2_ms(void)
{
    const struct geo_climb_seed seeds[2] = {{2, 0}, {2, 0}};
    geo_test_roads_follow(&roads);
    geo_climb_start(&climb, roads.metrics[GEO_PROFILE_CAR], seeds, GEO_METRIC_NEVER - 1u);
    return geo_climb_ms(&climb, 0, GEO_METRIC_NEVER - 1u);
}

Test(geo_metric, a_closed_road_is_gone_round_and_comes_back)
{
    given_block();
    cr_expect(eq(u32, from_0_to_2_ms(), 20 * SECOND));
    struct geo_traffic_change change = {1, GEO_PROFILE_CAR, false, GEO_TRAVEL_NEVER};
    geo_traffic_apply(roads.traffic, &change, 1);
    cr_expect(eq(u32, from_0_to_2_ms(), 60 * SECOND));
    change.edge = 2;
    geo_traffic_apply(roads.traffic, &change, 1);
    cr_expect(eq(u32, from_0_to_2_ms(), GEO_METRIC_NEVER));
    change = (struct geo_traffic_change){1, GEO_PROFILE_CAR, false, 0};
    geo_traffic_apply(roads.traffic, &change, 1);
    cr_expect(eq(u32, from_0_to_2_ms(), 20 * SECOND));
}

Test(geo_metric, what_the_map_closes_traffic_does_not_open)
{
    given_block();
    struct geo_edge *edges =
        (void *)(draft.bytes + geo_test_map_section(draft.bytes, GEO_SECTION_EDGE)->offset);
    edges[0].forward_ms[GEO_PROFILE_CAR] = GEO_TRAVEL_NEVER;
    geo_test_roads_finish(&roads);
    geo_test_roads_init(&roads, &draft.map);
    const struct geo_traffic_change change = {0, GEO_PROFILE_CAR, false, 5};
    geo_traffic_apply(roads.traffic, &change, 1);
    cr_expect(eq(u32, geo_traffic_version(roads.traffic), 1));
    cr_expect(eq(u32, geo_traffic_profile_version(roads.traffic, GEO_PROFILE_CAR), 0));
    cr_expect(eq(u32, from_0_to_2_ms(), 60 * SECOND));
}

Test(geo_metric, twelve_days_are_no_way)
{
    given_block();
    const struct geo_traffic_change changes[] = {
        {0, GEO_PROFILE_CAR, false, GEO_METRIC_NEVER - 1u - 10 * SECOND},
        {2, GEO_PROFILE_CAR, false, GEO_TRAVEL_NEVER - 1u}};
    geo_traffic_apply(roads.traffic, changes, 2);
    cr_expect(eq(u32, from_0_to_2_ms(), GEO_METRIC_NEVER - 1u));
    const struct geo_traffic_change longer = {1, GEO_PROFILE_CAR, false, 10 * SECOND + 1u};
    geo_traffic_apply(roads.traffic, &longer, 1);
    cr_expect(eq(u32, from_0_to_2_ms(), GEO_METRIC_NEVER));
}
