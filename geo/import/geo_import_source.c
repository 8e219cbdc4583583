#include "geo/import/geo_import_source.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_area.h"

bool geo_import_source_point(double lat, double lon, struct geo_point *out)
{
    if (!(lat >= -90.0 && lat <= 90.0 && lon >= -180.0 && lon <= 180.0)) { /* false on NaN too */
        return false;
    }
    out->lat_e7 = (int32_t)lround(lat * 1e7);
    out->lon_e7 = (int32_t)lround(lon * 1e7);
    return true;
}

enum geo_status geo_import_source_init(struct geo_import_source *source,
                                       const struct geo_import_options *options,
                                       struct geo_import_report *report)
{
    *source = (struct geo_import_source){
        .nodes = GEO_IMPORT_LIST_OF(struct geo_import_node),
        .barriers = GEO_IMPORT_LIST_OF(struct geo_import_barrier),
        .ids = GEO_IMPORT_LIST_OF(int64_t),
        .spare_ids = GEO_IMPORT_LIST_OF(int64_t),
        .refs = GEO_IMPORT_LIST_OF(uint32_t),
        .ways = GEO_IMPORT_LIST_OF(struct geo_import_known_way),
        .areas = GEO_IMPORT_LIST_OF(struct geo_import_area),
        .area_members = GEO_IMPORT_LIST_OF(struct geo_import_area_member),
        .roads = GEO_IMPORT_LIST_OF(struct geo_import_road),
        .shapes = GEO_IMPORT_LIST_OF(struct geo_import_shape),
        .places = GEO_IMPORT_LIST_OF(struct geo_import_place),
        .turns = GEO_IMPORT_LIST_OF(struct geo_import_turn),
        .pois = GEO_IMPORT_LIST_OF(struct geo_import_poi),
        .report = report,
        .options = options,
    };
    return geo_import_text_init(&source->text);
}

void geo_import_source_finish(struct geo_import_source *source)
{
    geo_import_list_finish(&source->nodes);
    geo_import_list_finish(&source->barriers);
    geo_import_list_finish(&source->ids);
    geo_import_list_finish(&source->spare_ids);
    geo_import_list_finish(&source->refs);
    geo_import_list_finish(&source->ways);
    geo_import_list_finish(&source->areas);
    geo_import_list_finish(&source->area_members);
    geo_import_list_finish(&source->roads);
    geo_import_list_finish(&source->shapes);
    geo_import_list_finish(&source->places);
    geo_import_list_finish(&source->turns);
    geo_import_list_finish(&source->pois);
    geo_import_text_finish(&source->text);
}

/* All that a thing is called beside its name, parted by ';' as in OpenStreetMap. */
static enum geo_status add_alternatives(struct geo_import_source *source,
                                        struct geo_import_tags tags, uint32_t *alternatives)
{
    static const char *const keys[] = {
        "name:zh",  "name:zh-Hans", "name:zh_pinyin",     "name:pinyin", "name:en",
        "alt_name", "alt_name:en",  "old_name",           "short_name",  "official_name",
        "loc_name", "int_name",     "name:zh-Latn-pinyin"};
    char text[GEO_IMPORT_TEXT_MAX + 1] = {0};
    size_t size = 0;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *value = geo_import_tags_value(tags, keys[i]);
        const size_t length = value == NULL ? 0 : strlen(value);
        if (length == 0 || size + length + 1 >= sizeof text ||
            geo_import_tags_is(tags, "name", value)) {
            continue;
        }
        if (size > 0) {
            text[size++] = ';';
        }
        memcpy(text + size, value, length + 1);
        size += length;
    }
    return geo_import_text_add(&source->text, text, alternatives);
}

enum geo_status geo_import_source_names(struct geo_import_source *source,
                                        struct geo_import_tags tags, struct geo_import_poi *poi)
{
    const enum geo_status status =
        geo_import_text_add(&source->text, geo_import_tags_value(tags, "name"), &poi->name);
    return status == GEO_OK ? add_alternatives(source, tags, &poi->alternatives) : status;
}

