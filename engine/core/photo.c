#include "engine/core/photo.h"

#include <assert.h>
#include <string.h>

/* Which order it was taken on, 0: none is said, and none is needed. False: it was refused. */
static bool find_assignment(struct step *step, const struct incident *incident,
                            uint32_t *assignment_id)
{
    const struct engine *engine = step->engine;
    const uint32_t unit_id = step->command->photo.unit_id;
    const uint32_t said_id = step->command->photo.assignment_id;
    const struct assignment *assignment = NULL;
    enum reason refusal = REASON_NONE;
    if (said_id != 0) {
        assignment = state_assignment(engine, said_id);
        const bool is_here =
            assignment != NULL && engine->incidents[assignment->incident].id == incident->id;
        refusal = is_here ? REASON_NONE : REASON_UNKNOWN_ASSIGNMENT;
    } else if (unit_id != UNIT_NONE) {
        const uint32_t slot = engine->units[unit_id].assignment;
        assignment = slot == SLOT_NONE ? NULL : state_assignment_at(engine, slot);
        const bool is_here =
            assignment != NULL && engine->incidents[assignment->incident].id == incident->id;
        refusal = is_here ? REASON_NONE : REASON_NOT_YOURS;
    }
    if (refusal == REASON_NONE && assignment != NULL && unit_id != UNIT_NONE &&
        assignment->unit_id != unit_id) {
        refusal = REASON_NOT_YOURS;
    }
    if (refusal != REASON_NONE) {
        step_refuse(step, refusal,
                    (struct step_about){
                        .incident_id = incident->id, .assignment_id = said_id, .unit_id = unit_id});
        return false;
    }
    *assignment_id = assignment == NULL ? 0 : assignment->id;
    return true;
}

bool photo_incident_was(const struct engine *engine, uint32_t incident_id)
{
    return incident_id != 0 && incident_id <= engine->last_incident_id;
}

static void emit(struct step *step, uint32_t assignment_id)
{
    const uint32_t incident_id = step->command->photo.incident_id;
    step->result.incident_id = incident_id;
    step->result.assignment_id = assignment_id;
    struct event *event = step_event(step, EVENT_PHOTO_ADDED);
    event->photo.incident_id = incident_id;
    event->photo.assignment_id = assignment_id;
    event->photo.unit_id = step->command->photo.unit_id;
    event->photo.media = step->command->photo.media;
    event->photo.size = step->command->photo.size;
    event->photo.device_ms = step->command->photo.device_ms;
    memcpy(event->photo.hash, step->command->photo.hash, PHOTO_HASH_SIZE);
    step_emit(step);
}

void photo_add(struct step *step)
{
    const uint32_t incident_id = step->command->photo.incident_id;
    assert(step->command->photo.media < PHOTO_MEDIA_COUNT);
    assert(step->command->photo.size > 0);
    const struct incident *incident = state_incident(step->engine, incident_id);
    uint32_t assignment_id = step->command->photo.assignment_id;
    if (incident != NULL) {
        if (find_assignment(step, incident, &assignment_id)) {
            emit(step, assignment_id);
        }
    } else if (step->command->photo.of_record && photo_incident_was(step->engine, incident_id)) {
        emit(step, assignment_id);
    } else {
        step_refuse(step, REASON_UNKNOWN_INCIDENT,
                    (struct step_about){.incident_id = incident_id,
                                        .unit_id = step->command->photo.unit_id});
    }
}
