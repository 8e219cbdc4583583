#include "geo/geo_route.h"

#include <assert.h>

#include "geo/geo_ranking.h"

#define WHOLE_E6 1000000u

/* An arc of the hierarchy and which way: bit 31 says from its upper to its lower end. */
#define WAY_DOWN 0x80000000u

struct unpacking {
    const struct geo_metric *metric;
    struct geo_route *route;
    uint32_t *stack; /* of ways, the next one on top */
    uint32_t stack_max, depth;
};

static uint32_t way_ms(const struct geo_metric *metric, uint32_t way)
{
    return (way & WAY_DOWN) != 0 ? metric->down_ms[way & ~WAY_DOWN] : metric->up_ms[way];
}

/* The road on the arc that takes exactly this long; false: it goes over a lower rank. */
static bool find_road(const struct geo_metric *metric, const struct geo_traffic *traffic,
                      uint32_t way, uint32_t *directed)
{
    const struct geo_cch *cch = metric->cch;
    const uint32_t arc = way & ~WAY_DOWN;
    const uint32_t *times = geo_traffic_times(traffic, metric->profile);
    for (uint32_t i = cch->road_first[arc]; i < cch->road_first[arc + 1]; i++) {
        const uint32_t road = cch->roads[i];
        const bool down = (cch->edge_arc[road] & GEO_CCH_DOWN) != 0;
        if (down == ((way & WAY_DOWN) != 0) && times[road] == way_ms(metric, way)) {
            *directed = road;
            return true;
        }
    }
    return false;
}

/* The two ways over a lower rank that take exactly this long: first in *to, then in *on. */
static bool find_triangle(const struct geo_metric *metric, uint32_t way, uint32_t *to, uint32_t *on)
{
    const struct geo_cch *cch = metric->cch;
    const uint32_t arc = way & ~WAY_DOWN;
    const bool down = (way & WAY_DOWN) != 0;
    const uint32_t low = cch->tail[arc];
    const uint32_t high = cch->up_head[arc];
    for (uint32_t i = cch->down_first[low]; i < cch->down_first[low + 1]; i++) {
        const uint32_t to_low = cch->down_arc[i];
        const uint32_t end = cch->up_first[cch->tail[to_low] + 1];
        uint32_t to_high = to_low + 1;
        while (to_high < end && cch->up_head[to_high] < high) {
            to_high++;
        }
        if (to_high == end || cch->up_head[to_high] != high) {
            continue;
        }
        *to = (down ? to_high : to_low) | WAY_DOWN;
        *on = down ? to_low : to_high;
        if (way_ms(metric, *to) + way_ms(metric, *on) == way_ms(metric, way)) {
            return true;
        }
    }
    return false;
}

static bool add_edge(struct geo_route *route, uint32_t directed)
{
    if (route->edge_count == GEO_ROUTE_EDGES_MAX) {
        return false;
    }
    route->directed[route->edge_count++] = directed;
    return true;
}

/* Every arc becomes its two lower ones until there are only roads. */
static enum geo_status unpack(struct unpacking *unpacking, const struct geo_traffic *traffic,
                              uint32_t way)
{
    unpacking->depth = 0;
    unpacking->stack[unpacking->depth++] = way;
    while (unpacking->depth > 0) {
        const uint32_t top = unpacking->stack[--unpacking->depth];
        uint32_t directed = 0;
        uint32_t to = 0;
        uint32_t on = 0;
        if (find_road(unpacking->metric, traffic, top, &directed)) {
            if (!add_edge(unpacking->route, directed)) {
                return GEO_FULL;
            }
            continue;
        }
        const bool found = find_triangle(unpacking->metric, top, &to, &on);
        assert(found); /* what an arc takes comes from a road or from a triangle */
        if (unpacking->depth + 2u > unpacking->stack_max) {
            return GEO_FULL;
        }
        unpacking->stack[unpacking->depth++] = on;
        unpacking->stack[unpacking->depth++] = to;
    }
    return GEO_OK;
}

/* The way up from a rank over which its time was counted. */
static uint32_t way_up(const struct geo_climb *climb, uint32_t rank)
{
    const struct geo_metric *metric = climb->metric;
    const struct geo_cch *cch = metric->cch;
    uint32_t arc = cch->up_first[rank];
    while (arc < cch->up_first[rank + 1] &&
           metric->up_ms[arc] + climb->labels[cch->up_head[arc]].travel_ms !=
               climb->labels[rank].travel_ms) {
        arc++;
    }
    assert(arc < cch->up_first[rank + 1]); /* it was counted over one of them */
    return arc;
}

