#include "proto/proto_buffer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST ((size_t)1024) /* most messages fit without growing */

void proto_buffer_init(struct proto_buffer *buffer)
{
    assert(buffer != NULL);
    *buffer = (struct proto_buffer){0};
}

void proto_buffer_finish(struct proto_buffer *buffer)
{
    assert(buffer != NULL);
    free(buffer->bytes);
    *buffer = (struct proto_buffer){.size_max = buffer->size_max};
}

void proto_buffer_clear(struct proto_buffer *buffer)
{
    assert(buffer != NULL);
    buffer->size = 0;
    buffer->failed = false;
}

bool proto_buffer_ok(const struct proto_buffer *buffer)
{
    assert(buffer->size <= buffer->capacity);
    return !buffer->failed;
}

/* Doubling keeps appends linear; the last step goes to the bound exactly. */
static bool grow(struct proto_buffer *buffer, size_t size)
{
    const size_t bound = buffer->size_max > 0 ? buffer->size_max : PROTO_BUFFER_MAX;
    assert(buffer->size <= bound);
    if (size > bound - buffer->size) {
        return false;
    }
    const size_t needed = buffer->size + size;
    size_t capacity = buffer->capacity > 0 ? buffer->capacity : CAPACITY_FIRST;
    while (capacity < needed) {
        capacity *= 2;
    }
    if (capacity > bound) {
        capacity = bound;
    }
    char *bytes = realloc(buffer->bytes, capacity);
    if (bytes == NULL) {
        return false;
    }
    buffer->bytes = bytes;
    buffer->capacity = capacity;
    return true;
}

char *proto_buffer_room(struct proto_buffer *buffer, size_t size)
{
    assert(buffer != NULL);
    assert(buffer->size <= buffer->capacity);
    if (buffer->failed) {
        return NULL;
    }
    const bool fits = buffer->bytes != NULL && size <= buffer->capacity - buffer->size;
    if (!fits && !grow(buffer, size)) {
        buffer->failed = true;
        return NULL;
    }
    return buffer->bytes + buffer->size;
}

void proto_buffer_wrote(struct proto_buffer *buffer, size_t size)
{
    assert(!buffer->failed);
    assert(size <= buffer->capacity - buffer->size);
    buffer->size += size;
}

void proto_buffer_append(struct proto_buffer *buffer, const void *bytes, size_t size)
{
    char *room = proto_buffer_room(buffer, size);
    if (room != NULL && size > 0) {
        memcpy(room, bytes, size);
        buffer->size += size;
    }
}
