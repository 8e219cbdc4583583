#include "geo/geo_traffic.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct geo_traffic {
    const struct geo_map *map;
    uint32_t version;
    uint32_t profile_version[GEO_PROFILE_COUNT];
    uint32_t *times[GEO_PROFILE_COUNT];         /* edge * 2 + backward */
    uint32_t *edge_versions[GEO_PROFILE_COUNT]; /* edge */
    struct geo_arc *in_arcs;
};

static uint32_t map_ms(const struct geo_map *map, enum geo_profile profile, uint32_t edge,
                       bool backward)
{
    const struct geo_edge *record = &map->edges[edge];
    return backward ? record->backward_ms[profile] : record->forward_ms[profile];
}

enum geo_status geo_traffic_create(const struct geo_map *map, struct geo_traffic **out)
{
    assert(map != NULL);
    assert(out != NULL);

    *out = NULL;
    struct geo_traffic *traffic = calloc(1, sizeof *traffic);
    if (traffic == NULL) {
        return GEO_NO_MEMORY;
    }
    traffic->map = map;
    traffic->in_arcs = calloc((size_t)map->arc_count + 1u, sizeof *traffic->in_arcs);
    bool good = traffic->in_arcs != NULL;
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        const size_t edges = (size_t)map->edge_count + 1u;
        traffic->times[profile] = calloc(edges * 2u, sizeof *traffic->times[profile]);
        traffic->edge_versions[profile] = calloc(edges, sizeof *traffic->edge_versions[profile]);
        good = good && traffic->times[profile] != NULL && traffic->edge_versions[profile] != NULL;
    }
    if (!good) {
        geo_traffic_destroy(traffic);
        return GEO_NO_MEMORY;
    }
    memcpy(traffic->in_arcs, map->in_arcs, map->arc_count * sizeof *map->in_arcs);
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        for (uint32_t edge = 0; edge < map->edge_count; edge++) {
            traffic->times[profile][(size_t)edge * 2] = map_ms(map, profile, edge, false);
            traffic->times[profile][(size_t)edge * 2 + 1] = map_ms(map, profile, edge, true);
        }
    }
    *out = traffic;
    return GEO_OK;
}

void geo_traffic_destroy(struct geo_traffic *traffic)
{
    if (traffic == NULL) {
        return;
    }
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        free(traffic->times[profile]);
        free(traffic->edge_versions[profile]);
    }
    free(traffic->in_arcs);
    free(traffic);
}

static void set_arc(struct geo_traffic *traffic, const struct geo_traffic_change *change,
                    uint32_t travel_ms)
{
    const struct geo_map *map = traffic->map;
    const struct geo_edge *edge = &map->edges[change->edge];
    const uint32_t head = geo_edge_head(edge, change->backward);
    const uint32_t name = change->edge | (change->backward ? GEO_ARC_BACKWARD : 0);
    const uint32_t *first = map->in_first[change->profile];
    for (uint32_t i = first[head]; i < first[head + 1]; i++) {
        if (traffic->in_arcs[i].edge == name) {
            traffic->in_arcs[i].travel_ms = travel_ms;
        }
    }
}

void geo_traffic_apply(struct geo_traffic *traffic, const struct geo_traffic_change changes[],
                       uint32_t count)
{
    assert(traffic != NULL);
    assert(traffic->version < UINT32_MAX);

    traffic->version++;
    for (uint32_t i = 0; i < count; i++) {
        const struct geo_traffic_change *change = &changes[i];
        assert(change->edge < traffic->map->edge_count);
        assert(change->profile < GEO_PROFILE_COUNT);
        const uint32_t plain_ms =
            map_ms(traffic->map, change->profile, change->edge, change->backward);
        const uint32_t travel_ms = change->travel_ms == 0 ? plain_ms : change->travel_ms;
        uint32_t *now_ms = &traffic->times[change->profile][change->edge * 2u + change->backward];
        if (plain_ms == GEO_TRAVEL_NEVER || *now_ms == travel_ms) {
            continue;
        }
        *now_ms = travel_ms;
        traffic->edge_versions[change->profile][change->edge] = traffic->version;
        traffic->profile_version[change->profile] = traffic->version;
        set_arc(traffic, change, travel_ms);
    }
}

uint32_t geo_traffic_version(const struct geo_traffic *traffic)
{
    return traffic->version;
}

uint32_t geo_traffic_profile_version(const struct geo_traffic *traffic, enum geo_profile profile)
{
    return traffic->profile_version[profile];
}

uint32_t geo_traffic_pass_ms(const struct geo_traffic *traffic, const struct geo_map *map,
                             enum geo_profile profile, uint32_t edge, bool backward)
{
    assert(edge < map->edge_count);
    return traffic == NULL ? map_ms(map, profile, edge, backward)
                           : traffic->times[profile][edge * 2u + backward];
}

uint32_t geo_traffic_end_ms(const struct geo_traffic *traffic, const struct geo_map *map,
                            enum geo_profile profile, uint32_t edge, bool backward)
{
    const uint32_t pass_ms = geo_traffic_pass_ms(traffic, map, profile, edge, backward);
    return pass_ms != GEO_TRAVEL_NEVER ? pass_ms : map_ms(map, profile, edge, backward);
}

const uint32_t *geo_traffic_times(const struct geo_traffic *traffic, enum geo_profile profile)
{
    return traffic->times[profile];
}

const uint32_t *geo_traffic_edge_versions(const struct geo_traffic *traffic,
                                          enum geo_profile profile)
{
    return traffic->edge_versions[profile];
}

const struct geo_arc *geo_traffic_in_arcs(const struct geo_traffic *traffic)
{
    return traffic->in_arcs;
}
