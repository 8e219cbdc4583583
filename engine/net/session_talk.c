#include <assert.h>
#include <string.h>

#include "engine/net/api_state.h"
#include "engine/net/translate.h"

/* An open session is none any more. */
static void leave(struct api *api, struct session *session)
{
    const uint32_t unit_id = session->identity.unit_id;
    session_unit_unlink(&api->sessions, session);
    if (session->identity.role != ROLE_UNIT) {
        api->counters.consoles--;
        return;
    }
    api->counters.units--;
    if (session_unit_walk(&api->sessions, unit_id, NULL) == NULL) {
        api->backend.linked(api->backend.context, unit_id, false);
    }
}

void session_talk_end(struct api *api, struct session *session, enum session_close code,
                      const char *reason)
{
    if (session->phase == SESSION_ENDED) {
        return;
    }
    if (session->phase == SESSION_OPEN) {
        leave(api, session);
    }
    fanout_unsubscribe(session);
    session->units = false;
    session->phase = SESSION_ENDED;
    net_server_close(api->server, session->id, (uint16_t)code, reason);
}

void session_talk_opened(struct api *api, uint64_t session_id)
{
    const int64_t now_ms = api_now_ms(api);
    struct session *session = session_add(&api->sessions, session_id, now_ms);
    if (session == NULL) {
        net_server_close(api->server, session_id, SESSION_CLOSE_RATE, "too many sessions");
        return;
    }
    api->counters.sessions++;
    proto_buffer_clear(&api->buffer);
    proto_encode_hello(&api->buffer, "kuaifan", api->backend.epoch(api->backend.context), now_ms,
                       API_MESSAGE_BYTES_MAX);
    api_send(api, session_id);
}

void session_talk_closed(struct api *api, uint64_t session_id)
{
    struct session *session = session_find(&api->sessions, session_id);
    if (session == NULL) {
        return;
    }
    if (session->phase == SESSION_OPEN) {
        leave(api, session);
    }
    fanout_unsubscribe(session);
    session_remove(&api->sessions, session);
    api->counters.sessions--;
}

static uint32_t heartbeat_ms(const struct api *api, const struct session *session)
{
    return session->identity.role == ROLE_UNIT ? api->config.unit_heartbeat_ms
                                               : api->config.console_heartbeat_ms;
}

/* ---- Login ---- */

static void auth(struct api *api, struct session *session, struct proto_message *message)
{
    struct identity identity;
    const int64_t now_ms = api_now_ms(api);
    const bool known =
        api->backend.authenticate(api->backend.context, message->auth.token, &identity);
    memset(message->auth.token, 0, sizeof message->auth.token);
    if (!known || identity.expires_ms <= now_ms) {
        session_talk_end(api, session, SESSION_CLOSE_TOKEN,
                         "the token is not valid, or has expired");
        return;
    }
    session->identity = identity;
    session->phase = SESSION_OPEN;
    session->beat_ms = now_ms + heartbeat_ms(api, session);
    if (identity.role == ROLE_UNIT) {
        if (identity.unit_id >= engine_unit_count(api_engine(api))) {
            session->phase = SESSION_GREETED;
            session_talk_end(api, session, SESSION_CLOSE_TOKEN, "the login's unit does not exist");
            return;
        }
        session_unit_link(&api->sessions, session);
        api->backend.linked(api->backend.context, identity.unit_id, true);
        api->counters.units++;
        struct session *surplus = session_unit_surplus(&api->sessions, identity.unit_id);
        if (surplus != NULL) {
            session_talk_end(api, surplus, SESSION_CLOSE_ELSEWHERE,
                             "the unit is logged in elsewhere");
        }
    } else {
        api->counters.consoles++;
    }
    const char *codes[DISTRICTS_MAX];
    struct proto_user user;
    translate_view_user(api_engine(api), &session->identity, codes, &user);
    proto_buffer_clear(&api->buffer);
    proto_encode_ok_auth(&api->buffer, message->id, &user, identity.expires_ms,
                         heartbeat_ms(api, session));
    api_send(api, session->id);
}

/* ---- Streams ---- */

