#include "proto/proto_json.h"

#include <assert.h>
#include <string.h>

#include "proto/proto_text.h"

#define INT_BYTES    20u /* of an int64_t, with its sign */
#define E7_BYTES     12u /* -180.0000000 */
#define ESCAPE_BYTES 6u  /* \u001f */

static bool wants_comma(const struct proto_buffer *buffer)
{
    if (buffer->size == 0) {
        return false;
    }
    const char last = buffer->bytes[buffer->size - 1];
    return last != '{' && last != '[' && last != ':';
}

/* Room for a value of `size` bytes with its comma, which is written. */
static char *value_room(struct proto_buffer *buffer, size_t size)
{
    char *room = proto_buffer_room(buffer, size + 1);
    if (room == NULL) {
        return NULL;
    }
    if (wants_comma(buffer)) {
        *room = ',';
        proto_buffer_wrote(buffer, 1);
        room++;
    }
    return room;
}

static void value_bytes(struct proto_buffer *buffer, const char *bytes, size_t size)
{
    char *room = value_room(buffer, size);
    if (room != NULL) {
        memcpy(room, bytes, size);
        proto_buffer_wrote(buffer, size);
    }
}

void proto_json_begin(struct proto_buffer *buffer, char bracket)
{
    assert(bracket == '{' || bracket == '[');
    value_bytes(buffer, &bracket, 1);
}

void proto_json_end(struct proto_buffer *buffer, char bracket)
{
    assert(bracket == '}' || bracket == ']');
    proto_buffer_append(buffer, &bracket, 1);
}

static void put(char *room, const char *bytes, size_t size)
{
    memcpy(room, bytes, size);
}

void proto_json_name(struct proto_buffer *buffer, const char *name)
{
    assert(name != NULL);
    const size_t size = strlen(name);
    char *room = value_room(buffer, size + 3);
    if (room != NULL) {
        room[0] = '"';
        put(room + 1, name, size);
        room[size + 1] = '"';
        room[size + 2] = ':';
        proto_buffer_wrote(buffer, size + 3);
    }
}

void proto_json_raw(struct proto_buffer *buffer, const char *bytes, size_t size)
{
    assert(bytes != NULL);
    assert(size > 0);
    value_bytes(buffer, bytes, size);
}

void proto_json_null(struct proto_buffer *buffer)
{
    value_bytes(buffer, "null", 4);
}

void proto_json_bool(struct proto_buffer *buffer, bool value)
{
    value_bytes(buffer, value ? "true" : "false", value ? 4 : 5);
}

/* Decimal digits to the left of `end`; answers where they begin. */
static char *digits_before(char *end, uint64_t value)
{
    char *at = end;
    do {
        at--;
        *at = (char)('0' + (char)(value % 10));
        value /= 10;
    } while (value > 0);
    return at;
}

void proto_json_int(struct proto_buffer *buffer, int64_t value)
{
    char digits[INT_BYTES];
    char *end = digits + sizeof(digits);
    char *at = digits_before(end, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    if (value < 0) {
        at--;
        *at = '-';
    }
    value_bytes(buffer, at, (size_t)(end - at));
}

void proto_json_e7(struct proto_buffer *buffer, int32_t e7)
{
    char digits[E7_BYTES];
    char *end = digits + sizeof(digits);
    const uint32_t size = e7 < 0 ? 0 - (uint32_t)e7 : (uint32_t)e7;
    uint32_t fraction = size % 10000000u;
    char *at = end;
    for (uint32_t i = 0; i < 7; i++) {
        at--;
        *at = (char)('0' + (char)(fraction % 10));
        fraction /= 10;
    }
    while (end > at && end[-1] == '0') {
        end--;
    }
    if (end > at) {
        at--;
        *at = '.';
    } else {
        at = end = digits + sizeof(digits);
    }
    at = digits_before(at, size / 10000000u);
    if (e7 < 0) {
        at--;
        *at = '-';
    }
    value_bytes(buffer, at, (size_t)(end - at));
}

/* How a byte below 0x80 is written: 0 as it is, 'u' as \u00XX, else after a backslash. */
static const char escapes[128] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b',         't',           'n', 'u',
    'f', 'r', 'u', 'u', 'u', 'u', 'u', 'u', 'u',         'u',           'u', 'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\',
};

/* U+2028 and U+2029 end a line in old JavaScript; E2 80 A8 and A9. */
static bool is_line_separator(const char *character, size_t length)
{
    return length == 3 && (unsigned char)character[0] == 0xE2u &&
           (unsigned char)character[1] == 0x80u && ((unsigned char)character[2] | 1u) == 0xA9u;
}

