#include "tests/support/api_given.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- The house ---- */

static int64_t backend_now(void *context)
{
    return ((struct given *)context)->world.now_ms;
}

static const struct engine *backend_engine(void *context)
{
    return ((struct given *)context)->world.engine;
}

static const struct engine_config *backend_config(void *context)
{
    return &((struct given *)context)->world.config;
}

static const char *backend_epoch(void *context)
{
    return ((struct given *)context)->epoch;
}

static uint64_t backend_durable(void *context)
{
    return ((struct given *)context)->published;
}

static bool backend_submit(void *context, struct command *command, uint64_t fingerprint,
                           uint64_t ticket)
{
    struct given *given = context;
    if (given->queue_is_full) {
        return false;
    }
    given->submitted++;
    given->command = *command;
    given->fingerprint = fingerprint;
    given->world.actor = command->actor;
    const struct step_result result = world_step(&given->world, command);
    given_take(given);
    for (uint32_t i = 0; i < GIVEN_WAITS_MAX; i++) {
        if (given->waits[i].ticket == 0) {
            given->waits[i] = (struct given_wait){
                .ticket = ticket,
                .seq = engine_seq(given->world.engine),
                .answer = {.outcome = result.refusal == REASON_NONE ? API_DONE : API_REFUSED,
                           .refusal = result.refusal,
                           .incident_id = result.incident_id,
                           .report_id = result.report_id,
                           .assignment_id = result.assignment_id,
                           .generation = result.generation,
                           .merged = result.merged,
                           .seq = result.seq}};
            return true;
        }
    }
    assert(false);
    return false;
}

static void backend_observe(void *context, const struct observation *observation)
{
    struct given *given = context;
    given->observed++;
    given->observation = *observation;
    const enum status status = engine_observe(given->world.engine, observation);
    assert(status != STATUS_NOT_FOUND);
}

static bool backend_authenticate(void *context, const char *token, struct identity *identity)
{
    const struct given *given = context;
    for (uint32_t i = 0; i < given->token_count; i++) {
        if (strcmp(given->tokens[i].token, token) == 0 && !given->tokens[i].revoked) {
            *identity = given->tokens[i].identity;
            return true;
        }
    }
    return false;
}

static bool backend_find_desk(void *context, const char *name, uint64_t *scope)
{
    const struct given *given = context;
    for (uint32_t i = 0; i < given->token_count; i++) {
        const struct identity *identity = &given->tokens[i].identity;
        const bool is_desk = identity->role == ROLE_DISPATCHER || identity->role == ROLE_SUPERVISOR;
        if (is_desk && !given->tokens[i].revoked && strcmp(identity->name, name) == 0) {
            *scope = identity->scope;
            return true;
        }
    }
    return false;
}

static void backend_login(void *context, struct login_request *request, uint64_t ticket)
{
    struct given *given = context;
    given->login = *request;
    given->login_ticket = ticket;
    memset(request->password, 0, sizeof request->password);
}

static void backend_linked(void *context, uint32_t unit_id, bool is_up)
{
    struct given *given = context;
    engine_observe_link(given->world.engine, unit_id, is_up ? LINK_UP : LINK_DOWN);
    given->linked += is_up ? 1 : 0;
    given->unlinked += is_up ? 0 : 1;
}

static void backend_logout(void *context, uint64_t token_id)
{
    struct given *given = context;
    for (uint32_t i = 0; i < given->token_count; i++) {
        given->tokens[i].revoked |= given->tokens[i].identity.token_id == token_id;
    }
}

static bool backend_route(void *context, const struct net_request *request,
                          const struct identity *identity)
{
    struct given *given = context;
    given->routed++;
    if (strcmp(request->path, "/healthz") == 0 ||
        (identity != NULL && strcmp(request->path, "/v1/incidents") == 0)) {
        api_reply_json(given->api, request->id, 200, "{}", 2);
        return true;
    }
    return false;
}

/* ---- Life ---- */

void given_init(struct given *given)
{
    memset(given, 0, sizeof *given);
    world_init(&given->world);
    given->config = (struct api_config){.sessions_max = 64,
                                        .resume_bytes = 1u << 20,
                                        .console_batch_ms = 50,
                                        .unit_heartbeat_ms = 10000,
                                        .console_heartbeat_ms = 1000};
    given->epoch = "e1";
}

