#include "geo/import/geo_import_feature.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_join.h"

static const double pi = 3.14159265358979323846;
static const double lat_max_deg = 85.05112878; /* where the square of web mercator ends */

/* The lowest zoom a road is drawn at: what a city shows at that scale without turning grey. */
static const struct {
    const char *name;
    uint8_t zoom_min;
} classes[] = {
    [GEO_ROAD_MOTORWAY] = {"motorway", 9},      [GEO_ROAD_TRUNK] = {"trunk", 9},
    [GEO_ROAD_PRIMARY] = {"primary", 9},        [GEO_ROAD_SECONDARY] = {"secondary", 10},
    [GEO_ROAD_TERTIARY] = {"tertiary", 11},     [GEO_ROAD_STREET] = {"street", 12},
    [GEO_ROAD_SERVICE] = {"service", 14},       [GEO_ROAD_TRACK] = {"track", 14},
    [GEO_ROAD_PEDESTRIAN] = {"pedestrian", 13}, [GEO_ROAD_PATH] = {"path", 14},
    [GEO_ROAD_STEPS] = {"steps", 14},           [GEO_ROAD_FERRY] = {"ferry", 10},
};
_Static_assert(sizeof classes / sizeof classes[0] == GEO_ROAD_CLASS_COUNT, "one row a class");

const char *geo_import_feature_class(enum geo_road_class road_class)
{
    assert(road_class < GEO_ROAD_CLASS_COUNT);
    return classes[road_class].name;
}

struct geo_import_dot geo_import_feature_dot(struct geo_point at)
{
    const double world = (double)(1u << GEO_IMPORT_WORLD_BITS);
    const double lat = fmax(-lat_max_deg, fmin(lat_max_deg, at.lat_e7 / 1e7)) * pi / 180.0;
    const double x = (at.lon_e7 / 1e7 + 180.0) / 360.0;
    const double y = 0.5 - asinh(tan(lat)) / (2.0 * pi);
    return (struct geo_import_dot){(int32_t)fmin(world - 1.0, floor(x * world)),
                                   (int32_t)fmin(world - 1.0, fmax(0.0, floor(y * world)))};
}

static bool same_group(const struct geo_import_group *one, const struct geo_import_group *other)
{
    return one->layer == other->layer && one->kind == other->kind && one->name == other->name &&
           one->ref == other->ref && one->type == other->type;
}

/* A feature of the group, which is a new one unless it is that of the feature before. */
static struct geo_import_feature *add_feature(struct geo_import_features *features,
                                              const struct geo_import_group *group)
{
    const struct geo_import_group *groups = features->groups.items;
    const size_t count = features->groups.count;
    if ((count == 0 || !same_group(&groups[count - 1], group)) &&
        geo_import_list_append(&features->groups, group, 1) == NULL) {
        return NULL;
    }
    struct geo_import_feature *feature = geo_import_list_add(&features->features);
    if (feature != NULL) {
        feature->group = (uint32_t)features->groups.count - 1;
        feature->dot_first = features->dots.count;
    }
    return feature;
}

static bool add_dots(struct geo_import_features *features, const struct geo_import_source *source,
                     const uint32_t nodes[], size_t count)
{
    const struct geo_import_node *all = source->nodes.items;
    for (size_t i = 0; i < count; i++) {
        if (nodes[i] == GEO_IMPORT_NO_NODE) {
            continue;
        }
        const struct geo_import_dot dot = geo_import_feature_dot(all[nodes[i]].at);
        if (geo_import_list_append(&features->dots, &dot, 1) == NULL) {
            return false;
        }
    }
    struct geo_import_feature *list = features->features.items;
    struct geo_import_feature *feature = &list[features->features.count - 1];
    feature->dot_count = (uint32_t)(features->dots.count - feature->dot_first);
    return true;
}

static const char *const layers[] = {"water", "green", "building"}; /* in drawing order */

static int layer_rank(const char *layer)
{
    const int count = (int)(sizeof layers / sizeof layers[0]);
    int rank = 0;
    while (rank < count && strcmp(layers[rank], layer) != 0) {
        rank++;
    }
    assert(rank < count); /* geo_import_draw_of() knows no other */
    return rank;
}

