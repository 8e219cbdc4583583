/* event_codec: what goes in comes out, and nothing else is let in. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/bytes.h"
#include "engine/core/event_codec.h"
#include "engine/core/prng.h"

static struct event event, back;
static uint8_t bytes[EVENT_BODY_SIZE_MAX], again[EVENT_BODY_SIZE_MAX];

static void fill_district(void)
{
    event.district.index = 62;
    memcpy(event.district.code, "D62", 4);
    memcpy(event.district.name, "石岐", 7);
    event.district.ring_count = 2;
    event.district.ring_sizes[0] = 2045;
    event.district.ring_sizes[1] = 3;
    for (uint32_t i = 0; i < DISTRICT_POINTS_MAX; i++) {
        event.district.points[i] = (struct geo_point){(int32_t)i, -(int32_t)i};
    }
}

static void fill_decision(struct decision_made *made)
{
    made->incident_id = 7;
    made->tier = TIER_5;
    made->generation = 3;
    made->map_id = 0x0123456789ABCDEF;
    made->traffic_version = 9;
    made->automatic = true;
    made->area_first = true;
    made->wave = 3;
    made->plan = 4999;
    made->candidate_count = CANDIDATES_MAX;
    made->passed_count = CANDIDATES_MAX;
    for (uint32_t i = 0; i < CANDIDATES_MAX; i++) {
        made->candidates[i] = (struct candidate){.unit_id = i,
                                                 .travel_ms = i * 1000,
                                                 .at = {900000000, -1800000000},
                                                 .fix_age_ms = i,
                                                 .rank = (uint8_t)i,
                                                 .in_reach = i % 2 == 0,
                                                 .chosen = i < 2,
                                                 .own_area = i % 5 == 0,
                                                 .by_plan = i % 7 == 0,
                                                 .estimated = i % 3 == 0};
        made->passed[i] = (struct passed_over){100 + i, i * 10, REASON_TOO_FAR, i < 2};
    }
    for (uint32_t i = 0; i < REASON_COUNT; i++) {
        made->passed_by_reason[i] = 1 + i;
    }
    made->together = 8;
    made->preemptable_count = PREEMPTABLE_MAX;
    for (uint32_t i = 0; i < PREEMPTABLE_MAX; i++) {
        made->preemptable[i] = (struct preemptable){.unit_id = 300 + i,
                                                    .victim_id = 400 + i,
                                                    .priority = PRIORITY_MAX,
                                                    .travel_ms = 500 + i,
                                                    .estimated = i % 2 == 0};
    }
}

/* Every field at a value of its own, the largest where it has a limit. */
static void fill(enum event_kind kind)
{
    memset(&event, 0, sizeof event);
    event.kind = kind;
    switch (kind) {
    case EVENT_DISTRICT_PUT:
        fill_district();
        break;
    case EVENT_CIRCLE_PUT:
        event.circle.index = 107;
        event.circle.circle = (struct circle_definition){
            .code = "C107",
            .name = "孙文西路",
            .at = {1, 2},
            .radius_m = 400,
            .district = 63,
            .shift_count = CIRCLE_SHIFTS_MAX,
            .shifts = {{0, 1}, {60, 2}, {120, 3}, {180, 0}, {240, 999}, {1439, 6}}};
        break;
    case EVENT_REFERRAL_SENT:
        event.referred.referral_id = 4;
        event.referred.incident_id = 5;
        event.referred.centre = 6;
        event.referred.kind = CENTRE_NEIGHBOUR;
        event.referred.generation = 7;
        event.referred.answer_by_ms = 1700000000000;
        event.referred.feedback_by_ms = TIME_NEVER;
        memset(event.referred.note, 'n', NOTE_SIZE - 1);
        break;
    case EVENT_REFERRAL_UPDATED:
        event.referral.referral_id = 4;
        event.referral.incident_id = 5;
        event.referral.centre = 6;
        event.referral.state = REFERRAL_WITHDRAWN;
        event.referral.version = 2;
        event.referral.generation = 7;
        event.referral.reason = REASON_NOT_COMPETENT;
        memset(event.referral.units, 'u', ADDRESS_SIZE - 1);
        memset(event.referral.note, 'n', NOTE_SIZE - 1);
        break;
    case EVENT_PLAN_PUT:
        event.plan.index = 4999;
        event.plan.version = 70000;
        event.plan.plan = (struct circle_plan){.code = "K107-fire",
                                               .circle = 107,
                                               .types = 1u << INCIDENT_FIRE,
                                               .priorities = 15,
                                               .unit_counts = {1, 0, TIER_UNITS_MAX},
                                               .units = {{9}, {0}, {1, 2, 3, 4, 5, 6, 7, 8}},
                                               .words_en = "north gate only"};
        memset(event.plan.plan.words_zh, 'z', NOTE_SIZE - 1);
        break;
    case EVENT_CENTRE_PUT:
        event.centre.index = 23;
        event.centre.centre = (struct centre_definition){.code = "ZZ23",
                                                         .name = "石岐街道综治中心",
                                                         .kind = CENTRE_NEIGHBOUR,
                                                         .at = {3, 4},
                                                         .district = 63};
        break;
    case EVENT_CHECKPOINT_PUT:
        event.checkpoint.index = 4095;
        event.checkpoint.checkpoint = (struct checkpoint_definition){.code = "B4095",
                                                                     .name = "岐江桥头",
                                                                     .at = {5, -6},
                                                                     .radius_m = 500,
                                                                     .circle = 7,
                                                                     .district = 63,
                                                                     .from_min = 1320,
                                                                     .to_min = 359,
                                                                     .every_min = 60,
                                                                     .stay_s = 120,
                                                                     .stop_count = ROUTE_STOPS_MAX,
                                                                     .stops = {0, 1, [15] = 4095}};
        break;
    case EVENT_CHECKPOINT_VISITED:
        event.visited.index = 4095;
        event.visited.unit_id = 49999;
        event.visited.visit = VISIT_SCANNED;
        event.visited.source = SOURCE_UNIT;
        event.visited.arrived_ms = 1700000000000;
        event.visited.stayed_ms = UINT32_MAX;
        event.visited.distance_m = 12;
        event.visited.fix_age_ms = 3400;
        event.visited.device_ms = TIME_NEVER;
        event.visited.district = 62;
        break;
    case EVENT_CHECKPOINT_OVERDUE:
        event.overdue.index = 4094;
        event.overdue.due_ms = 1700000000001;
        event.overdue.visited_ms = TIME_NEVER;
        event.overdue.missed = 3;
        event.overdue.district = 63;
        break;
    case EVENT_PHOTO_ADDED:
        event.photo.incident_id = 12;
        event.photo.assignment_id = 17;
        event.photo.unit_id = 49999;
        event.photo.media = PHOTO_WEBP;
        event.photo.size = 4u << 20;
        event.photo.device_ms = 1700000000000;
        for (uint8_t i = 0; i < PHOTO_HASH_SIZE; i++) {
            event.photo.hash[i] = (uint8_t)(255 - i);
        }
        break;
    case EVENT_UNIT_PUT:
        event.unit.unit_id = 2007;
        event.unit.unit = (struct unit_definition){.code = "P2007",
                                                   .name = "school gate",
                                                   .kind = UNIT_STATION,
                                                   .capabilities = 0xFFFFFF,
                                                   .circle = CIRCLE_NONE,
                                                   .area = 4999,
                                                   .district = 3,
                                                   .home = {225000000, 1133000000},
                                                   .people = 65535,
                                                   .has_home = true,
                                                   .synthetic = true};
        break;
    case EVENT_REPORT_RECEIVED:
        event.report.report_id = 1;
        event.report.incident_id = 2;
        event.report.merged = true;
        event.report.received_ms = -1;
        event.report.report = (struct report_create){.channel = CHANNEL_SENSOR,
                                                     .type = INCIDENT_OTHER,
                                                     .priority = 4,
                                                     .at = {-5, 5},
                                                     .occurred_ms = TIME_NEVER,
                                                     .received_ms = INT64_MAX,
                                                     .drill = true,
                                                     .may_merge = true,
                                                     .address = "地址",
                                                     .caller = "陈",
                                                     .phone = "13800000000",
                                                     .note = "note"};
        memset(event.report.report.note, 'n', NOTE_SIZE - 1);
        break;
    case EVENT_INCIDENT_HELD:
        event.held.incident_id = 5;
        event.held.reason = REASON_CAN_WAIT;
        event.held.review_ms = 1700000000000;
        memcpy(event.held.note, "无危险", sizeof "无危险");
        break;
    case EVENT_INCIDENT_RELEASED:
        event.released.incident_id = 5;
        memcpy(event.released.note, "now", sizeof "now");
        break;
    case EVENT_INCIDENT_REOPENED:
        event.reopened.incident_id = 5;
        event.reopened.generation = 7;
        event.reopened.state = INCIDENT_FEEDBACK_DUE;
        event.reopened.reason = REASON_NEW_FACTS;
        memcpy(event.reopened.note, "again", sizeof "again");
        break;
    case EVENT_INCIDENT_MERGED:
        event.merged.incident_id = 5;
        event.merged.into_id = 4;
        event.merged.report_count = 3;
        memcpy(event.merged.note, "one fire", sizeof "one fire");
        break;
    case EVENT_INCIDENT_OWNED:
        event.owned.incident_id = 5;
        memcpy(event.owned.owner, "li", sizeof "li");
        memcpy(event.owned.from, "wang", sizeof "wang");
        memcpy(event.owned.note, "lunch", sizeof "lunch");
        break;
    case EVENT_REPORT_LINKED:
        event.linked.report_id = 9;
        event.linked.from_id = 5;
        event.linked.incident_id = 6;
        event.linked.opens = true;
        break;
    case EVENT_REPORT_ANSWERED:
        event.answered.report_id = 9;
        event.answered.incident_id = 5;
        memcpy(event.answered.note, "told her", sizeof "told her");
        break;
    case EVENT_MILESTONE_CORRECTED:
        event.corrected.assignment_id = 8;
        event.corrected.incident_id = 5;
        event.corrected.unit_id = 2007;
        event.corrected.milestone = ASSIGNMENT_ON_SCENE;
        event.corrected.was_ms = TIME_NEVER;
        event.corrected.corrected_ms = 1700000000000;
        memcpy(event.corrected.note, "radio", sizeof "radio");
        break;
    case EVENT_POLICY_PUT:
        event.policy.version = 3;
        event.policy.origin = 0xFEDCBA9876543210u;
        cr_assert(eq(u32, policy_preset("place-class", &event.policy.policy), STATUS_OK));
        break;
    case EVENT_INCIDENT_OPENED:
        event.opened = (struct incident_opened){
            .incident_id = 5,
            .type = INCIDENT_FIRE,
            .priority = 2,
            .address = "here",
            .district = 1,
            .circle = 4,
            .areas = {AREA_NONE, 17},
            .drill = true,
            .mode = DISPATCH_RECOMMEND,
            .policy = "mutual-aid",
            .policy_version = 9,
            .plan_version = 70000,
            .received_ms = 1,
            .clock_ms = TIME_NEVER,
            .tiers = {{true, 1, 60000, 30000}, {false, 0, 1, 2}, {true, 8, 300000, 240000}}};
        break;
    case EVENT_DECISION_MADE:
        fill_decision(&event.decision);
        break;
    case EVENT_ASSIGNMENT_SENT:
        event.sent = (struct assignment_sent){.assignment_id = 1,
                                              .incident_id = 2,
                                              .unit_id = 3,
                                              .tier = TIER_3,
                                              .generation = 4,
                                              .travel_ms = UINT32_MAX,
                                              .estimated = true,
                                              .distance_m = 5,
                                              .fix_age_ms = 6,
                                              .from = {7, 8},
                                              .additional = true,
                                              .automatic = true,
                                              .rank = 9,
                                              .version = 1,
                                              .wave = 10};
        break;
    case EVENT_ASSIGNMENT_UPDATED:
        event.updated = (struct assignment_updated){.assignment_id = 1,
                                                    .incident_id = 2,
                                                    .unit_id = 3,
                                                    .tier = TIER_5,
                                                    .state = ASSIGNMENT_CANCELLED,
                                                    .source = SOURCE_API,
                                                    .reason = REASON_BAD_INPUT,
                                                    .device_ms = TIME_NEVER,
                                                    .late = true,
                                                    .skipped = true,
                                                    .has_position = true,
                                                    .at = {1, 1},
                                                    .fix_age_ms = 1,
                                                    .version = 2,
                                                    .note = "flat tyre"};
        break;
    case EVENT_ASSIGNMENT_STEP:
        event.step.assignment_id = 1;
        event.step.incident_id = 2;
        event.step.unit_id = 3;
        event.step.tier = TIER_5;
        event.step.step = LADDER_SUPERVISOR;
        event.step.version = 6;
        break;
    case EVENT_INCIDENT_UPDATED:
        event.incident.incident_id = 1;
        event.incident.generation = 2;
        event.incident.type = INCIDENT_HELP;
        event.incident.priority = 3;
        event.incident.at = (struct geo_point){4, 5};
        memcpy(event.incident.address, "there", 6);
        event.incident.district = 63;
        event.incident.circle = CIRCLE_NONE;
        event.incident.areas[AREA_BEAT] = 9;
        event.incident.areas[AREA_GRID] = AREA_NONE;
        event.incident.plan_version = 70001;
        break;
    case EVENT_INCIDENT_STATE:
        event.state.incident_id = 1;
        event.state.state = INCIDENT_CANCELLED;
        event.state.reason = REASON_FALSE_REPORT;
        memcpy(event.state.note, "nobody there", 13);
        break;
    case EVENT_INCIDENT_NOTED:
        event.noted.incident_id = 1;
        memcpy(event.noted.note, "\xF0\x9F\x9A\x93", 5);
        break;
    case EVENT_TIER_VERDICT:
        event.verdict.incident_id = 1;
        event.verdict.tier = TIER_1;
        event.verdict.verdict = TIER_CANCELLED;
        event.verdict.unit_id = UNIT_NONE;
        event.verdict.clock_ms = TIME_NEVER;
        event.verdict.elapsed_ms = 1;
        event.verdict.target_ms = 60000;
        event.verdict.drill = true;
        break;
    case EVENT_UNIT_DUTY:
        event.duty.unit_id = 1;
        event.duty.duty = DUTY_OUT_OF_SERVICE;
        event.duty.reason = REASON_VEHICLE;
        event.duty.people = 3;
        event.duty.sign_on.equipment = (1u << EQUIPMENT_COUNT) - 1u;
        memset(event.duty.sign_on.crew, 'c', CREW_SIZE - 1);
        memcpy(event.duty.sign_on.device, "手机", sizeof "手机");
        break;
    case EVENT_ALARM_RAISED:
    case EVENT_ALARM_ACKED:
    case EVENT_ALARM_CLEARED:
    case EVENT_ALARM_SHELVED:
    case EVENT_ALARM_RETURNED:
        event.alarm.alarm_id = 1;
        event.alarm.kind = ALARM_DECLINED;
        event.alarm.incident_id = 2;
        event.alarm.assignment_id = 3;
        event.alarm.unit_id = UNIT_NONE;
        event.alarm.tier = TIER_5;
        event.alarm.circle = 7;
        event.alarm.district = 3;
        event.alarm.checkpoint = 4095;
        if (kind == EVENT_ALARM_SHELVED) {
            event.alarm.until_ms = 1700000000000;
            event.alarm.reason = REASON_CAN_WAIT;
            memcpy(event.alarm.note, "稍后", sizeof "稍后");
        }
        break;
    case EVENT_INCIDENT_ARCHIVED:
        event.archived.incident_id = 77;
        break;
    case EVENT_COMMAND_REFUSED:
        event.refused.command = COMMAND_AUDIT;
        event.refused.reason = REASON_UNIT_BUSY;
        event.refused.incident_id = 1;
        event.refused.assignment_id = 2;
        event.refused.unit_id = 3;
        event.refused.generation = 4;
        event.refused.count = 5;
        break;
    case EVENT_AUDIT:
        memset(event.audit.text, 'a', NOTE_SIZE - 1);
        break;
    case EVENT_UNIT_PANIC:
        event.panic.unit_id = 1;
        event.panic.incident_id = 2;
        event.panic.place = PANIC_PLACE_UNKNOWN;
        event.panic.in_charge = 3;
        event.panic.source = SOURCE_UNIT;
        event.panic.device_ms = 4;
        break;
    case EVENT_PANIC_WIDENED:
        event.panic_end.unit_id = 1;
        event.panic_end.incident_id = 2;
        break;
    case EVENT_PANIC_CLOSED:
        event.panic_end.unit_id = 1;
        event.panic_end.incident_id = 2;
        event.panic_end.reason = REASON_RESOLVED;
        memset(event.panic_end.note, 'n', NOTE_SIZE - 1);
        break;
    case EVENT_ASSIGNMENT_PAR:
        event.par.assignment_id = 1;
        event.par.incident_id = 2;
        event.par.unit_id = 3;
        event.par.source = SOURCE_DISPATCHER;
        event.par.device_ms = TIME_NEVER;
        break;
    case EVENT_INCIDENT_WARNED:
        event.warned.incident_id = 1;
        event.warned.level = WARN_DANGER;
        memset(event.warned.text, 'w', NOTE_SIZE - 1);
        break;
    case EVENT_NOTICE_SENT:
        event.notice.assignment_id = 1;
        event.notice.incident_id = 2;
        event.notice.unit_id = 3;
        event.notice.tier = TIER_5;
        event.notice.number = UINT32_MAX;
        event.notice.kinds = 7;
        break;
    case EVENT_NOTICE_UPDATED:
        event.noticed.assignment_id = 1;
        event.noticed.incident_id = 2;
        event.noticed.unit_id = 3;
        event.noticed.number = 4;
        event.noticed.state = NOTICE_ACKNOWLEDGED;
        event.noticed.source = SOURCE_DISPATCHER;
        event.noticed.device_ms = TIME_NEVER;
        break;
    case EVENT_NOTICE_STEP:
        event.notice_step.assignment_id = 1;
        event.notice_step.incident_id = 2;
        event.notice_step.unit_id = 3;
        event.notice_step.tier = TIER_3;
        event.notice_step.number = 4;
        event.notice_step.step = LADDER_SUPERVISOR;
        break;
    case EVENT_AREA_PUT:
        event.area.index = 4999;
        event.area.kind = AREA_GRID;
        memcpy(event.area.code, "W4999", 6);
        memcpy(event.area.name, "网格", 7);
        event.area.ring_count = 1;
        event.area.ring_sizes[0] = DISTRICT_POINTS_MAX;
        for (uint32_t i = 0; i < DISTRICT_POINTS_MAX; i++) {
            event.area.points[i] = (struct geo_point){(int32_t)i, -(int32_t)i};
        }
        break;
    case EVENT_DISTRICTS_CLEARED:
    case EVENT_AREAS_CLEARED:
    case EVENT_KIND_COUNT:
        break;
    }
}

