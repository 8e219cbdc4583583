#include "engine/core/passed.h"

#include <assert.h>

#include "engine/core/assignment.h"
#include "engine/core/circle_plan.h"
#include "engine/core/presence.h"

static bool has_kind(const struct passed_rules *rules, uint32_t kind)
{
    return (rules->kinds >> kind & 1u) != 0;
}

static enum reason excluded_reason(const struct passed_rules *rules, uint32_t unit_id)
{
    for (uint32_t i = 0; i < rules->excluded_count; i++) {
        if (rules->excluded[i].unit_id == unit_id) {
            return rules->excluded[i].reason;
        }
    }
    return REASON_NONE;
}

static void exclude(const struct step *step, struct passed_rules *rules, uint32_t unit_id,
                    enum reason reason)
{
    const struct presence *presence = step->engine->presence;
    if (presence->availability[unit_id] == AVAILABILITY_FREE &&
        has_kind(rules, presence->kinds[unit_id]) && rules->excluded_count < EXCLUDED_MAX &&
        excluded_reason(rules, unit_id) == REASON_NONE) {
        rules->excluded[rules->excluded_count].unit_id = unit_id;
        rules->excluded[rules->excluded_count].reason = reason;
        rules->excluded_count++;
    }
}

void passed_exclude(const struct step *step, const struct decide_request *request,
                    struct passed_rules *rules)
{
    for (uint32_t i = 0; i < request->taken_count; i++) {
        exclude(step, rules, request->taken[i], REASON_ASSIGNED);
    }
    const struct assignment *assignment =
        state_assignment_at(step->engine, request->incident->assignment_first);
    while (assignment != NULL) {
        if (assignment->state == ASSIGNMENT_DECLINED) {
            exclude(step, rules, assignment->unit_id, REASON_DECLINED);
        } else if (assignment->state == ASSIGNMENT_RECALLED) {
            exclude(step, rules, assignment->unit_id, REASON_DISPATCHER);
        }
        assignment = state_assignment_at(step->engine, assignment->next);
    }
}

static enum reason reason_of(const struct step *step, const struct passed_rules *rules,
                             uint32_t unit_id)
{
    static const enum reason reasons[] = {
        [AVAILABILITY_FREE] = REASON_NONE,
        [AVAILABILITY_OFF_DUTY] = REASON_OFF_DUTY,
        [AVAILABILITY_OUT_OF_SERVICE] = REASON_OUT_OF_SERVICE,
        [AVAILABILITY_ASSIGNED] = REASON_ASSIGNED,
        [AVAILABILITY_NO_FIX] = REASON_NO_FIX,
        [AVAILABILITY_STALE] = REASON_STALE_FIX,
    };
    _Static_assert(sizeof reasons / sizeof reasons[0] == AVAILABILITY_COUNT, "each has a reason");
    const struct presence *presence = step->engine->presence;
    if (!has_kind(rules, presence->kinds[unit_id])) {
        return REASON_WRONG_KIND;
    }
    const enum reason reason = reasons[presence->availability[unit_id]];
    if (reason != REASON_NONE) {
        return reason;
    }
    const enum reason excluded = excluded_reason(rules, unit_id);
    if (excluded != REASON_NONE) {
        return excluded;
    }
    return (presence->capabilities[unit_id] & rules->capabilities) != rules->capabilities
               ? REASON_CAPABILITY
               : rules->left_over;
}

static bool is_candidate(const struct decision_made *made, uint32_t unit_id)
{
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        if (made->candidates[i].unit_id == unit_id) {
            return true;
        }
    }
    return false;
}

/* A unit whose kind another asked tier is made for is spoken of there. */
static bool belongs_elsewhere(const struct step *step, const struct passed_rules *rules,
                              uint32_t unit_id)
{
    const uint32_t kind = step->engine->presence->kinds[unit_id];
    bool elsewhere = false;
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        const bool is_asked = rules->incident->tiers[tier].verdict != TIER_NOT_ASKED;
        const uint32_t kinds = state_policy_of(step->engine, rules->incident)->tiers[tier].kinds;
        elsewhere = elsewhere || (is_asked && (kinds >> kind & 1u) != 0);
    }
    return elsewhere && !has_kind(rules, kind);
}

static bool is_listed(const struct decision_made *made, uint32_t unit_id)
{
    for (uint32_t i = 0; i < made->passed_count && made->passed[i].by_plan; i++) {
        if (made->passed[i].unit_id == unit_id) {
            return true;
        }
    }
    return false;
}

/* Whom the plan of the circle names and who cannot go, however far away: somebody counted on it. */
static void list_named(const struct step *step, const struct passed_rules *rules,
                       struct decision_made *made)
{
    _Static_assert(TIER_UNITS_MAX < CANDIDATES_MAX, "there is room for those who are near, too");
    uint32_t count = 0;
    const uint32_t *named = circle_plan_units(step->engine, rules->incident, rules->tier, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct geo_point at;
        uint32_t age_ms = 0;
        if (is_candidate(made, named[i])) {
            continue;
        }
        const bool is_known = presence_position(step->engine, named[i], step->at_ms, &at, &age_ms);
        made->passed[made->passed_count++] = (struct passed_over){
            .unit_id = named[i],
            .distance_m = is_known ? geo_distance_m(at, rules->incident->at) : UINT32_MAX,
            .reason = reason_of(step, rules, named[i]),
            .by_plan = true};
    }
}

