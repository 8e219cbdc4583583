/* What the journal costs: commits beside the bare fdatasync of the same disk in the same run, and
 * recovery of a realistic journal of a million events. Usage: bench_journal DIRECTORY [EVENTS] */
#define _GNU_SOURCE
#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/core/event_codec.h"
#include "engine/store/history_reader.h"
#include "engine/store/recovery.h"
#include "tests/support/store_city.h"
#include "tests/support/store_given.h"

#define ROUNDS      2000u
#define UNITS       2000u
#define TAIL_EVENTS 20000u /* after the newest snapshot: what a minute of heavy duty makes */
#define PATH_SIZE   512u
#define MILLION     1000000u
#define BODY_SIZE   300u /* reliability figures of the peers are for rows of this size */

static double now_us(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static int compare(const void *a, const void *b)
{
    const double left = *(const double *)a;
    const double right = *(const double *)b;
    return (left > right) - (left < right);
}

static void print_times(const char *what, double *us, uint32_t count, uint32_t rows)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += us[i];
    }
    qsort(us, count, sizeof *us, compare);
    (void)printf("%-28s p50 %8.1f us  p99 %8.1f us  max %9.1f us  %9.0f rows/s\n", what,
                 us[count / 2], us[count * 99 / 100], us[count - 1], rows * count / (sum / 1e6));
    (void)fflush(stdout);
}

/* Write a frame, sync, again, round and round in a file of the WAL's size: what one commit must
 * cost on this disk at least. */
#define BARE_FRAMES 1024u
struct bare {
    int file;
    uint32_t frame;
    char bytes[4096 + 24];
};

static double bare_sync(struct bare *bare)
{
    const double start = now_us();
    const ssize_t written =
        pwrite(bare->file, bare->bytes, sizeof bare->bytes,
               (off_t)(bare->frame++ % BARE_FRAMES) * (off_t)sizeof bare->bytes);
    const int synced = fdatasync(bare->file);
    assert(written == (ssize_t)sizeof bare->bytes);
    assert(synced == 0);
    return now_us() - start;
}

static double commit(struct journal *journal, struct event_list *list, uint32_t rows)
{
    char error[256];
    char text[BODY_SIZE];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    event_list_clear(list);
    struct command_answer answers[64];
    for (uint32_t i = 0; i < rows; i++) {
        store_given_audit(list, journal_seq(journal) + 1, text);
        answers[i] = (struct command_answer){.seq = list->records[i].seq};
        for (uint32_t k = 0; k < 8; k++) {
            answers[i].id[k] = (uint8_t)(list->records[i].seq >> (56 - 8 * k) & 0xff);
        }
    }
    const double start = now_us();
    const enum journal_answer answer =
        journal_append(journal, list, answers, rows, journal_seq(journal), error);
    const double took = now_us() - start;
    if (answer != JOURNAL_DURABLE) {
        (void)fprintf(stderr, "%s\n", error);
        exit(1);
    }
    return took;
}

/* Commit and bare sync turn about, so that a noisy neighbour disturbs both alike. */
static void bench_commits(const char *directory, struct event_list *list)
{
    static const uint32_t sizes[] = {1, 8, 64};
    static double commits[ROUNDS], syncs[ROUNDS];
    char path[PATH_SIZE], key[PATH_SIZE], plain[PATH_SIZE], error[256];
    (void)snprintf(path, sizeof path, "%s/commits.db", directory);
    (void)snprintf(key, sizeof key, "%s/sign.key", directory);
    (void)snprintf(plain, sizeof plain, "%s/bare.bin", directory);
    const struct journal_config config = {.path = path, .key_path = key, .commands_keep = 262144};
    struct journal *journal = NULL;
    if (journal_open(&config, &journal, error) != STATUS_OK) {
        (void)fprintf(stderr, "%s\n", error);
        exit(1);
    }
    struct bare bare = {.file = open(plain, O_CREAT | O_TRUNC | O_WRONLY, 0600)};
    assert(bare.file >= 0);
    for (uint32_t i = 0; i < BARE_FRAMES; i++) { /* its blocks exist, as the WAL's do */
        const ssize_t written = write(bare.file, bare.bytes, sizeof bare.bytes);
        assert(written == (ssize_t)sizeof bare.bytes);
    }
    (void)fsync(bare.file);
    for (size_t size = 0; size < sizeof sizes / sizeof sizes[0]; size++) {
        for (uint32_t i = 0; i < ROUNDS; i++) {
            commits[i] = commit(journal, list, sizes[size]);
            syncs[i] = bare_sync(&bare);
            journal_idle(journal); /* checkpoints count where they happen: between batches */
        }
        char what[64];
        (void)snprintf(what, sizeof what, "commit of %u event%s", sizes[size],
                       sizes[size] == 1 ? "" : "s");
        print_times(what, commits, ROUNDS, sizes[size]);
        print_times("bare write + fdatasync", syncs, ROUNDS, 1);
    }
    (void)close(bare.file);
    journal_close(journal);
}

