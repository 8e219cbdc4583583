/* history_rows: what the events said stands in the rows, each in its own column. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/history_given.h"

static void set_up(void)
{
    history_given_begin(200, 4u << 20);
}

TestSuite(history_rows, .init = set_up, .fini = history_given_end, .timeout = 60);

static struct event *make(enum event_kind kind, int64_t at_ms, const char *actor)
{
    memset(event, 0, sizeof *event);
    event->kind = kind;
    event->at_ms = T0 + at_ms;
    event->actor.source = SOURCE_DISPATCHER;
    (void)snprintf(event->actor.id, ACTOR_SIZE, "%s", actor);
    return event;
}

static void put(void)
{
    store_given_event(&events, history_seq(history) + 1, event);
}

static void feed(void)
{
    cr_assert(eq(int, history_feed(history, &events, error), STATUS_OK), "%s", error);
    event_list_clear(&events);
}

static void given_ring(uint32_t *ring_count, uint32_t ring_sizes[], struct geo_point points[])
{
    *ring_count = 1;
    ring_sizes[0] = 3;
    points[1] = (struct geo_point){10, 0};
    points[2] = (struct geo_point){0, 10};
}

static void given_area(enum area_kind kind, uint32_t index, const char *code)
{
    make(EVENT_AREA_PUT, 0, "li")->area.index = index;
    event->area.kind = kind;
    (void)snprintf(event->area.code, CODE_SIZE, "%s", code);
    given_ring(&event->area.ring_count, event->area.ring_sizes, event->area.points);
    put();
}

static void given_roster(void)
{
    make(EVENT_DISTRICT_PUT, 0, "li")->district.index = 3;
    (void)snprintf(event->district.code, CODE_SIZE, "D3");
    given_ring(&event->district.ring_count, event->district.ring_sizes, event->district.points);
    put();
    make(EVENT_CIRCLE_PUT, 0, "li")->circle.index = 4;
    (void)snprintf(event->circle.circle.code, CODE_SIZE, "C4");
    (void)snprintf(event->circle.circle.name, NAME_SIZE, "银行街");
    event->circle.circle.radius_m = 300;
    event->circle.circle.district = 3;
    put();
    given_area(AREA_BEAT, 5, "B5");
    given_area(AREA_GRID, 6, "G6");
    make(EVENT_UNIT_PUT, 0, "li")->unit.unit_id = 12;
    (void)snprintf(event->unit.unit.code, CODE_SIZE, "M12");
    (void)snprintf(event->unit.unit.name, NAME_SIZE, "铁骑十二");
    event->unit.unit.kind = UNIT_MOTORCYCLE;
    event->unit.unit.circle = CIRCLE_NONE;
    event->unit.unit.district = 3;
    event->unit.unit.area = AREA_NONE;
    put();
}

/* No two numbers are alike, so that none can stand in another's place. */
static void given_report(uint32_t report_id, uint32_t incident_id, const char *caller)
{
    make(EVENT_REPORT_RECEIVED, 5000 + report_id, "wang")->report.report_id = report_id;
    event->report.incident_id = incident_id;
    event->report.merged = report_id != 21;
    event->report.received_ms = T0 + 4000 + report_id;
    event->report.district = 3;
    event->report.report = (struct report_create){.channel = CHANNEL_SENSOR,
                                                  .type = INCIDENT_MEDICAL,
                                                  .priority = 3,
                                                  .at = {225000001, 1133000002},
                                                  .occurred_ms = T0 + 3000 + report_id,
                                                  .drill = true};
    (void)snprintf(event->report.report.address, ADDRESS_SIZE, "孙文东路 7 号");
    (void)snprintf(event->report.report.caller, NAME_SIZE, "%s", caller);
    (void)snprintf(event->report.report.phone, PHONE_SIZE, "138000%u", report_id);
    (void)snprintf(event->report.report.note, NOTE_SIZE, "says %s", caller);
    put();
}

