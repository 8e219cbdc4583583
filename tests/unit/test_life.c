/* life, reassign, correct: what dispatchers do to an incident beside sending units. Every test also
 * compares live, replayed and read from a snapshot (world_finish). */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/core_given.h"

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

TestSuite(life, .init = set_up, .fini = tear_down, .timeout = 60);

static struct step_result hold(uint32_t incident_id, int64_t for_ms)
{
    struct command command = {.kind = COMMAND_INCIDENT_HOLD,
                              .hold = {.incident_id = incident_id,
                                       .reason = REASON_CAN_WAIT,
                                       .review_ms = world.now_ms + for_ms,
                                       .note = "no danger"}};
    return world_step(&world, &command);
}

static struct step_result life(enum command_kind kind, uint32_t incident_id, const char *note)
{
    struct command command = {.kind = kind,
                              .life = {.incident_id = incident_id, .reason = REASON_NEW_FACTS}};
    snprintf(command.life.note, sizeof command.life.note, "%s", note);
    return world_step(&world, &command);
}

static struct step_result merge(uint32_t incident_id, uint32_t into_id, bool move)
{
    struct command command = {
        .kind = COMMAND_INCIDENT_MERGE,
        .merge = {.incident_id = incident_id, .into_id = into_id, .move = move}};
    return world_step(&world, &command);
}

static struct step_result about_report(enum command_kind kind, uint32_t report_id,
                                       uint32_t incident_id)
{
    struct command command = {
        .kind = kind,
        .about_report = {.report_id = report_id, .incident_id = incident_id, .note = "told him"}};
    return world_step(&world, &command);
}

static struct step_result report_from(const char *phone, enum incident_type type, int32_t east_m)
{
    struct command command = {.kind = COMMAND_REPORT_CREATE,
                              .report = {.channel = CHANNEL_PHONE,
                                         .type = type,
                                         .priority = 3,
                                         .at = world_at(east_m, 0),
                                         .occurred_ms = TIME_NEVER,
                                         .received_ms = TIME_NEVER,
                                         .may_merge = true}};
    snprintf(command.report.phone, sizeof command.report.phone, "%s", phone);
    return world_step(&world, &command);
}

/* Reports of an incident, in the order of its list. */
static void expect_reports(uint32_t incident_id, uint32_t count, const uint32_t ids[])
{
    struct report_view view = {.next = world_incident(&world, incident_id).report_first};
    cr_expect(eq(u32, world_incident(&world, incident_id).report_count, count));
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t id = view.next;
        cr_assert(eq(u32, id, ids[i]));
        cr_assert(engine_report(world.engine, id, &view));
        cr_expect(eq(u32, view.incident_id, incident_id));
    }
    cr_expect(eq(u32, view.next, 0));
}

/* ---- Hold ---- */

Test(life, what_is_held_is_not_dispatched_and_not_overdue_until_its_review)
{
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    cr_expect(eq(u32, hold(id, 600000).refusal, REASON_NONE));
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0); /* would be sent at once */
    world_pass(&world, 599999);
    cr_expect(eq(u32, world_active(&world, car), 0));
    cr_expect(not(world_has_alarm(&world, ALARM_UNDISPATCHED, id)));
    cr_expect(not(world_has_alarm(&world, ALARM_HOLD_REVIEW, id)));
    world_pass(&world, 1);
    cr_expect(world_has_alarm(&world, ALARM_HOLD_REVIEW, id));
    hold(id, 60000); /* looked at, held on: the alarm is answered */
    cr_expect(not(world_has_alarm(&world, ALARM_HOLD_REVIEW, id)));
    world_pass(&world, 60000);
    cr_expect(world_has_alarm(&world, ALARM_HOLD_REVIEW, id));
}

Test(life, its_release_sends_somebody_at_once)
{
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    hold(id, 600000);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    cr_expect(eq(u32, life(COMMAND_INCIDENT_RELEASE, id, "").refusal, REASON_NONE));
    cr_expect(ne(u32, world_active(&world, car), 0));
    cr_expect(eq(i64, world_incident(&world, id).held_ms, TIME_NEVER));
    cr_expect(eq(u32, life(COMMAND_INCIDENT_RELEASE, id, "").refusal, REASON_WRONG_STATE));
}

Test(life, an_order_ends_a_hold_and_the_record_says_so)
{
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    hold(id, 600000);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    cr_expect(eq(u32, world_order(&world, id, 1, car, TIER_5).refusal, REASON_NONE));
    cr_expect(eq(u32, world_count(&world, EVENT_INCIDENT_RELEASED), 1));
    cr_expect(eq(i64, world_incident(&world, id).held_ms, TIME_NEVER));
}

