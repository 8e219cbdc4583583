#include "geo/geo_selection.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_ranking.h"

#define NONE UINT32_MAX

/* Four arcs of one selected rank. How many a rank has is as good as chance: taken four at a time
 * nothing is left to the machine to guess. What is missing leads to the first in
 * GEO_METRIC_NEVER. */
#define ABREAST 4u
struct ways {
    uint32_t index;          /* of the rank */
    uint32_t above[ABREAST]; /* of the heads, all smaller */
    uint32_t travel_ms[ABREAST];
};

/* A selected rank, and where its triangles begin. */
struct row {
    uint32_t rank;
    const uint16_t *triangles;
};

/* Where a place's road may be left, and what is left of the road until there. */
struct end {
    uint32_t index;
    uint32_t left_ms; /* GEO_METRIC_NEVER: not by this end */
};

struct geo_selection {
    const struct geo_cch *cch;
    enum geo_profile profile;
    bool ready;
    uint32_t version; /* of the metric that was followed */
    uint32_t place_count, row_count, ways_count;
    struct geo_place *places;
    struct end *ends;    /* two a place */
    uint32_t *index;     /* of a rank among the selected; NONE */
    struct row *rows;    /* by index: level by level of the elimination tree, from its top */
    struct ways *ways;   /* in the order of rows */
    uint32_t *row_ms;    /* scratch, one row of arcs */
    uint32_t *travel_ms; /* scratch, by index: from there to the place asked about */
};

/* The rank at which one leaves the place's road. */
static uint32_t end_rank(const struct geo_cch *cch, struct geo_place place, bool backward)
{
    return cch->rank[geo_edge_head(&cch->map->edges[place.edge], backward)];
}

static uint32_t arcs_above(const struct geo_cch *cch, uint32_t rank)
{
    return cch->up_first[rank + 1] - cch->up_first[rank];
}

/* Mark the ends of the places and everything above them. */
static void mark_ranks(struct geo_selection *selection)
{
    const struct geo_cch *cch = selection->cch;
    memset(selection->index, 0xff, (size_t)cch->node_count * sizeof *selection->index);
    for (uint32_t i = 0; i < selection->place_count * 2u; i++) {
        uint32_t rank = end_rank(cch, selection->places[i / 2u], i % 2u != 0);
        for (; rank != GEO_CCH_ROOT && selection->index[rank] == NONE; rank = cch->parent[rank]) {
            selection->index[rank] = 0;
            selection->row_count++;
        }
    }
}

/* Number what is marked, level by level: what lies on one level does not wait for each other.
 * `start`, zeroed, is scratch: row_count + 1. */
static void number_ranks(struct geo_selection *selection, uint32_t start[])
{
    const struct geo_cch *cch = selection->cch;
    uint32_t *index = selection->index;
    for (uint32_t rank = cch->node_count; rank-- > 0;) { /* the depth of each at first */
        if (index[rank] != NONE) {
            const uint32_t parent = cch->parent[rank];
            index[rank] = parent == GEO_CCH_ROOT ? 0 : index[parent] + 1u;
            start[index[rank] + 1u]++;
        }
    }
    for (uint32_t depth = 0; depth < selection->row_count; depth++) {
        start[depth + 1u] += start[depth];
    }
    const uint16_t *triangles = cch->triangles;
    for (uint32_t rank = 0; rank < cch->node_count; rank++) {
        const size_t arcs = arcs_above(cch, rank);
        if (index[rank] != NONE) {
            index[rank] = start[index[rank]]++;
            selection->rows[index[rank]] = (struct row){rank, triangles};
        }
        triangles += arcs * (arcs - (arcs > 0)) / 2u;
    }
}

static bool take_rows(struct geo_selection *selection)
{
    const size_t rows = selection->row_count;
    uint32_t *start = calloc(rows + 1u, sizeof *start);
    selection->rows = calloc(rows + 1u, sizeof *selection->rows); /* there may be none */
    selection->travel_ms = calloc(rows + 1u, sizeof *selection->travel_ms);
    if (start == NULL || selection->rows == NULL || selection->travel_ms == NULL) {
        free(start);
        return false;
    }
    number_ranks(selection, start);
    free(start);
    size_t ways = 0;
    size_t longest = 0;
    for (uint32_t i = 0; i < selection->row_count; i++) {
        const size_t arcs = arcs_above(selection->cch, selection->rows[i].rank);
        ways += (arcs + ABREAST - 1u) / ABREAST;
        longest = arcs > longest ? arcs : longest;
    }
    selection->ways = calloc(ways + 1u, sizeof *selection->ways);
    selection->row_ms = calloc(longest + 1u, sizeof *selection->row_ms);
    return selection->ways != NULL && selection->row_ms != NULL;
}

