#include "geo/geo_ring.h"

#include <assert.h>

enum geo_ring_place geo_ring_place(const struct geo_point points[], uint32_t count,
                                   struct geo_point at)
{
    assert(count >= 3);
    bool inside = false;
    struct geo_point before = points[count - 1];
    for (uint32_t i = 0; i < count; i++) {
        const bool swap = before.lat_e7 > points[i].lat_e7;
        const enum geo_side side =
            geo_side_of(swap ? points[i] : before, swap ? before : points[i], at);
        if (side == GEO_SIDE_ON) {
            return GEO_RING_ON;
        }
        inside ^= side == GEO_SIDE_CROSSED;
        before = points[i];
    }
    return inside ? GEO_RING_INSIDE : GEO_RING_OUTSIDE;
}

bool geo_ring_holds(const struct geo_point points[], uint32_t count, const struct geo_point inner[],
                    uint32_t inner_count)
{
    for (uint32_t i = 0; i < inner_count; i++) {
        const enum geo_ring_place place = geo_ring_place(points, count, inner[i]);
        if (place != GEO_RING_ON) {
            return place == GEO_RING_INSIDE;
        }
    }
    return false;
}
