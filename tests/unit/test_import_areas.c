/* geo_import_ring, geo_import_area: areas that relations draw, with holes, whole or cut off. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "geo/import/geo_import_area.h"
#include "geo/import/geo_import_ring.h"
#include "tests/support/import_given.h"

#define SEED      20261129u
#define NODES_MAX 400u

static struct geo_import_rings rings;
static struct geo_import_node nodes[NODES_MAX];
static struct geo_import_source source;
static struct geo_import_report report;
static const struct geo_import_options options = {.input_path = "city.osm",
                                                  .output_path = "city.kfmap"};

static void set_up(void)
{
    geo_import_ring_init(&rings);
    memset(nodes, 0, sizeof nodes);
    memset(&report, 0, sizeof report);
    cr_assert(eq(int, geo_import_source_init(&source, &options, &report), GEO_OK));
}

static void tear_down(void)
{
    geo_import_ring_finish(&rings);
    geo_import_source_finish(&source);
}

TestSuite(import_areas, .init = set_up, .fini = tear_down, .timeout = 60);

static void given_node(uint32_t node, int32_t lat_e7, int32_t lon_e7)
{
    nodes[node] = (struct geo_import_node){.id = node, .at = {lat_e7, lon_e7}};
}

static void add(const uint32_t refs[], uint32_t count)
{
    cr_assert(eq(int, geo_import_ring_add(&rings, refs, count), GEO_OK));
}

static void close_rings(void)
{
    cr_assert(eq(int, geo_import_ring_close(&rings, nodes), GEO_OK));
}

/* A ring of points, parted into ways that come in any order and direction: the ring again. */
Test(import_areas, ways_in_any_order_and_direction_make_the_ring_they_were_cut_from)
{
    uint64_t seed = SEED;
    printf("seed %u\n", SEED);
    for (int round = 0; round < 200; round++) {
        const uint32_t count = 3 + (uint32_t)(import_given_random(&seed) % 60);
        uint32_t parts[64][66];
        uint32_t sizes[64];
        uint32_t order[64];
        uint32_t part_count = 0;
        sizes[0] = 0;
        for (uint32_t i = 0; i < count; i++) { /* a point at a corner ends one way, begins one */
            given_node(i, (int32_t)i * 1000, (int32_t)(i * i) * 1000);
            parts[part_count][sizes[part_count]++] = i;
            if (i > 0 && import_given_random(&seed) % 3 == 0) {
                parts[++part_count][0] = i;
                sizes[part_count] = 1;
            }
        }
        parts[part_count][sizes[part_count]++] = 0;
        part_count++;
        for (uint32_t i = 0; i < part_count; i++) {
            const uint32_t other = (uint32_t)(import_given_random(&seed) % (i + 1));
            order[i] = order[other];
            order[other] = i;
        }
        geo_import_ring_clear(&rings);
        for (uint32_t i = 0; i < part_count; i++) {
            uint32_t *part = parts[order[i]];
            const uint32_t size = sizes[order[i]];
            for (uint32_t k = 0; import_given_random(&seed) % 2 == 0 && k < size / 2; k++) {
                for (uint32_t m = 0; m < size / 2; m++) {
                    const uint32_t swapped = part[m];
                    part[m] = part[size - 1 - m];
                    part[size - 1 - m] = swapped;
                }
            }
            add(part, size);
        }
        close_rings();
        cr_assert(eq(sz, rings.rings.count, 1), "round %d", round);
        cr_assert(eq(u32, rings.dropped_count + rings.bridged_count, 0));
        const struct geo_import_ring *ring = rings.rings.items;
        cr_assert(eq(u32, ring->node_count, count));
        const uint32_t *made = (const uint32_t *)rings.nodes.items + ring->node_first;
        const uint32_t step = (made[1] + count - made[0]) % count;
        cr_assert(step == 1 || step == count - 1);
        for (uint32_t i = 0; i < count; i++) {
            cr_assert(eq(u32, (made[i] + step) % count, made[(i + 1) % count]));
        }
    }
}

