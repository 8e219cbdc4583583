#ifndef PROTO_PROTO_COMMAND_H
#define PROTO_PROTO_COMMAND_H

#include <jansson.h>

#include "proto/proto_decode.h"

/* The commands of docs/PROTOCOL.md section 5, a parsed object to a struct. For proto_decode.c. */

/* 1..64 visible ASCII characters. */
bool proto_command_key_valid(const char *text, size_t size);

/* A command with its key. `also` names the members of the envelope, which are the caller's, NULL at
 * the end. */
PROTO_MUST_CHECK bool proto_command_read(json_t *object, enum proto_op op, const char *const *also,
                                         struct proto_command *command, struct proto_error *error);
/* report.create without op, id and key. */
PROTO_MUST_CHECK bool proto_command_read_report(json_t *object, struct proto_command *command,
                                                struct proto_error *error);

#endif
