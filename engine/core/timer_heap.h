#ifndef ENGINE_CORE_TIMER_HEAP_H
#define ENGINE_CORE_TIMER_HEAP_H

#include "engine/core/status.h"
#include "engine/core/types.h"

/* What is due next: at most one time for each of a fixed number of objects, in a binary heap that
 * knows where each object stands. Equal times come out by rising id, not by object. */
#define TIMER_OFF INT64_MAX

struct timer_entry {
    int64_t due_ms;
    uint32_t id; /* breaks ties */
    uint32_t object;
};

struct timer_heap {
    struct timer_entry *entries;
    uint32_t *positions; /* of an object in entries, UINT32_MAX: none */
    uint32_t count, max;
};

MUST_CHECK enum status timer_heap_init(struct timer_heap *heap, uint32_t objects_max);
void timer_heap_finish(struct timer_heap *heap);
void timer_heap_clear(struct timer_heap *heap);

/* TIMER_OFF takes the object out. */
void timer_heap_set(struct timer_heap *heap, uint32_t object, uint32_t id, int64_t due_ms);
/* NULL: nothing is due, ever. */
const struct timer_entry *timer_heap_top(const struct timer_heap *heap);

#endif
