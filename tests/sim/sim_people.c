#include "tests/sim/sim_people.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/sim_patrol.h"
#include "tests/sim/sim_process.h"
#include "tests/sim/sim_record.h"
#include "tests/sim/sim_referrals.h"

#define REQUESTS_MAX     8192u
#define FIXES_KEPT       8u
#define CITY_M           2500 /* a square of 5 km */
#define HOT_PLACES       12u
#define CALLER           1000u /* who asks: below it units, from here on others */
#define DISPATCHER       2000u
#define ENDED_BIT        0x80000000u /* in SIM_HEARS: it is over */
#define NOTICE_BIT       0x40000000u /* in SIM_HEARS: something that has to be acknowledged */
#define PAR_BIT          0x20000000u /* in SIM_HEARS: is all well? */
#define DISPATCHER_TRIES 6u

struct fix {
    struct geo_point at;
    int64_t fix_ms, seen_ms;
};

struct unit {
    enum unit_kind kind;
    int32_t east_m, north_m, to_east_m, to_north_m;
    int64_t moved_us;
    bool has_link;
    uint32_t order; /* the one it knows of, 0 */
    enum assignment_state stage;
    struct fix fixes[FIXES_KEPT];
    uint32_t fix_count; /* newest: (count - 1) % FIXES_KEPT */
    uint32_t fix_first; /* that the process of now has seen */
};

/* What somebody asks, until he has an answer. */
#define SIM_CIRCLES 4u
#define SIM_PLANS   6u

struct request {
    struct command command;
    uint64_t serial;
    uint32_t who, tries, references;
    uint16_t life;
    bool is_used, is_over;
    struct api_answer answer; /* on its way back */
};

struct sim_people {
    struct unit units[SIM_UNITS_MAX];
    struct unit_definition definitions[SIM_UNITS_MAX];
    struct circle_definition circles[SIM_CIRCLES];
    struct area_definition areas[SIM_AREAS_MAX]; /* two halves as beats, four quarters as grids */
    struct geo_point corners[4 * SIM_AREAS_MAX];
    struct centre_definition centres[SIM_CENTRES];
    struct circle_plan plans[SIM_PLANS];
    struct checkpoint_definition checkpoints[SIM_CHECKPOINTS];
    uint32_t unit_count;
    struct geo_point hot[HOT_PLACES];
    struct request requests[REQUESTS_MAX];
    uint32_t free_from, waiting;
    uint64_t serial, ticket;
};

static const struct {
    enum unit_kind kind;
    uint32_t count, speed_mmps;
} forces[] = {{UNIT_POST, 10, 0},         {UNIT_FOOT, 12, 1400}, {UNIT_GRID, 6, 1400},
              {UNIT_MOTORCYCLE, 6, 9000}, {UNIT_CAR, 8, 9000},   {UNIT_VOLUNTEER, 4, 1400},
              {UNIT_STATION, 2, 9000}};

static struct geo_point point_of(int32_t east_m, int32_t north_m)
{
    /* Near the equator a metre is 90 ten-millionths of a degree both ways. */
    return (struct geo_point){.lat_e7 = 10000000 + north_m * 90, .lon_e7 = 10000000 + east_m * 90};
}

static int32_t some_m(struct sim *sim)
{
    return (int32_t)sim_below(sim, 2 * CITY_M) - CITY_M;
}

struct geo_point sim_people_somewhere(struct sim *sim)
{
    const int32_t east_m = some_m(sim);
    return point_of(east_m, some_m(sim));
}

static bool stands_still(const struct unit *unit)
{
    return unit->kind == UNIT_POST || unit->kind == UNIT_STATION;
}

static uint32_t some_area(struct sim *sim)
{
    const uint32_t area = sim_below(sim, 2 * SIM_AREAS_MAX);
    return area < SIM_AREAS_MAX ? area : AREA_NONE;
}

/* West, south, east and north of an area, as signs of a city that has its middle at 0. */
static const int8_t boxes[SIM_AREAS_MAX][4] = {{-1, -1, 0, 1}, {0, -1, 1, 1}, {-1, -1, 0, 0},
                                               {0, -1, 1, 0},  {-1, 0, 0, 1}, {0, 0, 1, 1}};

/* Borders lie between metres, and everybody on them. */
static struct geo_point corner_of(int32_t east, int32_t north)
{
    const struct geo_point at = point_of(east * 2 * CITY_M, north * 2 * CITY_M);
    return (struct geo_point){at.lat_e7 + 45, at.lon_e7 + 45};
}

static void create_areas(struct sim_people *people)
{
    for (uint32_t i = 0; i < SIM_AREAS_MAX; i++) {
        const int8_t *box = boxes[i];
        people->areas[i] = (struct area_definition){.name = "area",
                                                    .kind = i < 2 ? AREA_BEAT : AREA_GRID,
                                                    .ring_count = 1,
                                                    .point_first = 4 * i,
                                                    .point_count = 4};
        (void)snprintf(people->areas[i].code, sizeof people->areas[i].code, "A%u", i);
        people->corners[4 * i] = corner_of(box[0], box[1]);
        people->corners[4 * i + 1] = corner_of(box[2], box[1]);
        people->corners[4 * i + 2] = corner_of(box[2], box[3]);
        people->corners[4 * i + 3] = corner_of(box[0], box[3]);
    }
}

bool sim_people_is_of(const struct sim *sim, uint32_t unit_id, struct geo_point at)
{
    const uint32_t area = sim->people->definitions[unit_id].area;
    if (area == AREA_NONE) {
        return false;
    }
    const struct geo_point low = sim->people->corners[4 * area];
    const struct geo_point high = sim->people->corners[4 * area + 2];
    return at.lat_e7 >= low.lat_e7 && at.lat_e7 <= high.lat_e7 && at.lon_e7 >= low.lon_e7 &&
           at.lon_e7 <= high.lon_e7;
}

