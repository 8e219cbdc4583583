#include "engine/store/recovery.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/event_codec.h"
#include "engine/store/snapshot_file.h"
#include "engine/store/store_db.h"

/* A history rebuild commits this often: memory stays small and progress is kept. */
#define HISTORY_BATCH 20000u

static void skip(struct recovery_report *report, const char *why)
{
    const size_t length = strlen(report->skipped);
    (void)snprintf(report->skipped + length, sizeof report->skipped - length, "%s%s",
                   length > 0 && why[0] != '\0' ? "; " : "", why);
}

static enum status engine_new(const struct engine_config *config, struct engine **out,
                              char error[256])
{
    const enum status status = engine_create(config, out);
    if (status != STATUS_OK) {
        store_db_say(error, "cannot create the engine: %s", status_text(status));
    }
    return status;
}

enum status recovery_load(const struct snapshot_file *file, const struct engine_config *config,
                          struct engine **out, char error[256])
{
    struct engine *engine = NULL;
    enum status status = engine_new(config, &engine, error);
    if (status != STATUS_OK) {
        return status;
    }
    const enum status taken = engine_snapshot_read(engine, file->bytes, file->size);
    if (taken != STATUS_OK) {
        store_db_say(error, "%.150s: the engine does not take it: %s", file->path,
                     status_text(taken));
        status = STATUS_CORRUPT;
    } else if (engine_seq(engine) != file->info.seq || engine_digest(engine) != file->info.digest) {
        store_db_say(error, "%.150s: came out with another digest than it was written with",
                     file->path);
        status = STATUS_CORRUPT;
    }
    if (status != STATUS_OK) {
        engine_destroy(engine);
        return status;
    }
    *out = engine;
    return STATUS_OK;
}

/* The newest snapshot that works; none: STATUS_NOT_FOUND. */
static enum status load_snapshot(const struct journal *journal, const char *directory,
                                 const struct engine_config *config, struct engine **out,
                                 struct recovery_report *report, char error[256])
{
    uint64_t seq_max = journal_seq(journal); /* nothing newer than the journal is believed */
    for (uint32_t tries = 0; tries < SNAPSHOT_SLOTS; tries++) {
        struct snapshot_file file;
        char skipped[256];
        enum status status =
            snapshot_file_read(directory, journal_epoch(journal), seq_max, &file, skipped);
        if (tries == 0) {
            skip(report, skipped);
        }
        if (status != STATUS_OK) {
            return STATUS_NOT_FOUND;
        }
        status = recovery_load(&file, config, out, error);
        if (status == STATUS_CORRUPT) {
            skip(report, error);
            error[0] = '\0';
        } else if (status == STATUS_OK) {
            report->snapshot_seq = file.info.seq;
        }
        seq_max = file.info.seq == 0 ? 0 : file.info.seq - 1;
        snapshot_file_finish(&file);
        if (status != STATUS_CORRUPT) {
            return status;
        }
    }
    return STATUS_NOT_FOUND;
}

struct replay {
    struct engine *engine;
    struct event *event; /* 17 KiB, one for all */
    enum status status;
    uint64_t count, seq;
};

static bool replay_one(void *context, const struct event_record *record, const uint8_t *body)
{
    struct replay *replay = context;
    struct event *event = replay->event;
    event->kind = record->kind;
    event->seq = record->seq;
    event->at_ms = record->at_ms;
    event->actor = record->actor;
    memcpy(event->command_id, record->command_id, COMMAND_ID_SIZE);
    replay->seq = record->seq;
    replay->status = event_codec_decode(event, body, record->body_size);
    if (replay->status == STATUS_OK) {
        replay->status = engine_replay(replay->engine, event);
    }
    replay->count++;
    return replay->status == STATUS_OK;
}

static enum status replay_rest(struct journal *journal, struct engine *engine,
                               struct recovery_report *report, char error[256])
{
    struct replay replay = {.engine = engine, .event = malloc(sizeof *replay.event)};
    if (replay.event == NULL) {
        store_db_say(error, "out of memory");
        return STATUS_NO_MEMORY;
    }
    enum status status = journal_read(journal, engine_seq(engine) + 1, replay_one, &replay, error);
    free(replay.event);
    if (status == STATUS_OK && replay.status != STATUS_OK) {
        store_db_say(error, "event %llu of the journal cannot be applied: %s",
                     (unsigned long long)replay.seq, status_text(replay.status));
        status = replay.status;
    }
    report->replayed = replay.count;
    return status;
}

