/* The small bodies of HTTP requests: logins, users, devices, receipts. Commands are in
 * proto_decode.c. */
#include <assert.h>
#include <string.h>

#include "proto/proto_decode.h"
#include "proto/proto_field.h"

#define PASSWORD_MIN     10 /* bytes of a new password; an old one may be what it was */
#define BYTES_MAX(array) ((int64_t)sizeof(array) - 1)

#define TEXT(of, text_name, member, kind, least)                                                   \
    {                                                                                              \
        .name = (text_name), .type = (kind), .required = true,                                     \
        .offset = offsetof(struct of, member), .min = (least),                                     \
        .max = BYTES_MAX(((struct of *)0)->member)                                                 \
    }

static const struct proto_field login_fields[] = {
    TEXT(proto_login, "name", name, PROTO_FIELD_TEXT, 1),
    TEXT(proto_login, "password", password, PROTO_FIELD_TEXT, 1),
};
static const struct proto_field device_fields[] = {
    {.name = "unit",
     .type = PROTO_FIELD_TEXT,
     .required = true,
     .offset = offsetof(struct proto_login, name),
     .min = 1,
     .max = PROTO_TEXT_BYTES(PROTO_CODE_SIZE)},
    TEXT(proto_login, "secret", password, PROTO_FIELD_TEXT, 1),
};
static const struct proto_field setup_fields[] = {
    TEXT(proto_setup, "setup_token", setup_token, PROTO_FIELD_TEXT, 1),
    TEXT(proto_setup, "name", name, PROTO_FIELD_CODE, 1),
    TEXT(proto_setup, "display", display, PROTO_FIELD_TEXT, 1),
    TEXT(proto_setup, "password", password, PROTO_FIELD_TEXT, PASSWORD_MIN),
};
static const struct proto_field user_fields[] = {
    TEXT(proto_user_create, "name", name, PROTO_FIELD_CODE, 1),
    TEXT(proto_user_create, "display", display, PROTO_FIELD_TEXT, 1),
    {.name = "role",
     .type = PROTO_FIELD_NAME,
     .required = true,
     .offset = offsetof(struct proto_user_create, role),
     .list = PROTO_LIST_ROLE,
     .allowed = PROTO_ALLOW_ALL},
    {.name = "scope", .type = PROTO_FIELD_CALLER, .required = true},
    {.name = "unit", .type = PROTO_FIELD_CALLER},
    TEXT(proto_user_create, "password", password, PROTO_FIELD_TEXT, PASSWORD_MIN),
};
static const struct proto_field password_fields[] = {
    TEXT(proto_password, "password", password, PROTO_FIELD_TEXT, PASSWORD_MIN),
};
static const struct proto_field devices_fields[] = {
    {.name = "units", .type = PROTO_FIELD_CALLER, .required = true},
};

/* That a gateway has taken an order is its answer to the webhook, no receipt. */
static const struct proto_field receipt_fields[] = {
    PROTO_READ_NUMBER(proto_receipt_said, "assignment", assignment_id, PROTO_FIELD_U32,
                      PROTO_REQUIRED, 1, UINT32_MAX),
    PROTO_READ_CHOICE(proto_receipt_said, "receipt", receipt, PROTO_REQUIRED, PROTO_LIST_RECEIPT,
                      PROTO_ALLOW_ALL & ~(UINT64_C(1) << PROTO_RECEIPT_TAKEN)),
};

static const struct proto_fields receipt_table = {receipt_fields, PROTO_COUNT(receipt_fields),
                                                  NULL};
static const struct proto_fields login_table = {login_fields, PROTO_COUNT(login_fields), NULL};
static const struct proto_fields device_table = {device_fields, PROTO_COUNT(device_fields), NULL};
static const struct proto_fields setup_table = {setup_fields, PROTO_COUNT(setup_fields), NULL};
static const struct proto_fields user_table = {user_fields, PROTO_COUNT(user_fields), NULL};
static const struct proto_fields password_table = {password_fields, PROTO_COUNT(password_fields),
                                                   NULL};
static const struct proto_fields devices_table = {devices_fields, PROTO_COUNT(devices_fields),
                                                  NULL};

/* NULL: the error says why; else release with json_decref(). */
static json_t *parse_object(const char *text, size_t size, struct proto_error *error)
{
    json_t *object = proto_parse(text, size, PROTO_MESSAGE_MAX, error);
    if (object != NULL && !json_is_object(object)) {
        proto_error_set(error, PROTO_BAD_REQUEST, NULL, "the body must be an object");
        json_decref(object);
        return NULL;
    }
    return object;
}

bool proto_decode_login(const char *text, size_t size, struct proto_login *login,
                        struct proto_error *error)
{
    assert(login != NULL);
    json_t *object = parse_object(text, size, error);
    if (object == NULL) {
        return false;
    }
    *login = (struct proto_login){.is_device = json_object_get(object, "unit") != NULL};
    const bool done =
        proto_field_read(login->is_device ? &device_table : &login_table, "", object, login, error);
    json_decref(object);
    return done;
}

