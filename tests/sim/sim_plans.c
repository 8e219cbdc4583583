#include "tests/sim/sim_plans.h"

#include <assert.h>
#include <stdlib.h>

struct sim_plans {
    struct circle_plan *items; /* by version, from 1 */
    uint32_t *indexes;         /* likewise */
    uint32_t count, max;
};

void sim_plans_create(struct sim *sim)
{
    sim->plans = calloc(1, sizeof *sim->plans);
    assert(sim->plans != NULL);
    sim->plans->count = 1;
}

void sim_plans_destroy(struct sim *sim)
{
    free(sim->plans->items);
    free(sim->plans->indexes);
    free(sim->plans);
    sim->plans = NULL;
}

void sim_plans_put(struct sim *sim, const struct event *event)
{
    struct sim_plans *plans = sim->plans;
    if (event->plan.version != plans->count) {
        sim_fail(sim, "plan version %u after %u of them", event->plan.version, plans->count - 1);
    }
    if (plans->max <= plans->count) {
        plans->max = plans->max == 0 ? 64 : 2 * plans->max;
        plans->items = realloc(plans->items, plans->max * sizeof plans->items[0]);
        plans->indexes = realloc(plans->indexes, plans->max * sizeof plans->indexes[0]);
        assert(plans->items != NULL);
        assert(plans->indexes != NULL);
    }
    plans->items[plans->count] = event->plan.plan;
    plans->indexes[plans->count] = event->plan.index;
    plans->count++;
    sim->figures.plans++;
}

static bool is_current(const struct sim_plans *plans, uint32_t version)
{
    for (uint32_t later = version + 1; later < plans->count; later++) {
        if (plans->indexes[later] == plans->indexes[version]) {
            return false;
        }
    }
    return true;
}

static bool holds(const struct circle_plan *plan, uint32_t circle, enum incident_type type,
                  uint32_t priority)
{
    const uint32_t named =
        plan->unit_counts[TIER_1] + plan->unit_counts[TIER_3] + plan->unit_counts[TIER_5];
    return plan->circle == circle && (plan->types >> type & 1u) != 0 &&
           (plan->priorities >> (priority - 1) & 1u) != 0 &&
           (named > 0 || plan->words_en[0] != '\0' || plan->words_zh[0] != '\0');
}

static uint32_t cases_of(const struct circle_plan *plan)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < INCIDENT_TYPE_COUNT * PRIORITY_MAX; i++) {
        count += (plan->types >> (i / PRIORITY_MAX) & 1u) != 0 &&
                         (plan->priorities >> (i % PRIORITY_MAX) & 1u) != 0
                     ? 1
                     : 0;
    }
    return count;
}

/* The narrowest of now, of equal ones the first of the roster. */
static uint32_t expected(const struct sim_plans *plans, uint32_t circle, enum incident_type type,
                         uint32_t priority)
{
    uint32_t best = 0;
    for (uint32_t version = 1; version < plans->count; version++) {
        if (!is_current(plans, version) || !holds(&plans->items[version], circle, type, priority)) {
            continue;
        }
        const uint32_t cases = cases_of(&plans->items[version]);
        const uint32_t least = best == 0 ? UINT32_MAX : cases_of(&plans->items[best]);
        if (cases < least || (cases == least && plans->indexes[version] < plans->indexes[best])) {
            best = version;
        }
    }
    return best;
}

void sim_plans_opened(struct sim *sim, const struct event *event)
{
    const uint32_t version =
        expected(sim->plans, event->opened.circle, event->opened.type, event->opened.priority);
    if (event->opened.plan_version != version) {
        sim_fail(sim, "incident %u begins with plan version %u, not %u", event->opened.incident_id,
                 event->opened.plan_version, version);
    }
}

void sim_plans_updated(struct sim *sim, const struct event *event, uint32_t version)
{
    const bool keeps = version != 0 && holds(&sim->plans->items[version], event->incident.circle,
                                             event->incident.type, event->incident.priority);
    const uint32_t now = keeps ? version
                               : expected(sim->plans, event->incident.circle, event->incident.type,
                                          event->incident.priority);
    if (event->incident.plan_version != now) {
        sim_fail(sim, "incident %u goes by plan version %u, not %u", event->incident.incident_id,
                 event->incident.plan_version, now);
    }
}

static bool names(const struct circle_plan *plan, enum tier tier, uint32_t unit_id)
{
    for (uint32_t i = 0; plan != NULL && i < plan->unit_counts[tier]; i++) {
        if (plan->units[tier][i] == unit_id) {
            return true;
        }
    }
    return false;
}

void sim_plans_decided(struct sim *sim, const struct decision_made *made, uint32_t version)
{
    const struct circle_plan *plan = version == 0 ? NULL : &sim->plans->items[version];
    const uint32_t named_count = plan == NULL ? 0 : plan->unit_counts[made->tier];
    const uint32_t index = named_count == 0 ? PLAN_NONE : sim->plans->indexes[version];
    uint32_t listed = 0;
    if (made->plan != index) {
        sim_fail(sim, "incident %u is decided by plan %u, not %u", made->incident_id, made->plan,
                 index);
    }
    for (uint32_t i = 0; i < made->candidate_count; i++) {
        const struct candidate *candidate = &made->candidates[i];
        listed += candidate->by_plan ? 1 : 0;
        if (candidate->by_plan != names(plan, made->tier, candidate->unit_id)) {
            sim_fail(sim, "incident %u: unit %u %s by the plan, says the decision",
                     made->incident_id, candidate->unit_id,
                     candidate->by_plan ? "is named" : "is not named");
        }
    }
    for (uint32_t i = 0; i < made->passed_count; i++) {
        listed += made->passed[i].by_plan ? 1 : 0;
        if (made->passed[i].by_plan != names(plan, made->tier, made->passed[i].unit_id)) {
            sim_fail(sim, "incident %u: unit %u is passed over and %s by the plan, it says",
                     made->incident_id, made->passed[i].unit_id,
                     made->passed[i].by_plan ? "named" : "not named");
        }
    }
    if (listed != named_count) {
        sim_fail(sim, "incident %u: of %u whom the plan names %u are spoken of", made->incident_id,
                 named_count, listed);
    }
}
