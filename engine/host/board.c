#include "engine/host/board.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/board_words.h"
#include "engine/host/calendar.h"

struct board {
    const struct engine *engine;
    struct proto_buffer *out;
    bool html;
    int64_t at_ms;
};

/* ---- Writing ---- */

static void raw(struct board *board, const char *text)
{
    proto_buffer_append(board->out, text, strlen(text));
}

/* Text that people gave: in HTML nothing of it is markup, in text nothing of it is a new line. */
static void given(struct board *board, const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (board->html && (*at == '&' || *at == '<' || *at == '>' || *at == '"')) {
            char escaped[8];
            snprintf(escaped, sizeof escaped, "&#%d;", *at);
            raw(board, escaped);
        } else {
            proto_buffer_append(board->out, *at == '\n' || *at == '\t' ? " " : at, 1);
        }
    }
}

static void cell(struct board *board, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define CELL_SIZE 1024u /* an address and a note, with their heads */

static void cell(struct board *board, const char *format, ...)
{
    char text[CELL_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    raw(board, board->html ? "<td>" : "  ");
    given(board, text[0] == '\0' ? "-" : text);
    raw(board, board->html ? "</td>" : "");
}

static void row_begin(struct board *board)
{
    raw(board, board->html ? "<tr>" : "");
}

static void row_end(struct board *board)
{
    raw(board, board->html ? "</tr>\n" : "\n");
}

static void section(struct board *board, const char *title, uint32_t count,
                    const char *const columns[], uint32_t column_count)
{
    char text[160];
    snprintf(text, sizeof text, board->html ? "<h2>%s: %u</h2>\n<table><thead><tr>" : "\n%s: %u\n",
             title, count);
    raw(board, text);
    for (uint32_t i = 0; i < column_count; i++) {
        raw(board, board->html ? "<th>" : i == 0 ? "  [" : " | ");
        raw(board, columns[i]);
        raw(board, board->html ? "</th>" : "");
    }
    raw(board, board->html ? "</tr></thead><tbody>\n" : "]\n");
}

static void section_end(struct board *board, uint32_t left_out)
{
    char text[120];
    raw(board, board->html ? "</tbody></table>\n" : "");
    if (left_out > 0) {
        snprintf(text, sizeof text, board->html ? "<p>+ %u: %s</p>\n" : "  + %u: %s\n", left_out,
                 "未列出 not listed");
        raw(board, text);
    }
}

static const char *time_text(int64_t at_ms, char text[CALENDAR_TEXT_SIZE])
{
    if (at_ms == TIME_NEVER) {
        return "-";
    }
    calendar_format(at_ms, text);
    return text + 5; /* without the year, which the heading has */
}

/* "3:07" */
static const char *span_text(int64_t ms, char text[24])
{
    const int64_t seconds = ms < 0 ? 0 : ms / 1000;
    snprintf(text, 24, "%lld:%02d", (long long)(seconds / 60), (int)(seconds % 60));
    return text;
}

/* ---- Incidents ---- */

static void put_tiers(struct board *board, const struct incident_view *incident)
{
    char text[256] = "";
    char number[24];
    size_t used = 0;
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        const struct tier_view *view = &incident->tiers[tier];
        if (view->verdict == TIER_NOT_ASKED) {
            continue;
        }
        const bool runs = view->verdict == TIER_OPEN && view->deadline_ms != TIME_NEVER;
        const int64_t left_ms = runs ? view->deadline_ms - board->at_ms : 0;
        const int size =
            snprintf(text + used, sizeof text - used, "%s%s' %s%s%s", used > 0 ? "; " : "",
                     types_name(TYPES_TIER, tier), board_words(TYPES_TIER_VERDICT, view->verdict),
                     runs ? " -" : "", runs ? span_text(left_ms, number) : "");
        used += size > 0 && (size_t)size < sizeof text - used ? (size_t)size : 0;
    }
    cell(board, "%s", text);
}

static void put_orders(struct board *board, const struct incident_view *incident)
{
    char text[CELL_SIZE] = "";
    char time[CALENDAR_TEXT_SIZE];
    size_t used = 0;
    uint32_t id = incident->assignment_first;
    struct assignment_view order;
    while (id != 0 && engine_assignment(board->engine, id, &order)) {
        struct unit_view unit;
        id = order.next;
        if (assignment_state_ended(order.state) ||
            !engine_unit(board->engine, order.unit_id, &unit)) {
            continue;
        }
        const int size =
            snprintf(text + used, sizeof text - used, "%s%s %s (%s)", used > 0 ? "; " : "",
                     unit.definition->code, board_words(TYPES_ASSIGNMENT_STATE, order.state),
                     time_text(order.sent_ms, time) + 6);
        if (size < 0 || (size_t)size >= sizeof text - used) {
            break; /* more orders than a line holds: the units' own list has them */
        }
        used += (size_t)size;
    }
    cell(board, "%s", text);
}

static void put_incident(struct board *board, const struct incident_view *incident)
{
    char received[CALENDAR_TEXT_SIZE];
    row_begin(board);
    cell(board, "#%u%s", incident->incident_id, incident->drill ? " 拉动 DRILL" : "");
    cell(board, "P%u", incident->priority);
    cell(board, "%s", board_words(TYPES_INCIDENT_TYPE, incident->type));
    cell(board, "%s", board_words(TYPES_INCIDENT_STATE, incident->state));
    cell(board, "%s", time_text(incident->received_ms, received));
    cell(board, "%s (%.5f, %.5f)", incident->address, incident->at.lat_e7 / 1e7,
         incident->at.lon_e7 / 1e7);
    put_tiers(board, incident);
    put_orders(board, incident);
    cell(board, "%s %s", incident->caller, incident->phone);
    cell(board, "%.200s", incident->note);
    row_end(board);
}

struct listed {
    uint32_t priority, incident_id;
};

static int compare_listed(const void *a, const void *b)
{
    const struct listed *left = a;
    const struct listed *right = b;
    if (left->priority != right->priority) {
        return left->priority < right->priority ? -1 : 1;
    }
    return (left->incident_id > right->incident_id) - (left->incident_id < right->incident_id);
}

/* The first of them by urgency; answers how many there are, also of those without room. */
static uint32_t list_incidents(const struct engine *engine, struct listed list[], uint32_t max)
{
    uint32_t count = 0;
    struct incident_view incident = {.incident_id = 0};
    while (engine_incident_next(engine, incident.incident_id, &incident)) {
        if (incident_state_ended(incident.state)) {
            continue;
        }
        if (count < max) {
            list[count] = (struct listed){incident.priority, incident.incident_id};
        }
        count++;
    }
    qsort(list, count < max ? count : max, sizeof list[0], compare_listed);
    return count;
}

static enum status put_incidents(struct board *board)
{
    static const char *const columns[] = {
        "编号 No.",   "级别 Pri",   "类别 Type",   "状态 State",    "报警 Received",
        "地点 Place", "层级 Tiers", "派警 Orders", "报警人 Caller", "备注 Note"};
    struct incident_view every = {.incident_id = 0};
    uint32_t max = 0; /* of all in the engine: open ones are among them */
    while (engine_incident_next(board->engine, every.incident_id, &every)) {
        max++;
    }
    struct listed *list = malloc((max == 0 ? 1 : max) * sizeof list[0]);
    if (list == NULL) {
        return STATUS_NO_MEMORY;
    }
    const uint32_t count = list_incidents(board->engine, list, max);
    const uint32_t shown = count < BOARD_INCIDENTS_MAX ? count : BOARD_INCIDENTS_MAX;
    section(board, "未结警情 Open incidents", count, columns, sizeof columns / sizeof columns[0]);
    for (uint32_t i = 0; i < shown; i++) {
        struct incident_view incident;
        const bool there = engine_incident(board->engine, list[i].incident_id, &incident);
        assert(there);
        put_incident(board, &incident);
    }
    section_end(board, count - shown);
    free(list);
    return STATUS_OK;
}

/* ---- Units ---- */

static void put_unit(struct board *board, const struct unit_view *unit)
{
    char since[CALENDAR_TEXT_SIZE];
    char age[24];
    row_begin(board);
    cell(board, "%s", unit->definition->code);
    cell(board, "%s", unit->definition->name);
    cell(board, "%s", board_words(TYPES_UNIT_KIND, unit->definition->kind));
    cell(board, "%s", board_words(TYPES_UNIT_STATUS, unit->status));
    cell(board, "%s", time_text(unit->status_ms, since));
    if (unit->incident_id != 0) {
        cell(board, "#%u", unit->incident_id);
    } else {
        cell(board, "-");
    }
    if (unit->has_fix) {
        cell(board, "%.5f, %.5f (%s)", unit->at.lat_e7 / 1e7, unit->at.lon_e7 / 1e7,
             span_text(board->at_ms - unit->fix_ms, age));
    } else {
        cell(board, "-");
    }
    row_end(board);
}

/* Who is at work first, then who could be; those off duty are counted only. */
static void put_units(struct board *board)
{
    static const char *const columns[] = {"代号 Code",
                                          "名称 Name",
                                          "类型 Kind",
                                          "状态 State",
                                          "自 Since",
                                          "警情 Incident",
                                          "最后位置 Last position (age)"};
    static const enum unit_status order[] = {UNIT_STATUS_ON_SCENE, UNIT_STATUS_EN_ROUTE,
                                             UNIT_STATUS_DISPATCHED, UNIT_STATUS_AVAILABLE,
                                             UNIT_STATUS_OUT_OF_SERVICE};
    const uint32_t units = engine_unit_count(board->engine);
    uint32_t counts[UNIT_STATUS_COUNT] = {0};
    struct unit_view unit;
    for (uint32_t id = 0; id < units; id++) {
        counts[engine_unit(board->engine, id, &unit) ? unit.status : UNIT_STATUS_OFF_DUTY]++;
    }
    section(board, "在岗力量 Units on duty", units - counts[UNIT_STATUS_OFF_DUTY], columns,
            sizeof columns / sizeof columns[0]);
    uint32_t shown = 0;
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        for (uint32_t id = 0; id < units && counts[order[i]] > 0; id++) {
            if (shown < BOARD_UNITS_MAX && engine_unit(board->engine, id, &unit) &&
                unit.status == order[i]) {
                put_unit(board, &unit);
                shown++;
            }
        }
    }
    section_end(board, units - counts[UNIT_STATUS_OFF_DUTY] - shown);
    char text[96];
    snprintf(text, sizeof text,
             board->html ? "<p>不在岗 off duty: %u</p>\n" : "不在岗 off duty: %u\n",
             counts[UNIT_STATUS_OFF_DUTY]);
    raw(board, text);
}

