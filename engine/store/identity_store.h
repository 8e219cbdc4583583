#ifndef ENGINE_STORE_IDENTITY_STORE_H
#define ENGINE_STORE_IDENTITY_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/core/status.h"
#include "engine/core/types.h"

/* identity.db: who may do what. Users with argon2id hashes, device secrets, tokens, one-time setup
 * tokens, and an audit row for every change. Secrets are stored as hashes only; a token or device
 * secret is shown once, when it is made.
 *
 * All calls are synchronous. One thread at a time uses a store; identity_store_hash and
 * identity_store_match use none and may run on any thread (they take some 75 ms and 64 MiB). */
struct identity_store;

#define IDENTITY_ROLE_LIST(X)                                                                      \
    X(IDENTITY_DISPATCHER, "dispatcher")                                                           \
    X(IDENTITY_SUPERVISOR, "supervisor")                                                           \
    X(IDENTITY_UNIT, "unit")                                                                       \
    X(IDENTITY_ADMINISTRATOR, "administrator")                                                     \
    X(IDENTITY_API, "api")
enum identity_role { IDENTITY_ROLE_LIST(ENUM_NAME) IDENTITY_COUNT };
const char *identity_store_role_name(enum identity_role role);

#define IDENTITY_NAME_SIZE     ACTOR_SIZE /* a login name: [A-Za-z0-9_.-], it becomes the actor */
#define IDENTITY_PASSWORD_MIN  10u        /* bytes */
#define IDENTITY_PASSWORD_MAX  128u
#define IDENTITY_TOKEN_SIZE    44u  /* 32 random bytes as base64url, with NUL */
#define IDENTITY_HASH_SIZE     32u  /* BLAKE2b of a token or secret */
#define IDENTITY_PASSHASH_SIZE 128u /* crypto_pwhash_STRBYTES */
#define IDENTITY_OPERATIONS    2u   /* argon2id: 2 passes over 64 MiB, libsodium's "interactive" */
#define IDENTITY_MEMORY_BYTES  (64u << 20)

struct identity_user {
    uint32_t user_id; /* from 1, never used again */
    char name[IDENTITY_NAME_SIZE];
    char display_name[NAME_SIZE];
    enum identity_role role;
    uint64_t scope;            /* districts, SCOPE_CITY: all */
    char unit_code[CODE_SIZE]; /* of a IDENTITY_UNIT user, else "" */
    bool disabled;
    int64_t created_ms;
};

MUST_CHECK enum status identity_store_open(const char *path, struct identity_store **out,
                                           char error[256]);
void identity_store_close(struct identity_store *store);
/* A whole copy of it under a new name; nothing is there when it failed. */
MUST_CHECK enum status identity_store_backup(struct identity_store *store, const char *path,
                                             char error[256]);

/* ---- Passwords ---- */

/* Slow by design; any thread. STATUS_BAD_INPUT: too short or too long; STATUS_NO_MEMORY. */
MUST_CHECK enum status identity_store_hash(const char *password,
                                           char passhash[IDENTITY_PASSHASH_SIZE]);
bool identity_store_match(const char *password, const char passhash[IDENTITY_PASSHASH_SIZE]);
/* The hash to match against, "" when there is none: then match against identity_store_decoy(), so
 * that an unknown name takes as long as a wrong password. STATUS_NOT_FOUND; DENIED: disabled. */
MUST_CHECK enum status identity_store_login(struct identity_store *store, const char *name,
                                            struct identity_user *user,
                                            char passhash[IDENTITY_PASSHASH_SIZE]);
const char *identity_store_decoy(void);

/* ---- Users: `actor` is who does it, for the audit row ---- */

/* Fills user->user_id. `passhash` NULL: no password (API clients, devices). STATUS_BUSY: the name
 * is taken; STATUS_BAD_INPUT: a name, code, role or text out of bounds (error says which). */
MUST_CHECK enum status identity_store_user_create(struct identity_store *store,
                                                  struct identity_user *user, const char *passhash,
                                                  const char *actor, int64_t at_ms,
                                                  char error[256]);
MUST_CHECK enum status identity_store_user_password(struct identity_store *store, uint32_t user_id,
                                                    const char *passhash, const char *actor,
                                                    int64_t at_ms, char error[256]);
/* Display name, role, scope and unit code; the name stays. */
MUST_CHECK enum status identity_store_user_change(struct identity_store *store,
                                                  const struct identity_user *user,
                                                  const char *actor, int64_t at_ms,
                                                  char error[256]);
/* Disabling revokes every token of the user in the same transaction. The last administrator that is
 * not disabled stays: STATUS_DENIED. */
