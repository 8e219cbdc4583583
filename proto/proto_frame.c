#include "proto/proto_frame.h"

#include <assert.h>

void proto_encode_hello(struct proto_buffer *buffer, const char *server, const char *epoch,
                        int64_t now_ms, uint32_t bytes_max)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "t", "hello");
    proto_member_int(buffer, "v", 1);
    proto_member_text(buffer, "server", server);
    proto_member_text(buffer, "epoch", epoch);
    proto_member_int(buffer, "now_ms", now_ms);
    proto_member_int(buffer, "max_bytes", bytes_max);
    proto_json_end(buffer, '}');
}

void proto_encode_beat(struct proto_buffer *buffer, int64_t now_ms, uint64_t seq)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "t", "beat");
    proto_member_int(buffer, "now_ms", now_ms);
    proto_member_int(buffer, "seq", (int64_t)seq);
    proto_json_end(buffer, '}');
}

void proto_encode_coverage(struct proto_buffer *buffer, uint64_t version)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "t", "coverage");
    proto_member_int(buffer, "version", (int64_t)version);
    proto_json_end(buffer, '}');
}

static void encode_result_members(struct proto_buffer *buffer, const struct proto_result *result)
{
    switch (result->op) {
    case PROTO_OP_REPORT_CREATE:
        proto_member_int(buffer, "report_id", result->report_id);
        proto_member_int(buffer, "incident_id", result->incident_id);
        proto_member_bool(buffer, "merged", result->merged);
        break;
    case PROTO_OP_INCIDENT_RECOMMEND:
    case PROTO_OP_INCIDENT_ORDER:
    case PROTO_OP_INCIDENT_UPDATE:
    case PROTO_OP_INCIDENT_RELEASE:
    case PROTO_OP_INCIDENT_REOPEN:
    case PROTO_OP_INCIDENT_REFER:
    case PROTO_OP_REFERRAL_UPDATE:
        proto_member_int(buffer, "incident_id", result->incident_id);
        proto_member_int(buffer, "generation", result->generation);
        break;
    case PROTO_OP_INCIDENT_NOTE:
    case PROTO_OP_INCIDENT_CANCEL:
    case PROTO_OP_INCIDENT_CLOSE:
    case PROTO_OP_INCIDENT_WARN:
    case PROTO_OP_UNIT_PANIC:
    case PROTO_OP_PANIC_CLOSE:
    case PROTO_OP_INCIDENT_HOLD:
    case PROTO_OP_INCIDENT_MERGE:
    case PROTO_OP_INCIDENT_CLAIM:
    case PROTO_OP_INCIDENT_HAND_OVER:
        proto_member_int(buffer, "incident_id", result->incident_id);
        break;
    case PROTO_OP_ASSIGNMENT_UPDATE:
    case PROTO_OP_NOTICE_UPDATE:
    case PROTO_OP_ASSIGNMENT_PAR:
    case PROTO_OP_ASSIGNMENT_SUPPORT:
        proto_member_int(buffer, "assignment_id", result->assignment_id);
        proto_member_int(buffer, "incident_id", result->incident_id);
        break;
    case PROTO_OP_INCIDENT_PHOTO:
        proto_member_id(buffer, "assignment_id", result->assignment_id);
        proto_member_int(buffer, "incident_id", result->incident_id);
        break;
    case PROTO_OP_ASSIGNMENT_REASSIGN:
        proto_member_int(buffer, "assignment_id", result->assignment_id);
        proto_member_int(buffer, "incident_id", result->incident_id);
        proto_member_int(buffer, "generation", result->generation);
        break;
    case PROTO_OP_REPORT_LINK:
    case PROTO_OP_REPORT_SPLIT:
    case PROTO_OP_REPORT_ANSWER:
        proto_member_int(buffer, "report_id", result->report_id);
        proto_member_int(buffer, "incident_id", result->incident_id);
        break;
    case PROTO_OP_MILESTONE_CORRECT:
    case PROTO_OP_ASSIGNMENT_RECALL:
        proto_member_int(buffer, "assignment_id", result->assignment_id);
        break;
    case PROTO_OP_UNIT_DUTY:
    case PROTO_OP_CHECKPOINT_SIGN:
        proto_member_text(buffer, "unit", result->unit);
        break;
    case PROTO_OP_ALARM_ACK:
    case PROTO_OP_ALARM_SHELVE:
        proto_member_int(buffer, "alarm_id", result->alarm_id);
        break;
    case PROTO_OP_AUTH:
    case PROTO_OP_SUB:
    case PROTO_OP_UNSUB:
    case PROTO_OP_PING:
    case PROTO_OP_POSITION:
    case PROTO_OP_COUNT:
        assert(result->op >= PROTO_OP_REPORT_CREATE); /* not commands */
        assert(result->op < PROTO_OP_COUNT);
        break;
    }
}

void proto_encode_result(struct proto_buffer *buffer, const struct proto_result *result)
{
    proto_json_begin(buffer, '{');
    encode_result_members(buffer, result);
    proto_member_int(buffer, "seq", (int64_t)result->seq);
    proto_json_end(buffer, '}');
}

void proto_encode_result_http(struct proto_buffer *buffer, const struct proto_result *result)
{
    proto_json_begin(buffer, '{');
    proto_json_name(buffer, "res");
    proto_encode_result(buffer, result);
    proto_json_end(buffer, '}');
}

static void ok_begin(struct proto_buffer *buffer, int64_t id)
{
    assert(id > 0);
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "id", id);
    proto_member_bool(buffer, "ok", true);
    proto_json_name(buffer, "res");
}

