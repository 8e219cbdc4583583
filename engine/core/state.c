#include "engine/core/state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/assignment.h"
#include "engine/core/coverage.h"
#include "engine/core/incident.h"
#include "engine/core/patrol.h"
#include "engine/core/presence.h"
#include "engine/core/refusal.h"
#include "engine/core/scratch.h"
#include "geo/geo_area.h"

static bool limits_valid(const struct engine_limits *limits)
{
    const bool rosters = limits->units_max >= 1 && limits->units_max <= 50000 &&
                         limits->circles_max >= 1 && limits->circles_max <= 5000;
    const bool work = limits->incidents_max >= 1 && limits->incidents_max <= 100000 &&
                      limits->assignments_max >= limits->units_max &&
                      limits->assignments_max <= 10000000 && limits->alarms_max >= 1 &&
                      limits->alarms_max <= 1000000;
    const bool reports =
        limits->reports_max == 0 ||
        (limits->reports_max >= limits->incidents_max && limits->reports_max <= 1000000);
    return rosters && work && reports && limits->area_points_max >= 3 &&
           limits->area_points_max <= 1000000 && limits->areas_max <= 5000;
}

static uint32_t reports_max(const struct engine_limits *limits)
{
    return limits->reports_max == 0 ? 2 * limits->incidents_max : limits->reports_max;
}

/* Those of ordinary work, and one for every incident: a call for help always finds room. */
static uint32_t alarm_slots(const struct engine_limits *limits)
{
    return limits->alarms_max + limits->incidents_max;
}

static bool create_durable(struct engine *engine, const struct engine_limits *limits)
{
    engine->decisions_max = limits->incidents_max * TIER_COUNT < DECISIONS_KEPT_MAX
                                ? limits->incidents_max * TIER_COUNT
                                : DECISIONS_KEPT_MAX;
    engine->districts = calloc(DISTRICTS_MAX, sizeof *engine->districts);
    engine->points = calloc(limits->area_points_max, sizeof *engine->points);
    engine->areas = calloc((size_t)limits->areas_max + 1, sizeof *engine->areas);
    engine->area_corners = calloc(limits->area_points_max, sizeof *engine->area_corners);
    engine->circles = calloc(limits->circles_max, sizeof *engine->circles);
    engine->units = calloc(limits->units_max, sizeof *engine->units);
    engine->centres = calloc(CENTRES_MAX, sizeof *engine->centres);
    engine->checkpoints = calloc(CHECKPOINTS_MAX, sizeof *engine->checkpoints);
    engine->incidents = calloc(limits->incidents_max, sizeof *engine->incidents);
    engine->reports = calloc(limits->reports_max, sizeof *engine->reports);
    engine->assignments = calloc(limits->assignments_max, sizeof *engine->assignments);
    engine->alarms = calloc(alarm_slots(limits), sizeof *engine->alarms);
    engine->referrals = calloc(limits->incidents_max, sizeof *engine->referrals);
    engine->decisions = calloc(engine->decisions_max, sizeof *engine->decisions);
    engine->policies = calloc(POLICIES_MAX, sizeof *engine->policies);
    engine->plans = calloc(PLANS_MAX + PLANS_OLD_MAX, sizeof *engine->plans);
    return engine->checkpoints != NULL && engine->plans != NULL &&
           id_pool_init(&engine->plan_versions, PLANS_MAX + PLANS_OLD_MAX) == STATUS_OK &&
           engine->policies != NULL && engine->reports != NULL && engine->areas != NULL &&
           engine->area_corners != NULL && engine->centres != NULL && engine->referrals != NULL &&
           id_pool_init(&engine->referral_ids, limits->incidents_max) == STATUS_OK &&
           id_pool_init(&engine->report_ids, limits->reports_max) == STATUS_OK &&
           engine->districts != NULL && engine->points != NULL && engine->circles != NULL &&
           engine->units != NULL && engine->incidents != NULL && engine->assignments != NULL &&
           engine->alarms != NULL && engine->decisions != NULL &&
           id_pool_init(&engine->incident_ids, limits->incidents_max) == STATUS_OK &&
           id_pool_init(&engine->assignment_ids, limits->assignments_max) == STATUS_OK &&
           id_pool_init(&engine->alarm_ids, alarm_slots(limits)) == STATUS_OK;
}

