/* access: every role and operation, and the rules of scope. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "tests/support/api_given.h"

/* docs/PROTOCOL.md, the "who" columns: dispatcher, supervisor, unit, administrator, api. */
static const struct {
    enum access_op op;
    const char *who;
} page[] = {
    {ACCESS_REPORT_CREATE, "DSU.P"},
    {ACCESS_INCIDENT_RECOMMEND, "DS..."},
    {ACCESS_INCIDENT_ORDER, "DS..."},
    {ACCESS_INCIDENT_UPDATE, "DS..."},
    {ACCESS_INCIDENT_NOTE, "DSU.."},
    {ACCESS_INCIDENT_CANCEL, "DS..."},
    {ACCESS_INCIDENT_CLOSE, "DS..."},
    {ACCESS_ASSIGNMENT_UPDATE, "DSU.."},
    {ACCESS_ASSIGNMENT_RECALL, "DS..."},
    {ACCESS_UNIT_DUTY, "DSU.."},
    {ACCESS_ALARM_ACK, "DS..."},
    {ACCESS_INCIDENT_WARN, "DS..."},
    {ACCESS_NOTICE_UPDATE, "DSU.."},
    {ACCESS_UNIT_PANIC, "DSU.."},
    {ACCESS_PANIC_CLOSE, ".S..."},
    {ACCESS_ASSIGNMENT_PAR, "DSU.."},
    {ACCESS_INCIDENT_HOLD, "DS..."},
    {ACCESS_INCIDENT_RELEASE, "DS..."},
    {ACCESS_INCIDENT_REOPEN, "DS..."},
    {ACCESS_INCIDENT_MERGE, "DS..."},
    {ACCESS_INCIDENT_CLAIM, "DS..."},
    {ACCESS_INCIDENT_HAND_OVER, "DS..."},
    {ACCESS_REPORT_LINK, "DS..."},
    {ACCESS_REPORT_SPLIT, "DS..."},
    {ACCESS_REPORT_ANSWER, "DS..."},
    {ACCESS_ASSIGNMENT_REASSIGN, "DS..."},
    {ACCESS_MILESTONE_CORRECT, ".S..."},
    {ACCESS_ALARM_SHELVE, "DS..."},
    {ACCESS_ASSIGNMENT_SUPPORT, "DSU.."},
    {ACCESS_INCIDENT_REFER, "DS..."},
    {ACCESS_REFERRAL_UPDATE, "DS..P"},
    {ACCESS_CHECKPOINT_SIGN, "DSU.."},
    {ACCESS_INCIDENT_PHOTO, "DSU.."},
    {ACCESS_POSITION, "..U.."},
    {ACCESS_STREAM_CITY, "DS..P"},
    {ACCESS_STREAM_ORDERS, "..U.."},
    {ACCESS_STREAM_UNITS, "DS..P"},
    {ACCESS_SELF, "DSUAP"},
    {ACCESS_METRICS, ".S.AP"},
    {ACCESS_INCIDENTS, "DS..P"},
    {ACCESS_PHOTO, "DSU.."},
    {ACCESS_DRAWING, "DSUA."},
    {ACCESS_ROSTER, "DS.AP"},
    {ACCESS_CHECKPOINTS, "DSUAP"},
    {ACCESS_RESPONSE_TIMES, ".S..."},
    {ACCESS_MAP, "DSUAP"},
    {ACCESS_ISOCHRONE, "DS..."},
    {ACCESS_ROUTE, "DSU.."},
    {ACCESS_TRAFFIC, "DS.A."},
    {ACCESS_COVERAGE, "DS..."},
    {ACCESS_RECEIPT, "....P"},
    {ACCESS_ADMINISTRATION, "...A."},
};

Test(access, every_role_may_do_what_the_page_says_and_nothing_else)
{
    cr_assert(eq(sz, sizeof page / sizeof page[0], ACCESS_OP_COUNT));
    for (unsigned i = 0; i < ACCESS_OP_COUNT; i++) {
        cr_assert(eq(u32, page[i].op, i));
        for (unsigned role = 0; role < ROLE_COUNT; role++) {
            const bool may = access_role_may((enum role)role, page[i].op);
            cr_expect(may == (page[i].who[role] != '.'), "operation %u, role %u", i, role);
        }
    }
}