static enum status decode(size_t size)
{
    memset(&back, 0, sizeof back);
    back.kind = event.kind;
    /* At the very end of a heap block, so that one byte too far is seen. */
    uint8_t *exact = malloc(size > 0 ? size : 1);
    cr_assert(ne(ptr, exact, NULL));
    memcpy(exact, bytes, size);
    const enum status status = event_codec_decode(&back, exact, size);
    free(exact);
    return status;
}

Test(event_codec, every_kind_comes_back_as_it_went)
{
    for (uint32_t kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        fill((enum event_kind)kind);
        const size_t size = event_codec_encode(&event, bytes);
        cr_expect(le(sz, size, EVENT_BODY_SIZE_MAX));
        cr_assert(eq(u32, decode(size), STATUS_OK), "%s", event_kind_name(event.kind));
        cr_expect(eq(sz, event_codec_encode(&back, again), size));
        cr_expect(eq(int, memcmp(bytes, again, size), 0), "%s", event_kind_name(event.kind));
    }
}

Test(event_codec, fields_come_back_in_their_places)
{
    fill(EVENT_ASSIGNMENT_UPDATED);
    cr_assert(eq(u32, decode(event_codec_encode(&event, bytes)), STATUS_OK));
    cr_expect(eq(u32, back.updated.unit_id, 3));
    cr_expect(eq(u32, back.updated.state, ASSIGNMENT_CANCELLED));
    cr_expect(eq(i64, back.updated.device_ms, TIME_NEVER));
    cr_expect(eq(int, strcmp(back.updated.note, "flat tyre"), 0));
    fill(EVENT_DECISION_MADE);
    cr_assert(eq(u32, decode(event_codec_encode(&event, bytes)), STATUS_OK));
    cr_expect(eq(int,
                 memcmp(&back.decision.passed_by_reason, &event.decision.passed_by_reason,
                        sizeof event.decision.passed_by_reason),
                 0));
    cr_expect(eq(u32, back.decision.candidates[31].travel_ms, 31000));
    cr_expect(eq(u32, back.decision.plan, 4999));
    cr_expect(back.decision.candidates[28].by_plan);
    cr_expect(not(back.decision.candidates[31].by_plan));
    cr_expect(back.decision.passed[1].by_plan);
    cr_expect(not(back.decision.passed[2].by_plan));
    fill(EVENT_PLAN_PUT);
    cr_assert(eq(u32, decode(event_codec_encode(&event, bytes)), STATUS_OK));
    cr_expect(eq(int, memcmp(&back.plan.plan, &event.plan.plan, sizeof back.plan.plan), 0));
}

