#include "geo/geo_map.h"

#include <assert.h>
#include <string.h>

_Static_assert(sizeof(struct geo_map_section) == 32, "a fixed record of the file");
_Static_assert(sizeof(struct geo_point) == 8, "a fixed record of the file");
_Static_assert(sizeof(struct geo_arc) == 12, "a fixed record of the file");
_Static_assert(sizeof(struct geo_piece) == 8, "a fixed record of the file");
_Static_assert(sizeof(struct geo_snap_grid) == 24, "a fixed record of the file");
_Static_assert(sizeof(struct geo_name) == 16, "a fixed record of the file");
_Static_assert(sizeof(struct geo_name_key) == 8, "a fixed record of the file");
_Static_assert(sizeof(struct geo_tile) == 24, "a fixed record of the file");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "sections are used in place");

#define SECTION_ALIGNMENT 64u
#define SECTION_KINDS     GEO_SECTION_COUNT
#define CELL_E7_MIN       1000u /* 11 m: a ring search out to 300 m stays below 60 x 60 cells */

/* What a section of this version must look like. */
static const struct {
    uint32_t item_size;
    uint64_t count_max;
    bool required;
} rules[SECTION_KINDS] = {
    [GEO_SECTION_META] = {1, UINT32_MAX, false},
    [GEO_SECTION_NODE] = {sizeof(struct geo_point), GEO_ARC_BACKWARD - 1, true},
    [GEO_SECTION_EDGE] = {sizeof(struct geo_edge), GEO_ARC_BACKWARD - 1, true},
    [GEO_SECTION_SHAPE] = {sizeof(struct geo_point), UINT32_MAX, true},
    [GEO_SECTION_IN_FIRST] = {sizeof(uint32_t), UINT64_MAX, true},
    [GEO_SECTION_IN_ARC] = {sizeof(struct geo_arc), UINT32_MAX, true},
    [GEO_SECTION_SNAP_FIRST] = {sizeof(uint32_t), UINT32_MAX, true},
    [GEO_SECTION_SNAP_PIECE] = {sizeof(struct geo_piece), UINT32_MAX, true},
    [GEO_SECTION_SNAP_GRID] = {sizeof(struct geo_snap_grid), 1, true},
    [GEO_SECTION_TEXT] = {1, UINT32_MAX, true},
    [GEO_SECTION_NAME] = {sizeof(struct geo_name), GEO_NAME_INSIDE - 1u, false},
    [GEO_SECTION_TILE] = {sizeof(struct geo_tile), UINT32_MAX, false},
    [GEO_SECTION_TILE_BODY] = {1, UINT64_MAX, false},
    [GEO_SECTION_CCH_RANK] = {sizeof(uint32_t), UINT32_MAX, true},
    [GEO_SECTION_CCH_ORDER] = {sizeof(uint32_t), UINT32_MAX, true},
    [GEO_SECTION_CCH_UP_FIRST] = {sizeof(uint32_t), UINT32_MAX, true},
    [GEO_SECTION_CCH_UP_HEAD] = {sizeof(uint32_t), GEO_CCH_DOWN - 1, true},
    [GEO_SECTION_CCH_EDGE] = {sizeof(uint32_t), UINT32_MAX, true},
    [GEO_SECTION_NAME_KEY] = {sizeof(struct geo_name_key), UINT32_MAX - 1u, false},
};

/* The sections by kind; a kind the file does not have is NULL and empty. */
struct directory {
    const uint8_t *body[SECTION_KINDS];
    uint64_t count[SECTION_KINDS];
};

uint64_t geo_checksum(const uint8_t *bytes, size_t size)
{
    assert(bytes != NULL || size == 0);

    const uint64_t prime = UINT64_C(0x100000001b3);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    size_t i = 0;
    for (; size - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, bytes + i, sizeof word);
        hash = (hash ^ word) * prime;
    }
    for (; i < size; i++) {
        hash = (hash ^ bytes[i]) * prime;
    }
    return hash;
}

