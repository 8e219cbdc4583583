/* coverage: who could be there in time now, who is missed, who could help out. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/core/coverage.h"
#include "engine/core/decide.h"
#include "engine/core/presence.h"
#include "tests/support/core_given.h"
#include "tests/support/geo_test_map.h"

static struct world world;
static struct geo_test_map draft;

static void set_up(void)
{
    world_init(&world);
    world_begin(&world);
}

static void tear_down(void)
{
    world_finish(&world);
    geo_test_map_finish(&draft);
}

TestSuite(coverage, .init = set_up, .fini = tear_down, .timeout = 120);

/* Every circle has had its turn. */
static void look(void)
{
    for (uint32_t i = 0; i < 100; i++) {
        world.now_ms += 10;
        engine_coverage_refresh(world.engine, world.now_ms);
    }
}

static struct coverage_view covered(uint32_t circle, enum tier tier)
{
    struct coverage_view view;
    cr_assert(engine_coverage(world.engine, circle, tier, &view));
    return view;
}

Test(coverage, a_circle_is_covered_by_whom_its_tier_would_send)
{
    world_circle(&world, 0, 0, 300);
    const uint32_t post = world_unit(&world, UNIT_POST, 10, 0);
    const uint32_t near_car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t far_car = world_unit(&world, UNIT_CAR, 900, 0);
    (void)world_unit(&world, UNIT_CAR, 9000, 0);
    look();
    cr_expect(eq(u32, covered(0, TIER_1).count, 1));
    cr_expect(eq(u32, covered(0, TIER_1).units[0].unit_id, post));
    cr_assert(eq(u32, covered(0, TIER_5).count, 2));
    cr_expect(eq(u32, covered(0, TIER_5).units[0].unit_id, near_car));
    cr_expect(eq(u32, covered(0, TIER_5).units[1].unit_id, far_car));
    cr_expect(eq(u32, covered(0, TIER_3).count, 0)); /* nobody of its kinds */
}

Test(coverage, a_gap_opens_with_an_order_and_closes_when_it_ends)
{
    world_circle(&world, 0, 0, 300);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    look();
    cr_expect(eq(i64, covered(0, TIER_5).gap_since_ms, TIME_NEVER));
    const struct step_result report = world_report(&world, INCIDENT_CRIME, 2, 900, 0);
    cr_assert(ne(u32, world_active(&world, car), 0));
    const int64_t before_ms = world.now_ms;
    look();
    const int64_t since_ms = covered(0, TIER_5).gap_since_ms;
    cr_expect(ge(i64, since_ms, before_ms));
    cr_expect(le(i64, since_ms, before_ms + COVERAGE_ROUND_MS));
    look();
    cr_expect(eq(i64, covered(0, TIER_5).gap_since_ms, since_ms)); /* the same gap */
    (void)world_cancel(&world, report.incident_id);
    look();
    cr_expect(eq(i64, covered(0, TIER_5).gap_since_ms, TIME_NEVER));
    cr_expect(eq(u32, covered(0, TIER_5).count, 1));
}

Test(coverage, just_started_it_speaks_of_no_gap)
{
    world_circle(&world, 0, 0, 300);
    engine_started(world.engine, world.now_ms);
    look();
    cr_expect(eq(u32, covered(0, TIER_5).count, 0));
    cr_expect(eq(i64, covered(0, TIER_5).gap_since_ms, TIME_NEVER));
    world_pass(&world, world.config.settle_ms);
    look();
    cr_expect(ne(i64, covered(0, TIER_5).gap_since_ms, TIME_NEVER));
}

Test(coverage, says_when_its_answer_has_changed_and_else_nothing)
{
    world_circle(&world, 0, 0, 300);
    (void)world_unit(&world, UNIT_POST, 10, 0);
    (void)world_unit(&world, UNIT_MOTORCYCLE, 200, 0);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    look();
    const uint64_t covered_version = engine_coverage_version(world.engine);
    look();
    cr_expect(eq(u64, engine_coverage_version(world.engine), covered_version));
    world_fix(&world, car, 501, 0);
    look();
    cr_expect(eq(u64, engine_coverage_version(world.engine), covered_version)); /* a metre */

    const struct step_result report = world_report(&world, INCIDENT_CRIME, 2, 900, 0);
    look();
    const uint64_t gap_version = engine_coverage_version(world.engine);
    cr_expect(ne(u64, gap_version, covered_version));
    look();
    cr_expect(eq(u64, engine_coverage_version(world.engine), gap_version)); /* the same gap */
    (void)world_cancel(&world, report.incident_id);
    look();
    cr_expect(ne(u64, engine_coverage_version(world.engine), gap_version));
}

