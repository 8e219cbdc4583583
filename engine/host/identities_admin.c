#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/identities_private.h"
#include "engine/host/log.h"
#include "proto/proto_decode.h"
#include "proto/proto_object.h"

/* What administrators ask for: users and devices, done on the worker, answered on the loop. */

enum change_kind {
    CHANGE_SETUP,
    CHANGE_LIST,
    CHANGE_CREATE,
    CHANGE_PASSWORD,
    CHANGE_DISABLE,
    CHANGE_REVOKE,
    CHANGE_DEVICES
};

struct change {
    struct worker_job job; /* first */
    struct identities *identities;
    enum change_kind kind;
    uint64_t request_id;
    int64_t now_ms;
    char actor[ACTOR_SIZE];
    char peer[64];
    char name[IDENTITY_NAME_SIZE];
    char password[PROTO_PASSWORD_SIZE];
    char setup_token[PROTO_TOKEN_SIZE];
    struct identity_user user;
    struct identity_device *devices;
    uint32_t device_count;

    int http_status;
    const char *code; /* of a refusal, NULL: done */
    char detail[256];
    struct proto_buffer body;
    bool ended; /* sessions of `name` are over */
    char audit[NOTE_SIZE];
    char district_codes[DISTRICTS_MAX][CODE_SIZE]; /* as they were when the request came */
};

/* ---- On the worker's thread ---- */

static void refuse(struct change *change, const char *code, const char *detail)
{
    change->code = code;
    snprintf(change->detail, sizeof change->detail, "%s", detail);
}

static void refuse_status(struct change *change, enum status status, const char *error)
{
    const char *code = status == STATUS_BUSY        ? "unknown_value"
                       : status == STATUS_NOT_FOUND ? "not_found"
                       : status == STATUS_DENIED    ? "forbidden"
                       : status == STATUS_BAD_INPUT ? "unknown_value"
                                                    : "busy";
    refuse(change, code, error[0] == '\0' ? status_text(status) : error);
}

static void put_user(struct proto_buffer *body, const struct identity_user *user,
                     char codes[DISTRICTS_MAX][CODE_SIZE])
{
    proto_json_begin(body, '{');
    proto_member_text(body, "name", user->name);
    proto_member_text(body, "display", user->display_name);
    proto_member_text(body, "role", identity_store_role_name(user->role));
    if (user->scope == SCOPE_CITY) {
        proto_member_text(body, "scope", "city");
    } else {
        proto_json_name(body, "scope");
        proto_json_begin(body, '[');
        for (uint32_t bit = 0; bit < DISTRICTS_MAX; bit++) {
            if ((user->scope >> bit & 1u) != 0) {
                proto_json_text(body, codes[bit]);
            }
        }
        proto_json_end(body, ']');
    }
    proto_member_text(body, "unit", user->unit_code[0] == '\0' ? NULL : user->unit_code);
    proto_member_bool(body, "disabled", user->disabled);
    proto_member_time(body, "created_ms", user->created_ms);
    proto_json_end(body, '}');
}

static void put_answer(struct change *change, int http_status)
{
    change->http_status = http_status;
    proto_json_begin(&change->body, '{');
    proto_json_name(&change->body, "user");
    put_user(&change->body, &change->user, change->district_codes);
    proto_json_end(&change->body, '}');
}

static void run_setup(struct change *change, char error[256])
{
    char passhash[IDENTITY_PASSHASH_SIZE];
    enum status status = identity_store_hash(change->password, passhash);
    if (status == STATUS_OK) {
        status = identity_store_setup_consume(change->identities->store, change->setup_token,
                                              &change->user, passhash, change->now_ms, error);
    }
    if (status == STATUS_DENIED) {
        refuse(change, "login_failed",
               "the set-up link is not valid any more; restart the engine "
               "for a new one, if there is no administrator yet");
    } else if (status != STATUS_OK) {
        refuse_status(change, status, error);
    } else {
        put_answer(change, 201);
        snprintf(change->audit, sizeof change->audit, "setup %s", change->user.name);
    }
}

static bool visit_user(void *context, const struct identity_user *user)
{
    struct change *change = context;
    put_user(&change->body, user, change->district_codes);
    return true;
}

static void run_list(struct change *change)
{
    proto_json_begin(&change->body, '{');
    proto_json_name(&change->body, "users");
    proto_json_begin(&change->body, '[');
    const enum status status = identity_store_users(change->identities->store, visit_user, change);
    proto_json_end(&change->body, ']');
    proto_json_end(&change->body, '}');
    change->http_status = 200;
    if (status != STATUS_OK) {
        refuse_status(change, status, "");
    }
}

