#include "engine/core/incident.h"

#include <assert.h>
#include <string.h>

#include "engine/core/alarm.h"
#include "engine/core/area.h"
#include "engine/core/assign.h"
#include "engine/core/assignment.h"
#include "engine/core/circle_plan.h"
#include "engine/core/deadline.h"
#include "engine/core/district.h"
#include "engine/core/notice.h"
#include "engine/core/referral.h"

bool incident_state_ended(enum incident_state state)
{
    return state == INCIDENT_CLOSED || state == INCIDENT_CANCELLED || state == INCIDENT_DUPLICATE;
}

enum incident_state incident_derived_state(const struct engine *engine,
                                           const struct incident *incident)
{
    const struct tally tally = state_tally_all(engine, incident);
    if (tally.active == tally.invited) {
        const enum incident_state ours =
            tally.cleared > 0 ? INCIDENT_FEEDBACK_DUE : INCIDENT_PENDING;
        return referral_incident_state(engine, incident, ours);
    }
    if (tally.on_scene > 0) {
        return INCIDENT_ON_SCENE;
    }
    return tally.en_route > 0 ? INCIDENT_RESPONDING : INCIDENT_DISPATCHED;
}

void incident_emit_state(struct step *step, const struct incident *incident,
                         enum incident_state state, enum reason reason, const char *note)
{
    struct event *event = step_event(step, EVENT_INCIDENT_STATE);
    event->state.incident_id = incident->id;
    event->state.state = state;
    event->state.reason = reason;
    memset(event->state.note, 0, NOTE_SIZE);
    memcpy(event->state.note, note, strlen(note));
    step_emit(step);
}

void incident_settle(struct step *step, const struct incident *incident)
{
    if (!incident_state_ended(incident->state)) {
        const enum incident_state state = incident_derived_state(step->engine, incident);
        if (state != incident->state) {
            incident_emit_state(step, incident, state, REASON_NONE, "");
            if (state == INCIDENT_PENDING) { /* nobody is on the way any more: never silent */
                alarm_raise(step, ALARM_UNDISPATCHED, incident, NULL, TIER_1);
            }
        }
    }
    alarm_sweep(step, incident);
}

void incident_emit_verdict(struct step *step, const struct incident *incident, enum tier tier,
                           enum tier_verdict verdict, uint32_t unit_id)
{
    const int64_t clock_ms = incident->clock_ms;
    const int64_t elapsed_ms = clock_ms == TIME_NEVER ? 0 : step->at_ms - clock_ms;
    struct event *event = step_event(step, EVENT_TIER_VERDICT);
    event->verdict.incident_id = incident->id;
    event->verdict.tier = tier;
    event->verdict.verdict = verdict;
    event->verdict.unit_id = unit_id;
    event->verdict.clock_ms = clock_ms;
    event->verdict.elapsed_ms = elapsed_ms < 0            ? 0
                                : elapsed_ms > UINT32_MAX ? UINT32_MAX
                                                          : (uint32_t)elapsed_ms;
    event->verdict.target_ms = incident->tiers[tier].target_ms;
    event->verdict.drill = incident->drill;
    step_emit(step);
}

void incident_cancel_tiers(struct step *step, const struct incident *incident)
{
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        if (incident->tiers[tier].verdict == TIER_OPEN) {
            incident_emit_verdict(step, incident, (enum tier)tier, TIER_CANCELLED, UNIT_NONE);
        }
    }
}

uint32_t incident_circle_at(const struct engine *engine, struct geo_point at)
{
    uint32_t best = CIRCLE_NONE;
    uint32_t best_m = UINT32_MAX;
    for (uint32_t i = 0; i < engine->circle_count; i++) {
        const struct circle_definition *circle = &engine->circles[i];
        const int64_t lat_e7 = (int64_t)circle->at.lat_e7 - at.lat_e7;
        /* 90 ten-millionths of a degree of latitude are a metre and a little more. */
        const int64_t band_e7 = 91 * ((int64_t)circle->radius_m + 1);
        if (circle->radius_m < best_m && lat_e7 <= band_e7 && -lat_e7 <= band_e7 &&
            geo_distance_m(circle->at, at) <= circle->radius_m) {
            best = i;
            best_m = circle->radius_m;
        }
    }
    return best;
}

const struct incident *incident_find_open(struct step *step, uint32_t incident_id)
{
    const struct incident *incident = state_incident(step->engine, incident_id);
    if (incident == NULL) {
        step_refuse(step, REASON_UNKNOWN_INCIDENT,
                    (struct step_about){.incident_id = incident_id, .unit_id = UNIT_NONE});
        return NULL;
    }
    if (incident_state_ended(incident->state)) {
        step_refuse(step, REASON_WRONG_STATE,
                    (struct step_about){.incident_id = incident_id, .unit_id = UNIT_NONE});
        return NULL;
    }
    step->result.incident_id = incident_id;
    return incident;
}

void incident_recommend(struct step *step)
{
    const struct incident *incident =
        incident_find_open(step, step->command->recommend.incident_id);
    if (incident != NULL) {
        assign_recommend(step, incident);
    }
}