void proto_encode_ok_command(struct proto_buffer *buffer, int64_t id,
                             const struct proto_result *result)
{
    ok_begin(buffer, id);
    proto_encode_result(buffer, result);
    proto_json_end(buffer, '}');
}

void proto_encode_ok_auth(struct proto_buffer *buffer, int64_t id, const struct proto_user *user,
                          int64_t expires_ms, uint32_t heartbeat_ms)
{
    ok_begin(buffer, id);
    proto_json_begin(buffer, '{');
    proto_json_name(buffer, "user");
    proto_encode_user(buffer, user);
    proto_member_time(buffer, "expires_ms", expires_ms);
    proto_member_int(buffer, "heartbeat_ms", heartbeat_ms);
    proto_json_end(buffer, '}');
    proto_json_end(buffer, '}');
}

void proto_encode_ok_sub(struct proto_buffer *buffer, int64_t id, bool recovered)
{
    ok_begin(buffer, id);
    proto_json_begin(buffer, '{');
    proto_member_bool(buffer, "recovered", recovered);
    proto_json_end(buffer, '}');
    proto_json_end(buffer, '}');
}

void proto_encode_ok_unsub(struct proto_buffer *buffer, int64_t id)
{
    ok_begin(buffer, id);
    proto_json_begin(buffer, '{');
    proto_json_end(buffer, '}');
    proto_json_end(buffer, '}');
}

void proto_encode_ok_ping(struct proto_buffer *buffer, int64_t id, int64_t now_ms)
{
    ok_begin(buffer, id);
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "now_ms", now_ms);
    proto_json_end(buffer, '}');
    proto_json_end(buffer, '}');
}

static void encode_error_members(struct proto_buffer *buffer, const struct proto_error *error)
{
    proto_member_text(buffer, "code", proto_code_text(error->code));
    proto_member_text(buffer, "title", proto_code_title(error->code));
    proto_member_text(buffer, "detail", error->detail);
    if (error->has_pointer) {
        proto_member_text(buffer, "pointer", error->pointer);
    }
    if (error->has_generation) {
        proto_member_int(buffer, "generation", error->generation);
    }
    if (error->by[0] != '\0') {
        proto_member_text(buffer, "by", error->by);
        proto_member_time(buffer, "by_ms", error->by_ms);
    }
    if (proto_code_retry(error->code)) {
        proto_member_bool(buffer, "retry", true);
    }
}

void proto_encode_error(struct proto_buffer *buffer, bool has_id, int64_t id,
                        const struct proto_error *error)
{
    proto_json_begin(buffer, '{');
    if (has_id) {
        proto_member_int(buffer, "id", id);
    } else {
        proto_member_null(buffer, "id");
    }
    proto_member_bool(buffer, "ok", false);
    proto_json_name(buffer, "error");
    proto_json_begin(buffer, '{');
    encode_error_members(buffer, error);
    proto_json_end(buffer, '}');
    proto_json_end(buffer, '}');
}

static void problem_begin(struct proto_buffer *buffer, const struct proto_error *error)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "type", "about:blank");
    proto_member_int(buffer, "status", proto_code_status(error->code));
    encode_error_members(buffer, error);
}

void proto_encode_problem(struct proto_buffer *buffer, const struct proto_error *error)
{
    problem_begin(buffer, error);
    proto_json_end(buffer, '}');
}

void proto_frame_log_begin(struct proto_buffer *buffer, enum proto_stream stream, const char *epoch,
                           uint64_t from, uint64_t upto)
{
    assert(stream == PROTO_STREAM_CITY || stream == PROTO_STREAM_ORDERS);
    assert(from <= upto + 1); /* one less: nothing happened */
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "t", "log");
    proto_member_name(buffer, "stream", PROTO_LIST_STREAM, stream);
    proto_member_text(buffer, "epoch", epoch);
    proto_member_int(buffer, "from", (int64_t)from);
    proto_member_int(buffer, "upto", (int64_t)upto);
    proto_frame_list_begin(buffer, "events");
}

void proto_frame_log_event(struct proto_buffer *buffer, const char *event, size_t size)
{
    proto_json_raw(buffer, event, size);
}

void proto_frame_log_end(struct proto_buffer *buffer)
{
    proto_frame_list_end(buffer);
    proto_json_end(buffer, '}');
}

void proto_frame_snapshot_begin(struct proto_buffer *buffer, enum proto_stream stream,
                                const char *epoch, uint64_t seq, uint32_t part)
{
    assert(stream == PROTO_STREAM_CITY || stream == PROTO_STREAM_ORDERS);
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "t", "snapshot");
    proto_member_name(buffer, "stream", PROTO_LIST_STREAM, stream);
    proto_member_text(buffer, "epoch", epoch);
    proto_member_int(buffer, "seq", (int64_t)seq);
    proto_member_int(buffer, "part", part);
}

void proto_frame_list_begin(struct proto_buffer *buffer, const char *name)
{
    proto_json_name(buffer, name);
    proto_json_begin(buffer, '[');
}

void proto_frame_list_end(struct proto_buffer *buffer)
{
    proto_json_end(buffer, ']');
}

void proto_frame_snapshot_unit(struct proto_buffer *buffer, const struct proto_unit *unit,
                               const struct proto_order *order)
{
    proto_json_name(buffer, "unit");
    proto_encode_unit(buffer, unit);
    proto_frame_list_begin(buffer, "orders");
    if (order != NULL) {
        proto_encode_order(buffer, order);
    }
    proto_frame_list_end(buffer);
}

void proto_frame_snapshot_end(struct proto_buffer *buffer, bool last)
{
    proto_member_bool(buffer, "last", last);
    proto_json_end(buffer, '}');
}
