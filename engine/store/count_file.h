#ifndef ENGINE_STORE_COUNT_FILE_H
#define ENGINE_STORE_COUNT_FILE_H

#include <stdint.h>

#include "engine/core/status.h"

/* A long row of counts, most of them 0: how often what was seen (geo_learn.h). Telemetry, not
 * truth: a broken file is reported and done without. */

MUST_CHECK enum status count_file_write(const char *path, const uint16_t counts[], uint32_t count,
                                        char error[256]);

/* STATUS_NOT_FOUND; CORRUPT: damaged, or a row of another length. Then `counts` is all 0. */
MUST_CHECK enum status count_file_read(const char *path, uint16_t counts[], uint32_t count,
                                       char error[256]);

#endif
