#include "proto/proto_text.h"

#include <assert.h>
#include <string.h>

#define QUOTED_MAX 40u /* enough to recognise a value by, too little to flood a log */
#define DIGITS_MAX 20u /* of an int64_t, with its sign */

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0u) == 0x80u;
}

/* The second byte carries the limits that rule out overlong forms, surrogates and the far end. */
static bool second_allowed(unsigned char lead, unsigned char second)
{
    switch (lead) {
    case 0xE0u:
        return second >= 0xA0u && second <= 0xBFu;
    case 0xEDu:
        return second >= 0x80u && second <= 0x9Fu;
    case 0xF0u:
        return second >= 0x90u && second <= 0xBFu;
    case 0xF4u:
        return second >= 0x80u && second <= 0x8Fu;
    default:
        return is_continuation(second);
    }
}

static size_t length_by_lead(unsigned char lead)
{
    if (lead < 0x80u) {
        return 1;
    }
    if (lead < 0xC2u || lead > 0xF4u) {
        return 0;
    }
    if (lead < 0xE0u) {
        return 2;
    }
    return lead < 0xF0u ? 3 : 4;
}

size_t proto_text_character(const char *text, size_t size)
{
    assert(text != NULL);
    if (size == 0) {
        return 0;
    }
    const unsigned char lead = (unsigned char)text[0];
    const size_t length = length_by_lead(lead);
    if (length <= 1) {
        return length;
    }
    if (length > size || !second_allowed(lead, (unsigned char)text[1])) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if (!is_continuation((unsigned char)text[i])) {
            return 0;
        }
    }
    return length;
}

static bool is_control(const char *character, size_t length)
{
    const unsigned char lead = (unsigned char)character[0];
    if (length == 1) {
        return (lead < 0x20u && lead != '\n' && lead != '\t') || lead == 0x7Fu;
    }
    return lead == 0xC2u && (unsigned char)character[1] < 0xA0u; /* U+0080..U+009F */
}

size_t proto_text_bad_at(const char *text, size_t size)
{
    assert(text != NULL);
    size_t at = 0;
    while (at < size) {
        const size_t length = proto_text_character(text + at, size - at);
        if (length == 0 || is_control(text + at, length)) {
            break;
        }
        at += length;
    }
    assert(at <= size);
    return at;
}

static bool is_code_byte(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '.' || byte == '-';
}

bool proto_text_is_code(const char *text, size_t size)
{
    assert(text != NULL);
    for (size_t i = 0; i < size; i++) {
        if (!is_code_byte(text[i])) {
            return false;
        }
    }
    return size > 0;
}

struct proto_line proto_line_start(char *bytes, size_t bytes_size)
{
    assert(bytes != NULL);
    assert(bytes_size > 0);
    bytes[0] = '\0';
    return (struct proto_line){.bytes = bytes, .bytes_size = bytes_size};
}

void proto_line_text_n(struct proto_line *line, const char *text, size_t size)
{
    assert(line->size < line->bytes_size);
    if (line->cut) {
        return; /* nothing after a gap */
    }
    const size_t room = line->bytes_size - line->size - 1;
    size_t fits = size;
    if (fits > room) {
        fits = room;
        while (fits > 0 && is_continuation((unsigned char)text[fits])) {
            fits--;
        }
        line->cut = true;
    }
    memcpy(line->bytes + line->size, text, fits);
    line->size += fits;
    line->bytes[line->size] = '\0';
}

void proto_line_text(struct proto_line *line, const char *text)
{
    proto_line_text_n(line, text, strlen(text));
}

void proto_line_int(struct proto_line *line, int64_t value)
{
    char digits[DIGITS_MAX];
    size_t at = sizeof(digits);
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        at--;
        digits[at] = (char)('0' + (char)(rest % 10));
        rest /= 10;
    } while (rest > 0);
    if (value < 0) {
        at--;
        digits[at] = '-';
    }
    proto_line_text_n(line, digits + at, sizeof(digits) - at);
}

void proto_line_quoted(struct proto_line *line, const char *text, size_t size)
{
    proto_line_text(line, "\"");
    size_t at = 0;
    while (at < size) {
        const size_t length = proto_text_character(text + at, size - at);
        if (at + (length > 0 ? length : 1) > QUOTED_MAX) {
            break;
        }
        if (length == 0 || is_control(text + at, length) || text[at] == '\n' || text[at] == '\t') {
            proto_line_text(line, "?");
            at += length > 0 ? length : 1;
        } else {
            proto_line_text_n(line, text + at, length);
            at += length;
        }
    }
    proto_line_text(line, at < size ? "…\"" : "\"");
}
