#include "engine/core/deadline.h"

#include <assert.h>

#include "engine/core/assignment.h"
#include "engine/core/incident.h"
#include "engine/core/notice.h"
#include "engine/core/referral.h"
#include "engine/core/volunteer.h"

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* Another channel is for what this one did not deliver: at once where it is known to be down. */
static int64_t second_ms(const struct engine *engine, const struct assignment *assignment,
                         const struct tier_policy *policy)
{
    if (!engine->config.second_channel || policy->second_channel_ms == 0 ||
        assignment->state != ASSIGNMENT_SENT || (assignment->steps >> LADDER_SECOND & 1u) != 0) {
        return TIMER_OFF;
    }
    const enum link link = (enum link)engine->links[assignment->unit_id];
    /* Who has not come back by the end of the settling is not there. */
    const bool has_settled =
        engine->settle_until_ms != INT64_MIN && assignment->sent_ms >= engine->settle_until_ms;
    const bool is_down = link == LINK_DOWN || (link == LINK_UNKNOWN && has_settled);
    return assignment->sent_ms + (is_down ? 0 : (int64_t)policy->second_channel_ms);
}

int64_t deadline_ladder_ms(const struct engine *engine, const struct assignment *assignment,
                           enum ladder_step step)
{
    const struct tier_policy *policy =
        &state_policy_of(engine, &engine->incidents[assignment->incident])->tiers[assignment->tier];
    const uint32_t after_ms[LADDER_STEP_COUNT] = {
        [LADDER_RESENT] = policy->resend_ms,
        [LADDER_ADDITIONAL] = policy->additional_ms,
        [LADDER_DISPATCHER] = policy->dispatcher_ms,
        [LADDER_SUPERVISOR] = policy->supervisor_ms,
    };
    if (step == LADDER_SECOND) {
        return second_ms(engine, assignment, policy);
    }
    const bool is_taken = (assignment->steps >> step & 1u) != 0;
    const bool is_silent = assignment->wave > 0 && step != LADDER_RESENT; /* the next wave is it */
    if (is_taken || is_silent || after_ms[step] == 0) {
        return TIMER_OFF;
    }
    /* Whom the first channel did not reach is not waited for. */
    const bool is_unreached =
        step == LADDER_ADDITIONAL && (assignment->steps >> LADDER_SECOND & 1u) != 0;
    return assignment->sent_ms + (is_unreached ? 0 : (int64_t)after_ms[step]);
}

int64_t deadline_notice_ms(const struct engine *engine, const struct assignment *assignment,
                           enum ladder_step step)
{
    const struct notice *notice = &assignment->notice;
    const struct tier_policy *policy =
        &state_policy_of(engine, &engine->incidents[assignment->incident])->tiers[assignment->tier];
    const uint32_t after_ms[LADDER_STEP_COUNT] = {
        [LADDER_RESENT] = policy->resend_ms,
        [LADDER_ADDITIONAL] = 0, /* nobody else is asked: this one has to hear it */
        [LADDER_DISPATCHER] = policy->dispatcher_ms,
        [LADDER_SUPERVISOR] = policy->supervisor_ms,
    };
    const bool is_taken = (notice->steps >> step & 1u) != 0;
    /* Who was only invited owes nobody an answer. */
    const bool has_accepted = assignment->acknowledged_ms != TIME_NEVER ||
                              assignment->en_route_ms != TIME_NEVER ||
                              assignment->on_scene_ms != TIME_NEVER;
    const bool is_silent = assignment->wave > 0 && !has_accepted && step != LADDER_RESENT;
    return is_taken || is_silent || after_ms[step] == 0 || !notice_is_open(notice)
               ? TIMER_OFF
               : notice->sent_ms + (int64_t)after_ms[step];
}

int64_t deadline_par_ms(const struct engine *engine, const struct assignment *assignment,
                        enum ladder_step step)
{
    assert(step == LADDER_PAR_ASKED || step == LADDER_PAR_OVERDUE);
    const struct policy *policy = state_policy_of(engine, &engine->incidents[assignment->incident]);
    const bool is_taken = (assignment->steps >> step & 1u) != 0;
    if (assignment->state != ASSIGNMENT_ON_SCENE || policy->par_ms == 0 || is_taken) {
        return TIMER_OFF;
    }
    const int64_t well_ms =
        assignment->par_ms == TIME_NEVER ? assignment->on_scene_ms : assignment->par_ms;
    return well_ms + (int64_t)policy->par_ms +
           (step == LADDER_PAR_OVERDUE ? (int64_t)policy->par_answer_ms : 0);
}

