#ifndef PROTO_PROTO_BUFFER_H
#define PROTO_PROTO_BUFFER_H

#include "proto/proto_types.h"

/* An append-only writer of bytes. The caller owns it, and clears it to use it again, so
 * that a warm buffer never allocates. Out of memory or past size_max is sticky: every later append
 * does nothing, and proto_buffer_ok() answers false once at the end. */
struct proto_buffer {
    char *bytes; /* not NUL-terminated; NULL while empty */
    size_t size, capacity;
    size_t size_max; /* 0: PROTO_BUFFER_MAX */
    bool failed;
};

#define PROTO_BUFFER_MAX ((size_t)64 << 20) /* the largest answer: a whole city's snapshot */

/* `(struct proto_buffer){0}` is the same as init. */
void proto_buffer_init(struct proto_buffer *buffer);
void proto_buffer_finish(struct proto_buffer *buffer); /* frees; may be used again */
void proto_buffer_clear(struct proto_buffer *buffer);  /* keeps the memory, forgets a failure */
PROTO_MUST_CHECK bool proto_buffer_ok(const struct proto_buffer *buffer);

/* Room for `size` more bytes, to be written and then counted with proto_buffer_wrote(); NULL when
 * there is none. */
char *proto_buffer_room(struct proto_buffer *buffer, size_t size);
void proto_buffer_wrote(struct proto_buffer *buffer, size_t size);
void proto_buffer_append(struct proto_buffer *buffer, const void *bytes, size_t size);

#endif
