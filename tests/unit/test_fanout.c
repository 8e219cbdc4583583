/* fanout: who hears what, in which order, without a hole and without a word too much. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/net/fanout.h"
#include "proto/proto_positions.h"
#include "tests/support/api_given.h"

static struct given given;

static void begin(void)
{
    given_begin(&given);
    given_districts(&given);
    given_user(&given, "li", ROLE_DISPATCHER, SCOPE_CITY, UNIT_NONE);
    given_user(&given, "wang", ROLE_SUPERVISOR, SCOPE_CITY, UNIT_NONE);
    given_user(&given, "west", ROLE_DISPATCHER, given_scope("A"), UNIT_NONE);
    given_user(&given, "east", ROLE_DISPATCHER, given_scope("B"), UNIT_NONE);
    given_user(&given, "alarm", ROLE_API, SCOPE_CITY, UNIT_NONE);
    given_user(&given, "root", ROLE_ADMINISTRATOR, SCOPE_CITY, UNIT_NONE);
    given_durable(&given);
}

static void set_up(void)
{
    given_init(&given);
    given.world.config.gap_ms = 2000;
    begin();
}

static void tear_down(void)
{
    given_end(&given);
}

TestSuite(fanout, .init = set_up, .fini = tear_down, .timeout = 60);

static const char *unit_user(uint32_t unit_id)
{
    static char name[32];
    snprintf(name, sizeof name, "phone%u", unit_id);
    for (uint32_t i = 0; i < given.token_count; i++) {
        if (strcmp(given.tokens[i].token, name) == 0) {
            return name;
        }
    }
    given_user(&given, name, ROLE_UNIT, SCOPE_CITY, unit_id);
    return name;
}

static struct given_client console(const char *user)
{
    struct given_client client;
    given_client_init(&client, given_login(&given, user), "city");
    given_sub(&given, client.session_id, "city");
    return client;
}

static struct given_client phone(uint32_t unit_id)
{
    struct given_client client;
    given_client_init(&client, given_login(&given, unit_user(unit_id)), "orders");
    given_sub(&given, client.session_id, "orders");
    return client;
}

static struct step_result report(int32_t east_m)
{
    const struct step_result result = world_report(&given.world, INCIDENT_HELP, 2, east_m, 0);
    given_take(&given);
    return result;
}

static bool was_told(uint64_t session_id, const char *words)
{
    for (size_t i = 0; i < fake_net_frame_count(given.net); i++) {
        const struct fake_frame *frame = fake_net_frame(given.net, i);
        if (frame->session_id == session_id && !frame->binary &&
            strstr(frame->bytes, words) != NULL) {
            return true;
        }
    }
    return false;
}

/* The place in the order of all frames of the first that has these words; SIZE_MAX: none. */
static size_t place_of(uint64_t session_id, const char *words)
{
    for (size_t i = 0; i < fake_net_frame_count(given.net); i++) {
        const struct fake_frame *frame = fake_net_frame(given.net, i);
        if (frame->session_id == session_id && strstr(frame->bytes, words) != NULL) {
            return i;
        }
    }
    return SIZE_MAX;
}

static void settle(void)
{
    given_durable(&given);
    given_pass(&given, 200);
}

/* ---- Order and sharing ---- */

Test(fanout, an_addressed_unit_hears_before_any_console_and_at_once)
{
    const uint32_t unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    given_durable(&given);
    struct given_client li = console("li");
    struct given_client unit = phone(unit_id);
    given_pass(&given, 100);
    report(0);
    cr_expect(not(was_told(unit.session_id, "assignment.sent")));
    given_durable(&given); /* no tick: at once */
    const size_t to_unit = place_of(unit.session_id, "assignment.sent");
    cr_assert(ne(sz, to_unit, SIZE_MAX));
    given_pass(&given, 50);
    const size_t to_console = place_of(li.session_id, "assignment.sent");
    cr_assert(ne(sz, to_console, SIZE_MAX));
    cr_expect(lt(sz, to_unit, to_console));
    given_client_finish(&li);
    given_client_finish(&unit);
}

