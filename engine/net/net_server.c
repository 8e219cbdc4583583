#include "engine/net/net_private.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

/* The public calls, and what happens by itself: the tick that finds time-outs, and the flush that
 * writes, at the end of every turn of the loop, all that was queued in it. */

/* A slow link is served, a dripping tap is not, nor one that gave much at once and then fell
 * silent: every window of request_ms_max brings NET_BODY_BYTES_PER_S, or it was the last one. */
static bool body_is_late(struct net_connection *connection, uint32_t age_ms)
{
    struct net_exchange *exchange = connection->exchange;
    const uint64_t window_ms = age_ms - exchange->window_began_ms;
    if (window_ms <= connection->server->limits.request_ms_max) {
        return false;
    }
    const uint64_t came = exchange->request.body_size - exchange->window_began_bytes;
    if (exchange->is_too_large || came * 1000u < window_ms * NET_BODY_BYTES_PER_S) {
        return true;
    }
    exchange->window_began_ms = age_ms;
    exchange->window_began_bytes = exchange->request.body_size;
    return false;
}

static void check_times(struct net_connection *connection)
{
    const struct net_server *server = connection->server;
    const uint32_t request_ms = server->limits.request_ms_max;
    const uint32_t age_ms = net_connection_phase_ms(connection);
    switch (connection->phase) {
    case NET_WAITING:
        if (age_ms > (connection->had_request ? NET_IDLE_MS_MAX : request_ms)) {
            connection->server->counters.timeouts++;
            net_connection_kill(connection);
        }
        return;
    case NET_BODY:
        if (body_is_late(connection, age_ms)) {
            connection->server->counters.timeouts++;
            connection->exchange->ends_connection = true;
            net_reply_problem(connection,
                              &(struct net_problem){408, PROTO_BAD_REQUEST,
                                                    "the body did not arrive in time", NULL});
        }
        return;
    case NET_REPLYING:
        if (age_ms > NET_STALL_MS_MAX) {
            connection->server->counters.timeouts++;
            net_connection_kill(connection);
        }
        return;
    case NET_SESSION:
        net_ws_tick(connection);
        return;
    case NET_FREE:
    case NET_HANDLED: /* the house answers when the disk has */
    case NET_DYING:
        return;
    }
}

static void stop_finally(struct net_server *server)
{
    server->has_stopped = true;
    uv_timer_stop(&server->tick_timer);
    uv_prepare_stop(&server->flush_prepare);
    uv_close((uv_handle_t *)&server->tick_timer, NULL);
    uv_close((uv_handle_t *)&server->flush_prepare, NULL);
    lws_context_destroy(server->lws);
}

static void on_tick(uv_timer_t *timer)
{
    struct net_server *server = timer->data;
    server->tick++;
    net_listener_resume(server);
    for (uint32_t i = 0; i < server->slots_count; i++) {
        if (server->slots[i].phase != NET_FREE) {
            check_times(&server->slots[i]);
        }
    }
    if (server->was_killed) {
        server->was_killed = false;
        lws_cancel_service(server->lws); /* wakes its timers, which a foreign loop does not arm */
    }
    if (server->is_stopping) {
        server->stop_ticks++;
        if (server->counters.connections_open == 0 ||
            server->stop_ticks * NET_TICK_MS > NET_CLOSE_MS_MAX) {
            stop_finally(server);
        }
    }
}

static void on_prepare(uv_prepare_t *prepare)
{
    struct net_server *server = prepare->data;
    while (server->dirty_first != NULL) {
        net_ws_flush(server->dirty_first); /* in the order of sending: the addressed come first */
    }
    if (server->was_killed) {
        server->was_killed = false;
        lws_cancel_service(server->lws);
    }
}

static void destroy(struct net_server *server)
{
    if (server->accept_fd >= 0) {
        close(server->accept_fd);
    }
    free(server->slots);
    free(server->web_root);
    free(server->certificate_path);
    free(server->key_path);
    free(server->scratch);
    free(server);
}

