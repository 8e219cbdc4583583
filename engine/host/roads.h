#ifndef ENGINE_HOST_ROADS_H
#define ENGINE_HOST_ROADS_H

#include <uv.h>

#include "engine/core/status.h"
#include "geo/geo_nearest.h"

/* The roads of now. A change counts from the next question on: the reverse search reads the live
 * times. The hierarchies follow on a thread of their own, in a second set that is swapped in when
 * it is done; until then the search answers without them, the same to the millisecond. The thread
 * has traffic of its own that gets the same changes in the same order, so nothing is shared. */
struct roads;

typedef void roads_swapped(void *context);

/* Blocks until the first set is there: tens of milliseconds for a city. */
MUST_CHECK enum status roads_create(uv_loop_t *loop, const struct geo_map *map,
                                    roads_swapped *swapped, void *context, struct roads **out);

/* One version more. STATUS_NO_MEMORY: nothing happened. */
MUST_CHECK enum status roads_apply(struct roads *roads, const struct geo_traffic_change changes[],
                                   uint32_t count);

/* How fast roads are driven by class, from now on; the same in every other way. */
MUST_CHECK enum status roads_set_pace(struct roads *roads, const struct geo_pace *pace);

/* For geo_search_follow(); good until the next swap. */
struct geo_roads roads_now(const struct roads *roads);

/* Whether the hierarchies have caught up. */
bool roads_settled(const struct roads *roads);

/* On the loop thread; blocks. */
void roads_stop(struct roads *roads);
/* After the loop has closed its handles. */
void roads_destroy(struct roads *roads);

#endif
