/* history: what one incident leaves, that questions see their scope only, and that feeding, failing
 * and rebuilding come to the same. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/event_codec.h"
#include "engine/store/history_private.h"
#include "engine/store/recovery.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/history_given.h"
#include "tests/support/store_city.h"

#define OTHER "fedcba9876543210fedcba9876543210"

static void set_up(void)
{
    history_given_begin(40000, 32u << 20);
}

TestSuite(history, .init = set_up, .fini = history_given_end, .timeout = 120);

static void feed(void)
{
    cr_assert(eq(int, history_feed(history, &events, error), STATUS_OK), "%s", error);
    event_list_clear(&events);
}

/* ---- Events by hand ---- */

static struct event *make(enum event_kind kind, int64_t at_ms)
{
    memset(event, 0, sizeof *event);
    event->kind = kind;
    event->at_ms = T0 + at_ms;
    return event;
}

static void put(void)
{
    store_given_event(&events, history_seq(history) + 1, event);
}

static void given_unit(uint32_t unit_id, const char *code)
{
    make(EVENT_UNIT_PUT, 0)->unit.unit_id = unit_id;
    (void)snprintf(event->unit.unit.code, CODE_SIZE, "%s", code);
    (void)snprintf(event->unit.unit.name, NAME_SIZE, "unit %s", code);
    event->unit.unit.kind = UNIT_CAR;
    event->unit.unit.circle = CIRCLE_NONE;
    event->unit.unit.district = 3;
    event->unit.unit.home = (struct geo_point){1, 2};
    put();
}

static void given_circle(void)
{
    make(EVENT_CIRCLE_PUT, 0)->circle.index = 4;
    (void)snprintf(event->circle.circle.code, CODE_SIZE, "C4");
    (void)snprintf(event->circle.circle.name, NAME_SIZE, "银行街");
    event->circle.circle.radius_m = 300;
    event->circle.circle.district = 3;
    put();
}

static void given_report(uint32_t report_id, uint32_t incident_id, const char *caller,
                         int64_t at_ms)
{
    make(EVENT_REPORT_RECEIVED, at_ms)->report.report_id = report_id;
    event->report.incident_id = incident_id;
    event->report.merged = report_id != incident_id;
    event->report.received_ms = T0 + at_ms - 5000;
    event->report.district = 3;
    event->report.report.channel = CHANNEL_SMS;
    event->report.report.type = INCIDENT_CRIME;
    event->report.report.occurred_ms = TIME_NEVER;
    (void)snprintf(event->report.report.caller, NAME_SIZE, "%s", caller);
    (void)snprintf(event->report.report.phone, PHONE_SIZE, "1380013800%u", report_id);
    (void)snprintf(event->report.report.note, NOTE_SIZE, "note of %s", caller);
    put();
}

static void given_incident(uint32_t incident_id, int64_t at_ms, uint8_t district, bool drill)
{
    make(EVENT_INCIDENT_OPENED, at_ms)->opened.incident_id = incident_id;
    event->opened.type = incident_id % 2 == 0 ? INCIDENT_FIRE : INCIDENT_CRIME;
    event->opened.priority = 2;
    event->opened.at = (struct geo_point){225000000, 1133000000};
    (void)snprintf(event->opened.address, ADDRESS_SIZE, "孙文东路 %u", incident_id);
    event->opened.district = district;
    event->opened.circle = incident_id % 3 == 0 ? 4 : CIRCLE_NONE;
    event->opened.drill = drill;
    event->opened.mode = DISPATCH_AUTO;
    (void)snprintf(event->opened.policy, CODE_SIZE, "mutual-aid");
    event->opened.received_ms = T0 + at_ms - 5000;
    event->opened.clock_ms = T0 + at_ms - 5000;
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        event->opened.tiers[i] =
            (struct tier_opening){.asked = i != TIER_3, .units = 1, .target_ms = 60000 * (i + 1)};
    }
    put();
}

static void given_order(uint32_t assignment_id, uint32_t incident_id, uint32_t unit_id,
                        enum tier tier, int64_t at_ms)
{
    make(EVENT_ASSIGNMENT_SENT, at_ms)->sent.assignment_id = assignment_id;
    event->sent.incident_id = incident_id;
    event->sent.unit_id = unit_id;
    event->sent.tier = tier;
    event->sent.travel_ms = 42000;
    event->sent.distance_m = 350;
    event->sent.rank = 1;
    event->sent.generation = 1;
    event->sent.automatic = true;
    event->sent.version = 1;
    put();
}

static void given_update(uint32_t assignment_id, uint32_t incident_id, uint32_t unit_id,
                         enum tier tier, enum assignment_state state, enum source source,
                         int64_t at_ms)
{
    make(EVENT_ASSIGNMENT_UPDATED, at_ms)->updated.assignment_id = assignment_id;
    event->updated.incident_id = incident_id;
    event->updated.unit_id = unit_id;
    event->updated.tier = tier;
    event->updated.state = state;
    event->updated.source = source;
    event->updated.device_ms = source == SOURCE_UNIT ? T0 + at_ms - 777 : TIME_NEVER;
    event->updated.version = 2;
    put();
}

