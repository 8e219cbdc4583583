#include "tests/sim/sim_allocations.h"

#include <stddef.h>

static bool counts;
static uint64_t count;

bool sim_allocations_pause(void)
{
    const bool before = counts;
    counts = false;
    return before;
}

void sim_allocations_resume(bool then)
{
    counts = then;
}

uint64_t sim_allocations_count(void)
{
    return count;
}

#ifdef ALLOCATIONS_UNSEEN

bool sim_allocations_are_seen(void)
{
    return false;
}

#else

bool sim_allocations_are_seen(void)
{
    return true;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t number, size_t size);
void *__real_realloc(void *bytes, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t number, size_t size);
void *__wrap_realloc(void *bytes, size_t size);

void *__wrap_malloc(size_t size)
{
    count += counts ? 1 : 0;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t number, size_t size)
{
    count += counts ? 1 : 0;
    return __real_calloc(number, size);
}

void *__wrap_realloc(void *bytes, size_t size)
{
    count += counts ? 1 : 0;
    return __real_realloc(bytes, size);
}

#endif
