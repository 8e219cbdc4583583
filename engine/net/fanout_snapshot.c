#include "engine/net/fanout_snapshot.h"

#include <assert.h>
#include <stdlib.h>

#include "engine/net/translate_event.h"
#include "proto/proto_frame.h"

struct fanout_snapshot *fanout_snapshot_retain(struct fanout_snapshot *snapshot)
{
    snapshot->references++;
    return snapshot;
}

void fanout_snapshot_release(struct fanout_snapshot *snapshot)
{
    if (snapshot == NULL || --snapshot->references > 0) {
        return;
    }
    for (uint32_t i = 0; i < snapshot->frame_count; i++) {
        net_frame_release(snapshot->frames[i]);
    }
    free(snapshot->frames);
    free(snapshot);
}

/* ---- Parts ---- */

struct writer {
    struct fanout_snapshot *snapshot; /* NULL: one part, as large as it gets */
    struct proto_buffer *buffer;
    enum proto_stream stream;
    const char *epoch;
    const char *list; /* open, NULL: none */
    bool failed;
};

static void part_begin(struct writer *writer)
{
    proto_buffer_clear(writer->buffer);
    proto_frame_snapshot_begin(writer->buffer, writer->stream, writer->epoch, writer->snapshot->seq,
                               writer->snapshot->frame_count);
}

static void part_end(struct writer *writer, bool last)
{
    struct fanout_snapshot *snapshot = writer->snapshot;
    if (writer->list != NULL) {
        proto_frame_list_end(writer->buffer);
        writer->list = NULL;
    }
    proto_frame_snapshot_end(writer->buffer, last);
    if (snapshot->frame_count == snapshot->frames_max) {
        const uint32_t frames_max = snapshot->frames_max == 0 ? 4 : 2 * snapshot->frames_max;
        struct net_frame **frames =
            realloc(snapshot->frames, frames_max * sizeof(struct net_frame *));
        if (frames == NULL) {
            writer->failed = true;
            return;
        }
        snapshot->frames = frames;
        snapshot->frames_max = frames_max;
    }
    struct net_frame *frame =
        proto_buffer_ok(writer->buffer)
            ? net_frame_create(writer->buffer->bytes, writer->buffer->size, false)
            : NULL;
    if (frame == NULL) {
        writer->failed = true;
        return;
    }
    snapshot->frames[snapshot->frame_count++] = frame;
}

/* Makes room for one more object of the list: call, then encode. */
static void item_begin(struct writer *writer, const char *list)
{
    if (writer->failed) {
        return;
    }
    if (writer->snapshot != NULL && writer->buffer->size >= FANOUT_PART_BYTES) {
        part_end(writer, false);
        part_begin(writer);
    }
    if (writer->list != list) {
        if (writer->list != NULL) {
            proto_frame_list_end(writer->buffer);
        }
        proto_frame_list_begin(writer->buffer, list);
        writer->list = list;
    }
}

static const char list_districts[] = "districts";
static const char list_circles[] = "circles";
static const char list_centres[] = "centres";
static const char list_checkpoints[] = "checkpoints";
static const char list_units[] = "units";
static const char list_incidents[] = "incidents";
static const char list_assignments[] = "assignments";
static const char list_referrals[] = "referrals";
static const char list_notices[] = "notices";
static const char list_alarms[] = "alarms";
static const char list_decisions[] = "decisions";

/* ---- The city ---- */

static void write_roster(struct writer *writer, const struct engine *engine, uint64_t scope,
                         enum translate_mask mask)
{
    for (uint32_t i = 0; i < engine_district_count(engine); i++) {
        const struct proto_district district = {.code = engine_district_code(engine, i),
                                                .name = engine_district_name(engine, i)};
        item_begin(writer, list_districts);
        proto_encode_district(writer->buffer, &district);
    }
    for (uint32_t i = 0; i < engine_circle_count(engine); i++) {
        struct proto_circle circle;
        translate_view_circle(engine, engine_circle(engine, i), &circle);
        item_begin(writer, list_circles);
        proto_encode_circle(writer->buffer, &circle);
    }
    for (uint32_t i = 0; i < engine_centre_count(engine); i++) {
        struct proto_centre centre;
        translate_view_centre(engine, engine_centre(engine, i), &centre);
        item_begin(writer, list_centres);
        proto_encode_centre(writer->buffer, &centre);
    }
    for (uint32_t i = 0; i < engine_checkpoint_count(engine); i++) {
        const struct checkpoint_view view = engine_checkpoint(engine, i);
        if ((access_district_bit(view.definition->district) & scope) != 0) {
            struct proto_checkpoint checkpoint;
            translate_view_checkpoint(engine, &view, &checkpoint);
            item_begin(writer, list_checkpoints);
            proto_encode_checkpoint(writer->buffer, &checkpoint);
        }
    }
    for (uint32_t i = 0; i < engine_unit_count(engine); i++) {
        struct unit_view view;
        struct proto_unit unit;
        if (engine_unit(engine, i, &view) && access_scope_holds(scope, view.definition->district)) {
            translate_view_unit(engine, &view, mask, &unit);
            item_begin(writer, list_units);
            proto_encode_unit(writer->buffer, &unit);
        }
    }
}

