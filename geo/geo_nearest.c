#include "geo/geo_nearest.h"

#include <assert.h>

#include "geo/geo_ranking.h"

#define ACCESS_FREE_CM  2000u /* GPS noise and the width of a road */
#define OFF_ROAD_LISTED 64u   /* more of them than this are looked for in the grid */

static const uint32_t straight_mmps[GEO_PROFILE_COUNT] = {
    [GEO_PROFILE_CAR] = GEO_STRAIGHT_CAR_MMPS,
    [GEO_PROFILE_MOTORCYCLE] = GEO_STRAIGHT_MOTORCYCLE_MMPS,
    [GEO_PROFILE_FOOT] = GEO_STRAIGHT_FOOT_MMPS,
    [GEO_PROFILE_EMERGENCY] = GEO_STRAIGHT_CAR_MMPS,
};

/* Centimetres at 1.3 times their length: x 10 mm x 1.3 / speed, in ms. */
static uint64_t straight_cm_ms(uint64_t distance_cm, enum geo_profile profile)
{
    return distance_cm * 13000u / straight_mmps[profile];
}

uint32_t geo_straight_ms(struct geo_point from, struct geo_point to, enum geo_profile profile)
{
    const uint64_t travel_ms = straight_cm_ms(geo_distance_cm(from, to), profile);
    return travel_ms < GEO_TRAVEL_NEVER ? (uint32_t)travel_ms : GEO_TRAVEL_NEVER - 1u;
}

uint32_t geo_access_ms(uint32_t distance_cm)
{
    const uint32_t walked_cm = distance_cm > ACCESS_FREE_CM ? distance_cm - ACCESS_FREE_CM : 0;
    return (uint32_t)((uint64_t)walked_cm * 50u / 7u); /* 1.4 m/s is 7 cm in 50 ms */
}

static void rank_straight(struct geo_ranking *ranking, uint32_t unit_id, bool off_road_only)
{
    const struct geo_nearest_query *query = ranking->query;
    const struct geo_fleet_unit *unit = &ranking->fleet->units[unit_id];
    if (unit->linked && unit->profile == query->profile &&
        (!off_road_only || unit->place.edge == UINT32_MAX) && geo_ranking_wants(ranking, unit)) {
        geo_ranking_put(ranking, unit_id, geo_straight_ms(unit->at, query->at, query->profile),
                        true);
    }
}

/* Units straight across country; only those off every road, or all of them. */
static void rank_straight_grid(struct geo_ranking *ranking, bool off_road_only)
{
    const struct geo_fleet *fleet = ranking->fleet;
    const struct geo_nearest_query *query = ranking->query;
    struct geo_fleet_walk walk = geo_fleet_walk_start(fleet, query->at);
    while (geo_fleet_walk_next(&walk)) {
        const struct geo_fleet_block *block = geo_fleet_walk_block(&walk);
        for (; block != NULL; block = geo_fleet_walk_block(&walk)) {
            for (uint32_t i = 0; i < block->count; i++) {
                rank_straight(ranking, block->unit_ids[i], off_road_only);
            }
        }
        if (walk.gap_cm != UINT64_MAX &&
            straight_cm_ms(walk.gap_cm, query->profile) > geo_ranking_worst_ms(ranking)) {
            break;
        }
    }
}

/* Units on no road: the few there are from their list, many from the grid. */
static void rank_off_road(struct geo_ranking *ranking)
{
    const struct geo_fleet *fleet = ranking->fleet;
    const struct geo_nearest_query *query = ranking->query;
    const uint32_t first =
        fleet->road_first[geo_fleet_road(fleet, query->profile, fleet->edge_count)];
    uint32_t count = 0;
    for (uint32_t id = first; id != GEO_FLEET_NONE; id = fleet->links[id].road_next) {
        if (++count > OFF_ROAD_LISTED) {
            rank_straight_grid(ranking, true);
            return;
        }
    }
    for (uint32_t id = first; id != GEO_FLEET_NONE; id = fleet->links[id].road_next) {
        const struct geo_fleet_unit *unit = &fleet->units[id];
        if (geo_ranking_wants(ranking, unit)) {
            geo_ranking_put(ranking, id, geo_straight_ms(unit->at, query->at, query->profile),
                            true);
        }
    }
}