Test(coverage, a_position_too_old_covers_nothing)
{
    world_circle(&world, 0, 0, 300);
    (void)world_unit(&world, UNIT_CAR, 500, 0);
    look();
    cr_expect(eq(u32, covered(0, TIER_5).count, 1));
    world.now_ms += world.config.policy.fix_age_ms[UNIT_CAR];
    look();
    cr_expect(eq(u32, covered(0, TIER_5).count, 0));
}

Test(coverage, who_is_missed_is_told_before_he_goes)
{
    world_circle(&world, 0, 0, 300);
    world_circle(&world, 2000, 0, 300);
    const uint32_t both = world_unit(&world, UNIT_CAR, 1000, 0);
    const uint32_t second = world_unit(&world, UNIT_CAR, 2500, 0);
    look();
    struct coverage_place lost[4];
    cr_assert(eq(u32, engine_coverage_lost(world.engine, &both, 1, lost, 4), 1));
    cr_expect(eq(u32, lost[0].circle, 0));
    cr_expect(eq(int, lost[0].tier, TIER_5));
    cr_expect(eq(u32, engine_coverage_lost(world.engine, &second, 1, lost, 4), 0));
    const uint32_t all[] = {second, both};
    cr_expect(eq(u32, engine_coverage_lost(world.engine, all, 2, lost, 4), 2));
    cr_expect(eq(u32, engine_coverage_lost(world.engine, all, 2, lost, 1), 1));
}

Test(coverage, every_tier_of_every_circle_can_be_lost)
{
    static const enum unit_kind kinds[TIER_COUNT] = {UNIT_POST, UNIT_FOOT, UNIT_CAR};
    uint32_t units[2][TIER_COUNT];
    for (uint32_t circle = 0; circle < 2; circle++) {
        const int32_t east_m = (int32_t)circle * 20000;
        world_circle(&world, east_m, 0, 300);
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            units[circle][tier] = world_unit(&world, kinds[tier], east_m + 10, 0);
        }
    }
    look();
    for (uint32_t i = 0; i < 2 * TIER_COUNT; i++) {
        const uint32_t circle = i / TIER_COUNT, tier = i % TIER_COUNT;
        struct coverage_place lost[2];
        cr_assert(eq(u32, engine_coverage_lost(world.engine, &units[circle][tier], 1, lost, 2), 1),
                  "circle %u, tier %u", circle, tier);
        cr_expect(eq(u32, lost[0].circle, circle));
        cr_expect(eq(u32, lost[0].tier, tier));
    }
}

Test(coverage, what_an_engine_knew_of_its_cover_goes_with_the_rest)
{
    const uint32_t circles = world.config.limits.circles_max;
    for (uint32_t k = 0; k < 2; k++) {
        for (uint32_t i = 0; i < circles; i++) {
            world_circle(&world, (int32_t)i, 0, 300);
        }
        for (uint32_t i = 0; i < circles * TIER_COUNT; i++) {
            struct coverage_view view;
            cr_expect(not(engine_coverage(world.engine, i / TIER_COUNT, (enum tier)(i % TIER_COUNT),
                                          &view)),
                      "time %u, circle %u", k, i / TIER_COUNT);
        }
        world_unit(&world, UNIT_CAR, 500, 0);
        look();
        cr_assert(eq(u32, covered(circles - 1, TIER_5).count, 1));
        cr_expect(eq(u32, engine_snapshot_read(world.engine, NULL, 0), STATUS_CORRUPT));
        cr_expect(eq(u32, engine_snapshot_read(world.shadow, NULL, 0), STATUS_CORRUPT));
    }
}

