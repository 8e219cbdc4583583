#include "proto/proto_decode.h"

#include <assert.h>
#include <string.h>

#include "proto/proto_command.h"
#include "proto/proto_field.h"

bool proto_decode_key(const char *text, char key[PROTO_KEY_SIZE], struct proto_error *error)
{
    assert(key != NULL);
    assert(error != NULL);
    if (text == NULL || text[0] == '\0') {
        proto_error_set(error, PROTO_KEY_MISSING, NULL, "the header Idempotency-Key is missing");
        return false;
    }
    const size_t size = strlen(text);
    if (!proto_command_key_valid(text, size)) {
        proto_error_set(error, PROTO_KEY_INVALID, NULL,
                        "the header Idempotency-Key must be 1 to 64 visible ASCII characters");
        return false;
    }
    memcpy(key, text, size + 1);
    return true;
}

/* ---- What the session itself reads ---- */

static const struct proto_field auth_fields[] = {
    PROTO_READ_TEXT(proto_auth, "token", token, PROTO_REQUIRED, 1, PROTO_TOKEN_SIZE),
    PROTO_READ_TEXT(proto_auth, "client", client, PROTO_OPTIONAL, 0, PROTO_NAME_SIZE),
};
static const struct proto_field unsub_fields[] = {
    PROTO_READ_CHOICE(proto_sub, "stream", stream, PROTO_REQUIRED, PROTO_LIST_STREAM,
                      PROTO_ALLOW_ALL),
};
static const struct proto_field sub_fields[] = {
    PROTO_READ_CHOICE(proto_sub, "stream", stream, PROTO_REQUIRED, PROTO_LIST_STREAM,
                      PROTO_ALLOW_ALL),
    {.name = "since", .type = PROTO_FIELD_CALLER},
};
static const struct proto_field since_fields[] = {
    PROTO_READ_TEXT(proto_sub, "epoch", epoch, PROTO_REQUIRED, 1, PROTO_EPOCH_SIZE),
    PROTO_READ_NUMBER(proto_sub, "seq", seq, PROTO_FIELD_I64, PROTO_REQUIRED, 0, PROTO_INTEGER_MAX),
};
static const struct proto_field fix_fields[] = {
    PROTO_READ_PLAIN(proto_fix, "lat", at.lat_e7, PROTO_FIELD_LAT, PROTO_REQUIRED),
    PROTO_READ_PLAIN(proto_fix, "lon", at.lon_e7, PROTO_FIELD_LON, PROTO_REQUIRED),
    PROTO_READ_CHOICE(proto_fix, "crs", crs, PROTO_OPTIONAL, PROTO_LIST_CRS, PROTO_ALLOW_ALL),
    PROTO_READ_NUMBER(proto_fix, "at_ms", at_ms, PROTO_FIELD_I64, PROTO_OPTIONAL, 1,
                      PROTO_TIME_MAX),
    PROTO_READ_NUMBER(proto_fix, "heading", heading_deg, PROTO_FIELD_U32, PROTO_OPTIONAL, 0, 359),
    PROTO_READ_NUMBER(proto_fix, "speed_kmh", speed_kmh, PROTO_FIELD_U32, PROTO_OPTIONAL, 0, 999),
    PROTO_READ_NUMBER(proto_fix, "accuracy_m", accuracy_m, PROTO_FIELD_U32, PROTO_OPTIONAL, 0,
                      65535),
};
static const struct proto_field position_fields[] = {
    {.name = "fixes", .type = PROTO_FIELD_CALLER, .required = PROTO_REQUIRED},
};

static const char *const envelope[] = {"id", "op", "key", NULL};
static const char *const session_envelope[] = {"id", "op", NULL};
static const char *const position_envelope[] = {"op", NULL};

static bool read_sub(json_t *object, struct proto_sub *sub, struct proto_error *error)
{
    static const struct proto_fields table = {sub_fields, PROTO_COUNT(sub_fields),
                                              session_envelope};
    static const struct proto_fields since_table = {since_fields, PROTO_COUNT(since_fields), NULL};
    *sub = (struct proto_sub){.stream = PROTO_STREAM_CITY};
    if (!proto_field_read(&table, "", object, sub, error)) {
        return false;
    }
    json_t *since = json_object_get(object, "since");
    sub->has_since = since != NULL;
    return since == NULL || proto_field_read(&since_table, "/since", since, sub, error);
}

static bool read_position(json_t *object, struct proto_position_report *report,
                          struct proto_error *error)
{
    static const struct proto_fields table = {position_fields, PROTO_COUNT(position_fields),
                                              position_envelope};
    static const struct proto_fields fix_table = {fix_fields, PROTO_COUNT(fix_fields), NULL};
    if (!proto_field_read(&table, "", object, report, error)) {
        return false;
    }
    const json_t *list = proto_field_list(object, "fixes", 1, PROTO_FIXES_MAX, error);
    if (list == NULL) {
        return false;
    }
    report->fix_count = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < report->fix_count; i++) {
        char base[PROTO_BASE_SIZE];
        proto_field_base(base, "/fixes", i);
        struct proto_fix *fix = &report->fixes[i];
        *fix = (struct proto_fix){.at_ms = PROTO_NEVER,
                                  .heading_deg = PROTO_NONE,
                                  .speed_kmh = PROTO_NONE,
                                  .accuracy_m = PROTO_NONE};
        if (!proto_field_read(&fix_table, base, json_array_get(list, i), fix, error)) {
            return false;
        }
    }
    return true;
}