/* A shadow asks for no area: what it replays says in which everything lies. */
static bool create_area_lookups(struct engine *engine, const struct engine_limits *limits)
{
    engine->area_lookups = calloc(AREA_KIND_COUNT, sizeof *engine->area_lookups);
    bool is_done = engine->area_lookups != NULL;
    for (uint32_t i = 0;
         is_done && engine->config.searches && limits->areas_max > 0 && i < AREA_KIND_COUNT; i++) {
        is_done = geo_area_set_create(limits->areas_max, limits->area_points_max,
                                      &engine->area_lookups[i].set) == GEO_OK;
    }
    return is_done;
}

static bool create_plan_lists(struct engine *engine, const struct engine_limits *limits)
{
    engine->plan_slots = calloc(PLANS_MAX, sizeof *engine->plan_slots);
    engine->plan_next = calloc(PLANS_MAX, sizeof *engine->plan_next);
    engine->plan_first = calloc(limits->circles_max, sizeof *engine->plan_first);
    return engine->plan_slots != NULL && engine->plan_next != NULL && engine->plan_first != NULL &&
           code_table_init(&engine->plan_codes, PLANS_MAX) == STATUS_OK;
}

static bool create_derived(struct engine *engine, const struct engine_limits *limits)
{
    const uint32_t objects = limits->incidents_max + limits->assignments_max;
    engine->lookup = calloc(1, sizeof *engine->lookup);
    engine->timers = calloc(1, sizeof *engine->timers);
    engine->open_lat_e7 = calloc(limits->incidents_max, sizeof *engine->open_lat_e7);
    engine->first_phones = calloc(limits->incidents_max, sizeof *engine->first_phones);
    engine->waiting = calloc(limits->incidents_max, sizeof *engine->waiting);
    engine->waiting_counts = calloc(PRIORITY_MAX + 1, sizeof *engine->waiting_counts);
    engine->takeable = calloc(limits->assignments_max, sizeof *engine->takeable);
    engine->takeable_counts = calloc(PRIORITY_MAX + 1, sizeof *engine->takeable_counts);
    engine->retry_ms = calloc(limits->incidents_max, sizeof *engine->retry_ms);
    engine->snooze_ms = calloc(objects, sizeof *engine->snooze_ms);
    engine->gap_alarms =
        calloc((size_t)limits->circles_max * TIER_COUNT, sizeof *engine->gap_alarms);
    engine->overdue_alarms = calloc(CHECKPOINTS_MAX, sizeof *engine->overdue_alarms);
    engine->staffing = calloc(limits->circles_max, sizeof *engine->staffing);
    return engine->staffing != NULL && engine->gap_alarms != NULL &&
           engine->overdue_alarms != NULL && engine->lookup != NULL && engine->timers != NULL &&
           engine->open_lat_e7 != NULL && engine->first_phones != NULL && engine->waiting != NULL &&
           engine->waiting_counts != NULL && engine->takeable != NULL &&
           engine->takeable_counts != NULL && engine->retry_ms != NULL &&
           engine->snooze_ms != NULL &&
           geo_area_set_create(DISTRICTS_MAX, limits->area_points_max, &engine->lookup->set) ==
               GEO_OK &&
           create_area_lookups(engine, limits) && create_plan_lists(engine, limits) &&
           code_table_init(&engine->area_codes, limits->areas_max) == STATUS_OK &&
           timer_heap_init(engine->timers, objects) == STATUS_OK &&
           code_table_init(&engine->unit_codes, limits->units_max) == STATUS_OK &&
           code_table_init(&engine->circle_codes, limits->circles_max) == STATUS_OK &&
           code_table_init(&engine->centre_codes, CENTRES_MAX) == STATUS_OK &&
           code_table_init(&engine->checkpoint_codes, CHECKPOINTS_MAX) == STATUS_OK;
}

static bool create_volatile(struct engine *engine, const struct engine_limits *limits)
{
    const bool searches = engine->config.searches;
    if (presence_create(engine, &engine->presence) != STATUS_OK ||
        refusal_create(&engine->refusals) != STATUS_OK) {
        return false;
    }
    engine->scratch = calloc(1, sizeof *engine->scratch);
    engine->links = calloc(limits->units_max, sizeof *engine->links);
    if (engine->scratch == NULL || engine->links == NULL) {
        return false;
    }
    return !searches ||
           (coverage_create(engine, &engine->coverage) == STATUS_OK &&
            patrol_create(engine, &engine->patrol) == STATUS_OK &&
            geo_search_create(engine->config.map, limits->units_max, &engine->search) == GEO_OK);
}

