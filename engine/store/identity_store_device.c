/* Devices: a secret per unit code, kept as a fast hash, for it is random and long. */
#include <sodium.h>

#include "engine/store/identity_device.h"

enum status identity_store_device_revoke(struct identity_store *store, const char *unit_code,
                                         const char *actor, int64_t at_ms, char error[256])
{
    struct identity_write write = identity_write_begin(store, error);
    identity_write_sql(&write, "DELETE FROM device WHERE unit_code = ?");
    identity_write_text(&write, unit_code);
    if (identity_write_run(&write) == 0) {
        identity_write_refuse(&write, STATUS_NOT_FOUND, "unit %.15s has no device secret",
                              unit_code);
    }
    identity_device_drop(&write, unit_code);
    identity_write_audit(&write, at_ms, actor, "device.revoke %.15s", unit_code);
    return identity_write_end(&write);
}

enum status identity_store_device_check(struct identity_store *store, const char *unit_code,
                                        const char *secret)
{
    uint8_t hash[IDENTITY_HASH_SIZE];
    identity_store_fingerprint(secret, hash);
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(store->db, "SELECT hash FROM device WHERE unit_code = ?", -1,
                                  &row, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_bind_text(row, 1, unit_code, -1, SQLITE_STATIC);
        code = sqlite3_step(row);
    }
    enum status status = store_db_status(code);
    if (status == STATUS_OK) {
        const void *kept = code == SQLITE_ROW ? sqlite3_column_blob(row, 0) : NULL;
        const bool is_same = kept != NULL &&
                             sqlite3_column_bytes(row, 0) == (int)IDENTITY_HASH_SIZE &&
                             sodium_memcmp(kept, hash, IDENTITY_HASH_SIZE) == 0;
        status = is_same ? STATUS_OK : STATUS_DENIED;
    }
    (void)sqlite3_finalize(row);
    return status;
}
