#include "geo/geo_ready.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_plane.h"

#define SIDE  ((int32_t)GEO_READY_SIDE)
#define CELLS ((size_t)GEO_READY_SIDE * GEO_READY_SIDE)

/* sin(x) >= 0.99 x up to 14 degrees: with it flat arithmetic stays below the great circle for
 * places up to 28 degrees apart; farther ones count as if they were that near. */
#define FLAT_E7 INT64_C(280000000)

static int32_t clamp_cell(int64_t gap_e7, int64_t cell_e7)
{
    const int64_t cell = gap_e7 < 0 ? 0 : gap_e7 / cell_e7;
    return cell >= SIDE ? SIDE - 1 : (int32_t)cell;
}

static int32_t row_of(const struct geo_ready *ready, struct geo_point at)
{
    return clamp_cell((int64_t)at.lat_e7 - ready->corner.lat_e7, ready->cell_lat_e7);
}

static int32_t column_of(const struct geo_ready *ready, struct geo_point at)
{
    return clamp_cell((int64_t)at.lon_e7 - ready->corner.lon_e7, ready->cell_lon_e7);
}

static uint32_t cell_of(const struct geo_ready *ready, struct geo_point at)
{
    return (uint32_t)(row_of(ready, at) * SIDE + column_of(ready, at));
}

static bool take_memory(struct geo_ready *ready)
{
    bool good = true;
    for (size_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        ready->units[profile] = calloc(ready->units_max, sizeof *ready->units[profile]);
        ready->cell_first[profile] = calloc(CELLS, sizeof *ready->cell_first[profile]);
        ready->cell_count[profile] = calloc(CELLS, sizeof *ready->cell_count[profile]);
        good = good && ready->units[profile] != NULL && ready->cell_first[profile] != NULL &&
               ready->cell_count[profile] != NULL;
    }
    ready->cell_nodes = calloc(CELLS, sizeof *ready->cell_nodes);
    ready->at = calloc(ready->units_max, sizeof *ready->at);
    ready->links = calloc(ready->units_max, sizeof *ready->links);
    return good && ready->cell_nodes != NULL && ready->at != NULL && ready->links != NULL;
}

enum geo_status geo_ready_create(const struct geo_map *map, uint32_t units_max,
                                 struct geo_ready **out)
{
    assert(map != NULL);
    assert(units_max > 0);
    assert(out != NULL);

    *out = NULL;
    struct geo_ready *ready = calloc(1, sizeof *ready);
    if (ready == NULL) {
        return GEO_NO_MEMORY;
    }
    ready->map = map;
    ready->units_max = units_max;
    if (!take_memory(ready)) {
        geo_ready_destroy(ready);
        return GEO_NO_MEMORY;
    }
    const struct geo_map_header *header = map->header;
    const int64_t south_cos = geo_cos_q20(header->south_e7);
    const int64_t north_cos = geo_cos_q20(header->north_e7);
    ready->cos_q20 = south_cos < north_cos ? south_cos : north_cos;
    ready->corner = (struct geo_point){header->south_e7, header->west_e7};
    ready->cell_lat_e7 = ((int64_t)header->north_e7 - header->south_e7) / SIDE + 1;
    ready->cell_lon_e7 = ((int64_t)header->east_e7 - header->west_e7) / SIDE + 1;
    for (size_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        memset(ready->cell_first[profile], 0xff, CELLS * sizeof *ready->cell_first[profile]);
    }
    for (uint32_t node = 0; node < map->node_count; node++) {
        ready->cell_nodes[cell_of(ready, map->nodes[node])]++;
    }
    *out = ready;
    return GEO_OK;
}

void geo_ready_destroy(struct geo_ready *ready)
{
    if (ready == NULL) {
        return;
    }
    for (size_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        free(ready->units[profile]);
        free(ready->cell_first[profile]);
        free(ready->cell_count[profile]);
    }
    free(ready->cell_nodes);
    free(ready->at);
    free(ready->links);
    free(ready);
}

void geo_ready_enter(struct geo_ready *ready, uint32_t unit_id, enum geo_profile profile,
                     struct geo_point at)
{
    assert(unit_id < ready->units_max);
    assert(ready->count[profile] < ready->units_max);

    const uint32_t cell = cell_of(ready, at);
    const uint32_t next = ready->cell_first[profile][cell];
    ready->at[unit_id] = at;
    ready->links[unit_id] = (struct geo_ready_links){.next = next,
                                                     .previous = GEO_READY_NONE,
                                                     .slot = ready->count[profile],
                                                     .cell = (uint16_t)cell,
                                                     .profile = (uint8_t)profile};
    if (next != GEO_READY_NONE) {
        ready->links[next].previous = unit_id;
    }
    ready->cell_first[profile][cell] = unit_id;
    ready->cell_count[profile][cell]++;
    ready->units[profile][ready->count[profile]++] = unit_id;
}

void geo_ready_leave(struct geo_ready *ready, uint32_t unit_id)
{
    assert(unit_id < ready->units_max);

    const struct geo_ready_links *links = &ready->links[unit_id];
    const uint8_t profile = links->profile;
    assert(ready->count[profile] > 0);
    assert(ready->units[profile][links->slot] == unit_id);
    if (links->next != GEO_READY_NONE) {
        ready->links[links->next].previous = links->previous;
    }
    if (links->previous == GEO_READY_NONE) {
        ready->cell_first[profile][links->cell] = links->next;
    } else {
        ready->links[links->previous].next = links->next;
    }
    ready->cell_count[profile][links->cell]--;
    const uint32_t last = ready->units[profile][--ready->count[profile]];
    ready->units[profile][links->slot] = last;
    ready->links[last].slot = links->slot;
}

