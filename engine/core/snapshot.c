#include "engine/core/snapshot.h"

#include <assert.h>
#include <string.h>

#include "engine/core/apply.h"
#include "engine/core/area.h"
#include "engine/core/assignment.h"
#include "engine/core/bytes.h"
#include "engine/core/circle_plan.h"
#include "engine/core/coverage.h"
#include "engine/core/deadline.h"
#include "engine/core/event_codec.h"
#include "engine/core/incident.h"
#include "engine/core/patrol.h"
#include "engine/core/preempt.h"
#include "engine/core/presence.h"
#include "engine/core/referral.h"

#define MAGIC   0x5353464Bu /* "KFSS" */
#define VERSION 7u          /* of what is not in the lists below */

#define HEAD_FIELDS(X)                                                                             \
    X(U64, seq, 0)                                                                                 \
    X(I64, last_ms, 0)                                                                             \
    X(U32, last_report_id, 0)                                                                      \
    X(U32, last_incident_id, 0)                                                                    \
    X(U32, last_assignment_id, 0)                                                                  \
    X(U32, last_alarm_id, 0)                                                                       \
    X(U32, last_referral_id, 0)                                                                    \
    X(U32, last_plan_version, 0)                                                                   \
    X(U32, last_policy_version, 0)                                                                 \
    X(U64, policy_origin, 0)

#define CIRCLE_FIELDS(X)                                                                           \
    X(TEXT, code, 0)                                                                               \
    X(TEXT, name, 0)                                                                               \
    X(POINT, at, 0)                                                                                \
    X(U32, radius_m, 0)                                                                            \
    X(ENUM, district, DISTRICT_NONE + 1u)

#define UNIT_FIELDS(X)                                                                             \
    X(TEXT, definition.code, 0)                                                                    \
    X(TEXT, definition.name, 0)                                                                    \
    X(ENUM, definition.kind, UNIT_KIND_COUNT)                                                      \
    X(U32, definition.capabilities, 0)                                                             \
    X(U32, definition.circle, 0)                                                                   \
    X(U32, definition.area, 0)                                                                     \
    X(ENUM, definition.district, DISTRICT_NONE + 1u)                                               \
    X(POINT, definition.home, 0)                                                                   \
    X(U16, definition.people, 0)                                                                   \
    X(BOOL, definition.has_home, 0)                                                                \
    X(BOOL, definition.synthetic, 0)                                                               \
    X(ENUM, duty, DUTY_COUNT)                                                                      \
    X(ENUM, duty_reason, REASON_COUNT)                                                             \
    X(U16, people, 0)                                                                              \
    X(U32, sign_on.equipment, 0)                                                                   \
    X(TEXT, sign_on.crew, 0)                                                                       \
    X(TEXT, sign_on.device, 0)                                                                     \
    X(I64, status_ms, 0)                                                                           \
    X(ENUM, panic, PANIC_STATE_COUNT)                                                              \
    X(U32, panic_incident, 0)

#define INCIDENT_FIELDS(X)                                                                         \
    X(U32, generation, 0)                                                                          \
    X(ENUM, type, INCIDENT_TYPE_COUNT)                                                             \
    X(U32, priority, 0)                                                                            \
    X(ENUM, state, INCIDENT_STATE_COUNT)                                                           \
    X(I64, state_ms, 0)                                                                            \
    X(POINT, at, 0)                                                                                \
    X(TEXT, address, 0)                                                                            \
    X(ENUM, district, DISTRICT_NONE + 1u)                                                          \
    X(U32, circle, 0)                                                                              \
    X(U32, areas[AREA_BEAT], 0)                                                                    \
    X(U32, areas[AREA_GRID], 0)                                                                    \
    X(BOOL, drill, 0)                                                                              \
    X(ENUM, mode, DISPATCH_MODE_COUNT)                                                             \
    X(U32, report_count, 0)                                                                        \
    X(BOOL, for_all, 0)                                                                            \
    X(U32, panic_unit, 0)                                                                          \
    X(I64, panic_ms, 0)                                                                            \
    X(TEXT, warning, 0)                                                                            \
    X(ENUM, warning_level, WARN_LEVEL_COUNT)                                                       \
    X(I64, warned_ms, 0)                                                                           \
    X(I64, received_ms, 0)                                                                         \
    X(I64, created_ms, 0)                                                                          \
    X(I64, dispatched_ms, 0)                                                                       \
    X(I64, on_scene_ms, 0)                                                                         \
    X(I64, ended_ms, 0)                                                                            \
    X(I64, clock_ms, 0)                                                                            \
    X(I64, held_ms, 0)                                                                             \
    X(I64, review_ms, 0)                                                                           \
    X(ENUM, hold_reason, REASON_COUNT)                                                             \
    X(TEXT, owner, 0)                                                                              \
    X(I64, owner_ms, 0)                                                                            \
    X(TEXT, changed_by, 0)                                                                         \
    X(I64, changed_ms, 0)                                                                          \
    X(U32, duplicate_of, 0)                                                                        \
    X(U32, similar_id, 0)                                                                          \
    X(U32, reopened_count, 0)                                                                      \
    X(U32, wave, 0)                                                                                \
    X(I64, wave_ms, 0)

#define CENTRE_FIELDS(X)                                                                           \
    X(TEXT, code, 0)                                                                               \
    X(TEXT, name, 0)                                                                               \
    X(ENUM, kind, CENTRE_KIND_COUNT)                                                               \
    X(POINT, at, 0)                                                                                \
    X(ENUM, district, DISTRICT_NONE + 1u)