static enum geo_status add_poi(struct geo_import_source *source, struct geo_import_poi poi,
                               struct geo_import_tags tags)
{
    const enum geo_status status = geo_import_source_names(source, tags, &poi);
    if (status != GEO_OK) {
        return status;
    }
    return geo_import_list_append(&source->pois, &poi, 1) != NULL ? GEO_OK : GEO_NO_MEMORY;
}

static enum geo_status add_place(struct geo_import_source *source, struct geo_point at,
                                 struct geo_import_tags tags)
{
    const char *name = geo_import_tags_value(tags, "name");
    const char *kind = geo_import_draw_place(tags);
    if (name == NULL || kind == NULL) {
        return GEO_OK;
    }
    struct geo_import_place *place = geo_import_list_add(&source->places);
    if (place == NULL) {
        return GEO_NO_MEMORY;
    }
    *place = (struct geo_import_place){.at = at, .kind = kind};
    source->report->counts[GEO_IMPORT_PLACES_KEPT]++;
    return geo_import_text_add(&source->text, name, &place->name);
}

enum geo_status geo_import_source_node(struct geo_import_source *source, int64_t id,
                                       struct geo_point at, struct geo_import_tags tags)
{
    assert(geo_point_valid(at));
    struct geo_import_node *node = geo_import_list_add(&source->nodes);
    if (node == NULL) {
        return GEO_NO_MEMORY;
    }
    *node = (struct geo_import_node){.id = id, .at = at};
    if (tags.count == 0) {
        return GEO_OK;
    }
    const uint8_t blocked = geo_import_tags_blocked(tags);
    if (blocked != 0) {
        struct geo_import_barrier *barrier = geo_import_list_add(&source->barriers);
        if (barrier == NULL) {
            return GEO_NO_MEMORY;
        }
        *barrier = (struct geo_import_barrier){.id = id, .blocked = blocked};
    }
    struct geo_import_poi poi = {.at = at};
    if (geo_import_tags_value(tags, "name") != NULL && geo_import_poi_kind(tags, &poi.kind)) {
        const enum geo_status status = add_poi(source, poi, tags);
        if (status != GEO_OK) {
            return status;
        }
    }
    return add_place(source, at, tags);
}

static enum geo_import_count kind_of(const struct geo_import_rule *rule)
{
    if (!geo_import_tags_open(rule)) {
        return GEO_IMPORT_ROADS_DRAWN_ONLY;
    }
    return rule->road_class == GEO_ROAD_FERRY ? GEO_IMPORT_FERRIES_KEPT : GEO_IMPORT_ROADS_KEPT;
}

static enum geo_status add_road(struct geo_import_source *source, struct geo_import_way way,
                                size_t ref_first, struct geo_import_tags tags,
                                const struct geo_import_rule *rule)
{
    struct geo_import_road *road = geo_import_list_add(&source->roads);
    if (road == NULL) {
        return GEO_NO_MEMORY;
    }
    *road = (struct geo_import_road){
        .id = way.id, .ref_first = ref_first, .ref_count = (uint32_t)way.count, .rule = *rule};
    source->report->counts[kind_of(rule)]++;
    enum geo_status status =
        geo_import_text_add(&source->text, geo_import_tags_value(tags, "name"), &road->name);
    if (status == GEO_OK) {
        status = geo_import_text_add(&source->text, geo_import_tags_value(tags, "ref"), &road->ref);
    }
    return status == GEO_OK ? add_alternatives(source, tags, &road->alternatives) : status;
}

static enum geo_status add_shape(struct geo_import_source *source, size_t ref_first, size_t count,
                                 struct geo_import_tags tags, struct geo_import_draw draw)
{
    struct geo_import_shape *shape = geo_import_list_add(&source->shapes);
    if (shape == NULL) {
        return GEO_NO_MEMORY;
    }
    *shape = (struct geo_import_shape){
        .ref_first = ref_first, .ref_count = (uint32_t)count, .draw = draw};
    source->report->counts[GEO_IMPORT_AREAS_KEPT]++;
    return geo_import_draw_is_named(draw)
               ? geo_import_text_add(&source->text, geo_import_tags_value(tags, "name"),
                                     &shape->name)
               : GEO_OK;
}

