#include <string.h>

#include "engine/core/apply.h"
#include "engine/core/deadline.h"
#include "engine/core/incident.h"
#include "engine/core/referral.h"

static void set_first(struct engine *engine, struct incident *incident, uint32_t slot)
{
    incident->report_first = slot;
    const char *phone = slot == SLOT_NONE ? "" : engine->reports[slot].words.phone;
    engine->first_phones[state_slot_of(engine, incident)] = state_phone_hash(phone);
}

void apply_report_append(struct engine *engine, struct incident *incident, uint32_t slot)
{
    struct report *report = &engine->reports[slot];
    report->next = SLOT_NONE;
    report->incident = state_slot_of(engine, incident);
    if (incident->report_last == SLOT_NONE) {
        set_first(engine, incident, slot);
    } else {
        engine->reports[incident->report_last].next = slot;
    }
    incident->report_last = slot;
}

static void take_out(struct engine *engine, struct incident *incident, uint32_t slot)
{
    uint32_t before = SLOT_NONE;
    uint32_t at = incident->report_first;
    while (at != slot) {
        before = at;
        at = engine->reports[at].next;
    }
    const uint32_t next = engine->reports[slot].next;
    if (before == SLOT_NONE) {
        set_first(engine, incident, next);
    } else {
        engine->reports[before].next = next;
    }
    if (incident->report_last == slot) {
        incident->report_last = before;
    }
    incident->report_count--;
}

/* An incident that its first report has made; what it is comes with the next event, its opening. */
static struct incident *begin(struct engine *engine, uint32_t incident_id, int64_t at_ms)
{
    const uint32_t slot = id_pool_add(&engine->incident_ids, incident_id);
    if (slot == SLOT_NONE) {
        return NULL;
    }
    struct incident *incident = &engine->incidents[slot];
    *incident = (struct incident){.id = incident_id,
                                  .state = INCIDENT_PENDING,
                                  .state_ms = at_ms,
                                  .circle = CIRCLE_NONE,
                                  .areas = {AREA_NONE, AREA_NONE},
                                  .plan = SLOT_NONE,
                                  .warned_ms = TIME_NEVER,
                                  .panic_unit = UNIT_NONE,
                                  .panic_ms = TIME_NEVER,
                                  .created_ms = TIME_NEVER,
                                  .dispatched_ms = TIME_NEVER,
                                  .on_scene_ms = TIME_NEVER,
                                  .ended_ms = TIME_NEVER,
                                  .clock_ms = TIME_NEVER,
                                  .held_ms = TIME_NEVER,
                                  .review_ms = TIME_NEVER,
                                  .owner_ms = TIME_NEVER,
                                  .changed_ms = TIME_NEVER,
                                  .wave_ms = TIME_NEVER,
                                  .report_first = SLOT_NONE,
                                  .report_last = SLOT_NONE,
                                  .assignment_first = SLOT_NONE,
                                  .assignment_last = SLOT_NONE,
                                  .referral_first = SLOT_NONE,
                                  .referral_last = SLOT_NONE,
                                  .alarm_first = SLOT_NONE};
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        incident->tiers[tier] = (struct tier_state){
            .verdict = TIER_NOT_ASKED, .unit_id = UNIT_NONE, .decision = SLOT_NONE};
    }
    engine->last_incident_id = incident_id;
    return incident;
}

enum status apply_report_received(struct engine *engine, const struct event *event)
{
    const uint32_t incident_id = event->report.incident_id;
    struct incident *incident = state_incident(engine, incident_id);
    const bool is_known = incident != NULL && !incident_state_ended(incident->state);
    const struct report_create *words = &event->report.report;
    if (event->report.report_id <= engine->last_report_id ||
        engine->report_ids.count == engine->report_ids.max ||
        (event->report.merged ? !is_known : incident_id <= engine->last_incident_id)) {
        return STATUS_CORRUPT;
    }
    if (!event->report.merged) {
        incident = begin(engine, incident_id, event->at_ms);
    }
    if (incident == NULL) {
        return STATUS_CORRUPT;
    }
    const uint32_t slot = id_pool_add(&engine->report_ids, event->report.report_id);
    engine->reports[slot] = (struct report){.id = event->report.report_id,
                                            .district = event->report.district,
                                            .received_ms = event->report.received_ms,
                                            .answered_ms = TIME_NEVER,
                                            .words = *words};
    apply_report_append(engine, incident, slot);
    incident->report_count++;
    engine->last_report_id = event->report.report_id;
    return STATUS_OK;
}

enum status apply_report_linked(struct engine *engine, const struct event *event)
{
    const uint32_t slot = id_pool_find(&engine->report_ids, event->linked.report_id);
    struct incident *from = state_incident(engine, event->linked.from_id);
    struct incident *to = state_incident(engine, event->linked.incident_id);
    if (slot == SLOT_NONE || from == NULL || from == to || from->report_count < 2 ||
        &engine->incidents[engine->reports[slot].incident] != from) {
        return STATUS_CORRUPT;
    }
    if (event->linked.opens) {
        to = to != NULL || event->linked.incident_id <= engine->last_incident_id
                 ? NULL
                 : begin(engine, event->linked.incident_id, event->at_ms);
    }
    if (to == NULL || incident_state_ended(to->state)) {
        return STATUS_CORRUPT;
    }
    take_out(engine, from, slot);
    apply_report_append(engine, to, slot);
    to->report_count++;
    return STATUS_OK;
}

enum status apply_report_answered(struct engine *engine, const struct event *event)
{
    struct report *report = state_report(engine, event->answered.report_id);
    if (report == NULL || report->answered_ms != TIME_NEVER ||
        engine->incidents[report->incident].id != event->answered.incident_id) {
        return STATUS_CORRUPT;
    }
    report->answered_ms = event->at_ms;
    return STATUS_OK;
}

enum status apply_report_merged(struct engine *engine, const struct event *event)
{
    struct incident *incident = state_incident(engine, event->merged.incident_id);
    struct incident *into = state_incident(engine, event->merged.into_id);
    if (incident == NULL || into == NULL || incident == into ||
        incident_state_ended(incident->state) || incident_state_ended(into->state) ||
        state_tally_all(engine, incident).active > 0 || referral_open_count(engine, incident) > 0 ||
        event->merged.report_count != into->report_count + incident->report_count) {
        return STATUS_CORRUPT;
    }
    while (incident->report_first != SLOT_NONE) {
        const uint32_t slot = incident->report_first;
        take_out(engine, incident, slot);
        apply_report_append(engine, into, slot);
        into->report_count++;
    }
    const uint32_t slot = state_slot_of(engine, incident);
    incident->state = INCIDENT_DUPLICATE;
    incident->state_ms = event->at_ms;
    incident->ended_ms = event->at_ms;
    incident->duplicate_of = into->id;
    engine->open_lat_e7[slot] = INT32_MAX;
    deadline_refresh_incident(engine, slot);
    return STATUS_OK;
}
