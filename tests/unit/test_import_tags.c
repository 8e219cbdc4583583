/* geo_import_tags, geo_import_speed: what OpenStreetMap tags mean, one rule a line. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "geo/import/geo_import_speed.h"
#include "geo/import/geo_import_tags.h"

#define TAGS_MAX 16u

/* "highway=residential,oneway=yes" */
static struct geo_import_tags tags_of(const char *text)
{
    static char copy[512];
    static struct geo_import_tag tags[TAGS_MAX];
    (void)snprintf(copy, sizeof copy, "%s", text);
    size_t count = 0;
    char *at = copy;
    while (*at != '\0' && count < TAGS_MAX) {
        tags[count].key = at;
        at += strcspn(at, "=");
        *at++ = '\0';
        tags[count++].value = at;
        at += strcspn(at, ",");
        if (*at == ',') {
            *at++ = '\0';
        }
    }
    return (struct geo_import_tags){tags, count};
}

static struct geo_import_rule rule_of(const char *text)
{
    struct geo_import_rule rule;
    enum geo_import_count reason = GEO_IMPORT_COUNT_COUNT;
    bool unknown = false;
    cr_assert(geo_import_tags_rule(tags_of(text), &rule, &reason, &unknown), "%s", text);
    return rule;
}

static void expect_dropped(const char *text, enum geo_import_count wanted)
{
    struct geo_import_rule rule;
    enum geo_import_count reason = GEO_IMPORT_COUNT_COUNT;
    bool unknown = false;
    cr_expect(not(geo_import_tags_rule(tags_of(text), &rule, &reason, &unknown)), "%s", text);
    cr_expect(eq(int, (int)reason, (int)wanted), "%s", text);
}

/* Speeds in km/h: car, motorcycle, foot forward, then backward. 5.04 on foot shows as 5. What holds
 * for emergency cars has a test of its own. */
static void expect_kmh(const char *text, const uint32_t forward[3], const uint32_t backward[3])
{
    const struct geo_import_rule rule = rule_of(text);
    for (size_t p = 0; p <= GEO_PROFILE_FOOT; p++) {
        cr_expect(eq(u32, rule.speed_mh[GEO_IMPORT_FORWARD][p] / 1000, forward[p]),
                  "%s, forward, profile %zu", text, p);
        cr_expect(eq(u32, rule.speed_mh[GEO_IMPORT_BACKWARD][p] / 1000, backward[p]),
                  "%s, backward, profile %zu", text, p);
    }
}

#define KMH(car, motorcycle, foot) ((const uint32_t[3]){car, motorcycle, foot})

Test(import_tags, every_class_has_its_speed_and_its_people)
{
    expect_kmh("highway=motorway_link", KMH(45, 45, 0), KMH(45, 45, 0));
    expect_kmh("highway=trunk", KMH(85, 85, 0), KMH(85, 85, 0));
    expect_kmh("highway=trunk,sidewalk=both", KMH(85, 85, 5), KMH(85, 85, 5));
    expect_kmh("highway=trunk,foot=yes", KMH(85, 85, 5), KMH(85, 85, 5));
    expect_kmh("highway=primary", KMH(65, 65, 5), KMH(65, 65, 5));
    expect_kmh("highway=primary,motorroad=yes", KMH(65, 65, 0), KMH(65, 65, 0));
    expect_kmh("highway=secondary", KMH(55, 55, 5), KMH(55, 55, 5));
    expect_kmh("highway=tertiary", KMH(40, 40, 5), KMH(40, 40, 5));
    expect_kmh("highway=residential", KMH(25, 25, 5), KMH(25, 25, 5));
    expect_kmh("highway=living_street", KMH(10, 10, 5), KMH(10, 10, 5));
    expect_kmh("highway=service", KMH(15, 15, 5), KMH(15, 15, 5));
    expect_kmh("highway=service,service=driveway", KMH(5, 5, 5), KMH(5, 5, 5));
    expect_kmh("highway=track", KMH(15, 15, 5), KMH(15, 15, 5));
    expect_kmh("highway=pedestrian", KMH(0, 0, 5), KMH(0, 0, 5));
    expect_kmh("highway=cycleway", KMH(0, 0, 5), KMH(0, 0, 5));
    cr_expect(eq(u32, rule_of("highway=footway").speed_mh[0][GEO_PROFILE_FOOT], 5040));
    cr_expect(eq(u32, rule_of("highway=steps").speed_mh[0][GEO_PROFILE_FOOT], 1800));
    cr_expect(eq(u8, rule_of("highway=steps").road_class, GEO_ROAD_STEPS));
}