static bool take_places(struct geo_selection *selection, const struct geo_place from[])
{
    const size_t places = selection->place_count;
    selection->places = calloc(places, sizeof *selection->places);
    selection->ends = calloc(places, 2u * sizeof *selection->ends);
    selection->index = calloc(selection->cch->node_count, sizeof *selection->index);
    if (selection->places == NULL || selection->ends == NULL || selection->index == NULL) {
        return false;
    }
    memcpy(selection->places, from, places * sizeof *from);
    mark_ranks(selection);
    return true;
}

enum geo_status geo_selection_create(const struct geo_cch *cch, enum geo_profile profile,
                                     const struct geo_place from[], uint32_t count,
                                     struct geo_selection **out)
{
    assert(cch != NULL);
    assert(profile < GEO_PROFILE_COUNT);
    assert(count > 0);
    assert(count < UINT32_MAX / 2u);
    assert(out != NULL);

    *out = NULL;
    struct geo_selection *selection = calloc(1, sizeof *selection);
    if (selection == NULL) {
        return GEO_NO_MEMORY;
    }
    selection->cch = cch;
    selection->profile = profile;
    selection->place_count = count;
    if (!take_places(selection, from) || !take_rows(selection)) {
        geo_selection_destroy(selection);
        return GEO_NO_MEMORY;
    }
    *out = selection;
    return GEO_OK;
}

void geo_selection_destroy(struct geo_selection *selection)
{
    if (selection == NULL) {
        return;
    }
    free(selection->places);
    free(selection->ends);
    free(selection->index);
    free(selection->rows);
    free(selection->ways);
    free(selection->row_ms);
    free(selection->travel_ms);
    free(selection);
}

/* The times of a rank's arcs into row_ms, GEO_METRIC_NEVER for those without which no answer
 * changes: one goes to another head and on from there as fast. Of two that stand in for each other,
 * which only ways that take no time do, the lower stays. */
static void weigh_row(const struct geo_cch *cch, const struct geo_metric *metric, struct row row,
                      uint32_t row_ms[])
{
    const uint32_t first = cch->up_first[row.rank];
    const uint32_t count = arcs_above(cch, row.rank);
    const uint32_t *up_ms = metric->up_ms + first;
    const uint16_t *triangle = row.triangles;
    memcpy(row_ms, up_ms, count * sizeof *row_ms);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t next = cch->up_first[cch->up_head[first + i]];
        for (uint32_t k = i + 1; k < count; k++) {
            const uint32_t over = next + *triangle++;
            if (up_ms[i] + metric->up_ms[over] <= up_ms[k]) {
                row_ms[k] = GEO_METRIC_NEVER;
            }
            if (up_ms[k] + metric->down_ms[over] < up_ms[i]) {
                row_ms[i] = GEO_METRIC_NEVER;
            }
        }
    }
}

/* Append what is left of the row at `index`, which lies in row_ms. */
static void lay_row(struct geo_selection *selection, uint32_t index)
{
    const struct geo_cch *cch = selection->cch;
    const uint32_t rank = selection->rows[index].rank;
    const uint32_t *heads = cch->up_head + cch->up_first[rank];
    uint32_t used = ABREAST;
    struct ways *ways = NULL;
    for (uint32_t i = 0; i < arcs_above(cch, rank); i++) {
        if (selection->row_ms[i] >= GEO_METRIC_NEVER) {
            continue;
        }
        if (used == ABREAST) {
            used = 0;
            ways = &selection->ways[selection->ways_count++];
            *ways = (struct ways){.index = index};
            for (uint32_t k = 0; k < ABREAST; k++) {
                ways->travel_ms[k] = GEO_METRIC_NEVER;
            }
        }
        ways->above[used] = selection->index[heads[i]];
        ways->travel_ms[used++] = selection->row_ms[i];
    }
}

