/* decide: who should go, and why not the others. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "engine/core/prng.h"
#include "tests/support/core_given.h"
#include "tests/support/geo_test_map.h"

static struct world world;

static void set_up(void)
{
    world_init(&world);
    world_begin(&world);
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(decide, .init = set_up, .fini = tear_down, .timeout = 60);

static const struct decision_made *decided(enum tier tier)
{
    const struct decision_made *made = engine_decision(world.engine, 1, tier);
    cr_assert(ne(ptr, (void *)(uintptr_t)made, NULL));
    return made;
}

static enum reason reason_for(const struct decision_made *made, uint32_t unit_id)
{
    for (uint32_t i = 0; i < made->passed_count; i++) {
        if (made->passed[i].unit_id == unit_id) {
            return made->passed[i].reason;
        }
    }
    return REASON_NONE;
}

Test(decide, nearest_by_travel_time_not_by_distance)
{
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 100, 0);
    const uint32_t rider = world_unit(&world, UNIT_MOTORCYCLE, 300, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct decision_made *made = decided(TIER_3);
    cr_assert(eq(u32, made->candidate_count, 2));
    cr_expect(eq(u32, made->candidates[0].unit_id, rider));
    cr_expect(eq(u32, made->candidates[1].unit_id, foot));
    cr_expect(lt(u32, made->candidates[0].travel_ms, made->candidates[1].travel_ms));
}

Test(decide, equal_times_go_by_the_lower_id)
{
    const uint32_t first = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t second = world_unit(&world, UNIT_CAR, -500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(ne(u32, world_active(&world, first), 0));
    cr_expect(eq(u32, world_active(&world, second), 0));
}

Test(decide, says_why_not_for_each_that_was_passed_over)
{
    const uint32_t off = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    world_fix(&world, off, 100, 0);
    const uint32_t broken = world_unit(&world, UNIT_CAR, 110, 0);
    world_duty(&world, broken, DUTY_OUT_OF_SERVICE);
    const uint32_t stale = world_unit(&world, UNIT_CAR, 120, 0);
    const uint32_t lost = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    world_duty(&world, lost, DUTY_ON);
    const uint32_t volunteer = world_unit(&world, UNIT_VOLUNTEER, 130, 0);
    world_pass(&world, 60001);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t beyond = world_unit(&world, UNIT_CAR, 9000, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct decision_made *made = decided(TIER_5);
    cr_expect(eq(u32, reason_for(made, off), REASON_OFF_DUTY));
    cr_expect(eq(u32, reason_for(made, broken), REASON_OUT_OF_SERVICE));
    cr_expect(eq(u32, reason_for(made, stale), REASON_STALE_FIX));
    cr_expect(eq(u32, reason_for(made, beyond), REASON_TOO_FAR));
    cr_expect(eq(u32, reason_for(made, volunteer), REASON_NONE), "tier 3 speaks of it");
    cr_expect(eq(u32, reason_for(made, car), REASON_NONE), "it is a candidate");
    cr_expect(eq(u32, made->passed_by_reason[REASON_OFF_DUTY], 1));
    cr_expect(eq(u32, made->passed_by_reason[REASON_NO_FIX], 1));
    cr_expect(eq(u32, made->passed_by_reason[REASON_WRONG_KIND], 1));
    cr_expect(eq(u32, made->passed_by_reason[REASON_TOO_FAR], 1));
}

Test(decide, a_busy_unit_is_assigned)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 900, 0);
    const struct decision_made *made = engine_decision(world.engine, 2, TIER_5);
    cr_expect(eq(u32, reason_for(made, car), REASON_ASSIGNED));
}

Test(decide, one_taken_by_a_tier_is_assigned_for_the_next)
{
    const uint32_t rider = world_unit(&world, UNIT_MOTORCYCLE, 100, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, reason_for(decided(TIER_5), rider), REASON_ASSIGNED));
    cr_expect(eq(u32, decided(TIER_5)->passed_by_reason[REASON_ASSIGNED], 1));
}

Test(decide, a_kind_that_serves_no_tier_is_named_in_each)
{
    world_destroy(&world);
    world_init(&world);
    world.config.policy.tiers[TIER_3].kinds = 1u << UNIT_FOOT;
    world_begin(&world);
    const uint32_t grid = world_unit(&world, UNIT_GRID, 30, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, reason_for(decided(TIER_1), grid), REASON_WRONG_KIND));
    cr_expect(eq(u32, reason_for(decided(TIER_5), grid), REASON_WRONG_KIND));
}

Test(decide, a_walkers_fix_lives_longer_than_a_cars_and_a_posts_for_ever)
{
    const uint32_t post = world_unit(&world, UNIT_POST, 10, 0);
    const uint32_t foot = world_unit(&world, UNIT_FOOT, 30, 0);
    const uint32_t car = world_unit(&world, UNIT_CAR, 300, 0);
    world_pass(&world, 179000);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(ne(u32, world_active(&world, post), 0));
    cr_expect(ne(u32, world_active(&world, foot), 0));
    cr_expect(eq(u32, world_active(&world, car), 0));
    cr_expect(eq(u32, decided(TIER_3)->candidates[0].fix_age_ms, 179000));
}

Test(decide, a_fix_exactly_as_old_as_allowed_is_trusted)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 300, 0);
    world_pass(&world, 60000);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(ne(u32, world_active(&world, car), 0));
}

Test(decide, an_old_fix_that_arrives_late_changes_nothing)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 300, 0);
    world_pass(&world, 10000);
    struct observation old = {.unit_id = car,
                              .at = world_at(5000, 0),
                              .at_ms = world.now_ms,
                              .fix_ms = world.now_ms - 10001};
    cr_expect(eq(u32, engine_observe(world.engine, &old), STATUS_STALE));
    old.unit_id = 50;
    cr_expect(eq(u32, engine_observe(world.engine, &old), STATUS_NOT_FOUND));
}

Test(decide, a_device_clock_that_runs_ahead_gains_nothing)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 300, 0);
    const struct observation ahead = {.unit_id = car,
                                      .at = world_at(300, 0),
                                      .at_ms = world.now_ms,
                                      .fix_ms = world.now_ms + 3600000};
    cr_expect(eq(u32, engine_observe(world.engine, &ahead), STATUS_OK));
    world_pass(&world, 60001);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world_active(&world, car), 0));
}

Test(decide, a_post_that_reports_a_fix_is_where_it_says)
{
    const uint32_t post = world_unit(&world, UNIT_POST, 10, 0);
    world_fix(&world, post, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world_active(&world, post), 0));
}

/* Nobody is shown at a place where it stood as something else. */
Test(decide, a_post_that_becomes_a_car_is_nowhere_until_it_says_where)
{
    const uint32_t post = world_unit(&world, UNIT_POST, 10, 0);
    struct unit_view view;
    cr_assert(engine_unit(world.engine, post, &view));
    struct unit_definition car = *view.definition;
    car.kind = UNIT_CAR;
    car.has_home = false;
    struct command roster = {.kind = COMMAND_ROSTER_PUT,
                             .roster = {.units = &car, .unit_count = 1}};
    cr_assert(eq(u32, world_step(&world, &roster).refusal, REASON_NONE));
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct decision_made *made = decided(TIER_5);
    cr_expect(eq(u32, world_active(&world, post), 0));
    cr_expect(eq(u32, made->passed_count, 0), "it has no distance");
    cr_expect(eq(u32, made->passed_by_reason[REASON_NO_FIX], 1));
    world_fix(&world, post, 20, 0);
    world_pass(&world, 10000);
    cr_expect(ne(u32, world_active(&world, post), 0));
}