Test(import_tags, one_way_streets_bind_motors_and_not_walkers)
{
    expect_kmh("highway=residential,oneway=yes", KMH(25, 25, 5), KMH(0, 0, 5));
    expect_kmh("highway=residential,oneway=1", KMH(25, 25, 5), KMH(0, 0, 5));
    expect_kmh("highway=residential,oneway=true", KMH(25, 25, 5), KMH(0, 0, 5));
    expect_kmh("highway=residential,oneway=-1", KMH(0, 0, 5), KMH(25, 25, 5));
    expect_kmh("highway=residential,oneway=reverse", KMH(0, 0, 5), KMH(25, 25, 5));
    expect_kmh("highway=residential,oneway=no", KMH(25, 25, 5), KMH(25, 25, 5));
    expect_kmh("highway=residential,oneway=alternating", KMH(25, 25, 5), KMH(25, 25, 5));
    expect_kmh("highway=residential,oneway=reversible", KMH(0, 0, 5), KMH(0, 0, 5));
    expect_kmh("highway=motorway", KMH(90, 90, 0), KMH(0, 0, 0));
    expect_kmh("highway=motorway,oneway=no", KMH(90, 90, 0), KMH(90, 90, 0));
    expect_kmh("highway=residential,junction=roundabout", KMH(25, 25, 5), KMH(0, 0, 5));
    expect_kmh("highway=residential,junction=circular", KMH(25, 25, 5), KMH(0, 0, 5));
    expect_kmh("highway=residential,oneway=yes,oneway:motorcycle=no", KMH(25, 25, 5),
               KMH(0, 25, 5));
    expect_kmh("highway=footway,oneway=yes", KMH(0, 0, 5), KMH(0, 0, 5));
    expect_kmh("highway=footway,oneway:foot=yes", KMH(0, 0, 5), KMH(0, 0, 0));
    cr_expect(eq(u32, rule_of("highway=steps,conveying=backward").speed_mh[0][2], 0));
}

Test(import_tags, the_most_particular_access_tag_decides)
{
    expect_kmh("highway=residential,motor_vehicle=no", KMH(0, 0, 5), KMH(0, 0, 5));
    expect_kmh("highway=residential,vehicle=no", KMH(0, 0, 5), KMH(0, 0, 5));
    expect_kmh("highway=residential,motorcar=no", KMH(0, 25, 5), KMH(0, 25, 5));
    expect_kmh("highway=residential,motor_vehicle=no,motorcycle=yes", KMH(0, 25, 5), KMH(0, 25, 5));
    expect_kmh("highway=residential,access=no,motor_vehicle=yes", KMH(25, 25, 0), KMH(25, 25, 0));
    expect_kmh("highway=residential,foot=no", KMH(25, 25, 0), KMH(25, 25, 0));
    expect_kmh("highway=residential,access=no,foot=yes", KMH(0, 0, 5), KMH(0, 0, 5));
    expect_kmh("highway=residential,vehicle:backward=no", KMH(25, 25, 5), KMH(0, 0, 5));
    expect_kmh("highway=track,access=agricultural,foot=yes", KMH(0, 0, 5), KMH(0, 0, 5));
    expect_kmh("highway=footway,motorcycle=yes", KMH(0, 10, 5), KMH(0, 10, 5));
    expect_kmh("highway=footway,access=yes", KMH(0, 0, 5), KMH(0, 0, 5));
    expect_kmh("highway=pedestrian,motor_vehicle=delivery", KMH(10, 10, 5), KMH(10, 10, 5));
    expect_kmh("highway=busway,bus=yes,foot=yes", KMH(0, 0, 5), KMH(0, 0, 5));
}

Test(import_tags, private_roads_are_open_but_no_short_cut)
{
    expect_kmh("highway=primary,access=private", KMH(15, 15, 5), KMH(15, 15, 5));
    expect_kmh("highway=residential,motor_vehicle=destination", KMH(15, 15, 5), KMH(15, 15, 5));
    expect_kmh("highway=service,access=no,emergency=yes", KMH(15, 15, 0), KMH(15, 15, 0));
}

