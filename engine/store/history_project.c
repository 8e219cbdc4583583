/* One event into the tables of history.db. */
#include <assert.h>
#include <string.h>

#include "engine/store/history_bind.h"

/* Whom an event is about. */
struct subject {
    uint32_t incident_id, assignment_id; /* 0: none */
    uint32_t unit_id;                    /* UNIT_NONE: none */
};

static struct subject subject_of(const struct event *event)
{
    struct subject subject = {.unit_id = UNIT_NONE};
    switch (event->kind) {
    case EVENT_UNIT_PUT:
        subject.unit_id = event->unit.unit_id;
        break;
    case EVENT_REPORT_RECEIVED:
        subject.incident_id = event->report.incident_id;
        break;
    case EVENT_INCIDENT_OPENED:
        subject.incident_id = event->opened.incident_id;
        break;
    case EVENT_DECISION_MADE:
        subject.incident_id = event->decision.incident_id;
        break;
    case EVENT_ASSIGNMENT_SENT:
        subject = (struct subject){event->sent.incident_id, event->sent.assignment_id,
                                   event->sent.unit_id};
        break;
    case EVENT_ASSIGNMENT_UPDATED:
        subject = (struct subject){event->updated.incident_id, event->updated.assignment_id,
                                   event->updated.unit_id};
        break;
    case EVENT_ASSIGNMENT_STEP:
        subject = (struct subject){event->step.incident_id, event->step.assignment_id,
                                   event->step.unit_id};
        break;
    case EVENT_INCIDENT_UPDATED:
        subject.incident_id = event->incident.incident_id;
        break;
    case EVENT_INCIDENT_STATE:
        subject.incident_id = event->state.incident_id;
        break;
    case EVENT_INCIDENT_NOTED:
        subject.incident_id = event->noted.incident_id;
        break;
    case EVENT_TIER_VERDICT:
        subject.incident_id = event->verdict.incident_id;
        subject.unit_id = event->verdict.unit_id;
        break;
    case EVENT_UNIT_DUTY:
        subject.unit_id = event->duty.unit_id;
        break;
    case EVENT_ALARM_RAISED:
    case EVENT_ALARM_ACKED:
    case EVENT_ALARM_CLEARED:
    case EVENT_ALARM_SHELVED:
    case EVENT_ALARM_RETURNED:
        subject = (struct subject){event->alarm.incident_id, event->alarm.assignment_id,
                                   event->alarm.unit_id};
        break;
    case EVENT_INCIDENT_ARCHIVED:
        subject.incident_id = event->archived.incident_id;
        break;
    case EVENT_COMMAND_REFUSED:
        subject = (struct subject){event->refused.incident_id, event->refused.assignment_id,
                                   event->refused.unit_id};
        break;
    case EVENT_UNIT_PANIC:
        subject = (struct subject){event->panic.incident_id, 0, event->panic.unit_id};
        break;
    case EVENT_PANIC_WIDENED:
    case EVENT_PANIC_CLOSED:
        subject = (struct subject){event->panic_end.incident_id, 0, event->panic_end.unit_id};
        break;
    case EVENT_ASSIGNMENT_PAR:
        subject =
            (struct subject){event->par.incident_id, event->par.assignment_id, event->par.unit_id};
        break;
    case EVENT_INCIDENT_WARNED:
        subject.incident_id = event->warned.incident_id;
        break;
    case EVENT_NOTICE_SENT:
        subject = (struct subject){event->notice.incident_id, event->notice.assignment_id,
                                   event->notice.unit_id};
        break;
    case EVENT_NOTICE_UPDATED:
        subject = (struct subject){event->noticed.incident_id, event->noticed.assignment_id,
                                   event->noticed.unit_id};
        break;
    case EVENT_NOTICE_STEP:
        subject = (struct subject){event->notice_step.incident_id, event->notice_step.assignment_id,
                                   event->notice_step.unit_id};
        break;
    case EVENT_INCIDENT_HELD:
        subject.incident_id = event->held.incident_id;
        break;
    case EVENT_INCIDENT_RELEASED:
        subject.incident_id = event->released.incident_id;
        break;
    case EVENT_INCIDENT_REOPENED:
        subject.incident_id = event->reopened.incident_id;
        break;
    case EVENT_INCIDENT_MERGED:
        subject.incident_id = event->merged.incident_id;
        break;
    case EVENT_INCIDENT_OWNED:
        subject.incident_id = event->owned.incident_id;
        break;
    case EVENT_REPORT_LINKED:
        subject.incident_id = event->linked.incident_id;
        break;
    case EVENT_REPORT_ANSWERED:
        subject.incident_id = event->answered.incident_id;
        break;
    case EVENT_MILESTONE_CORRECTED:
        subject = (struct subject){event->corrected.incident_id, event->corrected.assignment_id,
                                   event->corrected.unit_id};
        break;
    case EVENT_REFERRAL_SENT:
        subject.incident_id = event->referred.incident_id;
        break;
    case EVENT_REFERRAL_UPDATED:
        subject.incident_id = event->referral.incident_id;
        break;
    case EVENT_CHECKPOINT_VISITED:
        subject.unit_id = event->visited.unit_id;
        break;
    case EVENT_PHOTO_ADDED:
        subject = (struct subject){event->photo.incident_id, event->photo.assignment_id,
                                   event->photo.unit_id};
        break;
    case EVENT_CHECKPOINT_PUT:
    case EVENT_CHECKPOINT_OVERDUE:
    case EVENT_DISTRICT_PUT:
    case EVENT_CIRCLE_PUT:
    case EVENT_CENTRE_PUT:
    case EVENT_PLAN_PUT:
    case EVENT_AUDIT:
    case EVENT_DISTRICTS_CLEARED:
    case EVENT_AREA_PUT:
    case EVENT_AREAS_CLEARED:
    case EVENT_POLICY_PUT:
    case EVENT_KIND_COUNT:
        break;
    }
    return subject;
}

