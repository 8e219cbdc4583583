#ifndef ENGINE_STORE_IDENTITY_SECRET_H
#define ENGINE_STORE_IDENTITY_SECRET_H

#include "engine/store/identity_private.h"

/* 32 random bytes as text, and the hash under which they are kept. */
void identity_secret_make(char secret[IDENTITY_TOKEN_SIZE], uint8_t hash[IDENTITY_HASH_SIZE]);

/* End a transaction that was to keep it; "" when it did not: nobody may believe that it was made.
 */
MUST_CHECK enum status identity_secret_end(struct identity_write *write,
                                           char secret[IDENTITY_TOKEN_SIZE]);

/* What may be a login name or a unit code: [A-Za-z0-9_.-], not empty, ends within `size`. */
bool identity_secret_code_valid(const char *text, size_t size);

#endif
