#include "engine/net/access.h"

#include <assert.h>

#define D (1u << ROLE_DISPATCHER)
#define S (1u << ROLE_SUPERVISOR)
#define U (1u << ROLE_UNIT)
#define A (1u << ROLE_ADMINISTRATOR)
#define P (1u << ROLE_API)

static const uint8_t roles_by_op[] = {
    [ACCESS_REPORT_CREATE] = D | S | U | P,
    [ACCESS_INCIDENT_RECOMMEND] = D | S,
    [ACCESS_INCIDENT_ORDER] = D | S,
    [ACCESS_INCIDENT_UPDATE] = D | S,
    [ACCESS_INCIDENT_NOTE] = D | S | U,
    [ACCESS_INCIDENT_CANCEL] = D | S,
    [ACCESS_INCIDENT_CLOSE] = D | S,
    [ACCESS_ASSIGNMENT_UPDATE] = D | S | U,
    [ACCESS_ASSIGNMENT_RECALL] = D | S,
    [ACCESS_UNIT_DUTY] = D | S | U,
    [ACCESS_ALARM_ACK] = D | S,
    [ACCESS_INCIDENT_WARN] = D | S,
    [ACCESS_NOTICE_UPDATE] = D | S | U,
    [ACCESS_UNIT_PANIC] = D | S | U,
    [ACCESS_PANIC_CLOSE] = S,
    [ACCESS_ASSIGNMENT_PAR] = D | S | U,
    [ACCESS_INCIDENT_HOLD] = D | S,
    [ACCESS_INCIDENT_RELEASE] = D | S,
    [ACCESS_INCIDENT_REOPEN] = D | S,
    [ACCESS_INCIDENT_MERGE] = D | S,
    [ACCESS_INCIDENT_CLAIM] = D | S,
    [ACCESS_INCIDENT_HAND_OVER] = D | S,
    [ACCESS_REPORT_LINK] = D | S,
    [ACCESS_REPORT_SPLIT] = D | S,
    [ACCESS_REPORT_ANSWER] = D | S,
    [ACCESS_ASSIGNMENT_REASSIGN] = D | S,
    [ACCESS_MILESTONE_CORRECT] = S,
    [ACCESS_ALARM_SHELVE] = D | S,
    [ACCESS_ASSIGNMENT_SUPPORT] = D | S | U,
    [ACCESS_INCIDENT_REFER] = D | S,
    [ACCESS_REFERRAL_UPDATE] = D | S | P,
    [ACCESS_CHECKPOINT_SIGN] = D | S | U,
    [ACCESS_INCIDENT_PHOTO] = D | S | U,
    [ACCESS_POSITION] = U,
    [ACCESS_STREAM_CITY] = D | S | P,
    [ACCESS_STREAM_ORDERS] = U,
    [ACCESS_STREAM_UNITS] = D | S | P,
    [ACCESS_SELF] = D | S | U | A | P,
    [ACCESS_METRICS] = S | A | P,
    [ACCESS_INCIDENTS] = D | S | P,
    [ACCESS_PHOTO] = D | S | U,
    [ACCESS_DRAWING] = D | S | U | A,
    [ACCESS_ROSTER] = D | S | A | P,
    [ACCESS_CHECKPOINTS] = D | S | U | A | P,
    [ACCESS_RESPONSE_TIMES] = S,
    [ACCESS_MAP] = D | S | U | A | P,
    [ACCESS_ISOCHRONE] = D | S,
    [ACCESS_ROUTE] = D | S | U,
    [ACCESS_TRAFFIC] = D | S | A,
    [ACCESS_COVERAGE] = D | S,
    [ACCESS_RECEIPT] = P,
    [ACCESS_ADMINISTRATION] = A,
};
_Static_assert(sizeof roles_by_op == ACCESS_OP_COUNT, "every operation says who may");
_Static_assert((int)COMMAND_KIND_COUNT - (int)COMMAND_REPORT_CREATE == (int)ACCESS_COMMAND_COUNT,
               "commands are in one order in both lists");

