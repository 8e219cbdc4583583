#include "engine/core/engine.h"

#include <assert.h>
#include <string.h>

#include "engine/core/alarm.h"
#include "engine/core/apply.h"
#include "engine/core/assignment.h"
#include "engine/core/correct.h"
#include "engine/core/coverage.h"
#include "engine/core/deadline.h"
#include "engine/core/district.h"
#include "engine/core/duty.h"
#include "engine/core/incident.h"
#include "engine/core/ladder.h"
#include "engine/core/life.h"
#include "engine/core/notice.h"
#include "engine/core/order.h"
#include "engine/core/panic.h"
#include "engine/core/patrol.h"
#include "engine/core/photo.h"
#include "engine/core/presence.h"
#include "engine/core/reassign.h"
#include "engine/core/receipt.h"
#include "engine/core/referral.h"
#include "engine/core/refusal.h"
#include "engine/core/report.h"
#include "engine/core/roster.h"
#include "engine/core/snapshot.h"
#include "engine/core/staffing.h"
#include "engine/core/view.h"

enum status engine_create(const struct engine_config *config, struct engine **out)
{
    return state_create(config, out);
}

void engine_destroy(struct engine *engine)
{
    state_destroy(engine);
}

void engine_observe_roads(struct engine *engine, const struct geo_roads *roads)
{
    engine->roads = *roads;
    if (engine->search != NULL) {
        geo_search_follow(engine->search, roads);
    }
}

const struct geo_roads *engine_roads(const struct engine *engine)
{
    return &engine->roads;
}

uint32_t engine_traffic_version(const struct engine *engine)
{
    const struct geo_traffic *traffic = engine->roads.traffic;
    return traffic == NULL ? 0 : geo_traffic_version(traffic);
}

static void write_audit(struct step *step)
{
    struct event *event = step_event(step, EVENT_AUDIT);
    memcpy(event->audit.text, step->command->audit.text, NOTE_SIZE);
    step_emit(step);
}

static void put_policy(struct step *step)
{
    const struct engine *engine = step->engine;
    assert(policy_valid(step->command->policy.policy)); /* the decoder refused anything else */
    if (state_policy_slot(engine) == SLOT_NONE) {
        step_refuse(step, REASON_CAPACITY, (struct step_about){.unit_id = UNIT_NONE});
        return;
    }
    struct event *event = step_event(step, EVENT_POLICY_PUT);
    event->policy.version = engine->last_policy_version + 1;
    event->policy.origin = step->command->policy.origin;
    event->policy.policy = *step->command->policy.policy;
    step_emit(step);
}

