#include "engine/core/view.h"

#include "engine/core/presence.h"

bool view_unit(const struct engine *engine, uint32_t unit_id, struct unit_view *view)
{
    if (unit_id >= engine->unit_count) {
        return false;
    }
    const struct unit *unit = &engine->units[unit_id];
    const struct fix *fix = &engine->presence->fixes[unit_id];
    const struct assignment *assignment = state_assignment_at(engine, unit->assignment);
    const uint32_t incident_id =
        assignment == NULL ? 0 : engine->incidents[assignment->incident].id;
    *view = (struct unit_view){.unit_id = unit_id,
                               .definition = &unit->definition,
                               .duty = unit->duty,
                               .people = unit->people,
                               .sign_on = &unit->sign_on,
                               .status = state_unit_status(engine, unit),
                               .assignment_id = assignment == NULL ? 0 : assignment->id,
                               .incident_id = incident_id,
                               .panic = unit->panic,
                               .status_ms = unit->status_ms,
                               .has_fix = fix->seen,
                               .at = fix->at,
                               .fix_ms = fix->seen ? fix->fix_ms : TIME_NEVER,
                               .heading_deg = fix->heading_deg,
                               .speed_kmh = fix->speed_kmh,
                               .accuracy_m = fix->accuracy_m};
    return true;
}

bool view_unit_place(const struct engine *engine, uint32_t unit_id, struct geo_place *place,
                     enum geo_profile *profile)
{
    if (unit_id >= engine->unit_count || !engine->presence->fixes[unit_id].seen ||
        engine->presence->fleet == NULL) {
        return false;
    }
    const struct geo_fleet_unit *unit = geo_fleet_get(engine->presence->fleet, unit_id);
    *place = unit->place;
    *profile = unit->profile;
    return true;
}

void view_incident(const struct engine *engine, const struct incident *incident,
                   struct incident_view *view)
{
    static const struct report_create nothing;
    const struct assignment *first = state_assignment_at(engine, incident->assignment_first);
    const struct report *report = state_report_at(engine, incident->report_first);
    const struct report_create *words = report == NULL ? &nothing : &report->words;
    const struct referral *referral = state_referral_at(engine, incident->referral_first);
    *view = (struct incident_view){
        .incident_id = incident->id,
        .generation = incident->generation,
        .type = incident->type,
        .priority = incident->priority,
        .state = incident->state,
        .at = incident->at,
        .address = incident->address,
        .note = words->note,
        .caller = words->caller,
        .phone = words->phone,
        .district = incident->district,
        .circle = incident->circle,
        .areas = {incident->areas[AREA_BEAT], incident->areas[AREA_GRID]},
        .drill = incident->drill,
        .mode = incident->mode,
        .policy = state_policy_of(engine, incident)->name,
        .policy_version = engine->policies[incident->policy].version,
        .plan_version = incident->plan == SLOT_NONE ? 0 : engine->plans[incident->plan].version,
        .clock_start = state_policy_of(engine, incident)->clock_start,
        .report_count = incident->report_count,
        .for_all = incident->for_all,
        .panic_unit = incident->panic_unit,
        .warning = incident->warning,
        .warning_level = incident->warning_level,
        .warned_ms = incident->warned_ms,
        .received_ms = incident->received_ms,
        .created_ms = incident->created_ms,
        .dispatched_ms = incident->dispatched_ms,
        .on_scene_ms = incident->on_scene_ms,
        .ended_ms = incident->ended_ms,
        .clock_ms = incident->clock_ms,
        .assignment_first = first == NULL ? 0 : first->id,
        .report_first = report == NULL ? 0 : report->id,
        .referral_first = referral == NULL ? 0 : referral->id,
        .held_ms = incident->held_ms,
        .review_ms = incident->review_ms,
        .hold_reason = incident->hold_reason,
        .owner = incident->owner,
        .owner_ms = incident->owner_ms,
        .duplicate_of = incident->duplicate_of,
        .similar_id = incident->similar_id,
        .reopened_count = incident->reopened_count};
    for (uint32_t i = 0; i < TIER_COUNT; i++) {
        const struct tier_state *tier = &incident->tiers[i];
        view->tiers[i] =
            (struct tier_view){.verdict = tier->verdict,
                               .wanted = tier->wanted,
                               .target_ms = tier->target_ms,
                               .deadline_ms = state_tier_deadline(incident, (enum tier)i),
                               .elapsed_ms = tier->elapsed_ms};
    }
}

