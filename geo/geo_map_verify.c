/* geo_map_verify: every index a reader will follow, followed once. */
#include <assert.h>
#include <string.h>

#include "geo/geo_map.h"

static enum geo_status check_checksums(const struct geo_map *map, uint32_t *section)
{
    uint64_t sums[GEO_MAP_SECTION_MAX];
    const uint32_t count = map->header->section_count;
    assert(count <= GEO_MAP_SECTION_MAX);

    for (uint32_t i = 0; i < count; i++) {
        struct geo_map_section entry;
        memcpy(&entry, map->bytes + sizeof *map->header + i * sizeof entry, sizeof entry);
        const size_t size = (size_t)(entry.count * entry.item_size);
        if (geo_checksum(map->bytes + entry.offset, size) != entry.checksum) {
            *section = entry.kind;
            return GEO_BAD_CHECKSUM;
        }
        sums[i] = entry.checksum;
    }
    *section = 0;
    const uint64_t map_id = geo_checksum((const uint8_t *)sums, count * sizeof sums[0]);
    return map_id == map->header->map_id ? GEO_OK : GEO_BAD_CHECKSUM;
}

static bool points_good(const struct geo_point points[], uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!geo_point_valid(points[i])) {
            return false;
        }
    }
    return true;
}

static bool same_spot(struct geo_point a, struct geo_point b)
{
    return a.lat_e7 == b.lat_e7 && a.lon_e7 == b.lon_e7;
}

/* Nodes of the map, both directions between the same two spots. */
static bool ends_good(const struct geo_map *map, const struct geo_edge *edge)
{
    const uint32_t count = map->node_count;
    return edge->from < count && edge->to < count && edge->back_from < count &&
           edge->back_to < count && same_spot(map->nodes[edge->from], map->nodes[edge->back_to]) &&
           same_spot(map->nodes[edge->to], map->nodes[edge->back_from]);
}

static bool edges_good(const struct geo_map *map)
{
    for (uint32_t i = 0; i < map->edge_count; i++) {
        const struct geo_edge *edge = &map->edges[i];
        if (!ends_good(map, edge) || edge->road_class >= GEO_ROAD_CLASS_COUNT ||
            edge->name >= map->text_size) {
            return false;
        }
        if (edge->shape_first > map->shape_count ||
            edge->shape_count > map->shape_count - edge->shape_first) {
            return false;
        }
    }
    return true;
}

/* Starts that never go back and never pass the end. */
static bool starts_good(const uint32_t first[], size_t count, uint32_t end)
{
    for (size_t i = 1; i < count; i++) {
        if (first[i] < first[i - 1]) {
            return false;
        }
    }
    return first[count - 1] <= end;
}

/* The arc repeats what its edge says: ends, direction and time. */
static bool arc_good(const struct geo_map *map, uint32_t head, const struct geo_arc *arc,
                     size_t profile)
{
    const uint32_t index = arc->edge & ~GEO_ARC_BACKWARD;
    if (index >= map->edge_count) {
        return false;
    }
    const struct geo_edge *edge = &map->edges[index];
    const bool backward = (arc->edge & GEO_ARC_BACKWARD) != 0;
    return arc->tail == geo_edge_tail(edge, backward) && head == geo_edge_head(edge, backward) &&
           arc->travel_ms != GEO_TRAVEL_NEVER &&
           arc->travel_ms == (backward ? edge->backward_ms[profile] : edge->forward_ms[profile]);
}

static bool arcs_good(const struct geo_map *map, size_t profile)
{
    const uint32_t *first = map->in_first[profile];
    for (uint32_t head = 0; head < map->node_count; head++) {
        for (uint32_t i = first[head]; i < first[head + 1]; i++) {
            if (!arc_good(map, head, &map->in_arcs[i], profile)) {
                return false;
            }
        }
    }
    return true;
}

static bool pieces_good(const struct geo_map *map)
{
    for (uint32_t i = 0; i < map->piece_count; i++) {
        const struct geo_piece *piece = &map->snap_pieces[i];
        if (piece->edge >= map->edge_count || piece->index > map->edges[piece->edge].shape_count) {
            return false;
        }
    }
    return true;
}

static bool names_good(const struct geo_map *map)
{
    for (uint32_t i = 0; i < map->name_count; i++) {
        const struct geo_name *name = &map->names[i];
        if (name->name >= map->text_size || name->kind >= GEO_NAME_KIND_COUNT ||
            !geo_point_valid(name->at)) {
            return false;
        }
    }
    return true;
}

static bool name_keys_good(const struct geo_map *map)
{
    for (uint32_t i = 0; i < map->name_key_count; i++) {
        const struct geo_name_key *key = &map->name_keys[i];
        if (key->text >= map->text_size || (key->name & ~GEO_NAME_INSIDE) >= map->name_count) {
            return false;
        }
        if (i > 0 && strcmp(map->text + map->name_keys[i - 1].text, map->text + key->text) > 0) {
            return false;
        }
    }
    return true;
}

static bool tile_before(const struct geo_tile *a, const struct geo_tile *b)
{
    if (a->zoom != b->zoom) {
        return a->zoom < b->zoom;
    }
    return a->x != b->x ? a->x < b->x : a->y < b->y;
}

static bool tiles_good(const struct geo_map *map)
{
    for (uint32_t i = 0; i < map->tile_count; i++) {
        const struct geo_tile *tile = &map->tiles[i];
        if (tile->offset > map->tile_bodies_size ||
            tile->size > map->tile_bodies_size - tile->offset) {
            return false;
        }
        if (i > 0 && !tile_before(tile - 1, tile)) {
            return false;
        }
    }
    return true;
}

