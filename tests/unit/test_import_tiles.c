/* geo_import_cut, geo_import_mvt, geo_import_tile: lines and areas in vector tiles. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "geo/import/geo_import_cut.h"
#include "geo/import/geo_import_feature.h"
#include "geo/import/geo_import_label.h"
#include "geo/import/geo_import_tile.h"
#include "tests/support/import_given.h"

#define SEED 20261123u

#define TILES(count) ((struct geo_import_window){0, 0, (count)-1, (count)-1})

static struct geo_import_cut cut;
static struct geo_import_mvt mvt;

static void set_up(void)
{
    geo_import_cut_init(&cut);
    geo_import_mvt_init(&mvt);
}

static void tear_down(void)
{
    geo_import_cut_finish(&cut);
    geo_import_mvt_finish(&mvt);
}

TestSuite(import_tiles, .init = set_up, .fini = tear_down, .timeout = 60);

static void expect_path(enum geo_import_mvt_type type, const struct geo_import_dot dots[],
                        uint32_t count, const uint32_t wanted[], size_t wanted_count)
{
    geo_import_mvt_open_feature(&mvt, type);
    geo_import_mvt_path(&mvt, dots, count);
    cr_assert(eq(sz, mvt.path.count, wanted_count));
    const uint32_t *path = mvt.path.items;
    for (size_t i = 0; i < wanted_count; i++) {
        cr_expect(eq(u32, path[i], wanted[i]), "command %zu", i);
    }
}

Test(import_tiles, geometry_is_encoded_as_the_specification_shows) /* vector-tile-spec 2.1, 4.3.5 */
{
    const struct geo_import_dot point[] = {{25, 17}};
    expect_path(GEO_IMPORT_MVT_POINT, point, 1, (const uint32_t[]){9, 50, 34}, 3);
    const struct geo_import_dot line[] = {{2, 2}, {2, 10}, {10, 10}};
    expect_path(GEO_IMPORT_MVT_LINE, line, 3, (const uint32_t[]){9, 4, 4, 18, 0, 16, 16, 0}, 8);
    const struct geo_import_dot ring[] = {{3, 6}, {8, 12}, {20, 34}};
    expect_path(GEO_IMPORT_MVT_AREA, ring, 3, (const uint32_t[]){9, 6, 12, 18, 10, 12, 24, 44, 15},
                9);
}

static size_t unzip(const uint8_t *bytes, size_t size, uint8_t *out, size_t out_size)
{
    z_stream stream = {0};
    cr_assert(eq(int, inflateInit2(&stream, 15 + 16), Z_OK));
    stream.next_in = (uint8_t *)(uintptr_t)bytes;
    stream.avail_in = (uInt)size;
    stream.next_out = out;
    stream.avail_out = (uInt)out_size;
    cr_assert(eq(int, inflate(&stream, Z_FINISH), Z_STREAM_END));
    const size_t got = out_size - stream.avail_out;
    cr_assert(eq(int, inflateEnd(&stream), Z_OK));
    return got;
}

Test(import_tiles, a_tile_is_these_bytes)
{
    const struct geo_import_dot line[] = {{2, 2}, {2, 10}};
    geo_import_mvt_open_layer(&mvt, "road");
    geo_import_mvt_open_feature(&mvt, GEO_IMPORT_MVT_LINE);
    geo_import_mvt_tag(&mvt, GEO_IMPORT_MVT_CLASS, "path");
    geo_import_mvt_path(&mvt, line, 2);
    geo_import_mvt_close_feature(&mvt);
    geo_import_mvt_close_layer(&mvt);
    struct geo_import_list out = {.item_size = 1};
    cr_assert(eq(int, geo_import_mvt_take(&mvt, &out), GEO_OK));
    static const uint8_t header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255};
    cr_expect(eq(int, memcmp(out.items, header, sizeof header), 0)); /* no time, no system */

    static const char wanted[] = "\x1a\x35"                         /* a layer */
                                 "\x12\x0e\x12\x02\x00\x00\x18\x02" /* feature: tags, type */
                                 "\x22\x06\x09\x04\x04\x0a\x00\x10" /* its geometry */
                                 "\x1a\x05"
                                 "class"
                                 "\x1a\x04"
                                 "name"
                                 "\x1a\x03"
                                 "ref"
                                 "\x22\x06\x0a\x04"
                                 "path" /* a value */
                                 "\x0a\x04"
                                 "road"
                                 "\x28\x80\x20\x78\x02"; /* extent, version */
    uint8_t plain[256];
    const size_t size = unzip(out.items, out.count, plain, sizeof plain);
    cr_assert(eq(sz, size, sizeof wanted - 1));
    cr_expect(eq(int, memcmp(plain, wanted, size), 0));
    geo_import_list_finish(&out);
}

