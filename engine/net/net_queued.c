#include "engine/net/net_queued.h"

#include "engine/net/net_private.h"

size_t net_queued_bytes(struct net_server *server, uint64_t session_id)
{
    const struct net_connection *connection = net_connection_find(server, session_id);
    if (connection == NULL || connection->session == NULL) {
        return 0;
    }
    return connection->session->queue.bytes;
}
