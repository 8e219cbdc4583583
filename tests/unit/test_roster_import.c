/* roster_import: a decoded roster as a command, codes resolved, one bad line and nothing goes in.
 */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/host/roster_import.h"
#include "tests/support/core_given.h"

#define UNITS_HEAD   "code,name,kind,lat,lon,circle,district,people,capabilities\n"
#define CIRCLES_HEAD "code,name,lat,lon,radius_m,district\n"

static struct world world;
static struct proto_roster read;
static struct roster_import import;

static void set_up(void)
{
    world_init(&world);
    world.config.limits.units_max = 4;
    world.config.limits.circles_max = 2;
    world_begin(&world);
    memset(&read, 0, sizeof read);
    memset(&import, 0, sizeof import);
}

static void tear_down(void)
{
    roster_import_finish(&import);
    proto_roster_finish(&read);
    world_destroy(&world);
}

TestSuite(roster_import, .init = set_up, .fini = tear_down, .timeout = 20);

static enum status import_csv(enum proto_roster_kind kind, const char *text)
{
    roster_import_finish(&import);
    proto_roster_finish(&read);
    cr_assert(proto_roster_read_csv(&read, kind, text, strlen(text)), "%s",
              read.error_count > 0 ? read.errors[0].detail : "");
    return roster_import_init(&import, &read, GEO_CRS_WGS84, world.engine, &world.config);
}

static void put(void)
{
    struct command command = {.kind = COMMAND_ROSTER_PUT, .roster = import.roster};
    cr_assert(eq(int, world_step(&world, &command).refusal, REASON_NONE));
}

static void given_circle(const char *code)
{
    char text[256];
    snprintf(text, sizeof text, CIRCLES_HEAD "%s,name,22.5,113.4,300,\n", code);
    cr_assert(eq(int, import_csv(PROTO_ROSTER_CIRCLES, text), STATUS_OK));
    put();
}

Test(roster_import, units_come_out_as_they_were_written)
{
    given_circle("K1");
    cr_assert(eq(int,
                 import_csv(PROTO_ROSTER_UNITS, UNITS_HEAD
                            "P1,岗点,post,22.5,113.4,K1,,3,armed+traffic\nC1,car 1,car,,,,,2,\n"),
                 STATUS_OK));
    cr_assert(eq(u32, import.roster.unit_count, 2));
    struct unit_definition *post = &import.units[0];
    cr_expect(eq(str, post->code, "P1"));
    cr_expect(eq(str, post->name, "岗点"));
    cr_expect(eq(int, post->kind, UNIT_POST));
    cr_expect(eq(i32, post->home.lat_e7, 225000000));
    cr_expect(eq(i32, post->home.lon_e7, 1134000000));
    cr_expect(post->has_home);
    cr_expect(eq(u32, post->capabilities, 1u | 8u));
    cr_expect(eq(u32, post->circle, 0));
    struct unit_definition *car = &import.units[1];
    cr_expect(eq(int, car->kind, UNIT_CAR));
    cr_expect(not(car->has_home));
    cr_expect(eq(u32, car->circle, CIRCLE_NONE));
    cr_expect(eq(u8, car->district, DISTRICT_NONE));
}

Test(roster_import, known_codes_are_updates_and_new_ones_additions)
{
    cr_assert(eq(int, import_csv(PROTO_ROSTER_UNITS, UNITS_HEAD "C1,one,car,,,,,2,\n"), STATUS_OK));
    cr_expect(eq(u32, import.added, 1));
    put();
    cr_assert(
        eq(int, import_csv(PROTO_ROSTER_UNITS, UNITS_HEAD "C2,two,car,,,,,2,\nC1,uno,car,,,,,2,\n"),
           STATUS_OK));
    cr_expect(eq(u32, import.added, 1));
    cr_expect(eq(u32, import.updated, 1));
    put();
    cr_expect(eq(u32, engine_unit_count(world.engine), 2));
    cr_expect(eq(u32, engine_unit_find(world.engine, "C1"), 0));
}