/* The way down from a rank that is `down_ms` above the place. */
static uint32_t way_down(const struct geo_climb *climb, uint32_t rank, uint32_t down_ms)
{
    const struct geo_metric *metric = climb->metric;
    const struct geo_cch *cch = metric->cch;
    uint32_t i = cch->down_first[rank];
    while (i < cch->down_first[rank + 1] &&
           metric->down_ms[cch->down_arc[i]] +
                   geo_climb_down_ms(climb, cch->tail[cch->down_arc[i]]) !=
               down_ms) {
        i++;
    }
    assert(i < cch->down_first[rank + 1]);
    return cch->down_arc[i] | WAY_DOWN;
}

/* Which seed the rank is, if its way down is the seed's own time; -1: neither. */
static int seed_of(const struct geo_climb *climb, const struct geo_climb_seed seeds[2],
                   uint32_t rank, uint32_t down_ms)
{
    for (int i = 0; i < 2; i++) {
        if (seeds[i].travel_ms == down_ms && climb->metric->cch->rank[seeds[i].node] == rank) {
            return i;
        }
    }
    return -1;
}

/* From a rank to one of the seeds: up until its time is the one going down alone, then down. */
static enum geo_status follow(struct geo_search *search, struct unpacking *unpacking,
                              const struct geo_climb_seed seeds[2], uint32_t rank, int *seed)
{
    const struct geo_climb *climb = &search->climbs[unpacking->metric->profile].climb;
    const struct geo_cch *cch = climb->metric->cch;
    bool up = true;
    for (;;) {
        const uint32_t down_ms = geo_climb_down_ms(climb, rank);
        up = up && down_ms != climb->labels[rank].travel_ms;
        *seed = up ? -1 : seed_of(climb, seeds, rank, down_ms);
        if (*seed >= 0) {
            return GEO_OK;
        }
        const uint32_t way = up ? way_up(climb, rank) : way_down(climb, rank, down_ms);
        const enum geo_status status = unpack(unpacking, search->roads.traffic, way);
        if (status != GEO_OK) {
            return status;
        }
        rank = up ? cch->up_head[way] : cch->tail[way & ~WAY_DOWN];
    }
}

/* How the place is left: along the edge or against it, whichever is counted. */
static uint32_t first_directed(struct geo_search *search, const struct geo_map *map,
                               enum geo_profile profile, struct geo_place from, uint64_t travel_ms)
{
    const struct geo_ends ends = geo_ends_of(search, map, profile, from);
    const uint32_t head = geo_edge_head(&map->edges[from.edge], false);
    const bool forward =
        ends.forward_ms != GEO_TRAVEL_NEVER &&
        (uint64_t)geo_climb_ms(&search->climbs[profile].climb, head, GEO_METRIC_NEVER - 1u) +
                ends.forward_ms - ends.part_forward_ms ==
            travel_ms;
    return from.edge * 2u + !forward;
}

static enum geo_status find_between(struct geo_search *search, const struct geo_map *map,
                                    const struct geo_metric *metric, struct geo_route *route,
                                    uint64_t travel_ms)
{
    const struct geo_ends ends = geo_ends_of(search, map, metric->profile, route->to);
    struct geo_climb_seed seeds[2];
    geo_ends_to(map, route->to, &ends, seeds);
    struct unpacking unpacking = {.metric = metric,
                                  .route = route,
                                  .stack = search->touched, /* no search runs now */
                                  .stack_max = search->nodes_max};
    const uint32_t first = first_directed(search, map, metric->profile, route->from, travel_ms);
    const uint32_t head = geo_edge_head(&map->edges[route->from.edge], first % 2u != 0);
    bool room = add_edge(route, first);
    int seed = -1;
    const enum geo_status status =
        follow(search, &unpacking, seeds, metric->cch->rank[head], &seed);
    if (status != GEO_OK) {
        return status;
    }
    room = room && add_edge(route, route->to.edge * 2u + (seed == 1 ? 1u : 0u));
    return room ? GEO_OK : GEO_FULL;
}

enum geo_status geo_route_find(struct geo_search *search, const struct geo_map *map,
                               enum geo_profile profile, struct geo_point from, struct geo_point to,
                               struct geo_route *route)
{
    assert(search != NULL);
    assert(route->directed != NULL);

