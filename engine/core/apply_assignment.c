#include <string.h>

#include "engine/core/apply.h"
#include "engine/core/assignment.h"
#include "engine/core/deadline.h"
#include "engine/core/incident.h"
#include "engine/core/preempt.h"
#include "engine/core/presence.h"

void apply_assignment_link(struct engine *engine, uint32_t slot)
{
    struct assignment *assignment = &engine->assignments[slot];
    struct incident *incident = &engine->incidents[assignment->incident];
    assignment->next = SLOT_NONE;
    if (incident->assignment_last == SLOT_NONE) {
        incident->assignment_first = slot;
    } else {
        engine->assignments[incident->assignment_last].next = slot;
    }
    incident->assignment_last = slot;
    if (!assignment_state_ended(assignment->state)) {
        engine->units[assignment->unit_id].assignment = slot;
    }
}

enum status apply_assignment_sent(struct engine *engine, const struct event *event)
{
    const struct assignment_sent *sent = &event->sent;
    struct incident *incident = state_incident(engine, sent->incident_id);
    if (incident == NULL || incident_state_ended(incident->state) ||
        incident->created_ms == TIME_NEVER || sent->unit_id >= engine->unit_count ||
        sent->assignment_id <= engine->last_assignment_id || sent->version != 1 ||
        sent->generation < incident->generation || sent->generation > incident->generation + 1 ||
        (sent->wave != 0 && sent->wave != incident->wave)) {
        return STATUS_CORRUPT;
    }
    struct unit *unit = &engine->units[sent->unit_id];
    if (unit->assignment != SLOT_NONE || unit->duty != DUTY_ON) {
        return STATUS_CORRUPT;
    }
    const uint32_t slot = id_pool_add(&engine->assignment_ids, sent->assignment_id);
    if (slot == SLOT_NONE) {
        return STATUS_CORRUPT;
    }
    engine->assignments[slot] = (struct assignment){.id = sent->assignment_id,
                                                    .unit_id = sent->unit_id,
                                                    .version = sent->version,
                                                    .incident = state_slot_of(engine, incident),
                                                    .tier = sent->tier,
                                                    .state = ASSIGNMENT_SENT,
                                                    .additional = sent->additional,
                                                    .automatic = sent->automatic,
                                                    .estimated = sent->estimated,
                                                    .travel_ms = sent->travel_ms,
                                                    .distance_m = sent->distance_m,
                                                    .rank = sent->rank,
                                                    .wave = sent->wave,
                                                    .sent_ms = event->at_ms,
                                                    .delivered_ms = TIME_NEVER,
                                                    .acknowledged_ms = TIME_NEVER,
                                                    .en_route_ms = TIME_NEVER,
                                                    .on_scene_ms = TIME_NEVER,
                                                    .ended_ms = TIME_NEVER,
                                                    .par_ms = TIME_NEVER,
                                                    .par_asked_ms = TIME_NEVER,
                                                    .notice = {.sent_ms = TIME_NEVER,
                                                               .delivered_ms = TIME_NEVER,
                                                               .acknowledged_ms = TIME_NEVER}};
    memcpy(engine->assignments[slot].sent_by, event->actor.id, ACTOR_SIZE);
    apply_assignment_link(engine, slot);
    engine->last_assignment_id = sent->assignment_id;
    unit->status_ms = event->at_ms;
    if (sent->generation != incident->generation) {
        apply_incident_changed(incident, event);
    }
    incident->generation = sent->generation;
    const bool is_order = sent->wave == 0;
    if (incident->dispatched_ms == TIME_NEVER && is_order) {
        incident->dispatched_ms = event->at_ms;
    }
    if (incident->clock_ms == TIME_NEVER &&
        is_order) { /* this policy counts from the first order */
        incident->clock_ms = event->at_ms;
    }
    presence_refresh(engine, sent->unit_id);
    preempt_refresh(engine, slot);
    deadline_refresh_assignment(engine, slot);
    deadline_refresh_incident(engine, state_slot_of(engine, incident));
    return STATUS_OK;
}

static void stamp(struct assignment *assignment, enum assignment_state state, int64_t at_ms)
{
    switch (state) {
    case ASSIGNMENT_DELIVERED:
        assignment->delivered_ms = at_ms;
        break;
    case ASSIGNMENT_ACKNOWLEDGED:
        assignment->acknowledged_ms = at_ms;
        break;
    case ASSIGNMENT_EN_ROUTE:
        assignment->en_route_ms = at_ms;
        break;
    case ASSIGNMENT_ON_SCENE:
        assignment->on_scene_ms = at_ms;
        break;
    case ASSIGNMENT_CLEARED:
    case ASSIGNMENT_DECLINED:
    case ASSIGNMENT_RECALLED:
    case ASSIGNMENT_CANCELLED:
    case ASSIGNMENT_PREEMPTED:
        assignment->ended_ms = at_ms;
        break;
    case ASSIGNMENT_SENT:
    case ASSIGNMENT_STATE_COUNT:
        break;
    }
}

