#include "engine/core/alarm.h"

#include <assert.h>
#include <string.h>

#include "engine/core/assignment.h"
#include "engine/core/incident.h"
#include "engine/core/notice.h"
#include "engine/core/referral.h"

static bool is_raised(const struct engine *engine, enum alarm_kind kind,
                      const struct incident *incident, uint32_t assignment, enum tier tier)
{
    const struct alarm *alarm = state_alarm_at(engine, incident->alarm_first);
    while (alarm != NULL) {
        if (alarm->kind == kind && alarm->assignment == assignment && alarm->tier == tier) {
            return true;
        }
        alarm = state_alarm_at(engine, alarm->next);
    }
    return false;
}

/* A call for help is its unit's. */
static uint32_t incident_caller(enum alarm_kind kind, const struct incident *incident)
{
    return kind == ALARM_PANIC ? incident->panic_unit : UNIT_NONE;
}

/* The next alarm, about nothing yet. */
static struct event *new_alarm(struct step *step, enum alarm_kind kind, enum tier tier,
                               uint8_t district)
{
    struct event *event = step_event(step, EVENT_ALARM_RAISED);
    event->alarm.alarm_id = step->engine->last_alarm_id + 1;
    event->alarm.kind = kind;
    event->alarm.incident_id = 0;
    event->alarm.assignment_id = 0;
    event->alarm.unit_id = UNIT_NONE;
    event->alarm.tier = tier;
    event->alarm.circle = CIRCLE_NONE;
    event->alarm.checkpoint = CHECKPOINT_NONE;
    event->alarm.district = district;
    return event;
}

void alarm_raise(struct step *step, enum alarm_kind kind, const struct incident *incident,
                 const struct assignment *assignment, enum tier tier)
{
    const struct engine *engine = step->engine;
    const uint32_t slot =
        assignment == NULL ? SLOT_NONE : (uint32_t)(assignment - engine->assignments);
    if (is_raised(engine, kind, incident, slot, tier)) {
        return;
    }
    if (kind != ALARM_PANIC && engine->alarm_ids.count >= engine->config.limits.alarms_max) {
        const struct step_result result = step->result;
        step_refuse(step, REASON_CAPACITY,
                    (struct step_about){.incident_id = incident->id, .unit_id = UNIT_NONE});
        step->result = result; /* the command itself was done */
        return;
    }
    struct event *event = new_alarm(step, kind, tier, DISTRICT_NONE);
    event->alarm.incident_id = incident->id;
    event->alarm.assignment_id = assignment == NULL ? 0 : assignment->id;
    event->alarm.unit_id =
        assignment == NULL ? incident_caller(kind, incident) : assignment->unit_id;
    step_emit(step);
}

void alarm_raise_gap(struct step *step, uint32_t circle, enum tier tier)
{
    const struct engine *engine = step->engine;
    assert(circle < engine->circle_count);
    assert(engine->gap_alarms[circle * TIER_COUNT + (uint32_t)tier] == SLOT_NONE);
    struct event *event =
        new_alarm(step, ALARM_COVERAGE_GAP, tier, engine->circles[circle].district);
    event->alarm.circle = circle;
    step_emit(step);
}

void alarm_raise_overdue(struct step *step, uint32_t checkpoint)
{
    const struct engine *engine = step->engine;
    assert(checkpoint < engine->checkpoint_count);
    assert(engine->overdue_alarms[checkpoint] == SLOT_NONE);
    struct event *event = new_alarm(step, ALARM_CHECKPOINT_OVERDUE, TIER_1,
                                    engine->checkpoints[checkpoint].definition.district);
    event->alarm.checkpoint = checkpoint;
    step_emit(step);
}

static bool was_sent_since(const struct engine *engine, const struct incident *incident,
                           int64_t since_ms)
{
    const struct assignment *assignment = state_assignment_at(engine, incident->assignment_first);
    while (assignment != NULL) {
        if (assignment->sent_ms > since_ms) {
            return true;
        }
        assignment = state_assignment_at(engine, assignment->next);
    }
    return false;
}

/* A centre owes an answer since before the alarm. */
static bool is_awaited(const struct engine *engine, const struct incident *incident,
                       const struct alarm *alarm)
{
    const struct referral *referral = state_referral_at(engine, incident->referral_first);
    while (referral != NULL) {
        const int64_t by_ms = referral_awaited_by_ms(referral, alarm->kind);
        if (by_ms != TIME_NEVER && by_ms <= alarm->raised_ms) {
            return true;
        }
        referral = state_referral_at(engine, referral->next);
    }
    return false;
}

