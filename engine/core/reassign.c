#include "engine/core/reassign.h"

#include <assert.h>

#include "engine/core/alarm.h"
#include "engine/core/assign.h"
#include "engine/core/assignment.h"
#include "engine/core/incident.h"
#include "engine/core/life.h"
#include "engine/core/order.h"

void reassign_move(struct step *step, const struct assignment *assignment,
                   const struct incident *to, enum tier tier, enum assignment_state how,
                   uint32_t generation)
{
    assert(how == ASSIGNMENT_RECALLED || how == ASSIGNMENT_PREEMPTED);
    const uint32_t unit_id = assignment->unit_id;
    assignment_emit_taken(step, assignment, how,
                          how == ASSIGNMENT_PREEMPTED ? REASON_PREEMPTED : REASON_REASSIGNED,
                          to->id);
    order_send(step, to, unit_id, tier, generation);
}

void reassign_serve_victim(struct step *step, const struct incident *victim)
{
    if (incident_state_ended(victim->state)) {
        return;
    }
    incident_settle(step, victim);
    if (victim->mode == DISPATCH_AUTO) {
        (void)assign_retry(step, victim);
    } else {
        assign_recommend(step, victim);
    }
    incident_settle(step, victim);
}

static enum reason check(const struct step *step, const struct assignment *assignment,
                         const struct incident *to)
{
    if (assignment == NULL) {
        return REASON_UNKNOWN_ASSIGNMENT;
    }
    if (to == NULL) {
        return REASON_UNKNOWN_INCIDENT;
    }
    /* Who is on scene is cleared there first, as with a recall. */
    if (assignment->state >= ASSIGNMENT_ON_SCENE || incident_state_ended(to->state) ||
        to == &step->engine->incidents[assignment->incident]) {
        return REASON_WRONG_STATE;
    }
    if (step->command->reassign.generation != to->generation) {
        return REASON_STALE_GENERATION;
    }
    return step->engine->assignment_ids.count == step->engine->assignment_ids.max ? REASON_CAPACITY
                                                                                  : REASON_NONE;
}

void reassign_command(struct step *step)
{
    const struct engine *engine = step->engine;
    const struct assignment *assignment =
        state_assignment(engine, step->command->reassign.assignment_id);
    const struct incident *to = state_incident(engine, step->command->reassign.incident_id);
    const enum reason refusal = check(step, assignment, to);
    if (refusal != REASON_NONE) {
        const bool is_stale = refusal == REASON_STALE_GENERATION;
        step_refuse(
            step, refusal,
            (struct step_about){.incident_id = step->command->reassign.incident_id,
                                .assignment_id = step->command->reassign.assignment_id,
                                .unit_id = assignment == NULL ? UNIT_NONE : assignment->unit_id,
                                .generation = to == NULL ? 0 : to->generation,
                                .by = is_stale ? to->changed_by : NULL,
                                .by_ms = is_stale ? to->changed_ms : 0});
        return;
    }
    const struct incident *from = &engine->incidents[assignment->incident];
    const enum tier tier = step->command->reassign.tier == TIER_COUNT
                               ? assignment->tier
                               : step->command->reassign.tier;
    life_end_hold(step, to, "");
    step->result.incident_id = to->id;
    step->result.assignment_id = engine->last_assignment_id + 1;
    reassign_move(step, assignment, to, tier, ASSIGNMENT_RECALLED, to->generation + 1);
    incident_settle(step, to);
    incident_settle(step, from);
}
