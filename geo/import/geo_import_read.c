#include "geo/import/geo_import_read.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static bool ends_with(const char *text, const char *ending)
{
    const size_t size = strlen(text);
    const size_t ending_size = strlen(ending);
    return size > ending_size && strcmp(text + size - ending_size, ending) == 0;
}

static enum geo_status write_failed(struct geo_import_source *source, const char *path)
{
    return geo_import_report_io(source->report, path, "cannot write");
}

static enum geo_status inflate_to(struct geo_import_source *source, gzFile in, FILE *out,
                                  const char *path, const char *plain_path)
{
    static const size_t chunk_size = 1u << 18;
    char *chunk = malloc(chunk_size);
    if (chunk == NULL) {
        return GEO_NO_MEMORY;
    }
    enum geo_status status = GEO_OK;
    int got = 0;
    while (status == GEO_OK && (got = gzread(in, chunk, (unsigned)chunk_size)) > 0) {
        if (fwrite(chunk, 1, (size_t)got, out) != (size_t)got) {
            status = write_failed(source, plain_path);
        }
        geo_import_report_say(source->options, "unpack", (uint64_t)gztell(in), 0);
    }
    free(chunk);
    int code = Z_OK;
    const char *why = gzerror(in, &code);
    if (status == GEO_OK && (got < 0 || code != Z_OK)) {
        status =
            geo_import_report_fail(source->report, GEO_BAD_INPUT,
                                   "%s: the gzip data breaks off or is damaged after %lld bytes of "
                                   "plain text (%s)",
                                   path, (long long)gztell(in), why);
    }
    return status;
}

enum geo_status geo_import_read_gunzip(struct geo_import_source *source, const char *path,
                                       const char *plain_path)
{
    gzFile in = gzopen(path, "rb");
    if (in == NULL) {
        return geo_import_report_io(source->report, path, "cannot open");
    }
    FILE *out = fopen(plain_path, "wb");
    if (out == NULL) {
        (void)gzclose_r(in);
        return write_failed(source, plain_path);
    }
    enum geo_status status = inflate_to(source, in, out, path, plain_path);
    (void)gzclose_r(in);
    if (fclose(out) != 0 && status == GEO_OK) {
        status = write_failed(source, plain_path);
    }
    return status;
}

/* libreadosm goes by the file's ending: the plain copy must be called .osm. */
static enum geo_status read_gzipped(struct geo_import_source *source, const char *path)
{
    const size_t size = strlen(source->options->output_path) + sizeof ".part.osm";
    char *plain_path = malloc(size);
    if (plain_path == NULL) {
        return GEO_NO_MEMORY;
    }
    (void)snprintf(plain_path, size, "%s.part.osm", source->options->output_path);
    enum geo_status status = geo_import_read_gunzip(source, path, plain_path);
    if (status == GEO_OK) {
        status = geo_import_osm_read(source, plain_path);
    }
    (void)remove(plain_path);
    free(plain_path);
    return status;
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
        const enum geo_status status = geo_import_pbf_check(source, path);
        return status == GEO_OK ? geo_import_osm_read(source, path) : status;
    }
    if (ends_with(path, ".osm")) {
        return geo_import_osm_read(source, path);
    }
    if (ends_with(path, ".osm.gz")) {
        return read_gzipped(source, path);
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
