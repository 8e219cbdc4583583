#include "tests/sim/sim_patrol.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/sim/sim_people.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS    (1440 * MINUTE_MS)

struct told {
    struct checkpoint_definition definition;
    int64_t counted_ms; /* from here on the time for the next visit runs */
    int64_t visited_ms, overdue_ms;
    int64_t last_ms;    /* of the newest event about it */
    int64_t changed_ms; /* of the newest definition */
    uint32_t missed;
    uint32_t alarm; /* that is open, 0 */
    /* the round under way */
    uint32_t next, walker;
    int64_t began_ms, reached_ms;
};

struct sim_patrol {
    struct told items[SIM_CHECKPOINTS];
    uint32_t count;
};

void sim_patrol_create(struct sim *sim)
{
    sim->patrol = calloc(1, sizeof *sim->patrol);
    assert(sim->patrol != NULL);
}

void sim_patrol_destroy(struct sim *sim)
{
    free(sim->patrol);
    sim->patrol = NULL;
}

/* ---- What there is ---- */

struct geo_point sim_patrol_place(struct sim *sim)
{
    const struct sim_patrol *patrol = sim->patrol;
    const uint32_t index = sim_below(sim, SIM_PLACES);
    return index < patrol->count ? patrol->items[index].definition.at : sim_people_somewhere(sim);
}

static void set_times(struct sim *sim, struct checkpoint_definition *definition)
{
    static const uint16_t hours[][2] = {{0, 0}, {480, 1200}, {1320, 360}};
    const uint16_t *open = hours[sim_below(sim, 3)];
    definition->from_min = open[0];
    definition->to_min = open[1];
    definition->every_min = sim_chance(sim, 200) ? 0 : 20 + sim_below(sim, 220);
}

static void define(struct sim *sim, uint32_t index, struct checkpoint_definition *definition)
{
    *definition = (struct checkpoint_definition){.name = "checkpoint",
                                                 .at = sim_people_somewhere(sim),
                                                 .circle = CIRCLE_NONE,
                                                 .district = DISTRICT_NONE};
    (void)snprintf(definition->code, sizeof definition->code, "B%u", index);
    set_times(sim, definition);
    if (index < SIM_PLACES) {
        definition->radius_m = 60 + sim_below(sim, 200);
        definition->stay_s = sim_chance(sim, 500) ? 0 : sim_below(sim, 120);
        return;
    }
    definition->stop_count = 2 + sim_below(sim, 3);
    const uint32_t first = sim_below(sim, SIM_PLACES);
    for (uint32_t i = 0; i < definition->stop_count; i++) {
        definition->stops[i] = (uint16_t)((first + i) % SIM_PLACES);
    }
    /* Of the last one's circle nobody is: it is never walked. */
    definition->circle = index + 1 == SIM_CHECKPOINTS ? 0 : CIRCLE_NONE;
}

void sim_patrol_roster(struct sim *sim, struct checkpoint_definition definitions[SIM_CHECKPOINTS])
{
    for (uint32_t i = 0; i < SIM_CHECKPOINTS; i++) {
        define(sim, i, &definitions[i]);
    }
}

struct checkpoint_definition sim_patrol_another(struct sim *sim, uint32_t index)
{
    struct checkpoint_definition definition;
    define(sim, index, &definition);
    if (index < sim->patrol->count && sim_chance(sim, 700)) { /* as it is, at other times */
        definition = sim->patrol->items[index].definition;
        set_times(sim, &definition);
    }
    return definition;
}

uint32_t sim_patrol_count(const struct sim *sim)
{
    return sim->patrol->count;
}

/* ---- When ---- */

struct hours {
    int64_t open_ms, close_ms;
};

/* The first due hours that end after a time, found day by day. */
static struct hours hours_after(const struct checkpoint_definition *definition, int64_t at_ms)
{
    if (definition->from_min == definition->to_min) {
        return (struct hours){INT64_MIN / 2, INT64_MAX / 2};
    }
    struct hours hours = {.close_ms = INT64_MIN};
    for (int64_t day = at_ms / DAY_MS - 2; hours.close_ms <= at_ms; day++) {
        const bool is_over_midnight = definition->to_min < definition->from_min;
        hours.open_ms = day * DAY_MS + definition->from_min * MINUTE_MS;
        hours.close_ms =
            (day + (is_over_midnight ? 1 : 0)) * DAY_MS + definition->to_min * MINUTE_MS;
    }
    return hours;
}

static int64_t due_ms(const struct told *told)
{
    const int64_t every_ms = told->definition.every_min * MINUTE_MS;
    if (every_ms == 0) {
        return INT64_MAX;
    }
    int64_t from_ms = told->counted_ms;
    while (true) {
        const struct hours hours = hours_after(&told->definition, from_ms);
        from_ms = from_ms > hours.open_ms ? from_ms : hours.open_ms;
        if (hours.close_ms - from_ms >= every_ms) {
            return from_ms + every_ms;
        }
        from_ms = hours.close_ms;
    }
}

