#include "engine/host/csv_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void append(struct csv_text *csv, const char *text)
{
    proto_buffer_append(csv->body, text, strlen(text));
}

void csv_text_begin(struct csv_text *csv, struct proto_buffer *body, const char *columns)
{
    *csv = (struct csv_text){.body = body};
    append(csv, "\xEF\xBB\xBF");
    append(csv, columns);
    append(csv, "\r\n");
}

static void separate(struct csv_text *csv)
{
    append(csv, csv->line_has_begun ? "," : "");
    csv->line_has_begun = true;
}

void csv_text_field(struct csv_text *csv, const char *text)
{
    separate(csv);
    if (text == NULL || text[0] == '\0') {
        return;
    }
    append(csv, strchr("=+-@\t", text[0]) != NULL ? "\"'" : "\"");
    for (const char *at = text; *at != '\0'; at++) {
        proto_buffer_append(csv->body, "\"", *at == '"' ? 1 : 0);
        proto_buffer_append(csv->body, at, 1);
    }
    append(csv, "\"");
}

void csv_text_number(struct csv_text *csv, int64_t number)
{
    separate(csv);
    if (number != TIME_NEVER) {
        char text[24];
        snprintf(text, sizeof text, "%" PRId64, number);
        append(csv, text);
    }
}

void csv_text_line(struct csv_text *csv)
{
    append(csv, "\r\n");
    csv->line_has_begun = false;
}
