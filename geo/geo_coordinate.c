#include "geo/geo_coordinate.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

/* The ellipsoid of Krasovsky 1940, which GCJ-02 is made with. */
static const double axis_m = 6378245.0;
static const double eccentricity = 0.00669342162296594323;
static const double pi = 3.14159265358979323846;

#define ROUNDS_MAX 30 /* the distance shrinks a thousandfold a round; 4 or 5 are needed */

struct degrees {
    double lat, lon;
};

/* Where GCJ-02 is defined: the box that every implementation has. */
static bool in_box(struct degrees at)
{
    return at.lon >= 72.004 && at.lon <= 137.8347 && at.lat >= 0.8293 && at.lat <= 55.8271;
}

/* The waves that both coordinates share. */
static double wave(double x)
{
    return (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0;
}

static double north_m(double x, double y)
{
    return -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(fabs(x)) + wave(x) +
           (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0 +
           (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0;
}

static double east_m(double x, double y)
{
    return 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(fabs(x)) + wave(x) +
           (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0 +
           (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0;
}

static struct degrees gcj02_of(struct degrees at)
{
    if (!in_box(at)) {
        return at;
    }
    const double x = at.lon - 105.0;
    const double y = at.lat - 35.0;
    const double latitude = at.lat / 180.0 * pi;
    const double magic = 1.0 - eccentricity * sin(latitude) * sin(latitude);
    const double meridian = axis_m * (1.0 - eccentricity) / (magic * sqrt(magic));
    const double parallel = axis_m / sqrt(magic) * cos(latitude);
    return (struct degrees){.lat = at.lat + north_m(x, y) * 180.0 / (meridian * pi),
                            .lon = at.lon + east_m(x, y) * 180.0 / (parallel * pi)};
}

static struct degrees bd09_of(struct degrees at)
{
    if (!in_box(at)) {
        return at;
    }
    const struct degrees gcj02 = gcj02_of(at);
    const double turn = pi * 3000.0 / 180.0;
    const double x = gcj02.lon;
    const double y = gcj02.lat;
    const double radius = sqrt(x * x + y * y) + 0.00002 * sin(y * turn);
    const double angle = atan2(y, x) + 0.000003 * cos(x * turn);
    return (struct degrees){.lat = radius * sin(angle) + 0.006,
                            .lon = radius * cos(angle) + 0.0065};
}

static struct degrees shifted(enum geo_crs crs, struct degrees at)
{
    switch (crs) {
    case GEO_CRS_GCJ02:
        return gcj02_of(at);
    case GEO_CRS_BD09:
        return bd09_of(at);
    case GEO_CRS_WGS84:
    case GEO_CRS_COUNT:
        break;
    }
    return at;
}

static struct degrees degrees_of(struct geo_point at)
{
    return (struct degrees){.lat = at.lat_e7 / 1e7, .lon = at.lon_e7 / 1e7};
}

static int32_t rounded(double e7)
{
    return (int32_t)(e7 < 0.0 ? e7 - 0.5 : e7 + 0.5);
}

static struct geo_point point_of(struct degrees at)
{
    return (struct geo_point){.lat_e7 = rounded(at.lat * 1e7), .lon_e7 = rounded(at.lon * 1e7)};
}

struct geo_point geo_coordinate_from_wgs84(enum geo_crs crs, struct geo_point at)
{
    assert(crs < GEO_CRS_COUNT);
    assert(geo_point_valid(at));
    return crs == GEO_CRS_WGS84 ? at : point_of(shifted(crs, degrees_of(at)));
}

/* The place whose shift ends at `at`: guess, see how far off the guess lands, move it by that. A
 * place at the border of the box may have none, since the shift stops there: then it stays. */
struct geo_point geo_coordinate_to_wgs84(enum geo_crs crs, struct geo_point at)
{
    assert(crs < GEO_CRS_COUNT);
    assert(geo_point_valid(at));
    const struct degrees wanted = degrees_of(at);
    if (crs == GEO_CRS_WGS84 || !in_box(wanted)) {
        return at;
    }
    struct degrees guess = wanted;
    for (int round = 0; round < ROUNDS_MAX; round++) {
        const struct degrees lands = shifted(crs, guess);
        const double lat_off = wanted.lat - lands.lat;
        const double lon_off = wanted.lon - lands.lon;
        guess.lat += lat_off;
        guess.lon += lon_off;
        if (fabs(lat_off) < 1e-9 && fabs(lon_off) < 1e-9) {
            return point_of(guess);
        }
    }
    return at;
}