enum status state_create(const struct engine_config *config, struct engine **out)
{
    if (!limits_valid(&config->limits)) {
        return STATUS_BAD_INPUT;
    }
    if (!policy_valid(&config->policy)) {
        return STATUS_BAD_INPUT;
    }
    struct engine *engine = calloc(1, sizeof *engine);
    if (engine == NULL) {
        return STATUS_NO_MEMORY;
    }
    engine->config = *config;
    struct engine_limits *limits = &engine->config.limits;
    limits->reports_max = reports_max(limits) + PANIC_ROOM;
    limits->incidents_max += PANIC_ROOM;
    if (!create_durable(engine, limits) || !create_derived(engine, limits) ||
        !create_volatile(engine, limits)) {
        state_destroy(engine);
        return STATUS_NO_MEMORY;
    }
    engine->settle_until_ms = INT64_MIN;
    engine->step_ms = INT64_MIN;
    state_clear(engine);
    *out = engine;
    return STATUS_OK;
}

void state_destroy(struct engine *engine)
{
    if (engine == NULL) {
        return;
    }
    if (engine->lookup != NULL) {
        geo_area_set_destroy(engine->lookup->set);
    }
    for (uint32_t i = 0; engine->area_lookups != NULL && i < AREA_KIND_COUNT; i++) {
        geo_area_set_destroy(engine->area_lookups[i].set);
    }
    if (engine->timers != NULL) {
        timer_heap_finish(engine->timers);
    }
    id_pool_finish(&engine->incident_ids);
    id_pool_finish(&engine->report_ids);
    id_pool_finish(&engine->assignment_ids);
    id_pool_finish(&engine->alarm_ids);
    id_pool_finish(&engine->referral_ids);
    id_pool_finish(&engine->plan_versions);
    code_table_finish(&engine->unit_codes);
    code_table_finish(&engine->circle_codes);
    code_table_finish(&engine->area_codes);
    code_table_finish(&engine->centre_codes);
    code_table_finish(&engine->checkpoint_codes);
    code_table_finish(&engine->plan_codes);
    coverage_destroy(engine->coverage);
    patrol_destroy(engine->patrol);
    presence_destroy(engine->presence);
    refusal_destroy(engine->refusals);
    geo_search_destroy(engine->search);
    free(engine->districts);
    free(engine->points);
    free(engine->areas);
    free(engine->area_corners);
    free(engine->area_lookups);
    free(engine->circles);
    free(engine->units);
    free(engine->centres);
    free(engine->checkpoints);
    free(engine->plans);
    free(engine->plan_slots);
    free(engine->plan_next);
    free(engine->plan_first);
    free(engine->incidents);
    free(engine->reports);
    free(engine->assignments);
    free(engine->alarms);
    free(engine->referrals);
    free(engine->decisions);
    free(engine->policies);
    free(engine->lookup);
    free(engine->timers);
    free(engine->open_lat_e7);
    free(engine->first_phones);
    free(engine->waiting);
    free(engine->waiting_counts);
    free(engine->takeable);
    free(engine->takeable_counts);
    free(engine->retry_ms);
    free(engine->snooze_ms);
    free(engine->links);
    free(engine->gap_alarms);
    free(engine->staffing);
    free(engine->overdue_alarms);
    free(engine->scratch);
    free(engine);
}

static void clear_plans(struct engine *engine)
{
    engine->plan_count = 0;
    engine->last_plan_version = 0;
    id_pool_clear(&engine->plan_versions);
    code_table_clear(&engine->plan_codes);
    for (uint32_t i = 0; i < engine->config.limits.circles_max; i++) {
        engine->plan_first[i] = PLAN_NONE;
    }
}

