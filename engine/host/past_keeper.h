#ifndef ENGINE_HOST_PAST_KEEPER_H
#define ENGINE_HOST_PAST_KEEPER_H

#include "engine/host/daemon_parts.h"

/* Marks of the past (past_marks.h), made while the engine runs on a thread of their own: those of
 * another version are taken away after a start, then one a minute at most is made. */

bool past_keeper_start(struct daemon *daemon);
void past_keeper_look(struct daemon *daemon); /* once a minute */
void past_keeper_stop(struct daemon *daemon); /* waits for the thread, which stops at once */

#endif
