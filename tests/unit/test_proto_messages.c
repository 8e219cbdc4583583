/* tests/vectors/messages.json: everything the server says, byte for byte. The pages' decoder reads
 * the same file, where each message stands on a line of its own. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "tests/unit/proto_fixtures.h"

#define VECTORS    "tests/vectors/messages.json"
#define LINE_BYTES 65536

static struct proto_buffer buffer;
static FILE *vectors;

static void set_up(void)
{
    vectors = fopen(VECTORS, "r");
    cr_assert(ne(ptr, vectors, NULL));
}

static void tear_down(void)
{
    proto_buffer_finish(&buffer);
    (void)fclose(vectors);
    vectors = NULL;
}

TestSuite(proto_messages, .init = set_up, .fini = tear_down, .timeout = 60);

/* The bytes of "json" of the vector with that name, NUL-terminated; NULL: there is none. */
static const char *expected_json(const char *name)
{
    static char line[LINE_BYTES];
    char start[256];
    (void)snprintf(start, sizeof(start), "{\"name\":\"%s\",\"via\":", name);
    rewind(vectors);
    while (fgets(line, sizeof(line), vectors) != NULL) {
        if (strncmp(line, start, strlen(start)) != 0) {
            continue;
        }
        char *json = strstr(line, "\"json\":");
        char *end = strrchr(line, '}');
        if (json == NULL || end == NULL) {
            return NULL;
        }
        *end = '\0';
        return json + strlen("\"json\":");
    }
    return NULL;
}

static uint32_t compared;

static void expect(const char *name)
{
    const char *json = expected_json(name);
    cr_assert(json != NULL, "no vector \"%s\"", name);
    cr_assert(proto_buffer_ok(&buffer));
    proto_buffer_append(&buffer, "", 1);
    cr_expect(zero(int, strcmp(buffer.bytes, json)), "%s\n is %s\n not %s", name, buffer.bytes,
              json);
    proto_buffer_clear(&buffer);
    compared++;
}

/* ---- Frames and answers ---- */

static void check_hello_and_beat(void)
{
    proto_encode_hello(&buffer, "kuaifan 0.1.0", EPOCH, NOW, PROTO_MESSAGE_MAX);
    expect("hello");
    proto_encode_beat(&buffer, NOW, 4711);
    expect("beat");
    proto_encode_beat(&buffer, NOW, 0);
    expect("beat before the first event");
    proto_encode_coverage(&buffer, 17);
    expect("coverage");
}

static void check_session_answers(void)
{
    proto_encode_ok_auth(&buffer, 1, &user, NOW + 86400000, 1000);
    expect("answer to auth");
    proto_encode_ok_auth(&buffer, 1, &scoped_user, NOW + 86400000, 1000);
    expect("answer to auth of a scoped supervisor");
    proto_encode_ok_auth(&buffer, 1, &unit_user, NOW + 86400000, 10000);
    expect("answer to auth of a unit");
    proto_encode_ok_sub(&buffer, 2, true);
    expect("answer to sub, recovered");
    proto_encode_ok_sub(&buffer, 2, false);
    expect("answer to sub, not recovered");
    proto_encode_ok_unsub(&buffer, 3);
    expect("answer to unsub");
    proto_encode_ok_ping(&buffer, PROTO_INTEGER_MAX, NOW);
    expect("answer to ping");
}

static void check_command_answers(void)
{
    static const struct {
        enum proto_op op;
        int64_t id;
        uint64_t seq;
    } answers[] = {
        {PROTO_OP_REPORT_CREATE, 4, 4711},       {PROTO_OP_INCIDENT_RECOMMEND, 5, 4712},
        {PROTO_OP_INCIDENT_ORDER, 5, 4712},      {PROTO_OP_INCIDENT_UPDATE, 5, 4712},
        {PROTO_OP_INCIDENT_NOTE, 6, 4713},       {PROTO_OP_INCIDENT_CANCEL, 6, 4713},
        {PROTO_OP_INCIDENT_CLOSE, 6, 4713},      {PROTO_OP_ASSIGNMENT_UPDATE, 7, 4714},
        {PROTO_OP_ASSIGNMENT_RECALL, 8, 4715},   {PROTO_OP_UNIT_DUTY, 9, 4716},
        {PROTO_OP_ALARM_ACK, 10, 4717},          {PROTO_OP_INCIDENT_WARN, 11, 4718},
        {PROTO_OP_NOTICE_UPDATE, 12, 4719},      {PROTO_OP_UNIT_PANIC, 13, 4720},
        {PROTO_OP_PANIC_CLOSE, 14, 4721},        {PROTO_OP_ASSIGNMENT_PAR, 15, 4722},
        {PROTO_OP_INCIDENT_HOLD, 11, 4718},      {PROTO_OP_INCIDENT_RELEASE, 11, 4719},
        {PROTO_OP_INCIDENT_REOPEN, 11, 4720},    {PROTO_OP_INCIDENT_MERGE, 11, 4721},
        {PROTO_OP_INCIDENT_CLAIM, 11, 4722},     {PROTO_OP_INCIDENT_HAND_OVER, 11, 4723},
        {PROTO_OP_REPORT_LINK, 12, 4724},        {PROTO_OP_REPORT_SPLIT, 12, 4725},
        {PROTO_OP_REPORT_ANSWER, 12, 4726},      {PROTO_OP_ASSIGNMENT_REASSIGN, 13, 4727},
        {PROTO_OP_MILESTONE_CORRECT, 13, 4728},  {PROTO_OP_ALARM_SHELVE, 14, 4729},
        {PROTO_OP_ASSIGNMENT_SUPPORT, 14, 4730}, {PROTO_OP_CHECKPOINT_SIGN, 14, 4731},
        {PROTO_OP_INCIDENT_PHOTO, 14, 4732},
    };
    struct proto_result result = {.report_id = 21,
                                  .incident_id = 12,
                                  .assignment_id = 5,
                                  .alarm_id = 3,
                                  .generation = 3,
                                  .merged = true,
                                  .unit = "P12"};
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        char name[64];
        result.op = answers[i].op;
        result.seq = answers[i].seq;
        proto_encode_ok_command(&buffer, answers[i].id, &result);
        (void)snprintf(name, sizeof(name), "answer to %s",
                       proto_name(PROTO_LIST_OP, answers[i].op));
        expect(name);
    }
    result.op = PROTO_OP_REPORT_CREATE;
    result.seq = 4711;
    proto_encode_result(&buffer, &result);
    expect("answer of POST /v1/reports");
    result.op = PROTO_OP_ALARM_ACK;
    result.seq = 4717;
    proto_encode_result_http(&buffer, &result);
    expect("answer of POST /v1/commands");
}

