#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/sim/sim_world.h"

static const char usage[] =
    "usage: kuaifan simulate --url URL --map FILE.kfmap [options]\n"
    "A fleet and callers as real clients of the public protocol. The password of --admin is read "
    "from\n"
    "KUAIFAN_PASSWORD; the fleet gets device secrets of its own.\n"
    "  --admin NAME      administrator (admin)\n"
    "  --cacert FILE     trust this authority (HTTPS)\n"
    "  --units N         at most so many of the roster's units (all)\n"
    "  --leave CODE      only drive this unit; somebody else signs it on and answers its orders\n"
    "  --rate R          reports a second (0.1)\n"
    "  --type TYPE       of every report (any)\n"
    "  --seconds N       then let everybody finish and stop; 0: until stopped, or SIGUSR1 (0)\n"
    "  --seed N          (1)\n"
    "  --load            acknowledge at once, clear after 10 s, reports that never merge\n"
    "  --check           at the end hold the clients' ledger against the engine's record\n"
    "  --orders-each N   with --check: every report must have so many orders\n"
    "  --disk DIR        measure a bare fdatasync there beside the run\n"
    "  --replay FILE     reports from a CSV of real incidents (docs/OPERATIONS.md), not at random\n"
    "  --speed X         of the replay, 60: an hour in a minute (60)\n";

void sim_options_usage(FILE *file)
{
    fputs(usage, file);
}

static bool set_text(struct sim_options *options, const char *name, const char *value)
{
    const struct {
        const char *name;
        const char **text;
    } table[] = {{"--url", &options->url},        {"--map", &options->map_path},
                 {"--admin", &options->admin},    {"--cacert", &options->ca_path},
                 {"--leave", &options->leave},    {"--type", &options->type},
                 {"--disk", &options->disk_path}, {"--replay", &options->replay_path}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(name, table[i].name) == 0) {
            *table[i].text = value;
            return true;
        }
    }
    return false;
}

static bool set_number(struct sim_options *options, const char *name, const char *value)
{
    const struct {
        const char *name;
        double min, max;
        uint32_t *whole;
        double *number;
    } table[] = {{"--units", 1, 50000, &options->units_max, NULL},
                 {"--rate", 0, 10000, NULL, &options->rate},
                 {"--seconds", 0, 1e7, &options->seconds, NULL},
                 {"--seed", 0, 4e9, &options->seed, NULL},
                 {"--orders-each", 0, 24, &options->orders_each, NULL},
                 {"--speed", 0.001, 1e6, NULL, &options->speed}};
    char *end = NULL;
    errno = 0;
    const double number = strtod(value, &end);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(name, table[i].name) != 0) {
            continue;
        }
        if (*value == '\0' || *end != '\0' || errno != 0 || !(number >= table[i].min) ||
            number > table[i].max) {
            return false;
        }
        if (table[i].whole != NULL) {
            *table[i].whole = (uint32_t)number;
        } else {
            *table[i].number = number;
        }
        return true;
    }
    return false;
}

bool sim_options_read(int argc, char *argv[], struct sim_options *options)
{
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--load") == 0) {
            options->load = true;
        } else if (strcmp(argv[i], "--check") == 0) {
            options->check = true;
        } else if (i + 1 == argc || (!set_text(options, argv[i], argv[i + 1]) &&
                                     !set_number(options, argv[i], argv[i + 1]))) {
            fprintf(stderr, "kuaifan simulate: %s %s is not understood\n%s", argv[i],
                    i + 1 < argc ? argv[i + 1] : "", usage);
            return false;
        } else {
            i++;
        }
    }
    if (options->url == NULL || options->map_path == NULL) {
        sim_options_usage(stderr);
        return false;
    }
    if (options->replay_path != NULL) {
        options->rate = 0;
    }
    return true;
}
