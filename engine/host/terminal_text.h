#ifndef ENGINE_HOST_TERMINAL_TEXT_H
#define ENGINE_HOST_TERMINAL_TEXT_H

#include <stdint.h>

#include "proto/proto_buffer.h"

/* The tables of a report for a terminal. */
void terminal_text_say(struct proto_buffer *body, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Filled up with spaces to so many columns; what is East Asian takes two. */
void terminal_text_padded(struct proto_buffer *body, const char *text, uint32_t width);
/* " 0:47.0", " 12:05.3", " -" for TIME_NEVER: eleven columns. */
void terminal_text_span(struct proto_buffer *body, int64_t ms);
/* "2026-11-29 08:26:29", "..." for TIME_NEVER. */
void terminal_text_time(struct proto_buffer *body, int64_t at_ms);

#endif
