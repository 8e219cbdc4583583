#include "engine/core/apply.h"
#include "engine/core/deadline.h"
#include "engine/core/incident.h"
#include "engine/core/presence.h"

/* The incident that the unit calls for help from, if the event fits; NULL. */
static struct incident *find(const struct engine *engine, uint32_t unit_id, uint32_t incident_id)
{
    struct incident *incident = state_incident(engine, incident_id);
    const bool fits = incident != NULL && unit_id < engine->unit_count &&
                      incident->panic_unit == unit_id &&
                      engine->units[unit_id].panic_incident == incident_id;
    return fits ? incident : NULL;
}

enum status apply_panic_raised(struct engine *engine, const struct event *event)
{
    const uint32_t unit_id = event->panic.unit_id;
    struct incident *incident = state_incident(engine, event->panic.incident_id);
    if (incident == NULL || incident_state_ended(incident->state) ||
        incident->created_ms == TIME_NEVER || unit_id >= engine->unit_count) {
        return STATUS_CORRUPT;
    }
    struct unit *unit = &engine->units[unit_id];
    struct incident *before = find(engine, unit_id, unit->panic_incident);
    if (before != NULL && before != incident && incident_state_ended(before->state)) {
        before->panic_unit = UNIT_NONE; /* of a journal in which a call could be merged away */
        before = NULL;
    }
    if ((before != NULL && (unit->panic == PANIC_RAISED || before != incident)) ||
        (incident->panic_unit != UNIT_NONE && incident->panic_unit != unit_id)) {
        return STATUS_CORRUPT;
    }
    unit->panic = PANIC_RAISED;
    unit->panic_incident = incident->id;
    incident->panic_unit = unit_id;
    incident->panic_ms = event->at_ms;
    presence_refresh(engine, unit_id);
    deadline_refresh_incident(engine, state_slot_of(engine, incident));
    return STATUS_OK;
}

enum status apply_panic_widened(struct engine *engine, const struct event *event)
{
    struct incident *incident =
        find(engine, event->panic_end.unit_id, event->panic_end.incident_id);
    if (incident == NULL || incident->for_all) {
        return STATUS_CORRUPT;
    }
    incident->for_all = true;
    deadline_refresh_incident(engine, state_slot_of(engine, incident));
    return STATUS_OK;
}

enum status apply_panic_closed(struct engine *engine, const struct event *event)
{
    const uint32_t unit_id = event->panic_end.unit_id;
    struct incident *incident = find(engine, unit_id, event->panic_end.incident_id);
    if (incident == NULL) {
        return STATUS_CORRUPT;
    }
    incident->panic_unit = UNIT_NONE;
    engine->units[unit_id].panic = PANIC_NONE;
    engine->units[unit_id].panic_incident = 0;
    presence_refresh(engine, unit_id);
    deadline_refresh_incident(engine, state_slot_of(engine, incident));
    return STATUS_OK;
}
