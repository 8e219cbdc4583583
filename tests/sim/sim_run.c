#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim.h"
#include "tests/sim/sim_allocations.h"
#include "tests/sim/sim_disk.h"
#include "tests/sim/sim_people.h"
#include "tests/sim/sim_process.h"
#include "tests/sim/sim_record.h"
#include "tests/support/store_given.h"

static void print_where(const struct sim *sim, FILE *file)
{
    const int64_t second = sim->now_us / SIM_SECOND_US;
    fprintf(file, "seed %llu step %llu %02lld:%02lld:%02lld.%03lld ",
            (unsigned long long)sim->options.seed, (unsigned long long)sim->step,
            (long long)(second / 3600), (long long)(second / 60 % 60), (long long)(second % 60),
            (long long)(sim->now_us / 1000 % 1000));
}

void sim_fail(const struct sim *sim, const char *format, ...)
{
    print_where(sim, stdout);
    printf("FAILED: ");
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\nrepeat it: kuaifan-sim --seed %llu --hours %.3f --calls %u --until %llu --trace\n",
           (unsigned long long)sim->options.seed,
           (double)sim->options.length_us / (double)SIM_HOUR_US, sim->options.calls_per_day,
           (unsigned long long)sim->step);
    (void)fflush(stdout);
    store_given_remove(sim->directory);
    _Exit(1);
}

void sim_trace(const struct sim *sim, const char *format, ...)
{
    if (!sim->options.trace) {
        return;
    }
    print_where(sim, stdout);
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    (void)putchar('\n');
}

uint32_t sim_below(struct sim *sim, uint32_t below)
{
    return prng_below(&sim->prng, below);
}

bool sim_chance(struct sim *sim, uint32_t in_thousand)
{
    return prng_chance(&sim->prng, in_thousand) != 0;
}

int64_t sim_about_us(struct sim *sim, int64_t mean_us)
{
    return mean_us / 2 + (int64_t)(prng_next(&sim->prng) % (uint64_t)(mean_us + 1));
}

void sim_later(struct sim *sim, int64_t in_us, enum sim_happening happening, uint32_t a, uint32_t b)
{
    sim_queue_put(
        &sim->queue,
        (struct sim_entry){.at_us = sim->now_us + in_us, .happening = happening, .a = a, .b = b});
}

/* ---- Faults ---- */

static void on_trouble(struct sim *sim)
{
    sim_later(sim, sim_about_us(sim, 3 * SIM_HOUR_US), SIM_TROUBLE, 0, 0);
    if (sim->is_quiet) {
        return;
    }
    const uint32_t which = sim_below(sim, 3);
    if (which == 0) {
        sim_disk_trouble(SIM_DISK_FULL, 0);
        sim->figures.full_periods++;
        sim_later(sim, sim_about_us(sim, 90 * SIM_SECOND_US), SIM_RELIEF, 0, 0);
    } else {
        sim_disk_trouble(which == 1 ? SIM_DISK_IO_ERROR : SIM_DISK_SHORT_WRITE, sim_below(sim, 30));
    }
}

static void on_death(struct sim *sim)
{
    sim_later(sim, sim_about_us(sim, 2 * SIM_HOUR_US), SIM_DEATH, 0, 0);
    if (!sim->is_quiet) {
        sim_process_dies(sim, (enum sim_death)sim_below(sim, SIM_DEATH_ORDERLY + 1));
    }
}

static void on_clock_jump(struct sim *sim)
{
    sim_later(sim, sim_about_us(sim, 5 * SIM_HOUR_US), SIM_CLOCK_JUMP, 0, 0);
    if (!sim->is_quiet) {
        static const int64_t jumps_ms[] = {-3600000, -61000, -900, 900, 61000, 3600000};
        sim->wall_offset_ms += jumps_ms[sim_below(sim, sizeof jumps_ms / sizeof jumps_ms[0])];
        sim->figures.clock_jumps++;
    }
}

static void happen(struct sim *sim, const struct sim_entry *entry)
{
    const bool is_mine = entry->a == sim_process_life(sim); /* of the writer of this life */
    if (entry->happening == SIM_DISK_DONE) {
        if (is_mine) {
            sim_process_disk_done(sim);
        }
    } else if (entry->happening == SIM_APPLIED) {
        if (is_mine) {
            sim_process_applied(sim);
        }
    } else if (entry->happening == SIM_DISK_IDLE) {
        if (is_mine) {
            sim_process_disk_idle(sim);
        }
    } else if (entry->happening == SIM_START) {
        sim_process_start(sim);
    } else if (entry->happening == SIM_DEATH) {
        on_death(sim);
    } else if (entry->happening == SIM_TROUBLE) {
        on_trouble(sim);
    } else if (entry->happening == SIM_RELIEF) {
        sim_disk_trouble(SIM_DISK_WELL, 0);
    } else if (entry->happening == SIM_CLOCK_JUMP) {
        on_clock_jump(sim);
    } else {
        sim_people_happen(sim, entry);
    }
}

static void check(struct sim *sim)
{
    if (sim_allocations_count() > 0) {
        sim_fail(sim, "the core took memory after create: %llu times",
                 (unsigned long long)sim_allocations_count());
    }
    if (sim_process_is_quiet(sim) && engine_seq(sim_process_engine(sim)) == sim_record_seq(sim)) {
        sim_record_check_due(sim, sim_process_engine(sim), sim_process_clock_ms(sim));
    }
}

