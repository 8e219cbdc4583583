#include <stdio.h>
#include <string.h>

#include "tests/scenarios/scenario_words.h"

/* What is known of it, or a new one for everything that happens there. */
static struct circle_plan known_or_new(const struct world *world, const char *code, uint32_t circle)
{
    struct circle_plan plan = {.circle = circle,
                               .types = (1u << INCIDENT_TYPE_COUNT) - 1u,
                               .priorities = (1u << PRIORITY_MAX) - 1u};
    const uint32_t index = engine_plan_find(world->engine, code);
    uint32_t version = 0;
    if (index != UINT32_MAX) {
        plan = *engine_plan(world->engine, index, &version);
    }
    (void)snprintf(plan.code, sizeof plan.code, "%s", code);
    return plan;
}

static bool take_limit(struct circle_plan *plan, const char **rest)
{
    char type_name[32];
    uint32_t priority = 0;
    int length = 0;
    if (sscanf(*rest, "for %31[a-z_]%n", type_name, &length) == 1) {
        const int32_t type = types_find(TYPES_INCIDENT_TYPE, type_name);
        plan->types = type < 0 ? 0 : 1u << type;
        *rest += length + ((*rest)[length] == ' ' ? 1 : 0);
    }
    if (sscanf(*rest, "of priority %u%n", &priority, &length) == 1) {
        plan->priorities = priority < 1 || priority > PRIORITY_MAX ? 0 : 1u << (priority - 1);
        *rest += length + ((*rest)[length] == ' ' ? 1 : 0);
    }
    return plan->types != 0 && plan->priorities != 0;
}

static bool take_names(const struct world *world, struct circle_plan *plan, char *codes,
                       const char *tier_name)
{
    const int32_t tier = types_find(TYPES_TIER, tier_name);
    if (tier < 0) {
        return false;
    }
    plan->unit_counts[tier] = 0;
    char *rest = NULL;
    for (char *code = strtok_r(codes, "+", &rest); code != NULL;
         code = strtok_r(NULL, "+", &rest)) {
        const uint32_t unit_id = engine_unit_find(world->engine, code);
        if (unit_id == UNIT_NONE || plan->unit_counts[tier] == TIER_UNITS_MAX) {
            return false;
        }
        plan->units[tier][plan->unit_counts[tier]++] = unit_id;
    }
    return true;
}

bool scenario_plan_put(struct world *world, const char *rest)
{
    char code[CODE_SIZE];
    char codes[128];
    char tier_name[8];
    uint32_t circle = 0;
    int length = 0;
    if (sscanf(rest, "plan %15s of circle %u %n", code, &circle, &length) != 2 || length == 0 ||
        circle == 0) {
        return false;
    }
    struct circle_plan plan = known_or_new(world, code, circle - 1);
    const char *what = rest + length;
    if (!take_limit(&plan, &what)) {
        return false;
    }
    if (sscanf(what, "names %127s in tier %7s", codes, tier_name) == 2) {
        if (!take_names(world, &plan, codes, tier_name)) {
            return false;
        }
    } else if (strncmp(what, "tells ", 6) == 0) {
        (void)snprintf(plan.words_en, sizeof plan.words_en, "%s", what + 6);
    } else if (strcmp(what, "is withdrawn") == 0) {
        plan = (struct circle_plan){
            .circle = plan.circle, .types = plan.types, .priorities = plan.priorities};
        (void)snprintf(plan.code, sizeof plan.code, "%s", code);
    } else {
        return false;
    }
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.plans = &plan, .plan_count = 1}};
    (void)world_step(world, &command);
    return true;
}
