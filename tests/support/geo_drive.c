#include "tests/support/geo_drive.h"

#include <math.h>
#include <stdlib.h>

#include "tests/support/geo_test_map.h"

#define ROUTE_MAX 200u
#define CAR       GEO_PROFILE_CAR

static const double units_per_m = 89.932;
static const double deg_per_rad = 57.29577951308232;

struct city {
    const struct geo_map *map;
    uint32_t *out_first; /* by node */
    uint32_t *out;       /* edges that begin there; forward alone: the main roads are one-ways */
};

static bool one_way(const struct geo_edge *edge)
{
    return edge->forward_ms[CAR] != GEO_TRAVEL_NEVER &&
           edge->backward_ms[CAR] == GEO_TRAVEL_NEVER && (edge->component >> CAR & 1u) != 0;
}

static struct city city_of(const struct geo_map *map)
{
    struct city city = {map, calloc(map->node_count + 2u, sizeof(uint32_t)),
                        calloc(map->edge_count + 1u, sizeof(uint32_t))};
    if (city.out_first == NULL || city.out == NULL) {
        abort();
    }
    for (uint32_t i = 0; i < map->edge_count; i++) {
        city.out_first[map->edges[i].from + 2] += one_way(&map->edges[i]);
    }
    for (uint32_t i = 2; i < map->node_count + 2; i++) {
        city.out_first[i] += city.out_first[i - 1];
    }
    for (uint32_t i = 0; i < map->edge_count; i++) {
        if (one_way(&map->edges[i])) {
            city.out[city.out_first[map->edges[i].from + 1]++] = i;
        }
    }
    return city;
}

struct direction {
    double x, y; /* one long */
};

/* Along the edge around a place on it. */
static struct direction direction_at(const struct geo_map *map, uint32_t edge, uint32_t fraction_e6)
{
    const uint32_t before = fraction_e6 < 10000 ? 0 : fraction_e6 - 10000;
    const uint32_t after = fraction_e6 > 990000 ? 1000000 : fraction_e6 + 10000;
    const struct geo_point a = geo_map_place_point(map, (struct geo_place){edge, before, 0});
    const struct geo_point b = geo_map_place_point(map, (struct geo_place){edge, after, 0});
    const double cosine = cos(a.lat_e7 * 1e-7 / deg_per_rad);
    const double x = (b.lon_e7 - a.lon_e7) * cosine;
    const double y = b.lat_e7 - a.lat_e7;
    const double length = sqrt(x * x + y * y);
    return length == 0.0 ? (struct direction){0.0, 0.0}
                         : (struct direction){x / length, y / length};
}

static struct geo_point beside(struct geo_point at, double east_m, double north_m)
{
    const double cosine = cos(at.lat_e7 * 1e-7 / deg_per_rad);
    return (struct geo_point){at.lat_e7 + (int32_t)(north_m * units_per_m),
                              at.lon_e7 + (int32_t)(east_m * units_per_m / cosine)};
}

static bool is_opposite(const struct geo_map *map, struct geo_place place,
                        struct direction true_way)
{
    const struct direction way = direction_at(map, place.edge, place.fraction_e6);
    return one_way(&map->edges[place.edge]) && way.x * true_way.x + way.y * true_way.y < -0.7;
}

/* Is the other carriageway within 24 m, on either side? */
static bool has_counterpart(const struct geo_map *map, uint32_t edge, uint32_t fraction_e6)
{
    const struct direction way = direction_at(map, edge, fraction_e6);
    const struct geo_point at = geo_map_place_point(map, (struct geo_place){edge, fraction_e6, 0});
    for (double off_m = -24.0; off_m <= 24.0; off_m += 8.0) {
        struct geo_place place;
        if (geo_map_snap(map, CAR, beside(at, way.y * off_m, -way.x * off_m), &place) == GEO_OK &&
            is_opposite(map, place, way)) {
            return true;
        }
    }
    return false;
}

