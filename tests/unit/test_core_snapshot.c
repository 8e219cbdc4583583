/* snapshot: all durable state and nothing else, and a broken one is refused. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/bytes.h"
#include "engine/core/event_codec.h"
#include "engine/core/prng.h"
#include "engine/core/state.h"
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

/* ---- What no engine would write ---- */

/* To the city of set_up: two areas, a second circle, a centre that was asked, a checkpoint, two
 * plans, and a report that joined another. */
static void given_everything(void)
{
    struct geo_point corners[6] = {world_at(-900, -900), world_at(900, -900), world_at(0, 900),
                                   world_at(-900, -900), world_at(900, -900), world_at(0, 900)};
    uint32_t rings[2] = {3, 3};
    const struct area_definition areas[2] = {
        {.code = "A1", .name = "beat", .kind = AREA_BEAT, .ring_count = 1, .point_count = 3},
        {.code = "A2",
         .name = "grid",
         .kind = AREA_GRID,
         .ring_first = 1,
         .ring_count = 1,
         .point_first = 3,
         .point_count = 3}};
    const struct circle_definition circle = {
        .code = "C2", .at = world_at(4000, 0), .radius_m = 300, .district = DISTRICT_NONE};
    const struct centre_definition centres[2] = {
        {.code = "Z1", .kind = CENTRE_NEIGHBOUR, .district = DISTRICT_NONE},
        {.code = "Z2", .kind = CENTRE_NEIGHBOUR, .district = DISTRICT_NONE}};
    const struct checkpoint_definition checkpoints[2] = {{.code = "P1",
                                                          .at = world_at(0, 0),
                                                          .radius_m = 50,
                                                          .circle = CIRCLE_NONE,
                                                          .district = DISTRICT_NONE,
                                                          .every_min = 30,
                                                          .stay_s = 60},
                                                         {.code = "P2",
                                                          .at = world_at(90, 0),
                                                          .radius_m = 50,
                                                          .circle = CIRCLE_NONE,
                                                          .district = DISTRICT_NONE,
                                                          .every_min = 30,
                                                          .stay_s = 60}};
    const struct circle_plan plans[2] = {
        {.code = "K1", .types = 1, .priorities = 1, .unit_counts = {1}, .units = {{0}}},
        {.code = "K2", .types = 2, .priorities = 1, .unit_counts = {1}, .units = {{0}}}};
    struct command roster = {.kind = COMMAND_ROSTER_PUT,
                             .roster = {.areas = areas,
                                        .area_count = 2,
                                        .points = corners,
                                        .ring_sizes = rings,
                                        .circles = &circle,
                                        .circle_count = 1,
                                        .centres = centres,
                                        .centre_count = 2,
                                        .checkpoints = checkpoints,
                                        .checkpoint_count = 2,
                                        .plans = plans,
                                        .plan_count = 2}};
    cr_assert(eq(u32, world_step(&world, &roster).refusal, REASON_NONE));
    cr_assert(world_report(&world, INCIDENT_DISPUTE, 0, 5, 0).merged);
    world_report(&world, INCIDENT_HELP, 0, 9000, 0);
    struct command refer = {
        .kind = COMMAND_INCIDENT_REFER,
        .refer = {.incident_id = 4, .centre = 0, .generation = 1, .note = "two cars"}};
    cr_assert(eq(u32, world_step(&world, &refer).refusal, REASON_NONE));
}

/* What the snapshot says of this state, read into an empty engine. */
static enum status read_of(const struct engine *engine)
{
    const size_t now = engine_snapshot_write(engine, NULL, 0);
    uint8_t *written = malloc(now);
    cr_assert(ne(ptr, written, NULL));
    cr_assert(eq(sz, engine_snapshot_write(engine, written, now), now));
    struct engine *read;
    cr_assert(eq(u32, engine_create(&world.config, &read), STATUS_OK));
    const enum status status = engine_snapshot_read(read, written, now);
    free(written);
    engine_destroy(read);
    return status;
}