static double gap_to(struct geo_import_dot at, struct geo_import_dot a, struct geo_import_dot b)
{
    const double bx = b.x - a.x;
    const double by = b.y - a.y;
    const double square = bx * bx + by * by;
    const double along =
        square == 0.0 ? 0.0
                      : fmin(1.0, fmax(0.0, ((at.x - a.x) * bx + (at.y - a.y) * by) / square));
    return hypot(at.x - a.x - along * bx, at.y - a.y - along * by);
}

static double gap_to_line(struct geo_import_dot at, const struct geo_import_dot dots[],
                          uint32_t count)
{
    double best = HUGE_VAL;
    for (uint32_t i = 1; i < count; i++) {
        best = fmin(best, gap_to(at, dots[i - 1], dots[i]));
    }
    return best;
}

static uint32_t random_line(uint64_t *seed, struct geo_import_dot dots[], uint32_t max,
                            int32_t step)
{
    const uint32_t count = 2 + (uint32_t)(import_given_random(seed) % (max - 1));
    struct geo_import_dot at = {20000 + (int32_t)(import_given_random(seed) % 8000),
                                20000 + (int32_t)(import_given_random(seed) % 8000)};
    for (uint32_t i = 0; i < count; i++) {
        dots[i] = at;
        at.x += (int32_t)(import_given_random(seed) % (uint64_t)(2 * step)) - step;
        at.y += (int32_t)(import_given_random(seed) % (uint64_t)(2 * step)) - step;
        at.x = at.x < 0 ? 0 : at.x;
        at.y = at.y < 0 ? 0 : at.y;
    }
    return count;
}

Test(import_tiles, a_simplified_line_stays_within_the_tolerance_and_keeps_its_ends)
{
    uint64_t seed = SEED;
    printf("seed %u\n", SEED);
    for (int round = 0; round < 300; round++) {
        struct geo_import_dot before[60];
        struct geo_import_dot after[60];
        const uint32_t count = random_line(&seed, before, 60, 40);
        const uint32_t tolerance = (uint32_t)(round % 30);
        memcpy(after, before, sizeof before);
        uint32_t left = count;
        cr_assert(eq(int, geo_import_cut_simplify(after, &left, tolerance), GEO_OK));
        cr_assert(le(u32, left, count));
        cr_expect(eq(i32, after[0].x, before[0].x));
        cr_expect(eq(i32, after[left - 1].y, before[count - 1].y));
        for (uint32_t i = 0; i < count && left > 1; i++) {
            cr_expect(le(dbl, gap_to_line(before[i], after, left), tolerance + 1e-9));
        }
    }
}