static int put_event(struct history *history, const struct event *event, const uint8_t *body,
                     uint32_t body_size)
{
    struct subject subject = {.unit_id = UNIT_NONE};
    if (body != NULL) {
        subject = subject_of(event);
    }
    struct binding to = history_bind_use(history, HISTORY_PUT_EVENT);
    history_bind_number(&to, (int64_t)event->seq);
    history_bind_number(&to, event->at_ms);
    history_bind_number(&to, (int64_t)event->kind);
    history_bind_id(&to, subject.incident_id, 0);
    history_bind_id(&to, subject.unit_id, UNIT_NONE);
    history_bind_id(&to, subject.assignment_id, 0);
    history_bind_text(&to, event->actor.id);
    history_bind_number(&to, (int64_t)event->actor.source);
    (void)sqlite3_bind_blob(to.statement, ++to.index, body, (int)body_size, SQLITE_STATIC);
    return history_bind_step(&to);
}

static int put_district(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_DISTRICT);
    history_bind_number(&to, event->district.index);
    history_bind_text(&to, event->district.code);
    history_bind_text(&to, event->district.name);
    return history_bind_step(&to);
}

static int put_area(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_AREA);
    history_bind_number(&to, event->area.index);
    history_bind_text(&to, event->area.code);
    history_bind_text(&to, event->area.name);
    history_bind_number(&to, (int64_t)event->area.kind);
    return history_bind_step(&to);
}

static int put_policy(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_POLICY);
    history_bind_number(&to, event->policy.version);
    history_bind_text(&to, event->policy.policy.name);
    history_bind_number(&to, (int64_t)event->policy.policy.clock_start);
    history_bind_number(&to, event->at_ms);
    return history_bind_step(&to);
}

static int put_circle(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_CIRCLE);
    history_bind_number(&to, event->circle.index);
    history_bind_text(&to, event->circle.circle.code);
    history_bind_text(&to, event->circle.circle.name);
    history_bind_number(&to, event->circle.circle.district);
    return history_bind_step(&to);
}

