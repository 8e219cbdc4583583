#include "engine/net/translate_event.h"

#include <assert.h>
#include <string.h>

#include "engine/net/translate.h"

_Static_assert((int)EVENT_KIND_COUNT == (int)PROTO_EVENT_KIND_COUNT, "one list on both sides");
_Static_assert((int)LADDER_STEP_COUNT == (int)PROTO_LADDER_STEP_COUNT, "one list on both sides");

bool translate_event_differs(enum event_kind kind, enum translate_mask mask)
{
    return mask == TRANSLATE_API && (kind == EVENT_REPORT_RECEIVED ||
                                     kind == EVENT_INCIDENT_OPENED || kind == EVENT_UNIT_DUTY);
}

static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static void fill_report(const struct event *event, enum translate_mask mask,
                        struct proto_report *to)
{
    const struct report_create *report = &event->report.report;
    *to = (struct proto_report){
        .report_id = event->report.report_id,
        .incident_id = event->report.incident_id,
        .merged = event->report.merged,
        .channel = (enum proto_channel)report->channel,
        .type = (enum proto_incident_type)report->type,
        .priority = report->priority,
        .at = translate_place(report->at),
        .address = report->address,
        .caller = mask == TRANSLATE_API ? NULL : report->caller,
        .phone = mask == TRANSLATE_API ? NULL : report->phone,
        .note = report->note,
        .occurred_ms = report->occurred_ms,
        .received_ms = event->report.received_ms,
        .drill = report->drill,
        .answered_ms = PROTO_NEVER,
    };
}

/* Caller, phone and note never change, so the live state may lend them. */
static void fill_opened(const struct engine *engine, const struct event *event,
                        enum translate_mask mask, struct proto_incident *to)
{
    const struct incident_opened *opened = &event->opened;
    struct incident_view first = {.note = "", .caller = "", .phone = ""};
    if (!engine_incident(engine, opened->incident_id, &first)) {
        first.note = first.caller = first.phone = NULL;
    }
    *to = (struct proto_incident){
        .incident_id = opened->incident_id,
        .generation = 1,
        .type = (enum proto_incident_type)opened->type,
        .priority = opened->priority,
        .state = PROTO_INCIDENT_PENDING,
        .at = translate_place(opened->at),
        .address = opened->address,
        .note = first.note,
        .caller = mask == TRANSLATE_API ? NULL : first.caller,
        .phone = mask == TRANSLATE_API ? NULL : first.phone,
        .district = translate_view_district_code(engine, opened->district),
        .circle = translate_view_circle_code(engine, opened->circle),
        .beat = translate_view_area_code(engine, opened->areas[AREA_BEAT]),
        .grid = translate_view_area_code(engine, opened->areas[AREA_GRID]),
        .drill = opened->drill,
        .mode = (enum proto_dispatch_mode)opened->mode,
        .policy = opened->policy,
        .warning = {.at_ms = PROTO_NEVER},
        .policy_version = opened->policy_version,
        .plan = translate_view_plan_code(engine, opened->plan_version),
        .plan_version = opened->plan_version,
        .report_count = 1,
        .received_ms = opened->received_ms,
        .created_ms = event->at_ms,
        .dispatched_ms = PROTO_NEVER,
        .on_scene_ms = PROTO_NEVER,
        .ended_ms = PROTO_NEVER,
        .clock_ms = opened->clock_ms,
        .held_ms = PROTO_NEVER,
        .review_ms = PROTO_NEVER,
        .owner_ms = PROTO_NEVER,
        .similar_id = opened->similar_id,
    };
    for (unsigned i = 0; i < TIER_COUNT; i++) {
        const struct tier_opening *tier = &opened->tiers[i];
        const bool runs = tier->asked && opened->clock_ms != TIME_NEVER;
        to->tiers[i] = (struct proto_tier_clock){
            .verdict = tier->asked ? PROTO_TIER_OPEN : PROTO_TIER_NOT_ASKED,
            .wanted = tier->asked ? tier->units : 0,
            .target_ms = tier->asked ? tier->target_ms : PROTO_NONE,
            .deadline_ms = runs ? opened->clock_ms + (int64_t)tier->target_ms : PROTO_NEVER,
            .elapsed_ms = PROTO_NONE,
        };
    }
}