void geo_ready_move(struct geo_ready *ready, uint32_t unit_id, struct geo_point at)
{
    assert(unit_id < ready->units_max);

    if (cell_of(ready, at) == ready->links[unit_id].cell) {
        ready->at[unit_id] = at;
        return;
    }
    const enum geo_profile profile = (enum geo_profile)ready->links[unit_id].profile;
    geo_ready_leave(ready, unit_id);
    geo_ready_enter(ready, unit_id, profile, at);
}

static int64_t limited(int64_t value, int64_t limit)
{
    return value < -limit ? -limit : value > limit ? limit : value;
}

/* 0.99 squared is 98/100, and cosine has 20 bits. */
static uint64_t square_of(const struct geo_ready *ready, int64_t lat_e7, int64_t lon_e7)
{
    const int64_t y = limited(lat_e7, FLAT_E7);
    const int64_t x = limited(lon_e7, FLAT_E7) * ready->cos_q20 / (INT64_C(1) << 20);
    return (uint64_t)(x * x + y * y) / 100u * 98u;
}

uint64_t geo_ready_square(const struct geo_ready *ready, struct geo_point a, struct geo_point b)
{
    return square_of(ready, (int64_t)a.lat_e7 - b.lat_e7, (int64_t)a.lon_e7 - b.lon_e7);
}

struct geo_ready_ring geo_ready_ring_start(const struct geo_ready *ready, struct geo_point at)
{
    struct geo_ready_ring ring = {
        .row = row_of(ready, at), .column = column_of(ready, at), .ring = -1};
    const int32_t row_max = ring.row > SIDE - 1 - ring.row ? ring.row : SIDE - 1 - ring.row;
    const int32_t column_max =
        ring.column > SIDE - 1 - ring.column ? ring.column : SIDE - 1 - ring.column;
    ring.ring_max = row_max > column_max ? row_max : column_max;
    return ring;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool geo_ready_ring_next(const struct geo_ready *ready, struct geo_point at,
                         struct geo_ready_ring *ring)
{
    if (ring->ring >= ring->ring_max) {
        return false;
    }
    ring->ring++;
    /* The nearest side of the square walked so far, but for those at the border of the grid:
     * nobody is past them who is not in the cells at the border. */
    const int64_t lat = (int64_t)at.lat_e7 - ready->corner.lat_e7;
    const int64_t lon = (int64_t)at.lon_e7 - ready->corner.lon_e7;
    const int64_t none = INT64_MAX;
    int64_t lat_gap = none;
    int64_t lon_gap = none;
    if (ring->row - ring->ring > 0) {
        lat_gap = smaller(lat_gap, lat - (ring->row - ring->ring) * ready->cell_lat_e7);
    }
    if (ring->row + ring->ring < SIDE - 1) {
        lat_gap = smaller(lat_gap, (ring->row + ring->ring + 1) * ready->cell_lat_e7 - lat);
    }
    if (ring->column - ring->ring > 0) {
        lon_gap = smaller(lon_gap, lon - (ring->column - ring->ring) * ready->cell_lon_e7);
    }
    if (ring->column + ring->ring < SIDE - 1) {
        lon_gap = smaller(lon_gap, (ring->column + ring->ring + 1) * ready->cell_lon_e7 - lon);
    }
    const uint64_t by_lat =
        lat_gap == none ? UINT64_MAX : square_of(ready, lat_gap < 0 ? 0 : lat_gap, 0);
    const uint64_t by_lon =
        lon_gap == none ? UINT64_MAX : square_of(ready, 0, lon_gap < 0 ? 0 : lon_gap);
    ring->gap_square = by_lat < by_lon ? by_lat : by_lon;
    return true;
}

bool geo_ready_ring_cell(const struct geo_ready_ring *ring, int32_t index, uint32_t *cell)
{
    const int32_t width = 2 * ring->ring + 1;
    const int32_t count = ring->ring == 0 ? 1 : 8 * ring->ring;
    *cell = GEO_READY_NONE;
    if (index >= count) {
        return false;
    }
    /* Bottom and top rows first, then the two columns between them. */
    int32_t row = ring->row;
    int32_t column = ring->column;
    if (index < 2 * width) {
        row += index < width ? -ring->ring : ring->ring;
        column += index % width - ring->ring;
    } else {
        const int32_t rest = index - 2 * width;
        row += rest / 2 - ring->ring + 1;
        column += rest % 2 == 0 ? -ring->ring : ring->ring;
    }
    if (row >= 0 && row < SIDE && column >= 0 && column < SIDE) {
        *cell = (uint32_t)(row * SIDE + column);
    }
    return true;
}

uint32_t geo_ready_nodes_around(const struct geo_ready *ready, enum geo_profile profile,
                                struct geo_point at, uint32_t wanted, uint32_t nodes_max)
{
    assert(wanted > 0);
    uint64_t nodes = 0;
    uint64_t units = 0;
    if (ready->count[profile] < wanted) {
        return UINT32_MAX;
    }
    struct geo_ready_ring ring = geo_ready_ring_start(ready, at);
    while (geo_ready_ring_next(ready, at, &ring)) {
        uint32_t cell = GEO_READY_NONE;
        for (int32_t i = 0; geo_ready_ring_cell(&ring, i, &cell); i++) {
            if (cell != GEO_READY_NONE) {
                nodes += ready->cell_nodes[cell];
                units += ready->cell_count[profile][cell];
            }
        }
        if (units >= wanted) {
            const uint64_t around = nodes * wanted / units;
            return around < nodes_max ? (uint32_t)around : UINT32_MAX;
        }
        if (nodes > nodes_max) {
            break;
        }
    }
    return UINT32_MAX;
}
