#ifndef GEO_IMPORT_GEO_IMPORT_DRAW_H
#define GEO_IMPORT_GEO_IMPORT_DRAW_H

#include "geo/import/geo_import_tags.h"

/* What a way is on the basemap beside a road. `layer` NULL: nothing. All texts are static. */
struct geo_import_draw {
    const char *layer; /* "water", "green", "building" */
    const char *kind;
    bool is_area;
    uint8_t zoom_min;
};

/* The kind of a line with land on its left and sea on its right. */
#define GEO_IMPORT_DRAW_COASTLINE "coastline"

struct geo_import_draw geo_import_draw_of(struct geo_import_tags tags, bool is_closed);

/* Is its name a part of the picture? Houses have too many. */
bool geo_import_draw_is_named(struct geo_import_draw draw);

/* "city", "town" ... of a place node, NULL if it is none that is drawn. */
const char *geo_import_draw_place(struct geo_import_tags tags);

/* The lowest zoom the place's name is shown at. */
uint8_t geo_import_draw_place_zoom(const char *kind);

#endif
