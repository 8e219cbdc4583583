/* SELECT lists of history.db and how their rows read. List and reader stand side by side: a column
 * is taken by counting. */
#include <string.h>

#include "engine/store/history_private.h"

/* Takes columns in order. */
struct cursor {
    sqlite3_stmt *row;
    int column;
};

static int64_t take_time(struct cursor *from)
{
    return store_db_time(from->row, from->column++);
}

static uint32_t take(struct cursor *from, uint32_t none)
{
    return store_db_u32(from->row, from->column++, none);
}

/* An enum of `count` values; what is out of range (a damaged file) reads as 0. */
static uint32_t take_enum(struct cursor *from, uint32_t count)
{
    const uint32_t value = take(from, 0);
    return value < count ? value : 0;
}

static bool take_bool(struct cursor *from)
{
    return take(from, 0) != 0;
}

static void take_text(struct cursor *from, char *text, size_t size)
{
    (void)store_db_text(from->row, from->column++, text, size);
}

static struct geo_point take_point(struct cursor *from)
{
    const int lat_e7 = sqlite3_column_int(from->row, from->column++);
    const int lon_e7 = sqlite3_column_int(from->row, from->column++);
    return (struct geo_point){lat_e7, lon_e7};
}

#define PLACE_SQL                                                                                  \
    " i.district, i.circle, coalesce(c.code, ''), coalesce(c.name, ''), coalesce(d.code, '')"

#define MILESTONES_SQL                                                                             \
    " a.sent_ms, a.sent_source, NULL,"                                                             \
    " a.delivered_ms, a.delivered_source, a.delivered_device_ms,"                                  \
    " a.acknowledged_ms, a.acknowledged_source, a.acknowledged_device_ms,"                         \
    " a.en_route_ms, a.en_route_source, a.en_route_device_ms,"                                     \
    " a.on_scene_ms, a.on_scene_source, a.on_scene_device_ms,"                                     \
    " a.ended_ms, a.ended_source, a.ended_device_ms"

static void take_milestones(struct cursor *from,
                            struct history_milestone milestones[HISTORY_MILESTONE_COUNT])
{
    for (uint32_t i = 0; i < HISTORY_MILESTONE_COUNT; i++) {
        milestones[i].at_ms = take_time(from);
        milestones[i].source = (enum source)take_enum(from, SOURCE_COUNT);
        milestones[i].device_ms = take_time(from);
    }
}

const char history_rows_policy_sql[] = "SELECT version, name, clock_start, at_ms FROM policy";

void history_rows_policy(sqlite3_stmt *row, struct history_policy *policy)
{
    struct cursor from = {.row = row};
    policy->version = take(&from, 0);
    take_text(&from, policy->name, sizeof policy->name);
    policy->clock_start = (enum clock_start)take_enum(&from, CLOCK_START_COUNT);
    policy->from_ms = take_time(&from);
}

const char history_rows_incident_sql[] =
    "SELECT i.incident_id, i.generation, i.type, i.priority, i.state, i.lat_e7, i.lon_e7,"
    " i.address," PLACE_SQL ", i.drill, i.mode, i.policy, i.policy_version, i.received_ms,"
    " i.created_ms, i.clock_ms, i.dispatched_ms, i.on_scene_ms, i.ended_ms, i.archived_ms, "
    "i.end_reason,"
    " i.end_note, i.report_count, i.caller, i.phone, i.note, i.created_by,"
    " i.held_ms, i.review_ms, i.hold_reason, i.owner, i.owner_ms, i.duplicate_of, i.similar_id,"
    " i.reopened, coalesce(b.code, ''), coalesce(g.code, '')"
    " FROM incident i LEFT JOIN circle c ON c.circle = i.circle"
    " LEFT JOIN district d ON d.district = i.district"
    " LEFT JOIN area b ON b.area = i.beat LEFT JOIN area g ON g.area = i.grid";

