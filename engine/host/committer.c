#include "engine/host/committer.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/host/clock.h"
#include "engine/host/log.h"
#include "engine/store/recovery.h"

#define FULL_RETRY_MS 200
#define IDLE_WAIT_MS  500
#define QUIET_WAITS   120u /* a minute */

/* Where the batch in hand is. Only the writer moves it on from GIVEN, only the loop from IDLE. */
enum stage { STAGE_IDLE, STAGE_GIVEN, STAGE_APPLYING };

struct committer {
    struct committer_config config;
    struct committer_events events;
    void *context;
    uv_async_t async;
    pthread_t writer;
    bool started;

    pthread_mutex_t lock; /* guards everything down to `error` */
    pthread_cond_t work;
    enum stage stage;
    struct batch *given;
    uint64_t expected_seq;
    struct batch *durable; /* waits for the loop to say it */
    bool stopping;
    bool is_full, full_changed;
    bool has_failed, failure_told;
    bool has_alarm;
    committer_job *job;
    void (*job_done)(void *context, enum status status, const char *error);
    void *job_context;
    bool job_finished;
    enum status job_status;
    struct committer_figures figures;
    char job_error[256];
    char alarm[256];
    char error[256];

    _Atomic bool wants_digest;
    /* The writer's own. */
    uint64_t snapshot_seq;
    int64_t snapshot_at_ms;
    pthread_t saver;
    bool saving;
    struct event *scratch;
};

struct save_job {
    struct snapshot_file taken;
    char directory[512];
};

/* On the monotonic clock: a wall clock that is set back would stretch the wait. */
static void deadline_in(struct timespec *deadline, int64_t wait_ms)
{
    const int64_t at_us = clock_mono_us() + wait_ms * 1000;
    *deadline = (struct timespec){.tv_sec = at_us / 1000000, .tv_nsec = at_us % 1000000 * 1000};
}

static void tell_alarm(struct committer *committer, const char *what)
{
    pthread_mutex_lock(&committer->lock);
    snprintf(committer->alarm, sizeof committer->alarm, "%s", what);
    committer->has_alarm = true;
    pthread_mutex_unlock(&committer->lock);
    uv_async_send(&committer->async);
}

static void set_full(struct committer *committer, bool full)
{
    pthread_mutex_lock(&committer->lock);
    const bool changed = committer->is_full != full;
    committer->is_full = full;
    committer->full_changed = committer->full_changed || changed;
    committer->figures.full_waits += full ? 1 : 0;
    pthread_mutex_unlock(&committer->lock);
    if (changed) {
        uv_async_send(&committer->async);
    }
}

/* Full is not an error: the batch stays first in line until there is room, or the engine is
 * stopped. */
static enum journal_answer commit(struct committer *committer, const struct batch *batch,
                                  uint64_t expected_seq)
{
    while (true) {
        const int64_t start_us = clock_mono_us();
        char error[256] = "";
        const enum journal_answer answer =
            journal_append(committer->config.journal, &batch->events, batch->answers,
                           batch->answer_count, expected_seq, error);
        const int64_t took_us = clock_mono_us() - start_us;
        set_full(committer, answer == JOURNAL_FULL);

        pthread_mutex_lock(&committer->lock);
        if (answer == JOURNAL_DURABLE) {
            committer->figures.batches++;
            committer->figures.events += batch->events.count;
            committer->figures.commit_us_sum += (uint64_t)took_us;
            if (took_us > committer->figures.commit_us_max) {
                committer->figures.commit_us_max = (uint32_t)took_us;
            }
        } else {
            snprintf(committer->error, sizeof committer->error, "%s", error);
        }
        bool stopping = committer->stopping;
        if (answer == JOURNAL_FULL && !stopping) {
            struct timespec deadline;
            deadline_in(&deadline, FULL_RETRY_MS);
            pthread_cond_timedwait(&committer->work, &committer->lock, &deadline);
            stopping = committer->stopping;
        }
        pthread_mutex_unlock(&committer->lock);
        if (answer != JOURNAL_FULL || stopping) {
            return answer;
        }
    }
}

