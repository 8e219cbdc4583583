#ifndef TESTS_SUPPORT_API_GIVEN_H
#define TESTS_SUPPORT_API_GIVEN_H

#include <jansson.h>

#include "engine/net/api.h"
#include "tests/support/core_given.h"
#include "tests/support/fake_net_server.h"

/* The api between a real core and a transport without sockets. The disk is the test's: commands are
 * stepped at once, as in the house, but nothing counts as durable before given_durable(). */

#define GIVEN_EVENTS_MAX 65536u
#define GIVEN_TOKENS_MAX 32u
#define GIVEN_WAITS_MAX  512u

struct given_wait {
    uint64_t ticket; /* 0: free */
    uint64_t seq;    /* durable then */
    struct api_answer answer;
};

struct given {
    struct world world;
    struct event_list log; /* all events so far */
    uint32_t published;    /* of them */
    struct api *api;
    struct net_server *net;
    struct api_config config;
    struct {
        char token[32];
        struct identity identity;
        bool revoked;
    } tokens[GIVEN_TOKENS_MAX];
    uint32_t token_count;
    struct given_wait waits[GIVEN_WAITS_MAX];
    bool queue_is_full;
    uint32_t submitted, observed, routed, linked, unlinked;
    struct command command; /* the last submitted */
    uint64_t fingerprint;
    struct observation observation;
    struct login_request login;
    uint64_t login_ticket;
    const char *epoch;
};

/* Default: 64 units, ring of 1 MiB. Change given->world.config and given->config before. */
void given_init(struct given *given);
void given_begin(struct given *given);
void given_end(struct given *given);

/* Take the world's last step into the log: call after every world_*() call that steps. */
void given_take(struct given *given);
/* The disk has all but the newest `lag` events; answers and events are said. */
void given_durable_but(struct given *given, uint32_t lag);
void given_durable(struct given *given);
/* Time goes on; the api ticks at its deadlines, the core does not. */
void given_pass(struct given *given, int64_t ms);

/* The same, and the core ticks too; what it emits is in the log, not on the disk. */
void given_run(struct given *given, int64_t ms);

/* Districts A (west) and B (east), square, meeting at x = 0. */
void given_districts(struct given *given);
uint64_t given_scope(const char *codes); /* "A", "AB" */
/* On duty there, of the district ('A', 'B'); a fix for those that move. Codes are U0, U1, … */
uint32_t given_unit(struct given *given, enum unit_kind kind, int32_t east_m, int32_t north_m,
                    char district);

/* Add a token; its name is the user's and the token's. */
void given_user(struct given *given, const char *name, enum role role, uint64_t scope,
                uint32_t unit_id);
/* Open a session and log in; the frames of that are behind. */
uint64_t given_login(struct given *given, const char *name);
/* Subscribe afresh, or go on from a place. */
void given_sub(struct given *given, uint64_t session_id, const char *stream);
void given_sub_since(struct given *given, uint64_t session_id, const char *stream, uint64_t seq);

/* Both are there and equal. */
bool given_same(const char *a, const char *b);
/* The text of the session's last message, as JSON; the caller decrefs. */
json_t *given_last(const struct given *given, uint64_t session_id);
/* The error code in it, "" if it is none. Valid until the next call. */
const char *given_error(const struct given *given, uint64_t session_id);
const char *given_problem(const struct given *given, uint64_t request_id);

/* ---- A client that keeps what it is told ---- */

struct given_client {
    uint64_t session_id;
    const char *stream;
    size_t read;   /* frames of the server looked at */
    uint64_t upto; /* of the last frame, or the snapshot's seq */
    bool has_state, in_snapshot;
    uint32_t part;
    uint32_t snapshots, frames, events, holes; /* seen */
    json_t *state; /* name -> value: what the model of given_client_read() keeps */
};

void given_client_init(struct given_client *client, uint64_t session_id, const char *stream);
void given_client_finish(struct given_client *client);
/* Take in all new frames. Counts a hole where `from` is not upto + 1 or a part is missing, and
 * asserts that events rise within the frame's range. */
void given_client_read(struct given_client *client, const struct given *given);

#endif