Test(access, commands_are_the_operations_of_their_name)
{
    cr_expect(eq(u32, access_command_op(COMMAND_REPORT_CREATE), ACCESS_REPORT_CREATE));
    cr_expect(eq(u32, access_command_op(COMMAND_INCIDENT_CLOSE), ACCESS_INCIDENT_CLOSE));
    cr_expect(eq(u32, access_command_op(COMMAND_ALARM_ACK), ACCESS_ALARM_ACK));
    cr_expect(eq(u32, access_command_op(COMMAND_NOTICE_UPDATE), ACCESS_NOTICE_UPDATE));
    cr_expect(eq(u32, access_command_op(COMMAND_ASSIGNMENT_PAR), ACCESS_ASSIGNMENT_PAR));
    cr_expect(eq(u32, access_command_op(COMMAND_ALARM_SHELVE), ACCESS_ALARM_SHELVE));
    cr_expect(eq(u32, access_command_op(COMMAND_ASSIGNMENT_SUPPORT), ACCESS_ASSIGNMENT_SUPPORT));
}

static struct identity person(enum role role, uint64_t scope)
{
    return (struct identity){.name = "li", .role = role, .scope = scope, .unit_id = UNIT_NONE};
}

Test(access, one_touched_district_in_the_scope_is_enough)
{
    const struct identity li = person(ROLE_DISPATCHER, given_scope("A"));
    const struct access_target both = {.districts = given_scope("AB")};
    const struct access_target other = {.districts = given_scope("B")};
    cr_expect(eq(u32, access_check(&li, ACCESS_INCIDENT_NOTE, &both), ACCESS_GRANTED));
    cr_expect(eq(u32, access_check(&li, ACCESS_INCIDENT_NOTE, &other), ACCESS_SCOPE));
}

Test(access, every_unit_of_an_order_must_be_in_the_scope)
{
    const struct identity li = person(ROLE_DISPATCHER, given_scope("A"));
    const struct access_target own = {.districts = given_scope("A"), .units = given_scope("A")};
    const struct access_target mixed = {.districts = given_scope("A"), .units = given_scope("AB")};
    cr_expect(eq(u32, access_check(&li, ACCESS_INCIDENT_ORDER, &own), ACCESS_GRANTED));
    cr_expect(eq(u32, access_check(&li, ACCESS_INCIDENT_ORDER, &mixed), ACCESS_SCOPE));
}

Test(access, what_lies_outside_every_district_is_for_the_whole_city_only)
{
    const struct access_target nowhere = {.districts = access_district_bit(DISTRICT_NONE)};
    const struct identity city = person(ROLE_SUPERVISOR, SCOPE_CITY);
    const struct identity all_districts = person(ROLE_SUPERVISOR, SCOPE_CITY >> 1);
    cr_expect(eq(u32, access_check(&city, ACCESS_INCIDENT_CLOSE, &nowhere), ACCESS_GRANTED));
    cr_expect(eq(u32, access_check(&all_districts, ACCESS_INCIDENT_CLOSE, &nowhere), ACCESS_SCOPE));
}

Test(access, the_role_is_asked_before_the_scope)
{
    const struct identity api = person(ROLE_API, given_scope("A"));
    const struct access_target other = {.districts = given_scope("B")};
    cr_expect(eq(u32, access_check(&api, ACCESS_INCIDENT_CLOSE, &other), ACCESS_ROLE));
}

/* ---- With a live city ---- */

static struct given given;

static void set_up(void)
{
    given_init(&given);
    given.world.config.gap_ms = 2000;
    given_begin(&given);
    given_districts(&given);
}

static void tear_down(void)
{
    given_end(&given);
}

TestSuite(access_city, .init = set_up, .fini = tear_down, .timeout = 20);

static enum access_answer may(const struct identity *identity, const struct command *command)
{
    const struct access_target target =
        access_command_target(identity, command, given.world.engine);
    return access_check(identity, access_command_op(command->kind), &target);
}

