#include "engine/core/bytes.h"

#include <assert.h>
#include <string.h>

struct byte_writer bytes_writer(uint8_t *bytes, size_t size_max)
{
    return (struct byte_writer){.bytes = bytes, .size_max = size_max};
}

struct byte_writer bytes_hasher(uint8_t *window, size_t size_max)
{
    assert(window != NULL);
    return (struct byte_writer){
        .bytes = window, .size_max = size_max, .hashing = true, .hash = 0x6B75616966616EU};
}

/* Multiply and fold, eight bytes at a time: against accidents, not against malice. */
static uint64_t hash_window(uint64_t hash, const uint8_t *bytes, size_t size)
{
    size_t i = 0;
    for (; i + 8 <= size; i += 8) {
        uint64_t word;
        memcpy(&word, &bytes[i], sizeof word);
        hash = (hash ^ word) * 0x9E3779B97F4A7C15U;
        hash ^= hash >> 32;
    }
    for (; i < size; i++) {
        hash = (hash ^ bytes[i]) * 0x100000001B3U;
        hash ^= hash >> 29;
    }
    return hash;
}

uint64_t bytes_hash(struct byte_writer *writer)
{
    assert(writer->hashing);
    writer->hash = hash_window(writer->hash, writer->bytes, writer->at);
    writer->at = 0;
    return hash_window(writer->hash, (const uint8_t *)&writer->total, sizeof writer->total);
}

void bytes_put_slowly(struct byte_writer *writer, const void *bytes, size_t size)
{
    writer->total += size;
    if (writer->bytes == NULL) {
        return;
    }
    assert(writer->hashing); /* the caller of a writer made sure of the room */
    assert(size <= writer->size_max);
    writer->hash = hash_window(writer->hash, writer->bytes, writer->at);
    memcpy(writer->bytes, bytes, size);
    writer->at = size;
}

void bytes_put_text(struct byte_writer *writer, const char *text, size_t text_size)
{
    const size_t length = strlen(text);
    assert(length < text_size);
    bytes_put_u16(writer, (uint16_t)length);
    bytes_put(writer, text, length);
}

struct byte_reader bytes_reader(const uint8_t *bytes, size_t size)
{
    return (struct byte_reader){.bytes = bytes, .size = size};
}

/* NULL: there are not that many left. */
static const uint8_t *get_raw(struct byte_reader *reader, size_t size)
{
    if (reader->bad || size > reader->size - reader->at) {
        reader->bad = true;
        return NULL;
    }
    const uint8_t *bytes = &reader->bytes[reader->at];
    reader->at += size;
    return bytes;
}

uint8_t bytes_get_u8(struct byte_reader *reader)
{
    const uint8_t *bytes = get_raw(reader, 1);
    return bytes == NULL ? 0 : bytes[0];
}

uint16_t bytes_get_u16(struct byte_reader *reader)
{
    const uint8_t *bytes = get_raw(reader, 2);
    return bytes == NULL ? 0 : (uint16_t)((uint32_t)bytes[0] | ((uint32_t)bytes[1] << 8));
}

uint32_t bytes_get_u32(struct byte_reader *reader)
{
    const uint8_t *bytes = get_raw(reader, 4);
    return bytes == NULL ? 0
                         : (uint32_t)bytes[0] | ((uint32_t)bytes[1] << 8) |
                               ((uint32_t)bytes[2] << 16) | ((uint32_t)bytes[3] << 24);
}

uint64_t bytes_get_u64(struct byte_reader *reader)
{
    const uint64_t low = bytes_get_u32(reader);
    const uint64_t high = bytes_get_u32(reader);
    return low | (high << 32);
}

int64_t bytes_get_i64(struct byte_reader *reader)
{
    return (int64_t)bytes_get_u64(reader);
}

bool bytes_get_bool(struct byte_reader *reader)
{
    return bytes_get_below(reader, 2) == 1;
}

uint8_t bytes_get_below(struct byte_reader *reader, uint32_t limit)
{
    const uint8_t value = bytes_get_u8(reader);
    if (value >= limit) {
        reader->bad = true;
        return 0;
    }
    return value;
}

struct geo_point bytes_get_point(struct byte_reader *reader)
{
    const int32_t lat_e7 = (int32_t)bytes_get_u32(reader);
    const int32_t lon_e7 = (int32_t)bytes_get_u32(reader);
    const struct geo_point point = {.lat_e7 = lat_e7, .lon_e7 = lon_e7};
    if (!geo_point_valid(point)) {
        reader->bad = true;
        return (struct geo_point){0, 0};
    }
    return point;
}

/* How many bytes the character at `bytes` takes, 0: it is not UTF-8. */
static size_t character_size(const uint8_t *bytes, size_t left)
{
    const uint8_t lead = bytes[0];
    if (lead < 0x80U) {
        return 1;
    }
    const size_t size = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
    if (lead < 0xC2U || lead > 0xF4U || size > left) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    const bool overlong =
        (lead == 0xE0U && bytes[1] < 0xA0U) || (lead == 0xF0U && bytes[1] < 0x90U);
    const bool surrogate = lead == 0xEDU && bytes[1] > 0x9FU;
    const bool beyond = lead == 0xF4U && bytes[1] > 0x8FU;
    return overlong || surrogate || beyond ? 0 : size;
}

static bool is_text(const uint8_t *bytes, size_t size)
{
    size_t i = 0;
    while (i < size) {
        const size_t step = bytes[i] == 0 ? 0 : character_size(&bytes[i], size - i);
        if (step == 0) {
            return false;
        }
        i += step;
    }
    return true;
}

void bytes_get_text(struct byte_reader *reader, char *text, size_t text_size)
{
    memset(text, 0, text_size);
    const size_t length = bytes_get_u16(reader);
    if (length >= text_size) {
        reader->bad = true;
        return;
    }
    const uint8_t *bytes = get_raw(reader, length);
    if (bytes == NULL || !is_text(bytes, length)) {
        reader->bad = true;
        return;
    }
    memcpy(text, bytes, length);
}

bool bytes_done(const struct byte_reader *reader)
{
    return !reader->bad && reader->at == reader->size;
}