static int put_unit(struct history *history, const struct event *event)
{
    const struct unit_definition *unit = &event->unit.unit;
    struct binding to = history_bind_use(history, HISTORY_PUT_UNIT);
    history_bind_number(&to, event->unit.unit_id);
    history_bind_text(&to, unit->code);
    history_bind_text(&to, unit->name);
    history_bind_number(&to, (int64_t)unit->kind);
    history_bind_id(&to, unit->circle, CIRCLE_NONE);
    history_bind_number(&to, unit->district);
    return history_bind_step(&to);
}

static int put_report(struct history *history, const struct event *event)
{
    const struct report_create *report = &event->report.report;
    struct binding to = history_bind_use(history, HISTORY_PUT_REPORT);
    history_bind_number(&to, event->report.report_id);
    history_bind_number(&to, event->report.incident_id);
    history_bind_number(&to, event->report.merged);
    history_bind_number(&to, event->at_ms);
    history_bind_time(&to, event->report.received_ms);
    history_bind_time(&to, report->occurred_ms);
    history_bind_number(&to, (int64_t)report->channel);
    history_bind_number(&to, (int64_t)report->type);
    history_bind_number(&to, report->priority);
    history_bind_point(&to, report->at);
    history_bind_number(&to, event->report.district);
    history_bind_number(&to, report->drill);
    history_bind_text(&to, report->address);
    history_bind_text(&to, report->caller);
    history_bind_text(&to, report->phone);
    history_bind_text(&to, report->note);
    history_bind_text(&to, event->actor.id);
    const int code = history_bind_step(&to);
    if (code != SQLITE_OK) {
        return code;
    }
    to = history_bind_use(history, HISTORY_COUNT_REPORT);
    history_bind_number(&to, event->report.incident_id);
    history_bind_text(&to, report->caller);
    history_bind_text(&to, report->phone);
    history_bind_text(&to, report->note);
    return history_bind_step(&to);
}

static int put_tiers(struct history *history, const struct event *event)
{
    const struct incident_opened *opened = &event->opened;
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        if (!opened->tiers[i].asked) {
            continue; /* the plan wants nobody: there is nothing to answer for */
        }
        struct binding to = history_bind_use(history, HISTORY_PUT_TIER);
        history_bind_number(&to, (int64_t)history_tables_key(opened->incident_id, (enum tier)i));
        history_bind_number(&to, opened->incident_id);
        history_bind_number(&to, i);
        history_bind_number(&to, TIER_OPEN);
        history_bind_number(&to, opened->tiers[i].units);
        history_bind_number(&to, opened->tiers[i].reach_ms);
        history_bind_number(&to, opened->tiers[i].target_ms);
        history_bind_time(&to, opened->clock_ms);
        const int code = history_bind_step(&to);
        if (code != SQLITE_OK) {
            return code;
        }
    }
    return SQLITE_OK;
}

static int put_incident(struct history *history, const struct event *event)
{
    const struct incident_opened *opened = &event->opened;
    struct binding to = history_bind_use(history, HISTORY_PUT_INCIDENT);
    history_bind_number(&to, opened->incident_id);
    history_bind_number(&to, (int64_t)opened->type);
    history_bind_number(&to, opened->priority);
    history_bind_number(&to, INCIDENT_PENDING);
    history_bind_point(&to, opened->at);
    history_bind_text(&to, opened->address);
    history_bind_number(&to, opened->district);
    history_bind_id(&to, opened->circle, CIRCLE_NONE);
    history_bind_number(&to, opened->drill);
    history_bind_number(&to, (int64_t)opened->mode);
    history_bind_text(&to, opened->policy);
    history_bind_number(&to, opened->policy_version);
    history_bind_time(&to, opened->received_ms);
    history_bind_number(&to, event->at_ms);
    history_bind_time(&to, opened->clock_ms);
    history_bind_text(&to, event->actor.id);
    history_bind_number(&to, opened->similar_id);
    history_bind_id(&to, opened->areas[AREA_BEAT], AREA_NONE);
    history_bind_id(&to, opened->areas[AREA_GRID], AREA_NONE);
    const int code = history_bind_step(&to);
    return code == SQLITE_OK ? put_tiers(history, event) : code;
}

