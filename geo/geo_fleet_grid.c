/* The grid of a fleet: cells of blocks of units, and which block a unit is in. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_fleet_inside.h"

#define SIDE_MIN 16u
#define SIDE_MAX 1024u /* 4 MiB of cells; half a million units */

#define START_SPAN_E7   5000000 /* half a degree around the first unit where there is no map */
#define SPAN_MIN_E7     100000  /* 1 km */
#define NEAR_E7         100000000
#define NEAR_LAT_E7     600000000 /* nearer to a pole the earth is less flat */
#define CACHE_LINE_SIZE 64u

static uint32_t side_for(uint32_t units)
{
    uint32_t side = SIDE_MIN;
    while (side < SIDE_MAX && side * side < units * 2u) {
        side *= 2;
    }
    return side;
}

bool geo_fleet_grid_create(struct geo_fleet *fleet)
{
    const uint32_t side = side_for(fleet->units_max);
    fleet->cells_max = side * side;
    /* Full ones, and one with room for each cell that has units. */
    const uint32_t with_room =
        fleet->cells_max < fleet->units_max ? fleet->cells_max : fleet->units_max;
    fleet->blocks_max = fleet->units_max / GEO_FLEET_BLOCK_UNITS + with_room + 1u;
    fleet->cell_first = calloc(fleet->cells_max, sizeof *fleet->cell_first);
    fleet->blocks_taken = calloc((size_t)fleet->blocks_max + 1u, sizeof *fleet->blocks);
    if (fleet->cell_first == NULL || fleet->blocks_taken == NULL) {
        return false;
    }
    const size_t past_line = (uintptr_t)fleet->blocks_taken % CACHE_LINE_SIZE;
    uint8_t *first_line =
        (uint8_t *)fleet->blocks_taken + (past_line == 0 ? 0 : CACHE_LINE_SIZE - past_line);
    fleet->blocks = (struct geo_fleet_block *)(void *)first_line;
    fleet->block_free = GEO_FLEET_NONE;
    return true;
}

void geo_fleet_grid_destroy(struct geo_fleet *fleet)
{
    free(fleet->cell_first);
    free(fleet->blocks_taken);
}

bool geo_fleet_grid_is_near(const struct geo_fleet *fleet, struct geo_point at)
{
    const int64_t lat = (int64_t)at.lat_e7 - fleet->corner.lat_e7;
    const int64_t lon = (int64_t)at.lon_e7 - fleet->corner.lon_e7;
    return lat >= -NEAR_E7 && lat <= NEAR_E7 && lon >= -NEAR_E7 && lon <= NEAR_E7 &&
           at.lat_e7 >= -NEAR_LAT_E7 && at.lat_e7 <= NEAR_LAT_E7;
}

static uint32_t axis_cell(int64_t gap_e7, uint32_t shift, uint32_t count)
{
    if (gap_e7 < 0) {
        return 0;
    }
    const int64_t cell = gap_e7 >> shift;
    return cell >= count ? count - 1u : (uint32_t)cell;
}

static uint32_t cell_of(const struct geo_fleet *fleet, struct geo_point at)
{
    const uint32_t row =
        axis_cell((int64_t)at.lat_e7 - fleet->corner.lat_e7, fleet->lat_shift, fleet->rows);
    const uint32_t column =
        axis_cell((int64_t)at.lon_e7 - fleet->corner.lon_e7, fleet->lon_shift, fleet->columns);
    return row * fleet->columns + column;
}

static uint32_t block_take(struct geo_fleet *fleet)
{
    uint32_t block = fleet->block_free;
    if (block != GEO_FLEET_NONE) {
        fleet->block_free = fleet->blocks[block].next;
    } else {
        block = fleet->blocks_used++;
        assert(fleet->blocks_used <= fleet->blocks_max);
    }
    return block;
}

static bool has_room(const struct geo_fleet *fleet, uint32_t block)
{
    return block != GEO_FLEET_NONE && fleet->blocks[block].count < GEO_FLEET_BLOCK_UNITS;
}

static void cell_push(struct geo_fleet *fleet, uint32_t cell, uint32_t block)
{
    fleet->blocks[block].count = 0;
    fleet->blocks[block].next = fleet->cell_first[cell];
    fleet->cell_first[cell] = block;
}

