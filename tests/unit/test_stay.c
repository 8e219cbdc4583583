/* stay: fixes in, visits out. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "engine/core/prng.h"
#include "engine/core/stay.h"

#define UNITS  8u
#define PLACES 64u
#define MIN_MS 60000

static struct stay_watch *watch;
static struct stay_visit visits[PLACES];
static int64_t now_ms;

static struct geo_point at(int32_t east_m, int32_t north_m)
{
    return (struct geo_point){.lat_e7 = 10000000 + north_m * 90, .lon_e7 = 10000000 + east_m * 90};
}

static void given(uint32_t place, int32_t east_m, int32_t north_m, uint32_t radius_m)
{
    const struct stay_place shape = {.at = at(east_m, north_m),
                                     .radius_m = radius_m,
                                     .stay_ms = 2 * MIN_MS,
                                     .again_ms = 30 * MIN_MS};
    stay_put(watch, place, &shape);
}

static void set_up(void)
{
    now_ms = 1700000000000;
    cr_assert(eq(int, stay_create(UNITS, PLACES, &watch), STATUS_OK));
}

static void tear_down(void)
{
    stay_destroy(watch);
    watch = NULL;
}

TestSuite(stay, .init = set_up, .fini = tear_down, .timeout = 20);

static uint32_t see(uint32_t unit_id, int32_t east_m, int32_t north_m)
{
    return stay_see(watch, unit_id, at(east_m, north_m), now_ms, visits, PLACES);
}

/* A fix every half minute there. Answers how many visits there were. */
static uint32_t stand(uint32_t unit_id, int32_t east_m, int64_t ms)
{
    const int64_t until_ms = now_ms + ms;
    uint32_t count = 0;
    for (;;) {
        count += see(unit_id, east_m, 0);
        if (now_ms == until_ms) {
            return count;
        }
        now_ms += 30000;
    }
}

Test(stay, long_enough_inside_is_a_visit_and_not_before)
{
    given(0, 0, 0, 50);
    const int64_t arrived_ms = now_ms;
    cr_expect(eq(u32, stand(3, 40, MIN_MS + 30000), 0));
    now_ms += 29999;
    cr_expect(eq(u32, see(3, 0, 0), 0), "a millisecond too short");
    now_ms += 1;
    cr_assert(eq(u32, see(3, 0, 0), 1));
    cr_expect(eq(u32, visits[0].place, 0));
    cr_expect(eq(u32, visits[0].unit_id, 3));
    cr_expect(eq(i64, visits[0].arrived_ms, arrived_ms));
    cr_expect(eq(i64, visits[0].seen_ms, arrived_ms + 2 * MIN_MS));
    now_ms += 1000;
    cr_expect(eq(u32, see(3, 0, 0), 0), "once");
}

Test(stay, who_passes_by_has_not_visited)
{
    given(0, 0, 0, 50);
    for (int32_t east_m = -300; east_m <= 300; east_m += 10) { /* a step a minute would be inside */
        now_ms += 8000;
        cr_assert(eq(u32, see(0, east_m, 0), 0));
    }
}

Test(stay, a_receiver_that_wanders_over_the_edge_does_not_end_a_stay)
{
    given(0, 0, 0, 50);
    (void)see(0, 45, 0);
    now_ms += MIN_MS;
    cr_expect(eq(u32, see(0, 70, 0), 0)); /* neither inside nor gone */
    now_ms += MIN_MS;
    cr_expect(eq(u32, see(0, 60, 0), 0), "outside nobody completes a visit");
    now_ms += 1000;
    cr_expect(eq(u32, see(0, 50, 0), 1));
}

Test(stay, who_leaves_begins_anew)
{
    given(0, 0, 0, 50);
    (void)stand(0, 0, MIN_MS + 30000);
    (void)see(0, 90, 0);
    now_ms += MIN_MS;
    cr_expect(eq(u32, stand(0, 0, MIN_MS + 30000), 0));
    cr_expect(eq(u32, stand(0, 0, MIN_MS), 1));
}

Test(stay, who_was_silent_may_have_been_anywhere)
{
    given(0, 0, 0, 50);
    (void)see(0, 0, 0);
    now_ms += STAY_SILENCE_MS + 1;
    cr_expect(eq(u32, see(0, 0, 0), 0));
    now_ms += STAY_SILENCE_MS;
    cr_expect(eq(u32, see(0, 0, 0), 1), "so long is not too long");
}

Test(stay, who_stays_on_visits_again_from_the_same_arrival)
{
    given(0, 0, 0, 50);
    const int64_t arrived_ms = now_ms;
    cr_expect(eq(u32, stand(0, 0, 31 * MIN_MS + 30000), 1));
    now_ms += 30000;
    cr_assert(eq(u32, see(0, 0, 0), 1));
    cr_expect(eq(i64, visits[0].arrived_ms, arrived_ms));
    cr_expect(eq(i64, visits[0].seen_ms, arrived_ms + 32 * MIN_MS));
    stay_forget(watch, 0);
    cr_expect(eq(u32, stand(0, 0, MIN_MS), 0), "forgotten, it arrives anew");
}

Test(stay, of_places_that_overlap_the_first_four_are_counted)
{
    for (uint32_t i = 0; i < STAYS_MAX + 1; i++) {
        given(i, 0, 0, 50);
    }
    cr_expect(eq(u32, stand(0, 0, 2 * MIN_MS), STAYS_MAX));
    for (uint32_t i = 0; i < STAYS_MAX; i++) {
        cr_expect(eq(u32, visits[i].place, i));
    }
}