/* An armed crime: tier 5 asks for bit 1. */
Test(decide, what_the_plan_asks_for_is_asked_of_the_fifth_minute)
{
    const uint32_t bare = world_unit(&world, UNIT_CAR, 100, 0);
    const uint32_t bare_too = world_unit(&world, UNIT_CAR, 150, 0);
    const uint32_t armed = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 1);
    world_fix(&world, armed, 900, 0);
    world_duty(&world, armed, DUTY_ON);
    world_report(&world, INCIDENT_CRIME, 1, 0, 0);
    cr_expect(ne(u32, world_active(&world, armed), 0));
    cr_expect(eq(u32, world_active(&world, bare), 0));
    cr_expect(eq(u32, reason_for(decided(TIER_5), bare_too), REASON_CAPABILITY));
    cr_expect(eq(u32, decided(TIER_5)->passed_by_reason[REASON_CAPABILITY], 2));
}

/* Armed and with first aid: who carries one of them only lacks what is asked. */
Test(decide, who_lacks_one_of_several_capabilities_is_counted)
{
    world_destroy(&world);
    world_init(&world);
    world.config.policy.plans[INCIDENT_CRIME][0].capabilities[TIER_5] = 3;
    world_begin(&world);
    static const uint32_t carried[] = {0, 1, 2, 3, 7, 4};
    uint32_t units[6];
    for (uint32_t i = 0; i < 6; i++) {
        units[i] = world_unit_off_duty(&world, UNIT_CAR, 0, 0, carried[i]);
        world_fix(&world, units[i], (int32_t)(100 * i), 0);
        world_duty(&world, units[i], DUTY_ON);
    }
    (void)world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0); /* has another reason */
    world_report(&world, INCIDENT_CRIME, 1, 0, 0);
    cr_expect(ne(u32, world_active(&world, units[3]), 0), "the nearest who carries both");
    cr_expect(eq(u32, reason_for(decided(TIER_5), units[1]), REASON_CAPABILITY));
    cr_expect(eq(u32, decided(TIER_5)->passed_by_reason[REASON_CAPABILITY], 4));
    cr_expect(eq(u32, decided(TIER_5)->passed_by_reason[REASON_OFF_DUTY], 1));
}

