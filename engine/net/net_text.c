#include "engine/net/net_private.h"

#include <assert.h>
#include <string.h>

static char lower(char c)
{
    static const char small[] = "abcdefghijklmnopqrstuvwxyz";
    if (c < 'A' || c > 'Z') {
        return c;
    }
    return small[c - 'A'];
}

bool net_text_equal_fold(const char *a, const char *b, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (lower(a[i]) != lower(b[i])) {
            return false;
        }
    }
    return true;
}

bool net_text_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool net_text_ends(const char *text, const char *suffix)
{
    const size_t text_size = strlen(text);
    const size_t suffix_size = strlen(suffix);
    return text_size >= suffix_size && strcmp(text + text_size - suffix_size, suffix) == 0;
}

/* How many bytes the character at the front takes; 0: not UTF-8 (RFC 3629). */
static size_t character_size(const uint8_t *bytes, size_t left)
{
    const uint8_t first = bytes[0];
    size_t size = 0;
    uint8_t low = 0x80;
    uint8_t high = 0xbf;
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xc2 && first <= 0xdf) {
        size = 2;
    } else if (first >= 0xe0 && first <= 0xef) {
        size = 3;
        low = first == 0xe0 ? 0xa0 : low;   /* overlong */
        high = first == 0xed ? 0x9f : high; /* surrogates */
    } else if (first >= 0xf0 && first <= 0xf4) {
        size = 4;
        low = first == 0xf0 ? 0x90 : low;   /* overlong */
        high = first == 0xf4 ? 0x8f : high; /* past U+10FFFF */
    }
    if (size == 0 || size > left || bytes[1] < low || bytes[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < size; i++) {
        if (bytes[i] < 0x80 || bytes[i] > 0xbf) {
            return 0;
        }
    }
    return size;
}

bool net_text_is_utf8(const uint8_t *bytes, size_t size)
{
    size_t at = 0;
    while (at < size) {
        const size_t step = character_size(bytes + at, size - at);
        if (step == 0) {
            return false;
        }
        at += step;
    }
    return true;
}

bool net_text_is_plain_path(const char *path, size_t size)
{
    if (size == 0 || path[0] != '/' || memchr(path, '\0', size) != NULL) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)path[i] < 0x20 || path[i] == 0x7f || path[i] == '\\') {
            return false;
        }
        const bool is_segment_start = i > 0 && path[i - 1] == '/';
        if (is_segment_start && path[i] == '.' && i + 1 < size && path[i + 1] == '.' &&
            (i + 2 == size || path[i + 2] == '/')) {
            return false;
        }
    }
    return net_text_is_utf8((const uint8_t *)path, size);
}

size_t net_text_encode_query(const char *text, size_t size, char *out)
{
    static const char hex[] = "0123456789ABCDEF";
    static const char plain[] = "-._~=,:/@!$'()*;?";
    char *at = out;
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)text[i];
        const bool is_alphanumeric =
            (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (is_alphanumeric || (c != '\0' && strchr(plain, c) != NULL)) {
            *at++ = (char)c;
            continue;
        }
        *at++ = '%';
        *at++ = hex[c >> 4];
        *at++ = hex[c & 15u];
    }
    *at = '\0';
    return (size_t)(at - out);
}

/* Whether the parameters say "not at all": q=0, q=0.0 and so on. */
static bool is_refused(const char *parameters, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++) {
        if (lower(parameters[i]) != 'q' || parameters[i + 1] != '=') {
            continue;
        }
        size_t digit = i + 2;
        while (digit < size && (parameters[digit] == '0' || parameters[digit] == '.')) {
            digit++;
        }
        return digit == size || parameters[digit] == ' ';
    }
    return false;
}

bool net_text_list_has(const char *list, const char *token)
{
    const size_t token_size = strlen(token);
    const char *at = list;
    while (*at != '\0') {
        at += strspn(at, " \t,");
        const size_t size = strcspn(at, ",");
        const size_t name_size = strcspn(at, " \t,;");
        if (name_size == token_size && net_text_equal_fold(at, token, token_size)) {
            return !is_refused(at + name_size, size - name_size);
        }
        at += size;
    }
    return false;
}

bool net_text_etag_matches(const char *list, const char *etag)
{
    const size_t etag_size = strlen(etag);
    const char *at = list;
    while (*at != '\0') {
        at += strspn(at, " \t,");
        if (*at == '*') {
            return true;
        }
        if (at[0] == 'W' && at[1] == '/') {
            at += 2; /* 304 compares weakly, RFC 9110 13.1.2 */
        }
        const size_t size = strcspn(at, ", \t");
        if (size == etag_size && memcmp(at, etag, size) == 0) {
            return true;
        }
        at += size;
    }
    return false;
}

bool net_text_origin_matches(const char *origin, const char *host)
{
    const char *scheme_end = strstr(origin, "://");
    if (scheme_end == NULL || host[0] == '\0') {
        return false;
    }
    const char *origin_host = scheme_end + strlen("://");
    const size_t size = strlen(origin_host);
    return size == strlen(host) && net_text_equal_fold(origin_host, host, size);
}

bool net_text_headers_have(const char *headers, const char *name)
{
    const size_t name_size = strlen(name);
    const char *at = headers;
    while (at != NULL && *at != '\0') {
        if (strlen(at) > name_size && at[name_size] == ':' &&
            net_text_equal_fold(at, name, name_size)) {
            return true;
        }
        at = strchr(at, '\n');
        at = at == NULL ? NULL : at + 1;
    }
    return false;
}
