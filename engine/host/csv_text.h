#ifndef ENGINE_HOST_CSV_TEXT_H
#define ENGINE_HOST_CSV_TEXT_H

#include "engine/core/types.h"
#include "proto/proto_buffer.h"

/* CSV as spreadsheets want it: UTF-8 with a byte order mark, CRLF, and text that begins like a
 * formula (= + - @ or a tab) behind an apostrophe, or it would be run. */

struct csv_text {
    struct proto_buffer *body;
    bool line_has_begun;
};

/* The mark, and the header line: `columns` as they are, separated by commas. */
void csv_text_begin(struct csv_text *csv, struct proto_buffer *body, const char *columns);
void csv_text_field(struct csv_text *csv, const char *text); /* NULL: empty */
void csv_text_number(struct csv_text *csv, int64_t number);  /* TIME_NEVER: empty */
void csv_text_line(struct csv_text *csv);                    /* the end of one */

#endif
