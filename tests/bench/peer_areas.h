#ifndef TESTS_BENCH_PEER_AREAS_H
#define TESTS_BENCH_PEER_AREAS_H

#include "geo/geo_point.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Areas of one ring of `sides` points each, one after the other, looked up by a point, by somebody
 * else. `peer_boost_areas()` answers NULL where the library was not there at build time. */
struct peer_areas {
    const char *name;
    void *(*create)(const struct geo_point points[], uint32_t areas, uint32_t sides);
    uint32_t (*find)(const void *index, struct geo_point at, uint32_t ids[], uint32_t ids_max);
    void (*destroy)(void *index);
};

const struct peer_areas *peer_boost_areas(void);

#ifdef __cplusplus
}
#endif

#endif
