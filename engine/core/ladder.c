#include "engine/core/ladder.h"

#include <assert.h>

#include "engine/core/alarm.h"
#include "engine/core/assign.h"
#include "engine/core/deadline.h"
#include "engine/core/incident.h"
#include "engine/core/panic.h"
#include "engine/core/presence.h"
#include "engine/core/referral.h"
#include "engine/core/together.h"
#include "engine/core/volunteer.h"

#define SNOOZE_MS     1000 /* what could not be done is tried again then */
#define RETRIES_PER_S 100  /* of looking again for all who wait: about a tenth of a core */

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
        if (incident->state != INCIDENT_FEEDBACK_DUE && incident->state != INCIDENT_DIVERTED) {
            alarm_raise(step, ALARM_TIER_MISSED, incident, NULL, tier);
        }
    }
}

/* Of one that waits, without touching it: the smaller, the more urgent. */
static uint64_t urgency(const struct engine *engine, uint32_t slot)
{
    return (uint64_t)engine->waiting[slot] << 32 | engine->incident_ids.ids[slot];
}

/* Those who wait, the most urgent first; one too many is left to the next retry. */
struct urgent {
    uint32_t count;
    uint32_t slots[TOGETHER_INCIDENTS_MAX];
};

static bool is_urgent_enough(const struct engine *engine, const struct urgent *urgent,
                             uint32_t slot)
{
    return urgent->count < TOGETHER_INCIDENTS_MAX ||
           urgency(engine, slot) < urgency(engine, urgent->slots[TOGETHER_INCIDENTS_MAX - 1]);
}

static void insert_urgent(const struct engine *engine, struct urgent *urgent, uint32_t slot)
{
    if (!is_urgent_enough(engine, urgent, slot)) {
        return;
    }
    urgent->count += urgent->count < TOGETHER_INCIDENTS_MAX ? 1 : 0;
    uint32_t i = urgent->count - 1;
    for (; i > 0 && urgency(engine, slot) < urgency(engine, urgent->slots[i - 1]); i--) {
        urgent->slots[i] = urgent->slots[i - 1];
    }
    urgent->slots[i] = slot;
}

static void serve_urgent(struct step *step, const struct urgent *urgent)
{
    const struct incident *incidents[TOGETHER_INCIDENTS_MAX];
    for (uint32_t i = 0; i < urgent->count; i++) {
        incidents[i] = &step->engine->incidents[urgent->slots[i]];
    }
    together_serve(step, incidents, urgent->count);
}

/* Room for the orders of `count` incidents; what does not fit is served one by one, as before. */
static bool has_room_for(const struct step *step, uint32_t count)
{
    return step_has_room(step, (count + 1) * STEP_ROOM_RECORDS,
                         (size_t)(count + 1) * STEP_ROOM_BYTES);
}

/* Everybody who waits for somebody shares RETRIES_PER_S, the more urgent before the less: a flood
 * of what can wait keeps nobody from looking every five seconds for the urgent. */
static int64_t retry_at_ms(const struct step *step, const struct incident *incident)
{
    uint32_t sharing = 0;
    for (uint32_t priority = 1; priority <= incident->priority; priority++) {
        sharing += step->engine->waiting_counts[priority];
    }
    const int64_t share_ms = (int64_t)sharing * 1000 / RETRIES_PER_S;
    return step->at_ms + (share_ms > RETRY_MS ? share_ms : RETRY_MS);
}

/* Others whose retry is due at this moment are looked after in the same go. */
static bool look_together(struct step *step)
{
    const struct engine *engine = step->engine;
    struct urgent due = {.count = 0};
    for (uint32_t slot = 0; slot < engine->incident_ids.slots_used; slot++) {
        if (engine->waiting[slot] != 0 && engine->retry_ms[slot] <= step->at_ms) {
            insert_urgent(engine, &due, slot);
        }
    }
    if (due.count < 2 || !has_room_for(step, due.count)) {
        return false;
    }
    for (uint32_t i = 0; i < due.count; i++) {
        const uint32_t slot = due.slots[i];
        engine->retry_ms[slot] = retry_at_ms(step, &engine->incidents[slot]);
    }
    serve_urgent(step, &due);
    return true;
}

static void look_again(struct step *step, const struct incident *incident, uint32_t slot)
{
    bool is_wanted = false;
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        is_wanted =
            is_wanted || deadline_tier_wants(step->engine, incident, (enum tier)tier, step->at_ms);
    }
    step->engine->retry_ms[slot] = is_wanted ? retry_at_ms(step, incident) : TIMER_OFF;
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
    for (uint32_t i = 0; i < REFERRAL_ALARM_COUNT; i++) {
        if (deadline_referral_ms(engine, incident, referral_alarms[i]) <= step->at_ms) {
            alarm_raise(step, referral_alarms[i], incident, NULL, TIER_1);
        }
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

static bool could_reach(const struct step *step, const struct incident *incident, uint32_t unit_id)
{
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
        if ((policy_kinds(whole, tier) >> kind & 1u) != 0 &&
            deadline_tier_wants(engine, incident, tier, step->at_ms) &&
            geo_distance_m(at, incident->at) <= presence_bound_m(engine, kind, limit_ms)) {
            return true;
        }
    }
    return false;
}

/* The slot of the incident that this unit could serve, after the urgency `last`; SLOT_NONE: no
 * other. */
static uint32_t next_waiting(const struct step *step, uint32_t unit_id, uint64_t last)
{
    const struct engine *engine = step->engine;
    uint32_t best = SLOT_NONE;
    uint64_t best_urgency = UINT64_MAX;
    for (uint32_t slot = 0; slot < engine->incident_ids.slots_used; slot++) {
        const uint64_t here = urgency(engine, slot);
        if (engine->waiting[slot] != 0 && here > last && here < best_urgency &&
            could_reach(step, &engine->incidents[slot], unit_id)) {
            best = slot;
            best_urgency = here;
        }
    }
    return best;
}

#define ATTEMPTS_MAX 8u /* a unit that fits nobody after so many is left to the retries */

/* Several that wait for what was freed are served together. */
static void serve_together(struct step *step)
{
    const struct engine *engine = step->engine;
    struct urgent waiting = {.count = 0};
    for (uint32_t slot = 0; slot < engine->incident_ids.slots_used; slot++) {
        if (engine->waiting[slot] == 0 || !is_urgent_enough(engine, &waiting, slot)) {
            continue;
        }
        bool is_served = false;
        for (uint32_t i = 0; i < step->freed_count; i++) {
            is_served = is_served || could_reach(step, &engine->incidents[slot], step->freed[i]);
        }
        if (is_served) {
            insert_urgent(engine, &waiting, slot);
        }
    }
    if (waiting.count >= 2 && has_room_for(step, waiting.count)) {
        serve_urgent(step, &waiting);
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
        uint64_t last = 0;
        for (uint32_t attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            if (presence->availability[unit_id] != AVAILABILITY_FREE ||
                !step_has_room(step, STEP_ROOM_RECORDS, STEP_ROOM_BYTES)) {
                break;
            }
            const uint32_t slot = next_waiting(step, unit_id, last);
            if (slot == SLOT_NONE) {
                break;
            }
            last = urgency(step->engine, slot);
            (void)assign_retry(step, &step->engine->incidents[slot]);
        }
    }
}