enum status apply_assignment_updated(struct engine *engine, const struct event *event)
{
    const struct assignment_updated *updated = &event->updated;
    struct assignment *assignment = state_assignment(engine, updated->assignment_id);
    if (assignment == NULL || assignment_state_ended(assignment->state) ||
        updated->state <= assignment->state || updated->unit_id != assignment->unit_id ||
        updated->version != assignment->version + 1 ||
        updated->incident_id != engine->incidents[assignment->incident].id) {
        return STATUS_CORRUPT;
    }
    struct incident *incident = &engine->incidents[assignment->incident];
    struct unit *unit = &engine->units[assignment->unit_id];
    const enum unit_status before = state_unit_status(engine, unit);
    assignment->state = updated->state;
    assignment->version = updated->version;
    assignment->late = assignment->late || updated->late;
    assignment->skipped = assignment->skipped || updated->skipped;
    stamp(assignment, updated->state, event->at_ms);
    if (updated->state == ASSIGNMENT_ON_SCENE && incident->on_scene_ms == TIME_NEVER) {
        incident->on_scene_ms = event->at_ms;
    }
    if (updated->state == ASSIGNMENT_RECALLED || updated->state == ASSIGNMENT_PREEMPTED) {
        incident->generation++;
        apply_incident_changed(incident, event);
    }
    if (assignment_state_ended(updated->state)) {
        assignment->reason = updated->reason;
        assignment->par_asked_ms = TIME_NEVER;
        assignment->notice.state = NOTICE_NONE; /* moot; a recall is the next event */
        unit->assignment = SLOT_NONE;
        presence_refresh(engine, assignment->unit_id);
    }
    if (state_unit_status(engine, unit) != before) {
        unit->status_ms = event->at_ms;
    }
    const uint32_t slot = id_pool_find(&engine->assignment_ids, updated->assignment_id);
    preempt_refresh(engine, slot);
    deadline_refresh_assignment(engine, slot);
    deadline_refresh_incident(engine, state_slot_of(engine, incident));
    return STATUS_OK;
}

enum status apply_assignment_step(struct engine *engine, const struct event *event)
{
    struct assignment *assignment = state_assignment(engine, event->step.assignment_id);
    if (assignment == NULL || assignment_state_ended(assignment->state) ||
        (assignment->steps >> event->step.step & 1u) != 0 ||
        event->step.version != assignment->version + 1) {
        return STATUS_CORRUPT;
    }
    assignment->steps |= 1u << event->step.step;
    assignment->version = event->step.version;
    if (event->step.step == LADDER_RESENT) {
        assignment->resent_count++;
    }
    if (event->step.step == LADDER_PAR_ASKED) {
        assignment->par_asked_ms = event->at_ms;
    }
    deadline_refresh_assignment(engine,
                                id_pool_find(&engine->assignment_ids, event->step.assignment_id));
    return STATUS_OK;
}

enum status apply_assignment_par(struct engine *engine, const struct event *event)
{
    struct assignment *assignment = state_assignment(engine, event->par.assignment_id);
    if (assignment == NULL || assignment->state != ASSIGNMENT_ON_SCENE ||
        event->par.unit_id != assignment->unit_id) {
        return STATUS_CORRUPT;
    }
    assignment->par_ms = event->at_ms;
    assignment->par_asked_ms = TIME_NEVER;
    assignment->steps &= ~(1u << LADDER_PAR_ASKED | 1u << LADDER_PAR_OVERDUE);
    deadline_refresh_assignment(engine,
                                id_pool_find(&engine->assignment_ids, event->par.assignment_id));
    return STATUS_OK;
}

/* The time that holds from now on; what it was stays in the record. Who left the core long ago has
 * only the record. */
enum status apply_assignment_corrected(struct engine *engine, const struct event *event)
{
    struct assignment *assignment = state_assignment(engine, event->corrected.assignment_id);
    const enum assignment_state milestone = event->corrected.milestone;
    if (milestone < ASSIGNMENT_DELIVERED || milestone > ASSIGNMENT_CLEARED ||
        event->corrected.assignment_id == 0 ||
        event->corrected.assignment_id > engine->last_assignment_id ||
        event->corrected.corrected_ms > event->at_ms ||
        (assignment != NULL &&
         event->corrected.incident_id != engine->incidents[assignment->incident].id)) {
        return STATUS_CORRUPT;
    }
    if (assignment != NULL) {
        stamp(assignment, milestone, event->corrected.corrected_ms);
        assignment->corrected |= 1u << milestone;
    }
    return STATUS_OK;
}
