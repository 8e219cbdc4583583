#ifndef GEO_IMPORT_GEO_IMPORT_NAME_H
#define GEO_IMPORT_GEO_IMPORT_NAME_H

#include "geo/import/geo_import_graph.h"

/* Names for search: streets (geo_import_street.h) and places, each with all its spellings (name,
 * name:en, alt_name, old_name ... and pinyin), and the sorted keys that geo_map_find_name() reads.
 */

struct geo_import_named {
    uint32_t name;         /* in names->text */
    uint32_t alternatives; /* in names->text: more spellings, parted by ';' */
    uint32_t kind;         /* enum geo_name_kind */
    struct geo_point at;
};

struct geo_import_names {
    struct geo_import_text text;   /* what becomes the TEXT section */
    struct geo_import_list drafts; /* struct geo_import_named */
    struct geo_import_list names;  /* struct geo_name */
    struct geo_import_list keys;   /* struct geo_name_key */
};

/* Also moves geo_edge.name from source->text to names->text. */
GEO_MUST_CHECK enum geo_status geo_import_name_build(const struct geo_import_source *source,
                                                     struct geo_import_graph *graph,
                                                     struct geo_import_names *names);
void geo_import_name_finish(struct geo_import_names *names);

#endif
