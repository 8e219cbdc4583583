#include "engine/net/api_state.h"
#include "engine/net/http_api.h"
#include "engine/net/http_api_query.h"
#include "proto/proto_answer.h"

#define LONG_ANSWER 50u /* requests that it counts as: two a second */

void http_api_read_units(struct api *api, const struct net_request *request,
                         const struct identity *identity)
{
    const struct engine *engine = api_engine(api);
    proto_buffer_clear(&api->buffer);
    proto_frame_page_begin(&api->buffer, "units");
    for (uint32_t i = 0; i < engine_unit_count(engine); i++) {
        struct unit_view view;
        struct proto_unit unit;
        if (engine_unit(engine, i, &view) &&
            access_scope_holds(identity->scope, view.definition->district)) {
            translate_view_unit(engine, &view, translate_view_mask(identity->role), &unit);
            proto_encode_unit(&api->buffer, &unit);
        }
    }
    proto_frame_page_end(&api->buffer, engine_seq(engine));
    http_api_reply_durable(api, request->id);
}

void http_api_read_circles(struct api *api, const struct net_request *request,
                           const struct identity *identity)
{
    const struct engine *engine = api_engine(api);
    (void)identity; /* everybody knows them, as everybody hears circle.put */
    proto_buffer_clear(&api->buffer);
    proto_frame_page_begin(&api->buffer, "circles");
    for (uint32_t i = 0; i < engine_circle_count(engine); i++) {
        struct proto_circle circle;
        translate_view_circle(engine, engine_circle(engine, i), &circle);
        proto_encode_circle(&api->buffer, &circle);
    }
    proto_frame_page_end(&api->buffer, 0);
    http_api_reply_durable(api, request->id);
}

void http_api_read_centres(struct api *api, const struct net_request *request,
                           const struct identity *identity)
{
    const struct engine *engine = api_engine(api);
    (void)identity; /* as circles */
    proto_buffer_clear(&api->buffer);
    proto_frame_page_begin(&api->buffer, "centres");
    for (uint32_t i = 0; i < engine_centre_count(engine); i++) {
        struct proto_centre centre;
        translate_view_centre(engine, engine_centre(engine, i), &centre);
        proto_encode_centre(&api->buffer, &centre);
    }
    proto_frame_page_end(&api->buffer, 0);
    http_api_reply_durable(api, request->id);
}

/* A unit's own district is what it may have to visit; one without a district may be sent anywhere.
 */
static uint64_t checkpoint_scope(const struct engine *engine, const struct identity *identity)
{
    struct unit_view view;
    if (identity->role != ROLE_UNIT || !engine_unit(engine, identity->unit_id, &view) ||
        view.definition->district == DISTRICT_NONE) {
        return identity->scope;
    }
    return identity->scope & access_district_bit(view.definition->district);
}

/* What patrols have to visit in the reader's districts, and how it stands. */
void http_api_read_checkpoints(struct api *api, const struct net_request *request,
                               const struct identity *identity)
{
    const struct engine *engine = api_engine(api);
    /* There are more phones than desks, and 4,096 checkpoints are over a megabyte. */
    if (identity->role == ROLE_UNIT && !http_api_charge(api, request, identity, LONG_ANSWER)) {
        return;
    }
    proto_buffer_clear(&api->buffer);
    proto_frame_page_begin(&api->buffer, "checkpoints");
    const uint64_t scope = checkpoint_scope(engine, identity);
    for (uint32_t i = 0; i < engine_checkpoint_count(engine); i++) {
        const struct checkpoint_view view = engine_checkpoint(engine, i);
        if ((access_district_bit(view.definition->district) & scope) != 0) {
            struct proto_checkpoint checkpoint;
            translate_view_checkpoint(engine, &view, &checkpoint);
            proto_encode_checkpoint(&api->buffer, &checkpoint);
        }
    }
    proto_frame_page_end(&api->buffer, 0);
    http_api_reply_durable(api, request->id);
}

static void encode_plan(struct api *api, const struct circle_plan *from, uint32_t version)
{
    struct proto_circle_plan plan;
    translate_view_plan(api_engine(api), from, version, &plan);
    proto_encode_circle_plan(&api->buffer, &plan);
}

static void encode_plans(struct api *api, uint64_t scope)
{
    const struct engine *engine = api_engine(api);
    for (uint32_t i = 0; i < engine_plan_count(engine); i++) {
        uint32_t version = 0;
        const struct circle_plan *plan = engine_plan(engine, i, &version);
        if (access_scope_holds(scope, engine_circle(engine, plan->circle)->district)) {
            encode_plan(api, plan, version);
        }
    }
}

/* All that hold now, or of one incident the one that it has kept. */
void http_api_read_plans(struct api *api, const struct net_request *request,
                         const struct identity *identity)
{
    const struct engine *engine = api_engine(api);
    uint32_t incident_id = 0;
    const enum http_api_query asked =
        http_api_query_number(request->query, "incident", 1, UINT32_MAX, &incident_id);
    if (asked == HTTP_API_QUERY_BAD) {
        http_api_problem(api, request, PROTO_BAD_REQUEST, NULL, "incident must be a number");
        return;
    }
    struct incident_view incident;
    const bool is_one = asked == HTTP_API_QUERY_OK;
    if (is_one && (!engine_incident(engine, incident_id, &incident) ||
                   (access_incident_districts(&incident) & identity->scope) == 0)) {
        http_api_problem(api, request, PROTO_UNKNOWN_INCIDENT, NULL,
                         "There is no such incident in your districts");
        return;
    }
    proto_buffer_clear(&api->buffer);
    proto_frame_page_begin(&api->buffer, "plans");
    if (!is_one) {
        encode_plans(api, identity->scope);
    } else if (incident.plan_version != 0) {
        encode_plan(api, engine_plan_version(engine, incident.plan_version), incident.plan_version);
    }
    proto_frame_page_end(&api->buffer, 0);
    http_api_reply_durable(api, request->id);
}

void http_api_read_districts(struct api *api, const struct net_request *request,
                             const struct identity *identity)
{
    const struct engine *engine = api_engine(api);
    (void)identity;
    proto_buffer_clear(&api->buffer);
    proto_frame_page_begin(&api->buffer, "districts");
    for (uint32_t i = 0; i < engine_district_count(engine); i++) {
        const struct proto_district district = {.code = engine_district_code(engine, i),
                                                .name = engine_district_name(engine, i)};
        proto_encode_district(&api->buffer, &district);
    }
    proto_frame_page_end(&api->buffer, 0);
    http_api_reply_durable(api, request->id);
}

void http_api_read_areas(struct api *api, const struct net_request *request,
                         const struct identity *identity)
{
    const struct engine *engine = api_engine(api);
    (void)identity;
    proto_buffer_clear(&api->buffer);
    proto_frame_page_begin(&api->buffer, "areas");
    for (uint32_t i = 0; i < engine_area_count(engine); i++) {
        const struct area_view view = engine_area(engine, i);
        const struct proto_area area = {
            .code = view.code, .name = view.name, .kind = (enum proto_area_kind)view.kind};
        proto_encode_area(&api->buffer, &area);
    }
    proto_frame_page_end(&api->buffer, 0);
    http_api_reply_durable(api, request->id);
}
