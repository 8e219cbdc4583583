/* bench_capacity FILE.kfmap [--cpu]: the core with everything at its ceiling: 50,000 units, 5,000
 * circles, 100,000 open incidents, on a real city where far more is reported than can be served.
 * What a report costs as incidents fill up, what the timers cost once nobody is free, what a unit
 * that comes free costs, and the memory; then the snapshot. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/core/engine.h"
#include "tests/bench/bench.h"
#include "tests/support/geo_test_roads.h"

#define UNITS       50000u
#define CIRCLES     5000u
#define INCIDENTS   100000u
#define ASSIGNMENTS 300000u
#define PARTS       10u    /* reports are timed by tenths */
#define SEEN_MS     20000u /* their places are told so often */
#define FREED       1000u  /* units that come free while the others wait */
#define STORM_S     60u    /* of timers with everything open */

struct city {
    struct geo_map map;
    struct geo_test_roads roads;
    struct engine *engine;
    struct event_list out;
    struct prng prng;
    int64_t now_ms;
    uint64_t samples_ns[INCIDENTS / PARTS];
    uint32_t active[UNITS]; /* orders that can be cleared */
    uint32_t active_count;
};

static struct city city = {.prng = {.state = 135}, .now_ms = 1700000000000};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "bench_capacity: %s\n", what);
    exit(1);
}

static uint32_t memory_mb(void)
{
    uint64_t size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%" SCNu64 " %" SCNu64, &size, &resident) != 2) {
        fail("no /proc/self/statm");
    }
    (void)fclose(file);
    return (uint32_t)(resident * (uint64_t)sysconf(_SC_PAGESIZE) >> 20);
}

static struct geo_point random_place(enum geo_profile profile)
{
    return bench_place(&city.map, &city.prng, profile);
}

static struct step_result give(struct command *command)
{
    command->at_ms = city.now_ms;
    command->actor = (struct actor){.id = "bench", .source = SOURCE_API};
    event_list_clear(&city.out);
    return engine_step(city.engine, command, &city.out);
}

static void put_roster(void)
{
    static const enum unit_kind kinds[] = {UNIT_FOOT, UNIT_MOTORCYCLE, UNIT_CAR};
    struct circle_definition *circles = calloc(CIRCLES, sizeof *circles);
    struct unit_definition *units = calloc(UNITS, sizeof *units);
    if (circles == NULL || units == NULL) {
        fail("no memory for the roster");
    }
    for (uint32_t i = 0; i < CIRCLES; i++) {
        circles[i] = (struct circle_definition){
            .at = random_place(GEO_PROFILE_CAR), .radius_m = 300, .district = DISTRICT_NONE};
        snprintf(circles[i].code, CODE_SIZE, "C%" PRIu32, i);
    }
    for (uint32_t i = 0; i < UNITS; i++) {
        units[i] = (struct unit_definition){
            .kind = kinds[i % 3], .circle = i % CIRCLES, .district = DISTRICT_NONE};
        snprintf(units[i].code, CODE_SIZE, "U%" PRIu32, i);
    }
    struct command command = {
        .kind = COMMAND_ROSTER_PUT,
        .roster = {
            .circles = circles, .circle_count = CIRCLES, .units = units, .unit_count = UNITS}};
    if (give(&command).refusal != REASON_NONE) {
        fail("the roster was refused");
    }
    free(circles);
    free(units);
}

static void sign_on(void)
{
    for (uint32_t id = 0; id < UNITS; id++) {
        struct command command = {.kind = COMMAND_UNIT_DUTY,
                                  .duty = {.unit_id = id, .duty = DUTY_ON}};
        if (give(&command).refusal != REASON_NONE) {
            fail("a unit could not sign on");
        }
    }
}

/* Everybody is somewhere on the roads. */
static void see_all(void)
{
    for (uint32_t id = 0; id < UNITS; id++) {
        struct unit_view view;
        engine_unit(city.engine, id, &view);
        const struct observation observation = {
            .unit_id = id,
            .at = random_place(policy_profile(0, view.definition->kind)),
            .at_ms = city.now_ms,
            .fix_ms = city.now_ms};
        if (engine_observe(city.engine, &observation) != STATUS_OK) {
            fail("a place was not taken");
        }
    }
}

