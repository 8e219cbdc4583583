#ifndef ENGINE_CORE_REFERRAL_H
#define ENGINE_CORE_REFERRAL_H

#include "engine/core/step.h"

/* What a centre is asked about an incident, and what it answers:
 *
 *   community   sent -> received -> feedback     diverts the incident: nobody of ours goes
 *                 \_______\_______-> returned    ours again, and somebody is looked for at once
 *   neighbour   sent -> lent -> arrived -> given_back     beside our own units, which go on
 *                 \-> refused
 *   a dispatcher withdraws whatever has not ended
 *
 * Steps may be skipped forwards, as with orders; each change compares the version that was seen. An
 * order to a diverted incident makes it ours again, while the centre keeps its part of it. */

/* Alarms about an answer that does not come. */
#define REFERRAL_ALARM_COUNT 3u
extern const enum alarm_kind referral_alarms[REFERRAL_ALARM_COUNT];

bool referral_state_ended(enum referral_state state);
bool referral_may_become(const struct referral *referral, enum referral_state to);

/* By when what the alarm is about should have come; TIME_NEVER: it is not awaited any more. */
int64_t referral_awaited_by_ms(const struct referral *referral, enum alarm_kind kind);

uint32_t referral_open_count(const struct engine *engine, const struct incident *incident);

/* The incident's state with nobody on the way, where its orders alone would make it `ours`. */
enum incident_state referral_incident_state(const struct engine *engine,
                                            const struct incident *incident,
                                            enum incident_state ours);

/* With the incident that is cancelled. */
void referral_withdraw_all(struct step *step, const struct incident *incident);
/* What a centre still has is not closed or merged over its head; true: refused. */
bool referral_refuses_end(struct step *step, const struct incident *incident);

void referral_send(struct step *step);
void referral_update(struct step *step);

#endif
