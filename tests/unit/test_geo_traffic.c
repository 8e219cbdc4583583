/* geo_traffic: what the pace of a class makes of the map's times, and what closures make of both.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/geo_test_map.h"
#include "tests/support/geo_test_roads.h"

static struct geo_test_map draft;
static struct geo_test_roads roads;
static struct geo_oracle *oracle;
static struct geo_fleet *fleet;
static struct geo_search *search;
static uint64_t seed;

static void tear_down(void)
{
    geo_oracle_destroy(oracle);
    geo_fleet_destroy(fleet);
    geo_search_destroy(search);
    geo_test_roads_finish(&roads);
    geo_test_map_finish(&draft);
    oracle = NULL;
    fleet = NULL;
    search = NULL;
}

TestSuite(geo_traffic, .fini = tear_down, .timeout = 120);

static void given_city(void)
{
    seed = 24;
    printf("geo_traffic seed %llu\n", (unsigned long long)seed);
    geo_test_map_random(&draft, &seed, 10);
    for (uint32_t i = 0; i < draft.map.edge_count; i++) { /* every class somewhere */
        draft.edges[i].road_class = (uint8_t)geo_test_below(&seed, GEO_ROAD_CLASS_COUNT);
    }
    free(draft.bytes);
    geo_test_map_build(&draft);
    geo_test_roads_init(&roads, &draft.map);
}

static struct geo_pace random_pace(void)
{
    struct geo_pace pace = geo_pace_map();
    for (uint32_t i = 0; i < (uint32_t)GEO_PROFILE_COUNT * GEO_ROAD_CLASS_COUNT; i++) {
        const uint32_t percent =
            GEO_PACE_PERCENT_MIN +
            geo_test_below(&seed, GEO_PACE_PERCENT_MAX - GEO_PACE_PERCENT_MIN + 1u);
        pace.percent[i / GEO_ROAD_CLASS_COUNT][i % GEO_ROAD_CLASS_COUNT] = (uint16_t)percent;
    }
    return pace;
}

static uint32_t map_ms(enum geo_profile profile, uint32_t edge, bool backward)
{
    const struct geo_edge *record = &draft.map.edges[edge];
    return backward ? record->backward_ms[profile] : record->forward_ms[profile];
}

/* As the header says, in words of its own. */
static uint32_t right_ms(const struct geo_pace *pace, enum geo_profile profile, uint32_t edge,
                         bool backward)
{
    const struct geo_edge *record = &draft.map.edges[edge];
    const uint32_t plain_ms = map_ms(profile, edge, backward);
    const double percent = pace->percent[profile][record->road_class];
    if (plain_ms == GEO_TRAVEL_NEVER || plain_ms == 0) {
        return plain_ms;
    }
    const uint32_t slow_ms = (uint32_t)((double)plain_ms * 100.0 / percent + 0.5);
    const uint64_t fastest_ms = (uint64_t)record->length_cm * 1000u / GEO_PACE_CMPS_MAX + 1u;
    const uint32_t floor_ms = fastest_ms < plain_ms ? (uint32_t)fastest_ms : plain_ms;
    return percent > 100.0 && slow_ms < floor_ms ? floor_ms : slow_ms;
}

static void expect_paced(const struct geo_pace *pace)
{
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        for (uint32_t directed = 0; directed < draft.map.edge_count * 2u; directed++) {
            const uint32_t is = geo_traffic_pass_ms(roads.traffic, &draft.map, profile,
                                                    directed / 2u, directed % 2u != 0);
            cr_assert(eq(u32, is, right_ms(pace, profile, directed / 2u, directed % 2u != 0)));
        }
    }
}

/* The arcs that the reverse search reads say the same as the times. */
static void expect_arcs(void)
{
    const struct geo_arc *arcs = geo_traffic_in_arcs(roads.traffic);
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        const uint32_t *first = draft.map.in_first[profile];
        for (uint32_t i = first[0]; i < first[draft.map.node_count]; i++) {
            const uint32_t edge = arcs[i].edge & ~GEO_ARC_BACKWARD;
            const bool backward = (arcs[i].edge & GEO_ARC_BACKWARD) != 0;
            cr_assert(eq(u32, arcs[i].travel_ms,
                         geo_traffic_pass_ms(roads.traffic, &draft.map, profile, edge, backward)));
        }
    }
}

Test(geo_traffic, every_edge_takes_what_the_pace_of_its_class_says)
{
    given_city();
    for (uint32_t round = 0; round < 20; round++) {
        const struct geo_pace pace = random_pace();
        geo_traffic_set_pace(roads.traffic, &pace);
        expect_paced(&pace);
        expect_arcs();
        cr_expect(eq(u32, geo_traffic_version(roads.traffic), round + 1));
    }
    const struct geo_pace plain = geo_pace_map();
    geo_traffic_set_pace(roads.traffic, &plain);
    expect_paced(&plain);
}