static void fill_sent(const struct engine *engine, const struct event *event,
                      struct proto_assignment *to)
{
    const struct assignment_sent *sent = &event->sent;
    *to = (struct proto_assignment){
        .assignment_id = sent->assignment_id,
        .incident_id = sent->incident_id,
        .unit = translate_view_unit_code(engine, sent->unit_id),
        .tier = (enum proto_tier)sent->tier,
        .state = PROTO_ASSIGNMENT_SENT,
        .version = sent->version,
        .additional = sent->additional,
        .automatic = sent->automatic,
        .estimated = sent->estimated,
        .travel_ms = sent->travel_ms,
        .distance_m = sent->distance_m,
        .rank = sent->rank,
        .wave = sent->wave,
        .reason = PROTO_REASON_NONE,
        .sent_ms = event->at_ms,
        .delivered_ms = PROTO_NEVER,
        .acknowledged_ms = PROTO_NEVER,
        .en_route_ms = PROTO_NEVER,
        .on_scene_ms = PROTO_NEVER,
        .ended_ms = PROTO_NEVER,
        .par_asked_ms = PROTO_NEVER,
    };
}

static void fill_updated(const struct engine *engine, const struct event *event,
                         struct proto_event *to)
{
    const struct assignment_updated *updated = &event->updated;
    to->updated.assignment_id = updated->assignment_id;
    to->updated.incident_id = updated->incident_id;
    to->updated.unit = translate_view_unit_code(engine, updated->unit_id);
    to->updated.tier = (enum proto_tier)updated->tier;
    to->updated.state = (enum proto_assignment_state)updated->state;
    to->updated.reason = (enum proto_reason)updated->reason;
    to->updated.device_ms = updated->device_ms;
    to->updated.late = updated->late;
    to->updated.skipped = updated->skipped;
    to->updated.has_place = updated->has_position;
    to->updated.at = translate_place(updated->at);
    to->updated.fix_age_ms = updated->has_position ? updated->fix_age_ms : PROTO_NONE;
    to->updated.version = updated->version;
    to->updated.other_id = updated->other_id;
    to->updated.note = updated->note;
    to->source = (enum proto_source)updated->source;
}

static void fill_step(const struct engine *engine, const struct event *event,
                      struct proto_event *to)
{
    to->step.assignment_id = event->step.assignment_id;
    to->step.incident_id = event->step.incident_id;
    to->step.unit = translate_view_unit_code(engine, event->step.unit_id);
    to->step.tier = (enum proto_tier)event->step.tier;
    to->step.step = (enum proto_ladder_step)event->step.step;
    to->step.version = event->step.version;
}

static void fill_changed(const struct engine *engine, const struct event *event,
                         struct proto_event *to)
{
    to->changed.incident_id = event->incident.incident_id;
    to->changed.generation = event->incident.generation;
    to->changed.type = (enum proto_incident_type)event->incident.type;
    to->changed.priority = event->incident.priority;
    to->changed.at = translate_place(event->incident.at);
    to->changed.address = event->incident.address;
    to->changed.district = translate_view_district_code(engine, event->incident.district);
    to->changed.circle = translate_view_circle_code(engine, event->incident.circle);
    to->changed.beat = translate_view_area_code(engine, event->incident.areas[AREA_BEAT]);
    to->changed.grid = translate_view_area_code(engine, event->incident.areas[AREA_GRID]);
    to->changed.plan = translate_view_plan_code(engine, event->incident.plan_version);
    to->changed.plan_version = event->incident.plan_version;
    to->changed.order = NULL;
}

static void fill_verdict(const struct engine *engine, const struct event *event,
                         struct proto_event *to)
{
    const bool judged = event->verdict.verdict == TIER_MET || event->verdict.verdict == TIER_MISSED;
    to->verdict.incident_id = event->verdict.incident_id;
    to->verdict.tier = (enum proto_tier)event->verdict.tier;
    to->verdict.verdict = (enum proto_tier_verdict)event->verdict.verdict;
    to->verdict.unit = translate_view_unit_code(engine, event->verdict.unit_id);
    to->verdict.clock_ms = event->verdict.clock_ms;
    to->verdict.elapsed_ms = judged ? event->verdict.elapsed_ms : PROTO_NONE;
    to->verdict.target_ms = event->verdict.target_ms;
    to->verdict.drill = event->verdict.drill;
}

