#include "engine/store/identity_device.h"

enum status identity_store_devices_create(struct identity_store *store,
                                          struct identity_device devices[], uint32_t count,
                                          const char *actor, int64_t at_ms, char error[256])
{
    struct identity_write write = identity_write_begin(store, error);
    for (uint32_t i = 0; i < count && write.status == STATUS_OK; i++) {
        identity_device_create(&write, &devices[i], at_ms);
    }
    if (count > 0) {
        identity_write_audit(&write, at_ms, actor, "device.create count=%u first=%.15s", count,
                             devices[0].unit_code);
    }
    const enum status status = identity_write_end(&write);
    for (uint32_t i = 0; i < count && status != STATUS_OK; i++) {
        devices[i].secret[0] = '\0'; /* nothing was made: nobody may believe it */
    }
    return status;
}
