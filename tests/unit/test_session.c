/* session: hello, login, time-outs, rate, commands and their answers; and the same over HTTP. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/net/http_api.h"
#include "engine/net/session.h"
#include "proto/proto_positions.h"
#include "tests/support/api_given.h"

static struct given given;

static void set_up(void)
{
    given_init(&given);
    given_begin(&given);
    given_districts(&given);
    given_user(&given, "li", ROLE_DISPATCHER, SCOPE_CITY, UNIT_NONE);
    given_user(&given, "west", ROLE_DISPATCHER, given_scope("A"), UNIT_NONE);
    given_user(&given, "chief", ROLE_SUPERVISOR, SCOPE_CITY, UNIT_NONE);
    given_user(&given, "root", ROLE_ADMINISTRATOR, SCOPE_CITY, UNIT_NONE);
    given_user(&given, "alarm", ROLE_API, SCOPE_CITY, UNIT_NONE);
    given_durable(&given);
}

static void tear_down(void)
{
    given_end(&given);
}

TestSuite(session, .init = set_up, .fini = tear_down, .timeout = 30);
TestSuite(http_api, .init = set_up, .fini = tear_down, .timeout = 30);

static uint16_t closed(uint64_t session_id)
{
    return fake_net_session(given.net, session_id)->close_code;
}

static uint32_t heard(uint64_t session_id)
{
    return fake_net_count_to(given.net, session_id);
}

static const char *unit_user(uint32_t unit_id)
{
    static char name[32];
    snprintf(name, sizeof name, "phone%u", unit_id);
    given_user(&given, name, ROLE_UNIT, SCOPE_CITY, unit_id);
    return name;
}

/* ---- Login ---- */

Test(session, says_hello_and_lets_in_who_has_a_token)
{
    const uint64_t id = fake_net_open(given.net);
    json_t *hello = given_last(&given, id);
    cr_expect(given_same(json_string_value(json_object_get(hello, "t")), "hello"));
    cr_expect(given_same(json_string_value(json_object_get(hello, "epoch")), "e1"));
    cr_expect(eq(i64, json_integer_value(json_object_get(hello, "max_bytes")), 65536));
    json_decref(hello);

    fake_net_say(given.net, id, "{\"id\":9,\"op\":\"auth\",\"token\":\"west\"}");
    json_t *answer = given_last(&given, id);
    json_t *res = json_object_get(answer, "res");
    json_t *user = json_object_get(res, "user");
    cr_expect(eq(i64, json_integer_value(json_object_get(answer, "id")), 9));
    cr_expect(eq(int, json_is_true(json_object_get(answer, "ok")), 1));
    cr_expect(eq(i64, json_integer_value(json_object_get(res, "heartbeat_ms")), 1000));
    cr_expect(given_same(json_string_value(json_object_get(user, "role")), "dispatcher"));
    cr_expect(eq(sz, json_array_size(json_object_get(user, "scope")), 1));
    cr_expect(
        given_same(json_string_value(json_array_get(json_object_get(user, "scope"), 0)), "A"));
    json_decref(answer);
    cr_expect(eq(u32, api_counters(given.api)->sessions, 1));
    cr_expect(eq(u32, api_counters(given.api)->consoles, 1));
}

Test(session, a_bad_token_is_not_asked_to_come_back)
{
    cr_expect(eq(u16, closed(given_login(&given, "nobody")), 4500));
}

Test(session, an_expired_token_is_a_bad_one)
{
    given.tokens[0].identity.expires_ms = given.world.now_ms;
    cr_expect(eq(u16, closed(given_login(&given, "li")), 4500));
}

Test(session, anything_before_auth_ends_it)
{
    static const char *const first[] = {"{\"id\":1,\"op\":\"ping\"}", "nonsense", "{}",
                                        "{\"id\":1,\"op\":\"auth\"}"};
    for (size_t i = 0; i < sizeof first / sizeof first[0]; i++) {
        const uint64_t id = fake_net_open(given.net);
        fake_net_say(given.net, id, first[i]);
        cr_expect(closed(id) == 4502, "%s: %u", first[i], closed(id));
    }
}

Test(session, no_auth_within_ten_seconds_ends_it)
{
    const uint64_t id = fake_net_open(given.net);
    given_pass(&given, 9500);
    cr_expect(eq(u16, closed(id), 0));
    given_pass(&given, 1000);
    cr_expect(eq(u16, closed(id), 4502));
}

Test(session, a_second_auth_is_refused)
{
    const uint64_t id = given_login(&given, "li");
    fake_net_say(given.net, id, "{\"id\":5,\"op\":\"auth\",\"token\":\"chief\"}");
    cr_expect(given_same(given_error(&given, id), "bad_request"));
    cr_expect(eq(u16, closed(id), 0));
}