Test(decide, a_roster_that_does_not_say_who_is_armed_is_not_left_alone)
{
    const uint32_t bare = world_unit(&world, UNIT_CAR, 100, 0);
    world_report(&world, INCIDENT_CRIME, 1, 0, 0);
    cr_expect(ne(u32, world_active(&world, bare), 0));
}

Test(decide, counts_everybody_who_was_not_chosen)
{
    struct prng prng = {.state = 20260101};
    cr_log_info("seed %llu", (unsigned long long)prng.state);
    for (uint32_t i = 0; i < 60; i++) {
        const enum unit_kind kind = (enum unit_kind)prng_below(&prng, UNIT_KIND_COUNT);
        const int32_t east = (int32_t)prng_below(&prng, 4000) - 2000;
        const int32_t north = (int32_t)prng_below(&prng, 4000) - 2000;
        const uint32_t id = world_unit(&world, kind, east, north);
        if (prng_chance(&prng, 300)) {
            world_duty(&world, id, prng_chance(&prng, 500) ? DUTY_OFF : DUTY_OUT_OF_SERVICE);
        }
    }
    for (uint32_t i = 0; i < 20; i++) {
        const uint32_t id =
            world_report(&world, INCIDENT_CRIME, 1 + i % 4, (int32_t)i * 100, 0).incident_id;
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            const struct decision_made *made = engine_decision(world.engine, id, (enum tier)tier);
            uint32_t total = 0;
            for (uint32_t k = 0; k < REASON_COUNT; k++) {
                total += made->passed_by_reason[k];
            }
            for (uint32_t k = 0; k < made->candidate_count; k++) {
                total += made->candidates[k].chosen ? 1 : 0;
            }
            cr_expect(eq(u32, total, engine_unit_count(world.engine)));
        }
    }
}

