/* What patrols have to visit and who was there, into the tables of history.db. */
#include "engine/core/stay.h"
#include "engine/store/history_bind.h"

static int put_checkpoint(struct history *history, const struct event *event)
{
    const struct checkpoint_definition *definition = &event->checkpoint.checkpoint;
    struct binding to = history_bind_use(history, HISTORY_PUT_CHECKPOINT);
    history_bind_number(&to, event->checkpoint.index);
    history_bind_number(&to, (int64_t)event->seq);
    history_bind_number(&to, event->at_ms);
    history_bind_text(&to, definition->code);
    history_bind_text(&to, definition->name);
    history_bind_number(&to, definition->radius_m);
    history_bind_number(&to, definition->district);
    history_bind_id(&to, definition->circle, CIRCLE_NONE);
    history_bind_number(&to, definition->from_min);
    history_bind_number(&to, definition->to_min);
    history_bind_number(&to, definition->every_min);
    history_bind_number(&to, definition->stop_count);
    return history_bind_step(&to);
}

static int put_visit(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_VISIT);
    history_bind_number(&to, event->visited.index);
    history_bind_number(&to, event->visited.arrived_ms + (int64_t)event->visited.stayed_ms);
    history_bind_number(&to, (int64_t)event->seq);
    history_bind_number(&to, event->visited.unit_id);
    history_bind_number(&to, (int64_t)event->visited.visit);
    history_bind_number(&to, event->visited.arrived_ms);
    history_bind_number(&to, event->visited.stayed_ms);
    history_bind_id(&to, event->visited.distance_m, UINT32_MAX);
    history_bind_id(&to, event->visited.fix_age_ms, UINT32_MAX);
    history_bind_number(&to, VISIT_SEEN);
    history_bind_number(&to, STAY_EDGE_M);
    history_bind_number(&to, STAY_SILENCE_MS);
    history_bind_number(&to,
                        event->visited.visit == VISIT_SEEN || event->visited.visit == VISIT_WALKED);
    return history_bind_step(&to);
}

static int put_miss(struct history *history, const struct event *event)
{
    struct binding to = history_bind_use(history, HISTORY_PUT_MISS);
    history_bind_number(&to, event->overdue.index);
    history_bind_number(&to, event->overdue.due_ms);
    history_bind_number(&to, (int64_t)event->seq);
    return history_bind_step(&to);
}

int history_project_patrol(struct history *history, const struct event *event)
{
    return event->kind == EVENT_CHECKPOINT_PUT       ? put_checkpoint(history, event)
           : event->kind == EVENT_CHECKPOINT_VISITED ? put_visit(history, event)
                                                     : put_miss(history, event);
}
