#include "tests/sim/sim_record.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim_patrol.h"
#include "tests/sim/sim_people.h"
#include "tests/sim/sim_plans.h"
#include "tests/sim/sim_process.h"
#include "tests/sim/sim_referrals.h"

/* Lists by id that grow: ids are dense, so an id is an index. */
#define LIST(type)                                                                                 \
    struct {                                                                                       \
        type *items;                                                                               \
        uint32_t count, max;                                                                       \
    }

struct sim_alarm {
    enum alarm_kind kind;
    uint32_t incident_id;
    bool is_open;
    int64_t shelved_ms; /* until when, INT64_MAX: it is not */
};

struct sim_record {
    uint64_t seq, term;
    int64_t at_ms;
    uint32_t last_report_id;
    uint32_t active[SIM_UNITS_MAX];
    enum duty duties[SIM_UNITS_MAX];
    uint32_t panics[SIM_UNITS_MAX]; /* the incident of a unit's call for help, 0 */
    LIST(struct sim_incident) incidents;
    LIST(struct sim_assignment) assignments;
    LIST(struct sim_alarm) alarms;
    uint32_t gap_alarms[SIM_CIRCLES_MAX][TIER_COUNT]; /* open ones, 0 */
    LIST(struct sim_said) said;
    LIST(uint64_t) hashes;  /* of each event, by seq */
    LIST(uint32_t) open;    /* incidents that have not ended */
    LIST(uint32_t) notices; /* orders with something that has to be heard */
    LIST(uint32_t) shelved; /* alarms, those that are so no more until they are looked at */
    uint64_t checked_seq;   /* what was checked against the engine */
};

static void *more(void *items, uint32_t *max, size_t size)
{
    const uint32_t before = *max;
    *max = before == 0 ? 256 : 2 * before;
    uint8_t *grown = realloc(items, *max * size);
    assert(grown != NULL);
    memset(grown + before * size, 0, (*max - before) * size);
    return grown;
}

#define REACH(list, index)                                                                         \
    while ((list).max <= (index)) {                                                                \
        (list).items = more((list).items, &(list).max, sizeof(list).items[0]);                     \
    }                                                                                              \
    (list).count = (list).count <= (index) ? (uint32_t)(index) + 1 : (list).count

void sim_record_create(struct sim *sim)
{
    sim->record = calloc(1, sizeof *sim->record);
    assert(sim->record != NULL);
    sim_referrals_create(sim);
    sim_plans_create(sim);
    sim_patrol_create(sim);
}

void sim_record_destroy(struct sim *sim)
{
    struct sim_record *record = sim->record;
    free(record->incidents.items);
    free(record->assignments.items);
    free(record->alarms.items);
    free(record->said.items);
    free(record->hashes.items);
    free(record->open.items);
    free(record->notices.items);
    free(record->shelved.items);
    free(record);
    sim->record = NULL;
    sim_referrals_destroy(sim);
    sim_plans_destroy(sim);
    sim_patrol_destroy(sim);
}

uint64_t sim_record_seq(const struct sim *sim)
{
    return sim->record->seq;
}

void sim_record_term(struct sim *sim, uint64_t term)
{
    if (term <= sim->record->term) {
        sim_fail(sim, "term %llu after term %llu", (unsigned long long)term,
                 (unsigned long long)sim->record->term);
    }
    sim->record->term = term;
}

/* ---- Identity of a command: a UUIDv7 that carries its serial number ---- */

void sim_record_command_id(uint64_t serial, int64_t at_ms, uint8_t id[COMMAND_ID_SIZE])
{
    memset(id, 0, COMMAND_ID_SIZE);
    for (uint32_t i = 0; i < 6; i++) {
        id[i] = (uint8_t)((uint64_t)at_ms >> (40 - 8 * i));
    }
    id[6] = 0x70;
    id[8] = 0x80;
    for (uint32_t i = 0; i < 7; i++) {
        id[9 + i] = (uint8_t)(serial >> (48 - 8 * i));
    }
}

uint64_t sim_record_serial(const uint8_t id[COMMAND_ID_SIZE])
{
    uint64_t serial = 0;
    for (uint32_t i = 9; i < COMMAND_ID_SIZE; i++) {
        serial = serial << 8 | id[i];
    }
    return id[6] == 0x70 ? serial : 0;
}

const struct sim_said *sim_record_said(const struct sim *sim, uint64_t serial)
{
    return serial < sim->record->said.count ? &sim->record->said.items[serial] : NULL;
}

/* ---- Rules for each event ---- */

static struct sim_incident *incident_of(struct sim *sim, uint32_t incident_id)
{
    if (incident_id == 0 || incident_id >= sim->record->incidents.count) {
        sim_fail(sim, "an event speaks of incident %u, which there is not", incident_id);
    }
    return &sim->record->incidents.items[incident_id];
}

static struct sim_assignment *assignment_of(struct sim *sim, uint32_t assignment_id)
{
    if (assignment_id == 0 || assignment_id >= sim->record->assignments.count) {
        sim_fail(sim, "an event speaks of order %u, which there is not", assignment_id);
    }
    return &sim->record->assignments.items[assignment_id];
}

static void on_report(struct sim *sim, const struct event *event)
{
    struct sim_record *record = sim->record;
    if (event->report.report_id != record->last_report_id + 1) {
        sim_fail(sim, "report %u follows report %u", event->report.report_id,
                 record->last_report_id);
    }
    record->last_report_id = event->report.report_id;
    sim->figures.reports++;
    if (event->report.merged &&
        incident_state_ended(incident_of(sim, event->report.incident_id)->state)) {
        sim_fail(sim, "report %u joins incident %u, which has ended", event->report.report_id,
                 event->report.incident_id);
    }
    const uint64_t serial = sim_record_serial(event->command_id);
    if (serial != 0) {
        struct sim_said *said = &record->said.items[serial];
        said->report_id = event->report.report_id;
        said->reports++;
        if (said->reports > 1) {
            sim_fail(sim, "one call (command %llu) became %u reports", (unsigned long long)serial,
                     said->reports);
        }
    }
}

