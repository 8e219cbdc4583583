#define _GNU_SOURCE /* accept4 */ // NOLINT(readability-identifier-naming)
#include "engine/net/net_private.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Our own listening socket: libwebsockets' cannot say why it failed, cannot stop listening while
 * sessions are closed, and counts nothing. Accepted sockets are handed to it. */

#define BACKLOG         4096
#define ACCEPTS_A_TURN  64    /* before those already here have their turn */
#define USER_TIMEOUT_MS 30000 /* unacknowledged bytes for so long: the peer is gone */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    struct sockaddr_storage storage;
};

static enum status fail(int fd, const struct net_config *config, char error[256])
{
    const int reason = errno;
    if (reason == EADDRINUSE) {
        snprintf(error, 256, "port %u of %s is already in use", config->port, config->address);
    } else {
        snprintf(error, 256, "cannot listen on %s port %u: %s", config->address, config->port,
                 uv_strerror(uv_translate_sys_error(reason)));
    }
    if (fd >= 0) {
        close(fd);
    }
    return reason == EADDRINUSE ? STATUS_BUSY : STATUS_BAD_INPUT;
}

enum status net_listener_bind(struct net_server *server, const struct net_config *config,
                              char error[256])
{
    union address address = {0};
    socklen_t size = sizeof address.v4;
    if (uv_ip4_addr(config->address, config->port, &address.v4) != 0) {
        size = sizeof address.v6;
        if (uv_ip6_addr(config->address, config->port, &address.v6) != 0) {
            snprintf(error, 256, "%.100s is not an IPv4 or IPv6 address", config->address);
            return STATUS_BAD_INPUT;
        }
    }
    const int fd =
        socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP);
    const int on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(fd, &address.any, size) != 0 || listen(fd, BACKLOG) != 0) {
        return fail(fd, config, error);
    }
    socklen_t bound_size = sizeof address;
    if (getsockname(fd, &address.any, &bound_size) != 0) {
        return fail(fd, config, error);
    }
    server->port =
        ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
    server->accept_fd = fd;
    return STATUS_OK;
}

/* How a connection treats the network; a failure costs speed, not truth. */
static void tune(int fd)
{
    const int on = 1;
    const int send_bytes = NET_SEND_BUFFER_BYTES;
    const unsigned int timeout_ms = USER_TIMEOUT_MS;
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &send_bytes, sizeof send_bytes);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout_ms, sizeof timeout_ms);
}

static void adopt(struct net_server *server, int fd, const union address *peer)
{
    struct net_connection *connection = net_connection_open(server);
    if (connection == NULL) {
        server->counters.refused++;
        close(fd);
        return;
    }
    if (peer->any.sa_family == AF_INET) {
        uv_ip4_name(&peer->v4, connection->peer, sizeof connection->peer);
    } else {
        uv_ip6_name(&peer->v6, connection->peer, sizeof connection->peer);
    }
    tune(fd);
    lws_adopt_desc_t info = {.vh = server->vhost,
                             .type = LWS_ADOPT_SOCKET | LWS_ADOPT_HTTP | LWS_ADOPT_ALLOW_SSL,
                             .fd = {.sockfd = fd},
                             .opaque = connection};
    server->adopted = false;
    if (lws_adopt_descriptor_vhost_via_info(&info) == NULL && !server->adopted) {
        net_connection_free(connection); /* else it is freed when libwebsockets destroys its own */
    }
}

static void on_connections(uv_poll_t *poll, int status, int events)
{
    struct net_server *server = poll->data;
    (void)status;
    (void)events;
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        union address peer = {0};
        socklen_t size = sizeof peer;
        const int fd = accept4(server->accept_fd, &peer.any, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                server->accept_paused = true; /* or it would be ready again at once, for ever */
                uv_poll_stop(poll);
            }
            return;
        }
        adopt(server, fd, &peer);
    }
}

void net_listener_start(struct net_server *server)
{
    const int result = uv_poll_init(server->loop, &server->accept_poll, server->accept_fd);
    assert(result == 0); /* a fresh socket of ours */
    server->accept_poll.data = server;
    uv_poll_start(&server->accept_poll, UV_READABLE, on_connections);
}

void net_listener_resume(struct net_server *server)
{
    if (server->accept_paused && !server->is_stopping) {
        server->accept_paused = false;
        uv_poll_start(&server->accept_poll, UV_READABLE, on_connections);
    }
}

void net_listener_close(struct net_server *server)
{
    uv_poll_stop(&server->accept_poll);
    uv_close((uv_handle_t *)&server->accept_poll, NULL);
    close(server->accept_fd);
    server->accept_fd = -1;
}
