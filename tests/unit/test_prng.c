/* prng: the same seed gives the same numbers for ever, or no simulated failure repeats. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "engine/core/prng.h"

Test(prng, the_numbers_are_those_of_splitmix64)
{
    struct prng prng = {.state = 1234567};
    cr_expect(eq(u64, prng_next(&prng), 6457827717110365317u));
    cr_expect(eq(u64, prng_next(&prng), 3203168211198807973u));
    cr_expect(eq(u64, prng_next(&prng), 9817491932198370423u));
    cr_expect(eq(u64, prng_next(&prng), 4593380528125082431u));
    cr_expect(eq(u64, prng_next(&prng), 16408922859458223821u));
}

Test(prng, below_reaches_both_ends_and_not_the_limit)
{
    struct prng prng = {.state = 1};
    uint32_t seen[3] = {0};
    for (uint32_t i = 0; i < 300; i++) {
        const uint32_t number = prng_below(&prng, 3);
        cr_assert(lt(u32, number, 3));
        seen[number]++;
    }
    for (uint32_t i = 0; i < 3; i++) {
        cr_expect(le(u32, 60, seen[i]));
    }
    cr_expect(eq(u32, prng_below(&prng, 1), 0));
}

Test(prng, no_chance_is_never_and_a_thousand_in_a_thousand_always)
{
    struct prng prng = {.state = 2};
    uint32_t hits = 0;
    for (uint32_t i = 0; i < 2000; i++) {
        cr_assert(eq(int, prng_chance(&prng, 0) != 0, 0));
        cr_assert(ne(int, prng_chance(&prng, 1000), 0));
        hits += prng_chance(&prng, 250) != 0 ? 1 : 0;
    }
    cr_expect(le(u32, 400, hits));
    cr_expect(le(u32, hits, 600));
}
