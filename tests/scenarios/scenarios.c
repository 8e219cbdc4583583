/* kuaifan-scenarios DIRECTORY [--update] [NAME]: the rules of dispatch, told as stories.
 *
 * Each NAME.scn is read line by line:
 *   given policy NAME | given mode auto|recommend | given CIRCLE circle at EAST,NORTH radius M
 *   given tier TIER asks the own area first
 *   given waves of N volunteers, N waves, N s apart, until N accept
 *   given a gateway                                  for what a unit's link does not deliver
 *   given gaps of N s are alarms
 *   given AREA beat|grid area from WEST,SOUTH to EAST,NORTH
 *   given CODE community|neighbour centre
 *   given CODE checkpoint at EAST,NORTH every N min, stay N s [from HH:MM to HH:MM] [local +N h]
 *   given CODE route CODE+CODE... every N min
 *   given plan CODE of circle N ...                  scenario_plan_put()
 *   given UNIT KIND at EAST,NORTH [of AREA] [off duty] [armed] metres from the middle of the town
 *   at MM:SS ACTION                                  see `actions`
 *   expect SENTENCE                                  happened since the last action but one's end
 *   expect not SENTENCE                              did not
 *   expect now SENTENCE, expect now not SENTENCE     is so, is not so
 * Beside it lies NAME.trace, everything that happened; --update writes it anew. Live engine, shadow
 * and snapshot are compared at the end of each (core_given.h). */
#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/scenario_words.h"

#define TRACE_SIZE  65536u
#define LINE_SIZE   256u
#define STORIES_MAX 256u
#define UNITS_MAX   64u
#define AREAS_MAX   8u

struct story {
    struct world world;
    bool begun;
    int64_t start_ms;
    const char *path;
    uint32_t line;
    bool failed;
    char trace[TRACE_SIZE];
    size_t window; /* where the sentences begin that `expect` looks at */
    uint32_t last_order[UNITS_MAX];
    struct area_definition areas[AREAS_MAX];
    struct geo_point corners[4 * AREAS_MAX];
    uint32_t area_count;
    int64_t zone_ms;
};

static void fail(struct story *story, const char *what, const char *line)
{
    story->failed = true;
    printf("%s:%u: %s: %s\n", story->path, story->line, what, line);
}

/* ---- What happened ---- */

static void note(struct story *story)
{
    static struct event event; /* 17 KiB */
    for (uint32_t i = 0; i < story->world.out.count; i++) {
        event_list_get(&story->world.out, i, &event);
        char sentence[SENTENCE_SIZE];
        scenario_sentence(&story->world, &event, sentence);
        if (event.kind == EVENT_ASSIGNMENT_SENT && event.sent.unit_id < UNITS_MAX) {
            story->last_order[event.sent.unit_id] = event.sent.assignment_id;
        }
        const int64_t after_ms = event.at_ms - story->start_ms;
        const size_t length = strlen(story->trace);
        (void)snprintf(story->trace + length, TRACE_SIZE - length, "%02lld:%02lld %s\n",
                       (long long)(after_ms / 60000), (long long)(after_ms / 1000 % 60), sentence);
    }
    event_list_clear(&story->world.out);
}

static void fire_until(struct story *story, int64_t until_ms)
{
    struct command tick = {.kind = COMMAND_TICK};
    for (uint32_t i = 0; engine_deadline_ms(story->world.engine) <= until_ms; i++) {
        assert(i < 100000); /* a timer that never goes away */
        const int64_t deadline_ms = engine_deadline_ms(story->world.engine);
        story->world.now_ms = deadline_ms > story->world.now_ms ? deadline_ms : story->world.now_ms;
        world_step(&story->world, &tick);
        note(story);
    }
    story->world.now_ms = until_ms;
}

#define LOOK_MS 1000 /* as often as the host looks at the cover of a circle */

static void pass_until(struct story *story, int64_t until_ms)
{
    while (story->world.config.gap_ms > 0 && story->world.now_ms + LOOK_MS < until_ms) {
        fire_until(story, story->world.now_ms + LOOK_MS);
        engine_coverage_refresh(story->world.engine, story->world.now_ms);
    }
    fire_until(story, until_ms);
}

/* ---- Given ---- */

static bool place_of(const char *text, int32_t *east_m, int32_t *north_m)
{
    return sscanf(text, "%d,%d", east_m, north_m) == 2;
}

static void put_code(char to[CODE_SIZE], const char *code)
{
    const size_t length = strlen(code);
    assert(length < CODE_SIZE); /* a story that says more is wrong */
    memcpy(to, code, length + 1);
}

