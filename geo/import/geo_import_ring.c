#include "geo/import/geo_import_ring.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

/* A way, or what is known of it. */
struct piece {
    const uint32_t *refs;
    uint32_t count;
    bool used;
};

/* One end of an open piece: side 0 is its first point. */
struct piece_end {
    uint32_t node;
    uint32_t piece;
    uint32_t side;
};

/* Pieces joined end to end, whose two ends do not meet. End 2i is the first point of chain i. */
struct chain {
    size_t node_first;
    uint32_t node_count;
    bool used;
    uint64_t known_cm;
};

struct gap {
    uint64_t length_cm;
    uint32_t one, other; /* ends of chains */
};

#define ENDS_MAX (2 * GEO_IMPORT_RING_CHAINS_MAX)
#define NO_END   UINT32_MAX

void geo_import_ring_init(struct geo_import_rings *rings)
{
    *rings = (struct geo_import_rings){.rings = GEO_IMPORT_LIST_OF(struct geo_import_ring),
                                       .nodes = GEO_IMPORT_LIST_OF(uint32_t),
                                       .pieces = GEO_IMPORT_LIST_OF(struct piece),
                                       .ends = GEO_IMPORT_LIST_OF(struct piece_end),
                                       .chains = GEO_IMPORT_LIST_OF(struct chain),
                                       .gaps = GEO_IMPORT_LIST_OF(struct gap)};
}

void geo_import_ring_finish(struct geo_import_rings *rings)
{
    geo_import_list_finish(&rings->rings);
    geo_import_list_finish(&rings->nodes);
    geo_import_list_finish(&rings->pieces);
    geo_import_list_finish(&rings->ends);
    geo_import_list_finish(&rings->chains);
    geo_import_list_finish(&rings->gaps);
}

void geo_import_ring_clear(struct geo_import_rings *rings)
{
    rings->rings.count = 0;
    rings->nodes.count = 0;
    rings->pieces.count = 0;
    rings->ends.count = 0;
    rings->chains.count = 0;
    rings->bridged_count = 0;
    rings->dropped_count = 0;
}

static bool add_piece(struct geo_import_rings *rings, const uint32_t refs[], uint32_t count)
{
    const struct piece piece = {.refs = refs, .count = count};
    return count < 2 || geo_import_list_append(&rings->pieces, &piece, 1) != NULL;
}

enum geo_status geo_import_ring_add(struct geo_import_rings *rings, const uint32_t refs[],
                                    uint32_t count)
{
    uint32_t first = 0;
    for (uint32_t i = 0; i <= count; i++) {
        if (i < count && refs[i] != GEO_IMPORT_NO_NODE) {
            continue;
        }
        if (!add_piece(rings, refs + first, i - first)) {
            return GEO_NO_MEMORY;
        }
        first = i + 1;
    }
    return GEO_OK;
}

static int compare_ends(const void *a, const void *b)
{
    const struct piece_end *one = a;
    const struct piece_end *other = b;
    if (one->node != other->node) {
        return one->node < other->node ? -1 : 1;
    }
    if (one->piece != other->piece) {
        return one->piece < other->piece ? -1 : 1;
    }
    return (one->side > other->side) - (one->side < other->side);
}

static bool list_ends(struct geo_import_rings *rings)
{
    const struct piece *pieces = rings->pieces.items;
    for (uint32_t i = 0; i < rings->pieces.count; i++) {
        const struct piece_end both[2] = {{pieces[i].refs[0], i, 0},
                                          {pieces[i].refs[pieces[i].count - 1], i, 1}};
        if (both[0].node != both[1].node && geo_import_list_append(&rings->ends, both, 2) == NULL) {
            return false;
        }
    }
    if (rings->ends.count > 0) {
        qsort(rings->ends.items, rings->ends.count, sizeof(struct piece_end), compare_ends);
    }
    return true;
}

/* An end at this point of a piece not yet used; NULL: there is none. */
static const struct piece_end *find_end(const struct geo_import_rings *rings, uint32_t node)
{
    const struct piece_end *ends = rings->ends.items;
    const struct piece *pieces = rings->pieces.items;
    size_t low = 0;
    size_t high = rings->ends.count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (ends[middle].node < node) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low < rings->ends.count && ends[low].node == node && pieces[ends[low].piece].used) {
        low++;
    }
    return low < rings->ends.count && ends[low].node == node ? &ends[low] : NULL;
}

/* Append a piece's points from one side on, without its first one if the line has that already. */
static bool append_piece(struct geo_import_rings *rings, uint32_t index, uint32_t side,
                         bool is_first)
{
    struct piece *piece = (struct piece *)rings->pieces.items + index;
    piece->used = true;
    for (uint32_t i = is_first ? 0 : 1; i < piece->count; i++) {
        const uint32_t node = piece->refs[side == 0 ? i : piece->count - 1 - i];
        if (geo_import_list_append(&rings->nodes, &node, 1) == NULL) {
            return false;
        }
    }
    return true;
}

