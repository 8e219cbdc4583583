#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/event_codec.h"
#include "engine/host/csv_text.h"
#include "engine/host/history_question.h"
#include "engine/net/translate_event.h"
#include "engine/net/translate_view.h"
#include "engine/store/photo_file.h"
#include "proto/proto_event.h"

static struct proto_place place_of(struct geo_point at)
{
    return (struct proto_place){.lat_e7 = at.lat_e7, .lon_e7 = at.lon_e7};
}

static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

/* ---- Incidents ---- */

static void put_incident(struct question *question, const struct history_incident *row)
{
    const bool masked = question->role == ROLE_API;
    const struct proto_incident incident = {.incident_id = row->incident_id,
                                            .generation = row->generation,
                                            .type = (enum proto_incident_type)row->type,
                                            .priority = row->priority,
                                            .state = (enum proto_incident_state)row->state,
                                            .at = place_of(row->at),
                                            .address = row->address,
                                            .note = row->note,
                                            .caller = masked ? NULL : row->caller,
                                            .phone = masked ? NULL : row->phone,
                                            .district = or_null(row->district_code),
                                            .circle = or_null(row->circle_code),
                                            .beat = or_null(row->area_codes[AREA_BEAT]),
                                            .grid = or_null(row->area_codes[AREA_GRID]),
                                            .drill = row->drill,
                                            .mode = (enum proto_dispatch_mode)row->mode,
                                            .policy = row->policy,
                                            .warning = {.at_ms = PROTO_NEVER},
                                            .policy_version = row->policy_version,
                                            .report_count = row->report_count,
                                            .received_ms = row->received_ms,
                                            .created_ms = row->created_ms,
                                            .dispatched_ms = row->dispatched_ms,
                                            .on_scene_ms = row->on_scene_ms,
                                            .ended_ms = row->ended_ms,
                                            .clock_ms = row->clock_ms,
                                            .held_ms = row->held_ms,
                                            .review_ms = row->review_ms,
                                            .hold_reason = (enum proto_reason)row->hold_reason,
                                            .owner = or_null(row->owner),
                                            .owner_ms = row->owner_ms,
                                            .duplicate_of = row->duplicate_of,
                                            .similar_id = row->similar_id,
                                            .reopened = row->reopened_count,
                                            .tiers_unknown = true};
    proto_encode_incident(&question->body, &incident);
}

static bool visit_incident(void *context, const struct history_incident *row)
{
    struct question *question = context;
    const bool ended = incident_state_ended(row->state);
    if ((question->open_only && ended) || (question->ended_only && !ended)) {
        return true;
    }
    if (question->rows == question->filter.limit) {
        question->truncated = true;
        return false;
    }
    put_incident(question, row);
    question->rows++;
    question->next = row->incident_id;
    return true;
}

static void answer_incidents(struct question *question, struct history_reader *reader)
{
    struct history_filter filter = question->filter;
    filter.limit = 0; /* the visitor counts what passes and stops */
    proto_json_begin(&question->body, '{');
    proto_json_name(&question->body, "incidents");
    proto_json_begin(&question->body, '[');
    question->status =
        history_reader_incidents(reader, &filter, visit_incident, question, question->error);
    proto_json_end(&question->body, ']');
    proto_member_id(&question->body, "next", question->truncated ? (uint32_t)question->next : 0);
}

static bool visit_assignment(void *context, const struct history_assignment *row)
{
    struct question *question = context;
    const struct proto_assignment assignment = {
        .assignment_id = row->assignment_id,
        .incident_id = row->incident_id,
        .unit = row->unit_code,
        .tier = (enum proto_tier)row->tier,
        .state = (enum proto_assignment_state)row->state,
        .version = row->version,
        .late = row->late,
        .additional = row->additional,
        .automatic = row->automatic,
        .estimated = row->estimated,
        .travel_ms = row->travel_ms,
        .distance_m = row->distance_m,
        .rank = row->rank,
        .wave = row->wave,
        .reason = (enum proto_reason)row->reason,
        .sent_ms = row->milestones[HISTORY_SENT].at_ms,
        .delivered_ms = row->milestones[HISTORY_DELIVERED].at_ms,
        .acknowledged_ms = row->milestones[HISTORY_ACKNOWLEDGED].at_ms,
        .en_route_ms = row->milestones[HISTORY_EN_ROUTE].at_ms,
        .on_scene_ms = row->milestones[HISTORY_ON_SCENE].at_ms,
        .ended_ms = row->milestones[HISTORY_ENDED].at_ms,
        .resent = row->resent_count,
        .corrected = row->corrected_count,
        .par_asked_ms = PROTO_NEVER};
    proto_encode_assignment(&question->body, &assignment);
    return true;
}

