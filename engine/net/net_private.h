#ifndef ENGINE_NET_NET_PRIVATE_H
#define ENGINE_NET_NET_PRIVATE_H

#include <libwebsockets.h>

#include "engine/net/net_server.h"
#include "proto/proto_error.h"

/* What the files of the transport share; nobody outside engine/net includes it.
 *
 *   listener -> connection -> context (libwebsockets' callback) -> http -> static, reply
 *                                                               -> ws -> queue -> frame
 *   server: the public calls, the tick, the stop. */

#define NET_SLOT_BITS         20u /* an id is serial << 20 | slot: 44 bits of serial never wrap */
#define NET_SLOTS_MAX         (1u << NET_SLOT_BITS)
#define NET_SPARE_CONNECTIONS 32u    /* over the limit: enough of them live to be told 503 */
#define NET_TICK_MS           100u   /* time-outs and ages are counted in these */
#define NET_STOP_TICK_MS      10u    /* while stopping */
#define NET_CHUNK_BYTES       61440u /* a longer message goes out as WebSocket fragments of this */
#define NET_BATCH_BYTES       65536u /* written to a socket in one call; libwebsockets' own piece */
#define NET_TURN_BYTES        262144u /* written to one connection before others have their turn */
#define NET_SEND_BUFFER_BYTES 65536   /* of the kernel: what lags there is hidden from us */
#define NET_RECEIVE_BYTES     2048u   /* one RECEIVE; longer messages are put together */
#define NET_HEAD_BYTES_MAX    8192u   /* request line and headers */
#define NET_REASON_BYTES_MAX  123u    /* of a close frame, RFC 6455 5.5 */
#define NET_PEER_BYTES        46u     /* an IPv6 address as text */
#define NET_ENTRY_BYTES       64u     /* what a waiting frame costs besides its bytes */
#define NET_BODY_BYTES_PER_S                                                                       \
    4096u /* at least, where a body takes longer than request_ms_max: EDGE */
#define NET_IDLE_MS_MAX    60000u /* a kept-alive connection without a request */
#define NET_CLOSE_MS_MAX   2000u  /* to take the last bytes and the close frame */
#define NET_STALL_MS_MAX   15000u /* a reply that makes no progress */
#define NET_BODY_REPLY_MAX 32768u /* longer replies to requests with a body end the connection */
#define NET_PATH           "/v1/ws"
#define NET_PROTOCOL       "kuaifan.v1+json"

enum net_close_code {
    NET_CLOSE_SLOW = 4008,     /* come back and resume */
    NET_CLOSE_TOO_LARGE = 4501 /* do not come back like this */
};

/* --- net_frame.c: a message with its WebSocket framing, ready for any number of sockets. */
struct net_frame {
    uint32_t references;
    uint64_t key;
    size_t message_size;
    size_t size;
    uint8_t bytes[];
};
/* The end of the fragment that starts at `offset`: control frames may go between fragments only. */
size_t net_frame_chunk_end(const struct net_frame *frame, size_t offset);

/* --- net_queue.c: what one session still has to get. */
struct net_queue_entry {
    struct net_frame *frame;
    uint32_t tick; /* when it was queued */
    bool position;
};
struct net_queue {
    struct net_queue_entry *entries; /* ring */
    uint32_t capacity, head, count;
    size_t offset; /* of the head that is already written */
    size_t bytes;  /* still to write, with NET_ENTRY_BYTES each */
};
MUST_CHECK bool net_queue_push(struct net_queue *queue, struct net_frame *frame, bool position,
                               uint32_t tick);
/* Put a position in the place of a waiting one of its key. */
bool net_queue_replace(struct net_queue *queue, struct net_frame *frame);
/* The next bytes to write, whole fragments, at most NET_BATCH_BYTES; `scratch` has that size. */
size_t net_queue_peek(struct net_queue *queue, uint8_t *scratch, uint8_t **bytes);
/* They are written: answers how many messages that completes. */
uint32_t net_queue_consume(struct net_queue *queue, size_t size);
void net_queue_clear(struct net_queue *queue);

