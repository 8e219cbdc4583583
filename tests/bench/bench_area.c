/* bench_area: which area holds a point, beside boost::geometry in the same run.
 *
 * A square of 100 km tiled without gaps by areas whose common borders are the same crooked lines:
 * 400 of 304 corners, 4,096 of 304, and 4,096 of 40 (grids of a few streets). Points are even over
 * the square. Peers take turns, medians of ROUNDS rounds are printed, and the answers to every
 * point must be the same. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "geo/geo_area.h"
#include "tests/bench/peer_areas.h"
#include "tests/support/geo_test_map.h"

#define QUERIES  200000u
#define ROUNDS   5u
#define HITS_MAX 8u
#define SPAN_E7  9000000 /* 100 km of latitude */

static uint64_t now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

struct city {
    uint32_t across; /* areas on one side of the square */
    uint32_t cuts;   /* corners on one side of an area */
    struct geo_point *points;
    struct geo_point queries[QUERIES];
};

/* The corner at (x, y) in steps of one cut, off its place by up to a third of a step: where only
 * one of both lies on a border of areas, it is a corner of two of them, the same for both. */
static struct geo_point corner_at(const struct city *city, uint32_t x, uint32_t y)
{
    const uint32_t steps = city->across * city->cuts;
    uint64_t seed = ((uint64_t)y * (steps + 1) + x) * UINT64_C(0x9E3779B97F4A7C15) + 1;
    const uint32_t reach = (uint32_t)SPAN_E7 / steps / 3;
    const int32_t north = (int32_t)geo_test_below(&seed, 2 * reach + 1) - (int32_t)reach;
    const int32_t east = (int32_t)geo_test_below(&seed, 2 * reach + 1) - (int32_t)reach;
    return (struct geo_point){406000000 + (int32_t)((int64_t)SPAN_E7 * y / steps) + north,
                              -92000000 + (int32_t)((int64_t)SPAN_E7 * x / steps) + east};
}

static void given_areas(struct city *city)
{
    struct geo_point *next = city->points;
    for (uint32_t area = 0; area < city->across * city->across; area++) {
        const uint32_t west = area % city->across * city->cuts;
        const uint32_t south = area / city->across * city->cuts;
        const uint32_t east = west + city->cuts;
        const uint32_t north = south + city->cuts;
        for (uint32_t x = west; x < east; x++) {
            *next++ = corner_at(city, x, south);
        }
        for (uint32_t y = south; y < north; y++) {
            *next++ = corner_at(city, east, y);
        }
        for (uint32_t x = east; x > west; x--) {
            *next++ = corner_at(city, x, north);
        }
        for (uint32_t y = north; y > south; y--) {
            *next++ = corner_at(city, west, y);
        }
    }
}

static void *own_create(const struct geo_point points[], uint32_t areas, uint32_t sides)
{
    struct geo_area_set *set = NULL;
    if (geo_area_set_create(areas, areas * sides, &set) != GEO_OK) {
        abort();
    }
    for (uint32_t id = 0; id < areas; id++) {
        if (geo_area_set_add(set, id, &points[(size_t)id * sides], &sides, 1) != GEO_OK) {
            abort();
        }
    }
    if (geo_area_set_build(set) != GEO_OK) {
        abort();
    }
    return set;
}

static uint32_t own_find(const void *index, struct geo_point at, uint32_t ids[], uint32_t ids_max)
{
    return geo_area_set_find(index, at, ids, ids_max);
}

static void own_destroy(void *index)
{
    geo_area_set_destroy(index);
}

static const struct peer_areas own = {"kuaifan", own_create, own_find, own_destroy};

static int compare_double(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return left < right ? -1 : left > right;
}

struct figures {
    void *index;
    double build_ms;
    double find_ns[ROUNDS];
    uint64_t held; /* areas found in all */
};

static void begin(struct figures *figures, const struct peer_areas *peer, const struct city *city)
{
    const uint64_t start_ns = now_ns();
    figures->index = peer->create(city->points, city->across * city->across, 4 * city->cuts);
    figures->build_ms = (double)(now_ns() - start_ns) / 1e6;
}

static void run_round(struct figures *figures, const struct peer_areas *peer,
                      const struct city *city, uint32_t round)
{
    uint32_t ids[HITS_MAX];
    figures->held = 0;
    const uint64_t start_ns = now_ns();
    for (uint32_t i = 0; i < QUERIES; i++) {
        figures->held += peer->find(figures->index, city->queries[i], ids, HITS_MAX);
    }
    figures->find_ns[round] = (double)(now_ns() - start_ns) / QUERIES;
}

static uint32_t differences(const struct figures *ours, const struct figures *theirs,
                            const struct peer_areas *peer, const struct city *city)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < QUERIES; i++) {
        uint32_t a[HITS_MAX] = {0};
        uint32_t b[HITS_MAX] = {0};
        const uint32_t found = own.find(ours->index, city->queries[i], a, HITS_MAX);
        const uint32_t other = peer->find(theirs->index, city->queries[i], b, HITS_MAX);
        count += found != other || memcmp(a, b, sizeof a) != 0 ? 1 : 0;
    }
    return count;
}

static void print_row(const struct figures *figures, const char *name, double own_ns,
                      const struct city *city)
{
    const double ns = figures->find_ns[ROUNDS / 2];
    printf("%5" PRIu32 " areas x %3" PRIu32 " corners  %-12s %7.1f ns a point (x %5.1f)  built in"
           " %7.1f ms  %" PRIu64 " of %u points held\n",
           city->across * city->across, 4 * city->cuts, name, ns, ns / own_ns, figures->build_ms,
           figures->held, QUERIES);
}

static uint32_t compare_at(struct city *city, uint32_t across, uint32_t cuts)
{
    const struct peer_areas *boost = peer_boost_areas();
    struct figures ours = {0};
    struct figures theirs = {0};
    uint64_t seed = 7;
    city->across = across;
    city->cuts = cuts;
    given_areas(city);
    for (uint32_t i = 0; i < QUERIES; i++) {
        city->queries[i] = (struct geo_point){406000000 + (int32_t)geo_test_below(&seed, SPAN_E7),
                                              -92000000 + (int32_t)geo_test_below(&seed, SPAN_E7)};
    }
    begin(&ours, &own, city);
    if (boost != NULL) {
        begin(&theirs, boost, city);
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        run_round(&ours, &own, city, round);
        if (boost != NULL) {
            run_round(&theirs, boost, city, round);
        }
    }
    qsort(ours.find_ns, ROUNDS, sizeof ours.find_ns[0], compare_double);
    print_row(&ours, own.name, ours.find_ns[ROUNDS / 2], city);
    uint32_t different = 0;
    if (boost != NULL) {
        qsort(theirs.find_ns, ROUNDS, sizeof theirs.find_ns[0], compare_double);
        print_row(&theirs, boost->name, ours.find_ns[ROUNDS / 2], city);
        different = differences(&ours, &theirs, boost, city);
        printf("  %" PRIu32 " of %u points answered differently\n", different, QUERIES);
        boost->destroy(theirs.index);
    } else {
        printf("  boost is not installed\n");
    }
    own.destroy(ours.index);
    return different;
}

int main(void)
{
    static struct city city;
    city.points = calloc(4096u * 304u, sizeof *city.points);
    if (city.points == NULL) {
        return 1;
    }
    uint32_t different = compare_at(&city, 20, 76);
    different += compare_at(&city, 64, 76);
    different += compare_at(&city, 64, 10);
    free(city.points);
    return different == 0 ? 0 : 1;
}
