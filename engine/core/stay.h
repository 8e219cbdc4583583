#ifndef ENGINE_CORE_STAY_H
#define ENGINE_CORE_STAY_H

#include "engine/core/status.h"
#include "engine/core/types.h"
#include "geo/geo_point.h"

/* Who stays where: fixes in, visits out. A visit is a unit inside a place's radius for the place's
 * time, fix by fix.
 *
 * Places lie in cells of half a kilometre, found by a hash: what a fix costs does not depend on how
 * many there are. Who was last seen beyond the radius by no more than STAY_EDGE_M has not left, for
 * a receiver wanders; who was not seen inside for STAY_SILENCE_MS may have been anywhere. All
 * memory is taken in create. */
#define STAY_RADIUS_MAX_M 500u
#define STAY_EDGE_M       25u
#define STAY_SILENCE_MS   300000
#define STAYS_MAX         4u /* of one unit; of more that overlap, the first four */

struct stay_place {
    struct geo_point at;
    uint32_t radius_m; /* .. STAY_RADIUS_MAX_M; 0: nobody is ever there */
    uint32_t stay_ms;  /* 0: one fix inside is a visit */
    uint32_t again_ms; /* who stays on has visited again after so long; 0: once is all */
};

struct stay_visit {
    uint32_t place, unit_id;
    int64_t arrived_ms, seen_ms; /* first and last fix inside */
};

struct stay_watch;

MUST_CHECK enum status stay_create(uint32_t units_max, uint32_t places_max,
                                   struct stay_watch **out);
void stay_destroy(struct stay_watch *watch);
/* Neither places nor units are known any more. */
void stay_clear(struct stay_watch *watch);

/* A new place, the next of those that are there, or another shape of a known one. */
void stay_put(struct stay_watch *watch, uint32_t place, const struct stay_place *shape);

/* A fix, not older than the unit's last. Answers how many visits it completed, up to `visits_max`;
 * what found no room comes with a later fix. */
uint32_t stay_see(struct stay_watch *watch, uint32_t unit_id, struct geo_point at, int64_t fix_ms,
                  struct stay_visit visits[], uint32_t visits_max);
/* Whatever it does from now on is another stay. */
void stay_forget(struct stay_watch *watch, uint32_t unit_id);

#endif