#define CHECKPOINT_FIELDS(X)                                                                       \
    X(TEXT, definition.code, 0)                                                                    \
    X(TEXT, definition.name, 0)                                                                    \
    X(POINT, definition.at, 0)                                                                     \
    X(U32, definition.radius_m, 0)                                                                 \
    X(U32, definition.circle, 0)                                                                   \
    X(ENUM, definition.district, DISTRICT_NONE + 1u)                                               \
    X(U16, definition.from_min, 0)                                                                 \
    X(U16, definition.to_min, 0)                                                                   \
    X(U32, definition.every_min, 0)                                                                \
    X(U32, definition.stay_s, 0)                                                                   \
    X(I64, visited_ms, 0)                                                                          \
    X(U32, visited_unit, 0)                                                                        \
    X(ENUM, visit, VISIT_COUNT)                                                                    \
    X(I64, counted_ms, 0)                                                                          \
    X(I64, overdue_ms, 0)                                                                          \
    X(U32, missed, 0)                                                                              \
    X(U32, next, 0)                                                                                \
    X(U32, walker, 0)                                                                              \
    X(I64, began_ms, 0)                                                                            \
    X(I64, reached_ms, 0)
#define PLAN_FIELDS(X)                                                                             \
    X(U32, index, 0)                                                                               \
    X(BOOL, is_current, 0)                                                                         \
    X(TEXT, plan.code, 0)                                                                          \
    X(U32, plan.circle, 0)                                                                         \
    X(U32, plan.types, 0)                                                                          \
    X(U32, plan.priorities, 0)                                                                     \
    X(TEXT, plan.words_zh, 0)                                                                      \
    X(TEXT, plan.words_en, 0)

/* The list of an incident's reports is in the order in which they came to it, not of their ids. */
#define REPORT_FIELDS(X)                                                                           \
    X(ENUM, district, DISTRICT_NONE + 1u)                                                          \
    X(I64, received_ms, 0)                                                                         \
    X(I64, answered_ms, 0)                                                                         \
    X(ENUM, words.channel, CHANNEL_COUNT)                                                          \
    X(ENUM, words.type, INCIDENT_TYPE_COUNT)                                                       \
    X(U32, words.priority, 0)                                                                      \
    X(POINT, words.at, 0)                                                                          \
    X(I64, words.occurred_ms, 0)                                                                   \
    X(I64, words.received_ms, 0)                                                                   \
    X(BOOL, words.drill, 0)                                                                        \
    X(BOOL, words.may_merge, 0)                                                                    \
    X(TEXT, words.address, 0)                                                                      \
    X(TEXT, words.caller, 0)                                                                       \
    X(TEXT, words.phone, 0)                                                                        \
    X(TEXT, words.note, 0)

#define TIER_FIELDS(X)                                                                             \
    X(ENUM, verdict, TIER_VERDICT_COUNT)                                                           \
    X(U32, wanted, 0)                                                                              \
    X(U32, target_ms, 0)                                                                           \
    X(U32, reach_ms, 0)                                                                            \
    X(U32, elapsed_ms, 0)                                                                          \
    X(U32, unit_id, 0)

#define ASSIGNMENT_FIELDS(X)                                                                       \
    X(U32, unit_id, 0)                                                                             \
    X(U32, version, 0)                                                                             \
    X(ENUM, tier, TIER_COUNT)                                                                      \
    X(ENUM, state, ASSIGNMENT_STATE_COUNT)                                                         \
    X(BOOL, late, 0)                                                                               \
    X(BOOL, skipped, 0)                                                                            \
    X(BOOL, additional, 0)                                                                         \
    X(BOOL, automatic, 0)                                                                          \
    X(BOOL, estimated, 0)                                                                          \
    X(U32, travel_ms, 0)                                                                           \
    X(U32, distance_m, 0)                                                                          \
    X(U32, rank, 0)                                                                                \
    X(U8, wave, 0)                                                                                 \
    X(ENUM, reason, REASON_COUNT)                                                                  \
    X(I64, sent_ms, 0)                                                                             \
    X(I64, delivered_ms, 0)                                                                        \
    X(I64, acknowledged_ms, 0)                                                                     \
    X(I64, en_route_ms, 0)                                                                         \
    X(I64, on_scene_ms, 0)                                                                         \
    X(I64, ended_ms, 0)                                                                            \
    X(U32, resent_count, 0)                                                                        \
    X(TEXT, sent_by, 0)                                                                            \
    X(U32, corrected, 0)                                                                           \
    X(U32, steps, 0)                                                                               \
    X(I64, par_ms, 0)                                                                              \
    X(I64, par_asked_ms, 0)                                                                        \
    X(U32, notice.number, 0)                                                                       \
    X(U32, notice.kinds, 0)                                                                        \
    X(ENUM, notice.state, NOTICE_STATE_COUNT)                                                      \
    X(I64, notice.sent_ms, 0)                                                                      \
    X(I64, notice.delivered_ms, 0)                                                                 \
    X(I64, notice.acknowledged_ms, 0)                                                              \
    X(U32, notice.resent_count, 0)                                                                 \
    X(U32, notice.steps, 0)

#define REFERRAL_FIELDS(X)                                                                         \
    X(U32, version, 0)                                                                             \
    X(U32, centre, 0)                                                                              \
    X(ENUM, kind, CENTRE_KIND_COUNT)                                                               \
    X(ENUM, state, REFERRAL_STATE_COUNT)                                                           \
    X(I64, sent_ms, 0)                                                                             \
    X(I64, answered_ms, 0)                                                                         \
    X(I64, arrived_ms, 0)                                                                          \
    X(I64, ended_ms, 0)                                                                            \
    X(I64, answer_by_ms, 0)                                                                        \
    X(I64, feedback_by_ms, 0)                                                                      \
    X(ENUM, reason, REASON_COUNT)                                                                  \
    X(TEXT, units, 0)                                                                              \
    X(TEXT, changed_by, 0)                                                                         \
    X(I64, changed_ms, 0)                                                                          \
    X(U32, orders_upto, 0)

