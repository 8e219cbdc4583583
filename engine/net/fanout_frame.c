#include "engine/net/fanout_frame.h"

#include <assert.h>

#include "engine/net/api_state.h"
#include "engine/net/net_queued.h"

/* Through whose eyes the ring is read. */
struct view {
    enum proto_stream stream;
    enum translate_mask mask;
    uint64_t scope;   /* of a city stream */
    uint32_t unit_id; /* of an orders stream */
};

/* What the viewer hears of this event; NULL: nothing. */
static const struct fanout_text *text_of(const struct fanout_entry *entry, const struct view *view)
{
    if (view->stream == PROTO_STREAM_CITY) {
        if ((entry->scope & view->scope) == 0) {
            return NULL;
        }
        const struct fanout_text *masked = &entry->texts[view->mask];
        return masked->bytes != NULL ? masked : &entry->texts[TRANSLATE_FULL];
    }
    for (uint32_t i = 0; i < entry->addressed_count; i++) {
        if (entry->addressed[i].unit_id == view->unit_id) {
            return &entry->addressed[i].text;
        }
    }
    return NULL;
}

/* The last seq of a frame that begins at `seq`: the newest, unless the frame grows too large. */
static uint64_t frame_end(const struct fanout *fanout, const struct view *view, uint64_t seq,
                          uint32_t *count)
{
    size_t size = 0;
    for (*count = 0; seq <= fanout->published_seq; seq++) {
        const struct fanout_entry *entry = fanout_ring_at(&fanout->ring, seq);
        const struct fanout_text *text = entry == NULL ? NULL : text_of(entry, view);
        if (text == NULL) {
            continue;
        }
        if (*count > 0 && size + text->size > FANOUT_PART_BYTES) {
            return seq - 1;
        }
        size += text->size + 1;
        ++*count;
    }
    return fanout->published_seq;
}

/* NULL: no memory. */
static struct net_frame *frame_make(struct api *api, const struct view *view, uint64_t from,
                                    uint64_t scan_seq, uint64_t upto)
{
    struct proto_buffer *buffer = &api->buffer;
    proto_buffer_clear(buffer);
    proto_frame_log_begin(buffer, view->stream, api->backend.epoch(api->backend.context), from,
                          upto);
    for (uint64_t seq = scan_seq; seq <= upto; seq++) {
        const struct fanout_entry *entry = fanout_ring_at(&api->fanout.ring, seq);
        const struct fanout_text *text = entry == NULL ? NULL : text_of(entry, view);
        if (text != NULL) {
            proto_frame_log_event(buffer, text->bytes, text->size);
        }
    }
    proto_frame_log_end(buffer);
    if (!proto_buffer_ok(buffer)) {
        return NULL;
    }
    api->counters.frames_encoded++;
    return net_frame_create(buffer->bytes, buffer->size, false);
}

/* ---- Consoles ---- */

bool fanout_frame_moved(const struct fanout *fanout, uint64_t scope, uint64_t seq)
{
    if (scope == SCOPE_CITY || seq >= fanout->moved_seq) {
        return false;
    }
    for (uint64_t at = seq + 1; at <= fanout->moved_seq; at++) {
        const struct fanout_entry *entry = fanout_ring_at(&fanout->ring, at);
        if (entry == NULL || (entry->moves && (entry->scope & scope) != 0)) {
            return true;
        }
    }
    return false;
}

/* The frame from `from` on for this audience, borrowed; made once, then shared. */
static struct net_frame *shared_frame(struct api *api, const struct view *view, uint64_t from,
                                      uint64_t *upto)
{
    struct fanout *fanout = &api->fanout;
    for (uint32_t i = 0; i < FANOUT_FRAMES_SHARED; i++) {
        const struct fanout_shared *shared = &fanout->shared[i];
        if (shared->frame != NULL && shared->from == from && shared->scope == view->scope &&
            shared->mask == view->mask) {
            *upto = shared->upto;
            return shared->frame;
        }
    }
    uint32_t count = 0;
    *upto = frame_end(fanout, view, from, &count);
    struct net_frame *frame = frame_make(api, view, from, from, *upto);
    if (frame == NULL) {
        return NULL;
    }
    struct fanout_shared *shared = &fanout->shared[fanout->shared_next++ % FANOUT_FRAMES_SHARED];
    net_frame_release(shared->frame);
    *shared = (struct fanout_shared){
        .scope = view->scope, .from = from, .upto = *upto, .mask = view->mask, .frame = frame};
    return frame;
}

/* One that was made a moment ago serves as well, if the ring holds what has come since. */
static struct fanout_snapshot *kept_snapshot(const struct fanout *fanout, uint64_t scope,
                                             enum translate_mask mask, int64_t now_ms)
{
    for (uint32_t i = 0; i < FANOUT_SNAPSHOTS_KEPT; i++) {
        struct fanout_snapshot *snapshot = fanout->kept[i].snapshot;
        if (snapshot == NULL || snapshot->scope != scope || snapshot->mask != mask ||
            now_ms - fanout->kept[i].made_ms > FANOUT_SNAPSHOT_MS ||
            snapshot->seq + 1 < fanout->ring.first_seq ||
            fanout_frame_moved(fanout, scope, snapshot->seq)) {
            continue;
        }
        return fanout_snapshot_retain(snapshot);
    }
    return NULL;
}

