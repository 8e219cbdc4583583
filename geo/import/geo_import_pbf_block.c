#include "geo/import/geo_import_pbf_block.h"

#include <string.h>

#include "geo/import/geo_import_wire.h"

#define GRANULARITY_DEFAULT 100

/* Field numbers of osmformat.proto. */
enum { HEADER_REQUIRED_FEATURES = 4 };
enum {
    BLOCK_STRINGS = 1,
    BLOCK_GROUP = 2,
    BLOCK_GRANULARITY = 17,
    BLOCK_LAT_OFFSET = 19,
    BLOCK_LON_OFFSET = 20
};
enum { STRINGS_TEXT = 1 };
enum { GROUP_NODE = 1, GROUP_DENSE = 2, GROUP_WAY = 3, GROUP_RELATION = 4 };
enum { ELEMENT_ID = 1, ELEMENT_KEYS = 2, ELEMENT_VALUES = 3 };
enum { NODE_LAT = 8, NODE_LON = 9 };
enum { WAY_REFS = 8 };
enum { RELATION_ROLES = 8, RELATION_IDS = 9, RELATION_TYPES = 10 };
enum { DENSE_IDS = 1, DENSE_LATS = 8, DENSE_LONS = 9, DENSE_TAGS = 10 };
enum { FIELD_COUNT = 11 };

/* The fields of a node, way, relation or list of nodes, by number; none of them may come twice. */
struct fields {
    struct geo_import_field of[FIELD_COUNT];
    bool has[FIELD_COUNT];
};

void geo_import_pbf_block_init(struct geo_import_pbf_block *block, struct geo_import_osm *osm,
                               const char *path)
{
    *block = (struct geo_import_pbf_block){.osm = osm,
                                           .path = path,
                                           .chars = GEO_IMPORT_LIST_OF(char),
                                           .strings = GEO_IMPORT_LIST_OF(size_t)};
}

void geo_import_pbf_block_finish(struct geo_import_pbf_block *block)
{
    geo_import_list_finish(&block->chars);
    geo_import_list_finish(&block->strings);
}

static enum geo_status fault(struct geo_import_pbf_block *block, const char *what)
{
    block->fault = what;
    return GEO_BAD_INPUT;
}

static enum geo_status add_string(struct geo_import_pbf_block *block, struct geo_import_wire text)
{
    const size_t at = block->chars.count;
    const bool added =
        geo_import_list_append(&block->strings, &at, 1) != NULL &&
        geo_import_list_append(&block->chars, text.at, (size_t)(text.end - text.at)) != NULL &&
        geo_import_list_append(&block->chars, "", 1) != NULL;
    return added ? GEO_OK : GEO_NO_MEMORY;
}

static enum geo_status read_strings(struct geo_import_pbf_block *block, struct geo_import_wire wire)
{
    struct geo_import_field field;
    while (geo_import_wire_field(&wire, &field)) {
        if (field.number == STRINGS_TEXT && field.is_bytes &&
            add_string(block, field.bytes) != GEO_OK) {
            return GEO_NO_MEMORY;
        }
    }
    return wire.is_bad ? fault(block, "the table of strings breaks off") : GEO_OK;
}

/* NULL: the block has no such string. */
static const char *string_at(const struct geo_import_pbf_block *block, uint64_t index)
{
    const size_t *strings = block->strings.items;
    const char *chars = block->chars.items;
    return index < block->strings.count ? chars + strings[index] : NULL;
}

static enum geo_status read_fields(struct geo_import_pbf_block *block, struct geo_import_wire wire,
                                   struct fields *fields)
{
    struct geo_import_field field;
    memset(fields, 0, sizeof *fields);
    while (geo_import_wire_field(&wire, &field)) {
        if (field.number == 0 || field.number >= FIELD_COUNT) {
            continue;
        }
        if (fields->has[field.number]) {
            return fault(block, "an element says the same thing twice");
        }
        fields->has[field.number] = true;
        fields->of[field.number] = field;
    }
    return wire.is_bad ? fault(block, "an element breaks off") : GEO_OK;
}