void history_rows_incident(sqlite3_stmt *row, struct history_incident *incident)
{
    struct cursor from = {.row = row};
    incident->incident_id = take(&from, 0);
    incident->generation = take(&from, 0);
    incident->type = (enum incident_type)take_enum(&from, INCIDENT_TYPE_COUNT);
    incident->priority = take(&from, 0);
    incident->state = (enum incident_state)take_enum(&from, INCIDENT_STATE_COUNT);
    incident->at = take_point(&from);
    take_text(&from, incident->address, sizeof incident->address);
    incident->district = (uint8_t)(take(&from, DISTRICT_NONE) & 0xff);
    incident->circle = take(&from, CIRCLE_NONE);
    take_text(&from, incident->circle_code, sizeof incident->circle_code);
    take_text(&from, incident->circle_name, sizeof incident->circle_name);
    take_text(&from, incident->district_code, sizeof incident->district_code);
    incident->drill = take_bool(&from);
    incident->mode = (enum dispatch_mode)take_enum(&from, DISPATCH_MODE_COUNT);
    take_text(&from, incident->policy, sizeof incident->policy);
    incident->policy_version = take(&from, 0);
    incident->received_ms = take_time(&from);
    incident->created_ms = take_time(&from);
    incident->clock_ms = take_time(&from);
    incident->dispatched_ms = take_time(&from);
    incident->on_scene_ms = take_time(&from);
    incident->ended_ms = take_time(&from);
    incident->archived_ms = take_time(&from);
    incident->end_reason = (enum reason)take_enum(&from, REASON_COUNT);
    take_text(&from, incident->end_note, sizeof incident->end_note);
    incident->report_count = take(&from, 0);
    take_text(&from, incident->caller, sizeof incident->caller);
    take_text(&from, incident->phone, sizeof incident->phone);
    take_text(&from, incident->note, sizeof incident->note);
    take_text(&from, incident->created_by, sizeof incident->created_by);
    incident->held_ms = take_time(&from);
    incident->review_ms = take_time(&from);
    incident->hold_reason = (enum reason)take_enum(&from, REASON_COUNT);
    take_text(&from, incident->owner, sizeof incident->owner);
    incident->owner_ms = take_time(&from);
    incident->duplicate_of = take(&from, 0);
    incident->similar_id = take(&from, 0);
    incident->reopened_count = take(&from, 0);
    for (uint32_t i = 0; i < AREA_KIND_COUNT; i++) {
        take_text(&from, incident->area_codes[i], sizeof incident->area_codes[i]);
    }
}

const char history_rows_assignment_sql[] =
    "SELECT a.assignment_id, a.incident_id, a.unit_id, coalesce(u.code, ''),"
    " coalesce(u.name, ''), u.kind, a.tier, a.state, a.additional, a.automatic, a.estimated,"
    " a.late, a.skipped, a.rank, a.travel_ms, a.distance_m, a.fix_age_ms, a.generation,"
    " a.version, a.resent_count, a.from_lat_e7, a.from_lon_e7," MILESTONES_SQL
    ", a.reason, a.note, a.corrected, a.wave"
    " FROM assignment a LEFT JOIN unit u ON u.unit_id = a.unit_id";

void history_rows_assignment(sqlite3_stmt *row, struct history_assignment *assignment)
{
    struct cursor from = {.row = row};
    assignment->assignment_id = take(&from, 0);
    assignment->incident_id = take(&from, 0);
    assignment->unit_id = take(&from, UNIT_NONE);
    take_text(&from, assignment->unit_code, sizeof assignment->unit_code);
    take_text(&from, assignment->unit_name, sizeof assignment->unit_name);
    assignment->unit_kind = (enum unit_kind)take_enum(&from, UNIT_KIND_COUNT);
    assignment->tier = (enum tier)take_enum(&from, TIER_COUNT);
    assignment->state = (enum assignment_state)take_enum(&from, ASSIGNMENT_STATE_COUNT);
    assignment->additional = take_bool(&from);
    assignment->automatic = take_bool(&from);
    assignment->estimated = take_bool(&from);
    assignment->late = take_bool(&from);
    assignment->skipped = take_bool(&from);
    assignment->rank = take(&from, 0);
    assignment->travel_ms = take(&from, 0);
    assignment->distance_m = take(&from, 0);
    assignment->fix_age_ms = take(&from, 0);
    assignment->generation = take(&from, 0);
    assignment->version = take(&from, 0);
    assignment->resent_count = take(&from, 0);
    assignment->from = take_point(&from);
    take_milestones(&from, assignment->milestones);
    assignment->reason = (enum reason)take_enum(&from, REASON_COUNT);
    take_text(&from, assignment->note, sizeof assignment->note);
    assignment->corrected_count = take(&from, 0);
    assignment->wave = take(&from, 0);
}

const char history_rows_report_sql[] =
    "SELECT report_id, incident_id, merged, at_ms, received_ms, occurred_ms, channel, type,"
    " priority, lat_e7, lon_e7, drill, address, caller, phone, note, actor,"
    " answered_ms, answered_by, answer FROM report";

void history_rows_report(sqlite3_stmt *row, struct history_report *report)
{
    struct cursor from = {.row = row};
    report->report_id = take(&from, 0);
    report->incident_id = take(&from, 0);
    report->merged = take_bool(&from);
    report->at_ms = take_time(&from);
    report->received_ms = take_time(&from);
    report->occurred_ms = take_time(&from);
    report->channel = (enum channel)take_enum(&from, CHANNEL_COUNT);
    report->type = (enum incident_type)take_enum(&from, INCIDENT_TYPE_COUNT);
    report->priority = take(&from, 0);
    report->at = take_point(&from);
    report->drill = take_bool(&from);
    take_text(&from, report->address, sizeof report->address);
    take_text(&from, report->caller, sizeof report->caller);
    take_text(&from, report->phone, sizeof report->phone);
    take_text(&from, report->note, sizeof report->note);
    take_text(&from, report->actor, sizeof report->actor);
    report->answered_ms = take_time(&from);
    take_text(&from, report->answered_by, sizeof report->answered_by);
    take_text(&from, report->answer, sizeof report->answer);
}

