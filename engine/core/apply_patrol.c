#include "engine/core/apply.h"
#include "engine/core/patrol.h"

static void begin_anew(struct checkpoint *route)
{
    route->next = 0;
    route->walker = UNIT_NONE;
    route->began_ms = TIME_NEVER;
    route->reached_ms = TIME_NEVER;
}

enum status apply_patrol_put(struct engine *engine, const struct event *event)
{
    const uint32_t index = event->checkpoint.index;
    const struct checkpoint_definition *definition = &event->checkpoint.checkpoint;
    const uint32_t known = code_table_find(&engine->checkpoint_codes, definition->code);
    const bool is_new = index == engine->checkpoint_count;
    if (index > engine->checkpoint_count || index >= CHECKPOINTS_MAX ||
        known != (is_new ? UINT32_MAX : index) ||
        !patrol_definition_valid(definition, engine->circle_count) ||
        !patrol_stops_valid(engine, definition)) {
        return STATUS_CORRUPT;
    }
    struct checkpoint *checkpoint = &engine->checkpoints[index];
    if (is_new) {
        *checkpoint = (struct checkpoint){
            .visited_ms = TIME_NEVER, .visited_unit = UNIT_NONE, .overdue_ms = TIME_NEVER};
        begin_anew(checkpoint);
        code_table_put(&engine->checkpoint_codes, definition->code, index);
        engine->checkpoint_count++;
    }
    if (is_new || checkpoint->definition.every_min == 0) { /* nobody had to, until now */
        checkpoint->counted_ms = event->at_ms;
        checkpoint->overdue_ms = TIME_NEVER;
        checkpoint->missed = 0;
    }
    if (!patrol_same_stops(&checkpoint->definition, definition)) {
        begin_anew(checkpoint);
    }
    checkpoint->definition = *definition;
    patrol_define(engine, index);
    return STATUS_OK;
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The stop that comes next moves a round on; what is visited out of turn does not. */
static bool walk_on(struct checkpoint *route, const struct event *event, int64_t seen_ms)
{
    const struct checkpoint_definition *definition = &route->definition;
    const int64_t every_ms = (int64_t)definition->every_min * 60000;
    if (route->next == definition->stop_count || seen_ms < route->reached_ms) {
        return false; /* its end is not said yet; it was there before */
    }
    if (route->next > 0 && every_ms > 0 && seen_ms - route->began_ms > every_ms) {
        begin_anew(route);
    }
    if (definition->stops[route->next] != event->visited.index ||
        (route->next == 0 && event->visited.arrived_ms <= route->visited_ms)) {
        return false; /* another place, or who stays where the last round ended */
    }
    route->began_ms = route->next == 0 ? seen_ms : route->began_ms;
    route->reached_ms = seen_ms;
    route->walker = event->visited.unit_id;
    route->next++;
    return route->next == definition->stop_count;
}

static void walk_routes(struct engine *engine, const struct event *event, int64_t seen_ms)
{
    const uint32_t circle = engine->units[event->visited.unit_id].definition.circle;
    for (uint32_t i = 0; i < engine->checkpoint_count; i++) {
        struct checkpoint *route = &engine->checkpoints[i];
        const bool is_theirs =
            route->definition.circle == CIRCLE_NONE || route->definition.circle == circle;
        if (route->definition.stop_count > 0 && is_theirs && walk_on(route, event, seen_ms)) {
            patrol_refresh(engine, i, event->at_ms);
        }
    }
}

enum status apply_patrol_visited(struct engine *engine, const struct event *event)
{
    const int64_t seen_ms = event->visited.arrived_ms + (int64_t)event->visited.stayed_ms;
    if (event->visited.index >= engine->checkpoint_count ||
        event->visited.unit_id >= engine->unit_count || event->visited.arrived_ms < 0 ||
        event->visited.arrived_ms > event->at_ms || seen_ms > event->at_ms) {
        return STATUS_CORRUPT;
    }
    struct checkpoint *checkpoint = &engine->checkpoints[event->visited.index];
    const bool is_route = checkpoint->definition.stop_count > 0;
    if (is_route != (event->visited.visit == VISIT_WALKED)) {
        return STATUS_CORRUPT;
    }
    if (is_route) {
        begin_anew(checkpoint);
    } else {
        walk_routes(engine, event, seen_ms);
    }
    if (seen_ms >= checkpoint->visited_ms) {
        checkpoint->visited_ms = seen_ms;
        checkpoint->visited_unit = event->visited.unit_id;
        checkpoint->visit = event->visited.visit;
    }
    checkpoint->counted_ms = later(checkpoint->counted_ms, seen_ms);
    checkpoint->overdue_ms = TIME_NEVER;
    checkpoint->missed = 0;
    patrol_refresh(engine, event->visited.index, event->at_ms);
    return STATUS_OK;
}

/* The next time runs from the last; after a long silence, as of an engine that was down, from now:
 * nobody could have counted what was missed in it. */
enum status apply_patrol_overdue(struct engine *engine, const struct event *event)
{
    if (event->overdue.index >= engine->checkpoint_count || event->overdue.due_ms > event->at_ms ||
        event->overdue.due_ms < 0) {
        return STATUS_CORRUPT;
    }
    struct checkpoint *checkpoint = &engine->checkpoints[event->overdue.index];
    const int64_t every_ms = (int64_t)checkpoint->definition.every_min * 60000;
    if (every_ms == 0 || event->overdue.missed != checkpoint->missed + 1) {
        return STATUS_CORRUPT;
    }
    const bool is_prompt = event->at_ms - event->overdue.due_ms < every_ms;
    checkpoint->counted_ms = is_prompt ? event->overdue.due_ms : event->at_ms;
    checkpoint->overdue_ms = event->overdue.due_ms;
    checkpoint->missed = event->overdue.missed;
    patrol_refresh(engine, event->overdue.index, event->at_ms);
    return STATUS_OK;
}
