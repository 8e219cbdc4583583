/* Bytes become requests, rosters and frames: every decoder takes them or refuses them with a code,
 * a sentence and a pointer that is one, and what is taken keeps the bounds it promises. The first
 * byte says which decoder. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "proto/proto.h"
#include "proto/proto_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *text, size_t text_size)
{
    const char *end = memchr(text, 0, text_size);
    assert(end != NULL);
    const size_t size = (size_t)(end - text);
    assert(proto_text_bad_at(text, size) == size);
}

static void check_place(struct proto_place at)
{
    assert(at.lat_e7 >= -900000000);
    assert(at.lat_e7 <= 900000000);
    assert(at.lon_e7 >= -1800000000);
    assert(at.lon_e7 <= 1800000000);
}

/* RFC 6901: "" or tokens after slashes; a tilde is followed by 0 or 1. */
static void check_pointer(const char *pointer)
{
    if (pointer[0] == '\0') {
        return;
    }
    assert(pointer[0] == '/');
    for (const char *at = strchr(pointer, '~'); at != NULL; at = strchr(at + 1, '~')) {
        assert(at[1] == '0' || at[1] == '1');
    }
}

/* A refusal is itself sent: both of its forms must be JSON. */
static void check_error(const struct proto_error *error)
{
    assert(error->code < PROTO_CODE_COUNT);
    assert(proto_code_text(error->code)[0] != '\0');
    assert(error->detail[0] != '\0');
    assert(memchr(error->detail, 0, sizeof(error->detail)) != NULL);
    check_pointer(error->pointer);
    assert(error->has_pointer || error->pointer[0] == '\0');

    struct proto_buffer buffer = {0};
    proto_encode_error(&buffer, false, 0, error);
    assert(proto_buffer_ok(&buffer));
    json_t *read = json_loadb(buffer.bytes, buffer.size, JSON_REJECT_DUPLICATES, NULL);
    assert(read != NULL);
    json_decref(read);
    proto_buffer_finish(&buffer);
}

static void check_command(const struct proto_command *command)
{
    assert(command->op >= PROTO_OP_REPORT_CREATE);
    assert(command->op < PROTO_OP_COUNT);
    check_text(command->key, sizeof(command->key));
    if (command->op == PROTO_OP_REPORT_CREATE) {
        check_place(command->report.at);
        assert(command->report.type < PROTO_INCIDENT_TYPE_COUNT);
        assert(command->report.priority <= 4);
        check_text(command->report.address, sizeof(command->report.address));
        check_text(command->report.note, sizeof(command->report.note));
    } else if (command->op == PROTO_OP_INCIDENT_ORDER) {
        assert(command->order.unit_count >= 1);
        assert(command->order.unit_count <= PROTO_ORDER_UNITS_MAX);
    }
}

static bool decode_message(const char *text, size_t size, struct proto_error *error)
{
    static struct proto_message message;
    if (!proto_decode_message(text, size, &message, error)) {
        return false;
    }
    assert(message.has_id == (message.op != PROTO_OP_POSITION));
    if (message.op >= PROTO_OP_REPORT_CREATE) {
        assert(message.command.op == message.op);
        check_command(&message.command);
    } else if (message.op == PROTO_OP_POSITION) {
        assert(message.position.fix_count >= 1);
        assert(message.position.fix_count <= PROTO_FIXES_MAX);
        for (uint32_t i = 0; i < message.position.fix_count; i++) {
            check_place(message.position.fixes[i].at);
        }
    }
    return true;
}

static bool decode_commands(bool is_report, const char *text, size_t size,
                            struct proto_error *error)
{
    static struct proto_command command;
    const bool done = is_report ? proto_decode_report(text, size, &command, error)
                                : proto_decode_command(text, size, &command, error);
    if (done) {
        check_command(&command);
    }
    return done;
}

static bool decode_users(uint8_t via, const char *text, size_t size, struct proto_error *error)
{
    static struct proto_login login;
    static struct proto_setup setup;
    static struct proto_user_create user;
    static struct proto_password password;
    static struct proto_devices devices;
    switch (via) {
    case 0:
        return proto_decode_login(text, size, &login, error);
    case 1:
        return proto_decode_setup(text, size, &setup, error);
    case 2:
        return proto_decode_user(text, size, &user, error);
    case 3:
        return proto_decode_password(text, size, &password, error);
    default:
        return proto_decode_devices(text, size, &devices, error);
    }
}

