#ifndef GEO_GEO_POINT_H
#define GEO_GEO_POINT_H

#include <stdbool.h>
#include <stdint.h>

/* A place in WGS-84, in ten-millionths of a degree (1 unit = 1.1 cm of latitude). Integers, so that
 * what was decided on a place can be decided again to the bit. */
struct geo_point {
    int32_t lat_e7; /* -900000000 south .. +900000000 north */
    int32_t lon_e7; /* -1800000000 west .. +1800000000 east */
};

/* Both coordinates in range. Everything else in geo/ asserts this. */
bool geo_point_valid(struct geo_point point);

/* Great-circle distance in whole metres on a sphere of mean radius; error below 0.6 %. */
uint32_t geo_distance_m(struct geo_point a, struct geo_point b);

/* The same in centimetres, for weights and fractions along a road; at most 20,000 km. */
uint64_t geo_distance_cm(struct geo_point a, struct geo_point b);

/* A place that many distances are measured from: its share of the arithmetic, done once. */
struct geo_origin {
    struct geo_point at;
    double cos_lat;
};
struct geo_origin geo_origin_of(struct geo_point at);

/* As geo_distance_cm() and geo_distance_m(), to the bit. */
uint64_t geo_origin_distance_cm(const struct geo_origin *origin, struct geo_point to);
uint32_t geo_origin_distance_m(const struct geo_origin *origin, struct geo_point to);

#endif
