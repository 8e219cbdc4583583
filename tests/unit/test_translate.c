/* translate: the wire's words as the engine's, keys as ids, contents as fingerprints. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/net/http_api_query.h"
#include "engine/net/translate.h"
#include "engine/net/translate_event.h"
#include "engine/net/translate_key.h"
#include "proto/proto_buffer.h"
#include "tests/support/api_given.h"

/* ---- Lists ---- */

Test(translate, both_sides_have_the_same_words_in_the_same_order)
{
    static const struct {
        enum types_list core;
        enum proto_list wire;
    } lists[] = {
        {TYPES_UNIT_KIND, PROTO_LIST_UNIT_KIND},
        {TYPES_TIER, PROTO_LIST_TIER},
        {TYPES_TIER_VERDICT, PROTO_LIST_TIER_VERDICT},
        {TYPES_INCIDENT_TYPE, PROTO_LIST_INCIDENT_TYPE},
        {TYPES_CHANNEL, PROTO_LIST_CHANNEL},
        {TYPES_INCIDENT_STATE, PROTO_LIST_INCIDENT_STATE},
        {TYPES_ASSIGNMENT_STATE, PROTO_LIST_ASSIGNMENT_STATE},
        {TYPES_DUTY, PROTO_LIST_DUTY},
        {TYPES_UNIT_STATUS, PROTO_LIST_UNIT_STATUS},
        {TYPES_SOURCE, PROTO_LIST_SOURCE},
        {TYPES_DISPATCH_MODE, PROTO_LIST_DISPATCH_MODE},
        {TYPES_ALARM_KIND, PROTO_LIST_ALARM_KIND},
        {TYPES_REASON, PROTO_LIST_REASON},
        {TYPES_CENTRE_KIND, PROTO_LIST_CENTRE_KIND},
        {TYPES_REFERRAL_STATE, PROTO_LIST_REFERRAL_STATE},
        {TYPES_VISIT, PROTO_LIST_VISIT},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        for (uint32_t value = 0; value < proto_count(lists[i].wire); value++) {
            cr_expect(eq(int,
                         strcmp(types_name(lists[i].core, value), proto_name(lists[i].wire, value)),
                         0));
        }
        cr_expect(le(u32, proto_count(lists[i].wire), types_count(lists[i].core)));
    }
    for (uint32_t kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        cr_expect(eq(
            int,
            strcmp(event_kind_name((enum event_kind)kind), proto_name(PROTO_LIST_EVENT_KIND, kind)),
            0));
    }
    for (uint32_t op = PROTO_OP_REPORT_CREATE; op < PROTO_OP_COUNT; op++) {
        const uint32_t kind = op - PROTO_OP_REPORT_CREATE + COMMAND_REPORT_CREATE;
        cr_expect(eq(
            int, strcmp(command_kind_name((enum command_kind)kind), proto_name(PROTO_LIST_OP, op)),
            0));
    }
}

Test(translate, every_refusal_of_the_core_has_a_code_of_its_own)
{
    static const enum reason refusals[] = {
        REASON_UNKNOWN_UNIT,  REASON_UNKNOWN_INCIDENT, REASON_UNKNOWN_ASSIGNMENT,
        REASON_UNKNOWN_ALARM, REASON_STALE_GENERATION, REASON_UNIT_BUSY,
        REASON_WRONG_STATE,   REASON_NOT_YOURS,        REASON_OPEN_ASSIGNMENTS,
        REASON_CAPACITY,      REASON_UNKNOWN_CENTRE,   REASON_UNKNOWN_REFERRAL,
        REASON_OPEN_REFERRAL,
    };
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        cr_expect(eq(int,
                     strcmp(proto_code_text(translate_refusal(refusals[i])),
                            types_name(TYPES_REASON, (uint32_t)refusals[i])),
                     0));
    }
}

/* ---- Keys ---- */