bool access_role_may(enum role role, enum access_op op)
{
    assert(role < ROLE_COUNT);
    assert(op < ACCESS_OP_COUNT);
    return (roles_by_op[op] >> role & 1u) != 0;
}

enum access_op access_command_op(enum command_kind kind)
{
    assert(kind >= COMMAND_REPORT_CREATE);
    assert(kind < COMMAND_KIND_COUNT);
    return (enum access_op)((int)kind - (int)COMMAND_REPORT_CREATE + (int)ACCESS_REPORT_CREATE);
}

uint64_t access_district_bit(uint8_t district)
{
    assert(district <= DISTRICT_NONE);
    return UINT64_C(1) << district;
}

uint64_t access_incident_districts(const struct incident_view *incident)
{
    return incident->for_all ? SCOPE_CITY : access_district_bit(incident->district);
}

bool access_scope_holds(uint64_t scope, uint8_t district)
{
    return (scope & access_district_bit(district)) != 0;
}

enum access_answer access_check(const struct identity *identity, enum access_op op,
                                const struct access_target *target)
{
    assert(identity != NULL);
    assert(target != NULL);

    if (!access_role_may(identity->role, op)) {
        return ACCESS_ROLE;
    }
    if (identity->role == ROLE_UNIT) { /* a unit's right is what is its own, wherever that lies */
        return target->own ? ACCESS_GRANTED : ACCESS_NOT_OWN;
    }
    if ((target->districts & identity->scope) == 0) {
        return ACCESS_SCOPE;
    }
    if ((target->units & ~identity->scope) != 0) {
        return ACCESS_SCOPE;
    }
    return ACCESS_GRANTED;
}

static uint64_t unit_districts(const struct engine *engine, uint32_t unit_id)
{
    struct unit_view unit;
    if (!engine_unit(engine, unit_id, &unit)) {
        return SCOPE_CITY;
    }
    return access_district_bit(unit.definition->district);
}

static uint64_t incident_districts(const struct engine *engine, uint32_t incident_id)
{
    struct incident_view incident;
    if (!engine_incident(engine, incident_id, &incident)) {
        return SCOPE_CITY;
    }
    return access_incident_districts(&incident);
}

/* 0: there is no such incident, which the core will say. */
static uint64_t existing_districts(const struct engine *engine, uint32_t incident_id)
{
    struct incident_view incident;
    return engine_incident(engine, incident_id, &incident) ? access_district_bit(incident.district)
                                                           : 0;
}

/* An assignment concerns the district it happens in and the one that its unit comes from. */
static struct access_target assignment_target(const struct identity *identity,
                                              const struct engine *engine, uint32_t assignment_id)
{
    struct assignment_view assignment;
    if (!engine_assignment(engine, assignment_id, &assignment)) {
        return (struct access_target){.districts = SCOPE_CITY, .own = true};
    }
    return (struct access_target){
        .districts = incident_districts(engine, assignment.incident_id) |
                     unit_districts(engine, assignment.unit_id),
        .own = assignment.unit_id == identity->unit_id,
    };
}

/* A unit may write to the incident that it works on. */
static struct access_target incident_target(const struct identity *identity,
                                            const struct engine *engine, uint32_t incident_id)
{
    struct access_target target = {.districts = incident_districts(engine, incident_id)};
    struct unit_view unit;
    if (identity->unit_id != UNIT_NONE && engine_unit(engine, identity->unit_id, &unit)) {
        target.own = unit.assignment_id != 0 && unit.incident_id == incident_id;
    }
    return target;
}

static struct access_target order_target(const struct identity *identity,
                                         const struct engine *engine,
                                         const struct incident_order *order)
{
    struct access_target target = incident_target(identity, engine, order->incident_id);
    for (uint32_t i = 0; i < order->unit_count; i++) {
        target.units |= unit_districts(engine, order->units[i].unit_id);
    }
    return target;
}