static void check_refusals(void)
{
    struct proto_error error;
    proto_error_set(&error, PROTO_OUT_OF_RANGE, "/priority", "\"priority\" must be 1 to 4");
    proto_encode_error(&buffer, true, 4, &error);
    expect("refusal with a pointer");
    proto_error_set(&error, PROTO_STALE_GENERATION, NULL, "the incident is at generation 4");
    error.has_generation = true;
    error.generation = 4;
    proto_encode_error(&buffer, true, 5, &error);
    expect("refusal of a stale generation");
    proto_error_set(&error, PROTO_BUSY, NULL, "the journal's queue is full");
    proto_encode_error(&buffer, true, 5, &error);
    expect("refusal to try again");
    proto_encode_problem(&buffer, &error);
    expect("problem to try again");
    proto_error_set(&error, PROTO_BAD_JSON, NULL, "line 1, column 1: the text is empty");
    proto_encode_error(&buffer, false, 0, &error);
    expect("refusal without an id");
    proto_error_set(&error, PROTO_SWAPPED_COORDINATES, "/lat",
                    "\"lat\" is beyond 90 degrees; it looks exchanged with \"lon\"");
    proto_encode_problem(&buffer, &error);
    expect("problem with a pointer");
    proto_error_set(&error, PROTO_UNAUTHORIZED, NULL, "the token has expired");
    proto_encode_problem(&buffer, &error);
    expect("problem of a missing login");
}

/* ---- Events ---- */

static void encode_into(struct proto_buffer *frame, const struct proto_event *event)
{
    struct proto_buffer encoded = {0};
    proto_encode_event(&encoded, event);
    cr_assert(proto_buffer_ok(&encoded));
    proto_frame_log_event(frame, encoded.bytes, encoded.size);
    proto_buffer_finish(&encoded);
}

static void expect_event_in(const char *name, enum proto_stream stream,
                            const struct proto_event *event)
{
    proto_frame_log_begin(&buffer, stream, EPOCH, event->seq, event->seq);
    encode_into(&buffer, event);
    proto_frame_log_end(&buffer);
    expect(name);
}

static void expect_event(const char *name, const struct proto_event *event)
{
    expect_event_in(name, PROTO_STREAM_CITY, event);
}

static struct proto_event by_li(enum proto_event_kind kind, uint64_t seq)
{
    return (struct proto_event){
        .kind = kind, .seq = seq, .at_ms = NOW, .actor = "li", .source = PROTO_SOURCE_DISPATCHER};
}

static struct proto_event by_system(enum proto_event_kind kind, uint64_t seq)
{
    return (struct proto_event){
        .kind = kind, .seq = seq, .at_ms = NOW, .actor = "system", .source = PROTO_SOURCE_SYSTEM};
}

