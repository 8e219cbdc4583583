#include "engine/core/report.h"

#include <assert.h>
#include <string.h>

#include "engine/core/area.h"
#include "engine/core/assign.h"
#include "engine/core/circle_plan.h"
#include "engine/core/district.h"
#include "engine/core/incident.h"

/* The nearest open incident of the same type that is near and young enough, ties by id; NULL. One
 * whose units have all cleared, or that a community centre has, takes no more: nobody would be sent
 * to a second caller. The phone
 * does not widen it: a switchboard has one number for a whole campus. */
static const struct incident *find_match(const struct step *step,
                                         const struct report_create *report)
{
    const struct engine *engine = step->engine;
    const struct policy *policy = state_policy(engine);
    if (!report->may_merge || policy->merge_ms == 0) {
        return NULL;
    }
    const int64_t band_e7 = 91 * ((int64_t)policy->merge_distance_m + 1); /* 90 e-7 degrees a m */
    const int64_t low_e7 = report->at.lat_e7 - band_e7;
    const int64_t high_e7 = report->at.lat_e7 + band_e7;
    const struct incident *best = NULL;
    uint32_t best_m = UINT32_MAX;
    for (uint32_t slot = 0; slot < engine->incident_ids.slots_used; slot++) {
        const int64_t lat_e7 = engine->open_lat_e7[slot];
        if (lat_e7 < low_e7 || lat_e7 > high_e7) {
            continue; /* most, on one cache line in sixteen */
        }
        const struct incident *incident = &engine->incidents[slot];
        if (engine->open_lat_e7[slot] == INT32_MAX || incident->type != report->type ||
            incident->drill != report->drill || incident->state == INCIDENT_FEEDBACK_DUE ||
            incident->state == INCIDENT_DIVERTED ||
            step->at_ms - incident->created_ms > (int64_t)policy->merge_ms) {
            continue;
        }
        const uint32_t distance_m = geo_distance_m(incident->at, report->at);
        const bool is_nearer = distance_m < best_m ||
                               (distance_m == best_m && best != NULL && incident->id < best->id);
        if (distance_m <= policy->merge_distance_m && is_nearer) {
            best = incident;
            best_m = distance_m;
        }
    }
    return best;
}

static bool same_phone(const struct engine *engine, const struct incident *incident,
                       const struct report_create *report)
{
    const struct report *first = state_report_at(engine, incident->report_first);
    return report->phone[0] != '\0' && first != NULL &&
           types_same_text(first->words.phone, report->phone);
}

#define SIMILAR_M  200u
#define SIMILAR_MS (INT64_C(30) * 60000)
#define SIMILAR_E7 (INT64_C(91) * (SIMILAR_M + 1)) /* of latitude: a metre is 90, rounded up */

/* By the compact columns alone, which leave most incidents untouched. */
static bool may_be_similar(const struct engine *engine, uint32_t slot,
                           const struct report_create *report, uint32_t phone)
{
    const int64_t north_e7 = (int64_t)engine->open_lat_e7[slot] - report->at.lat_e7;
    const bool may_be_near = north_e7 < SIMILAR_E7 && -north_e7 < SIMILAR_E7;
    const bool may_be_caller = phone != 0 && engine->first_phones[slot] == phone;
    return engine->open_lat_e7[slot] != INT32_MAX && (may_be_near || may_be_caller);
}

struct similar {
    uint32_t incident_id; /* 0: none */
    uint32_t distance_m;
    bool is_caller;
};

static bool is_more_alike(const struct similar *a, const struct similar *b)
{
    if (b->incident_id == 0 || a->is_caller != b->is_caller) {
        return b->incident_id == 0 || a->is_caller;
    }
    return a->distance_m != b->distance_m ? a->distance_m < b->distance_m
                                          : a->incident_id < b->incident_id;
}

/* An open incident that a dispatcher may want to merge with: from the same phone wherever it is, or
 * near in place and time whatever its type; the same phone first, then the nearest. 0: none. */
