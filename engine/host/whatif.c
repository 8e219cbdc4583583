#include "engine/host/whatif.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/event_codec.h"
#include "engine/host/calendar.h"
#include "engine/host/whatif_private.h"

#define EVENTS_FIRST 65536u
#define BYTES_FIRST  ((size_t)16 << 20)
#define STEP_EVENTS  4096u
#define STEP_BYTES   ((size_t)4 << 20)

/* ---- Life cycle ---- */

enum status whatif_create(const struct engine_config *config, int64_t from_ms, int64_t to_ms,
                          struct whatif **out)
{
    assert(config->searches);
    assert(from_ms < to_ms);
    *out = NULL;
    struct whatif *whatif = calloc(1, sizeof *whatif);
    if (whatif == NULL) {
        return STATUS_NO_MEMORY;
    }
    whatif->config = *config;
    whatif->config.mode = DISPATCH_AUTO;
    whatif->config.settle_ms = 0; /* it does not come out of a restart */
    whatif->from_ms = from_ms;
    whatif->to_ms = to_ms;
    enum status status = engine_create(&whatif->config, &whatif->engine);
    if (status == STATUS_OK) {
        status = event_list_init(&whatif->input, EVENTS_FIRST, BYTES_FIRST);
    }
    if (status == STATUS_OK) {
        status = event_list_init(&whatif->output, STEP_EVENTS, STEP_BYTES);
    }
    if (status == STATUS_OK) {
        status = whatif_count_init(&whatif->then, from_ms, to_ms);
    }
    if (status == STATUS_OK) {
        status = whatif_count_init(&whatif->now, from_ms, to_ms);
    }
    if (status != STATUS_OK) {
        whatif_destroy(whatif);
        return status;
    }
    *out = whatif;
    return STATUS_OK;
}

void whatif_destroy(struct whatif *whatif)
{
    if (whatif == NULL) {
        return;
    }
    engine_destroy(whatif->engine);
    event_list_finish(&whatif->input);
    event_list_finish(&whatif->output);
    whatif_count_finish(&whatif->then);
    whatif_count_finish(&whatif->now);
    whatif_course_finish(&whatif->courses);
    free(whatif->actions);
    free(whatif->incidents);
    free(whatif);
}

/* ---- Taking the journal in ---- */

static bool decode(struct whatif *whatif, const struct event_record *record, const uint8_t *body)
{
    struct event *event = &whatif->event;
    event->kind = record->kind;
    event->seq = record->seq;
    event->at_ms = record->at_ms;
    event->actor = record->actor;
    memcpy(event->command_id, record->command_id, COMMAND_ID_SIZE);
    whatif->status =
        body == NULL ? STATUS_DENIED : event_codec_decode(event, body, record->body_size);
    return whatif->status == STATUS_OK;
}

static bool grow(struct event_list *list, uint32_t body_size)
{
    if (list->count == list->records_max) {
        const uint32_t max = list->records_max * 2;
        struct event_record *records = realloc(list->records, max * sizeof *records);
        if (records == NULL) {
            return false;
        }
        list->records = records;
        list->records_max = max;
    }
    if (list->size_max - list->size < body_size) {
        const size_t max = list->size_max * 2 + body_size;
        uint8_t *bytes = realloc(list->bytes, max);
        if (bytes == NULL) {
            return false;
        }
        list->bytes = bytes;
        list->size_max = max;
    }
    return true;
}

static enum status keep(struct whatif *whatif, const struct event_record *record,
                        const uint8_t *body)
{
    struct event_list *list = &whatif->input;
    if (list->count == WHATIF_EVENTS_MAX) {
        return STATUS_FULL;
    }
    if (!grow(list, record->body_size)) {
        return STATUS_NO_MEMORY;
    }
    struct event_record *kept = &list->records[list->count++];
    *kept = *record;
    kept->body_offset = list->size;
    memcpy(list->bytes + list->size, body, record->body_size);
    list->size += record->body_size;
    return STATUS_OK;
}

bool whatif_visit(void *context, const struct event_record *record, const uint8_t *body)
{
    struct whatif *whatif = context;
    if (record->at_ms >= whatif->to_ms + WHATIF_AFTER_MS || !decode(whatif, record, body)) {
        return false;
    }
    if (record->at_ms < whatif->from_ms) {
        whatif->status = engine_replay(whatif->engine, &whatif->event);
    } else {
        whatif->status = keep(whatif, record, body);
        whatif_count_event(&whatif->then, &whatif->event);
    }
    return whatif->status == STATUS_OK;
}

/* ---- Stepping the engine ---- */

