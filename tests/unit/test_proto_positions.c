/* tests/vectors/positions.json: the binary frames of unit positions, both ways. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "proto/proto_positions.h"

#define VECTORS     "tests/vectors/positions.json"
#define FRAME_BYTES 8192

static struct proto_buffer buffer;
static json_t *vectors;

static void set_up(void)
{
    json_error_t error;
    vectors = json_load_file(VECTORS, 0, &error);
    cr_assert(ne(ptr, vectors, NULL), "%s", error.text);
}

static void tear_down(void)
{
    proto_buffer_finish(&buffer);
    json_decref(vectors);
    vectors = NULL;
}

TestSuite(proto_positions, .init = set_up, .fini = tear_down, .timeout = 60);

static int nibble(char digit)
{
    return digit <= '9' ? digit - '0' : digit - 'a' + 10;
}

static size_t frame_of(const json_t *vector, unsigned char frame[FRAME_BYTES])
{
    const char *hex = json_string_value(json_object_get(vector, "hex"));
    const size_t size = strlen(hex) / 2;
    cr_assert(le(sz, size, FRAME_BYTES));
    for (size_t i = 0; i < size; i++) {
        frame[i] = (unsigned char)(nibble(hex[2 * i]) * 16 + nibble(hex[2 * i + 1]));
    }
    return size;
}

static uint32_t number(const json_t *unit, const char *name)
{
    const json_t *value = json_object_get(unit, name);
    return json_is_null(value) ? PROTO_NONE : (uint32_t)json_integer_value(value);
}

static struct proto_position position_of(const json_t *unit)
{
    const char *status = json_string_value(json_object_get(unit, "status"));
    return (struct proto_position){
        .index = number(unit, "index"),
        .at = {.lat_e7 = (int32_t)json_integer_value(json_object_get(unit, "lat_e7")),
               .lon_e7 = (int32_t)json_integer_value(json_object_get(unit, "lon_e7"))},
        .heading_deg = number(unit, "heading_deg"),
        .speed_kmh = number(unit, "speed_kmh"),
        .status = (enum proto_unit_status)proto_find(PROTO_LIST_UNIT_STATUS, status),
        .age_s = number(unit, "age_s"),
    };
}

static void expect_equal(struct proto_position a, struct proto_position b)
{
    cr_expect(eq(u32, a.index, b.index));
    cr_expect(eq(i32, a.at.lat_e7, b.at.lat_e7));
    cr_expect(eq(i32, a.at.lon_e7, b.at.lon_e7));
    cr_expect(eq(u32, a.heading_deg, b.heading_deg));
    cr_expect(eq(u32, a.speed_kmh, b.speed_kmh));
    cr_expect(eq(int, a.status, b.status));
    cr_expect(eq(u32, a.age_s, b.age_s));
}

static void check_frame(const json_t *vector)
{
    static unsigned char frame[FRAME_BYTES];
    const size_t size = frame_of(vector, frame);
    const json_t *units = json_object_get(vector, "units");
    const int64_t now_ms = json_integer_value(json_object_get(vector, "now_ms"));

    proto_buffer_clear(&buffer);
    const size_t start = proto_positions_begin(&buffer, now_ms);
    for (size_t i = 0; i < json_array_size(units); i++) {
        const struct proto_position position = position_of(json_array_get(units, i));
        proto_positions_add(&buffer, &position);
    }
    proto_positions_end(&buffer, start);
    cr_assert(eq(sz, buffer.size, size));
    cr_expect(zero(int, memcmp(buffer.bytes, frame, size)));

    uint32_t count = 0;
    int64_t read_ms = -1;
    cr_assert(proto_positions_open(frame, size, &count, &read_ms));
    cr_assert(eq(u32, count, (uint32_t)json_array_size(units)));
    cr_expect(eq(i64, read_ms, now_ms));
    for (uint32_t i = 0; i < count; i++) {
        struct proto_position position;
        proto_positions_get(frame, i, &position);
        expect_equal(position, position_of(json_array_get(units, i)));
    }
}

Test(proto_positions, every_frame_is_written_and_read_as_the_vectors_say)
{
    const json_t *frames = json_object_get(vectors, "frames");
    cr_assert(ge(sz, json_array_size(frames), 5));
    for (size_t i = 0; i < json_array_size(frames); i++) {
        check_frame(json_array_get(frames, i));
    }
}

Test(proto_positions, every_bad_frame_is_refused)
{
    const json_t *frames = json_object_get(vectors, "bad_frames");
    cr_assert(ge(sz, json_array_size(frames), 10));
    for (size_t i = 0; i < json_array_size(frames); i++) {
        static unsigned char frame[FRAME_BYTES];
        const json_t *vector = json_array_get(frames, i);
        const size_t size = frame_of(vector, frame);
        unsigned char *exact = malloc(size > 0 ? size : 1);
        cr_assert(ne(ptr, exact, NULL));
        memcpy(exact, frame, size);
        uint32_t count;
        int64_t now_ms;
        const bool opened = proto_positions_open(exact, size, &count, &now_ms);
        cr_expect(opened == false, "%s", json_string_value(json_object_get(vector, "name")));
        free(exact);
    }
}

Test(proto_positions, values_past_their_bytes_are_capped)
{
    const size_t start = proto_positions_begin(&buffer, 1);
    const struct proto_position fast = {.heading_deg = 359, .speed_kmh = 900, .age_s = 86400};
    proto_positions_add(&buffer, &fast);
    proto_positions_end(&buffer, start);
    struct proto_position read;
    proto_positions_get(buffer.bytes, 0, &read);
    cr_expect(eq(u32, read.heading_deg, 358));
    cr_expect(eq(u32, read.speed_kmh, 254));
    cr_expect(eq(u32, read.age_s, 255));
}

Test(proto_positions, a_heading_between_359_degrees_and_unknown_is_refused)
{
    const size_t start = proto_positions_begin(&buffer, 1);
    const struct proto_position still = {.heading_deg = PROTO_NONE, .speed_kmh = PROTO_NONE};
    proto_positions_add(&buffer, &still);
    proto_positions_end(&buffer, start);
    uint32_t count;
    int64_t now_ms;
    cr_expect(proto_positions_open(buffer.bytes, buffer.size, &count, &now_ms));
    buffer.bytes[16 + 12] = (char)180;
    cr_expect(not(proto_positions_open(buffer.bytes, buffer.size, &count, &now_ms)));
}

Test(proto_positions, a_frame_may_stand_behind_other_bytes)
{
    proto_buffer_append(&buffer, "abc", 3);
    const size_t start = proto_positions_begin(&buffer, 5);
    cr_expect(eq(sz, start, 3));
    const struct proto_position one = {.index = 7};
    proto_positions_add(&buffer, &one);
    proto_positions_end(&buffer, start);
    uint32_t count = 0;
    int64_t now_ms = 0;
    cr_assert(proto_positions_open(buffer.bytes + 3, buffer.size - 3, &count, &now_ms));
    cr_expect(eq(u32, count, 1));
}

Test(proto_positions, the_most_units_fit_one_frame)
{
    const size_t start = proto_positions_begin(&buffer, 5);
    for (uint32_t i = 0; i < PROTO_POSITIONS_MAX; i++) {
        const struct proto_position one = {.index = i};
        proto_positions_add(&buffer, &one);
    }
    proto_positions_end(&buffer, start);
    uint32_t count = 0;
    int64_t now_ms = 0;
    cr_assert(proto_positions_open(buffer.bytes, buffer.size, &count, &now_ms));
    cr_expect(eq(u32, count, PROTO_POSITIONS_MAX));
}

Test(proto_positions, a_full_buffer_is_told_by_the_buffer)
{
    struct proto_buffer small = {.size_max = 20};
    const size_t start = proto_positions_begin(&small, 5);
    const struct proto_position one = {.index = 7};
    proto_positions_add(&small, &one);
    proto_positions_end(&small, start);
    cr_expect(not(proto_buffer_ok(&small)));
    proto_buffer_finish(&small);
}