void given_begin(struct given *given)
{
    const struct api_backend backend = {.context = given,
                                        .now_ms = backend_now,
                                        .engine = backend_engine,
                                        .config = backend_config,
                                        .epoch = backend_epoch,
                                        .durable_seq = backend_durable,
                                        .submit = backend_submit,
                                        .observe = backend_observe,
                                        .linked = backend_linked,
                                        .authenticate = backend_authenticate,
                                        .find_desk = backend_find_desk,
                                        .login = backend_login,
                                        .logout = backend_logout,
                                        .route = backend_route};
    world_begin(&given->world);
    enum status status = event_list_init(&given->log, GIVEN_EVENTS_MAX, 64u << 20);
    assert(status == STATUS_OK);
    status = api_create(&given->config, &backend, &given->api);
    assert(status == STATUS_OK);
    const struct net_handlers handlers = api_handlers();
    given->net = fake_net_create(&handlers, given->api);
    api_attach(given->api, given->net);
}

void given_end(struct given *given)
{
    api_destroy(given->api);
    fake_net_destroy(given->net);
    event_list_finish(&given->log);
    world_finish(&given->world);
    given->api = NULL;
    given->net = NULL;
}

void given_take(struct given *given)
{
    const struct event_list *step = &given->world.out;
    struct event_list *log = &given->log;
    for (uint32_t i = 0; i < step->count; i++) {
        struct event_record record = step->records[i];
        assert(log->count < log->records_max);
        assert(log->size + record.body_size <= log->size_max);
        memcpy(log->bytes + log->size, step->bytes + record.body_offset, record.body_size);
        record.body_offset = log->size;
        log->size += record.body_size;
        log->records[log->count++] = record;
    }
    event_list_clear(&given->world.out); /* taken once */
}

void given_durable_but(struct given *given, uint32_t lag)
{
    const uint32_t upto = given->log.count > lag ? given->log.count - lag : 0;
    if (upto > given->published) {
        struct event_list batch = given->log;
        batch.records += given->published;
        batch.count = upto - given->published;
        given->published = upto;
        api_published(given->api, &batch);
    }
    for (uint32_t i = 0; i < GIVEN_WAITS_MAX; i++) {
        struct given_wait wait = given->waits[i];
        if (wait.ticket != 0 && wait.seq <= given->published) {
            given->waits[i].ticket = 0;
            api_answered(given->api, wait.ticket, &wait.answer);
        }
    }
}

void given_durable(struct given *given)
{
    given_durable_but(given, 0);
}

void given_pass(struct given *given, int64_t ms)
{
    const int64_t until_ms = given->world.now_ms + ms;
    for (uint32_t i = 0; api_deadline_ms(given->api) <= until_ms; i++) {
        assert(i < 1000000); /* a deadline that never goes away */
        const int64_t deadline_ms = api_deadline_ms(given->api);
        if (deadline_ms > given->world.now_ms) {
            given->world.now_ms = deadline_ms;
        }
        api_tick(given->api, given->world.now_ms);
    }
    given->world.now_ms = until_ms;
}

void given_run(struct given *given, int64_t ms)
{
    const int64_t until_ms = given->world.now_ms + ms;
    struct command tick = {.kind = COMMAND_TICK};
    for (uint32_t i = 0;; i++) {
        assert(i < 1000000);
        const int64_t core_ms = engine_deadline_ms(given->world.engine);
        const int64_t api_ms = api_deadline_ms(given->api);
        const int64_t next_ms = core_ms < api_ms ? core_ms : api_ms;
        if (next_ms > until_ms) {
            break;
        }
        if (next_ms > given->world.now_ms) {
            given->world.now_ms = next_ms;
        }
        if (core_ms <= api_ms) {
            given->world.actor = (struct actor){.id = "system", .source = SOURCE_SYSTEM};
            world_step(&given->world, &tick);
            given_take(given);
        } else {
            api_tick(given->api, given->world.now_ms);
        }
    }
    given->world.now_ms = until_ms;
}

void given_districts(struct given *given)
{
    struct geo_point points[8];
    static const int32_t corners[8][2] = {{-5000, -5000}, {0, -5000}, {0, 5000},
                                          {-5000, 5000},  {1, -5000}, {5000, -5000},
                                          {5000, 5000},   {1, 5000}};
    for (unsigned i = 0; i < 8; i++) {
        points[i] = world_at(corners[i][0], corners[i][1]);
    }
    static const uint32_t rings[2] = {4, 4};
    const struct district_definition districts[2] = {{.code = "A",
                                                      .name = "west",
                                                      .ring_count = 1,
                                                      .ring_first = 0,
                                                      .point_first = 0,
                                                      .point_count = 4},
                                                     {.code = "B",
                                                      .name = "east",
                                                      .ring_count = 1,
                                                      .ring_first = 1,
                                                      .point_first = 4,
                                                      .point_count = 4}};
    struct command command = {
        .kind = COMMAND_ROSTER_PUT,
        .roster = {
            .districts = districts, .district_count = 2, .points = points, .ring_sizes = rings}};
    const struct step_result result = world_step(&given->world, &command);
    assert(result.refusal == REASON_NONE);
    given_take(given);
}

