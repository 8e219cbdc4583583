#include "tests/support/geo_oracle.h"

#include <assert.h>
#include <stdlib.h>

struct oracle_arc {
    uint32_t tail;
    uint32_t directed; /* edge * 2 + backward */
};

struct heap_item {
    uint64_t travel_ms;
    uint32_t node;
};

struct geo_oracle {
    const struct geo_map *map;
    uint32_t *first[GEO_PROFILE_COUNT];
    struct oracle_arc *arcs[GEO_PROFILE_COUNT];
    uint32_t *pass_ms[GEO_PROFILE_COUNT]; /* edge * 2 + backward */
    uint64_t *travel_ms;
    struct heap_item *heap;
    size_t heap_count;
    enum geo_profile profile;
    struct geo_place place;
};

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    assert(memory != NULL);
    return memory;
}

static void collect_arcs(struct geo_oracle *oracle, int profile)
{
    const struct geo_map *map = oracle->map;
    uint32_t *first = zeroed(map->node_count + 2u, sizeof *first);
    struct oracle_arc *arcs = zeroed(2u * map->edge_count, sizeof *arcs);
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < map->edge_count; i++) {
            const struct geo_edge *edge = &map->edges[i];
            const uint32_t forward_ms = edge->forward_ms[profile];
            const uint32_t backward_ms = edge->backward_ms[profile];
            if (forward_ms != GEO_TRAVEL_NEVER && pass == 0) {
                first[edge->to + 2]++;
            } else if (forward_ms != GEO_TRAVEL_NEVER) {
                arcs[first[edge->to + 1]++] = (struct oracle_arc){edge->from, i * 2u};
            }
            if (backward_ms != GEO_TRAVEL_NEVER && pass == 0) {
                first[edge->back_to + 2]++;
            } else if (backward_ms != GEO_TRAVEL_NEVER) {
                arcs[first[edge->back_to + 1]++] =
                    (struct oracle_arc){edge->back_from, i * 2u + 1u};
            }
        }
        for (uint32_t i = 2; pass == 0 && i < map->node_count + 2; i++) {
            first[i] += first[i - 1];
        }
    }
    oracle->pass_ms[profile] = zeroed(2u * map->edge_count, sizeof(uint32_t));
    for (uint32_t i = 0; i < map->edge_count; i++) {
        oracle->pass_ms[profile][2u * i] = map->edges[i].forward_ms[profile];
        oracle->pass_ms[profile][2u * i + 1u] = map->edges[i].backward_ms[profile];
    }
    oracle->first[profile] = first;
    oracle->arcs[profile] = arcs;
}

struct geo_oracle *geo_oracle_create(const struct geo_map *map)
{
    struct geo_oracle *oracle = zeroed(1, sizeof *oracle);
    oracle->map = map;
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        collect_arcs(oracle, profile);
    }
    oracle->travel_ms = zeroed(map->node_count, sizeof *oracle->travel_ms);
    oracle->heap = zeroed(2u * map->edge_count + 2u, sizeof *oracle->heap);
    return oracle;
}

void geo_oracle_destroy(struct geo_oracle *oracle)
{
    if (oracle == NULL) {
        return;
    }
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        free(oracle->first[profile]);
        free(oracle->arcs[profile]);
        free(oracle->pass_ms[profile]);
    }
    free(oracle->travel_ms);
    free(oracle->heap);
    free(oracle);
}

void geo_oracle_set_ms(struct geo_oracle *oracle, enum geo_profile profile, uint32_t edge,
                       bool backward, uint32_t travel_ms)
{
    oracle->pass_ms[profile][edge * 2u + backward] = travel_ms;
}

/* What counts between a place on the edge and its ends. */
static uint32_t end_ms(const struct geo_oracle *oracle, enum geo_profile profile, uint32_t index,
                       bool backward)
{
    const uint32_t pass_ms = oracle->pass_ms[profile][index * 2u + backward];
    const struct geo_edge *edge = &oracle->map->edges[index];
    return pass_ms != GEO_TRAVEL_NEVER ? pass_ms
           : backward                  ? edge->backward_ms[profile]
                                       : edge->forward_ms[profile];
}

static void heap_put(struct geo_oracle *oracle, uint32_t node, uint64_t travel_ms)
{
    if (travel_ms >= oracle->travel_ms[node]) {
        return;
    }
    oracle->travel_ms[node] = travel_ms;
    struct heap_item *heap = oracle->heap;
    size_t slot = oracle->heap_count++;
    while (slot > 0 && heap[(slot - 1) / 2].travel_ms > travel_ms) {
        heap[slot] = heap[(slot - 1) / 2];
        slot = (slot - 1) / 2;
    }
    heap[slot] = (struct heap_item){travel_ms, node};
}

