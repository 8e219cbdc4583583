#include "engine/sim/sim_world.h"

#include <stdio.h>

#include "engine/host/clock.h"

int64_t sim_world_ms(void)
{
    return clock_mono_us() / 1000;
}

int64_t sim_world_us(void)
{
    return clock_mono_us();
}

void sim_world_key(struct sim_world *world, char key[SIM_KEY_SIZE])
{
    const uint64_t ms = (uint64_t)clock_wall_ms();
    const uint64_t a = prng_next(&world->prng);
    const uint64_t b = prng_next(&world->prng);
    snprintf(key, SIM_KEY_SIZE, "%08llx-%04llx-7%03llx-%04llx-%012llx",
             (unsigned long long)(ms >> 16), (unsigned long long)(ms & 0xffff),
             (unsigned long long)(a & 0xfff), (unsigned long long)((a >> 12 & 0x3fff) | 0x8000),
             (unsigned long long)(b & 0xffffffffffff));
}
