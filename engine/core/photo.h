#ifndef ENGINE_CORE_PHOTO_H
#define ENGINE_CORE_PHOTO_H

#include "engine/core/step.h"

/* A photo from the scene. The record ties the file, by its hash, to the incident and to the order
 * that it was taken on; the state of the engine does not change. */

/* incident.photo: refused are an incident or an assignment that is not known, or of another
 * incident, and a unit that has no order there. A unit may tell of an order that has ended: photos
 * come late, over a bad network, and are as true as before; so late that the incident has left the
 * state, it is taken from who found it in the record (`of_record`). */
void photo_add(struct step *step);

/* There has been such an incident: numbers are given one after the other. */
bool photo_incident_was(const struct engine *engine, uint32_t incident_id);

#endif
