#ifndef GEO_GEO_PICK_H
#define GEO_GEO_PICK_H

#include "geo/geo_map.h"

/* Which roads somebody means who has drawn a line along them, or put a point on one. */

#define GEO_PICK_RADIUS_M  30u    /* a hand on a screen; the road is nearer than that */
#define GEO_PICK_LINE_M    20000u /* longer lines are refused */
#define GEO_PICK_EDGES_MAX 512u

struct geo_pick {
    uint32_t edge;
    bool backward; /* drawn against the edge's direction; of a point: not known, false */
};

/* The edges, in the order they are met, that the line follows for a good part; crossings with other
 * roads are passed over. GEO_NOT_FOUND: none is within GEO_PICK_RADIUS_M; GEO_FULL: more than
 * GEO_PICK_EDGES_MAX, or a line longer than GEO_PICK_LINE_M. */
GEO_MUST_CHECK enum geo_status geo_pick_line(const struct geo_map *map, enum geo_profile profile,
                                             const struct geo_point line[], uint32_t point_count,
                                             struct geo_pick picks[GEO_PICK_EDGES_MAX],
                                             uint32_t *count);

#endif