/* A roster names all areas that there are. */
static bool given_area(struct story *story, const char *code, const char *kind_name,
                       const int32_t box[4])
{
    static const uint32_t ring_sizes[] = {4};
    const int32_t kind = types_find(TYPES_AREA_KIND, kind_name);
    if (kind < 0 || story->area_count == AREAS_MAX) {
        return false;
    }
    struct geo_point *corners = &story->corners[4 * story->area_count];
    corners[0] = world_at(box[0], box[1]);
    corners[1] = world_at(box[2], box[1]);
    corners[2] = world_at(box[2], box[3]);
    corners[3] = world_at(box[0], box[3]);
    struct area_definition *area = &story->areas[story->area_count];
    *area = (struct area_definition){.kind = (enum area_kind)kind,
                                     .ring_count = 1,
                                     .point_first = 4 * story->area_count,
                                     .point_count = 4};
    put_code(area->code, code);
    (void)snprintf(area->name, sizeof area->name, "%s", code);
    story->area_count++;
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.areas = story->areas,
                                         .area_count = story->area_count,
                                         .points = story->corners,
                                         .ring_sizes = ring_sizes}};
    const bool is_taken = world_step(&story->world, &command).refusal == REASON_NONE;
    event_list_clear(&story->world.out);
    return is_taken;
}

/* False: of one that is not there. */
static bool area_of(const struct story *story, const char *rest, uint32_t *area)
{
    char code[CODE_SIZE];
    const char *of = strstr(rest, " of ");
    *area = AREA_NONE;
    if (of == NULL || sscanf(of, " of %15s", code) != 1) {
        return of == NULL;
    }
    *area = engine_area_find(story->world.engine, code);
    return *area != AREA_NONE;
}

static bool given_unit(struct story *story, const char *code, const char *kind_name,
                       const char *rest)
{
    int32_t east_m = 0;
    int32_t north_m = 0;
    uint32_t area = AREA_NONE;
    const int32_t kind = types_find(TYPES_UNIT_KIND, kind_name);
    if (kind < 0 || strncmp(rest, "at ", 3) != 0 || !place_of(rest + 3, &east_m, &north_m) ||
        !area_of(story, rest, &area)) {
        return false;
    }
    struct unit_definition unit = {.kind = (enum unit_kind)kind,
                                   .circle = CIRCLE_NONE,
                                   .area = area,
                                   .district = DISTRICT_NONE,
                                   .home = world_at(east_m, north_m),
                                   .people = 2,
                                   .capabilities = strstr(rest, "armed") != NULL ? 1 : 0,
                                   .has_home = kind == UNIT_POST || kind == UNIT_STATION};
    put_code(unit.code, code);
    (void)snprintf(unit.name, sizeof unit.name, "%s", code);
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.units = &unit, .unit_count = 1}};
    const uint32_t unit_id = engine_unit_count(story->world.engine);
    if (world_step(&story->world, &command).refusal != REASON_NONE) {
        return false;
    }
    if (!unit.has_home) {
        world_fix(&story->world, unit_id, east_m, north_m);
    }
    if (strstr(rest, "off duty") == NULL) {
        (void)world_duty(&story->world, unit_id, DUTY_ON);
    }
    event_list_clear(&story->world.out);
    return true;
}

static bool given_centre(struct story *story, const char *code, const char *kind_name)
{
    const int32_t kind = types_find(TYPES_CENTRE_KIND, kind_name);
    if (kind < 0) {
        return false;
    }
    struct centre_definition centre = {
        .kind = (enum centre_kind)kind, .at = world_at(0, 0), .district = DISTRICT_NONE};
    put_code(centre.code, code);
    (void)snprintf(centre.name, sizeof centre.name, "%s", code);
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.centres = &centre, .centre_count = 1}};
    const bool is_taken = world_step(&story->world, &command).refusal == REASON_NONE;
    event_list_clear(&story->world.out);
    return is_taken;
}

static void begin(struct story *story)
{
    if (!story->begun) {
        world_begin(&story->world);
        story->begun = true;
        story->start_ms = story->world.now_ms;
    }
}

