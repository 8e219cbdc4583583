/* Rosters in CSV and GeoJSON: what is taken, what is refused and where, the limits, and random
 * damage that must never be taken for a roster with other codes. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proto.h"

#define UNITS_HEADER   "code,name,kind,lat,lon,circle,district,people,capabilities\n"
#define CIRCLES_HEADER "code,name,lat,lon,radius_m,district\n"

static struct proto_roster roster;

static void tear_down(void)
{
    proto_roster_finish(&roster);
}

TestSuite(proto_roster, .fini = tear_down, .timeout = 60);

/* A copy of exactly those bytes, so that a read past the end is seen. */
static char *exact_copy(const char *text, size_t size)
{
    char *exact = malloc(size > 0 ? size : 1);
    cr_assert(ne(ptr, exact, NULL));
    for (size_t i = 0; i < size; i++) {
        exact[i] = text[i];
    }
    return exact;
}

static bool csv(enum proto_roster_kind kind, const char *text)
{
    const size_t size = strlen(text);
    char *exact = exact_copy(text, size);
    proto_roster_finish(&roster);
    const bool done = proto_roster_read_csv(&roster, kind, exact, size);
    free(exact);
    return done;
}

static bool geojson(enum proto_roster_kind kind, const char *text)
{
    const size_t size = strlen(text);
    char *exact = exact_copy(text, size);
    proto_roster_finish(&roster);
    const bool done = proto_roster_read_geojson(&roster, kind, exact, size);
    free(exact);
    return done;
}

/* Text put together for the limits, in an array that is surely large enough. */
static char big[4u << 20];
static size_t big_size;

__attribute__((format(printf, 1, 2))) static void put(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is a line above */
    const int size = vsnprintf(big + big_size, sizeof(big) - big_size, format, arguments);
    va_end(arguments);
    cr_assert(size >= 0);
    big_size += (size_t)size;
    cr_assert(big_size < sizeof(big));
}

static void expect_error(uint32_t i, uint32_t line, uint32_t column, const char *part)
{
    cr_assert(i < roster.error_count, "no error %u with \"%s\"", i, part);
    const struct proto_roster_error *error = &roster.errors[i];
    cr_expect(eq(u32, error->at.line, line), "%s", error->detail);
    cr_expect(eq(u32, error->at.column, column), "%s", error->detail);
    cr_expect(strstr(error->detail, part) != NULL, "\"%s\" in \"%s\"", part, error->detail);
}

static void expect_one_error(uint32_t line, uint32_t column, const char *part)
{
    cr_assert(eq(u32, roster.error_count, 1), "%s",
              roster.error_count > 0 ? roster.errors[0].detail : "none");
    expect_error(0, line, column, part);
}

#define EXPECT_TEXT(actual, expected)                                                              \
    cr_expect(zero(int, strcmp((actual), (expected))), "%s", (actual))

/* ---- CSV ---- */

Test(proto_roster, units_are_read_with_every_column)
{
    cr_assert(csv(PROTO_ROSTER_UNITS,
                  UNITS_HEADER "P12,石岐岗亭,post,22.5176,113.3927,shiqi,d1,2,armed+first_aid\n"
                               "M-7,Motor 7,motorcycle,,,,,,\n"));
    cr_assert(eq(u32, roster.unit_count, 2));
    const struct proto_roster_unit *post = &roster.units[0];
    EXPECT_TEXT(post->code, "P12");
    EXPECT_TEXT(post->name, "石岐岗亭");
    cr_expect(eq(int, post->kind, PROTO_UNIT_POST));
    cr_expect(post->has_home);
    cr_expect(eq(i32, post->home.lat_e7, 225176000));
    cr_expect(eq(i32, post->home.lon_e7, 1133927000));
    EXPECT_TEXT(post->circle, "shiqi");
    EXPECT_TEXT(post->district, "d1");
    cr_expect(eq(int, post->people, 2));
    cr_expect(eq(u32, post->capabilities,
                 1u << PROTO_CAPABILITY_ARMED | 1u << PROTO_CAPABILITY_FIRST_AID));
    cr_expect(not(post->synthetic));
    cr_expect(eq(u32, post->at.line, 2));
    const struct proto_roster_unit *motor = &roster.units[1];
    cr_expect(eq(int, motor->kind, PROTO_UNIT_MOTORCYCLE));
    cr_expect(not(motor->has_home));
    EXPECT_TEXT(motor->circle, "");
    cr_expect(eq(int, motor->people, 0));
    cr_expect(eq(u32, motor->capabilities, 0));
}

Test(proto_roster, columns_come_in_any_order_and_optional_ones_may_be_left_out)
{
    cr_assert(csv(PROTO_ROSTER_UNITS, "synthetic,lon,lat,kind,name,code\n1,113,22,car,C,C1\n"));
    cr_assert(eq(u32, roster.unit_count, 1));
    EXPECT_TEXT(roster.units[0].code, "C1");
    cr_expect(roster.units[0].synthetic);
    cr_expect(eq(i32, roster.units[0].home.lat_e7, 220000000));
}

Test(proto_roster, circles_are_read)
{
    cr_assert(csv(PROTO_ROSTER_CIRCLES, CIRCLES_HEADER "K1,Market,-22.5,-113.25,300,d1\n"
                                                       "K2,School,0,0,1,\n"));
    cr_assert(eq(u32, roster.circle_count, 2));
    EXPECT_TEXT(roster.circles[0].code, "K1");
    cr_expect(eq(i32, roster.circles[0].place.lat_e7, -225000000));
    cr_expect(eq(i32, roster.circles[0].place.lon_e7, -1132500000));
    cr_expect(eq(u32, roster.circles[0].radius_m, 300));
    EXPECT_TEXT(roster.circles[0].district, "d1");
    EXPECT_TEXT(roster.circles[1].district, "");
}

