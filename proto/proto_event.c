#include "proto/proto_event.h"

#include <assert.h>

static void encode_district_put(struct proto_buffer *buffer, const struct proto_event *event)
{
    proto_member_int(buffer, "index", event->district.index);
    proto_member_text(buffer, "code", event->district.district.code);
    proto_member_text(buffer, "name", event->district.district.name);
}

static void encode_area_put(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->area.area.kind < PROTO_AREA_KIND_COUNT);
    proto_member_int(buffer, "index", event->area.index);
    proto_json_name(buffer, "area");
    proto_encode_area(buffer, &event->area.area);
}

static void encode_sent(struct proto_buffer *buffer, const struct proto_event *event)
{
    proto_json_name(buffer, "assignment");
    proto_encode_assignment(buffer, event->sent.assignment);
    if (event->sent.order != NULL) {
        proto_json_name(buffer, "order");
        proto_encode_order(buffer, event->sent.order);
    }
    proto_member_int(buffer, "generation", event->sent.generation);
}

static void encode_updated(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->updated.tier < PROTO_TIER_COUNT);
    assert(event->updated.state < PROTO_ASSIGNMENT_STATE_COUNT);
    proto_member_int(buffer, "assignment_id", event->updated.assignment_id);
    proto_member_int(buffer, "incident_id", event->updated.incident_id);
    proto_member_text(buffer, "unit", event->updated.unit);
    proto_member_name(buffer, "tier", PROTO_LIST_TIER, event->updated.tier);
    proto_member_name(buffer, "state", PROTO_LIST_ASSIGNMENT_STATE, event->updated.state);
    proto_member_name(buffer, "reason", PROTO_LIST_REASON, event->updated.reason);
    proto_member_time(buffer, "device_ms", event->updated.device_ms);
    proto_member_bool(buffer, "late", event->updated.late);
    proto_member_bool(buffer, "skipped", event->updated.skipped);
    proto_member_place(buffer, event->updated.has_place, event->updated.at);
    proto_member_u32(buffer, "fix_age_ms", event->updated.fix_age_ms);
    proto_member_int(buffer, "version", event->updated.version);
    proto_member_id(buffer, "other_id", event->updated.other_id);
    proto_member_text(buffer, "note", event->updated.note);
}

static void encode_step(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->step.tier < PROTO_TIER_COUNT);
    assert(event->step.step < PROTO_LADDER_STEP_COUNT);
    proto_member_int(buffer, "assignment_id", event->step.assignment_id);
    proto_member_int(buffer, "incident_id", event->step.incident_id);
    proto_member_text(buffer, "unit", event->step.unit);
    proto_member_name(buffer, "tier", PROTO_LIST_TIER, event->step.tier);
    proto_member_name(buffer, "step", PROTO_LIST_LADDER_STEP, event->step.step);
    proto_member_int(buffer, "version", event->step.version);
}

static void encode_changed(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->changed.type < PROTO_INCIDENT_TYPE_COUNT);
    proto_member_int(buffer, "incident_id", event->changed.incident_id);
    proto_member_int(buffer, "generation", event->changed.generation);
    proto_member_name(buffer, "type", PROTO_LIST_INCIDENT_TYPE, event->changed.type);
    proto_member_int(buffer, "priority", event->changed.priority);
    proto_member_place(buffer, true, event->changed.at);
    proto_member_text(buffer, "address", event->changed.address);
    proto_member_text(buffer, "district", event->changed.district);
    proto_member_text(buffer, "circle", event->changed.circle);
    proto_member_text(buffer, "beat", event->changed.beat);
    proto_member_text(buffer, "grid", event->changed.grid);
    proto_member_text(buffer, "plan", event->changed.plan);
    proto_member_int(buffer, "plan_version", event->changed.plan_version);
    if (event->changed.order != NULL) {
        proto_json_name(buffer, "order");
        proto_encode_order(buffer, event->changed.order);
    }
}

