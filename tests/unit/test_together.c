/* together, preempt: who waits at the same moment is solved together; who is on the way to less
 * urgent work may be taken, by its victim's name. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/prng.h"
#include "engine/core/step.h"
#include "tests/support/core_given.h"

static struct world world;

static void set_up(void)
{
    world_init(&world);
    world.config.policy.fix_age_ms[UNIT_CAR] = 3600000;
    for (uint32_t i = 0; i < INCIDENT_TYPE_COUNT; i++) { /* one car each, nothing else */
        for (uint32_t p = 0; p < PRIORITY_MAX; p++) {
            world.config.policy.plans[i][p] = (struct plan){.units = {[TIER_5] = 1}};
        }
    }
    world.config.policy.tiers[TIER_5].kinds = 1u << UNIT_CAR;
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(together, .init = set_up, .fini = tear_down, .timeout = 60);

static uint32_t report(int32_t east_m, uint32_t priority)
{
    static uint32_t type = 0; /* another type each: they do not merge */
    type = (type + 1) % INCIDENT_TYPE_COUNT;
    return world_report(&world, (enum incident_type)type, priority, east_m, 0).incident_id;
}

/* Cars that answer a call far away until they are let go, all in one step. */
static uint32_t far_id;

static void given_busy_cars(uint32_t count, const int32_t east_m[], uint32_t cars[])
{
    struct command command = {.kind = COMMAND_INCIDENT_ORDER};
    far_id = report(5000000, 4); /* farther than the engine sends anybody by itself */
    for (uint32_t i = 0; i < count; i++) {
        cars[i] = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
        world_fix(&world, cars[i], east_m[i], 0);
        world_duty(&world, cars[i], DUTY_ON);
        command.order.units[i].unit_id = cars[i];
        command.order.units[i].tier = TIER_5;
    }
    command.order.unit_count = count;
    command.order.incident_id = far_id;
    command.order.generation = world_incident(&world, far_id).generation;
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
}

static uint32_t incident_of(uint32_t car)
{
    struct unit_view view;
    cr_assert(engine_unit(world.engine, car, &view));
    return view.incident_id;
}

static void expect_not_crosswise(uint32_t priority)
{
    world_begin(&world);
    uint32_t cars[2];
    given_busy_cars(2, (const int32_t[]){1000, 4000}, cars);
    /* a has the better claim (older) and its nearest is the first car; but then b would have to
     * wait for the other one for 3 km, beyond the reach of 240 s. */
    const uint32_t a = report(2000, priority); /* 1 km from the first, 2 km from the second */
    const uint32_t b = report(900, priority);  /* 0.1 km and 3.1 km; 240 s are 1.53 km */
    world_close(&world, far_id, true);         /* both cars are free in one step */
    cr_expect(eq(u32, incident_of(cars[0]), b));
    cr_expect(eq(u32, incident_of(cars[1]), a));
    const struct decision_made *made = engine_decision(world.engine, a, TIER_5);
    cr_expect(eq(u32, made->together, 2));
    cr_expect(eq(u32, made->candidates[0].unit_id, cars[0]));
    cr_expect(eq(u32, made->candidates[0].given_to, b));
    cr_expect(not(made->candidates[0].chosen));
    cr_expect(made->candidates[1].chosen);
    cr_expect(eq(u32, made->passed_by_reason[REASON_GIVEN], 1));
    cr_expect(eq(u32, made->passed_by_reason[REASON_ENOUGH], 0), "nobody was left over");
}

Test(together, two_that_wait_are_not_served_crosswise_and_the_decision_says_why)
{
    expect_not_crosswise(3);
}

Test(together, not_even_the_most_urgent_are)
{
    expect_not_crosswise(1);
}

