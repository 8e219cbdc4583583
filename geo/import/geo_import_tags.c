#include "geo/import/geo_import_tags.h"

#include <assert.h>
#include <string.h>

#include "geo/import/geo_import_speed.h"

#define TABLE_SIZE(table) (sizeof(table) / sizeof((table)[0]))
#define CAR               (1u << GEO_PROFILE_CAR)
#define MOTORCYCLE        (1u << GEO_PROFILE_MOTORCYCLE)
#define FOOT              (1u << GEO_PROFILE_FOOT)
#define EMERGENCY         (1u << GEO_PROFILE_EMERGENCY)
#define MOTOR             (CAR | MOTORCYCLE | EMERGENCY)
#define WIDE              (CAR | EMERGENCY) /* does not fit between bollards */
#define EVERYONE          (MOTOR | FOOT)

/* Speeds: OSRM 5.27 profiles/car.lua (BSD-2). Where OSRM has none (pedestrian, paths, tracks) it is
 * what a careful driver does there, and counts only where tags open the way to motors. A posted
 * limit replaces the speed at 80 %, as there. On foot 1.4 m/s, steps 0.5 m/s. `open` is who may go
 * there where no access tag says otherwise. */
static const struct highway {
    const char *name;
    uint8_t road_class;
    uint8_t open;
    uint8_t kmh;
} highways[] = {
    {"motorway", GEO_ROAD_MOTORWAY, MOTOR, 90},
    {"motorway_link", GEO_ROAD_MOTORWAY, MOTOR, 45},
    {"trunk", GEO_ROAD_TRUNK, MOTOR, 85},
    {"trunk_link", GEO_ROAD_TRUNK, MOTOR, 40},
    {"primary", GEO_ROAD_PRIMARY, EVERYONE, 65},
    {"primary_link", GEO_ROAD_PRIMARY, EVERYONE, 30},
    {"secondary", GEO_ROAD_SECONDARY, EVERYONE, 55},
    {"secondary_link", GEO_ROAD_SECONDARY, EVERYONE, 25},
    {"tertiary", GEO_ROAD_TERTIARY, EVERYONE, 40},
    {"tertiary_link", GEO_ROAD_TERTIARY, EVERYONE, 20},
    {"unclassified", GEO_ROAD_STREET, EVERYONE, 25},
    {"residential", GEO_ROAD_STREET, EVERYONE, 25},
    {"road", GEO_ROAD_STREET, EVERYONE, 25},
    {"living_street", GEO_ROAD_STREET, EVERYONE, 10},
    {"service", GEO_ROAD_SERVICE, EVERYONE, 15},
    {"busway", GEO_ROAD_SERVICE, EMERGENCY, 25},
    {"bus_guideway", GEO_ROAD_SERVICE, 0, 25},
    {"track", GEO_ROAD_TRACK, EVERYONE, 15},
    {"pedestrian", GEO_ROAD_PEDESTRIAN, FOOT | EMERGENCY, 10},
    {"footway", GEO_ROAD_PATH, FOOT, 10},
    {"path", GEO_ROAD_PATH, FOOT, 10},
    {"cycleway", GEO_ROAD_PATH, FOOT, 10},
    {"bridleway", GEO_ROAD_PATH, FOOT, 10},
    {"corridor", GEO_ROAD_PATH, FOOT, 10},
    {"steps", GEO_ROAD_STEPS, FOOT, 5},
};

static const struct {
    const char *highway;
    enum geo_import_count reason;
} dropped[] = {
    {"construction", GEO_IMPORT_DROPPED_CONSTRUCTION},
    {"proposed", GEO_IMPORT_DROPPED_PROPOSED},
    {"planned", GEO_IMPORT_DROPPED_PROPOSED},
    {"platform", GEO_IMPORT_DROPPED_PLATFORM},
    {"abandoned", GEO_IMPORT_DROPPED_DISUSED},
    {"disused", GEO_IMPORT_DROPPED_DISUSED},
    {"razed", GEO_IMPORT_DROPPED_DISUSED},
};

static const struct {
    const char *service;
    uint8_t kmh;
} services[] = {
    {"alley", 5}, {"parking", 5}, {"parking_aisle", 5}, {"driveway", 5}, {"drive-through", 5}};

