#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/store/heads_file.h"

#define HEADS 1000u /* several pieces */

static char path[64];
static char error[STORE_ERROR_SIZE];
static struct heads_file file;

static void set_up(void)
{
    snprintf(path, sizeof path, "/tmp/kuaifan-heads-%d", (int)getpid());
    (void)unlink(path);
}

static void tear_down(void)
{
    (void)unlink(path);
}

TestSuite(heads_file, .init = set_up, .fini = tear_down, .timeout = 30);

static void given(const char *text)
{
    cr_assert(
        eq(int, store_file_append(path, (const uint8_t *)text, strlen(text), error), STATUS_OK),
        "%s", error);
}

static void given_heads(uint32_t first, uint32_t last)
{
    struct signed_head head = {.epoch = "0123456789abcdef0123456789abcdef"};
    for (uint32_t seq = first; seq <= last; seq++) {
        char line[SIGN_LINE_SIZE];
        head.seq = seq;
        memset(head.hash, (int)(seq & 0xff), sizeof head.hash);
        (void)journal_sign_print(&head, line);
        given(line);
    }
}

/* Every head there is, by whole pieces from the end; in `seen` how often. */
static uint32_t read_back(uint32_t seen[HEADS + 1])
{
    uint32_t pieces = 0;
    uint64_t before = UINT64_MAX; /* the oldest head of the piece before */
    memset(seen, 0, (HEADS + 1) * sizeof seen[0]);
    while (heads_file_piece(&file, error) == STATUS_OK) {
        struct signed_head head;
        uint64_t oldest = UINT64_MAX;
        for (const char *at = file.text; (at = journal_sign_next(at, &head)) != NULL;) {
            cr_assert(le(u64, head.seq, HEADS));
            cr_expect(lt(u64, head.seq, before));
            cr_expect(eq(int, head.hash[7], (int)(head.seq & 0xff)));
            oldest = head.seq < oldest ? head.seq : oldest;
            seen[head.seq]++;
        }
        before = oldest;
        pieces++;
        cr_assert(le(u32, pieces, 100), "it does not come to an end");
    }
    return pieces;
}

Test(heads_file, every_head_is_read_once_from_the_newest_piece_to_the_oldest)
{
    static uint32_t seen[HEADS + 1];
    given_heads(1, HEADS);
    cr_assert(eq(int, heads_file_open(&file, path, error), STATUS_OK), "%s", error);
    cr_expect(not(file.is_torn));
    cr_expect(lt(u32, 3, read_back(seen)));
    for (uint32_t seq = 1; seq <= HEADS; seq++) {
        cr_expect(eq(u32, seen[seq], 1), "head %u", seq);
    }
    cr_expect(eq(int, heads_file_piece(&file, error), STATUS_NOT_FOUND));
}

Test(heads_file, the_first_piece_has_the_newest_heads)
{
    given_heads(1, HEADS);
    cr_assert(eq(int, heads_file_open(&file, path, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, heads_file_piece(&file, error), STATUS_OK), "%s", error);
    struct signed_head head = {.seq = 0};
    uint64_t newest = 0;
    for (const char *at = file.text; (at = journal_sign_next(at, &head)) != NULL;) {
        newest = head.seq;
    }
    cr_expect(eq(u64, newest, HEADS));
}

Test(heads_file, a_line_that_was_torn_is_said_and_costs_no_other_one)
{
    static uint32_t seen[HEADS + 1];
    given_heads(1, 300);
    given("0123456789abcdef0123456789abcdef 301 00");
    cr_assert(eq(int, heads_file_open(&file, path, error), STATUS_OK), "%s", error);
    cr_expect(file.is_torn);
    (void)read_back(seen);
    for (uint32_t seq = 1; seq <= 300; seq++) {
        cr_expect(eq(u32, seen[seq], 1), "head %u", seq);
    }
    cr_expect(eq(u32, seen[301], 0));
}

Test(heads_file, what_is_no_line_at_all_comes_to_an_end)
{
    static char text[3 * HEADS_PIECE_SIZE];
    static uint32_t seen[HEADS + 1];
    given_heads(1, 2);
    memset(text, 'x', sizeof text - 1);
    given(text);
    cr_assert(eq(int, heads_file_open(&file, path, error), STATUS_OK), "%s", error);
    (void)read_back(seen);
    cr_expect(eq(u32, seen[1], 1));
    cr_expect(eq(u32, seen[2], 1));
}

Test(heads_file, zeros_that_a_power_cut_left_hide_no_head)
{
    static uint32_t seen[HEADS + 1];
    given_heads(1, 3);
    cr_assert(eq(int, truncate(path, 5000), 0));
    given("\n");
    given_heads(4, 6);
    cr_assert(eq(int, heads_file_open(&file, path, error), STATUS_OK), "%s", error);
    (void)read_back(seen);
    for (uint32_t seq = 1; seq <= 6; seq++) {
        cr_expect(eq(u32, seen[seq], 1), "head %u", seq);
    }
}

Test(heads_file, no_file_and_an_empty_one_have_no_piece)
{
    cr_expect(eq(int, heads_file_open(&file, path, error), STATUS_NOT_FOUND));
    given("");
    cr_assert(eq(int, heads_file_open(&file, path, error), STATUS_OK), "%s", error);
    cr_expect(not(file.is_torn));
    cr_expect(eq(int, heads_file_piece(&file, error), STATUS_NOT_FOUND));
}
