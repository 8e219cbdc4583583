#ifndef ENGINE_HOST_ROSTER_IMPORT_H
#define ENGINE_HOST_ROSTER_IMPORT_H

#include "engine/core/engine.h"
#include "geo/geo_coordinate.h"
#include "proto/proto_roster.h"

/* A decoded roster as a command of the core: codes become indexes of what is there already. What a
 * code refers to and nobody has is an error of its line; with one error nothing is imported. */
struct roster_import {
    struct roster roster; /* points into the arrays below */
    struct district_definition *districts;
    struct area_definition *areas;
    struct geo_point *points;
    uint32_t *ring_sizes;
    struct circle_definition *circles;
    struct unit_definition *units;
    struct centre_definition *centres;
    struct checkpoint_definition *checkpoints;
    struct circle_plan *plans;
    enum geo_crs crs;
    uint32_t added, updated;
};

/* Places are converted from `crs`, and must lie in the city of the configured map.
 * STATUS_BAD_INPUT: `read` has the errors; STATUS_FULL: more than the engine's limits hold. Finish
 * either way. */
MUST_CHECK enum status roster_import_init(struct roster_import *import, struct proto_roster *read,
                                          enum geo_crs crs, const struct engine *engine,
                                          const struct engine_config *config);
void roster_import_finish(struct roster_import *import);

#endif
