/* Lines of a roster that tests of the whole engine used to be alone in reading: centres,
 * checkpoints and areas, what they carry, and where each of their errors stands. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proto.h"

#define CENTRES     "code,name,kind,lat,lon,district\n"
#define CHECKPOINTS "code,name,lat,lon,radius_m,from,to,every_min,stay_s,circle,district\n"

static struct proto_roster roster;

static void tear_down(void)
{
    proto_roster_finish(&roster);
}

TestSuite(proto_row, .fini = tear_down, .timeout = 60);

static bool csv(enum proto_roster_kind kind, const char *text)
{
    proto_roster_finish(&roster);
    return proto_roster_read_csv(&roster, kind, text, strlen(text));
}

static void expect_refused(enum proto_roster_kind kind, const char *text, uint32_t column,
                           const char *part)
{
    cr_expect(not(csv(kind, text)), "%s", text);
    cr_assert(lt(u32, 0, roster.error_count), "%s", text);
    cr_expect(eq(u32, roster.errors[0].at.line, 2), "%s", text);
    cr_expect(eq(u32, roster.errors[0].at.column, column), "%s", text);
    cr_expect(ne(ptr, strstr(roster.errors[0].detail, part), NULL), "%s: %s", text,
              roster.errors[0].detail);
}

Test(proto_row, centres_are_read_with_every_column)
{
    cr_assert(csv(PROTO_ROSTER_CENTRES, CENTRES "Z1,石岐综治中心,community,22.5,113.4,shiqi\n"
                                                "N1,Jiangmen,neighbour,-22.5,-113.4,\n"));
    cr_assert(eq(u32, roster.centre_count, 2));
    const struct proto_roster_centre *first = &roster.centres[0];
    cr_expect(eq(u32, first->at.line, 2));
    cr_expect(eq(str, (char *)(uintptr_t)first->code, "Z1"));
    cr_expect(eq(str, (char *)(uintptr_t)first->name, "石岐综治中心"));
    cr_expect(eq(u32, first->kind, PROTO_CENTRE_COMMUNITY));
    cr_expect(eq(i32, first->place.lat_e7, 225000000));
    cr_expect(eq(i32, first->place.lon_e7, 1134000000));
    cr_expect(eq(str, (char *)(uintptr_t)first->district, "shiqi"));
    const struct proto_roster_centre *second = &roster.centres[1];
    cr_expect(eq(u32, second->kind, PROTO_CENTRE_NEIGHBOUR));
    cr_expect(eq(i32, second->place.lon_e7, -1134000000));
    cr_expect(eq(str, (char *)(uintptr_t)second->district, ""));
}

Test(proto_row, each_error_of_a_centre_is_told_where_it_stands)
{
    static const struct {
        const char *line;
        uint32_t column;
        const char *part;
    } bad[] = {
        {",n,community,22.5,113.4,", 1, "code"},
        {"Z 1,n,community,22.5,113.4,", 1, "code"},
        {"Z1,,community,22.5,113.4,", 4, "name"},
        {"Z1,n,,22.5,113.4,", 6, "must be community or neighbour"},
        {"Z1,n,police,22.5,113.4,", 6, "must be community or neighbour"},
        {"Z1,n,community,91,113.4,", 16, "lat"},
        {"Z1,n,community,22.5,,", 21, "lon"},
        {"Z1,n,community,22.5,113.4,a b", 27, "district"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[160];
        snprintf(text, sizeof text, CENTRES "%s\n", bad[i].line);
        expect_refused(PROTO_ROSTER_CENTRES, text, bad[i].column, bad[i].part);
    }
    cr_expect(not(csv(PROTO_ROSTER_CENTRES, CENTRES "Z1,a,community,1,1,\nZ2,b,community,1,1,\n"
                                                    "Z1,c,neighbour,1,1,\n")));
    cr_assert(eq(u32, roster.error_count, 1));
    cr_expect(eq(u32, roster.errors[0].at.line, 4));
    cr_expect(ne(ptr, strstr(roster.errors[0].detail, "line 2"), NULL));
}

Test(proto_row, checkpoints_are_read_with_every_column)
{
    cr_assert(csv(PROTO_ROSTER_CHECKPOINTS,
                  CHECKPOINTS "B1,孙文西路,22.5,113.4,40,08:30,23:59,60,120,K1,shiqi\n"
                              "B2,all day,22.5,113.4,500,,,10080,3600,,\n"
                              "B3,over midnight,22.5,113.4,1,20:00,06:00,600,0,,\n"
                              "B4,whoever likes,22.5,113.4,1,08:00,08:00,0,0,,\n"));
    cr_assert(eq(u32, roster.checkpoint_count, 4));
    const struct proto_roster_checkpoint *first = &roster.checkpoints[0];
    cr_expect(eq(str, (char *)(uintptr_t)first->code, "B1"));
    cr_expect(eq(str, (char *)(uintptr_t)first->name, "孙文西路"));
    cr_expect(eq(i32, first->place.lat_e7, 225000000));
    cr_expect(eq(u32, first->radius_m, 40));
    cr_expect(eq(u32, first->from_min, 510));
    cr_expect(eq(u32, first->to_min, 1439));
    cr_expect(eq(u32, first->every_min, 60));
    cr_expect(eq(u32, first->stay_s, 120));
    cr_expect(eq(str, (char *)(uintptr_t)first->circle, "K1"));
    cr_expect(eq(str, (char *)(uintptr_t)first->district, "shiqi"));
    cr_expect(eq(u32, roster.checkpoints[1].from_min, roster.checkpoints[1].to_min));
    cr_expect(eq(u32, roster.checkpoints[1].every_min, 10080));
    cr_expect(eq(u32, roster.checkpoints[2].to_min, 360));
}

Test(proto_row, each_error_of_a_checkpoint_is_told_where_it_stands)
{
    static const struct {
        const char *line;
        uint32_t column;
        const char *part;
    } bad[] = {
        {",n,22.5,113.4,40,,,60,0,,", 1, "code"},
        {"B1,,22.5,113.4,40,,,60,0,,", 4, "name"},
        {"B1,n,x,113.4,40,,,60,0,,", 6, "lat"},
        {"B1,n,22.5,113.4,0,,,60,0,,", 17, "must be whole metres, 1 to 500"},
        {"B1,n,22.5,113.4,501,,,60,0,,", 17, "must be whole metres, 1 to 500"},
        {"B1,n,22.5,113.4,40,8:30,,60,0,,", 20, "must be an hour as 08:30, or empty"},
        {"B1,n,22.5,113.4,40,24:00,,60,0,,", 20, "must be an hour as 08:30, or empty"},
        {"B1,n,22.5,113.4,40,08:60,,60,0,,", 20, "must be an hour as 08:30, or empty"},
        {"B1,n,22.5,113.4,40,08-30,,60,0,,", 20, "must be an hour as 08:30, or empty"},
        {"B1,n,22.5,113.4,40,0x:30,,60,0,,", 20, "must be an hour as 08:30, or empty"},
        {"B1,n,22.5,113.4,40,08:/0,,60,0,,", 20, "must be an hour as 08:30, or empty"},
        {"B1,n,22.5,113.4,40,08:00,8,60,0,,", 26, "must be an hour as 08:30, or empty"},
        {"B1,n,22.5,113.4,40,,,10081,0,,", 22, "must be whole minutes, 0 to 10080"},
        {"B1,n,22.5,113.4,40,,,60,3601,,", 25, "must be whole seconds, 0 to 3600"},
        {"B1,n,22.5,113.4,40,08:00,10:00,121,0,,", 32, "must fit between from and to"},
        {"B1,n,22.5,113.4,40,,,60,0,a b,", 27, "circle"},
        {"B1,n,22.5,113.4,40,,,60,0,,a b", 28, "district"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[200];
        snprintf(text, sizeof text, CHECKPOINTS "%s\n", bad[i].line);
        expect_refused(PROTO_ROSTER_CHECKPOINTS, text, bad[i].column, bad[i].part);
    }
    cr_expect(csv(PROTO_ROSTER_CHECKPOINTS,
                  CHECKPOINTS "B1,as long as its hours,22.5,113.4,40,08:00,10:00,120,0,,\n"));
    cr_expect(not(
        csv(PROTO_ROSTER_CHECKPOINTS, CHECKPOINTS "B1,a,1,1,40,,,60,0,,\nB1,b,1,1,40,,,60,0,,\n")));
    cr_expect(eq(u32, roster.errors[0].at.line, 3));
}

#define ROUTES "code,name,stops,from,to,every_min,circle,district\n"

Test(proto_row, routes_are_read_with_every_column)
{
    cr_assert(csv(PROTO_ROSTER_ROUTES,
                  ROUTES "R1,夜巡,B1+B2+B1,20:00,06:00,120,K1,shiqi\n"
                         "R2,sixteen,A+B+C+D+E+F+G+H+I+J+K+L+M+N+O+P,,,0,,\n"));
    cr_assert(eq(u32, roster.checkpoint_count, 2));
    const struct proto_roster_checkpoint *first = &roster.checkpoints[0];
    cr_expect(eq(str, (char *)(uintptr_t)first->code, "R1"));
    cr_expect(eq(str, (char *)(uintptr_t)first->name, "夜巡"));
    cr_assert(eq(u32, first->stop_count, 3));
    cr_expect(eq(str, (char *)(uintptr_t)first->stops[0], "B1"));
    cr_expect(eq(str, (char *)(uintptr_t)first->stops[1], "B2"));
    cr_expect(eq(str, (char *)(uintptr_t)first->stops[2], "B1"), "a round may come back");
    cr_expect(eq(u32, first->stops_at.line, 2));
    cr_expect(eq(u32, first->stops_at.column, 7));
    cr_expect(eq(u32, first->from_min, 1200));
    cr_expect(eq(u32, first->to_min, 360));
    cr_expect(eq(u32, first->every_min, 120));
    cr_expect(eq(str, (char *)(uintptr_t)first->circle, "K1"));
    cr_expect(eq(str, (char *)(uintptr_t)first->district, "shiqi"));
    cr_expect(eq(u32, roster.checkpoints[1].stop_count, 16));
}

Test(proto_row, each_error_of_a_route_is_told_where_it_stands)
{
    static const struct {
        const char *line;
        uint32_t column;
        const char *part;
    } bad[] = {
        {",n,B1+B2,,,60,,", 1, "code"},
        {"R1,,B1+B2,,,60,,", 4, "name"},
        {"R1,n,,,,60,,", 6, "stops"},
        {"R1,n,B1,,,60,,", 6, "must name two checkpoints at least"},
        {"R1,n,B1+,,,60,,", 6, "must be codes of checkpoints joined by +"},
        {"R1,n,B1+b 2,,,60,,", 6, "must be codes of checkpoints joined by +"},
        {"R1,n,B1+a-code-longer-than-any,,,60,,", 6, "must be codes of checkpoints joined by +"},
        {"R1,n,B1+B1,,,60,,", 6, "names a checkpoint twice in a row"},
        {"R1,n,A+B+C+D+E+F+G+H+I+J+K+L+M+N+O+P+Q,,,60,,", 6, "names more than 16 checkpoints"},
        {"R1,n,B1+B2,08:00,09:00,61,,", 24, "must fit between from and to"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char text[200];
        snprintf(text, sizeof text, ROUTES "%s\n", bad[i].line);
        expect_refused(PROTO_ROSTER_ROUTES, text, bad[i].column, bad[i].part);
    }
}

/* `count` lines of one kind, each with a code of its own. */
static bool lines(enum proto_roster_kind kind, const char *header, const char *rest, uint32_t count)
{
    const size_t room = strlen(header) + count * (strlen(rest) + 12u) + 1;
    char *text = malloc(room);
    cr_assert(ne(ptr, text, NULL));
    size_t size = (size_t)snprintf(text, room, "%s", header);
    for (uint32_t i = 0; i < count; i++) {
        size += (size_t)snprintf(text + size, room - size, "C%u%s\n", i, rest);
    }
    const bool done = csv(kind, text);
    free(text);
    return done;
}