/* Put both ends of the place's road into the queue. */
static void start_at(struct geo_search *search, const struct geo_map *map, enum geo_profile profile,
                     struct geo_place place, uint32_t bound_ms)
{
    const struct geo_ends ends = geo_ends_of(search, map, profile, place);
    struct geo_climb_seed seeds[2];
    geo_ends_to(map, place, &ends, seeds);
    geo_search_start(search);
    for (int i = 0; i < 2; i++) {
        if (seeds[i].travel_ms <= bound_ms &&
            seeds[i].travel_ms < geo_search_known_ms(search, seeds[i].node)) {
            geo_search_put(search, seeds[i].node, seeds[i].travel_ms);
        }
    }
}

/* Units on the place's own road that need not leave it. */
static void rank_same_road(struct geo_ranking *ranking, const struct geo_search *search,
                           const struct geo_map *map, struct geo_place place, uint32_t access_ms)
{
    const struct geo_fleet *fleet = ranking->fleet;
    const enum geo_profile profile = ranking->query->profile;
    uint32_t id = fleet->road_first[geo_fleet_road(fleet, profile, place.edge)];
    for (; id != GEO_FLEET_NONE; id = fleet->links[id].road_next) {
        const struct geo_fleet_unit *unit = &fleet->units[id];
        const struct geo_place places[2] = {unit->place, place};
        const uint32_t travel_ms = geo_along_ms(search, map, profile, places);
        if (travel_ms != GEO_TRAVEL_NEVER && geo_ranking_wants(ranking, unit)) {
            const uint64_t whole_ms =
                (uint64_t)travel_ms + access_ms + geo_access_ms(unit->place.distance_cm);
            geo_ranking_put(ranking, id, whole_ms, false);
        }
    }
}

/* Units on the road behind the arc, which ends `travel_ms` from the place; the road takes road_ms
 * as a whole. */
static void rank_arc(struct geo_ranking *ranking, const struct geo_arc *arc, uint32_t road_ms,
                     uint64_t travel_ms)
{
    const struct geo_fleet *fleet = ranking->fleet;
    const bool backward = (arc->edge & GEO_ARC_BACKWARD) != 0;
    const uint32_t road =
        geo_fleet_road(fleet, ranking->query->profile, arc->edge & ~GEO_ARC_BACKWARD);
    uint32_t id = fleet->road_first[road];
    for (; id != GEO_FLEET_NONE; id = fleet->links[id].road_next) {
        const struct geo_fleet_unit *unit = &fleet->units[id];
        if (!geo_ranking_wants(ranking, unit)) {
            continue;
        }
        const uint32_t part_ms = geo_part_ms(road_ms, unit->place.fraction_e6);
        const uint32_t left_ms = backward ? part_ms : road_ms - part_ms;
        geo_ranking_put(ranking, id, travel_ms + left_ms + geo_access_ms(unit->place.distance_cm),
                        false);
    }
}

/* Roads into nodes, one profile's. */
struct ways_in {
    const uint32_t *first;
    const struct geo_arc *arcs;
};

static struct ways_in ways_of(const struct geo_search *search, const struct geo_map *map,
                              enum geo_profile profile)
{
    const struct geo_traffic *traffic = search->roads.traffic;
    return (struct ways_in){.first = map->in_first[profile],
                            .arcs = traffic == NULL ? map->in_arcs : geo_traffic_in_arcs(traffic)};
}

/* Lead the search over every arc into the node. Where it goes next it will read the arcs there, and
 * a city does not fit the nearest cache: they are asked for now. */
static void relax(struct geo_search *search, struct ways_in ways, uint32_t node, uint32_t bound_ms)
{
    const uint32_t travel_ms = search->labels[node].travel_ms;
    for (uint32_t i = ways.first[node]; i < ways.first[node + 1]; i++) {
        const struct geo_arc *arc = &ways.arcs[i];
        const uint64_t tail_ms = (uint64_t)travel_ms + arc->travel_ms;
        if (tail_ms > bound_ms || tail_ms >= geo_search_known_ms(search, arc->tail)) {
            continue;
        }
        geo_search_put(search, arc->tail, (uint32_t)tail_ms);
        __builtin_prefetch(&ways.arcs[ways.first[arc->tail]]);
    }
}

/* The metric of the profile, if it is one of now. */
static const struct geo_metric *metric_of(const struct geo_search *search, enum geo_profile profile)
{
    const struct geo_metric *metric = search->roads.metrics[profile];
    return geo_metric_current(metric, search->roads.traffic) ? metric : NULL;
}

