#ifndef ENGINE_SIM_SIM_SOCKET_H
#define ENGINE_SIM_SIM_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

/* WebSocket clients of the public protocol, thousands on one loop (libwebsockets). A connection
 * that ends comes back by itself after a jittered pause. */
struct sim_socket_pool;
struct sim_socket;

struct sim_socket_events {
    void (*opened)(struct sim_socket *socket, void *owner);
    void (*message)(struct sim_socket *socket, void *owner, const char *bytes, size_t size,
                    bool binary);
    void (*closed)(struct sim_socket *socket, void *owner, uint16_t code);
};

struct sim_socket_pool *sim_socket_pool_create(uv_loop_t *loop, const char *url,
                                               const char *ca_path,
                                               const struct sim_socket_events *events);
/* Close everything; call inside the loop, then run it until it is empty, then destroy. */
void sim_socket_pool_stop(struct sim_socket_pool *sockets);
void sim_socket_pool_destroy(struct sim_socket_pool *sockets);

struct sim_socket *sim_socket_create(struct sim_socket_pool *sockets, void *owner,
                                     uint32_t first_wait_ms);
/* Queue a text message; dropped while the connection is down (the owner sends it again when
 * opened). */
bool sim_socket_send(struct sim_socket *socket, const char *text, size_t size);
bool sim_socket_is_open(const struct sim_socket *socket);

#endif
