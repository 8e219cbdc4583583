#include "tests/support/store_city.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/store_given.h"

#define NEW_YEAR_MS     1767225600000
#define CITY_M          8000 /* a square of 16 km */
#define OPEN_MAX        256u
#define METRE_E7        90 /* of latitude; near enough for longitude, too */
#define SECONDS(number) ((int64_t)(number)*1000)

static uint32_t below(struct store_city *city, uint32_t limit)
{
    return (uint32_t)(store_given_random(&city->seed) % limit);
}

static struct geo_point somewhere(struct store_city *city)
{
    const int32_t north_m = (int32_t)below(city, 2 * CITY_M) - CITY_M;
    const int32_t east_m = (int32_t)below(city, 2 * CITY_M) - CITY_M;
    return (struct geo_point){225000000 + north_m * METRE_E7, 1133000000 + east_m * METRE_E7};
}

struct engine_config store_city_config(uint32_t unit_count)
{
    struct engine_config config = {.limits = {.units_max = unit_count,
                                              .circles_max = 16,
                                              .incidents_max = 2000,
                                              .assignments_max = 20000 + unit_count,
                                              .alarms_max = 5000,
                                              .areas_max = 3,
                                              .area_points_max = 1000},
                                   .mode = DISPATCH_AUTO,
                                   .searches = true};
    const enum status status = policy_preset("mutual-aid", &config.policy);
    assert(status == STATUS_OK);
    config.policy.reopen_ms = 600000; /* an hour would be thousands at this rate */
    return config;
}

/* Collect the assignments that a step made. */
static void note_open(struct store_city *city, uint32_t from)
{
    static struct event event; /* 17 KiB */
    for (uint32_t i = from; i < city->out->count; i++) {
        if (city->out->records[i].kind == EVENT_ASSIGNMENT_SENT && city->open_count < OPEN_MAX) {
            event_list_get(city->out, i, &event);
            city->open[city->open_count++] = event.sent.assignment_id;
        }
    }
}

static struct step_result give(struct store_city *city, struct command *command)
{
    command->at_ms = city->now_ms;
    if (command->actor.id[0] == '\0') {
        memcpy(command->actor.id, "dispatcher-7", 13);
        command->actor.source = SOURCE_DISPATCHER;
    }
    city->commands++;
    for (uint32_t i = 0; i < 8; i++) { /* time-ordered, like a UUIDv7 */
        command->id[i] = (uint8_t)(city->commands >> (56 - 8 * i) & 0xff);
    }
    command->id[15] = 1;
    const uint32_t from = city->out->count;
    const struct step_result result = engine_step(city->engine, command, city->out);
    note_open(city, from);
    return result;
}

/* Time goes by, with a tick at every deadline. */
static void pass(struct store_city *city, int64_t ms)
{
    const int64_t until_ms = city->now_ms + ms;
    int64_t due_ms = engine_deadline_ms(city->engine);
    for (; due_ms <= until_ms; due_ms = engine_deadline_ms(city->engine)) {
        city->now_ms = due_ms > city->now_ms ? due_ms : city->now_ms;
        struct command *tick = calloc(1, sizeof *tick);
        assert(tick != NULL);
        tick->kind = COMMAND_TICK;
        memcpy(tick->actor.id, "system", 7);
        tick->actor.source = SOURCE_SYSTEM;
        (void)give(city, tick);
        free(tick);
    }
    city->now_ms = until_ms;
}

/* As the process does before anything else: a journal says by itself which policy holds. */
static void put_policy(struct store_city *city)
{
    struct command command = {.kind = COMMAND_POLICY_PUT,
                              .policy = {.policy = &city->config.policy}};
    const struct step_result result = give(city, &command);
    assert(result.refusal == REASON_NONE);
}

