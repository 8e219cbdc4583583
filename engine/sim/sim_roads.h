#ifndef ENGINE_SIM_SIM_ROADS_H
#define ENGINE_SIM_SIM_ROADS_H

#include "engine/core/prng.h"
#include "geo/geo_map.h"

/* Roads as a driver sees them: where one may go from here. For simulated units only; the engine's
 * own search is geo_nearest. */
struct sim_roads;

struct sim_roads *sim_roads_create(const struct geo_map *map); /* NULL: no memory */
void sim_roads_destroy(struct sim_roads *roads);

/* Somebody on a road. */
struct sim_mover {
    enum geo_profile profile;
    uint32_t edge;
    bool backward;    /* travels from the edge's `to` to its `from` */
    uint32_t done_ms; /* of the edge's travel time, so far */
    uint32_t path_at, path_count;
    uint32_t *path; /* edges to take next, bit 31: backward; owned */
    bool has_target;
    struct geo_point target;
};

/* On the road nearest to `at`; false: there is none. */
bool sim_roads_place(const struct sim_roads *roads, struct sim_mover *mover,
                     enum geo_profile profile, struct geo_point at);
void sim_roads_finish(struct sim_mover *mover);

/* Plan the fastest way to a place (Dijkstra 1959, forward); false: there is no way. */
bool sim_roads_aim(struct sim_roads *roads, struct sim_mover *mover, struct geo_point target);

/* Drive on for so long: along the plan, then about at random. True: the target is reached now. */
bool sim_roads_drive(const struct sim_roads *roads, struct sim_mover *mover, uint32_t for_ms,
                     struct prng *prng);

struct geo_point sim_roads_point(const struct sim_roads *roads, const struct sim_mover *mover);

/* A random place on a road that cars can use. */
struct geo_point sim_roads_random(const struct sim_roads *roads, struct prng *prng);

#endif
