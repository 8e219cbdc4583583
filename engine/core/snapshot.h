#ifndef ENGINE_CORE_SNAPSHOT_H
#define ENGINE_CORE_SNAPSHOT_H

#include "engine/core/state.h"

/* All durable state as bytes, in the order of ids, and its fingerprint: the hash of these bytes. */
size_t snapshot_write(const struct engine *engine, uint8_t *bytes, size_t size);
/* STATUS_CORRUPT, STATUS_VERSION, STATUS_FULL (the limits of this engine are too small): the engine
 * is empty afterwards. */
MUST_CHECK enum status snapshot_read(struct engine *engine, const uint8_t *bytes, size_t size);
uint64_t snapshot_digest(const struct engine *engine);

#endif
