#ifndef TESTS_SUPPORT_NET_GIVEN_H
#define TESTS_SUPPORT_NET_GIVEN_H

#include "engine/net/net_server.h"
#include "tests/support/ws_client.h"

/* A server on a loop of its own for a test, and what it was asked.
 *
 * Requests: /v1/echo answers method, path, query, headers and body; /v1/later is not answered by
 * itself; /v1/large answers `large_bytes` bytes; all else 204. Messages are echoed when `echoes`.
 */
#define NET_GIVEN_SESSIONS_MAX 1100u

struct net_given {
    uv_loop_t loop;
    struct net_config config;
    struct net_server *server; /* NULL: not running */
    bool echoes;
    size_t large_bytes;

    uint64_t later_id; /* of the last request to /v1/later */
    uint32_t requests_count, messages_count, closed_count;
    size_t body_max; /* 0: what the limits say */
    bool is_dropped; /* the last request came without its body */
    size_t last_message_size;
    uint64_t sessions[NET_GIVEN_SESSIONS_MAX]; /* in the order of opening */
    uint32_t sessions_count;
    char last_peer[64];
};

extern struct net_given given;

void net_given_defaults(void); /* config and hooks; call before changing them */
void net_given_start(void);    /* aborts with the server's sentence when it cannot */
void net_given_stop(void);     /* and check that the loop is clean */
void net_given_pump(void *context);
void net_given_turn(uint32_t count); /* of the loop, not waiting */
/* Turn the loop until `flag` is at least `least`; false: it never was. */
bool net_given_until(const uint32_t *flag, uint32_t least);
void net_given_client(struct ws_client *client);
void net_given_session(struct ws_client *client); /* connected and upgraded */
bool net_given_send(uint64_t session_id, const char *text, enum net_class class);
void net_given_pump_ms(uint32_t milliseconds); /* for time-outs, which the loop's clock decides */

#endif
