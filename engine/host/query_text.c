#include "engine/host/query_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether the parameter that begins at `at` comes again after it. */
static bool is_repeated(const char *at, size_t size)
{
    for (const char *next = strchr(at, '&'); next != NULL; next = strchr(next + 1, '&')) {
        if (strncmp(next + 1, at, size) == 0 && next[1 + size] == '=') {
            return true;
        }
    }
    return false;
}

bool query_text_check(const char *query, const char *known, char detail[256])
{
    for (const char *at = query; at != NULL && *at != '\0'; at += *at == '&') {
        const size_t size = strcspn(at, "=&");
        bool found = false;
        for (const char *name = known; *name != '\0' && !found; name += *name == ' ') {
            const size_t name_size = strcspn(name, " ");
            found = name_size == size && strncmp(name, at, size) == 0;
            name += name_size;
        }
        if (!found) {
            snprintf(detail, 256, "there is no parameter \"%.*s\" here",
                     (int)(size < 40 ? size : 40), at);
            return false;
        }
        if (at[size] != '=' || at[size + 1] == '\0' || at[size + 1] == '&') {
            snprintf(detail, 256, "\"%.*s\" has no value", (int)(size < 40 ? size : 40), at);
            return false;
        }
        if (is_repeated(at, size)) {
            snprintf(detail, 256, "\"%.*s\" stands twice", (int)(size < 40 ? size : 40), at);
            return false;
        }
        at += strcspn(at, "&");
    }
    return true;
}

bool query_text_value(const char *query, const char *name, char value[QUERY_VALUE_SIZE])
{
    const size_t size = strlen(name);
    const char *at = query;
    while (at != NULL && (strncmp(at, name, size) != 0 || at[size] != '=')) {
        at = strchr(at, '&');
        at = at == NULL ? NULL : at + 1;
    }
    if (at == NULL) {
        return false;
    }
    size_t used = 0;
    for (at += size + 1; *at != '\0' && *at != '&' && used + 1 < QUERY_VALUE_SIZE; at++) {
        unsigned int byte = (unsigned char)*at;
        if (*at == '%' && isxdigit((unsigned char)at[1]) && isxdigit((unsigned char)at[2])) {
            const char digits[3] = {at[1], at[2], '\0'};
            byte = (unsigned int)strtoul(digits, NULL, 16);
            at += 2;
        }
        value[used++] = (char)byte;
    }
    value[used] = '\0';
    return used > 0;
}

bool query_text_code(const char *query, const char *name, char code[CODE_SIZE], char detail[256])
{
    char value[QUERY_VALUE_SIZE];
    code[0] = '\0';
    if (query_text_value(query, name, value)) {
        if (strlen(value) >= CODE_SIZE) {
            snprintf(detail, 256, "there is no %s \"%.40s\"", name, value);
            return false;
        }
        memcpy(code, value, strlen(value) + 1);
    }
    return true;
}

bool query_text_number(const char *query, const char *name, int64_t min, int64_t max,
                       int64_t *number, char detail[256])
{
    char value[QUERY_VALUE_SIZE];
    if (!query_text_value(query, name, value)) {
        return true;
    }
    char *end;
    errno = 0;
    const long long parsed = strtoll(value, &end, 10);
    if (!isdigit((unsigned char)value[0]) || *end != '\0' || errno != 0 || parsed < min ||
        parsed > max) {
        snprintf(detail, 256, "%s must be a whole number from %lld to %lld, not \"%.40s\"", name,
                 (long long)min, (long long)max, value);
        return false;
    }
    *number = parsed;
    return true;
}

bool query_text_name(const char *query, const char *name, enum types_list list, uint32_t *number,
                     char detail[256])
{
    char value[QUERY_VALUE_SIZE];
    if (!query_text_value(query, name, value)) {
        return true;
    }
    const int32_t found = types_find(list, value);
    if (found < 0) {
        snprintf(detail, 256, "%s has no value \"%.40s\"", name, value);
        return false;
    }
    *number = (uint32_t)found;
    return true;
}

bool query_text_word(const char *query, const char *name, const char *words, uint32_t *number,
                     char detail[256])
{
    char value[QUERY_VALUE_SIZE];
    if (!query_text_value(query, name, value)) {
        return true;
    }
    const size_t size = strlen(value);
    uint32_t index = 0;
    for (const char *word = words; *word != '\0'; index++) {
        const size_t word_size = strcspn(word, " ");
        if (word_size == size && strncmp(word, value, size) == 0) {
            *number = index;
            return true;
        }
        word += word_size + (word[word_size] == ' ' ? 1 : 0);
    }
    snprintf(detail, 256, "%s must be one of: %.120s; not \"%.40s\"", name, words, value);
    return false;
}
