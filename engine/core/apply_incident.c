#include <string.h>

#include "engine/core/apply.h"
#include "engine/core/area.h"
#include "engine/core/deadline.h"
#include "engine/core/incident.h"
#include "engine/core/preempt.h"
#include "engine/core/presence.h"
#include "engine/core/referral.h"

static bool priority_valid(uint32_t priority)
{
    return priority >= 1 && priority <= 4;
}

static bool circle_valid(const struct engine *engine, uint32_t circle)
{
    return circle == CIRCLE_NONE || circle < engine->circle_count;
}

void apply_incident_changed(struct incident *incident, const struct event *event)
{
    memcpy(incident->changed_by, event->actor.id, ACTOR_SIZE);
    incident->changed_ms = event->at_ms;
}

enum status apply_incident_opened(struct engine *engine, const struct event *event)
{
    const struct incident_opened *opened = &event->opened;
    struct incident *incident = state_incident(engine, opened->incident_id);
    if (incident == NULL || incident->created_ms != TIME_NEVER ||
        !priority_valid(opened->priority) || !circle_valid(engine, opened->circle) ||
        !area_valid(engine, opened->areas) ||
        opened->policy_version != engine->policies[engine->policy_now].version ||
        !apply_plan_known(engine, opened->plan_version)) {
        return STATUS_CORRUPT;
    }
    incident->generation = 1;
    incident->type = opened->type;
    incident->priority = opened->priority;
    incident->at = opened->at;
    memcpy(incident->address, opened->address, ADDRESS_SIZE);
    incident->district = opened->district;
    incident->circle = opened->circle;
    memcpy(incident->areas, opened->areas, sizeof incident->areas);
    incident->drill = opened->drill;
    incident->mode = opened->mode;
    incident->policy = engine->policy_now;
    engine->policies[incident->policy].incident_count++;
    apply_plan_take(engine, incident, opened->plan_version);
    incident->for_all = opened->for_all;
    incident->received_ms = opened->received_ms;
    incident->created_ms = event->at_ms;
    incident->clock_ms = opened->clock_ms;
    incident->similar_id = opened->similar_id;
    apply_incident_changed(incident, event);
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        const struct tier_opening *opening = &opened->tiers[tier];
        struct tier_state *state = &incident->tiers[tier];
        state->verdict = opening->asked ? TIER_OPEN : TIER_NOT_ASKED;
        state->wanted = opening->units;
        state->target_ms = opening->target_ms;
        state->reach_ms = opening->reach_ms;
    }
    const uint32_t slot = state_slot_of(engine, incident);
    engine->open_lat_e7[slot] = incident->at.lat_e7;
    engine->retry_ms[slot] = event->at_ms + RETRY_MS;
    deadline_refresh_incident(engine, slot);
    return STATUS_OK;
}

enum status apply_incident_updated(struct engine *engine, const struct event *event)
{
    struct incident *incident = state_incident(engine, event->incident.incident_id);
    if (incident == NULL || incident_state_ended(incident->state) ||
        event->incident.generation != incident->generation + 1 ||
        !priority_valid(event->incident.priority) ||
        !circle_valid(engine, event->incident.circle) ||
        !area_valid(engine, event->incident.areas) ||
        !apply_plan_known(engine, event->incident.plan_version)) {
        return STATUS_CORRUPT;
    }
    incident->generation = event->incident.generation;
    apply_incident_changed(incident, event);
    incident->type = event->incident.type;
    incident->priority = event->incident.priority;
    incident->at = event->incident.at;
    memcpy(incident->address, event->incident.address, ADDRESS_SIZE);
    incident->district = event->incident.district;
    incident->circle = event->incident.circle;
    memcpy(incident->areas, event->incident.areas, sizeof incident->areas);
    apply_plan_take(engine, incident, event->incident.plan_version);
    uint32_t assignment = incident->assignment_first;
    while (assignment != SLOT_NONE) {
        preempt_refresh(engine, assignment);
        assignment = engine->assignments[assignment].next;
    }
    const uint32_t slot = state_slot_of(engine, incident);
    engine->open_lat_e7[slot] = incident->at.lat_e7;
    deadline_refresh_incident(engine, slot);
    return STATUS_OK;
}

enum status apply_incident_state(struct engine *engine, const struct event *event)
{
    struct incident *incident = state_incident(engine, event->state.incident_id);
    if (incident == NULL || incident_state_ended(incident->state) ||
        event->state.state == incident->state) {
        return STATUS_CORRUPT;
    }
    const uint32_t slot = state_slot_of(engine, incident);
    const bool is_end = incident_state_ended(event->state.state);
    if (is_end && (state_tally_all(engine, incident).active > 0 ||
                   referral_open_count(engine, incident) > 0)) {
        return STATUS_CORRUPT;
    }
    incident->state = event->state.state;
    incident->state_ms = event->at_ms;
    if (is_end) {
        incident->ended_ms = event->at_ms;
        engine->open_lat_e7[slot] = INT32_MAX;
    }
    if (incident->state == INCIDENT_PENDING) {
        engine->retry_ms[slot] = event->at_ms + RETRY_MS;
    }
    deadline_refresh_incident(engine, slot);
    return STATUS_OK;
}

static void drop_decision(struct engine *engine, struct incident *incident, enum tier tier)
{
    const uint32_t slot = incident->tiers[tier].decision;
    if (slot == SLOT_NONE) {
        return;
    }
    struct kept_decision *kept = &engine->decisions[slot];
    if (kept->older == SLOT_NONE) {
        engine->decision_oldest = kept->newer;
    } else {
        engine->decisions[kept->older].newer = kept->newer;
    }
    if (kept->newer == SLOT_NONE) {
        engine->decision_newest = kept->older;
    } else {
        engine->decisions[kept->newer].older = kept->older;
    }
    kept->newer = engine->decision_free;
    engine->decision_free = slot;
    incident->tiers[tier].decision = SLOT_NONE;
}