/* RESTRICTED: private, customers', delivery and destination roads are open to those who are called
 * there, at a walking-in speed, so that nobody takes them as a short cut. */
enum access { ACCESS_SILENT, ACCESS_OPEN, ACCESS_RESTRICTED, ACCESS_CLOSED };

static const struct {
    const char *value;
    enum access access;
} accesses[] = {
    {"yes", ACCESS_OPEN},
    {"permissive", ACCESS_OPEN},
    {"designated", ACCESS_OPEN},
    {"official", ACCESS_OPEN},
    {"public", ACCESS_OPEN},
    {"private", ACCESS_RESTRICTED},
    {"destination", ACCESS_RESTRICTED},
    {"customers", ACCESS_RESTRICTED},
    {"delivery", ACCESS_RESTRICTED},
    {"permit", ACCESS_RESTRICTED},
    {"residents", ACCESS_RESTRICTED},
    {"employees", ACCESS_RESTRICTED},
    {"staff", ACCESS_RESTRICTED},
    {"discouraged", ACCESS_RESTRICTED},
    {"emergency", ACCESS_RESTRICTED},
    {"no", ACCESS_CLOSED},
    {"agricultural", ACCESS_CLOSED},
    {"forestry", ACCESS_CLOSED},
    {"agricultural;forestry", ACCESS_CLOSED},
    {"military", ACCESS_CLOSED},
    {"psv", ACCESS_CLOSED},
    {"bus", ACCESS_CLOSED},
    {"use_sidepath", ACCESS_CLOSED},
};

#define KEYS_MAX 5u

/* Most particular first; only the first `own_count` open a way that is closed by its kind: a
 * footway with access=yes is still no road for cars. */
static const struct keys {
    const char *access[KEYS_MAX], *access_forward[KEYS_MAX], *access_backward[KEYS_MAX];
    const char *oneway[KEYS_MAX];
    uint8_t own_count;
} profile_keys[] = {
    [GEO_PROFILE_CAR] = {{"motorcar", "motor_vehicle", "vehicle", "access"},
                         {"motorcar:forward", "motor_vehicle:forward", "vehicle:forward",
                          "access:forward"},
                         {"motorcar:backward", "motor_vehicle:backward", "vehicle:backward",
                          "access:backward"},
                         {"oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"},
                         2},
    [GEO_PROFILE_MOTORCYCLE] =
        {{"motorcycle", "motor_vehicle", "vehicle", "access"},
         {"motorcycle:forward", "motor_vehicle:forward", "vehicle:forward", "access:forward"},
         {"motorcycle:backward", "motor_vehicle:backward", "vehicle:backward", "access:backward"},
         {"oneway:motorcycle", "oneway:motor_vehicle", "oneway:vehicle", "oneway"},
         2},
    [GEO_PROFILE_FOOT] =
        {{"foot", "access"}, {"foot:forward"}, {"foot:backward"}, {"oneway:foot"}, 1},
    [GEO_PROFILE_EMERGENCY] = {{"emergency", "motorcar", "motor_vehicle", "vehicle", "access"},
                               {"emergency:forward", "motorcar:forward", "motor_vehicle:forward",
                                "vehicle:forward", "access:forward"},
                               {"emergency:backward", "motorcar:backward", "motor_vehicle:backward",
                                "vehicle:backward", "access:backward"},
                               {"oneway:emergency", "oneway:motorcar", "oneway:motor_vehicle",
                                "oneway:vehicle", "oneway"},
                               3},
};
_Static_assert(TABLE_SIZE(profile_keys) == GEO_PROFILE_COUNT, "one row a profile");

const char *geo_import_tags_value(struct geo_import_tags tags, const char *key)
{
    for (size_t i = 0; i < tags.count; i++) {
        if (strcmp(tags.items[i].key, key) == 0) {
            return tags.items[i].value;
        }
    }
    return NULL;
}

bool geo_import_tags_is(struct geo_import_tags tags, const char *key, const char *value)
{
    const char *found = geo_import_tags_value(tags, key);
    return found != NULL && strcmp(found, value) == 0;
}

