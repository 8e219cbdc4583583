#include "proto/proto_object.h"

#include <assert.h>

#define MAP_ID_DIGITS 16u

void proto_encode_user(struct proto_buffer *buffer, const struct proto_user *user)
{
    assert(user->role < PROTO_ROLE_COUNT);
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "name", user->name);
    proto_member_text(buffer, "display", user->display);
    proto_member_name(buffer, "role", PROTO_LIST_ROLE, user->role);
    if (user->scope_city) {
        proto_member_text(buffer, "scope", "city");
    } else {
        proto_json_name(buffer, "scope");
        proto_json_begin(buffer, '[');
        for (uint32_t i = 0; i < user->district_count; i++) {
            proto_json_text(buffer, user->districts[i]);
        }
        proto_json_end(buffer, ']');
    }
    proto_member_text(buffer, "unit", user->unit);
    proto_json_end(buffer, '}');
}

void proto_member_capabilities(struct proto_buffer *buffer, uint32_t capabilities)
{
    proto_json_name(buffer, "capabilities");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < PROTO_CAPABILITY_COUNT; i++) {
        if ((capabilities >> i & 1u) != 0) {
            proto_json_text(buffer, proto_name(PROTO_LIST_CAPABILITY, i));
        }
    }
    proto_json_end(buffer, ']');
}

void proto_member_sign_on(struct proto_buffer *buffer, const char *crew, uint32_t equipment,
                          const char *device)
{
    proto_member_text(buffer, "crew", crew);
    proto_json_name(buffer, "equipment");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < PROTO_EQUIPMENT_COUNT; i++) {
        if ((equipment >> i & 1u) != 0) {
            proto_json_text(buffer, proto_name(PROTO_LIST_EQUIPMENT, i));
        }
    }
    proto_json_end(buffer, ']');
    proto_member_text(buffer, "device", device);
}

static void unit_definition_members(struct proto_buffer *buffer, const struct proto_unit *unit)
{
    assert(unit->kind < PROTO_UNIT_KIND_COUNT);
    proto_member_int(buffer, "index", unit->index);
    proto_member_text(buffer, "code", unit->code);
    proto_member_text(buffer, "name", unit->name);
    proto_member_name(buffer, "kind", PROTO_LIST_UNIT_KIND, unit->kind);
    proto_member_text(buffer, "circle", unit->circle);
    proto_member_text(buffer, "district", unit->district);
    proto_member_text(buffer, "area", unit->area);
    proto_member_int(buffer, "people", unit->people);
    proto_member_capabilities(buffer, unit->capabilities);
    proto_member_bool(buffer, "synthetic", unit->synthetic);
}

void proto_encode_unit_definition(struct proto_buffer *buffer, const struct proto_unit *unit)
{
    proto_json_begin(buffer, '{');
    unit_definition_members(buffer, unit);
    proto_json_end(buffer, '}');
}

void proto_encode_unit(struct proto_buffer *buffer, const struct proto_unit *unit)
{
    assert(unit->duty < PROTO_DUTY_COUNT);
    assert(unit->status < PROTO_UNIT_STATUS_COUNT);
    proto_json_begin(buffer, '{');
    unit_definition_members(buffer, unit);
    proto_member_name(buffer, "duty", PROTO_LIST_DUTY, unit->duty);
    proto_member_u32(buffer, "people_on", unit->people_on);
    proto_member_sign_on(buffer, unit->crew, unit->equipment, unit->device);
    proto_member_name(buffer, "status", PROTO_LIST_UNIT_STATUS, unit->status);
    proto_member_time(buffer, "status_ms", unit->status_ms);
    proto_member_id(buffer, "assignment_id", unit->assignment_id);
    proto_member_id(buffer, "incident_id", unit->incident_id);
    proto_member_name(buffer, "panic", PROTO_LIST_PANIC_STATE, unit->panic);
    proto_member_place(buffer, unit->has_place, unit->at);
    proto_member_time(buffer, "fix_ms", unit->fix_ms);
    proto_json_end(buffer, '}');
}

