/* circle_plan: who goes first to what happens in a circle, and what incidents keep of it. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/prng.h"
#include "tests/support/core_given.h"

#define EVERY_TYPE     ((1u << INCIDENT_TYPE_COUNT) - 1u)
#define EVERY_PRIORITY 15u

static struct world world;

/* Circle 0 around the middle, circle 1 five kilometres north. */
static void set_up(void)
{
    world_init(&world);
    world_begin(&world);
    world_circle(&world, 0, 0, 2000);
    world_circle(&world, 0, 5000, 1000);
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(circle_plan, .init = set_up, .fini = tear_down, .timeout = 60);

static struct circle_plan plan_of(const char *code, uint32_t circle)
{
    struct circle_plan plan = {
        .circle = circle, .types = EVERY_TYPE, .priorities = EVERY_PRIORITY, .words_en = "go"};
    (void)snprintf(plan.code, CODE_SIZE, "%s", code);
    return plan;
}

static void names(struct circle_plan *plan, enum tier tier, uint32_t unit_id)
{
    plan->units[tier][plan->unit_counts[tier]++] = unit_id;
}

static enum reason put(const struct circle_plan *plan)
{
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.plans = plan, .plan_count = 1}};
    return world_step(&world, &command).refusal;
}

static void given(const struct circle_plan *plan)
{
    cr_assert(eq(u32, put(plan), REASON_NONE));
}

static const struct decision_made *decided(uint32_t incident_id, enum tier tier)
{
    const struct decision_made *made = engine_decision(world.engine, incident_id, tier);
    cr_assert(ne(ptr, (void *)(uintptr_t)made, NULL));
    return made;
}

/* The code of the plan that the incident goes by; "": none. */
static const char *plan_at(uint32_t incident_id)
{
    const struct circle_plan *plan =
        engine_plan_version(world.engine, world_incident(&world, incident_id).plan_version);
    return plan == NULL ? "" : plan->code;
}

/* ---- Who goes first ---- */

Test(circle_plan, who_is_named_and_in_time_goes_before_who_is_nearer)
{
    const uint32_t near = world_unit(&world, UNIT_CAR, 300, 0);
    const uint32_t named = world_unit(&world, UNIT_CAR, 500, 0);
    struct circle_plan plan = plan_of("K0", 0);
    names(&plan, TIER_5, named);
    given(&plan);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const struct decision_made *made = decided(1, TIER_5);
    cr_expect(eq(u32, made->plan, 0));
    cr_assert(eq(u32, made->candidate_count, 2));
    cr_expect(eq(u32, made->candidates[0].unit_id, named));
    cr_expect(made->candidates[0].by_plan);
    cr_expect(made->candidates[0].chosen);
    cr_expect(eq(u32, made->candidates[1].unit_id, near));
    cr_expect(not(made->candidates[1].by_plan));
    cr_expect(eq(u32, made->passed_by_reason[REASON_PLAN_FIRST], 1));
    cr_expect(eq(u32, made->passed_by_reason[REASON_ENOUGH], 0));
    cr_expect(ne(u32, world_active(&world, named), 0));
    cr_expect(eq(u32, world_active(&world, near), 0));
    cr_expect(eq(u32, decided(1, TIER_3)->plan, PLAN_NONE), "it names nobody there");
}