struct files {
    char journal[PATH_SIZE], key[PATH_SIZE], history[PATH_SIZE];
    const char *directory;
};

static void check(enum status status, const char *error)
{
    if (status != STATUS_OK) {
        (void)fprintf(stderr, "%s: %s\n", status_text(status), error);
        exit(1);
    }
}

static void append(struct journal *journal, struct event_list *list)
{
    char error[256];
    if (list->count > 0 &&
        journal_append(journal, list, NULL, 0, journal_seq(journal), error) != JOURNAL_DURABLE) {
        (void)fprintf(stderr, "%s\n", error);
        exit(1);
    }
    event_list_clear(list);
    journal_idle(journal);
}

/* Through engine_step, so that kinds, sizes and order are those of real work. */
static struct engine_config make_journal(const struct files *files, struct event_list *list,
                                         uint64_t events)
{
    char error[256];
    const struct journal_config config = {
        .path = files->journal, .key_path = files->key, .commands_keep = 262144};
    struct journal *journal = NULL;
    check(journal_open(&config, &journal, error), error);
    struct store_city city;
    const double start = now_us();
    event_list_clear(list);
    store_city_create(&city, 135, UNITS, list);
    append(journal, list);
    bool has_snapshot = false;
    uint64_t incidents = 0;
    while (journal_seq(journal) < events) {
        while (list->count < 2000) {
            store_city_incident(&city);
            incidents++;
        }
        append(journal, list);
        if (!has_snapshot && journal_seq(journal) + TAIL_EVENTS >= events) {
            check(recovery_snapshot(city.engine, journal_epoch(journal), files->directory, error),
                  error);
            has_snapshot = true;
        }
    }
    (void)printf("made %llu events of %llu incidents, %u units, in %.1f s; digest %016llx\n",
                 (unsigned long long)journal_seq(journal), (unsigned long long)incidents, UNITS,
                 (now_us() - start) / 1e6, (unsigned long long)engine_digest(city.engine));
    journal_close(journal);
    const struct engine_config used = city.config;
    store_city_destroy(&city);
    return used;
}

static bool count_one(void *context, const struct event_record *record, const uint8_t *body)
{
    (void)body;
    *(uint64_t *)context += record->body_size;
    return true;
}

static void replay_from_zero(struct journal *journal, const struct files *files,
                             const struct engine_config *config, uint64_t digest)
{
    char error[256];
    struct engine *engine = NULL;
    struct recovery_report report;
    double start = now_us();
    check(recovery_run(journal, NULL, config, &engine, &report, error), error);
    const double took = now_us() - start;
    (void)printf("replay from zero: %.2f s, %.0f events/s; digest %s\n", took / 1e6,
                 (double)report.replayed / (took / 1e6),
                 report.digest == digest ? "the same" : "DIFFERENT");
    start = now_us();
    check(recovery_snapshot(engine, journal_epoch(journal), files->directory, error), error);
    (void)printf("write a snapshot of %zu bytes: %.1f ms\n", engine_snapshot_write(engine, NULL, 0),
                 (now_us() - start) / 1e3);
    engine_destroy(engine);
    if (report.digest != digest) {
        exit(1);
    }
}