MUST_CHECK enum status identity_store_user_disable(struct identity_store *store, uint32_t user_id,
                                                   bool disabled, const char *actor, int64_t at_ms,
                                                   char error[256]);
MUST_CHECK enum status identity_store_user(struct identity_store *store, uint32_t user_id,
                                           struct identity_user *user);
typedef bool identity_user_visit(void *context, const struct identity_user *user);
MUST_CHECK enum status identity_store_users(struct identity_store *store,
                                            identity_user_visit *visit, void *context);

/* ---- Tokens ---- */

struct identity_token {
    uint64_t token_id; /* names it without being it: for lists and revocation */
    uint8_t hash[IDENTITY_HASH_SIZE];
    uint32_t user_id; /* 0: a device's */
    char unit_code[CODE_SIZE];
    int64_t issued_ms, expires_ms;
};
/* The hash under which a token or secret is kept; any thread. */
void identity_store_fingerprint(const char *secret, uint8_t hash[IDENTITY_HASH_SIZE]);

/* `token` gets what the client keeps; it cannot be had again. "" when it was not issued. */
MUST_CHECK enum status identity_store_token_issue(struct identity_store *store, uint32_t user_id,
                                                  int64_t at_ms, int64_t expires_ms,
                                                  char token[IDENTITY_TOKEN_SIZE],
                                                  struct identity_token *issued, char error[256]);
/* For a device that has shown its secret. */
MUST_CHECK enum status identity_store_token_device(struct identity_store *store,
                                                   const char *unit_code, int64_t at_ms,
                                                   int64_t expires_ms,
                                                   char token[IDENTITY_TOKEN_SIZE],
                                                   struct identity_token *issued, char error[256]);
MUST_CHECK enum status identity_store_token_revoke(struct identity_store *store, uint64_t token_id,
                                                   const char *actor, int64_t at_ms,
                                                   char error[256]);
/* All tokens of a user, e.g. after a new password. */
MUST_CHECK enum status identity_store_token_revoke_user(struct identity_store *store,
                                                        uint32_t user_id, const char *actor,
                                                        int64_t at_ms, char error[256]);
/* Every token that is valid at `at_ms`, for the table in memory. Expired ones are removed. */
typedef bool identity_token_visit(void *context, const struct identity_token *token);
MUST_CHECK enum status identity_store_tokens(struct identity_store *store, int64_t at_ms,
                                             identity_token_visit *visit, void *context);

/* ---- Devices: a secret per unit code ---- */

struct identity_device {
    char unit_code[CODE_SIZE];        /* in */
    char secret[IDENTITY_TOKEN_SIZE]; /* out, shown once */
};
/* One transaction for thousands; a code that has a secret gets a new one, the old one is revoked,
 * and so are the tokens of that device. */
MUST_CHECK enum status identity_store_devices_create(struct identity_store *store,
                                                     struct identity_device devices[],
                                                     uint32_t count, const char *actor,
                                                     int64_t at_ms, char error[256]);
MUST_CHECK enum status identity_store_device_revoke(struct identity_store *store,
                                                    const char *unit_code, const char *actor,
                                                    int64_t at_ms, char error[256]);
/* STATUS_DENIED: no such secret for this unit, or it is revoked. */
MUST_CHECK enum status identity_store_device_check(struct identity_store *store,
                                                   const char *unit_code, const char *secret);

/* ---- The first administrator ---- */

/* A one-time token; making one revokes those before it. */
MUST_CHECK enum status identity_store_setup_create(struct identity_store *store, int64_t at_ms,
                                                   int64_t expires_ms,
                                                   char token[IDENTITY_TOKEN_SIZE],
                                                   char error[256]);
/* Use it up and create the administrator, in one transaction. STATUS_DENIED: not a valid token. */
MUST_CHECK enum status identity_store_setup_consume(struct identity_store *store, const char *token,
                                                    struct identity_user *user,
                                                    const char *passhash, int64_t at_ms,
                                                    char error[256]);
/* Is there an administrator who can log in? */
MUST_CHECK enum status identity_store_has_administrator(struct identity_store *store, bool *has);

/* ---- Audit ---- */

struct identity_audit {
    uint64_t audit_id;
    int64_t at_ms;
    char actor[ACTOR_SIZE];
    char text[NOTE_SIZE]; /* "user.create li role=dispatcher" */
};
typedef bool identity_audit_visit(void *context, const struct identity_audit *audit);
/* Newest first, older than `before` (0: all). */
MUST_CHECK enum status identity_store_audits(struct identity_store *store, uint64_t before,
                                             uint32_t limit, identity_audit_visit *visit,
                                             void *context);

#endif