/* Remember where a way's points are; it is `kept` in source->ids, or else they go to spare_ids. */
static enum geo_status know_way(struct geo_import_source *source, struct geo_import_way way,
                                bool kept, size_t first, uint32_t shape)
{
    if (way.id == 0) {
        return GEO_OK; /* GeoJSON: no relation can name it */
    }
    const struct geo_import_known_way known = {.id = way.id,
                                               .ref_first = kept ? first : source->spare_ids.count,
                                               .ref_count = (uint32_t)way.count,
                                               .order = (uint32_t)source->ways.count,
                                               .shape = shape,
                                               .is_spare = !kept};
    const bool good =
        geo_import_list_append(&source->ways, &known, 1) != NULL &&
        (kept || geo_import_list_append(&source->spare_ids, way.ids, way.count) != NULL);
    return good ? GEO_OK : GEO_NO_MEMORY;
}

enum geo_status geo_import_source_way(struct geo_import_source *source, struct geo_import_way way,
                                      struct geo_import_tags tags)
{
    const int64_t *const ids = way.ids;
    const size_t count = way.count;
    uint64_t *counts = source->report->counts;
    struct geo_import_rule rule;
    enum geo_import_count reason = GEO_IMPORT_COUNT_COUNT;
    bool maxspeed_unknown = false;
    bool is_road = geo_import_tags_rule(tags, &rule, &reason, &maxspeed_unknown);
    counts[GEO_IMPORT_UNKNOWN_MAXSPEED] += maxspeed_unknown;
    if (is_road && source->options->emergency_oneway) {
        geo_import_tags_open_oneway(tags, &rule);
    }
    if (!is_road && reason != GEO_IMPORT_COUNT_COUNT) {
        counts[reason]++;
    }
    /* Bus lanes, locked estates: nobody's road, but a part of the picture. */
    is_road =
        is_road || reason == GEO_IMPORT_DROPPED_CLOSED || reason == GEO_IMPORT_DROPPED_REVERSIBLE;
    const bool is_closed = count >= 4 && ids[0] == ids[count - 1];
    if (is_road && count < 2) {
        counts[GEO_IMPORT_DROPPED_SHORT]++;
        is_road = false;
    }
    const struct geo_import_draw draw = geo_import_draw_of(tags, is_closed);
    const bool is_drawn = draw.layer != NULL && count >= 2;
    struct geo_import_poi poi = {.ref_count = (uint32_t)count};
    const bool is_poi = !is_road && count >= 2 && geo_import_tags_value(tags, "name") != NULL &&
                        geo_import_poi_kind(tags, &poi.kind);
    if (count > UINT32_MAX || source->ways.count >= UINT32_MAX) {
        return GEO_FULL;
    }
    if (!is_road && !is_drawn && !is_poi) {
        return know_way(source, way, false, 0, GEO_IMPORT_NO_SHAPE);
    }
    const size_t first = source->ids.count;
    if (geo_import_list_append(&source->ids, ids, count) == NULL) {
        return GEO_NO_MEMORY;
    }
    enum geo_status status = know_way(
        source, way, true, first, is_drawn ? (uint32_t)source->shapes.count : GEO_IMPORT_NO_SHAPE);
    if (status == GEO_OK && is_road) {
        status = add_road(source, way, first, tags, &rule);
    }
    if (status == GEO_OK && is_drawn) {
        status = add_shape(source, first, count, tags, draw);
    }
    if (status == GEO_OK && is_poi) {
        poi.ref_first = first;
        status = add_poi(source, poi, tags);
    }
    return status;
}