Test(geo_traffic, a_closure_stays_through_a_change_of_pace_and_gives_way_to_it_when_lifted)
{
    given_city();
    const struct geo_pace slow = random_pace();
    const struct geo_pace other = random_pace();
    uint32_t edge = 0;
    while (map_ms(GEO_PROFILE_CAR, edge, false) == GEO_TRAVEL_NEVER) {
        edge++;
    }
    struct geo_traffic_change change = {edge, GEO_PROFILE_CAR, false, GEO_TRAVEL_NEVER};
    geo_traffic_set_pace(roads.traffic, &slow);
    geo_traffic_apply(roads.traffic, &change, 1);
    geo_traffic_set_pace(roads.traffic, &other);
    cr_expect(eq(u32, geo_traffic_pass_ms(roads.traffic, &draft.map, GEO_PROFILE_CAR, edge, false),
                 GEO_TRAVEL_NEVER));
    /* Somebody says as much as the map does: that is a change, too, and stays. */
    change.travel_ms = map_ms(GEO_PROFILE_CAR, edge, false);
    geo_traffic_apply(roads.traffic, &change, 1);
    geo_traffic_set_pace(roads.traffic, &slow);
    cr_expect(eq(u32, geo_traffic_pass_ms(roads.traffic, &draft.map, GEO_PROFILE_CAR, edge, false),
                 change.travel_ms));
    change.travel_ms = 0;
    geo_traffic_apply(roads.traffic, &change, 1);
    expect_paced(&slow);
    expect_arcs();
}

Test(geo_traffic, a_pace_that_changes_one_profile_leaves_the_others_current)
{
    given_city();
    geo_test_roads_follow(&roads);
    struct geo_pace pace = geo_pace_map();
    for (uint32_t i = 0; i < GEO_ROAD_CLASS_COUNT; i++) {
        pace.percent[GEO_PROFILE_CAR][i] = 50;
    }
    geo_traffic_set_pace(roads.traffic, &pace);
    cr_expect(not(geo_metric_current(roads.metrics[GEO_PROFILE_CAR], roads.traffic)));
    cr_expect(geo_metric_current(roads.metrics[GEO_PROFILE_FOOT], roads.traffic));
    geo_test_roads_follow(&roads);
    cr_expect(geo_metric_current(roads.metrics[GEO_PROFILE_CAR], roads.traffic));
}

static void given_fleet(void)
{
    cr_assert(eq(int, geo_fleet_create(&draft.map, 40, &fleet), GEO_OK));
    cr_assert(eq(int, geo_search_create(&draft.map, 40, &search), GEO_OK));
    oracle = geo_oracle_create(&draft.map);
    for (uint32_t id = 0; id < 40; id++) {
        const struct geo_place place = {.edge = geo_test_below(&seed, draft.map.edge_count),
                                        .fraction_e6 = geo_test_below(&seed, 1000001)};
        geo_fleet_define(fleet, id, (enum geo_profile)(id % GEO_PROFILE_COUNT), 1);
        geo_fleet_move(fleet, id, geo_map_place_point(&draft.map, place));
        geo_fleet_link(fleet, id, true);
    }
}

static void tell_oracle(const struct geo_pace *pace)
{
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        for (uint32_t directed = 0; directed < draft.map.edge_count * 2u; directed++) {
            geo_oracle_set_ms(oracle, profile, directed / 2u, directed % 2u != 0,
                              right_ms(pace, profile, directed / 2u, directed % 2u != 0));
        }
    }
}

Test(geo_traffic, the_nearest_at_any_pace_are_as_the_textbook_says)
{
    given_city();
    given_fleet();
    for (uint32_t round = 0; round < 120; round++) {
        const struct geo_pace pace = random_pace();
        geo_traffic_set_pace(roads.traffic, &pace);
        tell_oracle(&pace);
        if (round % 3 > 0) { /* by the reverse search, and by the hierarchy that has followed */
            geo_test_roads_follow(&roads);
        }
        const struct geo_roads now = geo_test_roads_now(&roads);
        geo_search_follow(search, &now);
        const struct geo_place place = {.edge = geo_test_below(&seed, draft.map.edge_count),
                                        .fraction_e6 = geo_test_below(&seed, 1000001)};
        const struct geo_nearest_query query = {.at = geo_map_place_point(&draft.map, place),
                                                .profile =
                                                    (enum geo_profile)(round % GEO_PROFILE_COUNT),
                                                .flags_any = 1,
                                                .limit_ms = 3600000,
                                                .hits_max = 8};
        struct geo_nearest_hit hits[8];
        struct geo_nearest_hit right[8];
        bool estimated = false;
        const uint32_t count = geo_nearest(search, &draft.map, fleet, &query, hits, &estimated);
        cr_assert(eq(u32, count, geo_oracle_nearest(oracle, fleet, 40, &query, right, &estimated)));
        for (uint32_t i = 0; i < count; i++) {
            cr_assert(eq(u32, hits[i].unit_id, right[i].unit_id));
            cr_assert(eq(u32, hits[i].travel_ms, right[i].travel_ms));
        }
    }
}