static void handle(struct step *step)
{
    switch (step->command->kind) {
    case COMMAND_TICK: /* time passes before every command */
        break;
    case COMMAND_ROSTER_PUT:
        roster_put(step);
        break;
    case COMMAND_REPORT_CREATE:
        report_create(step);
        break;
    case COMMAND_INCIDENT_RECOMMEND:
        incident_recommend(step);
        break;
    case COMMAND_INCIDENT_ORDER:
        order_units(step);
        break;
    case COMMAND_INCIDENT_UPDATE:
        incident_update(step);
        break;
    case COMMAND_INCIDENT_NOTE:
        incident_note(step);
        break;
    case COMMAND_INCIDENT_CANCEL:
        incident_cancel(step);
        break;
    case COMMAND_INCIDENT_CLOSE:
        incident_close(step);
        break;
    case COMMAND_ASSIGNMENT_UPDATE:
        assignment_update(step);
        break;
    case COMMAND_ASSIGNMENT_RECALL:
        assignment_recall(step);
        break;
    case COMMAND_UNIT_DUTY:
        duty_set(step);
        break;
    case COMMAND_ALARM_ACK:
        alarm_ack(step);
        break;
    case COMMAND_ALARM_SHELVE:
        alarm_shelve(step);
        break;
    case COMMAND_ASSIGNMENT_SUPPORT:
        assignment_support(step);
        break;
    case COMMAND_AUDIT:
        write_audit(step);
        break;
    case COMMAND_INCIDENT_WARN:
        notice_warn(step);
        break;
    case COMMAND_NOTICE_UPDATE:
        notice_update(step);
        break;
    case COMMAND_UNIT_PANIC:
        panic_raise(step);
        break;
    case COMMAND_PANIC_CLOSE:
        panic_close(step);
        break;
    case COMMAND_ASSIGNMENT_PAR:
        assignment_par(step);
        break;
    case COMMAND_POLICY_PUT:
        put_policy(step);
        break;
    case COMMAND_ASSIGNMENT_RECEIPT:
        receipt_record(step);
        break;
    case COMMAND_INCIDENT_HOLD:
        life_hold(step);
        break;
    case COMMAND_INCIDENT_RELEASE:
        life_release(step);
        break;
    case COMMAND_INCIDENT_REOPEN:
        life_reopen(step);
        break;
    case COMMAND_INCIDENT_MERGE:
        life_merge(step);
        break;
    case COMMAND_INCIDENT_CLAIM:
        life_claim(step);
        break;
    case COMMAND_INCIDENT_HAND_OVER:
        life_hand_over(step);
        break;
    case COMMAND_REPORT_LINK:
        report_link(step);
        break;
    case COMMAND_REPORT_SPLIT:
        report_split(step);
        break;
    case COMMAND_REPORT_ANSWER:
        report_answer(step);
        break;
    case COMMAND_ASSIGNMENT_REASSIGN:
        reassign_command(step);
        break;
    case COMMAND_MILESTONE_CORRECT:
        correct_milestone(step);
        break;
    case COMMAND_INCIDENT_REFER:
        referral_send(step);
        break;
    case COMMAND_REFERRAL_UPDATE:
        referral_update(step);
        break;
    case COMMAND_CHECKPOINT_SIGN:
        patrol_sign(step);
        break;
    case COMMAND_INCIDENT_PHOTO:
        photo_add(step);
        break;
    case COMMAND_KIND_COUNT:
        assert(step->command->kind != COMMAND_KIND_COUNT);
    }
}

static void let_time_pass(struct engine *engine, const struct command *command,
                          struct event_list *out)
{
    static const uint8_t nobody[COMMAND_ID_SIZE];
    struct step step = {.engine = engine,
                        .emits_to = engine,
                        .command = command,
                        .actor = &step_system_actor,
                        .command_id = nobody,
                        .at_ms = command->at_ms,
                        .out = out};
    ladder_run(&step);
    coverage_alarms_run(&step);
    patrol_run(&step);
    step_flush_refusals(&step);
}

/* What is due by then happens first, then the command, then whoever waited is served. */
struct step_result engine_step(struct engine *engine, const struct command *command,
                               struct event_list *out)
{
    assert(engine->config.searches); /* a shadow only replays */
    assert(command->kind < COMMAND_KIND_COUNT);
    assert(command->at_ms >= engine->step_ms);
    assert(command->at_ms >= engine->last_ms);
    engine->step_ms = command->at_ms;
    let_time_pass(engine, command, out);
    struct step step = {.result = {.by_ms = TIME_NEVER},
                        .engine = engine,
                        .emits_to = engine,
                        .command = command,
                        .actor = &command->actor,
                        .command_id = command->id,
                        .at_ms = command->at_ms,
                        .out = out};
    if (command->kind != COMMAND_TICK &&
        !step_has_room(&step, STEP_ROOM_RECORDS, STEP_ROOM_BYTES)) {
        step_refuse(&step, REASON_CAPACITY, (struct step_about){.unit_id = UNIT_NONE});
    } else {
        handle(&step);
        ladder_serve_waiting(&step);
    }
    const struct incident *incident = state_incident(engine, step.result.incident_id);
    step.result.generation = incident == NULL ? 0 : incident->generation;
    step.result.seq = engine->seq;
    return step.result;
}

