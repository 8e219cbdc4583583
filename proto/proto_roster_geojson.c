/* A roster in GeoJSON (RFC 7946): a FeatureCollection of Points, of outlines of districts or
 * areas, or of plans, which have no geometry. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proto_parse.h"
#include "proto/proto_row.h"
#include "proto/proto_text.h"

#define NUMBER_SIZE 24u
#define LIST_SIZE   256u /* 16 codes joined take 255 bytes, and the NUL */
#define WHOLE_MAX   9007199254740992.0
#define RING_MIN    4u /* a triangle and its first corner again */

/* ---- Where features begin, for the errors: the tree does not know ---- */

struct scan {
    const char *text;
    size_t size, at;
    uint32_t line, column;
    uint32_t depth;
};

/* Past one byte, or past a whole text. The input was parsed: it is JSON. */
static void scan_byte(struct scan *scan)
{
    const char byte = scan->text[scan->at];
    scan->at++;
    if (byte == '\n') {
        scan->line++;
        scan->column = 1;
    } else if (((unsigned char)byte & 0xC0u) != 0x80u) {
        scan->column++;
    }
}

static void scan_token(struct scan *scan)
{
    const char byte = scan->text[scan->at];
    scan_byte(scan);
    if (byte == '{' || byte == '[') {
        scan->depth++;
    } else if (byte == '}' || byte == ']') {
        scan->depth--;
    } else if (byte == '"') {
        while (scan->text[scan->at] != '"') {
            if (scan->text[scan->at] == '\\') {
                scan_byte(scan);
            }
            scan_byte(scan);
        }
        scan_byte(scan);
    }
}

static bool is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static void scan_space(struct scan *scan)
{
    while (scan->at < scan->size && is_space(scan->text[scan->at])) {
        scan_byte(scan);
    }
}

/* To just behind the bracket that opens the list "features" of the outermost object. */
static void scan_features(struct scan *scan)
{
    static const char name[] = "\"features\"";
    bool is_next = false;
    while (scan->at < scan->size) {
        const char *token = scan->text + scan->at;
        if (is_next && *token == '[') {
            scan_token(scan);
            return;
        }
        if (scan->depth == 1 && *token == '"') {
            is_next =
                scan->size - scan->at >= strlen(name) && memcmp(token, name, strlen(name)) == 0;
        }
        scan_token(scan);
        scan_space(scan);
    }
}

/* The place of the next value of that list; then goes past it. */
static struct proto_roster_at scan_feature(struct scan *scan)
{
    while (scan->at < scan->size &&
           (is_space(scan->text[scan->at]) || scan->text[scan->at] == ',')) {
        scan_byte(scan);
    }
    const struct proto_roster_at at = {.line = scan->line, .column = scan->column};
    while (scan->at < scan->size &&
           (scan->depth > 2 || (scan->text[scan->at] != ',' && scan->text[scan->at] != ']'))) {
        scan_token(scan);
    }
    return at;
}

/* ---- Properties ---- */

/* What CSV joins by + is a list here. */
static const enum proto_column list_columns[] = {
    PROTO_COLUMN_CAPABILITIES, PROTO_COLUMN_TYPES,  PROTO_COLUMN_PRIORITIES, PROTO_COLUMN_TIER_1,
    PROTO_COLUMN_TIER_3,       PROTO_COLUMN_TIER_5, PROTO_COLUMN_STOPS};
#define LIST_COLUMN_COUNT (sizeof(list_columns) / sizeof(list_columns[0]))

struct feature {
    struct proto_roster *roster;
    struct proto_row row;
    char numbers[PROTO_COLUMN_COUNT][NUMBER_SIZE];
    char lists[LIST_COLUMN_COUNT][LIST_SIZE];
    bool is_good;
};

static void refuse(struct feature *feature, const char *what, const char *sentence)
{
    proto_row_refuse(feature->roster, feature->row.at, what, sentence, NULL);
    feature->is_good = false;
}

static void set_text(struct proto_cell *cell, const char *bytes, size_t size)
{
    cell->bytes = bytes;
    cell->size = size;
}

