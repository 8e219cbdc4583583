/* bench_decision FILE.kfmap [UNITS] [--cpu]: one report through the whole engine on a real city:
 * match, open, three tiers decided and ordered, encoded and applied, with the hierarchies that the
 * daemon keeps. p50 and p99 by number of available units: a third each on foot, on motorcycles, in
 * cars; each kind serves a tier of its own, or all serve all tiers, or a plan asks what one in ten
 * can do. UNITS is the roster, 20,000 by default; the rest is on the map, but off duty. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/engine.h"
#include "tests/bench/bench.h"
#include "tests/support/geo_test_roads.h"

#define SAMPLES    4000u
#define CAPABILITY 2u     /* first aid */
#define CAPABLE    10u    /* one in so many */
#define ENDED_MS   10000u /* ended incidents leave after this: 1,000 are held at 100 a second */

static struct geo_map map;
static struct prng prng = {.state = 135};
static uint64_t samples_ns[SAMPLES];
static struct event_list out;
static struct engine *shadow; /* replays everything */
static uint64_t replayed, replay_ns;
static int64_t now_ms = 1700000000000;

static struct geo_point random_place(enum geo_profile profile)
{
    return bench_place(&map, &prng, profile);
}

static void replay(void)
{
    static struct event event;
    const uint64_t start_ns = bench_now_ns();
    for (uint32_t i = 0; i < out.count; i++) {
        event_list_get(&out, i, &event);
        if (engine_replay(shadow, &event) != STATUS_OK) {
            fprintf(stderr, "bench_decision: the replay went another way\n");
            exit(1);
        }
    }
    replay_ns += bench_now_ns() - start_ns;
    replayed += out.count;
}

/* The caller replays what came of it, outside its own timing. */
static struct step_result give(struct engine *engine, struct command *command)
{
    command->at_ms = now_ms;
    command->actor = (struct actor){.id = "bench", .source = SOURCE_API};
    event_list_clear(&out);
    return engine_step(engine, command, &out);
}

static void put_units(struct engine *engine, uint32_t count)
{
    static const enum unit_kind kinds[] = {UNIT_FOOT, UNIT_MOTORCYCLE, UNIT_CAR};
    struct unit_definition *units = calloc(count, sizeof *units);
    for (uint32_t i = 0; i < count; i++) {
        units[i] = (struct unit_definition){.kind = kinds[i % 3],
                                            .capabilities = i / 3 % CAPABLE == 0 ? CAPABILITY : 0,
                                            .circle = CIRCLE_NONE,
                                            .area = AREA_NONE,
                                            .district = DISTRICT_NONE};
        snprintf(units[i].code, CODE_SIZE, "U%" PRIu32, i);
    }
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.units = units, .unit_count = count}};
    if (give(engine, &command).refusal != REASON_NONE) {
        fprintf(stderr, "bench_decision: the roster was refused\n");
        exit(1);
    }
    replay();
    free(units);
}

/* Who serves what. */
enum service { SERVICE_OWN_KIND, SERVICE_ALL_KINDS, SERVICE_CAPABLE, SERVICE_COUNT };
static const char *const service_texts[SERVICE_COUNT] = {
    [SERVICE_OWN_KIND] = "a kind a tier",
    [SERVICE_ALL_KINDS] = "all kinds mixed",
    [SERVICE_CAPABLE] = "one in ten can do it",
};

static bool make_policy(enum service service, struct policy *policy)
{
    static const uint32_t kinds[TIER_COUNT] = {
        [TIER_1] = 1u << UNIT_FOOT, [TIER_3] = 1u << UNIT_MOTORCYCLE, [TIER_5] = 1u << UNIT_CAR};
    if (policy_preset("mutual-aid", policy) != STATUS_OK) {
        return false;
    }
    policy->reopen_ms = ENDED_MS;
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        policy->tiers[tier].kinds = service == SERVICE_ALL_KINDS
                                        ? kinds[TIER_1] | kinds[TIER_3] | kinds[TIER_5]
                                        : kinds[tier];
        const struct plan_rule rule = {.types = UINT32_MAX,
                                       .priorities = UINT32_MAX,
                                       .tier = (enum tier)tier,
                                       .has_capabilities = true,
                                       .capabilities = service == SERVICE_CAPABLE ? CAPABILITY : 0};
        policy_plans_rule(policy, &rule);
    }
    return true;
}

static void put_policy(struct engine *engine, enum service service)
{
    static struct policy policy;
    struct command command = {.kind = COMMAND_POLICY_PUT, .policy = {.policy = &policy}};
    if (!make_policy(service, &policy) || give(engine, &command).refusal != REASON_NONE) {
        fprintf(stderr, "bench_decision: the policy was refused\n");
        exit(1);
    }
    replay();
}

static void see_all(struct engine *engine)
{
    for (uint32_t id = 0; id < engine_unit_count(engine); id++) {
        struct unit_view view;
        engine_unit(engine, id, &view);
        const struct observation observation = {
            .unit_id = id,
            .at = random_place(policy_profile(0, view.definition->kind)),
            .at_ms = now_ms,
            .fix_ms = now_ms};
        if (engine_observe(engine, &observation) != STATUS_OK) {
            exit(1);
        }
    }
}

