/* Turn restrictions: what is read of them, what is followed, and answers equal to a search over
 * roads on random networks and on real cities. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "geo/geo_nearest.h"
#include "tests/support/import_given.h"
#include "tests/support/turn_oracle.h"

#define SEED     40331u
#define SIDE     4u /* random networks: points on a grid of 4 x 4, about 110 m apart */
#define NEVER    GEO_TRAVEL_NEVER
#define LIMIT_MS (GEO_TRAVEL_NEVER - 1u)
#define UNITS    12u

static struct import_given given;
static struct geo_search *search;
static struct geo_fleet *fleet;
static struct turn_oracle *oracle;
static char text[1u << 16];
static size_t text_size;

static void set_up(void)
{
    import_given_init(&given);
}

static void forget(void)
{
    turn_oracle_destroy(oracle);
    geo_search_destroy(search);
    geo_fleet_destroy(fleet);
    oracle = NULL;
    search = NULL;
    fleet = NULL;
}

static void tear_down(void)
{
    forget();
    import_given_finish(&given);
}

TestSuite(geo_turn, .init = set_up, .fini = tear_down, .timeout = 280);

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void put(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(text + text_size, sizeof text - text_size, format, arguments);
    va_end(arguments);
    cr_assert(lt(int, 0, size));
    text_size += (size_t)size;
    cr_assert(lt(sz, text_size, sizeof text));
}

static uint64_t count_of(enum geo_import_count count)
{
    return given.report.counts[count];
}

static void given_workspace(void)
{
    forget();
    cr_assert(eq(int, geo_search_create(&given.map, UNITS, &search), GEO_OK));
    cr_assert(eq(int, geo_fleet_create(&given.map, UNITS, &fleet), GEO_OK));
}

/* ---- A crossing of four streets, named by where they lead ----
 *
 *           north (2)
 *              |
 * west (5) -- (1) -- east (3)
 *              |
 *           south (4)                 Each is 200 m of 30 km/h: 24 s. A ring joins the four ends.
 */
static void given_crossing(const char *relations)
{
    text_size = 0;
    put("<osm version='0.6'>"
        "<node id='1' lat='22.5' lon='113.4'/><node id='2' lat='22.5018' lon='113.4'/>"
        "<node id='3' lat='22.5' lon='113.4019'/><node id='4' lat='22.4982' lon='113.4'/>"
        "<node id='5' lat='22.5' lon='113.3981'/>");
    static const char *const names[] = {"north", "east", "south", "west"};
    for (int i = 0; i < 4; i++) {
        put("<way id='%d'><nd ref='1'/><nd ref='%d'/><tag k='highway' v='residential'/>"
            "<tag k='maxspeed' v='30'/><tag k='name' v='%s'/></way>",
            11 + i, 2 + i, names[i]);
    }
    put("<way id='20'><nd ref='2'/><nd ref='3'/><nd ref='4'/><nd ref='5'/><nd ref='2'/>"
        "<tag k='highway' v='residential'/><tag k='maxspeed' v='5'/><tag k='name' v='ring'/></way>"
        "%s</osm>",
        relations);
    cr_assert(eq(int, import_given_text(&given, "crossing.osm", text), GEO_OK), "%s",
              given.report.error);
    given_workspace();
}

/* A relation over node 1. */
static const char *turn(const char *tags, int from, int to)
{
    static char out[512];
    (void)snprintf(out, sizeof out,
                   "<relation id='1'><member type='way' ref='%d' role='from'/>"
                   "<member type='node' ref='1' role='via'/>"
                   "<member type='way' ref='%d' role='to'/>"
                   "<tag k='type' v='restriction'/>%s</relation>",
                   from, to, tags);
    return out;
}

enum { NORTH = 11, EAST, SOUTH, WEST };

