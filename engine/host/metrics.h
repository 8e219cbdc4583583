#ifndef ENGINE_HOST_METRICS_H
#define ENGINE_HOST_METRICS_H

#include "engine/host/daemon_parts.h"

/* What is counted, as OpenMetrics text. Answers the size written, cut at `size`. */
size_t metrics_write(struct daemon *daemon, char *text, size_t size);

#endif
