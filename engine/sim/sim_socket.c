#include "engine/sim/sim_socket.h"

#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST_SIZE        128u
#define MESSAGE_MAX      (8u << 20)
#define BACK_OFF_MS      250u
#define BACK_OFF_MORE_MS 1000u
#define NO_CODE          1006u

struct outgoing {
    struct outgoing *next;
    size_t size;
    unsigned char bytes[]; /* LWS_PRE, then the text */
};

struct sim_socket {
    struct sim_socket_pool *sockets;
    struct sim_socket *next;
    void *owner;
    struct lws *wsi;
    uv_timer_t timer;
    bool is_open;
    uint16_t close_code;
    struct outgoing *first, *last;
    char *message; /* being reassembled */
    size_t message_size, message_room;
};

struct sim_socket_pool {
    uv_loop_t *loop;
    struct lws_context *context;
    struct sim_socket_events events;
    struct sim_socket *all;
    char host[HOST_SIZE];
    int port;
    bool tls, stopping;
    uint64_t jitter;
};

static void connect_socket(uv_timer_t *timer);

static void clear_queue(struct sim_socket *socket)
{
    while (socket->first != NULL) {
        struct outgoing *item = socket->first;
        socket->first = item->next;
        free(item);
    }
    socket->last = NULL;
}

static void reconnect_later(struct sim_socket *socket)
{
    struct sim_socket_pool *sockets = socket->sockets;
    socket->wsi = NULL;
    socket->message_size = 0;
    clear_queue(socket);
    if (socket->is_open) {
        socket->is_open = false;
        sockets->events.closed(socket, socket->owner, socket->close_code);
    }
    socket->close_code = NO_CODE;
    if (!sockets->stopping) {
        sockets->jitter = sockets->jitter * 6364136223846793005u + 1442695040888963407u;
        const uint64_t wait_ms = BACK_OFF_MS + (sockets->jitter >> 33) % BACK_OFF_MORE_MS;
        uv_timer_start(&socket->timer, connect_socket, wait_ms, 0);
    }
}

static bool append(struct sim_socket *socket, const void *bytes, size_t size)
{
    if (socket->message_size + size > MESSAGE_MAX) {
        return false;
    }
    if (socket->message_size + size > socket->message_room) {
        const size_t room = (socket->message_size + size) * 2;
        char *more = realloc(socket->message, room);
        if (more == NULL) {
            return false;
        }
        socket->message = more;
        socket->message_room = room;
    }
    memcpy(socket->message + socket->message_size, bytes, size);
    socket->message_size += size;
    return true;
}

static int receive(struct sim_socket *socket, struct lws *wsi, const void *in, size_t size)
{
    if (!append(socket, in, size)) {
        return -1;
    }
    if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0) {
        socket->sockets->events.message(socket, socket->owner, socket->message,
                                        socket->message_size, lws_frame_is_binary(wsi) != 0);
        socket->message_size = 0;
    }
    return 0;
}

static int send_next(struct sim_socket *socket, struct lws *wsi)
{
    struct outgoing *item = socket->first;
    if (item == NULL) {
        return 0;
    }
    socket->first = item->next;
    socket->last = socket->first == NULL ? NULL : socket->last;
    const int wrote = lws_write(wsi, item->bytes + LWS_PRE, item->size, LWS_WRITE_TEXT);
    free(item);
    if (wrote < 0) {
        return -1;
    }
    if (socket->first != NULL) {
        lws_callback_on_writable(wsi);
    }
    return 0;
}

/* 4.1.6 tells of an end between connect and reply by the connection's destruction alone. */
static bool is_end(const struct sim_socket *socket, const struct lws *wsi,
                   enum lws_callback_reasons reason)
{
    return reason == LWS_CALLBACK_CLIENT_CLOSED || reason == LWS_CALLBACK_CLIENT_CONNECTION_ERROR ||
           (reason == LWS_CALLBACK_WSI_DESTROY && socket->wsi == wsi);
}

static int on_event(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in,
                    size_t size)
{
    struct sim_socket *socket = user;
    if (socket == NULL) {
        return 0;
    }
    if (reason == LWS_CALLBACK_CLIENT_ESTABLISHED) {
        socket->is_open = true;
        socket->sockets->events.opened(socket, socket->owner);
    } else if (reason == LWS_CALLBACK_CLIENT_RECEIVE) {
        return receive(socket, wsi, in, size);
    } else if (reason == LWS_CALLBACK_CLIENT_WRITEABLE) {
        return send_next(socket, wsi);
    } else if (reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE && size >= 2) {
        const unsigned char *code = in;
        socket->close_code = (uint16_t)(code[0] << 8 | code[1]);
    } else if (is_end(socket, wsi, reason)) {
        reconnect_later(socket);
    }
    return 0;
}

static const struct lws_protocols protocols[] = {{.name = "kuaifan.v1+json",
                                                  .callback = on_event,
                                                  .rx_buffer_size = 65536,
                                                  .tx_packet_size = 65536},
                                                 {.name = NULL}};

