/* bench_nearest FILE.kfmap [--oracle N | --cpu]: what one thread answers on a real city, p50 and
 * p99; with --cpu by the thread's own time, for a machine that is busy with other things.
 *
 * With --oracle, N random questions a profile are compared with plain Dijkstra instead of timed,
 * and the exit code says whether all were equal. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "geo/geo_selection.h"
#include "tests/support/geo_oracle.h"
#include "tests/support/geo_test_map.h"
#include "tests/support/geo_test_roads.h"

#define SAMPLES   4000u
#define UNITS_MAX 200000u
#define LIMIT_MS  (GEO_TRAVEL_NEVER - 1u)

struct bench {
    struct geo_map map;
    struct geo_fleet *fleet;
    struct geo_search *search;
    struct geo_test_roads roads;
    uint64_t seed;
    uint64_t samples_ns[SAMPLES];
    uint64_t work; /* what was answered, so that nothing is optimized away */
};

static clockid_t clock_used = CLOCK_MONOTONIC;

static uint64_t now_ns(void)
{
    struct timespec at;
    clock_gettime(clock_used, &at);
    return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

static int compare_ns(const void *a, const void *b)
{
    const uint64_t left = *(const uint64_t *)a;
    const uint64_t right = *(const uint64_t *)b;
    return left < right ? -1 : left > right;
}

static void report(struct bench *bench, const char *what, uint32_t units)
{
    qsort(bench->samples_ns, SAMPLES, sizeof bench->samples_ns[0], compare_ns);
    printf("%-22s %6" PRIu32 "  p50 %8.2f us  p99 %8.2f us  (%.1f answers each)\n", what, units,
           (double)bench->samples_ns[SAMPLES / 2] / 1e3,
           (double)bench->samples_ns[SAMPLES / 100 * 99] / 1e3, (double)bench->work / SAMPLES);
    bench->work = 0;
}

/* A place beside a random road of the profile, as a unit or a caller would be: within 20 m of it.
 */
static struct geo_point random_place(struct bench *bench, enum geo_profile profile)
{
    for (;;) {
        const uint32_t edge = geo_test_below(&bench->seed, bench->map.edge_count);
        if ((bench->map.edges[edge].component >> profile & 1) == 0) {
            continue;
        }
        const struct geo_place place = {edge, geo_test_below(&bench->seed, 1000001), 0};
        struct geo_point at = geo_map_place_point(&bench->map, place);
        at.lat_e7 += (int32_t)geo_test_below(&bench->seed, 2001) - 1000;
        at.lon_e7 += (int32_t)geo_test_below(&bench->seed, 2001) - 1000;
        return at;
    }
}

/* Anywhere in the bounding box, often off every road. */
static struct geo_point random_spot(struct bench *bench)
{
    const struct geo_map_header *header = bench->map.header;
    const uint32_t height = (uint32_t)(header->north_e7 - header->south_e7);
    const uint32_t width = (uint32_t)(header->east_e7 - header->west_e7);
    return (struct geo_point){header->south_e7 + (int32_t)geo_test_below(&bench->seed, height + 1),
                              header->west_e7 + (int32_t)geo_test_below(&bench->seed, width + 1)};
}

static bool given_units(struct bench *bench, uint32_t units)
{
    geo_fleet_destroy(bench->fleet);
    bench->fleet = NULL;
    if (geo_fleet_create(&bench->map, units, &bench->fleet) != GEO_OK) {
        return false;
    }
    for (uint32_t id = 0; id < units; id++) {
        geo_fleet_define(bench->fleet, id, GEO_PROFILE_CAR, 1);
        geo_fleet_move(bench->fleet, id, random_place(bench, GEO_PROFILE_CAR));
        geo_fleet_link(bench->fleet, id, true);
    }
    return true;
}

static bool time_nearest(struct bench *bench)
{
    const uint32_t counts[] = {8, 20, 60, 200, 600, 2000, 6000, 20000, UNITS_MAX};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        if (!given_units(bench, counts[i])) {
            return false;
        }
        for (uint32_t sample = 0; sample < SAMPLES; sample++) {
            const struct geo_nearest_query query = {.at = random_place(bench, GEO_PROFILE_CAR),
                                                    .profile = GEO_PROFILE_CAR,
                                                    .limit_ms = LIMIT_MS,
                                                    .hits_max = 8};
            struct geo_nearest_hit hits[8];
            bool estimated = false;
            const uint64_t start_ns = now_ns();
            bench->work +=
                geo_nearest(bench->search, &bench->map, bench->fleet, &query, hits, &estimated);
            bench->samples_ns[sample] = now_ns() - start_ns;
        }
        report(bench, "nearest 8 cars of", counts[i]);
    }
    return true;
}

