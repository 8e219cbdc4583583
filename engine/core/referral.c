#include "engine/core/referral.h"

#include <assert.h>
#include <string.h>

#include "engine/core/incident.h"
#include "engine/core/life.h"

const enum alarm_kind referral_alarms[REFERRAL_ALARM_COUNT] = {
    ALARM_RECEIPT_LATE, ALARM_FEEDBACK_LATE, ALARM_HELP_LATE};

bool referral_state_ended(enum referral_state state)
{
    return state >= REFERRAL_FEEDBACK;
}

#define BIT(state) (1u << (state))
static const uint32_t community_next[REFERRAL_STATE_COUNT] = {
    [REFERRAL_SENT] = BIT(REFERRAL_RECEIVED) | BIT(REFERRAL_FEEDBACK) | BIT(REFERRAL_RETURNED) |
                      BIT(REFERRAL_WITHDRAWN),
    [REFERRAL_RECEIVED] = BIT(REFERRAL_FEEDBACK) | BIT(REFERRAL_RETURNED) | BIT(REFERRAL_WITHDRAWN),
};
static const uint32_t neighbour_next[REFERRAL_STATE_COUNT] = {
    [REFERRAL_SENT] = BIT(REFERRAL_LENT) | BIT(REFERRAL_REFUSED) | BIT(REFERRAL_WITHDRAWN),
    [REFERRAL_LENT] = BIT(REFERRAL_ARRIVED) | BIT(REFERRAL_GIVEN_BACK) | BIT(REFERRAL_WITHDRAWN),
    [REFERRAL_ARRIVED] = BIT(REFERRAL_GIVEN_BACK) | BIT(REFERRAL_WITHDRAWN),
};

bool referral_may_become(const struct referral *referral, enum referral_state to)
{
    assert(referral->state < REFERRAL_STATE_COUNT);
    assert(to < REFERRAL_STATE_COUNT);
    const uint32_t *next = referral->kind == CENTRE_COMMUNITY ? community_next : neighbour_next;
    return (next[referral->state] >> to & 1u) != 0;
}

int64_t referral_awaited_by_ms(const struct referral *referral, enum alarm_kind kind)
{
    const bool is_community = referral->kind == CENTRE_COMMUNITY;
    const bool is_unanswered = referral->state == REFERRAL_SENT;
    if ((kind == ALARM_RECEIPT_LATE && is_community && is_unanswered) ||
        (kind == ALARM_HELP_LATE && !is_community && is_unanswered)) {
        return referral->answer_by_ms;
    }
    return kind == ALARM_FEEDBACK_LATE && is_community && !referral_state_ended(referral->state)
               ? referral->feedback_by_ms
               : TIME_NEVER;
}

uint32_t referral_open_count(const struct engine *engine, const struct incident *incident)
{
    uint32_t count = 0;
    const struct referral *referral = state_referral_at(engine, incident->referral_first);
    while (referral != NULL) {
        count += referral_state_ended(referral->state) ? 0 : 1;
        referral = state_referral_at(engine, referral->next);
    }
    return count;
}

/* To a community centre; NULL: it never was. */
static const struct referral *last_diversion(const struct engine *engine,
                                             const struct incident *incident)
{
    const struct referral *last = NULL;
    const struct referral *referral = state_referral_at(engine, incident->referral_first);
    while (referral != NULL) {
        last = referral->kind == CENTRE_COMMUNITY ? referral : last;
        referral = state_referral_at(engine, referral->next);
    }
    return last;
}

enum incident_state referral_incident_state(const struct engine *engine,
                                            const struct incident *incident,
                                            enum incident_state ours)
{
    const struct referral *diversion = last_diversion(engine, incident);
    const struct assignment *newest = state_assignment_at(engine, incident->assignment_last);
    if (diversion == NULL || (newest != NULL && newest->id > diversion->orders_upto)) {
        return ours;
    }
    if (!referral_state_ended(diversion->state)) {
        return INCIDENT_DIVERTED;
    }
    return diversion->state == REFERRAL_FEEDBACK ? INCIDENT_FEEDBACK_DUE : ours;
}

/* ---- Sending ---- */

