#ifndef ENGINE_CORE_APPLY_H
#define ENGINE_CORE_APPLY_H

#include "engine/core/state.h"

/* The only code that changes durable state: live and in replay, one event at a time.
 *
 * An event is checked before anything is changed: STATUS_CORRUPT leaves the state as it was. The
 * rest of the apply_*.c files are its parts, one a family of events. */
MUST_CHECK enum status apply_event(struct engine *engine, const struct event *event);

MUST_CHECK enum status apply_roster_areas_cleared(struct engine *engine);
MUST_CHECK enum status apply_roster_area(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_roster_district(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_roster_districts_cleared(struct engine *engine);
MUST_CHECK enum status apply_roster_circle(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_roster_unit(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_roster_centre(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_patrol_put(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_patrol_visited(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_patrol_overdue(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_roster_duty(struct engine *engine, const struct event *event);

MUST_CHECK enum status apply_plan_put(struct engine *engine, const struct event *event);
void apply_plan_link(struct engine *engine, uint32_t slot);
/* Version 0: none. */
bool apply_plan_known(const struct engine *engine, uint32_t version);
void apply_plan_take(struct engine *engine, struct incident *incident, uint32_t version);

MUST_CHECK enum status apply_policy_put(struct engine *engine, const struct event *event);

MUST_CHECK enum status apply_referral_sent(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_referral_updated(struct engine *engine, const struct event *event);
void apply_referral_link(struct engine *engine, uint32_t slot);

MUST_CHECK enum status apply_report_received(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_report_linked(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_report_answered(struct engine *engine, const struct event *event);

MUST_CHECK enum status apply_life_held(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_life_released(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_life_reopened(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_report_merged(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_life_owned(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_incident_opened(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_incident_updated(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_incident_state(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_incident_archived(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_incident_verdict(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_incident_decision(struct engine *engine, const struct event *event);

MUST_CHECK enum status apply_assignment_sent(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_assignment_updated(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_assignment_step(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_assignment_corrected(struct engine *engine, const struct event *event);

MUST_CHECK enum status apply_notice_warned(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_notice_sent(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_notice_updated(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_notice_step(struct engine *engine, const struct event *event);

MUST_CHECK enum status apply_assignment_par(struct engine *engine, const struct event *event);

MUST_CHECK enum status apply_panic_raised(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_panic_widened(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_panic_closed(struct engine *engine, const struct event *event);

MUST_CHECK enum status apply_alarm_raised(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_alarm_acked(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_alarm_cleared(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_alarm_shelved(struct engine *engine, const struct event *event);
MUST_CHECK enum status apply_alarm_returned(struct engine *engine, const struct event *event);

/* Hang up what was read from a snapshot, and free what leaves; shared with snapshot.c. */
void apply_assignment_link(struct engine *engine, uint32_t slot);
void apply_report_append(struct engine *engine, struct incident *incident, uint32_t slot);
/* Whether it is about an incident or about a circle's tier that has no other. */
bool apply_alarm_possible(const struct engine *engine, const struct alarm *alarm);
void apply_alarm_link(struct engine *engine, uint32_t slot);
/* Who raised the generation, for whoever comes second. */
void apply_incident_changed(struct incident *incident, const struct event *event);
struct kept_decision *apply_incident_keep_decision(struct engine *engine, struct incident *incident,
                                                   enum tier tier);

#endif
