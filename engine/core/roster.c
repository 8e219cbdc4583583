#include "engine/core/roster.h"

#include <assert.h>
#include <string.h>

#include "engine/core/circle_plan.h"
#include "engine/core/district.h"
#include "engine/core/patrol.h"
#include "engine/core/roster_same.h"
#include "engine/core/staffing.h"

#define CAPABILITIES_ALL 0x00FFFFFFu
#define CIRCLE_BYTES     160u /* 4 + 18 + 66 + 8 + 4 + 1 + 25, and the version */
#define UNIT_BYTES       160u /* 4 + 18 + 66 + 1 + 4 + 4 + 4 + 1 + 8 + 2 + 2, and the version */
#define CENTRE_BYTES     128u /* 4 + 18 + 66 + 1 + 8 + 1, and the version */
#define CHECKPOINT_BYTES                                                                           \
    192u /* 4 + 18 + 66 + 8 + 4 + 4 + 1 + 2 + 2 + 4 + 4 + 33, and the version */
#define PLAN_BYTES           1280u /* 8 + 18 + 12 + 12 + 96 + 2 x 514, and the version */
#define DISTRICT_BYTES       192u  /* 1 + 18 + 66 + 4 + 64, and the version; an area 4 more */
#define DISTRICT_POINT_BYTES 8u

/* The rings of a polygon, and its corners. */
static enum reason check_outline(const uint32_t ring_sizes[], uint32_t ring_count,
                                 const struct geo_point corners[], uint32_t point_count)
{
    if (ring_count > DISTRICT_RINGS_MAX || point_count > DISTRICT_POINTS_MAX) {
        return REASON_CAPACITY;
    }
    uint32_t points = 0;
    for (uint32_t k = 0; k < ring_count; k++) {
        if (ring_sizes[k] < 3 || ring_sizes[k] > point_count - points) {
            return REASON_BAD_INPUT;
        }
        points += ring_sizes[k];
    }
    if (points != point_count || points == 0) {
        return REASON_BAD_INPUT;
    }
    for (uint32_t k = 0; k < points; k++) {
        if (!geo_point_valid(corners[k])) {
            return REASON_BAD_INPUT;
        }
    }
    return REASON_NONE;
}

/* Scopes, units, circles and incidents name a district by its number: it keeps it for good. */
static bool keeps_districts(const struct engine *engine, const struct roster *roster)
{
    if (roster->district_count == 0) {
        return true; /* none are given, none change */
    }
    bool keeps = roster->district_count >= engine->district_count;
    for (uint32_t i = 0; keeps && i < engine->district_count; i++) {
        keeps = strcmp(roster->districts[i].code, engine->districts[i].code) == 0;
    }
    return keeps;
}

static enum reason check_districts(const struct step *step, const struct roster *roster)
{
    if (roster->district_count > DISTRICTS_MAX) {
        return REASON_CAPACITY;
    }
    if (!keeps_districts(step->engine, roster)) {
        return REASON_BAD_INPUT;
    }
    uint32_t points = 0;
    for (uint32_t i = 0; i < roster->district_count; i++) {
        const struct district_definition *district = &roster->districts[i];
        const enum reason reason =
            check_outline(&roster->ring_sizes[district->ring_first], district->ring_count,
                          &roster->points[district->point_first], district->point_count);
        if (reason != REASON_NONE) {
            return reason;
        }
        points += district->point_count;
    }
    return points > step->engine->config.limits.area_points_max ? REASON_CAPACITY : REASON_NONE;
}

/* Units and incidents name an area by its number and rely on its kind: it keeps both for good. */
static bool keeps_areas(const struct engine *engine, const struct roster *roster)
{
    bool keeps = roster->area_count >= engine->area_count;
    for (uint32_t i = 0; keeps && i < engine->area_count; i++) {
        keeps = strcmp(roster->areas[i].code, engine->areas[i].code) == 0 &&
                roster->areas[i].kind == engine->areas[i].kind;
    }
    return keeps;
}

/* Units name areas by number: a code that comes twice would shift them. */
static bool has_area_before(const struct roster *roster, uint32_t i)
{
    const size_t size = strlen(roster->areas[i].code) + 1;
    for (uint32_t k = 0; k < i; k++) {
        if (memcmp(roster->areas[k].code, roster->areas[i].code, size) == 0) {
            return true;
        }
    }
    return false;
}

