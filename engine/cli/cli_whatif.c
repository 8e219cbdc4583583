#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/host/calendar.h"
#include "engine/host/config.h"
#include "engine/host/config_policy.h"
#include "engine/host/map_file.h"
#include "engine/host/whatif.h"
#include "engine/store/journal.h"

extern char **environ;

struct options {
    const char *config, *policy, *from, *to, *path;
};

static bool read_options(int argc, char *argv[], struct options *options)
{
    for (int i = 0; i < argc; i++) {
        const struct {
            const char *name;
            const char **value;
        } known[] = {{"--config", &options->config},
                     {"--policy", &options->policy},
                     {"--from", &options->from},
                     {"--to", &options->to}};
        bool found = false;
        for (size_t k = 0; k < sizeof known / sizeof known[0] && !found; k++) {
            found = strcmp(argv[i], known[k].name) == 0 && i + 1 < argc;
            if (found) {
                *known[k].value = argv[++i];
            }
        }
        if (!found && (argv[i][0] == '-' || options->path != NULL)) {
            return false;
        }
        options->path = found ? options->path : argv[i];
    }
    return options->policy != NULL && options->from != NULL && options->to != NULL &&
           options->path != NULL;
}

static const char *span(int64_t ms, char text[24])
{
    if (ms == TIME_NEVER) {
        return "-";
    }
    snprintf(text, 24, "%" PRId64 ":%02d.%d", ms / 60000, (int)(ms / 1000 % 60),
             (int)(ms / 100 % 10));
    return text;
}

static uint32_t judged_count(const struct whatif_tier *tier)
{
    return tier->met + tier->missed + tier->no_unit;
}

static int rate_permille(const struct whatif_tier *tier)
{
    return (int)((uint64_t)tier->met * 1000 / judged_count(tier));
}

static void print_tier(const char *side, const struct whatif_tier *tier)
{
    char texts[3][24];
    printf("  %-10s %7u %7u %7u %9u %5u", side, tier->met, tier->missed, tier->no_unit,
           tier->cancelled, tier->open);
    if (judged_count(tier) == 0) {
        printf(" %7s", "-");
    } else {
        printf(" %4d.%d%%", rate_permille(tier) / 10, rate_permille(tier) % 10);
    }
    printf(" %7u %9s %9s %9s\n", tier->n, span(tier->p50_ms, texts[0]),
           span(tier->p90_ms, texts[1]), span(tier->max_ms, texts[2]));
}

static const char *span_change(int64_t then_ms, int64_t now_ms, char text[24])
{
    if (then_ms == TIME_NEVER || now_ms == TIME_NEVER) {
        return "-";
    }
    char size[24];
    const bool is_less = now_ms < then_ms;
    (void)span(is_less ? then_ms - now_ms : now_ms - then_ms, size);
    snprintf(text, 24, "%c%.22s", is_less ? '-' : '+', size);
    return text;
}

/* What the other policy adds to what was, or takes from it. */
static void print_difference(const struct whatif_tier *then, const struct whatif_tier *now)
{
    char texts[3][24];
    printf("  %-10s %+7d %+7d %+7d %+9d %+5d", "difference", (int)now->met - (int)then->met,
           (int)now->missed - (int)then->missed, (int)now->no_unit - (int)then->no_unit,
           (int)now->cancelled - (int)then->cancelled, (int)now->open - (int)then->open);
    if (judged_count(then) == 0 || judged_count(now) == 0) {
        printf(" %7s", "-");
    } else {
        const int change = rate_permille(now) - rate_permille(then);
        const int size = change < 0 ? -change : change;
        printf(" %c%3d.%d%%", change < 0 ? '-' : '+', size / 10, size % 10);
    }
    printf(" %+7d %9s %9s %9s\n", (int)now->n - (int)then->n,
           span_change(then->p50_ms, now->p50_ms, texts[0]),
           span_change(then->p90_ms, now->p90_ms, texts[1]),
           span_change(then->max_ms, now->max_ms, texts[2]));
}

