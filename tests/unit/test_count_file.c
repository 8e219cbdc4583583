/* count_file: a row comes back as it was, and a damaged file is nothing at all. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sodium.h>
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
        row[i] = (uint16_t)(i % 7 == 0 ? 3 + i * 65u : 0);
    }
    row[ROW - 1] = UINT16_MAX;
}

static void tear_down(void)
{
    (void)unlink(path);
}

TestSuite(count_file, .init = set_up, .fini = tear_down, .timeout = 30);

/* Into a row and a sentence that something else was in. */
static enum status read_into(uint16_t counts[], uint32_t count)
{
    memset(counts, 0xa5, count * sizeof counts[0]);
    memset(error, 'x', sizeof error - 1);
    return count_file_read(path, counts, count, error);
}

static void expect_zeros(const uint16_t counts[], uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        cr_assert(eq(u16, counts[i], 0), "count %u", i);
    }
    cr_expect(ne(chr, error[0], 'x'));
    cr_expect(ne(chr, error[0], '\0'));
}

Test(count_file, a_row_comes_back_as_it_was)
{
    cr_assert(eq(int, read_into(again, ROW), STATUS_NOT_FOUND));
    expect_zeros(again, ROW);
    cr_assert(eq(int, count_file_write(path, row, ROW, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, read_into(again, ROW), STATUS_OK), "%s", error);
    cr_expect(eq(int, memcmp(row, again, sizeof row), 0));
    cr_expect(eq(chr, error[0], '\0'));
}

Test(count_file, a_row_without_a_zero_comes_back_too)
{
    for (uint32_t i = 0; i < ROW; i++) {
        row[i] = (uint16_t)(i + 1);
    }
    cr_assert(eq(int, count_file_write(path, row, ROW, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, read_into(again, ROW), STATUS_OK), "%s", error);
    cr_expect(eq(int, memcmp(row, again, sizeof row), 0));
}

static void write_bytes(const uint8_t *bytes, size_t size)
{
    const struct store_piece piece = {bytes, size};
    cr_assert(eq(int, store_file_replace(path, &piece, 1, error), STATUS_OK), "%s", error);
}

/* Files of the disk are older than the program that reads them. */
Test(count_file, is_laid_out_as_it_always_was)
{
    static const uint8_t before[] = {'K', 'F', 'C', 'N', 'T',  0,    1, '\n', /* version 1 */
                                     3,   0,   0,   0,                        /* of a row of 3 */
                                     1,   0,   0,   0,   0x34, 0x12,          /* [1] is 0x1234 */
                                     2,   0,   0,   0,   0xff, 0xff};
    static const uint16_t counts[3] = {0, 0x1234, UINT16_MAX};
    uint8_t *bytes = NULL;
    size_t size = 0;
    uint8_t hash[16];
    memset(error, 'x', sizeof error - 1);
    cr_assert(eq(int, count_file_write(path, counts, 3, error), STATUS_OK), "%s", error);
    cr_expect(eq(chr, error[0], '\0'));
    cr_assert(eq(int, store_file_read(path, 1u << 20, &bytes, &size, error), STATUS_OK));
    cr_assert(eq(sz, size, sizeof before + sizeof hash));
    cr_expect(eq(int, memcmp(bytes, before, sizeof before), 0));
    (void)crypto_generichash(hash, sizeof hash, before, sizeof before, NULL, 0);
    cr_expect(eq(int, memcmp(bytes + sizeof before, hash, sizeof hash), 0));
    free(bytes);
}

/* Its sum is right: another program made it. */
Test(count_file, a_place_beyond_the_row_is_damage)
{
    uint8_t bytes[12 + 2 * 6 + 16] = {'K', 'F', 'C', 'N', 'T', 0, 1, '\n', 3, 0, 0, 0,
                                      0,   0,   0,   0,   8,   0, 0, 0,    0, 0, 9, 0};
    uint16_t counts[4]; /* one more than the row has */
    for (uint8_t place = 0; place < 6; place++) {
        bytes[18] = place;
        (void)crypto_generichash(bytes + 24, 16, bytes, 24, NULL, 0);
        write_bytes(bytes, sizeof bytes);
        counts[3] = 7;
        if (place < 3) {
            cr_assert(eq(int, read_into(counts, 3), STATUS_OK), "%s", error);
            cr_expect(eq(u16, counts[0], place == 0 ? 9 : 8));
            cr_expect(eq(u16, counts[place], 9));
        } else {
            cr_assert(eq(int, read_into(counts, 3), STATUS_CORRUPT), "place %u", place);
            expect_zeros(counts, 3);
        }
        cr_expect(eq(u16, counts[3], 7));
    }
}

Test(count_file, every_single_byte_that_is_bent_is_noticed)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    cr_assert(eq(int, count_file_write(path, row, ROW, error), STATUS_OK));
    cr_assert(eq(int, store_file_read(path, 1u << 20, &bytes, &size, error), STATUS_OK));
    for (size_t i = 0; i < size; i += 13) {
        bytes[i] ^= 0x20;
        write_bytes(bytes, size);
        cr_assert(eq(int, read_into(again, ROW), STATUS_CORRUPT));
        expect_zeros(again, ROW);
        bytes[i] ^= 0x20;
    }
    free(bytes);
}

Test(count_file, a_file_cut_short_or_of_another_length_is_refused)
{
    uint8_t *bytes = NULL;
    size_t size = 0;
    cr_assert(eq(int, count_file_write(path, row, ROW, error), STATUS_OK));
    cr_expect(eq(int, read_into(again, ROW - 1), STATUS_CORRUPT));
    expect_zeros(again, ROW - 1);
    cr_assert(eq(int, store_file_read(path, 1u << 20, &bytes, &size, error), STATUS_OK));
    for (size_t i = 0; i < size; i += 97) {
        write_bytes(bytes, i);
        cr_assert(eq(int, read_into(again, ROW), STATUS_CORRUPT));
        expect_zeros(again, ROW);
    }
    free(bytes);
}
