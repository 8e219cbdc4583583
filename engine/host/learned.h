#ifndef ENGINE_HOST_LEARNED_H
#define ENGINE_HOST_LEARNED_H

#include "geo/geo_learn.h"
#include "proto/proto_speeds.h"

/* What the drives of our own units say of the speeds of the map.
 *
 * Every five seconds the last fixes of all units go to the thread for files, which owns the counts
 * (geo_learn.h) while it works; what it makes of them comes back as a table. The counts are saved
 * every few minutes and at the end. */
struct daemon;

#define LEARNED_SAVE_MS 300000

struct learned_table {
    struct proto_speed_proposal cells[PROTO_VEHICLE_COUNT][PROTO_ROAD_COUNT][PROTO_SPEED_HOURS];
};

struct learned_part {
    struct geo_learn *state; /* NULL: no map */
    struct learned_table table;
    uint32_t map_kmh[PROTO_VEHICLE_COUNT][PROTO_ROAD_COUNT];
    bool working;
    int64_t saved_ms;
};

/* False: not enough memory. Without a map there is nothing to learn. */
bool learned_start(struct daemon *daemon);
void learned_look(struct daemon *daemon);
/* At the end; blocks; the thread has stopped. */
void learned_save_last(struct daemon *daemon);

/* A proposal is the median of the stretches driven to orders, or, where there are too few of them,
 * on patrol; of fewer than samples_min there is none. */
struct proto_speed_proposal learned_propose(const struct geo_learn *learn,
                                            enum geo_learn_vehicle vehicle, uint32_t road_class,
                                            uint32_t hour, uint32_t samples_min);

#endif
