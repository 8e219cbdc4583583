/* referral: what centres are asked and answer. Every test also compares live, replayed and read
 * from a snapshot (world_finish). */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/prng.h"
#include "tests/support/core_given.h"

#define COMMUNITY 0u
#define NEIGHBOUR 1u
#define OTHER     2u /* another neighbour */

static struct world world;

static void set_up(void)
{
    struct centre_definition centres[] = {
        {.code = "Z1", .name = "综治中心", .kind = CENTRE_COMMUNITY, .district = DISTRICT_NONE},
        {.code = "N1", .name = "江门", .kind = CENTRE_NEIGHBOUR, .district = DISTRICT_NONE},
        {.code = "N2", .name = "珠海", .kind = CENTRE_NEIGHBOUR, .district = DISTRICT_NONE}};
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.centres = centres, .centre_count = 3}};
    world_init(&world);
    world_begin(&world);
    cr_assert(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(referral, .init = set_up, .fini = tear_down, .timeout = 60);

static struct step_result refer(uint32_t incident_id, uint32_t centre)
{
    struct command command = {
        .kind = COMMAND_INCIDENT_REFER,
        .refer = {.incident_id = incident_id, .centre = centre, .note = "neighbours quarrel"}};
    struct incident_view view;
    if (engine_incident(world.engine, incident_id, &view)) {
        command.refer.generation = view.generation;
    }
    return world_step(&world, &command);
}

static struct referral_view view_of(uint32_t referral_id)
{
    struct referral_view view;
    cr_assert(engine_referral(world.engine, referral_id, &view));
    return view;
}

static struct step_result answer_seen(uint32_t referral_id, uint32_t version,
                                      enum referral_state state)
{
    struct command command = {.kind = COMMAND_REFERRAL_UPDATE,
                              .referral = {.referral_id = referral_id,
                                           .version = version,
                                           .state = state,
                                           .units = "J3 two cars",
                                           .note = "both sides signed"}};
    const bool is_declined = state == REFERRAL_RETURNED || state == REFERRAL_REFUSED;
    command.referral.reason = is_declined ? REASON_NOT_COMPETENT : REASON_NONE;
    return world_step(&world, &command);
}

static struct step_result answer(uint32_t referral_id, enum referral_state state)
{
    return answer_seen(referral_id, view_of(referral_id).version, state);
}

static enum incident_state state_of(uint32_t incident_id)
{
    return world_incident(&world, incident_id).state;
}

static uint32_t given_dispute(void)
{
    return world_report(&world, INCIDENT_DISPUTE, 3, 0, 0).incident_id;
}

/* ---- Diverted ---- */

Test(referral, what_is_diverted_waits_for_the_centre_and_nobody_of_ours_is_sent)
{
    const uint32_t id = given_dispute();
    cr_assert(eq(u32, refer(id, COMMUNITY).refusal, REASON_NONE));
    cr_expect(eq(u32, state_of(id), INCIDENT_DIVERTED));
    cr_expect(not(world_has_alarm(&world, ALARM_NO_UNIT, id)));
    const uint32_t car = world_unit(&world, UNIT_CAR, 100, 0);
    world_pass(&world, 29 * 60000);
    cr_expect(eq(u32, world_active(&world, car), 0));
    cr_expect(not(world_has_alarm(&world, ALARM_UNDISPATCHED, id)));
    cr_expect(eq(u32, world.kinds[EVENT_ALARM_RAISED], world.kinds[EVENT_ALARM_CLEARED]));
}

Test(referral, its_open_tiers_are_cancelled_and_no_report_counts_them)
{
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    const struct incident_view view = world_incident(&world, id);
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        cr_expect(ne(u32, view.tiers[tier].verdict, TIER_OPEN));
    }
    world_unit(&world, UNIT_CAR, 100, 0);
    const uint32_t other = world_report(&world, INCIDENT_HELP, 3, 3000, 0).incident_id;
    cr_assert(eq(u32, world_incident(&world, other).tiers[TIER_5].verdict, TIER_OPEN));
    world_recall(&world, world_incident(&world, other).assignment_first);
    refer(other, COMMUNITY);
    cr_expect(eq(u32, world_incident(&world, other).tiers[TIER_5].verdict, TIER_CANCELLED));
}