/* The digest fits, as it is that of the very state. */
static void corrupt_with(void *field, size_t field_size, uint64_t value, const char *why)
{
    uint8_t good[sizeof value];
    memcpy(good, field, field_size);
    memcpy(field, &value, field_size); /* little-endian, as everywhere */
    cr_expect(eq(u32, read_of(world.engine), STATUS_CORRUPT), "%s", why);
    memcpy(field, good, field_size);
}

#define CORRUPT_WITH(field, value, why) corrupt_with(&(field), sizeof(field), value, why)

Test(core_snapshot, ids_that_were_never_given_out_or_do_not_rise_are_corrupt)
{
    given_everything();
    struct engine *engine = world.engine;
    struct {
        uint32_t *last, *second; /* id of the second one */
        const char *what;
    } all[] = {{&engine->last_incident_id, &engine->incidents[1].id, "incident"},
               {&engine->last_report_id, &engine->reports[1].id, "report"},
               {&engine->last_assignment_id, &engine->assignments[1].id, "assignment"},
               {&engine->last_alarm_id, &engine->alarms[1].id, "alarm"},
               {&engine->last_plan_version, &engine->plans[1].version, "plan"}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        cr_assert(eq(u32, *all[i].second, 2));
        cr_assert(le(u32, 2, *all[i].last));
        CORRUPT_WITH(*all[i].last, 1, all[i].what);
        CORRUPT_WITH(*all[i].second, 0, all[i].what);
        CORRUPT_WITH(*all[i].second, 1, all[i].what);
    }
    CORRUPT_WITH(engine->last_referral_id, 0, "referral");
    CORRUPT_WITH(engine->referrals[0].id, 0, "referral");
    CORRUPT_WITH(engine->policies[0].version, 1, "policy");
    cr_expect(eq(u32, read_of(engine), STATUS_OK));
}

Test(core_snapshot, a_roster_that_names_twice_or_what_is_not_there_is_corrupt)
{
    given_everything();
    struct engine *engine = world.engine;
    CORRUPT_WITH(engine->areas[1].code[1], '1', "an area twice");
    CORRUPT_WITH(engine->circles[1].code[1], '1', "a circle twice");
    CORRUPT_WITH(engine->units[1].definition.code[1], '0', "a unit twice");
    CORRUPT_WITH(engine->centres[1].code[1], '1', "a centre twice");
    CORRUPT_WITH(engine->checkpoints[1].definition.code[1], '1', "a checkpoint twice");
    CORRUPT_WITH(engine->plans[1].plan.code[1], '1', "a plan twice");
    CORRUPT_WITH(engine->areas[0].ring_sizes[0], 2, "two corners");
    CORRUPT_WITH(engine->units[1].definition.circle, 2, "no such circle");
    CORRUPT_WITH(engine->units[1].definition.area, 2, "no such area");
    CORRUPT_WITH(engine->checkpoints[0].definition.radius_m, 501, "no such checkpoint");
    CORRUPT_WITH(engine->checkpoints[0].next, 1, "no such stop");
    CORRUPT_WITH(engine->checkpoints[0].walker, 3, "walked by nobody");
    CORRUPT_WITH(engine->checkpoints[0].visited_unit, 3, "visited by nobody");
    CORRUPT_WITH(engine->checkpoints[0].definition.stop_count, 1, "a route of itself");
    CORRUPT_WITH(engine->plans[1].index, 2, "beyond the plans");
    CORRUPT_WITH(engine->plans[1].index, 0, "two at one place");
    CORRUPT_WITH(engine->plans[1].is_current, 0, "nothing at its place");
    CORRUPT_WITH(engine->plans[1].plan.units[TIER_1][0], 3, "a plan for nobody");
    cr_expect(eq(u32, read_of(engine), STATUS_OK));
}

