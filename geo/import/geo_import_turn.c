#include "geo/import/geo_import_turn.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ALL_PROFILES ((1u << GEO_PROFILE_COUNT) - 1u)
#define NO_CROSSING  UINT32_MAX

/* One road at a crossing. */
struct end {
    uint32_t crossing; /* index into chains->crossings */
    uint32_t chain;
    bool is_to; /* the chain's `to` lies here, else its `from` */
};

/* The crossing being worked on: its ends and who may not turn, row by row (from, to). */
struct table {
    struct geo_import_source *source;
    struct geo_import_chains *chains;
    const struct end *ends;
    uint32_t count;
    struct geo_import_list cells; /* uint8_t: the memory of the three */
    uint8_t *forbidden;           /* count x count */
    uint8_t *allowed;             /* count x count: by an only_ */
    uint8_t *bound;               /* by row: profiles that an only_ binds */
};

static const struct geo_import_chain *chain_of(const struct table *table, uint32_t end)
{
    const struct geo_import_chain *chains = table->chains->chains.items;
    return &chains[table->ends[end].chain];
}

static int64_t way_of(const struct table *table, uint32_t end)
{
    const struct geo_import_road *roads = table->source->roads.items;
    const struct geo_import_chain *chain = chain_of(table, end);
    return roads[table->ends[end].is_to ? chain->road_last : chain->road].id;
}

/* Profiles that can come to the crossing by this end, or leave it. */
static uint8_t open_at(const struct table *table, uint32_t end, bool leaving)
{
    const struct geo_import_road *roads = table->source->roads.items;
    const struct geo_import_chain *chain = chain_of(table, end);
    const bool along = table->ends[end].is_to != leaving; /* from the chain's `from` to its `to` */
    const unsigned direction =
        along != chain->is_reversed ? GEO_IMPORT_FORWARD : GEO_IMPORT_BACKWARD;
    unsigned open = 0;
    for (unsigned p = 0; p < GEO_PROFILE_COUNT; p++) {
        open |= roads[chain->road].rule.speed_mh[direction][p] != 0 ? 1u << p : 0u;
    }
    return (uint8_t)open;
}

/* Ends of the way here, and those of them that are open; the last such. */
struct found {
    uint32_t count, open_count, end;
};

static struct found find_end(const struct table *table, int64_t way, bool leaving, uint8_t profiles)
{
    struct found found = {.count = 0};
    for (uint32_t i = 0; i < table->count; i++) {
        if (way_of(table, i) != way) {
            continue;
        }
        found.count++;
        if ((open_at(table, i, leaving) & profiles) != 0) {
            found.open_count++;
            found.end = i;
        }
    }
    return found;
}

static void forbid(struct table *table, const struct geo_import_turn *turn, uint32_t from,
                   uint32_t to)
{
    if (turn->is_only) {
        table->bound[from] |= turn->profiles;
        table->allowed[from * table->count + to] |= turn->profiles;
    } else {
        table->forbidden[from * table->count + to] |= turn->profiles;
    }
}

/* Enter one turn into the table; what became of it. */
static enum geo_import_count enter(struct table *table, const struct geo_import_turn *turn)
{
    const struct found from = find_end(table, turn->from_id, false, turn->profiles);
    const struct found to = find_end(table, turn->to_id, true, turn->profiles);
    if (from.count == 0 || to.count == 0) {
        return GEO_IMPORT_RESTRICTIONS_BROKEN;
    }
    if (turn->is_u_turn && turn->from_id == turn->to_id) { /* at each end of a way that passes */
        for (uint32_t i = 0; i < table->count; i++) {
            if (way_of(table, i) == turn->from_id) {
                forbid(table, turn, i, i);
            }
        }
        return GEO_IMPORT_RESTRICTIONS_FOLLOWED;
    }
    if (from.open_count == 0 || to.open_count == 0) {
        return GEO_IMPORT_RESTRICTIONS_IDLE;
    }
    if (from.open_count > 1 || to.open_count > 1) {
        return GEO_IMPORT_RESTRICTIONS_AMBIGUOUS;
    }
    forbid(table, turn, from.end, to.end);
    return GEO_IMPORT_RESTRICTIONS_FOLLOWED;
}

static uint8_t blocked_at(const struct geo_import_source *source, uint32_t node)
{
    const struct geo_import_barrier *barriers = source->barriers.items;
    uint8_t blocked = 0;
    for (size_t i = 0; i < source->barriers.count && barriers[i].node <= node; i++) {
        blocked |= barriers[i].node == node ? barriers[i].blocked : 0;
    }
    return blocked;
}

/* What only_ leaves open, and a barrier on the spot: who cannot pass it can turn round before it.
 */
static void close_rest(struct table *table, uint8_t blocked)
{
    for (uint32_t i = 0; i < table->count; i++) {
        for (uint32_t k = 0; k < table->count; k++) {
            const uint32_t cell = i * table->count + k;
            table->forbidden[cell] |= table->bound[i] & (uint8_t)~table->allowed[cell];
            table->forbidden[cell] |= i == k ? 0 : blocked;
        }
    }
}

