#include "engine/core/district.h"

#include <assert.h>

#include "geo/geo_area.h"

static void build(const struct engine *engine)
{
    struct district_lookup *lookup = engine->lookup;
    geo_area_set_clear(lookup->set);
    for (uint32_t i = 0; i < engine->district_count; i++) {
        const struct district *district = &engine->districts[i];
        const enum geo_status added =
            geo_area_set_add(lookup->set, i, &engine->points[district->point_first],
                             district->ring_sizes, district->ring_count);
        assert(added == GEO_OK); /* roster.c and the codec let nothing else in */
    }
    const enum geo_status built = geo_area_set_build(lookup->set);
    assert(built == GEO_OK);
    lookup->is_stale = false;
}

uint8_t district_at(const struct engine *engine, struct geo_point at)
{
    if (engine->lookup->is_stale) {
        build(engine);
    }
    uint32_t index = DISTRICT_NONE;
    return geo_area_set_find(engine->lookup->set, at, &index, 1) == 0 ? DISTRICT_NONE
                                                                      : (uint8_t)index;
}