static bool has_cause(const struct engine *engine, const struct alarm *alarm)
{
    const struct incident *incident = &engine->incidents[alarm->incident];
    const struct assignment *assignment = state_assignment_at(engine, alarm->assignment);
    const struct tally tally = state_tally(engine, incident, alarm->tier);
    const bool is_unheard = assignment != NULL && notice_is_open(&assignment->notice);
    if (alarm->kind == ALARM_NOTICE_LATE) { /* a recall is to be heard after the end, too */
        return is_unheard && (assignment->notice.steps >> LADDER_DISPATCHER & 1u) != 0;
    }
    if (alarm->kind == ALARM_NOTICE_ESCALATED) {
        return is_unheard && (assignment->notice.steps >> LADDER_SUPERVISOR & 1u) != 0;
    }
    if (incident_state_ended(incident->state)) {
        return false;
    }
    switch (alarm->kind) {
    case ALARM_NO_UNIT:
    case ALARM_DECLINED:
        return tally.active + tally.cleared == 0 && incident->state != INCIDENT_DIVERTED;
    case ALARM_ACK_LATE:
    case ALARM_ACK_ESCALATED:
        return assignment != NULL && assignment->state < ASSIGNMENT_ACKNOWLEDGED;
    case ALARM_TIER_MISSED:
        return tally.on_scene == 0 && incident->state != INCIDENT_FEEDBACK_DUE &&
               incident->state != INCIDENT_DIVERTED;
    case ALARM_UNDISPATCHED:
        return incident->state == INCIDENT_PENDING && incident->held_ms == TIME_NEVER;
    case ALARM_HOLD_REVIEW: /* until it is released, ordered, or held on to a later time */
        return incident->held_ms != TIME_NEVER && alarm->raised_ms >= incident->review_ms;
    case ALARM_PANIC:
        return incident->panic_unit != UNIT_NONE;
    case ALARM_PAR_OVERDUE:
        return assignment != NULL && assignment->state == ASSIGNMENT_ON_SCENE &&
               (assignment->steps >> LADDER_PAR_OVERDUE & 1u) != 0;
    case ALARM_SUPPORT:
        return assignment != NULL && !assignment_state_ended(assignment->state) &&
               !was_sent_since(engine, incident, alarm->raised_ms);
    case ALARM_RECEIPT_LATE:
    case ALARM_FEEDBACK_LATE:
    case ALARM_HELP_LATE:
        return is_awaited(engine, incident, alarm);
    case ALARM_NOTICE_LATE: /* above */
    case ALARM_NOTICE_ESCALATED:
    case ALARM_COVERAGE_GAP: /* of no incident */
    case ALARM_CHECKPOINT_OVERDUE:
    case ALARM_KIND_COUNT:
        break;
    }
    return false;
}

static const struct alarm *oldest_without_cause(const struct engine *engine,
                                                const struct incident *incident)
{
    const struct alarm *oldest = NULL; /* the list is newest first */
    const struct alarm *alarm = state_alarm_at(engine, incident->alarm_first);
    while (alarm != NULL) {
        if (!has_cause(engine, alarm)) {
            oldest = alarm;
        }
        alarm = state_alarm_at(engine, alarm->next);
    }
    return oldest;
}

static struct event *event_about(struct step *step, enum event_kind kind, const struct alarm *alarm)
{
    const struct engine *engine = step->engine;
    const struct assignment *assignment = state_assignment_at(engine, alarm->assignment);
    struct event *event = step_event(step, kind);
    event->alarm.alarm_id = alarm->id;
    event->alarm.kind = alarm->kind;
    event->alarm.incident_id = state_incident_id_at(engine, alarm->incident);
    event->alarm.assignment_id = assignment == NULL ? 0 : assignment->id;
    event->alarm.unit_id = alarm->unit_id;
    event->alarm.tier = alarm->tier;
    event->alarm.circle = alarm->circle;
    event->alarm.checkpoint = alarm->checkpoint;
    event->alarm.district = alarm->district;
    return event;
}

static void emit_about(struct step *step, enum event_kind kind, const struct alarm *alarm)
{
    (void)event_about(step, kind, alarm);
    step_emit(step);
}

static const struct alarm *find_gap(const struct engine *engine, uint32_t circle, enum tier tier)
{
    const struct alarm *alarm =
        state_alarm_at(engine, engine->gap_alarms[circle * TIER_COUNT + (uint32_t)tier]);
    assert(alarm != NULL);
    return alarm;
}

static const struct alarm *find_overdue(const struct engine *engine, uint32_t checkpoint)
{
    const struct alarm *alarm = state_alarm_at(engine, engine->overdue_alarms[checkpoint]);
    assert(alarm != NULL);
    return alarm;
}

void alarm_clear_overdue(struct step *step, uint32_t checkpoint)
{
    emit_about(step, EVENT_ALARM_CLEARED, find_overdue(step->engine, checkpoint));
}

