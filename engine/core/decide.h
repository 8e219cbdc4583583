#ifndef ENGINE_CORE_DECIDE_H
#define ENGINE_CORE_DECIDE_H

#include "engine/core/step.h"

/* Who should go, and why not the others: one tier of one incident, from what is known now. Reads
 * only; what comes of it is emitted by assign.c. */

#define TAKEN_MAX (TIER_COUNT * TIER_UNITS_MAX)

struct decide_request {
    const struct incident *incident;
    enum tier tier;
    uint32_t wanted;
    bool automatic;
    bool quiet;
    const uint32_t *taken; /* chosen by another tier of the same step */
    uint32_t taken_count;
    bool volunteers; /* a wave of them, and nobody else */
    uint32_t listed; /* so many candidates, also beyond reach where that is allowed; 0: as usual */
};

/* Another incident than before: who is around its place is asked anew, once for all its tiers. */
void decide_begin(const struct step *step);
/* Whether anybody of the tier's kinds is free: a search for nobody crosses a city. */
bool decide_has_free(const struct engine *engine, const struct incident *incident, enum tier tier);
/* Candidates nearest first, the first `wanted` that fit chosen. A quiet request that finds nobody
 * says nothing of those passed over. */
void decide_tier(const struct step *step, const struct decide_request *request,
                 struct decision_made *made);
/* People on the spot do not walk round by the street: near the place they come straight. Adds such
 * units to the walkers found by road, or shortens their way; answers how many there are now. */
uint32_t decide_come_straight(const struct engine *engine, const struct geo_nearest_query *query,
                              struct geo_nearest_hit hits[], uint32_t count, uint32_t hits_max);
uint32_t decide_chosen_count(const struct decision_made *made);
/* Not chosen, and nearer than somebody who is: because the plan of the circle names that one, or
 * because that one is of the own area. */
struct decide_outdone {
    uint32_t by_plan, by_area;
};
struct decide_outdone decide_outdone(const struct decision_made *made);

#endif