Test(life, only_what_waits_can_be_held_and_only_until_later)
{
    world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    cr_expect(eq(u32, hold(id, 600000).refusal, REASON_WRONG_STATE)); /* a car is on its way */
    const uint32_t other = report_from("", INCIDENT_HELP, 9000).incident_id;
    cr_expect(eq(u32, hold(other, 0).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, hold(other, 1).refusal, REASON_NONE));
    cr_expect(eq(u32, hold(99, 1).refusal, REASON_UNKNOWN_INCIDENT));
}

/* ---- Reopen ---- */

Test(life, a_cancelled_one_opened_again_keeps_its_number_and_is_dispatched)
{
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    world_cancel(&world, id);
    world_pass(&world, 600000);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    cr_expect(eq(u32, world_active(&world, car), 0));
    const uint32_t before = world_incident(&world, id).generation;
    const struct step_result result = life(COMMAND_INCIDENT_REOPEN, id, "he rang again");
    cr_expect(eq(u32, result.refusal, REASON_NONE));
    cr_expect(eq(u32, world_incident(&world, id).reopened_count, 1));
    cr_expect(lt(u32, before, world_incident(&world, id).generation));
    cr_expect(eq(i64, world_incident(&world, id).ended_ms, TIME_NEVER));
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, car)).incident_id, id));
    /* the verdict that fell stays */
    cr_expect(eq(u32, world_incident(&world, id).tiers[TIER_5].verdict, TIER_NO_UNIT));
}

Test(life, a_closed_one_opened_again_owes_its_feedback_and_is_ended_anew)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    world_says(&world, world_active(&world, car), ASSIGNMENT_ON_SCENE);
    world_close(&world, id, true);
    life(COMMAND_INCIDENT_REOPEN, id, "");
    cr_expect(eq(u32, world_incident(&world, id).state, INCIDENT_FEEDBACK_DUE));
    cr_expect(eq(u32, life(COMMAND_INCIDENT_REOPEN, id, "").refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, world_close(&world, id, false).refusal, REASON_NONE));
}

Test(life, after_the_window_there_is_nothing_to_open)
{
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    world_cancel(&world, id);
    world_pass(&world, world.config.policy.reopen_ms - 1);
    cr_expect(eq(u32, life(COMMAND_INCIDENT_REOPEN, id, "").refusal, REASON_NONE));
    world_cancel(&world, id);
    world_pass(&world, world.config.policy.reopen_ms);
    cr_expect(eq(u32, life(COMMAND_INCIDENT_REOPEN, id, "").refusal, REASON_UNKNOWN_INCIDENT));
}

/* ---- Merge, link, split, answer ---- */

Test(life, a_duplicate_gives_its_reports_to_the_main_one)
{
    const uint32_t main_id = report_from("1", INCIDENT_HELP, 0).incident_id;
    report_from("2", INCIDENT_HELP, 20);                                     /* report 2 joins */
    const uint32_t dup = report_from("3", INCIDENT_DISPUTE, 60).incident_id; /* another type */
    cr_expect(eq(u32, world_incident(&world, dup).similar_id, main_id));
    cr_expect(eq(u32, merge(dup, main_id, false).refusal, REASON_NONE));
    expect_reports(main_id, 3, (const uint32_t[]){1, 2, 3});
    expect_reports(dup, 0, NULL);
    cr_expect(eq(u32, world_incident(&world, dup).state, INCIDENT_DUPLICATE));
    cr_expect(eq(u32, world_incident(&world, dup).duplicate_of, main_id));
    cr_expect(eq(u32, world_incident(&world, dup).tiers[TIER_5].verdict, TIER_NO_UNIT));
    cr_expect(eq(u32, life(COMMAND_INCIDENT_REOPEN, dup, "").refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, merge(main_id, dup, false).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, merge(main_id, main_id, false).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, merge(main_id, 99, false).refusal, REASON_UNKNOWN_INCIDENT));
    world_pass(&world,
               world.config.policy.reopen_ms + 1000); /* leaves with nothing of the main's */
    expect_reports(main_id, 3, (const uint32_t[]){1, 2, 3});
}

Test(life, what_rang_for_a_duplicate_rings_no_more)
{
    const uint32_t main_id = report_from("1", INCIDENT_HELP, 0).incident_id;
    const uint32_t dup = report_from("2", INCIDENT_DISPUTE, 60).incident_id;
    world_pass(&world, 60000);
    cr_assert(world_has_alarm(&world, ALARM_UNDISPATCHED, dup));
    cr_assert(world_has_alarm(&world, ALARM_UNDISPATCHED, main_id));
    cr_expect(eq(u32, merge(dup, main_id, false).refusal, REASON_NONE));
    cr_expect(not(world_has_alarm(&world, ALARM_UNDISPATCHED, dup)));
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, main_id));
}

