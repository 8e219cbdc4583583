/* The OSM readers: XML and PBF say the same, what is wrong is told with its place, and on real
 * cities they read what libreadosm reads. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <inttypes.h>
#include <readosm.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "geo/import/geo_import_osm.h"
#include "geo/import/geo_import_read.h"
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

TestSuite(import_osm, .init = set_up, .fini = tear_down, .timeout = 60);

/* XML */

#define NODES "<node id=\"1\" lat=\"1\" lon=\"1\"/><node id=\"2\" lat=\"1.01\" lon=\"1\"/>"
#define ROAD  "<tag k=\"highway\" v=\"primary\"/>"

static void expect_error(const char *name, const char *said)
{
    cr_expect(ne(ptr, (void *)strstr(given.report.error, said), NULL), "said \"%s\", not \"%s\"",
              given.report.error, said);
    cr_expect(ne(ptr, (void *)strstr(given.report.error, name), NULL), "%s does not name the file",
              given.report.error);
    cr_expect(not(import_given_has(&given, "city.kfmap")));
}

static void expect_xml_refused(const char *text, const char *said)
{
    cr_expect(eq(int, import_given_text(&given, "a.osm", text), GEO_BAD_INPUT), "%s", text);
    expect_error("a.osm", said);
}

Test(import_osm, xml_that_is_broken_breaks_off_or_is_no_osm_is_told_with_line_and_column)
{
    expect_xml_refused("hello", "a.osm:1:1: the XML is broken or breaks off: syntax error");
    expect_xml_refused("<osm>" NODES "\n<way id=\"7\"><nd ref=\"1\"/>",
                       "a.osm:2:26: the XML is broken or breaks off: no element found");
    expect_xml_refused("<osm>\n<node></way>", "a.osm:2:1: node has no id");
    expect_xml_refused("<gpx/>", "a.osm:1:1: not OSM XML: it begins with <gpx>");
}

Test(import_osm, an_element_that_lacks_what_it_must_say_is_refused_with_its_place)
{
    static const struct {
        const char *text, *said;
    } cases[] = {
        {"<node lat=\"1\" lon=\"1\"/>", "node has no id"},
        {"<node id=\"5x\" lat=\"1\" lon=\"1\"/>", "node: id \"5x\" is no number"},
        {"<node id=\"99999999999999999999\" lat=\"1\" lon=\"1\"/>", "is no number"},
        {"<node id=\"5\" lon=\"1\"/>", "node has no lat"},
        {"<node id=\"5\" lat=\"1\"/>", "node has no lon"},
        {"<node id=\"5\" lat=\"north\" lon=\"1\"/>", "node: lat \"north\" is no number"},
        {"<node id=\"5\" lat=\"nan\" lon=\"1\"/>", "node 5: latitude nan"},
        {"<node id=\"5\" lat=\"1\" lon=\"1\"><tag v=\"x\"/></node>", "node 5: tag has no k"},
        {"<node id=\"5\" lat=\"1\" lon=\"1\"><tag k=\"x\"/></node>", "node 5: tag has no v"},
        {"<way id=\"7\"><nd/></way>", "way 7: nd has no ref"},
        {"<way id=\"7\"><nd ref=\"\"/></way>", "way 7: nd: ref \"\" is no number"},
        {"<relation id=\"9\"><member ref=\"1\"/></relation>", "relation 9: member has no type"},
        {"<relation id=\"9\"><member type=\"way\"/></relation>", "relation 9: member has no ref"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        (void)snprintf(text, sizeof text, "<osm>\n%s</osm>", cases[i].text);
        expect_xml_refused(text, cases[i].said);
        expect_xml_refused(text, "a.osm:2:");
    }
}

Test(import_osm, what_the_format_allows_besides_and_what_is_deleted_is_passed_over)
{
    cr_expect(eq(int,
                 import_given_text(
                     &given, "a.osm",
                     "<osm><note>x<tag k=\"no\" v=\"no\"/></note><bounds minlat=\"0\"/>"
                     "<node id=\"3\" visible=\"false\"/><node id=\"4\" action=\"delete\"/>" NODES
                     "<way id=\"7\"><nd ref=\"1\"/><nd ref=\"2\"/><nd-more/>" ROAD
                     "</way><way id=\"8\" visible=\"false\"/>"
                     "<relation id=\"9\"><member type=\"way\" ref=\"7\"/></relation>"
                     "<changeset id=\"1\"/></osm>"),
                 GEO_OK),
              "%s", given.report.error);
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_NODES_READ], 2));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_WAYS_READ], 1));
    cr_expect(eq(u64, given.report.counts[GEO_IMPORT_RELATIONS_READ], 1));
}

