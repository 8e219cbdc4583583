#include <assert.h>
#include <stdlib.h>

#include "geo/import/geo_import_graph.h"

/* Strongly connected parts, Tarjan 1972 with an explicit stack. The arcs are walked against their
 * direction, which gives the same parts. */

#define UNSEEN 0u

struct tarjan {
    const uint32_t *first;
    const struct geo_arc *arcs;
    uint32_t *order;     /* 1, 2, 3 ... as met; UNSEEN */
    uint32_t *low;       /* the earliest node reachable that is still open */
    uint32_t *next;      /* the arc to look at next */
    uint32_t *open;      /* stack of nodes without a part yet */
    uint32_t *path;      /* stack of the walk */
    uint32_t *component; /* 1, 2, 3 ...; 0: none yet */
    uint32_t *size;      /* nodes of a component, by its number */
    uint32_t open_count, path_count, seen_count, component_count;
};

static void enter(struct tarjan *tarjan, uint32_t node)
{
    tarjan->order[node] = ++tarjan->seen_count;
    tarjan->low[node] = tarjan->order[node];
    tarjan->next[node] = tarjan->first[node];
    tarjan->open[tarjan->open_count++] = node;
    tarjan->path[tarjan->path_count++] = node;
}

static void leave(struct tarjan *tarjan, uint32_t node)
{
    tarjan->path_count--;
    if (tarjan->path_count > 0) {
        const uint32_t parent = tarjan->path[tarjan->path_count - 1];
        if (tarjan->low[node] < tarjan->low[parent]) {
            tarjan->low[parent] = tarjan->low[node];
        }
    }
    if (tarjan->low[node] != tarjan->order[node]) {
        return;
    }
    tarjan->component_count++;
    uint32_t member = 0;
    do {
        member = tarjan->open[--tarjan->open_count];
        tarjan->component[member] = tarjan->component_count;
        tarjan->size[tarjan->component_count]++;
    } while (member != node);
}

static void walk(struct tarjan *tarjan, uint32_t root)
{
    enter(tarjan, root);
    while (tarjan->path_count > 0) {
        const uint32_t node = tarjan->path[tarjan->path_count - 1];
        if (tarjan->next[node] == tarjan->first[node + 1]) {
            leave(tarjan, node);
            continue;
        }
        const uint32_t tail = tarjan->arcs[tarjan->next[node]++].tail;
        if (tarjan->order[tail] == UNSEEN) {
            enter(tarjan, tail);
        } else if (tarjan->component[tail] == 0 && tarjan->order[tail] < tarjan->low[node]) {
            tarjan->low[node] = tarjan->order[tail];
        }
    }
}

/* The number of the largest part; of equals the one that holds the lowest node. */
static uint32_t largest(const struct tarjan *tarjan, uint32_t node_count)
{
    uint32_t best = 0;
    uint32_t best_size = 0;
    for (uint32_t n = 0; n < node_count; n++) {
        if (tarjan->size[tarjan->component[n]] > best_size) {
            best = tarjan->component[n];
            best_size = tarjan->size[best];
        }
    }
    return best;
}

/* In one direction at least it leads from within the part into it. */
static bool is_in(const struct tarjan *tarjan, const struct geo_edge *edge, unsigned profile,
                  uint32_t part)
{
    const bool forward = edge->forward_ms[profile] != GEO_TRAVEL_NEVER &&
                         tarjan->component[edge->from] == part &&
                         tarjan->component[edge->to] == part;
    const bool backward = edge->backward_ms[profile] != GEO_TRAVEL_NEVER &&
                          tarjan->component[edge->back_from] == part &&
                          tarjan->component[edge->back_to] == part;
    return forward || backward;
}

static void mark_edges(const struct tarjan *tarjan, struct geo_import_graph *graph,
                       unsigned profile, struct geo_import_report *report)
{
    static const enum geo_import_count all[] = {GEO_IMPORT_CAR_EDGES, GEO_IMPORT_MOTORCYCLE_EDGES,
                                                GEO_IMPORT_FOOT_EDGES, GEO_IMPORT_EMERGENCY_EDGES};
    static const enum geo_import_count connected[] = {
        GEO_IMPORT_CAR_EDGES_CONNECTED, GEO_IMPORT_MOTORCYCLE_EDGES_CONNECTED,
        GEO_IMPORT_FOOT_EDGES_CONNECTED, GEO_IMPORT_EMERGENCY_EDGES_CONNECTED};
    const uint32_t best = largest(tarjan, (uint32_t)graph->nodes.count);
    struct geo_edge *edges = graph->edges.items;
    for (size_t i = 0; i < graph->edges.count; i++) {
        if (edges[i].forward_ms[profile] == GEO_TRAVEL_NEVER &&
            edges[i].backward_ms[profile] == GEO_TRAVEL_NEVER) {
            continue;
        }
        report->counts[all[profile]]++;
        if (is_in(tarjan, &edges[i], profile, best)) {
            edges[i].component |= (uint8_t)(1u << profile);
            report->counts[connected[profile]]++;
        }
    }
}

enum geo_status geo_import_component_mark(struct geo_import_graph *graph,
                                          struct geo_import_report *report)
{
    const size_t count = graph->nodes.count;
    uint32_t *const memory = calloc((count + 1) * 7, sizeof *memory);
    if (memory == NULL) {
        return GEO_NO_MEMORY;
    }
    const uint32_t *in_first = graph->in_first.items;
    for (unsigned p = 0; p < GEO_PROFILE_COUNT; p++) {
        for (size_t i = 0; i < (count + 1) * 7; i++) {
            memory[i] = 0;
        }
        struct tarjan tarjan = {.first = in_first + p * (count + 1),
                                .arcs = graph->in_arcs.items,
                                .order = memory,
                                .low = memory + (count + 1),
                                .next = memory + 2 * (count + 1),
                                .open = memory + 3 * (count + 1),
                                .path = memory + 4 * (count + 1),
                                .component = memory + 5 * (count + 1),
                                .size = memory + 6 * (count + 1)};
        for (uint32_t n = 0; n < count; n++) {
            if (tarjan.order[n] == UNSEEN) {
                walk(&tarjan, n);
            }
        }
        mark_edges(&tarjan, graph, p, report);
    }
    free(memory);
    return GEO_OK;
}