struct kept_decision *apply_incident_keep_decision(struct engine *engine, struct incident *incident,
                                                   enum tier tier)
{
    drop_decision(engine, incident, tier);
    if (engine->decision_free == SLOT_NONE && engine->decisions_used == engine->decisions_max) {
        const struct kept_decision *oldest = &engine->decisions[engine->decision_oldest];
        drop_decision(engine, &engine->incidents[oldest->incident], oldest->made.tier);
    }
    uint32_t slot = engine->decision_free;
    if (slot == SLOT_NONE) {
        slot = engine->decisions_used;
        engine->decisions_used++;
    } else {
        engine->decision_free = engine->decisions[slot].newer;
    }
    struct kept_decision *kept = &engine->decisions[slot];
    kept->incident = state_slot_of(engine, incident);
    kept->older = engine->decision_newest;
    kept->newer = SLOT_NONE;
    if (engine->decision_newest == SLOT_NONE) {
        engine->decision_oldest = slot;
    } else {
        engine->decisions[engine->decision_newest].newer = slot;
    }
    engine->decision_newest = slot;
    incident->tiers[tier].decision = slot;
    return kept;
}

static bool units_known(const struct engine *engine, const struct decision_made *made)
{
    bool known = made->plan == PLAN_NONE || made->plan < engine->plan_count;
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        known = known && made->candidates[i].unit_id < engine->unit_count;
    }
    for (uint32_t i = 0; i < made->preemptable_count; i++) {
        known = known && made->preemptable[i].unit_id < engine->unit_count;
    }
    for (uint32_t i = 0; i < made->passed_count; i++) {
        known = known && made->passed[i].unit_id < engine->unit_count;
    }
    return known;
}

enum status apply_incident_decision(struct engine *engine, const struct event *event)
{
    struct incident *incident = state_incident(engine, event->decision.incident_id);
    if (incident == NULL || incident_state_ended(incident->state) ||
        !units_known(engine, &event->decision)) {
        return STATUS_CORRUPT;
    }
    if (event->decision.wave > 0) { /* of volunteers: who serves the tier stays what was decided */
        if (event->decision.wave != incident->wave + 1) {
            return STATUS_CORRUPT;
        }
        incident->wave = event->decision.wave;
        incident->wave_ms = event->at_ms;
        deadline_refresh_incident(engine, state_slot_of(engine, incident));
        return STATUS_OK;
    }
    apply_incident_keep_decision(engine, incident, event->decision.tier)->made = event->decision;
    return STATUS_OK;
}

enum status apply_incident_verdict(struct engine *engine, const struct event *event)
{
    struct incident *incident = state_incident(engine, event->verdict.incident_id);
    const enum tier_verdict verdict = event->verdict.verdict;
    if (incident == NULL || incident->tiers[event->verdict.tier].verdict != TIER_OPEN ||
        verdict == TIER_OPEN || verdict == TIER_NOT_ASKED ||
        (event->verdict.unit_id != UNIT_NONE && event->verdict.unit_id >= engine->unit_count)) {
        return STATUS_CORRUPT;
    }
    struct tier_state *tier = &incident->tiers[event->verdict.tier];
    tier->verdict = verdict;
    tier->elapsed_ms = event->verdict.elapsed_ms;
    tier->unit_id = event->verdict.unit_id;
    deadline_refresh_incident(engine, state_slot_of(engine, incident));
    return STATUS_OK;
}

enum status apply_incident_archived(struct engine *engine, const struct event *event)
{
    struct incident *incident = state_incident(engine, event->archived.incident_id);
    if (incident == NULL || !incident_state_ended(incident->state)) {
        return STATUS_CORRUPT;
    }
    if (incident->panic_unit != UNIT_NONE) { /* of a journal in which a call could be merged away */
        engine->units[incident->panic_unit].panic = PANIC_NONE;
        engine->units[incident->panic_unit].panic_incident = 0;
        presence_refresh(engine, incident->panic_unit);
    }
    const uint32_t slot = state_slot_of(engine, incident);
    uint32_t assignment = incident->assignment_first;
    while (assignment != SLOT_NONE) {
        const uint32_t next = engine->assignments[assignment].next;
        timer_heap_set(engine->timers, engine->config.limits.incidents_max + assignment,
                       engine->assignments[assignment].id, TIMER_OFF);
        id_pool_remove(&engine->assignment_ids, assignment);
        assignment = next;
    }
    uint32_t report = incident->report_first;
    while (report != SLOT_NONE) {
        const uint32_t next = engine->reports[report].next;
        id_pool_remove(&engine->report_ids, report);
        report = next;
    }
    uint32_t referral = incident->referral_first;
    while (referral != SLOT_NONE) {
        const uint32_t next = engine->referrals[referral].next;
        id_pool_remove(&engine->referral_ids, referral);
        referral = next;
    }
    uint32_t alarm = incident->alarm_first;
    while (alarm != SLOT_NONE) {
        const uint32_t next = engine->alarms[alarm].next;
        id_pool_remove(&engine->alarm_ids, alarm);
        alarm = next;
    }
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        drop_decision(engine, incident, (enum tier)tier);
    }
    engine->policies[incident->policy].incident_count--;
    apply_plan_take(engine, incident, 0);
    deadline_forget_incident(engine, slot, incident->id);
    id_pool_remove(&engine->incident_ids, slot);
    return STATUS_OK;
}