static void save_job_destroy(struct save_job *job)
{
    if (job != NULL) {
        snapshot_file_finish(&job->taken);
        free(job);
    }
}

static void *save_snapshot(void *argument)
{
    struct save_job *job = argument;
    char error[256];
    if (snapshot_file_write(job->directory, &job->taken.info, job->taken.bytes, job->taken.size,
                            error) != STATUS_OK) {
        log_write(LOG_ERROR, "snapshot: %s", error);
    }
    save_job_destroy(job);
    return NULL;
}

static void join_saver(struct committer *committer)
{
    if (committer->saving) {
        pthread_join(committer->saver, NULL);
        committer->saving = false;
    }
}

/* The state is taken on the writer thread, where it stands still; the slow disk work is another
 * thread's, so that no order waits for a snapshot. */
static void start_snapshot(struct committer *committer)
{
    join_saver(committer);
    const struct engine *shadow = committer->config.shadow;
    struct save_job *job = calloc(1, sizeof *job);
    char error[256];
    if (job == NULL || recovery_take(shadow, journal_epoch(committer->config.journal), &job->taken,
                                     error) != STATUS_OK) {
        save_job_destroy(job);
        tell_alarm(committer, "no memory for a snapshot; recovery will take longer");
        return;
    }
    snprintf(job->directory, sizeof job->directory, "%s", committer->config.snapshot_directory);
    if (pthread_create(&committer->saver, NULL, save_snapshot, job) != 0) {
        save_job_destroy(job);
        tell_alarm(committer, "no thread for a snapshot; recovery will take longer");
        return;
    }
    committer->saving = true;
    committer->snapshot_seq = engine_seq(shadow);
    committer->snapshot_at_ms = clock_mono_us() / 1000;
    committer->wants_digest = true;
    pthread_mutex_lock(&committer->lock);
    committer->figures.snapshots++;
    pthread_mutex_unlock(&committer->lock);
}

static void snapshot_if_due(struct committer *committer)
{
    const uint64_t seq = engine_seq(committer->config.shadow);
    const bool many = seq - committer->snapshot_seq >= committer->config.snapshot_events;
    const bool long_ago =
        clock_mono_us() / 1000 - committer->snapshot_at_ms >= committer->config.snapshot_ms;
    if (seq > committer->snapshot_seq && (many || long_ago)) {
        start_snapshot(committer);
    }
}

static void compare_digests(struct committer *committer, const struct batch *batch)
{
    if (!batch->wants_digest) {
        return;
    }
    committer->wants_digest = false;
    const uint64_t shadow = engine_digest(committer->config.shadow);
    if (shadow == batch->digest) {
        pthread_mutex_lock(&committer->lock);
        committer->figures.digests_equal++;
        pthread_mutex_unlock(&committer->lock);
        return;
    }
    char text[256];
    snprintf(
        text, sizeof text,
        "the shadow engine differs from the live one at seq %llu (%016llx, live %016llx): keep "
        "the journal and restart at a quiet moment",
        (unsigned long long)engine_seq(committer->config.shadow), (unsigned long long)shadow,
        (unsigned long long)batch->digest);
    tell_alarm(committer, text);
}

static void apply(struct committer *committer, const struct batch *batch)
{
    for (uint32_t i = 0; i < batch->events.count; i++) {
        event_list_get(&batch->events, i, committer->scratch);
        if (engine_replay(committer->config.shadow, committer->scratch) != STATUS_OK) {
            tell_alarm(committer, "the shadow engine refused an event that the live one made");
            break;
        }
    }
    compare_digests(committer, batch);
    if (committer->config.committed != NULL) {
        committer->config.committed(committer->config.committed_context, batch);
    }
    snapshot_if_due(committer);
}