#define ALARM_FIELDS(X)                                                                            \
    X(ENUM, kind, ALARM_KIND_COUNT)                                                                \
    X(U32, unit_id, 0)                                                                             \
    X(ENUM, tier, TIER_COUNT)                                                                      \
    X(U32, circle, 0)                                                                              \
    X(U32, checkpoint, 0)                                                                          \
    X(ENUM, district, DISTRICT_NONE + 1u)                                                          \
    X(I64, raised_ms, 0)                                                                           \
    X(I64, acked_ms, 0)                                                                            \
    X(TEXT, acked_by, 0)                                                                           \
    X(I64, shelved_ms, 0)                                                                          \
    X(TEXT, shelved_by, 0)                                                                         \
    X(ENUM, shelve_reason, REASON_COUNT)                                                           \
    X(U32, shelve_count, 0)

/* A field that comes, goes or moves makes another version by itself: a snapshot from before an
 * upgrade is told as that, not as damaged. */
#define FIELD_TEXT(kind, member, limit) #kind " " #member ";"

static uint16_t version_of_layout(void)
{
    static const char layouts[] = HEAD_FIELDS(FIELD_TEXT) CIRCLE_FIELDS(FIELD_TEXT)
        UNIT_FIELDS(FIELD_TEXT) INCIDENT_FIELDS(FIELD_TEXT) REPORT_FIELDS(FIELD_TEXT)
            TIER_FIELDS(FIELD_TEXT) ASSIGNMENT_FIELDS(FIELD_TEXT) ALARM_FIELDS(FIELD_TEXT)
                CENTRE_FIELDS(FIELD_TEXT) REFERRAL_FIELDS(FIELD_TEXT) CHECKPOINT_FIELDS(FIELD_TEXT)
                    PLAN_FIELDS(FIELD_TEXT);
    uint32_t hash = 2166136261u ^ VERSION; /* FNV-1a */
    for (const char *at = layouts; *at != '\0'; at++) {
        hash = (hash ^ (uint8_t)*at) * 16777619u;
    }
    return (uint16_t)(hash ^ hash >> 16);
}

static void put_head(struct byte_writer *w, const struct engine *item)
{
    HEAD_FIELDS(PUT)
}

static void get_head(struct byte_reader *r, struct engine *item)
{
    HEAD_FIELDS(GET)
}

static void put_circle(struct byte_writer *w, const struct circle_definition *item)
{
    CIRCLE_FIELDS(PUT)
    event_codec_put_rota(w, item);
}

static void get_circle(struct byte_reader *r, struct circle_definition *item)
{
    CIRCLE_FIELDS(GET)
    event_codec_get_rota(r, item);
}

static void put_centre(struct byte_writer *w, const struct centre_definition *item)
{
    CENTRE_FIELDS(PUT)
}

static void get_centre(struct byte_reader *r, struct centre_definition *item)
{
    CENTRE_FIELDS(GET)
}

static void put_checkpoint(struct byte_writer *w, const struct checkpoint *item)
{
    CHECKPOINT_FIELDS(PUT)
    event_codec_put_stops(w, &item->definition);
}

static void get_checkpoint(struct byte_reader *r, struct checkpoint *item)
{
    CHECKPOINT_FIELDS(GET)
    event_codec_get_stops(r, &item->definition);
}

static void put_plan(struct byte_writer *w, const struct kept_plan *item)
{
    PLAN_FIELDS(PUT)
    event_codec_put_plan_units(w, &item->plan);
}

static void get_plan(struct byte_reader *r, struct kept_plan *item)
{
    PLAN_FIELDS(GET)
    event_codec_get_plan_units(r, &item->plan);
}

static void put_unit(struct byte_writer *w, const struct unit *item)
{
    UNIT_FIELDS(PUT)
}

static void get_unit(struct byte_reader *r, struct unit *item)
{
    UNIT_FIELDS(GET)
}

static void put_tier(struct byte_writer *w, const struct tier_state *item)
{
    TIER_FIELDS(PUT)
}

static void get_tier(struct byte_reader *r, struct tier_state *item)
{
    TIER_FIELDS(GET)
}

static void put_incident(struct byte_writer *w, const struct engine *engine,
                         const struct incident *item)
{
    bytes_put_u32(w, item->id);
    bytes_put_u32(w, engine->policies[item->policy].version);
    bytes_put_u32(w, item->plan == SLOT_NONE ? 0 : engine->plans[item->plan].version);
    INCIDENT_FIELDS(PUT)
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        put_tier(w, &item->tiers[tier]);
    }
}

static void get_incident(struct byte_reader *r, struct incident *item)
{
    INCIDENT_FIELDS(GET)
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        get_tier(r, &item->tiers[tier]);
    }
}

static void put_report(struct byte_writer *w, const struct report *item)
{
    REPORT_FIELDS(PUT)
}

static void get_report(struct byte_reader *r, struct report *item)
{
    REPORT_FIELDS(GET)
}

static void put_assignment(struct byte_writer *w, const struct assignment *item)
{
    ASSIGNMENT_FIELDS(PUT)
}

static void get_assignment(struct byte_reader *r, struct assignment *item)
{
    ASSIGNMENT_FIELDS(GET)
}

static void put_referral(struct byte_writer *w, const struct referral *item)
{
    REFERRAL_FIELDS(PUT)
}