static struct heap_item heap_take(struct geo_oracle *oracle)
{
    struct heap_item *heap = oracle->heap;
    const struct heap_item top = heap[0];
    const struct heap_item last = heap[--oracle->heap_count];
    size_t slot = 0;
    for (;;) {
        size_t child = 2 * slot + 1;
        if (child + 1 < oracle->heap_count && heap[child + 1].travel_ms < heap[child].travel_ms) {
            child++;
        }
        if (child >= oracle->heap_count || heap[child].travel_ms >= last.travel_ms) {
            break;
        }
        heap[slot] = heap[child];
        slot = child;
    }
    heap[slot] = last;
    return top;
}

/* The rule of geo_nearest.h: floor(w x fraction) lies between `from` and the place. */
static uint64_t part_ms(uint32_t travel_ms, uint32_t fraction_e6)
{
    return (uint64_t)travel_ms * fraction_e6 / 1000000u;
}

const uint64_t *geo_oracle_run(struct geo_oracle *oracle, enum geo_profile profile,
                               struct geo_place place)
{
    const struct geo_map *map = oracle->map;
    for (uint32_t i = 0; i < map->node_count; i++) {
        oracle->travel_ms[i] = GEO_ORACLE_NEVER;
    }
    oracle->profile = profile;
    oracle->place = place;
    oracle->heap_count = 0;
    const struct geo_edge *edge = &map->edges[place.edge];
    const uint32_t forward_ms = end_ms(oracle, profile, place.edge, false);
    const uint32_t backward_ms = end_ms(oracle, profile, place.edge, true);
    if (forward_ms != GEO_TRAVEL_NEVER) {
        heap_put(oracle, edge->from, part_ms(forward_ms, place.fraction_e6));
    }
    if (backward_ms != GEO_TRAVEL_NEVER) {
        heap_put(oracle, edge->back_from, backward_ms - part_ms(backward_ms, place.fraction_e6));
    }
    while (oracle->heap_count > 0) {
        const struct heap_item item = heap_take(oracle);
        if (item.travel_ms > oracle->travel_ms[item.node]) {
            continue;
        }
        const uint32_t *first = oracle->first[profile];
        for (uint32_t i = first[item.node]; i < first[item.node + 1]; i++) {
            const struct oracle_arc *arc = &oracle->arcs[profile][i];
            const uint32_t pass_ms = oracle->pass_ms[profile][arc->directed];
            if (pass_ms != GEO_TRAVEL_NEVER) {
                heap_put(oracle, arc->tail, item.travel_ms + pass_ms);
            }
        }
    }
    return oracle->travel_ms;
}