static void check_roster_events(void)
{
    struct proto_event event = by_li(PROTO_EVENT_DISTRICT_PUT, 1);
    event.district.district = district;
    expect_event("event district.put", &event);
    event = by_system(PROTO_EVENT_DISTRICTS_CLEARED, 2);
    expect_event("event districts.cleared", &event);
    event = by_li(PROTO_EVENT_AREAS_CLEARED, 43);
    expect_event("event areas.cleared", &event);
    event = by_li(PROTO_EVENT_AREA_PUT, 44);
    event.area.index = 3;
    event.area.area = (struct proto_area){"W3", "民权社区第三网格", PROTO_AREA_GRID};
    expect_event("event area.put", &event);
    event = by_li(PROTO_EVENT_CIRCLE_PUT, 3);
    event.circle = &circle;
    expect_event("event circle.put", &event);
    event = by_li(PROTO_EVENT_CENTRE_PUT, 3);
    event.centre = &centre;
    expect_event("event centre.put", &event);
    event.kind = PROTO_EVENT_PLAN_PUT;
    event.plan.code = "K1-fire";
    event.plan.circle = "K1";
    event.plan.version = 7;
    expect_event("event plan.put", &event);
    event = by_li(PROTO_EVENT_REFERRAL_SENT, 4);
    event.referred.referral = &referral;
    event.referred.generation = 4;
    event.referred.note = "邻里纠纷";
    expect_event("event referral.sent", &event);
    event = by_li(PROTO_EVENT_REFERRAL_UPDATED, 5);
    event.actor = "centre-1";
    event.source = PROTO_SOURCE_API;
    event.referral.referral_id = 3;
    event.referral.incident_id = 12;
    event.referral.centre = "N1";
    event.referral.state = PROTO_REFERRAL_LENT;
    event.referral.version = 2;
    event.referral.generation = 4;
    event.referral.reason = PROTO_REASON_NONE;
    event.referral.units = "江门 J3 两车";
    event.referral.note = "";
    expect_event("event referral.updated", &event);
    event = by_li(PROTO_EVENT_CHECKPOINT_PUT, 3);
    event.checkpoint = &checkpoint;
    expect_event("event checkpoint.put", &event);
    event = by_li(PROTO_EVENT_UNIT_PUT, 4);
    event.unit = &unit;
    expect_event("event unit.put", &event);
}

static void check_patrol_events(void)
{
    struct proto_event event = by_system(PROTO_EVENT_CHECKPOINT_VISITED, 5);
    event.source = PROTO_SOURCE_GPS;
    event.visited.checkpoint = "B7";
    event.visited.unit = "P12";
    event.visited.visit = PROTO_VISIT_SEEN;
    event.visited.arrived_ms = NOW - 130000;
    event.visited.stayed_ms = 125000;
    event.visited.distance_m = 12;
    event.visited.fix_age_ms = 5000;
    event.visited.device_ms = PROTO_NEVER;
    expect_event("event checkpoint.visited", &event);
    event = by_li(PROTO_EVENT_CHECKPOINT_VISITED, 6);
    event.visited.checkpoint = "B7";
    event.visited.unit = "P12";
    event.visited.visit = PROTO_VISIT_SIGNED;
    event.visited.arrived_ms = NOW;
    event.visited.stayed_ms = 0;
    event.visited.distance_m = PROTO_NONE;
    event.visited.fix_age_ms = PROTO_NONE;
    event.visited.device_ms = NOW - 700;
    expect_event("event checkpoint.visited, signed", &event);
    event = by_system(PROTO_EVENT_CHECKPOINT_OVERDUE, 7);
    event.overdue.checkpoint = "B7";
    event.overdue.due_ms = NOW - 3;
    event.overdue.visited_ms = PROTO_NEVER;
    event.overdue.missed = 2;
    expect_event("event checkpoint.overdue", &event);
}

static void check_photo_events(void)
{
    uint8_t hash[PROTO_PHOTO_HASH_SIZE];
    for (uint8_t i = 0; i < PROTO_PHOTO_HASH_SIZE; i++) {
        hash[i] = (uint8_t)(i * 8u);
    }
    struct proto_event event = by_li(PROTO_EVENT_PHOTO_ADDED, 13);
    event.photo.incident_id = 12;
    event.photo.hash = hash;
    event.photo.size = 1;
    event.photo.media = PROTO_PHOTO_PNG;
    event.photo.device_ms = PROTO_NEVER;
    expect_event("event photo.added, by a dispatcher", &event);
    event.actor = "P12";
    event.source = PROTO_SOURCE_UNIT;
    event.photo.assignment_id = 5;
    event.photo.unit = "P12";
    event.photo.size = 183214;
    event.photo.media = PROTO_PHOTO_JPEG;
    event.photo.device_ms = NOW - 700;
    expect_event("event photo.added", &event);
}

static void check_incident_events(void)
{
    struct proto_event event = by_li(PROTO_EVENT_REPORT_RECEIVED, 5);
    event.report = &report;
    expect_event("event report.received", &event);
    event.actor = "sensor-7";
    event.source = PROTO_SOURCE_API;
    event.report = &bare_report;
    expect_event("event report.received with little known", &event);
    event = by_system(PROTO_EVENT_INCIDENT_OPENED, 6);
    event.incident = &incident;
    expect_event("event incident.opened", &event);
    event.incident = &masked_incident;
    expect_event("event incident.opened, masked", &event);
    event = by_system(PROTO_EVENT_DECISION_MADE, 7);
    event.decision = &decision;
    expect_event("event decision.made", &event);
    event.decision = &no_decision;
    expect_event("event decision.made with nobody", &event);
    event = by_system(PROTO_EVENT_INCIDENT_ARCHIVED, 19);
    event.archived.incident_id = 12;
    expect_event("event incident.archived", &event);
    event = by_li(PROTO_EVENT_INCIDENT_NOTED, 13);
    event.noted.incident_id = 12;
    event.noted.note = "现场已控制";
    expect_event("event incident.noted", &event);
}