static enum reason check_areas(const struct step *step, const struct roster *roster)
{
    const struct engine_limits *limits = &step->engine->config.limits;
    if (roster->area_count == 0) {
        return REASON_NONE; /* none are given, none change */
    }
    if (roster->area_count > limits->areas_max) {
        return REASON_CAPACITY;
    }
    if (!keeps_areas(step->engine, roster)) {
        return REASON_BAD_INPUT;
    }
    uint64_t points = 0;
    for (uint32_t i = 0; i < roster->area_count; i++) {
        const struct area_definition *area = &roster->areas[i];
        const enum reason reason =
            check_outline(&roster->ring_sizes[area->ring_first], area->ring_count,
                          &roster->points[area->point_first], area->point_count);
        if (reason != REASON_NONE) {
            return reason;
        }
        if (area->code[0] == '\0' || has_area_before(roster, i)) {
            return REASON_BAD_INPUT;
        }
        points += area->point_count;
    }
    return points > limits->area_points_max ? REASON_CAPACITY : REASON_NONE;
}

static uint32_t new_circles(const struct engine *engine, const struct roster *roster)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < roster->circle_count; i++) {
        const uint32_t known = code_table_find(&engine->circle_codes, roster->circles[i].code);
        count += known == UINT32_MAX ? 1 : 0;
    }
    return count;
}

static enum reason check_circles(const struct roster *roster)
{
    for (uint32_t i = 0; i < roster->circle_count; i++) {
        const struct circle_definition *circle = &roster->circles[i];
        if (circle->code[0] == '\0' || !geo_point_valid(circle->at) ||
            circle->district > DISTRICT_NONE || !staffing_rota_valid(circle)) {
            return REASON_BAD_INPUT;
        }
        /* Units name circles by number: a code that comes twice would shift them. */
        for (uint32_t k = 0; k < i; k++) {
            const size_t size = strlen(circle->code) + 1;
            if (memcmp(roster->circles[k].code, circle->code, size) == 0) {
                return REASON_BAD_INPUT;
            }
        }
    }
    return REASON_NONE;
}

static enum reason check_units(const struct step *step, const struct roster *roster,
                               uint32_t circles)
{
    const uint32_t areas = roster->area_count > 0 ? roster->area_count : step->engine->area_count;
    /* A code that comes twice counts twice: cautious, and a roster file has each once. */
    uint32_t count = step->engine->unit_count;
    for (uint32_t i = 0; i < roster->unit_count; i++) {
        const struct unit_definition *unit = &roster->units[i];
        const bool bad_circle = unit->circle != CIRCLE_NONE && unit->circle >= circles;
        const bool bad_area = unit->area != AREA_NONE && unit->area >= areas;
        const bool bad_home = unit->has_home && !geo_point_valid(unit->home);
        if (unit->code[0] == '\0' || bad_circle || bad_area || bad_home ||
            unit->district > DISTRICT_NONE || (unit->capabilities & ~CAPABILITIES_ALL) != 0) {
            return REASON_BAD_INPUT;
        }
        count += code_table_find(&step->engine->unit_codes, unit->code) == UINT32_MAX ? 1 : 0;
    }
    return count > step->engine->config.limits.units_max ? REASON_CAPACITY : REASON_NONE;
}

static enum reason check_centres(const struct engine *engine, const struct roster *roster)
{
    uint32_t count = engine->centre_count;
    for (uint32_t i = 0; i < roster->centre_count; i++) {
        const struct centre_definition *centre = &roster->centres[i];
        if (centre->code[0] == '\0' || !geo_point_valid(centre->at) ||
            centre->district > DISTRICT_NONE) {
            return REASON_BAD_INPUT;
        }
        count += code_table_find(&engine->centre_codes, centre->code) == UINT32_MAX ? 1 : 0;
    }
    return count > CENTRES_MAX ? REASON_CAPACITY : REASON_NONE;
}