Test(fanout, consoles_get_one_frame_in_fifty_milliseconds)
{
    struct given_client li = console("li");
    given_client_read(&li, &given);
    const int64_t start_ms = given.world.now_ms;
    while (given.world.now_ms < start_ms + 1000) {
        report((int32_t)(given.world.now_ms % 7) * 300);
        given_durable(&given);
        given_pass(&given, 5);
    }
    given_pass(&given, 50);
    given_client_read(&li, &given);
    cr_expect(le(u32, li.frames, 21));
    cr_expect(ge(u32, li.frames, 19));
    cr_expect(eq(u32, li.holes, 0));
    given_client_finish(&li);
}

Test(fanout, a_frame_is_made_once_for_all_who_may_see_the_same)
{
    struct given_client clients[] = {console("li"),   console("wang"), console("li"),
                                     console("west"), console("west"), console("alarm"),
                                     console("alarm")};
    settle();
    const uint64_t before = api_counters(given.api)->frames_encoded;
    report(-100);
    settle();
    uint64_t made[7];
    for (unsigned i = 0; i < 7; i++) {
        made[i] = fake_net_last(given.net, clients[i].session_id)->made;
        given_client_finish(&clients[i]);
    }
    cr_expect(eq(u64, api_counters(given.api)->frames_encoded - before, 3));
    cr_expect(eq(u64, made[0], made[1]));
    cr_expect(eq(u64, made[0], made[2]));
    cr_expect(eq(u64, made[3], made[4]));
    cr_expect(eq(u64, made[5], made[6]));
    cr_expect(ne(u64, made[0], made[3]));
    cr_expect(ne(u64, made[0], made[5]));
}

Test(fanout, what_is_too_much_for_a_frame_goes_out_in_several)
{
    for (unsigned i = 0; i < 10; i++) {
        given_unit(&given, UNIT_CAR, (int32_t)i * 300 - 900, 0, 'A');
    }
    settle();
    struct given_client li = console("li");
    given_client_read(&li, &given);
    for (int32_t i = 0; i < 50; i++) {
        report(i * 150 - 3800);
    }
    const uint32_t events = given.log.count - given.published;
    settle();
    given_client_read(&li, &given);
    cr_expect(ge(u32, li.frames, 3));
    cr_expect(eq(u32, li.events, events));
    cr_expect(eq(u64, li.upto, engine_seq(given.world.engine)));
    cr_expect(eq(u32, li.holes, 0));
    for (size_t i = 0; i < fake_net_frame_count(given.net); i++) {
        cr_expect(le(sz, fake_net_frame(given.net, i)->size, 49152));
    }
    given_client_finish(&li);
}

/* ---- Rights ---- */

Test(fanout, streams_are_for_the_roles_that_have_them)
{
    static const struct {
        const char *user, *stream;
        bool may;
    } table[] = {{"li", "city", true},       {"li", "orders", false},   {"li", "units", true},
                 {"alarm", "city", true},    {"alarm", "units", true},  {"alarm", "orders", false},
                 {"root", "city", false},    {"root", "units", false},  {"phone0", "city", false},
                 {"phone0", "units", false}, {"phone0", "orders", true}};
    unit_user(given_unit(&given, UNIT_CAR, 0, 0, 'A'));
    given_durable(&given);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const uint64_t id = given_login(&given, table[i].user);
        given_sub(&given, id, table[i].stream);
        cr_expect(was_told(id, "\"forbidden\"") != table[i].may, "%s %s", table[i].user,
                  table[i].stream);
    }
}