    const struct geo_metric *metric = search->roads.metrics[profile];
    if (!geo_metric_current(metric, search->roads.traffic)) {
        return GEO_BUSY;
    }
    if (geo_map_snap(map, profile, from, &route->from) != GEO_OK ||
        geo_map_snap(map, profile, to, &route->to) != GEO_OK) {
        return GEO_NOT_FOUND;
    }
    const struct geo_place places[2] = {route->from, route->to};
    const uint64_t same_ms = geo_along_ms(search, map, profile, places);
    geo_search_climb(search, map, metric, route->to, GEO_METRIC_NEVER - 1u);
    const uint64_t travel_ms =
        geo_climb_from(search, map, profile, route->from, GEO_METRIC_NEVER - 1u);
    const uint64_t best_ms = travel_ms < same_ms ? travel_ms : same_ms;
    if (best_ms >= GEO_METRIC_NEVER) {
        return GEO_NOT_FOUND;
    }
    route->edge_count = 0;
    route->travel_ms = (uint32_t)best_ms + geo_access_ms(route->from.distance_cm) +
                       geo_access_ms(route->to.distance_cm);
    if (same_ms <= travel_ms) {
        const bool backward = route->from.fraction_e6 > route->to.fraction_e6 ||
                              geo_traffic_end_ms(search->roads.traffic, map, profile,
                                                 route->from.edge, false) == GEO_TRAVEL_NEVER;
        (void)add_edge(route, route->from.edge * 2u + backward);
        return GEO_OK;
    }
    return find_between(search, map, metric, route, travel_ms);
}

/* ---- The line ---- */

/* Which part of its edge the route drives, in the edge's own direction. */
static void part_of(const struct geo_route *route, uint32_t index, uint32_t *low_e6,
                    uint32_t *high_e6)
{
    const bool backward = route->directed[index] % 2u != 0;
    uint32_t start_e6 = backward ? WHOLE_E6 : 0;
    uint32_t end_e6 = backward ? 0 : WHOLE_E6;
    start_e6 = index == 0 ? route->from.fraction_e6 : start_e6;
    end_e6 = index + 1u == route->edge_count ? route->to.fraction_e6 : end_e6;
    *low_e6 = start_e6 < end_e6 ? start_e6 : end_e6;
    *high_e6 = start_e6 < end_e6 ? end_e6 : start_e6;
}

uint32_t geo_route_length_cm(const struct geo_map *map, const struct geo_route *route,
                             uint32_t index)
{
    uint32_t low_e6 = 0;
    uint32_t high_e6 = 0;
    part_of(route, index, &low_e6, &high_e6);
    const uint64_t length_cm = map->edges[route->directed[index] / 2u].length_cm;
    return (uint32_t)(length_cm * (high_e6 - low_e6) / WHOLE_E6);
}

static struct geo_point edge_point(const struct geo_map *map, const struct geo_edge *edge,
                                   uint32_t index)
{
    if (index == 0) {
        return map->nodes[edge->from];
    }
    return index > edge->shape_count ? map->nodes[edge->to]
                                     : map->shape[edge->shape_first + index - 1];
}

uint32_t geo_route_points(const struct geo_map *map, const struct geo_route *route, uint32_t index,
                          struct geo_point points[], uint32_t points_max)
{
    assert(index < route->edge_count);

    const uint32_t edge_index = route->directed[index] / 2u;
    const bool backward = route->directed[index] % 2u != 0;
    const struct geo_edge *edge = &map->edges[edge_index];
    uint32_t low_e6 = 0;
    uint32_t high_e6 = 0;
    part_of(route, index, &low_e6, &high_e6);
    uint64_t whole_cm = 0;
    for (uint32_t i = 0; i <= edge->shape_count; i++) {
        whole_cm += geo_distance_cm(edge_point(map, edge, i), edge_point(map, edge, i + 1));
    }
    uint32_t count = 0;
    const struct geo_point low =
        geo_map_place_point(map, (struct geo_place){edge_index, low_e6, 0});
    const struct geo_point high =
        geo_map_place_point(map, (struct geo_place){edge_index, high_e6, 0});
    uint64_t passed_cm = 0;
    for (uint32_t i = 0; i <= edge->shape_count + 1u; i++) {
        const uint64_t at_e6 = whole_cm == 0 ? 0 : passed_cm * WHOLE_E6 / whole_cm;
        const bool inside = i > 0 && i <= edge->shape_count && at_e6 > low_e6 && at_e6 < high_e6;
        const bool is_end = i == 0 || i > edge->shape_count;
        if (inside || is_end) {
            const struct geo_point at = i == 0 ? low : inside ? edge_point(map, edge, i) : high;
            if (count < points_max) {
                points[count] = at;
            }
            count++;
        }
        if (i <= edge->shape_count) {
            passed_cm += geo_distance_cm(edge_point(map, edge, i), edge_point(map, edge, i + 1));
        }
    }
    const uint32_t written = count < points_max ? count : points_max;
    for (uint32_t i = 0; backward && i < written / 2u; i++) {
        const struct geo_point moved = points[i];
        points[i] = points[written - 1u - i];
        points[written - 1u - i] = moved;
    }
    return count;
}
