/* roster_text: the roster as the file that it is read from. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/host/roster_import.h"
#include "engine/net/roster_text.h"
#include "geo/geo_ring.h"
#include "tests/support/core_given.h"
#include "tests/support/geo_test_map.h"

static struct world one, other;
static struct proto_buffer text, again;

static void begin(struct world *world)
{
    world_init(world);
    world->config.limits.area_points_max = 4096;
    world->config.limits.areas_max = 64;
    world_begin(world);
}

static void set_up(void)
{
    begin(&one);
    begin(&other);
}

static void tear_down(void)
{
    proto_buffer_finish(&text);
    proto_buffer_finish(&again);
    world_finish(&one);
    world_finish(&other);
}

TestSuite(roster_text, .init = set_up, .fini = tear_down, .timeout = 60);

static void write_text(struct proto_buffer *buffer, const struct world *world,
                       enum proto_roster_kind kind, bool csv)
{
    proto_buffer_clear(buffer);
    if (csv) {
        roster_text_csv(buffer, world->engine, kind);
    } else {
        roster_text_geojson(buffer, world->engine, kind);
    }
    cr_assert(proto_buffer_ok(buffer));
}

/* Answers how many were new. */
static uint32_t read_text(struct world *world, enum proto_roster_kind kind, bool csv,
                          const char *bytes, size_t size)
{
    struct proto_roster read;
    struct roster_import import;
    const bool is_good = csv ? proto_roster_read_csv(&read, kind, bytes, size)
                             : proto_roster_read_geojson(&read, kind, bytes, size);
    cr_assert(is_good, "%u: %s", read.error_count > 0 ? read.errors[0].at.line : 0,
              read.error_count > 0 ? read.errors[0].detail : "");
    cr_assert(eq(int,
                 roster_import_init(&import, &read, GEO_CRS_WGS84, world->engine, &world->config),
                 STATUS_OK));
    struct command command = {.kind = COMMAND_ROSTER_PUT, .roster = import.roster};
    cr_assert(eq(int, world_step(world, &command).refusal, REASON_NONE));
    const uint32_t added = import.added;
    roster_import_finish(&import);
    proto_roster_finish(&read);
    return added;
}

/* From one engine into the other; empty rosters are no files. */
static void carry(enum proto_roster_kind kind, bool csv)
{
    write_text(&text, &one, kind, csv);
    (void)read_text(&other, kind, csv, text.bytes, text.size);
    write_text(&again, &other, kind, csv);
    cr_assert(eq(sz, again.size, text.size));
    cr_assert(eq(int, memcmp(again.bytes, text.bytes, text.size), 0));
    const uint64_t before = engine_digest(one.engine);
    cr_expect(eq(u32, read_text(&one, kind, csv, text.bytes, text.size), 0));
    write_text(&again, &one, kind, csv);
    cr_assert(eq(sz, again.size, text.size));
    cr_assert(eq(int, memcmp(again.bytes, text.bytes, text.size), 0));
    cr_expect(eq(u64, engine_digest(one.engine), before), "what is known makes no event");
}

/* ---- A random city ---- */

#define DISTRICTS   6u
#define CIRCLES     12u
#define UNITS       40u
#define CENTRES     9u
#define CHECKPOINTS 20u
#define PLANS       15u
#define ROUTES      9u

struct city {
    struct district_definition districts[DISTRICTS];
    struct geo_point points[DISTRICTS * 16];
    uint32_t sizes[DISTRICTS * 4];
    struct circle_definition circles[CIRCLES];
    struct area_definition areas[DISTRICTS];
    struct unit_definition units[UNITS];
    struct centre_definition centres[CENTRES];
    struct checkpoint_definition checkpoints[CHECKPOINTS];
    struct circle_plan plans[PLANS];
    struct checkpoint_definition routes[ROUTES];
};

static void name_of(char name[NAME_SIZE], uint64_t *seed)
{
    static const char *const names[] = {"岗亭 \"一号\"", "=1+1", "a,b;c", "-",
                                        "O'Brien\\n",    "é ü",  "@here", "兴中道"};
    (void)snprintf(name, NAME_SIZE, "%s", names[geo_test_below(seed, 8)]);
}

