#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_area.h"
#include "geo/import/geo_import_read.h"

/* A FeatureCollection of OSM ways, as overpass-turbo and osmtogeojson write them. There are no node
 * ids: a point's id is its coordinates, so ways cross where their coordinates are equal. A polygon
 * with holes is a relation there, of ways that have names nowhere else: -1, -2 ... */

struct state {
    struct geo_import_source *source;
    const char *path;
    struct geo_import_list tags;    /* struct geo_import_tag */
    struct geo_import_list ids;     /* int64_t */
    struct geo_import_list members; /* struct geo_import_member: of the polygon in hand */
    int64_t rings;                  /* made into ways */
    size_t feature;                 /* where we are, for the error text */
    const char *feature_id;
};

static enum geo_status refuse(const struct state *state, const char *what)
{
    return geo_import_report_fail(state->source->report, GEO_BAD_INPUT,
                                  "%s: features[%zu]%s%s%s: %s", state->path, state->feature,
                                  state->feature_id == NULL ? "" : " (",
                                  state->feature_id == NULL ? "" : state->feature_id,
                                  state->feature_id == NULL ? "" : ")", what);
}

static int64_t id_of(struct geo_point at)
{
    return (int64_t)((uint64_t)(uint32_t)at.lat_e7 << 32 | (uint32_t)at.lon_e7);
}

/* [longitude, latitude] and, ignored, height. */
static enum geo_status read_position(const struct state *state, const json_t *position,
                                     size_t index, struct geo_point *at)
{
    const json_t *lon = json_array_get(position, 0);
    const json_t *lat = json_array_get(position, 1);
    if (!json_is_number(lon) || !json_is_number(lat)) {
        char text[96];
        (void)snprintf(text, sizeof text, "coordinates[%zu] is not [longitude, latitude]", index);
        return refuse(state, text);
    }
    if (!geo_import_source_point(json_number_value(lat), json_number_value(lon), at)) {
        char text[192];
        (void)snprintf(text, sizeof text,
                       "coordinates[%zu]: longitude %.7g, latitude %.7g is no place on Earth "
                       "(GeoJSON wants longitude first)",
                       index, json_number_value(lon), json_number_value(lat));
        return refuse(state, text);
    }
    return GEO_OK;
}

/* Some tools write "maxspeed": 50 and "oneway": true. */
static bool make_text(json_t *properties, void *item)
{
    const json_t *value = json_object_iter_value(item);
    json_t *text = NULL;
    if (json_is_integer(value)) {
        text = json_sprintf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        text = json_sprintf("%.10g", json_real_value(value));
    } else if (json_is_boolean(value)) {
        text = json_string(json_is_true(value) ? "yes" : "no");
    } else {
        return true;
    }
    return json_object_iter_set_new(properties, item, text) == 0;
}

static enum geo_status read_tags(struct state *state, json_t *properties,
                                 struct geo_import_tags *tags)
{
    state->tags.count = 0;
    for (void *item = json_object_iter(properties); item != NULL;
         item = json_object_iter_next(properties, item)) {
        if (!make_text(properties, item)) {
            return GEO_NO_MEMORY;
        }
        const char *value = json_string_value(json_object_iter_value(item));
        if (value == NULL) {
            continue; /* null, arrays and objects are no OSM tags */
        }
        struct geo_import_tag *tag = geo_import_list_add(&state->tags);
        if (tag == NULL) {
            return GEO_NO_MEMORY;
        }
        *tag = (struct geo_import_tag){.key = json_object_iter_key(item), .value = value};
    }
    *tags = (struct geo_import_tags){.items = state->tags.items, .count = state->tags.count};
    return GEO_OK;
}