static enum access access_of(const char *value)
{
    for (size_t i = 0; value != NULL && i < TABLE_SIZE(accesses); i++) {
        if (strcmp(accesses[i].value, value) == 0) {
            return accesses[i].access;
        }
    }
    return ACCESS_SILENT;
}

/* The first of the keys that says something; *rank tells which. */
static enum access access_first(struct geo_import_tags tags, const char *const keys[KEYS_MAX],
                                uint8_t *rank)
{
    for (uint8_t i = 0; i < KEYS_MAX && keys[i] != NULL; i++) {
        const enum access access = access_of(geo_import_tags_value(tags, keys[i]));
        if (access != ACCESS_SILENT) {
            *rank = i;
            return access;
        }
    }
    return ACCESS_SILENT;
}

static enum access access_for(struct geo_import_tags tags, enum geo_profile profile,
                              enum geo_import_direction direction, bool open)
{
    const struct keys *keys = &profile_keys[profile];
    uint8_t rank = 0;
    enum access access = access_first(
        tags, direction == GEO_IMPORT_FORWARD ? keys->access_forward : keys->access_backward,
        &rank);
    if (access == ACCESS_SILENT) {
        access = access_first(tags, keys->access, &rank);
    }
    const bool emergency = access_of(geo_import_tags_value(tags, "emergency")) == ACCESS_OPEN;
    if (access == ACCESS_SILENT || (!open && rank >= keys->own_count && access != ACCESS_CLOSED)) {
        access = open ? ACCESS_OPEN : ACCESS_CLOSED;
    }
    if (profile == GEO_PROFILE_EMERGENCY) { /* private, delivery ...: not for those on a call */
        return access == ACCESS_RESTRICTED ? ACCESS_OPEN : access;
    }
    if (access == ACCESS_CLOSED && emergency && profile != GEO_PROFILE_FOOT) {
        return ACCESS_RESTRICTED;
    }
    return access;
}

enum oneway { ONEWAY_NOT, ONEWAY_FORWARD, ONEWAY_BACKWARD, ONEWAY_REVERSIBLE, ONEWAY_SILENT };

static enum oneway oneway_of(const char *value)
{
    static const struct {
        const char *value;
        enum oneway oneway;
    } values[] = {
        {"yes", ONEWAY_FORWARD},
        {"1", ONEWAY_FORWARD},
        {"true", ONEWAY_FORWARD},
        {"-1", ONEWAY_BACKWARD},
        {"reverse", ONEWAY_BACKWARD},
        {"no", ONEWAY_NOT},
        {"0", ONEWAY_NOT},
        {"false", ONEWAY_NOT},
        {"alternating", ONEWAY_NOT},
        {"reversible", ONEWAY_REVERSIBLE},
    };
    for (size_t i = 0; value != NULL && i < TABLE_SIZE(values); i++) {
        if (strcmp(values[i].value, value) == 0) {
            return values[i].oneway;
        }
    }
    return ONEWAY_SILENT;
}

static enum oneway oneway_for(struct geo_import_tags tags, enum geo_profile profile)
{
    const struct keys *keys = &profile_keys[profile];
    for (size_t i = 0; i < KEYS_MAX && keys->oneway[i] != NULL; i++) {
        const enum oneway oneway = oneway_of(geo_import_tags_value(tags, keys->oneway[i]));
        if (oneway != ONEWAY_SILENT) {
            return oneway;
        }
    }
    if (profile == GEO_PROFILE_FOOT) {
        const char *conveying = geo_import_tags_value(tags, "conveying"); /* a moving staircase */
        if (conveying != NULL && strcmp(conveying, "forward") == 0) {
            return ONEWAY_FORWARD;
        }
        return conveying != NULL && strcmp(conveying, "backward") == 0 ? ONEWAY_BACKWARD
                                                                       : ONEWAY_NOT;
    }
    const bool implied = geo_import_tags_is(tags, "junction", "roundabout") ||
                         geo_import_tags_is(tags, "junction", "circular") ||
                         geo_import_tags_is(tags, "highway", "motorway");
    return implied ? ONEWAY_FORWARD : ONEWAY_NOT;
}