enum status recovery_run(struct journal *journal, const char *directory,
                         const struct engine_config *config, struct engine **out,
                         struct recovery_report *report, char error[256])
{
    *out = NULL;
    *report = (struct recovery_report){0};
    error[0] = '\0';
    struct engine *engine = NULL;
    enum status status = STATUS_NOT_FOUND;
    if (directory != NULL) {
        status = load_snapshot(journal, directory, config, &engine, report, error);
    }
    if (status == STATUS_NOT_FOUND) {
        status = engine_new(config, &engine, error);
    }
    if (status == STATUS_OK) {
        status = replay_rest(journal, engine, report, error);
    }
    if (status != STATUS_OK) {
        engine_destroy(engine);
        return status;
    }
    assert(engine_seq(engine) == journal_seq(journal));
    report->seq = engine_seq(engine);
    report->digest = engine_digest(engine);
    *out = engine;
    return STATUS_OK;
}

enum status recovery_take(const struct engine *engine, const char *epoch, struct snapshot_file *out,
                          char error[256])
{
    *out = (struct snapshot_file){.size = engine_snapshot_write(engine, NULL, 0)};
    error[0] = '\0';
    out->bytes = malloc(out->size);
    if (out->bytes == NULL) {
        store_db_say(error, "out of memory for a snapshot of %zu bytes", out->size);
        return STATUS_NO_MEMORY;
    }
    const size_t written = engine_snapshot_write(engine, out->bytes, out->size);
    assert(written == out->size);
    out->info.seq = engine_seq(engine);
    out->info.digest = engine_digest(engine);
    assert(strlen(epoch) == sizeof out->info.epoch - 1);
    memcpy(out->info.epoch, epoch, sizeof out->info.epoch);
    return STATUS_OK;
}

enum status recovery_snapshot(const struct engine *engine, const char *epoch, const char *directory,
                              char error[256])
{
    struct snapshot_file taken;
    enum status status = recovery_take(engine, epoch, &taken, error);
    if (status == STATUS_OK) {
        status = snapshot_file_write(directory, &taken.info, taken.bytes, taken.size, error);
    }
    snapshot_file_finish(&taken);
    return status;
}

struct feeding {
    struct history *history;
    char *error;
    enum status status;
    uint64_t count;
};

static bool feed_one(void *context, const struct event_record *record, const uint8_t *body)
{
    struct feeding *feeding = context;
    feeding->status = history_put(feeding->history, record, body, feeding->error);
    feeding->count++;
    if (feeding->status == STATUS_OK && feeding->count % HISTORY_BATCH == 0) {
        feeding->status = history_commit(feeding->history, feeding->error);
        if (feeding->status == STATUS_OK) {
            history_idle(feeding->history);
            feeding->status = history_begin(feeding->history, feeding->error);
        }
    }
    return feeding->status == STATUS_OK;
}

enum status recovery_history(struct journal *journal, struct history *history, uint64_t *fed,
                             char error[256])
{
    *fed = 0;
    error[0] = '\0';
    if (history_seq(history) > journal_seq(journal)) {
        store_db_say(error, "the history holds event %llu, the journal ends at %llu: rebuild it",
                     (unsigned long long)history_seq(history),
                     (unsigned long long)journal_seq(journal));
        return STATUS_STALE;
    }
    char sentence[256] = "";
    struct feeding feeding = {.history = history, .error = sentence};
    enum status status = history_begin(history, error);
    if (status != STATUS_OK) {
        return status;
    }
    status = journal_read(journal, history_seq(history) + 1, feed_one, &feeding, error);
    if (status == STATUS_OK && feeding.status != STATUS_OK) {
        memcpy(error, sentence, sizeof sentence);
        return feeding.status;
    }
    if (status == STATUS_OK) {
        status = history_commit(history, error);
    }
    *fed = feeding.count;
    return status;
}