/* Every point of the line that lies in a tile is drawn there, and nothing else is. */
Test(import_tiles, a_cut_line_covers_exactly_what_each_tile_sees)
{
    uint64_t seed = SEED;
    printf("seed %u\n", SEED);
    for (int round = 0; round < 200; round++) {
        struct geo_import_dot dots[12];
        const uint32_t count = random_line(&seed, dots, 12, 9000);
        cut.parts.count = 0;
        cut.dots.count = 0;
        cr_assert(eq(int,
                     geo_import_cut_line(&cut, dots, count, TILES(16), (struct geo_import_part){0}),
                     GEO_OK));
        const struct geo_import_part *parts = cut.parts.items;
        const struct geo_import_dot *drawn = cut.dots.items;
        for (size_t p = 0; p < cut.parts.count; p++) {
            cr_assert(ge(u32, parts[p].dot_count, 2));
            for (uint32_t k = 0; k < parts[p].dot_count; k++) {
                struct geo_import_dot dot = drawn[parts[p].dot_first + k];
                cr_assert(le(i32, abs(dot.x - 2048), 2048 + GEO_IMPORT_CUT_BUFFER));
                cr_assert(le(i32, abs(dot.y - 2048), 2048 + GEO_IMPORT_CUT_BUFFER));
                dot.x += (int32_t)parts[p].x * 4096;
                dot.y += (int32_t)parts[p].y * 4096;
                cr_assert(le(dbl, gap_to_line(dot, dots, count), 1.0));
            }
        }
        for (uint32_t s = 0; s < 100 * (count - 1); s++) { /* samples along the line */
            const struct geo_import_dot a = dots[s / 100];
            const struct geo_import_dot b = dots[s / 100 + 1];
            const struct geo_import_dot at = {a.x + (b.x - a.x) * (int32_t)(s % 100) / 100,
                                              a.y + (b.y - a.y) * (int32_t)(s % 100) / 100};
            double best = at.x >= 16 * 4096 || at.y >= 16 * 4096 ? 0.0 : HUGE_VAL;
            for (size_t p = 0; p < cut.parts.count; p++) {
                if ((int32_t)parts[p].x == at.x / 4096 && (int32_t)parts[p].y == at.y / 4096) {
                    const struct geo_import_dot local = {at.x % 4096, at.y % 4096};
                    best = fmin(best,
                                gap_to_line(local, drawn + parts[p].dot_first, parts[p].dot_count));
                }
            }
            cr_assert(le(dbl, best, 2.0), "round %d, sample %u", round, s);
        }
    }
}

static bool is_inside(double x, double y, const struct geo_import_dot ring[], uint32_t count)
{
    bool inside = false;
    for (uint32_t i = 0; i < count; i++) {
        const struct geo_import_dot a = ring[i];
        const struct geo_import_dot b = ring[(i + 1) % count];
        if ((a.y > y) != (b.y > y) && x < a.x + (y - a.y) * (b.x - a.x) / (double)(b.y - a.y)) {
            inside = !inside;
        }
    }
    return inside;
}

/* Positive: wound as an exterior ring, y down. */
static int64_t turn_of(const struct geo_import_dot ring[], uint32_t count)
{
    int64_t turn = 0;
    for (uint32_t i = 0; i < count; i++) {
        const struct geo_import_dot a = ring[i];
        const struct geo_import_dot b = ring[(i + 1) % count];
        turn += (int64_t)a.x * b.y - (int64_t)b.x * a.y;
    }
    return turn;
}

/* A star around a middle: simple, not convex. Its first point stands again at the end. */
static uint32_t random_star(uint64_t *seed, struct geo_import_dot ring[], uint32_t corners)
{
    for (uint32_t i = 0; i < corners; i++) {
        const double angle = 6.283185307179586 * i / corners;
        const double radius = 2000.0 + (double)(import_given_random(seed) % 9000);
        ring[i].x = (int32_t)(20000.0 + radius * cos(angle));
        ring[i].y = (int32_t)(20000.0 + radius * sin(angle));
    }
    ring[corners] = ring[0];
    return corners + 1;
}

Test(import_tiles, a_cut_ring_fills_exactly_what_the_area_fills)
{
    uint64_t seed = SEED;
    printf("seed %u\n", SEED);
    for (int round = 0; round < 40; round++) {
        struct geo_import_dot ring[20];
        const uint32_t count = random_star(&seed, ring, 5 + (uint32_t)round % 14);
        cut.parts.count = 0;
        cut.dots.count = 0;
        cr_assert(eq(int,
                     geo_import_cut_ring(&cut, ring, count, TILES(16), (struct geo_import_part){0}),
                     GEO_OK));
        const struct geo_import_part *parts = cut.parts.items;
        const struct geo_import_dot *drawn = cut.dots.items;
        for (int sample = 0; sample < 400; sample++) {
            const struct geo_import_dot at = {(int32_t)(import_given_random(&seed) % 40000),
                                              (int32_t)(import_given_random(&seed) % 40000)};
            if (gap_to_line(at, ring, count) < 3.0) {
                continue; /* the line itself is rounded */
            }
            bool filled = false;
            for (size_t p = 0; p < cut.parts.count; p++) {
                if ((int32_t)parts[p].x == at.x / 4096 && (int32_t)parts[p].y == at.y / 4096) {
                    filled = is_inside(at.x % 4096 + 0.5, at.y % 4096 + 0.5,
                                       drawn + parts[p].dot_first, parts[p].dot_count);
                }
            }
            cr_assert(eq(int, filled, is_inside(at.x + 0.5, at.y + 0.5, ring, count - 1)));
        }
    }
}