static void on_opened(struct sim *sim, const struct event *event)
{
    struct sim_record *record = sim->record;
    const uint32_t id = event->opened.incident_id;
    if (id != (record->incidents.count == 0 ? 1 : record->incidents.count)) {
        sim_fail(sim, "incident %u opens after %u incidents", id, record->incidents.count);
    }
    REACH(record->incidents, id);
    struct sim_incident *incident = &record->incidents.items[id];
    *incident = (struct sim_incident){.state = INCIDENT_PENDING,
                                      .type = event->opened.type,
                                      .mode = event->opened.mode,
                                      .at = event->opened.at,
                                      .priority = event->opened.priority,
                                      .plan_version = event->opened.plan_version,
                                      .opened_ms = event->at_ms,
                                      .state_ms = event->at_ms,
                                      .is_drill = event->opened.drill};
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        const bool asked = event->opened.tiers[i].asked;
        incident->verdicts[i] = asked ? TIER_OPEN : TIER_NOT_ASKED;
        incident->wanted[i] = asked ? event->opened.tiers[i].units : 0;
    }
    REACH(record->open, record->open.count);
    record->open.items[record->open.count - 1] = id;
    sim_plans_opened(sim, event);
}

/* ---- The nearest rule, on what the world knew at that moment ---- */

static bool is_candidate(const struct decision_made *made, uint32_t unit_id)
{
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        if (made->candidates[i].unit_id == unit_id) {
            return true;
        }
    }
    return false;
}

/* A reason was given; "a nearer one was enough" is none for who is nearer still. */
static bool is_explained(const struct decision_made *made, uint32_t unit_id)
{
    for (uint32_t i = 0; i < made->passed_count; i++) {
        if (made->passed[i].unit_id == unit_id) {
            return made->passed[i].reason != REASON_ENOUGH;
        }
    }
    return false;
}

static bool was_here(const struct sim *sim, const struct sim_incident *incident, uint32_t unit_id)
{
    uint32_t id = incident->first_assignment;
    while (id != 0) {
        if (sim->record->assignments.items[id].unit_id == unit_id) {
            return true;
        }
        id = sim->record->assignments.items[id].before;
    }
    return false;
}

/* Who goes before whoever is nearer: 0, whom the plan of the circle names and who is in time; 1, of
 * the own area and in time, where the tier asks it first; 2, all others. */
static uint32_t class_of(const struct decision_made *made, uint32_t i)
{
    const struct candidate *candidate = &made->candidates[i];
    if (candidate->by_plan && candidate->in_reach) {
        return 0;
    }
    return made->area_first && candidate->own_area && candidate->in_reach ? 1 : 2;
}

static bool leads(const struct decision_made *made, uint32_t i)
{
    return class_of(made, i) < 2;
}

static void check_list(struct sim *sim, const struct decision_made *made,
                       const struct sim_incident *incident)
{
    uint32_t left_out = UNIT_NONE; /* the last nearer one that nobody gets */
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        const struct candidate *candidate = &made->candidates[i];
        const uint32_t travel_ms = geo_straight_ms(
            candidate->at, incident->at,
            policy_profile(sim->config.emergency_kinds, sim_people_kind(sim, candidate->unit_id)));
        if (candidate->own_area != sim_people_is_of(sim, candidate->unit_id, incident->at)) {
            sim_fail(sim, "incident %u: unit %u %s to its area, says the decision",
                     made->incident_id, candidate->unit_id,
                     candidate->own_area ? "belongs" : "does not belong");
        }
        if (candidate->travel_ms != travel_ms || candidate->rank != i) {
            sim_fail(sim, "incident %u: unit %u is listed at rank %u with %u ms, it takes %u ms",
                     made->incident_id, candidate->unit_id, candidate->rank, candidate->travel_ms,
                     travel_ms);
        }
        if (i > 0 && candidate->travel_ms < made->candidates[i - 1].travel_ms &&
            class_of(made, i - 1) >= class_of(made, i)) {
            sim_fail(sim, "incident %u: rank %u is nearer than rank %u", made->incident_id, i,
                     i - 1);
        }
        if (candidate->chosen && made->automatic && left_out != UNIT_NONE && !leads(made, i)) {
            sim_fail(sim, "incident %u: unit %u is chosen, the nearer unit %u is not",
                     made->incident_id, candidate->unit_id, left_out);
        }
        if (!candidate->chosen && candidate->given_to == 0) {
            left_out = candidate->unit_id;
        }
        if (candidate->chosen && made->automatic && sim->record->active[candidate->unit_id] != 0) {
            sim_fail(sim, "incident %u: unit %u is chosen and busy with order %u",
                     made->incident_id, candidate->unit_id,
                     sim->record->active[candidate->unit_id]);
        }
    }
}

static void on_decision(struct sim *sim, const struct event *event)
{
    const struct decision_made *made = &event->decision;
    const struct sim_incident *incident = incident_of(sim, made->incident_id);
    check_list(sim, made, incident);
    sim_plans_decided(sim, made, incident->plan_version);
    if (made->candidate_count == 0 || made->wave > 0 || leads(made, made->candidate_count - 1)) {
        return;
    }
    const struct candidate *last = &made->candidates[made->candidate_count - 1];
    const uint32_t kinds = sim->config.policy.tiers[made->tier].kinds;
    for (uint32_t unit_id = 0; unit_id < sim_people_count(sim); unit_id++) {
        struct geo_point at;
        const enum unit_kind kind = sim_people_kind(sim, unit_id);
        if ((kinds >> kind & 1u) == 0 || kind == UNIT_VOLUNTEER || kind == UNIT_STATION ||
            sim->record->active[unit_id] != 0 || sim->record->duties[unit_id] != DUTY_ON ||
            sim->record->panics[unit_id] != 0 || is_candidate(made, unit_id) ||
            is_explained(made, unit_id) || was_here(sim, incident, unit_id) ||
            !sim_people_position(sim, unit_id, event->at_ms, &at)) {
            continue;
        }
        const uint32_t travel_ms =
            geo_straight_ms(at, incident->at, policy_profile(sim->config.emergency_kinds, kind));
        if (travel_ms < last->travel_ms) {
            sim_fail(sim, "incident %u tier %s: unit %u at %u ms is free and passed over for %u ms",
                     made->incident_id, types_name(TYPES_TIER, made->tier), unit_id, travel_ms,
                     last->travel_ms);
        }
    }
}

/* ---- Orders ---- */

