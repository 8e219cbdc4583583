#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <uv.h>

#include "engine/cli/cli.h"
#include "engine/host/map_file.h"
#include "engine/sim/demo_roster.h"

#define PATH_BYTES 600u

static bool write_file(const struct demo_roster *roster, const char *directory, const char *name,
                       bool (*write)(const struct demo_roster *roster, FILE *file))
{
    char path[PATH_BYTES];
    snprintf(path, sizeof path, "%.500s/%s", directory, name);
    FILE *file = fopen(path, "w");
    const bool good = file != NULL && write(roster, file);
    if (!good) {
        fprintf(stderr, "kuaifan demo-roster: %s: %s\n", path, uv_strerror(-errno));
    }
    return file != NULL && fclose(file) == 0 && good;
}

static bool read_number(const char *text, unsigned long long max, unsigned long long *number)
{
    char *end;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return *text != '\0' && *end == '\0' && errno == 0 && *number >= 1 && *number <= max;
}

static bool read_options(int argc, char *argv[], struct demo_roster *roster)
{
    for (int i = 0; i + 1 < argc; i += 2) {
        unsigned long long number = 0;
        if (strcmp(argv[i], "--units") == 0 && read_number(argv[i + 1], 50000, &number)) {
            roster->units = (uint32_t)number;
        } else if (strcmp(argv[i], "--circles") == 0 && read_number(argv[i + 1], 5000, &number)) {
            roster->circles = (uint32_t)number;
        } else if (strcmp(argv[i], "--seed") == 0 &&
                   read_number(argv[i + 1], UINT64_MAX, &number)) {
            roster->seed = number;
        } else {
            fprintf(stderr, "kuaifan demo-roster: %s %s is not understood\n", argv[i], argv[i + 1]);
            return false;
        }
    }
    return argc % 2 == 0;
}

int cli_demo_roster(int argc, char *argv[])
{
    struct demo_roster roster = {.units = 240, .circles = 24, .seed = 1};
    if (argc < 2 || !read_options(argc - 2, argv + 2, &roster)) {
        fprintf(stderr, "usage: kuaifan demo-roster MAP.kfmap DIRECTORY [--units N] [--circles N] "
                        "[--seed N]\n");
        return 2;
    }
    struct map_file file;
    char error[512];
    if (map_file_open(&file, argv[0], error) != STATUS_OK) {
        fprintf(stderr, "kuaifan demo-roster: %s\n", error);
        return 1;
    }
    roster.map = &file.map;
    if (mkdir(argv[1], 0755) != 0 && errno != EEXIST) {
        fprintf(stderr, "kuaifan demo-roster: %s: %s\n", argv[1], uv_strerror(-errno));
    }
    const bool good = write_file(&roster, argv[1], "districts.geojson", demo_roster_districts) &&
                      write_file(&roster, argv[1], "circles.csv", demo_roster_circles) &&
                      write_file(&roster, argv[1], "units.csv", demo_roster_units) &&
                      write_file(&roster, argv[1], "checkpoints.csv", demo_roster_checkpoints) &&
                      write_file(&roster, argv[1], "routes.csv", demo_roster_routes);
    map_file_close(&file);
    return good ? 0 : 1;
}