Test(proto_row, the_most_centres_and_checkpoints_fit_and_one_more_is_refused)
{
    cr_expect(lines(PROTO_ROSTER_CENTRES, CENTRES, ",n,community,1,1,", 1000));
    cr_expect(not(lines(PROTO_ROSTER_CENTRES, CENTRES, ",n,community,1,1,", 1001)));
    cr_expect(ne(ptr, strstr(roster.errors[0].detail, "at most 1000"), NULL));
    cr_expect(eq(u32, roster.errors[0].at.line, 1002));
    cr_expect(lines(PROTO_ROSTER_CHECKPOINTS, CHECKPOINTS, ",n,1,1,40,,,60,0,,", 4096));
    cr_expect(not(lines(PROTO_ROSTER_CHECKPOINTS, CHECKPOINTS, ",n,1,1,40,,,60,0,,", 4097)));
    cr_expect(ne(ptr, strstr(roster.errors[0].detail, "at most 4096"), NULL));
    cr_expect(eq(u32, roster.errors[0].at.line, 4098));
}

#define AREA(code, kind)                                                                           \
    "{\"type\":\"Feature\",\"properties\":{\"code\":\"" code "\",\"name\":\"n\"" kind              \
    "},\"geometry\":{\"type\":\"Polygon\",\"coordinates\":[[[1,1],[2,1],[2,2],[1,1]]]}}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"features\":[" features "]}"

static bool geojson(const char *text)
{
    proto_roster_finish(&roster);
    return proto_roster_read_geojson(&roster, PROTO_ROSTER_AREAS, text, strlen(text));
}

Test(proto_row, areas_are_beats_or_grids)
{
    cr_assert(
        geojson(COLLECTION(AREA("W3", ",\"kind\":\"beat\"") "," AREA("G1", ",\"kind\":\"grid\""))));
    cr_assert(eq(u32, roster.outline_count, 2));
    cr_expect(eq(u32, roster.outlines[0].kind, PROTO_AREA_BEAT));
    cr_expect(eq(u32, roster.outlines[1].kind, PROTO_AREA_GRID));
    cr_expect(eq(str, roster.outlines[1].code, "G1"));
    cr_expect(eq(u32, roster.outlines[1].ring_count, 1));
    cr_expect(not(geojson(COLLECTION(AREA("W3", ",\"kind\":\"circle\"")))));
    cr_expect(ne(ptr, strstr(roster.errors[0].detail, "must be beat or grid"), NULL));
    cr_expect(not(geojson(COLLECTION(AREA("W3", "")))));
    cr_expect(lt(u32, 0, roster.error_count));
}