Test(proto_roster, a_byte_order_mark_crlf_blank_lines_and_spaces_are_fine)
{
    cr_assert(csv(PROTO_ROSTER_CIRCLES,
                  "\xEF\xBB\xBF" CIRCLES_HEADER "\r\n K1 , A b , 1 , 2 , 3 , \r\n\r\nK2,B,1,2,3,"));
    cr_assert(eq(u32, roster.circle_count, 2));
    EXPECT_TEXT(roster.circles[0].code, "K1");
    EXPECT_TEXT(roster.circles[0].name, "A b");
    cr_expect(eq(u32, roster.circles[1].at.line, 5));
}

Test(proto_roster, quoted_fields_may_hold_commas_quotes_and_line_feeds)
{
    cr_assert(csv(PROTO_ROSTER_CIRCLES,
                  CIRCLES_HEADER "K1,\"A, \"\"b\"\"\nc\",\"1\",2,3,\"\"\nK2,\"\"\"\",1,2,3,\n"));
    cr_assert(eq(u32, roster.circle_count, 2));
    EXPECT_TEXT(roster.circles[0].name, "A, \"b\"\nc");
    EXPECT_TEXT(roster.circles[1].name, "\"");
    cr_expect(eq(u32, roster.circles[1].at.line, 4));
}

Test(proto_roster, degrees_are_exact_to_seven_decimals_and_halves_go_away_from_zero)
{
    cr_assert(csv(PROTO_ROSTER_CIRCLES,
                  CIRCLES_HEADER "A,a,0.00000005,-0.00000005,1,\nB,a,0.00000004999,+1.,1,\n"
                                 "C,a,89.99999999,179.9999999,1,\nD,a,-90,-180.0000000,1,\n"));
    cr_expect(eq(i32, roster.circles[0].place.lat_e7, 1));
    cr_expect(eq(i32, roster.circles[0].place.lon_e7, -1));
    cr_expect(eq(i32, roster.circles[1].place.lat_e7, 0));
    cr_expect(eq(i32, roster.circles[1].place.lon_e7, 10000000));
    cr_expect(eq(i32, roster.circles[2].place.lat_e7, 900000000));
    cr_expect(eq(i32, roster.circles[2].place.lon_e7, 1799999999));
    cr_expect(eq(i32, roster.circles[3].place.lat_e7, -900000000));
    cr_expect(eq(i32, roster.circles[3].place.lon_e7, -1800000000));
}

/* The second line of a file, the column of its error and a part of the sentence; NULL: it is fine.
 */
static const struct {
    const char *row;
    uint32_t column;
    const char *part;
} rows[] = {
    {",n,car,1,2,,,,", 1, "\"code\" is missing"},
    {"a b,n,car,1,2,,,,", 1, "\"code\" must be"},
    {"岗,n,car,1,2,,,,", 1, "not \"岗\""},
    {"A234567890123456,n,car,1,2,,,,", 1, "\"code\" must be 1 to 15"},
    {"A,,car,1,2,,,,", 3, "\"name\" is missing"},
    {"A,nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn,car,1,2,,,,", 3,
     "\"name\" has more than 63 bytes"},
    {"A,a\tb\x01,car,1,2,,,,", 3, "\"name\" has a control character"},
    {"A,n,car,1,2,,,,armed+", 16, "must be words joined by +"},
    {"A,n,truck,1,2,,,,", 5, "not \"truck\""},
    {"A,n,,1,2,,,,", 5, "\"kind\" must be one of"},
    {"A,n,car,x,2,,,,", 9, "\"lat\" must be decimal degrees, not \"x\""},
    {"A,n,car,1e1,2,,,,", 9, "decimal degrees"},
    {"A,n,car,.5,2,,,,", 9, "decimal degrees"},
    {"A,n,car,1,2x,,,,", 11, "\"lon\" must be decimal degrees"},
    {"A,n,car,1,1234,,,,", 11, "\"lon\" must be decimal degrees"},
    {"A,n,car,90.0000001,2,,,,", 9, "exchanged"},
    {"A,n,car,91,100,,,,", 9, "-90 to 90"},
    {"A,n,car,113.4,22.5,,,,", 9, "looks exchanged"},
    {"A,n,car,-90.00000005,100,,,,", 9, "-90 to 90, not"},
    {"A,n,car,1,180.0000001,,,,", 11, "-180 to 180"},
    {"A,n,car,1,,,,,", 11, "\"lon\" is missing"},
    {"A,n,car,,1,,,,", 9, "\"lat\" is missing"},
    {"A,n,post,,,,,,", 10, "\"lat\" is missing"},
    {"A,n,station,,,,,,", 13, "\"lat\" is missing"},
    {"A,n,car,1,2,c c,,,", 13, "\"circle\" must be"},
    {"A,n,car,1,2,,d/1,,", 14, "\"district\" must be"},
    {"A,n,car,1,2,,,-1,", 15, "\"people\" must be a whole number"},
    {"A,n,car,1,2,,,1000,", 15, "not \"1000\""},
    {"A,n,car,1,2,,,2.0,", 15, "\"people\""},
    {"A,n,car,1,2,,,9999999999,", 15, "\"people\""},
    {"A,n,car,1,2,,,,swim", 16, "\"capabilities\" must be words"},
    {"A,n,car,1,2,,,,fire++armed", 16, "\"capabilities\" must be words"},
    {"A,n,car,1,2,,,", 1, "has 8 fields, the header 9"},
    {"A,n,car,1,2,,,,,", 1, "has 10 fields, the header 9"},
    {"A,n\"n,car,1,2,,,,", 4, "inside a field"},
    {"A,\"n\"n,car,1,2,,,,", 6, "after a closing quote"},
    {"A,\"n,car,1,2,,,,", 3, "a quote is not closed"},
    {"A,\"", 3, "a quote is not closed"},
    {"A,\"\"\"", 3, "a quote is not closed"},
    {",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,", 33, "more than 32 fields"},
};

