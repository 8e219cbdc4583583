#include "engine/net/net_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_BYTES_MAX    512u
#define CLOSE_FINAL         0x88u /* FIN and opcode 8 */
#define PING_FINAL          0x89u /* FIN and opcode 9 */
#define MESSAGE_FIRST       4096u /* first size of a message being put together */
#define CLOSE_BAD_TEXT      1007u
#define CLOSE_NO_MEMORY     1011u
#define WEBSOCKET_KEY_BYTES 24 /* 16 bytes in base64 */

static bool header_is(struct lws *wsi, enum lws_token_indexes token, const char *value)
{
    char text[HEADER_BYTES_MAX];
    return lws_hdr_copy(wsi, text, (int)sizeof text, token) == (int)strlen(value) &&
           net_text_equal_fold(text, value, strlen(value));
}

static bool is_protocol_known(struct lws *wsi)
{
    char text[HEADER_BYTES_MAX];
    if (lws_hdr_total_length(wsi, WSI_TOKEN_PROTOCOL) == 0) {
        return true; /* simple clients name none */
    }
    return lws_hdr_copy(wsi, text, (int)sizeof text, WSI_TOKEN_PROTOCOL) > 0 &&
           net_text_list_has(text, NET_PROTOCOL);
}

/* A browser tells which page opens the socket: only our own may. */
static bool is_same_site(struct lws *wsi)
{
    char origin[HEADER_BYTES_MAX];
    char host[HEADER_BYTES_MAX];
    if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) == 0) {
        return true;
    }
    return lws_hdr_copy(wsi, origin, (int)sizeof origin, WSI_TOKEN_ORIGIN) > 0 &&
           lws_hdr_copy(wsi, host, (int)sizeof host, WSI_TOKEN_HOST) > 0 &&
           net_text_origin_matches(origin, host);
}

static const struct net_problem *find_problem(const struct net_connection *connection)
{
    static const struct net_problem surplus = {503, PROTO_BUSY, "too many connections",
                                               "Retry-After: 5\r\n"};
    static const struct net_problem kind = {400, PROTO_BAD_REQUEST,
                                            "only an upgrade to websocket is known", NULL};
    static const struct net_problem path = {404, PROTO_NOT_FOUND, "the WebSocket is at " NET_PATH,
                                            NULL};
    static const struct net_problem version = {426, PROTO_BAD_REQUEST,
                                               "WebSocket version 13 with a key is known",
                                               "Sec-WebSocket-Version: 13\r\n"};
    static const struct net_problem protocol = {400, PROTO_BAD_REQUEST,
                                                "the sub-protocol here is " NET_PROTOCOL, NULL};
    static const struct net_problem site = {403, PROTO_FORBIDDEN,
                                            "pages of another site may not connect", NULL};
    struct lws *wsi = connection->wsi;
    if (connection->is_surplus || connection->server->is_stopping) {
        return &surplus;
    }
    if (!header_is(wsi, WSI_TOKEN_UPGRADE, "websocket")) {
        return &kind;
    }
    if (!header_is(wsi, WSI_TOKEN_GET_URI, NET_PATH)) {
        return &path;
    }
    if (!header_is(wsi, WSI_TOKEN_HTTP, "HTTP/1.1") || !header_is(wsi, WSI_TOKEN_VERSION, "13") ||
        lws_hdr_total_length(wsi, WSI_TOKEN_KEY) != WEBSOCKET_KEY_BYTES) {
        return &version;
    }
    if (!is_protocol_known(wsi)) {
        return &protocol;
    }
    return is_same_site(wsi) ? NULL : &site;
}

int net_ws_check_upgrade(struct net_connection *connection)
{
    if (lws_hdr_total_length(connection->wsi, WSI_TOKEN_UPGRADE) == 0) {
        return -1; /* 4.1.6 comes here after refusing it itself: the headers are gone */
    }
    const struct net_problem *problem = find_problem(connection);
    return problem == NULL ? 0 : net_reply_refuse(connection, problem);
}

int net_ws_established(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    assert(connection->session == NULL);
    connection->session = calloc(1, sizeof *connection->session);
    if (connection->session == NULL) {
        return -1;
    }
    connection->session->heard_tick = server->tick;
    net_connection_set_phase(connection, NET_SESSION);
    lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0);
    server->counters.sessions++;
    server->counters.sessions_open++;
    server->handlers.opened(server->context, connection->id, connection->peer);
    return 0;
}

void net_ws_ended(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    struct net_session *session = connection->session;
    if (session == NULL) {
        return;
    }
    net_connection_unmark_dirty(connection);
    connection->session = NULL;
    connection->phase = NET_DYING;
    net_queue_clear(&session->queue);
    free(session->message);
    free(session);
    server->counters.sessions_open--;
    server->handlers.closed(server->context, connection->id);
}