static void cell_enter(struct geo_fleet *fleet, uint32_t unit_id, struct geo_point at,
                       uint32_t cell)
{
    if (!has_room(fleet, fleet->cell_first[cell])) {
        cell_push(fleet, cell, block_take(fleet));
    }
    const uint32_t block = fleet->cell_first[cell];
    struct geo_fleet_block *first = &fleet->blocks[block];
    const uint32_t place = first->count++;
    first->lat_e7[place] = at.lat_e7;
    first->lon_e7[place] = at.lon_e7;
    first->unit_ids[place] = unit_id;
    fleet->links[unit_id].cell = cell;
    fleet->links[unit_id].slot = block * GEO_FLEET_BLOCK_UNITS + place;
}

/* The last unit of the cell's first block fills the hole. */
static void cell_leave(struct geo_fleet *fleet, uint32_t unit_id)
{
    const struct geo_fleet_links *links = &fleet->links[unit_id];
    const uint32_t first = fleet->cell_first[links->cell];
    struct geo_fleet_block *from = &fleet->blocks[first];
    struct geo_fleet_block *to = &fleet->blocks[links->slot / GEO_FLEET_BLOCK_UNITS];
    const uint32_t place = links->slot % GEO_FLEET_BLOCK_UNITS;
    assert(from->count > 0);
    assert(to->unit_ids[place] == unit_id);

    const uint32_t last = --from->count;
    to->lat_e7[place] = from->lat_e7[last];
    to->lon_e7[place] = from->lon_e7[last];
    to->unit_ids[place] = from->unit_ids[last];
    fleet->links[to->unit_ids[place]].slot = links->slot;
    if (from->count == 0) {
        fleet->cell_first[links->cell] = from->next;
        from->next = fleet->block_free;
        fleet->block_free = first;
    }
}

/* The smallest cell, as a power of two, of which `side` cover the span. */
static uint32_t shift_for(int64_t span_e7, uint32_t side)
{
    uint32_t shift = 0;
    while (span_e7 >> shift >= side) {
        shift++;
    }
    return shift;
}

struct box {
    int64_t south_e7, west_e7, north_e7, east_e7;
};

/* The map's box; without a map that of the units, or some country around the first. */
static struct box box_to_cover(const struct geo_fleet *fleet, struct geo_point at)
{
    if (fleet->map != NULL) {
        const struct geo_map_header *header = fleet->map->header;
        return (struct box){header->south_e7, header->west_e7, header->north_e7, header->east_e7};
    }
    struct box box = {at.lat_e7, at.lon_e7, at.lat_e7, at.lon_e7};
    if (fleet->seen_count == 0) {
        return (struct box){box.south_e7 - START_SPAN_E7, box.west_e7 - START_SPAN_E7,
                            box.north_e7 + START_SPAN_E7, box.east_e7 + START_SPAN_E7};
    }
    for (uint32_t id = 0; id < fleet->units_max; id++) {
        const struct geo_point seen = fleet->units[id].at;
        if (fleet->units[id].seen) {
            box.south_e7 = seen.lat_e7 < box.south_e7 ? seen.lat_e7 : box.south_e7;
            box.north_e7 = seen.lat_e7 > box.north_e7 ? seen.lat_e7 : box.north_e7;
            box.west_e7 = seen.lon_e7 < box.west_e7 ? seen.lon_e7 : box.west_e7;
            box.east_e7 = seen.lon_e7 > box.east_e7 ? seen.lon_e7 : box.east_e7;
        }
    }
    return box;
}

#define RESERVED 0x80000000u /* in cell_first while the grid is laid: where its blocks start */

