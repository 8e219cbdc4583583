#include "tests/support/net_given.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct net_given given;

static void die(const char *sentence)
{
    fprintf(stderr, "given: %s\n", sentence);
    abort();
}

static void reply_echo(const struct net_request *request)
{
    const size_t body_size = request->body_is_dropped ? 0 : request->body_size;
    char *text = malloc(body_size + 8192);
    const int size =
        snprintf(text, 8192, "%s|%s|%s|%s|%s|%s|%s|%s|%s|", request->method, request->path,
                 request->query, request->authorization, request->idempotency_key,
                 request->content_type, request->accept, request->origin, request->if_none_match);
    if (body_size > 0) {
        memcpy(text + size, request->body, body_size);
    }
    const struct net_response response = {.status = 200,
                                          .content_type = "text/plain",
                                          .body = text,
                                          .body_size = (size_t)size + body_size};
    net_server_reply(given.server, request->id, &response);
    free(text);
}

static void reply_large(const struct net_request *request)
{
    char *text = malloc(given.large_bytes);
    for (size_t i = 0; i < given.large_bytes; i++) {
        text[i] = (char)('a' + i % 26);
    }
    const struct net_response response = {
        .status = 200, .content_type = "text/plain", .body = text, .body_size = given.large_bytes};
    net_server_reply(given.server, request->id, &response);
    free(text);
}

static void on_request(void *context, const struct net_request *request)
{
    (void)context;
    given.requests_count++;
    given.is_dropped = request->body_is_dropped;
    snprintf(given.last_peer, sizeof given.last_peer, "%s", request->peer);
    if (strcmp(request->path, "/v1/echo") == 0) {
        reply_echo(request);
    } else if (strcmp(request->path, "/v1/large") == 0) {
        reply_large(request);
    } else if (strcmp(request->path, "/v1/later") == 0) {
        given.later_id = request->id;
    } else {
        net_server_reply(given.server, request->id, &(struct net_response){.status = 204});
    }
}

static void on_opened(void *context, uint64_t session_id, const char *peer)
{
    (void)context;
    snprintf(given.last_peer, sizeof given.last_peer, "%s", peer);
    if (given.sessions_count == NET_GIVEN_SESSIONS_MAX) {
        die("too many sessions");
    }
    given.sessions[given.sessions_count++] = session_id;
}

static size_t on_body_max(void *context, const struct net_request *request)
{
    (void)context;
    (void)request;
    return given.body_max == 0 ? SIZE_MAX : given.body_max;
}

static void on_message(void *context, uint64_t session_id, const char *bytes, size_t size,
                       bool binary)
{
    (void)context;
    given.messages_count++;
    given.last_message_size = size;
    if (given.echoes) {
        struct net_frame *frame = net_frame_create(bytes, size, binary);
        net_server_send(given.server, session_id, frame, NET_FACT);
        net_frame_release(frame);
    }
}

static void on_closed(void *context, uint64_t session_id)
{
    (void)context;
    (void)session_id;
    given.closed_count++;
}

void net_given_defaults(void)
{
    given = (struct net_given){.config = {.address = "127.0.0.1",
                                          .limits = {.connections_max = 64,
                                                     .message_bytes_max = 65536,
                                                     .body_bytes_max = 65536,
                                                     .queue_soft_bytes = 262144,
                                                     .queue_hard_bytes = 1048576,
                                                     .queue_age_ms_max = 10000,
                                                     .request_ms_max = 10000,
                                                     .ping_ms = 20000,
                                                     .silent_ms_max = 35000}},
                               .echoes = true};
}

void net_given_start(void)
{
    static const struct net_handlers handlers = {.request = on_request,
                                                 .body_max = on_body_max,
                                                 .opened = on_opened,
                                                 .message = on_message,
                                                 .closed = on_closed};
    char error[256];
    signal(SIGPIPE, SIG_IGN); // NOLINT(bugprone-signal-handler): it is no function of ours
    uv_loop_init(&given.loop);
    if (net_server_create(&given.loop, &given.config, &handlers, NULL, &given.server, error) !=
        STATUS_OK) {
        die(error);
    }
}

void net_given_stop(void)
{
    if (given.server == NULL) {
        return;
    }
    net_server_stop(given.server, 4001, "bye");
    uv_run(&given.loop, UV_RUN_DEFAULT);
    net_server_finish(given.server);
    given.server = NULL;
    if (uv_loop_close(&given.loop) != 0) {
        die("the loop is not empty");
    }
}

void net_given_pump(void *context)
{
    (void)context;
    net_given_turn(3); /* writes asked for in one turn happen in the next */
}

void net_given_turn(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uv_run(&given.loop, UV_RUN_NOWAIT);
    }
}

bool net_given_until(const uint32_t *flag, uint32_t least)
{
    const uint64_t deadline = uv_hrtime() + UINT64_C(20000000000);
    while (*flag < least) {
        if (uv_hrtime() > deadline) {
            return false;
        }
        uv_run(&given.loop, UV_RUN_ONCE);
    }
    return true;
}

void net_given_pump_ms(uint32_t milliseconds)
{
    const uint64_t end = uv_hrtime() + UINT64_C(1000000) * milliseconds;
    while (uv_hrtime() < end) {
        uv_run(&given.loop, UV_RUN_ONCE); /* the tick wakes it */
    }
}

void net_given_client(struct ws_client *client)
{
    if (!ws_client_connect(client, net_server_port(given.server), net_given_pump, NULL)) {
        die("cannot connect");
    }
}

void net_given_session(struct ws_client *client)
{
    net_given_client(client);
    if (ws_client_upgrade(client, NULL) != 101) {
        die("cannot upgrade");
    }
}

bool net_given_send(uint64_t session_id, const char *text, enum net_class class)
{
    struct net_frame *frame = net_frame_create(text, strlen(text), false);
    const bool sent = net_server_send(given.server, session_id, frame, class);
    net_frame_release(frame);
    return sent;
}
