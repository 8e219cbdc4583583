#include "geo/import/geo_import_graph.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct ranked_node {
    uint64_t rank;
    uint32_t index;
};

struct ranked_edge {
    uint32_t from, to, back_from, back_to; /* in the new order */
    uint32_t index;                        /* in chains */
};

uint64_t geo_import_graph_hilbert(struct geo_point at)
{
    uint32_t x = (uint32_t)(at.lon_e7 + 1800000000LL);
    uint32_t y = (uint32_t)(at.lat_e7 + 900000000LL);
    uint64_t rank = 0;
    for (uint32_t side = UINT32_C(1) << 31; side > 0; side >>= 1) {
        const uint32_t right = (x & side) != 0;
        const uint32_t upper = (y & side) != 0;
        rank = rank << 2 | ((3u * right) ^ upper);
        if (upper == 0) { /* turn the quarter so that the curve goes on where it left */
            if (right == 1) {
                x = ~x;
                y = ~y;
            }
            const uint32_t swapped = x;
            x = y;
            y = swapped;
        }
    }
    return rank;
}

struct geo_point geo_import_graph_point(const struct geo_import_graph *graph,
                                        const struct geo_edge *edge, uint32_t index)
{
    assert(index <= edge->shape_count + 1u);
    const struct geo_point *nodes = graph->nodes.items;
    const struct geo_point *shape = graph->shape.items;
    if (index == 0) {
        return nodes[edge->from];
    }
    return index > edge->shape_count ? nodes[edge->to] : shape[edge->shape_first + index - 1];
}

static int compare_nodes(const void *a, const void *b)
{
    const struct ranked_node *one = a;
    const struct ranked_node *other = b;
    if (one->rank != other->rank) {
        return one->rank < other->rank ? -1 : 1;
    }
    return (one->index > other->index) - (one->index < other->index);
}

static int compare_edges(const void *a, const void *b)
{
    const struct ranked_edge *one = a;
    const struct ranked_edge *other = b;
    if (one->from != other->from) {
        return one->from < other->from ? -1 : 1;
    }
    if (one->to != other->to) {
        return one->to < other->to ? -1 : 1;
    }
    return (one->index > other->index) - (one->index < other->index);
}

static int compare_arcs(const void *a, const void *b)
{
    const struct geo_arc *one = a;
    const struct geo_arc *other = b;
    if (one->tail != other->tail) {
        return one->tail < other->tail ? -1 : 1;
    }
    return (one->edge > other->edge) - (one->edge < other->edge);
}

/* Fill graph->nodes; new_index[old] is where a node went. */
static enum geo_status order_nodes(const struct geo_import_chains *chains,
                                   struct geo_import_graph *graph, uint32_t new_index[])
{
    const struct geo_point *points = chains->nodes.items;
    const size_t count = chains->nodes.count;
    struct ranked_node *ranked = calloc(count + 1, sizeof *ranked);
    if (ranked == NULL) {
        return GEO_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        ranked[i] =
            (struct ranked_node){.rank = geo_import_graph_hilbert(points[i]), .index = (uint32_t)i};
    }
    qsort(ranked, count, sizeof *ranked, compare_nodes);
    struct geo_point *nodes = geo_import_list_append(&graph->nodes, NULL, count);
    for (size_t i = 0; nodes != NULL && i < count; i++) {
        nodes[i] = points[ranked[i].index];
        new_index[ranked[i].index] = (uint32_t)i;
    }
    free(ranked);
    return nodes == NULL ? GEO_NO_MEMORY : GEO_OK;
}

static uint32_t travel_ms(uint64_t length_cm, uint32_t speed_mh)
{
    if (speed_mh == 0) {
        return GEO_TRAVEL_NEVER;
    }
    const uint64_t travel = (length_cm * 36000u + speed_mh - 1) / speed_mh;
    assert(travel < GEO_TRAVEL_NEVER);
    return travel == 0 ? 1 : (uint32_t)travel;
}

static void set_travel(const struct geo_import_source *source, const struct geo_import_chain *chain,
                       struct geo_edge *edge)
{
    const struct geo_import_road *roads = source->roads.items;
    const struct geo_import_rule *rule = &roads[chain->road].rule;
    const unsigned along = chain->is_reversed ? GEO_IMPORT_BACKWARD : GEO_IMPORT_FORWARD;
    for (unsigned p = 0; p < GEO_PROFILE_COUNT; p++) {
        if (chain->is_gate) {
            const uint32_t takes_ms = chain->is_turn ? 0 : 1;
            const uint32_t gate_ms =
                (chain->gate_open >> p & 1u) != 0 ? takes_ms : GEO_TRAVEL_NEVER;
            edge->forward_ms[p] = gate_ms;
            edge->backward_ms[p] = chain->is_turn ? GEO_TRAVEL_NEVER : gate_ms;
        } else {
            edge->forward_ms[p] = travel_ms(chain->length_cm, rule->speed_mh[along][p]);
            edge->backward_ms[p] = travel_ms(chain->length_cm, rule->speed_mh[along ^ 1u][p]);
        }
    }
}

