#ifndef GEO_IMPORT_GEO_IMPORT_READ_H
#define GEO_IMPORT_GEO_IMPORT_READ_H

#include "geo/import/geo_import_source.h"

/* The readers: a file of each kind into a source. Errors stand in source->report->error. */

/* By the file's ending: .osm.pbf, .pbf, .osm, .osm.gz, .json, .geojson. */
GEO_MUST_CHECK enum geo_status geo_import_read_any(struct geo_import_source *source);

GEO_MUST_CHECK enum geo_status geo_import_osm_read(struct geo_import_source *source,
                                                   const char *path);

/* Inflate `path` into `plain_path`. */
GEO_MUST_CHECK enum geo_status geo_import_read_gunzip(struct geo_import_source *source,
                                                      const char *path, const char *plain_path);

/* Walk the blocks of an OSM PBF file: is it one, and is it whole? libreadosm reads a file that was
 * cut off as if it ended there. */
GEO_MUST_CHECK enum geo_status geo_import_pbf_check(struct geo_import_source *source,
                                                    const char *path);

GEO_MUST_CHECK enum geo_status geo_import_geojson_read_file(struct geo_import_source *source,
                                                            const char *path);

/* `path` is only for the error text. */
GEO_MUST_CHECK enum geo_status geo_import_geojson_read(struct geo_import_source *source,
                                                       const char *path, const char *bytes,
                                                       size_t size);

#endif