/* Nothing happens when they come near: the next look finds them, and looks at both who wait. */
Test(together, who_comes_near_is_given_out_together_at_the_next_look)
{
    world_begin(&world);
    const uint32_t first = world_unit(&world, UNIT_CAR, 5000000, 0);
    const uint32_t second = world_unit(&world, UNIT_CAR, 5000000, 0);
    const uint32_t a = report(2000, 1);
    const uint32_t b = report(900, 1);
    world_pass(&world, 1); /* past what their coming alone would bring about */
    world_fix(&world, first, 1000, 0);
    world_fix(&world, second, 4000, 0);
    world_pass(&world, 10000);
    cr_expect(eq(u32, incident_of(first), b));
    cr_expect(eq(u32, incident_of(second), a));
    cr_expect(eq(u32, engine_decision(world.engine, a, TIER_5)->together, 2));
}

Test(together, who_goes_for_another_tier_of_the_same_incident_says_so)
{
    for (uint32_t i = 0; i < INCIDENT_TYPE_COUNT; i++) {
        for (uint32_t p = 0; p < PRIORITY_MAX; p++) {
            world.config.policy.plans[i][p].units[TIER_3] = 1;
        }
    }
    world.config.policy.tiers[TIER_3].kinds = 1u << UNIT_CAR;
    world_begin(&world);
    uint32_t cars[4];
    given_busy_cars(4, (const int32_t[]){1000, 1100, 9000, 9100}, cars);
    const uint32_t a = report(990, 3);
    report(8990, 3);
    world_close(&world, far_id, true);
    cr_expect(eq(u32, incident_of(cars[0]), a));
    cr_expect(eq(u32, incident_of(cars[1]), a));
    uint32_t given = 0;
    for (enum tier tier = TIER_3; tier <= TIER_5; tier++) {
        const struct decision_made *made = engine_decision(world.engine, a, tier);
        cr_assert(made != NULL && made->together == 2);
        cr_assert(eq(u32, made->candidates[0].unit_id, cars[0]));
        if (!made->candidates[0].chosen) {
            cr_expect(eq(u32, made->candidates[0].given_to, a));
            given++;
        }
    }
    cr_expect(eq(u32, given, 1));
}

Test(together, a_tier_of_a_higher_priority_is_worth_more_than_all_of_lower_ones)
{
    world_begin(&world);
    uint32_t cars[1];
    given_busy_cars(1, (const int32_t[]){1000}, cars);
    const uint32_t near = report(1000, 3);
    const uint32_t urgent = report(2400, 2); /* just in reach */
    report(1010, 3);
    world_close(&world, far_id, true);
    cr_expect(eq(u32, incident_of(cars[0]), urgent));
    cr_expect(eq(u32, world_incident(&world, near).state, INCIDENT_PENDING));
}

Test(together, one_alone_gets_its_nearest_as_ever)
{
    world_begin(&world);
    uint32_t cars[2];
    given_busy_cars(2, (const int32_t[]){1000, 4000}, cars);
    const uint32_t a = report(2000, 3);
    world_close(&world, far_id, true);
    cr_expect(eq(u32, incident_of(cars[0]), a));
    cr_expect(eq(u32, engine_decision(world.engine, a, TIER_5)->together, 0));
}

/* ---- Against all ways there are ---- */

#define INCIDENTS 4u
#define CARS      4u

struct outcome {
    uint32_t missed[PRIORITY_MAX]; /* the most urgent first */
    int64_t travel_m;
};

static bool is_better(const struct outcome *a, const struct outcome *b)
{
    for (uint32_t p = 0; p < PRIORITY_MAX; p++) {
        if (a->missed[p] != b->missed[p]) {
            return a->missed[p] < b->missed[p];
        }
    }
    return a->travel_m < b->travel_m;
}

#define REACH_M  1531 /* 240 s at 6.38 m/s */
#define SEARCH_M 7656 /* 20 min */

static void count_in(struct outcome *outcome, uint32_t priority, int32_t from_m, int32_t to_m,
                     bool is_sent)
{
    const int32_t way_m = from_m > to_m ? from_m - to_m : to_m - from_m;
    outcome->missed[priority - 1] += !is_sent ? 2 : way_m > REACH_M ? 1 : 0;
    outcome->travel_m += is_sent ? way_m : 1000000; /* nobody is farther than anybody */
}

