#ifndef ENGINE_CORE_NOTICE_H
#define ENGINE_CORE_NOTICE_H

#include "engine/core/step.h"

/* What an ordered unit has to hear after its order: that the incident changed, that there is
 * danger, that it is called off. Pushed at once, with a receipt, an acknowledgement and a ladder of
 * its own.
 *
 *   none -> sent -> delivered -> acknowledged     any -> sent: another notice, counted by `number`
 *
 * An assignment has one notice; what comes before it was acknowledged joins it, and only who has
 * seen the newest number acknowledges all of it. It outlives the assignment: who was recalled has
 * to hear it. */

bool notice_is_open(const struct notice *notice);

/* The assignment may have ended: of a recall it has. */
void notice_send(struct step *step, const struct assignment *assignment, enum notice_kind kind);
/* To everybody who is ordered to the incident; notice_has_room() was asked. */
void notice_send_all(struct step *step, const struct incident *incident, enum notice_kind kind);
/* False: refused already. */
bool notice_has_room(struct step *step, const struct incident *incident);

void notice_warn(struct step *step);
void notice_update(struct step *step);

#endif
