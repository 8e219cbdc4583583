/* proto_speeds: a row goes in as it comes out, and what is not a row is refused with its place. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "proto/proto_speeds.h"

static struct proto_buffer buffer;
static struct proto_error error;
static struct proto_speeds speeds;

static void tear_down(void)
{
    proto_buffer_finish(&buffer);
}

TestSuite(proto_speeds, .fini = tear_down, .timeout = 20);

Test(proto_speeds, every_row_goes_in_as_it_comes_out)
{
    for (uint32_t i = 0; i < (uint32_t)PROTO_VEHICLE_COUNT * PROTO_ROAD_COUNT; i++) {
        struct proto_speeds row = {.vehicle = (enum proto_vehicle)(i / PROTO_ROAD_COUNT),
                                   .road = (enum proto_road)(i % PROTO_ROAD_COUNT)};
        for (uint32_t hour = 0; hour < PROTO_SPEED_HOURS; hour++) {
            row.percent[hour] = 10 + hour * 10 + i % 10;
        }
        proto_buffer_clear(&buffer);
        proto_encode_speeds(&buffer, &row);
        cr_assert(proto_decode_speeds(buffer.bytes, buffer.size, &speeds, &error), "%s",
                  error.detail);
        cr_expect(eq(int, memcmp(&row, &speeds, sizeof row), 0));
    }
}

static void expect_refused(const char *text, enum proto_code code, const char *pointer)
{
    cr_assert(not(proto_decode_speeds(text, strlen(text), &speeds, &error)), "%s", text);
    cr_expect(eq(int, error.code, code), "%s", text);
    cr_expect(strcmp(error.pointer, pointer) == 0, "%s: %s", text, error.pointer);
}

Test(proto_speeds, what_is_no_row_is_refused_with_its_place)
{
#define HOURS_23                                                                                   \
    "100,100,100,100,100,100,100,100,100,100,100,100,100,100,100,100,100,100,100,100,100,100,100"
#define CAR "{\"vehicle\":\"car\",\"class\":\"primary\",\"percent\":["
    expect_refused("[]", PROTO_BAD_REQUEST, "");
    expect_refused("{}", PROTO_MISSING_MEMBER, "/vehicle");
    expect_refused("{\"vehicle\":\"car\",\"class\":\"primary\"}", PROTO_MISSING_MEMBER, "/percent");
    expect_refused("{\"vehicle\":\"boat\",\"class\":\"primary\",\"percent\":[]}",
                   PROTO_UNKNOWN_VALUE, "/vehicle");
    expect_refused("{\"vehicle\":1,\"class\":\"primary\",\"percent\":[]}", PROTO_WRONG_TYPE,
                   "/vehicle");
    expect_refused("{\"vehicle\":\"car\",\"class\":\"ferry\",\"percent\":[]}", PROTO_UNKNOWN_VALUE,
                   "/class");
    expect_refused(CAR HOURS_23 "]}", PROTO_OUT_OF_RANGE, "/percent");
    expect_refused(CAR HOURS_23 ",9]}", PROTO_OUT_OF_RANGE, "/percent/23");
    expect_refused(CAR HOURS_23 ",251]}", PROTO_OUT_OF_RANGE, "/percent/23");
    expect_refused(CAR HOURS_23 ",\"100\"]}", PROTO_WRONG_TYPE, "/percent/23");
    expect_refused(CAR HOURS_23 ",100],\"hour\":1}", PROTO_UNKNOWN_MEMBER, "/hour");
    cr_expect(
        proto_decode_speeds(CAR HOURS_23 ",250]}", strlen(CAR HOURS_23 ",250]}"), &speeds, &error));
}

Test(proto_speeds, a_row_says_what_is_in_force_and_what_is_proposed)
{
    struct proto_speeds row = {.vehicle = PROTO_VEHICLE_CAR, .road = PROTO_ROAD_TRUNK};
    struct proto_speed_proposal proposals[PROTO_SPEED_HOURS] = {
        [1] = {.proposed = 72, .drive = PROTO_DRIVE_PATROL, .n = 51, .low = 60, .high = 80},
        [2] = {.drive = PROTO_DRIVE_ORDER, .n = 2, .low = 90, .high = 95}};
    for (uint32_t hour = 0; hour < PROTO_SPEED_HOURS; hour++) {
        row.percent[hour] = 100;
        proposals[hour].drive = hour == 0 || hour > 2 ? PROTO_DRIVE_NONE : proposals[hour].drive;
    }
    proto_encode_speed_row(&buffer, &row, proposals, 58, "", 0);
    proto_encode_speed_row(&buffer, &row, proposals, 58, "admin", 1764000000000);
    proto_buffer_append(&buffer, "", 1);
    cr_assert(proto_buffer_ok(&buffer));
    static const char *const wanted[] = {
        "{\"vehicle\":\"car\",\"class\":\"trunk\",\"map_kmh\":58,\"by\":null,\"since_ms\":null,",
        "\"by\":\"admin\",\"since_ms\":1764000000000,",
        "{\"hour\":0,\"percent\":100,\"proposed\":null,\"drives\":null,\"n\":0,\"p25\":0,\"p75\":"
        "0}",
        "{\"hour\":1,\"percent\":100,\"proposed\":72,\"drives\":\"patrol\",\"n\":51,\"p25\":60,"
        "\"p75\":80}",
        "{\"hour\":2,\"percent\":100,\"proposed\":null,\"drives\":\"order\",\"n\":2,"};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        cr_expect(strstr(buffer.bytes, wanted[i]) != NULL, "%s\n%s", wanted[i], buffer.bytes);
    }
}
