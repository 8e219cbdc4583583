#include "engine/host/summary.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/summary_private.h"
#include "proto/proto_json.h"

#define CELL_E7_MIN 1000     /* about 11 m */
#define CELL_E7_MAX 10000000 /* one degree */
#define CELL_E7     25000    /* about 280 m */

/* ---- Reading the question ---- */

static bool check_period(const struct summary_question *question, char detail[256])
{
    const struct history_filter *filter = &question->filter;
    const bool has_both = filter->from_ms != TIME_NEVER && filter->to_ms != TIME_NEVER;
    if (has_both && filter->from_ms >= filter->to_ms) {
        snprintf(detail, 256, "from must be before to");
        return false;
    }
    if (question->compares && !has_both) {
        snprintf(detail, 256, "compare=last_year needs from and to: which period is it?");
        return false;
    }
    if ((question->compares || question->group >= SUMMARY_DAY) && !calendar_is_known()) {
        snprintf(detail, 256,
                 "this machine has no data of the city's time zone, so it cannot tell "
                 "days; install tzdata");
        return false;
    }
    return true;
}

bool summary_parse(struct summary_question *question, enum summary_kind kind, const char *query,
                   uint64_t scope, char detail[256])
{
    static const char *const known[] = {
        [SUMMARY_TIMES] = "from to tier type circle area unit district drills group compare format",
        [SUMMARY_BULLETIN] =
            "from to tier type circle area unit district drills group compare format",
        [SUMMARY_HEAT] = "from to tier type circle area unit district drills cell_e7"};
    *question = (struct summary_question){.kind = kind, .filter = history_reader_everything()};
    struct history_filter *filter = &question->filter;
    filter->districts = scope;
    uint32_t group = SUMMARY_NONE;
    uint32_t compare = 0;
    uint32_t format = SUMMARY_JSON;
    uint32_t drills = 0;
    int64_t cell_e7 = CELL_E7;
    if (!query_text_check(query, known[kind], detail) ||
        !calendar_query(query, "from", &filter->from_ms, detail) ||
        !calendar_query(query, "to", &filter->to_ms, detail) ||
        !query_text_name(query, "tier", TYPES_TIER, &filter->tier, detail) ||
        !query_text_name(query, "type", TYPES_INCIDENT_TYPE, &filter->type, detail) ||
        !query_text_code(query, "unit", question->unit, detail) ||
        !query_text_code(query, "circle", question->circle, detail) ||
        !query_text_code(query, "area", question->area, detail) ||
        !query_text_code(query, "district", question->district, detail) ||
        !query_text_word(query, "drills", "0 1", &drills, detail) ||
        !query_text_word(query, "compare", "none last_year", &compare, detail) ||
        !query_text_word(query, "format", "json csv text", &format, detail) ||
        !query_text_word(query, "group",
                         "none district circle beat grid unit type day month shift hour", &group,
                         detail) ||
        !query_text_number(query, "cell_e7", CELL_E7_MIN, CELL_E7_MAX, &cell_e7, detail)) {
        return false;
    }
    filter->drills = drills == 1 ? HISTORY_DRILLS_ONLY : HISTORY_DRILLS_TOO;
    question->group = (enum summary_group)group;
    question->format = (enum summary_format)format;
    question->compares = compare == 1;
    question->cell_e7 = (uint32_t)cell_e7;
    return check_period(question, detail);
}

/* ---- What lines are called ---- */