/* 100 m out of the crossing */
static struct geo_point on(int way)
{
    const int32_t half_lat = way == NORTH ? 9000 : way == SOUTH ? -9000 : 0;
    const int32_t half_lon = way == EAST ? 9500 : way == WEST ? -9500 : 0;
    return (struct geo_point){225000000 + half_lat, 1134000000 + half_lon};
}

static uint32_t travel(int from, int to, enum geo_profile profile)
{
    bool estimated = true;
    const uint32_t travel_ms =
        geo_travel_ms(search, &given.map, on(from), on(to), profile, LIMIT_MS, &estimated);
    cr_expect(not(estimated));
    return travel_ms;
}

/* Straight over the crossing: 200 m at 30 km/h, less what urban traffic takes off. */
static bool goes(int from, int to, enum geo_profile profile)
{
    const uint32_t direct_ms = profile == GEO_PROFILE_FOOT ? 150000 : 45000;
    return travel(from, to, profile) < direct_ms;
}

static void expect_goes(int from, int to, bool car, bool motorcycle, bool foot)
{
    cr_expect(eq(int, goes(from, to, GEO_PROFILE_CAR), car));
    cr_expect(eq(int, goes(from, to, GEO_PROFILE_MOTORCYCLE), motorcycle));
    cr_expect(eq(int, goes(from, to, GEO_PROFILE_FOOT), foot));
}

Test(geo_turn, a_crossing_without_restrictions_is_one_node)
{
    given_crossing("");
    cr_expect(eq(u32, given.map.node_count, 5));
    cr_expect(eq(u64, count_of(GEO_IMPORT_TURN_NODES), 0));
    expect_goes(NORTH, EAST, true, true, true);
}

Test(geo_turn, a_forbidden_left_turn_binds_motors_and_neither_walkers_nor_emergency_cars)
{
    given_crossing(turn("<tag k='restriction' v='no_left_turn'/>", NORTH, EAST));
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_READ), 1));
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_FOLLOWED), 1));
    cr_expect(eq(u64, count_of(GEO_IMPORT_TURN_NODES), 1));
    expect_goes(NORTH, EAST, false, false, true);
    cr_expect(goes(NORTH, EAST, GEO_PROFILE_EMERGENCY));
    expect_goes(EAST, NORTH, true, true, true);
    expect_goes(NORTH, SOUTH, true, true, true);
    expect_goes(WEST, EAST, true, true, true);
}

Test(geo_turn, only_straight_on_forbids_every_other_way_on_and_turning_round)
{
    given_crossing(turn("<tag k='restriction' v='only_straight_on'/>", NORTH, SOUTH));
    expect_goes(NORTH, SOUTH, true, true, true);
    expect_goes(NORTH, EAST, false, false, true);
    expect_goes(NORTH, WEST, false, false, true);
    expect_goes(EAST, WEST, true, true, true);
}

Test(geo_turn, two_only_of_one_road_leave_both_open)
{
    char first[512];
    char both[1024];
    (void)snprintf(first, sizeof first, "%s",
                   turn("<tag k='restriction' v='only_left_turn'/>", NORTH, EAST));
    (void)snprintf(both, sizeof both, "%s%s", first,
                   turn("<tag k='restriction' v='only_straight_on'/>", NORTH, SOUTH));
    given_crossing(both);
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_FOLLOWED), 2));
    expect_goes(NORTH, SOUTH, true, true, true);
    expect_goes(NORTH, EAST, true, true, true);
    expect_goes(NORTH, WEST, false, false, true);
}

