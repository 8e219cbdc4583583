#include "engine/net/fanout.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/net/api_state.h"
#include "engine/net/fanout_frame.h"
#include "engine/net/translate_event.h"

enum status fanout_init(struct api *api)
{
    struct fanout *fanout = &api->fanout;
    const struct engine_config *config = api_engine_config(api);
    const int64_t now_ms = api_now_ms(api);
    *fanout = (struct fanout){
        .published_seq = api->backend.durable_seq(api->backend.context),
        .flushed_ms = now_ms,
        .units_ms = now_ms + FANOUT_UNITS_MS,
        .units_max = config->limits.units_max,
        .addressed = calloc(config->limits.units_max, sizeof *fanout->addressed),
        .marks = calloc(config->limits.units_max, sizeof *fanout->marks),
    };
    if (fanout->addressed == NULL || fanout->marks == NULL) {
        return STATUS_NO_MEMORY;
    }
    const enum status status = ledger_create(config, api_engine(api), &fanout->ledger);
    if (status != STATUS_OK) {
        return status;
    }
    return fanout_ring_init(&fanout->ring, api->config.resume_bytes, fanout->published_seq + 1);
}

void fanout_finish(struct api *api)
{
    struct fanout *fanout = &api->fanout;
    for (uint32_t i = 0; i < FANOUT_FRAMES_SHARED; i++) {
        net_frame_release(fanout->shared[i].frame);
    }
    for (uint32_t i = 0; i < FANOUT_SNAPSHOTS_KEPT; i++) {
        fanout_snapshot_release(fanout->kept[i].snapshot);
    }
    fanout_ring_finish(&fanout->ring);
    ledger_destroy(fanout->ledger);
    free(fanout->addressed);
    free(fanout->marks);
    *fanout = (struct fanout){.ledger = NULL};
}

/* ---- Publishing ---- */

/* No memory: what was lost cannot be told, so everybody begins anew. */
static void give_up_ring(struct fanout *fanout)
{
    fanout_ring_clear(&fanout->ring);
    fanout->moved_seq = fanout->published_seq;
    fanout->is_lost = true;
}

static void address_unit(struct api *api, struct fanout_entry *entry, uint32_t unit_id,
                         bool reveals)
{
    struct fanout *fanout = &api->fanout;
    struct translate_event_space space;
    struct proto_event event;
    translate_event_for_unit(api_engine(api), fanout->ledger, api->event, unit_id, &space, &event);
    proto_buffer_clear(&api->texts);
    proto_encode_event(&api->texts, &event);
    if (!proto_buffer_ok(&api->texts) ||
        fanout_ring_address(&fanout->ring, entry, unit_id, api->texts.bytes, api->texts.size) !=
            STATUS_OK) {
        fanout->is_lost = true;
    }
    if ((fanout->marks[unit_id] & FANOUT_ADDRESSED) == 0) {
        fanout->marks[unit_id] |= FANOUT_ADDRESSED;
        fanout->addressed[fanout->addressed_count++] = unit_id;
    }
    if (reveals) {
        fanout->marks[unit_id] |= FANOUT_REVEALED;
    }
}

/* Whom does each event concern; and the words for units, which go out first. */
static void publish_to_units(struct api *api, const struct event_list *events)
{
    struct fanout *fanout = &api->fanout;
    bool has_districts = false;
    for (uint32_t i = 0; i < events->count; i++) {
        event_list_get(events, i, api->event);
        const struct ledger_audience audience = ledger_apply(fanout->ledger, api->event);
        struct fanout_entry *entry =
            fanout_ring_push(&fanout->ring, audience.scope, audience.moves);
        if (audience.moves) {
            fanout->moved_seq = api->event->seq;
        }
        for (uint32_t j = 0; j < audience.unit_count; j++) {
            fanout_units_mark(fanout, audience.units[j]);
            address_unit(api, entry, audience.units[j], audience.reveals);
        }
        has_districts |=
            api->event->kind == EVENT_DISTRICT_PUT || api->event->kind == EVENT_DISTRICTS_CLEARED;
    }
    fanout->published_seq = events->records[events->count - 1].seq;
    if (has_districts) {
        ledger_refresh_districts(fanout->ledger, api_engine(api));
    }
}

static void send_to_unit(struct api *api, uint32_t unit_id, uint64_t batch_seq)
{
    const bool reveals = (api->fanout.marks[unit_id] & FANOUT_REVEALED) != 0;
    struct session *session = NULL;
    while ((session = session_unit_walk(&api->sessions, unit_id, session)) != NULL) {
        if (session->log != SESSION_LOG_LIVE) {
            continue;
        }
        if (api->fanout.is_lost) {
            fanout_frame_orders_snapshot(api, session);
            continue;
        }
        fanout_frame_orders(api, session, batch_seq);
        if (reveals) {
            fanout_frame_orders_snapshot(api, session);
        }
    }
}

static void send_to_units(struct api *api, uint64_t batch_seq)
{
    struct fanout *fanout = &api->fanout;
    for (uint32_t i = 0; i < fanout->addressed_count; i++) {
        const uint32_t unit_id = fanout->addressed[i];
        send_to_unit(api, unit_id, batch_seq);
        fanout->marks[unit_id] &= (uint8_t) ~(FANOUT_ADDRESSED | FANOUT_REVEALED);
    }
    fanout->addressed_count = 0;
}

