#ifndef ENGINE_NET_FANOUT_H
#define ENGINE_NET_FANOUT_H

#include "engine/net/fanout_ring.h"
#include "engine/net/session.h"

/* From what is on the disk to everybody who may hear it.
 *
 *   events -> ledger (whom?) -> unit frames, at once
 *                            -> ring (encoded once for each masking) -> city frames, batched
 *
 * Every log stream is a cursor into the ring. What a session has been told is its `upto`; a frame
 * goes from there to the newest event, is made once and shared by all who stand at the same place
 * and may see the same. A session that the ring has left behind begins anew with a snapshot. */

#define FANOUT_FRAMES_SHARED  32u     /* made frames that are kept for others to share */
#define FANOUT_QUEUED_BYTES   262144u /* more waits for a console: it gets the next frame later */
#define FANOUT_SNAPSHOT_MS    1000    /* a snapshot serves others for so long */
#define FANOUT_SNAPSHOTS_KEPT 8u
#define FANOUT_SCOPES_MAX     32u /* unit frames made once a second, by scope; more are made anew */
#define FANOUT_UNITS_MS       1000 /* the keyed stream */
#define FANOUT_UNITS_SHARE    16u  /* so many seconds until every unit was told again */

/* Bits of a unit's mark. */
enum fanout_mark { FANOUT_ADDRESSED = 1, FANOUT_REVEALED = 2, FANOUT_MOVED = 4 };

struct fanout_shared {
    uint64_t scope, from, upto;
    enum translate_mask mask;
    struct net_frame *frame; /* NULL: free */
};

struct fanout_kept {
    struct fanout_snapshot *snapshot; /* NULL: free */
    int64_t made_ms;
};

struct fanout {
    struct ledger *ledger;
    struct fanout_ring ring;
    uint64_t published_seq; /* everything up to here was handed to us */
    uint64_t moved_seq;     /* the last event that scoped audiences cannot go on over */
    int64_t flushed_ms;
    bool flush_due;  /* consoles have something to hear */
    bool is_waiting; /* somebody's snapshot, or what comes after it, is on its way */
    struct fanout_shared shared[FANOUT_FRAMES_SHARED];
    uint32_t shared_next;
    struct fanout_kept kept[FANOUT_SNAPSHOTS_KEPT];
    uint32_t kept_next;
    bool is_lost;        /* no memory for an event: the ring cannot be trusted */
    uint32_t *addressed; /* units of the batch, each once; units_max */
    uint32_t addressed_count;
    uint8_t *marks; /* by unit: bits of enum fanout_mark */
    uint32_t units_max;
    int64_t units_ms; /* when the keyed stream is due */
    uint32_t units_turn;
    uint64_t coverage_version; /* that consoles know of */
};

struct api;
MUST_CHECK enum status fanout_init(struct api *api);
void fanout_finish(struct api *api);

void fanout_publish(struct api *api, const struct event_list *events);
/* Begin a log stream. Answers whether the client can go on from where it was. */
bool fanout_subscribe(struct api *api, struct session *session, const struct proto_sub *sub);
void fanout_unsubscribe(struct session *session);
/* What must follow the answer to a `sub`: the missing frames, the snapshot. */
void fanout_continue(struct api *api, struct session *session);
/* Consoles, snapshots that wait for the disk or for the socket, the keyed stream. */
void fanout_tick(struct api *api, int64_t now_ms);
int64_t fanout_flush_ms(const struct api *api);
int64_t fanout_deadline_ms(const struct api *api);

/* fanout_units.c: the keyed stream. */
void fanout_units_mark(struct fanout *fanout, uint32_t unit_id);
void fanout_units_tick(struct api *api, int64_t now_ms);
void fanout_units_first(struct api *api, struct session *session, int64_t now_ms);

#endif
