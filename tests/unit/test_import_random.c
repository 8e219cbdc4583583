/* geo_import: random road networks against distances over the uncontracted points. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/import_given.h"

#define SEED     77001u
#define POINTS   14u
#define WAYS_MAX 16u
#define NEVER    UINT64_MAX

/* Distances for cars in centimetres, first over the points as given, then over the map's nodes. */
static uint64_t raw[POINTS][POINTS];
static uint64_t *compiled;
static bool blocked[POINTS];
static struct geo_point points[POINTS];
static char text[1u << 16];
static size_t text_size;
static struct import_given given;

static void set_up(void)
{
    import_given_init(&given);
}

static void tear_down(void)
{
    import_given_finish(&given);
    free(compiled);
    compiled = NULL;
}

TestSuite(import_random, .init = set_up, .fini = tear_down, .timeout = 120);

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void put(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(text + text_size, sizeof text - text_size, format, arguments);
    va_end(arguments);
    cr_assert(le(int, 0, size)); /* a list has nothing before its first item */
    text_size += (size_t)size;
    cr_assert(lt(sz, text_size, sizeof text));
}

static void put_point(struct geo_point at)
{
    put("[%d.%07d,%d.%07d]", at.lon_e7 / 10000000, at.lon_e7 % 10000000, at.lat_e7 / 10000000,
        at.lat_e7 % 10000000);
}

static void shorten(uint64_t *distance, uint64_t one, uint64_t other)
{
    if (one != NEVER && other != NEVER && one + other < *distance) {
        *distance = one + other;
    }
}

static void given_way(uint64_t *seed, bool is_first)
{
    static const char *const oneways[] = {"no", "yes", "-1", "no"};
    const size_t oneway = (size_t)(import_given_random(seed) % 4);
    const uint32_t count = 2 + (uint32_t)(import_given_random(seed) % 5);
    put("%s{\"type\":\"Feature\",\"properties\":{\"highway\":\"residential\",\"oneway\":\"%s\"},"
        "\"geometry\":{\"type\":\"LineString\",\"coordinates\":[",
        is_first ? "" : ",", oneways[oneway]);
    uint32_t before = 0;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t at = (uint32_t)(import_given_random(seed) % POINTS);
        put("%s", i == 0 ? "" : ",");
        put_point(points[at]);
        if (i > 0 && at != before) {
            const uint64_t length = geo_distance_cm(points[before], points[at]);
            if (oneway != 2) {
                shorten(&raw[before][at], length, 0);
            }
            if (oneway != 1) {
                shorten(&raw[at][before], length, 0);
            }
        }
        before = at;
    }
    put("]}}%s", "");
}

static void given_network(uint64_t *seed)
{
    text_size = 0;
    put("{\"type\":\"FeatureCollection\",\"features\":[%s", "");
    for (uint32_t i = 0; i < POINTS; i++) {
        points[i].lat_e7 =
            225000000 + (int32_t)(i / 4) * 10000 + (int32_t)(import_given_random(seed) % 4000);
        points[i].lon_e7 =
            1133000000 + (int32_t)(i % 4) * 10000 + (int32_t)(import_given_random(seed) % 4000);
        blocked[i] = import_given_random(seed) % 6 == 0;
        for (uint32_t k = 0; k < POINTS; k++) {
            raw[i][k] = i == k ? 0 : NEVER;
        }
    }
    const uint32_t ways = 3 + (uint32_t)(import_given_random(seed) % (WAYS_MAX - 3));
    for (uint32_t i = 0; i < ways; i++) {
        given_way(seed, i == 0);
    }
    for (uint32_t i = 0; i < POINTS; i++) {
        if (blocked[i]) {
            put(",{\"type\":\"Feature\",\"properties\":{\"barrier\":\"block\"},\"geometry\":"
                "{\"type\":\"Point\",\"coordinates\":%s",
                "");
            put_point(points[i]);
            put("}}%s", "");
        }
    }
    put("]}%s", "");
}

/* Floyd and Warshall; nobody drives through a blocked point. */
static void close_raw(void)
{
    for (uint32_t k = 0; k < POINTS; k++) {
        for (uint32_t i = 0; i < POINTS && !blocked[k]; i++) {
            for (uint32_t j = 0; j < POINTS; j++) {
                shorten(&raw[i][j], raw[i][k], raw[k][j]);
            }
        }
    }
}

