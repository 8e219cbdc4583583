#include "geo/geo_point.h"

#include <assert.h>
#include <math.h>

#include "geo/geo_plane.h"

static const double earth_radius_cm = 637100880.0; /* mean radius, IUGG */
static const double rad_per_e7 = 1.7453292519943295e-9;
static const double half_pi = 1.5707963267948966;

bool geo_point_valid(struct geo_point point)
{
    return point.lat_e7 >= -900000000 && point.lat_e7 <= 900000000 && point.lon_e7 >= -1800000000 &&
           point.lon_e7 <= 1800000000;
}

static double cos_of(struct geo_point at)
{
    return geo_sin(half_pi - fabs((double)at.lat_e7) * rad_per_e7);
}

struct geo_origin geo_origin_of(struct geo_point at)
{
    assert(geo_point_valid(at));
    return (struct geo_origin){.at = at, .cos_lat = cos_of(at)};
}

/* Taylor's series for angles below NEAR_RAD: what is left out is below 1e-18 of them. */
#define NEAR_RAD 0.01

static double sin_near(double rad)
{
    const double square = rad * rad;
    return rad * (1.0 - square * (1.0 / 6.0 - square * (1.0 / 120.0)));
}

static double asin_near(double sine)
{
    const double square = sine * sine;
    return sine * (1.0 + square * (1.0 / 6.0 + square * (3.0 / 40.0 + square * (15.0 / 336.0))));
}

uint64_t geo_origin_distance_cm(const struct geo_origin *origin, struct geo_point to)
{
    assert(geo_point_valid(to));

    const double lat = ((double)to.lat_e7 - (double)origin->at.lat_e7) * rad_per_e7 / 2.0;
    const double lon = ((double)to.lon_e7 - (double)origin->at.lon_e7) * rad_per_e7 / 2.0;
    const double cosines = origin->cos_lat * cos_of(to);
    if (fabs(lat) < NEAR_RAD / 2.0 && fabs(lon) < NEAR_RAD / 2.0) {
        const double sin_lat = sin_near(lat);
        const double sin_lon = sin_near(lon);
        const double arc = asin_near(sqrt(sin_lat * sin_lat + cosines * sin_lon * sin_lon));
        return (uint64_t)(2.0 * earth_radius_cm * arc + 0.5);
    }
    const double sin_lat = geo_sin(lat);
    const double sin_lon = geo_sin(lon);
    const double h = sin_lat * sin_lat + cosines * sin_lon * sin_lon;

    /* Rounding can push h a hair past 1 at the antipode. */
    const double arc = geo_asin(fmin(1.0, sqrt(fmax(0.0, h))));
    return (uint64_t)(2.0 * earth_radius_cm * arc + 0.5);
}

uint32_t geo_origin_distance_m(const struct geo_origin *origin, struct geo_point to)
{
    return (uint32_t)((geo_origin_distance_cm(origin, to) + 50u) / 100u);
}

uint64_t geo_distance_cm(struct geo_point a, struct geo_point b)
{
    const struct geo_origin origin = geo_origin_of(a);
    return geo_origin_distance_cm(&origin, b);
}

uint32_t geo_distance_m(struct geo_point a, struct geo_point b)
{
    return (uint32_t)((geo_distance_cm(a, b) + 50u) / 100u);
}
