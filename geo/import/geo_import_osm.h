#ifndef GEO_IMPORT_GEO_IMPORT_OSM_H
#define GEO_IMPORT_GEO_IMPORT_OSM_H

#include "geo/import/geo_import_source.h"

/* An OSM element on its way from a reader into the source. A reader fills the lists of one element,
 * hands it over, and clears them for the next. */
struct geo_import_osm {
    struct geo_import_source *source;
    struct geo_import_list tags;    /* struct geo_import_tag; their text is the reader's */
    struct geo_import_list ids;     /* int64_t: nodes of a way */
    struct geo_import_list members; /* struct geo_import_member */
    uint64_t elements;              /* handed over so far */
};

void geo_import_osm_init(struct geo_import_osm *osm, struct geo_import_source *source);
void geo_import_osm_finish(struct geo_import_osm *osm);
void geo_import_osm_clear(struct geo_import_osm *osm);

/* GEO_NO_MEMORY is the only way to fail. */
GEO_MUST_CHECK enum geo_status geo_import_osm_tag(struct geo_import_osm *osm, const char *key,
                                                  const char *value);
GEO_MUST_CHECK enum geo_status geo_import_osm_id(struct geo_import_osm *osm, int64_t id);
GEO_MUST_CHECK enum geo_status geo_import_osm_member(struct geo_import_osm *osm,
                                                     struct geo_import_member member);

/* Hand the element over. */
GEO_MUST_CHECK enum geo_status geo_import_osm_node(struct geo_import_osm *osm, int64_t id,
                                                   struct geo_point at);
GEO_MUST_CHECK enum geo_status geo_import_osm_way(struct geo_import_osm *osm, int64_t id);
GEO_MUST_CHECK enum geo_status geo_import_osm_relation(struct geo_import_osm *osm);

/* Refuse a node that is no place on Earth; `where` is the file, and the line where it has lines. */
enum geo_status geo_import_osm_no_place(const struct geo_import_osm *osm, const char *where,
                                        int64_t id, double lat, double lon);

#endif
