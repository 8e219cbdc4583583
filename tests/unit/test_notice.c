/* notice: who was ordered hears of a change, of danger and of a recall, and says so. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine/core/prng.h"
#include "tests/support/core_given.h"

static struct world world;
static uint32_t car, incident_id;

static void set_up(void)
{
    world_init(&world);
    world_begin(&world);
    car = world_unit(&world, UNIT_CAR, 500, 0);
    incident_id = world_report(&world, INCIDENT_DISPUTE, 0, 0, 0).incident_id;
    cr_assert(ne(u32, world_active(&world, car), 0));
}

static void tear_down(void)
{
    world_finish(&world);
}

TestSuite(notice, .init = set_up, .fini = tear_down, .timeout = 20);

static struct notice notice_of(uint32_t assignment_id)
{
    return world_assignment(&world, assignment_id).notice;
}

static struct step_result warn(enum warn_level level, const char *text)
{
    struct command command = {.kind = COMMAND_INCIDENT_WARN};
    command.warn.incident_id = incident_id;
    command.warn.level = level;
    strncpy(command.warn.text, text, NOTE_SIZE - 1);
    return world_step(&world, &command);
}

static struct step_result change_place(int32_t east_m)
{
    struct command command = {.kind = COMMAND_INCIDENT_UPDATE};
    command.update.incident_id = incident_id;
    command.update.generation = world_incident(&world, incident_id).generation;
    command.update.has_place = true;
    command.update.at = world_at(east_m, 0);
    return world_step(&world, &command);
}

/* The unit of the assignment says so, of the notice with this number. */
static struct step_result says(uint32_t assignment_id, uint32_t number, enum notice_state state)
{
    struct command command = {.kind = COMMAND_NOTICE_UPDATE};
    command.notice.assignment_id = assignment_id;
    command.notice.unit_id = world_assignment(&world, assignment_id).unit_id;
    command.notice.number = number;
    command.notice.state = state;
    command.notice.device_ms = TIME_NEVER;
    return world_step(&world, &command);
}

Test(notice, a_changed_place_is_sent_to_everybody_who_is_ordered)
{
    const uint32_t first = world_active(&world, car);
    const uint32_t second_car = world_unit(&world, UNIT_CAR, 700, 0);
    world_order(&world, incident_id, world_incident(&world, incident_id).generation, second_car,
                TIER_5);
    const uint32_t second = world_active(&world, second_car);
    change_place(300);
    cr_expect(eq(u32, world_count(&world, EVENT_NOTICE_SENT), 2));
    cr_expect(eq(u32, notice_of(first).kinds, 1u << NOTICE_CHANGED));
    cr_expect(eq(u32, notice_of(second).state, NOTICE_SENT));
}

Test(notice, another_priority_alone_is_no_change_on_the_way)
{
    struct command command = {.kind = COMMAND_INCIDENT_UPDATE};
    command.update.incident_id = incident_id;
    command.update.generation = world_incident(&world, incident_id).generation;
    command.update.has_priority = true;
    command.update.priority = 1;
    world_step(&world, &command);
    cr_expect(eq(u32, world_count(&world, EVENT_NOTICE_SENT), 0));
}

Test(notice, a_warning_stays_with_the_incident_for_who_is_ordered_later)
{
    warn(WARN_DANGER, "gas");
    const struct incident_view view = world_incident(&world, incident_id);
    cr_expect(strcmp(view.warning, "gas") == 0);
    cr_expect(eq(u32, view.warning_level, WARN_DANGER));
    cr_expect(eq(i64, view.warned_ms, world.now_ms));
    cr_expect(eq(u32, notice_of(world_active(&world, car)).kinds, 1u << NOTICE_DANGER));
}

Test(notice, its_ladder_reminds_then_alarms_and_asks_nobody_else)
{
    const uint32_t id = world_active(&world, car);
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    world_unit(&world, UNIT_CAR, 900, 0);
    warn(WARN_DANGER, "armed");
    const uint32_t sent = world.kinds[EVENT_ASSIGNMENT_SENT];
    world_pass(&world, 9999);
    cr_expect(eq(u32, world.kinds[EVENT_NOTICE_STEP], 0));
    world_pass(&world, 1);
    cr_expect(eq(u32, notice_of(id).resent_count, 1));
    world_pass(&world, 35000);
    cr_expect(world_has_alarm(&world, ALARM_NOTICE_LATE, incident_id));
    cr_expect(not(world_has_alarm(&world, ALARM_NOTICE_ESCALATED, incident_id)));
    world_pass(&world, 15000);
    cr_expect(world_has_alarm(&world, ALARM_NOTICE_ESCALATED, incident_id));
    cr_expect(eq(u32, world.kinds[EVENT_NOTICE_STEP], 3));
    cr_expect(eq(u32, world.kinds[EVENT_ASSIGNMENT_SENT], sent));
    world_pass(&world, 600000);
    cr_expect(eq(u32, world.kinds[EVENT_NOTICE_STEP], 3));
}

