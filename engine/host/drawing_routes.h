#ifndef ENGINE_HOST_DRAWING_ROUTES_H
#define ENGINE_HOST_DRAWING_ROUTES_H

#include "engine/host/daemon_parts.h"

/* GET, POST /v1/circles/CODE/drawings and GET, DELETE /v1/circles/CODE/drawings/HASH; GET
 * /v1/incidents/ID/drawings: of the circle of an incident that is in the live state. Pictures and
 * their list are files in one directory, written and read on the photos' thread; a change is
 * answered when the list and the audit of who made it are both on the disk. */

bool drawing_routes_start(struct daemon *daemon);

/* False: the path is none of these. */
bool drawing_routes_request(struct daemon *daemon, const struct net_request *request,
                            const struct identity *by);

/* The audit is durable, or refused. */
void drawing_routes_answered(struct daemon *daemon, const struct api_answer *outcome);

void drawing_routes_finish(struct daemon *daemon);

#endif
