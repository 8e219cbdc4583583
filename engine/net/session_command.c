#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

#include "engine/net/api_state.h"
#include "engine/net/translate.h"
#include "engine/net/translate_key.h"

static enum proto_op op_of(enum access_op op)
{
    return (enum proto_op)((int)op - (int)ACCESS_REPORT_CREATE + (int)PROTO_OP_REPORT_CREATE);
}
_Static_assert((int)PROTO_OP_COUNT - (int)PROTO_OP_REPORT_CREATE == (int)ACCESS_COMMAND_COUNT,
               "commands are in one order in both lists");

static bool access_refused(enum access_answer answer, enum command_kind kind,
                           struct proto_error *error)
{
    switch (answer) {
    case ACCESS_GRANTED:
        return false;
    case ACCESS_ROLE:
        proto_error_set(error, PROTO_FORBIDDEN, NULL, "Your role does not allow this");
        return true;
    case ACCESS_SCOPE:
        proto_error_set(error, PROTO_FORBIDDEN, NULL, "It lies outside your districts");
        return true;
    case ACCESS_NOT_OWN:
        break;
    }
    if (kind == COMMAND_ASSIGNMENT_UPDATE || kind == COMMAND_NOTICE_UPDATE ||
        kind == COMMAND_ASSIGNMENT_PAR) {
        proto_error_set(error, PROTO_NOT_YOURS, "/assignment", "It is another unit's assignment");
    } else if (kind == COMMAND_CHECKPOINT_SIGN) {
        proto_error_set(error, PROTO_FORBIDDEN, "/unit", "A unit signs its own visits only");
    } else if (kind == COMMAND_UNIT_DUTY) {
        proto_error_set(error, PROTO_FORBIDDEN, "/unit", "A unit sets its own duty only");
    } else {
        proto_error_set(error, PROTO_FORBIDDEN, "/incident", "Your unit does not work on it");
    }
    return true;
}

/* Dispatchers and supervisors of these districts who are listening. */
static uint32_t count_in_charge(const struct api *api, uint64_t districts)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < api->sessions.used_max; i++) {
        const struct session *session = &api->sessions.slots[i];
        const bool is_desk =
            session->identity.role == ROLE_DISPATCHER || session->identity.role == ROLE_SUPERVISOR;
        count += session->phase == SESSION_OPEN && session->log != SESSION_LOG_OFF && is_desk &&
                         (session->identity.scope & districts) != 0
                     ? 1
                     : 0;
    }
    return count;
}

/* Who is given an incident has to be there to take it: a name that nobody has, or somebody who
 * does not see it, would keep the others away from it. */
static bool handed_over_to_a_desk(const struct api *api, const char *to, uint64_t districts,
                                  struct proto_error *error)
{
    uint64_t scope = 0;
    if (to[0] == '\0') {
        return true;
    }
    if (!api->backend.find_desk(api->backend.context, to, &scope)) {
        proto_error_set(error, PROTO_UNKNOWN_VALUE, "/to",
                        "No dispatcher or supervisor of this name is logged in");
        return false;
    }
    if ((scope & districts) == 0 && districts != 0) {
        proto_error_set(error, PROTO_FORBIDDEN, "/to", "It lies outside the districts of this one");
        return false;
    }
    return true;
}

bool session_command_submit(struct api *api, const struct identity *identity,
                            const struct proto_command *from, int64_t now_ms, uint64_t ticket,
                            struct proto_error *error)
{
    assert(ticket != 0);
    const enum access_op op =
        (enum access_op)((int)from->op - (int)PROTO_OP_REPORT_CREATE + (int)ACCESS_REPORT_CREATE);
    assert(op_of(op) == from->op);
    if (!access_role_may(identity->role, op)) { /* before we say what exists and what does not */
        return !access_refused(ACCESS_ROLE, COMMAND_TICK, error);
    }
    const struct engine *engine = api_engine(api);
    struct command *command = &api->command;
    if (!translate_command(from, identity, api_engine_config(api), engine, now_ms, command,
                           error)) {
        return false;
    }
    assert(access_command_op(command->kind) == op);
    const struct access_target target = access_command_target(identity, command, engine);
    if (access_refused(access_check(identity, op, &target), command->kind, error)) {
        return false;
    }
    if (command->kind == COMMAND_INCIDENT_HAND_OVER &&
        !handed_over_to_a_desk(api, command->hand_over.to, target.districts, error)) {
        return false;
    }
    if (command->kind == COMMAND_UNIT_PANIC) {
        command->panic.in_charge = count_in_charge(api, target.districts);
    }
    const bool is_about_alarm =
        command->kind == COMMAND_ALARM_ACK || command->kind == COMMAND_ALARM_SHELVE;
    const uint32_t unit_id = command->kind == COMMAND_UNIT_DUTY         ? command->duty.unit_id
                             : command->kind == COMMAND_CHECKPOINT_SIGN ? command->sign.unit_id
                                                                        : UNIT_NONE;
    api_ticket_about(&api->tickets, ticket, unit_id, is_about_alarm ? command->alarm.alarm_id : 0);
    if (!api->backend.submit(api->backend.context, command, translate_key_fingerprint(from),
                             ticket)) {
        proto_error_set(error, PROTO_BUSY, NULL, "The queue is full; try again with the same key");
        return false;
    }
    api->counters.commands++;
    return true;
}

