#ifndef GEO_IMPORT_GEO_IMPORT_TEXT_H
#define GEO_IMPORT_GEO_IMPORT_TEXT_H

#include <stdint.h>

#include "geo/geo_status.h"
#include "geo/import/geo_import_list.h"

/* NUL-terminated UTF-8 texts, each kept once and named by its offset; offset 0 is "". */
struct geo_import_text {
    struct geo_import_list bytes;
    uint32_t *slots; /* open addressing: offset, 0 is free */
    size_t slot_count, used;
};

#define GEO_IMPORT_TEXT_MAX 400u /* bytes of one text; OSM allows 255 characters */

GEO_MUST_CHECK enum geo_status geo_import_text_init(struct geo_import_text *text);
void geo_import_text_finish(struct geo_import_text *text);

/* Control characters become blanks, broken UTF-8 becomes U+FFFD, blanks at both ends go, and what
 * is longer than GEO_IMPORT_TEXT_MAX is cut between characters. NULL is "". */
GEO_MUST_CHECK enum geo_status geo_import_text_add(struct geo_import_text *text, const char *value,
                                                   uint32_t *offset);

const char *geo_import_text_at(const struct geo_import_text *text, uint32_t offset);

#endif
