#ifndef GEO_IMPORT_GEO_IMPORT_TURN_H
#define GEO_IMPORT_GEO_IMPORT_TURN_H

#include "geo/import/geo_import_graph.h"

/* Split the crossings that carry turn restrictions, and only those (geo_edge in geo_map.h says
 * into what). At a crossing of d roads a table of d x d says who may not turn from which road into
 * which. Roads with equal rows share the node they arrive at, roads with equal columns the node
 * they leave from, and every pair of such nodes is joined by an edge for those who may turn. */
GEO_MUST_CHECK enum geo_status geo_import_turn_split(struct geo_import_source *source,
                                                     struct geo_import_chains *chains);

#endif