/* The search alone where `reaches` is NULL, else with the list of the edges. */
static bool time_isochrone(struct bench *bench, uint32_t minutes, struct geo_reach reaches[])
{
    for (uint32_t sample = 0; sample < SAMPLES; sample++) {
        struct geo_place place;
        const struct geo_point at = random_place(bench, GEO_PROFILE_CAR);
        if (geo_map_snap(&bench->map, GEO_PROFILE_CAR, at, &place) != GEO_OK) {
            return false;
        }
        const uint32_t limit_ms = minutes * 60000u;
        const uint64_t start_ns = now_ns();
        bench->work +=
            reaches == NULL
                ? geo_isochrone_nodes(bench->search, &bench->map, GEO_PROFILE_CAR, place, limit_ms)
                : geo_isochrone(bench->search, &bench->map, GEO_PROFILE_CAR, place, limit_ms,
                                reaches, bench->map.edge_count);
        bench->samples_ns[sample] = now_ns() - start_ns;
    }
    report(bench, reaches == NULL ? "isochrone, search" : "isochrone with edges", minutes);
    return true;
}

static bool time_isochrones(struct bench *bench)
{
    const uint32_t minutes[] = {1, 3, 5, 10};
    struct geo_reach *reaches = calloc(bench->map.edge_count, sizeof *reaches);
    bool good = reaches != NULL;
    for (size_t i = 0; i < 2u * (sizeof minutes / sizeof minutes[0]); i++) {
        good = good && time_isochrone(bench, minutes[i / 2u], i % 2u == 0 ? NULL : reaches);
    }
    free(reaches);
    return good;
}

enum { FROM = 2000 };

/* Everybody's time to one place: by a table where `selection` is NULL, else of those who stand. */
static bool time_table(struct bench *bench, const struct geo_place from[FROM],
                       struct geo_selection *selection)
{
    static uint32_t travel_ms[FROM];
    for (uint32_t sample = 0; sample < SAMPLES; sample++) {
        struct geo_place to;
        if (geo_map_snap(&bench->map, GEO_PROFILE_CAR, random_place(bench, GEO_PROFILE_CAR), &to) !=
            GEO_OK) {
            return false;
        }
        const uint64_t start_ns = now_ns();
        if (selection == NULL) {
            geo_table_ms(bench->search, &bench->map, GEO_PROFILE_CAR, to, from, FROM, travel_ms);
        } else {
            geo_selection_table_ms(selection, bench->search, to, travel_ms);
        }
        bench->samples_ns[sample] = now_ns() - start_ns;
        bench->work += FROM;
    }
    report(bench, selection == NULL ? "table to one place" : "table, selection kept", FROM);
    return true;
}

static bool time_tables(struct bench *bench)
{
    static struct geo_place from[FROM];
    for (uint32_t i = 0; i < FROM; i++) {
        if (geo_map_snap(&bench->map, GEO_PROFILE_CAR, random_place(bench, GEO_PROFILE_CAR),
                         &from[i]) != GEO_OK) {
            return false;
        }
    }
    struct geo_selection *selection = NULL;
    if (geo_selection_create(bench->roads.cch, GEO_PROFILE_CAR, from, FROM, &selection) != GEO_OK) {
        return false;
    }
    for (uint32_t sample = 0; sample < SAMPLES; sample++) {
        const uint64_t start_ns = now_ns();
        if (sample < 100) {
            geo_selection_follow(selection, bench->roads.metrics[GEO_PROFILE_CAR],
                                 bench->roads.traffic);
        }
        bench->samples_ns[sample] =
            sample < 100 ? now_ns() - start_ns : bench->samples_ns[sample - 100];
    }
    report(bench, "selection follows", FROM);
    const bool good = time_table(bench, from, NULL) && time_table(bench, from, selection);
    geo_selection_destroy(selection);
    return good;
}