static void fill_alarm(const struct engine *engine, const struct event *event,
                       struct proto_alarm *to)
{
    *to = (struct proto_alarm){
        .alarm_id = event->alarm.alarm_id,
        .kind = (enum proto_alarm_kind)event->alarm.kind,
        .incident_id = event->alarm.incident_id,
        .assignment_id = event->alarm.assignment_id,
        .unit = translate_view_unit_code(engine, event->alarm.unit_id),
        .tier = event->alarm.kind == ALARM_CHECKPOINT_OVERDUE ? PROTO_TIER_COUNT
                                                              : (enum proto_tier)event->alarm.tier,
        .circle = translate_view_circle_code(engine, event->alarm.circle),
        .checkpoint = translate_view_checkpoint_code(engine, event->alarm.checkpoint),
        .raised_ms = event->at_ms,
        .acked_ms = PROTO_NEVER,
        .shelved_ms = PROTO_NEVER,
        .shelved_reason = PROTO_REASON_NONE,
    };
}

static void fill_notice(const struct engine *engine, const struct event *event,
                        struct proto_notice *to)
{
    *to = (struct proto_notice){
        .assignment_id = event->notice.assignment_id,
        .incident_id = event->notice.incident_id,
        .unit = translate_view_unit_code(engine, event->notice.unit_id),
        .number = event->notice.number,
        .kinds = event->notice.kinds,
        .state = PROTO_NOTICE_SENT,
        .level = PROTO_WARN_LEVEL_COUNT,
        .sent_ms = event->at_ms,
        .delivered_ms = PROTO_NEVER,
        .acknowledged_ms = PROTO_NEVER,
    };
}

static void fill_noticed(const struct engine *engine, const struct event *event,
                         struct proto_event *to)
{
    to->noticed.assignment_id = event->noticed.assignment_id;
    to->noticed.incident_id = event->noticed.incident_id;
    to->noticed.unit = translate_view_unit_code(engine, event->noticed.unit_id);
    to->noticed.number = event->noticed.number;
    to->noticed.state = (enum proto_notice_state)event->noticed.state;
    to->noticed.device_ms = event->noticed.device_ms;
    to->source = (enum proto_source)event->noticed.source;
}

static void fill_notice_step(const struct engine *engine, const struct event *event,
                             struct proto_event *to)
{
    to->notice_step.assignment_id = event->notice_step.assignment_id;
    to->notice_step.incident_id = event->notice_step.incident_id;
    to->notice_step.unit = translate_view_unit_code(engine, event->notice_step.unit_id);
    to->notice_step.tier = (enum proto_tier)event->notice_step.tier;
    to->notice_step.number = event->notice_step.number;
    to->notice_step.step = (enum proto_ladder_step)event->notice_step.step;
}

static void fill_refused(const struct engine *engine, const struct event *event,
                         struct proto_event *to)
{
    to->refused.command = command_kind_name(event->refused.command);
    to->refused.reason = (enum proto_reason)event->refused.reason;
    to->refused.incident_id = event->refused.incident_id;
    to->refused.assignment_id = event->refused.assignment_id;
    to->refused.unit = translate_view_unit_code(engine, event->refused.unit_id);
    to->refused.count = event->refused.count;
    to->refused.by = or_null(event->refused.by);
    to->refused.by_ms = event->refused.by_ms;
}

static void fill_corrected(const struct engine *engine, const struct event *event,
                           struct proto_event *to)
{
    to->corrected.assignment_id = event->corrected.assignment_id;
    to->corrected.incident_id = event->corrected.incident_id;
    to->corrected.unit = translate_view_unit_code(engine, event->corrected.unit_id);
    to->corrected.milestone = (enum proto_assignment_state)event->corrected.milestone;
    to->corrected.was_ms = event->corrected.was_ms;
    to->corrected.corrected_ms = event->corrected.corrected_ms;
    to->corrected.note = event->corrected.note;
}