Test(proto_roster, a_bad_value_is_refused_with_its_line_and_column)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char text[256] = UNITS_HEADER;
        memcpy(text + strlen(text), rows[i].row, strlen(rows[i].row) + 1);
        const bool done = csv(PROTO_ROSTER_UNITS, text);
        if (rows[i].part == NULL) {
            cr_expect(done, "%s", rows[i].row);
        } else {
            cr_assert(done == false, "%s", rows[i].row);
            expect_one_error(2, rows[i].column, rows[i].part);
        }
    }
}

Test(proto_roster, a_bad_radius_or_flag_is_refused)
{
    cr_expect(not(csv(PROTO_ROSTER_CIRCLES, CIRCLES_HEADER "K,n,1,2,0,\n")));
    expect_one_error(2, 9, "\"radius_m\" must be whole metres");
    cr_expect(not(csv(PROTO_ROSTER_CIRCLES, CIRCLES_HEADER "K,n,1,2,100001,\n")));
    expect_one_error(2, 9, "not \"100001\"");
    cr_expect(not(csv(PROTO_ROSTER_CIRCLES, CIRCLES_HEADER "K,n,1,2,,\n")));
    expect_one_error(2, 9, "not \"\"");
    cr_expect(
        not(csv(PROTO_ROSTER_CIRCLES, "code,name,lat,lon,radius_m,synthetic\nK,n,1,2,3,yes")));
    expect_one_error(2, 11, "\"synthetic\" must be 0 or 1");
    cr_expect(csv(PROTO_ROSTER_CIRCLES, "code,name,lat,lon,radius_m,synthetic\nK,n,1,2,3,0"));
}

Test(proto_roster, columns_are_counted_in_characters)
{
    cr_expect(not(csv(PROTO_ROSTER_UNITS, UNITS_HEADER "A,中山市,truck,1,2,,,,\n")));
    expect_one_error(2, 7, "truck");
}

Test(proto_roster, a_wrong_header_is_refused_before_any_line)
{
    cr_expect(not(csv(PROTO_ROSTER_UNITS, "code,name,kind,lat,lng\nA,n,truck,1,2\n")));
    cr_assert(eq(u32, roster.error_count, 2));
    expect_error(0, 1, 20, "not \"lng\"");
    expect_error(1, 1, 1, "\"lon\" is missing from the header");
    cr_expect(not(csv(PROTO_ROSTER_UNITS, "code;name;kind;lat;lon\n")));
    expect_error(0, 1, 1, "joined by commas");
    cr_expect(not(csv(PROTO_ROSTER_UNITS, "code,name,kind,lat,lon,code\n")));
    expect_one_error(1, 24, "\"code\" stands twice");
    cr_expect(not(csv(PROTO_ROSTER_UNITS, "code,name,kind,lat,lon,radius_m\n")));
    expect_one_error(1, 24, "not \"radius_m\"");
    cr_expect(not(csv(PROTO_ROSTER_UNITS, "\"code\n")));
    expect_one_error(1, 1, "not closed");
    cr_expect(not(csv(PROTO_ROSTER_UNITS, "")));
    cr_expect(ge(u32, roster.error_count, 1));
}

Test(proto_roster, a_roster_without_a_line_is_refused)
{
    cr_expect(not(csv(PROTO_ROSTER_UNITS, UNITS_HEADER "\n\n")));
    expect_one_error(1, 1, "not one line");
    cr_expect(not(geojson(PROTO_ROSTER_UNITS, "{\"type\":\"FeatureCollection\",\"features\":[]}")));
    expect_one_error(1, 1, "not one line");
}

Test(proto_roster, another_encoding_is_one_error_at_the_first_byte)
{
    cr_expect(not(csv(PROTO_ROSTER_UNITS, UNITS_HEADER "A,\xD6\xD0\xC9\xBD,car,1,2,,,,\n")));
    expect_one_error(2, 3, "not UTF-8");
}

Test(proto_roster, a_code_that_stands_twice_is_refused_with_both_lines)
{
    cr_expect(not(csv(PROTO_ROSTER_CIRCLES,
                      CIRCLES_HEADER "K1,n,1,2,3,\nK2,n,1,2,3,\nK1,n,1,2,3,\nk1,n,1,2,3,\n")));
    expect_one_error(4, 1, "the code \"K1\" stands already in line 2");
}

Test(proto_roster, all_errors_of_a_file_are_told_up_to_a_hundred)
{
    big_size = 0;
    put("%s", CIRCLES_HEADER);
    for (uint32_t i = 0; i < 60; i++) {
        put("a b,n,x,2,3,\n");
    }
    cr_expect(not(proto_roster_read_csv(&roster, PROTO_ROSTER_CIRCLES, big, big_size)));
    cr_assert(eq(u32, roster.error_count, PROTO_ROSTER_ERRORS_MAX));
    expect_error(0, 2, 1, "\"code\"");
    expect_error(1, 2, 7, "\"lat\"");
    expect_error(99, 51, 7, "\"lat\"");
    proto_roster_refuse(&roster, (struct proto_roster_at){1, 1}, "one more");
    cr_expect(eq(u32, roster.error_count, PROTO_ROSTER_ERRORS_MAX));
}

