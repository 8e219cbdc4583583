#include "tests/sim/sim_queue.h"

#include <assert.h>
#include <stdlib.h>

void sim_queue_init(struct sim_queue *queue)
{
    *queue = (struct sim_queue){0};
}

void sim_queue_finish(struct sim_queue *queue)
{
    free(queue->entries);
    *queue = (struct sim_queue){0};
}

static bool is_before(const struct sim_entry *a, const struct sim_entry *b)
{
    return a->at_us != b->at_us ? a->at_us < b->at_us : a->order < b->order;
}

void sim_queue_put(struct sim_queue *queue, struct sim_entry entry)
{
    if (queue->count == queue->max) {
        queue->max = queue->max == 0 ? 256 : 2 * queue->max;
        queue->entries = realloc(queue->entries, queue->max * sizeof queue->entries[0]);
        assert(queue->entries != NULL);
    }
    entry.order = queue->order++;
    uint32_t at = queue->count++;
    while (at > 0 && is_before(&entry, &queue->entries[(at - 1) / 2])) {
        queue->entries[at] = queue->entries[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    queue->entries[at] = entry;
}

bool sim_queue_take(struct sim_queue *queue, struct sim_entry *entry)
{
    if (queue->count == 0) {
        return false;
    }
    *entry = queue->entries[0];
    const struct sim_entry last = queue->entries[--queue->count];
    uint32_t at = 0;
    for (uint32_t child = 1; child < queue->count; child = 2 * at + 1) {
        if (child + 1 < queue->count &&
            is_before(&queue->entries[child + 1], &queue->entries[child])) {
            child++;
        }
        if (!is_before(&queue->entries[child], &last)) {
            break;
        }
        queue->entries[at] = queue->entries[child];
        at = child;
    }
    queue->entries[at] = last;
    return true;
}

int64_t sim_queue_next_us(const struct sim_queue *queue)
{
    return queue->count == 0 ? INT64_MAX : queue->entries[0].at_us;
}
