#ifndef ENGINE_CORE_DUTY_H
#define ENGINE_CORE_DUTY_H

#include "engine/core/step.h"

void duty_set(struct step *step);

/* What the equipment makes a unit fit for, as bits of unit_definition.capabilities. */
uint32_t duty_capabilities(uint32_t equipment);

#endif
