#include "engine/net/ledger.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/net/ledger_table.h"

struct ledger {
    struct ledger_unit *units; /* by unit id */
    uint32_t units_max;
    uint32_t *addressed; /* units_max */

    struct ledger_table table;
};

/* ---- Active assignments ---- */

static void unit_release(struct ledger *ledger, uint32_t unit_id)
{
    struct ledger_unit *unit = &ledger->units[unit_id];
    struct ledger_incident *incident = ledger_table_find(&ledger->table, unit->active.incident_id);
    if (unit->active.assignment_id != 0 && incident != NULL) {
        uint32_t *link = &incident->unit_first;
        while (*link != UNIT_NONE && *link != unit_id) {
            link = &ledger->units[*link].next;
        }
        if (*link == unit_id) {
            *link = unit->next;
        }
    }
    unit->active.assignment_id = 0;
    unit->active.incident_id = 0;
    unit->next = UNIT_NONE;
}

static void unit_engage(struct ledger *ledger, const struct assignment_view *assignment)
{
    unit_release(ledger, assignment->unit_id);
    struct ledger_unit *unit = &ledger->units[assignment->unit_id];
    unit->active = *assignment;
    struct ledger_incident *incident = ledger_table_find(&ledger->table, assignment->incident_id);
    if (incident != NULL) {
        unit->next = incident->unit_first;
        incident->unit_first = assignment->unit_id;
    }
}

/* ---- Notices ---- */

static void called_off_add(struct ledger_unit *unit, const struct ledger_called_off *entry)
{
    for (uint32_t i = LEDGER_CALLED_OFF_MAX - 1; i > 0; i--) {
        unit->called_off[i] = unit->called_off[i - 1];
    }
    unit->called_off[0] = *entry;
}

static void called_off_remove(struct ledger_unit *unit, uint32_t at)
{
    for (uint32_t i = at; i + 1 < LEDGER_CALLED_OFF_MAX; i++) {
        unit->called_off[i] = unit->called_off[i + 1];
    }
    unit->called_off[LEDGER_CALLED_OFF_MAX - 1] = (struct ledger_called_off){.assignment_id = 0};
}

/* The notice of this assignment; NULL: not kept. */
static struct notice *notice_find(struct ledger_unit *unit, uint32_t assignment_id)
{
    if (unit->active.assignment_id == assignment_id) {
        return &unit->active.notice;
    }
    for (uint32_t i = 0; i < LEDGER_CALLED_OFF_MAX; i++) {
        if (unit->called_off[i].assignment_id == assignment_id) {
            return &unit->called_off[i].notice;
        }
    }
    return NULL;
}

/* ---- Life ---- */

static void fill_incident(struct ledger *ledger, const struct incident_view *view)
{
    struct ledger_incident *incident = ledger_table_add(&ledger->table, view->incident_id);
    incident->district = view->district;
    incident->for_all = view->for_all;
    incident->drill = view->drill;
    incident->type = view->type;
    incident->priority = view->priority;
    incident->at = view->at;
    incident->received_ms = view->received_ms;
    incident->plan_version = view->plan_version;
    for (unsigned i = 0; i < TIER_COUNT; i++) {
        if (view->tiers[i].verdict != TIER_NOT_ASKED) {
            incident->target_ms[i] = view->tiers[i].target_ms;
        }
    }
    strncpy(incident->address, view->address, sizeof incident->address - 1);
    incident->warned_ms = view->warned_ms;
    incident->warning_level = view->warning_level;
    strncpy(incident->warning, view->warning, sizeof incident->warning - 1);
}

/* Who was called off and has not said that it heard. */
static void fill_called_off(struct ledger *ledger, const struct engine *engine)
{
    struct incident_view incident = {.incident_id = 0};
    while (engine_incident_next(engine, incident.incident_id, &incident)) {
        struct assignment_view view;
        uint32_t id = incident.assignment_first;
        while (id != 0 && engine_assignment(engine, id, &view)) {
            const bool is_open =
                view.notice.state == NOTICE_SENT || view.notice.state == NOTICE_DELIVERED;
            if (is_open && assignment_state_ended(view.state)) {
                called_off_add(&ledger->units[view.unit_id],
                               &(struct ledger_called_off){.assignment_id = view.assignment_id,
                                                           .incident_id = view.incident_id,
                                                           .notice = view.notice});
            }
            id = view.next;
        }
    }
}

