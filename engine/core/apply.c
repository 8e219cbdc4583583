#include "engine/core/apply.h"

#include "engine/core/photo.h"

static enum status apply_kind(struct engine *engine, const struct event *event)
{
    switch (event->kind) {
    case EVENT_DISTRICT_PUT:
        return apply_roster_district(engine, event);
    case EVENT_AREAS_CLEARED:
        return apply_roster_areas_cleared(engine);
    case EVENT_AREA_PUT:
        return apply_roster_area(engine, event);
    case EVENT_CIRCLE_PUT:
        return apply_roster_circle(engine, event);
    case EVENT_UNIT_PUT:
        return apply_roster_unit(engine, event);
    case EVENT_REFERRAL_SENT:
        return apply_referral_sent(engine, event);
    case EVENT_REFERRAL_UPDATED:
        return apply_referral_updated(engine, event);
    case EVENT_PLAN_PUT:
        return apply_plan_put(engine, event);
    case EVENT_CENTRE_PUT:
        return apply_roster_centre(engine, event);
    case EVENT_CHECKPOINT_PUT:
        return apply_patrol_put(engine, event);
    case EVENT_CHECKPOINT_VISITED:
        return apply_patrol_visited(engine, event);
    case EVENT_CHECKPOINT_OVERDUE:
        return apply_patrol_overdue(engine, event);
    case EVENT_REPORT_RECEIVED:
        return apply_report_received(engine, event);
    case EVENT_REPORT_LINKED:
        return apply_report_linked(engine, event);
    case EVENT_REPORT_ANSWERED:
        return apply_report_answered(engine, event);
    case EVENT_INCIDENT_HELD:
        return apply_life_held(engine, event);
    case EVENT_INCIDENT_RELEASED:
        return apply_life_released(engine, event);
    case EVENT_INCIDENT_REOPENED:
        return apply_life_reopened(engine, event);
    case EVENT_INCIDENT_MERGED:
        return apply_report_merged(engine, event);
    case EVENT_INCIDENT_OWNED:
        return apply_life_owned(engine, event);
    case EVENT_MILESTONE_CORRECTED:
        return apply_assignment_corrected(engine, event);
    case EVENT_INCIDENT_OPENED:
        return apply_incident_opened(engine, event);
    case EVENT_DECISION_MADE:
        return apply_incident_decision(engine, event);
    case EVENT_ASSIGNMENT_SENT:
        return apply_assignment_sent(engine, event);
    case EVENT_ASSIGNMENT_UPDATED:
        return apply_assignment_updated(engine, event);
    case EVENT_ASSIGNMENT_STEP:
        return apply_assignment_step(engine, event);
    case EVENT_INCIDENT_UPDATED:
        return apply_incident_updated(engine, event);
    case EVENT_INCIDENT_STATE:
        return apply_incident_state(engine, event);
    case EVENT_INCIDENT_NOTED: /* lives in the journal and the history */
        return state_incident(engine, event->noted.incident_id) == NULL ? STATUS_CORRUPT
                                                                        : STATUS_OK;
    case EVENT_PHOTO_ADDED: /* as a note does, but it may come when the incident has left */
        return photo_incident_was(engine, event->photo.incident_id) ? STATUS_OK : STATUS_CORRUPT;
    case EVENT_TIER_VERDICT:
        return apply_incident_verdict(engine, event);
    case EVENT_UNIT_DUTY:
        return apply_roster_duty(engine, event);
    case EVENT_ALARM_RAISED:
        return apply_alarm_raised(engine, event);
    case EVENT_ALARM_ACKED:
        return apply_alarm_acked(engine, event);
    case EVENT_ALARM_CLEARED:
        return apply_alarm_cleared(engine, event);
    case EVENT_ALARM_SHELVED:
        return apply_alarm_shelved(engine, event);
    case EVENT_ALARM_RETURNED:
        return apply_alarm_returned(engine, event);
    case EVENT_INCIDENT_ARCHIVED:
        return apply_incident_archived(engine, event);
    case EVENT_DISTRICTS_CLEARED:
        return apply_roster_districts_cleared(engine);
    case EVENT_INCIDENT_WARNED:
        return apply_notice_warned(engine, event);
    case EVENT_NOTICE_SENT:
        return apply_notice_sent(engine, event);
    case EVENT_NOTICE_UPDATED:
        return apply_notice_updated(engine, event);
    case EVENT_NOTICE_STEP:
        return apply_notice_step(engine, event);
    case EVENT_UNIT_PANIC:
        return apply_panic_raised(engine, event);
    case EVENT_PANIC_WIDENED:
        return apply_panic_widened(engine, event);
    case EVENT_PANIC_CLOSED:
        return apply_panic_closed(engine, event);
    case EVENT_ASSIGNMENT_PAR:
        return apply_assignment_par(engine, event);
    case EVENT_POLICY_PUT:
        return apply_policy_put(engine, event);
    case EVENT_COMMAND_REFUSED: /* facts for the record, nothing changes */
    case EVENT_AUDIT:
        return STATUS_OK;
    case EVENT_KIND_COUNT:
        break;
    }
    return STATUS_CORRUPT;
}

enum status apply_event(struct engine *engine, const struct event *event)
{
    if (event->seq != engine->seq + 1 || event->at_ms == TIME_NEVER ||
        event->at_ms < engine->last_ms) {
        return STATUS_CORRUPT;
    }
    const enum status status = apply_kind(engine, event);
    if (status == STATUS_OK) {
        engine->seq = event->seq;
        engine->last_ms = event->at_ms;
    }
    return status;
}
