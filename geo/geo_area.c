#include "geo/geo_area.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_ring.h"

/* Most cells should lie within one area, so the more areas the finer: 64 Ki cells over a city of
 * 40 km are 160 m each, a Mi of them 40 m. Finer than this, what fewer borders save is lost again
 * because the cells leave the caches. */
#define RASTER_SIDE_MIN 256u
#define RASTER_SIDE_MAX 1024u
#define CELLS_PER_AREA  512u
#define NONE            UINT32_MAX
#define WHOLE           0x80000000u /* in a cell: it is inside this one area and no other */

struct area {
    uint32_t id;
    uint32_t ring_first, ring_count;
    int32_t south_e7, west_e7, north_e7, east_e7;
};

struct ring {
    uint32_t point_first, point_count;
};

/* An area that has a share in a cell; entries of a cell are in the order areas were added. Where
 * only part of the cell is inside, the sides of the area that touch the cell's row decide, or,
 * where they are fewer, those that touch its column. */
struct entry {
    uint32_t area;
    uint32_t next;
    uint32_t side_first, side_count; /* 0: all of the cell is inside */
    bool is_turned;                  /* by column: longitude for latitude */
};

/* From its southern end to its northern one. */
struct line {
    struct geo_point low, high;
};

struct geo_area_set {
    uint32_t areas_max, points_max, entries_max, lines_max, side_max;
    uint32_t area_count, ring_count, point_count, entry_count, line_count;
    struct area *areas;
    struct ring *rings; /* a ring has three points, so points_max / 3 of them suffice */
    struct geo_point *points;

    bool built;
    uint32_t side;
    struct geo_point corner;
    int64_t cell_lat_e7, cell_lon_e7;
    struct entry *entries;
    struct line *lines;                 /* of an area and a row or column one after the other */
    uint32_t *row_first, *column_first; /* while building: of one area, and where the last ends */
    uint32_t *cells;                    /* NONE, WHOLE and an area, or the first entry */
    uint32_t *cell_last;                /* while building: the last entry */
    uint32_t *marked; /* while building: the area whose boundary last touched the cell, plus 1 */
};

static uint32_t raster_side(uint32_t areas_max)
{
    uint32_t side = RASTER_SIDE_MIN;
    while (side < RASTER_SIDE_MAX && (uint64_t)side * side < (uint64_t)areas_max * CELLS_PER_AREA) {
        side *= 2;
    }
    return side;
}

enum geo_status geo_area_set_create(uint32_t areas_max, uint32_t points_max,
                                    struct geo_area_set **out)
{
    assert(areas_max > 0);
    assert(areas_max < WHOLE - 1u);
    assert(points_max >= 3);
    assert(out != NULL);

    *out = NULL;
    struct geo_area_set *set = calloc(1, sizeof *set);
    if (set == NULL) {
        return GEO_NO_MEMORY;
    }
    set->side_max = raster_side(areas_max);
    const size_t cells = (size_t)set->side_max * set->side_max;
    set->areas_max = areas_max;
    set->points_max = points_max;
    set->entries_max = areas_max > 2 * cells ? areas_max : (uint32_t)(2 * cells);
    set->lines_max = 8 * points_max + (uint32_t)cells; /* most sides are shorter than a cell */
    set->areas = calloc(areas_max, sizeof *set->areas);
    set->rings = calloc(points_max / 3u, sizeof *set->rings);
    set->points = calloc(points_max, sizeof *set->points);
    set->entries = calloc(set->entries_max, sizeof *set->entries);
    set->lines = calloc(set->lines_max, sizeof *set->lines);
    set->row_first = calloc(set->side_max + 1u, sizeof *set->row_first);
    set->column_first = calloc(set->side_max + 1u, sizeof *set->column_first);
    set->cells = calloc(cells, sizeof *set->cells);
    set->cell_last = calloc(cells, sizeof *set->cell_last);
    set->marked = calloc(cells, sizeof *set->marked);
    if (set->areas == NULL || set->rings == NULL || set->points == NULL || set->entries == NULL ||
        set->lines == NULL || set->row_first == NULL || set->column_first == NULL ||
        set->cells == NULL || set->cell_last == NULL || set->marked == NULL) {
        geo_area_set_destroy(set);
        return GEO_NO_MEMORY;
    }
    *out = set;
    return GEO_OK;
}

