#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

/* What the benchmarks of the core share: a clock, and quantiles of what it measured. */

/* CLOCK_THREAD_CPUTIME_ID on a machine that is busy with other things (--cpu). */
static clockid_t bench_clock = CLOCK_MONOTONIC;

static inline uint64_t bench_now_ns(void)
{
    struct timespec at;
    clock_gettime(bench_clock, &at);
    return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

static inline int bench_compare_ns(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a;
    const uint64_t right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

static inline void bench_sort(uint64_t samples_ns[], uint32_t count)
{
    qsort(samples_ns, count, sizeof samples_ns[0], bench_compare_ns);
}

/* Of sorted samples, at least one; in microseconds. */
static inline double bench_quantile_us(const uint64_t samples_ns[], uint32_t count, double part)
{
    return (double)samples_ns[(uint32_t)((double)(count - 1) * part)] / 1e3;
}

#endif
