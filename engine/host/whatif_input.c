/* What came from outside then, given to the engine that decides anew. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/whatif_private.h"

/* A unit that was weighed for an incident within this time was about there when it was reported. */
#define AHEAD_MS 60000

/* ---- Which incident is which ---- */

static uint32_t find(const struct whatif *whatif, uint32_t id, bool by_now)
{
    uint32_t low = 0;
    uint32_t high = whatif->incident_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const struct whatif_pair *pair = &whatif->incidents[middle];
        if ((by_now ? pair->now : pair->then) < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == whatif->incident_count) {
        return 0;
    }
    const struct whatif_pair *pair = &whatif->incidents[low];
    if (by_now) {
        return pair->now == id ? pair->then : 0;
    }
    return pair->then == id ? pair->now : 0;
}

uint32_t whatif_input_now(const struct whatif *whatif, uint32_t incident_then)
{
    return find(whatif, incident_then, false);
}

uint32_t whatif_input_then(const struct whatif *whatif, uint32_t incident_now)
{
    const uint32_t then = find(whatif, incident_now, true);
    return then != 0 ? then : whatif->incoming; /* it is being opened by this very command */
}

/* Ids rise in both worlds; one that joined an older incident there is that one's. */
static void pair(struct whatif *whatif, uint32_t then, uint32_t now)
{
    if (whatif->incident_count > 0) {
        const struct whatif_pair *last = &whatif->incidents[whatif->incident_count - 1];
        if (last->then >= then || last->now >= now) {
            return;
        }
    }
    if (whatif->incident_count == whatif->incident_max) {
        const uint32_t max = whatif->incident_max == 0 ? 1024 : whatif->incident_max * 2;
        struct whatif_pair *pairs = realloc(whatif->incidents, max * sizeof *pairs);
        if (pairs == NULL) {
            whatif->status = STATUS_NO_MEMORY;
            return;
        }
        whatif->incidents = pairs;
        whatif->incident_max = max;
    }
    whatif->incidents[whatif->incident_count++] = (struct whatif_pair){then, now};
}

/* ---- Where units were ---- */

static void observe(struct whatif *whatif, uint32_t unit_id, struct geo_point at, uint32_t age_ms)
{
    if (age_ms == UINT32_MAX) {
        return;
    }
    const struct observation observation = {
        .unit_id = unit_id, .at = at, .at_ms = whatif->now_ms, .fix_ms = whatif->now_ms - age_ms};
    if (engine_observe(whatif->engine, &observation) == STATUS_STALE) {
        return; /* it is known to have been elsewhere since */
    }
}

/* Decisions say where the units were that they weighed: known before they are made anew. Those from
 * `index` on until a time; `incident_id` 0: of every incident. */
static void observe_decisions(struct whatif *whatif, uint32_t index, uint32_t incident_id,
                              int64_t until_ms)
{
    for (uint32_t i = index; i < whatif->input.count && whatif->input.records[i].at_ms <= until_ms;
         i++) {
        if (whatif->input.records[i].kind != EVENT_DECISION_MADE) {
            continue;
        }
        event_list_get(&whatif->input, i, &whatif->event);
        const struct decision_made *made = &whatif->event.decision;
        const bool is_its = incident_id == 0 || made->incident_id == incident_id;
        for (uint32_t k = 0; is_its && k < made->candidate_count; k++) {
            observe(whatif, made->candidates[k].unit_id, made->candidates[k].at,
                    made->candidates[k].fix_age_ms);
        }
    }
}

void whatif_input_observe(struct whatif *whatif, uint32_t index)
{
    observe_decisions(whatif, index, 0, whatif->now_ms);
}

/* ---- The inputs ---- */

