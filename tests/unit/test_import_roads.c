/* geo_import: from tags on a small ladder of streets to arcs, times and parts of the graph. */
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

TestSuite(import_roads, .init = set_up, .fini = tear_down, .timeout = 60);

static void given_city(const char *path)
{
    cr_assert(eq(int, import_given_run(&given, path), GEO_OK), "%s", given.report.error);
}

static const struct geo_edge *only_edge(const char *name)
{
    uint32_t edge = 0;
    cr_assert(eq(u32, import_given_edges(&given, name, &edge), 1), "%s", name);
    return &given.map.edges[edge];
}

/* Who may go north on this rung, and who south: c, m, f. */
static void expect_open(const char *name, const char *north, const char *south)
{
    const struct geo_edge *edge = only_edge(name);
    const bool up = given.map.nodes[edge->from].lat_e7 < given.map.nodes[edge->to].lat_e7;
    const uint32_t *northward = up ? edge->forward_ms : edge->backward_ms;
    const uint32_t *southward = up ? edge->backward_ms : edge->forward_ms;
    for (size_t p = 0; p <= GEO_PROFILE_FOOT; p++) {
        const char letter = "cmf"[p];
        cr_expect(eq(int, northward[p] != GEO_TRAVEL_NEVER, strchr(north, letter) != NULL),
                  "%s: %c north", name, letter);
        cr_expect(eq(int, southward[p] != GEO_TRAVEL_NEVER, strchr(south, letter) != NULL),
                  "%s: %c south", name, letter);
    }
}

Test(import_roads, rules_reach_the_arcs)
{
    given_city("tests/fixtures/import/rules.osm");
    expect_open("both", "cmf", "cmf");
    expect_open("forward only", "cmf", "f");
    expect_open("forward one", "cmf", "f");
    expect_open("forward true", "cmf", "f");
    expect_open("backward only", "f", "cmf");
    expect_open("reversible", "f", "f");
    expect_open("motorway", "cm", "");
    expect_open("roundabout", "cmf", "f");
    expect_open("circular", "cmf", "f");
    expect_open("motorcycle both ways", "cmf", "mf");
    expect_open("foot one way", "f", "");
    expect_open("private", "cmf", "cmf");
    expect_open("no motors", "f", "f");
    expect_open("footway for motorcycles", "mf", "mf");
    expect_open("footway open to all", "f", "f");
    expect_open("steps", "f", "f");
    expect_open("car ferry", "cmf", "cmf");
    expect_open("lift gate", "cmf", "cmf");
}

static void expect_ms(const char *name, enum geo_profile profile, uint32_t speed_mh)
{
    const struct geo_edge *edge = only_edge(name);
    cr_expect(eq(u32, edge->length_cm, 11120), "%s", name); /* 0.001 degrees of latitude */
    const uint32_t wanted = (uint32_t)((edge->length_cm * 36000ULL + speed_mh - 1) / speed_mh);
    cr_expect(eq(u32, edge->forward_ms[profile], wanted), "%s", name);
}

Test(import_roads, travel_time_is_length_by_speed_rounded_up)
{
    given_city("tests/fixtures/import/rules.osm");
    expect_ms("both", GEO_PROFILE_CAR, 25000);
    expect_ms("both", GEO_PROFILE_FOOT, 5040);
    expect_ms("steps", GEO_PROFILE_FOOT, 1800);
    expect_ms("private", GEO_PROFILE_CAR, 15000);
    expect_ms("limit 30", GEO_PROFILE_CAR, 24000);
    expect_ms("limit 30 mph", GEO_PROFILE_MOTORCYCLE, 38624);
    expect_ms("gravel", GEO_PROFILE_CAR, 40000);
    expect_ms("car ferry", GEO_PROFILE_CAR, 15000);
    const uint32_t ferry_ms = only_edge("ferry in ten minutes")->forward_ms[GEO_PROFILE_FOOT];
    cr_expect(ge(u32, ferry_ms, 400000)); /* 111 m cannot be slower than 1 km/h */
    cr_expect(le(u32, ferry_ms, 600000));
}