static void set_number(struct feature *feature, enum proto_column column, int64_t number)
{
    struct proto_line line = proto_line_start(feature->numbers[column], NUMBER_SIZE);
    proto_line_int(&line, number);
    set_text(&feature->row.cells[column], feature->numbers[column], line.size);
}

/* LIST_COLUMN_COUNT: it holds no list. */
static size_t find_list(enum proto_column column)
{
    size_t i = 0;
    while (i < LIST_COLUMN_COUNT && list_columns[i] != column) {
        i++;
    }
    return i;
}

/* ["armed","fire"] as armed+fire, of priorities [1,2] as 1+2. */
static void set_list(struct feature *feature, enum proto_column column, const json_t *list)
{
    char *bytes = feature->lists[find_list(column)];
    struct proto_line line = proto_line_start(bytes, LIST_SIZE);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        proto_line_text(&line, i > 0 ? "+" : "");
        if (json_is_integer(item) && column == PROTO_COLUMN_PRIORITIES) {
            proto_line_int(&line, json_integer_value(item));
        } else if (json_is_string(item)) {
            proto_line_text_n(&line, json_string_value(item), json_string_length(item));
        } else {
            refuse(feature, proto_column_name(column),
                   column == PROTO_COLUMN_PRIORITIES ? "must be a list of whole numbers"
                                                     : "must be a list of texts");
            return;
        }
    }
    if (line.cut) {
        refuse(feature, proto_column_name(column), "is too long");
        return;
    }
    set_text(&feature->row.cells[column], bytes, line.size);
}

static bool is_whole(double number)
{
    return number >= -WHOLE_MAX && number <= WHOLE_MAX &&
           !((double)(int64_t)number < number || (double)(int64_t)number > number);
}

/* Tools write 300.0 for 300 and true for 1: both are taken. */
static void set_cell(struct feature *feature, enum proto_column column, const json_t *value)
{
    if (json_is_string(value)) {
        set_text(&feature->row.cells[column], json_string_value(value), json_string_length(value));
    } else if (json_is_integer(value)) {
        set_number(feature, column, json_integer_value(value));
    } else if (json_is_real(value) && is_whole(json_real_value(value))) {
        set_number(feature, column, (int64_t)json_real_value(value));
    } else if (json_is_boolean(value)) {
        set_number(feature, column, json_is_true(value) ? 1 : 0);
    } else if (json_is_array(value) && find_list(column) < LIST_COLUMN_COUNT) {
        set_list(feature, column, value);
    } else if (!json_is_null(value)) {
        refuse(feature, proto_column_name(column), "must be a text or a whole number");
    }
}

static void read_properties(struct feature *feature, json_t *properties)
{
    for (uint32_t i = 0; i < PROTO_COLUMN_COUNT; i++) {
        set_text(&feature->row.cells[i], "", 0);
    }
    if (!json_is_object(properties)) {
        refuse(feature, "properties", "must be an object");
        return;
    }
    for (void *i = json_object_iter(properties); i != NULL;
         i = json_object_iter_next(properties, i)) {
        const char *name = json_object_iter_key(i);
        const enum proto_column column = proto_column_find(name, strlen(name));
        if (column == PROTO_COLUMN_LAT || column == PROTO_COLUMN_LON) {
            refuse(feature, name, "belongs into the geometry");
        } else if (column == PROTO_COLUMN_COUNT ||
                   !proto_column_allowed(feature->roster->kind, column)) {
            refuse(feature, name, "is not a property of this kind of roster");
        } else {
            set_cell(feature, column, json_object_iter_value(i));
        }
    }
}

/* ---- Geometry ---- */

static bool within(double degrees, double bound)
{
    return degrees >= -bound && degrees <= bound;
}

/* [lon, lat] and perhaps a height. NULL: it is one; else what is wrong. */
static const char *read_position(const json_t *position, struct proto_place *place)
{
    const size_t count = json_array_size(position); /* 0 of what is not a list */
    const json_t *lon = json_array_get(position, 0);
    const json_t *lat = json_array_get(position, 1);
    if (count < 2 || count > 3 || !json_is_number(lon) || !json_is_number(lat)) {
        return "must be [lon, lat]";
    }
    const double east = json_number_value(lon);
    const double north = json_number_value(lat);
    if (!within(north, 90.0) && within(north, 180.0) && within(east, 90.0)) {
        return "must be [lon, lat]; they look exchanged";
    }
    if (!within(north, 90.0) || !within(east, 180.0)) {
        return "must be degrees: lon -180 to 180, lat -90 to 90";
    }
    *place = (struct proto_place){.lat_e7 = proto_parse_e7(north), .lon_e7 = proto_parse_e7(east)};
    return NULL;
}