Test(session, the_token_expires_in_the_middle_of_it)
{
    given.tokens[0].identity.expires_ms = given.world.now_ms + 30000;
    const uint64_t id = given_login(&given, "li");
    given_pass(&given, 29000);
    cr_expect(eq(u16, closed(id), 0));
    given_pass(&given, 1300);
    cr_expect(eq(u16, closed(id), 4005));
}

Test(session, a_unit_has_four_sessions_and_the_oldest_gives_way)
{
    const uint32_t unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    const char *name = unit_user(unit_id);
    uint64_t ids[6];
    for (unsigned i = 0; i < 6; i++) {
        ids[i] = given_login(&given, name);
    }
    cr_expect(eq(u16, closed(ids[0]), 4503));
    cr_expect(eq(u16, closed(ids[1]), 4503));
    for (unsigned i = 2; i < 6; i++) {
        cr_expect(eq(u16, closed(ids[i]), 0));
    }
    cr_expect(eq(u64, api_counters(given.api)->units, 4));
    for (unsigned i = 0; i < 6; i++) {
        fake_net_drop(given.net, ids[i]);
    }
    cr_expect(eq(u64, api_counters(given.api)->units, 0));
    cr_expect(eq(u64, api_counters(given.api)->sessions, 0));
}

Test(session, more_sessions_than_the_limit_are_told_to_come_back)
{
    for (unsigned i = 0; i < given.config.sessions_max; i++) {
        cr_assert(eq(u16, closed(fake_net_open(given.net)), 0));
    }
    const uint64_t late = fake_net_open(given.net);
    cr_expect(eq(u16, closed(late), 4013));
    fake_net_drop(given.net, late);
    fake_net_drop(given.net, 1);
    cr_expect(eq(u16, closed(fake_net_open(given.net)), 0));
}

/* ---- Time ---- */

static uint32_t beats(uint64_t session_id)
{
    uint32_t count = 0;
    for (size_t i = 0; i < fake_net_frame_count(given.net); i++) {
        const struct fake_frame *frame = fake_net_frame(given.net, i);
        count += frame->session_id == session_id && strstr(frame->bytes, "\"beat\"") != NULL;
    }
    return count;
}

Test(session, consoles_hear_a_beat_a_second_and_units_one_in_ten)
{
    const uint32_t unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    const uint64_t console = given_login(&given, "li");
    const uint64_t unit = given_login(&given, unit_user(unit_id));
    given_pass(&given, 60500);
    cr_expect(ge(u32, beats(console), 47)); /* looked after every 250 ms: at most 1.25 s apart */
    cr_expect(le(u32, beats(console), 60));
    cr_expect(ge(u32, beats(unit), 5));
    cr_expect(le(u32, beats(unit), 6));
}

/* ---- Manners ---- */

Test(session, more_than_the_burst_at_once_is_too_many)
{
    const uint64_t id = given_login(&given, "li"); /* the first of the burst */
    for (unsigned i = 1; i < SESSION_BURST; i++) {
        fake_net_say(given.net, id, "{\"id\":1,\"op\":\"ping\"}");
    }
    cr_expect(eq(u16, closed(id), 0));
    fake_net_say(given.net, id, "{\"id\":1,\"op\":\"ping\"}");
    cr_expect(eq(u16, closed(id), 4013));
}

Test(session, the_rate_can_be_kept_up_for_ever)
{
    const uint64_t id = given_login(&given, "li");
    for (unsigned i = 0; i < 20 * SESSION_RATE_PER_S; i++) {
        fake_net_say(given.net, id, "{\"id\":1,\"op\":\"ping\"}");
        given.world.now_ms += 1000 / SESSION_RATE_PER_S;
    }
    cr_expect(eq(u16, closed(id), 0));
}

Test(session, malformed_messages_are_answered_and_twenty_in_a_row_end_it)
{
    const uint64_t id = given_login(&given, "li");
    for (unsigned i = 0; i < 19; i++) {
        fake_net_say(given.net, id, "{\"id\":3,\"op\":\"fly\"}");
        cr_expect(given_same(given_error(&given, id), "unknown_op"));
    }
    fake_net_say(given.net, id, "{\"id\":1,\"op\":\"ping\"}"); /* sense again: from the beginning */
    for (unsigned i = 0; i < 19; i++) {
        fake_net_say(given.net, id, "[");
    }
    cr_expect(eq(u16, closed(id), 0));
    fake_net_say_bytes(given.net, id, "\0\1", 2, true);
    cr_expect(eq(u16, closed(id), 4501));
    cr_expect(eq(u64, api_counters(given.api)->malformed, 39));
}

