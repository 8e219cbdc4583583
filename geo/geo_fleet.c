#include "geo/geo_fleet.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_fleet_inside.h"

static bool take_memory(struct geo_fleet *fleet)
{
    const size_t words = fleet->edge_count / 64u + 1u;
    const size_t roads = (size_t)GEO_PROFILE_COUNT * (fleet->edge_count + 1u);
    fleet->units = calloc(fleet->units_max, sizeof *fleet->units);
    fleet->links = calloc(fleet->units_max, sizeof *fleet->links);
    fleet->road_first = calloc(roads, sizeof *fleet->road_first);
    uint64_t *used = calloc(GEO_PROFILE_COUNT * words, sizeof *used);
    fleet->road_used[0] = used;
    if (fleet->units == NULL || fleet->links == NULL || fleet->road_first == NULL || used == NULL ||
        !geo_fleet_grid_create(fleet)) {
        return false;
    }
    for (size_t profile = 1; profile < GEO_PROFILE_COUNT; profile++) {
        fleet->road_used[profile] = used + profile * words;
    }
    memset(fleet->road_first, 0xff, roads * sizeof *fleet->road_first);
    for (uint32_t i = 0; i < fleet->units_max; i++) {
        fleet->units[i].place.edge = UINT32_MAX;
    }
    return true;
}

enum geo_status geo_fleet_create(const struct geo_map *map, uint32_t units_max,
                                 struct geo_fleet **out)
{
    assert(units_max > 0);
    assert(units_max < GEO_FLEET_NONE);
    assert(out != NULL);

    *out = NULL;
    struct geo_fleet *fleet = calloc(1, sizeof *fleet);
    if (fleet == NULL) {
        return GEO_NO_MEMORY;
    }
    fleet->map = map;
    fleet->units_max = units_max;
    fleet->edge_count = map == NULL ? 0 : map->edge_count;
    if (!take_memory(fleet) ||
        (map != NULL && geo_ready_create(map, units_max, &fleet->ready) != GEO_OK)) {
        geo_fleet_destroy(fleet);
        return GEO_NO_MEMORY;
    }
    *out = fleet;
    return GEO_OK;
}

void geo_fleet_destroy(struct geo_fleet *fleet)
{
    if (fleet == NULL) {
        return;
    }
    geo_ready_destroy(fleet->ready);
    free(fleet->road_used[0]);
    free(fleet->road_first);
    geo_fleet_grid_destroy(fleet);
    free(fleet->links);
    free(fleet->units);
    free(fleet);
}

static void road_enter(struct geo_fleet *fleet, uint32_t unit_id)
{
    const struct geo_fleet_unit *unit = &fleet->units[unit_id];
    struct geo_fleet_links *links = &fleet->links[unit_id];
    const bool on_road = unit->place.edge != UINT32_MAX;
    const uint32_t edge = on_road ? unit->place.edge : fleet->edge_count;
    const uint32_t road = geo_fleet_road(fleet, unit->profile, edge);
    const uint32_t next = fleet->road_first[road];
    links->road = road;
    links->road_next = next;
    links->road_previous = GEO_FLEET_NONE;
    if (next != GEO_FLEET_NONE) {
        fleet->links[next].road_previous = unit_id;
    }
    fleet->road_first[road] = unit_id;
    fleet->road_used[unit->profile][edge / 64u] |= UINT64_C(1) << (edge % 64u);
    if (on_road) {
        geo_ready_enter(fleet->ready, unit_id, unit->profile, unit->at);
    }
}

static void road_leave(struct geo_fleet *fleet, uint32_t unit_id)
{
    const struct geo_fleet_links *links = &fleet->links[unit_id];
    if (links->road % (fleet->edge_count + 1u) != fleet->edge_count) {
        geo_ready_leave(fleet->ready, unit_id);
    }
    if (links->road_next != GEO_FLEET_NONE) {
        fleet->links[links->road_next].road_previous = links->road_previous;
    }
    if (links->road_previous != GEO_FLEET_NONE) {
        fleet->links[links->road_previous].road_next = links->road_next;
        return;
    }
    assert(fleet->road_first[links->road] == unit_id);
    fleet->road_first[links->road] = links->road_next;
    if (links->road_next == GEO_FLEET_NONE) {
        const uint32_t edge = links->road % (fleet->edge_count + 1u);
        const enum geo_profile profile = fleet->units[unit_id].profile;
        fleet->road_used[profile][edge / 64u] &= ~(UINT64_C(1) << (edge % 64u));
    }
}

static void snap(const struct geo_fleet *fleet, enum geo_profile profile, struct geo_point at,
                 struct geo_track *track)
{
    *track = (struct geo_track){.place.edge = UINT32_MAX};
    if (fleet->map != NULL && geo_map_snap(fleet->map, profile, at, &track->place) != GEO_OK) {
        track->place = (struct geo_place){.edge = UINT32_MAX};
    }
}