/* The words for consoles, each once for a masking. */
static void keep_for_consoles(struct api *api, const struct event_list *events)
{
    struct fanout *fanout = &api->fanout;
    struct translate_event_space space;
    struct proto_event event;
    for (uint32_t i = 0; i < events->count; i++) {
        struct fanout_entry *entry = fanout_ring_at(&fanout->ring, events->records[i].seq);
        if (entry == NULL || entry->scope == 0) {
            continue;
        }
        event_list_get(events, i, api->event);
        for (unsigned mask = 0; mask < TRANSLATE_MASK_COUNT; mask++) {
            if (mask != TRANSLATE_FULL &&
                !translate_event_differs(api->event->kind, (enum translate_mask)mask)) {
                continue;
            }
            translate_event_fill(api_engine(api), api->event, (enum translate_mask)mask, &space,
                                 &event);
            proto_buffer_clear(&api->texts);
            proto_encode_event(&api->texts, &event);
            if (!proto_buffer_ok(&api->texts) ||
                fanout_ring_set_text(&fanout->ring, &entry->texts[mask], api->texts.bytes,
                                     api->texts.size) != STATUS_OK) {
                fanout->is_lost = true;
            }
        }
    }
}

void fanout_publish(struct api *api, const struct event_list *events)
{
    struct fanout *fanout = &api->fanout;
    if (events->count == 0) {
        return;
    }
    const uint64_t batch_seq = events->records[0].seq;
    assert(batch_seq == fanout->published_seq + 1); /* the host leaves nothing out */
    assert(batch_seq == fanout->ring.next_seq);

    publish_to_units(api, events);
    send_to_units(api, batch_seq);
    keep_for_consoles(api, events);
    if (fanout->is_lost) {
        give_up_ring(fanout);
        fanout->is_lost = false;
    }
    fanout_ring_trim(&fanout->ring);
    fanout->flush_due = true;
}

/* ---- Streams ---- */

static bool is_orders(const struct session *session)
{
    return session->identity.role == ROLE_UNIT;
}

static bool can_resume(const struct api *api, const struct session *session,
                       const struct proto_sub *sub)
{
    const struct fanout *fanout = &api->fanout;
    if (!sub->has_since || strcmp(sub->epoch, api->backend.epoch(api->backend.context)) != 0 ||
        !fanout_ring_reaches(&fanout->ring, sub->seq)) {
        return false;
    }
    if (!is_orders(session)) {
        return !fanout_frame_moved(fanout, session->identity.scope, sub->seq);
    }
    /* What a volunteer may see has perhaps changed since; its snapshot is small. */
    const struct ledger_unit *unit = ledger_unit(fanout->ledger, session->identity.unit_id);
    return unit != NULL && !unit->is_volunteer;
}

void fanout_unsubscribe(struct session *session)
{
    fanout_snapshot_release(session->snapshot);
    session->snapshot = NULL;
    session->log = SESSION_LOG_OFF;
}

bool fanout_subscribe(struct api *api, struct session *session, const struct proto_sub *sub)
{
    fanout_unsubscribe(session);
    if (!can_resume(api, session, sub)) {
        session->log = SESSION_LOG_SNAPSHOT;
        return false;
    }
    session->log = SESSION_LOG_LIVE;
    session->upto = sub->seq;
    api->counters.resumed++;
    return true;
}

void fanout_continue(struct api *api, struct session *session)
{
    assert(session->log != SESSION_LOG_OFF);
    if (!is_orders(session)) {
        fanout_frame_city(api, session, api_now_ms(api));
    } else if (session->log == SESSION_LOG_LIVE) {
        fanout_frame_orders(api, session, session->upto + 1);
    } else {
        fanout_frame_orders_snapshot(api, session);
    }
}

void fanout_tick(struct api *api, int64_t now_ms)
{
    struct fanout *fanout = &api->fanout;
    if (now_ms >= fanout->units_ms) {
        fanout_units_tick(api, now_ms);
        fanout->units_ms = now_ms + FANOUT_UNITS_MS;
    }
    if (now_ms < fanout_flush_ms(api)) {
        return;
    }
    fanout->flush_due = false;
    fanout->is_waiting = false;
    fanout->flushed_ms = now_ms;
    for (uint32_t i = 0; i < api->sessions.used_max; i++) {
        struct session *session = &api->sessions.slots[i];
        if (session->phase == SESSION_OPEN && session->log != SESSION_LOG_OFF &&
            !is_orders(session)) {
            fanout_frame_city(api, session, now_ms);
        }
    }
}

int64_t fanout_flush_ms(const struct api *api)
{
    const struct fanout *fanout = &api->fanout;
    if (fanout->flush_due || fanout->is_waiting) {
        return fanout->flushed_ms + (int64_t)api->config.console_batch_ms;
    }
    return INT64_MAX;
}

int64_t fanout_deadline_ms(const struct api *api)
{
    const int64_t flush_ms = fanout_flush_ms(api);
    return flush_ms < api->fanout.units_ms ? flush_ms : api->fanout.units_ms;
}