/* What is taken away from one incident for another one concerns both: all must be in scope. */
static uint64_t victim_districts(const struct engine *engine, const struct incident_order *order)
{
    uint64_t districts = 0;
    for (uint32_t i = 0; i < order->unit_count; i++) {
        if (order->units[i].victim_id != 0) {
            districts |= existing_districts(engine, order->units[i].victim_id);
        }
    }
    return districts;
}

static struct access_target report_target(const struct identity *identity,
                                          const struct engine *engine, uint32_t report_id,
                                          uint32_t to_id)
{
    struct report_view report;
    if (!engine_report(engine, report_id, &report)) {
        return (struct access_target){.districts = SCOPE_CITY};
    }
    struct access_target target = incident_target(identity, engine, report.incident_id);
    target.units = to_id == 0 ? 0 : existing_districts(engine, to_id);
    return target;
}

/* An assignment that left the engine lies in no district that can be asked: for the whole city. */
static struct access_target correction_target(const struct identity *identity,
                                              const struct engine *engine, uint32_t assignment_id)
{
    struct assignment_view assignment;
    if (!engine_assignment(engine, assignment_id, &assignment)) {
        return (struct access_target){.districts = SCOPE_CITY, .units = SCOPE_CITY};
    }
    return assignment_target(identity, engine, assignment_id);
}

/* A photo may come after its order has ended; whose order it was still says whose it is. */
static struct access_target photo_target(const struct identity *identity,
                                         const struct engine *engine, uint32_t incident_id,
                                         uint32_t assignment_id)
{
    struct access_target target = incident_target(identity, engine, incident_id);
    struct assignment_view assignment;
    if (assignment_id != 0) {
        target.own = !engine_assignment(engine, assignment_id, &assignment) ||
                     assignment.unit_id == identity->unit_id;
    }
    return target;
}

static struct access_target alarm_target(const struct engine *engine, uint32_t alarm_id)
{
    assert(alarm_id > 0);
    struct alarm_view alarm;
    if (!engine_alarm_next(engine, alarm_id - 1, &alarm) || alarm.alarm_id != alarm_id) {
        return (struct access_target){.districts = SCOPE_CITY};
    }
    uint64_t districts = 0;
    if (alarm.incident_id != 0) {
        districts |= incident_districts(engine, alarm.incident_id);
    }
    if (alarm.unit_id != UNIT_NONE) {
        districts |= unit_districts(engine, alarm.unit_id);
    }
    if (alarm.circle != CIRCLE_NONE || alarm.checkpoint != CHECKPOINT_NONE) {
        districts |= access_district_bit(alarm.district);
    }
    return (struct access_target){.districts = districts == 0 ? SCOPE_CITY : districts};
}

