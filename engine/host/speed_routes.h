#ifndef ENGINE_HOST_SPEED_ROUTES_H
#define ENGINE_HOST_SPEED_ROUTES_H

#include "engine/host/daemon_parts.h"

/* GET and PUT /v1/speeds: what drives propose, and what an administrator accepted of it. What is
 * accepted counts at once and with every hour of the city's clock. */

void speed_routes_path(const struct daemon *daemon, char path[CONFIG_PATH_SIZE + 32]);
/* Reads what was accepted before the restart. */
void speed_routes_start(struct daemon *daemon);
void speed_routes_request(struct daemon *daemon, const struct net_request *request,
                          const struct identity *by);
void speed_routes_reply(struct daemon *daemon, uint64_t request_id);
/* Another hour, another pace. */
void speed_routes_tick(struct daemon *daemon, int64_t now_ms);

#endif