Test(import_tiles, rings_are_wound_as_exterior_whichever_way_they_came)
{
    const struct geo_import_dot one[] = {{10, 10}, {90, 10}, {90, 90}, {10, 10}};
    const struct geo_import_dot other[] = {{10, 10}, {90, 90}, {90, 10}, {10, 10}};
    const struct geo_import_part like = {0};
    cr_assert(eq(int, geo_import_cut_ring(&cut, one, 4, TILES(1), like), GEO_OK));
    cr_assert(eq(int, geo_import_cut_ring(&cut, other, 4, TILES(1), like), GEO_OK));
    cr_assert(eq(sz, cut.parts.count, 2));
    const struct geo_import_part *parts = cut.parts.items;
    const struct geo_import_dot *dots = cut.dots.items;
    for (size_t p = 0; p < 2; p++) {
        const struct geo_import_dot *ring = dots + parts[p].dot_first;
        cr_assert(eq(u32, parts[p].dot_count, 3));
        cr_expect(lt(i64, 0, turn_of(ring, 3)));
    }
}

/* An outer ring and a hole in it: a place is filled if it lies in the one and not in the other. */
Test(import_tiles, a_cut_hole_is_wound_against_its_ring_and_leaves_exactly_itself_open)
{
    uint64_t seed = SEED;
    printf("seed %u\n", SEED);
    for (int round = 0; round < 40; round++) {
        struct geo_import_dot ring[20];
        struct geo_import_dot hole[20];
        const uint32_t count = random_star(&seed, ring, 5 + (uint32_t)round % 14);
        for (uint32_t i = 0; i < count; i++) {
            hole[i].x = 20000 + (ring[i].x - 20000) / 2;
            hole[i].y = 20000 + (ring[i].y - 20000) / 2;
        }
        cut.parts.count = 0;
        cut.dots.count = 0;
        struct geo_import_part like = {0};
        cr_assert(eq(int, geo_import_cut_ring(&cut, ring, count, TILES(16), like), GEO_OK));
        like.is_hole = true;
        cr_assert(eq(int, geo_import_cut_ring(&cut, hole, count, TILES(16), like), GEO_OK));
        const struct geo_import_part *parts = cut.parts.items;
        const struct geo_import_dot *drawn = cut.dots.items;
        for (int sample = 0; sample < 400; sample++) {
            const struct geo_import_dot at = {(int32_t)(import_given_random(&seed) % 40000),
                                              (int32_t)(import_given_random(&seed) % 40000)};
            if (gap_to_line(at, ring, count) < 3.0 || gap_to_line(at, hole, count) < 3.0) {
                continue;
            }
            int winding = 0;
            for (size_t p = 0; p < cut.parts.count; p++) {
                if ((int32_t)parts[p].x == at.x / 4096 && (int32_t)parts[p].y == at.y / 4096 &&
                    is_inside(at.x % 4096 + 0.5, at.y % 4096 + 0.5, drawn + parts[p].dot_first,
                              parts[p].dot_count)) {
                    winding += turn_of(drawn + parts[p].dot_first, parts[p].dot_count) > 0 ? 1 : -1;
                }
            }
            cr_assert(eq(int, winding,
                         is_inside(at.x + 0.5, at.y + 0.5, ring, count - 1) &&
                             !is_inside(at.x + 0.5, at.y + 0.5, hole, count - 1)));
        }
    }
}