static void time_travel(struct bench *bench)
{
    for (uint32_t sample = 0; sample < SAMPLES; sample++) {
        const struct geo_point from = random_place(bench, GEO_PROFILE_CAR);
        const struct geo_point to = random_place(bench, GEO_PROFILE_CAR);
        bool estimated = false;
        const uint64_t start_ns = now_ns();
        bench->work += geo_travel_ms(bench->search, &bench->map, from, to, GEO_PROFILE_CAR,
                                     LIMIT_MS, &estimated) != GEO_TRAVEL_NEVER;
        bench->samples_ns[sample] = now_ns() - start_ns;
    }
    report(bench, "travel time, one to", 1);
}

/* The hierarchy weighed anew as a whole, and after one road was closed or opened. */
static void time_metric(struct bench *bench)
{
    struct geo_metric *metric = bench->roads.metrics[GEO_PROFILE_CAR];
    for (uint32_t sample = 0; sample < SAMPLES; sample++) {
        const uint32_t edge = geo_test_below(&bench->seed, bench->map.edge_count);
        const uint32_t travel_ms = sample % 2 == 0 ? GEO_TRAVEL_NEVER : 0;
        const struct geo_traffic_change changes[] = {{edge, GEO_PROFILE_CAR, false, travel_ms},
                                                     {edge, GEO_PROFILE_CAR, true, travel_ms}};
        const uint64_t start_ns = now_ns();
        geo_traffic_apply(bench->roads.traffic, changes, 2);
        geo_metric_follow(metric, bench->roads.traffic);
        bench->samples_ns[sample] = now_ns() - start_ns;
    }
    report(bench, "closure, roads", 1);
    for (uint32_t sample = 0; sample < SAMPLES; sample++) {
        if (sample < 100) {
            metric->ready = false;
            const uint64_t start_ns = now_ns();
            geo_metric_follow(metric, bench->roads.traffic);
            bench->samples_ns[sample] = now_ns() - start_ns;
        } else {
            bench->samples_ns[sample] = bench->samples_ns[sample - 100];
        }
    }
    report(bench, "weighed anew, edges", bench->map.edge_count);
}

static void time_places(struct bench *bench)
{
    for (uint32_t sample = 0; sample < SAMPLES; sample++) {
        const struct geo_point at = random_place(bench, GEO_PROFILE_CAR);
        struct geo_place place;
        const uint64_t start_ns = now_ns();
        bench->work += geo_map_snap(&bench->map, GEO_PROFILE_CAR, at, &place) == GEO_OK;
        bench->samples_ns[sample] = now_ns() - start_ns;
    }
    report(bench, "snap", 1);
    for (uint32_t sample = 0; sample < SAMPLES; sample++) {
        const struct geo_point at = random_place(bench, GEO_PROFILE_CAR);
        const uint64_t start_ns = now_ns();
        geo_fleet_move(bench->fleet, sample, at);
        bench->samples_ns[sample] = now_ns() - start_ns;
    }
    report(bench, "move with snap", 1);
    for (uint32_t sample = 0; sample < SAMPLES; sample++) {
        const struct geo_point at = random_place(bench, GEO_PROFILE_CAR);
        struct geo_fleet_hit hits[8];
        const uint64_t start_ns = now_ns();
        bench->work += geo_fleet_around(bench->fleet, at, hits, 8);
        bench->samples_ns[sample] = now_ns() - start_ns;
    }
    report(bench, "straight-line 8 of", UNITS_MAX);
}

static bool same_nearest(struct bench *bench, struct geo_oracle *oracle, uint32_t units,
                         const struct geo_nearest_query *query)
{
    struct geo_nearest_hit hits[GEO_NEAREST_HITS_MAX];
    struct geo_nearest_hit right[GEO_NEAREST_HITS_MAX];
    bool estimated = false;
    bool right_estimated = false;
    const uint32_t count =
        geo_nearest(bench->search, &bench->map, bench->fleet, query, hits, &estimated);
    bool same =
        count == geo_oracle_nearest(oracle, bench->fleet, units, query, right, &right_estimated) &&
        estimated == right_estimated;
    for (uint32_t i = 0; same && i < count; i++) {
        same = hits[i].unit_id == right[i].unit_id && hits[i].travel_ms == right[i].travel_ms &&
               hits[i].estimated == right[i].estimated;
    }
    return same;
}