Test(roster_import, a_circle_that_nobody_has_is_an_error_of_its_line)
{
    given_circle("K1");
    cr_expect(eq(int,
                 import_csv(PROTO_ROSTER_UNITS, UNITS_HEAD
                            "C1,one,car,,,K1,,2,\nC2,two,car,,,K9,,2,\nC3,x,car,,,K8,,2,\n"),
                 STATUS_BAD_INPUT));
    cr_assert(eq(u32, read.error_count, 2));
    cr_expect(eq(u32, read.errors[0].at.line, 3));
    cr_expect(ne(ptr, strstr(read.errors[0].detail, "K9"), NULL));
    cr_expect(eq(u32, read.errors[1].at.line, 4));
}

#define CENTRES_HEAD "code,name,kind,lat,lon,district\n"

Test(roster_import, centres_come_out_as_they_were_written)
{
    static const char text[] = CENTRES_HEAD "Z1,石岐街道综治中心,community,22.5,113.4,\n"
                                            "N1,江门,neighbour,22.6,113.1,\n";
    cr_assert(eq(int, import_csv(PROTO_ROSTER_CENTRES, text), STATUS_OK));
    cr_assert(eq(u32, import.roster.centre_count, 2));
    cr_expect(eq(u32, import.added, 2));
    cr_expect(eq(str, import.centres[0].name, "石岐街道综治中心"));
    cr_expect(eq(int, import.centres[0].kind, CENTRE_COMMUNITY));
    cr_expect(eq(int, import.centres[1].kind, CENTRE_NEIGHBOUR));
    cr_expect(eq(i32, import.centres[1].at.lon_e7, 1131000000));
    put();
    cr_assert(eq(int, import_csv(PROTO_ROSTER_CENTRES, text), STATUS_OK));
    cr_expect(eq(u32, import.updated, 2));
    cr_expect(eq(int,
                 import_csv(PROTO_ROSTER_CENTRES, CENTRES_HEAD "Z2,n,community,22.5,113.4,D7\n"),
                 STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(read.errors[0].detail, "D7"), NULL));
}

#define CHECKPOINTS_HEAD "code,name,lat,lon,radius_m,from,to,every_min,stay_s,circle\n"

Test(roster_import, checkpoints_come_out_as_they_were_written)
{
    static const char text[] = CHECKPOINTS_HEAD "B1,岐江桥头,22.5,113.4,50,08:00,20:30,60,120,K1\n"
                                                "B2,night,22.6,113.1,500,22:00,06:00,480,0,\n"
                                                "B3,nobody has to,22.6,113.1,1,,,0,3600,\n";
    given_circle("K1");
    cr_assert(eq(int, import_csv(PROTO_ROSTER_CHECKPOINTS, text), STATUS_OK));
    cr_assert(eq(u32, import.roster.checkpoint_count, 3));
    cr_expect(eq(u32, import.added, 3));
    const struct checkpoint_definition *first = &import.checkpoints[0];
    cr_expect(eq(int, strcmp(first->name, "岐江桥头"), 0));
    cr_expect(eq(u32, first->radius_m, 50));
    cr_expect(eq(u32, first->from_min, 480));
    cr_expect(eq(u32, first->to_min, 1230));
    cr_expect(eq(u32, first->every_min, 60));
    cr_expect(eq(u32, first->stay_s, 120));
    cr_expect(eq(u32, first->circle, 0));
    cr_expect(eq(u32, import.checkpoints[1].from_min, 1320));
    cr_expect(eq(u32, import.checkpoints[1].circle, CIRCLE_NONE));
    cr_expect(eq(u32, import.checkpoints[2].from_min, import.checkpoints[2].to_min));
    put();
    cr_assert(eq(int, import_csv(PROTO_ROSTER_CHECKPOINTS, text), STATUS_OK));
    cr_expect(eq(u32, import.updated, 3));
}

