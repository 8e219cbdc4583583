/* geo_map: what is not a whole, undamaged map file is refused, and named. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_map.h"
#include "tests/support/geo_test_map.h"

static struct geo_test_map draft;

static void set_up(void)
{
    geo_test_map_init(&draft);
    for (int i = 0; i < 4; i++) {
        (void)geo_test_map_node(&draft, (struct geo_point){411500000 + i * 10000, -86100000});
    }
    (void)geo_test_map_edge(&draft, 0, 1, 1000, 1000);
    (void)geo_test_map_edge(&draft, 1, 2, 1000, GEO_TRAVEL_NEVER);
    (void)geo_test_map_edge(&draft, 2, 0, 3000, 3000);
    const struct geo_point bend = {411510000, -86080000};
    geo_test_map_bend(&draft, 2, &bend, 1);
    geo_test_map_street(&draft, "Rua de Santa Catarina", bend);
    geo_test_map_street(&draft, "Rua Formosa", bend);
    geo_test_map_build(&draft);
}

static void tear_down(void)
{
    geo_test_map_finish(&draft);
}

TestSuite(geo_map, .init = set_up, .fini = tear_down, .timeout = 30);

static struct geo_map_header *header(void)
{
    return (struct geo_map_header *)(void *)draft.bytes;
}

static struct geo_map_section *entry(enum geo_section kind)
{
    return geo_test_map_section(draft.bytes, kind);
}

static void *body(enum geo_section kind)
{
    return draft.bytes + entry(kind)->offset;
}

static void expect_open(enum geo_status status, uint32_t at_fault)
{
    struct geo_map map = {.node_count = 77};
    uint32_t section = 99;
    cr_expect(eq(int, geo_map_open(draft.bytes, draft.size, &map, &section), status));
    cr_expect(eq(u32, map.node_count, status == GEO_OK ? 4 : 77)); /* untouched on failure */
    cr_expect(eq(u32, section, status == GEO_OK ? 99 : at_fault));
}

static void expect_verify(enum geo_status status, uint32_t at_fault)
{
    struct geo_map map;
    uint32_t section = 99;
    geo_test_map_seal(draft.bytes);
    cr_assert(eq(int, geo_map_open(draft.bytes, draft.size, &map, NULL), GEO_OK));
    cr_expect(eq(int, geo_map_verify(&map, &section), status));
    cr_expect(eq(u32, section, status == GEO_OK ? 99 : at_fault));
}

Test(geo_map, a_whole_file_opens_and_verifies)
{
    expect_open(GEO_OK, 0);
    expect_verify(GEO_OK, 0);
    cr_expect(eq(u32, draft.map.edge_count, 3));
    cr_expect(eq(u32, draft.map.name_count, 2));
    cr_expect(eq(sz, draft.map.meta_size, 2));
}

Test(geo_map, something_else_is_not_a_map)
{
    draft.bytes[0] ^= 1;
    expect_open(GEO_BAD_MAGIC, 0);
    draft.size = 0;
    expect_open(GEO_BAD_MAGIC, 0);
}

Test(geo_map, another_version_asks_for_an_import)
{
    header()->version = GEO_MAP_VERSION + 1;
    expect_open(GEO_BAD_VERSION, 0);
}

Test(geo_map, every_shorter_file_is_refused)
{
    struct geo_map map;
    for (size_t size = 0; size < draft.size; size++) {
        /* Its own allocation, so that a byte read past the end is seen. */
        uint8_t *part = malloc(size + 1);
        memcpy(part, draft.bytes, size);
        const enum geo_status status = geo_map_open(part, size, &map, NULL);
        cr_assert(eq(int, status, size < 8 ? GEO_BAD_MAGIC : GEO_TRUNCATED), "%zu", size);
        free(part);
    }
    draft.size++;
    expect_open(GEO_BAD_INPUT, 0);
}