static void fill(struct ledger *ledger, const struct engine *engine)
{
    struct incident_view incident = {.incident_id = 0};
    while (engine_incident_next(engine, incident.incident_id, &incident)) {
        fill_incident(ledger, &incident);
    }
    for (uint32_t i = 0; i < engine_unit_count(engine); i++) {
        struct unit_view view;
        struct assignment_view assignment;
        if (!engine_unit(engine, i, &view)) {
            continue;
        }
        struct ledger_unit *unit = &ledger->units[i];
        unit->duty = view.duty;
        unit->status_ms = view.status_ms;
        unit->district = view.definition->district;
        unit->panic = view.panic;
        unit->is_volunteer = view.definition->kind == UNIT_VOLUNTEER;
        if (view.assignment_id != 0 && engine_assignment(engine, view.assignment_id, &assignment)) {
            unit_engage(ledger, &assignment);
        }
    }
    fill_called_off(ledger, engine);
}

enum status ledger_create(const struct engine_config *config, const struct engine *engine,
                          struct ledger **out)
{
    assert(config->limits.units_max > 0);
    assert(config->limits.incidents_max > 0);

    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL) {
        return STATUS_NO_MEMORY;
    }
    ledger->units_max = config->limits.units_max;
    ledger->units = calloc(ledger->units_max, sizeof *ledger->units);
    ledger->addressed = calloc(ledger->units_max, sizeof *ledger->addressed);
    if (ledger->units == NULL || ledger->addressed == NULL ||
        ledger_table_init(&ledger->table, config->limits.incidents_max + PANIC_ROOM) != STATUS_OK) {
        ledger_destroy(ledger);
        return STATUS_NO_MEMORY;
    }
    for (uint32_t i = 0; i < ledger->units_max; i++) {
        ledger->units[i] = (struct ledger_unit){
            .next = UNIT_NONE, .status_ms = TIME_NEVER, .district = DISTRICT_NONE};
    }
    fill(ledger, engine);
    *out = ledger;
    return STATUS_OK;
}

void ledger_destroy(struct ledger *ledger)
{
    if (ledger == NULL) {
        return;
    }
    free(ledger->units);
    free(ledger->addressed);
    ledger_table_finish(&ledger->table);
    free(ledger);
}

const struct ledger_incident *ledger_incident(const struct ledger *ledger, uint32_t incident_id)
{
    return ledger_table_find(&ledger->table, incident_id);
}

const struct ledger_unit *ledger_unit(const struct ledger *ledger, uint32_t unit_id)
{
    return unit_id < ledger->units_max ? &ledger->units[unit_id] : NULL;
}

enum unit_status ledger_unit_status(const struct ledger_unit *unit)
{
    if (unit->active.assignment_id != 0) {
        if (unit->active.state == ASSIGNMENT_EN_ROUTE) {
            return UNIT_STATUS_EN_ROUTE;
        }
        return unit->active.state == ASSIGNMENT_ON_SCENE ? UNIT_STATUS_ON_SCENE
                                                         : UNIT_STATUS_DISPATCHED;
    }
    switch (unit->duty) {
    case DUTY_ON:
        return UNIT_STATUS_AVAILABLE;
    case DUTY_OUT_OF_SERVICE:
        return UNIT_STATUS_OUT_OF_SERVICE;
    case DUTY_OFF:
    case DUTY_COUNT:
        break;
    }
    return UNIT_STATUS_OFF_DUTY;
}

bool ledger_unit_is_masked(const struct ledger_unit *unit)
{
    return unit->is_volunteer && unit->active.acknowledged_ms == TIME_NEVER &&
           unit->active.state < ASSIGNMENT_ACKNOWLEDGED;
}

void ledger_refresh_districts(struct ledger *ledger, const struct engine *engine)
{
    for (uint32_t i = 0; i < ledger->table.count; i++) {
        struct incident_view view;
        if (engine_incident(engine, ledger->table.incidents[i].incident_id, &view)) {
            ledger->table.incidents[i].district = view.district;
        }
    }
    for (uint32_t i = 0; i < engine_unit_count(engine); i++) {
        struct unit_view view;
        if (engine_unit(engine, i, &view)) {
            ledger->units[i].district = view.definition->district;
        }
    }
}

/* ---- Events ---- */

