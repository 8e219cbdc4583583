/* A roster in CSV: RFC 4180, comma, quotes doubled, CRLF or LF, with or without a byte order mark.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proto_row.h"
#include "proto/proto_text.h"

#define FIELDS_MAX 32u /* in a line; more than any roster has columns */

struct reader {
    struct proto_roster *roster;
    char *bytes; /* our own copy: quotes are taken out in place */
    size_t size, at;
    uint32_t line, column;
    struct proto_cell fields[FIELDS_MAX];
    uint32_t field_count;
    enum proto_column columns[FIELDS_MAX]; /* from the header */
    uint32_t column_count;
};

static struct proto_roster_at here(const struct reader *reader)
{
    return (struct proto_roster_at){.line = reader->line, .column = reader->column};
}

static void refuse(struct reader *reader, struct proto_roster_at at, const char *detail)
{
    proto_roster_refuse(reader->roster, at, detail);
}

static bool at_end(const struct reader *reader)
{
    return reader->at >= reader->size;
}

static char peek(const struct reader *reader)
{
    return reader->bytes[reader->at];
}

static void step(struct reader *reader)
{
    const char byte = reader->bytes[reader->at];
    reader->at++;
    if (byte == '\n') {
        reader->line++;
        reader->column = 1;
    } else if (((unsigned char)reader->bytes[reader->at] & 0xC0u) != 0x80u) {
        reader->column++; /* the next byte begins a character */
    }
}

static bool at_line_end(const struct reader *reader)
{
    return at_end(reader) || peek(reader) == '\n' ||
           (peek(reader) == '\r' && reader->bytes[reader->at + 1] == '\n');
}

static void skip_line_end(struct reader *reader)
{
    if (!at_end(reader) && peek(reader) == '\r') {
        step(reader);
    }
    if (!at_end(reader)) {
        step(reader);
    }
}

/* False: the quote is not closed, or something stands behind it. */
static bool read_quoted(struct reader *reader, struct proto_cell *cell)
{
    char *out = reader->bytes + reader->at; /* writes never pass reads */
    cell->bytes = out;
    bool is_closed = false;
    step(reader);
    while (!at_end(reader) && !is_closed) {
        const char byte = peek(reader);
        step(reader);
        if (byte == '"' && (at_end(reader) || peek(reader) != '"')) {
            is_closed = true;
        } else {
            *out = byte;
            out++;
            if (byte == '"') {
                step(reader); /* the second of two */
            }
        }
    }
    if (!is_closed) {
        refuse(reader, cell->at, "a quote is not closed");
        return false;
    }
    cell->size = (size_t)(out - cell->bytes);
    if (!at_line_end(reader) && peek(reader) != ',') {
        refuse(reader, here(reader), "after a closing quote there must be a comma");
        return false;
    }
    return true;
}

static bool read_plain(struct reader *reader, struct proto_cell *cell)
{
    const size_t from = reader->at;
    while (!at_line_end(reader) && peek(reader) != ',') {
        if (peek(reader) == '"') {
            refuse(reader, here(reader),
                   "a quote stands inside a field that does not begin with one");
            return false;
        }
        step(reader);
    }
    size_t upto = reader->at;
    cell->bytes = reader->bytes + from;
    while (upto > from && reader->bytes[upto - 1] == ' ') {
        upto--;
    }
    cell->size = upto - from;
    return true;
}

static bool read_field(struct reader *reader, struct proto_cell *cell)
{
    while (!at_end(reader) && peek(reader) == ' ') {
        step(reader);
    }
    *cell = (struct proto_cell){.bytes = reader->bytes + reader->at, .at = here(reader)};
    if (!at_end(reader) && peek(reader) == '"') {
        return read_quoted(reader, cell);
    }
    return read_plain(reader, cell);
}

/* False: the quotes are wrong, so where lines begin is not known any more. */
static bool read_record(struct reader *reader)
{
    reader->field_count = 0;
    while (true) {
        if (reader->field_count >= FIELDS_MAX) {
            refuse(reader, here(reader), "a line has more than 32 fields");
            return false;
        }
        if (!read_field(reader, &reader->fields[reader->field_count])) {
            return false;
        }
        reader->field_count++;
        if (at_line_end(reader)) {
            break;
        }
        step(reader); /* the comma */
    }
    skip_line_end(reader);
    return true;
}

_Static_assert(FIELDS_MAX == 32, "the sentence says so");

static bool is_blank(const struct reader *reader)
{
    return reader->field_count == 1 && reader->fields[0].size == 0;
}