static uint64_t smaller(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

uint64_t geo_oracle_road_ms(const struct geo_oracle *oracle, struct geo_place from)
{
    const struct geo_edge *edge = &oracle->map->edges[from.edge];
    const uint32_t forward_ms = end_ms(oracle, oracle->profile, from.edge, false);
    const uint32_t backward_ms = end_ms(oracle, oracle->profile, from.edge, true);
    const uint32_t to_e6 = oracle->place.fraction_e6;
    const bool same = from.edge == oracle->place.edge;
    uint64_t best_ms = GEO_ORACLE_NEVER;
    if (forward_ms != GEO_TRAVEL_NEVER) {
        const uint64_t before_ms = part_ms(forward_ms, from.fraction_e6);
        if (oracle->travel_ms[edge->to] != GEO_ORACLE_NEVER) {
            best_ms = smaller(best_ms, forward_ms - before_ms + oracle->travel_ms[edge->to]);
        }
        if (same && from.fraction_e6 <= to_e6) {
            best_ms = smaller(best_ms, part_ms(forward_ms, to_e6) - before_ms);
        }
    }
    if (backward_ms != GEO_TRAVEL_NEVER) {
        const uint64_t before_ms = part_ms(backward_ms, from.fraction_e6);
        if (oracle->travel_ms[edge->back_to] != GEO_ORACLE_NEVER) {
            best_ms = smaller(best_ms, before_ms + oracle->travel_ms[edge->back_to]);
        }
        if (same && from.fraction_e6 >= to_e6) {
            best_ms = smaller(best_ms, before_ms - part_ms(backward_ms, to_e6));
        }
    }
    return best_ms;
}

static int compare_hits(const void *a, const void *b)
{
    const struct geo_nearest_hit *left = a;
    const struct geo_nearest_hit *right = b;
    if (left->travel_ms != right->travel_ms) {
        return left->travel_ms < right->travel_ms ? -1 : 1;
    }
    return left->unit_id < right->unit_id ? -1 : left->unit_id > right->unit_id;
}

uint32_t geo_oracle_nearest(struct geo_oracle *oracle, const struct geo_fleet *fleet,
                            uint32_t units_max, const struct geo_nearest_query *query,
                            struct geo_nearest_hit hits[], bool *estimated)
{
    struct geo_place place;
    const bool by_road = geo_map_snap(oracle->map, query->profile, query->at, &place) == GEO_OK;
    if (by_road) {
        (void)geo_oracle_run(oracle, query->profile, place);
    }
    struct geo_nearest_hit *all = zeroed(units_max, sizeof *all);
    uint32_t count = 0;
    for (uint32_t id = 0; id < units_max; id++) {
        const struct geo_fleet_unit *unit = geo_fleet_get(fleet, id);
        const bool asked = unit->seen && unit->linked && unit->profile == query->profile &&
                           (query->flags_any == 0 || (unit->flags & query->flags_any)) &&
                           (unit->flags & query->flags_all) == query->flags_all;
        if (!asked) {
            continue;
        }
        const bool straight = !by_road || unit->place.edge == UINT32_MAX;
        uint64_t travel_ms = geo_straight_ms(unit->at, query->at, query->profile);
        if (!straight) {
            travel_ms = geo_oracle_road_ms(oracle, unit->place);
            if (travel_ms == GEO_ORACLE_NEVER) {
                continue;
            }
            travel_ms += geo_access_ms(place.distance_cm) + geo_access_ms(unit->place.distance_cm);
        }
        if (travel_ms <= query->limit_ms) {
            all[count++] = (struct geo_nearest_hit){id, (uint32_t)travel_ms, straight};
        }
    }
    qsort(all, count, sizeof *all, compare_hits);
    count = count < query->hits_max ? count : query->hits_max;
    *estimated = !by_road;
    for (uint32_t i = 0; i < count; i++) {
        hits[i] = all[i];
        *estimated = *estimated || all[i].estimated;
    }
    free(all);
    return count;
}

uint32_t geo_oracle_travel_ms(struct geo_oracle *oracle, struct geo_point from, struct geo_point to,
                              enum geo_profile profile, uint32_t limit_ms, bool *estimated)
{
    struct geo_place start;
    struct geo_place end;
    uint64_t travel_ms = geo_straight_ms(from, to, profile);
    *estimated = geo_map_snap(oracle->map, profile, from, &start) != GEO_OK ||
                 geo_map_snap(oracle->map, profile, to, &end) != GEO_OK;
    if (!*estimated) {
        (void)geo_oracle_run(oracle, profile, end);
        travel_ms = geo_oracle_road_ms(oracle, start);
        if (travel_ms != GEO_ORACLE_NEVER) {
            travel_ms += geo_access_ms(start.distance_cm) + geo_access_ms(end.distance_cm);
        }
    }
    return travel_ms <= limit_ms ? (uint32_t)travel_ms : GEO_TRAVEL_NEVER;
}

uint32_t geo_oracle_isochrone(struct geo_oracle *oracle, enum geo_profile profile,
                              struct geo_place place, uint32_t limit_ms, struct geo_reach reaches[])
{
    const uint64_t *node_ms = geo_oracle_run(oracle, profile, place);
    const uint64_t access_ms = geo_access_ms(place.distance_cm);
    uint32_t count = 0;
    for (uint32_t i = 0; i < oracle->map->edge_count && access_ms <= limit_ms; i++) {
        const struct geo_edge *edge = &oracle->map->edges[i];
        const bool open[] = {edge->backward_ms[profile] != GEO_TRAVEL_NEVER,
                             edge->forward_ms[profile] != GEO_TRAVEL_NEVER};
        const uint64_t ends_ms[] = {node_ms[edge->back_to], node_ms[edge->to]};
        uint32_t reach_ms[2];
        for (int end = 0; end < 2; end++) {
            const bool near = open[end] && ends_ms[end] != GEO_ORACLE_NEVER &&
                              ends_ms[end] + access_ms <= limit_ms;
            reach_ms[end] = near ? (uint32_t)(ends_ms[end] + access_ms) : GEO_TRAVEL_NEVER;
        }
        const bool near = reach_ms[0] != GEO_TRAVEL_NEVER || reach_ms[1] != GEO_TRAVEL_NEVER;
        if (near || i == place.edge) {
            reaches[count++] = (struct geo_reach){i, reach_ms[0], reach_ms[1]};
        }
    }
    return count;
}