struct summary_label summary_label_of(const struct summary_question *question,
                                      const struct summary_result *result,
                                      const struct history_line *line)
{
    struct summary_label label = {0};
    char text[CALENDAR_TEXT_SIZE];
    switch (question->group) {
    case SUMMARY_NONE:
        break;
    case SUMMARY_DISTRICT:
    case SUMMARY_CIRCLE:
    case SUMMARY_BEAT:
    case SUMMARY_GRID:
    case SUMMARY_UNIT:
        memcpy(label.code, line->code, sizeof line->code);
        memcpy(label.name, line->name, sizeof line->name);
        break;
    case SUMMARY_TYPE:
        snprintf(label.code, sizeof label.code, "%s", types_name(TYPES_INCIDENT_TYPE, line->key));
        break;
    case SUMMARY_DAY:
    case SUMMARY_MONTH:
        calendar_format_day(result->spans.starts_ms[line->key], text);
        snprintf(label.code, sizeof label.code, "%.*s", question->group == SUMMARY_DAY ? 10 : 7,
                 text);
        break;
    case SUMMARY_SHIFT: {
        const uint32_t from = result->day.shifts[line->key];
        const uint32_t to = result->day.shifts[(line->key + 1) % result->day.shift_count];
        snprintf(label.code, sizeof label.code, "%02u:%02u-%02u:%02u", from / 60, from % 60,
                 to / 60, to % 60);
        break;
    }
    case SUMMARY_HOUR:
        snprintf(label.code, sizeof label.code, "%02u", line->key);
        break;
    }
    return label;
}

static int compare_key(const void *key, const void *line)
{
    const uint32_t left = *(const uint32_t *)key;
    const uint32_t right = ((const struct history_line *)line)->key; /* a line begins with it */
    return (left > right) - (left < right);
}

const struct history_statistics *summary_times_before(const struct summary_result *result,
                                                      uint32_t key)
{
    const struct history_summary *before = &result->times_before;
    const struct history_summary_line *line =
        before->count == 0 ? NULL
                           : bsearch(&key, before->lines, before->count, sizeof *line, compare_key);
    return line == NULL ? NULL : &line->numbers;
}

const struct history_bulletin_line *summary_bulletin_before(const struct summary_result *result,
                                                            uint32_t key)
{
    const struct history_bulletin *before = &result->bulletin_before;
    return before->count == 0
               ? NULL
               : bsearch(&key, before->lines, before->count, sizeof before->lines[0], compare_key);
}

const char *const summary_stage_names[SUMMARY_STAGES] = {
    "clock_to_on_scene",
    [HISTORY_STAGE_ANSWER + 1] = "received_to_created",
    [HISTORY_STAGE_DISPATCH + 1] = "created_to_sent",
    [HISTORY_STAGE_ACKNOWLEDGE + 1] = "sent_to_acknowledged",
    [HISTORY_STAGE_TURNOUT + 1] = "acknowledged_to_en_route",
    [HISTORY_STAGE_TRAVEL + 1] = "en_route_to_on_scene",
    [HISTORY_STAGE_TOTAL + 1] = "received_to_on_scene"};

const struct history_percentiles *summary_stage(const struct history_tier_statistics *tier,
                                                uint32_t stage)
{
    assert(stage < SUMMARY_STAGES);
    return stage == 0 ? &tier->response : &tier->stages[stage - 1];
}

uint32_t summary_rate(const struct history_tier_statistics *tier)
{
    const uint64_t judged = (uint64_t)tier->met + tier->missed + tier->no_unit;
    return judged == 0 ? UINT32_MAX : (uint32_t)((uint64_t)tier->met * 1000 / judged);
}

/* ---- Answering ---- */

static enum status find_code(struct history_reader *reader, enum history_group group,
                             const char *code, uint32_t *key, char error[256])
{
    if (code[0] == '\0') {
        return STATUS_OK;
    }
    const enum status status = history_summary_find(reader, group, code, key, error);
    return status == STATUS_NOT_FOUND ? STATUS_BAD_INPUT : status;
}

static enum status find_codes(struct summary_question *question, struct history_reader *reader,
                              char error[256])
{
    struct history_filter *filter = &question->filter;
    uint32_t district = HISTORY_ANY;
    enum status status =
        find_code(reader, HISTORY_GROUP_UNIT, question->unit, &filter->unit_id, error);
    if (status == STATUS_OK) {
        status = find_code(reader, HISTORY_GROUP_CIRCLE, question->circle, &filter->circle, error);
    }
    if (status == STATUS_OK) {
        status = find_code(reader, HISTORY_GROUP_BEAT, question->area, &filter->area, error);
    }
    if (status == STATUS_OK) {
        status = find_code(reader, HISTORY_GROUP_DISTRICT, question->district, &district, error);
    }
    if (status == STATUS_OK && district < DISTRICT_NONE) {
        if ((filter->districts >> district & 1) == 0) {
            snprintf(error, 256, "there is no district \"%.40s\" in your scope",
                     question->district);
            return STATUS_BAD_INPUT;
        }
        filter->districts = UINT64_C(1) << district;
    }
    return status;
}