static bool equal_lines(const struct table *table, uint32_t a, uint32_t b, bool columns)
{
    const uint32_t n = table->count;
    for (uint32_t i = 0; i < n; i++) {
        const uint8_t one = table->forbidden[columns ? i * n + a : a * n + i];
        const uint8_t other = table->forbidden[columns ? i * n + b : b * n + i];
        if (one != other) {
            return false;
        }
    }
    return true;
}

/* A node for each group of equal rows or columns; node[end] is the group's. `first` is used for the
 * first, GEO_IMPORT_NO_NODE: all are new. */
static enum geo_status make_nodes(struct table *table, bool columns, uint32_t first,
                                  struct geo_point at, uint32_t node[])
{
    for (uint32_t i = 0; i < table->count; i++) {
        uint32_t k = 0;
        while (!equal_lines(table, k, i, columns)) {
            k++;
        }
        if (k < i) {
            node[i] = node[k];
            continue;
        }
        if (i == 0 && first != GEO_IMPORT_NO_NODE) {
            node[i] = first;
            continue;
        }
        struct geo_point *slot = geo_import_list_add(&table->chains->nodes);
        if (slot == NULL || table->chains->nodes.count > UINT32_MAX - 1) {
            return GEO_NO_MEMORY;
        }
        *slot = at;
        node[i] = (uint32_t)table->chains->nodes.count - 1;
    }
    return GEO_OK;
}

/* The edge without length for a turn, from one group's node to another's. */
static enum geo_status join(struct table *table, uint32_t from, uint32_t to, uint32_t road,
                            uint8_t open)
{
    struct geo_import_chain *turn = geo_import_list_add(&table->chains->chains);
    if (turn == NULL) {
        return GEO_NO_MEMORY;
    }
    *turn = (struct geo_import_chain){.from = from,
                                      .to = to,
                                      .back_from = to,
                                      .back_to = from,
                                      .road = road,
                                      .road_last = road,
                                      .shape_first = table->chains->shape.count,

                                      .is_gate = true,
                                      .is_turn = true,
                                      .gate_open = open};
    return GEO_OK;
}

static bool is_first(const uint32_t node[], uint32_t end)
{
    uint32_t i = 0;
    while (node[i] != node[end]) {
        i++;
    }
    return i == end;
}

static enum geo_status join_all(struct table *table, const uint32_t in[], const uint32_t out[])
{
    for (uint32_t i = 0; i < table->count; i++) {
        for (uint32_t k = 0; k < table->count; k++) {
            const uint8_t open =
                (uint8_t)(ALL_PROFILES & ~(unsigned)table->forbidden[i * table->count + k]);
            if (!is_first(in, i) || !is_first(out, k) || open == 0) {
                continue;
            }
            const enum geo_status status =
                join(table, in[i], out[k], chain_of(table, k)->road, open);
            if (status != GEO_OK) {
                return status;
            }
        }
    }
    return GEO_OK;
}

static void hang(struct table *table, const uint32_t in[], const uint32_t out[])
{
    struct geo_import_chain *chains = table->chains->chains.items;
    for (uint32_t i = 0; i < table->count; i++) {
        struct geo_import_chain *chain = &chains[table->ends[i].chain];
        if (table->ends[i].is_to) {
            chain->to = in[i];
            chain->back_from = out[i];
        } else {
            chain->from = out[i];
            chain->back_to = in[i];
        }
    }
}

static bool is_plain(const struct table *table)
{
    for (uint32_t i = 0; i < table->count * table->count; i++) {
        if (table->forbidden[i] != 0) {
            return false;
        }
    }
    return true;
}

static enum geo_status split(struct table *table, uint32_t graph_node)
{
    if (is_plain(table)) {
        return GEO_OK;
    }
    const struct geo_point *nodes = table->chains->nodes.items;
    const struct geo_point at = nodes[graph_node];
    uint32_t *const in = calloc(2u * (size_t)table->count, sizeof *in);
    if (in == NULL) {
        return GEO_NO_MEMORY;
    }
    uint32_t *const out = in + table->count;
    table->source->report->counts[GEO_IMPORT_TURN_NODES]++;
    enum geo_status status = make_nodes(table, false, graph_node, at, in);
    if (status == GEO_OK) {
        status = make_nodes(table, true, GEO_IMPORT_NO_NODE, at, out);
    }
    if (status == GEO_OK) {
        status = join_all(table, in, out);
    }
    if (status == GEO_OK) {
        hang(table, in, out);
    }
    free(in);
    return status;
}

static enum geo_status clear(struct table *table)
{
    const size_t n = table->count;
    table->cells.count = 0;
    uint8_t *cells = geo_import_list_append(&table->cells, NULL, 2 * n * n + n);
    if (cells == NULL) {
        return GEO_NO_MEMORY;
    }
    table->forbidden = cells;
    table->allowed = cells + n * n;
    table->bound = cells + 2 * n * n;
    return GEO_OK;
}