/* The arcs into a node, read by the reverse search: who stands on their roads. */
static void rank_arcs(struct geo_ranking *ranking, const struct geo_map *map, struct ways_in ways,
                      uint32_t node, uint64_t travel_ms)
{
    const enum geo_profile profile = ranking->query->profile;
    for (uint32_t i = ways.first[node]; i < ways.first[node + 1]; i++) {
        const struct geo_arc *arc = &ways.arcs[i];
        if (geo_fleet_road_used(ranking->fleet, profile, arc->edge & ~GEO_ARC_BACKWARD)) {
            const bool closed = arc->travel_ms == GEO_TRAVEL_NEVER; /* can still be left */
            rank_arc(ranking, arc, closed ? map->in_arcs[i].travel_ms : arc->travel_ms, travel_ms);
        }
    }
}

/* The reverse search. False: it has taken nodes_max nodes and there is no end in sight. */
static bool rank_around(struct geo_ranking *ranking, struct geo_search *search,
                        const struct geo_map *map, struct geo_place place, uint32_t nodes_max)
{
    const uint32_t access_ms = geo_access_ms(place.distance_cm);
    const struct ways_in ways = ways_of(search, map, ranking->query->profile);
    uint32_t bound_ms = 0;
    if (!geo_bound_left(geo_ranking_worst_ms(ranking), access_ms, &bound_ms)) {
        return true;
    }
    uint32_t taken = 0;
    start_at(search, map, ranking->query->profile, place, bound_ms);
    uint32_t node = geo_search_take(search, bound_ms);
    for (; node != GEO_NODE_NONE; node = geo_search_take(search, bound_ms)) {
        const uint32_t travel_ms = search->labels[node].travel_ms;
        if (taken++ == nodes_max) {
            return false;
        }
        if (travel_ms > bound_ms) {
            continue;
        }
        rank_arcs(ranking, map, ways, node, (uint64_t)travel_ms + access_ms);
        const bool good = geo_bound_left(geo_ranking_worst_ms(ranking), access_ms, &bound_ms);
        assert(good); /* every hit by road has paid for the walk */
        relax(search, ways, node, bound_ms);
    }
    return true;
}

static void rank_by_road(struct geo_ranking *ranking, struct geo_search *search,
                         const struct geo_map *map, struct geo_place place)
{
    const struct geo_nearest_query *query = ranking->query;
    const struct geo_metric *metric = metric_of(search, query->profile);
    rank_same_road(ranking, search, map, place, geo_access_ms(place.distance_cm));
    if (metric == NULL) {
        (void)rank_around(ranking, search, map, place, UINT32_MAX);
        return;
    }
    const bool dense = geo_ready_nodes_around(ranking->fleet->ready, query->profile, query->at,
                                              query->hits_max, search->around_nodes) != UINT32_MAX;
    const uint32_t nodes_max = search->around_nodes * GEO_AROUND_TIMES;
    if (!dense || !rank_around(ranking, search, map, place, nodes_max)) {
        geo_ranking_look_far(ranking, search, map, metric, place);
    }
}

uint32_t geo_nearest(struct geo_search *search, const struct geo_map *map,
                     const struct geo_fleet *fleet, const struct geo_nearest_query *query,
                     struct geo_nearest_hit hits[], bool *estimated)
{
    assert(search != NULL);
    assert(fleet != NULL);
    assert(query->hits_max >= 1);
    assert(query->hits_max <= GEO_NEAREST_HITS_MAX);
    assert(map == NULL || map->node_count <= search->nodes_max);
    assert(map == NULL || fleet->map == NULL || map->edge_count == fleet->edge_count);

    struct geo_ranking ranking = {.fleet = fleet, .query = query, .hits = hits};
    struct geo_place place;
    const bool by_road =
        map != NULL && geo_map_snap(map, query->profile, query->at, &place) == GEO_OK;
    if (!by_road) {
        rank_straight_grid(&ranking, false);
    } else {
        rank_off_road(&ranking);
        if (fleet->map != NULL) {
            rank_by_road(&ranking, search, map, place);
        }
    }

    *estimated = !by_road;
    for (uint32_t i = 0; i < ranking.count; i++) {
        *estimated = *estimated || hits[i].estimated;
    }
    return ranking.count;
}