Test(proto_roster, the_host_can_add_its_own_errors)
{
    cr_assert(csv(PROTO_ROSTER_CIRCLES, CIRCLES_HEADER "K1,n,1,2,3,zz\n"));
    proto_roster_refuse(&roster, roster.circles[0].at, "there is no district \"zz\"");
    expect_one_error(2, 1, "there is no district");
}

static bool circles(uint32_t count)
{
    big_size = 0;
    put("%s", CIRCLES_HEADER);
    for (uint32_t i = 0; i < count; i++) {
        put("K%u,n,1,2,3,\n", i);
    }
    proto_roster_finish(&roster);
    return proto_roster_read_csv(&roster, PROTO_ROSTER_CIRCLES, big, big_size);
}

Test(proto_roster, the_most_circles_fit_and_one_more_is_refused)
{
    cr_expect(circles(PROTO_ROSTER_CIRCLES_MAX));
    cr_expect(eq(u32, roster.circle_count, PROTO_ROSTER_CIRCLES_MAX));
    EXPECT_TEXT(roster.circles[4999].code, "K4999");
    cr_expect(not(circles(PROTO_ROSTER_CIRCLES_MAX + 1)));
    expect_one_error(PROTO_ROSTER_CIRCLES_MAX + 2, 1, "one circle too many");
}

Test(proto_roster, the_most_units_fit_and_one_more_is_refused)
{
    big_size = 0;
    put("code,name,kind,lat,lon\n");
    for (uint32_t i = 0; i < PROTO_ROSTER_UNITS_MAX; i++) {
        put("U%u,n,car,,\n", i);
    }
    cr_expect(proto_roster_read_csv(&roster, PROTO_ROSTER_UNITS, big, big_size));
    cr_expect(eq(u32, roster.unit_count, PROTO_ROSTER_UNITS_MAX));
    proto_roster_finish(&roster);
    put("V,n,car,,\n");
    cr_expect(not(proto_roster_read_csv(&roster, PROTO_ROSTER_UNITS, big, big_size)));
    expect_one_error(PROTO_ROSTER_UNITS_MAX + 2, 1, "one unit too many");
}

Test(proto_roster, more_than_16_mib_are_refused)
{
    char *text = calloc(PROTO_ROSTER_BYTES_MAX + 1, 1);
    cr_assert(ne(ptr, text, NULL));
    cr_expect(
        not(proto_roster_read_csv(&roster, PROTO_ROSTER_UNITS, text, PROTO_ROSTER_BYTES_MAX + 1)));
    expect_one_error(1, 1, "16 MiB");
    proto_roster_finish(&roster);
    cr_expect(not(
        proto_roster_read_geojson(&roster, PROTO_ROSTER_UNITS, text, PROTO_ROSTER_BYTES_MAX + 1)));
    expect_one_error(1, 1, "at most 16777216");
    free(text);
}

#define ROTA_HEADER "code,name,lat,lon,radius_m,minimum\n"

Test(proto_roster, a_circle_has_a_rota_or_none)
{
    cr_assert(
        csv(PROTO_ROSTER_CIRCLES, ROTA_HEADER
            "A,n,1,2,3,\nB,n,1,2,3,0\nC,n,1,2,3,999\nD,n,1,2,3,08:00=3+20:00=0\n"
            "E,n,1,2,3,08:30=7\nF,n,1,2,3,00:00=1+04:00=2+08:00=3+12:00=4+16:00=5+23:59=6\n"));
    static const char *const texts[] = {
        "", "0", "999", "08:00=3+20:00=0", "7", "00:00=1+04:00=2+08:00=3+12:00=4+16:00=5+23:59=6"};
    cr_assert(eq(u32, roster.circle_count, 6));
    for (uint32_t i = 0; i < 6; i++) {
        char text[PROTO_SHIFTS_SIZE];
        proto_shifts_text(roster.circles[i].shifts, roster.circles[i].shift_count, text);
        EXPECT_TEXT(text, texts[i]);
    }
    cr_expect(eq(int, roster.circles[3].shifts[1].from_min, 1200));
    cr_expect(eq(int, roster.circles[4].shifts[0].from_min, 0));
}

Test(proto_roster, a_rota_of_another_shape_is_refused)
{
    static const char *const bad[] = {"1000",
                                      "-1",
                                      "3 ",
                                      "a",
                                      "08:00",
                                      "08:00=",
                                      "08:00=1000",
                                      "8:00=1",
                                      "24:00=1",
                                      "08:60=1",
                                      "08:00=1+",
                                      "+",
                                      "08:00=1+3",
                                      "20:00=1+08:00=1",
                                      "08:00=1+08:00=1",
                                      "08:00=1,20:00=2",
                                      "00:00=1+01:00=1+02:00=1+03:00=1+04:00=1+05:00=1+06:00=1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[200];
        (void)snprintf(text, sizeof text, ROTA_HEADER "A,n,1,2,3,\"%s\"\n", bad[i]);
        cr_expect(not(csv(PROTO_ROSTER_CIRCLES, text)), "%s", bad[i]);
        expect_one_error(2, 11, "\"minimum\" must be units on duty");
        proto_roster_finish(&roster);
    }
}

#define PLANS_HEADER "code,circle,types,priorities,tier_1,tier_3,tier_5,words_zh,words_en\n"

