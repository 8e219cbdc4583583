#ifndef ENGINE_STORE_POSITION_FILE_H
#define ENGINE_STORE_POSITION_FILE_H

#include <stdint.h>

#include "engine/core/status.h"
#include "geo/geo_point.h"

/* The last fix of every unit, saved every few seconds, so that after a restart mobile units can be
 * dispatched at once. Telemetry, not truth: a broken file is reported and done without. */

#define POSITION_FILE_UNITS_MAX 50000u /* limits.h: units_max; 32 B each: 1.6 MB */

struct position_record {
    uint32_t unit_id;
    struct geo_point at;
    int64_t fix_ms;
    uint16_t heading_deg, speed_kmh, accuracy_m;
};

MUST_CHECK enum status position_file_write(const char *path, const char *epoch,
                                           const struct position_record records[], uint32_t count,
                                           char error[256]);

/* STATUS_NOT_FOUND; STALE: of another journal; CORRUPT; FULL: more than `records_max`. */
MUST_CHECK enum status position_file_read(const char *path, const char *epoch,
                                          struct position_record records[], uint32_t records_max,
                                          uint32_t *count, char error[256]);

#endif