static bool visit_report(void *context, const struct history_report *row)
{
    struct question *question = context;
    const bool masked = question->role == ROLE_API;
    const struct proto_report report = {.report_id = row->report_id,
                                        .incident_id = row->incident_id,
                                        .merged = row->merged,
                                        .channel = (enum proto_channel)row->channel,
                                        .type = (enum proto_incident_type)row->type,
                                        .priority = row->priority,
                                        .at = place_of(row->at),
                                        .address = row->address,
                                        .caller = masked ? NULL : row->caller,
                                        .phone = masked ? NULL : row->phone,
                                        .note = row->note,
                                        .occurred_ms = row->occurred_ms,
                                        .received_ms = row->received_ms,
                                        .drill = row->drill,
                                        .answered_ms = row->answered_ms,
                                        .answered_by = or_null(row->answered_by),
                                        .answer = or_null(row->answer)};
    proto_encode_report(&question->body, &report);
    return true;
}

#define TIMELINE_EVENTS_MAX 20000u
#define TIMELINE_BYTES_MAX  (16u << 20)

static bool visit_event(void *context, const struct event_record *record, const uint8_t *body)
{
    struct event_list *list = &((struct question *)context)->timeline;
    if (list->count == list->records_max || list->size_max - list->size < record->body_size) {
        return false;
    }
    struct event_record *kept = &list->records[list->count++];
    *kept = *record;
    kept->body_offset = list->size;
    memcpy(list->bytes + list->size, body, record->body_size);
    list->size += record->body_size;
    return true;
}

/* Everything behind "incident", which history_answer_finish() puts before it. */
static void answer_incident(struct question *question, struct history_reader *reader)
{
    const uint32_t id = question->incident_id;
    char *error = question->error;
    question->status =
        event_list_init(&question->timeline, TIMELINE_EVENTS_MAX, TIMELINE_BYTES_MAX);
    if (question->status != STATUS_OK) {
        return;
    }
    question->has_timeline = true;
    question->status =
        history_reader_incident(reader, id, question->filter.districts, &question->incident, error);
    if (question->status == STATUS_OK) {
        proto_json_begin(&question->body, '{');
        proto_json_name(&question->body, "assignments");
        proto_json_begin(&question->body, '[');
        question->status =
            history_reader_assignments(reader, id, visit_assignment, question, error);
        proto_json_end(&question->body, ']');
    }
    if (question->status == STATUS_OK) {
        proto_json_name(&question->body, "reports");
        proto_json_begin(&question->body, '[');
        question->status = history_reader_reports(reader, id, visit_report, question, error);
        proto_json_end(&question->body, ']');
    }
    if (question->status == STATUS_OK) {
        question->status = history_reader_timeline(reader, id, visit_event, question, error);
    }
}

/* ---- A photo ---- */

static bool visit_photo(void *context, const struct event_record *record, const uint8_t *body)
{
    struct question *question = context;
    if (record->kind != EVENT_PHOTO_ADDED) {
        return true;
    }
    struct event *event = calloc(1, sizeof *event);
    if (event == NULL) {
        question->status = STATUS_NO_MEMORY;
        return false;
    }
    event->kind = record->kind;
    question->status = event_codec_decode(event, body, record->body_size);
    question->is_named = question->status == STATUS_OK &&
                         memcmp(event->photo.hash, question->hash, PHOTO_HASH_SIZE) == 0;
    question->media = event->photo.media;
    free(event);
    return question->status == STATUS_OK && !question->is_named;
}

