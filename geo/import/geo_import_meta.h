#ifndef GEO_IMPORT_GEO_IMPORT_META_H
#define GEO_IMPORT_GEO_IMPORT_META_H

#include "geo/import/geo_import_file.h"

struct geo_import_meta_input {
    const char *city, *attribution, *source_name; /* UTF-8 */
    const struct geo_import_report *report;
    const struct geo_import_section *sections; /* all but META itself */
    uint32_t section_count;
};

/* The META section: one line of JSON, without a time in it. The caller frees *text. */
GEO_MUST_CHECK enum geo_status geo_import_meta_make(const struct geo_import_meta_input *input,
                                                    char **text);

#endif
