#ifndef GEO_IMPORT_GEO_IMPORT_TILE_H
#define GEO_IMPORT_GEO_IMPORT_TILE_H

#include "geo/import/geo_import_source.h"

/* The basemap: gzip'd Mapbox vector tiles of every zoom, layers water, green, building, road and
 * place, attributes class, name and ref. Tiles without anything in them are not there. */

#define GEO_IMPORT_ZOOM_MIN 9u
#define GEO_IMPORT_ZOOM_MAX 15u

/* Tiles around the city at every zoom: a screen at its edge is painted, and a river or a forest
 * that leaves it for a hundred kilometres is not. */
#define GEO_IMPORT_TILE_MARGIN 2u

/* Of one tile before gzip, which halves it. A tile that grows larger leaves out its smallest
 * details: houses, yards and paths below a size that doubles until it fits. */
#define GEO_IMPORT_TILE_BYTES_MAX (512u << 10)

struct geo_import_tiles {
    struct geo_import_list tiles;  /* struct geo_tile, by zoom, x, y */
    struct geo_import_list bodies; /* char */
};

GEO_MUST_CHECK enum geo_status geo_import_tile_build(const struct geo_import_source *source,
                                                     struct geo_import_tiles *tiles);
void geo_import_tile_finish(struct geo_import_tiles *tiles);

#endif