Test(core_snapshot, incidents_and_reports_that_contradict_the_rest_are_corrupt)
{
    given_everything();
    struct engine *engine = world.engine;
    struct incident *open = &engine->incidents[0], *ended = &engine->incidents[2];
    CORRUPT_WITH(open->priority, 0, "no priority");
    CORRUPT_WITH(open->priority, 5, "no such priority");
    CORRUPT_WITH(open->circle, 2, "no such circle");
    CORRUPT_WITH(open->areas[AREA_BEAT], 2, "no such beat");
    CORRUPT_WITH(open->areas[AREA_GRID], 2, "no such grid");
    CORRUPT_WITH(open->ended_ms, (uint64_t)world.now_ms, "open and ended");
    CORRUPT_WITH(ended->ended_ms, (uint64_t)TIME_NEVER, "ended and never");
    CORRUPT_WITH(open->panic_unit, 3, "a call for help by nobody");
    CORRUPT_WITH(open->report_count, 1, "a report too few");
    CORRUPT_WITH(open->report_count, 3, "a report too many");
    CORRUPT_WITH(open->report_first, 1, "the report of another");
    CORRUPT_WITH(open->report_first, SLOT_NONE, "no report");
    CORRUPT_WITH(engine->reports[0].incident, 1, "of another incident");
    CORRUPT_WITH(engine->reports[0].next, 0, "in a circle");
    CORRUPT_WITH(engine->reports[0].next, SLOT_NONE, "the second is lost");
    cr_expect(eq(u32, read_of(engine), STATUS_OK));
}

Test(core_snapshot, orders_alarms_and_decisions_that_cannot_be_are_corrupt)
{
    given_everything();
    struct engine *engine = world.engine;
    struct assignment *order = &engine->assignments[0];
    cr_assert(not(assignment_state_ended(order->state)));
    CORRUPT_WITH(order->unit_id, 3, "to nobody");
    CORRUPT_WITH(order->unit_id, engine->assignments[1].unit_id, "two orders at once");
    CORRUPT_WITH(order->incident, 2, "to what has ended");
    CORRUPT_WITH(order->notice.kinds, 1u << NOTICE_KIND_COUNT, "no such news");
    CORRUPT_WITH(engine->units[order->unit_id].duty, DUTY_OFF, "off duty");
    CORRUPT_WITH(engine->referrals[0].centre, 2, "no such centre");
    CORRUPT_WITH(engine->referrals[0].incident, 2, "asked about what has ended");
    struct alarm *alarm = &engine->alarms[0];
    CORRUPT_WITH(alarm->incident, SLOT_NONE, "about nothing");
    CORRUPT_WITH(alarm->circle, 0, "about an incident and a circle");
    CORRUPT_WITH(alarm->checkpoint, 0, "about an incident and a checkpoint");
    CORRUPT_WITH(alarm->kind, ALARM_COVERAGE_GAP, "the gap of an incident");
    CORRUPT_WITH(alarm->kind, ALARM_PANIC, "a call for help by nobody");
    struct decision_made *made = &engine->decisions[engine->decision_newest].made;
    CORRUPT_WITH(made->incident_id, 99, "of no incident");
    const struct kept_decision *last = &engine->decisions[engine->decision_newest];
    const struct decision_made *before = &engine->decisions[last->older].made;
    cr_assert(eq(u32, made->incident_id, before->incident_id));
    CORRUPT_WITH(made->tier, before->tier, "two of one tier");
    cr_expect(eq(u32, read_of(engine), STATUS_OK));
}

/* One more decision behind the last one, and the digest of what was there before. */
Test(core_snapshot, a_second_decision_of_a_tier_is_no_end_of_the_list)
{
    struct engine *read;
    const uint32_t newest = world.engine->decision_newest;
    struct byte_writer counter = bytes_writer(NULL, 0);
    event_codec_put_decision(&counter, &world.engine->decisions[newest].made);
    const size_t more = 1 + counter.total;
    uint8_t *longer = malloc(size + more);
    cr_assert(ne(ptr, longer, NULL));
    const size_t end = size - 8 - 1; /* where it says that there are no more */
    memcpy(longer, bytes, end);
    cr_assert(eq(u8, bytes[end], 0));
    struct byte_writer writer = bytes_writer(longer + end, more);
    bytes_put_u8(&writer, 1);
    event_codec_put_decision(&writer, &world.engine->decisions[newest].made);
    memcpy(longer + end + more, bytes + size - 8, 8);
    cr_assert(eq(u32, engine_create(&world.config, &read), STATUS_OK));
    cr_expect(eq(u32, engine_snapshot_read(read, longer, end + more + 8), STATUS_CORRUPT));
    free(longer);
    engine_destroy(read);
}

