/* apply: an event that refers to what is not there is corrupt and changes nothing. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/support/core_given.h"

static struct world world;
static struct event event;

/* Incident 1 with a car (unit 0, assignment 1) on its way, incident 2 closed; alarms are raised. */
static void set_up(void)
{
    world_init(&world);
    world.config.limits.units_max = PANIC_ROOM + 1;
    world_begin(&world);
    world_unit(&world, UNIT_CAR, 500, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 0, 0);
    world_report(&world, INCIDENT_DISPUTE, 0, 900, 0);
    world_close(&world, 2, false);
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(apply, .init = set_up, .fini = tear_down, .timeout = 60);

static void given(enum event_kind kind)
{
    memset(&event, 0, sizeof event);
    event.kind = kind;
    event.seq = engine_seq(world.shadow) + 1;
    event.at_ms = world.now_ms;
}

static void corrupt(const char *why)
{
    const uint64_t digest = engine_digest(world.shadow);
    cr_expect(eq(u32, engine_replay(world.shadow, &event), STATUS_CORRUPT), "%s", why);
    cr_expect(eq(u64, engine_digest(world.shadow), digest), "%s", why);
}

Test(apply, of_a_kind_that_is_none)
{
    given(EVENT_KIND_COUNT);
    corrupt("no such kind");
    given(EVENT_AUDIT);
    event.at_ms = TIME_NEVER;
    corrupt("no time");
}

Test(apply, of_the_roster)
{
    given(EVENT_DISTRICT_PUT);
    event.district.index = 1;
    corrupt("a district before it");
    given(EVENT_DISTRICT_PUT);
    event.district.ring_count = 1;
    event.district.ring_sizes[0] = 257;
    corrupt("more points than there is room for");
    given(EVENT_AREA_PUT);
    event.area.index = 1;
    corrupt("an area before it");
    given(EVENT_AREA_PUT);
    event.area.ring_count = 1;
    event.area.ring_sizes[0] = 257;
    corrupt("more corners than there is room for");
    given(EVENT_CIRCLE_PUT);
    event.circle.index = 1;
    corrupt("a circle before it");
    given(EVENT_CENTRE_PUT);
    event.centre.index = 1;
    corrupt("a centre before it");
    given(EVENT_CHECKPOINT_PUT);
    event.checkpoint.index = 1;
    corrupt("a checkpoint before it");
    given(EVENT_CHECKPOINT_VISITED);
    corrupt("the checkpoint that was visited");
    given(EVENT_CHECKPOINT_OVERDUE);
    event.overdue.missed = 1;
    corrupt("the checkpoint that is overdue");
    given(EVENT_PLAN_PUT);
    event.plan.version = 1;
    event.plan.plan = (struct circle_plan){.code = "K", .types = 1, .priorities = 1};
    corrupt("the plan of a circle that is not there");
    given(EVENT_UNIT_PUT);
    event.unit.unit_id = 2;
    event.unit.unit.circle = CIRCLE_NONE;
    event.unit.unit.area = AREA_NONE;
    corrupt("a unit before it");
    event.unit.unit_id = 1;
    event.unit.unit.circle = 0;
    corrupt("a circle that is not there");
    event.unit.unit.circle = CIRCLE_NONE;
    event.unit.unit.area = 0;
    corrupt("an area that is not there");
    event.unit.unit.area = AREA_NONE;
    memcpy(event.unit.unit.code, "U0", 3);
    corrupt("the code of another unit");
    event.unit.unit_id = 0;
    memcpy(event.unit.unit.code, "U9", 3);
    corrupt("another code for a known unit");
    given(EVENT_UNIT_DUTY);
    event.duty.unit_id = 1;
    corrupt("a unit that is not there");
    event.duty.unit_id = 0;
    event.duty.duty = DUTY_OFF;
    corrupt("signing off with work open");
}

Test(apply, of_reports)
{
    given(EVENT_REPORT_RECEIVED);
    event.report.report_id = 2;
    event.report.incident_id = 3;
    corrupt("a report that is known");
    event.report.report_id = 3;
    event.report.incident_id = 2;
    corrupt("an incident that is known");
    event.report.merged = true;
    corrupt("joining what is closed");
    event.report.incident_id = 9;
    corrupt("joining what is not there");
}

Test(apply, of_incidents)
{
    given(EVENT_INCIDENT_OPENED);
    event.opened.incident_id = 1;
    event.opened.priority = 1;
    event.opened.circle = CIRCLE_NONE;
    event.opened.areas[AREA_BEAT] = event.opened.areas[AREA_GRID] = AREA_NONE;
    corrupt("opened already");
    event.opened.incident_id = 9;
    corrupt("opened without a report");
    given(EVENT_INCIDENT_UPDATED);
    event.incident.incident_id = 1;
    event.incident.generation = 2;
    event.incident.priority = 1;
    event.incident.circle = CIRCLE_NONE;
    event.incident.areas[AREA_BEAT] = event.incident.areas[AREA_GRID] = AREA_NONE;
    corrupt("not the next generation");
    event.incident.generation = 3;
    event.incident.circle = 0;
    corrupt("a circle that is not there");
    event.incident.circle = CIRCLE_NONE;
    event.incident.areas[AREA_GRID] = 0;
    corrupt("an area that is not there");
    event.incident.areas[AREA_GRID] = AREA_NONE;
    event.incident.priority = 5;
    corrupt("no such priority");
    event.incident.priority = 1;
    event.incident.incident_id = 2;
    corrupt("closed");
    given(EVENT_INCIDENT_STATE);
    event.state.incident_id = 1;
    event.state.state = INCIDENT_DISPATCHED;
    corrupt("the state it has");
    event.state.state = INCIDENT_CLOSED;
    corrupt("an end with work open");
    event.state.incident_id = 2;
    event.state.state = INCIDENT_PENDING;
    corrupt("closed is closed");
    given(EVENT_INCIDENT_NOTED);
    event.noted.incident_id = 9;
    corrupt("a note on nothing");
    given(EVENT_PHOTO_ADDED);
    event.photo.incident_id = 9;
    corrupt("a photo of nothing");
    given(EVENT_INCIDENT_ARCHIVED);
    event.archived.incident_id = 1;
    corrupt("archived while open");
    event.archived.incident_id = 9;
    corrupt("archived, not there");
}

/* Only the shadow hears of this, so a new world is compared at the end. */
Test(apply, an_incident_is_what_its_opening_says_whatever_was_reported)
{
    given(EVENT_REPORT_RECEIVED);
    event.report.report_id = 3;
    event.report.incident_id = 3;
    event.report.received_ms = world.now_ms - 9;
    event.report.district = 1;
    event.report.report.type = INCIDENT_FIRE;
    event.report.report.priority = 1;
    event.report.report.at = world_at(1, 1);
    memcpy(event.report.report.address, "here", 5);
    cr_assert(eq(u32, engine_replay(world.shadow, &event), STATUS_OK));
    given(EVENT_INCIDENT_OPENED);
    event.opened = (struct incident_opened){.incident_id = 3,
                                            .type = INCIDENT_HELP,
                                            .priority = 3,
                                            .at = world_at(70, 80),
                                            .address = "there",
                                            .district = 2,
                                            .circle = CIRCLE_NONE,
                                            .areas = {AREA_NONE, AREA_NONE},
                                            .drill = true,
                                            .mode = DISPATCH_RECOMMEND,
                                            .for_all = true,
                                            .received_ms = world.now_ms - 7,
                                            .clock_ms = world.now_ms - 5,
                                            .similar_id = 1,
                                            .tiers = {{true, 2, 60000, 30000}, {false, 0, 1, 2}}};
    cr_assert(eq(u32, engine_replay(world.shadow, &event), STATUS_OK));
    struct incident_view view;
    cr_assert(engine_incident(world.shadow, 3, &view));
    cr_expect(eq(u32, view.generation, 1));
    cr_expect(eq(u32, view.type, INCIDENT_HELP));
    cr_expect(eq(u32, view.priority, 3));
    cr_expect(eq(u32, view.state, INCIDENT_PENDING));
    cr_expect(eq(i32, view.at.lat_e7, world_at(70, 80).lat_e7));
    cr_expect(eq(i32, view.at.lon_e7, world_at(70, 80).lon_e7));
    cr_expect(eq(int, strcmp(view.address, "there"), 0));
    cr_expect(eq(u32, view.district, 2));
    cr_expect(eq(u32, view.circle, CIRCLE_NONE));
    cr_expect(view.drill);
    cr_expect(eq(u32, view.mode, DISPATCH_RECOMMEND));
    cr_expect(view.for_all);
    cr_expect(eq(i64, view.received_ms, world.now_ms - 7));
    cr_expect(eq(i64, view.created_ms, world.now_ms));
    cr_expect(eq(i64, view.clock_ms, world.now_ms - 5));
    cr_expect(eq(u32, view.similar_id, 1));
    cr_expect(eq(u32, view.tiers[TIER_1].verdict, TIER_OPEN));
    cr_expect(eq(u32, view.tiers[TIER_1].wanted, 2));
    cr_expect(eq(u32, view.tiers[TIER_1].target_ms, 60000));
    cr_expect(eq(u32, view.tiers[TIER_3].verdict, TIER_NOT_ASKED));
    cr_expect(eq(u32, view.report_count, 1));
    world_destroy(&world);
    world_init(&world);
    world_begin(&world);
}

Test(apply, of_verdicts_and_decisions)
{
    given(EVENT_TIER_VERDICT);
    event.verdict.incident_id = 1;
    event.verdict.tier = TIER_1;
    event.verdict.verdict = TIER_MET;
    event.verdict.unit_id = UNIT_NONE;
    corrupt("given already");
    event.verdict.tier = TIER_5;
    event.verdict.verdict = TIER_OPEN;
    corrupt("open is no verdict");
    event.verdict.verdict = TIER_MET;
    event.verdict.unit_id = 7;
    corrupt("met by nobody known");
    given(EVENT_DECISION_MADE);
    event.decision.incident_id = 2;
    corrupt("closed");
    event.decision.incident_id = 1;
    event.decision.candidate_count = 1;
    event.decision.candidates[0].unit_id = 1;
    corrupt("a candidate that is not there");
    event.decision.candidate_count = 0;
    event.decision.passed_count = 1;
    event.decision.passed[0].unit_id = 1;
    corrupt("nobody was passed over");
}

Test(apply, of_assignments)
{
    given(EVENT_ASSIGNMENT_SENT);
    event.sent = (struct assignment_sent){
        .assignment_id = 2, .incident_id = 1, .unit_id = 0, .generation = 3, .version = 1};
    corrupt("a double order");
    event.sent.unit_id = 1;
    corrupt("to nobody");
    event.sent.unit_id = 0;
    event.sent.assignment_id = 1;
    corrupt("an id that was given");
    given(EVENT_ASSIGNMENT_UPDATED);
    event.updated = (struct assignment_updated){
        .assignment_id = 1, .incident_id = 1, .unit_id = 0, .state = ASSIGNMENT_SENT, .version = 2};
    corrupt("backwards");
    event.updated.state = ASSIGNMENT_ON_SCENE;
    event.updated.version = 3;
    corrupt("a version is missing");
    event.updated.version = 2;
    event.updated.incident_id = 2;
    corrupt("of another incident");
    event.updated.assignment_id = 9;
    corrupt("not there");
    given(EVENT_ASSIGNMENT_STEP);
    event.step.assignment_id = 1;
    event.step.version = 5;
    corrupt("a version is missing");
    event.step.assignment_id = 9;
    corrupt("not there");
}

Test(apply, of_alarms)
{
    given(EVENT_ALARM_RAISED);
    event.alarm.checkpoint = CHECKPOINT_NONE;
    event.alarm.circle = CIRCLE_NONE;
    event.alarm.alarm_id = 1;
    event.alarm.incident_id = 1;
    corrupt("an id that was given");
    event.alarm.alarm_id = 99;
    event.alarm.incident_id = 9;
    corrupt("of an incident that is not there");
    event.alarm.incident_id = 1;
    event.alarm.assignment_id = 9;
    corrupt("of an assignment that is not there");
    given(EVENT_ALARM_RAISED);
    event.alarm.checkpoint = CHECKPOINT_NONE;
    event.alarm.alarm_id = 99;
    event.alarm.circle = CIRCLE_NONE;
    corrupt("of no incident and no circle");
    event.alarm.kind = ALARM_COVERAGE_GAP;
    event.alarm.circle = 9;
    corrupt("of a circle that is not there");
    event.alarm.incident_id = 1;
    event.alarm.circle = CIRCLE_NONE;
    corrupt("a gap of an incident");
    event.alarm.kind = ALARM_CHECKPOINT_OVERDUE;
    event.alarm.incident_id = 0;
    event.alarm.checkpoint = 0;
    corrupt("of a checkpoint that is not there");
    event.alarm.kind = ALARM_NO_UNIT;
    event.alarm.incident_id = 1;
    corrupt("of an incident and a checkpoint");
    given(EVENT_ALARM_ACKED);
    event.alarm.alarm_id = 99;
    corrupt("not there");
    given(EVENT_ALARM_CLEARED);
    event.alarm.alarm_id = 99;
    corrupt("not there");
    given(EVENT_ALARM_SHELVED);
    event.alarm.alarm_id = 99;
    event.alarm.until_ms = event.at_ms + 60000;
    corrupt("not there");
    given(EVENT_ALARM_RETURNED);
    event.alarm.alarm_id = 99;
    corrupt("not there");
    event.alarm.alarm_id = 1;
    corrupt("not shelved");
}

Test(apply, of_holds_and_owners)
{
    given(EVENT_INCIDENT_HELD);
    event.held.incident_id = 1;
    event.held.review_ms = world.now_ms + 1000;
    corrupt("somebody is on the way");
    event.held.incident_id = 2;
    corrupt("closed");
    given(EVENT_INCIDENT_RELEASED);
    event.released.incident_id = 1;
    corrupt("not held");
    given(EVENT_INCIDENT_REOPENED);
    event.reopened.incident_id = 1;
    event.reopened.generation = 3;
    corrupt("open");
    event.reopened.incident_id = 2;
    event.reopened.state = INCIDENT_CLOSED;
    corrupt("opened as closed");
    event.reopened.state = INCIDENT_PENDING;
    event.reopened.generation = 99;
    corrupt("not the next generation");
    given(EVENT_INCIDENT_OWNED);
    event.owned.incident_id = 1;
    memcpy(event.owned.from, "wang", 5);
    corrupt("wang had it not");
    event.owned.incident_id = 9;
    corrupt("owned, not there");
}

Test(apply, of_calls_for_help)
{
    given(EVENT_UNIT_PANIC);
    event.panic.incident_id = 2;
    corrupt("from a closed incident");
    event.panic.incident_id = 1;
    event.panic.unit_id = 9;
    corrupt("by nobody");
    given(EVENT_PANIC_WIDENED);
    event.panic_end.incident_id = 1;
    corrupt("nobody called");
    given(EVENT_PANIC_CLOSED);
    event.panic_end.incident_id = 1;
    corrupt("nobody called");
    struct command command = {.kind = COMMAND_UNIT_PANIC, .panic = {.device_ms = TIME_NEVER}};
    const uint32_t id = world_step(&world, &command).incident_id;
    given(EVENT_UNIT_PANIC);
    event.panic.incident_id = id;
    corrupt("called already");
    event.panic.incident_id = 1;
    corrupt("from two incidents at once");
    given(EVENT_PANIC_WIDENED);
    event.panic_end.incident_id = id;
    corrupt("it is for all already");
}

Test(apply, of_notices)
{
    given(EVENT_INCIDENT_WARNED);
    event.warned.incident_id = 2;
    corrupt("closed");
    given(EVENT_NOTICE_SENT);
    event.notice.assignment_id = 1;
    event.notice.incident_id = 1;
    event.notice.number = 1;
    corrupt("of nothing");
    event.notice.kinds = UINT32_MAX;
    corrupt("of what there is not");
    event.notice.kinds = 1;
    event.notice.number = 2;
    corrupt("not the next number");
    event.notice.number = 1;
    event.notice.unit_id = 5;
    corrupt("another unit's order");
    given(EVENT_NOTICE_UPDATED);
    event.noticed.assignment_id = 1;
    event.noticed.incident_id = 1;
    event.noticed.state = NOTICE_DELIVERED;
    corrupt("none is open");
}

Test(apply, of_policies)
{
    given(EVENT_POLICY_PUT);
    event.policy.policy = world.config.policy;
    event.policy.version = 9;
    corrupt("not the next version");
    uint32_t version = 0;
    uint64_t origin = 0;
    (void)engine_policy(world.engine, &version, &origin);
    event.policy.version = version + 1;
    event.policy.policy.name[0] = '\0';
    corrupt("no policy that the core could follow");
}

Test(apply, no_more_than_there_is_room_for)
{
    for (uint32_t i = 3; i < 65; i++) {
        world_report(&world, INCIDENT_OTHER, 0, (int32_t)i * 100, 500);
    }
    for (uint32_t i = 0; i < PANIC_ROOM; i++) {
        struct command command = {.kind = COMMAND_UNIT_PANIC};
        command.panic.unit_id = world_unit(&world, UNIT_FOOT, (int32_t)i * 100, 500);
        command.panic.device_ms = TIME_NEVER;
        world_step(&world, &command);
    }
    given(EVENT_REPORT_RECEIVED);
    event.report.report_id = 1000;
    event.report.incident_id = 1000;
    corrupt("incidents");
    given(EVENT_ALARM_RAISED);
    event.alarm.circle = CIRCLE_NONE;
    event.alarm.checkpoint = CHECKPOINT_NONE;
    event.alarm.incident_id = 1;
    event.alarm.unit_id = UNIT_NONE;
    struct alarm_view view;
    uint32_t alarms = 0, last = 0;
    while (engine_alarm_next(world.shadow, last, &view)) {
        last = view.alarm_id;
        alarms++;
    }
    /* Only the shadow hears of these, so it must not be compared at the end. */
    const uint32_t room =
        world.config.limits.alarms_max + world.config.limits.incidents_max + PANIC_ROOM;
    for (event.alarm.alarm_id = last + 1; alarms < room; alarms++) {
        event.seq = engine_seq(world.shadow) + 1;
        cr_assert(eq(u32, engine_replay(world.shadow, &event), STATUS_OK));
        event.alarm.alarm_id++;
    }
    event.seq = engine_seq(world.shadow) + 1;
    corrupt("alarms");
    world_destroy(&world);
    world_init(&world);
    world_begin(&world);
}

Test(apply, the_oldest_decisions_give_way)
{
    world_destroy(&world);
    world_init(&world);
    world.config.limits.incidents_max = 1100;
    world.config.limits.reports_max = 0; /* twice as many */
    world.config.limits.alarms_max = 4000;
    world_begin(&world);
    for (uint32_t i = 0; i < 1100; i++) {
        world_report(&world, INCIDENT_OTHER, 0, (int32_t)i * 60, 0);
    }
    /* 3,072 decisions are kept: those of the last 1,024 incidents. */
    cr_expect(eq(ptr, (void *)(uintptr_t)engine_decision(world.engine, 76, TIER_1), NULL));
    cr_expect(ne(ptr, (void *)(uintptr_t)engine_decision(world.engine, 77, TIER_1), NULL));
    world_recommend(&world, 1);
    cr_expect(ne(ptr, (void *)(uintptr_t)engine_decision(world.engine, 1, TIER_5), NULL));
    cr_expect(eq(ptr, (void *)(uintptr_t)engine_decision(world.engine, 77, TIER_5), NULL));
    world_cancel(&world, 600);
    world_cancel(&world, 1100);
    world_pass(&world, 3600000);
    cr_expect(eq(ptr, (void *)(uintptr_t)engine_decision(world.engine, 600, TIER_1), NULL));
    world_report(&world, INCIDENT_OTHER, 0, 0, 900);
    cr_expect(ne(ptr, (void *)(uintptr_t)engine_decision(world.engine, 78, TIER_5), NULL));
}