Test(geo_map, a_damaged_table_is_seen_at_open)
{
    entry(GEO_SECTION_EDGE)->count--;
    expect_open(GEO_BAD_CHECKSUM, 0);
    geo_test_map_seal(draft.bytes);
    header()->section_count = GEO_MAP_SECTION_MAX + 1;
    expect_open(GEO_BAD_INPUT, 0);
}

Test(geo_map, a_bounding_box_upside_down_is_refused)
{
    header()->south_e7 = header()->north_e7 + 1;
    expect_open(GEO_BAD_INPUT, 0);
    header()->south_e7 = -900000001;
    expect_open(GEO_BAD_INPUT, 0);
}

Test(geo_map, every_flipped_byte_of_a_body_fails_verification)
{
    for (uint32_t kind = GEO_SECTION_META; kind < GEO_SECTION_COUNT; kind++) {
        const size_t size = (size_t)(entry(kind)->count * entry(kind)->item_size);
        uint8_t *bytes = body(kind);
        for (size_t i = 0; i < size; i++) {
            struct geo_map map;
            uint32_t section = 0;
            bytes[i] ^= 0x20;
            if (geo_map_open(draft.bytes, draft.size, &map, &section) == GEO_OK) {
                cr_assert(eq(int, geo_map_verify(&map, &section), GEO_BAD_CHECKSUM));
                cr_assert(eq(u32, section, kind));
            }
            cr_assert(ne(u32, section, 0)); /* or open had seen it already */
            bytes[i] ^= 0x20;
        }
    }
}

Test(geo_map, a_missing_section_is_named)
{
    for (uint32_t kind = GEO_SECTION_NODE; kind <= GEO_SECTION_TEXT; kind++) {
        struct geo_map_section *section = entry(kind);
        section->kind = 1000; /* of a later version: passed over */
        geo_test_map_seal(draft.bytes);
        expect_open(GEO_BAD_SECTION, kind);
        section->kind = kind;
    }
    for (uint32_t kind = GEO_SECTION_CCH_RANK; kind <= GEO_SECTION_CCH_EDGE; kind++) {
        struct geo_map_section *section = entry(kind);
        section->kind = 1000;
        geo_test_map_seal(draft.bytes);
        expect_open(GEO_BAD_SECTION, kind);
        section->kind = kind;
    }
    entry(GEO_SECTION_TILE)->kind = 1000;
    entry(GEO_SECTION_TILE_BODY)->kind = 1001;
    geo_test_map_seal(draft.bytes);
    expect_open(GEO_OK, 0);
}

Test(geo_map, a_section_out_of_bounds_is_named)
{
    struct geo_map_section *section = entry(GEO_SECTION_EDGE);
    const struct geo_map_section right = *section;
    const struct geo_map_section wrong[] = {
        {right.kind, right.item_size, right.offset + 4, right.count, 0},
        {right.kind, right.item_size, UINT64_MAX - 63, right.count, 0},
        {right.kind, right.item_size, (draft.size + 63) / 64 * 64, 1, 0},
        {right.kind, right.item_size, right.offset, UINT64_MAX, 0},
        {right.kind, right.item_size, right.offset, UINT64_MAX / right.item_size, 0},
        {right.kind, right.item_size - 1, right.offset, right.count, 0},
        {right.kind, 0, right.offset, right.count, 0},
        {GEO_SECTION_NODE, 8, right.offset, 1, 0}, /* there twice */
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        *section = wrong[i];
        header()->table_checksum =
            geo_checksum(draft.bytes + 64, header()->section_count * sizeof *section);
        expect_open(GEO_BAD_SECTION, wrong[i].kind);
    }
}