static void escape(struct proto_buffer *buffer, const char *character, size_t length)
{
    static const char hex[] = "0123456789abcdef";
    const unsigned char byte = (unsigned char)character[0];
    char text[ESCAPE_BYTES] = {'\\', 'u', '0', '0', '0', '0'};
    if (length == 0) {
        proto_buffer_append(buffer, "\xEF\xBF\xBD", 3); /* U+FFFD */
    } else if (length == 3) {
        const bool paragraph = (unsigned char)character[2] == 0xA9u;
        proto_buffer_append(buffer, paragraph ? "\\u2029" : "\\u2028", ESCAPE_BYTES);
    } else if (escapes[byte] == 'u') {
        text[4] = hex[byte >> 4];
        text[5] = hex[byte & 15u];
        proto_buffer_append(buffer, text, ESCAPE_BYTES);
    } else {
        text[1] = escapes[byte];
        proto_buffer_append(buffer, text, 2);
    }
}

/* Bytes of the character that may be copied as it is; 0: it must be escaped or replaced. */
static size_t plain_length(const char *text, size_t size, size_t *length)
{
    const unsigned char byte = (unsigned char)text[0];
    if (byte < 0x80u) {
        *length = 1;
        return escapes[byte] == 0 ? 1 : 0;
    }
    *length = proto_text_character(text, size);
    return is_line_separator(text, *length) ? 0 : *length;
}

void proto_json_text_n(struct proto_buffer *buffer, const char *text, size_t size)
{
    assert(text != NULL);
    value_bytes(buffer, "\"", 1);
    size_t run = 0;
    size_t at = 0;
    while (at < size) {
        size_t length = 0;
        const size_t plain = plain_length(text + at, size - at, &length);
        if (plain > 0) {
            at += plain;
            continue;
        }
        proto_buffer_append(buffer, text + run, at - run);
        escape(buffer, text + at, length);
        at += length > 0 ? length : 1;
        run = at;
    }
    proto_buffer_append(buffer, text + run, at - run);
    proto_buffer_append(buffer, "\"", 1);
}

void proto_json_text(struct proto_buffer *buffer, const char *text)
{
    if (text == NULL) {
        proto_json_null(buffer);
    } else {
        proto_json_text_n(buffer, text, strlen(text));
    }
}

void proto_member_text(struct proto_buffer *buffer, const char *name, const char *text)
{
    proto_json_name(buffer, name);
    proto_json_text(buffer, text);
}

void proto_member_int(struct proto_buffer *buffer, const char *name, int64_t value)
{
    proto_json_name(buffer, name);
    proto_json_int(buffer, value);
}

void proto_member_bool(struct proto_buffer *buffer, const char *name, bool value)
{
    proto_json_name(buffer, name);
    proto_json_bool(buffer, value);
}

void proto_member_null(struct proto_buffer *buffer, const char *name)
{
    proto_json_name(buffer, name);
    proto_json_null(buffer);
}

void proto_member_id(struct proto_buffer *buffer, const char *name, uint32_t id)
{
    proto_json_name(buffer, name);
    if (id == 0) {
        proto_json_null(buffer);
    } else {
        proto_json_int(buffer, id);
    }
}

void proto_member_u32(struct proto_buffer *buffer, const char *name, uint32_t value)
{
    proto_json_name(buffer, name);
    if (value == PROTO_NONE) {
        proto_json_null(buffer);
    } else {
        proto_json_int(buffer, value);
    }
}

void proto_member_time(struct proto_buffer *buffer, const char *name, int64_t at_ms)
{
    proto_json_name(buffer, name);
    if (at_ms == PROTO_NEVER) {
        proto_json_null(buffer);
    } else {
        proto_json_int(buffer, at_ms);
    }
}

void proto_member_name(struct proto_buffer *buffer, const char *name, enum proto_list list,
                       uint32_t value)
{
    proto_json_name(buffer, name);
    proto_json_text(buffer, proto_name(list, value));
}

void proto_member_place(struct proto_buffer *buffer, bool known, struct proto_place at)
{
    if (!known) {
        proto_member_null(buffer, "lat");
        proto_member_null(buffer, "lon");
        return;
    }
    proto_json_name(buffer, "lat");
    proto_json_e7(buffer, at.lat_e7);
    proto_json_name(buffer, "lon");
    proto_json_e7(buffer, at.lon_e7);
}
