#include "engine/host/past_board.h"

#include <stdio.h>
#include <stdlib.h>

#include "engine/host/calendar.h"
#include "engine/host/past.h"
#include "engine/host/query_text.h"
#include "engine/net/fanout_snapshot.h"
#include "engine/net/translate_event.h"
#include "proto/proto_frame.h"
#include "proto/proto_json.h"

#define HOUR_MS 3600000

bool past_board_parse(struct past_board_question *question, const char *query,
                      const struct identity *by, char detail[256])
{
    *question = (struct past_board_question){
        .at_ms = TIME_NEVER, .until_ms = TIME_NEVER, .scope = by->scope, .role = by->role};
    if (!query_text_check(query, "at until", detail) ||
        !calendar_query(query, "at", &question->at_ms, detail) ||
        !calendar_query(query, "until", &question->until_ms, detail)) {
        return false;
    }
    if (question->at_ms == TIME_NEVER) {
        snprintf(detail, 256, "at is missing: which moment?");
        return false;
    }
    question->until_ms =
        question->until_ms == TIME_NEVER ? question->at_ms + HOUR_MS : question->until_ms;
    if (question->until_ms < question->at_ms ||
        question->until_ms - question->at_ms > PAST_BOARD_SPAN_MS) {
        snprintf(detail, 256, "until must be up to 24 hours after at");
        return false;
    }
    return true;
}

struct replaying {
    struct past *past;
    const struct past_board_question *question;
    struct ledger *ledger; /* NULL: before the moment */
    struct proto_buffer *events;
    uint64_t upto;
    uint32_t count;
    bool truncated, too_many, no_memory;
};

static bool take_before(void *context, const struct event_record *record, const uint8_t *body)
{
    struct replaying *replaying = context;
    if (past_count(replaying->past) >= PAST_BOARD_REPLAY_MAX) {
        replaying->too_many = record->at_ms <= replaying->question->at_ms;
        return false;
    }
    return past_visit(replaying->past, record, body);
}

static void put_event(struct replaying *replaying)
{
    struct translate_event_space space;
    struct proto_event wire;
    translate_event_fill(past_engine(replaying->past), past_event(replaying->past),
                         translate_view_mask(replaying->question->role), &space, &wire);
    proto_encode_event(replaying->events, &wire);
    replaying->count++;
}

static bool take_after(void *context, const struct event_record *record, const uint8_t *body)
{
    struct replaying *replaying = context;
    if (replaying->count == PAST_BOARD_EVENTS_MAX &&
        record->at_ms <= replaying->question->until_ms) {
        replaying->truncated = true;
        return false;
    }
    if (!past_visit(replaying->past, record, body)) {
        return false;
    }
    const struct event *event = past_event(replaying->past);
    const struct ledger_audience audience = ledger_apply(replaying->ledger, event);
    if (event->kind == EVENT_DISTRICT_PUT || event->kind == EVENT_DISTRICTS_CLEARED) {
        ledger_refresh_districts(replaying->ledger, past_engine(replaying->past));
    }
    if ((audience.scope & replaying->question->scope) != 0) {
        put_event(replaying);
    }
    replaying->upto = event->seq;
    return true;
}

/* The board, then the log: both as the stream has them. */
static enum status write_all(struct replaying *replaying, struct history_reader *reader,
                             const struct engine_config *config, const char *epoch,
                             struct proto_buffer *body, char error[256])
{
    const struct engine *engine = past_engine(replaying->past);
    const struct past_board_question *question = replaying->question;
    const uint64_t seq = engine_seq(engine);
    proto_json_begin(body, '{');
    proto_member_int(body, "at_ms", question->at_ms);
    proto_member_int(body, "until_ms", question->until_ms);
    proto_json_name(body, "board");
    fanout_snapshot_whole(engine, epoch, question->scope, translate_view_mask(question->role),
                          body);
    enum status status = ledger_create(config, engine, &replaying->ledger);
    if (status == STATUS_OK) {
        replaying->upto = seq;
        past_extend(replaying->past, question->until_ms);
        status = history_reader_events(reader, seq, take_after, replaying, error);
    }
    if (status == STATUS_OK) {
        status = past_status(replaying->past, error);
    }
    if (status == STATUS_OK) {
        proto_json_name(body, "log");
        proto_frame_log_begin(body, PROTO_STREAM_CITY, epoch, seq + 1, replaying->upto);
        if (replaying->count > 0 && proto_buffer_ok(replaying->events)) {
            proto_frame_log_event(body, replaying->events->bytes, replaying->events->size);
        }
        proto_frame_log_end(body);
        proto_member_bool(body, "truncated", replaying->truncated);
        proto_json_end(body, '}');
        status = proto_buffer_ok(replaying->events) ? STATUS_OK : STATUS_NO_MEMORY;
    }
    ledger_destroy(replaying->ledger);
    return status;
}

enum status past_board_answer(const struct past_board_question *question,
                              struct history_reader *reader, const struct engine_config *config,
                              const struct past_marks *marks, struct proto_buffer *body,
                              char error[256])
{
    struct proto_buffer events = {0};
    struct replaying replaying = {.question = question, .events = &events};
    enum status status = past_create(config, question->at_ms, &replaying.past);
    if (status != STATUS_OK) {
        snprintf(error, 256, "not enough memory for an engine of the past");
        return status;
    }
    status = past_marks_begin(marks, reader, question->at_ms, replaying.past, error);
    if (status == STATUS_OK) {
        const uint64_t seq = engine_seq(past_engine(replaying.past));
        status = history_reader_events(reader, seq, take_before, &replaying, error);
    }
    if (status == STATUS_OK) {
        status = past_status(replaying.past, error);
    }
    if (status == STATUS_OK && replaying.too_many) {
        snprintf(
            error, 256,
            "that time cannot be shown yet: what a look at it begins with is still being made, "
            "a piece a minute; ask again later");
        status = STATUS_BAD_INPUT;
    } else if (status == STATUS_OK && engine_seq(past_engine(replaying.past)) == 0) {
        snprintf(error, 256, "the record begins after that time");
        status = STATUS_BAD_INPUT;
    }
    if (status == STATUS_OK) {
        status = write_all(&replaying, reader, config, marks->epoch, body, error);
    }
    past_destroy(replaying.past);
    proto_buffer_finish(&events);
    return status;
}