static void put_policy(uint32_t reopen_ms)
{
    struct policy policy = world.config.policy;
    policy.reopen_ms = reopen_ms;
    struct command put = {.kind = COMMAND_POLICY_PUT, .policy = {.policy = &policy}};
    cr_assert(eq(u32, world_step(&world, &put).refusal, REASON_NONE));
}

Test(core_snapshot, there_are_no_more_policies_than_there_is_room_for)
{
    for (uint32_t i = 1; i < POLICIES_MAX; i++) {
        put_policy(3600000 + i);
        world_report(&world, INCIDENT_OTHER, 0, (int32_t)i * 900, 0);
    }
    free(bytes);
    size = engine_snapshot_write(world.engine, NULL, 0);
    bytes = malloc(size);
    cr_assert(ne(ptr, bytes, NULL));
    engine_snapshot_write(world.engine, bytes, size);
    struct engine *read;
    cr_assert(eq(u32, engine_create(&world.config, &read), STATUS_OK));
    cr_assert(eq(u32, engine_snapshot_read(read, bytes, size), STATUS_OK));
    struct byte_writer head = bytes_writer(NULL, 0);
    struct byte_writer one = bytes_writer(NULL, 0);
    event_codec_put_policy(&one, &world.config.policy);
    bytes_put(&head, bytes, 4 + 2 + 2 * 8 + 7 * 4 + 8);
    const size_t end = head.total + POLICIES_MAX * (4 + one.total) + POLICIES_MAX - 1;
    cr_assert(eq(u8, bytes[end], 0));
    bytes[end] = 1; /* another one follows */
    cr_expect(eq(u32, engine_snapshot_read(read, bytes, size), STATUS_CORRUPT));
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
                                            .priority = PRIORITY_MAX,
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

/* What is derived, too: some of it decides only how long something takes. */
static void expect_same_memory(const struct engine *a, const struct engine *b)
{
    const struct engine_limits *limits = &a->config.limits;
    const size_t objects = (size_t)limits->incidents_max + limits->assignments_max;
    const size_t levels = PRIORITY_MAX + 1;
    const struct {
        const void *a, *b;
        size_t size;
    } all[] = {
        {a->waiting, b->waiting, limits->incidents_max},
        {a->waiting_counts, b->waiting_counts, levels * sizeof *a->waiting_counts},
        {a->takeable, b->takeable, limits->assignments_max},
        {a->takeable_counts, b->takeable_counts, levels * sizeof *a->takeable_counts},
        {a->retry_ms, b->retry_ms, limits->incidents_max * sizeof *a->retry_ms},
        {a->snooze_ms, b->snooze_ms, objects * sizeof *a->snooze_ms},
        {a->open_lat_e7, b->open_lat_e7, limits->incidents_max * sizeof *a->open_lat_e7},
        {a->links, b->links, limits->units_max},
        {a->gap_alarms, b->gap_alarms, limits->circles_max * TIER_COUNT * sizeof *a->gap_alarms},
        {a->overdue_alarms, b->overdue_alarms, CHECKPOINTS_MAX * sizeof *a->overdue_alarms},
        {a->plan_first, b->plan_first, limits->circles_max * sizeof *a->plan_first}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        cr_expect(eq(int, memcmp(all[i].a, all[i].b, all[i].size), 0), "memory %zu", i);
    }
}

static void expect_as_new_after(size_t cut)
{
    struct engine *fresh, *lived;
    int64_t due_ms[2];
    cr_assert(eq(u32, engine_create(&world.config, &fresh), STATUS_OK));
    cr_assert(eq(u32, engine_create(&world.config, &lived), STATUS_OK));
    (void)short_life(lived, &due_ms[0]);
    cr_assert(ne(u32, lived->takeable_counts[PRIORITY_MAX], 0));
    cr_assert(ne(u32, lived->waiting_counts[PRIORITY_MAX], 0));
    cr_expect(eq(u32, engine_snapshot_read(lived, bytes, cut), STATUS_CORRUPT));
    cr_expect(eq(u64, engine_digest(lived), engine_digest(fresh)));
    cr_expect(eq(i64, engine_deadline_ms(lived), engine_deadline_ms(fresh)));
    expect_same_memory(lived, fresh);
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
