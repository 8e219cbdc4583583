#include "geo/import/geo_import_draw.h"

#include <string.h>

#define TABLE_SIZE(table) (sizeof(table) / sizeof((table)[0]))

static const struct {
    const char *key, *value;
    const char *layer, *kind;
    bool is_area;
    uint8_t zoom_min;
} draws[] = {
    {"natural", "water", "water", "water", true, 9},
    {"waterway", "riverbank", "water", "river", true, 9},
    {"waterway", "dock", "water", "dock", true, 11},
    {"landuse", "reservoir", "water", "reservoir", true, 9},
    {"landuse", "basin", "water", "basin", true, 12},
    {"leisure", "swimming_pool", "water", "pool", true, 15},
    {"waterway", "river", "water", "river", false, 9},
    {"waterway", "canal", "water", "canal", false, 11},
    {"waterway", "stream", "water", "stream", false, 13},
    {"natural", "coastline", "water", GEO_IMPORT_DRAW_COASTLINE, false, 9},
    {"natural", "wood", "green", "forest", true, 10},
    {"landuse", "forest", "green", "forest", true, 10},
    {"leisure", "park", "green", "park", true, 11},
    {"leisure", "garden", "green", "park", true, 13},
    {"leisure", "nature_reserve", "green", "reserve", true, 11},
    {"leisure", "golf_course", "green", "grass", true, 12},
    {"leisure", "pitch", "green", "pitch", true, 14},
    {"landuse", "grass", "green", "grass", true, 13},
    {"landuse", "meadow", "green", "grass", true, 12},
    {"landuse", "village_green", "green", "park", true, 12},
    {"landuse", "recreation_ground", "green", "park", true, 12},
    {"landuse", "cemetery", "green", "cemetery", true, 12},
    {"landuse", "orchard", "green", "orchard", true, 12},
    {"landuse", "vineyard", "green", "orchard", true, 12},
    {"natural", "scrub", "green", "scrub", true, 12},
    {"natural", "heath", "green", "scrub", true, 12},
    {"natural", "grassland", "green", "grass", true, 12},
    {"natural", "beach", "green", "sand", true, 12},
};

struct geo_import_draw geo_import_draw_of(struct geo_import_tags tags, bool is_closed)
{
    const char *building = geo_import_tags_value(tags, "building");
    if (building != NULL && strcmp(building, "no") != 0 && is_closed) {
        return (struct geo_import_draw){"building", "building", true, 14};
    }
    for (size_t i = 0; i < TABLE_SIZE(draws); i++) {
        if (draws[i].is_area <= is_closed &&
            geo_import_tags_is(tags, draws[i].key, draws[i].value)) {
            return (struct geo_import_draw){draws[i].layer, draws[i].kind, draws[i].is_area,
                                            draws[i].zoom_min};
        }
    }
    return (struct geo_import_draw){NULL, NULL, false, 0};
}

bool geo_import_draw_is_named(struct geo_import_draw draw)
{
    return draw.layer != NULL && strcmp(draw.layer, "building") != 0;
}

static const struct {
    const char *kind;
    uint8_t zoom_min;
} places[] = {
    {"city", 9},           {"town", 9},    {"village", 10}, {"suburb", 11}, {"quarter", 12},
    {"neighbourhood", 14}, {"hamlet", 13}, {"island", 11},  {"square", 15}, {"locality", 14},
};

const char *geo_import_draw_place(struct geo_import_tags tags)
{
    const char *place = geo_import_tags_value(tags, "place");
    for (size_t i = 0; place != NULL && i < TABLE_SIZE(places); i++) {
        if (strcmp(places[i].kind, place) == 0) {
            return places[i].kind;
        }
    }
    return NULL;
}

uint8_t geo_import_draw_place_zoom(const char *kind)
{
    for (size_t i = 0; i < TABLE_SIZE(places); i++) {
        if (strcmp(places[i].kind, kind) == 0) {
            return places[i].zoom_min;
        }
    }
    return 15;
}
