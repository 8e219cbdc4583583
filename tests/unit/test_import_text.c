/* geo_import_text, geo_import_list: names kept once and clean. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "geo/import/geo_import_text.h"

static struct geo_import_text text;

static void set_up(void)
{
    cr_assert(eq(int, geo_import_text_init(&text), GEO_OK));
}

static void tear_down(void)
{
    geo_import_text_finish(&text);
}

TestSuite(import_text, .init = set_up, .fini = tear_down, .timeout = 10);

static uint32_t added(const char *value)
{
    uint32_t offset = UINT32_MAX;
    cr_assert(eq(int, geo_import_text_add(&text, value, &offset), GEO_OK));
    return offset;
}

static void expect_clean(const char *value, const char *wanted)
{
    cr_expect(eq(int, strcmp(geo_import_text_at(&text, added(value)), wanted), 0), "%s", wanted);
}

Test(import_text, equal_texts_are_kept_once_and_nothing_is_offset_0)
{
    cr_expect(eq(u32, added(""), 0));
    cr_expect(eq(u32, added(NULL), 0));
    cr_expect(eq(u32, added("   "), 0));
    const uint32_t first = added("孙文中路");
    cr_expect(ne(u32, first, 0));
    cr_expect(eq(u32, added("孙文中路"), first));
    cr_expect(ne(u32, added("孙文东路"), first));
}

Test(import_text, ten_thousand_texts_are_all_found_again)
{
    uint32_t offsets[10000];
    char name[32];
    for (int i = 0; i < 10000; i++) {
        (void)snprintf(name, sizeof name, "Street %d", i);
        offsets[i] = added(name);
    }
    for (int i = 0; i < 10000; i++) {
        (void)snprintf(name, sizeof name, "Street %d", i);
        cr_assert(eq(u32, added(name), offsets[i]));
    }
}

Test(import_text, broken_utf_8_and_control_characters_do_not_get_in)
{
    expect_clean("  a\tb\n", "a b");
    expect_clean("\xff", "\xef\xbf\xbd");
    expect_clean("a\xc3", "a\xef\xbf\xbd");
    expect_clean("\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd");                 /* overlong */
    expect_clean("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* a surrogate */
    expect_clean("\xf4\x90\x80\x80x", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdx");
    expect_clean("\xf0\x9f\x9a\x91 Ä 路", "\xf0\x9f\x9a\x91 Ä 路");
}

Test(import_text, a_long_text_is_cut_between_characters)
{
    char value[GEO_IMPORT_TEXT_MAX + 10];
    memset(value, 'x', sizeof value);
    memcpy(value + GEO_IMPORT_TEXT_MAX - 1, "路", 4); /* its last two bytes are past the limit */
    cr_expect(eq(sz, strlen(geo_import_text_at(&text, added(value))), GEO_IMPORT_TEXT_MAX - 1));
    memset(value, 'y', sizeof value);
    value[GEO_IMPORT_TEXT_MAX] = '\0';
    cr_expect(eq(sz, strlen(geo_import_text_at(&text, added(value))), GEO_IMPORT_TEXT_MAX));
}