static int put_sent(struct history *history, const struct event *event)
{
    const struct assignment_sent *sent = &event->sent;
    struct binding to = history_bind_use(history, HISTORY_PUT_ASSIGNMENT);
    history_bind_number(&to, sent->assignment_id);
    history_bind_number(&to, sent->incident_id);
    history_bind_number(&to, sent->unit_id);
    history_bind_number(&to, (int64_t)sent->tier);
    history_bind_number(&to, ASSIGNMENT_SENT);
    history_bind_number(&to, sent->additional);
    history_bind_number(&to, sent->automatic);
    history_bind_number(&to, sent->estimated);
    history_bind_number(&to, sent->rank);
    history_bind_number(&to, sent->travel_ms);
    history_bind_number(&to, sent->distance_m);
    history_bind_number(&to, sent->fix_age_ms);
    history_bind_number(&to, sent->generation);
    history_bind_number(&to, sent->version);
    history_bind_point(&to, sent->from);
    history_bind_number(&to, event->at_ms);
    history_bind_number(&to, (int64_t)event->actor.source);
    history_bind_number(&to, sent->wave);
    const bool is_order = sent->wave == 0;
    int code = history_bind_step(&to);
    if (code == SQLITE_OK) {
        to = history_bind_use(history, HISTORY_INCIDENT_SENT);
        history_bind_number(&to, sent->incident_id);
        history_bind_time(&to, is_order ? event->at_ms : TIME_NEVER);
        history_bind_number(&to, sent->generation);
        code = history_bind_step(&to);
    }
    if (code == SQLITE_OK && is_order) {
        to = history_bind_use(history, HISTORY_TIER_SENT);
        history_bind_number(&to, (int64_t)history_tables_key(sent->incident_id, sent->tier));
        history_bind_number(&to, sent->assignment_id);
        history_bind_number(&to, sent->incident_id);
        code = history_bind_step(&to);
    }
    return code;
}

static enum history_statement milestone_of(enum assignment_state state)
{
    switch (state) {
    case ASSIGNMENT_DELIVERED:
        return HISTORY_PUT_DELIVERED;
    case ASSIGNMENT_ACKNOWLEDGED:
        return HISTORY_PUT_ACKNOWLEDGED;
    case ASSIGNMENT_EN_ROUTE:
        return HISTORY_PUT_EN_ROUTE;
    case ASSIGNMENT_ON_SCENE:
        return HISTORY_PUT_ON_SCENE;
    case ASSIGNMENT_CLEARED:
    case ASSIGNMENT_DECLINED:
    case ASSIGNMENT_RECALLED:
    case ASSIGNMENT_CANCELLED:
    case ASSIGNMENT_PREEMPTED:
        return HISTORY_PUT_ENDED;
    case ASSIGNMENT_SENT:
    case ASSIGNMENT_STATE_COUNT:
        break;
    }
    return HISTORY_STATEMENT_COUNT;
}

static int put_on_scene(struct history *history, const struct event *event)
{
    const struct assignment_updated *updated = &event->updated;
    struct binding to = history_bind_use(history, HISTORY_INCIDENT_ON_SCENE);
    history_bind_number(&to, updated->incident_id);
    history_bind_number(&to, event->at_ms);
    const int code = history_bind_step(&to);
    if (code != SQLITE_OK) {
        return code;
    }
    to = history_bind_use(history, HISTORY_TIER_ON_SCENE);
    history_bind_number(&to, (int64_t)history_tables_key(updated->incident_id, updated->tier));
    history_bind_number(&to, event->at_ms);
    history_bind_number(&to, updated->assignment_id);
    return history_bind_step(&to);
}

