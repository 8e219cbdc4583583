/* engine: a long random life with the invariants checked at every step, and its limits. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/event_codec.h"
#include "engine/core/prng.h"
#include "engine/core/scratch.h"
#include "engine/core/state.h"
#include "engine/core/step.h"
#include "tests/support/core_given.h"

/* Counts what is asked of the allocator; the linker puts these in front of the real ones. */
static uint64_t allocations;
static uint64_t fails_at; /* 0: never */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return allocations == fails_at ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return allocations == fails_at ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size)
{
    allocations++;
    return allocations == fails_at ? NULL : __real_realloc(block, size);
}

static void skip_unless_counted(void)
{
#ifdef ALLOCATIONS_UNSEEN
    cr_skip_test("the linker cannot wrap calls inside LTO objects; the debug build counts them");
#endif
}

static struct world world;

static void set_up(void)
{
    world_init(&world);
}

TestSuite(engine, .init = set_up, .timeout = 120);

/* ---- Invariants ---- */

static void check_units(void)
{
    static uint32_t active[64];
    memset(active, 0, sizeof active);
    struct incident_view incident;
    uint32_t after = 0;
    while (engine_incident_next(world.engine, after, &incident)) {
        after = incident.incident_id;
        uint32_t id = incident.assignment_first;
        while (id != 0) {
            const struct assignment_view view = world_assignment(&world, id);
            cr_assert(eq(u32, view.incident_id, incident.incident_id));
            if (!assignment_state_ended(view.state)) {
                active[view.unit_id]++;
                cr_assert(eq(u32, world_active(&world, view.unit_id), id));
                cr_assert(not(incident_state_ended(incident.state)));
            }
            id = view.next;
        }
    }
    for (uint32_t unit = 0; unit < engine_unit_count(world.engine); unit++) {
        cr_assert(le(u32, active[unit], 1), "unit %u has two orders", unit);
        cr_assert(eq(int, active[unit] == 1, world_active(&world, unit) != 0));
    }
}

static enum incident_state expected_state(const struct incident_view *incident)
{
    uint32_t open = 0, cleared = 0, there = 0, moving = 0;
    uint32_t id = incident->assignment_first;
    while (id != 0) {
        const struct assignment_view view = world_assignment(&world, id);
        open += assignment_state_ended(view.state) ? 0 : 1;
        cleared += view.state == ASSIGNMENT_CLEARED ? 1 : 0;
        there += view.state == ASSIGNMENT_ON_SCENE ||
                         (view.state == ASSIGNMENT_CLEARED && view.on_scene_ms != TIME_NEVER)
                     ? 1
                     : 0;
        moving += view.state == ASSIGNMENT_EN_ROUTE ? 1 : 0;
        id = view.next;
    }
    if (open == 0) {
        return cleared > 0 ? INCIDENT_FEEDBACK_DUE : INCIDENT_PENDING;
    }
    return there > 0 ? INCIDENT_ON_SCENE : moving > 0 ? INCIDENT_RESPONDING : INCIDENT_DISPATCHED;
}

static void check_incidents(void)
{
    struct incident_view incident;
    uint32_t after = 0;
    while (engine_incident_next(world.engine, after, &incident)) {
        cr_assert(lt(u32, after, incident.incident_id));
        after = incident.incident_id;
        if (!incident_state_ended(incident.state)) {
            cr_assert(eq(u32, incident.state, expected_state(&incident)));
            continue;
        }
        cr_assert(ne(i64, incident.ended_ms, TIME_NEVER));
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            cr_assert(ne(u32, incident.tiers[tier].verdict, TIER_OPEN));
        }
    }
}

static void check_alarms(void)
{
    struct alarm_view alarm;
    uint32_t after = 0;
    while (engine_alarm_next(world.engine, after, &alarm)) {
        cr_assert(lt(u32, after, alarm.alarm_id));
        after = alarm.alarm_id;
        const bool outlives =
            alarm.kind == ALARM_NOTICE_LATE || alarm.kind == ALARM_NOTICE_ESCALATED;
        const struct incident_view of = world_incident(&world, alarm.incident_id);
        cr_assert(outlives || !incident_state_ended(of.state));
    }
}

static void check(void)
{
    check_units();
    check_incidents();
    check_alarms();
    cr_assert(lt(i64, world.now_ms, engine_deadline_ms(world.engine)), "nothing is left undone");
}

/* ---- A random life ---- */

