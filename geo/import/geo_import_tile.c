#include "geo/import/geo_import_tile.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_cut.h"
#include "geo/import/geo_import_feature.h"

/* A tile is drawn 512 pixels wide, so a pixel is 8 units. */
#define PIXEL_UNITS 8

struct builder {
    const struct geo_import_source *source;
    struct geo_import_features features;
    struct geo_import_cut cut;
    struct geo_import_mvt mvt;
    struct geo_import_list line; /* struct geo_import_dot: the feature in hand */
    struct geo_import_tiles *out;
    struct geo_import_window window; /* of this zoom */
    uint32_t zoom;
    uint32_t area;        /* the outer ring whose holes may follow */
    int32_t detail_units; /* smaller details are left out of the tile in hand */
};

/* From world units to a zoom of 4096 = 2^12 units a tile. */
static int shift_of(uint32_t zoom)
{
    return (int)(GEO_IMPORT_WORLD_BITS - 12u - zoom);
}

/* Half a pixel; the last zoom is stretched by the page and keeps everything. */
static uint32_t tolerance_of(uint32_t zoom)
{
    return zoom == GEO_IMPORT_ZOOM_MAX ? 0 : PIXEL_UNITS / 2;
}

static bool is_speck(const struct geo_import_dot dots[], uint32_t count, int32_t side)
{
    for (uint32_t i = 1; i < count; i++) {
        if (abs(dots[i].x - dots[0].x) >= side || abs(dots[i].y - dots[0].y) >= side) {
            return false;
        }
    }
    return true;
}

/* The feature in this zoom's units, simplified; *count 0: nothing of it is to be seen. */
static enum geo_status scale_feature(struct builder *builder,
                                     const struct geo_import_feature *feature, bool is_area,
                                     uint32_t *count)
{
    const struct geo_import_dot *world = builder->features.dots.items;
    const int shift = shift_of(builder->zoom); /* 4096 = 2^12 a tile */
    *count = 0;
    builder->line.count = 0;
    struct geo_import_dot *dots =
        geo_import_list_append(&builder->line, world + feature->dot_first, feature->dot_count);
    if (dots == NULL) {
        return GEO_NO_MEMORY;
    }
    for (uint32_t i = 0; i < feature->dot_count; i++) {
        dots[i].x >>= shift;
        dots[i].y >>= shift;
    }
    const bool last = builder->zoom == GEO_IMPORT_ZOOM_MAX;
    const int32_t side = last ? 1 : is_area ? 2 * PIXEL_UNITS : PIXEL_UNITS / 2;
    if (feature->dot_count < 2 || is_speck(dots, feature->dot_count, side)) {
        return GEO_OK;
    }
    *count = feature->dot_count;
    return geo_import_cut_simplify(dots, count, tolerance_of(builder->zoom));
}

static enum geo_status place_point(struct builder *builder,
                                   const struct geo_import_feature *feature,
                                   struct geo_import_part part)
{
    const struct geo_import_dot *world = builder->features.dots.items;
    const int shift = shift_of(builder->zoom);
    const int32_t x = world[feature->dot_first].x >> shift;
    const int32_t y = world[feature->dot_first].y >> shift;
    part.x = (uint32_t)(x / GEO_IMPORT_MVT_EXTENT);
    part.y = (uint32_t)(y / GEO_IMPORT_MVT_EXTENT);
    if (part.x < builder->window.west || part.x > builder->window.east ||
        part.y < builder->window.north || part.y > builder->window.south) {
        return GEO_OK;
    }
    part.dot_first = builder->cut.dots.count;
    part.dot_count = 1;
    const struct geo_import_dot dot = {x % GEO_IMPORT_MVT_EXTENT, y % GEO_IMPORT_MVT_EXTENT};
    const bool good = geo_import_list_append(&builder->cut.dots, &dot, 1) != NULL &&
                      geo_import_list_append(&builder->cut.parts, &part, 1) != NULL;
    return good ? GEO_OK : GEO_NO_MEMORY;
}

