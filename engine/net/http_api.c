#include "engine/net/http_api.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/net/api_state.h"
#include "engine/net/translate.h"
#include "proto/proto_answer.h"

void http_api_finish(struct api *api)
{
    for (uint32_t i = 0; i < HTTP_API_HELD_MAX; i++) {
        free(api->http.held[i].body);
    }
    geo_search_destroy(api->http.search);
    api->http = (struct http_api){.held_count = 0};
}

void http_api_problem(struct api *api, const struct net_request *request, enum proto_code code,
                      const char *pointer, const char *detail)
{
    struct proto_error error;
    proto_error_set(&error, code, pointer, detail);
    api->counters.refused++;
    api_reply_error(api, request->id, &error, 0);
}

/* ---- Answers that show the live state wait for the disk ---- */

static void reply_as(struct api *api, uint64_t request_id, const char *content_type,
                     const char *body, size_t size)
{
    const struct net_response response = {.status = 200,
                                          .content_type = content_type,
                                          .extra_headers = "Cache-Control: no-store\r\n",
                                          .body = body,
                                          .body_size = size};
    net_server_reply(api->server, request_id, &response);
}

void http_api_reply_durable(struct api *api, uint64_t request_id)
{
    http_api_reply_durable_as(api, request_id, "application/json");
}

void http_api_reply_durable_as(struct api *api, uint64_t request_id, const char *content_type)
{
    struct http_api *http = &api->http;
    const uint64_t seq = engine_seq(api_engine(api));
    if (seq <= api->fanout.published_seq && proto_buffer_ok(&api->buffer)) {
        reply_as(api, request_id, content_type, api->buffer.bytes, api->buffer.size);
        return;
    }
    uint32_t slot = 0;
    while (slot < HTTP_API_HELD_MAX && http->held[slot].request_id != 0) {
        slot++;
    }
    char *body =
        slot < HTTP_API_HELD_MAX && proto_buffer_ok(&api->buffer) ? malloc(api->buffer.size) : NULL;
    if (body == NULL) {
        struct proto_error error;
        proto_error_set(&error, PROTO_BUSY, NULL, "Too many answers wait for the disk");
        api_reply_error(api, request_id, &error, 1);
        return;
    }
    memcpy(body, api->buffer.bytes, api->buffer.size);
    http->held[slot] = (struct http_api_held){.request_id = request_id,
                                              .seq = seq,
                                              .since_ms = api_now_ms(api),
                                              .content_type = content_type,
                                              .body = body,
                                              .size = api->buffer.size};
    http->held_count++;
}

void http_api_published(struct api *api)
{
    struct http_api *http = &api->http;
    for (uint32_t i = 0; i < HTTP_API_HELD_MAX && http->held_count > 0; i++) {
        struct http_api_held *held = &http->held[i];
        if (held->request_id == 0 || held->seq > api->fanout.published_seq) {
            continue;
        }
        reply_as(api, held->request_id, held->content_type, held->body, held->size);
        free(held->body);
        *held = (struct http_api_held){.request_id = 0};
        http->held_count--;
    }
}

void http_api_sweep(struct api *api, int64_t now_ms)
{
    struct http_api *http = &api->http;
    for (uint32_t i = 0; i < HTTP_API_HELD_MAX && http->held_count > 0; i++) {
        struct http_api_held *held = &http->held[i];
        if (held->request_id == 0 || now_ms - held->since_ms < HTTP_API_HELD_MS) {
            continue;
        }
        struct proto_error error;
        proto_error_set(&error, PROTO_BUSY, NULL, "The disk is behind what this answer shows");
        api->counters.refused++;
        api_reply_error(api, held->request_id, &error, 1);
        free(held->body);
        *held = (struct http_api_held){.request_id = 0};
        http->held_count--;
    }
}

bool http_api_search_ready(struct api *api, const struct geo_map *map)
{
    return api->http.search != NULL ||
           geo_search_create(map, 1, &api->http.search) == GEO_OK; /* it looks for no units */
}

/* ---- Bodies ---- */

bool http_api_body_is(const struct net_request *request, const char *type)
{
    const char *said = request->content_type;
    for (; *type != '\0'; type++, said++) {
        char lower = *said;
        if (lower >= 'A' && lower <= 'Z') {
            lower = (char)(lower + ('a' - 'A'));
        }
        if (lower != *type) {
            return false;
        }
    }
    return *said == '\0' || *said == ';' || *said == ' ';
}