void state_clear(struct engine *engine)
{
    const struct engine_limits *limits = &engine->config.limits;
    engine->seq = 0;
    engine->last_ms = TIME_NEVER;
    engine->last_report_id = 0;
    engine->last_incident_id = 0;
    engine->last_assignment_id = 0;
    engine->last_alarm_id = 0;
    engine->last_referral_id = 0;
    engine->district_count = 0;
    engine->district_points = 0;
    engine->area_count = 0;
    engine->area_points = 0;
    engine->circle_count = 0;
    engine->unit_count = 0;
    engine->centre_count = 0;
    engine->checkpoint_count = 0;
    id_pool_clear(&engine->incident_ids);
    id_pool_clear(&engine->report_ids);
    id_pool_clear(&engine->assignment_ids);
    id_pool_clear(&engine->alarm_ids);
    id_pool_clear(&engine->referral_ids);
    memset(engine->policies, 0, POLICIES_MAX * sizeof *engine->policies);
    engine->policies[0].policy = engine->config.policy;
    engine->policy_now = 0;
    engine->last_policy_version = 0;
    engine->policy_origin = 0;
    engine->decisions_used = 0;
    engine->decision_free = SLOT_NONE;
    engine->decision_oldest = SLOT_NONE;
    engine->decision_newest = SLOT_NONE;
    code_table_clear(&engine->unit_codes);
    code_table_clear(&engine->circle_codes);
    code_table_clear(&engine->area_codes);
    code_table_clear(&engine->centre_codes);
    code_table_clear(&engine->checkpoint_codes);
    clear_plans(engine);
    engine->lookup->is_stale = true;
    for (uint32_t i = 0; i < AREA_KIND_COUNT; i++) {
        engine->area_lookups[i].is_stale = true;
    }
    timer_heap_clear(engine->timers);
    for (uint32_t slot = 0; slot < limits->incidents_max; slot++) {
        engine->open_lat_e7[slot] = INT32_MAX;
    }
    memset(engine->waiting, 0, limits->incidents_max);
    memset(engine->waiting_counts, 0, (PRIORITY_MAX + 1) * sizeof *engine->waiting_counts);
    engine->waiting_counts[0] = limits->incidents_max;
    memset(engine->takeable, 0, limits->assignments_max);
    memset(engine->takeable_counts, 0, (PRIORITY_MAX + 1) * sizeof *engine->takeable_counts);
    engine->takeable_counts[0] = limits->assignments_max;
    memset(engine->retry_ms, 0, limits->incidents_max * sizeof *engine->retry_ms);
    memset(engine->snooze_ms, 0,
           ((size_t)limits->incidents_max + limits->assignments_max) * sizeof *engine->snooze_ms);
    memset(engine->links, LINK_UNKNOWN, limits->units_max);
    for (uint32_t i = 0; i < limits->circles_max * TIER_COUNT; i++) {
        engine->gap_alarms[i] = SLOT_NONE;
    }
    engine->gap_alarm_count = 0;
    for (uint32_t i = 0; i < CHECKPOINTS_MAX; i++) {
        engine->overdue_alarms[i] = SLOT_NONE;
    }
    engine->overdue_alarm_count = 0;
    presence_clear(engine);
    coverage_clear(engine);
    patrol_clear(engine);
}

bool state_has_incident_room(const struct engine *engine)
{
    return engine->incident_ids.count + PANIC_ROOM < engine->incident_ids.max;
}

bool state_has_report_room(const struct engine *engine)
{
    return engine->report_ids.count + PANIC_ROOM < engine->report_ids.max;
}

struct incident *state_incident(const struct engine *engine, uint32_t incident_id)
{
    const uint32_t slot = id_pool_find(&engine->incident_ids, incident_id);
    return slot == SLOT_NONE ? NULL : &engine->incidents[slot];
}

struct report *state_report_at(const struct engine *engine, uint32_t slot)
{
    return slot == SLOT_NONE ? NULL : &engine->reports[slot];
}

struct report *state_report(const struct engine *engine, uint32_t report_id)
{
    return state_report_at(engine, id_pool_find(&engine->report_ids, report_id));
}

struct assignment *state_assignment(const struct engine *engine, uint32_t assignment_id)
{
    return state_assignment_at(engine, id_pool_find(&engine->assignment_ids, assignment_id));
}

struct alarm *state_alarm(const struct engine *engine, uint32_t alarm_id)
{
    return state_alarm_at(engine, id_pool_find(&engine->alarm_ids, alarm_id));
}

uint32_t state_slot_of(const struct engine *engine, const struct incident *incident)
{
    assert(incident >= engine->incidents);
    return (uint32_t)(incident - engine->incidents);
}

struct assignment *state_assignment_at(const struct engine *engine, uint32_t slot)
{
    return slot == SLOT_NONE ? NULL : &engine->assignments[slot];
}

uint32_t state_incident_id_at(const struct engine *engine, uint32_t slot)
{
    return slot == SLOT_NONE ? 0 : engine->incidents[slot].id;
}

struct referral *state_referral(const struct engine *engine, uint32_t referral_id)
{
    return state_referral_at(engine, id_pool_find(&engine->referral_ids, referral_id));
}

struct referral *state_referral_at(const struct engine *engine, uint32_t slot)
{
    return slot == SLOT_NONE ? NULL : &engine->referrals[slot];
}

struct alarm *state_alarm_at(const struct engine *engine, uint32_t slot)
{
    return slot == SLOT_NONE ? NULL : &engine->alarms[slot];
}

const struct policy *state_policy(const struct engine *engine)
{
    return &engine->policies[engine->policy_now].policy;
}