static void given_verdict(uint32_t incident_id, enum tier tier, enum tier_verdict verdict,
                          uint32_t unit_id, uint32_t elapsed_ms, int64_t at_ms)
{
    make(EVENT_TIER_VERDICT, at_ms)->verdict.incident_id = incident_id;
    event->verdict.tier = tier;
    event->verdict.verdict = verdict;
    event->verdict.unit_id = unit_id;
    event->verdict.clock_ms = T0 + at_ms - elapsed_ms;
    event->verdict.elapsed_ms = elapsed_ms;
    event->verdict.target_ms = 60000;
    put();
}

static void given_state(uint32_t incident_id, enum incident_state state, enum reason reason,
                        int64_t at_ms)
{
    make(EVENT_INCIDENT_STATE, at_ms)->state.incident_id = incident_id;
    event->state.state = state;
    event->state.reason = reason;
    (void)snprintf(event->state.note, NOTE_SIZE, "the end of it");
    put();
}

/* Unit 12 (tier 1) is there after 52 s, unit 13 (tier 5) is late and comes at last. */
static void given_a_whole_incident(void)
{
    given_unit(12, "P12");
    given_unit(13, "K13");
    given_circle();
    given_report(1, 1, "王女士", 5000);
    given_incident(1, 5000, 3, false);
    given_order(7, 1, 12, TIER_1, 5100);
    given_order(8, 1, 13, TIER_5, 5100);
    given_update(7, 1, 12, TIER_1, ASSIGNMENT_DELIVERED, SOURCE_SYSTEM, 5400);
    given_update(7, 1, 12, TIER_1, ASSIGNMENT_ACKNOWLEDGED, SOURCE_UNIT, 12000);
    given_update(7, 1, 12, TIER_1, ASSIGNMENT_EN_ROUTE, SOURCE_DISPATCHER, 14000);
    given_report(2, 1, "李先生", 30000);
    given_update(7, 1, 12, TIER_1, ASSIGNMENT_ON_SCENE, SOURCE_GPS, 52000);
    given_verdict(1, TIER_1, TIER_MET, 12, 52000, 52000);
    given_verdict(1, TIER_5, TIER_MISSED, UNIT_NONE, 180000, 180000);
    given_update(8, 1, 13, TIER_5, ASSIGNMENT_ON_SCENE, SOURCE_UNIT, 200000);
    given_update(7, 1, 12, TIER_1, ASSIGNMENT_CLEARED, SOURCE_UNIT, 500000);
    given_state(1, INCIDENT_CLOSED, REASON_RESOLVED, 600000);
    feed();
}

/* ---- What it leaves ---- */

Test(history, an_incident_reads_back_with_everything)
{
    given_a_whole_incident();
    struct history_incident incident;
    cr_assert(eq(int, history_reader_incident(reader, 1, SCOPE_CITY, &incident, error), STATUS_OK));
    cr_expect(eq(int, incident.type, INCIDENT_CRIME));
    cr_expect(eq(int, incident.state, INCIDENT_CLOSED));
    cr_expect(eq(u32, incident.priority, 2));
    cr_expect(eq(i32, incident.at.lat_e7, 225000000));
    cr_expect(eq(str, incident.address, "孙文东路 1"));
    cr_expect(eq(u8, incident.district, 3));
    cr_expect(eq(u32, incident.circle, CIRCLE_NONE));
    cr_expect(eq(str, incident.policy, "mutual-aid"));
    cr_expect(incident.received_ms == T0);
    cr_expect(incident.created_ms == T0 + 5000);
    cr_expect(incident.clock_ms == T0);
    cr_expect(incident.dispatched_ms == T0 + 5100);
    cr_expect(incident.on_scene_ms == T0 + 52000);
    cr_expect(incident.ended_ms == T0 + 600000);
    cr_expect(incident.archived_ms == TIME_NEVER);
    cr_expect(eq(int, incident.end_reason, REASON_RESOLVED));
    cr_expect(eq(str, incident.end_note, "the end of it"));
    cr_expect(eq(u32, incident.report_count, 2));
    cr_expect(eq(str, incident.caller, "王女士"));
    cr_expect(eq(str, incident.phone, "13800138001"));
    cr_expect(eq(str, incident.created_by, "li"));
}

Test(history, an_incident_opened_before_its_report_reads_the_same)
{
    given_incident(1, 5000, 3, false);
    given_report(1, 1, "王女士", 5000);
    given_report(2, 1, "李先生", 6000);
    feed();
    struct history_incident incident;
    cr_assert(eq(int, history_reader_incident(reader, 1, SCOPE_CITY, &incident, error), STATUS_OK));
    cr_expect(eq(u32, incident.report_count, 2));
    cr_expect(eq(str, incident.caller, "王女士"));
}

struct collected {
    struct history_assignment assignments[8];
    struct history_report reports[8];
    struct history_log_row rows[64];
    enum event_kind kinds[64];
    uint32_t count;
};
static struct collected seen;

static bool collect_assignment(void *context, const struct history_assignment *assignment)
{
    (void)context;
    seen.assignments[seen.count++] = *assignment;
    return true;
}

static bool collect_report(void *context, const struct history_report *report)
{
    (void)context;
    seen.reports[seen.count++] = *report;
    return true;
}