/* With an order in between: `orders_upto` tells later ones apart. */
Test(referral, only_its_end_ends_it)
{
    static const enum referral_state ways[][3] = {
        {REFERRAL_RECEIVED, REFERRAL_FEEDBACK},
        {REFERRAL_RETURNED},
        {REFERRAL_WITHDRAWN},
        {REFERRAL_RECEIVED, REFERRAL_WITHDRAWN},
        {REFERRAL_LENT, REFERRAL_ARRIVED, REFERRAL_GIVEN_BACK},
        {REFERRAL_REFUSED}};
    for (uint32_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        const bool is_lent = ways[i][0] == REFERRAL_LENT || ways[i][0] == REFERRAL_REFUSED;
        const uint32_t id =
            world_report(&world, INCIDENT_DISPUTE, 3, (int32_t)i * 2000, 0).incident_id;
        cr_assert(eq(u32, refer(id, is_lent ? NEIGHBOUR : COMMUNITY).refusal, REASON_NONE));
        for (uint32_t k = 0; k < 3 && ways[i][k] != REFERRAL_SENT; k++) {
            world_pass(&world, 1000);
            cr_assert(eq(u32, answer(i + 1, ways[i][k]).refusal, REASON_NONE));
            const bool is_over = k == 2 || ways[i][k + 1] == REFERRAL_SENT;
            cr_expect(eq(i64, view_of(i + 1).ended_ms, is_over ? world.now_ms : TIME_NEVER),
                      "way %u, word %u", i, k);
            const bool has_come = ways[i][k] == REFERRAL_ARRIVED || k == 2;
            cr_expect(eq(int, view_of(i + 1).arrived_ms != TIME_NEVER, has_come));
        }
    }
}

Test(referral, a_receipt_that_does_not_come_is_an_alarm_until_it_comes)
{
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    world_pass(&world, POLICY_RECEIPT_MS - 1);
    cr_expect(not(world_has_alarm(&world, ALARM_RECEIPT_LATE, id)));
    world_pass(&world, 1);
    cr_expect(world_has_alarm(&world, ALARM_RECEIPT_LATE, id));
    answer(1, REFERRAL_RECEIVED);
    cr_expect(not(world_has_alarm(&world, ALARM_RECEIPT_LATE, id)));
    cr_expect(eq(i64, view_of(1).answered_ms, world.now_ms));
    cr_expect(eq(u32, state_of(id), INCIDENT_DIVERTED));
}

Test(referral, feedback_that_does_not_come_is_an_alarm_and_when_it_comes_ours_to_close)
{
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    answer(1, REFERRAL_RECEIVED);
    world_pass(&world, POLICY_FEEDBACK_MS - 1);
    cr_expect(not(world_has_alarm(&world, ALARM_FEEDBACK_LATE, id)));
    world_pass(&world, 1);
    cr_expect(world_has_alarm(&world, ALARM_FEEDBACK_LATE, id));
    cr_expect(eq(u32, answer(1, REFERRAL_FEEDBACK).refusal, REASON_NONE));
    cr_expect(not(world_has_alarm(&world, ALARM_FEEDBACK_LATE, id)));
    cr_expect(eq(u32, state_of(id), INCIDENT_FEEDBACK_DUE));
    cr_expect(eq(u32, world_close(&world, id, false).refusal, REASON_NONE));
    cr_expect(eq(u32, state_of(id), INCIDENT_CLOSED));
}

