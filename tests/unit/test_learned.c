/* learned: orders teach before patrols do, and too few stretches propose nothing. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "engine/host/learned.h"
#include "tests/support/geo_test_map.h"

#define MIN 30u

static struct geo_test_map draft;
static struct geo_learn *learn;

static void tear_down(void)
{
    geo_learn_destroy(learn);
    geo_test_map_finish(&draft);
    learn = NULL;
}

TestSuite(learned, .fini = tear_down, .timeout = 30);

/* So many stretches at a percent, on primary roads at 8 by car. */
static void put_counts(uint32_t orders, uint32_t order_percent, uint32_t patrols,
                       uint32_t patrol_percent)
{
    uint16_t *counts = calloc(GEO_LEARN_COUNTS, sizeof *counts);
    const uint32_t cell = GEO_ROAD_PRIMARY * GEO_LEARN_HOURS + 8;
    const uint32_t drives = GEO_LEARN_CLASS_COUNT * GEO_LEARN_HOURS;
    cr_assert(counts != NULL);
    counts[cell * 256u + order_percent] = (uint16_t)orders;
    counts[(drives + cell) * 256u + patrol_percent] = (uint16_t)patrols;
    geo_learn_put_counts(learn, counts);
    free(counts);
}

static struct proto_speed_proposal proposed(void)
{
    return learned_propose(learn, GEO_LEARN_CAR, GEO_ROAD_PRIMARY, 8, MIN);
}

Test(learned, orders_teach_before_patrols_and_few_teach_nothing)
{
    uint64_t seed = 1;
    geo_test_map_random(&draft, &seed, 4);
    cr_assert(eq(int, geo_learn_create(&draft.map, 1, &learn), GEO_OK));
    cr_expect(eq(int, proposed().drive, PROTO_DRIVE_NONE));
    static const struct {
        uint32_t orders, patrols;
        uint32_t proposed, n;
        enum proto_drive drive;
    } rules[] = {{MIN, 5000, 110, MIN, PROTO_DRIVE_ORDER},
                 {MIN - 1, 5000, 60, 5000, PROTO_DRIVE_PATROL},
                 {MIN - 1, MIN, 60, MIN, PROTO_DRIVE_PATROL},
                 {MIN - 1, MIN - 1, 0, MIN - 1, PROTO_DRIVE_ORDER},
                 {0, 1, 0, 1, PROTO_DRIVE_PATROL}};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        put_counts(rules[i].orders, 110, rules[i].patrols, 60);
        const struct proto_speed_proposal proposal = proposed();
        cr_expect(eq(u32, proposal.proposed, rules[i].proposed), "rule %zu", i);
        cr_expect(eq(u32, proposal.n, rules[i].n), "rule %zu", i);
        cr_expect(eq(int, proposal.drive, rules[i].drive), "rule %zu", i);
    }
    put_counts(MIN, 255, 0, 0); /* nothing is proposed that could not be accepted */
    cr_expect(eq(u32, proposed().proposed, PROTO_SPEED_PERCENT_MAX));
    cr_expect(eq(u32, proposed().high, 255));
    put_counts(MIN, 3, 0, 0);
    cr_expect(eq(u32, proposed().proposed, PROTO_SPEED_PERCENT_MIN));
}