/* Until when the alarm of what was missed stands. */
static int64_t alarm_until_ms(const struct told *told)
{
    return told->overdue_ms == TIME_NEVER || told->definition.every_min == 0
               ? INT64_MIN
               : hours_after(&told->definition, told->overdue_ms - 1).close_ms;
}

/* ---- What is told ---- */

static struct told *told_of(struct sim *sim, uint32_t index)
{
    if (index >= sim->patrol->count) {
        sim_fail(sim, "an event speaks of checkpoint %u, which there is not", index);
    }
    return &sim->patrol->items[index];
}

static void begin_anew(struct told *route)
{
    route->next = 0;
    route->reached_ms = TIME_NEVER;
}

static bool has_other_stops(const struct checkpoint_definition *a,
                            const struct checkpoint_definition *b)
{
    bool is_other = a->stop_count != b->stop_count;
    for (uint32_t i = 0; !is_other && i < a->stop_count; i++) {
        is_other = a->stops[i] != b->stops[i];
    }
    return is_other;
}

static void on_put(struct sim *sim, const struct event *event)
{
    struct sim_patrol *patrol = sim->patrol;
    const uint32_t index = event->checkpoint.index;
    if (index > patrol->count || index >= SIM_CHECKPOINTS) {
        sim_fail(sim, "checkpoint %u after %u of them", index, patrol->count);
    }
    struct told *told = &patrol->items[index];
    const bool is_new = index == patrol->count;
    patrol->count += is_new ? 1 : 0;
    if (is_new) {
        told->visited_ms = TIME_NEVER;
        begin_anew(told);
    }
    if (is_new || told->definition.every_min == 0) { /* nobody had to, until now */
        told->counted_ms = event->at_ms;
        told->overdue_ms = TIME_NEVER;
        told->missed = 0;
    }
    if (has_other_stops(&told->definition, &event->checkpoint.checkpoint)) {
        begin_anew(told);
    }
    told->definition = event->checkpoint.checkpoint;
    told->changed_ms = event->at_ms;
    told->last_ms = event->at_ms;
}

static bool is_walked(const struct told *route)
{
    return route->next > 0 && route->next == route->definition.stop_count;
}

/* A visit of a place, for a route that has it. */
static void walk_on(struct told *route, const struct event *event, int64_t seen_ms)
{
    const int64_t every_ms = route->definition.every_min * MINUTE_MS;
    if (is_walked(route) || (route->next > 0 && seen_ms < route->reached_ms)) {
        return;
    }
    if (route->next > 0 && every_ms > 0 && seen_ms > route->began_ms + every_ms) {
        begin_anew(route);
    }
    const bool stayed_since = event->visited.arrived_ms <= route->visited_ms;
    if (route->definition.stops[route->next] != event->visited.index ||
        (route->next == 0 && stayed_since)) {
        return;
    }
    route->began_ms = route->next == 0 ? seen_ms : route->began_ms;
    route->reached_ms = seen_ms;
    route->walker = event->visited.unit_id;
    route->last_ms = event->at_ms;
    route->next++;
}

static void check_seen(struct sim *sim, const struct told *told, const struct event *event,
                       int64_t seen_ms)
{
    const bool was_other = event->visited.arrived_ms <= told->changed_ms;
    if (!was_other && event->visited.stayed_ms < told->definition.stay_s * 1000u) {
        sim_fail(sim, "unit %u has visited checkpoint %u after %u ms, %u s are wanted",
                 event->visited.unit_id, event->visited.index, event->visited.stayed_ms,
                 told->definition.stay_s);
    }
    if (seen_ms > told->changed_ms &&
        !sim_people_was_at(sim, event->visited.unit_id, seen_ms, told->definition.at,
                           told->definition.radius_m)) {
        sim_fail(sim, "unit %u has visited checkpoint %u and was not there", event->visited.unit_id,
                 event->visited.index);
    }
}

static void check_round(struct sim *sim, const struct told *route, const struct event *event)
{
    if (!is_walked(route) || event->visited.unit_id != route->walker ||
        event->visited.arrived_ms != route->began_ms ||
        event->visited.stayed_ms != (uint32_t)(route->reached_ms - route->began_ms)) {
        sim_fail(sim, "route %u is walked by unit %u, stop %u of %u comes next",
                 event->visited.index, event->visited.unit_id, route->next,
                 route->definition.stop_count);
    }
    if (route->definition.circle != CIRCLE_NONE) {
        sim_fail(sim, "route %u is of a circle that has no units", event->visited.index);
    }
}