static enum geo_status cut_feature(struct builder *builder,
                                   const struct geo_import_feature *feature)
{
    const struct geo_import_group *group =
        (const struct geo_import_group *)builder->features.groups.items + feature->group;
    const struct geo_import_part like = {
        .group = feature->group, .area = builder->area, .is_hole = feature->is_hole};
    const bool is_area = group->type == GEO_IMPORT_MVT_AREA;
    if (group->zoom_min > builder->zoom) {
        return GEO_OK;
    }
    if (group->type == GEO_IMPORT_MVT_POINT) {
        return place_point(builder, feature, like);
    }
    uint32_t count = 0;
    enum geo_status status = scale_feature(builder, feature, is_area, &count);
    if (status != GEO_OK || count < 2) {
        return status;
    }
    const struct geo_import_dot *dots = builder->line.items;
    if (!is_area) {
        return geo_import_cut_line(&builder->cut, dots, count, builder->window, like);
    }
    status = geo_import_cut_ring(&builder->cut, dots, count, builder->window, like);
    if (status == GEO_FULL) {
        builder->source->report->counts[GEO_IMPORT_AREAS_TOO_LARGE]++;
        return GEO_OK;
    }
    return status;
}

static int compare_parts(const void *a, const void *b)
{
    const struct geo_import_part *one = a;
    const struct geo_import_part *other = b;
    if (one->x != other->x) {
        return one->x < other->x ? -1 : 1;
    }
    if (one->y != other->y) {
        return one->y < other->y ? -1 : 1;
    }
    if (one->group != other->group) {
        return one->group < other->group ? -1 : 1;
    }
    return (one->dot_first > other->dot_first) - (one->dot_first < other->dot_first);
}

/* Too small a detail for a tile of too many? */
static bool is_left_out(const struct builder *builder, const struct geo_import_part *part)
{
    const struct geo_import_group *group =
        (const struct geo_import_group *)builder->features.groups.items + part->group;
    const struct geo_import_dot *dots =
        (const struct geo_import_dot *)builder->cut.dots.items + part->dot_first;
    return group->is_detail && is_speck(dots, part->dot_count, builder->detail_units);
}

/* Parts of one group in one tile: one feature. */
static void encode_group(struct builder *builder, const struct geo_import_part parts[],
                         size_t count)
{
    const struct geo_import_group *group =
        (const struct geo_import_group *)builder->features.groups.items + parts[0].group;
    const struct geo_import_dot *dots = builder->cut.dots.items;
    const struct geo_import_text *text = &builder->source->text;
    struct geo_import_mvt *mvt = &builder->mvt;
    geo_import_mvt_open_feature(mvt, (enum geo_import_mvt_type)group->type);
    uint32_t area = UINT32_MAX;
    for (size_t i = 0; i < count; i++) {
        if (is_left_out(builder, &parts[i]) || (parts[i].is_hole && parts[i].area != area)) {
            continue; /* a hole: what it is cut from is not drawn here */
        }
        area = parts[i].area;
        geo_import_mvt_path(mvt, dots + parts[i].dot_first, parts[i].dot_count);
    }
    if (area == UINT32_MAX) {
        return; /* an open feature that is never closed is nothing */
    }
    geo_import_mvt_tag(mvt, GEO_IMPORT_MVT_CLASS, group->kind);
    if (group->name != 0) {
        geo_import_mvt_tag(mvt, GEO_IMPORT_MVT_NAME, geo_import_text_at(text, group->name));
    }
    if (group->ref != 0) {
        geo_import_mvt_tag(mvt, GEO_IMPORT_MVT_REF, geo_import_text_at(text, group->ref));
    }
    geo_import_mvt_close_feature(mvt);
}

/* All layers of one tile, without what is smaller than builder->detail_units. */
static void encode_layers(struct builder *builder, const struct geo_import_part parts[],
                          size_t count)
{
    const struct geo_import_group *groups = builder->features.groups.items;
    const char *layer = NULL;
    size_t begin = 0;
    while (begin < count) {
        size_t end = begin;
        while (end < count && parts[end].group == parts[begin].group) {
            end++;
        }
        const char *next = groups[parts[begin].group].layer;
        if (layer == NULL || strcmp(layer, next) != 0) {
            if (layer != NULL) {
                geo_import_mvt_close_layer(&builder->mvt);
            }
            geo_import_mvt_open_layer(&builder->mvt, next);
            layer = next;
        }
        encode_group(builder, parts + begin, end - begin);
        begin = end;
    }
    geo_import_mvt_close_layer(&builder->mvt);
}