Test(coverage, a_gap_is_closed_by_the_nearest_whom_nobody_misses)
{
    world_circle(&world, 0, 0, 300);
    world_circle(&world, 4000, 0, 300);
    const uint32_t only_one = world_unit(&world, UNIT_CAR, 3900, 0);
    struct coverage_unit move;
    look();
    const struct coverage_place gap = {0, TIER_5};
    cr_expect(not(engine_coverage_move(world.engine, gap, &move)));
    const uint32_t spare = world_unit(&world, UNIT_CAR, 4100, 0);
    look();
    cr_assert(engine_coverage_move(world.engine, gap, &move));
    cr_expect(eq(u32, move.unit_id, only_one)); /* now that there are two, the nearer */
    (void)world_duty(&world, spare, DUTY_OFF);
    look();
    cr_expect(not(engine_coverage_move(world.engine, gap, &move)));
    (void)world_unit(&world, UNIT_STATION, -3000, 0); /* stands where it stands */
    look();
    cr_expect(not(engine_coverage_move(world.engine, gap, &move)));
}

/* ---- A gap that lasts is an alarm ---- */

#define GAP_MS 60000

static void given_gap_alarms(uint32_t alarms_max)
{
    world_finish(&world);
    world_init(&world);
    world.config.gap_ms = GAP_MS;
    world.config.limits.alarms_max = alarms_max;
    world_begin(&world);
}

/* As the host does it: look, and step when a step is due. */
static void live(int64_t ms)
{
    const int64_t until_ms = world.now_ms + ms;
    struct command tick = {.kind = COMMAND_TICK};
    while (world.now_ms < until_ms) {
        world.now_ms += 100;
        engine_coverage_refresh(world.engine, world.now_ms);
        if (engine_deadline_ms(world.engine) <= world.now_ms) {
            (void)world_step(&world, &tick);
        }
    }
}

static struct alarm_view gap_alarm(uint32_t circle, enum tier tier)
{
    struct alarm_view alarm = {.alarm_id = 0};
    while (engine_alarm_next(world.engine, alarm.alarm_id, &alarm)) {
        if (alarm.kind == ALARM_COVERAGE_GAP && alarm.circle == circle && alarm.tier == tier) {
            return alarm;
        }
    }
    return (struct alarm_view){.alarm_id = 0};
}

static uint32_t gap_alarms(void)
{
    uint32_t gaps = 0;
    (void)engine_alarm_count(world.engine, &gaps);
    return gaps;
}

Test(coverage, a_gap_that_lasts_is_an_alarm_until_it_has_been_closed_for_a_while)
{
    given_gap_alarms(64);
    world_circle(&world, 0, 0, 300);
    const uint32_t station = world_unit(&world, UNIT_STATION, 500, 0);
    live(2000);
    (void)world_duty(&world, station, DUTY_OFF);
    live(GAP_MS - 2000);
    cr_expect(eq(u32, gap_alarm(0, TIER_5).alarm_id, 0));
    live(4000);
    const struct alarm_view alarm = gap_alarm(0, TIER_5);
    cr_assert(ne(u32, alarm.alarm_id, 0));
    cr_expect(eq(u32, alarm.incident_id, 0));
    cr_expect(eq(u32, alarm.unit_id, UNIT_NONE));
    struct command ack = {.kind = COMMAND_ALARM_ACK, .alarm = {.alarm_id = alarm.alarm_id}};
    cr_expect(eq(u32, world_step(&world, &ack).refusal, REASON_NONE));
    cr_expect(ne(i64, gap_alarm(0, TIER_5).acked_ms, TIME_NEVER));
    cr_expect(types_same_text(gap_alarm(0, TIER_5).acked_by, "li"));
    (void)world_duty(&world, station, DUTY_ON);
    live(COVERAGE_CLEAR_MS - 2000);
    cr_expect(ne(u32, gap_alarm(0, TIER_5).alarm_id, 0));
    live(4000);
    cr_expect(eq(u32, gap_alarm(0, TIER_5).alarm_id, 0));
    cr_expect(ne(u32, gap_alarm(0, TIER_1).alarm_id, 0)); /* its gap stands */
}