Test(import_tags, limits_surfaces_and_tracks_slow_motors_only)
{
    expect_kmh("highway=residential,maxspeed=50", KMH(40, 40, 5), KMH(40, 40, 5));
    expect_kmh("highway=residential,maxspeed=30 mph", KMH(38, 38, 5), KMH(38, 38, 5));
    expect_kmh("highway=primary,maxspeed:forward=30,maxspeed=50", KMH(24, 24, 5), KMH(40, 40, 5));
    expect_kmh("highway=primary,maxspeed:type=DE:urban", KMH(40, 40, 5), KMH(40, 40, 5));
    expect_kmh("highway=secondary,surface=gravel", KMH(40, 40, 5), KMH(40, 40, 5));
    expect_kmh("highway=secondary,surface=sand", KMH(20, 20, 5), KMH(20, 20, 5));
    expect_kmh("highway=secondary,tracktype=grade3", KMH(30, 30, 5), KMH(30, 30, 5));
    expect_kmh("highway=secondary,smoothness=impassable", KMH(0, 0, 5), KMH(0, 0, 5));
    expect_kmh("highway=motorway,maxspeed=none", KMH(112, 112, 0), KMH(0, 0, 0));
    expect_kmh("highway=footway,motorcycle=yes,maxspeed=50", KMH(0, 10, 5), KMH(0, 10, 5));
}

Test(import_tags, a_limit_that_is_not_understood_is_told)
{
    struct geo_import_rule rule;
    enum geo_import_count reason = GEO_IMPORT_COUNT_COUNT;
    bool unknown = false;
    cr_assert(
        geo_import_tags_rule(tags_of("highway=primary,maxspeed=slowly"), &rule, &reason, &unknown));
    cr_expect(unknown);
    cr_expect(eq(u32, rule.speed_mh[0][0], 65000));
}

Test(import_tags, what_is_no_road_says_why)
{
    expect_dropped("highway=construction", GEO_IMPORT_DROPPED_CONSTRUCTION);
    expect_dropped("highway=residential,construction=yes", GEO_IMPORT_DROPPED_CONSTRUCTION);
    expect_dropped("highway=proposed", GEO_IMPORT_DROPPED_PROPOSED);
    expect_dropped("highway=platform", GEO_IMPORT_DROPPED_PLATFORM);
    expect_dropped("highway=disused", GEO_IMPORT_DROPPED_DISUSED);
    expect_dropped("highway=teleporter", GEO_IMPORT_DROPPED_KIND);
    expect_dropped("highway=service,access=no", GEO_IMPORT_DROPPED_CLOSED);
    expect_dropped("highway=motorway,oneway=reversible", GEO_IMPORT_DROPPED_REVERSIBLE);
    expect_dropped("building=yes", GEO_IMPORT_COUNT_COUNT);
    expect_dropped("", GEO_IMPORT_COUNT_COUNT);
}

Test(import_tags, ferries_take_walkers_and_cars_only_where_tagged)
{
    expect_kmh("route=ferry", KMH(0, 0, 15), KMH(0, 0, 15));
    expect_kmh("route=ferry,motor_vehicle=yes", KMH(15, 15, 15), KMH(15, 15, 15));
    expect_kmh("route=ferry,motorcar=no,motor_vehicle=yes", KMH(0, 15, 15), KMH(0, 15, 15));
    cr_expect(eq(u32, rule_of("route=ferry,duration=00:20").duration_s, 1200));
    expect_dropped("route=ferry,foot=no", GEO_IMPORT_DROPPED_CLOSED);
}

static void expect_blocked(const char *text, bool car, bool motorcycle, bool foot)
{
    const unsigned wanted = (unsigned)car | (unsigned)motorcycle << 1 | (unsigned)foot << 2;
    cr_expect(eq(u8, geo_import_tags_blocked(tags_of(text)) & 7u, (uint8_t)wanted), "%s", text);
}