static enum geo_status add_edge(const struct geo_import_source *source,
                                const struct geo_import_chains *chains,
                                const struct ranked_edge *ranked, struct geo_import_graph *graph)
{
    const struct geo_import_chain *all = chains->chains.items;
    const struct geo_import_chain *chain = &all[ranked->index];
    const struct geo_import_road *roads = source->roads.items;
    const struct geo_import_road *road = &roads[chain->road];
    const struct geo_point *shape = chains->shape.items;
    if (graph->shape.count + chain->shape_count > UINT32_MAX) {
        return GEO_FULL;
    }
    struct geo_edge *edge = geo_import_list_add(&graph->edges);
    bool *is_gate = geo_import_list_add(&graph->is_gate);
    if (edge == NULL || is_gate == NULL) {
        return GEO_NO_MEMORY;
    }
    *is_gate = chain->is_gate;
    const uint32_t name = road->name != 0 ? road->name : road->ref;
    *edge = (struct geo_edge){.from = ranked->from,
                              .to = ranked->to,
                              .back_from = ranked->back_from,
                              .back_to = ranked->back_to,
                              .shape_first = (uint32_t)graph->shape.count,
                              .shape_count = (uint16_t)chain->shape_count,
                              .road_class = road->rule.road_class,
                              .component = road->rule.level,
                              .name = chain->is_gate ? 0 : name,
                              .length_cm = (uint32_t)chain->length_cm};
    set_travel(source, chain, edge);
    if (chain->shape_count == 0) {
        return GEO_OK;
    }
    return geo_import_list_append(&graph->shape, shape + chain->shape_first, chain->shape_count) ==
                   NULL
               ? GEO_NO_MEMORY
               : GEO_OK;
}

static enum geo_status order_edges(const struct geo_import_source *source,
                                   const struct geo_import_chains *chains,
                                   const uint32_t new_index[], struct geo_import_graph *graph)
{
    const struct geo_import_chain *all = chains->chains.items;
    const size_t count = chains->chains.count;
    if (count >= GEO_ARC_BACKWARD) {
        return GEO_FULL;
    }
    struct ranked_edge *ranked = calloc(count + 1, sizeof *ranked);
    if (ranked == NULL) {
        return GEO_NO_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        ranked[i] = (struct ranked_edge){.from = new_index[all[i].from],
                                         .to = new_index[all[i].to],
                                         .back_from = new_index[all[i].back_from],
                                         .back_to = new_index[all[i].back_to],
                                         .index = (uint32_t)i};
    }
    qsort(ranked, count, sizeof *ranked, compare_edges);
    enum geo_status status = GEO_OK;
    for (size_t i = 0; i < count && status == GEO_OK; i++) {
        status = add_edge(source, chains, &ranked[i], graph);
    }
    free(ranked);
    return status;
}

/* The arcs that arrive at each node, of one profile, appended to in_first and in_arcs. */
static void place_arcs(const struct geo_import_graph *graph, unsigned profile, uint32_t first[],
                       struct geo_arc arcs[])
{
    const struct geo_edge *edges = graph->edges.items;
    for (uint32_t i = 0; i < graph->edges.count; i++) {
        const struct geo_edge *edge = &edges[i];
        if (edge->forward_ms[profile] != GEO_TRAVEL_NEVER) {
            arcs[first[edge->to]++] = (struct geo_arc){edge->from, edge->forward_ms[profile], i};
        }
        if (edge->backward_ms[profile] != GEO_TRAVEL_NEVER) {
            arcs[first[edge->back_to]++] =
                (struct geo_arc){edge->back_from, edge->backward_ms[profile], i | GEO_ARC_BACKWARD};
        }
    }
}

static uint64_t count_arcs(const struct geo_import_graph *graph, unsigned profile, uint32_t first[])
{
    const struct geo_edge *edges = graph->edges.items;
    uint64_t count = 0;
    for (size_t i = 0; i < graph->edges.count; i++) {
        const bool forward = edges[i].forward_ms[profile] != GEO_TRAVEL_NEVER;
        const bool backward = edges[i].backward_ms[profile] != GEO_TRAVEL_NEVER;
        first[edges[i].to] += forward;
        first[edges[i].back_to] += backward;
        count += (uint64_t)forward + backward;
    }
    return count;
}