static void do_report(struct whatif *whatif, uint32_t index)
{
    const uint32_t then = whatif->event.report.incident_id;
    struct command command = {.kind = COMMAND_REPORT_CREATE,
                              .actor = whatif->event.actor,
                              .report = whatif->event.report.report};
    command.report.received_ms = whatif->event.report.received_ms;
    if (whatif->now_ms >= whatif->to_ms) {
        return; /* of another period */
    }
    observe_decisions(whatif, index, then, whatif->now_ms + AHEAD_MS);
    whatif->incoming = then;
    const struct step_result result = whatif_step(whatif, &command);
    whatif->incoming = 0;
    if (result.refusal == REASON_NONE && !result.merged) {
        pair(whatif, then, result.incident_id);
    }
}

static void do_state(struct whatif *whatif)
{
    const enum incident_state state = whatif->event.state.state;
    const uint32_t now = whatif_input_now(whatif, whatif->event.state.incident_id);
    if (now == 0 || (state != INCIDENT_CLOSED && state != INCIDENT_CANCELLED)) {
        return;
    }
    struct command command = {.actor = whatif->event.actor};
    if (state == INCIDENT_CANCELLED) {
        command.kind = COMMAND_INCIDENT_CANCEL;
        command.cancel.incident_id = now;
        command.cancel.reason = whatif->event.state.reason;
    } else {
        command.kind = COMMAND_INCIDENT_CLOSE;
        command.close.incident_id = now;
        command.close.reason = whatif->event.state.reason;
        command.close.clear_all = true;
    }
    (void)whatif_step(whatif, &command);
}

/* To whom a dispute was given is as much an input as how it was closed. */
static void do_referred(struct whatif *whatif)
{
    const uint32_t now = whatif_input_now(whatif, whatif->event.referred.incident_id);
    struct incident_view view;
    if (now == 0 || !engine_incident(whatif->engine, now, &view)) {
        return;
    }
    struct command command = {.kind = COMMAND_INCIDENT_REFER, .actor = whatif->event.actor};
    command.refer.incident_id = now;
    command.refer.generation = view.generation;
    command.refer.centre = whatif->event.referred.centre;
    (void)whatif_step(whatif, &command);
}

/* Of this incident the last one to this centre. */
static bool find_referral(const struct whatif *whatif, uint32_t incident_id, uint32_t centre,
                          struct referral_view *found)
{
    struct incident_view incident;
    struct referral_view view;
    bool is_found = false;
    uint32_t id =
        engine_incident(whatif->engine, incident_id, &incident) ? incident.referral_first : 0;
    while (id != 0 && engine_referral(whatif->engine, id, &view)) {
        if (view.centre == centre) {
            *found = view;
            is_found = true;
        }
        id = view.next;
    }
    return is_found;
}

/* With its incident, by the same command: that ends both here, too. */
static bool is_cancelled_with(struct whatif *whatif, uint32_t index)
{
    const struct event_record *records = whatif->input.records;
    bool is_cancelled = false;
    for (uint32_t i = index + 1;
         i < whatif->input.count &&
         memcmp(records[i].command_id, records[index].command_id, COMMAND_ID_SIZE) == 0;
         i++) {
        event_list_get(&whatif->input, i, &whatif->event);
        is_cancelled = is_cancelled || (whatif->event.kind == EVENT_INCIDENT_STATE &&
                                        whatif->event.state.state == INCIDENT_CANCELLED);
    }
    event_list_get(&whatif->input, index, &whatif->event);
    return is_cancelled;
}

static void do_referral(struct whatif *whatif, uint32_t index)
{
    if (whatif->event.referral.state == REFERRAL_WITHDRAWN && is_cancelled_with(whatif, index)) {
        return;
    }
    const uint32_t now = whatif_input_now(whatif, whatif->event.referral.incident_id);
    struct referral_view view;
    if (now == 0 || !find_referral(whatif, now, whatif->event.referral.centre, &view)) {
        return;
    }
    struct command command = {.kind = COMMAND_REFERRAL_UPDATE, .actor = whatif->event.actor};
    command.referral.referral_id = view.referral_id;
    command.referral.version = view.version;
    command.referral.state = whatif->event.referral.state;
    command.referral.reason = whatif->event.referral.reason;
    memcpy(command.referral.units, whatif->event.referral.units, ADDRESS_SIZE);
    memcpy(command.referral.note, whatif->event.referral.note, NOTE_SIZE);
    (void)whatif_step(whatif, &command);
}