static void given_incident(uint32_t incident_id)
{
    make(EVENT_INCIDENT_OPENED, 5021, "wang")->opened.incident_id = incident_id;
    event->opened.type = INCIDENT_TRAFFIC;
    event->opened.priority = 2;
    event->opened.at = (struct geo_point){225000003, 1133000004};
    (void)snprintf(event->opened.address, ADDRESS_SIZE, "孙文西路 9 号");
    event->opened.district = 3;
    event->opened.circle = 4;
    event->opened.areas[AREA_BEAT] = 5;
    event->opened.areas[AREA_GRID] = 6;
    event->opened.drill = true;
    event->opened.mode = DISPATCH_RECOMMEND;
    (void)snprintf(event->opened.policy, CODE_SIZE, "river");
    event->opened.policy_version = 8;
    event->opened.received_ms = T0 + 4021;
    event->opened.clock_ms = T0 + 4500;
    event->opened.similar_id = 17;
    event->opened.tiers[TIER_3] =
        (struct tier_opening){.asked = true, .units = 2, .target_ms = 180000, .reach_ms = 135000};
    put();
}

static void given_order(void)
{
    make(EVENT_ASSIGNMENT_SENT, 6000, "wang")->sent =
        (struct assignment_sent){.assignment_id = 31,
                                 .incident_id = 11,
                                 .unit_id = 12,
                                 .tier = TIER_3,
                                 .generation = 2,
                                 .travel_ms = 91000,
                                 .estimated = true,
                                 .distance_m = 640,
                                 .fix_age_ms = 2300,
                                 .from = {225000005, 1133000006},
                                 .additional = true,
                                 .rank = 4,
                                 .version = 1};
    put();
}

static void given_update(enum assignment_state state, enum reason reason, const char *note)
{
    make(EVENT_ASSIGNMENT_UPDATED, 7000 + 100 * (int64_t)state, "M12")->updated =
        (struct assignment_updated){.assignment_id = 31,
                                    .incident_id = 11,
                                    .unit_id = 12,
                                    .tier = TIER_3,
                                    .state = state,
                                    .source = SOURCE_UNIT,
                                    .reason = reason,
                                    .device_ms = T0 + 7001 + 100 * (int64_t)state,
                                    .late = state == ASSIGNMENT_ACKNOWLEDGED,
                                    .skipped = state == ASSIGNMENT_ON_SCENE,
                                    .version = 2 + (uint32_t)state};
    (void)snprintf(event->updated.note, NOTE_SIZE, "%s", note);
    put();
}

static void given_all(void)
{
    given_roster();
    given_report(21, 11, "王女士");
    given_incident(11);
    given_report(22, 11, "李先生");
    given_order();
    given_update(ASSIGNMENT_DELIVERED, REASON_NONE, "");
    given_update(ASSIGNMENT_ACKNOWLEDGED, REASON_NONE, "");
    given_update(ASSIGNMENT_ON_SCENE, REASON_NONE, "");
    given_update(ASSIGNMENT_RECALLED, REASON_RESOLVED, "not needed");
    feed();
}

static struct history_incident incident;

static void read_incident(uint32_t incident_id)
{
    cr_assert(eq(int, history_reader_incident(reader, incident_id, SCOPE_CITY, &incident, error),
                 STATUS_OK),
              "%s", error);
}

static bool take_report(void *context, const struct history_report *report)
{
    struct history_report *reports = context;
    reports[report->report_id - 21] = *report;
    return true;
}

static bool take_assignment(void *context, const struct history_assignment *assignment)
{
    *(struct history_assignment *)context = *assignment;
    return true;
}

static bool take_log(void *context, const struct history_log_row *row)
{
    *(struct history_log_row *)context = *row;
    return true;
}