Test(life, who_is_on_the_way_to_a_duplicate_goes_to_the_main_one_if_told_so)
{
    const uint32_t main_id = report_from("1", INCIDENT_HELP, 0).incident_id;
    const uint32_t car = world_unit(&world, UNIT_CAR, 9000, 0);
    world_recall(&world, world_active(&world, car)); /* not for the first one */
    const uint32_t dup = report_from("2", INCIDENT_FIRE, 9100).incident_id;
    const uint32_t order = world_active(&world, car);
    cr_assert(eq(u32, world_assignment(&world, order).incident_id, dup));
    world_says(&world, order, ASSIGNMENT_EN_ROUTE);
    cr_expect(eq(u32, merge(dup, main_id, false).refusal, REASON_OPEN_ASSIGNMENTS));
    cr_expect(eq(u32, merge(dup, main_id, true).refusal, REASON_NONE));
    cr_expect(eq(u32, world_assignment(&world, order).state, ASSIGNMENT_RECALLED));
    cr_expect(eq(u32, world_assignment(&world, order).reason, REASON_REASSIGNED));
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, car)).incident_id, main_id));
    cr_expect(eq(u32, world_incident(&world, main_id).state, INCIDENT_DISPATCHED));
}

Test(life, an_exercise_and_an_emergency_are_never_one)
{
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    struct command drill = {.kind = COMMAND_REPORT_CREATE,
                            .report = {.type = INCIDENT_HELP,
                                       .at = world_at(0, 0),
                                       .occurred_ms = TIME_NEVER,
                                       .received_ms = TIME_NEVER,
                                       .drill = true,
                                       .may_merge = true}};
    const uint32_t exercise = world_step(&world, &drill).incident_id;
    cr_expect(ne(u32, exercise, id));
    cr_expect(eq(u32, merge(exercise, id, false).refusal, REASON_WRONG_STATE));
}

Test(life, a_report_moves_or_opens_an_incident_of_its_own)
{
    const uint32_t a = report_from("1", INCIDENT_HELP, 0).incident_id;
    report_from("2", INCIDENT_HELP, 10);
    report_from("3", INCIDENT_HELP, 20);
    const uint32_t b = report_from("4", INCIDENT_HELP, 5000).incident_id;
    cr_expect(eq(u32, about_report(COMMAND_REPORT_LINK, 1, b).refusal, REASON_NONE));
    expect_reports(a, 2, (const uint32_t[]){2, 3});
    expect_reports(b, 2, (const uint32_t[]){4, 1});
    cr_expect(eq(int, strcmp(world_incident(&world, a).phone, "2"), 0)); /* now its first */
    const struct step_result split = about_report(COMMAND_REPORT_SPLIT, 3, 0);
    cr_expect(eq(u32, split.refusal, REASON_NONE));
    cr_expect(lt(u32, b, split.incident_id));
    expect_reports(split.incident_id, 1, (const uint32_t[]){3});
    cr_expect(eq(u32, world_count(&world, EVENT_INCIDENT_OPENED), 1));
    cr_expect(eq(u32, world_count(&world, EVENT_DECISION_MADE), 3)); /* it is looked after */
    /* the only report of an incident goes with it */
    cr_expect(eq(u32, about_report(COMMAND_REPORT_SPLIT, 3, 0).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, about_report(COMMAND_REPORT_LINK, 2, b).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, about_report(COMMAND_REPORT_LINK, 99, b).refusal, REASON_UNKNOWN_REPORT));
    cr_expect(eq(u32, about_report(COMMAND_REPORT_LINK, 1, 99).refusal, REASON_UNKNOWN_INCIDENT));
    cr_expect(eq(u32, about_report(COMMAND_REPORT_LINK, 1, b).refusal, REASON_NONE)); /* is there */
    world_cancel(&world, a);
    cr_expect(eq(u32, about_report(COMMAND_REPORT_LINK, 1, a).refusal, REASON_WRONG_STATE));
}

Test(life, each_of_several_reporters_is_answered_once)
{
    report_from("1", INCIDENT_HELP, 0);
    report_from("2", INCIDENT_HELP, 10);
    world_pass(&world, 5000);
    cr_expect(eq(u32, about_report(COMMAND_REPORT_ANSWER, 2, 0).refusal, REASON_NONE));
    struct report_view view;
    cr_assert(engine_report(world.engine, 2, &view));
    cr_expect(eq(i64, view.answered_ms, world.now_ms));
    cr_expect(eq(u32, about_report(COMMAND_REPORT_ANSWER, 2, 0).refusal, REASON_WRONG_STATE));
    cr_assert(engine_report(world.engine, 1, &view));
    cr_expect(eq(i64, view.answered_ms, TIME_NEVER));
    cr_expect(eq(u32, about_report(COMMAND_REPORT_ANSWER, 9, 0).refusal, REASON_UNKNOWN_REPORT));
}

