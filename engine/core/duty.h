#ifndef ENGINE_CORE_DUTY_H
#define ENGINE_CORE_DUTY_H

#include "engine/core/step.h"

/* Signing on and off. Nobody signs off with work open. */
void duty_set(struct step *step);

#endif
