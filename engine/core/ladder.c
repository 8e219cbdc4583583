#include "engine/core/ladder.h"

#include <assert.h>

#include "engine/core/alarm.h"
#include "engine/core/assign.h"
#include "engine/core/deadline.h"
#include "engine/core/incident.h"
#include "engine/core/panic.h"
#include "engine/core/presence.h"
#include "engine/core/together.h"
#include "engine/core/volunteer.h"

#define SNOOZE_MS 1000 /* what could not be done is tried again then */

static bool is_unheard(const struct assignment *assignment)
{
    return assignment->state == ASSIGNMENT_SENT || assignment->state == ASSIGNMENT_DELIVERED;
}

static void alert_next(struct step *step, const struct incident *incident, enum tier tier)
{
    const struct tally tally = state_tally(step->engine, incident, tier);
    if (tally.acknowledged < incident->tiers[tier].wanted && tally.active < TIER_UNITS_MAX) {
        (void)assign_additional(step, incident, tier); /* nobody left: the ladder goes on */
    }
}

static void take_step(struct step *step, const struct assignment *assignment,
                      enum ladder_step ladder_step)
{
    const struct incident *incident = &step->engine->incidents[assignment->incident];
    struct event *event = step_event(step, EVENT_ASSIGNMENT_STEP);
    event->step.assignment_id = assignment->id;
    event->step.incident_id = incident->id;
    event->step.unit_id = assignment->unit_id;
    event->step.tier = assignment->tier;
    event->step.step = ladder_step;
    event->step.version = assignment->version + 1;
    step_emit(step);
    switch (ladder_step) {
    case LADDER_RESENT: /* the host pushes it again when it sees the event */
        break;
    case LADDER_ADDITIONAL:
        alert_next(step, incident, assignment->tier);
        break;
    case LADDER_DISPATCHER:
        alarm_raise(step, ALARM_ACK_LATE, incident, assignment, assignment->tier);
        break;
    case LADDER_SUPERVISOR:
        alarm_raise(step, ALARM_ACK_ESCALATED, incident, assignment, assignment->tier);
        break;
    case LADDER_SECOND: /* the host hands it to the gateway when it sees the event */
        break;
    case LADDER_SECOND_TAKEN: /* by receipt */
    case LADDER_SECOND_DELIVERED:
    case LADDER_SECOND_FAILED:
    case LADDER_SECOND_ANSWERED:
        assert(ladder_step < LADDER_SECOND_TAKEN);
        break;
    case LADDER_PAR_ASKED: /* the host asks the unit when it sees the event */
        break;
    case LADDER_PAR_OVERDUE:
        alarm_raise(step, ALARM_PAR_OVERDUE, incident, assignment, assignment->tier);
        break;
    case LADDER_STEP_COUNT:
        assert(ladder_step != LADDER_STEP_COUNT);
    }
    incident_settle(step, incident);
}

static void fire_assignment(struct step *step, const struct assignment *assignment)
{
    /* First: whether the next unit is asked at once follows from it. */
    if (deadline_ladder_ms(step->engine, assignment, LADDER_SECOND) <= step->at_ms) {
        take_step(step, assignment, LADDER_SECOND);
    }
    for (uint32_t i = 0; i < LADDER_STEP_COUNT && is_unheard(assignment); i++) {
        const enum ladder_step ladder_step = (enum ladder_step)i;
        if (deadline_ladder_ms(step->engine, assignment, ladder_step) <= step->at_ms) {
            take_step(step, assignment, ladder_step);
        }
    }
}

static void take_notice_step(struct step *step, const struct assignment *assignment,
                             enum ladder_step ladder_step)
{
    const struct incident *incident = &step->engine->incidents[assignment->incident];
    struct event *event = step_event(step, EVENT_NOTICE_STEP);
    event->notice_step.assignment_id = assignment->id;
    event->notice_step.incident_id = incident->id;
    event->notice_step.unit_id = assignment->unit_id;
    event->notice_step.tier = assignment->tier;
    event->notice_step.number = assignment->notice.number;
    event->notice_step.step = ladder_step;
    step_emit(step);
    if (ladder_step == LADDER_DISPATCHER) {
        alarm_raise(step, ALARM_NOTICE_LATE, incident, assignment, assignment->tier);
    } else if (ladder_step == LADDER_SUPERVISOR) {
        alarm_raise(step, ALARM_NOTICE_ESCALATED, incident, assignment, assignment->tier);
    }
}

/* What has to be heard after the order has a ladder of its own; nobody else is asked instead. */
static void fire_notice(struct step *step, const struct assignment *assignment)
{
    for (uint32_t i = 0; i < LADDER_STEP_COUNT; i++) {
        const enum ladder_step ladder_step = (enum ladder_step)i;
        if (deadline_notice_ms(step->engine, assignment, ladder_step) <= step->at_ms) {
            take_notice_step(step, assignment, ladder_step);
        }
    }
}

