/* volunteer: asked in waves, in addition, and never more than needed. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "engine/core/prng.h"
#include "tests/support/core_given.h"

#define VOLUNTEERS 12u

static struct world world;
static uint32_t volunteers[VOLUNTEERS];

/* Two at a time, three waves, 20 s apart, until two accept; the nearest has the lowest number. */
static void given(uint32_t count)
{
    world_begin(&world);
    for (uint32_t i = 0; i < count; i++) {
        volunteers[i] = world_unit(&world, UNIT_VOLUNTEER, 10 + 5 * (int32_t)i, 0);
    }
}

static void set_up(void)
{
    world_init(&world);
    world.config.policy.volunteers = (struct volunteer_policy){
        .types = UINT32_MAX, .wanted = 2, .wave_units = 2, .waves_max = 3, .wave_ms = 20000};
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(volunteer, .init = set_up, .fini = tear_down, .timeout = 60);

static uint32_t asked(void)
{
    uint32_t count = 0;
    struct assignment_view view;
    uint32_t id = world_incident(&world, 1).assignment_first;
    while (id != 0 && engine_assignment(world.engine, id, &view)) {
        count += view.wave > 0 ? 1 : 0;
        id = view.next;
    }
    return count;
}

static bool is_asked(uint32_t i)
{
    return world_active(&world, volunteers[i]) != 0;
}

static void says(uint32_t i, enum assignment_state state)
{
    const uint32_t id = world_active(&world, volunteers[i]);
    cr_assert(ne(u32, id, 0), "volunteer %u was not asked", i);
    cr_assert(eq(u32, world_says(&world, id, state).refusal, REASON_NONE));
}

Test(volunteer, the_nearest_are_asked_with_the_order_and_nobody_counts_on_them)
{
    given(5);
    const uint32_t rider = world_unit(&world, UNIT_MOTORCYCLE, 400, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(ne(u32, world_active(&world, rider), 0), "the tier has its unit");
    cr_expect(eq(u32, asked(), 2));
    cr_expect(is_asked(0));
    cr_expect(is_asked(1));
    uint32_t waves = 0;
    for (uint32_t i = 0; i < world_count(&world, EVENT_DECISION_MADE); i++) {
        const struct event *made = world_event(&world, EVENT_DECISION_MADE, i);
        cr_expect(made->decision.automatic);
        waves += made->decision.wave;
    }
    cr_expect(eq(u32, waves, 1), "one of the decisions is the first wave");
    const struct assignment_view view =
        world_assignment(&world, world_active(&world, volunteers[0]));
    cr_expect(eq(u32, view.wave, 1));
    cr_expect(view.additional);
    cr_expect(eq(u32, engine_decision(world.engine, 1, TIER_3)->candidates[0].unit_id, rider),
              "what was decided for the tier is kept");
}

Test(volunteer, the_next_wave_opens_when_the_last_did_not_bring_enough)
{
    given(8);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    says(0, ASSIGNMENT_ACKNOWLEDGED);
    world_pass(&world, 19999);
    cr_expect(eq(u32, asked(), 2));
    world_pass(&world, 1);
    cr_expect(eq(u32, asked(), 4));
    cr_expect(is_asked(2));
    cr_expect(is_asked(3));
}

Test(volunteer, a_wave_on_the_dot_of_the_tier_is_opened_and_one_a_moment_later_is_not)
{
    const uint32_t target_ms = world.config.policy.tiers[TIER_3].target_ms;
    for (uint32_t late_ms = 0; late_ms < 2; late_ms++) {
        world.config.policy.volunteers.wave_ms = target_ms + late_ms;
        given(8);
        world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
        cr_assert(eq(u32, asked(), 2));
        world_pass(&world, (int64_t)target_ms + 1000);
        cr_expect(eq(u32, asked(), late_ms == 0 ? 4 : 2));
        if (late_ms == 0) {
            world_destroy(&world);
        }
    }
}

Test(volunteer, when_enough_have_accepted_the_others_are_called_off_and_told)
{
    given(8);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_pass(&world, 20000);
    const uint32_t second = world_active(&world, volunteers[1]);
    says(0, ASSIGNMENT_ACKNOWLEDGED);
    says(3, ASSIGNMENT_EN_ROUTE);
    cr_expect(not(is_asked(1)));
    cr_expect(not(is_asked(2)));
    const struct assignment_view view = world_assignment(&world, second);
    cr_expect(eq(u32, view.state, ASSIGNMENT_CANCELLED));
    cr_expect(eq(u32, view.reason, REASON_ENOUGH));
    cr_expect(eq(u32, view.notice.state, NOTICE_SENT));
    cr_expect(eq(u32, view.notice.kinds, 1u << NOTICE_RECALLED));
    world_pass(&world, 100000);
    cr_expect(eq(u32, asked(), 4), "no wave more");
    cr_expect(not(world_has_alarm(&world, ALARM_NOTICE_LATE, 1)), "they owe nobody an answer");
    cr_expect(eq(u32, world_assignment(&world, second).notice.resent_count, 1));
}

Test(volunteer, a_wave_that_declines_whole_brings_the_next_at_once)
{
    given(8);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    says(0, ASSIGNMENT_DECLINED);
    cr_expect(eq(u32, asked(), 2));
    says(1, ASSIGNMENT_DECLINED);
    cr_expect(eq(u32, asked(), 4));
    cr_expect(not(is_asked(0)), "who declined is not asked again");
}

Test(volunteer, never_more_than_all_waves_hold)
{
    given(12);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_pass(&world, 170000);
    cr_expect(eq(u32, asked(), 6));
    for (uint32_t i = 0; i < 6; i++) {
        says(i, ASSIGNMENT_DECLINED);
    }
    world_pass(&world, 3000);
    cr_expect(eq(u32, asked(), 6));
}

Test(volunteer, an_empty_wave_is_a_wave_and_waits_for_its_time)
{
    given(0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, world.kinds[EVENT_DECISION_MADE], 4));
    world_pass(&world, 19999);
    cr_expect(eq(u32, world.kinds[EVENT_DECISION_MADE], 4));
    volunteers[0] = world_unit(&world, UNIT_VOLUNTEER, 10, 0);
    world_pass(&world, 1);
    cr_expect(is_asked(0));
}

Test(volunteer, an_invitation_is_no_order)
{
    world.config.policy.clock_start = CLOCK_SENT;
    given(2);
    world_report(&world, INCIDENT_DISPUTE, 1, 0, 0);
    cr_expect(is_asked(0));
    struct incident_view view = world_incident(&world, 1);
    cr_expect(eq(u32, view.state, INCIDENT_PENDING));
    cr_expect(eq(i64, view.dispatched_ms, TIME_NEVER));
    cr_expect(eq(i64, view.clock_ms, TIME_NEVER));
    world_pass(&world, 61000);
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, 1));
    cr_expect(not(world_has_alarm(&world, ALARM_ACK_LATE, 1)));
    cr_expect(not(world_has_alarm(&world, ALARM_ACK_ESCALATED, 1)));
    cr_expect(
        eq(u32, world_assignment(&world, world_active(&world, volunteers[0])).resent_count, 1));
    says(0, ASSIGNMENT_ACKNOWLEDGED);
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_DISPATCHED));
    says(0, ASSIGNMENT_CLEARED);
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_FEEDBACK_DUE));
}