Test(import_areas, a_closed_way_is_a_ring_and_a_way_back_and_forth_is_none)
{
    for (uint32_t i = 0; i < 4; i++) {
        given_node(i, (int32_t)(i % 2) * 1000, (int32_t)(i / 2) * 1000);
    }
    add((const uint32_t[]){0, 1, 2, 0}, 4);
    add((const uint32_t[]){2, 3}, 2); /* and back */
    add((const uint32_t[]){3, 2}, 2);
    close_rings();
    cr_expect(eq(sz, rings.rings.count, 1));
    cr_expect(eq(u32, ((const struct geo_import_ring *)rings.rings.items)->node_count, 3));
    cr_expect(eq(u32, rings.dropped_count, 0));
}

/* A river 2 km wide and 30 km long, whose banks both leave the extract at both ends. */
Test(import_areas, the_banks_of_a_river_are_joined_across_the_edges_of_the_extract)
{
    uint32_t banks[2][30];
    for (uint32_t i = 0; i < 30; i++) {
        given_node(i, 410000000, -80000000 + (int32_t)i * 100000);
        given_node(30 + i, 410200000, -80000000 + (int32_t)i * 100000);
        banks[0][i] = i;
        banks[1][i] = 59 - i;
    }
    add(banks[0], 30);
    add(banks[1], 30);
    close_rings();
    cr_assert(eq(sz, rings.rings.count, 1));
    cr_expect(eq(u32, rings.bridged_count, 1));
    cr_expect(eq(u32, ((const struct geo_import_ring *)rings.rings.items)->node_count, 60));
    /* the area of a rectangle: two banks that did not cross */
    cr_expect(epsilon_eq(dbl, geo_import_ring_area(&rings, nodes, 0), 2 * 2900000.0 * 200000.0, 1));
}

Test(import_areas, a_ring_of_which_more_is_guessed_than_half_of_what_is_known_is_dropped)
{
    given_node(0, 0, 0);
    given_node(1, 0, 10000);
    given_node(2, 10000, 10000);
    given_node(3, 0, 30000);
    add((const uint32_t[]){0, 1, 2}, 3); /* known 2, missing 1.41 */
    close_rings();
    cr_expect(eq(sz, rings.rings.count, 0));
    cr_expect(eq(u32, rings.dropped_count, 1));
    geo_import_ring_clear(&rings);
    given_node(3, 10000, 1000);
    add((const uint32_t[]){0, 1, 2, 3}, 4); /* known 2.9, missing 1.005 */
    close_rings();
    cr_expect(eq(sz, rings.rings.count, 1));
    cr_expect(eq(u32, rings.bridged_count, 1));
}

Test(import_areas, a_point_outside_of_the_extract_parts_a_way)
{
    for (uint32_t i = 0; i < 10; i++) {
        given_node(i, (int32_t)(i < 5 ? 0 : 1000), (int32_t)(i < 5 ? i : 9 - i) * 100000);
    }
    add((const uint32_t[]){GEO_IMPORT_NO_NODE, 0, 1, 2, 3, 4, GEO_IMPORT_NO_NODE, 5, 6, 7, 8, 9},
        12);
    close_rings();
    cr_expect(eq(sz, rings.rings.count, 1));
    cr_expect(eq(u32, ((const struct geo_import_ring *)rings.rings.items)->node_count, 10));
}