Test(import_roads, what_was_dropped_is_counted_by_reason)
{
    given_city("tests/fixtures/import/rules.osm");
    const uint64_t *counts = given.report.counts;
    cr_expect(eq(u64, counts[GEO_IMPORT_WAYS_READ], 33));
    cr_expect(eq(u64, counts[GEO_IMPORT_ROADS_KEPT], 27));
    cr_expect(eq(u64, counts[GEO_IMPORT_FERRIES_KEPT], 2));
    cr_expect(eq(u64, counts[GEO_IMPORT_DROPPED_CONSTRUCTION], 1));
    cr_expect(eq(u64, counts[GEO_IMPORT_DROPPED_PROPOSED], 1));
    cr_expect(eq(u64, counts[GEO_IMPORT_DROPPED_PLATFORM], 1));
    cr_expect(eq(u64, counts[GEO_IMPORT_DROPPED_CLOSED], 1));
    cr_expect(eq(u64, counts[GEO_IMPORT_ROADS_DRAWN_ONLY], 1));
    cr_expect(eq(u64, counts[GEO_IMPORT_RESTRICTIONS_READ], 1));
    cr_expect(eq(u64, counts[GEO_IMPORT_MULTIPOLYGONS_INCOMPLETE], 1));
    uint32_t edge = 0;
    cr_expect(eq(u32, import_given_edges(&given, "no access", &edge), 0));
    cr_expect(eq(u32, import_given_edges(&given, "under construction", &edge), 0));
}

/* Can the profile get from one end of the rung to the other without leaving it? A search over the
 * edges of one name and the nameless gates. */
static bool passes(const char *name, enum geo_profile profile)
{
    const struct geo_map *map = &given.map;
    bool *reached = calloc(map->node_count, sizeof *reached);
    uint32_t goal = UINT32_MAX;
    for (uint32_t i = 0; i < map->edge_count; i++) {
        const struct geo_edge *edge = &map->edges[i];
        for (int end = 0; end < 2; end++) {
            const uint32_t node = end == 0 ? edge->from : edge->to;
            if (strcmp(map->text + edge->name, name) == 0) {
                reached[node] = reached[node] || map->nodes[node].lat_e7 == 225000000;
                goal = map->nodes[node].lat_e7 == 225010000 ? node : goal;
            }
        }
    }
    cr_assert(lt(u32, goal, map->node_count));
    for (int round = 0; round < 4; round++) {
        for (uint32_t i = 0; i < map->edge_count; i++) {
            const struct geo_edge *edge = &map->edges[i];
            if (edge->name != 0 && strcmp(map->text + edge->name, name) != 0) {
                continue;
            }
            if (reached[edge->from] && edge->forward_ms[profile] != GEO_TRAVEL_NEVER) {
                reached[edge->to] = true;
            }
            if (reached[edge->to] && edge->backward_ms[profile] != GEO_TRAVEL_NEVER) {
                reached[edge->from] = true;
            }
        }
    }
    const bool answer = reached[goal];
    free(reached);
    return answer;
}

Test(import_roads, barriers_stop_the_way_but_both_sides_stay_reachable)
{
    given_city("tests/fixtures/import/rules.osm");
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_GATES_MADE], 3));
    cr_expect(not(passes("bollard", GEO_PROFILE_CAR)));
    cr_expect(passes("bollard", GEO_PROFILE_MOTORCYCLE));
    cr_expect(passes("bollard", GEO_PROFILE_FOOT));
    cr_expect(not(passes("locked gate", GEO_PROFILE_CAR)));
    cr_expect(not(passes("locked gate", GEO_PROFILE_MOTORCYCLE)));
    cr_expect(passes("locked gate", GEO_PROFILE_FOOT));
    cr_expect(not(passes("wall", GEO_PROFILE_FOOT)));
    uint32_t edge = 0;
    cr_assert(eq(u32, import_given_edges(&given, "bollard", &edge), 2));
    cr_expect(eq(u8, given.map.edges[edge].component, 15)); /* a dead end is not an island */
}

Test(import_roads, a_bend_is_one_edge_with_its_points_and_its_length)
{
    given_city("tests/fixtures/import/town.osm");
    const struct geo_edge *edge = only_edge("孙文中路"); /* two ways, drawn towards each other */
    cr_assert(eq(u32, edge->shape_count, 3));
    const struct geo_point line[5] = {
        given.map.nodes[edge->from], given.map.shape[edge->shape_first],
        given.map.shape[edge->shape_first + 1], given.map.shape[edge->shape_first + 2],
        given.map.nodes[edge->to]};
    const bool east = line[0].lon_e7 < line[4].lon_e7;
    const int32_t lons[5] = {1133000000, 1133030000, 1133050000, 1133070000, 1133100000};
    uint64_t length_cm = 0;
    for (size_t i = 0; i < 5; i++) {
        cr_expect(eq(i32, line[i].lon_e7, lons[east ? i : 4 - i]));
        length_cm += i == 0 ? 0 : geo_distance_cm(line[i - 1], line[i]);
    }
    cr_expect(eq(u64, edge->length_cm, length_cm));
    (void)only_edge("Rua do Porto"); /* nodes 2, 12, 3: the one-point way makes no crossing */
    (void)only_edge("Ängsgatan");
}

