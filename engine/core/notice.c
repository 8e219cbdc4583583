#include "engine/core/notice.h"

#include <assert.h>
#include <string.h>

#include "engine/core/assignment.h"
#include "engine/core/incident.h"

#define NOTICE_BYTES 64u /* of one notice.sent; its body has 21 */

bool notice_is_open(const struct notice *notice)
{
    return notice->state == NOTICE_SENT || notice->state == NOTICE_DELIVERED;
}

void notice_send(struct step *step, const struct assignment *assignment, enum notice_kind kind)
{
    assert(kind < NOTICE_KIND_COUNT);
    const struct notice *notice = &assignment->notice;
    struct event *event = step_event(step, EVENT_NOTICE_SENT);
    event->notice.assignment_id = assignment->id;
    event->notice.incident_id = step->engine->incidents[assignment->incident].id;
    event->notice.unit_id = assignment->unit_id;
    event->notice.tier = assignment->tier;
    event->notice.number = notice->number + 1;
    event->notice.kinds = (notice_is_open(notice) ? notice->kinds : 0) | 1u << kind;
    step_emit(step);
}

void notice_send_all(struct step *step, const struct incident *incident, enum notice_kind kind)
{
    const struct assignment *assignment =
        state_assignment_at(step->engine, incident->assignment_first);
    while (assignment != NULL) {
        const bool hears = !assignment_state_ended(assignment->state) &&
                           !state_is_invited(assignment); /* it knows next to nothing yet */
        if (hears) {
            notice_send(step, assignment, kind);
        }
        assignment = state_assignment_at(step->engine, assignment->next);
    }
}

bool notice_has_room(struct step *step, const struct incident *incident)
{
    const uint32_t active = state_tally_all(step->engine, incident).active;
    if (step_has_room(step, STEP_ROOM_RECORDS + active,
                      STEP_ROOM_BYTES + active * (size_t)NOTICE_BYTES)) {
        return true;
    }
    step_refuse(step, REASON_CAPACITY,
                (struct step_about){.incident_id = incident->id, .unit_id = UNIT_NONE});
    return false;
}

void notice_warn(struct step *step)
{
    const struct incident *incident = incident_find_open(step, step->command->warn.incident_id);
    if (incident == NULL || !notice_has_room(step, incident)) {
        return;
    }
    struct event *event = step_event(step, EVENT_INCIDENT_WARNED);
    event->warned.incident_id = incident->id;
    event->warned.level = step->command->warn.level;
    memcpy(event->warned.text, step->command->warn.text, NOTE_SIZE);
    step_emit(step);
    notice_send_all(step, incident, NOTICE_DANGER);
    incident_settle(step, incident);
}

/* REASON_NONE, or why not. */
static enum reason check(const struct step *step, const struct assignment *assignment)
{
    const uint32_t unit_id = step->command->notice.unit_id;
    if (assignment == NULL) {
        return REASON_UNKNOWN_ASSIGNMENT;
    }
    if (unit_id != UNIT_NONE && unit_id != assignment->unit_id) {
        return REASON_NOT_YOURS;
    }
    const struct notice *notice = &assignment->notice;
    /* Who acknowledges an older one has not seen what came since. */
    const bool is_this =
        notice->state != NOTICE_NONE && step->command->notice.number == notice->number;
    return is_this ? REASON_NONE : REASON_WRONG_STATE;
}

void notice_update(struct step *step)
{
    const uint32_t assignment_id = step->command->notice.assignment_id;
    const struct assignment *assignment = state_assignment(step->engine, assignment_id);
    const enum reason refusal = check(step, assignment);
    const struct incident *incident =
        assignment == NULL ? NULL : &step->engine->incidents[assignment->incident];
    if (refusal != REASON_NONE) {
        step_refuse(step, refusal,
                    (struct step_about){.incident_id = incident == NULL ? 0 : incident->id,
                                        .assignment_id = assignment_id,
                                        .unit_id = step->command->notice.unit_id});
        return;
    }
    assert(step->command->notice.state >= NOTICE_DELIVERED);
    step->result.incident_id = incident->id;
    step->result.assignment_id = assignment_id;
    if (step->command->notice.state <= assignment->notice.state) {
        return; /* said again, or a receipt that comes after the fact */
    }
    const bool on_behalf =
        step->command->notice.unit_id == UNIT_NONE && step->actor->source == SOURCE_UNIT;
    struct event *event = step_event(step, EVENT_NOTICE_UPDATED);
    event->noticed.assignment_id = assignment_id;
    event->noticed.incident_id = incident->id;
    event->noticed.unit_id = assignment->unit_id;
    event->noticed.number = assignment->notice.number;
    event->noticed.state = step->command->notice.state;
    event->noticed.source = on_behalf ? SOURCE_DISPATCHER : step->actor->source;
    event->noticed.device_ms = step->command->notice.device_ms;
    step_emit(step);
    incident_settle(step, incident);
}