static void connect_socket(uv_timer_t *timer)
{
    struct sim_socket *socket = timer->data;
    struct sim_socket_pool *sockets = socket->sockets;
    const struct lws_client_connect_info info = {.context = sockets->context,
                                                 .address = sockets->host,
                                                 .port = sockets->port,
                                                 .path = "/v1/ws",
                                                 .host = sockets->host,
                                                 .protocol = protocols[0].name,
                                                 .userdata = socket,
                                                 .local_protocol_name = protocols[0].name,
                                                 .ssl_connection =
                                                     sockets->tls ? LCCSCF_USE_SSL : 0,
                                                 .pwsi = &socket->wsi};
    if (lws_client_connect_via_info(&info) == NULL && socket->wsi == NULL &&
        !uv_is_active((uv_handle_t *)&socket->timer)) {
        reconnect_later(socket);
    }
}

/* "http://127.0.0.1:8135"; a path behind it is not looked at. */
static bool split_url(struct sim_socket_pool *sockets, const char *url)
{
    const char *host = strstr(url, "://");
    if (host == NULL) {
        return false;
    }
    sockets->tls = strncmp(url, "https:", strlen("https:")) == 0;
    host += strlen("://");
    const size_t size = strcspn(host, ":/");
    if (size == 0 || size >= sizeof sockets->host) {
        return false;
    }
    memcpy(sockets->host, host, size);
    sockets->port = sockets->tls ? 443 : 80;
    if (host[size] == ':') {
        sockets->port = (int)strtol(host + size + 1, NULL, 10);
    }
    return sockets->port > 0 && sockets->port <= 65535;
}

struct sim_socket_pool *sim_socket_pool_create(uv_loop_t *loop, const char *url,
                                               const char *ca_path,
                                               const struct sim_socket_events *events)
{
    struct sim_socket_pool *sockets = calloc(1, sizeof *sockets);
    if (sockets == NULL || !split_url(sockets, url)) {
        free(sockets);
        return NULL;
    }
    lws_set_log_level(LLL_ERR, NULL);
    sockets->loop = loop;
    sockets->events = *events;
    sockets->jitter = 88172645463325252u;
    void *loops[1] = {loop};
    struct lws_context_creation_info info = {.port = CONTEXT_PORT_NO_LISTEN,
                                             .protocols = protocols,
                                             .gid = -1,
                                             .uid = -1,
                                             .options = LWS_SERVER_OPTION_LIBUV,
                                             .foreign_loops = loops,
                                             .client_ssl_ca_filepath = ca_path};
    if (sockets->tls) {
        info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
    }
    sockets->context = lws_create_context(&info);
    if (sockets->context == NULL) {
        free(sockets);
        return NULL;
    }
    return sockets;
}

static void close_timer(struct sim_socket *socket)
{
    if (!uv_is_closing((uv_handle_t *)&socket->timer)) {
        uv_close((uv_handle_t *)&socket->timer, NULL);
    }
}

void sim_socket_pool_stop(struct sim_socket_pool *sockets)
{
    sockets->stopping = true;
    for (struct sim_socket *socket = sockets->all; socket != NULL; socket = socket->next) {
        close_timer(socket);
    }
    lws_context_destroy(sockets->context);
}

void sim_socket_pool_destroy(struct sim_socket_pool *sockets)
{
    if (sockets == NULL) {
        return;
    }
    lws_context_destroy(sockets->context); /* the second half, after the loop has drained */
    while (sockets->all != NULL) {
        struct sim_socket *socket = sockets->all;
        sockets->all = socket->next;
        clear_queue(socket);
        free(socket->message);
        free(socket);
    }
    free(sockets);
}

struct sim_socket *sim_socket_create(struct sim_socket_pool *sockets, void *owner,
                                     uint32_t first_wait_ms)
{
    struct sim_socket *socket = calloc(1, sizeof *socket);
    if (socket == NULL) {
        return NULL;
    }
    socket->sockets = sockets;
    socket->owner = owner;
    socket->close_code = NO_CODE;
    socket->next = sockets->all;
    sockets->all = socket;
    uv_timer_init(sockets->loop, &socket->timer);
    socket->timer.data = socket;
    uv_timer_start(&socket->timer, connect_socket, first_wait_ms, 0);
    return socket;
}

bool sim_socket_send(struct sim_socket *socket, const char *text, size_t size)
{
    struct outgoing *item = socket->is_open ? malloc(sizeof *item + LWS_PRE + size) : NULL;
    if (item == NULL) {
        return false;
    }
    item->next = NULL;
    item->size = size;
    memcpy(item->bytes + LWS_PRE, text, size);
    if (socket->last == NULL) {
        socket->first = item;
    } else {
        socket->last->next = item;
    }
    socket->last = item;
    lws_callback_on_writable(socket->wsi);
    return true;
}

bool sim_socket_is_open(const struct sim_socket *socket)
{
    return socket->is_open;
}