static enum geo_status encode_tile(struct builder *builder, const struct geo_import_part parts[],
                                   size_t count)
{
    builder->detail_units = 0;
    encode_layers(builder, parts, count);
    const bool is_large = builder->mvt.tile.count > GEO_IMPORT_TILE_BYTES_MAX;
    builder->source->report->counts[GEO_IMPORT_TILES_THINNED] += is_large;
    for (int32_t units = PIXEL_UNITS / 2;
         builder->mvt.tile.count > GEO_IMPORT_TILE_BYTES_MAX && units <= GEO_IMPORT_MVT_EXTENT;
         units *= 2) {
        builder->detail_units = units;
        builder->mvt.tile.count = 0;
        encode_layers(builder, parts, count);
    }
    struct geo_tile *tile = geo_import_list_add(&builder->out->tiles);
    if (tile == NULL) {
        return GEO_NO_MEMORY;
    }
    *tile = (struct geo_tile){.zoom = builder->zoom,
                              .x = parts[0].x,
                              .y = parts[0].y,
                              .offset = builder->out->bodies.count};
    const enum geo_status status = geo_import_mvt_take(&builder->mvt, &builder->out->bodies);
    tile->size = (uint32_t)(builder->out->bodies.count - tile->offset);
    return status;
}

/* The city's tiles at this zoom and GEO_IMPORT_TILE_MARGIN around them. */
static struct geo_import_window window_of(const struct builder *builder)
{
    const unsigned shift = GEO_IMPORT_WORLD_BITS - builder->zoom;
    const uint32_t last = (UINT32_C(1) << builder->zoom) - 1;
    const uint32_t margin = GEO_IMPORT_TILE_MARGIN;
    const uint32_t west = (uint32_t)builder->features.low.x >> shift;
    const uint32_t north = (uint32_t)builder->features.low.y >> shift;
    const uint32_t east = (uint32_t)builder->features.high.x >> shift;
    const uint32_t south = (uint32_t)builder->features.high.y >> shift;
    return (struct geo_import_window){.west = west < margin ? 0 : west - margin,
                                      .north = north < margin ? 0 : north - margin,
                                      .east = east + margin > last ? last : east + margin,
                                      .south = south + margin > last ? last : south + margin};
}

static enum geo_status build_zoom(struct builder *builder)
{
    builder->cut.parts.count = 0;
    builder->cut.dots.count = 0;
    builder->window = window_of(builder);
    enum geo_status status = GEO_OK;
    const struct geo_import_feature *features = builder->features.features.items;
    for (uint32_t i = 0; i < builder->features.features.count && status == GEO_OK; i++) {
        builder->area = features[i].is_hole ? builder->area : i;
        status = cut_feature(builder, &features[i]);
    }
    struct geo_import_part *parts = builder->cut.parts.items;
    const size_t count = builder->cut.parts.count;
    if (status == GEO_OK && count > 0) {
        qsort(parts, count, sizeof *parts, compare_parts);
    }
    size_t begin = 0;
    while (begin < count && status == GEO_OK) {
        size_t end = begin;
        while (end < count && parts[end].x == parts[begin].x && parts[end].y == parts[begin].y) {
            end++;
        }
        status = encode_tile(builder, parts + begin, end - begin);
        begin = end;
    }
    return status;
}

static enum geo_status build(struct builder *builder)
{
    enum geo_status status = geo_import_feature_build(builder->source, &builder->features);
    for (uint32_t zoom = GEO_IMPORT_ZOOM_MIN; zoom <= GEO_IMPORT_ZOOM_MAX && status == GEO_OK;
         zoom++) {
        geo_import_report_say(builder->source->options, "tiles", zoom - GEO_IMPORT_ZOOM_MIN,
                              GEO_IMPORT_ZOOM_MAX - GEO_IMPORT_ZOOM_MIN + 1);
        builder->zoom = zoom;
        status = build_zoom(builder);
    }
    builder->source->report->counts[GEO_IMPORT_TILES] = builder->out->tiles.count;
    return status;
}

enum geo_status geo_import_tile_build(const struct geo_import_source *source,
                                      struct geo_import_tiles *tiles)
{
    *tiles = (struct geo_import_tiles){.tiles = GEO_IMPORT_LIST_OF(struct geo_tile),
                                       .bodies = GEO_IMPORT_LIST_OF(char)};
    struct builder builder = {
        .source = source, .line = GEO_IMPORT_LIST_OF(struct geo_import_dot), .out = tiles};
    geo_import_cut_init(&builder.cut);
    geo_import_mvt_init(&builder.mvt);
    const enum geo_status status = build(&builder);
    geo_import_feature_finish(&builder.features);
    geo_import_cut_finish(&builder.cut);
    geo_import_mvt_finish(&builder.mvt);
    geo_import_list_finish(&builder.line);
    if (status != GEO_OK) {
        geo_import_tile_finish(tiles);
    }
    return status;
}

void geo_import_tile_finish(struct geo_import_tiles *tiles)
{
    geo_import_list_finish(&tiles->tiles);
    geo_import_list_finish(&tiles->bodies);
}