static uint64_t unit_bit(const struct engine *engine, uint32_t unit_id)
{
    struct unit_view view;
    if (unit_id == UNIT_NONE || !engine_unit(engine, unit_id, &view)) {
        return 0;
    }
    return access_district_bit(view.definition->district);
}

static void write_incidents(struct writer *writer, const struct engine *engine, uint64_t scope,
                            enum translate_mask mask)
{
    struct incident_view view = {.incident_id = 0};
    while (engine_incident_next(engine, view.incident_id, &view)) {
        struct proto_incident incident;
        if ((access_incident_districts(&view) & scope) != 0) {
            translate_view_incident(engine, &view, mask, &incident);
            item_begin(writer, list_incidents);
            proto_encode_incident(writer->buffer, &incident);
        }
    }
}

/* The scope of an assignment is its incident's and its unit's, as it is for its events. */
static void write_assignments(struct writer *writer, const struct engine *engine, uint64_t scope)
{
    struct incident_view incident = {.incident_id = 0};
    while (engine_incident_next(engine, incident.incident_id, &incident)) {
        uint32_t id = incident.assignment_first;
        struct assignment_view view;
        while (id != 0 && engine_assignment(engine, id, &view)) {
            const uint64_t seen =
                access_incident_districts(&incident) | unit_bit(engine, view.unit_id);
            if ((seen & scope) != 0) {
                struct proto_assignment assignment;
                translate_view_assignment(engine, &view, &assignment);
                item_begin(writer, list_assignments);
                proto_encode_assignment(writer->buffer, &assignment);
            }
            id = view.next;
        }
    }
}

static void write_referrals(struct writer *writer, const struct engine *engine, uint64_t scope)
{
    struct incident_view incident = {.incident_id = 0};
    while (engine_incident_next(engine, incident.incident_id, &incident)) {
        const bool is_seen = (access_incident_districts(&incident) & scope) != 0;
        uint32_t id = is_seen ? incident.referral_first : 0;
        struct referral_view view;
        while (id != 0 && engine_referral(engine, id, &view)) {
            struct proto_referral referral;
            translate_view_referral(engine, &view, &referral);
            item_begin(writer, list_referrals);
            proto_encode_referral(writer->buffer, &referral);
            id = view.next;
        }
    }
}

/* What units have to hear, or have heard, beside their orders. */
static void write_notices(struct writer *writer, const struct engine *engine, uint64_t scope)
{
    struct incident_view incident = {.incident_id = 0};
    while (engine_incident_next(engine, incident.incident_id, &incident)) {
        uint32_t id = incident.assignment_first;
        struct assignment_view view;
        while (id != 0 && engine_assignment(engine, id, &view)) {
            const uint64_t seen =
                access_incident_districts(&incident) | unit_bit(engine, view.unit_id);
            if (view.notice.state != NOTICE_NONE && (seen & scope) != 0) {
                struct proto_notice notice;
                translate_view_notice(engine, &view, &notice);
                item_begin(writer, list_notices);
                proto_encode_notice(writer->buffer, &notice);
            }
            id = view.next;
        }
    }
}

static void write_alarms(struct writer *writer, const struct engine *engine, uint64_t scope)
{
    struct alarm_view view = {.alarm_id = 0};
    while (engine_alarm_next(engine, view.alarm_id, &view)) {
        struct incident_view incident;
        uint64_t seen = unit_bit(engine, view.unit_id);
        if (view.incident_id != 0 && engine_incident(engine, view.incident_id, &incident)) {
            seen |= access_incident_districts(&incident);
        }
        if (view.circle != CIRCLE_NONE || view.checkpoint != CHECKPOINT_NONE) {
            seen |= access_district_bit(view.district);
        }
        if (((seen == 0 ? access_district_bit(DISTRICT_NONE) : seen) & scope) != 0) {
            struct proto_alarm alarm;
            translate_view_alarm(engine, &view, &alarm);
            item_begin(writer, list_alarms);
            proto_encode_alarm(writer->buffer, &alarm);
        }
    }
}

static void write_decision(struct writer *writer, const struct engine *engine, uint32_t incident_id,
                           enum tier tier)
{
    const struct decision_made *made = engine_decision(engine, incident_id, tier);
    if (made == NULL) {
        return;
    }
    struct proto_decision decision;
    translate_view_decision(engine, made, &decision);
    item_begin(writer, list_decisions);
    proto_encode_decision(writer->buffer, &decision);
}