static bool given_route(struct story *story, const char *rest)
{
    struct checkpoint_definition route = {.circle = CIRCLE_NONE, .district = DISTRICT_NONE};
    char stops[256];
    if (sscanf(rest, "%15s route %255s every %u min", route.code, stops, &route.every_min) != 3) {
        return false;
    }
    char *left = NULL;
    for (char *code = strtok_r(stops, "+", &left); code != NULL;
         code = strtok_r(NULL, "+", &left)) {
        const uint32_t stop = engine_checkpoint_find(story->world.engine, code);
        if (stop == UINT32_MAX || route.stop_count == ROUTE_STOPS_MAX) {
            return false;
        }
        route.stops[route.stop_count] = (uint16_t)stop;
        route.stop_count++;
    }
    route.at = engine_checkpoint(story->world.engine, route.stops[0]).definition->at;
    memcpy(route.name, route.code, CODE_SIZE);
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.checkpoints = &route, .checkpoint_count = 1}};
    const bool is_taken = world_step(&story->world, &command).refusal == REASON_NONE;
    event_list_clear(&story->world.out);
    return is_taken;
}

static bool given_checkpoint(struct story *story, const char *rest)
{
    struct checkpoint_definition checkpoint = {
        .radius_m = 50, .circle = CIRCLE_NONE, .district = DISTRICT_NONE};
    int32_t east_m = 0;
    int32_t north_m = 0;
    unsigned hours[4];
    int length = 0;
    int zone_h = 0;
    if (sscanf(rest, "%15s checkpoint at %d,%d every %u min, stay %u s%n", checkpoint.code, &east_m,
               &north_m, &checkpoint.every_min, &checkpoint.stay_s, &length) != 5) {
        return false;
    }
    if (sscanf(rest + length, " from %u:%u to %u:%u", &hours[0], &hours[1], &hours[2], &hours[3]) ==
        4) {
        checkpoint.from_min = (uint16_t)(hours[0] * 60 + hours[1]);
        checkpoint.to_min = (uint16_t)(hours[2] * 60 + hours[3]);
    }
    const char *local = strstr(rest, "local ");
    if (local != NULL && sscanf(local, "local %d h", &zone_h) == 1) {
        story->zone_ms = zone_h * (int64_t)3600000;
        engine_observe_zone(story->world.engine, story->zone_ms);
    }
    checkpoint.at = world_at(east_m, north_m);
    memcpy(checkpoint.name, checkpoint.code, CODE_SIZE);
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.checkpoints = &checkpoint, .checkpoint_count = 1}};
    const bool is_taken = world_step(&story->world, &command).refusal == REASON_NONE;
    event_list_clear(&story->world.out);
    return is_taken;
}

static bool given(struct story *story, const char *rest)
{
    char name[32];
    char kind[32];
    int length = 0;
    int32_t east_m = 0;
    int32_t north_m = 0;
    uint32_t radius_m = 0;
    if (sscanf(rest, "policy %31s", name) == 1) {
        return policy_preset(name, &story->world.config.policy) == STATUS_OK;
    }
    if (sscanf(rest, "mode %31s", name) == 1) {
        const int32_t mode = types_find(TYPES_DISPATCH_MODE, name);
        story->world.config.mode = mode < 0 ? DISPATCH_AUTO : (enum dispatch_mode)mode;
        return mode >= 0;
    }
    if (sscanf(rest, "tier %31s asks the own area first%n", name, &length) == 1 && length > 0) {
        const int32_t tier = types_find(TYPES_TIER, name);
        story->world.config.policy.tiers[tier < 0 ? 0 : tier].area_first = true;
        return tier >= 0;
    }
    struct volunteer_policy *volunteers = &story->world.config.policy.volunteers;
    if (sscanf(rest, "waves of %u volunteers, %u waves, %u s apart, until %u accept",
               &volunteers->wave_units, &volunteers->waves_max, &volunteers->wave_ms,
               &volunteers->wanted) == 4) {
        volunteers->types = UINT32_MAX;
        volunteers->wave_ms *= 1000;
        return true;
    }
    if (strcmp(rest, "a gateway") == 0) {
        story->world.config.second_channel = true;
        return true;
    }
    if (sscanf(rest, "gaps of %u s are alarms", &story->world.config.gap_ms) == 1) {
        story->world.config.gap_ms *= 1000;
        return true;
    }
    begin(story);
    if (sscanf(rest, "%31s circle at %d,%d radius %u", name, &east_m, &north_m, &radius_m) == 4) {
        world_circle(&story->world, east_m, north_m, radius_m);
        event_list_clear(&story->world.out);
        return true;
    }
    if (strstr(rest, " route ") != NULL) {
        return given_route(story, rest);
    }
    if (strstr(rest, " checkpoint at ") != NULL) {
        return given_checkpoint(story, rest);
    }
    int32_t box[4];
    if (sscanf(rest, "%15s %31s area from %d,%d to %d,%d", name, kind, &box[0], &box[1], &box[2],
               &box[3]) == 6) {
        return given_area(story, name, kind, box);
    }
    if (strncmp(rest, "plan ", 5) == 0) {
        const bool is_put = scenario_plan_put(&story->world, rest);
        event_list_clear(&story->world.out);
        return is_put;
    }
    if (sscanf(rest, "%31s %31s %n", name, kind, &length) != 2 || length == 0) {
        return false;
    }
    return strcmp(rest + length, "centre") == 0 ? given_centre(story, name, kind)
                                                : given_unit(story, name, kind, rest + length);
}

