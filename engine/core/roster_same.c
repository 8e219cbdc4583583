#include "engine/core/roster_same.h"

#include <string.h>

#include "engine/core/patrol.h"

static bool same_place(struct geo_point a, struct geo_point b)
{
    return a.lat_e7 == b.lat_e7 && a.lon_e7 == b.lon_e7;
}

bool roster_same_circle(const struct circle_definition *a, const struct circle_definition *b)
{
    bool is_same = types_same_text(a->code, b->code) && types_same_text(a->name, b->name) &&
                   same_place(a->at, b->at) && a->radius_m == b->radius_m &&
                   a->district == b->district && a->shift_count == b->shift_count;
    for (uint32_t i = 0; is_same && i < a->shift_count; i++) {
        is_same = a->shifts[i].from_min == b->shifts[i].from_min &&
                  a->shifts[i].minimum == b->shifts[i].minimum;
    }
    return is_same;
}

bool roster_same_unit(const struct unit_definition *a, const struct unit_definition *b)
{
    return types_same_text(a->code, b->code) && types_same_text(a->name, b->name) &&
           a->kind == b->kind && a->capabilities == b->capabilities && a->circle == b->circle &&
           a->area == b->area && a->district == b->district && a->has_home == b->has_home &&
           same_place(a->home, b->home) && a->people == b->people && a->synthetic == b->synthetic;
}

bool roster_same_centre(const struct centre_definition *a, const struct centre_definition *b)
{
    return types_same_text(a->code, b->code) && types_same_text(a->name, b->name) &&
           a->kind == b->kind && same_place(a->at, b->at) && a->district == b->district;
}

bool roster_same_checkpoint(const struct checkpoint_definition *a,
                            const struct checkpoint_definition *b)
{
    return types_same_text(a->code, b->code) && types_same_text(a->name, b->name) &&
           same_place(a->at, b->at) && a->radius_m == b->radius_m && a->circle == b->circle &&
           a->district == b->district && a->from_min == b->from_min && a->to_min == b->to_min &&
           a->every_min == b->every_min && a->stay_s == b->stay_s && patrol_same_stops(a, b);
}

struct outline {
    const uint32_t *ring_sizes;
    const struct geo_point *points;
    uint32_t ring_count, point_count;
};

static bool same_outline(struct outline a, struct outline b)
{
    bool is_same = a.ring_count == b.ring_count && a.point_count == b.point_count;
    for (uint32_t i = 0; is_same && i < a.ring_count; i++) {
        is_same = a.ring_sizes[i] == b.ring_sizes[i];
    }
    for (uint32_t i = 0; is_same && i < a.point_count; i++) {
        is_same = same_place(a.points[i], b.points[i]);
    }
    return is_same;
}

bool roster_same_districts(const struct engine *engine, const struct roster *roster)
{
    bool is_same = roster->district_count == engine->district_count;
    for (uint32_t i = 0; is_same && i < roster->district_count; i++) {
        const struct district_definition *now = &roster->districts[i];
        const struct district *was = &engine->districts[i];
        const struct outline drawn = {&roster->ring_sizes[now->ring_first],
                                      &roster->points[now->point_first], now->ring_count,
                                      now->point_count};
        const struct outline there = {was->ring_sizes, &engine->points[was->point_first],
                                      was->ring_count, was->point_count};
        is_same = types_same_text(now->code, was->code) && types_same_text(now->name, was->name) &&
                  same_outline(drawn, there);
    }
    return is_same;
}

bool roster_same_areas(const struct engine *engine, const struct roster *roster)
{
    bool is_same = roster->area_count == engine->area_count;
    for (uint32_t i = 0; is_same && i < roster->area_count; i++) {
        const struct area_definition *now = &roster->areas[i];
        const struct area *was = &engine->areas[i];
        const struct outline drawn = {&roster->ring_sizes[now->ring_first],
                                      &roster->points[now->point_first], now->ring_count,
                                      now->point_count};
        const struct outline there = {was->ring_sizes, &engine->area_corners[was->point_first],
                                      was->ring_count, was->point_count};
        is_same = types_same_text(now->code, was->code) && types_same_text(now->name, was->name) &&
                  now->kind == was->kind && same_outline(drawn, there);
    }
    return is_same;
}