/* A road that goes round: the car on it is near by straight line and late by road. */
Test(decide, follows_the_roads_where_there_are_roads)
{
    struct geo_test_map draft;
    geo_test_map_init(&draft);
    const uint32_t west = geo_test_map_node(&draft, world_at(0, 0));
    const uint32_t middle = geo_test_map_node(&draft, world_at(1000, 0));
    const uint32_t east = geo_test_map_node(&draft, world_at(2000, 0));
    geo_test_map_edge(&draft, west, middle, 60000, GEO_TRAVEL_NEVER); /* one way, eastwards */
    geo_test_map_edge(&draft, middle, east, 60000, 60000);
    geo_test_map_edge(&draft, east, west, 200000, 200000);
    geo_test_map_build(&draft);
    world_destroy(&world);
    world_init(&world);
    world.config.map = &draft.map;
    world_begin(&world);
    const uint32_t beyond = world_unit(&world, UNIT_CAR, 1000, 0); /* must go round: 290 s */
    const uint32_t before = world_unit(&world, UNIT_CAR, 0, 0);    /* 30 s */
    world_report(&world, INCIDENT_DISPUTE, 0, 500, 0);
    const struct decision_made *made = decided(TIER_5);
    cr_expect(eq(u64, made->map_id, draft.map.header->map_id));
    cr_assert(eq(u32, made->candidate_count, 1));
    cr_expect(eq(u32, made->candidates[0].unit_id, before));
    cr_expect(not(made->candidates[0].estimated));
    cr_expect(epsilon_eq(dbl, (double)made->candidates[0].travel_ms, 30000.0, 500.0));
    cr_expect(eq(u32, reason_for(made, beyond), REASON_TOO_FAR), "240 s is the reach");

    struct geo_traffic *traffic = NULL;
    struct geo_pace half = geo_pace_map();
    for (uint32_t road = 0; road < sizeof half.percent[0] / sizeof half.percent[0][0]; road++) {
        half.percent[GEO_PROFILE_CAR][road] = 50;
    }
    cr_assert(eq(int, geo_traffic_create(&draft.map, &traffic), GEO_OK));
    geo_traffic_set_pace(traffic, &half);
    engine_observe_roads(world.engine, &(struct geo_roads){.traffic = traffic});
    cr_expect(eq(ptr, (void *)(uintptr_t)engine_roads(world.engine)->traffic, traffic));
    const uint32_t third = world_unit(&world, UNIT_CAR, 0, 0);
    const uint32_t incident_id = world_report(&world, INCIDENT_FIRE, 0, 500, 0).incident_id;
    made = engine_decision(world.engine, incident_id, TIER_5);
    cr_assert(ne(ptr, (void *)(uintptr_t)made, NULL));
    cr_expect(eq(u32, made->traffic_version, geo_traffic_version(traffic)));
    cr_expect(eq(u32, made->candidates[0].unit_id, third));
    cr_expect(epsilon_eq(dbl, (double)made->candidates[0].travel_ms, 60000.0, 1000.0),
              "the roads of now are half as fast");
    world_finish(&world); /* before the roads that it follows go */
    geo_traffic_destroy(traffic);
    geo_test_map_finish(&draft);
    world_init(&world);
    world_begin(&world);
}

/* Two streets that meet far away, and a post across the yard between them. */
Test(decide, people_on_the_spot_come_straight_not_round_by_the_street)
{
    struct geo_test_map draft;
    geo_test_map_init(&draft);
    const uint32_t a = geo_test_map_node(&draft, world_at(0, 0));
    const uint32_t b = geo_test_map_node(&draft, world_at(1000, 0));
    const uint32_t c = geo_test_map_node(&draft, world_at(0, 40));
    geo_test_map_edge(&draft, a, b, 700000, 700000);
    geo_test_map_edge(&draft, b, c, 700000, 700000);
    geo_test_map_build(&draft);
    world_destroy(&world);
    world_init(&world);
    world.config.map = &draft.map;
    world_begin(&world);

    const uint32_t post = world_unit(&world, UNIT_POST, 0, 30);
    const uint32_t far_post = world_unit(&world, UNIT_POST, 0, 100);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct decision_made *made = engine_decision(world.engine, 1, TIER_1);
    cr_assert(eq(u32, made->candidate_count, 1));
    cr_expect(eq(u32, made->candidates[0].unit_id, post));
    cr_expect(made->candidates[0].estimated, "and it says that it is not a road's time");
    cr_expect(lt(u32, made->candidates[0].travel_ms, 30001));
    cr_expect(eq(u32, world_active(&world, far_post), 0), "100 m is not on the spot");
    world_destroy(&world); /* before its map goes */
    geo_test_map_finish(&draft);
    world_init(&world);
    world_begin(&world);
}