Test(fanout, a_scope_hears_of_its_own_districts_only)
{
    const uint32_t in_west = given_unit(&given, UNIT_CAR, -1000, 0, 'A');
    given_unit(&given, UNIT_CAR, 1000, 0, 'B');
    settle();
    struct given_client west = console("west");
    struct given_client east = console("east");
    struct given_client li = console("li");
    report(-1000);
    settle();
    cr_expect(was_told(west.session_id, "incident.opened"));
    cr_expect(was_told(li.session_id, "incident.opened"));
    cr_expect(not(was_told(east.session_id, "incident.opened")));
    cr_expect(not(was_told(east.session_id, "report.received")));
    cr_expect(not(was_told(east.session_id, "decision.made")));
    cr_expect(not(was_told(east.session_id, "Chen")));
    cr_expect(not(was_told(east.session_id, "unit 0"))); /* nor in its snapshot */
    cr_expect(was_told(west.session_id, "unit 0"));
    given_client_read(&east, &given);
    cr_expect(eq(u64, east.upto, engine_seq(given.world.engine))); /* and yet sees no gap */
    cr_expect(eq(u32, east.holes, 0));
    cr_expect(ne(u32, world_active(&given.world, in_west), 0));
    given_client_finish(&west);
    given_client_finish(&east);
    given_client_finish(&li);
}

Test(fanout, the_alarm_of_a_gap_is_heard_and_found_by_its_circles_district_only)
{
    struct world *world = &given.world;
    struct command tick = {.kind = COMMAND_TICK};
    world_circle(world, -1000, 0, 300);
    given_take(&given);
    settle();
    struct given_client west = console("west");
    struct given_client east = console("east");
    for (uint32_t i = 0; i < 5; i++) { /* nobody is on duty */
        world->now_ms += 1000;
        engine_coverage_refresh(world->engine, world->now_ms);
        (void)world_step(world, &tick);
        given_take(&given);
    }
    settle();
    cr_expect(was_told(west.session_id, "\"coverage_gap\""));
    cr_expect(not(was_told(east.session_id, "\"coverage_gap\"")));
    struct given_client west_late = console("west");
    struct given_client east_late = console("east");
    settle();
    cr_expect(was_told(west_late.session_id, "\"coverage_gap\""));
    cr_expect(not(was_told(east_late.session_id, "\"coverage_gap\"")));
    given_client_finish(&west);
    given_client_finish(&east);
    given_client_finish(&west_late);
    given_client_finish(&east_late);
}

Test(fanout, an_api_client_never_sees_caller_or_phone)
{
    report(0);
    given_durable(&given);
    struct given_client before = console("alarm");
    report(3000);
    settle();
    struct given_client after = console("alarm");
    struct given_client li = console("li");
    settle();
    cr_expect(was_told(li.session_id, "13800000000"));
    cr_expect(was_told(before.session_id, "incident.opened"));
    cr_expect(not(was_told(before.session_id, "13800000000")));
    cr_expect(not(was_told(before.session_id, "Chen")));
    cr_expect(not(was_told(after.session_id, "13800000000")));
    cr_expect(not(was_told(after.session_id, "Chen")));
    given_client_finish(&before);
    given_client_finish(&after);
    given_client_finish(&li);
}

Test(fanout, an_audit_goes_into_no_stream)
{
    struct given_client li = console("li");
    struct command audit = {.kind = COMMAND_AUDIT, .audit = {.text = "user.create x"}};
    world_step(&given.world, &audit);
    given_take(&given);
    settle();
    given_client_read(&li, &given);
    cr_expect(not(was_told(li.session_id, "user.create")));
    cr_expect(eq(u64, li.upto, engine_seq(given.world.engine)));
    given_client_finish(&li);
}