Test(import_roads, only_the_largest_part_is_marked_as_connected)
{
    given_city("tests/fixtures/import/town.osm");
    cr_expect(eq(u8, only_edge("孙文中路")->component, 15));
    cr_expect(eq(u8, only_edge("No Return")->component, 1u << GEO_PROFILE_FOOT));
    uint32_t edge = 0;
    cr_assert(eq(u32, import_given_edges(&given, "Island", &edge), 2)); /* no edge is a loop */
    cr_expect(eq(u8, given.map.edges[edge].component, 0));
    cr_expect(ne(u32, given.map.edges[edge].from, given.map.edges[edge].to));
}

Test(import_roads, ways_that_leave_the_extract_are_cut_and_counted)
{
    given_city("tests/fixtures/import/town.osm");
    uint32_t edge = 0;
    cr_expect(eq(u32, import_given_edges(&given, "Leaves the Extract", &edge), 0));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_MISSING_NODES], 1));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_DROPPED_SHORT], 1));
}

Test(import_roads, streets_are_found_by_name_and_lie_on_the_road)
{
    given_city("tests/fixtures/import/town.osm");
    uint32_t found[4];
    cr_assert(eq(u32, geo_map_find_name(&given.map, "angs", found, 4), 1));
    const struct geo_name *street = &given.map.names[found[0]];
    cr_expect(eq(int, strcmp(given.map.text + street->name, "Ängsgatan"), 0));
    cr_assert(eq(u32, geo_map_find_name(&given.map, "孙文", found, 4), 1));
    struct geo_place place;
    cr_assert(eq(int,
                 geo_map_snap(&given.map, GEO_PROFILE_CAR, given.map.names[found[0]].at, &place),
                 GEO_OK));
    cr_expect(lt(u32, place.distance_cm, 10));
}

Test(import_roads, geojson_meets_where_coordinates_are_equal)
{
    given_city("tests/fixtures/import/square.geojson");
    /* The square touches the street at two corners; one of them has a bollard, through which its
     * four ends are joined. */
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_FEATURES_READ], 5));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_DROPPED_GEOMETRY], 2));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_ROADS_KEPT], 2));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_GATES_MADE], 1));
    uint32_t edge = 0;
    cr_assert(eq(u32, import_given_edges(&given, "Kungsgatan", &edge), 3));
    const struct geo_edge *street = &given.map.edges[edge];
    const uint32_t speed = (uint32_t)(street->length_cm * 36000ULL / street->forward_ms[0]);
    cr_expect(le(u32, speed, 32000)); /* "maxspeed": 40 as a number */
    cr_expect(ge(u32, speed, 31990));
    cr_expect(ne(u32, street->backward_ms[0], GEO_TRAVEL_NEVER));
}

Test(import_roads, every_line_of_a_multi_line_is_a_way_with_its_tags)
{
    static const char text[] =
        "\xef\xbb\xbf{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\","
        "\"properties\":{\"highway\":\"residential\",\"name\":\"Storgatan\"},\"geometry\":"
        "{\"type\":\"MultiLineString\",\"coordinates\":[[[11.95,57.7],[11.96,57.7]],"
        "[[11.96,57.7],[11.96,57.71],[11.96,57.72]]]}}]}";
    cr_assert(eq(int, import_given_text(&given, "lines.geojson", text), GEO_OK), "%s",
              given.report.error);
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_WAYS_READ], 2));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_ROADS_KEPT], 2));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_DROPPED_GEOMETRY], 0));
}

Test(import_roads, arcs_lead_into_every_node_sorted)
{
    given_city("tests/fixtures/import/rules.osm");
    for (size_t p = 0; p < GEO_PROFILE_COUNT; p++) {
        uint32_t open = 0;
        for (uint32_t i = 0; i < given.map.edge_count; i++) {
            open += given.map.edges[i].forward_ms[p] != GEO_TRAVEL_NEVER;
            open += given.map.edges[i].backward_ms[p] != GEO_TRAVEL_NEVER;
        }
        const uint32_t *first = given.map.in_first[p];
        cr_expect(eq(u32, first[given.map.node_count] - first[0], open));
        for (uint32_t n = 0; n < given.map.node_count; n++) {
            for (uint32_t i = first[n] + 1; i < first[n + 1]; i++) {
                const struct geo_arc *a = &given.map.in_arcs[i - 1];
                const struct geo_arc *b = &given.map.in_arcs[i];
                cr_expect(a->tail < b->tail || (a->tail == b->tail && a->edge < b->edge));
            }
        }
    }
}