static bool oneway_allows(enum oneway oneway, enum geo_import_direction direction)
{
    switch (oneway) {
    case ONEWAY_NOT:
    case ONEWAY_SILENT:
        return true;
    case ONEWAY_FORWARD:
        return direction == GEO_IMPORT_FORWARD;
    case ONEWAY_BACKWARD:
        return direction == GEO_IMPORT_BACKWARD;
    case ONEWAY_REVERSIBLE:
        return false;
    }
    return false;
}

/* What is posted, in order of how directly it is said. */
static uint32_t posted_mh(struct geo_import_tags tags, enum geo_import_direction direction,
                          bool *unknown)
{
    const char *const keys[] = {direction == GEO_IMPORT_FORWARD ? "maxspeed:forward"
                                                                : "maxspeed:backward",
                                "maxspeed",
                                "maxspeed:type",
                                "source:maxspeed",
                                "zone:maxspeed",
                                "zone:traffic"};
    for (size_t i = 0; i < TABLE_SIZE(keys); i++) {
        const char *value = geo_import_tags_value(tags, keys[i]);
        uint32_t speed = 0;
        if (value != NULL && geo_import_speed_posted(value, &speed)) {
            return speed;
        }
        *unknown = *unknown || (value != NULL && i < 2);
    }
    return 0;
}

static uint32_t motor_mh(struct geo_import_tags tags, const struct highway *highway,
                         enum geo_import_direction direction, bool *unknown)
{
    uint32_t speed = highway->kmh * 1000u;
    const char *service = geo_import_tags_value(tags, "service");
    for (size_t i = 0; service != NULL && i < TABLE_SIZE(services); i++) {
        if (highway->road_class == GEO_ROAD_SERVICE && strcmp(services[i].service, service) == 0) {
            speed = services[i].kmh * 1000u;
        }
    }
    const bool is_road = (highway->open & CAR) != 0;
    const uint32_t posted = posted_mh(tags, direction, unknown);
    if (posted != 0 && (is_road || posted / 5 * 4 < speed)) {
        speed = posted / 5 * 4;
    }
    const uint32_t surface = geo_import_speed_surface_mh(tags);
    return surface < speed ? surface : speed;
}

static uint32_t limited_mh(uint32_t speed)
{
    if (speed == 0) {
        return 0;
    }
    if (speed < GEO_IMPORT_SPEED_MIN_MH) {
        return GEO_IMPORT_SPEED_MIN_MH;
    }
    return speed > GEO_IMPORT_SPEED_MAX_MH ? GEO_IMPORT_SPEED_MAX_MH : speed;
}

static uint32_t speed_for(struct geo_import_tags tags, const struct highway *highway,
                          enum geo_profile profile, enum geo_import_direction direction,
                          bool *unknown)
{
    bool open = (highway->open >> profile & 1u) != 0;
    if (profile == GEO_PROFILE_FOOT) {
        const char *sidewalk = geo_import_tags_value(tags, "sidewalk");
        const bool walkable = sidewalk != NULL && strcmp(sidewalk, "no") != 0 &&
                              strcmp(sidewalk, "none") != 0 && strcmp(sidewalk, "separate") != 0;
        open = (open || (walkable && highway->road_class == GEO_ROAD_TRUNK)) &&
               !geo_import_tags_is(tags, "motorroad", "yes");
    }
    const enum access access = access_for(tags, profile, direction, open);
    if (access == ACCESS_CLOSED || !oneway_allows(oneway_for(tags, profile), direction)) {
        return 0;
    }
    if (profile == GEO_PROFILE_FOOT) {
        return highway->road_class == GEO_ROAD_STEPS ? GEO_IMPORT_STEPS_MH : GEO_IMPORT_FOOT_MH;
    }
    uint32_t speed = motor_mh(tags, highway, direction, unknown);
    if (access == ACCESS_RESTRICTED && speed > GEO_IMPORT_PRIVATE_MH) {
        speed = GEO_IMPORT_PRIVATE_MH;
    }
    return limited_mh(speed);
}