/* A PBF file, written by hand. */

struct bytes {
    uint8_t at[4096];
    size_t size;
};

static void put(struct bytes *out, const void *bytes, size_t size)
{
    cr_assert(le(sz, out->size + size, sizeof out->at));
    memcpy(out->at + out->size, bytes, size);
    out->size += size;
}

static void put_number(struct bytes *out, uint64_t value)
{
    do {
        const uint8_t byte = (uint8_t)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        put(out, &byte, 1);
        value >>= 7;
    } while (value != 0);
}

static void put_field(struct bytes *out, uint64_t number, uint64_t value)
{
    put_number(out, number << 3);
    put_number(out, value);
}

static void put_bytes(struct bytes *out, uint64_t number, const void *bytes, size_t size)
{
    put_number(out, number << 3 | 2);
    put_number(out, size);
    put(out, bytes, size);
}

static void put_message(struct bytes *out, uint64_t number, const struct bytes *message)
{
    put_bytes(out, number, message->at, message->size);
}

static uint64_t zigzag(int64_t value)
{
    return ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);
}

static void put_list(struct bytes *out, uint64_t number, const int64_t *values, size_t count,
                     bool is_signed)
{
    struct bytes list = {.size = 0};
    for (size_t i = 0; i < count; i++) {
        put_number(&list, is_signed ? zigzag(values[i]) : (uint64_t)values[i]);
    }
    put_message(out, number, &list);
}

#define LIST(...) (const int64_t[]){__VA_ARGS__}, sizeof((const int64_t[]){__VA_ARGS__}) / 8

/* A block of a file: its head, and the body as it is, or packed with zlib. */
static void put_block(struct bytes *file, const char *type, const struct bytes *body, bool packed)
{
    struct bytes blob = {.size = 0};
    if (packed) {
        uint8_t deflated[4096];
        uLongf size = sizeof deflated;
        cr_assert(eq(int, compress(deflated, &size, body->at, body->size), Z_OK));
        put_field(&blob, 2, body->size);
        put_bytes(&blob, 3, deflated, size);
    } else {
        put_message(&blob, 1, body);
    }
    struct bytes head = {.size = 0};
    put_bytes(&head, 1, type, strlen(type));
    put_field(&head, 3, blob.size);
    const uint8_t size[4] = {0, 0, (uint8_t)(head.size >> 8), (uint8_t)head.size};
    put(file, size, 4);
    put(file, head.at, head.size);
    put(file, blob.at, blob.size);
}

static void put_file_head(struct bytes *file, const char *feature)
{
    struct bytes header = {.size = 0};
    put_bytes(&header, 4, "OsmSchema-V0.6", 14);
    put_bytes(&header, 4, feature, strlen(feature));
    put_block(file, "OSMHeader", &header, false);
}

static void put_strings(struct bytes *block)
{
    static const char *const texts[] = {"",    "highway",     "primary",       "name",
                                        "Rua", "restriction", "no_right_turn", "from"};
    struct bytes table = {.size = 0};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        put_bytes(&table, 1, texts[i], strlen(texts[i]));
    }
    put_message(block, 1, &table);
}

/* Two nodes in a list, one by itself, a way through all of them, a relation. Every fifth degree of
 * granularity 1000 and an offset, so that both count. */
static void put_city(struct bytes *block)
{
    struct bytes dense = {.size = 0};
    put_list(&dense, 1, LIST(1, 1), true);
    put_list(&dense, 8, LIST(1000000, 10000), true);
    put_list(&dense, 9, LIST(1000000, 0), true);
    put_list(&dense, 10, LIST(3, 4, 0, 0), false);
    struct bytes node = {.size = 0};
    put_field(&node, 1, zigzag(-3));
    put_field(&node, 8, zigzag(1020000));
    put_field(&node, 9, zigzag(1000000));
    struct bytes way = {.size = 0};
    put_field(&way, 1, 7);
    put_list(&way, 2, LIST(1, 3), false);
    put_list(&way, 3, LIST(2, 4), false);
    put_list(&way, 8, LIST(1, 1, -5), true);
    struct bytes relation = {.size = 0};
    put_field(&relation, 1, 9);
    put_list(&relation, 8, LIST(7), false);
    put_list(&relation, 9, LIST(7), true);
    put_list(&relation, 10, LIST(1), false);
    struct bytes group = {.size = 0};
    put_message(&group, 2, &dense);
    put_message(&group, 1, &node);
    put_message(&group, 3, &way);
    put_message(&group, 4, &relation);
    put_message(block, 2, &group); /* before the strings and the scale it needs */
    put_strings(block);
    put_field(block, 17, 1000);
    put_field(block, 19, 500000000);
}