/* The best of all ways to give each incident one car or nobody: a digit in base CARS + 1 each. */
static struct outcome best_of_all(const int32_t cars_m[], const int32_t incidents_m[],
                                  const uint32_t priorities[])
{
    struct outcome best = {.missed = {99}};
    for (uint32_t way = 0; way < (CARS + 1) * (CARS + 1) * (CARS + 1) * (CARS + 1); way++) {
        struct outcome outcome = {.travel_m = 0};
        uint32_t taken = 0;
        bool is_good = true;
        uint32_t rest = way;
        for (uint32_t i = 0; i < INCIDENTS; i++, rest /= CARS + 1) {
            const uint32_t car = rest % (CARS + 1);
            const bool is_sent = car < CARS;
            const int32_t from_m = is_sent ? cars_m[car] : 0;
            const int32_t way_m =
                from_m > incidents_m[i] ? from_m - incidents_m[i] : incidents_m[i] - from_m;
            is_good = is_good && (!is_sent || ((taken >> car & 1u) == 0 && way_m <= SEARCH_M));
            taken |= is_sent ? 1u << car : 0;
            count_in(&outcome, priorities[i], from_m, incidents_m[i], is_sent);
        }
        if (is_good && is_better(&outcome, &best)) {
            best = outcome;
        }
    }
    return best;
}

Test(together, is_as_good_as_the_best_of_all_ways)
{
    struct prng prng = {.state = 20260303};
    cr_log_info("seed %llu", (unsigned long long)prng.state);
    world_begin(&world);
    for (uint32_t round = 0; round < 60; round++) {
        int32_t cars_m[CARS];
        int32_t incidents_m[INCIDENTS];
        uint32_t priorities[INCIDENTS];
        uint32_t cars[CARS];
        uint32_t ids[INCIDENTS];
        tear_down();
        world_init(&world);
        set_up();
        world_begin(&world);
        for (uint32_t i = 0; i < CARS; i++) { /* metres that no rounding can confuse */
            cars_m[i] = (int32_t)prng_below(&prng, 90) * 100 + (int32_t)i * 7;
        }
        given_busy_cars(CARS, cars_m, cars);
        for (uint32_t i = 0; i < INCIDENTS; i++) {
            incidents_m[i] = (int32_t)prng_below(&prng, 90) * 100 + 53 * (int32_t)(i + 1);
            priorities[i] = 2 + prng_below(&prng, 3);
            ids[i] = report(incidents_m[i], priorities[i]);
        }
        world_close(&world, far_id, true);
        struct outcome outcome = {.travel_m = 0};
        for (uint32_t i = 0; i < INCIDENTS; i++) {
            uint32_t car = 0;
            while (car < CARS && incident_of(cars[car]) != ids[i]) {
                car++;
            }
            count_in(&outcome, priorities[i], car < CARS ? cars_m[car] : 0, incidents_m[i],
                     car < CARS);
        }
        const struct outcome best = best_of_all(cars_m, incidents_m, priorities);
        for (uint32_t p = 0; p < PRIORITY_MAX; p++) {
            cr_assert(eq(u32, outcome.missed[p], best.missed[p]), "round %u", round);
        }
        cr_assert(le(i64, outcome.travel_m, best.travel_m + 8), "round %u: %lld, best %lld", round,
                  (long long)outcome.travel_m, (long long)best.travel_m);
    }
}

/* ---- Pre-emption ---- */

