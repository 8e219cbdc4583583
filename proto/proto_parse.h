#ifndef PROTO_PROTO_PARSE_H
#define PROTO_PROTO_PARSE_H

#include <jansson.h>

#include "proto/proto_error.h"

/* Bytes to a JSON tree within bounds. NULL: the error says why: too_large, bad_json with line and
 * column (deeper than PROTO_DEPTH_MAX, a member twice, a number that no double or 64-bit integer
 * holds), bad_text (not UTF-8), busy (no memory). Release with json_decref(). */
json_t *proto_parse(const char *text, size_t size, size_t size_max, struct proto_error *error);
/* The same; on refusal also tells the place, from 1, columns in characters. */
struct proto_parse_place {
    size_t line, column;
};
json_t *proto_parse_at(const char *text, size_t size, size_t size_max, struct proto_error *error,
                       struct proto_parse_place *place);

/* "an object", "a number", …: what a value is, for sentences. */
const char *proto_parse_type(const json_t *value);

/* Degrees to ten-millionths, halves away from zero; |degrees| <= 180. */
int32_t proto_parse_e7(double degrees);

#endif
