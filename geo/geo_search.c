#include "geo/geo_search.h"

#include <stdlib.h>
#include <string.h>

#define LATER GEO_BUCKET_COUNT /* the list of nodes not yet in sight */

enum geo_status geo_search_create(const struct geo_map *map, uint32_t units_max,
                                  struct geo_search **out)
{
    assert(units_max > 0);
    assert(out != NULL);

    *out = NULL;
    struct geo_search *search = calloc(1, sizeof *search);
    if (search == NULL) {
        return GEO_NO_MEMORY;
    }
    search->around_nodes = GEO_AROUND_NODES;
    search->nodes_max = map == NULL ? 0 : map->node_count;
    search->labels = calloc((size_t)search->nodes_max + 1u, sizeof *search->labels);
    search->touched = calloc((size_t)search->nodes_max + 1u, sizeof *search->touched);
    search->slots = calloc(map == NULL ? 1u : (size_t)map->edge_count + 1u, sizeof *search->slots);
    bool good = search->labels != NULL && search->touched != NULL && search->slots != NULL;
    for (size_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        struct geo_search_climb *kept = &search->climbs[profile];
        kept->edge = UINT32_MAX;
        good = geo_climb_init(&kept->climb, search->nodes_max) && good;
    }
    if (!good) {
        geo_search_destroy(search);
        return GEO_NO_MEMORY;
    }
    memset(search->first, 0xff, sizeof search->first);
    memset(search->last, 0xff, sizeof search->last);
    *out = search;
    return GEO_OK;
}

void geo_search_destroy(struct geo_search *search)
{
    if (search == NULL) {
        return;
    }
    for (size_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        geo_climb_finish(&search->climbs[profile].climb);
    }
    free(search->slots);
    free(search->touched);
    free(search->labels);
    free(search);
}

void geo_search_follow(struct geo_search *search, const struct geo_roads *roads)
{
    assert(search != NULL);
    search->roads = *roads;
    for (size_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        search->climbs[profile].edge = UINT32_MAX;
    }
}

static void empty_bucket(struct geo_search *search, uint32_t bucket)
{
    search->first[bucket] = GEO_NODE_NONE;
    search->last[bucket] = GEO_NODE_NONE;
}

void geo_search_start(struct geo_search *search)
{
    for (uint32_t word = 0; word < GEO_BUCKET_COUNT / 64u; word++) {
        uint64_t bits = search->used[word];
        for (; bits != 0; bits &= bits - 1u) {
            empty_bucket(search, word * 64u + (uint32_t)__builtin_ctzll(bits));
        }
        search->used[word] = 0;
    }
    empty_bucket(search, LATER);
    search->base = 0;
    search->touched_count = 0;
    search->version++;
    if (search->version == 0) { /* once in four thousand million searches */
        memset(search->labels, 0, (size_t)search->nodes_max * sizeof *search->labels);
        search->version = 1;
    }
}

static uint32_t bucket_of(const struct geo_search *search, uint32_t travel_ms)
{
    const uint32_t number = travel_ms >> GEO_BUCKET_SHIFT;
    assert(number >= search->base);
    const uint32_t bucket = number - search->base;
    return bucket < LATER ? bucket : LATER;
}

static void append(struct geo_search *search, uint32_t node, uint32_t bucket)
{
    const uint32_t last = search->last[bucket];
    search->labels[node].next = GEO_NODE_NONE;
    search->labels[node].previous = last;
    search->last[bucket] = node;
    if (last == GEO_NODE_NONE) {
        search->first[bucket] = node;
    } else {
        search->labels[last].next = node;
    }
    if (bucket != LATER) {
        search->used[bucket / 64u] |= UINT64_C(1) << (bucket % 64u);
    }
}

static void take_out(struct geo_search *search, uint32_t node, uint32_t bucket)
{
    struct geo_label *label = &search->labels[node];
    assert(label->previous != GEO_NODE_FREE);
    if (label->previous == GEO_NODE_NONE) {
        search->first[bucket] = label->next;
    } else {
        search->labels[label->previous].next = label->next;
    }
    if (label->next == GEO_NODE_NONE) {
        search->last[bucket] = label->previous;
    } else {
        search->labels[label->next].previous = label->previous;
    }
    if (bucket != LATER && search->first[bucket] == GEO_NODE_NONE) {
        search->used[bucket / 64u] &= ~(UINT64_C(1) << (bucket % 64u));
    }
    label->previous = GEO_NODE_FREE;
}

void geo_search_offer(struct geo_search *search, uint32_t node, uint32_t travel_ms)
{
    assert(node < search->nodes_max);

    struct geo_label *label = &search->labels[node];
    const uint32_t bucket = bucket_of(search, travel_ms);
    if (label->version != search->version) {
        label->version = search->version;
        search->touched[search->touched_count++] = node;
    } else {
        if (label->travel_ms <= travel_ms) {
            return;
        }
        if (label->previous != GEO_NODE_FREE) {
            const uint32_t bucket_before = bucket_of(search, label->travel_ms);
            if (bucket_before == bucket) {
                label->travel_ms = travel_ms;
                return;
            }
            take_out(search, node, bucket_before);
        }
    }
    label->travel_ms = travel_ms;
    append(search, node, bucket);
}

/* Bring the buckets into sight in which the waiting nodes begin. */
static void look_later(struct geo_search *search)
{
    uint32_t number_min = UINT32_MAX;
    uint32_t node = search->first[LATER];
    for (uint32_t i = node; i != GEO_NODE_NONE; i = search->labels[i].next) {
        const uint32_t number = search->labels[i].travel_ms >> GEO_BUCKET_SHIFT;
        number_min = number < number_min ? number : number_min;
    }
    empty_bucket(search, LATER);
    search->base = number_min;
    while (node != GEO_NODE_NONE) {
        const uint32_t next = search->labels[node].next;
        append(search, node, bucket_of(search, search->labels[node].travel_ms));
        node = next;
    }
}

/* The first bucket with a node in it, LATER if there is none in sight. */
static uint32_t front_bucket(const struct geo_search *search)
{
    for (uint32_t word = 0; word < GEO_BUCKET_COUNT / 64u; word++) {
        if (search->used[word] != 0) {
            return word * 64u + (uint32_t)__builtin_ctzll(search->used[word]);
        }
    }
    return LATER;
}

uint32_t geo_search_take(struct geo_search *search, uint32_t bound_ms)
{
    uint32_t bucket = front_bucket(search);
    if (bucket == LATER) {
        if (search->first[LATER] == GEO_NODE_NONE) {
            return GEO_NODE_NONE;
        }
        look_later(search);
        bucket = front_bucket(search);
    }
    assert(bucket != LATER);

    if (search->base + bucket > bound_ms >> GEO_BUCKET_SHIFT) {
        return GEO_NODE_NONE;
    }
    const uint32_t node = search->first[bucket];
    take_out(search, node, bucket);
    return node;
}