/* Volunteers alone are asked in waves, never more than all waves hold, nor when enough accepted. */
static void check_wave(struct sim *sim, const struct sim_incident *incident,
                       const struct assignment_sent *sent)
{
    const struct volunteer_policy *policy = &sim->config.policy.volunteers;
    const bool is_volunteer = sim_people_kind(sim, sent->unit_id) == UNIT_VOLUNTEER;
    uint32_t asked = 1;
    uint32_t accepted = 0;
    for (uint32_t id = incident->first_assignment; id != 0 && sent->wave > 0;
         id = sim->record->assignments.items[id].before) {
        const struct sim_assignment *earlier_one = &sim->record->assignments.items[id];
        asked += earlier_one->wave > 0 ? 1 : 0;
        accepted += earlier_one->wave > 0 && earlier_one->has_accepted &&
                            earlier_one->state <= ASSIGNMENT_CLEARED
                        ? 1
                        : 0;
    }
    const bool is_wrong = sent->wave > 0
                              ? !is_volunteer || sent->wave > policy->waves_max ||
                                    asked > policy->wave_units * policy->waves_max ||
                                    accepted >= policy->wanted
                              : is_volunteer && sent->automatic && policy->wave_units > 0;
    if (is_wrong) {
        sim_fail(sim, "order %u asks unit %u in wave %u: %u asked, %u accepted",
                 sent->assignment_id, sent->unit_id, sent->wave, asked, accepted);
    }
}

static void on_sent(struct sim *sim, const struct event *event)
{
    struct sim_record *record = sim->record;
    const struct assignment_sent *sent = &event->sent;
    struct sim_incident *incident = incident_of(sim, sent->incident_id);
    if (sent->unit_id >= SIM_UNITS_MAX || record->active[sent->unit_id] != 0) {
        sim_fail(sim, "unit %u gets order %u and still has order %u", sent->unit_id,
                 sent->assignment_id,
                 sent->unit_id < SIM_UNITS_MAX ? record->active[sent->unit_id] : 0);
    }
    if (incident->state == INCIDENT_DIVERTED && sent->automatic) {
        sim_fail(sim, "order %u goes by itself to incident %u, which a centre has",
                 sent->assignment_id, sent->incident_id);
    }
    if (incident_state_ended(incident->state) || record->duties[sent->unit_id] != DUTY_ON) {
        sim_fail(sim, "order %u sends unit %u (duty %s) to incident %u (%s)", sent->assignment_id,
                 sent->unit_id, types_name(TYPES_DUTY, record->duties[sent->unit_id]),
                 sent->incident_id, types_name(TYPES_INCIDENT_STATE, incident->state));
    }
    if (sent->assignment_id != (record->assignments.count == 0 ? 1 : record->assignments.count)) {
        sim_fail(sim, "order %u after %u orders", sent->assignment_id, record->assignments.count);
    }
    REACH(record->assignments, sent->assignment_id);
    record->assignments.items[sent->assignment_id] =
        (struct sim_assignment){.incident_id = sent->incident_id,
                                .unit_id = sent->unit_id,
                                .version = sent->version,
                                .before = incident->first_assignment,
                                .tier = sent->tier,
                                .state = ASSIGNMENT_SENT,
                                .wave = sent->wave,
                                .sent_ms = event->at_ms};
    check_wave(sim, incident, sent);
    record->active[sent->unit_id] = sent->assignment_id;
    incident->first_assignment = sent->assignment_id;
    incident->active++;
    incident->assignments++;
    incident->generation = sent->generation;
    sim->figures.orders++;
}

static void on_updated(struct sim *sim, const struct event *event)
{
    const struct assignment_updated *updated = &event->updated;
    struct sim_assignment *assignment = assignment_of(sim, updated->assignment_id);
    if (assignment_state_ended(assignment->state) || updated->state <= assignment->state) {
        sim_fail(sim, "order %u goes from %s to %s", updated->assignment_id,
                 types_name(TYPES_ASSIGNMENT_STATE, assignment->state),
                 types_name(TYPES_ASSIGNMENT_STATE, updated->state));
    }
    if (updated->version != assignment->version + 1 || updated->unit_id != assignment->unit_id ||
        updated->incident_id != assignment->incident_id) {
        sim_fail(sim, "order %u: version %u of unit %u after version %u of unit %u",
                 updated->assignment_id, updated->version, updated->unit_id, assignment->version,
                 assignment->unit_id);
    }
    assignment->version = updated->version;
    assignment->state = updated->state;
    assignment->has_accepted =
        assignment->has_accepted ||
        (updated->state >= ASSIGNMENT_ACKNOWLEDGED && updated->state <= ASSIGNMENT_CLEARED);
    if (assignment_state_ended(updated->state)) {
        assignment->notice_is_open = false; /* moot; that it is recalled comes after it */
        sim->record->active[assignment->unit_id] = 0;
        incident_of(sim, assignment->incident_id)->active--;
    }
}

static int64_t step_after_ms(const struct sim *sim, enum tier tier, uint32_t step)
{
    const struct tier_policy *policy = &sim->config.policy.tiers[tier];
    const uint32_t after_ms[LADDER_STEP_COUNT] = {
        [LADDER_RESENT] = policy->resend_ms,
        [LADDER_ADDITIONAL] = policy->additional_ms,
        [LADDER_DISPATCHER] = policy->dispatcher_ms,
        [LADDER_SUPERVISOR] = policy->supervisor_ms,
        [LADDER_SECOND] = sim->config.second_channel ? policy->second_channel_ms : 0,
    };
    return after_ms[step];
}

#define LADDER_STEPS 4u /* those of the ladder that this knows, and the second channel */

/* No earlier than this: to a unit that never connected the second channel is tried at once, and the
 * next unit is asked with it. */
static int64_t step_due_ms(const struct sim *sim, const struct sim_assignment *assignment,
                           uint32_t step)
{
    const bool is_unreached =
        step == LADDER_SECOND ||
        (step == LADDER_ADDITIONAL && (assignment->steps >> LADDER_SECOND & 1u) != 0);
    return assignment->sent_ms + (is_unreached ? 0 : step_after_ms(sim, assignment->tier, step));
}

/* Of an invitation nobody is alarmed, and the next wave is not a step. */
static bool is_for_volunteers(uint32_t step)
{
    return step == LADDER_RESENT || step == LADDER_SECOND;
}

