#ifndef ENGINE_CORE_PANIC_H
#define ENGINE_CORE_PANIC_H

#include "engine/core/step.h"

/* A unit calls for help, over whatever else it does.
 *
 *   none -> raised -> acknowledged (a dispatcher, by alarm.ack) -> none (a supervisor)
 *             ^____________|  it calls again
 *
 * The call opens an incident of highest priority where the unit is, proposes the nearest, and
 * raises an alarm. It goes to the dispatchers in charge of the place; if none of them is listening,
 * or none has acknowledged it in time, to all. */

void panic_raise(struct step *step);
void panic_widen(struct step *step, const struct incident *incident);
void panic_close(struct step *step);

#endif