Test(import_tags, barriers_stop_those_who_do_not_fit)
{
    expect_blocked("barrier=gate", false, false, false);
    expect_blocked("barrier=lift_gate,access=private", false, false, false);
    expect_blocked("barrier=gate,access=no", true, true, true);
    expect_blocked("barrier=gate,locked=yes", true, true, true);
    expect_blocked("barrier=gate,locked=yes,foot=yes", true, true, false);
    expect_blocked("barrier=gate,locked=yes,emergency=yes", false, false, true);
    expect_blocked("barrier=bollard", true, false, false);
    expect_blocked("barrier=bollard,bollard=rising", false, false, false);
    expect_blocked("barrier=bollard,motor_vehicle=yes", false, false, false);
    expect_blocked("barrier=bollard,motorcycle=no", true, true, false);
    expect_blocked("barrier=cycle_barrier", true, true, false);
    expect_blocked("barrier=wall", true, true, true);
    expect_blocked("highway=crossing,access=no", false, false, false);
}

static void expect_emergency(const char *text, uint32_t forward, uint32_t backward)
{
    struct geo_import_rule rule;
    enum geo_import_count reason = GEO_IMPORT_COUNT_COUNT;
    bool unknown = false;
    (void)geo_import_tags_rule(tags_of(text), &rule, &reason, &unknown);
    cr_expect(eq(u32, rule.speed_mh[0][GEO_PROFILE_EMERGENCY] / 1000, forward), "%s", text);
    cr_expect(eq(u32, rule.speed_mh[1][GEO_PROFILE_EMERGENCY] / 1000, backward), "%s", text);
}

Test(import_tags, emergency_cars_ignore_what_is_forbidden_and_not_what_is_closed)
{
    expect_emergency("highway=residential", 25, 25);
    expect_emergency("highway=primary,access=private", 65, 65);
    expect_emergency("highway=residential,motor_vehicle=destination", 25, 25);
    expect_emergency("highway=pedestrian", 10, 10);
    expect_emergency("highway=pedestrian,emergency=no", 0, 0);
    expect_emergency("highway=busway,access=no,bus=yes", 0, 0);
    expect_emergency("highway=busway", 25, 25);
    expect_emergency("highway=service,access=no", 0, 0);
    expect_emergency("highway=service,access=no,emergency=yes", 15, 15);
    expect_emergency("highway=service,access=no,emergency=designated", 15, 15);
    expect_emergency("highway=footway", 0, 0);
    expect_emergency("highway=footway,emergency=yes", 10, 10);
    expect_emergency("highway=steps,emergency=fire_hydrant", 0, 0);
    expect_emergency("highway=residential,emergency=fire_hydrant", 25, 25);
    expect_emergency("highway=secondary,smoothness=impassable", 0, 0);
    expect_emergency("highway=residential,oneway=yes", 25, 0);
    expect_emergency("highway=residential,oneway=yes,oneway:emergency=no", 25, 25);
    expect_emergency("highway=residential,oneway=-1", 0, 25);
    expect_emergency("highway=residential,oneway=reversible", 0, 0);
    const uint8_t bit = 1u << GEO_PROFILE_EMERGENCY;
    cr_expect(ne(u8, geo_import_tags_blocked(tags_of("barrier=bollard")) & bit, 0));
    cr_expect(eq(u8, geo_import_tags_blocked(tags_of("barrier=bollard,emergency=yes")) & bit, 0));
    cr_expect(
        eq(u8, geo_import_tags_blocked(tags_of("barrier=lift_gate,access=private")) & bit, 0));
    cr_expect(ne(u8, geo_import_tags_blocked(tags_of("barrier=gate,locked=yes")) & bit, 0));
}