void geo_area_set_destroy(struct geo_area_set *set)
{
    if (set == NULL) {
        return;
    }
    free(set->marked);
    free(set->cell_last);
    free(set->cells);
    free(set->column_first);
    free(set->row_first);
    free(set->lines);
    free(set->entries);
    free(set->points);
    free(set->rings);
    free(set->areas);
    free(set);
}

void geo_area_set_clear(struct geo_area_set *set)
{
    assert(set != NULL);
    set->area_count = 0;
    set->ring_count = 0;
    set->point_count = 0;
    set->entry_count = 0;
    set->built = false;
}

static void stretch_box(struct area *area, struct geo_point point)
{
    area->south_e7 = point.lat_e7 < area->south_e7 ? point.lat_e7 : area->south_e7;
    area->north_e7 = point.lat_e7 > area->north_e7 ? point.lat_e7 : area->north_e7;
    area->west_e7 = point.lon_e7 < area->west_e7 ? point.lon_e7 : area->west_e7;
    area->east_e7 = point.lon_e7 > area->east_e7 ? point.lon_e7 : area->east_e7;
}

enum geo_status geo_area_set_add(struct geo_area_set *set, uint32_t area_id,
                                 const struct geo_point points[], const uint32_t ring_sizes[],
                                 uint32_t ring_count)
{
    assert(set != NULL);
    assert(!set->built);

    uint64_t point_count = 0;
    for (uint32_t i = 0; i < ring_count; i++) {
        if (ring_sizes[i] < 3) {
            return GEO_BAD_INPUT;
        }
        point_count += ring_sizes[i];
    }
    if (ring_count == 0) {
        return GEO_BAD_INPUT;
    }
    if (set->area_count == set->areas_max || point_count > set->points_max - set->point_count) {
        return GEO_FULL;
    }
    struct area area = {.id = area_id,
                        .ring_first = set->ring_count,
                        .ring_count = ring_count,
                        .south_e7 = INT32_MAX,
                        .west_e7 = INT32_MAX,
                        .north_e7 = INT32_MIN,
                        .east_e7 = INT32_MIN};
    for (uint64_t i = 0; i < point_count; i++) {
        if (!geo_point_valid(points[i])) {
            return GEO_BAD_INPUT;
        }
        stretch_box(&area, points[i]);
    }

    memcpy(&set->points[set->point_count], points, (size_t)point_count * sizeof *points);
    for (uint32_t i = 0; i < ring_count; i++) {
        set->rings[set->ring_count++] = (struct ring){set->point_count, ring_sizes[i]};
        set->point_count += ring_sizes[i];
    }
    set->areas[set->area_count++] = area;
    assert(set->point_count <= set->points_max);
    assert(set->ring_count <= set->points_max / 3u);
    return GEO_OK;
}

/* Whether an area holds a point, by those of its sides that reach the point's latitude at least. */
static bool sides_hold(const struct line lines[], uint32_t count, struct geo_point at)
{
    bool inside = false;
    for (uint32_t i = 0; i < count; i++) {
        const enum geo_side side = geo_side_of(lines[i].low, lines[i].high, at);
        if (side == GEO_SIDE_ON) {
            return true;
        }
        inside ^= side == GEO_SIDE_CROSSED;
    }
    return inside;
}

/* Cells from `low` to `high` of a row or column; the raster covers every area. */
struct span {
    uint32_t first, last;
};

static uint32_t row_of(const struct geo_area_set *set, int64_t lat_e7)
{
    return (uint32_t)((lat_e7 - set->corner.lat_e7) / set->cell_lat_e7);
}