static void answer_photo(struct question *question, struct history_reader *reader,
                         const char *directory)
{
    const uint32_t id = question->incident_id;
    char *error = question->error;
    question->status =
        history_reader_incident(reader, id, question->filter.districts, &question->incident, error);
    if (question->status == STATUS_OK) {
        const enum status read = history_reader_timeline(reader, id, visit_photo, question, error);
        question->status = read != STATUS_OK ? read : question->status;
    }
    if (question->status == STATUS_OK && !question->is_named) {
        question->status = STATUS_NOT_FOUND;
    }
    if (question->status == STATUS_OK) {
        question->status = photo_file_read(directory, question->hash, PHOTO_FILE_BYTES_MAX,
                                           &question->photo, &question->photo_size, error);
    }
}

/* ---- Was it ever so ---- */

static bool visit_order(void *context, const struct history_assignment *row)
{
    struct question *question = context;
    const bool is_it = row->assignment_id == question->assignment_id &&
                       (question->unit_id == UNIT_NONE || row->unit_id == question->unit_id);
    question->rows += is_it ? 1 : 0;
    return !is_it;
}

static void answer_ordered(struct question *question, struct history_reader *reader)
{
    const uint32_t id = question->incident_id;
    question->status = history_reader_incident(reader, id, question->filter.districts,
                                               &question->incident, question->error);
    if (question->status == STATUS_OK && question->assignment_id != 0) {
        question->status =
            history_reader_assignments(reader, id, visit_order, question, question->error);
        if (question->status == STATUS_OK && question->rows == 0) {
            question->status = STATUS_NOT_FOUND;
        }
    }
}

/* The live incident has its tiers and the generation that an order must name. */
static void put_incident_first(struct question *question, const struct engine *engine)
{
    struct proto_buffer rest = question->body;
    question->body = (struct proto_buffer){0};
    proto_json_begin(&question->body, '{');
    proto_json_name(&question->body, "incident");
    struct incident_view view;
    if (engine_incident(engine, question->incident_id, &view)) {
        struct proto_incident incident;
        translate_view_incident(engine, &view, translate_view_mask(question->role), &incident);
        proto_encode_incident(&question->body, &incident);
    } else {
        put_incident(question, &question->incident);
    }
    if (proto_buffer_ok(&rest)) {
        proto_buffer_append(&question->body, ",", 1);
        proto_buffer_append(&question->body, rest.bytes + 1, rest.size - 1); /* without its brace */
    }
    proto_buffer_finish(&rest);
}

static void put_event(struct question *question, const struct engine *engine,
                      const struct event *event)
{
    struct translate_event_space space;
    struct proto_event wire;
    translate_event_fill(engine, event, translate_view_mask(question->role), &space, &wire);
    proto_encode_event(&question->body, &wire);
}

void history_answer_finish(struct question *question, const struct engine *engine)
{
    if (question->status == STATUS_OK && question->has_timeline) {
        struct event *event = malloc(sizeof *event);
        proto_json_name(&question->body, "timeline");
        proto_json_begin(&question->body, '[');
        for (uint32_t i = 0; event != NULL && i < question->timeline.count; i++) {
            event_list_get(&question->timeline, i, event);
            put_event(question, engine, event);
        }
        proto_json_end(&question->body, ']');
        proto_json_end(&question->body, '}');
        free(event);
        put_incident_first(question, engine);
    }
    if (question->has_timeline) {
        event_list_finish(&question->timeline);
        question->has_timeline = false;
    }
}

/* ---- Response times ---- */

static void put_percentiles(struct proto_buffer *body, const struct history_percentiles *samples)
{
    proto_member_int(body, "n", samples->n);
    proto_member_int(body, "missing", samples->missing);
    proto_member_time(body, "p50_ms", samples->p50_ms);
    proto_member_time(body, "p90_ms", samples->p90_ms);
    proto_member_time(body, "p95_ms", samples->p95_ms);
    proto_member_time(body, "p99_ms", samples->p99_ms);
    proto_member_time(body, "max_ms", samples->max_ms);
}

static void put_summary(struct proto_buffer *body, enum tier tier,
                        const struct history_tier_statistics *tier_numbers, const char *stage,
                        const struct history_percentiles *samples)
{
    proto_json_begin(body, '{');
    proto_member_text(body, "tier", types_name(TYPES_TIER, tier));
    proto_member_text(body, "stage", stage);
    proto_member_int(body, "rows", tier_numbers->rows);
    put_percentiles(body, samples);
    proto_json_name(body, "excluded");
    proto_json_begin(body, '{');
    proto_member_int(body, "drill", tier_numbers->excluded[HISTORY_DRILL]);
    proto_member_int(body, "merged", tier_numbers->excluded[HISTORY_MERGED]);
    proto_member_int(body, "cancelled", tier_numbers->excluded[HISTORY_CANCELLED]);
    proto_member_int(body, "open", tier_numbers->excluded[HISTORY_OPEN]);
    proto_json_end(body, '}');
    proto_member_int(body, "met", tier_numbers->met);
    proto_member_int(body, "missed", tier_numbers->missed);
    proto_member_int(body, "no_unit", tier_numbers->no_unit);
    proto_json_end(body, '}');
}

