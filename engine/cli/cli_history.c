#include "engine/cli/cli_history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/store/history.h"
#include "engine/store/journal.h"

#define BATCH 20000u /* events a transaction */

struct making {
    struct history *history;
    enum status status;
    char *error;
    uint64_t put;
};

static bool put_event(void *context, const struct event_record *record, const uint8_t *body)
{
    struct making *making = context;
    making->status = history_put(making->history, record, body, making->error);
    making->put++;
    if (making->status == STATUS_OK && making->put % BATCH == 0) {
        making->status = history_commit(making->history, making->error);
        if (making->status == STATUS_OK) {
            making->status = history_begin(making->history, making->error);
        }
    }
    return making->status == STATUS_OK;
}

/* The whole journal into a new history.db. */
static enum status make(const char *journal, const char *path, char error[256])
{
    static const char nobody[] = "00000000000000000000000000000000"; /* no engine will open it */
    char epoch[33];
    struct making making = {.error = error};
    enum status status = history_open(path, nobody, &making.history, error);
    if (status == STATUS_OK) {
        status = history_begin(making.history, error);
    }
    if (status == STATUS_OK) {
        status = journal_file_read(journal, epoch, put_event, &making, error);
    }
    status = status == STATUS_OK ? making.status : status;
    if (status == STATUS_OK) {
        status = history_commit(making.history, error);
    }
    history_close(making.history);
    return status;
}

static enum status make_and_open(const char *journal, struct cli_history *history, char error[256])
{
    /* One thread. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    const char *parent = getenv("TMPDIR");
    snprintf(history->directory, sizeof history->directory, "%.200s/kuaifan-history-XXXXXX",
             parent == NULL ? P_tmpdir : parent);
    if (mkdtemp(history->directory) == NULL) {
        snprintf(error, 256, "%.200s: cannot be made", history->directory);
        history->directory[0] = '\0';
        return STATUS_IO;
    }
    char path[300];
    snprintf(path, sizeof path, "%s/history.db", history->directory);
    const enum status status = make(journal, path, error);
    return status == STATUS_OK ? history_reader_open(path, &history->reader, error) : status;
}

enum status cli_history_open(const char *path, struct cli_history *history, char error[256])
{
    *history = (struct cli_history){0};
    enum status status = history_reader_open(path, &history->reader, error);
    if (status == STATUS_CORRUPT) { /* not a history: a journal? */
        status = make_and_open(path, history, error);
    }
    if (status != STATUS_OK) {
        cli_history_close(history);
    }
    return status;
}

void cli_history_close(struct cli_history *history)
{
    history_reader_close(history->reader);
    if (history->directory[0] != '\0') {
        char path[300];
        char error[256];
        snprintf(path, sizeof path, "%s/history.db", history->directory);
        if (history_remove(path, error) != STATUS_OK || rmdir(history->directory) != 0) {
            fprintf(stderr, "kuaifan: %s is left behind\n", history->directory);
        }
    }
    *history = (struct cli_history){0};
}
