#ifndef ENGINE_NET_SESSION_H
#define ENGINE_NET_SESSION_H

#include "engine/net/access.h"
#include "engine/net/fanout_snapshot.h"
#include "proto/proto_decode.h"
#include "proto/proto_frame.h"

/* One WebSocket connection, from hello to close.
 *
 *   GREETED --auth--> OPEN --+
 *      |                     |   any of them, on a breach, an expiry, a revoked right
 *      +------------------> ENDED --transport says closed--> (slot free)
 *
 * An ended session is told nothing more, whatever still waits for it. */

enum session_phase { SESSION_FREE, SESSION_GREETED, SESSION_OPEN, SESSION_ENDED };

enum session_close {
    SESSION_CLOSE_DOWN = 4001,
    SESSION_CLOSE_EXPIRED = 4005,
    SESSION_CLOSE_RIGHTS = 4010,
    SESSION_CLOSE_RATE = 4013,
    SESSION_CLOSE_TOKEN = 4500,
    SESSION_CLOSE_GARBLED = 4501,
    SESSION_CLOSE_NO_LOGIN = 4502,
    SESSION_CLOSE_ELSEWHERE = 4503
};

#define SESSION_AUTH_MS_MAX   10000 /* from hello to auth */
#define SESSION_RATE_PER_S    50    /* messages, positions counted */
#define SESSION_BURST         200
#define SESSION_MALFORMED_MAX 20     /* in a row */
#define SESSION_UNIT_MAX      4      /* of one unit: a phone, a vehicle terminal, and what hangs */
#define SESSION_PENDING_MAX   256    /* commands without an answer */
#define SESSION_FIX_AHEAD_MS  300000 /* a device's clock may be ahead by this much */

enum session_log { SESSION_LOG_OFF, SESSION_LOG_SNAPSHOT, SESSION_LOG_LIVE };

struct session {
    uint64_t id; /* the transport's */
    enum session_phase phase;
    struct identity identity;
    int64_t opened_ms, beat_ms; /* next */
    int64_t allowance_ms;       /* when the bucket of messages was full, see session_allow() */
    uint32_t malformed, pending;

    /* Its log stream: city or orders, by role. */
    enum session_log log;
    uint64_t upto;                    /* LIVE: the last seq told */
    struct fanout_snapshot *snapshot; /* SNAPSHOT: retained */
    uint32_t snapshot_part;           /* the next to send */

    bool units, units_due; /* the keyed stream; due: all of them first */

    uint32_t bucket_next; /* slots: of the table by id */
    uint32_t unit_next;   /* newest first, sessions of one unit */
};

struct session_table {
    struct session *slots;
    uint32_t slots_max, used_max; /* slots at and above used_max were never used */
    uint32_t *buckets, bucket_mask;
    uint32_t *spare, spare_count;
    uint32_t *unit_first; /* by unit id */
    uint32_t units_max;
};

#define SESSION_NONE UINT32_MAX

MUST_CHECK enum status session_table_init(struct session_table *table, uint32_t sessions_max,
                                          uint32_t units_max);
void session_table_finish(struct session_table *table);
/* NULL: no such session. */
struct session *session_find(const struct session_table *table, uint64_t id);
/* NULL: full. */
struct session *session_add(struct session_table *table, uint64_t id, int64_t now_ms);
/* Frees the slot. Its snapshot must have been released. */
void session_remove(struct session_table *table, struct session *session);
void session_unit_link(struct session_table *table, struct session *session);
void session_unit_unlink(struct session_table *table, struct session *session);
/* The oldest session of the unit beyond SESSION_UNIT_MAX; NULL: there are not too many. */
struct session *session_unit_surplus(const struct session_table *table, uint32_t unit_id);
/* Walk the sessions of a unit, start with NULL. */
struct session *session_unit_walk(const struct session_table *table, uint32_t unit_id,
                                  const struct session *before);

/* Leaky bucket: SESSION_RATE_PER_S, SESSION_BURST at once. False: too many. */
bool session_allow(struct session *session, int64_t now_ms);

/* ---- session_talk.c: what a client says ---- */

struct api;
void session_talk_opened(struct api *api, uint64_t session_id);
void session_talk_message(struct api *api, uint64_t session_id, const char *bytes, size_t size,
                          bool is_binary);
void session_talk_closed(struct api *api, uint64_t session_id);
void session_talk_end(struct api *api, struct session *session, enum session_close code,
                      const char *reason);
/* Time-outs, expiry, heartbeats of every session. */
void session_talk_sweep(struct api *api, int64_t now_ms);

/* ---- session_command.c ---- */

/* What POST /v1/commands and a message have in common: access, translation, the queue. False:
 * `error` says why not; nobody waits then. */
bool session_command_submit(struct api *api, const struct identity *identity,
                            const struct proto_command *from, int64_t now_ms, uint64_t ticket,
                            struct proto_error *error);
void session_command_take(struct api *api, struct session *session,
                          const struct proto_message *message);
void session_command_position(struct api *api, struct session *session,
                              const struct proto_message *message);

#endif