/* Of the incidents that wait for somebody to choose. */
static void write_decisions(struct writer *writer, const struct engine *engine, uint64_t scope)
{
    struct incident_view incident = {.incident_id = 0};
    while (engine_incident_next(engine, incident.incident_id, &incident)) {
        const bool waits =
            incident.state == INCIDENT_PENDING ||
            (incident.mode == DISPATCH_RECOMMEND && !incident_state_ended(incident.state));
        if (!waits || (access_incident_districts(&incident) & scope) == 0) {
            continue;
        }
        for (unsigned tier = 0; tier < TIER_COUNT; tier++) {
            write_decision(writer, engine, incident.incident_id, (enum tier)tier);
        }
    }
}

static void write_city(struct writer *writer, const struct engine *engine, uint64_t scope,
                       enum translate_mask mask)
{
    write_roster(writer, engine, scope, mask);
    write_incidents(writer, engine, scope, mask);
    write_assignments(writer, engine, scope);
    write_referrals(writer, engine, scope);
    write_notices(writer, engine, scope);
    write_alarms(writer, engine, scope);
    write_decisions(writer, engine, scope);
}

static struct fanout_snapshot *finish(struct writer *writer)
{
    if (!writer->failed) {
        part_end(writer, true);
    }
    proto_buffer_clear(writer->buffer);
    if (writer->failed) {
        fanout_snapshot_release(writer->snapshot);
        return NULL;
    }
    return writer->snapshot;
}

static struct fanout_snapshot *start(struct writer *writer, uint64_t seq, uint64_t scope,
                                     enum translate_mask mask)
{
    writer->snapshot = calloc(1, sizeof *writer->snapshot);
    if (writer->snapshot != NULL) {
        writer->snapshot->references = 1;
        writer->snapshot->seq = seq;
        writer->snapshot->scope = scope;
        writer->snapshot->mask = mask;
        part_begin(writer);
    }
    return writer->snapshot;
}

struct fanout_snapshot *fanout_snapshot_city(const struct engine *engine, const char *epoch,
                                             uint64_t scope, enum translate_mask mask,
                                             struct proto_buffer *buffer)
{
    struct writer writer = {.buffer = buffer, .stream = PROTO_STREAM_CITY, .epoch = epoch};
    if (start(&writer, engine_seq(engine), scope, mask) == NULL) {
        return NULL;
    }
    write_city(&writer, engine, scope, mask);
    return finish(&writer);
}

void fanout_snapshot_whole(const struct engine *engine, const char *epoch, uint64_t scope,
                           enum translate_mask mask, struct proto_buffer *out)
{
    struct writer writer = {.buffer = out, .stream = PROTO_STREAM_CITY, .epoch = epoch};
    proto_frame_snapshot_begin(out, writer.stream, epoch, engine_seq(engine), 0);
    write_city(&writer, engine, scope, mask);
    if (writer.list != NULL) {
        proto_frame_list_end(out);
    }
    proto_frame_snapshot_end(out, true);
}

/* ---- A unit ---- */

struct fanout_snapshot *fanout_snapshot_orders(const struct engine *engine,
                                               const struct ledger *ledger, const char *epoch,
                                               uint64_t seq, uint32_t unit_id,
                                               struct proto_buffer *buffer)
{
    struct unit_view view;
    const struct ledger_unit *published = ledger_unit(ledger, unit_id);
    struct writer writer = {.buffer = buffer, .stream = PROTO_STREAM_ORDERS, .epoch = epoch};
    if (published == NULL || !engine_unit(engine, unit_id, &view) ||
        start(&writer, seq, SCOPE_CITY, TRANSLATE_FULL) == NULL) {
        return NULL;
    }
    view.duty = published->duty;
    view.status = ledger_unit_status(published);
    view.status_ms = published->status_ms;
    view.panic = published->panic;
    view.assignment_id = published->active.assignment_id;
    view.incident_id = published->active.incident_id;
    struct proto_unit unit;
    struct proto_order order;
    /* The live engine runs ahead of the disk: what the unit signed on with is not said here. */
    translate_view_unit(engine, &view, TRANSLATE_API, &unit);
    unit.equipment = 0;
    unit.people_on = PROTO_NONE;
    const bool has_order = translate_event_order(engine, ledger, unit_id, &order);
    proto_frame_snapshot_unit(buffer, &unit, has_order ? &order : NULL);
    for (uint32_t i = 0; i < LEDGER_NOTICES_MAX; i++) {
        struct proto_notice notice;
        if (translate_event_notice(engine, ledger, unit_id, i, &notice)) {
            item_begin(&writer, list_notices);
            proto_encode_notice(buffer, &notice);
        }
    }
    return finish(&writer);
}
