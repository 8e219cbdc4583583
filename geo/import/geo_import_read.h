#ifndef GEO_IMPORT_GEO_IMPORT_READ_H
#define GEO_IMPORT_GEO_IMPORT_READ_H

#include "geo/import/geo_import_source.h"

/* The readers: a file of each kind into a source. Errors stand in source->report->error. */

/* By the file's ending: .osm.pbf, .pbf, .osm, .osm.gz, .json, .geojson. */
GEO_MUST_CHECK enum geo_status geo_import_read_any(struct geo_import_source *source);

/* OSM XML, plain or gzipped. */
GEO_MUST_CHECK enum geo_status geo_import_xml_read(struct geo_import_source *source,
                                                   const char *path);

/* OSM PBF, whose blocks are packed with zlib or not at all. */
GEO_MUST_CHECK enum geo_status geo_import_pbf_read(struct geo_import_source *source,
                                                   const char *path);

GEO_MUST_CHECK enum geo_status geo_import_geojson_read_file(struct geo_import_source *source,
                                                            const char *path);

/* `path` is only for the error text. */
GEO_MUST_CHECK enum geo_status geo_import_geojson_read(struct geo_import_source *source,
                                                       const char *path, const char *bytes,
                                                       size_t size);

#endif