static uint32_t column_of(const struct geo_area_set *set, int64_t lon_e7)
{
    return (uint32_t)((lon_e7 - set->corner.lon_e7) / set->cell_lon_e7);
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* Longitude of the line from low to high at a latitude between theirs, rounded to zero. */
static int64_t lon_at(struct geo_point low, struct geo_point high, int64_t lat_e7)
{
    const int64_t height = (int64_t)high.lat_e7 - low.lat_e7;
    assert(height > 0);
    return low.lon_e7 + ((int64_t)high.lon_e7 - low.lon_e7) * (lat_e7 - low.lat_e7) / height;
}

/* Columns of one row the line touches, one unit wider on both sides for the rounding. */
static struct span touched_columns(const struct geo_area_set *set, struct geo_point low,
                                   struct geo_point high, uint32_t row)
{
    const int64_t west = low.lon_e7 < high.lon_e7 ? low.lon_e7 : high.lon_e7;
    const int64_t east = low.lon_e7 < high.lon_e7 ? high.lon_e7 : low.lon_e7;
    if (low.lat_e7 == high.lat_e7) {
        return (struct span){column_of(set, west), column_of(set, east)};
    }
    const int64_t south = set->corner.lat_e7 + (int64_t)row * set->cell_lat_e7;
    const int64_t enter = lon_at(low, high, clamp(south, low.lat_e7, high.lat_e7));
    const int64_t leave =
        lon_at(low, high, clamp(south + set->cell_lat_e7, low.lat_e7, high.lat_e7));
    const int64_t first = (enter < leave ? enter : leave) - 1;
    const int64_t last = (enter < leave ? leave : enter) + 1;
    return (struct span){column_of(set, clamp(first, west, east)),
                         column_of(set, clamp(last, west, east))};
}

/* Longitude for latitude: what holds of rows holds of columns. */
static struct geo_point turned(struct geo_point point)
{
    return (struct geo_point){point.lon_e7, point.lat_e7};
}

static struct line line_of(const struct geo_area_set *set, const struct ring *ring, uint32_t i,
                           bool is_turned)
{
    const struct geo_point *points = &set->points[ring->point_first];
    struct geo_point a = points[i];
    struct geo_point b = points[i + 1 < ring->point_count ? i + 1 : 0];
    if (is_turned) {
        a = turned(a);
        b = turned(b);
    }
    return a.lat_e7 > b.lat_e7 ? (struct line){b, a} : (struct line){a, b};
}

static void mark_line(struct geo_area_set *set, struct line line, uint32_t mark)
{
    for (uint32_t row = row_of(set, line.low.lat_e7); row <= row_of(set, line.high.lat_e7); row++) {
        const struct span columns = touched_columns(set, line.low, line.high, row);
        for (uint32_t column = columns.first; column <= columns.last; column++) {
            set->marked[row * set->side + column] = mark;
        }
    }
}

/* The rows that a line touches, or the columns that a turned one does. */
static struct span touched_strips(const struct geo_area_set *set, struct line line, bool is_turned)
{
    return is_turned
               ? (struct span){column_of(set, line.low.lat_e7), column_of(set, line.high.lat_e7)}
               : (struct span){row_of(set, line.low.lat_e7), row_of(set, line.high.lat_e7)};
}

/* Every side of the area in each strip that it touches: counted, or put down backwards. */
static void strips_walk(struct geo_area_set *set, const struct area *area, bool is_turned,
                        bool puts_down)
{
    uint32_t *first = is_turned ? set->column_first : set->row_first;
    for (uint32_t i = 0; i < area->ring_count; i++) {
        const struct ring *ring = &set->rings[area->ring_first + i];
        for (uint32_t j = 0; j < ring->point_count; j++) {
            const struct line line = line_of(set, ring, j, is_turned);
            const struct span strips = touched_strips(set, line, is_turned);
            for (uint32_t strip = strips.first; strip <= strips.last; strip++) {
                if (puts_down) {
                    set->lines[--first[strip]] = line;
                } else {
                    first[strip]++;
                }
            }
        }
    }
}

/* Put the sides of an area down by the rows that they touch, or turned by the columns; false when
 * there is no room. */
static bool strips_fill(struct geo_area_set *set, const struct area *area, bool is_turned)
{
    uint32_t *first = is_turned ? set->column_first : set->row_first;
    memset(first, 0, (set->side + 1u) * sizeof *first);
    strips_walk(set, area, is_turned, false);
    uint64_t end = set->line_count;
    for (uint32_t strip = 0; strip <= set->side; strip++) {
        end += first[strip];
        if (end > set->lines_max) {
            return false;
        }
        first[strip] = (uint32_t)end; /* its end, until it is filled backwards */
    }
    set->line_count = (uint32_t)end;
    strips_walk(set, area, is_turned, true);
    return true;
}

static void mark_sides(struct geo_area_set *set, const struct area *area, uint32_t mark)
{
    for (uint32_t i = 0; i < area->ring_count; i++) {
        const struct ring *ring = &set->rings[area->ring_first + i];
        for (uint32_t j = 0; j < ring->point_count; j++) {
            mark_line(set, line_of(set, ring, j, false), mark);
        }
    }
}

static bool entry_add(struct geo_area_set *set, uint32_t cell, struct entry share)
{
    if (set->entry_count == set->entries_max) {
        return false;
    }
    const uint32_t entry = set->entry_count++;
    set->entries[entry] = share;
    if (set->cells[cell] == NONE) {
        set->cells[cell] = entry;
    } else {
        set->entries[set->cell_last[cell]].next = entry;
    }
    set->cell_last[cell] = entry;
    return true;
}

static bool cell_add(struct geo_area_set *set, uint32_t cell, struct entry share)
{
    const uint32_t before = set->cells[cell];
    if (before == NONE && share.side_count == 0) {
        set->cells[cell] = WHOLE | share.area;
        return true;
    }
    if (before != NONE && (before & WHOLE) != 0) { /* it is not the only one any more */
        set->cells[cell] = NONE;
        if (!entry_add(set, cell, (struct entry){.area = before & ~WHOLE, .next = NONE})) {
            return false;
        }
    }
    return entry_add(set, cell, share);
}

/* Where the boundary of an area passes: the fewer of the sides in its row and in its column. */
static struct entry boundary_at(const struct geo_area_set *set, uint32_t index, uint32_t row,
                                uint32_t column)
{
    const uint32_t in_row = set->row_first[row + 1] - set->row_first[row];
    const uint32_t in_column = set->column_first[column + 1] - set->column_first[column];
    assert(in_row > 0);
    assert(in_column > 0);
    struct entry entry = {index, NONE, set->row_first[row], in_row, false};
    if (in_column < in_row) {
        entry.side_first = set->column_first[column];
        entry.side_count = in_column;
        entry.is_turned = true;
    }
    return entry;
}

/* The cells of one row. Side by side with no boundary between them they are all in or all out. */
static bool row_add(struct geo_area_set *set, uint32_t index, uint32_t row)
{
    const struct area *area = &set->areas[index];
    const uint32_t first = set->row_first[row];
    const uint32_t count = set->row_first[row + 1] - first;
    const uint32_t east = column_of(set, area->east_e7);
    bool known = false;
    bool inside = false;
    for (uint32_t column = column_of(set, area->west_e7); column <= east; column++) {
        const uint32_t cell = row * set->side + column;
        if (set->marked[cell] == index + 1) {
            known = false;
            if (!cell_add(set, cell, boundary_at(set, index, row, column))) {
                return false;
            }
            continue;
        }
        if (!known) {
            const struct geo_point corner = {
                (int32_t)(set->corner.lat_e7 + (int64_t)row * set->cell_lat_e7),
                (int32_t)(set->corner.lon_e7 + (int64_t)column * set->cell_lon_e7)};
            inside = sides_hold(&set->lines[first], count, corner);
            known = true;
        }
        if (inside && !cell_add(set, cell, (struct entry){.area = index, .next = NONE})) {
            return false;
        }
    }
    return true;
}

/* Enter an area in every cell it has a share in; false when there is no room for all. */
static bool raster_add(struct geo_area_set *set, uint32_t index)
{
    const struct area *area = &set->areas[index];
    if (!strips_fill(set, area, false) || !strips_fill(set, area, true)) {
        return false;
    }
    mark_sides(set, area, index + 1);
    for (uint32_t row = row_of(set, area->south_e7); row <= row_of(set, area->north_e7); row++) {
        if (!row_add(set, index, row)) {
            return false;
        }
    }
    return true;
}

/* Lay `side` x `side` cells over all areas. */
static void raster_place(struct geo_area_set *set, uint32_t side)
{
    struct area box = set->areas[0];
    for (uint32_t i = 1; i < set->area_count; i++) {
        const struct area *area = &set->areas[i];
        stretch_box(&box, (struct geo_point){area->south_e7, area->west_e7});
        stretch_box(&box, (struct geo_point){area->north_e7, area->east_e7});
    }
    set->side = side;
    set->corner = (struct geo_point){box.south_e7, box.west_e7};
    set->cell_lat_e7 = ((int64_t)box.north_e7 - box.south_e7) / side + 1;
    set->cell_lon_e7 = ((int64_t)box.east_e7 - box.west_e7) / side + 1;
    set->entry_count = 0;
    set->line_count = 0;
    const size_t size = (size_t)side * side * sizeof(uint32_t);
    memset(set->cells, 0xff, size);
    memset(set->cell_last, 0xff, size);
    memset(set->marked, 0, size);
}

enum geo_status geo_area_set_build(struct geo_area_set *set)
{
    assert(set != NULL);
    assert(!set->built);

    /* Where large areas overlap so often that the room does not suffice, coarser cells do. */
    bool fits = set->area_count == 0;
    for (uint32_t side = set->side_max; !fits && side > 0; side /= 2) {
        raster_place(set, side);
        fits = true;
        for (uint32_t i = 0; fits && i < set->area_count; i++) {
            fits = raster_add(set, i);
        }
    }
    assert(fits); /* one cell needs an entry an area, and every side twice */
    set->built = true;
    return GEO_OK;
}

uint32_t geo_area_set_find(const struct geo_area_set *set, struct geo_point at, uint32_t area_ids[],
                           uint32_t ids_max)
{
    assert(set != NULL);
    assert(set->built);
    assert(geo_point_valid(at));

    const int64_t north = (int64_t)at.lat_e7 - set->corner.lat_e7;
    const int64_t east = (int64_t)at.lon_e7 - set->corner.lon_e7;
    if (set->area_count == 0 || north < 0 || east < 0 || ids_max == 0) {
        return 0;
    }
    /* Both spans of the earth fit 32 bits, which divide faster. */
    const uint32_t row = (uint32_t)north / (uint32_t)set->cell_lat_e7;
    const uint32_t column = (uint32_t)east / (uint32_t)set->cell_lon_e7;
    if (row >= set->side || column >= set->side) {
        return 0;
    }
    uint32_t next = set->cells[row * set->side + column];
    if (next != NONE && (next & WHOLE) != 0) {
        area_ids[0] = set->areas[next & ~WHOLE].id;
        return 1;
    }
    uint32_t count = 0;
    while (next != NONE && count < ids_max) {
        const struct entry *entry = &set->entries[next];
        if (entry->side_count == 0 || sides_hold(&set->lines[entry->side_first], entry->side_count,
                                                 entry->is_turned ? turned(at) : at)) {
            area_ids[count++] = set->areas[entry->area].id;
        }
        next = entry->next;
    }
    assert(count <= ids_max);
    return count;
}