Test(import_areas, as_many_open_ends_as_the_limit_are_paired_and_one_chain_more_drops_all)
{
    for (uint32_t i = 0; i <= GEO_IMPORT_RING_CHAINS_MAX; i++) {
        for (uint32_t k = 0; k < 4; k++) { /* a box each, one corner missing by a hair */
            given_node(4 * i + k, (int32_t)i * 100000 + (k == 1 || k == 2 ? 10000 : 0),
                       (k == 2   ? 10000
                        : k == 3 ? 1000
                                 : 0));
        }
    }
    for (uint32_t more = 0; more < 2; more++) {
        geo_import_ring_clear(&rings);
        uint32_t refs[GEO_IMPORT_RING_CHAINS_MAX + 1][4];
        for (uint32_t i = 0; i < GEO_IMPORT_RING_CHAINS_MAX + more; i++) {
            for (uint32_t k = 0; k < 4; k++) {
                refs[i][k] = 4 * i + k;
            }
            add(refs[i], 4);
        }
        close_rings();
        cr_expect(eq(sz, rings.rings.count, more == 0 ? GEO_IMPORT_RING_CHAINS_MAX : 0));
        cr_expect(eq(u32, rings.dropped_count, more == 0 ? 0 : GEO_IMPORT_RING_CHAINS_MAX + 1));
    }
}

#define TAGS(...)                                                                                  \
    (struct geo_import_tags)                                                                       \
    {                                                                                              \
        (const struct geo_import_tag[]){__VA_ARGS__},                                              \
            sizeof((const struct geo_import_tag[]){__VA_ARGS__}) / sizeof(struct geo_import_tag)   \
    }
#define NO_TAGS                                                                                    \
    (struct geo_import_tags)                                                                       \
    {                                                                                              \
        NULL, 0                                                                                    \
    }
#define AREA                                                                                       \
    {                                                                                              \
        "type", "multipolygon"                                                                     \
    }

/* A square way of four nodes 10 x id ...; `size` in 1e-7 degrees. */
static void given_square(int64_t id, int32_t south_e7, int32_t west_e7, int32_t size,
                         struct geo_import_tags tags)
{
    int64_t ids[5];
    for (int corner = 0; corner < 4; corner++) {
        const struct geo_point at = {south_e7 + (corner == 1 || corner == 2 ? size : 0),
                                     west_e7 + (corner >= 2 ? size : 0)};
        ids[corner] = 10 * id + corner;
        cr_assert(eq(int, geo_import_source_node(&source, ids[corner], at, NO_TAGS), GEO_OK));
    }
    ids[4] = ids[0];
    const struct geo_import_way way = {.id = id, .ids = ids, .count = 5};
    cr_assert(eq(int, geo_import_source_way(&source, way, tags), GEO_OK));
}

/* `roles` is a letter a way: o outer, i inner. */
static void given_relation(const char *roles, const int64_t ways[], struct geo_import_tags tags)
{
    struct geo_import_member members[16];
    const size_t count = strlen(roles);
    for (size_t i = 0; i < count; i++) {
        members[i] = (struct geo_import_member){.kind = GEO_IMPORT_MEMBER_WAY,
                                                .id = ways[i],
                                                .role = roles[i] == 'o' ? "outer" : "inner"};
    }
    const struct geo_import_members all = {members, count};
    cr_assert(eq(int, geo_import_source_relation(&source, all, tags), GEO_OK));
}

static void resolve(void)
{
    cr_assert(eq(int, geo_import_source_resolve(&source), GEO_OK));
}

/* "water:o33 i1": layer, then of each shape whether it is a hole, and the way of its points. */
static void expect_shapes(const char *wanted)
{
    char got[256] = "";
    size_t size = 0;
    const struct geo_import_shape *shapes = source.shapes.items;
    const struct geo_import_node *all = source.nodes.items;
    const uint32_t *refs = source.refs.items;
    for (size_t i = 0; i < source.shapes.count; i++) {
        cr_assert(eq(u32, refs[shapes[i].ref_first],
                     refs[shapes[i].ref_first + shapes[i].ref_count - 1]));
        const int length = snprintf(got + size, sizeof got - size, "%s%s:%c%lld", i == 0 ? "" : " ",
                                    shapes[i].draw.kind, shapes[i].is_hole ? 'i' : 'o',
                                    (long long)all[refs[shapes[i].ref_first]].id / 10);
        cr_assert(lt(int, 0, length));
        size += (size_t)length;
    }
    cr_expect(eq(str, got, (char *)(uintptr_t)wanted));
}

