#ifndef ENGINE_CORE_PRNG_H
#define ENGINE_CORE_PRNG_H

#include <stdint.h>

/* Seeded chance: splitmix64 (Steele, Lea, Flood 2014). The same seed gives the same numbers for
 * ever. Never for secrets. */
struct prng {
    uint64_t state;
};

uint64_t prng_next(struct prng *prng);
/* 0..below-1; below is at least 1. The bias is under below / 2^32. */
uint32_t prng_below(struct prng *prng, uint32_t below);
/* True with this many chances in a thousand. */
int prng_chance(struct prng *prng, uint32_t in_thousand);

#endif
