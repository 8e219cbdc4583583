#include "engine/net/net_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A frame is framed once, when it is made, and written raw to every socket: no byte of it changes
 * afterwards, so connections can share it. */

#define FIN          0x80u
#define TEXT         0x1u
#define BINARY       0x2u
#define CONTINUATION 0x0u
#define HEADER_BYTES 4u /* of every fragment but a short last one */

_Static_assert(NET_CHUNK_BYTES < 65536u, "a fragment's length fits into 16 bits");
_Static_assert(NET_CHUNK_BYTES + HEADER_BYTES <= NET_BATCH_BYTES, "one batch holds a fragment");

static uint8_t *write_header(uint8_t *at, uint8_t first, size_t size)
{
    assert(size <= NET_CHUNK_BYTES);
    *at++ = first;
    if (size < 126) {
        *at++ = (uint8_t)size;
        return at;
    }
    *at++ = 126;
    *at++ = (uint8_t)(size >> 8);
    *at++ = (uint8_t)(size & 0xffu);
    return at;
}

struct net_frame *net_frame_create(const void *bytes, size_t size, bool binary)
{
    assert(bytes != NULL || size == 0);

    const size_t chunks = size == 0 ? 1 : (size + NET_CHUNK_BYTES - 1) / NET_CHUNK_BYTES;
    struct net_frame *frame = malloc(sizeof *frame + size + chunks * HEADER_BYTES);
    if (frame == NULL) {
        return NULL;
    }
    *frame = (struct net_frame){.references = 1, .message_size = size};
    uint8_t *at = frame->bytes;
    uint8_t opcode = binary ? BINARY : TEXT;
    size_t done = 0;
    for (size_t i = 0; i < chunks; i++) {
        const size_t left = size - done;
        const size_t part = left < NET_CHUNK_BYTES ? left : NET_CHUNK_BYTES;
        at = write_header(at, (uint8_t)(i + 1 == chunks ? FIN | opcode : opcode), part);
        if (part > 0) {
            memcpy(at, (const uint8_t *)bytes + done, part);
        }
        at += part;
        done += part;
        opcode = CONTINUATION;
    }
    assert(done == size);
    frame->size = (size_t)(at - frame->bytes);
    return frame;
}

struct net_frame *net_frame_retain(struct net_frame *frame)
{
    assert(frame->references > 0);
    assert(frame->references < UINT32_MAX);
    frame->references++;
    return frame;
}

void net_frame_release(struct net_frame *frame)
{
    if (frame == NULL) {
        return;
    }
    assert(frame->references > 0);
    if (--frame->references == 0) {
        free(frame);
    }
}

size_t net_frame_size(const struct net_frame *frame)
{
    return frame->message_size;
}

void net_frame_set_key(struct net_frame *frame, uint64_t key)
{
    frame->key = key;
}

size_t net_frame_chunk_end(const struct net_frame *frame, size_t offset)
{
    assert(offset < frame->size);
    assert(offset % (NET_CHUNK_BYTES + HEADER_BYTES) == 0);
    const size_t end = offset + NET_CHUNK_BYTES + HEADER_BYTES;
    return end < frame->size ? end : frame->size;
}