Test(geo_turn, the_excepted_and_the_named_vehicles_are_told_apart)
{
    given_crossing(turn("<tag k='restriction' v='no_left_turn'/>"
                        "<tag k='except' v='bus; motorcycle'/>",
                        NORTH, EAST));
    expect_goes(NORTH, EAST, false, true, true);
    given_crossing(turn("<tag k='restriction:motorcycle' v='no_left_turn'/>", NORTH, EAST));
    expect_goes(NORTH, EAST, true, false, true);
    given_crossing(turn("<tag k='restriction:motor_vehicle' v='no_left_turn'/>", NORTH, EAST));
    expect_goes(NORTH, EAST, false, false, true);
    given_crossing(turn("<tag k='restriction:hgv' v='no_left_turn'/>", NORTH, EAST));
    expect_goes(NORTH, EAST, true, true, true);
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_OTHERS), 1));
    given_crossing(turn("<tag k='restriction' v='no_left_turn'/>"
                        "<tag k='except' v='motor_vehicle'/>",
                        NORTH, EAST));
    expect_goes(NORTH, EAST, true, true, true);
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_OTHERS), 1));
}

Test(geo_turn, conditions_via_ways_and_broken_relations_are_counted_and_not_followed)
{
    given_crossing(
        turn("<tag k='restriction:conditional' v='no_left_turn @ (07:00-09:00)'/>", NORTH, EAST));
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_CONDITIONAL), 1));
    expect_goes(NORTH, EAST, true, true, true);
    given_crossing(
        turn("<tag k='restriction' v='no_left_turn'/><tag k='hour_on' v='7'/>", NORTH, EAST));
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_CONDITIONAL), 1));
    given_crossing(
        "<relation id='1'><member type='way' ref='11' role='from'/>"
        "<member type='way' ref='12' role='via'/><member type='way' ref='20' role='to'/>"
        "<tag k='type' v='restriction'/><tag k='restriction' v='no_u_turn'/></relation>");
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_VIA_WAY), 1));
    given_crossing(turn("<tag k='restriction' v='no_flying'/>", NORTH, EAST));
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_BROKEN), 1));
    given_crossing(turn("<tag k='restriction' v='no_left_turn'/>", NORTH, 99));
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_BROKEN), 1));
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_FOLLOWED), 0));
    expect_goes(NORTH, EAST, true, true, true);
}

Test(geo_turn, turning_round_is_forbidden_where_the_map_says_so_and_only_there)
{
    /* Past the crossing and back: a place behind us on a one-way detour cannot be reached else. */
    given_crossing(turn("<tag k='restriction' v='no_u_turn'/>", NORTH, NORTH));
    cr_expect(eq(u64, count_of(GEO_IMPORT_RESTRICTIONS_FOLLOWED), 1));
    expect_goes(NORTH, SOUTH, true, true, true);
    uint32_t edge = 0;
    cr_assert(eq(u32, import_given_edges(&given, "north", &edge), 1));
    const struct geo_edge *north = &given.map.edges[edge];
    const bool from_is_north = given.map.nodes[north->from].lat_e7 > 225000000;
    const uint32_t arrives = geo_edge_head(north, !from_is_north);
    const uint32_t leaves = geo_edge_tail(north, from_is_north);
    cr_expect(ne(u32, arrives, leaves));
    for (uint32_t i = 0; i < given.map.edge_count; i++) {
        const struct geo_edge *turns = &given.map.edges[i];
        if (turns->from == arrives && turns->to == leaves) {
            cr_expect(eq(u32, turns->forward_ms[GEO_PROFILE_CAR], NEVER));
            cr_expect(eq(u32, turns->forward_ms[GEO_PROFILE_FOOT], 0));
        }
    }
}

/* ---- Random networks ---- */

static uint32_t neighbour(uint32_t at, uint32_t side)
{
    const uint32_t x = at % SIDE;
    const uint32_t y = at / SIDE;
    return side == 0   ? y * SIDE + (x + 1) % SIDE
           : side == 1 ? y * SIDE + (x + SIDE - 1) % SIDE
           : side == 2 ? (y + 1) % SIDE * SIDE + x
                       : (y + SIDE - 1) % SIDE * SIDE + x;
}