static void run_job(struct committer *committer)
{
    char error[256] = "";
    const enum status status =
        committer->job(committer->job_context, committer->config.journal, error);
    pthread_mutex_lock(&committer->lock);
    committer->job_status = status;
    snprintf(committer->job_error, sizeof committer->job_error, "%s", error);
    committer->job_finished = true;
    committer->job = NULL;
    pthread_mutex_unlock(&committer->lock);
    uv_async_send(&committer->async);
}

/* Answers false when words must stop. */
static bool serve(struct committer *committer, struct batch *batch, uint64_t expected_seq)
{
    const enum journal_answer answer = commit(committer, batch, expected_seq);
    if (answer != JOURNAL_DURABLE) {
        pthread_mutex_lock(&committer->lock);
        committer->has_failed = true;
        pthread_mutex_unlock(&committer->lock);
        uv_async_send(&committer->async);
        return false;
    }
    pthread_mutex_lock(&committer->lock);
    committer->durable = batch;
    committer->stage = STAGE_APPLYING;
    pthread_mutex_unlock(&committer->lock);
    uv_async_send(&committer->async);

    apply(committer, batch);
    journal_relieve(committer->config.journal);

    pthread_mutex_lock(&committer->lock);
    committer->stage = STAGE_IDLE;
    pthread_mutex_unlock(&committer->lock);
    uv_async_send(&committer->async);
    return true;
}

static void *write_batches(void *argument)
{
    struct committer *committer = argument;
    uint32_t waits = 0; /* since the last batch */
    while (true) {
        pthread_mutex_lock(&committer->lock);
        if (committer->stage != STAGE_GIVEN && committer->job == NULL && !committer->stopping) {
            struct timespec deadline;
            deadline_in(&deadline, IDLE_WAIT_MS);
            pthread_cond_timedwait(&committer->work, &committer->lock, &deadline);
        }
        const bool given = committer->stage == STAGE_GIVEN;
        const bool job = committer->job != NULL;
        const bool stopping = committer->stopping;
        struct batch *batch = committer->given;
        const uint64_t expected_seq = committer->expected_seq;
        pthread_mutex_unlock(&committer->lock);

        if (given) {
            waits = 0;
            if (!serve(committer, batch, expected_seq)) {
                return NULL;
            }
        } else if (job) {
            run_job(committer);
        } else if (stopping) {
            return NULL;
        } else if (waits <= QUIET_WAITS) {
            if (waits == 0 || waits == QUIET_WAITS) { /* the second time signs what is unsigned */
                journal_idle(committer->config.journal);
                snapshot_if_due(committer);
            }
            waits++;
        }
    }
}

/* On the loop thread: say what the writer left to be said. Order matters: durable before idle. */
static void hear(uv_async_t *async)
{
    struct committer *committer = async->data;
    pthread_mutex_lock(&committer->lock);
    struct batch *durable = committer->durable;
    committer->durable = NULL;
    const bool full_changed = committer->full_changed;
    committer->full_changed = false;
    const bool is_full = committer->is_full;
    const bool fails = committer->has_failed && !committer->failure_told;
    committer->failure_told = committer->failure_told || fails;
    const bool alarms = committer->has_alarm;
    committer->has_alarm = false;
    const bool job_finished = committer->job_finished;
    committer->job_finished = false;
    char alarm[256];
    memcpy(alarm, committer->alarm, sizeof alarm);
    pthread_mutex_unlock(&committer->lock);

    if (durable != NULL) {
        committer->events.durable(committer->context, durable);
    }
    if (full_changed) {
        committer->events.full(committer->context, is_full);
    }
    if (alarms) {
        committer->events.alarm(committer->context, alarm);
    }
    if (job_finished) {
        committer->job_done(committer->job_context, committer->job_status, committer->job_error);
    }
    if (fails) {
        committer->events.failed(committer->context, committer->error);
    }
    if (committer_idle(committer)) {
        committer->events.durable(committer->context, NULL); /* free for the next batch */
    }
}