static struct prng prng;

/* One number a statement: compilers differ in the order in which they evaluate arguments. */
static int32_t somewhere_east, somewhere_north;

static void go_somewhere(void)
{
    somewhere_east = (int32_t)prng_below(&prng, 3000) - 1500;
    somewhere_north = (int32_t)prng_below(&prng, 3000) - 1500;
}

static void given_units(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        go_somewhere();
        world_unit(&world, (enum unit_kind)(i % UNIT_KIND_COUNT), somewhere_east, somewhere_north);
    }
}

static uint32_t some_incident(void)
{
    struct incident_view view;
    if (!engine_incident_next(world.engine, prng_below(&prng, 40), &view) &&
        !engine_incident_next(world.engine, 0, &view)) {
        return 0;
    }
    for (uint32_t skip = prng_below(&prng, 6); skip > 0; skip--) {
        if (!engine_incident_next(world.engine, view.incident_id, &view)) {
            break;
        }
    }
    return view.incident_id;
}

static void move_and_say(void)
{
    const uint32_t unit = prng_below(&prng, engine_unit_count(world.engine));
    struct unit_view view;
    engine_unit(world.engine, unit, &view);
    if (prng_chance(&prng, 300) || view.assignment_id == 0) {
        go_somewhere();
        world_fix(&world, unit, somewhere_east, somewhere_north);
        return;
    }
    const enum assignment_state state =
        (enum assignment_state)prng_below(&prng, ASSIGNMENT_STATE_COUNT);
    if (prng_chance(&prng, 200)) {
        world_on_behalf(&world, view.assignment_id, state);
    } else {
        world_says(&world, view.assignment_id, state);
    }
}

static void order_somebody(void)
{
    const uint32_t incident = some_incident();
    struct incident_view view = {.generation = 1};
    (void)engine_incident(world.engine, incident, &view);
    const uint32_t stale = prng_chance(&prng, 100) ? 1 : 0;
    const uint32_t unit = prng_below(&prng, engine_unit_count(world.engine) + 1);
    const enum tier tier = (enum tier)prng_below(&prng, TIER_COUNT);
    world_order(&world, incident, view.generation - stale, unit, tier);
}

static void update_incident(void)
{
    struct command command = {.kind = COMMAND_INCIDENT_UPDATE};
    struct incident_update *update = &command.update;
    struct incident_view view = {.generation = 1};
    update->incident_id = some_incident();
    (void)engine_incident(world.engine, update->incident_id, &view);
    update->generation = view.generation;
    update->has_place = prng_chance(&prng, 500);
    go_somewhere();
    update->at = world_at(somewhere_east, somewhere_north);
    update->has_priority = prng_chance(&prng, 300);
    update->priority = 1 + prng_below(&prng, 4);
    update->has_type = prng_chance(&prng, 300);
    update->type = (enum incident_type)prng_below(&prng, INCIDENT_TYPE_COUNT);
    world_step(&world, &command);
}

static void report_something(void)
{
    const enum incident_type type = (enum incident_type)prng_below(&prng, INCIDENT_TYPE_COUNT);
    const uint32_t priority = prng_below(&prng, 5);
    go_somewhere();
    world_report(&world, type, priority, somewhere_east, somewhere_north);
}

static void change_duty(void)
{
    const uint32_t unit = prng_below(&prng, engine_unit_count(world.engine));
    const bool on = prng_chance(&prng, 700);
    world_duty(&world, unit, on ? DUTY_ON : (enum duty)prng_below(&prng, DUTY_COUNT));
}

static void close_something(void)
{
    const uint32_t incident = some_incident();
    world_close(&world, incident, prng_chance(&prng, 500));
}

static void ack_alarm(void)
{
    struct alarm_view view = {.alarm_id = 12345};
    (void)engine_alarm_next(world.engine, 0, &view);
    struct command command = {.kind = COMMAND_ALARM_ACK, .alarm = {.alarm_id = view.alarm_id}};
    world_step(&world, &command);
}