static void refuse(struct api *api, const struct session *session,
                   const struct proto_message *message, enum proto_code code, const char *detail)
{
    struct proto_error error;
    proto_error_set(&error, code, NULL, detail);
    api->counters.refused++;
    api_send_error(api, session->id, message->has_id, message->id, &error);
}

static enum access_op stream_op(enum proto_stream stream)
{
    switch (stream) {
    case PROTO_STREAM_CITY:
        return ACCESS_STREAM_CITY;
    case PROTO_STREAM_ORDERS:
        return ACCESS_STREAM_ORDERS;
    case PROTO_STREAM_UNITS:
    case PROTO_STREAM_COUNT:
        break;
    }
    return ACCESS_STREAM_UNITS;
}

static void subscribe(struct api *api, struct session *session, const struct proto_message *message)
{
    const struct proto_sub *sub = &message->sub;
    if (!access_role_may(session->identity.role, stream_op(sub->stream))) {
        refuse(api, session, message, PROTO_FORBIDDEN, "Your role does not have this stream");
        return;
    }
    const bool is_log = sub->stream != PROTO_STREAM_UNITS;
    const bool recovered = is_log && fanout_subscribe(api, session, sub);
    proto_buffer_clear(&api->buffer);
    proto_encode_ok_sub(&api->buffer, message->id, recovered);
    api_send(api, session->id);
    if (is_log) {
        fanout_continue(api, session);
    } else {
        session->units = true;
        fanout_units_first(api, session, api_now_ms(api));
    }
}

static void unsubscribe(struct api *api, struct session *session,
                        const struct proto_message *message)
{
    const enum proto_stream own =
        session->identity.role == ROLE_UNIT ? PROTO_STREAM_ORDERS : PROTO_STREAM_CITY;
    if (message->sub.stream == own) {
        fanout_unsubscribe(session);
    } else if (message->sub.stream == PROTO_STREAM_UNITS) {
        session->units = false;
    }
    proto_buffer_clear(&api->buffer);
    proto_encode_ok_unsub(&api->buffer, message->id);
    api_send(api, session->id);
}

/* ---- Messages ---- */

static void malformed(struct api *api, struct session *session, const struct proto_message *message,
                      struct proto_error *error)
{
    api->counters.malformed++;
    if (session->phase == SESSION_GREETED) {
        session_talk_end(api, session, SESSION_CLOSE_NO_LOGIN, "the first message must be auth");
        return;
    }
    translate_error(api_engine_config(api), error);
    api_send_error(api, session->id, message->has_id, message->id, error);
    if (++session->malformed >= SESSION_MALFORMED_MAX) {
        session_talk_end(api, session, SESSION_CLOSE_GARBLED, "too many messages not understood");
    }
}

static void talk(struct api *api, struct session *session, struct proto_message *message)
{
    switch (message->op) {
    case PROTO_OP_AUTH:
        refuse(api, session, message, PROTO_BAD_REQUEST, "This session is logged in already");
        return;
    case PROTO_OP_SUB:
        subscribe(api, session, message);
        return;
    case PROTO_OP_UNSUB:
        unsubscribe(api, session, message);
        return;
    case PROTO_OP_PING:
        proto_buffer_clear(&api->buffer);
        proto_encode_ok_ping(&api->buffer, message->id, api_now_ms(api));
        api_send(api, session->id);
        return;
    case PROTO_OP_POSITION:
        session_command_position(api, session, message);
        return;
    case PROTO_OP_REPORT_CREATE:
    case PROTO_OP_INCIDENT_RECOMMEND:
    case PROTO_OP_INCIDENT_ORDER:
    case PROTO_OP_INCIDENT_UPDATE:
    case PROTO_OP_INCIDENT_NOTE:
    case PROTO_OP_INCIDENT_CANCEL:
    case PROTO_OP_INCIDENT_CLOSE:
    case PROTO_OP_ASSIGNMENT_UPDATE:
    case PROTO_OP_ASSIGNMENT_RECALL:
    case PROTO_OP_UNIT_DUTY:
    case PROTO_OP_ALARM_ACK:
    case PROTO_OP_ALARM_SHELVE:
    case PROTO_OP_ASSIGNMENT_SUPPORT:
    case PROTO_OP_INCIDENT_WARN:
    case PROTO_OP_NOTICE_UPDATE:
    case PROTO_OP_UNIT_PANIC:
    case PROTO_OP_PANIC_CLOSE:
    case PROTO_OP_ASSIGNMENT_PAR:
    case PROTO_OP_INCIDENT_HOLD:
    case PROTO_OP_INCIDENT_RELEASE:
    case PROTO_OP_INCIDENT_REOPEN:
    case PROTO_OP_INCIDENT_MERGE:
    case PROTO_OP_INCIDENT_CLAIM:
    case PROTO_OP_INCIDENT_HAND_OVER:
    case PROTO_OP_INCIDENT_REFER:
    case PROTO_OP_REFERRAL_UPDATE:
    case PROTO_OP_CHECKPOINT_SIGN:
    case PROTO_OP_REPORT_LINK:
    case PROTO_OP_REPORT_SPLIT:
    case PROTO_OP_REPORT_ANSWER:
    case PROTO_OP_ASSIGNMENT_REASSIGN:
    case PROTO_OP_MILESTONE_CORRECT:
        session_command_take(api, session, message);
        return;
    case PROTO_OP_INCIDENT_PHOTO: /* no message: the decoder knows no such one */
    case PROTO_OP_COUNT:
        break;
    }
    assert(false);
}

