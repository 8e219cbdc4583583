/* geo_learn: what is counted of a drive is what a plain list of its stretches says. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_learn.h"
#include "tests/support/geo_test_map.h"

#define PIECES  60u
#define SECOND  1000
#define LAT     411500000
#define LON     (-86100000)
#define STEP_E7 10000 /* 111 m of latitude */
#define UNITS   8u

static struct geo_test_map draft;
static struct geo_learn *learn;

static void tear_down(void)
{
    geo_learn_destroy(learn);
    geo_test_map_finish(&draft);
    learn = NULL;
}

TestSuite(geo_learn, .fini = tear_down, .timeout = 60);

/* A primary road of 111 m pieces, 10 s each by the map: 40 km/h. */
static void given_road(void)
{
    geo_test_map_init(&draft);
    for (uint32_t i = 0; i <= PIECES; i++) {
        (void)geo_test_map_node(&draft, (struct geo_point){LAT + (int)i * STEP_E7, LON});
    }
    for (uint32_t i = 0; i < PIECES; i++) {
        (void)geo_test_map_edge(&draft, i, i + 1, 10 * SECOND, 10 * SECOND);
        draft.edges[i].road_class = GEO_ROAD_PRIMARY;
    }
    geo_test_map_build(&draft);
    cr_assert(eq(int, geo_learn_create(&draft.map, UNITS, &learn), GEO_OK));
}

/* So many pieces up the road, at so many milliseconds. */
static struct geo_learn_fix fix_at(double pieces, int64_t fix_ms)
{
    const uint32_t edge = (uint32_t)pieces;
    return (struct geo_learn_fix){
        .profile = GEO_PROFILE_CAR,
        .drive = GEO_LEARN_ORDER,
        .place = {.edge = edge, .fraction_e6 = (uint32_t)((pieces - edge) * 1e6)},
        .fix_ms = fix_ms,
        .hour = 8};
}

static const struct geo_learn_cell primary_8 = {GEO_LEARN_CAR, GEO_LEARN_ORDER, GEO_ROAD_PRIMARY,
                                                8};

/* Fixes every 5 s at a percent of the map's speed, from the start of the road. */
static void drive(uint32_t fixes, double percent, int64_t from_ms)
{
    for (uint32_t i = 0; i < fixes; i++) {
        const struct geo_learn_fix fix =
            fix_at(0.5 * percent / 100.0 * i, from_ms + (int64_t)i * 5 * SECOND);
        geo_learn_see(learn, &fix);
    }
}

Test(geo_learn, half_as_fast_as_the_map_is_50_percent)
{
    given_road();
    drive(81, 50.0, 1000);                                      /* 20 pieces, 2.2 km */
    cr_expect(eq(u32, geo_learn_count(learn, &primary_8), 10)); /* of 8 fixes, 222 m, each */
    for (uint32_t per_mille = 0; per_mille <= 1000; per_mille += 250) {
        cr_expect(eq(u32, geo_learn_percent(learn, &primary_8, per_mille), 50));
    }
}

Test(geo_learn, nobody_has_driven_there_yet)
{
    given_road();
    cr_expect(eq(u32, geo_learn_count(learn, &primary_8), 0));
    cr_expect(eq(u32, geo_learn_percent(learn, &primary_8, 500), 0));
}

Test(geo_learn, quantiles_are_those_of_the_sorted_list)
{
    given_road();
    static const uint32_t percents[] = {40, 80, 60, 100, 20};
    for (uint32_t i = 0; i < 5; i++) {
        drive(1 + 400 / percents[i], percents[i], 1000000 * (int64_t)(i + 1));
    }
    cr_assert(eq(u32, geo_learn_count(learn, &primary_8), 5));
    cr_expect(eq(u32, geo_learn_percent(learn, &primary_8, 500), 60));
    cr_expect(eq(u32, geo_learn_percent(learn, &primary_8, 250), 40));
    cr_expect(eq(u32, geo_learn_percent(learn, &primary_8, 750), 80));
    cr_expect(eq(u32, geo_learn_percent(learn, &primary_8, 1000), 100));
}

/* One piece of a drive that begins as usual and goes on at `second`. */
static uint32_t count_after(struct geo_learn_fix second)
{
    const struct geo_learn_fix first = fix_at(0, 1000);
    geo_learn_see(learn, &first);
    geo_learn_see(learn, &second);
    return geo_learn_count(learn, &primary_8);
}