/* ---- Actions ---- */

static bool act_report(struct story *story, const char *rest)
{
    char type_name[32];
    uint32_t priority = 0;
    struct command command = {.kind = COMMAND_REPORT_CREATE};
    int32_t east_m = 0;
    int32_t north_m = 0;
    if (sscanf(rest, "somebody reports %31s priority %u at %d,%d", type_name, &priority, &east_m,
               &north_m) != 4) {
        return false;
    }
    const int32_t type = types_find(TYPES_INCIDENT_TYPE, type_name);
    if (type < 0) {
        return false;
    }
    command.report = (struct report_create){.channel = CHANNEL_PHONE,
                                            .type = (enum incident_type)type,
                                            .priority = priority,
                                            .at = world_at(east_m, north_m),
                                            .occurred_ms = TIME_NEVER,
                                            .received_ms = TIME_NEVER,
                                            .drill = strstr(rest, "as a drill") != NULL,
                                            .may_merge = strstr(rest, "anew") == NULL,
                                            .address = "1 Harbour Road"};
    (void)world_step(&story->world, &command);
    return true;
}

static uint32_t unit_named(const struct story *story, const char *code)
{
    return engine_unit_find(story->world.engine, code);
}

static uint32_t order_of(const struct story *story, uint32_t unit_id)
{
    const uint32_t active = world_active(&story->world, unit_id);
    return active != 0 ? active : unit_id < UNITS_MAX ? story->last_order[unit_id] : 0;
}

static bool act_unit(struct story *story, const char *rest)
{
    static const struct {
        const char *word;
        enum assignment_state state;
    } words[] = {{"receives", ASSIGNMENT_DELIVERED}, {"acknowledges", ASSIGNMENT_ACKNOWLEDGED},
                 {"sets out", ASSIGNMENT_EN_ROUTE},  {"arrives", ASSIGNMENT_ON_SCENE},
                 {"is done", ASSIGNMENT_CLEARED},    {"declines", ASSIGNMENT_DECLINED}};
    char code[CODE_SIZE];
    int length = 0;
    if (sscanf(rest, "%15s %n", code, &length) != 1 || unit_named(story, code) == UNIT_NONE) {
        return false;
    }
    const uint32_t unit_id = unit_named(story, code);
    const char *what = rest + length;
    int32_t east_m = 0;
    int32_t north_m = 0;
    if (sscanf(what, "is at %d,%d", &east_m, &north_m) == 2) {
        world_fix(&story->world, unit_id, east_m, north_m);
        return true;
    }
    if (strcmp(what, "signs on") == 0 || strcmp(what, "signs off") == 0) {
        (void)world_duty(&story->world, unit_id, what[7] == 'n' ? DUTY_ON : DUTY_OFF);
        return true;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(what, words[i].word) == 0) {
            (void)world_says(&story->world, order_of(story, unit_id), words[i].state);
            return true;
        }
    }
    return false;
}

static bool act_order(struct story *story, const char *rest)
{
    char code[CODE_SIZE];
    char tier_name[8];
    uint32_t incident_id = 0;
    if (sscanf(rest, "dispatcher orders %15s to I%u tier %7s", code, &incident_id, tier_name) !=
        3) {
        return false;
    }
    const int32_t tier = types_find(TYPES_TIER, tier_name);
    struct incident_view view;
    if (tier < 0 || !engine_incident(story->world.engine, incident_id, &view)) {
        return false;
    }
    const uint32_t old = strstr(rest, "on an old screen") != NULL ? 1 : 0;
    (void)world_order(&story->world, incident_id, view.generation - old, unit_named(story, code),
                      (enum tier)tier);
    return true;
}

static bool act_update(struct story *story, const char *rest)
{
    struct command command = {.kind = COMMAND_INCIDENT_UPDATE};
    struct incident_update *update = &command.update;
    int32_t east_m = 0;
    int32_t north_m = 0;
    struct incident_view view;
    if (sscanf(rest, "dispatcher moves I%u to %d,%d", &update->incident_id, &east_m, &north_m) ==
        3) {
        update->has_place = true;
        update->at = world_at(east_m, north_m);
    } else if (sscanf(rest, "dispatcher gives I%u priority %u", &update->incident_id,
                      &update->priority) == 2) {
        update->has_priority = true;
    } else {
        return false;
    }
    if (!engine_incident(story->world.engine, update->incident_id, &view)) {
        return false;
    }
    update->generation = view.generation;
    (void)world_step(&story->world, &command);
    return true;
}