static enum geo_status read_way(struct state *state, int64_t way_id, const json_t *line,
                                struct geo_import_tags tags)
{
    const struct geo_import_tags no_tags = {NULL, 0};
    if (!json_is_array(line)) {
        return refuse(state, "coordinates are not an array");
    }
    state->ids.count = 0;
    for (size_t i = 0; i < json_array_size(line); i++) {
        struct geo_point at = {0, 0};
        enum geo_status status = read_position(state, json_array_get(line, i), i, &at);
        if (status == GEO_OK) {
            status = geo_import_source_node(state->source, id_of(at), at, no_tags);
        }
        int64_t *id = status == GEO_OK ? geo_import_list_add(&state->ids) : NULL;
        if (id == NULL) {
            return status == GEO_OK ? GEO_NO_MEMORY : status;
        }
        *id = id_of(at);
        state->source->report->counts[GEO_IMPORT_NODES_READ]++;
    }
    state->source->report->counts[GEO_IMPORT_WAYS_READ]++;
    const struct geo_import_way way = {
        .id = way_id, .ids = state->ids.items, .count = state->ids.count};
    return geo_import_source_way(state->source, way, tags);
}

static enum geo_status read_line(struct state *state, const json_t *line,
                                 struct geo_import_tags tags)
{
    return read_way(state, 0, line, tags);
}

/* As ogr2ogr and QGIS write every line; each of its lines is a way. */
static enum geo_status read_lines(struct state *state, const json_t *lines,
                                  struct geo_import_tags tags)
{
    if (!json_is_array(lines)) {
        return refuse(state, "coordinates are not an array");
    }
    enum geo_status status = GEO_OK;
    for (size_t i = 0; i < json_array_size(lines) && status == GEO_OK; i++) {
        status = read_line(state, json_array_get(lines, i), tags);
    }
    return status;
}

/* The rings of one polygon as members of the area in hand. */
static enum geo_status read_rings(struct state *state, const json_t *rings)
{
    const struct geo_import_tags no_tags = {NULL, 0};
    if (!json_is_array(rings)) {
        return refuse(state, "coordinates are not an array");
    }
    enum geo_status status = GEO_OK;
    for (size_t i = 0; i < json_array_size(rings) && status == GEO_OK; i++) {
        const struct geo_import_member member = {.kind = GEO_IMPORT_MEMBER_WAY,
                                                 .id = -++state->rings,
                                                 .role = i == 0 ? "outer" : "inner"};
        status = read_way(state, member.id, json_array_get(rings, i), no_tags);
        if (status == GEO_OK && geo_import_list_append(&state->members, &member, 1) == NULL) {
            status = GEO_NO_MEMORY;
        }
    }
    return status;
}

static enum geo_status put_area(struct state *state, enum geo_status status,
                                struct geo_import_tags tags)
{
    const struct geo_import_members members = {.items = state->members.items,
                                               .count = state->members.count};
    return status == GEO_OK ? geo_import_area_add(state->source, members, tags) : status;
}

/* One ring is a closed way, which may be a road, too. */
static enum geo_status read_polygon(struct state *state, const json_t *rings,
                                    struct geo_import_tags tags)
{
    if (json_array_size(rings) < 2) {
        return read_line(state, json_array_get(rings, 0), tags);
    }
    state->members.count = 0;
    return put_area(state, read_rings(state, rings), tags);
}

static enum geo_status read_polygons(struct state *state, const json_t *polygons,
                                     struct geo_import_tags tags)
{
    if (!json_is_array(polygons)) {
        return refuse(state, "coordinates are not an array");
    }
    state->members.count = 0;
    enum geo_status status = GEO_OK;
    for (size_t i = 0; i < json_array_size(polygons) && status == GEO_OK; i++) {
        status = read_rings(state, json_array_get(polygons, i));
    }
    return put_area(state, status, tags);
}

static enum geo_status read_point(struct state *state, const json_t *position,
                                  struct geo_import_tags tags)
{
    struct geo_point at = {0, 0};
    const enum geo_status status = read_position(state, position, 0, &at);
    state->source->report->counts[GEO_IMPORT_NODES_READ]++;
    return status == GEO_OK ? geo_import_source_node(state->source, id_of(at), at, tags) : status;
}

