#include "tests/support/core_given.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START_MS 1700000000000

void world_init(struct world *world)
{
    *world = (struct world){
        .config = {.limits = {.units_max = 64,
                              .circles_max = 16,
                              .incidents_max = 64,
                              .reports_max = 1024,
                              .assignments_max = 512,
                              .alarms_max = 256,
                              .area_points_max = 256,
                              .areas_max = 16},
                   .mode = DISPATCH_AUTO,
                   .settle_ms = 30000,
                   .searches = true},
        .now_ms = START_MS,
        .actor = {.id = "li", .source = SOURCE_DISPATCHER},
    };
    const enum status status = policy_preset("mutual-aid", &world->config.policy);
    assert(status == STATUS_OK);
}

static struct engine *create(const struct world *world, bool searches)
{
    struct engine_config config = world->config;
    config.searches = searches;
    struct engine *engine = NULL;
    const enum status status = engine_create(&config, &engine);
    assert(status == STATUS_OK);
    return engine;
}

void world_begin(struct world *world)
{
    world->engine = create(world, true);
    world->shadow = create(world, false);
    const enum status status = event_list_init(&world->out, WORLD_EVENTS_MAX, 4u << 20);
    assert(status == STATUS_OK);
}

static uint64_t digest_of_snapshot(const struct world *world)
{
    const size_t size = engine_snapshot_write(world->engine, NULL, 0);
    uint8_t *bytes = malloc(size);
    assert(bytes != NULL);
    const size_t written = engine_snapshot_write(world->engine, bytes, size);
    assert(written == size);
    struct engine *read = create(world, false);
    const enum status status = engine_snapshot_read(read, bytes, size);
    if (status != STATUS_OK) {
        fprintf(stderr, "snapshot: %s\n", status_text(status));
    }
    assert(status == STATUS_OK);
    const uint64_t digest = engine_digest(read);
    engine_destroy(read);
    free(bytes);
    return digest;
}

void world_finish(struct world *world)
{
    const uint64_t live = engine_digest(world->engine);
    const uint64_t replayed = engine_digest(world->shadow);
    const uint64_t read = digest_of_snapshot(world);
    if (live != replayed || live != read) {
        fprintf(stderr, "digests: live %llx, replayed %llx, read %llx\n", (unsigned long long)live,
                (unsigned long long)replayed, (unsigned long long)read);
    }
    assert(live == replayed);
    assert(live == read);
    world_destroy(world);
}

void world_destroy(struct world *world)
{
    engine_destroy(world->engine);
    engine_destroy(world->shadow);
    event_list_finish(&world->out);
    world->engine = NULL;
    world->shadow = NULL;
}

struct geo_point world_at(int32_t east_m, int32_t north_m)
{
    /* Near the equator a metre is 90 ten-millionths of a degree both ways. */
    return (struct geo_point){.lat_e7 = 10000000 + north_m * 90, .lon_e7 = 10000000 + east_m * 90};
}

static struct event replayed; /* 20 KB: not on the stack */

struct step_result world_step(struct world *world, struct command *command)
{
    command->at_ms = world->now_ms;
    command->actor = world->actor;
    event_list_clear(&world->out);
    const struct step_result result = engine_step(world->engine, command, &world->out);
    for (uint32_t i = 0; i < world->out.count; i++) {
        event_list_get(&world->out, i, &replayed);
        world->kinds[replayed.kind]++;
        const enum status status = engine_replay(world->shadow, &replayed);
        if (status != STATUS_OK) {
            fprintf(stderr, "replay of %s: %s\n", event_kind_name(replayed.kind),
                    status_text(status));
        }
        assert(status == STATUS_OK);
    }
    return result;
}

void world_pass(struct world *world, int64_t ms)
{
    const int64_t until_ms = world->now_ms + ms;
    struct command tick = {.kind = COMMAND_TICK};
    for (uint32_t i = 0; engine_deadline_ms(world->engine) <= until_ms; i++) {
        assert(i < 100000); /* a timer that never goes away */
        const int64_t deadline_ms = engine_deadline_ms(world->engine);
        world->now_ms = deadline_ms > world->now_ms ? deadline_ms : world->now_ms;
        world_step(world, &tick);
    }
    world->now_ms = until_ms;
    world_step(world, &tick);
}

