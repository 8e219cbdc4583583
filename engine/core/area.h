#ifndef ENGINE_CORE_AREA_H
#define ENGINE_CORE_AREA_H

#include "engine/core/state.h"

/* In which beat and which grid a place lies. */

/* Index of the first area of that kind that holds the place, AREA_NONE. Not of a shadow. */
uint32_t area_at(const struct engine *engine, enum area_kind kind, struct geo_point at);

/* All kinds at once. */
void area_find_all(const struct engine *engine, struct geo_point at,
                   uint32_t areas[AREA_KIND_COUNT]);

/* Each is one of the roster's, and of its kind, or AREA_NONE. */
bool area_valid(const struct engine *engine, const uint32_t areas[AREA_KIND_COUNT]);

#endif