Test(circle_plan, when_nobody_who_is_named_is_fit_the_nearest_goes_and_it_says_why)
{
    const uint32_t off = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    const uint32_t far = world_unit(&world, UNIT_CAR, 9000, 0);
    const uint32_t walker = world_unit(&world, UNIT_FOOT, 20, 0);
    const uint32_t busy = world_unit(&world, UNIT_CAR, 0, 5000);
    const uint32_t lost = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    world_duty(&world, lost, DUTY_ON);
    world_report(&world, INCIDENT_FIRE, 0, 0, 5000);
    const uint32_t near = world_unit(&world, UNIT_CAR, 300, 0);
    struct circle_plan plan = plan_of("K0", 0);
    const uint32_t all[] = {off, far, walker, busy, lost};
    for (uint32_t i = 0; i < 5; i++) {
        names(&plan, TIER_5, all[i]);
    }
    given(&plan);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(ne(u32, world_active(&world, near), 0));
    static const enum reason reasons[] = {REASON_OFF_DUTY, REASON_TOO_FAR, REASON_WRONG_KIND,
                                          REASON_ASSIGNED, REASON_NO_FIX};
    const struct decision_made *made = decided(2, TIER_5);
    cr_assert(le(u32, 5, made->passed_count));
    for (uint32_t i = 0; i < 5; i++) {
        cr_expect(made->passed[i].by_plan);
        cr_expect(eq(u32, made->passed[i].unit_id, all[i]));
        cr_expect(eq(u32, made->passed[i].reason, reasons[i]), "unit %u", i);
    }
    cr_expect(eq(u32, made->passed[4].distance_m, UINT32_MAX));
    cr_expect(lt(u32, made->passed[3].distance_m, 5100));
    for (uint32_t i = 5; i < made->passed_count; i++) {
        cr_expect(not(made->passed[i].by_plan));
        for (uint32_t k = 0; k < 5; k++) {
            cr_expect(ne(u32, made->passed[i].unit_id, all[k]), "listed once");
        }
    }
    cr_expect(eq(u32, made->passed_by_reason[REASON_PLAN_FIRST], 0));
}

Test(circle_plan, a_plan_never_leaves_anybody_without_help)
{
    const uint32_t named = world_unit_off_duty(&world, UNIT_POST, 10, 0, 0);
    const uint32_t post = world_unit(&world, UNIT_POST, 20, 0);
    struct circle_plan plan = plan_of("K0", 0);
    names(&plan, TIER_1, named);
    given(&plan);
    world_report(&world, INCIDENT_MEDICAL, 1, 0, 0);
    cr_expect(ne(u32, world_active(&world, post), 0));
}

Test(circle_plan, after_a_decline_the_next_who_is_named_goes)
{
    world_unit(&world, UNIT_CAR, 200, 0);
    const uint32_t first = world_unit(&world, UNIT_CAR, 400, 0);
    const uint32_t second = world_unit(&world, UNIT_CAR, 600, 0);
    struct circle_plan plan = plan_of("K0", 0);
    names(&plan, TIER_5, second);
    names(&plan, TIER_5, first);
    given(&plan);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_assert(ne(u32, world_active(&world, first), 0), "of those who are named the nearest");
    world_says(&world, world_active(&world, first), ASSIGNMENT_DECLINED);
    cr_expect(ne(u32, world_active(&world, second), 0));
}

Test(circle_plan, outside_the_circle_it_names_nobody)
{
    const uint32_t near = world_unit(&world, UNIT_CAR, 3000, 0);
    const uint32_t named = world_unit(&world, UNIT_CAR, 2800, 0);
    struct circle_plan plan = plan_of("K0", 0);
    names(&plan, TIER_5, named);
    given(&plan);
    world_report(&world, INCIDENT_DISPUTE, 0, 3100, 0);
    cr_expect(ne(u32, world_active(&world, near), 0));
    cr_expect(eq(str, (char *)(uintptr_t)plan_at(1), ""));
}

Test(circle_plan, incidents_that_wait_together_get_whom_their_plans_name)
{
    struct circle_plan south = plan_of("K0", 0);
    struct circle_plan north = plan_of("K1", 1);
    const uint32_t a = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    const uint32_t b = world_unit_off_duty(&world, UNIT_CAR, 0, 0, 0);
    world_fix(&world, a, 0, 1900);
    world_fix(&world, b, 0, 1800);
    names(&south, TIER_5, a);
    names(&north, TIER_5, b);
    given(&south);
    given(&north);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 1850);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 4050);
    world_duty(&world, a, DUTY_ON);
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, a)).incident_id, 1));
    world_duty(&world, b, DUTY_ON);
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, b)).incident_id, 2));
}

