/* metrics: one page of OpenMetrics text that a scraper can read. The parts' figures are the test's
 * own. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/metrics.h"

static struct daemon *daemon_parts;
static struct net_counters net;
static struct api_counters api;
static char text[32768];

struct dispatch_figures dispatch_figures(const struct dispatch *dispatch)
{
    (void)dispatch;
    return (struct dispatch_figures){.commands = 11, .repeated = 12, .refused = 13, .busy = 14};
}

uint64_t dispatch_durable_seq(const struct dispatch *dispatch)
{
    (void)dispatch;
    return UINT64_MAX;
}

struct committer_figures committer_figures(struct committer *committer)
{
    (void)committer;
    return (struct committer_figures){.batches = 21, .commit_us_max = UINT32_MAX};
}

struct history_figures history_worker_figures(struct history_worker *worker)
{
    (void)worker;
    return (struct history_figures){.seq = 31, .closed = true};
}

struct identities_figures identities_figures(const struct identities *identities)
{
    (void)identities;
    return (struct identities_figures){.logins = 41};
}

const struct net_counters *net_server_counters(const struct net_server *server)
{
    (void)server;
    return &net;
}

const struct api_counters *api_counters(const struct api *counted)
{
    (void)counted;
    return &api;
}

static void set_up(void)
{
    daemon_parts = calloc(1, sizeof *daemon_parts);
    cr_assert(ne(ptr, (void *)daemon_parts, NULL));
    memset(text, 'x', sizeof text);
    struct engine_config config = {.limits = {.units_max = 1,
                                              .circles_max = 1,
                                              .incidents_max = 1,
                                              .assignments_max = 1,
                                              .alarms_max = 1,
                                              .area_points_max = 3}};
    cr_assert(eq(int, policy_preset("mutual-aid", &config.policy), STATUS_OK));
    cr_assert(eq(int, engine_create(&config, &daemon_parts->engine), STATUS_OK));
}

static void tear_down(void)
{
    engine_destroy(daemon_parts->engine);
    free(daemon_parts);
    daemon_parts = NULL;
}

TestSuite(metrics, .init = set_up, .fini = tear_down, .timeout = 10);

static bool has_line(const char *line)
{
    char wanted[128];
    snprintf(wanted, sizeof wanted, "\n%s\n", line);
    return strstr(text, wanted) != NULL;
}

Test(metrics, the_page_has_what_the_parts_say)
{
    const size_t size = metrics_write(daemon_parts, text, sizeof text);
    cr_expect(eq(sz, size, strlen(text)));
    cr_expect(has_line("kuaifan_commands_total 11"));
    cr_expect(has_line("kuaifan_commands_busy_total 14"));
    cr_expect(has_line("kuaifan_batches_total 21"));
    cr_expect(has_line("kuaifan_history_closed 1"));
    cr_expect(has_line("kuaifan_logins_total 41"));
    cr_expect(has_line("kuaifan_coverage_gap_alarms 0"));
    cr_expect(has_line("kuaifan_alarms_open 0"));
    cr_expect(has_line("kuaifan_incidents_used 0"));
    cr_expect(has_line("kuaifan_incidents_max 1"));
    cr_expect(has_line("kuaifan_journal_seq 18446744073709551615"));
}

/* OpenMetrics: every metric has its type and help before its one sample, a counter ends in _total,
 * no name comes twice, the page ends with EOF and a line feed. */
Test(metrics, every_line_is_well_formed)
{
    const size_t size = metrics_write(daemon_parts, text, sizeof text);
    static char end[] = "# EOF\n";
    cr_assert(eq(str, text + size - (sizeof end - 1), end));
    static char names[200][64];
    uint32_t count = 0;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); strcmp(line, "# EOF") != 0;) {
        char kind[16];
        cr_assert(eq(int, sscanf(line, "# TYPE %63s %15s", names[count], kind), 2), "%s", line);
        line = strtok_r(NULL, "\n", &rest);
        char help[80];
        snprintf(help, sizeof help, "# HELP %s ", names[count]);
        cr_assert(eq(int, strncmp(line, help, strlen(help)), 0), "%s", line);
        cr_assert(lt(sz, strlen(help), strlen(line)), "no help: %s", line);
        line = strtok_r(NULL, "\n", &rest);
        char sample[80];
        unsigned long long value;
        cr_assert(eq(int, sscanf(line, "%79s %llu", sample, &value), 2), "%s", line);
        const bool is_counter = strcmp(kind, "counter") == 0;
        char wanted[80];
        snprintf(wanted, sizeof wanted, "%s%s", names[count], is_counter ? "_total" : "");
        cr_assert(eq(str, sample, wanted));
        for (uint32_t i = 0; i < count; i++) {
            cr_assert(ne(str, names[i], names[count]));
        }
        count++;
        line = strtok_r(NULL, "\n", &rest);
        cr_assert(ne(ptr, line, NULL));
    }
    cr_expect(lt(u32, 30, count));
}

Test(metrics, a_page_that_does_not_fit_is_cut_inside_its_room)
{
    for (size_t room = 1; room < 400; room++) {
        memset(text, 'x', sizeof text);
        const size_t size = metrics_write(daemon_parts, text, room);
        cr_assert(lt(sz, size, room));
        cr_assert(eq(chr, text[room], 'x'));
    }
}