static void get_referral(struct byte_reader *r, struct referral *item)
{
    REFERRAL_FIELDS(GET)
}

static void put_alarm(struct byte_writer *w, const struct alarm *item)
{
    ALARM_FIELDS(PUT)
}

static void get_alarm(struct byte_reader *r, struct alarm *item)
{
    ALARM_FIELDS(GET)
}

static void put_area(struct byte_writer *w, const struct engine *engine, const struct area *area)
{
    bytes_put_u8(w, (uint8_t)area->kind);
    bytes_put_text(w, area->code, CODE_SIZE);
    bytes_put_text(w, area->name, NAME_SIZE);
    bytes_put_u32(w, area->ring_count);
    for (uint32_t k = 0; k < area->ring_count; k++) {
        bytes_put_u32(w, area->ring_sizes[k]);
    }
    for (uint32_t k = 0; k < area->point_count; k++) {
        bytes_put_point(w, engine->area_corners[area->point_first + k]);
    }
}

/* In rising version, as the pool must take them. */
static void put_plans(struct byte_writer *w, const struct engine *engine)
{
    const struct id_pool *versions = &engine->plan_versions;
    bytes_put_u32(w, engine->plan_count);
    bytes_put_u32(w, versions->count);
    for (uint32_t slot = versions->first; slot != SLOT_NONE; slot = versions->next[slot]) {
        bytes_put_u32(w, engine->plans[slot].version);
        put_plan(w, &engine->plans[slot]);
    }
}

static void put_roster(struct byte_writer *w, const struct engine *engine)
{
    bytes_put_u32(w, engine->district_count);
    for (uint32_t i = 0; i < engine->district_count; i++) {
        const struct district *district = &engine->districts[i];
        bytes_put_text(w, district->code, CODE_SIZE);
        bytes_put_text(w, district->name, NAME_SIZE);
        bytes_put_u32(w, district->ring_count);
        for (uint32_t k = 0; k < district->ring_count; k++) {
            bytes_put_u32(w, district->ring_sizes[k]);
        }
        for (uint32_t k = 0; k < district->point_count; k++) {
            bytes_put_point(w, engine->points[district->point_first + k]);
        }
    }
    bytes_put_u32(w, engine->area_count);
    for (uint32_t i = 0; i < engine->area_count; i++) {
        put_area(w, engine, &engine->areas[i]);
    }
    bytes_put_u32(w, engine->circle_count);
    for (uint32_t i = 0; i < engine->circle_count; i++) {
        put_circle(w, &engine->circles[i]);
    }
    bytes_put_u32(w, engine->unit_count);
    for (uint32_t i = 0; i < engine->unit_count; i++) {
        put_unit(w, &engine->units[i]);
    }
    bytes_put_u32(w, engine->centre_count);
    for (uint32_t i = 0; i < engine->centre_count; i++) {
        put_centre(w, &engine->centres[i]);
    }
    bytes_put_u32(w, engine->checkpoint_count);
    for (uint32_t i = 0; i < engine->checkpoint_count; i++) {
        put_checkpoint(w, &engine->checkpoints[i]);
    }
    put_plans(w, engine);
}

static bool is_kept(const struct engine *engine, uint32_t slot)
{
    return slot == engine->policy_now || engine->policies[slot].incident_count > 0;
}

/* The one of now first; then the others by version, whatever slots they lie in. */
static void put_policies(struct byte_writer *w, const struct engine *engine)
{
    bytes_put_u32(w, engine->policies[engine->policy_now].version);
    event_codec_put_policy(w, &engine->policies[engine->policy_now].policy);
    uint32_t next = 0;
    for (;;) {
        uint32_t least = SLOT_NONE;
        for (uint32_t slot = 0; slot < POLICIES_MAX; slot++) {
            const bool is_later = engine->policies[slot].version >= next;
            if (is_kept(engine, slot) && slot != engine->policy_now && is_later &&
                (least == SLOT_NONE ||
                 engine->policies[slot].version < engine->policies[least].version)) {
                least = slot;
            }
        }
        if (least == SLOT_NONE) {
            break;
        }
        bytes_put_u8(w, 1);
        bytes_put_u32(w, engine->policies[least].version);
        event_codec_put_policy(w, &engine->policies[least].policy);
        next = engine->policies[least].version + 1;
    }
    bytes_put_u8(w, 0);
}

/* In rising id, as the pool must take them, each with the one it follows in its incident. */
static void put_reports(struct byte_writer *w, const struct engine *engine)
{
    const struct id_pool *reports = &engine->report_ids;
    bytes_put_u32(w, reports->count);
    for (uint32_t slot = reports->first; slot != SLOT_NONE; slot = reports->next[slot]) {
        const struct report *report = &engine->reports[slot];
        const struct report *next = state_report_at(engine, report->next);
        bytes_put_u32(w, report->id);
        bytes_put_u32(w, engine->incidents[report->incident].id);
        bytes_put_u32(w, next == NULL ? 0 : next->id);
        put_report(w, report);
    }
    const struct id_pool *incidents = &engine->incident_ids;
    for (uint32_t slot = incidents->first; slot != SLOT_NONE; slot = incidents->next[slot]) {
        const struct report *first = state_report_at(engine, engine->incidents[slot].report_first);
        bytes_put_u32(w, first == NULL ? 0 : first->id);
    }
}