Test(event_codec, the_largest_district_fits)
{
    fill(EVENT_DISTRICT_PUT);
    const size_t size = event_codec_encode(&event, bytes);
    cr_expect(le(sz, size, EVENT_BODY_SIZE_MAX));
    cr_assert(eq(u32, decode(size), STATUS_OK));
    cr_expect(eq(i32, back.district.points[2047].lat_e7, 2047));
}

/* A district of `ring_count` rings of three corners each, the first of `first` ones. */
static size_t given_outline(uint32_t ring_count, uint32_t first)
{
    struct byte_writer writer = bytes_writer(bytes, sizeof bytes);
    event.kind = EVENT_DISTRICT_PUT;
    bytes_put_u8(&writer, 8);
    bytes_put_u8(&writer, 0);
    bytes_put_text(&writer, "D", CODE_SIZE);
    bytes_put_text(&writer, "name", NAME_SIZE);
    bytes_put_u32(&writer, ring_count);
    for (uint32_t i = 0; i < ring_count; i++) {
        bytes_put_u32(&writer, i == 0 ? first : 3);
    }
    for (uint32_t i = 0; i < first + 3 * (ring_count - 1); i++) {
        bytes_put_point(&writer, (struct geo_point){(int32_t)i, 1});
    }
    return writer.total;
}

