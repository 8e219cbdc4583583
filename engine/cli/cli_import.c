#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/cli/cli.h"
#include "geo/import/geo_import.h"

struct bar {
    char phase[64];
    uint64_t percent;
    int on_terminal;
};

/* On a terminal one line that moves, elsewhere one line a phase. */
static void show(void *context, const char *phase, uint64_t done, uint64_t total)
{
    struct bar *bar = context;
    const uint64_t percent = total == 0 ? 0 : done * 100 / total;
    const int is_new = strcmp(bar->phase, phase) != 0;
    if (!is_new && (!bar->on_terminal || percent == bar->percent)) {
        return;
    }
    snprintf(bar->phase, sizeof bar->phase, "%s", phase);
    bar->percent = percent;
    if (bar->on_terminal) {
        fprintf(stderr, "\r\033[K  %s %3llu %%", phase, (unsigned long long)percent);
    } else {
        fprintf(stderr, "  %s\n", phase);
    }
}

static void print_report(const struct geo_import_report *report, const char *output)
{
    for (int i = 0; i < GEO_IMPORT_COUNT_COUNT; i++) {
        if (report->counts[i] > 0) {
            printf("  %-40s %12llu\n", geo_import_report_count_name((enum geo_import_count)i),
                   (unsigned long long)report->counts[i]);
        }
    }
    printf("%s: %.1f MB, map id %016llx\n", output, (double)report->file_bytes / 1e6,
           (unsigned long long)report->map_id);
}

int cli_import(int argc, char *argv[])
{
    struct geo_import_options options = {.progress = show};
    int names = 0;
    for (int i = 0; i < argc; i++) {
        const int has_value = i + 1 < argc;
        if (strcmp(argv[i], "--name") == 0 && has_value) {
            options.city = argv[++i];
        } else if (strcmp(argv[i], "--attribution") == 0 && has_value) {
            options.attribution = argv[++i];
        } else if (strcmp(argv[i], "--emergency-oneway") == 0) {
            options.emergency_oneway = true;
        } else if (strncmp(argv[i], "--", 2) == 0 || names == 2) {
            fprintf(stderr, "kuaifan import: %s is not understood\n", argv[i]);
            return 2;
        } else {
            *(names++ == 0 ? &options.input_path : &options.output_path) = argv[i];
        }
    }
    if (names != 2) {
        fprintf(stderr,
                "usage: kuaifan import INPUT OUTPUT.kfmap [--name NAME] [--attribution TEXT]\n"
                "       [--emergency-oneway]  emergency cars may drive against one-way streets\n"
                "INPUT: .osm.pbf, .osm, .osm.gz, or GeoJSON of ways (.json, .geojson)\n");
        return 2;
    }
    struct bar bar = {.on_terminal = isatty(STDERR_FILENO)};
    options.progress_context = &bar;
    static struct geo_import_report report;
    const enum geo_status status = geo_import_run(&options, &report);
    if (bar.on_terminal) {
        fprintf(stderr, "\r\033[K");
    }
    if (status != GEO_OK) {
        fprintf(stderr, "kuaifan import: %s\n",
                report.error[0] == '\0' ? geo_status_text(status) : report.error);
        return 1;
    }
    print_report(&report, options.output_path);
    return 0;
}
