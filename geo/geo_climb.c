#include "geo/geo_climb.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What a label's version is more than the climb's. */
#define FINAL    1u
#define AT_LEAST 2u
#define VERSIONS 4u

bool geo_climb_init(struct geo_climb *climb, uint32_t nodes_max)
{
    *climb = (struct geo_climb){.nodes_max = nodes_max};
    climb->labels = calloc((size_t)nodes_max + 1u, sizeof *climb->labels);
    climb->path = calloc((size_t)nodes_max + 1u, sizeof *climb->path);
    climb->path_ms = calloc((size_t)nodes_max + 1u, sizeof *climb->path_ms);
    climb->stack = calloc((size_t)nodes_max + 1u, sizeof *climb->stack);
    return climb->labels != NULL && climb->path != NULL && climb->path_ms != NULL &&
           climb->stack != NULL;
}

void geo_climb_finish(struct geo_climb *climb)
{
    free(climb->labels);
    free(climb->path);
    free(climb->path_ms);
    free(climb->stack);
    *climb = (struct geo_climb){0};
}

static void open_label(struct geo_climb *climb, uint32_t rank, uint32_t travel_ms)
{
    struct geo_climb_label *label = &climb->labels[rank];
    if (label->version != climb->version) {
        *label = (struct geo_climb_label){GEO_METRIC_NEVER, climb->version};
    }
    label->travel_ms = travel_ms < label->travel_ms ? travel_ms : label->travel_ms;
}

/* The place is reached from the rank: then also from everything above it, coming down. */
static void come_down(struct geo_climb *climb, uint32_t rank)
{
    const struct geo_metric *metric = climb->metric;
    const struct geo_cch *cch = metric->cch;
    open_label(climb, rank, GEO_METRIC_NEVER);
    const uint32_t travel_ms = climb->labels[rank].travel_ms;
    if (travel_ms > climb->bound_ms) {
        return;
    }
    for (uint32_t arc = cch->up_first[rank]; arc < cch->up_first[rank + 1]; arc++) {
        open_label(climb, cch->up_head[arc], metric->down_ms[arc] + travel_ms);
    }
}

/* The best over what is above, which is final, and what is held. Answers the least of what is
 * above. */
static uint32_t close_label(struct geo_climb *climb, uint32_t rank, uint32_t held_ms)
{
    const struct geo_metric *metric = climb->metric;
    const struct geo_cch *cch = metric->cch;
    const struct geo_climb_label *labels = climb->labels;
    const uint32_t end = cch->up_first[rank + 1];
    uint32_t best_ms = held_ms;
    uint32_t least_ms = GEO_METRIC_NEVER;
    for (uint32_t arc = cch->up_first[rank]; arc < end; arc++) {
        const uint32_t above_ms = labels[cch->up_head[arc]].travel_ms;
        const uint32_t travel_ms = metric->up_ms[arc] + above_ms;
        best_ms = travel_ms < best_ms ? travel_ms : best_ms;
        least_ms = above_ms < least_ms ? above_ms : least_ms;
    }
    climb->labels[rank] = (struct geo_climb_label){best_ms, climb->version + FINAL};
    return least_ms;
}

/* From the top, where all are farther than the bound, the way down along the path leads to a first
 * rank that is not; what hangs on those above it is as far. */
static void close_path(struct geo_climb *climb)
{
    uint32_t left = climb->path_count;
    for (; left > 0 && climb->path_ms[left - 1u] > climb->bound_ms; left--) {
        climb->labels[climb->path[left - 1u]] =
            (struct geo_climb_label){climb->bound_ms + 1u, climb->version + AT_LEAST};
    }
    while (left-- > 0) {
        (void)close_label(climb, climb->path[left], climb->path_ms[left]);
    }
}

