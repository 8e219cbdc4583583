#ifndef ENGINE_CORE_ASSIGN_H
#define ENGINE_CORE_ASSIGN_H

#include "engine/core/step.h"

/* From decisions to orders. All tiers of an incident are decided before the first order goes out,
 * so that it goes out to all of them at the same moment and nobody is asked twice. */

/* How many more of the tier are wanted. */
uint32_t assign_still_wanted(const struct step *step, const struct incident *incident,
                             enum tier tier);
/* Send what stands chosen in scratch->decisions for the tiers that found somebody, say nobody for
 * those that wanted and did not. */
void assign_decided(struct step *step, const struct incident *incident,
                    const bool is_wanted[TIER_COUNT], const bool found[TIER_COUNT]);

/* A new incident: say what was decided whatever it is, order in `auto`. */
void assign_first(struct step *step, const struct incident *incident);
/* Again, quietly: only tiers that still want somebody, only if somebody was found. Answers whether
 * an order went out. */
bool assign_retry(struct step *step, const struct incident *incident);
/* For a dispatcher who looks: decisions, no orders. */
void assign_recommend(struct step *step, const struct incident *incident);
/* The next nearest in addition, after a decline or by the ladder. False: nobody is left. */
bool assign_additional(struct step *step, const struct incident *incident, enum tier tier);

/* What the scratch holds for the tier: the decision itself, and orders to those it chose. */
void assign_emit_decision(struct step *step, enum tier tier);
void assign_send_chosen(struct step *step, const struct incident *incident, enum tier tier,
                        uint32_t generation, bool additional);

#endif