static void run_create(struct change *change, char error[256])
{
    char passhash[IDENTITY_PASSHASH_SIZE];
    enum status status = identity_store_hash(change->password, passhash);
    if (status == STATUS_OK) {
        status = identity_store_user_create(change->identities->store, &change->user, passhash,
                                            change->actor, change->now_ms, error);
    }
    if (status != STATUS_OK) {
        refuse_status(change, status, error);
        return;
    }
    put_answer(change, 201);
    snprintf(change->audit, sizeof change->audit, "user.create %s role=%s", change->user.name,
             identity_store_role_name(change->user.role));
}

struct finding {
    const char *name;
    struct identity_user *user;
    bool found;
};

static bool find_user(void *context, const struct identity_user *user)
{
    struct finding *finding = context;
    if (strcmp(user->name, finding->name) != 0) {
        return true;
    }
    *finding->user = *user;
    finding->found = true;
    return false;
}

static enum status change_user(struct change *change, const char **verb, char error[256])
{
    struct identity_store *store = change->identities->store;
    const uint32_t id = change->user.user_id;
    char passhash[IDENTITY_PASSHASH_SIZE];
    enum status status = STATUS_OK;
    if (change->kind == CHANGE_DISABLE) {
        *verb = "user.disable";
        return identity_store_user_disable(store, id, true, change->actor, change->now_ms, error);
    }
    if (change->kind == CHANGE_PASSWORD) {
        *verb = "user.password";
        status = identity_store_hash(change->password, passhash);
        if (status == STATUS_OK) {
            status = identity_store_user_password(store, id, passhash, change->actor,
                                                  change->now_ms, error);
        }
    }
    return status == STATUS_OK
               ? identity_store_token_revoke_user(store, id, change->actor, change->now_ms, error)
               : status;
}

static void run_change(struct change *change, char error[256])
{
    struct finding finding = {.name = change->name, .user = &change->user};
    enum status status = identity_store_users(change->identities->store, find_user, &finding);
    const char *verb = "user.revoke";
    if (status == STATUS_OK && !finding.found) {
        refuse(change, "not_found", "there is no such user");
        return;
    }
    if (status == STATUS_OK) {
        status = change_user(change, &verb, error);
    }
    if (status != STATUS_OK) {
        refuse_status(change, status, error);
        return;
    }
    change->user.disabled = change->user.disabled || change->kind == CHANGE_DISABLE;
    change->ended = true;
    put_answer(change, 200);
    snprintf(change->audit, sizeof change->audit, "%s %s", verb, change->name);
}

static void run_devices(struct change *change, char error[256])
{
    const enum status status =
        identity_store_devices_create(change->identities->store, change->devices,
                                      change->device_count, change->actor, change->now_ms, error);
    if (status != STATUS_OK) {
        refuse_status(change, status, error);
        return;
    }
    change->http_status = 200;
    proto_json_begin(&change->body, '{');
    proto_json_name(&change->body, "devices");
    proto_json_begin(&change->body, '[');
    for (uint32_t i = 0; i < change->device_count; i++) {
        proto_json_begin(&change->body, '{');
        proto_member_text(&change->body, "unit", change->devices[i].unit_code);
        proto_member_text(&change->body, "secret", change->devices[i].secret);
        proto_json_end(&change->body, '}');
    }
    proto_json_end(&change->body, ']');
    proto_json_end(&change->body, '}');
    snprintf(change->audit, sizeof change->audit, "devices.create count=%u", change->device_count);
}

static void run(struct worker_job *base)
{
    struct change *change = (struct change *)base;
    char error[256] = "";
    switch (change->kind) {
    case CHANGE_SETUP:
        run_setup(change, error);
        break;
    case CHANGE_LIST:
        run_list(change);
        break;
    case CHANGE_CREATE:
        run_create(change, error);
        break;
    case CHANGE_PASSWORD:
    case CHANGE_DISABLE:
    case CHANGE_REVOKE:
        run_change(change, error);
        break;
    case CHANGE_DEVICES:
        run_devices(change, error);
        break;
    }
}

/* ---- On the loop ---- */

