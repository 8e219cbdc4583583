#ifndef ENGINE_HOST_DAEMON_H
#define ENGINE_HOST_DAEMON_H

#include "engine/host/config.h"

/* The engine as a process: recover, listen, serve until SIGTERM or SIGINT, stop cleanly.
 * Answers the exit status: 0 a clean stop, 1 it could not start (the log says why), 3 words had to
 * stop (disk or fencing): start it again and it recovers. */
int daemon_run(const struct config *config);

#endif