Test(notice, an_acknowledgement_ends_the_ladder_and_clears_its_alarms)
{
    const uint32_t id = world_active(&world, car);
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    warn(WARN_CAUTION, "dog");
    world_pass(&world, 60000);
    cr_assert(world_has_alarm(&world, ALARM_NOTICE_ESCALATED, incident_id));
    cr_expect(eq(u32, says(id, 1, NOTICE_DELIVERED).refusal, REASON_NONE));
    cr_expect(eq(i64, notice_of(id).delivered_ms, world.now_ms));
    cr_expect(world_has_alarm(&world, ALARM_NOTICE_LATE, incident_id));
    says(id, 1, NOTICE_ACKNOWLEDGED);
    cr_expect(eq(i64, notice_of(id).acknowledged_ms, world.now_ms));
    cr_expect(not(world_has_alarm(&world, ALARM_NOTICE_LATE, incident_id)));
    cr_expect(not(world_has_alarm(&world, ALARM_NOTICE_ESCALATED, incident_id)));
}

Test(notice, an_acknowledged_order_does_not_acknowledge_the_change)
{
    const uint32_t id = world_active(&world, car);
    change_place(300);
    world_says(&world, id, ASSIGNMENT_ACKNOWLEDGED);
    cr_expect(eq(u32, notice_of(id).state, NOTICE_SENT));
    world_pass(&world, 45000);
    cr_expect(world_has_alarm(&world, ALARM_NOTICE_LATE, incident_id));
}

Test(notice, what_was_not_acknowledged_joins_the_next_and_only_the_newest_counts)
{
    const uint32_t id = world_active(&world, car);
    warn(WARN_DANGER, "knife");
    change_place(300);
    cr_expect(eq(u32, notice_of(id).number, 2));
    cr_expect(eq(u32, notice_of(id).kinds, 1u << NOTICE_DANGER | 1u << NOTICE_CHANGED));
    cr_expect(eq(u32, says(id, 1, NOTICE_ACKNOWLEDGED).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, says(id, 3, NOTICE_ACKNOWLEDGED).refusal, REASON_WRONG_STATE));
    cr_expect(eq(u32, says(id, 2, NOTICE_ACKNOWLEDGED).refusal, REASON_NONE));
    change_place(400);
    cr_expect(eq(u32, notice_of(id).kinds, 1u << NOTICE_CHANGED));
}

Test(notice, a_recall_is_to_be_acknowledged_by_a_unit_that_is_free_again)
{
    const uint32_t id = world_active(&world, car);
    world_recall(&world, id);
    cr_expect(eq(u32, world_active(&world, car), 0));
    cr_expect(eq(u32, notice_of(id).kinds, 1u << NOTICE_RECALLED));
    world_pass(&world, 45000);
    cr_expect(world_has_alarm(&world, ALARM_NOTICE_LATE, incident_id));
    cr_expect(eq(u32, says(id, 1, NOTICE_ACKNOWLEDGED).refusal, REASON_NONE));
    cr_expect(not(world_has_alarm(&world, ALARM_NOTICE_LATE, incident_id)));
}

Test(notice, a_cancelled_incident_calls_off_who_is_on_the_way_and_its_alarm_outlives_it)
{
    const uint32_t id = world_active(&world, car);
    world_says(&world, id, ASSIGNMENT_EN_ROUTE);
    world_cancel(&world, incident_id);
    cr_expect(eq(u32, notice_of(id).kinds, 1u << NOTICE_RECALLED));
    world_pass(&world, 45000);
    cr_expect(world_has_alarm(&world, ALARM_NOTICE_LATE, incident_id));
    says(id, 1, NOTICE_ACKNOWLEDGED);
    cr_expect(not(world_has_alarm(&world, ALARM_NOTICE_LATE, incident_id)));
}

Test(notice, who_is_there_is_not_called_off_by_the_end)
{
    const uint32_t id = world_active(&world, car);
    world_says(&world, id, ASSIGNMENT_ON_SCENE);
    world_close(&world, incident_id, true);
    cr_expect(eq(u32, notice_of(id).state, NOTICE_NONE));
}

