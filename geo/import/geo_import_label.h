#ifndef GEO_IMPORT_GEO_IMPORT_LABEL_H
#define GEO_IMPORT_GEO_IMPORT_LABEL_H

#include "geo/import/geo_import_mvt.h"

/* Where an area's name stands: once for the whole area, not once in each tile that it reaches.
 *
 * Of three horizontal lines through the outer ring, at a quarter, half and three quarters of its
 * height, the longest stretch that lies inside and in no hole; the name is in its middle. */

/* A ring, with its first point again at the end. */
struct geo_import_label_ring {
    const struct geo_import_dot *dots;
    uint32_t count;
};

/* The outer ring stands first, its holes follow. *width: of the stretch, 0: there is none. */
GEO_MUST_CHECK enum geo_status geo_import_label_place(const struct geo_import_label_ring rings[],
                                                      size_t count, struct geo_import_dot *at,
                                                      int32_t *width);

#endif