static void on_visited(struct sim *sim, const struct event *event, enum duty duty)
{
    struct told *told = told_of(sim, event->visited.index);
    const int64_t seen_ms = event->visited.arrived_ms + event->visited.stayed_ms;
    const bool is_round = event->visited.visit == VISIT_WALKED;
    if (seen_ms > event->at_ms || is_round != (told->definition.stop_count > 0)) {
        sim_fail(sim, "checkpoint %u is visited by %s", event->visited.index,
                 types_name(TYPES_VISIT, event->visited.visit));
    }
    if (is_round) {
        check_round(sim, told, event);
        begin_anew(told);
        sim->figures.rounds++;
    } else if (event->visited.visit == VISIT_SEEN) {
        check_seen(sim, told, event, seen_ms);
    } else if (duty != DUTY_ON) {
        sim_fail(sim, "unit %u signs checkpoint %u, its duty: %s", event->visited.unit_id,
                 event->visited.index, types_name(TYPES_DUTY, duty));
    }
    for (uint32_t i = 0; !is_round && i < sim->patrol->count; i++) {
        struct told *route = &sim->patrol->items[i];
        if (route->definition.stop_count > 0 && route->definition.circle == CIRCLE_NONE) {
            walk_on(route, event, seen_ms);
        }
    }
    told->visited_ms = seen_ms > told->visited_ms ? seen_ms : told->visited_ms;
    told->counted_ms = seen_ms > told->counted_ms ? seen_ms : told->counted_ms;
    told->overdue_ms = TIME_NEVER;
    told->missed = 0;
    told->last_ms = event->at_ms;
    sim->figures.visits++;
}

static void on_overdue(struct sim *sim, const struct event *event)
{
    struct told *told = told_of(sim, event->overdue.index);
    const int64_t every_ms = told->definition.every_min * MINUTE_MS;
    const int64_t by_ms = due_ms(told);
    if (event->overdue.due_ms != by_ms || by_ms > event->at_ms ||
        event->overdue.missed != told->missed + 1 ||
        event->overdue.visited_ms != told->visited_ms) {
        sim_fail(sim,
                 "checkpoint %u was missed %u times, due in %lld ms; it is told: %u times, %lld",
                 event->overdue.index, told->missed, (long long)(by_ms - event->at_ms),
                 event->overdue.missed, (long long)(event->overdue.due_ms - event->at_ms));
    }
    /* What an engine that was down could not count is not counted. */
    told->counted_ms = event->at_ms - by_ms < every_ms ? by_ms : event->at_ms;
    told->overdue_ms = by_ms;
    told->missed++;
    told->last_ms = event->at_ms;
    sim->figures.misses++;
}

static void on_alarm(struct sim *sim, const struct event *event)
{
    struct told *told = told_of(sim, event->alarm.checkpoint);
    if (event->kind == EVENT_ALARM_RAISED ? told->alarm != 0
                                          : told->alarm != event->alarm.alarm_id) {
        sim_fail(sim, "%s: alarm %u of checkpoint %u, which has alarm %u",
                 event_kind_name(event->kind), event->alarm.alarm_id, event->alarm.checkpoint,
                 told->alarm);
    }
    if (event->kind == EVENT_ALARM_RAISED && event->at_ms >= alarm_until_ms(told)) {
        sim_fail(sim, "alarm %u of checkpoint %u is for nothing", event->alarm.alarm_id,
                 event->alarm.checkpoint);
    }
    told->alarm = event->kind == EVENT_ALARM_CLEARED ? 0 : event->alarm.alarm_id;
}

void sim_patrol_event(struct sim *sim, const struct event *event, enum duty duty)
{
    if (event->kind == EVENT_CHECKPOINT_PUT) {
        on_put(sim, event);
    } else if (event->kind == EVENT_CHECKPOINT_VISITED) {
        on_visited(sim, event, duty);
    } else if (event->kind == EVENT_CHECKPOINT_OVERDUE) {
        on_overdue(sim, event);
    } else {
        on_alarm(sim, event);
    }
}

/* ---- Nothing is forgotten ---- */

int64_t sim_patrol_check(struct sim *sim, int64_t now_ms, int64_t slack_ms)
{
    int64_t next_ms = INT64_MAX;
    for (uint32_t i = 0; i < sim->patrol->count; i++) {
        const struct told *told = &sim->patrol->items[i];
        const int64_t by_ms = due_ms(told);
        const int64_t until_ms = alarm_until_ms(told);
        const int64_t late_ms = now_ms - slack_ms;
        if (late_ms > by_ms) {
            sim_fail(sim, "checkpoint %u is overdue for %lld ms, and nobody was told", i,
                     (long long)(now_ms - by_ms));
        }
        if (told->alarm == 0 && now_ms < until_ms && late_ms > told->last_ms) {
            sim_fail(sim, "checkpoint %u was missed and has no alarm", i);
        }
        if (told->alarm != 0 && late_ms > until_ms && late_ms > told->last_ms) {
            sim_fail(sim, "checkpoint %u has alarm %u for nothing", i, told->alarm);
        }
        if (is_walked(told) && late_ms > told->last_ms) {
            sim_fail(sim, "route %u was walked, and nobody was told", i);
        }
        next_ms = by_ms < next_ms ? by_ms : next_ms;
    }
    return next_ms;
}