static bool read_session(json_t *object, struct proto_message *message, struct proto_error *error)
{
    static const struct proto_fields auth = {auth_fields, PROTO_COUNT(auth_fields),
                                             session_envelope};
    static const struct proto_fields unsub = {unsub_fields, PROTO_COUNT(unsub_fields),
                                              session_envelope};
    static const struct proto_fields ping = {NULL, 0, session_envelope};
    switch ((int)message->op) {
    case PROTO_OP_AUTH:
        message->auth = (struct proto_auth){.client = ""};
        return proto_field_read(&auth, "", object, &message->auth, error);
    case PROTO_OP_SUB:
        return read_sub(object, &message->sub, error);
    case PROTO_OP_UNSUB:
        message->sub = (struct proto_sub){.stream = PROTO_STREAM_CITY};
        return proto_field_read(&unsub, "", object, &message->sub, error);
    case PROTO_OP_POSITION:
        return read_position(object, &message->position, error);
    default:
        assert(message->op == PROTO_OP_PING);
        return proto_field_read(&ping, "", object, message, error);
    }
}

/* ---- The envelope ---- */

/* The id is read before anything can be refused, so that the refusal finds its sender. */
static void read_id(const json_t *object, struct proto_message *message)
{
    const json_t *id = json_object_get(object, "id");
    if (!json_is_integer(id)) {
        return;
    }
    const int64_t number = json_integer_value(id);
    if (number >= 1 && number <= PROTO_INTEGER_MAX) {
        message->has_id = true;
        message->id = number;
    }
}

static bool check_id(const json_t *object, const struct proto_message *message,
                     struct proto_error *error)
{
    const json_t *id = json_object_get(object, "id");
    if (message->has_id || message->op == PROTO_OP_POSITION) {
        return true;
    }
    if (id == NULL) {
        proto_field_refuse(error, PROTO_MISSING_MEMBER, "", "id", "is missing");
    } else if (json_is_integer(id)) {
        proto_field_refuse(error, PROTO_OUT_OF_RANGE, "", "id", "must be 1 to 2^53");
    } else {
        proto_field_refuse(error, PROTO_WRONG_TYPE, "", "id", "must be a whole number");
    }
    return false;
}

/* The first of `ops` is the least that is allowed here. */
static bool read_op(const json_t *object, enum proto_op least, enum proto_op *op,
                    struct proto_error *error)
{
    if (!json_is_object(object)) {
        proto_error_set(error, PROTO_BAD_REQUEST, NULL, "the message must be an object");
        return false;
    }
    const json_t *name = json_object_get(object, "op");
    if (name == NULL) {
        proto_error_set(error, PROTO_BAD_REQUEST, NULL, "the message has no \"op\"");
        return false;
    }
    if (!json_is_string(name)) {
        proto_field_refuse(error, PROTO_WRONG_TYPE, "", "op", "must be a text");
        return false;
    }
    const char *text = json_string_value(name);
    const bool whole = strlen(text) == json_string_length(name);
    const int32_t found = whole ? proto_find(PROTO_LIST_OP, text) : -1;
    if (found < (int32_t)least || found == (int32_t)PROTO_OP_INCIDENT_PHOTO) {
        proto_field_refuse(error, PROTO_UNKNOWN_OP, "", "op", "names no operation of this place");
        return false;
    }
    *op = (enum proto_op)found;
    return true;
}

bool proto_decode_message(const char *text, size_t size, struct proto_message *message,
                          struct proto_error *error)
{
    assert(message != NULL);
    message->has_id = false;
    message->id = 0;
    json_t *object = proto_parse(text, size, PROTO_MESSAGE_MAX, error);
    if (object == NULL) {
        return false;
    }
    read_id(object, message);
    bool done =
        read_op(object, PROTO_OP_AUTH, &message->op, error) && check_id(object, message, error);
    if (done && message->op >= PROTO_OP_REPORT_CREATE) {
        done = proto_command_read(object, message->op, envelope, &message->command, error);
    } else if (done) {
        done = read_session(object, message, error);
    }
    json_decref(object);
    return done;
}

bool proto_decode_command(const char *text, size_t size, struct proto_command *command,
                          struct proto_error *error)
{
    static const char *const http_envelope[] = {"op", "key", NULL};
    json_t *object = proto_parse(text, size, PROTO_MESSAGE_MAX, error);
    if (object == NULL) {
        return false;
    }
    enum proto_op op = PROTO_OP_COUNT;
    const bool done = read_op(object, PROTO_OP_REPORT_CREATE, &op, error) &&
                      proto_command_read(object, op, http_envelope, command, error);
    json_decref(object);
    return done;
}

bool proto_decode_report(const char *text, size_t size, struct proto_command *command,
                         struct proto_error *error)
{
    json_t *object = proto_parse(text, size, PROTO_MESSAGE_MAX, error);
    if (object == NULL) {
        return false;
    }
    bool done = json_is_object(object);
    if (done) {
        done = proto_command_read_report(object, command, error);
    } else {
        proto_error_set(error, PROTO_BAD_REQUEST, NULL, "the body must be an object");
    }
    json_decref(object);
    return done;
}