static uint64_t incident_scope(const struct ledger *ledger, uint32_t incident_id)
{
    const struct ledger_incident *incident = ledger_table_find(&ledger->table, incident_id);
    if (incident != NULL && incident->for_all) {
        return SCOPE_CITY;
    }
    /* Not known here: only who may see everything hears it. */
    return access_district_bit(incident == NULL ? DISTRICT_NONE : incident->district);
}

static uint64_t unit_scope(const struct ledger *ledger, uint32_t unit_id)
{
    return access_district_bit(unit_id < ledger->units_max ? ledger->units[unit_id].district
                                                           : DISTRICT_NONE);
}

/* What is about an incident, a unit, both or nothing. */
static uint64_t scope_of(const struct ledger *ledger, uint32_t incident_id, uint32_t unit_id)
{
    uint64_t scope = 0;
    if (incident_id != 0) {
        scope |= incident_scope(ledger, incident_id);
    }
    if (unit_id != UNIT_NONE) {
        scope |= unit_scope(ledger, unit_id);
    }
    return scope == 0 ? access_district_bit(DISTRICT_NONE) : scope;
}

static struct ledger_audience address_one(struct ledger *ledger, uint64_t scope, uint32_t unit_id)
{
    struct ledger_audience audience = {.scope = scope, .units = ledger->addressed};
    if (unit_id < ledger->units_max) {
        ledger->addressed[0] = unit_id;
        audience.unit_count = 1;
    }
    return audience;
}

/* Everybody who works on the incident. */
static struct ledger_audience address_all(struct ledger *ledger, uint64_t scope,
                                          uint32_t incident_id, bool spare_masked)
{
    struct ledger_audience audience = {.scope = scope, .units = ledger->addressed};
    const struct ledger_incident *incident = ledger_table_find(&ledger->table, incident_id);
    uint32_t unit_id = incident == NULL ? UNIT_NONE : incident->unit_first;
    while (unit_id != UNIT_NONE) {
        const struct ledger_unit *unit = &ledger->units[unit_id];
        if (!spare_masked || !ledger_unit_is_masked(unit)) {
            ledger->addressed[audience.unit_count++] = unit_id;
        }
        unit_id = unit->next;
    }
    return audience;
}

static struct ledger_audience apply_unit(struct ledger *ledger, const struct event *event)
{
    assert(event->unit.unit_id < ledger->units_max);
    struct ledger_unit *unit = &ledger->units[event->unit.unit_id];
    const bool is_new = unit->status_ms == TIME_NEVER;
    const uint64_t before = access_district_bit(unit->district);
    const uint64_t now = access_district_bit(event->unit.unit.district);
    unit->district = event->unit.unit.district;
    unit->is_volunteer = event->unit.unit.kind == UNIT_VOLUNTEER;
    if (is_new) {
        unit->status_ms = event->at_ms;
        return (struct ledger_audience){.scope = now};
    }
    return (struct ledger_audience){.scope = before | now, .moves = before != now};
}

static struct ledger_audience apply_opened(struct ledger *ledger, const struct event *event)
{
    const struct incident_opened *opened = &event->opened;
    struct ledger_incident *incident = ledger_table_add(&ledger->table, opened->incident_id);
    incident->district = opened->district;
    incident->drill = opened->drill;
    incident->type = opened->type;
    incident->priority = opened->priority;
    incident->at = opened->at;
    incident->received_ms = opened->received_ms;
    incident->plan_version = opened->plan_version;
    incident->warned_ms = TIME_NEVER;
    for (unsigned i = 0; i < TIER_COUNT; i++) {
        incident->target_ms[i] = opened->tiers[i].asked ? opened->tiers[i].target_ms : 0;
    }
    memcpy(incident->address, opened->address, sizeof incident->address);
    incident->for_all = opened->for_all;
    return (struct ledger_audience){.scope = incident_scope(ledger, opened->incident_id)};
}