/* A packed list; one that is missing is empty. */
static struct geo_import_wire list_of(const struct fields *fields, size_t number)
{
    static const uint8_t nothing[1];
    struct geo_import_wire list = geo_import_wire_of(nothing, 0);
    if (fields->has[number]) {
        list = fields->of[number].bytes;
        list.is_bad = !fields->of[number].is_bytes;
    }
    return list;
}

static bool is_number(const struct fields *fields, size_t number)
{
    return fields->has[number] && !fields->of[number].is_bytes;
}

static enum geo_status add_tag(struct geo_import_pbf_block *block, uint64_t key, uint64_t value)
{
    const char *key_text = string_at(block, key);
    const char *value_text = string_at(block, value);
    if (key_text == NULL || value_text == NULL) {
        return fault(block, "a tag refers to a string that is not there");
    }
    return geo_import_osm_tag(block->osm, key_text, value_text);
}

static enum geo_status read_tags(struct geo_import_pbf_block *block, const struct fields *fields)
{
    struct geo_import_wire keys = list_of(fields, ELEMENT_KEYS);
    struct geo_import_wire values = list_of(fields, ELEMENT_VALUES);
    uint64_t key = 0;
    uint64_t value = 0;
    while (!keys.is_bad && geo_import_wire_number(&keys, &key)) {
        if (values.is_bad || !geo_import_wire_number(&values, &value)) {
            return fault(block, "a key has no value");
        }
        const enum geo_status status = add_tag(block, key, value);
        if (status != GEO_OK) {
            return status;
        }
    }
    return keys.is_bad ? fault(block, "the keys of an element break off") : GEO_OK;
}

static enum geo_status give_node(struct geo_import_pbf_block *block, uint64_t id, uint64_t lat,
                                 uint64_t lon)
{
    const double scale = 1e-9;
    const double lat_degrees =
        scale * ((double)block->lat_offset + (double)block->granularity * (double)(int64_t)lat);
    const double lon_degrees =
        scale * ((double)block->lon_offset + (double)block->granularity * (double)(int64_t)lon);
    struct geo_point at;
    if (!geo_import_source_point(lat_degrees, lon_degrees, &at)) {
        return geo_import_osm_no_place(block->osm, block->path, (int64_t)id, lat_degrees,
                                       lon_degrees);
    }
    return geo_import_osm_node(block->osm, (int64_t)id, at);
}

static uint64_t signed_bits(uint64_t value)
{
    return (uint64_t)geo_import_wire_signed(value);
}

static enum geo_status read_node(struct geo_import_pbf_block *block, const struct fields *fields)
{
    if (!is_number(fields, ELEMENT_ID) || !is_number(fields, NODE_LAT) ||
        !is_number(fields, NODE_LON)) {
        return fault(block, "a node lacks its id or its place");
    }
    const enum geo_status status = read_tags(block, fields);
    return status == GEO_OK ? give_node(block, signed_bits(fields->of[ELEMENT_ID].value),
                                        signed_bits(fields->of[NODE_LAT].value),
                                        signed_bits(fields->of[NODE_LON].value))
                            : status;
}

/* Key, value, key, value, 0: the tags of the next node of a list. */
static enum geo_status read_dense_tags(struct geo_import_pbf_block *block,
                                       struct geo_import_wire *tags)
{
    for (;;) {
        uint64_t key = 0;
        uint64_t value = 0;
        if (!geo_import_wire_number(tags, &key)) {
            return fault(block, "the tags of a list of nodes break off");
        }
        if (key == 0) {
            return GEO_OK;
        }
        if (!geo_import_wire_number(tags, &value)) {
            return fault(block, "a key has no value");
        }
        const enum geo_status status = add_tag(block, key, value);
        if (status != GEO_OK) {
            return status;
        }
    }
}