static void fill_referred(const struct engine *engine, const struct event *event,
                          struct proto_referral *to)
{
    *to = (struct proto_referral){
        .referral_id = event->referred.referral_id,
        .incident_id = event->referred.incident_id,
        .centre = translate_view_centre_code(engine, event->referred.centre),
        .kind = (enum proto_centre_kind)event->referred.kind,
        .state = PROTO_REFERRAL_SENT,
        .version = 1,
        .reason = PROTO_REASON_NONE,
        .sent_ms = event->at_ms,
        .answered_ms = PROTO_NEVER,
        .arrived_ms = PROTO_NEVER,
        .ended_ms = PROTO_NEVER,
        .answer_by_ms = event->referred.answer_by_ms,
        .feedback_by_ms = event->referred.feedback_by_ms,
    };
}

static void fill_referral(const struct engine *engine, const struct event *event,
                          struct proto_event *to)
{
    to->referral.referral_id = event->referral.referral_id;
    to->referral.incident_id = event->referral.incident_id;
    to->referral.centre = translate_view_centre_code(engine, event->referral.centre);
    to->referral.state = (enum proto_referral_state)event->referral.state;
    to->referral.version = event->referral.version;
    to->referral.generation = event->referral.generation;
    to->referral.reason = (enum proto_reason)event->referral.reason;
    to->referral.units = or_null(event->referral.units);
    to->referral.note = event->referral.note;
}

static void fill_visited(const struct engine *engine, const struct event *event,
                         struct proto_event *to)
{
    to->source = (enum proto_source)event->visited.source;
    to->visited.checkpoint = translate_view_checkpoint_code(engine, event->visited.index);
    to->visited.unit = translate_view_unit_code(engine, event->visited.unit_id);
    to->visited.visit = (enum proto_visit)event->visited.visit;
    to->visited.arrived_ms = event->visited.arrived_ms;
    to->visited.stayed_ms = event->visited.stayed_ms;
    to->visited.distance_m = event->visited.distance_m;
    to->visited.fix_age_ms = event->visited.fix_age_ms;
    to->visited.device_ms = event->visited.device_ms;
}

/* What dispatchers do beside sending units. True: it was one of these. */
static bool fill_life(const struct event *event, struct proto_event *to)
{
    if (event->kind == EVENT_INCIDENT_HELD) {
        to->held.incident_id = event->held.incident_id;
        to->held.reason = (enum proto_reason)event->held.reason;
        to->held.review_ms = event->held.review_ms;
        to->held.note = event->held.note;
    } else if (event->kind == EVENT_INCIDENT_RELEASED) {
        to->released.incident_id = event->released.incident_id;
        to->released.note = event->released.note;
    } else if (event->kind == EVENT_INCIDENT_REOPENED) {
        to->reopened.incident_id = event->reopened.incident_id;
        to->reopened.generation = event->reopened.generation;
        to->reopened.state = (enum proto_incident_state)event->reopened.state;
        to->reopened.reason = (enum proto_reason)event->reopened.reason;
        to->reopened.note = event->reopened.note;
    } else if (event->kind == EVENT_INCIDENT_MERGED) {
        to->merged.incident_id = event->merged.incident_id;
        to->merged.into_id = event->merged.into_id;
        to->merged.report_count = event->merged.report_count;
        to->merged.note = event->merged.note;
    } else if (event->kind == EVENT_INCIDENT_OWNED) {
        to->owned.incident_id = event->owned.incident_id;
        to->owned.owner = or_null(event->owned.owner);
        to->owned.from = or_null(event->owned.from);
        to->owned.note = event->owned.note;
    } else if (event->kind == EVENT_REPORT_LINKED) {
        to->linked.report_id = event->linked.report_id;
        to->linked.from_id = event->linked.from_id;
        to->linked.incident_id = event->linked.incident_id;
        to->linked.opens = event->linked.opens;
    } else if (event->kind == EVENT_REPORT_ANSWERED) {
        to->answered.report_id = event->answered.report_id;
        to->answered.incident_id = event->answered.incident_id;
        to->answered.note = event->answered.note;
    } else {
        return false;
    }
    return true;
}

void translate_event_fill(const struct engine *engine, const struct event *event,
                          enum translate_mask mask, struct translate_event_space *space,
                          struct proto_event *to)
{
    to->kind = (enum proto_event_kind)event->kind;
    to->seq = event->seq;
    to->at_ms = event->at_ms;
    to->actor = event->actor.id;
    to->source = (enum proto_source)event->actor.source;