Test(fanout, an_incident_that_moves_into_a_scope_comes_with_all_that_belongs_to_it)
{
    given_unit(&given, UNIT_CAR, -1000, 0, 'A');
    settle();
    struct given_client west = console("west");
    struct given_client east = console("east");
    const uint32_t id = report(-1000).incident_id;
    settle();
    struct command move = {.kind = COMMAND_INCIDENT_UPDATE,
                           .update = {.incident_id = id,
                                      .generation = world_incident(&given.world, id).generation,
                                      .has_place = true,
                                      .at = world_at(1000, 0),
                                      .address = "the other bank"}};
    world_step(&given.world, &move);
    given_take(&given);
    settle();
    given_client_read(&west, &given);
    given_client_read(&east, &given);
    cr_expect(eq(u32, east.snapshots, 2));
    cr_expect(given_same(json_string_value(json_object_get(east.state, "incident 1 address")),
                         "the other bank"));
    cr_expect(
        given_same(json_string_value(json_object_get(east.state, "assignment 1 unit")), "U0"));
    cr_expect(eq(ptr, json_object_get(west.state, "incident 1 address"), NULL));
    cr_expect(eq(u32, east.holes + west.holes, 0));
    given_client_finish(&west);
    given_client_finish(&east);
}

/* ---- Volunteers ---- */

Test(fanout, a_volunteer_sees_the_place_when_it_has_acknowledged)
{
    const uint32_t unit_id = given_unit(&given, UNIT_VOLUNTEER, -100, 0, 'A');
    settle();
    struct given_client unit = phone(unit_id);
    const uint32_t incident = report(-123).incident_id;
    uint32_t assignment = world_active(&given.world, unit_id);
    if (assignment == 0) { /* the policy does not ask volunteers by itself */
        const struct incident_view view = world_incident(&given.world, incident);
        world_order(&given.world, incident, view.generation, unit_id, TIER_1);
        given_take(&given);
        assignment = world_active(&given.world, unit_id);
    }
    cr_assert(ne(u32, assignment, 0));
    settle();
    cr_expect(was_told(unit.session_id, "assignment.sent"));
    cr_expect(was_told(unit.session_id, "\"lon\":0.999,"));
    cr_expect(not(was_told(unit.session_id, "0.99889"))); /* 1 - 123 m x 90e-7 */
    cr_expect(not(was_told(unit.session_id, "Harbour")));
    cr_expect(not(was_told(unit.session_id, "shouting")));

    world_says(&given.world, assignment, ASSIGNMENT_ACKNOWLEDGED);
    given_take(&given);
    given_durable(&given);
    given_client_read(&unit, &given);
    cr_expect(eq(u32, unit.snapshots, 2));
    cr_expect(was_told(unit.session_id, "0.998893"));
    cr_expect(was_told(unit.session_id, "Harbour"));
    cr_expect(was_told(unit.session_id, "shouting"));
    given_client_finish(&unit);
}

Test(fanout, a_unit_hears_what_is_its_own_and_nothing_else)
{
    const uint32_t near = given_unit(&given, UNIT_CAR, -100, 0, 'A');
    const uint32_t far = given_unit(&given, UNIT_POST, 4000, 0, 'B');
    settle();
    struct given_client mine = phone(near);
    struct given_client others = phone(far);
    given_client_read(&others, &given);
    const uint32_t frames = others.frames;
    const uint32_t incident = report(-100).incident_id;
    settle();
    cr_assert(ne(u32, world_active(&given.world, near), 0));
    cr_assert(eq(u32, world_active(&given.world, far), 0));
    struct command note = {.kind = COMMAND_INCIDENT_NOTE,
                           .note = {.incident_id = incident, .note = "back door"}};
    world_step(&given.world, &note);
    given_take(&given);
    settle();
    given_client_read(&mine, &given);
    given_client_read(&others, &given);
    cr_expect(was_told(mine.session_id, "back door"));
    cr_expect(not(was_told(mine.session_id, "incident.opened")));
    cr_expect(not(was_told(mine.session_id, "13800000000")));
    cr_expect(eq(u32, others.frames, frames));
    cr_expect(eq(u32, mine.holes, 0));
    given_client_finish(&mine);
    given_client_finish(&others);
}

/* ---- Snapshots ---- */

