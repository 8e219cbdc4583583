#ifndef GEO_IMPORT_GEO_IMPORT_PBF_BLOCK_H
#define GEO_IMPORT_GEO_IMPORT_PBF_BLOCK_H

#include "geo/import/geo_import_osm.h"

/* The inside of an OSM PBF file (OSM wiki, "PBF Format"; osmformat.proto): a block of data into
 * OSM elements. */
struct geo_import_pbf_block {
    struct geo_import_osm *osm;
    const char *path;               /* for the error text */
    struct geo_import_list chars;   /* char: the block's strings, each with a NUL behind it */
    struct geo_import_list strings; /* size_t: where in chars */
    int64_t granularity;            /* nanodegrees */
    int64_t lat_offset, lon_offset; /* nanodegrees */
    const char *fault;              /* what is wrong with the block; NULL: nothing */
    const char *lacks;              /* good until the next block; NULL: nothing */
};

void geo_import_pbf_block_init(struct geo_import_pbf_block *block, struct geo_import_osm *osm,
                               const char *path);
void geo_import_pbf_block_finish(struct geo_import_pbf_block *block);

/* Hand over every element of an unpacked OSMData block. GEO_BAD_INPUT: block->fault says what is
 * wrong, unless a sentence stands in the report already. */
GEO_MUST_CHECK enum geo_status geo_import_pbf_block_read(struct geo_import_pbf_block *block,
                                                         const uint8_t *bytes, size_t size);

/* Check an unpacked OSMHeader block. GEO_BAD_INPUT: block->lacks names what the file must be read
 * with and we do not have, or block->fault says what is wrong. */
GEO_MUST_CHECK enum geo_status geo_import_pbf_block_header(struct geo_import_pbf_block *block,
                                                           const uint8_t *bytes, size_t size);

#endif