Test(life, the_same_phone_is_similar_wherever_it_is_and_joins_nothing_by_itself)
{
    const uint32_t a = report_from("139", INCIDENT_HELP, 0).incident_id;
    const struct step_result again = report_from("139", INCIDENT_HELP, -400);
    cr_expect(not(again.merged));
    cr_expect(eq(u32, world_incident(&world, again.incident_id).similar_id, a));
    const uint32_t far = report_from("139", INCIDENT_CRIME, 8000).incident_id;
    cr_expect(eq(u32, world_incident(&world, far).similar_id, a)); /* the nearer of the two */
    const uint32_t near = report_from("", INCIDENT_CRIME, 8190).incident_id;
    cr_expect(eq(u32, world_incident(&world, near).similar_id, far));
    const uint32_t alone = report_from("", INCIDENT_CRIME, 16000).incident_id;
    cr_expect(eq(u32, world_incident(&world, alone).similar_id, 0));
}

Test(life, whose_phone_an_incident_has_follows_its_first_report)
{
    const uint32_t a = report_from("1", INCIDENT_HELP, 0).incident_id;
    report_from("2", INCIDENT_HELP, 10); /* joins it */
    const uint32_t b = report_from("3", INCIDENT_HELP, 5000).incident_id;
    cr_expect(eq(u32, about_report(COMMAND_REPORT_LINK, 1, b).refusal, REASON_NONE));
    const uint32_t by_second = report_from("2", INCIDENT_CRIME, 20000).incident_id;
    cr_expect(eq(u32, world_incident(&world, by_second).similar_id, a)); /* now its first */
    const uint32_t by_first = report_from("1", INCIDENT_CRIME, 30000).incident_id;
    cr_expect(eq(u32, world_incident(&world, by_first).similar_id, 0)); /* not b's first */
}

Test(life, reports_are_full_and_say_so)
{
    struct world small;
    world_init(&small);
    small.config.limits.incidents_max = 2;
    small.config.limits.reports_max = 3;
    world_begin(&small);
    for (uint32_t i = 0; i < 3; i++) {
        cr_expect(eq(u32, world_report(&small, INCIDENT_HELP, 3, 0, 0).refusal, REASON_NONE));
    }
    cr_expect(eq(u32, world_report(&small, INCIDENT_HELP, 3, 0, 0).refusal, REASON_CAPACITY));
    world_cancel(&small, 1);
    world_pass(&small, small.config.policy.reopen_ms + 1000);
    cr_expect(eq(u32, world_report(&small, INCIDENT_HELP, 3, 0, 0).refusal, REASON_NONE));
    world_finish(&small);
}

/* ---- Who has it ---- */

static void as(const char *name)
{
    memset(world.actor.id, 0, sizeof world.actor.id);
    snprintf(world.actor.id, sizeof world.actor.id, "%s", name);
}

static struct step_result hand_over(uint32_t incident_id, const char *to, bool is_superior)
{
    struct command command = {
        .kind = COMMAND_INCIDENT_HAND_OVER,
        .hand_over = {.incident_id = incident_id, .is_superior = is_superior}};
    snprintf(command.hand_over.to, sizeof command.hand_over.to, "%s", to);
    return world_step(&world, &command);
}

Test(life, what_another_one_has_is_taken_only_with_a_word_and_one_hears_who_has_it)
{
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    as("li");
    const int64_t claimed_ms = world.now_ms;
    cr_expect(eq(u32, life(COMMAND_INCIDENT_CLAIM, id, "").refusal, REASON_NONE));
    world_pass(&world, 1000);
    as("wang");
    const struct step_result refused = life(COMMAND_INCIDENT_CLAIM, id, "");
    cr_expect(eq(u32, refused.refusal, REASON_CLAIMED));
    cr_expect(eq(int, strcmp(refused.by, "li"), 0));
    cr_expect(eq(i64, refused.by_ms, claimed_ms));
    cr_expect(eq(u32, hand_over(id, "wang", false).refusal, REASON_CLAIMED));
    cr_expect(eq(u32, life(COMMAND_INCIDENT_CLAIM, id, "li is at lunch").refusal, REASON_NONE));
    cr_expect(eq(int, strcmp(world_incident(&world, id).owner, "wang"), 0));
    cr_expect(eq(u32, hand_over(id, "zhao", false).refusal, REASON_NONE));
    cr_expect(eq(int, strcmp(world_incident(&world, id).owner, "zhao"), 0));
    cr_expect(eq(u32, hand_over(id, "", true).refusal, REASON_NONE)); /* a supervisor may */
    cr_expect(eq(i64, world_incident(&world, id).owner_ms, TIME_NEVER));
}