static uint32_t find_similar(const struct step *step, const struct report_create *report)
{
    const struct engine *engine = step->engine;
    const uint32_t phone = state_phone_hash(report->phone);
    struct similar best = {.incident_id = 0};
    for (uint32_t slot = 0; slot < engine->incident_ids.slots_used; slot++) {
        if (!may_be_similar(engine, slot, report, phone)) {
            continue;
        }
        const struct incident *incident = &engine->incidents[slot];
        const struct similar here = {.incident_id = incident->id,
                                     .distance_m = geo_distance_m(incident->at, report->at),
                                     .is_caller = same_phone(engine, incident, report)};
        const bool is_near =
            here.distance_m <= SIMILAR_M && step->at_ms - incident->created_ms <= SIMILAR_MS;
        if (incident->drill == report->drill && (is_near || here.is_caller) &&
            is_more_alike(&here, &best)) {
            best = here;
        }
    }
    return best.incident_id;
}

static int64_t received_ms(const struct step *step, const struct report_create *report)
{
    const int64_t said_ms = report->received_ms;
    return said_ms == TIME_NEVER || said_ms > step->at_ms ? step->at_ms : said_ms;
}

static void emit_report(struct step *step, const struct report_create *report, uint32_t incident_id,
                        bool merged)
{
    struct event *event = step_event(step, EVENT_REPORT_RECEIVED);
    event->report.report_id = step->engine->last_report_id + 1;
    event->report.incident_id = incident_id;
    event->report.merged = merged;
    event->report.received_ms = received_ms(step, report);
    event->report.district = district_at(step->engine, report->at);
    event->report.report = *report;
    step->result.report_id = event->report.report_id;
    step->result.incident_id = incident_id;
    step->result.merged = merged;
    step_emit(step);
}

static int64_t clock_of(const struct step *step, const struct report_create *report,
                        int64_t received)
{
    switch (state_policy(step->engine)->clock_start) {
    case CLOCK_RECEIVED:
        return received;
    case CLOCK_CREATED:
        return step->at_ms;
    case CLOCK_OCCURRED: {
        const int64_t occurred_ms = report->occurred_ms;
        return occurred_ms == TIME_NEVER || occurred_ms > step->at_ms ? received : occurred_ms;
    }
    case CLOCK_SENT:
    case CLOCK_START_COUNT:
        break;
    }
    return TIME_NEVER;
}

struct opening {
    enum dispatch_mode mode;
    bool for_all;
    int64_t received_ms;
};

static void emit_opened(struct step *step, const struct report_create *report, uint32_t incident_id,
                        const struct opening *opening)
{
    const struct engine *engine = step->engine;
    const struct policy *policy = state_policy(engine);
    const uint32_t priority =
        report->priority == 0 ? policy_priority(policy, report->type) : report->priority;
    const struct plan plan = policy_plan(policy, report->type, priority);
    struct event *event = step_event(step, EVENT_INCIDENT_OPENED);
    struct incident_opened *opened = &event->opened;
    opened->incident_id = incident_id;
    opened->type = report->type;
    opened->priority = priority;
    opened->at = report->at;
    memcpy(opened->address, report->address, ADDRESS_SIZE);
    opened->district = district_at(engine, report->at);
    opened->circle = incident_circle_at(engine, report->at);
    area_find_all(engine, report->at, opened->areas);
    opened->plan_version = circle_plan_find(engine, opened->circle, report->type, priority);
    opened->drill = report->drill;
    opened->mode = opening->mode;
    opened->for_all = opening->for_all;
    memcpy(opened->policy, policy->name, CODE_SIZE);
    opened->policy_version = engine->policies[engine->policy_now].version;
    opened->received_ms = opening->received_ms;
    opened->clock_ms = clock_of(step, report, opening->received_ms);
    opened->similar_id = find_similar(step, report);
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        opened->tiers[i] = (struct tier_opening){.asked = plan.units[i] > 0,
                                                 .units = plan.units[i],
                                                 .target_ms = policy->tiers[i].target_ms,
                                                 .reach_ms = policy_reach_ms(&policy->tiers[i])};
    }
    step_emit(step);
}

const struct incident *report_open(struct step *step, const struct report_create *report,
                                   enum dispatch_mode mode, bool for_all)
{
    const struct engine *engine = step->engine;
    const bool is_call = step->command->kind == COMMAND_UNIT_PANIC;
    const bool has_room = is_call
                              ? engine->incident_ids.count < engine->incident_ids.max &&
                                    engine->report_ids.count < engine->report_ids.max
                              : state_has_incident_room(engine) && state_has_report_room(engine);
    if (!has_room) {
        step_refuse(step, REASON_CAPACITY, (struct step_about){.unit_id = UNIT_NONE});
        return NULL;
    }
    const uint32_t incident_id = step->engine->last_incident_id + 1;
    emit_report(step, report, incident_id, false);
    const struct opening opening = {
        .mode = mode, .for_all = for_all, .received_ms = received_ms(step, report)};
    emit_opened(step, report, incident_id, &opening);
    return state_incident(step->engine, incident_id);
}

