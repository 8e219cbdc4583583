/* snapshot: all durable state and nothing else, and a broken one is refused. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/prng.h"
#include "tests/support/core_given.h"

static struct world world;
static uint8_t *bytes;
static size_t size;

/* A small city in the middle of its work. */
static void set_up(void)
{
    world_init(&world);
    world_begin(&world);
    struct geo_point points[3] = {world_at(-900, -900), world_at(900, -900), world_at(0, 900)};
    uint32_t ring = 3;
    struct district_definition district = {
        .code = "D1", .name = "here", .ring_count = 1, .point_count = 3};
    struct circle_definition circle = {
        .code = "C1", .at = world_at(0, 0), .radius_m = 300, .district = DISTRICT_NONE};
    struct command roster = {.kind = COMMAND_ROSTER_PUT,
                             .roster = {.districts = &district,
                                        .district_count = 1,
                                        .points = points,
                                        .ring_sizes = &ring,
                                        .circles = &circle,
                                        .circle_count = 1}};
    cr_assert(eq(u32, world_step(&world, &roster).refusal, REASON_NONE));
    const uint32_t post = world_unit(&world, UNIT_POST, 5, 0);
    world_unit(&world, UNIT_CAR, 500, 0);
    world_unit(&world, UNIT_CAR, 800, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_report(&world, INCIDENT_CRIME, 0, 300, 0);
    world_says(&world, world_active(&world, post), ASSIGNMENT_ON_SCENE);
    world_pass(&world, 50000);
    world_report(&world, INCIDENT_HELP, 0, 3000, 0);
    world_close(&world, 3, false);
    size = engine_snapshot_write(world.engine, NULL, 0);
    bytes = malloc(size);
    cr_assert(ne(ptr, bytes, NULL));
    cr_assert(eq(sz, engine_snapshot_write(world.engine, bytes, size), size));
}

static void tear_down(void)
{
    free(bytes);
    bytes = NULL;
    world_finish(&world);
}

TestSuite(core_snapshot, .init = set_up, .fini = tear_down, .timeout = 60);

Test(core_snapshot, read_back_goes_on_like_the_original)
{
    struct engine *read;
    cr_assert(eq(u32, engine_create(&world.config, &read), STATUS_OK));
    cr_assert(eq(u32, engine_snapshot_read(read, bytes, size), STATUS_OK));
    cr_expect(eq(u64, engine_digest(read), engine_digest(world.engine)));
    cr_expect(eq(u64, engine_seq(read), engine_seq(world.engine)));
    cr_expect(le(i64, engine_deadline_ms(read), engine_deadline_ms(world.engine)),
              "timers survive; who waits is looked after at once");
    cr_expect(eq(u32, engine_district_at(read, world_at(0, 0)), 0));
    for (uint32_t id = 0; id < engine_unit_count(world.engine); id++) {
        struct unit_view unit;
        cr_assert(engine_unit(world.engine, id, &unit));
        cr_expect(eq(u32, engine_unit_find(read, unit.definition->code), id));
    }
    struct alarm_view before, after;
    cr_assert(engine_alarm_next(world.engine, 0, &before));
    cr_assert(engine_alarm_next(read, 0, &after));
    cr_expect(eq(u32, before.alarm_id, after.alarm_id));
    const struct decision_made *made = engine_decision(read, 1, TIER_5);
    cr_expect(eq(u32, made->candidates[0].unit_id, 1));
    /* What happens next happens to both. */
    world_close(&world, 1, true);
    static struct event event;
    for (uint32_t i = 0; i < world.out.count; i++) {
        event_list_get(&world.out, i, &event);
        cr_assert(eq(u32, engine_replay(read, &event), STATUS_OK));
    }
    cr_expect(eq(u64, engine_digest(read), engine_digest(world.engine)));
    engine_destroy(read);
}

Test(core_snapshot, positions_are_not_in_it)
{
    const uint64_t digest = engine_digest(world.engine);
    world_fix(&world, 1, 700, 700);
    cr_expect(eq(u64, engine_digest(world.engine), digest));
}

Test(core_snapshot, one_more_fact_is_another_fingerprint)
{
    const uint64_t digest = engine_digest(world.engine);
    struct command audit = {.kind = COMMAND_AUDIT, .audit = {.text = "x"}};
    world_step(&world, &audit);
    cr_expect(ne(u64, engine_digest(world.engine), digest));
}

Test(core_snapshot, cut_anywhere_it_is_corrupt_and_the_engine_empty)
{
    struct engine *read;
    cr_assert(eq(u32, engine_create(&world.config, &read), STATUS_OK));
    for (size_t cut = 0; cut < size; cut += cut < 200 ? 1 : 13) {
        uint8_t *exact = malloc(cut > 0 ? cut : 1);
        memcpy(exact, bytes, cut);
        cr_assert(eq(u32, engine_snapshot_read(read, exact, cut), STATUS_CORRUPT), "at %zu", cut);
        free(exact);
    }
    cr_expect(eq(u64, engine_seq(read), 0));
    cr_expect(eq(u32, engine_unit_count(read), 0));
    engine_destroy(read);
}

Test(core_snapshot, damage_anywhere_is_found)
{
    struct engine *read;
    cr_assert(eq(u32, engine_create(&world.config, &read), STATUS_OK));
    struct prng prng = {.state = 99};
    for (uint32_t i = 0; i < 3000; i++) {
        const size_t at = prng_below(&prng, (uint32_t)size);
        const uint8_t flip = (uint8_t)(1 + prng_below(&prng, 255));
        bytes[at] ^= flip;
        cr_assert(ne(u32, engine_snapshot_read(read, bytes, size), STATUS_OK), "at %zu", at);
        bytes[at] ^= flip;
    }
    cr_expect(eq(u32, engine_snapshot_read(read, bytes, size), STATUS_OK));
    engine_destroy(read);
}

Test(core_snapshot, another_version_and_too_small_an_engine_are_named)
{
    struct engine *read;
    cr_assert(eq(u32, engine_create(&world.config, &read), STATUS_OK));
    bytes[4]++;
    cr_expect(eq(u32, engine_snapshot_read(read, bytes, size), STATUS_VERSION));
    bytes[4]--;
    const uint8_t now[2] = {bytes[4], bytes[5]};
    bytes[4] = 1; /* the first layout, that had no shelved alarms */
    bytes[5] = 0;
    cr_expect(eq(u32, engine_snapshot_read(read, bytes, size), STATUS_VERSION));
    memcpy(bytes + 4, now, sizeof now);
    cr_expect(eq(u32, engine_snapshot_read(read, bytes, size), STATUS_OK));
    engine_destroy(read);
    struct engine_config small = world.config;
    small.limits.units_max = 2;
    cr_assert(eq(u32, engine_create(&small, &read), STATUS_OK));
    cr_expect(eq(u32, engine_snapshot_read(read, bytes, size), STATUS_FULL));
    engine_destroy(read);
}

/* ---- Refused ---- */

static struct event_list out;

static void step(struct engine *engine, int64_t at_ms, struct command *command)
{
    command->at_ms = world.now_ms + at_ms;
    command->actor = world.actor;
    event_list_clear(&out);
    cr_assert(eq(u32, engine_step(engine, command, &out).refusal, REASON_NONE));
}

/* A policy, a place to guard, somebody who is free and one who waits for more: the digest and the
 * next thing due at the end. */
static uint64_t short_life(struct engine *engine, int64_t *deadline_ms)
{
    struct policy policy;
    cr_assert(eq(u32, policy_preset("place-class", &policy), STATUS_OK));
    struct command put = {.kind = COMMAND_POLICY_PUT, .policy = {.policy = &policy, .origin = 7}};
    struct circle_definition circle = {
        .code = "C9", .at = world_at(0, 0), .radius_m = 300, .district = DISTRICT_NONE};
    struct checkpoint_definition checkpoint = {.code = "B1",
                                               .at = world_at(0, 0),
                                               .radius_m = 50,
                                               .circle = CIRCLE_NONE,
                                               .district = DISTRICT_NONE,
                                               .every_min = 30,
                                               .stay_s = 60};
    struct unit_definition unit = {.code = "K9",
                                   .kind = UNIT_POST,
                                   .circle = CIRCLE_NONE,
                                   .area = AREA_NONE,
                                   .district = DISTRICT_NONE,
                                   .home = world_at(10, 0),
                                   .has_home = true};
    struct command roster = {.kind = COMMAND_ROSTER_PUT,
                             .roster = {.circles = &circle,
                                        .circle_count = 1,
                                        .checkpoints = &checkpoint,
                                        .checkpoint_count = 1,
                                        .units = &unit,
                                        .unit_count = 1}};
    step(engine, 1000, &roster);
    struct command duty = {.kind = COMMAND_UNIT_DUTY, .duty = {.unit_id = 0, .duty = DUTY_ON}};
    step(engine, 2000, &duty);
    for (int32_t i = 0; i < 3; i++) {
        struct command report = {.kind = COMMAND_REPORT_CREATE,
                                 .report = {.type = INCIDENT_FIRE,
                                            .at = world_at(900 * i, 0),
                                            .occurred_ms = TIME_NEVER,
                                            .received_ms = TIME_NEVER,
                                            .phone = "110"}};
        step(engine, 3000 + i, &report);
    }
    step(engine, 3500, &put);
    struct command tick = {.kind = COMMAND_TICK};
    for (int64_t at_ms = 4000; at_ms < 3600000;) {
        step(engine, at_ms, &tick);
        const int64_t due_ms = engine_deadline_ms(engine) - world.now_ms;
        at_ms = due_ms > at_ms ? due_ms : at_ms + 1;
    }
    *deadline_ms = engine_deadline_ms(engine);
    return engine_digest(engine);
}

static void expect_as_new_after(size_t cut)
{
    struct engine *fresh, *lived;
    int64_t due_ms[2];
    cr_assert(eq(u32, engine_create(&world.config, &fresh), STATUS_OK));
    cr_assert(eq(u32, engine_create(&world.config, &lived), STATUS_OK));
    (void)short_life(lived, &due_ms[0]);
    cr_expect(eq(u32, engine_snapshot_read(lived, bytes, cut), STATUS_CORRUPT));
    cr_expect(eq(u64, engine_digest(lived), engine_digest(fresh)));
    cr_expect(eq(i64, engine_deadline_ms(lived), engine_deadline_ms(fresh)));
    world.now_ms += 7200000;
    cr_expect(eq(u64, short_life(lived, &due_ms[0]), short_life(fresh, &due_ms[1])));
    cr_expect(eq(i64, due_ms[0], due_ms[1]), "as if nothing had been before");
    engine_destroy(fresh);
    engine_destroy(lived);
}

Test(core_snapshot, what_is_refused_leaves_an_engine_as_it_was_made)
{
    cr_assert(eq(u32, event_list_init(&out, WORLD_EVENTS_MAX, 4u << 20), STATUS_OK));
    expect_as_new_after(2); /* before anything of it was taken */
    expect_as_new_after(size - 1);
    event_list_finish(&out);
}
