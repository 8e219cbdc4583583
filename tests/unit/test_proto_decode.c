/* What the decoders fill in: every member, every default, the id of a refused message. Which
 * requests are taken and refused stands in test_proto_vectors.c. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "proto/proto.h"

TestSuite(proto_decode, .timeout = 60);

static struct proto_message message;
static struct proto_error error;

static bool decode(const char *text)
{
    memset(&message, 0x5A, sizeof(message));
    memset(&error, 0x5A, sizeof(error));
    return proto_decode_message(text, strlen(text), &message, &error);
}

#define EXPECT_TEXT(actual, expected)                                                              \
    cr_expect(zero(int, strcmp((actual), (expected))), "%s", (actual))
#define COMMAND(op, members) "{\"id\":7,\"op\":\"" op "\",\"key\":\"k1\"," members "}"

Test(proto_decode, auth_and_its_defaults)
{
    cr_assert(decode("{\"id\":1,\"op\":\"auth\",\"token\":\"t\"}"));
    cr_expect(eq(int, message.op, PROTO_OP_AUTH));
    cr_expect(message.has_id);
    cr_expect(eq(i64, message.id, 1));
    EXPECT_TEXT(message.auth.token, "t");
    EXPECT_TEXT(message.auth.client, "");
    cr_assert(decode("{\"id\":1,\"op\":\"auth\",\"token\":\"t\",\"client\":\"c\"}"));
    EXPECT_TEXT(message.auth.client, "c");
}

Test(proto_decode, sub_with_and_without_a_place_in_the_log)
{
    cr_assert(decode("{\"id\":1,\"op\":\"sub\",\"stream\":\"orders\"}"));
    cr_expect(eq(int, message.sub.stream, PROTO_STREAM_ORDERS));
    cr_expect(not(message.sub.has_since));
    cr_assert(decode("{\"id\":1,\"op\":\"sub\",\"stream\":\"city\",\"since\":{\"epoch\":\"e\","
                     "\"seq\":9007199254740992}}"));
    cr_expect(message.sub.has_since);
    EXPECT_TEXT(message.sub.epoch, "e");
    cr_expect(eq(u64, message.sub.seq, UINT64_C(9007199254740992)));
    cr_assert(decode("{\"id\":1,\"op\":\"unsub\",\"stream\":\"units\"}"));
    cr_expect(eq(int, message.op, PROTO_OP_UNSUB));
    cr_expect(eq(int, message.sub.stream, PROTO_STREAM_UNITS));
}

Test(proto_decode, positions_and_what_they_do_not_say)
{
    cr_assert(decode("{\"op\":\"position\",\"fixes\":[{\"lat\":1,\"lon\":-2.5},{\"lat\":-90,"
                     "\"lon\":180,\"at_ms\":5,\"heading\":0,\"speed_kmh\":1,\"accuracy_m\":2}]}"));
    cr_expect(not(message.has_id));
    cr_assert(eq(u32, message.position.fix_count, 2));
    const struct proto_fix *bare = &message.position.fixes[0];
    cr_expect(eq(i32, bare->at.lat_e7, 10000000));
    cr_expect(eq(i32, bare->at.lon_e7, -25000000));
    cr_expect(eq(i64, bare->at_ms, PROTO_NEVER));
    cr_expect(eq(u32, bare->heading_deg, PROTO_NONE));
    cr_expect(eq(u32, bare->speed_kmh, PROTO_NONE));
    cr_expect(eq(u32, bare->accuracy_m, PROTO_NONE));
    const struct proto_fix *full = &message.position.fixes[1];
    cr_expect(eq(i64, full->at_ms, 5));
    cr_expect(eq(u32, full->heading_deg, 0));
    cr_expect(eq(u32, full->speed_kmh, 1));
    cr_expect(eq(u32, full->accuracy_m, 2));
}

Test(proto_decode, a_report_with_the_least)
{
    cr_assert(decode(COMMAND("report.create", "\"type\":\"crime\",\"lat\":22.5176,\"lon\":113")));
    const struct proto_report_create *report = &message.command.report;
    cr_expect(eq(int, message.command.op, PROTO_OP_REPORT_CREATE));
    EXPECT_TEXT(message.command.key, "k1");
    cr_expect(eq(int, report->channel, PROTO_CHANNEL_API));
    cr_expect(eq(int, report->type, PROTO_INCIDENT_CRIME));
    cr_expect(eq(u32, report->priority, 0));
    cr_expect(eq(i32, report->at.lat_e7, 225176000));
    cr_expect(eq(i32, report->at.lon_e7, 1130000000));
    cr_expect(eq(i64, report->occurred_ms, PROTO_NEVER));
    cr_expect(eq(i64, report->received_ms, PROTO_NEVER));
    cr_expect(not(report->drill));
    cr_expect(report->merge);
    EXPECT_TEXT(report->address, "");
    EXPECT_TEXT(report->caller, "");
    EXPECT_TEXT(report->phone, "");
    EXPECT_TEXT(report->note, "");
}

Test(proto_decode, a_report_with_everything)
{
    cr_assert(decode(COMMAND(
        "report.create",
        "\"type\":\"other\",\"lat\":0,\"lon\":0,\"channel\":\"sensor\",\"priority\":4,"
        "\"address\":\"中\",\"caller\":\"b\",\"phone\":\"c\",\"note\":\"d\\u4e2d\\ud83d\\udd25\","
        "\"occurred_ms\":1,\"received_ms\":2,\"drill\":true,\"merge\":false")));
    const struct proto_report_create *report = &message.command.report;
    cr_expect(eq(int, report->channel, PROTO_CHANNEL_SENSOR));
    cr_expect(eq(u32, report->priority, 4));
    EXPECT_TEXT(report->address, "中");
    EXPECT_TEXT(report->caller, "b");
    EXPECT_TEXT(report->phone, "c");
    EXPECT_TEXT(report->note, "d中🔥");
    cr_expect(eq(i64, report->occurred_ms, 1));
    cr_expect(eq(i64, report->received_ms, 2));
    cr_expect(report->drill);
    cr_expect(not(report->merge));
}

Test(proto_decode, degrees_round_half_away_from_zero_to_seven_decimals)
{
    cr_assert(decode(
        COMMAND("report.create", "\"type\":\"fire\",\"lat\":0.00000015,\"lon\":-0.00000015")));
    cr_expect(eq(i32, message.command.report.at.lat_e7, 2));
    cr_expect(eq(i32, message.command.report.at.lon_e7, -2));
    cr_assert(decode(
        COMMAND("report.create", "\"type\":\"fire\",\"lat\":0.00000014,\"lon\":-0.00000014")));
    cr_expect(eq(i32, message.command.report.at.lat_e7, 1));
    cr_expect(eq(i32, message.command.report.at.lon_e7, -1));
    cr_assert(decode(
        COMMAND("report.create", "\"type\":\"fire\",\"lat\":89.99999996,\"lon\":-179.99999999")));
    cr_expect(eq(i32, message.command.report.at.lat_e7, 900000000));
    cr_expect(eq(i32, message.command.report.at.lon_e7, -1800000000));
}

Test(proto_decode, an_order_names_units_and_tiers)
{
    cr_assert(decode(COMMAND("incident.order",
                             "\"incident\":4294967295,\"generation\":0,\"note\":\"n\",\"units\":[{"
                             "\"unit\":\"P12\",\"tier\":\"1\"},{\"tier\":\"5\",\"unit\":\"a.b_-"
                             "\"}]")));
    const struct proto_incident_order *order = &message.command.order;
    cr_expect(eq(u32, order->incident_id, UINT32_MAX));
    cr_expect(eq(u32, order->generation, 0));
    cr_assert(eq(u32, order->unit_count, 2));
    EXPECT_TEXT(order->units[0].unit, "P12");
    cr_expect(eq(int, order->units[0].tier, PROTO_TIER_1));
    EXPECT_TEXT(order->units[1].unit, "a.b_-");
    cr_expect(eq(int, order->units[1].tier, PROTO_TIER_5));
    EXPECT_TEXT(order->note, "n");
}

Test(proto_decode, an_update_says_what_it_changes)
{
    cr_assert(
        decode(COMMAND("incident.update", "\"incident\":1,\"generation\":2,\"lat\":1,\"lon\":2")));
    cr_expect(message.command.update.has_place);
    cr_expect(not(message.command.update.has_address));
    cr_expect(not(message.command.update.has_type));
    cr_expect(not(message.command.update.has_priority));
    cr_expect(eq(u32, message.command.update.generation, 2));
    cr_assert(decode(COMMAND("incident.update", "\"incident\":1,\"generation\":2,\"address\":\"\","
                                                "\"type\":\"help\",\"priority\":3")));
    cr_expect(not(message.command.update.has_place));
    cr_expect(message.command.update.has_address);
    EXPECT_TEXT(message.command.update.address, "");
    cr_expect(eq(int, message.command.update.type, PROTO_INCIDENT_HELP));
    cr_expect(eq(u32, message.command.update.priority, 3));
}

Test(proto_decode, acts_on_an_incident)
{
    cr_assert(decode(COMMAND("incident.recommend", "\"incident\":9")));
    cr_expect(eq(u32, message.command.act.incident_id, 9));
    cr_assert(decode(COMMAND("incident.note", "\"incident\":9,\"note\":\"x\"")));
    EXPECT_TEXT(message.command.act.note, "x");
    cr_assert(decode(COMMAND("incident.cancel", "\"incident\":9,\"reason\":\"duplicate\"")));
    cr_expect(eq(int, message.command.act.reason, PROTO_REASON_DUPLICATE));
    EXPECT_TEXT(message.command.act.note, "");
    cr_assert(decode(COMMAND("incident.close", "\"incident\":9,\"reason\":\"resolved\"")));
    cr_expect(not(message.command.act.clear_all));
    cr_assert(decode(
        COMMAND("incident.close", "\"incident\":9,\"reason\":\"resolved\",\"clear_all\":true")));
    cr_expect(message.command.act.clear_all);
}

Test(proto_decode, assignments_duties_and_alarms)
{
    cr_assert(decode(COMMAND("assignment.update", "\"assignment\":5,\"state\":\"en_route\"")));
    cr_expect(eq(int, message.command.assignment.state, PROTO_ASSIGNMENT_EN_ROUTE));
    cr_expect(eq(int, message.command.assignment.reason, PROTO_REASON_NONE));
    cr_expect(eq(i64, message.command.assignment.device_ms, PROTO_NEVER));
    cr_assert(decode(COMMAND("assignment.update", "\"assignment\":5,\"state\":\"declined\","
                                                  "\"reason\":\"unsafe\",\"device_ms\":3")));
    cr_expect(eq(int, message.command.assignment.reason, PROTO_REASON_UNSAFE));
    cr_expect(eq(i64, message.command.assignment.device_ms, 3));
    cr_assert(decode(COMMAND("assignment.recall", "\"assignment\":5")));
    cr_expect(eq(u32, message.command.recall.assignment_id, 5));
    cr_expect(eq(int, message.command.recall.reason, PROTO_REASON_NONE));
    cr_assert(decode(COMMAND("unit.duty", "\"duty\":\"on\"")));
    EXPECT_TEXT(message.command.duty.unit, "");
    cr_expect(eq(int, message.command.duty.duty, PROTO_DUTY_ON));
    cr_expect(not(message.command.duty.has_people));
    cr_expect(not(message.command.duty.has_crew));
    cr_assert(decode(COMMAND("unit.duty", "\"duty\":\"on\",\"crew\":\"Chen 0123\",\"device\":\"\","
                                          "\"equipment\":[\"aed\",\"radio\"]")));
    EXPECT_TEXT(message.command.duty.crew, "Chen 0123");
    cr_expect(message.command.duty.has_device);
    cr_expect(eq(u32, message.command.duty.equipment,
                 1u << PROTO_EQUIPMENT_AED | 1u << PROTO_EQUIPMENT_RADIO));
    cr_assert(decode(COMMAND("unit.duty", "\"unit\":\"P1\",\"duty\":\"off\",\"people\":0")));
    EXPECT_TEXT(message.command.duty.unit, "P1");
    cr_expect(message.command.duty.has_people);
    cr_assert(decode(COMMAND("alarm.ack", "\"alarm\":3")));
    cr_expect(eq(u32, message.command.alarm.alarm_id, 3));
}

Test(proto_decode, a_refused_message_still_has_its_id)
{
    cr_expect(not(decode("{\"id\":77,\"op\":\"no.such\"}")));
    cr_expect(message.has_id);
    cr_expect(eq(i64, message.id, 77));
    cr_expect(not(decode("{\"op\":\"ping\",\"id\":78,\"x\":1}")));
    cr_expect(eq(i64, message.id, 78));
    cr_expect(not(decode("{\"op\":\"ping\",\"id\":\"78\"}")));
    cr_expect(not(message.has_id));
    cr_expect(not(decode("{\"id\":79,")));
    cr_expect(not(message.has_id));
}

Test(proto_decode, an_error_says_what_and_where)
{
    cr_expect(not(decode("{\"id\":1,\n \"op\":x}")));
    EXPECT_TEXT(error.detail, "line 2, column 7: this is not JSON");
    cr_expect(not(decode("{\"id\":1,\"op\":\"p\" \"中\":1}")));
    EXPECT_TEXT(error.detail, "line 1, column 20: this is not JSON");
    cr_expect(not(decode(COMMAND("report.create", "\"type\":\"fires\",\"lat\":1,\"lon\":2"))));
    EXPECT_TEXT(error.detail, "\"type\" is \"fires\"; it must be one of public_order crime traffic "
                              "fire medical help dispute other");
    cr_expect(not(decode(COMMAND("incident.order", "\"incident\":1,\"generation\":1,\"units\":[{"
                                                   "\"unit\":\"P1\"}]"))));
    EXPECT_TEXT(error.detail, "\"tier\" in /units/0 is missing");
    cr_expect(
        not(decode(COMMAND("incident.order", "\"incident\":1,\"generation\":1,\"units\":[5]"))));
    EXPECT_TEXT(error.detail, "the value at /units/0 must be an object, not a whole number");
    cr_expect(not(decode(COMMAND("incident.note", "\"incident\":1,\"note\":\"a\\u0007\""))));
    EXPECT_TEXT(error.detail, "\"note\" has a character that is not allowed at byte 2 (value 7)");
    cr_expect(not(decode(COMMAND("alarm.ack", "\"alarm\":null"))));
    EXPECT_TEXT(error.detail, "\"alarm\" must be a whole number, not null");
    cr_expect(not(decode(COMMAND("alarm.ack", "\"alarm\":{}"))));
    EXPECT_TEXT(error.detail, "\"alarm\" must be a whole number, not an object");
    cr_expect(not(decode(COMMAND("alarm.ack", "\"alarm\":false"))));
    EXPECT_TEXT(error.detail, "\"alarm\" must be a whole number, not true or false");
}

Test(proto_decode, swapped_coordinates_come_with_the_place_exchanged)
{
    cr_expect(
        not(decode(COMMAND("report.create", "\"type\":\"fire\",\"lat\":113.4,\"lon\":22.5"))));
    cr_expect(eq(int, error.code, PROTO_SWAPPED_COORDINATES));
    cr_expect(eq(i32, error.swapped.lat_e7, 225000000));
    cr_expect(eq(i32, error.swapped.lon_e7, 1134000000));
}

#define BODY(decoder, text, result) decoder((text), strlen(text), (result), &error)

Test(proto_decode, bodies_of_http_requests)
{
    struct proto_login login;
    cr_assert(BODY(proto_decode_login, "{\"name\":\"li\",\"password\":\"pw\"}", &login));
    cr_expect(not(login.is_device));
    EXPECT_TEXT(login.name, "li");
    EXPECT_TEXT(login.password, "pw");
    cr_assert(BODY(proto_decode_login, "{\"unit\":\"P1\",\"secret\":\"s\"}", &login));
    cr_expect(login.is_device);
    EXPECT_TEXT(login.name, "P1");
    EXPECT_TEXT(login.password, "s");

    struct proto_user_create user;
    cr_assert(BODY(proto_decode_user,
                   "{\"name\":\"u\",\"display\":\"U\",\"role\":\"unit\",\"scope\":[\"a\",\"b\"],"
                   "\"unit\":\"P1\",\"password\":\"0123456789\"}",
                   &user));
    cr_expect(not(user.scope_city));
    cr_assert(eq(u32, user.district_count, 2));
    EXPECT_TEXT(user.districts[1], "b");
    EXPECT_TEXT(user.unit, "P1");
    cr_expect(eq(int, user.role, PROTO_ROLE_UNIT));

    static struct proto_devices devices;
    cr_assert(BODY(proto_decode_devices, "{\"units\":[\"A\",\"B\"]}", &devices));
    cr_assert(eq(u32, devices.unit_count, 2));
    EXPECT_TEXT(devices.units[1], "B");

    struct proto_command command;
    cr_assert(BODY(proto_decode_report, "{\"type\":\"fire\",\"lat\":1,\"lon\":2}", &command));
    cr_expect(eq(int, command.op, PROTO_OP_REPORT_CREATE));
    EXPECT_TEXT(command.key, "");
    cr_expect(command.report.merge);
    cr_assert(
        BODY(proto_decode_command, "{\"op\":\"alarm.ack\",\"key\":\"k\",\"alarm\":3}", &command));
    cr_expect(eq(int, command.op, PROTO_OP_ALARM_ACK));
    cr_expect(eq(u32, command.alarm.alarm_id, 3));
}

Test(proto_decode, a_receipt_says_what_became_of_an_order_and_never_that_it_was_taken)
{
    struct proto_receipt_said said;
    cr_assert(BODY(proto_decode_receipt, "{\"assignment\":7,\"receipt\":\"answered\"}", &said));
    cr_expect(eq(u32, said.assignment_id, 7));
    cr_expect(eq(int, said.receipt, PROTO_RECEIPT_ANSWERED));
    cr_expect(not(BODY(proto_decode_receipt, "{\"assignment\":7,\"receipt\":\"taken\"}", &said)));
    EXPECT_TEXT(error.detail,
                "\"receipt\" is \"taken\"; it must be one of delivered failed answered");
    cr_expect(not(BODY(proto_decode_receipt, "{\"receipt\":\"failed\"}", &said)));
    EXPECT_TEXT(error.detail, "\"assignment\" is missing");
    cr_expect(not(BODY(proto_decode_receipt, "[]", &said)));
}

Test(proto_decode, the_header_key_may_be_missing_altogether)
{
    char key[PROTO_KEY_SIZE];
    cr_expect(not(proto_decode_key(NULL, key, &error)));
    cr_expect(eq(int, error.code, PROTO_KEY_MISSING));
}