/* Ways along the grid, so that they cross; some are one-way, some points have a bollard. */
static void given_network(uint64_t *seed)
{
    static const char *const oneways[] = {"no", "yes", "no", "-1", "no"};
    static const char *const kinds[] = {"no_left_turn", "no_straight_on",   "no_u_turn",
                                        "no_u_turn",    "only_straight_on", "only_left_turn"};
    static const char *const excepts[] = {"psv", "motorcar", "bus;motorcycle", "psv", "hgv"};
    enum { WAYS = 9, RULES = 14, LENGTH_MAX = 5 };
    uint32_t walk[WAYS][LENGTH_MAX];
    uint32_t length[WAYS];
    text_size = 0;
    put("<osm version='0.6'>");
    for (uint32_t i = 0; i < SIDE * SIDE; i++) {
        const bool bollard = import_given_random(seed) % 12 == 0;
        put("<node id='%u' lat='22.5%02u%03u' lon='113.4%02u%03u'>%s</node>", i + 1, i / SIDE * 10,
            (unsigned)(import_given_random(seed) % 300), i % SIDE * 10,
            (unsigned)(import_given_random(seed) % 300),
            bollard ? "<tag k='barrier' v='bollard'/>" : "");
    }
    bool taken[SIDE * SIDE][SIDE * SIDE] = {{false}}; /* no piece twice: it is known by its ends */
    for (uint32_t w = 0; w < WAYS; w++) {
        uint32_t at = (uint32_t)(import_given_random(seed) % (SIDE * SIDE));
        length[w] = 0;
        put("<way id='%u'>", w + 100);
        for (uint32_t tries = 0; tries < LENGTH_MAX + 2 && length[w] < LENGTH_MAX; tries++) {
            if (length[w] == 0 || !taken[walk[w][length[w] - 1]][at]) {
                if (length[w] > 0) {
                    taken[walk[w][length[w] - 1]][at] = taken[at][walk[w][length[w] - 1]] = true;
                }
                walk[w][length[w]++] = at;
                put("<nd ref='%u'/>", at + 1);
            }
            at = neighbour(walk[w][length[w] - 1], (uint32_t)(import_given_random(seed) % 4));
        }
        put("<tag k='highway' v='residential'/><tag k='oneway' v='%s'/></way>",
            oneways[import_given_random(seed) % 5]);
    }
    for (uint32_t r = 0; r < RULES; r++) {
        const uint32_t from = (uint32_t)(import_given_random(seed) % WAYS);
        const uint32_t via = walk[from][import_given_random(seed) % 2 == 0
                                            ? length[from] - 1
                                            : import_given_random(seed) % length[from]];
        uint32_t to = (uint32_t)(import_given_random(seed) % WAYS);
        for (uint32_t tries = 0; tries < WAYS; tries++) { /* one that meets it, if there is one */
            bool meets = false;
            for (uint32_t i = 0; i < length[to]; i++) {
                meets = meets || walk[to][i] == via;
            }
            to = meets ? to : (to + 1) % WAYS;
        }
        put("<relation id='%u'><member type='way' ref='%u' role='from'/>"
            "<member type='node' ref='%u' role='via'/><member type='way' ref='%u' role='to'/>"
            "<tag k='type' v='restriction'/><tag k='restriction' v='%s'/>"
            "<tag k='except' v='%s'/></relation>",
            r + 1, from + 100, via + 1, to + 100, kinds[import_given_random(seed) % 6],
            excepts[import_given_random(seed) % 5]);
    }
    put("</osm>");
}

static struct geo_point somewhere(uint64_t *seed)
{
    uint32_t edge = 0;
    do {
        edge = (uint32_t)(import_given_random(seed) % given.map.edge_count);
    } while (turn_oracle_is_turn(&given.map.edges[edge]));
    const uint32_t fraction_e6 = (uint32_t)(import_given_random(seed) % 1000001);
    return geo_map_place_point(&given.map, (struct geo_place){edge, fraction_e6, 0});
}

