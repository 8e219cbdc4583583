#ifndef GEO_GEO_CLIMB_H
#define GEO_GEO_CLIMB_H

#include "geo/geo_metric.h"

/* One place, travel times to it from anywhere, each made when it is asked for: lazy RPHAST
 * (Delling, Goldberg, Werneck 2011; Blaesius et al. 2025). Start climbs from the place to the top
 * of the elimination tree; a question climbs until it meets a rank that is known. Who leaves what
 * lies below a rank passes one of those its arcs lead up to, so a question with a bound ends where
 * they are all farther than that. Nothing is cleared between places: a label counts only under the
 * current version. */
struct geo_climb_label {
    uint32_t travel_ms;
    uint32_t version; /* the climb's: over what lies below alone; + 1: final; + 2: at least so long,
                         from the rank and from all below it */
};

struct geo_climb {
    const struct geo_metric *metric; /* of this climb */
    uint32_t nodes_max;
    uint32_t bound_ms;
    uint32_t version;
    uint32_t path_count;
    struct geo_climb_label *labels; /* by rank */
    uint32_t *path;                 /* of the place: ranks from low to high */
    uint32_t *path_ms;              /* the same: over what lies below them alone */
    uint32_t *stack;                /* scratch */
};

struct geo_climb_seed {
    uint32_t node;
    uint32_t travel_ms; /* from the node to the place; GEO_METRIC_NEVER or more: not from here */
};

GEO_MUST_CHECK bool geo_climb_init(struct geo_climb *climb, uint32_t nodes_max);
void geo_climb_finish(struct geo_climb *climb);

/* No question until the next start has a greater bound; less than GEO_METRIC_NEVER. */
void geo_climb_start(struct geo_climb *climb, const struct geo_metric *metric,
                     const struct geo_climb_seed seeds[2], uint32_t bound_ms);

/* From the rank to the place going down alone; GEO_METRIC_NEVER: it is not above the place. For a
 * climb without a bound: one of GEO_METRIC_NEVER - 1. */
uint32_t geo_climb_down_ms(const struct geo_climb *climb, uint32_t rank);

/* From a node to the place; GEO_METRIC_NEVER: no way, or none within the bound, which is less than
 * that. */
uint32_t geo_climb_ms(struct geo_climb *climb, uint32_t node, uint32_t bound_ms);

#endif
