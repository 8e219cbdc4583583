/* http_api on a real map: its description, streets, tiles, and roads within reach. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_nearest.h"
#include "tests/support/api_given.h"
#include "tests/support/import_given.h"

/* A long street with a bend, one-way side streets and a crossing, around 57.70 N 11.97 E. */
static const char streets[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"highway\":\"residential\",\"name\":\"\xc3\x96stra "
    "Gatan\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[11.94,57.70],[11.95,57.701],"
    "[11.97,57.70],[11.99,57.702],[12.00,57.70]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"highway\":\"residential\",\"name\":\"Norra Gatan\","
    "\"oneway\":\"yes\"},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[11.97,57.70],"
    "[11.972,57.715],[11.99,57.715],[11.99,57.702]]}},"
    "{\"type\":\"Feature\",\"properties\":{\"highway\":\"secondary\",\"name\":\"Ringv\xc3\xa4gen\"}"
    ",\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[11.95,57.701],[11.952,57.69],"
    "[11.97,57.69],[11.97,57.70]]}}]}";

static struct given given;
static struct import_given city;

static void set_up(void)
{
    import_given_init(&city);
    const enum geo_status status = import_given_text(&city, "city.geojson", streets);
    cr_assert(eq(int, status, GEO_OK));
    given_init(&given);
    given.world.config.map = &city.map;
    given_begin(&given);
    given_user(&given, "li", ROLE_DISPATCHER, SCOPE_CITY, UNIT_NONE);
    given_durable(&given);
}

static void tear_down(void)
{
    given_end(&given);
    import_given_finish(&city);
}

TestSuite(http_map, .init = set_up, .fini = tear_down, .timeout = 60);

static const struct fake_reply *get(const char *path, const char *query, const char *etag)
{
    struct net_request request = {.method = "GET",
                                  .path = path,
                                  .query = query,
                                  .authorization = "Bearer li",
                                  .idempotency_key = "",
                                  .content_type = "",
                                  .if_none_match = etag,
                                  .accept = "",
                                  .origin = "",
                                  .signature = "",
                                  .peer = "192.0.2.1"};
    const struct fake_reply *reply =
        fake_net_reply(given.net, fake_net_request(given.net, &request));
    cr_assert(reply != NULL);
    return reply;
}

static json_t *body(const struct fake_reply *reply)
{
    json_t *json = json_loadb(reply->body, reply->body_size, 0, NULL);
    cr_assert(json != NULL);
    return json;
}

Test(http_map, the_map_says_what_it_is_and_whose)
{
    json_t *json = body(get("/v1/map", "", ""));
    json_t *map = json_object_get(json, "map");
    cr_expect(eq(sz, strlen(json_string_value(json_object_get(map, "id"))), 16));
    cr_expect(ne(sz, strlen(json_string_value(json_object_get(map, "name"))), 0));
    const char *whose = json_string_value(json_object_get(map, "attribution"));
    json_t *meta = json_loadb(city.map.meta, city.map.meta_size, 0, NULL);
    cr_expect(given_same(whose, json_string_value(json_object_get(meta, "attribution"))));
    cr_expect(given_same(json_string_value(json_object_get(map, "name")),
                         json_string_value(json_object_get(meta, "name"))));
    cr_expect(eq(int, json_is_true(json_object_get(map, "has_roads")), 1));
    cr_expect(eq(sz, json_array_size(json_object_get(map, "bounds")), 4));
    json_decref(meta);
    json_decref(json);
}

Test(http_map, a_street_is_found_without_its_dots)
{
    json_t *json = body(get("/v1/streets", "q=ostra&limit=3", ""));
    json_t *found = json_object_get(json, "streets");
    cr_assert(eq(sz, json_array_size(found), 1));
    cr_expect(given_same(json_string_value(json_object_get(json_array_get(found, 0), "name")),
                         "\xc3\x96stra Gatan"));
    json_decref(json);
    cr_expect(eq(int, get("/v1/streets", "", "")->status, 400));
    cr_expect(eq(int, get("/v1/streets", "q=", "")->status, 400));
    cr_expect(eq(int, get("/v1/streets", "q=a&limit=51", "")->status, 400));
    cr_expect(eq(int, get("/v1/streets", "q=a&limit=x", "")->status, 400));
}

Test(http_map, tiles_come_compressed_and_are_not_sent_twice)
{
    cr_assert(ne(u32, city.map.tile_count, 0));
    const struct geo_tile *tile = &city.map.tiles[0];
    char path[64];
    snprintf(path, sizeof path, "/tiles/%u/%u/%u", tile->zoom, tile->x, tile->y);
    const struct fake_reply *reply = get(path, "", "");
    cr_expect(eq(int, reply->status, 200));
    cr_expect(eq(sz, reply->body_size, tile->size));
    cr_expect(ne(ptr, strstr(reply->headers, "Content-Encoding: gzip\r\n"), NULL));
    char etag[32];
    const char *start = strstr(reply->headers, "ETag: ");
    cr_assert(start != NULL);
    snprintf(etag, sizeof etag, "%.18s", start + 6);
    const struct fake_reply *again = get(path, "", etag);
    cr_expect(eq(int, again->status, 304));
    cr_expect(eq(sz, again->body_size, 0));
    cr_expect(eq(int, get(path, "", "\"0000000000000000\"")->status, 200));
}

Test(http_map, paths_that_are_no_tiles_are_not_found)
{
    static const char *const paths[] = {"/tiles/",      "/tiles/1",      "/tiles/1/0",
                                        "/tiles/1/2/0", "/tiles/1/0/2",  "/tiles/23/0/0",
                                        "/tiles/1/0/x", "/tiles/1/0/0/", "/tiles/-1/0/0"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        cr_expect(get(paths[i], "", "")->status == 404, "%s", paths[i]);
    }
    cr_expect(eq(int, get("/tiles/14/0/0", "", "")->status, 204)); /* a good one, but empty */
}

Test(http_map, questions_without_sense_are_refused)
{
    static const char *const queries[] = {
        "",
        "lat=57.7&lon=11.97",
        "lat=57.7&lon=11.97&profile=boat",
        "lat=91&lon=11.97&profile=car",
        "lat=57.7&lon=181&profile=car",
        "lat=57.7&lon=11.97&profile=car&minutes=",
        "lat=57.7&lon=11.97&profile=car&minutes=3,1",
        "lat=57.7&lon=11.97&profile=car&minutes=1,1",
        "lat=57.7&lon=11.97&profile=car&minutes=31",
        "lat=57.7&lon=11.97&profile=car&minutes=1,2,3,4,5,6",
        "lat=57.7&lon=11.97&profile=car&minutes=1,",
    };
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        cr_expect(get("/v1/isochrone", queries[i], "")->status == 400, "%s", queries[i]);
    }
    cr_expect(eq(int, get("/v1/isochrone", "lat=1&lon=1&profile=car", "")->status, 422));
}

