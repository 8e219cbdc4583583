/* geo_text and geo_name: names as people type them. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <string.h>

#include "geo/geo_map.h"
#include "geo/geo_text.h"
#include "tests/support/geo_test_map.h"

static struct geo_test_map draft;

static void set_up(void)
{
    static const char *const names[] = {"Rua de Santa Catarina", "Avenida dos Aliados",
                                        "Santa Apolónia",        "Rua São João",
                                        "Rua Santos Pousada",    "孙文中路",
                                        "Largo-Santo André"};
    geo_test_map_init(&draft);
    const struct geo_point at = {411500000, -86100000};
    const struct geo_point to = {411510000, -86100000};
    (void)geo_test_map_node(&draft, at);
    (void)geo_test_map_node(&draft, to);
    (void)geo_test_map_edge(&draft, 0, 1, 1000, 1000);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        geo_test_map_street(&draft, names[i], at);
    }
    geo_test_map_build(&draft);
}

static void tear_down(void)
{
    geo_test_map_finish(&draft);
}

TestSuite(geo_name, .init = set_up, .fini = tear_down, .timeout = 10);

static const char *name(uint32_t street)
{
    return draft.map.text + draft.map.names[street].name;
}

static void expect_fold(const char *text, const char *folded)
{
    char out[64];
    geo_fold_text(text, out, sizeof out);
    cr_expect(eq(str, out, (char *)(uintptr_t)folded));
}

Test(geo_name, letters_lose_case_and_accents)
{
    expect_fold("Rua São João", "rua sao joao");
    expect_fold("ŁÓDŹ Straße Ærø", "lodz strasse aero");
    expect_fold("Phố Nguyễn Huệ Đường", "pho nguyen hue duong");
    expect_fold("Zhōngshān Lǜ", "zhongshan lu");
    expect_fold("Pe\xcc\x81rto", "perto"); /* a combining accent */
    expect_fold("×÷", "×÷");
    expect_fold("孙文中路 Москва", "孙文中路 Москва");
}

Test(geo_name, bytes_that_are_no_utf_8_stay)
{
    expect_fold("A\xff\xc3", "a\xff\xc3");
    expect_fold("\xe4\xb8", "\xe4\xb8");
    expect_fold("\xc3(", "\xc3(");
}

Test(geo_name, a_cut_falls_between_characters)
{
    char out[8];
    geo_fold_text("Abcdef路x", out, sizeof out);
    cr_expect(eq(str, out, "abcdef"));
    geo_fold_text("路路", out, 7);
    cr_expect(eq(str, out, "路路"));
    geo_fold_text("路路", out, 6);
    cr_expect(eq(str, out, "路"));
    geo_fold_text("ABC", out, 1);
    cr_expect(eq(str, out, ""));
}

Test(geo_name, whole_name_prefixes_come_before_word_prefixes)
{
    uint32_t found[8];
    cr_assert(eq(u32, geo_map_find_name(&draft.map, "SÁNT", found, 8), 4));
    cr_expect(eq(str, (char *)(uintptr_t)name(found[0]), "Santa Apolónia"));
    cr_expect(eq(str, (char *)(uintptr_t)name(found[1]), "Largo-Santo André"));
    cr_expect(eq(str, (char *)(uintptr_t)name(found[2]), "Rua de Santa Catarina"));
    cr_expect(eq(str, (char *)(uintptr_t)name(found[3]), "Rua Santos Pousada"));
}

Test(geo_name, several_words_and_other_scripts_match)
{
    uint32_t found[8];
    cr_assert(eq(u32, geo_map_find_name(&draft.map, "sao joao", found, 8), 1));
    cr_expect(eq(str, (char *)(uintptr_t)name(found[0]), "Rua São João"));
    cr_assert(eq(u32, geo_map_find_name(&draft.map, "孙文", found, 8), 1));
    cr_expect(eq(u32, geo_map_find_name(&draft.map, "atarina", found, 8), 0));
}

