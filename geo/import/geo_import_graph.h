#ifndef GEO_IMPORT_GEO_IMPORT_GRAPH_H
#define GEO_IMPORT_GEO_IMPORT_GRAPH_H

#include "geo/import/geo_import_source.h"

/* From roads to the road graph of geo_map.h, in four steps:
 *
 * chains: roads are split at crossings, at their ends, at barriers and where rules or names change;
 *   what lies between is one edge with its geometry.
 * turns: crossings with turn restrictions become several nodes (geo_import_turn.h).
 * order: nodes along a Hilbert curve, edges by their first node, travel times, arcs by arrival.
 * components: the largest strongly connected part of each profile. */

/* An edge before ordering. Nodes are in order of creation. */
struct geo_import_chain {
    uint32_t from, to, back_from, back_to; /* as in geo_edge */
    uint32_t road;                         /* index into source->roads: at `from` */
    uint32_t road_last;                    /* at `to`: of the same rules, name and ref */
    uint32_t shape_count;
    size_t shape_first; /* into chains->shape */
    uint64_t length_cm;
    bool is_reversed;  /* it runs against the road */
    bool is_gate;      /* through a barrier or a crossing, without length */
    bool is_turn;      /* a gate that is a turn: one way, and takes no time */
    uint8_t gate_open; /* profiles that pass the gate, bit p */
};

/* A point that turn restrictions name, as a node of the graph. */
struct geo_import_crossing {
    uint32_t node; /* of the source */
    uint32_t graph_node;
};

struct geo_import_chains {
    struct geo_import_list nodes;     /* struct geo_point */
    struct geo_import_list shape;     /* struct geo_point */
    struct geo_import_list chains;    /* struct geo_import_chain */
    struct geo_import_list crossings; /* struct geo_import_crossing, by node */
};

#define GEO_IMPORT_PIECE_CM_MAX 20000000u  /* 200 km between two points is an error in the data */
#define GEO_IMPORT_EDGE_CM_MAX  100000000u /* 1,000 km at 1 km/h is 3.6e9 ms: fits 32 bits */
#define GEO_IMPORT_SHAPE_MAX    65535u     /* points of one edge: geo_edge.shape_count is 16 bits */

GEO_MUST_CHECK enum geo_status geo_import_chain_build(struct geo_import_source *source,
                                                      struct geo_import_chains *chains);
void geo_import_chain_finish(struct geo_import_chains *chains);

struct geo_import_graph {
    struct geo_import_list nodes;    /* struct geo_point */
    struct geo_import_list edges;    /* struct geo_edge; name is still in source->text */
    struct geo_import_list shape;    /* struct geo_point */
    struct geo_import_list in_first; /* uint32_t, node count + 1 a profile */
    struct geo_import_list in_arcs;  /* struct geo_arc */
    struct geo_import_list is_gate;  /* bool, an edge: without length, not for the snap grid */
    int32_t south_e7, west_e7, north_e7, east_e7;
};

GEO_MUST_CHECK enum geo_status geo_import_graph_build(struct geo_import_source *source,
                                                      struct geo_import_graph *graph);
void geo_import_graph_finish(struct geo_import_graph *graph);

/* Set geo_edge.component. Needs in_first and in_arcs. */
GEO_MUST_CHECK enum geo_status geo_import_component_mark(struct geo_import_graph *graph,
                                                         struct geo_import_report *report);

/* Where a point lies on a Hilbert curve over the whole Earth. */
uint64_t geo_import_graph_hilbert(struct geo_point at);

/* Point `index` of an edge's line: 0 is its `from`, shape_count + 1 its `to`. */
struct geo_point geo_import_graph_point(const struct geo_import_graph *graph,
                                        const struct geo_edge *edge, uint32_t index);

#endif