/* --- one connection */
/*   WAITING -> BODY -> HANDLED -> REPLYING -> WAITING      a request and its reply
 *   WAITING -> SESSION                                     upgraded to WebSocket
 * Any of them -> DYING when libwebsockets has let go of it, or is about to. */
enum net_phase {
    NET_FREE,
    NET_WAITING,
    NET_BODY,
    NET_HANDLED,
    NET_REPLYING,
    NET_SESSION,
    NET_DYING
};

struct net_exchange {
    struct net_request request; /* its texts lie in `text` */
    char *text;
    bool is_head, ends_connection;
    bool is_too_large;         /* its body is read away */
    size_t length;             /* announced */
    uint32_t window_began_ms;  /* of the body, after its head */
    size_t window_began_bytes; /* what had come by then */
    uint8_t *body;
    size_t body_capacity;
    const char *accept_encoding;

    char *head; /* of the reply */
    size_t head_size;
    uint8_t *reply_owned; /* to free */
    const uint8_t *reply;
    size_t reply_size;
    size_t written; /* of head and reply together */
};

struct net_session {
    struct net_queue queue;
    uint8_t *message; /* being put together */
    size_t message_size, message_capacity;
    bool message_is_binary;
    bool is_closing; /* nothing is accepted either way any more */
    bool close_sent;
    uint16_t close_code; /* to send; 0: none */
    uint8_t close_reason_size;
    uint32_t close_tick;
    uint32_t heard_tick; /* the last word of the other side, a pong counts */
    bool was_asked;      /* it was silent and got a ping */
    char close_reason[NET_REASON_BYTES_MAX];
};

struct net_connection {
    struct net_server *server;
    struct lws *wsi;
    uint64_t id;
    enum net_phase phase;
    uint32_t phase_tick; /* when it began or made progress */
    bool is_surplus;     /* over the limit: every request gets 503 */
    bool had_request;
    bool is_pipelined; /* libwebsockets already holds bytes of the next request */
    bool is_dirty;     /* in the list of those with something to write */
    struct net_connection *dirty_next, *dirty_before;
    uint32_t free_next;
    struct net_exchange *exchange;
    struct net_session *session;
    char peer[NET_PEER_BYTES];
};

struct net_server {
    uv_loop_t *loop;
    struct net_limits limits;
    struct net_handlers handlers;
    void *context;
    struct net_counters counters;

    struct lws_context *lws;
    struct lws_vhost *vhost;
    SSL_CTX *tls; /* libwebsockets' own; NULL: plain HTTP */
    char *certificate_path, *key_path;
    bool adopted; /* libwebsockets took the socket just accepted, for better or worse */

    uv_poll_t accept_poll;
    int accept_fd;
    bool accept_paused; /* out of file descriptors: tried again at the next tick */
    uint16_t port;

    uv_timer_t tick_timer;
    uv_prepare_t flush_prepare;
    uint32_t tick; /* NET_TICK_MS each */
    uint32_t stop_ticks;
    bool is_stopping, has_stopped, was_killed;

    struct net_connection *slots;
    uint32_t slots_count, free_head;
    uint64_t serial;
    struct net_connection *dirty_first, *dirty_last;

    char *web_root;   /* resolved, NULL: none */
    uint8_t *scratch; /* NET_BATCH_BYTES */
};

/* --- net_connection.c: the table of connections. */
MUST_CHECK bool net_connection_table_create(struct net_server *server);
struct net_connection *net_connection_open(struct net_server *server);
void net_connection_free(struct net_connection *connection);
struct net_connection *net_connection_find(struct net_server *server, uint64_t id);
uint64_t net_connection_next_id(struct net_connection *connection);
void net_connection_set_phase(struct net_connection *connection, enum net_phase phase);
uint32_t net_connection_phase_ms(const struct net_connection *connection);
void net_connection_mark_dirty(struct net_connection *connection);
void net_connection_unmark_dirty(struct net_connection *connection);
/* End it without a word, soon: safe from anywhere on the loop's thread. */
void net_connection_kill(struct net_connection *connection);