static enum geo_status build_arcs_of(struct geo_import_graph *graph, unsigned profile)
{
    const size_t nodes = graph->nodes.count;
    const size_t base = graph->in_arcs.count;
    uint32_t *first = geo_import_list_append(&graph->in_first, NULL, nodes + 1);
    if (first == NULL) {
        return GEO_NO_MEMORY;
    }
    const uint64_t count = count_arcs(graph, profile, first);
    if (base + count > UINT32_MAX) {
        return GEO_FULL;
    }
    uint32_t at = (uint32_t)base;
    for (size_t n = 0; n <= nodes; n++) { /* counts to starts */
        const uint32_t here = first[n];
        first[n] = at;
        at += here;
    }
    if (count > 0 && geo_import_list_append(&graph->in_arcs, NULL, (size_t)count) == NULL) {
        return GEO_NO_MEMORY;
    }
    struct geo_arc *arcs = graph->in_arcs.items;
    place_arcs(graph, profile, first, arcs);
    memmove(first + 1, first, nodes * sizeof *first); /* ends to starts */
    first[0] = (uint32_t)base;
    for (size_t n = 0; n < nodes; n++) {
        if (first[n + 1] > first[n]) {
            qsort(arcs + first[n], first[n + 1] - first[n], sizeof *arcs, compare_arcs);
        }
    }
    return GEO_OK;
}

static void set_bounds(struct geo_import_graph *graph)
{
    const struct geo_import_list *const lists[] = {&graph->nodes, &graph->shape};
    graph->south_e7 = INT32_MAX;
    graph->west_e7 = INT32_MAX;
    graph->north_e7 = INT32_MIN;
    graph->east_e7 = INT32_MIN;
    for (size_t k = 0; k < 2; k++) {
        const struct geo_point *points = lists[k]->items;
        for (size_t i = 0; i < lists[k]->count; i++) {
            const struct geo_point at = points[i];
            graph->south_e7 = at.lat_e7 < graph->south_e7 ? at.lat_e7 : graph->south_e7;
            graph->north_e7 = at.lat_e7 > graph->north_e7 ? at.lat_e7 : graph->north_e7;
            graph->west_e7 = at.lon_e7 < graph->west_e7 ? at.lon_e7 : graph->west_e7;
            graph->east_e7 = at.lon_e7 > graph->east_e7 ? at.lon_e7 : graph->east_e7;
        }
    }
}

static enum geo_status order_all(const struct geo_import_source *source,
                                 const struct geo_import_chains *chains,
                                 struct geo_import_graph *graph)
{
    uint32_t *new_index = calloc(chains->nodes.count + 1, sizeof *new_index);
    if (new_index == NULL) {
        return GEO_NO_MEMORY;
    }
    enum geo_status status = order_nodes(chains, graph, new_index);
    if (status == GEO_OK) {
        status = order_edges(source, chains, new_index, graph);
    }
    free(new_index);
    return status;
}

static enum geo_status build(struct geo_import_source *source, struct geo_import_chains *chains,
                             struct geo_import_graph *graph)
{
    if (chains->chains.count == 0) {
        return geo_import_report_fail(
            source->report, GEO_BAD_INPUT,
            "%s: no roads found that a car, a motorcycle or a walker can use",
            source->options->input_path);
    }
    enum geo_status status = order_all(source, chains, graph);
    for (unsigned p = 0; p < GEO_PROFILE_COUNT && status == GEO_OK; p++) {
        status = build_arcs_of(graph, p);
    }
    if (status != GEO_OK) {
        return status;
    }
    set_bounds(graph);
    source->report->counts[GEO_IMPORT_GRAPH_NODES] = graph->nodes.count;
    source->report->counts[GEO_IMPORT_GRAPH_EDGES] = graph->edges.count;
    return geo_import_component_mark(graph, source->report);
}

enum geo_status geo_import_graph_build(struct geo_import_source *source,
                                       struct geo_import_graph *graph)
{
    *graph = (struct geo_import_graph){
        .nodes = GEO_IMPORT_LIST_OF(struct geo_point),
        .edges = GEO_IMPORT_LIST_OF(struct geo_edge),
        .shape = GEO_IMPORT_LIST_OF(struct geo_point),
        .in_first = GEO_IMPORT_LIST_OF(uint32_t),
        .in_arcs = GEO_IMPORT_LIST_OF(struct geo_arc),
        .is_gate = GEO_IMPORT_LIST_OF(bool),
    };
    struct geo_import_chains chains;
    enum geo_status status = geo_import_chain_build(source, &chains);
    if (status != GEO_OK) {
        return status;
    }
    status = build(source, &chains, graph);
    geo_import_chain_finish(&chains);
    if (status != GEO_OK) {
        geo_import_graph_finish(graph);
    }
    return status;
}

void geo_import_graph_finish(struct geo_import_graph *graph)
{
    geo_import_list_finish(&graph->nodes);
    geo_import_list_finish(&graph->edges);
    geo_import_list_finish(&graph->shape);
    geo_import_list_finish(&graph->in_first);
    geo_import_list_finish(&graph->in_arcs);
    geo_import_list_finish(&graph->is_gate);
}
