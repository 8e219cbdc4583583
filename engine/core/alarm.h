#ifndef ENGINE_CORE_ALARM_H
#define ENGINE_CORE_ALARM_H

#include "engine/core/step.h"

/* An owned list, not a feed: one alarm a cause, raised once, gone when its cause is gone. */

/* Does nothing if it is there already. `assignment` may be NULL. */
void alarm_raise(struct step *step, enum alarm_kind kind, const struct incident *incident,
                 const struct assignment *assignment, enum tier tier);
/* Clear it although its cause lasts: it is raised anew. */
void alarm_drop(struct step *step, enum alarm_kind kind, const struct incident *incident);
/* Clear what has no cause any more. */
void alarm_sweep(struct step *step, const struct incident *incident);

/* A gap in the cover of a circle: one alarm a tier, of no incident. There is room for it. */
void alarm_raise_gap(struct step *step, uint32_t circle, enum tier tier);
void alarm_clear_gap(struct step *step, uint32_t circle, enum tier tier);
/* It was shelved, and that is over. */
void alarm_return_gap(struct step *step, uint32_t circle, enum tier tier);

/* A checkpoint that is overdue: one alarm each, of no incident. There is room for it. */
void alarm_raise_overdue(struct step *step, uint32_t checkpoint);
void alarm_clear_overdue(struct step *step, uint32_t checkpoint);
void alarm_return_overdue(struct step *step, uint32_t checkpoint);

void alarm_ack(struct step *step);

/* Not now: until a time it does not ring, then it comes back as nobody's, if its cause still
 * stands. A call for help is never shelved. */
void alarm_shelve(struct step *step);
/* Those whose time is over, a few at a time. */
void alarm_return(struct step *step, const struct incident *incident);

/* A unit at work asks for more: until somebody else is ordered, or its own order ends. */
void alarm_ask_support(struct step *step, const struct assignment *assignment);

#endif