void net_ws_close(struct net_connection *connection, uint16_t code, const char *reason)
{
    struct net_session *session = connection->session;
    if (session == NULL || session->is_closing) {
        return;
    }
    const size_t size = strlen(reason);
    session->is_closing = true;
    session->close_code = code;
    session->close_tick = connection->server->tick;
    session->close_reason_size =
        (uint8_t)(size < NET_REASON_BYTES_MAX ? size : NET_REASON_BYTES_MAX);
    memcpy(session->close_reason, reason, session->close_reason_size);
    lws_rx_flow_control(connection->wsi, 1); /* a paused one could not hear the other's close */
    net_connection_mark_dirty(connection);
}

/* Answers -1 when ours is sent already: then both have said it and the connection may end. */
int net_ws_peer_closes(struct net_connection *connection)
{
    struct net_session *session = connection->session;
    if (session == NULL || session->close_sent) {
        return -1;
    }
    session->is_closing = true;
    session->close_code = 0; /* libwebsockets answers with the peer's own */
    session->close_tick = connection->server->tick;
    net_queue_clear(&session->queue);
    return 0;
}

/* The close frame is ours, not lws_close_reason(): built with _DEBUG, as Debian's is, 4.1.6 closes
 * a connection on libuv twice when a callback says so, and the second time drops the frame. */
static void send_close(struct net_connection *connection)
{
    struct net_session *session = connection->session;
    uint8_t frame[4 + NET_REASON_BYTES_MAX];
    frame[0] = CLOSE_FINAL;
    frame[1] = (uint8_t)(2u + session->close_reason_size);
    frame[2] = (uint8_t)(session->close_code >> 8);
    frame[3] = (uint8_t)(session->close_code & 0xffu);
    memcpy(frame + 4, session->close_reason, session->close_reason_size);
    session->close_sent = true;
    if (lws_write(connection->wsi, frame, 4u + session->close_reason_size, LWS_WRITE_RAW) < 0) {
        net_connection_kill(connection);
    }
}

/* Too far behind: what waits is dropped at once, the client comes back and resumes. */
static void evict(struct net_connection *connection, const char *reason)
{
    connection->server->counters.evicted++;
    net_queue_clear(&connection->session->queue);
    net_ws_close(connection, NET_CLOSE_SLOW, reason);
}

bool net_ws_send(struct net_connection *connection, struct net_frame *frame, enum net_class class)
{
    struct net_server *server = connection->server;
    struct net_session *session = connection->session;
    if (session == NULL || session->is_closing || connection->phase != NET_SESSION) {
        return false;
    }
    const bool is_position = class == NET_POSITION;
    if (is_position && net_queue_replace(&session->queue, frame)) {
        server->counters.positions_replaced++;
        return true;
    }
    const size_t bytes = session->queue.bytes + frame->size + NET_ENTRY_BYTES;
    if (is_position && bytes > server->limits.queue_soft_bytes) {
        server->counters.positions_dropped++;
        return true;
    }
    if (bytes > server->limits.queue_hard_bytes) {
        evict(connection, "too slow: queue full");
        return false;
    }
    if (!net_queue_push(&session->queue, frame, is_position, server->tick)) {
        evict(connection, "out of memory");
        return false;
    }
    net_connection_mark_dirty(connection);
    return true;
}

/* Write what waits until the kernel takes no more; the rest comes with the next WRITEABLE. */
void net_ws_flush(struct net_connection *connection)
{
    struct net_server *server = connection->server;
    struct net_session *session = connection->session;
    struct net_queue *queue = &session->queue;
    size_t turn = 0;
    net_connection_unmark_dirty(connection);
    while (!lws_partial_buffered(connection->wsi)) { /* else it calls back when that is gone */
        if (turn >= NET_TURN_BYTES) {
            lws_callback_on_writable(connection->wsi);
            return;
        }
        if (queue->count == 0) {
            if (session->close_code != 0 && !session->close_sent) {
                send_close(connection);
            }
            return;
        }
        uint8_t *bytes = NULL;
        const size_t size = net_queue_peek(queue, server->scratch, &bytes);
        assert(size > 0);
        if (lws_write(connection->wsi, bytes, size, LWS_WRITE_RAW) < 0) {
            net_queue_clear(queue);
            net_connection_kill(connection);
            return;
        }
        server->counters.frames_out += net_queue_consume(queue, size);
        server->counters.bytes_out += size;
        turn += size;
    }
}

