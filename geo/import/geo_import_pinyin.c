#include "geo/import/geo_import_pinyin.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/utrans.h>

#include "geo/geo_text.h"

#define HAN_FIRST    0x3400u
#define HAN_LAST     0x9FFFu
#define READING_SIZE 8u /* "zhuang" and its NUL */

struct geo_import_pinyin {
    UTransliterator *reader;
    char readings[HAN_LAST - HAN_FIRST + 1][READING_SIZE]; /* "" not asked yet, "?" there is none */
};

/* Read otherwise in names of places than ICU says, or in some of them: 重庆, 厦门, 番禺, 长安 ...
 */
static const struct {
    uint32_t character;
    const char *reading;
} seconds[] = {
    {0x91CD, "chong"}, {0x53A6, "xia"},  {0x756A, "pan"},  {0x957F, "zhang"}, {0x884C, "xing"},
    {0x4E50, "yue"},   {0x90FD, "dou"},  {0x516D, "lu"},   {0x868C, "beng"},  {0x4F1A, "kuai"},
    {0x671D, "zhao"},  {0x66FE, "zeng"}, {0x5355, "shan"}, {0x67E5, "zha"},   {0x5C09, "yu"},
    {0x533A, "ou"},    {0x4EC7, "qiu"},  {0x89E3, "xie"},  {0x5927, "dai"},   {0x7F8E, "mei"},
    {0x6D82, "tu"},    {0x5F18, "hong"}, {0x5821, "pu"},   {0x6C88, "chen"},  {0x5E61, "zhuang"},
    {0x5472, "zi"},    {0x4F3D, "jia"},  {0x9ED8, "mo"},   {0x53F0, "tai"},   {0x5E84, "zhuang"},
};

enum geo_status geo_import_pinyin_create(struct geo_import_pinyin **out)
{
    static const UChar id[] = u"Han-Latin; Latin-ASCII; Lower";
    UErrorCode error = U_ZERO_ERROR;
    struct geo_import_pinyin *pinyin = calloc(1, sizeof *pinyin);
    *out = NULL;
    if (pinyin == NULL) {
        return GEO_NO_MEMORY;
    }
    pinyin->reader = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
    if (U_FAILURE(error)) {
        free(pinyin);
        return GEO_NOT_FOUND;
    }
    *out = pinyin;
    return GEO_OK;
}

void geo_import_pinyin_destroy(struct geo_import_pinyin *pinyin)
{
    if (pinyin == NULL) {
        return;
    }
    utrans_close(pinyin->reader);
    free(pinyin);
}

static bool is_han(uint32_t character)
{
    return character >= HAN_FIRST && character <= HAN_LAST;
}

/* NULL: the character has no reading. */
static const char *reading_of(struct geo_import_pinyin *pinyin, uint32_t character)
{
    char *reading = pinyin->readings[character - HAN_FIRST];
    if (reading[0] == '\0') {
        UChar text[32] = {(UChar)character};
        int32_t size = 1;
        int32_t limit = 1;
        UErrorCode error = U_ZERO_ERROR;
        utrans_transUChars(pinyin->reader, text, &size, 32, 0, &limit, &error);
        bool good = U_SUCCESS(error) && size > 0 && size < (int32_t)READING_SIZE;
        for (int32_t i = 0; good && i < size; i++) {
            good = text[i] >= 'a' && text[i] <= 'z';
            reading[i] = '\0';
            if (good) {
                reading[i] = (char)text[i];
            }
        }
        if (!good) {
            memset(reading, 0, READING_SIZE);
            reading[0] = '?';
        }
    }
    return reading[0] == '?' ? NULL : reading;
}

static const char *second_of(uint32_t character)
{
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        if (seconds[i].character == character) {
            return seconds[i].reading;
        }
    }
    return NULL;
}

/* A piece of the name at the end of the spelling; false: there is no room. */
static bool append(struct geo_import_spelling *out, size_t size[2], const char *text,
                   const bool starts[])
{
    const size_t length = strlen(text);
    if (size[0] + length >= sizeof out->text) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        const bool begins = starts == NULL ? i == 0 : starts[i];
        out->starts[size[0]] = begins;
        out->text[size[0]++] = text[i];
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (begins || is_digit) {
            out->initials[size[1]++] = text[i];
        }
    }
    return true;
}

bool geo_import_pinyin_spell(struct geo_import_pinyin *pinyin, const char *name, bool second,
                             struct geo_import_spelling *out)
{
    assert(pinyin != NULL);
    memset(out, 0, sizeof *out);
    size_t size[2] = {0}; /* of text and initials */
    bool found = false;
    bool fits = true;
    while (*name != '\0' && fits) {
        uint32_t character = 0;
        char run[GEO_IMPORT_PINYIN_SIZE] = {0};
        char squeezed[GEO_IMPORT_PINYIN_SIZE];
        bool starts[GEO_IMPORT_PINYIN_SIZE];
        size_t length = geo_text_next(name, &character);
        const char *reading = is_han(character) ? reading_of(pinyin, character) : NULL;
        const char *other = second && reading != NULL ? second_of(character) : NULL;
        found = found || (second ? other != NULL : reading != NULL);
        reading = other != NULL ? other : reading;
        if (reading != NULL) {
            fits = append(out, size, reading, NULL);
            name += length;
            continue;
        }
        size_t run_size = 0; /* up to the next Han character */
        while (*name != '\0' && run_size + length < sizeof run) {
            memcpy(run + run_size, name, length);
            run_size += length;
            name += length;
            length = geo_text_next(name, &character);
            if (*name == '\0' || is_han(character)) {
                break;
            }
        }
        (void)geo_text_squeeze(run, squeezed, sizeof squeezed, starts);
        fits = append(out, size, squeezed, starts);
    }
    return found;
}
