#ifndef ENGINE_HOST_PAST_H
#define ENGINE_HOST_PAST_H

#include "engine/core/engine.h"
#include "engine/store/snapshot_file.h"

/* The engine as it was: events of a journal or a history, in order, replayed up to a moment. The
 * same code as recovery, so what it shows is what was. */
struct past;

/* `config` as the engine has it; searching and its map are left out. */
MUST_CHECK enum status past_create(const struct engine_config *config, int64_t until_ms,
                                   struct past **out);
void past_destroy(struct past *past);

/* Begin with the state that a snapshot holds, not with the first event; nothing was visited yet.
 * STATUS_CORRUPT: this engine does not take it, and begins with the first event as before. */
MUST_CHECK enum status past_begin(struct past *past, const struct snapshot_file *file,
                                  char error[256]);

/* A journal_visit and history_event_visit; false: the moment is reached, or past_status() says why
 * not. */
bool past_visit(void *past, const struct event_record *record, const uint8_t *body);

/* STATUS_CORRUPT: an event cannot be applied; DENIED: its body was erased. `error` says which. */
MUST_CHECK enum status past_status(const struct past *past, char error[256]);

/* Valid until the next visit. */
const struct engine *past_engine(const struct past *past);
/* The event that was applied last. */
const struct event *past_event(const struct past *past);
uint64_t past_count(const struct past *past); /* visits */

/* Go on to a later moment. */
void past_extend(struct past *past, int64_t until_ms);

#endif
