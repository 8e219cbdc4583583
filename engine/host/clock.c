#include "engine/host/clock.h"

#include <assert.h>
#include <time.h>

#define SLEW_PPM 500

static int64_t reading_us(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_wall_ms(void)
{
    return reading_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_mono_us(void)
{
    return reading_us(CLOCK_MONOTONIC);
}

void clock_init_at(struct clock_state *clock, int64_t last_ms, int64_t wall_ms, int64_t mono_us)
{
    const int64_t start_ms = wall_ms > last_ms ? wall_ms : last_ms;
    *clock = (struct clock_state){.base_ms = start_ms,
                                  .base_mono_us = mono_us,
                                  .now_ms = start_ms,
                                  .wall_gap_ms = wall_ms - start_ms,
                                  .stepped = start_ms - wall_ms > CLOCK_STEP_MS};
}

/* Every second of monotonic time the base may move towards the wall by 500 us at most; what was not
 * used is gone, or hours in step would save up for a jump. */
int64_t clock_read_at(struct clock_state *clock, int64_t wall_ms, int64_t mono_us)
{
    assert(mono_us >= clock->base_mono_us);
    const int64_t passed_us = mono_us - clock->base_mono_us;
    const int64_t free_ms = clock->base_ms + passed_us / 1000;
    const int64_t gap_ms = wall_ms - free_ms;
    clock->wall_gap_ms = gap_ms;
    clock->stepped = gap_ms > CLOCK_STEP_MS || gap_ms < -CLOCK_STEP_MS;

    const int64_t slew_ms_max = passed_us * SLEW_PPM / 1000000 / 1000;
    if (slew_ms_max > 0) {
        const int64_t slew_ms = gap_ms > slew_ms_max    ? slew_ms_max
                                : gap_ms < -slew_ms_max ? -slew_ms_max
                                                        : gap_ms;
        clock->base_ms += passed_us / 1000 + slew_ms;
        clock->base_mono_us += passed_us / 1000 * 1000;
        clock->wall_gap_ms = gap_ms - slew_ms;
    }
    const int64_t now_ms = clock->base_ms + (mono_us - clock->base_mono_us) / 1000;
    if (now_ms > clock->now_ms) {
        clock->now_ms = now_ms;
    }
    return clock->now_ms;
}

void clock_init(struct clock_state *clock, int64_t last_ms)
{
    clock_init_at(clock, last_ms, clock_wall_ms(), clock_mono_us());
}

int64_t clock_read(struct clock_state *clock)
{
    return clock_read_at(clock, clock_wall_ms(), clock_mono_us());
}
