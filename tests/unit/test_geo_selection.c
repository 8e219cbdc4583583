/* geo_selection: from places that stand to one, what plain Dijkstra says, whatever was followed. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>

#include "geo/geo_selection.h"
#include "tests/support/geo_oracle.h"
#include "tests/support/geo_test_map.h"
#include "tests/support/geo_test_roads.h"

#define SIDE   12u
#define CITIES 6u
#define ROUNDS 12u
#define ASKED  6u
#define PLACES 40u

static struct geo_test_map draft;
static struct geo_test_roads roads;
static struct geo_oracle *oracle;
static struct geo_search *search;
static struct geo_selection *selection;
static struct geo_place places[PLACES];
static uint32_t travel_ms[PLACES];

static void finish_city(void)
{
    geo_selection_destroy(selection);
    geo_search_destroy(search);
    geo_oracle_destroy(oracle);
    geo_test_roads_finish(&roads);
    geo_test_map_finish(&draft);
    selection = NULL;
    search = NULL;
    oracle = NULL;
}

TestSuite(geo_selection, .fini = finish_city, .timeout = 120);

/* Anywhere on an edge of the profile, one in four on a crossing. */
static struct geo_place random_place(uint64_t *seed, enum geo_profile profile)
{
    for (;;) {
        const uint32_t edge = geo_test_below(seed, draft.map.edge_count);
        if ((draft.map.edges[edge].component >> profile & 1u) != 0) {
            const uint32_t part = geo_test_below(seed, 8);
            return (struct geo_place){
                edge, part > 1 ? geo_test_below(seed, 1000001) : part * 1000000u, 0};
        }
    }
}

static void given_city(uint64_t *seed, enum geo_profile profile, uint32_t count)
{
    geo_test_map_random(&draft, seed, SIDE);
    geo_test_roads_init(&roads, &draft.map);
    geo_test_roads_follow(&roads);
    oracle = geo_oracle_create(&draft.map);
    cr_assert(eq(int, geo_search_create(&draft.map, 1, &search), GEO_OK));
    const struct geo_roads now = geo_test_roads_now(&roads);
    geo_search_follow(search, &now);
    for (uint32_t i = 0; i < count; i++) {
        places[i] = random_place(seed, profile);
    }
    cr_assert(eq(int, geo_selection_create(roads.cch, profile, places, count, &selection), GEO_OK));
}

static void expect_as_the_textbook(enum geo_profile profile, uint32_t count, struct geo_place to)
{
    geo_selection_table_ms(selection, search, to, travel_ms);
    (void)geo_oracle_run(oracle, profile, to);
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t right_ms = geo_oracle_road_ms(oracle, places[i]);
        cr_assert(eq(u32, travel_ms[i],
                     right_ms < GEO_METRIC_NEVER ? (uint32_t)right_ms : GEO_TRAVEL_NEVER));
    }
}

/* Nothing followed, the metric, or the metric and the selection. */
static void given_other_roads(uint64_t *seed, enum geo_profile profile)
{
    geo_test_roads_change(&roads, oracle, seed, profile, geo_test_below(seed, 12));
    const uint32_t followed = geo_test_below(seed, 4);
    if (followed > 0) {
        geo_test_roads_follow(&roads);
    }
    if (followed > 1) {
        geo_selection_follow(selection, roads.metrics[profile], roads.traffic);
    }
}

Test(geo_selection, equals_the_textbook_on_random_cities)
{
    uint64_t seed = 20261130;
    printf("geo_selection seed %llu\n", (unsigned long long)seed);
    for (uint32_t city = 0; city < CITIES; city++) {
        const enum geo_profile profile = geo_test_below(&seed, GEO_PROFILE_COUNT);
        const uint32_t count = city == 0 ? 1 : 1 + geo_test_below(&seed, PLACES);
        given_city(&seed, profile, count);
        for (uint32_t round = 0; round < ROUNDS; round++) {
            given_other_roads(&seed, profile);
            for (uint32_t i = 0; i < ASKED; i++) {
                expect_as_the_textbook(profile, count, random_place(&seed, profile));
            }
            /* on the edge of one of them */
            struct geo_place near = places[geo_test_below(&seed, count)];
            near.fraction_e6 = geo_test_below(&seed, 1000001);
            expect_as_the_textbook(profile, count, near);
        }
        finish_city();
    }
}

Test(geo_selection, of_yesterday_is_not_asked)
{
    uint64_t seed = 7;
    given_city(&seed, GEO_PROFILE_CAR, PLACES);
    geo_selection_follow(selection, roads.metrics[GEO_PROFILE_CAR], roads.traffic);
    const struct geo_place to = random_place(&seed, GEO_PROFILE_CAR);
    expect_as_the_textbook(GEO_PROFILE_CAR, PLACES, to);

    for (uint32_t edge = 0; edge < draft.map.edge_count; edge++) { /* all but the place's own */
        const bool open = edge == to.edge;
        const struct geo_traffic_change changes[2] = {
            {edge, GEO_PROFILE_CAR, false, open ? 0 : GEO_TRAVEL_NEVER},
            {edge, GEO_PROFILE_CAR, true, open ? 0 : GEO_TRAVEL_NEVER}};
        geo_traffic_apply(roads.traffic, changes, 2);
        for (uint32_t backward = 0; backward < 2; backward++) {
            const uint32_t plain_ms =
                geo_traffic_pass_ms(NULL, &draft.map, GEO_PROFILE_CAR, edge, backward != 0);
            geo_oracle_set_ms(oracle, GEO_PROFILE_CAR, edge, backward != 0,
                              open ? plain_ms : GEO_TRAVEL_NEVER);
        }
    }
    expect_as_the_textbook(GEO_PROFILE_CAR, PLACES, to); /* neither has followed */
    geo_test_roads_follow(&roads);
    expect_as_the_textbook(GEO_PROFILE_CAR, PLACES, to); /* the metric has */
    geo_selection_follow(selection, roads.metrics[GEO_PROFILE_CAR], roads.traffic);
    expect_as_the_textbook(GEO_PROFILE_CAR, PLACES, to);
}

Test(geo_selection, of_other_roads_than_a_search_without_traffic_is_not_asked)
{
    uint64_t seed = 11;
    given_city(&seed, GEO_PROFILE_CAR, PLACES);
    geo_selection_follow(selection, roads.metrics[GEO_PROFILE_CAR], roads.traffic);
    geo_search_follow(search, &(struct geo_roads){0});

    expect_as_the_textbook(GEO_PROFILE_CAR, PLACES, random_place(&seed, GEO_PROFILE_CAR));
}