static void check_incident_changes(void)
{
    struct proto_event event = by_li(PROTO_EVENT_INCIDENT_UPDATED, 11);
    event.changed.incident_id = 12;
    event.changed.generation = 4;
    event.changed.type = PROTO_INCIDENT_TRAFFIC;
    event.changed.priority = 2;
    event.changed.at = (struct proto_place){225000000, 1132500000};
    event.changed.address = "";
    event.changed.grid = "W3";
    expect_event("event incident.updated", &event);
    event.changed.type = PROTO_INCIDENT_FIRE;
    event.changed.priority = 1;
    event.changed.address = NULL;
    event.changed.district = "shiqi";
    event.changed.circle = "K1";
    event.changed.beat = "B7";
    event.changed.grid = NULL;
    event.changed.order = &order;
    expect_event_in("event incident.updated with its order", PROTO_STREAM_ORDERS, &event);
    event = by_li(PROTO_EVENT_INCIDENT_STATE, 12);
    event.state.incident_id = 12;
    event.state.state = PROTO_INCIDENT_DISPATCHED;
    event.state.note = "";
    expect_event("event incident.state dispatched", &event);
    event.state.state = PROTO_INCIDENT_CLOSED;
    event.state.reason = PROTO_REASON_RESOLVED;
    event.state.note = "done";
    expect_event("event incident.state closed", &event);
    event = by_system(PROTO_EVENT_TIER_VERDICT, 14);
    event.verdict.incident_id = 12;
    event.verdict.tier = PROTO_TIER_1;
    event.verdict.verdict = PROTO_TIER_MET;
    event.verdict.unit = "P12";
    event.verdict.clock_ms = NOW - 2000;
    event.verdict.elapsed_ms = 48211;
    event.verdict.target_ms = 60000;
    expect_event("event tier.verdict", &event);
    event.verdict.tier = PROTO_TIER_5;
    event.verdict.verdict = PROTO_TIER_CANCELLED;
    event.verdict.unit = NULL;
    event.verdict.clock_ms = PROTO_NEVER;
    event.verdict.elapsed_ms = PROTO_NONE;
    event.verdict.target_ms = 300000;
    event.verdict.drill = true;
    expect_event("event tier.verdict that never started", &event);
}

static void check_notices(void)
{
    struct proto_event event = by_li(PROTO_EVENT_INCIDENT_WARNED, 20);
    event.warned.incident_id = 12;
    event.warned.level = PROTO_WARN_DANGER;
    event.warned.text = "持刀";
    expect_event("event incident.warned", &event);
    event = by_li(PROTO_EVENT_NOTICE_SENT, 21);
    event.notice = &recall_notice;
    expect_event("event notice.sent", &event);
    event.notice = &danger_notice;
    expect_event_in("event notice.sent with its words", PROTO_STREAM_ORDERS, &event);
    event = by_li(PROTO_EVENT_NOTICE_UPDATED, 22);
    event.actor = "unit:P12";
    event.source = PROTO_SOURCE_UNIT;
    event.noticed.assignment_id = 5;
    event.noticed.incident_id = 12;
    event.noticed.unit = "P12";
    event.noticed.number = 2;
    event.noticed.state = PROTO_NOTICE_ACKNOWLEDGED;
    event.noticed.device_ms = NOW - 3;
    expect_event("event notice.updated", &event);
    event = by_system(PROTO_EVENT_NOTICE_STEP, 23);
    event.notice_step.assignment_id = 5;
    event.notice_step.incident_id = 12;
    event.notice_step.unit = "P12";
    event.notice_step.tier = PROTO_TIER_1;
    event.notice_step.number = 2;
    event.notice_step.step = PROTO_LADDER_RESENT;
    expect_event("event notice.step", &event);
}

static void check_panic(void)
{
    struct proto_event event = by_li(PROTO_EVENT_UNIT_PANIC, 24);
    event.actor = "unit:P12";
    event.source = PROTO_SOURCE_UNIT;
    event.panic.unit = "P12";
    event.panic.incident_id = 12;
    event.panic.place = PROTO_PANIC_PLACE_DEVICE;
    event.panic.in_charge = 2;
    event.panic.device_ms = NOW - 9;
    expect_event("event unit.panic", &event);
    event = by_system(PROTO_EVENT_PANIC_WIDENED, 25);
    event.panic_end.unit = "P12";
    event.panic_end.incident_id = 12;
    expect_event("event panic.widened", &event);
    event = by_li(PROTO_EVENT_PANIC_CLOSED, 26);
    event.actor = "zhao";
    event.panic_end.unit = "P12";
    event.panic_end.incident_id = 12;
    event.panic_end.reason = PROTO_REASON_RESOLVED;
    event.panic_end.note = "安全";
    expect_event("event panic.closed", &event);
    event = by_li(PROTO_EVENT_ASSIGNMENT_PAR, 27);
    event.actor = "unit:P12";
    event.source = PROTO_SOURCE_UNIT;
    event.par.assignment_id = 5;
    event.par.incident_id = 12;
    event.par.unit = "P12";
    event.par.device_ms = PROTO_NEVER;
    expect_event("event assignment.par", &event);
}