static void print_result(const struct whatif_result *result, const char *policy)
{
    printf("incidents: %u then, %u now; orders: %u then, %u under %s\n", result->then.incidents,
           result->now.incidents, result->then.orders, result->now.orders, policy);
    printf("orders now: %u took the course they took then, %u the median of their kind\n",
           result->known, result->assumed);
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        printf("\ntier %s\n  %-10s %7s %7s %7s %9s %5s %7s %7s %9s %9s %9s\n",
               types_name(TYPES_TIER, tier), "", "met", "missed", "no unit", "cancelled", "open",
               "rate", "n", "P50", "P90", "longest");
        print_tier("then", &result->then.tiers[tier]);
        print_tier("now", &result->now.tiers[tier]);
        print_difference(&result->then.tiers[tier], &result->now.tiers[tier]);
    }
    printf("\nverdicts that changed: %u\n", result->changed);
    for (uint32_t i = 0; i < result->changed && i < WHATIF_LISTED_MAX; i++) {
        const struct whatif_change *change = &result->changes[i];
        printf("  incident %u, tier %s: %s -> %s\n", change->incident_id,
               types_name(TYPES_TIER, change->tier), types_name(TYPES_TIER_VERDICT, change->then),
               types_name(TYPES_TIER_VERDICT, change->now));
    }
    if (result->changed > WHATIF_LISTED_MAX) {
        printf("  ... and %u more\n", result->changed - WHATIF_LISTED_MAX);
    }
}

static int run(const struct options *options, const struct engine_config *config, int64_t from_ms,
               int64_t to_ms)
{
    static struct whatif_result result;
    char error[256] = "";
    char epoch[33];
    struct whatif *whatif = NULL;
    enum status status = whatif_create(config, from_ms, to_ms, &whatif);
    if (status == STATUS_OK) {
        status = journal_file_read(options->path, epoch, whatif_visit, whatif, error);
    }
    if (status == STATUS_OK) {
        status = whatif_run(whatif, &result, error);
    }
    if (status == STATUS_OK) {
        print_result(&result, config->policy.name);
    } else {
        fprintf(stderr, "kuaifan whatif: %s\n", error[0] == '\0' ? status_text(status) : error);
    }
    whatif_destroy(whatif);
    return status == STATUS_OK ? 0 : 1;
}

int cli_whatif(int argc, char *argv[])
{
    struct options options = {0};
    if (!read_options(argc, argv, &options)) {
        fprintf(stderr,
                "usage: kuaifan whatif --policy POLICY --from TIME --to TIME [--config FILE] "
                "BACKUP.db\n"
                "Runs the reports of a period again under another policy and prints the "
                "difference.\n"
                "POLICY: mutual-aid, echelon, place-class, or the path of a policy file. TIME: "
                "2026-11-29 or\n2026-11-29T08:00, of the city, or milliseconds. The "
                "configuration's map is used.\n");
        return 2;
    }
    static struct config config;
    char error[512] = "";
    if (config_load(&config, options.config, environ, 0, NULL, error) != STATUS_OK) {
        fprintf(stderr, "kuaifan whatif: %s\n", error);
        return 2;
    }
    int64_t from_ms = 0;
    int64_t to_ms = 0;
    if (!calendar_use(config.time_zone) || !calendar_moment(options.from, &from_ms) ||
        !calendar_moment(options.to, &to_ms) || from_ms >= to_ms) {
        fprintf(stderr, "kuaifan whatif: --from and --to must be times of the city, one before the "
                        "other\n");
        return 2;
    }
    struct map_file map = {0};
    if (config.map[0] != '\0' && map_file_open(&map, config.map, error) != STATUS_OK) {
        fprintf(stderr, "kuaifan whatif: %s\n", error);
        return 1;
    }
    struct engine_config engine_config =
        config_engine(&config, config.map[0] == '\0' ? NULL : &map.map);
    int exit_status = 2;
    if (config_policy_load(options.policy, &engine_config.policy, error) == STATUS_OK) {
        exit_status = run(&options, &engine_config, from_ms, to_ms);
    } else {
        fprintf(stderr, "kuaifan whatif: %s\n", error);
    }
    map_file_close(&map);
    return exit_status;
}