static bool act_dispatcher(struct story *story, const char *rest)
{
    char code[CODE_SIZE];
    uint32_t incident_id = 0, seconds = 0;
    int length = 0;
    if (sscanf(rest, "dispatcher recalls %15s", code) == 1) {
        (void)world_recall(&story->world, order_of(story, unit_named(story, code)));
    } else if (sscanf(rest, "dispatcher cancels I%u", &incident_id) == 1) {
        (void)world_cancel(&story->world, incident_id);
    } else if (sscanf(rest, "dispatcher closes I%u%n", &incident_id, &length) == 1) {
        (void)world_close(&story->world, incident_id, strstr(rest, "clearing all") != NULL);
    } else if (sscanf(rest, "dispatcher asks who could go to I%u", &incident_id) == 1) {
        (void)world_recommend(&story->world, incident_id);
    } else if (sscanf(rest, "dispatcher says %15s acknowledged", code) == 1) {
        (void)world_on_behalf(&story->world, order_of(story, unit_named(story, code)),
                              ASSIGNMENT_ACKNOWLEDGED);
    } else if (strcmp(rest, "dispatcher takes the alarm") == 0) {
        struct alarm_view view;
        struct command command = {.kind = COMMAND_ALARM_ACK};
        if (!engine_alarm_next(story->world.engine, 0, &view)) {
            return false;
        }
        command.alarm.alarm_id = view.alarm_id;
        (void)world_step(&story->world, &command);
    } else if (sscanf(rest, "dispatcher shelves the alarm for %u s", &seconds) == 1) {
        struct alarm_view view;
        struct command command = {.kind = COMMAND_ALARM_SHELVE};
        if (!engine_alarm_next(story->world.engine, 0, &view)) {
            return false;
        }
        command.alarm.alarm_id = view.alarm_id;
        command.alarm.reason = REASON_CAN_WAIT;
        command.alarm.until_ms = story->world.now_ms + (int64_t)seconds * 1000;
        (void)world_step(&story->world, &command);
    } else if (sscanf(rest, "%15s asks for support", code) == 1 &&
               strstr(rest, "asks for support") != NULL) {
        struct command command = {.kind = COMMAND_ASSIGNMENT_SUPPORT};
        command.support.assignment_id = order_of(story, unit_named(story, code));
        command.support.unit_id = UNIT_NONE;
        (void)world_step(&story->world, &command);
    } else {
        return false;
    }
    return true;
}

/* The process ends and comes back from its snapshot; fixes are forgotten. */
static bool act_restart(struct story *story, const char *rest)
{
    if (strcmp(rest, "the engine is started again") != 0) {
        return false;
    }
    struct world *world = &story->world;
    const size_t size = engine_snapshot_write(world->engine, NULL, 0);
    uint8_t *bytes = malloc(size);
    assert(bytes != NULL);
    const size_t written = engine_snapshot_write(world->engine, bytes, size);
    assert(written == size);
    engine_destroy(world->engine);
    world->engine = NULL;
    const enum status created = engine_create(&world->config, &world->engine);
    assert(created == STATUS_OK);
    const enum status read = engine_snapshot_read(world->engine, bytes, size);
    assert(read == STATUS_OK);
    free(bytes);
    engine_observe_zone(world->engine, story->zone_ms);
    engine_started(world->engine, world->now_ms);
    return true;
}

static bool act_nothing(struct story *story, const char *rest)
{
    struct command tick = {.kind = COMMAND_TICK};
    if (strcmp(rest, "time has passed") != 0) {
        return false;
    }
    (void)world_step(&story->world, &tick);
    return true;
}

static bool act_notice(struct story *story, const char *rest)
{
    char code[CODE_SIZE];
    struct command command = {.kind = COMMAND_INCIDENT_WARN};
    int length = 0;
    if (sscanf(rest, "dispatcher warns of danger at I%u: %n", &command.warn.incident_id, &length) ==
            1 &&
        length > 0) {
        command.warn.level = WARN_DANGER;
        (void)snprintf(command.warn.text, NOTE_SIZE, "%s", rest + length);
        (void)world_step(&story->world, &command);
        return true;
    }
    length = 0;
    if (sscanf(rest, "%15s has heard it%n", code, &length) != 1 || length == 0 ||
        unit_named(story, code) == UNIT_NONE) {
        return false;
    }
    const uint32_t unit_id = unit_named(story, code);
    const uint32_t order = order_of(story, unit_id);
    command = (struct command){.kind = COMMAND_NOTICE_UPDATE,
                               .notice = {.assignment_id = order,
                                          .unit_id = unit_id,
                                          .state = NOTICE_ACKNOWLEDGED,
                                          .device_ms = TIME_NEVER}};
    command.notice.number = world_assignment(&story->world, order).notice.number;
    (void)world_step(&story->world, &command);
    return true;
}