Test(import_areas, a_relation_draws_its_ways_with_holes_even_if_it_is_read_before_them)
{
    given_relation("oi", (const int64_t[]){1, 2}, TAGS(AREA, {"natural", "water"}));
    given_square(1, 0, 0, 9000, NO_TAGS);
    given_square(2, 3000, 3000, 3000, NO_TAGS);
    given_square(3, 0, 0, 100, NO_TAGS); /* nobody's */
    resolve();
    expect_shapes("water:o1 water:i2");
    cr_expect(eq(u64, report.counts[GEO_IMPORT_MULTIPOLYGONS_KEPT], 1));
    cr_expect(eq(sz, source.refs.count, 20)); /* two ways, two rings; the third way is forgotten */
}

Test(import_areas, a_hole_is_cut_from_the_smallest_ring_around_it_and_a_stray_one_is_counted)
{
    given_square(1, 0, 0, 90000, NO_TAGS);
    given_square(2, 10000, 10000, 70000, NO_TAGS);
    given_square(3, 20000, 20000, 50000, NO_TAGS); /* an island in the hole */
    given_square(4, 30000, 30000, 10000, NO_TAGS); /* a pond on it */
    given_square(5, 500000, 0, 1000, NO_TAGS);
    given_relation("oioii", (const int64_t[]){1, 2, 3, 4, 5},
                   TAGS(AREA, {"natural", "wood"}, {"name", "石岐山"}));
    resolve();
    expect_shapes("forest:o1 forest:i2 forest:o3 forest:i4");
    cr_expect(eq(u64, report.counts[GEO_IMPORT_HOLES_STRAY], 1));
    const struct geo_import_shape *shapes = source.shapes.items;
    cr_expect(
        eq(str, (char *)(uintptr_t)geo_import_text_at(&source.text, shapes[2].name), "石岐山"));
}

Test(import_areas, what_the_outer_way_draws_gets_the_holes_of_a_relation_that_says_nothing)
{
    given_square(1, 0, 0, 9000, TAGS({"leisure", "park"}));
    given_square(2, 3000, 3000, 3000, NO_TAGS);
    given_relation("oi", (const int64_t[]){1, 2}, TAGS(AREA));
    resolve();
    expect_shapes("park:o1 park:i2");
    cr_expect(eq(u64, report.counts[GEO_IMPORT_MULTIPOLYGONS_KEPT], 1));
}

Test(import_areas, a_way_that_draws_the_same_as_its_relation_does_not_fill_the_holes)
{
    given_square(1, 0, 0, 9000, TAGS({"natural", "water"}));
    given_square(2, 3000, 3000, 3000, TAGS({"natural", "wood"}));
    given_relation("oi", (const int64_t[]){1, 2}, TAGS(AREA, {"natural", "water"}));
    resolve();
    expect_shapes("forest:o2 water:o1 water:i2"); /* the island keeps its trees */
}

Test(import_areas, a_relation_of_something_else_leaves_the_pictures_of_its_ways_alone)
{
    given_square(1, 0, 0, 9000, TAGS({"natural", "wood"}));
    given_square(2, 3000, 3000, 3000, NO_TAGS);
    given_relation("oi", (const int64_t[]){1, 2}, TAGS(AREA, {"landuse", "residential"}));
    given_relation("oi", (const int64_t[]){1, 2}, TAGS(AREA, {"highway", "pedestrian"}));
    given_relation("oi", (const int64_t[]){1, 2}, TAGS({"type", "route"}, {"natural", "water"}));
    resolve();
    expect_shapes("forest:o1");
    cr_expect(eq(u64, report.counts[GEO_IMPORT_MULTIPOLYGONS_ROADS], 1));
    cr_expect(eq(u64, report.counts[GEO_IMPORT_MULTIPOLYGONS_KEPT], 0));
}

