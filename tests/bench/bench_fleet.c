/* bench_fleet [MAP.kfmap]: moving points beside boost's R-tree and S2 in the same run, and with a
 * map what a fix costs with its snap, and how often it is put on the opposite carriageway.
 *
 * A square of 100 km, half of the units spread evenly, half in 24 clusters (1.5 km); every move is
 * some 15 m. Peers take turns, the medians of ROUNDS rounds are printed, and every index must find
 * the same eighth-nearest distance to within what flat arithmetic may differ. */
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "geo/geo_fleet.h"
#include "tests/bench/peer_points.h"
#include "tests/support/geo_drive.h"
#include "tests/support/geo_test_map.h"

#define UNITS_MAX 200000u
#define MOVES     400000u
#define QUERIES   20000u
#define ROUNDS    5u
#define NEAREST   8u
#define INDEX_MAX 3u

struct bench {
    uint64_t seed;
    struct geo_point points[UNITS_MAX];
    uint32_t move_ids[MOVES];
    struct geo_point moves[MOVES];
    struct geo_point queries[QUERIES];
    uint32_t found_m[INDEX_MAX][QUERIES]; /* distance of the eighth */
};

static uint64_t now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

/* About normal: the sum of twelve. */
static double random_normal(struct bench *bench)
{
    double sum = -6.0;
    for (int i = 0; i < 12; i++) {
        sum += geo_test_below(&bench->seed, 1000000) / 1e6;
    }
    return sum;
}

static struct geo_point moved(struct bench *bench, struct geo_point from, double metres)
{
    return (struct geo_point){from.lat_e7 + (int32_t)(random_normal(bench) * metres * 90.0),
                              from.lon_e7 + (int32_t)(random_normal(bench) * metres * 119.0)};
}

static void given_points(struct bench *bench, uint32_t count)
{
    struct geo_point centres[24];
    for (uint32_t i = 0; i < 24 + count; i++) {
        const struct geo_point even = {406000000 + (int32_t)geo_test_below(&bench->seed, 9000000),
                                       -92000000 + (int32_t)geo_test_below(&bench->seed, 11900000)};
        if (i < 24) {
            centres[i] = even;
            continue;
        }
        bench->points[i - 24] =
            i % 2 == 0 ? even : moved(bench, centres[geo_test_below(&bench->seed, 24)], 1500.0);
    }
    for (uint32_t i = 0; i < MOVES; i++) { /* units report in no order */
        bench->move_ids[i] = geo_test_below(&bench->seed, count);
        bench->moves[i] = moved(bench, bench->points[bench->move_ids[i]], 15.0);
    }
    for (uint32_t i = 0; i < QUERIES; i++) {
        bench->queries[i] = moved(bench, bench->points[geo_test_below(&bench->seed, count)], 300.0);
    }
}

/* Our own, behind the same face. */
static void *own_create(const struct geo_point points[], uint32_t count)
{
    struct geo_fleet *fleet = NULL;
    if (geo_fleet_create(NULL, count, &fleet) != GEO_OK) {
        abort();
    }
    for (uint32_t id = 0; id < count; id++) {
        geo_fleet_move(fleet, id, points[id]);
    }
    return fleet;
}

static void own_move(void *index, uint32_t id, struct geo_point to)
{
    geo_fleet_move(index, id, to);
}

static uint32_t own_nearest(void *index, struct geo_point at, uint32_t ids[], uint32_t ids_max)
{
    struct geo_fleet_hit hits[NEAREST];
    const uint32_t count = geo_fleet_around(index, at, hits, ids_max);
    for (uint32_t i = 0; i < count; i++) {
        ids[i] = hits[i].unit_id;
    }
    return count;
}

static void own_destroy(void *index)
{
    geo_fleet_destroy(index);
}

static const struct peer_points own = {"kuaifan", own_create, own_move, own_nearest, own_destroy};

static int compare_double(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return left < right ? -1 : left > right;
}

static double median(double values[ROUNDS])
{
    qsort(values, ROUNDS, sizeof values[0], compare_double);
    return values[ROUNDS / 2];
}

struct figures {
    double nearest_us[ROUNDS];
    double moves_per_s[ROUNDS];
};

static void run_round(struct bench *bench, const struct peer_points *index, uint32_t which,
                      uint32_t units, struct figures *figures, uint32_t round)
{
    void *made = index->create(bench->points, units);
    uint64_t start_ns = now_ns();
    for (uint32_t i = 0; i < MOVES; i++) {
        index->move(made, bench->move_ids[i], bench->moves[i]);
    }
    figures->moves_per_s[round] = MOVES * 1e9 / (double)(now_ns() - start_ns);

    uint32_t ids[NEAREST] = {0};
    uint64_t work = 0;
    start_ns = now_ns();
    for (uint32_t i = 0; i < QUERIES; i++) {
        work += index->nearest(made, bench->queries[i], ids, NEAREST) + ids[0];
    }
    figures->nearest_us[round] = (double)(now_ns() - start_ns) / 1e3 / QUERIES;
    if (work == 0) {
        abort();
    }

    /* The last place each unit was moved to, for the check that follows. */
    struct geo_fleet *places = own_create(bench->points, units);
    for (uint32_t i = 0; i < MOVES; i++) {
        geo_fleet_move(places, bench->move_ids[i], bench->moves[i]);
    }
    for (uint32_t i = 0; i < QUERIES; i++) {
        const uint32_t count = index->nearest(made, bench->queries[i], ids, NEAREST);
        uint32_t farthest_m = 0;
        for (uint32_t j = 0; j < count; j++) {
            const uint32_t far_m =
                geo_distance_m(bench->queries[i], geo_fleet_get(places, ids[j])->at);
            farthest_m = far_m > farthest_m ? far_m : farthest_m;
        }
        bench->found_m[which][i] = count == NEAREST ? farthest_m : UINT32_MAX;
    }
    geo_fleet_destroy(places);
    index->destroy(made);
}

