#include "geo/import/geo_import_poi.h"

#include <string.h>

/* The first line that fits counts; value NULL: whatever it is, but "no" and "vacant". */
static const struct {
    const char *key, *value;
    enum geo_name_kind kind;
} rules[] = {
    {"place", NULL, GEO_NAME_PLACE},
    {"amenity", "school", GEO_NAME_SCHOOL},
    {"amenity", "kindergarten", GEO_NAME_SCHOOL},
    {"amenity", "university", GEO_NAME_SCHOOL},
    {"amenity", "college", GEO_NAME_SCHOOL},
    {"amenity", "hospital", GEO_NAME_HOSPITAL},
    {"amenity", "clinic", GEO_NAME_HOSPITAL},
    {"amenity", "doctors", GEO_NAME_HOSPITAL},
    {"healthcare", NULL, GEO_NAME_HOSPITAL},
    {"amenity", "police", GEO_NAME_POLICE},
    {"amenity", "fire_station", GEO_NAME_FIRE_STATION},
    {"amenity", "townhall", GEO_NAME_GOVERNMENT},
    {"amenity", "courthouse", GEO_NAME_GOVERNMENT},
    {"office", "government", GEO_NAME_GOVERNMENT},
    {"office", "diplomatic", GEO_NAME_GOVERNMENT},
    {"railway", "station", GEO_NAME_STATION},
    {"railway", "halt", GEO_NAME_STATION},
    {"railway", "tram_stop", GEO_NAME_STATION},
    {"public_transport", "station", GEO_NAME_STATION},
    {"amenity", "bus_station", GEO_NAME_STATION},
    {"amenity", "ferry_terminal", GEO_NAME_STATION},
    {"aeroway", "aerodrome", GEO_NAME_STATION},
    {"aeroway", "terminal", GEO_NAME_STATION},
    {"shop", NULL, GEO_NAME_SHOP},
    {"amenity", "marketplace", GEO_NAME_SHOP},
    {"leisure", NULL, GEO_NAME_PARK},
    {"amenity", "place_of_worship", GEO_NAME_WORSHIP},
    {"amenity", NULL, GEO_NAME_SITE},
    {"tourism", NULL, GEO_NAME_SITE},
    {"historic", NULL, GEO_NAME_SITE},
    {"office", NULL, GEO_NAME_SITE},
    {"industrial", NULL, GEO_NAME_SITE},
    {"man_made", NULL, GEO_NAME_SITE},
    {"bridge", NULL, GEO_NAME_SITE},
    {"building", NULL, GEO_NAME_SITE},
};

bool geo_import_poi_kind(struct geo_import_tags tags, enum geo_name_kind *kind)
{
    if (geo_import_tags_value(tags, "highway") != NULL ||
        geo_import_tags_value(tags, "route") != NULL) {
        return false;
    }
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        const char *value = geo_import_tags_value(tags, rules[i].key);
        if (value == NULL || strcmp(value, "no") == 0 || strcmp(value, "vacant") == 0) {
            continue;
        }
        if (rules[i].value == NULL || strcmp(rules[i].value, value) == 0) {
            *kind = rules[i].kind;
            return true;
        }
    }
    return false;
}