/* Road travel from one place to another, above bound_ms if it takes longer than that. */
static uint64_t search_travel_ms(struct geo_search *search, const struct geo_map *map,
                                 enum geo_profile profile, const struct geo_place places[2],
                                 uint32_t bound_ms)
{
    const struct geo_edge *edge = &map->edges[places[0].edge];
    const struct geo_ends ends = geo_ends_of(search, map, profile, places[0]);
    uint64_t best_ms = GEO_TRAVEL_NEVER;
    const struct ways_in ways = ways_of(search, map, profile);
    start_at(search, map, profile, places[1], bound_ms);
    uint32_t node = geo_search_take(search, bound_ms);
    for (; node != GEO_NODE_NONE; node = geo_search_take(search, bound_ms)) {
        const uint32_t travel_ms = search->labels[node].travel_ms;
        if (node == geo_edge_head(edge, false) && ends.forward_ms != GEO_TRAVEL_NEVER) {
            const uint64_t whole_ms = (uint64_t)travel_ms + ends.forward_ms - ends.part_forward_ms;
            best_ms = whole_ms < best_ms ? whole_ms : best_ms;
        }
        if (node == geo_edge_head(edge, true) && ends.backward_ms != GEO_TRAVEL_NEVER) {
            const uint64_t whole_ms = (uint64_t)travel_ms + ends.part_backward_ms;
            best_ms = whole_ms < best_ms ? whole_ms : best_ms;
        }
        if (best_ms < bound_ms) {
            bound_ms = (uint32_t)best_ms;
        }
        relax(search, ways, node, bound_ms);
    }
    return best_ms;
}

/* By the hierarchy where it is of now, by search where not. */
static uint64_t road_travel_ms(struct geo_search *search, const struct geo_map *map,
                               enum geo_profile profile, const struct geo_place places[2],
                               uint32_t bound_ms)
{
    const struct geo_metric *metric = metric_of(search, profile);
    uint64_t travel_ms = 0;
    const uint64_t same_ms = geo_along_ms(search, map, profile, places);
    bound_ms = same_ms < bound_ms ? (uint32_t)same_ms : bound_ms;
    if (metric == NULL) {
        travel_ms = search_travel_ms(search, map, profile, places, bound_ms);
    } else {
        geo_search_climb(search, map, metric, places[1], bound_ms);
        travel_ms = geo_climb_from(search, map, profile, places[0], bound_ms);
        travel_ms = travel_ms < GEO_METRIC_NEVER ? travel_ms : GEO_TRAVEL_NEVER;
    }
    return travel_ms < same_ms ? travel_ms : same_ms;
}

#define AHEAD 8u /* places are in no order: their roads are asked of memory so many before */

void geo_table_ms(struct geo_search *search, const struct geo_map *map, enum geo_profile profile,
                  struct geo_place to, const struct geo_place from[], uint32_t count,
                  uint32_t travel_ms[])
{
    assert(search != NULL);
    assert(map->node_count <= search->nodes_max);

    const struct geo_metric *metric = metric_of(search, profile);
    if (metric != NULL) {
        geo_search_climb(search, map, metric, to, GEO_METRIC_NEVER - 1u);
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t road_ms = GEO_TRAVEL_NEVER;
        __builtin_prefetch(&map->edges[from[i + AHEAD < count ? i + AHEAD : i].edge]);
        if (from[i].edge == to.edge || metric == NULL) {
            const struct geo_place places[2] = {from[i], to};
            road_ms = road_travel_ms(search, map, profile, places, GEO_METRIC_NEVER - 1u);
        } else {
            road_ms = geo_climb_from(search, map, profile, from[i], GEO_METRIC_NEVER - 1u);
        }
        travel_ms[i] = road_ms < GEO_METRIC_NEVER ? (uint32_t)road_ms : GEO_TRAVEL_NEVER;
    }
}

uint32_t geo_travel_ms(struct geo_search *search, const struct geo_map *map, struct geo_point from,
                       struct geo_point to, enum geo_profile profile, uint32_t limit_ms,
                       bool *estimated)
{
    assert(search != NULL);
    assert(map == NULL || map->node_count <= search->nodes_max);

    struct geo_place ends[2];
    *estimated = map == NULL || geo_map_snap(map, profile, from, &ends[0]) != GEO_OK ||
                 geo_map_snap(map, profile, to, &ends[1]) != GEO_OK;
    if (*estimated) {
        const uint32_t straight_ms = geo_straight_ms(from, to, profile);
        return straight_ms <= limit_ms ? straight_ms : GEO_TRAVEL_NEVER;
    }
    const uint32_t access_ms =
        geo_access_ms(ends[0].distance_cm) + geo_access_ms(ends[1].distance_cm);
    uint32_t bound_ms = 0;
    if (!geo_bound_left(geo_reachable_ms(limit_ms), access_ms, &bound_ms)) {
        return GEO_TRAVEL_NEVER;
    }
    const uint64_t travel_ms = road_travel_ms(search, map, profile, ends, bound_ms);
    return travel_ms <= bound_ms ? (uint32_t)travel_ms + access_ms : GEO_TRAVEL_NEVER;
}