void proto_encode_circle(struct proto_buffer *buffer, const struct proto_circle *circle)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "code", circle->code);
    proto_member_text(buffer, "name", circle->name);
    proto_member_place(buffer, true, circle->at);
    proto_member_int(buffer, "radius_m", circle->radius_m);
    proto_member_text(buffer, "district", circle->district);
    char rota[PROTO_SHIFTS_SIZE];
    proto_shifts_text(circle->shifts, circle->shift_count, rota);
    proto_member_text(buffer, "minimum", circle->shift_count == 0 ? NULL : rota);
    proto_json_end(buffer, '}');
}

void proto_encode_area(struct proto_buffer *buffer, const struct proto_area *area)
{
    assert(area->kind < PROTO_AREA_KIND_COUNT);
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "code", area->code);
    proto_member_text(buffer, "name", area->name);
    proto_member_name(buffer, "kind", PROTO_LIST_AREA_KIND, area->kind);
    proto_json_end(buffer, '}');
}

void proto_encode_centre(struct proto_buffer *buffer, const struct proto_centre *centre)
{
    assert(centre->kind < PROTO_CENTRE_KIND_COUNT);
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "code", centre->code);
    proto_member_text(buffer, "name", centre->name);
    proto_member_name(buffer, "kind", PROTO_LIST_CENTRE_KIND, centre->kind);
    proto_member_place(buffer, true, centre->at);
    proto_member_text(buffer, "district", centre->district);
    proto_json_end(buffer, '}');
}

void proto_hour_text(uint32_t minute, char text[PROTO_HOUR_SIZE])
{
    assert(minute < 1440);
    const uint32_t hour = minute / 60;
    minute %= 60;
    text[0] = (char)('0' + hour / 10);
    text[1] = (char)('0' + hour % 10);
    text[2] = ':';
    text[3] = (char)('0' + minute / 10);
    text[4] = (char)('0' + minute % 10);
    text[5] = '\0';
}

static void encode_definition(struct proto_buffer *buffer,
                              const struct proto_checkpoint *checkpoint)
{
    char from[PROTO_HOUR_SIZE];
    char to[PROTO_HOUR_SIZE];
    proto_hour_text(checkpoint->from_min, from);
    proto_hour_text(checkpoint->to_min, to);
    proto_member_text(buffer, "code", checkpoint->code);
    proto_member_text(buffer, "name", checkpoint->name);
    proto_member_place(buffer, true, checkpoint->at);
    proto_member_int(buffer, "radius_m", checkpoint->radius_m);
    proto_member_text(buffer, "circle", checkpoint->circle);
    proto_member_text(buffer, "district", checkpoint->district);
    proto_member_text(buffer, "from", from);
    proto_member_text(buffer, "to", to);
    proto_member_int(buffer, "every_min", checkpoint->every_min);
    proto_member_int(buffer, "stay_s", checkpoint->stay_s);
    proto_json_name(buffer, "stops");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < checkpoint->stop_count; i++) {
        proto_json_text(buffer, checkpoint->stops[i]);
    }
    proto_json_end(buffer, ']');
}

void proto_encode_checkpoint_definition(struct proto_buffer *buffer,
                                        const struct proto_checkpoint *checkpoint)
{
    proto_json_begin(buffer, '{');
    encode_definition(buffer, checkpoint);
    proto_json_end(buffer, '}');
}

void proto_encode_checkpoint(struct proto_buffer *buffer, const struct proto_checkpoint *checkpoint)
{
    const bool was_visited = checkpoint->visited_ms != PROTO_NEVER;
    proto_json_begin(buffer, '{');
    encode_definition(buffer, checkpoint);
    proto_member_time(buffer, "visited_ms", checkpoint->visited_ms);
    proto_member_text(buffer, "visited_by", checkpoint->visited_by);
    proto_member_text(buffer, "visit",
                      was_visited ? proto_name(PROTO_LIST_VISIT, checkpoint->visit) : NULL);
    proto_member_time(buffer, "due_ms", checkpoint->due_ms);
    proto_member_time(buffer, "overdue_ms", checkpoint->overdue_ms);
    proto_member_int(buffer, "missed", checkpoint->missed);
    proto_member_text(
        buffer, "next",
        checkpoint->next < checkpoint->stop_count ? checkpoint->stops[checkpoint->next] : NULL);
    proto_member_time(buffer, "began_ms", checkpoint->began_ms);
    proto_json_end(buffer, '}');
}