static void put_work(struct byte_writer *w, const struct engine *engine)
{
    const struct id_pool *incidents = &engine->incident_ids;
    bytes_put_u32(w, incidents->count);
    for (uint32_t slot = incidents->first; slot != SLOT_NONE; slot = incidents->next[slot]) {
        put_incident(w, engine, &engine->incidents[slot]);
    }
    put_reports(w, engine);
    const struct id_pool *assignments = &engine->assignment_ids;
    bytes_put_u32(w, assignments->count);
    for (uint32_t slot = assignments->first; slot != SLOT_NONE; slot = assignments->next[slot]) {
        const struct assignment *assignment = &engine->assignments[slot];
        bytes_put_u32(w, assignment->id);
        bytes_put_u32(w, engine->incidents[assignment->incident].id);
        put_assignment(w, assignment);
    }
    const struct id_pool *referrals = &engine->referral_ids;
    bytes_put_u32(w, referrals->count);
    for (uint32_t slot = referrals->first; slot != SLOT_NONE; slot = referrals->next[slot]) {
        const struct referral *referral = &engine->referrals[slot];
        bytes_put_u32(w, referral->id);
        bytes_put_u32(w, engine->incidents[referral->incident].id);
        put_referral(w, referral);
    }
    const struct id_pool *alarms = &engine->alarm_ids;
    bytes_put_u32(w, alarms->count);
    for (uint32_t slot = alarms->first; slot != SLOT_NONE; slot = alarms->next[slot]) {
        const struct alarm *alarm = &engine->alarms[slot];
        const struct assignment *assignment = state_assignment_at(engine, alarm->assignment);
        bytes_put_u32(w, alarm->id);
        bytes_put_u32(w, state_incident_id_at(engine, alarm->incident));
        bytes_put_u32(w, assignment == NULL ? 0 : assignment->id);
        put_alarm(w, alarm);
    }
    uint32_t kept = engine->decision_oldest;
    while (kept != SLOT_NONE) {
        bytes_put_u8(w, 1);
        event_codec_put_decision(w, &engine->decisions[kept].made);
        kept = engine->decisions[kept].newer;
    }
    bytes_put_u8(w, 0);
}

static void put_all(struct byte_writer *w, const struct engine *engine)
{
    bytes_put_u32(w, MAGIC);
    bytes_put_u16(w, version_of_layout());
    put_head(w, engine);
    put_policies(w, engine);
    put_roster(w, engine);
    put_work(w, engine);
}

#define WINDOW_BYTES 4096u

uint64_t snapshot_digest(const struct engine *engine)
{
    uint8_t window[WINDOW_BYTES];
    struct byte_writer writer = bytes_hasher(window, sizeof window);
    put_all(&writer, engine);
    return bytes_hash(&writer);
}

size_t snapshot_write(const struct engine *engine, uint8_t *bytes, size_t size)
{
    struct byte_writer writer = bytes_writer(bytes, size);
    put_all(&writer, engine);
    bytes_put_u64(&writer, bytes == NULL ? 0 : snapshot_digest(engine));
    return writer.total;
}

/* Answers how many corners there are. */
static uint32_t get_outline(struct byte_reader *r, uint32_t ring_count, uint32_t ring_sizes[],
                            struct geo_point corners[], uint32_t points_max)
{
    uint32_t points = 0;
    r->bad = r->bad || ring_count > DISTRICT_RINGS_MAX;
    for (uint32_t i = 0; i < ring_count && !r->bad; i++) {
        const uint32_t size = bytes_get_u32(r);
        if (size < 3 || size > points_max - points) {
            r->bad = true;
            return 0;
        }
        ring_sizes[i] = size;
        points += size;
    }
    for (uint32_t i = 0; i < points && !r->bad; i++) {
        corners[i] = bytes_get_point(r);
    }
    return points;
}

static void get_district(struct byte_reader *r, struct engine *engine)
{
    struct district *district = &engine->districts[engine->district_count];
    *district = (struct district){.point_first = engine->district_points};
    bytes_get_text(r, district->code, CODE_SIZE);
    bytes_get_text(r, district->name, NAME_SIZE);
    district->ring_count = bytes_get_u32(r);
    district->point_count = get_outline(
        r, district->ring_count, district->ring_sizes, &engine->points[district->point_first],
        engine->config.limits.area_points_max - engine->district_points);
    engine->district_points += district->point_count;
    engine->district_count++;
}

static void get_area(struct byte_reader *r, struct engine *engine)
{
    struct area *area = &engine->areas[engine->area_count];
    *area = (struct area){.point_first = engine->area_points};
    area->kind = (enum area_kind)bytes_get_below(r, AREA_KIND_COUNT);
    bytes_get_text(r, area->code, CODE_SIZE);
    bytes_get_text(r, area->name, NAME_SIZE);
    area->ring_count = bytes_get_u32(r);
    area->point_count =
        get_outline(r, area->ring_count, area->ring_sizes, &engine->area_corners[area->point_first],
                    engine->config.limits.area_points_max - engine->area_points);
    r->bad = r->bad || code_table_find(&engine->area_codes, area->code) != UINT32_MAX;
    if (!r->bad) {
        code_table_put(&engine->area_codes, area->code, engine->area_count);
        engine->area_points += area->point_count;
        engine->area_count++;
    }
}

/* How many follow; more than there is room for is an error of its own. */
static uint32_t get_count(struct byte_reader *r, uint32_t max, bool *is_full)
{
    const uint32_t count = bytes_get_u32(r);
    *is_full = *is_full || (!r->bad && count > max);
    r->bad = r->bad || count > max;
    return r->bad ? 0 : count;
}

static void get_centres(struct byte_reader *r, struct engine *engine, bool *is_full)
{
    const uint32_t centres = get_count(r, CENTRES_MAX, is_full);
    for (uint32_t i = 0; i < centres && !r->bad; i++) {
        get_centre(r, &engine->centres[i]);
        r->bad =
            r->bad || code_table_find(&engine->centre_codes, engine->centres[i].code) != UINT32_MAX;
        if (!r->bad) {
            code_table_put(&engine->centre_codes, engine->centres[i].code, i);
            engine->centre_count++;
        }
    }
}