Test(import_tiles, nothing_is_cut_for_tiles_outside_of_the_window)
{
    const struct geo_import_dot line[] = {{100, 100}, {60000, 60000}, {100, 60000}, {100, 100}};
    const struct geo_import_window window = {3, 4, 5, 6};
    const struct geo_import_part like = {0};
    cr_assert(eq(int, geo_import_cut_line(&cut, line, 4, window, like), GEO_OK));
    cr_assert(eq(int, geo_import_cut_ring(&cut, line, 4, window, like), GEO_OK));
    const struct geo_import_part *parts = cut.parts.items;
    cr_assert(lt(sz, 0, cut.parts.count));
    for (size_t i = 0; i < cut.parts.count; i++) {
        cr_expect(parts[i].x >= 3 && parts[i].x <= 5 && parts[i].y >= 4 && parts[i].y <= 6);
    }
    cut.parts.count = 0;
    const struct geo_import_dot away[] = {{100, 100}, {200, 100}, {200, 200}, {100, 100}};
    cr_assert(eq(int, geo_import_cut_line(&cut, away, 4, window, like), GEO_OK));
    cr_assert(eq(int, geo_import_cut_ring(&cut, away, 4, window, like), GEO_OK));
    cr_expect(eq(sz, cut.parts.count, 0));
}

Test(import_tiles, an_area_past_the_limit_is_refused_one_below_is_not)
{
    const int32_t side = 256 * 4096 - GEO_IMPORT_CUT_BUFFER - 1; /* 256 x 256 = 65,536 tiles */
    struct geo_import_dot ring[] = {{0, 0}, {side, 0}, {side, side}, {0, side}, {0, 0}};
    const struct geo_import_part like = {0};
    cr_expect(eq(int, geo_import_cut_ring(&cut, ring, 5, TILES(1024), like), GEO_OK));
    cr_expect(eq(sz, cut.parts.count, 65536));
    ring[1].x += 1;
    cr_expect(eq(int, geo_import_cut_ring(&cut, ring, 5, TILES(1024), like), GEO_FULL));
}

/* The name stands in the area: inside of the ring, outside of the hole. */
Test(import_tiles, a_label_stands_in_its_area_and_in_no_hole_of_it)
{
    uint64_t seed = SEED;
    printf("seed %u\n", SEED);
    for (int round = 0; round < 200; round++) {
        struct geo_import_dot ring[20];
        struct geo_import_dot hole[20];
        const uint32_t count = random_star(&seed, ring, 5 + (uint32_t)round % 14);
        for (uint32_t i = 0; i < count; i++) {
            hole[i].x = 20000 + (ring[i].x - 20000) / 2;
            hole[i].y = 20000 + (ring[i].y - 20000) / 2;
        }
        const struct geo_import_label_ring rings[2] = {{ring, count}, {hole, count}};
        struct geo_import_dot at = {0, 0};
        int32_t width = 0;
        cr_assert(eq(int, geo_import_label_place(rings, 2, &at, &width), GEO_OK));
        cr_assert(lt(i32, 0, width));
        cr_assert(is_inside(at.x + 0.25, at.y + 0.5, ring, count - 1) != 0);
        cr_assert(is_inside(at.x + 0.25, at.y + 0.5, hole, count - 1) == 0);
    }
}

Test(import_tiles, an_area_without_height_has_no_place_for_a_label)
{
    const struct geo_import_dot flat[] = {{10, 10}, {90, 10}, {50, 10}, {10, 10}};
    const struct geo_import_label_ring ring = {flat, 4};
    struct geo_import_dot at;
    int32_t width = -1;
    cr_assert(eq(int, geo_import_label_place(&ring, 1, &at, &width), GEO_OK));
    cr_expect(eq(i32, width, 0));
}

Test(import_tiles, web_mercator_puts_places_where_everyone_does)
{
    const struct geo_import_dot middle = geo_import_feature_dot((struct geo_point){0, 0});
    cr_expect(eq(i32, middle.x, 1 << 29));
    cr_expect(eq(i32, middle.y, 1 << 29));
    /* Porto is in tile 12/1950/1533, Zhongshan in 12/3338/1784. */
    const struct geo_import_dot porto =
        geo_import_feature_dot((struct geo_point){411500000, -86100000});
    cr_expect(eq(i32, porto.x >> 18, 1950));
    cr_expect(eq(i32, porto.y >> 18, 1533));
    const struct geo_import_dot zhongshan =
        geo_import_feature_dot((struct geo_point){225200000, 1133900000});
    cr_expect(eq(i32, zhongshan.x >> 18, 3338));
    cr_expect(eq(i32, zhongshan.y >> 18, 1784));
    const struct geo_import_dot pole =
        geo_import_feature_dot((struct geo_point){900000000, 1800000000});
    cr_expect(eq(i32, pole.x, (1 << 30) - 1));
    cr_expect(eq(i32, pole.y, 0));
}