static enum geo_status check_header(const uint8_t *bytes, size_t size)
{
    const uint64_t magic = GEO_MAP_MAGIC;
    struct geo_map_header header;
    if (size < sizeof magic || memcmp(bytes, &magic, sizeof magic) != 0) {
        return GEO_BAD_MAGIC;
    }
    if (size < sizeof header) {
        return GEO_TRUNCATED;
    }
    memcpy(&header, bytes, sizeof header);
    if (header.version != GEO_MAP_VERSION) {
        return GEO_BAD_VERSION;
    }
    if (header.section_count > GEO_MAP_SECTION_MAX) {
        return GEO_BAD_INPUT;
    }
    const size_t table_size = header.section_count * sizeof(struct geo_map_section);
    if (header.file_size > size || size - sizeof header < table_size) {
        return GEO_TRUNCATED;
    }
    if (header.file_size < size) {
        return GEO_BAD_INPUT; /* something was appended */
    }
    if (geo_checksum(bytes + sizeof header, table_size) != header.table_checksum) {
        return GEO_BAD_CHECKSUM;
    }
    const struct geo_point south_west = {header.south_e7, header.west_e7};
    const struct geo_point north_east = {header.north_e7, header.east_e7};
    const bool box_good = geo_point_valid(south_west) && geo_point_valid(north_east) &&
                          header.south_e7 <= header.north_e7 && header.west_e7 <= header.east_e7;
    return box_good ? GEO_OK : GEO_BAD_INPUT;
}

/* Where the section lies, if it lies in the file. Kinds of later versions are passed over. */
static bool read_section(const uint8_t *bytes, size_t size, const struct geo_map_section *section,
                         struct directory *directory)
{
    if (section->offset % SECTION_ALIGNMENT != 0 || section->offset > size ||
        section->item_size == 0 || section->count > (size - section->offset) / section->item_size) {
        return false;
    }
    if (section->kind == 0) {
        return false;
    }
    if (section->kind >= SECTION_KINDS) {
        return true;
    }
    if (directory->body[section->kind] != NULL ||
        section->item_size != rules[section->kind].item_size ||
        section->count > rules[section->kind].count_max) {
        return false;
    }
    directory->body[section->kind] = bytes + section->offset;
    directory->count[section->kind] = section->count;
    return true;
}

static uint32_t misfit_cch(const uint64_t count[])
{
    if (count[GEO_SECTION_CCH_RANK] != count[GEO_SECTION_NODE]) {
        return GEO_SECTION_CCH_RANK;
    }
    if (count[GEO_SECTION_CCH_ORDER] != count[GEO_SECTION_NODE]) {
        return GEO_SECTION_CCH_ORDER;
    }
    if (count[GEO_SECTION_CCH_UP_FIRST] != count[GEO_SECTION_NODE] + 1) {
        return GEO_SECTION_CCH_UP_FIRST;
    }
    return count[GEO_SECTION_CCH_EDGE] == 2 * count[GEO_SECTION_EDGE] ? 0 : GEO_SECTION_CCH_EDGE;
}

/* The first section that is missing or does not fit the others, 0 if all do. */
static uint32_t misfit(const struct directory *directory)
{
    for (uint32_t kind = 1; kind < SECTION_KINDS; kind++) {
        if (rules[kind].required && directory->body[kind] == NULL) {
            return kind;
        }
    }
    const uint64_t *count = directory->count;
    if (count[GEO_SECTION_IN_FIRST] != GEO_PROFILE_COUNT * (count[GEO_SECTION_NODE] + 1)) {
        return GEO_SECTION_IN_FIRST;
    }
    const uint8_t *text = directory->body[GEO_SECTION_TEXT];
    const uint64_t text_size = count[GEO_SECTION_TEXT];
    if (text_size == 0 || text[0] != '\0' || text[text_size - 1] != '\0') {
        return GEO_SECTION_TEXT;
    }
    if (count[GEO_SECTION_SNAP_GRID] != 1) {
        return GEO_SECTION_SNAP_GRID;
    }
    struct geo_snap_grid grid;
    memcpy(&grid, directory->body[GEO_SECTION_SNAP_GRID], sizeof grid);
    const struct geo_point corner = {grid.south_e7, grid.west_e7};
    if (!geo_point_valid(corner) || grid.cell_lat_e7 < CELL_E7_MIN ||
        grid.cell_lon_e7 < CELL_E7_MIN || grid.rows == 0 || grid.columns == 0) {
        return GEO_SECTION_SNAP_GRID;
    }
    if ((uint64_t)grid.rows * grid.columns + 1 != count[GEO_SECTION_SNAP_FIRST]) {
        return GEO_SECTION_SNAP_FIRST;
    }
    return misfit_cch(count);
}