uint32_t world_unit_off_duty(struct world *world, enum unit_kind kind, int32_t east_m,
                             int32_t north_m, uint32_t capabilities)
{
    struct unit_definition unit = {.kind = kind,
                                   .capabilities = capabilities,
                                   .circle = CIRCLE_NONE,
                                   .area = AREA_NONE,
                                   .district = DISTRICT_NONE,
                                   .home = world_at(east_m, north_m),
                                   .people = 2,
                                   .has_home = kind == UNIT_POST || kind == UNIT_STATION};
    snprintf(unit.code, sizeof unit.code, "U%u", world->code_next);
    snprintf(unit.name, sizeof unit.name, "unit %u", world->code_next);
    world->code_next++;
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.units = &unit, .unit_count = 1}};
    const struct step_result result = world_step(world, &command);
    assert(result.refusal == REASON_NONE);
    return engine_unit_find(world->engine, unit.code);
}

struct step_result world_duty(struct world *world, uint32_t unit_id, enum duty duty)
{
    struct command command = {.kind = COMMAND_UNIT_DUTY,
                              .duty = {.unit_id = unit_id, .duty = duty, .people = 2}};
    return world_step(world, &command);
}

void world_fix(struct world *world, uint32_t unit_id, int32_t east_m, int32_t north_m)
{
    const struct observation observation = {.unit_id = unit_id,
                                            .at = world_at(east_m, north_m),
                                            .at_ms = world->now_ms,
                                            .fix_ms = world->now_ms};
    const enum status status = engine_observe(world->engine, &observation);
    assert(status == STATUS_OK);
}

uint32_t world_unit(struct world *world, enum unit_kind kind, int32_t east_m, int32_t north_m)
{
    const uint32_t unit_id = world_unit_off_duty(world, kind, east_m, north_m, 0);
    if (kind != UNIT_POST && kind != UNIT_STATION) {
        world_fix(world, unit_id, east_m, north_m);
    }
    const struct step_result result = world_duty(world, unit_id, DUTY_ON);
    assert(result.refusal == REASON_NONE);
    return unit_id;
}

void world_circle(struct world *world, int32_t east_m, int32_t north_m, uint32_t radius_m)
{
    struct circle_definition circle = {.at = world_at(east_m, north_m),
                                       .radius_m = radius_m,
                                       .district = DISTRICT_NONE,
                                       .name = "circle"};
    snprintf(circle.code, sizeof circle.code, "K%u", world->code_next++);
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.circles = &circle, .circle_count = 1}};
    const struct step_result result = world_step(world, &command);
    assert(result.refusal == REASON_NONE);
}

struct step_result world_report(struct world *world, enum incident_type type, uint32_t priority,
                                int32_t east_m, int32_t north_m)
{
    struct command command = {.kind = COMMAND_REPORT_CREATE,
                              .report = {.channel = CHANNEL_PHONE,
                                         .type = type,
                                         .priority = priority,
                                         .at = world_at(east_m, north_m),
                                         .occurred_ms = TIME_NEVER,
                                         .received_ms = TIME_NEVER,
                                         .may_merge = true,
                                         .address = "1 Harbour Road",
                                         .caller = "Chen",
                                         .phone = "13800000000",
                                         .note = "two people shouting"}};
    return world_step(world, &command);
}

static struct step_result say(struct world *world, uint32_t assignment_id, uint32_t unit_id,
                              enum assignment_state state)
{
    struct command command = {
        .kind = COMMAND_ASSIGNMENT_UPDATE,
        .assignment = {.assignment_id = assignment_id,
                       .unit_id = unit_id,
                       .state = state,
                       .reason = state == ASSIGNMENT_DECLINED ? REASON_VEHICLE : REASON_NONE,
                       .device_ms = TIME_NEVER}};
    return world_step(world, &command);
}