void sim_people_create(struct sim *sim)
{
    struct sim_people *people = calloc(1, sizeof *people);
    assert(people != NULL);
    sim->people = people;
    for (uint32_t i = 0; i < sizeof forces / sizeof forces[0]; i++) {
        for (uint32_t k = 0; k < forces[i].count; k++) {
            struct unit *unit = &people->units[people->unit_count];
            *unit = (struct unit){.kind = forces[i].kind,
                                  .east_m = some_m(sim),
                                  .north_m = some_m(sim),
                                  .has_link = true};
            unit->to_east_m = unit->east_m;
            unit->to_north_m = unit->north_m;
            struct unit_definition *definition = &people->definitions[people->unit_count];
            *definition = (struct unit_definition){.kind = unit->kind,
                                                   .circle = CIRCLE_NONE,
                                                   .area = some_area(sim),
                                                   .district = DISTRICT_NONE,
                                                   .home = point_of(unit->east_m, unit->north_m),
                                                   .people = 2,
                                                   .has_home = stands_still(unit),
                                                   .synthetic = true};
            (void)snprintf(definition->code, sizeof definition->code, "U%u", people->unit_count);
            (void)snprintf(definition->name, sizeof definition->name, "unit %u",
                           people->unit_count);
            people->unit_count++;
        }
    }
    create_areas(people);
    for (uint32_t i = 0; i < HOT_PLACES; i++) {
        people->hot[i] = point_of(some_m(sim), some_m(sim));
    }
    for (uint32_t i = 0; i < SIM_CIRCLES; i++) {
        people->circles[i] = (struct circle_definition){.at = people->hot[i],
                                                        .radius_m = 400,
                                                        .district = DISTRICT_NONE,
                                                        .name = "circle",
                                                        .shift_count = i % 2 == 0 ? 0 : 2,
                                                        .shifts = {{480, 2}, {1200, 1}}};
        (void)snprintf(people->circles[i].code, sizeof people->circles[i].code, "K%u", i);
    }
    for (uint32_t i = 0; i < SIM_CENTRES; i++) {
        people->centres[i] = (struct centre_definition){
            .kind = i + 1 < SIM_CENTRES ? CENTRE_COMMUNITY : CENTRE_NEIGHBOUR,
            .at = people->hot[i],
            .district = DISTRICT_NONE,
            .name = "centre"};
        (void)snprintf(people->centres[i].code, sizeof people->centres[i].code, "Z%u", i);
    }
}

void sim_people_destroy(struct sim *sim)
{
    free(sim->people);
    sim->people = NULL;
}

uint32_t sim_people_count(const struct sim *sim)
{
    return sim->people->unit_count;
}

enum unit_kind sim_people_kind(const struct sim *sim, uint32_t unit_id)
{
    assert(unit_id < sim->people->unit_count);
    return sim->people->units[unit_id].kind;
}

uint32_t sim_people_waiting(const struct sim *sim)
{
    return sim->people->waiting;
}

/* ---- Requests over a bad line ---- */

static uint32_t index_of(const struct sim *sim, const struct request *request)
{
    return (uint32_t)(request - sim->people->requests);
}

static struct request *request_new(struct sim *sim, enum command_kind kind, uint32_t who)
{
    struct sim_people *people = sim->people;
    for (uint32_t i = 0; i < REQUESTS_MAX; i++) {
        struct request *request = &people->requests[(people->free_from + i) % REQUESTS_MAX];
        if (request->is_used) {
            continue;
        }
        people->free_from = index_of(sim, request) + 1;
        const uint16_t life = request->life;
        *request = (struct request){
            .serial = ++people->serial, .who = who, .life = (uint16_t)(life + 1), .is_used = true};
        struct command *command = &request->command;
        command->kind = kind;
        const int64_t about_ms = SIM_WALL_MS + sim->now_us / 1000;
        sim_record_command_id(request->serial,
                              sim_process_is_up(sim) ? sim_process_clock_ms(sim) : about_ms,
                              command->id);
        command->actor.source = who < CALLER ? SOURCE_UNIT : SOURCE_DISPATCHER;
        if (who < CALLER) {
            (void)snprintf(command->actor.id, ACTOR_SIZE, "unit:U%u", who);
        } else {
            (void)snprintf(command->actor.id, ACTOR_SIZE, who < DISPATCHER ? "caller" : "d%u",
                           who - DISPATCHER);
        }
        people->waiting++;
        return request;
    }
    sim_fail(sim, "more than %u requests wait for an answer", REQUESTS_MAX);
}

static void release(struct request *request)
{
    request->references--;
    if (request->references == 0 && request->is_over) {
        request->is_used = false;
    }
}

static void end_request(struct sim *sim, struct request *request)
{
    if (!request->is_over) {
        request->is_over = true;
        sim->people->waiting--;
    }
}

static void carry(struct sim *sim, struct request *request, int64_t in_us,
                  enum sim_happening happening)
{
    request->references++;
    sim_later(sim, in_us, happening, index_of(sim, request), 0);
}

static int64_t line_delay_us(struct sim *sim)
{
    if (!sim->is_quiet && sim_chance(sim, 30)) { /* late: what was sent later overtakes it */
        sim->figures.late++;
        return sim_about_us(sim, 40 * SIM_SECOND_US);
    }
    return sim_about_us(sim, 80000);
}

/* True: the message does not arrive. */
static bool is_lost(struct sim *sim)
{
    const bool lost = !sim->is_quiet && sim_chance(sim, 40);
    sim->figures.lost += lost ? 1 : 0;
    return lost;
}

static void transmit(struct sim *sim, struct request *request)
{
    if (!is_lost(sim)) {
        carry(sim, request, line_delay_us(sim), SIM_ARRIVES);
    }
    if (!sim->is_quiet && sim_chance(sim, 40)) {
        sim->figures.repeated++;
        const bool much_later = sim_chance(sim, 60);
        carry(sim, request, much_later ? sim_about_us(sim, SIM_HOUR_US) : line_delay_us(sim),
              SIM_ARRIVES);
    }
}

static void ask(struct sim *sim, struct request *request)
{
    request->tries = 1;
    transmit(sim, request);
    carry(sim, request, sim_about_us(sim, 4 * SIM_SECOND_US), SIM_RETRY);
}

