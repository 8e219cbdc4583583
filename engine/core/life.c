#include "engine/core/life.h"

#include <assert.h>
#include <string.h>

#include "engine/core/alarm.h"
#include "engine/core/assign.h"
#include "engine/core/assignment.h"
#include "engine/core/incident.h"
#include "engine/core/reassign.h"
#include "engine/core/referral.h"

static void refuse(struct step *step, enum reason reason, uint32_t incident_id)
{
    step_refuse(step, reason,
                (struct step_about){.incident_id = incident_id, .unit_id = UNIT_NONE});
}

void life_look_for_somebody(struct step *step, const struct incident *incident)
{
    if (incident->state != INCIDENT_PENDING) {
        return;
    }
    if (incident->mode == DISPATCH_RECOMMEND) {
        assign_recommend(step, incident);
    } else {
        (void)assign_retry(step, incident);
    }
}

void life_hold(struct step *step)
{
    const struct incident *incident = incident_find_open(step, step->command->hold.incident_id);
    if (incident == NULL) {
        return;
    }
    /* Whoever is on the way stays on the way: only what waits can be held. */
    if (incident->state != INCIDENT_PENDING || step->command->hold.review_ms <= step->at_ms) {
        refuse(step, REASON_WRONG_STATE, incident->id);
        return;
    }
    struct event *event = step_event(step, EVENT_INCIDENT_HELD);
    event->held.incident_id = incident->id;
    event->held.reason = step->command->hold.reason;
    event->held.review_ms = step->command->hold.review_ms;
    memcpy(event->held.note, step->command->hold.note, NOTE_SIZE);
    step_emit(step);
    alarm_sweep(step, incident);
}

void life_end_hold(struct step *step, const struct incident *incident, const char *note)
{
    if (incident->held_ms == TIME_NEVER) {
        return;
    }
    struct event *event = step_event(step, EVENT_INCIDENT_RELEASED);
    event->released.incident_id = incident->id;
    memset(event->released.note, 0, NOTE_SIZE);
    memcpy(event->released.note, note, strlen(note));
    step_emit(step);
}

void life_release(struct step *step)
{
    const struct incident *incident = incident_find_open(step, step->command->life.incident_id);
    if (incident == NULL) {
        return;
    }
    if (incident->held_ms == TIME_NEVER) {
        refuse(step, REASON_WRONG_STATE, incident->id);
        return;
    }
    life_end_hold(step, incident, step->command->life.note);
    life_look_for_somebody(step, incident);
    incident_settle(step, incident);
}

void life_reopen(struct step *step)
{
    const uint32_t incident_id = step->command->life.incident_id;
    const struct incident *incident = state_incident(step->engine, incident_id);
    if (incident == NULL) {
        refuse(step, REASON_UNKNOWN_INCIDENT, incident_id);
        return;
    }
    if (incident->state != INCIDENT_CLOSED && incident->state != INCIDENT_CANCELLED) {
        refuse(step, REASON_WRONG_STATE, incident_id);
        return;
    }
    step->result.incident_id = incident_id;
    struct event *event = step_event(step, EVENT_INCIDENT_REOPENED);
    event->reopened.incident_id = incident_id;
    event->reopened.generation = incident->generation + 1;
    event->reopened.state = incident_derived_state(step->engine, incident);
    event->reopened.reason = step->command->life.reason;
    memcpy(event->reopened.note, step->command->life.note, NOTE_SIZE);
    step_emit(step);
    life_look_for_somebody(step, incident);
    incident_settle(step, incident);
}

/* Its active orders, one after the other, until none is left. */
static void move_orders(struct step *step, const struct incident *incident,
                        const struct incident *into)
{
    const uint32_t generation = into->generation + 1;
    const struct assignment *assignment =
        state_assignment_at(step->engine, incident->assignment_first);
    while (assignment != NULL) {
        if (!assignment_state_ended(assignment->state)) {
            reassign_move(step, assignment, into, assignment->tier, ASSIGNMENT_RECALLED,
                          generation);
        }
        assignment = state_assignment_at(step->engine, assignment->next);
    }
}

