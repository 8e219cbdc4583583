#ifndef GEO_GEO_LEARN_H
#define GEO_GEO_LEARN_H

#include "geo/geo_map.h"

/* How fast our own units drive, by class of road and hour, beside what the map says.
 *
 * Fixes of a unit, seconds apart, are joined by the quickest way between them (geo_between.h) into
 * stretches of GEO_LEARN_STRETCH_CM on roads of one class; a stretch counts once, as the percent of
 * the map's speed it was driven at, waiting at crossings included. Only how often each percent was
 * seen is kept, so quantiles are exact to one percent and the memory is bounded: all of it is taken
 * in create. Not thread-safe: one owner at a time. */
struct geo_learn;

enum geo_learn_vehicle {
    GEO_LEARN_CAR, /* emergency cars, too */
    GEO_LEARN_MOTORCYCLE,
    GEO_LEARN_VEHICLE_COUNT
};
enum geo_learn_drive {
    GEO_LEARN_ORDER,  /* from en route to on scene */
    GEO_LEARN_PATROL, /* free, moving about */
    GEO_LEARN_DRIVE_COUNT
};
#define GEO_LEARN_CLASS_COUNT ((uint32_t)GEO_ROAD_TRACK + 1u) /* what is driven on */
#define GEO_LEARN_HOURS       24u
#define GEO_LEARN_STRETCH_CM  20000u
#define GEO_LEARN_GAP_MS      30000u /* fixes farther apart are no drive */
#define GEO_LEARN_STAND_MS    60000u /* who stands longer waits for no light: forgotten */
#define GEO_LEARN_STAND_CM    1000u  /* less than that between two fixes is standing */
#define GEO_LEARN_PERCENT_MAX 255u   /* or more */
#define GEO_LEARN_CELL_MAX    60000u /* then all counts of the cell are halved: old ones fade */

struct geo_learn_cell {
    enum geo_learn_vehicle vehicle;
    enum geo_learn_drive drive;
    uint32_t road_class; /* below GEO_LEARN_CLASS_COUNT */
    uint32_t hour;       /* below GEO_LEARN_HOURS */
};

/* A fix put on a road; place.edge UINT32_MAX: off every road. */
struct geo_learn_fix {
    uint32_t unit_id;
    enum geo_profile profile;
    enum geo_learn_drive drive; /* GEO_LEARN_DRIVE_COUNT: neither; its drive ends */
    struct geo_place place;
    int64_t fix_ms;
    uint32_t hour; /* of the city's clock */
};

GEO_MUST_CHECK enum geo_status geo_learn_create(const struct geo_map *map, uint32_t units_max,
                                                struct geo_learn **out);
void geo_learn_destroy(struct geo_learn *learn);

/* A fix that was seen before is passed over; walkers are, too. */
void geo_learn_see(struct geo_learn *learn, const struct geo_learn_fix *fix);

/* Stretches counted. */
uint32_t geo_learn_count(const struct geo_learn *learn, const struct geo_learn_cell *cell);

/* The smallest percent that `per_mille` of the stretches do not exceed; 0: there are none. */
uint32_t geo_learn_percent(const struct geo_learn *learn, const struct geo_learn_cell *cell,
                           uint32_t per_mille);

/* All counts in a row, for who keeps them: [vehicle][drive][class][hour][percent]. */
#define GEO_LEARN_COUNTS                                                                           \
    ((uint32_t)GEO_LEARN_VEHICLE_COUNT * (uint32_t)GEO_LEARN_DRIVE_COUNT * GEO_LEARN_CLASS_COUNT * \
     GEO_LEARN_HOURS * (GEO_LEARN_PERCENT_MAX + 1u))
const uint16_t *geo_learn_counts(const struct geo_learn *learn);
/* Take over what was kept; a cell that adds up to more than GEO_LEARN_CELL_MAX fades. */
void geo_learn_put_counts(struct geo_learn *learn, const uint16_t counts[]);

/* What the map says of a class, in km/h: the length of its open directions by the time they take;
 * 0: there are none. */
uint32_t geo_learn_map_kmh(const struct geo_map *map, enum geo_learn_vehicle vehicle,
                           uint32_t road_class);

#endif
