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
    uint8_t *changed[GEO_PROFILE_COUNT];        /* edge * 2 + backward: a change is in force */
    struct geo_arc *in_arcs;
    struct geo_pace pace;
};

static uint32_t map_ms(const struct geo_map *map, enum geo_profile profile, uint32_t edge,
                       bool backward)
{
    const struct geo_edge *record = &map->edges[edge];
    return backward ? record->backward_ms[profile] : record->forward_ms[profile];
}

struct geo_pace geo_pace_map(void)
{
    struct geo_pace pace;
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        for (uint32_t road_class = 0; road_class < GEO_ROAD_CLASS_COUNT; road_class++) {
            pace.percent[profile][road_class] = 100;
        }
    }
    return pace;
}

/* The map's time at the pace. A turn, which takes none, and what is closed stay so; a road is not
 * made faster than GEO_PACE_CMPS_MAX, if the map does not say so itself. */
static uint32_t paced_ms(const struct geo_traffic *traffic, enum geo_profile profile, uint32_t edge,
                         bool backward)
{
    const struct geo_edge *record = &traffic->map->edges[edge];
    const uint32_t plain_ms = map_ms(traffic->map, profile, edge, backward);
    const uint32_t percent = record->road_class < GEO_ROAD_CLASS_COUNT
                                 ? traffic->pace.percent[profile][record->road_class]
                                 : 100;
    if (plain_ms == GEO_TRAVEL_NEVER || plain_ms == 0 || percent == 100) {
        return plain_ms;
    }
    const uint64_t travel_ms = ((uint64_t)plain_ms * 100u + percent / 2u) / percent;
    const uint64_t least_ms = (uint64_t)record->length_cm * 1000u / GEO_PACE_CMPS_MAX + 1u;
    if (percent > 100 && travel_ms < least_ms) {
        return least_ms < plain_ms ? (uint32_t)least_ms : plain_ms;
    }
    return travel_ms < GEO_TRAVEL_NEVER ? (uint32_t)travel_ms : GEO_TRAVEL_NEVER - 1u;
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
    traffic->pace = geo_pace_map();
    traffic->in_arcs = calloc((size_t)map->arc_count + 1u, sizeof *traffic->in_arcs);
    bool good = traffic->in_arcs != NULL;
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        const size_t edges = (size_t)map->edge_count + 1u;
        traffic->times[profile] = calloc(edges * 2u, sizeof *traffic->times[profile]);
        traffic->edge_versions[profile] = calloc(edges, sizeof *traffic->edge_versions[profile]);
        traffic->changed[profile] = calloc(edges * 2u, sizeof *traffic->changed[profile]);
        good = good && traffic->times[profile] != NULL && traffic->edge_versions[profile] != NULL &&
               traffic->changed[profile] != NULL;
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
        free(traffic->changed[profile]);
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
        const size_t directed = (size_t)change->edge * 2u + change->backward;
        uint32_t *now_ms = &traffic->times[change->profile][directed];
        const uint32_t travel_ms =
            change->travel_ms != 0
                ? change->travel_ms
                : paced_ms(traffic, change->profile, change->edge, change->backward);
        traffic->changed[change->profile][directed] = change->travel_ms != 0;
        if (plain_ms == GEO_TRAVEL_NEVER || *now_ms == travel_ms) {
            continue;
        }
        *now_ms = travel_ms;
        traffic->edge_versions[change->profile][change->edge] = traffic->version;
        traffic->profile_version[change->profile] = traffic->version;
        set_arc(traffic, change, travel_ms);
    }
}

static void pace_profile(struct geo_traffic *traffic, enum geo_profile profile)
{
    const struct geo_map *map = traffic->map;
    uint32_t *times = traffic->times[profile];
    for (size_t directed = 0; directed < (size_t)map->edge_count * 2u; directed++) {
        const uint32_t edge = (uint32_t)(directed / 2u);
        if (traffic->changed[profile][directed] != 0) {
            continue;
        }
        const uint32_t travel_ms = paced_ms(traffic, profile, edge, directed % 2u != 0);
        if (times[directed] != travel_ms) {
            times[directed] = travel_ms;
            traffic->edge_versions[profile][edge] = traffic->version;
            traffic->profile_version[profile] = traffic->version;
        }
    }
    if (traffic->profile_version[profile] != traffic->version) {
        return;
    }
    for (uint32_t i = map->in_first[profile][0]; i < map->in_first[profile][map->node_count]; i++) {
        const uint32_t name = traffic->in_arcs[i].edge;
        const size_t edge = name & ~GEO_ARC_BACKWARD;
        traffic->in_arcs[i].travel_ms = times[edge * 2u + ((name & GEO_ARC_BACKWARD) != 0)];
    }
}

void geo_traffic_set_pace(struct geo_traffic *traffic, const struct geo_pace *pace)
{
    assert(traffic != NULL);
    assert(traffic->version < UINT32_MAX);

    traffic->version++;
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        for (uint32_t road_class = 0; road_class < GEO_ROAD_CLASS_COUNT; road_class++) {
            assert(pace->percent[profile][road_class] >= GEO_PACE_PERCENT_MIN);
            assert(pace->percent[profile][road_class] <= GEO_PACE_PERCENT_MAX);
        }
        if (memcmp(pace->percent[profile], traffic->pace.percent[profile],
                   sizeof pace->percent[profile]) != 0) {
            memcpy(traffic->pace.percent[profile], pace->percent[profile],
                   sizeof pace->percent[profile]);
            pace_profile(traffic, profile);
        }
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