void session_talk_message(struct api *api, uint64_t session_id, const char *bytes, size_t size,
                          bool is_binary)
{
    struct session *session = session_find(&api->sessions, session_id);
    if (session == NULL || session->phase == SESSION_ENDED) {
        return;
    }
    const int64_t now_ms = api_now_ms(api);
    if (!session_allow(session, now_ms)) {
        session_talk_end(api, session, SESSION_CLOSE_RATE, "too many messages");
        return;
    }
    if (session->phase == SESSION_OPEN && session->identity.expires_ms <= now_ms) {
        session_talk_end(api, session, SESSION_CLOSE_EXPIRED, "the token has expired");
        return;
    }
    struct proto_message *message = &api->message;
    struct proto_error error;
    message->has_id = false;
    message->id = 0;
    if (is_binary) {
        proto_error_set(&error, PROTO_BAD_REQUEST, NULL, "Messages are text, not binary");
        malformed(api, session, message, &error);
        return;
    }
    if (!proto_decode_message(bytes, size, message, &error)) {
        malformed(api, session, message, &error);
        return;
    }
    session->malformed = 0;
    if (session->phase == SESSION_OPEN) {
        talk(api, session, message);
    } else if (message->op == PROTO_OP_AUTH) {
        auth(api, session, message);
    } else {
        session_talk_end(api, session, SESSION_CLOSE_NO_LOGIN, "the first message must be auth");
    }
}

/* ---- Time ---- */

static void sweep_one(struct api *api, struct session *session, struct net_frame *beat,
                      int64_t now_ms)
{
    if (session->phase == SESSION_GREETED) {
        if (now_ms - session->opened_ms >= SESSION_AUTH_MS_MAX) {
            session_talk_end(api, session, SESSION_CLOSE_NO_LOGIN, "no login in time");
        }
        return;
    }
    if (session->identity.expires_ms <= now_ms) {
        session_talk_end(api, session, SESSION_CLOSE_EXPIRED, "the token has expired");
        return;
    }
    if (now_ms >= session->beat_ms && beat != NULL) {
        (void)net_server_send(api->server, session->id, beat, NET_FACT);
        session->beat_ms = now_ms + heartbeat_ms(api, session);
    }
}

void session_talk_sweep(struct api *api, int64_t now_ms)
{
    proto_buffer_clear(&api->buffer);
    proto_encode_beat(&api->buffer, now_ms, api->fanout.published_seq);
    struct net_frame *beat = proto_buffer_ok(&api->buffer)
                                 ? net_frame_create(api->buffer.bytes, api->buffer.size, false)
                                 : NULL;
    for (uint32_t i = 0; i < api->sessions.used_max; i++) {
        struct session *session = &api->sessions.slots[i];
        if (session->phase == SESSION_GREETED || session->phase == SESSION_OPEN) {
            sweep_one(api, session, beat, now_ms);
        }
    }
    net_frame_release(beat);
}