/* What geo_travel_ms() must answer; the oracle has run for `to`. */
static uint32_t right_ms(struct geo_point from, struct geo_place to, enum geo_profile profile)
{
    struct geo_place place;
    cr_assert(eq(int, geo_map_snap(&given.map, profile, from, &place), GEO_OK));
    const uint64_t road_ms = turn_oracle_road_ms(oracle, place);
    return road_ms == TURN_ORACLE_NEVER ? NEVER
                                        : (uint32_t)road_ms + geo_access_ms(place.distance_cm) +
                                              geo_access_ms(to.distance_cm);
}

static void expect_same_isochrone(struct geo_place to, enum geo_profile profile, uint32_t limit_ms)
{
    const struct geo_map *map = &given.map;
    struct geo_reach *reaches = calloc(map->edge_count, sizeof *reaches);
    bool *seen = calloc(map->edge_count, sizeof *seen);
    const uint32_t count =
        geo_isochrone(search, map, profile, to, limit_ms, reaches, map->edge_count);
    const uint64_t access_ms = geo_access_ms(to.distance_cm);
    for (uint32_t i = 0; i < count; i++) {
        const struct geo_edge *edge = &map->edges[reaches[i].edge];
        cr_assert(not(seen[reaches[i].edge]), "edge %u twice", reaches[i].edge);
        seen[reaches[i].edge] = true;
        for (int k = 0; k < 2 && !turn_oracle_is_turn(edge); k++) {
            const bool open =
                (k == 1 ? edge->backward_ms[profile] : edge->forward_ms[profile]) != NEVER;
            const uint64_t end_ms = turn_oracle_end_ms(oracle, reaches[i].edge, k == 1);
            const bool near = end_ms != TURN_ORACLE_NEVER && end_ms + access_ms <= limit_ms;
            if (open) {
                cr_assert(eq(u32, k == 1 ? reaches[i].from_ms : reaches[i].to_ms,
                             near ? (uint32_t)(end_ms + access_ms) : NEVER));
            }
        }
    }
    for (uint32_t i = 0; i < map->edge_count; i++) {
        bool near = false;
        for (int k = 0; k < 2 && !turn_oracle_is_turn(&map->edges[i]); k++) {
            const uint64_t end_ms = turn_oracle_end_ms(oracle, i, k == 1);
            near = near || (end_ms != TURN_ORACLE_NEVER && end_ms + access_ms <= limit_ms);
        }
        cr_assert(seen[i] || !near, "edge %u is missing", i);
    }
    free(seen);
    free(reaches);
}

/* The k nearest of the fleet, against every unit's own time. */
static void expect_same_nearest(struct geo_point at, struct geo_place to, enum geo_profile profile)
{
    struct geo_nearest_hit hits[UNITS];
    bool estimated = true;
    const struct geo_nearest_query query = {
        .at = at, .profile = profile, .limit_ms = LIMIT_MS, .hits_max = UNITS};
    const uint32_t count = geo_nearest(search, &given.map, fleet, &query, hits, &estimated);
    bool named[UNITS] = {false};
    for (uint32_t i = 0; i < count; i++) {
        const struct geo_fleet_unit *unit = geo_fleet_get(fleet, hits[i].unit_id);
        if (hits[i].estimated) {
            continue; /* it is on no road */
        }
        cr_assert(eq(u32, hits[i].travel_ms, right_ms(unit->at, to, profile)));
        cr_assert(i == 0 || hits[i - 1].travel_ms <= hits[i].travel_ms);
        named[hits[i].unit_id] = true;
    }
    for (uint32_t id = 0; id < UNITS; id++) {
        const struct geo_fleet_unit *unit = geo_fleet_get(fleet, id);
        const bool asked = unit->profile == profile && unit->place.edge != UINT32_MAX;
        cr_assert(named[id] || !asked || right_ms(unit->at, to, profile) == NEVER);
    }
}