enum status committer_create(uv_loop_t *loop, const struct committer_config *config,
                             const struct committer_events *events, void *context,
                             struct committer **out)
{
    *out = NULL;
    struct committer *committer = calloc(1, sizeof *committer);
    if (committer == NULL) {
        return STATUS_NO_MEMORY;
    }
    committer->config = *config;
    committer->events = *events;
    committer->context = context;
    committer->scratch = malloc(sizeof *committer->scratch);
    committer->snapshot_seq = config->snapshot_seq;
    committer->snapshot_at_ms = clock_mono_us() / 1000;
    pthread_mutex_init(&committer->lock, NULL);
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&committer->work, &attributes);
    pthread_condattr_destroy(&attributes);
    committer->async.data = committer;
    if (committer->scratch == NULL || uv_async_init(loop, &committer->async, hear) != 0) {
        free(committer->scratch);
        free(committer);
        return STATUS_NO_MEMORY;
    }
    if (pthread_create(&committer->writer, NULL, write_batches, committer) != 0) {
        uv_close((uv_handle_t *)&committer->async, NULL);
        return STATUS_NO_MEMORY; /* the handle lives until the loop has closed it */
    }
    committer->started = true;
    *out = committer;
    return STATUS_OK;
}

bool committer_idle(struct committer *committer)
{
    pthread_mutex_lock(&committer->lock);
    const bool idle =
        committer->stage == STAGE_IDLE && committer->durable == NULL && !committer->has_failed;
    pthread_mutex_unlock(&committer->lock);
    return idle;
}

void committer_give(struct committer *committer, struct batch *batch, uint64_t expected_seq)
{
    pthread_mutex_lock(&committer->lock);
    assert(committer->stage == STAGE_IDLE);
    committer->given = batch;
    committer->expected_seq = expected_seq;
    committer->stage = STAGE_GIVEN;
    pthread_cond_signal(&committer->work);
    pthread_mutex_unlock(&committer->lock);
}

bool committer_wants_digest(const struct committer *committer)
{
    return committer->wants_digest;
}

bool committer_run(struct committer *committer, committer_job *job,
                   void (*done)(void *context, enum status status, const char *error),
                   void *context)
{
    pthread_mutex_lock(&committer->lock);
    const bool free_now = committer->job == NULL && !committer->job_finished;
    if (free_now) {
        committer->job = job;
        committer->job_done = done;
        committer->job_context = context;
        pthread_cond_signal(&committer->work);
    }
    pthread_mutex_unlock(&committer->lock);
    return free_now;
}

struct committer_figures committer_figures(struct committer *committer)
{
    pthread_mutex_lock(&committer->lock);
    const struct committer_figures figures = committer->figures;
    pthread_mutex_unlock(&committer->lock);
    return figures;
}

void committer_stop(struct committer *committer)
{
    if (!committer->started) {
        return;
    }
    pthread_mutex_lock(&committer->lock);
    committer->stopping = true;
    pthread_cond_signal(&committer->work);
    pthread_mutex_unlock(&committer->lock);
    pthread_join(committer->writer, NULL);
    committer->started = false;
    if (!committer->has_failed && engine_seq(committer->config.shadow) > committer->snapshot_seq) {
        start_snapshot(committer);
    }
    join_saver(committer);
    journal_close(committer->config.journal);
    engine_destroy(committer->config.shadow);
    uv_close((uv_handle_t *)&committer->async, NULL);
}

void committer_destroy(struct committer *committer)
{
    if (committer == NULL) {
        return;
    }
    assert(!committer->started);
    pthread_mutex_destroy(&committer->lock);
    pthread_cond_destroy(&committer->work);
    free(committer->scratch);
    free(committer);
}
