#include "proto/proto_positions.h"

#include <assert.h>
#include <string.h>

#define TYPE_POSITIONS 1u
#define VERSION        1u
#define COUNT_OFFSET   4u
#define NOW_OFFSET     8u
#define UNKNOWN        255u
#define NOW_MAX        253402300799999.0 /* PROTO_TIME_MAX */

static void put_u32(unsigned char *bytes, uint32_t value)
{
    for (uint32_t i = 0; i < 4; i++) {
        bytes[i] = (unsigned char)(value >> (8u * i) & 255u);
    }
}

static uint32_t get_u32(const unsigned char *bytes)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < 4; i++) {
        value |= (uint32_t)bytes[i] << (8u * i);
    }
    return value;
}

_Static_assert(sizeof(double) == sizeof(uint64_t), "an IEEE 754 double");

static void put_double(unsigned char *bytes, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof(bits));
    put_u32(bytes, (uint32_t)(bits & UINT32_MAX));
    put_u32(bytes + 4, (uint32_t)(bits >> 32));
}

static double get_double(const unsigned char *bytes)
{
    const uint64_t bits = get_u32(bytes) | (uint64_t)get_u32(bytes + 4) << 32;
    double value;
    memcpy(&value, &bits, sizeof(value));
    return value;
}

/* Two's complement without a conversion whose result the compiler may choose. */
static int32_t signed_of(uint32_t value)
{
    return value <= INT32_MAX ? (int32_t)value : -(int32_t)(UINT32_MAX - value) - 1;
}

size_t proto_positions_begin(struct proto_buffer *buffer, int64_t now_ms)
{
    assert(now_ms >= 0);
    assert(now_ms <= PROTO_TIME_MAX);
    const size_t start = buffer->size;
    unsigned char header[PROTO_POSITIONS_HEADER_BYTES] = {TYPE_POSITIONS, VERSION};
    put_double(header + NOW_OFFSET, (double)now_ms);
    proto_buffer_append(buffer, header, sizeof(header));
    return start;
}

static unsigned char at_most(uint32_t value, uint32_t max)
{
    return (unsigned char)(value < max ? value : max);
}

void proto_positions_add(struct proto_buffer *buffer, const struct proto_position *position)
{
    assert(position->heading_deg < 360 || position->heading_deg == PROTO_NONE);
    assert(position->status < PROTO_UNIT_STATUS_COUNT);
    const bool has_heading = position->heading_deg != PROTO_NONE;
    const bool has_speed = position->speed_kmh != PROTO_NONE;
    unsigned char entry[PROTO_POSITION_BYTES];
    put_u32(entry, position->index);
    put_u32(entry + 4, (uint32_t)position->at.lon_e7);
    put_u32(entry + 8, (uint32_t)position->at.lat_e7);
    entry[12] = has_heading ? at_most(position->heading_deg / 2, UNKNOWN) : UNKNOWN;
    entry[13] = has_speed ? at_most(position->speed_kmh, UNKNOWN - 1) : UNKNOWN;
    entry[14] = (unsigned char)position->status;
    entry[15] = at_most(position->age_s, UNKNOWN);
    proto_buffer_append(buffer, entry, sizeof(entry));
}

void proto_positions_end(struct proto_buffer *buffer, size_t start)
{
    if (!proto_buffer_ok(buffer)) {
        return; /* the caller hears of it from proto_buffer_ok() */
    }
    assert(buffer->size >= start + PROTO_POSITIONS_HEADER_BYTES);
    const size_t bytes = buffer->size - start - PROTO_POSITIONS_HEADER_BYTES;
    assert(bytes % PROTO_POSITION_BYTES == 0);
    assert(bytes / PROTO_POSITION_BYTES <= PROTO_POSITIONS_MAX);
    unsigned char count[4];
    put_u32(count, (uint32_t)(bytes / PROTO_POSITION_BYTES));
    memcpy(buffer->bytes + start + COUNT_OFFSET, count, sizeof(count));
}

static bool entry_valid(const unsigned char *entry)
{
    const int32_t lon_e7 = signed_of(get_u32(entry + 4));
    const int32_t lat_e7 = signed_of(get_u32(entry + 8));
    const bool in_range = lon_e7 >= -1800000000 && lon_e7 <= 1800000000 && lat_e7 >= -900000000 &&
                          lat_e7 <= 900000000;
    const bool heading_valid = entry[12] < 180 || entry[12] == UNKNOWN;
    return in_range && heading_valid && entry[14] < PROTO_UNIT_STATUS_COUNT;
}

bool proto_positions_open(const void *bytes, size_t size, uint32_t *count, int64_t *now_ms)
{
    assert(bytes != NULL || size == 0);
    const unsigned char *frame = bytes;
    if (size < PROTO_POSITIONS_HEADER_BYTES || frame[0] != TYPE_POSITIONS || frame[1] != VERSION) {
        return false;
    }
    const uint32_t entries = get_u32(frame + COUNT_OFFSET);
    const double now = get_double(frame + NOW_OFFSET);
    const bool whole =
        entries <= PROTO_POSITIONS_MAX &&
        size == PROTO_POSITIONS_HEADER_BYTES + (size_t)entries * PROTO_POSITION_BYTES;
    if (!whole || !(now >= 0 && now <= NOW_MAX)) {
        return false;
    }
    for (uint32_t i = 0; i < entries; i++) {
        if (!entry_valid(frame + PROTO_POSITIONS_HEADER_BYTES + (size_t)i * PROTO_POSITION_BYTES)) {
            return false;
        }
    }
    *count = entries;
    *now_ms = (int64_t)now;
    return true;
}

void proto_positions_get(const void *bytes, uint32_t i, struct proto_position *position)
{
    const unsigned char *frame = bytes;
    assert(i < get_u32(frame + COUNT_OFFSET));
    const unsigned char *entry =
        frame + PROTO_POSITIONS_HEADER_BYTES + (size_t)i * PROTO_POSITION_BYTES;
    *position = (struct proto_position){
        .index = get_u32(entry),
        .at = {.lat_e7 = signed_of(get_u32(entry + 8)), .lon_e7 = signed_of(get_u32(entry + 4))},
        .heading_deg = entry[12] == UNKNOWN ? PROTO_NONE : entry[12] * 2u,
        .speed_kmh = entry[13] == UNKNOWN ? PROTO_NONE : entry[13],
        .status = (enum proto_unit_status)entry[14],
        .age_s = entry[15],
    };
    assert(position->status < PROTO_UNIT_STATUS_COUNT);
}