Test(translate, a_uuid_is_its_bytes_whoever_sends_it)
{
    static const uint8_t bytes[16] = {0x01, 0x8f, 0xab, 0xcd, 0xef, 0x01, 0x7a, 0xbc,
                                      0x9d, 0xef, 0x01, 0x23, 0x45, 0x67, 0x89, 0xab};
    uint8_t id[16];
    translate_key_id("li", "018fabcd-ef01-7abc-9def-0123456789ab", id);
    cr_expect(eq(int, memcmp(id, bytes, 16), 0));
    translate_key_id("wang", "018FABCD-EF01-7ABC-9DEF-0123456789AB", id);
    cr_expect(eq(int, memcmp(id, bytes, 16), 0));
}

Test(translate, another_key_is_a_version_8_uuid_of_actor_and_key)
{
    static const char *const keys[] = {"1",
                                       "report-17",
                                       "018fabcd-ef01-7abc-9def-0123456789a",
                                       "018fabcd_ef01-7abc-9def-0123456789ab",
                                       "018fabcd-ef01-7abc-9def-0123456789ag",
                                       "00000000-0000-0000-0000-000000000000"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        uint8_t mine[16], again[16], others[16];
        translate_key_id("li", keys[i], mine);
        translate_key_id("li", keys[i], again);
        translate_key_id("wang", keys[i], others);
        cr_expect(eq(u32, mine[6] >> 4, 8));
        cr_expect(eq(u32, mine[8] >> 6, 2));
        cr_expect(eq(int, memcmp(mine, again, 16), 0));
        cr_expect(ne(int, memcmp(mine, others, 16), 0));
    }
}

Test(translate, where_the_actor_ends_and_the_key_begins_matters)
{
    uint8_t a[16], b[16];
    translate_key_id("li1", "2", a);
    translate_key_id("li", "12", b);
    cr_expect(ne(int, memcmp(a, b, 16), 0));
}

/* ---- Fingerprints ---- */

static struct proto_command decode(const char *text)
{
    struct proto_command command;
    struct proto_error error;
    memset(&command, 0x5a, sizeof command); /* what the decoder leaves must not matter */
    const bool good = proto_decode_command(text, strlen(text), &command, &error);
    if (!good) {
        fprintf(stderr, "%s: %s %s\n", text, error.pointer, error.detail);
    }
    cr_assert(good);
    return command;
}

static uint64_t print_of(const char *text)
{
    const struct proto_command command = decode(text);
    return translate_key_fingerprint(&command);
}

Test(translate, the_order_of_members_and_what_is_left_out_do_not_change_the_content)
{
    const uint64_t a = print_of("{\"op\":\"report.create\",\"key\":\"1\",\"type\":\"fire\","
                                "\"lat\":1.0,\"lon\":1.0}");
    const uint64_t b = print_of("{\"lon\":1, \"lat\":1.0000000,\"key\":\"2\",\"drill\":false,"
                                "\"merge\":true,\"type\":\"fire\",\"op\":\"report.create\"}");
    cr_expect(eq(u64, a, b));
}

