#include "engine/net/net_private.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* The one place that talks libwebsockets' dialect: it is set up here, and its callbacks are handed
 * on to http and ws. It runs on the host's loop; no other thread exists for it. */

#define KEEP_ALIVE_S 120 /* longer than our own limits: the tick decides */
#define SPARE_FILES  256 /* what the rest of the process opens */
#define SERVE_BYTES  16384u

/* The last thing libwebsockets complained about: its only way to say why something failed. */
static _Thread_local char last_complaint[200];

static void keep_complaint(int level, const char *line)
{
    (void)level;
    const size_t size = strcspn(line, "\n");
    snprintf(last_complaint, sizeof last_complaint, "%.*s", (int)size, line);
}

static int on_http(struct net_connection *connection, enum lws_callback_reasons reason, void *in,
                   size_t size)
{
    switch ((int)reason) {
    case LWS_CALLBACK_HTTP:
        return net_http_begin(connection, in, size);
    case LWS_CALLBACK_HTTP_BODY:
        return net_http_body(connection, in, size);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return net_http_body_end(connection);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return net_reply_writeable(connection);
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return net_ws_check_upgrade(connection); /* `in` may be freed memory: NN-2025-0102 */
    case LWS_CALLBACK_CLOSED_HTTP:
        net_reply_exchange_free(connection);
        connection->phase = NET_DYING;
        return 0;
    default:
        return 0;
    }
}

static int on_session(struct net_connection *connection, enum lws_callback_reasons reason, void *in,
                      size_t size)
{
    switch ((int)reason) {
    case LWS_CALLBACK_ESTABLISHED:
        return net_ws_established(connection);
    case LWS_CALLBACK_RECEIVE:
        return net_ws_receive(connection, in, size);
    case LWS_CALLBACK_RECEIVE_PONG:
        net_ws_heard(connection);
        return 0;
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return net_ws_writeable(connection);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        return net_ws_peer_closes(connection);
    case LWS_CALLBACK_CLOSED:
        net_ws_ended(connection);
        return 0;
    default:
        return 0;
    }
}

static int on_connection(struct net_connection *connection, struct lws *wsi,
                         enum lws_callback_reasons reason, void *in, size_t size)
{
    switch ((int)reason) {
    case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
        connection->wsi = wsi;
        return 0;
    case LWS_CALLBACK_RAW_RX: /* where libwebsockets puts what does not look like HTTP */
        return net_http_garbage(connection);
    case LWS_CALLBACK_WSI_DESTROY:
        net_ws_ended(connection);
        net_reply_exchange_free(connection);
        net_connection_free(connection);
        return 0;
    case LWS_CALLBACK_HTTP:
    case LWS_CALLBACK_HTTP_BODY:
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
    case LWS_CALLBACK_HTTP_WRITEABLE:
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
    case LWS_CALLBACK_CLOSED_HTTP:
        return on_http(connection, reason, in, size);
    default:
        return on_session(connection, reason, in, size);
    }
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t size)
{
    if (reason == LWS_CALLBACK_WSI_CREATE) {
        struct net_server *server = lws_context_user(lws_get_context(wsi));
        server->adopted = true;
        return 0;
    }
    switch ((int)reason) { /* these come without a connection of ours, or with half a wsi */
    case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS: {
        struct net_server *server = lws_context_user(lws_get_context(wsi));
        server->tls = user; /* the only moment at which it is shown */
        return 0;
    }
    case LWS_CALLBACK_PROTOCOL_INIT:
    case LWS_CALLBACK_PROTOCOL_DESTROY:
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
    case LWS_CALLBACK_VHOST_CERT_AGING:
    case LWS_CALLBACK_GET_THREAD_ID:
        return 0;
    default:
        break;
    }
    struct net_connection *connection = lws_get_opaque_user_data(wsi);
    return connection == NULL ? 0 : on_connection(connection, wsi, reason, in, size);
}

static const struct lws_protocols protocols[] = {
    {.name = NET_PROTOCOL,
     .callback = on_event,
     .rx_buffer_size = NET_RECEIVE_BYTES,
     .tx_packet_size = NET_BATCH_BYTES}, /* left 0, every send is cut to rx_buffer_size */
    {.name = NULL},
};

