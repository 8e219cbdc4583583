/* match: the cheapest way to give every row a column, against all ways there are. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "engine/core/match.h"
#include "engine/core/prng.h"

static int64_t cost[MATCH_ROWS_MAX * MATCH_COLUMNS_MAX];
static uint32_t column_of[MATCH_ROWS_MAX];

static int64_t total(uint32_t rows, uint32_t columns)
{
    int64_t sum = 0;
    for (uint32_t row = 0; row < rows; row++) {
        sum += cost[row * columns + column_of[row]];
    }
    return sum;
}

static bool is_matching(uint32_t rows, uint32_t columns)
{
    bool taken[MATCH_COLUMNS_MAX] = {false};
    for (uint32_t row = 0; row < rows; row++) {
        if (column_of[row] >= columns || taken[column_of[row]]) {
            return false;
        }
        taken[column_of[row]] = true;
    }
    return true;
}

/* Every way, one row after the other: a counter with a digit a row. */
static int64_t least_by_trying(uint32_t rows, uint32_t columns)
{
    uint64_t ways = 1;
    for (uint32_t row = 0; row < rows; row++) {
        ways *= columns;
    }
    int64_t least = INT64_MAX;
    for (uint64_t way = 0; way < ways; way++) {
        uint64_t rest = way;
        uint64_t taken = 0;
        int64_t sum = 0;
        bool is_good = true;
        for (uint32_t row = 0; row < rows; row++) {
            const uint32_t column = (uint32_t)(rest % columns);
            rest /= columns;
            is_good = is_good && (taken >> column & 1u) == 0;
            taken |= UINT64_C(1) << column;
            sum += cost[row * columns + column];
        }
        least = is_good && sum < least ? sum : least;
    }
    return least;
}

Test(match, is_as_cheap_as_the_best_of_all_ways)
{
    struct prng prng = {.state = 20260202};
    cr_log_info("seed %llu", (unsigned long long)prng.state);
    for (uint32_t round = 0; round < 400; round++) {
        const uint32_t rows = 1 + prng_below(&prng, 5);
        const uint32_t columns = rows + prng_below(&prng, 7 - rows);
        const uint32_t range = round % 2 == 0 ? 4 : 1000000; /* many ties, or none */
        for (uint32_t i = 0; i < rows * columns; i++) {
            cost[i] =
                prng_below(&prng, range) + (prng_below(&prng, 5) == 0 ? MATCH_COST_MAX / 16 : 0);
        }
        match_solve(cost, rows, columns, column_of);
        cr_assert(is_matching(rows, columns), "round %u", round);
        cr_assert(eq(i64, total(rows, columns), least_by_trying(rows, columns)), "round %u", round);
    }
}

Test(match, holds_its_largest_and_a_crossing_is_untangled)
{
    for (uint32_t i = 0; i < MATCH_ROWS_MAX * MATCH_COLUMNS_MAX; i++) {
        cost[i] = MATCH_COST_MAX;
    }
    for (uint32_t row = 0; row < MATCH_ROWS_MAX; row++) {
        cost[row * MATCH_COLUMNS_MAX + (MATCH_COLUMNS_MAX - 1 - row)] = row;
    }
    match_solve(cost, MATCH_ROWS_MAX, MATCH_COLUMNS_MAX, column_of);
    cr_expect(eq(i64, total(MATCH_ROWS_MAX, MATCH_COLUMNS_MAX), 120));
    /* nearest first would give 1 + 100; together they need 2 + 3 */
    const int64_t crossing[] = {1, 2, 3, 100};
    memcpy(cost, crossing, sizeof crossing);
    match_solve(cost, 2, 2, column_of);
    cr_expect(eq(i64, total(2, 2), 5));
}
