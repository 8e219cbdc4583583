#ifndef ENGINE_CORE_CIRCLE_PLAN_H
#define ENGINE_CORE_CIRCLE_PLAN_H

#include "engine/core/step.h"

/* Plans of circles (一圈一预案): which of them holds for an incident, and whom it names. */

#define PRIORITIES_ALL ((1u << PRIORITY_MAX) - 1u)

/* Whether it refers only to what is there; `circles` and `units`: how many there are. */
bool circle_plan_valid(const struct circle_plan *plan, uint32_t circles, uint32_t units);
/* Whether they say the same, field by field. */
bool circle_plan_equal(const struct circle_plan *a, const struct circle_plan *b);

/* The version of the plan of now that holds for what happens in the circle: the one made for the
 * fewest types and priorities, of several such the first of the roster. 0: none does. */
uint32_t circle_plan_find(const struct engine *engine, uint32_t circle, enum incident_type type,
                          uint32_t priority);
/* The same for an incident that is changed: it keeps its plan while that still holds. */
uint32_t circle_plan_after(const struct engine *engine, const struct incident *incident,
                           uint32_t circle, enum incident_type type, uint32_t priority);

/* NULL: none holds. */
const struct kept_plan *circle_plan_of(const struct engine *engine,
                                       const struct incident *incident);
/* Whom it names for the tier; NULL and 0: nobody. */
const uint32_t *circle_plan_units(const struct engine *engine, const struct incident *incident,
                                  enum tier tier, uint32_t *count);

/* Of a roster: what is wrong with its plans, and the events. One that says what the current one of
 * its code says makes no event. */
enum reason circle_plan_check(const struct step *step, const struct roster *roster);
void circle_plan_put_all(struct step *step, const struct roster *roster);

#endif
