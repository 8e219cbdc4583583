#ifndef TESTS_SUPPORT_IMPORT_CHECK_H
#define TESTS_SUPPORT_IMPORT_CHECK_H

#include "geo/import/geo_import_source.h"

/* For the fuzz targets of the importers: what must hold whatever was read. */

/* Everything after reading, with its invariants asserted: refs resolved, graph, names, snap index
 * and tiles. `status` is what reading said. */
void import_check_compile(struct geo_import_source *source, enum geo_status status);

#endif
