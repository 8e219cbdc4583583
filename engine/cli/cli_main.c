#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/host/config.h"
#include "engine/sim/simulate.h"

#define DESCRIPTION_SIZE 16384u

static int cli_version(int argc, char *argv[])
{
    (void)argc;
    (void)argv;
    puts("kuaifan " KUAIFAN_VERSION);
    return 0;
}

struct verb {
    const char *word;
    int (*run)(int argc, char *argv[]);
    const char *arguments;
    const char *help;
};

static const struct verb verbs[] = {
    {"serve", cli_serve, "[--config FILE] [--NAME VALUE ...]", "run the engine"},
    {"import", cli_import, "INPUT OUTPUT.kfmap [--name NAME] [--attribution TEXT]",
     "compile a city: .osm.pbf, .osm, .osm.gz, or GeoJSON of ways"},
    {"verify-map", cli_verify_map, "FILE.kfmap", "check every byte of a map file"},
    {"verify", cli_verify, "JOURNAL.db KEY",
     "walk the chain and signatures of a journal or backup"},
    {"report", cli_report, "[--config FILE] HISTORY.db|BACKUP.db [times|bulletin] [NAME=VALUE ...]",
     "response times by circle, unit, shift and so on; the bulletin; `kuaifan report` lists how"},
    {"replay", cli_replay, "--at TIME [--html] [--config FILE] BACKUP.db|HISTORY.db",
     "the board as it was: open incidents with tiers and orders, units, alarms"},
    {"whatif", cli_whatif, "--policy NAME --from TIME --to TIME [--config FILE] BACKUP.db",
     "the reports of a period under another policy, and the difference"},
    {"replay-check", cli_replay_check, "[--config FILE] [--NAME VALUE ...]",
     "a stopped engine's data: is snapshot and tail the same state as a replay from zero?"},
    {"demo-roster", cli_demo_roster, "MAP.kfmap DIRECTORY [--units N] [--circles N] [--seed N]",
     "make up districts, circles and units on a city's roads; they say that they are synthetic"},
    {"simulate", simulate_main, "(see kuaifan simulate --help)",
     "a fleet and callers as real clients: demo, test, load"},
    {"version", cli_version, "", "print the version"},
};
#define VERB_COUNT (sizeof verbs / sizeof verbs[0])

static int cli_help(int argc, char *argv[])
{
    if (argc > 0 && strcmp(argv[0], "config") == 0) {
        char text[DESCRIPTION_SIZE];
        config_describe(text, sizeof text);
        printf(
            "# Options of `kuaifan serve`: a file of these lines (--config FILE), or environment\n"
            "# variables KUAIFAN_NAME, or flags --name VALUE. The later of these wins.\n%s",
            text);
        return 0;
    }
    puts("kuaifan: dispatch for 1-3-5-minute rapid-response circles\n");
    for (size_t i = 0; i < VERB_COUNT; i++) {
        printf("  kuaifan %s %s\n      %s\n", verbs[i].word, verbs[i].arguments, verbs[i].help);
    }
    puts("  kuaifan help config\n      every option of `serve`, its default and its range");
    return 0;
}

int main(int argc, char *argv[])
{
    if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0) {
        return cli_help(argc < 2 ? 0 : argc - 2, argv + 2);
    }
    for (size_t i = 0; i < VERB_COUNT; i++) {
        if (strcmp(argv[1], verbs[i].word) == 0) {
            return verbs[i].run(argc - 2, argv + 2);
        }
    }
    fprintf(stderr, "kuaifan: there is no command \"%s\"; `kuaifan help` lists them\n", argv[1]);
    return 2;
}
