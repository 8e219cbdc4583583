#include "geo/import/geo_import_mvt.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

/* Field numbers of vector_tile.proto, shifted, with their wire type: 0 varint, 2 bytes. */
enum field {
    TILE_LAYER = 3 << 3 | 2,
    LAYER_NAME = 1 << 3 | 2,
    LAYER_FEATURE = 2 << 3 | 2,
    LAYER_KEY = 3 << 3 | 2,
    LAYER_VALUE = 4 << 3 | 2,
    LAYER_EXTENT = 5 << 3 | 0,
    LAYER_VERSION = 15 << 3 | 0,
    FEATURE_TAGS = 2 << 3 | 2,
    FEATURE_TYPE = 3 << 3 | 0,
    FEATURE_GEOMETRY = 4 << 3 | 2,
    VALUE_STRING = 1 << 3 | 2
};

enum command { MOVE_TO = 1, LINE_TO = 2, CLOSE_PATH = 7 };

static const char *const key_names[GEO_IMPORT_MVT_KEY_COUNT] = {"class", "name", "ref"};

void geo_import_mvt_init(struct geo_import_mvt *mvt)
{
    *mvt = (struct geo_import_mvt){.tile = GEO_IMPORT_LIST_OF(char),
                                   .layer = GEO_IMPORT_LIST_OF(char),
                                   .path = GEO_IMPORT_LIST_OF(uint32_t),
                                   .tags = GEO_IMPORT_LIST_OF(uint32_t),
                                   .values = GEO_IMPORT_LIST_OF(const char *),
                                   .scratch = GEO_IMPORT_LIST_OF(char)};
}

void geo_import_mvt_finish(struct geo_import_mvt *mvt)
{
    geo_import_list_finish(&mvt->tile);
    geo_import_list_finish(&mvt->layer);
    geo_import_list_finish(&mvt->path);
    geo_import_list_finish(&mvt->tags);
    geo_import_list_finish(&mvt->values);
    geo_import_list_finish(&mvt->scratch);
}

static void put_bytes(struct geo_import_mvt *mvt, struct geo_import_list *out, const void *bytes,
                      size_t size)
{
    if (size > 0 && geo_import_list_append(out, bytes, size) == NULL) {
        mvt->failed = true;
    }
}

static void put_varint(struct geo_import_mvt *mvt, struct geo_import_list *out, uint64_t value)
{
    uint8_t bytes[10];
    size_t size = 0;
    do {
        bytes[size++] = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>= 7;
    } while (value > 0);
    put_bytes(mvt, out, bytes, size);
}

static void put_field(struct geo_import_mvt *mvt, struct geo_import_list *out, enum field field,
                      const void *bytes, size_t size)
{
    put_varint(mvt, out, field);
    put_varint(mvt, out, size);
    put_bytes(mvt, out, bytes, size);
}

/* A packed field: its size stands before it, so it is written aside first. */
static void put_packed(struct geo_import_mvt *mvt, struct geo_import_list *out, enum field field,
                       const struct geo_import_list *numbers)
{
    const uint32_t *items = numbers->items;
    struct geo_import_list packed = GEO_IMPORT_LIST_OF(char);
    for (size_t i = 0; i < numbers->count; i++) {
        put_varint(mvt, &packed, items[i]);
    }
    put_field(mvt, out, field, packed.items, packed.count);
    geo_import_list_finish(&packed);
}

void geo_import_mvt_open_layer(struct geo_import_mvt *mvt, const char *name)
{
    assert(mvt->layer_name == NULL);
    mvt->layer_name = name;
    mvt->layer.count = 0;
    mvt->values.count = 0;
}

void geo_import_mvt_close_layer(struct geo_import_mvt *mvt)
{
    assert(mvt->layer_name != NULL);
    struct geo_import_list *layer = &mvt->layer;
    const char *const *values = mvt->values.items;
    for (size_t i = 0; i < GEO_IMPORT_MVT_KEY_COUNT; i++) {
        put_field(mvt, layer, LAYER_KEY, key_names[i], strlen(key_names[i]));
    }
    for (size_t i = 0; i < mvt->values.count; i++) {
        mvt->scratch.count = 0;
        put_field(mvt, &mvt->scratch, VALUE_STRING, values[i], strlen(values[i]));
        put_field(mvt, layer, LAYER_VALUE, mvt->scratch.items, mvt->scratch.count);
    }
    put_field(mvt, layer, LAYER_NAME, mvt->layer_name, strlen(mvt->layer_name));
    put_varint(mvt, layer, LAYER_EXTENT);
    put_varint(mvt, layer, GEO_IMPORT_MVT_EXTENT);
    put_varint(mvt, layer, LAYER_VERSION);
    put_varint(mvt, layer, 2);
    put_field(mvt, &mvt->tile, TILE_LAYER, layer->items, layer->count);
    mvt->layer_name = NULL;
}