Test(session, an_error_has_the_id_of_its_message)
{
    const uint64_t id = given_login(&given, "li");
    fake_net_say(given.net, id, "{\"id\":77,\"op\":\"report.create\",\"key\":\"1\"}");
    json_t *answer = given_last(&given, id);
    cr_expect(eq(i64, json_integer_value(json_object_get(answer, "id")), 77));
    cr_expect(eq(int, json_is_false(json_object_get(answer, "ok")), 1));
    json_decref(answer);
}

/* ---- Commands ---- */

static const char report[] =
    "{\"id\":8,\"op\":\"report.create\",\"key\":\"a\",\"type\":\"help\",\"lat\":1,\"lon\":1}";

Test(session, a_command_is_answered_only_when_it_is_on_the_disk)
{
    const uint64_t id = given_login(&given, "li");
    const uint32_t before = heard(id);
    fake_net_say(given.net, id, report);
    given_durable_but(&given, 1);
    given_pass(&given, 5000);
    cr_expect(eq(u32, given.submitted, 1));
    for (size_t i = 0; i < fake_net_frame_count(given.net); i++) {
        cr_expect(strstr(fake_net_frame(given.net, i)->bytes, "report_id") == NULL);
    }
    given_durable(&given);
    json_t *answer = given_last(&given, id);
    json_t *res = json_object_get(answer, "res");
    cr_expect(lt(u32, before, heard(id)));
    cr_expect(eq(i64, json_integer_value(json_object_get(answer, "id")), 8));
    cr_expect(eq(i64, json_integer_value(json_object_get(res, "report_id")), 1));
    cr_expect(eq(i64, json_integer_value(json_object_get(res, "incident_id")), 1));
    cr_expect(eq(i64, json_integer_value(json_object_get(res, "seq")),
                 (int64_t)engine_seq(given.world.engine)));
    json_decref(answer);
    cr_expect(eq(int, strcmp(given.command.actor.id, "li"), 0));
}

Test(session, an_answer_to_a_session_that_is_gone_is_dropped)
{
    const uint64_t id = given_login(&given, "li");
    fake_net_say(given.net, id, report);
    fake_net_drop(given.net, id);
    given_durable(&given);
    cr_expect(eq(u64, api_counters(given.api)->sessions, 0));
}

Test(session, a_full_queue_is_busy_and_says_try_again)
{
    const uint64_t id = given_login(&given, "li");
    given.queue_is_full = true;
    fake_net_say(given.net, id, report);
    json_t *answer = given_last(&given, id);
    json_t *error = json_object_get(answer, "error");
    cr_expect(given_same(json_string_value(json_object_get(error, "code")), "busy"));
    cr_expect(eq(int, json_is_true(json_object_get(error, "retry")), 1));
    json_decref(answer);
}

Test(session, commands_without_an_answer_are_bounded)
{
    const uint64_t id = given_login(&given, "li");
    char text[160];
    for (unsigned i = 0; i < SESSION_PENDING_MAX; i++) {
        given.world.now_ms += 20;
        snprintf(text, sizeof text,
                 "{\"id\":%u,\"op\":\"incident.recommend\",\"key\":\"%u\",\"incident\":999}", i + 1,
                 i);
        fake_net_say(given.net, id, text);
    }
    cr_assert(eq(u32, given.submitted, SESSION_PENDING_MAX));
    given.world.now_ms += 20;
    fake_net_say(given.net, id, report);
    cr_expect(given_same(given_error(&given, id), "busy"));
    given_durable(&given);
    given.world.now_ms += 20;
    fake_net_say(given.net, id, report);
    cr_expect(eq(u32, given.submitted, SESSION_PENDING_MAX + 1));
}

Test(session, a_refusal_of_the_core_has_its_code_and_the_generation_of_now)
{
    const uint64_t id = given_login(&given, "li");
    given_unit(&given, UNIT_CAR, 0, 0, 'A');
    fake_net_say(given.net, id, report);
    fake_net_say(given.net, id,
                 "{\"id\":2,\"op\":\"incident.update\",\"key\":\"u\",\"incident\":1,"
                 "\"generation\":99,\"priority\":1}");
    given_durable(&given);
    json_t *answer = given_last(&given, id);
    json_t *error = json_object_get(answer, "error");
    cr_expect(given_same(json_string_value(json_object_get(error, "code")), "stale_generation"));
    cr_expect(eq(i64, json_integer_value(json_object_get(error, "generation")),
                 (int64_t)world_incident(&given.world, 1).generation));
    json_decref(answer);
}

