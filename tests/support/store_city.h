#ifndef TESTS_SUPPORT_STORE_CITY_H
#define TESTS_SUPPORT_STORE_CITY_H

#include "engine/core/engine.h"

/* A city that produces a realistic journal through engine_step: units of every kind on duty,
 * reports at random places, some merged, some cancelled, units that acknowledge, drive, arrive,
 * decline or never answer. Seeded: the same seed makes the same events. No map. */
struct store_city {
    struct engine *engine;
    struct engine_config config;
    uint64_t seed;
    int64_t now_ms;
    uint64_t commands;
    uint32_t unit_count;
    struct event_list *out;
    uint32_t *open; /* assignments of the incident at hand */
    uint32_t open_count;
};

struct engine_config store_city_config(uint32_t unit_count);

/* Puts the policy and the roster and signs the units on; those events are appended to `out`, as all
 * that follow are. Room for 64 events a call and for the roster is the caller's. */
void store_city_create(struct store_city *city, uint64_t seed, uint32_t unit_count,
                       struct event_list *out);
void store_city_destroy(struct store_city *city);

/* One report and all that comes of it. */
void store_city_incident(struct store_city *city);

#endif
