#include "engine/host/history_question.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/calendar.h"
#include "engine/host/query_text.h"

static bool parse_codes(struct history_filter *filter, const char *query,
                        const struct engine *engine, char detail[256])
{
    char value[QUERY_VALUE_SIZE];
    if (query_text_value(query, "unit", value)) {
        filter->unit_id = engine_unit_find(engine, value);
        if (filter->unit_id == UNIT_NONE) {
            snprintf(detail, 256, "there is no unit \"%.40s\"", value);
            return false;
        }
    }
    if (query_text_value(query, "circle", value)) {
        filter->circle = engine_circle_find(engine, value);
        if (filter->circle == CIRCLE_NONE) {
            snprintf(detail, 256, "there is no circle \"%.40s\"", value);
            return false;
        }
    }
    if (query_text_value(query, "area", value)) {
        filter->area = engine_area_find(engine, value);
        if (filter->area == AREA_NONE) {
            snprintf(detail, 256, "there is no area \"%.40s\"", value);
            return false;
        }
    }
    return true;
}

static bool parse_state(struct question *question, const char *query, char detail[256])
{
    char value[QUERY_VALUE_SIZE] = "all";
    query_text_value(query, "state", value);
    question->open_only = strcmp(value, "open") == 0;
    question->ended_only = strcmp(value, "ended") == 0;
    if (question->open_only || question->ended_only || strcmp(value, "all") == 0) {
        return true;
    }
    return query_text_name(query, "state", TYPES_INCIDENT_STATE, &question->filter.state, detail);
}

static bool parse_format(struct question *question, const char *query, char detail[256])
{
    char value[QUERY_VALUE_SIZE] = "json";
    query_text_value(query, "format", value);
    question->csv = strcmp(value, "csv") == 0;
    if (!question->csv && strcmp(value, "json") != 0) {
        snprintf(detail, 256, "format must be json or csv, not \"%.40s\"", value);
        return false;
    }
    char drills[QUERY_VALUE_SIZE] = "0";
    query_text_value(query, "drills", drills);
    if (strcmp(drills, "0") != 0 && strcmp(drills, "1") != 0) {
        snprintf(detail, 256, "drills must be 0 or 1, not \"%.40s\"", drills);
        return false;
    }
    question->filter.drills = strcmp(drills, "1") == 0 ? HISTORY_DRILLS_ONLY : HISTORY_DRILLS_TOO;
    return true;
}

static bool parse_path(struct question *question, const char *path, char detail[256])
{
    static const char incidents[] = "/v1/incidents";
    static const char below[] = "/v1/response-times/";
    if (strcmp(path, "/v1/response-times") == 0) {
        question->kind = QUESTION_RESPONSE_TIMES;
        return true;
    }
    if (strcmp(path, "/v1/board") == 0) {
        question->kind = QUESTION_BOARD;
        return true;
    }
    if (strcmp(path, "/v1/patrol") == 0) {
        question->kind = QUESTION_PATROL;
        return true;
    }
    if (strncmp(path, below, sizeof below - 1) == 0) {
        question->kind = QUESTION_SUMMARY;
        return true;
    }
    path += strlen(incidents);
    question->kind = *path == '\0' ? QUESTION_INCIDENTS : QUESTION_INCIDENT;
    if (question->kind == QUESTION_INCIDENTS) {
        return true;
    }
    char *end;
    const unsigned long id = strtoul(path + 1, &end, 10);
    question->incident_id = (uint32_t)id;
    if (!isdigit((unsigned char)path[1]) || *end != '\0' || id == 0 || id > UINT32_MAX) {
        snprintf(detail, 256, "an incident is named by a number");
        return false;
    }
    return true;
}

/* A misspelt, empty or repeated parameter would silently widen the question. */
static bool parse_names(const struct question *question, const char *query, char detail[256])
{
    static const char incidents[] = "state type limit before from to circle area unit drills";
    static const char times[] =
        "from to tier type circle area unit drills limit before format state";
    return query_text_check(query,
                            question->kind == QUESTION_INCIDENTS        ? incidents
                            : question->kind == QUESTION_RESPONSE_TIMES ? times
                                                                        : "",
                            detail);
}

static bool parse_summary(struct question *question, const struct net_request *request,
                          uint64_t scope, char detail[256])
{
    static const struct {
        const char *path;
        enum summary_kind kind;
    } kinds[] = {{"/v1/response-times/summary", SUMMARY_TIMES},
                 {"/v1/response-times/bulletin", SUMMARY_BULLETIN},
                 {"/v1/response-times/heat", SUMMARY_HEAT}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(request->path, kinds[i].path) == 0) {
            return summary_parse(&question->summary, kinds[i].kind, request->query, scope, detail);
        }
    }
    snprintf(detail, 256, "there is summary, bulletin and heat below /v1/response-times/");
    return false;
}

bool history_question_parse(struct question *question, const struct net_request *request,
                            const struct identity *by, const struct engine *engine,
                            char detail[256])
{
    question->request_id = request->id;
    question->role = by->role;
    question->filter = history_reader_everything();
    struct history_filter *filter = &question->filter;
    filter->districts = by->scope;
    if (!parse_path(question, request->path, detail)) {
        return false;
    }
    if (question->kind == QUESTION_BOARD) {
        return past_board_parse(&question->board, request->query, by, detail);
    }
    if (question->kind == QUESTION_PATROL) {
        return patrol_report_parse(&question->patrol, request->query, by->scope, detail);
    }
    if (question->kind == QUESTION_SUMMARY) {
        return parse_summary(question, request, by->scope, detail);
    }
    int64_t from_ms = filter->from_ms;
    int64_t to_ms = filter->to_ms;
    int64_t before = 0;
    int64_t limit = QUESTION_ROWS;
    const char *query = request->query;
    if (!parse_names(question, query, detail) || !calendar_query(query, "from", &from_ms, detail) ||
        !calendar_query(query, "to", &to_ms, detail) ||
        !query_text_number(query, "before", 0, INT64_MAX / 2, &before, detail) ||
        !query_text_number(query, "limit", 1, QUESTION_ROWS_MAX, &limit, detail) ||
        !query_text_name(query, "type", TYPES_INCIDENT_TYPE, &filter->type, detail) ||
        !query_text_name(query, "tier", TYPES_TIER, &filter->tier, detail) ||
        !parse_codes(filter, query, engine, detail) || !parse_state(question, query, detail) ||
        !parse_format(question, query, detail)) {
        return false;
    }
    filter->from_ms = from_ms;
    filter->to_ms = to_ms;
    filter->before = (uint64_t)before;
    filter->limit = question->csv ? QUESTION_CSV_MAX : (uint32_t)limit;
    return true;
}