void proto_encode_circle_plan(struct proto_buffer *buffer, const struct proto_circle_plan *plan)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "code", plan->code);
    proto_member_int(buffer, "version", plan->version);
    proto_member_text(buffer, "circle", plan->circle);
    proto_json_name(buffer, "types");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < PROTO_INCIDENT_TYPE_COUNT; i++) {
        if ((plan->types >> i & 1u) != 0) {
            proto_json_text(buffer, proto_name(PROTO_LIST_INCIDENT_TYPE, i));
        }
    }
    proto_json_end(buffer, ']');
    proto_json_name(buffer, "priorities");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; plan->priorities >> i != 0; i++) {
        if ((plan->priorities >> i & 1u) != 0) {
            proto_json_int(buffer, i + 1);
        }
    }
    proto_json_end(buffer, ']');
    proto_json_name(buffer, "units");
    proto_json_begin(buffer, '{');
    for (uint32_t tier = 0; tier < PROTO_TIER_COUNT; tier++) {
        assert(plan->unit_counts[tier] <= PROTO_PLAN_UNITS_MAX);
        proto_json_name(buffer, proto_name(PROTO_LIST_TIER, tier));
        proto_json_begin(buffer, '[');
        for (uint32_t i = 0; i < plan->unit_counts[tier]; i++) {
            proto_json_text(buffer, plan->units[tier][i]);
        }
        proto_json_end(buffer, ']');
    }
    proto_json_end(buffer, '}');
    proto_member_text(buffer, "words_zh", plan->words_zh);
    proto_member_text(buffer, "words_en", plan->words_en);
    proto_json_end(buffer, '}');
}

void proto_encode_district(struct proto_buffer *buffer, const struct proto_district *district)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "code", district->code);
    proto_member_text(buffer, "name", district->name);
    proto_json_end(buffer, '}');
}

static void encode_tiers(struct proto_buffer *buffer,
                         const struct proto_tier_clock tiers[PROTO_TIER_COUNT])
{
    proto_json_name(buffer, "tiers");
    proto_json_begin(buffer, '{');
    for (uint32_t i = 0; i < PROTO_TIER_COUNT; i++) {
        assert(tiers[i].verdict < PROTO_TIER_VERDICT_COUNT);
        proto_json_name(buffer, proto_name(PROTO_LIST_TIER, i));
        proto_json_begin(buffer, '{');
        proto_member_name(buffer, "verdict", PROTO_LIST_TIER_VERDICT, tiers[i].verdict);
        proto_member_int(buffer, "wanted", tiers[i].wanted);
        proto_member_u32(buffer, "target_ms", tiers[i].target_ms);
        proto_member_time(buffer, "deadline_ms", tiers[i].deadline_ms);
        proto_member_u32(buffer, "elapsed_ms", tiers[i].elapsed_ms);
        proto_json_end(buffer, '}');
    }
    proto_json_end(buffer, '}');
}

static void encode_warning(struct proto_buffer *buffer, const struct proto_warning *warning)
{
    if (warning->at_ms == PROTO_NEVER) {
        proto_member_null(buffer, "warning");
        return;
    }
    assert(warning->level < PROTO_WARN_LEVEL_COUNT);
    proto_json_name(buffer, "warning");
    proto_json_begin(buffer, '{');
    proto_member_name(buffer, "level", PROTO_LIST_WARN_LEVEL, warning->level);
    proto_member_text(buffer, "text", warning->text);
    proto_member_time(buffer, "at_ms", warning->at_ms);
    proto_json_end(buffer, '}');
}

