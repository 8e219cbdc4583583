#include "engine/host/drawings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/put_line.h"
#include "engine/store/photo_file.h"

static uint32_t index_of(const struct drawings *drawings, const char *circle,
                         const uint8_t hash[PHOTO_HASH_SIZE])
{
    for (uint32_t i = 0; i < drawings->count; i++) {
        const struct drawing *row = &drawings->rows[i];
        if ((circle == NULL || strcmp(row->circle, circle) == 0) &&
            memcmp(row->hash, hash, PHOTO_HASH_SIZE) == 0) {
            return i;
        }
    }
    return UINT32_MAX;
}

static uint32_t count_of(const struct drawings *drawings, const char *circle)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < drawings->count; i++) {
        count += strcmp(drawings->rows[i].circle, circle) == 0 ? 1 : 0;
    }
    return count;
}

bool drawings_have_room(const struct drawings *drawings, const struct drawing *drawing)
{
    return index_of(drawings, drawing->circle, drawing->hash) != UINT32_MAX ||
           (drawings->count < DRAWINGS_MAX &&
            count_of(drawings, drawing->circle) < DRAWINGS_CIRCLE_MAX);
}

enum status drawings_put(struct drawings *drawings, const struct drawing *drawing)
{
    const uint32_t index = index_of(drawings, drawing->circle, drawing->hash);
    if (index != UINT32_MAX) {
        drawings->rows[index] = *drawing;
        return STATUS_OK;
    }
    if (!drawings_have_room(drawings, drawing)) {
        return STATUS_FULL;
    }
    drawings->rows[drawings->count++] = *drawing;
    return STATUS_OK;
}

bool drawings_remove(struct drawings *drawings, const char *circle,
                     const uint8_t hash[PHOTO_HASH_SIZE])
{
    const uint32_t index = index_of(drawings, circle, hash);
    if (index == UINT32_MAX) {
        return false;
    }
    drawings->count--;
    memmove(&drawings->rows[index], &drawings->rows[index + 1],
            (drawings->count - index) * sizeof drawings->rows[0]);
    return true;
}

const struct drawing *drawings_find(const struct drawings *drawings, const char *circle,
                                    const uint8_t hash[PHOTO_HASH_SIZE])
{
    const uint32_t index = index_of(drawings, circle, hash);
    return index == UINT32_MAX ? NULL : &drawings->rows[index];
}

void drawings_write(const struct drawings *drawings, struct proto_buffer *text)
{
    for (uint32_t i = 0; i < drawings->count; i++) {
        const struct drawing *row = &drawings->rows[i];
        char name[PHOTO_FILE_NAME_SIZE];
        char line[CODE_SIZE + PHOTO_FILE_NAME_SIZE + NAME_SIZE + 32];
        struct proto_buffer body = {0};
        photo_file_name(row->hash, name);
        const int size = snprintf(line, sizeof line, "%s %s %s %u %s", row->circle, name,
                                  types_name(TYPES_PHOTO_MEDIA, row->media), row->size, row->name);
        proto_buffer_append(&body, line, (size_t)size);
        put_line_write(text, row->by, row->since_ms, &body);
        proto_buffer_finish(&body);
    }
}

/* The next word of a line, which ends at a space. False: it is none, or longer than that. */
static bool take_word(const char **at, char *word, size_t size)
{
    const size_t length = strcspn(*at, " ");
    if (length == 0 || length >= size || (*at)[length] != ' ') {
        return false;
    }
    memcpy(word, *at, length);
    word[length] = '\0';
    *at += length + 1;
    return true;
}

static bool read_body(const char *text, struct drawing *row)
{
    char hash[PHOTO_FILE_NAME_SIZE];
    char media[32];
    char size[16];
    const char *at = text;
    if (!take_word(&at, row->circle, sizeof row->circle) || !take_word(&at, hash, sizeof hash) ||
        !take_word(&at, media, sizeof media) || !take_word(&at, size, sizeof size) ||
        !photo_file_name_read(hash, row->hash) || types_find(TYPES_PHOTO_MEDIA, media) < 0 ||
        at[0] == '\0' || strlen(at) >= sizeof row->name) {
        return false;
    }
    char *end = NULL;
    const unsigned long long bytes = strtoull(size, &end, 10);
    row->media = (enum photo_media)types_find(TYPES_PHOTO_MEDIA, media);
    row->size = (uint32_t)bytes;
    memcpy(row->name, at, strlen(at) + 1);
    return *end == '\0' && bytes > 0 && bytes <= PHOTO_FILE_BYTES_MAX;
}

static bool read_line(const char *line, size_t size, struct drawing *row)
{
    char text[CODE_SIZE + PHOTO_FILE_NAME_SIZE + NAME_SIZE + 64];
    size_t body = 0;
    if (!put_line_read(line, size, row->by, &row->since_ms, &body) || row->by[0] == '\0' ||
        size - body >= sizeof text) {
        return false;
    }
    memcpy(text, line + body, size - body);
    text[size - body] = '\0';
    return read_body(text, row);
}

uint32_t drawings_read(struct drawings *drawings, const char *text, size_t size)
{
    uint32_t lost = 0;
    for (size_t at = 0; at < size;) {
        const char *line = text + at;
        const char *end = memchr(line, '\n', size - at);
        const size_t line_size = end == NULL ? size - at : (size_t)(end - line);
        struct drawing row = {.size = 0};
        const bool is_read =
            read_line(line, line_size, &row) && drawings_put(drawings, &row) == STATUS_OK;
        lost += is_read ? 0 : 1;
        at += line_size + 1;
    }
    return lost;
}