static void get_checkpoints(struct byte_reader *r, struct engine *engine, bool *is_full)
{
    const uint32_t count = get_count(r, CHECKPOINTS_MAX, is_full);
    for (uint32_t i = 0; i < count && !r->bad; i++) {
        struct checkpoint *checkpoint = &engine->checkpoints[i];
        get_checkpoint(r, checkpoint);
        const char *code = checkpoint->definition.code;
        r->bad = r->bad ||
                 !patrol_definition_valid(&checkpoint->definition, engine->circle_count) ||
                 checkpoint->next > checkpoint->definition.stop_count ||
                 (checkpoint->walker != UNIT_NONE && checkpoint->walker >= engine->unit_count) ||
                 (checkpoint->visited_unit != UNIT_NONE &&
                  checkpoint->visited_unit >= engine->unit_count) ||
                 code_table_find(&engine->checkpoint_codes, code) != UINT32_MAX;
        if (!r->bad) {
            code_table_put(&engine->checkpoint_codes, code, i);
            engine->checkpoint_count++;
        }
    }
    for (uint32_t i = 0; i < count && !r->bad; i++) { /* a route may name what came after it */
        r->bad = !patrol_stops_valid(engine, &engine->checkpoints[i].definition);
    }
}

static void add_plan(struct byte_reader *r, struct engine *engine)
{
    const uint32_t version = bytes_get_u32(r);
    struct kept_plan kept = {.version = version};
    get_plan(r, &kept);
    const struct id_pool *versions = &engine->plan_versions;
    const uint32_t known = code_table_find(&engine->plan_codes, kept.plan.code);
    r->bad = r->bad || version == 0 || version > engine->last_plan_version ||
             (versions->last != SLOT_NONE && version <= versions->ids[versions->last]) ||
             kept.index >= engine->plan_count || (kept.is_current && known != UINT32_MAX) ||
             (kept.is_current && engine->plan_slots[kept.index] != SLOT_NONE) ||
             !circle_plan_valid(&kept.plan, engine->circle_count, engine->unit_count);
    if (r->bad) {
        return;
    }
    const uint32_t slot = id_pool_add(&engine->plan_versions, version);
    engine->plans[slot] = kept;
    if (kept.is_current) {
        code_table_put(&engine->plan_codes, kept.plan.code, kept.index);
        apply_plan_link(engine, slot);
    }
}

static void get_plans(struct byte_reader *r, struct engine *engine, bool *is_full)
{
    const uint32_t count = get_count(r, PLANS_MAX, is_full);
    const uint32_t versions = get_count(r, engine->plan_versions.max, is_full);
    engine->plan_count = count;
    for (uint32_t i = 0; i < count; i++) {
        engine->plan_slots[i] = SLOT_NONE;
    }
    for (uint32_t i = 0; i < versions && !r->bad; i++) {
        add_plan(r, engine);
    }
    for (uint32_t i = 0; i < count; i++) {
        r->bad = r->bad || engine->plan_slots[i] == SLOT_NONE;
    }
}

static void get_roster(struct byte_reader *r, struct engine *engine, bool *is_full)
{
    const struct engine_limits *limits = &engine->config.limits;
    const uint32_t districts = get_count(r, DISTRICTS_MAX, is_full);
    for (uint32_t i = 0; i < districts && !r->bad; i++) {
        get_district(r, engine);
    }
    const uint32_t areas = get_count(r, limits->areas_max, is_full);
    for (uint32_t i = 0; i < areas && !r->bad; i++) {
        get_area(r, engine);
    }
    const uint32_t circles = get_count(r, limits->circles_max, is_full);
    for (uint32_t i = 0; i < circles && !r->bad; i++) {
        get_circle(r, &engine->circles[i]);
        r->bad =
            r->bad || code_table_find(&engine->circle_codes, engine->circles[i].code) != UINT32_MAX;
        if (!r->bad) {
            code_table_put(&engine->circle_codes, engine->circles[i].code, i);
            engine->circle_count++;
        }
    }
    const uint32_t units = get_count(r, limits->units_max, is_full);
    for (uint32_t i = 0; i < units && !r->bad; i++) {
        struct unit *unit = &engine->units[i];
        get_unit(r, unit);
        unit->assignment = SLOT_NONE;
        const uint32_t circle = unit->definition.circle;
        const uint32_t area = unit->definition.area;
        r->bad = r->bad || (circle != CIRCLE_NONE && circle >= engine->circle_count) ||
                 (area != AREA_NONE && area >= engine->area_count) ||
                 code_table_find(&engine->unit_codes, unit->definition.code) != UINT32_MAX;
        if (!r->bad) {
            code_table_put(&engine->unit_codes, unit->definition.code, i);
            engine->unit_count++;
        }
    }
    get_centres(r, engine, is_full);
    get_checkpoints(r, engine, is_full);
    get_plans(r, engine, is_full);
}

/* An id that may follow in this pool: rising, and one that was given out. */
static uint32_t get_id(struct byte_reader *r, const struct id_pool *pool, uint32_t last_id)
{
    const uint32_t id = bytes_get_u32(r);
    const bool is_rising = pool->last == SLOT_NONE || id > pool->ids[pool->last];
    r->bad = r->bad || id == 0 || id > last_id || !is_rising;
    return id;
}