Test(geo_map, sections_that_do_not_fit_each_other_are_named)
{
    entry(GEO_SECTION_NODE)->count--;
    geo_test_map_seal(draft.bytes);
    expect_open(GEO_BAD_SECTION, GEO_SECTION_IN_FIRST);
    entry(GEO_SECTION_NODE)->count++;

    entry(GEO_SECTION_SNAP_GRID)->count = 0;
    geo_test_map_seal(draft.bytes);
    expect_open(GEO_BAD_SECTION, GEO_SECTION_SNAP_GRID);
    entry(GEO_SECTION_SNAP_GRID)->count = 1;

    struct geo_snap_grid *grid = body(GEO_SECTION_SNAP_GRID);
    grid->rows++;
    geo_test_map_seal(draft.bytes);
    expect_open(GEO_BAD_SECTION, GEO_SECTION_SNAP_FIRST);
    grid->rows = 0;
    expect_open(GEO_BAD_SECTION, GEO_SECTION_SNAP_GRID);
    grid->rows = 1;
    grid->cell_lat_e7 = 999;
    expect_open(GEO_BAD_SECTION, GEO_SECTION_SNAP_GRID);
}

Test(geo_map, a_hierarchy_of_another_size_is_named)
{
    const enum geo_section kinds[] = {GEO_SECTION_CCH_RANK, GEO_SECTION_CCH_ORDER,
                                      GEO_SECTION_CCH_UP_FIRST, GEO_SECTION_CCH_EDGE};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        entry(kinds[i])->count--;
        geo_test_map_seal(draft.bytes);
        expect_open(GEO_BAD_SECTION, kinds[i]);
        entry(kinds[i])->count++;
    }
}

static void expect_wrong_number(enum geo_section kind, uint32_t index, uint32_t wrong,
                                enum geo_section at_fault)
{
    uint32_t *numbers = body(kind);
    const uint32_t right = numbers[index];
    numbers[index] = wrong;
    expect_verify(GEO_BAD_SECTION, at_fault);
    numbers[index] = right;
    expect_verify(GEO_OK, 0);
}

/* Nodes 3, 2, 1, 0 in this order; 2 is below 1 and 0, 1 is below 0, 3 is alone. */
Test(geo_map, a_hierarchy_that_is_none_is_found)
{
    expect_wrong_number(GEO_SECTION_CCH_RANK, 0, 4, GEO_SECTION_CCH_RANK);
    expect_wrong_number(GEO_SECTION_CCH_RANK, 0, 2, GEO_SECTION_CCH_RANK); /* there twice */
    expect_wrong_number(GEO_SECTION_CCH_ORDER, 0, 0, GEO_SECTION_CCH_RANK);
    expect_wrong_number(GEO_SECTION_CCH_UP_FIRST, 0, 1, GEO_SECTION_CCH_UP_FIRST);
    expect_wrong_number(GEO_SECTION_CCH_UP_FIRST, 2, 4, GEO_SECTION_CCH_UP_FIRST);
    expect_wrong_number(GEO_SECTION_CCH_UP_FIRST, 4, 2, GEO_SECTION_CCH_UP_FIRST);
    expect_wrong_number(GEO_SECTION_CCH_UP_HEAD, 0, 1, GEO_SECTION_CCH_UP_HEAD); /* itself */
    expect_wrong_number(GEO_SECTION_CCH_UP_HEAD, 0, 3, GEO_SECTION_CCH_UP_HEAD); /* twice */
    expect_wrong_number(GEO_SECTION_CCH_UP_HEAD, 2, 4, GEO_SECTION_CCH_UP_HEAD);
    expect_wrong_number(GEO_SECTION_CCH_UP_FIRST, 3, 2, GEO_SECTION_CCH_UP_HEAD); /* no triangle */
    expect_wrong_number(GEO_SECTION_CCH_EDGE, 0, 0, GEO_SECTION_CCH_EDGE);
    expect_wrong_number(GEO_SECTION_CCH_EDGE, 0, 2, GEO_SECTION_CCH_EDGE); /* the other way */
    expect_wrong_number(GEO_SECTION_CCH_EDGE, 0, GEO_CCH_NO_ARC, GEO_SECTION_CCH_EDGE);
}

