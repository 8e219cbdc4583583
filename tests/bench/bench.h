#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/core/prng.h"
#include "geo/geo_map.h"

/* What the benchmarks of the core share: a city, a clock, and quantiles of what it measured. */

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

/* For the life of the process. False, and said why: it cannot be read, or is no map. */
static inline bool bench_open_map(const char *path, struct geo_map *map)
{
    const int file = open(path, O_RDONLY);
    struct stat stat;
    if (file < 0 || fstat(file, &stat) != 0) {
        perror(path);
        return false;
    }
    const size_t size = (size_t)stat.st_size;
    const uint8_t *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    (void)close(file);
    uint32_t section = 0;
    const enum geo_status status =
        bytes == MAP_FAILED ? GEO_NO_MEMORY : geo_map_open(bytes, size, map, &section);
    if (status != GEO_OK) {
        fprintf(stderr, "%s: %s\n", path, geo_status_text(status));
    }
    return status == GEO_OK;
}

/* On a road of the profile's connected part. */
static inline struct geo_point bench_place(const struct geo_map *map, struct prng *prng,
                                           enum geo_profile profile)
{
    for (;;) {
        const uint32_t edge = prng_below(prng, map->edge_count);
        if ((map->edges[edge].component >> profile & 1) != 0) {
            return geo_map_place_point(map, (struct geo_place){edge, prng_below(prng, 1000001), 0});
        }
    }
}

#endif
