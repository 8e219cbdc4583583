/* What units do about the orders that the what-if gives them. */
#include <assert.h>
#include <stdlib.h>

#include "engine/host/whatif_private.h"

#define PERMILLE 1000

static bool is_sooner(const struct whatif_action *a, const struct whatif_action *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->number < b->number;
}

static void swap(struct whatif_action *a, struct whatif_action *b)
{
    const struct whatif_action held = *a;
    *a = *b;
    *b = held;
}

static enum status push(struct whatif *whatif, const struct event *sent, int64_t after_ms,
                        enum assignment_state state, enum reason reason)
{
    if (whatif->action_count == whatif->action_max) {
        const uint32_t max = whatif->action_max == 0 ? 1024 : whatif->action_max * 2;
        struct whatif_action *actions = realloc(whatif->actions, max * sizeof *actions);
        if (actions == NULL) {
            return STATUS_NO_MEMORY;
        }
        whatif->actions = actions;
        whatif->action_max = max;
    }
    uint32_t at = whatif->action_count++;
    whatif->actions[at] = (struct whatif_action){.due_ms = sent->at_ms + after_ms,
                                                 .number = whatif->action_number++,
                                                 .assignment_id = sent->sent.assignment_id,
                                                 .unit_id = sent->sent.unit_id,
                                                 .state = state,
                                                 .reason = reason};
    while (at > 0 && is_sooner(&whatif->actions[at], &whatif->actions[(at - 1) / 2])) {
        swap(&whatif->actions[at], &whatif->actions[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    return STATUS_OK;
}

static struct whatif_action pop(struct whatif *whatif)
{
    assert(whatif->action_count > 0);
    struct whatif_action *heap = whatif->actions;
    const struct whatif_action first = heap[0];
    heap[0] = heap[--whatif->action_count];
    for (uint32_t at = 0;;) {
        uint32_t soonest = at;
        for (uint32_t child = 2 * at + 1; child <= 2 * at + 2; child++) {
            if (child < whatif->action_count && is_sooner(&heap[child], &heap[soonest])) {
                soonest = child;
            }
        }
        if (soonest == at) {
            return first;
        }
        swap(&heap[at], &heap[soonest]);
        at = soonest;
    }
}

/* As it did then. */
static enum status plan_known(struct whatif *whatif, const struct event *sent,
                              const struct whatif_course *course)
{
    static const enum assignment_state states[] = {ASSIGNMENT_DELIVERED, ASSIGNMENT_ACKNOWLEDGED,
                                                   ASSIGNMENT_EN_ROUTE,  ASSIGNMENT_ON_SCENE,
                                                   ASSIGNMENT_CLEARED,   ASSIGNMENT_DECLINED};
    enum status status = STATUS_OK;
    for (size_t i = 0; i < sizeof states / sizeof states[0] && status == STATUS_OK; i++) {
        const int64_t after_ms = course->spans_ms[states[i]];
        if (after_ms != TIME_NEVER) {
            status = push(whatif, sent, after_ms, states[i],
                          states[i] == ASSIGNMENT_DECLINED ? course->reason : REASON_NONE);
        }
    }
    whatif->known++;
    return status;
}

/* As one of its kind does in the middle. It stays until the incident is closed. */
static enum status plan_assumed(struct whatif *whatif, const struct event *sent,
                                enum unit_kind kind)
{
    const struct whatif_courses *courses = &whatif->courses;
    const int64_t ack_ms = courses->ack_ms[kind];
    const int64_t go_ms = ack_ms + courses->turnout_ms[kind];
    enum status status = push(whatif, sent, ack_ms, ASSIGNMENT_ACKNOWLEDGED, REASON_NONE);
    if (status == STATUS_OK) {
        status = push(whatif, sent, go_ms, ASSIGNMENT_EN_ROUTE, REASON_NONE);
    }
    if (status == STATUS_OK && sent->sent.travel_ms != GEO_TRAVEL_NEVER) {
        const int64_t travel_ms =
            (int64_t)sent->sent.travel_ms * courses->travel_permille[kind] / PERMILLE;
        status = push(whatif, sent, go_ms + travel_ms, ASSIGNMENT_ON_SCENE, REASON_NONE);
    }
    whatif->assumed++;
    return status;
}

enum status whatif_action_plan(struct whatif *whatif, const struct event *sent)
{
    const uint32_t then = whatif_input_then(whatif, sent->sent.incident_id);
    const struct whatif_course *course =
        whatif_course_find(&whatif->courses, then, sent->sent.unit_id);
    if (course != NULL) {
        return plan_known(whatif, sent, course);
    }
    struct unit_view unit;
    return engine_unit(whatif->engine, sent->sent.unit_id, &unit)
               ? plan_assumed(whatif, sent, unit.definition->kind)
               : STATUS_OK;
}

void whatif_action_do(struct whatif *whatif)
{
    const struct whatif_action action = pop(whatif);
    struct command command = {.kind = COMMAND_ASSIGNMENT_UPDATE};
    command.assignment.assignment_id = action.assignment_id;
    command.assignment.unit_id = action.unit_id;
    command.assignment.state = action.state;
    command.assignment.reason = action.reason;
    command.assignment.device_ms = TIME_NEVER;
    command.actor.source = SOURCE_UNIT;
    command.actor.id[0] = 'u';
    (void)whatif_step(whatif, &command); /* refused: the order has ended in another way by now */
}