static uint32_t count_bits(uint32_t bits)
{
    uint32_t count = 0;
    for (; bits != 0; bits &= bits - 1) {
        count++;
    }
    return count;
}

void view_assignment(const struct engine *engine, const struct assignment *assignment,
                     struct assignment_view *view)
{
    const struct assignment *next = state_assignment_at(engine, assignment->next);
    *view = (struct assignment_view){.assignment_id = assignment->id,
                                     .incident_id = engine->incidents[assignment->incident].id,
                                     .unit_id = assignment->unit_id,
                                     .version = assignment->version,
                                     .tier = assignment->tier,
                                     .state = assignment->state,
                                     .late = assignment->late,
                                     .additional = assignment->additional,
                                     .automatic = assignment->automatic,
                                     .estimated = assignment->estimated,
                                     .travel_ms = assignment->travel_ms,
                                     .distance_m = assignment->distance_m,
                                     .rank = assignment->rank,
                                     .wave = assignment->wave,
                                     .reason = assignment->reason,
                                     .sent_ms = assignment->sent_ms,
                                     .delivered_ms = assignment->delivered_ms,
                                     .acknowledged_ms = assignment->acknowledged_ms,
                                     .en_route_ms = assignment->en_route_ms,
                                     .on_scene_ms = assignment->on_scene_ms,
                                     .ended_ms = assignment->ended_ms,
                                     .resent_count = assignment->resent_count,
                                     .steps = assignment->steps,
                                     .par_asked_ms = assignment->par_asked_ms,
                                     .notice = assignment->notice,
                                     .corrected_count = count_bits(assignment->corrected),
                                     .next = next == NULL ? 0 : next->id};
}

void view_report(const struct engine *engine, const struct report *report, struct report_view *view)
{
    const struct report *next = state_report_at(engine, report->next);
    *view = (struct report_view){.report_id = report->id,
                                 .incident_id = engine->incidents[report->incident].id,
                                 .report = &report->words,
                                 .received_ms = report->received_ms,
                                 .answered_ms = report->answered_ms,
                                 .next = next == NULL ? 0 : next->id};
}

void view_referral(const struct engine *engine, const struct referral *referral,
                   struct referral_view *view)
{
    const struct referral *next = state_referral_at(engine, referral->next);
    *view = (struct referral_view){.referral_id = referral->id,
                                   .incident_id = engine->incidents[referral->incident].id,
                                   .centre = referral->centre,
                                   .version = referral->version,
                                   .kind = referral->kind,
                                   .state = referral->state,
                                   .sent_ms = referral->sent_ms,
                                   .answered_ms = referral->answered_ms,
                                   .arrived_ms = referral->arrived_ms,
                                   .ended_ms = referral->ended_ms,
                                   .answer_by_ms = referral->answer_by_ms,
                                   .feedback_by_ms = referral->feedback_by_ms,
                                   .reason = referral->reason,
                                   .units = referral->units,
                                   .next = next == NULL ? 0 : next->id};
}

void view_alarm(const struct engine *engine, const struct alarm *alarm, struct alarm_view *view)
{
    const struct assignment *assignment = state_assignment_at(engine, alarm->assignment);
    *view = (struct alarm_view){.alarm_id = alarm->id,
                                .kind = alarm->kind,
                                .incident_id = state_incident_id_at(engine, alarm->incident),
                                .assignment_id = assignment == NULL ? 0 : assignment->id,
                                .unit_id = alarm->unit_id,
                                .tier = alarm->tier,
                                .circle = alarm->circle,
                                .checkpoint = alarm->checkpoint,
                                .district = alarm->district,
                                .raised_ms = alarm->raised_ms,
                                .acked_ms = alarm->acked_ms,
                                .acked_by = alarm->acked_by,
                                .shelved_ms = alarm->shelved_ms,
                                .shelved_by = alarm->shelved_by,
                                .shelve_reason = alarm->shelve_reason,
                                .shelve_count = alarm->shelve_count};
}