Test(referral, a_policy_that_waits_for_ever_raises_no_alarm)
{
    world.config.policy.receipt_ms = 0;
    world.config.policy.feedback_ms = 0;
    struct command command = {.kind = COMMAND_POLICY_PUT, .policy = {&world.config.policy, 0}};
    world_step(&world, &command);
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    cr_expect(eq(i64, view_of(1).answer_by_ms, TIME_NEVER));
    world_pass(&world, 2 * (int64_t)POLICY_FEEDBACK_MS);
    cr_expect(not(world_has_alarm(&world, ALARM_RECEIPT_LATE, id)));
    cr_expect(not(world_has_alarm(&world, ALARM_FEEDBACK_LATE, id)));
}

Test(referral, what_is_returned_is_ours_and_somebody_is_sent_at_once)
{
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    const uint32_t car = world_unit(&world, UNIT_CAR, 100, 0);
    const uint32_t generation = world_incident(&world, id).generation;
    cr_assert(eq(u32, answer(1, REFERRAL_RETURNED).refusal, REASON_NONE));
    cr_expect(ne(u32, world_active(&world, car), 0));
    cr_expect(eq(u32, state_of(id), INCIDENT_DISPATCHED));
    cr_expect(eq(u32, view_of(1).reason, REASON_NOT_COMPETENT));
    cr_expect(lt(u32, generation, world_incident(&world, id).generation));
}

Test(referral, what_is_returned_and_finds_nobody_is_overdue_like_any_other)
{
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    answer(1, REFERRAL_RETURNED);
    cr_expect(eq(u32, state_of(id), INCIDENT_PENDING));
    world_pass(&world, 60000);
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, id));
}

Test(referral, what_is_withdrawn_is_ours_again_and_a_centre_cannot_withdraw)
{
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    world.actor = (struct actor){.id = "z1", .source = SOURCE_API};
    cr_expect(eq(u32, answer(1, REFERRAL_WITHDRAWN).refusal, REASON_NOT_YOURS));
    world.actor = (struct actor){.id = "li", .source = SOURCE_DISPATCHER};
    cr_expect(eq(u32, answer(1, REFERRAL_WITHDRAWN).refusal, REASON_NONE));
    cr_expect(eq(u32, state_of(id), INCIDENT_PENDING));
    cr_expect(eq(i64, view_of(1).answered_ms, TIME_NEVER)); /* the centre said nothing */
}

Test(referral, who_works_on_it_is_cleared_before_it_is_given_away)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 100, 0);
    const uint32_t id = given_dispute();
    cr_expect(eq(u32, refer(id, COMMUNITY).refusal, REASON_OPEN_ASSIGNMENTS));
    world_says(&world, world_active(&world, car), ASSIGNMENT_CLEARED);
    cr_assert(eq(u32, state_of(id), INCIDENT_FEEDBACK_DUE));
    cr_expect(eq(u32, refer(id, COMMUNITY).refusal, REASON_NONE));
    cr_expect(eq(u32, state_of(id), INCIDENT_DIVERTED));
}

Test(referral, an_order_makes_it_ours_again_and_its_decline_is_heard)
{
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    const uint32_t car = world_unit(&world, UNIT_CAR, 100, 0);
    world_order(&world, id, world_incident(&world, id).generation, car, TIER_5);
    cr_expect(eq(u32, state_of(id), INCIDENT_DISPATCHED));
    world_says(&world, world_active(&world, car), ASSIGNMENT_DECLINED);
    cr_expect(eq(u32, state_of(id), INCIDENT_PENDING));
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, id));
    cr_expect(eq(u32, view_of(1).state, REFERRAL_SENT)); /* the centre still has its part */
    answer(1, REFERRAL_FEEDBACK);
    cr_expect(eq(u32, state_of(id), INCIDENT_FEEDBACK_DUE));
}

