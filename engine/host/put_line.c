#include "engine/host/put_line.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_DIGITS_MAX 15

void put_line_write(struct proto_buffer *buffer, const char *by, int64_t since_ms,
                    const struct proto_buffer *body)
{
    char head[ACTOR_SIZE + 32];
    const int size = snprintf(head, sizeof head, "%s %lld ", by, (long long)since_ms);
    proto_buffer_append(buffer, head, (size_t)size);
    proto_buffer_append(buffer, body->bytes, body->size);
    proto_buffer_append(buffer, "\n", 1);
}

bool put_line_read(const char *line, size_t size, char by[ACTOR_SIZE], int64_t *since_ms,
                   size_t *body)
{
    const char *name_end = memchr(line, ' ', size);
    if (name_end == NULL || name_end - line >= (ptrdiff_t)ACTOR_SIZE) {
        return false;
    }
    const char *number = name_end + 1;
    const char *number_end = memchr(number, ' ', size - (size_t)(number - line));
    if (number_end == NULL || number_end - number > NUMBER_DIGITS_MAX) {
        return false;
    }
    *since_ms = 0;
    for (const char *at = number; at < number_end; at++) {
        if (*at < '0' || *at > '9') {
            return false;
        }
        *since_ms = *since_ms * 10 + (*at - '0');
    }
    memcpy(by, line, (size_t)(name_end - line));
    by[name_end - line] = '\0';
    *body = (size_t)(number_end + 1 - line);
    return true;
}
