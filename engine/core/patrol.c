#include "engine/core/patrol.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/alarm.h"
#include "engine/core/presence.h"
#include "engine/core/stay.h"

#define MIN_MS 60000
#define DAY_MS ((int64_t)DAY_MIN * MIN_MS)

struct patrol {
    struct stay_watch *watch;
    struct timer_heap timers; /* by checkpoint */
    int64_t zone_ms;
    uint32_t visit_count;
    struct stay_visit visits[PATROL_VISITS_MAX]; /* that wait for a step */
};

enum status patrol_create(const struct engine *engine, struct patrol **out)
{
    struct patrol *patrol = calloc(1, sizeof *patrol);
    if (patrol == NULL) {
        return STATUS_NO_MEMORY;
    }
    if (timer_heap_init(&patrol->timers, CHECKPOINTS_MAX) != STATUS_OK ||
        stay_create(engine->config.limits.units_max, CHECKPOINTS_MAX, &patrol->watch) !=
            STATUS_OK) {
        patrol_destroy(patrol);
        return STATUS_NO_MEMORY;
    }
    *out = patrol;
    return STATUS_OK;
}

void patrol_destroy(struct patrol *patrol)
{
    if (patrol != NULL) {
        timer_heap_finish(&patrol->timers);
        stay_destroy(patrol->watch);
        free(patrol);
    }
}

void patrol_clear(struct engine *engine)
{
    if (engine->patrol != NULL) {
        stay_clear(engine->patrol->watch);
        timer_heap_clear(&engine->patrol->timers);
        engine->patrol->visit_count = 0;
    }
}

int64_t patrol_hours_ms(const struct checkpoint_definition *definition)
{
    const int64_t minutes =
        ((int64_t)definition->to_min - definition->from_min + DAY_MIN) % DAY_MIN;
    return minutes == 0 ? DAY_MS : minutes * MIN_MS;
}

/* A time that does not fit between opening and closing could never pass. */
bool patrol_definition_valid(const struct checkpoint_definition *definition, uint32_t circles)
{
    const bool all_day = definition->from_min == definition->to_min;
    const int64_t every_ms = (int64_t)definition->every_min * MIN_MS;
    const bool is_timed =
        definition->every_min == 0 || (definition->every_min <= CHECKPOINT_EVERY_MIN_MAX &&
                                       (all_day || every_ms <= patrol_hours_ms(definition)));
    const bool is_route = definition->stop_count > 0;
    const bool is_shaped =
        is_route ? definition->radius_m == 0 && definition->stay_s == 0
                 : definition->radius_m >= 1 && definition->radius_m <= STAY_RADIUS_MAX_M;
    return definition->code[0] != '\0' && geo_point_valid(definition->at) && is_shaped &&
           definition->district <= DISTRICT_NONE &&
           (definition->circle == CIRCLE_NONE || definition->circle < circles) &&
           definition->from_min < DAY_MIN && definition->to_min < DAY_MIN && is_timed &&
           definition->stay_s <= CHECKPOINT_STAY_S_MAX;
}

bool patrol_stops_valid(const struct engine *engine, const struct checkpoint_definition *route)
{
    bool is_valid = route->stop_count != 1 && route->stop_count <= ROUTE_STOPS_MAX;
    for (uint32_t i = 0; is_valid && i < route->stop_count; i++) {
        const uint32_t stop = route->stops[i];
        is_valid = stop < engine->checkpoint_count &&
                   engine->checkpoints[stop].definition.stop_count == 0 &&
                   (i == 0 || stop != route->stops[i - 1]);
    }
    return is_valid;
}

bool patrol_same_stops(const struct checkpoint_definition *a, const struct checkpoint_definition *b)
{
    bool is_same = a->stop_count == b->stop_count;
    for (uint32_t i = 0; is_same && i < a->stop_count; i++) {
        is_same = a->stops[i] == b->stops[i];
    }
    return is_same;
}

/* A round is whole, and nobody has said so. */
static bool is_walked(const struct checkpoint *checkpoint)
{
    return checkpoint->next > 0 && checkpoint->next == checkpoint->definition.stop_count;
}

/* ---- When ---- */

struct hours {
    int64_t open_ms, close_ms;
};

