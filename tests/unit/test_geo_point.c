/* geo_point and geo_plane: distances to the centimetre, the same on every machine. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "geo/geo_plane.h"
#include "geo/geo_point.h"
#include "geo/geo_status.h"
#include "tests/support/geo_test_map.h"

#define RAD (3.14159265358979323846 / 180.0e7)

TestSuite(geo_point, .timeout = 20);

static double haversine_cm(struct geo_point a, struct geo_point b)
{
    const double lat = sin((b.lat_e7 - (double)a.lat_e7) * RAD / 2);
    const double lon = sin((b.lon_e7 - (double)a.lon_e7) * RAD / 2);
    const double h = lat * lat + cos(a.lat_e7 * RAD) * cos(b.lat_e7 * RAD) * lon * lon;
    return 2 * 637100880.0 * asin(fmin(1.0, sqrt(h)));
}

static struct geo_point anywhere(uint64_t *seed)
{
    return (struct geo_point){(int32_t)geo_test_below(seed, 1800000001u) - 900000000,
                              (int32_t)(geo_test_below(seed, 3600000001u) - 1800000000u)};
}

Test(geo_point, range_ends_are_valid_and_one_past_is_not)
{
    cr_expect(geo_point_valid((struct geo_point){900000000, 1800000000}));
    cr_expect(geo_point_valid((struct geo_point){-900000000, -1800000000}));
    cr_expect(not(geo_point_valid((struct geo_point){900000001, 0})));
    cr_expect(not(geo_point_valid((struct geo_point){-900000001, 0})));
    cr_expect(not(geo_point_valid((struct geo_point){0, 1800000001})));
    cr_expect(not(geo_point_valid((struct geo_point){0, -1800000001})));
}

Test(geo_point, a_degree_of_latitude_is_111_km)
{
    const struct geo_point a = {411500000, -86100000};
    const struct geo_point b = {421500000, -86100000};
    cr_expect(eq(u32, geo_distance_m(a, b), 111195));
    cr_expect(eq(u64, geo_distance_cm(a, a), 0));
}

Test(geo_point, antipodes_are_half_a_circumference_apart)
{
    const struct geo_point a = {0, 0};
    const struct geo_point b = {0, 1800000000};
    const struct geo_point north = {900000000, 0};
    const struct geo_point south = {-900000000, 1234567};
    cr_expect(eq(u32, geo_distance_m(a, b), 20015114));
    cr_expect(eq(u32, geo_distance_m(north, south), 20015114));
}

Test(geo_point, the_antimeridian_is_no_wall)
{
    const struct geo_point a = {0, 1799990000};
    const struct geo_point b = {0, -1799990000};
    cr_expect(eq(u32, geo_distance_m(a, b), 222));
}

Test(geo_point, equals_the_haversine_of_libm)
{
    uint64_t seed = 7;
    for (uint32_t i = 0; i < 20000; i++) {
        const struct geo_point a = anywhere(&seed);
        struct geo_point b = anywhere(&seed);
        if (i % 2 == 0) { /* near */
            b = (struct geo_point){a.lat_e7 / 2 + (int32_t)geo_test_below(&seed, 100000),
                                   a.lon_e7 / 2};
        }
        const double right_cm = haversine_cm(a, b);
        const double cm = (double)geo_distance_cm(a, b);
        /* Near the antipode asin is steep: a bit of h is a metre there, for libm as well. */
        const double slack = right_cm > 1.99e9 ? 500.0 : 1.0;
        cr_assert(le(dbl, fabs(cm - right_cm), slack), "%u: %f and %f", i, cm, right_cm);
        cr_assert(eq(u64, geo_distance_cm(a, b), geo_distance_cm(b, a)));
    }
}

Test(geo_point, sine_and_arc_sine_equal_libm)
{
    for (int i = -1000; i <= 1000; i++) {
        const double rad = i * 3.14159265358979 / 1000;
        cr_assert(epsilon_eq(dbl, geo_sin(rad), sin(rad), 1e-12));
    }
    for (int i = 0; i <= 1000; i++) {
        cr_assert(epsilon_eq(dbl, geo_asin(i / 1000.0), asin(i / 1000.0), 1e-12));
    }
    cr_expect(eq(i64, geo_cos_q20(0), 1 << 20));
    cr_expect(eq(i64, geo_cos_q20(900000000), 0));
    cr_expect(eq(i64, geo_cos_q20(-600000000), 1 << 19));
}

Test(geo_point, the_square_root_is_rounded_down)
{
    const uint64_t roots[] = {1, 2, 3, 65535, 65536, 94906265, 94906267, UINT32_MAX};
    cr_expect(eq(u64, geo_root(0), 0));
    for (uint32_t i = 0; i < sizeof roots / sizeof roots[0]; i++) {
        cr_expect(eq(u64, geo_root(roots[i] * roots[i]), roots[i]));
        cr_expect(eq(u64, geo_root(roots[i] * roots[i] - 1), roots[i] - 1));
    }
    cr_expect(eq(u64, geo_root(UINT64_MAX), UINT32_MAX));
}

Test(geo_point, units_and_centimetres_agree)
{
    cr_expect(eq(u64, geo_units_to_cm(10000000), 11119508));
    cr_expect(eq(u64, geo_cm_to_units(11119508), 9999999));
    cr_expect(eq(u64, geo_units_to_cm(0), 0));
    cr_expect(eq(u64, geo_vector_length((struct geo_vector){3, -4}), 5));
}

Test(geo_point, every_status_has_a_text)
{
    for (int status = GEO_OK; status < GEO_STATUS_COUNT; status++) {
        cr_expect(lt(sz, 1, strlen(geo_status_text((enum geo_status)status))));
    }
    cr_expect(eq(str, (char *)(uintptr_t)geo_status_text(GEO_BAD_MAGIC),
                 "this is not a kuaifan map file"));
}