int64_t deadline_widen_ms(const struct engine *engine, const struct incident *incident)
{
    if (incident->panic_unit == UNIT_NONE || incident->for_all ||
        engine->units[incident->panic_unit].panic != PANIC_RAISED) {
        return TIMER_OFF;
    }
    return incident->panic_ms + (int64_t)state_policy_of(engine, incident)->panic_widen_ms;
}

void deadline_refresh_assignment(const struct engine *engine, uint32_t slot)
{
    const struct assignment *assignment = &engine->assignments[slot];
    const uint32_t object = engine->config.limits.incidents_max + slot;
    int64_t due_ms = TIMER_OFF;
    if (assignment->state == ASSIGNMENT_SENT || assignment->state == ASSIGNMENT_DELIVERED) {
        for (uint32_t step = 0; step < LADDER_STEP_COUNT; step++) {
            due_ms =
                earlier(due_ms, deadline_ladder_ms(engine, assignment, (enum ladder_step)step));
        }
    }
    due_ms = earlier(due_ms, deadline_par_ms(engine, assignment, LADDER_PAR_ASKED));
    due_ms = earlier(due_ms, deadline_par_ms(engine, assignment, LADDER_PAR_OVERDUE));
    for (uint32_t step = 0; step < LADDER_STEP_COUNT; step++) {
        due_ms = earlier(due_ms, deadline_notice_ms(engine, assignment, (enum ladder_step)step));
    }
    if (due_ms != TIMER_OFF) {
        due_ms = later(due_ms, engine->snooze_ms[object]);
    }
    timer_heap_set(engine->timers, object, assignment->id, due_ms);
}

bool deadline_tier_wants(const struct engine *engine, const struct incident *incident,
                         enum tier tier, int64_t now_ms)
{
    const struct tier_state *state = &incident->tiers[tier];
    if (incident->held_ms != TIME_NEVER) {
        return false;
    }
    if (state->verdict == TIER_NOT_ASKED || incident->mode != DISPATCH_AUTO ||
        incident_state_ended(incident->state) || incident->state == INCIDENT_FEEDBACK_DUE ||
        incident->state == INCIDENT_DIVERTED) {
        return false;
    }
    const int64_t deadline_ms = state_tier_deadline(incident, tier);
    const bool is_over = deadline_ms != TIME_NEVER && now_ms > deadline_ms;
    if (is_over && incident->state != INCIDENT_PENDING) {
        return false;
    }
    /* A dispatcher who recalls somebody does not want another sent behind his back. */
    const struct tally tally = state_tally(engine, incident, tier);
    return tally.active + tally.cleared + tally.recalled < state->wanted;
}

static bool has_alarm(const struct engine *engine, const struct incident *incident,
                      enum alarm_kind kind)
{
    const struct alarm *alarm = state_alarm_at(engine, incident->alarm_first);
    while (alarm != NULL) {
        if (alarm->kind == kind) {
            return true;
        }
        alarm = state_alarm_at(engine, alarm->next);
    }
    return false;
}

int64_t deadline_undispatched_ms(const struct engine *engine, const struct incident *incident)
{
    assert(incident->priority >= 1);
    assert(incident->priority <= 4);
    const uint32_t after_ms =
        state_policy_of(engine, incident)->undispatched_ms[incident->priority - 1];
    if (incident->state != INCIDENT_PENDING || after_ms == 0 || incident->held_ms != TIME_NEVER ||
        has_alarm(engine, incident, ALARM_UNDISPATCHED)) {
        return TIMER_OFF;
    }
    return incident->state_ms + (int64_t)after_ms;
}

int64_t deadline_review_ms(const struct engine *engine, const struct incident *incident)
{
    return incident->held_ms == TIME_NEVER || has_alarm(engine, incident, ALARM_HOLD_REVIEW)
               ? TIMER_OFF
               : incident->review_ms;
}