/* Order and rank undo each other, so each is a permutation. */
static bool ranks_good(const struct geo_map *map)
{
    for (uint32_t node = 0; node < map->node_count; node++) {
        const uint32_t rank = map->cch_rank[node];
        if (rank >= map->node_count || map->cch_order[rank] != node) {
            return false;
        }
    }
    return true;
}

/* Whether all of `some` are among `all`; both ascend. */
static bool among(const uint32_t some[], uint32_t some_count, const uint32_t all[],
                  uint32_t all_count)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < some_count; i++) {
        while (at < all_count && all[at] < some[i]) {
            at++;
        }
        if (at == all_count || all[at] != some[i]) {
            return false;
        }
    }
    return true;
}

/* Heads ascend and lie above their tail; all but the first are above the first, too: this is the
 * elimination tree, and no triangle is missing. Ranks are looked at from the top: whatever lies
 * above has been checked. */
static bool climbs_good(const struct geo_map *map)
{
    const uint32_t *first = map->cch_up_first;
    const uint32_t *head = map->cch_up_head;
    for (uint32_t rank = map->node_count; rank-- > 0;) {
        uint32_t below = rank;
        for (uint32_t i = first[rank]; i < first[rank + 1]; i++) {
            if (head[i] <= below || head[i] >= map->node_count) {
                return false;
            }
            below = head[i];
        }
        const uint32_t count = first[rank + 1] - first[rank];
        if (count == 0) {
            continue;
        }
        const uint32_t parent = head[first[rank]];
        if (!among(head + first[rank] + 1, count - 1, head + first[parent],
                   first[parent + 1] - first[parent])) {
            return false;
        }
    }
    return true;
}

/* Each direction of an edge lies on the arc between its two ends. */
static bool edge_arc_good(const struct geo_map *map, uint32_t edge, bool backward)
{
    const uint32_t tail = map->cch_rank[geo_edge_tail(&map->edges[edge], backward)];
    const uint32_t head = map->cch_rank[geo_edge_head(&map->edges[edge], backward)];
    const uint32_t named = map->cch_edge[edge * 2u + backward];
    if (tail == head) {
        return named == GEO_CCH_NO_ARC;
    }
    const uint32_t low = tail < head ? tail : head;
    const uint32_t high = tail < head ? head : tail;
    const uint32_t arc = named & ~GEO_CCH_DOWN;
    return arc >= map->cch_up_first[low] && arc < map->cch_up_first[low + 1] &&
           map->cch_up_head[arc] == high && ((named & GEO_CCH_DOWN) != 0) == (tail > head);
}

static bool edge_arcs_good(const struct geo_map *map)
{
    for (uint32_t edge = 0; edge < map->edge_count; edge++) {
        if (!edge_arc_good(map, edge, false) || !edge_arc_good(map, edge, true)) {
            return false;
        }
    }
    return true;
}

static uint32_t wrong_cch_section(const struct geo_map *map)
{
    if (!ranks_good(map)) {
        return GEO_SECTION_CCH_RANK;
    }
    const size_t starts = (size_t)map->node_count + 1;
    if (!starts_good(map->cch_up_first, starts, map->cch_arc_count) || map->cch_up_first[0] != 0 ||
        map->cch_up_first[map->node_count] != map->cch_arc_count) {
        return GEO_SECTION_CCH_UP_FIRST;
    }
    if (!climbs_good(map)) {
        return GEO_SECTION_CCH_UP_HEAD;
    }
    return edge_arcs_good(map) ? 0 : GEO_SECTION_CCH_EDGE;
}

/* The first section with something wrong in it, 0 if there is none. */
static uint32_t wrong_section(const struct geo_map *map)
{
    if (!points_good(map->nodes, map->node_count)) {
        return GEO_SECTION_NODE;
    }
    if (!points_good(map->shape, map->shape_count)) {
        return GEO_SECTION_SHAPE;
    }
    if (!edges_good(map)) {
        return GEO_SECTION_EDGE;
    }
    const size_t starts = GEO_PROFILE_COUNT * ((size_t)map->node_count + 1);
    if (!starts_good(map->in_first[0], starts, map->arc_count)) {
        return GEO_SECTION_IN_FIRST;
    }
    for (size_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        if (!arcs_good(map, profile)) {
            return GEO_SECTION_IN_ARC;
        }
    }
    const size_t cells = (size_t)map->snap_grid->rows * map->snap_grid->columns;
    if (!starts_good(map->snap_first, cells + 1, map->piece_count)) {
        return GEO_SECTION_SNAP_FIRST;
    }
    if (!pieces_good(map)) {
        return GEO_SECTION_SNAP_PIECE;
    }
    if (!names_good(map)) {
        return GEO_SECTION_NAME;
    }
    if (!name_keys_good(map)) {
        return GEO_SECTION_NAME_KEY;
    }
    return tiles_good(map) ? wrong_cch_section(map) : GEO_SECTION_TILE;
}

enum geo_status geo_map_verify(const struct geo_map *map, uint32_t *section)
{
    assert(map != NULL);

    uint32_t at_fault = 0;
    enum geo_status status = check_checksums(map, &at_fault);
    if (status == GEO_OK) {
        at_fault = wrong_section(map);
        status = at_fault == 0 ? GEO_OK : GEO_BAD_SECTION;
    }
    if (status != GEO_OK && section != NULL) {
        *section = at_fault;
    }
    return status;
}