void geo_fleet_define(struct geo_fleet *fleet, uint32_t unit_id, enum geo_profile profile,
                      uint32_t flags)
{
    assert(fleet != NULL);
    assert(unit_id < fleet->units_max);
    assert(profile < GEO_PROFILE_COUNT);

    struct geo_fleet_unit *unit = &fleet->units[unit_id];
    unit->flags = flags;
    if (unit->profile == profile) {
        return;
    }
    const bool on_list = unit->seen && unit->linked;
    if (on_list) {
        road_leave(fleet, unit_id);
    }
    unit->profile = profile;
    if (unit->seen) {
        struct geo_track track;
        snap(fleet, profile, unit->at, &track);
        unit->place = track.place;
        unit->doubt = track.doubt;
    }
    if (on_list) {
        road_enter(fleet, unit_id);
    }
}

/* Into its cell and onto its road: from the list of the road before to that of another. */
static void place_unit(struct geo_fleet *fleet, uint32_t unit_id, struct geo_point at,
                       const struct geo_track *track)
{
    struct geo_fleet_unit *unit = &fleet->units[unit_id];
    const bool on_list = unit->seen && unit->linked;
    const bool same_road = on_list && unit->place.edge == track->place.edge;
    if (unit->seen) {
        geo_fleet_grid_move(fleet, unit_id, at);
    } else {
        geo_fleet_grid_enter(fleet, unit_id, at);
    }
    if (on_list && !same_road) {
        road_leave(fleet, unit_id);
    }
    unit->at = at;
    unit->place = track->place;
    unit->doubt = track->doubt;
    unit->seen = true;
    if (unit->linked && !same_road) {
        road_enter(fleet, unit_id);
    } else if (same_road && unit->place.edge != UINT32_MAX) {
        geo_ready_move(fleet->ready, unit_id, at);
    }
}

void geo_fleet_move(struct geo_fleet *fleet, uint32_t unit_id, struct geo_point at)
{
    assert(fleet != NULL);
    assert(unit_id < fleet->units_max);
    assert(geo_point_valid(at));

    const struct geo_fleet_unit *unit = &fleet->units[unit_id];
    if (unit->seen && unit->at.lat_e7 == at.lat_e7 && unit->at.lon_e7 == at.lon_e7) {
        return;
    }
    struct geo_track track;
    snap(fleet, unit->profile, at, &track);
    place_unit(fleet, unit_id, at, &track);
}

void geo_fleet_drive(struct geo_fleet *fleet, uint32_t unit_id, const struct geo_fix *fix,
                     bool follows)
{
    assert(fleet != NULL);
    assert(unit_id < fleet->units_max);
    assert(geo_point_valid(fix->at));

    const struct geo_fleet_unit *unit = &fleet->units[unit_id];
    struct geo_track track = {.place.edge = UINT32_MAX};
    if (follows && unit->seen) {
        track = (struct geo_track){unit->place, unit->doubt};
    }
    if (fleet->map != NULL) {
        const enum geo_status on_road = geo_map_follow(fleet->map, unit->profile, fix, &track);
        assert((on_road == GEO_OK) == (track.place.edge != UINT32_MAX));
    }
    place_unit(fleet, unit_id, fix->at, &track);
}

void geo_fleet_link(struct geo_fleet *fleet, uint32_t unit_id, bool linked)
{
    assert(fleet != NULL);
    assert(unit_id < fleet->units_max);

    struct geo_fleet_unit *unit = &fleet->units[unit_id];
    if (unit->linked == linked) {
        return;
    }
    unit->linked = linked;
    if (unit->seen && linked) {
        road_enter(fleet, unit_id);
    } else if (unit->seen) {
        road_leave(fleet, unit_id);
    }
}

void geo_fleet_forget(struct geo_fleet *fleet, uint32_t unit_id)
{
    assert(fleet != NULL);
    assert(unit_id < fleet->units_max);

    struct geo_fleet_unit *unit = &fleet->units[unit_id];
    if (!unit->seen) {
        return;
    }
    if (unit->linked) {
        road_leave(fleet, unit_id);
    }
    geo_fleet_grid_leave(fleet, unit_id);
    unit->seen = false;
    unit->at = (struct geo_point){0, 0};
    unit->place = (struct geo_place){.edge = UINT32_MAX};
    unit->doubt = 0;
}

const struct geo_fleet_unit *geo_fleet_get(const struct geo_fleet *fleet, uint32_t unit_id)
{
    assert(fleet != NULL);
    assert(unit_id < fleet->units_max);
    return &fleet->units[unit_id];
}