static enum geo_status read_dense(struct geo_import_pbf_block *block, const struct fields *fields)
{
    struct geo_import_wire ids = list_of(fields, DENSE_IDS);
    struct geo_import_wire lats = list_of(fields, DENSE_LATS);
    struct geo_import_wire lons = list_of(fields, DENSE_LONS);
    struct geo_import_wire tags = list_of(fields, DENSE_TAGS);
    if (ids.is_bad || lats.is_bad || lons.is_bad || tags.is_bad) {
        return fault(block, "a list of nodes is none");
    }
    const bool has_tags = tags.at < tags.end; /* nodes without any may leave the whole list out */
    uint64_t id = 0;
    uint64_t lat = 0;
    uint64_t lon = 0;
    uint64_t step = 0;
    while (geo_import_wire_number(&ids, &step)) {
        uint64_t lat_step = 0;
        uint64_t lon_step = 0;
        if (!geo_import_wire_number(&lats, &lat_step) ||
            !geo_import_wire_number(&lons, &lon_step)) {
            return fault(block, "a node lacks its place");
        }
        id += signed_bits(step);
        lat += signed_bits(lat_step);
        lon += signed_bits(lon_step);
        geo_import_osm_clear(block->osm);
        enum geo_status status = has_tags ? read_dense_tags(block, &tags) : GEO_OK;
        status = status == GEO_OK ? give_node(block, id, lat, lon) : status;
        if (status != GEO_OK) {
            return status;
        }
    }
    return ids.is_bad ? fault(block, "a list of nodes breaks off") : GEO_OK;
}

static enum geo_status read_way(struct geo_import_pbf_block *block, const struct fields *fields)
{
    struct geo_import_wire refs = list_of(fields, WAY_REFS);
    if (!is_number(fields, ELEMENT_ID)) {
        return fault(block, "a way has no id");
    }
    uint64_t id = 0;
    uint64_t step = 0;
    while (!refs.is_bad && geo_import_wire_number(&refs, &step)) {
        id += signed_bits(step);
        if (geo_import_osm_id(block->osm, (int64_t)id) != GEO_OK) {
            return GEO_NO_MEMORY;
        }
    }
    if (refs.is_bad) {
        return fault(block, "the nodes of a way break off");
    }
    const enum geo_status status = read_tags(block, fields);
    return status == GEO_OK ? geo_import_osm_way(block->osm, (int64_t)fields->of[ELEMENT_ID].value)
                            : status;
}

static enum geo_status read_members(struct geo_import_pbf_block *block, const struct fields *fields)
{
    struct geo_import_wire roles = list_of(fields, RELATION_ROLES);
    struct geo_import_wire ids = list_of(fields, RELATION_IDS);
    struct geo_import_wire types = list_of(fields, RELATION_TYPES);
    uint64_t id = 0;
    uint64_t step = 0;
    while (!ids.is_bad && geo_import_wire_number(&ids, &step)) {
        uint64_t role = 0;
        uint64_t type = 0;
        if (roles.is_bad || types.is_bad || !geo_import_wire_number(&roles, &role) ||
            !geo_import_wire_number(&types, &type)) {
            return fault(block, "a member lacks its role or its type");
        }
        id += signed_bits(step);
        const struct geo_import_member member = {.kind = type == 0   ? GEO_IMPORT_MEMBER_NODE
                                                         : type == 1 ? GEO_IMPORT_MEMBER_WAY
                                                                     : GEO_IMPORT_MEMBER_OTHER,
                                                 .id = (int64_t)id,
                                                 .role = string_at(block, role)};
        if (member.role == NULL) {
            return fault(block, "a role refers to a string that is not there");
        }
        if (geo_import_osm_member(block->osm, member) != GEO_OK) {
            return GEO_NO_MEMORY;
        }
    }
    return ids.is_bad ? fault(block, "the members of a relation break off") : GEO_OK;
}

