#ifndef GEO_GEO_PLANE_H
#define GEO_GEO_PLANE_H

#include "geo/geo_point.h"

/* Flat-earth arithmetic for the few hundred metres around a place, in whole units of 1e-7 degree of
 * latitude (1.11 cm) both ways. Only IEEE basic operations and integers: every machine gets the
 * same bits, which libm does not promise for sin and cos. */

#define GEO_PLANE_SPAN_MAX (INT64_C(1) << 30) /* 107 degrees: squares of two still fit int64_t */

struct geo_vector {
    int64_t x, y;
};

/* Sine for -pi..pi and arc sine for 0..1, error below 1e-13. */
double geo_sin(double rad);
double geo_asin(double value);

/* Cosine of a latitude as a fraction of 2^20. */
int64_t geo_cos_q20(int32_t lat_e7);

/* From a to b. */
static inline struct geo_vector geo_vector_between(struct geo_point a, struct geo_point b,
                                                   int64_t cos_q20)
{
    return (struct geo_vector){
        .x = ((int64_t)b.lon_e7 - a.lon_e7) * cos_q20 / (INT64_C(1) << 20),
        .y = (int64_t)b.lat_e7 - a.lat_e7,
    };
}

/* Square root rounded down. */
uint64_t geo_root(uint64_t value);

/* Length in units; 0 where a side is past GEO_PLANE_SPAN_MAX. */
uint64_t geo_vector_length(struct geo_vector vector);

/* Units to centimetres and back, rounded down. */
uint64_t geo_units_to_cm(uint64_t units);
uint64_t geo_cm_to_units(uint64_t cm);

#endif