static void close_compiled(void)
{
    const struct geo_map *map = &given.map;
    const size_t n = map->node_count;
    free(compiled);
    compiled = malloc(n * n * sizeof *compiled);
    for (size_t i = 0; i < n * n; i++) {
        compiled[i] = i % (n + 1) == 0 ? 0 : NEVER;
    }
    for (uint32_t e = 0; e < map->edge_count; e++) {
        const struct geo_edge *edge = &map->edges[e];
        if (edge->forward_ms[GEO_PROFILE_CAR] != GEO_TRAVEL_NEVER) {
            shorten(&compiled[edge->from * n + edge->to], edge->length_cm, 0);
        }
        if (edge->backward_ms[GEO_PROFILE_CAR] != GEO_TRAVEL_NEVER) {
            shorten(&compiled[edge->to * n + edge->from], edge->length_cm, 0);
        }
    }
    for (size_t k = 0; k < n; k++) {
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                shorten(&compiled[i * n + j], compiled[i * n + k], compiled[k * n + j]);
            }
        }
    }
}

static uint32_t point_at(struct geo_point at)
{
    uint32_t i = 0;
    while (points[i].lat_e7 != at.lat_e7 || points[i].lon_e7 != at.lon_e7) {
        i++;
        cr_assert(lt(u32, i, POINTS), "a node that is no point of the input");
    }
    return i;
}

static uint32_t expect_same_distances(void)
{
    const struct geo_map *map = &given.map;
    const size_t n = map->node_count;
    uint32_t compared = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t a = point_at(map->nodes[i]);
        for (size_t j = 0; j < n && !blocked[a]; j++) {
            const uint32_t b = point_at(map->nodes[j]);
            if (!blocked[b]) { /* a blocked point is several nodes */
                cr_assert(eq(u64, compiled[i * n + j], raw[a][b]), "%u to %u in %s", a, b, text);
                compared++;
            }
        }
    }
    return compared;
}

/* The largest set of nodes that all reach each other, by looking at every pair. */
static void expect_component(void)
{
    const struct geo_map *map = &given.map;
    const size_t n = map->node_count;
    size_t best = 0;
    size_t best_size = 0;
    for (size_t i = 0; i < n; i++) {
        size_t size = 0;
        for (size_t j = 0; j < n; j++) {
            size += compiled[i * n + j] != NEVER && compiled[j * n + i] != NEVER;
        }
        if (size > best_size) {
            best = i;
            best_size = size;
        }
    }
    for (uint32_t e = 0; e < map->edge_count; e++) {
        const struct geo_edge *edge = &map->edges[e];
        bool wanted =
            edge->forward_ms[0] != GEO_TRAVEL_NEVER || edge->backward_ms[0] != GEO_TRAVEL_NEVER;
        const uint32_t ends[2] = {edge->from, edge->to};
        for (int k = 0; k < 2; k++) {
            wanted = wanted && compiled[best * n + ends[k]] != NEVER &&
                     compiled[ends[k] * n + best] != NEVER;
        }
        cr_assert(eq(int, edge->component & 1, wanted), "edge %u in %s", e, text);
    }
}

Test(import_random, contraction_and_barriers_keep_every_distance_and_the_largest_part)
{
    uint64_t seed = SEED;
    uint32_t compared = 0;
    uint64_t contracted = 0;
    printf("seed %u\n", SEED);
    for (int round = 0; round < 150; round++) {
        given_network(&seed);
        close_raw();
        const enum geo_status status = import_given_text(&given, "random.json", text);
        cr_assert(eq(int, status, GEO_OK), "%s", given.report.error);
        close_compiled();
        compared += expect_same_distances();
        expect_component();
        contracted += given.report.counts[GEO_IMPORT_GRAPH_POINTS_CONTRACTED];
    }
    printf("%u pairs compared, %llu points contracted\n", compared, (unsigned long long)contracted);
    cr_expect(lt(u32, 5000, compared));
    cr_expect(lt(u64, 150, contracted));
}