Test(notice, the_units_own_end_makes_it_moot)
{
    const uint32_t id = world_active(&world, car);
    warn(WARN_DANGER, "gas");
    world_says(&world, id, ASSIGNMENT_CLEARED);
    cr_expect(eq(u32, notice_of(id).state, NOTICE_NONE));
    world_pass(&world, 120000);
    cr_expect(eq(u32, world.kinds[EVENT_NOTICE_STEP], 0));
    cr_expect(eq(u32, says(id, 1, NOTICE_ACKNOWLEDGED).refusal, REASON_WRONG_STATE));
}

Test(notice, a_dispatcher_who_ends_it_for_the_unit_calls_it_off)
{
    const uint32_t id = world_active(&world, car);
    world_on_behalf(&world, id, ASSIGNMENT_CLEARED);
    cr_expect(eq(u32, notice_of(id).kinds, 1u << NOTICE_RECALLED));
}

Test(notice, another_unit_cannot_say_so)
{
    const uint32_t id = world_active(&world, car);
    warn(WARN_DANGER, "gas");
    struct command command = {.kind = COMMAND_NOTICE_UPDATE};
    command.notice.assignment_id = id;
    command.notice.unit_id = car + 1;
    command.notice.number = 1;
    command.notice.state = NOTICE_ACKNOWLEDGED;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_NOT_YOURS));
    command.notice.assignment_id = id + 1;
    cr_expect(eq(u32, world_step(&world, &command).refusal, REASON_UNKNOWN_ASSIGNMENT));
}

Test(notice, on_behalf_says_who_said_it)
{
    const uint32_t id = world_active(&world, car);
    warn(WARN_DANGER, "gas");
    struct command command = {.kind = COMMAND_NOTICE_UPDATE};
    command.notice.assignment_id = id;
    command.notice.unit_id = UNIT_NONE;
    command.notice.number = 1;
    command.notice.state = NOTICE_ACKNOWLEDGED;
    command.notice.device_ms = TIME_NEVER;
    world_step(&world, &command);
    cr_assert(eq(u32, world_count(&world, EVENT_NOTICE_UPDATED), 1));
    cr_expect(
        eq(u32, world_event(&world, EVENT_NOTICE_UPDATED, 0)->noticed.source, SOURCE_DISPATCHER));
}

Test(notice, an_ended_incident_is_not_warned_of)
{
    world_cancel(&world, incident_id);
    cr_expect(eq(u32, warn(WARN_DANGER, "gas").refusal, REASON_WRONG_STATE));
    incident_id = 99;
    cr_expect(eq(u32, warn(WARN_DANGER, "gas").refusal, REASON_UNKNOWN_INCIDENT));
}

/* Oracle: a set of kinds for each assignment, by what was done to it. World_finish() compares live,
 * replayed and snapshot after it. */
Test(notice, any_order_of_changes_leaves_exactly_what_was_not_acknowledged)
{
    const uint64_t seed = 20261129;
    struct prng prng = {.state = seed};
    const uint32_t id = world_active(&world, car);
    uint32_t kinds = 0;
    uint32_t number = 0;
    for (uint32_t round = 0; round < 400; round++) {
        switch (prng_below(&prng, 5)) {
        case 0:
            change_place((int32_t)prng_below(&prng, 400));
            kinds |= 1u << NOTICE_CHANGED;
            number++;
            break;
        case 1:
            warn(WARN_DANGER, "more");
            kinds |= 1u << NOTICE_DANGER;
            number++;
            break;
        case 2:
            world_pass(&world, prng_below(&prng, 20000));
            break;
        case 3: {
            const uint32_t said = number == 0 ? 1 : number - prng_below(&prng, 2);
            const bool counts = number > 0 && said == number;
            const bool is_known = notice_of(id).state == NOTICE_ACKNOWLEDGED;
            const struct step_result result = says(id, said, NOTICE_ACKNOWLEDGED);
            cr_assert(counts == (result.refusal == REASON_NONE), "seed %lu round %u", seed, round);
            kinds = counts || is_known ? 0 : kinds;
            break;
        }
        default:
            says(id, number, NOTICE_DELIVERED);
        }
        const struct notice notice = notice_of(id);
        const bool is_open = notice.state == NOTICE_SENT || notice.state == NOTICE_DELIVERED;
        const bool is_late = is_open && (notice.steps >> 2 & 1u) != 0;
        const bool has_alarm = world_has_alarm(&world, ALARM_NOTICE_LATE, incident_id);
        cr_assert(kinds == (is_open ? notice.kinds : 0), "seed %lu round %u", seed, round);
        cr_assert(notice.number == number, "seed %lu round %u", seed, round);
        cr_assert(has_alarm == is_late, "seed %lu round %u", seed, round);
    }
}