Test(import_areas, a_relation_whose_ways_are_elsewhere_is_counted_as_incomplete)
{
    given_square(2, 3000, 3000, 3000, NO_TAGS);
    given_relation("oi", (const int64_t[]){77, 2}, TAGS(AREA, {"natural", "water"}));
    resolve();
    expect_shapes("");
    cr_expect(eq(u64, report.counts[GEO_IMPORT_MULTIPOLYGONS_INCOMPLETE], 1));
}

Test(import_areas, a_place_made_of_several_ways_is_found_in_the_middle_of_their_box)
{
    given_square(1, 0, 0, 9000, NO_TAGS);
    given_square(2, 0, 20000, 10000, NO_TAGS);
    given_relation("oo", (const int64_t[]){1, 2},
                   TAGS(AREA, {"amenity", "hospital"}, {"name", "São João"}));
    resolve();
    expect_shapes("");
    cr_assert(eq(sz, source.pois.count, 1));
    const struct geo_import_poi *poi = source.pois.items;
    cr_expect(eq(int, poi->kind, GEO_NAME_HOSPITAL));
    cr_expect(eq(i32, poi->at.lat_e7, 5000));
    cr_expect(eq(i32, poi->at.lon_e7, 15000));
}

#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define FEATURE(tags, type, coordinates)                                                           \
    "{\"type\":\"Feature\",\"properties\":{" tags "},\"geometry\":{\"type\":\"" type               \
    "\",\"coordinates\":" coordinates "}}"
#define OUTER  "[[11.9,57.7],[11.9,57.8],[12.0,57.8],[12.0,57.7],[11.9,57.7]]"
#define HOLE   "[[11.92,57.72],[11.92,57.74],[11.94,57.74],[11.92,57.72]]"
#define WATER  "\"natural\":\"water\",\"name\":\"Sj\u00f6n\""
#define STREET FEATURE("\"highway\":\"primary\"", "LineString", "[[11.9,57.7],[12.0,57.8]]")

Test(import_areas, geojson_polygons_keep_their_holes)
{
    struct import_given given;
    import_given_init(&given);
    const char *text =
        COLLECTION(STREET "," FEATURE(WATER, "Polygon", "[" OUTER "," HOLE "]") "," //
                   FEATURE(WATER, "MultiPolygon", "[[" OUTER "," HOLE "],[" HOLE "]]"));
    cr_assert(eq(int, import_given_text(&given, "lake.geojson", text), GEO_OK), "%s",
              given.report.error);
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_MULTIPOLYGONS_KEPT], 2));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_HOLES_STRAY], 0));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_DROPPED_GEOMETRY], 0));
    import_given_finish(&given);
}

Test(import_areas, geojson_polygons_that_are_none_are_told)
{
    struct import_given given;
    import_given_init(&given);
    cr_expect(eq(
        int, import_given_text(&given, "a.json", COLLECTION(FEATURE(WATER, "MultiPolygon", "7"))),
        GEO_BAD_INPUT));
    cr_expect(
        ne(ptr, strstr(given.report.error, "features[0]: coordinates are not an array"), NULL));
    cr_expect(eq(
        int, import_given_text(&given, "a.json", COLLECTION(FEATURE(WATER, "MultiPolygon", "[7]"))),
        GEO_BAD_INPUT));
    cr_expect(eq(int,
                 import_given_text(&given, "a.json",
                                   COLLECTION(FEATURE(WATER, "Polygon", "[" OUTER ",[[1]]]"))),
                 GEO_BAD_INPUT));
    cr_expect(ne(ptr, strstr(given.report.error, "coordinates[0] is not [longitude"), NULL));
    import_given_finish(&given);
}