static int put_updated(struct history *history, const struct event *event)
{
    const struct assignment_updated *updated = &event->updated;
    struct binding to = history_bind_use(history, HISTORY_UPDATE_ASSIGNMENT);
    history_bind_number(&to, updated->assignment_id);
    history_bind_number(&to, (int64_t)updated->state);
    history_bind_number(&to, updated->late);
    history_bind_number(&to, updated->skipped);
    history_bind_number(&to, (int64_t)updated->reason);
    history_bind_text(&to, updated->note);
    history_bind_number(&to, updated->version);
    int code = history_bind_step(&to);
    const enum history_statement milestone = milestone_of(updated->state);
    if (code == SQLITE_OK && milestone != HISTORY_STATEMENT_COUNT) {
        to = history_bind_use(history, milestone);
        history_bind_number(&to, updated->assignment_id);
        history_bind_number(&to, event->at_ms);
        history_bind_number(&to, (int64_t)updated->source);
        history_bind_time(&to, updated->device_ms);
        code = history_bind_step(&to);
    }
    if (code == SQLITE_OK && updated->state == ASSIGNMENT_ON_SCENE) {
        code = put_on_scene(history, event);
    }
    if (code == SQLITE_OK &&
        (updated->state == ASSIGNMENT_RECALLED || updated->state == ASSIGNMENT_PREEMPTED)) {
        to = history_bind_use(history, HISTORY_INCIDENT_RECALLED);
        history_bind_number(&to, updated->incident_id);
        code = history_bind_step(&to);
    }
    return code == SQLITE_OK ? history_project_life_taken(history, event) : code;
}

static int put_step(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_STEP);
    history_bind_number(&to, event->step.assignment_id);
    history_bind_number(&to, event->step.version);
    history_bind_number(&to, event->step.step == LADDER_RESENT);
    return history_bind_step(&to);
}

static int put_change(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_UPDATE_INCIDENT);
    history_bind_number(&to, event->incident.incident_id);
    history_bind_number(&to, event->incident.generation);
    history_bind_number(&to, (int64_t)event->incident.type);
    history_bind_number(&to, event->incident.priority);
    history_bind_point(&to, event->incident.at);
    history_bind_text(&to, event->incident.address);
    history_bind_number(&to, event->incident.district);
    history_bind_id(&to, event->incident.circle, CIRCLE_NONE);
    history_bind_id(&to, event->incident.areas[AREA_BEAT], AREA_NONE);
    history_bind_id(&to, event->incident.areas[AREA_GRID], AREA_NONE);
    return history_bind_step(&to);
}

static int put_state(struct history *history, const struct event *event)
{
    const bool has_ended =
        event->state.state == INCIDENT_CLOSED || event->state.state == INCIDENT_CANCELLED;
    struct binding to = history_bind_use(history, HISTORY_PUT_STATE);
    history_bind_number(&to, event->state.incident_id);
    history_bind_number(&to, (int64_t)event->state.state);
    history_bind_number(&to, has_ended);
    history_bind_number(&to, event->at_ms);
    history_bind_number(&to, (int64_t)event->state.reason);
    history_bind_text(&to, event->state.note);
    return history_bind_step(&to);
}

static int put_verdict(struct history *history, const struct event *event)
{
    const uint64_t key = history_tables_key(event->verdict.incident_id, event->verdict.tier);
    if (event->verdict.verdict == TIER_NOT_ASKED) {
        return SQLITE_OK;
    }
    struct binding to = history_bind_use(history, HISTORY_PUT_VERDICT);
    history_bind_number(&to, (int64_t)key);
    history_bind_number(&to, event->verdict.incident_id);
    history_bind_number(&to, (int64_t)event->verdict.tier);
    history_bind_number(&to, (int64_t)event->verdict.verdict);
    history_bind_number(&to, event->verdict.target_ms);
    history_bind_time(&to, event->verdict.clock_ms);
    history_bind_number(&to, event->verdict.elapsed_ms);
    history_bind_id(&to, event->verdict.unit_id, UNIT_NONE);
    history_bind_number(&to, event->at_ms);
    const int code = history_bind_step(&to);
    if (code != SQLITE_OK || event->verdict.unit_id == UNIT_NONE) {
        return code;
    }
    to = history_bind_use(history, HISTORY_TIER_MET);
    history_bind_number(&to, (int64_t)key);
    history_bind_number(&to, event->verdict.incident_id);
    history_bind_number(&to, event->verdict.unit_id);
    history_bind_number(&to, (int64_t)event->verdict.tier);
    return history_bind_step(&to);
}

static int put_generation(struct history *history, uint32_t incident_id, uint32_t generation)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_GENERATION);
    history_bind_number(&to, incident_id);
    history_bind_number(&to, generation);
    return history_bind_step(&to);
}

