#ifndef ENGINE_HOST_FULLNESS_H
#define ENGINE_HOST_FULLNESS_H

#include "engine/host/daemon_parts.h"

/* What nobody closes stays for ever: a few incidents a day, and after a year reports are refused.
 * Said in time, since nobody looks at a figure that was always well. */

#define FULLNESS_SAY_PERCENT   80u
#define FULLNESS_QUIET_PERCENT 70u /* below it the next time is said anew */

/* What a store is called in the log and in the configuration. */
const char *fullness_name(enum engine_store store);

/* Once a minute. */
void fullness_look(struct daemon *daemon);

#endif
