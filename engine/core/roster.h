#ifndef ENGINE_CORE_ROSTER_H
#define ENGINE_CORE_ROSTER_H

#include "engine/core/step.h"

/* Districts, circles and units: a whole roster or nothing. */
void roster_put(struct step *step);

#endif
