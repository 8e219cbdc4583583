#ifndef ENGINE_SIM_DEMO_ROSTER_H
#define ENGINE_SIM_DEMO_ROSTER_H

#include <stdio.h>

#include "geo/geo_map.h"

/* A made-up roster on a real city's roads, so that there is something to see at once. Every row
 * says that it is synthetic. The same map, sizes and seed give the same bytes. */
struct demo_roster {
    const struct geo_map *map;
    uint32_t units;   /* 1..50,000 */
    uint32_t circles; /* 1..5,000 */
    uint64_t seed;
};

/* Files as POST /v1/roster takes them; answers false if a write failed. */
bool demo_roster_districts(const struct demo_roster *roster, FILE *file); /* GeoJSON: nine */
bool demo_roster_circles(const struct demo_roster *roster, FILE *file);   /* CSV */
bool demo_roster_units(const struct demo_roster *roster, FILE *file);     /* CSV */
/* At the first circles' places, and a round of the first four; CSV. */
bool demo_roster_checkpoints(const struct demo_roster *roster, FILE *file);
bool demo_roster_routes(const struct demo_roster *roster, FILE *file);

#endif