void geo_climb_start(struct geo_climb *climb, const struct geo_metric *metric,
                     const struct geo_climb_seed seeds[2], uint32_t bound_ms)
{
    assert(metric->ready);
    assert(metric->cch->node_count <= climb->nodes_max);
    assert(bound_ms < GEO_METRIC_NEVER);

    const struct geo_cch *cch = metric->cch;
    climb->metric = metric;
    climb->bound_ms = bound_ms;
    climb->version += VERSIONS;
    if (climb->version == 0) { /* once in a thousand million climbs */
        memset(climb->labels, 0, (size_t)climb->nodes_max * sizeof *climb->labels);
        climb->version = VERSIONS;
    }
    /* Two paths that become one: always the lower rank first. */
    uint32_t at[2];
    for (int i = 0; i < 2; i++) {
        at[i] = GEO_CCH_ROOT;
        if (seeds[i].travel_ms < GEO_METRIC_NEVER) {
            at[i] = cch->rank[seeds[i].node];
            open_label(climb, at[i], seeds[i].travel_ms);
        }
    }
    climb->path_count = 0;
    while (at[0] != GEO_CCH_ROOT || at[1] != GEO_CCH_ROOT) {
        const uint32_t rank = at[0] < at[1] ? at[0] : at[1];
        const uint32_t parent = cch->parent[rank];
        come_down(climb, rank);
        climb->path_ms[climb->path_count] = climb->labels[rank].travel_ms;
        climb->path[climb->path_count++] = rank;
        at[0] = at[0] == rank ? parent : at[0];
        at[1] = at[1] == rank ? parent : at[1];
    }
    close_path(climb);
}

uint32_t geo_climb_down_ms(const struct geo_climb *climb, uint32_t rank)
{
    uint32_t begin = 0;
    uint32_t end = climb->path_count;
    while (begin < end) {
        const uint32_t middle = begin + (end - begin) / 2u;
        if (climb->path[middle] < rank) {
            begin = middle + 1u;
        } else {
            end = middle;
        }
    }
    const bool found = begin < climb->path_count && climb->path[begin] == rank;
    return found ? climb->path_ms[begin] : GEO_METRIC_NEVER;
}

/* Whether a question need not look above the rank. */
static bool is_known(const struct geo_climb *climb, uint32_t rank, uint32_t bound_ms)
{
    const struct geo_climb_label label = climb->labels[rank];
    return label.version == climb->version + FINAL ||
           (label.version == climb->version + AT_LEAST && label.travel_ms > bound_ms);
}

uint32_t geo_climb_ms(struct geo_climb *climb, uint32_t node, uint32_t bound_ms)
{
    const struct geo_cch *cch = climb->metric->cch;
    assert(node < cch->node_count);
    assert(bound_ms <= climb->bound_ms);

    const uint32_t start = cch->rank[node];
    uint32_t count = 0;
    uint32_t rank = start;
    for (; rank != GEO_CCH_ROOT && !is_known(climb, rank, bound_ms); rank = cch->parent[rank]) {
        climb->stack[count++] = rank;
        const uint32_t row = cch->up_first[rank]; /* read on the way back */
        __builtin_prefetch(&cch->up_head[row]);
        __builtin_prefetch(&climb->metric->up_ms[row]);
    }
    uint32_t least_ms = 0; /* of what is above the last one closed: the place is not below it */
    if (rank != GEO_CCH_ROOT && climb->labels[rank].version == climb->version + AT_LEAST) {
        least_ms = climb->labels[rank].travel_ms;
    }
    while (count > 0 && least_ms <= bound_ms) {
        least_ms = close_label(climb, climb->stack[--count], GEO_METRIC_NEVER);
    }
    while (count > 0) {
        climb->labels[climb->stack[--count]] =
            (struct geo_climb_label){least_ms, climb->version + AT_LEAST};
    }
    const struct geo_climb_label label = climb->labels[start];
    const bool found = label.version == climb->version + FINAL && label.travel_ms <= bound_ms;
    return found ? label.travel_ms : GEO_METRIC_NEVER;
}