Test(history_rows, an_incident_is_as_it_was_opened)
{
    given_all();
    read_incident(11);
    cr_expect(eq(u32, incident.incident_id, 11));
    cr_expect(eq(u32, incident.generation, 3), "of its order, and one for the recall");
    cr_expect(eq(int, incident.type, INCIDENT_TRAFFIC));
    cr_expect(eq(u32, incident.priority, 2));
    cr_expect(eq(i32, incident.at.lat_e7, 225000003));
    cr_expect(eq(i32, incident.at.lon_e7, 1133000004));
    cr_expect(eq(str, incident.address, "孙文西路 9 号"));
    cr_expect(eq(u8, incident.district, 3));
    cr_expect(eq(u32, incident.circle, 4));
    cr_expect(eq(str, incident.circle_code, "C4"));
    cr_expect(eq(str, incident.circle_name, "银行街"));
    cr_expect(eq(str, incident.district_code, "D3"));
    cr_expect(eq(str, incident.area_codes[AREA_BEAT], "B5"));
    cr_expect(eq(str, incident.area_codes[AREA_GRID], "G6"));
    cr_expect(incident.drill);
    cr_expect(eq(int, incident.mode, DISPATCH_RECOMMEND));
    cr_expect(eq(str, incident.policy, "river"));
    cr_expect(eq(u32, incident.policy_version, 8));
    cr_expect(eq(i64, incident.received_ms, T0 + 4021));
    cr_expect(eq(i64, incident.created_ms, T0 + 5021));
    cr_expect(eq(i64, incident.clock_ms, T0 + 4500));
    cr_expect(eq(u32, incident.similar_id, 17));
    cr_expect(eq(str, incident.created_by, "wang"));
    cr_expect(eq(u32, incident.report_count, 2));
    cr_expect(eq(str, incident.caller, "王女士"));
    cr_expect(eq(str, incident.phone, "13800021"));
    cr_expect(eq(str, incident.note, "says 王女士"), "of the first report");
    cr_expect(eq(i64, incident.held_ms, TIME_NEVER));
    cr_expect(eq(str, incident.owner, ""));
    cr_expect(eq(u32, incident.duplicate_of, 0));
    cr_expect(eq(u32, incident.reopened_count, 0));
}

Test(history_rows, a_report_is_as_it_was_given)
{
    given_all();
    make(EVENT_REPORT_ANSWERED, 9000, "zhao")->answered.report_id = 22;
    event->answered.incident_id = 11;
    (void)snprintf(event->answered.note, NOTE_SIZE, "told what became of it");
    put();
    feed();
    struct history_report reports[2] = {0};
    cr_assert(eq(int, history_reader_reports(reader, 11, take_report, reports, error), STATUS_OK));
    for (uint32_t i = 0; i < 2; i++) {
        struct history_report *report = &reports[i];
        cr_expect(eq(u32, report->report_id, 21 + i));
        cr_expect(eq(u32, report->incident_id, 11));
        cr_expect(eq(int, report->merged, i == 1));
        cr_expect(eq(i64, report->at_ms, T0 + 5021 + i));
        cr_expect(eq(i64, report->received_ms, T0 + 4021 + i));
        cr_expect(eq(i64, report->occurred_ms, T0 + 3021 + i));
        cr_expect(eq(int, report->channel, CHANNEL_SENSOR));
        cr_expect(eq(int, report->type, INCIDENT_MEDICAL));
        cr_expect(eq(u32, report->priority, 3));
        cr_expect(eq(i32, report->at.lat_e7, 225000001));
        cr_expect(eq(i32, report->at.lon_e7, 1133000002));
        cr_expect(report->drill);
        cr_expect(eq(str, report->address, "孙文东路 7 号"));
        cr_expect(eq(str, report->actor, "wang"));
    }
    cr_expect(eq(str, reports[1].caller, "李先生"));
    cr_expect(eq(str, reports[1].phone, "13800022"));
    cr_expect(eq(str, reports[1].note, "says 李先生"));
    cr_expect(eq(i64, reports[0].answered_ms, TIME_NEVER));
    cr_expect(eq(i64, reports[1].answered_ms, T0 + 9000));
    cr_expect(eq(str, reports[1].answered_by, "zhao"));
    cr_expect(eq(str, reports[1].answer, "told what became of it"));
}