static void encode_state(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->state.state < PROTO_INCIDENT_STATE_COUNT);
    proto_member_int(buffer, "incident_id", event->state.incident_id);
    proto_member_name(buffer, "state", PROTO_LIST_INCIDENT_STATE, event->state.state);
    proto_member_name(buffer, "reason", PROTO_LIST_REASON, event->state.reason);
    proto_member_text(buffer, "note", event->state.note);
}

static void encode_verdict(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->verdict.tier < PROTO_TIER_COUNT);
    assert(event->verdict.verdict < PROTO_TIER_VERDICT_COUNT);
    proto_member_int(buffer, "incident_id", event->verdict.incident_id);
    proto_member_name(buffer, "tier", PROTO_LIST_TIER, event->verdict.tier);
    proto_member_name(buffer, "verdict", PROTO_LIST_TIER_VERDICT, event->verdict.verdict);
    proto_member_text(buffer, "unit", event->verdict.unit);
    proto_member_time(buffer, "clock_ms", event->verdict.clock_ms);
    proto_member_u32(buffer, "elapsed_ms", event->verdict.elapsed_ms);
    proto_member_int(buffer, "target_ms", event->verdict.target_ms);
    proto_member_bool(buffer, "drill", event->verdict.drill);
}

static void encode_duty(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->duty.duty < PROTO_DUTY_COUNT);
    proto_member_text(buffer, "unit", event->duty.unit);
    proto_member_name(buffer, "duty", PROTO_LIST_DUTY, event->duty.duty);
    proto_member_name(buffer, "reason", PROTO_LIST_REASON, event->duty.reason);
    proto_member_int(buffer, "people", event->duty.people);
    proto_member_sign_on(buffer, event->duty.crew, event->duty.equipment, event->duty.device);
}

static void encode_refused(struct proto_buffer *buffer, const struct proto_event *event)
{
    proto_member_text(buffer, "command", event->refused.command);
    proto_member_name(buffer, "reason", PROTO_LIST_REASON, event->refused.reason);
    proto_member_id(buffer, "incident_id", event->refused.incident_id);
    proto_member_id(buffer, "assignment_id", event->refused.assignment_id);
    proto_member_text(buffer, "unit", event->refused.unit);
    proto_member_int(buffer, "count", event->refused.count);
    proto_member_text(buffer, "by", event->refused.by);
    proto_member_time(buffer, "by_ms", event->refused.by_ms);
}

static void encode_held(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->held.reason < PROTO_REASON_COUNT);
    proto_member_int(buffer, "incident_id", event->held.incident_id);
    proto_member_name(buffer, "reason", PROTO_LIST_REASON, event->held.reason);
    proto_member_time(buffer, "review_ms", event->held.review_ms);
    proto_member_text(buffer, "note", event->held.note);
}

static void encode_shelved(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->shelved.reason < PROTO_REASON_COUNT);
    proto_member_int(buffer, "alarm_id", event->shelved.alarm_id);
    proto_member_id(buffer, "incident_id", event->shelved.incident_id);
    proto_member_time(buffer, "until_ms", event->shelved.until_ms);
    proto_member_name(buffer, "reason", PROTO_LIST_REASON, event->shelved.reason);
    proto_member_text(buffer, "note", event->shelved.note);
}

static void encode_reopened(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->reopened.state < PROTO_INCIDENT_STATE_COUNT);
    assert(event->reopened.reason < PROTO_REASON_COUNT);
    proto_member_int(buffer, "incident_id", event->reopened.incident_id);
    proto_member_int(buffer, "generation", event->reopened.generation);
    proto_member_name(buffer, "state", PROTO_LIST_INCIDENT_STATE, event->reopened.state);
    proto_member_name(buffer, "reason", PROTO_LIST_REASON, event->reopened.reason);
    proto_member_text(buffer, "note", event->reopened.note);
}

static void encode_merged(struct proto_buffer *buffer, const struct proto_event *event)
{
    proto_member_int(buffer, "incident_id", event->merged.incident_id);
    proto_member_int(buffer, "into_id", event->merged.into_id);
    proto_member_int(buffer, "report_count", event->merged.report_count);
    proto_member_text(buffer, "note", event->merged.note);
}