static void get_policies(struct byte_reader *r, struct engine *engine)
{
    memset(engine->policies, 0, POLICIES_MAX * sizeof *engine->policies);
    engine->policy_now = 0;
    uint32_t slot = 0;
    do {
        if (slot == POLICIES_MAX) {
            r->bad = true;
            return;
        }
        struct kept_policy *kept = &engine->policies[slot];
        kept->version = bytes_get_u32(r);
        event_codec_get_policy(r, &kept->policy);
        r->bad = r->bad || kept->version > engine->last_policy_version;
        slot++;
    } while (!r->bad && bytes_get_bool(r));
}

/* An unused slot has no name: every policy has one. */
static uint32_t find_policy(const struct engine *engine, uint32_t version)
{
    for (uint32_t slot = 0; slot < POLICIES_MAX; slot++) {
        const struct kept_policy *kept = &engine->policies[slot];
        if (kept->version == version && kept->policy.name[0] != '\0') {
            return slot;
        }
    }
    return SLOT_NONE;
}

static void add_incident(struct byte_reader *r, struct engine *engine)
{
    const uint32_t id = get_id(r, &engine->incident_ids, engine->last_incident_id);
    if (r->bad) {
        return;
    }
    const uint32_t policy = find_policy(engine, bytes_get_u32(r));
    if (policy == SLOT_NONE) {
        r->bad = true;
        return;
    }
    const uint32_t plan_version = bytes_get_u32(r);
    if (!apply_plan_known(engine, plan_version)) {
        r->bad = true;
        return;
    }
    const uint32_t slot = id_pool_add(&engine->incident_ids, id);
    struct incident *incident = &engine->incidents[slot];
    engine->policies[policy].incident_count++;
    *incident = (struct incident){.id = id,
                                  .policy = policy,
                                  .plan = SLOT_NONE,
                                  .report_first = SLOT_NONE,
                                  .report_last = SLOT_NONE,
                                  .assignment_first = SLOT_NONE,
                                  .assignment_last = SLOT_NONE,
                                  .referral_first = SLOT_NONE,
                                  .referral_last = SLOT_NONE,
                                  .alarm_first = SLOT_NONE};
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        incident->tiers[tier].decision = SLOT_NONE;
    }
    get_incident(r, incident);
    apply_plan_take(engine, incident, plan_version);
    const bool is_ended = incident_state_ended(incident->state);
    const bool bad_circle =
        incident->circle != CIRCLE_NONE && incident->circle >= engine->circle_count;
    const bool bad_caller =
        incident->panic_unit != UNIT_NONE && incident->panic_unit >= engine->unit_count;
    r->bad = r->bad || incident->priority < 1 || incident->priority > 4 || bad_circle ||
             bad_caller || !area_valid(engine, incident->areas) ||
             is_ended != (incident->ended_ms != TIME_NEVER);
    engine->open_lat_e7[slot] = is_ended || r->bad ? INT32_MAX : incident->at.lat_e7;
}

/* `next` holds an id until all reports are there. */
static void add_report(struct byte_reader *r, struct engine *engine)
{
    const uint32_t id = get_id(r, &engine->report_ids, engine->last_report_id);
    const uint32_t incident = id_pool_find(&engine->incident_ids, bytes_get_u32(r));
    const uint32_t next_id = bytes_get_u32(r);
    if (r->bad || incident == SLOT_NONE) {
        r->bad = true;
        return;
    }
    const uint32_t slot = id_pool_add(&engine->report_ids, id);
    engine->reports[slot] = (struct report){.id = id, .incident = incident, .next = next_id};
    get_report(r, &engine->reports[slot]);
}

/* A bad list must not lead in a circle or into another incident: each incident's has exactly its
 * report_count, all its own. */
static void link_reports(struct byte_reader *r, struct engine *engine)
{
    const struct id_pool *incidents = &engine->incident_ids;
    uint32_t linked = 0;
    for (uint32_t slot = incidents->first; slot != SLOT_NONE && !r->bad;
         slot = incidents->next[slot]) {
        struct incident *incident = &engine->incidents[slot];
        uint32_t next_id = bytes_get_u32(r);
        for (uint32_t i = 0; i < incident->report_count && !r->bad; i++) {
            struct report *report = state_report(engine, next_id);
            if (report == NULL || report->incident != slot || linked == engine->report_ids.count) {
                r->bad = true;
                return;
            }
            next_id = report->next;
            apply_report_append(engine, incident, (uint32_t)(report - engine->reports));
            linked++;
        }
        r->bad = r->bad || next_id != 0;
    }
    r->bad = r->bad || linked != engine->report_ids.count;
}

static void add_assignment(struct byte_reader *r, struct engine *engine)
{
    const uint32_t id = get_id(r, &engine->assignment_ids, engine->last_assignment_id);
    const uint32_t incident = id_pool_find(&engine->incident_ids, bytes_get_u32(r));
    if (r->bad || incident == SLOT_NONE) {
        r->bad = true;
        return;
    }
    const uint32_t slot = id_pool_add(&engine->assignment_ids, id);
    struct assignment *assignment = &engine->assignments[slot];
    *assignment = (struct assignment){.id = id, .incident = incident};
    get_assignment(r, assignment);
    if (r->bad || assignment->unit_id >= engine->unit_count ||
        assignment->notice.kinds >> NOTICE_KIND_COUNT != 0) {
        r->bad = true;
        return;
    }
    const struct unit *unit = &engine->units[assignment->unit_id];
    const bool is_active = !assignment_state_ended(assignment->state);
    const bool is_possible = unit->assignment == SLOT_NONE && unit->duty == DUTY_ON &&
                             !incident_state_ended(engine->incidents[incident].state);
    r->bad = is_active && !is_possible;
    if (!r->bad) {
        apply_assignment_link(engine, slot);
    }
}

