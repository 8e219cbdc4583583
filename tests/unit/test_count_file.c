/* count_file: a row comes back as it was, and a damaged file is nothing at all. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/store/count_file.h"
#include "engine/store/store_file.h"

#define ROW 1000u

static char path[64];
static char error[256];
static uint16_t row[ROW];
static uint16_t again[ROW];

static void set_up(void)
{
    snprintf(path, sizeof path, "/tmp/kuaifan-counts-%d", (int)getpid());
    for (uint32_t i = 0; i < ROW; i++) {
        row[i] = (uint16_t)(i % 7 == 0 ? i * 65u : 0);
    }
    row[ROW - 1] = UINT16_MAX;
}

static void tear_down(void)
{
    (void)unlink(path);
}

TestSuite(count_file, .init = set_up, .fini = tear_down, .timeout = 30);

Test(count_file, a_row_comes_back_as_it_was)
{
    cr_assert(eq(int, count_file_read(path, again, ROW, error), STATUS_NOT_FOUND));
    cr_assert(eq(int, count_file_write(path, row, ROW, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, count_file_read(path, again, ROW, error), STATUS_OK), "%s", error);
    cr_expect(eq(int, memcmp(row, again, sizeof row), 0));
}

Test(count_file, every_single_byte_that_is_bent_is_noticed)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    cr_assert(eq(int, count_file_write(path, row, ROW, error), STATUS_OK));
    cr_assert(eq(int, store_file_read(path, 1u << 20, &bytes, &size, error), STATUS_OK));
    for (size_t i = 0; i < size; i += 13) {
        bytes[i] ^= 0x20;
        const struct store_piece piece = {bytes, size};
        cr_assert(eq(int, store_file_replace(path, &piece, 1, error), STATUS_OK));
        cr_assert(eq(int, count_file_read(path, again, ROW, error), STATUS_CORRUPT));
        cr_assert(ne(chr, error[0], '\0'));
        cr_assert(eq(u32, again[7], 0));
        bytes[i] ^= 0x20;
    }
    free(bytes);
}

Test(count_file, a_file_cut_short_or_of_another_length_is_refused)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    cr_assert(eq(int, count_file_write(path, row, ROW, error), STATUS_OK));
    cr_expect(eq(int, count_file_read(path, again, ROW - 1, error), STATUS_CORRUPT));
    cr_assert(eq(int, store_file_read(path, 1u << 20, &bytes, &size, error), STATUS_OK));
    for (size_t i = 0; i < size; i += 97) {
        const struct store_piece piece = {bytes, i};
        cr_assert(eq(int, store_file_replace(path, &piece, 1, error), STATUS_OK));
        cr_assert(eq(int, count_file_read(path, again, ROW, error), STATUS_CORRUPT));
    }
    free(bytes);
}
