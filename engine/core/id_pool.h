#ifndef ENGINE_CORE_ID_POOL_H
#define ENGINE_CORE_ID_POOL_H

#include "engine/core/status.h"
#include "engine/core/types.h"

/* Which slot of a fixed array holds which id. Ids only rise; slots are reused.
 *
 * A hash finds a slot by its id, a list walks all ids in rising order: the order of an answer never
 * depends on which slots happened to be free. All memory is taken in init. */
#define SLOT_NONE UINT32_MAX

struct id_pool {
    uint32_t max, count;
    uint32_t slots_used; /* slots from here on were never taken */
    uint32_t free_first;
    uint32_t first, last; /* slots of the lowest and the highest id */
    uint32_t *ids;
    uint32_t *next, *previous; /* by rising id; `next` also links free slots */
    uint32_t *chain;           /* same bucket */
    uint32_t *buckets;
    uint32_t bucket_mask;
};

MUST_CHECK enum status id_pool_init(struct id_pool *pool, uint32_t max);
void id_pool_finish(struct id_pool *pool);
void id_pool_clear(struct id_pool *pool);

/* The id must be above every id in the pool. SLOT_NONE: full. */
uint32_t id_pool_add(struct id_pool *pool, uint32_t id);
void id_pool_remove(struct id_pool *pool, uint32_t slot);
/* SLOT_NONE: not there. */
uint32_t id_pool_find(const struct id_pool *pool, uint32_t id);
/* The slot of the lowest id above this one, which need not be there. */
uint32_t id_pool_after(const struct id_pool *pool, uint32_t id);

#endif
