#include "engine/host/speeds.h"

#include <assert.h>
#include <string.h>

#include "engine/host/put_line.h"

_Static_assert((int)PROTO_ROAD_COUNT == (int)GEO_ROAD_TRACK + 1 &&
                   (int)PROTO_ROAD_STREET == (int)GEO_ROAD_STREET,
               "classes have the same numbers");
_Static_assert(PROTO_SPEED_PERCENT_MIN == GEO_PACE_PERCENT_MIN &&
                   PROTO_SPEED_PERCENT_MAX == GEO_PACE_PERCENT_MAX,
               "what is decoded is what the roads can go by");

void speeds_init(struct speeds *speeds)
{
    *speeds = (struct speeds){0};
    for (uint32_t vehicle = 0; vehicle < PROTO_VEHICLE_COUNT; vehicle++) {
        for (uint32_t road = 0; road < PROTO_ROAD_COUNT; road++) {
            struct proto_speeds *row = &speeds->rows[vehicle][road].speeds;
            row->vehicle = (enum proto_vehicle)vehicle;
            row->road = (enum proto_road)road;
            for (uint32_t hour = 0; hour < PROTO_SPEED_HOURS; hour++) {
                row->percent[hour] = 100;
            }
        }
    }
}

void speeds_set(struct speeds *speeds, const struct speeds_row *row)
{
    assert(row->speeds.vehicle < PROTO_VEHICLE_COUNT);
    assert(row->speeds.road < PROTO_ROAD_COUNT);
    speeds->rows[row->speeds.vehicle][row->speeds.road] = *row;
}

struct geo_pace speeds_pace(const struct speeds *speeds, uint32_t hour)
{
    assert(hour < PROTO_SPEED_HOURS);
    struct geo_pace pace = geo_pace_map();
    for (uint32_t road = 0; road < PROTO_ROAD_COUNT; road++) {
        const uint16_t car = (uint16_t)speeds->rows[PROTO_VEHICLE_CAR][road].speeds.percent[hour];
        pace.percent[GEO_PROFILE_CAR][road] = car;
        pace.percent[GEO_PROFILE_EMERGENCY][road] = car;
        pace.percent[GEO_PROFILE_MOTORCYCLE][road] =
            (uint16_t)speeds->rows[PROTO_VEHICLE_MOTORCYCLE][road].speeds.percent[hour];
    }
    return pace;
}

void speeds_write(const struct speeds *speeds, struct proto_buffer *buffer)
{
    for (uint32_t i = 0; i < (uint32_t)PROTO_VEHICLE_COUNT * PROTO_ROAD_COUNT; i++) {
        const struct speeds_row *row = &speeds->rows[i / PROTO_ROAD_COUNT][i % PROTO_ROAD_COUNT];
        if (row->by[0] == '\0') {
            continue;
        }
        struct proto_buffer body = {0};
        proto_encode_speeds(&body, &row->speeds);
        put_line_write(buffer, row->by, row->since_ms, &body);
        proto_buffer_finish(&body);
    }
}

uint32_t speeds_read(struct speeds *speeds, const char *text, size_t size)
{
    uint32_t lost = 0;
    for (size_t at = 0; at < size;) {
        const char *line = text + at;
        const char *end = memchr(line, '\n', size - at);
        const size_t line_size = end == NULL ? size - at : (size_t)(end - line);
        struct speeds_row row = {.since_ms = 0};
        struct proto_error error;
        size_t body = 0;
        if (put_line_read(line, line_size, row.by, &row.since_ms, &body) && row.by[0] != '\0' &&
            proto_decode_speeds(line + body, line_size - body, &row.speeds, &error)) {
            speeds_set(speeds, &row);
        } else {
            lost++;
        }
        at += line_size + 1;
    }
    return lost;
}
