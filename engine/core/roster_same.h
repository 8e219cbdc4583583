#ifndef ENGINE_CORE_ROSTER_SAME_H
#define ENGINE_CORE_ROSTER_SAME_H

#include "engine/core/state.h"

/* Whether a roster says what is there already: a file read again makes no event. Texts count up to
 * their end, whatever lies behind it. */
bool roster_same_circle(const struct circle_definition *a, const struct circle_definition *b);
bool roster_same_unit(const struct unit_definition *a, const struct unit_definition *b);
bool roster_same_centre(const struct centre_definition *a, const struct centre_definition *b);
bool roster_same_checkpoint(const struct checkpoint_definition *a,
                            const struct checkpoint_definition *b);
/* All of them, in their order. */
bool roster_same_districts(const struct engine *engine, const struct roster *roster);
bool roster_same_areas(const struct engine *engine, const struct roster *roster);

#endif