/* Against the plainest way to say it: named and in time by travel, then all by travel. */
Test(circle_plan, the_list_is_who_is_named_in_time_then_as_near_as_they_are)
{
    struct prng prng = {.state = 20261130};
    for (uint32_t round = 0; round < 40; round++) {
        world.config.policy.tiers[TIER_5].units = 1 + prng_below(&prng, 3);
        policy_plans_reset(&world.config.policy);
        world_destroy(&world);
        world_begin(&world);
        world_circle(&world, 0, 0, 2000);
        struct circle_plan plan = plan_of("K0", 0);
        bool is_named[24] = {false};
        for (uint32_t i = 0; i < 24; i++) {
            const uint32_t id =
                world_unit(&world, UNIT_CAR, (int32_t)prng_below(&prng, 5000) - 2500,
                           (int32_t)prng_below(&prng, 5000) - 2500);
            is_named[id] = prng_below(&prng, 4) == 0 && plan.unit_counts[TIER_5] < TIER_UNITS_MAX;
            if (is_named[id]) {
                names(&plan, TIER_5, id);
            }
        }
        given(&plan);
        world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
        const struct decision_made *made = decided(1, TIER_5);
        const uint32_t wanted = world_incident(&world, 1).tiers[TIER_5].wanted;
        uint32_t named = 0;
        while (named < made->candidate_count && named < wanted && made->candidates[named].by_plan &&
               made->candidates[named].in_reach) {
            named++;
        }
        for (uint32_t i = 0; i < made->candidate_count; i++) {
            const struct candidate *candidate = &made->candidates[i];
            cr_expect(eq(u32, candidate->by_plan, is_named[candidate->unit_id]));
            cr_expect(eq(u32, candidate->chosen, i < wanted));
            cr_expect(i == 0 || i == named ||
                      made->candidates[i - 1].travel_ms <= candidate->travel_ms);
            cr_expect(i < named || named == wanted || !candidate->by_plan || !candidate->in_reach,
                      "round %u: one who is named and in time is not among the first", round);
        }
    }
}

/* ---- Which plan holds ---- */

Test(circle_plan, the_one_made_for_the_fewest_types_and_priorities_holds)
{
    struct circle_plan plan = plan_of("every", 0);
    given(&plan);
    plan = plan_of("crime", 0);
    plan.types = 1u << INCIDENT_CRIME | 1u << INCIDENT_FIRE;
    given(&plan);
    plan = plan_of("crime-1", 0);
    plan.types = 1u << INCIDENT_CRIME;
    plan.priorities = 1;
    given(&plan);
    plan = plan_of("crime-1-too", 0);
    plan.types = 1u << INCIDENT_CRIME;
    plan.priorities = 1;
    given(&plan);
    plan = plan_of("north", 1);
    given(&plan);
    world_report(&world, INCIDENT_DISPUTE, 2, 0, 0);
    world_report(&world, INCIDENT_FIRE, 1, 0, 0);
    world_report(&world, INCIDENT_CRIME, 2, 300, 0);
    world_report(&world, INCIDENT_CRIME, 1, 600, 0);
    world_report(&world, INCIDENT_CRIME, 1, 0, 5000);
    static const char *const expected[] = {"every", "crime", "crime", "crime-1", "north"};
    for (uint32_t i = 0; i < 5; i++) {
        cr_expect(eq(str, (char *)(uintptr_t)plan_at(i + 1), (char *)(uintptr_t)expected[i]));
    }
}

Test(circle_plan, one_that_names_nobody_and_says_nothing_is_withdrawn)
{
    struct circle_plan plan = plan_of("K0", 0);
    given(&plan);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(str, (char *)(uintptr_t)plan_at(1), "K0"));
    plan.words_en[0] = '\0';
    given(&plan);
    world_report(&world, INCIDENT_DISPUTE, 0, 500, 0);
    cr_expect(eq(str, (char *)(uintptr_t)plan_at(2), ""));
    cr_expect(eq(u32, engine_plan_count(world.engine), 1), "and stays known");
}

Test(circle_plan, an_incident_keeps_the_plan_that_it_began_with)
{
    struct circle_plan plan = plan_of("K0", 0);
    given(&plan);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    memcpy(plan.words_en, "wait", 5);
    given(&plan);
    world_report(&world, INCIDENT_DISPUTE, 0, 500, 0);
    cr_expect(eq(u32, world_incident(&world, 1).plan_version, 1));
    cr_expect(eq(u32, world_incident(&world, 2).plan_version, 2));
    cr_expect(eq(str, (char *)(uintptr_t)engine_plan_version(world.engine, 1)->words_en, "go"));
    uint32_t version = 0;
    cr_expect(eq(str, (char *)(uintptr_t)engine_plan(world.engine, 0, &version)->words_en, "wait"));
    cr_expect(eq(u32, version, 2));
    world_cancel(&world, 1);
    world_pass(&world, 7200000); /* it leaves the engine, and takes the old version along */
    cr_expect(eq(ptr, (void *)(uintptr_t)engine_plan_version(world.engine, 1), NULL));
    cr_expect(ne(ptr, (void *)(uintptr_t)engine_plan_version(world.engine, 2), NULL));
    cr_expect(eq(ptr, (void *)(uintptr_t)engine_plan_version(world.engine, 0), NULL));
}