/* The due hours that hold a time, or else the next. */
static struct hours hours_at(const struct engine *engine,
                             const struct checkpoint_definition *definition, int64_t at_ms)
{
    if (definition->from_min == definition->to_min) {
        return (struct hours){INT64_MIN, INT64_MAX};
    }
    const int64_t zone_ms = patrol_zone_ms(engine);
    const int64_t local_ms = at_ms + zone_ms;
    const int64_t day_ms = local_ms - (local_ms % DAY_MS + DAY_MS) % DAY_MS;
    int64_t open_ms = day_ms + (int64_t)definition->from_min * MIN_MS;
    open_ms -= open_ms > local_ms ? DAY_MS : 0;
    open_ms += local_ms >= open_ms + patrol_hours_ms(definition) ? DAY_MS : 0;
    open_ms -= zone_ms;
    return (struct hours){open_ms, open_ms + patrol_hours_ms(definition)};
}

int64_t patrol_due_ms(const struct engine *engine, uint32_t index)
{
    const struct checkpoint *checkpoint = &engine->checkpoints[index];
    const int64_t every_ms = (int64_t)checkpoint->definition.every_min * MIN_MS;
    if (every_ms == 0) {
        return TIMER_OFF;
    }
    const struct hours hours = hours_at(engine, &checkpoint->definition, checkpoint->counted_ms);
    const int64_t from_ms =
        checkpoint->counted_ms > hours.open_ms ? checkpoint->counted_ms : hours.open_ms;
    /* What is left of the hours is too short: the count begins anew when they open again. */
    return hours.close_ms - from_ms >= every_ms ? from_ms + every_ms
                                                : hours.open_ms + DAY_MS + every_ms;
}

/* Until when what was missed last is to be seen to; INT64_MIN: nothing is. */
static int64_t alarm_until_ms(const struct engine *engine, const struct checkpoint *checkpoint)
{
    if (checkpoint->overdue_ms == TIME_NEVER || checkpoint->definition.every_min == 0) {
        return INT64_MIN;
    }
    return hours_at(engine, &checkpoint->definition, checkpoint->overdue_ms - 1).close_ms;
}

static const struct alarm *alarm_of(const struct engine *engine, uint32_t index)
{
    return state_alarm_at(engine, engine->overdue_alarms[index]);
}

/* After a start nothing is named before the units had time to say where they are. */
static int64_t settled_ms(const struct engine *engine, int64_t due_ms)
{
    return due_ms > engine->settle_until_ms ? due_ms : engine->settle_until_ms;
}

void patrol_refresh(struct engine *engine, uint32_t index, int64_t now_ms)
{
    if (engine->patrol == NULL) {
        return;
    }
    const struct checkpoint *checkpoint = &engine->checkpoints[index];
    const struct alarm *alarm = alarm_of(engine, index);
    const int64_t until_ms = alarm_until_ms(engine, checkpoint);
    int64_t due_ms = settled_ms(engine, patrol_due_ms(engine, index));
    if (alarm != NULL) {
        due_ms = until_ms < due_ms ? until_ms : due_ms;
        due_ms = alarm->shelved_ms != TIME_NEVER && alarm->shelved_ms < due_ms ? alarm->shelved_ms
                                                                               : due_ms;
    } else if (now_ms < until_ms) {
        due_ms = now_ms; /* it is to be raised */
    }
    due_ms = is_walked(checkpoint) ? now_ms : due_ms;
    timer_heap_set(&engine->patrol->timers, index, index, due_ms);
}

void patrol_define(struct engine *engine, uint32_t index)
{
    if (engine->patrol == NULL) {
        return;
    }
    const struct checkpoint_definition *definition = &engine->checkpoints[index].definition;
    const struct stay_place place = {.at = definition->at,
                                     .radius_m = definition->radius_m,
                                     .stay_ms = definition->stay_s * 1000u,
                                     .again_ms = definition->every_min * (MIN_MS / 2)};
    stay_put(engine->patrol->watch, index, &place);
    patrol_refresh(engine, index, engine->checkpoints[index].counted_ms);
}

static void refresh_all(struct engine *engine)
{
    for (uint32_t i = 0; i < engine->checkpoint_count; i++) {
        patrol_refresh(engine, i, engine->last_ms);
    }
}