static void check_orders_sent(void)
{
    struct proto_event event = by_system(PROTO_EVENT_ASSIGNMENT_SENT, 8);
    event.sent.assignment = &assignment;
    event.sent.generation = 4;
    expect_event("event assignment.sent", &event);
    event.sent.order = &order;
    proto_frame_log_begin(&buffer, PROTO_STREAM_ORDERS, EPOCH, 6, 9);
    encode_into(&buffer, &event);
    proto_frame_log_end(&buffer);
    expect("event assignment.sent with its order");
    event.sent.assignment = &blind_assignment;
    event.sent.order = &volunteer_order;
    expect_event_in("event assignment.sent to a volunteer", PROTO_STREAM_ORDERS, &event);
}

static void check_assignment_events(void)
{
    struct proto_event event = by_li(PROTO_EVENT_ASSIGNMENT_UPDATED, 9);
    event.actor = "unit:P12";
    event.source = PROTO_SOURCE_UNIT;
    event.updated.assignment_id = 5;
    event.updated.incident_id = 12;
    event.updated.unit = "P12";
    event.updated.state = PROTO_ASSIGNMENT_ON_SCENE;
    event.updated.device_ms = NOW - 250;
    event.updated.skipped = true;
    event.updated.has_place = true;
    event.updated.at = (struct proto_place){225176000, 1133927000};
    event.updated.fix_age_ms = 400;
    event.updated.version = 5;
    event.updated.note = "到达";
    expect_event("event assignment.updated", &event);
    event.actor = "li";
    event.source = PROTO_SOURCE_DISPATCHER;
    event.updated.tier = PROTO_TIER_5;
    event.updated.state = PROTO_ASSIGNMENT_DECLINED;
    event.updated.reason = PROTO_REASON_ENGAGED;
    event.updated.device_ms = PROTO_NEVER;
    event.updated.late = true;
    event.updated.skipped = false;
    event.updated.has_place = false;
    event.updated.fix_age_ms = PROTO_NONE;
    event.updated.version = 2;
    event.updated.note = "";
    expect_event("event assignment.updated on behalf, without a fix", &event);
    for (uint32_t step = 0; step < PROTO_LADDER_STEP_COUNT; step++) {
        char name[64];
        event = by_system(PROTO_EVENT_ASSIGNMENT_STEP, 10);
        event.step.assignment_id = 5;
        event.step.incident_id = 12;
        event.step.unit = "P12";
        event.step.tier = PROTO_TIER_3;
        event.step.step = (enum proto_ladder_step)step;
        event.step.version = 3;
        (void)snprintf(name, sizeof(name), "event assignment.step %s",
                       proto_name(PROTO_LIST_LADDER_STEP, step));
        expect_event(name, &event);
    }
}

static void check_life_events(void)
{
    struct proto_event event = by_li(PROTO_EVENT_INCIDENT_HELD, 30);
    event.held.incident_id = 12;
    event.held.reason = PROTO_REASON_CAN_WAIT;
    event.held.review_ms = event.at_ms + 600000;
    event.held.note = "no danger";
    expect_event("event incident.held", &event);
    event = by_li(PROTO_EVENT_INCIDENT_RELEASED, 31);
    event.released.incident_id = 12;
    event.released.note = "";
    expect_event("event incident.released", &event);
    event = by_li(PROTO_EVENT_INCIDENT_REOPENED, 32);
    event.reopened.incident_id = 12;
    event.reopened.generation = 4;
    event.reopened.state = PROTO_INCIDENT_FEEDBACK_DUE;
    event.reopened.reason = PROTO_REASON_NEW_FACTS;
    event.reopened.note = "he rang again";
    expect_event("event incident.reopened", &event);
    event = by_li(PROTO_EVENT_INCIDENT_MERGED, 33);
    event.merged.incident_id = 13;
    event.merged.into_id = 12;
    event.merged.report_count = 3;
    event.merged.note = "one fire";
    expect_event("event incident.merged", &event);
    event = by_li(PROTO_EVENT_INCIDENT_OWNED, 34);
    event.owned.incident_id = 12;
    event.owned.owner = "li";
    event.owned.from = "wang";
    event.owned.note = "lunch";
    expect_event("event incident.owned", &event);
    event = by_li(PROTO_EVENT_INCIDENT_OWNED, 35);
    event.owned.incident_id = 12;
    event.owned.owner = NULL;
    event.owned.from = "li";
    event.owned.note = "";
    expect_event("event incident.owned by nobody", &event);
    event = by_li(PROTO_EVENT_REPORT_LINKED, 36);
    event.linked.report_id = 21;
    event.linked.from_id = 13;
    event.linked.incident_id = 12;
    expect_event("event report.linked", &event);
    event = by_li(PROTO_EVENT_REPORT_ANSWERED, 37);
    event.answered.report_id = 21;
    event.answered.incident_id = 12;
    event.answered.note = "the car is there";
    expect_event("event report.answered", &event);
    event = by_li(PROTO_EVENT_MILESTONE_CORRECTED, 38);
    event.corrected.assignment_id = 5;
    event.corrected.incident_id = 12;
    event.corrected.unit = "P12";
    event.corrected.milestone = PROTO_ASSIGNMENT_ON_SCENE;
    event.corrected.was_ms = event.at_ms;
    event.corrected.corrected_ms = event.at_ms - 30000;
    event.corrected.note = "pressed too late";
    expect_event("event milestone.corrected", &event);
    event = by_li(PROTO_EVENT_MILESTONE_CORRECTED, 39);
    event.corrected.assignment_id = 4;
    event.corrected.milestone = PROTO_ASSIGNMENT_CLEARED;
    event.corrected.was_ms = PROTO_NEVER;
    event.corrected.corrected_ms = event.at_ms - 30000;
    event.corrected.note = "radio log";
    expect_event("event milestone.corrected, long ago", &event);
}

