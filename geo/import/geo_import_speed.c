#include "geo/import/geo_import_speed.h"

#include <string.h>

/* Values from the car profile of OSRM 5.27 (profiles/car.lua, BSD-2): maxspeed_table,
 * surface_speeds, tracktype_speeds, smoothness_speeds; SE:rural from Swedish law (70). */
struct named_speed {
    const char *name;
    uint16_t kmh;
};

static const struct named_speed country_zones[] = {
    {"at:rural", 100},       {"at:trunk", 100},    {"be:motorway", 120},     {"be-vlg:rural", 70},
    {"bg:motorway", 140},    {"by:motorway", 110}, {"by:urban", 60},         {"ch:motorway", 120},
    {"ch:rural", 80},        {"ch:trunk", 100},    {"cz:living_street", 20}, {"cz:motorway", 130},
    {"de:living_street", 7}, {"de:rural", 100},    {"dk:rural", 80},         {"es:trunk", 90},
    {"fi:rural", 80},        {"fi:trunk", 100},    {"fi:motorway", 120},     {"fr:rural", 80},
    {"gr:motorway", 130},    {"gb:nsl_dual", 112}, {"gb:nsl_single", 96},    {"gb:motorway", 112},
    {"hu:trunk", 110},       {"it:trunk", 110},    {"nl:rural", 80},         {"nl:trunk", 100},
    {"no:rural", 80},        {"no:motorway", 110}, {"ph:rural", 80},         {"ph:urban", 30},
    {"pl:rural", 90},        {"pl:trunk", 100},    {"pl:motorway", 140},     {"pt:trunk", 100},
    {"pt:motorway", 120},    {"ro:trunk", 100},    {"ru:living_street", 20}, {"ru:motorway", 110},
    {"ru:urban", 60},        {"se:rural", 70},     {"se:motorway", 110},     {"sg:urban", 50},
    {"th:rural", 90},        {"uk:nsl_dual", 112}, {"uk:nsl_single", 96},    {"uk:motorway", 112},
    {"us:rural", 88},        {"us:urban", 40},     {"za:urban", 60},         {"za:rural", 100},
};
static const struct named_speed zones[] = {
    {"living_street", 10}, {"walk", 7},   {"pedestrian", 7},  {"bicycle_road", 30},
    {"school", 30},        {"urban", 50}, {"rural", 90},      {"trunk", 110},
    {"motorway", 130},     {"none", 140}, {"unlimited", 140},
};
static const struct named_speed surfaces[] = {
    {"cement", 80},
    {"compacted", 80},
    {"fine_gravel", 80},
    {"paving_stones", 60},
    {"metal", 60},
    {"bricks", 60},
    {"grass", 40},
    {"wood", 40},
    {"sett", 40},
    {"grass_paver", 40},
    {"gravel", 40},
    {"unpaved", 40},
    {"ground", 40},
    {"dirt", 40},
    {"pebblestone", 40},
    {"tartan", 40},
    {"cobblestone", 30},
    {"clay", 30},
    {"unhewn_cobblestone", 30},
    {"earth", 20},
    {"stone", 20},
    {"rocky", 20},
    {"sand", 20},
    {"mud", 10},
};
static const struct named_speed tracks[] = {
    {"grade1", 60}, {"grade2", 40}, {"grade3", 30}, {"grade4", 25}, {"grade5", 20},
};
static const struct named_speed roughness[] = {
    {"intermediate", 80}, {"bad", 40},          {"very_bad", 20},
    {"horrible", 10},     {"very_horrible", 5}, {"impassable", 0},
};

#define TABLE_SIZE(table) (sizeof(table) / sizeof((table)[0]))

static bool lookup(const struct named_speed table[], size_t size, const char *name, uint32_t *kmh)
{
    for (size_t i = 0; i < size; i++) {
        if (strcmp(table[i].name, name) == 0) {
            *kmh = table[i].kmh;
            return true;
        }
    }
    return false;
}

/* A decimal number at the start of the text, in thousandths; *end is behind it. */
static bool read_number(const char *text, const char **end, uint64_t *thousandths)
{
    uint64_t value = 0;
    const char *at = text;
    while (*at >= '0' && *at <= '9') {
        value = value * 10 + (uint64_t)(*at - '0');
        at++;
        if (value > 100000) {
            return false;
        }
    }
    if (at == text) {
        return false;
    }
    value *= 1000;
    if ((*at == '.' || *at == ',') && at[1] >= '0' && at[1] <= '9') {
        at++;
        for (uint64_t scale = 100; *at >= '0' && *at <= '9'; at++, scale /= 10) {
            value += (uint64_t)(*at - '0') * scale;
        }
    }
    *end = at;
    *thousandths = value;
    return true;
}