static void bench_recovery(const struct files *files, const struct engine_config *config)
{
    char error[256];
    const struct journal_config paths = {
        .path = files->journal, .key_path = files->key, .commands_keep = 262144};
    struct journal *journal = NULL;
    struct engine *engine = NULL;
    struct recovery_report report;

    double start = now_us();
    check(journal_open(&paths, &journal, error), error);
    const double opened = now_us() - start;
    check(recovery_run(journal, files->directory, config, &engine, &report, error), error);
    (void)printf("recovery: open %.1f ms, snapshot %llu + %llu events %.1f ms, in all %.1f ms;"
                 " digest %016llx%s%s\n",
                 opened / 1e3, (unsigned long long)report.snapshot_seq,
                 (unsigned long long)report.replayed, (now_us() - start - opened) / 1e3,
                 (now_us() - start) / 1e3, (unsigned long long)report.digest,
                 report.skipped[0] == '\0' ? "" : "; skipped: ", report.skipped);
    engine_destroy(engine);

    uint64_t bytes = 0;
    start = now_us();
    check(journal_read(journal, 1, count_one, &bytes, error), error);
    const double took = now_us() - start;
    (void)printf("read only: %.0f events/s, %.0f bytes a body\n",
                 (double)journal_seq(journal) / (took / 1e6),
                 (double)bytes / (double)journal_seq(journal));
    replay_from_zero(journal, files, config, report.digest);
    journal_close(journal);
}

static void bench_questions(const struct files *files)
{
    char error[256];
    const struct journal_config paths = {
        .path = files->journal, .key_path = files->key, .commands_keep = 262144};
    struct journal *journal = NULL;
    struct history *history = NULL;
    uint64_t fed = 0;
    check(journal_open(&paths, &journal, error), error);
    check(history_open(files->history, journal_epoch(journal), &history, error), error);
    double start = now_us();
    check(recovery_history(journal, history, &fed, error), error);
    double took = now_us() - start;
    (void)printf("rebuild the history: %.1f s, %.0f events/s\n", took / 1e6,
                 (double)fed / (took / 1e6));
    journal_close(journal);

    start = now_us();
    struct journal_verdict verdict;
    check(journal_verify(files->journal, files->key, &verdict), verdict.text);
    took = now_us() - start;
    (void)printf("verify: %.2f s, %.0f events/s, %llu signatures\n", took / 1e6,
                 (double)verdict.events / (took / 1e6), (unsigned long long)verdict.signatures);

    struct history_reader *reader = NULL;
    check(history_reader_open(files->history, &reader, error), error);
    static struct history_statistics statistics;
    const struct history_filter filter = history_reader_everything();
    start = now_us();
    check(history_reader_statistics(reader, &filter, &statistics, error), error);
    (void)printf("percentiles of all %u incidents: %.0f ms; tier 5: n %u, p90 %lld ms\n",
                 statistics.tiers[TIER_5].rows, (now_us() - start) / 1e3,
                 statistics.tiers[TIER_5].response.n,
                 (long long)statistics.tiers[TIER_5].response.p90_ms);
    history_reader_close(reader);
    history_close(history);
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        (void)fprintf(stderr, "usage: bench_journal DIRECTORY [EVENTS]\n");
        return 2;
    }
    const uint64_t events = argc > 2 ? strtoull(argv[2], NULL, 10) : MILLION;
    char directory[PATH_SIZE];
    (void)snprintf(directory, sizeof directory, "%.400s/bench_journal_XXXXXX", argv[1]);
    if (mkdtemp(directory) == NULL) {
        perror(directory);
        return 1;
    }
    struct event_list list;
    check(event_list_init(&list, 60000, 64u << 20), "out of memory");
    bench_commits(directory, &list);

    struct files files = {.directory = directory};
    (void)snprintf(files.journal, PATH_SIZE, "%.490s/journal.db", directory);
    (void)snprintf(files.key, PATH_SIZE, "%.490s/sign.key", directory);
    (void)snprintf(files.history, PATH_SIZE, "%.490s/history.db", directory);
    const struct engine_config config = make_journal(&files, &list, events);
    bench_recovery(&files, &config);
    bench_questions(&files);
    event_list_finish(&list);
    store_given_remove(directory);
    return 0;
}
