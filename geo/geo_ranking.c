#include "geo/geo_ranking.h"

#include <assert.h>

uint32_t geo_ranking_worst_ms(const struct geo_ranking *ranking)
{
    if (ranking->count < ranking->query->hits_max) {
        return geo_reachable_ms(ranking->query->limit_ms);
    }
    return ranking->hits[ranking->count - 1].travel_ms;
}

static bool ranks_before(struct geo_nearest_hit a, struct geo_nearest_hit b)
{
    return a.travel_ms != b.travel_ms ? a.travel_ms < b.travel_ms : a.unit_id < b.unit_id;
}

void geo_ranking_put(struct geo_ranking *ranking, uint32_t unit_id, uint64_t travel_ms,
                     bool estimated)
{
    if (travel_ms > geo_ranking_worst_ms(ranking)) {
        return;
    }
    const struct geo_nearest_hit hit = {unit_id, (uint32_t)travel_ms, estimated};
    struct geo_nearest_hit *hits = ranking->hits;
    uint32_t slot = 0;
    while (slot < ranking->count && hits[slot].unit_id != unit_id) {
        slot++;
    }
    if (slot == ranking->count) {
        if (ranking->count < ranking->query->hits_max) {
            ranking->count++;
        } else if (ranks_before(hit, hits[slot - 1])) {
            slot--;
        } else {
            return;
        }
    } else if (!ranks_before(hit, hits[slot])) {
        return;
    }
    /* `slot` is free or given up: move what ranks behind the hit over it. */
    for (; slot > 0 && ranks_before(hit, hits[slot - 1]); slot--) {
        hits[slot] = hits[slot - 1];
    }
    hits[slot] = hit;
}

bool geo_ranking_wants(const struct geo_ranking *ranking, const struct geo_fleet_unit *unit)
{
    const struct geo_nearest_query *query = ranking->query;
    return (query->flags_any == 0 || (unit->flags & query->flags_any) != 0) &&
           (unit->flags & query->flags_all) == query->flags_all;
}

struct geo_ends geo_ends_of(const struct geo_search *search, const struct geo_map *map,
                            enum geo_profile profile, struct geo_place place)
{
    const struct geo_traffic *traffic = search->roads.traffic;
    struct geo_ends ends = {
        .forward_ms = geo_traffic_end_ms(traffic, map, profile, place.edge, false),
        .backward_ms = geo_traffic_end_ms(traffic, map, profile, place.edge, true)};
    ends.part_forward_ms = geo_part_ms(ends.forward_ms, place.fraction_e6);
    ends.part_backward_ms = geo_part_ms(ends.backward_ms, place.fraction_e6);
    return ends;
}

void geo_ends_to(const struct geo_map *map, struct geo_place place, const struct geo_ends *ends,
                 struct geo_climb_seed seeds[2])
{
    const struct geo_edge *edge = &map->edges[place.edge];
    seeds[0] = (struct geo_climb_seed){geo_edge_tail(edge, false), GEO_TRAVEL_NEVER};
    seeds[1] = (struct geo_climb_seed){geo_edge_tail(edge, true), GEO_TRAVEL_NEVER};
    if (ends->forward_ms != GEO_TRAVEL_NEVER) {
        seeds[0].travel_ms = ends->part_forward_ms;
    }
    if (ends->backward_ms != GEO_TRAVEL_NEVER) {
        seeds[1].travel_ms = ends->backward_ms - ends->part_backward_ms;
    }
}

uint32_t geo_along_ms(const struct geo_search *search, const struct geo_map *map,
                      enum geo_profile profile, const struct geo_place places[2])
{
    if (places[0].edge != places[1].edge) {
        return GEO_TRAVEL_NEVER;
    }
    const struct geo_ends start = geo_ends_of(search, map, profile, places[0]);
    const struct geo_ends end = geo_ends_of(search, map, profile, places[1]);
    uint32_t travel_ms = GEO_TRAVEL_NEVER;
    if (places[0].fraction_e6 <= places[1].fraction_e6 && start.forward_ms != GEO_TRAVEL_NEVER) {
        travel_ms = end.part_forward_ms - start.part_forward_ms;
    }
    if (places[0].fraction_e6 >= places[1].fraction_e6 && start.backward_ms != GEO_TRAVEL_NEVER) {
        const uint32_t back_ms = start.part_backward_ms - end.part_backward_ms;
        travel_ms = back_ms < travel_ms ? back_ms : travel_ms;
    }
    return travel_ms;
}

void geo_search_climb(struct geo_search *search, const struct geo_map *map,
                      const struct geo_metric *metric, struct geo_place place, uint32_t bound_ms)
{
    struct geo_search_climb *kept = &search->climbs[metric->profile];
    if (kept->edge == place.edge && kept->fraction_e6 == place.fraction_e6 &&
        kept->climb.metric == metric && kept->metric_version == metric->version &&
        bound_ms <= kept->climb.bound_ms) {
        return;
    }
    const struct geo_ends ends = geo_ends_of(search, map, metric->profile, place);
    struct geo_climb_seed seeds[2];
    geo_ends_to(map, place, &ends, seeds);
    geo_climb_start(&kept->climb, metric, seeds, bound_ms);
    kept->metric_version = metric->version;
    kept->edge = place.edge;
    kept->fraction_e6 = place.fraction_e6;
}

/* From a node over what is left of the road before it; GEO_METRIC_NEVER: not within the bound. */
static uint32_t climb_over(struct geo_climb *climb, uint32_t node, uint32_t left_ms,
                           uint32_t bound_ms)
{
    if (left_ms > bound_ms) {
        return GEO_METRIC_NEVER;
    }
    const uint32_t node_ms = geo_climb_ms(climb, node, bound_ms - left_ms);
    return node_ms < GEO_METRIC_NEVER ? node_ms + left_ms : GEO_METRIC_NEVER;
}

uint32_t geo_climb_from(struct geo_search *search, const struct geo_map *map,
                        enum geo_profile profile, struct geo_place from, uint32_t bound_ms)
{
    const struct geo_edge *edge = &map->edges[from.edge];
    const struct geo_ends ends = geo_ends_of(search, map, profile, from);
    struct geo_climb *climb = &search->climbs[profile].climb;
    uint32_t best_ms = GEO_METRIC_NEVER;
    if (ends.forward_ms != GEO_TRAVEL_NEVER) {
        best_ms = climb_over(climb, geo_edge_head(edge, false),
                             ends.forward_ms - ends.part_forward_ms, bound_ms);
        bound_ms = best_ms < bound_ms ? best_ms : bound_ms;
    }
    if (ends.backward_ms != GEO_TRAVEL_NEVER) {
        const uint32_t back_ms =
            climb_over(climb, geo_edge_head(edge, true), ends.part_backward_ms, bound_ms);
        best_ms = back_ms < best_ms ? back_ms : best_ms;
    }
    return best_ms;
}
