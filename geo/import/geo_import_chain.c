#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_graph.h"
#include "geo/import/geo_import_turn.h"

/* A straight piece of a road between two neighbouring points of it. */
struct segment {
    uint32_t a, b; /* source nodes, in road order */
    uint32_t road;
};

struct builder {
    struct geo_import_source *source;
    struct geo_import_chains *out;
    struct geo_import_list segments; /* struct segment */
    uint32_t *first;                 /* segments at a node: incident[first[n]..first[n + 1]) */
    uint32_t *incident;
    bool *visited;        /* segment */
    uint8_t *blocked;     /* node: profiles that cannot pass */
    bool *turning;        /* node: a turn restriction is about it */
    bool *kept;           /* node: stays a node of the graph */
    uint32_t *graph_node; /* node: where it is in out->nodes; barriers: the last copy made */
    uint32_t *gate_first; /* node: the first copy of a barrier */
};

static const struct geo_import_road *road_of(const struct builder *builder, uint32_t road)
{
    const struct geo_import_road *roads = builder->source->roads.items;
    return &roads[road];
}

static const struct segment *segment_of(const struct builder *builder, uint32_t segment)
{
    const struct segment *segments = builder->segments.items;
    return &segments[segment];
}

static struct geo_point point_of(const struct builder *builder, uint32_t node)
{
    const struct geo_import_node *nodes = builder->source->nodes.items;
    return nodes[node].at;
}

static uint32_t degree_of(const struct builder *builder, uint32_t node)
{
    return builder->first[node + 1] - builder->first[node];
}

static enum geo_status cut_road(struct builder *builder, uint32_t index)
{
    const uint32_t *refs = builder->source->refs.items;
    const struct geo_import_road *road = road_of(builder, index);
    uint32_t before = GEO_IMPORT_NO_NODE;
    for (uint32_t i = 0; i < road->ref_count; i++) {
        const uint32_t node = refs[road->ref_first + i];
        if (before != GEO_IMPORT_NO_NODE && node != GEO_IMPORT_NO_NODE && node != before) {
            if (geo_distance_cm(point_of(builder, before), point_of(builder, node)) >
                GEO_IMPORT_PIECE_CM_MAX) {
                builder->source->report->counts[GEO_IMPORT_LONG_PIECES]++;
            } else {
                struct segment *segment = geo_import_list_add(&builder->segments);
                if (segment == NULL) {
                    return GEO_NO_MEMORY;
                }
                *segment = (struct segment){.a = before, .b = node, .road = index};
            }
        }
        before = node;
    }
    return GEO_OK;
}

static enum geo_status cut_roads(struct builder *builder)
{
    for (uint32_t i = 0; i < builder->source->roads.count; i++) {
        const bool is_open = geo_import_tags_open(&road_of(builder, i)->rule) != 0;
        const enum geo_status status = is_open ? cut_road(builder, i) : GEO_OK;
        if (status != GEO_OK) {
            return status;
        }
    }
    return builder->segments.count < UINT32_MAX / 2 ? GEO_OK : GEO_FULL;
}

static enum geo_status take_memory(struct builder *builder)
{
    const size_t nodes = builder->source->nodes.count + 1;
    const size_t segments = builder->segments.count + 1;
    builder->first = calloc(nodes + 1, sizeof *builder->first);
    builder->incident = calloc(segments * 2, sizeof *builder->incident);
    builder->visited = calloc(segments, sizeof *builder->visited);
    builder->blocked = calloc(nodes, sizeof *builder->blocked);
    builder->turning = calloc(nodes, sizeof *builder->turning);
    builder->kept = calloc(nodes, sizeof *builder->kept);
    builder->graph_node = calloc(nodes, sizeof *builder->graph_node);
    builder->gate_first = calloc(nodes, sizeof *builder->gate_first);
    const bool all = builder->first != NULL && builder->incident != NULL &&
                     builder->visited != NULL && builder->blocked != NULL &&
                     builder->turning != NULL && builder->kept != NULL &&
                     builder->graph_node != NULL && builder->gate_first != NULL;
    return all ? GEO_OK : GEO_NO_MEMORY;
}

