#ifndef PROTO_PROTO_FRAME_H
#define PROTO_PROTO_FRAME_H

#include "proto/proto_error.h"
#include "proto/proto_event.h"

/* What the server sends: WebSocket messages (section 6), answers and problems (sections 3 to 5).
 * Each call appends to the buffer; a message is a buffer that was clear before. */

void proto_encode_hello(struct proto_buffer *buffer, const char *server, const char *epoch,
                        int64_t now_ms, uint32_t bytes_max);
void proto_encode_beat(struct proto_buffer *buffer, int64_t now_ms, uint64_t seq);
void proto_encode_coverage(struct proto_buffer *buffer, uint64_t version);

/* ---- Answers ---- */

/* The bare object of section 5 for a command's op: the HTTP body of POST /v1/reports, and `res`. */
struct proto_result {
    enum proto_op op; /* says which members are written */
    uint32_t report_id, incident_id, assignment_id, alarm_id;
    uint32_t generation;
    bool merged;
    const char *unit; /* of unit.duty */
    uint64_t seq;
};
void proto_encode_result(struct proto_buffer *buffer, const struct proto_result *result);
/* {"res":…}: POST /v1/commands. */
void proto_encode_result_http(struct proto_buffer *buffer, const struct proto_result *result);

/* {"id":N,"ok":true,"res":…} of a command, and of the session's own messages. */
void proto_encode_ok_command(struct proto_buffer *buffer, int64_t id,
                             const struct proto_result *result);
void proto_encode_ok_auth(struct proto_buffer *buffer, int64_t id, const struct proto_user *user,
                          int64_t expires_ms, uint32_t heartbeat_ms);
void proto_encode_ok_sub(struct proto_buffer *buffer, int64_t id, bool recovered);
void proto_encode_ok_unsub(struct proto_buffer *buffer, int64_t id);
void proto_encode_ok_ping(struct proto_buffer *buffer, int64_t id, int64_t now_ms);

/* {"id":…,"ok":false,"error":…}; id is null without has_id. */
void proto_encode_error(struct proto_buffer *buffer, bool has_id, int64_t id,
                        const struct proto_error *error);
/* application/problem+json; the status is proto_code_status(error->code). */
void proto_encode_problem(struct proto_buffer *buffer, const struct proto_error *error);

/* ---- Log frames: begin, the encoded events in rising seq, end ---- */

void proto_frame_log_begin(struct proto_buffer *buffer, enum proto_stream stream, const char *epoch,
                           uint64_t from, uint64_t upto);
/* Bytes from proto_encode_event(). */
void proto_frame_log_event(struct proto_buffer *buffer, const char *event, size_t size);
void proto_frame_log_end(struct proto_buffer *buffer);

/* ---- Snapshot parts: begin, lists or the unit's own members, end ----
 *
 * proto_frame_list_begin(buffer, "units"); proto_encode_unit(...) for each; proto_frame_list_end().
 * Every list of a part once; buffer->size tells when to begin the next part. */

void proto_frame_snapshot_begin(struct proto_buffer *buffer, enum proto_stream stream,
                                const char *epoch, uint64_t seq, uint32_t part);
void proto_frame_list_begin(struct proto_buffer *buffer, const char *name);
void proto_frame_list_end(struct proto_buffer *buffer);
/* The two members of an `orders` snapshot: "unit" and "orders" (none or one). */
void proto_frame_snapshot_unit(struct proto_buffer *buffer, const struct proto_unit *unit,
                               const struct proto_order *order);
void proto_frame_snapshot_end(struct proto_buffer *buffer, bool last);

#endif