const char history_rows_log_sql[] =
    "SELECT t.key, t.incident_id, t.tier, i.type, i.priority, i.state, i.address, "
    "i.drill," PLACE_SQL
    ", i.policy, i.received_ms, i.created_ms, t.clock_ms, t.assignment_id, a.unit_id,"
    " coalesce(u.code, ''), coalesce(u.name, '')," MILESTONES_SQL ", t.verdict, t.target_ms,"
    " t.elapsed_ms, s.response_ms, s.exclusion"
    " FROM answer s JOIN tier_verdict t ON t.key = s.key"
    " JOIN incident i ON i.incident_id = t.incident_id"
    " LEFT JOIN assignment a ON a.assignment_id = t.assignment_id"
    " LEFT JOIN unit u ON u.unit_id = a.unit_id"
    " LEFT JOIN circle c ON c.circle = i.circle"
    " LEFT JOIN district d ON d.district = i.district";

/* A verdict that has fallen is counted whatever became of the incident, but for a duplicate: its
 * response is the other incident's. */
static enum history_exclusion take_exclusion(struct cursor *from, bool is_drill,
                                             enum history_drills drills)
{
    const uint32_t exclusion = take_enum(from, HISTORY_EXCLUSION_COUNT);
    return is_drill && drills != HISTORY_DRILLS_ONLY ? HISTORY_DRILL
                                                     : (enum history_exclusion)exclusion;
}

void history_rows_log(sqlite3_stmt *row, enum history_drills drills, struct history_log_row *log)
{
    struct cursor from = {.row = row};
    log->cursor = (uint64_t)sqlite3_column_int64(row, from.column++);
    log->incident_id = take(&from, 0);
    log->tier = (enum tier)take_enum(&from, TIER_COUNT);
    log->type = (enum incident_type)take_enum(&from, INCIDENT_TYPE_COUNT);
    log->priority = take(&from, 0);
    log->state = (enum incident_state)take_enum(&from, INCIDENT_STATE_COUNT);
    take_text(&from, log->address, sizeof log->address);
    log->drill = take_bool(&from);
    log->district = (uint8_t)(take(&from, DISTRICT_NONE) & 0xff);
    log->circle = take(&from, CIRCLE_NONE);
    take_text(&from, log->circle_code, sizeof log->circle_code);
    take_text(&from, log->circle_name, sizeof log->circle_name);
    take_text(&from, log->district_code, sizeof log->district_code);
    take_text(&from, log->policy, sizeof log->policy);
    log->received_ms = take_time(&from);
    log->created_ms = take_time(&from);
    log->clock_ms = take_time(&from);
    log->assignment_id = take(&from, 0);
    log->unit_id = take(&from, UNIT_NONE);
    take_text(&from, log->unit_code, sizeof log->unit_code);
    take_text(&from, log->unit_name, sizeof log->unit_name);
    take_milestones(&from, log->milestones);
    log->verdict = (enum tier_verdict)take_enum(&from, TIER_VERDICT_COUNT);
    log->target_ms = take(&from, 0);
    log->elapsed_ms = take(&from, 0);
    log->response_ms = take_time(&from);
    log->exclusion = take_exclusion(&from, log->drill, drills);
}

const char history_rows_answer_sql[] =
    "SELECT s.created_ms, s.tier, s.verdict, s.drill, s.exclusion, s.type, s.district, s.circle,"
    " s.beat, s.grid, s.unit_id, s.answer_ms, s.dispatch_ms, s.acknowledge_ms, s.turnout_ms, "
    "s.travel_ms,"
    " s.total_ms, s.response_ms FROM answer s";

void history_rows_answer(sqlite3_stmt *row, enum history_drills drills,
                         struct history_answer *answer)
{
    struct cursor from = {.row = row};
    answer->created_ms = take_time(&from);
    answer->tier = (enum tier)take_enum(&from, TIER_COUNT);
    answer->verdict = (enum tier_verdict)take_enum(&from, TIER_VERDICT_COUNT);
    const bool is_drill = take_bool(&from);
    answer->exclusion = take_exclusion(&from, is_drill, drills);
    answer->type = take_enum(&from, INCIDENT_TYPE_COUNT);
    answer->district = take(&from, DISTRICT_NONE);
    answer->circle = take(&from, CIRCLE_NONE);
    for (uint32_t kind = 0; kind < AREA_KIND_COUNT; kind++) {
        answer->areas[kind] = take(&from, AREA_NONE);
    }
    answer->unit_id = take(&from, UNIT_NONE);
    for (uint32_t stage = 0; stage < HISTORY_STAGE_COUNT; stage++) {
        answer->stages_ms[stage] = take_time(&from);
    }
    answer->response_ms = take_time(&from);
}