void incident_update(struct step *step)
{
    const struct incident_update *update = &step->command->update;
    const struct incident *incident = incident_find_open(step, update->incident_id);
    if (incident == NULL) {
        return;
    }
    if (update->generation != incident->generation) {
        step_refuse(step, REASON_STALE_GENERATION,
                    (struct step_about){.incident_id = incident->id,
                                        .unit_id = UNIT_NONE,
                                        .generation = incident->generation,
                                        .by = incident->changed_by,
                                        .by_ms = incident->changed_ms});
        return;
    }
    if (!update->has_place && !update->has_type && !update->has_priority) {
        return;
    }
    if (!notice_has_room(step, incident)) {
        return;
    }
    struct event *event = step_event(step, EVENT_INCIDENT_UPDATED);
    const struct geo_point at = update->has_place ? update->at : incident->at;
    event->incident.incident_id = incident->id;
    event->incident.generation = incident->generation + 1;
    event->incident.type = update->has_type ? update->type : incident->type;
    event->incident.priority = update->has_priority ? update->priority : incident->priority;
    event->incident.at = at;
    memcpy(event->incident.address, update->has_place ? update->address : incident->address,
           ADDRESS_SIZE);
    event->incident.district = district_at(step->engine, at);
    event->incident.circle = incident_circle_at(step->engine, at);
    area_find_all(step->engine, at, event->incident.areas);
    event->incident.plan_version =
        circle_plan_after(step->engine, incident, event->incident.circle, event->incident.type,
                          event->incident.priority);
    const uint32_t plan_before = incident->plan;
    step_emit(step);
    /* Another priority alone changes nothing on the way, unless the circle's plan says otherwise.
     */
    if (update->has_place || update->has_type || incident->plan != plan_before) {
        notice_send_all(step, incident, NOTICE_CHANGED);
    }
    if (incident->mode == DISPATCH_RECOMMEND && incident->state == INCIDENT_PENDING) {
        assign_recommend(step, incident);
    } else if (step->engine->waiting[state_slot_of(step->engine, incident)] != 0) {
        assign_retry(step, incident);
    }
    incident_settle(step, incident);
}

void incident_note(struct step *step)
{
    const uint32_t incident_id = step->command->note.incident_id;
    if (state_incident(step->engine, incident_id) == NULL) {
        step_refuse(step, REASON_UNKNOWN_INCIDENT,
                    (struct step_about){.incident_id = incident_id, .unit_id = UNIT_NONE});
        return;
    }
    step->result.incident_id = incident_id;
    struct event *event = step_event(step, EVENT_INCIDENT_NOTED);
    event->noted.incident_id = incident_id;
    memcpy(event->noted.note, step->command->note.note, NOTE_SIZE);
    step_emit(step);
}

#define EVENTS_PER_ASSIGNMENT 6u /* its end, the recall, the alarms of two ladders */
#define BYTES_PER_ASSIGNMENT  384u

bool incident_has_room_to_end(struct step *step, const struct incident *incident)
{
    const uint32_t active = state_tally_all(step->engine, incident).active;
    _Static_assert(STEP_ROOM_RECORDS >= 2 * REFERRALS_MAX, "referrals end within the usual room");
    if (step_has_room(step, STEP_ROOM_RECORDS + active * EVENTS_PER_ASSIGNMENT,
                      STEP_ROOM_BYTES + active * (size_t)BYTES_PER_ASSIGNMENT)) {
        return true;
    }
    step_refuse(step, REASON_CAPACITY,
                (struct step_about){.incident_id = incident->id, .unit_id = UNIT_NONE});
    return false;
}

/* End all that is open: the assignments, the tiers, the incident. */
static void end(struct step *step, const struct incident *incident,
                enum assignment_state assignment_state, enum incident_state state,
                enum reason reason, const char *note)
{
    const struct assignment *assignment =
        state_assignment_at(step->engine, incident->assignment_first);
    while (assignment != NULL) {
        if (!assignment_state_ended(assignment->state)) {
            assignment_emit_update(
                step, assignment,
                state_is_invited(assignment) ? ASSIGNMENT_CANCELLED : assignment_state, reason);
        }
        assignment = state_assignment_at(step->engine, assignment->next);
    }
    referral_withdraw_all(step, incident);
    incident_cancel_tiers(step, incident);
    incident_emit_state(step, incident, state, reason, note);
    alarm_sweep(step, incident);
}

bool incident_has_panic(struct step *step, const struct incident *incident)
{
    if (incident->panic_unit == UNIT_NONE) {
        return false;
    }
    step_refuse(step, REASON_OPEN_PANIC,
                (struct step_about){.incident_id = incident->id, .unit_id = incident->panic_unit});
    return true;
}

void incident_cancel(struct step *step)
{
    const struct incident *incident = incident_find_open(step, step->command->cancel.incident_id);
    if (incident != NULL && !incident_has_panic(step, incident) &&
        incident_has_room_to_end(step, incident)) {
        end(step, incident, ASSIGNMENT_CANCELLED, INCIDENT_CANCELLED, step->command->cancel.reason,
            step->command->cancel.note);
    }
}

void incident_close(struct step *step)
{
    const struct incident *incident = incident_find_open(step, step->command->close.incident_id);
    if (incident == NULL || incident_has_panic(step, incident) ||
        referral_refuses_end(step, incident)) {
        return;
    }
    if (state_tally_all(step->engine, incident).active > 0 && !step->command->close.clear_all) {
        step_refuse(step, REASON_OPEN_ASSIGNMENTS,
                    (struct step_about){.incident_id = incident->id, .unit_id = UNIT_NONE});
        return;
    }
    if (incident_has_room_to_end(step, incident)) {
        end(step, incident, ASSIGNMENT_CLEARED, INCIDENT_CLOSED, step->command->close.reason,
            step->command->close.note);
    }
}
