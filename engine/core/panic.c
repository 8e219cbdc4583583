#include "engine/core/panic.h"

#include <assert.h>
#include <string.h>

#include "engine/core/alarm.h"
#include "engine/core/assign.h"
#include "engine/core/incident.h"
#include "engine/core/presence.h"
#include "engine/core/report.h"

/* The best that is known of where it is. */
static enum panic_place find_place(const struct step *step, uint32_t unit_id, struct geo_point *at)
{
    const struct engine *engine = step->engine;
    const struct unit *unit = &engine->units[unit_id];
    uint32_t fix_age_ms;
    if (step->command->panic.has_place) {
        *at = step->command->panic.at;
        return PANIC_PLACE_DEVICE;
    }
    if (presence_position(engine, unit_id, step->at_ms, at, &fix_age_ms)) {
        return PANIC_PLACE_FIX;
    }
    if (unit->assignment != SLOT_NONE) {
        *at = engine->incidents[engine->assignments[unit->assignment].incident].at;
        return PANIC_PLACE_ORDER;
    }
    if (unit->definition.has_home) {
        *at = unit->definition.home;
        return PANIC_PLACE_HOME;
    }
    if (unit->definition.circle != CIRCLE_NONE) {
        *at = engine->circles[unit->definition.circle].at;
        return PANIC_PLACE_CIRCLE;
    }
    if (unit->definition.district < engine->district_count) {
        *at = engine->points[engine->districts[unit->definition.district].point_first];
        return PANIC_PLACE_DISTRICT;
    }
    *at = (struct geo_point){0, 0};
    return PANIC_PLACE_UNKNOWN;
}

static void emit_raised(struct step *step, const struct incident *incident, enum panic_place place)
{
    const uint32_t unit_id = step->command->panic.unit_id;
    struct event *event = step_event(step, EVENT_UNIT_PANIC);
    event->panic.unit_id = unit_id;
    event->panic.incident_id = incident->id;
    event->panic.place = place;
    event->panic.in_charge = step->command->panic.in_charge;
    event->panic.source = step->actor->source;
    event->panic.device_ms = step->command->panic.device_ms;
    step_emit(step);
    alarm_raise(step, ALARM_PANIC, incident, NULL, TIER_1);
}

static const struct incident *open_incident(struct step *step, struct geo_point at)
{
    const struct unit *unit = &step->engine->units[step->command->panic.unit_id];
    struct report_create report = {.channel = CHANNEL_KEY_ALARM,
                                   .type = INCIDENT_CRIME,
                                   .priority = 1,
                                   .at = at,
                                   .occurred_ms = TIME_NEVER,
                                   .received_ms = TIME_NEVER};
    _Static_assert(NAME_SIZE >= CODE_SIZE, "the caller is the unit");
    memcpy(report.caller, unit->definition.code, CODE_SIZE);
    /* Proposed, not ordered: who goes to an armed attack is a person's decision. */
    return report_open(step, &report, DISPATCH_RECOMMEND, step->command->panic.in_charge == 0);
}

/* The incident that its call is about, as long as it is open. Old journals have calls whose
 * incident was merged: to call again has to work for them, too. */
static const struct incident *find_call(const struct engine *engine, uint32_t unit_id)
{
    const struct incident *incident = state_incident(engine, engine->units[unit_id].panic_incident);
    const bool is_open = incident != NULL && !incident_state_ended(incident->state);
    return is_open && incident->panic_unit == unit_id ? incident : NULL;
}

void panic_raise(struct step *step)
{
    const struct engine *engine = step->engine;
    const uint32_t unit_id = step->command->panic.unit_id;
    if (unit_id >= engine->unit_count) {
        step_refuse(step, REASON_UNKNOWN_UNIT, (struct step_about){.unit_id = unit_id});
        return;
    }
    const struct unit *unit = &engine->units[unit_id];
    const struct incident *incident = find_call(engine, unit_id);
    struct geo_point at;
    const enum panic_place place = find_place(step, unit_id, &at);
    if (incident != NULL) {
        assert(unit->panic != PANIC_NONE);
        step->result.incident_id = incident->id;
        if (unit->panic == PANIC_RAISED) {
            return; /* it is heard already, and not answered yet */
        }
        alarm_drop(step, ALARM_PANIC, incident);
        emit_raised(step, incident, place);
        return;
    }
    incident = open_incident(step, at);
    if (incident == NULL) {
        return;
    }
    step->result.incident_id = incident->id;
    emit_raised(step, incident, place);
    assign_recommend(step, incident);
}

void panic_widen(struct step *step, const struct incident *incident)
{
    struct event *event = step_event(step, EVENT_PANIC_WIDENED);
    event->panic_end.unit_id = incident->panic_unit;
    event->panic_end.incident_id = incident->id;
    step_emit(step);
}

void panic_close(struct step *step)
{
    const uint32_t unit_id = step->command->panic_close.unit_id;
    const struct step_about about = {.unit_id = unit_id};
    if (unit_id >= step->engine->unit_count) {
        step_refuse(step, REASON_UNKNOWN_UNIT, about);
        return;
    }
    const struct incident *incident = find_call(step->engine, unit_id);
    if (incident == NULL || step->engine->units[unit_id].panic != PANIC_ACKNOWLEDGED) {
        step_refuse(step, REASON_WRONG_STATE, about); /* somebody has to have heard it first */
        return;
    }
    struct event *event = step_event(step, EVENT_PANIC_CLOSED);
    event->panic_end.unit_id = unit_id;
    event->panic_end.incident_id = incident->id;
    event->panic_end.reason = step->command->panic_close.reason;
    memcpy(event->panic_end.note, step->command->panic_close.note, NOTE_SIZE);
    step->result.incident_id = incident->id;
    step_emit(step);
    incident_settle(step, incident);
    step_free_unit(step, unit_id);
}
