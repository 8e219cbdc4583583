#include "engine/core/receipt.h"

#include <assert.h>

#include "engine/core/alarm.h"
#include "engine/core/assignment.h"
#include "engine/core/incident.h"

static enum ladder_step step_of(enum receipt receipt)
{
    static const enum ladder_step steps[] = {[RECEIPT_TAKEN] = LADDER_SECOND_TAKEN,
                                             [RECEIPT_DELIVERED] = LADDER_SECOND_DELIVERED,
                                             [RECEIPT_FAILED] = LADDER_SECOND_FAILED,
                                             [RECEIPT_ANSWERED] = LADDER_SECOND_ANSWERED};
    _Static_assert(sizeof steps / sizeof steps[0] == RECEIPT_COUNT, "each receipt is a step");
    assert(receipt < RECEIPT_COUNT);
    return steps[receipt];
}

static void refuse(struct step *step, enum reason reason, const struct assignment *assignment)
{
    const uint32_t incident_id =
        assignment == NULL ? 0 : step->engine->incidents[assignment->incident].id;
    step_refuse(step, reason,
                (struct step_about){.incident_id = incident_id,
                                    .assignment_id = step->command->receipt.assignment_id,
                                    .unit_id = UNIT_NONE});
}

static void emit_step(struct step *step, const struct assignment *assignment,
                      enum ladder_step ladder_step)
{
    struct event *event = step_event(step, EVENT_ASSIGNMENT_STEP);
    event->step.assignment_id = assignment->id;
    event->step.incident_id = step->engine->incidents[assignment->incident].id;
    event->step.unit_id = assignment->unit_id;
    event->step.tier = assignment->tier;
    event->step.step = ladder_step;
    event->step.version = assignment->version + 1;
    step_emit(step);
}

/* What follows for the order, where it knows less than this. */
static void take_over(struct step *step, const struct incident *incident,
                      const struct assignment *assignment, enum receipt receipt)
{
    const bool is_unheard = assignment->state < ASSIGNMENT_ACKNOWLEDGED;
    switch (receipt) {
    case RECEIPT_TAKEN:
        break;
    case RECEIPT_DELIVERED:
        if (assignment->state == ASSIGNMENT_SENT) {
            assignment_emit_update(step, assignment, ASSIGNMENT_DELIVERED, REASON_NONE);
        }
        break;
    case RECEIPT_FAILED:
        if (is_unheard) {
            alarm_raise(step, ALARM_ACK_LATE, incident, assignment, assignment->tier);
        }
        break;
    case RECEIPT_ANSWERED:
        if (is_unheard) {
            assignment_emit_update(step, assignment, ASSIGNMENT_ACKNOWLEDGED, REASON_NONE);
        }
        break;
    case RECEIPT_COUNT:
        assert(receipt != RECEIPT_COUNT);
    }
}

void receipt_record(struct step *step)
{
    const enum receipt receipt = step->command->receipt.receipt;
    const enum ladder_step ladder_step = step_of(receipt);
    const struct assignment *assignment =
        state_assignment(step->engine, step->command->receipt.assignment_id);
    if (assignment == NULL) {
        refuse(step, REASON_UNKNOWN_ASSIGNMENT, NULL);
        return;
    }
    const struct incident *incident = &step->engine->incidents[assignment->incident];
    step->result.incident_id = incident->id;
    step->result.assignment_id = assignment->id;
    if ((assignment->steps >> ladder_step & 1u) != 0) {
        return; /* said again */
    }
    const bool was_handed = (assignment->steps >> LADDER_SECOND & 1u) != 0;
    if (!was_handed || assignment_state_ended(assignment->state)) {
        refuse(step, REASON_WRONG_STATE, assignment);
        return;
    }
    emit_step(step, assignment, ladder_step);
    take_over(step, incident, assignment, receipt);
    incident_settle(step, incident);
}