static bool has_open_to(const struct engine *engine, const struct incident *incident,
                        uint32_t centre)
{
    const struct referral *referral = state_referral_at(engine, incident->referral_first);
    while (referral != NULL) {
        if (referral->centre == centre && !referral_state_ended(referral->state)) {
            return true;
        }
        referral = state_referral_at(engine, referral->next);
    }
    return false;
}

static uint32_t count_all(const struct engine *engine, const struct incident *incident)
{
    uint32_t count = 0;
    const struct referral *referral = state_referral_at(engine, incident->referral_first);
    while (referral != NULL) {
        count++;
        referral = state_referral_at(engine, referral->next);
    }
    return count;
}

/* Whoever is there deals with it: only what nobody of ours works on is given away, once. */
static enum reason check_diversion(const struct engine *engine, const struct incident *incident)
{
    const struct referral *diversion = last_diversion(engine, incident);
    if (diversion != NULL && !referral_state_ended(diversion->state)) {
        return REASON_WRONG_STATE;
    }
    return state_tally_all(engine, incident).active > 0 ? REASON_OPEN_ASSIGNMENTS : REASON_NONE;
}

static enum reason check_send(const struct step *step, const struct incident *incident)
{
    const struct engine *engine = step->engine;
    const uint32_t centre = step->command->refer.centre;
    if (centre >= engine->centre_count) {
        return REASON_UNKNOWN_CENTRE;
    }
    if (step->command->refer.generation != incident->generation) {
        return REASON_STALE_GENERATION;
    }
    if (has_open_to(engine, incident, centre)) {
        return REASON_WRONG_STATE;
    }
    if (count_all(engine, incident) == REFERRALS_MAX ||
        engine->referral_ids.count == engine->referral_ids.max) {
        return REASON_CAPACITY;
    }
    return engine->centres[centre].kind == CENTRE_COMMUNITY ? check_diversion(engine, incident)
                                                            : REASON_NONE;
}

static int64_t by_ms(const struct step *step, uint32_t after_ms)
{
    return after_ms == 0 ? TIME_NEVER : step->at_ms + (int64_t)after_ms;
}

static void emit_sent(struct step *step, const struct incident *incident, bool diverts)
{
    const struct engine *engine = step->engine;
    const struct policy *policy = state_policy_of(engine, incident);
    struct event *event = step_event(step, EVENT_REFERRAL_SENT);
    event->referred.referral_id = engine->last_referral_id + 1;
    event->referred.incident_id = incident->id;
    event->referred.centre = step->command->refer.centre;
    event->referred.kind = engine->centres[step->command->refer.centre].kind;
    event->referred.generation = incident->generation + (diverts ? 1 : 0);
    event->referred.answer_by_ms = by_ms(step, diverts ? policy->receipt_ms : policy->help_ms);
    event->referred.feedback_by_ms = diverts ? by_ms(step, policy->feedback_ms) : TIME_NEVER;
    memcpy(event->referred.note, step->command->refer.note, NOTE_SIZE);
    step_emit(step);
}

void referral_send(struct step *step)
{
    const struct engine *engine = step->engine;
    const struct incident *incident = incident_find_open(step, step->command->refer.incident_id);
    if (incident == NULL) {
        return;
    }
    const enum reason refusal = check_send(step, incident);
    if (refusal != REASON_NONE) {
        const bool is_stale = refusal == REASON_STALE_GENERATION;
        step_refuse(step, refusal,
                    (struct step_about){.incident_id = incident->id,
                                        .unit_id = UNIT_NONE,
                                        .generation = incident->generation,
                                        .by = is_stale ? incident->changed_by : NULL,
                                        .by_ms = incident->changed_ms});
        return;
    }
    const bool diverts = engine->centres[step->command->refer.centre].kind == CENTRE_COMMUNITY;
    if (diverts && incident_has_panic(step, incident)) {
        return;
    }
    if (diverts) {
        life_end_hold(step, incident, "");
        incident_cancel_tiers(step, incident);
    }
    emit_sent(step, incident, diverts);
    incident_settle(step, incident);
}

/* ---- Answering ---- */

