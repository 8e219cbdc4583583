#include "geo/import/geo_import_read.h"

#include <stdio.h>
#include <string.h>

static bool ends_with(const char *text, const char *ending)
{
    const size_t size = strlen(text);
    const size_t ending_size = strlen(ending);
    return size > ending_size && strcmp(text + size - ending_size, ending) == 0;
}

enum geo_status geo_import_read_any(struct geo_import_source *source)
{
    const char *path = source->options->input_path;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return geo_import_report_io(source->report, path, "cannot open");
    }
    const bool is_empty = fgetc(file) == EOF;
    (void)fclose(file);
    if (is_empty) {
        return geo_import_report_fail(source->report, GEO_BAD_INPUT,
                                      "%s: the file is empty or cannot be read", path);
    }
    if (ends_with(path, ".pbf")) {
        return geo_import_pbf_read(source, path);
    }
    if (ends_with(path, ".osm") || ends_with(path, ".osm.gz")) {
        return geo_import_xml_read(source, path);
    }
    if (ends_with(path, ".json") || ends_with(path, ".geojson")) {
        return geo_import_geojson_read_file(source, path);
    }
    return geo_import_report_fail(
        source->report, GEO_BAD_INPUT,
        "%s: unknown kind of file; .osm.pbf, .osm, .osm.gz, .json and .geojson "
        "are read",
        path);
}
