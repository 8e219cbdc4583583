#ifndef ENGINE_CORE_SCRATCH_H
#define ENGINE_CORE_SCRATCH_H

#include "engine/core/event.h"
#include "engine/core/match.h"
#include "geo/geo_fleet.h"

/* Working memory of one step: large structs that neither belong on the stack nor live on. */
#define AROUND_MAX 96u /* nearest by straight line, from which 32 passed over are named */

struct scratch {
    struct event event; /* the one being emitted */
    struct decision_made decisions[TIER_COUNT];
    struct decision_made batch[MATCH_ROWS_MAX]; /* of incidents that are solved together */
    int64_t cost[MATCH_ROWS_MAX * MATCH_COLUMNS_MAX];
    struct geo_fleet_hit around[AROUND_MAX];
    uint32_t around_count;
    bool around_is_known; /* for the place of this round of decisions */
};

#endif