static void index_segments(struct builder *builder)
{
    const struct segment *segments = builder->segments.items;
    const size_t nodes = builder->source->nodes.count;
    uint32_t *first = builder->first;
    for (size_t i = 0; i < builder->segments.count; i++) {
        first[segments[i].a + 1]++;
        first[segments[i].b + 1]++;
    }
    for (size_t n = 0; n < nodes; n++) {
        first[n + 1] += first[n];
    }
    for (size_t i = builder->segments.count;
         i-- > 0;) { /* backwards: first[] ends where it began */
        builder->incident[--first[segments[i].a + 1]] = (uint32_t)i;
        builder->incident[--first[segments[i].b + 1]] = (uint32_t)i;
    }
    memmove(first, first + 1, nodes * sizeof *first);
    first[nodes] = (uint32_t)(builder->segments.count * 2);
}

static void mark_turns(struct builder *builder)
{
    const struct geo_import_turn *turns = builder->source->turns.items;
    for (size_t i = 0; i < builder->source->turns.count; i++) {
        if (turns[i].via != GEO_IMPORT_NO_NODE) {
            builder->turning[turns[i].via] = true;
        }
    }
}

/* A barrier where turns are restricted is one more restriction: geo_import_turn.c knows of both.
 * Elsewhere a barrier only counts for profiles that could go on behind it. */
static void mark_barriers(struct builder *builder)
{
    const struct geo_import_barrier *barriers = builder->source->barriers.items;
    for (size_t i = 0; i < builder->source->barriers.count; i++) {
        const uint32_t node = barriers[i].node;
        if (node == GEO_IMPORT_NO_NODE || builder->turning[node]) {
            continue;
        }
        unsigned once = 0;
        unsigned twice = 0;
        for (uint32_t k = builder->first[node]; k < builder->first[node + 1]; k++) {
            const struct segment *segment = segment_of(builder, builder->incident[k]);
            const unsigned open = geo_import_tags_open(&road_of(builder, segment->road)->rule);
            twice |= once & open;
            once |= open;
        }
        builder->blocked[node] |= (uint8_t)(barriers[i].blocked & twice);
        if (builder->blocked[node] != 0) {
            builder->source->report->counts[GEO_IMPORT_GATES_MADE]++;
        }
    }
}

/* Is it the same road on both sides of a point, seen in one direction? */
static bool rules_match(const struct geo_import_road *one, bool one_reversed,
                        const struct geo_import_road *other, bool other_reversed)
{
    if (one->rule.road_class != other->rule.road_class || one->rule.level != other->rule.level ||
        one->name != other->name || one->ref != other->ref) {
        return false;
    }
    for (unsigned d = 0; d < GEO_IMPORT_DIRECTION_COUNT; d++) {
        if (memcmp(one->rule.speed_mh[d ^ (unsigned)one_reversed],
                   other->rule.speed_mh[d ^ (unsigned)other_reversed],
                   sizeof one->rule.speed_mh[d]) != 0) {
            return false;
        }
    }
    return true;
}

static bool must_keep(const struct builder *builder, uint32_t node)
{
    if (degree_of(builder, node) != 2 || builder->blocked[node] != 0 || builder->turning[node]) {
        return true;
    }
    const struct segment *in = segment_of(builder, builder->incident[builder->first[node]]);
    const struct segment *out = segment_of(builder, builder->incident[builder->first[node] + 1]);
    return !rules_match(road_of(builder, in->road), in->b != node, road_of(builder, out->road),
                        out->a != node);
}

/* The graph's node for one end of an edge. At a barrier every end gets a node of its own; the
 * copies are joined by gates for those who pass. */
static enum geo_status end_node(struct builder *builder, uint32_t node, uint32_t *graph_node)
{
    const bool is_barrier = builder->blocked[node] != 0;
    if (builder->graph_node[node] == 0 || is_barrier) {
        struct geo_point *at = geo_import_list_add(&builder->out->nodes);
        if (at == NULL || builder->out->nodes.count > UINT32_MAX - 1) {
            return GEO_NO_MEMORY;
        }
        *at = point_of(builder, node);
        builder->graph_node[node] = (uint32_t)builder->out->nodes.count; /* + 1: 0 is none */
    }
    *graph_node = builder->graph_node[node] - 1;
    return GEO_OK;
}