/* ---- Alarms ---- */

/* An incident, a circle and its tier, or a checkpoint. */
static void put_subject(struct board *board, const struct alarm_view *alarm)
{
    if (alarm->checkpoint != CHECKPOINT_NONE) {
        const struct checkpoint_view view = engine_checkpoint(board->engine, alarm->checkpoint);
        cell(board, "%s", "");
        cell(board, "%s %s", view.definition->code, view.definition->name);
        return;
    }
    if (alarm->circle == CIRCLE_NONE) {
        cell(board, "#%u", alarm->incident_id);
        cell(board, "%s", "");
        return;
    }
    const struct circle_definition *circle = engine_circle(board->engine, alarm->circle);
    cell(board, "%s", "");
    cell(board, "%s %s · %s", circle->code, circle->name, types_name(TYPES_TIER, alarm->tier));
}

static void put_alarms(struct board *board)
{
    static const char *const columns[] = {"警报 Alarm", "警情 Incident", "圈 Circle",
                                          "力量 Unit",  "自 Since",      "确认 Acknowledged by"};
    uint32_t count = 0;
    struct alarm_view alarm = {.alarm_id = 0};
    while (engine_alarm_next(board->engine, alarm.alarm_id, &alarm)) {
        count++;
    }
    section(board, "未结警报 Open alarms", count, columns, sizeof columns / sizeof columns[0]);
    uint32_t shown = 0;
    alarm.alarm_id = 0;
    while (shown < BOARD_ALARMS_MAX && engine_alarm_next(board->engine, alarm.alarm_id, &alarm)) {
        char since[CALENDAR_TEXT_SIZE];
        struct unit_view unit;
        const bool has_unit =
            alarm.unit_id != UNIT_NONE && engine_unit(board->engine, alarm.unit_id, &unit);
        row_begin(board);
        cell(board, "%s", board_words(TYPES_ALARM_KIND, alarm.kind));
        put_subject(board, &alarm);
        cell(board, "%s", has_unit ? unit.definition->code : "");
        cell(board, "%s", time_text(alarm.raised_ms, since));
        cell(board, "%s", alarm.acked_ms == TIME_NEVER ? "" : alarm.acked_by);
        row_end(board);
        shown++;
    }
    section_end(board, count - shown);
}