/* What was reached, and where each edge stands in it: a slot past the count, or of another edge,
 * was written by an earlier question. */
struct reach_list {
    struct geo_reach *reaches;
    uint32_t *slots; /* by edge */
    uint32_t count, max;
};

/* Each edge is led over once each way, by the arc into the node where that way ends. Which way, and
 * whether the other one was met before, is as good as chance: nothing is left to the machine to
 * guess but whether there is room. */
static void list_reach(struct reach_list *list, uint32_t arc_edge, uint32_t travel_ms)
{
    const uint32_t edge = arc_edge & ~GEO_ARC_BACKWARD;
    const bool backward = arc_edge != edge;
    const uint32_t slot = list->slots[edge];
    const bool met = slot < list->count && list->reaches[slot].edge == edge;
    if (!met && list->count == list->max) {
        return;
    }
    const uint32_t at = met ? slot : list->count;
    struct geo_reach reach = list->reaches[at];
    reach.edge = edge;
    reach.from_ms = backward ? travel_ms : met ? reach.from_ms : GEO_TRAVEL_NEVER;
    reach.to_ms = !backward ? travel_ms : met ? reach.to_ms : GEO_TRAVEL_NEVER;
    list->reaches[at] = reach;
    list->slots[edge] = at;
    list->count += met ? 0 : 1;
}

static void list_reaches(const struct geo_search *search, struct ways_in ways, uint32_t access_ms,
                         struct reach_list *list)
{
    for (uint32_t i = 0; i < search->touched_count; i++) {
        const uint32_t node = search->touched[i];
        const uint32_t travel_ms = search->labels[node].travel_ms + access_ms;
        for (uint32_t j = ways.first[node]; j < ways.first[node + 1]; j++) {
            list_reach(list, ways.arcs[j].edge, travel_ms);
        }
    }
}

/* What is left of the limit when the walk from the place's road is paid for. False: nothing. */
static bool bound_at(struct geo_place place, uint32_t limit_ms, uint32_t *bound_ms)
{
    return geo_bound_left(geo_reachable_ms(limit_ms), geo_access_ms(place.distance_cm), bound_ms);
}

uint32_t geo_isochrone_nodes(struct geo_search *search, const struct geo_map *map,
                             enum geo_profile profile, struct geo_place place, uint32_t limit_ms)
{
    assert(search != NULL);
    assert(map->node_count <= search->nodes_max);
    assert(place.edge < map->edge_count);

    uint32_t bound_ms = 0;
    if (!bound_at(place, limit_ms, &bound_ms)) {
        return 0;
    }
    const struct ways_in ways = ways_of(search, map, profile);
    start_at(search, map, profile, place, bound_ms);
    uint32_t node = geo_search_take(search, bound_ms);
    for (; node != GEO_NODE_NONE; node = geo_search_take(search, bound_ms)) {
        relax(search, ways, node, bound_ms);
    }
    return search->touched_count;
}

uint32_t geo_isochrone(struct geo_search *search, const struct geo_map *map,
                       enum geo_profile profile, struct geo_place place, uint32_t limit_ms,
                       struct geo_reach reaches[], uint32_t reaches_max)
{
    uint32_t bound_ms = 0;
    if (!bound_at(place, limit_ms, &bound_ms)) {
        return 0;
    }
    (void)geo_isochrone_nodes(search, map, profile, place, limit_ms);
    struct reach_list list = {.reaches = reaches, .slots = search->slots, .max = reaches_max};
    list_reaches(search, ways_of(search, map, profile), geo_access_ms(place.distance_cm), &list);
    const uint32_t own = list.slots[place.edge];
    const bool own_met = own < list.count && reaches[own].edge == place.edge;
    if (!own_met && list.count < reaches_max) {
        reaches[list.count++] = (struct geo_reach){place.edge, GEO_TRAVEL_NEVER, GEO_TRAVEL_NEVER};
    }
    return list.count;
}