Test(fanout, a_snapshot_waits_until_what_it_holds_is_on_the_disk)
{
    report(0);
    struct given_client li = console("li");
    cr_expect(was_told(li.session_id, "\"recovered\":false"));
    const uint64_t seq = engine_seq(given.world.engine);
    for (uint32_t lag = 3; lag > 0; lag--) {
        given_durable_but(&given, lag);
        given_pass(&given, 500);
        cr_expect(not(was_told(li.session_id, "snapshot")));
    }
    report(3000); /* the core runs on; the snapshot does not wait for that */
    given_durable_but(&given, (uint32_t)(engine_seq(given.world.engine) - seq));
    given_pass(&given, 100);
    given_client_read(&li, &given);
    cr_expect(li.has_state);
    cr_expect(eq(u64, li.upto, seq));
    settle();
    given_client_read(&li, &given);
    cr_expect(eq(u64, li.upto, engine_seq(given.world.engine)));
    cr_expect(eq(u32, li.holes, 0));
    cr_expect(eq(u32, li.snapshots, 1));
    given_client_finish(&li);
}

Test(fanout, a_snapshot_serves_all_who_come_within_a_second)
{
    struct given_client a = console("li");
    settle();
    report(0);
    settle();
    struct given_client b = console("wang");
    settle();
    cr_expect(eq(u64, api_counters(given.api)->snapshots, 1));
    given_pass(&given, 2000);
    struct given_client c = console("li");
    settle();
    cr_expect(eq(u64, api_counters(given.api)->snapshots, 2));
    given_client_read(&a, &given);
    given_client_read(&b, &given);
    given_client_read(&c, &given);
    cr_expect(eq(int, json_equal(a.state, b.state), 1));
    cr_expect(eq(int, json_equal(a.state, c.state), 1));
    cr_expect(eq(u32, a.holes + b.holes + c.holes, 0));
    given_client_finish(&a);
    given_client_finish(&b);
    given_client_finish(&c);
}

Test(fanout_large, a_snapshot_goes_out_in_parts_as_the_socket_takes_them, .timeout = 60)
{
    given_init(&given);
    given.world.config.limits.units_max = 512;
    given.world.config.limits.assignments_max = 1024;
    begin();
    for (unsigned i = 0; i < 400; i++) {
        given_unit(&given, UNIT_POST, (int32_t)i, 0, 'A');
    }
    given_durable(&given);
    const uint64_t id = given_login(&given, "li");
    fake_net_session(given.net, id)->queued = FANOUT_QUEUED_BYTES + 1;
    struct given_client li;
    given_client_init(&li, id, "city");
    given_sub(&given, id, "city");
    given_pass(&given, 1000);
    cr_expect(not(was_told(id, "snapshot")));
    report(0);
    given_durable(&given);
    fake_net_session(given.net, id)->queued = 0;
    given_pass(&given, 100);
    given_client_read(&li, &given);
    cr_expect(ge(u32, li.part, 3));
    cr_expect(li.has_state);
    cr_expect(eq(u32, li.holes, 0));
    cr_expect(eq(u64, li.upto, engine_seq(given.world.engine)));
    for (size_t i = 0; i < fake_net_frame_count(given.net); i++) {
        cr_expect(le(sz, fake_net_frame(given.net, i)->size, 49152));
    }
    given_client_finish(&li);
    given_end(&given);
}

/* ---- Coming back ---- */

static void step_on(uint32_t i)
{
    report((int32_t)(i % 9) * 400 - 1600);
    const uint32_t assignment = i / 2 + 1;
    if (i % 3 == 0) {
        struct assignment_view view;
        if (engine_assignment(given.world.engine, assignment, &view) &&
            !assignment_state_ended(view.state)) {
            world_says(&given.world, assignment, ASSIGNMENT_ACKNOWLEDGED);
            given_take(&given);
        }
    }
    if (i % 5 == 4) {
        struct command note = {.kind = COMMAND_INCIDENT_NOTE,
                               .note = {.incident_id = 1 + i % 4, .note = "x"}};
        world_step(&given.world, &note);
        given_take(&given);
    }
    settle();
}

#define DROPS 24u