static void on_step(struct sim *sim, const struct event *event)
{
    struct sim_assignment *assignment = assignment_of(sim, event->step.assignment_id);
    const uint32_t step = event->step.step;
    if (step >= LADDER_STEPS && step != LADDER_SECOND) {
        assignment->version = event->step.version;
        return;
    }
    const int64_t due_ms = step_due_ms(sim, assignment, step);
    const bool is_delivered = assignment->state != ASSIGNMENT_SENT && step == LADDER_SECOND;
    const bool is_foreign = assignment->wave > 0 && !is_for_volunteers(step);
    if (is_delivered || is_foreign || assignment->state >= ASSIGNMENT_ACKNOWLEDGED ||
        (assignment->steps >> step & 1u) != 0 || event->at_ms < due_ms) {
        sim_fail(sim, "order %u (%s, steps %x): ladder step %u at %lld ms after it was sent",
                 event->step.assignment_id, types_name(TYPES_ASSIGNMENT_STATE, assignment->state),
                 assignment->steps, step, (long long)(event->at_ms - assignment->sent_ms));
    }
    assignment->steps |= 1u << step;
    assignment->version = event->step.version;
}

/* ---- What has to be heard after the order ---- */

static void on_notice_sent(struct sim *sim, const struct event *event)
{
    struct sim_record *record = sim->record;
    struct sim_assignment *assignment = assignment_of(sim, event->notice.assignment_id);
    if (event->notice.number != assignment->notice_number + 1 || event->notice.kinds == 0) {
        sim_fail(sim, "order %u: notice %u after notice %u", event->notice.assignment_id,
                 event->notice.number, assignment->notice_number);
    }
    assignment->notice_number = event->notice.number;
    assignment->notice_steps = 0;
    assignment->notice_sent_ms = event->at_ms;
    assignment->notice_is_open = true;
    if (!assignment->notice_is_listed) {
        assignment->notice_is_listed = true;
        REACH(record->notices, record->notices.count);
        record->notices.items[record->notices.count - 1] = event->notice.assignment_id;
    }
}

static void on_notice_updated(struct sim *sim, const struct event *event)
{
    struct sim_assignment *assignment = assignment_of(sim, event->noticed.assignment_id);
    if (!assignment->notice_is_open || event->noticed.number != assignment->notice_number) {
        sim_fail(sim, "order %u: notice %u is %s, the last is %u", event->noticed.assignment_id,
                 event->noticed.number, types_name(TYPES_NOTICE_STATE, event->noticed.state),
                 assignment->notice_number);
    }
    assignment->notice_is_open = event->noticed.state != NOTICE_ACKNOWLEDGED;
}

/* Nobody else is asked: this one has to hear it. Who was only invited is reminded, no more. */
static int64_t notice_after_ms(const struct sim *sim, const struct sim_assignment *assignment,
                               uint32_t step)
{
    const bool is_silent =
        assignment->wave > 0 && !assignment->has_accepted && step != LADDER_RESENT;
    return step == LADDER_ADDITIONAL || is_silent ? 0 : step_after_ms(sim, assignment->tier, step);
}

static void on_notice_step(struct sim *sim, const struct event *event)
{
    struct sim_assignment *assignment = assignment_of(sim, event->notice_step.assignment_id);
    const uint32_t step = event->notice_step.step;
    if (step >= LADDER_STEPS) {
        return;
    }
    const int64_t after_ms = notice_after_ms(sim, assignment, step);
    if (!assignment->notice_is_open || (assignment->notice_steps >> step & 1u) != 0 ||
        after_ms == 0 || event->at_ms < assignment->notice_sent_ms + after_ms) {
        sim_fail(sim, "order %u, notice %u (steps %x): ladder step %u at %lld ms",
                 event->notice_step.assignment_id, assignment->notice_number,
                 assignment->notice_steps, step,
                 (long long)(event->at_ms - assignment->notice_sent_ms));
    }
    assignment->notice_steps |= 1u << step;
}

/* ---- Incidents ---- */

static void on_state(struct sim *sim, const struct event *event)
{
    struct sim_incident *incident = incident_of(sim, event->state.incident_id);
    const bool ends = incident_state_ended(event->state.state);
    if (incident_state_ended(incident->state) || incident->state == event->state.state ||
        (ends && incident->active != 0)) {
        sim_fail(sim, "incident %u goes from %s to %s with %u orders open",
                 event->state.incident_id, types_name(TYPES_INCIDENT_STATE, incident->state),
                 types_name(TYPES_INCIDENT_STATE, event->state.state), incident->active);
    }
    if (event->state.state == INCIDENT_DIVERTED &&
        (incident->active != 0 ||
         sim_referrals_of(sim, event->state.incident_id, CENTRE_COMMUNITY) == 0)) {
        sim_fail(sim, "incident %u is diverted to nobody, or from somebody",
                 event->state.incident_id);
    }
    if (ends && sim_referrals_of(sim, event->state.incident_id, CENTRE_KIND_COUNT) != 0) {
        sim_fail(sim, "incident %u ends while a centre has it", event->state.incident_id);
    }
    incident->state = event->state.state;
    incident->state_ms = event->at_ms;
    struct sim_record *record = sim->record;
    for (uint32_t unit_id = 0; ends && unit_id < SIM_UNITS_MAX; unit_id++) {
        if (record->panics[unit_id] == event->state.incident_id) {
            sim_fail(sim, "incident %u ends while unit %u still calls for help",
                     event->state.incident_id, unit_id);
        }
    }
    for (uint32_t i = 0; ends && i < record->open.count; i++) {
        if (record->open.items[i] == event->state.incident_id) {
            memmove(&record->open.items[i], &record->open.items[i + 1],
                    (record->open.count - i - 1) * sizeof record->open.items[0]);
            record->open.count--;
        }
    }
}

static void on_verdict(struct sim *sim, const struct event *event)
{
    struct sim_incident *incident = incident_of(sim, event->verdict.incident_id);
    const enum tier tier = event->verdict.tier;
    const enum tier_verdict verdict = event->verdict.verdict;
    if (incident->verdicts[tier] != TIER_OPEN || verdict == TIER_OPEN) {
        sim_fail(sim, "incident %u tier %s: verdict %s after %s", event->verdict.incident_id,
                 types_name(TYPES_TIER, tier), types_name(TYPES_TIER_VERDICT, verdict),
                 types_name(TYPES_TIER_VERDICT, incident->verdicts[tier]));
    }
    if (verdict == TIER_MET || verdict == TIER_MISSED) { /* else its clock may never have run */
        const int64_t took_ms = event->at_ms - event->verdict.clock_ms;
        if ((verdict == TIER_MET) != (took_ms <= (int64_t)event->verdict.target_ms)) {
            sim_fail(sim, "incident %u tier %s: %s after %lld of %u ms", event->verdict.incident_id,
                     types_name(TYPES_TIER, tier), types_name(TYPES_TIER_VERDICT, verdict),
                     (long long)took_ms, event->verdict.target_ms);
        }
    }
    incident->verdicts[tier] = verdict;
}