static struct ledger_audience apply_sent(struct ledger *ledger, const struct event *event)
{
    const struct assignment_sent *sent = &event->sent;
    assert(sent->unit_id < ledger->units_max);
    const struct assignment_view assignment = {
        .assignment_id = sent->assignment_id,
        .incident_id = sent->incident_id,
        .unit_id = sent->unit_id,
        .version = sent->version,
        .tier = sent->tier,
        .state = ASSIGNMENT_SENT,
        .additional = sent->additional,
        .automatic = sent->automatic,
        .estimated = sent->estimated,
        .travel_ms = sent->travel_ms,
        .distance_m = sent->distance_m,
        .rank = sent->rank,
        .wave = sent->wave,
        .reason = REASON_NONE,
        .sent_ms = event->at_ms,
        .delivered_ms = TIME_NEVER,
        .acknowledged_ms = TIME_NEVER,
        .en_route_ms = TIME_NEVER,
        .on_scene_ms = TIME_NEVER,
        .ended_ms = TIME_NEVER,
        .par_asked_ms = TIME_NEVER,
        .notice = {.sent_ms = TIME_NEVER,
                   .delivered_ms = TIME_NEVER,
                   .acknowledged_ms = TIME_NEVER},
    };
    unit_engage(ledger, &assignment);
    ledger->units[sent->unit_id].status_ms = event->at_ms;
    return address_one(ledger, scope_of(ledger, sent->incident_id, sent->unit_id), sent->unit_id);
}

static void enter_state(struct assignment_view *assignment, enum assignment_state state,
                        int64_t at_ms)
{
    switch (state) {
    case ASSIGNMENT_DELIVERED:
        assignment->delivered_ms = at_ms;
        break;
    case ASSIGNMENT_ACKNOWLEDGED:
        assignment->acknowledged_ms = at_ms;
        break;
    case ASSIGNMENT_EN_ROUTE:
        assignment->en_route_ms = at_ms;
        break;
    case ASSIGNMENT_ON_SCENE:
        assignment->on_scene_ms = at_ms;
        break;
    case ASSIGNMENT_CLEARED:
    case ASSIGNMENT_DECLINED:
    case ASSIGNMENT_RECALLED:
    case ASSIGNMENT_CANCELLED:
    case ASSIGNMENT_PREEMPTED:
        assignment->ended_ms = at_ms;
        break;
    case ASSIGNMENT_SENT:
    case ASSIGNMENT_STATE_COUNT:
        break;
    }
    assignment->state = state;
}

static struct ledger_audience apply_updated(struct ledger *ledger, const struct event *event)
{
    const struct assignment_updated *updated = &event->updated;
    assert(updated->unit_id < ledger->units_max);
    struct ledger_unit *unit = &ledger->units[updated->unit_id];
    struct ledger_audience audience = address_one(
        ledger, scope_of(ledger, updated->incident_id, updated->unit_id), updated->unit_id);
    if (unit->active.assignment_id != updated->assignment_id) {
        return audience;
    }
    const bool was_masked = ledger_unit_is_masked(unit);
    const enum unit_status before = ledger_unit_status(unit);
    unit->active.version = updated->version;
    unit->active.late = unit->active.late || updated->late;
    enter_state(&unit->active, updated->state, event->at_ms);
    if (assignment_state_ended(updated->state)) {
        unit_release(ledger, updated->unit_id);
    } else {
        audience.reveals = was_masked && !ledger_unit_is_masked(unit);
    }
    if (ledger_unit_status(unit) != before) {
        unit->status_ms = event->at_ms;
    }
    return audience;
}

static struct ledger_audience apply_step(struct ledger *ledger, const struct event *event)
{
    assert(event->step.unit_id < ledger->units_max);
    const uint64_t scope = scope_of(ledger, event->step.incident_id, event->step.unit_id);
    struct ledger_unit *unit = &ledger->units[event->step.unit_id];
    if (unit->active.assignment_id == event->step.assignment_id) {
        unit->active.version = event->step.version;
        unit->active.resent_count += event->step.step == LADDER_RESENT;
    }
    if (event->step.step == LADDER_PAR_ASKED) {
        unit->active.par_asked_ms = event->at_ms;
    } else if (event->step.step != LADDER_RESENT) {
        return (struct ledger_audience){.scope = scope};
    }
    return address_one(ledger, scope, event->step.unit_id);
}

static struct ledger_audience apply_warned(struct ledger *ledger, const struct event *event)
{
    struct ledger_incident *incident = ledger_table_find(&ledger->table, event->warned.incident_id);
    if (incident != NULL) {
        incident->warned_ms = event->at_ms;
        incident->warning_level = event->warned.level;
        memcpy(incident->warning, event->warned.text, sizeof incident->warning);
    }
    /* Units hear it as a notice. */
    return (struct ledger_audience){.scope = incident_scope(ledger, event->warned.incident_id)};
}