static bool act_help(struct story *story, const char *rest)
{
    char code[CODE_SIZE];
    char what[32];
    int length = 0;
    if (sscanf(rest, "supervisor ends the call of %15s", code) == 1 &&
        unit_named(story, code) != UNIT_NONE) {
        struct command command = {
            .kind = COMMAND_PANIC_CLOSE,
            .panic_close = {.unit_id = unit_named(story, code), .reason = REASON_RESOLVED}};
        (void)world_step(&story->world, &command);
        return true;
    }
    if (sscanf(rest, "%15s %31[a-z ]%n", code, what, &length) != 2 || rest[length] != '\0' ||
        unit_named(story, code) == UNIT_NONE) {
        return false;
    }
    const uint32_t unit_id = unit_named(story, code);
    struct command command = {.kind = COMMAND_KIND_COUNT};
    if (strcmp(what, "calls for help") == 0) {
        command.kind = COMMAND_UNIT_PANIC;
        command.panic.unit_id = unit_id;
        command.panic.device_ms = TIME_NEVER;
        command.panic.in_charge = 1;
    } else if (strcmp(what, "says that all is well") == 0) {
        command.kind = COMMAND_ASSIGNMENT_PAR;
        command.par.assignment_id = order_of(story, unit_id);
        command.par.unit_id = unit_id;
        command.par.device_ms = TIME_NEVER;
    } else {
        return false;
    }
    (void)world_step(&story->world, &command);
    return true;
}

static bool act_gateway(struct story *story, const char *rest)
{
    char code[CODE_SIZE];
    char said[32];
    int length = 0;
    struct command command = {.kind = COMMAND_ASSIGNMENT_RECEIPT};
    if (sscanf(rest, "%15s loses its link%n", code, &length) == 1 && length > 0) {
        engine_observe_link(story->world.engine, unit_named(story, code), LINK_DOWN);
        return true;
    }
    if (sscanf(rest, "the gateway says %31s of %15s", said, code) != 2 ||
        types_find(TYPES_RECEIPT, said) < 0) {
        return false;
    }
    command.receipt.assignment_id = order_of(story, unit_named(story, code));
    command.receipt.receipt = (enum receipt)types_find(TYPES_RECEIPT, said);
    (void)world_step(&story->world, &command);
    return true;
}

/* Another policy for what opens from now on. */
static bool act_policy(struct story *story, const char *rest)
{
    struct policy policy;
    char name[32];
    uint32_t seconds = 0;
    uint32_t version = 0;
    uint64_t origin = 0;
    policy = *engine_policy(story->world.engine, &version, &origin);
    if (sscanf(rest, "administrator puts policy %31s", name) == 1) {
        if (policy_preset(name, &policy) != STATUS_OK) {
            return false;
        }
    } else if (sscanf(rest, "administrator lets calls for help widen after %u s", &seconds) == 1) {
        policy.panic_widen_ms = seconds * 1000;
    } else if (sscanf(rest, "administrator lets silence on scene be an alarm after %u s",
                      &seconds) == 1) {
        policy.par_answer_ms = seconds * 1000;
    } else {
        return false;
    }
    struct command command = {.kind = COMMAND_POLICY_PUT, .policy = {.policy = &policy}};
    (void)world_step(&story->world, &command);
    return true;
}

/* The last that this centre was asked about the incident; false: it never was. */
static bool find_referral(const struct story *story, const char *code, uint32_t incident_id,
                          struct referral_view *found)
{
    struct incident_view incident;
    struct referral_view view;
    const uint32_t centre = engine_centre_find(story->world.engine, code);
    uint32_t id =
        engine_incident(story->world.engine, incident_id, &incident) ? incident.referral_first : 0;
    bool is_found = false;
    while (id != 0 && engine_referral(story->world.engine, id, &view)) {
        if (view.centre == centre) {
            *found = view;
            is_found = true;
        }
        id = view.next;
    }
    return is_found;
}