Test(life, of_two_who_order_one_unit_the_second_hears_who_was_first_and_when)
{
    world.actor.source = SOURCE_DISPATCHER;
    const uint32_t a = report_from("", INCIDENT_HELP, 0).incident_id;
    const uint32_t b = report_from("", INCIDENT_HELP, 9000).incident_id;
    const uint32_t car = world_unit_off_duty(&world, UNIT_STATION, 400, 0, 0);
    hold(a, 600000);
    hold(b, 600000);
    world_duty(&world, car, DUTY_ON);
    as("li");
    const int64_t first_ms = world.now_ms;
    cr_expect(eq(u32, world_order(&world, a, 1, car, TIER_5).refusal, REASON_NONE));
    world_pass(&world, 700);
    as("wang");
    struct step_result second = world_order(&world, b, 1, car, TIER_5);
    cr_expect(eq(u32, second.refusal, REASON_UNIT_BUSY));
    cr_expect(eq(int, strcmp(second.by, "li"), 0));
    cr_expect(eq(i64, second.by_ms, first_ms));
    const struct event *refused = world_event(&world, EVENT_COMMAND_REFUSED, 0);
    cr_expect(eq(int, strcmp(refused->refused.by, "li"), 0));
    second = world_order(&world, a, 1, car, TIER_5); /* the generation that both had seen */
    cr_expect(eq(u32, second.refusal, REASON_STALE_GENERATION));
    cr_expect(eq(int, strcmp(second.by, "li"), 0));
    cr_expect(eq(i64, second.by_ms, first_ms));
    /* One more unit for what is dispatched already changes no state, but who comes after it hears.
     */
    const uint32_t other = world_unit_off_duty(&world, UNIT_STATION, 500, 0, 0);
    world_duty(&world, other, DUTY_ON);
    as("zhao");
    cr_expect(eq(u32, world_order(&world, a, 2, other, TIER_5).refusal, REASON_NONE));
    as("wang");
    second = world_order(&world, a, 2, other, TIER_5);
    cr_expect(eq(u32, second.refusal, REASON_STALE_GENERATION));
    cr_expect(eq(int, strcmp(second.by, "zhao"), 0));
}

/* ---- Reassign, pre-empt ---- */

static struct step_result reassign(uint32_t assignment_id, uint32_t incident_id,
                                   uint32_t generation)
{
    struct command command = {.kind = COMMAND_ASSIGNMENT_REASSIGN,
                              .reassign = {.assignment_id = assignment_id,
                                           .incident_id = incident_id,
                                           .generation = generation,
                                           .tier = TIER_COUNT}};
    return world_step(&world, &command);
}

Test(life, a_unit_is_moved_in_one_command_and_nobody_else_is_sent_behind_the_dispatchers_back)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t a = report_from("", INCIDENT_HELP, 0).incident_id;
    const uint32_t b = report_from("", INCIDENT_HELP, 9000).incident_id;
    const uint32_t order = world_active(&world, car);
    world_says(&world, order, ASSIGNMENT_ACKNOWLEDGED);
    const uint32_t other = world_unit(&world, UNIT_CAR, 700, 0);
    world_recall(&world, world_active(&world, other)); /* it went to b; now it is free */
    const uint32_t generation = world_incident(&world, b).generation;
    cr_expect(eq(u32, reassign(order, b, generation - 1).refusal, REASON_STALE_GENERATION));
    const struct step_result moved = reassign(order, b, generation);
    cr_expect(eq(u32, moved.refusal, REASON_NONE));
    cr_expect(eq(u32, moved.incident_id, b));
    cr_expect(eq(u32, moved.assignment_id, world_active(&world, car)), "the new order");
    cr_expect(eq(u32, world_assignment(&world, order).state, ASSIGNMENT_RECALLED));
    cr_expect(eq(u32, world_event(&world, EVENT_ASSIGNMENT_UPDATED, 0)->updated.other_id, b));
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, car)).incident_id, b));
    cr_expect(eq(u32, world_active(&world, other), 0));
    cr_expect(eq(u32, world_incident(&world, a).state, INCIDENT_PENDING));
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, a)); /* never silent */
    cr_expect(eq(u32, reassign(order, b, generation).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, reassign(99, b, generation).refusal, REASON_UNKNOWN_ASSIGNMENT));
}

