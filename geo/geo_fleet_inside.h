#ifndef GEO_GEO_FLEET_INSIDE_H
#define GEO_GEO_FLEET_INSIDE_H

#include "geo/geo_fleet.h"
#include "geo/geo_ready.h"

/* What geo_nearest.c may see of a fleet. */

#define GEO_FLEET_NONE UINT32_MAX

/* A unit in its cell's block (slot: block x GEO_FLEET_BLOCK_UNITS + place) and in the list of its
 * road (road: index into road_first). */
struct geo_fleet_links {
    uint32_t cell, slot;
    uint32_t road, road_next, road_previous;
};

/* Units of one cell, coordinates side by side: one cache line, four at a time. Of the blocks of a
 * cell only the first may have room. */
#define GEO_FLEET_BLOCK_UNITS 4u
struct geo_fleet_block {
    int32_t lat_e7[GEO_FLEET_BLOCK_UNITS];
    int32_t lon_e7[GEO_FLEET_BLOCK_UNITS];
    uint32_t unit_ids[GEO_FLEET_BLOCK_UNITS];
    uint32_t count;
    uint32_t next; /* of the cell, or of the free ones */
    uint32_t unused[2];
};
_Static_assert(sizeof(struct geo_fleet_block) == 64, "a block is one cache line");

struct geo_fleet {
    const struct geo_map *map;
    uint32_t units_max;
    struct geo_fleet_unit *units;
    struct geo_fleet_links *links;

    /* Grid: units past the border are in the cells at the border. A cell's sides are powers of two
     * and the grid is laid anew, finer, whenever the units have become a quarter more. */
    struct geo_point corner; /* south-west */
    uint32_t lat_shift, lon_shift;
    uint32_t rows, columns;
    uint32_t cells_max;
    uint32_t seen_count, grow_at; /* more units than this: lay it anew */
    bool spread;                  /* somebody is or was far outside: no flat arithmetic */
    uint32_t *cell_first;         /* blocks */
    struct geo_fleet_block *blocks;
    uint32_t block_free, blocks_used; /* recycled ones first, then those never used */
    uint32_t blocks_max;
    void *blocks_taken; /* as allocated: `blocks` starts at its first cache line */

    /* Linked units by (profile, edge); edge == edge_count holds those off every road. */
    uint32_t edge_count;
    uint32_t *road_first;
    uint64_t *road_used[GEO_PROFILE_COUNT]; /* bit `edge`: somebody is there */
    struct geo_ready *ready;                /* the same units by place; NULL without a map */
};

static inline uint32_t geo_fleet_road(const struct geo_fleet *fleet, enum geo_profile profile,
                                      uint32_t edge)
{
    return (uint32_t)profile * (fleet->edge_count + 1u) + edge;
}

static inline bool geo_fleet_road_used(const struct geo_fleet *fleet, enum geo_profile profile,
                                       uint32_t edge)
{
    return (fleet->road_used[profile][edge / 64u] >> (edge % 64u) & 1u) != 0;
}

/* The grid's part: geo_fleet_grid.c. */
bool geo_fleet_grid_create(struct geo_fleet *fleet);
void geo_fleet_grid_destroy(struct geo_fleet *fleet);
void geo_fleet_grid_enter(struct geo_fleet *fleet, uint32_t unit_id, struct geo_point at);
void geo_fleet_grid_move(struct geo_fleet *fleet, uint32_t unit_id, struct geo_point at);
void geo_fleet_grid_leave(struct geo_fleet *fleet, uint32_t unit_id);

/* Within the degrees around the grid where flat arithmetic gives bounds. */
bool geo_fleet_grid_is_near(const struct geo_fleet *fleet, struct geo_point at);

/* Walks the grid in rings around a place, the nine cells in the middle as the first. Every unit not
 * yet answered is at least `gap_cm` away. Blocks are asked of memory some before they are read:
 * where 200,000 units are, most of the time goes into waiting for them. */
#define GEO_FLEET_WALK_AHEAD 16u
struct geo_fleet_walk {
    const struct geo_fleet *fleet;
    struct geo_point at;
    double cos_lat;
    int64_t row, column, ring, ring_max;
    int64_t cell_row, cell_column; /* where in the ring */
    uint32_t ahead[GEO_FLEET_WALK_AHEAD];
    uint32_t ahead_index, ahead_count;
    uint32_t block; /* rest of the cell being read */
    uint64_t gap_cm;
};

struct geo_fleet_walk geo_fleet_walk_start(const struct geo_fleet *fleet, struct geo_point at);

/* Move on to the next ring; false when there is none. Afterwards gap_cm is for what comes later. */
bool geo_fleet_walk_next(struct geo_fleet_walk *walk);

/* The ring's next block of units; NULL after the last. */
const struct geo_fleet_block *geo_fleet_walk_block(struct geo_fleet_walk *walk);

#endif
