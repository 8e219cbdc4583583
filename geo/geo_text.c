#include "geo/geo_text.h"

#include <assert.h>
#include <string.h>

#include "geo/geo_map.h"

/* Two columns a character: what Unicode's compatibility decomposition leaves of a Latin letter
 * without its marks, in lower case, and the usual transcription where it leaves nothing. */
static const char latin[] = /* U+00C0..U+021B: Latin-1 to Extended-B, with the vowels of pinyin */
    "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thss"
    "a a a a a a aec e e e e i i i i d n o o o o o   o u u u u y thy "
    "a a a a a a c c c c c c c c d d d d e e e e e e e e e e g g g g "
    "g g g g h h h h i i i i i i i i i i ijijj j k k k l l l l l l l "
    "l l l n n n n n n n ngngo o o o o o oeoer r r r r r s s s s s s "
    "s s t t t t t t u u u u u u u u u u u u w w y y y z z z z z z s "
    "                                                                "
    "o o                           u u                               "
    "        dzdzdzljljljnjnjnja a i i o o u u u u u u u u u u   a a "
    "a a         g g k k o o o o     j dzdzdzg g     n n a a         "
    "a a a a e e e e i i i i o o o o r r r r u u u u s s t t ";
static const char latin_additional[] = /* U+1E00..U+1EF9: Vietnamese, transcriptions */
    "a a b b b b b b c c d d d d d d d d d d e e e e e e e e e e f f "
    "g g h h h h h h h h h h i i i i k k k k k k l l l l l l l l m m "
    "m m m m n n n n n n n n o o o o o o o o p p p p r r r r r r r r "
    "s s s s s s s s s s t t t t t t t t u u u u u u u u u u v v v v "
    "w w w w w w w w w w x x x x y y z z z z z z h t w y   s     ss  "
    "a a a a a a a a a a a a a a a a a a a a a a a a e e e e e e e e "
    "e e e e e e e e i i i i o o o o o o o o o o o o o o o o o o o o "
    "o o o o u u u u u u u u u u u u u u y y y y y y y y ";

#define LATIN_FIRST            0x00C0u
#define LATIN_LAST             0x021Bu
#define LATIN_ADDITIONAL_FIRST 0x1E00u
#define LATIN_ADDITIONAL_LAST  0x1EF9u
_Static_assert(sizeof latin == 2 * (LATIN_LAST - LATIN_FIRST + 1) + 1, "two columns each");
_Static_assert(sizeof latin_additional ==
                   2 * (LATIN_ADDITIONAL_LAST - LATIN_ADDITIONAL_FIRST + 1) + 1,
               "two columns each");

size_t geo_text_next(const char *text, uint32_t *character)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const uint32_t lead = bytes[0];
    if (lead < 0x80u) {
        *character = lead;
        return 1;
    }

    const size_t size = lead >= 0xF0u ? 4 : lead >= 0xE0u ? 3 : 2;
    uint32_t value = lead & (0x7Fu >> size);
    bool good = lead >= 0xC2u && lead <= 0xF4u;
    for (size_t i = 1; good && i < size; i++) {
        good = (bytes[i] & 0xC0u) == 0x80u; /* false at the NUL, so never past it */
        value = value << 6 | (bytes[i] & 0x3Fu);
    }
    if (!good) {
        *character = GEO_TEXT_BYTE | lead;
        return 1;
    }
    *character = value;
    return size;
}

/* What stands for the character, `size` bytes of it; NULL where it stays as it is. */
static const char *fold(uint32_t character, size_t *size)
{
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
    const char *cell = NULL;
    if (character >= 'A' && character <= 'Z') {
        *size = 1;
        return &lower[character - 'A'];
    }
    if (character >= 0x0300u && character <= 0x036Fu) {
        *size = 0; /* a combining mark */
        return "";
    }
    if (character >= LATIN_FIRST && character <= LATIN_LAST) {
        cell = &latin[(size_t)2 * (character - LATIN_FIRST)];
    } else if (character >= LATIN_ADDITIONAL_FIRST && character <= LATIN_ADDITIONAL_LAST) {
        cell = &latin_additional[(size_t)2 * (character - LATIN_ADDITIONAL_FIRST)];
    }
    if (cell == NULL || cell[0] == ' ') {
        return NULL;
    }
    *size = cell[1] == ' ' ? 1 : 2;
    return cell;
}

void geo_fold_text(const char *text, char *out, size_t out_size)
{
    assert(text != NULL);
    assert(out != NULL);
    assert(out_size > 0);

    size_t written = 0;
    while (*text != '\0') {
        uint32_t character = 0;
        const size_t read = geo_text_next(text, &character);
        size_t size = 0;
        const char *folded = fold(character, &size);
        if (folded == NULL) {
            folded = text;
            size = read;
        }
        if (written + size >= out_size) {
            break;
        }
        memcpy(out + written, folded, size);
        written += size;
        text += read;
    }
    out[written] = '\0';
    assert(written < out_size);
}

bool geo_text_is_ideograph(uint32_t character)
{
    return (character >= 0x2E80u && character <= 0x2FDFu) ||
           (character >= 0x3041u && character <= 0x9FFFu) ||
           (character >= 0xAC00u && character <= 0xD7A3u) ||
           (character >= 0xF900u && character <= 0xFAFFu) ||
           (character >= 0x20000u && character < GEO_TEXT_BYTE);
}

/* Blanks and punctuation: ASCII, Latin-1, general, and that of the east. */
static bool parts_words(uint32_t character)
{
    const bool is_digit = character >= '0' && character <= '9';
    const bool is_letter = (character | 0x20u) >= 'a' && (character | 0x20u) <= 'z';
    return (character < 0x80u && !is_digit && !is_letter) ||
           (character >= 0xA0u && character <= 0xBFu) ||
           (character >= 0x2000u && character <= 0x206Fu) ||
           (character >= 0x3000u && character <= 0x303Fu);
}

size_t geo_text_squeeze(const char *text, char *out, size_t out_size, bool starts[])
{
    assert(text != NULL);
    assert(out_size > 0);

    size_t written = 0;
    bool begins = true;
    while (*text != '\0') {
        uint32_t character = 0;
        char plain[2] = {0};
        const char *from = text;
        size_t size = geo_text_next(text, &character);
        text += size;
        if (character >= 0xFF01u && character <= 0xFF5Eu) { /* full width */
            character -= 0xFEE0u;
            plain[0] = (char)character;
            from = plain;
            size = 1;
        }
        if (parts_words(character)) {
            begins = true;
            continue;
        }
        size_t folded_size = 0;
        const char *folded = fold(character, &folded_size);
        from = folded == NULL ? from : folded;
        size = folded == NULL ? size : folded_size;
        if (written + size >= out_size) {
            break;
        }
        const bool is_ideograph = geo_text_is_ideograph(character);
        for (size_t i = 0; i < size; i++) {
            if (starts != NULL) {
                starts[written] = i == 0 && (begins || is_ideograph);
            }
            out[written++] = from[i];
        }
        begins = size == 0 ? begins : is_ideograph;
    }
    out[written] = '\0';
    return written;
}