static void on_arrival(struct sim *sim, struct request *request)
{
    struct sim_people *people = sim->people;
    const uint64_t ticket =
        ++people->ticket << 32 | (uint64_t)request->life << 16 | index_of(sim, request);
    struct command command = request->command;
    (void)sim_process_submit(sim, &command, request->serial * 0x9E3779B97F4A7C15u, ticket);
}

void sim_people_answer(struct sim *sim, uint64_t ticket, const struct api_answer *answer)
{
    struct request *request = &sim->people->requests[ticket & 0xffff];
    if (!request->is_used || request->life != (uint16_t)(ticket >> 16)) {
        return; /* nobody waits for it any more */
    }
    sim_record_answer(sim, request->serial, answer);
    if (!is_lost(sim)) {
        request->answer = *answer;
        carry(sim, request, line_delay_us(sim), SIM_ANSWERS);
    }
}

static void on_retry(struct sim *sim, struct request *request)
{
    if (request->is_over) {
        return;
    }
    if (request->who >= DISPATCHER && request->tries >= DISPATCHER_TRIES) {
        end_request(sim, request); /* he has other things to do */
        return;
    }
    request->tries++;
    transmit(sim, request);
    const int64_t wait_us =
        request->tries < 8 ? request->tries * 4 * SIM_SECOND_US : 30 * SIM_SECOND_US;
    carry(sim, request, sim_about_us(sim, wait_us), SIM_RETRY);
}

/* ---- Units ---- */

static void head_for(struct unit *unit, struct geo_point to)
{
    unit->to_east_m = (to.lon_e7 - 10000000) / 90;
    unit->to_north_m = (to.lat_e7 - 10000000) / 90;
}

static void go(struct sim *sim, struct unit *unit)
{
    const int64_t passed_us = sim->now_us - unit->moved_us;
    unit->moved_us = sim->now_us;
    int64_t speed_mmps = 0;
    for (uint32_t i = 0; i < sizeof forces / sizeof forces[0]; i++) {
        speed_mmps = forces[i].kind == unit->kind ? forces[i].speed_mmps : speed_mmps;
    }
    const int64_t way_m = speed_mmps * passed_us / SIM_SECOND_US / 1000;
    const int32_t east_m = unit->to_east_m - unit->east_m;
    const int32_t north_m = unit->to_north_m - unit->north_m;
    const int64_t left_m = llabs(east_m) + llabs(north_m);
    if (left_m <= way_m) {
        unit->east_m = unit->to_east_m;
        unit->north_m = unit->to_north_m;
        if (unit->order == 0) { /* patrol */
            const struct geo_point to =
                sim_chance(sim, 400) ? sim_patrol_place(sim) : sim_people_somewhere(sim);
            head_for(unit, to);
        }
        return;
    }
    unit->east_m += (int32_t)(east_m * way_m / left_m);
    unit->north_m += (int32_t)(north_m * way_m / left_m);
}

static void say_state(struct sim *sim, uint32_t unit_id, enum assignment_state state,
                      enum reason reason)
{
    struct unit *unit = &sim->people->units[unit_id];
    struct request *request = request_new(sim, COMMAND_ASSIGNMENT_UPDATE, unit_id);
    request->command.assignment.assignment_id = unit->order;
    request->command.assignment.unit_id = unit_id;
    request->command.assignment.state = state;
    request->command.assignment.reason = reason;
    request->command.assignment.device_ms = TIME_NEVER;
    unit->stage = state;
    ask(sim, request);
}

static void learn(struct sim *sim, uint32_t unit_id, uint32_t order)
{
    struct unit *unit = &sim->people->units[unit_id];
    if (!unit->has_link || sim_record_assignment_count(sim) <= order ||
        assignment_state_ended(sim_record_assignment(sim, order)->state)) {
        return;
    }
    if (unit->order != order) {
        unit->order = order;
        unit->stage = ASSIGNMENT_SENT;
        say_state(sim, unit_id, ASSIGNMENT_DELIVERED, REASON_NONE);
    } else if (unit->stage >= ASSIGNMENT_ACKNOWLEDGED || sim_chance(sim, 400)) {
        return; /* rings again and is not heard, or was heard already */
    }
    const bool is_slow = !sim->is_quiet && sim_chance(sim, 150);
    if (sim->is_quiet || !sim_chance(sim, 60)) { /* the others hear nothing this time */
        sim_later(sim, sim_about_us(sim, is_slow ? 70 * SIM_SECOND_US : 8 * SIM_SECOND_US),
                  SIM_ACTS, unit_id, order);
    }
}

static void hear_notice(struct sim *sim, uint32_t unit_id, uint32_t order)
{
    if (!sim->people->units[unit_id].has_link || (!sim->is_quiet && sim_chance(sim, 200))) {
        return; /* does not hear it, or does not say so */
    }
    struct request *request = request_new(sim, COMMAND_NOTICE_UPDATE, unit_id);
    request->command.notice.assignment_id = order;
    request->command.notice.unit_id = unit_id;
    request->command.notice.number = sim_record_assignment(sim, order)->notice_number;
    request->command.notice.state = sim_chance(sim, 200) ? NOTICE_DELIVERED : NOTICE_ACKNOWLEDGED;
    request->command.notice.device_ms = TIME_NEVER;
    ask(sim, request);
}

static void say_all_is_well(struct sim *sim, uint32_t unit_id, uint32_t order)
{
    if (!sim->people->units[unit_id].has_link || (!sim->is_quiet && sim_chance(sim, 200))) {
        return;
    }
    struct request *request = request_new(sim, COMMAND_ASSIGNMENT_PAR, unit_id);
    request->command.par.assignment_id = order;
    request->command.par.unit_id = unit_id;
    request->command.par.device_ms = TIME_NEVER;
    ask(sim, request);
}

