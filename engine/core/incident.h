#ifndef ENGINE_CORE_INCIDENT_H
#define ENGINE_CORE_INCIDENT_H

#include "engine/core/step.h"

/* What a dispatcher does to an incident, and the state that follows from its assignments:
 *
 *   pending -> dispatched -> responding -> on_scene -> feedback_due -> closed
 *      ^___________|_____________|  all declined or recalled         cancelled: from any but closed
 *                                                   duplicate: merged into another (life.c)
 *
 *   pending, feedback_due -> diverted -> feedback_due  a community centre has it (referral.c);
 *                               |-> pending            returned or withdrawn: ours again
 */

/* Bring the state in line with the assignments, and the alarms with their causes. The last thing
 * that a handler does which touched an incident. */
void incident_settle(struct step *step, const struct incident *incident);

void incident_emit_state(struct step *step, const struct incident *incident,
                         enum incident_state state, enum reason reason, const char *note);
void incident_emit_verdict(struct step *step, const struct incident *incident, enum tier tier,
                           enum tier_verdict verdict, uint32_t unit_id);

void incident_cancel_tiers(struct step *step, const struct incident *incident);

/* What follows from its orders. */
enum incident_state incident_derived_state(const struct engine *engine,
                                           const struct incident *incident);
/* Nobody ends an incident, nor gives it away, over a call for help that lasts; true: refused. */
bool incident_has_panic(struct step *step, const struct incident *incident);
/* NULL: refused already. */
const struct incident *incident_find_open(struct step *step, uint32_t incident_id);
/* Room for the end of all its orders; false: refused already. */
bool incident_has_room_to_end(struct step *step, const struct incident *incident);

/* The first and smallest circle that holds the place; CIRCLE_NONE. */
uint32_t incident_circle_at(const struct engine *engine, struct geo_point at);

void incident_recommend(struct step *step);
void incident_update(struct step *step);
void incident_note(struct step *step);
void incident_cancel(struct step *step);
void incident_close(struct step *step);

#endif
