/* fanout under random interleavings: commands, a lagging disk, clients that come, go, stall and
 * come back. The oracle is a client that asks for a fresh snapshot at the end. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/prng.h"
#include "engine/net/fanout.h"
#include "tests/support/api_given.h"

#define CLIENTS 14u
#define UNITS   10u
#define STEPS   1500u

static struct given given;
static struct prng prng;
static struct given_client clients[CLIENTS];
static const char *users[CLIENTS];
static bool connected[CLIENTS];
static uint32_t units[UNITS];

static uint32_t below(uint32_t limit)
{
    return prng_below(&prng, limit);
}

static int32_t anywhere(void)
{
    return (int32_t)below(8000) - 4000;
}

/* ---- The city goes on ---- */

static uint32_t some_incident(void)
{
    struct incident_view view = {.incident_id = 0};
    uint32_t ids[64];
    uint32_t count = 0;
    while (count < 64 && engine_incident_next(given.world.engine, view.incident_id, &view)) {
        ids[count++] = view.incident_id;
    }
    return count == 0 ? 1 : ids[below(count)];
}

static void order(uint32_t incident_id)
{
    struct incident_view view;
    if (engine_incident(given.world.engine, incident_id, &view)) {
        world_order(&given.world, incident_id, view.generation, units[below(UNITS)],
                    (enum tier)below(TIER_COUNT));
    }
}

static void move(uint32_t incident_id)
{
    struct incident_view view;
    if (!engine_incident(given.world.engine, incident_id, &view)) {
        return;
    }
    struct command command = {.kind = COMMAND_INCIDENT_UPDATE,
                              .update = {.incident_id = incident_id,
                                         .generation = view.generation,
                                         .has_place = true,
                                         .at = world_at(anywhere(), 0),
                                         .address = "moved"}};
    world_step(&given.world, &command);
}

static void note(uint32_t incident_id)
{
    struct command command = {.kind = COMMAND_INCIDENT_NOTE,
                              .note = {.incident_id = incident_id, .note = "a note"}};
    world_step(&given.world, &command);
}

static void say_something(void)
{
    const uint32_t assignment_id = world_active(&given.world, units[below(UNITS)]);
    if (assignment_id != 0) {
        static const enum assignment_state states[] = {
            ASSIGNMENT_DELIVERED, ASSIGNMENT_ACKNOWLEDGED, ASSIGNMENT_EN_ROUTE,
            ASSIGNMENT_ON_SCENE,  ASSIGNMENT_CLEARED,      ASSIGNMENT_DECLINED};
        world_says(&given.world, assignment_id, states[below(6)]);
    }
}

static void recall(void)
{
    const uint32_t assignment_id = world_active(&given.world, units[below(UNITS)]);
    if (assignment_id != 0) {
        world_recall(&given.world, assignment_id);
    }
}

static void city_step(void)
{
    event_list_clear(&given.world.out);
    given.world.actor = (struct actor){.id = "li", .source = SOURCE_DISPATCHER};
    switch (below(12)) {
    case 0:
    case 1:
        world_report(&given.world, (enum incident_type)below(INCIDENT_TYPE_COUNT), 1 + below(4),
                     anywhere(), 0);
        break;
    case 2:
    case 3:
    case 4:
        say_something();
        break;
    case 5:
        order(some_incident());
        break;
    case 6:
        move(some_incident());
        break;
    case 7:
        note(some_incident());
        break;
    case 8:
        recall();
        break;
    case 9:
        world_close(&given.world, some_incident(), true);
        break;
    case 10:
        world_cancel(&given.world, some_incident());
        break;
    default:
        world_duty(&given.world, units[below(UNITS)], (enum duty)below(DUTY_COUNT));
        break;
    }
    given_take(&given);
    for (uint32_t i = 0; i < UNITS; i++) {
        world_fix(&given.world, units[i], anywhere(), 0);
    }
}

/* ---- Clients come and go ---- */

static void come(uint32_t i)
{
    struct given_client *client = &clients[i];
    client->session_id = given_login(&given, users[i]);
    connected[i] = true;
    if (client->has_state && below(3) > 0) {
        given_sub_since(&given, client->session_id, client->stream, client->upto);
    } else {
        client->has_state = false;
        given_sub(&given, client->session_id, client->stream);
    }
}

static void go(uint32_t i)
{
    given_client_read(&clients[i], &given);
    fake_net_drop(given.net, clients[i].session_id);
    connected[i] = false;
    clients[i].in_snapshot = false; /* a half one is forgotten */
}

static void client_step(void)
{
    const uint32_t i = below(CLIENTS);
    if (!connected[i]) {
        come(i);
        return;
    }
    switch (below(4)) {
    case 0:
        go(i);
        break;
    case 1:
        fake_net_session(given.net, clients[i].session_id)->queued = FANOUT_QUEUED_BYTES + 1;
        break;
    case 2:
        fake_net_session(given.net, clients[i].session_id)->queued = 0;
        break;
    default:
        given_sub(&given, clients[i].session_id, clients[i].stream); /* once more, from scratch */
        break;
    }
}

