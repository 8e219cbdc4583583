#include "engine/net/api.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/net/api_state.h"
#include "engine/net/translate.h"
#include "proto/proto_answer.h"

#define SWEEP_MS 250 /* sessions are looked after so often, or with the faster heartbeat */

/* ---- Life ---- */

enum status api_create(const struct api_config *config, const struct api_backend *backend,
                       struct api **out)
{
    assert(config->sessions_max > 0);
    assert(backend->engine != NULL);

    struct api *api = calloc(1, sizeof *api);
    if (api == NULL) {
        return STATUS_NO_MEMORY;
    }
    api->config = *config;
    api->backend = *backend;
    api->event = calloc(1, sizeof *api->event);
    api->sweep_ms = api_now_ms(api);
    enum status status = api->event == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    if (status == STATUS_OK) {
        status = session_table_init(&api->sessions, config->sessions_max,
                                    api_engine_config(api)->limits.units_max);
    }
    if (status == STATUS_OK) {
        status = api_ticket_init(&api->tickets);
    }
    if (status == STATUS_OK) {
        status = fanout_init(api);
    }
    if (status != STATUS_OK) {
        api_destroy(api);
        return status;
    }
    *out = api;
    return STATUS_OK;
}

void api_destroy(struct api *api)
{
    if (api == NULL) {
        return;
    }
    for (uint32_t i = 0; i < api->sessions.used_max; i++) {
        fanout_unsubscribe(&api->sessions.slots[i]);
    }
    fanout_finish(api);
    http_api_finish(api);
    api_ticket_finish(&api->tickets);
    session_table_finish(&api->sessions);
    proto_buffer_finish(&api->buffer);
    proto_buffer_finish(&api->texts);
    free(api->event);
    free(api);
}

void api_attach(struct api *api, struct net_server *server)
{
    assert(server != NULL);
    api->server = server;
}

static void when_request(void *context, const struct net_request *request)
{
    http_api_request(context, request);
}

static size_t when_body(void *context, const struct net_request *request)
{
    return http_api_body_max(context, request);
}

static void when_opened(void *context, uint64_t session_id, const char *peer)
{
    (void)peer;
    session_talk_opened(context, session_id);
}

static void when_message(void *context, uint64_t session_id, const char *bytes, size_t size,
                         bool binary)
{
    session_talk_message(context, session_id, bytes, size, binary);
}

static void when_closed(void *context, uint64_t session_id)
{
    session_talk_closed(context, session_id);
}

struct net_handlers api_handlers(void)
{
    return (struct net_handlers){.request = when_request,
                                 .body_max = when_body,
                                 .opened = when_opened,
                                 .message = when_message,
                                 .closed = when_closed};
}

const struct api_counters *api_counters(const struct api *api)
{
    return &api->counters;
}

/* ---- Short ways to the backend ---- */

int64_t api_now_ms(const struct api *api)
{
    return api->backend.now_ms(api->backend.context);
}

const struct engine *api_engine(const struct api *api)
{
    return api->backend.engine(api->backend.context);
}

const struct engine_config *api_engine_config(const struct api *api)
{
    return api->backend.config(api->backend.context);
}

/* ---- Words to a client ---- */

void api_send(struct api *api, uint64_t session_id)
{
    struct net_frame *frame = proto_buffer_ok(&api->buffer)
                                  ? net_frame_create(api->buffer.bytes, api->buffer.size, false)
                                  : NULL;
    if (frame == NULL) { /* an answer that cannot be given must not be waited for */
        net_server_close(api->server, session_id, SESSION_CLOSE_DOWN, "no memory; come back");
        return;
    }
    (void)net_server_send(api->server, session_id, frame, NET_FACT);
    net_frame_release(frame);
}

void api_send_error(struct api *api, uint64_t session_id, bool has_id, int64_t id,
                    const struct proto_error *error)
{
    proto_buffer_clear(&api->buffer);
    proto_encode_error(&api->buffer, has_id, id, error);
    api_send(api, session_id);
}

void api_reply_json(struct api *api, uint64_t request_id, int status, const char *json, size_t size)
{
    const struct net_response response = {.status = status,
                                          .content_type = "application/json",
                                          .extra_headers = "Cache-Control: no-store\r\n",
                                          .body = json,
                                          .body_size = size};
    net_server_reply(api->server, request_id, &response);
}

void api_reply_buffer(struct api *api, uint64_t request_id, int status)
{
    if (!proto_buffer_ok(&api->buffer)) {
        api_reply_problem(api, request_id, "busy", "Not enough memory for the answer", NULL);
        return;
    }
    api_reply_json(api, request_id, status, api->buffer.bytes, api->buffer.size);
}