static void do_change(struct whatif *whatif)
{
    const uint32_t now = whatif_input_now(whatif, whatif->event.incident.incident_id);
    struct incident_view view;
    if (now == 0 || !engine_incident(whatif->engine, now, &view)) {
        return;
    }
    struct command command = {.kind = COMMAND_INCIDENT_UPDATE, .actor = whatif->event.actor};
    command.update = (struct incident_update){.incident_id = now,
                                              .generation = view.generation,
                                              .has_place = true,
                                              .has_type = true,
                                              .has_priority = true,
                                              .at = whatif->event.incident.at,
                                              .type = whatif->event.incident.type,
                                              .priority = whatif->event.incident.priority};
    memcpy(command.update.address, whatif->event.incident.address, ADDRESS_SIZE);
    (void)whatif_step(whatif, &command);
}

static void do_updated(struct whatif *whatif)
{
    const struct assignment_updated updated = whatif->event.updated;
    if (updated.has_position) {
        observe(whatif, updated.unit_id, updated.at, updated.fix_age_ms);
    }
    struct unit_view unit;
    if (updated.state == ASSIGNMENT_RECALLED &&
        engine_unit(whatif->engine, updated.unit_id, &unit) && unit.incident_id != 0 &&
        unit.incident_id == whatif_input_now(whatif, updated.incident_id)) {
        struct command command = {.kind = COMMAND_ASSIGNMENT_RECALL, .actor = whatif->event.actor};
        command.recall.assignment_id = unit.assignment_id;
        command.recall.reason = updated.reason;
        (void)whatif_step(whatif, &command);
    }
}

static void do_duty(struct whatif *whatif)
{
    struct command command = {.kind = COMMAND_UNIT_DUTY, .actor = whatif->event.actor};
    command.duty.unit_id = whatif->event.duty.unit_id;
    command.duty.duty = whatif->event.duty.duty;
    command.duty.reason = whatif->event.duty.reason;
    command.duty.people = whatif->event.duty.people;
    command.duty.sign_on = whatif->event.duty.sign_on;
    command.duty.has_equipment = command.duty.has_crew = command.duty.has_device = true;
    (void)whatif_step(whatif, &command);
}

/* Where patrols went is an input, however it was known. */
static void do_visited(struct whatif *whatif)
{
    struct command command = {.kind = COMMAND_CHECKPOINT_SIGN, .actor = whatif->event.actor};
    if (whatif->event.visited.visit == VISIT_WALKED) {
        return; /* follows from the visits of its stops */
    }
    command.sign.checkpoint = whatif->event.visited.index;
    command.sign.unit_id = whatif->event.visited.unit_id;
    command.sign.visit = whatif->event.visited.visit;
    command.sign.device_ms = whatif->event.visited.device_ms;
    (void)whatif_step(whatif, &command);
}

static void do_roster(struct whatif *whatif)
{
    struct command command = {.kind = COMMAND_ROSTER_PUT, .actor = whatif->event.actor};
    const struct unit_definition unit = whatif->event.unit.unit;
    const struct circle_definition circle = whatif->event.circle.circle;
    const struct centre_definition centre = whatif->event.centre.centre;
    const struct checkpoint_definition checkpoint = whatif->event.checkpoint.checkpoint;
    const struct circle_plan plan = whatif->event.plan.plan;
    if (whatif->event.kind == EVENT_UNIT_PUT) {
        command.roster = (struct roster){.units = &unit, .unit_count = 1};
    } else if (whatif->event.kind == EVENT_PLAN_PUT) {
        command.roster = (struct roster){.plans = &plan, .plan_count = 1};
    } else if (whatif->event.kind == EVENT_CENTRE_PUT) {
        command.roster = (struct roster){.centres = &centre, .centre_count = 1};
    } else if (whatif->event.kind == EVENT_CHECKPOINT_PUT) {
        command.roster = (struct roster){.checkpoints = &checkpoint, .checkpoint_count = 1};
    } else {
        command.roster = (struct roster){.circles = &circle, .circle_count = 1};
    }
    (void)whatif_step(whatif, &command);
}