/* Put every unit into its cell, with the blocks of neighbouring cells side by side in memory. */
static void fill_cells(struct geo_fleet *fleet)
{
    const uint32_t cells = fleet->rows * fleet->columns;
    memset(fleet->cell_first, 0, cells * sizeof *fleet->cell_first);
    for (uint32_t id = 0; id < fleet->units_max; id++) {
        const struct geo_fleet_unit *unit = &fleet->units[id];
        if (unit->seen) {
            fleet->links[id].cell = cell_of(fleet, unit->at);
            fleet->cell_first[fleet->links[id].cell]++;
            fleet->spread = fleet->spread || !geo_fleet_grid_is_near(fleet, unit->at);
        }
    }
    for (uint32_t cell = 0; cell < cells; cell++) {
        const uint32_t units = fleet->cell_first[cell];
        fleet->cell_first[cell] = units == 0 ? GEO_FLEET_NONE : RESERVED | fleet->blocks_used;
        fleet->blocks_used += (units + GEO_FLEET_BLOCK_UNITS - 1u) / GEO_FLEET_BLOCK_UNITS;
    }
    assert(fleet->blocks_used <= fleet->blocks_max);
    for (uint32_t id = 0; id < fleet->units_max; id++) {
        const uint32_t cell = fleet->links[id].cell;
        if (!fleet->units[id].seen) {
            continue;
        }
        const uint32_t first = fleet->cell_first[cell];
        if ((first & RESERVED) != 0) {
            fleet->cell_first[cell] = GEO_FLEET_NONE;
            cell_push(fleet, cell, first & ~RESERVED);
        } else if (!has_room(fleet, first)) {
            cell_push(fleet, cell, first + 1u);
        }
        cell_enter(fleet, id, fleet->units[id].at, cell);
    }
}

/* Lay the grid for somewhat more units than there are, and put them into it. */
static void lay(struct geo_fleet *fleet, struct geo_point at)
{
    const struct box box = box_to_cover(fleet, at);
    const int64_t lat_span = box.north_e7 - box.south_e7;
    const int64_t lon_span = box.east_e7 - box.west_e7;
    const uint32_t units = fleet->seen_count + fleet->seen_count / 4u + SIDE_MIN;
    const uint32_t side = side_for(units < fleet->units_max ? units : fleet->units_max);
    assert(side * side <= fleet->cells_max);
    fleet->corner = (struct geo_point){
        (int32_t)(box.south_e7 < -900000000 ? -900000000 : box.south_e7),
        (int32_t)(box.west_e7 < -1800000000 ? -1800000000 : box.west_e7),
    };
    fleet->lat_shift = shift_for(lat_span < SPAN_MIN_E7 ? SPAN_MIN_E7 : lat_span, side);
    fleet->lon_shift = shift_for(lon_span < SPAN_MIN_E7 ? SPAN_MIN_E7 : lon_span, side);
    fleet->rows = (uint32_t)(lat_span >> fleet->lat_shift) + 1u;
    fleet->columns = (uint32_t)(lon_span >> fleet->lon_shift) + 1u;
    fleet->grow_at = units;
    fleet->block_free = GEO_FLEET_NONE;
    fleet->blocks_used = 0;
    fleet->spread = false;
    fill_cells(fleet);
}

void geo_fleet_grid_enter(struct geo_fleet *fleet, uint32_t unit_id, struct geo_point at)
{
    assert(!fleet->units[unit_id].seen);
    if (fleet->seen_count == 0 || fleet->seen_count >= fleet->grow_at) {
        lay(fleet, at);
    }
    fleet->spread = fleet->spread || !geo_fleet_grid_is_near(fleet, at);
    cell_enter(fleet, unit_id, at, cell_of(fleet, at));
    fleet->seen_count++;
    assert(fleet->seen_count <= fleet->units_max);
}

void geo_fleet_grid_move(struct geo_fleet *fleet, uint32_t unit_id, struct geo_point at)
{
    assert(fleet->units[unit_id].seen);
    const uint32_t cell = cell_of(fleet, at);
    const struct geo_fleet_links *links = &fleet->links[unit_id];
    fleet->spread = fleet->spread || !geo_fleet_grid_is_near(fleet, at);
    if (links->cell != cell) {
        cell_leave(fleet, unit_id);
        cell_enter(fleet, unit_id, at, cell);
        return;
    }
    struct geo_fleet_block *block = &fleet->blocks[links->slot / GEO_FLEET_BLOCK_UNITS];
    block->lat_e7[links->slot % GEO_FLEET_BLOCK_UNITS] = at.lat_e7;
    block->lon_e7[links->slot % GEO_FLEET_BLOCK_UNITS] = at.lon_e7;
}

void geo_fleet_grid_leave(struct geo_fleet *fleet, uint32_t unit_id)
{
    assert(fleet->units[unit_id].seen);
    assert(fleet->seen_count > 0);
    cell_leave(fleet, unit_id);
    fleet->seen_count--;
}
