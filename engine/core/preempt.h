#ifndef ENGINE_CORE_PREEMPT_H
#define ENGINE_CORE_PREEMPT_H

#include "engine/core/passed.h"

/* Who is on the way to less urgent work and could come here in time instead: proposed with the
 * victim's name when nobody free is left, and ordered by itself only where the policy says so. */

/* The assignment or the priority of its incident has changed. */
void preempt_refresh(const struct engine *engine, uint32_t slot);

/* Fills made->preemptable, the least urgent victim first, then the nearest. */
void preempt_list(const struct step *step, const struct passed_rules *rules,
                  const struct policy *policy, struct decision_made *made);

/* Nobody was found for the tier: order the first of its list, if the policy lets the engine do so.
 * The list is that of scratch->decisions[tier]. True: somebody was taken; the victim is served. */
bool preempt_order(struct step *step, const struct incident *incident, enum tier tier);

#endif