Test(proto_roster, plans_are_read_with_every_column)
{
    cr_assert(csv(PROTO_ROSTER_PLANS,
                  PLANS_HEADER "K1-fire,K1,fire+crime,1+4,P1+P2,,C-1,\"先封\n北门\",go\n"));
    cr_assert(eq(u32, roster.plan_count, 1));
    const struct proto_roster_plan *plan = &roster.plans[0];
    EXPECT_TEXT(plan->code, "K1-fire");
    EXPECT_TEXT(plan->circle, "K1");
    cr_expect(eq(u32, plan->types, 1u << PROTO_INCIDENT_FIRE | 1u << PROTO_INCIDENT_CRIME));
    cr_expect(eq(u32, plan->priorities, 9));
    cr_assert(eq(u32, plan->unit_counts[PROTO_TIER_1], 2));
    EXPECT_TEXT(plan->units[PROTO_TIER_1][1], "P2");
    cr_expect(eq(u32, plan->unit_counts[PROTO_TIER_3], 0));
    EXPECT_TEXT(plan->units[PROTO_TIER_5][0], "C-1");
    EXPECT_TEXT(plan->words_zh, "先封\n北门");
    EXPECT_TEXT(plan->words_en, "go");
}

Test(proto_roster, what_a_plan_leaves_out_is_all_or_nobody)
{
    cr_assert(csv(PROTO_ROSTER_PLANS, "code,circle\nK1,K1\n"));
    cr_expect(eq(u32, roster.plans[0].types, (1u << PROTO_INCIDENT_TYPE_COUNT) - 1u));
    cr_expect(eq(u32, roster.plans[0].priorities, 15));
    cr_expect(eq(u32, roster.plans[0].unit_counts[PROTO_TIER_5], 0));
    EXPECT_TEXT(roster.plans[0].words_zh, "");
}

Test(proto_roster, each_error_of_a_plan_is_told_where_it_stands)
{
    cr_expect(not(csv(PROTO_ROSTER_PLANS, PLANS_HEADER ",K1,arson,5,P1+,P1+P1,P 1,\x01,\n")));
    expect_error(0, 2, 1, "\"code\" is missing");
    expect_error(1, 2, 5, "\"types\" must be incident types joined by +, not \"arson\"");
    expect_error(2, 2, 11, "\"priorities\" must be numbers 1 to 4");
    expect_error(3, 2, 13, "\"tier_1\" must be codes");
    expect_error(4, 2, 17, "\"tier_3\" names a unit twice");
    expect_error(5, 2, 23, "\"tier_5\" must be codes");
    expect_error(6, 2, 27, "\"words_zh\" has a control character");
    cr_expect(eq(u32, roster.error_count, 7));
}

Test(proto_roster, a_plan_has_bounds)
{
    big_size = 0;
    put(PLANS_HEADER "K1,K1,,,1+2+3+4+5+6+7+8,,,%0511d,\n", 0);
    cr_expect(csv(PROTO_ROSTER_PLANS, big));
    proto_roster_finish(&roster);
    big_size = 0;
    put(PLANS_HEADER "K1,K1,,,1+2+3+4+5+6+7+8+9,,,%0512d,\n", 0);
    cr_expect(not(csv(PROTO_ROSTER_PLANS, big)));
    expect_error(0, 2, 9, "more than 8 units");
    expect_error(1, 2, 29, "more than 511 bytes");
    proto_roster_finish(&roster);
    big_size = 0;
    put("code,circle\n");
    for (uint32_t i = 0; i <= PROTO_ROSTER_PLANS_MAX; i++) {
        put("p%u,K1\n", i);
    }
    cr_expect(not(csv(PROTO_ROSTER_PLANS, big)));
    expect_one_error(PROTO_ROSTER_PLANS_MAX + 2, 1, "one plan too many");
}

Test(proto_roster, kinds_have_names)
{
    cr_expect(eq(int, proto_roster_kind_find("districts"), PROTO_ROSTER_DISTRICTS));
    cr_expect(eq(int, proto_roster_kind_find("circles"), PROTO_ROSTER_CIRCLES));
    cr_expect(eq(int, proto_roster_kind_find("units"), PROTO_ROSTER_UNITS));
    cr_expect(eq(int, proto_roster_kind_find("centres"), PROTO_ROSTER_CENTRES));
    cr_expect(eq(int, proto_roster_kind_find("checkpoints"), PROTO_ROSTER_CHECKPOINTS));
    cr_expect(eq(int, proto_roster_kind_find("routes"), PROTO_ROSTER_ROUTES));
    cr_expect(eq(int, proto_roster_kind_find("plans"), PROTO_ROSTER_PLANS));
    cr_expect(eq(int, proto_roster_kind_find("unit"), PROTO_ROSTER_KIND_COUNT));
    cr_expect(not(csv(PROTO_ROSTER_DISTRICTS, "code,name\nd,n\n")));
    expect_one_error(1, 1, "give them as GeoJSON");
}

/* ---- GeoJSON ---- */

#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"
#define FEATURE(geometry, properties)                                                              \
    "{\"type\":\"Feature\",\"geometry\":" geometry ",\"properties\":{" properties "}}"
#define POINT(coordinates)   "{\"type\":\"Point\",\"coordinates\":" coordinates "}"
#define POLYGON(coordinates) "{\"type\":\"Polygon\",\"coordinates\":" coordinates "}"
#define SQUARE               "[[113,22],[114,22],[114,23],[113,23],[113,22]]"
#define HOLE                 "[[113.4,22.4],[113.6,22.4],[113.5,22.6],[113.4,22.4]]"