int net_ws_writeable(struct net_connection *connection)
{
    if (connection->session != NULL && connection->phase == NET_SESSION) {
        net_ws_flush(connection);
    }
    return 0;
}

static void deliver(struct net_connection *connection, const uint8_t *bytes, size_t size)
{
    struct net_server *server = connection->server;
    const bool binary = connection->session->message_is_binary;
    if (!binary && !net_text_is_utf8(bytes, size)) {
        server->counters.bad_messages++;
        net_ws_close(connection, CLOSE_BAD_TEXT, "the text is not UTF-8");
        return;
    }
    server->counters.messages_in++;
    const char *text = size == 0 ? "" : (const char *)bytes;
    server->handlers.message(server->context, connection->id, text, size, binary);
}

static bool append(struct net_session *session, const uint8_t *bytes, size_t size)
{
    const size_t needed = session->message_size + size;
    if (needed > session->message_capacity) {
        size_t capacity =
            session->message_capacity == 0 ? MESSAGE_FIRST : session->message_capacity;
        while (capacity < needed) {
            capacity *= 2;
        }
        uint8_t *message = realloc(session->message, capacity);
        if (message == NULL) {
            return false;
        }
        session->message = message;
        session->message_capacity = capacity;
    }
    if (size > 0) {
        memcpy(session->message + session->message_size, bytes, size);
    }
    session->message_size = needed;
    return true;
}

static void forget_message(struct net_session *session)
{
    free(session->message);
    session->message = NULL;
    session->message_size = 0;
    session->message_capacity = 0;
}

/* One RECEIVE may be a part of a fragment of a message (libwebsockets promises no more). */
int net_ws_receive(struct net_connection *connection, const uint8_t *bytes, size_t size)
{
    struct net_server *server = connection->server;
    struct net_session *session = connection->session;
    if (session == NULL || session->is_closing) {
        return 0;
    }
    net_ws_heard(connection);
    const bool is_first = lws_is_first_fragment(connection->wsi) != 0;
    const bool is_final = lws_is_final_fragment(connection->wsi) != 0;
    const size_t announced = lws_remaining_packet_payload(connection->wsi);
    server->counters.bytes_in += size;
    if (is_first) {
        forget_message(session);
        session->message_is_binary = lws_frame_is_binary(connection->wsi) != 0;
    }
    const size_t max = server->limits.message_bytes_max;
    if (announced > max || session->message_size + size + announced > max) {
        forget_message(session);
        server->counters.bad_messages++;
        net_ws_close(connection, NET_CLOSE_TOO_LARGE, "message too large");
        return 0;
    }
    if (is_first && is_final) {
        deliver(connection, bytes, size);
        return 0;
    }
    server->counters.partial_receives++;
    if (!append(session, bytes, size)) {
        net_ws_close(connection, CLOSE_NO_MEMORY, "out of memory");
        return 0;
    }
    if (is_final) {
        deliver(connection, session->message, session->message_size);
        forget_message(session);
    }
    return 0;
}

void net_ws_heard(struct net_connection *connection)
{
    if (connection->session != NULL) {
        connection->session->heard_tick = connection->server->tick;
        connection->session->was_asked = false;
    }
}

/* Who says nothing is asked once, and ended if that helps not. */
static void check_silence(struct net_connection *connection)
{
    static uint8_t ping[] = {PING_FINAL, 1, '?'}; /* 4.1.6 does not tell of an empty pong */
    struct net_server *server = connection->server;
    struct net_session *session = connection->session;
    const uint32_t silent_ms = (server->tick - session->heard_tick) * NET_TICK_MS;
    if (silent_ms > server->limits.silent_ms_max) {
        server->counters.timeouts++;
        net_connection_kill(connection);
    } else if (silent_ms > server->limits.ping_ms && !session->was_asked &&
               !lws_partial_buffered(connection->wsi)) {
        session->was_asked = true;
        if (lws_write(connection->wsi, ping, sizeof ping, LWS_WRITE_RAW) < 0) {
            net_connection_kill(connection);
        }
    }
}

void net_ws_tick(struct net_connection *connection)
{
    const struct net_server *server = connection->server;
    const struct net_session *session = connection->session;
    if (session->is_closing) {
        if ((server->tick - session->close_tick) * NET_TICK_MS > NET_CLOSE_MS_MAX) {
            net_connection_kill(connection);
        }
        return;
    }
    if (session->queue.count == 0) {
        check_silence(connection);
        return;
    }
    const uint32_t queued = session->queue.entries[session->queue.head].tick;
    if ((server->tick - queued) * NET_TICK_MS > server->limits.queue_age_ms_max) {
        evict(connection, "too slow: queue too old");
    }
}