void proto_encode_incident(struct proto_buffer *buffer, const struct proto_incident *incident)
{
    assert(incident->type < PROTO_INCIDENT_TYPE_COUNT);
    assert(incident->state < PROTO_INCIDENT_STATE_COUNT);
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "incident_id", incident->incident_id);
    proto_member_int(buffer, "generation", incident->generation);
    proto_member_name(buffer, "type", PROTO_LIST_INCIDENT_TYPE, incident->type);
    proto_member_int(buffer, "priority", incident->priority);
    proto_member_name(buffer, "state", PROTO_LIST_INCIDENT_STATE, incident->state);
    proto_member_place(buffer, true, incident->at);
    proto_member_text(buffer, "address", incident->address);
    proto_member_text(buffer, "note", incident->note);
    proto_member_text(buffer, "caller", incident->caller);
    proto_member_text(buffer, "phone", incident->phone);
    proto_member_text(buffer, "district", incident->district);
    proto_member_text(buffer, "circle", incident->circle);
    proto_member_text(buffer, "beat", incident->beat);
    proto_member_text(buffer, "grid", incident->grid);
    proto_member_bool(buffer, "drill", incident->drill);
    proto_member_name(buffer, "mode", PROTO_LIST_DISPATCH_MODE, incident->mode);
    proto_member_text(buffer, "policy", incident->policy);
    proto_member_int(buffer, "policy_version", incident->policy_version);
    proto_member_text(buffer, "plan", incident->plan);
    proto_member_int(buffer, "plan_version", incident->plan_version);
    encode_warning(buffer, &incident->warning);
    proto_member_int(buffer, "report_count", incident->report_count);
    proto_member_time(buffer, "received_ms", incident->received_ms);
    proto_member_time(buffer, "created_ms", incident->created_ms);
    proto_member_time(buffer, "dispatched_ms", incident->dispatched_ms);
    proto_member_time(buffer, "on_scene_ms", incident->on_scene_ms);
    proto_member_time(buffer, "ended_ms", incident->ended_ms);
    proto_member_time(buffer, "clock_ms", incident->clock_ms);
    proto_member_time(buffer, "held_ms", incident->held_ms);
    proto_member_time(buffer, "review_ms", incident->review_ms);
    proto_member_name(buffer, "hold_reason", PROTO_LIST_REASON, incident->hold_reason);
    proto_member_text(buffer, "owner", incident->owner);
    proto_member_time(buffer, "owner_ms", incident->owner_ms);
    proto_member_id(buffer, "duplicate_of", incident->duplicate_of);
    proto_member_id(buffer, "similar", incident->similar_id);
    proto_member_int(buffer, "reopened", incident->reopened);
    if (incident->tiers_unknown) {
        proto_member_null(buffer, "tiers");
    } else {
        encode_tiers(buffer, incident->tiers);
    }
    proto_json_end(buffer, '}');
}

void proto_encode_assignment(struct proto_buffer *buffer, const struct proto_assignment *assignment)
{
    assert(assignment->tier < PROTO_TIER_COUNT);
    assert(assignment->state < PROTO_ASSIGNMENT_STATE_COUNT);
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "assignment_id", assignment->assignment_id);
    proto_member_int(buffer, "incident_id", assignment->incident_id);
    proto_member_text(buffer, "unit", assignment->unit);
    proto_member_name(buffer, "tier", PROTO_LIST_TIER, assignment->tier);
    proto_member_name(buffer, "state", PROTO_LIST_ASSIGNMENT_STATE, assignment->state);
    proto_member_int(buffer, "version", assignment->version);
    proto_member_bool(buffer, "late", assignment->late);
    proto_member_bool(buffer, "additional", assignment->additional);
    proto_member_bool(buffer, "automatic", assignment->automatic);
    proto_member_bool(buffer, "estimated", assignment->estimated);
    proto_member_u32(buffer, "travel_ms", assignment->travel_ms);
    proto_member_u32(buffer, "distance_m", assignment->distance_m);
    proto_member_u32(buffer, "rank", assignment->rank);
    proto_member_int(buffer, "wave", assignment->wave);
    proto_member_name(buffer, "reason", PROTO_LIST_REASON, assignment->reason);
    proto_member_time(buffer, "sent_ms", assignment->sent_ms);
    proto_member_time(buffer, "delivered_ms", assignment->delivered_ms);
    proto_member_time(buffer, "acknowledged_ms", assignment->acknowledged_ms);
    proto_member_time(buffer, "en_route_ms", assignment->en_route_ms);
    proto_member_time(buffer, "on_scene_ms", assignment->on_scene_ms);
    proto_member_time(buffer, "ended_ms", assignment->ended_ms);
    proto_member_int(buffer, "resent", assignment->resent);
    proto_member_int(buffer, "corrected", assignment->corrected);
    proto_member_time(buffer, "par_asked_ms", assignment->par_asked_ms);
    proto_json_end(buffer, '}');
}

