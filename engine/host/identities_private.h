#ifndef ENGINE_HOST_IDENTITIES_PRIVATE_H
#define ENGINE_HOST_IDENTITIES_PRIVATE_H

#include "engine/host/identities.h"
#include "engine/host/worker.h"
#include "engine/store/identity_store.h"

/* Shared by identities.c (who is in) and identities_admin.c (who may come in). */

#define TOKEN_BUCKETS     65536u
#define TOKEN_SWEEP       2048u /* buckets looked through at once: all of them in 32 times */
#define ATTEMPTS_KEPT     512u
#define ATTEMPT_WINDOW_MS 60000
#define SETUP_VALID_MS    ((int64_t)7 * 24 * 3600 * 1000)

struct token_entry {
    uint8_t hash[IDENTITY_HASH_SIZE];
    struct identity identity;
    struct token_entry *next;
};

struct attempt {
    char key[80];
    int64_t since_ms;
    uint32_t failures;
};

struct identities {
    struct identities_events events;
    void *context;
    uint32_t session_hours;
    struct worker *worker;
    struct identity_store *store; /* the worker's, after create */
    char setup_token[IDENTITY_TOKEN_SIZE];
    struct token_entry *buckets[TOKEN_BUCKETS];
    uint32_t swept; /* bucket that the next sweep begins at */
    struct attempt attempts[ATTEMPTS_KEPT];
    struct identities_figures figures;
};

bool identities_make(struct identities *identities, const struct identity_user *user,
                     const struct identity_token *token, struct identity *identity);
void identities_add_token(struct identities *identities, const struct identity_token *token,
                          const struct identity *identity);
/* Those with this id, and those of this name (NULL: no name). */
void identities_drop_tokens(struct identities *identities, uint64_t token_id, const char *name);
void identities_count_failure(struct identities *identities, const char *name, const char *peer);

#endif
