/* Tokens: issued once in the clear, kept as a hash. */
#include <string.h>

#include "engine/store/identity_secret.h"

/* Who comes in sweeps up: those that ended are of no use to anybody. */
static void insert(struct identity_write *write, struct identity_token *issued)
{
    identity_write_sql(write, "DELETE FROM token WHERE expires_ms <= ?");
    identity_write_number(write, issued->issued_ms);
    (void)identity_write_run(write);
    identity_write_sql(write, "INSERT INTO token(hash, user_id, unit_code, issued_ms, expires_ms)"
                              " VALUES(?,?,?,?,?)");
    identity_write_hash(write, issued->hash);
    identity_write_number(write, issued->user_id);
    identity_write_text(write, issued->unit_code);
    identity_write_number(write, issued->issued_ms);
    identity_write_number(write, issued->expires_ms);
    if (identity_write_run(write) == 1) {
        issued->token_id = (uint64_t)sqlite3_last_insert_rowid(write->store->db);
    }
}

enum status identity_store_token_issue(struct identity_store *store, uint32_t user_id,
                                       int64_t at_ms, int64_t expires_ms,
                                       char token[IDENTITY_TOKEN_SIZE],
                                       struct identity_token *issued, char error[256])
{
    token[0] = '\0';
    struct identity_user user;
    const enum status status = identity_store_user(store, user_id, &user);
    if (status != STATUS_OK || user.disabled) {
        store_db_say(error, "user %u: %s", user_id,
                     status == STATUS_OK ? "is disabled" : status_text(status));
        return status == STATUS_OK ? STATUS_DENIED : status;
    }
    *issued =
        (struct identity_token){.user_id = user_id, .issued_ms = at_ms, .expires_ms = expires_ms};
    memcpy(issued->unit_code, user.unit_code, sizeof issued->unit_code);
    identity_secret_make(token, issued->hash);
    struct identity_write write = identity_write_begin(store, error);
    insert(&write, issued);
    return identity_secret_end(&write, token);
}

enum status identity_store_token_device(struct identity_store *store, const char *unit_code,
                                        int64_t at_ms, int64_t expires_ms,
                                        char token[IDENTITY_TOKEN_SIZE],
                                        struct identity_token *issued, char error[256])
{
    token[0] = '\0';
    *issued = (struct identity_token){.issued_ms = at_ms, .expires_ms = expires_ms};
    struct identity_write write = identity_write_begin(store, error);
    if (!identity_secret_code_valid(unit_code, sizeof issued->unit_code)) {
        identity_write_refuse(&write, STATUS_BAD_INPUT, "unit code: 1 to %u of A-Z a-z 0-9 _ . -",
                              CODE_SIZE - 1);
        return identity_write_end(&write);
    }
    memcpy(issued->unit_code, unit_code, strlen(unit_code) + 1);
    identity_secret_make(token, issued->hash);
    insert(&write, issued);
    return identity_secret_end(&write, token);
}

enum status identity_store_token_revoke(struct identity_store *store, uint64_t token_id,
                                        const char *actor, int64_t at_ms, char error[256])
{
    struct identity_write write = identity_write_begin(store, error);
    identity_write_sql(&write, "DELETE FROM token WHERE token_id = ?");
    identity_write_number(&write, (int64_t)token_id);
    if (identity_write_run(&write) == 0) {
        identity_write_refuse(&write, STATUS_NOT_FOUND, "there is no token %llu",
                              (unsigned long long)token_id);
    }
    identity_write_audit(&write, at_ms, actor, "token.revoke id=%llu",
                         (unsigned long long)token_id);
    return identity_write_end(&write);
}

enum status identity_store_token_revoke_user(struct identity_store *store, uint32_t user_id,
                                             const char *actor, int64_t at_ms, char error[256])
{
    struct identity_write write = identity_write_begin(store, error);
    identity_write_sql(&write, "DELETE FROM token WHERE user_id = ?");
    identity_write_number(&write, user_id);
    const int revoked = identity_write_run(&write);
    identity_write_audit(&write, at_ms, actor, "token.revoke user=%u count=%d", user_id, revoked);
    return identity_write_end(&write);
}
