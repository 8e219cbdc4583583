/* clock: engine time from given readings; nobody reads a real clock here. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "engine/core/prng.h"
#include "engine/core/types.h"
#include "engine/host/clock.h"

#define NOON_MS  INT64_C(1750000000000)
#define HOUR_MS  INT64_C(3600000)
#define START_US INT64_C(5000000)

static struct clock_state engine_clock;

/* The reading `passed_ms` after the start, by a wall that is `gap_ms` away from it. */
static int64_t read_after(int64_t passed_ms, int64_t gap_ms)
{
    return clock_read_at(&engine_clock, NOON_MS + passed_ms + gap_ms, START_US + passed_ms * 1000);
}

static void set_up(void)
{
    clock_init_at(&engine_clock, TIME_NEVER, NOON_MS, START_US);
}

TestSuite(clock, .init = set_up, .timeout = 10);

Test(clock, starts_at_the_wall)
{
    cr_expect(eq(i64, read_after(0, 0), NOON_MS));
    cr_expect(eq(i64, read_after(1500, 0), NOON_MS + 1500));
}

Test(clock, starts_at_the_newest_journaled_event_when_the_wall_is_behind)
{
    clock_init_at(&engine_clock, NOON_MS + HOUR_MS, NOON_MS, START_US);
    cr_expect(engine_clock.stepped);
    cr_expect(eq(i64, read_after(1000, 0), NOON_MS + HOUR_MS + 1000));
}

Test(clock, a_wall_set_ahead_by_an_hour_makes_no_jump)
{
    cr_expect(eq(i64, read_after(10000, HOUR_MS), NOON_MS + 10000 + 5));
    cr_expect(engine_clock.stepped);
    cr_expect(eq(i64, engine_clock.wall_gap_ms, HOUR_MS - 5));
}

Test(clock, a_wall_set_back_by_an_hour_freezes_nothing)
{
    cr_expect(eq(i64, read_after(10000, -HOUR_MS), NOON_MS + 10000 - 5));
    cr_expect(eq(i64, read_after(20000, -HOUR_MS), NOON_MS + 20000 - 10));
    cr_expect(engine_clock.stepped);
}

/* A machine that is paused for its backup every night: the wall is told, the monotonic clock not.
 */
Test(clock, seconds_lost_every_night_do_not_add_up)
{
    int64_t gap_ms = 0;
    for (int64_t hour = 0; hour < 365 * 24; hour++) {
        gap_ms += hour % 24 == 3 ? 5000 : 0;
        read_after(hour * HOUR_MS, gap_ms);
    }
    cr_expect(not(engine_clock.stepped));
    cr_expect(eq(i64, engine_clock.wall_gap_ms, 0));
}

/* It was set wrong when the engine started, and is set right after. */
Test(clock, an_engine_that_is_ahead_lets_the_wall_come_up)
{
    clock_init_at(&engine_clock, NOON_MS + HOUR_MS, NOON_MS, START_US);
    for (int64_t hour = 0; hour <= 2001; hour++) {
        read_after(hour * HOUR_MS, 0);
    }
    cr_expect(eq(i64, engine_clock.wall_gap_ms, 0));
    cr_expect(not(engine_clock.stepped));
}

Test(clock, a_step_that_is_taken_back_is_over)
{
    read_after(1000, HOUR_MS);
    cr_assert(engine_clock.stepped);
    read_after(2000, 0);
    cr_expect(not(engine_clock.stepped));
}

Test(clock, a_small_gap_is_closed_at_five_hundred_ppm)
{
    for (int64_t passed_ms = 0; passed_ms <= 100000; passed_ms += 100) {
        const int64_t now_ms = read_after(passed_ms, 40);
        cr_assert(le(i64, now_ms - NOON_MS - passed_ms, passed_ms / 2000 + 1));
    }
    cr_expect(eq(i64, read_after(100000, 40), NOON_MS + 100000 + 40));
}

Test(clock, hours_in_step_save_nothing_up_for_a_jump)
{
    for (int64_t passed_ms = 0; passed_ms <= 10 * HOUR_MS; passed_ms += 60000) {
        read_after(passed_ms, 0);
    }
    const int64_t before_ms = read_after(10 * HOUR_MS, 0);
    const int64_t after_ms = read_after(10 * HOUR_MS + 2000, 900);
    cr_expect(le(i64, after_ms - before_ms, 2001));
    const int64_t back_ms = read_after(10 * HOUR_MS + 4000, -900);
    cr_expect(ge(i64, back_ms - after_ms, 1999));
}

Test(clock, hours_apart_save_nothing_up_for_a_jump)
{
    for (int64_t passed_ms = 0; passed_ms <= 10 * HOUR_MS; passed_ms += 60000) {
        read_after(passed_ms, HOUR_MS);
    }
    const int64_t before_ms = read_after(10 * HOUR_MS, HOUR_MS);
    cr_expect(le(i64, before_ms, NOON_MS + 10 * HOUR_MS + 18000));
    cr_expect(le(i64, read_after(10 * HOUR_MS + 2000, 900), before_ms + 2001));
}

/* Whatever the wall does: engine time never goes back and is never faster or slower than the
 * monotonic clock by more than 500 ppm and a rounding. */
Test(clock, a_random_wall_cannot_bend_time)
{
    struct prng prng = {.state = 20261123};
    cr_log_info("seed %llu", (unsigned long long)prng.state);
    int64_t passed_ms = 0;
    int64_t gap_ms = 0;
    int64_t last_ms = read_after(0, 0);
    for (int i = 0; i < 20000; i++) {
        const int64_t step_ms = prng_below(&prng, 5000);
        passed_ms += step_ms;
        switch (prng_below(&prng, 20)) {
        case 0:
            gap_ms = (int64_t)prng_below(&prng, 7200000) - 3600000;
            break;
        case 1:
            gap_ms = (int64_t)prng_below(&prng, 1800) - 900;
            break;
        default:
            gap_ms += (int64_t)prng_below(&prng, 3) - 1;
            break;
        }
        const int64_t now_ms = read_after(passed_ms, gap_ms);
        const int64_t slack_ms = step_ms / 2000 + 3;
        cr_assert(ge(i64, now_ms, last_ms));
        cr_assert(le(i64, now_ms - last_ms, step_ms + slack_ms));
        cr_assert(ge(i64, now_ms - last_ms, step_ms - slack_ms));
        last_ms = now_ms;
    }
}
