#ifndef ENGINE_CORE_STAFFING_H
#define ENGINE_CORE_STAFFING_H

#include "engine/core/state.h"

/* How many are on duty in a circle, and how many its rota asks for at that hour.
 *
 * A rota is up to CIRCLE_SHIFTS_MAX shifts of the local day, rising; the last one runs over
 * midnight to the first. Nothing is decided by it: it is an answer, reckoned when asked. */

/* Shifts rise within the day, and a lone one begins at midnight: it is always. */
bool staffing_rota_valid(const struct circle_definition *circle);

/* Fills engine->staffing, an item a circle. */
void staffing_reckon(const struct engine *engine, int64_t at_ms);

#endif
