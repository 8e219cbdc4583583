/* Any bytes as GeoJSON: refused with a sentence, or a city in which everything holds. */
#include <stddef.h>
#include <string.h>

#include "geo/import/geo_import_read.h"
#include "tests/support/import_check.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct geo_import_report report;
    const struct geo_import_options options = {.input_path = "fuzz.json",
                                               .output_path = "fuzz.kfmap"};
    struct geo_import_source source;
    memset(&report, 0, sizeof report);
    enum geo_status status = geo_import_source_init(&source, &options, &report);
    if (status == GEO_OK) {
        status = geo_import_geojson_read(&source, "fuzz.json", (const char *)data, size);
    }
    import_check_compile(&source, status);
    geo_import_source_finish(&source);
    return 0;
}