static enum reason check_checkpoints(const struct engine *engine, const struct roster *roster,
                                     uint32_t circles)
{
    uint32_t count = engine->checkpoint_count;
    for (uint32_t i = 0; i < roster->checkpoint_count; i++) {
        const struct checkpoint_definition *checkpoint = &roster->checkpoints[i];
        const uint32_t known = code_table_find(&engine->checkpoint_codes, checkpoint->code);
        const bool is_route = checkpoint->stop_count > 0;
        const bool stays_so = known == UINT32_MAX ||
                              (engine->checkpoints[known].definition.stop_count > 0) == is_route;
        if (!patrol_definition_valid(checkpoint, circles) || !stays_so ||
            !patrol_stops_valid(engine, checkpoint)) {
            return REASON_BAD_INPUT;
        }
        count += known == UINT32_MAX ? 1 : 0;
    }
    return count > CHECKPOINTS_MAX ? REASON_CAPACITY : REASON_NONE;
}

static bool has_room(const struct step *step, const struct roster *roster)
{
    const uint64_t polygons = (uint64_t)roster->district_count + roster->area_count;
    const uint64_t records = 2 + polygons + roster->circle_count + roster->unit_count +
                             roster->centre_count + roster->checkpoint_count + roster->plan_count;
    uint64_t points = 0;
    for (uint32_t i = 0; i < roster->district_count; i++) {
        points += roster->districts[i].point_count;
    }
    for (uint32_t i = 0; i < roster->area_count; i++) {
        points += roster->areas[i].point_count;
    }
    const uint64_t bytes = 16 + polygons * DISTRICT_BYTES + points * DISTRICT_POINT_BYTES +
                           (uint64_t)roster->circle_count * CIRCLE_BYTES +
                           (uint64_t)roster->unit_count * UNIT_BYTES +
                           (uint64_t)roster->centre_count * CENTRE_BYTES +
                           (uint64_t)roster->checkpoint_count * CHECKPOINT_BYTES +
                           (uint64_t)roster->plan_count * PLAN_BYTES;
    return records <= ROSTER_EVENTS_MAX && step_has_room(step, (uint32_t)records, bytes);
}

static enum reason check(const struct step *step, const struct roster *roster)
{
    const uint32_t circles = step->engine->circle_count + new_circles(step->engine, roster);
    const enum reason districts = check_districts(step, roster);
    if (districts != REASON_NONE) {
        return districts;
    }
    const enum reason areas = check_areas(step, roster);
    if (areas != REASON_NONE) {
        return areas;
    }
    const enum reason bad_circle = check_circles(roster);
    if (bad_circle != REASON_NONE) {
        return bad_circle;
    }
    const enum reason units = check_units(step, roster, circles);
    if (units != REASON_NONE) {
        return units;
    }
    const enum reason centres = check_centres(step->engine, roster);
    if (centres != REASON_NONE) {
        return centres;
    }
    const enum reason checkpoints = check_checkpoints(step->engine, roster, circles);
    if (checkpoints != REASON_NONE) {
        return checkpoints;
    }

    const enum reason plans = circle_plan_check(step, roster);
    if (plans != REASON_NONE) {
        return plans;
    }
    return circles > step->engine->config.limits.circles_max || !has_room(step, roster)
               ? REASON_CAPACITY
               : REASON_NONE;
}

static void put_districts(struct step *step, const struct roster *roster)
{
    if (roster->district_count == 0 || roster_same_districts(step->engine, roster)) {
        return;
    }
    step_event(step, EVENT_DISTRICTS_CLEARED);
    step_emit(step);
    for (uint32_t i = 0; i < roster->district_count; i++) {
        const struct district_definition *district = &roster->districts[i];
        struct event *event = step_event(step, EVENT_DISTRICT_PUT);
        event->district.index = (uint8_t)i;
        memcpy(event->district.code, district->code, CODE_SIZE);
        memcpy(event->district.name, district->name, NAME_SIZE);
        event->district.ring_count = district->ring_count;
        memcpy(event->district.ring_sizes, &roster->ring_sizes[district->ring_first],
               district->ring_count * sizeof(uint32_t));
        memcpy(event->district.points, &roster->points[district->point_first],
               district->point_count * sizeof(struct geo_point));
        step_emit(step);
    }
}

