#ifndef ENGINE_NET_TRANSLATE_VIEW_H
#define ENGINE_NET_TRANSLATE_VIEW_H

#include "engine/net/access.h"
#include "proto/proto_object.h"

/* The engine's views as the wire's objects. Texts are borrowed from the engine and from the view:
 * valid until its next step. */

/* What an audience must not see. */
enum translate_mask { TRANSLATE_FULL, TRANSLATE_API, TRANSLATE_MASK_COUNT };
enum translate_mask translate_view_mask(enum role role);

/* Codes; NULL where there is none. */
const char *translate_view_unit_code(const struct engine *engine, uint32_t unit_id);
const char *translate_view_circle_code(const struct engine *engine, uint32_t circle);
const char *translate_view_centre_code(const struct engine *engine, uint32_t centre);
const char *translate_view_checkpoint_code(const struct engine *engine, uint32_t checkpoint);
const char *translate_view_district_code(const struct engine *engine, uint8_t district);
const char *translate_view_area_code(const struct engine *engine, uint32_t area);

void translate_view_definition(const struct engine *engine, uint32_t unit_id,
                               const struct unit_definition *from, struct proto_unit *to);
void translate_view_unit(const struct engine *engine, const struct unit_view *from,
                         enum translate_mask mask, struct proto_unit *to);
void translate_view_circle(const struct engine *engine, const struct circle_definition *from,
                           struct proto_circle *to);
/* Its shift_count shifts. */
void translate_view_rota(const struct circle_definition *from,
                         struct proto_shift to[PROTO_SHIFTS_MAX]);
void translate_view_centre(const struct engine *engine, const struct centre_definition *from,
                           struct proto_centre *to);
void translate_view_checkpoint(const struct engine *engine, const struct checkpoint_view *from,
                               struct proto_checkpoint *to);
/* NULL: version 0, or nobody has it any more. */
const char *translate_view_plan_code(const struct engine *engine, uint32_t version);
void translate_view_plan(const struct engine *engine, const struct circle_plan *from,
                         uint32_t version, struct proto_circle_plan *to);
/* The plan that an order is sent with. */
void translate_view_order_plan(const struct engine *engine, uint32_t version,
                               struct proto_order *to);
void translate_view_incident(const struct engine *engine, const struct incident_view *from,
                             enum translate_mask mask, struct proto_incident *to);
void translate_view_assignment(const struct engine *engine, const struct assignment_view *from,
                               struct proto_assignment *to);
/* What the unit has to hear; the words of a warning are the caller's to add. */
void translate_view_notice(const struct engine *engine, const struct assignment_view *from,
                           struct proto_notice *to);
void translate_view_referral(const struct engine *engine, const struct referral_view *from,
                             struct proto_referral *to);
void translate_view_alarm(const struct engine *engine, const struct alarm_view *from,
                          struct proto_alarm *to);
void translate_view_decision(const struct engine *engine, const struct decision_made *from,
                             struct proto_decision *to);

/* `codes` has room for DISTRICTS_MAX and must live as long as `to`. */
void translate_view_user(const struct engine *engine, const struct identity *from,
                         const char *codes[], struct proto_user *to);

#endif