/* What came out: counted, and what units will do about their orders is put in line. */
static void take_output(struct whatif *whatif)
{
    for (uint32_t i = 0; i < whatif->output.count && whatif->status == STATUS_OK; i++) {
        event_list_get(&whatif->output, i, &whatif->event);
        whatif_count_event(&whatif->now, &whatif->event);
        if (whatif->event.kind == EVENT_ASSIGNMENT_SENT) {
            whatif->status = whatif_action_plan(whatif, &whatif->event);
        }
    }
    event_list_clear(&whatif->output);
}

struct step_result whatif_step(struct whatif *whatif, struct command *command)
{
    command->at_ms = whatif->now_ms;
    if (command->actor.id[0] == '\0') {
        memcpy(command->actor.id, "whatif", 7);
        command->actor.source = SOURCE_SYSTEM;
    }
    const struct step_result result = engine_step(whatif->engine, command, &whatif->output);
    take_output(whatif);
    return result;
}

/* ---- The run ---- */

static int64_t min_ms(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The policy of then came in with what went before the period. */
static void put_policy(struct whatif *whatif)
{
    struct command command = {.kind = COMMAND_POLICY_PUT,
                              .policy = {.policy = &whatif->config.policy}};
    if (whatif_step(whatif, &command).refusal != REASON_NONE) {
        whatif->status = STATUS_BUSY; /* open incidents still hold every place for a policy */
    }
}

static void run_all(struct whatif *whatif)
{
    const int64_t end_ms = whatif->to_ms + WHATIF_AFTER_MS;
    uint32_t next = 0;
    while (whatif->status == STATUS_OK) {
        const int64_t input_ms =
            next < whatif->input.count ? whatif->input.records[next].at_ms : INT64_MAX;
        const int64_t action_ms = whatif->action_count > 0 ? whatif->actions[0].due_ms : INT64_MAX;
        const int64_t due_ms = engine_deadline_ms(whatif->engine);
        const int64_t now_ms = min_ms(min_ms(input_ms, action_ms), due_ms);
        if (now_ms >= end_ms) {
            return;
        }
        whatif->now_ms = now_ms > whatif->now_ms ? now_ms : whatif->now_ms;
        if (input_ms <= whatif->now_ms) {
            whatif_input_observe(whatif, next);
        }
        if (due_ms <= input_ms && due_ms <= action_ms) {
            struct command tick = {.kind = COMMAND_TICK};
            (void)whatif_step(whatif, &tick);
        } else if (action_ms <= input_ms) {
            whatif_action_do(whatif);
        } else {
            whatif_input_do(whatif, next++);
        }
    }
}

enum status whatif_run(struct whatif *whatif, struct whatif_result *result, char error[256])
{
    *result = (struct whatif_result){0};
    if (whatif->status == STATUS_OK) {
        whatif->now_ms = whatif->from_ms;
        engine_observe_zone(whatif->engine, calendar_ahead_ms(whatif->from_ms));
        engine_started(whatif->engine, whatif->from_ms);
        whatif->status = whatif_course_learn(whatif);
    }
    if (whatif->status == STATUS_OK) {
        put_policy(whatif);
    }
    if (whatif->status == STATUS_OK) {
        run_all(whatif);
    }
    if (whatif->status == STATUS_OK) {
        whatif_count_reckon(&whatif->then, &result->then);
        whatif_count_reckon(&whatif->now, &result->now);
        whatif_count_compare(whatif, result);
        result->assumed = whatif->assumed;
        result->known = whatif->known;
        return STATUS_OK;
    }
    const unsigned long long seq = (unsigned long long)whatif->event.seq;
    switch (whatif->status) {
    case STATUS_FULL:
        snprintf(error, 256, "more than %u events in that period; take a shorter one",
                 WHATIF_EVENTS_MAX);
        break;
    case STATUS_DENIED:
        snprintf(error, 256, "event %llu was erased; the period cannot be run again", seq);
        break;
    case STATUS_BAD_INPUT:
        snprintf(error, 256, "event %llu changed the districts within the period; take another",
                 seq);
        break;
    case STATUS_OK:
    case STATUS_NO_MEMORY:
    case STATUS_STALE:
    case STATUS_CORRUPT:
    case STATUS_NOT_FOUND:
    case STATUS_BUSY:
    case STATUS_DISK_FULL:
    case STATUS_READ_ONLY:
    case STATUS_IO:
    case STATUS_VERSION:
    case STATUS_CLOSED:
    case STATUS_COUNT:
        snprintf(error, 256, "event %llu: %s", seq, status_text(whatif->status));
        break;
    }
    return whatif->status;
}