Test(life, what_cannot_be_is_refused_and_says_about_what)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    const uint32_t ended = report_from("", INCIDENT_HELP, 9000).incident_id;
    world_cancel(&world, ended);
    cr_expect(eq(u32, reassign(world_active(&world, car), 99, 1).refusal, REASON_UNKNOWN_INCIDENT));
    cr_expect(eq(u32, life(COMMAND_INCIDENT_RELEASE, id, "").refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, life(COMMAND_INCIDENT_RELEASE, 99, "").refusal, REASON_UNKNOWN_INCIDENT));
    cr_expect(eq(u32, merge(id, 99, false).refusal, REASON_UNKNOWN_INCIDENT));
    cr_expect(eq(u32, merge(99, id, false).refusal, REASON_UNKNOWN_INCIDENT));
    cr_expect(eq(u32, merge(id, id, false).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, merge(id, ended, false).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, life(COMMAND_INCIDENT_CLAIM, 99, "").refusal, REASON_UNKNOWN_INCIDENT));
    cr_expect(eq(u32, hand_over(99, "li", false).refusal, REASON_UNKNOWN_INCIDENT));
}

Test(life, no_duplicate_is_merged_if_its_orders_would_not_all_fit)
{
    world.config.limits.units_max = 3;
    world.config.limits.assignments_max = 3;
    world_destroy(&world);
    world_begin(&world);
    world_unit(&world, UNIT_CAR, 500, 0);
    world_unit(&world, UNIT_CAR, 9500, 0);
    const uint32_t into = report_from("", INCIDENT_HELP, 0).incident_id;
    const uint32_t duplicate = report_from("", INCIDENT_HELP, 9000).incident_id;
    const uint32_t third = world_unit(&world, UNIT_CAR, 9100, 0);
    const struct incident_view was = world_incident(&world, duplicate);
    world_order(&world, duplicate, was.generation, third, TIER_5);
    cr_assert(ne(u32, world_active(&world, third), 0));
    cr_expect(eq(u32, merge(duplicate, into, true).refusal, REASON_CAPACITY));
    cr_expect(eq(u32, world_incident(&world, duplicate).state, INCIDENT_DISPATCHED));
}

Test(life, whom_a_recommended_incident_loses_is_proposed_anew_not_ordered)
{
    world.config.mode = DISPATCH_RECOMMEND;
    world_destroy(&world);
    world_begin(&world);
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t victim = world_report(&world, INCIDENT_HELP, 4, 0, 0).incident_id;
    world_order(&world, victim, 1, car, TIER_5);
    world_unit(&world, UNIT_CAR, 800, 0);
    const uint32_t urgent = world_report(&world, INCIDENT_HELP, 2, 3000, 0).incident_id;
    struct command command = {
        .kind = COMMAND_INCIDENT_ORDER,
        .order = {.incident_id = urgent,
                  .generation = world_incident(&world, urgent).generation,
                  .unit_count = 1,
                  .units = {{.unit_id = car, .tier = TIER_5, .victim_id = victim}}}};
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_NONE));
    cr_expect(eq(u32, world_incident(&world, victim).state, INCIDENT_PENDING));
    cr_expect(eq(u32, world_count(&world, EVENT_ASSIGNMENT_SENT), 1), "only the robber's");
    bool proposed = false;
    for (uint32_t i = 0; i < world_count(&world, EVENT_DECISION_MADE); i++) {
        const struct event *made = world_event(&world, EVENT_DECISION_MADE, i);
        proposed = proposed || (made->decision.incident_id == victim && !made->decision.automatic);
    }
    cr_expect(proposed, "in the same step");
    hold(victim, 600000);
    life(COMMAND_INCIDENT_RELEASE, victim, "");
    cr_expect(eq(u32, world_count(&world, EVENT_ASSIGNMENT_SENT), 0));
}

static struct step_result rob(uint32_t incident_id, uint32_t unit_id, uint32_t victim_id)
{
    struct command command = {
        .kind = COMMAND_INCIDENT_ORDER,
        .order = {.incident_id = incident_id,
                  .generation = world_incident(&world, incident_id).generation,
                  .unit_count = 1,
                  .units = {{.unit_id = unit_id, .tier = TIER_5, .victim_id = victim_id}}}};
    return world_step(&world, &command);
}

