/* policy: the three presets mean something, and plans stay within their bounds. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine/core/limits.h"
#include "engine/core/policy.h"

static const char *const names[] = {"mutual-aid", "echelon", "place-class"};

Test(policy, has_three_presets_and_no_fourth)
{
    struct policy policy;
    for (uint32_t i = 0; i < 3; i++) {
        cr_assert(eq(u32, policy_preset(names[i], &policy), STATUS_OK));
        cr_expect(eq(int, strcmp(policy.name, names[i]), 0));
    }
    cr_expect(eq(u32, policy_preset("mutual", &policy), STATUS_NOT_FOUND));
    cr_expect(eq(u32, policy_preset("", &policy), STATUS_NOT_FOUND));
    cr_expect(
        eq(u32, policy_preset("a name longer than a code may be", &policy), STATUS_NOT_FOUND));
}

Test(policy, every_preset_is_one_three_and_five_minutes_with_a_ladder_that_rises)
{
    static const uint32_t targets_ms[] = {60000, 180000, 300000};
    for (uint32_t i = 0; i < 3; i++) {
        struct policy policy;
        cr_assert(eq(u32, policy_preset(names[i], &policy), STATUS_OK));
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            const struct tier_policy *rules = &policy.tiers[tier];
            cr_expect(eq(u32, rules->target_ms, targets_ms[tier]));
            cr_expect(ne(u32, rules->kinds, 0));
            cr_expect(ge(u32, rules->units, 1));
            cr_expect(lt(u32, 0, policy_reach_ms(rules)));
            cr_expect(lt(u32, rules->resend_ms, rules->additional_ms));
            cr_expect(lt(u32, rules->additional_ms, rules->dispatcher_ms));
            cr_expect(lt(u32, rules->dispatcher_ms, rules->supervisor_ms));
        }
        cr_expect(policy.tiers[TIER_5].beyond_reach);
        cr_expect(eq(u32, policy.fix_age_ms[UNIT_POST], 0));
        cr_expect(eq(u32, policy.merge_distance_m, 50));
        cr_expect(eq(u32, policy.merge_ms, 600000));
    }
}

Test(policy, a_post_has_thirty_seconds_on_foot)
{
    struct policy policy;
    cr_assert(eq(u32, policy_preset("mutual-aid", &policy), STATUS_OK));
    cr_expect(eq(u32, policy_reach_ms(&policy.tiers[TIER_1]), 30000));
    cr_expect(eq(u32, policy.tiers[TIER_1].kinds, 1u << UNIT_POST));
    cr_expect(eq(u32, policy_profile(0, UNIT_POST), GEO_PROFILE_FOOT));
    cr_expect(eq(u32, policy_profile(0, UNIT_CAR), GEO_PROFILE_CAR));
    cr_expect(eq(u32, policy_profile(0, UNIT_MOTORCYCLE), GEO_PROFILE_MOTORCYCLE));
}

Test(policy, only_the_kinds_that_a_city_names_travel_as_emergency_cars)
{
    struct policy policy;
    cr_assert(eq(u32, policy_preset("mutual-aid", &policy), STATUS_OK));
    for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
        cr_expect(ne(u32, policy_profile(0, (enum unit_kind)kind), GEO_PROFILE_EMERGENCY));
    }
    cr_expect(eq(u32, policy_profile(1u << UNIT_STATION, UNIT_STATION), GEO_PROFILE_EMERGENCY));
    cr_expect(eq(u32, policy_profile(1u << UNIT_STATION, UNIT_CAR), GEO_PROFILE_CAR));
}

Test(policy, reach_is_never_negative)
{
    const struct tier_policy rules = {.target_ms = 10, .ack_ms = 8, .turnout_ms = 3};
    cr_expect(eq(u32, policy_reach_ms(&rules), 0));
}

Test(policy, plans_say_how_many_of_whom_by_type_and_priority)
{
    struct policy policy;
    for (uint32_t i = 0; i < 3; i++) {
        cr_assert(eq(u32, policy_preset(names[i], &policy), STATUS_OK));
        cr_expect(policy_valid(&policy));
        for (uint32_t type = 0; type < INCIDENT_TYPE_COUNT; type++) {
            const uint32_t priority = policy_priority(&policy, (enum incident_type)type);
            cr_expect(ge(u32, priority, 1));
            cr_expect(le(u32, priority, 4));
            for (uint32_t p = 1; p <= 4; p++) {
                const struct plan plan = policy_plan(&policy, (enum incident_type)type, p);
                cr_expect(eq(u32, plan.units[TIER_1], 1));
                cr_expect(eq(u32, plan.units[TIER_5], p == 1 ? 2 : 1));
            }
        }
        const struct plan armed = policy_plan(&policy, INCIDENT_CRIME, 1);
        cr_expect(eq(u32, armed.capabilities[TIER_5], 1));
        cr_expect(eq(u32, armed.capabilities[TIER_3], 0));
        cr_expect(eq(u32, policy_plan(&policy, INCIDENT_CRIME, 2).capabilities[TIER_5], 0));
    }
}

Test(policy, a_rule_changes_its_types_and_priorities_and_no_others)
{
    struct policy policy;
    cr_assert(eq(u32, policy_preset("echelon", &policy), STATUS_OK));
    policy_plans_reset(&policy);
    const struct plan_rule rule = {.types = 1u << INCIDENT_FIRE,
                                   .priorities = 1u << 1,
                                   .tier = TIER_3,
                                   .has_units = true,
                                   .units = TIER_UNITS_MAX};
    policy_plans_rule(&policy, &rule);
    for (uint32_t type = 0; type < INCIDENT_TYPE_COUNT; type++) {
        for (uint32_t p = 1; p <= PRIORITY_MAX; p++) {
            const bool is_it = type == INCIDENT_FIRE && p == 2;
            const struct plan plan = policy_plan(&policy, (enum incident_type)type, p);
            cr_expect(eq(u32, plan.units[TIER_3], is_it ? TIER_UNITS_MAX : 1));
        }
    }
}

static struct policy bounded;

static void expect_bounds(uint32_t *field, uint32_t least, uint32_t most, const char *what)
{
    const uint32_t usual = *field;
    *field = least;
    cr_expect(policy_valid(&bounded), "%s: the least", what);
    *field = most;
    cr_expect(policy_valid(&bounded), "%s: the most", what);
    *field = most + 1;
    cr_expect(not(policy_valid(&bounded)), "%s: one more", what);
    if (least > 0) {
        *field = least - 1;
        cr_expect(not(policy_valid(&bounded)), "%s: one less", what);
    }
    *field = usual;
}

/* Wherever there is one of them: of every tier, every type, every priority. */
Test(policy, bounds_that_the_core_relies_on_are_checked_at_the_bound_and_past_it)
{
    cr_assert(eq(u32, policy_preset("echelon", &bounded), STATUS_OK));
    expect_bounds(&bounded.volunteers.wave_units, 0, TIER_UNITS_MAX, "asked at once");
    expect_bounds(&bounded.volunteers.waves_max, 0, WAVES_MAX, "waves");
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        expect_bounds(&bounded.tiers[tier].units, 0, TIER_UNITS_MAX, "units of a tier");
        expect_bounds(&bounded.tiers[tier].kinds, 0, (1u << UNIT_KIND_COUNT) - 1, "kinds");
    }
    for (uint32_t type = 0; type < INCIDENT_TYPE_COUNT; type++) {
        expect_bounds(&bounded.priorities[type], 1, PRIORITY_MAX, "priority of a type");
        for (uint32_t i = 0; i < PRIORITY_MAX * TIER_COUNT; i++) {
            struct plan *plan = &bounded.plans[type][i / TIER_COUNT];
            expect_bounds(&plan->units[i % TIER_COUNT], 0, TIER_UNITS_MAX, "units of a plan");
        }
    }
    bounded.name[0] = '\0';
    cr_expect(not(policy_valid(&bounded)), "a policy has a name");
}

Test(policy, another_word_is_another_digest)
{
    struct policy a;
    struct policy b;
    cr_assert(eq(u32, policy_preset("echelon", &a), STATUS_OK));
    b = a;
    cr_expect(eq(u64, policy_digest(&a), policy_digest(&b)));
    b.plans[INCIDENT_OTHER][3].capabilities[TIER_5] = 2;
    cr_expect(ne(u64, policy_digest(&a), policy_digest(&b)));
}
