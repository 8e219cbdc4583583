/* bench_import INPUT OUTPUT.kfmap: how long a city takes to compile, what it needs and what comes
 * of it. */
#include <inttypes.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "geo/import/geo_import.h"

static void print_report(const struct geo_import_report *report)
{
    for (int i = 0; i < GEO_IMPORT_COUNT_COUNT; i++) {
        (void)printf("%-40s %10" PRIu64 "\n",
                     geo_import_report_count_name((enum geo_import_count)i), report->counts[i]);
    }
    for (uint32_t i = GEO_SECTION_META; i < GEO_SECTION_COUNT; i++) {
        (void)printf("section %-32s %10" PRIu64 " bytes\n",
                     geo_import_report_section_name((enum geo_section)i), report->section_bytes[i]);
    }
    (void)printf("file %" PRIu64 " bytes, map %016" PRIx64 "\n", report->file_bytes,
                 report->map_id);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        (void)fprintf(stderr, "usage: bench_import INPUT.osm.pbf OUTPUT.kfmap\n");
        return 2;
    }
    static struct geo_import_report report;
    const struct geo_import_options options = {.input_path = argv[1], .output_path = argv[2]};
    struct timespec start;
    struct timespec end;
    (void)clock_gettime(CLOCK_MONOTONIC, &start);
    if (geo_import_run(&options, &report) != GEO_OK) {
        (void)fprintf(stderr, "bench_import: %s\n", report.error);
        return 1;
    }
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    print_report(&report);
    (void)printf("%.2f s, %ld MiB at the peak\n",
                 (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9,
                 usage.ru_maxrss / 1024);
    return 0;
}