Test(together, when_nobody_is_free_who_could_be_taken_is_shown_with_the_victim)
{
    world_begin(&world);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t low = report(0, 4);
    const uint32_t car2 = world_unit(&world, UNIT_CAR, 700, 0);
    const uint32_t middle = report(100, 3);
    cr_assert(eq(u32, incident_of(car), low));
    cr_assert(eq(u32, incident_of(car2), middle));
    const uint32_t urgent = report(1000, 1);
    const struct decision_made *made = engine_decision(world.engine, urgent, TIER_5);
    cr_assert(eq(u32, made->preemptable_count, 2));
    cr_expect(eq(u32, made->preemptable[0].unit_id, car)); /* the least urgent first, not nearest */
    cr_expect(eq(u32, made->preemptable[0].victim_id, low));
    cr_expect(eq(u32, made->preemptable[0].priority, 4));
    cr_expect(eq(u32, made->preemptable[1].unit_id, car2));
    cr_expect(eq(u32, incident_of(car), low)); /* only proposed */
    world_says(&world, world_active(&world, car), ASSIGNMENT_ON_SCENE);
    world_recommend(&world, urgent);
    made = engine_decision(world.engine, urgent, TIER_5);
    cr_assert(eq(u32, made->preemptable_count, 1)); /* who is there stays there */
    const uint32_t equal = report(1100, 3);
    cr_expect(eq(u32, engine_decision(world.engine, equal, TIER_5)->preemptable_count, 0));
}

static void set_priority(uint32_t incident_id, uint32_t priority)
{
    struct command command = {
        .kind = COMMAND_INCIDENT_UPDATE,
        .update = {.incident_id = incident_id,
                   .generation = world_incident(&world, incident_id).generation,
                   .has_priority = true,
                   .priority = priority}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
}

Test(together, whether_a_unit_could_be_taken_follows_the_priority_of_its_incident)
{
    world_begin(&world);
    world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t held = report(0, 4);
    const uint32_t urgent = report(1000, 2);
    cr_expect(eq(u32, engine_decision(world.engine, urgent, TIER_5)->preemptable_count, 1));
    set_priority(held, 2);
    world_recommend(&world, urgent);
    cr_expect(eq(u32, engine_decision(world.engine, urgent, TIER_5)->preemptable_count, 0));
    set_priority(held, 3);
    world_recommend(&world, urgent);
    cr_assert(eq(u32, engine_decision(world.engine, urgent, TIER_5)->preemptable_count, 1));
    cr_expect(eq(u32, engine_decision(world.engine, urgent, TIER_5)->preemptable[0].priority, 3));
}

Test(together, a_policy_may_let_the_engine_take_it_and_the_victim_is_looked_after_at_once)
{
    world.config.policy.preempt = PREEMPT_AUTO;
    world_begin(&world);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t low = report(0, 4);
    const uint32_t order = world_active(&world, car);
    const uint32_t urgent = report(1000, 1);
    cr_expect(eq(u32, incident_of(car), urgent));
    cr_expect(eq(u32, world_assignment(&world, order).state, ASSIGNMENT_PREEMPTED));
    cr_expect(eq(u32, world_incident(&world, urgent).tiers[TIER_5].verdict, TIER_OPEN));
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, low));
    const uint32_t next = world_unit(&world, UNIT_CAR, 700, 0);
    cr_expect(eq(u32, incident_of(next), low));
}

/* The least urgent work first, then the nearest: those that are left over are farther, or dearer.
 */
Test(together, of_all_who_could_be_taken_the_best_are_listed_in_their_order)
{
    static const uint32_t priorities[7] = {3, 4, 2, 3, 4, 4, 3};
    static const uint32_t right[PREEMPTABLE_MAX] = {1, 4, 5, 0};
    uint32_t cars[7], victims[7];
    world_begin(&world);
    for (int32_t i = 0; i < 7; i++) {
        cars[i] = world_unit(&world, UNIT_CAR, 500 + 300 * i, 0);
        victims[i] = report(500 + 300 * i, priorities[i]);
        cr_assert(eq(u32, incident_of(cars[i]), victims[i]));
    }
    const uint32_t urgent = report(0, 1);
    const struct decision_made *made = engine_decision(world.engine, urgent, TIER_5);
    cr_assert(eq(u32, made->preemptable_count, PREEMPTABLE_MAX));
    for (uint32_t i = 0; i < PREEMPTABLE_MAX; i++) {
        cr_expect(eq(u32, made->preemptable[i].unit_id, cars[right[i]]), "place %u", i);
        cr_expect(eq(u32, made->preemptable[i].victim_id, victims[right[i]]), "place %u", i);
        cr_expect(eq(u32, made->preemptable[i].priority, priorities[right[i]]), "place %u", i);
    }
}