Test(fanout, dropped_at_any_frame_and_back_a_client_knows_what_one_knows_that_stayed)
{
    for (unsigned i = 0; i < 6; i++) {
        given_unit(&given, UNIT_CAR, (int32_t)i * 300 - 900, 0, 'A');
    }
    settle();
    struct given_client stayed = console("li");
    struct given_client dropped[DROPS];
    for (unsigned i = 0; i < DROPS; i++) {
        dropped[i] = console("li");
    }
    for (unsigned i = 0; i < DROPS + 4; i++) {
        step_on(i);
        if (i < DROPS) { /* client i has heard i + 1 frames */
            given_client_read(&dropped[i], &given);
            fake_net_drop(given.net, dropped[i].session_id);
        }
        if (i >= 3 && i < DROPS + 3) { /* and missed three when it comes back */
            struct given_client *client = &dropped[i - 3];
            client->session_id = given_login(&given, "li");
            given_sub_since(&given, client->session_id, "city", client->upto);
            cr_expect(was_told(client->session_id, "\"recovered\":true"));
        }
    }
    settle();
    given_client_read(&stayed, &given);
    cr_expect(eq(u64, stayed.upto, engine_seq(given.world.engine)));
    for (unsigned i = 0; i < DROPS; i++) {
        given_client_read(&dropped[i], &given);
        const int equal = json_equal(stayed.state, dropped[i].state);
        cr_expect(equal == 1, "client %u", i);
        cr_expect(eq(u32, dropped[i].events, stayed.events)); /* none twice, none missing */
        cr_expect(eq(u32, dropped[i].holes, 0));
        cr_expect(eq(u32, dropped[i].snapshots, 1));
        given_client_finish(&dropped[i]);
    }
    cr_expect(eq(u64, api_counters(given.api)->resumed, DROPS));
    given_client_finish(&stayed);
}

Test(fanout, a_unit_that_comes_back_gets_the_orders_it_missed)
{
    const uint32_t unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    settle();
    struct given_client unit = phone(unit_id);
    given_client_read(&unit, &given);
    fake_net_drop(given.net, unit.session_id);
    report(0);
    settle();
    unit.session_id = given_login(&given, unit_user(unit_id));
    given_sub_since(&given, unit.session_id, "orders", unit.upto);
    given_client_read(&unit, &given);
    cr_expect(was_told(unit.session_id, "\"recovered\":true"));
    cr_expect(was_told(unit.session_id, "assignment.sent"));
    cr_expect(eq(u32, unit.events, 1));
    cr_expect(eq(u32, unit.holes, 0));
    given_client_finish(&unit);
}

Test(fanout, another_log_or_a_place_not_reached_yet_means_a_snapshot)
{
    struct given_client li = console("li");
    settle();
    given_client_read(&li, &given);
    const uint64_t id = given_login(&given, "li");
    given_sub_since(&given, id, "city", li.upto + 1);
    cr_expect(was_told(id, "\"recovered\":false"));
    const uint64_t other = given_login(&given, "li");
    given.epoch = "e0";
    given_sub_since(&given, other, "city", li.upto);
    cr_expect(was_told(other, "\"recovered\":true"));
    given.epoch = "e1";
    fake_net_say(given.net, other,
                 "{\"id\":3,\"op\":\"sub\",\"stream\":\"city\",\"since\":{\"epoch\":\"e0\","
                 "\"seq\":1}}");
    cr_expect(was_told(other, "\"recovered\":false"));
    given_client_finish(&li);
}

