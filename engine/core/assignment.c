#include "engine/core/assignment.h"

#include <assert.h>
#include <string.h>

#include "engine/core/alarm.h"
#include "engine/core/assign.h"
#include "engine/core/incident.h"
#include "engine/core/notice.h"
#include "engine/core/presence.h"
#include "engine/core/volunteer.h"

bool assignment_state_ended(enum assignment_state state)
{
    return state >= ASSIGNMENT_CLEARED;
}

/* Delivery is the device's receipt, not a step that anybody owes. */
static bool skips_a_step(enum assignment_state from, enum assignment_state to)
{
    const enum assignment_state owed = from < ASSIGNMENT_DELIVERED ? ASSIGNMENT_DELIVERED : from;
    return to <= ASSIGNMENT_CLEARED && to > owed + 1;
}

static bool is_late(const struct assignment *assignment, enum assignment_state to)
{
    const bool hears_now = assignment->state < ASSIGNMENT_ACKNOWLEDGED &&
                           to >= ASSIGNMENT_ACKNOWLEDGED && to <= ASSIGNMENT_CLEARED;
    return hears_now && (assignment->steps >> LADDER_ADDITIONAL & 1u) != 0;
}

struct told {
    enum source source;
    enum reason reason;
    int64_t device_ms;
    const char *note;
    uint32_t other_id; /* where a unit went that was taken away, 0 */
};

static void emit_told(struct step *step, const struct assignment *assignment,
                      enum assignment_state state, struct told told)
{
    const struct engine *engine = step->engine;
    struct geo_point at;
    uint32_t fix_age_ms;
    const bool has_position =
        presence_position(engine, assignment->unit_id, step->at_ms, &at, &fix_age_ms);
    struct event *event = step_event(step, EVENT_ASSIGNMENT_UPDATED);
    event->updated = (struct assignment_updated){
        .assignment_id = assignment->id,
        .incident_id = engine->incidents[assignment->incident].id,
        .unit_id = assignment->unit_id,
        .tier = assignment->tier,
        .state = state,
        .source = told.source,
        .reason = told.reason,
        .device_ms = told.device_ms,
        .late = is_late(assignment, state),
        .skipped = skips_a_step(assignment->state, state),
        .has_position = has_position,
        .at = at,
        .fix_age_ms = fix_age_ms,
        .version = assignment->version + 1,
        .other_id = told.other_id,
    };
    memcpy(event->updated.note, told.note, strlen(told.note));
    step_emit(step);
}

void assignment_emit_update(struct step *step, const struct assignment *assignment,
                            enum assignment_state state, enum reason reason)
{
    assert(!assignment_state_ended(assignment->state));
    const uint32_t unit_id = assignment->unit_id;
    const bool is_on_its_way = assignment->state < ASSIGNMENT_ON_SCENE;
    emit_told(
        step, assignment, state,
        (struct told){
            .source = step->actor->source, .reason = reason, .device_ms = TIME_NEVER, .note = ""});
    if (assignment_state_ended(state)) {
        if (is_on_its_way) { /* by another's hand: it has to hear that it may turn round */
            notice_send(step, assignment, NOTICE_RECALLED);
        }
        step_free_unit(step, unit_id);
    }
}

void assignment_emit_taken(struct step *step, const struct assignment *assignment,
                           enum assignment_state state, enum reason reason, uint32_t other_id)
{
    assert(!assignment_state_ended(assignment->state));
    emit_told(step, assignment, state,
              (struct told){.source = step->actor->source,
                            .reason = reason,
                            .device_ms = TIME_NEVER,
                            .note = "",
                            .other_id = other_id});
}

static void refuse(struct step *step, enum reason reason, const struct assignment *assignment,
                   uint32_t assignment_id, uint32_t unit_id)
{
    const struct engine *engine = step->engine;
    const uint32_t incident_id =
        assignment == NULL ? 0 : engine->incidents[assignment->incident].id;
    step_refuse(step, reason,
                (struct step_about){.incident_id = incident_id,
                                    .assignment_id = assignment_id,
                                    .unit_id = unit_id});
}