/* Keep the points from `first` on as a ring; two points and back are none. */
static bool add_ring(struct geo_import_rings *rings, size_t first)
{
    const struct geo_import_ring ring = {first, (uint32_t)(rings->nodes.count - first)};
    if (ring.node_count < 3) {
        rings->nodes.count = first;
        return true;
    }
    return geo_import_list_append(&rings->rings, &ring, 1) != NULL;
}

/* From this piece on until the line is back at its beginning, or nothing goes on. */
static bool walk(struct geo_import_rings *rings, uint32_t index)
{
    const size_t first = rings->nodes.count;
    if (!append_piece(rings, index, 0, true)) {
        return false;
    }
    const uint32_t *nodes = rings->nodes.items;
    const struct piece_end *end = NULL;
    while (nodes[rings->nodes.count - 1] != nodes[first] &&
           (end = find_end(rings, nodes[rings->nodes.count - 1])) != NULL) {
        if (!append_piece(rings, end->piece, end->side, false)) {
            return false;
        }
        nodes = rings->nodes.items;
    }
    if (nodes[rings->nodes.count - 1] == nodes[first]) {
        rings->nodes.count--;
        return add_ring(rings, first);
    }
    const struct chain chain = {.node_first = first,
                                .node_count = (uint32_t)(rings->nodes.count - first)};
    return geo_import_list_append(&rings->chains, &chain, 1) != NULL;
}

static uint32_t end_node(const struct geo_import_rings *rings, uint32_t end)
{
    const struct chain *chain = (const struct chain *)rings->chains.items + end / 2;
    const uint32_t *nodes = (const uint32_t *)rings->nodes.items + chain->node_first;
    return nodes[end % 2 == 0 ? 0 : chain->node_count - 1];
}

static int compare_gaps(const void *a, const void *b)
{
    const struct gap *one = a;
    const struct gap *other = b;
    if (one->length_cm != other->length_cm) {
        return one->length_cm < other->length_cm ? -1 : 1;
    }
    if (one->one != other->one) {
        return one->one < other->one ? -1 : 1;
    }
    return (one->other > other->other) - (one->other < other->other);
}

static bool list_gaps(struct geo_import_rings *rings, const struct geo_import_node nodes[],
                      uint32_t one)
{
    for (uint32_t other = 0; other < one; other++) {
        const struct gap gap = {
            geo_distance_cm(nodes[end_node(rings, other)].at, nodes[end_node(rings, one)].at),
            other, one};
        if (geo_import_list_append(&rings->gaps, &gap, 1) == NULL) {
            return false;
        }
    }
    return true;
}

/* Pair the ends, nearest first; *partner of each one. */
static bool pair_ends(struct geo_import_rings *rings, const struct geo_import_node nodes[],
                      uint32_t partner[ENDS_MAX])
{
    rings->gaps.count = 0;
    for (uint32_t i = 0; i < 2 * rings->chains.count; i++) {
        partner[i] = NO_END;
        if (!list_gaps(rings, nodes, i)) {
            return false;
        }
    }
    const struct gap *gaps = rings->gaps.items;
    qsort(rings->gaps.items, rings->gaps.count, sizeof *gaps, compare_gaps);
    for (size_t i = 0; i < rings->gaps.count; i++) {
        if (partner[gaps[i].one] == NO_END && partner[gaps[i].other] == NO_END) {
            partner[gaps[i].one] = gaps[i].other;
            partner[gaps[i].other] = gaps[i].one;
        }
    }
    return true;
}

/* Append a chain's points as seen from one of its ends. */
static bool append_chain(struct geo_import_rings *rings, const struct geo_import_node all[],
                         uint32_t end, uint64_t *known_cm)
{
    struct chain *chain = (struct chain *)rings->chains.items + end / 2;
    chain->used = true;
    for (uint32_t i = 0; i < chain->node_count; i++) {
        const uint32_t *nodes = (const uint32_t *)rings->nodes.items + chain->node_first;
        const uint32_t node = nodes[end % 2 == 0 ? i : chain->node_count - 1 - i];
        if (i > 0) {
            const uint32_t before = nodes[end % 2 == 0 ? i - 1 : chain->node_count - i];
            *known_cm += geo_distance_cm(all[before].at, all[node].at);
        }
        if (geo_import_list_append(&rings->nodes, &node, 1) == NULL) {
            return false;
        }
    }
    return true;
}

