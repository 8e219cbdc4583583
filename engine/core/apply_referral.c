/* What centres are asked and answer. */
#include <string.h>

#include "engine/core/apply.h"
#include "engine/core/deadline.h"
#include "engine/core/incident.h"
#include "engine/core/referral.h"

void apply_referral_link(struct engine *engine, uint32_t slot)
{
    struct incident *incident = &engine->incidents[engine->referrals[slot].incident];
    engine->referrals[slot].next = SLOT_NONE;
    if (incident->referral_last == SLOT_NONE) {
        incident->referral_first = slot;
    } else {
        engine->referrals[incident->referral_last].next = slot;
    }
    incident->referral_last = slot;
}

static void changed(struct engine *engine, struct incident *incident, struct referral *referral,
                    const struct event *event, uint32_t generation)
{
    memcpy(referral->changed_by, event->actor.id, ACTOR_SIZE);
    referral->changed_ms = event->at_ms;
    if (generation != incident->generation) {
        incident->generation = generation;
        apply_incident_changed(incident, event);
    }
    deadline_refresh_incident(engine, state_slot_of(engine, incident));
}

static bool is_next_generation(const struct incident *incident, uint32_t generation)
{
    return generation == incident->generation || generation == incident->generation + 1;
}

enum status apply_referral_sent(struct engine *engine, const struct event *event)
{
    struct incident *incident = state_incident(engine, event->referred.incident_id);
    if (incident == NULL || incident_state_ended(incident->state) ||
        incident->created_ms == TIME_NEVER || event->referred.centre >= engine->centre_count ||
        event->referred.referral_id <= engine->last_referral_id ||
        !is_next_generation(incident, event->referred.generation)) {
        return STATUS_CORRUPT;
    }
    const uint32_t slot = id_pool_add(&engine->referral_ids, event->referred.referral_id);
    if (slot == SLOT_NONE) {
        return STATUS_CORRUPT;
    }
    engine->referrals[slot] = (struct referral){.id = event->referred.referral_id,
                                                .version = 1,
                                                .incident = state_slot_of(engine, incident),
                                                .centre = event->referred.centre,
                                                .kind = event->referred.kind,
                                                .state = REFERRAL_SENT,
                                                .sent_ms = event->at_ms,
                                                .answered_ms = TIME_NEVER,
                                                .arrived_ms = TIME_NEVER,
                                                .ended_ms = TIME_NEVER,
                                                .answer_by_ms = event->referred.answer_by_ms,
                                                .feedback_by_ms = event->referred.feedback_by_ms,
                                                .orders_upto = engine->last_assignment_id};
    engine->last_referral_id = event->referred.referral_id;
    apply_referral_link(engine, slot);
    changed(engine, incident, &engine->referrals[slot], event, event->referred.generation);
    return STATUS_OK;
}

enum status apply_referral_updated(struct engine *engine, const struct event *event)
{
    struct referral *referral = state_referral(engine, event->referral.referral_id);
    if (referral == NULL || event->referral.version != referral->version + 1 ||
        event->referral.centre != referral->centre ||
        event->referral.incident_id != engine->incidents[referral->incident].id ||
        !referral_may_become(referral, event->referral.state) ||
        !is_next_generation(&engine->incidents[referral->incident], event->referral.generation)) {
        return STATUS_CORRUPT;
    }
    const enum referral_state state = event->referral.state;
    const bool is_answer = referral->answered_ms == TIME_NEVER && state != REFERRAL_WITHDRAWN;
    referral->state = state;
    referral->version = event->referral.version;
    referral->reason = event->referral.reason;
    referral->answered_ms = is_answer ? event->at_ms : referral->answered_ms;
    if (state == REFERRAL_LENT) {
        memcpy(referral->units, event->referral.units, ADDRESS_SIZE);
    }
    if (state == REFERRAL_ARRIVED) {
        referral->arrived_ms = event->at_ms;
    }
    if (referral_state_ended(state)) {
        referral->ended_ms = event->at_ms;
        referral->orders_upto = engine->last_assignment_id;
    }
    changed(engine, &engine->incidents[referral->incident], referral, event,
            event->referral.generation);
    return STATUS_OK;
}