static void set_duty(struct engine *engine, uint32_t available)
{
    for (uint32_t id = 0; id < engine_unit_count(engine); id++) {
        struct command command = {
            .kind = COMMAND_UNIT_DUTY,
            .duty = {.unit_id = id, .duty = id < available ? DUTY_ON : DUTY_OFF}};
        give(engine, &command);
        replay();
    }
}

static void run(struct engine *engine, enum service service, uint32_t available)
{
    uint64_t orders = 0, events = 0, bytes = 0;
    set_duty(engine, available);
    see_all(engine);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        now_ms += 10;
        struct command report = {.kind = COMMAND_REPORT_CREATE,
                                 .report = {.type = INCIDENT_DISPUTE,
                                            .at = random_place(GEO_PROFILE_FOOT),
                                            .occurred_ms = TIME_NEVER,
                                            .received_ms = TIME_NEVER,
                                            .may_merge = true}};
        const uint64_t start_ns = bench_now_ns();
        const struct step_result result = give(engine, &report);
        samples_ns[i] = bench_now_ns() - start_ns;
        if (result.refusal != REASON_NONE) {
            fprintf(stderr, "bench_decision: a report was refused\n");
            exit(1);
        }
        events += out.count;
        bytes += out.size;
        for (uint32_t k = 0; k < out.count; k++) {
            orders += out.records[k].kind == EVENT_ASSIGNMENT_SENT ? 1 : 0;
        }
        replay();
        struct command close = {.kind = COMMAND_INCIDENT_CLOSE,
                                .close = {.incident_id = result.incident_id, .clear_all = true}};
        give(engine, &close);
        replay();
        if (i % 500 == 0) {
            see_all(engine);
        }
    }
    bench_sort(samples_ns, SAMPLES);
    printf("%-20s %6" PRIu32 " available  p50 %8.1f us  p99 %8.1f us  max %8.1f us  "
           "(%.2f orders, %.1f events, %.0f bytes a report)\n",
           service_texts[service], available, bench_quantile_us(samples_ns, SAMPLES, 0.5),
           bench_quantile_us(samples_ns, SAMPLES, 0.99), bench_quantile_us(samples_ns, SAMPLES, 1),
           (double)orders / SAMPLES, (double)events / SAMPLES, (double)bytes / SAMPLES);
}

int main(int argc, char **argv)
{
    if (argc > 2 && strcmp(argv[argc - 1], "--cpu") == 0) {
        bench_clock = CLOCK_THREAD_CPUTIME_ID;
        argc--;
    }
    if (argc < 2 || !bench_open_map(argv[1], &map)) {
        fprintf(stderr, "usage: bench_decision FILE.kfmap [UNITS] [--cpu]\n");
        return 2;
    }
    const uint32_t units = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 20000;
    struct engine_config config = {.limits = {.units_max = units,
                                              .circles_max = 16,
                                              .incidents_max = 20000,
                                              .assignments_max = 100000,
                                              .alarms_max = 20000,
                                              .area_points_max = 16},
                                   .mode = DISPATCH_AUTO,
                                   .map = &map,
                                   .searches = true};
    struct engine *engine = NULL;
    if (!make_policy(SERVICE_OWN_KIND, &config.policy) ||
        engine_create(&config, &engine) != STATUS_OK ||
        event_list_init(&out, ROSTER_EVENTS_MAX, 16u << 20) != STATUS_OK) {
        fprintf(stderr, "bench_decision: no memory, or %" PRIu32 " units are too many\n", units);
        return 1;
    }
    struct geo_test_roads roads;
    geo_test_roads_init(&roads, &map);
    geo_test_roads_follow(&roads);
    const struct geo_roads now = geo_test_roads_now(&roads);
    engine_observe_roads(engine, &now);
    config.searches = false;
    if (engine_create(&config, &shadow) != STATUS_OK) {
        return 1;
    }
    put_units(engine, units);
    printf("%" PRIu32 " units, %" PRIu32 " edges\n", units, map.edge_count);
    static const uint32_t available[] = {20, 60, 200, 600, 2000, 6000, 20000};
    for (enum service service = 0; service < SERVICE_COUNT; service++) {
        put_policy(engine, service);
        for (uint32_t i = 0; i < sizeof available / sizeof available[0]; i++) {
            if (available[i] <= units) {
                run(engine, service, available[i]);
            }
        }
    }
    const uint64_t start_ns = bench_now_ns();
    const uint64_t digest = engine_digest(engine);
    printf("digest %016" PRIx64 " in %.2f ms, snapshot %zu bytes\n", digest,
           (double)(bench_now_ns() - start_ns) / 1e6, engine_snapshot_write(engine, NULL, 0));
    printf("replayed %" PRIu64 " events, %.0f a second, %s digest\n", replayed,
           (double)replayed / ((double)replay_ns / 1e9),
           engine_digest(shadow) == digest ? "the same" : "ANOTHER");
    engine_destroy(shadow);
    engine_destroy(engine);
    geo_test_roads_finish(&roads);
    event_list_finish(&out);
    return 0;
}