struct step_result world_says(struct world *world, uint32_t assignment_id,
                              enum assignment_state state)
{
    const struct actor before = world->actor;
    struct assignment_view view = world_assignment(world, assignment_id);
    world->actor = (struct actor){.source = SOURCE_UNIT};
    snprintf(world->actor.id, sizeof world->actor.id, "unit:%u", view.unit_id);
    const struct step_result result = say(world, assignment_id, view.unit_id, state);
    world->actor = before;
    return result;
}

struct step_result world_on_behalf(struct world *world, uint32_t assignment_id,
                                   enum assignment_state state)
{
    return say(world, assignment_id, UNIT_NONE, state);
}

struct step_result world_recall(struct world *world, uint32_t assignment_id)
{
    struct command command = {
        .kind = COMMAND_ASSIGNMENT_RECALL,
        .recall = {.assignment_id = assignment_id, .reason = REASON_DISPATCHER}};
    return world_step(world, &command);
}

struct step_result world_order(struct world *world, uint32_t incident_id, uint32_t generation,
                               uint32_t unit_id, enum tier tier)
{
    struct command command = {.kind = COMMAND_INCIDENT_ORDER,
                              .order = {.incident_id = incident_id,
                                        .generation = generation,
                                        .unit_count = 1,
                                        .units = {{.unit_id = unit_id, .tier = tier}}}};
    return world_step(world, &command);
}

struct step_result world_close(struct world *world, uint32_t incident_id, bool clear_all)
{
    struct command command = {.kind = COMMAND_INCIDENT_CLOSE,
                              .close = {.incident_id = incident_id,
                                        .reason = REASON_RESOLVED,
                                        .clear_all = clear_all,
                                        .note = "settled on the spot"}};
    return world_step(world, &command);
}

struct step_result world_cancel(struct world *world, uint32_t incident_id)
{
    struct command command = {
        .kind = COMMAND_INCIDENT_CANCEL,
        .cancel = {.incident_id = incident_id, .reason = REASON_FALSE_REPORT}};
    return world_step(world, &command);
}

struct step_result world_recommend(struct world *world, uint32_t incident_id)
{
    struct command command = {.kind = COMMAND_INCIDENT_RECOMMEND,
                              .recommend = {.incident_id = incident_id}};
    return world_step(world, &command);
}

uint32_t world_count(const struct world *world, enum event_kind kind)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < world->out.count; i++) {
        count += world->out.records[i].kind == kind ? 1 : 0;
    }
    return count;
}

const struct event *world_event(const struct world *world, enum event_kind kind, uint32_t i)
{
    static struct event event;
    uint32_t count = 0;
    for (uint32_t k = 0; k < world->out.count; k++) {
        if (world->out.records[k].kind == kind) {
            if (count == i) {
                event_list_get(&world->out, k, &event);
                return &event;
            }
            count++;
        }
    }
    fprintf(stderr, "no event %s number %u\n", event_kind_name(kind), i);
    abort();
}

struct incident_view world_incident(const struct world *world, uint32_t incident_id)
{
    struct incident_view view;
    const bool is_there = engine_incident(world->engine, incident_id, &view);
    assert(is_there);
    return view;
}

struct assignment_view world_assignment(const struct world *world, uint32_t assignment_id)
{
    struct assignment_view view;
    const bool is_there = engine_assignment(world->engine, assignment_id, &view);
    assert(is_there);
    return view;
}

uint32_t world_active(const struct world *world, uint32_t unit_id)
{
    struct unit_view view;
    const bool is_there = engine_unit(world->engine, unit_id, &view);
    assert(is_there);
    return view.assignment_id;
}

bool world_has_alarm(const struct world *world, enum alarm_kind kind, uint32_t incident_id)
{
    struct alarm_view view;
    uint32_t after = 0;
    while (engine_alarm_next(world->engine, after, &view)) {
        if (view.kind == kind && view.incident_id == incident_id) {
            return true;
        }
        after = view.alarm_id;
    }
    return false;
}