void api_reply_body(struct api *api, uint64_t request_id, int status, struct proto_buffer *body)
{
    if (proto_buffer_ok(body)) {
        api_reply_json(api, request_id, status, body->bytes, body->size);
    } else {
        api_reply_problem(api, request_id, "busy", "not enough memory for the answer", NULL);
    }
    proto_buffer_finish(body);
}

static void reply_problem(struct api *api, uint64_t request_id, const struct proto_error *error,
                          const char *headers)
{
    proto_buffer_clear(&api->buffer);
    proto_encode_problem(&api->buffer, error);
    const bool ok = proto_buffer_ok(&api->buffer);
    const struct net_response response = {.status = proto_code_status(error->code),
                                          .content_type = "application/problem+json",
                                          .extra_headers = headers,
                                          .body = ok ? api->buffer.bytes : NULL,
                                          .body_size = ok ? api->buffer.size : 0};
    net_server_reply(api->server, request_id, &response);
}

/* "Retry-After: 12\r\n" */
static void retry_header(uint32_t seconds, char out[40])
{
    struct proto_line line = proto_line_start(out, 40);
    proto_line_text(&line, "Retry-After: ");
    proto_line_int(&line, seconds);
    proto_line_text(&line, "\r\n");
}

void api_reply_error(struct api *api, uint64_t request_id, const struct proto_error *error,
                     uint32_t retry_after_s)
{
    char headers[40] = "";
    if (error->code == PROTO_UNAUTHORIZED) {
        memcpy(headers, "WWW-Authenticate: Bearer\r\n", sizeof "WWW-Authenticate: Bearer\r\n");
    } else if (proto_code_retry(error->code)) {
        retry_header(retry_after_s == 0 ? 1 : retry_after_s, headers);
    }
    reply_problem(api, request_id, error, headers);
}

void api_reply_method(struct api *api, uint64_t request_id, const char *methods)
{
    char headers[64];
    struct proto_error error;
    struct proto_line line = proto_line_start(headers, sizeof headers);
    proto_line_text(&line, "Allow: ");
    proto_line_text(&line, methods);
    proto_line_text(&line, "\r\n");
    proto_error_set(&error, PROTO_METHOD_NOT_ALLOWED, NULL, methods);
    api->counters.refused++;
    reply_problem(api, request_id, &error, headers);
}

void api_submit(struct api *api, uint64_t request_id, const struct identity *identity,
                const struct proto_command *command)
{
    http_api_submit(api, request_id, identity, command, API_WAIT_COMMAND);
}

void api_reply_problem(struct api *api, uint64_t request_id, const char *code, const char *detail,
                       const char *pointer)
{
    struct proto_error error;
    const enum proto_code found = proto_code_find(code);
    assert(found != PROTO_CODE_COUNT); /* a code of the host's that the page does not list */
    proto_error_set(&error, found, pointer, detail);
    api->counters.refused++;
    api_reply_error(api, request_id, &error, 0);
}

/* ---- What the house says ---- */

static void error_of(const struct api_answer *answer, struct proto_error *error)
{
    switch (answer->outcome) {
    case API_REFUSED:
        proto_error_set(error, translate_refusal(answer->refusal), NULL,
                        translate_refusal_detail(answer->refusal));
        error->has_generation = answer->refusal == REASON_STALE_GENERATION;
        error->generation = answer->generation;
        _Static_assert(sizeof error->by == sizeof answer->by, "an actor is an actor");
        memcpy(error->by, answer->by, sizeof error->by);
        error->by_ms = answer->by_ms;
        return;
    case API_KEY_REUSED:
        proto_error_set(error, PROTO_KEY_REUSED, "/key",
                        "The key was used for a request with another content");
        return;
    case API_KEY_EXPIRED:
        proto_error_set(error, PROTO_KEY_EXPIRED, "/key",
                        "The key is older than the answers that are kept; use a new one");
        return;
    case API_BUSY:
        proto_error_set(error, PROTO_BUSY, NULL, "Not done; try again with the same key");
        return;
    case API_DONE:
        break;
    }
    assert(false);
}

static struct proto_result result_of(const struct api *api, const struct api_ticket *ticket,
                                     const struct api_answer *answer)
{
    return (struct proto_result){
        .op = ticket->op,
        .report_id = answer->report_id,
        .incident_id = answer->incident_id,
        .assignment_id = answer->assignment_id,
        .alarm_id = ticket->alarm_id,
        .generation = answer->generation,
        .merged = answer->merged,
        .unit = translate_view_unit_code(api_engine(api), ticket->unit_id),
        .seq = answer->seq,
    };
}

