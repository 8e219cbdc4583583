#ifndef GEO_IMPORT_GEO_IMPORT_MVT_H
#define GEO_IMPORT_GEO_IMPORT_MVT_H

#include <stdbool.h>
#include <stdint.h>

#include "geo/geo_status.h"
#include "geo/import/geo_import_list.h"

/* Mapbox vector tiles (vector-tile-spec 2.1), one after the other: layers, in them features, in
 * those paths and text attributes. Running out of memory is remembered and told at the end. */
struct geo_import_mvt {
    struct geo_import_list tile;    /* char: finished layers */
    struct geo_import_list layer;   /* char: finished features */
    struct geo_import_list path;    /* uint32_t: commands of the open feature */
    struct geo_import_list tags;    /* uint32_t: key, value, key, value ... */
    struct geo_import_list values;  /* const char *: of the open layer */
    struct geo_import_list scratch; /* char */
    const char *layer_name;
    int32_t cursor_x, cursor_y;
    uint8_t type;
    bool failed;
};

#define GEO_IMPORT_MVT_EXTENT 4096

enum geo_import_mvt_type { GEO_IMPORT_MVT_POINT = 1, GEO_IMPORT_MVT_LINE, GEO_IMPORT_MVT_AREA };

/* The attributes there are; every layer has these keys. */
enum geo_import_mvt_key {
    GEO_IMPORT_MVT_CLASS,
    GEO_IMPORT_MVT_NAME,
    GEO_IMPORT_MVT_REF,
    GEO_IMPORT_MVT_KEY_COUNT
};

/* In the tile's own units, y down. */
struct geo_import_dot {
    int32_t x, y;
};

void geo_import_mvt_init(struct geo_import_mvt *mvt);
void geo_import_mvt_finish(struct geo_import_mvt *mvt);

void geo_import_mvt_open_layer(struct geo_import_mvt *mvt, const char *name);
void geo_import_mvt_close_layer(struct geo_import_mvt *mvt);
void geo_import_mvt_open_feature(struct geo_import_mvt *mvt, enum geo_import_mvt_type type);
void geo_import_mvt_close_feature(struct geo_import_mvt *mvt);

/* Borrowed until the layer is closed. One pointer is one value: give equal texts by one pointer. */
void geo_import_mvt_tag(struct geo_import_mvt *mvt, enum geo_import_mvt_key key, const char *value);

/* A point, a line or a ring (without the first point again at its end). */
void geo_import_mvt_path(struct geo_import_mvt *mvt, const struct geo_import_dot dots[],
                         uint32_t count);

/* gzip mvt->tile onto the end of `out` with no time and no system named in it, and start anew. */
GEO_MUST_CHECK enum geo_status geo_import_mvt_take(struct geo_import_mvt *mvt,
                                                   struct geo_import_list *out);

#endif