Test(geo_name, no_text_and_too_much_text_find_nothing)
{
    char long_text[400];
    uint32_t found[8];
    memset(long_text, 'r', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    cr_expect(eq(u32, geo_map_find_name(&draft.map, "", found, 8), 0));
    cr_expect(eq(u32, geo_map_find_name(&draft.map, long_text, found, 8), 0));
    cr_expect(eq(u32, geo_map_find_name(&draft.map, "rua", found, 2), 2));
    cr_expect(eq(u32, geo_map_find_name(&draft.map, "rua", found, 0), 0));
}

Test(geo_name, blanks_punctuation_and_full_width_letters_do_not_matter)
{
    uint32_t found[8];
    cr_expect(eq(u32, geo_map_find_name(&draft.map, "ruadesantacat", found, 8), 1));
    cr_expect(eq(u32, geo_map_find_name(&draft.map, " Rua  de-Santa, Cat", found, 8), 1));
    cr_expect(eq(u32, geo_map_find_name(&draft.map, "ＡＬＩＡＤＯＳ", found, 8), 1));
    cr_expect(eq(u32, geo_map_find_name(&draft.map, "中路", found, 8), 1));
    cr_expect(eq(u32, geo_map_find_name(&draft.map, " -·，", found, 8), 0));
}

static void expect_squeezed(const char *text, const char *squeezed, const char *marks)
{
    char out[64];
    bool starts[64] = {false};
    const size_t size = geo_text_squeeze(text, out, sizeof out, starts);
    cr_expect(eq(str, out, (char *)(uintptr_t)squeezed));
    cr_expect(eq(sz, size, strlen(squeezed)));
    for (size_t i = 0; i < size; i++) {
        cr_expect(eq(int, starts[i], marks[i] == '^'), "%s at %zu", text, i);
    }
}

Test(geo_name, words_and_ideographs_begin_a_search)
{
    expect_squeezed("Rua São-João", "ruasaojoao", "^  ^  ^   ");
    expect_squeezed("中山2路A座", "中山2路a座", "^  ^  ^^  ^^  ");
    expect_squeezed("St. John's", "stjohns", "^ ^   ^");
    expect_squeezed("", "", "");
    char out[6];
    cr_expect(eq(sz, geo_text_squeeze("ab路cd", out, sizeof out, NULL), 5));
    cr_expect(eq(sz, geo_text_squeeze("abc路d", out, sizeof out, NULL), 3));
}

/* The plain answer: every key looked at, best fit first, then by name. */
static uint32_t plain(const char *query, uint32_t found[], uint32_t found_max)
{
    char squeezed[64];
    const size_t size = geo_text_squeeze(query, squeezed, sizeof squeezed, NULL);
    uint32_t count = 0;
    for (int fit = 0; fit < 3 && size > 0; fit++) {
        for (uint32_t name = 0; name < draft.map.name_count && count < found_max; name++) {
            int best = 3;
            for (uint32_t i = 0; i < draft.map.name_key_count; i++) {
                const struct geo_name_key *key = &draft.map.name_keys[i];
                const char *text = draft.map.text + key->text;
                if ((key->name & ~GEO_NAME_INSIDE) == name && strncmp(text, squeezed, size) == 0) {
                    const int one = (key->name & GEO_NAME_INSIDE) != 0 ? 2 : text[size] != '\0';
                    best = one < best ? one : best;
                }
            }
            if (best == fit) {
                found[count++] = name;
            }
        }
    }
    return count;
}

Test(geo_name, random_queries_equal_looking_at_every_key)
{
    static const char *const pieces[] = {"r",  "ru", "s",  "sa",    "san",    "a",  "d", "de", "路",
                                         "中", "o",  "po", "santa", "santos", "av", "l", "x",  "j"};
    uint64_t seed = 5150;
    printf("seed 5150\n");
    for (int i = 0; i < 3000; i++) {
        uint32_t found[8];
        uint32_t right[8];
        char query[32];
        const uint32_t found_max = geo_test_below(&seed, 9);
        (void)snprintf(query, sizeof query, "%s%s", pieces[geo_test_below(&seed, 18)],
                       geo_test_below(&seed, 2) == 0 ? "" : pieces[geo_test_below(&seed, 18)]);
        const uint32_t count = geo_map_find_name(&draft.map, query, found, found_max);
        cr_assert(eq(u32, count, plain(query, right, found_max)), "%s", query);
        cr_assert(eq(int, memcmp(found, right, count * sizeof found[0]), 0), "%s", query);
    }
}

Test(geo_name, every_kind_has_its_name_on_the_wire)
{
    cr_expect(eq(str, (char *)(uintptr_t)geo_name_kind_text(GEO_NAME_STREET), "street"));
    cr_expect(eq(str, (char *)(uintptr_t)geo_name_kind_text(GEO_NAME_PLACE), "place"));
}
