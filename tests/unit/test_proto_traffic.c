/* proto_traffic: what is shown of a closure can be put back as it is. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "proto/proto_traffic.h"

static struct proto_buffer buffer;
static struct proto_error error;

static void tear_down(void)
{
    proto_buffer_finish(&buffer);
}

TestSuite(proto_traffic, .fini = tear_down, .timeout = 20);

static struct proto_traffic decoded(const char *text, size_t size)
{
    struct proto_traffic traffic;
    cr_assert(proto_decode_traffic(text, size, &traffic, &error), "%s", error.detail);
    return traffic;
}

static void expect_same(const struct proto_traffic *a, const struct proto_traffic *b)
{
    cr_expect(eq(int, strcmp(a->code, b->code), 0));
    cr_assert(eq(u32, a->point_count, b->point_count));
    for (uint32_t i = 0; i < a->point_count; i++) {
        cr_expect(eq(i32, a->points[i].lat_e7, b->points[i].lat_e7));
        cr_expect(eq(i32, a->points[i].lon_e7, b->points[i].lon_e7));
    }
    cr_expect(eq(u32, a->speed_kmh, b->speed_kmh));
    cr_expect(a->along == b->along);
    cr_expect(eq(u32, a->profiles, b->profiles));
    cr_expect(eq(i64, a->until_ms, b->until_ms));
    cr_expect(eq(int, strcmp(a->note, b->note), 0));
}

static struct proto_traffic round_trip(const char *text)
{
    const struct proto_traffic traffic = decoded(text, strlen(text));
    proto_encode_traffic(&buffer, &traffic, NULL, 0, 0);
    cr_assert(proto_buffer_ok(&buffer));
    const struct proto_traffic again = decoded(buffer.bytes, buffer.size);
    expect_same(&traffic, &again);
    return traffic;
}

Test(proto_traffic, what_was_put_comes_out_as_it_went_in)
{
    const struct proto_traffic traffic = round_trip(
        "{\"code\":\"R7\",\"line\":[[113.3823456,22.5212345],[113.39,22.53]],\"speed_kmh\":12,"
        "\"direction\":\"along\",\"profiles\":[\"motorcycle\",\"foot\"],"
        "\"until_ms\":1764000000000,\"note\":\"\u6c34\u6d78 \\\"deep\\\"\"}");
    cr_expect(eq(i32, traffic.points[0].lon_e7, 1133823456));
    cr_expect(traffic.along);
    cr_expect(eq(u32, traffic.profiles, 1u << PROTO_PROFILE_MOTORCYCLE | 1u << PROTO_PROFILE_FOOT));
}

Test(proto_traffic, what_was_left_out_is_said)
{
    const struct proto_traffic traffic = round_trip("{\"code\":\"R8\",\"line\":[[-8.61,41.15]]}");
    cr_expect(eq(u32, traffic.speed_kmh, 0));
    cr_expect(not(traffic.along));
    cr_expect(eq(u32, traffic.profiles, 1u << PROTO_PROFILE_CAR | 1u << PROTO_PROFILE_MOTORCYCLE));
    cr_expect(eq(i64, traffic.until_ms, PROTO_NEVER));
}

Test(proto_traffic, what_is_shown_says_who_since_when_and_how_much_road)
{
    const char text[] = "{\"code\":\"R9\",\"line\":[[-8.61,41.15]]}";
    const struct proto_traffic traffic = decoded(text, sizeof text - 1);
    proto_encode_traffic(&buffer, &traffic, "li", 5000, 7);
    proto_buffer_append(&buffer, "", 1);
    cr_assert(proto_buffer_ok(&buffer));
    cr_expect(ne(ptr, strstr(buffer.bytes, "\"until_ms\":null"), NULL), "%s", buffer.bytes);
    cr_expect(ne(ptr, strstr(buffer.bytes, "\"by\":\"li\",\"since_ms\":5000,\"edges\":7}"), NULL),
              "%s", buffer.bytes);
}

Test(proto_traffic, profiles_have_names)
{
    cr_expect(eq(int, strcmp(proto_profile_name(PROTO_PROFILE_CAR), "car"), 0));
    cr_expect(eq(int, strcmp(proto_profile_name(PROTO_PROFILE_FOOT), "foot"), 0));
}
