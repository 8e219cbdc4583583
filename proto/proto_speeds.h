#ifndef PROTO_PROTO_SPEEDS_H
#define PROTO_PROTO_SPEEDS_H

#include "proto/proto_buffer.h"
#include "proto/proto_error.h"

/* GET and PUT /v1/speeds: how fast roads are driven by vehicle, class and hour of the city's clock,
 * in percent of the map's speed; what our own units' drives propose beside what is in force. */

#define PROTO_SPEED_HOURS       24u
#define PROTO_SPEED_PERCENT_MIN 10
#define PROTO_SPEED_PERCENT_MAX 250

enum proto_vehicle { PROTO_VEHICLE_CAR, PROTO_VEHICLE_MOTORCYCLE, PROTO_VEHICLE_COUNT };
enum proto_road {
    PROTO_ROAD_MOTORWAY,
    PROTO_ROAD_TRUNK,
    PROTO_ROAD_PRIMARY,
    PROTO_ROAD_SECONDARY,
    PROTO_ROAD_TERTIARY,
    PROTO_ROAD_STREET,
    PROTO_ROAD_SERVICE,
    PROTO_ROAD_TRACK,
    PROTO_ROAD_COUNT
};
const char *proto_vehicle_name(enum proto_vehicle vehicle);
const char *proto_road_name(enum proto_road road);

/* One row: 24 hours of one class. */
struct proto_speeds {
    enum proto_vehicle vehicle;
    enum proto_road road;
    uint32_t percent[PROTO_SPEED_HOURS];
};

PROTO_MUST_CHECK bool proto_decode_speeds(const char *text, size_t size,
                                          struct proto_speeds *speeds, struct proto_error *error);
/* The body of a PUT. */
void proto_encode_speeds(struct proto_buffer *buffer, const struct proto_speeds *speeds);

enum proto_drive { PROTO_DRIVE_ORDER, PROTO_DRIVE_PATROL, PROTO_DRIVE_NONE };

struct proto_speed_proposal {
    uint32_t proposed;      /* percent; 0: too few stretches for a proposal */
    enum proto_drive drive; /* whose stretches these are; NONE: there are none */
    uint32_t n, low, high;  /* how many; the percent of the slowest and of the fastest quarter */
};

/* A row as it is shown; `by` "": as in the map. */
void proto_encode_speed_row(struct proto_buffer *buffer, const struct proto_speeds *speeds,
                            const struct proto_speed_proposal proposals[PROTO_SPEED_HOURS],
                            uint32_t map_kmh, const char *by, int64_t since_ms);

#endif
