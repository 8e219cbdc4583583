/* kuaifan-sim: whole days of a city in seconds, with everything that can go wrong going wrong. */
#include <assert.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/sim/sim.h"
#include "tests/sim/sim_allocations.h"

#define JOBS_MAX 64u

static const char usage[] =
    "usage: kuaifan-sim [--seed N] [--seeds COUNT] [--hours H] [--calls PER_DAY] [--jobs J]\n"
    "                   [--until STEP] [--trace]\n"
    "Simulates COUNT cities (default 1, seeds N, N+1, ...; N from the time) for H hours (24; the\n"
    "last half hour is quiet). A broken rule prints seed and step; --until and --trace repeat "
    "it.\n";

struct trial {
    struct sim_options first;
    uint64_t seeds;
    uint32_t jobs;
    double hours;
};

struct job {
    uint64_t seed;
    pid_t pid;
    int figures; /* to be read when it ends */
};

static uint64_t seed_now; /* for the last words of an assertion */

static void on_abort(int signal_number)
{
    char text[96];
    const int size = snprintf(text, sizeof text,
                              "seed %" PRIu64 " FAILED: an assertion (above); repeat it: "
                              "kuaifan-sim --seed %" PRIu64 "\n",
                              seed_now, seed_now);
    if (size > 0 && write(STDERR_FILENO, text, (size_t)size) < 0) {
        _Exit(3);
    }
    (void)signal(signal_number, SIG_DFL);
    (void)raise(signal_number);
}

static _Noreturn void refuse(const char *what)
{
    fprintf(stderr, "kuaifan-sim: %s\n%s", what, usage);
    exit(2);
}

static uint64_t number(const char *text)
{
    char *end = NULL;
    const unsigned long long value = text == NULL ? 0 : strtoull(text, &end, 10);
    if (text == NULL || end == text || *end != '\0') {
        refuse("a number is missing");
    }
    return value;
}

static struct trial read_arguments(int count, char **arguments)
{
    struct trial plan = {.first = {.seed = (uint64_t)time(NULL), .calls_per_day = 220},
                         .seeds = 1,
                         .jobs = 1,
                         .hours = 24};
    for (int i = 1; i < count; i++) {
        const char *name = arguments[i];
        const char *value = i + 1 < count ? arguments[i + 1] : NULL;
        if (strcmp(name, "--trace") == 0) {
            plan.first.trace = true;
            continue;
        }
        if (strcmp(name, "--hours") == 0) {
            plan.hours = value == NULL ? 0 : strtod(value, NULL);
        } else if (strcmp(name, "--seed") == 0) {
            plan.first.seed = number(value);
        } else if (strcmp(name, "--seeds") == 0) {
            plan.seeds = number(value);
        } else if (strcmp(name, "--calls") == 0) {
            plan.first.calls_per_day = (uint32_t)number(value);
        } else if (strcmp(name, "--jobs") == 0) {
            plan.jobs = (uint32_t)number(value);
        } else if (strcmp(name, "--until") == 0) {
            plan.first.until_step = number(value);
        } else {
            refuse(name);
        }
        i++;
    }
    if (!(plan.hours >= 1) || plan.first.calls_per_day == 0 || plan.jobs == 0 ||
        plan.jobs > JOBS_MAX) {
        refuse("hours must be 1 or more, calls and jobs 1 or more");
    }
    plan.first.length_us = (int64_t)(plan.hours * 3600) * SIM_SECOND_US;
    return plan;
}

static struct job begin(const struct sim_options *options)
{
    int ends[2];
    const int failed = pipe(ends);
    assert(failed == 0);
    (void)fflush(stdout);
    const pid_t pid = fork();
    assert(pid >= 0);
    if (pid == 0) {
        (void)close(ends[0]);
        seed_now = options->seed;
        (void)signal(SIGABRT, on_abort);
        struct sim_figures figures;
        sim_run(options, &figures);
        const ssize_t size = write(ends[1], &figures, sizeof figures);
        exit(size == (ssize_t)sizeof figures ? 0 : 1);
    }
    (void)close(ends[1]);
    return (struct job){.seed = options->seed, .pid = pid, .figures = ends[0]};
}

static void add(struct sim_figures *sum, const struct sim_figures *figures)
{
    uint64_t *to = (uint64_t *)(void *)sum;
    const uint64_t *from = (const uint64_t *)(const void *)figures;
    for (size_t i = 0; i < sizeof *sum / sizeof(uint64_t); i++) {
        to[i] += from[i];
    }
}