static bool collect_row(void *context, const struct history_log_row *row)
{
    (void)context;
    seen.rows[seen.count++] = *row;
    return seen.count < 64;
}

static bool collect_event(void *context, const struct event_record *record, const uint8_t *body)
{
    struct event *decoded = context;
    decoded->kind = record->kind;
    cr_expect(eq(int, event_codec_decode(decoded, body, record->body_size), STATUS_OK));
    seen.kinds[seen.count++] = record->kind;
    return true;
}

static void ask_log(const struct history_filter *filter)
{
    seen.count = 0;
    cr_assert(eq(int, history_reader_log(reader, filter, collect_row, NULL, error), STATUS_OK),
              "%s", error);
}

Test(history, milestones_are_kept_with_who_said_so)
{
    given_a_whole_incident();
    seen.count = 0;
    cr_assert(
        eq(int, history_reader_assignments(reader, 1, collect_assignment, NULL, error), STATUS_OK));
    cr_assert(eq(u32, seen.count, 2));
    const struct history_assignment *first = &seen.assignments[0];
    static const struct {
        int64_t at_ms;
        enum source source;
    } expected[HISTORY_MILESTONE_COUNT] = {[HISTORY_SENT] = {5100, SOURCE_DISPATCHER},
                                           [HISTORY_DELIVERED] = {5400, SOURCE_SYSTEM},
                                           [HISTORY_ACKNOWLEDGED] = {12000, SOURCE_UNIT},
                                           [HISTORY_EN_ROUTE] = {14000, SOURCE_DISPATCHER},
                                           [HISTORY_ON_SCENE] = {52000, SOURCE_GPS},
                                           [HISTORY_ENDED] = {500000, SOURCE_UNIT}};
    for (uint32_t i = 0; i < HISTORY_MILESTONE_COUNT; i++) {
        cr_expect(first->milestones[i].at_ms == T0 + expected[i].at_ms, "milestone %u", i);
        cr_expect(eq(int, first->milestones[i].source, expected[i].source), "milestone %u", i);
    }
    cr_expect(first->milestones[HISTORY_ACKNOWLEDGED].device_ms == T0 + 12000 - 777);
    cr_expect(first->milestones[HISTORY_EN_ROUTE].device_ms == TIME_NEVER);
    cr_expect(eq(str, (char *)seen.assignments[0].unit_code, "P12"));
    cr_expect(eq(u32, first->travel_ms, 42000));
    cr_expect(first->automatic);
    const struct history_assignment *second = &seen.assignments[1];
    cr_expect(second->milestones[HISTORY_ACKNOWLEDGED].at_ms == TIME_NEVER, "skipped: unknown");
    cr_expect(second->milestones[HISTORY_ON_SCENE].at_ms == T0 + 200000);
}

static uint32_t generation_of(uint32_t incident_id)
{
    struct history_incident incident;
    cr_assert(eq(int, history_reader_incident(reader, incident_id, SCOPE_CITY, &incident, error),
                 STATUS_OK));
    return incident.generation;
}

Test(history, a_recall_raises_the_generation_as_it_does_in_the_engine)
{
    given_a_whole_incident();
    cr_expect(eq(u32, generation_of(1), 1));
    given_order(9, 1, 12, TIER_1, 700000);
    given_update(9, 1, 12, TIER_1, ASSIGNMENT_RECALLED, SOURCE_DISPATCHER, 710000);
    feed();
    cr_expect(eq(u32, generation_of(1), 2));
}

Test(history, an_order_has_the_version_of_its_last_event)
{
    given_a_whole_incident();
    make(EVENT_ASSIGNMENT_STEP, 700000)->step.assignment_id = 8;
    event->step.incident_id = 1;
    event->step.unit_id = 13;
    event->step.tier = TIER_5;
    event->step.step = LADDER_DISPATCHER;
    event->step.version = 7;
    put();
    given_order(9, 1, 12, TIER_1, 700000);
    feed();
    seen.count = 0;
    cr_assert(
        eq(int, history_reader_assignments(reader, 1, collect_assignment, NULL, error), STATUS_OK));
    cr_assert(eq(u32, seen.count, 3));
    cr_expect(eq(u32, seen.assignments[0].version, 2), "updated");
    cr_expect(eq(u32, seen.assignments[1].version, 7), "a step of the ladder");
    cr_expect(eq(u32, seen.assignments[1].resent_count, 0));
    cr_expect(eq(u32, seen.assignments[2].version, 1), "as sent");
}

Test(history, a_milestone_is_written_once)
{
    given_a_whole_incident();
    given_update(7, 1, 12, TIER_1, ASSIGNMENT_ON_SCENE, SOURCE_DISPATCHER, 9000000);
    given_update(7, 1, 12, TIER_1, ASSIGNMENT_ACKNOWLEDGED, SOURCE_DISPATCHER, 9000000);
    feed();
    seen.count = 0;
    cr_assert(
        eq(int, history_reader_assignments(reader, 1, collect_assignment, NULL, error), STATUS_OK));
    cr_expect(seen.assignments[0].milestones[HISTORY_ON_SCENE].at_ms == T0 + 52000);
    cr_expect(eq(int, seen.assignments[0].milestones[HISTORY_ON_SCENE].source, SOURCE_GPS));
    cr_expect(seen.assignments[0].milestones[HISTORY_ACKNOWLEDGED].at_ms == T0 + 12000);
}