uint64_t given_scope(const char *codes)
{
    uint64_t scope = 0;
    for (; *codes != '\0'; codes++) {
        scope |= access_district_bit((uint8_t)(*codes - 'A'));
    }
    return scope;
}

uint32_t given_unit(struct given *given, enum unit_kind kind, int32_t east_m, int32_t north_m,
                    char district)
{
    const bool stands = kind == UNIT_POST || kind == UNIT_STATION;
    struct unit_definition unit = {.kind = kind,
                                   .circle = CIRCLE_NONE,
                                   .area = AREA_NONE,
                                   .district = (uint8_t)(district - 'A'),
                                   .home = world_at(east_m, north_m),
                                   .people = 2,
                                   .has_home = stands};
    snprintf(unit.code, sizeof unit.code, "U%u", given->world.code_next);
    snprintf(unit.name, sizeof unit.name, "unit %u", given->world.code_next);
    given->world.code_next++;
    struct command command = {.kind = COMMAND_ROSTER_PUT,
                              .roster = {.units = &unit, .unit_count = 1}};
    const struct step_result result = world_step(&given->world, &command);
    assert(result.refusal == REASON_NONE);
    given_take(given);
    const uint32_t unit_id = engine_unit_find(given->world.engine, unit.code);
    if (!stands) {
        world_fix(&given->world, unit_id, east_m, north_m);
    }
    world_duty(&given->world, unit_id, DUTY_ON);
    given_take(given);
    return unit_id;
}

/* ---- Clients ---- */

void given_user(struct given *given, const char *name, enum role role, uint64_t scope,
                uint32_t unit_id)
{
    assert(given->token_count < GIVEN_TOKENS_MAX);
    const uint32_t i = given->token_count++;
    struct identity *identity = &given->tokens[i].identity;
    *identity = (struct identity){.role = role,
                                  .scope = scope,
                                  .unit_id = unit_id,
                                  .expires_ms = given->world.now_ms + 12 * 3600 * 1000,
                                  .token_id = i + 1};
    snprintf(given->tokens[i].token, sizeof given->tokens[i].token, "%s", name);
    snprintf(identity->name, sizeof identity->name, "%s", name);
    snprintf(identity->display, sizeof identity->display, "%s", name);
}

uint64_t given_login(struct given *given, const char *name)
{
    char text[128];
    const uint64_t id = fake_net_open(given->net);
    snprintf(text, sizeof text, "{\"id\":1,\"op\":\"auth\",\"token\":\"%s\"}", name);
    fake_net_say(given->net, id, text);
    return id;
}

void given_sub(struct given *given, uint64_t session_id, const char *stream)
{
    char text[128];
    snprintf(text, sizeof text, "{\"id\":2,\"op\":\"sub\",\"stream\":\"%s\"}", stream);
    fake_net_say(given->net, session_id, text);
}

void given_sub_since(struct given *given, uint64_t session_id, const char *stream, uint64_t seq)
{
    char text[192];
    snprintf(
        text, sizeof text,
        "{\"id\":2,\"op\":\"sub\",\"stream\":\"%s\",\"since\":{\"epoch\":\"%s\",\"seq\":%llu}}",
        stream, given->epoch, (unsigned long long)seq);
    fake_net_say(given->net, session_id, text);
}

bool given_same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

json_t *given_last(const struct given *given, uint64_t session_id)
{
    const struct fake_frame *frame = fake_net_last(given->net, session_id);
    json_error_t error;
    json_t *json = frame == NULL ? NULL : json_loadb(frame->bytes, frame->size, 0, &error);
    assert(json != NULL);
    return json;
}

static const char *keep_code(json_t *holder)
{
    static char code[64];
    const char *text = json_string_value(json_object_get(holder, "code"));
    snprintf(code, sizeof code, "%s", text == NULL ? "" : text);
    return code;
}

const char *given_error(const struct given *given, uint64_t session_id)
{
    json_t *json = given_last(given, session_id);
    const char *code = keep_code(json_object_get(json, "error"));
    json_decref(json);
    return code;
}