static void fill(const uint8_t *bytes, size_t size, const struct directory *directory,
                 struct geo_map *map)
{
    const uint64_t *count = directory->count;
    const uint8_t *const *body = directory->body;
    const void *item[SECTION_KINDS];
    for (uint32_t kind = 0; kind < SECTION_KINDS; kind++) {
        item[kind] = body[kind];
    }
    *map = (struct geo_map){
        .bytes = bytes,
        .size = size,
        .header = (const void *)bytes,
        .meta = item[GEO_SECTION_META],
        .meta_size = (size_t)count[GEO_SECTION_META],
        .nodes = item[GEO_SECTION_NODE],
        .node_count = (uint32_t)count[GEO_SECTION_NODE],
        .edges = item[GEO_SECTION_EDGE],
        .edge_count = (uint32_t)count[GEO_SECTION_EDGE],
        .shape = item[GEO_SECTION_SHAPE],
        .shape_count = (uint32_t)count[GEO_SECTION_SHAPE],
        .in_arcs = item[GEO_SECTION_IN_ARC],
        .arc_count = (uint32_t)count[GEO_SECTION_IN_ARC],
        .snap_grid = item[GEO_SECTION_SNAP_GRID],
        .snap_first = item[GEO_SECTION_SNAP_FIRST],
        .snap_pieces = item[GEO_SECTION_SNAP_PIECE],
        .piece_count = (uint32_t)count[GEO_SECTION_SNAP_PIECE],
        .text = item[GEO_SECTION_TEXT],
        .text_size = (size_t)count[GEO_SECTION_TEXT],
        .names = item[GEO_SECTION_NAME],
        .name_count = (uint32_t)count[GEO_SECTION_NAME],
        .name_keys = item[GEO_SECTION_NAME_KEY],
        .name_key_count = (uint32_t)count[GEO_SECTION_NAME_KEY],
        .tiles = item[GEO_SECTION_TILE],
        .tile_count = (uint32_t)count[GEO_SECTION_TILE],
        .tile_bodies = item[GEO_SECTION_TILE_BODY],
        .tile_bodies_size = (size_t)count[GEO_SECTION_TILE_BODY],
        .cch_rank = item[GEO_SECTION_CCH_RANK],
        .cch_order = item[GEO_SECTION_CCH_ORDER],
        .cch_up_first = item[GEO_SECTION_CCH_UP_FIRST],
        .cch_up_head = item[GEO_SECTION_CCH_UP_HEAD],
        .cch_arc_count = (uint32_t)count[GEO_SECTION_CCH_UP_HEAD],
        .cch_edge = item[GEO_SECTION_CCH_EDGE],
    };
    const uint32_t *in_first = item[GEO_SECTION_IN_FIRST];
    for (size_t profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        map->in_first[profile] = in_first + profile * ((size_t)map->node_count + 1);
    }
}

enum geo_status geo_map_open(const uint8_t *bytes, size_t size, struct geo_map *map,
                             uint32_t *section)
{
    assert(bytes != NULL || size == 0);
    assert((uintptr_t)bytes % sizeof(uint64_t) == 0); /* a mapped file is page aligned */
    assert(map != NULL);

    uint32_t at_fault = 0;
    enum geo_status status = check_header(bytes, size);
    struct directory directory = {0};
    if (status == GEO_OK) {
        struct geo_map_header header;
        memcpy(&header, bytes, sizeof header);
        for (uint32_t i = 0; status == GEO_OK && i < header.section_count; i++) {
            struct geo_map_section entry;
            memcpy(&entry, bytes + sizeof header + i * sizeof entry, sizeof entry);
            if (!read_section(bytes, size, &entry, &directory)) {
                at_fault = entry.kind;
                status = GEO_BAD_SECTION;
            }
        }
    }
    if (status == GEO_OK) {
        at_fault = misfit(&directory);
        status = at_fault == 0 ? GEO_OK : GEO_BAD_SECTION;
    }
    if (status == GEO_OK) {
        fill(bytes, size, &directory, map);
    } else if (section != NULL) {
        *section = at_fault;
    }
    return status;
}

const uint8_t *geo_map_tile(const struct geo_map *map, uint32_t zoom, uint32_t x, uint32_t y,
                            size_t *size)
{
    assert(map != NULL);
    assert(size != NULL);

    uint32_t low = 0;
    uint32_t high = map->tile_count;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        const struct geo_tile *tile = &map->tiles[middle];
        const bool before =
            tile->zoom != zoom ? tile->zoom < zoom : (tile->x != x ? tile->x < x : tile->y < y);
        if (before) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == map->tile_count) {
        return NULL;
    }
    const struct geo_tile *tile = &map->tiles[low];
    const bool here = tile->zoom == zoom && tile->x == x && tile->y == y;
    if (!here || tile->offset > map->tile_bodies_size ||
        tile->size > map->tile_bodies_size - tile->offset) {
        return NULL;
    }
    *size = tile->size;
    return map->tile_bodies + tile->offset;
}
