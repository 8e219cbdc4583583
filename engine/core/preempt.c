#include "engine/core/preempt.h"

#include <assert.h>

#include "engine/core/assignment.h"
#include "engine/core/presence.h"
#include "engine/core/reassign.h"

#define NEAREST_MAX 8u /* by straight line, whose ways are reckoned */

void preempt_refresh(const struct engine *engine, uint32_t slot)
{
    const struct assignment *assignment = &engine->assignments[slot];
    const uint32_t priority = assignment->state < ASSIGNMENT_ON_SCENE
                                  ? engine->incidents[assignment->incident].priority
                                  : 0;
    engine->takeable_counts[engine->takeable[slot]]--;
    engine->takeable[slot] = (uint8_t)priority;
    engine->takeable_counts[priority]++;
}

struct asked {
    const struct engine *engine;
    const struct passed_rules *rules;
};

static bool may_be_taken(const void *context, uint32_t unit_id)
{
    const struct asked *asked = context;
    const struct engine *engine = asked->engine;
    const struct passed_rules *rules = asked->rules;
    const uint32_t slot = engine->units[unit_id].assignment;
    if (slot == SLOT_NONE || engine->takeable[slot] <= rules->incident->priority) {
        return false;
    }
    const struct incident *victim = &engine->incidents[engine->assignments[slot].incident];
    const struct unit_definition *unit = &engine->units[unit_id].definition;
    return victim->drill == rules->incident->drill && (rules->kinds >> unit->kind & 1u) != 0 &&
           (engine->presence->capabilities[unit_id] & rules->capabilities) == rules->capabilities;
}

/* The nearest by straight line, ties by unit. */
static uint32_t gather(const struct step *step, const struct passed_rules *rules, uint32_t limit_ms,
                       struct geo_fleet_hit found[NEAREST_MAX])
{
    const struct engine *engine = step->engine;
    uint32_t takeable = 0;
    for (uint32_t priority = rules->incident->priority + 1; priority <= PRIORITY_MAX; priority++) {
        takeable += engine->takeable_counts[priority];
    }
    if (takeable == 0) {
        return 0;
    }
    uint32_t bound_m = 0;
    for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
        const uint32_t kind_m = presence_bound_m(engine, (enum unit_kind)kind, limit_ms);
        bound_m = (rules->kinds >> kind & 1u) != 0 && kind_m > bound_m ? kind_m : bound_m;
    }
    const struct asked asked = {.engine = engine, .rules = rules};
    return geo_fleet_within(engine->presence->fleet, rules->incident->at, bound_m,
                            (struct geo_fleet_filter){may_be_taken, &asked}, found, NEAREST_MAX);
}

static bool goes_before(const struct preemptable *a, const struct preemptable *b)
{
    if (a->priority != b->priority) {
        return a->priority > b->priority;
    }
    return a->travel_ms != b->travel_ms ? a->travel_ms < b->travel_ms : a->unit_id < b->unit_id;
}

static void insert(struct decision_made *made, const struct preemptable *item)
{
    uint32_t i = made->preemptable_count;
    while (i > 0 && goes_before(item, &made->preemptable[i - 1])) {
        i--;
    }
    if (i == PREEMPTABLE_MAX) {
        return;
    }
    made->preemptable_count += made->preemptable_count < PREEMPTABLE_MAX ? 1 : 0;
    for (uint32_t k = made->preemptable_count - 1; k > i; k--) {
        made->preemptable[k] = made->preemptable[k - 1];
    }
    made->preemptable[i] = *item;
}

void preempt_list(const struct step *step, const struct passed_rules *rules,
                  const struct policy *policy, struct decision_made *made)
{
    const struct engine *engine = step->engine;
    const struct tier_policy *tier = &policy->tiers[rules->tier];
    struct geo_fleet_hit found[NEAREST_MAX];
    made->preemptable_count = 0;
    if (policy->preempt == PREEMPT_NEVER || rules->incident->priority == PRIORITY_MAX) {
        return;
    }
    const uint32_t limit_ms =
        tier->beyond_reach ? policy->search_ms : rules->incident->tiers[rules->tier].reach_ms;
    const uint32_t count = gather(step, rules, limit_ms, found);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t slot = engine->units[found[i].unit_id].assignment;
        const struct assignment *assignment = &engine->assignments[slot];
        const struct incident *victim = &engine->incidents[assignment->incident];
        struct preemptable item = {
            .unit_id = assignment->unit_id, .victim_id = victim->id, .priority = victim->priority};
        struct geo_point at;
        uint32_t fix_age_ms;
        const enum unit_kind kind = engine->units[item.unit_id].definition.kind;
        const bool is_known =
            presence_position(engine, item.unit_id, step->at_ms, &at, &fix_age_ms);
        assert(is_known); /* or it would not have been gathered */
        item.travel_ms = geo_travel_ms(engine->search, engine->config.map, at, rules->incident->at,
                                       policy_profile(step->engine->config.emergency_kinds, kind),
                                       limit_ms, &item.estimated);
        if (item.travel_ms <= limit_ms) {
            insert(made, &item);
        }
    }
}

bool preempt_order(struct step *step, const struct incident *incident, enum tier tier)
{
    const struct engine *engine = step->engine;
    const struct decision_made *made = &engine->scratch->decisions[tier];
    assert(decide_chosen_count(made) == 0);
    if (state_policy_of(engine, incident)->preempt != PREEMPT_AUTO ||
        incident->mode != DISPATCH_AUTO || made->preemptable_count == 0 ||
        engine->assignment_ids.count == engine->assignment_ids.max ||
        !step_has_room(step, 2 * STEP_ROOM_RECORDS, (size_t)2 * STEP_ROOM_BYTES)) {
        return false;
    }
    const struct preemptable first = made->preemptable[0];
    const struct assignment *held =
        state_assignment_at(engine, engine->units[first.unit_id].assignment);
    if (held == NULL || engine->incidents[held->incident].id != first.victim_id) {
        return false; /* another tier of this incident has just taken it */
    }
    reassign_move(step, held, incident, tier, ASSIGNMENT_PREEMPTED, incident->generation + 1);
    reassign_serve_victim(step, state_incident(engine, first.victim_id));
    return true;
}