void passed_list(const struct step *step, const struct passed_rules *rules,
                 struct decision_made *made)
{
    struct scratch *scratch = step->engine->scratch;
    if (!scratch->around_is_known) {
        scratch->around_count = geo_fleet_around(step->engine->presence->fleet, rules->incident->at,
                                                 scratch->around, AROUND_MAX);
        scratch->around_is_known = true;
    }
    made->passed_count = 0;
    list_named(step, rules, made);
    for (uint32_t i = 0; i < scratch->around_count && made->passed_count < CANDIDATES_MAX; i++) {
        const uint32_t unit_id = scratch->around[i].unit_id;
        if (is_candidate(made, unit_id) || is_listed(made, unit_id) ||
            belongs_elsewhere(step, rules, unit_id)) {
            continue;
        }
        made->passed[made->passed_count] =
            (struct passed_over){.unit_id = unit_id,
                                 .distance_m = scratch->around[i].distance_m,
                                 .reason = reason_of(step, rules, unit_id)};
        made->passed_count++;
    }
}

/* Free, of the kinds asked, and without one capability: counted as units change. */
static uint32_t lacking_one(const struct presence *presence, uint32_t kinds, uint32_t asked)
{
    const uint32_t bit = (uint32_t)__builtin_ctz(asked);
    uint32_t lacking = 0;
    for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
        const uint32_t free_count = presence->counts[kind][AVAILABILITY_FREE];
        lacking += (kinds >> kind & 1u) * (free_count - presence->free_capable[kind][bit]);
    }
    return lacking;
}

/* The same of several. Every unit of the roster is looked at, so most must leave at the first line.
 */
static uint32_t lacking_some(const struct presence *presence, uint32_t unit_count, uint32_t kinds,
                             uint32_t asked)
{
    uint32_t lacking = 0;
    for (uint32_t id = 0; id < unit_count; id++) {
        if (presence->availability[id] != AVAILABILITY_FREE) {
            continue;
        }
        const uint32_t lacks = (presence->capabilities[id] & asked) != asked ? 1u : 0u;
        lacking += lacks & kinds >> presence->kinds[id];
    }
    return lacking;
}

/* Who is excluded has another reason. */
static uint32_t lacking_capability(const struct step *step, const struct passed_rules *rules)
{
    const struct presence *presence = step->engine->presence;
    const uint32_t asked = rules->capabilities;
    if (asked == 0) {
        return 0;
    }
    const bool is_one = (asked & (asked - 1u)) == 0;
    uint32_t lacking = is_one
                           ? lacking_one(presence, rules->kinds, asked)
                           : lacking_some(presence, step->engine->unit_count, rules->kinds, asked);
    for (uint32_t i = 0; i < rules->excluded_count; i++) { /* free and of the kinds asked */
        const uint32_t id = rules->excluded[i].unit_id;
        lacking -= (presence->capabilities[id] & asked) != asked ? 1u : 0u;
    }
    return lacking;
}

void passed_count(const struct step *step, const struct passed_rules *rules,
                  struct decision_made *made)
{
    const struct presence *presence = step->engine->presence;
    uint32_t *by_reason = made->passed_by_reason;
    for (uint32_t i = 0; i < REASON_COUNT; i++) {
        by_reason[i] = 0;
    }
    uint32_t fitting = 0;
    for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
        const uint32_t *counts = presence->counts[kind];
        if (has_kind(rules, kind)) {
            by_reason[REASON_OFF_DUTY] += counts[AVAILABILITY_OFF_DUTY];
            by_reason[REASON_OUT_OF_SERVICE] += counts[AVAILABILITY_OUT_OF_SERVICE];
            by_reason[REASON_ASSIGNED] += counts[AVAILABILITY_ASSIGNED];
            by_reason[REASON_NO_FIX] += counts[AVAILABILITY_NO_FIX];
            by_reason[REASON_STALE_FIX] += counts[AVAILABILITY_STALE];
            fitting += counts[AVAILABILITY_FREE];
            continue;
        }
        for (uint32_t i = 0; i < AVAILABILITY_COUNT; i++) {
            by_reason[REASON_WRONG_KIND] += counts[i];
        }
    }
    for (uint32_t i = 0; i < rules->excluded_count; i++) {
        by_reason[rules->excluded[i].reason]++;
    }
    const uint32_t lacking = lacking_capability(step, rules);
    by_reason[REASON_CAPABILITY] += lacking;
    fitting -= rules->excluded_count + lacking;
    const uint32_t chosen = decide_chosen_count(made);
    assert(made->candidate_count <= fitting);
    const struct decide_outdone outdone = decide_outdone(made);
    by_reason[REASON_OTHER_AREA] += outdone.by_area;
    by_reason[REASON_PLAN_FIRST] += outdone.by_plan;
    by_reason[REASON_ENOUGH] += made->candidate_count - chosen - outdone.by_area - outdone.by_plan;
    by_reason[rules->left_over] += fitting - made->candidate_count;
}