static enum geo_status run_pbf(const struct bytes *file)
{
    char path[IMPORT_PATH_SIZE];
    import_given_write(&given, "a.osm.pbf", file->at, file->size, path);
    return import_given_run(&given, path);
}

Test(import_osm, a_pbf_file_says_what_the_same_xml_says)
{
    cr_assert(eq(int,
                 import_given_text(&given, "a.osm",
                                   "<osm><node id=\"1\" lat=\"1.5\" lon=\"1\"/>"
                                   "<node id=\"2\" lat=\"1.51\" lon=\"1\"/>"
                                   "<node id=\"-3\" lat=\"1.52\" lon=\"1\"/>"
                                   "<way id=\"7\"><nd ref=\"1\"/><nd ref=\"2\"/><nd ref=\"-3\"/>"
                                   "<tag k=\"highway\" v=\"primary\"/><tag k=\"name\" v=\"Rua\"/>"
                                   "</way><relation id=\"9\"><member type=\"way\" ref=\"7\" "
                                   "role=\"from\"/></relation></osm>"),
                 GEO_OK),
              "%s", given.report.error);
    const size_t size = given.size;
    uint8_t *xml = malloc(size);
    memcpy(xml, given.bytes, size);
    uint64_t counts[GEO_IMPORT_COUNT_COUNT];
    memcpy(counts, given.report.counts, sizeof counts);
    for (int packed = 0; packed < 2; packed++) {
        struct bytes file = {.size = 0};
        struct bytes block = {.size = 0};
        put_file_head(&file, "DenseNodes");
        put_block(&file, "Unknown", &block, false);
        put_city(&block);
        put_block(&file, "OSMData", &block, packed == 1);
        cr_assert(eq(int, run_pbf(&file), GEO_OK), "%s", given.report.error);
        cr_assert(eq(sz, given.size, size)); /* META names the file; sections are aligned */
        const uint8_t *roads = (const uint8_t *)given.map.meta + given.map.meta_size;
        const size_t roads_at = (size_t)(roads - given.bytes);
        cr_expect(eq(int, memcmp(xml + roads_at, roads, size - roads_at), 0));
        cr_expect(eq(int, memcmp(counts, given.report.counts, sizeof counts), 0));
    }
    free(xml);
}

static void expect_pbf_refused(const struct bytes *file, const char *said)
{
    cr_expect(eq(int, run_pbf(file), GEO_BAD_INPUT), "%s", said);
    expect_error("a.osm.pbf", said);
}

Test(import_osm, a_pbf_file_that_breaks_off_anywhere_is_refused)
{
    struct bytes whole = {.size = 0};
    struct bytes block = {.size = 0};
    put_file_head(&whole, "DenseNodes");
    const size_t head_size = whole.size;
    put_city(&block);
    put_block(&whole, "OSMData", &block, true);
    for (size_t size = 1; size < whole.size; size++) {
        struct bytes file = whole;
        file.size = size;
        expect_pbf_refused(&file, size < 4            ? "not an OSM PBF file"
                                  : size < head_size  ? "breaks off in the block at byte 0;"
                                  : size == head_size ? "no roads found"
                                                      : "breaks off in the block at byte");
    }
}

Test(import_osm, a_pbf_file_that_needs_what_we_do_not_have_is_refused_with_its_name)
{
    struct bytes file = {.size = 0};
    put_file_head(&file, "HistoricalInformation");
    expect_pbf_refused(&file, "it needs a reader with \"HistoricalInformation\"");

    file.size = 0;
    put_file_head(&file, "DenseNodes");
    struct bytes blob = {.size = 0};
    put_bytes(&blob, 7, "zzz", 3);
    struct bytes head = {.size = 0};
    put_bytes(&head, 1, "OSMData", 7);
    put_field(&head, 3, blob.size);
    const uint8_t size[4] = {0, 0, 0, (uint8_t)head.size};
    put(&file, size, 4);
    put(&file, head.at, head.size);
    put(&file, blob.at, blob.size);
    expect_pbf_refused(&file, "packed with zstd; only zlib is read");
}

/* One element that is wrong, in a block that is right. */
static void expect_group_refused(uint64_t kind, const struct bytes *element, const char *said)
{
    struct bytes group = {.size = 0};
    put_message(&group, kind, element);
    struct bytes block = {.size = 0};
    put_strings(&block);
    put_message(&block, 2, &group);
    struct bytes file = {.size = 0};
    put_file_head(&file, "DenseNodes");
    put_block(&file, "OSMData", &block, false);
    expect_pbf_refused(&file, said);
}