static bool take_step(struct sim *sim, int64_t end_us)
{
    const int64_t wakes_us = sim_process_wakes_us(sim);
    const int64_t next_us = sim_queue_next_us(&sim->queue);
    const int64_t at_us = wakes_us < next_us ? wakes_us : next_us;
    if (at_us >= end_us || (sim->options.until_step != 0 && sim->step >= sim->options.until_step)) {
        return false;
    }
    sim->step++;
    sim->now_us = at_us > sim->now_us ? at_us : sim->now_us;
    if (next_us <= wakes_us) {
        struct sim_entry entry;
        const bool is_there = sim_queue_take(&sim->queue, &entry);
        assert(is_there);
        happen(sim, &entry);
    }
    sim_process_wake(sim);
    check(sim);
    return true;
}

/* Nothing fails any more: everybody is heard, and the backlog is worked off. */
static void calm_down(struct sim *sim)
{
    sim->is_quiet = true;
    sim_disk_trouble(SIM_DISK_WELL, 0);
    if (!sim_disk_is_dead()) {
        sim_disk_revive(false); /* a death that waited for its moment is called off */
    }
    sim_people_calm(sim);
}

static void finish(struct sim *sim)
{
    const int64_t end_us = sim->options.length_us + SIM_HOUR_US;
    while (!sim_process_is_quiet(sim)) {
        if (!take_step(sim, end_us)) {
            sim_fail(sim, "an hour after the last fault the process is not at rest");
        }
    }
    if (engine_seq(sim_process_engine(sim)) != sim_record_seq(sim)) {
        sim_fail(sim, "the engine is at event %llu, the world heard %llu",
                 (unsigned long long)engine_seq(sim_process_engine(sim)),
                 (unsigned long long)sim_record_seq(sim));
    }
    sim_record_check_served(sim, sim_process_engine(sim), sim_process_clock_ms(sim));
    sim_process_prove(sim);
}

static void choose_config(struct sim *sim)
{
    static const char *const presets[] = {"mutual-aid", "mutual-aid", "echelon", "place-class"};
    sim->config =
        (struct engine_config){.limits = {.units_max = SIM_UNITS_MAX,
                                          .circles_max = SIM_CIRCLES_MAX,
                                          .incidents_max = 512,
                                          .assignments_max = 4096,
                                          .alarms_max = 2048,
                                          .area_points_max = 64,
                                          .areas_max = SIM_AREAS_MAX},
                               .gap_ms = 60000,
                               .mode = sim_chance(sim, 200) ? DISPATCH_RECOMMEND : DISPATCH_AUTO,
                               .second_channel = sim_chance(sim, 500),
                               .searches = true};
    const enum status status = policy_preset(presets[sim_below(sim, 4)], &sim->config.policy);
    assert(status == STATUS_OK);
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        sim->config.policy.tiers[tier].area_first = sim_chance(sim, 300);
    }
    if (sim_chance(sim, 500)) {
        sim->config.policy.volunteers =
            (struct volunteer_policy){.types = sim_below(sim, 1u << INCIDENT_TYPE_COUNT),
                                      .wanted = 1 + sim_below(sim, 2),
                                      .wave_units = 1 + sim_below(sim, 2),
                                      .waves_max = 1 + sim_below(sim, 3),
                                      .wave_ms = 5000 + sim_below(sim, 40000)};
    }
    sim->config.policy.receipt_ms = 60000 + sim_below(sim, 600000);
    sim->config.policy.feedback_ms = 600000 + sim_below(sim, 3600000);
    sim->config.policy.help_ms = 30000 + sim_below(sim, 120000);
}

static void take_disk_figures(struct sim *sim)
{
    const struct sim_disk_figures disk = sim_disk_figures();
    sim->figures.steps = sim->step;
    sim->figures.io_errors = disk.io_errors;
    sim->figures.short_writes = disk.short_writes;
}

void sim_run(const struct sim_options *options, struct sim_figures *figures)
{
    static struct sim sim;
    sim = (struct sim){.options = *options, .prng = {.state = options->seed}};
    store_given_directory(sim.directory);
    sim_disk_install();
    sim_disk_format(prng_next(&sim.prng));
    sim_queue_init(&sim.queue);
    choose_config(&sim);
    sim_record_create(&sim);
    sim_people_create(&sim);
    sim_process_create(&sim);
    sim_process_start(&sim);
    sim_people_begin(&sim);
    sim_later(&sim, sim_about_us(&sim, SIM_HOUR_US), SIM_DEATH, 0, 0);
    sim_later(&sim, sim_about_us(&sim, SIM_HOUR_US), SIM_TROUBLE, 0, 0);
    sim_later(&sim, sim_about_us(&sim, SIM_HOUR_US), SIM_CLOCK_JUMP, 0, 0);

    while (take_step(&sim, options->length_us - SIM_QUIET_US)) {
    }
    if (options->until_step == 0) {
        calm_down(&sim);
        while (take_step(&sim, options->length_us)) {
        }
        finish(&sim);
    }
    take_disk_figures(&sim);
    *figures = sim.figures;
    sim_process_stop(&sim);
    sim_process_destroy(&sim);
    sim_people_destroy(&sim);
    sim_record_destroy(&sim);
    sim_queue_finish(&sim.queue);
    store_given_remove(sim.directory);
}