static void encode_owned(struct proto_buffer *buffer, const struct proto_event *event)
{
    proto_member_int(buffer, "incident_id", event->owned.incident_id);
    proto_member_text(buffer, "owner", event->owned.owner);
    proto_member_text(buffer, "from", event->owned.from);
    proto_member_text(buffer, "note", event->owned.note);
}

static void encode_linked(struct proto_buffer *buffer, const struct proto_event *event)
{
    proto_member_int(buffer, "report_id", event->linked.report_id);
    proto_member_int(buffer, "from_id", event->linked.from_id);
    proto_member_int(buffer, "incident_id", event->linked.incident_id);
    proto_member_bool(buffer, "opens", event->linked.opens);
}

static void encode_corrected(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->corrected.milestone < PROTO_ASSIGNMENT_STATE_COUNT);
    proto_member_int(buffer, "assignment_id", event->corrected.assignment_id);
    proto_member_id(buffer, "incident_id", event->corrected.incident_id);
    proto_member_text(buffer, "unit", event->corrected.unit);
    proto_member_name(buffer, "milestone", PROTO_LIST_ASSIGNMENT_STATE, event->corrected.milestone);
    proto_member_time(buffer, "was_ms", event->corrected.was_ms);
    proto_member_time(buffer, "corrected_ms", event->corrected.corrected_ms);
    proto_member_text(buffer, "note", event->corrected.note);
}

static void encode_warned(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->warned.level < PROTO_WARN_LEVEL_COUNT);
    proto_member_int(buffer, "incident_id", event->warned.incident_id);
    proto_member_name(buffer, "level", PROTO_LIST_WARN_LEVEL, event->warned.level);
    proto_member_text(buffer, "text", event->warned.text);
}

static void encode_noticed(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->noticed.state < PROTO_NOTICE_STATE_COUNT);
    proto_member_int(buffer, "assignment_id", event->noticed.assignment_id);
    proto_member_int(buffer, "incident_id", event->noticed.incident_id);
    proto_member_text(buffer, "unit", event->noticed.unit);
    proto_member_int(buffer, "number", event->noticed.number);
    proto_member_name(buffer, "state", PROTO_LIST_NOTICE_STATE, event->noticed.state);
    proto_member_time(buffer, "device_ms", event->noticed.device_ms);
}

static void encode_notice_step(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->notice_step.tier < PROTO_TIER_COUNT);
    assert(event->notice_step.step < PROTO_LADDER_STEP_COUNT);
    proto_member_int(buffer, "assignment_id", event->notice_step.assignment_id);
    proto_member_int(buffer, "incident_id", event->notice_step.incident_id);
    proto_member_text(buffer, "unit", event->notice_step.unit);
    proto_member_name(buffer, "tier", PROTO_LIST_TIER, event->notice_step.tier);
    proto_member_int(buffer, "number", event->notice_step.number);
    proto_member_name(buffer, "step", PROTO_LIST_LADDER_STEP, event->notice_step.step);
}

static void encode_panic(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->panic.place < PROTO_PANIC_PLACE_COUNT);
    proto_member_text(buffer, "unit", event->panic.unit);
    proto_member_int(buffer, "incident_id", event->panic.incident_id);
    proto_member_name(buffer, "place", PROTO_LIST_PANIC_PLACE, event->panic.place);
    proto_member_int(buffer, "in_charge", event->panic.in_charge);
    proto_member_time(buffer, "device_ms", event->panic.device_ms);
}

static void encode_panic_end(struct proto_buffer *buffer, const struct proto_event *event)
{
    proto_member_text(buffer, "unit", event->panic_end.unit);
    proto_member_int(buffer, "incident_id", event->panic_end.incident_id);
    if (event->kind == PROTO_EVENT_PANIC_CLOSED) {
        proto_member_name(buffer, "reason", PROTO_LIST_REASON, event->panic_end.reason);
        proto_member_text(buffer, "note", event->panic_end.note);
    }
}

