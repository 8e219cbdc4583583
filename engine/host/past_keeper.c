#include "engine/host/past_keeper.h"

#include <stdio.h>

#include "engine/host/log.h"

/* On the thread. */
static void run(struct worker_job *job)
{
    struct past_part *past = (struct past_part *)job;
    const struct engine_config *config = &past->daemon->engine_config;
    char path[CONFIG_PATH_SIZE + 32];
    struct history_reader *reader = NULL;
    snprintf(path, sizeof path, "%s/history.db", past->daemon->config->data);
    past->error[0] = '\0';
    past->removed = 0;
    past->status = history_reader_open(path, &reader, past->error);
    if (past->status == STATUS_OK && !past->is_swept) {
        past->status = past_marks_sweep(&past->marks, reader, config, &past->removed, past->error);
        past->is_swept = past->status == STATUS_OK;
    }
    if (past->status == STATUS_OK) {
        past->status =
            past_marks_make(&past->marks, reader, config, &past->stops, &past->seq, past->error);
    }
    history_reader_close(reader);
}

/* What goes on is said once. */
static void done(struct worker_job *job)
{
    struct past_part *past = (struct past_part *)job;
    past->is_running = false;
    if (past->removed > 0) {
        log_write(LOG_INFO, "%u states kept for looking back are of another version: made again",
                  past->removed);
    }
    const bool is_quiet = past->status == STATUS_NOT_FOUND || past->status == STATUS_BUSY;
    if (past->status == STATUS_OK) {
        log_write(LOG_INFO, "the state at event %llu is kept for looking back",
                  (unsigned long long)past->seq);
    } else if (!is_quiet && past->status != past->said) {
        log_write(LOG_WARNING, "no state is kept for looking back: %s", past->error);
    }
    past->said = past->status;
}

bool past_keeper_start(struct daemon *daemon)
{
    struct past_part *past = &daemon->past;
    past->daemon = daemon;
    past->marks = (struct past_marks){.directory = daemon->snapshots,
                                      .epoch = daemon->epoch,
                                      .every = PAST_MARK_EVENTS,
                                      .disk_guard_mb = daemon->config->disk_guard_mb};
    past->job = (struct worker_job){.run = run, .done = done};
    if (worker_create(&daemon->loop, 1, WORKER_BACKGROUND, &past->worker) != STATUS_OK) {
        log_write(LOG_ERROR, "not enough memory or threads to start");
        return false;
    }
    return true;
}

void past_keeper_look(struct daemon *daemon)
{
    struct past_part *past = &daemon->past;
    const bool is_long = history_worker_figures(daemon->history).seq >= past->marks.every;
    if (is_long && !past->is_running) {
        past->is_running = worker_submit(past->worker, &past->job);
    }
}

void past_keeper_stop(struct daemon *daemon)
{
    daemon->past.stops = true;
    if (daemon->past.worker != NULL) {
        worker_stop(daemon->past.worker);
    }
}