static bool act_refer(struct story *story, const char *rest)
{
    char code[CODE_SIZE];
    struct command command = {.kind = COMMAND_INCIDENT_REFER};
    struct incident_view view;
    const bool is_said =
        sscanf(rest, "dispatcher gives I%u to %15s", &command.refer.incident_id, code) == 2 ||
        sscanf(rest, "dispatcher asks %15s for units at I%u", code, &command.refer.incident_id) ==
            2;
    if (!is_said || !engine_incident(story->world.engine, command.refer.incident_id, &view)) {
        return false;
    }
    command.refer.centre = engine_centre_find(story->world.engine, code);
    command.refer.generation = view.generation - (strstr(rest, "on an old screen") != NULL ? 1 : 0);
    (void)world_step(&story->world, &command);
    return true;
}

static bool act_sign(struct story *story, const char *rest)
{
    char unit[CODE_SIZE];
    char how[16];
    char code[CODE_SIZE];
    if (sscanf(rest, "%15s %15s checkpoint %15s", unit, how, code) != 3 ||
        (strcmp(how, "signs") != 0 && strcmp(how, "scans") != 0)) {
        return false;
    }
    struct command command = {
        .kind = COMMAND_CHECKPOINT_SIGN,
        .sign = {.checkpoint = engine_checkpoint_find(story->world.engine, code),
                 .unit_id = unit_named(story, unit),
                 .visit = strcmp(how, "signs") == 0 ? VISIT_SIGNED : VISIT_SCANNED,
                 .device_ms = TIME_NEVER}};
    (void)world_step(&story->world, &command);
    return true;
}

static bool act_centre(struct story *story, const char *rest)
{
    static const struct {
        const char *words; /* between the centre and the incident */
        enum referral_state state;
    } table[] = {{"signs for ", REFERRAL_RECEIVED},
                 {"settles ", REFERRAL_FEEDBACK},
                 {"returns ", REFERRAL_RETURNED},
                 {"lends two cars to ", REFERRAL_LENT},
                 {"refuses ", REFERRAL_REFUSED},
                 {"has arrived at ", REFERRAL_ARRIVED},
                 {"has its units back from ", REFERRAL_GIVEN_BACK},
                 {"is relieved of ", REFERRAL_WITHDRAWN}};
    char code[CODE_SIZE];
    char words[32];
    uint32_t incident_id = 0;
    int length = 0;
    struct referral_view view;
    if (sscanf(rest, "%15s %31[a-z ]I%u%n", code, words, &incident_id, &length) != 3 ||
        length == 0 || !find_referral(story, code, incident_id, &view)) {
        return false;
    }
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(words, table[i].words) != 0) {
            continue;
        }
        struct command command = {.kind = COMMAND_REFERRAL_UPDATE};
        const bool is_declined =
            table[i].state == REFERRAL_RETURNED || table[i].state == REFERRAL_REFUSED;
        command.referral.referral_id = view.referral_id;
        command.referral.version =
            view.version - (strstr(rest + length, "on an old screen") != NULL ? 1 : 0);
        command.referral.state = table[i].state;
        command.referral.reason = is_declined ? REASON_NOT_COMPETENT : REASON_NONE;
        (void)snprintf(command.referral.units, ADDRESS_SIZE, "%s",
                       table[i].state == REFERRAL_LENT ? "two cars" : "");
        (void)snprintf(command.referral.note, NOTE_SIZE, "both sides have signed");
        (void)world_step(&story->world, &command);
        return true;
    }
    return false;
}

static bool act_plan(struct story *story, const char *rest)
{
    return scenario_plan_put(&story->world, rest);
}

typedef bool action(struct story *story, const char *rest);
static action *const actions[] = {act_plan,    act_report,  act_order,  act_update, act_dispatcher,
                                  act_restart, act_nothing, act_notice, act_help,   act_gateway,
                                  act_policy,  act_refer,   act_centre, act_sign,   act_unit};

static bool at(struct story *story, const char *rest)
{
    int minutes = 0;
    int second = 0;
    int length = 0;
    if (sscanf(rest, "%d:%d %n", &minutes, &second, &length) != 2 || length == 0) {
        return false;
    }
    begin(story);
    story->window = strlen(story->trace);
    pass_until(story, story->start_ms + (minutes * 60 + second) * (int64_t)1000);
    event_list_clear(&story->world.out);
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (actions[i](story, rest + length)) {
            note(story);
            return true;
        }
    }
    return false;
}

/* ---- Expect ---- */

/* One of the sentences since the last action, wholly or from its beginning up to a comma. */
static bool happened(const struct story *story, const char *sentence)
{
    const size_t size = strlen(sentence);
    for (const char *line = story->trace + story->window; *line != '\0';) {
        const char *end = strchr(line, '\n');
        const char *text = strchr(line, ' ') + 1;
        if ((size_t)(end - text) >= size && memcmp(text, sentence, size) == 0 &&
            strchr("\n,;", text[size]) != NULL) {
            return true;
        }
        line = end + 1;
    }
    return false;
}