Test(geo_learn, a_drive_ends_where_it_cannot_be_told_what_was_driven)
{
    given_road();
    struct geo_learn_fix second = fix_at(2.5, 1000 + 30 * SECOND);
    cr_expect(eq(u32, count_after(second), 1)); /* the one that counts: 30 s is no gap yet */
    second.fix_ms++;
    cr_expect(eq(u32, count_after(second), 1));
    second = fix_at(2.5, 20 * SECOND);
    second.drive = GEO_LEARN_PATROL;
    cr_expect(eq(u32, count_after(second), 1));
    second.drive = GEO_LEARN_DRIVE_COUNT;
    cr_expect(eq(u32, count_after(second), 1));
    second.drive = GEO_LEARN_ORDER;
    second.place.edge = UINT32_MAX;
    cr_expect(eq(u32, count_after(second), 1));
    second = fix_at(2.5, 1000); /* the same moment again, and one before it */
    cr_expect(eq(u32, count_after(second), 1));
    second.fix_ms = 999;
    cr_expect(eq(u32, count_after(second), 1));
}

Test(geo_learn, walkers_teach_nothing_and_motorcycles_for_themselves)
{
    given_road();
    struct geo_learn_cell cell = primary_8;
    struct geo_learn_fix from = fix_at(0, 1000);
    struct geo_learn_fix to = fix_at(2, 21000);
    for (enum geo_profile profile = 0; profile < GEO_PROFILE_COUNT; profile++) {
        from.profile = profile;
        to.profile = profile;
        from.unit_id = (uint32_t)profile;
        to.unit_id = (uint32_t)profile;
        geo_learn_see(learn, &from);
        geo_learn_see(learn, &to);
    }
    cr_expect(eq(u32, geo_learn_count(learn, &cell), 2)); /* car and emergency */
    cell.vehicle = GEO_LEARN_MOTORCYCLE;
    cr_expect(eq(u32, geo_learn_count(learn, &cell), 1));
}

Test(geo_learn, who_waits_at_a_light_waits_on_the_way_and_who_stands_has_left_it)
{
    given_road();
    const struct geo_learn_fix start = fix_at(0, 1000);
    const struct geo_learn_fix light = fix_at(1, 11000);
    const struct geo_learn_fix waited = fix_at(1, 31000);
    const struct geo_learn_fix end = fix_at(2, 41000);
    geo_learn_see(learn, &start);
    geo_learn_see(learn, &light);
    geo_learn_see(learn, &waited);
    geo_learn_see(learn, &end);
    cr_assert(eq(u32, geo_learn_count(learn, &primary_8), 1));
    cr_expect(eq(u32, geo_learn_percent(learn, &primary_8, 500), 50));
    for (int i = 1; i <= 4; i++) { /* 80 s on the spot: it does not wait for a light */
        const struct geo_learn_fix stands = fix_at(2, 41000 + i * 20 * SECOND);
        geo_learn_see(learn, &stands);
    }
    const struct geo_learn_fix gone = fix_at(3.5, 41000 + 100 * SECOND);
    geo_learn_see(learn, &gone);
    const struct geo_learn_fix on = fix_at(5.5, 41000 + 120 * SECOND);
    geo_learn_see(learn, &on);
    cr_expect(eq(u32, geo_learn_count(learn, &primary_8), 2));
    cr_expect(eq(u32, geo_learn_percent(learn, &primary_8, 1000), 88)); /* 35 s by the map in 40 */
}

Test(geo_learn, a_stretch_ends_with_the_class_of_its_road)
{
    given_road();
    geo_test_map_finish(&draft);
    geo_learn_destroy(learn);
    geo_test_map_init(&draft);
    for (uint32_t i = 0; i <= 6; i++) {
        (void)geo_test_map_node(&draft, (struct geo_point){LAT + (int)i * STEP_E7, LON});
    }
    for (uint32_t i = 0; i < 6; i++) {
        (void)geo_test_map_edge(&draft, i, i + 1, 10 * SECOND, 10 * SECOND);
        draft.edges[i].road_class = i < 3 ? GEO_ROAD_PRIMARY : GEO_ROAD_STREET;
    }
    geo_test_map_build(&draft);
    cr_assert(eq(int, geo_learn_create(&draft.map, UNITS, &learn), GEO_OK));
    struct geo_learn_cell cell = primary_8;
    for (uint32_t i = 1; i < 60; i++) { /* 1.1 pieces of the class before, then it changes */
        const struct geo_learn_fix fix = fix_at(1.75 + 0.07 * i, 1000 + (int64_t)i * SECOND);
        geo_learn_see(learn, &fix);
    }
    cr_expect(eq(u32, geo_learn_count(learn, &cell), 0));
    cell.road_class = GEO_ROAD_STREET;
    cr_expect(eq(u32, geo_learn_count(learn, &cell), 1));
    cr_expect(eq(u32, geo_learn_map_kmh(&draft.map, GEO_LEARN_CAR, GEO_ROAD_STREET), 40));
    cr_expect(eq(u32, geo_learn_map_kmh(&draft.map, GEO_LEARN_CAR, GEO_ROAD_TRUNK), 0));
}