static enum history_group group_of(enum summary_group group)
{
    switch (group) {
    case SUMMARY_NONE:
        return HISTORY_GROUP_CITY;
    case SUMMARY_DISTRICT:
        return HISTORY_GROUP_DISTRICT;
    case SUMMARY_CIRCLE:
        return HISTORY_GROUP_CIRCLE;
    case SUMMARY_BEAT:
        return HISTORY_GROUP_BEAT;
    case SUMMARY_GRID:
        return HISTORY_GROUP_GRID;
    case SUMMARY_UNIT:
        return HISTORY_GROUP_UNIT;
    case SUMMARY_TYPE:
        return HISTORY_GROUP_TYPE;
    case SUMMARY_DAY:
    case SUMMARY_MONTH:
    case SUMMARY_SHIFT:
    case SUMMARY_HOUR:
        break;
    }
    return HISTORY_GROUP_PERIOD;
}

static const enum calendar_step steps[] = {[SUMMARY_DAY] = CALENDAR_DAY,
                                           [SUMMARY_MONTH] = CALENDAR_MONTH,
                                           [SUMMARY_SHIFT] = CALENDAR_SHIFT,
                                           [SUMMARY_HOUR] = CALENDAR_HOUR};

/* The spans of a group of time; an open end is where the record begins or ends. */
static enum status make_spans(const struct summary_question *question,
                              struct history_reader *reader, struct summary_result *result,
                              char error[256])
{
    int64_t from_ms = question->filter.from_ms;
    int64_t to_ms = question->filter.to_ms;
    int64_t first_ms = 0;
    int64_t last_ms = 0;
    const enum status status = history_summary_span(reader, &first_ms, &last_ms, error);
    if (status != STATUS_OK) {
        return status;
    }
    from_ms = from_ms == TIME_NEVER ? first_ms : from_ms;
    to_ms = to_ms == TIME_NEVER && last_ms != TIME_NEVER ? last_ms + 1 : to_ms;
    if (from_ms == TIME_NEVER || to_ms == TIME_NEVER || from_ms >= to_ms) {
        result->spans.count = 0; /* nothing has happened yet, or not since */
        return STATUS_OK;
    }
    if (!calendar_spans_make(&result->day, steps[question->group], from_ms, to_ms,
                             &result->spans)) {
        snprintf(error, 256, "the period makes more than %u lines; take a shorter one",
                 HISTORY_PERIODS_MAX);
        return STATUS_BAD_INPUT;
    }
    return STATUS_OK;
}

static enum status ask_one(const struct summary_question *question, struct history_reader *reader,
                           const struct history_filter *filter, const struct calendar_spans *spans,
                           struct history_summary *times, struct history_bulletin *bulletin,
                           char error[256])
{
    const enum history_group group = group_of(question->group);
    const struct history_periods periods = {spans->starts_ms, spans->keys, spans->count};
    const struct history_periods *used = group == HISTORY_GROUP_PERIOD ? &periods : NULL;
    return question->kind == SUMMARY_TIMES
               ? history_summary_times(reader, filter, group, used, times, error)
               : history_summary_bulletin(reader, filter, group, used, bulletin, error);
}

static enum status ask_before(const struct summary_question *question,
                              struct history_reader *reader, struct summary_result *result,
                              char error[256])
{
    struct calendar_spans *spans = malloc(sizeof *spans);
    if (spans == NULL) {
        snprintf(error, 256, "out of memory");
        return STATUS_NO_MEMORY;
    }
    *spans = result->spans;
    for (uint32_t i = 0; i <= spans->count && spans->count > 0; i++) {
        spans->starts_ms[i] = calendar_year_before(spans->starts_ms[i]);
    }
    struct history_filter filter = question->filter;
    filter.from_ms = calendar_year_before(filter.from_ms);
    filter.to_ms = calendar_year_before(filter.to_ms);
    result->before_from_ms = filter.from_ms;
    result->before_to_ms = filter.to_ms;
    const enum status status = ask_one(question, reader, &filter, spans, &result->times_before,
                                       &result->bulletin_before, error);
    free(spans);
    return status;
}

