#ifndef GEO_IMPORT_GEO_IMPORT_SEA_H
#define GEO_IMPORT_GEO_IMPORT_SEA_H

#include "geo/import/geo_import_mvt.h"

/* The sea from its coastline. OpenStreetMap draws no sea: it has lines with the land on their left,
 * which an extract cuts off somewhere. Where a line ends it is led straight away from the city's
 * middle to a box around everything; along that box the sea is closed. Lines that come back to
 * their beginning are islands, or water of their own, by the way they turn.
 *
 * Everything is in world units, y down. */

/* A way of the coast whose points are all there. Ways meet where node numbers are equal. */
struct geo_import_coast {
    size_t dot_first; /* into sea->dots */
    uint32_t dot_count;
    uint32_t from, to; /* nodes */
};

struct geo_import_water {
    size_t dot_first; /* into sea->dots; the first point stands again at the end */
    uint32_t dot_count;
    uint32_t home; /* the same for a water and the islands in it */
    bool is_hole;  /* an island; it stands behind its water */
};

struct geo_import_sea {
    struct geo_import_list coasts; /* struct geo_import_coast: given */
    struct geo_import_list dots;   /* struct geo_import_dot: of the coasts, then of the waters */
    struct geo_import_list waters; /* struct geo_import_water: the answer */
    struct geo_import_list links, chains, anchors; /* own */
    struct geo_import_dot low, high;               /* the box that closes it */
};

/* low and high: where the sea ends on the picture; coasts outside of it widen it. */
void geo_import_sea_init(struct geo_import_sea *sea, struct geo_import_dot low,
                         struct geo_import_dot high);
void geo_import_sea_finish(struct geo_import_sea *sea);

/* GEO_BAD_INPUT: the lines contradict each other, so where the sea is cannot be said. */
GEO_MUST_CHECK enum geo_status geo_import_sea_fill(struct geo_import_sea *sea);

/* Does the sea hold the point? */
bool geo_import_sea_holds(const struct geo_import_sea *sea, struct geo_import_dot at);

#endif