struct told {
    enum referral_state state;
    enum reason reason;
    const char *units, *note;
    bool is_new_generation; /* of the incident: it is dispatched otherwise from now on */
};

static void emit_updated(struct step *step, const struct referral *referral, struct told told)
{
    const struct incident *incident = &step->engine->incidents[referral->incident];
    struct event *event = step_event(step, EVENT_REFERRAL_UPDATED);
    event->referral.referral_id = referral->id;
    event->referral.incident_id = incident->id;
    event->referral.centre = referral->centre;
    event->referral.state = told.state;
    event->referral.version = referral->version + 1;
    event->referral.generation = incident->generation + (told.is_new_generation ? 1 : 0);
    event->referral.reason = told.reason;
    memset(event->referral.units, 0, ADDRESS_SIZE);
    memcpy(event->referral.units, told.units, strlen(told.units));
    memset(event->referral.note, 0, NOTE_SIZE);
    memcpy(event->referral.note, told.note, strlen(told.note));
    step_emit(step);
}

void referral_withdraw_all(struct step *step, const struct incident *incident)
{
    const struct referral *referral = state_referral_at(step->engine, incident->referral_first);
    while (referral != NULL) {
        if (!referral_state_ended(referral->state)) {
            emit_updated(step, referral,
                         (struct told){.state = REFERRAL_WITHDRAWN, .units = "", .note = ""});
        }
        referral = state_referral_at(step->engine, referral->next);
    }
}

bool referral_refuses_end(struct step *step, const struct incident *incident)
{
    if (referral_open_count(step->engine, incident) == 0) {
        return false;
    }
    step_refuse(step, REASON_OPEN_REFERRAL,
                (struct step_about){.incident_id = incident->id, .unit_id = UNIT_NONE});
    return true;
}

/* A centre speaks for itself; what it was asked is not its to take back. */
static enum reason check_update(const struct step *step, const struct referral *referral)
{
    const enum referral_state to = step->command->referral.state;
    if (step->command->referral.version != referral->version ||
        !referral_may_become(referral, to)) {
        return REASON_WRONG_STATE;
    }
    return to == REFERRAL_WITHDRAWN && step->actor->source == SOURCE_API ? REASON_NOT_YOURS
                                                                         : REASON_NONE;
}

/* NULL: refused. */
static const struct referral *find_for_update(struct step *step)
{
    const struct referral *referral =
        state_referral(step->engine, step->command->referral.referral_id);
    if (referral == NULL) {
        step_refuse(step, REASON_UNKNOWN_REFERRAL, (struct step_about){.unit_id = UNIT_NONE});
        return NULL;
    }
    const enum reason refusal = check_update(step, referral);
    if (refusal != REASON_NONE) {
        step_refuse(
            step, refusal,
            (struct step_about){.incident_id = step->engine->incidents[referral->incident].id,
                                .unit_id = UNIT_NONE,
                                .by = referral->changed_by,
                                .by_ms = referral->changed_ms});
        return NULL;
    }
    return referral;
}

void referral_update(struct step *step)
{
    const struct engine *engine = step->engine;
    const struct referral *referral = find_for_update(step);
    if (referral == NULL) {
        return;
    }
    const struct incident *incident = &engine->incidents[referral->incident];
    const enum referral_state to = step->command->referral.state;
    assert(to != REFERRAL_LENT || step->command->referral.units[0] != '\0');
    assert(to != REFERRAL_FEEDBACK || step->command->referral.note[0] != '\0');
    step->result.incident_id = incident->id;
    emit_updated(step, referral,
                 (struct told){.state = to,
                               .reason = step->command->referral.reason,
                               .units = step->command->referral.units,
                               .note = step->command->referral.note,
                               .is_new_generation =
                                   referral->kind == CENTRE_COMMUNITY && referral_state_ended(to)});
    const enum incident_state derived = incident_derived_state(engine, incident);
    if (incident->state == INCIDENT_DIVERTED && derived == INCIDENT_PENDING) {
        incident_emit_state(step, incident, derived, step->command->referral.reason, "");
        life_look_for_somebody(step, incident);
    }
    incident_settle(step, incident);
}