static void on_hearing(struct sim *sim, uint32_t unit_id, uint32_t order)
{
    struct unit *unit = &sim->people->units[unit_id];
    if ((order & ENDED_BIT) == 0 && (order & PAR_BIT) != 0) {
        say_all_is_well(sim, unit_id, order & ~PAR_BIT);
    } else if ((order & ENDED_BIT) == 0 && (order & NOTICE_BIT) != 0) {
        hear_notice(sim, unit_id, order & ~NOTICE_BIT);
    } else if ((order & ENDED_BIT) == 0) {
        learn(sim, unit_id, order);
    } else if (unit->has_link && unit->order == (order & ~ENDED_BIT)) {
        unit->order = 0;
    }
}

static void set_out(struct sim *sim, uint32_t unit_id)
{
    struct unit *unit = &sim->people->units[unit_id];
    const struct sim_assignment *order = sim_record_assignment(sim, unit->order);
    const struct geo_point at = sim_record_incident(sim, order->incident_id)->at;
    go(sim, unit);
    if (!stands_still(unit)) {
        head_for(unit, at);
    }
}

/* The next thing that this unit does about its order. */
static void on_act(struct sim *sim, uint32_t unit_id, uint32_t order)
{
    struct unit *unit = &sim->people->units[unit_id];
    if (unit->order != order) {
        return;
    }
    int64_t next_us = 0;
    if (unit->stage < ASSIGNMENT_ACKNOWLEDGED) {
        if (!sim->is_quiet && sim_chance(sim, 80)) {
            say_state(sim, unit_id, ASSIGNMENT_DECLINED, REASON_VEHICLE);
            unit->order = 0;
            return;
        }
        const bool skips = sim_chance(sim, 60);
        say_state(sim, unit_id, skips ? ASSIGNMENT_EN_ROUTE : ASSIGNMENT_ACKNOWLEDGED, REASON_NONE);
        set_out(sim, unit_id);
        next_us = sim_about_us(sim, 20 * SIM_SECOND_US);
    } else if (unit->stage == ASSIGNMENT_ACKNOWLEDGED) {
        say_state(sim, unit_id, ASSIGNMENT_EN_ROUTE, REASON_NONE);
        next_us = sim_about_us(sim, 3 * SIM_MINUTE_US);
    } else if (unit->stage == ASSIGNMENT_EN_ROUTE) {
        say_state(sim, unit_id, ASSIGNMENT_ON_SCENE, REASON_NONE);
        next_us = sim_about_us(sim, 12 * SIM_MINUTE_US);
    } else if (unit->stage == ASSIGNMENT_ON_SCENE) {
        say_state(sim, unit_id, ASSIGNMENT_CLEARED, REASON_NONE);
        unit->order = 0;
        return;
    } else {
        return;
    }
    if (!sim->is_quiet && sim_chance(sim, 30)) { /* presses something that does not follow */
        const enum assignment_state stage = unit->stage;
        say_state(sim, unit_id, (enum assignment_state)sim_below(sim, ASSIGNMENT_DECLINED + 1),
                  REASON_UNIT_DECLINES);
        unit->stage = stage;
    }
    sim_later(sim, next_us, SIM_ACTS, unit_id, order);
}

static void observe(struct sim *sim, uint32_t unit_id)
{
    struct unit *unit = &sim->people->units[unit_id];
    const int64_t now_ms = sim_process_clock_ms(sim);
    const bool is_old = !sim->is_quiet && sim_chance(sim, 30);
    const struct observation observation = {.unit_id = unit_id,
                                            .at = point_of(unit->east_m, unit->north_m),
                                            .at_ms = now_ms,
                                            .fix_ms = now_ms - (is_old ? 45000 : 300)};
    const enum status status = sim_process_observe(sim, &observation);
    if (status == STATUS_OK) {
        unit->fixes[unit->fix_count % FIXES_KEPT] =
            (struct fix){.at = observation.at, .fix_ms = observation.fix_ms, .seen_ms = now_ms};
        unit->fix_count++;
    } else if (status != STATUS_STALE && status != STATUS_NOT_FOUND) {
        sim_fail(sim, "a fix of unit %u: %s", unit_id, status_text(status));
    }
}

static void call_for_help(struct sim *sim, uint32_t unit_id)
{
    const struct unit *unit = &sim->people->units[unit_id];
    struct request *request = request_new(sim, COMMAND_UNIT_PANIC, unit_id);
    request->command.panic.unit_id = unit_id;
    request->command.panic.has_place = sim_chance(sim, 700);
    request->command.panic.at = point_of(unit->east_m, unit->north_m);
    request->command.panic.device_ms = TIME_NEVER;
    request->command.panic.in_charge = sim_below(sim, 2);
    ask(sim, request);
}

/* By a unit itself, or on its behalf by who it says it to. */
static void sign_checkpoint(struct sim *sim, uint32_t who, uint32_t unit_id)
{
    struct request *request = request_new(sim, COMMAND_CHECKPOINT_SIGN, who);
    request->command.sign.checkpoint = sim_below(sim, SIM_CHECKPOINTS);
    request->command.sign.unit_id = unit_id;
    request->command.sign.visit = sim_chance(sim, 500) ? VISIT_SIGNED : VISIT_SCANNED;
    request->command.sign.device_ms = TIME_NEVER;
    ask(sim, request);
}

/* Where am I, and what am I told to do? */
static void on_fix(struct sim *sim, uint32_t unit_id)
{
    struct unit *unit = &sim->people->units[unit_id];
    sim_later(sim, sim_about_us(sim, 30 * SIM_SECOND_US), SIM_FIX, unit_id, 0);
    go(sim, unit);
    if (!sim->is_quiet && sim_below(sim, 8000) == 0) {
        call_for_help(sim, unit_id);
    }
    if (!sim->is_quiet && sim_below(sim, 2000) == 0) {
        sign_checkpoint(sim, unit_id, unit_id);
    }
    if (!unit->has_link || !sim_process_is_up(sim) || is_lost(sim)) {
        return;
    }
    if (!stands_still(unit)) {
        observe(sim, unit_id);
    }
    const uint32_t active = sim_record_active(sim, unit_id);
    if (active != 0 && (active != unit->order || unit->stage < ASSIGNMENT_ACKNOWLEDGED)) {
        learn(sim, unit_id, active);
    } else if (active == 0 && unit->order != 0 && sim_chance(sim, 300)) {
        unit->order = 0;
    }
}

