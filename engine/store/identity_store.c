#include "engine/store/identity_store.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/identity_private.h"

/* The hash of a random password that nobody knows: matching against it takes as long as a real one.
 */
static const char decoy[IDENTITY_PASSHASH_SIZE] =
    "$argon2id$v=19$m=65536,t=2,p=1$EpbwHTwxCxhFuXoxm852gA$"
    "tX7aqt18v7AMbW5T9vD0yd/Q5arhvbVqwaLlxg13oc4";

const char *identity_store_role_name(enum identity_role role)
{
    static const char *const names[] = {
#define ROLE_TEXT(name, text) text,
        IDENTITY_ROLE_LIST(ROLE_TEXT)
#undef ROLE_TEXT
    };
    _Static_assert(sizeof names / sizeof names[0] == IDENTITY_COUNT, "a name for every role");
    assert(role < IDENTITY_COUNT);
    return names[role];
}

static enum status open_all(struct identity_store *store, char error[STORE_ERROR_SIZE])
{
    static const struct {
        const char *set, *name, *expected;
    } pragmas[] = {
        {"PRAGMA page_size=4096", "page_size", "4096"},
        {"PRAGMA locking_mode=EXCLUSIVE", "locking_mode", "exclusive"},
        {"PRAGMA journal_mode=WAL", "journal_mode", "wal"},
        {"PRAGMA synchronous=FULL", "synchronous", "2"},
        {"PRAGMA secure_delete=ON", "secure_delete", "1"},
        {"PRAGMA trusted_schema=OFF", "trusted_schema", "0"},
    };
    enum status status =
        store_db_open(store->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &store->db, error);
    for (size_t i = 0; i < sizeof pragmas / sizeof pragmas[0] && status == STATUS_OK; i++) {
        status = store_db_pragma(store->db, store->path, pragmas[i].set, pragmas[i].name,
                                 pragmas[i].expected, error);
    }
    if (status == STATUS_BUSY) {
        store_db_say(error, "another engine has %.150s open; stop it first", store->path);
    }
    return status == STATUS_OK
               ? store_db_schema(store->db, store->path, &identity_tables_format, error)
               : status;
}

enum status identity_store_open(const char *path, struct identity_store **out, char error[256])
{
    *out = NULL;
    error[0] = '\0';
    if (strlen(path) >= STORE_PATH_SIZE) {
        store_db_say(error, "%.150s: the path is too long", path);
        return STATUS_FULL;
    }
    struct identity_store *store = sodium_init() < 0 ? NULL : calloc(1, sizeof *store);
    if (store == NULL) {
        store_db_say(error, "out of memory");
        return STATUS_NO_MEMORY;
    }
    memcpy(store->path, path, strlen(path) + 1);
    const enum status status = open_all(store, error);
    if (status != STATUS_OK) {
        identity_store_close(store);
        return status;
    }
    *out = store;
    return STATUS_OK;
}

void identity_store_close(struct identity_store *store)
{
    if (store != NULL) {
        (void)sqlite3_close(store->db);
        free(store);
    }
}

/* ---- Passwords ---- */

