#ifndef ENGINE_HOST_BACKUP_H
#define ENGINE_HOST_BACKUP_H

#include "engine/host/daemon_parts.h"

/* POST /v1/backup: a copy of the journal while the engine runs, on the writer's own connection,
 * some pages between commits, so that no order waits. One at a time; answered when it is whole. */
bool backup_start(struct daemon *daemon);
/* What is on its way is answered, whole or not. */
void backup_stop(struct daemon *daemon);
void backup_request(struct daemon *daemon, const struct net_request *request,
                    const struct identity *by);

#endif