/* "50", "50 km/h", "30 mph", "5 knots". */
static bool read_number_speed(const char *text, uint32_t *speed_mh)
{
    uint64_t thousandths = 0; /* of a kilometre: metres */
    const char *end = text;
    if (!read_number(text, &end, &thousandths)) {
        return false;
    }
    end += strspn(end, " ");
    uint64_t metres = thousandths;
    if (strcmp(end, "mph") == 0) {
        metres = thousandths * 1609344 / 1000000;
    } else if (strcmp(end, "knots") == 0) {
        metres = thousandths * 1852 / 1000;
    } else if (*end != '\0' && strcmp(end, "km/h") != 0 && strcmp(end, "kmh") != 0 &&
               strcmp(end, "kph") != 0) {
        return false;
    }
    *speed_mh = (uint32_t)metres;
    return metres > 0;
}

/* One spelling, lower case and without blanks around it. */
static bool read_one_maxspeed(const char *text, uint32_t *speed_mh)
{
    if (*text >= '0' && *text <= '9') {
        return read_number_speed(text, speed_mh);
    }
    uint32_t kmh = 0;
    const char *zone = strstr(text, "zone");
    if (zone != NULL) {
        return read_number_speed(zone + strspn(zone, "zone:"), speed_mh);
    }
    const char *colon = strchr(text, ':');
    if (!lookup(country_zones, TABLE_SIZE(country_zones), text, &kmh) &&
        !lookup(zones, TABLE_SIZE(zones), colon == NULL ? text : colon + 1, &kmh)) {
        return false;
    }
    *speed_mh = kmh * 1000;
    return true;
}

static char lower(char letter)
{
    static const char small[] = "abcdefghijklmnopqrstuvwxyz";
    if (letter < 'A' || letter > 'Z') {
        return letter;
    }
    return small[letter - 'A'];
}

bool geo_import_speed_posted(const char *text, uint32_t *speed_mh)
{
    uint32_t lowest = UINT32_MAX;
    const char *at = text;
    while (*at != '\0') {
        char part[32];
        size_t size = 0;
        at += strspn(at, " ;|");
        const size_t length = strcspn(at, ";|");
        for (; size < length && size + 1 < sizeof part; size++) {
            const char c = at[size];
            part[size] = lower(c);
        }
        while (size > 0 && part[size - 1] == ' ') {
            size--;
        }
        part[size] = '\0';
        uint32_t speed = 0;
        if (length < sizeof part && read_one_maxspeed(part, &speed) && speed < lowest) {
            lowest = speed;
        }
        at += length;
    }
    if (lowest == UINT32_MAX) {
        return false;
    }
    *speed_mh = lowest < GEO_IMPORT_SPEED_MIN_MH ? GEO_IMPORT_SPEED_MIN_MH : lowest;
    return true;
}

static uint32_t iso_duration_s(const char *text)
{
    uint64_t seconds = 0;
    bool in_time = false;
    const char *at = text + 1;
    while (*at != '\0') {
        if (*at == 'T') {
            in_time = true;
            at++;
            continue;
        }
        uint64_t thousandths = 0;
        if (!read_number(at, &at, &thousandths)) {
            return 0;
        }
        const uint64_t unit = *at == 'D'              ? 86400
                              : *at == 'H'            ? 3600
                              : *at == 'M' && in_time ? 60
                              : *at == 'S'            ? 1
                                                      : 0;
        if (unit == 0) {
            return 0;
        }
        seconds += thousandths * unit / 1000;
        at++;
    }
    return seconds > UINT32_MAX ? 0 : (uint32_t)seconds;
}

uint32_t geo_import_speed_duration_s(const char *text)
{
    if (text[0] == 'P') {
        return iso_duration_s(text);
    }
    uint64_t fields[3] = {0};
    size_t count = 0;
    const char *at = text;
    while (count < 3 && read_number(at, &at, &fields[count])) {
        count++;
        if (*at != ':') {
            break;
        }
        at++;
    }
    if (count == 0 || *at != '\0') {
        return 0;
    }
    const uint64_t thousandths = count == 1   ? fields[0] * 60
                                 : count == 2 ? fields[0] * 3600 + fields[1] * 60
                                              : fields[0] * 3600 + fields[1] * 60 + fields[2];
    return (uint32_t)(thousandths / 1000);
}

uint32_t geo_import_speed_surface_mh(struct geo_import_tags tags)
{
    static const struct {
        const char *key;
        const struct named_speed *table;
        size_t size;
    } kinds[] = {
        {"surface", surfaces, TABLE_SIZE(surfaces)},
        {"tracktype", tracks, TABLE_SIZE(tracks)},
        {"smoothness", roughness, TABLE_SIZE(roughness)},
    };
    uint32_t lowest = UINT32_MAX;
    for (size_t i = 0; i < TABLE_SIZE(kinds); i++) {
        const char *value = geo_import_tags_value(tags, kinds[i].key);
        uint32_t kmh = 0;
        if (value != NULL && lookup(kinds[i].table, kinds[i].size, value, &kmh) &&
            kmh * 1000 < lowest) {
            lowest = kmh * 1000;
        }
    }
    return lowest;
}