/* A circle's tier has one alarm for its gap at a time. */
static void on_gap_alarm(struct sim *sim, const struct event *event)
{
    if (event->alarm.circle >= SIM_CIRCLES_MAX || event->alarm.incident_id != 0) {
        sim_fail(sim, "alarm %u is a gap of no circle", event->alarm.alarm_id);
        return;
    }
    uint32_t *open = &sim->record->gap_alarms[event->alarm.circle][event->alarm.tier];
    if (event->kind == EVENT_ALARM_RAISED && *open != 0) {
        sim_fail(sim, "alarm %u is of the gap that %u is of", event->alarm.alarm_id, *open);
    } else if (event->kind != EVENT_ALARM_RAISED && *open != event->alarm.alarm_id) {
        sim_fail(sim, "alarm %u is not that of its gap, %u", event->alarm.alarm_id, *open);
    }
    *open = event->kind == EVENT_ALARM_CLEARED ? 0 : event->alarm.alarm_id;
}

static void on_alarm(struct sim *sim, const struct event *event)
{
    struct sim_record *record = sim->record;
    const uint32_t id = event->alarm.alarm_id;
    if (event->alarm.kind == ALARM_COVERAGE_GAP) {
        on_gap_alarm(sim, event);
    }
    if (event->kind == EVENT_ALARM_RAISED) {
        REACH(record->alarms, id);
        record->alarms.items[id] = (struct sim_alarm){.kind = event->alarm.kind,
                                                      .incident_id = event->alarm.incident_id,
                                                      .is_open = true,
                                                      .shelved_ms = INT64_MAX};
    } else if (id >= record->alarms.count || !record->alarms.items[id].is_open) {
        sim_fail(sim, "%s: alarm %u is not open", event_kind_name(event->kind), id);
    } else if (event->kind == EVENT_ALARM_CLEARED) {
        record->alarms.items[id].is_open = false;
    } else if (event->kind == EVENT_ALARM_SHELVED) {
        if (event->alarm.kind == ALARM_PANIC || event->alarm.until_ms <= event->at_ms) {
            sim_fail(sim, "alarm %u is shelved until %lld, and may not be", id,
                     (long long)event->alarm.until_ms);
        }
        if (record->alarms.items[id].shelved_ms == INT64_MAX) {
            REACH(record->shelved, record->shelved.count);
            record->shelved.items[record->shelved.count - 1] = id;
        }
        record->alarms.items[id].shelved_ms = event->alarm.until_ms;
    } else if (event->kind == EVENT_ALARM_RETURNED) {
        if (record->alarms.items[id].shelved_ms > event->at_ms) {
            sim_fail(sim, "alarm %u comes back before its time", id);
        }
        record->alarms.items[id].shelved_ms = INT64_MAX;
    } else {
        record->alarms.items[id].shelved_ms = INT64_MAX; /* somebody has it */
    }
    if (event->alarm.kind >= ALARM_RECEIPT_LATE && event->alarm.kind <= ALARM_HELP_LATE) {
        const uint32_t bit = 1u << (event->alarm.kind - ALARM_RECEIPT_LATE);
        uint32_t *alarms = &incident_of(sim, event->alarm.incident_id)->late_alarms;
        *alarms = record->alarms.items[id].is_open ? *alarms | bit : *alarms & ~bit;
    }
    if (event->alarm.kind == ALARM_CHECKPOINT_OVERDUE) {
        sim_patrol_event(sim, event, DUTY_OFF);
    }
    if (event->alarm.kind == ALARM_PANIC) {
        incident_of(sim, event->alarm.incident_id)->panic_alarm =
            event->kind == EVENT_ALARM_RAISED ? id : 0;
    }
    if (event->alarm.kind == ALARM_UNDISPATCHED && event->alarm.incident_id != 0) {
        incident_of(sim, event->alarm.incident_id)->has_undispatched_alarm =
            record->alarms.items[id].is_open;
    }
}

static void on_archived(struct sim *sim, const struct event *event)
{
    struct sim_incident *incident = incident_of(sim, event->archived.incident_id);
    if (!incident_state_ended(incident->state) || incident->is_archived) {
        sim_fail(sim, "incident %u is archived in state %s", event->archived.incident_id,
                 types_name(TYPES_INCIDENT_STATE, incident->state));
    }
    incident->is_archived = true;
    for (uint32_t id = incident->first_assignment; id != 0;
         id = sim->record->assignments.items[id].before) {
        sim->record->assignments.items[id].notice_is_open = false; /* it is history */
    }
}

/* ---- Calls for help ---- */

static void on_panic(struct sim *sim, const struct event *event)
{
    uint32_t *incident_id = &sim->record->panics[event->panic.unit_id % SIM_UNITS_MAX];
    if (*incident_id != 0 && *incident_id != event->panic.incident_id) {
        sim_fail(sim, "unit %u calls for help again in incident %u, and still does in %u",
                 event->panic.unit_id, event->panic.incident_id, *incident_id);
    }
    *incident_id = event->panic.incident_id;
}

static void on_panic_closed(struct sim *sim, const struct event *event)
{
    uint32_t *incident_id = &sim->record->panics[event->panic_end.unit_id % SIM_UNITS_MAX];
    if (*incident_id == 0 || *incident_id != event->panic_end.incident_id) {
        sim_fail(sim, "the call of unit %u in incident %u is closed and was not open",
                 event->panic_end.unit_id, event->panic_end.incident_id);
    }
    *incident_id = 0;
}

