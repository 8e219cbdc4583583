/* geo_import on real cities, read from KUAIFAN_SHARED (see README): every figure has a range that a
 * mistake in the rules would leave. Where the data is not at hand the test says so. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/import_given.h"

static struct import_given given;

static void set_up(void)
{
    import_given_init(&given);
}

static void tear_down(void)
{
    import_given_finish(&given);
}

TestSuite(import_city, .init = set_up, .fini = tear_down, .timeout = 300);

/* False, and a line that says so, where the file is missing. */
static bool has_data(const char *name, char path[IMPORT_PATH_SIZE])
{
    const char *shared = getenv("KUAIFAN_SHARED");
    (void)snprintf(path, IMPORT_PATH_SIZE, "%s/data/osm/%s", shared == NULL ? "../shared" : shared,
                   name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        printf("SKIPPED: %s is not there (set KUAIFAN_SHARED)\n", path);
        return false;
    }
    (void)fclose(file);
    return true;
}

static uint64_t count_of(enum geo_import_count count)
{
    return given.report.counts[count];
}

/* In a real city nearly everything hangs together, and walkers get farther than cars. */
static void expect_connected(void)
{
    cr_expect(lt(u64, count_of(GEO_IMPORT_CAR_EDGES) * 90,
                 count_of(GEO_IMPORT_CAR_EDGES_CONNECTED) * 100));
    cr_expect(lt(u64, count_of(GEO_IMPORT_FOOT_EDGES) * 90,
                 count_of(GEO_IMPORT_FOOT_EDGES_CONNECTED) * 100));
    cr_expect(ge(u64, count_of(GEO_IMPORT_MOTORCYCLE_EDGES), count_of(GEO_IMPORT_CAR_EDGES)));
}

/* Times and lengths of every edge: nobody flies, and no edge is shorter than its ends are apart. */
static void expect_sane_edges(void)
{
    const struct geo_map *map = &given.map;
    for (uint32_t i = 0; i < map->edge_count; i++) {
        const struct geo_edge *edge = &map->edges[i];
        const uint64_t straight = geo_distance_cm(map->nodes[edge->from], map->nodes[edge->to]);
        cr_assert(ge(u64, edge->length_cm + 2u + edge->shape_count, straight));
        cr_assert(ne(u32, edge->from, edge->to));
        cr_assert(i == 0 || map->edges[i - 1].from <= edge->from);
        for (int p = 0; p < GEO_PROFILE_COUNT; p++) {
            const uint64_t ms[2] = {edge->forward_ms[p], edge->backward_ms[p]};
            for (int d = 0; d < 2; d++) { /* 150 km/h is 4.17 cm/ms */
                cr_assert(ge(u64, ms[d] * 417, edge->length_cm * 99ULL));
            }
        }
    }
}

/* What geo_map_verify does not know: the middle of every long edge is found again by snapping. */
static void expect_snap(uint32_t step)
{
    const struct geo_map *map = &given.map;
    uint32_t tried = 0;
    for (uint32_t i = 0; i < map->edge_count; i += step) {
        const struct geo_edge *edge = &map->edges[i];
        if ((edge->component & 1u << GEO_PROFILE_FOOT) == 0) {
            continue;
        }
        const struct geo_place middle = {.edge = i, .fraction_e6 = 500000};
        struct geo_place place;
        cr_assert(eq(int,
                     geo_map_snap(map, GEO_PROFILE_FOOT, geo_map_place_point(map, middle), &place),
                     GEO_OK));
        cr_assert(lt(u32, place.distance_cm, 20), "edge %u", i);
        tried++;
    }
    cr_expect(lt(u32, 100, tried));
}

