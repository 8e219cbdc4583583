#ifndef GEO_IMPORT_GEO_IMPORT_FILE_H
#define GEO_IMPORT_GEO_IMPORT_FILE_H

#include "geo/import/geo_import.h"

struct geo_import_section {
    enum geo_section kind;
    uint32_t item_size;
    const void *items; /* NULL only if count is 0 */
    uint64_t count;
};

/* Write header, table and sections to PATH.part, sync it to disk and rename it to PATH. `bounds` is
 * a header of which only the bounding box is read. On failure PATH.part is removed. Fills
 * section_bytes, file_bytes, map_id and error of the report. */
GEO_MUST_CHECK enum geo_status geo_import_file_write(const char *path,
                                                     const struct geo_import_section sections[],
                                                     uint32_t section_count,
                                                     const struct geo_map_header *bounds,
                                                     struct geo_import_report *report);

#endif