Test(history_rows, an_order_is_as_it_was_sent_and_ended)
{
    given_all();
    struct history_assignment order = {0};
    cr_assert(
        eq(int, history_reader_assignments(reader, 11, take_assignment, &order, error), STATUS_OK));
    cr_expect(eq(u32, order.assignment_id, 31));
    cr_expect(eq(u32, order.incident_id, 11));
    cr_expect(eq(u32, order.unit_id, 12));
    cr_expect(eq(str, order.unit_code, "M12"));
    cr_expect(eq(str, order.unit_name, "铁骑十二"));
    cr_expect(eq(int, order.unit_kind, UNIT_MOTORCYCLE));
    cr_expect(eq(int, order.tier, TIER_3));
    cr_expect(eq(int, order.state, ASSIGNMENT_RECALLED));
    cr_expect(order.additional);
    cr_expect(not(order.automatic));
    cr_expect(order.estimated);
    cr_expect(order.late, "once late, always late");
    cr_expect(order.skipped);
    cr_expect(eq(u32, order.rank, 4));
    cr_expect(eq(u32, order.travel_ms, 91000));
    cr_expect(eq(u32, order.distance_m, 640));
    cr_expect(eq(u32, order.fix_age_ms, 2300));
    cr_expect(eq(u32, order.generation, 2));
    cr_expect(eq(u32, order.version, 2 + ASSIGNMENT_RECALLED));
    cr_expect(eq(i32, order.from.lat_e7, 225000005));
    cr_expect(eq(i32, order.from.lon_e7, 1133000006));
    cr_expect(eq(int, order.reason, REASON_RESOLVED));
    cr_expect(eq(str, order.note, "not needed"));
    cr_expect(eq(u32, order.corrected_count, 0));
    const struct history_milestone *ended = &order.milestones[HISTORY_ENDED];
    cr_expect(eq(i64, ended->at_ms, T0 + 7000 + 100 * ASSIGNMENT_RECALLED));
    cr_expect(eq(i64, ended->device_ms, T0 + 7001 + 100 * ASSIGNMENT_RECALLED));
    cr_expect(eq(int, ended->source, SOURCE_UNIT));
}

Test(history_rows, the_log_has_the_incident_the_order_and_the_verdict_in_one_row)
{
    given_all();
    make(EVENT_TIER_VERDICT, 8000, "")->verdict.incident_id = 11;
    event->verdict.tier = TIER_3;
    event->verdict.verdict = TIER_MET;
    event->verdict.unit_id = 12;
    event->verdict.clock_ms = T0 + 4500;
    event->verdict.elapsed_ms = 2900;
    event->verdict.target_ms = 170000;
    put();
    feed();
    struct history_log_row row = {0};
    struct history_filter filter = history_reader_everything();
    filter.drills = HISTORY_DRILLS_ONLY;
    cr_assert(eq(int, history_reader_log(reader, &filter, take_log, &row, error), STATUS_OK));
    cr_expect(eq(u32, row.incident_id, 11));
    cr_expect(eq(int, row.tier, TIER_3));
    cr_expect(eq(int, row.type, INCIDENT_TRAFFIC));
    cr_expect(eq(u32, row.priority, 2));
    cr_expect(eq(int, row.state, INCIDENT_PENDING), "as no event has said anything else");
    cr_expect(eq(str, row.address, "孙文西路 9 号"));
    cr_expect(row.drill);
    cr_expect(eq(u8, row.district, 3));
    cr_expect(eq(u32, row.circle, 4));
    cr_expect(eq(str, row.circle_code, "C4"));
    cr_expect(eq(str, row.circle_name, "银行街"));
    cr_expect(eq(str, row.district_code, "D3"));
    cr_expect(eq(str, row.policy, "river"));
    cr_expect(eq(i64, row.received_ms, T0 + 4021));
    cr_expect(eq(i64, row.created_ms, T0 + 5021));
    cr_expect(eq(i64, row.clock_ms, T0 + 4500));
    cr_expect(eq(u32, row.assignment_id, 31));
    cr_expect(eq(u32, row.unit_id, 12));
    cr_expect(eq(str, row.unit_code, "M12"));
    cr_expect(eq(str, row.unit_name, "铁骑十二"));
    cr_expect(eq(i64, row.milestones[HISTORY_SENT].at_ms, T0 + 6000));
    cr_expect(eq(int, row.verdict, TIER_MET));
    cr_expect(eq(u32, row.target_ms, 170000));
    cr_expect(eq(u32, row.elapsed_ms, 2900));
    cr_expect(eq(i64, row.response_ms, 7000 + 100 * ASSIGNMENT_ON_SCENE - 4500));
    cr_expect(eq(int, row.exclusion, HISTORY_COUNTED), "a drill, where drills are asked for");
}

