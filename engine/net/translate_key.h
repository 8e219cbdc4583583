#ifndef ENGINE_NET_TRANSLATE_KEY_H
#define ENGINE_NET_TRANSLATE_KEY_H

#include "engine/core/types.h"
#include "proto/proto_decode.h"

/* The idempotency key of a command as the engine's id, and what tells one request from another. */

/* Same content, same number, whatever the JSON looked like. */
uint64_t translate_key_fingerprint(const struct proto_command *command);

/* A UUID's text is its bytes. Any other key (and the nil UUID) becomes a hash of actor and key in
 * the form of a version 8 UUID, so that nobody takes its first bytes for a time. */
void translate_key_id(const char *actor, const char *key, uint8_t id[COMMAND_ID_SIZE]);

#endif