#define MOVE_EVENTS 8u /* of one order: two ends of alarms, the end, the new order, the state */
#define MOVE_BYTES  512u

void life_merge(struct step *step)
{
    const struct engine *engine = step->engine;
    const struct incident *into = state_incident(engine, step->command->merge.into_id);
    const struct incident *incident = incident_find_open(step, step->command->merge.incident_id);
    if (incident == NULL) {
        return;
    }
    if (into == NULL) {
        refuse(step, REASON_UNKNOWN_INCIDENT, step->command->merge.into_id);
        return;
    }
    /* An exercise and an emergency are never one thing. */
    if (into == incident || incident_state_ended(into->state) || into->drill != incident->drill) {
        refuse(step, REASON_WRONG_STATE, into->id);
        return;
    }
    if (incident_has_panic(step, incident) || referral_refuses_end(step, incident)) {
        return;
    }
    const uint32_t active = state_tally_all(engine, incident).active;
    if (active > 0 && !step->command->merge.move) {
        refuse(step, REASON_OPEN_ASSIGNMENTS, incident->id);
        return;
    }
    if (!step_has_room(step, STEP_ROOM_RECORDS + active * MOVE_EVENTS,
                       STEP_ROOM_BYTES + active * (size_t)MOVE_BYTES) ||
        active > engine->assignment_ids.max - engine->assignment_ids.count) {
        refuse(step, REASON_CAPACITY, incident->id);
        return;
    }
    if (active > 0) {
        life_end_hold(step, into, "");
        move_orders(step, incident, into);
    }
    incident_cancel_tiers(step, incident);
    struct event *event = step_event(step, EVENT_INCIDENT_MERGED);
    event->merged.incident_id = incident->id;
    event->merged.into_id = into->id;
    event->merged.report_count = into->report_count + incident->report_count;
    memcpy(event->merged.note, step->command->merge.note, NOTE_SIZE);
    step_emit(step);
    alarm_sweep(step, incident);
    incident_settle(step, into);
}

/* ---- Who has it ---- */

static bool is_owner(const struct incident *incident, const char *name)
{
    return types_same_text(incident->owner, name);
}

static void own(struct step *step, const struct incident *incident, const char *owner,
                const char *note)
{
    struct event *event = step_event(step, EVENT_INCIDENT_OWNED);
    event->owned.incident_id = incident->id;
    memset(event->owned.owner, 0, ACTOR_SIZE);
    memcpy(event->owned.owner, owner, strlen(owner));
    memcpy(event->owned.from, incident->owner, ACTOR_SIZE);
    memset(event->owned.note, 0, NOTE_SIZE);
    memcpy(event->owned.note, note, strlen(note));
    step_emit(step);
}

static void refuse_claimed(struct step *step, const struct incident *incident)
{
    step_refuse(step, REASON_CLAIMED,
                (struct step_about){.incident_id = incident->id,
                                    .unit_id = UNIT_NONE,
                                    .by = incident->owner,
                                    .by_ms = incident->owner_ms});
}

void life_claim(struct step *step)
{
    const struct incident *incident = incident_find_open(step, step->command->life.incident_id);
    if (incident == NULL || is_owner(incident, step->actor->id)) {
        return;
    }
    if (incident->owner[0] != '\0' && step->command->life.note[0] == '\0') {
        refuse_claimed(step, incident); /* taking it away needs a word */
        return;
    }
    own(step, incident, step->actor->id, step->command->life.note);
}

void life_hand_over(struct step *step)
{
    const struct incident *incident =
        incident_find_open(step, step->command->hand_over.incident_id);
    if (incident == NULL || is_owner(incident, step->command->hand_over.to)) {
        return;
    }
    if (incident->owner[0] != '\0' && !is_owner(incident, step->actor->id) &&
        !step->command->hand_over.is_superior) {
        refuse_claimed(step, incident);
        return;
    }
    own(step, incident, step->command->hand_over.to, step->command->hand_over.note);
}
