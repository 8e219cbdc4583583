#ifndef GEO_IMPORT_GEO_IMPORT_CUT_H
#define GEO_IMPORT_GEO_IMPORT_CUT_H

#include "geo/import/geo_import_mvt.h"

/* From a line or ring in a zoom's units (4096 a tile, y down, origin in the north west of the
 * world) to what each tile shows of it. */

#define GEO_IMPORT_CUT_BUFFER                                                                      \
    64 /* units past the tile's edge: 8 of 512 pixels, for wide strokes                            \
        */

/* Tiles around one ring: 235 x 235 km at zoom 15. A greater one is refused, not drawn for hours. */
#define GEO_IMPORT_CUT_TILES_MAX 65536u

/* The tiles that are made: around the city, whatever reaches farther. All four are inside. */
struct geo_import_window {
    uint32_t west, north, east, south;
};

/* A piece of one line or ring within one tile, in that tile's units. */
struct geo_import_part {
    uint32_t x, y; /* tile */
    uint32_t group;
    uint32_t area; /* the same for an outer ring and its holes */
    uint32_t dot_count;
    bool is_hole;
    size_t dot_first;
};

struct geo_import_cut {
    struct geo_import_list parts;      /* struct geo_import_part */
    struct geo_import_list dots;       /* struct geo_import_dot */
    struct geo_import_list crossings;  /* own */
    struct geo_import_list ring, band; /* own */
};

void geo_import_cut_init(struct geo_import_cut *cut);
void geo_import_cut_finish(struct geo_import_cut *cut);

/* Leave out equal neighbours and, farther than a tolerance of 0, what bends the line less than it
 * (Douglas & Peucker 1973). The ends stay. Answers the new count. */
GEO_MUST_CHECK enum geo_status geo_import_cut_simplify(struct geo_import_dot dots[],
                                                       uint32_t *count, uint32_t tolerance);

/* Append the parts of each tile. `like` gives all but tile and dots. */
GEO_MUST_CHECK enum geo_status geo_import_cut_line(struct geo_import_cut *cut,
                                                   const struct geo_import_dot dots[],
                                                   uint32_t count, struct geo_import_window window,
                                                   struct geo_import_part like);

/* A ring, given with its first point again at the end. Parts are wound as exterior rings, or as
 * interior ones if like.is_hole, and do not repeat the first point. GEO_FULL: it spans more than
 * GEO_IMPORT_CUT_TILES_MAX tiles of the window. */
GEO_MUST_CHECK enum geo_status geo_import_cut_ring(struct geo_import_cut *cut,
                                                   const struct geo_import_dot dots[],
                                                   uint32_t count, struct geo_import_window window,
                                                   struct geo_import_part like);

#endif