Test(fanout_small, what_the_ring_no_longer_holds_is_replaced_by_a_snapshot, .timeout = 60)
{
    given_init(&given);
    given.config.resume_bytes = 4096;
    begin();
    struct given_client li = console("li");
    settle();
    given_client_read(&li, &given);
    fake_net_drop(given.net, li.session_id);
    for (unsigned i = 0; i < 20; i++) {
        report((int32_t)i * 200 - 2000);
        given_durable(&given);
    }
    li.session_id = given_login(&given, "li");
    given_sub_since(&given, li.session_id, "city", li.upto);
    cr_expect(was_told(li.session_id, "\"recovered\":false"));
    settle();
    given_client_read(&li, &given);
    cr_expect(eq(u64, li.upto, engine_seq(given.world.engine)));
    cr_expect(eq(u32, li.holes, 0));

    /* A reader that is held still is left behind, and begins anew by itself. */
    fake_net_session(given.net, li.session_id)->queued = FANOUT_QUEUED_BYTES + 1;
    for (unsigned i = 0; i < 20; i++) {
        report((int32_t)i * 200 - 2000);
        settle();
    }
    const uint32_t before = li.snapshots;
    fake_net_session(given.net, li.session_id)->queued = 0;
    given_pass(&given, 200);
    given_client_read(&li, &given);
    cr_expect(eq(u32, li.snapshots, before + 1));
    cr_expect(eq(u64, li.upto, engine_seq(given.world.engine)));
    cr_expect(eq(u32, li.holes, 0));
    given_client_finish(&li);
    given_end(&given);
}

Test(fanout, a_reader_held_still_goes_on_where_it_was_and_holds_up_nobody)
{
    struct given_client slow = console("li");
    struct given_client fast = console("li");
    settle();
    fake_net_session(given.net, slow.session_id)->queued = FANOUT_QUEUED_BYTES + 1;
    for (unsigned i = 0; i < 10; i++) {
        report((int32_t)i * 400 - 2000);
        settle();
    }
    given_client_read(&slow, &given);
    given_client_read(&fast, &given);
    cr_expect(eq(u64, fast.upto, engine_seq(given.world.engine)));
    cr_expect(lt(u64, slow.upto, fast.upto));
    fake_net_session(given.net, slow.session_id)->queued = 0;
    given_pass(&given, 200);
    given_client_read(&slow, &given);
    cr_expect(eq(int, json_equal(slow.state, fast.state), 1));
    cr_expect(eq(u32, slow.snapshots, 1));
    cr_expect(eq(u32, slow.holes, 0));
    given_client_finish(&slow);
    given_client_finish(&fast);
}

/* ---- The keyed stream ---- */

static const struct fake_frame *last_positions(uint64_t session_id, uint32_t *count)
{
    for (size_t i = fake_net_frame_count(given.net); i > 0; i--) {
        const struct fake_frame *frame = fake_net_frame(given.net, i - 1);
        int64_t now_ms = 0;
        if (frame->session_id == session_id && frame->binary) {
            cr_assert(proto_positions_open(frame->bytes, frame->size, count, &now_ms));
            return frame;
        }
    }
    return NULL;
}

static bool has_position(uint64_t session_id, uint32_t unit_id, struct proto_position *position)
{
    uint32_t count = 0;
    const struct fake_frame *frame = last_positions(session_id, &count);
    for (uint32_t i = 0; frame != NULL && i < count; i++) {
        proto_positions_get(frame->bytes, i, position);
        if (position->index == unit_id) {
            return true;
        }
    }
    return false;
}

