/* geo_snap: the nearest open road, and where on it. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>

#include "geo/geo_map.h"
#include "tests/support/geo_test_map.h"

#define LAT  411500000
#define LON  (-86100000)
#define SIDE 10u

static struct geo_test_map draft;

static void tear_down(void)
{
    geo_test_map_finish(&draft);
}

TestSuite(geo_snap, .fini = tear_down, .timeout = 60);
TestSuite(geo_follow, .fini = tear_down, .timeout = 60);

static void given_street(void)
{
    geo_test_map_init(&draft);
    (void)geo_test_map_node(&draft, (struct geo_point){LAT, LON});
    (void)geo_test_map_node(&draft, (struct geo_point){LAT, LON + 40000});
    (void)geo_test_map_edge(&draft, 0, 1, 10000, 10000);
}

static struct geo_place snapped(struct geo_point at)
{
    struct geo_place place;
    cr_assert(eq(int, geo_map_snap(&draft.map, GEO_PROFILE_CAR, at, &place), GEO_OK));
    return place;
}

Test(geo_snap, the_fraction_counts_from_the_start_of_the_edge)
{
    given_street();
    geo_test_map_build(&draft);
    const struct geo_place place = snapped((struct geo_point){LAT + 1000, LON + 10000});
    cr_expect(eq(u32, place.edge, 0));
    cr_expect(epsilon_eq(dbl, place.fraction_e6, 250000.0, 100.0));
    cr_expect(epsilon_eq(dbl, place.distance_cm, 1112.0, 2.0));
}

Test(geo_snap, before_and_behind_a_dead_end_it_is_the_end)
{
    given_street();
    geo_test_map_build(&draft);
    cr_expect(eq(u32, snapped((struct geo_point){LAT, LON - 10000}).fraction_e6, 0));
    cr_expect(eq(u32, snapped((struct geo_point){LAT, LON + 50000}).fraction_e6, 1000000));
}

Test(geo_snap, the_radius_is_300_m_and_not_a_metre_more)
{
    given_street();
    geo_test_map_build(&draft);
    struct geo_place place;
    const struct geo_point inside = {LAT + 26950, LON + 20000};  /* 299.7 m */
    const struct geo_point outside = {LAT + 27010, LON + 20000}; /* 300.3 m */
    const struct geo_point far = {-LAT, -LON};
    const enum geo_profile car = GEO_PROFILE_CAR;
    cr_expect(eq(int, geo_map_snap(&draft.map, car, inside, &place), GEO_OK));
    cr_expect(eq(int, geo_map_snap(&draft.map, car, outside, &place), GEO_NOT_FOUND));
    cr_expect(eq(int, geo_map_snap(&draft.map, car, far, &place), GEO_NOT_FOUND));
    const struct geo_point poles[] = {{900000000, 0}, {-900000000, 1800000000}, {LAT, -1800000000}};
    for (int i = 0; i < 3; i++) {
        cr_expect(eq(int, geo_map_snap(&draft.map, car, poles[i], &place), GEO_NOT_FOUND));
    }
}

Test(geo_snap, roads_as_near_go_by_edge_id)
{
    given_street();
    (void)geo_test_map_edge(&draft, 1, 0, 10000, 10000); /* the same line again */
    geo_test_map_build(&draft);
    cr_expect(eq(u32, snapped((struct geo_point){LAT + 500, LON + 20000}).edge, 0));
}

Test(geo_snap, a_road_closed_to_the_profile_or_leading_nowhere_is_passed_over)
{
    given_street();
    (void)geo_test_map_node(&draft, (struct geo_point){LAT + 10000, LON});
    (void)geo_test_map_node(&draft, (struct geo_point){LAT + 10000, LON + 40000});
    const uint32_t other = geo_test_map_edge(&draft, 2, 3, 10000, 10000);
    (void)geo_test_map_edge(&draft, 0, 2, 10000, 10000);
    draft.edges[0].forward_ms[GEO_PROFILE_CAR] = GEO_TRAVEL_NEVER;
    draft.edges[0].backward_ms[GEO_PROFILE_CAR] = GEO_TRAVEL_NEVER;
    /* A one-way out of the city: open, but nobody comes back on it. */
    (void)geo_test_map_node(&draft, (struct geo_point){LAT, LON + 80000});
    (void)geo_test_map_edge(&draft, 3, 4, 10000, GEO_TRAVEL_NEVER);
    geo_test_map_build(&draft);

    struct geo_place place;
    const struct geo_point at = {LAT + 1000, LON + 20000};
    cr_expect(eq(u32, snapped(at).edge, other));
    cr_assert(eq(int, geo_map_snap(&draft.map, GEO_PROFILE_FOOT, at, &place), GEO_OK));
    cr_expect(eq(u32, place.edge, 0));
    const struct geo_point near_exit = {LAT, LON + 80000};
    cr_expect(eq(int, geo_map_snap(&draft.map, GEO_PROFILE_CAR, near_exit, &place), GEO_NOT_FOUND));
}