static enum geo_status join_gate(struct builder *builder, uint32_t node, uint32_t graph_node,
                                 uint32_t road)
{
    if (builder->blocked[node] == 0) {
        return GEO_OK;
    }
    if (builder->gate_first[node] == 0) {
        builder->gate_first[node] = graph_node + 1;
        return GEO_OK;
    }
    const unsigned open = (1u << GEO_PROFILE_COUNT) - 1u;
    const uint8_t passing = (uint8_t)(open & ~(unsigned)builder->blocked[node]);
    if (passing == 0) {
        return GEO_OK;
    }
    struct geo_import_chain *gate = geo_import_list_add(&builder->out->chains);
    if (gate == NULL) {
        return GEO_NO_MEMORY;
    }
    *gate = (struct geo_import_chain){.from = builder->gate_first[node] - 1,
                                      .to = graph_node,
                                      .back_from = graph_node,
                                      .back_to = builder->gate_first[node] - 1,
                                      .road = road,
                                      .road_last = road,
                                      .shape_first = builder->out->shape.count,
                                      .length_cm = 1,
                                      .is_gate = true,
                                      .gate_open = passing};
    return GEO_OK;
}

static enum geo_status add_chain(struct builder *builder, struct geo_import_chain chain,
                                 uint32_t from, uint32_t to)
{
    enum geo_status status = end_node(builder, from, &chain.from);
    if (status == GEO_OK) {
        status = join_gate(builder, from, chain.from, chain.road);
    }
    if (status == GEO_OK) {
        status = end_node(builder, to, &chain.to);
    }
    if (status == GEO_OK) {
        status = join_gate(builder, to, chain.to, chain.road);
    }
    chain.back_from = chain.to;
    chain.back_to = chain.from;
    struct geo_import_chain *slot =
        status == GEO_OK ? geo_import_list_add(&builder->out->chains) : NULL;
    if (slot == NULL) {
        return status == GEO_OK ? GEO_NO_MEMORY : status;
    }
    if (chain.length_cm == 0) {
        chain.length_cm = 1; /* two nodes on one spot: a fraction needs something to divide */
    }
    *slot = chain;
    return GEO_OK;
}

/* A loop back to its own start becomes two edges, so that no edge has one node at both ends. */
static enum geo_status add_loop(struct builder *builder, const struct geo_import_chain *whole,
                                uint32_t start, const uint32_t inner[])
{
    assert(whole->shape_count > 0);
    const uint32_t middle = whole->shape_count / 2;
    struct geo_import_chain one = *whole;
    struct geo_import_chain other = *whole;
    one.shape_count = middle;
    one.length_cm = 0;
    uint32_t before = start;
    for (uint32_t i = 0; i <= middle; i++) {
        one.length_cm += geo_distance_cm(point_of(builder, before), point_of(builder, inner[i]));
        before = inner[i];
    }
    other.shape_first += middle + 1;
    other.shape_count -= middle + 1;
    other.length_cm -= one.length_cm;
    builder->source->report->counts[GEO_IMPORT_GRAPH_POINTS_CONTRACTED]--;
    const enum geo_status status = add_chain(builder, one, start, inner[middle]);
    return status == GEO_OK ? add_chain(builder, other, inner[middle], start) : status;
}

/* The segment that goes on from a node that is not kept. */
static uint32_t next_segment(const struct builder *builder, uint32_t node, uint32_t segment)
{
    const uint32_t *at = &builder->incident[builder->first[node]];
    return at[0] == segment ? at[1] : at[0];
}

/* Follow a segment away from `start` to the next kept node; *end is that node. */
static enum geo_status walk(struct builder *builder, struct geo_import_list *inner, uint32_t start,
                            uint32_t segment, uint32_t *end)
{
    struct geo_import_chain chain = {.road = segment_of(builder, segment)->road,
                                     .is_reversed = segment_of(builder, segment)->a != start,
                                     .shape_first = builder->out->shape.count};
    uint32_t node = start;
    inner->count = 0;
    while (true) {
        const struct segment *piece = segment_of(builder, segment);
        const uint32_t next = piece->a == node ? piece->b : piece->a;
        builder->visited[segment] = true;
        chain.road_last = piece->road;
        chain.length_cm += geo_distance_cm(point_of(builder, node), point_of(builder, next));
        node = next;
        if (chain.shape_count == GEO_IMPORT_SHAPE_MAX ||
            chain.length_cm > GEO_IMPORT_EDGE_CM_MAX - GEO_IMPORT_PIECE_CM_MAX) {
            builder->kept[node] = true;
        }
        if (builder->kept[node]) {
            break;
        }
        const struct geo_point at = point_of(builder, node);
        if (geo_import_list_append(&builder->out->shape, &at, 1) == NULL ||
            geo_import_list_append(inner, &node, 1) == NULL) {
            return GEO_NO_MEMORY;
        }
        chain.shape_count++;
        builder->source->report->counts[GEO_IMPORT_GRAPH_POINTS_CONTRACTED]++;
        segment = next_segment(builder, node, segment);
    }
    *end = node;
    return node == start ? add_loop(builder, &chain, start, inner->items)
                         : add_chain(builder, chain, start, node);
}

