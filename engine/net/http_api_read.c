#include "engine/net/api_state.h"
#include "engine/net/http_api.h"
#include "proto/proto_answer.h"

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

/* What patrols have to visit in the reader's districts, and how it stands. */
void http_api_read_checkpoints(struct api *api, const struct net_request *request,
                               const struct identity *identity)
{
    const struct engine *engine = api_engine(api);
    proto_buffer_clear(&api->buffer);
    proto_frame_page_begin(&api->buffer, "checkpoints");
    for (uint32_t i = 0; i < engine_checkpoint_count(engine); i++) {
        const struct checkpoint_view view = engine_checkpoint(engine, i);
        if ((access_district_bit(view.definition->district) & identity->scope) != 0) {
            struct proto_checkpoint checkpoint;
            translate_view_checkpoint(engine, &view, &checkpoint);
            proto_encode_checkpoint(&api->buffer, &checkpoint);
        }
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