/* Metres from a point to an edge's line, in plain doubles on a local plane. */
static double line_distance_m(const struct geo_edge *edge, struct geo_point at)
{
    const double m = 111195.08 / 1e7;
    const double k = m * cos(at.lat_e7 * 3.14159265358979 / 180e7);
    double best = HUGE_VAL;
    for (uint32_t i = 0; i <= edge->shape_count; i++) {
        const struct geo_map *map = &draft.map;
        const struct geo_point a =
            i == 0 ? map->nodes[edge->from] : map->shape[edge->shape_first + i - 1];
        const struct geo_point b =
            i == edge->shape_count ? map->nodes[edge->to] : map->shape[edge->shape_first + i];
        const double dx = (b.lon_e7 - a.lon_e7) * k;
        const double dy = (b.lat_e7 - a.lat_e7) * m;
        const double px = ((double)at.lon_e7 - a.lon_e7) * k;
        const double py = ((double)at.lat_e7 - a.lat_e7) * m;
        const double square = dx * dx + dy * dy;
        const double t = square > 0 ? fmax(0, fmin(1, (px * dx + py * dy) / square)) : 0;
        best = fmin(best, hypot(px - t * dx, py - t * dy));
    }
    return best;
}

static double nearest_m(enum geo_profile profile, struct geo_point at)
{
    double best = HUGE_VAL;
    for (uint32_t i = 0; i < draft.map.edge_count; i++) {
        const struct geo_edge *edge = &draft.map.edges[i];
        if (edge->component >> profile & 1) {
            best = fmin(best, line_distance_m(edge, at));
        }
    }
    return best;
}

Test(geo_snap, equals_a_plain_scan_of_all_roads)
{
    uint64_t seed = 4242;
    uint32_t found = 0;
    printf("geo_snap seed %llu\n", (unsigned long long)seed);
    for (int city = 0; city < 4; city++) {
        geo_test_map_random(&draft, &seed, SIDE);
        for (uint32_t i = 0; i < 3000; i++) {
            const enum geo_profile profile = i % GEO_PROFILE_COUNT;
            const struct geo_point at = {
                LAT - 40000 + (int32_t)geo_test_below(&seed, SIDE * 20000 + 80000),
                LON - 40000 + (int32_t)geo_test_below(&seed, SIDE * 25000 + 80000)};
            struct geo_place place;
            const double right_m = nearest_m(profile, at);
            if (geo_map_snap(&draft.map, profile, at, &place) != GEO_OK) {
                cr_assert(lt(dbl, 299.9, right_m));
                continue;
            }
            found++;
            cr_assert(lt(dbl, right_m, 300.1));
            cr_assert(epsilon_eq(dbl, place.distance_cm / 100.0, right_m, 0.06));
            const struct geo_edge *edge = &draft.map.edges[place.edge];
            cr_assert(epsilon_eq(dbl, line_distance_m(edge, at), right_m, 0.06));
            /* The place answered for lies that far, too. */
            const struct geo_point on_road = geo_map_place_point(&draft.map, place);
            const double back_m = (double)geo_distance_cm(on_road, at) / 100.0;
            cr_assert(epsilon_eq(dbl, back_m, right_m, 0.15), "%f %f", back_m, right_m);
        }
        tear_down();
    }
    cr_expect(lt(u32, 6000, found));
}

/* Two carriageways 12 m apart, the southern one eastwards (edge 0), the northern one westwards
 * (edge 1), in two halves each (2, 3), and a street under both (4), joined to them only where they
 * end and far away. */
static void given_dual_carriageway(void)
{
    geo_test_map_init(&draft);
    for (uint32_t i = 0; i < 3; i++) {
        (void)geo_test_map_node(&draft, (struct geo_point){LAT, LON + (int32_t)i * 40000});
        (void)geo_test_map_node(&draft, (struct geo_point){LAT + 1080, LON + (int32_t)i * 40000});
    }
    (void)geo_test_map_node(&draft, (struct geo_point){LAT - 30000, LON + 20000});
    (void)geo_test_map_node(&draft, (struct geo_point){LAT + 30000, LON + 20000});
    (void)geo_test_map_edge(&draft, 0, 2, 10000, GEO_TRAVEL_NEVER);
    (void)geo_test_map_edge(&draft, 3, 1, 10000, GEO_TRAVEL_NEVER);
    (void)geo_test_map_edge(&draft, 2, 4, 10000, GEO_TRAVEL_NEVER);
    (void)geo_test_map_edge(&draft, 5, 3, 10000, GEO_TRAVEL_NEVER);
    (void)geo_test_map_edge(&draft, 6, 7, 10000, 10000);
    (void)geo_test_map_edge(&draft, 4, 5, 1000, 1000);
    (void)geo_test_map_edge(&draft, 1, 0, 1000, 1000);
    (void)geo_test_map_edge(&draft, 6, 0, 10000, 10000);
    draft.edges[0].component = GEO_EDGE_BRIDGE;
    geo_test_map_build(&draft);
}

