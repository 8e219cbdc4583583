#ifndef ENGINE_CORE_PATROL_H
#define ENGINE_CORE_PATROL_H

#include "engine/core/step.h"

/* Checkpoints that patrols have to visit: who was there, and what is overdue.
 *
 * A fix is volatile, so what follows from it must not be: a stay that has become a visit waits for
 * the next step, which makes it an event. From then on all is state: the time for the next visit
 * runs from the last one, the last miss or the opening of the due hours, whichever is latest; when
 * it has passed, checkpoint.overdue says so, once a missed time, and an alarm stands until the next
 * visit or the end of the hours. A stay that a restart cuts in two begins anew.
 *
 * A route is a checkpoint whose visit is a round (ADR 12): who visits the stop that comes next
 * moves it on, whichever unit of its circle it is; after the last stop the next step says that it
 * was walked. A round that takes longer than its interval is void and begins with the first stop.
 */

#define PATROL_VISITS_MAX 1024u /* that wait for a step; with more, later fixes say it again */

struct patrol;

MUST_CHECK enum status patrol_create(const struct engine *engine, struct patrol **out);
void patrol_destroy(struct patrol *patrol);
void patrol_clear(struct engine *engine);

/* `circles`: how many there will be. */
bool patrol_definition_valid(const struct checkpoint_definition *definition, uint32_t circles);
/* The stops of a route are places that are there. */
bool patrol_stops_valid(const struct engine *engine, const struct checkpoint_definition *route);
bool patrol_same_stops(const struct checkpoint_definition *a,
                       const struct checkpoint_definition *b);
/* How long the due hours last. */
int64_t patrol_hours_ms(const struct checkpoint_definition *definition);

/* A checkpoint is new, or another; called by apply, as what follows. */
void patrol_define(struct engine *engine, uint32_t index);
/* Its visits, or its alarm, have changed at that time. */
void patrol_refresh(struct engine *engine, uint32_t index, int64_t now_ms);

/* The unit's fix is new. */
void patrol_observe(struct engine *engine, uint32_t unit_id);
/* What local time is ahead of UTC. */
void patrol_set_zone(struct engine *engine, int64_t zone_ms);
/* 0 until it is known, and in an engine that only replays. */
int64_t patrol_zone_ms(const struct engine *engine);

/* The settling has begun. */
void patrol_started(struct engine *engine);

/* When a step is wanted; INT64_MAX: never. */
int64_t patrol_deadline_ms(const struct engine *engine);
void patrol_run(struct step *step);

/* Until when it has to be visited next; INT64_MAX: nobody has to. */
int64_t patrol_due_ms(const struct engine *engine, uint32_t index);

/* checkpoint.sign: somebody says that a unit is there. */
void patrol_sign(struct step *step);

#endif