static void put_statistics(struct proto_buffer *body, const struct history_statistics *numbers)
{
    static const char *const stages[HISTORY_STAGE_COUNT] = {
        [HISTORY_STAGE_ANSWER] = "received_to_created",
        [HISTORY_STAGE_DISPATCH] = "created_to_sent",
        [HISTORY_STAGE_ACKNOWLEDGE] = "sent_to_acknowledged",
        [HISTORY_STAGE_TURNOUT] = "acknowledged_to_en_route",
        [HISTORY_STAGE_TRAVEL] = "en_route_to_on_scene",
        [HISTORY_STAGE_TOTAL] = "received_to_on_scene"};
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        const struct history_tier_statistics *of_tier = &numbers->tiers[tier];
        put_summary(body, (enum tier)tier, of_tier, "clock_to_on_scene", &of_tier->response);
        for (uint32_t stage = 0; stage < HISTORY_STAGE_COUNT; stage++) {
            put_summary(body, (enum tier)tier, of_tier, stages[stage], &of_tier->stages[stage]);
        }
    }
}

/* The columns of a row, in order, as JSON members or as a CSV line. */
struct row_writer {
    struct proto_buffer *body;
    struct csv_text *csv; /* NULL: JSON */
};

static void column_text(struct row_writer *writer, const char *name, const char *text)
{
    if (writer->csv != NULL) {
        csv_text_field(writer->csv, text);
    } else {
        proto_member_text(writer->body, name, text == NULL || text[0] == '\0' ? NULL : text);
    }
}

static void column_number(struct row_writer *writer, const char *name, int64_t number)
{
    if (writer->csv != NULL) {
        csv_text_number(writer->csv, number);
    } else {
        proto_member_time(writer->body, name, number);
    }
}

static void put_row(struct row_writer *writer, const struct history_log_row *row)
{
    column_number(writer, "incident_id", row->incident_id);
    column_text(writer, "tier", types_name(TYPES_TIER, row->tier));
    column_text(writer, "type", types_name(TYPES_INCIDENT_TYPE, row->type));
    column_number(writer, "priority", row->priority);
    if (writer->csv != NULL) {
        column_number(writer, "drill", row->drill ? 1 : 0);
    } else {
        proto_member_bool(writer->body, "drill", row->drill);
    }
    column_text(writer, "district", row->district_code);
    column_text(writer, "circle", row->circle_code);
    column_text(writer, "unit", row->unit_code);
    column_number(writer, "received_ms", row->received_ms);
    column_number(writer, "created_ms", row->created_ms);
    column_number(writer, "clock_ms", row->clock_ms);
    column_number(writer, "sent_ms", row->milestones[HISTORY_SENT].at_ms);
    column_number(writer, "delivered_ms", row->milestones[HISTORY_DELIVERED].at_ms);
    column_number(writer, "acknowledged_ms", row->milestones[HISTORY_ACKNOWLEDGED].at_ms);
    column_number(writer, "en_route_ms", row->milestones[HISTORY_EN_ROUTE].at_ms);
    column_number(writer, "on_scene_ms", row->milestones[HISTORY_ON_SCENE].at_ms);
    column_number(writer, "cleared_ms", row->milestones[HISTORY_ENDED].at_ms);
    column_number(writer, "target_ms", row->target_ms);
    const bool judged = row->verdict == TIER_MET || row->verdict == TIER_MISSED;
    column_number(writer, "elapsed_ms", judged ? row->elapsed_ms : TIME_NEVER);
    column_text(writer, "verdict", types_name(TYPES_TIER_VERDICT, row->verdict));
    column_text(writer, "address", row->address);
}

