/* geo_import_run: the same bytes every time, and a sentence for everything that can be wrong. */
#define _POSIX_C_SOURCE 200809L /* strndup, symlink */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "tests/support/import_given.h"

static struct import_given given;

static void set_up(void)
{
    import_given_init(&given);
}

static void tear_down(void)
{
    import_given_finish(&given);
}

TestSuite(import_run, .init = set_up, .fini = tear_down, .timeout = 60);

#define HEAD  "{\"type\":\"FeatureCollection\",\"features\":["
#define ROAD  "{\"type\":\"Feature\",\"properties\":{\"highway\":\"primary\"},\"geometry\":"
#define XML   "<?xml version=\"1.0\"?><osm version=\"0.6\">"
#define NODES "<node id=\"1\" lat=\"1\" lon=\"1\"/><node id=\"2\" lat=\"1.01\" lon=\"1\"/>"
#define WAY   "<way id=\"7\"><nd ref=\"1\"/><nd ref=\"2\"/><tag k=\"highway\" v=\"primary\"/></way>"

static void expect_refused(const char *name, const char *text, const char *said)
{
    cr_expect(eq(int, import_given_text(&given, name, text), GEO_BAD_INPUT), "%s", text);
    cr_expect(ne(ptr, (void *)strstr(given.report.error, said), NULL), "said \"%s\", not \"%s\"",
              given.report.error, said);
    cr_expect(ne(ptr, (void *)strstr(given.report.error, name), NULL), "%s does not name the file",
              given.report.error);
    cr_expect(not(import_given_has(&given, "city.kfmap")));
    cr_expect(not(import_given_has(&given, "city.kfmap.part")));
}

Test(import_run, broken_json_is_told_with_line_and_column)
{
    expect_refused("a.geojson", "{\"type\":\n  oops}", "a.geojson:2:6: broken JSON");
    expect_refused("a.geojson", "[]", "not a GeoJSON FeatureCollection");
    expect_refused("a.geojson", "{\"type\":\"Topology\",\"features\":[]}",
                   "not a GeoJSON FeatureCollection");
    expect_refused("a.json", HEAD "]}", "no roads found");
    expect_refused("a.json", HEAD "7]}", "features[0]: not an object");
    expect_refused("a.json", HEAD "{\"type\":\"Feature\",\"id\":\"way/9\"}]}",
                   "features[0] (way/9): it has no geometry");
}

Test(import_run, coordinates_off_the_earth_are_told_with_their_place)
{
    expect_refused("a.json",
                   HEAD ROAD "{\"type\":\"LineString\",\"coordinates\":[[1,2],[22.5,113]]}}]}",
                   "features[0]: coordinates[1]: longitude 22.5, latitude 113 is no place");
    expect_refused("a.json",
                   HEAD ROAD "{\"type\":\"LineString\",\"coordinates\":[[1,2],[\"x\",3]]}}]}",
                   "coordinates[1] is not [longitude, latitude]");
    expect_refused("a.json", HEAD ROAD "{\"type\":\"LineString\",\"coordinates\":{}}}]}",
                   "coordinates are not an array");
    expect_refused("a.json",
                   HEAD ROAD "{\"type\":\"MultiLineString\",\"coordinates\":[[1,2],[3,4]]}}]}",
                   "coordinates[0] is not [longitude, latitude]");
    expect_refused("a.json", HEAD ROAD "{\"type\":\"MultiLineString\",\"coordinates\":7}}]}",
                   "coordinates are not an array");
    expect_refused("a.osm", XML "\n <node id=\"5\" lat=\"113.4\" lon=\"22.5\"/></osm>",
                   "a.osm:2:2: node 5: latitude 113.4000000");
}

Test(import_run, files_without_roads_or_of_another_kind_are_refused)
{
    expect_refused("a.osm", "", "empty");
    expect_refused("a.osm", XML "</osm>", "no roads found");
    expect_refused("a.osm.pbf", "hello, I am no PBF", "not an OSM PBF file");
    expect_refused("a.osm.pbf", "\x01", "not an OSM PBF file");
    expect_refused("a.txt", "hello", "unknown kind of file");
}

Test(import_run, a_missing_input_and_an_output_that_cannot_be_written_are_told)
{
    cr_expect(eq(int, import_given_run(&given, "/nowhere/city.osm"), GEO_IO));
    cr_expect(
        eq(str, given.report.error, "/nowhere/city.osm: cannot open: No such file or directory"));

    const struct geo_import_options options = {.input_path = "tests/fixtures/import/town.osm",
                                               .output_path = "/nowhere/city.kfmap"};
    cr_expect(eq(int, geo_import_run(&options, &given.report), GEO_IO));
    cr_expect(eq(str, given.report.error,
                 "/nowhere/city.kfmap.part: cannot create: No such file or directory"));
}

Test(import_run, a_full_disk_is_told)
{
    char part_path[IMPORT_PATH_SIZE + 8];
    (void)snprintf(part_path, sizeof part_path, "%s.part", given.output_path);
    cr_assert(eq(int, symlink("/dev/full", part_path), 0));
    cr_expect(eq(int, import_given_run(&given, "tests/fixtures/import/town.osm"), GEO_IO));
    cr_expect(ne(ptr, (void *)strstr(given.report.error, "No space left on device"), NULL), "%s",
              given.report.error);
    cr_expect(not(import_given_has(&given, "city.kfmap.part")));
    cr_expect(not(import_given_has(&given, "city.kfmap")));
}

