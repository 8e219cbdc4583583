#include "engine/core/assign.h"

#include <assert.h>

#include "engine/core/alarm.h"
#include "engine/core/deadline.h"
#include "engine/core/decide.h"
#include "engine/core/incident.h"
#include "engine/core/preempt.h"
#include "engine/core/volunteer.h"

struct round {
    bool automatic;
    bool quiet; /* only what finds somebody is worth a word */
    bool used[TIER_COUNT];
    uint32_t wanted[TIER_COUNT];
    uint32_t taken[TAKEN_MAX];
    uint32_t taken_count;
};

/* Decide the tiers of the round, the most urgent first: a unit goes to at most one of them. */
static void decide_round(const struct step *step, const struct incident *incident,
                         struct round *round)
{
    struct decision_made *decisions = step->engine->scratch->decisions;
    decide_begin(step);
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        if (!round->used[i]) {
            continue;
        }
        const struct decide_request request = {.incident = incident,
                                               .tier = (enum tier)i,
                                               .wanted = round->wanted[i],
                                               .automatic = round->automatic,
                                               .quiet = round->quiet,
                                               .taken = round->taken,
                                               .taken_count = round->taken_count};
        struct decision_made *made = &decisions[i];
        decide_tier(step, &request, made);
        for (uint32_t k = 0; k < made->candidate_count; k++) {
            if (made->candidates[k].chosen) {
                assert(round->taken_count < TAKEN_MAX);
                round->taken[round->taken_count] = made->candidates[k].unit_id;
                round->taken_count++;
            }
        }
    }
}

void assign_emit_decision(struct step *step, enum tier tier)
{
    step_event(step, EVENT_DECISION_MADE)->decision = step->engine->scratch->decisions[tier];
    step_emit(step);
}

void assign_send_chosen(struct step *step, const struct incident *incident, enum tier tier,
                        uint32_t generation, bool additional)
{
    const struct decision_made *made = &step->engine->scratch->decisions[tier];
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        const struct candidate *candidate = &made->candidates[i];
        if (!candidate->chosen) {
            continue;
        }
        struct event *event = step_event(step, EVENT_ASSIGNMENT_SENT);
        event->sent = (struct assignment_sent){
            .assignment_id = step->engine->last_assignment_id + 1,
            .incident_id = incident->id,
            .unit_id = candidate->unit_id,
            .tier = tier,
            .generation = generation,
            .travel_ms = candidate->travel_ms,
            .estimated = candidate->estimated,
            .distance_m = geo_distance_m(candidate->at, incident->at),
            .fix_age_ms = candidate->fix_age_ms,
            .from = candidate->at,
            .additional = additional,
            .automatic = true,
            .rank = candidate->rank,
            .version = 1,
            .wave = made->wave,
        };
        step_emit(step);
    }
}

/* A tier for which nobody was found. Right after a start the fixes are not in yet: wait. */
static void say_nobody(struct step *step, const struct incident *incident, enum tier tier)
{
    if (step->at_ms < step->engine->settle_until_ms ||
        incident->tiers[tier].verdict == TIER_NOT_ASKED ||
        state_tally(step->engine, incident, tier).all > 0) {
        return;
    }
    if (incident->mode == DISPATCH_AUTO && incident->tiers[tier].verdict == TIER_OPEN) {
        incident_emit_verdict(step, incident, tier, TIER_NO_UNIT, UNIT_NONE);
    }
    /* A circle promises its tiers; elsewhere only the last one is anybody's promise. An alarm for
     * every place without people on the spot would bury those that need a person. */
    if (tier == TIER_5 || incident->circle != CIRCLE_NONE) {
        alarm_raise(step, ALARM_NO_UNIT, incident, NULL, tier);
    }
}

static void send_round(struct step *step, const struct incident *incident,
                       const struct round *round)
{
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        if (round->used[i]) {
            assign_emit_decision(step, (enum tier)i);
        }
    }
    const uint32_t generation = incident->generation + 1;
    for (uint32_t i = 0; round->automatic && i < TIER_COUNT; i++) {
        if (round->used[i]) {
            assign_send_chosen(step, incident, (enum tier)i, generation, false);
        }
    }
}

uint32_t assign_still_wanted(const struct step *step, const struct incident *incident,
                             enum tier tier)
{
    const struct tally tally = state_tally(step->engine, incident, tier);
    const uint32_t filled = tally.active + tally.cleared + tally.recalled;
    const uint32_t wanted = incident->tiers[tier].wanted;
    return wanted > filled ? wanted - filled : 0;
}

void assign_first(struct step *step, const struct incident *incident)
{
    struct round round = {.automatic = incident->mode == DISPATCH_AUTO};
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        round.used[i] = incident->tiers[i].verdict != TIER_NOT_ASKED;
        round.wanted[i] = incident->tiers[i].wanted;
    }
    decide_round(step, incident, &round);
    send_round(step, incident, &round);
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        if (round.used[i] && decide_chosen_count(&step->engine->scratch->decisions[i]) == 0 &&
            !preempt_order(step, incident, (enum tier)i)) {
            say_nobody(step, incident, (enum tier)i);
        }
    }
    volunteer_run(step, incident);
    incident_settle(step, incident);
}

void assign_decided(struct step *step, const struct incident *incident,
                    const bool is_wanted[TIER_COUNT], const bool found[TIER_COUNT])
{
    struct round round = {.automatic = true};
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        round.used[i] = found[i];
    }
    send_round(step, incident, &round);
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        if (is_wanted[i] && !found[i]) {
            say_nobody(step, incident, (enum tier)i);
        }
    }
    incident_settle(step, incident);
}

bool assign_retry(struct step *step, const struct incident *incident)
{
    struct round round = {.automatic = true, .quiet = true};
    bool is_wanted[TIER_COUNT];
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        is_wanted[i] = deadline_tier_wants(step->engine, incident, (enum tier)i, step->at_ms);
        round.used[i] = is_wanted[i] && decide_has_free(step->engine, incident, (enum tier)i);
        round.wanted[i] = assign_still_wanted(step, incident, (enum tier)i);
    }
    decide_round(step, incident, &round);
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        round.used[i] =
            round.used[i] && decide_chosen_count(&step->engine->scratch->decisions[i]) > 0;
    }
    assign_decided(step, incident, is_wanted, round.used);
    return round.taken_count > 0;
}

void assign_recommend(struct step *step, const struct incident *incident)
{
    struct round round = {.automatic = false};
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        round.used[i] = incident->tiers[i].verdict != TIER_NOT_ASKED;
        round.wanted[i] = assign_still_wanted(step, incident, (enum tier)i);
    }
    decide_round(step, incident, &round);
    send_round(step, incident, &round);
}

bool assign_additional(struct step *step, const struct incident *incident, enum tier tier)
{
    struct round round = {.automatic = true, .quiet = true};
    round.used[tier] = decide_has_free(step->engine, incident, tier);
    round.wanted[tier] = 1;
    decide_round(step, incident, &round);
    if (round.taken_count == 0) {
        return false;
    }
    assign_emit_decision(step, tier);
    assign_send_chosen(step, incident, tier, incident->generation + 1, true);
    return true;
}
