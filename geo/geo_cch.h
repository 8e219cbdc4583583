#ifndef GEO_GEO_CCH_H
#define GEO_GEO_CCH_H

#include "geo/geo_map.h"

/* The map's contraction hierarchy with what a metric needs beside it. Constant after create: any
 * number of threads and metrics share it. */
struct geo_cch {
    const struct geo_map *map;
    uint32_t node_count, arc_count;
    const uint32_t *rank, *order, *up_first, *up_head, *edge_arc; /* the map's own */
    uint32_t *parent;     /* a rank: one step up the elimination tree; GEO_CCH_ROOT at its top */
    uint32_t *tail;       /* an arc: its lower rank */
    uint32_t *down_first; /* node_count + 1 */
    uint32_t *down_arc;   /* arcs to a rank from below, ascending */
    uint32_t *road_first; /* arc_count + 1 */
    uint32_t *roads;      /* what lies on an arc: edge * 2 + backward */
    uint32_t *length_cm;  /* an edge */

    /* The triangles, by their lowest rank, then by pairs of arcs (i, k > i) above it: where in the
     * row of i's head the arc to k's head stands. A pass over them reads memory in order. */
    uint16_t *triangles;
};
#define GEO_CCH_ROOT    UINT32_MAX
#define GEO_CCH_ROW_MAX 65535u /* arcs above one node: `triangles` is 16 bits wide */

/* GEO_BAD_SECTION: the hierarchy of the map is damaged; verify-map tells more. GEO_FULL: past
 * GEO_CCH_ROW_MAX. */
GEO_MUST_CHECK enum geo_status geo_cch_create(const struct geo_map *map, struct geo_cch **out);
void geo_cch_destroy(struct geo_cch *cch);

#endif
