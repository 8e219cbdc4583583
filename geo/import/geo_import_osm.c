#include "geo/import/geo_import_osm.h"

#include <inttypes.h>

#define PROGRESS_STEP 65536u

void geo_import_osm_init(struct geo_import_osm *osm, struct geo_import_source *source)
{
    *osm = (struct geo_import_osm){.source = source,
                                   .tags = GEO_IMPORT_LIST_OF(struct geo_import_tag),
                                   .ids = GEO_IMPORT_LIST_OF(int64_t),
                                   .members = GEO_IMPORT_LIST_OF(struct geo_import_member)};
}

void geo_import_osm_finish(struct geo_import_osm *osm)
{
    geo_import_list_finish(&osm->tags);
    geo_import_list_finish(&osm->ids);
    geo_import_list_finish(&osm->members);
}

void geo_import_osm_clear(struct geo_import_osm *osm)
{
    osm->tags.count = 0;
    osm->ids.count = 0;
    osm->members.count = 0;
}

enum geo_status geo_import_osm_tag(struct geo_import_osm *osm, const char *key, const char *value)
{
    const struct geo_import_tag tag = {.key = key, .value = value};
    return geo_import_list_append(&osm->tags, &tag, 1) == NULL ? GEO_NO_MEMORY : GEO_OK;
}

enum geo_status geo_import_osm_id(struct geo_import_osm *osm, int64_t id)
{
    return geo_import_list_append(&osm->ids, &id, 1) == NULL ? GEO_NO_MEMORY : GEO_OK;
}

enum geo_status geo_import_osm_member(struct geo_import_osm *osm, struct geo_import_member member)
{
    return geo_import_list_append(&osm->members, &member, 1) == NULL ? GEO_NO_MEMORY : GEO_OK;
}

static struct geo_import_tags tags_of(const struct geo_import_osm *osm)
{
    return (struct geo_import_tags){.items = osm->tags.items, .count = osm->tags.count};
}

static void count(struct geo_import_osm *osm, enum geo_import_count kind)
{
    osm->source->report->counts[kind]++;
    if (++osm->elements % PROGRESS_STEP == 0) {
        geo_import_report_say(osm->source->options, "read", osm->elements, 0);
    }
}

enum geo_status geo_import_osm_node(struct geo_import_osm *osm, int64_t id, struct geo_point at)
{
    count(osm, GEO_IMPORT_NODES_READ);
    return geo_import_source_node(osm->source, id, at, tags_of(osm));
}

enum geo_status geo_import_osm_no_place(const struct geo_import_osm *osm, const char *where,
                                        int64_t id, double lat, double lon)
{
    return geo_import_report_fail(osm->source->report, GEO_BAD_INPUT,
                                  "%s: node %" PRId64
                                  ": latitude %.7f, longitude %.7f is no place on Earth (swapped?)",
                                  where, id, lat, lon);
}

enum geo_status geo_import_osm_way(struct geo_import_osm *osm, int64_t id)
{
    count(osm, GEO_IMPORT_WAYS_READ);
    const struct geo_import_way way = {.id = id, .ids = osm->ids.items, .count = osm->ids.count};
    return geo_import_source_way(osm->source, way, tags_of(osm));
}

enum geo_status geo_import_osm_relation(struct geo_import_osm *osm)
{
    count(osm, GEO_IMPORT_RELATIONS_READ);
    const struct geo_import_members members = {.items = osm->members.items,
                                               .count = osm->members.count};
    return geo_import_source_relation(osm->source, members, tags_of(osm));
}
