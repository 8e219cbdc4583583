#ifndef ENGINE_HOST_PUT_LINE_H
#define ENGINE_HOST_PUT_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/core/types.h"
#include "proto/proto_buffer.h"

/* A line of the files that keep what was put: who, since when, and the body as it was sent. */
void put_line_write(struct proto_buffer *buffer, const char *by, int64_t since_ms,
                    const struct proto_buffer *body);

/* The head of a line, without its end; *body is how far into it the body begins. False: not of that
 * shape. */
bool put_line_read(const char *line, size_t size, char by[ACTOR_SIZE], int64_t *since_ms,
                   size_t *body);

#endif
