#ifndef ENGINE_CORE_TOGETHER_H
#define ENGINE_CORE_TOGETHER_H

#include "engine/core/step.h"

/* Incidents that wait at the same moment and compete for the same units are solved together: as few
 * tiers missed as can be, the most urgent first, then as little travel as can be. Nearest first
 * stays the rule for one alone, and no first dispatch ever waits for another. */
#define TOGETHER_INCIDENTS_MAX 8u

/* `incidents` are waiting, the most urgent first; at least two. */
void together_serve(struct step *step, const struct incident *const incidents[], uint32_t count);

#endif