Test(referral, what_a_centre_has_is_not_closed_nor_merged_over_its_head)
{
    const uint32_t id = given_dispute();
    const uint32_t other = world_report(&world, INCIDENT_FIRE, 3, 4000, 0).incident_id;
    refer(id, COMMUNITY);
    cr_expect(eq(u32, world_close(&world, id, true).refusal, REASON_OPEN_REFERRAL));
    struct command merge = {.kind = COMMAND_INCIDENT_MERGE,
                            .merge = {.incident_id = id, .into_id = other}};
    cr_expect(eq(u32, world_step(&world, &merge).refusal, REASON_OPEN_REFERRAL));
    cr_expect(eq(u32, world_cancel(&world, id).refusal, REASON_NONE)); /* a false report */
    cr_expect(eq(u32, view_of(1).state, REFERRAL_WITHDRAWN));
    cr_expect(eq(u32, state_of(id), INCIDENT_CANCELLED));
}

Test(referral, a_second_caller_is_not_joined_to_what_nobody_of_ours_goes_to)
{
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    const struct step_result again = world_report(&world, INCIDENT_DISPUTE, 3, 0, 0);
    cr_expect(not(again.merged));
    cr_expect(eq(u32, world_incident(&world, again.incident_id).similar_id, id));
}

Test(referral, a_hold_ends_when_it_is_given_away)
{
    const uint32_t id = given_dispute();
    struct command hold = {
        .kind = COMMAND_INCIDENT_HOLD,
        .hold = {.incident_id = id, .reason = REASON_CAN_WAIT, .review_ms = world.now_ms + 600000}};
    world_step(&world, &hold);
    cr_assert(eq(u32, refer(id, COMMUNITY).refusal, REASON_NONE));
    cr_expect(eq(i64, world_incident(&world, id).held_ms, TIME_NEVER));
}

Test(referral, a_call_for_help_is_not_given_away)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 100, 0);
    struct command panic = {.kind = COMMAND_UNIT_PANIC,
                            .panic = {.unit_id = car, .device_ms = TIME_NEVER, .in_charge = 1}};
    const uint32_t id = world_step(&world, &panic).incident_id;
    cr_expect(eq(u32, refer(id, COMMUNITY).refusal, REASON_OPEN_PANIC));
}

Test(referral, a_closed_one_opened_again_is_ours_to_judge)
{
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    answer(1, REFERRAL_FEEDBACK);
    world_close(&world, id, false);
    struct command reopen = {.kind = COMMAND_INCIDENT_REOPEN,
                             .life = {.incident_id = id, .reason = REASON_NEW_FACTS}};
    cr_assert(eq(u32, world_step(&world, &reopen).refusal, REASON_NONE));
    cr_expect(eq(u32, state_of(id), INCIDENT_FEEDBACK_DUE));
    cr_expect(eq(u32, refer(id, COMMUNITY).refusal, REASON_NONE)); /* once more */
    cr_expect(eq(u32, state_of(id), INCIDENT_DIVERTED));
    cr_expect(eq(u32, view_of(1).next, 2));
}

Test(referral, it_leaves_the_engine_with_its_incident)
{
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    world_cancel(&world, id);
    world_pass(&world, 61 * 60000);
    struct referral_view view;
    cr_expect(not(engine_referral(world.engine, 1, &view)));
    cr_expect(eq(u32, given_dispute(), id + 1));
    refer(id + 1, COMMUNITY);
    cr_expect(eq(u32, view_of(2).incident_id, id + 1)); /* numbers are never used again */
}

/* ---- Lent ---- */

