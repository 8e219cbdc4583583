#include "engine/core/prng.h"

#include <assert.h>

uint64_t prng_next(struct prng *prng)
{
    prng->state += 0x9E3779B97F4A7C15u;
    uint64_t z = prng->state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

uint32_t prng_below(struct prng *prng, uint32_t below)
{
    assert(below > 0);
    return (uint32_t)((prng_next(prng) >> 32) * below >> 32);
}

int prng_chance(struct prng *prng, uint32_t in_thousand)
{
    return prng_below(prng, 1000) < in_thousand;
}
