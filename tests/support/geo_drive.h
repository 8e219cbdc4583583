#ifndef TESTS_SUPPORT_GEO_DRIVE_H
#define TESTS_SUPPORT_GEO_DRIVE_H

#include "geo/geo_map.h"

/* Drives along a city's dual carriageways whose true road is known at every fix, and what becomes
 * of the fixes: snapped each for itself, and followed.
 *
 * A receiver reports once a second, NOISE_M off (its error drifts, as real ones do), the heading
 * NOISE_DEG off. */
struct geo_drive_counts {
    uint32_t drives, fixes; /* on a one-way road with its counterpart beside it */
    uint32_t nearest_opposite, nearest_other;
    uint32_t follow_opposite, follow_other; /* with heading */
    uint32_t blind_opposite, blind_other;   /* the receiver tells no heading */
};

#define GEO_DRIVE_NOISE_M   8.0
#define GEO_DRIVE_NOISE_DEG 8.0

/* Aborts where memory ends. `drives` of up to 200 roads each, the same for the same seed. */
struct geo_drive_counts geo_drive_run(const struct geo_map *map, uint64_t *seed, uint32_t drives);

#endif
