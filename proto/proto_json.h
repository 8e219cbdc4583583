#ifndef PROTO_PROTO_JSON_H
#define PROTO_PROTO_JSON_H

#include "proto/proto_buffer.h"

/* JSON into a buffer, straight from values: no tree, no allocation but the buffer's own. Commas are
 * set where they belong: after '{', '[' and ':' there is none. */

void proto_json_begin(struct proto_buffer *buffer, char bracket); /* '{' or '[' */
void proto_json_end(struct proto_buffer *buffer, char bracket);   /* '}' or ']' */
/* `"name":`; names are ours: plain ASCII without quotes. */
void proto_json_name(struct proto_buffer *buffer, const char *name);
/* An encoded value as it is, e.g. an event encoded before. */
void proto_json_raw(struct proto_buffer *buffer, const char *bytes, size_t size);

/* Values. Text is escaped (quotes, control characters, U+2028 and U+2029); bytes that are not UTF-8
 * become U+FFFD, so the result is always JSON. NULL is null. */
void proto_json_text(struct proto_buffer *buffer, const char *text);
void proto_json_text_n(struct proto_buffer *buffer, const char *text, size_t size);
void proto_json_int(struct proto_buffer *buffer, int64_t value);
void proto_json_bool(struct proto_buffer *buffer, bool value);
void proto_json_null(struct proto_buffer *buffer);
void proto_json_e7(struct proto_buffer *buffer, int32_t e7); /* 1.5 for 15000000 */

/* Members: name and value. */
void proto_member_text(struct proto_buffer *buffer, const char *name, const char *text);
void proto_member_int(struct proto_buffer *buffer, const char *name, int64_t value);
void proto_member_bool(struct proto_buffer *buffer, const char *name, bool value);
void proto_member_null(struct proto_buffer *buffer, const char *name);
void proto_member_id(struct proto_buffer *buffer, const char *name, uint32_t id); /* 0: null */
void proto_member_u32(struct proto_buffer *buffer, const char *name,
                      uint32_t value); /* PROTO_NONE: null */
void proto_member_time(struct proto_buffer *buffer, const char *name,
                       int64_t at_ms); /* PROTO_NEVER: null */
/* The value's wire name; the list's COUNT: null. */
void proto_member_name(struct proto_buffer *buffer, const char *name, enum proto_list list,
                       uint32_t value);
/* "lat" and "lon"; both null unless known. */
void proto_member_place(struct proto_buffer *buffer, bool known, struct proto_place at);

#endif
