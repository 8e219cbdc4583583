/* Changes to users. Each is one transaction with its audit row. */
#include <string.h>

#include "engine/store/identity_user.h"

static int64_t count(struct identity_write *write, const char *sql)
{
    int64_t number = 0;
    const int code = store_db_number(write->store->db, sql, &number);
    if (code != SQLITE_ROW) {
        identity_write_refuse(write, store_db_status(code), "%.100s: cannot be read",
                              write->store->path);
    }
    return number;
}

static int64_t administrators(struct identity_write *write)
{
    return count(write, "SELECT count(*) FROM user WHERE role = 3 AND disabled = 0");
}

/* After a change: somebody must be left who can give rights. */
static void keep_administrator(struct identity_write *write, int64_t before)
{
    if (before > 0 && administrators(write) == 0) {
        identity_write_refuse(write, STATUS_DENIED,
                              "the last administrator stays; make another one first");
    }
}

enum status identity_store_user_create(struct identity_store *store, struct identity_user *user,
                                       const char *passhash, const char *actor, int64_t at_ms,
                                       char error[256])
{
    struct identity_write write = identity_write_begin(store, error);
    identity_user_insert(&write, user, passhash, actor, at_ms);
    return identity_write_end(&write);
}

/* Refuses when the statement before changed nobody. */
static void must_exist(struct identity_write *write, int changed, uint32_t user_id)
{
    if (changed == 0) {
        identity_write_refuse(write, STATUS_NOT_FOUND, "there is no user %u", user_id);
    }
}

enum status identity_store_user_password(struct identity_store *store, uint32_t user_id,
                                         const char *passhash, const char *actor, int64_t at_ms,
                                         char error[256])
{
    struct identity_write write = identity_write_begin(store, error);
    identity_write_sql(&write, "UPDATE user SET passhash = ? WHERE user_id = ?");
    identity_write_text(&write, passhash);
    identity_write_number(&write, user_id);
    must_exist(&write, identity_write_run(&write), user_id);
    identity_write_audit(&write, at_ms, actor, "user.password id=%u", user_id);
    return identity_write_end(&write);
}

enum status identity_store_user_change(struct identity_store *store,
                                       const struct identity_user *user, const char *actor,
                                       int64_t at_ms, char error[256])
{
    struct identity_write write = identity_write_begin(store, error);
    const int64_t before = administrators(&write);
    identity_user_check(&write, user);
    identity_write_sql(&write, "UPDATE user SET display_name = ?, role = ?, scope = ?,"
                               " unit_code = ? WHERE user_id = ?");
    identity_write_text(&write, user->display_name);
    identity_write_number(&write, (int64_t)user->role);
    identity_write_number(&write, (int64_t)user->scope);
    identity_write_text(&write, user->unit_code);
    identity_write_number(&write, user->user_id);
    must_exist(&write, identity_write_run(&write), user->user_id);
    keep_administrator(&write, before);
    identity_write_audit(&write, at_ms, actor, "user.change id=%u role=%s scope=%016llx unit=%s",
                         user->user_id,
                         write.status == STATUS_OK ? identity_store_role_name(user->role) : "",
                         (unsigned long long)user->scope, user->unit_code);
    return identity_write_end(&write);
}

enum status identity_store_user_disable(struct identity_store *store, uint32_t user_id,
                                        bool disabled, const char *actor, int64_t at_ms,
                                        char error[256])
{
    struct identity_write write = identity_write_begin(store, error);
    const int64_t before = administrators(&write);
    identity_write_sql(&write, "UPDATE user SET disabled = ? WHERE user_id = ?");
    identity_write_number(&write, disabled);
    identity_write_number(&write, user_id);
    must_exist(&write, identity_write_run(&write), user_id);
    keep_administrator(&write, before);
    if (disabled) {
        identity_write_sql(&write, "DELETE FROM token WHERE user_id = ?");
        identity_write_number(&write, user_id);
        (void)identity_write_run(&write);
    }
    identity_write_audit(&write, at_ms, actor, "user.%s id=%u", disabled ? "disable" : "enable",
                         user_id);
    return identity_write_end(&write);
}