void alarm_return_overdue(struct step *step, uint32_t checkpoint)
{
    const struct alarm *alarm = find_overdue(step->engine, checkpoint);
    assert(alarm->shelved_ms != TIME_NEVER);
    assert(alarm->shelved_ms <= step->at_ms);
    emit_about(step, EVENT_ALARM_RETURNED, alarm);
}

void alarm_clear_gap(struct step *step, uint32_t circle, enum tier tier)
{
    emit_about(step, EVENT_ALARM_CLEARED, find_gap(step->engine, circle, tier));
}

void alarm_return_gap(struct step *step, uint32_t circle, enum tier tier)
{
    const struct alarm *alarm = find_gap(step->engine, circle, tier);
    assert(alarm->shelved_ms != TIME_NEVER);
    assert(alarm->shelved_ms <= step->at_ms);
    emit_about(step, EVENT_ALARM_RETURNED, alarm);
}

void alarm_drop(struct step *step, enum alarm_kind kind, const struct incident *incident)
{
    const struct alarm *alarm = state_alarm_at(step->engine, incident->alarm_first);
    while (alarm != NULL && alarm->kind != kind) {
        alarm = state_alarm_at(step->engine, alarm->next);
    }
    if (alarm != NULL) {
        emit_about(step, EVENT_ALARM_CLEARED, alarm);
    }
}

void alarm_sweep(struct step *step, const struct incident *incident)
{
    const struct alarm *alarm = oldest_without_cause(step->engine, incident);
    while (alarm != NULL) {
        emit_about(step, EVENT_ALARM_CLEARED, alarm);
        alarm = oldest_without_cause(step->engine, incident);
    }
}

/* NULL: refused. */
static const struct alarm *find_named(struct step *step)
{
    const struct alarm *alarm = state_alarm(step->engine, step->command->alarm.alarm_id);
    if (alarm == NULL) {
        step_refuse(step, REASON_UNKNOWN_ALARM, (struct step_about){.unit_id = UNIT_NONE});
        return NULL;
    }
    step->result.incident_id = state_incident_id_at(step->engine, alarm->incident);
    return alarm;
}

void alarm_ack(struct step *step)
{
    const struct alarm *alarm = find_named(step);
    if (alarm != NULL && alarm->acked_ms == TIME_NEVER) {
        emit_about(step, EVENT_ALARM_ACKED, alarm);
    }
}

void alarm_shelve(struct step *step)
{
    const struct alarm *alarm = find_named(step);
    if (alarm == NULL) {
        return;
    }
    const int64_t until_ms = step->command->alarm.until_ms;
    if (alarm->kind == ALARM_PANIC || until_ms <= step->at_ms) {
        const enum reason reason =
            alarm->kind == ALARM_PANIC ? REASON_OPEN_PANIC : REASON_WRONG_STATE;
        step_refuse(step, reason,
                    (struct step_about){.incident_id = step->result.incident_id,
                                        .unit_id = alarm->unit_id});
        return;
    }
    struct event *event = event_about(step, EVENT_ALARM_SHELVED, alarm);
    event->alarm.until_ms = until_ms;
    event->alarm.reason = step->command->alarm.reason;
    memcpy(event->alarm.note, step->command->alarm.note, NOTE_SIZE);
    step_emit(step);
}

#define RETURNS_MAX 8u /* at once; the others are due again at the next moment */

void alarm_return(struct step *step, const struct incident *incident)
{
    const struct alarm *alarm = state_alarm_at(step->engine, incident->alarm_first);
    uint32_t count = 0;
    while (alarm != NULL && count < RETURNS_MAX) {
        if (alarm->shelved_ms != TIME_NEVER && alarm->shelved_ms <= step->at_ms) {
            emit_about(step, EVENT_ALARM_RETURNED, alarm);
            count++;
        }
        alarm = state_alarm_at(step->engine, alarm->next);
    }
}

void alarm_ask_support(struct step *step, const struct assignment *assignment)
{
    const struct engine *engine = step->engine;
    const struct incident *incident = &engine->incidents[assignment->incident];
    const uint32_t slot = (uint32_t)(assignment - engine->assignments);
    const struct alarm *alarm = state_alarm_at(engine, incident->alarm_first);
    while (alarm != NULL && (alarm->kind != ALARM_SUPPORT || alarm->assignment != slot)) {
        alarm = state_alarm_at(engine, alarm->next);
    }
    if (alarm != NULL && (alarm->acked_ms != TIME_NEVER || alarm->shelved_ms != TIME_NEVER)) {
        emit_about(step, EVENT_ALARM_CLEARED, alarm); /* asked again, it rings again */
    }
    alarm_raise(step, ALARM_SUPPORT, incident, assignment, assignment->tier);
}
