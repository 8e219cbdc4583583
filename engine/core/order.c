#include "engine/core/order.h"

#include <assert.h>
#include <string.h>

#include "engine/core/incident.h"
#include "engine/core/life.h"
#include "engine/core/presence.h"
#include "engine/core/reassign.h"

/* Lower-priority work that is named may be robbed of a unit that is not there yet. */
static enum reason check_victim(const struct step *step, const struct assignment *held,
                                const struct incident *incident, uint32_t victim_id)
{
    const struct incident *victim = &step->engine->incidents[held->incident];
    if (victim->id != victim_id) {
        return REASON_UNIT_BUSY; /* with something else than the dispatcher saw */
    }
    if (held->state >= ASSIGNMENT_ON_SCENE || victim == incident) {
        return REASON_WRONG_STATE;
    }
    return victim->priority <= incident->priority ? REASON_NOT_LOWER : REASON_NONE;
}

static enum reason check_unit(const struct step *step, const struct incident *incident, uint32_t i)
{
    const struct incident_order *order = &step->command->order;
    const uint32_t unit_id = order->units[i].unit_id;
    if (unit_id >= step->engine->unit_count) {
        return REASON_UNKNOWN_UNIT;
    }
    const struct unit *unit = &step->engine->units[unit_id];
    if (unit->duty == DUTY_OFF) {
        return REASON_OFF_DUTY;
    }
    if (unit->duty == DUTY_OUT_OF_SERVICE) {
        return REASON_OUT_OF_SERVICE;
    }
    for (uint32_t k = 0; k < i; k++) {
        if (order->units[k].unit_id == unit_id) {
            return REASON_UNIT_BUSY; /* named twice */
        }
    }
    const struct assignment *held = state_assignment_at(step->engine, unit->assignment);
    if (held == NULL) {
        return order->units[i].victim_id == 0 ? REASON_NONE : REASON_WRONG_STATE;
    }
    return order->units[i].victim_id == 0
               ? REASON_UNIT_BUSY
               : check_victim(step, held, incident, order->units[i].victim_id);
}

/* Of two who order the same unit one is first: the other hears who and when. */
static void name_the_first(const struct step *step, uint32_t unit_id, struct step_about *about)
{
    const struct assignment *held =
        unit_id >= step->engine->unit_count
            ? NULL
            : state_assignment_at(step->engine, step->engine->units[unit_id].assignment);
    if (held != NULL) {
        about->by = held->sent_by;
        about->by_ms = held->sent_ms;
        about->assignment_id = held->id;
    }
}

/* REASON_NONE, or why not; `about` says of whom. */
static enum reason check(const struct step *step, struct step_about *about)
{
    const struct incident_order *order = &step->command->order;
    const struct incident *incident = state_incident(step->engine, order->incident_id);
    *about = (struct step_about){.incident_id = order->incident_id, .unit_id = UNIT_NONE};
    if (incident == NULL) {
        return REASON_UNKNOWN_INCIDENT;
    }
    if (incident_state_ended(incident->state)) {
        return REASON_WRONG_STATE;
    }
    uint32_t robbed = 0;
    about->generation = incident->generation;
    if (order->generation != incident->generation) {
        about->by = incident->changed_by;
        about->by_ms = incident->changed_ms;
        return REASON_STALE_GENERATION;
    }
    for (uint32_t i = 0; i < order->unit_count; i++) {
        const enum reason reason = check_unit(step, incident, i);
        if (reason != REASON_NONE) {
            about->unit_id = order->units[i].unit_id;
            name_the_first(step, about->unit_id, about);
            return reason;
        }
    }
    for (uint32_t i = 0; i < order->unit_count; i++) {
        robbed += order->units[i].victim_id != 0 ? 1 : 0;
    }
    if (!step_has_room(step, STEP_ROOM_RECORDS * (1 + robbed),
                       STEP_ROOM_BYTES * (size_t)(1 + robbed))) {
        return REASON_CAPACITY;
    }
    const uint32_t room = step->engine->assignment_ids.max - step->engine->assignment_ids.count;
    return order->unit_count > room ? REASON_CAPACITY : REASON_NONE;
}

static uint32_t rank_of(const struct engine *engine, const struct incident *incident,
                        enum tier tier, uint32_t unit_id)
{
    const uint32_t slot = incident->tiers[tier].decision;
    if (slot == SLOT_NONE) {
        return RANK_NONE;
    }
    const struct decision_made *made = &engine->decisions[slot].made;
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        if (made->candidates[i].unit_id == unit_id) {
            return made->candidates[i].rank;
        }
    }
    return RANK_NONE;
}

void order_send(struct step *step, const struct incident *incident, uint32_t unit_id,
                enum tier tier, uint32_t generation)
{
    const struct engine *engine = step->engine;
    const enum unit_kind kind = engine->units[unit_id].definition.kind;
    struct assignment_sent sent = {.assignment_id = engine->last_assignment_id + 1,
                                   .incident_id = incident->id,
                                   .unit_id = unit_id,
                                   .tier = tier,
                                   .generation = generation,
                                   .travel_ms = GEO_TRAVEL_NEVER,
                                   .estimated = true,
                                   .rank = rank_of(engine, incident, tier, unit_id),
                                   .version = 1};
    if (presence_position(engine, unit_id, step->at_ms, &sent.from, &sent.fix_age_ms)) {
        sent.distance_m = geo_distance_m(sent.from, incident->at);
        sent.travel_ms =
            geo_travel_ms(engine->search, engine->config.map, sent.from, incident->at,
                          policy_profile(engine->config.emergency_kinds, kind),
                          state_policy_of(engine, incident)->search_ms, &sent.estimated);
    }
    step_event(step, EVENT_ASSIGNMENT_SENT)->sent = sent;
    step_emit(step);
}

void order_units(struct step *step)
{
    const struct incident_order *order = &step->command->order;
    assert(order->unit_count <= ORDER_UNITS_MAX);
    struct step_about about;
    const enum reason refusal = check(step, &about);
    if (refusal != REASON_NONE) {
        step_refuse(step, refusal, about);
        return;
    }
    const struct incident *incident = state_incident(step->engine, order->incident_id);
    const uint32_t generation = incident->generation + 1;
    step->result.incident_id = incident->id;
    step->result.assignment_id =
        order->unit_count == 0 ? 0 : step->engine->last_assignment_id + 1; /* of the first */
    uint32_t victims[ORDER_UNITS_MAX];
    uint32_t victim_count = 0;
    life_end_hold(step, incident, "");
    for (uint32_t i = 0; i < order->unit_count; i++) {
        const struct unit *unit = &step->engine->units[order->units[i].unit_id];
        const struct assignment *held = state_assignment_at(step->engine, unit->assignment);
        if (held == NULL) {
            order_send(step, incident, order->units[i].unit_id, order->units[i].tier, generation);
            continue;
        }
        victims[victim_count++] = step->engine->incidents[held->incident].id;
        reassign_move(step, held, incident, order->units[i].tier, ASSIGNMENT_PREEMPTED, generation);
    }
    if (order->note[0] != '\0') {
        struct event *event = step_event(step, EVENT_INCIDENT_NOTED);
        event->noted.incident_id = incident->id;
        memcpy(event->noted.note, order->note, NOTE_SIZE);
        step_emit(step);
    }
    incident_settle(step, incident);
    for (uint32_t i = 0; i < victim_count;
         i++) { /* after all orders: nobody is robbed for another */
        reassign_serve_victim(step, state_incident(step->engine, victims[i]));
    }
}
