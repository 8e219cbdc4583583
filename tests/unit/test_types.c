/* types, status, event and command names: every value has a name of its own, both ways. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <string.h>

#include "engine/core/event.h"
#include "engine/core/prng.h"
#include "engine/core/status.h"

Test(types, every_name_finds_its_value)
{
    for (uint32_t list = 0; list < TYPES_LIST_COUNT; list++) {
        const uint32_t count = types_count((enum types_list)list);
        cr_expect(lt(u32, 1, count));
        for (uint32_t value = 0; value < count; value++) {
            const char *name = types_name((enum types_list)list, value);
            cr_expect(lt(sz, 0, strlen(name)));
            cr_expect(eq(i32, types_find((enum types_list)list, name), (int32_t)value));
        }
    }
}

Test(types, other_names_are_not_found)
{
    cr_expect(eq(i32, types_find(TYPES_DUTY, "asleep"), -1));
    cr_expect(eq(i32, types_find(TYPES_DUTY, ""), -1));
    cr_expect(eq(i32, types_find(TYPES_DUTY, "of"), -1));
    cr_expect(eq(i32, types_find(TYPES_DUTY, "offf"), -1));
}

Test(types, wire_names_are_what_the_protocol_says)
{
    cr_expect(eq(int, strcmp(types_name(TYPES_TIER, TIER_3), "3"), 0));
    cr_expect(eq(int, strcmp(types_name(TYPES_REASON, REASON_TOO_FAR), "too_far"), 0));
    cr_expect(eq(int, strcmp(event_kind_name(EVENT_DECISION_MADE), "decision.made"), 0));
    cr_expect(eq(int, strcmp(command_kind_name(COMMAND_REPORT_CREATE), "report.create"), 0));
}

Test(types, every_status_event_and_command_has_its_own_text)
{
    for (int a = 0; a < STATUS_COUNT; a++) {
        for (int b = 0; b < a; b++) {
            cr_expect(ne(int, strcmp(status_text((enum status)a), status_text((enum status)b)), 0));
        }
    }
    for (int a = 0; a < EVENT_KIND_COUNT; a++) {
        for (int b = 0; b < a; b++) {
            cr_expect(
                ne(int,
                   strcmp(event_kind_name((enum event_kind)a), event_kind_name((enum event_kind)b)),
                   0));
        }
    }
    for (int a = 0; a < COMMAND_KIND_COUNT; a++) {
        for (int b = 0; b < a; b++) {
            cr_expect(ne(int,
                         strcmp(command_kind_name((enum command_kind)a),
                                command_kind_name((enum command_kind)b)),
                         0));
        }
    }
}

Test(types, a_number_off_the_list_is_a_programming_error, .signal = SIGABRT)
{
    cr_fail("answered %s", types_name(TYPES_DUTY, DUTY_COUNT));
}

Test(types, the_ends_of_an_assignment_and_an_incident)
{
    for (uint32_t state = 0; state < ASSIGNMENT_STATE_COUNT; state++) {
        cr_expect(eq(int, assignment_state_ended((enum assignment_state)state),
                     state >= ASSIGNMENT_CLEARED));
    }
    for (uint32_t state = 0; state < INCIDENT_STATE_COUNT; state++) {
        cr_expect(eq(int, incident_state_ended((enum incident_state)state),
                     state >= INCIDENT_CLOSED && state != INCIDENT_DIVERTED));
    }
}

Test(types, chance_is_the_same_for_the_same_seed_and_within_its_bound)
{
    struct prng a = {.state = 42};
    struct prng b = {.state = 42};
    uint32_t heads = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        const uint32_t value = prng_below(&a, 10);
        cr_assert(lt(u32, value, 10));
        cr_assert(eq(u32, value, prng_below(&b, 10)));
        heads += prng_chance(&a, 500) ? 1 : 0;
        (void)prng_chance(&b, 500);
    }
    cr_expect(lt(u32, 4700, heads));
    cr_expect(lt(u32, heads, 5300));
}