static void warn_or_hear(void)
{
    struct command command = {.kind = COMMAND_INCIDENT_WARN};
    if (prng_below(&prng, 2) == 0) {
        command.warn.incident_id = some_incident();
        command.warn.level = (enum warn_level)prng_below(&prng, WARN_LEVEL_COUNT);
        command.warn.text[0] = 'w';
    } else {
        const uint32_t id = 1 + prng_below(&prng, 200);
        struct assignment_view view;
        command.kind = COMMAND_NOTICE_UPDATE;
        command.notice.assignment_id = id;
        command.notice.unit_id = UNIT_NONE;
        command.notice.number = engine_assignment(world.engine, id, &view) ? view.notice.number : 1;
        command.notice.state = prng_below(&prng, 2) == 0 ? NOTICE_DELIVERED : NOTICE_ACKNOWLEDGED;
        command.notice.device_ms = TIME_NEVER;
    }
    world_step(&world, &command);
}

static void live_one_step(void)
{
    const uint32_t dice = prng_below(&prng, 100);
    if (dice < 12) {
        report_something();
    } else if (dice < 62) {
        move_and_say();
    } else if (dice < 68) {
        order_somebody();
    } else if (dice < 72) {
        update_incident();
    } else if (dice < 76) {
        world_recall(&world, 1 + prng_below(&prng, 200));
    } else if (dice < 82) {
        close_something();
    } else if (dice < 84) {
        world_cancel(&world, some_incident());
    } else if (dice < 88) {
        change_duty();
    } else if (dice < 90) {
        world_recommend(&world, some_incident());
    } else if (dice < 91) {
        ack_alarm();
    } else if (dice < 93) {
        warn_or_hear();
    } else {
        world_pass(&world, prng_below(&prng, dice == 99 ? 400000 : 20000));
    }
    world.now_ms += prng_below(&prng, 500);
    struct command tick = {.kind = COMMAND_TICK};
    world_step(&world, &tick);
}

static void live(uint64_t seed, enum dispatch_mode mode, const char *policy, uint32_t steps)
{
    cr_log_info("seed %llu", (unsigned long long)seed);
    prng = (struct prng){.state = seed};
    cr_assert(eq(u32, policy_preset(policy, &world.config.policy), STATUS_OK));
    world.config.mode = mode;
    world.config.policy.reopen_ms = 60000;
    world.config.limits.alarms_max = 40; /* few, so that the limit is met */
    world_begin(&world);
    given_units(40);
    for (uint32_t i = 0; i < steps; i++) {
        live_one_step();
        check();
    }
    cr_expect(lt(u32, steps / 40, world.kinds[EVENT_ASSIGNMENT_SENT]));
    cr_expect(lt(u32, steps / 50, world.kinds[EVENT_INCIDENT_ARCHIVED]));
    world_finish(&world);
}

Test(engine, a_random_life_keeps_its_invariants_and_replays_to_the_bit)
{
    live(1, DISPATCH_AUTO, "mutual-aid", 4000);
}

Test(engine, another_life_in_recommend_mode)
{
    live(2, DISPATCH_RECOMMEND, "mutual-aid", 3000);
}

Test(engine, and_one_whose_clock_starts_with_the_order)
{
    live(3, DISPATCH_AUTO, "echelon", 3000);
}

Test(engine, and_one_by_class_of_place)
{
    live(4, DISPATCH_AUTO, "place-class", 3000);
}

/* Everything that decisions can ask for: waves, the own area, who could be taken. */
static void given_a_rich_policy(void)
{
    world_init(&world);
    struct policy *policy = &world.config.policy;
    policy->preempt = PREEMPT_AUTO;
    policy->volunteers = (struct volunteer_policy){
        .types = UINT32_MAX, .wanted = 1, .wave_units = 2, .waves_max = 3, .wave_ms = 20000};
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        policy->tiers[tier].area_first = true;
    }
}

/* Units of every kind go first, some of them too far away to be in time. */
static void given_a_plan(void)
{
    struct circle_plan plan = {.code = "first",
                               .types = (1u << INCIDENT_TYPE_COUNT) - 1,
                               .priorities = (1u << PRIORITY_MAX) - 1};
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        for (uint32_t i = 0; i < 4; i++) {
            plan.units[tier][plan.unit_counts[tier]++] = 4 * tier + i + 6;
        }
    }
    world_circle(&world, 0, 0, 20000);
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.plans = &plan, .plan_count = 1}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
}

/* The digest after some hundred steps; with `is_dirty` the working memory, which no step may read
 * before it wrote there, is full of something else each time. */
static uint64_t some_life(bool is_dirty)
{
    given_a_rich_policy();
    world_begin(&world);
    prng = (struct prng){.state = 5};
    given_units(30);
    given_a_plan();
    for (uint32_t k = 0; k < 600; k++) {
        if (is_dirty) {
            memset(world.engine->scratch, (int)(k % 256), sizeof *world.engine->scratch);
        }
        live_one_step();
    }
    const uint64_t digest = engine_digest(world.engine);
    world_finish(&world);
    return digest;
}