static void gzip_to(const char *name, const uint8_t *bytes, size_t size, size_t keep,
                    char path[IMPORT_PATH_SIZE])
{
    import_given_write(&given, name, "", 0, path);
    gzFile file = gzopen(path, "wb");
    cr_assert(eq(int, gzwrite(file, bytes, (unsigned)size), (int)size));
    cr_assert(eq(int, gzclose(file), Z_OK));
    if (keep > 0) {
        size_t packed_size = 0;
        uint8_t *packed = import_given_read(path, &packed_size);
        cr_assert(lt(sz, keep, packed_size));
        import_given_write(&given, name, packed, keep, path);
        free(packed);
    }
}

Test(import_run, a_gzipped_file_gives_the_same_roads_and_leaves_nothing_behind)
{
    cr_assert(eq(int, import_given_run(&given, "tests/fixtures/import/town.osm"), GEO_OK));
    const uint32_t edges = given.map.edge_count;
    size_t size = 0;
    uint8_t *plain = import_given_read("tests/fixtures/import/town.osm", &size);
    char path[IMPORT_PATH_SIZE];
    gzip_to("town.osm.gz", plain, size, 0, path);
    cr_assert(eq(int, import_given_run(&given, path), GEO_OK), "%s", given.report.error);
    cr_expect(eq(u32, given.map.edge_count, edges));

    gzip_to("town.osm.gz", plain, size, 200, path);
    cr_expect(eq(int, import_given_run(&given, path), GEO_BAD_INPUT));
    cr_expect(ne(ptr, (void *)strstr(given.report.error, "breaks off"), NULL), "%s",
              given.report.error);
    free(plain);
}

Test(import_run, a_failed_run_leaves_the_map_before_it_alone)
{
    cr_assert(eq(int, import_given_run(&given, "tests/fixtures/import/town.osm"), GEO_OK));
    const uint64_t map_id = given.map.header->map_id;
    cr_assert(eq(int, import_given_text(&given, "bad.json", "{"), GEO_BAD_INPUT));
    size_t size = 0;
    uint8_t *bytes = import_given_read(given.output_path, &size);
    struct geo_map map;
    uint32_t section = 0;
    cr_assert(eq(int, geo_map_open(bytes, size, &map, &section), GEO_OK));
    cr_expect(eq(u64, map.header->map_id, map_id));
    free(bytes);
}

Test(import_run, the_same_input_gives_the_same_bytes)
{
    static const char *const inputs[] = {"tests/fixtures/import/rules.osm",
                                         "tests/fixtures/import/town.osm",
                                         "tests/fixtures/import/square.geojson"};
    for (size_t i = 0; i < 3; i++) {
        cr_assert(eq(int, import_given_run(&given, inputs[i]), GEO_OK));
        const size_t size = given.size;
        uint8_t *before = malloc(size);
        memcpy(before, given.bytes, size);
        cr_assert(eq(int, import_given_run(&given, inputs[i]), GEO_OK));
        cr_assert(eq(sz, given.size, size));
        cr_expect(eq(int, memcmp(before, given.bytes, size), 0), "%s", inputs[i]);
        free(before);
    }
}

Test(import_run, meta_names_the_city_and_what_was_dropped)
{
    cr_assert(eq(int, import_given_run(&given, "tests/fixtures/import/town.osm"), GEO_OK));
    char *meta = strndup(given.map.meta, given.map.meta_size);
    cr_expect(ne(ptr, (void *)strstr(meta, "\"name\":\"town\""), NULL));
    cr_expect(ne(ptr, (void *)strstr(meta, "© OpenStreetMap contributors"), NULL));
    cr_expect(ne(ptr, (void *)strstr(meta, "\"dropped_under_two_points\":1"), NULL));
    free(meta);

    const struct geo_import_options options = {.input_path = "tests/fixtures/import/town.osm",
                                               .output_path = given.output_path,
                                               .city = "中山",
                                               .attribution = "someone\nelse\xff"};
    cr_assert(eq(int, geo_import_run(&options, &given.report), GEO_OK));
    size_t size = 0;
    uint8_t *bytes = import_given_read(given.output_path, &size);
    struct geo_map map;
    cr_assert(eq(int, geo_map_open(bytes, size, &map, NULL), GEO_OK));
    meta = strndup(map.meta, map.meta_size);
    cr_expect(ne(ptr, (void *)strstr(meta, "\"name\":\"中山\""), NULL));
    cr_expect(ne(ptr, (void *)strstr(meta, "\"attribution\":\"someone else\xef\xbf\xbd\""), NULL));
    free(meta);
    free(bytes);
}

static void count_call(void *context, const char *phase, uint64_t done, uint64_t total)
{
    uint32_t *calls = context;
    (*calls)++;
    cr_expect(ne(ptr, (void *)(uintptr_t)phase, NULL));
    cr_expect(total == 0 || done <= total);
}

Test(import_run, progress_is_told)
{
    uint32_t calls = 0;
    const struct geo_import_options options = {.input_path = "tests/fixtures/import/town.osm",
                                               .output_path = given.output_path,
                                               .progress = count_call,
                                               .progress_context = &calls};
    cr_assert(eq(int, geo_import_run(&options, &given.report), GEO_OK));
    cr_expect(ge(u32, calls, 6));
}
