#include "tests/support/geo_test_map.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_text.h"

#define NODES_MAX   20000u
#define EDGES_MAX   40000u
#define SHAPE_MAX   80000u
#define STREETS_MAX 200u
#define KEYS_MAX    2000u
#define TEXT_MAX    20000u
#define CELL_E7     9000u /* 100 m */
#define FILE_SIZE   (16u << 20)

static void *zeroed(size_t count, size_t size)
{
    void *memory = calloc(count + 1, size);
    assert(memory != NULL);
    return memory;
}

uint64_t geo_test_next(uint64_t *seed)
{
    uint64_t z = (*seed += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

void geo_test_map_init(struct geo_test_map *draft)
{
    *draft = (struct geo_test_map){
        .nodes = zeroed(NODES_MAX, sizeof *draft->nodes),
        .edges = zeroed(EDGES_MAX, sizeof *draft->edges),
        .shape = zeroed(SHAPE_MAX, sizeof *draft->shape),
        .streets = zeroed(STREETS_MAX, sizeof *draft->streets),
        .text = zeroed(TEXT_MAX, 1),
        .text_size = 1, /* offset 0 is the empty name */
    };
}

void geo_test_map_finish(struct geo_test_map *draft)
{
    free(draft->nodes);
    free(draft->edges);
    free(draft->shape);
    free(draft->streets);
    free(draft->text);
    free(draft->bytes);
    *draft = (struct geo_test_map){0};
}

uint32_t geo_test_map_node(struct geo_test_map *draft, struct geo_point at)
{
    assert(draft->node_count < NODES_MAX);
    draft->nodes[draft->node_count] = at;
    return draft->node_count++;
}

uint32_t geo_test_map_edge(struct geo_test_map *draft, uint32_t from, uint32_t to,
                           uint32_t forward_ms, uint32_t backward_ms)
{
    assert(draft->edge_count < EDGES_MAX);
    struct geo_edge *edge = &draft->edges[draft->edge_count];
    *edge = (struct geo_edge){
        .from = from, .to = to, .back_from = to, .back_to = from, .road_class = GEO_ROAD_STREET};
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        edge->forward_ms[profile] = forward_ms;
        edge->backward_ms[profile] = backward_ms;
    }
    edge->length_cm = (uint32_t)geo_distance_cm(draft->nodes[from], draft->nodes[to]);
    return draft->edge_count++;
}

void geo_test_map_bend(struct geo_test_map *draft, uint32_t edge, const struct geo_point inner[],
                       uint16_t inner_count)
{
    assert(draft->shape_count + inner_count <= SHAPE_MAX);
    draft->edges[edge].shape_first = draft->shape_count;
    draft->edges[edge].shape_count = inner_count;
    memcpy(&draft->shape[draft->shape_count], inner, inner_count * sizeof *inner);
    draft->shape_count += inner_count;
}

static uint32_t put_text(struct geo_test_map *draft, const char *text)
{
    const uint32_t offset = draft->text_size;
    const size_t size = strlen(text) + 1;
    assert(offset + size <= TEXT_MAX);
    memcpy(draft->text + offset, text, size);
    draft->text_size += (uint32_t)size;
    return offset;
}

void geo_test_map_street(struct geo_test_map *draft, const char *name, struct geo_point at)
{
    assert(draft->street_count < STREETS_MAX);
    char folded[256];
    geo_fold_text(name, folded, sizeof folded);
    uint32_t slot = draft->street_count++;
    while (slot > 0) {
        char before[256];
        geo_fold_text(draft->text + draft->streets[slot - 1].name, before, sizeof before);
        if (strcmp(before, folded) <= 0) {
            break;
        }
        draft->streets[slot] = draft->streets[slot - 1];
        slot--;
    }
    draft->streets[slot] = (struct geo_name){put_text(draft, name), GEO_NAME_STREET, at};
}

static const char *texts_sorted; /* for compare_keys(): qsort hands nothing through */

static int compare_keys(const void *a, const void *b)
{
    const struct geo_name_key *left = a;
    const struct geo_name_key *right = b;
    const int by_text = strcmp(texts_sorted + left->text, texts_sorted + right->text);
    return by_text != 0 ? by_text : (left->name > right->name) - (left->name < right->name);
}

/* One key for every word and ideograph of the name, nothing else. */
static uint32_t make_keys(struct geo_test_map *draft, struct geo_name_key keys[])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < draft->street_count; i++) {
        char squeezed[256];
        bool starts[256];
        (void)geo_text_squeeze(draft->text + draft->streets[i].name, squeezed, sizeof squeezed,
                               starts);
        const uint32_t text = put_text(draft, squeezed);
        for (uint32_t k = 0; squeezed[k] != '\0'; k++) {
            if (starts[k]) {
                assert(count < KEYS_MAX);
                keys[count++] = (struct geo_name_key){text + k, i | (k > 0 ? GEO_NAME_INSIDE : 0)};
            }
        }
    }
    texts_sorted = draft->text;
    qsort(keys, count, sizeof *keys, compare_keys);
    return count;
}

