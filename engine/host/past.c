#include "engine/host/past.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/event_codec.h"
#include "engine/store/recovery.h"

struct past {
    struct engine_config config;
    struct engine *engine;
    int64_t until_ms;
    uint64_t count;
    enum status status;
    struct event event; /* 17 KiB */
};

enum status past_create(const struct engine_config *config, int64_t until_ms, struct past **out)
{
    *out = NULL;
    struct past *past = calloc(1, sizeof *past);
    if (past == NULL) {
        return STATUS_NO_MEMORY;
    }
    past->config = *config;
    past->config.map = NULL;
    past->config.searches = false;
    past->until_ms = until_ms;
    const enum status status = engine_create(&past->config, &past->engine);
    if (status != STATUS_OK) {
        past_destroy(past);
        return status;
    }
    *out = past;
    return STATUS_OK;
}

void past_destroy(struct past *past)
{
    if (past != NULL) {
        engine_destroy(past->engine);
        free(past);
    }
}

enum status past_begin(struct past *past, const struct snapshot_file *file, char error[256])
{
    assert(past->count == 0);
    struct engine *engine = NULL;
    const enum status status = recovery_load(file, &past->config, &engine, error);
    if (status == STATUS_OK) {
        engine_destroy(past->engine);
        past->engine = engine;
    }
    return status;
}

bool past_visit(void *context, const struct event_record *record, const uint8_t *body)
{
    struct past *past = context;
    if (record->at_ms > past->until_ms) {
        return false;
    }
    struct event *event = &past->event;
    event->kind = record->kind;
    event->seq = record->seq;
    event->at_ms = record->at_ms;
    event->actor = record->actor;
    memcpy(event->command_id, record->command_id, COMMAND_ID_SIZE);
    past->status = STATUS_DENIED;
    if (body != NULL) {
        past->status = event_codec_decode(event, body, record->body_size);
    }
    if (past->status == STATUS_OK) {
        past->status = engine_replay(past->engine, event);
    }
    past->count++;
    return past->status == STATUS_OK;
}

enum status past_status(const struct past *past, char error[256])
{
    if (past->status != STATUS_OK) {
        snprintf(
            error, 256, "event %llu cannot be replayed: %s", (unsigned long long)past->event.seq,
            past->status == STATUS_DENIED ? "its content was erased" : status_text(past->status));
    }
    return past->status;
}

const struct engine *past_engine(const struct past *past)
{
    return past->engine;
}

const struct event *past_event(const struct past *past)
{
    return &past->event;
}

uint64_t past_count(const struct past *past)
{
    return past->count;
}

void past_extend(struct past *past, int64_t until_ms)
{
    assert(until_ms >= past->until_ms);
    past->until_ms = until_ms;
}
