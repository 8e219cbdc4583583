#ifndef GEO_GEO_ROUTE_H
#define GEO_GEO_ROUTE_H

#include "geo/geo_nearest.h"

/* The way itself, for the one unit somebody looks at: which roads, and the line to draw. Unpacked
 * from the hierarchy, so that it is the way the travel time was counted on. */

#define GEO_ROUTE_EDGES_MAX 65536u /* half of all the edges of a large city in a row */

struct geo_route {
    uint32_t travel_ms; /* as geo_travel_ms() says, with the walks at both ends */
    struct geo_place from, to;
    uint32_t edge_count;
    uint32_t *directed; /* edge * 2 + backward, GEO_ROUTE_EDGES_MAX; the first and the last are
                           those of the places, and the only one if both are on one road and need
                           not leave it */
};

/* `directed` is the caller's, the rest is filled. GEO_NOT_FOUND: a place is off every road, or
 * there is no way; GEO_BUSY: the hierarchy is being weighed anew, ask again in some milliseconds;
 * GEO_FULL: too long. */
GEO_MUST_CHECK enum geo_status geo_route_find(struct geo_search *search, const struct geo_map *map,
                                              enum geo_profile profile, struct geo_point from,
                                              struct geo_point to, struct geo_route *route);

/* The line of the route's part `index`, both ends included. Answers how many points there are;
 * points_max of them are written. */
uint32_t geo_route_points(const struct geo_map *map, const struct geo_route *route, uint32_t index,
                          struct geo_point points[], uint32_t points_max);

/* How long that part of the road is. */
uint32_t geo_route_length_cm(const struct geo_map *map, const struct geo_route *route,
                             uint32_t index);

#endif