/* Mark what can be reached from `start`, or can reach it. */
static void flood(const struct geo_test_map *draft, int profile, uint32_t start, bool backwards,
                  uint8_t *seen)
{
    seen[start] = 1;
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < draft->edge_count; i++) {
            const struct geo_edge *edge = &draft->edges[i];
            const bool forward = edge->forward_ms[profile] != GEO_TRAVEL_NEVER;
            const bool backward = edge->backward_ms[profile] != GEO_TRAVEL_NEVER;
            const bool to_ward = backwards ? backward : forward;
            const bool from_ward = backwards ? forward : backward;
            if (to_ward && seen[edge->from] && !seen[edge->to]) {
                seen[edge->to] = 1;
                more = true;
            }
            if (from_ward && seen[edge->to] && !seen[edge->from]) {
                seen[edge->from] = 1;
                more = true;
            }
        }
    }
}

/* The largest strongly connected part, by its plain definition. */
static void find_component(struct geo_test_map *draft, int profile)
{
    uint32_t *part = zeroed(draft->node_count, sizeof *part);
    uint32_t best = 0;
    uint32_t best_size = 0;
    for (uint32_t start = 0; start < draft->node_count; start++) {
        if (part[start] != 0) {
            continue;
        }
        uint8_t *ahead = zeroed(draft->node_count, 1);
        uint8_t *behind = zeroed(draft->node_count, 1);
        flood(draft, profile, start, false, ahead);
        flood(draft, profile, start, true, behind);
        uint32_t size = 0;
        for (uint32_t i = 0; i < draft->node_count; i++) {
            if (ahead[i] && behind[i]) {
                part[i] = start + 1;
                size++;
            }
        }
        if (size > best_size) {
            best = start + 1;
            best_size = size;
        }
        free(ahead);
        free(behind);
    }
    for (uint32_t i = 0; i < draft->edge_count; i++) {
        struct geo_edge *edge = &draft->edges[i];
        const bool open = edge->forward_ms[profile] != GEO_TRAVEL_NEVER ||
                          edge->backward_ms[profile] != GEO_TRAVEL_NEVER;
        if (open && part[edge->from] == best && part[edge->to] == best) {
            edge->component |= (uint8_t)(1u << profile);
        }
    }
    free(part);
}

static int compare_arcs(const void *a, const void *b)
{
    const struct geo_arc *left = a;
    const struct geo_arc *right = b;
    if (left->tail != right->tail) {
        return left->tail < right->tail ? -1 : 1;
    }
    return left->edge < right->edge ? -1 : left->edge > right->edge;
}

static uint32_t fill_arcs(const struct geo_test_map *draft, uint32_t *first, struct geo_arc *arcs)
{
    uint32_t count = 0;
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        for (uint32_t node = 0; node <= draft->node_count; node++) {
            *first++ = count;
            const uint32_t start = count;
            for (uint32_t i = 0; i < draft->edge_count && node < draft->node_count; i++) {
                const struct geo_edge *edge = &draft->edges[i];
                if (edge->to == node && edge->forward_ms[profile] != GEO_TRAVEL_NEVER) {
                    arcs[count++] = (struct geo_arc){edge->from, edge->forward_ms[profile], i};
                }
                if (edge->from == node && edge->backward_ms[profile] != GEO_TRAVEL_NEVER) {
                    arcs[count++] = (struct geo_arc){edge->to, edge->backward_ms[profile],
                                                     i | GEO_ARC_BACKWARD};
                }
            }
            qsort(arcs + start, count - start, sizeof *arcs, compare_arcs);
        }
    }
    return count;
}