Test(history, reports_and_timeline_come_in_order)
{
    given_a_whole_incident();
    seen.count = 0;
    cr_assert(eq(int, history_reader_reports(reader, 1, collect_report, NULL, error), STATUS_OK));
    cr_assert(eq(u32, seen.count, 2));
    cr_expect(eq(str, seen.reports[1].caller, "李先生"));
    cr_expect(seen.reports[1].merged);
    cr_expect(seen.reports[1].occurred_ms == TIME_NEVER);
    seen.count = 0;
    cr_assert(eq(int, history_reader_timeline(reader, 1, collect_event, event, error), STATUS_OK));
    cr_assert(eq(u32, seen.count, 14));
    cr_expect(eq(int, seen.kinds[0], EVENT_REPORT_RECEIVED));
    cr_expect(eq(int, seen.kinds[13], EVENT_INCIDENT_STATE));
}

Test(history, the_response_log_has_a_row_for_every_tier_that_was_asked)
{
    given_a_whole_incident();
    const struct history_filter all = history_reader_everything();
    ask_log(&all);
    cr_assert(eq(u32, seen.count, 2), "tier 3 was not asked");
    const struct history_log_row *met = &seen.rows[0];
    cr_expect(eq(int, met->tier, TIER_1));
    cr_expect(eq(int, met->verdict, TIER_MET));
    cr_expect(eq(u32, met->unit_id, 12));
    cr_expect(eq(u32, met->elapsed_ms, 52000));
    cr_expect(met->response_ms == 52000);
    cr_expect(met->milestones[HISTORY_ACKNOWLEDGED].at_ms == T0 + 12000);
    cr_expect(eq(int, met->exclusion, HISTORY_COUNTED));
    const struct history_log_row *missed = &seen.rows[1];
    cr_expect(eq(int, missed->tier, TIER_5));
    cr_expect(eq(int, missed->verdict, TIER_MISSED), "a verdict is not taken back");
    cr_expect(eq(u32, missed->elapsed_ms, 180000), "at the verdict");
    cr_expect(missed->response_ms == 200000, "but the unit came, and that is a sample");
    cr_expect(eq(u32, missed->unit_id, 13));
}

Test(history, the_log_names_the_unit_that_met_the_tier_not_the_first_ordered)
{
    given_unit(12, "P12");
    given_unit(13, "K13");
    given_incident(1, 5000, 3, false);
    given_order(7, 1, 12, TIER_1, 5100);
    given_order(8, 1, 13, TIER_1, 35100);
    given_update(8, 1, 13, TIER_1, ASSIGNMENT_ON_SCENE, SOURCE_UNIT, 50000);
    given_verdict(1, TIER_1, TIER_MET, 13, 50000, 50000);
    given_update(7, 1, 12, TIER_1, ASSIGNMENT_ON_SCENE, SOURCE_UNIT, 55000);
    feed();
    struct history_filter filter = history_reader_everything();
    filter.tier = TIER_1;
    ask_log(&filter);
    cr_assert(eq(u32, seen.count, 1));
    cr_expect(eq(u32, seen.rows[0].unit_id, 13));
    cr_expect(seen.rows[0].response_ms == 50000);
}

/* The first to arrive was somebody else: the verdict says whom the tier is owed to. */
Test(history, the_log_names_the_order_of_the_verdict_whoever_else_was_there)
{
    given_unit(12, "P12");
    given_unit(13, "K13");
    given_incident(1, 5000, 3, false);
    given_order(7, 1, 12, TIER_1, 5100);
    given_order(8, 1, 13, TIER_1, 5200);
    given_update(8, 1, 13, TIER_1, ASSIGNMENT_DECLINED, SOURCE_UNIT, 6000);
    given_order(9, 1, 13, TIER_1, 7000);
    given_update(7, 1, 12, TIER_1, ASSIGNMENT_ON_SCENE, SOURCE_UNIT, 40000);
    given_verdict(1, TIER_1, TIER_MET, 13, 50000, 50000);
    given_order(10, 1, 13, TIER_5, 51000);
    feed();
    struct history_filter filter = history_reader_everything();
    filter.tier = TIER_1;
    ask_log(&filter);
    cr_assert(eq(u32, seen.count, 1));
    cr_expect(eq(u32, seen.rows[0].assignment_id, 9), "its last of this tier");
    cr_expect(eq(str, seen.rows[0].unit_code, "K13"));
}

/* ---- Policies ---- */

static struct history_policy policies[8];
static uint32_t policy_count;

static bool collect_policy(void *context, const struct history_policy *policy)
{
    (void)context;
    policies[policy_count++] = *policy;
    return true;
}

static void ask_policies(int64_t from_ms, int64_t to_ms)
{
    policy_count = 0;
    cr_assert(eq(int, history_reader_policies(reader, from_ms, to_ms, collect_policy, NULL, error),
                 STATUS_OK),
              "%s", error);
}