struct access_target access_command_target(const struct identity *identity,
                                           const struct command *command,
                                           const struct engine *engine)
{
    assert(identity != NULL);
    assert(command != NULL);
    assert(engine != NULL);

    switch (command->kind) {
    case COMMAND_REPORT_CREATE:
        return (struct access_target){
            .districts = access_district_bit(engine_district_at(engine, command->report.at)),
            .own = true};
    case COMMAND_INCIDENT_RECOMMEND:
        return incident_target(identity, engine, command->recommend.incident_id);
    case COMMAND_INCIDENT_ORDER: {
        struct access_target target = order_target(identity, engine, &command->order);
        target.units |= victim_districts(engine, &command->order);
        return target;
    }
    case COMMAND_INCIDENT_UPDATE: {
        struct access_target target =
            incident_target(identity, engine, command->update.incident_id);
        if (command->update.has_place) { /* nobody moves an incident out of his own sight */
            target.units |= access_district_bit(engine_district_at(engine, command->update.at));
        }
        return target;
    }
    case COMMAND_INCIDENT_NOTE:
        return incident_target(identity, engine, command->note.incident_id);
    case COMMAND_INCIDENT_CANCEL:
        return incident_target(identity, engine, command->cancel.incident_id);
    case COMMAND_INCIDENT_CLOSE:
        return incident_target(identity, engine, command->close.incident_id);
    case COMMAND_ASSIGNMENT_UPDATE:
        return assignment_target(identity, engine, command->assignment.assignment_id);
    case COMMAND_ASSIGNMENT_RECALL:
        return assignment_target(identity, engine, command->recall.assignment_id);
    case COMMAND_UNIT_DUTY:
        return (struct access_target){.districts = unit_districts(engine, command->duty.unit_id),
                                      .own = command->duty.unit_id == identity->unit_id};
    case COMMAND_CHECKPOINT_SIGN:
        return (struct access_target){.districts = unit_districts(engine, command->sign.unit_id),
                                      .own = command->sign.unit_id == identity->unit_id};
    case COMMAND_ASSIGNMENT_SUPPORT:
        return assignment_target(identity, engine, command->support.assignment_id);
    case COMMAND_ALARM_ACK:
    case COMMAND_ALARM_SHELVE:
        return alarm_target(engine, command->alarm.alarm_id);
    case COMMAND_UNIT_PANIC:
        return (struct access_target){.districts = unit_districts(engine, command->panic.unit_id),
                                      .own = command->panic.unit_id == identity->unit_id};
    case COMMAND_PANIC_CLOSE:
        return (struct access_target){.districts =
                                          unit_districts(engine, command->panic_close.unit_id)};
    case COMMAND_ASSIGNMENT_PAR:
        return assignment_target(identity, engine, command->par.assignment_id);
    case COMMAND_INCIDENT_WARN:
        return incident_target(identity, engine, command->warn.incident_id);
    case COMMAND_NOTICE_UPDATE:
        return assignment_target(identity, engine, command->notice.assignment_id);
    case COMMAND_INCIDENT_HOLD:
        return incident_target(identity, engine, command->hold.incident_id);
    case COMMAND_INCIDENT_RELEASE:
    case COMMAND_INCIDENT_REOPEN:
    case COMMAND_INCIDENT_CLAIM:
        return incident_target(identity, engine, command->life.incident_id);
    case COMMAND_INCIDENT_MERGE: {
        struct access_target target = incident_target(identity, engine, command->merge.incident_id);
        target.units |= existing_districts(engine, command->merge.into_id);
        return target;
    }
    case COMMAND_INCIDENT_HAND_OVER:
        return incident_target(identity, engine, command->hand_over.incident_id);
    case COMMAND_REPORT_LINK:
        return report_target(identity, engine, command->about_report.report_id,
                             command->about_report.incident_id);
    case COMMAND_REPORT_SPLIT:
    case COMMAND_REPORT_ANSWER:
        return report_target(identity, engine, command->about_report.report_id, 0);
    case COMMAND_ASSIGNMENT_REASSIGN: {
        struct access_target target =
            assignment_target(identity, engine, command->reassign.assignment_id);
        target.units |= existing_districts(engine, command->reassign.incident_id);
        return target;
    }
    case COMMAND_INCIDENT_REFER:
        return incident_target(identity, engine, command->refer.incident_id);
    case COMMAND_REFERRAL_UPDATE: {
        struct referral_view referral;
        const bool is_known = engine_referral(engine, command->referral.referral_id, &referral);
        return incident_target(identity, engine, is_known ? referral.incident_id : 0);
    }
    case COMMAND_INCIDENT_PHOTO:
        return photo_target(identity, engine, command->photo.incident_id,
                            command->photo.assignment_id);
    case COMMAND_MILESTONE_CORRECT:
        return correction_target(identity, engine, command->correct.assignment_id);
    case COMMAND_TICK:
    case COMMAND_ROSTER_PUT:
    case COMMAND_AUDIT:
    case COMMAND_POLICY_PUT:
    case COMMAND_ASSIGNMENT_RECEIPT:
    case COMMAND_KIND_COUNT:
        break;
    }
    assert(false); /* no client gives these */
    return (struct access_target){.districts = 0};
}
