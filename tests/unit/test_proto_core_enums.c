/* The wire's lists and the engine's are two texts of one thing: same names, same order, so that
 * engine/net may cast one to the other. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine/core/command.h"
#include "engine/core/event.h"
#include "engine/core/limits.h"
#include "proto/proto.h"

TestSuite(proto_core_enums, .timeout = 60);

#define TEXT_OF(name, text) text,
#define COMPARE(label, core_list, proto_list)                                                      \
    {                                                                                              \
        static const char *const core[] = {core_list(TEXT_OF)};                                    \
        static const char *const wire[] = {proto_list(TEXT_OF)};                                   \
        compare(label, core, sizeof(core) / sizeof(core[0]), wire,                                 \
                sizeof(wire) / sizeof(wire[0]));                                                   \
    }

static void compare(const char *label, const char *const core[], size_t core_count,
                    const char *const wire[], size_t wire_count)
{
    cr_assert(core_count == wire_count, "%s: %zu and %zu", label, core_count, wire_count);
    for (size_t i = 0; i < core_count; i++) {
        cr_expect(strcmp(core[i], wire[i]) == 0, "%s %zu: %s and %s", label, i, core[i], wire[i]);
    }
}

Test(proto_core_enums, lists_are_equal){
    COMPARE("unit_kind", UNIT_KIND_LIST, PROTO_UNIT_KIND_LIST)
        COMPARE("tier", TIER_LIST, PROTO_TIER_LIST) COMPARE("tier_verdict", TIER_VERDICT_LIST,
                                                            PROTO_TIER_VERDICT_LIST)
            COMPARE("incident_type", INCIDENT_TYPE_LIST,
                    PROTO_INCIDENT_TYPE_LIST) COMPARE("channel", CHANNEL_LIST, PROTO_CHANNEL_LIST)
                COMPARE("incident_state", INCIDENT_STATE_LIST, PROTO_INCIDENT_STATE_LIST)
                    COMPARE("assignment_state", ASSIGNMENT_STATE_LIST,
                            PROTO_ASSIGNMENT_STATE_LIST) COMPARE("duty", DUTY_LIST, PROTO_DUTY_LIST)
                        COMPARE("unit_status", UNIT_STATUS_LIST, PROTO_UNIT_STATUS_LIST)
                            COMPARE("source", SOURCE_LIST, PROTO_SOURCE_LIST)
                                COMPARE("dispatch_mode", DISPATCH_MODE_LIST,
                                        PROTO_DISPATCH_MODE_LIST) COMPARE("reason", REASON_LIST,
                                                                          PROTO_REASON_LIST)
                                    COMPARE("alarm_kind", ALARM_KIND_LIST, PROTO_ALARM_KIND_LIST)
                                        COMPARE("event_kind", EVENT_KIND_LIST,
                                                PROTO_EVENT_KIND_LIST)}

/* Values, not only the order: a list with an assigned number would slip through the texts. */
Test(proto_core_enums, values_are_equal_at_the_ends)
{
    cr_expect(eq(int, (int)UNIT_STATION, (int)PROTO_UNIT_STATION));
    cr_expect(eq(int, (int)REASON_RESOLVED, (int)PROTO_REASON_RESOLVED));
    cr_expect(eq(int, (int)EVENT_DISTRICTS_CLEARED, (int)PROTO_EVENT_DISTRICTS_CLEARED));
    cr_expect(eq(int, (int)LADDER_RESENT, (int)PROTO_LADDER_RESENT));
    cr_expect(eq(int, (int)LADDER_ADDITIONAL, (int)PROTO_LADDER_ADDITIONAL));
    cr_expect(eq(int, (int)LADDER_DISPATCHER, (int)PROTO_LADDER_DISPATCHER));
    cr_expect(eq(int, (int)LADDER_SUPERVISOR, (int)PROTO_LADDER_SUPERVISOR));
    cr_expect(eq(int, (int)LADDER_PAR_ASKED, (int)PROTO_LADDER_PAR_ASKED));
    cr_expect(eq(int, (int)LADDER_PAR_OVERDUE, (int)PROTO_LADDER_PAR_OVERDUE));
    cr_expect(eq(int, (int)LADDER_SECOND, (int)PROTO_LADDER_SECOND));
    cr_expect(eq(int, (int)LADDER_SECOND_TAKEN, (int)PROTO_LADDER_SECOND_TAKEN));
    cr_expect(eq(int, (int)LADDER_SECOND_DELIVERED, (int)PROTO_LADDER_SECOND_DELIVERED));
    cr_expect(eq(int, (int)LADDER_SECOND_FAILED, (int)PROTO_LADDER_SECOND_FAILED));
    cr_expect(eq(int, (int)LADDER_SECOND_ANSWERED, (int)PROTO_LADDER_SECOND_ANSWERED));
    cr_expect(eq(int, (int)LADDER_STEP_COUNT, (int)PROTO_LADDER_STEP_COUNT));
}

Test(proto_core_enums, every_command_of_a_client_is_a_command_of_the_engine)
{
    static const char *const commands[] = {COMMAND_KIND_LIST(TEXT_OF)};
    for (uint32_t op = PROTO_OP_REPORT_CREATE; op < PROTO_OP_COUNT; op++) {
        bool found = false;
        for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
            found = found || strcmp(commands[i], proto_name(PROTO_LIST_OP, op)) == 0;
        }
        cr_expect(found, "%s", proto_name(PROTO_LIST_OP, op));
    }
}

Test(proto_core_enums, bounds_and_markers_are_equal)
{
    cr_expect(eq(u32, CODE_SIZE, PROTO_CODE_SIZE));
    cr_expect(eq(u32, NAME_SIZE, PROTO_NAME_SIZE));
    cr_expect(eq(u32, ADDRESS_SIZE, PROTO_ADDRESS_SIZE));
    cr_expect(eq(u32, PHONE_SIZE, PROTO_PHONE_SIZE));
    cr_expect(eq(u32, NOTE_SIZE, PROTO_NOTE_SIZE));
    cr_expect(eq(u32, ACTOR_SIZE, PROTO_USER_SIZE));
    cr_expect(eq(u32, ORDER_UNITS_MAX, PROTO_ORDER_UNITS_MAX));
    cr_expect(eq(u32, CANDIDATES_MAX, PROTO_CANDIDATES_MAX));
    cr_expect(eq(u32, DISTRICTS_MAX, PROTO_DISTRICTS_MAX));
    cr_expect(eq(u32, DISTRICT_POINTS_MAX, PROTO_ROSTER_POINTS_MAX));
    cr_expect(eq(i64, TIME_NEVER, PROTO_NEVER));
    const struct event *event = NULL;
    cr_expect(eq(sz, sizeof(event->district.ring_sizes) / sizeof(event->district.ring_sizes[0]),
                 PROTO_ROSTER_RINGS_MAX));
}