Test(event_codec, an_outline_has_as_many_rings_and_corners_as_there_is_room_for)
{
    const uint32_t rings = DISTRICT_RINGS_MAX, corners = DISTRICT_POINTS_MAX;
    cr_expect(eq(u32, decode(given_outline(1, 2)), STATUS_CORRUPT), "two corners hold nothing");
    cr_assert(eq(u32, decode(given_outline(1, 3)), STATUS_OK));
    cr_expect(eq(u32, back.district.ring_sizes[0], 3));
    cr_expect(eq(i32, back.district.points[2].lat_e7, 2));
    cr_assert(eq(u32, decode(given_outline(rings, 3)), STATUS_OK));
    cr_expect(eq(u32, back.district.ring_count, rings));
    cr_expect(eq(u32, decode(given_outline(rings + 1, 3)), STATUS_CORRUPT));
    cr_expect(eq(u32, decode(given_outline(1, corners)), STATUS_OK));
    cr_expect(eq(u32, decode(given_outline(1, corners + 1)), STATUS_CORRUPT));
    cr_expect(eq(u32, decode(given_outline(2, corners - 3)), STATUS_OK));
    cr_expect(eq(u32, decode(given_outline(2, corners - 2)), STATUS_CORRUPT));
}

Test(event_codec, cut_anywhere_or_with_more_behind_it_is_corrupt)
{
    for (uint32_t kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        fill((enum event_kind)kind);
        const size_t size = event_codec_encode(&event, bytes);
        const size_t stride = size > 4000 ? 7 : 1;
        for (size_t cut = 0; cut < size; cut += stride) {
            cr_assert(eq(u32, decode(cut), STATUS_CORRUPT), "%s at %zu",
                      event_kind_name(event.kind), cut);
        }
        bytes[size] = 0;
        cr_expect(eq(u32, decode(size + 1), STATUS_CORRUPT));
    }
}