Test(import_osm, a_damaged_element_of_a_pbf_block_is_told)
{
    struct bytes it = {.size = 0};
    expect_group_refused(1, &it, "a node lacks its id or its place");
    expect_group_refused(3, &it, "a way has no id");
    expect_group_refused(4, &it, "a relation has no id");
    put_field(&it, 1, 7);
    put_field(&it, 1, 7);
    expect_group_refused(3, &it, "says the same thing twice");

    it.size = 0;
    put_field(&it, 1, zigzag(5));
    put_field(&it, 8, zigzag(910000000));
    put_field(&it, 9, zigzag(0));
    expect_group_refused(1, &it, "node 5: latitude 91.0000000");

    it.size = 0;
    put_field(&it, 1, 7);
    put_list(&it, 2, LIST(1), false);
    expect_group_refused(3, &it, "a key has no value");
    put_list(&it, 3, LIST(8), false);
    expect_group_refused(3, &it, "a tag refers to a string that is not there");

    it.size = 0;
    put_field(&it, 1, 7);
    put_bytes(&it, 8, "\x80", 1);
    expect_group_refused(3, &it, "the nodes of a way break off");
    it.size = 0;
    put_field(&it, 1, 7);
    put_field(&it, 8, 1);
    expect_group_refused(3, &it, "the nodes of a way break off");

    it.size = 0;
    put_field(&it, 1, 9);
    put_list(&it, 9, LIST(7), true);
    put_list(&it, 8, LIST(7), false);
    expect_group_refused(4, &it, "a member lacks its role or its type");
    put_list(&it, 10, LIST(1), false);
    it.at[it.size - 4] = 99; /* the role */
    expect_group_refused(4, &it, "a role refers to a string that is not there");

    it.size = 0;
    put_list(&it, 1, LIST(1), true);
    put_list(&it, 8, LIST(1), true);
    expect_group_refused(2, &it, "a node lacks its place");
    put_list(&it, 9, LIST(1), true);
    put_list(&it, 10, LIST(1), false);
    expect_group_refused(2, &it, "a key has no value");
    it.at[it.size - 1] = 0;
    put_number(&it, 2 << 3 | 7);
    expect_group_refused(2, &it, "an element breaks off");
    it.size = 0;
    put_list(&it, 1, LIST(1, 1), true);
    put_list(&it, 8, LIST(1, 1), true);
    put_list(&it, 9, LIST(1, 1), true);
    put_list(&it, 10, LIST(0), false);
    expect_group_refused(2, &it, "the tags of a list of nodes break off");
}

Test(import_osm, a_damaged_pbf_block_is_told_with_its_byte)
{
    struct bytes file = {.size = 0};
    struct bytes block = {.size = 0};
    put_file_head(&file, "DenseNodes");
    const size_t at = file.size;
    char said[64];
    (void)snprintf(said, sizeof said, "damaged in the block at byte %zu: it cannot be unpacked",
                   at);
    put_city(&block);
    put_block(&file, "OSMData", &block, true);
    file.at[file.size - 1] ^= 1; /* the checksum of the packed data */
    expect_pbf_refused(&file, said);

    file.size = at;
    block.size = 0;
    put_bytes(&block, 1, "\x0a\x09no", 4);
    put_block(&file, "OSMData", &block, false);
    expect_pbf_refused(&file, "the table of strings breaks off");

    file.size = at;
    put(&file, "\0\0\0\0", 4);
    expect_pbf_refused(&file, "no such size");
    file.size = at;
    put(&file, "\0\0\0\x02\x0a\x09", 6);
    expect_pbf_refused(&file, "its head is none");
}

/* libreadosm as an oracle: every element of real cities, into a source of its own. */

/* Millions of calls: Criterion's own checks cost more than the reading. */
static void expect_ok(enum geo_status status)
{
    if (status != GEO_OK) {
        cr_fatal("status %d", (int)status);
    }
}

static int answer(enum geo_status status)
{
    return status == GEO_OK ? READOSM_OK : READOSM_ABORT;
}

static struct geo_import_osm *given_tags(const void *user, const readosm_tag *tags, int count)
{
    struct geo_import_osm *osm = *(struct geo_import_osm *const *)user;
    geo_import_osm_clear(osm);
    for (int i = 0; i < count; i++) {
        expect_ok(geo_import_osm_tag(osm, tags[i].key, tags[i].value));
    }
    return osm;
}

static int on_node(const void *user, const readosm_node *node)
{
    struct geo_import_osm *osm = given_tags(user, node->tags, node->tag_count);
    struct geo_point at;
    expect_ok(geo_import_source_point(node->latitude, node->longitude, &at) ? GEO_OK
                                                                            : GEO_BAD_INPUT);
    return answer(geo_import_osm_node(osm, node->id, at));
}

