#ifndef ENGINE_HOST_PAST_MARKS_H
#define ENGINE_HOST_PAST_MARKS_H

#include <stdatomic.h>

#include "engine/host/past.h"
#include "engine/store/history_reader.h"

/* The state after every so many events, kept as a snapshot, so that a moment of the past is
 * replayed from the one before it: a year of a large city has a hundred million events. Marks
 * follow from the record: one that is missing is made again, one that cannot be read is passed
 * over. */

#define PAST_MARK_EVENTS 2000000u /* some four seconds of replay */

struct past_marks {
    const char *directory; /* "": there are none */
    const char *epoch;
    uint64_t every; /* events from one to the next */
    uint32_t disk_guard_mb;
};

/* Begin with the newest mark that is not after the moment; without one, with the first event. */
MUST_CHECK enum status past_marks_begin(const struct past_marks *marks,
                                        struct history_reader *reader, int64_t at_ms,
                                        struct past *past, char error[256]);

/* Make the oldest one that is missing, if the record has come so far; not on the loop.
 * STATUS_NOT_FOUND: none is; BUSY: `stops` became true; DISK_FULL: it would take the disk's guard.
 */
MUST_CHECK enum status past_marks_make(const struct past_marks *marks,
                                       struct history_reader *reader,
                                       const struct engine_config *config, const atomic_bool *stops,
                                       uint64_t *seq, char error[256]);

/* Take away those that the engine of now does not read; not on the loop. */
MUST_CHECK enum status past_marks_sweep(const struct past_marks *marks,
                                        struct history_reader *reader,
                                        const struct engine_config *config, uint32_t *removed,
                                        char error[256]);

#endif
