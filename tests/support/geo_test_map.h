#ifndef TESTS_SUPPORT_GEO_TEST_MAP_H
#define TESTS_SUPPORT_GEO_TEST_MAP_H

#include "geo/geo_map.h"

/* A map file written in memory, small and plain, for tests that cannot wait for a city.
 *
 * Add nodes, edges, names; then build: components, arcs and the snap grid follow from them.
 * Memory that runs out ends the test by assert. */
struct geo_test_map {
    struct geo_point *nodes;
    struct geo_edge *edges;
    struct geo_point *shape;
    struct geo_name *streets;
    char *text;
    uint32_t node_count, edge_count, shape_count, street_count, text_size;
    uint8_t *bytes; /* the file, after build */
    size_t size;
    struct geo_map map; /* opened from `bytes` */
};

void geo_test_map_init(struct geo_test_map *draft);
void geo_test_map_finish(struct geo_test_map *draft);

uint32_t geo_test_map_node(struct geo_test_map *draft, struct geo_point at);

/* An edge with the same times for every profile; change draft->edges[] for more. Inner points are
 * copied. */
uint32_t geo_test_map_edge(struct geo_test_map *draft, uint32_t from, uint32_t to,
                           uint32_t forward_ms, uint32_t backward_ms);
void geo_test_map_bend(struct geo_test_map *draft, uint32_t edge, const struct geo_point inner[],
                       uint16_t inner_count);
void geo_test_map_street(struct geo_test_map *draft, const char *name, struct geo_point at);

void geo_test_map_build(struct geo_test_map *draft);

/* After bytes were changed on purpose: make every checksum right again. */
void geo_test_map_seal(uint8_t *bytes);

/* The entry of a section in the table of the file. */
struct geo_map_section *geo_test_map_section(uint8_t *bytes, enum geo_section kind);

/* A seeded city: crossings near a grid, curved streets, one-ways, edges closed to some, an island
 * that cannot be left. */
void geo_test_map_random(struct geo_test_map *draft, uint64_t *seed, uint32_t side);

/* splitmix64: the same numbers everywhere. */
uint64_t geo_test_next(uint64_t *seed);
static inline uint32_t geo_test_below(uint64_t *seed, uint32_t end)
{
    return (uint32_t)(geo_test_next(seed) % end);
}

#endif
