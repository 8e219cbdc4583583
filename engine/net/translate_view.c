#include "engine/net/translate_view.h"

#include "engine/net/translate.h"

/* The same numbers today; NOLINTNEXTLINE(misc-redundant-expression) */
_Static_assert(TIME_NEVER == PROTO_NEVER, "times are handed on as they are");
_Static_assert(UNIT_NONE == PROTO_NONE, "and so is what is not known");
_Static_assert(GEO_TRAVEL_NEVER == PROTO_NONE, "a way that is not known");
_Static_assert((int)REASON_RESOLVED == (int)PROTO_REASON_RESOLVED, "one list on both sides");
_Static_assert((int)REASON_COUNT == (int)PROTO_REASON_COUNT, "one list on both sides");
_Static_assert((int)TIER_COUNT == (int)PROTO_TIER_COUNT, "one list on both sides");
_Static_assert((int)ROLE_API == (int)PROTO_ROLE_API, "one list on both sides");
_Static_assert(CANDIDATES_MAX == PROTO_CANDIDATES_MAX, "one limit on both sides");
_Static_assert(PREEMPTABLE_MAX == PROTO_PREEMPTABLE_MAX, "one limit on both sides");
_Static_assert(DISTRICTS_MAX == PROTO_DISTRICTS_MAX, "one limit on both sides");

enum translate_mask translate_view_mask(enum role role)
{
    return role == ROLE_API ? TRANSLATE_API : TRANSLATE_FULL;
}

const char *translate_view_unit_code(const struct engine *engine, uint32_t unit_id)
{
    struct unit_view unit;
    if (unit_id == UNIT_NONE || !engine_unit(engine, unit_id, &unit)) {
        return NULL;
    }
    return unit.definition->code;
}

const char *translate_view_circle_code(const struct engine *engine, uint32_t circle)
{
    if (circle == CIRCLE_NONE || circle >= engine_circle_count(engine)) {
        return NULL;
    }
    return engine_circle(engine, circle)->code;
}

const char *translate_view_centre_code(const struct engine *engine, uint32_t centre)
{
    return centre < engine_centre_count(engine) ? engine_centre(engine, centre)->code : NULL;
}

const char *translate_view_checkpoint_code(const struct engine *engine, uint32_t checkpoint)
{
    return checkpoint < engine_checkpoint_count(engine)
               ? engine_checkpoint(engine, checkpoint).definition->code
               : NULL;
}

const char *translate_view_district_code(const struct engine *engine, uint8_t district)
{
    if (district == DISTRICT_NONE || district >= engine_district_count(engine)) {
        return NULL;
    }
    return engine_district_code(engine, district);
}

const char *translate_view_area_code(const struct engine *engine, uint32_t area)
{
    return area >= engine_area_count(engine) ? NULL : engine_area(engine, area).code;
}

void translate_view_definition(const struct engine *engine, uint32_t unit_id,
                               const struct unit_definition *from, struct proto_unit *to)
{
    *to = (struct proto_unit){
        .index = unit_id,
        .code = from->code,
        .name = from->name,
        .kind = (enum proto_unit_kind)from->kind,
        .circle = translate_view_circle_code(engine, from->circle),
        .district = translate_view_district_code(engine, from->district),
        .area = translate_view_area_code(engine, from->area),
        .people = from->people,
        .capabilities = from->capabilities,
        .synthetic = from->synthetic,
        .status_ms = PROTO_NEVER,
        .has_place = from->has_home,
        .at = translate_place(from->home),
        .fix_ms = PROTO_NEVER,
    };
}

static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

void translate_view_unit(const struct engine *engine, const struct unit_view *from,
                         enum translate_mask mask, struct proto_unit *to)
{
    translate_view_definition(engine, from->unit_id, from->definition, to);
    to->duty = (enum proto_duty)from->duty;
    to->people_on = from->duty == DUTY_OFF ? PROTO_NONE : from->people;
    to->equipment = from->sign_on->equipment;
    if (mask != TRANSLATE_API) {
        to->crew = or_null(from->sign_on->crew);
        to->device = or_null(from->sign_on->device);
    }
    to->status = (enum proto_unit_status)from->status;
    to->status_ms = from->status_ms;
    to->panic = (enum proto_panic_state)from->panic;
    to->assignment_id = from->assignment_id;
    to->incident_id = from->incident_id;
    if (from->has_fix) {
        to->has_place = true;
        to->at = translate_place(from->at);
        to->fix_ms = from->fix_ms;
    }
}