bool http_api_body_is_json(struct api *api, const struct net_request *request)
{
    if (!http_api_body_is(request, "application/json")) {
        http_api_problem(api, request, PROTO_BAD_REQUEST, NULL,
                         "Content-Type must be application/json");
        return false;
    }
    if (request->body_size > HTTP_API_BODY_MAX) {
        http_api_problem(api, request, PROTO_TOO_LARGE, NULL, "A body may have 65,536 bytes");
        return false;
    }
    return true;
}

static void start_login(struct api *api, const struct net_request *request)
{
    struct proto_login from;
    struct proto_error error;
    if (!http_api_body_is_json(api, request)) {
        return;
    }
    if (!proto_decode_login((const char *)request->body, request->body_size, &from, &error)) {
        api->counters.malformed++;
        api_reply_error(api, request->id, &error, 0);
        return;
    }
    const struct api_ticket ticket = {.wait = API_WAIT_LOGIN, .peer = request->id};
    const uint64_t number = api_ticket_take(&api->tickets, &ticket);
    if (number == 0) {
        memset(&from, 0, sizeof from);
        http_api_problem(api, request, PROTO_BUSY, NULL, "Too many requests wait");
        return;
    }
    struct login_request to = {.is_device = from.is_device};
    _Static_assert(sizeof to.name >= sizeof from.name, "a name fits");
    _Static_assert(sizeof to.password >= sizeof from.password, "a password fits");
    memcpy(to.name, from.name, sizeof from.name);
    memcpy(to.password, from.password, sizeof from.password);
    strncpy(to.peer, request->peer, sizeof to.peer - 1);
    memset(&from, 0, sizeof from);
    api->backend.login(api->backend.context, &to, number);
}

void http_api_submit(struct api *api, uint64_t request_id, const struct identity *identity,
                     const struct proto_command *command, enum api_wait wait)
{
    struct proto_error error;
    struct api_ticket ticket = {
        .wait = wait, .peer = request_id, .op = command->op, .unit_id = UNIT_NONE};
    const uint64_t number = api_ticket_take(&api->tickets, &ticket);
    if (number == 0) {
        proto_error_set(&error, PROTO_BUSY, NULL,
                        "Too many commands wait; try again with the same key");
        api->counters.refused++;
        api_reply_error(api, request_id, &error, 0);
        return;
    }
    if (!session_command_submit(api, identity, command, api_now_ms(api), number, &error)) {
        (void)api_ticket_give(&api->tickets, number, &ticket);
        api->counters.refused++;
        api_reply_error(api, request_id, &error, 0);
    }
}

static void report(struct api *api, const struct net_request *request,
                   const struct identity *identity)
{
    struct proto_error error;
    struct proto_command *command = &api->message.command;
    char key[PROTO_KEY_SIZE];
    if (!http_api_body_is_json(api, request)) {
        return;
    }
    if (!proto_decode_key(request->idempotency_key, key, &error) ||
        !proto_decode_report((const char *)request->body, request->body_size, command, &error)) {
        api->counters.malformed++;
        translate_error(api_engine_config(api), &error);
        api_reply_error(api, request->id, &error, 0);
        return;
    }
    memcpy(command->key, key, sizeof command->key);
    http_api_submit(api, request->id, identity, command, API_WAIT_REPORT);
}

static void command(struct api *api, const struct net_request *request,
                    const struct identity *identity)
{
    struct proto_error error;
    struct proto_command *from = &api->message.command;
    if (!http_api_body_is_json(api, request)) {
        return;
    }
    if (!proto_decode_command((const char *)request->body, request->body_size, from, &error)) {
        api->counters.malformed++;
        translate_error(api_engine_config(api), &error);
        api_reply_error(api, request->id, &error, 0);
        return;
    }
    http_api_submit(api, request->id, identity, from, API_WAIT_COMMAND);
}

/* ---- Oneself ---- */

static void me(struct api *api, const struct net_request *request, const struct identity *identity)
{
    const char *codes[DISTRICTS_MAX];
    struct proto_user user;
    translate_view_user(api_engine(api), identity, codes, &user);
    proto_buffer_clear(&api->buffer);
    proto_encode_me(&api->buffer, &user, identity->expires_ms);
    api_reply_buffer(api, request->id, 200);
}