enum status identity_store_hash(const char *password, char passhash[IDENTITY_PASSHASH_SIZE])
{
    _Static_assert(IDENTITY_PASSHASH_SIZE == crypto_pwhash_STRBYTES, "libsodium's hash string");
    _Static_assert(IDENTITY_MEMORY_BYTES == crypto_pwhash_MEMLIMIT_INTERACTIVE, "as documented");
    const size_t length = strnlen(password, IDENTITY_PASSWORD_MAX + 1);
    if (length < IDENTITY_PASSWORD_MIN || length > IDENTITY_PASSWORD_MAX) {
        return STATUS_BAD_INPUT;
    }
    if (sodium_init() < 0 || crypto_pwhash_str(passhash, password, length, IDENTITY_OPERATIONS,
                                               IDENTITY_MEMORY_BYTES) != 0) {
        return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

bool identity_store_match(const char *password, const char passhash[IDENTITY_PASSHASH_SIZE])
{
    const size_t length = strnlen(password, IDENTITY_PASSWORD_MAX + 1);
    return length <= IDENTITY_PASSWORD_MAX && sodium_init() >= 0 &&
           crypto_pwhash_str_verify(passhash, password, length) == 0;
}

const char *identity_store_decoy(void)
{
    return decoy;
}

#define USER_SQL                                                                                   \
    "SELECT user_id, name, display_name, role, scope, unit_code, disabled, created_ms,"            \
    " coalesce(passhash, '') FROM user"

/* false: a value out of range, which no writer of ours made. */
static bool user_of_row(sqlite3_stmt *row, struct identity_user *user)
{
    *user = (struct identity_user){.user_id = store_db_u32(row, 0, 0),
                                   .scope = (uint64_t)sqlite3_column_int64(row, 4),
                                   .disabled = sqlite3_column_int(row, 6) != 0,
                                   .created_ms = sqlite3_column_int64(row, 7)};
    const uint32_t role = store_db_u32(row, 3, IDENTITY_COUNT);
    if (role >= IDENTITY_COUNT || user->user_id == 0) {
        return false;
    }
    user->role = (enum identity_role)role;
    return store_db_text(row, 1, user->name, sizeof user->name) &&
           store_db_text(row, 2, user->display_name, sizeof user->display_name) &&
           store_db_text(row, 5, user->unit_code, sizeof user->unit_code);
}

enum status identity_store_login(struct identity_store *store, const char *name,
                                 struct identity_user *user, char passhash[IDENTITY_PASSHASH_SIZE])
{
    passhash[0] = '\0';
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(store->db, USER_SQL " WHERE name = ?", -1, &row, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC);
        code = sqlite3_step(row);
    }
    enum status status = code == SQLITE_DONE ? STATUS_NOT_FOUND : store_db_status(code);
    if (code == SQLITE_ROW) {
        status = user_of_row(row, user) ? STATUS_OK : STATUS_CORRUPT;
        if (status == STATUS_OK && user->disabled) {
            status = STATUS_DENIED;
        } else if (status == STATUS_OK &&
                   !store_db_text(row, 8, passhash, IDENTITY_PASSHASH_SIZE)) {
            status = STATUS_CORRUPT;
        }
    }
    (void)sqlite3_finalize(row);
    return status;
}

/* ---- Lists ---- */

enum status identity_store_user(struct identity_store *store, uint32_t user_id,
                                struct identity_user *user)
{
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(store->db, USER_SQL " WHERE user_id = ?", -1, &row, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_bind_int64(row, 1, user_id);
        code = sqlite3_step(row);
    }
    enum status status = code == SQLITE_DONE ? STATUS_NOT_FOUND : store_db_status(code);
    if (code == SQLITE_ROW && !user_of_row(row, user)) {
        status = STATUS_CORRUPT;
    }
    (void)sqlite3_finalize(row);
    return status;
}

enum status identity_store_users(struct identity_store *store, identity_user_visit *visit,
                                 void *context)
{
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(store->db, USER_SQL " ORDER BY name", -1, &row, NULL);
    bool wants_more = true;
    while (code == SQLITE_OK && wants_more && (code = sqlite3_step(row)) == SQLITE_ROW) {
        struct identity_user user;
        code = user_of_row(row, &user) ? SQLITE_OK : SQLITE_CORRUPT;
        wants_more = code == SQLITE_OK && visit(context, &user);
    }
    (void)sqlite3_finalize(row);
    return store_db_status(code);
}

static bool token_of_row(sqlite3_stmt *row, struct identity_token *token)
{
    *token = (struct identity_token){.token_id = (uint64_t)sqlite3_column_int64(row, 0),
                                     .user_id = store_db_u32(row, 2, 0),
                                     .issued_ms = sqlite3_column_int64(row, 4),
                                     .expires_ms = sqlite3_column_int64(row, 5)};
    const void *hash = sqlite3_column_blob(row, 1);
    if (hash == NULL || sqlite3_column_bytes(row, 1) != (int)IDENTITY_HASH_SIZE) {
        return false;
    }
    memcpy(token->hash, hash, IDENTITY_HASH_SIZE);
    return store_db_text(row, 3, token->unit_code, sizeof token->unit_code);
}

enum status identity_store_tokens(struct identity_store *store, int64_t at_ms,
                                  identity_token_visit *visit, void *context)
{
    char error[STORE_ERROR_SIZE];
    struct identity_write write = identity_write_begin(store, error);
    identity_write_sql(&write, "DELETE FROM token WHERE expires_ms <= ?");
    identity_write_number(&write, at_ms);
    (void)identity_write_run(&write);
    const enum status purged = identity_write_end(&write);
    if (purged != STATUS_OK && purged != STATUS_DISK_FULL) { /* full: they are passed over below */
        return purged;
    }
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(
        store->db,
        "SELECT token_id, hash, user_id, unit_code, issued_ms, expires_ms FROM token"
        " WHERE expires_ms > ? AND (user_id = 0 OR user_id IN"
        " (SELECT user_id FROM user WHERE disabled = 0)) ORDER BY token_id",
        -1, &row, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_bind_int64(row, 1, at_ms);
    }
    bool wants_more = true;
    while (code == SQLITE_OK && wants_more && (code = sqlite3_step(row)) == SQLITE_ROW) {
        struct identity_token token;
        code = token_of_row(row, &token) ? SQLITE_OK : SQLITE_CORRUPT;
        wants_more = code == SQLITE_OK && visit(context, &token);
    }
    (void)sqlite3_finalize(row);
    return store_db_status(code);
}

enum status identity_store_has_administrator(struct identity_store *store, bool *has)
{
    int64_t count = 0;
    const int code = store_db_number(store->db,
                                     "SELECT count(*) FROM user WHERE role = 3 AND disabled = 0"
                                     " AND passhash IS NOT NULL",
                                     &count);
    _Static_assert(IDENTITY_ADMINISTRATOR == 3, "the number in the question");
    *has = count > 0;
    return code == SQLITE_ROW ? STATUS_OK : store_db_status(code);
}

enum status identity_store_audits(struct identity_store *store, uint64_t before, uint32_t limit,
                                  identity_audit_visit *visit, void *context)
{
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(store->db,
                                  "SELECT audit_id, at_ms, actor, text FROM audit"
                                  " WHERE ?1 = 0 OR audit_id < ?1 ORDER BY audit_id DESC LIMIT ?2",
                                  -1, &row, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_bind_int64(row, 1, (sqlite3_int64)before);
        (void)sqlite3_bind_int64(row, 2, limit);
    }
    bool wants_more = true;
    while (code == SQLITE_OK && wants_more && (code = sqlite3_step(row)) == SQLITE_ROW) {
        struct identity_audit audit = {.audit_id = (uint64_t)sqlite3_column_int64(row, 0),
                                       .at_ms = sqlite3_column_int64(row, 1)};
        (void)store_db_text(row, 2, audit.actor, sizeof audit.actor);
        (void)store_db_text(row, 3, audit.text, sizeof audit.text);
        code = SQLITE_OK;
        wants_more = visit(context, &audit);
    }
    (void)sqlite3_finalize(row);
    return store_db_status(code);
}

void identity_store_fingerprint(const char *secret, uint8_t hash[IDENTITY_HASH_SIZE])
{
    (void)crypto_generichash(hash, IDENTITY_HASH_SIZE, (const uint8_t *)secret, strlen(secret),
                             NULL, 0);
}
