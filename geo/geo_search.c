#include "geo/geo_search.h"

#include <stdlib.h>
#include <string.h>

#define NONE  UINT32_MAX
#define LATER GEO_BUCKET_COUNT /* the list of nodes not yet in sight */

/* A node counts while it is in one bucket, so what it offers along an arc falls into two at most.
 */
#define QUEUED_AN_EDGE  4u /* two ways */
#define QUEUED_AT_START 2u

#define VERSIONS (GEO_LABEL_TAKEN + 1u)

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
    const uint32_t edges = map == NULL ? 0 : map->edge_count;
    search->nodes_max = map == NULL ? 0 : map->node_count;
    search->queued_max = QUEUED_AN_EDGE * edges + QUEUED_AT_START;
    search->labels = calloc((size_t)search->nodes_max + 1u, sizeof *search->labels);
    search->touched = calloc((size_t)search->nodes_max + 1u, sizeof *search->touched);
    search->queued = calloc(search->queued_max, sizeof *search->queued);
    search->slots = calloc((size_t)edges + 1u, sizeof *search->slots);
    bool good = search->labels != NULL && search->touched != NULL && search->queued != NULL &&
                search->slots != NULL;
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
    free(search->queued);
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

void geo_search_start(struct geo_search *search)
{
    for (uint32_t word = 0; word < GEO_BUCKET_COUNT / 64u; word++) {
        uint64_t bits = search->used[word];
        for (; bits != 0; bits &= bits - 1u) {
            search->first[word * 64u + (uint32_t)__builtin_ctzll(bits)] = NONE;
        }
        search->used[word] = 0;
    }
    search->first[LATER] = NONE;
    search->queued_free = NONE;
    search->queued_used = 0;
    search->base = 0;
    search->front = 0;
    search->touched_count = 0;
    search->version += VERSIONS;
    if (search->version == 0) { /* once in two thousand million searches */
        memset(search->labels, 0, (size_t)search->nodes_max * sizeof *search->labels);
        search->version = VERSIONS;
    }
}

static uint32_t bucket_of(const struct geo_search *search, uint32_t travel_ms)
{
    const uint32_t number = travel_ms >> GEO_BUCKET_SHIFT;
    assert(number >= search->base);
    const uint32_t bucket = number - search->base;
    return bucket < LATER ? bucket : LATER;
}

static void set_free(struct geo_search *search, uint32_t queued)
{
    search->queued[queued].next = search->queued_free;
    search->queued_free = queued;
}

static void put(struct geo_search *search, uint32_t queued, uint32_t bucket)
{
    search->queued[queued].next = search->first[bucket];
    search->first[bucket] = queued;
    if (bucket != LATER) {
        search->used[bucket / 64u] |= UINT64_C(1) << (bucket % 64u);
    }
}

static void push(struct geo_search *search, uint32_t node, uint32_t bucket)
{
    uint32_t queued = search->queued_free;
    if (queued != NONE) {
        search->queued_free = search->queued[queued].next;
    } else {
        queued = search->queued_used++;
        assert(queued < search->queued_max);
    }
    search->queued[queued].node = node;
    put(search, queued, bucket);
}

static bool is_labelled(const struct geo_search *search, uint32_t node)
{
    return search->labels[node].version - search->version <= GEO_LABEL_TAKEN;
}

void geo_search_put(struct geo_search *search, uint32_t node, uint32_t travel_ms)
{
    assert(travel_ms < geo_search_known_ms(search, node));

    struct geo_label *label = &search->labels[node];
    const uint32_t bucket = bucket_of(search, travel_ms);
    const bool is_there =
        label->version == search->version && bucket_of(search, label->travel_ms) == bucket;
    if (!is_labelled(search, node)) {
        search->touched[search->touched_count++] = node;
    }
    *label = (struct geo_label){travel_ms, search->version};
    if (!is_there) {
        push(search, node, bucket);
    }
}

/* Not in an earlier bucket as well, from which it was taken. */
static bool is_waiting(const struct geo_search *search, uint32_t queued)
{
    return search->labels[search->queued[queued].node].version == search->version;
}

static uint32_t travel_ms_of(const struct geo_search *search, uint32_t queued)
{
    return search->labels[search->queued[queued].node].travel_ms;
}

/* Bring the buckets into sight in which the waiting nodes begin. */
static void look_later(struct geo_search *search)
{
    uint32_t travel_ms_min = UINT32_MAX;
    uint32_t queued = search->first[LATER];
    for (uint32_t i = queued; i != NONE; i = search->queued[i].next) {
        if (is_waiting(search, i) && travel_ms_of(search, i) < travel_ms_min) {
            travel_ms_min = travel_ms_of(search, i);
        }
    }
    search->first[LATER] = NONE;
    search->base = travel_ms_min >> GEO_BUCKET_SHIFT;
    search->front = 0;
    while (queued != NONE) {
        const uint32_t next = search->queued[queued].next;
        if (is_waiting(search, queued)) {
            put(search, queued, bucket_of(search, travel_ms_of(search, queued)));
        } else {
            set_free(search, queued);
        }
        queued = next;
    }
}

/* On to the first bucket with something in it, LATER if there is none in sight. */
static void advance(struct geo_search *search)
{
    uint32_t word = search->front / 64u;
    while (word < GEO_BUCKET_COUNT / 64u && search->used[word] == 0) {
        word++;
    }
    search->front = LATER;
    if (word < GEO_BUCKET_COUNT / 64u) {
        search->front = word * 64u + (uint32_t)__builtin_ctzll(search->used[word]);
    }
}

/* The last that was put into the bucket: free from now on, but not written over before the next is
 * put. */
static uint32_t pop(struct geo_search *search, uint32_t bucket)
{
    const uint32_t queued = search->first[bucket];
    search->first[bucket] = search->queued[queued].next;
    if (search->first[bucket] == NONE) {
        search->used[bucket / 64u] &= ~(UINT64_C(1) << (bucket % 64u));
    }
    set_free(search, queued);
    return queued;
}

uint32_t geo_search_take(struct geo_search *search, uint32_t bound_ms)
{
    for (;;) {
        if (search->first[search->front] == NONE) {
            advance(search);
        }
        if (search->front == LATER && search->first[LATER] != NONE) {
            look_later(search);
            continue;
        }
        if (search->front == LATER || search->base + search->front > bound_ms >> GEO_BUCKET_SHIFT) {
            return GEO_NODE_NONE;
        }
        const uint32_t queued = pop(search, search->front);
        if (is_waiting(search, queued)) {
            const uint32_t node = search->queued[queued].node;
            search->labels[node].version += GEO_LABEL_TAKEN;
            return node;
        }
    }
}
