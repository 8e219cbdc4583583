#ifndef ENGINE_CORE_LADDER_H
#define ENGINE_CORE_LADDER_H

#include "engine/core/step.h"

/* Everything that happens because time has passed: the ack ladder, the ends of the tiers, pending
 * too long, looking for somebody again, leaving the core. */
void ladder_run(struct step *step);

/* Units that became free in this step go to who has waited: the most urgent, then the oldest. */
void ladder_serve_waiting(struct step *step);

#endif
