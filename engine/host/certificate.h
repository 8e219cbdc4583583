#ifndef ENGINE_HOST_CERTIFICATE_H
#define ENGINE_HOST_CERTIFICATE_H

#include "engine/host/daemon_parts.h"

/* The certificate is renewed every few weeks by somebody else; a process that runs for years takes
 * the new one by itself, and says in time that none came. */

#define CERTIFICATE_WARN_DAYS 14
#define CERTIFICATE_WARN_MS   ((int64_t)CERTIFICATE_WARN_DAYS * 24 * 3600 * 1000)
#define CERTIFICATE_AGAIN_MS  ((int64_t)24 * 3600 * 1000) /* a trouble that stands is said again */

/* Once a minute. Its end is the world's time, so it is held against the wall clock. */
void certificate_look(struct daemon *daemon, int64_t wall_ms);

#endif
