#ifndef ENGINE_NET_FANOUT_RING_H
#define ENGINE_NET_FANOUT_RING_H

#include "engine/core/event.h"
#include "engine/core/status.h"
#include "engine/net/translate_view.h"

/* The latest events, encoded once for each masking: what frames are put together from, and what a
 * client that comes back still can get. Dense in seq; the oldest give way when the bytes run out.
 */
struct fanout_text {
    char *bytes; /* NULL: nothing for this masking */
    size_t size;
};

struct fanout_addressed {
    uint32_t unit_id;
    struct fanout_text text;
};

struct fanout_entry {
    uint64_t scope;                                 /* districts, 0: in no city stream */
    struct fanout_text texts[TRANSLATE_MASK_COUNT]; /* a masked one is NULL if it is as the full */
    struct fanout_addressed *addressed;
    uint32_t addressed_count;
    bool moves; /* a scoped audience cannot go on over this: it begins anew */
};

struct fanout_ring {
    struct fanout_entry *entries;
    uint64_t first_seq, next_seq; /* holds [first_seq, next_seq) */
    uint32_t entries_max;         /* a power of two */
    size_t bytes, bytes_max;
};

#define FANOUT_ENTRY_BYTES 256u /* what an event is taken for besides its texts */

/* Empty; the first entry will have next_seq. */
MUST_CHECK enum status fanout_ring_init(struct fanout_ring *ring, size_t bytes_max,
                                        uint64_t next_seq);
void fanout_ring_finish(struct fanout_ring *ring);

/* The entry for next_seq, to be filled. Never full: the oldest entry gives way. */
struct fanout_entry *fanout_ring_push(struct fanout_ring *ring, uint64_t scope, bool moves);
/* NULL: gone, or not there yet. */
struct fanout_entry *fanout_ring_at(const struct fanout_ring *ring, uint64_t seq);
/* Copy; STATUS_NO_MEMORY leaves the text empty. */
MUST_CHECK enum status fanout_ring_set_text(struct fanout_ring *ring, struct fanout_text *text,
                                            const char *bytes, size_t size);
MUST_CHECK enum status fanout_ring_address(struct fanout_ring *ring, struct fanout_entry *entry,
                                           uint32_t unit_id, const char *bytes, size_t size);
/* Down to bytes_max again. Not while a batch is being published: its frames need it whole. */
void fanout_ring_trim(struct fanout_ring *ring);
/* Forget everything: whoever comes back gets a snapshot. */
void fanout_ring_clear(struct fanout_ring *ring);

/* Whether every event after `seq` is held. */
bool fanout_ring_reaches(const struct fanout_ring *ring, uint64_t seq);

#endif