static void check_other_events(void)
{
    struct proto_event event = by_li(PROTO_EVENT_UNIT_DUTY, 15);
    event.actor = "unit:P12";
    event.source = PROTO_SOURCE_UNIT;
    event.duty.unit = "P12";
    event.duty.duty = PROTO_DUTY_OUT_OF_SERVICE;
    event.duty.reason = PROTO_REASON_VEHICLE;
    event.duty.people = 2;
    event.duty.crew = "陈 0123";
    event.duty.equipment = 1u << PROTO_EQUIPMENT_SHIELD | 1u << PROTO_EQUIPMENT_FORK;
    expect_event("event unit.duty", &event);
    event = by_system(PROTO_EVENT_ALARM_RAISED, 16);
    event.alarm = &alarm_on_unit;
    expect_event("event alarm.raised", &event);
    event.alarm = &bare_alarm;
    expect_event("event alarm.raised for the city", &event);
    event.alarm = &gap_alarm;
    expect_event("event alarm.raised for a circle", &event);
    event.alarm = &overdue_alarm;
    expect_event("event alarm.raised for a checkpoint", &event);
    event = by_li(PROTO_EVENT_ALARM_ACKED, 17);
    event.alarm_end.alarm_id = 3;
    event.alarm_end.incident_id = 12;
    expect_event("event alarm.acked", &event);
    event = by_system(PROTO_EVENT_ALARM_CLEARED, 18);
    event.alarm_end.alarm_id = 4;
    expect_event("event alarm.cleared", &event);
    event = by_li(PROTO_EVENT_ALARM_SHELVED, 19);
    event.shelved.alarm_id = 3;
    event.shelved.incident_id = 12;
    event.shelved.until_ms = event.at_ms + 300000;
    event.shelved.reason = PROTO_REASON_CAN_WAIT;
    event.shelved.note = "back in five";
    expect_event("event alarm.shelved", &event);
    event = by_system(PROTO_EVENT_ALARM_RETURNED, 19);
    event.alarm_end.alarm_id = 3;
    event.alarm_end.incident_id = 12;
    expect_event("event alarm.returned", &event);
    event = by_li(PROTO_EVENT_COMMAND_REFUSED, 20);
    event.refused.command = "incident.order";
    event.refused.reason = PROTO_REASON_STALE_GENERATION;
    event.refused.incident_id = 12;
    event.refused.count = 1;
    event.refused.by_ms = PROTO_NEVER;
    expect_event("event command.refused", &event);
    event.actor = "unit:P12";
    event.source = PROTO_SOURCE_UNIT;
    event.refused.command = "assignment.update";
    event.refused.reason = PROTO_REASON_NOT_YOURS;
    event.refused.incident_id = 0;
    event.refused.assignment_id = 5;
    event.refused.unit = "P12";
    event.refused.count = 40;
    expect_event("event command.refused, folded", &event);
    event = by_li(PROTO_EVENT_AUDIT, 21);
    event.actor = "root";
    event.audit = "user.create li role=dispatcher";
    expect_event("event audit", &event);
    check_life_events();
    event = by_li(PROTO_EVENT_POLICY_PUT, 3);
    event.actor = "root";
    event.policy.version = 2;
    event.policy.name = "echelon";
    event.policy.clock_start = PROTO_CLOCK_SENT;
    expect_event("event policy.put", &event);
}

static void check_log_frames(void)
{
    proto_frame_log_begin(&buffer, PROTO_STREAM_ORDERS, EPOCH, 4700, 4711);
    proto_frame_log_end(&buffer);
    expect("log frame with nothing for you");
    proto_frame_log_begin(&buffer, PROTO_STREAM_CITY, EPOCH, 22, 27);
    struct proto_event event = by_li(PROTO_EVENT_INCIDENT_NOTED, 22);
    event.noted.incident_id = 12;
    event.noted.note = "a";
    encode_into(&buffer, &event);
    event = by_system(PROTO_EVENT_ALARM_CLEARED, 24);
    event.alarm_end.alarm_id = 4;
    event.alarm_end.incident_id = 12;
    encode_into(&buffer, &event);
    event = by_system(PROTO_EVENT_INCIDENT_ARCHIVED, 25);
    event.archived.incident_id = 12;
    encode_into(&buffer, &event);
    proto_frame_log_end(&buffer);
    expect("log frame with three events");
}

/* ---- Snapshots and HTTP ---- */