static enum geo_status read_feature(struct state *state, const json_t *feature)
{
    state->feature_id = json_string_value(json_object_get(feature, "id"));
    if (!json_is_object(feature)) {
        return refuse(state, "not an object");
    }
    const json_t *geometry = json_object_get(feature, "geometry");
    const char *type = json_string_value(json_object_get(geometry, "type"));
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    struct geo_import_tags tags;
    const enum geo_status status = read_tags(state, json_object_get(feature, "properties"), &tags);
    if (status != GEO_OK) {
        return status;
    }
    if (json_is_null(geometry)) { /* RFC 7946: a feature without a place */
        state->source->report->counts[GEO_IMPORT_DROPPED_GEOMETRY]++;
        return GEO_OK;
    }
    if (type == NULL) {
        return refuse(state, "it has no geometry with a type");
    }
    if (strcmp(type, "LineString") == 0) {
        return read_line(state, coordinates, tags);
    }
    if (strcmp(type, "MultiLineString") == 0) {
        return read_lines(state, coordinates, tags);
    }
    if (strcmp(type, "Polygon") == 0) {
        return read_polygon(state, coordinates, tags);
    }
    if (strcmp(type, "MultiPolygon") == 0) {
        return read_polygons(state, coordinates, tags);
    }
    if (strcmp(type, "Point") == 0) {
        return read_point(state, coordinates, tags);
    }
    state->source->report->counts[GEO_IMPORT_DROPPED_GEOMETRY]++;
    return GEO_OK;
}

static enum geo_status read_collection(struct state *state, const json_t *root)
{
    struct geo_import_report *report = state->source->report;
    const char *type = json_string_value(json_object_get(root, "type"));
    const json_t *features = json_object_get(root, "features");
    if (type == NULL || strcmp(type, "FeatureCollection") != 0 || !json_is_array(features)) {
        return geo_import_report_fail(
            report, GEO_BAD_INPUT,
            "%s: not a GeoJSON FeatureCollection (\"type\" or \"features\" is "
            "missing)",
            state->path);
    }
    enum geo_status status = GEO_OK;
    const size_t count = json_array_size(features);
    for (size_t i = 0; i < count && status == GEO_OK; i++) {
        state->feature = i;
        report->counts[GEO_IMPORT_FEATURES_READ]++;
        status = read_feature(state, json_array_get(features, i));
        if (i % 4096 == 0) {
            geo_import_report_say(state->source->options, "read", i, count);
        }
    }
    return status;
}

enum geo_status geo_import_geojson_read(struct geo_import_source *source, const char *path,
                                        const char *bytes, size_t size)
{
    static const char mark[] = {'\xef', '\xbb', '\xbf'}; /* some editors put it before the text */
    if (size >= sizeof mark && memcmp(bytes, mark, sizeof mark) == 0) {
        bytes += sizeof mark;
        size -= sizeof mark;
    }
    json_error_t error;
    json_t *root = json_loadb(bytes, size, 0, &error);
    if (root == NULL) {
        return geo_import_report_fail(source->report, GEO_BAD_INPUT, "%s:%d:%d: broken JSON: %s",
                                      path, error.line, error.column, error.text);
    }
    struct state state = {.source = source,
                          .path = path,
                          .tags = GEO_IMPORT_LIST_OF(struct geo_import_tag),
                          .ids = GEO_IMPORT_LIST_OF(int64_t),
                          .members = GEO_IMPORT_LIST_OF(struct geo_import_member)};
    const enum geo_status status = read_collection(&state, root);
    geo_import_list_finish(&state.tags);
    geo_import_list_finish(&state.ids);
    geo_import_list_finish(&state.members);
    json_decref(root);
    return status;
}

enum geo_status geo_import_geojson_read_file(struct geo_import_source *source, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return geo_import_report_io(source->report, path, "cannot open");
    }
    struct geo_import_list bytes = GEO_IMPORT_LIST_OF(char);
    enum geo_status status = GEO_OK;
    size_t got = 1;
    while (status == GEO_OK && got > 0) {
        const size_t step = bytes.count < 65536 ? 65536 : bytes.count;
        char *slot = geo_import_list_append(&bytes, NULL, step);
        if (slot == NULL) {
            status = GEO_NO_MEMORY;
            break;
        }
        got = fread(slot, 1, step, file);
        bytes.count -= step - got;
    }
    if (status == GEO_OK && ferror(file)) {
        status = geo_import_report_io(source->report, path, "cannot read");
    }
    (void)fclose(file);
    if (status == GEO_OK) {
        status = geo_import_geojson_read(source, path, bytes.items, bytes.count);
    }
    geo_import_list_finish(&bytes);
    return status;
}
