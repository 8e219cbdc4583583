#ifndef GEO_GEO_NEAREST_H
#define GEO_GEO_NEAREST_H

#include "geo/geo_fleet.h"
#include "geo/geo_metric.h"

/* Who is there first by travel time on roads, exactly.
 *
 * Where units are dense: a bounded reverse search (Dijkstra 1959 with Dial's buckets) from the
 * place along arcs that lead to it; it stops when the frontier has passed the k-th best. Where they
 * are few: the contraction hierarchy, asked about one after the other, the nearest by straight line
 * first, until no other can be in time at the highest speed there is. Both answer the same. Places
 * lie in the middle of edges at both ends: same-edge and one-way cases are counted, not
 * approximated. Ranked by whole milliseconds, ties by unit id. An edge of w ms holds floor(w x
 * fraction_e6 / 1000000) ms between its `from` and a place on it, and what is left of w between the
 * place and its `to`, in both directions of travel; between two places on one edge lies the
 * difference. A workspace serves one thread and is reused without clearing (versioned labels).
 * Travel by road of GEO_METRIC_NEVER (12 days) or more is no way. */
struct geo_search;

GEO_MUST_CHECK enum geo_status geo_search_create(const struct geo_map *map, uint32_t units_max,
                                                 struct geo_search **out);
void geo_search_destroy(struct geo_search *search);

/* The times of now. `traffic` may be NULL: the map's. A metric may be NULL; it is asked where it is
 * of the traffic of the moment, and where it is not, the reverse search answers: the same to the
 * millisecond, only later where units are few. */
struct geo_roads {
    const struct geo_traffic *traffic;
    const struct geo_metric *metrics[GEO_PROFILE_COUNT];
};

/* Answer by these times from now on. What it points to is borrowed until the next call, or destroy;
 * the traffic may change between questions. */
void geo_search_follow(struct geo_search *search, const struct geo_roads *roads);

struct geo_nearest_query {
    struct geo_point at;
    enum geo_profile profile;
    uint32_t flags_any; /* at least one of these bits, 0: no matter */
    uint32_t flags_all; /* every one of these */
    uint32_t limit_ms;  /* travel longer than this is not reported */
    uint32_t hits_max;  /* 1..GEO_NEAREST_HITS_MAX */
};
#define GEO_NEAREST_HITS_MAX 64u

struct geo_nearest_hit {
    uint32_t unit_id;
    uint32_t travel_ms;
    bool estimated; /* by straight line: the unit, or the place, is off every road */
};

/* Straight-line speeds, mm/s, over 1.3 times the distance. */
#define GEO_STRAIGHT_CAR_MMPS        8300u
#define GEO_STRAIGHT_MOTORCYCLE_MMPS 8300u
#define GEO_STRAIGHT_FOOT_MMPS       1400u

/* Travel time where there are no roads to follow. */
uint32_t geo_straight_ms(struct geo_point from, struct geo_point to, enum geo_profile profile);

/* The walk between a road and a place beside it: 1.4 m/s beyond 20 m. */
uint32_t geo_access_ms(uint32_t distance_cm);

/* Linked units of the profile, nearest first. Answers how many were written. `map` NULL, or the
 * place farther than GEO_SNAP_RADIUS_M from a road of the profile: straight line x 1.3 at the
 * profile's straight-line speed, and *estimated says so. A unit off every road is put among the
 * others by its straight line; *estimated then tells that one of the hits is. Access on foot or
 * across country from the road to the place itself is charged at 1.4 m/s beyond 20 m, at both ends.
 */
uint32_t geo_nearest(struct geo_search *search, const struct geo_map *map,
                     const struct geo_fleet *fleet, const struct geo_nearest_query *query,
                     struct geo_nearest_hit hits[], bool *estimated);

/* Travel time of one unit to the place by the same rules; GEO_TRAVEL_NEVER if there is no way. */
uint32_t geo_travel_ms(struct geo_search *search, const struct geo_map *map, struct geo_point from,
                       struct geo_point to, enum geo_profile profile, uint32_t limit_ms,
                       bool *estimated);

/* Travel times by road from many places to one, GEO_TRAVEL_NEVER where there is no way, without the
 * walks at the ends. Made for a metric of now; without one it is one search a place. */
void geo_table_ms(struct geo_search *search, const struct geo_map *map, enum geo_profile profile,
                  struct geo_place to, const struct geo_place from[], uint32_t count,
                  uint32_t travel_ms[]);

/* From where can one be at the place in time, the walk from its road included: every edge that lies
 * wholly or partly within the limit. from_ms and to_ms are travel times from the edge's ends,
 * having come along the edge, GEO_TRAVEL_NEVER beyond the limit and where the edge may not be left
 * by that end. Each edge comes once; map->edge_count is always room enough. */
struct geo_reach {
    uint32_t edge;
    uint32_t from_ms;
    uint32_t to_ms;
};
uint32_t geo_isochrone(struct geo_search *search, const struct geo_map *map,
                       enum geo_profile profile, struct geo_place place, uint32_t limit_ms,
                       struct geo_reach reaches[], uint32_t reaches_max);

/* The search alone: how many crossings and ends of roads one can be at the place from in time. */
uint32_t geo_isochrone_nodes(struct geo_search *search, const struct geo_map *map,
                             enum geo_profile profile, struct geo_place place, uint32_t limit_ms);

#endif
