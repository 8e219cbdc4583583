#ifndef ENGINE_STORE_JOURNAL_CHAIN_H
#define ENGINE_STORE_JOURNAL_CHAIN_H

#include "engine/core/engine.h"

/* The chain of hashes over the journal. It runs over the hash of a body, not the body: a body can
 * be erased by law and the chain stays whole.
 *
 * hash(0) = BLAKE2b("kuaifan journal 1" | epoch)
 * hash(n) = BLAKE2b(hash(n-1) | seq term at_ms kind source actor command_id | BLAKE2b(body)) */

#define CHAIN_HASH_SIZE 32u
#define EPOCH_SIZE      33u /* 32 hex digits */

void journal_chain_start(const char epoch[EPOCH_SIZE], uint8_t hash[CHAIN_HASH_SIZE]);
void journal_chain_body(const uint8_t *body, size_t size, uint8_t hash[CHAIN_HASH_SIZE]);

/* `hash` holds the one before and gets the one of this record. */
void journal_chain_next(uint8_t hash[CHAIN_HASH_SIZE], const struct event_record *record,
                        uint64_t term, const uint8_t body_hash[CHAIN_HASH_SIZE]);

#endif