static void on_link(struct sim *sim, uint32_t unit_id)
{
    struct unit *unit = &sim->people->units[unit_id];
    unit->has_link = sim->is_quiet || !unit->has_link;
    sim->figures.links_lost += unit->has_link ? 0 : 1;
    sim_later(sim,
              unit->has_link ? sim_about_us(sim, 3 * SIM_HOUR_US)
                             : sim_about_us(sim, 6 * SIM_MINUTE_US),
              SIM_LINK, unit_id, 0);
}

static void ask_duty(struct sim *sim, uint32_t unit_id, enum duty duty)
{
    struct request *request = request_new(sim, COMMAND_UNIT_DUTY, unit_id);
    request->command.duty.unit_id = unit_id;
    request->command.duty.duty = duty;
    request->command.duty.people = 2;
    ask(sim, request);
}

static void on_duty(struct sim *sim, uint32_t unit_id, uint32_t duty)
{
    if (sim->is_quiet && duty != DUTY_ON) {
        return;
    }
    ask_duty(sim, unit_id, (enum duty)duty);
    const enum duty next =
        duty == DUTY_ON ? (enum duty)(sim_below(sim, 2) * DUTY_OUT_OF_SERVICE) : DUTY_ON;
    sim_later(sim, sim_about_us(sim, next == DUTY_ON ? 20 * SIM_MINUTE_US : 4 * SIM_HOUR_US),
              SIM_DUTY, unit_id, (uint32_t)next);
}

void sim_people_told(struct sim *sim, const struct event *event)
{
    uint32_t unit_id = UNIT_NONE;
    uint32_t order = 0;
    if (event->kind == EVENT_ASSIGNMENT_SENT) {
        unit_id = event->sent.unit_id;
        order = event->sent.assignment_id;
    } else if (event->kind == EVENT_ASSIGNMENT_STEP && event->step.step == LADDER_RESENT) {
        unit_id = event->step.unit_id;
        order = event->step.assignment_id;
    } else if (event->kind == EVENT_ASSIGNMENT_UPDATED &&
               assignment_state_ended(event->updated.state)) {
        unit_id = event->updated.unit_id;
        order = event->updated.assignment_id | ENDED_BIT;
    } else if (event->kind == EVENT_ASSIGNMENT_STEP && event->step.step == LADDER_PAR_ASKED) {
        unit_id = event->step.unit_id;
        order = event->step.assignment_id | PAR_BIT;
    } else if (event->kind == EVENT_NOTICE_SENT) {
        unit_id = event->notice.unit_id;
        order = event->notice.assignment_id | NOTICE_BIT;
    } else if (event->kind == EVENT_NOTICE_STEP && event->notice_step.step == LADDER_RESENT) {
        unit_id = event->notice_step.unit_id;
        order = event->notice_step.assignment_id | NOTICE_BIT;
    }
    if (unit_id < sim->people->unit_count && !is_lost(sim)) {
        sim_later(sim, line_delay_us(sim), SIM_HEARS, unit_id, order);
    }
}

static uint32_t kept_since(const struct unit *unit, uint32_t first)
{
    const uint32_t seen = unit->fix_count - first;
    return seen < FIXES_KEPT ? seen : FIXES_KEPT;
}

/* What a process had written when it died is told by the next one. */
bool sim_people_was_at(const struct sim *sim, uint32_t unit_id, int64_t fix_ms,
                       struct geo_point place, uint32_t radius_m)
{
    const struct unit *unit = &sim->people->units[unit_id];
    const uint32_t kept = kept_since(unit, 0);
    for (uint32_t i = 0; i < kept; i++) {
        const struct fix *fix = &unit->fixes[(unit->fix_count - 1 - i) % FIXES_KEPT];
        if (fix->fix_ms == fix_ms && geo_distance_m(fix->at, place) <= radius_m) {
            return true;
        }
    }
    return false;
}

void sim_people_forget_fixes(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->people->unit_count; i++) {
        sim->people->units[i].fix_first = sim->people->units[i].fix_count;
    }
}

bool sim_people_position(const struct sim *sim, uint32_t unit_id, int64_t at_ms,
                         struct geo_point *at)
{
    const struct unit *unit = &sim->people->units[unit_id];
    if (stands_still(unit)) {
        *at = sim->people->definitions[unit_id].home;
        return true;
    }
    const uint32_t kept = kept_since(unit, unit->fix_first);
    for (uint32_t i = 0; i < kept; i++) {
        const struct fix *fix = &unit->fixes[(unit->fix_count - 1 - i) % FIXES_KEPT];
        if (fix->seen_ms > at_ms) {
            continue; /* came later */
        }
        /* In the same millisecond nobody knows which came first; nor at the edge of too old. */
        const int64_t trusted_ms = (int64_t)sim->config.policy.fix_age_ms[unit->kind] - 1000;
        *at = fix->at;
        return fix->seen_ms < at_ms && at_ms - fix->fix_ms < trusted_ms;
    }
    return false;
}

/* ---- Callers ---- */

static void call(struct sim *sim, struct geo_point at, enum incident_type type)
{
    struct request *request = request_new(sim, COMMAND_REPORT_CREATE, CALLER);
    struct report_create *report = &request->command.report;
    report->channel = (enum channel)sim_below(sim, CHANNEL_COUNT);
    report->type = type;
    report->priority = sim_below(sim, 5);
    report->at = at;
    report->occurred_ms = TIME_NEVER;
    report->received_ms = TIME_NEVER;
    report->drill = sim_chance(sim, 50);
    report->may_merge = !sim_chance(sim, 100);
    (void)snprintf(report->address, sizeof report->address, "%u Harbour Road", sim_below(sim, 300));
    (void)snprintf(report->caller, sizeof report->caller, "caller %u", sim_below(sim, 1000));
    (void)snprintf(report->note, sizeof report->note, "what was said: %u", sim_below(sim, 100000));
    ask(sim, request);
}