Test(proto_roster, units_are_read_from_geojson)
{
    cr_assert(geojson(
        PROTO_ROSTER_UNITS,
        "{\"name\":\"features\",\"crs\":{\"features\":[1]},\"type\":\"FeatureCollection\","
        "\n \"features\" : [\n"
        "  " FEATURE(POINT("[113.3927,22.5176,12.5]"),
                     "\"code\":\"P1\",\"name\":\"岗\",\"kind\":\"post\",\"people\":2.0,"
                     "\"capabilities\":[\"armed\",\"fire\"],\"synthetic\":true,"
                     "\"circle\":null,\"district\":\"d1\"") ",\n"
                                                            "  " FEATURE(
                                                                "null",
                                                                "\"code\":\"C1\",\"name\":\"[\\\"],"
                                                                "{\",\"kind\":\"car\",\"people\":3,"
                                                                "\"capabilities\":\"traffic\","
                                                                "\"synthetic\":0") " ]}"));
    cr_assert(eq(u32, roster.unit_count, 2));
    const struct proto_roster_unit *post = &roster.units[0];
    cr_expect(eq(i32, post->home.lat_e7, 225176000));
    cr_expect(eq(i32, post->home.lon_e7, 1133927000));
    cr_expect(eq(int, post->people, 2));
    cr_expect(eq(u32, post->capabilities, 5));
    cr_expect(post->synthetic);
    EXPECT_TEXT(post->district, "d1");
    cr_expect(eq(u32, post->at.line, 3));
    cr_expect(eq(u32, post->at.column, 3));
    cr_expect(not(roster.units[1].has_home));
    cr_expect(eq(u32, roster.units[1].capabilities, 8));
    cr_expect(eq(u32, roster.units[1].at.line, 4));
}

Test(proto_roster, circles_are_read_from_geojson)
{
    cr_assert(geojson(PROTO_ROSTER_CIRCLES,
                      COLLECTION(FEATURE(POINT("[-0.00000005,1e1]"),
                                         "\"code\":\"K\",\"name\":\"n\",\"radius_m\":300.0"))));
    cr_assert(eq(u32, roster.circle_count, 1));
    cr_expect(eq(u32, roster.circles[0].radius_m, 300));
    cr_expect(eq(i32, roster.circles[0].place.lat_e7, 100000000));
}

Test(proto_roster, districts_have_rings_without_the_closing_point)
{
    cr_assert(geojson(
        PROTO_ROSTER_DISTRICTS,
        COLLECTION(
            FEATURE(POLYGON("[" SQUARE "," HOLE "]"), "\"code\":\"a\",\"name\":\"A\"") "," FEATURE(
                "{\"type\":\"MultiPolygon\",\"coordinates\":[[" SQUARE "],[" HOLE "]]}",
                "\"code\":\"b\",\"name\":\"B\""))));
    cr_assert(eq(u32, roster.outline_count, 2));
    cr_assert(eq(u32, roster.ring_count, 4));
    cr_assert(eq(u32, roster.point_count, 14));
    const struct proto_roster_outline *b = &roster.outlines[1];
    EXPECT_TEXT(b->code, "b");
    cr_expect(eq(u32, b->ring_first, 2));
    cr_expect(eq(u32, b->ring_count, 2));
    cr_expect(eq(u32, b->point_first, 7));
    cr_expect(eq(u32, b->point_count, 7));
    cr_expect(eq(u32, roster.ring_sizes[0], 4));
    cr_expect(eq(u32, roster.ring_sizes[3], 3));
    cr_expect(eq(i32, roster.points[7 + 2].lat_e7, 230000000));
    cr_expect(eq(i32, roster.points[7 + 2].lon_e7, 1140000000));
}

static void expect_refused(enum proto_roster_kind kind, const char *text, const char *part)
{
    cr_assert(geojson(kind, text) == false, "%s", text);
    cr_assert(eq(u32, roster.error_count, 1), "%s: %s", text, roster.errors[0].detail);
    cr_expect(strstr(roster.errors[0].detail, part) != NULL, "\"%s\" in \"%s\"", part,
              roster.errors[0].detail);
}

#define PLAN "\"code\":\"K1-fire\",\"circle\":\"K1\""

Test(proto_roster, plans_are_read_from_geojson_as_from_csv)
{
    cr_assert(geojson(
        PROTO_ROSTER_PLANS,
        COLLECTION(FEATURE(
            "null", PLAN
            ",\"types\":[\"fire\",\"crime\"],\"priorities\":[1,4],"
            "\"tier_1\":[\"P1\",\"P2\"],\"tier_3\":[],\"tier_5\":\"C-1\","
            "\"words_zh\":\"先封\\n北门\",\"words_en\":\"go\"") ",\n" FEATURE("null",
                                                                              "\"code\":\"K2\","
                                                                              "\"circle\":\"K1\","
                                                                              "\"types\":[],"
                                                                              "\"priorities\":3,"
                                                                              "\"words_zh\":"
                                                                              "null"))));
    cr_assert(eq(u32, roster.plan_count, 2));
    const struct proto_roster_plan *plan = &roster.plans[0];
    EXPECT_TEXT(plan->circle, "K1");
    cr_expect(eq(u32, plan->types, 1u << PROTO_INCIDENT_FIRE | 1u << PROTO_INCIDENT_CRIME));
    cr_expect(eq(u32, plan->priorities, 9));
    cr_assert(eq(u32, plan->unit_counts[PROTO_TIER_1], 2));
    EXPECT_TEXT(plan->units[PROTO_TIER_1][1], "P2");
    cr_expect(eq(u32, plan->unit_counts[PROTO_TIER_3], 0));
    EXPECT_TEXT(plan->units[PROTO_TIER_5][0], "C-1");
    EXPECT_TEXT(plan->words_zh, "先封\n北门");
    EXPECT_TEXT(plan->words_en, "go");
    plan = &roster.plans[1];
    cr_expect(eq(u32, plan->at.line, 2));
    cr_expect(eq(u32, plan->types, (1u << PROTO_INCIDENT_TYPE_COUNT) - 1u));
    cr_expect(eq(u32, plan->priorities, 4));
    EXPECT_TEXT(plan->words_zh, "");
}

