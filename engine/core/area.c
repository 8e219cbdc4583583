#include "engine/core/area.h"

#include <assert.h>

#include "geo/geo_area.h"

static void build(const struct engine *engine, enum area_kind kind)
{
    struct district_lookup *lookup = &engine->area_lookups[kind];
    geo_area_set_clear(lookup->set);
    for (uint32_t i = 0; i < engine->area_count; i++) {
        const struct area *area = &engine->areas[i];
        if (area->kind != kind) {
            continue;
        }
        const enum geo_status added =
            geo_area_set_add(lookup->set, i, &engine->area_corners[area->point_first],
                             area->ring_sizes, area->ring_count);
        assert(added == GEO_OK); /* roster.c and the codec let nothing else in */
    }
    const enum geo_status built = geo_area_set_build(lookup->set);
    assert(built == GEO_OK);
    lookup->is_stale = false;
}

uint32_t area_at(const struct engine *engine, enum area_kind kind, struct geo_point at)
{
    assert(kind < AREA_KIND_COUNT);
    if (engine->area_count == 0) {
        return AREA_NONE;
    }
    assert(engine->area_lookups[kind].set != NULL);
    if (engine->area_lookups[kind].is_stale) {
        build(engine, kind);
    }
    uint32_t index = AREA_NONE;
    return geo_area_set_find(engine->area_lookups[kind].set, at, &index, 1) == 0 ? AREA_NONE
                                                                                 : index;
}

void area_find_all(const struct engine *engine, struct geo_point at,
                   uint32_t areas[AREA_KIND_COUNT])
{
    for (uint32_t i = 0; i < AREA_KIND_COUNT; i++) {
        areas[i] = area_at(engine, (enum area_kind)i, at);
    }
}

bool area_valid(const struct engine *engine, const uint32_t areas[AREA_KIND_COUNT])
{
    bool is_valid = true;
    for (uint32_t i = 0; i < AREA_KIND_COUNT; i++) {
        is_valid = is_valid && (areas[i] == AREA_NONE || (areas[i] < engine->area_count &&
                                                          engine->areas[areas[i]].kind == i));
    }
    return is_valid;
}