/* One ring of chains and the straight lines between their ends. */
static bool bridge(struct geo_import_rings *rings, const struct geo_import_node all[],
                   const uint32_t partner[ENDS_MAX], uint32_t chain)
{
    const size_t first = rings->nodes.count;
    uint64_t known_cm = 0;
    uint64_t gaps_cm = 0;
    uint32_t chains = 0;
    uint32_t end = 2 * chain;
    const struct chain *list = rings->chains.items;
    while (!list[end / 2].used) {
        if (!append_chain(rings, all, end, &known_cm)) {
            return false;
        }
        chains++;
        const uint32_t leaving = end ^ 1u;
        end = partner[leaving];
        gaps_cm += geo_distance_cm(all[end_node(rings, leaving)].at, all[end_node(rings, end)].at);
    }
    if (gaps_cm > known_cm / 2) {
        rings->nodes.count = first;
        rings->dropped_count += chains;
        return true;
    }
    rings->bridged_count++;
    return add_ring(rings, first);
}

enum geo_status geo_import_ring_close(struct geo_import_rings *rings,
                                      const struct geo_import_node nodes[])
{
    if (!list_ends(rings)) {
        return GEO_NO_MEMORY;
    }
    const struct piece *pieces = rings->pieces.items;
    for (uint32_t i = 0; i < rings->pieces.count; i++) {
        if (!pieces[i].used && !walk(rings, i)) {
            return GEO_NO_MEMORY;
        }
    }
    if (rings->chains.count == 0 || rings->chains.count > GEO_IMPORT_RING_CHAINS_MAX) {
        rings->dropped_count += (uint32_t)rings->chains.count;
        return GEO_OK;
    }
    uint32_t partner[ENDS_MAX] = {0};
    if (!pair_ends(rings, nodes, partner)) {
        return GEO_NO_MEMORY;
    }
    const struct chain *chains = rings->chains.items;
    for (uint32_t i = 0; i < rings->chains.count; i++) {
        if (!chains[i].used && !bridge(rings, nodes, partner, i)) {
            return GEO_NO_MEMORY;
        }
    }
    return GEO_OK;
}

static struct geo_point point_of(const struct geo_import_rings *rings,
                                 const struct geo_import_node all[], size_t ring, uint32_t index)
{
    const struct geo_import_ring *found = (const struct geo_import_ring *)rings->rings.items + ring;
    const uint32_t *nodes = (const uint32_t *)rings->nodes.items + found->node_first;
    return all[nodes[index % found->node_count]].at;
}

static bool holds_point(const struct geo_import_rings *rings, const struct geo_import_node all[],
                        size_t ring, struct geo_point at)
{
    const struct geo_import_ring *found = (const struct geo_import_ring *)rings->rings.items + ring;
    bool is_inside = false;
    for (uint32_t i = 0; i < found->node_count; i++) {
        const struct geo_point a = point_of(rings, all, ring, i);
        const struct geo_point b = point_of(rings, all, ring, i + 1);
        if ((a.lat_e7 > at.lat_e7) == (b.lat_e7 > at.lat_e7)) {
            continue;
        }
        const double turn = ((double)b.lon_e7 - a.lon_e7) * ((double)at.lat_e7 - a.lat_e7) -
                            ((double)at.lon_e7 - a.lon_e7) * ((double)b.lat_e7 - a.lat_e7);
        is_inside = is_inside != ((turn > 0.0) == (b.lat_e7 > a.lat_e7));
    }
    return is_inside;
}

bool geo_import_ring_holds(const struct geo_import_rings *rings,
                           const struct geo_import_node nodes[], size_t outer,
                           const struct geo_import_rings *others, size_t inner)
{
    const uint32_t count =
        ((const struct geo_import_ring *)others->rings.items + inner)->node_count;
    uint32_t inside = 0;
    for (uint32_t third = 0; third < 3; third++) {
        inside +=
            holds_point(rings, nodes, outer, point_of(others, nodes, inner, count * third / 3));
    }
    return inside >= 2;
}

double geo_import_ring_area(const struct geo_import_rings *rings,
                            const struct geo_import_node nodes[], size_t ring)
{
    const struct geo_import_ring *found = (const struct geo_import_ring *)rings->rings.items + ring;
    const struct geo_point base = point_of(rings, nodes, ring, 0);
    double area = 0.0;
    for (uint32_t i = 1; i + 1 < found->node_count; i++) {
        const struct geo_point a = point_of(rings, nodes, ring, i);
        const struct geo_point b = point_of(rings, nodes, ring, i + 1);
        area += ((double)a.lon_e7 - base.lon_e7) * ((double)b.lat_e7 - base.lat_e7) -
                ((double)b.lon_e7 - base.lon_e7) * ((double)a.lat_e7 - base.lat_e7);
    }
    return fabs(area);
}