/* The text is somewhere in the tile: names and classes are stored as they are. */
static bool tile_says(const struct geo_map *map, uint32_t zoom, struct geo_point at,
                      const char *text)
{
    static uint8_t plain[1u << 20];
    const struct geo_import_dot dot = geo_import_feature_dot(at);
    const unsigned shift = GEO_IMPORT_WORLD_BITS - zoom;
    size_t size = 0;
    const uint8_t *body =
        geo_map_tile(map, zoom, (uint32_t)dot.x >> shift, (uint32_t)dot.y >> shift, &size);
    cr_assert(ne(ptr, (void *)(uintptr_t)body, NULL));
    const size_t plain_size = unzip(body, size, plain, sizeof plain);
    for (size_t i = 0; i + strlen(text) <= plain_size; i++) {
        if (memcmp(plain + i, text, strlen(text)) == 0) {
            return true;
        }
    }
    return false;
}

Test(import_tiles, layers_and_names_appear_at_their_zoom)
{
    struct import_given given;
    import_given_init(&given);
    cr_assert(eq(int, import_given_run(&given, "tests/fixtures/import/town.osm"), GEO_OK));
    const struct geo_point lake = {225050000, 1133050000};
    const struct geo_point street = {225000000, 1133050000};
    cr_expect(tile_says(&given.map, 9, street, "孙文中路"));
    cr_expect(not(tile_says(&given.map, 9, street, "Rua do Porto")));
    cr_expect(tile_says(&given.map, 12, street, "Rua do Porto"));
    cr_expect(tile_says(&given.map, 15, lake, "Lake"));
    cr_expect(tile_says(&given.map, 15, lake, "building"));
    cr_expect(not(tile_says(&given.map, 13, lake, "building")));
    cr_expect(tile_says(&given.map, 9, lake, "石岐"));
    import_given_finish(&given);
}

#define XML(body)          "<?xml version=\"1.0\"?><osm version=\"0.6\">" body "</osm>"
#define NODE(id, lat, lon) "<node id=\"" id "\" lat=\"" lat "\" lon=\"" lon "\"/>"
#define REF(id)            "<nd ref=\"" id "\"/>"
#define TAG(key, value)    "<tag k=\"" key "\" v=\"" value "\"/>"
/* A street from the south to the north, east of a coast that runs beside it. */
#define SHORE                                                                                      \
    NODE("1", "22.50", "113.30")                                                                   \
    NODE("2", "22.52", "113.30")                                                                   \
    NODE("3", "22.53", "113.28") NODE("4", "22.50", "113.29") NODE("5", "22.49", "113.28")
#define STREET "<way id=\"1\">" REF("1") REF("2") TAG("highway", "residential") "</way>"

Test(import_tiles, a_coastline_with_the_land_on_its_left_makes_a_sea_that_reaches_beyond_the_city)
{
    struct import_given given;
    import_given_init(&given);
    const char *text = XML(SHORE STREET "<way id=\"2\">" REF("3") REF("4") REF("5")
                               TAG("natural", "coastline") "</way>");
    cr_assert(eq(int, import_given_text(&given, "shore.osm", text), GEO_OK), "%s",
              given.report.error);
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_COASTS_FILLED], 1));
    cr_expect(tile_says(&given.map, 15, (struct geo_point){225050000, 1132850000}, "sea"));
    cr_expect(tile_says(&given.map, 12, (struct geo_point){225050000, 1131500000}, "sea"));
    cr_expect(not(tile_says(&given.map, 12, (struct geo_point){225050000, 1132900000}, "coast")));
    import_given_finish(&given);
}