static void read_column(struct reader *reader, const struct proto_cell *cell, uint32_t *seen)
{
    const enum proto_column column = proto_column_find(cell->bytes, cell->size);
    if (column == PROTO_COLUMN_COUNT || !proto_column_allowed(reader->roster->kind, column)) {
        proto_row_refuse(reader->roster, cell->at, NULL,
                         "the header must name columns of this kind of roster, joined by commas",
                         cell);
        return;
    }
    if ((*seen >> column & 1u) != 0) {
        proto_row_refuse(reader->roster, cell->at, proto_column_name(column),
                         "stands twice in the header", NULL);
    }
    *seen |= 1u << column;
    reader->columns[reader->column_count] = column;
    reader->column_count++;
}

static bool read_header(struct reader *reader)
{
    uint32_t seen = 0;
    if (!read_record(reader)) {
        return false;
    }
    for (uint32_t i = 0; i < reader->field_count; i++) {
        read_column(reader, &reader->fields[i], &seen);
    }
    for (uint32_t column = 0; column < PROTO_COLUMN_COUNT; column++) {
        const bool is_required =
            proto_column_required(reader->roster->kind, (enum proto_column)column);
        if (is_required && (seen >> column & 1u) == 0) {
            proto_row_refuse(reader->roster, (struct proto_roster_at){1, 1},
                             proto_column_name((enum proto_column)column),
                             "is missing from the header", NULL);
        }
    }
    return reader->roster->error_count == 0;
}

static void take_record(struct reader *reader)
{
    struct proto_row row = {.at = reader->fields[0].at};
    if (reader->field_count != reader->column_count) {
        char detail[PROTO_DETAIL_SIZE];
        struct proto_line line = proto_line_start(detail, sizeof(detail));
        proto_line_text(&line, "the line has ");
        proto_line_int(&line, reader->field_count);
        proto_line_text(&line, " fields, the header ");
        proto_line_int(&line, reader->column_count);
        refuse(reader, row.at, detail);
        return;
    }
    for (uint32_t i = 0; i < PROTO_COLUMN_COUNT; i++) {
        row.cells[i].bytes = "";
    }
    for (uint32_t i = 0; i < reader->field_count; i++) {
        row.cells[reader->columns[i]] = reader->fields[i];
    }
    proto_row_take(reader->roster, &row);
}

static void read_all(struct reader *reader)
{
    if (!read_header(reader)) {
        return;
    }
    while (!at_end(reader) && !proto_row_done(reader->roster)) {
        if (!read_record(reader)) {
            return;
        }
        if (!is_blank(reader)) {
            take_record(reader);
        }
    }
}

/* A file of another encoding would be a hundred errors of one cause: say the cause once. */
static bool check_encoding(struct reader *reader)
{
    while (!at_end(reader)) {
        const size_t length =
            proto_text_character(reader->bytes + reader->at, reader->size - reader->at);
        if (length == 0) {
            refuse(reader, here(reader), "the file is not UTF-8 here; save it as UTF-8");
            return false;
        }
        for (size_t i = 0; i < length; i++) {
            step(reader);
        }
    }
    return true;
}

static void rewind_to(struct reader *reader, size_t at)
{
    reader->at = at;
    reader->line = 1;
    reader->column = 1;
}

static void read_copy(struct reader *reader, size_t begin)
{
    rewind_to(reader, begin);
    if (check_encoding(reader)) {
        rewind_to(reader, begin);
        read_all(reader);
    }
}

bool proto_roster_read_csv(struct proto_roster *roster, enum proto_roster_kind kind,
                           const char *text, size_t size)
{
    assert(kind < PROTO_ROSTER_KIND_COUNT);
    assert(text != NULL || size == 0);
    *roster = (struct proto_roster){.kind = kind};
    const struct proto_roster_at top = {1, 1};
    if (size > PROTO_ROSTER_BYTES_MAX) {
        proto_roster_refuse(roster, top, "the file has more than 16 MiB");
        return false;
    }
    if (kind == PROTO_ROSTER_DISTRICTS || kind == PROTO_ROSTER_AREAS) {
        proto_roster_refuse(roster, top,
                            kind == PROTO_ROSTER_AREAS
                                ? "areas have outlines: give them as GeoJSON"
                                : "districts have outlines: give them as GeoJSON");
        return false;
    }
    struct reader reader = {.roster = roster, .size = size};
    reader.bytes = malloc(size + 1);
    if (reader.bytes == NULL) {
        roster->no_memory = true;
        return false;
    }
    if (size > 0) {
        memcpy(reader.bytes, text, size);
    }
    reader.bytes[size] = '\0'; /* looking one byte ahead is always allowed */
    const bool has_mark = size >= 3 && memcmp(reader.bytes, "\xEF\xBB\xBF", 3) == 0;
    read_copy(&reader, has_mark ? 3 : 0);
    free(reader.bytes);
    return proto_row_finish(roster);
}