#define ROUTES_HEAD "code,name,stops,from,to,every_min,circle\n"

Test(roster_import, routes_come_out_as_they_were_written_and_lie_where_they_begin)
{
    static const char text[] = ROUTES_HEAD "R1,夜巡,B2+B1+B2,22:00,06:00,120,\nR2,day,B1+B3,,,0,\n";
    cr_assert(eq(int,
                 import_csv(PROTO_ROSTER_CHECKPOINTS, CHECKPOINTS_HEAD
                            "B1,a,22.5,113.4,50,,,60,0,\nB2,b,22.6,113.1,50,,,60,0,\n"
                            "B3,c,22.6,113.1,50,,,60,0,\n"),
                 STATUS_OK));
    put();
    cr_assert(eq(int, import_csv(PROTO_ROSTER_ROUTES, text), STATUS_OK));
    cr_expect(eq(u32, import.added, 2));
    const struct checkpoint_definition *first = &import.checkpoints[0];
    cr_expect(eq(u32, first->stop_count, 3));
    cr_expect(eq(u32, first->stops[0], 1));
    cr_expect(eq(u32, first->stops[1], 0));
    cr_expect(eq(i32, first->at.lat_e7, 226000000));
    cr_expect(eq(u32, first->from_min, 1320));
    cr_expect(eq(u32, first->every_min, 120));
    put();
    cr_assert(eq(int, import_csv(PROTO_ROSTER_ROUTES, text), STATUS_OK));
    cr_expect(eq(u32, import.updated, 2));
}

/* Well written, but what it names is not there, or is another thing. */
static void route_unknown(enum proto_roster_kind kind, const char *text, uint32_t column,
                          const char *word)
{
    cr_expect(eq(int, import_csv(kind, text), STATUS_BAD_INPUT), "%s", text);
    cr_assert(eq(u32, read.error_count, 1), "%s", text);
    cr_expect(eq(u32, read.errors[0].at.line, 2), "%s", text);
    cr_expect(eq(u32, read.errors[0].at.column, column), "%s", text);
    cr_expect(strstr(read.errors[0].detail, word) != NULL, "%s", read.errors[0].detail);
}

Test(roster_import, a_route_names_places_that_are_there_and_a_code_stays_what_it_is)
{
    cr_assert(eq(int,
                 import_csv(PROTO_ROSTER_CHECKPOINTS, CHECKPOINTS_HEAD
                            "B1,a,22.5,113.4,50,,,60,0,\nB2,b,22.6,113.1,50,,,60,0,\n"),
                 STATUS_OK));
    put();
    cr_assert(
        eq(int, import_csv(PROTO_ROSTER_ROUTES, ROUTES_HEAD "R1,r,B1+B2,,,60,\n"), STATUS_OK));
    put();
    route_unknown(PROTO_ROSTER_ROUTES, ROUTES_HEAD "R2,r,B1+B9,,,60,\n", 6, "\"B9\"");
    route_unknown(PROTO_ROSTER_ROUTES, ROUTES_HEAD "R2,r,B1+R1,,,60,\n", 6, "cannot be a stop");
    route_unknown(PROTO_ROSTER_ROUTES, ROUTES_HEAD "B1,r,B1+B2,,,60,\n", 1, "of a checkpoint");
    route_unknown(PROTO_ROSTER_CHECKPOINTS, CHECKPOINTS_HEAD "R1,a,22.5,113.4,50,,,60,0,\n", 1,
                  "of a route");
}

static void route_refused(const char *row, uint32_t column, const char *word)
{
    char text[512];
    (void)snprintf(text, sizeof text, "%s%s\n", ROUTES_HEAD, row);
    proto_roster_finish(&read); /* of the row before */
    cr_expect(not(proto_roster_read_csv(&read, PROTO_ROSTER_ROUTES, text, strlen(text))), "%s",
              row);
    cr_assert(eq(u32, read.error_count, 1), "%s", row);
    cr_expect(eq(u32, read.errors[0].at.column, column), "%s", row);
    cr_expect(strstr(read.errors[0].detail, word) != NULL, "%s: %s", row, read.errors[0].detail);
}

