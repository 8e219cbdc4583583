/* The one-time way in: a token that the first start prints. */
#include "engine/store/identity_secret.h"
#include "engine/store/identity_user.h"

enum status identity_store_setup_create(struct identity_store *store, int64_t at_ms,
                                        int64_t expires_ms, char token[IDENTITY_TOKEN_SIZE],
                                        char error[256])
{
    uint8_t hash[IDENTITY_HASH_SIZE];
    identity_secret_make(token, hash);
    struct identity_write write = identity_write_begin(store, error);
    identity_write_sql(&write, "DELETE FROM setup");
    (void)identity_write_run(&write);
    identity_write_sql(&write, "INSERT INTO setup VALUES(?,?)");
    identity_write_hash(&write, hash);
    identity_write_number(&write, expires_ms);
    (void)identity_write_run(&write);
    identity_write_audit(&write, at_ms, "system", "setup.create");
    return identity_secret_end(&write, token);
}

enum status identity_store_setup_consume(struct identity_store *store, const char *token,
                                         struct identity_user *user, const char *passhash,
                                         int64_t at_ms, char error[256])
{
    uint8_t hash[IDENTITY_HASH_SIZE];
    identity_store_fingerprint(token, hash);
    struct identity_write write = identity_write_begin(store, error);
    identity_write_sql(&write, "DELETE FROM setup WHERE hash = ? AND expires_ms > ?");
    identity_write_hash(&write, hash);
    identity_write_number(&write, at_ms);
    if (identity_write_run(&write) != 1) {
        identity_write_refuse(&write, STATUS_DENIED,
                              "this link is not valid: used, replaced or expired");
    }
    user->role = IDENTITY_ADMINISTRATOR;
    user->scope = SCOPE_CITY;
    user->unit_code[0] = '\0';
    identity_user_insert(&write, user, passhash, "setup", at_ms);
    return identity_write_end(&write);
}
