#include "geo/geo_pick.h"

#include <assert.h>

#define STEP_CM   500u  /* the line is looked at so often */
#define FOLLOW_CM 1000u /* followed for so long, or half of a short edge: meant */

/* An edge while the line is walked: where on it the line was first and last, and between. */
struct visit {
    uint32_t edge;
    uint32_t first_e6, last_e6, low_e6, high_e6;
    uint32_t hits;
};

struct walk {
    const struct geo_map *map;
    enum geo_profile profile;
    struct visit visits[GEO_PICK_EDGES_MAX];
    uint32_t count;
};

static bool look(struct walk *walk, struct geo_point at)
{
    struct geo_place place;
    if (geo_map_snap(walk->map, walk->profile, at, &place) != GEO_OK ||
        place.distance_cm > GEO_PICK_RADIUS_M * 100u) {
        return true;
    }
    uint32_t slot = 0;
    while (slot < walk->count && walk->visits[slot].edge != place.edge) {
        slot++;
    }
    if (slot == GEO_PICK_EDGES_MAX) {
        return false;
    }
    const uint32_t here = place.fraction_e6;
    struct visit *visit = &walk->visits[slot];
    if (slot == walk->count) {
        walk->count++;
        *visit = (struct visit){place.edge, here, here, here, here, 1};
        return true;
    }
    visit->last_e6 = here;
    visit->low_e6 = here < visit->low_e6 ? here : visit->low_e6;
    visit->high_e6 = here > visit->high_e6 ? here : visit->high_e6;
    visit->hits++;
    return true;
}

static bool is_followed(const struct walk *walk, const struct visit *visit)
{
    const uint64_t length_cm = walk->map->edges[visit->edge].length_cm;
    const uint64_t followed_cm = length_cm * (visit->high_e6 - visit->low_e6) / 1000000u;
    const uint64_t half_cm = length_cm / 2u;
    return visit->hits > 1 && followed_cm >= (half_cm < FOLLOW_CM ? half_cm : FOLLOW_CM);
}

static struct geo_point between(struct geo_point a, struct geo_point b, int64_t part, int64_t whole)
{
    return (struct geo_point){
        .lat_e7 = (int32_t)(a.lat_e7 + ((int64_t)b.lat_e7 - a.lat_e7) * part / whole),
        .lon_e7 = (int32_t)(a.lon_e7 + ((int64_t)b.lon_e7 - a.lon_e7) * part / whole)};
}

static enum geo_status walk_line(struct walk *walk, const struct geo_point line[],
                                 uint32_t point_count)
{
    uint64_t walked_cm = 0;
    bool room = look(walk, line[0]);
    for (uint32_t i = 1; i < point_count && room; i++) {
        const uint64_t piece_cm = geo_distance_cm(line[i - 1], line[i]);
        const int64_t steps = (int64_t)(piece_cm / STEP_CM) + 1;
        walked_cm += piece_cm;
        if (walked_cm > GEO_PICK_LINE_M * UINT64_C(100)) {
            return GEO_FULL;
        }
        for (int64_t step = 1; step <= steps && room; step++) {
            room = look(walk, between(line[i - 1], line[i], step, steps));
        }
    }
    return room ? GEO_OK : GEO_FULL;
}

enum geo_status geo_pick_line(const struct geo_map *map, enum geo_profile profile,
                              const struct geo_point line[], uint32_t point_count,
                              struct geo_pick picks[GEO_PICK_EDGES_MAX], uint32_t *count)
{
    assert(map != NULL);
    assert(point_count > 0);

    struct walk walk = {.map = map, .profile = profile};
    const enum geo_status status = walk_line(&walk, line, point_count);
    if (status != GEO_OK) {
        return status;
    }
    uint32_t most = 0; /* a line too short to follow anything means the road it is on */
    *count = 0;
    for (uint32_t i = 0; i < walk.count; i++) {
        const struct visit *visit = &walk.visits[i];
        most = visit->hits > walk.visits[most].hits ? i : most;
        if (is_followed(&walk, visit)) {
            picks[(*count)++] = (struct geo_pick){visit->edge, visit->last_e6 < visit->first_e6};
        }
    }
    if (*count == 0 && walk.count > 0) {
        const struct visit *visit = &walk.visits[most];
        picks[(*count)++] = (struct geo_pick){visit->edge, visit->last_e6 < visit->first_e6};
    }
    return *count > 0 ? GEO_OK : GEO_NOT_FOUND;
}