static void put_areas(struct step *step, const struct roster *roster)
{
    if (roster->area_count == 0 || roster_same_areas(step->engine, roster)) {
        return;
    }
    step_event(step, EVENT_AREAS_CLEARED);
    step_emit(step);
    for (uint32_t i = 0; i < roster->area_count; i++) {
        const struct area_definition *area = &roster->areas[i];
        struct event *event = step_event(step, EVENT_AREA_PUT);
        event->area.index = i;
        event->area.kind = area->kind;
        memcpy(event->area.code, area->code, CODE_SIZE);
        memcpy(event->area.name, area->name, NAME_SIZE);
        event->area.ring_count = area->ring_count;
        memcpy(event->area.ring_sizes, &roster->ring_sizes[area->ring_first],
               area->ring_count * sizeof(uint32_t));
        memcpy(event->area.points, &roster->points[area->point_first],
               area->point_count * sizeof(struct geo_point));
        step_emit(step);
    }
}

static uint8_t district_of(const struct engine *engine, uint8_t given, struct geo_point at)
{
    return given == DISTRICT_NONE ? district_at(engine, at) : given;
}

static void put_circle(struct step *step, struct circle_definition circle)
{
    const struct engine *engine = step->engine;
    const uint32_t known = code_table_find(&engine->circle_codes, circle.code);
    circle.district = district_of(engine, circle.district, circle.at);
    if (known != UINT32_MAX && roster_same_circle(&engine->circles[known], &circle)) {
        return;
    }
    struct event *event = step_event(step, EVENT_CIRCLE_PUT);
    event->circle.index = known == UINT32_MAX ? engine->circle_count : known;
    event->circle.circle = circle;
    step_emit(step);
}

static void put_unit(struct step *step, struct unit_definition unit)
{
    const struct engine *engine = step->engine;
    const uint32_t known = code_table_find(&engine->unit_codes, unit.code);
    if (unit.has_home) {
        unit.district = district_of(engine, unit.district, unit.home);
    } else {
        unit.home = (struct geo_point){0, 0};
    }
    if (known != UINT32_MAX && roster_same_unit(&engine->units[known].definition, &unit)) {
        return;
    }
    struct event *event = step_event(step, EVENT_UNIT_PUT);
    event->unit.unit_id = known == UINT32_MAX ? engine->unit_count : known;
    event->unit.unit = unit;
    step_emit(step);
}

static void put_centre(struct step *step, struct centre_definition centre)
{
    const struct engine *engine = step->engine;
    const uint32_t known = code_table_find(&engine->centre_codes, centre.code);
    centre.district = district_of(engine, centre.district, centre.at);
    if (known != UINT32_MAX && roster_same_centre(&engine->centres[known], &centre)) {
        return;
    }
    struct event *event = step_event(step, EVENT_CENTRE_PUT);
    event->centre.index = known == UINT32_MAX ? engine->centre_count : known;
    event->centre.centre = centre;
    step_emit(step);
}

static void put_checkpoint(struct step *step, struct checkpoint_definition checkpoint)
{
    const struct engine *engine = step->engine;
    const uint32_t known = code_table_find(&engine->checkpoint_codes, checkpoint.code);
    checkpoint.district = district_of(engine, checkpoint.district, checkpoint.at);
    if (known != UINT32_MAX &&
        roster_same_checkpoint(&engine->checkpoints[known].definition, &checkpoint)) {
        return;
    }
    struct event *event = step_event(step, EVENT_CHECKPOINT_PUT);
    event->checkpoint.index = known == UINT32_MAX ? engine->checkpoint_count : known;
    event->checkpoint.checkpoint = checkpoint;
    step_emit(step);
}

void roster_put(struct step *step)
{
    const struct roster *roster = &step->command->roster;
    const enum reason refusal = check(step, roster);
    if (refusal != REASON_NONE) {
        step_refuse(step, refusal, (struct step_about){.unit_id = UNIT_NONE});
        return;
    }
    put_districts(step, roster);
    put_areas(step, roster);
    for (uint32_t i = 0; i < roster->circle_count; i++) {
        put_circle(step, roster->circles[i]);
    }
    for (uint32_t i = 0; i < roster->unit_count; i++) {
        put_unit(step, roster->units[i]);
    }
    for (uint32_t i = 0; i < roster->centre_count; i++) {
        put_centre(step, roster->centres[i]);
    }
    for (uint32_t i = 0; i < roster->checkpoint_count; i++) {
        put_checkpoint(step, roster->checkpoints[i]);
    }
    circle_plan_put_all(step, roster);
}
