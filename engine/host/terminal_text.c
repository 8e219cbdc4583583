#include "engine/host/terminal_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "engine/host/calendar.h"

void terminal_text_say(struct proto_buffer *body, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    proto_buffer_append(body, text,
                        size < 0                     ? 0
                        : (size_t)size < sizeof text ? (size_t)size
                                                     : sizeof text - 1);
}

static uint32_t width_of(const char *text)
{
    uint32_t width = 0;
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if ((*at & 0xc0) != 0x80) {
            width += *at >= 0xe3 ? 2 : 1; /* three bytes from U+3000 on */
        }
    }
    return width;
}

void terminal_text_padded(struct proto_buffer *body, const char *text, uint32_t width)
{
    terminal_text_say(body, "%s", text);
    for (uint32_t i = width_of(text); i < width; i++) {
        terminal_text_say(body, " ");
    }
}

void terminal_text_span(struct proto_buffer *body, int64_t ms)
{
    char text[32] = "-";
    if (ms != TIME_NEVER) {
        snprintf(text, sizeof text, "%" PRId64 ":%02d.%d", ms / 60000, (int)(ms / 1000 % 60),
                 (int)(ms / 100 % 10));
    }
    terminal_text_say(body, " %10s", text);
}

void terminal_text_time(struct proto_buffer *body, int64_t at_ms)
{
    char text[CALENDAR_TEXT_SIZE] = "...";
    if (at_ms != TIME_NEVER) {
        calendar_format(at_ms, text);
    }
    terminal_text_say(body, "%s", text);
}