    switch (event->kind) {
    case EVENT_DISTRICT_PUT:
        to->district.index = event->district.index;
        to->district.district.code = event->district.code;
        to->district.district.name = event->district.name;
        break;
    case EVENT_AREA_PUT:
        to->area.index = event->area.index;
        to->area.area = (struct proto_area){.code = event->area.code,
                                            .name = event->area.name,
                                            .kind = (enum proto_area_kind)event->area.kind};
        break;
    case EVENT_CIRCLE_PUT:
        translate_view_circle(engine, &event->circle.circle, &space->circle);
        to->circle = &space->circle;
        break;
    case EVENT_CENTRE_PUT:
        translate_view_centre(engine, &event->centre.centre, &space->centre);
        to->centre = &space->centre;
        break;
    case EVENT_CHECKPOINT_PUT: {
        const struct checkpoint_view view = {.definition = &event->checkpoint.checkpoint,
                                             .visited_unit = UNIT_NONE};
        translate_view_checkpoint(engine, &view, &space->checkpoint);
        to->checkpoint = &space->checkpoint;
        break;
    }
    case EVENT_CHECKPOINT_VISITED:
        fill_visited(engine, event, to);
        break;
    case EVENT_CHECKPOINT_OVERDUE:
        to->overdue.checkpoint = translate_view_checkpoint_code(engine, event->overdue.index);
        to->overdue.due_ms = event->overdue.due_ms;
        to->overdue.visited_ms = event->overdue.visited_ms;
        to->overdue.missed = event->overdue.missed;
        break;
    case EVENT_PLAN_PUT:
        to->plan.code = event->plan.plan.code;
        to->plan.circle = translate_view_circle_code(engine, event->plan.plan.circle);
        to->plan.version = event->plan.version;
        break;
    case EVENT_PHOTO_ADDED:
        to->photo.incident_id = event->photo.incident_id;
        to->photo.assignment_id = event->photo.assignment_id;
        to->photo.unit = event->photo.unit_id == UNIT_NONE
                             ? NULL
                             : translate_view_unit_code(engine, event->photo.unit_id);
        to->photo.hash = event->photo.hash;
        to->photo.size = event->photo.size;
        to->photo.media = (enum proto_photo_media)event->photo.media;
        to->photo.device_ms = event->photo.device_ms;
        break;
    case EVENT_UNIT_PUT:
        translate_view_definition(engine, event->unit.unit_id, &event->unit.unit, &space->unit);
        to->unit = &space->unit;
        break;
    case EVENT_REPORT_RECEIVED:
        fill_report(event, mask, &space->report);
        to->report = &space->report;
        break;
    case EVENT_INCIDENT_OPENED:
        fill_opened(engine, event, mask, &space->incident);
        to->incident = &space->incident;
        break;
    case EVENT_DECISION_MADE:
        translate_view_decision(engine, &event->decision, &space->decision);
        to->decision = &space->decision;
        break;
    case EVENT_ASSIGNMENT_SENT:
        fill_sent(engine, event, &space->assignment);
        to->sent.assignment = &space->assignment;
        to->sent.order = NULL;
        to->sent.generation = event->sent.generation;
        break;
    case EVENT_ASSIGNMENT_UPDATED:
        fill_updated(engine, event, to);
        break;
    case EVENT_ASSIGNMENT_STEP:
        fill_step(engine, event, to);
        break;
    case EVENT_INCIDENT_UPDATED:
        fill_changed(engine, event, to);
        break;
    case EVENT_INCIDENT_STATE:
        to->state.incident_id = event->state.incident_id;
        to->state.state = (enum proto_incident_state)event->state.state;
        to->state.reason = (enum proto_reason)event->state.reason;
        to->state.note = event->state.note;
        break;
    case EVENT_INCIDENT_NOTED:
        to->noted.incident_id = event->noted.incident_id;
        to->noted.note = event->noted.note;
        break;
    case EVENT_TIER_VERDICT:
        fill_verdict(engine, event, to);
        break;
    case EVENT_UNIT_DUTY:
        to->duty.unit = translate_view_unit_code(engine, event->duty.unit_id);
        to->duty.duty = (enum proto_duty)event->duty.duty;
        to->duty.reason = (enum proto_reason)event->duty.reason;
        to->duty.people = event->duty.people;
        to->duty.crew = mask == TRANSLATE_API ? NULL : or_null(event->duty.sign_on.crew);
        to->duty.equipment = event->duty.sign_on.equipment;
        to->duty.device = mask == TRANSLATE_API ? NULL : or_null(event->duty.sign_on.device);
        break;
    case EVENT_ALARM_RAISED:
        fill_alarm(engine, event, &space->alarm);
        to->alarm = &space->alarm;
        break;
    case EVENT_ALARM_ACKED:
    case EVENT_ALARM_CLEARED:
    case EVENT_ALARM_RETURNED:
        to->alarm_end.alarm_id = event->alarm.alarm_id;
        to->alarm_end.incident_id = event->alarm.incident_id;
        break;
    case EVENT_ALARM_SHELVED:
        to->shelved.alarm_id = event->alarm.alarm_id;
        to->shelved.incident_id = event->alarm.incident_id;
        to->shelved.until_ms = event->alarm.until_ms;
        to->shelved.reason = (enum proto_reason)event->alarm.reason;
        to->shelved.note = event->alarm.note;
        break;
    case EVENT_INCIDENT_ARCHIVED:
        to->archived.incident_id = event->archived.incident_id;
        break;
    case EVENT_COMMAND_REFUSED:
        fill_refused(engine, event, to);
        break;
    case EVENT_AUDIT:
        to->audit = event->audit.text;
        break;
    case EVENT_DISTRICTS_CLEARED:
    case EVENT_AREAS_CLEARED:
        break;
    case EVENT_INCIDENT_WARNED:
        to->warned.incident_id = event->warned.incident_id;
        to->warned.level = (enum proto_warn_level)event->warned.level;
        to->warned.text = event->warned.text;
        break;
    case EVENT_NOTICE_SENT:
        fill_notice(engine, event, &space->notice);
        to->notice = &space->notice;
        break;
    case EVENT_NOTICE_UPDATED:
        fill_noticed(engine, event, to);
        break;
    case EVENT_NOTICE_STEP:
        fill_notice_step(engine, event, to);
        break;
    case EVENT_UNIT_PANIC:
        to->panic.unit = translate_view_unit_code(engine, event->panic.unit_id);
        to->panic.incident_id = event->panic.incident_id;
        to->panic.place = (enum proto_panic_place)event->panic.place;
        to->panic.in_charge = event->panic.in_charge;
        to->panic.device_ms = event->panic.device_ms;
        to->source = (enum proto_source)event->panic.source;
        break;
    case EVENT_PANIC_WIDENED:
    case EVENT_PANIC_CLOSED:
        to->panic_end.unit = translate_view_unit_code(engine, event->panic_end.unit_id);
        to->panic_end.incident_id = event->panic_end.incident_id;
        if (event->kind == EVENT_PANIC_CLOSED) {
            to->panic_end.reason = (enum proto_reason)event->panic_end.reason;
            to->panic_end.note = event->panic_end.note;
        }
        break;
    case EVENT_ASSIGNMENT_PAR:
        to->par.assignment_id = event->par.assignment_id;
        to->par.incident_id = event->par.incident_id;
        to->par.unit = translate_view_unit_code(engine, event->par.unit_id);
        to->par.device_ms = event->par.device_ms;
        to->source = (enum proto_source)event->par.source;
        break;
    case EVENT_POLICY_PUT:
        to->policy.version = event->policy.version;
        to->policy.name = event->policy.policy.name;
        to->policy.clock_start = (enum proto_clock_start)event->policy.policy.clock_start;
        break;
    case EVENT_INCIDENT_HELD:
    case EVENT_INCIDENT_RELEASED:
    case EVENT_INCIDENT_REOPENED:
    case EVENT_INCIDENT_MERGED:
    case EVENT_INCIDENT_OWNED:
    case EVENT_REPORT_LINKED:
    case EVENT_REPORT_ANSWERED: {
        const bool is_filled = fill_life(event, to);
        assert(is_filled);
        break;
    }
    case EVENT_MILESTONE_CORRECTED:
        fill_corrected(engine, event, to);
        break;
    case EVENT_REFERRAL_SENT:
        fill_referred(engine, event, &space->referral);
        to->referred.referral = &space->referral;
        to->referred.generation = event->referred.generation;
        to->referred.note = event->referred.note;
        break;
    case EVENT_REFERRAL_UPDATED:
        fill_referral(engine, event, to);
        break;
    case EVENT_KIND_COUNT:
        assert(false);
        break;
    }
}

