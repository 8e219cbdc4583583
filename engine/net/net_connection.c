#include "engine/net/net_private.h"

#include <assert.h>
#include <stdlib.h>

#define NO_SLOT UINT32_MAX

bool net_connection_table_create(struct net_server *server)
{
    const uint32_t count = server->limits.connections_max + NET_SPARE_CONNECTIONS;
    assert(count <= NET_SLOTS_MAX);
    server->slots = calloc(count, sizeof *server->slots);
    if (server->slots == NULL) {
        return false;
    }
    server->slots_count = count;
    for (uint32_t i = 0; i < count; i++) {
        server->slots[i].free_next = i + 1 < count ? i + 1 : NO_SLOT;
    }
    return true;
}

uint64_t net_connection_next_id(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    server->serial++;
    return server->serial << NET_SLOT_BITS | (uint64_t)(connection - server->slots);
}

struct net_connection *net_connection_open(struct net_server *server)
{
    if (server->free_head == NO_SLOT) {
        return NULL;
    }
    struct net_connection *connection = &server->slots[server->free_head];
    assert(connection->phase == NET_FREE);
    server->free_head = connection->free_next;
    *connection = (struct net_connection){.server = server};
    connection->id = net_connection_next_id(connection);
    connection->is_surplus = server->counters.connections_open >= server->limits.connections_max;
    net_connection_set_phase(connection, NET_WAITING);
    server->counters.connections++;
    server->counters.connections_open++;
    return connection;
}

void net_connection_free(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    assert(connection->phase != NET_FREE);
    assert(connection->exchange == NULL);
    assert(connection->session == NULL);
    assert(server->counters.connections_open > 0);
    net_connection_unmark_dirty(connection);
    connection->phase = NET_FREE;
    connection->wsi = NULL;
    connection->id = 0;
    connection->free_next = server->free_head;
    server->free_head = (uint32_t)(connection - server->slots);
    server->counters.connections_open--;
}

struct net_connection *net_connection_find(struct net_server *server, uint64_t id)
{
    const uint64_t slot = id & (NET_SLOTS_MAX - 1);
    if (slot >= server->slots_count || server->slots[slot].phase == NET_FREE) {
        return NULL;
    }
    return &server->slots[slot];
}

void net_connection_set_phase(struct net_connection *connection, enum net_phase phase)
{
    connection->phase = phase;
    connection->phase_tick = connection->server->tick;
}

uint32_t net_connection_phase_ms(const struct net_connection *connection)
{
    return (connection->server->tick - connection->phase_tick) * NET_TICK_MS;
}

void net_connection_mark_dirty(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    if (connection->is_dirty) {
        return;
    }
    connection->is_dirty = true;
    connection->dirty_next = NULL;
    connection->dirty_before = server->dirty_last;
    if (server->dirty_last != NULL) {
        server->dirty_last->dirty_next = connection;
    } else {
        server->dirty_first = connection;
    }
    server->dirty_last = connection;
}

void net_connection_unmark_dirty(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    if (!connection->is_dirty) {
        return;
    }
    connection->is_dirty = false;
    if (connection->dirty_before != NULL) {
        connection->dirty_before->dirty_next = connection->dirty_next;
    } else {
        server->dirty_first = connection->dirty_next;
    }
    if (connection->dirty_next != NULL) {
        connection->dirty_next->dirty_before = connection->dirty_before;
    } else {
        server->dirty_last = connection->dirty_before;
    }
}

void net_connection_kill(struct net_connection *connection)
{
    if (connection->phase == NET_DYING) {
        return;
    }
    net_connection_set_phase(connection, NET_DYING);
    connection->server->was_killed = true;
    if (connection->wsi != NULL) {
        lws_set_timeout(connection->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    }
}