/* --- net_context.c: libwebsockets. */
MUST_CHECK enum status net_context_create(struct net_server *server,
                                          const struct net_config *config, char error[256]);

/* --- net_tls.c: the certificate and its key. */
MUST_CHECK enum status net_tls_check(const struct net_config *config, char error[256]);
/* Where they lie; false: no memory. */
MUST_CHECK bool net_tls_remember(struct net_server *server, const struct net_config *config);
MUST_CHECK enum status net_tls_renew(struct net_server *server, bool *is_new, int64_t *ends_ms,
                                     char error[256]);

/* --- net_listener.c: the port. */
MUST_CHECK enum status net_listener_bind(struct net_server *server, const struct net_config *config,
                                         char error[256]);
void net_listener_start(struct net_server *server);
void net_listener_resume(struct net_server *server);
void net_listener_close(struct net_server *server);

/* --- net_http.c: requests; answers are libwebsockets' (0: go on, -1: close). */
int net_http_begin(struct net_connection *connection, const char *path, size_t path_size);
int net_http_body(struct net_connection *connection, const uint8_t *bytes, size_t size);
int net_http_body_end(struct net_connection *connection);
int net_http_garbage(struct net_connection *connection);

/* --- net_reply.c */
struct net_problem {
    int status;
    enum proto_code code; /* of docs/PROTOCOL.md section 3; its title is said with it */
    const char *detail;   /* constant text: nothing of the request is echoed */
    const char *extra_headers;
};
/* Take over `owned`, which holds the body, or copy or borrow it as the response says. */
void net_reply_submit(struct net_connection *connection, const struct net_response *response,
                      uint8_t *owned);
void net_reply_problem(struct net_connection *connection, const struct net_problem *problem);
/* Outside of an exchange: written at once, and the connection closes. */
int net_reply_refuse(struct net_connection *connection, const struct net_problem *problem);
int net_reply_writeable(struct net_connection *connection);
void net_reply_exchange_free(struct net_connection *connection);

/* --- net_static.c: false: no such file. */
bool net_static_serve(struct net_connection *connection);
MUST_CHECK enum status net_static_find_root(const char *web_root, char **resolved, char error[256]);

/* --- net_text.c */
bool net_text_is_utf8(const uint8_t *bytes, size_t size);
bool net_text_is_plain_path(const char *path, size_t size);
/* At most 3 * size + 1 bytes are written. */
size_t net_text_encode_query(const char *text, size_t size, char *out);
bool net_text_list_has(const char *list, const char *token); /* "a, b;q=0" */
bool net_text_etag_matches(const char *list, const char *etag);
bool net_text_origin_matches(const char *origin, const char *host);
bool net_text_equal_fold(const char *a, const char *b, size_t size);
bool net_text_starts(const char *text, const char *prefix);
bool net_text_ends(const char *text, const char *suffix);
bool net_text_headers_have(const char *headers, const char *name);

/* --- net_ws.c: sessions; answers are libwebsockets'. */
int net_ws_check_upgrade(struct net_connection *connection);
int net_ws_established(struct net_connection *connection);
int net_ws_receive(struct net_connection *connection, const uint8_t *bytes, size_t size);
void net_ws_heard(struct net_connection *connection); /* the other side lives */
int net_ws_writeable(struct net_connection *connection);
int net_ws_peer_closes(struct net_connection *connection);
void net_ws_ended(struct net_connection *connection);
bool net_ws_send(struct net_connection *connection, struct net_frame *frame, enum net_class class);
void net_ws_close(struct net_connection *connection, uint16_t code, const char *reason);
void net_ws_flush(struct net_connection *connection);
void net_ws_tick(struct net_connection *connection);

#endif