/* All chains that begin at a node, and those that begin where a chain had to be cut. */
static enum geo_status walk_from(struct builder *builder, struct geo_import_list *inner,
                                 uint32_t node)
{
    for (uint32_t k = builder->first[node]; k < builder->first[node + 1]; k++) {
        uint32_t start = node;
        uint32_t segment = builder->incident[k];
        while (!builder->visited[segment]) {
            uint32_t end = start;
            const enum geo_status status = walk(builder, inner, start, segment, &end);
            if (status != GEO_OK) {
                return status;
            }
            if (degree_of(builder, end) != 2) {
                break;
            }
            const uint32_t *at = &builder->incident[builder->first[end]];
            segment = builder->visited[at[0]] ? at[1] : at[0];
            start = end;
        }
    }
    return GEO_OK;
}

static enum geo_status list_crossings(struct builder *builder)
{
    for (uint32_t n = 0; n < builder->source->nodes.count; n++) {
        if (!builder->turning[n] || builder->graph_node[n] == 0) {
            continue;
        }
        struct geo_import_crossing *crossing = geo_import_list_add(&builder->out->crossings);
        if (crossing == NULL) {
            return GEO_NO_MEMORY;
        }
        *crossing =
            (struct geo_import_crossing){.node = n, .graph_node = builder->graph_node[n] - 1};
    }
    return GEO_OK;
}

static enum geo_status build(struct builder *builder, struct geo_import_list *inner)
{
    enum geo_status status = cut_roads(builder);
    if (status == GEO_OK) {
        status = take_memory(builder);
    }
    if (status != GEO_OK) {
        return status;
    }
    index_segments(builder);
    mark_turns(builder);
    mark_barriers(builder);
    const uint32_t nodes = (uint32_t)builder->source->nodes.count;
    for (uint32_t n = 0; n < nodes; n++) {
        builder->kept[n] = degree_of(builder, n) > 0 && must_keep(builder, n);
    }
    for (uint32_t n = 0; n < nodes && status == GEO_OK; n++) {
        if (builder->kept[n]) {
            status = walk_from(builder, inner, n);
        }
    }
    for (uint32_t n = 0; n < nodes && status == GEO_OK; n++) { /* rings that nothing joins */
        if (degree_of(builder, n) > 0 && !builder->visited[builder->incident[builder->first[n]]]) {
            builder->kept[n] = true;
            status = walk_from(builder, inner, n);
        }
    }
    return status == GEO_OK ? list_crossings(builder) : status;
}

enum geo_status geo_import_chain_build(struct geo_import_source *source,
                                       struct geo_import_chains *chains)
{
    *chains = (struct geo_import_chains){
        .nodes = GEO_IMPORT_LIST_OF(struct geo_point),
        .shape = GEO_IMPORT_LIST_OF(struct geo_point),
        .chains = GEO_IMPORT_LIST_OF(struct geo_import_chain),
        .crossings = GEO_IMPORT_LIST_OF(struct geo_import_crossing),
    };
    struct builder builder = {
        .source = source, .out = chains, .segments = GEO_IMPORT_LIST_OF(struct segment)};
    struct geo_import_list inner = GEO_IMPORT_LIST_OF(uint32_t);
    enum geo_status status = build(&builder, &inner);
    geo_import_list_finish(&inner);
    geo_import_list_finish(&builder.segments);
    free(builder.first);
    free(builder.incident);
    free(builder.visited);
    free(builder.blocked);
    free(builder.turning);
    free(builder.kept);
    free(builder.graph_node);
    free(builder.gate_first);
    if (status == GEO_OK) {
        status = geo_import_turn_split(source, chains);
    }
    if (status != GEO_OK) {
        geo_import_chain_finish(chains);
    }
    return status;
}

void geo_import_chain_finish(struct geo_import_chains *chains)
{
    geo_import_list_finish(&chains->nodes);
    geo_import_list_finish(&chains->shape);
    geo_import_list_finish(&chains->chains);
    geo_import_list_finish(&chains->crossings);
}