Test(coverage, what_comes_and_goes_neither_raises_nor_clears_an_alarm)
{
    given_gap_alarms(64);
    world_circle(&world, 0, 0, 300);
    const uint32_t station = world_unit(&world, UNIT_STATION, 500, 0);
    for (uint32_t i = 0; i < 20; i++) { /* a gap of 50 s, cover of 10 s */
        (void)world_duty(&world, station, DUTY_OFF);
        live(50000);
        cr_assert(eq(u32, gap_alarm(0, TIER_5).alarm_id, 0));
        (void)world_duty(&world, station, DUTY_ON);
        live(10000);
    }
    (void)world_duty(&world, station, DUTY_OFF);
    live(GAP_MS + 2000);
    const uint32_t alarm_id = gap_alarm(0, TIER_5).alarm_id;
    cr_assert(ne(u32, alarm_id, 0));
    for (uint32_t i = 0; i < 20; i++) {
        (void)world_duty(&world, station, DUTY_ON);
        live(10000);
        (void)world_duty(&world, station, DUTY_OFF);
        live(10000);
        cr_assert(eq(u32, gap_alarm(0, TIER_5).alarm_id, alarm_id));
    }
    cr_expect(eq(u32, world.kinds[EVENT_ALARM_RAISED], 3)); /* one a tier */
    cr_expect(eq(u32, world.kinds[EVENT_ALARM_CLEARED], 0));
}

static void restart(void)
{
    const size_t size = engine_snapshot_write(world.engine, NULL, 0);
    uint8_t *bytes = malloc(size);
    cr_assert(ne(ptr, bytes, NULL));
    cr_assert(eq(sz, engine_snapshot_write(world.engine, bytes, size), size));
    cr_assert(eq(int, engine_snapshot_read(world.engine, bytes, size), STATUS_OK));
    free(bytes);
    engine_started(world.engine, world.now_ms);
}

Test(coverage, the_alarm_of_a_gap_outlives_a_restart)
{
    given_gap_alarms(64);
    world_circle(&world, 0, 0, 300);
    const uint32_t station = world_unit(&world, UNIT_STATION, 500, 0);
    (void)world_duty(&world, station, DUTY_OFF);
    live(GAP_MS + 2000);
    const struct alarm_view before = gap_alarm(0, TIER_5);
    cr_assert(ne(u32, before.alarm_id, 0));
    restart();
    live(2 * GAP_MS);
    const struct alarm_view after = gap_alarm(0, TIER_5);
    cr_expect(eq(u32, after.alarm_id, before.alarm_id)); /* the same, not raised anew */
    cr_expect(eq(i64, after.raised_ms, before.raised_ms));
    (void)world_duty(&world, station, DUTY_ON);
    restart();
    live(COVERAGE_CLEAR_MS + 2000);
    cr_expect(eq(u32, gap_alarm(0, TIER_5).alarm_id, 0));
}

Test(coverage, the_alarm_of_a_gap_that_was_shelved_comes_back_by_itself)
{
    given_gap_alarms(64);
    world_circle(&world, 0, 0, 300);
    live(GAP_MS + 2000);
    const struct alarm_view alarm = gap_alarm(0, TIER_5);
    cr_assert(ne(u32, alarm.alarm_id, 0));
    struct command shelve = {.kind = COMMAND_ALARM_SHELVE,
                             .alarm = {.alarm_id = alarm.alarm_id,
                                       .until_ms = world.now_ms + 60000,
                                       .reason = REASON_CAN_WAIT}};
    cr_assert(eq(u32, world_step(&world, &shelve).refusal, REASON_NONE));
    live(59000);
    cr_expect(ne(i64, gap_alarm(0, TIER_5).shelved_ms, TIME_NEVER));
    live(2000);
    cr_expect(eq(i64, gap_alarm(0, TIER_5).shelved_ms, TIME_NEVER));
    cr_expect(eq(u32, gap_alarm(0, TIER_5).alarm_id, alarm.alarm_id));
    cr_expect(eq(u32, world.kinds[EVENT_ALARM_RETURNED], 1));
}

Test(coverage, gaps_leave_half_of_the_alarms_to_incidents)
{
    given_gap_alarms(8);
    for (int32_t i = 0; i < 4; i++) {
        world_circle(&world, i * 2000, 0, 300);
    }
    live(2 * GAP_MS);
    cr_expect(eq(u32, gap_alarms(), 4));
    (void)world_report(&world, INCIDENT_CRIME, 1, 0, 0);
    struct alarm_view alarm;
    cr_assert(engine_alarm_next(world.engine, gap_alarm(1, TIER_1).alarm_id, &alarm));
    cr_expect(eq(u32, alarm.incident_id, 1));
    (void)world_unit(&world, UNIT_STATION, 0, 0); /* one is cleared, the next takes its place */
    live(GAP_MS + COVERAGE_CLEAR_MS);
    cr_expect(eq(u32, gap_alarms(), 4));
}

