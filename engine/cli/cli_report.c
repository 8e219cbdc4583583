#include <stdio.h>
#include <string.h>

#include "engine/cli/cli.h"
#include "engine/cli/cli_history.h"
#include "engine/host/config.h"
#include "engine/host/patrol_report.h"
#include "engine/host/summary.h"

extern char **environ;

#define QUERY_SIZE 1024u

static int usage(void)
{
    fprintf(stderr,
            "usage: kuaifan report [--config FILE] HISTORY.db|BACKUP.db [times|bulletin|patrol] "
            "[NAME=VALUE ...]\n"
            "The history.db of an engine, running or not, or a journal that nobody has open.\n"
            "from=2026-11-01 to=2026-12-01   days or times of the city\n"
            "group=district|circle|beat|grid|unit|type|day|month|shift|hour\n"
            "tier=1|3|5 type= circle= area= unit= district=   only those\n"
            "drills=1                        only exercises\n"
            "compare=last_year               the same period a year before beside it\n"
            "format=text|csv|json\n"
            "patrol: visits of checkpoints; from= to= checkpoint= circle= district=\n"
            "        group=checkpoint|route|circle|district|unit|none format=\n");
    return 2;
}

/* The words as a query; text unless they say otherwise. */
static bool make_query(int argc, char *argv[], char query[QUERY_SIZE])
{
    bool has_format = false;
    size_t size = 0;
    query[0] = '\0';
    for (int i = 0; i < argc; i++) {
        const int added =
            snprintf(query + size, QUERY_SIZE - size, "%s%s", size > 0 ? "&" : "", argv[i]);
        if (added < 0 || (size_t)added >= QUERY_SIZE - size) {
            return false;
        }
        size += (size_t)added;
        has_format = has_format || strncmp(argv[i], "format=", 7) == 0;
    }
    const int added = has_format ? 0
                                 : snprintf(query + size, QUERY_SIZE - size, "%sformat=text",
                                            size > 0 ? "&" : "");
    return added >= 0 && (size_t)added < QUERY_SIZE - size;
}

static int print(enum status status, struct proto_buffer *body, char error[256])
{
    if (status == STATUS_OK && !proto_buffer_ok(body)) {
        snprintf(error, 256, "the report is too large; narrow it");
        status = STATUS_FULL;
    }
    if (status == STATUS_OK) {
        fwrite(body->bytes, 1, body->size, stdout);
    } else {
        fprintf(stderr, "kuaifan report: %s\n", error[0] == '\0' ? status_text(status) : error);
    }
    proto_buffer_finish(body);
    return status == STATUS_OK ? 0 : 1;
}

static int answer_patrol(const struct patrol_question *question, const char *path,
                         const char *time_zone)
{
    char error[256] = "";
    struct cli_history history;
    struct proto_buffer body = {0};
    enum status status = cli_history_open(path, &history, error);
    if (status == STATUS_OK) {
        status = patrol_report_answer(question, history.reader, time_zone, &body, error);
        cli_history_close(&history);
    }
    return print(status, &body, error);
}

static int answer(struct summary_question *question, const char *path,
                  struct summary_definition *definition)
{
    struct summary_policies policies;
    char error[256] = "";
    struct cli_history history;
    struct proto_buffer body = {0};
    enum status status = cli_history_open(path, &history, error);
    if (status == STATUS_OK) {
        status = summary_policies_read(&policies, history.reader, &question->filter, error);
        definition->policies = &policies;
        definition->policy = policies.names;
        definition->clock_start = policies.clocks;
        if (status == STATUS_OK) {
            status = summary_answer(question, history.reader, definition, &body, error);
        }
        definition->policies = NULL; /* it was ours for the answer */
        definition->policy = definition->clock_start = "";
        cli_history_close(&history);
    }
    return print(status, &body, error);
}

static int refuse(const char *error)
{
    fprintf(stderr, "kuaifan report: %s\n", error[0] == '\0' ? "too many words" : error);
    return 2;
}

int cli_report(int argc, char *argv[])
{
    static struct config config;
    char error[512] = "";
    const char *file = NULL;
    if (argc >= 2 && strcmp(argv[0], "--config") == 0) {
        file = argv[1];
        argc -= 2;
        argv += 2;
    }
    if (argc < 1 || argv[0][0] == '-') {
        return usage();
    }
    if (config_load(&config, file, environ, 0, NULL, error) != STATUS_OK) {
        fprintf(stderr, "kuaifan report: %s\n", error);
        return 2;
    }
    (void)calendar_use(config.time_zone); /* a question that needs it says that it is missing */
    const char *path = argv[0];
    enum summary_kind kind = SUMMARY_TIMES;
    int words = 1;
    if (argc > 1 && (strcmp(argv[1], "times") == 0 || strcmp(argv[1], "bulletin") == 0)) {
        kind = strcmp(argv[1], "times") == 0 ? SUMMARY_TIMES : SUMMARY_BULLETIN;
        words = 2;
    }
    const bool is_patrol = argc > 1 && strcmp(argv[1], "patrol") == 0;
    words = is_patrol ? 2 : words;
    char query[QUERY_SIZE];
    struct summary_question question;
    struct patrol_question patrol;
    if (!make_query(argc - words, argv + words, query)) {
        return refuse("");
    }
    if (is_patrol) {
        return patrol_report_parse(&patrol, query, SCOPE_CITY, error)
                   ? answer_patrol(&patrol, path, config.time_zone)
                   : refuse(error);
    }
    if (!summary_parse(&question, kind, query, SCOPE_CITY, error)) {
        return refuse(error);
    }
    struct summary_definition definition = {
        .time_zone = config.time_zone, .day_starts = config.day_starts, .shifts = config.shifts};
    return answer(&question, path, &definition);
}