static void encode_par(struct proto_buffer *buffer, const struct proto_event *event)
{
    proto_member_int(buffer, "assignment_id", event->par.assignment_id);
    proto_member_int(buffer, "incident_id", event->par.incident_id);
    proto_member_text(buffer, "unit", event->par.unit);
    proto_member_time(buffer, "device_ms", event->par.device_ms);
}

static void encode_referred(struct proto_buffer *buffer, const struct proto_event *event)
{
    proto_json_name(buffer, "referral");
    proto_encode_referral(buffer, event->referred.referral);
    proto_member_int(buffer, "generation", event->referred.generation);
    proto_member_text(buffer, "note", event->referred.note);
}

static void encode_referral(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->referral.state < PROTO_REFERRAL_STATE_COUNT);
    proto_member_int(buffer, "referral_id", event->referral.referral_id);
    proto_member_int(buffer, "incident_id", event->referral.incident_id);
    proto_member_text(buffer, "centre", event->referral.centre);
    proto_member_name(buffer, "state", PROTO_LIST_REFERRAL_STATE, event->referral.state);
    proto_member_int(buffer, "version", event->referral.version);
    proto_member_int(buffer, "generation", event->referral.generation);
    proto_member_name(buffer, "reason", PROTO_LIST_REASON, event->referral.reason);
    proto_member_text(buffer, "units", event->referral.units);
    proto_member_text(buffer, "note", event->referral.note);
}

static void encode_visited(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->visited.visit < PROTO_VISIT_COUNT);
    proto_member_text(buffer, "checkpoint", event->visited.checkpoint);
    proto_member_text(buffer, "unit", event->visited.unit);
    proto_member_name(buffer, "visit", PROTO_LIST_VISIT, event->visited.visit);
    proto_member_time(buffer, "arrived_ms", event->visited.arrived_ms);
    proto_member_int(buffer, "stayed_ms", event->visited.stayed_ms);
    proto_member_u32(buffer, "distance_m", event->visited.distance_m);
    proto_member_u32(buffer, "fix_age_ms", event->visited.fix_age_ms);
    proto_member_time(buffer, "device_ms", event->visited.device_ms);
}

static void encode_overdue(struct proto_buffer *buffer, const struct proto_event *event)
{
    proto_member_text(buffer, "checkpoint", event->overdue.checkpoint);
    proto_member_time(buffer, "due_ms", event->overdue.due_ms);
    proto_member_time(buffer, "visited_ms", event->overdue.visited_ms);
    proto_member_int(buffer, "missed", event->overdue.missed);
}

/* Events whose one member is an object. */
static void encode_whole(struct proto_buffer *buffer, const struct proto_event *event)
{
    if (event->kind == PROTO_EVENT_CIRCLE_PUT) {
        proto_json_name(buffer, "circle");
        proto_encode_circle(buffer, event->circle);
    } else if (event->kind == PROTO_EVENT_CENTRE_PUT) {
        proto_json_name(buffer, "centre");
        proto_encode_centre(buffer, event->centre);
    } else if (event->kind == PROTO_EVENT_CHECKPOINT_PUT) {
        proto_json_name(buffer, "checkpoint");
        proto_encode_checkpoint_definition(buffer, event->checkpoint);
    } else if (event->kind == PROTO_EVENT_UNIT_PUT) {
        proto_json_name(buffer, "unit");
        proto_encode_unit_definition(buffer, event->unit);
    } else if (event->kind == PROTO_EVENT_REPORT_RECEIVED) {
        proto_json_name(buffer, "report");
        proto_encode_report(buffer, event->report);
    } else if (event->kind == PROTO_EVENT_INCIDENT_OPENED) {
        proto_json_name(buffer, "incident");
        proto_encode_incident(buffer, event->incident);
    } else if (event->kind == PROTO_EVENT_DECISION_MADE) {
        proto_json_name(buffer, "decision");
        proto_encode_decision(buffer, event->decision);
    } else if (event->kind == PROTO_EVENT_NOTICE_SENT) {
        proto_json_name(buffer, "notice");
        proto_encode_notice(buffer, event->notice);
    } else {
        assert(event->kind == PROTO_EVENT_ALARM_RAISED);
        proto_json_name(buffer, "alarm");
        proto_encode_alarm(buffer, event->alarm);
    }
}