/* ---- Rings against the travel time of points on them ---- */

static struct geo_point point_of(json_t *pair)
{
    return (struct geo_point){
        .lon_e7 = (int32_t)lround(json_number_value(json_array_get(pair, 0)) * 1e7),
        .lat_e7 = (int32_t)lround(json_number_value(json_array_get(pair, 1)) * 1e7)};
}

/* Every point of a ring is reached within its time and not within the ring before; a second for
 * rounding at the cuts, where a point stands for both sides. */
static void expect_ring(json_t *feature, uint32_t before_ms, struct geo_search *search,
                        struct geo_point at, enum geo_profile profile, double *length_m)
{
    const uint32_t limit_ms = 60000u * (uint32_t)json_integer_value(json_object_get(
                                           json_object_get(feature, "properties"), "minutes"));
    json_t *lines = json_object_get(json_object_get(feature, "geometry"), "coordinates");
    size_t i = 0;
    size_t k = 0;
    json_t *line = NULL;
    json_t *pair = NULL;
    json_array_foreach(lines, i, line)
    {
        cr_expect(ge(sz, json_array_size(line), 2));
        json_array_foreach(line, k, pair)
        {
            bool estimated = false;
            const struct geo_point from = point_of(pair);
            const uint32_t travel_ms =
                geo_travel_ms(search, &city.map, from, at, profile, limit_ms + 60000u, &estimated);
            cr_expect(travel_ms <= limit_ms + 1000 && travel_ms + 1000 >= before_ms,
                      "%d,%d takes %u ms, in the ring from %u to %u", from.lat_e7, from.lon_e7,
                      travel_ms, before_ms, limit_ms);
            if (k > 0) {
                *length_m += geo_distance_m(point_of(json_array_get(line, k - 1)), from);
            }
        }
    }
}

static double rings(const char *query, struct geo_point at, enum geo_profile profile)
{
    struct geo_search *search = NULL;
    const enum geo_status status = geo_search_create(&city.map, 1, &search);
    cr_assert(eq(int, status, GEO_OK));
    const struct fake_reply *reply = get("/v1/isochrone", query, "");
    cr_assert(eq(int, reply->status, 200));
    json_t *json = body(reply);
    double length_m = 0.0;
    uint32_t before_ms = 0;
    size_t i = 0;
    json_t *feature = NULL;
    json_array_foreach(json_object_get(json, "features"), i, feature)
    {
        const double until_now_m = length_m;
        expect_ring(feature, before_ms, search, at, profile, &length_m);
        cr_expect(lt(dbl, until_now_m, length_m)); /* every ring has roads here */
        before_ms = 60000u * (uint32_t)json_integer_value(json_object_get(
                                 json_object_get(feature, "properties"), "minutes"));
    }
    json_decref(json);
    geo_search_destroy(search);
    return length_m;
}

Test(http_map, walkers_rings_are_cut_where_the_time_runs_out)
{
    /* On the long street itself, 240 m from the crossing: 5 minutes of 1.4 m/s each way along it.
     */
    const struct geo_point at = {.lat_e7 = 577004000, .lon_e7 = 119740000};
    const double length_m =
        rings("lat=57.7004&lon=11.974&profile=foot&minutes=1,3,5", at, GEO_PROFILE_FOOT);
    cr_expect(lt(dbl, 700.0, length_m));
    cr_expect(lt(dbl, length_m, 1300.0));
}

Test(http_map, cars_mind_the_one_way_street)
{
    const struct geo_point at = {.lat_e7 = 577000000, .lon_e7 = 119700000};
    rings("lat=57.70&lon=11.97&profile=car&minutes=1,2,3", at, GEO_PROFILE_CAR);
}