static void logout(struct api *api, const struct net_request *request,
                   const struct identity *identity)
{
    const struct net_response response = {.status = 204, .content_type = NULL};
    api->backend.logout(api->backend.context, identity->token_id);
    for (uint32_t i = 0; i < api->sessions.used_max; i++) {
        struct session *session = &api->sessions.slots[i];
        if (session->phase == SESSION_OPEN && session->identity.token_id == identity->token_id) {
            session_talk_end(api, session, SESSION_CLOSE_TOKEN, "logged out");
        }
    }
    net_server_reply(api->server, request->id, &response);
}

/* ---- The table ---- */

struct route {
    const char *path;
    bool is_prefix; /* what follows is the handler's to read */
    const char *methods;
    enum access_op op; /* ACCESS_SELF: any login; commands say for themselves */
    void (*answer)(struct api *api, const struct net_request *request,
                   const struct identity *identity);
};

static const struct route routes[] = {
    {"/v1/logout", false, "POST", ACCESS_SELF, logout},
    {"/v1/me", false, "GET, HEAD", ACCESS_SELF, me},
    {"/v1/reports", false, "POST", ACCESS_REPORT_CREATE, report},
    {"/v1/commands", false, "POST", ACCESS_SELF, command},
    {"/v1/units", false, "GET, HEAD", ACCESS_ROSTER, http_api_read_units},
    {"/v1/circles", false, "GET, HEAD", ACCESS_ROSTER, http_api_read_circles},
    {"/v1/centres", false, "GET, HEAD", ACCESS_ROSTER, http_api_read_centres},
    {"/v1/checkpoints", false, "GET, HEAD", ACCESS_CHECKPOINTS, http_api_read_checkpoints},
    {"/v1/staffing", false, "GET, HEAD", ACCESS_ROSTER, http_api_staffing_get},
    {"/v1/plans", false, "GET, HEAD", ACCESS_ROSTER, http_api_read_plans},
    {"/v1/districts", false, "GET, HEAD", ACCESS_ROSTER, http_api_read_districts},
    {"/v1/areas", false, "GET, HEAD", ACCESS_ROSTER, http_api_read_areas},
    {"/v1/policy", false, "GET, HEAD, PUT", ACCESS_ROSTER, http_api_policy},
    {"/v1/map", false, "GET, HEAD", ACCESS_MAP, http_api_map_get},
    {"/v1/streets", false, "GET, HEAD", ACCESS_MAP, http_api_map_streets},
    {"/v1/coverage", false, "GET, HEAD", ACCESS_COVERAGE, http_api_coverage_get},
    {"/v1/isochrone", false, "GET, HEAD", ACCESS_ISOCHRONE, http_api_isochrone_get},
    {"/v1/roster/", true, "GET, HEAD", ACCESS_ADMINISTRATION, http_api_roster_get},
    {"/v1/route", false, "GET, HEAD", ACCESS_ROUTE, http_api_route_get},
    {"/tiles/", true, "GET, HEAD", ACCESS_MAP, http_api_map_tile},
};

static const struct route *find_route(const char *path)
{
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        const size_t size = strlen(routes[i].path);
        if (strncmp(path, routes[i].path, size) == 0 &&
            (routes[i].is_prefix || path[size] == '\0')) {
            return &routes[i];
        }
    }
    return NULL;
}

static bool method_allowed(struct api *api, const struct net_request *request, const char *methods)
{
    const size_t size = strlen(request->method);
    for (const char *at = methods; at != NULL; at = strchr(at, ' ')) {
        at += *at == ' ';
        if (strncmp(at, request->method, size) == 0 && (at[size] == ',' || at[size] == '\0')) {
            return true;
        }
    }
    api_reply_method(api, request->id, methods);
    return false;
}

/* "Bearer TOKEN"; NULL: there is none. */
static const char *bearer(const char *authorization)
{
    static const char scheme[] = "bearer ";
    for (size_t i = 0; i < sizeof scheme - 1; i++) {
        const char letter = authorization[i];
        if (scheme[i] != (letter >= 'A' && letter <= 'Z' ? (char)(letter + 32) : letter)) {
            return NULL;
        }
    }
    const char *token = authorization + sizeof scheme - 1;
    return token[0] != '\0' && strlen(token) < PROTO_TOKEN_SIZE ? token : NULL;
}