/* Whether `to` may follow; a refusal reason, or REASON_NONE. */
static enum reason check_move(enum assignment_state from, enum assignment_state to)
{
    if (assignment_state_ended(from) || to < from) {
        return REASON_WRONG_STATE;
    }
    switch (to) {
    case ASSIGNMENT_DELIVERED:
    case ASSIGNMENT_ACKNOWLEDGED:
    case ASSIGNMENT_EN_ROUTE:
    case ASSIGNMENT_ON_SCENE:
    case ASSIGNMENT_CLEARED:
        return REASON_NONE;
    case ASSIGNMENT_DECLINED:
        return from >= ASSIGNMENT_ON_SCENE ? REASON_WRONG_STATE : REASON_NONE;
    case ASSIGNMENT_SENT: /* by the engine, by a recall, by a cancel */
    case ASSIGNMENT_RECALLED:
    case ASSIGNMENT_CANCELLED:
    case ASSIGNMENT_PREEMPTED:
    case ASSIGNMENT_STATE_COUNT:
        break;
    }
    return REASON_WRONG_STATE;
}

static void meet_tier(struct step *step, const struct incident *incident,
                      const struct assignment *assignment)
{
    const int64_t deadline_ms = state_tier_deadline(incident, assignment->tier);
    if (incident->tiers[assignment->tier].verdict == TIER_OPEN && deadline_ms != TIME_NEVER &&
        step->at_ms <= deadline_ms) {
        incident_emit_verdict(step, incident, assignment->tier, TIER_MET, assignment->unit_id);
    }
}

/* The next one is asked at once; if nobody is left to ask, somebody has to know. */
static void replace_declined(struct step *step, const struct incident *incident,
                             const struct assignment *declined)
{
    const enum tier tier = declined->tier;
    if (declined->wave > 0) {
        volunteer_run(step, incident); /* when all have declined */
        return;
    }
    const struct tally tally = state_tally(step->engine, incident, tier);
    const uint32_t filled = tally.active + tally.cleared + tally.recalled;
    const uint32_t wanted = incident->tiers[tier].wanted;
    if (filled > 0 && filled >= wanted) {
        return;
    }
    if (!assign_additional(step, incident, tier) && tally.active + tally.cleared == 0) {
        alarm_raise(step, ALARM_DECLINED, incident, NULL, tier);
    }
}

/* The order, if it is there and the unit's own; else refused, NULL. UNIT_NONE: the desk says it. */
static const struct assignment *find_own(struct step *step, uint32_t assignment_id,
                                         uint32_t unit_id)
{
    const struct assignment *assignment = state_assignment(step->engine, assignment_id);
    if (assignment == NULL) {
        refuse(step, REASON_UNKNOWN_ASSIGNMENT, NULL, assignment_id, unit_id);
        return NULL;
    }
    if (unit_id != UNIT_NONE && unit_id != assignment->unit_id) {
        refuse(step, REASON_NOT_YOURS, assignment, assignment_id, unit_id);
        return NULL;
    }
    return assignment;
}

void assignment_update(struct step *step)
{
    const uint32_t assignment_id = step->command->assignment.assignment_id;
    const uint32_t unit_id = step->command->assignment.unit_id;
    const enum assignment_state state = step->command->assignment.state;
    const struct assignment *assignment = find_own(step, assignment_id, unit_id);
    if (assignment == NULL) {
        return;
    }
    const struct incident *incident = &step->engine->incidents[assignment->incident];
    step->result.incident_id = incident->id;
    step->result.assignment_id = assignment_id;
    const bool is_known =
        state == assignment->state || (state == ASSIGNMENT_DELIVERED && state < assignment->state);
    if (is_known) {
        return; /* said again, or a receipt that comes after the fact */
    }
    const enum reason refusal = check_move(assignment->state, state);
    if (refusal != REASON_NONE) {
        refuse(step, refusal, assignment, assignment_id, unit_id);
        return;
    }
    const bool on_behalf = unit_id == UNIT_NONE && step->actor->source == SOURCE_UNIT;
    const bool was_invited = state_is_invited(assignment);
    const bool is_called_off = unit_id == UNIT_NONE && assignment->state < ASSIGNMENT_ON_SCENE &&
                               assignment_state_ended(state);
    emit_told(step, assignment, state,
              (struct told){.source = on_behalf ? SOURCE_DISPATCHER : step->actor->source,
                            .reason = step->command->assignment.reason,
                            .device_ms = step->command->assignment.device_ms,
                            .note = step->command->assignment.note});
    if (is_called_off) {
        notice_send(step, assignment, NOTICE_RECALLED);
    }
    if (was_invited && !state_is_invited(assignment) && state <= ASSIGNMENT_CLEARED) {
        volunteer_accepted(step, incident);
    }
    if (state == ASSIGNMENT_ON_SCENE) {
        meet_tier(step, incident, assignment);
    }
    if (state == ASSIGNMENT_CLEARED) {
        step_free_unit(step, assignment->unit_id);
    }
    if (state == ASSIGNMENT_DECLINED) {
        replace_declined(step, incident, assignment);
    }
    incident_settle(step, incident);
}