Test(access_city, a_scoped_dispatcher_acts_in_his_district_only)
{
    const uint32_t west = given_unit(&given, UNIT_CAR, -500, 0, 'A');
    const uint32_t east = given_unit(&given, UNIT_CAR, 3000, 0, 'B');
    const uint32_t incident = world_report(&given.world, INCIDENT_HELP, 0, -400, 0).incident_id;
    const struct identity in_west = person(ROLE_DISPATCHER, given_scope("A"));
    const struct identity in_east = person(ROLE_DISPATCHER, given_scope("B"));
    cr_assert(ne(u32, west, east));

    const struct command note = {.kind = COMMAND_INCIDENT_NOTE,
                                 .note = {.incident_id = incident, .note = "x"}};
    cr_expect(eq(u32, may(&in_west, &note), ACCESS_GRANTED));
    cr_expect(eq(u32, may(&in_east, &note), ACCESS_SCOPE));

    struct command order = {.kind = COMMAND_INCIDENT_ORDER,
                            .order = {.incident_id = incident, .unit_count = 1}};
    order.order.units[0].unit_id = west;
    cr_expect(eq(u32, may(&in_west, &order), ACCESS_GRANTED));
    order.order.units[0].unit_id = east;
    cr_expect(eq(u32, may(&in_west, &order), ACCESS_SCOPE));

    const struct command duty = {.kind = COMMAND_UNIT_DUTY, .duty = {.unit_id = east}};
    cr_expect(eq(u32, may(&in_west, &duty), ACCESS_SCOPE));
    cr_expect(eq(u32, may(&in_east, &duty), ACCESS_GRANTED));

    const struct command report = {.kind = COMMAND_REPORT_CREATE,
                                   .report = {.at = world_at(400, 0)}};
    cr_expect(eq(u32, may(&in_west, &report), ACCESS_SCOPE));
    cr_expect(eq(u32, may(&in_east, &report), ACCESS_GRANTED));
}

Test(access_city, nobody_moves_an_incident_out_of_his_sight)
{
    const uint32_t incident = world_report(&given.world, INCIDENT_HELP, 0, -400, 0).incident_id;
    const struct identity in_west = person(ROLE_DISPATCHER, given_scope("A"));
    struct command update = {
        .kind = COMMAND_INCIDENT_UPDATE,
        .update = {.incident_id = incident, .has_place = true, .at = world_at(-100, 0)}};
    cr_expect(eq(u32, may(&in_west, &update), ACCESS_GRANTED));
    update.update.at = world_at(100, 0);
    cr_expect(eq(u32, may(&in_west, &update), ACCESS_SCOPE));
}

Test(access_city, a_centre_speaks_for_what_lies_in_its_districts)
{
    const struct centre_definition centre = {
        .code = "Z1", .name = "centre", .at = world_at(-400, 0), .district = DISTRICT_NONE};
    struct command roster = {.kind = COMMAND_ROSTER_PUT,
                             .roster = {.centres = &centre, .centre_count = 1}};
    world_step(&given.world, &roster);
    const uint32_t incident = world_report(&given.world, INCIDENT_DISPUTE, 0, -400, 0).incident_id;
    struct command refer = {.kind = COMMAND_INCIDENT_REFER, .refer = {.incident_id = incident}};
    refer.refer.generation = world_incident(&given.world, incident).generation;
    const struct identity in_west = person(ROLE_DISPATCHER, given_scope("A"));
    const struct identity in_east = person(ROLE_DISPATCHER, given_scope("B"));
    cr_expect(eq(u32, may(&in_west, &refer), ACCESS_GRANTED));
    cr_expect(eq(u32, may(&in_east, &refer), ACCESS_SCOPE));
    cr_assert(eq(u32, world_step(&given.world, &refer).refusal, REASON_NONE));
    const struct command update = {.kind = COMMAND_REFERRAL_UPDATE, .referral = {.referral_id = 1}};
    const struct identity west_centre = person(ROLE_API, given_scope("A"));
    const struct identity east_centre = person(ROLE_API, given_scope("B"));
    cr_expect(eq(u32, may(&west_centre, &update), ACCESS_GRANTED));
    cr_expect(eq(u32, may(&east_centre, &update), ACCESS_SCOPE));
}

Test(access_city, a_unit_of_mine_that_works_elsewhere_is_still_mine)
{
    const uint32_t west = given_unit(&given, UNIT_CAR, -100, 0, 'A');
    const uint32_t incident = world_report(&given.world, INCIDENT_HELP, 0, 300, 0).incident_id;
    const uint32_t assignment = world_active(&given.world, west);
    const struct identity in_west = person(ROLE_DISPATCHER, given_scope("A"));
    cr_assert(ne(u32, assignment, 0));
    const struct command update = {.kind = COMMAND_ASSIGNMENT_UPDATE,
                                   .assignment = {.assignment_id = assignment}};
    const struct command close = {.kind = COMMAND_INCIDENT_CLOSE,
                                  .close = {.incident_id = incident}};
    cr_expect(eq(u32, may(&in_west, &update), ACCESS_GRANTED));
    cr_expect(eq(u32, may(&in_west, &close), ACCESS_SCOPE));
}