/* From one main one-way road on to the next, straight ahead as a rule. */
static uint32_t plan_route(const struct city *city, uint64_t *seed, uint32_t route[ROUTE_MAX])
{
    const struct geo_map *map = city->map;
    do {
        route[0] = geo_test_below(seed, map->edge_count);
    } while (!one_way(&map->edges[route[0]]) ||
             map->edges[route[0]].road_class > GEO_ROAD_SECONDARY ||
             map->edges[route[0]].length_cm < 8000 || !has_counterpart(map, route[0], 500000));
    uint32_t count = 1;
    while (count < ROUTE_MAX) {
        const uint32_t node = map->edges[route[count - 1]].to;
        const struct direction way = direction_at(map, route[count - 1], 1000000);
        const bool turns = geo_test_below(seed, 5) == 0;
        double best = -2.0;
        for (uint32_t i = city->out_first[node]; i < city->out_first[node + 1]; i++) {
            const struct direction next = direction_at(map, city->out[i], 0);
            const double score =
                turns ? geo_test_below(seed, 1000) / 1e3 : way.x * next.x + way.y * next.y;
            if (score > best) {
                best = score;
                route[count] = city->out[i];
            }
        }
        if (best < -1.5) {
            break;
        }
        count++;
    }
    return count;
}

/* About normal: the sum of twelve. */
static double random_normal(uint64_t *seed)
{
    double sum = -6.0;
    for (int i = 0; i < 12; i++) {
        sum += geo_test_below(seed, 1000000) / 1e6;
    }
    return sum;
}

/* The true road, or the one before or after it. */
static bool on_route(const uint32_t route[], uint32_t count, uint32_t index, uint32_t edge)
{
    for (uint32_t i = index == 0 ? 0 : index - 1; i <= index + 1 && i < count; i++) {
        if (route[i] == edge) {
            return true;
        }
    }
    return false;
}

static void count_place(const struct geo_map *map, struct geo_place place, bool right,
                        struct direction way, uint32_t *opposite, uint32_t *other)
{
    if (!right && place.edge != UINT32_MAX) {
        *opposite += is_opposite(map, place, way);
        *other += 1;
    }
}

static void drive(const struct city *city, uint64_t *seed, struct geo_drive_counts *counts)
{
    const struct geo_map *map = city->map;
    uint32_t route[ROUTE_MAX];
    const uint32_t count = plan_route(city, seed, route);
    struct geo_track track = {.place.edge = UINT32_MAX};
    struct geo_track blind = track;
    double east_m = 0.0;
    double north_m = 0.0;
    uint32_t index = 0;
    uint64_t spent_ms = 0; /* on the road where it is */
    for (; index < count; spent_ms += 1000) {
        while (index < count && spent_ms >= map->edges[route[index]].forward_ms[CAR]) {
            spent_ms -= map->edges[route[index++]].forward_ms[CAR];
        }
        if (index == count) {
            break;
        }
        const uint32_t edge = route[index];
        const uint32_t fraction_e6 =
            (uint32_t)(spent_ms * 1000000u / map->edges[edge].forward_ms[CAR]);
        const struct direction way = direction_at(map, edge, fraction_e6);
        east_m = 0.8 * east_m + 0.6 * GEO_DRIVE_NOISE_M * random_normal(seed);
        north_m = 0.8 * north_m + 0.6 * GEO_DRIVE_NOISE_M * random_normal(seed);
        const double heading =
            atan2(way.x, way.y) * deg_per_rad + GEO_DRIVE_NOISE_DEG * random_normal(seed);
        const struct geo_point true_at =
            geo_map_place_point(map, (struct geo_place){edge, fraction_e6, 0});
        const struct geo_fix fix = {beside(true_at, east_m, north_m),
                                    (uint32_t)(heading + 720.5) % 360u};
        const struct geo_fix blind_fix = {fix.at, GEO_HEADING_NONE};
        struct geo_place nearest = {.edge = UINT32_MAX};
        if (geo_map_snap(map, CAR, fix.at, &nearest) != GEO_OK ||
            geo_map_follow(map, CAR, &fix, &track) != GEO_OK ||
            geo_map_follow(map, CAR, &blind_fix, &blind) != GEO_OK ||
            !has_counterpart(map, edge, fraction_e6)) {
            continue;
        }
        counts->fixes++;
        count_place(map, nearest, on_route(route, count, index, nearest.edge), way,
                    &counts->nearest_opposite, &counts->nearest_other);
        count_place(map, track.place, on_route(route, count, index, track.place.edge), way,
                    &counts->follow_opposite, &counts->follow_other);
        count_place(map, blind.place, on_route(route, count, index, blind.place.edge), way,
                    &counts->blind_opposite, &counts->blind_other);
    }
    counts->drives++;
}

struct geo_drive_counts geo_drive_run(const struct geo_map *map, uint64_t *seed, uint32_t drives)
{
    struct geo_drive_counts counts = {0};
    const struct city city = city_of(map);
    for (uint32_t i = 0; i < drives; i++) {
        drive(&city, seed, &counts);
    }
    free(city.out_first);
    free(city.out);
    return counts;
}