static void on_call(struct sim *sim)
{
    const int64_t mean_us = 24 * SIM_HOUR_US / sim->options.calls_per_day;
    sim_later(sim, sim_about_us(sim, mean_us), SIM_CALL, 0, 0);
    const enum incident_type type = (enum incident_type)sim_below(sim, INCIDENT_TYPE_COUNT);
    const struct geo_point at = sim_chance(sim, 400) ? sim->people->hot[sim_below(sim, HOT_PLACES)]
                                                     : point_of(some_m(sim), some_m(sim));
    const uint32_t callers = sim_chance(sim, 40) ? 6 : 1; /* many see the same */
    for (uint32_t i = 0; i < callers; i++) {
        call(sim, at, type);
    }
}

/* ---- Dispatchers ---- */

static uint32_t some_open(struct sim *sim)
{
    const uint32_t count = sim_record_open_count(sim);
    return count == 0 || sim_chance(sim, 20) ? sim_below(sim, 50)
                                             : sim_record_open(sim, sim_below(sim, count));
}

static uint32_t generation_of(struct sim *sim, uint32_t incident_id)
{
    const uint32_t generation = incident_id < sim_record_incident_count(sim)
                                    ? sim_record_incident(sim, incident_id)->generation
                                    : 0;
    return sim_chance(sim, 200) ? sim_below(sim, generation + 2) : generation;
}

static void order(struct sim *sim, uint32_t who, uint32_t incident_id)
{
    struct request *request = request_new(sim, COMMAND_INCIDENT_ORDER, who);
    struct incident_order *what = &request->command.order;
    what->incident_id = incident_id;
    what->generation = generation_of(sim, incident_id);
    what->unit_count = 1 + sim_below(sim, 2);
    for (uint32_t i = 0; i < what->unit_count; i++) {
        what->units[i].unit_id = sim_below(sim, sim->people->unit_count + 1);
        what->units[i].tier = (enum tier)sim_below(sim, TIER_COUNT);
    }
    ask(sim, request);
}

static void update(struct sim *sim, uint32_t who, uint32_t incident_id)
{
    struct request *request = request_new(sim, COMMAND_INCIDENT_UPDATE, who);
    struct incident_update *what = &request->command.update;
    what->incident_id = incident_id;
    what->generation = generation_of(sim, incident_id);
    what->has_place = sim_chance(sim, 500);
    what->has_priority = sim_chance(sim, 500);
    what->has_type = sim_chance(sim, 200);
    what->at = point_of(some_m(sim), some_m(sim));
    what->priority = 1 + sim_below(sim, 4);
    what->type = (enum incident_type)sim_below(sim, INCIDENT_TYPE_COUNT);
    (void)snprintf(what->address, sizeof what->address, "%u Quay", sim_below(sim, 300));
    ask(sim, request);
}

static void close_incident(struct sim *sim, uint32_t who, uint32_t incident_id, bool clear_all)
{
    struct request *request = request_new(sim, COMMAND_INCIDENT_CLOSE, who);
    request->command.close.incident_id = incident_id;
    request->command.close.reason = REASON_RESOLVED;
    request->command.close.clear_all = clear_all;
    ask(sim, request);
}

static void on_behalf(struct sim *sim, uint32_t who, uint32_t assignment_id)
{
    struct request *request = request_new(sim, COMMAND_ASSIGNMENT_UPDATE, who);
    request->command.assignment.assignment_id = assignment_id;
    request->command.assignment.unit_id =
        sim_chance(sim, 50) ? sim_below(sim, sim->people->unit_count) : UNIT_NONE;
    request->command.assignment.state =
        (enum assignment_state)(1 + sim_below(sim, ASSIGNMENT_DECLINED));
    request->command.assignment.reason = REASON_DISPATCHER;
    request->command.assignment.device_ms = TIME_NEVER;
    ask(sim, request);
}

static uint32_t some_order(struct sim *sim)
{
    for (uint32_t i = 0; i < 8; i++) {
        const uint32_t order = sim_record_active(sim, sim_below(sim, sim->people->unit_count));
        if (order != 0) {
            return order;
        }
    }
    return 1 + sim_below(sim, 100);
}

static void acknowledge_alarm(struct sim *sim, uint32_t who, uint32_t alarm_id)
{
    struct request *request = request_new(sim, COMMAND_ALARM_ACK, who);
    request->command.alarm.alarm_id = alarm_id;
    ask(sim, request);
}

/* A call for help is heard by somebody, and ended by a supervisor when the unit is safe. */
static void answer_panics(struct sim *sim, uint32_t who)
{
    for (uint32_t unit_id = 0; unit_id < sim->people->unit_count; unit_id++) {
        const uint32_t incident_id = sim_record_panic(sim, unit_id);
        if (incident_id == 0 || !sim_chance(sim, 150)) {
            continue;
        }
        const uint32_t alarm_id = sim_record_incident(sim, incident_id)->panic_alarm;
        if (alarm_id != 0) {
            acknowledge_alarm(sim, who, alarm_id);
            continue;
        }
        struct request *request = request_new(sim, COMMAND_PANIC_CLOSE, who);
        request->command.panic_close.unit_id = unit_id;
        request->command.panic_close.reason = REASON_RESOLVED;
        ask(sim, request);
    }
}

/* ---- Centres ---- */

static void refer(struct sim *sim, uint32_t who, uint32_t incident_id)
{
    struct request *request = request_new(sim, COMMAND_INCIDENT_REFER, who);
    request->command.refer.incident_id = incident_id;
    request->command.refer.generation = generation_of(sim, incident_id);
    request->command.refer.centre = sim_below(sim, SIM_CENTRES);
    (void)snprintf(request->command.refer.note, NOTE_SIZE, "please see to it");
    ask(sim, request);
}