void proto_encode_notice(struct proto_buffer *buffer, const struct proto_notice *notice)
{
    assert(notice->state < PROTO_NOTICE_STATE_COUNT);
    assert(notice->kinds >> PROTO_NOTICE_KIND_COUNT == 0);
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "assignment_id", notice->assignment_id);
    proto_member_int(buffer, "incident_id", notice->incident_id);
    proto_member_text(buffer, "unit", notice->unit);
    proto_member_int(buffer, "number", notice->number);
    proto_json_name(buffer, "kinds");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < PROTO_NOTICE_KIND_COUNT; i++) {
        if ((notice->kinds >> i & 1u) != 0) {
            proto_json_text(buffer, proto_name(PROTO_LIST_NOTICE_KIND, i));
        }
    }
    proto_json_end(buffer, ']');
    proto_member_name(buffer, "state", PROTO_LIST_NOTICE_STATE, notice->state);
    proto_member_name(buffer, "level", PROTO_LIST_WARN_LEVEL, notice->level);
    proto_member_text(buffer, "text", notice->text);
    proto_member_time(buffer, "sent_ms", notice->sent_ms);
    proto_member_time(buffer, "delivered_ms", notice->delivered_ms);
    proto_member_time(buffer, "acknowledged_ms", notice->acknowledged_ms);
    proto_member_int(buffer, "resent", notice->resent);
    proto_json_end(buffer, '}');
}

void proto_encode_alarm(struct proto_buffer *buffer, const struct proto_alarm *alarm)
{
    assert(alarm->kind < PROTO_ALARM_KIND_COUNT);
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "alarm_id", alarm->alarm_id);
    proto_member_name(buffer, "kind", PROTO_LIST_ALARM_KIND, alarm->kind);
    proto_member_id(buffer, "incident_id", alarm->incident_id);
    proto_member_id(buffer, "assignment_id", alarm->assignment_id);
    proto_member_text(buffer, "unit", alarm->unit);
    proto_member_name(buffer, "tier", PROTO_LIST_TIER, alarm->tier);
    proto_member_text(buffer, "circle", alarm->circle);
    proto_member_text(buffer, "checkpoint", alarm->checkpoint);
    proto_member_time(buffer, "raised_ms", alarm->raised_ms);
    proto_member_time(buffer, "acked_ms", alarm->acked_ms);
    proto_member_text(buffer, "acked_by", alarm->acked_by);
    proto_member_time(buffer, "shelved_ms", alarm->shelved_ms);
    proto_member_text(buffer, "shelved_by", alarm->shelved_by);
    proto_member_name(buffer, "shelved_reason", PROTO_LIST_REASON, alarm->shelved_reason);
    proto_member_int(buffer, "shelved", alarm->shelved);
    proto_json_end(buffer, '}');
}

static void encode_candidate(struct proto_buffer *buffer, const struct proto_candidate *candidate)
{
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "unit", candidate->unit);
    proto_member_u32(buffer, "travel_ms", candidate->travel_ms);
    proto_member_place(buffer, true, candidate->at);
    proto_member_u32(buffer, "fix_age_ms", candidate->fix_age_ms);
    proto_member_int(buffer, "rank", candidate->rank);
    proto_member_bool(buffer, "in_reach", candidate->in_reach);
    proto_member_bool(buffer, "chosen", candidate->chosen);
    proto_member_bool(buffer, "estimated", candidate->estimated);
    proto_member_bool(buffer, "own_area", candidate->own_area);
    proto_member_bool(buffer, "by_plan", candidate->by_plan);
    proto_member_id(buffer, "given_to", candidate->given_to);
    proto_json_end(buffer, '}');
}