static enum geo_status add_restriction(struct geo_import_source *source,
                                       struct geo_import_members members,
                                       struct geo_import_tags tags)
{
    uint64_t *counts = source->report->counts;
    enum geo_import_count outcome = GEO_IMPORT_RESTRICTIONS_BROKEN;
    const uint32_t relation = (uint32_t)counts[GEO_IMPORT_RESTRICTIONS_READ]++;
    const enum geo_status status =
        geo_import_restriction_read(tags, members, relation, &source->turns, &outcome);
    if (outcome !=
        GEO_IMPORT_RESTRICTIONS_FOLLOWED) { /* else the crossing shows what comes of it */
        counts[outcome]++;
    }
    return status;
}

enum geo_status geo_import_source_relation(struct geo_import_source *source,
                                           struct geo_import_members members,
                                           struct geo_import_tags tags)
{
    const char *type = geo_import_tags_value(tags, "type");
    if (type == NULL) {
        return GEO_OK;
    }
    if (strcmp(type, "restriction") == 0 ||
        strncmp(type, "restriction:", strlen("restriction:")) == 0) {
        return add_restriction(source, members, tags);
    }
    return strcmp(type, "multipolygon") == 0 ? geo_import_area_add(source, members, tags) : GEO_OK;
}

static int compare_nodes(const void *a, const void *b)
{
    const struct geo_import_node *one = a;
    const struct geo_import_node *other = b;
    if (one->id != other->id) {
        return one->id < other->id ? -1 : 1;
    }
    if (one->at.lat_e7 != other->at.lat_e7) { /* an id twice: the southern one stays, every time */
        return one->at.lat_e7 < other->at.lat_e7 ? -1 : 1;
    }
    return (one->at.lon_e7 > other->at.lon_e7) - (one->at.lon_e7 < other->at.lon_e7);
}

/* By id, every id once. Nearly every file is sorted already. */
static void sort_nodes(struct geo_import_list *list)
{
    struct geo_import_node *nodes = list->items;
    size_t sorted = 1;
    while (sorted < list->count && nodes[sorted - 1].id < nodes[sorted].id) {
        sorted++;
    }
    if (sorted >= list->count) {
        return;
    }
    qsort(nodes, list->count, sizeof *nodes, compare_nodes);
    size_t kept = 1;
    for (size_t i = 1; i < list->count; i++) {
        if (nodes[i].id != nodes[kept - 1].id) {
            nodes[kept++] = nodes[i];
        }
    }
    list->count = kept;
}

