#ifndef TESTS_SIM_SIM_PEOPLE_H
#define TESTS_SIM_SIM_PEOPLE_H

#include "tests/sim/sim.h"

/* Units that obey, dawdle, decline, fall silent or lose their link; callers who do not give up;
 * dispatchers who contradict each other. */

void sim_people_create(struct sim *sim);
void sim_people_destroy(struct sim *sim);

/* Whether the unit belongs to the half or the quarter of the city that holds the place. */
bool sim_people_is_of(const struct sim *sim, uint32_t unit_id, struct geo_point at);
/* The roster goes in with the first start. */
void sim_people_begin(struct sim *sim);
void sim_people_happen(struct sim *sim, const struct sim_entry *entry);

/* An event was published: units that it concerns are told, over a bad line. */
void sim_people_told(struct sim *sim, const struct event *event);
/* The process says this answer to whoever asked; it may get lost on the way. */
void sim_people_answer(struct sim *sim, uint64_t ticket, const struct api_answer *answer);
void sim_people_forget_fixes(struct sim *sim); /* the process that knew them is gone */

/* Where the engine believes a unit to have been at that time; false: nowhere that it trusts for
 * certain. */
bool sim_people_position(const struct sim *sim, uint32_t unit_id, int64_t at_ms,
                         struct geo_point *at);
/* Whether the unit said with that fix that it is so near. */
bool sim_people_was_at(const struct sim *sim, uint32_t unit_id, int64_t fix_ms,
                       struct geo_point place, uint32_t radius_m);
struct geo_point sim_people_somewhere(struct sim *sim);
enum unit_kind sim_people_kind(const struct sim *sim, uint32_t unit_id);
uint32_t sim_people_count(const struct sim *sim);
/* Everybody has a link, and nobody is out of order any more. */
void sim_people_calm(struct sim *sim);
uint32_t sim_people_waiting(const struct sim *sim); /* requests without an answer */

#endif