void whatif_input_do(struct whatif *whatif, uint32_t index)
{
    event_list_get(&whatif->input, index, &whatif->event);
    switch (whatif->event.kind) {
    case EVENT_REPORT_RECEIVED:
        do_report(whatif, index);
        break;
    case EVENT_DECISION_MADE:
        whatif_input_observe(whatif, index);
        break;
    case EVENT_ASSIGNMENT_UPDATED:
        do_updated(whatif);
        break;
    case EVENT_INCIDENT_UPDATED:
        do_change(whatif);
        break;
    case EVENT_INCIDENT_STATE:
        do_state(whatif);
        break;
    case EVENT_UNIT_DUTY:
        do_duty(whatif);
        break;
    case EVENT_CHECKPOINT_VISITED:
        do_visited(whatif);
        break;
    case EVENT_REFERRAL_SENT:
        do_referred(whatif);
        break;
    case EVENT_REFERRAL_UPDATED:
        do_referral(whatif, index);
        break;
    case EVENT_UNIT_PUT:
    case EVENT_CIRCLE_PUT:
    case EVENT_CENTRE_PUT:
    case EVENT_CHECKPOINT_PUT:
    case EVENT_PLAN_PUT:
        do_roster(whatif);
        break;
    case EVENT_DISTRICT_PUT:
    case EVENT_DISTRICTS_CLEARED:
    case EVENT_AREA_PUT:
    case EVENT_AREAS_CLEARED:
        whatif->status = STATUS_BAD_INPUT;
        break;
    case EVENT_POLICY_PUT:    /* another policy is what is asked about */
    case EVENT_INCIDENT_HELD: /* what dispatchers did about incidents that were decided otherwise */
    case EVENT_INCIDENT_RELEASED:
    case EVENT_INCIDENT_REOPENED:
    case EVENT_INCIDENT_MERGED:
    case EVENT_INCIDENT_OWNED:
    case EVENT_REPORT_LINKED:
    case EVENT_REPORT_ANSWERED:
    case EVENT_MILESTONE_CORRECTED:
    case EVENT_INCIDENT_OPENED:
    case EVENT_ASSIGNMENT_SENT:
    case EVENT_ASSIGNMENT_STEP:
    case EVENT_INCIDENT_NOTED:
    case EVENT_PHOTO_ADDED:
    case EVENT_TIER_VERDICT:
    case EVENT_ALARM_RAISED:
    case EVENT_ALARM_ACKED:
    case EVENT_ALARM_CLEARED:
    case EVENT_ALARM_SHELVED:
    case EVENT_ALARM_RETURNED:
    case EVENT_INCIDENT_ARCHIVED:
    case EVENT_INCIDENT_WARNED:
    case EVENT_NOTICE_SENT:
    case EVENT_NOTICE_UPDATED:
    case EVENT_NOTICE_STEP:
    case EVENT_UNIT_PANIC:
    case EVENT_PANIC_WIDENED:
    case EVENT_PANIC_CLOSED:
    case EVENT_ASSIGNMENT_PAR:
    case EVENT_CHECKPOINT_OVERDUE:
    case EVENT_COMMAND_REFUSED:
    case EVENT_AUDIT:
    case EVENT_KIND_COUNT:
        break; /* the engine's own doing: decided anew, or of no effect */
    }
}