Test(engine, the_same_life_twice_is_the_same_life)
{
    cr_expect(eq(u64, some_life(false), some_life(false)));
}

Test(engine, no_step_knows_what_an_earlier_one_left_in_its_working_memory)
{
    cr_expect(eq(u64, some_life(false), some_life(true)));
}

/* ---- Limits ---- */

Test(engine, takes_no_memory_after_create)
{
    skip_unless_counted();
    world_begin(&world);
    prng = (struct prng){.state = 6};
    given_units(40);
    const uint64_t before = allocations;
    for (uint32_t k = 0; k < 1000; k++) {
        live_one_step();
    }
    (void)engine_digest(world.engine);
    cr_expect(eq(u64, allocations, before));
    cr_expect(lt(u64, 10, before), "the counter counts");
    world_finish(&world);
}

Test(engine, memory_that_runs_out_at_create_is_said_and_nothing_leaks)
{
    skip_unless_counted();
    uint32_t failures = 0;
    enum status status = STATUS_NO_MEMORY;
    while (status != STATUS_OK) {
        struct engine *engine = NULL;
        fails_at = allocations + failures + 1;
        status = engine_create(&world.config, &engine);
        fails_at = 0;
        if (status != STATUS_OK) {
            cr_assert(eq(u32, status, STATUS_NO_MEMORY));
            cr_assert(eq(ptr, engine, NULL));
            failures++;
        }
        engine_destroy(engine);
    }
    cr_expect(lt(u32, 30, failures));
    for (uint64_t k = 1; k <= 2; k++) {
        struct event_list list;
        fails_at = allocations + k;
        cr_expect(eq(u32, event_list_init(&list, 10, EVENT_BODY_SIZE_MAX), STATUS_NO_MEMORY));
        fails_at = 0;
    }
}

Test(engine, limits_out_of_range_are_bad_input)
{
    struct engine *engine = NULL;
    struct engine_config config = world.config;
    config.limits.units_max = 0;
    cr_expect(eq(u32, engine_create(&config, &engine), STATUS_BAD_INPUT));
    config.limits.units_max = 50001;
    cr_expect(eq(u32, engine_create(&config, &engine), STATUS_BAD_INPUT));
    config.limits = world.config.limits;
    config.limits.assignments_max = config.limits.units_max - 1;
    cr_expect(eq(u32, engine_create(&config, &engine), STATUS_BAD_INPUT));
    config.limits = world.config.limits;
    config.limits.alarms_max = 0;
    cr_expect(eq(u32, engine_create(&config, &engine), STATUS_BAD_INPUT));
    cr_expect(eq(ptr, engine, NULL));
}

static enum status create_with(const struct engine_limits *limits)
{
    struct engine *engine = NULL;
    struct engine_config config = world.config;
    config.limits = *limits;
    const enum status status = engine_create(&config, &engine);
    cr_expect(eq(int, engine != NULL, status == STATUS_OK));
    engine_destroy(engine);
    return status;
}

/* Each by itself, the others small: what the limit allows is taken, one more or one less is not. */
Test(engine, every_limit_is_taken_as_it_is_named_and_nothing_beyond_it)
{
    struct engine_limits limits = {.units_max = 8,
                                   .circles_max = 2,
                                   .incidents_max = 4,
                                   .reports_max = 8,
                                   .assignments_max = 50000,
                                   .alarms_max = 4,
                                   .area_points_max = 16,
                                   .areas_max = 2};
    const struct {
        uint32_t *limit, least, most;
    } all[] = {{&limits.units_max, 1, 50000},    {&limits.circles_max, 1, 5000},
               {&limits.incidents_max, 1, 8},    {&limits.reports_max, 4, 1000000},
               {&limits.assignments_max, 8, 0}, /* ten millions: more than a test should take */
               {&limits.alarms_max, 1, 1000000}, {&limits.area_points_max, 3, 1000000},
               {&limits.areas_max, 0, 5000}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const uint32_t usual = *all[i].limit;
        *all[i].limit = all[i].least;
        cr_expect(eq(u32, create_with(&limits), STATUS_OK), "the least of limit %zu", i);
        if (all[i].least > 1 || (all[i].least == 1 && usual != 0)) {
            *all[i].limit = all[i].least - 1;
            cr_expect(eq(u32, create_with(&limits), STATUS_BAD_INPUT), "limit %zu", i);
        }
        if (all[i].most != 0) {
            *all[i].limit = all[i].most;
            cr_expect(eq(u32, create_with(&limits), STATUS_OK), "the most of limit %zu", i);
            *all[i].limit = all[i].most + 1;
            cr_expect(eq(u32, create_with(&limits), STATUS_BAD_INPUT), "limit %zu", i);
        }
        *all[i].limit = usual;
    }
    limits.assignments_max = 10000001;
    cr_expect(eq(u32, create_with(&limits), STATUS_BAD_INPUT));
    limits.assignments_max = 50000;
    limits.reports_max = 0; /* as many as it sees fit */
    limits.incidents_max = 100000;
    cr_expect(eq(u32, create_with(&limits), STATUS_OK));
    limits.incidents_max = 100001;
    cr_expect(eq(u32, create_with(&limits), STATUS_BAD_INPUT));
}