static uint32_t find_node(const struct geo_import_list *list, int64_t id)
{
    const struct geo_import_node *nodes = list->items;
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (nodes[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < list->count && nodes[low].id == id ? (uint32_t)low : GEO_IMPORT_NO_NODE;
}

static int compare_barriers(const void *a, const void *b)
{
    const struct geo_import_barrier *one = a;
    const struct geo_import_barrier *other = b;
    return (one->node > other->node) - (one->node < other->node);
}

/* Where an area is: in the middle of its box. One wholly outside of the extract is nowhere. */
static void place_pois(struct geo_import_source *source)
{
    struct geo_import_poi *pois = source->pois.items;
    const struct geo_import_node *nodes = source->nodes.items;
    const uint32_t *refs = source->refs.items;
    size_t kept = 0;
    for (size_t i = 0; i < source->pois.count; i++) {
        struct geo_point low = {INT32_MAX, INT32_MAX};
        struct geo_point high = {INT32_MIN, INT32_MIN};
        for (uint32_t k = 0; k < pois[i].ref_count; k++) {
            const uint32_t ref = refs[pois[i].ref_first + k];
            if (ref == GEO_IMPORT_NO_NODE) {
                continue;
            }
            const struct geo_point at = nodes[ref].at;
            low.lat_e7 = at.lat_e7 < low.lat_e7 ? at.lat_e7 : low.lat_e7;
            low.lon_e7 = at.lon_e7 < low.lon_e7 ? at.lon_e7 : low.lon_e7;
            high.lat_e7 = at.lat_e7 > high.lat_e7 ? at.lat_e7 : high.lat_e7;
            high.lon_e7 = at.lon_e7 > high.lon_e7 ? at.lon_e7 : high.lon_e7;
        }
        if (pois[i].ref_count > 0 && low.lat_e7 > high.lat_e7) {
            continue;
        }
        if (pois[i].ref_count > 0) {
            pois[i].at.lat_e7 = (int32_t)(((int64_t)low.lat_e7 + high.lat_e7) / 2);
            pois[i].at.lon_e7 = (int32_t)(((int64_t)low.lon_e7 + high.lon_e7) / 2);
        }
        pois[kept++] = pois[i];
    }
    source->pois.count = kept;
}

/* Ferries with a duration: the speed that makes the whole way take that long. */
static void time_ferries(struct geo_import_source *source)
{
    struct geo_import_road *roads = source->roads.items;
    const struct geo_import_node *nodes = source->nodes.items;
    const uint32_t *refs = source->refs.items;
    for (size_t i = 0; i < source->roads.count; i++) {
        struct geo_import_rule *rule = &roads[i].rule;
        if (rule->duration_s == 0) {
            continue;
        }
        uint64_t length_cm = 0;
        for (uint32_t k = 1; k < roads[i].ref_count; k++) {
            const uint32_t a = refs[roads[i].ref_first + k - 1];
            const uint32_t b = refs[roads[i].ref_first + k];
            if (a != GEO_IMPORT_NO_NODE && b != GEO_IMPORT_NO_NODE) {
                length_cm += geo_distance_cm(nodes[a].at, nodes[b].at);
            }
        }
        uint64_t speed = length_cm * 36 / rule->duration_s; /* cm/s x 36 = m/h */
        speed = speed < GEO_IMPORT_SPEED_MIN_MH ? GEO_IMPORT_SPEED_MIN_MH : speed;
        speed = speed > GEO_IMPORT_SPEED_MAX_MH ? GEO_IMPORT_SPEED_MAX_MH : speed;
        for (int d = 0; d < GEO_IMPORT_DIRECTION_COUNT; d++) {
            for (int p = 0; p < GEO_PROFILE_COUNT; p++) {
                rule->speed_mh[d][p] = rule->speed_mh[d][p] == 0 ? 0 : (uint32_t)speed;
            }
        }
        rule->duration_s = 0;
    }
}

enum geo_status geo_import_source_resolve(struct geo_import_source *source)
{
    sort_nodes(&source->nodes);
    if (source->nodes.count >= GEO_IMPORT_NO_NODE) {
        return geo_import_report_fail(source->report, GEO_FULL, "%s: more than 2^32 points",
                                      source->options->input_path);
    }
    enum geo_status status = geo_import_area_want(source);
    if (status != GEO_OK) {
        return status;
    }
    const int64_t *ids = source->ids.items;
    uint32_t *refs = geo_import_list_append(&source->refs, NULL, source->ids.count);
    if (refs == NULL) {
        return GEO_NO_MEMORY;
    }
    for (size_t i = 0; i < source->ids.count; i++) {
        refs[i] = find_node(&source->nodes, ids[i]);
        source->report->counts[GEO_IMPORT_MISSING_NODES] += refs[i] == GEO_IMPORT_NO_NODE;
    }
    geo_import_list_finish(&source->ids);
    struct geo_import_barrier *barriers = source->barriers.items;
    for (size_t i = 0; i < source->barriers.count; i++) {
        barriers[i].node = find_node(&source->nodes, barriers[i].id);
    }
    if (source->barriers.count > 0) {
        qsort(barriers, source->barriers.count, sizeof *barriers, compare_barriers);
    }
    struct geo_import_turn *turns = source->turns.items;
    for (size_t i = 0; i < source->turns.count; i++) {
        turns[i].via = find_node(&source->nodes, turns[i].via_id);
    }
    source->report->counts[GEO_IMPORT_BARRIERS_KEPT] = source->barriers.count;
    time_ferries(source);
    status = geo_import_area_build(source);
    geo_import_list_finish(&source->ways);
    geo_import_list_finish(&source->areas);
    geo_import_list_finish(&source->area_members);
    place_pois(source);
    return status;
}