/* Kinds that are not named here have no rule of their own. */
static void apply_rules(struct sim *sim, const struct event *event)
{
    struct sim_record *record = sim->record;
    if (event->kind == EVENT_UNIT_DUTY && event->duty.unit_id < SIM_UNITS_MAX) {
        record->duties[event->duty.unit_id] = event->duty.duty;
    } else if (event->kind == EVENT_REPORT_RECEIVED) {
        on_report(sim, event);
    } else if (event->kind == EVENT_INCIDENT_OPENED) {
        on_opened(sim, event);
    } else if (event->kind == EVENT_DECISION_MADE) {
        on_decision(sim, event);
    } else if (event->kind == EVENT_ASSIGNMENT_SENT) {
        on_sent(sim, event);
    } else if (event->kind == EVENT_ASSIGNMENT_UPDATED) {
        on_updated(sim, event);
    } else if (event->kind == EVENT_ASSIGNMENT_STEP) {
        on_step(sim, event);
    } else if (event->kind == EVENT_INCIDENT_STATE) {
        on_state(sim, event);
    } else if (event->kind == EVENT_INCIDENT_UPDATED) {
        struct sim_incident *incident = incident_of(sim, event->incident.incident_id);
        incident->generation = event->incident.generation;
        incident->at = event->incident.at;
        incident->type = event->incident.type;
        incident->priority = event->incident.priority;
        sim_plans_updated(sim, event, incident->plan_version);
        incident->plan_version = event->incident.plan_version;
    } else if (event->kind == EVENT_PLAN_PUT) {
        sim_plans_put(sim, event);
    } else if (event->kind == EVENT_TIER_VERDICT) {
        on_verdict(sim, event);
    } else if (event->kind == EVENT_ALARM_RAISED || event->kind == EVENT_ALARM_ACKED ||
               event->kind == EVENT_ALARM_CLEARED || event->kind == EVENT_ALARM_SHELVED ||
               event->kind == EVENT_ALARM_RETURNED) {
        on_alarm(sim, event);
    } else if (event->kind == EVENT_INCIDENT_ARCHIVED) {
        on_archived(sim, event);
    } else if (event->kind == EVENT_UNIT_PANIC) {
        on_panic(sim, event);
    } else if (event->kind == EVENT_PANIC_CLOSED) {
        on_panic_closed(sim, event);
    } else if (event->kind == EVENT_NOTICE_SENT) {
        on_notice_sent(sim, event);
    } else if (event->kind == EVENT_NOTICE_UPDATED) {
        on_notice_updated(sim, event);
    } else if (event->kind == EVENT_NOTICE_STEP) {
        on_notice_step(sim, event);
    } else if (event->kind == EVENT_REFERRAL_SENT) {
        incident_of(sim, event->referred.incident_id)->generation = event->referred.generation;
        sim_referrals_event(sim, event);
    } else if (event->kind == EVENT_CHECKPOINT_PUT || event->kind == EVENT_CHECKPOINT_OVERDUE) {
        sim_patrol_event(sim, event, DUTY_OFF);
    } else if (event->kind == EVENT_CHECKPOINT_VISITED) {
        sim_patrol_event(sim, event, record->duties[event->visited.unit_id % SIM_UNITS_MAX]);
    } else if (event->kind == EVENT_REFERRAL_UPDATED) {
        incident_of(sim, event->referral.incident_id)->generation = event->referral.generation;
        sim_referrals_event(sim, event);
    }
}

static uint64_t hash_of(uint64_t seq, enum event_kind kind, int64_t at_ms, const uint8_t *body,
                        uint32_t size)
{
    uint64_t hash = 0xcbf29ce484222325u ^ seq ^ ((uint64_t)kind << 56) ^ (uint64_t)at_ms;
    for (uint32_t i = 0; i < size; i++) {
        hash = (hash ^ body[i]) * 0x100000001b3u;
    }
    return hash;
}

/* One command, one step, one time: what comes later under the same id was done twice. */
static void note_execution(struct sim *sim, const struct event *event)
{
    const uint64_t serial = sim_record_serial(event->command_id);
    if (serial == 0) {
        return;
    }
    REACH(sim->record->said, serial);
    struct sim_said *said = &sim->record->said.items[serial];
    if (said->first_seq == 0) {
        said->first_seq = event->seq;
        said->executed_ms = event->at_ms;
    }
    if (said->executed_ms != event->at_ms) {
        sim_fail(sim, "command %llu was executed at event %llu and again at event %llu (%s)",
                 (unsigned long long)serial, (unsigned long long)said->first_seq,
                 (unsigned long long)event->seq, event_kind_name(event->kind));
    }
    if (said->is_said && event->seq > said->answer.seq) {
        sim_fail(sim, "command %llu was answered with event %llu as its last and made event %llu",
                 (unsigned long long)serial, (unsigned long long)said->answer.seq,
                 (unsigned long long)event->seq);
    }
}

void sim_record_event(struct sim *sim, const struct event *event, const uint8_t *body,
                      uint32_t body_size)
{
    struct sim_record *record = sim->record;
    if (event->seq != record->seq + 1) {
        sim_fail(sim, "event %llu was said after event %llu", (unsigned long long)event->seq,
                 (unsigned long long)record->seq);
    }
    if (event->at_ms < record->at_ms) {
        sim_fail(sim, "event %llu happened %lld ms before the one before it",
                 (unsigned long long)event->seq, (long long)(record->at_ms - event->at_ms));
    }
    record->seq = event->seq;
    record->at_ms = event->at_ms;
    REACH(record->hashes, event->seq);
    record->hashes.items[event->seq] =
        hash_of(event->seq, event->kind, event->at_ms, body, body_size);
    sim_trace(sim, "  %llu %s %s", (unsigned long long)event->seq, event_kind_name(event->kind),
              event->actor.id);
    note_execution(sim, event);
    apply_rules(sim, event);
}

void sim_record_same(struct sim *sim, const struct event_record *event, const uint8_t *body)
{
    const struct sim_record *record = sim->record;
    if (event->seq > record->seq || body == NULL ||
        record->hashes.items[event->seq] !=
            hash_of(event->seq, event->kind, event->at_ms, body, event->body_size)) {
        sim_fail(sim, "event %llu stands otherwise in the journal than it was said",
                 (unsigned long long)event->seq);
    }
}

/* ---- Answers ---- */

static bool is_same(const struct api_answer *a, const struct api_answer *b)
{
    return a->outcome == b->outcome && a->refusal == b->refusal && a->seq == b->seq &&
           a->incident_id == b->incident_id && a->report_id == b->report_id &&
           a->assignment_id == b->assignment_id && a->generation == b->generation &&
           a->merged == b->merged;
}

