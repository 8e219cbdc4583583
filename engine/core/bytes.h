#ifndef ENGINE_CORE_BYTES_H
#define ENGINE_CORE_BYTES_H

#include <stddef.h>
#include <string.h>

#include "engine/core/types.h"

/* Numbers and texts as little-endian bytes, for the journal and the snapshot.
 *
 * A writer writes, counts or hashes: the fingerprint of a state is the hash of the very bytes that
 * its snapshot would have. A reader never leaves its bytes: past the end, or on a value that does
 * not fit its type, it answers zero and stays `bad`. */
struct byte_writer {
    uint8_t *bytes; /* NULL: only count */
    size_t at, size_max;
    size_t total;
    bool hashing; /* bytes are a window: hashed and reused when full */
    uint64_t hash;
};

struct byte_writer bytes_writer(uint8_t *bytes, size_t size_max);
struct byte_writer bytes_hasher(uint8_t *window, size_t size_max);
uint64_t bytes_hash(struct byte_writer *writer);

/* Where there is no room for it: count, or hash the window and begin it anew. */
void bytes_put_slowly(struct byte_writer *writer, const void *bytes, size_t size);

/* A snapshot is a million small numbers, so the common case is here to be inlined. */
static inline void bytes_put(struct byte_writer *writer, const void *bytes, size_t size)
{
    if (writer->bytes == NULL || size > writer->size_max - writer->at) {
        bytes_put_slowly(writer, bytes, size);
        return;
    }
    memcpy(&writer->bytes[writer->at], bytes, size);
    writer->at += size;
    writer->total += size;
}

static inline void bytes_put_u8(struct byte_writer *writer, uint8_t value)
{
    bytes_put(writer, &value, 1);
}

static inline void bytes_put_u16(struct byte_writer *writer, uint16_t value)
{
    const uint8_t bytes[2] = {(uint8_t)(value & 0xFFU), (uint8_t)(value >> 8)};
    bytes_put(writer, bytes, sizeof bytes);
}

static inline void bytes_put_u32(struct byte_writer *writer, uint32_t value)
{
    const uint8_t bytes[4] = {(uint8_t)(value & 0xFFU), (uint8_t)((value >> 8) & 0xFFU),
                              (uint8_t)((value >> 16) & 0xFFU), (uint8_t)(value >> 24)};
    bytes_put(writer, bytes, sizeof bytes);
}

static inline void bytes_put_u64(struct byte_writer *writer, uint64_t value)
{
    bytes_put_u32(writer, (uint32_t)(value & UINT32_MAX));
    bytes_put_u32(writer, (uint32_t)(value >> 32));
}

static inline void bytes_put_point(struct byte_writer *writer, struct geo_point point)
{
    bytes_put_u32(writer, (uint32_t)point.lat_e7);
    bytes_put_u32(writer, (uint32_t)point.lon_e7);
}

void bytes_put_text(struct byte_writer *writer, const char *text, size_t text_size);

struct byte_reader {
    const uint8_t *bytes;
    size_t at, size;
    bool bad;
};

struct byte_reader bytes_reader(const uint8_t *bytes, size_t size);
uint8_t bytes_get_u8(struct byte_reader *reader);
uint16_t bytes_get_u16(struct byte_reader *reader);
uint32_t bytes_get_u32(struct byte_reader *reader);
uint64_t bytes_get_u64(struct byte_reader *reader);
int64_t bytes_get_i64(struct byte_reader *reader);
bool bytes_get_bool(struct byte_reader *reader);
/* A byte below `limit`. */
uint8_t bytes_get_below(struct byte_reader *reader, uint32_t limit);
struct geo_point bytes_get_point(struct byte_reader *reader);
/* Valid UTF-8 without NUL that fits with its NUL; the rest of `text` is zeroed. */
void bytes_get_text(struct byte_reader *reader, char *text, size_t text_size);
/* Everything read, and all of it was good. */
bool bytes_done(const struct byte_reader *reader);

/* One list of fields, two functions: X(TYPE, field, limit) with `item` the struct, `w` the writer
 * and `r` the reader in scope. */
#define PUT_U8(field, limit)    bytes_put_u8(w, item->field);
#define PUT_U16(field, limit)   bytes_put_u16(w, item->field);
#define PUT_U32(field, limit)   bytes_put_u32(w, item->field);
#define PUT_U64(field, limit)   bytes_put_u64(w, item->field);
#define PUT_I64(field, limit)   bytes_put_u64(w, (uint64_t)item->field);
#define PUT_BOOL(field, limit)  bytes_put_u8(w, item->field ? 1 : 0);
#define PUT_ENUM(field, limit)  bytes_put_u8(w, (uint8_t)item->field);
#define PUT_POINT(field, limit) bytes_put_point(w, item->field);
#define PUT_TEXT(field, limit)  bytes_put_text(w, item->field, sizeof item->field);
#define GET_U8(field, limit)    item->field = bytes_get_u8(r);
#define GET_U16(field, limit)   item->field = bytes_get_u16(r);
#define GET_U32(field, limit)   item->field = bytes_get_u32(r);
#define GET_U64(field, limit)   item->field = bytes_get_u64(r);
#define GET_I64(field, limit)   item->field = bytes_get_i64(r);
#define GET_BOOL(field, limit)  item->field = bytes_get_bool(r);
#define GET_ENUM(field, limit)  item->field = bytes_get_below(r, limit);
#define GET_POINT(field, limit) item->field = bytes_get_point(r);
#define GET_TEXT(field, limit)  bytes_get_text(r, item->field, sizeof item->field);
#define PUT(type, field, limit) PUT_##type(field, limit)
#define GET(type, field, limit) GET_##type(field, limit)

#endif
