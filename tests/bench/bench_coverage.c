/* bench_coverage MAP.kfmap [CIRCLES UNITS]: what a second of coverage costs while everybody moves.
 *
 * 108 circles and 2,000 units unless told otherwise; every unit sends a fix a second, and each
 * circle and tier is reckoned anew within it. CPU time of the refresh alone. */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "engine/core/engine.h"
#include "tests/support/geo_test_map.h"

#define SECONDS 20u

static uint64_t cpu_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
    return (uint64_t)at.tv_sec * 1000000000u + (uint64_t)at.tv_nsec;
}

static struct geo_point roadside(const struct geo_map *map, uint64_t *seed)
{
    uint32_t edge = 0;
    do {
        edge = geo_test_below(seed, map->edge_count);
    } while ((map->edges[edge].component & 1u) == 0);
    return geo_map_place_point(map, (struct geo_place){edge, geo_test_below(seed, 1000001), 0});
}

static void fix(struct engine *engine, uint32_t unit_id, struct geo_point at, int64_t now_ms)
{
    const struct observation observation = {.unit_id = unit_id,
                                            .at = at,
                                            .at_ms = now_ms,
                                            .fix_ms = now_ms,
                                            .heading_deg = UINT16_MAX,
                                            .speed_kmh = UINT16_MAX};
    if (engine_observe(engine, &observation) != STATUS_OK) {
        abort();
    }
}

static void put(struct engine *engine, struct event_list *out, struct command *command)
{
    event_list_clear(out);
    if (engine_step(engine, command, out).refusal != REASON_NONE) {
        abort();
    }
}

static void given_roster(struct engine *engine, struct event_list *out, const struct geo_map *map,
                         uint64_t *seed, uint32_t circles, uint32_t units)
{
    for (uint32_t i = 0; i < circles; i++) {
        struct command command = {.kind = COMMAND_ROSTER_PUT, .actor = {.id = "bench"}};
        struct circle_definition circle = {
            .at = roadside(map, seed), .radius_m = 300, .district = DISTRICT_NONE};
        snprintf(circle.code, sizeof circle.code, "K%" PRIu32, i);
        snprintf(circle.name, sizeof circle.name, "%" PRIu32, i);
        command.roster.circles = &circle;
        command.roster.circle_count = 1;
        put(engine, out, &command);
    }
    for (uint32_t i = 0; i < units; i++) {
        const enum unit_kind kind = (enum unit_kind)(i % UNIT_KIND_COUNT);
        struct unit_definition unit = {.kind = kind,
                                       .circle = CIRCLE_NONE,
                                       .area = AREA_NONE,
                                       .district = DISTRICT_NONE,
                                       .home = roadside(map, seed),
                                       .people = 2,
                                       .has_home = true};
        snprintf(unit.code, sizeof unit.code, "U%" PRIu32, i);
        snprintf(unit.name, sizeof unit.name, "%" PRIu32, i);
        struct command command = {.kind = COMMAND_ROSTER_PUT, .actor = {.id = "bench"}};
        command.roster.units = &unit;
        command.roster.unit_count = 1;
        put(engine, out, &command);
        command = (struct command){.kind = COMMAND_UNIT_DUTY,
                                   .actor = {.id = "bench"},
                                   .duty = {.unit_id = i, .duty = DUTY_ON, .people = 2}};
        put(engine, out, &command);
        fix(engine, i, unit.home, 0);
    }
}

static int measure(struct engine *engine, uint64_t *seed, uint32_t circles, uint32_t units)
{
    uint64_t spent_ns = 0;
    uint64_t longest_ns = 0;
    uint32_t gaps = 0;
    for (int64_t now_ms = 1000; now_ms < (int64_t)SECONDS * 1000; now_ms += 10) {
        for (uint32_t id = (uint32_t)(now_ms / 10 % 100); id < units; id += 100) {
            struct unit_view view;
            (void)engine_unit(engine, id, &view);
            view.at.lat_e7 += (int32_t)geo_test_below(seed, 1801) - 900;
            view.at.lon_e7 += (int32_t)geo_test_below(seed, 1801) - 900;
            fix(engine, id, view.at, now_ms);
        }
        const uint64_t start_ns = cpu_ns();
        engine_coverage_refresh(engine, now_ms);
        const uint64_t took_ns = cpu_ns() - start_ns;
        spent_ns += took_ns;
        longest_ns = took_ns > longest_ns ? took_ns : longest_ns;
    }
    for (uint32_t i = 0; i < circles * TIER_COUNT; i++) {
        struct coverage_view view;
        if (engine_coverage(engine, i / TIER_COUNT, (enum tier)(i % TIER_COUNT), &view)) {
            gaps += view.gap_since_ms != TIME_NEVER;
        }
    }
    printf("%" PRIu32 " circles, %" PRIu32 " moving units: %.2f ms a second, longest pause %.2f ms"
           " (%" PRIu32 " of %" PRIu32 " tiers have a gap)\n",
           circles, units, (double)spent_ns / 1e6 / (SECONDS - 1), (double)longest_ns / 1e6, gaps,
           circles * TIER_COUNT);
    return EXIT_SUCCESS;
}

int main(int argc, char *argv[])
{
    if (argc != 2 && argc != 4) {
        fprintf(stderr, "usage: bench_coverage MAP.kfmap [CIRCLES UNITS]\n");
        return EXIT_FAILURE;
    }
    const uint32_t circles = argc == 4 ? (uint32_t)strtoul(argv[2], NULL, 10) : 108;
    const uint32_t units = argc == 4 ? (uint32_t)strtoul(argv[3], NULL, 10) : 2000;
    struct stat status;
    struct geo_map map;
    const int file = open(argv[1], O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &status) != 0) {
        perror(argv[1]);
        return EXIT_FAILURE;
    }
    const size_t size = (size_t)status.st_size;
    uint8_t *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    struct engine_config config = {.limits = {.units_max = units,
                                              .circles_max = circles,
                                              .incidents_max = 16,
                                              .assignments_max = units,
                                              .alarms_max = 16,
                                              .area_points_max = 16},
                                   .mode = DISPATCH_AUTO,
                                   .searches = true,
                                   .map = &map};
    struct engine *engine = NULL;
    struct event_list out;
    uint64_t seed = 20240611;
    if (bytes == MAP_FAILED || geo_map_open(bytes, size, &map, NULL) != GEO_OK ||
        policy_preset("mutual-aid", &config.policy) != STATUS_OK ||
        engine_create(&config, &engine) != STATUS_OK ||
        event_list_init(&out, 256, 1u << 20) != STATUS_OK) {
        fprintf(stderr, "%s: cannot be used\n", argv[1]);
        return EXIT_FAILURE;
    }
    printf("seed %" PRIu64 ", CPU time\n", seed);
    given_roster(engine, &out, &map, &seed, circles, units);
    const int code = measure(engine, &seed, circles, units);
    event_list_finish(&out);
    engine_destroy(engine);
    munmap(bytes, size);
    return code;
}