static struct geo_point somewhere(uint64_t *seed)
{
    return (struct geo_point){(int32_t)((int64_t)geo_test_below(seed, 1800000001) - 900000000),
                              (int32_t)((int64_t)geo_test_below(seed, 3600000001u) - 1800000000)};
}

static void add_box(struct city *city, struct district_definition *to, int32_t middle_e7,
                    int32_t reach_e7)
{
    const struct geo_point corners[] = {{-reach_e7, middle_e7 - reach_e7},
                                        {-reach_e7, middle_e7 + reach_e7},
                                        {reach_e7, middle_e7 + reach_e7},
                                        {reach_e7 - 7, middle_e7 - reach_e7}};
    memcpy(&city->points[to->point_first + to->point_count], corners, sizeof corners);
    city->sizes[to->ring_first + to->ring_count] = 4;
    to->ring_count++;
    to->point_count += 4;
}

static void given_districts(struct city *city, uint64_t *seed)
{
    for (uint32_t i = 0; i < DISTRICTS; i++) {
        struct district_definition *to = &city->districts[i];
        const int32_t middle_e7 = (int32_t)i * 100000000 - 250000000;
        *to = (struct district_definition){.ring_first = i * 4, .point_first = i * 16};
        (void)snprintf(to->code, sizeof to->code, "D%u", i);
        name_of(to->name, seed);
        add_box(city, to, middle_e7, 40000000);
        if (i % 3 > 0) {
            add_box(city, to, middle_e7, 20000000); /* a hole, */
        }
        if (i % 3 > 1) {
            add_box(city, to, middle_e7, 10000000); /* an island in it, */
            add_box(city, to, middle_e7, 5000000);  /* and a lake on the island */
        }
    }
}

/* None, one, two, .. shifts. */
static void given_rota(struct circle_definition *circle, uint32_t index, uint64_t *seed)
{
    circle->shift_count = index % (CIRCLE_SHIFTS_MAX + 1);
    for (uint32_t i = 0; i < circle->shift_count; i++) {
        circle->shifts[i] = (struct circle_shift){
            circle->shift_count == 1 ? 0 : (uint16_t)(i * 240 + geo_test_below(seed, 240)),
            (uint16_t)geo_test_below(seed, CIRCLE_MINIMUM_MAX + 1)};
    }
}