const struct policy *state_policy_of(const struct engine *engine, const struct incident *incident)
{
    assert(incident->policy < POLICIES_MAX);
    return &engine->policies[incident->policy].policy;
}

uint32_t state_policy_slot(const struct engine *engine)
{
    for (uint32_t slot = 0; slot < POLICIES_MAX; slot++) {
        if (slot != engine->policy_now && engine->policies[slot].incident_count == 0) {
            return slot;
        }
    }
    return SLOT_NONE;
}

enum unit_status state_unit_status(const struct engine *engine, const struct unit *unit)
{
    if (unit->assignment != SLOT_NONE) {
        switch (engine->assignments[unit->assignment].state) {
        case ASSIGNMENT_SENT:
        case ASSIGNMENT_DELIVERED:
        case ASSIGNMENT_ACKNOWLEDGED:
            return UNIT_STATUS_DISPATCHED;
        case ASSIGNMENT_EN_ROUTE:
            return UNIT_STATUS_EN_ROUTE;
        case ASSIGNMENT_ON_SCENE:
            return UNIT_STATUS_ON_SCENE;
        case ASSIGNMENT_CLEARED:
        case ASSIGNMENT_DECLINED:
        case ASSIGNMENT_RECALLED:
        case ASSIGNMENT_CANCELLED:
        case ASSIGNMENT_PREEMPTED:
        case ASSIGNMENT_STATE_COUNT:
            assert(unit->assignment == SLOT_NONE); /* an ended one is nobody's */
        }
    }
    switch (unit->duty) {
    case DUTY_ON:
        return UNIT_STATUS_AVAILABLE;
    case DUTY_OUT_OF_SERVICE:
        return UNIT_STATUS_OUT_OF_SERVICE;
    case DUTY_OFF:
    case DUTY_COUNT:
        break;
    }
    return UNIT_STATUS_OFF_DUTY;
}

bool state_is_invited(const struct assignment *assignment)
{
    return assignment->wave > 0 && assignment->state < ASSIGNMENT_ACKNOWLEDGED;
}

static void count_in(struct tally *tally, const struct assignment *assignment)
{
    const enum assignment_state state = assignment->state;
    const bool is_active = !assignment_state_ended(state);
    tally->all++;
    tally->active += is_active ? 1 : 0;
    tally->acknowledged += is_active && state >= ASSIGNMENT_ACKNOWLEDGED ? 1 : 0;
    tally->en_route += state == ASSIGNMENT_EN_ROUTE ? 1 : 0;
    tally->on_scene += state == ASSIGNMENT_ON_SCENE ? 1 : 0;
    tally->cleared += state == ASSIGNMENT_CLEARED ? 1 : 0;
    tally->recalled += state == ASSIGNMENT_RECALLED ? 1 : 0;
    tally->declined += state == ASSIGNMENT_DECLINED ? 1 : 0;
    tally->invited += state_is_invited(assignment) ? 1 : 0;
    if (state == ASSIGNMENT_CLEARED && assignment->on_scene_ms != TIME_NEVER) {
        tally->on_scene++; /* somebody was there */
    }
}

struct tally state_tally(const struct engine *engine, const struct incident *incident,
                         enum tier tier)
{
    struct tally tally = {0};
    const struct assignment *assignment = state_assignment_at(engine, incident->assignment_first);
    while (assignment != NULL) {
        if (assignment->tier == tier && assignment->wave == 0) {
            count_in(&tally, assignment);
        }
        assignment = state_assignment_at(engine, assignment->next);
    }
    return tally;
}

struct tally state_tally_all(const struct engine *engine, const struct incident *incident)
{
    struct tally tally = {0};
    const struct assignment *assignment = state_assignment_at(engine, incident->assignment_first);
    while (assignment != NULL) {
        count_in(&tally, assignment);
        assignment = state_assignment_at(engine, assignment->next);
    }
    return tally;
}

int64_t state_tier_deadline(const struct incident *incident, enum tier tier)
{
    return incident->clock_ms == TIME_NEVER
               ? TIME_NEVER
               : incident->clock_ms + (int64_t)incident->tiers[tier].target_ms;
}

uint32_t state_phone_hash(const char *phone)
{
    uint32_t hash = 0x811c9dc5u; /* FNV-1a */
    for (const char *at = phone; *at != '\0'; at++) {
        hash = (hash ^ (uint8_t)*at) * 0x01000193u;
    }
    return phone[0] == '\0' ? 0 : hash == 0 ? 1 : hash;
}