Test(import_city, porto)
{
    char path[IMPORT_PATH_SIZE];
    if (!has_data("porto_portugal.osm.pbf", path)) {
        return;
    }
    cr_assert(eq(int, import_given_run(&given, path), GEO_OK), "%s", given.report.error);
    cr_expect(eq(u64, count_of(GEO_IMPORT_NODES_READ), 347944));
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_READ), 357));
    /* RoutingKit makes 67,066 nodes and 157,965 arcs of it for cars alone. */
    cr_expect(lt(u64, 67000, count_of(GEO_IMPORT_GRAPH_NODES)));
    cr_expect(lt(u64, count_of(GEO_IMPORT_GRAPH_NODES), 80000));
    cr_expect(lt(u64, 80000, count_of(GEO_IMPORT_CAR_EDGES)));
    cr_expect(lt(u64, count_of(GEO_IMPORT_CAR_EDGES), 100000));
    uint32_t arcs = given.map.in_first[1][0] - given.map.in_first[0][0];
    cr_expect(lt(u32, 150000, arcs));
    cr_expect(lt(u32, arcs, 175000));
    expect_connected();
    expect_sane_edges();
    expect_snap(97);
    uint32_t found[64];
    cr_expect(ge(u32, geo_map_find_name(&given.map, "rua de santa catarina", found, 64), 1));
}

Test(import_city, monaco)
{
    char path[IMPORT_PATH_SIZE];
    if (!has_data("monaco.osm.pbf", path)) {
        return;
    }
    cr_assert(eq(int, import_given_run(&given, path), GEO_OK), "%s", given.report.error);
    cr_expect(eq(u64, count_of(GEO_IMPORT_NODES_READ), 180118));
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_READ), 27));
    cr_expect(lt(u64, 4000, count_of(GEO_IMPORT_GRAPH_EDGES)));
    cr_expect(lt(u64, 10000, count_of(GEO_IMPORT_AREAS_KEPT)));
    expect_connected();
    expect_sane_edges();
    expect_snap(7);
}

Test(import_city, liechtenstein)
{
    char path[IMPORT_PATH_SIZE];
    if (!has_data("liechtenstein-latest.osm.pbf", path)) {
        return;
    }
    cr_assert(eq(int, import_given_run(&given, path), GEO_OK), "%s", given.report.error);
    cr_expect(lt(u64, 6000, count_of(GEO_IMPORT_GRAPH_EDGES)));
    cr_expect(lt(u64, 20, count_of(GEO_IMPORT_PLACES_KEPT)));
    expect_connected();
    expect_sane_edges();
    expect_snap(7);
}

Test(import_city, bayreuth_from_gzipped_xml)
{
    char path[IMPORT_PATH_SIZE];
    if (!has_data("north-bayreuth.osm.gz", path)) {
        return;
    }
    cr_assert(eq(int, import_given_run(&given, path), GEO_OK), "%s", given.report.error);
    cr_expect(eq(u64, count_of(GEO_IMPORT_NODES_READ), 58631));
    expect_connected();
    expect_sane_edges();
    expect_snap(7);
}

Test(import_city, a_pbf_that_was_cut_off_is_refused_wherever_it_was_cut)
{
    char path[IMPORT_PATH_SIZE];
    if (!has_data("liechtenstein-latest.osm.pbf", path)) {
        return;
    }
    size_t size = 0;
    uint8_t *bytes = import_given_read(path, &size);
    uint64_t seed = 7;
    for (int round = 0; round < 20; round++) {
        char cut_path[IMPORT_PATH_SIZE];
        const size_t keep = 1 + (size_t)(import_given_random(&seed) % (size - 1));
        import_given_write(&given, "cut.osm.pbf", bytes, keep, cut_path);
        cr_expect(eq(int, import_given_run(&given, cut_path), GEO_BAD_INPUT), "%zu bytes", keep);
        cr_expect(ne(ptr, (void *)strstr(given.report.error, "cut.osm.pbf: "), NULL));
    }
    free(bytes);
}

Test(import_city, a_pbf_with_flipped_bytes_never_crashes)
{
    char path[IMPORT_PATH_SIZE];
    if (!has_data("liechtenstein-latest.osm.pbf", path)) {
        return;
    }
    size_t size = 0;
    uint8_t *bytes = import_given_read(path, &size);
    uint64_t seed = 8;
    for (int round = 0; round < 4; round++) {
        char flipped_path[IMPORT_PATH_SIZE];
        const size_t at = (size_t)(import_given_random(&seed) % size);
        bytes[at] ^= 0x40;
        import_given_write(&given, "flipped.osm.pbf", bytes, size, flipped_path);
        const enum geo_status status = import_given_run(&given, flipped_path);
        cr_expect(status == GEO_OK || given.report.error[0] != '\0');
        bytes[at] ^= 0x40;
    }
    free(bytes);
}