static void check_snapshots(void)
{
    proto_frame_snapshot_begin(&buffer, PROTO_STREAM_CITY, EPOCH, 4711, 0);
    proto_frame_list_begin(&buffer, "units");
    proto_encode_unit(&buffer, &unit);
    proto_encode_unit(&buffer, &bare_unit);
    proto_frame_list_end(&buffer);
    proto_frame_list_begin(&buffer, "circles");
    proto_encode_circle(&buffer, &circle);
    proto_frame_list_end(&buffer);
    proto_frame_list_begin(&buffer, "districts");
    proto_encode_district(&buffer, &district);
    proto_frame_list_end(&buffer);
    proto_frame_snapshot_end(&buffer, false);
    expect("snapshot, first part");
    proto_frame_snapshot_begin(&buffer, PROTO_STREAM_CITY, EPOCH, 4711, 1);
    proto_frame_list_begin(&buffer, "incidents");
    proto_encode_incident(&buffer, &incident);
    proto_frame_list_end(&buffer);
    proto_frame_list_begin(&buffer, "assignments");
    proto_encode_assignment(&buffer, &assignment);
    proto_encode_assignment(&buffer, &blind_assignment);
    proto_frame_list_end(&buffer);
    proto_frame_list_begin(&buffer, "alarms");
    proto_encode_alarm(&buffer, &alarm_on_unit);
    proto_encode_alarm(&buffer, &bare_alarm);
    proto_frame_list_end(&buffer);
    proto_frame_list_begin(&buffer, "decisions");
    proto_encode_decision(&buffer, &decision);
    proto_frame_list_end(&buffer);
    proto_frame_snapshot_end(&buffer, true);
    expect("snapshot, last part");
    proto_frame_snapshot_begin(&buffer, PROTO_STREAM_CITY, EPOCH, 4711, 0);
    proto_frame_snapshot_end(&buffer, true);
    expect("snapshot of an empty city");
    proto_frame_snapshot_begin(&buffer, PROTO_STREAM_ORDERS, EPOCH, 4711, 0);
    proto_frame_snapshot_unit(&buffer, &unit, &order);
    proto_frame_snapshot_end(&buffer, true);
    expect("snapshot of a unit with an order");
    proto_frame_snapshot_begin(&buffer, PROTO_STREAM_ORDERS, EPOCH, 4711, 0);
    proto_frame_snapshot_unit(&buffer, &bare_unit, NULL);
    proto_frame_snapshot_end(&buffer, true);
    expect("snapshot of a unit without one");
}

static void check_plans(void)
{
    static const struct proto_circle_plan fire = {.code = "K1-fire",
                                                  .version = 9,
                                                  .circle = "K1",
                                                  .types = 1u << PROTO_INCIDENT_FIRE |
                                                           1u << PROTO_INCIDENT_CRIME,
                                                  .priorities = 9,
                                                  .unit_counts = {2, 0, 1},
                                                  .units = {{"P12", "P13"}, {NULL}, {"C-1"}},
                                                  .words_zh = "先封北门"};
    static const struct proto_circle_plan none = {.code = "K1-none",
                                                  .version = 10,
                                                  .circle = "K1",
                                                  .types = 1u << PROTO_INCIDENT_OTHER,
                                                  .priorities = 4};
    proto_frame_page_begin(&buffer, "plans");
    proto_encode_circle_plan(&buffer, &fire);
    proto_encode_circle_plan(&buffer, &none);
    proto_frame_page_end(&buffer, 0);
    expect("answer of GET /v1/plans");
}

static void check_pages(void)
{
    proto_frame_page_begin(&buffer, "incidents");
    proto_encode_incident(&buffer, &incident);
    proto_encode_incident(&buffer, &masked_incident);
    proto_frame_page_end_next(&buffer, 12, 4711);
    expect("answer of GET /v1/incidents");
    proto_frame_page_begin(&buffer, "incidents");
    proto_frame_page_end_next(&buffer, 0, 4711);
    expect("answer of GET /v1/incidents, last page");
    proto_frame_page_begin(&buffer, "units");
    proto_encode_unit(&buffer, &unit);
    proto_frame_page_end(&buffer, 4711);
    expect("answer of GET /v1/units");
    proto_frame_page_begin(&buffer, "districts");
    proto_encode_district(&buffer, &district);
    proto_frame_page_end(&buffer, 0);
    expect("answer of GET /v1/districts");
    proto_frame_page_begin(&buffer, "areas");
    proto_encode_area(&buffer, &(struct proto_area){"W3", "第三网格", PROTO_AREA_GRID});
    proto_frame_page_end(&buffer, 0);
    expect("answer of GET /v1/areas");
    proto_frame_page_begin(&buffer, "checkpoints");
    proto_encode_checkpoint(&buffer, &checkpoint);
    proto_encode_checkpoint(&buffer, &quiet_checkpoint);
    proto_frame_page_end(&buffer, 0);
    expect("answer of GET /v1/checkpoints");
    check_plans();
    proto_frame_page_begin(&buffer, "streets");
    proto_encode_street(&buffer, "兴中道", "street", (struct proto_place){225200000, 1133800000});
    proto_frame_page_end(&buffer, 0);
    expect("answer of GET /v1/streets");
    proto_frame_page_begin(&buffer, "devices");
    proto_encode_device(&buffer, "P1", "c2VjcmV0");
    proto_frame_page_end(&buffer, 0);
    expect("answer of POST /v1/devices");
}

