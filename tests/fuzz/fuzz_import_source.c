/* Any order of points, ways and relations, whole or full of gaps: a city in which everything holds.
 * What the readers of .osm and .osm.pbf hand on, without the bytes that libraries read for them.
 *
 * The input is a row of short words: what comes, how it is tagged, and of what it is made. */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "tests/support/import_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TAGS_MAX    4u
#define MEMBERS_MAX 16u
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static const struct geo_import_tag vocabulary[][TAGS_MAX] = {
    {{NULL, NULL}},
    {{"highway", "residential"}, {"name", "Rua"}},
    {{"highway", "motorway"}, {"ref", "A1"}},
    {{"highway", "service"}, {"access", "private"}},
    {{"highway", "pedestrian"}, {"area", "yes"}},
    {{"highway", "primary"}, {"oneway", "yes"}, {"bridge", "yes"}},
    {{"route", "ferry"}, {"duration", "00:10"}},
    {{"natural", "water"}, {"name", "湖"}},
    {{"natural", "coastline"}},
    {{"waterway", "river"}, {"name", "Rio"}},
    {{"leisure", "park"}, {"name", "Park"}},
    {{"building", "yes"}},
    {{"barrier", "bollard"}},
    {{"place", "town"}, {"name", "石岐"}},
    {{"amenity", "hospital"}, {"name", "Hospital"}},
    {{"type", "multipolygon"}},
    {{"type", "multipolygon"}, {"natural", "water"}},
    {{"type", "multipolygon"}, {"natural", "wood"}, {"name", "Wood"}},
    {{"type", "multipolygon"}, {"amenity", "hospital"}, {"name", "Hospital"}},
    {{"type", "multipolygon"}, {"highway", "pedestrian"}},
    {{"type", "restriction"}, {"restriction", "no_left_turn"}},
    {{"type", "restriction"}, {"restriction", "only_straight_on"}},
    {{"type", "restriction"}, {"restriction:motorcar", "no_u_turn"}, {"except", "motorcycle"}},
};

static const char *const roles[] = {"outer", "inner", "", "from", "via", "to"};

struct reader {
    const uint8_t *at, *end;
};

/* 0 past the end. */
static uint32_t take(struct reader *reader, uint32_t below)
{
    return reader->at < reader->end ? *reader->at++ % below : 0;
}

static struct geo_import_tags take_tags(struct reader *reader)
{
    const struct geo_import_tag *tags = vocabulary[take(reader, COUNT(vocabulary))];
    size_t count = 0;
    while (count < TAGS_MAX && tags[count].key != NULL) {
        count++;
    }
    return (struct geo_import_tags){tags, count};
}

/* A town of 3.6 km. */
static enum geo_status put_node(struct geo_import_source *source, struct reader *reader)
{
    const int64_t id = take(reader, 64);
    const uint32_t lat = take(reader, 256) << 8 | take(reader, 256);
    const uint32_t lon = take(reader, 256) << 8 | take(reader, 256);
    const struct geo_point at = {225000000 + (int32_t)lat * 5, 1133000000 + (int32_t)lon * 5};
    return geo_import_source_node(source, id, at, take_tags(reader));
}

static enum geo_status put_way(struct geo_import_source *source, struct reader *reader)
{
    int64_t ids[MEMBERS_MAX + 1];
    struct geo_import_way way = {
        .id = take(reader, 32), .ids = ids, .count = take(reader, MEMBERS_MAX)};
    const bool is_closed = take(reader, 2) == 1;
    const struct geo_import_tags tags = take_tags(reader);
    for (size_t i = 0; i < way.count; i++) {
        ids[i] = take(reader, 66); /* two that are never there */
    }
    if (is_closed && way.count > 0) {
        ids[way.count] = ids[0];
        way.count++;
    }
    return geo_import_source_way(source, way, tags);
}

static enum geo_status put_relation(struct geo_import_source *source, struct reader *reader)
{
    struct geo_import_member members[MEMBERS_MAX];
    const struct geo_import_members all = {members, take(reader, MEMBERS_MAX)};
    const struct geo_import_tags tags = take_tags(reader);
    for (size_t i = 0; i < all.count; i++) {
        const uint32_t kind = take(reader, 8);
        members[i] = (struct geo_import_member){.kind = kind == 0   ? GEO_IMPORT_MEMBER_NODE
                                                        : kind == 1 ? GEO_IMPORT_MEMBER_OTHER
                                                                    : GEO_IMPORT_MEMBER_WAY,
                                                .id = take(reader, 34),
                                                .role = roles[take(reader, COUNT(roles))]};
    }
    return geo_import_source_relation(source, all, tags);
}

static enum geo_status read_all(struct geo_import_source *source, struct reader *reader)
{
    enum geo_status status = GEO_OK;
    while (reader->at < reader->end && status == GEO_OK) {
        const uint32_t what = take(reader, 8);
        status = what < 4   ? put_node(source, reader)
                 : what < 7 ? put_way(source, reader)
                            : put_relation(source, reader);
    }
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct geo_import_report report;
    const struct geo_import_options options = {.input_path = "fuzz.osm",
                                               .output_path = "fuzz.kfmap"};
    struct geo_import_source source;
    memset(&report, 0, sizeof report);
    enum geo_status status = geo_import_source_init(&source, &options, &report);
    if (status == GEO_OK) {
        struct reader reader = {data, data + size};
        status = read_all(&source, &reader);
    }
    import_check_compile(&source, status);
    geo_import_source_finish(&source);
    return 0;
}