bool proto_decode_setup(const char *text, size_t size, struct proto_setup *setup,
                        struct proto_error *error)
{
    assert(setup != NULL);
    json_t *object = parse_object(text, size, error);
    if (object == NULL) {
        return false;
    }
    const bool done = proto_field_read(&setup_table, "", object, setup, error);
    json_decref(object);
    return done;
}

static bool read_scope_text(const json_t *scope, struct proto_user_create *user,
                            struct proto_error *error)
{
    user->scope_city = json_string_length(scope) == strlen("city") &&
                       strcmp(json_string_value(scope), "city") == 0;
    if (!user->scope_city) {
        proto_field_refuse(error, PROTO_UNKNOWN_VALUE, "", "scope",
                           "must be \"city\" or a list of districts' codes");
    }
    return user->scope_city;
}

static bool read_scope(const json_t *object, struct proto_user_create *user,
                       struct proto_error *error)
{
    const json_t *scope = json_object_get(object, "scope");
    if (json_is_string(scope)) {
        return read_scope_text(scope, user, error);
    }
    const json_t *list = proto_field_list(object, "scope", 1, PROTO_DISTRICTS_MAX, error);
    if (list == NULL) {
        return false;
    }
    user->district_count = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < user->district_count; i++) {
        char base[PROTO_BASE_SIZE];
        proto_field_base(base, "/scope", i);
        if (!proto_field_code(json_array_get(list, i), base, user->districts[i], PROTO_CODE_SIZE,
                              error)) {
            return false;
        }
    }
    return true;
}

/* A unit's login has its unit, every other has none. */
static bool read_unit(const json_t *object, struct proto_user_create *user,
                      struct proto_error *error)
{
    const json_t *unit = json_object_get(object, "unit");
    const bool has_unit = unit != NULL && !json_is_null(unit);
    const bool needs_unit = user->role == PROTO_ROLE_UNIT;
    if (needs_unit && !has_unit) {
        proto_field_refuse(error, PROTO_MISSING_MEMBER, "", "unit", "is missing: the role is unit");
        return false;
    }
    if (!needs_unit && has_unit) {
        proto_field_refuse(error, PROTO_UNKNOWN_VALUE, "", "unit",
                           "must be null: the role is not unit");
        return false;
    }
    return !has_unit || proto_field_code(unit, "/unit", user->unit, sizeof(user->unit), error);
}

bool proto_decode_user(const char *text, size_t size, struct proto_user_create *user,
                       struct proto_error *error)
{
    assert(user != NULL);
    json_t *object = parse_object(text, size, error);
    if (object == NULL) {
        return false;
    }
    *user = (struct proto_user_create){.unit = ""};
    const bool done = proto_field_read(&user_table, "", object, user, error) &&
                      read_scope(object, user, error) && read_unit(object, user, error);
    json_decref(object);
    return done;
}

bool proto_decode_password(const char *text, size_t size, struct proto_password *password,
                           struct proto_error *error)
{
    assert(password != NULL);
    json_t *object = parse_object(text, size, error);
    if (object == NULL) {
        return false;
    }
    const bool done = proto_field_read(&password_table, "", object, password, error);
    json_decref(object);
    return done;
}

static bool read_devices(const json_t *object, struct proto_devices *devices,
                         struct proto_error *error)
{
    const json_t *list = proto_field_list(object, "units", 1, PROTO_DEVICES_MAX, error);
    if (list == NULL) {
        return false;
    }
    devices->unit_count = (uint32_t)json_array_size(list);
    for (uint32_t i = 0; i < devices->unit_count; i++) {
        char base[PROTO_BASE_SIZE];
        proto_field_base(base, "/units", i);
        if (!proto_field_code(json_array_get(list, i), base, devices->units[i], PROTO_CODE_SIZE,
                              error)) {
            return false;
        }
    }
    return true;
}

bool proto_decode_devices(const char *text, size_t size, struct proto_devices *devices,
                          struct proto_error *error)
{
    assert(devices != NULL);
    json_t *object = parse_object(text, size, error);
    if (object == NULL) {
        return false;
    }
    const bool done = proto_field_read(&devices_table, "", object, devices, error) &&
                      read_devices(object, devices, error);
    json_decref(object);
    return done;
}

bool proto_decode_receipt(const char *text, size_t size, struct proto_receipt_said *said,
                          struct proto_error *error)
{
    assert(said != NULL);
    json_t *object = parse_object(text, size, error);
    if (object == NULL) {
        return false;
    }
    *said = (struct proto_receipt_said){.assignment_id = 0};
    const bool done = proto_field_read(&receipt_table, "", object, said, error);
    json_decref(object);
    return done;
}
