#ifndef ENGINE_HOST_PHOTO_ROUTES_H
#define ENGINE_HOST_PHOTO_ROUTES_H

#include "engine/host/daemon_parts.h"

/* PUT /v1/incidents/ID/photos/KEY and GET /v1/incidents/ID/photos/HASH. A photo goes to its file
 * on a thread of its own, synced, then the command that tells of it to the journal, and is answered
 * when that is on the disk: the record never names a file that is not there. Sent again with the
 * same key it gets the first answer, as long as the engine remembers keys. */

bool photo_routes_start(struct daemon *daemon);

/* False: the path is none of these. */
bool photo_routes_request(struct daemon *daemon, const struct net_request *request,
                          const struct identity *by);

/* What the body is. False: no picture that we take, answered. */
bool photo_routes_body(struct daemon *daemon, const struct net_request *request,
                       enum photo_media *media);

/* Where the photos lie, and where those of the backups do. */
void photo_routes_directory(const struct daemon *daemon, bool of_backups, char *path, size_t size);

#endif