void geo_import_tags_open_oneway(struct geo_import_tags tags, struct geo_import_rule *rule)
{
    const enum oneway oneway = oneway_for(tags, GEO_PROFILE_EMERGENCY);
    if ((oneway != ONEWAY_FORWARD && oneway != ONEWAY_BACKWARD) ||
        rule->road_class == GEO_ROAD_MOTORWAY || rule->road_class == GEO_ROAD_TRUNK ||
        rule->road_class == GEO_ROAD_FERRY || geo_import_tags_is(tags, "junction", "roundabout") ||
        geo_import_tags_is(tags, "junction", "circular")) {
        return;
    }
    const enum geo_import_direction along =
        oneway == ONEWAY_FORWARD ? GEO_IMPORT_FORWARD : GEO_IMPORT_BACKWARD;
    const enum geo_import_direction against =
        oneway == ONEWAY_FORWARD ? GEO_IMPORT_BACKWARD : GEO_IMPORT_FORWARD;
    const uint32_t speed = rule->speed_mh[along][GEO_PROFILE_EMERGENCY];
    const char *const *keys = against == GEO_IMPORT_FORWARD
                                  ? profile_keys[GEO_PROFILE_EMERGENCY].access_forward
                                  : profile_keys[GEO_PROFILE_EMERGENCY].access_backward;
    uint8_t rank = 0;
    if (access_first(tags, keys, &rank) != ACCESS_CLOSED) {
        rule->speed_mh[against][GEO_PROFILE_EMERGENCY] =
            speed < GEO_IMPORT_AGAINST_MH ? speed : GEO_IMPORT_AGAINST_MH;
    }
}

uint8_t geo_import_tags_open(const struct geo_import_rule *rule)
{
    unsigned open = 0;
    for (unsigned p = 0; p < GEO_PROFILE_COUNT; p++) {
        if (rule->speed_mh[GEO_IMPORT_FORWARD][p] != 0 ||
            rule->speed_mh[GEO_IMPORT_BACKWARD][p] != 0) {
            open |= 1u << p;
        }
    }
    return (uint8_t)open;
}

/* Everyone on foot; motors only where a tag says that the ferry takes them. */
static bool ferry_rule(struct geo_import_tags tags, struct geo_import_rule *rule)
{
    const char *duration = geo_import_tags_value(tags, "duration");
    rule->road_class = GEO_ROAD_FERRY;
    rule->duration_s = duration == NULL ? 0 : geo_import_speed_duration_s(duration);
    for (int d = 0; d < GEO_IMPORT_DIRECTION_COUNT; d++) {
        for (int p = 0; p < GEO_PROFILE_COUNT; p++) {
            const enum geo_profile profile = (enum geo_profile)p;
            const enum geo_import_direction direction = (enum geo_import_direction)d;
            const bool open = access_for(tags, profile, direction, profile == GEO_PROFILE_FOOT) !=
                                  ACCESS_CLOSED &&
                              oneway_allows(oneway_for(tags, profile), direction);
            rule->speed_mh[d][p] = open ? GEO_IMPORT_FERRY_MH : 0;
        }
    }
    return geo_import_tags_open(rule) != 0;
}

static const struct highway *highway_find(const char *name)
{
    for (size_t i = 0; i < TABLE_SIZE(highways); i++) {
        if (strcmp(highways[i].name, name) == 0) {
            return &highways[i];
        }
    }
    return NULL;
}

static enum geo_import_count reason_for(struct geo_import_tags tags, const char *highway)
{
    for (size_t i = 0; i < TABLE_SIZE(dropped); i++) {
        if (strcmp(dropped[i].highway, highway) == 0) {
            return dropped[i].reason;
        }
    }
    if (highway_find(highway) == NULL) {
        return GEO_IMPORT_DROPPED_KIND;
    }
    return oneway_for(tags, GEO_PROFILE_CAR) == ONEWAY_REVERSIBLE ? GEO_IMPORT_DROPPED_REVERSIBLE
                                                                  : GEO_IMPORT_DROPPED_CLOSED;
}

/* On a bridge, in a tunnel, or in a layer that says as much. */
static uint8_t level_of(struct geo_import_tags tags)
{
    const char *bridge = geo_import_tags_value(tags, "bridge");
    const char *tunnel = geo_import_tags_value(tags, "tunnel");
    const char *layer = geo_import_tags_value(tags, "layer");
    if (tunnel != NULL && strcmp(tunnel, "no") != 0) {
        return GEO_EDGE_TUNNEL;
    }
    if (bridge != NULL && strcmp(bridge, "no") != 0) {
        return GEO_EDGE_BRIDGE;
    }
    if (layer == NULL || strcmp(layer, "0") == 0) {
        return 0;
    }
    return layer[0] == '-' ? GEO_EDGE_TUNNEL : GEO_EDGE_BRIDGE;
}