Test(event_codec, another_version_is_named)
{
    fill(EVENT_AUDIT);
    const size_t size = event_codec_encode(&event, bytes);
    bytes[0] = 9;
    cr_expect(eq(u32, decode(size), STATUS_VERSION));
    bytes[0] = 0;
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
    bytes[0] = 1;
    event.kind = EVENT_KIND_COUNT;
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
}

/* The version at which the body of a kind grew last. */
static uint8_t grown_at(enum event_kind kind)
{
    static const uint8_t grown[EVENT_KIND_COUNT] = {
        [EVENT_CHECKPOINT_PUT] = 8,  [EVENT_CIRCLE_PUT] = 7,       [EVENT_DECISION_MADE] = 6,
        [EVENT_INCIDENT_OPENED] = 6, [EVENT_INCIDENT_UPDATED] = 6, [EVENT_ALARM_RAISED] = 5,
        [EVENT_ALARM_ACKED] = 5,     [EVENT_ALARM_CLEARED] = 5,    [EVENT_ALARM_SHELVED] = 5,
        [EVENT_ALARM_RETURNED] = 5,  [EVENT_UNIT_DUTY] = 4,        [EVENT_UNIT_PUT] = 4,
        [EVENT_ASSIGNMENT_SENT] = 4, [EVENT_POLICY_PUT] = 4};
    return grown[kind] == 0 ? 1 : grown[kind];
}

Test(event_codec, a_body_is_read_alike_under_every_version_since_it_grew_and_under_none_before)
{
    for (uint32_t kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        fill((enum event_kind)kind);
        const size_t size = event_codec_encode(&event, bytes);
        const uint8_t now = bytes[0];
        for (uint8_t version = 1; version <= now; version++) {
            bytes[0] = version;
            const bool is_read = version >= grown_at(event.kind);
            cr_assert(eq(u32, decode(size), is_read ? STATUS_OK : STATUS_CORRUPT), "%s under %u",
                      event_kind_name(event.kind), version);
            if (is_read) {
                cr_expect(eq(sz, event_codec_encode(&back, again), size));
                cr_expect(eq(int, memcmp(bytes + 1, again + 1, size - 1), 0), "%s under %u",
                          event_kind_name(event.kind), version);
            }
        }
    }
}

Test(event_codec, broken_texts_are_corrupt)
{
    static const char *const broken[] = {"\xC0\x80",
                                         "\xFF",
                                         "\xE4\xB8",
                                         "\xED\xA0\x80",
                                         "\xF5\x80\x80\x80",
                                         "\xE0\x80\x80",
                                         "\xF0\x80\x80\x80",
                                         "\xF4\x90\x80\x80",
                                         "\xC3(",
                                         "\x80"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        fill(EVENT_AUDIT);
        memset(event.audit.text, 0, NOTE_SIZE);
        memcpy(event.audit.text, broken[i], strlen(broken[i]));
        cr_expect(eq(u32, decode(event_codec_encode(&event, bytes)), STATUS_CORRUPT), "text %zu",
                  i);
    }
    fill(EVENT_AUDIT);
    const size_t size = event_codec_encode(&event, bytes);
    bytes[10] = 0; /* a NUL in the middle */
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
}

Test(event_codec, damage_is_refused_or_says_something_else_but_never_hurts)
{
    struct prng prng = {.state = 4711};
    uint32_t refused = 0;
    for (uint32_t i = 0; i < 20000; i++) {
        fill((enum event_kind)(1 + prng_below(&prng, EVENT_KIND_COUNT - 1)));
        const size_t size = event_codec_encode(&event, bytes);
        for (uint32_t k = prng_below(&prng, 4); k < 4; k++) {
            bytes[prng_below(&prng, (uint32_t)size)] = (uint8_t)prng_below(&prng, 256);
        }
        const enum status status = decode(size);
        refused += status != STATUS_OK ? 1 : 0;
        if (status == STATUS_OK) { /* there is one way to write it, under the version of now */
            cr_assert(eq(sz, event_codec_encode(&back, again), size));
            cr_assert(eq(int, memcmp(bytes + 1, again + 1, size - 1), 0));
        }
    }
    cr_expect(lt(u32, 1000, refused));
}

