#include "engine/net/net_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_FIRST 8u
#define REPLACE_SCAN   256u /* entries looked at from the end: a scan's cost is bounded */

static struct net_queue_entry *entry_at(const struct net_queue *queue, uint32_t index)
{
    assert(index < queue->count);
    return &queue->entries[(queue->head + index) & (queue->capacity - 1)];
}

static bool grow(struct net_queue *queue)
{
    const uint32_t capacity = queue->capacity == 0 ? CAPACITY_FIRST : queue->capacity * 2;
    struct net_queue_entry *entries = malloc(capacity * sizeof *entries);
    if (entries == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < queue->count; i++) {
        entries[i] = *entry_at(queue, i);
    }
    free(queue->entries);
    queue->entries = entries;
    queue->capacity = capacity;
    queue->head = 0;
    return true;
}

bool net_queue_push(struct net_queue *queue, struct net_frame *frame, bool position, uint32_t tick)
{
    if (queue->count == queue->capacity && !grow(queue)) {
        return false;
    }
    queue->count++;
    *entry_at(queue, queue->count - 1) = (struct net_queue_entry){
        .frame = net_frame_retain(frame), .tick = tick, .position = position};
    queue->bytes += frame->size + NET_ENTRY_BYTES;
    return true;
}

bool net_queue_replace(struct net_queue *queue, struct net_frame *frame)
{
    if (frame->key == 0) {
        return false;
    }
    const uint32_t first = queue->offset > 0 ? 1 : 0; /* a half-written head stays */
    const uint32_t last = queue->count > REPLACE_SCAN ? queue->count - REPLACE_SCAN : 0;
    for (uint32_t i = queue->count; i > first && i > last; i--) {
        struct net_queue_entry *entry = entry_at(queue, i - 1);
        if (!entry->position || entry->frame->key != frame->key) {
            continue;
        }
        queue->bytes = queue->bytes - entry->frame->size + frame->size;
        net_frame_release(entry->frame);
        entry->frame = net_frame_retain(frame);
        return true;
    }
    return false;
}

size_t net_queue_peek(struct net_queue *queue, uint8_t *scratch, uint8_t **bytes)
{
    *bytes = scratch;
    size_t offset = queue->offset;
    size_t size = 0;
    for (uint32_t i = 0; i < queue->count; i++) {
        struct net_frame *frame = entry_at(queue, i)->frame;
        while (offset < frame->size) {
            const size_t end = net_frame_chunk_end(frame, offset);
            if (size + end - offset > NET_BATCH_BYTES) {
                return size;
            }
            if (size == 0 && (queue->count == 1 || end < frame->size)) {
                *bytes = frame->bytes + offset; /* alone in its batch: no copy */
                return end - offset;
            }
            memcpy(scratch + size, frame->bytes + offset, end - offset);
            size += end - offset;
            offset = end;
        }
        offset = 0;
    }
    return size;
}

uint32_t net_queue_consume(struct net_queue *queue, size_t size)
{
    uint32_t completed = 0;
    while (size > 0) {
        struct net_frame *frame = entry_at(queue, 0)->frame;
        const size_t left = frame->size - queue->offset;
        if (size < left) {
            queue->offset += size;
            queue->bytes -= size;
            return completed;
        }
        size -= left;
        queue->bytes -= left + NET_ENTRY_BYTES;
        queue->offset = 0;
        queue->head = (queue->head + 1) & (queue->capacity - 1);
        queue->count--;
        net_frame_release(frame);
        completed++;
    }
    return completed;
}

void net_queue_clear(struct net_queue *queue)
{
    for (uint32_t i = 0; i < queue->count; i++) {
        net_frame_release(entry_at(queue, i)->frame);
    }
    free(queue->entries);
    *queue = (struct net_queue){0};
}
