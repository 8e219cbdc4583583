#include "geo/import/geo_import_cch.h"

#include <assert.h>
#include <metis.h>
#include <stdlib.h>
#include <string.h>

/* Unbalanced parts may have smaller separators: 200 leaves a quarter fewer triangles than 30, the
 * default, at the same price (measured on New York). The best of 10 separators instead of the first
 * leaves 15 of 100 fewer on Porto and 12 on New York. */
#define UFACTOR 200
#define NSEPS   10
#define SEED    1

_Static_assert(sizeof(idx_t) == sizeof(int32_t), "METIS counts in 32 bits here");

/* Who is whose neighbour, each once and none its own. */
struct neighbours {
    idx_t *first; /* node_count + 1 */
    idx_t *node;
};

static int compare_index(const void *a, const void *b)
{
    const uint32_t one = *(const uint32_t *)a;
    const uint32_t other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

struct directed_ends {
    uint32_t tail, head;
};

/* The ends of travel along an edge, [edge * 2 + backward]. */
static struct directed_ends ends_of(const struct geo_edge edges[], size_t directed)
{
    const struct geo_edge *edge = &edges[directed / 2];
    const bool backward = directed % 2 != 0;
    return (struct directed_ends){geo_edge_tail(edge, backward), geo_edge_head(edge, backward)};
}

/* Every end's other end, grouped by node; with repetitions. */
static void place_neighbours(const struct geo_import_graph *graph, struct neighbours *all)
{
    const struct geo_edge *edges = graph->edges.items;
    const size_t nodes = graph->nodes.count;
    for (size_t i = 0; i < graph->edges.count * 2; i++) {
        const struct directed_ends ends = ends_of(edges, i);
        all->first[ends.tail]++;
        all->first[ends.head]++;
    }
    idx_t at = 0;
    for (size_t i = 0; i <= nodes; i++) { /* counts to starts */
        const idx_t here = all->first[i];
        all->first[i] = at;
        at += here;
    }
    for (size_t i = 0; i < graph->edges.count * 2; i++) {
        const struct directed_ends ends = ends_of(edges, i);
        all->node[all->first[ends.tail]++] = (idx_t)ends.head;
        all->node[all->first[ends.head]++] = (idx_t)ends.tail;
    }
    memmove(all->first + 1, all->first, nodes * sizeof *all->first); /* ends to starts */
    all->first[0] = 0;
}

static void drop_repetitions(size_t nodes, struct neighbours *all)
{
    idx_t kept = 0;
    idx_t begin = 0;
    for (size_t node = 0; node < nodes; node++) {
        const idx_t end = all->first[node + 1];
        qsort(all->node + begin, (size_t)(end - begin), sizeof *all->node, compare_index);
        idx_t last = (idx_t)node;
        const idx_t start = kept;
        for (idx_t i = begin; i < end; i++) {
            if (all->node[i] != (idx_t)node && (kept == start || all->node[i] != last)) {
                last = all->node[i];
                all->node[kept++] = last;
            }
        }
        all->first[node] = start;
        begin = end;
    }
    all->first[nodes] = kept;
}

static enum geo_status find_neighbours(const struct geo_import_graph *graph, struct neighbours *all)
{
    if (graph->edges.count > INT32_MAX / 4 || graph->nodes.count >= INT32_MAX) {
        return GEO_FULL;
    }
    all->first = calloc(graph->nodes.count + 2, sizeof *all->first);
    all->node = calloc(graph->edges.count * 4 + 1, sizeof *all->node);
    if (all->first == NULL || all->node == NULL) {
        return GEO_NO_MEMORY;
    }
    place_neighbours(graph, all);
    drop_repetitions(graph->nodes.count, all);
    return GEO_OK;
}

static enum geo_status dissect(size_t nodes, struct neighbours *all, uint32_t rank[])
{
    idx_t count = (idx_t)nodes;
    if (all->first[nodes] == 0) { /* loops only: nothing to dissect */
        for (uint32_t i = 0; i < nodes; i++) {
            rank[i] = i;
        }
        return GEO_OK;
    }
    idx_t options[METIS_NOPTIONS];
    (void)METIS_SetDefaultOptions(options);
    options[METIS_OPTION_UFACTOR] = UFACTOR;
    options[METIS_OPTION_NSEPS] = NSEPS;
    options[METIS_OPTION_SEED] = SEED;
    options[METIS_OPTION_NUMBERING] = 0;
    idx_t *place = calloc(nodes + 1, sizeof *place);
    idx_t *inverse = calloc(nodes + 1, sizeof *inverse);
    enum geo_status status = GEO_NO_MEMORY;
    if (place != NULL && inverse != NULL &&
        METIS_NodeND(&count, all->first, all->node, NULL, options, inverse, place) == METIS_OK) {
        for (size_t i = 0; i < nodes; i++) {
            rank[i] = (uint32_t)place[i];
        }
        status = GEO_OK;
    }
    free(place);
    free(inverse);
    return status;
}

/* One contraction: up_first and up_head from an order. */
struct contraction {
    const struct neighbours *all;
    const uint32_t *rank, *order;
    uint32_t node_count;
    struct geo_import_list *up_head;
    uint32_t *up_first; /* node_count + 1 */
    uint32_t *child;    /* first child of a rank in the elimination tree, NONE */
    uint32_t *sibling;  /* the next one */
    uint32_t *met;      /* by rank: the last node that took it for a neighbour */
};
#define NONE UINT32_MAX

static bool add_head(struct contraction *work, uint32_t rank, uint32_t head)
{
    if (head <= rank || work->met[head] == rank) {
        return true;
    }
    work->met[head] = rank;
    return geo_import_list_append(work->up_head, &head, 1) != NULL;
}

/* What is above a node: its neighbours of higher rank, and what its children leave behind. */
static bool contract_node(struct contraction *work, uint32_t rank)
{
    const struct neighbours *all = work->all;
    const size_t begin = work->up_head->count;
    const uint32_t node = work->order[rank];
    for (idx_t i = all->first[node]; i < all->first[node + 1]; i++) {
        if (!add_head(work, rank, work->rank[all->node[i]])) {
            return false;
        }
    }
    for (uint32_t child = work->child[rank]; child != NONE; child = work->sibling[child]) {
        for (uint32_t i = work->up_first[child]; i < work->up_first[child + 1]; i++) {
            const uint32_t *heads = work->up_head->items; /* the list may have moved */
            if (!add_head(work, rank, heads[i])) {
                return false;
            }
        }
    }
    const size_t count = work->up_head->count - begin;
    if (count > 0) {
        uint32_t *heads = (uint32_t *)work->up_head->items + begin;
        qsort(heads, count, sizeof *heads, compare_index);
        work->sibling[rank] = work->child[heads[0]];
        work->child[heads[0]] = rank;
    }
    return true;
}

static enum geo_status contract(struct contraction *work)
{
    work->up_head->count = 0;
    for (uint32_t i = 0; i < work->node_count; i++) {
        work->child[i] = NONE;
        work->sibling[i] = NONE;
        work->met[i] = NONE;
    }
    work->up_first[0] = 0;
    for (uint32_t rank = 0; rank < work->node_count; rank++) {
        if (!contract_node(work, rank)) {
            return GEO_NO_MEMORY;
        }
        if (work->up_head->count >= GEO_CCH_DOWN) {
            return GEO_FULL;
        }
        work->up_first[rank + 1] = (uint32_t)work->up_head->count;
    }
    return GEO_OK;
}

/* Renumber in post-order of the elimination tree: the same arcs and triangles, and a climb reads
 * memory that lies together. `met` becomes the new rank of each rank. */
static void post_order(struct contraction *work, uint32_t rank[], uint32_t order[])
{
    const uint32_t *heads = work->up_head->items;
    uint32_t next = 0;
    for (uint32_t root = 0; root < work->node_count; root++) {
        if (work->up_first[root] != work->up_first[root + 1]) {
            continue;
        }
        uint32_t at = root;
        for (;;) {
            while (work->child[at] != NONE) { /* down to a leaf; each child is taken off once */
                const uint32_t child = work->child[at];
                work->child[at] = work->sibling[child];
                at = child;
            }
            work->met[at] = next++;
            if (at == root) {
                break;
            }
            at = heads[work->up_first[at]];
        }
    }
    assert(next == work->node_count);
    for (uint32_t node = 0; node < work->node_count; node++) {
        rank[node] = work->met[rank[node]];
        order[rank[node]] = node;
    }
}

static enum geo_status contract_twice(struct contraction *work, uint32_t rank[], uint32_t order[])
{
    for (uint32_t node = 0; node < work->node_count; node++) {
        order[rank[node]] = node;
    }
    const enum geo_status status = contract(work);
    if (status != GEO_OK) {
        return status;
    }
    post_order(work, rank, order);
    return contract(work);
}

static void place_edges(const struct geo_import_graph *graph, struct contraction *work,
                        uint32_t edge_arc[])
{
    const struct geo_edge *edges = graph->edges.items;
    const uint32_t *heads = work->up_head->items;
    for (size_t i = 0; i < graph->edges.count * 2; i++) {
        const struct directed_ends ends = ends_of(edges, i);
        const uint32_t tail = work->rank[ends.tail];
        const uint32_t head = work->rank[ends.head];
        const uint32_t high = tail < head ? head : tail;
        uint32_t arc = work->up_first[tail < head ? tail : head];
        while (tail != head && heads[arc] != high) {
            arc++;
        }
        edge_arc[i] = tail == head ? GEO_CCH_NO_ARC : arc | (tail > head ? GEO_CCH_DOWN : 0);
    }
}

static void report_sizes(struct contraction *work, struct geo_import_report *report)
{
    const uint32_t *heads = work->up_head->items;
    uint64_t triangles = 0;
    uint64_t height = 0;
    for (uint32_t rank = work->node_count; rank-- > 0;) { /* `met` holds the depth of each rank */
        const uint64_t ups = work->up_first[rank + 1] - work->up_first[rank];
        triangles += ups * (ups - (ups > 0)) / 2;
        work->met[rank] = ups == 0 ? 1 : work->met[heads[work->up_first[rank]]] + 1;
        height = work->met[rank] > height ? work->met[rank] : height;
    }
    report->counts[GEO_IMPORT_CCH_ARCS] = work->up_head->count;
    report->counts[GEO_IMPORT_CCH_TRIANGLES] = triangles;
    report->counts[GEO_IMPORT_CCH_HEIGHT] = height;
}

static enum geo_status build(const struct geo_import_graph *graph, struct neighbours *all,
                             struct geo_import_report *report, struct geo_import_cch *cch)
{
    const size_t nodes = graph->nodes.count;
    uint32_t *rank = geo_import_list_append(&cch->rank, NULL, nodes);
    uint32_t *order = geo_import_list_append(&cch->order, NULL, nodes);
    uint32_t *up_first = geo_import_list_append(&cch->up_first, NULL, nodes + 1);
    uint32_t *edge_arc = geo_import_list_append(&cch->edge_arc, NULL, graph->edges.count * 2);
    if (rank == NULL || order == NULL || up_first == NULL || edge_arc == NULL) {
        return GEO_NO_MEMORY;
    }
    enum geo_status status = find_neighbours(graph, all);
    if (status == GEO_OK) {
        status = dissect(nodes, all, rank);
    }
    if (status != GEO_OK) {
        return status;
    }
    uint32_t *scratch = calloc(3 * nodes + 1, sizeof *scratch);
    if (scratch == NULL) {
        return GEO_NO_MEMORY;
    }
    struct contraction work = {.all = all,
                               .rank = rank,
                               .order = order,
                               .node_count = (uint32_t)nodes,
                               .up_head = &cch->up_head,
                               .up_first = up_first,
                               .child = scratch,
                               .sibling = scratch + nodes,
                               .met = scratch + 2 * nodes};
    status = contract_twice(&work, rank, order);
    if (status == GEO_OK) {
        place_edges(graph, &work, edge_arc);
        report_sizes(&work, report);
    }
    free(scratch);
    return status;
}

enum geo_status geo_import_cch_build(const struct geo_import_graph *graph,
                                     struct geo_import_report *report, struct geo_import_cch *cch)
{
    assert(graph->nodes.count > 0);
    *cch = (struct geo_import_cch){.rank = GEO_IMPORT_LIST_OF(uint32_t),
                                   .order = GEO_IMPORT_LIST_OF(uint32_t),
                                   .up_first = GEO_IMPORT_LIST_OF(uint32_t),
                                   .up_head = GEO_IMPORT_LIST_OF(uint32_t),
                                   .edge_arc = GEO_IMPORT_LIST_OF(uint32_t)};
    struct neighbours all = {0};
    const enum geo_status status = build(graph, &all, report, cch);
    free(all.first);
    free(all.node);
    if (status != GEO_OK) {
        geo_import_cch_finish(cch);
    }
    return status;
}

void geo_import_cch_finish(struct geo_import_cch *cch)
{
    geo_import_list_finish(&cch->rank);
    geo_import_list_finish(&cch->order);
    geo_import_list_finish(&cch->up_first);
    geo_import_list_finish(&cch->up_head);
    geo_import_list_finish(&cch->edge_arc);
}