Test(roster_import, a_route_that_makes_no_sense_is_an_error_of_its_line_and_column)
{
    given_circle("K1");
    cr_assert(eq(
        int, import_csv(PROTO_ROSTER_CHECKPOINTS, CHECKPOINTS_HEAD "B1,a,22.5,113.4,50,,,60,0,\n"),
        STATUS_OK));
    route_refused("R1,r,B1,,,60,", 6, "two checkpoints");
    route_refused("R1,r,,,,60,", 6, "must");
    route_refused("R1,r,B1+B1,,,60,", 6, "twice in a row");
    route_refused("R1,r,B1++B2,,,60,", 6, "joined by +");
    route_refused("R1,r,a+b+a+b+a+b+a+b+a+b+a+b+a+b+a+b+a,,,60,", 6, "more than 16");
    route_refused("R1,r,B1+B2,08:00,09:00,61,", 24, "between from and to");
}

static void checkpoint_refused(const char *row, uint32_t column, const char *word)
{
    char text[512];
    (void)snprintf(text, sizeof text, "%sB0,fine,22.5,113.4,50,,,60,120,\n%s\n", CHECKPOINTS_HEAD,
                   row);
    proto_roster_finish(&read); /* of the row before */
    cr_expect(not(proto_roster_read_csv(&read, PROTO_ROSTER_CHECKPOINTS, text, strlen(text))), "%s",
              row);
    cr_assert(eq(u32, read.error_count, 1), "%s", row);
    cr_expect(eq(u32, read.errors[0].at.line, 3), "%s", row);
    cr_expect(eq(u32, read.errors[0].at.column, column), "%s", row);
    cr_expect(strstr(read.errors[0].detail, word) != NULL, "%s: %s", row, read.errors[0].detail);
}

Test(roster_import, a_checkpoint_that_makes_no_sense_is_an_error_of_its_line_and_column)
{
    checkpoint_refused("B1,n,22.5,113.4,0,,,60,120,", 17, "radius_m");
    checkpoint_refused("B1,n,22.5,113.4,501,,,60,120,", 17, "radius_m");
    checkpoint_refused("B1,n,22.5,113.4,50,8:00,,60,120,", 20, "08:30");
    checkpoint_refused("B1,n,22.5,113.4,50,24:00,,60,120,", 20, "from");
    checkpoint_refused("B1,n,22.5,113.4,50,08:00,08:60,60,120,", 26, "to");
    checkpoint_refused("B1,n,22.5,113.4,50,,,10081,120,", 22, "every_min");
    checkpoint_refused("B1,n,22.5,113.4,50,,,60,3601,", 25, "stay_s");
    checkpoint_refused("B1,n,22.5,113.4,50,08:00,08:59,60,120,", 32, "must fit");
    proto_roster_finish(&read);
    cr_expect(eq(
        int,
        import_csv(PROTO_ROSTER_CHECKPOINTS, CHECKPOINTS_HEAD "B1,n,22.5,113.4,50,,,60,120,K9\n"),
        STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(read.errors[0].detail, "K9"), NULL));
}

#define PLANS_HEAD "code,circle,types,priorities,tier_1,tier_3,tier_5,words_zh,words_en\n"

