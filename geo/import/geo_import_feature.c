#include "geo/import/geo_import_feature.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_join.h"
#include "geo/import/geo_import_label.h"
#include "geo/import/geo_import_sea.h"
#include "geo/import/geo_import_tile.h"

static const double pi = 3.14159265358979323846;
static const double lat_max_deg = 85.05112878; /* where the square of web mercator ends */

#define FLOOD_SAMPLES 1000u
#define LABEL_PIXELS  48 /* at its lowest zoom; at the last one half of it is enough */
#define SEA_MARGIN    (INT32_C(3) << (GEO_IMPORT_WORLD_BITS - 9)) /* three tiles of zoom 9 */

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
           one->ref == other->ref && one->type == other->type && one->zoom_min == other->zoom_min;
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

static bool is_coastline(const struct geo_import_shape *shape)
{
    return strcmp(shape->draw.kind, GEO_IMPORT_DRAW_COASTLINE) == 0;
}

static enum geo_status add_shapes(const struct geo_import_source *source,
                                  struct geo_import_features *features, bool with_coastlines)
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
        if (!with_coastlines && is_coastline(&shapes[i])) {
            continue;
        }
        const struct geo_import_group group = {.layer = draw->layer,
                                               .kind = draw->kind,
                                               .name = shapes[i].name,
                                               .type = draw->is_area ? GEO_IMPORT_MVT_AREA
                                                                     : GEO_IMPORT_MVT_LINE,
                                               .zoom_min = draw->zoom_min,
                                               .is_detail = true};
        struct geo_import_feature *feature = add_feature(features, &group);
        if (feature != NULL) {
            feature->is_hole = shapes[i].is_hole;
        }
        good = feature != NULL &&
               add_dots(features, source, refs + shapes[i].ref_first, shapes[i].ref_count);
    }
    geo_import_list_finish(&sorted);
    return good ? GEO_OK : GEO_NO_MEMORY;
}

/* Stretches of a coastline whose points are all there. */
static bool add_coasts(const struct geo_import_source *source, const struct geo_import_shape *shape,
                       struct geo_import_sea *sea)
{
    const struct geo_import_node *nodes = source->nodes.items;
    const uint32_t *refs = (const uint32_t *)source->refs.items + shape->ref_first;
    struct geo_import_coast coast = {.dot_first = sea->dots.count};
    for (uint32_t i = 0; i <= shape->ref_count; i++) {
        if (i < shape->ref_count && refs[i] != GEO_IMPORT_NO_NODE) {
            const struct geo_import_dot dot = geo_import_feature_dot(nodes[refs[i]].at);
            if (geo_import_list_append(&sea->dots, &dot, 1) == NULL) {
                return false;
            }
            coast.from = coast.dot_count == 0 ? refs[i] : coast.from;
            coast.to = refs[i];
            coast.dot_count++;
            continue;
        }
        if (coast.dot_count >= 2 && geo_import_list_append(&sea->coasts, &coast, 1) == NULL) {
            return false;
        }
        coast = (struct geo_import_coast){.dot_first = sea->dots.count};
    }
    return true;
}

/* Does the sea stand where most of the city's roads are? Then a coastline is the wrong way round.
 */
static bool is_flooded(const struct geo_import_source *source, const struct geo_import_sea *sea)
{
    const struct geo_import_road *roads = source->roads.items;
    const struct geo_import_node *nodes = source->nodes.items;
    const uint32_t *refs = source->refs.items;
    const size_t step = source->roads.count / FLOOD_SAMPLES + 1;
    size_t seen = 0;
    size_t wet = 0;
    for (size_t i = 0; i < source->roads.count; i += step) {
        const uint32_t ref = refs[roads[i].ref_first];
        if (ref != GEO_IMPORT_NO_NODE) {
            seen++;
            wet += geo_import_sea_holds(sea, geo_import_feature_dot(nodes[ref].at));
        }
    }
    return wet * 2 > seen;
}