static void say(uint32_t assignment_id, enum assignment_state state)
{
    struct command command = {.kind = COMMAND_ASSIGNMENT_UPDATE,
                              .assignment = {.assignment_id = assignment_id,
                                             .unit_id = UNIT_NONE,
                                             .state = state,
                                             .device_ms = TIME_NEVER}};
    (void)give(&command);
}

/* Everybody who was ordered in the last step hears it and drives. */
static void answer(void)
{
    static struct event event;
    static uint32_t ordered[CANDIDATES_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < city.out.count && count < CANDIDATES_MAX; i++) {
        if (city.out.records[i].kind == EVENT_ASSIGNMENT_SENT) {
            event_list_get(&city.out, i, &event);
            ordered[count++] = event.sent.assignment_id;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        say(ordered[i], ASSIGNMENT_ACKNOWLEDGED);
        say(ordered[i], ASSIGNMENT_EN_ROUTE);
        city.active[city.active_count] = ordered[i];
        city.active_count += city.active_count + 1 < UNITS ? 1 : 0;
    }
}

static void print(const char *what, uint32_t count)
{
    bench_sort(city.samples_ns, count);
    printf("%-34s p50 %8.1f us  p99 %8.1f us  max %9.1f us\n", what,
           bench_quantile_us(city.samples_ns, count, 0.5),
           bench_quantile_us(city.samples_ns, count, 0.99),
           bench_quantile_us(city.samples_ns, count, 1));
}

/* Reports 10 ms apart until as many incidents are open as there can be. */
static void fill(void)
{
    for (uint32_t part = 0; part < PARTS; part++) {
        for (uint32_t i = 0; i < INCIDENTS / PARTS; i++) {
            city.now_ms += 10;
            if (i % (SEEN_MS / 10) == 0) {
                see_all();
            }
            struct command report = {.kind = COMMAND_REPORT_CREATE,
                                     .report = {.type = INCIDENT_DISPUTE,
                                                .at = random_place(GEO_PROFILE_FOOT),
                                                .occurred_ms = TIME_NEVER,
                                                .received_ms = TIME_NEVER}};
            const uint64_t start_ns = bench_now_ns();
            const struct step_result result = give(&report);
            city.samples_ns[i] = bench_now_ns() - start_ns;
            if (result.refusal != REASON_NONE) {
                fail("a report was refused");
            }
            answer();
        }
        char what[64];
        snprintf(what, sizeof what, "report with up to %6" PRIu32 " open",
                 (part + 1) * (INCIDENTS / PARTS));
        print(what, INCIDENTS / PARTS);
    }
}

/* The timers alone: how much of a second a second of waiting takes. */
static void storm(void)
{
    uint64_t spent_ns = 0, events = 0, longest_ns = 0, steps = 0;
    const int64_t end_ms = city.now_ms + (int64_t)STORM_S * 1000;
    while (engine_deadline_ms(city.engine) <= end_ms) {
        const int64_t due_ms = engine_deadline_ms(city.engine);
        city.now_ms = due_ms > city.now_ms ? due_ms : city.now_ms;
        struct command tick = {.kind = COMMAND_TICK};
        const uint64_t start_ns = bench_now_ns();
        (void)give(&tick);
        const uint64_t took_ns = bench_now_ns() - start_ns;
        spent_ns += took_ns;
        longest_ns = took_ns > longest_ns ? took_ns : longest_ns;
        events += city.out.count;
        steps++;
    }
    printf("timers with everybody taken: %.3f of a core, longest step %.1f ms "
           "(%.0f steps, %.0f events a second)\n",
           (double)spent_ns / 1e9 / STORM_S, (double)longest_ns / 1e6, (double)steps / STORM_S,
           (double)events / STORM_S);
}

static void free_units(void)
{
    see_all();
    uint32_t again = 0;
    for (uint32_t i = 0; i < FREED; i++) {
        city.now_ms += 10;
        struct command clear = {.kind = COMMAND_ASSIGNMENT_UPDATE,
                                .assignment = {.assignment_id = city.active[i],
                                               .unit_id = UNIT_NONE,
                                               .state = ASSIGNMENT_CLEARED,
                                               .device_ms = TIME_NEVER}};
        const uint64_t start_ns = bench_now_ns();
        (void)give(&clear);
        city.samples_ns[i] = bench_now_ns() - start_ns;
        for (uint32_t k = 0; k < city.out.count; k++) {
            again += city.out.records[k].kind == EVENT_ASSIGNMENT_SENT ? 1 : 0;
        }
    }
    print("a unit comes free, all wait for it", FREED);
    printf("  %" PRIu32 " of %u went to who waited at once\n", again, FREED);
}

static void snapshot(void)
{
    uint64_t start_ns = bench_now_ns();
    const uint64_t digest = engine_digest(city.engine);
    const double digest_ms = (double)(bench_now_ns() - start_ns) / 1e6;
    const size_t size = engine_snapshot_write(city.engine, NULL, 0);
    uint8_t *bytes = malloc(size);
    if (bytes == NULL) {
        fail("no memory for the snapshot");
    }
    start_ns = bench_now_ns();
    (void)engine_snapshot_write(city.engine, bytes, size);
    const double write_ms = (double)(bench_now_ns() - start_ns) / 1e6;
    start_ns = bench_now_ns();
    if (engine_snapshot_read(city.engine, bytes, size) != STATUS_OK) {
        fail("the snapshot was not read");
    }
    const double read_ms = (double)(bench_now_ns() - start_ns) / 1e6;
    printf("snapshot %.1f MB: written in %.0f ms, read in %.0f ms, %s digest (%.1f ms)\n",
           (double)size / 1e6, write_ms, read_ms,
           engine_digest(city.engine) == digest ? "the same" : "ANOTHER", digest_ms);
    free(bytes);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[2], "--cpu") == 0) {
        bench_clock = CLOCK_THREAD_CPUTIME_ID;
    } else if (argc != 2) {
        fprintf(stderr, "usage: bench_capacity FILE.kfmap [--cpu]\n");
        return 2;
    }
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (!bench_open_map(argv[1], &city.map)) {
        return 1;
    }
    struct engine_config config = {.limits = {.units_max = UNITS,
                                              .circles_max = CIRCLES,
                                              .incidents_max = INCIDENTS,
                                              .assignments_max = ASSIGNMENTS,
                                              .alarms_max = INCIDENTS,
                                              .area_points_max = 65536},
                                   .mode = DISPATCH_AUTO,
                                   .map = &city.map,
                                   .gap_ms = 120000,
                                   .searches = true};
    if (policy_preset("mutual-aid", &config.policy) != STATUS_OK ||
        event_list_init(&city.out, ROSTER_EVENTS_MAX, 16u << 20) != STATUS_OK) {
        fail("no memory");
    }
    const uint32_t before_mb = memory_mb();
    if (engine_create(&config, &city.engine) != STATUS_OK) {
        fail("no memory for the engine");
    }
    const uint32_t created_mb = memory_mb() - before_mb;
    geo_test_roads_init(&city.roads, &city.map);
    geo_test_roads_follow(&city.roads);
    const struct geo_roads now = geo_test_roads_now(&city.roads);
    engine_observe_roads(city.engine, &now);
    put_roster();
    sign_on();
    fill();
    printf("%u units, %u circles, %u open incidents, %" PRIu32 " units ordered: %" PRIu32
           " MB resident (%" PRIu32 " when it was created)\n",
           UNITS, CIRCLES, INCIDENTS, city.active_count, memory_mb() - before_mb, created_mb);
    storm();
    free_units();
    snapshot();
    engine_destroy(city.engine);
    geo_test_roads_finish(&city.roads);
    event_list_finish(&city.out);
    return 0;
}
