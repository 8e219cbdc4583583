#ifndef TESTS_SUPPORT_GEO_TEST_ROADS_H
#define TESTS_SUPPORT_GEO_TEST_ROADS_H

#include "geo/geo_metric.h"
#include "tests/support/geo_oracle.h"

/* Traffic and a metric a profile on a map, changed at random together with the oracle. */
struct geo_test_roads {
    struct geo_cch *cch;
    struct geo_traffic *traffic;
    struct geo_metric *metrics[GEO_PROFILE_COUNT];
};

void geo_test_roads_init(struct geo_test_roads *roads, const struct geo_map *map);
void geo_test_roads_finish(struct geo_test_roads *roads);

/* Close, slow down, speed up or give back `count` random directions; of the profile, or of every
 * one where it is GEO_PROFILE_COUNT. The metrics are then of yesterday. */
void geo_test_roads_change(struct geo_test_roads *roads, struct geo_oracle *oracle, uint64_t *seed,
                           enum geo_profile profile, uint32_t count);

void geo_test_roads_follow(struct geo_test_roads *roads);

/* For geo_search_follow(). */
struct geo_roads geo_test_roads_now(const struct geo_test_roads *roads);

#endif
