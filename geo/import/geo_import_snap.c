#include "geo/import/geo_import_snap.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const double e7_per_metre = 89.932; /* of latitude: 1e7 / 111,195 m */
static const double radians_per_e7 = 1.7453292519943295e-9;

static struct geo_snap_grid grid_for(const struct geo_import_graph *graph)
{
    const double middle_e7 = ((double)graph->south_e7 + (double)graph->north_e7) / 2.0;
    const double shrink = fmax(0.01, cos(middle_e7 * radians_per_e7));
    struct geo_snap_grid grid = {.south_e7 = graph->south_e7, .west_e7 = graph->west_e7};
    const uint64_t height = (uint64_t)((int64_t)graph->north_e7 - graph->south_e7);
    const uint64_t width = (uint64_t)((int64_t)graph->east_e7 - graph->west_e7);
    double side = GEO_IMPORT_CELL_M * e7_per_metre;
    uint64_t rows = 0;
    uint64_t columns = 0;
    do {
        grid.cell_lat_e7 = (uint32_t)lround(side);
        grid.cell_lon_e7 = (uint32_t)lround(side / shrink);
        rows = height / grid.cell_lat_e7 + 1;
        columns = width / grid.cell_lon_e7 + 1;
        side *= 2.0;
    } while (rows * columns > GEO_IMPORT_CELLS_MAX);
    grid.rows = (uint32_t)rows;
    grid.columns = (uint32_t)columns;
    return grid;
}

/* What is done with every (cell, piece): counting first, placing after. */
struct filler {
    const struct geo_snap_grid *grid;
    uint32_t *first;          /* counts, or where the next piece of a cell goes */
    struct geo_piece *pieces; /* NULL while counting */
    uint64_t count;
};

static void fill_cell(struct filler *filler, size_t cell, struct geo_piece piece)
{
    if (filler->pieces != NULL) {
        filler->pieces[filler->first[cell]] = piece;
    }
    filler->first[cell]++;
    filler->count++;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* Longitude where the line a-b is at this latitude, both from the grid's corner; rounded. */
static int64_t lon_at(const int64_t a[2], const int64_t b[2], int64_t lat)
{
    return a[0] == b[0] ? a[1] : a[1] + (b[1] - a[1]) * (lat - a[0]) / (b[0] - a[0]);
}

/* Row by row: the columns between where the line enters and leaves the row, one unit wider than
 * computed because of the rounding. */
static void fill_piece(struct filler *filler, struct geo_point from, struct geo_point to,
                       struct geo_piece piece)
{
    const struct geo_snap_grid *grid = filler->grid;
    const bool upwards = from.lat_e7 <= to.lat_e7;
    const struct geo_point low_end = upwards ? from : to;
    const struct geo_point high_end = upwards ? to : from;
    const int64_t low[2] = {(int64_t)low_end.lat_e7 - grid->south_e7,
                            (int64_t)low_end.lon_e7 - grid->west_e7};
    const int64_t high[2] = {(int64_t)high_end.lat_e7 - grid->south_e7,
                             (int64_t)high_end.lon_e7 - grid->west_e7};
    const int64_t side = grid->cell_lat_e7;
    for (int64_t row = low[0] / side; row <= high[0] / side; row++) {
        const int64_t enter = lon_at(low, high, clamp(row * side, low[0], high[0]));
        const int64_t leave = lon_at(low, high, clamp((row + 1) * side, low[0], high[0]));
        const int64_t west = (enter < leave ? enter : leave) - 1;
        const int64_t east = (enter < leave ? leave : enter) + 1;
        const int64_t last = (int64_t)grid->columns - 1;
        const bool flat = low[0] == high[0]; /* along a parallel: all of it lies in this row */
        const int64_t west_end = flat && high[1] < west ? high[1] : west;
        const int64_t east_end = flat && high[1] > east ? high[1] : east;
        const int64_t begin = clamp((west_end < 0 ? 0 : west_end) / grid->cell_lon_e7, 0, last);
        const int64_t end = clamp(east_end / grid->cell_lon_e7, 0, last);
        for (int64_t column = begin; column <= end; column++) {
            fill_cell(filler, (size_t)(row * grid->columns + column), piece);
        }
    }
}

static void fill_all(struct filler *filler, const struct geo_import_graph *graph)
{
    const struct geo_edge *edges = graph->edges.items;
    const bool *is_gate = graph->is_gate.items;
    for (uint32_t e = 0; e < graph->edges.count; e++) {
        if (is_gate[e]) {
            continue; /* it has no length: the roads on both sides are there */
        }
        for (uint32_t i = 0; i <= edges[e].shape_count; i++) {
            fill_piece(filler, geo_import_graph_point(graph, &edges[e], i),
                       geo_import_graph_point(graph, &edges[e], i + 1), (struct geo_piece){e, i});
        }
    }
}

static enum geo_status build(const struct geo_import_graph *graph, struct geo_import_snap *snap)
{
    const size_t cells = (size_t)snap->grid.rows * snap->grid.columns;
    uint32_t *first = geo_import_list_append(&snap->first, NULL, cells + 1);
    if (first == NULL) {
        return GEO_NO_MEMORY;
    }
    struct filler filler = {.grid = &snap->grid, .first = first};
    fill_all(&filler, graph);
    if (filler.count > UINT32_MAX) {
        return GEO_FULL;
    }
    uint32_t at = 0;
    for (size_t cell = 0; cell <= cells; cell++) { /* counts to starts */
        const uint32_t here = first[cell];
        first[cell] = at;
        at += here;
    }
    filler.pieces = geo_import_list_append(&snap->pieces, NULL, at);
    if (filler.pieces == NULL) {
        return GEO_NO_MEMORY;
    }
    fill_all(&filler, graph);
    memmove(first + 1, first, cells * sizeof *first); /* ends to starts */
    first[0] = 0;
    return GEO_OK;
}

enum geo_status geo_import_snap_build(const struct geo_import_graph *graph,
                                      struct geo_import_snap *snap)
{
    assert(graph->nodes.count > 0);
    *snap = (struct geo_import_snap){.grid = grid_for(graph),
                                     .first = GEO_IMPORT_LIST_OF(uint32_t),
                                     .pieces = GEO_IMPORT_LIST_OF(struct geo_piece)};
    const enum geo_status status = build(graph, snap);
    if (status != GEO_OK) {
        geo_import_snap_finish(snap);
    }
    return status;
}

void geo_import_snap_finish(struct geo_import_snap *snap)
{
    geo_import_list_finish(&snap->first);
    geo_import_list_finish(&snap->pieces);
}
