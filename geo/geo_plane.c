#include "geo/geo_plane.h"

#include <assert.h>
#include <math.h>

static const double half_pi = 1.5707963267948966;
static const double rad_per_e7 = 1.7453292519943295e-9;

double geo_sin(double rad)
{
    double x = rad;
    if (x > half_pi) {
        x = 2.0 * half_pi - x;
    } else if (x < -half_pi) {
        x = -2.0 * half_pi - x;
    }

    /* Taylor's series: the first term left out is below 5e-14 at a right angle. */
    static const double terms[] = {
        -1.0 / 6.0,        1.0 / 120.0,        -1.0 / 5040.0,          1.0 / 362880.0,
        -1.0 / 39916800.0, 1.0 / 6227020800.0, -1.0 / 1307674368000.0, 1.0 / 355687428096000.0};
    const double square = x * x;
    double sum = 0.0;
    for (int i = 7; i >= 0; i--) {
        sum = (sum + terms[i]) * square;
    }
    return x + x * sum;
}

/* The rational approximation of fdlibm's e_asin.c, for 0..0.5. */
static double asin_small(double x)
{
    const double t = x * x;
    const double p =
        t * (1.66666666666666657415e-01 +
             t * (-3.25565818622400915405e-01 +
                  t * (2.01212532134862925881e-01 +
                       t * (-4.00555345006794114027e-02 +
                            t * (7.91534994289814532176e-04 + t * 3.47933107596021167570e-05)))));
    const double q =
        1.0 + t * (-2.40339491173441421878 +
                   t * (2.02094576023350569471 +
                        t * (-6.88283971605453293030e-01 + t * 7.70381505559019352791e-02)));
    return x + x * (p / q);
}

double geo_asin(double value)
{
    assert(value >= 0.0);
    assert(value <= 1.0);

    if (value <= 0.5) {
        return asin_small(value);
    }
    return half_pi - 2.0 * asin_small(sqrt((1.0 - value) / 2.0));
}

int64_t geo_cos_q20(int32_t lat_e7)
{
    assert(lat_e7 >= -900000000);
    assert(lat_e7 <= 900000000);

    const double lat = (lat_e7 < 0 ? -(double)lat_e7 : (double)lat_e7) * rad_per_e7;
    const double cosine = geo_sin(half_pi - lat);
    const int64_t scaled = (int64_t)(cosine * 1048576.0 + 0.5);
    return scaled < 0 ? 0 : scaled;
}

uint64_t geo_root(uint64_t value)
{
    uint64_t root = (uint64_t)sqrt((double)value);
    while (root > UINT32_MAX || root * root > value) {
        root--; /* the double was rounded up */
    }
    while (root < UINT32_MAX && (root + 1) * (root + 1) <= value) {
        root++;
    }
    return root;
}

uint64_t geo_vector_length(struct geo_vector vector)
{
    const uint64_t x = (uint64_t)(vector.x < 0 ? -vector.x : vector.x);
    const uint64_t y = (uint64_t)(vector.y < 0 ? -vector.y : vector.y);
    if (x > (uint64_t)GEO_PLANE_SPAN_MAX || y > (uint64_t)GEO_PLANE_SPAN_MAX) {
        return 0;
    }
    return geo_root(x * x + y * y);
}

/* 6,371,008.8 m of mean radius: a unit is 1.11195080 cm. */
#define PICOMETRES_PER_UNIT UINT64_C(11119508023)
#define PICOMETRES_PER_CM   UINT64_C(10000000000)

uint64_t geo_units_to_cm(uint64_t units)
{
    assert(units <= (uint64_t)GEO_PLANE_SPAN_MAX * 2);
    return (units / 1000u) * (PICOMETRES_PER_UNIT / 10u) / (PICOMETRES_PER_CM / 10000u) +
           (units % 1000u) * PICOMETRES_PER_UNIT / PICOMETRES_PER_CM;
}

uint64_t geo_cm_to_units(uint64_t cm)
{
    assert(cm <= UINT64_C(1000000000)); /* 10,000 km */
    return cm * (PICOMETRES_PER_CM / 10u) / (PICOMETRES_PER_UNIT / 10u);
}