const char *given_problem(const struct given *given, uint64_t request_id)
{
    const struct fake_reply *reply = fake_net_reply(given->net, request_id);
    assert(reply != NULL);
    json_t *json = json_loadb(reply->body, reply->body_size, 0, NULL);
    const char *code = keep_code(json);
    json_decref(json);
    return code;
}

/* ---- A client that keeps what it is told ---- */

void given_client_init(struct given_client *client, uint64_t session_id, const char *stream)
{
    *client = (struct given_client){.session_id = session_id, .stream = stream};
    client->state = json_object();
}

void given_client_finish(struct given_client *client)
{
    json_decref(client->state);
    client->state = NULL;
}

static void keep(struct given_client *client, const char *kind, json_t *id, const char *member,
                 json_t *value)
{
    char name[96];
    if (json_is_string(id)) {
        snprintf(name, sizeof name, "%s %s %s", kind, json_string_value(id), member);
    } else {
        snprintf(name, sizeof name, "%s %lld %s", kind, (long long)json_integer_value(id), member);
    }
    if (value == NULL) {
        json_object_del(client->state, name);
    } else {
        json_object_set(client->state, name, value);
    }
}

static void keep_members(struct given_client *client, const char *kind, json_t *id, json_t *from,
                         const char *const members[])
{
    for (size_t i = 0; members[i] != NULL; i++) {
        json_t *value = json_object_get(from, members[i]);
        if (value != NULL) {
            keep(client, kind, id, members[i], value);
        }
    }
}

static const char *const unit_members[] = {"name", "kind", "district", "duty", NULL};
static const char *const incident_members[] = {"type",    "priority", "state", "lat",      "lon",
                                               "address", "caller",   "phone", "district", NULL};
static const char *const assignment_members[] = {"incident_id", "unit",    "tier",
                                                 "state",       "version", NULL};
/* A unit is told of some versions only, and of its incident what the order says. */
static const char *const own_members[] = {"incident_id", "unit", "tier", "state", NULL};
static const char *const order_members[] = {"type", "priority", "lat", "lon", "address", NULL};
static const char *const alarm_members[] = {"kind", "incident_id", "unit", NULL};

static void take_unit(struct given_client *client, json_t *unit)
{
    keep_members(client, "unit", json_object_get(unit, "code"), unit, unit_members);
}

static bool is_orders(const struct given_client *client)
{
    return strcmp(client->stream, "orders") == 0;
}

static void take_incident(struct given_client *client, json_t *incident)
{
    if (is_orders(client)) {
        return; /* it takes its orders' */
    }
    keep_members(client, "incident", json_object_get(incident, "incident_id"), incident,
                 incident_members);
}

static void take_assignment(struct given_client *client, json_t *assignment)
{
    keep_members(client, "assignment", json_object_get(assignment, "assignment_id"), assignment,
                 is_orders(client) ? own_members : assignment_members);
}

static void take_alarm(struct given_client *client, json_t *alarm)
{
    keep_members(client, "alarm", json_object_get(alarm, "alarm_id"), alarm, alarm_members);
}

static void drop(struct given_client *client, const char *kind, json_t *id,
                 const char *const members[])
{
    for (size_t i = 0; members[i] != NULL; i++) {
        keep(client, kind, id, members[i], NULL);
    }
}

/* What left with its incident. */
static void drop_of_incident(struct given_client *client, json_t *incident_id)
{
    const char *name = NULL;
    json_t *value = NULL;
    void *next = NULL;
    drop(client, "incident", incident_id, incident_members);
    json_object_foreach_safe(client->state, next, name, value)
    {
        const char *member = strrchr(name, ' ');
        if (strcmp(member, " incident_id") == 0 && json_equal(value, incident_id)) {
            char kind[32];
            long long id = 0;
            const int read = sscanf(name, "%31s %lld", kind, &id);
            assert(read == 2);
            json_t *number = json_integer(id);
            drop(client, kind, number,
                 strcmp(kind, "alarm") == 0 ? alarm_members : assignment_members);
            json_decref(number);
            next = json_object_iter(client->state); /* it changed: begin again */
        }
    }
}

static void take_order(struct given_client *client, json_t *order)
{
    json_t *incident = json_object_get(order, "incident");
    take_assignment(client, json_object_get(order, "assignment"));
    keep_members(client, "order", json_object_get(incident, "incident_id"), incident,
                 order_members);
}

/* A unit keeps the active one. */
static void drop_ended(struct given_client *client, json_t *event)
{
    const char *state = json_string_value(json_object_get(event, "state"));
    const int32_t value = state == NULL ? -1 : types_find(TYPES_ASSIGNMENT_STATE, state);
    if (is_orders(client) && value >= 0 && assignment_state_ended((enum assignment_state)value)) {
        drop(client, "assignment", json_object_get(event, "assignment_id"), own_members);
        drop(client, "order", json_object_get(event, "incident_id"), order_members);
    }
}

