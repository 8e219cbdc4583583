#include "engine/host/roster_import.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/net/translate.h"

static uint8_t find_district(const struct engine *engine, const char *code)
{
    for (uint32_t i = 0; i < engine_district_count(engine); i++) {
        if (strcmp(engine_district_code(engine, i), code) == 0) {
            return (uint8_t)i;
        }
    }
    return DISTRICT_NONE;
}

static void refuse_code(struct proto_roster *read, struct proto_roster_at at, const char *what,
                        const char *code)
{
    char detail[PROTO_DETAIL_SIZE];
    snprintf(detail, sizeof detail, "there is no %s with the code \"%s\"; import it first", what,
             code);
    proto_roster_refuse(read, at, detail);
}

static uint8_t resolve_district(struct proto_roster *read, struct proto_roster_at at,
                                const char *code, const struct engine *engine)
{
    if (code[0] == '\0') {
        return DISTRICT_NONE;
    }
    const uint8_t district = find_district(engine, code);
    if (district == DISTRICT_NONE) {
        refuse_code(read, at, "district", code);
    }
    return district;
}

static struct geo_point point_of(const struct roster_import *import, struct proto_place place)
{
    const struct geo_point at = {.lat_e7 = place.lat_e7, .lon_e7 = place.lon_e7};
    return geo_coordinate_to_wgs84(import->crs, at);
}

/* Of low..high, what is nearest to from..to. */
static int32_t nearest_of(int32_t from, int32_t to, int32_t low, int32_t high)
{
    return high < from ? high : low > to ? low : low > from ? low : from;
}

/* A place that is typed or drawn wrongly is nobody's next place. */
static void refuse_outside(struct proto_roster *read, struct proto_roster_at at,
                           const struct engine_config *config, struct geo_point place)
{
    if (translate_in_city(config, place)) {
        return;
    }
    proto_roster_refuse(read, at,
                        translate_is_swapped(config, place)
                            ? "the place is more than 50 km from the map; with lat and lon "
                              "exchanged it would lie in the city"
                            : "the place is more than 50 km from the map");
}

/* A border may go far beyond the map, but not pass it by. */
static void refuse_elsewhere(struct proto_roster *read, const struct proto_roster_outline *district,
                             const struct engine_config *config, const struct geo_point *points)
{
    if (config->map == NULL || district->point_count == 0) {
        return;
    }
    struct geo_point low = points[0], high = points[0];
    for (uint32_t i = 1; i < district->point_count; i++) {
        low.lat_e7 = points[i].lat_e7 < low.lat_e7 ? points[i].lat_e7 : low.lat_e7;
        low.lon_e7 = points[i].lon_e7 < low.lon_e7 ? points[i].lon_e7 : low.lon_e7;
        high.lat_e7 = points[i].lat_e7 > high.lat_e7 ? points[i].lat_e7 : high.lat_e7;
        high.lon_e7 = points[i].lon_e7 > high.lon_e7 ? points[i].lon_e7 : high.lon_e7;
    }
    const struct geo_map_header *map = config->map->header;
    const struct geo_point nearest = {
        .lat_e7 = nearest_of(map->south_e7, map->north_e7, low.lat_e7, high.lat_e7),
        .lon_e7 = nearest_of(map->west_e7, map->east_e7, low.lon_e7, high.lon_e7)};
    refuse_outside(read, district->at, config, nearest);
}

static uint32_t resolve_area(struct proto_roster *read, struct proto_roster_at at, const char *code,
                             const struct engine *engine)
{
    if (code[0] == '\0') {
        return AREA_NONE;
    }
    const uint32_t area = engine_area_find(engine, code);
    if (area == AREA_NONE) {
        refuse_code(read, at, "area", code);
    }
    return area;
}