static void encode_passed(struct proto_buffer *buffer, const struct proto_passed *passed)
{
    assert(passed->reason < PROTO_REASON_COUNT);
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "unit", passed->unit);
    proto_member_u32(buffer, "distance_m", passed->distance_m);
    proto_member_name(buffer, "reason", PROTO_LIST_REASON, passed->reason);
    proto_member_bool(buffer, "by_plan", passed->by_plan);
    proto_json_end(buffer, '}');
}

static void encode_map_id(struct proto_buffer *buffer, uint64_t map_id)
{
    char digits[MAP_ID_DIGITS];
    for (uint32_t i = 0; i < MAP_ID_DIGITS; i++) {
        digits[i] = "0123456789abcdef"[map_id >> (60u - 4u * i) & 15u];
    }
    proto_json_name(buffer, "map_id");
    proto_json_text_n(buffer, digits, sizeof(digits));
}

static void encode_preemptable(struct proto_buffer *buffer, const struct proto_decision *decision)
{
    assert(decision->preemptable_count <= PROTO_PREEMPTABLE_MAX);
    proto_json_name(buffer, "preemptable");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < decision->preemptable_count; i++) {
        const struct proto_preemptable *item = &decision->preemptable[i];
        proto_json_begin(buffer, '{');
        proto_member_text(buffer, "unit", item->unit);
        proto_member_int(buffer, "victim", item->victim_id);
        proto_member_int(buffer, "priority", item->priority);
        proto_member_u32(buffer, "travel_ms", item->travel_ms);
        proto_member_bool(buffer, "estimated", item->estimated);
        proto_json_end(buffer, '}');
    }
    proto_json_end(buffer, ']');
}

void proto_encode_decision(struct proto_buffer *buffer, const struct proto_decision *decision)
{
    assert(decision->candidate_count <= PROTO_CANDIDATES_MAX);
    assert(decision->passed_count <= PROTO_CANDIDATES_MAX);
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "incident_id", decision->incident_id);
    proto_member_name(buffer, "tier", PROTO_LIST_TIER, decision->tier);
    proto_member_int(buffer, "generation", decision->generation);
    encode_map_id(buffer, decision->map_id);
    proto_member_int(buffer, "traffic_version", decision->traffic_version);
    proto_member_bool(buffer, "automatic", decision->automatic);
    proto_member_bool(buffer, "area_first", decision->area_first);
    proto_member_int(buffer, "wave", decision->wave);
    proto_member_text(buffer, "plan", decision->plan);
    proto_member_int(buffer, "together", decision->together);
    encode_preemptable(buffer, decision);
    proto_json_name(buffer, "candidates");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < decision->candidate_count; i++) {
        encode_candidate(buffer, &decision->candidates[i]);
    }
    proto_json_end(buffer, ']');
    proto_json_name(buffer, "passed");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < decision->passed_count; i++) {
        encode_passed(buffer, &decision->passed[i]);
    }
    proto_json_end(buffer, ']');
    proto_json_name(buffer, "passed_by_reason");
    proto_json_begin(buffer, '{');
    for (uint32_t i = 0; i < PROTO_REASON_COUNT; i++) {
        if (decision->passed_by_reason[i] > 0) {
            proto_member_int(buffer, proto_name(PROTO_LIST_REASON, i),
                             decision->passed_by_reason[i]);
        }
    }
    proto_json_end(buffer, '}');
    proto_json_end(buffer, '}');
}