static void take_event(struct given_client *client, json_t *event)
{
    const char *kind = json_string_value(json_object_get(event, "kind"));
    client->events++;
    take_unit(client, json_object_get(event, "unit"));
    take_incident(client, json_object_get(event, "incident"));
    take_assignment(client, json_object_get(event, "assignment"));
    take_order(client, json_object_get(event, "order"));
    if (strcmp(kind, "alarm.raised") == 0) {
        take_alarm(client, json_object_get(event, "alarm"));
    } else if (strcmp(kind, "alarm.cleared") == 0) {
        drop(client, "alarm", json_object_get(event, "alarm_id"), alarm_members);
    } else if (strcmp(kind, "unit.duty") == 0) {
        keep(client, "unit", json_object_get(event, "unit"), "duty",
             json_object_get(event, "duty"));
    } else if (strcmp(kind, "unit.put") == 0) {
        json_t *code = json_object_get(json_object_get(event, "unit"), "code");
        json_t *off = json_string("off"); /* until somebody says otherwise */
        char name[96];
        snprintf(name, sizeof name, "unit %s duty", json_string_value(code));
        if (json_object_get(client->state, name) == NULL) {
            keep(client, "unit", code, "duty", off);
        }
        json_decref(off);
    } else if (strncmp(kind, "assignment.", 11) == 0) {
        take_assignment(client, event);
        drop_ended(client, event);
    } else if (strcmp(kind, "incident.updated") == 0 || strcmp(kind, "incident.state") == 0) {
        take_incident(client, event);
    } else if (strcmp(kind, "incident.archived") == 0) {
        drop_of_incident(client, json_object_get(event, "incident_id"));
    }
}

static void take_list(struct given_client *client, json_t *message, const char *name,
                      void (*take)(struct given_client *client, json_t *object))
{
    size_t i = 0;
    json_t *object = NULL;
    json_array_foreach(json_object_get(message, name), i, object)
    {
        take(client, object);
    }
}

static void take_snapshot(struct given_client *client, json_t *message)
{
    const uint32_t part = (uint32_t)json_integer_value(json_object_get(message, "part"));
    if (part == 0) {
        json_object_clear(client->state);
        client->snapshots++;
        client->part = 0;
    }
    client->holes += part != client->part;
    client->part = part + 1;
    client->in_snapshot = !json_is_true(json_object_get(message, "last"));
    client->has_state = !client->in_snapshot;
    client->upto = (uint64_t)json_integer_value(json_object_get(message, "seq"));
    take_list(client, message, "units", take_unit);
    take_list(client, message, "incidents", take_incident);
    take_list(client, message, "assignments", take_assignment);
    take_list(client, message, "alarms", take_alarm);
    take_list(client, message, "orders", take_order);
    take_unit(client, json_object_get(message, "unit"));
}

static void take_log(struct given_client *client, json_t *message)
{
    const uint64_t from = (uint64_t)json_integer_value(json_object_get(message, "from"));
    const uint64_t upto = (uint64_t)json_integer_value(json_object_get(message, "upto"));
    uint64_t before = from - 1;
    size_t i = 0;
    json_t *event = NULL;
    client->frames++;
    client->holes += from != client->upto + 1 || client->in_snapshot;
    json_array_foreach(json_object_get(message, "events"), i, event)
    {
        const uint64_t seq = (uint64_t)json_integer_value(json_object_get(event, "seq"));
        assert(seq > before);
        assert(seq <= upto);
        before = seq;
        take_event(client, event);
    }
    client->upto = upto;
}

void given_client_read(struct given_client *client, const struct given *given)
{
    for (; client->read < fake_net_frame_count(given->net); client->read++) {
        const struct fake_frame *frame = fake_net_frame(given->net, client->read);
        if (frame->session_id != client->session_id || frame->binary) {
            continue;
        }
        json_t *message = json_loadb(frame->bytes, frame->size, 0, NULL);
        assert(message != NULL);
        const char *type = json_string_value(json_object_get(message, "t"));
        const char *stream = json_string_value(json_object_get(message, "stream"));
        if (type != NULL && stream != NULL && strcmp(stream, client->stream) == 0) {
            if (strcmp(type, "snapshot") == 0) {
                take_snapshot(client, message);
            } else if (strcmp(type, "log") == 0) {
                take_log(client, message);
            }
        }
        json_decref(message);
    }
}
