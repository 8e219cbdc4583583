#ifndef GEO_IMPORT_GEO_IMPORT_STREET_H
#define GEO_IMPORT_GEO_IMPORT_STREET_H

#include "geo/import/geo_import_name.h"

/* Streets for search: one entry for every name and every place the name is used. Two roads of one
 * name belong together while squares of about 3 km that they touch are neighbours. */
#define GEO_IMPORT_STREET_SQUARE_E7 270000 /* 3 km of latitude */

/* Append them to names->drafts; also moves geo_edge.name from source->text to names->text. */
GEO_MUST_CHECK enum geo_status geo_import_street_add(const struct geo_import_source *source,
                                                     struct geo_import_graph *graph,
                                                     struct geo_import_names *names);

#endif