/* The order and its victim's: what has room for one of them only is a dispatcher's to decide. */
Test(together, nobody_is_taken_without_room_for_what_follows)
{
    world.config.policy.preempt = PREEMPT_AUTO;
    world_begin(&world);
    const uint32_t records_max = world.out.records_max;
    const size_t size_max = world.out.size_max;
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t low = report(0, 4);
    world.out.records_max = 2 * STEP_ROOM_RECORDS;
    const uint32_t first = report(1000, 1);
    cr_expect(eq(u32, incident_of(car), low), "records");
    cr_expect(world_has_alarm(&world, ALARM_NO_UNIT, first));
    world.out.records_max = records_max;
    world.out.size_max = (size_t)2 * STEP_ROOM_BYTES;
    const uint32_t second = report(1400, 1);
    cr_expect(eq(u32, incident_of(car), low), "bytes");
    cr_expect(world_has_alarm(&world, ALARM_NO_UNIT, second));
    world.out.size_max = size_max;
    const uint32_t third = report(1800, 1);
    cr_expect(eq(u32, incident_of(car), third));
}

/* Two are wanted and one is free: that one goes, and nobody is taken from anybody. */
Test(together, with_one_who_is_free_nobody_is_taken)
{
    world.config.policy.preempt = PREEMPT_AUTO;
    for (uint32_t i = 0; i < INCIDENT_TYPE_COUNT; i++) {
        world.config.policy.plans[i][0].units[TIER_5] = 2;
    }
    world_begin(&world);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t low = report(0, 4);
    const uint32_t other = world_unit(&world, UNIT_CAR, 900, 0);
    const uint32_t urgent = report(1000, 1);
    cr_expect(eq(u32, incident_of(other), urgent));
    cr_expect(eq(u32, incident_of(car), low));
    const struct decision_made *made = engine_decision(world.engine, urgent, TIER_5);
    cr_expect(eq(u32, made->preemptable_count, 1), "but a dispatcher sees who could be");
    cr_expect(made->automatic);
}

/* Each decision is made in the same memory as those before it. */
Test(together, a_decision_says_nothing_of_the_one_before_it)
{
    world.config.policy.volunteers = (struct volunteer_policy){
        .types = UINT32_MAX, .wanted = 1, .wave_units = 1, .waves_max = 2, .wave_ms = 20000};
    world_begin(&world);
    uint32_t cars[2];
    given_busy_cars(2, (const int32_t[]){1000, 4000}, cars);
    const uint32_t first = report(2000, 3);
    report(900, 3);
    world_close(&world, far_id, true); /* two together */
    cr_assert(eq(u32, engine_decision(world.engine, first, TIER_5)->together, 2));
    const uint32_t urgent = report(1500, 1); /* nobody is free, two could be taken */
    cr_assert(eq(u32, engine_decision(world.engine, urgent, TIER_5)->preemptable_count, 2));
    world_unit(&world, UNIT_CAR, 9000, 0); /* goes to the urgent one */
    world_unit(&world, UNIT_CAR, 9000, 0);
    const uint32_t plain = report(9100, 3);
    const struct decision_made *made = engine_decision(world.engine, plain, TIER_5);
    cr_expect(eq(u32, made->incident_id, plain));
    cr_expect(eq(u32, made->together, 0));
    cr_expect(eq(u32, made->preemptable_count, 0));
    cr_expect(eq(u32, made->wave, 0));
    cr_expect(made->automatic);
    cr_expect(eq(u32, made->candidate_count, 1));
    cr_expect(eq(u32, made->passed_by_reason[REASON_GIVEN], 0));
}

Test(together, a_policy_may_forbid_it)
{
    world.config.policy.preempt = PREEMPT_NEVER;
    world_begin(&world);
    world_unit(&world, UNIT_CAR, 500, 0);
    report(0, 4);
    const uint32_t urgent = report(1000, 1);
    cr_expect(eq(u32, engine_decision(world.engine, urgent, TIER_5)->preemptable_count, 0));
}
