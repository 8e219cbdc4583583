/* code_table: every code has the number it was given last, until all are forgotten. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/core/code_table.h"

#define CODES_MAX 500u

static struct code_table table;
static char codes[CODES_MAX][CODE_SIZE]; /* of every length, each behind the other without a gap */

static void set_up(void)
{
    cr_assert(eq(u32, code_table_init(&table, CODES_MAX), STATUS_OK));
    for (uint32_t i = 0; i < CODES_MAX; i++) {
        memset(codes[i], 0, CODE_SIZE);
        (void)snprintf(codes[i], CODE_SIZE, "%c%u", 'A' + (char)(i % 26), i);
        const size_t length = CODE_SIZE - 1 - i % 4;
        memset(codes[i] + strlen(codes[i]), 'x', length - strlen(codes[i]));
    }
}

static void tear_down(void)
{
    code_table_finish(&table);
}

TestSuite(code_table, .init = set_up, .fini = tear_down, .timeout = 20);

static void fill(uint32_t first)
{
    for (uint32_t i = 0; i < CODES_MAX; i++) {
        code_table_put(&table, codes[i], first + i);
    }
}

static void expect_all(uint32_t first)
{
    for (uint32_t i = 0; i < CODES_MAX; i++) {
        cr_assert(eq(u32, code_table_find(&table, codes[i]), first + i), "%s", codes[i]);
    }
}

Test(code_table, a_full_one_knows_every_code_and_no_other)
{
    fill(0);
    expect_all(0);
    cr_expect(eq(u32, table.count, CODES_MAX));
    cr_expect(eq(u32, code_table_find(&table, "A"), UINT32_MAX), "the beginning of one");
    cr_expect(eq(u32, code_table_find(&table, ""), UINT32_MAX));
    char longer[CODE_SIZE + 1] = {0};
    memset(longer, 'x', CODE_SIZE);
    cr_expect(eq(u32, code_table_find(&table, longer), UINT32_MAX), "longer than any may be");
}

Test(code_table, the_number_given_last_holds)
{
    fill(0);
    fill(7);
    expect_all(7);
    cr_expect(eq(u32, table.count, CODES_MAX));
}

/* A small one whose places are all taken by somebody sooner or later. */
Test(code_table, cleared_it_knows_none_and_can_be_filled_again)
{
    struct code_table small;
    cr_assert(eq(u32, code_table_init(&small, 8), STATUS_OK));
    for (uint32_t i = 0; i < CODES_MAX; i++) {
        code_table_put(&small, codes[i], i);
        cr_expect(eq(u32, code_table_find(&small, codes[i]), i));
        code_table_clear(&small);
        cr_expect(eq(u32, code_table_find(&small, codes[i]), UINT32_MAX), "%s", codes[i]);
    }
    code_table_finish(&small);
    fill(0);
    code_table_clear(&table);
    fill(3);
    expect_all(3);
}