static int put_archived(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_ARCHIVED);
    history_bind_number(&to, event->archived.incident_id);
    history_bind_number(&to, event->at_ms);
    return history_bind_step(&to);
}

static int put_tables(struct history *history, const struct event *event)
{
    switch (event->kind) {
    case EVENT_DISTRICT_PUT:
        return put_district(history, event);
    case EVENT_DISTRICTS_CLEARED:
        return store_db_step(history->statements[HISTORY_CLEAR_DISTRICTS]);
    case EVENT_AREA_PUT:
        return put_area(history, event);
    case EVENT_AREAS_CLEARED:
        return store_db_step(history->statements[HISTORY_CLEAR_AREAS]);
    case EVENT_CIRCLE_PUT:
        return put_circle(history, event);
    case EVENT_POLICY_PUT:
        return put_policy(history, event);
    case EVENT_UNIT_PUT:
        return put_unit(history, event);
    case EVENT_CHECKPOINT_PUT:
    case EVENT_CHECKPOINT_VISITED:
    case EVENT_CHECKPOINT_OVERDUE:
        return history_project_patrol(history, event);
    case EVENT_REPORT_RECEIVED:
        return put_report(history, event);
    case EVENT_INCIDENT_OPENED:
        return put_incident(history, event);
    case EVENT_ASSIGNMENT_SENT:
        return put_sent(history, event);
    case EVENT_ASSIGNMENT_UPDATED:
        return put_updated(history, event);
    case EVENT_ASSIGNMENT_STEP:
        return put_step(history, event);
    case EVENT_INCIDENT_UPDATED:
        return put_change(history, event);
    case EVENT_INCIDENT_STATE:
        return put_state(history, event);
    case EVENT_INCIDENT_HELD:
    case EVENT_INCIDENT_RELEASED:
    case EVENT_INCIDENT_REOPENED:
    case EVENT_INCIDENT_MERGED:
    case EVENT_INCIDENT_OWNED:
    case EVENT_REPORT_LINKED:
    case EVENT_REPORT_ANSWERED:
    case EVENT_MILESTONE_CORRECTED:
        return history_project_life(history, event);
    case EVENT_TIER_VERDICT:
        return put_verdict(history, event);
    case EVENT_INCIDENT_ARCHIVED:
        return put_archived(history, event);
    case EVENT_REFERRAL_SENT:
        return put_generation(history, event->referred.incident_id, event->referred.generation);
    case EVENT_REFERRAL_UPDATED:
        return put_generation(history, event->referral.incident_id, event->referral.generation);
    case EVENT_DECISION_MADE:
    case EVENT_INCIDENT_NOTED:
    case EVENT_INCIDENT_WARNED:
    case EVENT_NOTICE_SENT:
    case EVENT_NOTICE_UPDATED:
    case EVENT_NOTICE_STEP:
    case EVENT_UNIT_PANIC:
    case EVENT_PANIC_WIDENED:
    case EVENT_PANIC_CLOSED:
    case EVENT_ASSIGNMENT_PAR:
    case EVENT_UNIT_DUTY:
    case EVENT_ALARM_RAISED:
    case EVENT_ALARM_ACKED:
    case EVENT_ALARM_CLEARED:
    case EVENT_ALARM_SHELVED:
    case EVENT_ALARM_RETURNED:
    case EVENT_COMMAND_REFUSED:
    case EVENT_AUDIT:
    case EVENT_CENTRE_PUT:
    case EVENT_PLAN_PUT:
    case EVENT_PHOTO_ADDED:
    case EVENT_KIND_COUNT:
        break; /* in the timeline only */
    }
    return SQLITE_OK;
}

int history_project_event(struct history *history, const struct event *event, const uint8_t *body,
                          uint32_t body_size)
{
    int code = put_event(history, event, body, body_size);
    if (code == SQLITE_OK && body != NULL) {
        code = put_tables(history, event);
    }
    const uint32_t incident_id = body == NULL ? 0 : subject_of(event).incident_id;
    return code == SQLITE_OK && incident_id != 0 ? history_answers_touch(history, incident_id)
                                                 : code;
}
