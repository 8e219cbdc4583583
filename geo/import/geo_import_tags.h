#ifndef GEO_IMPORT_GEO_IMPORT_TAGS_H
#define GEO_IMPORT_GEO_IMPORT_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "geo/geo_map.h"
#include "geo/import/geo_import.h"

/* What OpenStreetMap tags mean for someone who has to be there fast. Pure functions of the tags.
 *
 * Speeds are whole metres an hour, so that kilometres an hour and metres a second are both exact:
 * 50 km/h is 50,000 and 1.4 m/s is 5,040. 0 is "closed". */

struct geo_import_tag {
    const char *key, *value;
};

struct geo_import_tags {
    const struct geo_import_tag *items;
    size_t count;
};

/* NULL where the key is missing. */
const char *geo_import_tags_value(struct geo_import_tags tags, const char *key);

/* The key is there and has this value. */
bool geo_import_tags_is(struct geo_import_tags tags, const char *key, const char *value);

#define GEO_IMPORT_SPEED_MIN_MH 1000u   /* 1 km/h: with the longest edge, travel fits 32 bits */
#define GEO_IMPORT_SPEED_MAX_MH 150000u /* nothing on a road is planned faster */
#define GEO_IMPORT_FOOT_MH      5040u   /* 1.4 m/s */
#define GEO_IMPORT_STEPS_MH     1800u   /* 0.5 m/s */
#define GEO_IMPORT_FERRY_MH     15000u  /* where no duration is given */
#define GEO_IMPORT_PRIVATE_MH   15000u  /* motors on private, destination and customers' roads */
#define GEO_IMPORT_AGAINST_MH   15000u  /* against a one-way street, if that is wanted at all */

enum geo_import_direction { GEO_IMPORT_FORWARD, GEO_IMPORT_BACKWARD, GEO_IMPORT_DIRECTION_COUNT };

struct geo_import_rule {
    uint32_t speed_mh[GEO_IMPORT_DIRECTION_COUNT][GEO_PROFILE_COUNT];
    uint32_t duration_s; /* of the whole way, ferries only; 0: by speed */
    uint8_t road_class;  /* enum geo_road_class */
    uint8_t level;       /* GEO_EDGE_BRIDGE, GEO_EDGE_TUNNEL, 0: on the ground */
};

/* Is this way a road for anyone? If not, *reason says why, unless it is no road at all: then
 * *reason is GEO_IMPORT_COUNT_COUNT. The class is told even where the road is closed to all.
 * *maxspeed_unknown: there was one and it was not understood. */
bool geo_import_tags_rule(struct geo_import_tags tags, struct geo_import_rule *rule,
                          enum geo_import_count *reason, bool *maxspeed_unknown);

/* An emergency car may take the road against its one-way rule too, at GEO_IMPORT_AGAINST_MH: never
 * on motorways and trunk roads, never round a roundabout, and not where access closes it. */
void geo_import_tags_open_oneway(struct geo_import_tags tags, struct geo_import_rule *rule);

/* Profiles (bit p) that may use the way in at least one direction. */
uint8_t geo_import_tags_open(const struct geo_import_rule *rule);

/* Profiles (bit p) that cannot pass this node. 0: everyone passes. */
uint8_t geo_import_tags_blocked(struct geo_import_tags tags);

#endif
