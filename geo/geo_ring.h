#ifndef GEO_GEO_RING_H
#define GEO_GEO_RING_H

#include "geo/geo_point.h"

/* How a point lies to the side of a ring, and to the whole of it: integers, no epsilon. */

enum geo_side { GEO_SIDE_NONE, GEO_SIDE_CROSSED, GEO_SIDE_ON };

/* From its southern end to its northern one. Products of two spans of the earth fit int64_t; their
 * difference would not, so they are compared. */
static inline enum geo_side geo_side_of(struct geo_point low, struct geo_point high,
                                        struct geo_point at)
{
    if (at.lat_e7 < low.lat_e7 || at.lat_e7 > high.lat_e7) {
        return GEO_SIDE_NONE;
    }
    const int64_t across = ((int64_t)at.lon_e7 - low.lon_e7) * ((int64_t)high.lat_e7 - low.lat_e7);
    const int64_t along = ((int64_t)high.lon_e7 - low.lon_e7) * ((int64_t)at.lat_e7 - low.lat_e7);
    if (across == along) {
        const int32_t west = low.lon_e7 < high.lon_e7 ? low.lon_e7 : high.lon_e7;
        const int32_t east = low.lon_e7 < high.lon_e7 ? high.lon_e7 : low.lon_e7;
        if (at.lon_e7 >= west && at.lon_e7 <= east) {
            return GEO_SIDE_ON;
        }
    }
    /* A ray to the east meets the side; its upper end is not part of it. */
    return at.lat_e7 < high.lat_e7 && across < along ? GEO_SIDE_CROSSED : GEO_SIDE_NONE;
}

enum geo_ring_place { GEO_RING_OUTSIDE, GEO_RING_INSIDE, GEO_RING_ON };

enum geo_ring_place geo_ring_place(const struct geo_point points[], uint32_t count,
                                   struct geo_point at);

/* Whether the ring lies inside the other: by its first corner that is not on the other's line; one
 * that has none does not. Rings that cross are neither. */
bool geo_ring_holds(const struct geo_point points[], uint32_t count, const struct geo_point inner[],
                    uint32_t inner_count);

#endif
