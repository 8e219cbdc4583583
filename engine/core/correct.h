#ifndef ENGINE_CORE_CORRECT_H
#define ENGINE_CORE_CORRECT_H

#include "engine/core/step.h"

/* A milestone is written once. What was wrong about it is said by another row that supersedes it,
 * with a reason; both stay in the record, and verdicts stay as they fell. */
void correct_milestone(struct step *step);

#endif
