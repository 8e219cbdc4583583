#ifndef ENGINE_HOST_TRAFFIC_ROUTES_H
#define ENGINE_HOST_TRAFFIC_ROUTES_H

#include "engine/host/daemon_parts.h"

/* GET, PUT /v1/traffic and DELETE /v1/traffic/CODE. A change counts at once; it is answered when
 * the audit of who made it and the file that a restart reads are both on the disk. */

MUST_CHECK bool traffic_routes_start(
    struct daemon *daemon); /* also what was in force before the restart */
void traffic_routes_request(struct daemon *daemon, const struct net_request *request,
                            const struct identity *by);
/* The audit is durable, or refused. False: no change of traffic waits with this ticket. */
bool traffic_routes_answered(struct daemon *daemon, uint64_t ticket,
                             const struct api_answer *outcome);
/* For speed_routes.c: a change waits for its audit and for the disk. False: the queue or the disk
 * is full, answered; nothing happened. */
MUST_CHECK bool traffic_routes_audit(struct daemon *daemon, uint64_t request_id,
                                     struct command *command, bool of_speeds);
/* The accepted speeds have changed. */
void traffic_routes_save(struct daemon *daemon);
/* The engine and whoever asks over HTTP go by the roads of now. */
void traffic_routes_follow(struct daemon *daemon);
/* What is over ends; what is to be saved is. Call at the end of a wake-up. */
void traffic_routes_tick(struct daemon *daemon, int64_t now_ms);
/* At the end: blocks; the threads have stopped. */
void traffic_routes_save_last(struct daemon *daemon);

#endif