/* The list agrees with asking each unit for its own travel time. */
Test(decide, agrees_with_asking_everybody)
{
    struct prng prng = {.state = 7};
    for (uint32_t i = 0; i < 50; i++) {
        const enum unit_kind kind = prng_chance(&prng, 500) ? UNIT_CAR : UNIT_MOTORCYCLE;
        const int32_t east = (int32_t)prng_below(&prng, 3000) - 1500;
        const int32_t north = (int32_t)prng_below(&prng, 3000) - 1500;
        world_unit(&world, kind, east, north);
    }
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct decision_made *made = decided(TIER_5);
    cr_assert(eq(u32, made->candidate_count, 9));
    for (uint32_t i = 1; i < made->candidate_count; i++) {
        const struct candidate *a = &made->candidates[i - 1];
        const struct candidate *b = &made->candidates[i];
        cr_expect(a->travel_ms < b->travel_ms ||
                  (a->travel_ms == b->travel_ms && a->unit_id < b->unit_id));
    }
    const uint32_t last_ms = made->candidates[made->candidate_count - 1].travel_ms;
    for (uint32_t i = 0; i < made->passed_count; i++) {
        struct unit_view view;
        engine_unit(world.engine, made->passed[i].unit_id, &view);
        cr_expect(eq(u32, made->passed[i].reason,
                     view.assignment_id == 0 ? REASON_ENOUGH : REASON_ASSIGNED));
        const enum geo_profile profile =
            policy_profile(world.config.emergency_kinds, view.definition->kind);
        cr_expect(view.assignment_id != 0 ||
                  geo_straight_ms(view.at, world_at(0, 0), profile) >= last_ms);
    }
}

/* ---- The own area first ---- */

/* A beat of 2 km around the middle; the tier asks it first. */
static void given_beat(enum tier tier)
{
    static const uint32_t ring_sizes[] = {4};
    const struct geo_point corners[] = {world_at(-1000, -1000), world_at(1000, -1000),
                                        world_at(1000, 1000), world_at(-1000, 1000)};
    const struct area_definition beat = {
        .code = "B1", .name = "beat", .kind = AREA_BEAT, .ring_count = 1, .point_count = 4};
    world.config.policy.tiers[tier].area_first = true;
    world_destroy(&world);
    world_begin(&world);
    struct command command = {
        .kind = COMMAND_ROSTER_PUT,
        .roster = {.areas = &beat, .area_count = 1, .points = corners, .ring_sizes = ring_sizes}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
}

/* The unit belongs to the beat from now on. */
static void given_of_the_beat(uint32_t unit_id)
{
    struct unit_view view;
    cr_assert(engine_unit(world.engine, unit_id, &view));
    struct unit_definition unit = *view.definition;
    unit.area = 0;
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.units = &unit, .unit_count = 1}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
}

Test(decide, who_belongs_to_the_area_and_is_in_time_goes_before_who_is_nearer)
{
    given_beat(TIER_3);
    const uint32_t near = world_unit(&world, UNIT_FOOT, 20, 0);
    const uint32_t own = world_unit(&world, UNIT_GRID, 90, 0);
    const uint32_t also_own = world_unit(&world, UNIT_GRID, 95, 0);
    given_of_the_beat(own);
    given_of_the_beat(also_own);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct decision_made *made = decided(TIER_3);
    cr_expect(made->area_first);
    cr_assert(eq(u32, made->candidate_count, 3));
    cr_expect(eq(u32, made->candidates[0].unit_id, own));
    cr_expect(made->candidates[0].own_area);
    cr_expect(made->candidates[0].chosen);
    cr_expect(eq(u32, made->candidates[1].unit_id, near));
    cr_expect(not(made->candidates[1].own_area));
    cr_expect(eq(u32, made->candidates[2].unit_id, also_own),
              "the others follow as near as they are");
    cr_expect(eq(u32, made->passed_by_reason[REASON_OTHER_AREA], 1));
    cr_expect(eq(u32, made->passed_by_reason[REASON_ENOUGH], 1));
    cr_expect(ne(u32, world_active(&world, own), 0));
    cr_expect(eq(u32, world_active(&world, near), 0));
}