Test(roster_import, plans_come_out_as_they_were_written)
{
    static const char text[] = PLANS_HEAD "K1-fire,K1,fire+crime,1+2,P1,,P1+P2,先封北门,\n"
                                          "K1,K1,,,,,,,go\n";
    cr_assert(eq(int, import_csv(PROTO_ROSTER_CIRCLES, CIRCLES_HEAD "K1,one,22.5,113.4,300,\n"),
                 STATUS_OK));
    put();
    cr_assert(eq(int,
                 import_csv(PROTO_ROSTER_UNITS, UNITS_HEAD "P1,one,post,22.5,113.4,K1,,2,\n"
                                                           "P2,two,car,,,,,2,\n"),
                 STATUS_OK));
    put();
    cr_assert(eq(int, import_csv(PROTO_ROSTER_PLANS, text), STATUS_OK));
    cr_assert(eq(u32, import.roster.plan_count, 2));
    cr_expect(eq(u32, import.added, 2));
    const struct circle_plan *fire = &import.plans[0];
    cr_expect(eq(str, (char *)(uintptr_t)fire->code, "K1-fire"));
    cr_expect(eq(u32, fire->circle, 0));
    cr_expect(eq(u32, fire->types, 1u << INCIDENT_FIRE | 1u << INCIDENT_CRIME));
    cr_expect(eq(u32, fire->priorities, 3));
    cr_expect(eq(u32, fire->unit_counts[TIER_1], 1));
    cr_expect(eq(u32, fire->unit_counts[TIER_3], 0));
    cr_assert(eq(u32, fire->unit_counts[TIER_5], 2));
    cr_expect(eq(u32, fire->units[TIER_5][1], 1));
    cr_expect(eq(str, (char *)(uintptr_t)fire->words_zh, "先封北门"));
    cr_expect(eq(u32, import.plans[1].types, (1u << INCIDENT_TYPE_COUNT) - 1u));
    cr_expect(eq(u32, import.plans[1].priorities, 15));
    put();
    cr_assert(eq(int, import_csv(PROTO_ROSTER_PLANS, text), STATUS_OK));
    cr_expect(eq(u32, import.updated, 2));
}

Test(roster_import, a_plan_of_a_circle_or_a_unit_that_nobody_has_is_an_error_of_its_cell)
{
    cr_expect(eq(int, import_csv(PROTO_ROSTER_PLANS, PLANS_HEAD "K1,K9,,,,P7+P8,,,\n"),
                 STATUS_BAD_INPUT));
    cr_assert(eq(u32, read.error_count, 3));
    cr_expect(ne(ptr, strstr(read.errors[0].detail, "K9"), NULL));
    cr_expect(eq(u32, read.errors[0].at.column, 4));
    cr_expect(ne(ptr, strstr(read.errors[2].detail, "P8"), NULL));
    cr_expect(eq(u32, read.errors[2].at.column, 10));
    cr_expect(eq(u32, read.errors[2].at.line, 2));
}

Test(roster_import, a_district_that_nobody_has_is_an_error_of_its_line)
{
    cr_expect(eq(int, import_csv(PROTO_ROSTER_UNITS, UNITS_HEAD "C1,one,car,,,,D7,2,\n"),
                 STATUS_BAD_INPUT));
    cr_expect(ne(ptr, strstr(read.errors[0].detail, "D7"), NULL));
    cr_expect(eq(int, import_csv(PROTO_ROSTER_CIRCLES, CIRCLES_HEAD "K1,n,22.5,113.4,300,D7\n"),
                 STATUS_BAD_INPUT));
    cr_expect(eq(u32, read.errors[0].at.line, 2));
}