static void fire_par(struct step *step, const struct assignment *assignment)
{
    for (uint32_t i = LADDER_PAR_ASKED; i <= LADDER_PAR_OVERDUE; i++) {
        const enum ladder_step ladder_step = (enum ladder_step)i;
        if (deadline_par_ms(step->engine, assignment, ladder_step) <= step->at_ms) {
            take_step(step, assignment, ladder_step);
        }
    }
}

static void archive(struct step *step, const struct incident *incident)
{
    step_event(step, EVENT_INCIDENT_ARCHIVED)->archived.incident_id = incident->id;
    step_emit(step);
}

static void end_tiers(struct step *step, const struct incident *incident)
{
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        const enum tier tier = (enum tier)i;
        const int64_t deadline_ms = state_tier_deadline(incident, tier);
        if (incident->tiers[tier].verdict != TIER_OPEN || deadline_ms == TIME_NEVER ||
            step->at_ms <= deadline_ms) {
            continue;
        }
        incident_emit_verdict(step, incident, tier, TIER_MISSED, UNIT_NONE);
        if (incident->state != INCIDENT_FEEDBACK_DUE) {
            alarm_raise(step, ALARM_TIER_MISSED, incident, NULL, tier);
        }
    }
}

static bool is_more_urgent(const struct incident *a, const struct incident *b)
{
    return a->priority != b->priority ? a->priority < b->priority : a->id < b->id;
}

/* The most urgent first; one too many is left to the next retry. */
static void insert_urgent(const struct incident *list[TOGETHER_INCIDENTS_MAX], uint32_t *count,
                          const struct incident *incident)
{
    uint32_t i = *count;
    while (i > 0 && is_more_urgent(incident, list[i - 1])) {
        i--;
    }
    if (i == TOGETHER_INCIDENTS_MAX) {
        return;
    }
    *count += *count < TOGETHER_INCIDENTS_MAX ? 1 : 0;
    for (uint32_t k = *count - 1; k > i; k--) {
        list[k] = list[k - 1];
    }
    list[i] = incident;
}

/* Room for the orders of `count` incidents; what does not fit is served one by one, as before. */
static bool has_room_for(const struct step *step, uint32_t count)
{
    return step_has_room(step, (count + 1) * STEP_ROOM_RECORDS,
                         (size_t)(count + 1) * STEP_ROOM_BYTES);
}

/* Others whose retry is due at this moment are looked after in the same go. */
static bool look_together(struct step *step)
{
    const struct engine *engine = step->engine;
    const struct incident *due[TOGETHER_INCIDENTS_MAX];
    uint32_t count = 0;
    for (uint32_t slot = 0; slot < engine->incident_ids.slots_used; slot++) {
        if (engine->waiting[slot] != 0 && engine->retry_ms[slot] <= step->at_ms) {
            insert_urgent(due, &count, &engine->incidents[slot]);
        }
    }
    if (count < 2 || !has_room_for(step, count)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        step->engine->retry_ms[state_slot_of(engine, due[i])] = step->at_ms + RETRY_MS;
    }
    together_serve(step, due, count);
    return true;
}

static void look_again(struct step *step, const struct incident *incident, uint32_t slot)
{
    bool is_wanted = false;
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        is_wanted =
            is_wanted || deadline_tier_wants(step->engine, incident, (enum tier)tier, step->at_ms);
    }
    step->engine->retry_ms[slot] = is_wanted ? step->at_ms + RETRY_MS : TIMER_OFF;
    if (is_wanted) {
        (void)assign_retry(step, incident);
    }
}

static void fire_incident(struct step *step, const struct incident *incident)
{
    const struct engine *engine = step->engine;
    const uint32_t slot = state_slot_of(engine, incident);
    if (deadline_archive_ms(engine, incident) <= step->at_ms) {
        archive(step, incident);
        return;
    }
    alarm_return(step, incident);
    if (incident_state_ended(incident->state)) {
        return;
    }
    end_tiers(step, incident);
    if (deadline_widen_ms(engine, incident) <= step->at_ms) {
        panic_widen(step, incident);
    }
    volunteer_run(step, incident);
    if (deadline_undispatched_ms(engine, incident) <= step->at_ms) {
        alarm_raise(step, ALARM_UNDISPATCHED, incident, NULL, TIER_1);
    }
    if (deadline_review_ms(engine, incident) <= step->at_ms) {
        alarm_raise(step, ALARM_HOLD_REVIEW, incident, NULL, TIER_1);
    }
    if (engine->waiting[slot] != 0 && engine->retry_ms[slot] <= step->at_ms &&
        look_together(step)) {
        deadline_refresh_incident(engine, slot);
        return; /* one that was not among them is due again at once */
    }
    if (engine->waiting[slot] != 0 && engine->retry_ms[slot] <= step->at_ms) {
        look_again(step, incident, slot);
    }
    incident_settle(step, incident);
    deadline_refresh_incident(engine, slot);
}