Test(geo_learn, a_full_cell_fades_and_what_was_kept_counts_again)
{
    given_road();
    uint16_t *counts = calloc(GEO_LEARN_COUNTS, sizeof *counts);
    cr_assert(counts != NULL);
    memcpy(counts, geo_learn_counts(learn), GEO_LEARN_COUNTS * sizeof *counts);
    drive(9, 50.0, 1000); /* one stretch says where its cell lies */
    const uint16_t *now = geo_learn_counts(learn);
    uint32_t slot = 0;
    while (now[slot] == 0) {
        slot++;
    }
    cr_assert(eq(u32, slot % (GEO_LEARN_PERCENT_MAX + 1u), 50));
    counts[slot] = 50000;
    counts[slot + 1] = 9999;
    geo_learn_put_counts(learn, counts);
    cr_expect(eq(u32, geo_learn_count(learn, &primary_8), 59999));
    drive(9, 50.0, 10000000);
    cr_expect(eq(u32, geo_learn_count(learn, &primary_8), 60000));
    drive(9, 50.0, 20000000);
    cr_expect(eq(u32, geo_learn_count(learn, &primary_8), 30000)); /* 25000 + 4999, and one */
    counts[slot] = 50000;
    counts[slot + 1] = 20001;
    geo_learn_put_counts(learn, counts); /* by a version that kept more */
    cr_expect(eq(u32, geo_learn_count(learn, &primary_8), 35000));
    free(counts);
}

/* One stretch of the simplest oracle: a list. */
struct seen {
    uint32_t count;
    uint32_t percents[16384];
};

static int compare(const void *a, const void *b)
{
    const uint32_t one = *(const uint32_t *)a;
    const uint32_t other = *(const uint32_t *)b;
    return (one > other) - (one < other);
}

/* Random drives of several units up and down one road: stretches by plain sums. */
Test(geo_learn, random_drives_are_counted_as_a_plain_list_would)
{
    static struct seen seen;
    uint64_t seed = 4;
    printf("geo_learn seed %llu\n", (unsigned long long)seed);
    given_road();
    for (uint32_t unit = 0; unit < UNITS; unit++) {
        double at = 30.0;
        int64_t now_ms = 1000;
        double length = 0;
        int64_t driven_ms = 0;
        for (uint32_t i = 0; i < 2000; i++) {
            struct geo_learn_fix fix = fix_at(at, now_ms);
            fix.unit_id = unit;
            geo_learn_see(learn, &fix);
            if (length * draft.map.edges[0].length_cm >= GEO_LEARN_STRETCH_CM + 8.0) {
                const double map_ms = length * 10 * SECOND;
                const double percent = map_ms * 100.0 / (double)driven_ms + 0.5;
                seen.percents[seen.count++] = percent < 255.0 ? (uint32_t)percent : 255u;
                length = 0;
                driven_ms = 0;
            }
            const double step = 0.125 * (1 + geo_test_below(&seed, 12)); /* exact in binary */
            const double sign =
                at + step > PIECES - 1 || (geo_test_below(&seed, 9) == 0 && at > 2) ? -1.0 : 1.0;
            const int64_t step_ms = 1000 + geo_test_below(&seed, 20000);
            at += sign * step;
            length += step;
            driven_ms += step_ms;
            now_ms += step_ms;
        }
    }
    qsort(seen.percents, seen.count, sizeof seen.percents[0], compare);
    cr_assert(eq(u32, geo_learn_count(learn, &primary_8), seen.count));
    for (uint32_t per_mille = 1; per_mille <= 1000; per_mille++) {
        const uint32_t rank = (seen.count * per_mille + 999u) / 1000u;
        const uint32_t is = geo_learn_percent(learn, &primary_8, per_mille);
        const uint32_t right = seen.percents[rank - 1];
        cr_assert(is + 1 >= right); /* the parts of an edge are rounded to a millisecond */
        cr_assert(is <= right + 1);
    }
}