void translate_view_circle(const struct engine *engine, const struct circle_definition *from,
                           struct proto_circle *to)
{
    *to = (struct proto_circle){
        .code = from->code,
        .name = from->name,
        .at = translate_place(from->at),
        .radius_m = from->radius_m,
        .district = translate_view_district_code(engine, from->district),
    };
    translate_view_rota(from, to->shifts);
    to->shift_count = from->shift_count;
}

void translate_view_rota(const struct circle_definition *from,
                         struct proto_shift to[PROTO_SHIFTS_MAX])
{
    for (uint32_t i = 0; i < from->shift_count; i++) {
        to[i] = (struct proto_shift){from->shifts[i].from_min, from->shifts[i].minimum};
    }
}
_Static_assert(CIRCLE_SHIFTS_MAX == PROTO_SHIFTS_MAX, "one limit on both sides");
_Static_assert(CIRCLE_MINIMUM_MAX == PROTO_SHIFT_MINIMUM_MAX, "one limit on both sides");

void translate_view_centre(const struct engine *engine, const struct centre_definition *from,
                           struct proto_centre *to)
{
    *to = (struct proto_centre){
        .code = from->code,
        .name = from->name,
        .kind = (enum proto_centre_kind)from->kind,
        .at = translate_place(from->at),
        .district = translate_view_district_code(engine, from->district),
    };
}

void translate_view_checkpoint(const struct engine *engine, const struct checkpoint_view *from,
                               struct proto_checkpoint *to)
{
    const struct checkpoint_definition *definition = from->definition;
    *to = (struct proto_checkpoint){
        .code = definition->code,
        .name = definition->name,
        .at = translate_place(definition->at),
        .radius_m = definition->radius_m,
        .circle = translate_view_circle_code(engine, definition->circle),
        .district = translate_view_district_code(engine, definition->district),
        .from_min = definition->from_min,
        .to_min = definition->to_min,
        .every_min = definition->every_min,
        .stay_s = definition->stay_s,
        .visited_ms = from->visited_ms,
        .visited_by = translate_view_unit_code(engine, from->visited_unit),
        .visit = (enum proto_visit)from->visit,
        .due_ms = from->due_ms == INT64_MAX ? PROTO_NEVER : from->due_ms,
        .overdue_ms = from->overdue_ms,
        .missed = from->missed,
        .stop_count = definition->stop_count,
        .next = from->next,
        .began_ms = from->began_ms,
    };
    for (uint32_t i = 0; i < definition->stop_count; i++) {
        to->stops[i] = translate_view_checkpoint_code(engine, definition->stops[i]);
    }
}
_Static_assert(ROUTE_STOPS_MAX == PROTO_ROUTE_STOPS_MAX, "one limit on both sides");

const char *translate_view_plan_code(const struct engine *engine, uint32_t version)
{
    const struct circle_plan *plan = engine_plan_version(engine, version);
    return plan == NULL ? NULL : plan->code;
}

void translate_view_plan(const struct engine *engine, const struct circle_plan *from,
                         uint32_t version, struct proto_circle_plan *to)
{
    *to = (struct proto_circle_plan){
        .code = from->code,
        .circle = translate_view_circle_code(engine, from->circle),
        .version = version,
        .types = from->types,
        .priorities = from->priorities,
        .words_zh = or_null(from->words_zh),
        .words_en = or_null(from->words_en),
    };
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        to->unit_counts[tier] = from->unit_counts[tier];
        for (uint32_t i = 0; i < from->unit_counts[tier]; i++) {
            to->units[tier][i] = translate_view_unit_code(engine, from->units[tier][i]);
        }
    }
}
_Static_assert(TIER_UNITS_MAX == PROTO_PLAN_UNITS_MAX, "one limit on both sides");

void translate_view_order_plan(const struct engine *engine, uint32_t version,
                               struct proto_order *to)
{
    const struct circle_plan *plan = engine_plan_version(engine, version);
    if (plan != NULL) {
        to->plan = plan->code;
        to->words_zh = or_null(plan->words_zh);
        to->words_en = or_null(plan->words_en);
    }
}

