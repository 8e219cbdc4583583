#ifndef GEO_GEO_FLEET_H
#define GEO_GEO_FLEET_H

#include "geo/geo_map.h"

/* Moving units: where everybody was last seen, and which roads those who can be sent stand on.
 *
 * A uniform grid with an id table (Sidlauskas et al. 2009) answers straight-line questions; an
 * intrusive list per road edge holds only the units that are linked (dispatchable), so that a road
 * search meets exactly those. Unit ids are dense and given by the caller: an id is a slot. All
 * memory is taken in create. Answers depend only on where everybody was put, never on the order of
 * the calls for different units. */
struct geo_fleet;

struct geo_fleet_unit {
    struct geo_point at;
    struct geo_place place; /* on a road of `profile`; edge == UINT32_MAX: off every road */
    enum geo_profile profile;
    uint32_t flags; /* the caller's bits, matched by queries: kind, capabilities */
    uint32_t doubt; /* of its track, geo_map_follow() */
    bool seen;      /* has a position */
    bool linked;    /* can be found by geo_nearest() */
};

/* `map` may be NULL: no roads, straight lines only. Cells are sized from the bounding box. */
GEO_MUST_CHECK enum geo_status geo_fleet_create(const struct geo_map *map, uint32_t units_max,
                                                struct geo_fleet **out);
void geo_fleet_destroy(struct geo_fleet *fleet);

/* What the unit is. Keeps its position. */
void geo_fleet_define(struct geo_fleet *fleet, uint32_t unit_id, enum geo_profile profile,
                      uint32_t flags);

/* Where it is now; snaps to a road of its profile. */
void geo_fleet_move(struct geo_fleet *fleet, uint32_t unit_id, struct geo_point at);

/* The same for a fix that follows the last one within seconds: on the road it is driving along, not
 * the nearest. `follows` false: it comes after a while, and only its heading counts. */
void geo_fleet_drive(struct geo_fleet *fleet, uint32_t unit_id, const struct geo_fix *fix,
                     bool follows);

/* Whether it can be found by geo_nearest(). O(1). A unit without a position is never found. */
void geo_fleet_link(struct geo_fleet *fleet, uint32_t unit_id, bool linked);

/* Forget the position. */
void geo_fleet_forget(struct geo_fleet *fleet, uint32_t unit_id);

const struct geo_fleet_unit *geo_fleet_get(const struct geo_fleet *fleet, uint32_t unit_id);

struct geo_fleet_hit {
    uint32_t unit_id;
    uint32_t distance_m;
};

/* All units with a position, linked or not, nearest first by straight line, ties by id. */
uint32_t geo_fleet_around(const struct geo_fleet *fleet, struct geo_point at,
                          struct geo_fleet_hit hits[], uint32_t hits_max);

/* Who is asked for; `wants` NULL: everybody. */
struct geo_fleet_filter {
    bool (*wants)(const void *context, uint32_t unit_id);
    const void *context;
};

/* The same, but nobody farther than distance_m, and only whom the filter wants. hits_max > 0. */
uint32_t geo_fleet_within(const struct geo_fleet *fleet, struct geo_point at, uint32_t distance_m,
                          struct geo_fleet_filter filter, struct geo_fleet_hit hits[],
                          uint32_t hits_max);

#endif
