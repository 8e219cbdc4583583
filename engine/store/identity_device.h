#ifndef ENGINE_STORE_IDENTITY_DEVICE_H
#define ENGINE_STORE_IDENTITY_DEVICE_H

#include "engine/store/identity_private.h"

/* Its tokens end with its secret. */
void identity_device_drop(struct identity_write *write, const char *unit_code);

/* One secret within a transaction of many. */
void identity_device_create(struct identity_write *write, struct identity_device *device,
                            int64_t at_ms);

#endif