static struct geo_point line_point(const struct geo_test_map *draft, uint32_t edge, uint32_t index)
{
    const struct geo_edge *line = &draft->edges[edge];
    return index == 0                  ? draft->nodes[line->from]
           : index > line->shape_count ? draft->nodes[line->to]
                                       : draft->shape[line->shape_first + index - 1];
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int32_t larger(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

static void bounding_box(const struct geo_test_map *draft, struct geo_map_header *header)
{
    header->south_e7 = header->north_e7 = draft->nodes[0].lat_e7;
    header->west_e7 = header->east_e7 = draft->nodes[0].lon_e7;
    for (uint32_t i = 0; i < draft->node_count + draft->shape_count; i++) {
        const struct geo_point at =
            i < draft->node_count ? draft->nodes[i] : draft->shape[i - draft->node_count];
        header->south_e7 = smaller(header->south_e7, at.lat_e7);
        header->north_e7 = larger(header->north_e7, at.lat_e7);
        header->west_e7 = smaller(header->west_e7, at.lon_e7);
        header->east_e7 = larger(header->east_e7, at.lon_e7);
    }
}

/* Pieces of every cell their bounding box meets. */
static uint32_t fill_cells(const struct geo_test_map *draft, const struct geo_snap_grid *grid,
                           uint32_t *first, struct geo_piece *pieces)
{
    uint32_t count = 0;
    for (uint32_t cell = 0; cell <= grid->rows * grid->columns; cell++) {
        first[cell] = count;
        const int64_t south = grid->south_e7 + (int64_t)(cell / grid->columns) * grid->cell_lat_e7;
        const int64_t west = grid->west_e7 + (int64_t)(cell % grid->columns) * grid->cell_lon_e7;
        for (uint32_t i = 0; i < draft->edge_count && cell < grid->rows * grid->columns; i++) {
            for (uint32_t index = 0; index <= draft->edges[i].shape_count; index++) {
                const struct geo_point a = line_point(draft, i, index);
                const struct geo_point b = line_point(draft, i, index + 1);
                if (larger(a.lat_e7, b.lat_e7) >= south &&
                    smaller(a.lat_e7, b.lat_e7) < south + grid->cell_lat_e7 &&
                    larger(a.lon_e7, b.lon_e7) >= west &&
                    smaller(a.lon_e7, b.lon_e7) < west + grid->cell_lon_e7) {
                    pieces[count++] = (struct geo_piece){i, index};
                }
            }
        }
    }
    return count;
}

static void put_section(struct geo_test_map *draft, enum geo_section kind, const void *items,
                        size_t item_size, size_t count)
{
    struct geo_map_header *header = (void *)draft->bytes;
    struct geo_map_section *table = (void *)(draft->bytes + sizeof *header);
    draft->size = (draft->size + 63u) & ~(size_t)63u;
    assert(draft->size + item_size * count <= FILE_SIZE);
    table[header->section_count++] = (struct geo_map_section){
        .kind = kind, .item_size = (uint32_t)item_size, .offset = draft->size, .count = count};
    memcpy(draft->bytes + draft->size, items, item_size * count);
    draft->size += item_size * count;
}

struct geo_map_section *geo_test_map_section(uint8_t *bytes, enum geo_section kind)
{
    const struct geo_map_header *header = (const void *)bytes;
    struct geo_map_section *table = (void *)(bytes + sizeof *header);
    for (uint32_t i = 0; i < header->section_count; i++) {
        if (table[i].kind == kind) {
            return &table[i];
        }
    }
    return NULL;
}

void geo_test_map_seal(uint8_t *bytes)
{
    struct geo_map_header *header = (void *)bytes;
    struct geo_map_section *table = (void *)(bytes + sizeof *header);
    uint64_t sums[GEO_MAP_SECTION_MAX];
    for (uint32_t i = 0; i < header->section_count; i++) {
        table[i].checksum =
            geo_checksum(bytes + table[i].offset, (size_t)(table[i].count * table[i].item_size));
        sums[i] = table[i].checksum;
    }
    header->map_id = geo_checksum((const uint8_t *)sums, header->section_count * sizeof(uint64_t));
    header->table_checksum =
        geo_checksum((const uint8_t *)table, header->section_count * sizeof *table);
}

static void add_neighbour(uint8_t *above, uint32_t count, uint32_t a, uint32_t b)
{
    if (a != b) {
        above[(size_t)(a < b ? a : b) * count + (a < b ? b : a)] = 1;
    }
}

/* The elimination game as the textbook plays it, on a matrix: last node first, so that ranks are
 * not indices; whoever leaves makes all its neighbours neighbours of each other. */
static void put_cch(struct geo_test_map *draft)
{
    const uint32_t count = draft->node_count;
    uint32_t *rank = zeroed(count, sizeof *rank);
    uint8_t *above = zeroed((size_t)count * count, 1);
    uint32_t *first = zeroed(count + 1u, sizeof *first);
    uint32_t *edge_arc = zeroed(draft->edge_count * 2u, sizeof *edge_arc);
    for (uint32_t node = 0; node < count; node++) {
        rank[node] = count - 1u - node; /* its own inverse */
    }
    for (uint32_t i = 0; i < draft->edge_count * 2u; i++) {
        add_neighbour(above, count, rank[geo_edge_tail(&draft->edges[i / 2], i % 2)],
                      rank[geo_edge_head(&draft->edges[i / 2], i % 2)]);
    }
    for (uint32_t low = 0; low < count; low++) {
        const uint8_t *row = &above[(size_t)low * count];
        for (uint32_t a = low + 1; a < count; a++) {
            for (uint32_t b = a + 1; row[a] && b < count; b++) {
                if (row[b]) {
                    add_neighbour(above, count, a, b);
                }
            }
            first[low + 1] += row[a];
        }
        first[low + 1] += first[low];
    }
    uint32_t *heads = zeroed(first[count], sizeof *heads);
    uint32_t arc = 0;
    for (size_t cell = 0; cell < (size_t)count * count; cell++) {
        if (above[cell]) {
            heads[arc++] = (uint32_t)(cell % count);
        }
    }
    for (uint32_t i = 0; i < draft->edge_count * 2u; i++) {
        const uint32_t tail = rank[geo_edge_tail(&draft->edges[i / 2], i % 2)];
        const uint32_t head = rank[geo_edge_head(&draft->edges[i / 2], i % 2)];
        arc = first[tail < head ? tail : head];
        while (tail != head && heads[arc] != (tail < head ? head : tail)) {
            arc++;
        }
        edge_arc[i] = tail == head ? GEO_CCH_NO_ARC : arc | (tail > head ? GEO_CCH_DOWN : 0);
    }
    put_section(draft, GEO_SECTION_CCH_RANK, rank, sizeof *rank, count);
    put_section(draft, GEO_SECTION_CCH_ORDER, rank, sizeof *rank, count);
    put_section(draft, GEO_SECTION_CCH_UP_FIRST, first, sizeof *first, count + 1u);
    put_section(draft, GEO_SECTION_CCH_UP_HEAD, heads, sizeof *heads, first[count]);
    put_section(draft, GEO_SECTION_CCH_EDGE, edge_arc, sizeof *edge_arc, draft->edge_count * 2u);
    free(rank);
    free(above);
    free(first);
    free(edge_arc);
    free(heads);
}

static void put_sections(struct geo_test_map *draft, const struct geo_snap_grid *grid)
{
    const size_t starts = GEO_PROFILE_COUNT * (draft->node_count + 1u);
    const size_t cells = (size_t)grid->rows * grid->columns + 1;
    uint32_t *first = zeroed(starts, sizeof *first);
    struct geo_arc *arcs = zeroed(GEO_PROFILE_COUNT * 2u * draft->edge_count, sizeof *arcs);
    const uint32_t arc_count = fill_arcs(draft, first, arcs);
    uint32_t *cell_first = zeroed(cells, sizeof *cell_first);
    struct geo_piece *pieces = zeroed(1u << 20, sizeof *pieces);
    const uint32_t piece_count = fill_cells(draft, grid, cell_first, pieces);
    struct geo_name_key *keys = zeroed(KEYS_MAX, sizeof *keys);
    const uint32_t key_count = make_keys(draft, keys);
    const struct geo_tile tiles[] = {{0, 0, 0, 3, 0}, {1, 0, 1, 2, 3}, {1, 1, 0, 1, 5}};

    put_section(draft, GEO_SECTION_META, "{}", 1, 2);
    put_section(draft, GEO_SECTION_NODE, draft->nodes, sizeof *draft->nodes, draft->node_count);
    put_section(draft, GEO_SECTION_EDGE, draft->edges, sizeof *draft->edges, draft->edge_count);
    put_section(draft, GEO_SECTION_SHAPE, draft->shape, sizeof *draft->shape, draft->shape_count);
    put_section(draft, GEO_SECTION_IN_FIRST, first, sizeof *first, starts);
    put_section(draft, GEO_SECTION_IN_ARC, arcs, sizeof *arcs, arc_count);
    put_section(draft, GEO_SECTION_SNAP_FIRST, cell_first, sizeof *cell_first, cells);
    put_section(draft, GEO_SECTION_SNAP_PIECE, pieces, sizeof *pieces, piece_count);
    put_section(draft, GEO_SECTION_SNAP_GRID, grid, sizeof *grid, 1);
    put_section(draft, GEO_SECTION_TEXT, draft->text, 1, draft->text_size);
    put_section(draft, GEO_SECTION_NAME, draft->streets, sizeof *draft->streets,
                draft->street_count);
    put_section(draft, GEO_SECTION_TILE, tiles, sizeof *tiles, 3);
    put_section(draft, GEO_SECTION_TILE_BODY, "abcdef", 1, 6);
    put_cch(draft);
    put_section(draft, GEO_SECTION_NAME_KEY, keys, sizeof *keys, key_count);
    free(keys);
    free(first);
    free(arcs);
    free(cell_first);
    free(pieces);
}

void geo_test_map_build(struct geo_test_map *draft)
{
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        find_component(draft, profile);
    }
    draft->bytes = zeroed(FILE_SIZE, 1);
    struct geo_map_header *header = (void *)draft->bytes;
    header->magic = GEO_MAP_MAGIC;
    header->version = GEO_MAP_VERSION;
    bounding_box(draft, header);
    const struct geo_snap_grid grid = {
        .south_e7 = header->south_e7,
        .west_e7 = header->west_e7,
        .cell_lat_e7 = CELL_E7,
        .cell_lon_e7 = CELL_E7,
        .rows = (uint32_t)(header->north_e7 - header->south_e7) / CELL_E7 + 1,
        .columns = (uint32_t)(header->east_e7 - header->west_e7) / CELL_E7 + 1,
    };
    draft->size = sizeof *header + (GEO_SECTION_COUNT - 1u) * sizeof(struct geo_map_section);
    put_sections(draft, &grid);
    header->file_size = draft->size;
    geo_test_map_seal(draft->bytes);
    const enum geo_status status = geo_map_open(draft->bytes, draft->size, &draft->map, NULL);
    assert(status == GEO_OK);
    (void)status;
}

static int32_t near(uint64_t *seed, int32_t e7, uint32_t jitter_e7)
{
    return e7 + (int32_t)geo_test_below(seed, 2 * jitter_e7 + 1) - (int32_t)jitter_e7;
}

static void random_edge(struct geo_test_map *draft, uint64_t *seed, uint32_t from, uint32_t to)
{
    const uint32_t edge = geo_test_map_edge(draft, from, to, 0, 0);
    struct geo_edge *record = &draft->edges[edge];
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        const uint32_t travel_ms = 1 + geo_test_below(seed, 40000);
        const uint32_t kind = geo_test_below(seed, 10);
        record->forward_ms[profile] = kind == 0 || kind == 2 ? GEO_TRAVEL_NEVER : travel_ms;
        record->backward_ms[profile] = kind == 1 || kind == 2 ? GEO_TRAVEL_NEVER
                                       : kind < 5             ? travel_ms
                                                              : travel_ms / 2;
    }
    if (geo_test_below(seed, 3) == 0) {
        struct geo_point inner[3];
        const uint16_t count = (uint16_t)(1 + geo_test_below(seed, 3));
        const struct geo_point a = draft->nodes[from];
        const struct geo_point b = draft->nodes[to];
        for (int i = 0; i < count; i++) {
            inner[i].lat_e7 = near(seed, a.lat_e7 + (b.lat_e7 - a.lat_e7) / 4 * (i + 1), 3000);
            inner[i].lon_e7 = near(seed, a.lon_e7 + (b.lon_e7 - a.lon_e7) / 4 * (i + 1), 3000);
        }
        geo_test_map_bend(draft, edge, inner, count);
    }
}

void geo_test_map_random(struct geo_test_map *draft, uint64_t *seed, uint32_t side)
{
    geo_test_map_init(draft);
    for (uint32_t i = 0; i < side * side; i++) {
        const struct geo_point at = {
            near(seed, 411500000 + (int32_t)(i / side) * 20000, 8000),
            near(seed, -86100000 + (int32_t)(i % side) * 25000, 8000),
        };
        (void)geo_test_map_node(draft, at);
    }
    for (uint32_t i = 0; i < side * side; i++) {
        if (i % side + 1 < side) {
            random_edge(draft, seed, i, i + 1);
        }
        if (i / side + 1 < side) {
            random_edge(draft, seed, i, i + side);
        }
        if (geo_test_below(seed, 12) == 0) { /* a long way, a loop, or a second road */
            random_edge(draft, seed, i, geo_test_below(seed, side * side));
        }
    }
    random_edge(draft, seed, 0, 0);
    geo_test_map_build(draft);
}