Test(volunteer, who_accepted_and_then_declines_is_replaced)
{
    given(6);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    says(0, ASSIGNMENT_ACKNOWLEDGED);
    says(1, ASSIGNMENT_ACKNOWLEDGED);
    world_pass(&world, 60000);
    cr_expect(eq(u32, asked(), 2));
    says(1, ASSIGNMENT_DECLINED);
    world_pass(&world, 1000);
    cr_expect(eq(u32, asked(), 4));
}

Test(volunteer, who_comes_in_time_meets_the_tier)
{
    given(1);
    world_unit(&world, UNIT_MOTORCYCLE, 400, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    says(0, ASSIGNMENT_ON_SCENE);
    cr_expect(eq(u32, world_incident(&world, 1).tiers[TIER_3].verdict, TIER_MET));
}

Test(volunteer, not_for_every_type_not_while_it_is_held_and_not_unasked)
{
    world.config.policy.volunteers.types = 1u << INCIDENT_FIRE;
    given(2);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(eq(u32, asked(), 0));
    struct command hold = {
        .kind = COMMAND_INCIDENT_HOLD,
        .hold = {.incident_id = 1, .reason = REASON_CAN_WAIT, .review_ms = world.now_ms + 600000}};
    cr_assert(eq(u32, world_step(&world, &hold).refusal, REASON_NONE));
    struct command update = {.kind = COMMAND_INCIDENT_UPDATE,
                             .update = {.incident_id = 1,
                                        .generation = world_incident(&world, 1).generation,
                                        .has_type = true,
                                        .type = INCIDENT_FIRE}};
    cr_assert(eq(u32, world_step(&world, &update).refusal, REASON_NONE));
    world_pass(&world, 1000);
    cr_expect(eq(u32, asked(), 0), "it is held");
    struct command release = {.kind = COMMAND_INCIDENT_RELEASE, .life = {.incident_id = 1}};
    cr_assert(eq(u32, world_step(&world, &release).refusal, REASON_NONE));
    world_pass(&world, 1000);
    cr_expect(eq(u32, asked(), 2));
}

Test(volunteer, in_recommend_mode_a_dispatcher_orders_them)
{
    world.config.mode = DISPATCH_RECOMMEND;
    given(2);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_pass(&world, 60000);
    cr_expect(eq(u32, asked(), 0));
    const uint32_t generation = world_incident(&world, 1).generation;
    cr_assert(
        eq(u32, world_order(&world, 1, generation, volunteers[0], TIER_3).refusal, REASON_NONE));
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_DISPATCHED));
}