/* One text of every command, and who may: dispatcher, supervisor, unit, administrator, api. */
static const struct {
    const char *text;
    const char *who;
} commands[] = {
    {"{\"id\":1,\"op\":\"report.create\",\"key\":\"%u\",\"type\":\"help\",\"lat\":1,\"lon\":1}",
     "DSU.P"},
    {"{\"id\":1,\"op\":\"incident.recommend\",\"key\":\"%u\",\"incident\":1}", "DS..."},
    {"{\"id\":1,\"op\":\"incident.order\",\"key\":\"%u\",\"incident\":1,\"generation\":1,"
     "\"units\":[{\"unit\":\"U0\",\"tier\":\"5\"}]}",
     "DS..."},
    {"{\"id\":1,\"op\":\"incident.update\",\"key\":\"%u\",\"incident\":1,\"generation\":1,"
     "\"priority\":1}",
     "DS..."},
    {"{\"id\":1,\"op\":\"incident.note\",\"key\":\"%u\",\"incident\":1,\"note\":\"x\"}", "DSU.."},
    {"{\"id\":1,\"op\":\"incident.cancel\",\"key\":\"%u\",\"incident\":999,"
     "\"reason\":\"duplicate\"}",
     "DS..."},
    {"{\"id\":1,\"op\":\"incident.close\",\"key\":\"%u\",\"incident\":999,"
     "\"reason\":\"resolved\"}",
     "DS..."},
    {"{\"id\":1,\"op\":\"assignment.update\",\"key\":\"%u\",\"assignment\":1,"
     "\"state\":\"delivered\"}",
     "DSU.."},
    {"{\"id\":1,\"op\":\"assignment.recall\",\"key\":\"%u\",\"assignment\":999}", "DS..."},
    {"{\"id\":1,\"op\":\"unit.duty\",\"key\":\"%u\",\"duty\":\"on\",\"unit\":\"U0\"}", "DSU.."},
    {"{\"id\":1,\"op\":\"alarm.ack\",\"key\":\"%u\",\"alarm\":999}", "DS..."},
    {"{\"id\":1,\"op\":\"assignment.support\",\"key\":\"%u\",\"assignment\":1}", "DSU.."},
};

Test(session, every_role_reaches_the_core_with_its_own_commands_only)
{
    const uint32_t unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    world_report(&given.world, INCIDENT_HELP, 0, 0, 0);
    given_take(&given);
    cr_assert(eq(u32, world_active(&given.world, unit_id), 1));
    const char *users[ROLE_COUNT] = {"li", "chief", unit_user(unit_id), "root", "alarm"};
    uint32_t key = 0;
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        const uint64_t id = given_login(&given, users[role]);
        for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
            char text[256];
            char with_key[256];
            strncpy(with_key, commands[i].text, sizeof with_key - 1);
            char *mark = strstr(with_key, "%u");
            snprintf(text, sizeof text, "%.*s%u%s", (int)(mark - with_key), with_key, ++key,
                     mark + 2);
            const uint32_t before = given.submitted;
            fake_net_say(given.net, id, text);
            const bool may = commands[i].who[role] != '.';
            const bool reached = given.submitted == before + 1;
            cr_expect(reached == may, "role %u: %s", role, text);
            if (!may) {
                cr_expect(given_same(given_error(&given, id), "forbidden"));
            }
            given_durable(&given);
        }
    }
}

Test(session, what_lies_in_another_district_is_forbidden)
{
    const uint64_t id = given_login(&given, "west");
    world_report(&given.world, INCIDENT_HELP, 0, 3000, 0);
    given_take(&given);
    given_durable(&given);
    fake_net_say(given.net, id,
                 "{\"id\":1,\"op\":\"incident.note\",\"key\":\"1\",\"incident\":1,\"note\":\"x\"}");
    cr_expect(given_same(given_error(&given, id), "forbidden"));
    cr_expect(eq(u32, given.submitted, 0));
}

Test(session, another_units_assignment_is_not_yours)
{
    const uint32_t near = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    const uint32_t other = given_unit(&given, UNIT_FOOT, -4000, -4000, 'A');
    world_report(&given.world, INCIDENT_HELP, 0, 0, 0);
    given_take(&given);
    given_durable(&given);
    cr_assert(eq(u32, world_active(&given.world, near), 1));
    const uint64_t id = given_login(&given, unit_user(other));
    fake_net_say(given.net, id,
                 "{\"id\":1,\"op\":\"assignment.update\",\"key\":\"1\",\"assignment\":1,"
                 "\"state\":\"acknowledged\"}");
    cr_expect(given_same(given_error(&given, id), "not_yours"));
}

/* ---- Positions ---- */

Test(session, positions_of_a_unit_reach_the_engine_without_an_answer)
{
    const uint32_t unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    const uint64_t id = given_login(&given, unit_user(unit_id));
    const uint32_t before = heard(id);
    char text[256];
    given.world.now_ms += 5000;
    snprintf(text, sizeof text,
             "{\"op\":\"position\",\"fixes\":[{\"lat\":1.001,\"lon\":1.002,\"at_ms\":%lld,"
             "\"speed_kmh\":36},{\"lat\":1.003,\"lon\":1.004}]}",
             (long long)given.world.now_ms - 3000);
    fake_net_say(given.net, id, text);
    cr_expect(eq(u32, heard(id), before));
    cr_expect(eq(u32, given.observed, 2));
    cr_expect(eq(u32, given.observation.unit_id, unit_id));
    cr_expect(eq(i32, given.observation.at.lat_e7, 10030000));
    cr_expect(eq(i64, given.observation.fix_ms, given.world.now_ms));
}