Test(translate, every_member_is_content)
{
    static const char *const texts[] = {
        "{\"op\":\"incident.note\",\"key\":\"1\",\"incident\":1,\"note\":\"a\"}",
        "{\"op\":\"incident.note\",\"key\":\"1\",\"incident\":2,\"note\":\"a\"}",
        "{\"op\":\"incident.note\",\"key\":\"1\",\"incident\":1,\"note\":\"b\"}",
        "{\"op\":\"incident.recommend\",\"key\":\"1\",\"incident\":1}",
        "{\"op\":\"incident.cancel\",\"key\":\"1\",\"incident\":1,\"reason\":\"duplicate\"}",
        "{\"op\":\"incident.cancel\",\"key\":\"1\",\"incident\":1,\"reason\":\"false_report\"}",
        "{\"op\":\"incident.close\",\"key\":\"1\",\"incident\":1,\"reason\":\"duplicate\"}",
        "{\"op\":\"incident.close\",\"key\":\"1\",\"incident\":1,\"reason\":\"duplicate\","
        "\"clear_all\":true}",
        "{\"op\":\"assignment.update\",\"key\":\"1\",\"assignment\":1,\"state\":\"delivered\"}",
        "{\"op\":\"assignment.update\",\"key\":\"1\",\"assignment\":1,\"state\":\"en_route\"}",
        "{\"op\":\"assignment.update\",\"key\":\"1\",\"assignment\":1,\"state\":\"en_route\","
        "\"device_ms\":5}",
        "{\"op\":\"assignment.recall\",\"key\":\"1\",\"assignment\":1}",
        "{\"op\":\"assignment.recall\",\"key\":\"1\",\"assignment\":2}",
        "{\"op\":\"unit.duty\",\"key\":\"1\",\"duty\":\"on\"}",
        "{\"op\":\"unit.duty\",\"key\":\"1\",\"duty\":\"off\"}",
        "{\"op\":\"unit.duty\",\"key\":\"1\",\"duty\":\"on\",\"people\":3}",
        "{\"op\":\"unit.duty\",\"key\":\"1\",\"duty\":\"on\",\"crew\":\"\"}",
        "{\"op\":\"unit.duty\",\"key\":\"1\",\"duty\":\"on\",\"crew\":\"Chen\"}",
        "{\"op\":\"unit.duty\",\"key\":\"1\",\"duty\":\"on\",\"device\":\"Chen\"}",
        "{\"op\":\"unit.duty\",\"key\":\"1\",\"duty\":\"on\",\"equipment\":[]}",
        "{\"op\":\"unit.duty\",\"key\":\"1\",\"duty\":\"on\",\"equipment\":[\"aed\"]}",
        "{\"op\":\"unit.duty\",\"key\":\"1\",\"duty\":\"on\",\"unit\":\"U1\"}",
        "{\"op\":\"alarm.ack\",\"key\":\"1\",\"alarm\":1}",
        "{\"op\":\"alarm.ack\",\"key\":\"1\",\"alarm\":2}",
        "{\"op\":\"incident.update\",\"key\":\"1\",\"incident\":1,\"generation\":1,"
        "\"priority\":1}",
        "{\"op\":\"incident.update\",\"key\":\"1\",\"incident\":1,\"generation\":1,"
        "\"priority\":2}",
        "{\"op\":\"incident.update\",\"key\":\"1\",\"incident\":1,\"generation\":1,"
        "\"lat\":1,\"lon\":2}",
        "{\"op\":\"incident.update\",\"key\":\"1\",\"incident\":1,\"generation\":1,"
        "\"lat\":2,\"lon\":1}",
        "{\"op\":\"incident.update\",\"key\":\"1\",\"incident\":1,\"generation\":2,"
        "\"lat\":2,\"lon\":1}",
        "{\"op\":\"incident.update\",\"key\":\"1\",\"incident\":1,\"generation\":2,"
        "\"lat\":2,\"lon\":1,\"crs\":\"bd09\"}",
        "{\"op\":\"report.create\",\"key\":\"1\",\"type\":\"fire\",\"lat\":1,\"lon\":2}",
        "{\"op\":\"report.create\",\"key\":\"1\",\"type\":\"fire\",\"lat\":1,\"lon\":2,"
        "\"crs\":\"gcj02\"}",
        "{\"op\":\"incident.order\",\"key\":\"1\",\"incident\":1,\"generation\":1,"
        "\"units\":[{\"unit\":\"U1\",\"tier\":\"1\"}]}",
        "{\"op\":\"incident.order\",\"key\":\"1\",\"incident\":1,\"generation\":1,"
        "\"units\":[{\"unit\":\"U1\",\"tier\":\"3\"}]}",
        "{\"op\":\"incident.order\",\"key\":\"1\",\"incident\":1,\"generation\":1,"
        "\"units\":[{\"unit\":\"U2\",\"tier\":\"3\"}]}",
        "{\"op\":\"incident.refer\",\"key\":\"1\",\"incident\":1,\"generation\":1,\"centre\":"
        "\"Z1\"}",
        "{\"op\":\"incident.refer\",\"key\":\"1\",\"incident\":1,\"generation\":1,\"centre\":"
        "\"Z2\"}",
        "{\"op\":\"incident.refer\",\"key\":\"1\",\"incident\":1,\"generation\":2,\"centre\":"
        "\"Z1\"}",
        "{\"op\":\"incident.refer\",\"key\":\"1\",\"incident\":1,\"generation\":1,\"centre\":"
        "\"Z1\","
        "\"note\":\"n\"}",
        "{\"op\":\"referral.update\",\"key\":\"1\",\"referral\":1,\"version\":1,"
        "\"state\":\"received\"}",
        "{\"op\":\"referral.update\",\"key\":\"1\",\"referral\":2,\"version\":1,"
        "\"state\":\"received\"}",
        "{\"op\":\"referral.update\",\"key\":\"1\",\"referral\":1,\"version\":2,"
        "\"state\":\"received\"}",
        "{\"op\":\"referral.update\",\"key\":\"1\",\"referral\":1,\"version\":1,"
        "\"state\":\"returned\",\"reason\":\"not_competent\"}",
        "{\"op\":\"referral.update\",\"key\":\"1\",\"referral\":1,\"version\":1,"
        "\"state\":\"returned\",\"reason\":\"engaged\"}",
        "{\"op\":\"referral.update\",\"key\":\"1\",\"referral\":1,\"version\":1,"
        "\"state\":\"lent\",\"units\":\"J3\"}",
        "{\"op\":\"referral.update\",\"key\":\"1\",\"referral\":1,\"version\":1,"
        "\"state\":\"lent\",\"units\":\"J4\"}",
    };
    const size_t count = sizeof texts / sizeof texts[0];
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            cr_expect(print_of(texts[i]) != print_of(texts[j]), "%s\n%s", texts[i], texts[j]);
        }
    }
}

