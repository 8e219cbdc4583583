#include "engine/core/timer_heap.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE UINT32_MAX

enum status timer_heap_init(struct timer_heap *heap, uint32_t objects_max)
{
    assert(objects_max > 0);
    *heap = (struct timer_heap){.max = objects_max};
    heap->entries = calloc(objects_max, sizeof *heap->entries);
    heap->positions = calloc(objects_max, sizeof *heap->positions);
    if (heap->entries == NULL || heap->positions == NULL) {
        timer_heap_finish(heap);
        return STATUS_NO_MEMORY;
    }
    timer_heap_clear(heap);
    return STATUS_OK;
}

void timer_heap_finish(struct timer_heap *heap)
{
    free(heap->entries);
    free(heap->positions);
    *heap = (struct timer_heap){0};
}

void timer_heap_clear(struct timer_heap *heap)
{
    heap->count = 0;
    memset(heap->positions, 0xFF, heap->max * sizeof *heap->positions);
}

static bool is_before(const struct timer_entry *a, const struct timer_entry *b)
{
    if (a->due_ms != b->due_ms) {
        return a->due_ms < b->due_ms;
    }
    return a->id != b->id ? a->id < b->id : a->object < b->object;
}

static void place(struct timer_heap *heap, uint32_t position, struct timer_entry entry)
{
    heap->entries[position] = entry;
    heap->positions[entry.object] = position;
}

static void sift(struct timer_heap *heap, uint32_t position, struct timer_entry entry)
{
    while (position > 0 && is_before(&entry, &heap->entries[(position - 1) / 2])) {
        place(heap, position, heap->entries[(position - 1) / 2]);
        position = (position - 1) / 2;
    }
    for (;;) {
        uint32_t child = 2 * position + 1;
        if (child >= heap->count) {
            break;
        }
        if (child + 1 < heap->count &&
            is_before(&heap->entries[child + 1], &heap->entries[child])) {
            child++;
        }
        if (!is_before(&heap->entries[child], &entry)) {
            break;
        }
        place(heap, position, heap->entries[child]);
        position = child;
    }
    place(heap, position, entry);
}

static void take_out(struct timer_heap *heap, uint32_t object)
{
    const uint32_t position = heap->positions[object];
    if (position == NOWHERE) {
        return;
    }
    heap->positions[object] = NOWHERE;
    heap->count--;
    if (position < heap->count) {
        sift(heap, position, heap->entries[heap->count]);
    }
}

void timer_heap_set(struct timer_heap *heap, uint32_t object, uint32_t id, int64_t due_ms)
{
    assert(object < heap->max);
    if (due_ms == TIMER_OFF) {
        take_out(heap, object);
        return;
    }
    uint32_t position = heap->positions[object];
    if (position == NOWHERE) {
        position = heap->count;
        heap->count++;
    } else if (heap->entries[position].due_ms == due_ms && heap->entries[position].id == id) {
        return;
    }
    sift(heap, position, (struct timer_entry){.due_ms = due_ms, .id = id, .object = object});
}

const struct timer_entry *timer_heap_top(const struct timer_heap *heap)
{
    return heap->count == 0 ? NULL : &heap->entries[0];
}
