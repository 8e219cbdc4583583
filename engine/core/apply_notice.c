#include <string.h>

#include "engine/core/apply.h"
#include "engine/core/deadline.h"
#include "engine/core/incident.h"
#include "engine/core/notice.h"

enum status apply_notice_warned(struct engine *engine, const struct event *event)
{
    struct incident *incident = state_incident(engine, event->warned.incident_id);
    if (incident == NULL || incident_state_ended(incident->state)) {
        return STATUS_CORRUPT;
    }
    memcpy(incident->warning, event->warned.text, NOTE_SIZE);
    incident->warning_level = event->warned.level;
    incident->warned_ms = event->at_ms;
    return STATUS_OK;
}

/* NULL: the event does not fit the state. */
static struct assignment *find(const struct engine *engine, uint32_t assignment_id,
                               uint32_t incident_id, uint32_t unit_id)
{
    struct assignment *assignment = state_assignment(engine, assignment_id);
    const bool fits = assignment != NULL && assignment->unit_id == unit_id &&
                      engine->incidents[assignment->incident].id == incident_id;
    return fits ? assignment : NULL;
}

static void refresh(const struct engine *engine, const struct assignment *assignment)
{
    deadline_refresh_assignment(engine, (uint32_t)(assignment - engine->assignments));
}

enum status apply_notice_sent(struct engine *engine, const struct event *event)
{
    struct assignment *assignment =
        find(engine, event->notice.assignment_id, event->notice.incident_id, event->notice.unit_id);
    if (assignment == NULL || event->notice.number != assignment->notice.number + 1 ||
        event->notice.kinds == 0 || event->notice.kinds >> NOTICE_KIND_COUNT != 0) {
        return STATUS_CORRUPT;
    }
    assignment->notice = (struct notice){.number = event->notice.number,
                                         .kinds = event->notice.kinds,
                                         .state = NOTICE_SENT,
                                         .sent_ms = event->at_ms,
                                         .delivered_ms = TIME_NEVER,
                                         .acknowledged_ms = TIME_NEVER};
    refresh(engine, assignment);
    return STATUS_OK;
}

enum status apply_notice_updated(struct engine *engine, const struct event *event)
{
    struct assignment *assignment = find(engine, event->noticed.assignment_id,
                                         event->noticed.incident_id, event->noticed.unit_id);
    if (assignment == NULL || event->noticed.number != assignment->notice.number ||
        !notice_is_open(&assignment->notice) || event->noticed.state <= assignment->notice.state) {
        return STATUS_CORRUPT;
    }
    assignment->notice.state = event->noticed.state;
    if (event->noticed.state == NOTICE_DELIVERED) {
        assignment->notice.delivered_ms = event->at_ms;
    } else {
        assignment->notice.acknowledged_ms = event->at_ms;
    }
    refresh(engine, assignment);
    return STATUS_OK;
}

enum status apply_notice_step(struct engine *engine, const struct event *event)
{
    struct assignment *assignment =
        find(engine, event->notice_step.assignment_id, event->notice_step.incident_id,
             event->notice_step.unit_id);
    if (assignment == NULL || event->notice_step.number != assignment->notice.number ||
        !notice_is_open(&assignment->notice) ||
        (assignment->notice.steps >> event->notice_step.step & 1u) != 0) {
        return STATUS_CORRUPT;
    }
    assignment->notice.steps |= 1u << event->notice_step.step;
    assignment->notice.resent_count += event->notice_step.step == LADDER_RESENT ? 1 : 0;
    refresh(engine, assignment);
    return STATUS_OK;
}