static struct ledger_audience apply_notice(struct ledger *ledger, const struct event *event)
{
    assert(event->notice.unit_id < ledger->units_max);
    struct ledger_unit *unit = &ledger->units[event->notice.unit_id];
    const struct notice notice = {.number = event->notice.number,
                                  .kinds = event->notice.kinds,
                                  .state = NOTICE_SENT,
                                  .sent_ms = event->at_ms,
                                  .delivered_ms = TIME_NEVER,
                                  .acknowledged_ms = TIME_NEVER};
    struct notice *held = notice_find(unit, event->notice.assignment_id);
    if (held != NULL) {
        *held = notice;
    } else {
        called_off_add(unit,
                       &(struct ledger_called_off){.assignment_id = event->notice.assignment_id,
                                                   .incident_id = event->notice.incident_id,
                                                   .notice = notice});
    }
    return address_one(ledger, scope_of(ledger, event->notice.incident_id, event->notice.unit_id),
                       event->notice.unit_id);
}

static struct ledger_audience apply_noticed(struct ledger *ledger, const struct event *event)
{
    assert(event->noticed.unit_id < ledger->units_max);
    struct ledger_unit *unit = &ledger->units[event->noticed.unit_id];
    struct notice *held = notice_find(unit, event->noticed.assignment_id);
    if (held != NULL && held->number == event->noticed.number) {
        held->state = event->noticed.state;
        if (event->noticed.state == NOTICE_DELIVERED) {
            held->delivered_ms = event->at_ms;
        } else {
            held->acknowledged_ms = event->at_ms;
        }
    }
    for (uint32_t i = 0; i < LEDGER_CALLED_OFF_MAX; i++) {
        if (unit->called_off[i].notice.state == NOTICE_ACKNOWLEDGED) {
            called_off_remove(unit, i);
        }
    }
    return address_one(ledger, scope_of(ledger, event->noticed.incident_id, event->noticed.unit_id),
                       event->noticed.unit_id);
}

static struct ledger_audience apply_notice_step(struct ledger *ledger, const struct event *event)
{
    const uint32_t unit_id = event->notice_step.unit_id;
    assert(unit_id < ledger->units_max);
    const uint64_t scope = scope_of(ledger, event->notice_step.incident_id, unit_id);
    if (event->notice_step.step != LADDER_RESENT) {
        return (struct ledger_audience){.scope = scope};
    }
    struct notice *held = notice_find(&ledger->units[unit_id], event->notice_step.assignment_id);
    if (held != NULL) {
        held->resent_count++;
    }
    return address_one(ledger, scope, unit_id);
}

static struct ledger_audience apply_par(struct ledger *ledger, const struct event *event)
{
    assert(event->par.unit_id < ledger->units_max);
    struct ledger_unit *unit = &ledger->units[event->par.unit_id];
    if (unit->active.assignment_id == event->par.assignment_id) {
        unit->active.par_asked_ms = TIME_NEVER;
    }
    return address_one(ledger, scope_of(ledger, event->par.incident_id, event->par.unit_id),
                       event->par.unit_id);
}

static struct ledger_audience apply_panic(struct ledger *ledger, const struct event *event)
{
    assert(event->panic.unit_id < ledger->units_max);
    ledger->units[event->panic.unit_id].panic = PANIC_RAISED;
    return address_one(ledger, scope_of(ledger, event->panic.incident_id, event->panic.unit_id),
                       event->panic.unit_id);
}

/* Everybody begins anew: what was out of sight is in sight now. */
static struct ledger_audience apply_widened(struct ledger *ledger, const struct event *event)
{
    struct ledger_incident *incident =
        ledger_table_find(&ledger->table, event->panic_end.incident_id);
    if (incident != NULL) {
        incident->for_all = true;
    }
    return (struct ledger_audience){.scope = SCOPE_CITY, .moves = true};
}

static struct ledger_audience apply_panic_closed(struct ledger *ledger, const struct event *event)
{
    assert(event->panic_end.unit_id < ledger->units_max);
    ledger->units[event->panic_end.unit_id].panic = PANIC_NONE;
    return address_one(ledger,
                       scope_of(ledger, event->panic_end.incident_id, event->panic_end.unit_id),
                       event->panic_end.unit_id);
}

