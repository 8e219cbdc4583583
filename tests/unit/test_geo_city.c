/* Real cities, compiled from OpenStreetMap: every answer by road equals plain Dijkstra's. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "geo/geo_nearest.h"
#include "geo/geo_search.h"
#include "geo/import/geo_import.h"
#include "tests/support/geo_drive.h"
#include "tests/support/geo_oracle.h"
#include "tests/support/geo_test_map.h"
#include "tests/support/geo_test_roads.h"

#define UNITS    300u
#define LIMIT_MS (GEO_TRAVEL_NEVER - 1u)

static struct geo_map map;
static uint8_t *bytes;
static struct geo_fleet *fleet;
static struct geo_search *search;
static struct geo_oracle *oracle;
static struct geo_test_roads roads;

static void tear_down(void)
{
    geo_oracle_destroy(oracle);
    geo_test_roads_finish(&roads);
    geo_search_destroy(search);
    geo_fleet_destroy(fleet);
    free(bytes);
    oracle = NULL;
    search = NULL;
    fleet = NULL;
    bytes = NULL;
}

TestSuite(geo_city, .fini = tear_down, .timeout = 280);

static size_t read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    cr_assert(ne(ptr, file, NULL));
    cr_assert(eq(int, fseek(file, 0, SEEK_END), 0));
    const long size = ftell(file);
    rewind(file);
    bytes = malloc((size_t)size);
    cr_assert(eq(sz, fread(bytes, 1, (size_t)size, file), (size_t)size));
    (void)fclose(file);
    return (size_t)size;
}

/* False, and said so, where the shared data is not at hand. */
static bool given_city(const char *name)
{
    const char *shared = getenv("KUAIFAN_SHARED");
    char input[512];
    char folder[] = "/tmp/kuaifan_city_XXXXXX";
    char output[64];
    static struct geo_import_report report;
    (void)snprintf(input, sizeof input, "%s/data/osm/%s", shared != NULL ? shared : "../shared",
                   name);
    if (access(input, R_OK) != 0) {
        printf("SKIPPED: %s is not there; set KUAIFAN_SHARED\n", input);
        return false;
    }
    cr_assert(ne(ptr, mkdtemp(folder), NULL));
    (void)snprintf(output, sizeof output, "%s/city.kfmap", folder);
    const struct geo_import_options options = {.input_path = input, .output_path = output};
    cr_assert(eq(int, geo_import_run(&options, &report), GEO_OK), "%s", report.error);
    const size_t size = read_file(output);
    (void)unlink(output);
    (void)rmdir(folder);

    uint32_t section = 0;
    cr_assert(eq(int, geo_map_open(bytes, size, &map, &section), GEO_OK), "section %u", section);
    cr_assert(eq(int, geo_map_verify(&map, &section), GEO_OK), "section %u", section);
    cr_assert(eq(int, geo_fleet_create(&map, UNITS, &fleet), GEO_OK));
    cr_assert(eq(int, geo_search_create(&map, UNITS, &search), GEO_OK));
    oracle = geo_oracle_create(&map);
    geo_test_roads_init(&roads, &map);
    return true;
}

/* Beside a road as a rule, now and then anywhere in the box. */
static struct geo_point random_point(uint64_t *seed)
{
    const struct geo_map_header *header = map.header;
    if (geo_test_below(seed, 10) == 0) {
        const uint32_t height = (uint32_t)(header->north_e7 - header->south_e7);
        const uint32_t width = (uint32_t)(header->east_e7 - header->west_e7);
        return (struct geo_point){header->south_e7 + (int32_t)geo_test_below(seed, height + 1),
                                  header->west_e7 + (int32_t)geo_test_below(seed, width + 1)};
    }
    const struct geo_place place = {geo_test_below(seed, map.edge_count),
                                    geo_test_below(seed, 1000001), 0};
    struct geo_point at = geo_map_place_point(&map, place);
    at.lat_e7 += (int32_t)geo_test_below(seed, 2001) - 1000;
    at.lon_e7 += (int32_t)geo_test_below(seed, 2001) - 1000;
    return at;
}

static void expect_same_nearest(const struct geo_nearest_query *query)
{
    struct geo_nearest_hit hits[GEO_NEAREST_HITS_MAX];
    struct geo_nearest_hit right[GEO_NEAREST_HITS_MAX];
    bool estimated = false;
    bool right_estimated = false;
    const uint32_t count = geo_nearest(search, &map, fleet, query, hits, &estimated);
    cr_assert(
        eq(u32, count, geo_oracle_nearest(oracle, fleet, UNITS, query, right, &right_estimated)));
    cr_assert(eq(int, estimated, right_estimated));
    for (uint32_t i = 0; i < count; i++) {
        cr_assert(eq(u32, hits[i].unit_id, right[i].unit_id));
        cr_assert(eq(u32, hits[i].travel_ms, right[i].travel_ms));
    }
}