void sim_record_answer(struct sim *sim, uint64_t serial, const struct api_answer *answer)
{
    REACH(sim->record->said, serial);
    struct sim_said *said = &sim->record->said.items[serial];
    if (answer->outcome == API_KEY_REUSED) {
        sim_fail(sim, "command %llu is taken for another one", (unsigned long long)serial);
    }
    if (answer->outcome == API_KEY_EXPIRED) {
        return; /* too old to be executed: as good as no answer, and not executed */
    }
    if (answer->seq > sim_process_durable_seq(sim)) {
        sim_fail(sim, "command %llu is answered with event %llu, durable is %llu",
                 (unsigned long long)serial, (unsigned long long)answer->seq,
                 (unsigned long long)sim_process_durable_seq(sim));
    }
    if (said->is_said && !is_same(&said->answer, answer)) {
        sim_fail(sim, "command %llu is answered in two ways: %s at %llu, then %s at %llu",
                 (unsigned long long)serial, types_name(TYPES_REASON, said->answer.refusal),
                 (unsigned long long)said->answer.seq, types_name(TYPES_REASON, answer->refusal),
                 (unsigned long long)answer->seq);
    }
    if (answer->report_id != 0 && said->report_id != answer->report_id) {
        sim_fail(sim, "command %llu is told report %u; the world knows report %u",
                 (unsigned long long)serial, answer->report_id, said->report_id);
    }
    said->is_said = true;
    said->answer = *answer;
}

/* ---- Nothing is forgotten ---- */

#define SLACK_MS 2500 /* a timer that found no room waits a second */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Fails if something of this order is overdue; answers when its next step is due. */
static int64_t check_order(struct sim *sim, uint32_t assignment_id, int64_t now_ms)
{
    const struct sim_assignment *assignment = &sim->record->assignments.items[assignment_id];
    int64_t next_ms = INT64_MAX;
    for (uint32_t step = 0; step <= LADDER_SECOND; step++) {
        const int64_t after_ms = step_after_ms(sim, assignment->tier, step);
        if (after_ms == 0 || (assignment->steps >> step & 1u) != 0 ||
            (assignment->wave > 0 && !is_for_volunteers(step)) ||
            assignment->state >= ASSIGNMENT_ACKNOWLEDGED ||
            (step == LADDER_SECOND && assignment->state != ASSIGNMENT_SENT)) {
            continue;
        }
        const int64_t due_ms = assignment->sent_ms + after_ms;
        if (now_ms > due_ms + SLACK_MS) {
            sim_fail(sim,
                     "order %u has not been acknowledged for %lld ms and ladder step %u was "
                     "not taken",
                     assignment_id, (long long)(now_ms - assignment->sent_ms), step);
        }
        next_ms = earlier(next_ms, due_ms);
    }
    return next_ms;
}

/* The same for what has to be heard after the orders; forgets what was heard. */
static int64_t check_notices(struct sim *sim, int64_t now_ms)
{
    struct sim_record *record = sim->record;
    int64_t next_ms = INT64_MAX;
    for (uint32_t i = 0; i < record->notices.count;) {
        const uint32_t id = record->notices.items[i];
        struct sim_assignment *assignment = &record->assignments.items[id];
        if (!assignment->notice_is_open) {
            assignment->notice_is_listed = false;
            record->notices.items[i] = record->notices.items[--record->notices.count];
            continue;
        }
        for (uint32_t step = 0; step < LADDER_STEPS; step++) {
            const int64_t after_ms = notice_after_ms(sim, assignment, step);
            if (after_ms == 0 || (assignment->notice_steps >> step & 1u) != 0) {
                continue;
            }
            const int64_t due_ms = assignment->notice_sent_ms + after_ms;
            if (now_ms > due_ms + SLACK_MS) {
                sim_fail(sim,
                         "order %u: nobody heard notice %u for %lld ms and ladder step %u was "
                         "not taken",
                         id, assignment->notice_number,
                         (long long)(now_ms - assignment->notice_sent_ms), step);
            }
            next_ms = earlier(next_ms, due_ms);
        }
        i++;
    }
    return next_ms;
}

/* What was shelved comes back by itself; forgets what has. */
static int64_t check_shelved(struct sim *sim, int64_t now_ms)
{
    struct sim_record *record = sim->record;
    int64_t next_ms = INT64_MAX;
    for (uint32_t i = 0; i < record->shelved.count;) {
        const uint32_t id = record->shelved.items[i];
        const struct sim_alarm *alarm = &record->alarms.items[id];
        if (!alarm->is_open || alarm->shelved_ms == INT64_MAX ||
            (alarm->incident_id != 0 && record->incidents.items[alarm->incident_id].is_archived)) {
            record->alarms.items[id].shelved_ms = INT64_MAX;
            record->shelved.items[i] = record->shelved.items[--record->shelved.count];
            continue;
        }
        if (now_ms > alarm->shelved_ms + SLACK_MS) {
            sim_fail(sim, "alarm %u is shelved for %lld ms too long", id,
                     (long long)(now_ms - alarm->shelved_ms));
        }
        next_ms = earlier(next_ms, alarm->shelved_ms);
        i++;
    }
    return next_ms;
}

static int64_t check_tiers(struct sim *sim, const struct incident_view *view, int64_t now_ms)
{
    int64_t next_ms = INT64_MAX;
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        if (view->tiers[i].verdict != TIER_OPEN || view->tiers[i].deadline_ms == TIME_NEVER) {
            continue;
        }
        if (now_ms > view->tiers[i].deadline_ms + SLACK_MS) {
            sim_fail(sim, "incident %u tier %s has no verdict %lld ms after its deadline",
                     view->incident_id, types_name(TYPES_TIER, i),
                     (long long)(now_ms - view->tiers[i].deadline_ms));
        }
        next_ms = earlier(next_ms, view->tiers[i].deadline_ms + 1);
    }
    return next_ms;
}

static int64_t check_incident(struct sim *sim, const struct engine *engine, uint32_t incident_id,
                              int64_t now_ms)
{
    const struct sim_incident *incident = &sim->record->incidents.items[incident_id];
    struct incident_view view;
    if (!engine_incident(engine, incident_id, &view) || view.state != incident->state ||
        view.generation < incident->generation) {
        sim_fail(sim, "incident %u is another in the engine than in the record", incident_id);
    }
    int64_t next_ms = check_tiers(sim, &view, now_ms);
    const uint32_t after_ms = sim->config.policy.undispatched_ms[incident->priority - 1];
    if (incident->state == INCIDENT_PENDING && after_ms != 0 && !incident->has_undispatched_alarm) {
        const int64_t due_ms = incident->state_ms + after_ms;
        if (now_ms > due_ms + SLACK_MS) {
            sim_fail(sim, "incident %u: nobody is on the way for %lld ms, and nobody was told",
                     incident_id, (long long)(now_ms - incident->state_ms));
        }
        next_ms = earlier(next_ms, due_ms);
    }
    return next_ms;
}