static bool rate_allow(struct http_api *http, uint64_t token_id, int64_t now_ms, uint32_t requests)
{
    const int64_t each_ms = 1000 / HTTP_API_RATE_PER_S;
    const int64_t cost_ms = each_ms * requests;
    struct http_api_rate *rate =
        &http->rates[(token_id * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & (HTTP_API_RATES_MAX - 1)];
    if (rate->token_id != token_id || rate->allowance_ms < now_ms) {
        *rate = (struct http_api_rate){.token_id = token_id, .allowance_ms = now_ms};
    }
    if (rate->allowance_ms + cost_ms > now_ms + HTTP_API_BURST * each_ms) {
        return false;
    }
    rate->allowance_ms += cost_ms;
    return true;
}

bool http_api_charge(struct api *api, const struct net_request *request,
                     const struct identity *identity, uint32_t requests)
{
    struct proto_error error;
    if (rate_allow(&api->http, identity->token_id, api_now_ms(api), requests)) {
        return true;
    }
    proto_error_set(&error, PROTO_RATE_LIMITED, NULL,
                    "More than 100 requests a second, of which a long answer counts as many");
    api->counters.refused++;
    api_reply_error(api, request->id, &error, 1);
    return false;
}

static bool authenticate(struct api *api, const struct net_request *request,
                         struct identity *identity)
{
    const char *token = bearer(request->authorization);
    const int64_t now_ms = api_now_ms(api);
    if (token == NULL || !api->backend.authenticate(api->backend.context, token, identity) ||
        identity->expires_ms <= now_ms) {
        http_api_problem(api, request, PROTO_UNAUTHORIZED, NULL,
                         token == NULL ? "Send Authorization: Bearer TOKEN"
                                       : "The token is not valid, or has expired");
        return false;
    }
    return http_api_charge(api, request, identity, 1);
}

/* Before a login nobody has more than a message's worth; with one, only where files go. */
size_t http_api_body_max(struct api *api, const struct net_request *request)
{
    static const char *const files[] = {"/v1/roster", "/v1/incidents/", "/v1/circles/"};
    const char *token = bearer(request->authorization);
    struct identity identity;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (strncmp(request->path, files[i], strlen(files[i])) == 0 && token != NULL &&
            api->backend.authenticate(api->backend.context, token, &identity)) {
            return SIZE_MAX;
        }
    }
    return HTTP_API_BODY_MAX;
}

static bool body_is_there(struct api *api, const struct net_request *request)
{
    if (request->body_is_dropped) {
        http_api_problem(api, request, PROTO_TOO_LARGE, NULL, "A body may have 65,536 bytes");
        return false;
    }
    return true;
}

void http_api_request(struct api *api, const struct net_request *request)
{
    struct identity identity = {0};
    if (strcmp(request->path, "/v1/login") == 0) {
        if (method_allowed(api, request, "POST") && body_is_there(api, request)) {
            start_login(api, request);
        }
        return;
    }
    /* A signed receipt needs no login: the host checks the signature. */
    const bool is_signed =
        strcmp(request->path, "/v1/receipts") == 0 && request->signature[0] != '\0';
    const bool is_public = is_signed || strcmp(request->path, "/healthz") == 0 ||
                           strcmp(request->path, "/v1/setup") == 0;
    if (!is_public && !authenticate(api, request, &identity)) {
        return;
    }
    const struct route *route = find_route(request->path);
    if (route == NULL) {
        if (!body_is_there(api, request)) {
            return;
        }
        if (!api->backend.route(api->backend.context, request, is_public ? NULL : &identity)) {
            http_api_problem(api, request, PROTO_NOT_FOUND, NULL, "There is no such page");
        }
        return;
    }
    if (!method_allowed(api, request, route->methods)) {
        return;
    }
    if (!access_role_may(identity.role, route->op)) {
        http_api_problem(api, request, PROTO_FORBIDDEN, NULL, "Your role may not ask for this");
        return;
    }
    if (!body_is_there(api, request)) {
        return;
    }
    route->answer(api, request, &identity);
}