Test(engine, says_how_full_each_of_its_stores_is_until_one_refuses)
{
    world_begin(&world);
    const uint32_t unit_id = world_unit(&world, UNIT_CAR, 0, 0);
    for (uint32_t store = 0; store < ENGINE_STORE_COUNT; store++) {
        cr_expect(eq(u32, engine_fill(world.engine, (enum engine_store)store).count, 0));
    }
    (void)world_report(&world, INCIDENT_MEDICAL, 2, 100, 0);
    cr_assert(ne(u32, world_active(&world, unit_id), 0));
    cr_expect(eq(u32, engine_fill(world.engine, ENGINE_REPORTS).count, 1));
    cr_expect(eq(u32, engine_fill(world.engine, ENGINE_ASSIGNMENTS).count, 1));
    uint32_t gap_count = 0;
    const uint32_t alarms = engine_alarm_count(world.engine, &gap_count);
    cr_expect(eq(u32, engine_fill(world.engine, ENGINE_ALARMS).count, alarms));
    cr_expect(
        eq(u32, engine_fill(world.engine, ENGINE_ALARMS).max, world.config.limits.alarms_max));
    cr_expect(eq(u32, engine_fill(world.engine, ENGINE_ASSIGNMENTS).max,
                 world.config.limits.assignments_max));

    const uint32_t max = engine_fill(world.engine, ENGINE_INCIDENTS).max;
    cr_assert(le(u32, max, 4096), "a test should end");
    for (uint32_t count = 1; count < max; count++) {
        cr_assert(eq(u32, engine_fill(world.engine, ENGINE_INCIDENTS).count, count));
        const struct step_result took =
            world_report(&world, INCIDENT_DISPUTE, 3, (int32_t)count * 2000, 0);
        cr_assert(ne(u32, took.incident_id, 0));
    }
    cr_expect(eq(u32, engine_fill(world.engine, ENGINE_INCIDENTS).count, max));
    const struct step_result refused = world_report(&world, INCIDENT_DISPUTE, 3, -4000, 0);
    cr_expect(eq(u32, refused.incident_id, 0));
    cr_expect(lt(u32, engine_fill(world.engine, ENGINE_REPORTS).count,
                 engine_fill(world.engine, ENGINE_REPORTS).max));
    struct report_view none;
    cr_expect(not(engine_report(world.engine, UINT32_MAX, &none)));
    world_destroy(&world);
}

Test(engine, a_list_without_room_refuses_the_command_with_one_event)
{
    world_begin(&world);
    struct event_list small;
    cr_assert(eq(u32, event_list_init(&small, 20, 64u << 10), STATUS_OK));
    struct command command = {.kind = COMMAND_REPORT_CREATE,
                              .at_ms = world.now_ms,
                              .report = {.at = world_at(0, 0), .received_ms = TIME_NEVER}};
    cr_expect(eq(u32, engine_step(world.engine, &command, &small).refusal, REASON_CAPACITY));
    cr_expect(eq(u32, small.count, 1));
    small.records_max = small.count;
    command.kind = COMMAND_AUDIT;
    cr_expect(eq(u32, engine_step(world.engine, &command, &small).refusal, REASON_CAPACITY));
    cr_expect(eq(u32, small.count, 1), "not even room to say so: the answer does");
    static struct event event;
    event_list_get(&small, 0, &event);
    cr_assert(eq(u32, engine_replay(world.shadow, &event), STATUS_OK));
    event_list_finish(&small);
    world_finish(&world);
}