void patrol_set_zone(struct engine *engine, int64_t zone_ms)
{
    assert(zone_ms > -DAY_MS);
    assert(zone_ms < DAY_MS);
    if (engine->patrol != NULL && engine->patrol->zone_ms != zone_ms) {
        engine->patrol->zone_ms = zone_ms;
        refresh_all(engine);
    }
}

int64_t patrol_zone_ms(const struct engine *engine)
{
    return engine->patrol == NULL ? 0 : engine->patrol->zone_ms;
}

void patrol_started(struct engine *engine)
{
    refresh_all(engine);
}

/* ---- What is seen ---- */

void patrol_observe(struct engine *engine, uint32_t unit_id)
{
    struct patrol *patrol = engine->patrol;
    if (patrol == NULL) {
        return;
    }
    if (engine->units[unit_id].duty != DUTY_ON) {
        stay_forget(patrol->watch, unit_id);
        return;
    }
    const struct fix *fix = &engine->presence->fixes[unit_id];
    patrol->visit_count +=
        stay_see(patrol->watch, unit_id, fix->at, fix->fix_ms, &patrol->visits[patrol->visit_count],
                 PATROL_VISITS_MAX - patrol->visit_count);
}

int64_t patrol_deadline_ms(const struct engine *engine)
{
    if (engine->patrol->visit_count > 0) {
        return INT64_MIN;
    }
    const struct timer_entry *top = timer_heap_top(&engine->patrol->timers);
    return top == NULL ? INT64_MAX : top->due_ms;
}

/* ---- What follows ---- */

#define FIRE_RECORDS   3u
#define FIRE_BYTES     256u /* a visit or a miss of 48, an alarm of 64 and what ends it */
#define ALARM_RETRY_MS 1000 /* what found no room is tried again then */

static bool has_room(const struct step *step)
{
    return step_has_room(step, STEP_ROOM_RECORDS + FIRE_RECORDS, STEP_ROOM_BYTES + FIRE_BYTES);
}

/* A quarter of the alarms at most, and of the half that gaps in the cover share: a night on which
 * nobody walks must not take the room that incidents need. */
static bool has_alarm_room(const struct engine *engine)
{
    const uint32_t alarms_max = engine->config.limits.alarms_max;
    return engine->alarm_ids.count < alarms_max &&
           engine->overdue_alarm_count < (alarms_max + 3) / 4 &&
           engine->overdue_alarm_count + engine->gap_alarm_count < (alarms_max + 1) / 2;
}

static void settle_alarm(struct step *step, uint32_t index)
{
    const struct engine *engine = step->engine;
    const struct alarm *alarm = alarm_of(engine, index);
    const bool is_wanted = step->at_ms < alarm_until_ms(engine, &engine->checkpoints[index]);
    if (alarm == NULL && is_wanted && has_alarm_room(engine)) {
        alarm_raise_overdue(step, index);
    } else if (alarm != NULL && !is_wanted) {
        alarm_clear_overdue(step, index);
    } else if (alarm != NULL && alarm->shelved_ms != TIME_NEVER &&
               alarm->shelved_ms <= step->at_ms) {
        alarm_return_overdue(step, index);
    }
}

/* Where it is, and how far the unit from it by a fix of what age. */
static void say_place(const struct step *step, struct event *event)
{
    const struct engine *engine = step->engine;
    const struct geo_point place = engine->checkpoints[event->visited.index].definition.at;
    struct geo_point at;
    event->visited.district = engine->checkpoints[event->visited.index].definition.district;
    event->visited.distance_m = UINT32_MAX;
    event->visited.fix_age_ms = UINT32_MAX;
    if (presence_position(engine, event->visited.unit_id, step->at_ms, &at,
                          &event->visited.fix_age_ms)) {
        event->visited.distance_m = geo_distance_m(at, place);
    }
}

static void say_seen(struct step *step, const struct stay_visit *visit)
{
    struct event *event = step_event(step, EVENT_CHECKPOINT_VISITED);
    const int64_t stayed_ms = visit->seen_ms - visit->arrived_ms;
    event->visited.index = visit->place;
    event->visited.unit_id = visit->unit_id;
    event->visited.visit = VISIT_SEEN;
    event->visited.source = SOURCE_GPS;
    event->visited.arrived_ms = visit->arrived_ms;
    event->visited.stayed_ms = stayed_ms < UINT32_MAX ? (uint32_t)stayed_ms : UINT32_MAX;
    event->visited.device_ms = TIME_NEVER;
    say_place(step, event);
    step_emit(step);
    settle_alarm(step, visit->place);
}

