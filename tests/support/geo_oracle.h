#ifndef TESTS_SUPPORT_GEO_ORACLE_H
#define TESTS_SUPPORT_GEO_ORACLE_H

#include "geo/geo_nearest.h"

/* The textbook answer to every travel-time question: Dijkstra with a binary heap over the edge
 * records (not the arcs the search uses), never bounded, and every unit looked at. Slow, plain. */
struct geo_oracle;

struct geo_oracle *geo_oracle_create(const struct geo_map *map);
void geo_oracle_destroy(struct geo_oracle *oracle);

/* From now on the edge takes so long in this direction; GEO_TRAVEL_NEVER: nobody passes, but it can
 * be left and arrived at in the map's time. */
void geo_oracle_set_ms(struct geo_oracle *oracle, enum geo_profile profile, uint32_t edge,
                       bool backward, uint32_t travel_ms);

#define GEO_ORACLE_NEVER UINT64_MAX

/* Fill the travel times from every node to the place; they stay until the next call. */
const uint64_t *geo_oracle_run(struct geo_oracle *oracle, enum geo_profile profile,
                               struct geo_place place);

/* From a place on a road to the place of the last run, without the walks at the ends. */
uint64_t geo_oracle_road_ms(const struct geo_oracle *oracle, struct geo_place from);

/* What geo_nearest() must answer. */
uint32_t geo_oracle_nearest(struct geo_oracle *oracle, const struct geo_fleet *fleet,
                            uint32_t units_max, const struct geo_nearest_query *query,
                            struct geo_nearest_hit hits[], bool *estimated);

/* What geo_travel_ms() must answer. */
uint32_t geo_oracle_travel_ms(struct geo_oracle *oracle, struct geo_point from, struct geo_point to,
                              enum geo_profile profile, uint32_t limit_ms, bool *estimated);

/* What geo_isochrone() must answer, in order of edges. */
uint32_t geo_oracle_isochrone(struct geo_oracle *oracle, enum geo_profile profile,
                              struct geo_place place, uint32_t limit_ms,
                              struct geo_reach reaches[]);

#endif
