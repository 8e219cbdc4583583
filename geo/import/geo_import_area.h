#ifndef GEO_IMPORT_GEO_IMPORT_AREA_H
#define GEO_IMPORT_GEO_IMPORT_AREA_H

#include "geo/import/geo_import_source.h"

/* Areas that relations draw (type=multipolygon): outer rings with holes, made of ways that may say
 * nothing themselves. So every way's points are kept until the relations are known. */

/* Keep a relation that draws something, or that cuts holes into a way which does. */
GEO_MUST_CHECK enum geo_status geo_import_area_add(struct geo_import_source *source,
                                                   struct geo_import_members members,
                                                   struct geo_import_tags tags);

/* Before refs are resolved: the points of ways that only a relation needs join source->ids. */
GEO_MUST_CHECK enum geo_status geo_import_area_want(struct geo_import_source *source);

/* After refs are resolved: shapes, and places to search for, of every relation. An outer ring's
 * holes stand right behind it. */
GEO_MUST_CHECK enum geo_status geo_import_area_build(struct geo_import_source *source);

#endif