/* Who called for help hears that somebody has heard it. */
static struct ledger_audience apply_alarm(struct ledger *ledger, const struct event *event)
{
    if (event->alarm.circle != CIRCLE_NONE || event->alarm.checkpoint != CHECKPOINT_NONE) {
        return (struct ledger_audience){.scope = access_district_bit(event->alarm.district)};
    }
    const uint64_t scope = scope_of(ledger, event->alarm.incident_id, event->alarm.unit_id);
    if (event->kind != EVENT_ALARM_ACKED || event->alarm.kind != ALARM_PANIC) {
        return (struct ledger_audience){.scope = scope};
    }
    assert(event->alarm.unit_id < ledger->units_max);
    ledger->units[event->alarm.unit_id].panic = PANIC_ACKNOWLEDGED;
    return address_one(ledger, scope, event->alarm.unit_id);
}

static struct ledger_audience apply_moved(struct ledger *ledger, const struct event *event)
{
    struct ledger_incident *incident =
        ledger_table_find(&ledger->table, event->incident.incident_id);
    if (incident == NULL) {
        return (struct ledger_audience){.scope = access_district_bit(event->incident.district)};
    }
    const uint64_t before = access_district_bit(incident->district);
    const uint64_t now = access_district_bit(event->incident.district);
    incident->district = event->incident.district;
    incident->type = event->incident.type;
    incident->priority = event->incident.priority;
    incident->at = event->incident.at;
    incident->plan_version = event->incident.plan_version;
    memcpy(incident->address, event->incident.address, sizeof incident->address);
    struct ledger_audience audience =
        address_all(ledger, before | now, event->incident.incident_id, false);
    audience.moves = before != now;
    return audience;
}

static struct ledger_audience apply_duty(struct ledger *ledger, const struct event *event)
{
    assert(event->duty.unit_id < ledger->units_max);
    struct ledger_unit *unit = &ledger->units[event->duty.unit_id];
    const enum unit_status before = ledger_unit_status(unit);
    unit->duty = event->duty.duty;
    if (ledger_unit_status(unit) != before) {
        unit->status_ms = event->at_ms;
    }
    return address_one(ledger, unit_scope(ledger, event->duty.unit_id), event->duty.unit_id);
}

/* A report that joined an incident is heard where the incident is; the first one comes before it.
 */
static uint64_t report_scope(const struct ledger *ledger, const struct event *event)
{
    const struct ledger_incident *incident =
        ledger_table_find(&ledger->table, event->report.incident_id);
    return access_district_bit(incident == NULL ? event->report.district : incident->district);
}

/* One that opens an incident is heard where it came from; incident.opened follows. */
static uint64_t linked_scope(const struct ledger *ledger, const struct event *event)
{
    const uint64_t from = incident_scope(ledger, event->linked.from_id);
    return event->linked.opens ? from : from | incident_scope(ledger, event->linked.incident_id);
}