Test(session, a_fix_is_converted_from_what_its_device_speaks)
{
    const uint32_t unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    const uint64_t id = given_login(&given, unit_user(unit_id));
    fake_net_say(given.net, id,
                 "{\"op\":\"position\",\"fixes\":[{\"lat\":22.5407961,\"lon\":113.9171765,"
                 "\"crs\":\"gcj02\"}]}");
    cr_expect(eq(u32, given.observed, 1));
    cr_expect(le(
        u64, geo_distance_cm(given.observation.at, (struct geo_point){225438470, 1139123160}), 3));
}

Test(session, a_fix_from_the_future_and_one_of_a_console_are_refused)
{
    const uint32_t unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    const uint64_t unit = given_login(&given, unit_user(unit_id));
    const uint64_t console = given_login(&given, "li");
    char text[256];
    snprintf(text, sizeof text,
             "{\"op\":\"position\",\"fixes\":[{\"lat\":1,\"lon\":1,\"at_ms\":%lld}]}",
             (long long)given.world.now_ms + SESSION_FIX_AHEAD_MS + 1);
    fake_net_say(given.net, unit, text);
    cr_expect(given_same(given_error(&given, unit), "out_of_range"));
    fake_net_say(given.net, console, "{\"op\":\"position\",\"fixes\":[{\"lat\":1,\"lon\":1}]}");
    cr_expect(given_same(given_error(&given, console), "forbidden"));
    cr_expect(eq(u32, given.observed, 0));
}

Test(session, of_a_message_with_one_bad_fix_none_counts_and_the_bad_one_is_named)
{
    const uint32_t unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    const uint64_t unit = given_login(&given, unit_user(unit_id));
    char text[256];
    snprintf(text, sizeof text,
             "{\"op\":\"position\",\"fixes\":[{\"lat\":1,\"lon\":1},"
             "{\"lat\":1,\"lon\":1,\"at_ms\":%lld}]}",
             (long long)given.world.now_ms + SESSION_FIX_AHEAD_MS + 1);
    fake_net_say(given.net, unit, text);
    json_t *answer = given_last(&given, unit);
    const json_t *pointer = json_object_get(json_object_get(answer, "error"), "pointer");
    cr_expect(given_same(json_string_value(pointer), "/fixes/1/at_ms"));
    json_decref(answer);
    cr_expect(eq(u32, given.observed, 0));
}

/* ---- Handing over ---- */

static void hand_over(uint64_t session_id, const char *key, uint32_t incident_id, const char *to)
{
    char text[160];
    snprintf(
        text, sizeof text,
        "{\"id\":1,\"op\":\"incident.hand_over\",\"key\":\"%s\",\"incident\":%u,\"to\":\"%s\"}",
        key, incident_id, to);
    fake_net_say(given.net, session_id, text);
}

Test(session, an_incident_is_handed_over_only_to_a_desk_that_is_there_and_sees_it)
{
    const uint64_t id = given_login(&given, "li");
    world_report(&given.world, INCIDENT_HELP, 0, 3000, 0); /* in B */
    given_take(&given);
    given_durable(&given);
    hand_over(id, "1", 1, "nobody");
    cr_expect(given_same(given_error(&given, id), "unknown_value"));
    hand_over(id, "2", 1, "alarm");
    cr_expect(given_same(given_error(&given, id), "unknown_value"));
    hand_over(id, "3", 1, "west");
    cr_expect(given_same(given_error(&given, id), "forbidden"));
    cr_expect(eq(u32, given.submitted, 0));
    hand_over(id, "4", 1, "chief");
    cr_expect(eq(u32, given.submitted, 1));
    cr_expect(given_same(given.command.hand_over.to, "chief"));
    fake_net_say(given.net, id,
                 "{\"id\":1,\"op\":\"incident.hand_over\",\"key\":\"5\",\"incident\":1}");
    cr_expect(eq(u32, given.submitted, 2));
}

/* ---- Revocation ---- */

Test(session, a_revoked_right_stops_the_next_event)
{
    const uint64_t id = given_login(&given, "li");
    const uint64_t other = given_login(&given, "chief");
    given_sub(&given, id, "city");
    given_sub(&given, other, "city");
    api_ended(given.api, "li", true);
    api_ended(given.api, "chief", false);
    cr_expect(eq(u16, closed(id), 4503));
    cr_expect(eq(u16, closed(other), 4010));
    const size_t before = fake_net_frame_count(given.net);
    world_report(&given.world, INCIDENT_HELP, 0, 0, 0);
    given_take(&given);
    given_durable(&given);
    given_pass(&given, 3000);
    cr_expect(eq(sz, fake_net_frame_count(given.net), before));
}

