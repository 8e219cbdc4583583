#ifndef GEO_GEO_BETWEEN_H
#define GEO_GEO_BETWEEN_H

#include "geo/geo_map.h"

/* How one who drives got from one fix to the next, seconds later: the quickest way by the map's own
 * times. A few crossings, so that a list is faster than any queue; nothing is kept or allocated. */

#define GEO_BETWEEN_NODES_MAX 96u /* looked at: half a minute of driving in a dense city */

struct geo_between {
    uint32_t travel_ms; /* by the map, not by the traffic */
    uint32_t length_cm;
    uint32_t road_class; /* enum geo_road_class; GEO_ROAD_CLASS_COUNT: of several classes */
};

/* GEO_FULL: more than GEO_BETWEEN_NODES_MAX would have to be looked at; GEO_NOT_FOUND: there is no
 * way. Then *between is untouched. */
GEO_MUST_CHECK enum geo_status geo_between_find(const struct geo_map *map, enum geo_profile profile,
                                                struct geo_place from, struct geo_place to,
                                                struct geo_between *between);

#endif
