/* Any bytes as an .osm file, and as the frame of an .osm.pbf file: refused with a sentence, or a
 * city in which everything holds. The first byte says which. Files, since that is what libreadosm
 * reads; what it makes of the blocks inside a .pbf is its own affair. */
#define _POSIX_C_SOURCE 200809L /* getpid */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "geo/import/geo_import_read.h"
#include "tests/support/import_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libreadosm 1.1.0 does not free its XML parser when the XML is broken or a callback stops it. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libexpat.so\nleak:libreadosm.so\n";
}

static char path[512];

static void remove_file(void)
{
    (void)remove(path);
}

static void write_file(const uint8_t *data, size_t size)
{
    if (path[0] == '\0') {
        const char *parent = getenv("TMPDIR");
        (void)snprintf(path, sizeof path, "%s/kuaifan_fuzz_%ld.osm",
                       parent == NULL ? "/tmp" : parent, (long)getpid());
        const int kept = atexit(remove_file);
        assert(kept == 0);
    }
    FILE *file = fopen(path, "wb");
    assert(file != NULL);
    const size_t put = size == 0 ? 0 : fwrite(data, 1, size, file);
    assert(put == size);
    (void)fclose(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) {
        return 0;
    }
    write_file(data + 1, size - 1);
    static struct geo_import_report report;
    const struct geo_import_options options = {.input_path = path, .output_path = "fuzz.kfmap"};
    struct geo_import_source source;
    memset(&report, 0, sizeof report);
    enum geo_status status = geo_import_source_init(&source, &options, &report);
    if (status == GEO_OK && data[0] % 2 == 1) {
        status = geo_import_pbf_check(&source, path);
        assert(status == GEO_OK || report.error[0] != '\0');
    } else {
        status = status == GEO_OK ? geo_import_read_any(&source) : status;
        import_check_compile(&source, status);
    }
    geo_import_source_finish(&source);
    return 0;
}