static bool put_sea(const struct geo_import_sea *sea, struct geo_import_features *features)
{
    const struct geo_import_group group = {
        .layer = "water", .kind = "sea", .type = GEO_IMPORT_MVT_AREA, .zoom_min = 0};
    const struct geo_import_water *waters = sea->waters.items;
    const struct geo_import_dot *dots = sea->dots.items;
    for (size_t i = 0; i < sea->waters.count; i++) {
        struct geo_import_feature *feature = add_feature(features, &group);
        if (feature == NULL || geo_import_list_append(&features->dots, dots + waters[i].dot_first,
                                                      waters[i].dot_count) == NULL) {
            return false;
        }
        feature->dot_count = waters[i].dot_count;
        feature->is_hole = waters[i].is_hole;
    }
    return true;
}

/* A box SEA_MARGIN around the city, which is more than any zoom shows of what lies outside. */
static struct geo_import_sea sea_around(const struct geo_import_features *features)
{
    const int32_t last = (INT32_C(1) << GEO_IMPORT_WORLD_BITS) - 1;
    const struct geo_import_dot low = features->low;
    const struct geo_import_dot high = features->high;
    struct geo_import_sea sea;
    geo_import_sea_init(
        &sea,
        (struct geo_import_dot){low.x < SEA_MARGIN ? 0 : low.x - SEA_MARGIN,
                                low.y < SEA_MARGIN ? 0 : low.y - SEA_MARGIN},
        (struct geo_import_dot){high.x > last - SEA_MARGIN ? last : high.x + SEA_MARGIN,
                                high.y > last - SEA_MARGIN ? last : high.y + SEA_MARGIN});
    return sea;
}

/* *filled: the coastlines have become a sea, and are no lines any more. */
static enum geo_status add_sea(const struct geo_import_source *source,
                               struct geo_import_features *features, bool *filled)
{
    uint64_t *counts = source->report->counts;
    const struct geo_import_shape *shapes = source->shapes.items;
    struct geo_import_sea sea = sea_around(features);
    bool good = true;
    for (size_t i = 0; i < source->shapes.count && good; i++) {
        good = !is_coastline(&shapes[i]) || add_coasts(source, &shapes[i], &sea);
    }
    const uint64_t coasts = sea.coasts.count;
    enum geo_status status = good ? geo_import_sea_fill(&sea) : GEO_NO_MEMORY;
    *filled = status == GEO_OK && sea.waters.count > 0 && !is_flooded(source, &sea);
    counts[*filled ? GEO_IMPORT_COASTS_FILLED : GEO_IMPORT_COASTS_OPEN] += coasts;
    if (*filled && !put_sea(&sea, features)) {
        status = GEO_NO_MEMORY;
    }
    geo_import_sea_finish(&sea);
    return status == GEO_BAD_INPUT ? GEO_OK : status;
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
        const uint8_t zoom_min = classes[road->rule.road_class].zoom_min;
        const struct geo_import_group group = {.layer = "road",
                                               .kind = classes[road->rule.road_class].name,
                                               .name = road->name,
                                               .ref = road->ref,
                                               .type = GEO_IMPORT_MVT_LINE,
                                               .zoom_min = zoom_min,
                                               .is_detail =
                                                   zoom_min > classes[GEO_ROAD_STREET].zoom_min};
        good = add_feature(features, &group) != NULL &&
               add_dots(features, source, nodes + all[i].node_first, all[i].node_count);
    }
    geo_import_join_finish(&lines);
    return good ? GEO_OK : GEO_NO_MEMORY;
}

static bool add_point(struct geo_import_features *features, const struct geo_import_group *group,
                      struct geo_import_dot at)
{
    struct geo_import_feature *feature = add_feature(features, group);
    if (feature == NULL || geo_import_list_append(&features->dots, &at, 1) == NULL) {
        return false;
    }
    feature->dot_count = 1;
    return true;
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
        if (!add_point(features, &group, geo_import_feature_dot(places[i].at))) {
            return GEO_NO_MEMORY;
        }
    }
    return GEO_OK;
}

/* The lowest zoom at which a name of usual length fits into the area; past the last one: never. */
static uint8_t label_zoom(int32_t width, uint8_t zoom_min)
{
    const unsigned pixel_bits = GEO_IMPORT_WORLD_BITS - 9; /* 512 = 2^9 a tile */
    uint8_t zoom = zoom_min;
    while (zoom < GEO_IMPORT_ZOOM_MAX && width >> (pixel_bits - zoom) < LABEL_PIXELS) {
        zoom++;
    }
    return width >> (pixel_bits - zoom) < LABEL_PIXELS / 2 ? zoom + 1 : zoom;
}

