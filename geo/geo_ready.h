#ifndef GEO_GEO_READY_H
#define GEO_GEO_READY_H

#include "geo/geo_map.h"

/* The units that can be sent, by profile: how many, where, how dense. A coarse grid over the map
 * for those who look outwards from a place, and a plain list for when there are few. Only units on
 * roads are here. All memory is taken in create; who enters twice must have left between. */

#define GEO_READY_SIDE 64u /* cells a side: half a kilometre in a city of 40 km */
#define GEO_READY_NONE UINT32_MAX

struct geo_ready_links {
    uint32_t next, previous; /* in its cell */
    uint32_t slot;           /* in the list of its profile */
    uint16_t cell;           /* row * GEO_READY_SIDE + column */
    uint8_t profile;
};

struct geo_ready {
    const struct geo_map *map;
    struct geo_point corner; /* south-west */
    int64_t cell_lat_e7, cell_lon_e7;
    int64_t cos_q20; /* of the latitude of the map that is farthest from the equator */
    uint32_t units_max;
    uint32_t count[GEO_PROFILE_COUNT];
    uint32_t *units[GEO_PROFILE_COUNT];      /* the list, in no order */
    uint32_t *cell_first[GEO_PROFILE_COUNT]; /* the grid's units */
    uint32_t *cell_count[GEO_PROFILE_COUNT];
    uint32_t *cell_nodes; /* nodes of the map in each cell */
    struct geo_point *at; /* a unit's place */
    struct geo_ready_links *links;
};

GEO_MUST_CHECK enum geo_status geo_ready_create(const struct geo_map *map, uint32_t units_max,
                                                struct geo_ready **out);
void geo_ready_destroy(struct geo_ready *ready);

void geo_ready_enter(struct geo_ready *ready, uint32_t unit_id, enum geo_profile profile,
                     struct geo_point at);
/* Somewhere else along the road it entered on. */
void geo_ready_move(struct geo_ready *ready, uint32_t unit_id, struct geo_point at);
void geo_ready_leave(struct geo_ready *ready, uint32_t unit_id);

/* About how many nodes lie around the place until `wanted` units of the profile do; UINT32_MAX
 * where there are not so many units within `nodes_max` nodes. */
uint32_t geo_ready_nodes_around(const struct geo_ready *ready, enum geo_profile profile,
                                struct geo_point at, uint32_t wanted, uint32_t nodes_max);

/* Square of the straight line in units of geo_plane.h, never more than the true one. */
uint64_t geo_ready_square(const struct geo_ready *ready, struct geo_point a, struct geo_point b);

/* Rings of cells around a place. */
struct geo_ready_ring {
    int32_t row, column;
    int32_t ring, ring_max;
    uint64_t gap_square; /* whoever is in a later ring is at least this far away, squared */
};

struct geo_ready_ring geo_ready_ring_start(const struct geo_ready *ready, struct geo_point at);
bool geo_ready_ring_next(const struct geo_ready *ready, struct geo_point at,
                         struct geo_ready_ring *ring);

/* The ring's cells, index from 0; false after the last. *cell is GEO_READY_NONE past the border. */
bool geo_ready_ring_cell(const struct geo_ready_ring *ring, int32_t index, uint32_t *cell);

#endif
