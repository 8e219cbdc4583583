#ifndef TESTS_SIM_SIM_PATROL_H
#define TESTS_SIM_SIM_PATROL_H

#include "tests/sim/sim.h"

/* Checkpoints and routes as the world was told of them: who visited what, what was missed, and the
 * rules for it, reckoned from the events alone; a part of sim_record.h. */

#define SIM_PLACES      6u
#define SIM_ROUTES      2u
#define SIM_CHECKPOINTS (SIM_PLACES + SIM_ROUTES)

void sim_patrol_create(struct sim *sim);
void sim_patrol_destroy(struct sim *sim);

/* What the roster begins with: places, then routes. */
void sim_patrol_roster(struct sim *sim, struct checkpoint_definition definitions[SIM_CHECKPOINTS]);
uint32_t sim_patrol_count(const struct sim *sim);
/* The same checkpoint after somebody thought better of it. */
struct checkpoint_definition sim_patrol_another(struct sim *sim, uint32_t index);
/* Where one of the places is; before the roster is known, anywhere. */
struct geo_point sim_patrol_place(struct sim *sim);

/* checkpoint.*, and alarms of what is overdue. */
void sim_patrol_event(struct sim *sim, const struct event *event, enum duty duty);
/* Fails if something was to be said and was not; answers when the next thing will be. */
int64_t sim_patrol_check(struct sim *sim, int64_t now_ms, int64_t slack_ms);

#endif