static bool visit_row(void *context, const struct history_log_row *row)
{
    struct question *question = context;
    if (question->rows == question->filter.limit) {
        question->truncated = true;
        return false;
    }
    question->rows++;
    question->next = row->cursor;
    struct csv_text csv = {.body = &question->body};
    struct row_writer writer = {.body = &question->body, .csv = question->csv ? &csv : NULL};
    if (question->csv) {
        put_row(&writer, row);
        csv_text_line(&csv);
        return true;
    }
    proto_json_begin(&question->body, '{');
    put_row(&writer, row);
    proto_json_end(&question->body, '}');
    return true;
}

static const char csv_columns[] =
    "incident_id,tier,type,priority,drill,district,circle,unit,received_ms,created_ms,clock_ms,"
    "sent_ms,delivered_ms,acknowledged_ms,en_route_ms,on_scene_ms,cleared_ms,target_ms,elapsed_ms,"
    "verdict,address";

static void answer_response_times(struct question *question, struct history_reader *reader,
                                  const struct summary_definition *definition)
{
    struct history_filter filter = question->filter;
    filter.limit = question->filter.limit + 1; /* one more tells whether there are more */
    struct proto_buffer *body = &question->body;
    if (question->csv) {
        struct csv_text csv;
        csv_text_begin(&csv, body, csv_columns);
        question->status =
            history_reader_log(reader, &filter, visit_row, question, question->error);
        return;
    }
    struct history_statistics *numbers = malloc(sizeof *numbers);
    question->status = numbers == NULL ? STATUS_NO_MEMORY
                                       : history_reader_statistics(reader, &question->filter,
                                                                   numbers, question->error);
    if (question->status == STATUS_OK) {
        proto_json_begin(body, '{');
        summary_json_definition(body, definition, NULL);
        proto_json_name(body, "summary");
        proto_json_begin(body, '[');
        put_statistics(body, numbers);
        proto_json_end(body, ']');
        proto_json_name(body, "rows");
        proto_json_begin(body, '[');
        question->status =
            history_reader_log(reader, &filter, visit_row, question, question->error);
        proto_json_end(body, ']');
        proto_member_bool(body, "truncated", question->truncated);
        proto_member_time(body, "next", question->truncated ? (int64_t)question->next : TIME_NEVER);
        proto_json_end(body, '}');
    }
    free(numbers);
}

void history_answer_run(struct question *question, struct history_reader *reader,
                        const struct history_worker_config *config)
{
    uint64_t seq = 0;
    question->status = history_reader_seq(reader, &seq);
    const bool is_report =
        question->kind == QUESTION_RESPONSE_TIMES || question->kind == QUESTION_SUMMARY;
    struct summary_policies policies;
    struct summary_definition definition = config->definition;
    if (question->status == STATUS_OK && is_report) {
        const struct history_filter *filter =
            question->kind == QUESTION_SUMMARY ? &question->summary.filter : &question->filter;
        question->status = summary_policies_read(&policies, reader, filter, question->error);
        definition.policies = &policies;
        definition.policy = policies.names;
        definition.clock_start = policies.clocks;
    }
    if (question->status != STATUS_OK) {
        return;
    }
    switch (question->kind) {
    case QUESTION_INCIDENTS:
        answer_incidents(question, reader);
        proto_member_int(&question->body, "seq", (int64_t)seq);
        proto_json_end(&question->body, '}');
        break;
    case QUESTION_INCIDENT:
        answer_incident(question, reader);
        if (question->status == STATUS_OK) {
            proto_member_int(&question->body, "seq", (int64_t)seq);
        }
        break;
    case QUESTION_RESPONSE_TIMES:
        answer_response_times(question, reader, &definition);
        break;
    case QUESTION_BOARD:
        question->status = past_board_answer(&question->board, reader, config->engine,
                                             &config->marks, &question->body, question->error);
        break;
    case QUESTION_PATROL:
        question->status =
            patrol_report_answer(&question->patrol, reader, config->definition.time_zone,
                                 &question->body, question->error);
        break;
    case QUESTION_PHOTO:
        answer_photo(question, reader, config->photos);
        break;
    case QUESTION_ORDERED:
        answer_ordered(question, reader);
        break;
    case QUESTION_SUMMARY:
        question->status = summary_answer(&question->summary, reader, &definition, &question->body,
                                          question->error);
        break;
    }
}