Test(roster_import, every_place_of_a_file_is_converted_from_what_it_was_drawn_in)
{
    const struct geo_point shenzhen = {225438470, 1139123160}; /* published, in both */
    static const char units[] = UNITS_HEAD "C1,one,car,22.5407961,113.9171765,,,2,\n";
    cr_assert(proto_roster_read_csv(&read, PROTO_ROSTER_UNITS, units, strlen(units)));
    cr_assert(eq(int,
                 roster_import_init(&import, &read, GEO_CRS_GCJ02, world.engine, &world.config),
                 STATUS_OK));
    cr_expect(le(u64, geo_distance_cm(import.units[0].home, shenzhen), 3));
    roster_import_finish(&import);
    proto_roster_finish(&read);
    static const char circles[] = CIRCLES_HEAD "K1,one,22.5407961,113.9171765,300,\n";
    cr_assert(proto_roster_read_csv(&read, PROTO_ROSTER_CIRCLES, circles, strlen(circles)));
    cr_assert(eq(int,
                 roster_import_init(&import, &read, GEO_CRS_GCJ02, world.engine, &world.config),
                 STATUS_OK));
    cr_expect(le(u64, geo_distance_cm(import.circles[0].at, shenzhen), 3));
    roster_import_finish(&import);
    proto_roster_finish(&read);
    static const char districts[] =
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":"
        "{\"code\":\"D7\",\"name\":\"seven\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
        "[[[113.9171765,22.5407961],[114.0,22.0],[114.0,23.0],[113.9171765,22.5407961]]]}}]}";
    cr_assert(
        proto_roster_read_geojson(&read, PROTO_ROSTER_DISTRICTS, districts, strlen(districts)));
    cr_assert(eq(int,
                 roster_import_init(&import, &read, GEO_CRS_GCJ02, world.engine, &world.config),
                 STATUS_OK));
    cr_expect(le(u64, geo_distance_cm(import.points[0], shenzhen), 3));
}

/* The bounds of a city around 22.5, 113.4; 50 km are 0.45 degrees of latitude. */
static const struct geo_map_header bounds = {
    .west_e7 = 1133000000, .south_e7 = 224000000, .east_e7 = 1135000000, .north_e7 = 226000000};
static const struct geo_map city = {.header = &bounds};

static void expect_refused(enum proto_roster_kind kind, const char *text, const char *said)
{
    cr_expect(eq(int, import_csv(kind, text), STATUS_BAD_INPUT), "%s", text);
    cr_assert(eq(u32, read.error_count, 1), "%s", text);
    cr_expect(strstr(read.errors[0].detail, said) != NULL, "%s", read.errors[0].detail);
    cr_expect(eq(u32, read.errors[0].at.line, 2));
}

Test(roster_import, a_place_far_from_the_map_is_an_error_of_its_line)
{
    world.config.map = &city;
    cr_expect(eq(int, import_csv(PROTO_ROSTER_UNITS, UNITS_HEAD "P1,a,post,23.0,113.4,,,3,\n"),
                 STATUS_OK));
    expect_refused(PROTO_ROSTER_UNITS, UNITS_HEAD "P1,a,post,23.1,113.4,,,3,\n", "50 km");
    expect_refused(PROTO_ROSTER_UNITS, UNITS_HEAD "C1,a,car,0,0,,,3,\n", "50 km");
    expect_refused(PROTO_ROSTER_CIRCLES, CIRCLES_HEAD "K1,a,22.5,11.34,300,\n", "50 km");
    cr_expect(eq(int, import_csv(PROTO_ROSTER_UNITS, UNITS_HEAD "C1,a,car,,,,,3,\n"), STATUS_OK),
              "a unit without a place is somewhere");
    world.config.map = NULL;
    cr_expect(eq(int, import_csv(PROTO_ROSTER_UNITS, UNITS_HEAD "C1,a,car,0,0,,,3,\n"), STATUS_OK),
              "without a map every place is as good");
}

Test(roster_import, a_place_whose_coordinates_are_exchanged_is_told_so)
{
    static const struct geo_map_header small = {
        .west_e7 = 74000000, .south_e7 = 437000000, .east_e7 = 75000000, .north_e7 = 438000000};
    const struct geo_map monaco = {.header = &small};
    world.config.map = &monaco;
    expect_refused(PROTO_ROSTER_UNITS, UNITS_HEAD "P1,a,post,7.42,43.73,,,3,\n", "exchanged");
    expect_refused(PROTO_ROSTER_CIRCLES, CIRCLES_HEAD "K1,a,7.42,43.73,300,\n", "exchanged");
}

