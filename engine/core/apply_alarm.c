#include <string.h>

#include "engine/core/apply.h"
#include "engine/core/coverage.h"
#include "engine/core/deadline.h"
#include "engine/core/patrol.h"

/* Where it is known which alarm a circle's tier or a checkpoint has. */
static uint32_t *place_of(const struct engine *engine, const struct alarm *alarm)
{
    return alarm->kind == ALARM_CHECKPOINT_OVERDUE
               ? &engine->overdue_alarms[alarm->checkpoint]
               : &engine->gap_alarms[alarm->circle * TIER_COUNT + (uint32_t)alarm->tier];
}

static uint32_t *count_of(struct engine *engine, const struct alarm *alarm)
{
    return alarm->kind == ALARM_CHECKPOINT_OVERDUE ? &engine->overdue_alarm_count
                                                   : &engine->gap_alarm_count;
}

bool apply_alarm_possible(const struct engine *engine, const struct alarm *alarm)
{
    const bool is_gap = alarm->kind == ALARM_COVERAGE_GAP;
    const bool is_overdue = alarm->kind == ALARM_CHECKPOINT_OVERDUE;
    if (is_gap ? alarm->circle >= engine->circle_count : alarm->circle != CIRCLE_NONE) {
        return false;
    }
    if (is_overdue ? alarm->checkpoint >= engine->checkpoint_count
                   : alarm->checkpoint != CHECKPOINT_NONE) {
        return false;
    }
    if (alarm->kind == ALARM_PANIC && alarm->unit_id >= engine->unit_count) {
        return false;
    }
    if (!is_gap && !is_overdue) {
        return alarm->incident != SLOT_NONE;
    }
    return alarm->incident == SLOT_NONE && alarm->assignment == SLOT_NONE &&
           *place_of(engine, alarm) == SLOT_NONE;
}

void apply_alarm_link(struct engine *engine, uint32_t slot)
{
    if (engine->alarms[slot].incident == SLOT_NONE) {
        *place_of(engine, &engine->alarms[slot]) = slot;
        *count_of(engine, &engine->alarms[slot]) += 1;
        return;
    }
    struct incident *incident = &engine->incidents[engine->alarms[slot].incident];
    engine->alarms[slot].next = incident->alarm_first;
    incident->alarm_first = slot;
}

/* What is of no incident is looked at with the cover of its circle, or with its checkpoint. */
static void refresh(struct engine *engine, const struct alarm *alarm, int64_t now_ms)
{
    if (alarm->incident != SLOT_NONE) {
        deadline_refresh_incident(engine, alarm->incident);
    } else if (alarm->kind == ALARM_CHECKPOINT_OVERDUE) {
        patrol_refresh(engine, alarm->checkpoint, now_ms);
    } else {
        coverage_alarms_changed(engine);
    }
}

enum status apply_alarm_raised(struct engine *engine, const struct event *event)
{
    const uint32_t incident = id_pool_find(&engine->incident_ids, event->alarm.incident_id);
    const uint32_t assignment = id_pool_find(&engine->assignment_ids, event->alarm.assignment_id);
    const struct alarm alarm = {.id = event->alarm.alarm_id,
                                .kind = event->alarm.kind,
                                .incident = incident,
                                .assignment = assignment,
                                .unit_id = event->alarm.unit_id,
                                .tier = event->alarm.tier,
                                .circle = event->alarm.circle,
                                .checkpoint = event->alarm.checkpoint,
                                .district = event->alarm.district,
                                .raised_ms = event->at_ms,
                                .acked_ms = TIME_NEVER,
                                .shelved_ms = TIME_NEVER};
    if (!apply_alarm_possible(engine, &alarm) || alarm.id <= engine->last_alarm_id ||
        (event->alarm.incident_id != 0 && incident == SLOT_NONE) ||
        (event->alarm.assignment_id != 0 && assignment == SLOT_NONE)) {
        return STATUS_CORRUPT;
    }
    const uint32_t slot = id_pool_add(&engine->alarm_ids, event->alarm.alarm_id);
    if (slot == SLOT_NONE) {
        return STATUS_CORRUPT;
    }
    engine->alarms[slot] = alarm;
    engine->last_alarm_id = alarm.id;
    apply_alarm_link(engine, slot);
    refresh(engine, &alarm, event->at_ms);
    return STATUS_OK;
}

enum status apply_alarm_acked(struct engine *engine, const struct event *event)
{
    struct alarm *alarm = state_alarm(engine, event->alarm.alarm_id);
    if (alarm == NULL || alarm->acked_ms != TIME_NEVER) {
        return STATUS_CORRUPT;
    }
    alarm->acked_ms = event->at_ms;
    memcpy(alarm->acked_by, event->actor.id, ACTOR_SIZE);
    alarm->acked_by[ACTOR_SIZE - 1] = '\0';
    alarm->shelved_ms = TIME_NEVER; /* somebody has it now */
    if (alarm->kind == ALARM_PANIC) {
        engine->units[alarm->unit_id].panic = PANIC_ACKNOWLEDGED;
    }
    refresh(engine, alarm, event->at_ms);
    return STATUS_OK;
}

enum status apply_alarm_shelved(struct engine *engine, const struct event *event)
{
    struct alarm *alarm = state_alarm(engine, event->alarm.alarm_id);
    if (alarm == NULL || alarm->kind == ALARM_PANIC || event->alarm.until_ms <= event->at_ms) {
        return STATUS_CORRUPT;
    }
    alarm->acked_ms = TIME_NEVER; /* when it comes back it is nobody's */
    alarm->shelved_ms = event->alarm.until_ms;
    memcpy(alarm->shelved_by, event->actor.id, ACTOR_SIZE);
    alarm->shelved_by[ACTOR_SIZE - 1] = '\0';
    alarm->shelve_reason = event->alarm.reason;
    alarm->shelve_count++;
    refresh(engine, alarm, event->at_ms);
    return STATUS_OK;
}

enum status apply_alarm_returned(struct engine *engine, const struct event *event)
{
    struct alarm *alarm = state_alarm(engine, event->alarm.alarm_id);
    if (alarm == NULL || alarm->shelved_ms == TIME_NEVER || alarm->shelved_ms > event->at_ms) {
        return STATUS_CORRUPT;
    }
    alarm->shelved_ms = TIME_NEVER;
    refresh(engine, alarm, event->at_ms);
    return STATUS_OK;
}

enum status apply_alarm_cleared(struct engine *engine, const struct event *event)
{
    const uint32_t slot = id_pool_find(&engine->alarm_ids, event->alarm.alarm_id);
    if (slot == SLOT_NONE) {
        return STATUS_CORRUPT;
    }
    const uint32_t incident_slot = engine->alarms[slot].incident;
    if (incident_slot == SLOT_NONE) {
        *place_of(engine, &engine->alarms[slot]) = SLOT_NONE;
        *count_of(engine, &engine->alarms[slot]) -= 1;
        id_pool_remove(&engine->alarm_ids, slot);
        if (engine->alarms[slot].kind == ALARM_CHECKPOINT_OVERDUE) {
            patrol_refresh(engine, engine->alarms[slot].checkpoint, event->at_ms);
        }
        return STATUS_OK;
    }
    uint32_t *link = &engine->incidents[incident_slot].alarm_first;
    while (*link != slot) {
        link = &engine->alarms[*link].next;
    }
    *link = engine->alarms[slot].next;
    id_pool_remove(&engine->alarm_ids, slot);
    deadline_refresh_incident(engine, incident_slot);
    return STATUS_OK;
}
