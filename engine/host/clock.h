#ifndef ENGINE_HOST_CLOCK_H
#define ENGINE_HOST_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

/* The only clock. Engine time starts at max(wall, last journaled), runs on the monotonic clock and
 * follows the wall by at most 500 ppm: a jump of an hour fires no ladder and freezes none, and the
 * seconds that a machine loses whenever it is paused do not add up over the years. */
struct clock_state {
    int64_t base_ms; /* engine time at monotonic `base_mono_us` */
    int64_t base_mono_us;
    int64_t now_ms;      /* the last reading handed out; never goes back */
    int64_t wall_gap_ms; /* wall - engine time at the last reading */
    bool stepped;        /* the wall is farther away than CLOCK_STEP_MS */
};

#define CLOCK_STEP_MS 1000 /* a wall clock this far off is an alarm */

/* `last_ms`: time of the newest journaled event, TIME_NEVER if none. */
void clock_init(struct clock_state *clock, int64_t last_ms);
/* The pure part, for tests: readings are given. */
void clock_init_at(struct clock_state *clock, int64_t last_ms, int64_t wall_ms, int64_t mono_us);
int64_t clock_read_at(struct clock_state *clock, int64_t wall_ms, int64_t mono_us);

/* One reading a wake-up: read, and keep the answer for the rest of it. */
int64_t clock_read(struct clock_state *clock);

int64_t clock_wall_ms(void);
int64_t clock_mono_us(void);

#endif
