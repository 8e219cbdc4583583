#ifndef ENGINE_NET_NET_SERVER_H
#define ENGINE_NET_NET_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "engine/core/status.h"

/* The transport: HTTP/1.1 and WebSocket on one port, libwebsockets on the host's libuv loop.
 *
 * Knows bytes, connections, queues and bounds; nothing of messages, users or incidents. One thread.
 * Connections and requests are named by ids that are never reused, so a late answer to a dead
 * connection is a no-op, not a crash. */
struct net_server;

/* A message encoded once and shared by every connection that gets it; reference-counted. */
struct net_frame;
struct net_frame *net_frame_create(const void *bytes, size_t size,
                                   bool binary); /* count 1; NULL: no memory */
struct net_frame *net_frame_retain(struct net_frame *frame);
void net_frame_release(struct net_frame *frame);      /* accepts NULL */
size_t net_frame_size(const struct net_frame *frame); /* of the message, without the framing */
/* Name what a position frame is about (a map cell, a unit): while it waits in a queue, a newer one
 * of the same key takes its place. 0, the default: nothing replaces it. */
void net_frame_set_key(struct net_frame *frame, uint64_t key);

enum net_class {
    NET_FACT,    /* never dropped: over the hard limit the connection is closed and resumes */
    NET_POSITION /* latest wins: not queued over the soft limit, replaced by key while it waits */
};

struct net_request {
    uint64_t id;        /* answer with net_server_reply(), now or later */
    const char *method; /* "GET", "POST", "PUT", "DELETE", "HEAD" */
    const char *path;   /* decoded, starts with '/', no query, no "..", no NUL */
    const char *query;  /* raw, without '?', "" if none */
    const char *authorization, *idempotency_key, *content_type, *if_none_match, *accept, *origin,
        *signature;   /* "" */
    const char *peer; /* address text */
    const uint8_t *body;
    size_t body_size;
    bool body_is_dropped; /* it was larger than body_max() said: read away, `body` is NULL */
};

struct net_response {
    int status;
    const char *content_type;
    const char *extra_headers; /* "Name: value\r\n..." or NULL */
    const void *body;          /* copied */
    size_t body_size;
    bool body_borrowed; /* stays valid for the server's life (mmap): not copied */
};

struct net_handlers {
    void (*request)(void *context, const struct net_request *request);
    /* How much memory the body of this request may take; asked when its head is there. NULL: as
     * much as the limits say. */
    size_t (*body_max)(void *context, const struct net_request *request);
    void (*opened)(void *context, uint64_t session_id, const char *peer);
    /* One whole message, reassembled, valid UTF-8 if text. */
    void (*message)(void *context, uint64_t session_id, const char *bytes, size_t size,
                    bool binary);
    void (*closed)(void *context, uint64_t session_id);
};

struct net_limits {
    uint32_t connections_max;   /* more are refused with 503 */
    uint32_t message_bytes_max; /* of one incoming message of a session: else close 4501 */
    uint32_t body_bytes_max;    /* of one body: else 413 */
    uint32_t queue_soft_bytes;  /* per connection: above, positions are dropped */
    uint32_t queue_hard_bytes;  /* above: close 4008, the client resumes */
    uint32_t queue_age_ms_max;  /* oldest frame waits longer: close 4008 */
    uint32_t request_ms_max;    /* a request must have arrived by then */
    uint32_t ping_ms;           /* a session is pinged after so much silence */
    uint32_t silent_ms_max;     /* and ended after so much */
};

struct net_config {
    const char *address;                     /* "127.0.0.1", "::1", "0.0.0.0" */
    uint16_t port;                           /* 0: any free one, see net_server_port() */
    const char *certificate_path, *key_path; /* both or neither */
    const char *web_root;                    /* static files, NULL: none */
    struct net_limits limits;
};

struct net_counters {
    uint64_t connections, sessions, requests, refused, messages_in, bytes_in, frames_out, bytes_out,
        positions_dropped, evicted, bad_messages, partial_receives; /* since the start */
    uint64_t positions_replaced, timeouts;
    uint64_t connections_open, sessions_open; /* now */
};

/* STATUS_BUSY: the port is in use; STATUS_BAD_INPUT: address or certificate; `error` is a sentence.
 */
MUST_CHECK enum status net_server_create(uv_loop_t *loop, const struct net_config *config,
                                         const struct net_handlers *handlers, void *context,
                                         struct net_server **out, char error[256]);
/* Stop listening, close every session with `code`, destroy; call inside the loop, then run the loop
 * until it is empty, then net_server_finish(). */
void net_server_stop(struct net_server *server, uint16_t code, const char *reason);
void net_server_finish(struct net_server *server);

/* Take the certificate and its key from their files again, for connections to come; those that are
 * open go on. `is_new`: it is another one; `ends_ms`: it is valid until then. STATUS_NOT_FOUND:
 * there is none; STATUS_BAD_INPUT: the files cannot be used (`error` is a sentence), or not yet,
 * and the one before serves on. */
MUST_CHECK enum status net_server_renew_certificate(struct net_server *server, bool *is_new,
                                                    int64_t *ends_ms, char error[256]);

uint16_t net_server_port(const struct net_server *server);
const struct net_counters *net_server_counters(const struct net_server *server);

void net_server_reply(struct net_server *server, uint64_t request_id,
                      const struct net_response *response);

/* Queue a frame; retains it. False: no such session any more, or it is being closed. */
bool net_server_send(struct net_server *server, uint64_t session_id, struct net_frame *frame,
                     enum net_class class);
void net_server_close(struct net_server *server, uint64_t session_id, uint16_t code,
                      const char *reason);
/* Stop and go on reading from a session: input back-pressure while the journal's queue is full. */
void net_server_pause(struct net_server *server, uint64_t session_id, bool paused);

#endif
