#ifndef GEO_IMPORT_GEO_IMPORT_CCH_H
#define GEO_IMPORT_GEO_IMPORT_CCH_H

#include "geo/import/geo_import_graph.h"

/* The customizable contraction hierarchy of geo_map.h: the graph of all edges, whoever may use
 * them, ordered by nested dissection (METIS), the elimination tree in post-order, contracted. */
struct geo_import_cch {
    struct geo_import_list rank;     /* uint32_t, a node */
    struct geo_import_list order;    /* uint32_t, a rank */
    struct geo_import_list up_first; /* uint32_t, node count + 1 */
    struct geo_import_list up_head;  /* uint32_t */
    struct geo_import_list edge_arc; /* uint32_t, edge * 2 + backward */
};

GEO_MUST_CHECK enum geo_status geo_import_cch_build(const struct geo_import_graph *graph,
                                                    struct geo_import_report *report,
                                                    struct geo_import_cch *cch);
void geo_import_cch_finish(struct geo_import_cch *cch);

#endif
