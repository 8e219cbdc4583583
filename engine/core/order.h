#ifndef ENGINE_CORE_ORDER_H
#define ENGINE_CORE_ORDER_H

#include "engine/core/step.h"

/* A dispatcher orders units by name: all of them or none. */
void order_units(struct step *step);

/* One order by hand, from where the unit is thought to be. */
void order_send(struct step *step, const struct incident *incident, uint32_t unit_id,
                enum tier tier, uint32_t generation);

#endif