static void end_tokens(struct identities *identities, const struct change *change)
{
    if (change->ended) {
        identities_drop_tokens(identities, 0, change->name);
        identities->events.ended(identities->context, change->name);
    }
    for (uint32_t i = 0; i < change->device_count; i++) {
        char name[ACTOR_SIZE];
        snprintf(name, sizeof name, "unit:%s", change->devices[i].unit_code);
        identities_drop_tokens(identities, 0, name);
        identities->events.ended(identities->context, name);
    }
}

static void done(struct worker_job *base)
{
    struct change *change = (struct change *)base;
    struct identities *identities = change->identities;
    if (change->code != NULL) {
        if (change->kind == CHANGE_SETUP) {
            identities_count_failure(identities, "setup", change->peer);
        }
        identities->events.refused(identities->context, change->request_id, change->code,
                                   change->detail, NULL);
    } else if (!proto_buffer_ok(&change->body)) {
        identities->events.refused(identities->context, change->request_id, "busy",
                                   "not enough memory for the answer", NULL);
    } else {
        if (change->kind == CHANGE_SETUP) {
            identities->setup_token[0] = '\0';
            identities->events.setup_done(identities->context);
        }
        end_tokens(identities, change);
        if (change->audit[0] != '\0') {
            identities->events.audit(identities->context, change->actor, change->audit);
        }
        identities->events.changed(identities->context, change->request_id, change->http_status,
                                   change->body.bytes, change->body.size);
    }
    proto_buffer_finish(&change->body);
    if (change->devices != NULL) {
        sodium_memzero(change->devices, change->device_count * sizeof change->devices[0]);
    }
    free(change->devices);
    sodium_memzero(change, sizeof *change);
    free(change);
}

/* ---- Reading the requests ---- */

static bool read_setup(struct change *change, const char *text, size_t size,
                       struct proto_error *error)
{
    struct proto_setup setup;
    if (!proto_decode_setup(text, size, &setup, error)) {
        return false;
    }
    change->user = (struct identity_user){
        .role = IDENTITY_ADMINISTRATOR, .scope = SCOPE_CITY, .created_ms = change->now_ms};
    snprintf(change->user.name, sizeof change->user.name, "%s", setup.name);
    snprintf(change->user.display_name, sizeof change->user.display_name, "%s", setup.display);
    memcpy(change->password, setup.password, sizeof change->password);
    memcpy(change->setup_token, setup.setup_token, sizeof change->setup_token);
    snprintf(change->actor, sizeof change->actor, "%s", setup.name);
    sodium_memzero(&setup, sizeof setup);
    return true;
}

static bool read_scope(struct change *change, const struct proto_user_create *user,
                       struct proto_error *error)
{
    if (user->scope_city) {
        change->user.scope = SCOPE_CITY;
        return true;
    }
    const char *codes[PROTO_DISTRICTS_MAX];
    for (uint32_t i = 0; i < user->district_count; i++) {
        codes[i] = user->districts[i];
    }
    change->user.scope = change->identities->events.find_scope(change->identities->context, codes,
                                                               user->district_count);
    if (change->user.scope == 0) {
        proto_error_set(error, PROTO_UNKNOWN_VALUE, "/scope",
                        "one of these districts is not in the roster");
        return false;
    }
    return true;
}

static bool read_create(struct change *change, const char *text, size_t size,
                        struct proto_error *error)
{
    struct proto_user_create *user = malloc(sizeof *user);
    if (user == NULL) {
        proto_error_set(error, PROTO_BUSY, NULL, "not enough memory");
        return false;
    }
    bool good = proto_decode_user(text, size, user, error);
    if (good) {
        change->user = (struct identity_user){.role = (enum identity_role)user->role,
                                              .created_ms = change->now_ms};
        snprintf(change->user.name, sizeof change->user.name, "%s", user->name);
        snprintf(change->user.display_name, sizeof change->user.display_name, "%s", user->display);
        snprintf(change->user.unit_code, sizeof change->user.unit_code, "%s", user->unit);
        memcpy(change->password, user->password, sizeof change->password);
        good = read_scope(change, user, error);
    }
    if (good && change->user.role == IDENTITY_UNIT &&
        change->identities->events.find_unit(change->identities->context, change->user.unit_code) ==
            UNIT_NONE) {
        proto_error_set(error, PROTO_UNKNOWN_UNIT, "/unit", "this unit is not in the roster");
        good = false;
    }
    sodium_memzero(user, sizeof *user);
    free(user);
    return good;
}