Test(history, a_period_has_the_policies_that_were_in_force_in_it)
{
    static const char *const names[] = {"mutual-aid", "echelon", "place-class"};
    for (uint32_t i = 0; i < 3; i++) {
        make(EVENT_POLICY_PUT, 1000 * (int64_t)(i + 1))->policy.version = i + 1;
        cr_assert(eq(int, policy_preset(names[i], &event->policy.policy), STATUS_OK));
        put();
    }
    feed();
    ask_policies(T0, TIME_NEVER);
    cr_assert(eq(u32, policy_count, 3));
    for (uint32_t i = 0; i < 3; i++) {
        struct policy preset;
        cr_assert(eq(int, policy_preset(names[i], &preset), STATUS_OK));
        cr_expect(eq(u32, policies[i].version, i + 1));
        cr_expect(eq(int, strcmp(policies[i].name, names[i]), 0));
        cr_expect(eq(int, policies[i].clock_start, preset.clock_start));
        cr_expect(eq(i64, policies[i].from_ms, T0 + 1000 * (int64_t)(i + 1)));
    }
    ask_policies(T0 + 2000, T0 + 3000);
    cr_assert(eq(u32, policy_count, 1), "the first ended as this began, the third begins after");
    cr_expect(eq(str, policies[0].name, "echelon"));
    ask_policies(T0 + 1999, T0 + 3001);
    cr_expect(eq(u32, policy_count, 3));
    ask_policies(T0 + 9000, T0 + 9001);
    cr_assert(eq(u32, policy_count, 1), "the last one holds on");
    cr_expect(eq(str, policies[0].name, "place-class"));
}

/* ---- Scope, filters, pages ---- */

static void given_many(uint32_t count)
{
    given_circle();
    given_unit(12, "P12");
    for (uint32_t i = 1; i <= count; i++) {
        given_report(i, i, "王女士", (int64_t)i * 1000);
        given_incident(i, (int64_t)i * 1000, (uint8_t)(i % 5 == 0 ? DISTRICT_NONE : i % 5),
                       i % 7 == 0);
        if (i % 4 == 0) {
            given_order(i, i, 12, TIER_1, (int64_t)i * 1000);
            given_update(i, i, 12, TIER_1, ASSIGNMENT_CLEARED, SOURCE_UNIT, (int64_t)i * 1000 + 1);
        }
        if (i % 6 == 0) {
            given_state(i, INCIDENT_CANCELLED, REASON_FALSE_REPORT, (int64_t)i * 1000 + 500);
        }
    }
    feed();
}

static uint32_t ids[256], id_count;

static bool collect_id(void *context, const struct history_incident *incident)
{
    (void)context;
    ids[id_count++] = incident->incident_id;
    return id_count < 256;
}

static uint32_t ask_incidents(const struct history_filter *filter)
{
    id_count = 0;
    cr_assert(eq(int, history_reader_incidents(reader, filter, collect_id, NULL, error), STATUS_OK),
              "%s", error);
    return id_count;
}

Test(history, a_scope_sees_its_districts_only)
{
    given_many(60);
    struct history_filter filter = history_reader_everything();
    cr_expect(eq(u32, ask_incidents(&filter), 60));
    filter.districts = 1u << 2 | 1u << 4;
    cr_expect(eq(u32, ask_incidents(&filter), 24));
    for (uint32_t i = 0; i < id_count; i++) {
        cr_expect(ids[i] % 5 == 2 || ids[i] % 5 == 4, "%u", ids[i]);
    }
    filter.districts = SCOPE_CITY & ~(1ull << DISTRICT_NONE);
    cr_expect(eq(u32, ask_incidents(&filter), 48), "outside every district: city-wide only");
    filter.districts = 1ull << DISTRICT_NONE;
    cr_expect(eq(u32, ask_incidents(&filter), 12), "the sign bit is a bit like any other");
    filter.districts = 0;
    cr_expect(eq(u32, ask_incidents(&filter), 0));
    ask_log(&filter);
    cr_expect(eq(u32, seen.count, 0));
    struct history_incident incident;
    cr_expect(eq(int, history_reader_incident(reader, 7, 1u << 2, &incident, error), STATUS_OK));
    cr_expect(
        eq(int, history_reader_incident(reader, 7, 1u << 3, &incident, error), STATUS_NOT_FOUND));
}

Test(history, every_filter_narrows_as_it_says)
{
    given_many(60);
    struct history_filter filter = history_reader_everything();
    filter.type = INCIDENT_FIRE;
    cr_expect(eq(u32, ask_incidents(&filter), 30));
    filter = history_reader_everything();
    filter.circle = 4;
    cr_expect(eq(u32, ask_incidents(&filter), 20));
    filter = history_reader_everything();
    filter.state = INCIDENT_CANCELLED;
    cr_expect(eq(u32, ask_incidents(&filter), 10));
    filter = history_reader_everything();
    filter.unit_id = 12;
    cr_expect(eq(u32, ask_incidents(&filter), 15));
    filter = history_reader_everything();
    filter.drills = HISTORY_DRILLS_ONLY;
    cr_expect(eq(u32, ask_incidents(&filter), 8));
    filter.drills = HISTORY_DRILLS_NOT;
    cr_expect(eq(u32, ask_incidents(&filter), 52));
    filter = history_reader_everything();
    filter.from_ms = T0 + 10000;
    filter.to_ms = T0 + 20000;
    cr_expect(eq(u32, ask_incidents(&filter), 10), "from is in, to is not");
    cr_expect(eq(u32, ids[0], 19), "newest first");
    cr_expect(eq(u32, ids[9], 10));
    filter = history_reader_everything();
    filter.tier = TIER_5;
    filter.from_ms = T0 + 10000;
    filter.to_ms = T0 + 20000;
    ask_log(&filter);
    cr_expect(eq(u32, seen.count, 10));
}