Test(access_city, a_unit_has_only_its_own)
{
    const uint32_t near = given_unit(&given, UNIT_CAR, -100, 0, 'A');
    const uint32_t far = given_unit(&given, UNIT_CAR, -3000, 0, 'A');
    const uint32_t incident = world_report(&given.world, INCIDENT_HELP, 0, -90, 0).incident_id;
    const uint32_t assignment = world_active(&given.world, near);
    cr_assert(ne(u32, assignment, 0));
    struct identity mine = person(ROLE_UNIT, given_scope("B")); /* its scope does not matter */
    mine.unit_id = near;
    struct identity others = mine;
    others.unit_id = far;
    if (world_active(&given.world, far) != 0) {
        world_recall(&given.world, world_active(&given.world, far));
    }

    const struct command update = {.kind = COMMAND_ASSIGNMENT_UPDATE,
                                   .assignment = {.assignment_id = assignment}};
    cr_expect(eq(u32, may(&mine, &update), ACCESS_GRANTED));
    cr_expect(eq(u32, may(&others, &update), ACCESS_NOT_OWN));

    const struct command note = {.kind = COMMAND_INCIDENT_NOTE, .note = {.incident_id = incident}};
    cr_expect(eq(u32, may(&mine, &note), ACCESS_GRANTED));
    cr_expect(eq(u32, may(&others, &note), ACCESS_NOT_OWN));

    const struct command duty = {.kind = COMMAND_UNIT_DUTY, .duty = {.unit_id = near}};
    cr_expect(eq(u32, may(&mine, &duty), ACCESS_GRANTED));
    cr_expect(eq(u32, may(&others, &duty), ACCESS_NOT_OWN));
}

Test(access_city, what_does_not_exist_is_the_cores_to_refuse)
{
    const struct identity in_west = person(ROLE_DISPATCHER, given_scope("A"));
    const struct command note = {.kind = COMMAND_INCIDENT_NOTE, .note = {.incident_id = 999}};
    const struct command recall = {.kind = COMMAND_ASSIGNMENT_RECALL,
                                   .recall = {.assignment_id = 999}};
    const struct command ack = {.kind = COMMAND_ALARM_ACK, .alarm = {.alarm_id = 999}};
    cr_expect(eq(u32, may(&in_west, &note), ACCESS_GRANTED));
    cr_expect(eq(u32, may(&in_west, &recall), ACCESS_GRANTED));
    cr_expect(eq(u32, may(&in_west, &ack), ACCESS_GRANTED));
}

Test(access_city, an_alarm_is_of_its_incidents_district)
{
    const uint32_t incident = world_report(&given.world, INCIDENT_FIRE, 1, 200, 0).incident_id;
    world_pass(&given.world, 120000); /* nobody on duty: somebody must hear of it */
    struct alarm_view alarm;
    cr_assert(engine_alarm_next(given.world.engine, 0, &alarm));
    cr_assert(eq(u32, alarm.incident_id, incident));
    const struct identity in_west = person(ROLE_DISPATCHER, given_scope("A"));
    const struct identity in_east = person(ROLE_DISPATCHER, given_scope("B"));
    const struct command ack = {.kind = COMMAND_ALARM_ACK, .alarm = {.alarm_id = alarm.alarm_id}};
    cr_expect(eq(u32, may(&in_west, &ack), ACCESS_SCOPE));
    cr_expect(eq(u32, may(&in_east, &ack), ACCESS_GRANTED));
}

Test(access_city, the_alarm_of_a_gap_is_of_its_circles_district)
{
    struct world *world = &given.world;
    struct command tick = {.kind = COMMAND_TICK};
    world_circle(world, 200, 0, 300); /* nobody is on duty */
    for (uint32_t i = 0; i < 5; i++) {
        world->now_ms += 1000;
        engine_coverage_refresh(world->engine, world->now_ms);
        (void)world_step(world, &tick);
    }
    struct alarm_view alarm;
    cr_assert(engine_alarm_next(world->engine, 0, &alarm));
    cr_assert(eq(u32, alarm.kind, ALARM_COVERAGE_GAP));
    const struct identity in_west = person(ROLE_DISPATCHER, given_scope("A"));
    const struct identity in_east = person(ROLE_DISPATCHER, given_scope("B"));
    const struct command ack = {.kind = COMMAND_ALARM_ACK, .alarm = {.alarm_id = alarm.alarm_id}};
    cr_expect(eq(u32, may(&in_west, &ack), ACCESS_SCOPE));
    cr_expect(eq(u32, may(&in_east, &ack), ACCESS_GRANTED));
}