Test(fanout, the_first_frame_of_units_has_all_of_the_scope_and_the_next_who_moved)
{
    uint32_t ids[40];
    for (unsigned i = 0; i < 40; i++) {
        ids[i] = given_unit(&given, UNIT_CAR, i < 20 ? -100 : 100, 0, i < 20 ? 'A' : 'B');
    }
    settle();
    given_pass(&given, 3000);
    const uint64_t li = given_login(&given, "li");
    const uint64_t west = given_login(&given, "west");
    given_sub(&given, li, "units");
    given_sub(&given, west, "units");
    uint32_t count = 0;
    cr_assert(last_positions(li, &count) != NULL);
    cr_expect(eq(u32, count, 40));
    last_positions(west, &count);
    cr_expect(eq(u32, count, 20));

    unit_user(ids[35]);
    const uint64_t unit = given_login(&given, unit_user(ids[35]));
    fake_net_say(given.net, unit,
                 "{\"op\":\"position\",\"fixes\":[{\"lat\":1.01,\"lon\":1.02,\"heading\":90,"
                 "\"speed_kmh\":50}]}");
    given_pass(&given, 1000);
    struct proto_position position;
    cr_assert(has_position(li, ids[35], &position));
    cr_expect(eq(i32, position.at.lat_e7, 10100000));
    cr_expect(eq(u32, position.heading_deg, 90));
    cr_expect(eq(u32, position.speed_kmh, 50));
    cr_expect(eq(u32, position.status, PROTO_UNIT_STATUS_AVAILABLE));
    last_positions(li, &count);
    cr_expect(le(u32, count, 1 + 3)); /* it, and a sixteenth of all in turn */
    cr_expect(not(has_position(west, ids[35], &position)));
    cr_expect(eq(u32, last_positions(li, &count)->class, NET_POSITION));
}

static uint32_t coverage_told(uint64_t session_id)
{
    uint32_t count = 0;
    for (size_t i = 0; i < fake_net_frame_count(given.net); i++) {
        const struct fake_frame *frame = fake_net_frame(given.net, i);
        count += frame->session_id == session_id && !frame->binary &&
                         strstr(frame->bytes, "{\"t\":\"coverage\",\"version\":") != NULL
                     ? 1u
                     : 0u;
    }
    return count;
}

Test(fanout, that_the_cover_has_changed_is_said_once_to_those_who_may_ask_how)
{
    const uint32_t car = given_unit(&given, UNIT_CAR, 100, 0, 'A');
    settle();
    given_pass(&given, 3000);
    const uint64_t li = given_login(&given, "li");
    const uint64_t alarm = given_login(&given, "alarm");
    const uint64_t wang = given_login(&given, "wang"); /* does not want to know where units are */
    const uint64_t unit = given_login(&given, unit_user(car));
    given_sub(&given, li, "units");
    given_sub(&given, alarm, "units");
    given_pass(&given, 3000);
    const uint32_t before = coverage_told(li);

    world_circle(&given.world, 0, 0, 300);
    engine_coverage_refresh(given.world.engine, given.world.now_ms + 10000);
    given_pass(&given, 1000);
    cr_expect(eq(u32, coverage_told(li), before + 1));
    given_pass(&given, 3000);
    cr_expect(eq(u32, coverage_told(li), before + 1));
    cr_expect(eq(u32, coverage_told(alarm), 0));
    cr_expect(eq(u32, coverage_told(wang), 0));
    cr_expect(eq(u32, coverage_told(unit), 0));
}

Test(fanout, every_unit_is_told_again_within_sixteen_seconds)
{
    bool told[20] = {false};
    for (unsigned i = 0; i < 20; i++) {
        given_unit(&given, UNIT_POST, 0, 0, 'A');
    }
    settle();
    const uint64_t li = given_login(&given, "li");
    given_sub(&given, li, "units");
    for (unsigned second = 0; second < FANOUT_UNITS_SHARE; second++) {
        given_pass(&given, 1000);
        struct proto_position position;
        for (uint32_t id = 0; id < 20; id++) {
            told[id] |= has_position(li, id, &position);
        }
    }
    for (unsigned i = 0; i < 20; i++) {
        cr_expect(told[i], "unit %u", i);
    }
}

Test(fanout, a_status_that_is_not_on_the_disk_is_not_shown)
{
    const uint32_t unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    settle();
    const uint64_t li = given_login(&given, "li");
    struct proto_position position;
    report(0);
    given_sub(&given, li, "units");
    cr_assert(has_position(li, unit_id, &position));
    cr_expect(eq(u32, position.status, PROTO_UNIT_STATUS_AVAILABLE));
    given_durable(&given);
    given_pass(&given, 1000);
    cr_assert(has_position(li, unit_id, &position));
    cr_expect(eq(u32, position.status, PROTO_UNIT_STATUS_DISPATCHED));
}