static void add_referral(struct byte_reader *r, struct engine *engine)
{
    const uint32_t id = get_id(r, &engine->referral_ids, engine->last_referral_id);
    const uint32_t incident = id_pool_find(&engine->incident_ids, bytes_get_u32(r));
    if (r->bad || incident == SLOT_NONE) {
        r->bad = true;
        return;
    }
    const uint32_t slot = id_pool_add(&engine->referral_ids, id);
    struct referral *referral = &engine->referrals[slot];
    *referral = (struct referral){.id = id, .incident = incident};
    get_referral(r, referral);
    const bool is_possible = referral_state_ended(referral->state) ||
                             !incident_state_ended(engine->incidents[incident].state);
    r->bad = r->bad || referral->centre >= engine->centre_count || !is_possible;
    if (!r->bad) {
        apply_referral_link(engine, slot);
    }
}

static void add_alarm(struct byte_reader *r, struct engine *engine)
{
    const uint32_t id = get_id(r, &engine->alarm_ids, engine->last_alarm_id);
    const uint32_t incident_id = bytes_get_u32(r);
    const uint32_t incident = id_pool_find(&engine->incident_ids, incident_id);
    const uint32_t assignment_id = bytes_get_u32(r);
    const uint32_t assignment = id_pool_find(&engine->assignment_ids, assignment_id);
    if (r->bad || (incident_id != 0 && incident == SLOT_NONE) ||
        (assignment_id != 0 && assignment == SLOT_NONE)) {
        r->bad = true;
        return;
    }
    const uint32_t slot = id_pool_add(&engine->alarm_ids, id);
    engine->alarms[slot] = (struct alarm){.id = id, .incident = incident, .assignment = assignment};
    get_alarm(r, &engine->alarms[slot]);
    r->bad = r->bad || !apply_alarm_possible(engine, &engine->alarms[slot]);
    if (!r->bad) {
        apply_alarm_link(engine, slot);
    }
}

static void get_decisions(struct byte_reader *r, struct engine *engine)
{
    uint32_t count = 0;
    while (bytes_get_bool(r) && !r->bad) {
        struct decision_made *made = &engine->scratch->decisions[0];
        event_codec_get_decision(r, made);
        struct incident *incident = state_incident(engine, made->incident_id);
        if (r->bad || incident == NULL || incident->tiers[made->tier].decision != SLOT_NONE ||
            count == engine->decisions_max) {
            r->bad = true;
            return;
        }
        apply_incident_keep_decision(engine, incident, made->tier)->made = *made;
        count++;
    }
}

static void get_work(struct byte_reader *r, struct engine *engine, bool *is_full)
{
    const struct engine_limits *limits = &engine->config.limits;
    const uint32_t incidents = get_count(r, limits->incidents_max, is_full);
    for (uint32_t i = 0; i < incidents && !r->bad; i++) {
        add_incident(r, engine);
    }
    const uint32_t reports = get_count(r, engine->report_ids.max, is_full);
    for (uint32_t i = 0; i < reports && !r->bad; i++) {
        add_report(r, engine);
    }
    link_reports(r, engine);
    const uint32_t assignments = get_count(r, limits->assignments_max, is_full);
    for (uint32_t i = 0; i < assignments && !r->bad; i++) {
        add_assignment(r, engine);
    }
    const uint32_t referrals = get_count(r, engine->referral_ids.max, is_full);
    for (uint32_t i = 0; i < referrals && !r->bad; i++) {
        add_referral(r, engine);
    }
    const uint32_t alarms = get_count(r, engine->alarm_ids.max, is_full);
    for (uint32_t i = 0; i < alarms && !r->bad; i++) {
        add_alarm(r, engine);
    }
    get_decisions(r, engine);
}

/* Nothing sleeps, and who waits is looked after at once: who is free was not for a while. */
static void derive_all(struct engine *engine)
{
    if (engine->gap_alarm_count > 0) {
        coverage_alarms_changed(engine);
    }
    for (uint32_t id = 0; id < engine->unit_count; id++) {
        presence_define(engine, id);
    }
    for (uint32_t i = 0; i < engine->checkpoint_count; i++) {
        patrol_define(engine, i);
    }
    const struct id_pool *incidents = &engine->incident_ids;
    for (uint32_t slot = incidents->first; slot != SLOT_NONE; slot = incidents->next[slot]) {
        deadline_refresh_incident(engine, slot);
    }
    const struct id_pool *assignments = &engine->assignment_ids;
    for (uint32_t slot = assignments->first; slot != SLOT_NONE; slot = assignments->next[slot]) {
        deadline_refresh_assignment(engine, slot);
        preempt_refresh(engine, slot);
    }
}

enum status snapshot_read(struct engine *engine, const uint8_t *bytes, size_t size)
{
    struct byte_reader reader = bytes_reader(bytes, size);
    bool is_full = false;
    state_clear(engine);
    if (bytes_get_u32(&reader) != MAGIC) {
        return STATUS_CORRUPT;
    }
    const uint16_t version = bytes_get_u16(&reader);
    if (version != version_of_layout()) {
        return reader.bad ? STATUS_CORRUPT : STATUS_VERSION;
    }
    get_head(&reader, engine);
    get_policies(&reader, engine);
    get_roster(&reader, engine, &is_full);
    get_work(&reader, engine, &is_full);
    const uint64_t digest = bytes_get_u64(&reader);
    if (!bytes_done(&reader) || digest != snapshot_digest(engine)) {
        state_clear(engine);
        return is_full ? STATUS_FULL : STATUS_CORRUPT;
    }
    derive_all(engine);
    return STATUS_OK;
}