Test(import_tiles, a_coastline_that_would_put_the_city_under_water_stays_a_line)
{
    struct import_given given;
    import_given_init(&given);
    const char *text = XML(SHORE STREET "<way id=\"2\">" REF("5") REF("4") REF("3")
                               TAG("natural", "coastline") "</way>");
    cr_assert(eq(int, import_given_text(&given, "shore.osm", text), GEO_OK), "%s",
              given.report.error);
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_COASTS_OPEN], 1));
    const struct geo_point shore = {225050000, 1132870000};
    cr_expect(tile_says(&given.map, 12, shore, "coastline"));
    cr_expect(not(tile_says(&given.map, 12, shore, "sea")));
    import_given_finish(&given);
}

/* As many houses as fit, of 1 to 4 m, in one tile of zoom 15, and a street through them. */
static void given_houses(struct geo_import_source *source, int32_t side)
{
    const struct geo_import_tags none = {NULL, 0};
    const struct geo_import_tag house = {"building", "yes"};
    const struct geo_import_tag street = {"highway", "residential"};
    int64_t ids[5] = {1, 2};
    for (int64_t id = 1; id <= 2; id++) {
        const struct geo_point at = {225050000, 1133000000 + (int32_t)id * 50000};
        cr_assert(eq(int, geo_import_source_node(source, id, at, none), GEO_OK));
    }
    struct geo_import_way way = {.id = 1, .ids = ids, .count = 2};
    cr_assert(
        eq(int, geo_import_source_way(source, way, (struct geo_import_tags){&street, 1}), GEO_OK));
    way.count = 5;
    for (int32_t house_number = 0; house_number < side * side; house_number++) {
        const int32_t size = 60 + house_number % 200;
        for (int32_t corner = 0; corner < 4; corner++) {
            const struct geo_point at = {
                225026000 + house_number / side * 320 + (corner == 1 || corner == 2 ? size : 0),
                1133022000 + house_number % side * 320 + (corner >= 2 ? size : 0)};
            ids[corner] = 10 + 4 * (int64_t)house_number + corner;
            cr_assert(eq(int, geo_import_source_node(source, ids[corner], at, none), GEO_OK));
        }
        ids[4] = ids[0];
        way.id = 2 + house_number;
        cr_assert(eq(int, geo_import_source_way(source, way, (struct geo_import_tags){&house, 1}),
                     GEO_OK));
    }
}

Test(import_tiles, a_tile_that_grows_too_large_leaves_out_its_smallest_details_and_keeps_streets)
{
    static struct geo_import_report report;
    static uint8_t plain[2u * GEO_IMPORT_TILE_BYTES_MAX];
    const struct geo_import_options options = {.input_path = "city.osm",
                                               .output_path = "city.kfmap"};
    struct geo_import_source source;
    cr_assert(eq(int, geo_import_source_init(&source, &options, &report), GEO_OK));
    given_houses(&source, 300);
    cr_assert(eq(int, geo_import_source_resolve(&source), GEO_OK));
    struct geo_import_tiles tiles;
    cr_assert(eq(int, geo_import_tile_build(&source, &tiles), GEO_OK));
    cr_expect(lt(u64, 0, report.counts[GEO_IMPORT_TILES_THINNED]));
    size_t largest = 0;
    size_t streets = 0;
    const struct geo_tile *all = tiles.tiles.items;
    for (size_t i = 0; i < tiles.tiles.count; i++) {
        const uint8_t *body = (const uint8_t *)tiles.bodies.items + all[i].offset;
        const size_t size = unzip(body, all[i].size, plain, sizeof plain);
        largest = size > largest ? size : largest;
        for (size_t k = 0; k + 6 <= size && all[i].zoom == 15; k++) {
            streets += memcmp(plain + k, "street", 6) == 0;
        }
    }
    cr_expect(le(sz, largest, GEO_IMPORT_TILE_BYTES_MAX));
    cr_expect(lt(sz, GEO_IMPORT_TILE_BYTES_MAX / 4, largest)); /* not more than it had to */
    cr_expect(lt(sz, 0, streets));
    geo_import_tile_finish(&tiles);
    geo_import_source_finish(&source);
}