void proto_encode_report(struct proto_buffer *buffer, const struct proto_report *report)
{
    assert(report->channel < PROTO_CHANNEL_COUNT);
    assert(report->type < PROTO_INCIDENT_TYPE_COUNT);
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "report_id", report->report_id);
    proto_member_int(buffer, "incident_id", report->incident_id);
    proto_member_bool(buffer, "merged", report->merged);
    proto_member_name(buffer, "channel", PROTO_LIST_CHANNEL, report->channel);
    proto_member_name(buffer, "type", PROTO_LIST_INCIDENT_TYPE, report->type);
    proto_member_id(buffer, "priority", report->priority);
    proto_member_place(buffer, true, report->at);
    proto_member_text(buffer, "address", report->address);
    proto_member_text(buffer, "caller", report->caller);
    proto_member_text(buffer, "phone", report->phone);
    proto_member_text(buffer, "note", report->note);
    proto_member_time(buffer, "occurred_ms", report->occurred_ms);
    proto_member_time(buffer, "received_ms", report->received_ms);
    proto_member_bool(buffer, "drill", report->drill);
    proto_member_time(buffer, "answered_ms", report->answered_ms);
    proto_member_text(buffer, "answered_by", report->answered_by);
    proto_member_text(buffer, "answer", report->answer);
    proto_json_end(buffer, '}');
}

void proto_encode_referral(struct proto_buffer *buffer, const struct proto_referral *referral)
{
    assert(referral->kind < PROTO_CENTRE_KIND_COUNT);
    assert(referral->state < PROTO_REFERRAL_STATE_COUNT);
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "referral_id", referral->referral_id);
    proto_member_int(buffer, "incident_id", referral->incident_id);
    proto_member_text(buffer, "centre", referral->centre);
    proto_member_name(buffer, "kind", PROTO_LIST_CENTRE_KIND, referral->kind);
    proto_member_name(buffer, "state", PROTO_LIST_REFERRAL_STATE, referral->state);
    proto_member_int(buffer, "version", referral->version);
    proto_member_name(buffer, "reason", PROTO_LIST_REASON, referral->reason);
    proto_member_text(buffer, "units", referral->units);
    proto_member_time(buffer, "sent_ms", referral->sent_ms);
    proto_member_time(buffer, "answered_ms", referral->answered_ms);
    proto_member_time(buffer, "arrived_ms", referral->arrived_ms);
    proto_member_time(buffer, "ended_ms", referral->ended_ms);
    proto_member_time(buffer, "answer_by_ms", referral->answer_by_ms);
    proto_member_time(buffer, "feedback_by_ms", referral->feedback_by_ms);
    proto_json_end(buffer, '}');
}

static void encode_order_plan(struct proto_buffer *buffer, const struct proto_order *order)
{
    if (order->plan == NULL) {
        proto_member_null(buffer, "plan");
        return;
    }
    proto_json_name(buffer, "plan");
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "code", order->plan);
    proto_member_text(buffer, "words_zh", order->words_zh);
    proto_member_text(buffer, "words_en", order->words_en);
    proto_json_end(buffer, '}');
}

void proto_encode_order(struct proto_buffer *buffer, const struct proto_order *order)
{
    assert(order->type < PROTO_INCIDENT_TYPE_COUNT);
    proto_json_begin(buffer, '{');
    proto_json_name(buffer, "assignment");
    proto_encode_assignment(buffer, &order->assignment);
    proto_json_name(buffer, "incident");
    proto_json_begin(buffer, '{');
    proto_member_int(buffer, "incident_id", order->incident_id);
    proto_member_name(buffer, "type", PROTO_LIST_INCIDENT_TYPE, order->type);
    proto_member_int(buffer, "priority", order->priority);
    proto_member_place(buffer, true, order->at);
    proto_member_text(buffer, "address", order->address);
    proto_member_text(buffer, "note", order->note);
    proto_member_bool(buffer, "drill", order->drill);
    proto_member_time(buffer, "received_ms", order->received_ms);
    proto_member_u32(buffer, "target_ms", order->target_ms);
    encode_warning(buffer, &order->warning);
    encode_order_plan(buffer, order);
    proto_json_end(buffer, '}');
    proto_json_end(buffer, '}');
}

static int32_t rounded_e3(int32_t e7)
{
    const int32_t half = e7 < 0 ? -5000 : 5000;
    return (e7 + half) / 10000 * 10000; /* 1,800,005,000 still fits */
}

struct proto_place proto_place_rounded(struct proto_place at)
{
    return (struct proto_place){.lat_e7 = rounded_e3(at.lat_e7), .lon_e7 = rounded_e3(at.lon_e7)};
}
