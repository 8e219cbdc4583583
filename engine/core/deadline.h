#ifndef ENGINE_CORE_DEADLINE_H
#define ENGINE_CORE_DEADLINE_H

#include "engine/core/state.h"

/* When an incident or an assignment wants to be looked at again: derived from the state and the
 * policy, so timers survive a restart without being written down. */

#define RETRY_MS 5000 /* while somebody is wanted, a fit unit may come by without saying so */

void deadline_refresh_incident(const struct engine *engine, uint32_t slot);
void deadline_refresh_assignment(const struct engine *engine, uint32_t slot);
/* The incident leaves the engine. */
void deadline_forget_incident(const struct engine *engine, uint32_t slot, uint32_t incident_id);
/* Leave it alone until then; after a step that could not be done. */
void deadline_snooze(const struct engine *engine, uint32_t object, int64_t until_ms);

bool deadline_is_assignment(const struct engine *engine, uint32_t object);

/* When the ladder takes this step, TIMER_OFF: it was taken, or the policy has it switched off. */
int64_t deadline_ladder_ms(const struct engine *engine, const struct assignment *assignment,
                           enum ladder_step step);

/* The same of the notice that the unit has not acknowledged; TIMER_OFF: there is none. */
int64_t deadline_notice_ms(const struct engine *engine, const struct assignment *assignment,
                           enum ladder_step step);

/* When a unit on scene is asked whether all is well, and when its silence is an alarm. */
int64_t deadline_par_ms(const struct engine *engine, const struct assignment *assignment,
                        enum ladder_step step);

/* When a call for help that nobody in charge has acknowledged goes to everybody. */
int64_t deadline_widen_ms(const struct engine *engine, const struct incident *incident);

/* Whether the engine itself still looks for somebody. After a tier's time has passed only if
 * nobody at all is on the way. `now_ms` TIME_NEVER: whatever the time. */
bool deadline_tier_wants(const struct engine *engine, const struct incident *incident,
                         enum tier tier, int64_t now_ms);

/* When the first of the incident's shelved alarms comes back; TIMER_OFF. */
int64_t deadline_shelved_ms(const struct engine *engine, const struct incident *incident);
/* When an incident that ended leaves the engine; TIMER_OFF: it has not ended. */
int64_t deadline_archive_ms(const struct engine *engine, const struct incident *incident);
/* When what is held is to be looked at again; TIMER_OFF. */
int64_t deadline_review_ms(const struct engine *engine, const struct incident *incident);
/* When a centre's answer or feedback is late, of the kind that this alarm names; TIMER_OFF: none is
 * awaited, or it was said. */
int64_t deadline_referral_ms(const struct engine *engine, const struct incident *incident,
                             enum alarm_kind kind);
/* When nobody has been on the way for too long; TIMER_OFF: somebody is, or that was said. */
int64_t deadline_undispatched_ms(const struct engine *engine, const struct incident *incident);

#endif