Test(history, pages_follow_each_other_without_a_gap)
{
    given_many(60);
    struct history_filter filter = history_reader_everything();
    filter.limit = 7;
    uint32_t next = 60;
    for (uint32_t count = ask_incidents(&filter); count > 0; count = ask_incidents(&filter)) {
        for (uint32_t i = 0; i < count; i++) {
            cr_assert(eq(u32, ids[i], next--));
        }
        filter.before = ids[count - 1];
    }
    cr_expect(eq(u32, next, 0));
    filter.before = 0;
    uint32_t rows = 0;
    uint64_t last = UINT64_MAX;
    for (ask_log(&filter); seen.count > 0; ask_log(&filter)) {
        for (uint32_t i = 0; i < seen.count; i++) {
            cr_assert(lt(u64, seen.rows[i].cursor, last));
            last = seen.rows[i].cursor;
        }
        rows += seen.count;
        filter.before = last;
    }
    cr_expect(eq(u32, rows, 120));
}

/* ---- Feeding, failing, rebuilding ---- */

Test(history, events_it_has_are_passed_over_and_a_gap_is_refused)
{
    given_unit(1, "A1");
    given_unit(2, "A2");
    cr_assert(eq(int, history_feed(history, &events, error), STATUS_OK));
    cr_expect(eq(int, history_feed(history, &events, error), STATUS_OK), "twice is once");
    cr_expect(eq(u64, history_seq(history), 2));
    event_list_clear(&events);
    store_given_audit(&events, 9, "too early");
    cr_expect(eq(int, history_feed(history, &events, error), STATUS_STALE));
    cr_expect(eq(u64, history_seq(history), 2));
    uint64_t seq = 0;
    cr_expect(eq(int, history_reader_seq(reader, &seq), STATUS_OK));
    cr_expect(eq(u64, seq, 2));
}

/* Its content was erased from the journal by law; the chain has its hash, and what follows goes on.
 */
Test(history, an_event_without_content_is_kept_and_passed)
{
    given_unit(1, "P12");
    given_circle();
    given_report(1, 1, "王", 0);
    events.records[1].body_size = 0;
    feed();
    cr_expect(eq(u64, history_seq(history), 3));
    int64_t rows = 0;
    cr_expect(
        eq(int, store_db_number(history->db, "SELECT count(*) FROM event", &rows), SQLITE_ROW));
    cr_expect(eq(i64, rows, 3));
    cr_expect(
        eq(int, store_db_number(history->db, "SELECT count(*) FROM circle", &rows), SQLITE_ROW));
    cr_expect(eq(i64, rows, 0));
}

Test(history, a_full_disk_is_reported_and_the_events_can_be_fed_again)
{
    given_a_whole_incident();
    const uint64_t before = history_seq(history);
    for (uint32_t i = 0; i < 300; i++) {
        store_given_audit(&events, before + 1, "much text, much text, much text, much text");
    }
    uint32_t nth = 1;
    for (bool struck = true; struck && nth < 300; nth++) {
        fault_vfs_arm(FAULT_WRITE, nth, SQLITE_FULL, true, nth % 2 == 0);
        const enum status status = history_feed(history, &events, error);
        struck = fault_vfs_failed() > 0;
        fault_vfs_disarm();
        cr_expect(eq(int, status, struck ? STATUS_DISK_FULL : STATUS_OK), "write %u: %s", nth,
                  error);
        cr_expect(eq(u64, history_seq(history), struck ? before : before + 300));
        uint64_t seq = 0;
        cr_expect(eq(int, history_reader_seq(reader, &seq), STATUS_OK));
        cr_expect(eq(u64, seq, history_seq(history)), "readers see whole batches only");
    }
    cr_expect(lt(u32, 5, nth));
}

Test(history, an_io_error_is_a_status_not_an_end)
{
    given_a_whole_incident();
    const uint64_t before = history_seq(history);
    store_given_audit(&events, before + 1, "one more");
    fault_vfs_arm(FAULT_WRITE, 1, SQLITE_IOERR_WRITE, true, false);
    cr_expect(eq(int, history_feed(history, &events, error), STATUS_IO));
    fault_vfs_disarm();
    cr_expect(eq(int, history_feed(history, &events, error), STATUS_OK), "%s", error);
    cr_expect(eq(u64, history_seq(history), before + 1));
}

