/* UTF-8 against the definition (RFC 3629), what a text may hold, what a code is. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <string.h>

#include "proto/proto_text.h"

TestSuite(proto_text, .timeout = 60);

#define SURROGATE_FIRST 0xD800u
#define SURROGATE_LAST  0xDFFFu
#define LAST            0x10FFFFu

/* The textbook's encoder; it knows no surrogates and no end. */
static size_t encode(uint32_t point, char bytes[4])
{
    if (point < 0x80) {
        bytes[0] = (char)point;
        return 1;
    }
    if (point < 0x800) {
        bytes[0] = (char)(0xC0 | point >> 6);
        bytes[1] = (char)(0x80 | (point & 63));
        return 2;
    }
    if (point < 0x10000) {
        bytes[0] = (char)(0xE0 | point >> 12);
        bytes[1] = (char)(0x80 | (point >> 6 & 63));
        bytes[2] = (char)(0x80 | (point & 63));
        return 3;
    }
    bytes[0] = (char)(0xF0 | point >> 18);
    bytes[1] = (char)(0x80 | (point >> 12 & 63));
    bytes[2] = (char)(0x80 | (point >> 6 & 63));
    bytes[3] = (char)(0x80 | (point & 63));
    return 4;
}

/* Whether the encoder writes just these bytes for a character that exists. */
static bool written(const char *bytes, size_t size)
{
    const unsigned char lead = (unsigned char)bytes[0];
    uint32_t point = size == 1 ? lead : lead & (0x7Fu >> size);
    for (size_t i = 1; i < size; i++) {
        point = point << 6 | ((unsigned char)bytes[i] & 63u);
    }
    char back[4];
    const bool is_scalar = point <= LAST && (point < SURROGATE_FIRST || point > SURROGATE_LAST);
    return is_scalar && encode(point, back) == size && memcmp(back, bytes, size) == 0;
}

Test(proto_text, every_character_is_one_and_no_surrogate_is)
{
    for (uint32_t point = 0; point <= LAST; point++) {
        char bytes[4];
        const size_t size = encode(point, bytes);
        const bool is_surrogate = point >= SURROGATE_FIRST && point <= SURROGATE_LAST;
        cr_assert(eq(sz, proto_text_character(bytes, size), is_surrogate ? 0 : size));
        if (size > 1) {
            cr_assert(eq(sz, proto_text_character(bytes, size - 1), 0));
        }
    }
    char beyond[4];
    (void)encode(LAST + 1, beyond);
    cr_expect(eq(sz, proto_text_character(beyond, 4), 0));
    cr_expect(eq(sz, proto_text_character("", 0), 0));
}

Test(proto_text, every_pair_of_bytes_before_border_bytes_agrees_with_the_definition)
{
    static const unsigned char borders[] = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0};
    for (uint32_t pair = 0; pair < 65536; pair++) {
        for (size_t k = 0; k < sizeof(borders); k++) {
            const char bytes[4] = {(char)(pair >> 8), (char)(pair & 255), (char)borders[k],
                                   (char)borders[k]};
            size_t expected = 0;
            for (size_t size = 4; size >= 1; size--) {
                expected = written(bytes, size) ? size : expected;
            }
            cr_assert(eq(sz, proto_text_character(bytes, 4), expected));
        }
    }
}

Test(proto_text, control_characters_other_than_line_feed_and_tab_are_bad)
{
    for (uint32_t point = 0; point < 0x200; point++) {
        char bytes[6] = "a";
        const size_t size = 1 + encode(point, bytes + 1);
        const bool is_bad =
            (point < 0x20 && point != '\n' && point != '\t') || (point >= 0x7F && point < 0xA0);
        cr_expect(proto_text_bad_at(bytes, size) == (is_bad ? 1 : size), "U+%04X", point);
    }
    cr_expect(eq(sz, proto_text_bad_at("ab\xFF", 3), 2));
    cr_expect(eq(sz, proto_text_bad_at("", 0), 0));
}

Test(proto_text, a_code_is_letters_digits_and_three_signs)
{
    const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";
    for (int byte = 0; byte < 256; byte++) {
        const char text = (char)byte;
        const bool is_allowed = byte != 0 && strchr(allowed, byte) != NULL;
        cr_expect(proto_text_is_code(&text, 1) == is_allowed, "byte %d", byte);
    }
    cr_expect(not(proto_text_is_code("", 0)));
    cr_expect(not(proto_text_is_code("a b", 3)));
}
