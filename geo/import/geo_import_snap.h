#ifndef GEO_IMPORT_GEO_IMPORT_SNAP_H
#define GEO_IMPORT_GEO_IMPORT_SNAP_H

#include "geo/import/geo_import_graph.h"

/* The snap grid: for every cell of about 100 m the straight pieces of road that touch it. */
struct geo_import_snap {
    struct geo_snap_grid grid;
    struct geo_import_list first;  /* uint32_t, rows x columns + 1 */
    struct geo_import_list pieces; /* struct geo_piece, by edge and index within a cell */
};

#define GEO_IMPORT_CELL_M    100u
#define GEO_IMPORT_CELLS_MAX (16u << 20) /* 64 MiB of starts; past it, cells double */

GEO_MUST_CHECK enum geo_status geo_import_snap_build(const struct geo_import_graph *graph,
                                                     struct geo_import_snap *snap);
void geo_import_snap_finish(struct geo_import_snap *snap);

#endif
