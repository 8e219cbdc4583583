#include "proto/proto_parse.h"

#include <assert.h>

#include "proto/proto_text.h"

/* Where to say what was found. */
struct refusal {
    struct proto_error *error;
    struct proto_parse_place *place;
};

static void refuse_at(struct refusal refusal, size_t line, size_t column, const char *why)
{
    struct proto_error *error = refusal.error;
    *refusal.place = (struct proto_parse_place){.line = line, .column = column};
    *error = (struct proto_error){.code = PROTO_BAD_JSON};
    struct proto_line detail = proto_line_start(error->detail, sizeof(error->detail));
    proto_line_text(&detail, "line ");
    proto_line_int(&detail, (int64_t)line);
    proto_line_text(&detail, ", column ");
    proto_line_int(&detail, (int64_t)column);
    proto_line_text(&detail, ": ");
    proto_line_text(&detail, why);
}

/* The parser below recurses with the nesting, so that is bounded before it sees a byte. */
static bool nesting_bounded(const char *text, size_t size, struct refusal refusal)
{
    size_t line = 1;
    size_t column = 0;
    uint32_t depth = 0;
    bool in_text = false;
    for (size_t i = 0; i < size; i++) {
        const char byte = text[i];
        column += ((unsigned char)byte & 0xC0u) != 0x80u ? 1u : 0u;
        if (byte == '\n') {
            line++;
            column = 0;
        } else if (byte == '"') {
            in_text = !in_text;
        } else if (in_text) {
            i += byte == '\\' ? 1u : 0u;
            column += byte == '\\' ? 1u : 0u;
        } else if (byte == '{' || byte == '[') {
            depth++;
            if (depth > PROTO_DEPTH_MAX) {
                refuse_at(refusal, line, column, "nested deeper than 16");
                return false;
            }
        } else if ((byte == '}' || byte == ']') && depth > 0) {
            depth--;
        }
    }
    return true;
}

_Static_assert(PROTO_DEPTH_MAX == 16, "the sentence says so");

/* The sentence for a parser's code; its own texts repeat the input, which ours do not. */
static const char *parse_sentence(enum json_error_code code)
{
    switch ((int)code) {
    case json_error_premature_end_of_input:
        return "the text ends too early";
    case json_error_end_of_input_expected:
        return "there is more after the end";
    case json_error_null_byte_in_key:
        return "a member's name holds the character U+0000";
    case json_error_numeric_overflow:
        return "the number is too large";
    case json_error_duplicate_key:
        return "a member stands here twice";
    default:
        return "this is not JSON";
    }
}

static void refuse_parsed(struct refusal refusal, const json_error_t *parsed)
{
    struct proto_error *error = refusal.error;
    const enum json_error_code code = json_error_code(parsed);
    if (code == json_error_out_of_memory) {
        proto_error_set(error, PROTO_BUSY, NULL, "there is no memory for the message");
    } else if (code == json_error_invalid_utf8) {
        proto_error_set(error, PROTO_BAD_TEXT, "", "the message is not UTF-8");
    } else {
        const size_t line = parsed->line > 0 ? (size_t)parsed->line : 1;
        const size_t column = parsed->column > 0 ? (size_t)parsed->column : 1;
        refuse_at(refusal, line, column, parse_sentence(code));
    }
}

json_t *proto_parse(const char *text, size_t size, size_t size_max, struct proto_error *error)
{
    struct proto_parse_place place;
    return proto_parse_at(text, size, size_max, error, &place);
}

json_t *proto_parse_at(const char *text, size_t size, size_t size_max, struct proto_error *error,
                       struct proto_parse_place *place)
{
    const struct refusal refusal = {.error = error, .place = place};
    *place = (struct proto_parse_place){.line = 1, .column = 1};
    assert(text != NULL || size == 0);
    assert(error != NULL);
    if (size > size_max) {
        *error = (struct proto_error){.code = PROTO_TOO_LARGE};
        struct proto_line detail = proto_line_start(error->detail, sizeof(error->detail));
        proto_line_int(&detail, (int64_t)size);
        proto_line_text(&detail, " bytes; at most ");
        proto_line_int(&detail, (int64_t)size_max);
        return NULL;
    }
    if (size == 0) {
        refuse_at(refusal, 1, 1, "the text is empty");
        return NULL;
    }
    if (!nesting_bounded(text, size, refusal)) {
        return NULL;
    }
    json_error_t parsed;
    json_t *root =
        json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &parsed);
    if (root == NULL) {
        refuse_parsed(refusal, &parsed);
    }
    return root;
}

const char *proto_parse_type(const json_t *value)
{
    assert(value != NULL);
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
        return "a whole number";
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    case JSON_NULL:
        break;
    }
    return "null";
}

int32_t proto_parse_e7(double degrees)
{
    assert(degrees >= -180.0);
    assert(degrees <= 180.0);
    const double scaled = degrees * 1e7;
    const int32_t whole = (int32_t)scaled;
    const double rest = scaled - (double)whole;
    if (rest >= 0.5) {
        return whole + 1;
    }
    return rest <= -0.5 ? whole - 1 : whole;
}