static int on_way(const void *user, const readosm_way *way)
{
    struct geo_import_osm *osm = given_tags(user, way->tags, way->tag_count);
    for (int i = 0; i < way->node_ref_count; i++) {
        expect_ok(geo_import_osm_id(osm, way->node_refs[i]));
    }
    return answer(geo_import_osm_way(osm, way->id));
}

static int on_relation(const void *user, const readosm_relation *relation)
{
    struct geo_import_osm *osm = given_tags(user, relation->tags, relation->tag_count);
    for (int i = 0; i < relation->member_count; i++) {
        const readosm_member *from = &relation->members[i];
        const struct geo_import_member member = {
            .kind = from->member_type == READOSM_MEMBER_NODE  ? GEO_IMPORT_MEMBER_NODE
                    : from->member_type == READOSM_MEMBER_WAY ? GEO_IMPORT_MEMBER_WAY
                                                              : GEO_IMPORT_MEMBER_OTHER,
            .id = from->id,
            .role = from->role == NULL ? "" : from->role};
        expect_ok(geo_import_osm_member(osm, member));
    }
    return answer(geo_import_osm_relation(osm));
}

static void read_oracle(struct geo_import_source *source, const char *path)
{
    struct geo_import_osm osm;
    geo_import_osm_init(&osm, source);
    struct geo_import_osm *const handle = &osm;
    const void *file = NULL;
    cr_assert(eq(int, readosm_open(path, &file), READOSM_OK));
    cr_assert(eq(int, readosm_parse(file, &handle, on_node, on_way, on_relation), READOSM_OK));
    (void)readosm_close(file);
    geo_import_osm_finish(&osm);
}

static void expect_same_list(const char *what, const struct geo_import_list *ours,
                             const struct geo_import_list *theirs, bool is_plain)
{
    cr_expect(eq(sz, ours->count, theirs->count), "%s", what);
    if (is_plain && ours->count == theirs->count) {
        cr_expect(eq(int, memcmp(ours->items, theirs->items, ours->count * ours->item_size), 0),
                  "%s", what);
    }
}

static void expect_read_as_the_oracle_does(const char *name)
{
    const char *shared = getenv("KUAIFAN_SHARED");
    char path[IMPORT_PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/data/osm/%s", shared == NULL ? "" : shared, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        cr_skip_test("skipped: no %s", path);
    }
    (void)fclose(file);
    static struct geo_import_report reports[2];
    struct geo_import_source ours;
    struct geo_import_source theirs;
    const struct geo_import_options options = {.input_path = path, .output_path = "none"};
    memset(reports, 0, sizeof reports);
    cr_assert(eq(int, geo_import_source_init(&ours, &options, &reports[0]), GEO_OK));
    cr_assert(eq(int, geo_import_source_init(&theirs, &options, &reports[1]), GEO_OK));
    cr_assert(eq(int, geo_import_read_any(&ours), GEO_OK), "%s", reports[0].error);
    read_oracle(&theirs, path);
    cr_expect(lt(u64, 10000, reports[0].counts[GEO_IMPORT_NODES_READ]));
    cr_expect(eq(int, memcmp(reports[0].counts, reports[1].counts, sizeof reports[0].counts), 0));
    expect_same_list("nodes", &ours.nodes, &theirs.nodes, true);
    expect_same_list("ids", &ours.ids, &theirs.ids, true);
    expect_same_list("spare ids", &ours.spare_ids, &theirs.spare_ids, true);
    expect_same_list("barriers", &ours.barriers, &theirs.barriers, false);
    expect_same_list("ways", &ours.ways, &theirs.ways, false);
    expect_same_list("areas", &ours.areas, &theirs.areas, false);
    expect_same_list("area members", &ours.area_members, &theirs.area_members, false);
    expect_same_list("roads", &ours.roads, &theirs.roads, false);
    expect_same_list("shapes", &ours.shapes, &theirs.shapes, false);
    expect_same_list("places", &ours.places, &theirs.places, false);
    expect_same_list("turns", &ours.turns, &theirs.turns, false);
    expect_same_list("pois", &ours.pois, &theirs.pois, false);
    expect_same_list("text", &ours.text.bytes, &theirs.text.bytes, true);
    geo_import_source_finish(&ours);
    geo_import_source_finish(&theirs);
}

Test(import_osm, liechtenstein_is_read_as_libreadosm_reads_it)
{
    expect_read_as_the_oracle_does("liechtenstein-latest.osm.pbf");
}