Test(circle_plan, an_incident_that_moves_or_becomes_another_goes_by_what_holds_then)
{
    struct circle_plan plan = plan_of("fire", 0);
    plan.types = 1u << INCIDENT_FIRE;
    given(&plan);
    plan = plan_of("north", 1);
    given(&plan);
    world_report(&world, INCIDENT_FIRE, 2, 0, 0);
    plan = plan_of("fire-new", 0);
    plan.types = 1u << INCIDENT_FIRE;
    plan.priorities = 1;
    given(&plan); /* narrower, and yet the incident keeps its own */
    struct command command = {.kind = COMMAND_INCIDENT_UPDATE,
                              .update = {.incident_id = 1,
                                         .generation = world_incident(&world, 1).generation,
                                         .has_priority = true,
                                         .priority = 1}};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(str, (char *)(uintptr_t)plan_at(1), "fire"));
    command.update = (struct incident_update){.incident_id = 1,
                                              .generation = world_incident(&world, 1).generation,
                                              .has_type = true,
                                              .type = INCIDENT_MEDICAL};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(str, (char *)(uintptr_t)plan_at(1), ""));
    command.update = (struct incident_update){.incident_id = 1,
                                              .generation = world_incident(&world, 1).generation,
                                              .has_place = true,
                                              .at = world_at(0, 5000)};
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(str, (char *)(uintptr_t)plan_at(1), "north"));
}

/* ---- As roster data ---- */

Test(circle_plan, another_priority_is_said_on_the_way_when_another_plan_holds_for_it)
{
    struct circle_plan urgent = plan_of("K1", 0);
    urgent.priorities = 1; /* of the highest only */
    given(&urgent);
    const uint32_t car = world_unit(&world, UNIT_CAR, 300, 0);
    const uint32_t incident_id = world_report(&world, INCIDENT_DISPUTE, 0, 0, 0).incident_id;
    cr_assert(ne(u32, world_active(&world, car), 0));
    struct command command = {.kind = COMMAND_INCIDENT_UPDATE};
    command.update.incident_id = incident_id;
    command.update.has_priority = true;
    command.update.priority = 2;
    command.update.generation = world_incident(&world, incident_id).generation;
    world_step(&world, &command);
    cr_expect(eq(u32, world_count(&world, EVENT_NOTICE_SENT), 0), "no plan before, none now");
    command.update.priority = 1;
    command.update.generation = world_incident(&world, incident_id).generation;
    world_step(&world, &command);
    cr_expect(eq(str, (char *)(uintptr_t)plan_at(incident_id), "K1"));
    cr_expect(eq(u32, world_count(&world, EVENT_NOTICE_SENT), 1), "its words are the plan's now");
}

Test(circle_plan, one_that_says_what_is_known_makes_no_event)
{
    struct circle_plan plan = plan_of("K0", 0);
    names(&plan, TIER_5, world_unit(&world, UNIT_CAR, 500, 0));
    given(&plan);
    cr_expect(eq(u32, world_count(&world, EVENT_PLAN_PUT), 1));
    given(&plan);
    cr_expect(eq(u32, world_count(&world, EVENT_PLAN_PUT), 0));
    plan.unit_counts[TIER_5] = 0;
    given(&plan);
    cr_expect(eq(u32, world_count(&world, EVENT_PLAN_PUT), 1));
    cr_expect(eq(u32, engine_plan_count(world.engine), 1));
    cr_expect(eq(u32, engine_plan_find(world.engine, "K0"), 0));
    cr_expect(eq(u32, engine_plan_find(world.engine, "K1"), UINT32_MAX));
}

