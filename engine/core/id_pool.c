#include "engine/core/id_pool.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum status id_pool_init(struct id_pool *pool, uint32_t max)
{
    assert(max > 0);
    assert(max < SLOT_NONE / 4);
    uint32_t buckets = 16;
    while (buckets < max * 2) {
        buckets *= 2;
    }
    *pool = (struct id_pool){.max = max, .bucket_mask = buckets - 1};
    pool->ids = calloc(max, sizeof(uint32_t));
    pool->next = calloc(max, sizeof(uint32_t));
    pool->previous = calloc(max, sizeof(uint32_t));
    pool->chain = calloc(max, sizeof(uint32_t));
    pool->buckets = calloc(buckets, sizeof(uint32_t));
    if (pool->ids == NULL || pool->next == NULL || pool->previous == NULL || pool->chain == NULL ||
        pool->buckets == NULL) {
        id_pool_finish(pool);
        return STATUS_NO_MEMORY;
    }
    id_pool_clear(pool);
    return STATUS_OK;
}

void id_pool_finish(struct id_pool *pool)
{
    free(pool->ids);
    free(pool->next);
    free(pool->previous);
    free(pool->chain);
    free(pool->buckets);
    *pool = (struct id_pool){0};
}

void id_pool_clear(struct id_pool *pool)
{
    pool->count = 0;
    pool->slots_used = 0;
    pool->free_first = SLOT_NONE;
    pool->first = SLOT_NONE;
    pool->last = SLOT_NONE;
    memset(pool->buckets, 0xFF, (pool->bucket_mask + (size_t)1) * sizeof(uint32_t));
}

static uint32_t *bucket_of(const struct id_pool *pool, uint32_t id)
{
    return &pool->buckets[(id * 2654435761U >> 7) & pool->bucket_mask];
}

uint32_t id_pool_add(struct id_pool *pool, uint32_t id)
{
    assert(pool->last == SLOT_NONE || id > pool->ids[pool->last]);
    uint32_t slot = pool->free_first;
    if (slot != SLOT_NONE) {
        pool->free_first = pool->next[slot];
    } else if (pool->slots_used < pool->max) {
        slot = pool->slots_used;
        pool->slots_used++;
    } else {
        return SLOT_NONE;
    }
    pool->ids[slot] = id;
    pool->next[slot] = SLOT_NONE;
    pool->previous[slot] = pool->last;
    if (pool->last == SLOT_NONE) {
        pool->first = slot;
    } else {
        pool->next[pool->last] = slot;
    }
    pool->last = slot;
    uint32_t *bucket = bucket_of(pool, id);
    pool->chain[slot] = *bucket;
    *bucket = slot;
    pool->count++;
    return slot;
}

void id_pool_remove(struct id_pool *pool, uint32_t slot)
{
    assert(pool->count > 0);
    uint32_t *link = bucket_of(pool, pool->ids[slot]);
    while (*link != slot) {
        assert(*link != SLOT_NONE);
        link = &pool->chain[*link];
    }
    *link = pool->chain[slot];
    const uint32_t next = pool->next[slot];
    const uint32_t previous = pool->previous[slot];
    if (previous == SLOT_NONE) {
        pool->first = next;
    } else {
        pool->next[previous] = next;
    }
    if (next == SLOT_NONE) {
        pool->last = previous;
    } else {
        pool->previous[next] = previous;
    }
    pool->next[slot] = pool->free_first;
    pool->free_first = slot;
    pool->count--;
}

uint32_t id_pool_find(const struct id_pool *pool, uint32_t id)
{
    uint32_t slot = *bucket_of(pool, id);
    while (slot != SLOT_NONE && pool->ids[slot] != id) {
        slot = pool->chain[slot];
    }
    return slot;
}

uint32_t id_pool_after(const struct id_pool *pool, uint32_t id)
{
    const uint32_t slot = id_pool_find(pool, id);
    if (slot != SLOT_NONE) {
        return pool->next[slot];
    }
    uint32_t next = pool->first;
    while (next != SLOT_NONE && pool->ids[next] <= id) {
        next = pool->next[next];
    }
    return next;
}
