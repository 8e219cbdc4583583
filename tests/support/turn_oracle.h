#ifndef TESTS_SUPPORT_TURN_ORACLE_H
#define TESTS_SUPPORT_TURN_ORACLE_H

#include "geo/geo_map.h"

/* The textbook answer where turns are restricted: Dijkstra over roads, not over nodes. A state is a
 * road travelled in a direction; going on to another is asked of the restrictions, which are read
 * from the OpenStreetMap file a second time and matched to roads by coordinates. How the compiler
 * split its nodes is not looked at: all nodes joined by edges that take no time are one crossing,
 * and every turn there is allowed that no restriction forbids, turning round too. */
struct turn_oracle;

#define TURN_ORACLE_NEVER UINT64_MAX

/* Ends the process on a file that cannot be read. `osm_path`: .osm or .osm.pbf. */
struct turn_oracle *turn_oracle_create(const struct geo_map *map, const char *osm_path);
void turn_oracle_destroy(struct turn_oracle *oracle);

/* How many pairs of roads are forbidden to somebody. */
uint32_t turn_oracle_forbidden(const struct turn_oracle *oracle);

/* Find the travel times to the place; they stay until the next call. */
void turn_oracle_run(struct turn_oracle *oracle, enum geo_profile profile, struct geo_place place);

/* From a place on a road to the place of the last run, without the walks at the ends. */
uint64_t turn_oracle_road_ms(const struct turn_oracle *oracle, struct geo_place from);

/* From the end of an edge, having travelled along it, to the place of the last run. */
uint64_t turn_oracle_end_ms(const struct turn_oracle *oracle, uint32_t edge, bool backward);

/* Is the edge a turn, not a road? */
bool turn_oracle_is_turn(const struct geo_edge *edge);

#endif
