#include "engine/core/circle_plan.h"

#include <assert.h>
#include <string.h>

static bool units_valid(const uint32_t ids[], uint32_t count, uint32_t units)
{
    bool is_valid = count <= TIER_UNITS_MAX;
    for (uint32_t i = 0; is_valid && i < count; i++) {
        is_valid = ids[i] < units;
        for (uint32_t k = 0; k < i; k++) {
            is_valid = is_valid && ids[k] != ids[i];
        }
    }
    return is_valid;
}

bool circle_plan_valid(const struct circle_plan *plan, uint32_t circles, uint32_t units)
{
    bool is_valid = plan->code[0] != '\0' && plan->circle < circles && plan->types != 0 &&
                    plan->types >> INCIDENT_TYPE_COUNT == 0 && plan->priorities != 0 &&
                    (plan->priorities & ~PRIORITIES_ALL) == 0;
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        is_valid = is_valid && units_valid(plan->units[tier], plan->unit_counts[tier], units);
    }
    return is_valid;
}

bool circle_plan_equal(const struct circle_plan *a, const struct circle_plan *b)
{
    bool is_equal = types_same_text(a->code, b->code) && a->circle == b->circle &&
                    a->types == b->types && a->priorities == b->priorities &&
                    types_same_text(a->words_zh, b->words_zh) &&
                    types_same_text(a->words_en, b->words_en);
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        is_equal = is_equal && a->unit_counts[tier] == b->unit_counts[tier];
        for (uint32_t i = 0; is_equal && i < a->unit_counts[tier]; i++) {
            is_equal = a->units[tier][i] == b->units[tier][i];
        }
    }
    return is_equal;
}

static bool is_withdrawn(const struct circle_plan *plan)
{
    uint32_t named = 0;
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        named += plan->unit_counts[tier];
    }
    return named == 0 && plan->words_zh[0] == '\0' && plan->words_en[0] == '\0';
}

static bool holds(const struct circle_plan *plan, uint32_t circle, enum incident_type type,
                  uint32_t priority)
{
    return plan->circle == circle && (plan->types >> (uint32_t)type & 1u) != 0 &&
           (plan->priorities >> (priority - 1) & 1u) != 0 && !is_withdrawn(plan);
}

static uint32_t bit_count(uint32_t bits)
{
    uint32_t count = 0;
    for (uint32_t rest = bits; rest != 0; rest &= rest - 1) {
        count++;
    }
    return count;
}

uint32_t circle_plan_find(const struct engine *engine, uint32_t circle, enum incident_type type,
                          uint32_t priority)
{
    assert(priority >= 1);
    assert(priority <= PRIORITY_MAX);
    uint32_t version = 0;
    uint32_t least = UINT32_MAX;
    uint32_t index = circle == CIRCLE_NONE ? PLAN_NONE : engine->plan_first[circle];
    while (index != PLAN_NONE) {
        const struct kept_plan *kept = &engine->plans[engine->plan_slots[index]];
        const uint32_t breadth = bit_count(kept->plan.types) * bit_count(kept->plan.priorities);
        if (breadth < least && holds(&kept->plan, circle, type, priority)) {
            least = breadth;
            version = kept->version;
        }
        index = engine->plan_next[index];
    }
    return version;
}

uint32_t circle_plan_after(const struct engine *engine, const struct incident *incident,
                           uint32_t circle, enum incident_type type, uint32_t priority)
{
    const struct kept_plan *kept = circle_plan_of(engine, incident);
    return kept != NULL && holds(&kept->plan, circle, type, priority)
               ? kept->version
               : circle_plan_find(engine, circle, type, priority);
}

const struct kept_plan *circle_plan_of(const struct engine *engine, const struct incident *incident)
{
    return incident->plan == SLOT_NONE ? NULL : &engine->plans[incident->plan];
}

const uint32_t *circle_plan_units(const struct engine *engine, const struct incident *incident,
                                  enum tier tier, uint32_t *count)
{
    const struct kept_plan *kept = circle_plan_of(engine, incident);
    *count = kept == NULL ? 0 : kept->plan.unit_counts[tier];
    return kept == NULL ? NULL : kept->plan.units[tier];
}

static const struct kept_plan *current_of(const struct engine *engine, const char *code)
{
    const uint32_t index = code_table_find(&engine->plan_codes, code);
    return index == UINT32_MAX ? NULL : &engine->plans[engine->plan_slots[index]];
}

enum reason circle_plan_check(const struct step *step, const struct roster *roster)
{
    const struct engine *engine = step->engine;
    uint32_t count = engine->plan_count;
    uint32_t slots = engine->plan_versions.count;
    for (uint32_t i = 0; i < roster->plan_count; i++) {
        const struct circle_plan *plan = &roster->plans[i];
        if (!circle_plan_valid(plan, engine->circle_count, engine->unit_count)) {
            return REASON_BAD_INPUT;
        }
        const struct kept_plan *current = current_of(engine, plan->code);
        if (current != NULL && circle_plan_equal(&current->plan, plan)) {
            continue; /* makes no event */
        }
        count += current == NULL ? 1 : 0;
        slots += current == NULL || current->incident_count > 0 ? 1 : 0;
    }
    return count > PLANS_MAX || slots > engine->plan_versions.max ? REASON_CAPACITY : REASON_NONE;
}

void circle_plan_put_all(struct step *step, const struct roster *roster)
{
    const struct engine *engine = step->engine;
    for (uint32_t i = 0; i < roster->plan_count; i++) {
        const struct circle_plan *plan = &roster->plans[i];
        const struct kept_plan *current = current_of(engine, plan->code);
        if (current != NULL && circle_plan_equal(&current->plan, plan)) {
            continue;
        }
        struct event *event = step_event(step, EVENT_PLAN_PUT);
        event->plan.index = current == NULL ? engine->plan_count : current->index;
        event->plan.version = engine->last_plan_version + 1;
        event->plan.plan = *plan;
        step_emit(step);
    }
}
