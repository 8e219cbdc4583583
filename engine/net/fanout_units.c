#include <assert.h>

#include "engine/net/api_state.h"
#include "engine/net/translate.h"
#include "proto/proto_positions.h"

void fanout_units_mark(struct fanout *fanout, uint32_t unit_id)
{
    if (unit_id < fanout->units_max) {
        fanout->marks[unit_id] |= FANOUT_MOVED;
    }
}

static uint32_t age_s(int64_t fix_ms, int64_t now_ms)
{
    if (fix_ms == TIME_NEVER || now_ms - fix_ms > 255000) {
        return 255;
    }
    return now_ms <= fix_ms ? 0 : (uint32_t)((now_ms - fix_ms) / 1000);
}

/* False: nobody knows where it is. The status is what was published, the place the latest. */
static bool unit_position(const struct api *api, const struct unit_view *view, int64_t now_ms,
                          struct proto_position *position)
{
    const struct unit_definition *definition = view->definition;
    if (!view->has_fix && !definition->has_home) {
        return false;
    }
    const bool has_heading = view->has_fix && view->heading_deg < 360;
    const bool has_speed = view->has_fix && view->speed_kmh < 1000;
    *position = (struct proto_position){
        .index = view->unit_id,
        .at = translate_place(view->has_fix ? view->at : definition->home),
        .heading_deg = has_heading ? view->heading_deg : PROTO_NONE,
        .speed_kmh = has_speed ? view->speed_kmh : PROTO_NONE,
        .status = (enum proto_unit_status)ledger_unit_status(
            ledger_unit(api->fanout.ledger, view->unit_id)),
        .age_s = view->has_fix ? age_s(view->fix_ms, now_ms) : 255,
    };
    return true;
}

/* Those that moved or changed, and in turn a share of all, so that whoever missed a frame (over its
 * soft limit) and the ages of those who stand still come right. NULL: nobody, or no memory. */
static struct net_frame *units_frame(struct api *api, uint64_t scope, bool all, int64_t now_ms)
{
    const struct fanout *fanout = &api->fanout;
    const struct engine *engine = api_engine(api);
    uint32_t count = 0;
    proto_buffer_clear(&api->buffer);
    const size_t start = proto_positions_begin(&api->buffer, now_ms);
    for (uint32_t id = 0; id < engine_unit_count(engine); id++) {
        struct unit_view view;
        struct proto_position position;
        const bool told = all || (fanout->marks[id] & FANOUT_MOVED) != 0 ||
                          id % FANOUT_UNITS_SHARE == fanout->units_turn;
        if (told && engine_unit(engine, id, &view) &&
            access_scope_holds(scope, view.definition->district) &&
            unit_position(api, &view, now_ms, &position)) {
            proto_positions_add(&api->buffer, &position);
            count++;
        }
    }
    proto_positions_end(&api->buffer, start);
    if ((count == 0 && !all) || !proto_buffer_ok(&api->buffer)) {
        return NULL;
    }
    api->counters.frames_encoded++;
    return net_frame_create(api->buffer.bytes, api->buffer.size, true);
}

void fanout_units_first(struct api *api, struct session *session, int64_t now_ms)
{
    struct net_frame *frame = units_frame(api, session->identity.scope, true, now_ms);
    session->units_due = frame == NULL; /* without memory: at the next turn */
    if (frame != NULL) {
        (void)net_server_send(api->server, session->id, frame, NET_FACT);
        net_frame_release(frame);
    }
}

struct scope_frame {
    uint64_t scope;
    struct net_frame *frame;
};

static void units_send(struct api *api, const struct session *session, struct scope_frame *made,
                       uint32_t *made_count, int64_t now_ms)
{
    struct net_frame *frame = NULL;
    uint32_t i = 0;
    while (i < *made_count && made[i].scope != session->identity.scope) {
        i++;
    }
    if (i < *made_count) {
        frame = made[i].frame;
    } else {
        frame = units_frame(api, session->identity.scope, false, now_ms);
    }
    if (frame != NULL) {
        (void)net_server_send(api->server, session->id, frame, NET_POSITION);
    }
    if (i == FANOUT_SCOPES_MAX) {
        net_frame_release(frame);
    } else if (i == *made_count) {
        made[(*made_count)++] = (struct scope_frame){session->identity.scope, frame};
    }
}

/* That the cover has changed; those who look at it ask for it, each with its own question. */
static void tell_coverage(struct api *api)
{
    const uint64_t version = engine_coverage_version(api_engine(api));
    if (version == api->fanout.coverage_version) {
        return;
    }
    proto_buffer_clear(&api->buffer);
    proto_encode_coverage(&api->buffer, version);
    struct net_frame *frame = net_frame_create(api->buffer.bytes, api->buffer.size, false);
    if (frame == NULL) {
        return; /* at the next turn */
    }
    for (uint32_t i = 0; i < api->sessions.used_max; i++) {
        const struct session *session = &api->sessions.slots[i];
        if (session->phase == SESSION_OPEN && session->units &&
            access_role_may(session->identity.role, ACCESS_COVERAGE)) {
            (void)net_server_send(api->server, session->id, frame, NET_FACT);
        }
    }
    net_frame_release(frame);
    api->counters.frames_encoded++;
    api->fanout.coverage_version = version;
}

void fanout_units_tick(struct api *api, int64_t now_ms)
{
    struct fanout *fanout = &api->fanout;
    struct scope_frame made[FANOUT_SCOPES_MAX];
    uint32_t made_count = 0;
    for (uint32_t i = 0; i < api->sessions.used_max; i++) {
        struct session *session = &api->sessions.slots[i];
        if (session->phase != SESSION_OPEN || !session->units) {
            continue;
        }
        if (session->units_due) {
            fanout_units_first(api, session, now_ms);
        } else {
            units_send(api, session, made, &made_count, now_ms);
        }
    }
    for (uint32_t i = 0; i < made_count; i++) {
        net_frame_release(made[i].frame);
    }
    for (uint32_t id = 0; id < fanout->units_max; id++) {
        fanout->marks[id] &= (uint8_t)~FANOUT_MOVED;
    }
    fanout->units_turn = (fanout->units_turn + 1) % FANOUT_UNITS_SHARE;
    tell_coverage(api);
}