static void say_referral(struct sim *sim, uint32_t who, uint32_t referral_id,
                         enum referral_state state)
{
    struct request *request = request_new(sim, COMMAND_REFERRAL_UPDATE, who);
    request->command.referral.referral_id = referral_id;
    request->command.referral.version = sim_referrals_get(sim, referral_id)->version;
    request->command.referral.state = state;
    request->command.referral.reason = REASON_NOT_COMPETENT;
    (void)snprintf(request->command.referral.note, NOTE_SIZE, "what came of it");
    if (state == REFERRAL_LENT) {
        (void)snprintf(request->command.referral.units, ADDRESS_SIZE, "two cars");
    }
    if (sim_chance(sim, 500)) { /* by its own system, which may not say everything */
        request->command.actor.source = SOURCE_API;
        (void)snprintf(request->command.actor.id, ACTOR_SIZE, "centre");
    }
    ask(sim, request);
}

/* What a centre does next. */
static enum referral_state next_of(struct sim *sim, const struct sim_referral *referral)
{
    if (referral->kind == CENTRE_COMMUNITY) {
        return referral->state == REFERRAL_SENT && sim_chance(sim, 700) ? REFERRAL_RECEIVED
               : sim_chance(sim, 300)                                   ? REFERRAL_RETURNED
                                                                        : REFERRAL_FEEDBACK;
    }
    if (referral->state == REFERRAL_SENT) {
        return sim_chance(sim, 300) ? REFERRAL_REFUSED : REFERRAL_LENT;
    }
    return referral->state == REFERRAL_LENT ? REFERRAL_ARRIVED : REFERRAL_GIVEN_BACK;
}

static void centres_answer(struct sim *sim, uint32_t who)
{
    for (uint32_t i = 0; i < sim_referrals_open_count(sim) && i < 16; i++) {
        if (sim_chance(sim, sim->is_quiet ? 400 : 100)) {
            const uint32_t id = sim_referrals_open(sim, i);
            say_referral(sim, who, id, next_of(sim, sim_referrals_get(sim, id)));
        }
    }
}

static void contradict_centre(struct sim *sim, uint32_t who)
{
    const uint32_t count = sim_referrals_open_count(sim);
    if (count > 0) {
        say_referral(sim, who, sim_referrals_open(sim, sim_below(sim, count)),
                     (enum referral_state)(1 + sim_below(sim, REFERRAL_STATE_COUNT - 1)));
    }
}

/* What must be done by somebody: closing what is over. */
static void tidy_up(struct sim *sim, uint32_t who)
{
    answer_panics(sim, who);
    centres_answer(sim, who);
    const int64_t now_ms = sim_process_clock_ms(sim);
    uint32_t closed = 0;
    for (uint32_t i = 0; i < sim_record_open_count(sim) && closed < 4; i++) {
        const uint32_t incident_id = sim_record_open(sim, i);
        const struct sim_incident *incident = sim_record_incident(sim, incident_id);
        const bool is_over = incident->state == INCIDENT_FEEDBACK_DUE;
        const int64_t age_ms = now_ms - (is_over ? incident->state_ms : incident->opened_ms);
        if (age_ms > (is_over ? 120000 : 90 * 60000)) {
            close_incident(sim, who, incident_id, true);
            closed++;
        }
    }
}

static void shelve(struct sim *sim, uint32_t who)
{
    struct request *request = request_new(sim, COMMAND_ALARM_SHELVE, who);
    request->command.alarm.alarm_id = sim_record_alarm(sim, sim_below(sim, 64));
    request->command.alarm.reason = REASON_CAN_WAIT;
    request->command.alarm.until_ms = sim_process_clock_ms(sim) + 1 + sim_below(sim, 300000);
    ask(sim, request);
}

/* Somebody thinks better of a plan: whom it names, and for what. */
static void put_plan(struct sim *sim, uint32_t who)
{
    const uint32_t number = sim_below(sim, SIM_PLANS);
    struct circle_plan *plan = &sim->people->plans[number];
    *plan = (struct circle_plan){
        .circle = sim_below(sim, SIM_CIRCLES),
        .types = sim_chance(sim, 500) ? (1u << INCIDENT_TYPE_COUNT) - 1u
                                      : 1 + sim_below(sim, (1u << INCIDENT_TYPE_COUNT) - 1u),
        .priorities = 1 + sim_below(sim, 15)};
    (void)snprintf(plan->code, sizeof plan->code, "E%u", number);
    for (uint32_t i = 0; i < 6; i++) {
        const uint32_t tier = sim_below(sim, TIER_COUNT);
        const uint32_t unit_id = sim_below(sim, sim->people->unit_count);
        bool is_new = true;
        for (uint32_t k = 0; k < plan->unit_counts[tier]; k++) {
            is_new = is_new && plan->units[tier][k] != unit_id;
        }
        if (is_new && !sim_chance(sim, 200)) {
            plan->units[tier][plan->unit_counts[tier]++] = unit_id;
        }
    }
    struct request *request = request_new(sim, COMMAND_ROSTER_PUT, who);
    request->command.roster = (struct roster){.plans = plan, .plan_count = 1};
    ask(sim, request);
}

static void put_checkpoint(struct sim *sim, uint32_t who, uint32_t index)
{
    sim->people->checkpoints[index] = sim_patrol_another(sim, index);
    struct request *request = request_new(sim, COMMAND_ROSTER_PUT, who);
    request->command.roster =
        (struct roster){.checkpoints = &sim->people->checkpoints[index], .checkpoint_count = 1};
    ask(sim, request);
}

