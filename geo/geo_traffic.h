#ifndef GEO_GEO_TRAFFIC_H
#define GEO_GEO_TRAFFIC_H

#include "geo/geo_map.h"

/* How long every edge takes now: the map's times at the pace of its class, but where traffic says
 * otherwise.
 *
 * A closed direction takes for ever: nobody passes. It can still be left and arrived at, in the
 * map's own time: who stands on a closed bridge, or is sent to what happened on it, uses it. What
 * the map has closed to a profile, traffic cannot open. The reverse search reads these times, so a
 * change counts from the next question on; a metric (geo_metric.h) follows by itself. */
struct geo_traffic;

struct geo_traffic_change {
    uint32_t edge;
    enum geo_profile profile;
    bool backward;      /* to -> from */
    uint32_t travel_ms; /* GEO_TRAVEL_NEVER: closed; 0: by the map and the pace */
};

GEO_MUST_CHECK enum geo_status geo_traffic_create(const struct geo_map *map,
                                                  struct geo_traffic **out);
void geo_traffic_destroy(struct geo_traffic *traffic);

/* All at once: one version more, whatever was changed. The same changes in the same order give the
 * same times and versions. */
void geo_traffic_apply(struct geo_traffic *traffic, const struct geo_traffic_change changes[],
                       uint32_t count);

/* How fast roads are driven by class, in percent of the map's speed; 100: as in the map. */
struct geo_pace {
    uint16_t percent[GEO_PROFILE_COUNT][GEO_ROAD_CLASS_COUNT];
};
#define GEO_PACE_PERCENT_MIN 10u
#define GEO_PACE_PERCENT_MAX 250u
#define GEO_PACE_CMPS_MAX    4166u /* 150 km/h: nothing is made faster than that */

/* The pace of the map: 100 everywhere. */
struct geo_pace geo_pace_map(void);

/* From now on every edge takes by its class what the pace says, but where a change is in force: it
 * stays, and gives way to the pace when it is taken back. One version more. */
void geo_traffic_set_pace(struct geo_traffic *traffic, const struct geo_pace *pace);

/* How many times apply and set_pace were called. */
uint32_t geo_traffic_version(const struct geo_traffic *traffic);

/* The last version that changed the profile. */
uint32_t geo_traffic_profile_version(const struct geo_traffic *traffic, enum geo_profile profile);

/* To drive the whole edge through; GEO_TRAVEL_NEVER: one cannot. `traffic` may be NULL: the map's.
 */
uint32_t geo_traffic_pass_ms(const struct geo_traffic *traffic, const struct geo_map *map,
                             enum geo_profile profile, uint32_t edge, bool backward);

/* The time that counts between a place on the edge and its ends. */
uint32_t geo_traffic_end_ms(const struct geo_traffic *traffic, const struct geo_map *map,
                            enum geo_profile profile, uint32_t edge, bool backward);

/* For those who follow: the times of a profile, [edge * 2 + backward], and for every edge the
 * version that last changed it for the profile. */
const uint32_t *geo_traffic_times(const struct geo_traffic *traffic, enum geo_profile profile);
const uint32_t *geo_traffic_edge_versions(const struct geo_traffic *traffic,
                                          enum geo_profile profile);

/* The map's arcs with these times (GEO_TRAVEL_NEVER: closed); map->in_first indexes them. */
const struct geo_arc *geo_traffic_in_arcs(const struct geo_traffic *traffic);

#endif