static void given_city(struct city *city, uint64_t *seed)
{
    given_districts(city, seed);
    for (uint32_t i = 0; i < DISTRICTS; i++) { /* the same outlines, as beats and grids */
        const struct district_definition *from = &city->districts[i];
        city->areas[i] = (struct area_definition){.kind = (enum area_kind)(i % AREA_KIND_COUNT),
                                                  .ring_count = from->ring_count,
                                                  .ring_first = from->ring_first,
                                                  .point_first = from->point_first,
                                                  .point_count = from->point_count};
        (void)snprintf(city->areas[i].code, CODE_SIZE, "A%u", i);
        name_of(city->areas[i].name, seed);
    }
    for (uint32_t i = 0; i < CIRCLES; i++) {
        city->circles[i] = (struct circle_definition){.at = somewhere(seed),
                                                      .radius_m = 1 + geo_test_below(seed, 100000),
                                                      .district = DISTRICT_NONE};
        (void)snprintf(city->circles[i].code, CODE_SIZE, "K%u", i);
        name_of(city->circles[i].name, seed);
        given_rota(&city->circles[i], i, seed);
    }
    for (uint32_t i = 0; i < UNITS; i++) {
        const enum unit_kind kind = (enum unit_kind)(i % UNIT_KIND_COUNT);
        const uint32_t district = geo_test_below(seed, DISTRICTS + 1);
        struct unit_definition *unit = &city->units[i];
        *unit = (struct unit_definition){
            .kind = kind,
            .capabilities = geo_test_below(seed, 16),
            .circle = geo_test_below(seed, 2) == 0 ? CIRCLE_NONE : geo_test_below(seed, CIRCLES),
            .area = geo_test_below(seed, 2) == 0 ? AREA_NONE : geo_test_below(seed, DISTRICTS),
            .district = district == DISTRICTS ? DISTRICT_NONE : (uint8_t)district,
            .people = (uint16_t)geo_test_below(seed, 4),
            .has_home = kind == UNIT_POST || kind == UNIT_STATION || geo_test_below(seed, 2) == 0,
            .synthetic = geo_test_below(seed, 2) == 0};
        unit->home = unit->has_home ? somewhere(seed) : (struct geo_point){0, 0};
        (void)snprintf(unit->code, CODE_SIZE, "U%u", i);
        name_of(unit->name, seed);
    }
    for (uint32_t i = 0; i < CENTRES; i++) {
        city->centres[i] =
            (struct centre_definition){.kind = (enum centre_kind)(i % CENTRE_KIND_COUNT),
                                       .at = somewhere(seed),
                                       .district = DISTRICT_NONE};
        (void)snprintf(city->centres[i].code, CODE_SIZE, "Z%u", i);
        name_of(city->centres[i].name, seed);
    }
    for (uint32_t i = 0; i < CHECKPOINTS; i++) {
        const uint16_t from_min = (uint16_t)geo_test_below(seed, DAY_MIN);
        city->checkpoints[i] = (struct checkpoint_definition){
            .at = somewhere(seed),
            .radius_m = 1 + geo_test_below(seed, 500),
            .circle = geo_test_below(seed, 2) == 0 ? CIRCLE_NONE : geo_test_below(seed, CIRCLES),
            .district = DISTRICT_NONE,
            .from_min = i % 3 == 0 ? 0 : from_min,
            .to_min = i % 3 == 0 ? 0 : (uint16_t)((from_min + 60) % DAY_MIN),
            .every_min = geo_test_below(seed, 61),
            .stay_s = geo_test_below(seed, 3601)};
        (void)snprintf(city->checkpoints[i].code, CODE_SIZE, "B%u", i);
        name_of(city->checkpoints[i].name, seed);
    }
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.districts = city->districts,
                                         .district_count = DISTRICTS,
                                         .areas = city->areas,
                                         .area_count = DISTRICTS,
                                         .points = city->points,
                                         .ring_sizes = city->sizes,
                                         .circles = city->circles,
                                         .circle_count = CIRCLES,
                                         .units = city->units,
                                         .unit_count = UNITS,
                                         .centres = city->centres,
                                         .centre_count = CENTRES,
                                         .checkpoints = city->checkpoints,
                                         .checkpoint_count = CHECKPOINTS}};
    cr_assert(eq(int, world_step(&one, &command).refusal, REASON_NONE));
}

/* Of checkpoints that are there. */
static void given_routes(struct city *city, uint64_t *seed)
{
    for (uint32_t i = 0; i < ROUTES; i++) {
        struct checkpoint_definition *route = &city->routes[i];
        *route = (struct checkpoint_definition){
            .circle = i % 2 == 0 ? CIRCLE_NONE : i,
            .district = DISTRICT_NONE,
            .from_min = i % 3 == 0 ? 0 : 1320,
            .to_min = i % 3 == 0 ? 0 : 360,
            .every_min = (uint32_t)geo_test_below(seed, 400),
            .stop_count = i == 0 ? ROUTE_STOPS_MAX : 2 + (uint32_t)geo_test_below(seed, 15)};
        for (uint32_t k = 0; k < route->stop_count; k++) {
            route->stops[k] = (uint16_t)((i + k * 3) % CHECKPOINTS);
        }
        route->at = city->checkpoints[route->stops[0]].at;
        (void)snprintf(route->code, CODE_SIZE, "R%u", i);
        name_of(route->name, seed);
    }
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.checkpoints = city->routes, .checkpoint_count = ROUTES}};
    cr_assert(eq(int, world_step(&one, &command).refusal, REASON_NONE));
}