Test(life, lower_priority_work_that_is_named_gives_up_its_unit_and_gets_another_at_once)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t victim = world_report(&world, INCIDENT_HELP, 4, 0, 0).incident_id;
    const uint32_t order = world_active(&world, car);
    world_says(&world, order, ASSIGNMENT_EN_ROUTE);
    const uint32_t urgent = world_report(&world, INCIDENT_FIRE, 1, 3000, 0).incident_id;
    const uint32_t spare = world_unit(&world, UNIT_CAR, 600, 0); /* goes to the fire: 2 wanted */
    cr_assert(eq(u32, world_assignment(&world, world_active(&world, spare)).incident_id, urgent));
    cr_expect(eq(u32, rob(urgent, car, 0).refusal, REASON_UNIT_BUSY));
    cr_expect(eq(u32, rob(urgent, car, urgent).refusal, REASON_UNIT_BUSY)); /* not its victim */
    cr_expect(eq(u32, rob(urgent, car, victim).refusal, REASON_NONE));
    cr_expect(eq(u32, world_assignment(&world, order).state, ASSIGNMENT_PREEMPTED));
    cr_expect(eq(u32, world_event(&world, EVENT_ASSIGNMENT_UPDATED, 0)->updated.other_id, urgent));
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, car)).incident_id, urgent));
    cr_expect(world_has_alarm(&world, ALARM_UNDISPATCHED, victim)); /* nobody is left for it */
    const uint32_t late = world_unit(&world, UNIT_CAR, 700, 0);
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, late)).incident_id, victim));
}

Test(life, the_victims_next_unit_goes_in_the_same_step)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t victim = world_report(&world, INCIDENT_HELP, 4, 0, 0).incident_id;
    const uint32_t next = world_unit(&world, UNIT_CAR, 800, 0);
    const uint32_t urgent = world_report(&world, INCIDENT_HELP, 2, 3000, 0).incident_id;
    cr_assert(eq(u32, world_assignment(&world, world_active(&world, next)).incident_id, urgent));
    world_recall(&world, world_active(&world, next)); /* free, and not for the urgent one */
    cr_expect(eq(u32, rob(urgent, car, victim).refusal, REASON_NONE));
    cr_expect(eq(u32, world_assignment(&world, world_active(&world, next)).incident_id, victim));
    cr_expect(eq(u32, world_incident(&world, victim).state, INCIDENT_DISPATCHED));
}

Test(life, equal_work_and_who_is_there_are_not_robbed)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t victim = world_report(&world, INCIDENT_HELP, 3, 0, 0).incident_id;
    const uint32_t equal = world_report(&world, INCIDENT_HELP, 3, 3000, 0).incident_id;
    cr_expect(eq(u32, rob(equal, car, victim).refusal, REASON_NOT_LOWER));
    const uint32_t urgent = world_report(&world, INCIDENT_HELP, 2, 5000, 0).incident_id;
    world_says(&world, world_active(&world, car), ASSIGNMENT_ON_SCENE);
    cr_expect(eq(u32, rob(urgent, car, victim).refusal, REASON_WRONG_STATE));
    const uint32_t free_car = world_unit(&world, UNIT_STATION, 5100, 0);
    while (world_active(&world, free_car) != 0) { /* from one after the other who waits */
        world_recall(&world, world_active(&world, free_car));
    }
    cr_expect(eq(u32, rob(urgent, free_car, victim).refusal, REASON_WRONG_STATE)); /* has none */
}

/* ---- Corrections ---- */

static struct step_result correct(uint32_t assignment_id, enum assignment_state milestone,
                                  int64_t corrected_ms)
{
    struct command command = {.kind = COMMAND_MILESTONE_CORRECT,
                              .correct = {.assignment_id = assignment_id,
                                          .milestone = milestone,
                                          .corrected_ms = corrected_ms,
                                          .note = "pressed too late"}};
    return world_step(&world, &command);
}