static struct fanout_snapshot *make_snapshot(struct api *api, const struct session *session,
                                             int64_t now_ms)
{
    struct fanout *fanout = &api->fanout;
    const uint64_t scope = session->identity.scope;
    const enum translate_mask mask = translate_view_mask(session->identity.role);
    struct fanout_snapshot *snapshot = kept_snapshot(fanout, scope, mask, now_ms);
    if (snapshot != NULL) {
        return snapshot;
    }
    snapshot = fanout_snapshot_city(api_engine(api), api->backend.epoch(api->backend.context),
                                    scope, mask, &api->buffer);
    if (snapshot == NULL) {
        return NULL;
    }
    api->counters.snapshots++;
    struct fanout_kept *kept = &fanout->kept[fanout->kept_next++ % FANOUT_SNAPSHOTS_KEPT];
    fanout_snapshot_release(kept->snapshot);
    *kept = (struct fanout_kept){.snapshot = fanout_snapshot_retain(snapshot), .made_ms = now_ms};
    return snapshot;
}

/* True: all of it is on its way, and the log goes on from there. */
static bool push_snapshot(struct api *api, struct session *session, int64_t now_ms)
{
    if (session->snapshot != NULL && session->snapshot_part == 0 &&
        session->snapshot->seq + 1 < api->fanout.ring.first_seq) {
        fanout_snapshot_release(session->snapshot); /* too old to go on from before it began */
        session->snapshot = NULL;
    }
    if (session->snapshot == NULL) {
        if (net_queued_bytes(api->server, session->id) > FANOUT_QUEUED_BYTES) {
            api->fanout.is_waiting = true;
            return false;
        }
        session->snapshot = make_snapshot(api, session, now_ms);
        session->snapshot_part = 0;
    }
    if (session->snapshot == NULL) {
        session_talk_end(api, session, SESSION_CLOSE_DOWN, "no memory for a snapshot; come back");
        return false;
    }
    if (session->snapshot->seq > api->fanout.published_seq) {
        return false; /* it holds what is not on the disk yet; publishing wakes us */
    }
    while (session->snapshot_part < session->snapshot->frame_count) {
        if (net_queued_bytes(api->server, session->id) > FANOUT_QUEUED_BYTES) {
            api->fanout.is_waiting = true;
            return false;
        }
        if (!net_server_send(api->server, session->id,
                             session->snapshot->frames[session->snapshot_part], NET_FACT)) {
            return false;
        }
        session->snapshot_part++;
    }
    session->upto = session->snapshot->seq;
    session->log = SESSION_LOG_LIVE;
    fanout_snapshot_release(session->snapshot);
    session->snapshot = NULL;
    return true;
}

void fanout_frame_city(struct api *api, struct session *session, int64_t now_ms)
{
    struct fanout *fanout = &api->fanout;
    const struct view view = {.stream = PROTO_STREAM_CITY,
                              .mask = translate_view_mask(session->identity.role),
                              .scope = session->identity.scope};
    if (session->log == SESSION_LOG_SNAPSHOT && !push_snapshot(api, session, now_ms)) {
        return;
    }
    while (session->upto < fanout->published_seq) {
        if (!fanout_ring_reaches(&fanout->ring, session->upto) ||
            fanout_frame_moved(fanout, view.scope, session->upto)) {
            session->log = SESSION_LOG_SNAPSHOT; /* left behind: all anew */
            fanout->is_waiting = true;
            return;
        }
        uint64_t upto = 0;
        struct net_frame *frame = NULL;
        if (net_queued_bytes(api->server, session->id) <= FANOUT_QUEUED_BYTES) {
            frame = shared_frame(api, &view, session->upto + 1, &upto);
        }
        if (frame == NULL) { /* the socket or the memory is full: later */
            fanout->is_waiting = true;
            return;
        }
        if (!net_server_send(api->server, session->id, frame, NET_FACT)) {
            return;
        }
        session->upto = upto;
    }
}

/* ---- Units ---- */

void fanout_frame_orders(struct api *api, struct session *session, uint64_t scan_seq)
{
    const struct view view = {.stream = PROTO_STREAM_ORDERS, .unit_id = session->identity.unit_id};
    assert(scan_seq > session->upto);
    while (session->upto < api->fanout.published_seq) {
        uint32_t count = 0;
        const uint64_t upto = frame_end(&api->fanout, &view, scan_seq, &count);
        if (count == 0) {
            return; /* nothing of its own: its place stays where it is */
        }
        struct net_frame *frame = frame_make(api, &view, session->upto + 1, scan_seq, upto);
        if (frame == NULL) {
            session_talk_end(api, session, SESSION_CLOSE_DOWN, "no memory; come back");
            return;
        }
        const bool sent = net_server_send(api->server, session->id, frame, NET_FACT);
        net_frame_release(frame);
        if (!sent) {
            return;
        }
        session->upto = upto;
        scan_seq = upto + 1;
    }
}

void fanout_frame_orders_snapshot(struct api *api, struct session *session)
{
    struct fanout *fanout = &api->fanout;
    struct fanout_snapshot *snapshot = fanout_snapshot_orders(
        api_engine(api), fanout->ledger, api->backend.epoch(api->backend.context),
        fanout->published_seq, session->identity.unit_id, &api->buffer);
    if (snapshot == NULL) {
        session_talk_end(api, session, SESSION_CLOSE_DOWN, "no memory for a snapshot; come back");
        return;
    }
    api->counters.snapshots++;
    for (uint32_t i = 0; i < snapshot->frame_count; i++) {
        (void)net_server_send(api->server, session->id, snapshot->frames[i], NET_FACT);
    }
    fanout_snapshot_release(snapshot);
    session->upto = fanout->published_seq;
    session->log = SESSION_LOG_LIVE;
}