/* Of circles and units that are there. */
static void given_plans(struct city *city, uint64_t *seed)
{
    for (uint32_t i = 0; i < PLANS; i++) {
        struct circle_plan *plan = &city->plans[i];
        *plan = (struct circle_plan){
            .circle = i % CIRCLES,
            .types = i == 0 ? 255 : (uint32_t)(1 + geo_test_below(seed, 255)),
            .priorities = i == 1 ? 15 : (uint32_t)(1 + geo_test_below(seed, 15))};
        (void)snprintf(plan->code, CODE_SIZE, "E%u", i);
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            plan->unit_counts[tier] = (uint32_t)geo_test_below(seed, TIER_UNITS_MAX + 1);
            for (uint32_t k = 0; k < plan->unit_counts[tier]; k++) {
                plan->units[tier][k] = (i + tier + k * 3) % UNITS;
            }
        }
        if (i != 2) { /* one that tells nothing */
            char name[NAME_SIZE];
            name_of(name, seed);
            (void)snprintf(plan->words_zh, NOTE_SIZE, "%s", name);
            (void)snprintf(plan->words_en, NOTE_SIZE, "line one, \"quoted\"\nline %u", i);
        }
    }
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.plans = city->plans, .plan_count = PLANS}};
    cr_assert(eq(int, world_step(&one, &command).refusal, REASON_NONE));
}

static void expect_carried(bool csv)
{
    static struct city city;
    uint64_t seed = csv ? 71 : 70;
    printf("roster seed %llu\n", (unsigned long long)seed);
    given_city(&city, &seed);
    given_routes(&city, &seed);
    given_plans(&city, &seed);
    const uint64_t digest = engine_digest(one.engine);
    carry(PROTO_ROSTER_DISTRICTS, false);
    carry(PROTO_ROSTER_AREAS, false);
    carry(PROTO_ROSTER_CIRCLES, csv);
    carry(PROTO_ROSTER_UNITS, csv);
    carry(PROTO_ROSTER_CENTRES, csv);
    carry(PROTO_ROSTER_CHECKPOINTS, csv);
    carry(PROTO_ROSTER_ROUTES, csv);
    carry(PROTO_ROSTER_PLANS, csv);
    cr_expect(eq(u64, engine_digest(other.engine), digest)); /* the same engine to the last bit */
}

Test(roster_text, geojson_read_into_another_engine_makes_the_same_one)
{
    expect_carried(false);
}

Test(roster_text, csv_read_into_another_engine_makes_the_same_one)
{
    expect_carried(true);
}

/* ---- Rings ---- */

static const char island[] =
    "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{\"code\":"
    "\"D1\",\"name\":\"湖\"},\"geometry\":{\"type\":\"MultiPolygon\",\"coordinates\":[[[[0,0],[9,0]"
    ",[9,9],[0,9],[0,0]],[[1,1],[8,1],[8,8],[1,8],[1,1]]],[[[2,2],[7,2],[7,7],[2,7],[2,2]]],"
    "[[[20,0],[29.5,0],[29,9],[20,0]]]]}\n}]}";

Test(roster_text, holes_islands_and_parts_come_out_as_rfc_7946_wants_them)
{
    (void)read_text(&one, PROTO_ROSTER_DISTRICTS, false, island, strlen(island));
    write_text(&text, &one, PROTO_ROSTER_DISTRICTS, false);
    cr_assert(eq(sz, text.size, strlen(island)));
    cr_expect(eq(int, memcmp(text.bytes, island, text.size), 0));
}

Test(roster_text, rings_that_cross_are_kept)
{
    struct city city = {.sizes = {4, 4}};
    struct district_definition *crossed = &city.districts[0];
    *crossed = (struct district_definition){.code = "D1", .name = "D1"};
    add_box(&city, crossed, 0, 1000000);
    add_box(&city, crossed, 1500000, 1000000);
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.districts = city.districts,
                                         .district_count = 1,
                                         .points = city.points,
                                         .ring_sizes = city.sizes}};
    cr_assert(eq(int, world_step(&one, &command).refusal, REASON_NONE));
    carry(PROTO_ROSTER_DISTRICTS, false);
    cr_expect(eq(u32, engine_district_outline(other.engine, 0).ring_count, 2));
}

Test(roster_text, an_outline_over_the_180th_meridian_is_refused_with_the_way_out)
{
    static const char over[] =
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{"
        "\"code\":\"D1\",\"name\":\"x\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[179,"
        "0]"
        ",[-179,0],[-179,2],[179,2],[179,0]]]}}]}";
    struct proto_roster read;
    cr_assert(not(proto_roster_read_geojson(&read, PROTO_ROSTER_DISTRICTS, over, strlen(over))));
    cr_assert(eq(u32, read.error_count, 1));
    cr_expect(ne(ptr, strstr(read.errors[0].detail, "180th meridian"), NULL));
    proto_roster_finish(&read);
}
