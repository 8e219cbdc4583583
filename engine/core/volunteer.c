#include "engine/core/volunteer.h"

#include <assert.h>

#include "engine/core/assign.h"
#include "engine/core/assignment.h"
#include "engine/core/decide.h"
#include "engine/core/incident.h"
#include "engine/core/timer_heap.h"

/* What became of the invitations. */
struct answers {
    uint32_t accepted;
    uint32_t pending;
    uint32_t last; /* so many were asked by the last wave */
};

static struct answers count_answers(const struct engine *engine, const struct incident *incident)
{
    struct answers answers = {0};
    const struct assignment *assignment = state_assignment_at(engine, incident->assignment_first);
    while (assignment != NULL) {
        const enum assignment_state state = assignment->state;
        if (assignment->wave > 0) {
            answers.pending += state_is_invited(assignment) ? 1 : 0;
            answers.accepted +=
                state >= ASSIGNMENT_ACKNOWLEDGED && state <= ASSIGNMENT_CLEARED ? 1 : 0;
            answers.last += assignment->wave == incident->wave ? 1 : 0;
        }
        assignment = state_assignment_at(engine, assignment->next);
    }
    return answers;
}

/* The most urgent tier that volunteers serve; TIER_COUNT: none is asked, or its time is over. */
static enum tier tier_of(const struct engine *engine, const struct incident *incident)
{
    const struct policy *policy = state_policy_of(engine, incident);
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        const enum tier_verdict verdict = incident->tiers[i].verdict;
        if ((policy->tiers[i].kinds >> UNIT_VOLUNTEER & 1u) != 0 && verdict != TIER_NOT_ASKED) {
            return verdict == TIER_MISSED || verdict == TIER_CANCELLED ? TIER_COUNT : (enum tier)i;
        }
    }
    return TIER_COUNT;
}

int64_t volunteer_due_ms(const struct engine *engine, const struct incident *incident)
{
    const struct policy *whole = state_policy_of(engine, incident);
    const struct volunteer_policy *policy = &whole->volunteers;
    if (!policy_asks_in_waves(whole) || (policy->types >> incident->type & 1u) == 0 ||
        incident->wave >= policy->waves_max || incident->mode != DISPATCH_AUTO ||
        incident->held_ms != TIME_NEVER || incident->state == INCIDENT_FEEDBACK_DUE ||
        incident->state == INCIDENT_DIVERTED || incident_state_ended(incident->state)) {
        return TIMER_OFF;
    }
    const enum tier tier = tier_of(engine, incident);
    const struct answers answers = count_answers(engine, incident);
    if (tier == TIER_COUNT || answers.accepted >= policy->wanted) {
        return TIMER_OFF;
    }
    const bool is_first = incident->wave == 0;
    const bool all_declined = answers.last > 0 && answers.pending == 0;
    const int64_t due_ms = is_first       ? incident->created_ms
                           : all_declined ? incident->wave_ms
                                          : incident->wave_ms + (int64_t)policy->wave_ms;
    const int64_t deadline_ms = state_tier_deadline(incident, tier);
    return deadline_ms != TIME_NEVER && due_ms > deadline_ms ? TIMER_OFF : due_ms;
}

void volunteer_run(struct step *step, const struct incident *incident)
{
    const struct engine *engine = step->engine;
    if (volunteer_due_ms(engine, incident) > step->at_ms) {
        return;
    }
    const struct volunteer_policy *policy = &state_policy_of(engine, incident)->volunteers;
    const enum tier tier = tier_of(engine, incident);
    assert(tier != TIER_COUNT); /* or nothing would be due */
    const struct decide_request request = {.incident = incident,
                                           .tier = tier,
                                           .wanted = policy->wave_units,
                                           .automatic = true,
                                           .volunteers = true};
    struct decision_made *made = &step->engine->scratch->decisions[tier];
    decide_begin(step);
    decide_tier(step, &request, made);
    made->wave = (uint8_t)(incident->wave + 1);
    assign_emit_decision(step, tier);
    assign_send_chosen(step, incident, tier, incident->generation + 1, true);
}

void volunteer_accepted(struct step *step, const struct incident *incident)
{
    const struct engine *engine = step->engine;
    if (count_answers(engine, incident).accepted <
        state_policy_of(engine, incident)->volunteers.wanted) {
        return;
    }
    const struct assignment *assignment = state_assignment_at(engine, incident->assignment_first);
    while (assignment != NULL) {
        if (state_is_invited(assignment)) {
            assignment_emit_update(step, assignment, ASSIGNMENT_CANCELLED, REASON_ENOUGH);
        }
        assignment = state_assignment_at(engine, assignment->next);
    }
}