static void encode_photo(struct proto_buffer *buffer, const struct proto_event *event)
{
    static const char digits[] = "0123456789abcdef";
    char hash[2 * PROTO_PHOTO_HASH_SIZE + 1] = "";
    for (size_t i = 0; i < PROTO_PHOTO_HASH_SIZE; i++) {
        hash[2 * i] = digits[event->photo.hash[i] >> 4];
        hash[2 * i + 1] = digits[event->photo.hash[i] & 15u];
    }
    assert(event->photo.media < PROTO_PHOTO_MEDIA_COUNT);
    proto_member_int(buffer, "incident_id", event->photo.incident_id);
    proto_member_id(buffer, "assignment_id", event->photo.assignment_id);
    proto_member_text(buffer, "unit", event->photo.unit);
    proto_member_text(buffer, "hash", hash);
    proto_member_int(buffer, "size", event->photo.size);
    proto_member_name(buffer, "media", PROTO_LIST_PHOTO_MEDIA, event->photo.media);
    proto_member_time(buffer, "device_ms", event->photo.device_ms);
}

static void encode_members(struct proto_buffer *buffer, const struct proto_event *event)
{
    switch (event->kind) {
    case PROTO_EVENT_DISTRICT_PUT:
        encode_district_put(buffer, event);
        break;
    case PROTO_EVENT_AREA_PUT:
        encode_area_put(buffer, event);
        break;
    case PROTO_EVENT_DISTRICTS_CLEARED:
    case PROTO_EVENT_AREAS_CLEARED:
        break;
    case PROTO_EVENT_POLICY_PUT:
        proto_member_int(buffer, "version", event->policy.version);
        proto_member_text(buffer, "name", event->policy.name);
        proto_member_name(buffer, "clock_start", PROTO_LIST_CLOCK_START, event->policy.clock_start);
        break;
    case PROTO_EVENT_PLAN_PUT:
        proto_json_name(buffer, "plan");
        proto_json_begin(buffer, '{');
        proto_member_text(buffer, "code", event->plan.code);
        proto_member_int(buffer, "version", event->plan.version);
        proto_member_text(buffer, "circle", event->plan.circle);
        proto_json_end(buffer, '}');
        break;
    case PROTO_EVENT_CIRCLE_PUT:
    case PROTO_EVENT_CENTRE_PUT:
    case PROTO_EVENT_CHECKPOINT_PUT:
    case PROTO_EVENT_UNIT_PUT:
    case PROTO_EVENT_REPORT_RECEIVED:
    case PROTO_EVENT_INCIDENT_OPENED:
    case PROTO_EVENT_DECISION_MADE:
    case PROTO_EVENT_ALARM_RAISED:
    case PROTO_EVENT_NOTICE_SENT:
        encode_whole(buffer, event);
        break;
    case PROTO_EVENT_INCIDENT_WARNED:
        encode_warned(buffer, event);
        break;
    case PROTO_EVENT_NOTICE_UPDATED:
        encode_noticed(buffer, event);
        break;
    case PROTO_EVENT_NOTICE_STEP:
        encode_notice_step(buffer, event);
        break;
    case PROTO_EVENT_UNIT_PANIC:
        encode_panic(buffer, event);
        break;
    case PROTO_EVENT_PANIC_WIDENED:
    case PROTO_EVENT_PANIC_CLOSED:
        encode_panic_end(buffer, event);
        break;
    case PROTO_EVENT_ASSIGNMENT_PAR:
        encode_par(buffer, event);
        break;
    case PROTO_EVENT_ASSIGNMENT_SENT:
        encode_sent(buffer, event);
        break;
    case PROTO_EVENT_ASSIGNMENT_UPDATED:
        encode_updated(buffer, event);
        break;
    case PROTO_EVENT_ASSIGNMENT_STEP:
        encode_step(buffer, event);
        break;
    case PROTO_EVENT_INCIDENT_UPDATED:
        encode_changed(buffer, event);
        break;
    case PROTO_EVENT_INCIDENT_STATE:
        encode_state(buffer, event);
        break;
    case PROTO_EVENT_INCIDENT_NOTED:
        proto_member_int(buffer, "incident_id", event->noted.incident_id);
        proto_member_text(buffer, "note", event->noted.note);
        break;
    case PROTO_EVENT_TIER_VERDICT:
        encode_verdict(buffer, event);
        break;
    case PROTO_EVENT_UNIT_DUTY:
        encode_duty(buffer, event);
        break;
    case PROTO_EVENT_ALARM_ACKED:
    case PROTO_EVENT_ALARM_CLEARED:
    case PROTO_EVENT_ALARM_RETURNED:
        proto_member_int(buffer, "alarm_id", event->alarm_end.alarm_id);
        proto_member_id(buffer, "incident_id", event->alarm_end.incident_id);
        break;
    case PROTO_EVENT_ALARM_SHELVED:
        encode_shelved(buffer, event);
        break;
    case PROTO_EVENT_INCIDENT_ARCHIVED:
        proto_member_int(buffer, "incident_id", event->archived.incident_id);
        break;
    case PROTO_EVENT_COMMAND_REFUSED:
        encode_refused(buffer, event);
        break;
    case PROTO_EVENT_AUDIT:
        proto_member_text(buffer, "text", event->audit);
        break;
    case PROTO_EVENT_INCIDENT_HELD:
        encode_held(buffer, event);
        break;
    case PROTO_EVENT_INCIDENT_RELEASED:
        proto_member_int(buffer, "incident_id", event->released.incident_id);
        proto_member_text(buffer, "note", event->released.note);
        break;
    case PROTO_EVENT_INCIDENT_REOPENED:
        encode_reopened(buffer, event);
        break;
    case PROTO_EVENT_INCIDENT_MERGED:
        encode_merged(buffer, event);
        break;
    case PROTO_EVENT_INCIDENT_OWNED:
        encode_owned(buffer, event);
        break;
    case PROTO_EVENT_REPORT_LINKED:
        encode_linked(buffer, event);
        break;
    case PROTO_EVENT_REPORT_ANSWERED:
        proto_member_int(buffer, "report_id", event->answered.report_id);
        proto_member_int(buffer, "incident_id", event->answered.incident_id);
        proto_member_text(buffer, "note", event->answered.note);
        break;
    case PROTO_EVENT_MILESTONE_CORRECTED:
        encode_corrected(buffer, event);
        break;
    case PROTO_EVENT_REFERRAL_SENT:
        encode_referred(buffer, event);
        break;
    case PROTO_EVENT_REFERRAL_UPDATED:
        encode_referral(buffer, event);
        break;
    case PROTO_EVENT_CHECKPOINT_VISITED:
        encode_visited(buffer, event);
        break;
    case PROTO_EVENT_CHECKPOINT_OVERDUE:
        encode_overdue(buffer, event);
        break;
    case PROTO_EVENT_PHOTO_ADDED:
        encode_photo(buffer, event);
        break;
    case PROTO_EVENT_KIND_COUNT:
        assert(event->kind < PROTO_EVENT_KIND_COUNT);
        break;
    }
}

void proto_encode_event(struct proto_buffer *buffer, const struct proto_event *event)
{
    assert(event->kind < PROTO_EVENT_KIND_COUNT);
    assert(event->source < PROTO_SOURCE_COUNT);
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "seq", (int64_t)event->seq);
    proto_member_time(buffer, "at_ms", event->at_ms);
    proto_member_name(buffer, "kind", PROTO_LIST_EVENT_KIND, event->kind);
    proto_member_text(buffer, "actor", event->actor);
    proto_member_name(buffer, "source", PROTO_LIST_SOURCE, event->source);
    encode_members(buffer, event);
    proto_json_end(buffer, '}');
}
