#include "geo/import/geo_import_text.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 1024u /* a power of two */

enum geo_status geo_import_text_init(struct geo_import_text *text)
{
    *text = (struct geo_import_text){.bytes = GEO_IMPORT_LIST_OF(char)};
    text->slots = calloc(SLOTS_FIRST, sizeof *text->slots);
    text->slot_count = SLOTS_FIRST;
    if (text->slots == NULL || geo_import_list_add(&text->bytes) == NULL) {
        geo_import_text_finish(text);
        return GEO_NO_MEMORY;
    }
    return GEO_OK;
}

void geo_import_text_finish(struct geo_import_text *text)
{
    free(text->slots);
    geo_import_list_finish(&text->bytes);
    *text = (struct geo_import_text){.bytes = GEO_IMPORT_LIST_OF(char)};
}

const char *geo_import_text_at(const struct geo_import_text *text, uint32_t offset)
{
    assert(offset < text->bytes.count);
    return (const char *)text->bytes.items + offset;
}

/* Bytes of the well-formed UTF-8 character at `at` (RFC 3629: no overlong forms, no surrogates), 0
 * if there is none. */
static size_t character_size(const unsigned char *at)
{
    if (at[0] < 0x80) {
        return 1;
    }
    const size_t size = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    if (at[0] < 0xc2 || at[0] > 0xf4) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    const bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
    const bool outside = (at[0] == 0xed && at[1] > 0x9f) || (at[0] == 0xf4 && at[1] > 0x8f);
    return overlong || outside ? 0 : size;
}

/* Answers the size of the clean copy. */
static size_t clean(const char *value, char out[GEO_IMPORT_TEXT_MAX + 1])
{
    const unsigned char *at = (const unsigned char *)value;
    size_t size = 0;
    while (*at != '\0') {
        const size_t step = character_size(at);
        const unsigned char *from = step == 0 ? (const unsigned char *)"\xef\xbf\xbd" : at;
        const size_t from_size = step == 0 ? 3 : step;
        if (size + from_size > GEO_IMPORT_TEXT_MAX) {
            break;
        }
        memcpy(out + size, from, from_size);
        if (*from < 0x20 || *from == 0x7f) {
            out[size] = ' ';
        }
        size += size == 0 && out[0] == ' ' ? 0 : from_size;
        at += step == 0 ? 1 : step;
    }
    while (size > 0 && out[size - 1] == ' ') {
        size--;
    }
    out[size] = '\0';
    return size;
}

static uint64_t hash_of(const char *bytes, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (size_t i = 0; i < size; i++) {
        hash = (hash ^ (unsigned char)bytes[i]) * 0x100000001b3u;
    }
    return hash ^ hash >> 32;
}

/* The slot that holds the value, or the free one where it belongs. */
static uint32_t *slot_of(const struct geo_import_text *text, uint32_t *slots, size_t slot_count,
                         const char *value)
{
    size_t at = (size_t)hash_of(value, strlen(value)) & (slot_count - 1);
    while (slots[at] != 0 && strcmp(geo_import_text_at(text, slots[at]), value) != 0) {
        at = (at + 1) & (slot_count - 1);
    }
    return &slots[at];
}

static bool grow(struct geo_import_text *text)
{
    const size_t count = text->slot_count * 2;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (slots == NULL) {
        return false;
    }
    for (size_t i = 0; i < text->slot_count; i++) {
        if (text->slots[i] != 0) {
            *slot_of(text, slots, count, geo_import_text_at(text, text->slots[i])) = text->slots[i];
        }
    }
    free(text->slots);
    text->slots = slots;
    text->slot_count = count;
    return true;
}

enum geo_status geo_import_text_add(struct geo_import_text *text, const char *value,
                                    uint32_t *offset)
{
    char copy[GEO_IMPORT_TEXT_MAX + 1];
    const size_t size = value == NULL ? 0 : clean(value, copy);
    if (size == 0) {
        *offset = 0;
        return GEO_OK;
    }
    if (text->used * 2 >= text->slot_count && !grow(text)) {
        return GEO_NO_MEMORY;
    }
    uint32_t *slot = slot_of(text, text->slots, text->slot_count, copy);
    if (*slot == 0) {
        const size_t at = text->bytes.count;
        if (at > UINT32_MAX - size - 1) {
            return GEO_FULL;
        }
        if (geo_import_list_append(&text->bytes, copy, size + 1) == NULL) {
            return GEO_NO_MEMORY;
        }
        *slot = (uint32_t)at;
        text->used++;
    }
    *offset = *slot;
    return GEO_OK;
}