void sim_record_check_due(struct sim *sim, const struct engine *engine, int64_t now_ms)
{
    struct sim_record *record = sim->record;
    assert(engine_seq(engine) == record->seq);
    int64_t next_ms = earlier(check_notices(sim, now_ms), check_shelved(sim, now_ms));
    next_ms = earlier(next_ms, sim_referrals_check(sim, now_ms, SLACK_MS));
    next_ms = earlier(next_ms, sim_patrol_check(sim, now_ms, SLACK_MS));
    for (uint32_t unit_id = 0; unit_id < sim_people_count(sim); unit_id++) {
        if (record->active[unit_id] != 0) {
            next_ms = earlier(next_ms, check_order(sim, record->active[unit_id], now_ms));
        }
    }
    for (uint32_t i = 0; i < record->open.count; i++) {
        next_ms = earlier(next_ms, check_incident(sim, engine, record->open.items[i], now_ms));
    }
    const int64_t deadline_ms = engine_deadline_ms(engine);
    if (next_ms != INT64_MAX && deadline_ms > (next_ms > now_ms ? next_ms : now_ms) + 1000) {
        sim_fail(sim, "something is due in %lld ms, the engine wants to wake in %lld ms",
                 (long long)(next_ms - now_ms), (long long)(deadline_ms - now_ms));
    }
    for (uint32_t unit_id = 0;
         unit_id < sim_people_count(sim) && record->seq != record->checked_seq; unit_id++) {
        struct unit_view unit;
        if (engine_unit(engine, unit_id, &unit) && unit.assignment_id != record->active[unit_id]) {
            sim_fail(sim, "unit %u has order %u in the engine, %u in the record", unit_id,
                     unit.assignment_id, record->active[unit_id]);
        }
    }
    record->checked_seq = record->seq;
}

/* Could this unit serve a tier of the incident that still wants somebody? */
static bool is_fit(const struct sim *sim, const struct sim_incident *incident, uint32_t unit_id,
                   const uint32_t filled[TIER_COUNT], int64_t now_ms)
{
    const struct sim_record *record = sim->record;
    const struct policy *policy = &sim->config.policy;
    const enum unit_kind kind = sim_people_kind(sim, unit_id);
    struct geo_point at;
    if (record->active[unit_id] != 0 || record->duties[unit_id] != DUTY_ON ||
        record->panics[unit_id] != 0 || was_here(sim, incident, unit_id) ||
        !sim_people_position(sim, unit_id, now_ms, &at)) {
        return false;
    }
    const uint32_t travel_ms =
        geo_straight_ms(at, incident->at, policy_profile(sim->config.emergency_kinds, kind));
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        const struct tier_policy *tier = &policy->tiers[i];
        const uint32_t reach_ms = tier->beyond_reach ? policy->search_ms : policy_reach_ms(tier);
        if ((policy_kinds(policy, (enum tier)i) >> kind & 1u) != 0 &&
            filled[i] < incident->wanted[i] && travel_ms <= reach_ms) {
            return true;
        }
    }
    return false;
}

void sim_record_check_served(struct sim *sim, const struct engine *engine, int64_t now_ms)
{
    const struct sim_record *record = sim->record;
    (void)engine;
    for (uint32_t i = 0; i < record->open.count; i++) {
        const struct sim_incident *incident = &record->incidents.items[record->open.items[i]];
        if (incident->state != INCIDENT_PENDING || incident->mode != DISPATCH_AUTO) {
            continue;
        }
        uint32_t filled[TIER_COUNT] = {0}; /* who was recalled is not replaced behind his back */
        for (uint32_t id = incident->first_assignment; id != 0;
             id = record->assignments.items[id].before) {
            const struct sim_assignment *assignment = &record->assignments.items[id];
            filled[assignment->tier] +=
                assignment->state != ASSIGNMENT_DECLINED && assignment->wave == 0 ? 1 : 0;
        }
        for (uint32_t unit_id = 0; unit_id < sim_people_count(sim); unit_id++) {
            if (is_fit(sim, incident, unit_id, filled, now_ms)) {
                sim_fail(sim, "incident %u waits for %lld s while unit %u is free and fit",
                         record->open.items[i], (long long)(now_ms - incident->state_ms) / 1000,
                         unit_id);
            }
        }
    }
}

/* ---- Looking things up ---- */

uint32_t sim_record_incident_count(const struct sim *sim)
{
    return sim->record->incidents.count;
}

const struct sim_incident *sim_record_incident(const struct sim *sim, uint32_t incident_id)
{
    assert(incident_id < sim->record->incidents.count);
    return &sim->record->incidents.items[incident_id];
}

const struct sim_assignment *sim_record_assignment(const struct sim *sim, uint32_t assignment_id)
{
    assert(assignment_id < sim->record->assignments.count);
    return &sim->record->assignments.items[assignment_id];
}

uint32_t sim_record_assignment_count(const struct sim *sim)
{
    return sim->record->assignments.count;
}

uint32_t sim_record_active(const struct sim *sim, uint32_t unit_id)
{
    assert(unit_id < SIM_UNITS_MAX);
    return sim->record->active[unit_id];
}

uint32_t sim_record_panic(const struct sim *sim, uint32_t unit_id)
{
    assert(unit_id < SIM_UNITS_MAX);
    return sim->record->panics[unit_id];
}

uint32_t sim_record_open_count(const struct sim *sim)
{
    return sim->record->open.count;
}

uint32_t sim_record_open(const struct sim *sim, uint32_t index)
{
    assert(index < sim->record->open.count);
    return sim->record->open.items[index];
}

uint32_t sim_record_alarm(const struct sim *sim, uint32_t chance)
{
    const struct sim_record *record = sim->record;
    for (uint32_t i = 0; i < 16 && record->alarms.count > 1; i++) {
        const uint32_t back = chance++ % (record->alarms.count < 64 ? record->alarms.count : 64);
        const uint32_t id = record->alarms.count - 1 - back;
        if (record->alarms.items[id].is_open) {
            return id;
        }
    }
    return 0;
}