static enum status import_district(const char *ring)
{
    char text[512];
    snprintf(text, sizeof text,
             "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":"
             "{\"code\":\"D1\",\"name\":\"a\"},\"geometry\":{\"type\":\"Polygon\","
             "\"coordinates\":[%s]}}]}",
             ring);
    roster_import_finish(&import);
    proto_roster_finish(&read);
    cr_assert(proto_roster_read_geojson(&read, PROTO_ROSTER_DISTRICTS, text, strlen(text)));
    return roster_import_init(&import, &read, GEO_CRS_WGS84, world.engine, &world.config);
}

Test(roster_import, a_district_that_passes_the_map_by_is_refused_and_one_around_it_is_not)
{
    world.config.map = &city;
    cr_expect(
        eq(int, import_district("[[110,20],[120,20],[120,30],[110,30],[110,20]]"), STATUS_OK));
    cr_expect(eq(int, import_district("[[113.4,22.9],[114,22.9],[114,25],[113.4,25],[113.4,22.9]]"),
                 STATUS_OK));
    cr_expect(eq(int, import_district("[[113.4,23.2],[114,23.2],[114,25],[113.4,25],[113.4,23.2]]"),
                 STATUS_BAD_INPUT));
    cr_expect(eq(int, import_district("[[22.4,13],[22.6,13],[22.6,14],[22.4,14],[22.4,13]]"),
                 STATUS_BAD_INPUT));
    cr_assert(eq(u32, read.error_count, 1));
    cr_expect(strstr(read.errors[0].detail, "50 km") != NULL);
}

Test(roster_import, districts_are_known_by_their_code_once_they_are_there)
{
    static const char text[] =
        "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":"
        "{\"code\":\"D7\",\"name\":\"seven\"},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":"
        "[[[113.0,22.0],[114.0,22.0],[114.0,23.0],[113.0,23.0],[113.0,22.0]]]}}]}";
    cr_assert(proto_roster_read_geojson(&read, PROTO_ROSTER_DISTRICTS, text, strlen(text)));
    cr_assert(eq(int,
                 roster_import_init(&import, &read, GEO_CRS_WGS84, world.engine, &world.config),
                 STATUS_OK));
    cr_expect(eq(u32, import.roster.district_count, 1));
    cr_expect(eq(u32, import.roster.ring_sizes[0], 4));
    put();
    cr_assert(
        eq(int, import_csv(PROTO_ROSTER_UNITS, UNITS_HEAD "C1,one,car,,,,D7,2,\n"), STATUS_OK));
    cr_expect(eq(u8, import.roster.units[0].district, 0));
}

Test(roster_import, as_many_units_as_the_limit_fit_and_not_one_more)
{
    static const char four[] =
        UNITS_HEAD "C1,a,car,,,,,2,\nC2,a,car,,,,,2,\nC3,a,car,,,,,2,\nC4,a,car,,,,,2,\n";
    cr_assert(eq(int, import_csv(PROTO_ROSTER_UNITS, four), STATUS_OK));
    put();
    cr_expect(eq(int, import_csv(PROTO_ROSTER_UNITS, four), STATUS_OK), "updates need no room");
    cr_expect(eq(int, import_csv(PROTO_ROSTER_UNITS, UNITS_HEAD "C5,a,car,,,,,2,\n"), STATUS_FULL));
}

Test(roster_import, as_many_circles_as_the_limit_fit_and_not_one_more)
{
    given_circle("K1");
    given_circle("K2");
    cr_expect(eq(int, import_csv(PROTO_ROSTER_CIRCLES, CIRCLES_HEAD "K2,n,22.5,113.4,300,\n"),
                 STATUS_OK));
    cr_expect(eq(int, import_csv(PROTO_ROSTER_CIRCLES, CIRCLES_HEAD "K3,n,22.5,113.4,300,\n"),
                 STATUS_FULL));
}
