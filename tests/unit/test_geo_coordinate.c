/* geo_coordinate: the published points, a round trip everywhere, and nothing outside of China. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "geo/geo_coordinate.h"
#include "tests/support/geo_test_map.h"

#define SEED 90210u

/* NULL, and said so, where the shared data is not at hand. */
static json_t *given_vectors(const char *name)
{
    const char *shared = getenv("KUAIFAN_SHARED");
    char path[512];
    json_error_t error;
    (void)snprintf(path, sizeof path, "%s/data/gcj02/%s", shared != NULL ? shared : "../shared",
                   name);
    json_t *root = json_load_file(path, 0, &error);
    if (root == NULL) {
        printf("SKIPPED: %s is not there; set KUAIFAN_SHARED\n", path);
    }
    return root;
}

static struct geo_point point(double lat, double lon)
{
    return (struct geo_point){(int32_t)lround(lat * 1e7), (int32_t)lround(lon * 1e7)};
}

static struct geo_point named(const json_t *row, const char *name)
{
    const json_t *at = json_object_get(row, name);
    return point(json_number_value(json_object_get(at, "lat")),
                 json_number_value(json_object_get(at, "lon")));
}

static struct geo_point pair(const json_t *pair, bool lon_first)
{
    const double a = json_number_value(json_array_get(pair, 0));
    const double b = json_number_value(json_array_get(pair, 1));
    return lon_first ? point(b, a) : point(a, b);
}

static void expect_near(struct geo_point at, struct geo_point right, uint64_t cm_max)
{
    cr_expect(le(u64, geo_distance_cm(at, right), cm_max), "%d,%d is not %d,%d", at.lat_e7,
              at.lon_e7, right.lat_e7, right.lon_e7);
}

Test(geo_coordinate, a_grid_over_the_city_equals_two_published_implementations)
{
    json_t *rows = given_vectors("zhongshan_grid_vectors.json");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const struct geo_point wgs84 = named(row, "wgs84");
        const struct geo_point gcj02 = named(row, "gcj02_gcoord");
        const struct geo_point bd09 = named(row, "bd09_gcoord");
        expect_near(geo_coordinate_from_wgs84(GEO_CRS_GCJ02, wgs84), gcj02, 2);
        expect_near(geo_coordinate_from_wgs84(GEO_CRS_GCJ02, wgs84),
                    named(row, "gcj02_coordtransform"), 2);
        expect_near(geo_coordinate_to_wgs84(GEO_CRS_GCJ02, gcj02), wgs84, 2);
        if (gcj02.lat_e7 == wgs84.lat_e7 && gcj02.lon_e7 == wgs84.lon_e7) {
            continue; /* abroad: there gcoord makes BD-09 of GCJ-02 that is none */
        }
        expect_near(geo_coordinate_from_wgs84(GEO_CRS_BD09, wgs84), bd09, 2);
        expect_near(geo_coordinate_to_wgs84(GEO_CRS_BD09, bd09), wgs84, 2);
    }
    cr_expect(rows == NULL || json_array_size(rows) == 59);
    json_decref(rows);
}

Test(geo_coordinate, known_points_come_out_to_the_metre)
{
    json_t *root = given_vectors("known_points.json");
    const json_t *rows = json_object_get(root, "wgs84_to_gcj02");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const struct geo_point wgs84 = pair(json_object_get(row, "wgs"), false);
        const struct geo_point gcj02 = pair(json_object_get(row, "gcj"), false);
        expect_near(geo_coordinate_from_wgs84(GEO_CRS_GCJ02, wgs84), gcj02, 3);
        expect_near(geo_coordinate_to_wgs84(GEO_CRS_GCJ02, gcj02), wgs84, 3);
    }
    cr_expect(root == NULL || json_array_size(rows) >= 4);
    json_decref(root);
}

Test(geo_coordinate, three_hundred_cities_agree_within_a_metre)
{
    json_t *rows = given_vectors("gcoord-china-cities.json");
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *coords = json_object_get(json_array_get(rows, i), "coords");
        const struct geo_point wgs84 = pair(json_object_get(coords, "WGS84"), true);
        const struct geo_point gcj02 = pair(json_object_get(coords, "GCJ02"), true);
        const struct geo_point bd09 = pair(json_object_get(coords, "BD09"), true);
        expect_near(geo_coordinate_from_wgs84(GEO_CRS_GCJ02, wgs84), gcj02, 100);
        expect_near(geo_coordinate_to_wgs84(GEO_CRS_GCJ02, gcj02), wgs84, 100);
        expect_near(geo_coordinate_to_wgs84(GEO_CRS_BD09, bd09), wgs84, 120);
    }
    cr_expect(rows == NULL || json_array_size(rows) == 664);
    json_decref(rows);
}

Test(geo_coordinate, in_the_city_the_difference_is_what_would_send_the_wrong_unit)
{
    const struct geo_point city = point(22.5176, 113.3926);
    const uint64_t gcj02 = geo_distance_m(city, geo_coordinate_from_wgs84(GEO_CRS_GCJ02, city));
    const uint64_t bd09 = geo_distance_m(city, geo_coordinate_from_wgs84(GEO_CRS_BD09, city));
    cr_expect(ge(u64, gcj02, 617));
    cr_expect(le(u64, gcj02, 638));
    cr_expect(ge(u64, bd09, 1230));
    cr_expect(le(u64, bd09, 1290));
}

Test(geo_coordinate, there_and_back_is_where_it_was)
{
    uint64_t seed = SEED;
    printf("seed %u\n", SEED);
    for (int i = 0; i < 20000; i++) {
        const struct geo_point at = {180000000 + (int32_t)geo_test_below(&seed, 350000000),
                                     740000000 + (int32_t)geo_test_below(&seed, 600000000)};
        for (int crs = 0; crs < GEO_CRS_COUNT; crs++) {
            const struct geo_point there = geo_coordinate_from_wgs84((enum geo_crs)crs, at);
            const struct geo_point back = geo_coordinate_to_wgs84((enum geo_crs)crs, there);
            cr_assert(le(i32, abs(back.lat_e7 - at.lat_e7), 1));
            cr_assert(le(i32, abs(back.lon_e7 - at.lon_e7), 1));
        }
    }
}

Test(geo_coordinate, outside_of_china_and_at_every_corner_nothing_moves_or_breaks)
{
    const struct geo_point porto = point(41.15, -8.61);
    for (int crs = 0; crs < GEO_CRS_COUNT; crs++) {
        expect_near(geo_coordinate_from_wgs84((enum geo_crs)crs, porto), porto, 0);
        expect_near(geo_coordinate_to_wgs84((enum geo_crs)crs, porto), porto, 0);
    }
    const double lats[] = {-90.0, 0.8293, 0.8294, 55.8270, 55.8271, 90.0};
    const double lons[] = {-180.0, 72.004, 72.0041, 137.8346, 137.8347, 180.0};
    for (size_t i = 0; i < 36; i++) {
        for (int crs = 0; crs < GEO_CRS_COUNT; crs++) {
            const struct geo_point at = point(lats[i / 6], lons[i % 6]);
            cr_expect(geo_point_valid(geo_coordinate_to_wgs84((enum geo_crs)crs, at)));
            cr_expect(geo_point_valid(geo_coordinate_from_wgs84((enum geo_crs)crs, at)));
        }
    }
}
