#ifndef PROTO_PROTO_POSITIONS_H
#define PROTO_PROTO_POSITIONS_H

#include "proto/proto_buffer.h"

/* The binary frames of the `units` stream (docs/PROTOCOL.md section 6.4), both ways; little-endian
 * on every machine. */

#define PROTO_POSITIONS_HEADER_BYTES 16u
#define PROTO_POSITION_BYTES         16u
#define PROTO_POSITIONS_MAX          50000u /* in one frame: every unit an engine may have */

struct proto_position {
    uint32_t index; /* the unit's */
    struct proto_place at;
    uint32_t heading_deg; /* 0..359, kept to 2°; PROTO_NONE: not known (255 on the wire) */
    uint32_t speed_kmh;   /* kept up to 254; PROTO_NONE: not known (255 on the wire) */
    enum proto_unit_status status;
    uint32_t age_s; /* of the fix; 255 is 255 or more */
};

/* Begin, any number of adds, end (which writes the count). Use a clear buffer, or remember its size
 * at the begin: `start` is what proto_positions_begin() answered. */
size_t proto_positions_begin(struct proto_buffer *buffer, int64_t now_ms);
void proto_positions_add(struct proto_buffer *buffer, const struct proto_position *position);
void proto_positions_end(struct proto_buffer *buffer, size_t start);

/* For clients in C. False: not such a frame (type, version, size against count, ranges). */
PROTO_MUST_CHECK bool proto_positions_open(const void *bytes, size_t size, uint32_t *count,
                                           int64_t *now_ms);
/* Entry `i` < count of a frame that was opened. */
void proto_positions_get(const void *bytes, uint32_t i, struct proto_position *position);

#endif
