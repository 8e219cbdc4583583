#ifndef PROTO_PROTO_TEXT_H
#define PROTO_PROTO_TEXT_H

#include "proto/proto_types.h"

/* UTF-8 as RFC 3629 has it, and short sentences put together in a fixed array. */

/* Bytes of the well-formed character at text[0], 1..4; 0: not UTF-8 (overlong, surrogate, beyond
 * U+10FFFF, or cut off by `size`). */
size_t proto_text_character(const char *text, size_t size);
/* Offset of the first byte that does not belong in a text: ill-formed UTF-8, or a control character
 * other than line feed and tab (U+0000..U+001F, U+007F..U+009F). `size`: all is well. */
size_t proto_text_bad_at(const char *text, size_t size);
/* Not empty and all of [A-Za-z0-9_.-]. */
bool proto_text_is_code(const char *text, size_t size);

/* Appends into bytes[0..bytes_size), always NUL-terminated; what does not fit is left out at a
 * character's border, and `cut` says so. */
struct proto_line {
    char *bytes;
    size_t size, bytes_size;
    bool cut;
};
struct proto_line proto_line_start(char *bytes, size_t bytes_size);
void proto_line_text(struct proto_line *line, const char *text);
void proto_line_text_n(struct proto_line *line, const char *text, size_t size);
void proto_line_int(struct proto_line *line, int64_t value);
/* "…" in quotes, at most 40 bytes of it, bad bytes as '?'. */
void proto_line_quoted(struct proto_line *line, const char *text, size_t size);

#endif
