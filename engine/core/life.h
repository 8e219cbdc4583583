#ifndef ENGINE_CORE_LIFE_H
#define ENGINE_CORE_LIFE_H

#include "engine/core/step.h"

/* What dispatchers do to an incident beside sending units:
 *
 *   pending -> held until a time of review -> pending     closed, cancelled -> opened again
 *   open -> duplicate of a main one, which gets its reports
 *   nobody's -> claimed -> handed over or taken with a word */
void life_hold(struct step *step);
void life_release(struct step *step);
void life_reopen(struct step *step);
void life_merge(struct step *step);
void life_claim(struct step *step);
void life_hand_over(struct step *step);

/* Where nobody is on the way: at once by the engine, or shown to the dispatcher. */
void life_look_for_somebody(struct step *step, const struct incident *incident);

/* An order ends a hold. */
void life_end_hold(struct step *step, const struct incident *incident, const char *note);

#endif
