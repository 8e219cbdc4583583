/* fuzz_map: whatever the bytes, open and verify stay inside them; whatever verify lets pass, no
 * question about it can crash. Checksums are made right again after each mutation, or hardly any
 * would get past them. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_nearest.h"

#define UNITS       6u
#define REACHES_MAX 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every checksum a section table in bounds allows to compute. */
static void seal(uint8_t *bytes, size_t size)
{
    struct geo_map_header *header = (void *)bytes;
    if (size < sizeof *header || header->section_count > GEO_MAP_SECTION_MAX ||
        header->section_count * sizeof(struct geo_map_section) > size - sizeof *header) {
        return;
    }
    struct geo_map_section *table = (void *)(bytes + sizeof *header);
    uint64_t sums[GEO_MAP_SECTION_MAX];
    header->magic = GEO_MAP_MAGIC;
    header->version = GEO_MAP_VERSION;
    header->file_size = size;
    for (uint32_t i = 0; i < header->section_count; i++) {
        if (table[i].item_size != 0 && table[i].offset <= size &&
            table[i].count <= (size - table[i].offset) / table[i].item_size) {
            table[i].checksum = geo_checksum(bytes + table[i].offset,
                                             (size_t)(table[i].count * table[i].item_size));
        }
        sums[i] = table[i].checksum;
    }
    header->map_id = geo_checksum((const uint8_t *)sums, header->section_count * sizeof sums[0]);
    header->table_checksum =
        geo_checksum((const uint8_t *)table, header->section_count * sizeof *table);
}

static void ask(const struct geo_map *map, struct geo_search *search, struct geo_fleet *fleet,
                struct geo_point at)
{
    struct geo_nearest_hit hits[UNITS];
    static struct geo_reach reaches[REACHES_MAX];
    bool estimated = false;
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        struct geo_place place;
        if (geo_map_snap(map, profile, at, &place) == GEO_OK) {
            assert(place.edge < map->edge_count);
            assert(place.fraction_e6 <= 1000000);
            assert(geo_point_valid(geo_map_place_point(map, place)));
            (void)geo_isochrone(search, map, profile, place, 600000, reaches, REACHES_MAX);
        }
        geo_fleet_define(fleet, profile, profile, 1);
        geo_fleet_move(fleet, profile, at);
        const struct geo_nearest_query query = {
            .at = at, .profile = profile, .limit_ms = UINT32_MAX, .hits_max = UNITS};
        const uint32_t count = geo_nearest(search, map, fleet, &query, hits, &estimated);
        assert(count <= UNITS);
        (void)geo_travel_ms(search, map, geo_fleet_get(fleet, UNITS - 1)->at, at, profile,
                            UINT32_MAX, &estimated);
    }
}

/* The hierarchy's part: what was verified can be followed and asked. */
struct roads {
    struct geo_cch *cch;
    struct geo_traffic *traffic;
    struct geo_metric *metrics[GEO_PROFILE_COUNT];
};

static bool make_roads(const struct geo_map *map, struct roads *roads, struct geo_roads *now)
{
    const enum geo_status status = geo_cch_create(map, &roads->cch);
    assert(status == GEO_OK);
    if (geo_traffic_create(map, &roads->traffic) != GEO_OK) {
        return false;
    }
    const struct geo_traffic_change closed = {0, GEO_PROFILE_CAR, false, GEO_TRAVEL_NEVER};
    geo_traffic_apply(roads->traffic, &closed, map->edge_count > 0);
    *now = (struct geo_roads){.traffic = roads->traffic};
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        if (geo_metric_create(roads->cch, profile, &roads->metrics[profile]) != GEO_OK) {
            return false;
        }
        geo_metric_follow(roads->metrics[profile], roads->traffic);
        now->metrics[profile] = roads->metrics[profile];
    }
    return true;
}

static void end_roads(struct roads *roads)
{
    for (int profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        geo_metric_destroy(roads->metrics[profile]);
    }
    geo_traffic_destroy(roads->traffic);
    geo_cch_destroy(roads->cch);
}

static void use(const struct geo_map *map)
{
    struct geo_search *search = NULL;
    struct geo_fleet *fleet = NULL;
    struct roads roads = {0};
    struct geo_roads now;
    if (make_roads(map, &roads, &now) && geo_search_create(map, UNITS, &search) == GEO_OK &&
        geo_fleet_create(map, UNITS, &fleet) == GEO_OK) {
        const struct geo_point corners[] = {{map->header->south_e7, map->header->west_e7},
                                            {map->header->north_e7, map->header->east_e7}};
        for (uint32_t id = 0; id < UNITS; id++) {
            geo_fleet_link(fleet, id, true);
            geo_fleet_move(fleet, id, corners[id % 2]);
        }
        for (uint32_t i = 0; i < map->node_count && i < 8; i++) {
            ask(map, search, fleet, map->nodes[i]);
            geo_search_follow(search, &now); /* the first one is asked of the map alone */
        }
        ask(map, search, fleet, corners[0]);
    }
    geo_fleet_destroy(fleet);
    geo_search_destroy(search);
    end_roads(&roads);

    uint32_t streets[4];
    size_t size = 0;
    (void)geo_map_find_name(map, "r", streets, 4);
    for (uint32_t i = 0; i < map->tile_count && i < 8; i++) {
        const struct geo_tile *tile = &map->tiles[i];
        const uint8_t *body = geo_map_tile(map, tile->zoom, tile->x, tile->y, &size);
        assert(body != NULL);
        (void)geo_checksum(body, size); /* every byte of it is there */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* An exact allocation, aligned as a mapped file is, so that one byte too far is seen. */
    uint8_t *bytes = size == 0 ? NULL : malloc(size);
    struct geo_map map;
    uint32_t section = 0;
    if (size > 0) {
        memcpy(bytes, data, size);
    }
    for (int sealed = 0; sealed < 2; sealed++) {
        if (geo_map_open(bytes, size, &map, &section) == GEO_OK &&
            geo_map_verify(&map, &section) == GEO_OK) {
            use(&map);
        }
        seal(bytes, size);
    }
    free(bytes);
    return 0;
}