Test(proto_roster, a_plan_in_geojson_has_no_place_and_lists_of_one_kind)
{
    const enum proto_roster_kind plans = PROTO_ROSTER_PLANS;
    expect_refused(plans, COLLECTION(FEATURE(POINT("[113,22]"), PLAN)), "must be null");
    expect_refused(plans, COLLECTION(FEATURE("null", PLAN ",\"name\":\"n\"")), "\"name\"");
    expect_refused(plans, COLLECTION(FEATURE("null", PLAN ",\"types\":[1]")), "of texts");
    expect_refused(plans, COLLECTION(FEATURE("null", PLAN ",\"types\":[\"arson\"]")), "\"arson\"");
    expect_refused(plans, COLLECTION(FEATURE("null", PLAN ",\"priorities\":[1.5]")), "of whole");
    expect_refused(plans, COLLECTION(FEATURE("null", PLAN ",\"priorities\":[5]")), "1 to 4");
    expect_refused(plans, COLLECTION(FEATURE("null", PLAN ",\"tier_1\":[\"a\",\"a\"]")), "twice");
    expect_refused(plans,
                   COLLECTION(FEATURE("null", PLAN ",\"tier_5\":[\"a\",\"b\",\"c\",\"d\",\"e\","
                                                   "\"f\",\"g\",\"h\",\"i\"]")),
                   "more than 8");
}

Test(proto_roster, bad_geojson_is_refused)
{
    const enum proto_roster_kind units = PROTO_ROSTER_UNITS;
    expect_refused(units, "", "empty");
    expect_refused(units, "code,name", "not JSON");
    expect_refused(units, "{\n \"a\":1,\n \"a\":2}", "twice");
    cr_expect(eq(u32, roster.errors[0].at.line, 3));
    expect_refused(units, "[]", "FeatureCollection");
    expect_refused(units, "{\"type\":\"FeatureCollection\"}", "FeatureCollection");
    expect_refused(units, "{\"type\":\"Feature\",\"features\":[]}", "FeatureCollection");
    expect_refused(units, COLLECTION("5"), "must be a Feature");
    expect_refused(units, COLLECTION("{\"type\":\"Feature\",\"properties\":{}}"), "is missing");
    expect_refused(units,
                   COLLECTION("{\"type\":\"Feature\",\"geometry\":null,\"properties\":null}"),
                   "\"properties\" must be an object");
#define UNIT "\"code\":\"A\",\"name\":\"n\",\"kind\":\"car\""
    expect_refused(units, COLLECTION(FEATURE("null", UNIT ",\"colour\":1")), "\"colour\"");
    expect_refused(units, COLLECTION(FEATURE("null", UNIT ",\"radius_m\":1")), "\"radius_m\"");
    expect_refused(units, COLLECTION(FEATURE("null", UNIT ",\"lat\":1")), "into the geometry");
    expect_refused(units, COLLECTION(FEATURE("null", UNIT ",\"people\":1.5")), "\"people\"");
    expect_refused(units, COLLECTION(FEATURE("null", UNIT ",\"people\":-1")), "\"people\"");
    expect_refused(units, COLLECTION(FEATURE("null", UNIT ",\"people\":{}")), "\"people\"");
    expect_refused(units, COLLECTION(FEATURE("null", UNIT ",\"capabilities\":[1]")), "of texts");
#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    expect_refused(units,
                   COLLECTION(FEATURE("null", UNIT ",\"capabilities\":[\"" A64 A64 A64 A64 "\"]")),
                   "too long");
    expect_refused(units,
                   COLLECTION(FEATURE("null", "\"code\":\"A\\u0000\",\"name\":\"n\","
                                              "\"kind\":\"car\"")),
                   "\"code\"");
    expect_refused(units, COLLECTION(FEATURE(POLYGON("[" SQUARE "]"), UNIT)), "must be a Point");
    expect_refused(units, COLLECTION(FEATURE("{\"type\":\"Point\"}", UNIT)), "[lon, lat]");
    expect_refused(units, COLLECTION(FEATURE(POINT("[1]"), UNIT)), "[lon, lat]");
    expect_refused(units, COLLECTION(FEATURE(POINT("[1,2,3,4]"), UNIT)), "[lon, lat]");
    expect_refused(units, COLLECTION(FEATURE(POINT("[\"1\",2]"), UNIT)), "[lon, lat]");
    expect_refused(units, COLLECTION(FEATURE(POINT("[22.5,113.4]"), UNIT)), "exchanged");
    expect_refused(units, COLLECTION(FEATURE(POINT("[181,0]"), UNIT)), "degrees");
    expect_refused(units, COLLECTION(FEATURE(POINT("[0,1e300]"), UNIT)), "degrees");
    expect_refused(units,
                   COLLECTION(FEATURE("null", "\"code\":\"A\",\"name\":\"n\","
                                              "\"kind\":\"post\"")),
                   "must be a Point");
    expect_refused(units, COLLECTION(FEATURE("null", UNIT) "," FEATURE("null", UNIT)), "already");
}