static void check_units(const struct proto_roster *roster)
{
    for (uint32_t i = 0; i < roster->unit_count; i++) {
        const struct proto_roster_unit *unit = &roster->units[i];
        assert(proto_text_is_code(unit->code, strlen(unit->code)));
        check_text(unit->name, sizeof(unit->name));
        check_place(unit->home);
        assert(unit->kind < PROTO_UNIT_KIND_COUNT);
    }
    for (uint32_t i = 0; i < roster->circle_count; i++) {
        check_place(roster->circles[i].place);
        assert(roster->circles[i].radius_m >= 1);
        char rota[PROTO_SHIFTS_SIZE];
        proto_shifts_text(roster->circles[i].shifts, roster->circles[i].shift_count, rota);
    }
    for (uint32_t i = 0; i < roster->centre_count; i++) {
        check_place(roster->centres[i].place);
        assert(roster->centres[i].kind < PROTO_CENTRE_KIND_COUNT);
    }
    for (uint32_t i = 0; i < roster->checkpoint_count; i++) {
        check_place(roster->checkpoints[i].place);
        assert((roster->checkpoints[i].radius_m >= 1) == (roster->checkpoints[i].stop_count == 0));
        assert(roster->checkpoints[i].stop_count != 1);
        assert(roster->checkpoints[i].stop_count <= PROTO_ROUTE_STOPS_MAX);
    }
    for (uint32_t i = 0; i < roster->plan_count; i++) {
        const struct proto_roster_plan *plan = &roster->plans[i];
        assert(proto_text_is_code(plan->code, strlen(plan->code)));
        assert(proto_text_is_code(plan->circle, strlen(plan->circle)));
        assert(plan->types != 0);
        assert(plan->types >> PROTO_INCIDENT_TYPE_COUNT == 0);
        assert(plan->priorities != 0);
        assert(plan->priorities >> 4 == 0);
        for (uint32_t tier = 0; tier < PROTO_TIER_COUNT; tier++) {
            assert(plan->unit_counts[tier] <= PROTO_PLAN_UNITS_MAX);
        }
    }
    for (uint32_t i = 0; i < roster->point_count; i++) {
        check_place(roster->points[i]);
    }
}

static void read_roster(uint8_t via, const char *text, size_t size)
{
    struct proto_roster roster;
    const enum proto_roster_kind kind = (enum proto_roster_kind)(via % PROTO_ROSTER_KIND_COUNT);
    const bool done = via < PROTO_ROSTER_KIND_COUNT
                          ? proto_roster_read_csv(&roster, kind, text, size)
                          : proto_roster_read_geojson(&roster, kind, text, size);
    if (done) {
        assert(roster.error_count == 0);
        assert(roster.unit_count + roster.circle_count + roster.outline_count +
                   roster.centre_count + roster.plan_count + roster.checkpoint_count >
               0);
        check_units(&roster);
    } else {
        assert(roster.error_count > 0 || roster.no_memory);
        assert(roster.error_count <= PROTO_ROSTER_ERRORS_MAX);
    }
    for (uint32_t i = 0; i < roster.error_count; i++) {
        assert(roster.errors[i].at.line >= 1);
        assert(roster.errors[i].at.column >= 1);
        assert(roster.errors[i].detail[0] != '\0');
    }
    proto_roster_finish(&roster);
}

static void read_positions(const char *bytes, size_t size)
{
    uint32_t count;
    int64_t now_ms;
    if (!proto_positions_open(bytes, size, &count, &now_ms)) {
        return;
    }
    struct proto_buffer buffer = {0};
    const size_t start = proto_positions_begin(&buffer, now_ms);
    for (uint32_t i = 0; i < count; i++) {
        struct proto_position position;
        proto_positions_get(bytes, i, &position);
        check_place(position.at);
        proto_positions_add(&buffer, &position);
    }
    proto_positions_end(&buffer, start);
    assert(buffer.size == size);
    proto_buffer_finish(&buffer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const uint8_t via = data[0] % 24;
    char *text = malloc(size); /* exactly the bytes: a read past the end is seen */
    assert(text != NULL);
    memcpy(text, data + 1, size - 1);
    struct proto_error error = {.code = PROTO_CODE_COUNT};
    bool done = true;
    if (via == 0) {
        done = decode_message(text, size - 1, &error);
    } else if (via <= 2) {
        done = decode_commands(via == 1, text, size - 1, &error);
    } else if (via <= 7) {
        done = decode_users((uint8_t)(via - 3), text, size - 1, &error);
    } else if (via <= 21) {
        read_roster((uint8_t)(via - 8), text, size - 1);
    } else {
        read_positions(text, size - 1);
    }
    if (!done) {
        check_error(&error);
    }
    free(text);
    return 0;
}
