/* geo_import_sea: on which side of its coast the sea lies, and where it ends. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "geo/import/geo_import_sea.h"
#include "tests/support/import_given.h"

#define SEED 20261129u

static struct geo_import_sea sea;
static uint32_t next_node;

static void set_up(void)
{
    next_node = 0;
    geo_import_sea_init(&sea, (struct geo_import_dot){0, 0}, (struct geo_import_dot){1000, 1000});
}

static void tear_down(void)
{
    geo_import_sea_finish(&sea);
}

TestSuite(import_sea, .init = set_up, .fini = tear_down, .timeout = 60);

/* A coast of its own nodes; closed: its ends are one node. */
static void given_coast(const struct geo_import_dot dots[], uint32_t count, bool is_closed)
{
    struct geo_import_coast coast = {
        .dot_first = sea.dots.count, .dot_count = count, .from = next_node, .to = next_node + 1};
    coast.to = is_closed ? coast.from : coast.to;
    next_node += 2;
    cr_assert(ne(ptr, geo_import_list_append(&sea.dots, dots, count), NULL));
    cr_assert(ne(ptr, geo_import_list_append(&sea.coasts, &coast, 1), NULL));
}

static void fill(void)
{
    cr_assert(eq(int, geo_import_sea_fill(&sea), GEO_OK));
}

static bool wet(int32_t x, int32_t y)
{
    return geo_import_sea_holds(&sea, (struct geo_import_dot){x, y});
}

Test(import_sea, it_lies_to_the_right_of_the_coast_and_reaches_to_the_box)
{
    const struct geo_import_dot southward[] = {{400, 300}, {450, 500}, {400, 700}};
    given_coast(southward, 3, false);
    fill();
    cr_expect(eq(sz, sea.waters.count, 1));
    cr_expect(wet(10, 500));
    cr_expect(wet(449, 500));
    cr_expect(not(wet(451, 500)));
    cr_expect(not(wet(990, 500)));
    cr_expect(wet(5, 10));
    cr_expect(wet(5, 990));
}

Test(import_sea, the_same_coast_the_other_way_has_it_on_the_other_side)
{
    const struct geo_import_dot northward[] = {{400, 700}, {450, 500}, {400, 300}};
    given_coast(northward, 3, false);
    fill();
    cr_expect(not(wet(10, 500)));
    cr_expect(wet(990, 500));
}

Test(import_sea, a_coast_in_pieces_is_one_coast)
{
    const struct geo_import_dot north[] = {{400, 300}, {450, 500}};
    const struct geo_import_dot south[] = {{450, 500}, {400, 700}};
    given_coast(south, 2, false);
    given_coast(north, 2, false);
    struct geo_import_coast *coasts = sea.coasts.items;
    coasts[1].to = coasts[0].from;
    fill();
    cr_expect(eq(sz, sea.chains.count, 1));
    cr_expect(wet(440, 500));
    cr_expect(not(wet(460, 500)));
}

Test(import_sea, two_coasts_of_a_strait_have_it_between_them)
{
    const struct geo_import_dot west[] = {{300, 700}, {300, 300}}; /* land in the west */
    const struct geo_import_dot east[] = {{700, 300}, {700, 700}};
    given_coast(west, 2, false);
    given_coast(east, 2, false);
    fill();
    cr_expect(eq(sz, sea.waters.count, 1));
    cr_expect(wet(500, 500));
    cr_expect(wet(500, 5));
    cr_expect(not(wet(200, 500)));
    cr_expect(not(wet(800, 500)));
}

Test(import_sea, an_island_is_a_hole_in_it_and_alone_has_it_all_around)
{
    const struct geo_import_dot island[] = {{40, 40}, {40, 60}, {60, 60}, {60, 40}, {40, 40}};
    given_coast(island, 5, true);
    fill();
    cr_expect(eq(sz, sea.waters.count, 2));
    const struct geo_import_water *waters = sea.waters.items;
    cr_expect(not(waters[0].is_hole));
    cr_expect(waters[1].is_hole);
    cr_expect(not(wet(50, 50)));
    cr_expect(wet(30, 50));
    cr_expect(wet(999, 999));
}

Test(import_sea, a_ring_that_turns_the_other_way_is_water_by_itself)
{
    const struct geo_import_dot lagoon[] = {{40, 40}, {60, 40}, {60, 60}, {40, 60}, {40, 40}};
    given_coast(lagoon, 5, true);
    fill();
    cr_expect(wet(50, 50));
    cr_expect(not(wet(30, 50)));
}