Test(proto_roster, bad_outlines_are_refused)
{
    const enum proto_roster_kind kind = PROTO_ROSTER_DISTRICTS;
#define DISTRICT "\"code\":\"a\",\"name\":\"A\""
    expect_refused(kind, COLLECTION(FEATURE("null", DISTRICT)), "must be a Polygon");
    expect_refused(kind, COLLECTION(FEATURE(POINT("[1,2]"), DISTRICT)), "must be a Polygon");
    expect_refused(kind,
                   COLLECTION(FEATURE("{\"type\":\"MultiPolygon\",\"coordinates\":[]}", DISTRICT)),
                   "must be a Polygon");
    expect_refused(kind, COLLECTION(FEATURE(POLYGON("[]"), DISTRICT)), "list of rings");
    expect_refused(kind, COLLECTION(FEATURE(POLYGON("[[[1,2],[2,2],[1,2]]]"), DISTRICT)),
                   "fewer than 4");
    expect_refused(kind, COLLECTION(FEATURE(POLYGON("[[[1,2],[2,2],[2,3],[1,3]]]"), DISTRICT)),
                   "not closed");
    expect_refused(kind, COLLECTION(FEATURE(POLYGON("[[[1,2],[2,2],[2,\"3\"],[1,2]]]"), DISTRICT)),
                   "[lon, lat]");
    expect_refused(
        kind, COLLECTION(FEATURE(POLYGON("[[[22,113],[23,113],[23,114],[22,113]]]"), DISTRICT)),
        "exchanged");
    expect_refused(kind, COLLECTION(FEATURE(POLYGON("[" SQUARE "]"), "\"code\":\"a\"")),
                   "\"name\"");
}

static bool outline(uint32_t ring_count, uint32_t point_count)
{
    big_size = 0;
    put("{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{"
        "%s},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[",
        DISTRICT);
    for (uint32_t ring = 0; ring < ring_count; ring++) {
        put(ring > 0 ? ",[" : "[");
        for (uint32_t i = 0; i < point_count; i++) {
            put("[0.%u,0.%u],", i + 1, i % 7);
        }
        put("[0.1,0.0]]");
    }
    put("]}}]}");
    proto_roster_finish(&roster);
    return proto_roster_read_geojson(&roster, PROTO_ROSTER_DISTRICTS, big, big_size);
}

Test(proto_roster, the_finest_outline_fits_and_a_finer_one_is_refused)
{
    cr_expect(outline(16, 128));
    cr_expect(eq(u32, roster.point_count, PROTO_ROSTER_POINTS_MAX));
    cr_expect(eq(u32, roster.outlines[0].ring_count, PROTO_ROSTER_RINGS_MAX));
    cr_expect(not(outline(17, 3)));
    expect_one_error(1, 41, "more than 16 rings");
    cr_expect(outline(1, 2048));
    cr_expect(not(outline(1, 2049)));
    expect_one_error(1, 41, "more than 2048 points");
    cr_expect(not(outline(2, 1025)));
    expect_one_error(1, 41, "more than 2048 points");
}

static bool districts(uint32_t count)
{
    big_size = 0;
    put("{\"type\":\"FeatureCollection\",\"features\":[");
    for (uint32_t i = 0; i < count; i++) {
        put("%s{\"type\":\"Feature\",\"properties\":{\"code\":\"d%u\",\"name\":\"n\"},"
            "\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[0,0],[1,0],[1,1],[0,0]]]}}",
            i > 0 ? "," : "", i);
    }
    put("]}");
    proto_roster_finish(&roster);
    return proto_roster_read_geojson(&roster, PROTO_ROSTER_DISTRICTS, big, big_size);
}

Test(proto_roster, the_most_districts_fit_and_one_more_is_refused)
{
    cr_expect(districts(PROTO_ROSTER_DISTRICTS_MAX));
    cr_expect(eq(u32, roster.outline_count, PROTO_ROSTER_DISTRICTS_MAX));
    cr_expect(not(districts(PROTO_ROSTER_DISTRICTS_MAX + 1)));
    cr_assert(eq(u32, roster.error_count, 1));
    expect_error(0, 1, roster.errors[0].at.column, "one district too many");
}

/* ---- Random damage ---- */

static uint32_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

Test(proto_roster, random_damage_is_refused_or_leaves_a_valid_roster)
{
    static const char good[] = "\xEF\xBB\xBF" UNITS_HEADER
                               "P12,\"石岐, 岗亭\",post,22.5176,113.3927,shiqi,d1,2,armed+fire\r\n"
                               "M-7,Motor \"7\",motorcycle,,,,,,\nC9,n,car,-1.5,2.25,,,12,\n";
    uint64_t state = 20261123;
    cr_log_info("seed 20261123");
    uint32_t refused = 0;
    for (uint32_t round = 0; round < 5000; round++) {
        char text[sizeof(good)];
        memcpy(text, good, sizeof(good));
        const uint32_t hits = next_random(&state) % 3;
        for (uint32_t i = 0; i < hits; i++) {
            text[next_random(&state) % (sizeof(good) - 1)] =
                "\",\n\r 0a+-.\xE4\x80"[next_random(&state) % 12];
        }
        const size_t size =
            next_random(&state) % 4 == 0 ? next_random(&state) % sizeof(good) : sizeof(good) - 1;
        proto_roster_finish(&roster);
        if (!proto_roster_read_csv(&roster, PROTO_ROSTER_UNITS, text, size)) {
            refused++;
            cr_assert(ge(u32, roster.error_count, 1));
            cr_assert(ge(u32, roster.errors[0].at.line, 1));
            continue;
        }
        for (uint32_t i = 0; i < roster.unit_count; i++) {
            const struct proto_roster_unit *unit = &roster.units[i];
            cr_assert(le(u32, (uint32_t)strlen(unit->code), 15));
            cr_assert(ge(u32, (uint32_t)strlen(unit->code), 1));
            cr_assert(lt(int, unit->kind, PROTO_UNIT_KIND_COUNT));
            cr_assert(unit->home.lat_e7 <= 900000000);
        }
    }
    cr_expect(lt(u32, 1000, refused));
    cr_expect(lt(u32, refused, 5000));
}
