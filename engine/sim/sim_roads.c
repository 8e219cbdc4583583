#include "engine/sim/sim_roads.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BACKWARD       0x80000000u
#define PATH_MAX_EDGES 4096u
#define PLACE_TRIES    10000u

struct out_arc {
    uint32_t edge; /* bit 31: backward */
    uint32_t head;
    uint32_t travel_ms;
};

struct heap_item {
    uint32_t travel_ms;
    uint32_t node;
};

struct sim_roads {
    const struct geo_map *map;
    uint32_t *out_first[GEO_PROFILE_COUNT];
    struct out_arc *out_arcs[GEO_PROFILE_COUNT];
    /* Workspace of sim_roads_aim. */
    uint32_t *travel_ms;
    uint32_t *came_by; /* arc into the node: edge with bit 31 */
    struct heap_item *heap;
    uint32_t heap_count;
};

static uint32_t edge_ms(const struct geo_edge *edge, enum geo_profile profile, bool backward)
{
    return backward ? edge->backward_ms[profile] : edge->forward_ms[profile];
}

static bool make_out(struct sim_roads *roads, enum geo_profile profile)
{
    const struct geo_map *map = roads->map;
    uint32_t *first = calloc((size_t)map->node_count + 2, sizeof first[0]);
    struct out_arc *arcs = calloc((size_t)map->edge_count * 2 + 1, sizeof arcs[0]);
    roads->out_first[profile] = first;
    roads->out_arcs[profile] = arcs;
    if (first == NULL || arcs == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < map->edge_count * 2; i++) {
        const struct geo_edge *edge = &map->edges[i / 2];
        const bool backward = i % 2 == 1;
        if (edge_ms(edge, profile, backward) != GEO_TRAVEL_NEVER) {
            first[geo_edge_tail(edge, backward) + 2]++;
        }
    }
    for (uint32_t node = 2; node <= map->node_count + 1; node++) {
        first[node] += first[node - 1];
    }
    for (uint32_t i = 0; i < map->edge_count * 2; i++) {
        const struct geo_edge *edge = &map->edges[i / 2];
        const bool backward = i % 2 == 1;
        const uint32_t travel_ms = edge_ms(edge, profile, backward);
        if (travel_ms != GEO_TRAVEL_NEVER) {
            const uint32_t tail = geo_edge_tail(edge, backward);
            arcs[first[tail + 1]++] = (struct out_arc){.edge = i / 2 | (backward ? BACKWARD : 0),
                                                       .head = geo_edge_head(edge, backward),
                                                       .travel_ms = travel_ms};
        }
    }
    return true;
}

struct sim_roads *sim_roads_create(const struct geo_map *map)
{
    struct sim_roads *roads = calloc(1, sizeof *roads);
    if (roads == NULL) {
        return NULL;
    }
    roads->map = map;
    bool good = true;
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        good = good && make_out(roads, (enum geo_profile)profile);
    }
    roads->travel_ms = malloc(((size_t)map->node_count + 1) * sizeof roads->travel_ms[0]);
    roads->came_by = malloc(((size_t)map->node_count + 1) * sizeof roads->came_by[0]);
    roads->heap = malloc(((size_t)map->edge_count * 2 + 2) * sizeof roads->heap[0]);
    if (!good || roads->travel_ms == NULL || roads->came_by == NULL || roads->heap == NULL) {
        sim_roads_destroy(roads);
        return NULL;
    }
    return roads;
}

void sim_roads_destroy(struct sim_roads *roads)
{
    if (roads == NULL) {
        return;
    }
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        free(roads->out_first[profile]);
        free(roads->out_arcs[profile]);
    }
    free(roads->travel_ms);
    free(roads->came_by);
    free(roads->heap);
    free(roads);
}

static uint32_t end_node(const struct sim_roads *roads, const struct sim_mover *mover)
{
    const struct geo_edge *edge = &roads->map->edges[mover->edge];
    return geo_edge_head(edge, mover->backward);
}