static void say_overdue(struct step *step, uint32_t index)
{
    const struct checkpoint *checkpoint = &step->engine->checkpoints[index];
    struct event *event = step_event(step, EVENT_CHECKPOINT_OVERDUE);
    event->overdue.index = index;
    event->overdue.due_ms = patrol_due_ms(step->engine, index);
    event->overdue.visited_ms = checkpoint->visited_ms;
    event->overdue.missed = checkpoint->missed + 1;
    event->overdue.district = checkpoint->definition.district;
    step_emit(step);
}

static void say_walked(struct step *step, uint32_t index)
{
    const struct checkpoint *route = &step->engine->checkpoints[index];
    const int64_t walked_ms = route->reached_ms - route->began_ms;
    struct event *event = step_event(step, EVENT_CHECKPOINT_VISITED);
    event->visited.index = index;
    event->visited.unit_id = route->walker;
    event->visited.visit = VISIT_WALKED;
    event->visited.source = SOURCE_SYSTEM;
    event->visited.arrived_ms = route->began_ms;
    event->visited.stayed_ms = walked_ms < UINT32_MAX ? (uint32_t)walked_ms : UINT32_MAX;
    event->visited.distance_m = UINT32_MAX;
    event->visited.fix_age_ms = UINT32_MAX;
    event->visited.device_ms = TIME_NEVER;
    event->visited.district = route->definition.district;
    step_emit(step);
}

static void run_visits(struct step *step)
{
    struct patrol *patrol = step->engine->patrol;
    uint32_t done = 0;
    while (done < patrol->visit_count && has_room(step)) {
        say_seen(step, &patrol->visits[done]);
        done++;
    }
    patrol->visit_count -= done;
    memmove(patrol->visits, &patrol->visits[done], patrol->visit_count * sizeof patrol->visits[0]);
}

void patrol_run(struct step *step)
{
    const struct engine *engine = step->engine;
    struct timer_heap *timers = &engine->patrol->timers;
    run_visits(step);
    const struct timer_entry *top = timer_heap_top(timers);
    while (top != NULL && top->due_ms <= step->at_ms && has_room(step)) {
        const uint32_t index = top->object;
        if (is_walked(&engine->checkpoints[index])) {
            say_walked(step, index);
        } else if (settled_ms(engine, patrol_due_ms(engine, index)) <= step->at_ms) {
            say_overdue(step, index);
        }
        settle_alarm(step, index);
        patrol_refresh(step->emits_to, index, step->at_ms);
        const uint32_t position = timers->positions[index];
        if (position != UINT32_MAX && timers->entries[position].due_ms <= step->at_ms) {
            timer_heap_set(timers, index, index, step->at_ms + ALARM_RETRY_MS);
        }
        top = timer_heap_top(timers);
    }
}

void patrol_sign(struct step *step)
{
    const struct engine *engine = step->engine;
    const uint32_t unit_id = step->command->sign.unit_id;
    const struct step_about about = {.unit_id = unit_id};
    if (unit_id >= engine->unit_count) {
        step_refuse(step, REASON_UNKNOWN_UNIT, about);
        return;
    }
    if (step->command->sign.checkpoint >= engine->checkpoint_count) {
        step_refuse(step, REASON_UNKNOWN_CHECKPOINT, about);
        return;
    }
    const bool is_place =
        engine->checkpoints[step->command->sign.checkpoint].definition.stop_count == 0;
    if (!is_place || engine->units[unit_id].duty != DUTY_ON) { /* a route is walked */
        step_refuse(step, REASON_WRONG_STATE, about);
        return;
    }
    struct event *event = step_event(step, EVENT_CHECKPOINT_VISITED);
    event->visited.index = step->command->sign.checkpoint;
    event->visited.unit_id = unit_id;
    event->visited.visit = step->command->sign.visit;
    event->visited.source = step->actor->source;
    event->visited.arrived_ms = step->at_ms;
    event->visited.stayed_ms = 0;
    event->visited.device_ms = step->command->sign.device_ms;
    say_place(step, event);
    step_emit(step);
    settle_alarm(step, step->command->sign.checkpoint);
}