/* Random questions to random fleets; one in ten units and callers is anywhere in the box. */
static int compare_with_oracle(struct bench *bench, uint32_t queries)
{
    static const char *const names[] = {"car", "motorcycle", "foot", "emergency"};
    const uint32_t units = 600;
    uint32_t different = 0;
    struct geo_oracle *oracle = geo_oracle_create(&bench->map);
    if (!given_units(bench, units)) {
        return EXIT_FAILURE;
    }
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        uint32_t wrong = 0;
        for (uint32_t i = 0; i < queries; i++) {
            const uint32_t id = geo_test_below(&bench->seed, units);
            const bool roadside = geo_test_below(&bench->seed, 10) != 0;
            geo_fleet_define(bench->fleet, id, geo_test_below(&bench->seed, GEO_PROFILE_COUNT),
                             geo_test_below(&bench->seed, 4));
            geo_fleet_move(bench->fleet, id,
                           roadside ? random_place(bench, geo_fleet_get(bench->fleet, id)->profile)
                                    : random_spot(bench));
            geo_fleet_link(bench->fleet, id, geo_test_below(&bench->seed, 8) != 0);
            const struct geo_nearest_query query = {
                .at = roadside ? random_place(bench, profile) : random_spot(bench),
                .profile = profile,
                .flags_any = geo_test_below(&bench->seed, 2) ? 3 : 0,
                .limit_ms = i % 3 == 0 ? geo_test_below(&bench->seed, 1800000) : LIMIT_MS,
                .hits_max = 1 + geo_test_below(&bench->seed, 16)};
            wrong += !same_nearest(bench, oracle, units, &query);
        }
        printf("oracle %-10s %" PRIu32 " questions, %" PRIu32 " answered differently\n",
               names[profile], queries, wrong);
        different += wrong;
    }
    geo_oracle_destroy(oracle);
    return different == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static const uint8_t *map_file(const char *path, size_t *size)
{
    struct stat status;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0) {
        return NULL;
    }
    *size = (size_t)status.st_size;
    void *bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    return bytes == MAP_FAILED ? NULL : bytes;
}

int main(int argc, char *argv[])
{
    static struct bench bench = {.seed = 20240611};
    if (argc == 3 && strcmp(argv[2], "--cpu") == 0) {
        clock_used = CLOCK_THREAD_CPUTIME_ID;
    } else if (argc != 2 && !(argc == 4 && strcmp(argv[2], "--oracle") == 0)) {
        fprintf(stderr, "usage: bench_nearest FILE.kfmap [--oracle QUESTIONS | --cpu]\n");
        return EXIT_FAILURE;
    }
    size_t size = 0;
    uint32_t section = 0;
    const uint8_t *bytes = map_file(argv[1], &size);
    if (bytes == NULL) {
        perror(argv[1]);
        return EXIT_FAILURE;
    }
    const uint64_t start_ns = now_ns();
    enum geo_status status = geo_map_open(bytes, size, &bench.map, &section);
    const uint64_t opened_ns = now_ns();
    if (status == GEO_OK) {
        status = geo_map_verify(&bench.map, &section);
    }
    const uint64_t verified_ns = now_ns();
    if (status != GEO_OK || geo_search_create(&bench.map, UNITS_MAX, &bench.search) != GEO_OK) {
        fprintf(stderr, "%s: section %" PRIu32 ": %s\n", argv[1], section, geo_status_text(status));
        return EXIT_FAILURE;
    }
    printf("%" PRIu32 " nodes, %" PRIu32 " edges, %" PRIu32 " arcs; opened in %.1f us, "
           "verified in %.1f ms; seed %" PRIu64 "\n",
           bench.map.node_count, bench.map.edge_count, bench.map.arc_count,
           (double)(opened_ns - start_ns) / 1e3, (double)(verified_ns - opened_ns) / 1e6,
           bench.seed);

    geo_test_roads_init(&bench.roads, &bench.map);
    geo_test_roads_follow(&bench.roads);
    const struct geo_roads roads = geo_test_roads_now(&bench.roads);
    geo_search_follow(bench.search, &roads);

    int code = EXIT_SUCCESS;
    if (argc == 4) {
        code = compare_with_oracle(&bench, (uint32_t)strtoul(argv[3], NULL, 10));
    } else if (time_nearest(&bench) && time_isochrones(&bench) && time_tables(&bench)) {
        time_travel(&bench);
        time_places(&bench);
        time_metric(&bench);
    } else {
        code = EXIT_FAILURE;
    }
    geo_fleet_destroy(bench.fleet);
    geo_search_destroy(bench.search);
    geo_test_roads_finish(&bench.roads);
    munmap((void *)(uintptr_t)bytes, size);
    return code;
}
