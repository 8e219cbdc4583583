#ifndef ENGINE_CORE_DISTRICT_H
#define ENGINE_CORE_DISTRICT_H

#include "engine/core/state.h"

/* The district that holds the place, the first of several; DISTRICT_NONE. */
uint8_t district_at(const struct engine *engine, struct geo_point at);

#endif