/* ---- HTTP ---- */

static struct net_request ask(const char *method, const char *path, const char *query,
                              const char *token, const char *body)
{
    static char authorization[64];
    snprintf(authorization, sizeof authorization, "%s%s", token == NULL ? "" : "Bearer ",
             token == NULL ? "" : token);
    return (struct net_request){.method = method,
                                .path = path,
                                .query = query,
                                .authorization = authorization,
                                .idempotency_key = "",
                                .signature = "",
                                .content_type = body == NULL ? "" : "application/json",
                                .if_none_match = "",
                                .accept = "",
                                .origin = "",
                                .peer = "192.0.2.1",
                                .body = (const uint8_t *)body,
                                .body_size = body == NULL ? 0 : strlen(body)};
}

static int status_of(struct net_request request)
{
    const uint64_t id = fake_net_request(given.net, &request);
    const struct fake_reply *reply = fake_net_reply(given.net, id);
    return reply == NULL ? 0 : reply->status;
}

Test(http_api, nothing_but_health_setup_and_login_is_open)
{
    static const char *const paths[] = {"/v1/me",        "/v1/units",    "/v1/circles", "/v1/map",
                                        "/v1/streets",   "/tiles/1/0/0", "/metrics",    "/v1/users",
                                        "/v1/incidents", "/nonsense",    "/v1/reports"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct net_request request = ask("GET", paths[i], "", NULL, NULL);
        const uint64_t id = fake_net_request(given.net, &request);
        const struct fake_reply *reply = fake_net_reply(given.net, id);
        cr_assert(reply != NULL);
        cr_expect(reply->status == 401, "%s", paths[i]);
        cr_expect(given_same(reply->content_type, "application/problem+json"));
        cr_expect(ne(ptr, strstr(reply->headers, "WWW-Authenticate: Bearer"), NULL));
    }
    cr_expect(eq(int, status_of(ask("GET", "/healthz", "", NULL, NULL)), 200));
    cr_expect(eq(int, status_of(ask("GET", "/v1/me", "", "wrong", NULL)), 401));
}

Test(http_api, methods_roles_and_pages_are_told_apart)
{
    cr_expect(eq(int, status_of(ask("DELETE", "/v1/units", "", "li", NULL)), 405));
    cr_expect(eq(int, status_of(ask("GE", "/v1/units", "", "li", NULL)), 405));
    cr_expect(eq(int, status_of(ask("GET", "/v1/login", "", NULL, NULL)), 405));
    cr_expect(eq(int, status_of(ask("GET", "/v1/isochrone", "", "alarm", NULL)), 403));
    cr_expect(eq(int, status_of(ask("GET", "/v1/unitsx", "", "li", NULL)), 404));
    cr_expect(eq(int, status_of(ask("GET", "/v1/incidents", "", "li", NULL)), 200));
    cr_expect(eq(u32, given.routed, 2));
}

Test(http_api, a_report_needs_a_key_and_is_answered_when_durable)
{
    const char *body = "{\"type\":\"help\",\"lat\":1,\"lon\":1}";
    struct net_request request = ask("POST", "/v1/reports", "", "alarm", body);
    const uint64_t without = fake_net_request(given.net, &request);
    cr_expect(eq(int, fake_net_reply(given.net, without)->status, 400));
    cr_expect(given_same(given_problem(&given, without), "key_missing"));

    request.idempotency_key = "k-1";
    const uint64_t id = fake_net_request(given.net, &request);
    cr_expect(fake_net_reply(given.net, id) == NULL);
    given_durable(&given);
    const struct fake_reply *reply = fake_net_reply(given.net, id);
    cr_assert(reply != NULL);
    cr_expect(eq(int, reply->status, 201));
    json_t *json = json_loads(reply->body, 0, NULL);
    cr_expect(eq(i64, json_integer_value(json_object_get(json, "report_id")), 1));
    cr_expect(eq(int, json_is_false(json_object_get(json, "merged")), 1));
    json_decref(json);
    cr_expect(eq(u32, given.command.actor.source, SOURCE_API));
}

Test(http_api, bad_bodies_are_refused_with_their_place)
{
    struct net_request request = ask("POST", "/v1/reports", "", "li", "{\"type\":\"help\"}");
    request.idempotency_key = "k";
    const uint64_t missing = fake_net_request(given.net, &request);
    cr_expect(eq(int, fake_net_reply(given.net, missing)->status, 422));
    cr_expect(given_same(given_problem(&given, missing), "missing_member"));
    request.content_type = "text/plain";
    cr_expect(eq(int, status_of(request), 400));
    static char large[70000];
    memset(large, ' ', sizeof large);
    request.content_type = "application/json; charset=utf-8";
    request.body = (const uint8_t *)large;
    request.body_size = sizeof large;
    cr_expect(eq(int, status_of(request), 413));
}

