#ifndef GEO_IMPORT_GEO_IMPORT_POI_H
#define GEO_IMPORT_GEO_IMPORT_POI_H

#include "geo/import/geo_import_tags.h"

/* What kind of place people name in a call. False: none, or it is a road. */
bool geo_import_poi_kind(struct geo_import_tags tags, enum geo_name_kind *kind);

#endif