static int compare_shapes(const void *a, const void *b)
{
    const struct geo_import_shape *one = a;
    const struct geo_import_shape *other = b;
    if (one->draw.layer != other->draw.layer) {
        return layer_rank(one->draw.layer) < layer_rank(other->draw.layer) ? -1 : 1;
    }
    if (one->draw.is_area != other->draw.is_area) {
        return one->draw.is_area ? -1 : 1;
    }
    const int by_kind = strcmp(one->draw.kind, other->draw.kind);
    if (by_kind != 0) {
        return by_kind;
    }
    if (one->name != other->name) {
        return one->name < other->name ? -1 : 1;
    }
    return (one->ref_first > other->ref_first) - (one->ref_first < other->ref_first);
}

static enum geo_status add_shapes(const struct geo_import_source *source,
                                  struct geo_import_features *features)
{
    struct geo_import_list sorted = GEO_IMPORT_LIST_OF(struct geo_import_shape);
    struct geo_import_shape *shapes =
        geo_import_list_append(&sorted, source->shapes.items, source->shapes.count);
    if (shapes == NULL) {
        return GEO_NO_MEMORY;
    }
    qsort(shapes, sorted.count, sizeof *shapes, compare_shapes);
    const uint32_t *refs = source->refs.items;
    bool good = true;
    for (size_t i = 0; i < sorted.count && good; i++) {
        const struct geo_import_draw *draw = &shapes[i].draw;
        const struct geo_import_group group = {.layer = draw->layer,
                                               .kind = draw->kind,
                                               .name = shapes[i].name,
                                               .type = draw->is_area ? GEO_IMPORT_MVT_AREA
                                                                     : GEO_IMPORT_MVT_LINE,
                                               .zoom_min = draw->zoom_min};
        good = add_feature(features, &group) != NULL &&
               add_dots(features, source, refs + shapes[i].ref_first, shapes[i].ref_count);
    }
    geo_import_list_finish(&sorted);
    return good ? GEO_OK : GEO_NO_MEMORY;
}

static enum geo_status add_roads(const struct geo_import_source *source,
                                 struct geo_import_features *features)
{
    struct geo_import_lines lines;
    const enum geo_status status = geo_import_join_roads(source, &lines);
    if (status != GEO_OK) {
        return status;
    }
    const struct geo_import_line *all = lines.lines.items;
    const struct geo_import_road *roads = source->roads.items;
    const uint32_t *nodes = lines.nodes.items;
    bool good = true;
    for (size_t i = 0; i < lines.lines.count && good; i++) {
        const struct geo_import_road *road = &roads[all[i].road];
        const struct geo_import_group group = {.layer = "road",
                                               .kind = classes[road->rule.road_class].name,
                                               .name = road->name,
                                               .ref = road->ref,
                                               .type = GEO_IMPORT_MVT_LINE,
                                               .zoom_min = classes[road->rule.road_class].zoom_min};
        good = add_feature(features, &group) != NULL &&
               add_dots(features, source, nodes + all[i].node_first, all[i].node_count);
    }
    geo_import_join_finish(&lines);
    return good ? GEO_OK : GEO_NO_MEMORY;
}

static enum geo_status add_places(const struct geo_import_source *source,
                                  struct geo_import_features *features)
{
    const struct geo_import_place *places = source->places.items;
    for (size_t i = 0; i < source->places.count; i++) {
        const struct geo_import_group group = {.layer = "place",
                                               .kind = places[i].kind,
                                               .name = places[i].name,
                                               .type = GEO_IMPORT_MVT_POINT,
                                               .zoom_min =
                                                   geo_import_draw_place_zoom(places[i].kind)};
        struct geo_import_feature *feature = add_feature(features, &group);
        const struct geo_import_dot dot = geo_import_feature_dot(places[i].at);
        if (feature == NULL || geo_import_list_append(&features->dots, &dot, 1) == NULL) {
            return GEO_NO_MEMORY;
        }
        feature->dot_count = 1;
    }
    return GEO_OK;
}

enum geo_status geo_import_feature_build(const struct geo_import_source *source,
                                         struct geo_import_features *features)
{
    *features =
        (struct geo_import_features){.groups = GEO_IMPORT_LIST_OF(struct geo_import_group),
                                     .features = GEO_IMPORT_LIST_OF(struct geo_import_feature),
                                     .dots = GEO_IMPORT_LIST_OF(struct geo_import_dot)};
    enum geo_status status = add_shapes(source, features);
    if (status == GEO_OK) {
        status = add_roads(source, features);
    }
    if (status == GEO_OK) {
        status = add_places(source, features);
    }
    if (status != GEO_OK) {
        geo_import_feature_finish(features);
    }
    return status;
}

void geo_import_feature_finish(struct geo_import_features *features)
{
    geo_import_list_finish(&features->groups);
    geo_import_list_finish(&features->features);
    geo_import_list_finish(&features->dots);
}
