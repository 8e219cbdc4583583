/* drawings: which pictures a circle has, and that a restart finds them again. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "engine/host/drawings.h"

static struct drawings drawings, again;
static struct proto_buffer text;

static void set_up(void)
{
    drawings.count = 0;
    again.count = 0;
}

static void tear_down(void)
{
    proto_buffer_finish(&text);
}

TestSuite(drawings, .init = set_up, .fini = tear_down, .timeout = 30);

static struct drawing of(const char *circle, uint32_t number, const char *name)
{
    struct drawing row = {.media = PHOTO_PNG, .size = 1000 + number, .since_ms = 1763932271000};
    snprintf(row.circle, sizeof row.circle, "%s", circle);
    snprintf(row.name, sizeof row.name, "%s", name);
    snprintf(row.by, sizeof row.by, "admin");
    memcpy(row.hash, &number, sizeof number);
    return row;
}

static enum status put(const char *circle, uint32_t number, const char *name)
{
    const struct drawing row = of(circle, number, name);
    return drawings_put(&drawings, &row);
}

Test(drawings, the_same_picture_again_takes_the_new_name)
{
    cr_expect(eq(int, put("K1", 7, "plan"), STATUS_OK));
    cr_expect(eq(int, put("K1", 7, "floor plan"), STATUS_OK));
    cr_expect(eq(int, put("K2", 7, "of another circle"), STATUS_OK));
    cr_assert(eq(u32, drawings.count, 2));
    cr_expect(eq(str, drawings.rows[0].name, "floor plan"));
    cr_expect(eq(str, drawings.rows[1].circle, "K2"));
}

Test(drawings, a_circle_has_its_share_and_all_have_a_bound)
{
    uint32_t number = 0;
    for (uint32_t i = 0; i < DRAWINGS_CIRCLE_MAX; i++) {
        cr_assert(eq(int, put("K0", ++number, "one"), STATUS_OK));
    }
    cr_expect(eq(int, put("K0", ++number, "too many"), STATUS_FULL));
    cr_expect(eq(int, put("K0", 1, "a known one"), STATUS_OK));
    char circle[CODE_SIZE];
    while (drawings.count < DRAWINGS_MAX) {
        snprintf(circle, sizeof circle, "K%u", drawings.count / DRAWINGS_CIRCLE_MAX);
        cr_assert(eq(int, put(circle, ++number, "one"), STATUS_OK));
    }
    cr_expect(eq(int, put("Z", ++number, "too many"), STATUS_FULL));
    cr_expect(eq(u32, drawings.count, DRAWINGS_MAX));
}

Test(drawings, one_that_is_removed_is_gone_from_its_circle_only)
{
    cr_assert(eq(int, put("K1", 1, "a"), STATUS_OK));
    cr_assert(eq(int, put("K1", 2, "b"), STATUS_OK));
    cr_assert(eq(int, put("K2", 1, "c"), STATUS_OK));
    const struct drawing first = of("K1", 1, "");
    cr_expect(drawings_remove(&drawings, "K1", first.hash));
    cr_expect(not(drawings_remove(&drawings, "K1", first.hash)));
    cr_expect(eq(ptr, (void *)(uintptr_t)drawings_find(&drawings, "K1", first.hash), NULL));
    const struct drawing *left = drawings_find(&drawings, NULL, first.hash);
    cr_assert(ne(ptr, (void *)(uintptr_t)left, NULL));
    cr_expect(eq(str, (char *)(uintptr_t)left->name, "c"));
    cr_assert(eq(u32, drawings.count, 2));
    cr_expect(eq(str, drawings.rows[0].name, "b"));
}

Test(drawings, what_is_written_is_read_again)
{
    cr_assert(eq(int, put("K1", 1, "一楼 平面图"), STATUS_OK));
    cr_assert(eq(int, put("K2", 0xffffffff, "gates, and where they are"), STATUS_OK));
    drawings_write(&drawings, &text);
    cr_assert(proto_buffer_ok(&text));
    cr_expect(eq(u32, drawings_read(&again, text.bytes, text.size), 0));
    cr_assert(eq(u32, again.count, 2));
    for (uint32_t i = 0; i < 2; i++) {
        const struct drawing *a = &drawings.rows[i];
        const struct drawing *b = &again.rows[i];
        cr_expect(eq(str, (char *)(uintptr_t)a->circle, (char *)(uintptr_t)b->circle));
        cr_expect(eq(str, (char *)(uintptr_t)a->name, (char *)(uintptr_t)b->name));
        cr_expect(eq(str, (char *)(uintptr_t)a->by, (char *)(uintptr_t)b->by));
        cr_expect(eq(int, memcmp(a->hash, b->hash, PHOTO_HASH_SIZE), 0));
        cr_expect(eq(i64, a->since_ms, b->since_ms));
        cr_expect(eq(u32, a->size, b->size));
        cr_expect(eq(u32, a->media, b->media));
    }
}

Test(drawings, a_spoilt_line_is_counted_and_the_others_are_read)
{
#define HASH "00000000000000000000000000000000000000000000000000000000000000aa"
    static const char lines[] = "admin 5 K1 " HASH " image/png 100 good\n"
                                "admin x K1 " HASH " image/png 100 when\n"
                                "admin 5 a-code-longer-than-any " HASH " image/png 100 circle\n"
                                "admin 5 K1 00 image/png 100 hash\n"
                                "admin 5 K1 " HASH " image/svg 100 media\n"
                                "admin 5 K1 " HASH " image/png 0 size\n"
                                "admin 5 K1 " HASH " image/png 1x size\n"
                                "admin 5 K1 " HASH " image/png 100 \n"
                                "admin 5 K1 " HASH " image/png 100\n"
                                "admin 5 K2 " HASH " image/webp 200 good, too";
    cr_expect(eq(u32, drawings_read(&again, lines, sizeof lines - 1), 8));
    cr_assert(eq(u32, again.count, 2));
    cr_expect(eq(str, again.rows[0].name, "good"));
    cr_expect(eq(str, again.rows[1].name, "good, too"));
    cr_expect(eq(u32, again.rows[1].media, PHOTO_WEBP));
}