void report_create(struct step *step)
{
    const struct engine *engine = step->engine;
    const struct report_create *report = &step->command->report;
    assert(geo_point_valid(report->at));
    assert(report->priority <= 4);
    if (!state_has_report_room(engine)) {
        step_refuse(step, REASON_CAPACITY, (struct step_about){.unit_id = UNIT_NONE});
        return;
    }
    const struct incident *match = find_match(step, report);
    if (match != NULL) {
        emit_report(step, report, match->id, true);
        return;
    }
    const struct incident *incident = report_open(step, report, engine->config.mode, false);
    if (incident != NULL) {
        assign_first(step, incident);
    }
}

/* ---- Afterwards ---- */

static void refuse_report(struct step *step, enum reason reason, uint32_t incident_id)
{
    step_refuse(step, reason,
                (struct step_about){.incident_id = incident_id, .unit_id = UNIT_NONE});
}

/* One of several reports of an open incident: the only one goes with its incident, by a merge. */
static const struct report *find_movable(struct step *step)
{
    const struct report *report = state_report(step->engine, step->command->about_report.report_id);
    if (report == NULL) {
        refuse_report(step, REASON_UNKNOWN_REPORT, 0);
        return NULL;
    }
    const struct incident *incident = &step->engine->incidents[report->incident];
    if (incident->report_count < 2) {
        refuse_report(step, REASON_WRONG_STATE, incident->id);
        return NULL;
    }
    step->result.report_id = report->id;
    return report;
}

static void emit_linked(struct step *step, const struct report *report, uint32_t incident_id,
                        bool opens)
{
    struct event *event = step_event(step, EVENT_REPORT_LINKED);
    event->linked.report_id = report->id;
    event->linked.from_id = step->engine->incidents[report->incident].id;
    event->linked.incident_id = incident_id;
    event->linked.opens = opens;
    step->result.incident_id = incident_id;
    step_emit(step);
}

void report_link(struct step *step)
{
    const uint32_t incident_id = step->command->about_report.incident_id;
    const struct incident *to = state_incident(step->engine, incident_id);
    if (to == NULL) {
        refuse_report(step, REASON_UNKNOWN_INCIDENT, incident_id);
        return;
    }
    const struct report *report = find_movable(step);
    if (report == NULL) {
        return;
    }
    step->result.incident_id = incident_id;
    if (&step->engine->incidents[report->incident] == to) {
        return; /* it is there */
    }
    if (incident_state_ended(to->state) || to->drill != report->words.drill) {
        refuse_report(step, REASON_WRONG_STATE, incident_id);
        return;
    }
    emit_linked(step, report, incident_id, false);
}

void report_split(struct step *step)
{
    const struct engine *engine = step->engine;
    const struct report *report = find_movable(step);
    if (report == NULL) {
        return;
    }
    if (!state_has_incident_room(engine)) {
        refuse_report(step, REASON_CAPACITY, engine->incidents[report->incident].id);
        return;
    }
    const uint32_t incident_id = engine->last_incident_id + 1;
    emit_linked(step, report, incident_id, true);
    const struct opening opening = {.mode = engine->config.mode,
                                    .received_ms = report->received_ms};
    emit_opened(step, &report->words, incident_id, &opening);
    assign_first(step, state_incident(engine, incident_id));
}

void report_answer(struct step *step)
{
    const struct report *report = state_report(step->engine, step->command->about_report.report_id);
    if (report == NULL) {
        refuse_report(step, REASON_UNKNOWN_REPORT, 0);
        return;
    }
    const uint32_t incident_id = step->engine->incidents[report->incident].id;
    if (report->answered_ms != TIME_NEVER) { /* a milestone is written once */
        refuse_report(step, REASON_WRONG_STATE, incident_id);
        return;
    }
    step->result.report_id = report->id;
    step->result.incident_id = incident_id;
    struct event *event = step_event(step, EVENT_REPORT_ANSWERED);
    event->answered.report_id = report->id;
    event->answered.incident_id = incident_id;
    memcpy(event->answered.note, step->command->about_report.note, NOTE_SIZE);
    step_emit(step);
}