static int compare_reaches(const void *a, const void *b)
{
    const struct geo_reach *left = a;
    const struct geo_reach *right = b;
    return left->edge < right->edge ? -1 : left->edge > right->edge;
}

static void expect_same_isochrone(const struct geo_nearest_query *query, uint32_t limit_ms)
{
    struct geo_reach *reaches = calloc(map.edge_count, sizeof *reaches);
    struct geo_reach *right = calloc(map.edge_count, sizeof *right);
    struct geo_place place;
    uint32_t count = 0;
    if (geo_map_snap(&map, query->profile, query->at, &place) == GEO_OK) {
        count =
            geo_isochrone(search, &map, query->profile, place, limit_ms, reaches, map.edge_count);
        cr_assert(
            eq(u32, count, geo_oracle_isochrone(oracle, query->profile, place, limit_ms, right)));
    }
    qsort(reaches, count, sizeof *reaches, compare_reaches);
    cr_assert(eq(int, memcmp(reaches, right, count * sizeof *reaches), 0));
    free(reaches);
    free(right);
}

/* Closures and speeds; then by the hierarchy as it comes, by it alone, or by one of yesterday. */
static void given_other_roads(uint64_t *seed, uint32_t round)
{
    geo_test_roads_change(&roads, oracle, seed, GEO_PROFILE_COUNT, 64);
    if (round % 3 != 2) {
        geo_test_roads_follow(&roads);
    }
    search->around_nodes = round % 3 == 0 ? GEO_AROUND_NODES : 0;
    const struct geo_roads now = geo_test_roads_now(&roads);
    geo_search_follow(search, &now);
}

static void expect_equal_answers(uint64_t seed, uint32_t queries)
{
    uint32_t by_road = 0;
    printf("geo_city seed %llu\n", (unsigned long long)seed);
    for (uint32_t i = 0; i < queries; i++) {
        if (i % 10 == 0) {
            given_other_roads(&seed, i / 10);
        }
        const uint32_t id = geo_test_below(&seed, UNITS);
        geo_fleet_define(fleet, id, geo_test_below(&seed, GEO_PROFILE_COUNT), i);
        geo_fleet_move(fleet, id, random_point(&seed));
        geo_fleet_link(fleet, id, geo_test_below(&seed, 8) != 0);
        const struct geo_nearest_query query = {
            .at = random_point(&seed),
            .profile = i % GEO_PROFILE_COUNT,
            .flags_any = i % 4 == 0 ? 3 : 0,
            .limit_ms = i % 5 == 0 ? geo_test_below(&seed, 900000) : LIMIT_MS,
            .hits_max = 1 + geo_test_below(&seed, 12)};
        expect_same_nearest(&query);
        if (i % 20 == 0) {
            expect_same_isochrone(&query, 60000u * (1 + geo_test_below(&seed, 5)));
            bool estimated = false;
            bool right_estimated = false;
            const struct geo_point from = random_point(&seed);
            const uint32_t travel_ms = geo_travel_ms(search, &map, from, query.at, query.profile,
                                                     query.limit_ms, &estimated);
            cr_assert(eq(u32, travel_ms,
                         geo_oracle_travel_ms(oracle, from, query.at, query.profile, query.limit_ms,
                                              &right_estimated)));
            by_road += !estimated;
        }
    }
    cr_expect(lt(u32, queries / 40, by_road)); /* more than half of those asked */
}

Test(geo_city, monaco_equals_plain_dijkstra)
{
    if (given_city("monaco.osm.pbf")) {
        expect_equal_answers(1, 10000);
    }
}

Test(geo_city, porto_equals_plain_dijkstra)
{
    if (given_city("porto_portugal.osm.pbf")) {
        expect_equal_answers(2, 150);
    }
}

Test(geo_city, in_porto_a_unit_does_not_jump_to_the_opposite_carriageway)
{
    if (!given_city("porto_portugal.osm.pbf")) {
        return;
    }
    uint64_t seed = 5;
    const struct geo_drive_counts counts = geo_drive_run(&map, &seed, 60);
    printf("seed 5: of %u fixes on dual carriageways %u opposite by the nearest road, %u when "
           "followed, %u without heading\n",
           counts.fixes, counts.nearest_opposite, counts.follow_opposite, counts.blind_opposite);
    cr_assert(lt(u32, 1000, counts.fixes));
    cr_expect(lt(u32, counts.fixes / 20, counts.nearest_opposite));
    cr_expect(lt(u32, counts.follow_opposite, counts.nearest_opposite / 20 + 1));
    cr_expect(lt(u32, counts.blind_opposite, counts.nearest_opposite / 4 * 3));
    cr_expect(lt(u32, counts.follow_other, counts.nearest_other / 2));
}
