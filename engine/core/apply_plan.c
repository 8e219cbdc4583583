#include <assert.h>

#include "engine/core/apply.h"
#include "engine/core/circle_plan.h"

/* The plans of a circle hang together by rising index. */
void apply_plan_link(struct engine *engine, uint32_t slot)
{
    const struct kept_plan *kept = &engine->plans[slot];
    uint32_t *at = &engine->plan_first[kept->plan.circle];
    while (*at != PLAN_NONE && *at < kept->index) {
        at = &engine->plan_next[*at];
    }
    engine->plan_next[kept->index] = *at;
    *at = kept->index;
    engine->plan_slots[kept->index] = slot;
}

static void unlink_plan(struct engine *engine, const struct kept_plan *kept)
{
    uint32_t *at = &engine->plan_first[kept->plan.circle];
    while (*at != kept->index) {
        assert(*at != PLAN_NONE);
        at = &engine->plan_next[*at];
    }
    *at = engine->plan_next[kept->index];
}

static void free_unused(struct engine *engine, uint32_t slot)
{
    const struct kept_plan *kept = &engine->plans[slot];
    if (!kept->is_current && kept->incident_count == 0) {
        id_pool_remove(&engine->plan_versions, slot);
    }
}

enum status apply_plan_put(struct engine *engine, const struct event *event)
{
    const uint32_t index = event->plan.index;
    const uint32_t known = code_table_find(&engine->plan_codes, event->plan.plan.code);
    const bool is_new = index == engine->plan_count;
    const struct kept_plan *current =
        index < engine->plan_count ? &engine->plans[engine->plan_slots[index]] : NULL;
    const bool takes_slot = current == NULL || current->incident_count > 0;
    const struct id_pool *pool = &engine->plan_versions;
    if (index > engine->plan_count || index >= PLANS_MAX ||
        known != (is_new ? UINT32_MAX : index) ||
        event->plan.version <= engine->last_plan_version ||
        (takes_slot && pool->count == pool->max) ||
        !circle_plan_valid(&event->plan.plan, engine->circle_count, engine->unit_count)) {
        return STATUS_CORRUPT;
    }
    if (!is_new) {
        const uint32_t old = engine->plan_slots[index];
        unlink_plan(engine, &engine->plans[old]);
        engine->plans[old].is_current = false;
        free_unused(engine, old);
    } else {
        code_table_put(&engine->plan_codes, event->plan.plan.code, index);
        engine->plan_count++;
    }
    const uint32_t slot = id_pool_add(&engine->plan_versions, event->plan.version);
    engine->plans[slot] = (struct kept_plan){.plan = event->plan.plan,
                                             .version = event->plan.version,
                                             .index = index,
                                             .is_current = true};
    engine->last_plan_version = event->plan.version;
    apply_plan_link(engine, slot);
    return STATUS_OK;
}

bool apply_plan_known(const struct engine *engine, uint32_t version)
{
    return version == 0 || id_pool_find(&engine->plan_versions, version) != SLOT_NONE;
}

void apply_plan_take(struct engine *engine, struct incident *incident, uint32_t version)
{
    const uint32_t before = incident->plan;
    incident->plan = version == 0 ? SLOT_NONE : id_pool_find(&engine->plan_versions, version);
    if (incident->plan != SLOT_NONE) {
        engine->plans[incident->plan].incident_count++;
    }
    if (before != SLOT_NONE) {
        engine->plans[before].incident_count--;
        free_unused(engine, before);
    }
}