/* Version 1 ended before what a policy says since. */
Test(event_codec, a_policy_of_version_1_is_as_it_was)
{
    fill(EVENT_POLICY_PUT);
    const size_t more = (2 + TIER_COUNT + 8) * sizeof(uint32_t) + TIER_COUNT;
    const size_t size = event_codec_encode(&event, bytes);
    bytes[0] = 1;
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
    cr_assert(eq(u32, decode(size - more), STATUS_OK));
    cr_expect(eq(u32, back.policy.policy.par_answer_ms, 60000));
    cr_expect(eq(u32, back.policy.policy.panic_widen_ms, 15000));
    cr_expect(eq(u32, back.policy.policy.tiers[TIER_1].second_channel_ms, 0));
    cr_expect(eq(u32, back.policy.policy.tiers[TIER_5].supervisor_ms, 60000));
}

/* Versions 2 and 3 ended before what a policy says of centres. */
Test(event_codec, a_policy_of_version_3_waits_for_centres_as_is_usual)
{
    fill(EVENT_POLICY_PUT);
    event.policy.policy.panic_widen_ms = 7000;
    event.policy.policy.receipt_ms = 1;
    const size_t size = event_codec_encode(&event, bytes);
    for (uint8_t version = 2; version <= 3; version++) {
        bytes[0] = version;
        cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
        cr_assert(eq(u32, decode(size - TIER_COUNT - 8 * sizeof(uint32_t)), STATUS_OK));
        cr_expect(eq(u32, back.policy.policy.panic_widen_ms, 7000));
        cr_expect(eq(u32, back.policy.policy.receipt_ms, POLICY_RECEIPT_MS));
        cr_expect(eq(u32, back.policy.policy.feedback_ms, POLICY_FEEDBACK_MS));
        cr_expect(eq(u32, back.policy.policy.help_ms, POLICY_HELP_MS));
    }
}

/* Version 2 knew no circle. */
Test(event_codec, an_alarm_of_version_2_is_its_incidents)
{
    fill(EVENT_ALARM_RAISED);
    const size_t more = sizeof(uint32_t) + 1 + sizeof(uint32_t);
    const size_t size = event_codec_encode(&event, bytes);
    bytes[0] = 2;
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
    cr_assert(eq(u32, decode(size - more), STATUS_OK));
    cr_expect(eq(u32, back.alarm.circle, CIRCLE_NONE));
    cr_expect(eq(u32, back.alarm.district, DISTRICT_NONE));
    cr_expect(eq(u32, back.alarm.incident_id, 2));
}

Test(event_codec, an_alarm_of_versions_3_and_4_is_of_no_checkpoint)
{
    static const enum event_kind kinds[] = {EVENT_ALARM_RAISED, EVENT_ALARM_SHELVED};
    for (size_t i = 0; i < 2 * sizeof kinds / sizeof kinds[0]; i++) {
        fill(kinds[i / 2]);
        const size_t size = event_codec_encode(&event, bytes);
        bytes[0] = i % 2 == 0 ? 3 : 4;
        cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
        cr_assert(eq(u32, decode(size - sizeof(uint32_t)), STATUS_OK));
        cr_expect(eq(u32, back.alarm.checkpoint, CHECKPOINT_NONE));
        cr_expect(eq(u32, back.alarm.circle, 7));
        cr_expect(eq(u32, back.alarm.district, 3));
    }
}

#define PLAN_BYTES          sizeof(uint32_t) /* that version 6 added to incidents */
#define DECISION_PLAN_BYTES (3 * sizeof(uint32_t))

/* Versions 4 and 5 knew no plan of a circle. */
Test(event_codec, incidents_and_decisions_of_version_5_follow_no_plan)
{
    static const enum event_kind kinds[] = {EVENT_INCIDENT_OPENED, EVENT_INCIDENT_UPDATED,
                                            EVENT_DECISION_MADE};
    for (size_t i = 0; i < 2 * sizeof kinds / sizeof kinds[0]; i++) {
        const enum event_kind kind = kinds[i / 2];
        fill(kind);
        const size_t size = event_codec_encode(&event, bytes);
        bytes[0] = i % 2 == 0 ? 4 : 5;
        cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
        const size_t more = kind == EVENT_DECISION_MADE ? DECISION_PLAN_BYTES : PLAN_BYTES;
        cr_assert(eq(u32, decode(size - more), STATUS_OK));
        if (kind == EVENT_DECISION_MADE) {
            cr_expect(eq(u32, back.decision.plan, PLAN_NONE));
            cr_expect(not(back.decision.candidates[0].by_plan));
            cr_expect(not(back.decision.passed[0].by_plan));
            cr_expect(back.decision.candidates[0].own_area);
        } else if (kind == EVENT_INCIDENT_OPENED) {
            cr_expect(eq(u32, back.opened.plan_version, 0));
            cr_expect(eq(u32, back.opened.areas[AREA_GRID], 17));
        } else {
            cr_expect(eq(u32, back.incident.plan_version, 0));
            cr_expect(eq(u32, back.incident.areas[AREA_BEAT], 9));
        }
    }
}