void geo_import_mvt_open_feature(struct geo_import_mvt *mvt, enum geo_import_mvt_type type)
{
    mvt->type = (uint8_t)type;
    mvt->path.count = 0;
    mvt->tags.count = 0;
    mvt->cursor_x = 0;
    mvt->cursor_y = 0;
}

void geo_import_mvt_close_feature(struct geo_import_mvt *mvt)
{
    struct geo_import_list *feature = &mvt->scratch;
    feature->count = 0;
    put_packed(mvt, feature, FEATURE_TAGS, &mvt->tags);
    put_varint(mvt, feature, FEATURE_TYPE);
    put_varint(mvt, feature, mvt->type);
    put_packed(mvt, feature, FEATURE_GEOMETRY, &mvt->path);
    put_field(mvt, &mvt->layer, LAYER_FEATURE, feature->items, feature->count);
}

static void put_number(struct geo_import_mvt *mvt, struct geo_import_list *out, uint32_t number)
{
    if (geo_import_list_append(out, &number, 1) == NULL) {
        mvt->failed = true;
    }
}

void geo_import_mvt_tag(struct geo_import_mvt *mvt, enum geo_import_mvt_key key, const char *value)
{
    const char *const *values = mvt->values.items;
    uint32_t index = 0;
    while (index < mvt->values.count && values[index] != value) {
        index++;
    }
    if (index == mvt->values.count && geo_import_list_append(&mvt->values, &value, 1) == NULL) {
        mvt->failed = true;
    }
    put_number(mvt, &mvt->tags, (uint32_t)key);
    put_number(mvt, &mvt->tags, index);
}

/* Small numbers of either sign: 0, -1, 1, -2 ... */
static uint32_t zigzag(int32_t value)
{
    return (uint32_t)value << 1 ^ (value < 0 ? UINT32_MAX : 0);
}

static void put_dot(struct geo_import_mvt *mvt, struct geo_import_dot dot)
{
    put_number(mvt, &mvt->path, zigzag(dot.x - mvt->cursor_x));
    put_number(mvt, &mvt->path, zigzag(dot.y - mvt->cursor_y));
    mvt->cursor_x = dot.x;
    mvt->cursor_y = dot.y;
}

void geo_import_mvt_path(struct geo_import_mvt *mvt, const struct geo_import_dot dots[],
                         uint32_t count)
{
    assert(count > 0);
    assert(count < UINT32_MAX >> 3);
    put_number(mvt, &mvt->path, MOVE_TO | 1u << 3);
    put_dot(mvt, dots[0]);
    if (count > 1) {
        put_number(mvt, &mvt->path, LINE_TO | (count - 1) << 3);
    }
    for (uint32_t i = 1; i < count; i++) {
        put_dot(mvt, dots[i]);
    }
    if (mvt->type == GEO_IMPORT_MVT_AREA) {
        put_number(mvt, &mvt->path, CLOSE_PATH | 1u << 3);
    }
}

static enum geo_status compress_to(z_stream *stream, const struct geo_import_list *from,
                                   struct geo_import_list *out)
{
    gz_header header = {.os = 255}; /* unknown system, no time: the same bytes everywhere */
    if (from->count > UINT32_MAX / 2 || deflateSetHeader(stream, &header) != Z_OK) {
        return GEO_FULL;
    }
    const size_t bound = deflateBound(stream, (uLong)from->count);
    uint8_t *slot = geo_import_list_append(out, NULL, bound);
    if (slot == NULL) {
        return GEO_NO_MEMORY;
    }
    stream->next_in = from->items;
    stream->avail_in = (uInt)from->count;
    stream->next_out = slot;
    stream->avail_out = (uInt)bound;
    if (deflate(stream, Z_FINISH) != Z_STREAM_END) {
        return GEO_NO_MEMORY;
    }
    out->count -= stream->avail_out;
    return GEO_OK;
}

enum geo_status geo_import_mvt_take(struct geo_import_mvt *mvt, struct geo_import_list *out)
{
    assert(mvt->layer_name == NULL);
    z_stream stream = {0};
    if (mvt->failed ||
        deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
        return GEO_NO_MEMORY;
    }
    const enum geo_status status = compress_to(&stream, &mvt->tile, out);
    (void)deflateEnd(&stream);
    mvt->tile.count = 0;
    return status;
}