static void check_http(void)
{
    static const struct proto_map map = {.id = "00c0ffee12345678",
                                         .name = "Zhongshan",
                                         .attribution = "© OpenStreetMap contributors",
                                         .south_west = {222037000, 1131516000},
                                         .north_east = {227753000, 1136869000},
                                         .has_roads = true};
    proto_encode_login_answer(&buffer, "dG9rZW4", NOW + 86400000, &user);
    expect("answer of POST /v1/login");
    proto_encode_me(&buffer, &scoped_user, NOW + 86400000);
    expect("answer of GET /v1/me");
    proto_encode_user_answer(&buffer, &admin_user);
    expect("answer of POST /v1/setup");
    proto_encode_map_answer(&buffer, &map);
    expect("answer of GET /v1/map");
    proto_encode_roster_answer(&buffer, 108, 2, 4711);
    expect("answer of POST /v1/roster");
    static const char csv[] = "code,name,kind,lat,lon\nA,n,truck,1,2\n";
    struct proto_roster roster;
    cr_assert(not(proto_roster_read_csv(&roster, PROTO_ROSTER_UNITS, csv, strlen(csv))));
    proto_roster_refuse(&roster, (struct proto_roster_at){4, 1}, "there is no circle \"K9\"");
    proto_encode_roster_problem(&buffer, &roster);
    proto_roster_finish(&roster);
    expect("problem of a bad roster");
}

Test(proto_messages, every_message_is_encoded_as_the_vectors_say_byte_for_byte)
{
    compared = 0;
    check_hello_and_beat();
    check_session_answers();
    check_command_answers();
    check_refusals();
    check_roster_events();
    check_patrol_events();
    check_photo_events();
    check_incident_events();
    check_incident_changes();
    check_orders_sent();
    check_notices();
    check_panic();
    check_assignment_events();
    check_other_events();
    check_log_frames();
    check_snapshots();
    check_pages();
    check_http();

    json_error_t error;
    json_t *all = json_load_file(VECTORS, 0, &error);
    cr_assert(ne(ptr, all, NULL));
    cr_expect(eq(u32, compared, (uint32_t)json_array_size(json_object_get(all, "messages"))));
    json_decref(all);
}

Test(proto_messages, every_kind_of_event_is_in_the_vectors)
{
    json_error_t error;
    json_t *all = json_load_file(VECTORS, 0, &error);
    cr_assert(ne(ptr, all, NULL));
    bool seen[PROTO_EVENT_KIND_COUNT] = {false};
    const json_t *messages = json_object_get(all, "messages");
    for (size_t i = 0; i < json_array_size(messages); i++) {
        const json_t *events =
            json_object_get(json_object_get(json_array_get(messages, i), "json"), "events");
        for (size_t k = 0; k < json_array_size(events); k++) {
            const json_t *kind = json_object_get(json_array_get(events, k), "kind");
            const int32_t found = proto_find(PROTO_LIST_EVENT_KIND, json_string_value(kind));
            cr_assert(ge(int, found, 0));
            seen[found] = true;
        }
    }
    for (uint32_t kind = 0; kind < PROTO_EVENT_KIND_COUNT; kind++) {
        cr_expect(seen[kind], "%s", proto_name(PROTO_LIST_EVENT_KIND, kind));
    }
    json_decref(all);
}

Test(proto_messages, a_buffer_that_is_too_small_fails_once_and_stays_within_its_bound)
{
    proto_encode_incident(&buffer, &incident);
    const size_t whole = buffer.size;
    cr_assert(lt(sz, 600, whole));
    for (size_t bound = 1; bound < whole; bound++) {
        struct proto_buffer small = {.size_max = bound};
        proto_encode_incident(&small, &incident);
        cr_expect(not(proto_buffer_ok(&small)));
        cr_expect(le(sz, small.capacity, bound));
        proto_buffer_finish(&small);
    }
    struct proto_buffer exact = {.size_max = whole};
    proto_encode_incident(&exact, &incident);
    cr_expect(proto_buffer_ok(&exact));
    proto_buffer_finish(&exact);
}

Test(proto_messages, a_volunteer_sees_places_rounded_to_three_decimals)
{
    const struct proto_place a = proto_place_rounded((struct proto_place){225175999, -1133925000});
    cr_expect(eq(i32, a.lat_e7, 225180000));
    cr_expect(eq(i32, a.lon_e7, -1133930000));
    const struct proto_place b = proto_place_rounded((struct proto_place){4999, -4999});
    cr_expect(eq(i32, b.lat_e7, 0));
    cr_expect(eq(i32, b.lon_e7, 0));
    const struct proto_place c = proto_place_rounded((struct proto_place){900000000, -1800000000});
    cr_expect(eq(i32, c.lat_e7, 900000000));
    cr_expect(eq(i32, c.lon_e7, -1800000000));
}