static void answer_session(struct api *api, const struct api_ticket *ticket,
                           const struct api_answer *answer)
{
    struct session *session = session_find(&api->sessions, ticket->peer);
    struct proto_error error;
    if (session == NULL) {
        return;
    }
    assert(session->pending > 0);
    session->pending--;
    if (session->phase == SESSION_ENDED) {
        return;
    }
    if (answer->outcome != API_DONE) {
        error_of(answer, &error);
        api->counters.refused++;
        api_send_error(api, session->id, true, ticket->message_id, &error);
        return;
    }
    const struct proto_result result = result_of(api, ticket, answer);
    proto_buffer_clear(&api->buffer);
    proto_encode_ok_command(&api->buffer, ticket->message_id, &result);
    api_send(api, session->id);
}

static void answer_request(struct api *api, const struct api_ticket *ticket,
                           const struct api_answer *answer)
{
    struct proto_error error;
    if (answer->outcome != API_DONE) {
        error_of(answer, &error);
        api->counters.refused++;
        api_reply_error(api, ticket->peer, &error, 0);
        return;
    }
    const struct proto_result result = result_of(api, ticket, answer);
    proto_buffer_clear(&api->buffer);
    if (ticket->wait == API_WAIT_REPORT) {
        proto_encode_result(&api->buffer, &result);
        api_reply_buffer(api, ticket->peer, 201);
    } else {
        proto_encode_result_http(&api->buffer, &result);
        api_reply_buffer(api, ticket->peer, 200);
    }
}

void api_answered(struct api *api, uint64_t number, const struct api_answer *answer)
{
    struct api_ticket ticket;
    if (!api_ticket_give(&api->tickets, number, &ticket)) {
        return;
    }
    if (ticket.wait == API_WAIT_MESSAGE) {
        answer_session(api, &ticket, answer);
    } else if (ticket.wait == API_WAIT_POLICY) {
        http_api_policy_answered(api, ticket.peer, answer);
    } else {
        answer_request(api, &ticket, answer);
    }
}

void api_logged_in(struct api *api, uint64_t number, enum login_result result, const char *token,
                   const struct identity *identity, uint32_t retry_after_s)
{
    struct api_ticket ticket;
    struct proto_error error;
    if (!api_ticket_give(&api->tickets, number, &ticket)) {
        return;
    }
    assert(ticket.wait == API_WAIT_LOGIN);
    switch (result) {
    case LOGIN_OK: {
        const char *codes[DISTRICTS_MAX];
        struct proto_user user;
        translate_view_user(api_engine(api), identity, codes, &user);
        proto_buffer_clear(&api->buffer);
        proto_encode_login_answer(&api->buffer, token, identity->expires_ms, &user);
        api_reply_buffer(api, ticket.peer, 200);
        return;
    }
    case LOGIN_FAILED:
        proto_error_set(&error, PROTO_LOGIN_FAILED, NULL, "The name or the password is wrong");
        break;
    case LOGIN_TOO_MANY:
        proto_error_set(&error, PROTO_TOO_MANY_ATTEMPTS, NULL, "Too many failed logins; wait");
        break;
    case LOGIN_BUSY:
        proto_error_set(&error, PROTO_BUSY, NULL, "Too many logins at once; try again");
        break;
    }
    api->counters.refused++;
    api_reply_error(api, ticket.peer, &error, retry_after_s);
}

void api_published(struct api *api, const struct event_list *events)
{
    fanout_publish(api, events);
    http_api_published(api);
}

static int64_t sweep_ms_of(const struct api *api)
{
    const uint32_t beat_ms = api->config.console_heartbeat_ms < api->config.unit_heartbeat_ms
                                 ? api->config.console_heartbeat_ms
                                 : api->config.unit_heartbeat_ms;
    return beat_ms < SWEEP_MS ? (int64_t)beat_ms : SWEEP_MS;
}

void api_tick(struct api *api, int64_t now_ms)
{
    fanout_tick(api, now_ms);
    if (now_ms >= api->sweep_ms) {
        session_talk_sweep(api, now_ms);
        http_api_sweep(api, now_ms);
        api->sweep_ms = now_ms + sweep_ms_of(api);
    }
}

int64_t api_deadline_ms(const struct api *api)
{
    const int64_t fanout_ms = fanout_deadline_ms(api);
    return fanout_ms < api->sweep_ms ? fanout_ms : api->sweep_ms;
}

void api_ended(struct api *api, const char *user, bool revoked)
{
    for (uint32_t i = 0; i < api->sessions.used_max; i++) {
        struct session *session = &api->sessions.slots[i];
        if (session->phase == SESSION_OPEN && strcmp(session->identity.name, user) == 0) {
            session_talk_end(api, session, revoked ? SESSION_CLOSE_ELSEWHERE : SESSION_CLOSE_RIGHTS,
                             revoked ? "ended by an administrator" : "your rights have changed");
        }
    }
}