Test(referral, a_neighbour_lends_arrives_and_gets_its_units_back_beside_ours)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 100, 0);
    const uint32_t id = given_dispute();
    const uint32_t generation = world_incident(&world, id).generation;
    cr_assert(eq(u32, refer(id, NEIGHBOUR).refusal, REASON_NONE));
    cr_expect(eq(u32, state_of(id), INCIDENT_DISPATCHED));
    cr_expect(eq(u32, world_incident(&world, id).generation, generation)); /* no order is stale */
    cr_expect(eq(u32, answer(1, REFERRAL_LENT).refusal, REASON_NONE));
    cr_expect(eq(int, strcmp(view_of(1).units, "J3 two cars"), 0));
    cr_expect(eq(u32, answer(1, REFERRAL_ARRIVED).refusal, REASON_NONE));
    cr_expect(eq(i64, view_of(1).arrived_ms, world.now_ms));
    world_says(&world, world_active(&world, car), ASSIGNMENT_CLEARED);
    cr_expect(eq(u32, world_close(&world, id, false).refusal, REASON_OPEN_REFERRAL));
    cr_expect(eq(u32, answer(1, REFERRAL_GIVEN_BACK).refusal, REASON_NONE));
    cr_expect(
        eq(int, strcmp(view_of(1).units, "J3 two cars"), 0)); /* the record keeps who they were */
    cr_expect(eq(u32, world_close(&world, id, false).refusal, REASON_NONE));
}

Test(referral, a_neighbour_that_does_not_answer_is_an_alarm)
{
    const uint32_t id = given_dispute();
    refer(id, NEIGHBOUR);
    world_pass(&world, POLICY_HELP_MS - 1);
    cr_expect(not(world_has_alarm(&world, ALARM_HELP_LATE, id)));
    world_pass(&world, 1);
    cr_expect(world_has_alarm(&world, ALARM_HELP_LATE, id));
    answer(1, REFERRAL_REFUSED);
    cr_expect(not(world_has_alarm(&world, ALARM_HELP_LATE, id)));
    cr_expect(eq(u32, view_of(1).reason, REASON_NOT_COMPETENT));
}

Test(referral, of_two_neighbours_each_is_waited_for)
{
    const uint32_t id = given_dispute();
    refer(id, NEIGHBOUR);
    world_pass(&world, 60000);
    cr_assert(eq(u32, refer(id, OTHER).refusal, REASON_NONE));
    world_pass(&world, POLICY_HELP_MS - 60000);
    cr_expect(world_has_alarm(&world, ALARM_HELP_LATE, id)); /* the first */
    answer(1, REFERRAL_LENT);
    cr_expect(not(world_has_alarm(&world, ALARM_HELP_LATE, id)));
    world_pass(&world, 60000);
    cr_expect(world_has_alarm(&world, ALARM_HELP_LATE, id)); /* the second */
}

Test(referral, one_that_is_asked_is_not_asked_again_before_it_has_ended)
{
    const uint32_t id = given_dispute();
    refer(id, NEIGHBOUR);
    cr_expect(eq(u32, refer(id, NEIGHBOUR).refusal, REASON_WRONG_STATE));
    answer(1, REFERRAL_WITHDRAWN);
    cr_expect(eq(u32, refer(id, NEIGHBOUR).refusal, REASON_NONE));
    refer(id, COMMUNITY);
    cr_expect(eq(u32, refer(id, COMMUNITY).refusal, REASON_WRONG_STATE));
}

/* ---- Refusals and limits ---- */

Test(referral, who_answers_second_hears_who_was_first)
{
    const uint32_t id = given_dispute();
    refer(id, COMMUNITY);
    world.actor = (struct actor){.id = "wang", .source = SOURCE_DISPATCHER};
    answer(1, REFERRAL_RECEIVED);
    world.actor = (struct actor){.id = "li", .source = SOURCE_DISPATCHER};
    struct step_result second = answer_seen(1, 1, REFERRAL_RETURNED);
    cr_expect(eq(u32, second.refusal, REASON_WRONG_STATE));
    cr_expect(eq(str, second.by, "wang"));
    cr_expect(eq(i64, second.by_ms, world.now_ms));
    cr_expect(eq(u32, answer_seen(9, 1, REFERRAL_RECEIVED).refusal, REASON_UNKNOWN_REFERRAL));
}

