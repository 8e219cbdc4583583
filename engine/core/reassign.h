#ifndef ENGINE_CORE_REASSIGN_H
#define ENGINE_CORE_REASSIGN_H

#include "engine/core/step.h"

/* A unit that goes from one incident to another in one step: the old order ends and names where the
 * unit went, the new one is sent. */

/* `how`: ASSIGNMENT_RECALLED (moved by a dispatcher) or ASSIGNMENT_PREEMPTED. The unit is sent with
 * `generation` of the incident that it goes to. */
void reassign_move(struct step *step, const struct assignment *assignment,
                   const struct incident *to, enum tier tier, enum assignment_state how,
                   uint32_t generation);

/* The one that was robbed: its own line in the record, and somebody else at once. */
void reassign_serve_victim(struct step *step, const struct incident *victim);

/* By a dispatcher's command. */
void reassign_command(struct step *step);

#endif