static enum status ask(struct summary_question *question, struct history_reader *reader,
                       struct summary_result *result, char error[256])
{
    enum status status = STATUS_OK;
    if (group_of(question->group) == HISTORY_GROUP_PERIOD) {
        status = make_spans(question, reader, result, error);
    }
    if (status == STATUS_OK) {
        status = ask_one(question, reader, &question->filter, &result->spans, &result->times,
                         &result->bulletin, error);
    }
    if (status == STATUS_OK && question->compares) {
        status = ask_before(question, reader, result, error);
    }
    return status;
}

static void write(const struct summary_question *question, const struct summary_result *result,
                  const struct summary_definition *definition, struct proto_buffer *body)
{
    switch (question->format) {
    case SUMMARY_JSON:
        summary_json_write(question, result, definition, body);
        break;
    case SUMMARY_CSV:
        summary_table_csv(question, result, definition, body);
        break;
    case SUMMARY_TEXT:
        summary_table_text(question, result, definition, body);
        break;
    }
}

static enum status answer_lines(struct summary_question *question, struct history_reader *reader,
                                const struct summary_definition *definition,
                                struct proto_buffer *body, char error[256])
{
    struct summary_result *result = calloc(1, sizeof *result);
    if (result == NULL) {
        snprintf(error, 256, "out of memory");
        return STATUS_NO_MEMORY;
    }
    enum status status = STATUS_BAD_INPUT;
    if (!calendar_day_parse(definition->day_starts, definition->shifts, &result->day)) {
        snprintf(error, 256, "day_starts or shifts are not of the shape HH:MM");
    } else {
        status = ask(question, reader, result, error);
    }
    if (status == STATUS_OK) {
        write(question, result, definition, body);
    }
    history_summary_finish(&result->times);
    history_summary_finish(&result->times_before);
    history_summary_bulletin_finish(&result->bulletin);
    history_summary_bulletin_finish(&result->bulletin_before);
    free(result);
    return status;
}

/* ---- Heat ---- */

struct heat {
    struct proto_buffer *body;
    uint32_t cells;
    bool truncated;
};

static bool put_cell(void *context, const struct history_cell *cell)
{
    struct heat *heat = context;
    if (heat->cells == SUMMARY_CELLS_MAX) {
        heat->truncated = true;
        return false;
    }
    heat->cells++;
    proto_json_begin(heat->body, '{');
    proto_json_name(heat->body, "lat");
    proto_json_e7(heat->body, cell->southwest.lat_e7);
    proto_json_name(heat->body, "lon");
    proto_json_e7(heat->body, cell->southwest.lon_e7);
    proto_member_int(heat->body, "rows", cell->rows);
    proto_member_int(heat->body, "late", cell->late);
    proto_member_int(heat->body, "incidents", cell->incidents);
    proto_json_end(heat->body, '}');
    return true;
}

static enum status answer_heat(const struct summary_question *question,
                               struct history_reader *reader,
                               const struct summary_definition *definition,
                               struct proto_buffer *body, char error[256])
{
    struct heat heat = {.body = body};
    proto_json_begin(body, '{');
    summary_json_definition(body, definition, question);
    proto_member_int(body, "cell_e7", question->cell_e7);
    proto_json_name(body, "cells");
    proto_json_begin(body, '[');
    const enum status status =
        history_summary_heat(reader, &question->filter, question->cell_e7, put_cell, &heat, error);
    proto_json_end(body, ']');
    proto_member_bool(body, "truncated", heat.truncated);
    proto_json_end(body, '}');
    return status;
}

enum status summary_answer(struct summary_question *question, struct history_reader *reader,
                           const struct summary_definition *definition, struct proto_buffer *body,
                           char error[256])
{
    const enum status status = find_codes(question, reader, error);
    if (status != STATUS_OK) {
        return status;
    }
    return question->kind == SUMMARY_HEAT ? answer_heat(question, reader, definition, body, error)
                                          : answer_lines(question, reader, definition, body, error);
}