/* ---- Commands ---- */

static struct given given;

static void set_up(void)
{
    given_init(&given);
    given_begin(&given);
    given_districts(&given);
}

static void tear_down(void)
{
    given_end(&given);
}

TestSuite(translate_command, .init = set_up, .fini = tear_down, .timeout = 20);

static const struct identity li = {
    .name = "li", .role = ROLE_DISPATCHER, .scope = SCOPE_CITY, .unit_id = UNIT_NONE};

static bool run(const struct identity *identity, const char *text, struct command *command,
                struct proto_error *error)
{
    const struct proto_command from = decode(text);
    return translate_command(&from, identity, &given.world.config, given.world.engine,
                             given.world.now_ms, command, error);
}

Test(translate_command, the_actor_is_who_says_it_and_the_source_goes_by_the_role)
{
    const uint32_t unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    struct identity who = li;
    struct actor actor = translate_actor(&who, given.world.engine);
    cr_expect(eq(int, strcmp(actor.id, "li"), 0));
    cr_expect(eq(u32, actor.source, SOURCE_DISPATCHER));
    who.role = ROLE_API;
    cr_expect(eq(u32, translate_actor(&who, given.world.engine).source, SOURCE_API));
    who.role = ROLE_UNIT;
    who.unit_id = unit_id;
    actor = translate_actor(&who, given.world.engine);
    cr_expect(eq(int, strcmp(actor.id, "unit:U0"), 0));
    cr_expect(eq(u32, actor.source, SOURCE_UNIT));
}