/* Version 6 ended before the rota. */
Test(event_codec, a_circle_of_version_6_has_no_rota)
{
    fill(EVENT_CIRCLE_PUT);
    const size_t size = event_codec_encode(&event, bytes);
    cr_assert(eq(u32, decode(size), STATUS_OK));
    cr_expect(eq(u32, back.circle.circle.shifts[4].minimum, 999));
    bytes[0] = 6;
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
    back.circle.circle.shift_count = 3; /* what the event before it left there */
    const size_t more = 1 + CIRCLE_SHIFTS_MAX * 2 * sizeof(uint16_t);
    cr_assert(eq(u32, decode(size - more), STATUS_OK));
    cr_expect(eq(u32, back.circle.circle.shift_count, 0));
    cr_expect(eq(u32, back.circle.circle.radius_m, 400));
}

/* As the engine wrote them when 5 was the version of now: journals of a release are read for ever.
 */
static const uint8_t opened_5[] = {
    0x05, 0x05, 0x00, 0x00, 0x00, 0x03, 0x02, 0x00, 0x00, 0x00, 0xC1, 0xE9, 0x6B, 0x0D, 0x3F,
    0x5E, 0x96, 0x43, 0x09, 0x00, 0xE5, 0x85, 0xB4, 0xE4, 0xB8, 0xAD, 0xE9, 0x81, 0x93, 0x01,
    0x04, 0x00, 0x00, 0x00, 0x01, 0x00, 0x07, 0x00, 0x65, 0x63, 0x68, 0x65, 0x6C, 0x6F, 0x6E,
    0x00, 0x09, 0x00, 0x00, 0x00, 0x00, 0x68, 0xE5, 0xCF, 0x8B, 0x01, 0x00, 0x00, 0x00, 0x68,
    0xE5, 0xCF, 0x8B, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00, 0x00, 0x00,
    0x60, 0xEA, 0x00, 0x00, 0x30, 0x75, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0xE0, 0x93, 0x04, 0x00,
    0x80, 0xA9, 0x03, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x11, 0x00, 0x00, 0x00,
};
static const uint8_t updated_5[] = {
    0x05, 0x05, 0x00, 0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00, 0x00, 0x00,
    0x04, 0x00, 0x00, 0x00, 0xFB, 0xFF, 0xFF, 0xFF, 0x05, 0x00, 0x74, 0x68, 0x65, 0x72,
    0x65, 0x3F, 0x07, 0x00, 0x00, 0x00, 0x09, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF,
};
static const uint8_t decision_5[] = {
    0x05, 0x05, 0x00, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00, 0xEF, 0xCD, 0xAB, 0x89, 0x67, 0x45,
    0x23, 0x01, 0x09, 0x00, 0x00, 0x00, 0x01, 0x03, 0x00, 0x00, 0x00, 0x02, 0x0B, 0x00, 0x00, 0x00,
    0x28, 0xA0, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0xFE, 0xFF, 0xFF, 0xFF, 0x84, 0x03, 0x00, 0x00,
    0x00, 0x01, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x0C, 0x00, 0x00, 0x00, 0x18, 0x73, 0x01, 0x00,
    0x03, 0x00, 0x00, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00, 0x01,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x0D, 0x00, 0x00, 0x00, 0x04, 0x10, 0x00, 0x00, 0x03, 0x02,
    0x03, 0x01, 0x00, 0x00, 0x00, 0x0B, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x02, 0x00, 0x00, 0x00,
};
static const uint8_t alarm_5[] = {
    0x05, 0x01, 0x00, 0x00, 0x00, 0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0xFF, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0x03, 0xFF, 0x0F, 0x00, 0x00,
};

static void given_body(enum event_kind kind, const uint8_t *body, size_t size)
{
    memset(&event, 0, sizeof event);
    event.kind = kind;
    memcpy(bytes, body, size);
    cr_assert(eq(u32, decode(size), STATUS_OK), "%s", event_kind_name(kind));
}

Test(event_codec, bodies_that_version_5_wrote_are_read_as_they_were)
{
    given_body(EVENT_INCIDENT_OPENED, opened_5, sizeof opened_5);
    cr_expect(eq(u32, back.opened.incident_id, 5));
    cr_expect(eq(str, back.opened.address, "兴中道"));
    cr_expect(eq(u32, back.opened.policy_version, 9));
    cr_expect(eq(i64, back.opened.clock_ms, 1700000000000));
    cr_expect(eq(u32, back.opened.tiers[TIER_5].reach_ms, 240000));
    cr_expect(eq(u32, back.opened.areas[AREA_GRID], 17));
    cr_expect(eq(u32, back.opened.plan_version, 0));

    given_body(EVENT_INCIDENT_UPDATED, updated_5, sizeof updated_5);
    cr_expect(eq(u32, back.incident.circle, 7));
    cr_expect(eq(u32, back.incident.areas[AREA_GRID], AREA_NONE));
    cr_expect(eq(u32, back.incident.plan_version, 0));

    given_body(EVENT_DECISION_MADE, decision_5, sizeof decision_5);
    cr_expect(eq(u32, back.decision.together, 3));
    cr_expect(eq(u32, back.decision.passed[0].unit_id, 13));
    cr_expect(back.decision.area_first);
    cr_expect(back.decision.candidates[1].own_area);
    cr_expect(eq(u32, back.decision.plan, PLAN_NONE));
    cr_expect(not(back.decision.candidates[0].by_plan));

    given_body(EVENT_ALARM_RAISED, alarm_5, sizeof alarm_5);
    cr_expect(eq(u32, back.alarm.kind, ALARM_CHECKPOINT_OVERDUE));
    cr_expect(eq(u32, back.alarm.checkpoint, 4095));
}

Test(event_codec, a_plan_names_no_candidate_that_is_not_there)
{
    fill(EVENT_DECISION_MADE);
    event.decision.candidate_count = 3;
    event.decision.passed_count = 2;
    const size_t size = event_codec_encode(&event, bytes);
    cr_assert(eq(u32, decode(size), STATUS_OK));
    bytes[size - 2 * sizeof(uint32_t)] |= 8;
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
    cr_assert(eq(sz, event_codec_encode(&event, bytes), size));
    bytes[size - sizeof(uint32_t)] |= 4;
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
}