/* ---- A unit's own ---- */

bool translate_event_order(const struct engine *engine, const struct ledger *ledger,
                           uint32_t unit_id, struct proto_order *order)
{
    const struct ledger_unit *unit = ledger_unit(ledger, unit_id);
    if (unit == NULL || unit->active.assignment_id == 0) {
        return false;
    }
    const struct ledger_incident *incident = ledger_incident(ledger, unit->active.incident_id);
    if (incident == NULL) {
        return false;
    }
    const bool masked = ledger_unit_is_masked(unit);
    const struct proto_place at = translate_place(incident->at);
    struct incident_view first = {.note = ""};
    const bool is_live = engine_incident(engine, incident->incident_id, &first);
    const uint32_t target_ms = incident->target_ms[unit->active.tier];
    *order = (struct proto_order){
        .incident_id = incident->incident_id,
        .type = (enum proto_incident_type)incident->type,
        .priority = incident->priority,
        .at = masked ? proto_place_rounded(at) : at,
        .address = masked ? NULL : incident->address,
        .note = masked || !is_live ? NULL : first.note,
        .drill = incident->drill,
        .received_ms = incident->received_ms,
        .target_ms = target_ms == 0 ? PROTO_NONE : target_ms,
        .warning = {.level = (enum proto_warn_level)incident->warning_level,
                    .text = masked ? NULL : incident->warning,
                    .at_ms = incident->warned_ms},
    };
    translate_view_assignment(engine, &unit->active, &order->assignment);
    if (!masked) {
        translate_view_order_plan(engine, incident->plan_version, order);
    }
    return true;
}