int64_t engine_deadline_ms(const struct engine *engine)
{
    const struct timer_entry *top = timer_heap_top(engine->timers);
    const int64_t timer_ms = top == NULL ? INT64_MAX : top->due_ms;
    const int64_t refusal_ms = refusal_deadline_ms(engine->refusals);
    const int64_t due_ms = timer_ms < refusal_ms ? timer_ms : refusal_ms;
    const int64_t gap_ms = coverage_alarm_ms(engine);
    const int64_t patrol_ms = engine->patrol == NULL ? INT64_MAX : patrol_deadline_ms(engine);
    const int64_t alarm_ms = gap_ms < patrol_ms ? gap_ms : patrol_ms;
    return due_ms < alarm_ms ? due_ms : alarm_ms;
}

enum status engine_replay(struct engine *engine, const struct event *event)
{
    return apply_event(engine, event);
}

uint64_t engine_seq(const struct engine *engine)
{
    return engine->seq;
}

uint64_t engine_digest(const struct engine *engine)
{
    return snapshot_digest(engine);
}

size_t engine_snapshot_write(const struct engine *engine, uint8_t *bytes, size_t size)
{
    return snapshot_write(engine, bytes, size);
}

enum status engine_snapshot_read(struct engine *engine, const uint8_t *bytes, size_t size)
{
    return snapshot_read(engine, bytes, size);
}

enum status engine_observe(struct engine *engine, const struct observation *observation)
{
    const enum status status = presence_observe(engine, observation);
    if (status == STATUS_OK) {
        patrol_observe(engine, observation->unit_id);
    }
    return status;
}

void engine_observe_zone(struct engine *engine, int64_t zone_ms)
{
    patrol_set_zone(engine, zone_ms);
}

void engine_started(struct engine *engine, int64_t at_ms)
{
    engine->settle_until_ms = at_ms + (int64_t)engine->config.settle_ms;
    patrol_started(engine);
}

void engine_observe_link(struct engine *engine, uint32_t unit_id, enum link link)
{
    if (unit_id >= engine->unit_count || engine->links[unit_id] == link) {
        return;
    }
    engine->links[unit_id] = (uint8_t)link;
    if (engine->units[unit_id].assignment != SLOT_NONE) {
        deadline_refresh_assignment(engine, engine->units[unit_id].assignment);
    }
}

const struct policy *engine_policy(const struct engine *engine, uint32_t *version, uint64_t *origin)
{
    *version = engine->policies[engine->policy_now].version;
    *origin = engine->policy_origin;
    return state_policy(engine);
}

void engine_coverage_refresh(struct engine *engine, int64_t now_ms)
{
    coverage_refresh(engine, now_ms);
}

int64_t engine_coverage_deadline_ms(const struct engine *engine)
{
    return coverage_deadline_ms(engine);
}

uint64_t engine_coverage_version(const struct engine *engine)
{
    return coverage_version(engine);
}

bool engine_coverage(const struct engine *engine, uint32_t circle, enum tier tier,
                     struct coverage_view *view)
{
    return coverage_view(engine, circle, tier, view);
}

uint32_t engine_coverage_lost(const struct engine *engine, const uint32_t unit_ids[],
                              uint32_t unit_count, struct coverage_place lost[], uint32_t lost_max)
{
    return coverage_lost(engine, unit_ids, unit_count, lost, lost_max);
}

bool engine_coverage_move(const struct engine *engine, struct coverage_place gap,
                          struct coverage_unit *move)
{
    return coverage_move(engine, gap, move);
}

uint32_t engine_unit_count(const struct engine *engine)
{
    return engine->unit_count;
}

bool engine_unit(const struct engine *engine, uint32_t unit_id, struct unit_view *view)
{
    return view_unit(engine, unit_id, view);
}

