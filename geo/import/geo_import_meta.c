#include <assert.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "geo/import/geo_import_meta.h"

static json_t *object_of_counts(const struct geo_import_report *report)
{
    json_t *object = json_object();
    for (size_t i = 0; i < GEO_IMPORT_COUNT_COUNT; i++) {
        if (json_object_set_new(object, geo_import_report_count_name((enum geo_import_count)i),
                                json_integer((json_int_t)report->counts[i])) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *object_of_sections(const struct geo_import_section sections[], uint32_t count)
{
    json_t *object = json_object();
    for (uint32_t i = 0; i < count; i++) {
        const uint64_t bytes = sections[i].count * sections[i].item_size;
        if (json_object_set_new(object, geo_import_report_section_name(sections[i].kind),
                                json_integer((json_int_t)bytes)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

enum geo_status geo_import_meta_make(const struct geo_import_meta_input *input, char **text)
{
    *text = NULL;
    /* s: a pointer that is NULL or not UTF-8 fails the whole; names come through import_text */
    json_t *meta = json_pack("{s:s, s:s, s:s, s:o, s:o}", "name", input->city, "attribution",
                             input->attribution, "source", input->source_name, "counts",
                             object_of_counts(input->report), "section_bytes",
                             object_of_sections(input->sections, input->section_count));
    if (meta == NULL) {
        return GEO_NO_MEMORY;
    }
    *text = json_dumps(meta, JSON_COMPACT);
    json_decref(meta);
    return *text == NULL ? GEO_NO_MEMORY : GEO_OK;
}