/* A beat in the west, one in the east, and a grid in the middle of both. */
static void draw_areas(struct area_definition areas[3], struct geo_point points[12],
                       uint32_t sizes[3])
{
    static const struct {
        const char *code;
        enum area_kind kind;
        int32_t west_m, east_m, half_m; /* of its height */
    } drawn[] = {{"B1", AREA_BEAT, -2 * CITY_M, 0, 2 * CITY_M},
                 {"B2", AREA_BEAT, 0, CITY_M / 2, 2 * CITY_M},
                 {"G1", AREA_GRID, -CITY_M / 2, CITY_M / 2, CITY_M / 2}};
    for (uint32_t i = 0; i < 3; i++) {
        areas[i] = (struct area_definition){.kind = drawn[i].kind,
                                            .ring_count = 1,
                                            .ring_first = i,
                                            .point_first = 4 * i,
                                            .point_count = 4};
        (void)snprintf(areas[i].code, CODE_SIZE, "%s", drawn[i].code);
        (void)snprintf(areas[i].name, NAME_SIZE, "area %s", drawn[i].code);
        sizes[i] = 4;
        const int32_t south = 225000000 - drawn[i].half_m * METRE_E7;
        const int32_t north = 225000000 + drawn[i].half_m * METRE_E7;
        const int32_t west = 1133000000 + drawn[i].west_m * METRE_E7;
        const int32_t east = 1133000000 + drawn[i].east_m * METRE_E7;
        points[4 * i] = (struct geo_point){south, west};
        points[4 * i + 1] = (struct geo_point){south, east};
        points[4 * i + 2] = (struct geo_point){north, east};
        points[4 * i + 3] = (struct geo_point){north, west};
    }
}

static void put_roster(struct store_city *city)
{
    struct area_definition areas[3];
    struct geo_point points[12];
    uint32_t sizes[3];
    draw_areas(areas, points, sizes);
    struct unit_definition *units = calloc(city->unit_count, sizeof *units);
    assert(units != NULL);
    for (uint32_t i = 0; i < city->unit_count; i++) {
        units[i] = (struct unit_definition){.kind = (enum unit_kind)(i % UNIT_KIND_COUNT),
                                            .capabilities = 15,
                                            .circle = CIRCLE_NONE,
                                            .area = AREA_NONE,
                                            .district = DISTRICT_NONE,
                                            .home = somewhere(city),
                                            .people = 2,
                                            .has_home = true,
                                            .synthetic = true};
        (void)snprintf(units[i].code, CODE_SIZE, "U%u", i);
        (void)snprintf(units[i].name, NAME_SIZE, "unit number %u", i);
    }
    struct circle_definition circle = {.code = "C1",
                                       .name = "the market",
                                       .at = {225000000, 1133000000},
                                       .radius_m = 4000,
                                       .district = DISTRICT_NONE};
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.areas = areas,
                                         .area_count = 3,
                                         .points = points,
                                         .ring_sizes = sizes,
                                         .circles = &circle,
                                         .circle_count = 1,
                                         .units = units,
                                         .unit_count = city->unit_count}};
    const struct step_result result = give(city, &command);
    assert(result.refusal == REASON_NONE);
    free(units);
}

static void observe_all(struct store_city *city)
{
    for (uint32_t i = 0; i < city->unit_count; i++) {
        struct unit_view view;
        if (!engine_unit(city->engine, i, &view) || view.definition->kind == UNIT_POST) {
            continue;
        }
        const struct observation fix = {.unit_id = i,
                                        .at = view.definition->home,
                                        .at_ms = city->now_ms,
                                        .fix_ms = city->now_ms,
                                        .accuracy_m = 5};
        const enum status status = engine_observe(city->engine, &fix);
        assert(status == STATUS_OK || status == STATUS_STALE);
    }
}

void store_city_create(struct store_city *city, uint64_t seed, uint32_t unit_count,
                       struct event_list *out)
{
    *city = (struct store_city){.seed = seed,
                                .now_ms = NEW_YEAR_MS,
                                .unit_count = unit_count,
                                .out = out,
                                .config = store_city_config(unit_count)};
    city->open = calloc(OPEN_MAX, sizeof *city->open);
    assert(city->open != NULL);
    const enum status status = engine_create(&city->config, &city->engine);
    assert(status == STATUS_OK);
    engine_started(city->engine, city->now_ms);
    put_policy(city);
    put_roster(city);
    for (uint32_t i = 0; i < unit_count; i++) {
        struct command command = {.kind = COMMAND_UNIT_DUTY};
        command.duty.unit_id = i;
        command.duty.duty = DUTY_ON;
        command.duty.people = 2;
        (void)give(city, &command);
    }
    pass(city, SECONDS(60));
}

void store_city_destroy(struct store_city *city)
{
    engine_destroy(city->engine);
    free(city->open);
    *city = (struct store_city){0};
}