Test(import_tags, only_if_wanted_emergency_cars_drive_against_one_way_streets_and_slowly)
{
    static const struct {
        const char *text;
        uint32_t forward, backward;
    } cases[] = {
        {"highway=residential,oneway=yes", 25, 15},
        {"highway=residential,oneway=-1", 15, 25},
        {"highway=service,service=alley,oneway=yes", 5, 5},
        {"highway=residential,oneway=yes,vehicle:backward=no", 25, 0},
        {"highway=motorway", 90, 0},
        {"highway=trunk,oneway=yes", 85, 0},
        {"highway=primary,junction=roundabout", 65, 0},
        {"highway=residential,oneway=reversible", 0, 0},
        {"highway=residential", 25, 25},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct geo_import_rule rule;
        enum geo_import_count reason = GEO_IMPORT_COUNT_COUNT;
        bool unknown = false;
        (void)geo_import_tags_rule(tags_of(cases[i].text), &rule, &reason, &unknown);
        const uint32_t car_backward = rule.speed_mh[1][GEO_PROFILE_CAR];
        geo_import_tags_open_oneway(tags_of(cases[i].text), &rule);
        cr_expect(eq(u32, rule.speed_mh[0][GEO_PROFILE_EMERGENCY] / 1000, cases[i].forward), "%s",
                  cases[i].text);
        cr_expect(eq(u32, rule.speed_mh[1][GEO_PROFILE_EMERGENCY] / 1000, cases[i].backward), "%s",
                  cases[i].text);
        cr_expect(eq(u32, rule.speed_mh[1][GEO_PROFILE_CAR], car_backward));
    }
}

Test(import_tags, maxspeed_is_read_in_every_usual_spelling)
{
    static const struct {
        const char *text;
        uint32_t speed_mh;
    } good[] = {
        {"50", 50000},         {"50 km/h", 50000},
        {"50kmh", 50000},      {" 50 ", 50000},
        {"30 mph", 48280},     {"30mph", 48280},
        {"5 knots", 9260},     {"7.5", 7500},
        {"walk", 7000},        {"none", 140000},
        {"SE:urban", 50000},   {"SE:rural", 70000},
        {"DE:rural", 100000},  {"RU:urban", 60000},
        {"XX:urban", 50000},   {"urban", 50000},
        {"DE:zone:30", 30000}, {"DE:zone30", 30000},
        {"zone:20", 20000},    {"GB:nsl_single", 96000},
        {"80;50", 50000},      {"80 | 60", 60000},
        {"signals;70", 70000}, {"0.5", 1000},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint32_t speed = 0;
        cr_expect(geo_import_speed_posted(good[i].text, &speed), "%s", good[i].text);
        cr_expect(eq(u32, speed, good[i].speed_mh), "%s", good[i].text);
    }
    static const char *const bad[] = {"",         "signals", "variable",   "0",
                                      "fast",     "-50",     "50 parsecs", "99999999999999999999",
                                      "DE:zone:", ";;;",     "zone"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint32_t speed = 0;
        cr_expect(not(geo_import_speed_posted(bad[i], &speed)), "%s", bad[i]);
    }
}

Test(import_tags, durations_are_minutes_clock_times_or_iso)
{
    cr_expect(eq(u32, geo_import_speed_duration_s("15"), 900));
    cr_expect(eq(u32, geo_import_speed_duration_s("00:15"), 900));
    cr_expect(eq(u32, geo_import_speed_duration_s("1:30:05"), 5405));
    cr_expect(eq(u32, geo_import_speed_duration_s("PT20M"), 1200));
    cr_expect(eq(u32, geo_import_speed_duration_s("PT1H15M30S"), 4530));
    cr_expect(eq(u32, geo_import_speed_duration_s("P1DT2H"), 93600));
    cr_expect(eq(u32, geo_import_speed_duration_s("P2M"), 0)); /* months? */
    cr_expect(eq(u32, geo_import_speed_duration_s("PT"), 0));
    cr_expect(eq(u32, geo_import_speed_duration_s("soon"), 0));
    cr_expect(eq(u32, geo_import_speed_duration_s("1:2:3:4"), 0));
    cr_expect(eq(u32, geo_import_speed_duration_s(""), 0));
}

Test(import_tags, bridges_and_tunnels_are_on_another_level)
{
    cr_expect(eq(u32, rule_of("highway=primary").level, 0));
    cr_expect(eq(u32, rule_of("highway=primary,bridge=viaduct").level, GEO_EDGE_BRIDGE));
    cr_expect(eq(u32, rule_of("highway=primary,bridge=no,layer=0").level, 0));
    cr_expect(eq(u32, rule_of("highway=primary,tunnel=yes,layer=-1").level, GEO_EDGE_TUNNEL));
    cr_expect(eq(u32, rule_of("highway=primary,layer=1").level, GEO_EDGE_BRIDGE));
    cr_expect(eq(u32, rule_of("highway=primary,layer=-2").level, GEO_EDGE_TUNNEL));
}