Test(coverage, what_nobody_asks_for_any_more_is_no_gap)
{
    given_gap_alarms(64);
    world_circle(&world, 0, 0, 300);
    live(2 * GAP_MS);
    cr_assert(ne(u32, gap_alarm(0, TIER_1).alarm_id, 0));
    struct policy policy = world.config.policy;
    policy.tiers[TIER_1].kinds = 0;
    struct command put = {.kind = COMMAND_POLICY_PUT, .policy = {.policy = &policy, .origin = 1}};
    cr_assert(eq(u32, world_step(&world, &put).refusal, REASON_NONE));
    live(2000);
    cr_expect(eq(u32, gap_alarm(0, TIER_1).alarm_id, 0));
    cr_expect(ne(u32, gap_alarm(0, TIER_3).alarm_id, 0));
}

/* ---- Against everything reckoned anew ---- */

struct right {
    uint32_t count;
    struct coverage_unit units[64];
};

static int compare_units(const void *a, const void *b)
{
    const struct coverage_unit *left = a;
    const struct coverage_unit *other = b;
    if (left->travel_ms != other->travel_ms) {
        return left->travel_ms < other->travel_ms ? -1 : 1;
    }
    return left->unit_id < other->unit_id ? -1 : left->unit_id > other->unit_id;
}

static uint32_t travel_ms(struct geo_search *search, struct geo_point from, struct geo_point to,
                          enum geo_profile profile, uint32_t limit_ms)
{
    bool estimated = false;
    const struct geo_map *map = world.config.map;
    uint32_t by_road = geo_travel_ms(search, map, from, to, profile, limit_ms, &estimated);
    if (profile == GEO_PROFILE_FOOT && geo_distance_m(from, to) <= 60) {
        const uint32_t straight = geo_straight_ms(from, to, profile);
        by_road = straight <= limit_ms && straight < by_road ? straight : by_road;
    }
    return by_road;
}

static void reckon_anew(struct geo_search *search, struct geo_point at, enum tier tier,
                        struct right *right)
{
    const struct tier_policy *policy = &world.config.policy.tiers[tier];
    right->count = 0;
    for (uint32_t id = 0; id < engine_unit_count(world.engine); id++) {
        struct unit_view unit;
        cr_assert(engine_unit(world.engine, id, &unit));
        const enum unit_kind kind = unit.definition->kind;
        const uint32_t age_ms = world.config.policy.fix_age_ms[kind];
        const bool fresh = age_ms == 0 || (unit.has_fix && world.now_ms - unit.fix_ms <= age_ms);
        if ((policy->kinds >> kind & 1u) == 0 || unit.duty != DUTY_ON || unit.assignment_id != 0 ||
            !fresh) {
            continue;
        }
        const struct geo_point from = unit.has_fix ? unit.at : unit.definition->home;
        const uint32_t ms =
            travel_ms(search, from, at, policy_profile(world.config.emergency_kinds, kind),
                      policy_reach_ms(policy));
        if (ms <= policy_reach_ms(policy)) {
            right->units[right->count++] = (struct coverage_unit){.unit_id = id, .travel_ms = ms};
        }
    }
    qsort(right->units, right->count, sizeof right->units[0], compare_units);
}

static uint32_t expect_equal_to_anew(struct geo_search *search)
{
    uint32_t gaps = 0;
    for (uint32_t circle = 0; circle < engine_circle_count(world.engine); circle++) {
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            struct right right;
            reckon_anew(search, engine_circle(world.engine, circle)->at, (enum tier)tier, &right);
            const struct coverage_view view = covered(circle, (enum tier)tier);
            const uint32_t listed =
                right.count < COVERAGE_UNITS_MAX ? right.count : COVERAGE_UNITS_MAX;
            cr_assert(eq(u32, view.count, listed));
            for (uint32_t i = 0; i < listed; i++) {
                cr_assert(eq(u32, view.units[i].unit_id, right.units[i].unit_id));
                cr_assert(eq(u32, view.units[i].travel_ms, right.units[i].travel_ms));
            }
            cr_assert(eq(int, view.gap_since_ms != TIME_NEVER, right.count == 0));
            gaps += right.count == 0;
        }
    }
    return gaps;
}