Test(translate_command, codes_of_an_order_become_ids_or_are_pointed_at)
{
    struct command command;
    struct proto_error error;
    given_unit(&given, UNIT_CAR, 0, 0, 'A');
    const uint32_t second = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    cr_assert(run(&li,
                  "{\"op\":\"incident.order\",\"key\":\"1\",\"incident\":7,\"generation\":3,"
                  "\"units\":[{\"unit\":\"U1\",\"tier\":\"5\"}],\"note\":\"why\"}",
                  &command, &error));
    cr_expect(eq(u32, command.kind, COMMAND_INCIDENT_ORDER));
    cr_expect(eq(u32, command.order.incident_id, 7));
    cr_expect(eq(u32, command.order.generation, 3));
    cr_expect(eq(u32, command.order.units[0].unit_id, second));
    cr_expect(eq(u32, command.order.units[0].tier, TIER_5));
    cr_expect(eq(int, strcmp(command.order.note, "why"), 0));

    cr_assert(not(run(&li,
                      "{\"op\":\"incident.order\",\"key\":\"1\",\"incident\":7,\"generation\":3,"
                      "\"units\":[{\"unit\":\"U1\",\"tier\":\"5\"},{\"unit\":\"X\",\"tier\":\"1\"}]"
                      "}",
                      &command, &error)));
    cr_expect(eq(u32, error.code, PROTO_UNKNOWN_UNIT));
    cr_expect(eq(int, strcmp(error.pointer, "/units/1/unit"), 0));

    cr_assert(not(run(&li,
                      "{\"op\":\"incident.order\",\"key\":\"1\",\"incident\":7,\"generation\":3,"
                      "\"units\":[{\"unit\":\"U1\",\"tier\":\"5\"},{\"unit\":\"U1\",\"tier\":\"1\"}"
                      "]}",
                      &command, &error)));
    cr_expect(eq(u32, error.code, PROTO_OUT_OF_RANGE));
}

Test(translate_command, duty_without_a_unit_is_the_units_own_and_keeps_its_people)
{
    struct command command;
    struct proto_error error;
    struct identity unit = li;
    cr_assert(
        not(run(&li, "{\"op\":\"unit.duty\",\"key\":\"1\",\"duty\":\"on\"}", &command, &error)));
    cr_expect(eq(u32, error.code, PROTO_MISSING_MEMBER));
    cr_expect(eq(int, strcmp(error.pointer, "/unit"), 0));
    unit.role = ROLE_UNIT;
    unit.unit_id = given_unit(&given, UNIT_CAR, 0, 0, 'A');
    cr_assert(
        run(&unit, "{\"op\":\"unit.duty\",\"key\":\"1\",\"duty\":\"off\"}", &command, &error));
    cr_expect(eq(u32, command.duty.unit_id, unit.unit_id));
    cr_expect(eq(u32, command.duty.duty, DUTY_OFF));
    cr_expect(eq(u32, command.duty.people, 2));
}

Test(translate_command, a_place_is_converted_from_what_its_source_speaks)
{
    struct command command;
    struct proto_error error;
    const struct geo_point shenzhen = {225438470, 1139123160}; /* published, in both */
    cr_assert(run(&li,
                  "{\"op\":\"report.create\",\"key\":\"1\",\"type\":\"fire\","
                  "\"lat\":22.5407961,\"lon\":113.9171765,\"crs\":\"gcj02\"}",
                  &command, &error));
    cr_expect(le(u64, geo_distance_cm(command.report.at, shenzhen), 3));
    cr_assert(run(&li,
                  "{\"op\":\"report.create\",\"key\":\"1\",\"type\":\"fire\","
                  "\"lat\":22.5407961,\"lon\":113.9171765}",
                  &command, &error));
    cr_expect(eq(i32, command.report.at.lat_e7, 225407961));
    cr_expect(ge(u64, geo_distance_m(command.report.at, shenzhen), 500));
    cr_assert(run(&li,
                  "{\"op\":\"incident.update\",\"key\":\"1\",\"incident\":1,\"generation\":1,"
                  "\"lat\":22.5407961,\"lon\":113.9171765,\"crs\":\"gcj02\"}",
                  &command, &error));
    cr_expect(le(u64, geo_distance_cm(command.update.at, shenzhen), 3));
}