Test(history_rows, who_has_it_and_why_it_waits)
{
    given_all();
    make(EVENT_INCIDENT_OWNED, 9000, "zhao")->owned.incident_id = 11;
    (void)snprintf(event->owned.owner, ACTOR_SIZE, "qian");
    put();
    make(EVENT_INCIDENT_HELD, 9100, "qian")->held.incident_id = 11;
    event->held.reason = REASON_NOT_COMPETENT;
    event->held.review_ms = T0 + 99000;
    put();
    feed();
    read_incident(11);
    cr_expect(eq(str, incident.owner, "qian"));
    cr_expect(eq(i64, incident.owner_ms, T0 + 9000));
    cr_expect(eq(i64, incident.held_ms, T0 + 9100));
    cr_expect(eq(i64, incident.review_ms, T0 + 99000));
    cr_expect(eq(int, incident.hold_reason, REASON_NOT_COMPETENT));
    make(EVENT_INCIDENT_RELEASED, 9200, "qian")->released.incident_id = 11;
    put();
    make(EVENT_INCIDENT_OWNED, 9300, "qian")->owned.incident_id = 11;
    put();
    feed();
    read_incident(11);
    cr_expect(eq(str, incident.owner, ""));
    cr_expect(eq(i64, incident.owner_ms, TIME_NEVER));
    cr_expect(eq(i64, incident.held_ms, TIME_NEVER));
    cr_expect(eq(i64, incident.review_ms, TIME_NEVER));
}

Test(history_rows, a_duplicate_gives_its_reports_away_and_names_the_other)
{
    given_all();
    given_report(23, 14, "陈先生");
    given_incident(14);
    make(EVENT_INCIDENT_MERGED, 9000, "zhao")->merged.incident_id = 14;
    event->merged.into_id = 11;
    (void)snprintf(event->merged.note, NOTE_SIZE, "the same lorry");
    put();
    feed();
    read_incident(14);
    cr_expect(eq(int, incident.state, INCIDENT_DUPLICATE));
    cr_expect(eq(u32, incident.duplicate_of, 11));
    cr_expect(eq(i64, incident.ended_ms, T0 + 9000));
    cr_expect(eq(int, incident.end_reason, REASON_DUPLICATE));
    cr_expect(eq(str, incident.end_note, "the same lorry"));
    cr_expect(eq(u32, incident.report_count, 0));
    read_incident(11);
    cr_expect(eq(u32, incident.report_count, 3));
}

Test(history_rows, a_report_that_belongs_to_another_incident_moves_there)
{
    given_all();
    given_report(23, 14, "陈先生");
    given_incident(14);
    make(EVENT_REPORT_LINKED, 9000, "zhao")->linked.report_id = 22;
    event->linked.from_id = 11;
    event->linked.incident_id = 14;
    put();
    feed();
    read_incident(11);
    cr_expect(eq(u32, incident.report_count, 1));
    read_incident(14);
    cr_expect(eq(u32, incident.report_count, 2));
    struct history_report reports[3] = {0};
    cr_assert(eq(int, history_reader_reports(reader, 14, take_report, reports, error), STATUS_OK));
    cr_expect(eq(u32, reports[1].incident_id, 14));
    cr_expect(eq(u32, reports[0].report_id, 0), "the first one stays");
}

/* The time is the corrected one everywhere, the order says that it was, and nothing else changes.
 */