/* The name of one area: the outer ring is feature `outer`, its holes end before `end`. */
static enum geo_status add_label(struct geo_import_features *features,
                                 struct geo_import_list *rings, size_t outer, size_t end)
{
    const struct geo_import_feature *all = features->features.items;
    const struct geo_import_dot *dots = features->dots.items;
    struct geo_import_group group =
        ((const struct geo_import_group *)features->groups.items)[all[outer].group];
    rings->count = 0;
    for (size_t i = outer; i < end; i++) {
        const struct geo_import_label_ring ring = {dots + all[i].dot_first, all[i].dot_count};
        if (geo_import_list_append(rings, &ring, 1) == NULL) {
            return GEO_NO_MEMORY;
        }
    }
    struct geo_import_dot at = {0, 0};
    int32_t width = 0;
    const enum geo_status status = geo_import_label_place(rings->items, rings->count, &at, &width);
    group.kind = group.layer; /* "water", "green" */
    group.layer = "place";
    group.type = GEO_IMPORT_MVT_POINT;
    group.is_detail = false;
    group.zoom_min = label_zoom(width, group.zoom_min);
    if (status != GEO_OK || group.zoom_min > GEO_IMPORT_ZOOM_MAX) {
        return status;
    }
    return add_point(features, &group, at) ? GEO_OK : GEO_NO_MEMORY;
}

/* Names of the areas among the first `count` features. */
static enum geo_status add_labels(struct geo_import_features *features, size_t count)
{
    struct geo_import_list rings = GEO_IMPORT_LIST_OF(struct geo_import_label_ring);
    enum geo_status status = GEO_OK;
    size_t outer = 0;
    while (outer < count && status == GEO_OK) {
        const struct geo_import_feature *all = features->features.items;
        const struct geo_import_group *group =
            (const struct geo_import_group *)features->groups.items + all[outer].group;
        size_t end = outer + 1;
        while (end < count && all[end].is_hole) {
            end++;
        }
        if (group->type == GEO_IMPORT_MVT_AREA && group->name != 0) {
            status = add_label(features, &rings, outer, end);
        }
        outer = end;
    }
    geo_import_list_finish(&rings);
    return status;
}

static void widen(struct geo_import_features *features, struct geo_import_dot dot)
{
    features->low.x = dot.x < features->low.x ? dot.x : features->low.x;
    features->low.y = dot.y < features->low.y ? dot.y : features->low.y;
    features->high.x = dot.x > features->high.x ? dot.x : features->high.x;
    features->high.y = dot.y > features->high.y ? dot.y : features->high.y;
}

/* The box of the roads' points. */
static void measure(const struct geo_import_source *source, struct geo_import_features *features)
{
    const struct geo_import_road *roads = source->roads.items;
    const struct geo_import_node *nodes = source->nodes.items;
    const uint32_t *refs = source->refs.items;
    features->low = (struct geo_import_dot){INT32_MAX, INT32_MAX};
    features->high = (struct geo_import_dot){0, 0};
    for (size_t i = 0; i < source->roads.count; i++) {
        for (uint32_t k = 0; k < roads[i].ref_count; k++) {
            const uint32_t ref = refs[roads[i].ref_first + k];
            if (ref != GEO_IMPORT_NO_NODE) {
                widen(features, geo_import_feature_dot(nodes[ref].at));
            }
        }
    }
}

enum geo_status geo_import_feature_build(const struct geo_import_source *source,
                                         struct geo_import_features *features)
{
    *features =
        (struct geo_import_features){.groups = GEO_IMPORT_LIST_OF(struct geo_import_group),
                                     .features = GEO_IMPORT_LIST_OF(struct geo_import_feature),
                                     .dots = GEO_IMPORT_LIST_OF(struct geo_import_dot)};
    measure(source, features);
    bool is_filled = false;
    enum geo_status status = add_sea(source, features, &is_filled);
    if (status == GEO_OK) {
        status = add_shapes(source, features, !is_filled);
    }
    const size_t area_count = features->features.count;
    if (status == GEO_OK) {
        status = add_roads(source, features);
    }
    if (status == GEO_OK) {
        status = add_places(source, features);
    }
    if (status == GEO_OK) {
        status = add_labels(features, area_count);
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