Test(translate_command, a_report_received_in_the_future_is_refused_and_a_fast_clock_forgiven)
{
    struct command command;
    struct proto_error error;
    char text[256];
    const long long now = given.world.now_ms;
    snprintf(text, sizeof text,
             "{\"op\":\"report.create\",\"key\":\"1\",\"type\":\"fire\",\"lat\":1,\"lon\":1,"
             "\"received_ms\":%lld,\"occurred_ms\":%lld}",
             now + TRANSLATE_AHEAD_MS, now - 5000);
    cr_assert(run(&li, text, &command, &error));
    cr_expect(eq(i64, command.report.received_ms, now));
    cr_expect(eq(i64, command.report.occurred_ms, now - 5000));
    snprintf(text, sizeof text,
             "{\"op\":\"report.create\",\"key\":\"1\",\"type\":\"fire\",\"lat\":1,\"lon\":1,"
             "\"received_ms\":%lld}",
             now + TRANSLATE_AHEAD_MS + 1);
    cr_assert(not(run(&li, text, &command, &error)));
    cr_expect(eq(u32, error.code, PROTO_OUT_OF_RANGE));
    cr_expect(eq(int, strcmp(error.pointer, "/received_ms"), 0));
}

/* `received_ms` of a report as it is taken; 0: refused at that place. */
static int64_t received(int64_t received_ms)
{
    struct command command;
    struct proto_error error;
    char text[256];
    snprintf(text, sizeof text,
             "{\"op\":\"report.create\",\"key\":\"1\",\"type\":\"fire\",\"lat\":1,\"lon\":1,"
             "\"received_ms\":%lld}",
             (long long)received_ms);
    if (run(&li, text, &command, &error)) {
        return command.report.received_ms;
    }
    cr_expect(eq(u32, error.code, PROTO_OUT_OF_RANGE));
    cr_expect(eq(int, strcmp(error.pointer, "/received_ms"), 0));
    return 0;
}

Test(translate_command, a_report_received_more_than_a_day_ago_is_refused)
{
    given.world.now_ms = 1767225600000;
    const int64_t oldest = given.world.now_ms - TRANSLATE_RECEIVED_MS;
    cr_expect(eq(i64, received(oldest), oldest));
    cr_expect(eq(i64, received(oldest - 1), 0));
    cr_expect(eq(i64, received(given.world.now_ms / 1000), 0), "seconds, not milliseconds");
}

Test(translate_command, a_place_alone_keeps_the_address)
{
    struct command command;
    struct proto_error error;
    struct incident_view before;
    const uint32_t id = world_report(&given.world, INCIDENT_HELP, 0, -400, 30).incident_id;
    cr_assert(engine_incident(given.world.engine, id, &before));
    char text[256];
    snprintf(text, sizeof text,
             "{\"op\":\"incident.update\",\"key\":\"1\",\"incident\":%u,\"generation\":1,"
             "\"lat\":1,\"lon\":1}",
             id);
    cr_assert(run(&li, text, &command, &error));
    cr_expect(eq(i32, command.update.at.lat_e7, 10000000));
    cr_expect(eq(int, strcmp(command.update.address, before.address), 0));
}

Test(translate_command, an_address_alone_keeps_the_place)
{
    struct command command;
    struct proto_error error;
    const uint32_t id = world_report(&given.world, INCIDENT_HELP, 0, -400, 30).incident_id;
    char text[256];
    snprintf(text, sizeof text,
             "{\"op\":\"incident.update\",\"key\":\"1\",\"incident\":%u,\"generation\":1,"
             "\"address\":\"behind the house\"}",
             id);
    cr_assert(run(&li, text, &command, &error));
    cr_expect(command.update.has_place);
    cr_expect(eq(i32, command.update.at.lat_e7, world_at(-400, 30).lat_e7));
    cr_expect(eq(int, strcmp(command.update.address, "behind the house"), 0));
}

/* ---- The city's bounds ---- */

static const struct geo_map_header gothenburg = {
    .south_e7 = 576000000, .north_e7 = 577500000, .west_e7 = 118500000, .east_e7 = 121000000};
static const struct geo_map map = {.header = &gothenburg};
static const struct engine_config in_gothenburg = {.map = &map};

static struct geo_point at(double lat, double lon)
{
    return (struct geo_point){.lat_e7 = (int32_t)(lat * 1e7), .lon_e7 = (int32_t)(lon * 1e7)};
}