static size_t body_max(const char *path, const char *user)
{
    const struct net_request request = ask("POST", path, "", user, "{}");
    return http_api_body_max(given.api, &request);
}

Test(http_api, who_is_not_logged_in_has_no_more_of_a_body_kept_than_a_message)
{
    cr_expect(eq(sz, body_max("/v1/login", NULL), HTTP_API_BODY_MAX));
    cr_expect(eq(sz, body_max("/v1/roster", NULL), HTTP_API_BODY_MAX));
    cr_expect(eq(sz, body_max("/v1/roster", "stranger"), HTTP_API_BODY_MAX));
    cr_expect(eq(sz, body_max("/v1/incidents/1/photos/k", NULL), HTTP_API_BODY_MAX));
    cr_expect(eq(sz, body_max("/v1/commands", "li"), HTTP_API_BODY_MAX));
    cr_expect(eq(sz, body_max("/v1/roster", "root"), SIZE_MAX));
    cr_expect(eq(sz, body_max("/v1/incidents/1/photos/k", "li"), SIZE_MAX));
}

Test(http_api, a_body_that_was_not_kept_is_refused_after_the_login_was_looked_at)
{
    struct net_request request = ask("POST", "/v1/roster", "", NULL, NULL);
    request.body_is_dropped = true;
    request.body_size = 70000;
    cr_expect(eq(int, status_of(request), 401));
    request.path = "/v1/login";
    cr_expect(eq(int, status_of(request), 413));
    request = ask("POST", "/v1/commands", "", "li", NULL);
    request.body_is_dropped = true;
    request.body_size = 70000;
    cr_expect(eq(int, status_of(request), 413));
    request.path = "/v1/users"; /* a route of the host's */
    cr_expect(eq(int, status_of(request), 413));
    cr_expect(eq(u32, given.routed, 0));
}

Test(http_api, a_command_over_http_is_the_same_command)
{
    const char *body = "{\"op\":\"incident.recommend\",\"key\":\"1\",\"incident\":5}";
    struct net_request request = ask("POST", "/v1/commands", "", "li", body);
    const uint64_t id = fake_net_request(given.net, &request);
    given_durable(&given);
    cr_expect(eq(int, fake_net_reply(given.net, id)->status, 404));
    cr_expect(given_same(given_problem(&given, id), "unknown_incident"));
    request = ask("POST", "/v1/commands", "", "alarm", body);
    cr_expect(eq(int, status_of(request), 403));
}

Test(http_api, units_are_those_of_the_scope_and_wait_for_the_disk)
{
    given_unit(&given, UNIT_CAR, -10, 0, 'A');
    given_unit(&given, UNIT_CAR, 10, 0, 'B');
    struct net_request request = ask("GET", "/v1/units", "", "west", NULL);
    const uint64_t id = fake_net_request(given.net, &request);
    cr_expect(fake_net_reply(given.net, id) == NULL);
    given_durable(&given);
    const struct fake_reply *reply = fake_net_reply(given.net, id);
    cr_assert(reply != NULL);
    json_t *json = json_loads(reply->body, 0, NULL);
    json_t *units = json_object_get(json, "units");
    cr_expect(eq(sz, json_array_size(units), 1));
    cr_expect(
        given_same(json_string_value(json_object_get(json_array_get(units, 0), "code")), "U0"));
    json_decref(json);
}

Test(http_api, the_policy_and_the_roster_are_readable)
{
    struct net_request request = ask("GET", "/v1/policy", "", "li", NULL);
    uint64_t id = fake_net_request(given.net, &request);
    json_t *json = json_loads(fake_net_reply(given.net, id)->body, 0, NULL);
    json_t *policy = json_object_get(json, "policy");
    cr_expect(given_same(json_string_value(json_object_get(policy, "name")), "mutual-aid"));
    cr_expect(eq(sz, json_array_size(json_object_get(policy, "tiers")), 3));
    json_decref(json);
    request = ask("GET", "/v1/districts", "", "west", NULL);
    id = fake_net_request(given.net, &request);
    json = json_loads(fake_net_reply(given.net, id)->body, 0, NULL);
    cr_expect(eq(sz, json_array_size(json_object_get(json, "districts")), 2));
    json_decref(json);
    cr_expect(eq(int, status_of(ask("GET", "/v1/map", "", "li", NULL)), 404)); /* there is none */
}

