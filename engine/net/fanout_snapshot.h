#ifndef ENGINE_NET_FANOUT_SNAPSHOT_H
#define ENGINE_NET_FANOUT_SNAPSHOT_H

#include "engine/net/ledger.h"
#include "engine/net/net_server.h"
#include "engine/net/translate_view.h"
#include "proto/proto_buffer.h"

/* The state as of one seq, in frames; shared by all who may see the same. */
struct fanout_snapshot {
    uint32_t references;
    uint64_t seq;
    uint64_t scope;
    enum translate_mask mask;
    uint32_t frame_count, frames_max;
    struct net_frame **frames;
};

#define FANOUT_PART_BYTES 38912u /* then the next part begins; the largest object has 10 KiB */

/* Count 1; NULL: no memory. `buffer` is scratch. All of the live state that the scope may see. */
struct fanout_snapshot *fanout_snapshot_city(const struct engine *engine, const char *epoch,
                                             uint64_t scope, enum translate_mask mask,
                                             struct proto_buffer *buffer);
/* The same in one part, however large, appended to `out`: for an answer over HTTP. */
void fanout_snapshot_whole(const struct engine *engine, const char *epoch, uint64_t scope,
                           enum translate_mask mask, struct proto_buffer *out);
/* A unit's own, as published up to `seq`. */
struct fanout_snapshot *fanout_snapshot_orders(const struct engine *engine,
                                               const struct ledger *ledger, const char *epoch,
                                               uint64_t seq, uint32_t unit_id,
                                               struct proto_buffer *buffer);
struct fanout_snapshot *fanout_snapshot_retain(struct fanout_snapshot *snapshot);
void fanout_snapshot_release(struct fanout_snapshot *snapshot); /* accepts NULL */

#endif
