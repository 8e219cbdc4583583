#ifndef ENGINE_HOST_SPEEDS_H
#define ENGINE_HOST_SPEEDS_H

#include "engine/core/types.h"
#include "geo/geo_traffic.h"
#include "proto/proto_speeds.h"

/* The speeds an administrator accepted, by vehicle, class and hour, in percent of the map's, and
 * who accepted them. At the start everything is 100: as in the map. */

struct speeds_row {
    struct proto_speeds speeds;
    char by[ACTOR_SIZE]; /* "": nobody yet */
    int64_t since_ms;
};

struct speeds {
    struct speeds_row rows[PROTO_VEHICLE_COUNT][PROTO_ROAD_COUNT];
};

void speeds_init(struct speeds *speeds);
void speeds_set(struct speeds *speeds, const struct speeds_row *row);
/* What the roads go by in an hour of the city's clock. Emergency cars go by what cars do, walkers
 * by the map. */
struct geo_pace speeds_pace(const struct speeds *speeds, uint32_t hour);

/* As a small text file, one accepted row a line: `by`, `since_ms` and the body of the PUT. Reading
 * answers how many lines could not be read. */
void speeds_write(const struct speeds *speeds, struct proto_buffer *buffer);
uint32_t speeds_read(struct speeds *speeds, const char *text, size_t size);

#endif