/* Wait for one of them; true: it held. */
static bool end_one(struct job jobs[], uint32_t *job_count, struct sim_figures *sum)
{
    int state = 0;
    const pid_t pid = wait(&state);
    for (uint32_t i = 0; i < *job_count; i++) {
        if (jobs[i].pid != pid) {
            continue;
        }
        struct sim_figures figures = {0};
        const bool held = read(jobs[i].figures, &figures, sizeof figures) == sizeof figures &&
                          WIFEXITED(state) && WEXITSTATUS(state) == 0;
        (void)close(jobs[i].figures);
        if (WIFSIGNALED(state) && WTERMSIG(state) != SIGABRT) { /* an abort has said so itself */
            fprintf(stderr,
                    "seed %" PRIu64 " FAILED: %s; repeat it: kuaifan-sim --seed %" PRIu64 "\n",
                    jobs[i].seed, strsignal(WTERMSIG(state)), jobs[i].seed);
        }
        jobs[i] = jobs[--*job_count];
        if (held) {
            add(sum, &figures);
        }
        return held;
    }
    return false;
}

static void report(const struct trial *plan, uint64_t held, const struct sim_figures *sum,
                   double seconds)
{
    const double hours = (double)held * plan->hours;
    printf("%" PRIu64 " of %" PRIu64 " cities held, %.0f simulated hours in %.1f s: %.0f h/s, "
           "%.0f core steps/s\n",
           held, plan->seeds, hours, seconds, hours / seconds, (double)sum->core_steps / seconds);
    printf("  %" PRIu64 " happenings, %" PRIu64 " commands, %" PRIu64 " deadlines, %" PRIu64
           " fixes; %" PRIu64 " reports, %" PRIu64 " orders, %" PRIu64 " referrals, %" PRIu64
           " plans, %" PRIu64 " visits, %" PRIu64 " missed, %" PRIu64 " rounds, %" PRIu64
           " events\n",
           sum->steps, sum->commands, sum->deadlines, sum->fixes, sum->reports, sum->orders,
           sum->referrals, sum->plans, sum->visits, sum->misses, sum->rounds, sum->events);
    printf("  faults: %" PRIu64 " messages lost, %" PRIu64 " repeated, %" PRIu64 " late; %" PRIu64
           " links lost; %" PRIu64 " clock jumps; %" PRIu64 " deaths (%" PRIu64
           " with the power); %" PRIu64 " disk errors, %" PRIu64 " short writes, %" PRIu64
           " times full; %" PRIu64 " snapshots corrupted, %" PRIu64 " failed starts\n",
           sum->lost, sum->repeated, sum->late, sum->links_lost, sum->clock_jumps, sum->deaths,
           sum->power_cuts, sum->io_errors, sum->short_writes, sum->full_periods,
           sum->snapshots_corrupted, sum->failed_starts);
    printf("  proof: %" PRIu64 " restarts, %" PRIu64 " events replayed, %" PRIu64
           " snapshots, %" PRIu64 " digests compared; allocations in the core: %s\n",
           sum->restarts, sum->replayed, sum->snapshots, sum->digests_equal,
           sim_allocations_are_seen() ? "0" : "not counted in this build");
}

int main(int count, char **arguments)
{
    const struct trial plan = read_arguments(count, arguments);
    struct stat state;
    if (getenv("TMPDIR") == NULL && stat("/dev/shm", &state) == 0 && S_ISDIR(state.st_mode)) {
        (void)setenv("TMPDIR", "/dev/shm", 1);
    }
    printf("seeds %" PRIu64 " to %" PRIu64 ", %.1f hours each, %u calls a day\n", plan.first.seed,
           plan.first.seed + plan.seeds - 1, plan.hours, plan.first.calls_per_day);
    struct timespec began;
    clock_gettime(CLOCK_MONOTONIC, &began);
    struct job jobs[JOBS_MAX];
    uint32_t job_count = 0;
    uint64_t held = 0;
    struct sim_figures sum = {0};
    for (uint64_t i = 0; i < plan.seeds; i++) {
        if (job_count == plan.jobs) {
            held += end_one(jobs, &job_count, &sum) ? 1 : 0;
        }
        struct sim_options options = plan.first;
        options.seed += i;
        jobs[job_count++] = begin(&options);
    }
    while (job_count > 0) {
        held += end_one(jobs, &job_count, &sum) ? 1 : 0;
    }
    struct timespec ended;
    clock_gettime(CLOCK_MONOTONIC, &ended);
    report(&plan, held, &sum,
           (double)(ended.tv_sec - began.tv_sec) + (double)(ended.tv_nsec - began.tv_nsec) * 1e-9);
    return held == plan.seeds ? 0 : 1;
}