void session_command_take(struct api *api, struct session *session,
                          const struct proto_message *message)
{
    struct proto_error error;
    struct api_ticket ticket = {.wait = API_WAIT_MESSAGE,
                                .peer = session->id,
                                .message_id = message->id,
                                .op = message->op,
                                .unit_id = UNIT_NONE};
    const uint64_t number =
        session->pending < SESSION_PENDING_MAX ? api_ticket_take(&api->tickets, &ticket) : 0;
    if (number == 0) {
        proto_error_set(&error, PROTO_BUSY, NULL,
                        "Too many commands wait for their answer; try again with the same key");
        api->counters.refused++;
        api_send_error(api, session->id, true, message->id, &error);
        return;
    }
    session->pending++;
    if (!session_command_submit(api, &session->identity, &message->command, api_now_ms(api), number,
                                &error)) {
        (void)api_ticket_give(&api->tickets, number, &ticket);
        session->pending--;
        api->counters.refused++;
        api_send_error(api, session->id, true, message->id, &error);
    }
}

/* The device's clock is taken at its word for the past, since phones send what they saved up; a
 * fix from the future is none. */
static int64_t fix_time_ms(const struct proto_fix *fix, int64_t now_ms)
{
    return fix->at_ms == PROTO_NEVER || fix->at_ms > now_ms ? now_ms : fix->at_ms;
}

/* All or nothing: of a message that is refused no fix counts. A place outside the city is taken, a
 * unit may drive there; one that is in the city when exchanged is a mistake. */
static bool fixes_accept(const struct api *api, const struct proto_position_report *position,
                         int64_t now_ms, struct proto_error *error)
{
    for (uint32_t i = 0; i < position->fix_count; i++) {
        const struct proto_fix *fix = &position->fixes[i];
        char pointer[PROTO_POINTER_SIZE];
        if (translate_is_swapped(api_engine_config(api), translate_source(fix->at, fix->crs))) {
            snprintf(pointer, sizeof pointer, "/fixes/%" PRIu32 "/lat", i);
            proto_error_set(error, PROTO_OUTSIDE_CITY, pointer,
                            "The place is more than 50 km from the map; with lat and lon "
                            "exchanged it would lie in the city");
            return false;
        }
        if (fix->at_ms != PROTO_NEVER && fix->at_ms > now_ms + SESSION_FIX_AHEAD_MS) {
            snprintf(pointer, sizeof pointer, "/fixes/%" PRIu32 "/at_ms", i);
            proto_error_set(error, PROTO_OUT_OF_RANGE, pointer,
                            "A fix lies more than five minutes in the future");
            return false;
        }
    }
    return true;
}

static uint16_t narrow(uint32_t value)
{
    return value > UINT16_MAX ? UINT16_MAX : (uint16_t)value; /* PROTO_NONE stays out of range */
}

void session_command_position(struct api *api, struct session *session,
                              const struct proto_message *message)
{
    struct proto_error error;
    const int64_t now_ms = api_now_ms(api);
    if (!access_role_may(session->identity.role, ACCESS_POSITION)) {
        proto_error_set(&error, PROTO_FORBIDDEN, NULL, "Only units have positions");
        api->counters.refused++;
        api_send_error(api, session->id, message->has_id, message->id, &error);
        return;
    }
    if (!fixes_accept(api, &message->position, now_ms, &error)) {
        api->counters.refused++;
        api_send_error(api, session->id, message->has_id, message->id, &error);
        return;
    }
    for (uint32_t i = 0; i < message->position.fix_count; i++) {
        const struct proto_fix *fix = &message->position.fixes[i];
        const struct observation observation = {
            .unit_id = session->identity.unit_id,
            .at = translate_source(fix->at, fix->crs),
            .at_ms = now_ms,
            .fix_ms = fix_time_ms(fix, now_ms),
            .heading_deg = narrow(fix->heading_deg),
            .speed_kmh = narrow(fix->speed_kmh),
            .accuracy_m = narrow(fix->accuracy_m),
        };
        api->backend.observe(api->backend.context, &observation);
        fanout_units_mark(&api->fanout, session->identity.unit_id);
    }
}
