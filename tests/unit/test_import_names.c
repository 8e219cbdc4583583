/* Names for search, from tags to answers: places, other names, pinyin. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "geo/import/geo_import_pinyin.h"
#include "tests/support/import_given.h"

static struct import_given given;

static void set_up(void)
{
    import_given_init(&given);
    const enum geo_status status = import_given_text(
        &given, "names.osm",
        "<osm version='0.6'>"
        "<node id='1' lat='22.50' lon='113.40'/><node id='2' lat='22.51' lon='113.40'/>"
        "<node id='3' lat='22.51' lon='113.41'/><node id='4' lat='22.50' lon='113.41'/>"
        "<node id='5' lat='22.505' lon='113.405'><tag k='amenity' v='hospital'/>"
        "<tag k='name' v='中山市人民医院'/><tag k='name:en' v='Zhongshan People&apos;s Hospital'/>"
        "<tag k='old_name' v='石岐医院;博爱医院'/></node>"
        "<node id='6' lat='22.506' lon='113.406'><tag k='amenity' v='bench'/></node>"
        "<node id='7' lat='22.507' lon='113.407'><tag k='railway' v='station'/>"
        "<tag k='name' v='重庆站'/></node>"
        "<node id='8' lat='22.5045' lon='113.4045'><tag k='amenity' v='school'/>"
        "<tag k='name' v='纪念中学'/></node>"
        "<way id='10'><nd ref='1'/><nd ref='2'/><tag k='highway' v='primary'/>"
        "<tag k='name' v='孙文中路'/><tag k='name:en' v='Sunwen Middle Road'/></way>"
        "<way id='11'><nd ref='2'/><nd ref='3'/><tag k='highway' v='primary'/>"
        "<tag k='name' v='Rua de São João'/><tag k='alt_name' v='Marginal'/></way>"
        "<way id='12'><nd ref='1'/><nd ref='2'/><nd ref='3'/><nd ref='4'/><nd ref='1'/>"
        "<tag k='amenity' v='school'/><tag k='name' v='纪念中学'/></way>"
        "<way id='13'><nd ref='1'/><nd ref='2'/><nd ref='3'/><nd ref='4'/><nd ref='1'/>"
        "<tag k='shop' v='mall'/><tag k='name' v='Ａ广场'/></way>"
        "</osm>");
    cr_assert(eq(int, status, GEO_OK), "%s", given.report.error);
}

static void tear_down(void)
{
    import_given_finish(&given);
}

TestSuite(import_names, .init = set_up, .fini = tear_down, .timeout = 30);

static void expect_found(const char *query, const char *name, enum geo_name_kind kind)
{
    uint32_t found[8];
    const uint32_t count = geo_map_find_name(&given.map, query, found, 8);
    cr_assert(ge(u32, count, 1), "%s finds nothing", query);
    const struct geo_name *first = &given.map.names[found[0]];
    cr_expect(eq(str, (char *)(uintptr_t)(given.map.text + first->name), (char *)(uintptr_t)name));
    cr_expect(eq(u32, first->kind, kind), "%s", query);
}

Test(import_names, chinese_names_are_found_by_characters_pinyin_and_initials)
{
    static const char *const queries[] = {"孙文",  "文中",    "中路", "sunwenzhonglu", "sun wen",
                                          "Wenzh", "zhonglu", "swzl", "swz",           "zl"};
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        expect_found(queries[i], "孙文中路", GEO_NAME_STREET);
    }
}

Test(import_names, names_in_other_languages_and_of_other_times_find_the_same_place)
{
    expect_found("sunwen middle", "孙文中路", GEO_NAME_STREET);
    expect_found("middle road", "孙文中路", GEO_NAME_STREET);
    expect_found("marginal", "Rua de São João", GEO_NAME_STREET);
    expect_found("sao joao", "Rua de São João", GEO_NAME_STREET);
    expect_found("peoples hospital", "中山市人民医院", GEO_NAME_HOSPITAL);
    expect_found("石岐", "中山市人民医院", GEO_NAME_HOSPITAL);
    expect_found("boai", "中山市人民医院", GEO_NAME_HOSPITAL);
    expect_found("rmyy", "中山市人民医院", GEO_NAME_HOSPITAL);
}

Test(import_names, a_character_read_in_two_ways_is_found_by_both)
{
    expect_found("chongqing", "重庆站", GEO_NAME_STATION);
    expect_found("cqz", "重庆站", GEO_NAME_STATION);
    expect_found("zhongqing", "重庆站", GEO_NAME_STATION);
}

Test(import_names, an_area_is_found_at_its_middle_and_once)
{
    uint32_t found[8];
    cr_assert(eq(u32, geo_map_find_name(&given.map, "纪念中学", found, 8), 1));
    const struct geo_name *school = &given.map.names[found[0]];
    cr_expect(eq(u32, school->kind, GEO_NAME_SCHOOL));
    cr_expect(le(u64, geo_distance_m(school->at, (struct geo_point){225045000, 1134045000}), 80));
    expect_found("a广场", "Ａ广场", GEO_NAME_SHOP);
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_STREETS], 2));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_NAMES], 6));
}

Test(import_names, a_name_is_spelled_out_with_what_stands_between_the_characters)
{
    struct geo_import_pinyin *pinyin = NULL;
    static struct geo_import_spelling out;
    cr_assert(eq(int, geo_import_pinyin_create(&pinyin), GEO_OK));
    cr_expect(geo_import_pinyin_spell(pinyin, "中山3路 Block B座", false, &out));
    cr_expect(eq(str, out.text, "zhongshan3lublockbzuo"));
    cr_expect(eq(str, out.initials, "zs3lbbz"));
    cr_expect(not(geo_import_pinyin_spell(pinyin, "Rua 24", false, &out)));
    cr_expect(not(geo_import_pinyin_spell(pinyin, "中山", true, &out)));
    cr_expect(geo_import_pinyin_spell(pinyin, "大厦", true, &out));
    static char longest[2000];
    for (size_t i = 0; i + 3 < sizeof longest; i += 3) {
        memcpy(longest + i, "\xe5\xba\x84", 3); /* zhuang: the longest reading */
    }
    cr_expect(geo_import_pinyin_spell(pinyin, longest, false, &out));
    cr_expect(lt(sz, strlen(out.text), GEO_IMPORT_PINYIN_SIZE));
    geo_import_pinyin_destroy(pinyin);
}
