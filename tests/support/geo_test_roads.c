#include "tests/support/geo_test_roads.h"

#include <assert.h>

#include "tests/support/geo_test_map.h"

static void must(enum geo_status status)
{
    assert(status == GEO_OK);
    (void)status;
}

void geo_test_roads_init(struct geo_test_roads *roads, const struct geo_map *map)
{
    *roads = (struct geo_test_roads){0};
    must(geo_cch_create(map, &roads->cch));
    must(geo_traffic_create(map, &roads->traffic));
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        must(geo_metric_create(roads->cch, profile, &roads->metrics[profile]));
    }
}

void geo_test_roads_finish(struct geo_test_roads *roads)
{
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        geo_metric_destroy(roads->metrics[profile]);
    }
    geo_traffic_destroy(roads->traffic);
    geo_cch_destroy(roads->cch);
    *roads = (struct geo_test_roads){0};
}

void geo_test_roads_change(struct geo_test_roads *roads, struct geo_oracle *oracle, uint64_t *seed,
                           enum geo_profile profile, uint32_t count)
{
    const struct geo_map *map = roads->cch->map;
    struct geo_traffic_change changes[64];
    assert(count <= 64);
    for (uint32_t i = 0; i < count; i++) {
        const enum geo_profile chosen =
            profile < GEO_PROFILE_COUNT ? profile : geo_test_below(seed, GEO_PROFILE_COUNT);
        const uint32_t edge = geo_test_below(seed, map->edge_count);
        const bool backward = geo_test_below(seed, 2) != 0;
        const uint32_t plain_ms =
            backward ? map->edges[edge].backward_ms[chosen] : map->edges[edge].forward_ms[chosen];
        const uint32_t kind = geo_test_below(seed, 4);
        const uint32_t travel_ms = kind == 0   ? 0
                                   : kind == 1 ? 1 + geo_test_below(seed, 60000)
                                               : GEO_TRAVEL_NEVER;
        changes[i] = (struct geo_traffic_change){edge, chosen, backward, travel_ms};
        if (oracle != NULL && plain_ms != GEO_TRAVEL_NEVER) {
            geo_oracle_set_ms(oracle, chosen, edge, backward,
                              travel_ms == 0 ? plain_ms : travel_ms);
        }
    }
    geo_traffic_apply(roads->traffic, changes, count);
}

void geo_test_roads_follow(struct geo_test_roads *roads)
{
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        geo_metric_follow(roads->metrics[profile], roads->traffic);
    }
}

struct geo_roads geo_test_roads_now(const struct geo_test_roads *roads)
{
    struct geo_roads now = {.traffic = roads->traffic};
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        now.metrics[profile] = roads->metrics[profile];
    }
    return now;
}
