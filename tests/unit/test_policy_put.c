/* policy.put: another policy holds for what opens from now on; what is there keeps its own. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/core_given.h"

static struct world world;
static struct policy other;

static void set_up(void)
{
    world_init(&world);
    world_begin(&world);
    other = world.config.policy;
    memcpy(other.name, "river", sizeof "river");
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(policy_put, .init = set_up, .fini = tear_down, .timeout = 20);

static struct step_result put(uint64_t origin)
{
    struct command command = {.kind = COMMAND_POLICY_PUT,
                              .policy = {.policy = &other, .origin = origin}};
    return world_step(&world, &command);
}

static uint32_t version_now(void)
{
    uint32_t version = 0;
    uint64_t origin = 0;
    (void)engine_policy(world.engine, &version, &origin);
    return version;
}

Test(policy_put, versions_rise_and_incidents_say_which_one_they_began_with)
{
    cr_expect(eq(u32, version_now(), 0));
    cr_expect(eq(u32, put(0).refusal, REASON_NONE));
    cr_expect(eq(u32, version_now(), 1));
    const uint32_t id = world_report(&world, INCIDENT_DISPUTE, 0, 0, 0).incident_id;
    put(0);
    cr_expect(eq(u32, version_now(), 2));
    cr_expect(eq(u32, world_incident(&world, id).policy_version, 1));
    cr_expect(eq(int, strcmp(world_incident(&world, id).policy, "river"), 0));
}

Test(policy_put, an_old_incident_keeps_clock_plan_ladder_and_kinds)
{
    world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t old = world_report(&world, INCIDENT_DISPUTE, 0, 0, 0).incident_id;
    other.clock_start = CLOCK_SENT;
    other.tiers[TIER_5].target_ms = 600000;
    other.tiers[TIER_5].resend_ms = 0;
    other.tiers[TIER_5].kinds = 1u << UNIT_STATION;
    put(0);
    const uint32_t young = world_report(&world, INCIDENT_FIRE, 3, 20000, 0).incident_id;
    cr_expect(eq(u32, world_incident(&world, old).tiers[TIER_5].target_ms, 300000));
    cr_expect(eq(u32, world_incident(&world, young).tiers[TIER_5].target_ms, 600000));
    cr_expect(ne(i64, world_incident(&world, old).clock_ms, TIME_NEVER));
    cr_expect(eq(i64, world_incident(&world, young).clock_ms, TIME_NEVER));
    world_pass(&world, 10000); /* the first order is not acknowledged: its own ladder re-sends */
    const uint32_t order = world_incident(&world, old).assignment_first;
    cr_expect(eq(u32, world_assignment(&world, order).resent_count, 1));
    /* a second car serves the old incident, whose policy wants cars, and not the young one */
    const uint32_t car = world_unit(&world, UNIT_CAR, 20100, 0);
    world_says(&world, order, ASSIGNMENT_DECLINED);
    struct unit_view view;
    cr_assert(engine_unit(world.engine, car, &view));
    cr_expect(ne(u32, view.incident_id, young));
}

Test(policy_put, the_digest_of_the_configured_one_is_remembered_over_a_persons)
{
    uint32_t version = 0;
    uint64_t origin = 0;
    put(77);
    put(0);
    (void)engine_policy(world.engine, &version, &origin);
    cr_expect(eq(u64, origin, 77));
    cr_expect(eq(u32, version, 2));
}

Test(policy_put, sixteen_live_side_by_side_and_one_more_is_refused_until_an_old_incident_has_left)
{
    for (uint32_t i = 0; i < 15; i++) { /* each kept by an incident, with the one from the start */
        world_report(&world, INCIDENT_DISPUTE, 0, (int32_t)i * 1000, 0);
        cr_expect(eq(u32, put(0).refusal, REASON_NONE), "put %u", i);
    }
    world_report(&world, INCIDENT_DISPUTE, 0, 20000, 0);
    cr_expect(eq(u32, put(0).refusal, REASON_CAPACITY));
    cr_expect(eq(u32, version_now(), 15));
    world_cancel(&world, 3);
    cr_expect(eq(u32, put(0).refusal, REASON_CAPACITY)); /* it may still be reopened */
    world_pass(&world, world.config.policy.reopen_ms + 1000);
    cr_expect(eq(u32, put(0).refusal, REASON_NONE));
    cr_expect(eq(u32, version_now(), 16));
}

Test(policy_put, a_longer_trust_brings_a_unit_back_and_a_shorter_one_takes_it_away)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    world_pass(&world, 90000);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world_active(&world, car), 0)); /* its fix is 90 s old, 60 s are trusted */
    other.fix_age_ms[UNIT_CAR] = 300000;
    put(0);
    world_report(&world, INCIDENT_FIRE, 0, 50, 0);
    cr_expect(ne(u32, world_active(&world, car), 0));
}

Test(policy_put, a_clock_from_the_occurrence_is_the_reporters_or_the_receipt)
{
    other.clock_start = CLOCK_OCCURRED;
    put(0);
    struct command command = {.kind = COMMAND_REPORT_CREATE,
                              .report = {.type = INCIDENT_HELP,
                                         .at = world_at(0, 0),
                                         .occurred_ms = world.now_ms - 50000,
                                         .received_ms = world.now_ms - 2000}};
    const int64_t now_ms = world.now_ms;
    uint32_t id = world_step(&world, &command).incident_id;
    cr_expect(eq(i64, world_incident(&world, id).clock_ms, now_ms - 50000));
    command.report.occurred_ms = TIME_NEVER;
    id = world_step(&world, &command).incident_id;
    cr_expect(eq(i64, world_incident(&world, id).clock_ms, now_ms - 2000));
}