static void say(struct store_city *city, uint32_t assignment_id, enum assignment_state state)
{
    struct assignment_view view;
    if (!engine_assignment(city->engine, assignment_id, &view) ||
        assignment_state_ended(view.state)) {
        return;
    }
    struct command command = {.kind = COMMAND_ASSIGNMENT_UPDATE};
    (void)snprintf(command.actor.id, ACTOR_SIZE, "unit:U%u", view.unit_id);
    command.actor.source = SOURCE_UNIT;
    command.assignment.assignment_id = assignment_id;
    command.assignment.unit_id = view.unit_id;
    command.assignment.state = state;
    command.assignment.reason = state == ASSIGNMENT_DECLINED ? REASON_UNIT_DECLINES : REASON_NONE;
    command.assignment.device_ms = city->now_ms - 350;
    (void)give(city, &command);
}

/* Every open assignment takes the step, a second or so apart; a few do not. */
static void say_all(struct store_city *city, enum assignment_state state, uint32_t silent_of_100)
{
    for (uint32_t i = 0; i < city->open_count; i++) { /* may grow while we walk */
        if (below(city, 100) >= silent_of_100) {
            say(city, city->open[i], state);
        }
        pass(city, 200 + below(city, 1500));
    }
}

static struct step_result report(struct store_city *city)
{
    struct command command = {.kind = COMMAND_REPORT_CREATE};
    command.report.channel = (enum channel)below(city, CHANNEL_COUNT);
    command.report.type = (enum incident_type)below(city, INCIDENT_TYPE_COUNT);
    command.report.priority = below(city, 5);
    command.report.at = somewhere(city);
    command.report.occurred_ms = TIME_NEVER;
    command.report.received_ms = city->now_ms - 1000 * (int64_t)below(city, 40);
    command.report.drill = below(city, 20) == 0;
    command.report.may_merge = true;
    (void)snprintf(command.report.address, ADDRESS_SIZE, "Zhongshan Road %u", below(city, 900));
    (void)snprintf(command.report.caller, NAME_SIZE, "Ms Chen %u", below(city, 100));
    (void)snprintf(command.report.phone, PHONE_SIZE, "1380%07u", below(city, 9999999));
    (void)snprintf(command.report.note, NOTE_SIZE, "two men fight in front of the shop, one fell");
    return give(city, &command);
}

static void end(struct store_city *city, uint32_t incident_id, bool cancel)
{
    struct command command = {.kind = cancel ? COMMAND_INCIDENT_CANCEL : COMMAND_INCIDENT_CLOSE};
    if (cancel) {
        command.cancel.incident_id = incident_id;
        command.cancel.reason = below(city, 2) == 0 ? REASON_FALSE_REPORT : REASON_DUPLICATE;
    } else {
        command.close.incident_id = incident_id;
        command.close.reason = REASON_RESOLVED;
        command.close.clear_all = true;
        (void)snprintf(command.close.note, NOTE_SIZE, "settled on the spot");
    }
    (void)give(city, &command);
}

void store_city_incident(struct store_city *city)
{
    city->open_count = 0;
    observe_all(city);
    const struct step_result opened = report(city);
    if (opened.refusal != REASON_NONE) {
        pass(city, SECONDS(60));
        return;
    }
    pass(city, 300);
    if (below(city, 25) == 0) {
        end(city, opened.incident_id, true);
        pass(city, SECONDS(5));
        return;
    }
    say_all(city, ASSIGNMENT_DELIVERED, 3);
    for (uint32_t i = 0; i < city->open_count && below(city, 12) == 0; i++) {
        say(city, city->open[i], ASSIGNMENT_DECLINED);
    }
    say_all(city, ASSIGNMENT_ACKNOWLEDGED, 8);
    pass(city, SECONDS(below(city, 20)));
    say_all(city, ASSIGNMENT_EN_ROUTE, 10);
    pass(city, SECONDS(below(city, 240)));
    say_all(city, ASSIGNMENT_ON_SCENE, 6);
    struct command note = {.kind = COMMAND_INCIDENT_NOTE};
    note.note.incident_id = opened.incident_id;
    (void)snprintf(note.note.note, NOTE_SIZE, "ambulance asked for, street is blocked");
    (void)give(city, &note);
    pass(city, SECONDS(60));
    say_all(city, ASSIGNMENT_CLEARED, 5);
    end(city, opened.incident_id, false);
    pass(city, SECONDS(below(city, 10)));
}