bool geo_import_tags_rule(struct geo_import_tags tags, struct geo_import_rule *rule,
                          enum geo_import_count *reason, bool *maxspeed_unknown)
{
    *rule = (struct geo_import_rule){0};
    *reason = GEO_IMPORT_COUNT_COUNT;
    *maxspeed_unknown = false;
    const char *name = geo_import_tags_value(tags, "highway");
    if (name == NULL) {
        if (!geo_import_tags_is(tags, "route", "ferry")) {
            return false;
        }
        *reason = GEO_IMPORT_DROPPED_CLOSED;
        return ferry_rule(tags, rule);
    }
    *reason = reason_for(tags, name);
    const struct highway *highway = highway_find(name);
    if (highway == NULL) {
        return false;
    }
    const char *works = geo_import_tags_value(tags, "construction");
    if (works != NULL && strcmp(works, "no") != 0 && strcmp(works, "minor") != 0 &&
        strcmp(works, "widening") != 0) {
        *reason = GEO_IMPORT_DROPPED_CONSTRUCTION;
        return false;
    }
    rule->road_class = highway->road_class;
    rule->level = level_of(tags);
    for (int d = 0; d < GEO_IMPORT_DIRECTION_COUNT; d++) {
        for (int p = 0; p < GEO_PROFILE_COUNT; p++) {
            rule->speed_mh[d][p] = speed_for(tags, highway, (enum geo_profile)p,
                                             (enum geo_import_direction)d, maxspeed_unknown);
        }
    }
    return geo_import_tags_open(rule) != 0;
}

/* Who cannot pass where nothing else is said. A motorcycle fits between bollards; a person on foot
 * through anything but a wall. (OSM wiki, Key:barrier; OSRM's list of what lets cars through.) */
static const struct {
    const char *barrier;
    uint8_t blocks;
} barriers[] = {
    {"bollard", WIDE},        {"block", WIDE},
    {"cycle_barrier", MOTOR}, {"motorcycle_barrier", MOTOR},
    {"kissing_gate", MOTOR},  {"stile", MOTOR},
    {"turnstile", MOTOR},     {"full-height_turnstile", MOTOR},
    {"horse_stile", MOTOR},   {"chain", MOTOR},
    {"rope", MOTOR},          {"log", MOTOR},
    {"debris", MOTOR},        {"jersey_barrier", MOTOR},
    {"planter", WIDE},        {"bus_trap", WIDE},
    {"sump_buster", WIDE},    {"step", MOTOR},
    {"fence", EVERYONE},      {"wall", EVERYONE},
    {"hedge", EVERYONE},      {"ditch", MOTOR},
    {"guard_rail", MOTOR},    {"yes", MOTOR},
};

uint8_t geo_import_tags_blocked(struct geo_import_tags tags)
{
    const char *barrier = geo_import_tags_value(tags, "barrier");
    if (barrier == NULL || geo_import_tags_is(tags, "bollard", "rising")) {
        return 0;
    }
    unsigned blocked = 0;
    for (size_t i = 0; i < TABLE_SIZE(barriers); i++) {
        if (strcmp(barriers[i].barrier, barrier) == 0) {
            blocked = barriers[i].blocks;
        }
    }
    const bool locked = geo_import_tags_is(tags, "locked", "yes");
    const bool emergency = access_of(geo_import_tags_value(tags, "emergency")) == ACCESS_OPEN;
    for (int p = 0; p < GEO_PROFILE_COUNT; p++) {
        uint8_t rank = 0;
        const enum access access = access_first(tags, profile_keys[p].access, &rank);
        const unsigned bit = 1u << p;
        if (access == ACCESS_CLOSED || (locked && access != ACCESS_OPEN)) {
            blocked |= bit;
        } else if (access != ACCESS_SILENT && rank < profile_keys[p].own_count) {
            blocked &= ~bit;
        }
        if (emergency && p != GEO_PROFILE_FOOT) {
            blocked &= ~bit;
        }
    }
    return (uint8_t)blocked;
}
