#ifndef ENGINE_NET_NET_QUEUED_H
#define ENGINE_NET_NET_QUEUED_H

#include "engine/net/net_server.h"

/* Bytes that wait for this session, so that a long answer can be handed over in pieces instead of
 * running into the hard limit. 0: none, or no such session any more. */
size_t net_queued_bytes(struct net_server *server, uint64_t session_id);

#endif
