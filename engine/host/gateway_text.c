#include "engine/core/engine.h"
#include "engine/host/gateway.h"
#include "engine/net/translate.h"
#include "engine/net/translate_view.h"
#include "proto/proto_json.h"

/* As in a unit's own stream: a volunteer that has not acknowledged gets a rounded place and no
 * texts, whatever way it is told. */
static void fill_order(const struct engine *engine, const struct assignment_view *assignment,
                       const struct incident_view *incident, bool is_masked,
                       struct proto_order *order)
{
    const struct proto_place at = translate_place(incident->at);
    *order = (struct proto_order){
        .incident_id = incident->incident_id,
        .type = (enum proto_incident_type)incident->type,
        .priority = incident->priority,
        .at = is_masked ? proto_place_rounded(at) : at,
        .address = is_masked ? NULL : incident->address,
        .note = is_masked ? NULL : incident->note,
        .drill = incident->drill,
        .received_ms = incident->received_ms,
        .target_ms = incident->tiers[assignment->tier].target_ms,
        .warning = {.level = (enum proto_warn_level)incident->warning_level,
                    .text = is_masked ? NULL : incident->warning,
                    .at_ms = incident->warned_ms},
    };
    translate_view_assignment(engine, assignment, &order->assignment);
    if (!is_masked) {
        translate_view_order_plan(engine, incident->plan_version, order);
    }
}

bool gateway_text(const struct engine *engine, uint32_t assignment_id, const char *key,
                  struct proto_buffer *buffer)
{
    struct assignment_view assignment;
    struct incident_view incident;
    struct unit_view unit;
    if (!engine_assignment(engine, assignment_id, &assignment) ||
        !engine_incident(engine, assignment.incident_id, &incident) ||
        !engine_unit(engine, assignment.unit_id, &unit)) {
        return false;
    }
    struct proto_order order;
    const bool is_masked =
        unit.definition->kind == UNIT_VOLUNTEER && assignment.acknowledged_ms == TIME_NEVER;
    fill_order(engine, &assignment, &incident, is_masked, &order);
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "v", 1);
    proto_member_text(buffer, "key", key);
    proto_json_name(buffer, "unit");
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "code", unit.definition->code);
    proto_member_text(buffer, "name", unit.definition->name);
    proto_json_end(buffer, '}');
    proto_json_name(buffer, "order");
    proto_encode_order(buffer, &order);
    proto_json_end(buffer, '}');
    return proto_buffer_ok(buffer);
}