/* ---- The whole ---- */

static const char html_head[] =
    "<!doctype html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\"><title>快反 Kuaifan</title>\n"
    "<style>body{font:13px/1.4 sans-serif;margin:12px;color:#000;background:#fff}"
    "h1{font-size:18px;margin:0}h2{font-size:15px;margin:16px 0 4px}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #888;padding:2px 5px;"
    "text-align:left;vertical-align:top}thead{display:table-header-group}tr{break-inside:avoid}"
    "@page{size:A4 landscape;margin:10mm}</style></head><body>\n";

static void put_heading(struct board *board, const struct board_heading *heading)
{
    char when[CALENDAR_TEXT_SIZE];
    char text[512];
    calendar_format(heading->at_ms, when);
    raw(board, board->html ? html_head : "");
    raw(board, board->html ? "<h1>" : "");
    raw(board, "快反 Kuaifan: 警情与力量 incidents and units");
    raw(board, board->html ? "</h1>\n<p>" : "\n");
    snprintf(text, sizeof text, "截至 as of %s (%s), seq %llu, %s\n", when, heading->time_zone,
             (unsigned long long)engine_seq(board->engine), heading->epoch);
    given(board, text);
    raw(board, board->html ? "<br>" : "\n");
    if (heading->is_past) {
        calendar_format(heading->known_ms, when);
        snprintf(text, sizeof text,
                 "由日志重放得出，此前最后一条记录 "
                 "replayed from the journal; its last event until then: %s",
                 when);
        given(board, text);
    } else {
        raw(board, "引擎每分钟写一次；时间更旧则引擎已停 "
                   "written every minute; if it is older, the engine is down");
    }
    raw(board, board->html ? "</p>\n" : "\n");
}

enum status board_write(const struct engine *engine, const struct board_heading *heading,
                        enum board_format format, struct proto_buffer *out)
{
    struct board board = {
        .engine = engine, .out = out, .html = format == BOARD_HTML, .at_ms = heading->at_ms};
    put_heading(&board, heading);
    const enum status status = put_incidents(&board);
    if (status != STATUS_OK) {
        return status;
    }
    put_alarms(&board);
    put_units(&board);
    raw(&board, board.html ? "</body></html>\n" : "");
    return proto_buffer_ok(out) ? STATUS_OK : STATUS_NO_MEMORY;
}
