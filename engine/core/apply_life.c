/* What happens to an incident beside its dispatch: held, released, opened again, owned. */
#include <string.h>

#include "engine/core/apply.h"
#include "engine/core/deadline.h"
#include "engine/core/incident.h"

static struct incident *find_open(const struct engine *engine, uint32_t incident_id)
{
    struct incident *incident = state_incident(engine, incident_id);
    return incident == NULL || incident_state_ended(incident->state) ? NULL : incident;
}

enum status apply_life_held(struct engine *engine, const struct event *event)
{
    struct incident *incident = find_open(engine, event->held.incident_id);
    if (incident == NULL || incident->state != INCIDENT_PENDING ||
        event->held.review_ms <= event->at_ms) {
        return STATUS_CORRUPT;
    }
    incident->held_ms = event->at_ms;
    incident->review_ms = event->held.review_ms;
    incident->hold_reason = event->held.reason;
    deadline_refresh_incident(engine, state_slot_of(engine, incident));
    return STATUS_OK;
}

enum status apply_life_released(struct engine *engine, const struct event *event)
{
    struct incident *incident = find_open(engine, event->released.incident_id);
    if (incident == NULL || incident->held_ms == TIME_NEVER) {
        return STATUS_CORRUPT;
    }
    const uint32_t slot = state_slot_of(engine, incident);
    incident->held_ms = TIME_NEVER;
    incident->review_ms = TIME_NEVER;
    incident->hold_reason = REASON_NONE;
    incident->state_ms = event->at_ms; /* it has waited for somebody since now */
    engine->retry_ms[slot] = event->at_ms + RETRY_MS;
    deadline_refresh_incident(engine, slot);
    return STATUS_OK;
}

enum status apply_life_reopened(struct engine *engine, const struct event *event)
{
    struct incident *incident = state_incident(engine, event->reopened.incident_id);
    if (incident == NULL ||
        (incident->state != INCIDENT_CLOSED && incident->state != INCIDENT_CANCELLED) ||
        incident_state_ended(event->reopened.state) ||
        event->reopened.generation != incident->generation + 1) {
        return STATUS_CORRUPT;
    }
    const uint32_t slot = state_slot_of(engine, incident);
    incident->state = event->reopened.state;
    incident->state_ms = event->at_ms;
    incident->ended_ms = TIME_NEVER;
    incident->generation = event->reopened.generation;
    incident->reopened_count++;
    apply_incident_changed(incident, event);
    engine->open_lat_e7[slot] = incident->at.lat_e7;
    engine->retry_ms[slot] = event->at_ms + RETRY_MS;
    deadline_refresh_incident(engine, slot);
    return STATUS_OK;
}

enum status apply_life_owned(struct engine *engine, const struct event *event)
{
    struct incident *incident = find_open(engine, event->owned.incident_id);
    if (incident == NULL || !types_same_text(event->owned.from, incident->owner)) {
        return STATUS_CORRUPT;
    }
    memcpy(incident->owner, event->owned.owner, ACTOR_SIZE);
    incident->owner_ms = event->owned.owner[0] == '\0' ? TIME_NEVER : event->at_ms;
    return STATUS_OK;
}