void translate_view_incident(const struct engine *engine, const struct incident_view *from,
                             enum translate_mask mask, struct proto_incident *to)
{
    *to = (struct proto_incident){
        .incident_id = from->incident_id,
        .generation = from->generation,
        .type = (enum proto_incident_type)from->type,
        .priority = from->priority,
        .state = (enum proto_incident_state)from->state,
        .at = translate_place(from->at),
        .address = from->address,
        .note = from->note,
        .caller = mask == TRANSLATE_API ? NULL : from->caller,
        .phone = mask == TRANSLATE_API ? NULL : from->phone,
        .district = translate_view_district_code(engine, from->district),
        .circle = translate_view_circle_code(engine, from->circle),
        .beat = translate_view_area_code(engine, from->areas[AREA_BEAT]),
        .grid = translate_view_area_code(engine, from->areas[AREA_GRID]),
        .drill = from->drill,
        .mode = (enum proto_dispatch_mode)from->mode,
        .policy = from->policy,
        .warning = {.level = (enum proto_warn_level)from->warning_level,
                    .text = from->warning,
                    .at_ms = from->warned_ms},
        .policy_version = from->policy_version,
        .plan = translate_view_plan_code(engine, from->plan_version),
        .plan_version = from->plan_version,
        .report_count = from->report_count,
        .received_ms = from->received_ms,
        .created_ms = from->created_ms,
        .dispatched_ms = from->dispatched_ms,
        .on_scene_ms = from->on_scene_ms,
        .ended_ms = from->ended_ms,
        .clock_ms = from->clock_ms,
        .held_ms = from->held_ms,
        .review_ms = from->review_ms,
        .hold_reason = (enum proto_reason)from->hold_reason,
        .owner = from->owner[0] == '\0' ? NULL : from->owner,
        .owner_ms = from->owner_ms,
        .duplicate_of = from->duplicate_of,
        .similar_id = from->similar_id,
        .reopened = from->reopened_count,
    };
    for (unsigned i = 0; i < TIER_COUNT; i++) {
        const struct tier_view *tier = &from->tiers[i];
        const bool asked = tier->verdict != TIER_NOT_ASKED;
        const bool judged = tier->verdict == TIER_MET || tier->verdict == TIER_MISSED;
        to->tiers[i] = (struct proto_tier_clock){
            .verdict = (enum proto_tier_verdict)tier->verdict,
            .wanted = tier->wanted,
            .target_ms = asked ? tier->target_ms : PROTO_NONE,
            .deadline_ms = asked ? tier->deadline_ms : PROTO_NEVER,
            .elapsed_ms = judged ? tier->elapsed_ms : PROTO_NONE,
        };
    }
}

void translate_view_assignment(const struct engine *engine, const struct assignment_view *from,
                               struct proto_assignment *to)
{
    *to = (struct proto_assignment){
        .assignment_id = from->assignment_id,
        .incident_id = from->incident_id,
        .unit = translate_view_unit_code(engine, from->unit_id),
        .tier = (enum proto_tier)from->tier,
        .state = (enum proto_assignment_state)from->state,
        .version = from->version,
        .late = from->late,
        .additional = from->additional,
        .automatic = from->automatic,
        .estimated = from->estimated,
        .travel_ms = from->travel_ms,
        .distance_m = from->distance_m,
        .rank = from->rank,
        .wave = from->wave,
        .reason = (enum proto_reason)from->reason,
        .sent_ms = from->sent_ms,
        .delivered_ms = from->delivered_ms,
        .acknowledged_ms = from->acknowledged_ms,
        .en_route_ms = from->en_route_ms,
        .on_scene_ms = from->on_scene_ms,
        .ended_ms = from->ended_ms,
        .resent = from->resent_count,
        .corrected = from->corrected_count,
        .par_asked_ms = from->par_asked_ms,
    };
}

void translate_view_notice(const struct engine *engine, const struct assignment_view *from,
                           struct proto_notice *to)
{
    *to = (struct proto_notice){
        .assignment_id = from->assignment_id,
        .incident_id = from->incident_id,
        .unit = translate_view_unit_code(engine, from->unit_id),
        .number = from->notice.number,
        .kinds = from->notice.kinds,
        .state = (enum proto_notice_state)from->notice.state,
        .level = PROTO_WARN_LEVEL_COUNT,
        .sent_ms = from->notice.sent_ms,
        .delivered_ms = from->notice.delivered_ms,
        .acknowledged_ms = from->notice.acknowledged_ms,
        .resent = from->notice.resent_count,
    };
}

void translate_view_referral(const struct engine *engine, const struct referral_view *from,
                             struct proto_referral *to)
{
    *to = (struct proto_referral){
        .referral_id = from->referral_id,
        .incident_id = from->incident_id,
        .centre = translate_view_centre_code(engine, from->centre),
        .kind = (enum proto_centre_kind)from->kind,
        .state = (enum proto_referral_state)from->state,
        .version = from->version,
        .reason = (enum proto_reason)from->reason,
        .units = from->units[0] == '\0' ? NULL : from->units,
        .sent_ms = from->sent_ms,
        .answered_ms = from->answered_ms,
        .arrived_ms = from->arrived_ms,
        .ended_ms = from->ended_ms,
        .answer_by_ms = from->answer_by_ms,
        .feedback_by_ms = from->feedback_by_ms,
    };
}