/* The words of a warning; a masked volunteer hears that there is one and how grave it is. */
static void add_warning(const struct ledger *ledger, uint32_t unit_id, struct proto_notice *notice)
{
    const struct ledger_incident *incident = ledger_incident(ledger, notice->incident_id);
    const struct ledger_unit *unit = ledger_unit(ledger, unit_id);
    if ((notice->kinds >> NOTICE_DANGER & 1u) == 0 || incident == NULL || unit == NULL) {
        return;
    }
    const bool masked =
        unit->active.assignment_id == notice->assignment_id && ledger_unit_is_masked(unit);
    notice->level = (enum proto_warn_level)incident->warning_level;
    notice->text = masked ? NULL : incident->warning;
}

bool translate_event_notice(const struct engine *engine, const struct ledger *ledger,
                            uint32_t unit_id, uint32_t i, struct proto_notice *notice)
{
    assert(i < LEDGER_NOTICES_MAX);
    const struct ledger_unit *unit = ledger_unit(ledger, unit_id);
    if (unit == NULL) {
        return false;
    }
    struct assignment_view view = unit->active;
    if (i > 0) {
        const struct ledger_called_off *entry = &unit->called_off[i - 1];
        view = (struct assignment_view){.assignment_id = entry->assignment_id,
                                        .incident_id = entry->incident_id,
                                        .unit_id = unit_id,
                                        .notice = entry->notice};
    }
    const bool is_open = view.notice.state == NOTICE_SENT || view.notice.state == NOTICE_DELIVERED;
    if (view.assignment_id == 0 || !is_open || ledger_incident(ledger, view.incident_id) == NULL) {
        return false; /* archived: nobody asks any more */
    }
    translate_view_notice(engine, &view, notice);
    add_warning(ledger, unit_id, notice);
    return true;
}

void translate_event_for_unit(const struct engine *engine, const struct ledger *ledger,
                              const struct event *event, uint32_t unit_id,
                              struct translate_event_space *space, struct proto_event *to)
{
    translate_event_fill(engine, event, TRANSLATE_FULL, space, to);
    if (event->kind == EVENT_ASSIGNMENT_SENT &&
        translate_event_order(engine, ledger, unit_id, &space->order)) {
        to->sent.order = &space->order;
    }
    if (event->kind == EVENT_INCIDENT_UPDATED &&
        translate_event_order(engine, ledger, unit_id, &space->order)) {
        to->changed.order = &space->order;
        to->changed.at = space->order.at; /* rounded if it must be */
        to->changed.address = space->order.address;
    }
    if (event->kind == EVENT_NOTICE_SENT) {
        add_warning(ledger, unit_id, &space->notice);
    }
}
