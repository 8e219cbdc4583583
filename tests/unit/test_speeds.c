/* speeds, put_line: what was accepted makes the pace of an hour, and is read again as written. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/host/put_line.h"
#include "engine/host/speeds.h"

static struct speeds speeds;
static struct speeds again;
static struct proto_buffer text;

static void set_up(void)
{
    speeds_init(&speeds);
    speeds_init(&again);
}

static void tear_down(void)
{
    proto_buffer_finish(&text);
}

TestSuite(speeds, .init = set_up, .fini = tear_down, .timeout = 20);

static void given(enum proto_vehicle vehicle, enum proto_road road, uint32_t hour, uint32_t percent)
{
    struct speeds_row row = {.speeds = speeds.rows[vehicle][road].speeds, .since_ms = 5000 + hour};
    row.speeds.percent[hour] = percent;
    snprintf(row.by, sizeof row.by, "admin");
    speeds_set(&speeds, &row);
}

Test(speeds, at_first_everything_is_as_in_the_map)
{
    const struct geo_pace map = geo_pace_map();
    for (uint32_t hour = 0; hour < PROTO_SPEED_HOURS; hour++) {
        const struct geo_pace pace = speeds_pace(&speeds, hour);
        cr_expect(eq(int, memcmp(&pace, &map, sizeof map), 0));
    }
}

Test(speeds, a_row_counts_in_its_hour_for_its_vehicle_and_emergency_cars_are_cars)
{
    given(PROTO_VEHICLE_CAR, PROTO_ROAD_PRIMARY, 8, 70);
    given(PROTO_VEHICLE_MOTORCYCLE, PROTO_ROAD_STREET, 8, 130);
    struct geo_pace right = geo_pace_map();
    struct geo_pace pace = speeds_pace(&speeds, 9);
    cr_expect(eq(int, memcmp(&pace, &right, sizeof right), 0));
    right.percent[GEO_PROFILE_CAR][GEO_ROAD_PRIMARY] = 70;
    right.percent[GEO_PROFILE_EMERGENCY][GEO_ROAD_PRIMARY] = 70;
    right.percent[GEO_PROFILE_MOTORCYCLE][GEO_ROAD_STREET] = 130;
    pace = speeds_pace(&speeds, 8);
    cr_expect(eq(int, memcmp(&pace, &right, sizeof right), 0));
}

Test(speeds, what_is_written_is_read_again_and_a_spoilt_line_is_counted)
{
    given(PROTO_VEHICLE_CAR, PROTO_ROAD_PRIMARY, 8, 70);
    given(PROTO_VEHICLE_MOTORCYCLE, PROTO_ROAD_TRACK, 23, 10);
    speeds_write(&speeds, &text);
    cr_assert(proto_buffer_ok(&text));
    cr_expect(eq(u32, speeds_read(&again, text.bytes, text.size), 0));
    cr_expect(eq(int, memcmp(&speeds, &again, sizeof speeds), 0));
    text.bytes[0] = ' '; /* who is it? */
    cr_expect(eq(u32, speeds_read(&again, text.bytes, text.size), 1));
    cr_expect(eq(u32, speeds_read(&again, text.bytes, text.size - 20), 2));
}

Test(speeds, a_line_begins_with_who_and_when)
{
    char by[ACTOR_SIZE];
    int64_t since_ms = 0;
    size_t body = 0;
    cr_assert(put_line_read("li 170 {}", 9, by, &since_ms, &body));
    cr_expect(eq(str, by, "li"));
    cr_expect(eq(i64, since_ms, 170));
    cr_expect(eq(sz, body, 7));
    static const char long_name[] = "a-name-that-is-longer-than-any-actor-may-have-in-this-"
                                    "engine-and-then-some-more-of-it-still 1 {}";
    const char *const bad[] = {"li", "li 170", "li 17x {}", "li 1700000000000000 {}", long_name};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_expect(not(put_line_read(bad[i], strlen(bad[i]), by, &since_ms, &body)), "%s", bad[i]);
    }
}