Test(history, another_journals_history_is_stale_and_can_be_removed)
{
    given_a_whole_incident();
    history_reader_close(reader);
    reader = NULL;
    history_close(history);
    history = NULL;
    cr_expect(eq(int, history_open(path, OTHER, &history, error), STATUS_STALE), "%s", error);
    cr_assert(eq(int, history_remove(path, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, history_open(path, OTHER, &history, error), STATUS_OK), "%s", error);
    cr_expect(eq(u64, history_seq(history), 0));
}

Test(history, what_does_not_say_how_far_it_goes_is_damaged)
{
    uint64_t seq = 7;
    history_close(history);
    history = NULL;
    sqlite3 *db = NULL;
    cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
    cr_assert(eq(int, sqlite3_exec(db, "DELETE FROM meta WHERE name = 'seq'", NULL, NULL, NULL),
                 SQLITE_OK));
    (void)sqlite3_close(db);
    cr_expect(eq(int, history_reader_seq(reader, &seq), STATUS_CORRUPT));
    cr_expect(eq(int, history_open(path, EPOCH, &history, error), STATUS_CORRUPT), "%s", error);
}

Test(history, tables_of_an_earlier_program_are_stale)
{
    history_close(history);
    history = NULL;
    sqlite3 *db = NULL;
    cr_assert(eq(int, sqlite3_open(path, &db), SQLITE_OK));
    cr_assert(eq(int, sqlite3_exec(db, "PRAGMA user_version = 1", NULL, NULL, NULL), SQLITE_OK));
    (void)sqlite3_close(db);
    cr_expect(eq(int, history_open(path, EPOCH, &history, error), STATUS_STALE));
    cr_expect(strstr(error, "rebuild") != NULL, "%s", error);
}

/* "<directory>//////name" of so many bytes. */
static const char *path_of(size_t length)
{
    static char long_path[2 * STORE_PATH_SIZE];
    memset(long_path, '/', length);
    memcpy(long_path, directory, strlen(directory));
    memcpy(long_path + length - 4, "name", 5);
    return long_path;
}

Test(history, what_cannot_be_opened_or_removed_is_said)
{
    struct history *none = NULL;
    struct history_reader *nobody = NULL;
    char nowhere[GIVEN_PATH_SIZE];
    store_given_path(directory, "nowhere/history.db", nowhere);
    cr_expect(eq(int, history_open(nowhere, EPOCH, &none, error), STATUS_NOT_FOUND), "%s", error);
    cr_expect(eq(int, history_reader_open(nowhere, &nobody, error), STATUS_NOT_FOUND));
    cr_expect(eq(int, history_open(path_of(STORE_PATH_SIZE), EPOCH, &none, error), STATUS_FULL));
    cr_expect(
        eq(int, history_reader_open(path_of(STORE_PATH_SIZE), &nobody, error), STATUS_NO_MEMORY));
    cr_expect(eq(ptr, none, NULL));
    cr_expect(eq(ptr, nobody, NULL));
    cr_expect(ne(int, history_remove(directory, error), STATUS_OK), "a directory stays");
    cr_expect(ne(ptr, strstr(error, "cannot remove it"), NULL), "%s", error);
    cr_expect(eq(int, history_remove(path_of(STORE_PATH_SIZE - 1), error), STATUS_FULL),
              "there is no room for the names beside it");
    cr_expect(eq(int, history_remove(path_of(STORE_PATH_SIZE - 5), error), STATUS_OK));
    cr_assert(eq(int, history_open(path_of(STORE_PATH_SIZE - 1), EPOCH, &none, error), STATUS_OK));
    history_close(none);
    cr_assert(
        eq(int, history_reader_open(path_of(STORE_PATH_SIZE - 1), &nobody, error), STATUS_OK));
    history_reader_close(nobody);
}

Test(history, of_which_any_file_cannot_be_removed_is_not_called_removed)
{
    history_reader_close(reader);
    history_close(history);
    reader = NULL;
    history = NULL;
    for (uint32_t nth = 1; nth <= 4; nth++) { /* the file, its WAL, its index */
        fault_vfs_arm(FAULT_DELETE, nth, SQLITE_IOERR_DELETE, false, false);
        const enum status status = history_remove(path, error);
        fault_vfs_disarm();
        cr_expect(eq(int, status, nth <= 3 ? STATUS_IO : STATUS_OK), "%u: %s", nth, error);
        cr_expect(eq(int, error[0] != '\0', nth <= 3));
    }
}

/* More than wait to be made again: what is made early is made again, and none is left out. */
Test(history, more_incidents_in_one_batch_than_are_kept_in_mind_have_their_rows)
{
    const uint32_t many = HISTORY_TOUCHED_MAX + 100;
    for (uint32_t id = 1; id <= many; id++) {
        given_incident(id, 1000 + id, 3, false);
    }
    feed();
    given_verdict(1, TIER_1, TIER_NO_UNIT, UNIT_NONE, 60000, 900000);
    feed();
    struct history_statistics statistics;
    const struct history_filter all = history_reader_everything();
    cr_assert(eq(int, history_reader_statistics(reader, &all, &statistics, error), STATUS_OK));
    cr_expect(eq(u32, statistics.tiers[TIER_1].rows, many));
    cr_expect(eq(u32, statistics.tiers[TIER_1].excluded[HISTORY_OPEN], many - 1));
    cr_expect(eq(u32, statistics.tiers[TIER_1].no_unit, 1));
    cr_expect(eq(u32, statistics.tiers[TIER_5].rows, many));
}

Test(history, garbage_and_missing_files_are_said)
{
    char other[GIVEN_PATH_SIZE];
    struct history *none = NULL;
    struct history_reader *nobody = NULL;
    store_given_path(directory, "other.db", other);
    cr_expect(eq(int, history_reader_open(other, &nobody, error), STATUS_NOT_FOUND), "%s", error);
    FILE *file = fopen(other, "w");
    for (int i = 0; i < 5000; i++) {
        (void)fputc('a' + i % 26, file);
    }
    (void)fclose(file);
    cr_expect(eq(int, history_open(other, EPOCH, &none, error), STATUS_CORRUPT), "%s", error);
    cr_expect(eq(int, history_reader_open(other, &nobody, error), STATUS_CORRUPT), "%s", error);
}

/* All that readers can see, as one long text. */
struct dump {
    char *text;
    size_t size;
    FILE *stream;
};

static bool dump_incident(void *context, const struct history_incident *incident)
{
    (void)fprintf(context, "i %u %d %d %u %s %s %lld %lld %lld %lld %u %s %s\n",
                  incident->incident_id, (int)incident->type, (int)incident->state,
                  incident->report_count, incident->caller, incident->address,
                  (long long)incident->clock_ms, (long long)incident->dispatched_ms,
                  (long long)incident->on_scene_ms, (long long)incident->ended_ms,
                  incident->generation, incident->note, incident->end_note);
    return true;
}

static bool dump_row(void *context, const struct history_log_row *row)
{
    (void)fprintf(context, "l %u %d %d %d %u %lld %s\n", row->incident_id, (int)row->tier,
                  (int)row->verdict, (int)row->exclusion, row->unit_id, (long long)row->response_ms,
                  row->unit_code);
    for (uint32_t i = 0; i < HISTORY_MILESTONE_COUNT; i++) {
        (void)fprintf(context, " %lld/%d", (long long)row->milestones[i].at_ms,
                      (int)row->milestones[i].source);
    }
    return true;
}

static struct dump dump_of(const char *file)
{
    struct dump dump = {0};
    struct history_reader *from = NULL;
    dump.stream = open_memstream(&dump.text, &dump.size);
    const struct history_filter all = history_reader_everything();
    cr_assert(eq(int, history_reader_open(file, &from, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, history_reader_incidents(from, &all, dump_incident, dump.stream, error),
                 STATUS_OK));
    cr_assert(eq(int, history_reader_log(from, &all, dump_row, dump.stream, error), STATUS_OK));
    history_reader_close(from);
    (void)fclose(dump.stream);
    return dump;
}

Test(history, rebuilt_from_the_journal_it_is_the_same)
{
    char journal_path[GIVEN_PATH_SIZE], key_path[GIVEN_PATH_SIZE], rebuilt_path[GIVEN_PATH_SIZE];
    store_given_path(directory, "journal.db", journal_path);
    store_given_path(directory, "sign.key", key_path);
    store_given_path(directory, "rebuilt.db", rebuilt_path);
    const struct journal_config config = {
        .path = journal_path, .key_path = key_path, .commands_keep = 64};
    struct journal *journal = NULL;
    cr_assert(eq(int, journal_open(&config, &journal, error), STATUS_OK), "%s", error);
    history_close(history);
    cr_assert(eq(int, history_remove(path, error), STATUS_OK));
    cr_assert(eq(int, history_open(path, journal_epoch(journal), &history, error), STATUS_OK));

    struct store_city city;
    store_city_create(&city, 11, 50, &events);
    for (uint32_t i = 0; i < 60; i++) {
        store_city_incident(&city);
        cr_assert(eq(int, journal_append(journal, &events, NULL, 0, journal_seq(journal), error),
                     JOURNAL_DURABLE));
        if (i < 40) { /* then it falls behind */
            cr_assert(eq(int, history_feed(history, &events, error), STATUS_OK), "%s", error);
        }
        event_list_clear(&events);
    }
    store_city_destroy(&city);
    uint64_t fed = 0;
    cr_assert(eq(int, recovery_history(journal, history, &fed, error), STATUS_OK), "%s", error);
    cr_expect(lt(u64, 100, fed));
    cr_expect(eq(u64, history_seq(history), journal_seq(journal)));

    struct history *rebuilt = NULL;
    cr_assert(
        eq(int, history_open(rebuilt_path, journal_epoch(journal), &rebuilt, error), STATUS_OK));
    cr_assert(eq(int, recovery_history(journal, rebuilt, &fed, error), STATUS_OK), "%s", error);
    cr_expect(eq(u64, fed, journal_seq(journal)));
    struct dump one = dump_of(path);
    struct dump two = dump_of(rebuilt_path);
    cr_expect(lt(sz, 10000, one.size));
    cr_expect(eq(sz, one.size, two.size));
    cr_expect(eq(int, strcmp(one.text, two.text), 0));
    free(one.text);
    free(two.text);
    history_close(rebuilt);
    journal_close(journal);
}