Test(circle_plan, one_of_another_circle_leaves_the_first)
{
    struct circle_plan plan = plan_of("a", 0);
    given(&plan);
    plan = plan_of("b", 0);
    given(&plan);
    plan = plan_of("c", 0);
    given(&plan);
    plan = plan_of("b", 1);
    given(&plan);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 5000);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(str, (char *)(uintptr_t)plan_at(1), "b"));
    cr_expect(eq(str, (char *)(uintptr_t)plan_at(2), "a"));
    plan = plan_of("b", 0);
    given(&plan);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 5400);
    cr_expect(eq(str, (char *)(uintptr_t)plan_at(3), ""));
}

Test(circle_plan, what_contradicts_itself_is_refused_and_nothing_of_it_taken)
{
    const uint32_t unit = world_unit(&world, UNIT_CAR, 500, 0);
    struct circle_plan bad[8 + 2 * TIER_COUNT];
    const uint32_t count = sizeof bad / sizeof bad[0];
    for (uint32_t i = 0; i < count; i++) {
        bad[i] = plan_of("K0", 0);
        names(&bad[i], TIER_5, unit);
    }
    bad[0].code[0] = '\0';
    bad[1].circle = 2;
    bad[2].types = 0;
    bad[3].types = 1u << INCIDENT_TYPE_COUNT;
    bad[4].priorities = 0;
    bad[5].priorities = 16;
    bad[6].units[TIER_5][0] = unit + 1;
    names(&bad[7], TIER_5, unit);
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        bad[8 + 2 * tier].unit_counts[tier] = 1;
        bad[8 + 2 * tier].units[tier][0] = unit + 1;
        bad[9 + 2 * tier].unit_counts[tier] = TIER_UNITS_MAX + 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct circle_plan good = plan_of("good", 0);
        const struct circle_plan both[] = {good, bad[i]};
        struct command command = {.kind = COMMAND_ROSTER_PUT,
                                  .roster = {.plans = both, .plan_count = 2}};
        cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_BAD_INPUT), "%u", i);
        cr_expect(eq(u32, engine_plan_count(world.engine), 0));
    }
}

#define PER_STEP 100u /* what a step has room for */

/* As many as there may be, and old versions that incidents keep. */
Test(circle_plan, there_is_room_for_all_plans_and_for_some_old_ones)
{
    static struct circle_plan all[PLANS_MAX + 1];
    world_destroy(&world);
    world.config.limits.incidents_max = 400;
    world_begin(&world);
    world_circle(&world, 0, 0, 2000);
    world_circle(&world, 0, 5000, 1000);
    for (uint32_t i = 0; i <= PLANS_MAX; i++) {
        all[i] = plan_of("", 1);
        (void)snprintf(all[i].code, CODE_SIZE, "p%u", i);
    }
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.plans = all, .plan_count = PLANS_MAX + 1}};
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_CAPACITY));
    for (uint32_t i = 0; i < PLANS_MAX - 1; i += PER_STEP) {
        const uint32_t rest = PLANS_MAX - 1 - i;
        command.roster.plans = &all[i];
        command.roster.plan_count = rest < PER_STEP ? rest : PER_STEP;
        cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    }
    struct circle_plan plan = plan_of("last", 0);
    given(&plan);
    for (uint32_t i = 0; i < PLANS_OLD_MAX; i++) {
        world_report(&world, INCIDENT_DISPUTE, 0, (int32_t)(i % 16) * 80 - 600,
                     (int32_t)(i / 16) * 80 - 600);
        (void)snprintf(plan.words_en, NOTE_SIZE, "version %u", i);
        given(&plan);
    }
    world_report(&world, INCIDENT_FIRE, 0, 0, 0);
    const struct circle_plan known = plan;
    memcpy(plan.words_en, "more", 5);
    cr_expect(eq(u32, put(&plan), REASON_CAPACITY));
    cr_expect(eq(u32, put(&known), REASON_NONE), "what is known takes no room");
    for (uint32_t i = 0; i <= PLANS_OLD_MAX; i++) {
        world_cancel(&world, i + 1);
    }
    world_pass(&world, 7200000);
    cr_expect(eq(u32, put(&plan), REASON_NONE));
}