bool sim_roads_place(const struct sim_roads *roads, struct sim_mover *mover,
                     enum geo_profile profile, struct geo_point at)
{
    struct geo_place place;
    if (geo_map_snap(roads->map, profile, at, &place) != GEO_OK) {
        return false;
    }
    const struct geo_edge *edge = &roads->map->edges[place.edge];
    *mover = (struct sim_mover){.profile = profile, .edge = place.edge};
    mover->backward = edge->forward_ms[profile] == GEO_TRAVEL_NEVER;
    const uint64_t fraction = mover->backward ? 1000000u - place.fraction_e6 : place.fraction_e6;
    mover->done_ms = (uint32_t)(edge_ms(edge, profile, mover->backward) * fraction / 1000000u);
    return true;
}

void sim_roads_finish(struct sim_mover *mover)
{
    free(mover->path);
    mover->path = NULL;
}

/* ---- A plain binary heap ---- */

static void heap_push(struct sim_roads *roads, struct heap_item item)
{
    uint32_t at = roads->heap_count++;
    while (at > 0 && roads->heap[(at - 1) / 2].travel_ms > item.travel_ms) {
        roads->heap[at] = roads->heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    roads->heap[at] = item;
}

static struct heap_item heap_pop(struct sim_roads *roads)
{
    const struct heap_item top = roads->heap[0];
    const struct heap_item last = roads->heap[--roads->heap_count];
    uint32_t at = 0;
    while (true) {
        uint32_t child = at * 2 + 1;
        if (child >= roads->heap_count) {
            break;
        }
        if (child + 1 < roads->heap_count &&
            roads->heap[child + 1].travel_ms < roads->heap[child].travel_ms) {
            child++;
        }
        if (last.travel_ms <= roads->heap[child].travel_ms) {
            break;
        }
        roads->heap[at] = roads->heap[child];
        at = child;
    }
    roads->heap[at] = last;
    return top;
}

/* Labels every node until `goal` is settled; false: it cannot be reached. */
static bool search(struct sim_roads *roads, enum geo_profile profile, uint32_t start, uint32_t goal)
{
    memset(roads->travel_ms, 0xff, roads->map->node_count * sizeof roads->travel_ms[0]);
    roads->heap_count = 0;
    roads->travel_ms[start] = 0;
    roads->came_by[start] = GEO_TRAVEL_NEVER;
    heap_push(roads, (struct heap_item){0, start});
    while (roads->heap_count > 0) {
        const struct heap_item item = heap_pop(roads);
        if (item.travel_ms > roads->travel_ms[item.node]) {
            continue;
        }
        if (item.node == goal) {
            return true;
        }
        const uint32_t last = roads->out_first[profile][item.node + 1];
        for (uint32_t i = roads->out_first[profile][item.node]; i < last; i++) {
            const struct out_arc *arc = &roads->out_arcs[profile][i];
            const uint32_t travel_ms = item.travel_ms + arc->travel_ms;
            if (travel_ms < roads->travel_ms[arc->head]) {
                roads->travel_ms[arc->head] = travel_ms;
                roads->came_by[arc->head] = arc->edge;
                heap_push(roads, (struct heap_item){travel_ms, arc->head});
            }
        }
    }
    return false;
}

static uint32_t tail_of(const struct geo_map *map, uint32_t directed)
{
    const struct geo_edge *edge = &map->edges[directed & ~BACKWARD];
    return (directed & BACKWARD) != 0 ? edge->to : edge->from;
}

bool sim_roads_aim(struct sim_roads *roads, struct sim_mover *mover, struct geo_point target)
{
    struct geo_place place;
    mover->has_target = false;
    mover->target = target;
    mover->path_at = 0;
    mover->path_count = 0;
    if (geo_map_snap(roads->map, mover->profile, target, &place) != GEO_OK) {
        return false;
    }
    const struct geo_edge *last = &roads->map->edges[place.edge];
    const bool backward = last->forward_ms[mover->profile] == GEO_TRAVEL_NEVER;
    const uint32_t goal = geo_edge_tail(last, backward);
    const uint32_t start = end_node(roads, mover);
    if (!search(roads, mover->profile, start, goal)) {
        return false;
    }
    uint32_t count = 1;
    for (uint32_t node = goal; node != start; node = tail_of(roads->map, roads->came_by[node])) {
        count++;
    }
    uint32_t *path = count > PATH_MAX_EDGES ? NULL : realloc(mover->path, count * sizeof path[0]);
    if (path == NULL) {
        return false;
    }
    mover->path = path;
    mover->path_count = count;
    path[count - 1] = place.edge | (backward ? BACKWARD : 0);
    uint32_t at = count - 1;
    for (uint32_t node = goal; node != start; node = tail_of(roads->map, roads->came_by[node])) {
        path[--at] = roads->came_by[node];
    }
    mover->has_target = true;
    return true;
}

/* At the end of an edge: the next of the plan, else any road but the one back, else back. */
static void turn(const struct sim_roads *roads, struct sim_mover *mover, struct prng *prng)
{
    const uint32_t node = end_node(roads, mover);
    mover->done_ms = 0;
    if (mover->path_at < mover->path_count) {
        const uint32_t directed = mover->path[mover->path_at++];
        mover->edge = directed & ~BACKWARD;
        mover->backward = (directed & BACKWARD) != 0;
        return;
    }
    const uint32_t first = roads->out_first[mover->profile][node];
    const uint32_t count = roads->out_first[mover->profile][node + 1] - first;
    if (count == 0) {
        return; /* a dead end that one cannot even leave: stands at its start again */
    }
    uint32_t pick = prng_below(prng, count);
    const struct out_arc *arc = &roads->out_arcs[mover->profile][first + pick];
    if ((arc->edge & ~BACKWARD) == mover->edge && count > 1) {
        pick = (pick + 1) % count;
        arc = &roads->out_arcs[mover->profile][first + pick];
    }
    mover->edge = arc->edge & ~BACKWARD;
    mover->backward = (arc->edge & BACKWARD) != 0;
}

#define REACHED_M 25u

bool sim_roads_drive(const struct sim_roads *roads, struct sim_mover *mover, uint32_t for_ms,
                     struct prng *prng)
{
    for (int turns = 0; for_ms > 0 && turns < 64; turns++) {
        const struct geo_edge *edge = &roads->map->edges[mover->edge];
        const uint32_t whole_ms = edge_ms(edge, mover->profile, mover->backward);
        const uint32_t left_ms = whole_ms > mover->done_ms ? whole_ms - mover->done_ms : 0;
        if (left_ms > for_ms) {
            mover->done_ms += for_ms;
            break;
        }
        for_ms -= left_ms;
        turn(roads, mover, prng);
    }
    const bool on_last = mover->path_at == mover->path_count;
    if (!mover->has_target || !on_last) {
        return false;
    }
    const bool there = geo_distance_m(sim_roads_point(roads, mover), mover->target) <= REACHED_M ||
                       mover->path_count == 0 || mover->done_ms > 0;
    mover->has_target = !there;
    return there;
}

struct geo_point sim_roads_point(const struct sim_roads *roads, const struct sim_mover *mover)
{
    const uint32_t whole_ms =
        edge_ms(&roads->map->edges[mover->edge], mover->profile, mover->backward);
    uint64_t fraction = whole_ms == 0 ? 0 : (uint64_t)mover->done_ms * 1000000u / whole_ms;
    fraction = fraction > 1000000u ? 1000000u : fraction;
    const struct geo_place place = {
        .edge = mover->edge,
        .fraction_e6 = (uint32_t)(mover->backward ? 1000000u - fraction : fraction)};
    return geo_map_place_point(roads->map, place);
}

struct geo_point sim_roads_random(const struct sim_roads *roads, struct prng *prng)
{
    for (uint32_t i = 0; i < PLACE_TRIES; i++) {
        const uint32_t id = prng_below(prng, roads->map->edge_count);
        const struct geo_edge *edge = &roads->map->edges[id];
        if ((edge->component >> GEO_PROFILE_CAR & 1u) != 0) {
            const struct geo_place place = {.edge = id, .fraction_e6 = prng_below(prng, 1000001)};
            return geo_map_place_point(roads->map, place);
        }
    }
    return roads->map->nodes[0];
}