Test(import_sea, islands_stand_behind_the_water_they_are_in_and_one_on_land_is_none)
{
    const struct geo_import_dot lagoon[] = {
        {700, 400}, {800, 400}, {800, 600}, {700, 600}, {700, 400}};
    const struct geo_import_dot inner[] = {
        {740, 480}, {740, 520}, {760, 520}, {760, 480}, {740, 480}};
    const struct geo_import_dot outer[] = {
        {100, 480}, {100, 520}, {160, 520}, {160, 480}, {100, 480}};
    const struct geo_import_dot inland[] = {
        {900, 480}, {900, 520}, {920, 520}, {920, 480}, {900, 480}};
    const struct geo_import_dot southward[] = {{400, 300}, {450, 500}, {400, 700}};
    given_coast(inland, 5, true);
    given_coast(inner, 5, true);
    given_coast(outer, 5, true);
    given_coast(lagoon, 5, true);
    given_coast(southward, 3, false);
    fill();
    cr_assert(eq(sz, sea.waters.count, 4));
    const struct geo_import_water *waters = sea.waters.items;
    for (size_t i = 0; i < 4; i++) {
        cr_expect(eq(int, waters[i].is_hole, i % 2 == 1));
        cr_expect(eq(u32, waters[i].home, waters[i - i % 2].home));
    }
    cr_expect(wet(710, 500));
    cr_expect(not(wet(750, 500)));
    cr_expect(wet(90, 500));
    cr_expect(not(wet(130, 500)));
    cr_expect(not(wet(910, 500)));
}

Test(import_sea, coasts_that_contradict_each_other_are_no_sea)
{
    const struct geo_import_dot one[] = {{300, 300}, {300, 700}};
    const struct geo_import_dot other[] = {{700, 300}, {700, 700}};
    given_coast(one, 2, false);
    given_coast(other, 2, false);
    cr_expect(eq(int, geo_import_sea_fill(&sea), GEO_BAD_INPUT));
}

Test(import_sea, without_a_coast_and_with_one_that_holds_nothing_there_is_none)
{
    fill();
    cr_expect(eq(sz, sea.waters.count, 0));
    const struct geo_import_dot flat[] = {{40, 40}, {60, 40}, {40, 40}};
    given_coast(flat, 3, true);
    fill();
    cr_expect(eq(sz, sea.waters.count, 0));
    cr_expect(not(wet(50, 50)));
}

Test(import_sea, coasts_beyond_the_box_widen_it)
{
    const struct geo_import_dot southward[] = {{-300, -500}, {450, 500}, {400, 1700}};
    given_coast(southward, 3, false);
    fill();
    cr_expect(wet(10, 500));
    cr_expect(not(wet(990, 500)));
}

/* A coast from the north to the south that never turns back: the sea is what lies west of it. */
Test(import_sea, a_random_coast_parts_the_box_as_plain_arithmetic_does)
{
    uint64_t seed = SEED;
    printf("seed %u\n", SEED);
    for (int round = 0; round < 100; round++) {
        tear_down();
        set_up();
        const uint32_t count = 2 + (uint32_t)(import_given_random(&seed) % 30);
        const int32_t step = 400 / (int32_t)(count - 1);
        struct geo_import_dot dots[32];
        for (uint32_t i = 0; i < count; i++) {
            dots[i] = (struct geo_import_dot){300 + (int32_t)(import_given_random(&seed) % 400),
                                              300 + (int32_t)i * step};
        }
        for (uint32_t i = 1; i < count; i++) { /* one way a piece, in any order */
            const uint32_t k = count - i;
            given_coast(&dots[k - 1], 2, false);
            struct geo_import_coast *coast =
                (struct geo_import_coast *)sea.coasts.items + sea.coasts.count - 1;
            coast->from = k - 1;
            coast->to = k;
        }
        fill();
        for (int sample = 0; sample < 200; sample++) {
            const uint32_t piece = (uint32_t)(import_given_random(&seed) % (count - 1));
            const int32_t y = dots[piece].y + step / 2;
            const int32_t x = 1 + (int32_t)(import_given_random(&seed) % 998);
            const double coast_x = (dots[piece].x + dots[piece + 1].x) / 2.0;
            if (step < 4 || (x > coast_x - 60 && x < coast_x + 60)) {
                continue;
            }
            cr_assert(eq(int, wet(x, y), x < coast_x), "round %d: %d, %d", round, x, y);
        }
    }
}
