#include "engine/net/http_api_query.h"

#include <assert.h>
#include <string.h>

#include "proto/proto_text.h"

static int hex_value(char digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f') {
        return digit - 'a' + 10;
    }
    return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

static const char *find(const char *query, const char *name)
{
    const size_t size = strlen(name);
    const char *at = query;
    while (at != NULL && !(strncmp(at, name, size) == 0 && at[size] == '=')) {
        at = strchr(at, '&');
        at = at == NULL ? NULL : at + 1;
    }
    return at == NULL ? NULL : at + size + 1;
}

enum http_api_query http_api_query_text(const char *query, const char *name, char *out,
                                        size_t out_size)
{
    assert(out_size > 0);
    const char *at = find(query, name);
    size_t size = 0;
    out[0] = '\0';
    if (at == NULL) {
        return HTTP_API_QUERY_MISSING;
    }
    while (*at != '\0' && *at != '&') {
        char byte = *at++;
        if (byte == '+') {
            byte = ' ';
        } else if (byte == '%') {
            const int high = hex_value(at[0]);
            const int low = high < 0 ? -1 : hex_value(at[1]);
            if (low < 0) {
                return HTTP_API_QUERY_BAD;
            }
            byte = (char)(unsigned char)(high * 16 + low);
            at += 2;
        }
        if (size + 1 >= out_size) {
            return HTTP_API_QUERY_BAD;
        }
        out[size++] = byte;
    }
    out[size] = '\0';
    return proto_text_bad_at(out, size) == size ? HTTP_API_QUERY_OK : HTTP_API_QUERY_BAD;
}

bool http_api_query_digits(const char **text, uint32_t max, uint32_t *value)
{
    const char *at = *text;
    uint64_t sum = 0;
    while (*at >= '0' && *at <= '9' && sum <= max) {
        sum = sum * 10 + (uint64_t)(*at++ - '0');
    }
    if (at == *text || sum > max) {
        return false;
    }
    *text = at;
    *value = (uint32_t)sum;
    return true;
}

enum http_api_query http_api_query_number(const char *query, const char *name, uint32_t min,
                                          uint32_t max, uint32_t *value)
{
    char text[16];
    const char *at = text;
    const enum http_api_query answer = http_api_query_text(query, name, text, sizeof text);
    if (answer != HTTP_API_QUERY_OK) {
        return answer;
    }
    if (!http_api_query_digits(&at, max, value) || *at != '\0' || *value < min) {
        return HTTP_API_QUERY_BAD;
    }
    return HTTP_API_QUERY_OK;
}

enum http_api_query http_api_query_e7(const char *query, const char *name, int32_t limit,
                                      int32_t *e7)
{
    char text[32];
    const enum http_api_query answer = http_api_query_text(query, name, text, sizeof text);
    if (answer != HTTP_API_QUERY_OK) {
        return answer;
    }
    const bool negative = text[0] == '-';
    const char *at = text + (negative ? 1 : 0);
    uint32_t degrees = 0;
    if (!http_api_query_digits(&at, (uint32_t)limit, &degrees)) {
        return HTTP_API_QUERY_BAD;
    }
    int64_t value = (int64_t)degrees * 10000000;
    if (*at == '.') {
        int64_t unit = 1000000;
        for (at++; *at >= '0' && *at <= '9'; at++) { /* what is finer than a centimetre is cut */
            value += (*at - '0') * unit;
            unit /= 10;
        }
    }
    if (*at != '\0' || value > (int64_t)limit * 10000000) {
        return HTTP_API_QUERY_BAD;
    }
    *e7 = (int32_t)(negative ? -value : value);
    return HTTP_API_QUERY_OK;
}