void assignment_recall(struct step *step)
{
    const uint32_t assignment_id = step->command->recall.assignment_id;
    const struct assignment *assignment = state_assignment(step->engine, assignment_id);
    if (assignment == NULL) {
        refuse(step, REASON_UNKNOWN_ASSIGNMENT, NULL, assignment_id, UNIT_NONE);
        return;
    }
    const struct incident *incident = &step->engine->incidents[assignment->incident];
    step->result.incident_id = incident->id;
    step->result.assignment_id = assignment_id;
    if (assignment->state == ASSIGNMENT_RECALLED) {
        return;
    }
    if (assignment->state >= ASSIGNMENT_ON_SCENE) { /* who is there is cleared, not recalled */
        refuse(step, REASON_WRONG_STATE, assignment, assignment_id, assignment->unit_id);
        return;
    }
    assignment_emit_update(step, assignment, ASSIGNMENT_RECALLED, step->command->recall.reason);
    incident_settle(step, incident);
}

void assignment_par(struct step *step)
{
    const uint32_t assignment_id = step->command->par.assignment_id;
    const uint32_t unit_id = step->command->par.unit_id;
    const struct assignment *assignment = find_own(step, assignment_id, unit_id);
    if (assignment == NULL) {
        return;
    }
    if (assignment->state != ASSIGNMENT_ON_SCENE) {
        refuse(step, REASON_WRONG_STATE, assignment, assignment_id, unit_id);
        return;
    }
    const struct incident *incident = &step->engine->incidents[assignment->incident];
    const bool on_behalf = unit_id == UNIT_NONE && step->actor->source == SOURCE_UNIT;
    struct event *event = step_event(step, EVENT_ASSIGNMENT_PAR);
    event->par.assignment_id = assignment_id;
    event->par.incident_id = incident->id;
    event->par.unit_id = assignment->unit_id;
    event->par.source = on_behalf ? SOURCE_DISPATCHER : step->actor->source;
    event->par.device_ms = step->command->par.device_ms;
    step->result.incident_id = incident->id;
    step->result.assignment_id = assignment_id;
    step_emit(step);
    incident_settle(step, incident);
}

void assignment_support(struct step *step)
{
    const uint32_t assignment_id = step->command->support.assignment_id;
    const uint32_t unit_id = step->command->support.unit_id;
    const struct assignment *assignment = find_own(step, assignment_id, unit_id);
    if (assignment == NULL) {
        return;
    }
    if (assignment_state_ended(assignment->state)) {
        refuse(step, REASON_WRONG_STATE, assignment, assignment_id, unit_id);
        return;
    }
    step->result.incident_id = step->engine->incidents[assignment->incident].id;
    step->result.assignment_id = assignment_id;
    if (step->command->support.note[0] != '\0') {
        struct event *event = step_event(step, EVENT_INCIDENT_NOTED);
        event->noted.incident_id = step->result.incident_id;
        memcpy(event->noted.note, step->command->support.note, NOTE_SIZE);
        step_emit(step);
    }
    alarm_ask_support(step, assignment);
}
