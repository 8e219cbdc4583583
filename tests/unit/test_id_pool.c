/* id_pool, timer_heap, code_table: the rules they promise, against the simplest oracles. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/code_table.h"
#include "engine/core/id_pool.h"
#include "engine/core/prng.h"
#include "engine/core/timer_heap.h"

#define POOL 50u

Test(id_pool, finds_walks_and_reuses_like_a_list)
{
    struct id_pool pool;
    cr_assert(eq(u32, id_pool_init(&pool, POOL), STATUS_OK));
    struct prng prng = {.state = 11};
    static uint32_t ids[5000];
    uint32_t first = 0, last = 0; /* ids[first..last) may be in */
    static bool in[200000];
    uint32_t id = 0, count = 0;
    for (uint32_t step = 0; step < 5000; step++) {
        if (count < POOL && prng_chance(&prng, 550)) {
            id += 1 + prng_below(&prng, 30);
            cr_assert(ne(u32, id_pool_add(&pool, id), SLOT_NONE));
            ids[last++] = id;
            in[id] = true;
            count++;
        } else if (count > 0) {
            const uint32_t victim = ids[first + prng_below(&prng, last - first)];
            if (in[victim]) {
                id_pool_remove(&pool, id_pool_find(&pool, victim));
                in[victim] = false;
                count--;
            }
        }
        while (first < last && !in[ids[first]]) {
            first++;
        }
        uint32_t slot = pool.first;
        for (uint32_t i = first; i < last; i++) {
            if (in[ids[i]]) {
                cr_assert(eq(u32, pool.ids[slot], ids[i]));
                slot = pool.next[slot];
            }
        }
        cr_assert(eq(u32, slot, SLOT_NONE));
        cr_assert(eq(u32, pool.count, count));
        const uint32_t probe = prng_below(&prng, id + 1);
        cr_assert(eq(int, id_pool_find(&pool, probe) != SLOT_NONE, in[probe]));
        const uint32_t after = id_pool_after(&pool, probe);
        uint32_t expected = probe + 1;
        while (expected <= id && !in[expected]) {
            expected++;
        }
        cr_assert(eq(u32, after == SLOT_NONE ? id + 1 : pool.ids[after], expected));
    }
    id_pool_finish(&pool);
}

Test(id_pool, a_full_one_says_so)
{
    struct id_pool pool;
    cr_assert(eq(u32, id_pool_init(&pool, 2), STATUS_OK));
    cr_expect(ne(u32, id_pool_add(&pool, 1), SLOT_NONE));
    cr_expect(ne(u32, id_pool_add(&pool, 2), SLOT_NONE));
    cr_expect(eq(u32, id_pool_add(&pool, 3), SLOT_NONE));
    id_pool_remove(&pool, id_pool_find(&pool, 2));
    cr_expect(ne(u32, id_pool_add(&pool, 4), SLOT_NONE));
    id_pool_finish(&pool);
}

Test(id_pool, an_id_that_falls_is_a_programming_error, .signal = SIGABRT)
{
    struct id_pool pool;
    cr_assert(eq(u32, id_pool_init(&pool, 2), STATUS_OK));
    id_pool_add(&pool, 5);
    id_pool_add(&pool, 5);
}

#define OBJECTS 64u

Test(timer_heap, the_top_is_always_the_earliest_ties_by_id)
{
    struct timer_heap heap;
    cr_assert(eq(u32, timer_heap_init(&heap, OBJECTS), STATUS_OK));
    struct prng prng = {.state = 12};
    int64_t due_ms[OBJECTS];
    uint32_t ids[OBJECTS];
    for (uint32_t i = 0; i < OBJECTS; i++) {
        due_ms[i] = TIMER_OFF;
        ids[i] = OBJECTS - i;
    }
    for (uint32_t step = 0; step < 20000; step++) {
        const uint32_t object = prng_below(&prng, OBJECTS);
        due_ms[object] = prng_chance(&prng, 300) ? TIMER_OFF : (int64_t)prng_below(&prng, 50);
        timer_heap_set(&heap, object, ids[object], due_ms[object]);
        uint32_t best = OBJECTS;
        for (uint32_t i = 0; i < OBJECTS; i++) {
            const bool is_better =
                due_ms[i] != TIMER_OFF && (best == OBJECTS || due_ms[i] < due_ms[best] ||
                                           (due_ms[i] == due_ms[best] && ids[i] < ids[best]));
            best = is_better ? i : best;
        }
        const struct timer_entry *top = timer_heap_top(&heap);
        cr_assert(eq(u32, top == NULL ? OBJECTS : top->object, best));
    }
    timer_heap_finish(&heap);
}

Test(code_table, finds_what_was_put_and_nothing_else)
{
    struct code_table table;
    cr_assert(eq(u32, code_table_init(&table, 1000), STATUS_OK));
    char code[CODE_SIZE];
    for (uint32_t i = 0; i < 1000; i++) {
        snprintf(code, sizeof code, "P%u", i * 7);
        code_table_put(&table, code, i);
    }
    for (uint32_t i = 0; i < 7000; i++) {
        snprintf(code, sizeof code, "P%u", i);
        cr_assert(eq(u32, code_table_find(&table, code), i % 7 == 0 ? i / 7 : UINT32_MAX));
    }
    code_table_put(&table, "P0", 77);
    cr_expect(eq(u32, code_table_find(&table, "P0"), 77));
    cr_expect(eq(u32, code_table_find(&table, "sixteen bytes or more"), UINT32_MAX));
    code_table_finish(&table);
}
