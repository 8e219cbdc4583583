#ifndef ENGINE_HOST_PATROL_RECKON_H
#define ENGINE_HOST_PATROL_RECKON_H

#include "engine/store/history_patrol.h"

/* How often a checkpoint had to be visited in a period, and for how long nobody was there.
 *
 * Both look at its due hours only, a stretch for itself each: the night before is nobody's gap. A
 * stretch is what one opening of the hours and the period have in common; of a checkpoint that is
 * due all day it is the period. A stretch asks for as many visits as the time fits into it. What
 * the roster said at that time counts, from when the checkpoint was put first. */
struct patrol_reckoning {
    uint32_t due;        /* visits that were asked for */
    int64_t gap_ms;      /* the longest time without one, TIME_NEVER: nobody had to come */
    int64_t gap_from_ms; /* and since when; of equals the first */
};

/* `versions` of one checkpoint by rising time, `seen_ms` rising. */
struct patrol_reckoning patrol_reckon(const struct history_checkpoint versions[], uint32_t count,
                                      const struct history_patrol_span *span,
                                      const int64_t seen_ms[], uint32_t seen_count);

#endif