static bool read_devices(struct change *change, const char *text, size_t size,
                         struct proto_error *error)
{
    struct proto_devices *devices = malloc(sizeof *devices);
    if (devices == NULL || !proto_decode_devices(text, size, devices, error)) {
        if (devices == NULL) {
            proto_error_set(error, PROTO_BUSY, NULL, "not enough memory");
        }
        free(devices);
        return false;
    }
    change->devices = calloc(devices->unit_count, sizeof change->devices[0]);
    bool good = change->devices != NULL;
    for (uint32_t i = 0; good && i < devices->unit_count; i++) {
        snprintf(change->devices[i].unit_code, sizeof change->devices[i].unit_code, "%s",
                 devices->units[i]);
        if (change->identities->events.find_unit(change->identities->context, devices->units[i]) ==
            UNIT_NONE) {
            char pointer[32];
            snprintf(pointer, sizeof pointer, "/units/%u", i);
            proto_error_set(error, PROTO_UNKNOWN_UNIT, pointer, "this unit is not in the roster");
            good = false;
        }
    }
    change->device_count = good ? devices->unit_count : 0;
    free(devices);
    return good;
}

/* "/v1/users/li/disable": the name and what is to be done with it. */
static bool read_named(struct change *change, const struct net_request *request,
                       struct proto_error *error)
{
    static const char prefix[] = "/v1/users/";
    const char *name = request->path + strlen(prefix);
    const char *slash = strchr(name, '/');
    const size_t size = slash == NULL ? 0 : (size_t)(slash - name);
    if (size == 0 || size >= sizeof change->name) {
        proto_error_set(error, PROTO_NOT_FOUND, NULL, "there is no such route");
        return false;
    }
    memcpy(change->name, name, size);
    if (strcmp(slash, "/disable") == 0) {
        change->kind = CHANGE_DISABLE;
        return true;
    }
    if (strcmp(slash, "/revoke") == 0) {
        change->kind = CHANGE_REVOKE;
        return true;
    }
    if (strcmp(slash, "/password") != 0) {
        proto_error_set(error, PROTO_NOT_FOUND, NULL, "there is no such route");
        return false;
    }
    change->kind = CHANGE_PASSWORD;
    struct proto_password password;
    if (!proto_decode_password((const char *)request->body, request->body_size, &password, error)) {
        return false;
    }
    memcpy(change->password, password.password, sizeof change->password);
    sodium_memzero(&password, sizeof password);
    return true;
}

static bool read_request(struct change *change, const struct net_request *request,
                         struct proto_error *error)
{
    const char *text = (const char *)request->body;
    const bool posts = strcmp(request->method, "POST") == 0;
    if (strcmp(request->path, "/v1/users") == 0 && !posts) {
        change->kind = CHANGE_LIST;
        return true;
    }
    if (!posts) {
        proto_error_set(error, PROTO_METHOD_NOT_ALLOWED, NULL, "POST");
        return false;
    }
    if (strcmp(request->path, "/v1/setup") == 0) {
        change->kind = CHANGE_SETUP;
        return read_setup(change, text, request->body_size, error);
    }
    if (strcmp(request->path, "/v1/devices") == 0) {
        change->kind = CHANGE_DEVICES;
        return read_devices(change, text, request->body_size, error);
    }
    if (strcmp(request->path, "/v1/users") == 0) {
        change->kind = CHANGE_CREATE;
        return read_create(change, text, request->body_size, error);
    }
    return read_named(change, request, error);
}

void identities_admin_request(struct identities *identities, const struct net_request *request,
                              const struct identity *by)
{
    struct proto_error error = {.code = PROTO_BUSY, .detail = "not enough memory"};
    struct change *change = calloc(1, sizeof *change);
    bool good = change != NULL;
    if (good) {
        change->job = (struct worker_job){.run = run, .done = done};
        change->identities = identities;
        change->request_id = request->id;
        change->now_ms = identities->events.now_ms(identities->context);
        snprintf(change->peer, sizeof change->peer, "%s", request->peer);
        snprintf(change->actor, sizeof change->actor, "%s", by == NULL ? "" : by->name);
        identities->events.district_codes(identities->context, change->district_codes);
        good = read_request(change, request, &error);
    }
    if (good && !worker_submit(identities->worker, &change->job)) {
        proto_error_set(&error, PROTO_BUSY, NULL, "too many logins and changes wait; try again");
        good = false;
    }
    if (!good) {
        identities->events.refused(identities->context, request->id, proto_code_text(error.code),
                                   error.detail, error.has_pointer ? error.pointer : NULL);
        free(change == NULL ? NULL : change->devices);
        free(change);
    }
}
