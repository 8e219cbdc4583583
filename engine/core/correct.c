#include "engine/core/correct.h"

#include <assert.h>
#include <string.h>

#include "engine/core/assignment.h"

static int64_t time_of(const struct assignment *assignment, enum assignment_state milestone)
{
    const int64_t times_ms[] = {[ASSIGNMENT_DELIVERED] = assignment->delivered_ms,
                                [ASSIGNMENT_ACKNOWLEDGED] = assignment->acknowledged_ms,
                                [ASSIGNMENT_EN_ROUTE] = assignment->en_route_ms,
                                [ASSIGNMENT_ON_SCENE] = assignment->on_scene_ms,
                                [ASSIGNMENT_CLEARED] = assignment->ended_ms};
    return times_ms[milestone];
}

/* Known milestones rise, and the end, whatever it was, comes last. */
static bool is_in_order(const struct assignment *assignment, enum assignment_state milestone,
                        int64_t corrected_ms)
{
    for (enum assignment_state other = ASSIGNMENT_DELIVERED; other <= ASSIGNMENT_CLEARED; other++) {
        const int64_t other_ms = time_of(assignment, other);
        if (other_ms != TIME_NEVER && ((other < milestone && other_ms > corrected_ms) ||
                                       (other > milestone && other_ms < corrected_ms))) {
            return false;
        }
    }
    return true;
}

/* It was reached, if perhaps not said, and not before the order nor after now, and what came
 * before it stays before it. */
static bool is_possible(const struct step *step, const struct assignment *assignment,
                        enum assignment_state milestone, int64_t corrected_ms)
{
    if (corrected_ms > step->at_ms) {
        return false;
    }
    if (assignment == NULL) {
        return true; /* only the history knows it */
    }
    return assignment->state >= milestone && corrected_ms >= assignment->sent_ms &&
           is_in_order(assignment, milestone, corrected_ms) &&
           (milestone != ASSIGNMENT_CLEARED || assignment->state == ASSIGNMENT_CLEARED);
}

void correct_milestone(struct step *step)
{
    const struct engine *engine = step->engine;
    const uint32_t assignment_id = step->command->correct.assignment_id;
    const enum assignment_state milestone = step->command->correct.milestone;
    const struct assignment *assignment = state_assignment(engine, assignment_id);
    assert(milestone >= ASSIGNMENT_DELIVERED);
    assert(milestone <= ASSIGNMENT_CLEARED);
    const uint32_t incident_id =
        assignment == NULL ? 0 : engine->incidents[assignment->incident].id;
    const uint32_t unit_id = assignment == NULL ? UNIT_NONE : assignment->unit_id;
    const struct step_about about = {
        .incident_id = incident_id, .assignment_id = assignment_id, .unit_id = unit_id};
    if (assignment_id == 0 || assignment_id > engine->last_assignment_id) {
        step_refuse(step, REASON_UNKNOWN_ASSIGNMENT, about);
        return;
    }
    if (!is_possible(step, assignment, milestone, step->command->correct.corrected_ms)) {
        step_refuse(step, REASON_WRONG_STATE, about);
        return;
    }
    step->result.assignment_id = assignment_id;
    step->result.incident_id = incident_id;
    struct event *event = step_event(step, EVENT_MILESTONE_CORRECTED);
    event->corrected.assignment_id = assignment_id;
    event->corrected.incident_id = incident_id;
    event->corrected.unit_id = unit_id;
    event->corrected.milestone = milestone;
    event->corrected.was_ms = assignment == NULL ? TIME_NEVER : time_of(assignment, milestone);
    event->corrected.corrected_ms = step->command->correct.corrected_ms;
    memcpy(event->corrected.note, step->command->correct.note, NOTE_SIZE);
    step_emit(step);
}
