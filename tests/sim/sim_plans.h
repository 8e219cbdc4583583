#ifndef TESTS_SIM_SIM_PLANS_H
#define TESTS_SIM_SIM_PLANS_H

#include "tests/sim/sim.h"

/* Plans of circles as the world was told of them, and which of them an incident goes by, reckoned
 * anew: a part of sim_record.h. */

void sim_plans_create(struct sim *sim);
void sim_plans_destroy(struct sim *sim);

void sim_plans_put(struct sim *sim, const struct event *event);
/* Fails if the incident begins with another plan than holds. */
void sim_plans_opened(struct sim *sim, const struct event *event);
/* Fails if it goes by another one from now on. `version`: the one that it has had. */
void sim_plans_updated(struct sim *sim, const struct event *event, uint32_t version);
/* Fails if the decision speaks of another plan, or says otherwise whom it names. */
void sim_plans_decided(struct sim *sim, const struct decision_made *made, uint32_t version);

#endif
