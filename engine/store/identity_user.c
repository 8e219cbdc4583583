#include "engine/store/identity_user.h"

#include <string.h>

#include "engine/store/identity_secret.h"

void identity_user_check(struct identity_write *write, const struct identity_user *user)
{
    if (!identity_secret_code_valid(user->name, sizeof user->name) ||
        strcmp(user->name, "system") == 0) {
        identity_write_refuse(write, STATUS_BAD_INPUT,
                              "name: 1 to %u of A-Z a-z 0-9 _ . - are allowed, and not 'system'",
                              IDENTITY_NAME_SIZE - 1);
    }
    if (strnlen(user->display_name, sizeof user->display_name) == sizeof user->display_name) {
        identity_write_refuse(write, STATUS_BAD_INPUT, "display name: longer than %u bytes",
                              NAME_SIZE - 1);
    }
    if (user->role >= IDENTITY_COUNT) {
        identity_write_refuse(write, STATUS_BAD_INPUT, "role: there is no role %u",
                              (unsigned)user->role);
    }
    if (user->role == IDENTITY_UNIT &&
        !identity_secret_code_valid(user->unit_code, sizeof user->unit_code)) {
        identity_write_refuse(write, STATUS_BAD_INPUT,
                              "unit code: a unit's user needs a valid one");
    }
    if (user->role != IDENTITY_UNIT && user->unit_code[0] != '\0') {
        identity_write_refuse(write, STATUS_BAD_INPUT, "unit code: only a unit's user has one");
    }
}

void identity_user_insert(struct identity_write *write, struct identity_user *user,
                          const char *passhash, const char *actor, int64_t at_ms)
{
    identity_user_check(write, user);
    if (write->status != STATUS_OK) {
        return;
    }
    identity_write_sql(write,
                       "INSERT OR IGNORE INTO user(name, display_name, role, scope, unit_code,"
                       " passhash, disabled, created_ms) VALUES(?,?,?,?,?,?,0,?)");
    identity_write_text(write, user->name);
    identity_write_text(write, user->display_name);
    identity_write_number(write, (int64_t)user->role);
    identity_write_number(write, (int64_t)user->scope);
    identity_write_text(write, user->unit_code);
    identity_write_text(write, passhash);
    identity_write_number(write, at_ms);
    if (identity_write_run(write) == 0) {
        identity_write_refuse(write, STATUS_BUSY, "name: '%s' is taken", user->name);
        return;
    }
    user->user_id = (uint32_t)sqlite3_last_insert_rowid(write->store->db);
    user->created_ms = at_ms;
    user->disabled = false;
    identity_write_audit(write, at_ms, actor, "user.create %s role=%s scope=%016llx unit=%s",
                         user->name, identity_store_role_name(user->role),
                         (unsigned long long)user->scope, user->unit_code);
}