void ladder_run(struct step *step)
{
    const struct engine *engine = step->engine;
    for (;;) {
        const struct timer_entry *top = timer_heap_top(engine->timers);
        if (top == NULL || top->due_ms > step->at_ms ||
            !step_has_room(step, 2 * STEP_ROOM_RECORDS, (size_t)2 * STEP_ROOM_BYTES)) {
            return; /* what found no room stays due */
        }
        const struct timer_entry fired = *top;
        if (deadline_is_assignment(engine, fired.object)) {
            const uint32_t slot = fired.object - engine->config.limits.incidents_max;
            fire_assignment(step, &engine->assignments[slot]);
            fire_notice(step, &engine->assignments[slot]);
            fire_par(step, &engine->assignments[slot]);
        } else {
            fire_incident(step, &engine->incidents[fired.object]);
        }
        const uint32_t position = engine->timers->positions[fired.object];
        if (position != UINT32_MAX && engine->timers->entries[position].due_ms <= step->at_ms) {
            deadline_snooze(engine, fired.object, step->at_ms + SNOOZE_MS);
        }
    }
}

/* Straight line at a speed that nobody exceeds: a bound, not an estimate. */
static bool could_reach(const struct step *step, const struct incident *incident, uint32_t unit_id)
{
    static const uint32_t speeds_mps[] = {[GEO_PROFILE_CAR] = 45,
                                          [GEO_PROFILE_MOTORCYCLE] = 45,
                                          [GEO_PROFILE_FOOT] = 4,
                                          [GEO_PROFILE_EMERGENCY] = 45};
    _Static_assert(sizeof speeds_mps / sizeof speeds_mps[0] == GEO_PROFILE_COUNT,
                   "every profile has its bound");
    const struct engine *engine = step->engine;
    const enum unit_kind kind = engine->units[unit_id].definition.kind;
    const struct policy *whole = state_policy_of(engine, incident);
    struct geo_point at;
    uint32_t fix_age_ms;
    if (!presence_position(engine, unit_id, step->at_ms, &at, &fix_age_ms)) {
        return false;
    }
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        const enum tier tier = (enum tier)i;
        const struct tier_policy *policy = &whole->tiers[tier];
        const uint32_t limit_ms =
            policy->beyond_reach ? whole->search_ms : incident->tiers[tier].reach_ms;
        const uint64_t bound_m =
            100 + (uint64_t)limit_ms *
                      speeds_mps[policy_profile(engine->config.emergency_kinds, kind)] / 1000;
        if ((policy_kinds(whole, tier) >> kind & 1u) != 0 &&
            deadline_tier_wants(engine, incident, tier, step->at_ms) &&
            geo_distance_m(at, incident->at) <= bound_m) {
            return true;
        }
    }
    return false;
}

/* The incident that this unit could serve, after `last` in order of urgency; NULL: no other. */
static const struct incident *next_waiting(const struct step *step, uint32_t unit_id,
                                           const struct incident *last)
{
    const struct engine *engine = step->engine;
    const struct incident *best = NULL;
    for (uint32_t slot = 0; slot < engine->incident_ids.slots_used; slot++) {
        const struct incident *incident = &engine->incidents[slot];
        if (engine->waiting[slot] != 0 && (last == NULL || is_more_urgent(last, incident)) &&
            (best == NULL || is_more_urgent(incident, best)) &&
            could_reach(step, incident, unit_id)) {
            best = incident;
        }
    }
    return best;
}

#define ATTEMPTS_MAX 8u /* a unit that fits nobody after so many is left to the retries */

/* Several that wait for what was freed are served together. */
static void serve_together(struct step *step)
{
    const struct engine *engine = step->engine;
    const struct incident *waiting[TOGETHER_INCIDENTS_MAX];
    uint32_t count = 0;
    for (uint32_t slot = 0; slot < engine->incident_ids.slots_used; slot++) {
        bool is_served = false;
        for (uint32_t i = 0; i < step->freed_count && engine->waiting[slot] != 0; i++) {
            is_served = is_served || could_reach(step, &engine->incidents[slot], step->freed[i]);
        }
        if (is_served) {
            insert_urgent(waiting, &count, &engine->incidents[slot]);
        }
    }
    if (count >= 2 && has_room_for(step, count)) {
        together_serve(step, waiting, count);
    }
}

void ladder_serve_waiting(struct step *step)
{
    const struct presence *presence = step->engine->presence;
    if (step->freed_count > 0) {
        serve_together(step);
    }
    for (uint32_t i = 0; i < step->freed_count; i++) {
        const uint32_t unit_id = step->freed[i];
        const struct incident *incident = NULL;
        for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (presence->availability[unit_id] != AVAILABILITY_FREE ||
                !step_has_room(step, STEP_ROOM_RECORDS, STEP_ROOM_BYTES)) {
                break;
            }
            incident = next_waiting(step, unit_id, incident);
            if (incident == NULL) {
                break;
            }
            (void)assign_retry(step, incident);
        }
    }
}