Test(history_rows, an_invitation_keeps_its_wave)
{
    given_all();
    make(EVENT_ASSIGNMENT_SENT, 30000, "")->sent = (struct assignment_sent){.assignment_id = 99,
                                                                            .incident_id = 11,
                                                                            .unit_id = 12,
                                                                            .tier = TIER_3,
                                                                            .wave = 2,
                                                                            .version = 1};
    put();
    feed();
    struct history_assignment order = {0};
    cr_assert(
        eq(int, history_reader_assignments(reader, 11, take_assignment, &order, error), STATUS_OK));
    cr_expect(eq(u32, order.assignment_id, 99));
    cr_expect(eq(u32, order.wave, 2));
}

Test(history_rows, a_corrected_time_holds_in_the_order_and_in_the_log)
{
    static const struct {
        enum assignment_state state;
        enum history_milestone_kind milestone;
    } all[] = {{ASSIGNMENT_DELIVERED, HISTORY_DELIVERED},
               {ASSIGNMENT_ACKNOWLEDGED, HISTORY_ACKNOWLEDGED},
               {ASSIGNMENT_EN_ROUTE, HISTORY_EN_ROUTE},
               {ASSIGNMENT_ON_SCENE, HISTORY_ON_SCENE},
               {ASSIGNMENT_CLEARED, HISTORY_ENDED}};
    struct history_log_row row = {0};
    struct history_filter filter = history_reader_everything();
    filter.drills = HISTORY_DRILLS_ONLY;
    int64_t arrived_ms = 7000 + 100 * ASSIGNMENT_ON_SCENE;
    given_all();
    for (uint32_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        arrived_ms = all[i].state == ASSIGNMENT_ON_SCENE ? 6100 + i : arrived_ms;
        make(EVENT_MILESTONE_CORRECTED, 20000 + i, "zhao")->corrected.assignment_id = 31;
        event->corrected.incident_id = 11;
        event->corrected.unit_id = 12;
        event->corrected.milestone = all[i].state;
        event->corrected.was_ms = TIME_NEVER;
        event->corrected.corrected_ms = T0 + 6100 + i;
        put();
        feed();
        struct history_assignment order = {0};
        cr_assert(eq(int, history_reader_assignments(reader, 11, take_assignment, &order, error),
                     STATUS_OK));
        cr_expect(eq(i64, order.milestones[all[i].milestone].at_ms, T0 + 6100 + i));
        cr_expect(eq(u32, order.corrected_count, i + 1));
        cr_expect(eq(i64, order.milestones[HISTORY_SENT].at_ms, T0 + 6000));
        cr_assert(eq(int, history_reader_log(reader, &filter, take_log, &row, error), STATUS_OK));
        cr_expect(eq(i64, row.response_ms, arrived_ms - 4500));
    }
    cr_expect(eq(i64, row.milestones[HISTORY_ON_SCENE].at_ms, T0 + 6103));
}

Test(history_rows, what_is_opened_again_is_open_and_counts_how_often)
{
    given_all();
    make(EVENT_INCIDENT_STATE, 9000, "zhao")->state.incident_id = 11;
    event->state.state = INCIDENT_CLOSED;
    event->state.reason = REASON_RESOLVED;
    put();
    make(EVENT_INCIDENT_REOPENED, 9500, "zhao")->reopened.incident_id = 11;
    event->reopened.generation = 9;
    event->reopened.state = INCIDENT_PENDING;
    put();
    feed();
    read_incident(11);
    cr_expect(eq(int, incident.state, INCIDENT_PENDING));
    cr_expect(eq(u32, incident.generation, 9));
    cr_expect(eq(i64, incident.ended_ms, TIME_NEVER));
    cr_expect(eq(u32, incident.reopened_count, 1));
    make(EVENT_INCIDENT_ARCHIVED, 99000, "")->archived.incident_id = 11;
    put();
    feed();
    read_incident(11);
    cr_expect(eq(i64, incident.archived_ms, T0 + 99000));
}
