#ifndef ENGINE_HOST_DRAWINGS_H
#define ENGINE_HOST_DRAWINGS_H

#include "engine/core/status.h"
#include "engine/core/types.h"
#include "proto/proto_buffer.h"

/* Which drawings a circle has: floor plans, gates, cordons, as pictures. One circle, one plan, one
 * drawing (一圈一图). The pictures themselves are files named by their hash (photo_file.h). */

#define DRAWINGS_MAX        4096u /* of all circles */
#define DRAWINGS_CIRCLE_MAX 16u

struct drawing {
    char circle[CODE_SIZE];
    uint8_t hash[PHOTO_HASH_SIZE];
    enum photo_media media;
    uint32_t size;        /* bytes */
    char name[NAME_SIZE]; /* what people call it: UTF-8 without control characters, not empty */
    char by[ACTOR_SIZE];
    int64_t since_ms;
};

struct drawings {
    uint32_t count;
    struct drawing rows[DRAWINGS_MAX]; /* in the order they were put */
};

/* The same picture of the same circle again takes the new name. STATUS_FULL: no room, of the circle
 * or at all; nothing happened. */
MUST_CHECK enum status drawings_put(struct drawings *drawings, const struct drawing *drawing);
/* Whether a put of this one finds room. */
bool drawings_have_room(const struct drawings *drawings, const struct drawing *drawing);
/* False: there is none. */
bool drawings_remove(struct drawings *drawings, const char *circle,
                     const uint8_t hash[PHOTO_HASH_SIZE]);
/* NULL: none. `circle` NULL: whichever has it. */
const struct drawing *drawings_find(const struct drawings *drawings, const char *circle,
                                    const uint8_t hash[PHOTO_HASH_SIZE]);

/* As a small text file, one drawing a line: `by since_ms circle hash media size name`. Reading
 * answers how many lines could not be read. */
void drawings_write(const struct drawings *drawings, struct proto_buffer *text);
uint32_t drawings_read(struct drawings *drawings, const char *text, size_t size);

#endif