bool engine_unit_place(const struct engine *engine, uint32_t unit_id, struct geo_place *place,
                       enum geo_profile *profile)
{
    return view_unit_place(engine, unit_id, place, profile);
}

uint32_t engine_unit_find(const struct engine *engine, const char *code)
{
    const uint32_t unit_id = code_table_find(&engine->unit_codes, code);
    return unit_id == UINT32_MAX ? UNIT_NONE : unit_id;
}

uint32_t engine_circle_count(const struct engine *engine)
{
    return engine->circle_count;
}

const struct circle_definition *engine_circle(const struct engine *engine, uint32_t index)
{
    assert(index < engine->circle_count);
    return &engine->circles[index];
}

uint32_t engine_circle_find(const struct engine *engine, const char *code)
{
    return code_table_find(&engine->circle_codes, code); /* UINT32_MAX is CIRCLE_NONE */
}

uint32_t engine_centre_count(const struct engine *engine)
{
    return engine->centre_count;
}

const struct centre_definition *engine_centre(const struct engine *engine, uint32_t index)
{
    assert(index < engine->centre_count);
    return &engine->centres[index];
}

uint32_t engine_centre_find(const struct engine *engine, const char *code)
{
    return code_table_find(&engine->centre_codes, code);
}

uint32_t engine_checkpoint_count(const struct engine *engine)
{
    return engine->checkpoint_count;
}

uint32_t engine_checkpoint_find(const struct engine *engine, const char *code)
{
    return code_table_find(&engine->checkpoint_codes, code);
}

struct checkpoint_view engine_checkpoint(const struct engine *engine, uint32_t index)
{
    assert(index < engine->checkpoint_count);
    const struct checkpoint *checkpoint = &engine->checkpoints[index];
    return (struct checkpoint_view){.definition = &checkpoint->definition,
                                    .visited_ms = checkpoint->visited_ms,
                                    .visited_unit = checkpoint->visited_unit,
                                    .visit = checkpoint->visit,
                                    .due_ms = patrol_due_ms(engine, index),
                                    .overdue_ms = checkpoint->overdue_ms,
                                    .missed = checkpoint->missed,
                                    .next = checkpoint->next,
                                    .began_ms = checkpoint->began_ms};
}

uint32_t engine_district_count(const struct engine *engine)
{
    return engine->district_count;
}

const struct staffing *engine_staffing(const struct engine *engine, int64_t at_ms)
{
    staffing_reckon(engine, at_ms);
    return engine->staffing;
}

uint32_t engine_plan_count(const struct engine *engine)
{
    return engine->plan_count;
}

const struct circle_plan *engine_plan(const struct engine *engine, uint32_t index,
                                      uint32_t *version)
{
    assert(index < engine->plan_count);
    const struct kept_plan *kept = &engine->plans[engine->plan_slots[index]];
    *version = kept->version;
    return &kept->plan;
}

uint32_t engine_plan_find(const struct engine *engine, const char *code)
{
    return code_table_find(&engine->plan_codes, code);
}

const struct circle_plan *engine_plan_version(const struct engine *engine, uint32_t version)
{
    const uint32_t slot = id_pool_find(&engine->plan_versions, version);
    return slot == SLOT_NONE ? NULL : &engine->plans[slot].plan;
}

const char *engine_district_code(const struct engine *engine, uint32_t index)
{
    assert(index < engine->district_count);
    return engine->districts[index].code;
}

const char *engine_district_name(const struct engine *engine, uint32_t index)
{
    assert(index < engine->district_count);
    return engine->districts[index].name;
}

struct district_outline engine_district_outline(const struct engine *engine, uint32_t index)
{
    assert(index < engine->district_count);
    const struct district *district = &engine->districts[index];
    return (struct district_outline){.ring_count = district->ring_count,
                                     .ring_sizes = district->ring_sizes,
                                     .points = &engine->points[district->point_first]};
}

uint32_t engine_area_count(const struct engine *engine)
{
    return engine->area_count;
}