struct ledger_audience ledger_apply(struct ledger *ledger, const struct event *event)
{
    switch (event->kind) {
    case EVENT_DISTRICT_PUT:
    case EVENT_DISTRICTS_CLEARED:
        return (struct ledger_audience){.scope = SCOPE_CITY, .moves = true};
    case EVENT_CIRCLE_PUT:
    case EVENT_CENTRE_PUT:
    case EVENT_PLAN_PUT:
    case EVENT_POLICY_PUT:
        return (struct ledger_audience){.scope = SCOPE_CITY};
    case EVENT_UNIT_PUT:
        return apply_unit(ledger, event);
    case EVENT_REPORT_RECEIVED:
        return (struct ledger_audience){.scope = report_scope(ledger, event)};
    case EVENT_INCIDENT_OPENED:
        return apply_opened(ledger, event);
    case EVENT_DECISION_MADE:
        return (struct ledger_audience){.scope =
                                            incident_scope(ledger, event->decision.incident_id)};
    case EVENT_ASSIGNMENT_SENT:
        return apply_sent(ledger, event);
    case EVENT_ASSIGNMENT_UPDATED:
        return apply_updated(ledger, event);
    case EVENT_ASSIGNMENT_STEP:
        return apply_step(ledger, event);
    case EVENT_INCIDENT_UPDATED:
        return apply_moved(ledger, event);
    case EVENT_INCIDENT_STATE:
        return (struct ledger_audience){.scope = incident_scope(ledger, event->state.incident_id)};
    case EVENT_INCIDENT_NOTED:
        return address_all(ledger, incident_scope(ledger, event->noted.incident_id),
                           event->noted.incident_id, true);
    case EVENT_TIER_VERDICT:
        return (struct ledger_audience){.scope =
                                            incident_scope(ledger, event->verdict.incident_id)};
    case EVENT_UNIT_DUTY:
        return apply_duty(ledger, event);
    case EVENT_ALARM_RAISED:
    case EVENT_ALARM_ACKED:
    case EVENT_ALARM_CLEARED:
    case EVENT_ALARM_SHELVED:
    case EVENT_ALARM_RETURNED:
        return apply_alarm(ledger, event);
    case EVENT_INCIDENT_ARCHIVED: /* a bare number, for all who may have known something of it */
        ledger_table_remove(&ledger->table, event->archived.incident_id);
        return (struct ledger_audience){.scope = SCOPE_CITY};
    case EVENT_INCIDENT_HELD:
        return (struct ledger_audience){.scope = incident_scope(ledger, event->held.incident_id)};
    case EVENT_INCIDENT_RELEASED:
        return (struct ledger_audience){.scope =
                                            incident_scope(ledger, event->released.incident_id)};
    case EVENT_INCIDENT_REOPENED:
        return (struct ledger_audience){.scope =
                                            incident_scope(ledger, event->reopened.incident_id)};
    case EVENT_INCIDENT_MERGED:
        return (struct ledger_audience){.scope = incident_scope(ledger, event->merged.incident_id) |
                                                 incident_scope(ledger, event->merged.into_id)};
    case EVENT_INCIDENT_OWNED:
        return (struct ledger_audience){.scope = incident_scope(ledger, event->owned.incident_id)};
    case EVENT_REPORT_LINKED:
        return (struct ledger_audience){.scope = linked_scope(ledger, event)};
    case EVENT_REPORT_ANSWERED:
        return (struct ledger_audience){.scope =
                                            incident_scope(ledger, event->answered.incident_id)};
    case EVENT_MILESTONE_CORRECTED:
        return (struct ledger_audience){
            .scope = scope_of(ledger, event->corrected.incident_id, event->corrected.unit_id)};
    case EVENT_COMMAND_REFUSED:
        return (struct ledger_audience){
            .scope = scope_of(ledger, event->refused.incident_id, event->refused.unit_id)};
    case EVENT_UNIT_PANIC:
        return apply_panic(ledger, event);
    case EVENT_PANIC_WIDENED:
        return apply_widened(ledger, event);
    case EVENT_PANIC_CLOSED:
        return apply_panic_closed(ledger, event);
    case EVENT_ASSIGNMENT_PAR:
        return apply_par(ledger, event);
    case EVENT_INCIDENT_WARNED:
        return apply_warned(ledger, event);
    case EVENT_NOTICE_SENT:
        return apply_notice(ledger, event);
    case EVENT_NOTICE_UPDATED:
        return apply_noticed(ledger, event);
    case EVENT_NOTICE_STEP:
        return apply_notice_step(ledger, event);
    case EVENT_REFERRAL_SENT:
        return (struct ledger_audience){.scope =
                                            incident_scope(ledger, event->referred.incident_id)};
    case EVENT_REFERRAL_UPDATED:
        return (struct ledger_audience){.scope =
                                            incident_scope(ledger, event->referral.incident_id)};
    case EVENT_PHOTO_ADDED: /* for the desks */
        return (struct ledger_audience){.scope = incident_scope(ledger, event->photo.incident_id)};
    case EVENT_CHECKPOINT_PUT:
        return (struct ledger_audience){
            .scope = access_district_bit(event->checkpoint.checkpoint.district)};
    case EVENT_CHECKPOINT_VISITED:
        return (struct ledger_audience){.scope = access_district_bit(event->visited.district)};
    case EVENT_CHECKPOINT_OVERDUE:
        return (struct ledger_audience){.scope = access_district_bit(event->overdue.district)};
    case EVENT_AUDIT: /* in no stream; thousands of areas would be read by nobody there */
    case EVENT_AREAS_CLEARED:
    case EVENT_AREA_PUT:
        return (struct ledger_audience){.scope = 0};
    case EVENT_KIND_COUNT:
        break;
    }
    assert(false);
    return (struct ledger_audience){.scope = 0};
}
