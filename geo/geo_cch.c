#include "geo/geo_cch.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* What an array here is indexed by must lie in it; more is verify-map's business. */
static bool indices_good(const struct geo_cch *cch)
{
    const struct geo_map *map = cch->map;
    if (cch->up_first[0] != 0 || cch->up_first[cch->node_count] != cch->arc_count) {
        return false;
    }
    for (uint32_t i = 0; i < cch->node_count; i++) {
        if (cch->rank[i] >= cch->node_count || cch->up_first[i] > cch->up_first[i + 1] ||
            cch->up_first[i + 1] > cch->arc_count) {
            return false;
        }
        for (uint32_t arc = cch->up_first[i]; arc < cch->up_first[i + 1]; arc++) {
            if (cch->up_head[arc] <= i || cch->up_head[arc] >= cch->node_count) {
                return false;
            }
        }
    }
    for (uint32_t i = 0; i < map->edge_count * 2u; i++) {
        if (cch->edge_arc[i] != GEO_CCH_NO_ARC &&
            (cch->edge_arc[i] & ~GEO_CCH_DOWN) >= cch->arc_count) {
            return false;
        }
    }
    return true;
}

/* Counts, one too far to the right, become starts. */
static void add_up(uint32_t first[], uint32_t count)
{
    for (uint32_t i = 1; i <= count; i++) {
        first[i] += first[i - 1];
    }
}

/* Where the items of a group went becomes where the group starts. */
static void step_back(uint32_t first[], uint32_t count)
{
    memmove(first + 1, first, count * sizeof *first);
    first[0] = 0;
}

static void collect_arcs(struct geo_cch *cch)
{
    for (uint32_t rank = 0; rank < cch->node_count; rank++) {
        const uint32_t first = cch->up_first[rank];
        cch->parent[rank] = first == cch->up_first[rank + 1] ? GEO_CCH_ROOT : cch->up_head[first];
        for (uint32_t arc = first; arc < cch->up_first[rank + 1]; arc++) {
            cch->tail[arc] = rank;
            cch->down_first[cch->up_head[arc] + 1]++;
        }
    }
    add_up(cch->down_first, cch->node_count);
    for (uint32_t arc = 0; arc < cch->arc_count; arc++) {
        cch->down_arc[cch->down_first[cch->up_head[arc]]++] = arc;
    }
    step_back(cch->down_first, cch->node_count);
}

static void collect_roads(struct geo_cch *cch)
{
    const uint32_t directed_count = cch->map->edge_count * 2u;
    for (uint32_t i = 0; i < directed_count; i++) {
        cch->length_cm[i / 2u] = cch->map->edges[i / 2u].length_cm;
        if (cch->edge_arc[i] != GEO_CCH_NO_ARC) {
            cch->road_first[(cch->edge_arc[i] & ~GEO_CCH_DOWN) + 1]++;
        }
    }
    add_up(cch->road_first, cch->arc_count);
    for (uint32_t i = 0; i < directed_count; i++) {
        if (cch->edge_arc[i] != GEO_CCH_NO_ARC) {
            cch->roads[cch->road_first[cch->edge_arc[i] & ~GEO_CCH_DOWN]++] = i;
        }
    }
    step_back(cch->road_first, cch->arc_count);
}

/* One row: for every arc of it the places, in the row of its head, of those behind it. */
static bool place_row(struct geo_cch *cch, uint32_t rank, uint64_t *at)
{
    const uint32_t end = cch->up_first[rank + 1];
    for (uint32_t i = cch->up_first[rank]; i < end; i++) {
        const uint32_t start = cch->up_first[cch->up_head[i]];
        const uint32_t stop = cch->up_first[cch->up_head[i] + 1];
        uint32_t over = start;
        for (uint32_t k = i + 1; k < end; k++) {
            while (over < stop && cch->up_head[over] < cch->up_head[k]) {
                over++;
            }
            if (over == stop || cch->up_head[over] != cch->up_head[k]) {
                return false;
            }
            cch->triangles[(*at)++] = (uint16_t)(over - start);
        }
    }
    return true;
}

static enum geo_status place_triangles(struct geo_cch *cch)
{
    uint64_t count = 0;
    for (uint32_t rank = 0; rank < cch->node_count; rank++) {
        const uint64_t arcs = cch->up_first[rank + 1] - cch->up_first[rank];
        if (arcs > GEO_CCH_ROW_MAX) {
            return GEO_FULL;
        }
        count += arcs * (arcs - (arcs > 0)) / 2u;
    }
    cch->triangles = calloc(count + 1u, sizeof *cch->triangles);
    if (cch->triangles == NULL) {
        return GEO_NO_MEMORY;
    }
    uint64_t at = 0;
    for (uint32_t rank = 0; rank < cch->node_count; rank++) {
        if (!place_row(cch, rank, &at)) {
            return GEO_BAD_SECTION;
        }
    }
    assert(at == count);
    return GEO_OK;
}

static enum geo_status fill(struct geo_cch *cch)
{
    if (!indices_good(cch)) {
        return GEO_BAD_SECTION;
    }
    const size_t nodes = (size_t)cch->node_count + 2u;
    const size_t arcs = (size_t)cch->arc_count + 2u;
    const size_t edges = (size_t)cch->map->edge_count + 1u;
    cch->parent = calloc(nodes, sizeof *cch->parent);
    cch->tail = calloc(arcs, sizeof *cch->tail);
    cch->down_first = calloc(nodes, sizeof *cch->down_first);
    cch->down_arc = calloc(arcs, sizeof *cch->down_arc);
    cch->road_first = calloc(arcs, sizeof *cch->road_first);
    cch->roads = calloc(edges * 2u, sizeof *cch->roads);
    cch->length_cm = calloc(edges, sizeof *cch->length_cm);
    if (cch->parent == NULL || cch->tail == NULL || cch->down_first == NULL ||
        cch->down_arc == NULL || cch->road_first == NULL || cch->roads == NULL ||
        cch->length_cm == NULL) {
        return GEO_NO_MEMORY;
    }
    collect_arcs(cch);
    collect_roads(cch);
    return place_triangles(cch);
}

enum geo_status geo_cch_create(const struct geo_map *map, struct geo_cch **out)
{
    assert(map != NULL);
    assert(out != NULL);

    *out = NULL;
    struct geo_cch *cch = calloc(1, sizeof *cch);
    if (cch == NULL) {
        return GEO_NO_MEMORY;
    }
    *cch = (struct geo_cch){.map = map,
                            .node_count = map->node_count,
                            .arc_count = map->cch_arc_count,
                            .rank = map->cch_rank,
                            .order = map->cch_order,
                            .up_first = map->cch_up_first,
                            .up_head = map->cch_up_head,
                            .edge_arc = map->cch_edge};
    const enum geo_status status = fill(cch);
    if (status != GEO_OK) {
        geo_cch_destroy(cch);
        return status;
    }
    *out = cch;
    return GEO_OK;
}

void geo_cch_destroy(struct geo_cch *cch)
{
    if (cch == NULL) {
        return;
    }
    free(cch->parent);
    free(cch->tail);
    free(cch->down_first);
    free(cch->down_arc);
    free(cch->road_first);
    free(cch->roads);
    free(cch->length_cm);
    free(cch->triangles);
    free(cch);
}