static void one_step(void)
{
    const uint32_t what = below(10);
    if (what < 4) {
        city_step();
    } else if (what < 7) {
        given_durable_but(&given, below(3) == 0 ? below(12) : 0);
    } else if (what < 9) {
        given_run(&given, below(20) == 0 ? 600000 : below(400));
    } else {
        client_step();
    }
}

/* ---- The same city for a client that was never here before ---- */

static void expect_as_fresh(uint32_t i, uint64_t seed)
{
    struct given_client fresh;
    given_client_init(&fresh, given_login(&given, users[i]), clients[i].stream);
    given_sub(&given, fresh.session_id, fresh.stream);
    given_pass(&given, 200);
    given_client_read(&fresh, &given);
    given_client_read(&clients[i], &given);
    const int equal = json_equal(fresh.state, clients[i].state);
    if (equal != 1) {
        char *is = json_dumps(clients[i].state, JSON_INDENT(1) | JSON_SORT_KEYS);
        char *should = json_dumps(fresh.state, JSON_INDENT(1) | JSON_SORT_KEYS);
        fprintf(stderr, "%s knows\n%s\nand should know\n%s\n", users[i], is, should);
        free(is);
        free(should);
    }
    cr_expect(equal == 1, "seed %llu: %s differs from a fresh one", (unsigned long long)seed,
              users[i]);
    cr_expect(clients[i].holes == 0, "seed %llu: %s saw %u holes", (unsigned long long)seed,
              users[i], clients[i].holes);
    if (strcmp(clients[i].stream, "city") == 0) {
        cr_expect(eq(u64, clients[i].upto, engine_seq(given.world.engine)));
    }
    fake_net_drop(given.net, fresh.session_id);
    given_client_finish(&fresh);
}

static void begin(uint32_t resume_bytes)
{
    static char names[UNITS][16];
    static const char *const consoles[] = {"li", "west", "east", "alarm"};
    given_init(&given);
    given.config.resume_bytes = resume_bytes;
    given_begin(&given);
    given_districts(&given);
    given_user(&given, "li", ROLE_DISPATCHER, SCOPE_CITY, UNIT_NONE);
    given_user(&given, "west", ROLE_DISPATCHER, given_scope("A"), UNIT_NONE);
    given_user(&given, "east", ROLE_SUPERVISOR, given_scope("B"), UNIT_NONE);
    given_user(&given, "alarm", ROLE_API, SCOPE_CITY, UNIT_NONE);
    for (uint32_t i = 0; i < UNITS; i++) {
        units[i] = given_unit(&given, i < 3 ? UNIT_VOLUNTEER : UNIT_CAR, anywhere(), 0,
                              i % 2 == 0 ? 'A' : 'B');
        snprintf(names[i], sizeof names[i], "phone%u", i);
        given_user(&given, names[i], ROLE_UNIT, SCOPE_CITY, units[i]);
    }
    for (uint32_t i = 0; i < CLIENTS; i++) {
        users[i] = i < 8 ? consoles[i % 4] : names[i - 8];
        given_client_init(&clients[i], 0, i < 8 ? "city" : "orders");
        connected[i] = false;
        come(i);
    }
}

static void live(uint64_t seed, uint32_t resume_bytes, uint64_t *resumed)
{
    prng.state = seed;
    begin(resume_bytes);
    for (uint32_t step = 0; step < STEPS; step++) {
        one_step();
        for (uint32_t i = 0; i < CLIENTS && step % 16 == 0; i++) {
            given_client_read(&clients[i], &given);
        }
    }
    for (uint32_t i = 0; i < CLIENTS; i++) {
        if (!connected[i]) {
            come(i);
        }
        fake_net_session(given.net, clients[i].session_id)->queued = 0;
    }
    given_durable(&given);
    given_pass(&given, 500);
    for (uint32_t i = 0; i < CLIENTS; i++) {
        expect_as_fresh(i, seed);
        given_client_finish(&clients[i]);
    }
    const struct api_counters *counters = api_counters(given.api);
    printf("seed %llu: %llu events, %llu resumed, %llu snapshots\n", (unsigned long long)seed,
           (unsigned long long)engine_seq(given.world.engine),
           (unsigned long long)counters->resumed, (unsigned long long)counters->snapshots);
    cr_expect(lt(u64, 0, counters->snapshots));
    *resumed += counters->resumed;
    given_end(&given);
}

Test(fanout_random, nobody_misses_or_hears_twice_whatever_happens, .timeout = 240)
{
    uint64_t resumed = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        live(seed, 1u << 20, &resumed);
    }
    cr_expect(lt(u64, 20, resumed)); /* it was tried */
}

Test(fanout_random, nor_with_a_ring_that_is_always_too_small, .timeout = 240)
{
    uint64_t resumed = 0;
    for (uint64_t seed = 11; seed <= 13; seed++) {
        live(seed, 16384, &resumed);
    }
}