static bool is_listed(const struct proto_roster *read, const char *code)
{
    for (uint32_t i = 0; i < read->outline_count; i++) {
        if (strcmp(read->outlines[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

static void refuse_missing(struct proto_roster *read, const struct engine *engine)
{
    for (uint32_t i = 0; i < engine_district_count(engine); i++) {
        const char *code = engine_district_code(engine, i);
        if (!is_listed(read, code)) {
            char detail[PROTO_DETAIL_SIZE];
            snprintf(detail, sizeof detail,
                     "district \"%s\" is missing: scopes and incidents name it, so it stays", code);
            proto_roster_refuse(read, (struct proto_roster_at){.line = 1, .column = 1}, detail);
        }
    }
}

/* Where the i-th of the file goes: a known district stays where it is, new ones follow. */
static uint32_t district_slot(const struct roster_import *import,
                              const struct proto_roster_outline *from, const struct engine *engine)
{
    const uint8_t known = find_district(engine, from->code);
    return known != DISTRICT_NONE ? known : engine_district_count(engine) + import->added;
}

/* The rings and corners of districts or areas. */
static bool take_outlines(struct roster_import *import, struct proto_roster *read,
                          const struct engine_config *config)
{
    import->points = calloc(read->point_count + 1, sizeof import->points[0]);
    import->ring_sizes = calloc(read->ring_count + 1, sizeof import->ring_sizes[0]);
    if (import->points == NULL || import->ring_sizes == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < read->point_count; i++) {
        import->points[i] = point_of(import, read->points[i]);
    }
    for (uint32_t i = 0; i < read->outline_count; i++) {
        const struct proto_roster_outline *from = &read->outlines[i];
        refuse_elsewhere(read, from, config, &import->points[from->point_first]);
    }
    if (read->ring_count > 0) {
        memcpy(import->ring_sizes, read->ring_sizes, read->ring_count * sizeof read->ring_sizes[0]);
    }
    return true;
}

static bool take_districts(struct roster_import *import, struct proto_roster *read,
                           const struct engine *engine, const struct engine_config *config)
{
    refuse_missing(read, engine);
    if (read->error_count > 0) {
        return true;
    }
    import->districts = calloc(read->outline_count + 1, sizeof import->districts[0]);
    if (import->districts == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < read->outline_count; i++) {
        const struct proto_roster_outline *from = &read->outlines[i];
        const uint32_t slot = district_slot(import, from, engine);
        struct district_definition *to = &import->districts[slot];
        *to = (struct district_definition){.ring_count = from->ring_count,
                                           .ring_first = from->ring_first,
                                           .point_first = from->point_first,
                                           .point_count = from->point_count};
        memcpy(to->code, from->code, sizeof to->code);
        memcpy(to->name, from->name, sizeof to->name);
        import->added += slot >= engine_district_count(engine) ? 1 : 0;
        import->updated += slot < engine_district_count(engine) ? 1 : 0;
    }
    return take_outlines(import, read, config);
}

/* An area that is there stays, and stays of its kind: units and incidents name it. `places` of the
 * engine's areas in the file, UINT32_MAX: not in it. */
static void check_known_areas(struct proto_roster *read, const struct engine *engine,
                              const uint32_t places[])
{
    for (uint32_t i = 0; i < engine_area_count(engine); i++) {
        const struct area_view area = engine_area(engine, i);
        char detail[PROTO_DETAIL_SIZE];
        if (places[i] == UINT32_MAX) {
            snprintf(detail, sizeof detail,
                     "area \"%s\" is missing: units and incidents name it, so it stays", area.code);
            proto_roster_refuse(read, (struct proto_roster_at){.line = 1, .column = 1}, detail);
        } else if (read->outlines[places[i]].kind != (enum proto_area_kind)area.kind) {
            snprintf(detail, sizeof detail, "area \"%s\" is a %s and stays one", area.code,
                     types_name(TYPES_AREA_KIND, area.kind));
            proto_roster_refuse(read, read->outlines[places[i]].at, detail);
        }
    }
}

static bool take_areas(struct roster_import *import, struct proto_roster *read,
                       const struct engine *engine, const struct engine_config *config)
{
    const uint32_t known_count = engine_area_count(engine);
    uint32_t *places = malloc(((size_t)known_count + 1) * sizeof *places);
    import->areas = calloc((size_t)read->outline_count + known_count + 1, sizeof import->areas[0]);
    if (places == NULL || import->areas == NULL) {
        free(places);
        return false;
    }
    memset(places, 0xFF, ((size_t)known_count + 1) * sizeof *places);
    for (uint32_t i = 0; i < read->outline_count; i++) {
        const struct proto_roster_outline *from = &read->outlines[i];
        const uint32_t known = engine_area_find(engine, from->code);
        const bool is_new = known == AREA_NONE;
        if (!is_new) {
            places[known] = i;
        }
        struct area_definition *to = &import->areas[is_new ? known_count + import->added : known];
        *to = (struct area_definition){.kind = (enum area_kind)from->kind,
                                       .ring_count = from->ring_count,
                                       .ring_first = from->ring_first,
                                       .point_first = from->point_first,
                                       .point_count = from->point_count};
        memcpy(to->code, from->code, sizeof to->code);
        memcpy(to->name, from->name, sizeof to->name);
        import->added += is_new ? 1 : 0;
        import->updated += is_new ? 0 : 1;
    }
    check_known_areas(read, engine, places);
    free(places);
    return take_outlines(import, read, config);
}

static bool take_circles(struct roster_import *import, struct proto_roster *read,
                         const struct engine *engine, const struct engine_config *config)
{
    import->circles = calloc(read->circle_count + 1, sizeof import->circles[0]);
    if (import->circles == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < read->circle_count; i++) {
        const struct proto_roster_circle *from = &read->circles[i];
        struct circle_definition *to = &import->circles[i];
        *to = (struct circle_definition){
            .at = point_of(import, from->place),
            .radius_m = from->radius_m,
            .district = resolve_district(read, from->at, from->district, engine),
            .shift_count = from->shift_count};
        for (uint32_t k = 0; k < from->shift_count; k++) {
            to->shifts[k] =
                (struct circle_shift){from->shifts[k].from_min, from->shifts[k].minimum};
        }
        memcpy(to->code, from->code, sizeof to->code);
        memcpy(to->name, from->name, sizeof to->name);
        refuse_outside(read, from->at, config, to->at);
        if (engine_circle_find(engine, to->code) == CIRCLE_NONE) {
            import->added++;
        } else {
            import->updated++;
        }
    }
    return true;
}

static bool take_units(struct roster_import *import, struct proto_roster *read,
                       const struct engine *engine, const struct engine_config *config)
{
    import->units = calloc(read->unit_count + 1, sizeof import->units[0]);
    if (import->units == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < read->unit_count; i++) {
        const struct proto_roster_unit *from = &read->units[i];
        struct unit_definition *to = &import->units[i];
        *to = (struct unit_definition){.kind = (enum unit_kind)from->kind,
                                       .capabilities = from->capabilities,
                                       .circle = CIRCLE_NONE,
                                       .area = resolve_area(read, from->at, from->area, engine),
                                       .district =
                                           resolve_district(read, from->at, from->district, engine),
                                       .home = point_of(import, from->home),
                                       .people = from->people,
                                       .has_home = from->has_home,
                                       .synthetic = from->synthetic};
        memcpy(to->code, from->code, sizeof to->code);
        memcpy(to->name, from->name, sizeof to->name);
        if (to->has_home) {
            refuse_outside(read, from->at, config, to->home);
        }
        if (from->circle[0] != '\0') {
            to->circle = engine_circle_find(engine, from->circle);
            if (to->circle == CIRCLE_NONE) {
                refuse_code(read, from->at, "circle", from->circle);
            }
        }
        if (engine_unit_find(engine, to->code) == UNIT_NONE) {
            import->added++;
        } else {
            import->updated++;
        }
    }
    return true;
}

static bool take_centres(struct roster_import *import, struct proto_roster *read,
                         const struct engine *engine, const struct engine_config *config)
{
    import->centres = calloc(read->centre_count + 1, sizeof import->centres[0]);
    if (import->centres == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < read->centre_count; i++) {
        const struct proto_roster_centre *from = &read->centres[i];
        struct centre_definition *to = &import->centres[i];
        *to = (struct centre_definition){
            .kind = (enum centre_kind)from->kind,
            .at = point_of(import, from->place),
            .district = resolve_district(read, from->at, from->district, engine)};
        memcpy(to->code, from->code, sizeof to->code);
        memcpy(to->name, from->name, sizeof to->name);
        refuse_outside(read, from->at, config, to->at);
        if (engine_centre_find(engine, to->code) == UINT32_MAX) {
            import->added++;
        } else {
            import->updated++;
        }
    }
    return true;
}

/* A code is a place's or a route's for good: what names it relies on that. */
static void refuse_other(struct proto_roster *read, const struct proto_roster_checkpoint *from,
                         const struct engine *engine)
{
    const uint32_t known = engine_checkpoint_find(engine, from->code);
    const bool is_route = from->stop_count > 0;
    if (known != UINT32_MAX &&
        (engine_checkpoint(engine, known).definition->stop_count > 0) != is_route) {
        proto_roster_refuse(read, from->at,
                            is_route ? "the code is that of a checkpoint, not of a route"
                                     : "the code is that of a route, not of a checkpoint");
    }
}

static void take_stops(struct proto_roster *read, const struct proto_roster_checkpoint *from,
                       const struct engine *engine, struct checkpoint_definition *to)
{
    to->stop_count = from->stop_count;
    for (uint32_t i = 0; i < from->stop_count; i++) {
        const uint32_t stop = engine_checkpoint_find(engine, from->stops[i]);
        if (stop == UINT32_MAX) {
            refuse_code(read, from->stops_at, "checkpoint", from->stops[i]);
        } else if (engine_checkpoint(engine, stop).definition->stop_count > 0) {
            proto_roster_refuse(read, from->stops_at, "a route cannot be a stop of another");
        } else {
            to->stops[i] = (uint16_t)stop;
            to->at = i == 0 ? engine_checkpoint(engine, stop).definition->at : to->at;
        }
    }
}
_Static_assert(ROUTE_STOPS_MAX == PROTO_ROUTE_STOPS_MAX, "one limit on both sides");
_Static_assert(CHECKPOINTS_MAX <= UINT16_MAX, "a stop is a checkpoint's index");

static bool take_checkpoints(struct roster_import *import, struct proto_roster *read,
                             const struct engine *engine, const struct engine_config *config)
{
    import->checkpoints = calloc(read->checkpoint_count + 1, sizeof import->checkpoints[0]);
    if (import->checkpoints == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < read->checkpoint_count; i++) {
        const struct proto_roster_checkpoint *from = &read->checkpoints[i];
        struct checkpoint_definition *to = &import->checkpoints[i];
        *to = (struct checkpoint_definition){
            .at = point_of(import, from->place),
            .radius_m = from->radius_m,
            .circle = CIRCLE_NONE,
            .district = resolve_district(read, from->at, from->district, engine),
            .from_min = from->from_min,
            .to_min = from->to_min,
            .every_min = from->every_min,
            .stay_s = from->stay_s};
        memcpy(to->code, from->code, sizeof to->code);
        memcpy(to->name, from->name, sizeof to->name);
        refuse_other(read, from, engine);
        if (from->stop_count > 0) {
            take_stops(read, from, engine, to);
        } else {
            refuse_outside(read, from->at, config, to->at);
        }
        if (from->circle[0] != '\0') {
            to->circle = engine_circle_find(engine, from->circle);
            if (to->circle == CIRCLE_NONE) {
                refuse_code(read, from->at, "circle", from->circle);
            }
        }
        if (engine_checkpoint_find(engine, to->code) == UINT32_MAX) {
            import->added++;
        } else {
            import->updated++;
        }
    }
    return true;
}

static void take_plan(struct proto_roster *read, const struct proto_roster_plan *from,
                      const struct engine *engine, struct circle_plan *to)
{
    *to = (struct circle_plan){.circle = engine_circle_find(engine, from->circle),
                               .types = from->types,
                               .priorities = from->priorities};
    memcpy(to->code, from->code, sizeof to->code);
    memcpy(to->words_zh, from->words_zh, sizeof to->words_zh);
    memcpy(to->words_en, from->words_en, sizeof to->words_en);
    if (to->circle == CIRCLE_NONE) {
        refuse_code(read, from->circle_at, "circle", from->circle);
    }
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        to->unit_counts[tier] = from->unit_counts[tier];
        for (uint32_t i = 0; i < from->unit_counts[tier]; i++) {
            to->units[tier][i] = engine_unit_find(engine, from->units[tier][i]);
            if (to->units[tier][i] == UNIT_NONE) {
                refuse_code(read, from->tier_at[tier], "unit", from->units[tier][i]);
            }
        }
    }
}
_Static_assert(TIER_UNITS_MAX == PROTO_PLAN_UNITS_MAX, "one limit on both sides");

static bool take_plans(struct roster_import *import, struct proto_roster *read,
                       const struct engine *engine)
{
    import->plans = calloc(read->plan_count + 1, sizeof import->plans[0]);
    if (import->plans == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < read->plan_count; i++) {
        take_plan(read, &read->plans[i], engine, &import->plans[i]);
        if (engine_plan_find(engine, import->plans[i].code) == UINT32_MAX) {
            import->added++;
        } else {
            import->updated++;
        }
    }
    return true;
}

enum status roster_import_init(struct roster_import *import, struct proto_roster *read,
                               enum geo_crs crs, const struct engine *engine,
                               const struct engine_config *config)
{
    const struct engine_limits *limits = &config->limits;
    assert(read->error_count == 0);
    *import = (struct roster_import){.crs = crs};
    bool memory = false;
    bool fits = false;
    switch (read->kind) {
    case PROTO_ROSTER_DISTRICTS:
        memory = take_districts(import, read, engine, config);
        fits = read->point_count <= limits->area_points_max;
        break;
    case PROTO_ROSTER_AREAS:
        memory = take_areas(import, read, engine, config);
        fits = read->point_count <= limits->area_points_max &&
               read->outline_count <= limits->areas_max;
        break;
    case PROTO_ROSTER_CIRCLES:
        memory = take_circles(import, read, engine, config);
        fits = engine_circle_count(engine) + import->added <= limits->circles_max;
        break;
    case PROTO_ROSTER_UNITS:
        memory = take_units(import, read, engine, config);
        fits = engine_unit_count(engine) + import->added <= limits->units_max;
        break;
    case PROTO_ROSTER_CENTRES:
        memory = take_centres(import, read, engine, config);
        fits = engine_centre_count(engine) + import->added <= CENTRES_MAX;
        break;
    case PROTO_ROSTER_CHECKPOINTS:
    case PROTO_ROSTER_ROUTES:
        memory = take_checkpoints(import, read, engine, config);
        fits = engine_checkpoint_count(engine) + import->added <= CHECKPOINTS_MAX;
        break;
    case PROTO_ROSTER_PLANS:
        memory = take_plans(import, read, engine);
        fits = engine_plan_count(engine) + import->added <= PLANS_MAX;
        break;
    case PROTO_ROSTER_KIND_COUNT:
        break;
    }
    if (!memory) {
        return STATUS_NO_MEMORY;
    }
    const bool is_area = read->kind == PROTO_ROSTER_AREAS;
    import->roster = (struct roster){.districts = import->districts,
                                     .district_count = is_area ? 0 : read->outline_count,
                                     .areas = import->areas,
                                     .area_count = is_area ? read->outline_count : 0,
                                     .points = import->points,
                                     .ring_sizes = import->ring_sizes,
                                     .circles = import->circles,
                                     .circle_count = read->circle_count,
                                     .units = import->units,
                                     .unit_count = read->unit_count,
                                     .centres = import->centres,
                                     .centre_count = read->centre_count,
                                     .checkpoints = import->checkpoints,
                                     .checkpoint_count = read->checkpoint_count,
                                     .plans = import->plans,
                                     .plan_count = read->plan_count};
    return read->error_count > 0 ? STATUS_BAD_INPUT : fits ? STATUS_OK : STATUS_FULL;
}

void roster_import_finish(struct roster_import *import)
{
    free(import->districts);
    free(import->areas);
    free(import->points);
    free(import->ring_sizes);
    free(import->circles);
    free(import->units);
    free(import->centres);
    free(import->checkpoints);
    free(import->plans);
    *import = (struct roster_import){0};
}