Test(geo_map, text_that_does_not_end_is_refused)
{
    char *text = body(GEO_SECTION_TEXT);
    text[draft.text_size - 1] = 'x';
    geo_test_map_seal(draft.bytes);
    expect_open(GEO_BAD_SECTION, GEO_SECTION_TEXT);
}

Test(geo_map, an_index_outside_its_section_is_found)
{
    struct geo_edge *edge = body(GEO_SECTION_EDGE);
    const struct geo_edge right = *edge;
    struct geo_edge wrong[9];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        wrong[i] = right;
    }
    wrong[0].from = draft.node_count;
    wrong[1].to = draft.node_count;
    wrong[2].back_from = draft.node_count;
    wrong[3].back_to = draft.node_count;
    wrong[4].back_to = right.to; /* there and back must be between the same two spots */
    wrong[5].shape_count = (uint16_t)(draft.shape_count + 1);
    wrong[6].shape_first = UINT32_MAX;
    wrong[7].road_class = GEO_ROAD_CLASS_COUNT;
    wrong[8].name = draft.text_size;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        *edge = wrong[i];
        expect_verify(GEO_BAD_SECTION, GEO_SECTION_EDGE);
    }
    *edge = right;
    expect_verify(GEO_OK, 0);
}

Test(geo_map, arcs_that_contradict_their_edges_are_found)
{
    struct geo_arc *arc = body(GEO_SECTION_IN_ARC);
    const struct geo_arc right = *arc;
    const struct geo_arc wrong[] = {
        {right.tail + 1, right.travel_ms, right.edge},
        {right.tail, right.travel_ms + 1, right.edge},
        {right.tail, right.travel_ms, right.edge ^ GEO_ARC_BACKWARD},
        {right.tail, right.travel_ms, 3},
        {UINT32_MAX, GEO_TRAVEL_NEVER, UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        *arc = wrong[i];
        expect_verify(GEO_BAD_SECTION, GEO_SECTION_IN_ARC);
    }
    *arc = right;
    uint32_t *first = body(GEO_SECTION_IN_FIRST);
    first[1] = UINT32_MAX;
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_IN_FIRST);
}

Test(geo_map, the_snap_grid_names_only_pieces_there_are)
{
    struct geo_piece *piece = body(GEO_SECTION_SNAP_PIECE);
    piece->index = 2;
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_SNAP_PIECE);
    *piece = (struct geo_piece){3, 0};
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_SNAP_PIECE);
    uint32_t *first = body(GEO_SECTION_SNAP_FIRST);
    first[0] = UINT32_MAX;
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_SNAP_FIRST);
}

Test(geo_map, points_names_and_tiles_are_checked)
{
    struct geo_point *node = body(GEO_SECTION_NODE);
    node[3].lat_e7 = 900000001;
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_NODE);
    node[3].lat_e7 = 0;
    struct geo_point *shape = body(GEO_SECTION_SHAPE);
    shape[0].lon_e7 = INT32_MIN;
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_SHAPE);
    shape[0].lon_e7 = 0;
    struct geo_name *name = body(GEO_SECTION_NAME);
    const struct geo_name right = name[1];
    name[1].name = draft.text_size;
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_NAME);
    name[1] = right;
    name[1].kind = GEO_NAME_KIND_COUNT;
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_NAME);
    name[1] = right;
    struct geo_name_key *key = body(GEO_SECTION_NAME_KEY);
    const struct geo_name_key first = key[0];
    key[0] = key[2];
    key[2] = first;
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_NAME_KEY);
    key[2] = key[0];
    key[0] = (struct geo_name_key){first.text, draft.street_count};
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_NAME_KEY);
    key[0] = (struct geo_name_key){draft.text_size, first.name};
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_NAME_KEY);
    key[0] = first;
    struct geo_tile *tile = body(GEO_SECTION_TILE);
    tile[2].size = 2;
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_TILE);
    tile[2] = tile[1];
    expect_verify(GEO_BAD_SECTION, GEO_SECTION_TILE);
}