Test(stay, what_found_no_room_comes_with_the_next_fix)
{
    given(0, 0, 0, 50);
    given(1, 0, 0, 50);
    (void)see(0, 0, 0);
    now_ms += 2 * MIN_MS;
    cr_expect(eq(u32, stay_see(watch, 0, at(0, 0), now_ms, visits, 1), 1));
    cr_expect(eq(u32, stay_see(watch, 0, at(0, 0), now_ms, visits, 0), 0));
    cr_assert(eq(u32, stay_see(watch, 0, at(0, 0), now_ms, visits, 2), 1));
    cr_expect(eq(u32, visits[0].place, 1));
}

Test(stay, a_place_that_moves_is_looked_for_where_it_is)
{
    given(0, 0, 0, 50);
    (void)see(0, 0, 0);
    given(0, 5000, 0, 50);
    cr_expect(eq(u32, stand(0, 0, 2 * MIN_MS), 0));
    cr_expect(eq(u32, stand(0, 5000, 2 * MIN_MS), 1));
    stay_clear(watch);
    cr_expect(eq(u32, stand(0, 5000, 2 * MIN_MS), 0));
}

/* ---- Against every place looked at for every fix ---- */

struct right {
    bool is_there;
    int64_t arrived_ms, seen_ms, told_ms;
};
static struct right rights[UNITS][PLACES];
static struct stay_place shapes[PLACES];

/* Whether the visit is to be told with this fix. */
static bool look(struct right *right, const struct stay_place *shape, struct geo_point fix)
{
    const uint32_t distance_m = geo_distance_m(fix, shape->at);
    if (right->is_there &&
        (now_ms - right->seen_ms > STAY_SILENCE_MS || distance_m > shape->radius_m + STAY_EDGE_M)) {
        right->is_there = false;
    }
    if (distance_m > shape->radius_m) {
        return false;
    }
    if (!right->is_there) {
        *right = (struct right){true, now_ms, now_ms, TIME_NEVER};
    }
    right->seen_ms = now_ms;
    const bool is_due =
        right->told_ms == TIME_NEVER
            ? now_ms - right->arrived_ms >= (int64_t)shape->stay_ms
            : shape->again_ms > 0 && now_ms - right->told_ms >= (int64_t)shape->again_ms;
    right->told_ms = is_due ? now_ms : right->told_ms;
    return is_due;
}

static bool was_told(uint32_t count, uint32_t place, int64_t arrived_ms)
{
    for (uint32_t i = 0; i < count; i++) {
        if (visits[i].place == place) {
            return visits[i].arrived_ms == arrived_ms && visits[i].seen_ms == now_ms;
        }
    }
    return false;
}

static int32_t below(struct prng *prng, uint32_t limit)
{
    return (int32_t)prng_below(prng, limit);
}

/* Places a kilometre apart, so that no more than four overlap; where the cells are narrow, wide and
 * next to zero. A metre of longitude is `stretch` times as many units as at the equator. */
static void run(uint64_t seed, int32_t lat_e7, int32_t lon_e7, int32_t stretch)
{
    struct prng prng = {seed};
    stay_clear(watch);
    for (uint32_t i = 0; i < PLACES; i++) {
        shapes[i] = (struct stay_place){
            .at = {lat_e7 + (int32_t)(i / 8) * 90000 + below(&prng, 20000),
                   lon_e7 + ((int32_t)(i % 8) * 90000 + below(&prng, 20000)) * stretch},
            .radius_m = 1 + (uint32_t)below(&prng, STAY_RADIUS_MAX_M),
            .stay_ms = (uint32_t)below(&prng, 4) * MIN_MS,
            .again_ms = (uint32_t)below(&prng, 3) * 10 * MIN_MS};
        stay_put(watch, i, &shapes[i]);
    }
    for (uint32_t i = 0; i < UNITS * PLACES; i++) {
        rights[i / PLACES][i % PLACES].is_there = false;
    }
    struct geo_point fixes[UNITS];
    for (uint32_t i = 0; i < UNITS; i++) {
        fixes[i] = shapes[i * 7].at;
    }
    uint32_t told = 0;
    for (uint32_t round = 0; round < 1500; round++) {
        const uint32_t unit_id = (uint32_t)below(&prng, UNITS);
        now_ms += below(&prng, 20) == 0 ? STAY_SILENCE_MS / 2 : below(&prng, 8000);
        fixes[unit_id].lat_e7 += below(&prng, 12001) - 6000;
        fixes[unit_id].lon_e7 += (below(&prng, 12001) - 6000) * stretch;
        if (!geo_point_valid(fixes[unit_id])) { /* over the pole */
            fixes[unit_id] = shapes[unit_id].at;
        }
        const uint32_t count = stay_see(watch, unit_id, fixes[unit_id], now_ms, visits, PLACES);
        uint32_t right_count = 0;
        for (uint32_t i = 0; i < PLACES; i++) {
            if (look(&rights[unit_id][i], &shapes[i], fixes[unit_id])) {
                right_count++;
                cr_assert(was_told(count, i, rights[unit_id][i].arrived_ms),
                          "seed %llu, round %u, place %u", (unsigned long long)seed, round, i);
            }
        }
        cr_assert(eq(u32, count, right_count), "seed %llu, round %u", (unsigned long long)seed,
                  round);
        told += count;
    }
    cr_assert(lt(u32, 20, told), "seed %llu: %u visits are no proof", (unsigned long long)seed,
              told);
}

Test(stay, visits_are_those_that_a_look_at_every_place_finds)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        run(seed, 225000000, 1133000000, 1);
        run(seed, -300000, -300000, 1); /* across the equator and Greenwich */
        run(seed, 690000000, 250000000, 3);
        run(seed, -899700000, -1700000000, 1900);
    }
}
