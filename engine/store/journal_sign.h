#ifndef ENGINE_STORE_JOURNAL_SIGN_H
#define ENGINE_STORE_JOURNAL_SIGN_H

#include "engine/store/journal_chain.h"
#include "engine/store/store_db.h"

/* Signed heads of the chain: an unkeyed chain can be rewritten from any event on, a signed head
 * cannot. Heads are also written to a text file that is to be carried off the machine. */

#define SIGN_SIZE        64u
#define SIGN_PUBLIC_SIZE 32u
#define SIGN_SECRET_SIZE 64u
#define SIGN_LINE_SIZE   360u

struct sign_key {
    uint8_t public[SIGN_PUBLIC_SIZE];
    uint8_t secret[SIGN_SECRET_SIZE];
};

struct signed_head {
    char epoch[EPOCH_SIZE]; /* in which this event was written */
    uint64_t seq;
    uint8_t hash[CHAIN_HASH_SIZE];
    uint8_t signature[SIGN_SIZE];
};

/* Load the key; `create`: make it (mode 0600) where there is none, and its public half beside it
 * (`path`.pub) for who checks signatures elsewhere. Each file is one line of hex. */
MUST_CHECK enum status journal_sign_key(const char *path, bool create, struct sign_key *key,
                                        char error[STORE_ERROR_SIZE]);

/* The public half, from either file. */
MUST_CHECK enum status journal_sign_public(const char *path, uint8_t public[SIGN_PUBLIC_SIZE],
                                           char error[STORE_ERROR_SIZE]);

/* Fill `signature` of a head. */
void journal_sign_head(const struct sign_key *key, struct signed_head *head);
bool journal_sign_valid(const uint8_t public[SIGN_PUBLIC_SIZE], const struct signed_head *head);

/* A line "epoch seq hash signature" with its newline; its length. */
size_t journal_sign_print(const struct signed_head *head, char line[SIGN_LINE_SIZE]);

/* Read one line (up to its newline or NUL); false: it is not one, e.g. torn by a crash. */
bool journal_sign_parse(const char *line, struct signed_head *head);

/* Walk the heads of a text of lines; unreadable lines are passed over. NULL: no more. */
const char *journal_sign_next(const char *text, struct signed_head *head);

#endif