static void expect(struct story *story, const char *rest)
{
    const bool is_now = strncmp(rest, "now ", 4) == 0;
    rest += is_now ? 4 : 0;
    const bool is_not = strncmp(rest, "not ", 4) == 0;
    rest += is_not ? 4 : 0;
    const bool is_so = is_now ? scenario_is_so(&story->world, rest) : happened(story, rest);
    if (is_so == is_not) {
        fail(story, is_not ? "not expected" : "expected", rest);
        printf("%s", story->trace + story->window);
    }
}

/* ---- Stories ---- */

static void read_line(struct story *story, char *line)
{
    char *end = line + strcspn(line, "#\n");
    while (end > line && end[-1] == ' ') {
        end--;
    }
    *end = '\0';
    if (line[0] == '\0') {
        return;
    }
    if (strncmp(line, "expect ", 7) == 0) {
        expect(story, line + 7);
    } else if (!(strncmp(line, "given ", 6) == 0 && given(story, line + 6)) &&
               !(strncmp(line, "at ", 3) == 0 && at(story, line + 3))) {
        fail(story, "this is not understood", line);
    }
}

static void compare_trace(struct story *story, const char *path, bool updates)
{
    FILE *file = fopen(path, updates ? "w" : "r");
    static char golden[TRACE_SIZE];
    if (updates) {
        assert(file != NULL);
        (void)fputs(story->trace, file);
    } else {
        const size_t size = file == NULL ? 0 : fread(golden, 1, sizeof golden - 1, file);
        golden[size] = '\0';
        if (strcmp(golden, story->trace) != 0) {
            size_t same = 0;
            while (golden[same] == story->trace[same]) {
                same++;
            }
            while (same > 0 && story->trace[same - 1] != '\n') {
                same--;
            }
            fail(story,
                 "happens otherwise than in the trace (if that is meant: "
                 "build/debug/tests/kuaifan-scenarios tests/scenarios --update), from",
                 path);
            printf("was: %.*s\nis:  %.*s\n", (int)strcspn(golden + same, "\n"), golden + same,
                   (int)strcspn(story->trace + same, "\n"), story->trace + same);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}

static bool tell(const char *directory, const char *name, bool updates)
{
    static struct story story;
    char path[512];
    char line[LINE_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s.scn", directory, name);
    story = (struct story){.path = path};
    world_init(&story.world);
    FILE *file = fopen(path, "r");
    assert(file != NULL);
    while (fgets(line, sizeof line, file) != NULL) {
        story.line++;
        read_line(&story, line);
    }
    (void)fclose(file);
    if (!story.begun) {
        fail(&story, "nothing happens", name);
        return false;
    }
    world_finish(&story.world); /* live, replayed and read back are one */
    char trace_path[512];
    (void)snprintf(trace_path, sizeof trace_path, "%s/%s.trace", directory, name);
    compare_trace(&story, trace_path, updates && !story.failed);
    return !story.failed;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

int main(int count, char **arguments)
{
    static char names[STORIES_MAX][64];
    uint32_t name_count = 0;
    bool updates = false;
    const char *only = NULL;
    for (int i = 2; i < count; i++) {
        updates = updates || strcmp(arguments[i], "--update") == 0;
        only = arguments[i][0] == '-' ? only : arguments[i];
    }
    DIR *directory = count < 2 ? NULL : opendir(arguments[1]);
    if (directory == NULL) {
        fprintf(stderr, "usage: kuaifan-scenarios DIRECTORY [--update] [NAME]\n");
        return 2;
    }
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        const char *dot = strrchr(entry->d_name, '.');
        if (dot == NULL || strcmp(dot, ".scn") != 0 || name_count == STORIES_MAX) {
            continue;
        }
        (void)snprintf(names[name_count], sizeof names[0], "%.*s", (int)(dot - entry->d_name),
                       entry->d_name);
        name_count += only == NULL || strcmp(only, names[name_count]) == 0 ? 1 : 0;
    }
    (void)closedir(directory);
    qsort(names, name_count, sizeof names[0], by_name);
    uint32_t held = 0;
    for (uint32_t i = 0; i < name_count; i++) {
        held += tell(arguments[1], names[i], updates) ? 1 : 0;
    }
    printf("%u of %u stories held\n", held, name_count);
    return held == name_count && name_count > 0 ? 0 : 1;
}
