/* geo_ready: who can be sent, met from the inside out. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "geo/geo_plane.h"
#include "geo/geo_ready.h"
#include "tests/support/geo_test_map.h"

#define UNITS 400u
#define CAR   GEO_PROFILE_CAR

static struct geo_test_map draft;
static struct geo_ready *ready;
static uint64_t seed = 31;

static void set_up(void)
{
    printf("geo_ready seed %llu\n", (unsigned long long)seed);
    geo_test_map_random(&draft, &seed, 12);
    cr_assert(eq(int, geo_ready_create(&draft.map, UNITS, &ready), GEO_OK));
}

static void tear_down(void)
{
    geo_ready_destroy(ready);
    geo_test_map_finish(&draft);
    ready = NULL;
}

TestSuite(geo_ready, .init = set_up, .fini = tear_down, .timeout = 60);

static struct geo_point random_point(void)
{
    const struct geo_map_header *header = draft.map.header;
    const int32_t margin = 30000; /* past the border, as beside a road at the edge of the map */
    return (struct geo_point){
        header->south_e7 - margin +
            (int32_t)geo_test_below(&seed,
                                    (uint32_t)(header->north_e7 - header->south_e7 + 2 * margin)),
        header->west_e7 - margin +
            (int32_t)geo_test_below(&seed,
                                    (uint32_t)(header->east_e7 - header->west_e7 + 2 * margin))};
}

Test(geo_ready, the_squares_are_never_longer_than_the_way)
{
    for (uint32_t i = 0; i < 20000; i++) {
        const struct geo_point a = random_point();
        const struct geo_point b = random_point();
        const uint64_t units = geo_cm_to_units(geo_distance_cm(a, b) + 1u) + 1u;
        cr_assert(le(u64, geo_ready_square(ready, a, b), units * units));
    }
}

Test(geo_ready, rings_meet_everybody_once_and_nobody_late)
{
    bool here[UNITS] = {false};
    uint8_t met[UNITS];
    for (uint32_t round = 0; round < 300; round++) {
        for (uint32_t i = 0; i < 40; i++) { /* some come, some go */
            const uint32_t id = geo_test_below(&seed, UNITS);
            if (here[id]) {
                geo_ready_leave(ready, id);
            } else {
                geo_ready_enter(ready, id, CAR, random_point());
            }
            here[id] = !here[id];
        }
        memset(met, 0, sizeof met);
        const struct geo_point at = random_point();
        struct geo_ready_ring ring = geo_ready_ring_start(ready, at);
        uint64_t gap_square = 0;
        uint32_t count = 0;
        while (geo_ready_ring_next(ready, at, &ring)) {
            uint32_t cell = 0;
            for (int32_t i = 0; geo_ready_ring_cell(&ring, i, &cell); i++) {
                uint32_t id =
                    cell == GEO_READY_NONE ? GEO_READY_NONE : ready->cell_first[CAR][cell];
                for (; id != GEO_READY_NONE; id = ready->links[id].next) {
                    cr_assert(ge(u64, geo_ready_square(ready, at, ready->at[id]), gap_square));
                    met[id]++;
                    count++;
                }
            }
            gap_square = ring.gap_square;
        }
        cr_assert(eq(u32, count, ready->count[CAR]));
        for (uint32_t id = 0; id < UNITS; id++) {
            cr_assert(eq(int, met[id], here[id]));
            cr_assert(eq(int, here[id] && ready->units[CAR][ready->links[id].slot] != id, false));
        }
    }
}

Test(geo_ready, density_is_counted_in_nodes)
{
    const struct geo_point at = draft.map.nodes[draft.map.node_count / 2];
    const uint32_t nodes = draft.map.node_count;
    cr_expect(eq(u32, geo_ready_nodes_around(ready, CAR, at, 1, UINT32_MAX), UINT32_MAX));
    for (uint32_t id = 0; id < 8; id++) {
        geo_ready_enter(ready, id, CAR, at);
    }
    cr_expect(le(u32, geo_ready_nodes_around(ready, CAR, at, 8, 500), 4));
    cr_expect(eq(u32, geo_ready_nodes_around(ready, CAR, at, 9, 500), UINT32_MAX));
    cr_expect(eq(u32, geo_ready_nodes_around(ready, GEO_PROFILE_FOOT, at, 8, 500), UINT32_MAX));
    const struct geo_point corner = {draft.map.header->south_e7, draft.map.header->west_e7};
    cr_expect(le(u32, geo_ready_nodes_around(ready, CAR, corner, 8, nodes + 1), nodes));
    cr_expect(eq(u32, geo_ready_nodes_around(ready, CAR, corner, 8, 10), UINT32_MAX));
}
