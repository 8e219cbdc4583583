#ifndef TESTS_SIM_SIM_H
#define TESTS_SIM_SIM_H

#include "engine/core/engine.h"
#include "engine/core/prng.h"
#include "engine/net/api.h"
#include "tests/sim/sim_queue.h"

/* A city in a box: the real core, the real way in (host/dispatch), the real store on a disk in
 * memory, under one virtual clock. Units, callers and dispatchers are clients behind a network that
 * loses, repeats, delays and reorders; the process dies, the disk fails, clocks jump. Everything
 * follows from the seed, so a failure repeats exactly. */

#define SIM_UNITS_MAX          64u
#define SIM_CIRCLES_MAX        16u
#define SIM_AREAS_MAX          6u
#define SIM_CENTRES            3u /* two community centres and a neighbour */
#define SIM_REFERRALS_OPEN_MAX 4096u
#define SIM_SECOND_US          INT64_C(1000000)
#define SIM_MINUTE_US          (60 * SIM_SECOND_US)
#define SIM_HOUR_US            (60 * SIM_MINUTE_US)
#define SIM_WALL_MS            INT64_C(1790000000000) /* where the wall clock starts */
#define SIM_QUIET_US           (30 * SIM_MINUTE_US)   /* at the end of every run nothing fails */
#define SIM_DISPATCHERS        3u

struct sim_options {
    uint64_t seed;
    int64_t length_us;
    uint64_t until_step; /* 0: to the end */
    uint32_t calls_per_day;
    bool trace;
};

/* What was thrown at the engine, and how much it did. */
struct sim_figures {
    uint64_t steps, core_steps, commands, events, fixes, deadlines;
    uint64_t reports, orders, referrals, plans, visits, misses, rounds, digests_equal, snapshots,
        restarts, replayed;
    uint64_t lost, repeated, late, links_lost;
    uint64_t deaths, power_cuts, io_errors, short_writes, full_periods, clock_jumps;
    uint64_t snapshots_corrupted, failed_starts;
    uint64_t allocations; /* in the core after create: must stay 0 */
};

struct sim_process;
struct sim_record;
struct sim_referrals;
struct sim_plans;
struct sim_patrol;
struct sim_people;

struct sim {
    struct sim_options options;
    struct engine_config config;
    char directory[256];
    struct prng prng;
    struct sim_queue queue;
    int64_t now_us;         /* true time since the start */
    int64_t wall_offset_ms; /* what somebody did to the wall clock */
    uint64_t step;
    bool is_quiet; /* no more faults, no more contradictions */
    struct sim_process *process;
    struct sim_record *record;
    struct sim_referrals *referrals;
    struct sim_plans *plans;
    struct sim_patrol *patrol;
    struct sim_people *people;
    struct sim_figures figures;
};

/* One simulated city from begin to end; a broken invariant prints where it was and exits with 1. */
void sim_run(const struct sim_options *options, struct sim_figures *figures);

_Noreturn void sim_fail(const struct sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sim_trace(const struct sim *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

uint32_t sim_below(struct sim *sim, uint32_t below);
bool sim_chance(struct sim *sim, uint32_t in_thousand);
/* Between half and one and a half times the mean. */
int64_t sim_about_us(struct sim *sim, int64_t mean_us);

void sim_later(struct sim *sim, int64_t in_us, enum sim_happening happening, uint32_t a,
               uint32_t b);

#endif