Test(decide, who_belongs_to_the_area_and_is_too_late_waits_for_nobody)
{
    given_beat(TIER_5);
    const uint32_t own = world_unit(&world, UNIT_CAR, 900, 0);
    const uint32_t near = world_unit(&world, UNIT_CAR, 300, 0);
    given_of_the_beat(own);
    world_fix(&world, own, 5000, 0); /* out of it, and out of reach */
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct decision_made *made = decided(TIER_5);
    cr_expect(eq(u32, made->candidates[0].unit_id, near));
    cr_expect(eq(u32, made->passed_by_reason[REASON_OTHER_AREA], 0));
    cr_expect(ne(u32, world_active(&world, near), 0));
}

Test(decide, a_tier_that_does_not_ask_for_it_sends_the_nearest_and_says_whose_it_is)
{
    given_beat(TIER_3);
    const uint32_t near = world_unit(&world, UNIT_CAR, 300, 0);
    const uint32_t own = world_unit(&world, UNIT_CAR, 400, 0);
    given_of_the_beat(own);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct decision_made *made = decided(TIER_5);
    cr_expect(not(made->area_first));
    cr_expect(eq(u32, made->candidates[0].unit_id, near));
    cr_expect(made->candidates[1].own_area);
    world_report(&world, INCIDENT_DISPUTE, 0, 3000, 0); /* outside the beat */
    const struct decision_made *far = engine_decision(world.engine, 2, TIER_5);
    cr_assert(ne(ptr, (void *)(uintptr_t)far, NULL));
    cr_expect(not(far->candidates[0].own_area));
}

Test(decide, an_own_unit_that_is_busy_off_duty_or_has_declined_is_not_asked)
{
    given_beat(TIER_5);
    const uint32_t near = world_unit(&world, UNIT_CAR, 300, 0);
    const uint32_t off = world_unit(&world, UNIT_CAR, 400, 0);
    const uint32_t own = world_unit(&world, UNIT_CAR, 500, 0);
    given_of_the_beat(off);
    given_of_the_beat(own);
    world_duty(&world, off, DUTY_OFF);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_assert(ne(u32, world_active(&world, own), 0));
    world_says(&world, world_active(&world, own), ASSIGNMENT_DECLINED);
    cr_expect(eq(u32, world_active(&world, own), 0));
    cr_expect(ne(u32, world_active(&world, near), 0));
}

/* Against the plainest way to say it: own and in time by travel, then all by travel. */
Test(decide, the_list_is_own_in_time_then_as_near_as_they_are)
{
    struct prng prng = {.state = 20261129};
    for (uint32_t round = 0; round < 40; round++) {
        world.config.policy.tiers[TIER_5].units = 1 + prng_below(&prng, 3);
        policy_plans_reset(&world.config.policy);
        given_beat(TIER_5);
        bool is_own[24];
        for (uint32_t i = 0; i < 24; i++) {
            const uint32_t id =
                world_unit(&world, UNIT_CAR, (int32_t)prng_below(&prng, 3000) - 1500,
                           (int32_t)prng_below(&prng, 3000) - 1500);
            is_own[id] = prng_below(&prng, 4) == 0;
            if (is_own[id]) {
                given_of_the_beat(id);
            }
        }
        world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
        const struct decision_made *made = decided(TIER_5);
        const uint32_t wanted = world_incident(&world, 1).tiers[TIER_5].wanted;
        uint32_t own = 0;
        while (own < made->candidate_count && own < wanted && made->candidates[own].own_area &&
               made->candidates[own].in_reach) {
            own++;
        }
        for (uint32_t i = 0; i < made->candidate_count; i++) {
            const struct candidate *candidate = &made->candidates[i];
            cr_expect(eq(u32, candidate->own_area, is_own[candidate->unit_id]));
            cr_expect(eq(u32, candidate->chosen, i < wanted));
            cr_expect(i == 0 || i == own ||
                      made->candidates[i - 1].travel_ms <= candidate->travel_ms);
            cr_expect(i < own || own == wanted || !candidate->own_area || !candidate->in_reach,
                      "round %u: an own unit in time is not among the first", round);
        }
    }
}