static void contradict(struct sim *sim, uint32_t who)
{
    const uint32_t incident_id = some_open(sim);
    const uint32_t what = sim_below(sim, 100);
    struct request *request = NULL;
    if (what < 25) {
        order(sim, who, incident_id);
    } else if (what < 40) {
        request = request_new(sim, COMMAND_ASSIGNMENT_RECALL, who);
        request->command.recall.assignment_id = some_order(sim);
        request->command.recall.reason = REASON_DISPATCHER;
        ask(sim, request);
    } else if (what < 43) {
        request = request_new(sim, COMMAND_INCIDENT_CANCEL, who);
        request->command.cancel.incident_id = incident_id;
        request->command.cancel.reason = REASON_FALSE_REPORT;
        ask(sim, request);
    } else if (what < 48) {
        close_incident(sim, who, incident_id, sim_chance(sim, 300));
    } else if (what < 60) {
        update(sim, who, incident_id);
    } else if (what < 64) {
        request = request_new(sim, COMMAND_INCIDENT_WARN, who);
        request->command.warn.incident_id = incident_id;
        request->command.warn.level = (enum warn_level)sim_below(sim, WARN_LEVEL_COUNT);
        (void)snprintf(request->command.warn.text, NOTE_SIZE, "danger %u", what);
        ask(sim, request);
    } else if (what < 68) {
        request = request_new(sim, COMMAND_INCIDENT_NOTE, who);
        request->command.note.incident_id = incident_id;
        (void)snprintf(request->command.note.note, NOTE_SIZE, "note %u", what);
        ask(sim, request);
    } else if (what < 76) {
        request = request_new(sim, COMMAND_INCIDENT_RECOMMEND, who);
        request->command.recommend.incident_id = incident_id;
        ask(sim, request);
    } else if (what < 82) {
        acknowledge_alarm(sim, who, sim_record_alarm(sim, sim_below(sim, 64)));
    } else if (what < 86) {
        shelve(sim, who);
    } else if (what < 88) {
        request = request_new(sim, COMMAND_ASSIGNMENT_SUPPORT, who);
        request->command.support.assignment_id = some_order(sim);
        request->command.support.unit_id = UNIT_NONE;
        ask(sim, request);
    } else if (what < 92) {
        refer(sim, who, incident_id);
    } else if (what < 93) {
        contradict_centre(sim, who);
    } else if (what < 94) {
        put_plan(sim, who);
    } else if (what < 95) {
        sign_checkpoint(sim, who, sim_below(sim, sim->people->unit_count + 1));
    } else if (what < 96 && sim_chance(sim, 100)) {
        put_checkpoint(sim, who, sim_below(sim, SIM_CHECKPOINTS));
    } else {
        on_behalf(sim, who, some_order(sim));
    }
}

static void on_desk(struct sim *sim, uint32_t number)
{
    sim_later(sim, sim_about_us(sim, 90 * SIM_SECOND_US), SIM_DESK, number, 0);
    if (!sim_process_is_up(sim)) {
        return;
    }
    tidy_up(sim, DISPATCHER + number);
    const uint32_t checkpoints = sim_patrol_count(sim);
    if (checkpoints >= SIM_PLACES && checkpoints < SIM_CHECKPOINTS) { /* routes come after places */
        put_checkpoint(sim, DISPATCHER + number, checkpoints);
    }
    if (!sim->is_quiet) {
        contradict(sim, DISPATCHER + number);
    }
}

/* ---- Begin and end ---- */

void sim_people_begin(struct sim *sim)
{
    struct sim_people *people = sim->people;
    struct request *request = request_new(sim, COMMAND_ROSTER_PUT, CALLER);
    static const uint32_t ring_sizes[] = {4};
    sim_patrol_roster(sim, people->checkpoints);
    request->command.roster = (struct roster){.areas = people->areas,
                                              .area_count = SIM_AREAS_MAX,
                                              .points = people->corners,
                                              .ring_sizes = ring_sizes,
                                              .circles = people->circles,
                                              .circle_count = SIM_CIRCLES,
                                              .units = people->definitions,
                                              .unit_count = people->unit_count,
                                              .centres = people->centres,
                                              .centre_count = SIM_CENTRES,
                                              .checkpoints = people->checkpoints,
                                              .checkpoint_count = SIM_PLACES};
    ask(sim, request);
    for (uint32_t i = 0; i < people->unit_count; i++) {
        sim_later(sim, sim_about_us(sim, 10 * SIM_SECOND_US), SIM_FIX, i, 0);
        sim_later(sim, sim_about_us(sim, 30 * SIM_SECOND_US), SIM_DUTY, i, DUTY_ON);
        sim_later(sim, sim_about_us(sim, 3 * SIM_HOUR_US), SIM_LINK, i, 0);
    }
    for (uint32_t i = 0; i < SIM_DISPATCHERS; i++) {
        sim_later(sim, sim_about_us(sim, SIM_MINUTE_US), SIM_DESK, i, 0);
    }
    sim_later(sim, SIM_MINUTE_US, SIM_CALL, 0, 0);
}

void sim_people_calm(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->people->unit_count; i++) {
        sim->people->units[i].has_link = true;
        ask_duty(sim, i, DUTY_ON);
    }
}

static void on_answer(struct sim *sim, struct request *request)
{
    end_request(sim, request);
    if (request->who < CALLER && request->command.kind == COMMAND_ASSIGNMENT_UPDATE &&
        request->answer.outcome == API_REFUSED) {
        struct unit *unit = &sim->people->units[request->who];
        if (unit->order == request->command.assignment.assignment_id) {
            unit->order = 0; /* the next heartbeat says what is to be done */
        }
    }
}

void sim_people_happen(struct sim *sim, const struct sim_entry *entry)
{
    struct request *request = &sim->people->requests[entry->a % REQUESTS_MAX];
    if (entry->happening == SIM_ARRIVES) {
        on_arrival(sim, request);
        release(request);
    } else if (entry->happening == SIM_ANSWERS) {
        on_answer(sim, request);
        release(request);
    } else if (entry->happening == SIM_RETRY) {
        on_retry(sim, request);
        release(request);
    } else if (entry->happening == SIM_CALL) {
        on_call(sim);
    } else if (entry->happening == SIM_FIX) {
        on_fix(sim, entry->a);
    } else if (entry->happening == SIM_HEARS) {
        on_hearing(sim, entry->a, entry->b);
    } else if (entry->happening == SIM_ACTS) {
        on_act(sim, entry->a, entry->b);
    } else if (entry->happening == SIM_LINK) {
        on_link(sim, entry->a);
    } else if (entry->happening == SIM_DUTY) {
        on_duty(sim, entry->a, entry->b);
    } else {
        assert(entry->happening == SIM_DESK);
        on_desk(sim, entry->a);
    }
}
