#include "engine/store/journal_chain.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#define WORD 8u
#define LINK_SIZE                                                                                  \
    (CHAIN_HASH_SIZE + 3 * WORD + 2 + 1 + 1 + ACTOR_SIZE + COMMAND_ID_SIZE + CHAIN_HASH_SIZE)

void journal_chain_start(const char epoch[EPOCH_SIZE], uint8_t hash[CHAIN_HASH_SIZE])
{
    static const char label[] = "kuaifan journal 1";
    crypto_generichash_state state;
    (void)crypto_generichash_init(&state, NULL, 0, CHAIN_HASH_SIZE);
    (void)crypto_generichash_update(&state, (const uint8_t *)label, sizeof label - 1);
    (void)crypto_generichash_update(&state, (const uint8_t *)epoch, EPOCH_SIZE - 1);
    (void)crypto_generichash_final(&state, hash, CHAIN_HASH_SIZE);
}

void journal_chain_body(const uint8_t *body, size_t size, uint8_t hash[CHAIN_HASH_SIZE])
{
    (void)crypto_generichash(hash, CHAIN_HASH_SIZE, body, size, NULL, 0);
}

static uint8_t *put_word(uint8_t *at, uint64_t value)
{
    for (uint32_t i = 0; i < WORD; i++) {
        at[i] = (uint8_t)(value >> (8 * i) & 0xff);
    }
    return at + WORD;
}

void journal_chain_next(uint8_t hash[CHAIN_HASH_SIZE], const struct event_record *record,
                        uint64_t term, const uint8_t body_hash[CHAIN_HASH_SIZE])
{
    const size_t actor_size = strnlen(record->actor.id, ACTOR_SIZE);
    assert(actor_size < ACTOR_SIZE);

    uint8_t link[LINK_SIZE];
    uint8_t *at = link;
    memcpy(at, hash, CHAIN_HASH_SIZE);
    at = put_word(at + CHAIN_HASH_SIZE, record->seq);
    at = put_word(at, term);
    at = put_word(at, (uint64_t)record->at_ms);
    *at++ = (uint8_t)((uint32_t)record->kind & 0xff);
    *at++ = (uint8_t)((uint32_t)record->kind >> 8 & 0xff);
    *at++ = (uint8_t)record->actor.source;
    *at++ = (uint8_t)actor_size;
    memcpy(at, record->actor.id, actor_size);
    at += actor_size;
    memcpy(at, record->command_id, COMMAND_ID_SIZE);
    at += COMMAND_ID_SIZE;
    memcpy(at, body_hash, CHAIN_HASH_SIZE);
    at += CHAIN_HASH_SIZE;
    assert((size_t)(at - link) <= LINK_SIZE);
    (void)crypto_generichash(hash, CHAIN_HASH_SIZE, link, (size_t)(at - link), NULL, 0);
}