Test(engine, what_is_due_waits_for_room_in_the_list)
{
    world_begin(&world);
    for (int32_t i = 0; i < 50; i++) {
        world_report(&world, INCIDENT_OTHER, 0, i * 200, 0);
    }
    world.now_ms += 61000;
    struct event_list small;
    cr_assert(eq(u32, event_list_init(&small, 160, 128u << 10), STATUS_OK));
    struct command tick = {.kind = COMMAND_TICK, .at_ms = world.now_ms};
    static struct event event;
    uint32_t rounds = 0;
    while (engine_deadline_ms(world.engine) <= world.now_ms) {
        event_list_clear(&small);
        engine_step(world.engine, &tick, &small);
        for (uint32_t i = 0; i < small.count; i++) {
            event_list_get(&small, i, &event);
            cr_assert(eq(u32, engine_replay(world.shadow, &event), STATUS_OK));
        }
        rounds++;
        cr_assert(lt(u32, rounds, 100));
    }
    cr_expect(lt(u32, 1, rounds));
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, 50));
    event_list_finish(&small);
    world_finish(&world);
}

Test(engine, what_is_due_is_not_begun_without_room_for_all_that_may_follow)
{
    static const struct {
        uint32_t records;
        size_t size;
        bool is_enough;
    } rooms[] = {{2 * STEP_ROOM_RECORDS - 1, 1u << 20, false},
                 {WORLD_EVENTS_MAX, (size_t)2 * STEP_ROOM_BYTES - 1, false},
                 {2 * STEP_ROOM_RECORDS, (size_t)2 * STEP_ROOM_BYTES, true}};
    world_begin(&world);
    world_report(&world, INCIDENT_OTHER, 0, 0, 0);
    world.now_ms += 61000;
    struct command tick = {.kind = COMMAND_TICK, .at_ms = world.now_ms};
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        struct event_list small;
        static struct event event;
        cr_assert(eq(u32, event_list_init(&small, rooms[i].records, rooms[i].size), STATUS_OK));
        engine_step(world.engine, &tick, &small);
        for (uint32_t k = 0; k < small.count; k++) {
            event_list_get(&small, k, &event);
            cr_assert(eq(u32, engine_replay(world.shadow, &event), STATUS_OK));
        }
        cr_expect(eq(int, small.count > 0, rooms[i].is_enough), "room %zu", i);
        cr_expect(eq(int, engine_deadline_ms(world.engine) > world.now_ms, rooms[i].is_enough));
        event_list_finish(&small);
    }
    world_finish(&world);
}

Test(engine, refusals_alike_are_folded_into_one_a_second)
{
    world_begin(&world);
    for (uint32_t i = 0; i < 100; i++) {
        cr_expect(eq(u32, world_recall(&world, 7).refusal, REASON_UNKNOWN_ASSIGNMENT));
    }
    cr_expect(eq(u32, world.kinds[EVENT_COMMAND_REFUSED], 1));
    world_duty(&world, 9, DUTY_ON);
    cr_expect(eq(u32, world.kinds[EVENT_COMMAND_REFUSED], 2), "another command is another fact");
    world_pass(&world, 1000);
    cr_expect(eq(u32, world.kinds[EVENT_COMMAND_REFUSED], 3));
    cr_expect(eq(i64, engine_deadline_ms(world.engine), INT64_MAX));
    world_finish(&world);
}

Test(engine, a_folded_refusal_counts_those_it_stands_for)
{
    world_begin(&world);
    for (uint32_t i = 0; i < 10; i++) {
        world_recall(&world, 7);
    }
    const int64_t due_ms = engine_deadline_ms(world.engine);
    cr_expect(eq(i64, due_ms, world.now_ms + 1000));
    world.now_ms = due_ms;
    struct command tick = {.kind = COMMAND_TICK};
    world_step(&world, &tick);
    const struct event *event = world_event(&world, EVENT_COMMAND_REFUSED, 0);
    cr_expect(eq(u32, event->refused.count, 9));
    cr_expect(eq(int, strcmp(event->actor.id, "li"), 0));
    world_finish(&world);
}

static uint32_t refusals_said(void)
{
    uint32_t total = 0;
    for (uint32_t k = 0; k < world_count(&world, EVENT_COMMAND_REFUSED); k++) {
        total += world_event(&world, EVENT_COMMAND_REFUSED, k)->refused.count;
    }
    return total;
}