Test(volunteer, the_end_of_the_incident_reaches_who_was_asked)
{
    given(2);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const uint32_t first = world_active(&world, volunteers[0]);
    cr_expect(eq(u32, world_close(&world, 1, false).refusal, REASON_OPEN_ASSIGNMENTS));
    cr_assert(eq(u32, world_close(&world, 1, true).refusal, REASON_NONE));
    const struct assignment_view view = world_assignment(&world, first);
    cr_expect(eq(u32, view.state, ASSIGNMENT_CANCELLED));
    cr_expect(eq(u32, view.notice.state, NOTICE_SENT));
}

Test(volunteer, a_danger_is_told_to_those_who_come_and_not_to_those_who_were_asked)
{
    given(2);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    says(0, ASSIGNMENT_ACKNOWLEDGED);
    struct command warn = {.kind = COMMAND_INCIDENT_WARN,
                           .warn = {.incident_id = 1, .level = WARN_DANGER, .text = "a knife"}};
    cr_assert(eq(u32, world_step(&world, &warn).refusal, REASON_NONE));
    cr_expect(eq(u32, world_count(&world, EVENT_NOTICE_SENT), 1));
}

/* Who skips the acknowledgement has accepted all the same. */
Test(volunteer, who_came_without_a_word_must_hear_a_danger_like_everybody)
{
    given(2);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    const enum tier tier = world_assignment(&world, world_active(&world, volunteers[0])).tier;
    says(0, ASSIGNMENT_ON_SCENE);
    struct command warn = {.kind = COMMAND_INCIDENT_WARN,
                           .warn = {.incident_id = 1, .level = WARN_DANGER, .text = "a knife"}};
    cr_assert(eq(u32, world_step(&world, &warn).refusal, REASON_NONE));
    world_pass(&world, world.config.policy.tiers[tier].dispatcher_ms);
    cr_expect(world_has_alarm(&world, ALARM_NOTICE_LATE, 1));
}

Test(volunteer, without_waves_they_are_a_kind_like_any_other)
{
    world.config.policy.volunteers = (struct volunteer_policy){0};
    given(3);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    cr_expect(is_asked(0));
    cr_expect(eq(u32, asked(), 0));
    cr_expect(eq(u32, world_incident(&world, 1).state, INCIDENT_DISPATCHED));
}

Test(volunteer, a_city_that_counts_on_them_is_told_that_it_has_a_gap)
{
    given(1);
    world_circle(&world, 0, 0, 100);
    engine_started(world.engine, world.now_ms - 60000);
    world_pass(&world, 60000);
    engine_coverage_refresh(world.engine, world.now_ms);
    struct coverage_view view;
    cr_assert(engine_coverage(world.engine, 0, TIER_3, &view));
    cr_expect(eq(u32, view.count, 0));
}

/* Whatever they answer: never more than the cap, never one more once enough accepted, and whoever
 * is still asked then is called off. */
Test(volunteer, in_any_order_the_caps_hold)
{
    struct prng prng = {.state = 4242};
    given(VOLUNTEERS);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    for (uint32_t i = 0; i < 400; i++) {
        const uint32_t who = prng_below(&prng, VOLUNTEERS);
        static const enum assignment_state states[] = {ASSIGNMENT_DELIVERED,
                                                       ASSIGNMENT_ACKNOWLEDGED, ASSIGNMENT_DECLINED,
                                                       ASSIGNMENT_EN_ROUTE};
        if (is_asked(who)) {
            (void)world_says(&world, world_active(&world, volunteers[who]),
                             states[prng_below(&prng, 4)]);
        }
        world_pass(&world, prng_below(&prng, 2000));
        uint32_t accepted = 0;
        uint32_t pending = 0;
        struct assignment_view view;
        uint32_t id = world_incident(&world, 1).assignment_first;
        while (id != 0 && engine_assignment(world.engine, id, &view)) {
            accepted += view.state >= ASSIGNMENT_ACKNOWLEDGED && view.state <= ASSIGNMENT_CLEARED;
            pending += view.state < ASSIGNMENT_ACKNOWLEDGED;
            id = view.next;
        }
        cr_assert(le(u32, asked(), 6), "step %u", i);
        cr_assert(accepted < 2 || pending == 0, "step %u", i);
    }
}

Test(volunteer, nobody_is_asked_for_what_a_community_centre_has)
{
    given(0);
    struct centre_definition centre = {
        .code = "Z1", .kind = CENTRE_COMMUNITY, .district = DISTRICT_NONE};
    struct command put = {.kind = COMMAND_ROSTER_PUT,
                          .roster = {.centres = &centre, .centre_count = 1}};
    cr_assert(eq(u32, world_step(&world, &put).refusal, REASON_NONE));
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    struct command refer = {.kind = COMMAND_INCIDENT_REFER, .refer = {.incident_id = 1}};
    refer.refer.generation = world_incident(&world, 1).generation;
    cr_assert(eq(u32, world_step(&world, &refer).refusal, REASON_NONE));
    world_unit(&world, UNIT_VOLUNTEER, 10, 0);
    world_pass(&world, 61000);
    cr_expect(eq(u32, asked(), 0));
}