static bool is_type(const json_t *object, const char *type)
{
    const char *text = json_string_value(json_object_get(object, "type"));
    return text != NULL && strcmp(text, type) == 0;
}

static void read_point(struct feature *feature, const json_t *geometry)
{
    feature->row.has_geometry = true;
    if (json_is_null(geometry)) {
        return;
    }
    if (!is_type(geometry, "Point")) {
        refuse(feature, "geometry", "must be a Point or null");
        return;
    }
    const char *wrong =
        read_position(json_object_get(geometry, "coordinates"), &feature->row.place);
    if (wrong != NULL) {
        refuse(feature, "coordinates", wrong);
    }
    feature->row.has_place = wrong == NULL;
}

static bool same_place(struct proto_place a, struct proto_place b)
{
    return a.lat_e7 == b.lat_e7 && a.lon_e7 == b.lon_e7;
}

static struct proto_roster_outline *last_outline(struct feature *feature)
{
    assert(feature->roster->outline_count > 0);
    return &feature->roster->outlines[feature->roster->outline_count - 1];
}

static bool add_point(struct feature *feature, struct proto_place place)
{
    struct proto_roster *roster = feature->roster;
    struct proto_place *points =
        proto_row_grow(roster, roster->points, roster->point_count, sizeof(*points));
    if (points == NULL) {
        return false;
    }
    roster->points = points;
    points[roster->point_count] = place;
    roster->point_count++;
    last_outline(feature)->point_count++;
    return true;
}

static bool add_ring(struct feature *feature, uint32_t point_count)
{
    struct proto_roster *roster = feature->roster;
    uint32_t *sizes =
        proto_row_grow(roster, roster->ring_sizes, roster->ring_count, sizeof(*sizes));
    if (sizes == NULL) {
        return false;
    }
    roster->ring_sizes = sizes;
    sizes[roster->ring_count] = point_count;
    roster->ring_count++;
    last_outline(feature)->ring_count++;
    return true;
}

/* Meant to go the other way round the earth (RFC 7946, 3.1.9), or nonsense. */
static bool is_beyond_half(struct proto_place a, struct proto_place b)
{
    const int64_t east_e7 = (int64_t)b.lon_e7 - a.lon_e7;
    return east_e7 > 1800000000 || east_e7 < -1800000000;
}

static void read_ring(struct feature *feature, const json_t *ring)
{
    const size_t count = json_array_size(ring);
    if (count < RING_MIN) {
        refuse(feature, "coordinates", "have a ring of fewer than 4 positions");
        return;
    }
    if (last_outline(feature)->ring_count >= PROTO_ROSTER_RINGS_MAX) {
        refuse(feature, "coordinates", "have more than 16 rings");
        return;
    }
    if (count - 1 > PROTO_ROSTER_POINTS_MAX - last_outline(feature)->point_count) {
        refuse(feature, "coordinates", "have more than 2048 points: simplify the outline");
        return;
    }
    struct proto_place first = {0};
    struct proto_place before = {0};
    for (size_t i = 0; i < count; i++) {
        struct proto_place place = {0};
        const char *wrong = read_position(json_array_get(ring, i), &place);
        if (wrong != NULL) {
            refuse(feature, "coordinates", wrong);
            return;
        }
        first = i == 0 ? place : first;
        if (i > 0 && is_beyond_half(before, place)) {
            refuse(feature, "coordinates",
                   "have a side of more than 180 degrees: cut the outline at the 180th meridian");
            return;
        }
        before = place;
        if (i + 1 < count && !add_point(feature, place)) {
            return;
        }
        if (i + 1 == count && !same_place(first, place)) {
            refuse(feature, "coordinates", "have a ring that is not closed");
            return;
        }
    }
    (void)add_ring(feature, (uint32_t)count - 1);
}