Test(engine, a_crowd_of_refused_actors_loses_no_count)
{
    world_begin(&world);
    uint32_t total = 0;
    for (uint32_t i = 0; i < 1200; i++) {
        snprintf(world.actor.id, sizeof world.actor.id, "robot%u", i / 2 % 300);
        world_recall(&world, 7);
        total += refusals_said();
    }
    cr_expect(lt(u32, total, 1200), "some were folded");
    world.now_ms += 1000;
    struct command tick = {.kind = COMMAND_TICK};
    world_step(&world, &tick);
    cr_expect(eq(u32, total + refusals_said(), 1200));
    world_finish(&world);
}

/* ---- Replay ---- */

Test(engine, an_event_out_of_turn_is_corrupt_and_changes_nothing)
{
    world_begin(&world);
    world_unit(&world, UNIT_CAR, 0, 0);
    static struct event event;
    event_list_get(&world.out, 0, &event);
    const uint64_t digest = engine_digest(world.shadow);
    cr_expect(eq(u32, engine_replay(world.shadow, &event), STATUS_CORRUPT), "again");
    event.seq += 2;
    cr_expect(eq(u32, engine_replay(world.shadow, &event), STATUS_CORRUPT), "a gap");
    event.seq -= 1;
    event.at_ms -= 1;
    cr_expect(eq(u32, engine_replay(world.shadow, &event), STATUS_CORRUPT), "back in time");
    event.at_ms += 1;
    event.duty.unit_id = 1;
    cr_expect(eq(u32, engine_replay(world.shadow, &event), STATUS_CORRUPT), "no such unit");
    cr_expect(eq(u64, engine_digest(world.shadow), digest));
    world_finish(&world);
}

static void renew_shadow(void)
{
    engine_destroy(world.shadow);
    const size_t size = engine_snapshot_write(world.engine, NULL, 0);
    uint8_t *bytes = malloc(size);
    engine_snapshot_write(world.engine, bytes, size);
    struct engine_config config = world.config;
    config.searches = false;
    cr_assert(eq(u32, engine_create(&config, &world.shadow), STATUS_OK));
    cr_assert(eq(u32, engine_snapshot_read(world.shadow, bytes, size), STATUS_OK));
    free(bytes);
}

/* The last step's events with a byte turned, as a bent journal would hand them over. */
static uint32_t replay_bent(void)
{
    static struct event event;
    static uint8_t bytes[EVENT_BODY_SIZE_MAX];
    uint32_t refused = 0;
    for (uint32_t i = 0; i < world.out.count; i++) {
        event_list_get(&world.out, i, &event);
        const size_t size = event_codec_encode(&event, bytes);
        const uint32_t at = prng_below(&prng, (uint32_t)size);
        bytes[at] = (uint8_t)prng_below(&prng, 256);
        if (event_codec_decode(&event, bytes, size) != STATUS_OK) {
            continue;
        }
        event.seq = engine_seq(world.shadow) + 1;
        event.at_ms = world.now_ms;
        const uint64_t digest = engine_digest(world.shadow);
        if (engine_replay(world.shadow, &event) != STATUS_OK) {
            refused++;
            cr_assert(eq(u64, engine_digest(world.shadow), digest));
        }
    }
    return refused;
}

Test(engine, no_journal_can_break_a_replay)
{
    world.config.policy.reopen_ms = 60000;
    world_begin(&world);
    prng = (struct prng){.state = 8};
    cr_log_info("seed 8");
    given_units(40);
    uint32_t refused = 0;
    for (uint32_t k = 0; k < 400; k++) {
        live_one_step();
        refused += replay_bent();
        renew_shadow(); /* it went its own way */
    }
    cr_expect(lt(u32, 30, refused));
    world_finish(&world);
}

Test(engine, a_shadow_takes_no_commands, .signal = SIGABRT)
{
    world_begin(&world);
    struct command tick = {.kind = COMMAND_TICK, .at_ms = world.now_ms};
    engine_step(world.shadow, &tick, &world.out);
}

Test(engine, time_that_goes_back_is_a_programming_error, .signal = SIGABRT)
{
    world_begin(&world);
    struct command tick = {.kind = COMMAND_TICK};
    world_step(&world, &tick);
    world.now_ms--;
    world_step(&world, &tick);
}
