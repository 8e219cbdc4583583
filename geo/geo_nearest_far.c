/* Who is nearest where units are few: the hierarchy is asked about one after the other, outwards.
 */
#include <assert.h>

#include "geo/geo_plane.h"
#include "geo/geo_ranking.h"

#define LISTED_MAX   256u /* so few are sorted by distance; more are met ring by ring */
#define NOISE_CM     500u /* roundings of both places on their roads, the longest ferry included */
#define ROAD_SIDE_CM 2000u

/* How far away, squared, a unit may be and still be in time. The walks at both ends are slower than
 * the fastest road but for the ROAD_SIDE_CM that geo_access_ms() lets pass. */
struct horizon {
    const struct geo_metric *metric;
    struct geo_place place;
    uint32_t access_ms; /* at the place */
    uint32_t worst_ms;  /* that `square` was made from */
    uint64_t square;
};

static void draw_horizon(struct horizon *horizon, const struct geo_ranking *ranking)
{
    const uint32_t worst_ms = geo_ranking_worst_ms(ranking);
    if (worst_ms == horizon->worst_ms) {
        return;
    }
    horizon->worst_ms = worst_ms;
    const uint64_t left_ms = worst_ms > horizon->access_ms ? worst_ms - horizon->access_ms : 0;
    const uint64_t speed_cmps =
        horizon->metric->speed_cmps > 140u ? horizon->metric->speed_cmps : 140u;
    const uint64_t reach_cm =
        left_ms * speed_cmps / 1000u + horizon->place.distance_cm + ROAD_SIDE_CM + NOISE_CM;
    horizon->square = UINT64_MAX;
    if (reach_cm < UINT64_C(1000000000)) {
        const uint64_t units = geo_cm_to_units(reach_cm) + 1u;
        horizon->square = units * units;
    }
}

/* Nothing is climbed from the place before somebody may be near enough. */
static void look_at(struct geo_ranking *ranking, struct geo_search *search,
                    const struct geo_map *map, const struct horizon *horizon, uint32_t unit_id)
{
    const struct geo_fleet_unit *unit = &ranking->fleet->units[unit_id];
    const uint32_t walked_ms = horizon->access_ms + geo_access_ms(unit->place.distance_cm);
    uint32_t bound_ms = 0;
    uint32_t climb_ms = 0;
    if (!geo_ranking_wants(ranking, unit) ||
        !geo_bound_left(horizon->worst_ms, walked_ms, &bound_ms) ||
        !geo_bound_left(horizon->worst_ms, horizon->access_ms, &climb_ms)) {
        return;
    }
    geo_search_climb(search, map, horizon->metric, horizon->place, climb_ms);
    const uint32_t road_ms =
        geo_climb_from(search, map, ranking->query->profile, unit->place, bound_ms);
    if (road_ms < GEO_METRIC_NEVER) {
        geo_ranking_put(ranking, unit_id, (uint64_t)road_ms + walked_ms, false);
    }
}

struct candidate {
    uint64_t square;
    uint32_t unit_id;
};

static void sift_down(struct candidate heap[], uint32_t count, uint32_t slot)
{
    const struct candidate moved = heap[slot];
    for (;;) {
        uint32_t child = 2u * slot + 1u;
        if (child + 1u < count && heap[child + 1u].square < heap[child].square) {
            child++;
        }
        if (child >= count || heap[child].square >= moved.square) {
            break;
        }
        heap[slot] = heap[child];
        slot = child;
    }
    heap[slot] = moved;
}

static void look_at_list(struct geo_ranking *ranking, struct geo_search *search,
                         const struct geo_map *map, struct horizon *horizon)
{
    const struct geo_ready *ready = ranking->fleet->ready;
    const enum geo_profile profile = ranking->query->profile;
    struct candidate heap[LISTED_MAX];
    uint32_t count = ready->count[profile];
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t id = ready->units[profile][i];
        heap[i] =
            (struct candidate){geo_ready_square(ready, ready->at[id], ranking->query->at), id};
    }
    for (uint32_t i = count / 2u; i-- > 0;) {
        sift_down(heap, count, i);
    }
    while (count > 0) {
        draw_horizon(horizon, ranking);
        if (heap[0].square > horizon->square) {
            break;
        }
        look_at(ranking, search, map, horizon, heap[0].unit_id);
        heap[0] = heap[--count];
        sift_down(heap, count, 0);
    }
}

static void look_at_cell(struct geo_ranking *ranking, struct geo_search *search,
                         const struct geo_map *map, struct horizon *horizon, uint32_t cell)
{
    const struct geo_ready *ready = ranking->fleet->ready;
    uint32_t id = ready->cell_first[ranking->query->profile][cell];
    for (; id != GEO_READY_NONE; id = ready->links[id].next) {
        draw_horizon(horizon, ranking);
        if (geo_ready_square(ready, ready->at[id], ranking->query->at) <= horizon->square) {
            look_at(ranking, search, map, horizon, id);
        }
    }
}

static void look_at_rings(struct geo_ranking *ranking, struct geo_search *search,
                          const struct geo_map *map, struct horizon *horizon)
{
    const struct geo_ready *ready = ranking->fleet->ready;
    struct geo_ready_ring ring = geo_ready_ring_start(ready, ranking->query->at);
    while (geo_ready_ring_next(ready, ranking->query->at, &ring)) {
        uint32_t cell = GEO_READY_NONE;
        for (int32_t i = 0; geo_ready_ring_cell(&ring, i, &cell); i++) {
            if (cell != GEO_READY_NONE) {
                look_at_cell(ranking, search, map, horizon, cell);
            }
        }
        draw_horizon(horizon, ranking);
        if (ring.gap_square > horizon->square) {
            break;
        }
    }
}

void geo_ranking_look_far(struct geo_ranking *ranking, struct geo_search *search,
                          const struct geo_map *map, const struct geo_metric *metric,
                          struct geo_place place)
{
    const enum geo_profile profile = ranking->query->profile;
    struct horizon horizon = {.metric = metric,
                              .place = place,
                              .access_ms = geo_access_ms(place.distance_cm),
                              .worst_ms = GEO_TRAVEL_NEVER};
    draw_horizon(&horizon, ranking);
    if (ranking->fleet->ready->count[profile] <= LISTED_MAX) {
        look_at_list(ranking, search, map, &horizon);
    } else {
        look_at_rings(ranking, search, map, &horizon);
    }
}
