#ifndef GEO_IMPORT_GEO_IMPORT_JOIN_H
#define GEO_IMPORT_GEO_IMPORT_JOIN_H

#include "geo/import/geo_import_source.h"

/* Lines of roads that belong together: node indexes of source->nodes. */
struct geo_import_line {
    size_t node_first;
    size_t node_count;
    uint32_t road; /* one of the roads, for class, name and ref */
};

struct geo_import_lines {
    struct geo_import_list lines; /* struct geo_import_line, by class, name and ref */
    struct geo_import_list nodes; /* uint32_t */
};

GEO_MUST_CHECK enum geo_status geo_import_join_roads(const struct geo_import_source *source,
                                                     struct geo_import_lines *lines);
void geo_import_join_finish(struct geo_import_lines *lines);

#endif
