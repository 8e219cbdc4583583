/* A month of a big city in history.db, and what every report of it costs.
 * Usage: bench_history DIRECTORY [INCIDENTS] */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/store/history.h"
#include "engine/store/history_summary.h"
#include "tests/support/store_city.h"

#define EPOCH     "0123456789abcdef0123456789abcdef"
#define INCIDENTS 300000u
#define UNITS     2000u
#define ROUNDS    5u
#define DAY_MS    86400000
#define PATH_SIZE 512u

static double now_s(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* What a shared machine takes away is not in it. */
static double cpu_s(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void must(enum status status, const char *error)
{
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "%s: %s\n", status_text(status), error);
        exit(1);
    }
}

static void fill(const char *path, uint32_t incidents)
{
    char error[256];
    struct event_list list;
    struct store_city city;
    struct history *history = NULL;
    must(history_open(path, EPOCH, &history, error), error);
    must(event_list_init(&list, 60000, (size_t)64 << 20), "out of memory");
    store_city_create(&city, 135, UNITS, &list);
    const double start = now_s();
    double feeding = 0;
    for (uint32_t i = 0; i < incidents; i++) {
        store_city_incident(&city);
        if (list.count >= 4096 || i + 1 == incidents) {
            const double before = now_s();
            must(history_feed(history, &list, error), error);
            history_idle(history);
            feeding += now_s() - before;
            event_list_clear(&list);
        }
    }
    (void)printf("filled: %u incidents, %llu events in %.1f s, of which feeding %.1f s\n",
                 incidents, (unsigned long long)history_seq(history), now_s() - start, feeding);
    store_city_destroy(&city);
    event_list_finish(&list);
    history_close(history);
}

struct asking {
    struct history_reader *reader;
    struct history_filter filter;
    enum history_group group;
    struct history_periods periods;
    uint32_t lines;
};

static void ask_times(struct asking *asking)
{
    char error[256];
    struct history_summary summary;
    must(history_summary_times(asking->reader, &asking->filter, asking->group,
                               asking->group == HISTORY_GROUP_PERIOD ? &asking->periods : NULL,
                               &summary, error),
         error);
    asking->lines = summary.count;
    history_summary_finish(&summary);
}

static void ask_bulletin(struct asking *asking)
{
    char error[256];
    struct history_bulletin bulletin;
    must(history_summary_bulletin(asking->reader, &asking->filter, asking->group, NULL, &bulletin,
                                  error),
         error);
    asking->lines = bulletin.count;
    history_summary_bulletin_finish(&bulletin);
}

static bool count_cell(void *context, const struct history_cell *cell)
{
    (void)cell;
    ++*(uint32_t *)context;
    return true;
}

static void ask_heat(struct asking *asking)
{
    char error[256];
    asking->lines = 0;
    must(history_summary_heat(asking->reader, &asking->filter, 25000, count_cell, &asking->lines,
                              error),
         error);
}

static bool count_row(void *context, const struct history_log_row *row)
{
    (void)row;
    ++*(uint32_t *)context;
    return true;
}

static void ask_log(struct asking *asking)
{
    char error[256];
    asking->lines = 0;
    asking->filter.limit = 10000;
    must(history_reader_log(asking->reader, &asking->filter, count_row, &asking->lines, error),
         error);
    asking->filter.limit = 0;
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void print_time(const char *what, struct asking *asking, enum history_group group,
                       void (*ask)(struct asking *asking))
{
    double seconds[ROUNDS];
    const double cpu_start = cpu_s();
    asking->group = group;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const double start = now_s();
        ask(asking);
        seconds[i] = now_s() - start;
    }
    qsort(seconds, ROUNDS, sizeof seconds[0], compare);
    (void)printf("%-34s %7u lines  median %6.3f s  max %6.3f s  (cpu %6.3f s)\n", what,
                 asking->lines, seconds[ROUNDS / 2], seconds[ROUNDS - 1],
                 (cpu_s() - cpu_start) / ROUNDS);
    (void)fflush(stdout);
}

/* Days of 24 hours: how they lie is the calendar's business, not the scan's. */
static void make_days(struct asking *asking)
{
    static int64_t starts[HISTORY_PERIODS_MAX + 1];
    static uint32_t keys[HISTORY_PERIODS_MAX];
    int64_t first_ms = 0;
    int64_t last_ms = 0;
    char error[256];
    must(history_summary_span(asking->reader, &first_ms, &last_ms, error), error);
    uint32_t count = 0;
    for (int64_t at = first_ms; at <= last_ms && count < HISTORY_PERIODS_MAX; at += DAY_MS) {
        starts[count] = at;
        keys[count] = count;
        starts[++count] = at + DAY_MS;
    }
    asking->periods = (struct history_periods){starts, keys, count};
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        (void)fprintf(stderr, "usage: bench_history DIRECTORY [INCIDENTS]\n");
        return 2;
    }
    char path[PATH_SIZE], error[256];
    (void)snprintf(path, sizeof path, "%.480s/history.db", argv[1]);
    const uint32_t incidents = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : INCIDENTS;
    if (access(path, R_OK) != 0) {
        fill(path, incidents);
    }
    static struct asking asking;
    asking.filter = history_reader_everything();
    must(history_reader_open(path, &asking.reader, error), error);
    make_days(&asking);
    print_time("times, the city", &asking, HISTORY_GROUP_CITY, ask_times);
    print_time("times by circle", &asking, HISTORY_GROUP_CIRCLE, ask_times);
    print_time("times by unit", &asking, HISTORY_GROUP_UNIT, ask_times);
    print_time("times by district", &asking, HISTORY_GROUP_DISTRICT, ask_times);
    print_time("times by type", &asking, HISTORY_GROUP_TYPE, ask_times);
    print_time("times by day", &asking, HISTORY_GROUP_PERIOD, ask_times);
    print_time("bulletin, the city", &asking, HISTORY_GROUP_CITY, ask_bulletin);
    print_time("bulletin by unit", &asking, HISTORY_GROUP_UNIT, ask_bulletin);
    print_time("heat, cells of 0.0025 degrees", &asking, HISTORY_GROUP_CITY, ask_heat);
    print_time("the newest 10,000 rows of the log", &asking, HISTORY_GROUP_CITY, ask_log);
    history_reader_close(asking.reader);
    return 0;
}