struct area_view engine_area(const struct engine *engine, uint32_t index)
{
    assert(index < engine->area_count);
    const struct area *area = &engine->areas[index];
    return (struct area_view){.code = area->code,
                              .name = area->name,
                              .kind = area->kind,
                              .outline = {.ring_count = area->ring_count,
                                          .ring_sizes = area->ring_sizes,
                                          .points = &engine->area_corners[area->point_first]}};
}

uint32_t engine_area_find(const struct engine *engine, const char *code)
{
    return code_table_find(&engine->area_codes, code);
}

uint8_t engine_district_at(const struct engine *engine, struct geo_point at)
{
    return district_at(engine, at);
}

bool engine_incident_next(const struct engine *engine, uint32_t after_id,
                          struct incident_view *view)
{
    const uint32_t slot = id_pool_after(&engine->incident_ids, after_id);
    if (slot == SLOT_NONE) {
        return false;
    }
    view_incident(engine, &engine->incidents[slot], view);
    return true;
}

bool engine_incident(const struct engine *engine, uint32_t incident_id, struct incident_view *view)
{
    const struct incident *incident = state_incident(engine, incident_id);
    if (incident == NULL) {
        return false;
    }
    view_incident(engine, incident, view);
    return true;
}

bool engine_assignment(const struct engine *engine, uint32_t assignment_id,
                       struct assignment_view *view)
{
    const struct assignment *assignment = state_assignment(engine, assignment_id);
    if (assignment == NULL) {
        return false;
    }
    view_assignment(engine, assignment, view);
    return true;
}

bool engine_report(const struct engine *engine, uint32_t report_id, struct report_view *view)
{
    const struct report *report = state_report(engine, report_id);
    if (report == NULL) {
        return false;
    }
    view_report(engine, report, view);
    return true;
}

bool engine_referral(const struct engine *engine, uint32_t referral_id, struct referral_view *view)
{
    const struct referral *referral = state_referral(engine, referral_id);
    if (referral == NULL) {
        return false;
    }
    view_referral(engine, referral, view);
    return true;
}

/* Without what is kept for calls for help: nothing else may have it. */
struct engine_fill engine_fill(const struct engine *engine, enum engine_store store)
{
    switch (store) {
    case ENGINE_INCIDENTS:
        return (struct engine_fill){engine->incident_ids.count,
                                    engine->incident_ids.max - PANIC_ROOM};
    case ENGINE_REPORTS:
        return (struct engine_fill){engine->report_ids.count, engine->report_ids.max - PANIC_ROOM};
    case ENGINE_ASSIGNMENTS:
        return (struct engine_fill){engine->assignment_ids.count, engine->assignment_ids.max};
    case ENGINE_ALARMS:
        return (struct engine_fill){engine->alarm_ids.count, engine->config.limits.alarms_max};
    case ENGINE_STORE_COUNT:
        break;
    }
    assert(false);
    return (struct engine_fill){0, 1};
}

uint32_t engine_alarm_count(const struct engine *engine, uint32_t *gap_count)
{
    *gap_count = engine->gap_alarm_count;
    return engine->alarm_ids.count;
}

uint32_t engine_overdue_count(const struct engine *engine)
{
    return engine->overdue_alarm_count;
}

bool engine_alarm_next(const struct engine *engine, uint32_t after_id, struct alarm_view *view)
{
    const uint32_t slot = id_pool_after(&engine->alarm_ids, after_id);
    if (slot == SLOT_NONE) {
        return false;
    }
    view_alarm(engine, &engine->alarms[slot], view);
    return true;
}

const struct decision_made *engine_decision(const struct engine *engine, uint32_t incident_id,
                                            enum tier tier)
{
    const struct incident *incident = state_incident(engine, incident_id);
    const uint32_t slot = incident == NULL ? SLOT_NONE : incident->tiers[tier].decision;
    return slot == SLOT_NONE ? NULL : &engine->decisions[slot].made;
}
