#ifndef GEO_IMPORT_GEO_IMPORT_FEATURE_H
#define GEO_IMPORT_GEO_IMPORT_FEATURE_H

#include "geo/import/geo_import_mvt.h"
#include "geo/import/geo_import_source.h"

/* What the basemap draws, before it is cut into tiles. Roads of one class, name and ref that meet
 * end to end are one line, so that a label finds room and a simplified road stays whole. */

#define GEO_IMPORT_WORLD_BITS 30u /* a world is 2^30 units wide: 3.7 cm at the equator */

/* What features share: one attribute set. Groups are in drawing order, layer by layer. */
struct geo_import_group {
    const char *layer, *kind; /* static */
    uint32_t name, ref;       /* in source->text */
    uint8_t type;             /* enum geo_import_mvt_type */
    uint8_t zoom_min;
    bool is_detail; /* may be left out of a tile that grows too large */
};

struct geo_import_feature {
    size_t dot_first;
    uint32_t dot_count;
    uint32_t group;
    bool is_hole; /* in the feature before it that is none */
};

struct geo_import_features {
    struct geo_import_list groups;   /* struct geo_import_group */
    struct geo_import_list features; /* struct geo_import_feature, by group */
    struct geo_import_list dots;     /* struct geo_import_dot, in world units */
    struct geo_import_dot low, high; /* the box of all roads: the city */
};

GEO_MUST_CHECK enum geo_status geo_import_feature_build(const struct geo_import_source *source,
                                                        struct geo_import_features *features);
void geo_import_feature_finish(struct geo_import_features *features);

/* Web mercator in world units; latitudes past 85 degrees are drawn at 85. */
struct geo_import_dot geo_import_feature_dot(struct geo_point at);

/* "motorway" ... as the tiles say it. */
const char *geo_import_feature_class(enum geo_road_class road_class);

#endif