Test(life, a_milestone_is_corrected_by_a_row_that_names_what_it_was)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    const uint32_t order = world_active(&world, car);
    const int64_t sent_ms = world.now_ms;
    world_pass(&world, 60000);
    world_says(&world, order, ASSIGNMENT_ON_SCENE);
    const enum tier_verdict verdict = world_incident(&world, id).tiers[TIER_5].verdict;
    const int64_t pressed_ms = world.now_ms;
    world_pass(&world, 60000);
    cr_expect(eq(u32, correct(order, ASSIGNMENT_ON_SCENE, sent_ms + 30000).refusal, REASON_NONE));
    const struct event *event = world_event(&world, EVENT_MILESTONE_CORRECTED, 0);
    cr_expect(eq(i64, event->corrected.was_ms, pressed_ms));
    cr_expect(eq(i64, world_assignment(&world, order).on_scene_ms, sent_ms + 30000));
    cr_expect(eq(u32, world_assignment(&world, order).corrected_count, 1));
    cr_expect(eq(u32, world_incident(&world, id).tiers[TIER_5].verdict, verdict));
    /* a step that was skipped becomes known; what was not reached, or lies elsewhere, is refused */
    cr_expect(eq(u32, correct(order, ASSIGNMENT_EN_ROUTE, sent_ms + 20000).refusal, REASON_NONE));
    cr_expect(eq(u32, world_assignment(&world, order).corrected_count, 2));
    cr_expect(
        eq(u32, correct(order, ASSIGNMENT_CLEARED, sent_ms + 40000).refusal, REASON_WRONG_STATE));
    cr_expect(
        eq(u32, correct(order, ASSIGNMENT_ON_SCENE, sent_ms - 1).refusal, REASON_WRONG_STATE));
    cr_expect(
        eq(u32, correct(order, ASSIGNMENT_ON_SCENE, world.now_ms + 1).refusal, REASON_WRONG_STATE));
    cr_expect(
        eq(u32, correct(99, ASSIGNMENT_ON_SCENE, sent_ms).refusal, REASON_UNKNOWN_ASSIGNMENT));
}

/* An order from its delivery to its end; when each was said. */
static uint32_t given_a_whole_course(int64_t said_ms[ASSIGNMENT_STATE_COUNT])
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    report_from("", INCIDENT_HELP, 0);
    const uint32_t order = world_active(&world, car);
    for (enum assignment_state state = ASSIGNMENT_DELIVERED; state <= ASSIGNMENT_CLEARED; state++) {
        world_pass(&world, 5000);
        said_ms[state] = world.now_ms;
        cr_assert(eq(u32, world_says(&world, order, state).refusal, REASON_NONE));
    }
    world_pass(&world, 5000);
    return order;
}

Test(life, each_milestone_is_corrected_from_what_it_was)
{
    int64_t said_ms[ASSIGNMENT_STATE_COUNT];
    const uint32_t order = given_a_whole_course(said_ms);
    for (enum assignment_state state = ASSIGNMENT_DELIVERED; state <= ASSIGNMENT_CLEARED; state++) {
        cr_expect(eq(u32, correct(order, state, said_ms[state] - 1000).refusal, REASON_NONE));
        const struct event *event = world_event(&world, EVENT_MILESTONE_CORRECTED, 0);
        cr_expect(eq(i64, event->corrected.was_ms, said_ms[state]));
        cr_expect(eq(u32, event->corrected.milestone, state));
    }
}

Test(life, a_correction_keeps_the_milestones_in_their_order)
{
    int64_t said_ms[ASSIGNMENT_STATE_COUNT];
    const uint32_t order = given_a_whole_course(said_ms);
    for (enum assignment_state state = ASSIGNMENT_ACKNOWLEDGED; state <= ASSIGNMENT_CLEARED;
         state++) {
        const int64_t before_ms = said_ms[state - 1];
        cr_expect(eq(u32, correct(order, state, before_ms - 1).refusal, REASON_WRONG_STATE));
        cr_expect(eq(u32, correct(order, state, before_ms).refusal, REASON_NONE));
        cr_expect(eq(u32, correct(order, state, said_ms[state]).refusal, REASON_NONE));
    }
    for (enum assignment_state state = ASSIGNMENT_DELIVERED; state < ASSIGNMENT_CLEARED; state++) {
        const int64_t after_ms = said_ms[state + 1];
        cr_expect(eq(u32, correct(order, state, after_ms + 1).refusal, REASON_WRONG_STATE));
        cr_expect(eq(u32, correct(order, state, after_ms).refusal, REASON_NONE));
        cr_expect(eq(u32, correct(order, state, said_ms[state]).refusal, REASON_NONE));
    }
}

Test(life, one_that_left_the_engine_is_corrected_in_the_record)
{
    const uint32_t car = world_unit(&world, UNIT_CAR, 500, 0);
    const uint32_t id = report_from("", INCIDENT_HELP, 0).incident_id;
    const uint32_t order = world_active(&world, car);
    world_says(&world, order, ASSIGNMENT_CLEARED);
    world_close(&world, id, false);
    world_pass(&world, world.config.policy.reopen_ms + 1000);
    cr_expect(
        eq(u32, correct(order, ASSIGNMENT_ON_SCENE, world.now_ms - 5000).refusal, REASON_NONE));
    const struct event *event = world_event(&world, EVENT_MILESTONE_CORRECTED, 0);
    cr_expect(eq(u32, event->corrected.incident_id, 0));
    cr_expect(eq(i64, event->corrected.was_ms, TIME_NEVER));
}