/* The turns over each crossing, in the order of the relations. */
static enum geo_status split_crossing(struct table *table, uint32_t node, uint32_t graph_node,
                                      enum geo_import_count outcomes[])
{
    const enum geo_status status = clear(table);
    if (status != GEO_OK) {
        return status;
    }
    const struct geo_import_turn *turns = table->source->turns.items;
    for (size_t i = 0; i < table->source->turns.count; i++) {
        if (turns[i].via == node) {
            outcomes[i] = enter(table, &turns[i]);
        }
    }
    close_rest(table, blocked_at(table->source, node));
    return split(table, graph_node);
}

static int compare_ends(const void *a, const void *b)
{
    const struct end *one = a;
    const struct end *other = b;
    if (one->crossing != other->crossing) {
        return one->crossing < other->crossing ? -1 : 1;
    }
    if (one->chain != other->chain) {
        return one->chain < other->chain ? -1 : 1;
    }
    return (one->is_to > other->is_to) - (one->is_to < other->is_to);
}

static enum geo_status find_ends(const struct geo_import_chains *chains,
                                 struct geo_import_list *ends)
{
    const struct geo_import_crossing *crossings = chains->crossings.items;
    uint32_t *at = malloc((chains->nodes.count + 1) * sizeof *at);
    if (at == NULL) {
        return GEO_NO_MEMORY;
    }
    for (size_t i = 0; i < chains->nodes.count; i++) {
        at[i] = NO_CROSSING;
    }
    for (uint32_t i = 0; i < chains->crossings.count; i++) {
        at[crossings[i].graph_node] = i;
    }
    enum geo_status status = GEO_OK;
    const struct geo_import_chain *all = chains->chains.items;
    for (uint32_t i = 0; i < chains->chains.count && status == GEO_OK; i++) {
        for (int k = 0; k < 2; k++) {
            const uint32_t crossing = at[k == 0 ? all[i].from : all[i].to];
            if (crossing != NO_CROSSING) {
                struct end *end = geo_import_list_add(ends);
                if (end == NULL) {
                    status = GEO_NO_MEMORY;
                    break;
                }
                *end = (struct end){.crossing = crossing, .chain = i, .is_to = k == 1};
            }
        }
    }
    free(at);
    if (ends->count > 0) {
        qsort(ends->items, ends->count, sizeof(struct end), compare_ends);
    }
    return status;
}

static enum geo_status split_all(struct geo_import_source *source, struct geo_import_chains *chains,
                                 const struct geo_import_list *ends,
                                 enum geo_import_count outcomes[])
{
    struct table table = {.source = source, .chains = chains, .cells = GEO_IMPORT_LIST_OF(uint8_t)};
    enum geo_status status = GEO_OK;
    const struct end *all = ends->items;
    for (size_t i = 0; i < ends->count && status == GEO_OK; i += table.count) {
        table.ends = &all[i];
        table.count = 0;
        while (i + table.count < ends->count && all[i + table.count].crossing == all[i].crossing) {
            table.count++;
        }
        const struct geo_import_crossing *crossings = chains->crossings.items;
        const struct geo_import_crossing crossing = crossings[all[i].crossing];
        status = split_crossing(&table, crossing.node, crossing.graph_node, outcomes);
    }
    geo_import_list_finish(&table.cells);
    return status;
}

/* A relation was followed if one of its turns was; else the first of them says why not. */
static void count_relations(struct geo_import_source *source,
                            const enum geo_import_count outcomes[])
{
    const struct geo_import_turn *turns = source->turns.items;
    size_t i = 0;
    while (i < source->turns.count) {
        enum geo_import_count outcome = outcomes[i];
        const uint32_t relation = turns[i].relation;
        for (; i < source->turns.count && turns[i].relation == relation; i++) {
            outcome = outcomes[i] == GEO_IMPORT_RESTRICTIONS_FOLLOWED ? outcomes[i] : outcome;
        }
        source->report->counts[outcome]++;
    }
}

enum geo_status geo_import_turn_split(struct geo_import_source *source,
                                      struct geo_import_chains *chains)
{
    if (source->turns.count == 0) {
        return GEO_OK;
    }
    enum geo_import_count *outcomes = calloc(source->turns.count, sizeof *outcomes);
    if (outcomes == NULL) {
        return GEO_NO_MEMORY;
    }
    for (size_t i = 0; i < source->turns.count; i++) {
        outcomes[i] = GEO_IMPORT_RESTRICTIONS_BROKEN; /* its point is on no road */
    }
    struct geo_import_list ends = GEO_IMPORT_LIST_OF(struct end);
    enum geo_status status = find_ends(chains, &ends);
    if (status == GEO_OK) {
        status = split_all(source, chains, &ends, outcomes);
    }
    geo_import_list_finish(&ends);
    if (status == GEO_OK) {
        count_relations(source, outcomes);
    }
    free(outcomes);
    return status;
}
