#ifndef GEO_GEO_RANKING_H
#define GEO_GEO_RANKING_H

#include "geo/geo_fleet_inside.h"
#include "geo/geo_nearest.h"
#include "geo/geo_search.h"

/* One question being answered: the k best so far. Shared by the ways to look for them. */
struct geo_ranking {
    const struct geo_fleet *fleet;
    const struct geo_nearest_query *query;
    struct geo_nearest_hit *hits;
    uint32_t count;
};

/* A unit slower than this is of no use; one as slow may be, by its id. */
uint32_t geo_ranking_worst_ms(const struct geo_ranking *ranking);

/* A unit may come more than once: the better time stays. */
void geo_ranking_put(struct geo_ranking *ranking, uint32_t unit_id, uint64_t travel_ms,
                     bool estimated);

bool geo_ranking_wants(const struct geo_ranking *ranking, const struct geo_fleet_unit *unit);

/* Limits end short of the value that means never. */
static inline uint32_t geo_reachable_ms(uint32_t limit_ms)
{
    return limit_ms < GEO_TRAVEL_NEVER ? limit_ms : GEO_TRAVEL_NEVER - 1u;
}

/* What is left of a bound after the walk from the road to the place, for the road: what takes
 * GEO_METRIC_NEVER is no way. */
static inline bool geo_bound_left(uint32_t bound_ms, uint32_t access_ms, uint32_t *left_ms)
{
    if (bound_ms < access_ms) {
        return false;
    }
    const uint32_t road_ms = bound_ms - access_ms;
    *left_ms = road_ms < GEO_METRIC_NEVER ? road_ms : GEO_METRIC_NEVER - 1u;
    return true;
}

/* Travel along a directed piece of road between a place on it and its ends. */
struct geo_ends {
    uint32_t forward_ms, backward_ms; /* whole, GEO_TRAVEL_NEVER where not allowed */
    uint32_t part_forward_ms;         /* of forward_ms, from the tail to the place */
    uint32_t part_backward_ms;        /* of backward_ms, from the place to the head */
};

struct geo_ends geo_ends_of(const struct geo_search *search, const struct geo_map *map,
                            enum geo_profile profile, struct geo_place place);

/* The seeds of a search to the place. */
void geo_ends_to(const struct geo_map *map, struct geo_place place, const struct geo_ends *ends,
                 struct geo_climb_seed seeds[2]);

/* Along one road without leaving it; GEO_TRAVEL_NEVER against a one-way, or on two roads. */
uint32_t geo_along_ms(const struct geo_search *search, const struct geo_map *map,
                      enum geo_profile profile, const struct geo_place places[2]);

/* Climb from the place: geo_climb_from() answers for the metric's profile from then on, within the
 * bound and less. */
void geo_search_climb(struct geo_search *search, const struct geo_map *map,
                      const struct geo_metric *metric, struct geo_place place, uint32_t bound_ms);

/* From a place on a road to the place that was climbed from; GEO_METRIC_NEVER: no way, or none
 * within the bound, which is less than that. It does not see that both may be on one road. */
uint32_t geo_climb_from(struct geo_search *search, const struct geo_map *map,
                        enum geo_profile profile, struct geo_place from, uint32_t bound_ms);

/* Units on roads by what the hierarchy says, nearest by straight line first, until no other can be
 * in time. The place's own road was looked at before. */
void geo_ranking_look_far(struct geo_ranking *ranking, struct geo_search *search,
                          const struct geo_map *map, const struct geo_metric *metric,
                          struct geo_place place);

#endif