static const struct geo_track nowhere = {.place.edge = UINT32_MAX};

static uint32_t followed(struct geo_track *track, int32_t north_m, int32_t lon, uint32_t heading)
{
    const struct geo_fix fix = {{LAT + north_m * 90, LON + lon}, heading};
    cr_assert(eq(int, geo_map_follow(&draft.map, GEO_PROFILE_CAR, &fix, track), GEO_OK));
    return track->place.edge;
}

Test(geo_follow, a_one_way_against_the_heading_loses)
{
    given_dual_carriageway();
    struct geo_track track = nowhere;
    cr_expect(eq(u32, followed(&track, 2, 30000, 270), 1)); /* nearer to the eastbound one */
    track = nowhere;
    cr_expect(eq(u32, followed(&track, 10, 30000, 90), 0));
    track = nowhere;
    cr_expect(eq(u32, followed(&track, 2, 30000, GEO_HEADING_NONE), 0)); /* the nearest, then */
}

Test(geo_follow, one_bad_fix_does_not_change_the_carriageway_and_many_do)
{
    given_dual_carriageway();
    struct geo_track track = nowhere;
    cr_expect(eq(u32, followed(&track, 0, 5000, GEO_HEADING_NONE), 0));
    cr_expect(eq(u32, followed(&track, 12, 6000, GEO_HEADING_NONE), 0));
    cr_expect(eq(u32, followed(&track, 0, 7000, GEO_HEADING_NONE), 0));
    uint32_t fixes = 0;
    while (followed(&track, 12, 8000, GEO_HEADING_NONE) == 0) { /* it was the other one */
        fixes++;
        cr_assert(lt(u32, fixes, 10));
    }
    cr_expect(lt(u32, 1, fixes));
    cr_expect(eq(u32, track.place.edge, 1));
}

Test(geo_follow, a_unit_goes_on_to_the_next_road_of_its_way)
{
    given_dual_carriageway();
    struct geo_track track = nowhere;
    cr_expect(eq(u32, followed(&track, 0, 38000, GEO_HEADING_NONE), 0));
    cr_expect(eq(u32, followed(&track, 8, 43000, GEO_HEADING_NONE), 2)); /* nearer to edge 3 */
}

Test(geo_follow, a_street_under_the_bridge_is_crossed_and_not_taken)
{
    given_dual_carriageway();
    cr_assert(ne(u32, draft.map.edges[0].component & GEO_EDGE_BRIDGE, 0));
    struct geo_track track = nowhere;
    cr_expect(eq(u32, followed(&track, 0, 15000, GEO_HEADING_NONE), 0));
    cr_expect(eq(u32, followed(&track, -9, 20000, GEO_HEADING_NONE), 0)); /* on the street's line */
    track = nowhere;
    cr_expect(eq(u32, followed(&track, -9, 20500, 0), 4)); /* northwards, it is the street */
}

Test(geo_follow, off_every_road_the_track_is_forgotten)
{
    given_dual_carriageway();
    struct geo_track track = nowhere;
    cr_expect(eq(u32, followed(&track, 0, 15000, 90), 0));
    const struct geo_fix far = {{LAT - 900000, LON}, 90};
    cr_expect(eq(int, geo_map_follow(&draft.map, GEO_PROFILE_CAR, &far, &track), GEO_NOT_FOUND));
    cr_expect(eq(u32, track.place.edge, UINT32_MAX));
    cr_expect(eq(u32, track.doubt, 0));
}

Test(geo_follow, without_heading_and_track_it_is_the_nearest_road)
{
    uint64_t seed = 41;
    printf("geo_follow seed %llu\n", (unsigned long long)seed);
    geo_test_map_random(&draft, &seed, SIDE);
    for (uint32_t i = 0; i < 3000; i++) {
        const struct geo_fix fix = {{LAT + (int32_t)geo_test_below(&seed, 400000) - 100000,
                                     LON + (int32_t)geo_test_below(&seed, 400000) - 100000},
                                    GEO_HEADING_NONE};
        const enum geo_profile profile = geo_test_below(&seed, GEO_PROFILE_COUNT);
        struct geo_place place = {.edge = UINT32_MAX};
        struct geo_track track = nowhere;
        const enum geo_status right = geo_map_snap(&draft.map, profile, fix.at, &place);
        cr_assert(eq(int, geo_map_follow(&draft.map, profile, &fix, &track), right));
        cr_assert(eq(u32, track.place.edge, place.edge));
        cr_assert(right != GEO_OK || track.place.fraction_e6 == place.fraction_e6);
    }
}