static enum geo_status read_relation(struct geo_import_pbf_block *block,
                                     const struct fields *fields)
{
    if (!is_number(fields, ELEMENT_ID)) {
        return fault(block, "a relation has no id");
    }
    enum geo_status status = read_members(block, fields);
    status = status == GEO_OK ? read_tags(block, fields) : status;
    return status == GEO_OK ? geo_import_osm_relation(block->osm) : status;
}

static enum geo_status read_group(struct geo_import_pbf_block *block, struct geo_import_wire wire)
{
    static enum geo_status (*const readers[])(
        struct geo_import_pbf_block *, const struct fields *) = {[GROUP_NODE] = read_node,
                                                                 [GROUP_DENSE] = read_dense,
                                                                 [GROUP_WAY] = read_way,
                                                                 [GROUP_RELATION] = read_relation};
    struct geo_import_field field;
    struct fields fields;
    while (geo_import_wire_field(&wire, &field)) {
        if (!field.is_bytes || field.number < GROUP_NODE || field.number > GROUP_RELATION) {
            continue;
        }
        geo_import_osm_clear(block->osm);
        enum geo_status status = read_fields(block, field.bytes, &fields);
        status = status == GEO_OK ? readers[field.number](block, &fields) : status;
        if (status != GEO_OK) {
            return status;
        }
    }
    return wire.is_bad ? fault(block, "a group of elements breaks off") : GEO_OK;
}

/* Strings and scale stand anywhere in the block: all of it is passed before the first element. */
static enum geo_status read_frame(struct geo_import_pbf_block *block, struct geo_import_wire wire)
{
    enum geo_status status = GEO_OK;
    struct geo_import_field field;
    while (status == GEO_OK && geo_import_wire_field(&wire, &field)) {
        if (field.number == BLOCK_STRINGS && field.is_bytes) {
            status = read_strings(block, field.bytes);
        } else if (field.number == BLOCK_GRANULARITY && !field.is_bytes) {
            block->granularity = (int64_t)field.value;
        } else if (field.number == BLOCK_LAT_OFFSET && !field.is_bytes) {
            block->lat_offset = (int64_t)field.value;
        } else if (field.number == BLOCK_LON_OFFSET && !field.is_bytes) {
            block->lon_offset = (int64_t)field.value;
        }
    }
    return wire.is_bad ? fault(block, "it breaks off inside") : status;
}

enum geo_status geo_import_pbf_block_read(struct geo_import_pbf_block *block, const uint8_t *bytes,
                                          size_t size)
{
    struct geo_import_wire wire = geo_import_wire_of(bytes, size);
    block->chars.count = 0;
    block->strings.count = 0;
    block->granularity = GRANULARITY_DEFAULT;
    block->lat_offset = 0;
    block->lon_offset = 0;
    enum geo_status status = read_frame(block, wire);
    struct geo_import_field field;
    while (status == GEO_OK && geo_import_wire_field(&wire, &field)) {
        if (field.number == BLOCK_GROUP && field.is_bytes) {
            status = read_group(block, field.bytes);
        }
    }
    return status;
}

enum geo_status geo_import_pbf_block_header(struct geo_import_pbf_block *block,
                                            const uint8_t *bytes, size_t size)
{
    static const char *const had[] = {"OsmSchema-V0.6", "DenseNodes"};
    struct geo_import_wire wire = geo_import_wire_of(bytes, size);
    struct geo_import_field field;
    block->chars.count = 0;
    block->strings.count = 0;
    while (geo_import_wire_field(&wire, &field)) {
        if (field.number != HEADER_REQUIRED_FEATURES || !field.is_bytes) {
            continue;
        }
        if (add_string(block, field.bytes) != GEO_OK) {
            return GEO_NO_MEMORY;
        }
        const char *name = string_at(block, block->strings.count - 1);
        if (strcmp(name, had[0]) != 0 && strcmp(name, had[1]) != 0) {
            block->lacks = name;
            return GEO_BAD_INPUT;
        }
    }
    return wire.is_bad ? fault(block, "it breaks off inside") : GEO_OK;
}