/* All that can fail before the loop knows of us. */
static enum status prepare(struct net_server *server, const struct net_config *config,
                           char error[256])
{
    enum status status = net_tls_check(config, error);
    if (status == STATUS_OK && config->web_root != NULL) {
        status = net_static_find_root(config->web_root, &server->web_root, error);
    }
    if (status == STATUS_OK) {
        status = net_listener_bind(server, config, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    const bool has_paths = config->certificate_path == NULL || net_tls_remember(server, config);
    server->scratch = malloc(NET_BATCH_BYTES);
    if (!has_paths || server->scratch == NULL || !net_connection_table_create(server)) {
        snprintf(error, 256, "no memory for %u connections", config->limits.connections_max);
        return STATUS_NO_MEMORY;
    }
    return net_context_create(server, config, error);
}

enum status net_server_create(uv_loop_t *loop, const struct net_config *config,
                              const struct net_handlers *handlers, void *context,
                              struct net_server **out, char error[256])
{
    assert(config->limits.connections_max > 0);
    assert(config->limits.connections_max <= NET_SLOTS_MAX - NET_SPARE_CONNECTIONS);
    assert(config->limits.message_bytes_max > 0);
    assert(config->limits.body_bytes_max > 0);
    assert(config->limits.queue_soft_bytes <= config->limits.queue_hard_bytes);
    assert(config->limits.request_ms_max > 0);

    *out = NULL;
    error[0] = '\0';
    struct net_server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        snprintf(error, 256, "no memory for the server");
        return STATUS_NO_MEMORY;
    }
    server->loop = loop;
    server->limits = config->limits;
    server->handlers = *handlers;
    server->context = context;
    server->accept_fd = -1;
    const enum status status = prepare(server, config, error);
    if (status != STATUS_OK) {
        destroy(server);
        return status;
    }
    uv_timer_init(loop, &server->tick_timer);
    server->tick_timer.data = server;
    uv_timer_start(&server->tick_timer, on_tick, NET_TICK_MS, NET_TICK_MS);
    uv_prepare_init(loop, &server->flush_prepare);
    server->flush_prepare.data = server;
    uv_prepare_start(&server->flush_prepare, on_prepare);
    net_listener_start(server);
    *out = server;
    return STATUS_OK;
}

void net_server_stop(struct net_server *server, uint16_t code, const char *reason)
{
    if (server->is_stopping) {
        return;
    }
    server->is_stopping = true;
    net_listener_close(server);
    for (uint32_t i = 0; i < server->slots_count; i++) {
        struct net_connection *connection = &server->slots[i];
        if (connection->phase == NET_SESSION) {
            net_ws_close(connection, code, reason);
        } else if (connection->phase == NET_WAITING || connection->phase == NET_BODY) {
            net_connection_kill(connection);
        }
    }
}

void net_server_finish(struct net_server *server)
{
    assert(server->has_stopped);
    if (server->lws != NULL) {
        lws_context_destroy(server->lws); /* its second half, after the loop is empty */
    }
    destroy(server);
}

enum status net_server_renew_certificate(struct net_server *server, bool *is_new, int64_t *ends_ms,
                                         char error[256])
{
    return net_tls_renew(server, is_new, ends_ms, error);
}

uint16_t net_server_port(const struct net_server *server)
{
    return server->port;
}

const struct net_counters *net_server_counters(const struct net_server *server)
{
    return &server->counters;
}

void net_server_reply(struct net_server *server, uint64_t request_id,
                      const struct net_response *response)
{
    struct net_connection *connection = net_connection_find(server, request_id);
    if (connection == NULL || connection->phase != NET_HANDLED ||
        connection->exchange->request.id != request_id) {
        return; /* the client is gone */
    }
    net_reply_submit(connection, response, NULL);
}

static struct net_connection *find_session(struct net_server *server, uint64_t session_id)
{
    struct net_connection *connection = net_connection_find(server, session_id);
    const bool is_it =
        connection != NULL && connection->id == session_id && connection->phase == NET_SESSION;
    return is_it ? connection : NULL;
}

bool net_server_send(struct net_server *server, uint64_t session_id, struct net_frame *frame,
                     enum net_class class)
{
    struct net_connection *connection = find_session(server, session_id);
    return connection != NULL && net_ws_send(connection, frame, class);
}

void net_server_close(struct net_server *server, uint64_t session_id, uint16_t code,
                      const char *reason)
{
    struct net_connection *connection = find_session(server, session_id);
    if (connection != NULL) {
        net_ws_close(connection, code, reason);
    }
}

void net_server_pause(struct net_server *server, uint64_t session_id, bool paused)
{
    struct net_connection *connection = find_session(server, session_id);
    if (connection != NULL && !connection->session->is_closing) {
        lws_rx_flow_control(connection->wsi, paused ? 0 : 1);
    }
}
