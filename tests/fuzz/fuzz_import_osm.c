/* Any bytes as an .osm file, as an .osm.pbf file, and as the one block of data of an .osm.pbf file:
 * refused with a sentence, or a city in which everything holds. The first byte says which. */
#define _POSIX_C_SOURCE 200809L /* getpid */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "geo/import/geo_import_pbf_block.h"
#include "geo/import/geo_import_read.h"
#include "tests/support/import_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[512];

static void remove_file(void)
{
    (void)remove(path);
}

static void write_file(const uint8_t *data, size_t size)
{
    if (path[0] == '\0') {
        const char *parent = getenv("TMPDIR");
        (void)snprintf(path, sizeof path, "%s/kuaifan_fuzz_%ld", parent == NULL ? "/tmp" : parent,
                       (long)getpid());
        const int kept = atexit(remove_file);
        assert(kept == 0);
    }
    FILE *file = fopen(path, "wb");
    assert(file != NULL);
    const size_t put = size == 0 ? 0 : fwrite(data, 1, size, file);
    assert(put == size);
    (void)fclose(file);
}

static enum geo_status read_block(struct geo_import_source *source, const uint8_t *bytes,
                                  size_t size)
{
    struct geo_import_osm osm;
    struct geo_import_pbf_block block;
    geo_import_osm_init(&osm, source);
    geo_import_pbf_block_init(&block, &osm, "block");
    enum geo_status status = geo_import_pbf_block_header(&block, bytes, size);
    assert(status != GEO_OK || block.lacks == NULL);
    assert(status != GEO_OK || block.fault == NULL);
    block.fault = NULL;
    status = geo_import_pbf_block_read(&block, bytes, size);
    if (block.fault != NULL) {
        assert(status == GEO_BAD_INPUT);
        status = geo_import_report_fail(source->report, status, "%s", block.fault);
    }
    geo_import_pbf_block_finish(&block);
    geo_import_osm_finish(&osm);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    const uint8_t kind = data[0] % 3;
    static struct geo_import_report report;
    const struct geo_import_options options = {.input_path = path, .output_path = "fuzz.kfmap"};
    struct geo_import_source source;
    memset(&report, 0, sizeof report);
    enum geo_status status = geo_import_source_init(&source, &options, &report);
    assert(status == GEO_OK);
    if (kind == 2) {
        status = read_block(&source, data + 1, size - 1);
    } else {
        write_file(data + 1, size - 1);
        status =
            kind == 1 ? geo_import_pbf_read(&source, path) : geo_import_xml_read(&source, path);
    }
    import_check_compile(&source, status);
    geo_import_source_finish(&source);
    return 0;
}