static uint32_t differences(const struct bench *bench, uint32_t which)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < QUERIES; i++) {
        const double ours = bench->found_m[0][i];
        const double theirs = bench->found_m[which][i];
        count += fabs(ours - theirs) > ours * 0.01 + 1.0 ? 1 : 0;
    }
    return count;
}

static void compare_at(struct bench *bench, uint32_t units)
{
    const struct peer_points *const all[INDEX_MAX] = {&own, peer_boost(), peer_s2()};
    static const char *const names[INDEX_MAX] = {"kuaifan", "boost rtree", "S2PointIndex"};
    struct figures figures[INDEX_MAX];
    given_points(bench, units);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < INDEX_MAX; i++) {
            if (all[i] != NULL) {
                run_round(bench, all[i], i, units, &figures[i], round);
            }
        }
    }
    const double own_us = median(figures[0].nearest_us);
    const double own_moves = median(figures[0].moves_per_s);
    for (uint32_t i = 0; i < INDEX_MAX; i++) {
        if (all[i] == NULL) {
            printf("%7" PRIu32 " units  %-13s not installed\n", units, names[i]);
            continue;
        }
        const double us = i == 0 ? own_us : median(figures[i].nearest_us);
        const double moves = i == 0 ? own_moves : median(figures[i].moves_per_s);
        printf("%7" PRIu32 " units  %-13s nearest 8 %7.2f us (x %5.2f)  %7.2f M updates/s"
               " (x %5.1f)  %" PRIu32 " of %u answered differently\n",
               units, all[i]->name, us, us / own_us, moves / 1e6, own_moves / moves,
               differences(bench, i), QUERIES);
    }
}

static double percent(uint32_t part, uint32_t whole)
{
    return whole == 0 ? 0.0 : 100.0 * part / whole;
}

static void count_carriageways(struct bench *bench, const struct geo_map *map)
{
    const struct geo_drive_counts counts = geo_drive_run(map, &bench->seed, 400);
    printf("%" PRIu32 " drives along dual carriageways, %" PRIu32 " fixes %.0f m off:\n",
           counts.drives, counts.fixes, GEO_DRIVE_NOISE_M);
    const struct {
        const char *how;
        uint32_t opposite, other;
    } rows[] = {{"nearest road", counts.nearest_opposite, counts.nearest_other},
                {"followed", counts.follow_opposite, counts.follow_other},
                {"followed, no heading", counts.blind_opposite, counts.blind_other}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        printf("  %-21s %6.2f %% on the opposite carriageway, %6.2f %% on any other road\n",
               rows[i].how, percent(rows[i].opposite, counts.fixes),
               percent(rows[i].other, counts.fixes));
    }
}

/* Every unit drives along roads and reports once a second. */
static bool time_fixes(struct bench *bench, const char *path)
{
    struct stat status;
    struct geo_map map;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0) {
        perror(path);
        return false;
    }
    const size_t size = (size_t)status.st_size;
    uint8_t *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    struct geo_fleet *fleet = NULL;
    if (bytes == MAP_FAILED || geo_map_open(bytes, size, &map, NULL) != GEO_OK ||
        geo_fleet_create(&map, UNITS_MAX, &fleet) != GEO_OK) {
        fprintf(stderr, "%s: no map that can be used\n", path);
        return false;
    }
    for (uint32_t id = 0; id < UNITS_MAX; id++) {
        uint32_t edge = 0;
        do {
            edge = geo_test_below(&bench->seed, map.edge_count);
        } while ((map.edges[edge].component & 1u) == 0);
        bench->points[id] =
            moved(bench, geo_map_place_point(&map, (struct geo_place){edge, 500000, 0}), 8.0);
        geo_fleet_define(fleet, id, GEO_PROFILE_CAR, 1);
        geo_fleet_link(fleet, id, id % 2 == 0);
        geo_fleet_move(fleet, id, bench->points[id]);
    }
    double core[ROUNDS];
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t id = 0; id < UNITS_MAX; id++) {
            bench->points[id] = moved(bench, bench->points[id], 5.0);
        }
        const uint64_t start_ns = now_ns();
        for (uint32_t id = 0; id < UNITS_MAX; id++) {
            const struct geo_fix fix = {bench->points[id], id * 7u % 360u};
            geo_fleet_drive(fleet, id, &fix, true);
        }
        core[round] = (double)(now_ns() - start_ns) / 1e9;
    }
    const double share = median(core);
    printf("%u fixes a second with snap: %.3f of a core (%.2f us each)\n", UNITS_MAX, share,
           share * 1e6 / UNITS_MAX);
    geo_fleet_destroy(fleet);
    count_carriageways(bench, &map);
    munmap(bytes, size);
    return true;
}

int main(int argc, char *argv[])
{
    static struct bench bench = {.seed = 20240611};
    if (argc > 2) {
        fprintf(stderr, "usage: bench_fleet [MAP.kfmap]\n");
        return EXIT_FAILURE;
    }
    printf("seed %" PRIu64 ", CPU time, medians of %u rounds; x: the peer's share of ours\n",
           bench.seed, ROUNDS);
    const uint32_t counts[] = {2000, 20000, 200000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        compare_at(&bench, counts[i]);
    }
    return argc == 2 && !time_fixes(&bench, argv[1]) ? EXIT_FAILURE : EXIT_SUCCESS;
}