void translate_view_alarm(const struct engine *engine, const struct alarm_view *from,
                          struct proto_alarm *to)
{
    *to = (struct proto_alarm){
        .alarm_id = from->alarm_id,
        .kind = (enum proto_alarm_kind)from->kind,
        .incident_id = from->incident_id,
        .assignment_id = from->assignment_id,
        .unit = translate_view_unit_code(engine, from->unit_id),
        .tier =
            from->kind == ALARM_CHECKPOINT_OVERDUE ? PROTO_TIER_COUNT : (enum proto_tier)from->tier,
        .circle = translate_view_circle_code(engine, from->circle),
        .checkpoint = translate_view_checkpoint_code(engine, from->checkpoint),
        .raised_ms = from->raised_ms,
        .acked_ms = from->acked_ms,
        .acked_by = from->acked_ms == TIME_NEVER ? NULL : from->acked_by,
        .shelved_ms = from->shelved_ms,
        .shelved_by = from->shelved_ms == TIME_NEVER ? NULL : from->shelved_by,
        .shelved_reason = from->shelved_ms == TIME_NEVER ? PROTO_REASON_NONE
                                                         : (enum proto_reason)from->shelve_reason,
        .shelved = from->shelve_count,
    };
}

void translate_view_decision(const struct engine *engine, const struct decision_made *from,
                             struct proto_decision *to)
{
    to->incident_id = from->incident_id;
    to->tier = (enum proto_tier)from->tier;
    to->generation = from->generation;
    to->map_id = from->map_id;
    to->traffic_version = from->traffic_version;
    to->automatic = from->automatic;
    to->area_first = from->area_first;
    to->wave = from->wave;
    uint32_t version = 0;
    to->plan = from->plan == PLAN_NONE ? NULL : engine_plan(engine, from->plan, &version)->code;
    to->together = from->together;
    to->preemptable_count = from->preemptable_count;
    for (uint32_t i = 0; i < from->preemptable_count; i++) {
        const struct preemptable *item = &from->preemptable[i];
        to->preemptable[i] = (struct proto_preemptable){
            .unit = translate_view_unit_code(engine, item->unit_id),
            .victim_id = item->victim_id,
            .priority = item->priority,
            .travel_ms = item->travel_ms,
            .estimated = item->estimated,
        };
    }
    to->candidate_count = from->candidate_count;
    for (uint32_t i = 0; i < from->candidate_count; i++) {
        const struct candidate *candidate = &from->candidates[i];
        to->candidates[i] = (struct proto_candidate){
            .unit = translate_view_unit_code(engine, candidate->unit_id),
            .travel_ms = candidate->travel_ms,
            .at = translate_place(candidate->at),
            .fix_age_ms = candidate->fix_age_ms,
            .rank = candidate->rank,
            .in_reach = candidate->in_reach,
            .chosen = candidate->chosen,
            .estimated = candidate->estimated,
            .own_area = candidate->own_area,
            .by_plan = candidate->by_plan,
            .given_to = candidate->given_to,
        };
    }
    to->passed_count = from->passed_count;
    for (uint32_t i = 0; i < from->passed_count; i++) {
        to->passed[i] = (struct proto_passed){
            .unit = translate_view_unit_code(engine, from->passed[i].unit_id),
            .distance_m = from->passed[i].distance_m,
            .reason = (enum proto_reason)from->passed[i].reason,
            .by_plan = from->passed[i].by_plan,
        };
    }
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        to->passed_by_reason[i] = from->passed_by_reason[i];
    }
}

void translate_view_user(const struct engine *engine, const struct identity *from,
                         const char *codes[], struct proto_user *to)
{
    *to = (struct proto_user){
        .name = from->name,
        .display = from->display,
        .role = (enum proto_role)from->role,
        .scope_city = from->scope == SCOPE_CITY,
        .districts = codes,
        .unit = translate_view_unit_code(engine, from->unit_id),
    };
    for (uint8_t i = 0; i < engine_district_count(engine) && !to->scope_city; i++) {
        if (access_scope_holds(from->scope, i)) {
            codes[to->district_count++] = engine_district_code(engine, i);
        }
    }
}
