/* GET /v1/staffing: who is on duty in each circle, and how many its rota asks for at this hour. */
#include "engine/net/api_state.h"
#include "engine/net/http_api.h"

static void write_hour(struct proto_buffer *buffer, const char *name, uint32_t minute)
{
    char text[PROTO_HOUR_SIZE];
    proto_hour_text(minute, text);
    proto_member_text(buffer, name, text);
}

static void write_circle(struct proto_buffer *buffer, const char *code,
                         const struct staffing *staffing)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "circle", code);
    if (staffing->is_planned) {
        proto_member_int(buffer, "minimum", staffing->minimum);
        write_hour(buffer, "from", staffing->from_min);
        write_hour(buffer, "to", staffing->to_min);
    } else {
        proto_member_null(buffer, "minimum");
        proto_member_null(buffer, "from");
        proto_member_null(buffer, "to");
    }
    proto_member_int(buffer, "on", staffing->on_count);
    proto_member_int(buffer, "people", staffing->people);
    proto_member_int(buffer, "out_of_service", staffing->out_of_service_count);
    proto_json_end(buffer, '}');
}

void http_api_staffing_get(struct api *api, const struct net_request *request,
                           const struct identity *identity)
{
    const struct engine *engine = api_engine(api);
    const struct staffing *staffing = engine_staffing(engine, api_now_ms(api));
    proto_buffer_clear(&api->buffer);
    proto_json_begin(&api->buffer, '{');
    proto_json_name(&api->buffer, "staffing");
    proto_json_begin(&api->buffer, '[');
    for (uint32_t i = 0; i < engine_circle_count(engine); i++) {
        const struct circle_definition *circle = engine_circle(engine, i);
        if (access_scope_holds(identity->scope, circle->district)) {
            write_circle(&api->buffer, circle->code, &staffing[i]);
        }
    }
    proto_json_end(&api->buffer, ']');
    proto_json_end(&api->buffer, '}');
    http_api_reply_durable(api, request->id);
}
