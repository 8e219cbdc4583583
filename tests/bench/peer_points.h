#ifndef TESTS_BENCH_PEER_POINTS_H
#define TESTS_BENCH_PEER_POINTS_H

#include "geo/geo_point.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An index of moving points by somebody else, behind one face. `peer_*()` answers NULL where the
 * library was not there when the benchmarks were built. */
struct peer_points {
    const char *name;
    void *(*create)(const struct geo_point points[], uint32_t count);
    void (*move)(void *index, uint32_t id, struct geo_point to);
    uint32_t (*nearest)(void *index, struct geo_point at, uint32_t ids[], uint32_t ids_max);
    void (*destroy)(void *index);
};

const struct peer_points *peer_boost(void);
const struct peer_points *peer_s2(void);

#ifdef __cplusplus
}
#endif

#endif