/* What GET answers, for a PUT with one word changed. */
static char *policy_body(const char *from, const char *to)
{
    struct net_request request = ask("GET", "/v1/policy", "", "root", NULL);
    const uint64_t id = fake_net_request(given.net, &request);
    json_t *json = json_loads(fake_net_reply(given.net, id)->body, 0, NULL);
    char *text = json_dumps(json_object_get(json, "policy"), JSON_COMPACT);
    json_decref(json);
    char *at = from == NULL ? NULL : strstr(text, from);
    if (at != NULL) {
        memcpy(at, to, strlen(to));
    }
    return text;
}

static int put_policy(const char *who, char *body, json_t **answer)
{
    struct net_request request = ask("PUT", "/v1/policy", "", who, body);
    const uint64_t id = fake_net_request(given.net, &request);
    given_durable(&given);
    *answer = json_loads(fake_net_reply(given.net, id)->body, 0, NULL);
    const int status = fake_net_reply(given.net, id)->status;
    free(body);
    return status;
}

Test(http_api, an_administrator_puts_a_policy_and_nobody_else)
{
    json_t *answer = NULL;
    cr_expect(eq(int, put_policy("chief", policy_body(NULL, NULL), &answer), 403));
    json_decref(answer);
    cr_expect(eq(int, put_policy("root", policy_body("mutual-aid", "mutual-bid"), &answer), 200));
    cr_expect(eq(i64, json_integer_value(json_object_get(answer, "version")), 1));
    json_decref(answer);
    /* said again it is the same policy; with another word it is the next version */
    cr_expect(eq(int, put_policy("root", policy_body(NULL, NULL), &answer), 200));
    cr_expect(eq(i64, json_integer_value(json_object_get(answer, "version")), 1));
    json_decref(answer);
    cr_expect(eq(int, put_policy("root", policy_body("mutual-bid", "mutual-aid"), &answer), 200));
    cr_expect(eq(i64, json_integer_value(json_object_get(answer, "version")), 2));
    json_decref(answer);
    cr_expect(
        eq(int, put_policy("root", policy_body("\"received\"", "\"recieved\""), &answer), 422));
    cr_expect(given_same(json_string_value(json_object_get(answer, "pointer")), "/clock_start"));
    json_decref(answer);
}

Test(http_api, login_goes_to_the_house_and_comes_back)
{
    struct net_request request =
        ask("POST", "/v1/login", "", NULL, "{\"name\":\"li\",\"password\":\"long enough\"}");
    uint64_t id = fake_net_request(given.net, &request);
    cr_expect(given_same(given.login.name, "li"));
    cr_expect(given_same(given.login.password, "long enough"));
    cr_expect(given_same(given.login.peer, "192.0.2.1"));
    api_logged_in(given.api, given.login_ticket, LOGIN_OK, "T", &given.tokens[0].identity, 0);
    cr_expect(eq(int, fake_net_reply(given.net, id)->status, 200));
    cr_expect(ne(ptr, strstr(fake_net_reply(given.net, id)->body, "\"token\":\"T\""), NULL));

    id = fake_net_request(given.net, &request);
    api_logged_in(given.api, given.login_ticket, LOGIN_TOO_MANY, NULL, NULL, 42);
    cr_expect(eq(int, fake_net_reply(given.net, id)->status, 429));
    cr_expect(ne(ptr, strstr(fake_net_reply(given.net, id)->headers, "Retry-After: 42\r\n"), NULL));

    id = fake_net_request(given.net, &request);
    api_logged_in(given.api, given.login_ticket, LOGIN_FAILED, NULL, NULL, 0);
    cr_expect(eq(int, fake_net_reply(given.net, id)->status, 401));
    cr_expect(given_same(given_problem(&given, id), "login_failed"));
}

Test(http_api, logout_ends_the_sessions_of_the_token)
{
    const uint64_t session = given_login(&given, "li");
    const uint64_t other = given_login(&given, "chief");
    cr_expect(eq(int, status_of(ask("POST", "/v1/logout", "", "li", NULL)), 204));
    cr_expect(eq(u16, closed(session), 4500));
    cr_expect(eq(u16, closed(other), 0));
    cr_expect(eq(int, status_of(ask("GET", "/v1/me", "", "li", NULL)), 401));
}

Test(http_api, a_token_that_asks_without_end_is_slowed_down)
{
    uint32_t good = 0;
    int status = 200;
    while (status == 200 && good <= HTTP_API_BURST) {
        status = status_of(ask("GET", "/v1/me", "", "li", NULL));
        good += status == 200;
    }
    cr_expect(eq(int, status, 429));
    cr_expect(eq(u32, good, HTTP_API_BURST));
    cr_expect(eq(int, status_of(ask("GET", "/v1/me", "", "chief", NULL)), 200));
    given.world.now_ms += 1000;
    cr_expect(eq(int, status_of(ask("GET", "/v1/me", "", "li", NULL)), 200));
}