/* Pings are ours (net_ws_tick): libwebsockets keeps its timers in a sorted list, and thousands of
 * sessions that began together would be put in again together, each past all the others. */
static const lws_retry_bo_t no_ping = {.secs_since_valid_hangup = 0};

/* For the few refusals that libwebsockets words itself. */
static const struct lws_protocol_vhost_options referrer = {.name = "referrer-policy:",
                                                           .value = "no-referrer"};
static const struct lws_protocol_vhost_options no_sniff = {
    .next = &referrer, .name = "x-content-type-options:", .value = "nosniff"};

static void fill_info(struct net_server *server, const struct net_config *config,
                      struct lws_context_creation_info *info)
{
    const long files_needed = (long)server->slots_count + SPARE_FILES;
    info->port = CONTEXT_PORT_NO_LISTEN_SERVER; /* the listener is ours */
    info->protocols = protocols;
    info->headers = &no_sniff;
    info->server_string = "kuaifan";
    info->gid = -1;
    info->uid = -1;
    info->user = server;
    info->pt_serv_buf_size = SERVE_BYTES;
    info->max_http_header_data = NET_HEAD_BYTES_MAX;
    info->keepalive_timeout = KEEP_ALIVE_S;
    info->timeout_secs = KEEP_ALIVE_S;
    info->timeout_secs_ah_idle = KEEP_ALIVE_S;
    info->retry_and_idle_policy = &no_ping;
    info->pcontext = &server->lws;
    info->options = LWS_SERVER_OPTION_LIBUV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                    LWS_SERVER_OPTION_SKIP_SERVER_CANONICAL_NAME |
                    LWS_SERVER_OPTION_FALLBACK_TO_APPLY_LISTEN_ACCEPT_CONFIG;
    if (sysconf(_SC_OPEN_MAX) < files_needed) {
        info->rlimit_nofile = (int)files_needed; /* its tables are sized from this limit */
    }
    if (config->certificate_path != NULL) {
        info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info->ssl_cert_filepath = config->certificate_path;
        info->ssl_private_key_filepath = config->key_path;
        info->ssl_options_set = (long)(SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1 | SSL_OP_NO_COMPRESSION);
        info->alpn = "http/1.1"; /* HTTP/2 is a parser more for an attacker */
    }
}

/* Take back a context that never served: its handles close in the loop. */
static void undo(struct net_server *server)
{
    lws_context_destroy(server->lws);
    for (int i = 0; i < 16 && server->lws != NULL; i++) {
        uv_run(server->loop, UV_RUN_NOWAIT);
    }
    if (server->lws != NULL) {
        lws_context_destroy(server->lws);
    }
}

enum status net_context_create(struct net_server *server, const struct net_config *config,
                               char error[256])
{
    struct lws_context_creation_info info = {0};
    void *loops[] = {server->loop};

    fill_info(server, config, &info);
    info.foreign_loops = loops;
    lws_set_log_level(LLL_ERR | LLL_WARN, keep_complaint);
    last_complaint[0] = '\0';
    server->lws = lws_create_context(&info);
    if (server->lws == NULL) {
        snprintf(error, 256,
                 "libwebsockets could not start (is libwebsockets-evlib-uv installed?): %.150s",
                 last_complaint);
        return STATUS_NOT_FOUND;
    }
    if (sysconf(_SC_OPEN_MAX) < (long)server->slots_count + SPARE_FILES) {
        snprintf(error, 256,
                 "%u connections need a limit of %u open files, and only %ld are allowed",
                 server->limits.connections_max, server->slots_count + SPARE_FILES,
                 sysconf(_SC_OPEN_MAX));
        undo(server);
        return STATUS_DENIED;
    }
    server->vhost = lws_create_vhost(server->lws, &info);
    if (server->vhost == NULL) {
        snprintf(error, 256, "libwebsockets could not make its server: %.150s", last_complaint);
        undo(server);
        return STATUS_BAD_INPUT;
    }
    return STATUS_OK;
}
