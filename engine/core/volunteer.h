#ifndef ENGINE_CORE_VOLUNTEER_H
#define ENGINE_CORE_VOLUNTEER_H

#include "engine/core/step.h"

/* Volunteers come in addition to the units of a tier. They are asked in waves: the nearest first,
 * some more when the wave before did not bring enough who accept, never more than all waves
 * together hold. Whoever has not answered when there are enough is told that others suffice.
 *
 *   wave 1 -> not enough after wave_ms, or all have declined -> wave 2 -> ... -> waves_max
 *
 * An invitation is an assignment with the number of its wave. Until it is acknowledged it counts
 * for nothing: nobody is on the way, no clock starts, and its ladder alarms nobody. */

/* When the next wave is to open; TIMER_OFF: as things are, never. */
int64_t volunteer_due_ms(const struct engine *engine, const struct incident *incident);
/* Opens a wave if it is time. */
void volunteer_run(struct step *step, const struct incident *incident);
/* Somebody has accepted: if there are enough now, the others are called off. */
void volunteer_accepted(struct step *step, const struct incident *incident);

#endif
