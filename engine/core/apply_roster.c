#include <string.h>

#include "engine/core/apply.h"
#include "engine/core/presence.h"
#include "engine/core/staffing.h"

enum status apply_roster_districts_cleared(struct engine *engine)
{
    engine->district_count = 0;
    engine->district_points = 0;
    engine->lookup->is_stale = true;
    return STATUS_OK;
}

enum status apply_roster_district(struct engine *engine, const struct event *event)
{
    uint32_t points = 0;
    for (uint32_t i = 0; i < event->district.ring_count; i++) {
        points += event->district.ring_sizes[i];
    }
    if (event->district.index != engine->district_count ||
        engine->district_count == DISTRICTS_MAX || points > DISTRICT_POINTS_MAX ||
        points > engine->config.limits.area_points_max - engine->district_points) {
        return STATUS_CORRUPT;
    }
    struct district *district = &engine->districts[engine->district_count];
    *district = (struct district){.ring_count = event->district.ring_count,
                                  .point_first = engine->district_points,
                                  .point_count = points};
    memcpy(district->code, event->district.code, CODE_SIZE);
    memcpy(district->name, event->district.name, NAME_SIZE);
    memcpy(district->ring_sizes, event->district.ring_sizes,
           event->district.ring_count * sizeof(uint32_t));
    memcpy(&engine->points[engine->district_points], event->district.points,
           points * sizeof(struct geo_point));
    engine->district_points += points;
    engine->district_count++;
    engine->lookup->is_stale = true;
    return STATUS_OK;
}

static void areas_changed(struct engine *engine)
{
    for (uint32_t i = 0; i < AREA_KIND_COUNT; i++) {
        engine->area_lookups[i].is_stale = true;
    }
}

enum status apply_roster_areas_cleared(struct engine *engine)
{
    engine->area_count = 0;
    engine->area_points = 0;
    code_table_clear(&engine->area_codes);
    areas_changed(engine);
    return STATUS_OK;
}

enum status apply_roster_area(struct engine *engine, const struct event *event)
{
    uint32_t points = 0;
    for (uint32_t i = 0; i < event->area.ring_count; i++) {
        points += event->area.ring_sizes[i];
    }
    if (event->area.index != engine->area_count ||
        engine->area_count == engine->config.limits.areas_max || points > DISTRICT_POINTS_MAX ||
        points > engine->config.limits.area_points_max - engine->area_points ||
        code_table_find(&engine->area_codes, event->area.code) != UINT32_MAX) {
        return STATUS_CORRUPT;
    }
    struct area *area = &engine->areas[engine->area_count];
    *area = (struct area){.kind = event->area.kind,
                          .ring_count = event->area.ring_count,
                          .point_first = engine->area_points,
                          .point_count = points};
    memcpy(area->code, event->area.code, CODE_SIZE);
    memcpy(area->name, event->area.name, NAME_SIZE);
    memcpy(area->ring_sizes, event->area.ring_sizes, event->area.ring_count * sizeof(uint32_t));
    memcpy(&engine->area_corners[engine->area_points], event->area.points,
           points * sizeof(struct geo_point));
    code_table_put(&engine->area_codes, area->code, engine->area_count);
    engine->area_points += points;
    engine->area_count++;
    areas_changed(engine);
    return STATUS_OK;
}

enum status apply_roster_circle(struct engine *engine, const struct event *event)
{
    const uint32_t index = event->circle.index;
    const uint32_t known = code_table_find(&engine->circle_codes, event->circle.circle.code);
    const bool is_new = index == engine->circle_count;
    if (index > engine->circle_count || index >= engine->config.limits.circles_max ||
        known != (is_new ? UINT32_MAX : index) || !staffing_rota_valid(&event->circle.circle)) {
        return STATUS_CORRUPT;
    }
    engine->circles[index] = event->circle.circle;
    if (is_new) {
        code_table_put(&engine->circle_codes, event->circle.circle.code, index);
        engine->circle_count++;
    }
    return STATUS_OK;
}

enum status apply_roster_unit(struct engine *engine, const struct event *event)
{
    const uint32_t unit_id = event->unit.unit_id;
    const struct unit_definition *definition = &event->unit.unit;
    const uint32_t known = code_table_find(&engine->unit_codes, definition->code);
    const bool is_new = unit_id == engine->unit_count;
    if (unit_id > engine->unit_count || unit_id >= engine->config.limits.units_max ||
        known != (is_new ? UINT32_MAX : unit_id) ||
        (definition->circle != CIRCLE_NONE && definition->circle >= engine->circle_count) ||
        (definition->area != AREA_NONE && definition->area >= engine->area_count)) {
        return STATUS_CORRUPT;
    }
    struct unit *unit = &engine->units[unit_id];
    if (is_new) {
        *unit = (struct unit){.duty = DUTY_OFF,
                              .people = definition->people,
                              .status_ms = event->at_ms,
                              .assignment = SLOT_NONE};
        code_table_put(&engine->unit_codes, definition->code, unit_id);
        engine->unit_count++;
    }
    unit->definition = *definition;
    presence_define(engine, unit_id);
    return STATUS_OK;
}

enum status apply_roster_centre(struct engine *engine, const struct event *event)
{
    const uint32_t index = event->centre.index;
    const uint32_t known = code_table_find(&engine->centre_codes, event->centre.centre.code);
    const bool is_new = index == engine->centre_count;
    if (index > engine->centre_count || index >= CENTRES_MAX ||
        known != (is_new ? UINT32_MAX : index)) {
        return STATUS_CORRUPT;
    }
    engine->centres[index] = event->centre.centre;
    if (is_new) {
        code_table_put(&engine->centre_codes, event->centre.centre.code, index);
        engine->centre_count++;
    }
    return STATUS_OK;
}

enum status apply_roster_duty(struct engine *engine, const struct event *event)
{
    if (event->duty.unit_id >= engine->unit_count) {
        return STATUS_CORRUPT;
    }
    struct unit *unit = &engine->units[event->duty.unit_id];
    if (event->duty.duty != DUTY_ON && unit->assignment != SLOT_NONE) {
        return STATUS_CORRUPT;
    }
    const enum unit_status before = state_unit_status(engine, unit);
    unit->duty = event->duty.duty;
    unit->duty_reason = event->duty.reason;
    unit->people = event->duty.people;
    unit->sign_on = event->duty.sign_on;
    if (state_unit_status(engine, unit) != before) {
        unit->status_ms = event->at_ms;
    }
    presence_sign_on(engine, event->duty.unit_id);
    return STATUS_OK;
}
