#ifndef TESTS_SUPPORT_FAKE_NET_SERVER_H
#define TESTS_SUPPORT_FAKE_NET_SERVER_H

#include "engine/net/net_server.h"

/* The transport without sockets: what was sent is kept, in one order over all sessions. Linked
 * before the real one, so that what engine/net says to clients is a value that a test can read. */

struct fake_frame {
    uint64_t session_id;
    char *bytes; /* NUL added */
    size_t size;
    bool binary;
    enum net_class class;
    uint64_t made; /* equal: one frame, shared */
};

struct fake_reply {
    uint64_t request_id;
    int status;
    char content_type[64];
    char headers[256];
    char *body; /* NUL added */
    size_t body_size;
};

struct fake_session {
    bool is_open;
    size_t queued;       /* what net_queued_bytes() answers */
    bool accumulate;     /* queued grows with every frame until the test empties it */
    uint16_t close_code; /* 0: not closed by the server */
    char close_reason[128];
};

struct net_server *fake_net_create(const struct net_handlers *handlers, void *context);
void fake_net_destroy(struct net_server *server);

uint64_t fake_net_open(struct net_server *server);
void fake_net_say(struct net_server *server, uint64_t session_id, const char *text);
void fake_net_say_bytes(struct net_server *server, uint64_t session_id, const char *bytes,
                        size_t size, bool binary);
/* The peer is gone. */
void fake_net_drop(struct net_server *server, uint64_t session_id);
struct fake_session *fake_net_session(struct net_server *server, uint64_t session_id);

/* Frames in the order sent, all sessions; count so far. */
size_t fake_net_frame_count(const struct net_server *server);
const struct fake_frame *fake_net_frame(const struct net_server *server, size_t i);
/* The last one to the session; NULL: none. */
const struct fake_frame *fake_net_last(const struct net_server *server, uint64_t session_id);
uint32_t fake_net_count_to(const struct net_server *server, uint64_t session_id);

/* Answers the request's id; the reply, NULL while there is none. */
uint64_t fake_net_request(struct net_server *server, struct net_request *request);
const struct fake_reply *fake_net_reply(const struct net_server *server, uint64_t request_id);

#endif
