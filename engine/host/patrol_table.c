/* A report on patrols for a page, a spreadsheet and a terminal. */
#include <inttypes.h>
#include <stdio.h>

#include "engine/host/csv_text.h"
#include "engine/host/patrol_report.h"
#include "engine/host/terminal_text.h"
#include "proto/proto_json.h"

static int64_t due_or_never(const struct patrol_line *line, uint32_t count)
{
    return line->has_due ? (int64_t)count : TIME_NEVER;
}

/* ---- JSON ---- */

static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static void put_line(struct proto_buffer *body, const struct patrol_line *line)
{
    proto_json_begin(body, '{');
    proto_member_text(body, "group", or_null(line->code));
    proto_member_text(body, "name", or_null(line->name));
    proto_member_text(body, "circle", or_null(line->circle));
    proto_member_int(body, "checkpoints", line->checkpoints);
    proto_member_time(body, "due", due_or_never(line, line->due));
    proto_member_time(body, "missed", due_or_never(line, line->missed));
    proto_member_int(body, "visits", line->visits);
    proto_member_int(body, "seen", line->by[VISIT_SEEN]);
    proto_member_int(body, "signed", line->by[VISIT_SIGNED]);
    proto_member_int(body, "scanned", line->by[VISIT_SCANNED]);
    proto_member_int(body, "walked", line->by[VISIT_WALKED]);
    proto_member_int(body, "unconfirmed", line->unconfirmed);
    proto_member_time(body, "gap_ms", line->gap_ms);
    proto_member_time(body, "gap_from_ms", line->gap_from_ms);
    proto_member_time(body, "last_ms", line->last_ms);
    proto_json_end(body, '}');
}

static void write_json(const struct patrol_result *result, const char *time_zone,
                       struct proto_buffer *body)
{
    proto_json_begin(body, '{');
    proto_json_name(body, "definition");
    proto_json_begin(body, '{');
    proto_member_text(body, "time_zone", time_zone);
    proto_member_time(body, "from_ms", result->from_ms);
    proto_member_time(body, "to_ms", result->to_ms);
    proto_json_end(body, '}');
    proto_json_name(body, "total");
    put_line(body, &result->total);
    proto_json_name(body, "lines");
    proto_json_begin(body, '[');
    for (uint32_t i = 0; i < result->count; i++) {
        put_line(body, &result->lines[i]);
    }
    proto_json_end(body, ']');
    proto_json_end(body, '}');
}

/* ---- CSV ---- */

static void csv_line(struct csv_text *csv, const struct patrol_line *line,
                     const struct patrol_result *result, const char *time_zone)
{
    char rate[16] = "";
    const uint32_t tenths = patrol_report_rate(line);
    if (tenths != UINT32_MAX) {
        snprintf(rate, sizeof rate, "%u.%u", tenths / 10, tenths % 10);
    }
    csv_text_field(csv, line->code);
    csv_text_field(csv, line->name);
    csv_text_field(csv, line->circle);
    csv_text_number(csv, due_or_never(line, line->checkpoints));
    csv_text_number(csv, due_or_never(line, line->due));
    csv_text_number(csv, due_or_never(line, line->missed));
    csv_text_field(csv, rate);
    csv_text_number(csv, line->visits);
    csv_text_number(csv, line->by[VISIT_SEEN]);
    csv_text_number(csv, line->by[VISIT_SIGNED]);
    csv_text_number(csv, line->by[VISIT_SCANNED]);
    csv_text_number(csv, line->by[VISIT_WALKED]);
    csv_text_number(csv, line->unconfirmed);
    csv_text_number(csv, line->gap_ms);
    csv_text_number(csv, line->gap_from_ms);
    csv_text_number(csv, line->last_ms);
    csv_text_field(csv, time_zone);
    csv_text_number(csv, result->from_ms);
    csv_text_number(csv, result->to_ms);
    csv_text_line(csv);
}

static void write_csv(const struct patrol_question *question, const struct patrol_result *result,
                      const char *time_zone, struct proto_buffer *body)
{
    struct csv_text csv;
    csv_text_begin(&csv, body,
                   "group,name,circle,checkpoints,due,missed,rate_percent,visits,seen,signed,"
                   "scanned,walked,unconfirmed,gap_ms,gap_from_ms,last_ms,time_zone,from_ms,to_ms");
    for (uint32_t i = 0; i < result->count; i++) {
        csv_line(&csv, &result->lines[i], result, time_zone);
    }
    if (question->group == PATROL_NONE) {
        csv_line(&csv, &result->total, result, time_zone);
    }
}

/* ---- Terminal ---- */

#define LABEL_WIDTH 26u

static void say_count(struct proto_buffer *body, bool is_known, uint32_t count)
{
    char text[16] = "-";
    if (is_known) {
        snprintf(text, sizeof text, "%" PRIu32, count);
    }
    terminal_text_say(body, " %8s", text);
}

static void say_line(struct proto_buffer *body, const char *code, const struct patrol_line *line)
{
    char label[CODE_SIZE + NAME_SIZE + 1];
    char rate[16] = "-";
    const uint32_t tenths = patrol_report_rate(line);
    snprintf(label, sizeof label, "%s%s%s", code, line->name[0] == '\0' ? "" : " ", line->name);
    if (tenths != UINT32_MAX) {
        snprintf(rate, sizeof rate, "%u.%u %%", tenths / 10, tenths % 10);
    }
    terminal_text_padded(body, label, LABEL_WIDTH);
    say_count(body, line->has_due, line->due);
    say_count(body, line->has_due, line->missed);
    terminal_text_say(body, " %8s", rate);
    say_count(body, true, line->visits);
    for (uint32_t i = 0; i < VISIT_COUNT; i++) {
        say_count(body, true, line->by[i]);
    }
    say_count(body, true, line->unconfirmed);
    terminal_text_span(body, line->gap_ms);
    terminal_text_say(body, "  ");
    terminal_text_time(body, line->last_ms);
    terminal_text_say(body, "\n");
}

static void write_text(const struct patrol_result *result, const char *time_zone,
                       struct proto_buffer *body)
{
    terminal_text_say(body, "from ");
    terminal_text_time(body, result->from_ms);
    terminal_text_say(body, " to ");
    terminal_text_time(body, result->to_ms);
    terminal_text_say(body, ", time zone %s\n", time_zone);
    terminal_text_say(body, "due: visits that the due hours asked for; missed: named as overdue; "
                            "longest: without a visit, in due hours, minutes:seconds\n\n");
    terminal_text_padded(body, "", LABEL_WIDTH);
    terminal_text_say(body, " %8s %8s %8s %8s %8s %8s %8s %8s %8s %10s  %s\n", "due", "missed",
                      "kept", "visits", "seen", "signed", "scanned", "walked", "unproven",
                      "longest", "last");
    for (uint32_t i = 0; i < result->count; i++) {
        const struct patrol_line *line = &result->lines[i];
        say_line(body, line->code[0] == '\0' ? "-" : line->code, line);
    }
    say_line(body, "all", &result->total);
}

void patrol_table_write(const struct patrol_question *question, const struct patrol_result *result,
                        const char *time_zone, struct proto_buffer *body)
{
    switch (question->format) {
    case PATROL_JSON:
        write_json(result, time_zone, body);
        break;
    case PATROL_CSV:
        write_csv(question, result, time_zone, body);
        break;
    case PATROL_TEXT:
        write_text(result, time_zone, body);
        break;
    }
}