int64_t deadline_referral_ms(const struct engine *engine, const struct incident *incident,
                             enum alarm_kind kind)
{
    int64_t due_ms = TIMER_OFF;
    const struct referral *referral = state_referral_at(engine, incident->referral_first);
    while (referral != NULL) {
        const int64_t by_ms = referral_awaited_by_ms(referral, kind);
        due_ms = by_ms == TIME_NEVER ? due_ms : earlier(due_ms, by_ms);
        referral = state_referral_at(engine, referral->next);
    }
    return has_alarm(engine, incident, kind) ? TIMER_OFF : due_ms;
}

int64_t deadline_shelved_ms(const struct engine *engine, const struct incident *incident)
{
    int64_t due_ms = TIMER_OFF;
    const struct alarm *alarm = state_alarm_at(engine, incident->alarm_first);
    while (alarm != NULL) {
        if (alarm->shelved_ms != TIME_NEVER) {
            due_ms = earlier(due_ms, alarm->shelved_ms);
        }
        alarm = state_alarm_at(engine, alarm->next);
    }
    return due_ms;
}

int64_t deadline_archive_ms(const struct engine *engine, const struct incident *incident)
{
    return incident_state_ended(incident->state)
               ? incident->ended_ms + (int64_t)state_policy_of(engine, incident)->reopen_ms
               : TIMER_OFF;
}

static int64_t open_due_ms(const struct engine *engine, const struct incident *incident,
                           bool *is_waiting)
{
    int64_t due_ms =
        earlier(deadline_undispatched_ms(engine, incident), deadline_widen_ms(engine, incident));
    due_ms = earlier(due_ms, deadline_review_ms(engine, incident));
    due_ms = earlier(due_ms, volunteer_due_ms(engine, incident));
    for (uint32_t i = 0; i < REFERRAL_ALARM_COUNT; i++) {
        due_ms = earlier(due_ms, deadline_referral_ms(engine, incident, referral_alarms[i]));
    }
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        const enum tier tier = (enum tier)i;
        const int64_t deadline_ms = state_tier_deadline(incident, tier);
        if (incident->tiers[tier].verdict == TIER_OPEN && deadline_ms != TIME_NEVER) {
            due_ms = earlier(due_ms, deadline_ms + 1); /* on the dot is still in time */
        }
        *is_waiting = *is_waiting || deadline_tier_wants(engine, incident, tier, TIME_NEVER);
    }
    return *is_waiting ? earlier(due_ms, engine->retry_ms[state_slot_of(engine, incident)])
                       : due_ms;
}

static void set_waiting(const struct engine *engine, uint32_t slot, uint32_t priority)
{
    engine->waiting_counts[engine->waiting[slot]]--;
    engine->waiting[slot] = (uint8_t)priority;
    engine->waiting_counts[priority]++;
}

void deadline_forget_incident(const struct engine *engine, uint32_t slot, uint32_t incident_id)
{
    timer_heap_set(engine->timers, slot, incident_id, TIMER_OFF);
    set_waiting(engine, slot, 0);
}

void deadline_refresh_incident(const struct engine *engine, uint32_t slot)
{
    const struct incident *incident = &engine->incidents[slot];
    int64_t due_ms = TIMER_OFF;
    bool is_waiting = false;
    if (incident_state_ended(incident->state)) {
        due_ms = deadline_archive_ms(engine, incident);
    } else if (incident->created_ms != TIME_NEVER) {
        due_ms = open_due_ms(engine, incident, &is_waiting);
    }
    due_ms = earlier(due_ms, deadline_shelved_ms(engine, incident));
    set_waiting(engine, slot, is_waiting ? incident->priority : 0);
    if (due_ms != TIMER_OFF) {
        due_ms = later(due_ms, engine->snooze_ms[slot]);
    }
    timer_heap_set(engine->timers, slot, incident->id, due_ms);
}

bool deadline_is_assignment(const struct engine *engine, uint32_t object)
{
    return object >= engine->config.limits.incidents_max;
}

void deadline_snooze(const struct engine *engine, uint32_t object, int64_t until_ms)
{
    engine->snooze_ms[object] = until_ms;
    if (deadline_is_assignment(engine, object)) {
        deadline_refresh_assignment(engine, object - engine->config.limits.incidents_max);
    } else {
        deadline_refresh_incident(engine, object);
    }
}
