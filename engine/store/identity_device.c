#include "engine/store/identity_device.h"

#include "engine/store/identity_secret.h"

void identity_device_drop(struct identity_write *write, const char *unit_code)
{
    identity_write_sql(write, "DELETE FROM token WHERE user_id = 0 AND unit_code = ?");
    identity_write_text(write, unit_code);
    (void)identity_write_run(write);
}

void identity_device_create(struct identity_write *write, struct identity_device *device,
                            int64_t at_ms)
{
    device->secret[0] = '\0';
    if (!identity_secret_code_valid(device->unit_code, sizeof device->unit_code)) {
        identity_write_refuse(write, STATUS_BAD_INPUT,
                              "unit code '%.15s': 1 to %u of A-Z a-z 0-9 _ . -", device->unit_code,
                              CODE_SIZE - 1);
        return;
    }
    uint8_t hash[IDENTITY_HASH_SIZE];
    identity_secret_make(device->secret, hash);
    identity_write_sql(write, "INSERT OR REPLACE INTO device VALUES(?,?,?)");
    identity_write_text(write, device->unit_code);
    identity_write_hash(write, hash);
    identity_write_number(write, at_ms);
    (void)identity_write_run(write);
    identity_device_drop(write, device->unit_code);
}