/* A closed road can still be left at the map's speed. */
static void weigh_ends(struct geo_selection *selection, const struct geo_traffic *traffic)
{
    const struct geo_cch *cch = selection->cch;
    for (uint32_t i = 0; i < selection->place_count; i++) {
        const struct geo_place place = selection->places[i];
        for (uint32_t backward = 0; backward < 2u; backward++) {
            const uint32_t whole_ms = geo_traffic_end_ms(traffic, cch->map, selection->profile,
                                                         place.edge, backward != 0);
            const uint32_t part_ms = geo_part_ms(whole_ms, place.fraction_e6);
            const uint32_t left_ms = backward != 0 ? part_ms : whole_ms - part_ms;
            const bool open = whole_ms != GEO_TRAVEL_NEVER && left_ms < GEO_METRIC_NEVER;
            selection->ends[i * 2u + backward] =
                (struct end){selection->index[end_rank(cch, place, backward != 0)],
                             open ? left_ms : GEO_METRIC_NEVER};
        }
    }
}

void geo_selection_follow(struct geo_selection *selection, const struct geo_metric *metric,
                          const struct geo_traffic *traffic)
{
    assert(selection != NULL);
    assert(metric->profile == selection->profile);
    assert(metric->cch == selection->cch);
    assert(geo_metric_current(metric, traffic));

    selection->ways_count = 0;
    for (uint32_t i = 0; i < selection->row_count; i++) {
        weigh_row(selection->cch, metric, selection->rows[i], selection->row_ms);
        lay_row(selection, i);
    }
    weigh_ends(selection, traffic);
    selection->version = metric->version;
    selection->ready = true;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

static uint32_t over_ms(const struct ways *ways, uint32_t k, const uint32_t travel_ms[])
{
    return ways->travel_ms[k] + travel_ms[ways->above[k]];
}

/* The times from everything selected to the place, from the top down. */
static void sweep(struct geo_selection *selection, const struct geo_climb *climb)
{
    uint32_t *travel_ms = selection->travel_ms;
    for (uint32_t i = 0; i < selection->row_count; i++) {
        travel_ms[i] = GEO_METRIC_NEVER;
    }
    for (uint32_t i = 0; i < climb->path_count; i++) {
        const uint32_t index = selection->index[climb->path[i]];
        if (index != NONE) {
            travel_ms[index] = climb->path_ms[i];
        }
    }
    for (uint32_t i = 0; i < selection->ways_count; i++) {
        const struct ways *ways = &selection->ways[i];
        const uint32_t one_ms = smaller(over_ms(ways, 0, travel_ms), over_ms(ways, 1, travel_ms));
        const uint32_t other_ms = smaller(over_ms(ways, 2, travel_ms), over_ms(ways, 3, travel_ms));
        travel_ms[ways->index] = smaller(travel_ms[ways->index], smaller(one_ms, other_ms));
    }
}

static bool is_current(const struct geo_selection *selection, const struct geo_search *search)
{
    const struct geo_traffic *traffic = search->roads.traffic;
    return geo_metric_current(search->roads.metrics[selection->profile], traffic) &&
           selection->ready &&
           selection->version >= geo_traffic_profile_version(traffic, selection->profile);
}

void geo_selection_table_ms(struct geo_selection *selection, struct geo_search *search,
                            struct geo_place to, uint32_t travel_ms[])
{
    assert(selection != NULL);
    assert(selection->cch->node_count <= search->nodes_max);

    const struct geo_map *map = selection->cch->map;
    const enum geo_profile profile = selection->profile;
    if (!is_current(selection, search)) {
        geo_table_ms(search, map, profile, to, selection->places, selection->place_count,
                     travel_ms);
        return;
    }
    geo_search_climb(search, map, search->roads.metrics[profile], to, GEO_METRIC_NEVER - 1u);
    sweep(selection, &search->climbs[profile].climb);
    for (uint32_t i = 0; i < selection->place_count; i++) {
        const struct end *ends = &selection->ends[(size_t)i * 2u];
        uint32_t best_ms = smaller(ends[0].left_ms + selection->travel_ms[ends[0].index],
                                   ends[1].left_ms + selection->travel_ms[ends[1].index]);
        if (selection->places[i].edge == to.edge) {
            const struct geo_place places[2] = {selection->places[i], to};
            best_ms = smaller(best_ms, geo_along_ms(search, map, profile, places));
        }
        travel_ms[i] = best_ms < GEO_METRIC_NEVER ? best_ms : GEO_TRAVEL_NEVER;
    }
}