_Static_assert(PROTO_ROSTER_RINGS_MAX == 16, "the sentence says so");
_Static_assert(PROTO_ROSTER_POINTS_MAX == 2048, "the sentence says so");

static void read_polygon(struct feature *feature, const json_t *rings)
{
    if (json_array_size(rings) == 0) {
        refuse(feature, "coordinates", "must be a list of rings");
    }
    for (size_t i = 0; i < json_array_size(rings) && feature->is_good; i++) {
        read_ring(feature, json_array_get(rings, i));
    }
}

static void read_outline(struct feature *feature, const json_t *geometry)
{
    const json_t *coordinates = json_object_get(geometry, "coordinates");
    if (is_type(geometry, "Polygon")) {
        read_polygon(feature, coordinates);
        return;
    }
    if (!is_type(geometry, "MultiPolygon") || json_array_size(coordinates) == 0) {
        refuse(feature, "geometry", "must be a Polygon or a MultiPolygon");
        return;
    }
    for (size_t i = 0; i < json_array_size(coordinates) && feature->is_good; i++) {
        read_polygon(feature, json_array_get(coordinates, i));
    }
}

/* ---- Features ---- */

static void read_feature(struct proto_roster *roster, json_t *object, struct proto_roster_at at)
{
    struct feature feature = {.roster = roster, .row.at = at, .is_good = true};
    const uint32_t errors_before = roster->error_count;
    if (!is_type(object, "Feature")) {
        refuse(&feature, NULL, "every one of \"features\" must be a Feature");
        return;
    }
    const json_t *geometry = json_object_get(object, "geometry");
    if (geometry == NULL) {
        refuse(&feature, "geometry", "is missing");
        return;
    }
    read_properties(&feature, json_object_get(object, "properties"));
    const bool has_outline =
        roster->kind == PROTO_ROSTER_DISTRICTS || roster->kind == PROTO_ROSTER_AREAS;
    if (roster->kind == PROTO_ROSTER_PLANS || roster->kind == PROTO_ROSTER_ROUTES) {
        if (!json_is_null(geometry)) {
            refuse(&feature, "geometry",
                   roster->kind == PROTO_ROSTER_PLANS
                       ? "must be null: a plan's place is its circle's"
                       : "must be null: a route's places are those of its stops");
        }
    } else if (!has_outline) {
        read_point(&feature, geometry);
    }
    if (!feature.is_good) {
        return;
    }
    proto_row_take(roster, &feature.row);
    if (has_outline && roster->error_count == errors_before && !roster->no_memory) {
        read_outline(&feature, geometry);
    }
}

static void read_collection(struct proto_roster *roster, const json_t *root, const char *text,
                            size_t size)
{
    const struct proto_roster_at top = {1, 1};
    json_t *features = json_object_get(root, "features");
    if (!is_type(root, "FeatureCollection") || !json_is_array(features)) {
        proto_roster_refuse(roster, top, "the file must be a FeatureCollection with \"features\"");
        return;
    }
    struct scan scan = {.text = text, .size = size, .line = 1, .column = 1};
    scan_space(&scan);
    scan_features(&scan);
    for (size_t i = 0; i < json_array_size(features) && !proto_row_done(roster); i++) {
        read_feature(roster, json_array_get(features, i), scan_feature(&scan));
    }
}

bool proto_roster_read_geojson(struct proto_roster *roster, enum proto_roster_kind kind,
                               const char *text, size_t size)
{
    assert(kind < PROTO_ROSTER_KIND_COUNT);
    *roster = (struct proto_roster){.kind = kind};
    struct proto_error error;
    struct proto_parse_place place;
    json_t *root = proto_parse_at(text, size, PROTO_ROSTER_BYTES_MAX, &error, &place);
    if (root == NULL) {
        const struct proto_roster_at at = {(uint32_t)place.line, (uint32_t)place.column};
        roster->no_memory = error.code == PROTO_BUSY;
        proto_roster_refuse(roster, at, error.detail);
        return false;
    }
    read_collection(roster, root, text, size);
    json_decref(root);
    return proto_row_finish(roster);
}
