#ifndef ENGINE_STORE_IDENTITY_USER_H
#define ENGINE_STORE_IDENTITY_USER_H

#include "engine/store/identity_private.h"

/* Refuse what is out of bounds, with the field's name. */
void identity_user_check(struct identity_write *write, const struct identity_user *user);

/* Insert a user within a transaction that does more (the first administrator). */
void identity_user_insert(struct identity_write *write, struct identity_user *user,
                          const char *passhash, const char *actor, int64_t at_ms);

#endif