Test(translate, fifty_kilometres_from_the_map_is_the_end_of_the_city)
{
    cr_expect(translate_in_city(&in_gothenburg, at(57.70, 11.97)));
    cr_expect(translate_in_city(&in_gothenburg, at(58.19, 12.0)));      /* 48.9 km north */
    cr_expect(not(translate_in_city(&in_gothenburg, at(58.21, 12.0)))); /* 51.1 km */
    cr_expect(not(translate_in_city(&in_gothenburg, at(11.97, 57.70))));
    const struct engine_config no_map = {.map = NULL};
    cr_expect(translate_in_city(&no_map, at(-89.0, 179.0)));
}

Test(translate, a_latitude_over_90_is_swapped_only_if_that_would_lie_in_the_city)
{
    struct proto_error error = {.code = PROTO_SWAPPED_COORDINATES, .pointer = "/lat"};
    error.swapped = (struct proto_place){.lat_e7 = 577000000, .lon_e7 = 119700000};
    translate_error(&in_gothenburg, &error);
    cr_expect(eq(u32, error.code, PROTO_SWAPPED_COORDINATES));
    error.swapped = (struct proto_place){.lat_e7 = 310000000, .lon_e7 = 1210000000};
    translate_error(&in_gothenburg, &error);
    cr_expect(eq(u32, error.code, PROTO_OUT_OF_RANGE));
    cr_expect(eq(int, strcmp(error.pointer, "/lat"), 0));
}

/* ---- Queries ---- */

Test(translate, a_query_is_decoded_and_bounded)
{
    char text[8];
    int32_t e7 = 0;
    uint32_t number = 0;
    const char *query = "q=%E8%B7%AF+1&lat=-31.20000019&lon=180&n=12&bad=%zz&long=123456789&e=";
    cr_expect(eq(u32, http_api_query_text(query, "q", text, sizeof text), HTTP_API_QUERY_OK));
    cr_expect(eq(int, strcmp(text, "\xe8\xb7\xaf 1"), 0));
    cr_expect(eq(u32, http_api_query_text(query, "x", text, sizeof text), HTTP_API_QUERY_MISSING));
    cr_expect(eq(u32, http_api_query_text(query, "bad", text, sizeof text), HTTP_API_QUERY_BAD));
    cr_expect(eq(u32, http_api_query_text(query, "long", text, sizeof text), HTTP_API_QUERY_BAD));
    cr_expect(eq(u32, http_api_query_e7(query, "lat", 90, &e7), HTTP_API_QUERY_OK));
    cr_expect(eq(i32, e7, -312000001));
    cr_expect(eq(u32, http_api_query_e7(query, "lon", 180, &e7), HTTP_API_QUERY_OK));
    cr_expect(eq(i32, e7, 1800000000));
    cr_expect(eq(u32, http_api_query_e7("lon=180.0000001", "lon", 180, &e7), HTTP_API_QUERY_BAD));
    cr_expect(eq(u32, http_api_query_e7("lon=1e3", "lon", 180, &e7), HTTP_API_QUERY_BAD));
    cr_expect(eq(u32, http_api_query_e7(query, "e", 90, &e7), HTTP_API_QUERY_BAD));
    cr_expect(eq(u32, http_api_query_number(query, "n", 1, 12, &number), HTTP_API_QUERY_OK));
    cr_expect(eq(u32, number, 12));
    cr_expect(eq(u32, http_api_query_number(query, "n", 1, 11, &number), HTTP_API_QUERY_BAD));
    cr_expect(
        eq(u32, http_api_query_number("n=4294967297", "n", 1, 99, &number), HTTP_API_QUERY_BAD));
}

Test(translate, a_place_is_swapped_only_where_the_exchange_lies_in_the_city)
{
    cr_expect(translate_is_swapped(&in_gothenburg, at(11.97, 57.70)));
    cr_expect(not(translate_is_swapped(&in_gothenburg, at(57.70, 11.97))));
    cr_expect(not(translate_is_swapped(&in_gothenburg, at(41.15, -8.61))), "far away, no more");
}
