#ifndef ENGINE_HOST_BOARD_H
#define ENGINE_HOST_BOARD_H

#include "engine/core/engine.h"
#include "proto/proto_buffer.h"

/* The board on paper: open incidents with their tiers and orders, the state of every unit, open
 * alarms. For the hour when everything is down (a file every minute) and for looking back
 * (`kuaifan replay`). In Chinese and English at once: whoever finds it must be able to read it. */

enum board_format { BOARD_TEXT, BOARD_HTML };

struct board_heading {
    int64_t at_ms;         /* as of when */
    const char *time_zone; /* the process's, see calendar.h */
    const char *epoch;
    bool is_past;     /* replayed: not written by a running engine */
    int64_t known_ms; /* of the past: the newest event that it was replayed from */
};

/* More than these are counted, not listed. */
#define BOARD_INCIDENTS_MAX 2000u
#define BOARD_UNITS_MAX     10000u
#define BOARD_ALARMS_MAX    1000u

/* Append the board of an engine to `out`. STATUS_NO_MEMORY. */
MUST_CHECK enum status board_write(const struct engine *engine, const struct board_heading *heading,
                                   enum board_format format, struct proto_buffer *out);

#endif