Test(referral, who_refers_what_another_has_dispatched_is_told)
{
    const uint32_t id = given_dispute();
    struct command command = {.kind = COMMAND_INCIDENT_REFER,
                              .refer = {.incident_id = id, .generation = 0}};
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_STALE_GENERATION));
    command.refer.generation = world_incident(&world, id).generation;
    command.refer.centre = 3;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_UNKNOWN_CENTRE));
    cr_expect(eq(u32, refer(99, COMMUNITY).refusal, REASON_UNKNOWN_INCIDENT));
    world_cancel(&world, id);
    cr_expect(eq(u32, refer(id, COMMUNITY).refusal, REASON_WRONG_STATE));
}

Test(referral, an_incident_has_so_many_and_no_more)
{
    const uint32_t id = given_dispute();
    for (uint32_t i = 0; i < REFERRALS_MAX; i++) {
        cr_assert(eq(u32, refer(id, NEIGHBOUR).refusal, REASON_NONE));
        answer(i + 1, REFERRAL_REFUSED);
    }
    cr_expect(eq(u32, refer(id, NEIGHBOUR).refusal, REASON_CAPACITY));
}

Test(referral, every_step_but_those_of_the_table_is_refused)
{
    static const struct {
        uint32_t centre;
        enum referral_state from, to;
    } table[] = {{COMMUNITY, REFERRAL_SENT, REFERRAL_RECEIVED},
                 {COMMUNITY, REFERRAL_SENT, REFERRAL_FEEDBACK},
                 {COMMUNITY, REFERRAL_SENT, REFERRAL_RETURNED},
                 {COMMUNITY, REFERRAL_SENT, REFERRAL_WITHDRAWN},
                 {COMMUNITY, REFERRAL_RECEIVED, REFERRAL_FEEDBACK},
                 {COMMUNITY, REFERRAL_RECEIVED, REFERRAL_RETURNED},
                 {COMMUNITY, REFERRAL_RECEIVED, REFERRAL_WITHDRAWN},
                 {NEIGHBOUR, REFERRAL_SENT, REFERRAL_LENT},
                 {NEIGHBOUR, REFERRAL_SENT, REFERRAL_REFUSED},
                 {NEIGHBOUR, REFERRAL_SENT, REFERRAL_WITHDRAWN},
                 {NEIGHBOUR, REFERRAL_LENT, REFERRAL_ARRIVED},
                 {NEIGHBOUR, REFERRAL_LENT, REFERRAL_GIVEN_BACK},
                 {NEIGHBOUR, REFERRAL_LENT, REFERRAL_WITHDRAWN},
                 {NEIGHBOUR, REFERRAL_ARRIVED, REFERRAL_GIVEN_BACK},
                 {NEIGHBOUR, REFERRAL_ARRIVED, REFERRAL_WITHDRAWN}};
    struct prng prng = {.state = 4712};
    uint32_t id = 0;
    uint32_t referral = 0;
    for (uint32_t i = 0; i < 4000; i++) {
        const uint32_t centre = prng_below(&prng, 2);
        if (referral == 0 || view_of(referral).ended_ms != TIME_NEVER) {
            if (id != 0) {
                world_cancel(&world, id);
                world_pass(&world, 61 * 60000);
            }
            id = given_dispute();
            cr_assert(eq(u32, refer(id, centre).refusal, REASON_NONE));
            referral++;
        }
        const struct referral_view before = view_of(referral);
        const enum referral_state to = (enum referral_state)prng_below(&prng, REFERRAL_STATE_COUNT);
        bool is_legal = false;
        for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
            is_legal = is_legal || (table[k].centre == before.centre &&
                                    table[k].from == before.state && table[k].to == to);
        }
        const enum reason refusal = answer(referral, to).refusal;
        cr_assert(eq(u32, refusal, is_legal ? REASON_NONE : REASON_WRONG_STATE), "%u: %s -> %s",
                  before.centre, types_name(TYPES_REFERRAL_STATE, before.state),
                  types_name(TYPES_REFERRAL_STATE, to));
        cr_assert(eq(u32, view_of(referral).version, before.version + (is_legal ? 1 : 0)));
    }
}