Test(geo_map, tiles_are_found_by_zoom_x_and_y)
{
    size_t size = 0;
    const uint8_t *tile = geo_map_tile(&draft.map, 1, 0, 1, &size);
    cr_assert(ne(ptr, (void *)(uintptr_t)tile, NULL));
    cr_expect(eq(sz, size, 2));
    cr_expect(eq(int, memcmp(tile, "de", 2), 0));
    cr_expect(eq(ptr, (void *)(uintptr_t)geo_map_tile(&draft.map, 1, 1, 1, &size), NULL));
    cr_expect(eq(ptr, (void *)(uintptr_t)geo_map_tile(&draft.map, 9, 0, 0, &size), NULL));
}

Test(geo_map, a_tile_past_its_section_is_not_there_even_unverified)
{
    struct geo_tile *tile = body(GEO_SECTION_TILE);
    size_t size = 0;
    tile[1].size = 4;
    cr_expect(eq(ptr, (void *)(uintptr_t)geo_map_tile(&draft.map, 1, 0, 1, &size), NULL));
    tile[1].offset = UINT64_MAX;
    cr_expect(eq(ptr, (void *)(uintptr_t)geo_map_tile(&draft.map, 1, 0, 1, &size), NULL));
}

Test(geo_map, the_checksum_is_fnv_1a_over_words)
{
    /* The published test of the offset basis, then a byte, then a word. */
    cr_expect(eq(u64, geo_checksum(NULL, 0), 0xcbf29ce484222325ULL));
    cr_expect(eq(u64, geo_checksum((const uint8_t *)"a", 1), 0xaf63dc4c8601ec8cULL));
    const uint64_t word = 0x6867666564636261ULL;
    cr_expect(eq(u64, geo_checksum((const uint8_t *)"abcdefgh", 8),
                 (0xcbf29ce484222325ULL ^ word) * 0x100000001b3ULL));
}

Test(geo_map, hostile_bytes_never_leave_the_file)
{
    uint64_t seed = 99;
    uint32_t opened = 0;
    uint32_t verified = 0;
    uint8_t *copy = malloc(draft.size);
    for (uint32_t i = 0; i < 20000; i++) {
        memcpy(copy, draft.bytes, draft.size);
        for (uint32_t j = 0; j <= i % 4; j++) {
            copy[geo_test_below(&seed, (uint32_t)draft.size)] = (uint8_t)geo_test_next(&seed);
        }
        struct geo_map_header *top = (void *)copy;
        if (top->section_count <= GEO_MAP_SECTION_MAX) {
            top->table_checksum = geo_checksum(copy + 64, top->section_count * 32u);
        }
        struct geo_map map;
        uint32_t section = 0;
        if (geo_map_open(copy, draft.size, &map, &section) == GEO_OK) {
            opened++;
            verified += geo_map_verify(&map, &section) == GEO_OK;
        }
    }
    free(copy);
    cr_expect(lt(u32, 1000, opened));
    cr_expect(lt(u32, verified, opened));
}

/* What is refused at its first section teaches a fuzzer nothing of those behind it. */
Test(geo_map, the_seeds_of_the_fuzzer_are_good_maps_of_this_version)
{
    static const char *const seeds[] = {"tests/fuzz/corpus/map/streets",
                                        "tests/fuzz/corpus/map/city"};
    static _Alignas(64) uint8_t bytes[8192];
    for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++) {
        FILE *file = fopen(seeds[i], "rb");
        cr_assert(ne(ptr, file, NULL), "%s", seeds[i]);
        const size_t size = fread(bytes, 1, sizeof bytes, file);
        (void)fclose(file);
        struct geo_map map;
        uint32_t section = 0;
        cr_assert(eq(int, geo_map_open(bytes, size, &map, &section), GEO_OK), "%s: section %u",
                  seeds[i], section);
        cr_expect(eq(int, geo_map_verify(&map, &section), GEO_OK), "%s: section %u", seeds[i],
                  section);
        cr_expect(lt(u32, 0, map.edge_count));
    }
}