static uint32_t last_incident;

static void change_something(uint64_t *seed, int32_t span_m)
{
    const uint32_t id = geo_test_below(seed, engine_unit_count(world.engine));
    const int32_t east_m = (int32_t)geo_test_below(seed, (uint32_t)span_m);
    const int32_t north_m = (int32_t)geo_test_below(seed, (uint32_t)span_m);
    world.now_ms += 1;
    switch (geo_test_below(seed, 8)) {
    case 0:
        (void)world_duty(&world, id, geo_test_below(seed, 3) == 0 ? DUTY_OFF : DUTY_ON);
        break;
    case 1:
        last_incident = world_report(&world, INCIDENT_CRIME, 2, east_m, north_m).incident_id;
        break;
    case 2:
    case 3:
        while (last_incident > 0) { /* all there are */
            (void)world_cancel(&world, last_incident--);
        }
        break;
    default:
        world_fix(&world, id, east_m, north_m);
        break;
    }
}

static void expect_equal_after_changes(uint64_t seed, int32_t span_m)
{
    struct geo_search *search = NULL;
    uint32_t gaps = 0;
    uint32_t asked = 0;
    printf("coverage seed %llu\n", (unsigned long long)seed);
    cr_assert(eq(int, geo_search_create(world.config.map, 64, &search), GEO_OK));
    for (uint32_t i = 0; i < 20; i++) {
        world_circle(&world, (int32_t)geo_test_below(&seed, (uint32_t)span_m),
                     (int32_t)geo_test_below(&seed, (uint32_t)span_m), 300);
    }
    for (uint32_t i = 0; i < 48; i++) {
        (void)world_unit(&world, (enum unit_kind)(i % UNIT_KIND_COUNT),
                         (int32_t)geo_test_below(&seed, (uint32_t)span_m),
                         (int32_t)geo_test_below(&seed, (uint32_t)span_m));
    }
    for (uint32_t round = 0; round < 60; round++) {
        for (uint32_t i = 0; i < 16; i++) {
            change_something(&seed, span_m);
        }
        world.now_ms += 15001; /* fixes that follow no track: the nearest road, as the oracle's */
        look();
        gaps += expect_equal_to_anew(search);
        asked += engine_circle_count(world.engine) * TIER_COUNT;
    }
    cr_expect(lt(u32, asked / 10, gaps));         /* the sequences open gaps ... */
    cr_expect(lt(u32, gaps, asked - asked / 10)); /* ... and cover circles */
    geo_search_destroy(search);
}

static void given_large_world(const struct geo_map *map)
{
    world_finish(&world);
    world_init(&world);
    world.config.map = map;
    world.config.limits.circles_max = 20;
    world.config.limits.units_max = 64;
    for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) { /* none gets too old between looks */
        world.config.policy.fix_age_ms[kind] *= 60;
    }
    world_begin(&world);
}

Test(coverage, equals_everything_reckoned_anew_across_country)
{
    given_large_world(NULL);
    expect_equal_after_changes(51, 1500);
}

/* Streets every 400 m, some of them one-way, none as fast as the next. */
static void given_streets(uint64_t *seed)
{
    geo_test_map_init(&draft);
    for (int32_t i = 0; i < 64; i++) {
        (void)geo_test_map_node(&draft, world_at(i % 8 * 400, i / 8 * 400));
    }
    for (uint32_t i = 0; i < 64; i++) {
        const uint32_t ms = 30000 + geo_test_below(seed, 40000);
        const uint32_t back_ms = geo_test_below(seed, 4) == 0 ? GEO_TRAVEL_NEVER : ms;
        if (i % 8 < 7) {
            (void)geo_test_map_edge(&draft, i, i + 1, ms, back_ms);
        }
        if (i < 56) {
            (void)geo_test_map_edge(&draft, i, i + 8, ms, ms);
        }
    }
    geo_test_map_build(&draft);
}

Test(coverage, equals_everything_reckoned_anew_on_roads)
{
    uint64_t seed = 52;
    given_streets(&seed);
    given_large_world(&draft.map);
    expect_equal_after_changes(seed, 2800);
}