static uint32_t expect_equal_answers(uint64_t *seed, uint32_t targets, uint32_t origins,
                                     uint32_t limit_ms)
{
    uint32_t compared = 0;
    for (uint32_t id = 0; id < UNITS; id++) {
        geo_fleet_define(fleet, id, (enum geo_profile)(id % GEO_PROFILE_COUNT), 1);
        geo_fleet_move(fleet, id, somewhere(seed));
        geo_fleet_link(fleet, id, true);
    }
    for (uint32_t t = 0; t < targets; t++) {
        const enum geo_profile profile = (enum geo_profile)(t % GEO_PROFILE_COUNT);
        const struct geo_point at = somewhere(seed);
        struct geo_place to;
        if (geo_map_snap(&given.map, profile, at, &to) != GEO_OK) {
            continue;
        }
        turn_oracle_run(oracle, profile, to);
        expect_same_nearest(at, to, profile);
        expect_same_isochrone(to, profile, limit_ms);
        for (uint32_t i = 0; i < origins; i++) {
            struct geo_place place;
            const struct geo_point from = somewhere(seed);
            if (geo_map_snap(&given.map, profile, from, &place) != GEO_OK) {
                continue;
            }
            bool estimated = true;
            const uint32_t travel_ms =
                geo_travel_ms(search, &given.map, from, at, profile, LIMIT_MS, &estimated);
            cr_assert(not(estimated));
            cr_assert(eq(u32, travel_ms, right_ms(from, to, profile)));
            compared++;
        }
    }
    return compared;
}

Test(geo_turn, random_networks_equal_a_search_over_roads)
{
    uint64_t seed = SEED;
    uint32_t compared = 0;
    uint32_t forbidden = 0;
    uint64_t followed = 0;
    printf("seed %u\n", SEED);
    for (int round = 0; round < 90; round++) {
        char path[IMPORT_PATH_SIZE];
        given_network(&seed);
        import_given_write(&given, "random.osm", text, text_size, path);
        cr_assert(eq(int, import_given_run(&given, path), GEO_OK), "%s", given.report.error);
        given_workspace();
        oracle = turn_oracle_create(&given.map, path);
        forbidden += turn_oracle_forbidden(oracle);
        followed += count_of(GEO_IMPORT_RESTRICTIONS_FOLLOWED);
        compared += expect_equal_answers(&seed, 24, 12, 60000);
    }
    printf("%u travel times compared, %u turns forbidden by %llu relations\n", compared, forbidden,
           (unsigned long long)followed);
    cr_expect(lt(u32, 10000, compared));
    cr_expect(lt(u32, 900, forbidden));
}

/* ---- Real cities ---- */

static void expect_city(const char *name, uint32_t targets, uint32_t forbidden_min)
{
    const char *shared = getenv("KUAIFAN_SHARED");
    char path[IMPORT_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/data/osm/%s", shared != NULL ? shared : "../shared",
                   name);
    if (access(path, R_OK) != 0) {
        printf("SKIPPED: %s is not there; set KUAIFAN_SHARED\n", path);
        return;
    }
    uint64_t seed = SEED;
    cr_assert(eq(int, import_given_run(&given, path), GEO_OK), "%s", given.report.error);
    given_workspace();
    oracle = turn_oracle_create(&given.map, path);
    cr_expect(ge(u32, turn_oracle_forbidden(oracle), forbidden_min));
    const uint32_t compared = expect_equal_answers(&seed, targets, 40, 180000);
    printf("%s: seed %u, %u turns forbidden, %u travel times compared\n", name, SEED,
           turn_oracle_forbidden(oracle), compared);
    cr_expect(lt(u32, targets * 20, compared));
}

Test(geo_turn, monaco_equals_a_search_over_roads)
{
    expect_city("monaco.osm.pbf", 60, 27);
}

Test(geo_turn, porto_equals_a_search_over_roads)
{
    expect_city("porto_portugal.osm.pbf", 12, 332);
}