/* What version 3 did not say of beats and grids: it lay in none. */
Test(event_codec, units_and_incidents_of_version_3_lie_in_no_area)
{
    static const struct {
        enum event_kind kind;
        size_t more;
    } grown[] = {{EVENT_UNIT_PUT, sizeof(uint32_t)},
                 {EVENT_INCIDENT_OPENED, AREA_KIND_COUNT * sizeof(uint32_t) + PLAN_BYTES},
                 {EVENT_INCIDENT_UPDATED, AREA_KIND_COUNT * sizeof(uint32_t) + PLAN_BYTES}};
    for (size_t i = 0; i < sizeof grown / sizeof grown[0]; i++) {
        fill(grown[i].kind);
        const size_t size = event_codec_encode(&event, bytes);
        bytes[0] = 3;
        cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
        cr_assert(eq(u32, decode(size - grown[i].more), STATUS_OK));
        const uint32_t *areas =
            grown[i].kind == EVENT_INCIDENT_OPENED ? back.opened.areas : back.incident.areas;
        if (grown[i].kind == EVENT_UNIT_PUT) {
            cr_expect(eq(u32, back.unit.unit.area, AREA_NONE));
            continue;
        }
        cr_expect(eq(u32, areas[AREA_BEAT], AREA_NONE));
        cr_expect(eq(u32, areas[AREA_GRID], AREA_NONE));
    }
}

/* Nor who of the candidates belongs to the place's area, and no policy asked for them. */
Test(event_codec, a_decision_and_a_policy_of_version_3_know_no_area)
{
    fill(EVENT_DECISION_MADE);
    const size_t size = event_codec_encode(&event, bytes);
    bytes[0] = 3;
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
    cr_assert(eq(u32, decode(size - 2 - sizeof(uint32_t) - DECISION_PLAN_BYTES), STATUS_OK));
    cr_expect(not(back.decision.area_first));
    cr_expect(eq(u32, back.decision.wave, 0));
    cr_expect(not(back.decision.candidates[0].own_area));
    fill(EVENT_POLICY_PUT);
    event.policy.policy.tiers[TIER_3].area_first = true;
    event.policy.policy.volunteers = (struct volunteer_policy){255, 2, 3, 4, 30000};
    const size_t policy_size = event_codec_encode(&event, bytes);
    cr_assert(eq(u32, decode(policy_size), STATUS_OK));
    cr_expect(back.policy.policy.tiers[TIER_3].area_first);
    bytes[0] = 3;
    cr_expect(eq(u32, decode(policy_size), STATUS_CORRUPT));
    cr_assert(eq(u32, decode(policy_size - TIER_COUNT - 8 * sizeof(uint32_t)), STATUS_OK));
    cr_expect(eq(u32, back.policy.policy.volunteers.wave_units, 0));
    cr_expect(not(back.policy.policy.tiers[TIER_3].area_first));
}

Test(event_codec, a_candidate_that_is_not_there_belongs_to_no_area)
{
    fill(EVENT_DECISION_MADE);
    event.decision.candidate_count = 3;
    const size_t size = event_codec_encode(&event, bytes);
    cr_assert(eq(u32, decode(size), STATUS_OK));
    bytes[size - sizeof(uint32_t) - DECISION_PLAN_BYTES] |= 8;
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
}

Test(event_codec, an_order_of_version_3_is_no_invitation)
{
    fill(EVENT_ASSIGNMENT_SENT);
    const size_t size = event_codec_encode(&event, bytes);
    cr_assert(eq(u32, decode(size), STATUS_OK));
    cr_expect(eq(u32, back.sent.wave, 10));
    bytes[0] = 3;
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
    cr_assert(eq(u32, decode(size - 1), STATUS_OK));
    cr_expect(eq(u32, back.sent.wave, 0));
}

Test(event_codec, who_signed_on_under_version_3_brought_nothing)
{
    fill(EVENT_UNIT_DUTY);
    const size_t size = event_codec_encode(&event, bytes);
    cr_assert(eq(u32, decode(size), STATUS_OK));
    cr_expect(eq(u32, back.duty.sign_on.equipment, (1u << EQUIPMENT_COUNT) - 1u));
    event.duty.sign_on.equipment = 1u << EQUIPMENT_COUNT;
    cr_expect(eq(u32, decode(event_codec_encode(&event, bytes)), STATUS_CORRUPT));
    bytes[0] = 3;
    cr_assert(eq(u32, decode(1 + 4 + 1 + 1 + 2), STATUS_OK));
    cr_expect(eq(u32, back.duty.sign_on.equipment, 0));
    cr_expect(eq(int, strcmp(back.duty.sign_on.crew, ""), 0));
}

/* Version 7 knew no routes. */
Test(event_codec, a_checkpoint_of_version_7_is_a_place)
{
    fill(EVENT_CHECKPOINT_PUT);
    const size_t size = event_codec_encode(&event, bytes);
    cr_assert(eq(u32, decode(size), STATUS_OK));
    cr_expect(eq(u32, back.checkpoint.checkpoint.stops[15], 4095));
    bytes[0] = 7;
    cr_expect(eq(u32, decode(size), STATUS_CORRUPT));
    back.checkpoint.checkpoint.stop_count = 3; /* what the event before it left there */
    const size_t more = 1 + ROUTE_STOPS_MAX * sizeof(uint16_t);
    cr_assert(eq(u32, decode(size - more), STATUS_OK));
    cr_expect(eq(u32, back.checkpoint.checkpoint.stop_count, 0));
    cr_expect(eq(u32, back.checkpoint.checkpoint.stay_s, 120));
}
