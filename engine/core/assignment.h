#ifndef ENGINE_CORE_ASSIGNMENT_H
#define ENGINE_CORE_ASSIGNMENT_H

#include "engine/core/step.h"

/* One unit on one incident in one tier:
 *
 *   sent -> delivered -> acknowledged -> en_route -> on_scene -> cleared
 *     |________|______________|_____________|  declined (unit), recalled (dispatcher), preempted
 *     |________|______________|_____________|___________|  cancelled (with the incident)
 *
 * Forward only. A skipped step is accepted, its time stays unknown and the assignment says so. */

/* By the actor of the step. */
void assignment_emit_update(struct step *step, const struct assignment *assignment,
                            enum assignment_state state, enum reason reason);

/* For another incident, which gets the unit in the same step: it is free for nobody else. */
void assignment_emit_taken(struct step *step, const struct assignment *assignment,
                           enum assignment_state state, enum reason reason, uint32_t other_id);

void assignment_update(struct step *step);
void assignment_recall(struct step *step);
/* The unit on scene says that all is well. */
void assignment_par(struct step *step);
void assignment_support(struct step *step);

#endif
