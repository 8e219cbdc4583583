#include "engine/core/event_codec.h"

#include <assert.h>

#include "engine/core/bytes.h"

/* One list of fields a kind feeds writer and reader. Lists only ever grow at their end, under a new
 * version; version 1 is the first release. 2: a policy says more.
 * 3: an alarm may be about a circle. 4: beats and grids; volunteers are
 * asked in waves; centres and what they are asked; units sign on with
 * people and equipment. 5: an alarm may be about a checkpoint. 6: incidents
 * and decisions follow the plan of a circle. 7: a circle has a rota. 8: a
 * checkpoint may be a route. */
#define BODY_VERSION 8u

#define CIRCLE_FIELDS(X)                                                                           \
    X(U32, circle.index, 0)                                                                        \
    X(TEXT, circle.circle.code, 0)                                                                 \
    X(TEXT, circle.circle.name, 0)                                                                 \
    X(POINT, circle.circle.at, 0)                                                                  \
    X(U32, circle.circle.radius_m, 0)                                                              \
    X(ENUM, circle.circle.district, DISTRICT_NONE + 1u)

#define UNIT_FIELDS(X)                                                                             \
    X(U32, unit.unit_id, 0)                                                                        \
    X(TEXT, unit.unit.code, 0)                                                                     \
    X(TEXT, unit.unit.name, 0)                                                                     \
    X(ENUM, unit.unit.kind, UNIT_KIND_COUNT)                                                       \
    X(U32, unit.unit.capabilities, 0)                                                              \
    X(U32, unit.unit.circle, 0)                                                                    \
    X(ENUM, unit.unit.district, DISTRICT_NONE + 1u)                                                \
    X(POINT, unit.unit.home, 0)                                                                    \
    X(U16, unit.unit.people, 0)                                                                    \
    X(BOOL, unit.unit.has_home, 0)                                                                 \
    X(BOOL, unit.unit.synthetic, 0)

#define CENTRE_FIELDS(X)                                                                           \
    X(U32, centre.index, 0)                                                                        \
    X(TEXT, centre.centre.code, 0)                                                                 \
    X(TEXT, centre.centre.name, 0)                                                                 \
    X(ENUM, centre.centre.kind, CENTRE_KIND_COUNT)                                                 \
    X(POINT, centre.centre.at, 0)                                                                  \
    X(ENUM, centre.centre.district, DISTRICT_NONE + 1u)

#define CHECKPOINT_FIELDS(X)                                                                       \
    X(U32, checkpoint.index, 0)                                                                    \
    X(TEXT, checkpoint.checkpoint.code, 0)                                                         \
    X(TEXT, checkpoint.checkpoint.name, 0)                                                         \
    X(POINT, checkpoint.checkpoint.at, 0)                                                          \
    X(U32, checkpoint.checkpoint.radius_m, 0)                                                      \
    X(U32, checkpoint.checkpoint.circle, 0)                                                        \
    X(ENUM, checkpoint.checkpoint.district, DISTRICT_NONE + 1u)                                    \
    X(U16, checkpoint.checkpoint.from_min, 0)                                                      \
    X(U16, checkpoint.checkpoint.to_min, 0)                                                        \
    X(U32, checkpoint.checkpoint.every_min, 0)                                                     \
    X(U32, checkpoint.checkpoint.stay_s, 0)

#define VISITED_FIELDS(X)                                                                          \
    X(U32, visited.index, 0)                                                                       \
    X(U32, visited.unit_id, 0)                                                                     \
    X(ENUM, visited.visit, VISIT_COUNT)                                                            \
    X(ENUM, visited.source, SOURCE_COUNT)                                                          \
    X(I64, visited.arrived_ms, 0)                                                                  \
    X(U32, visited.stayed_ms, 0)                                                                   \
    X(U32, visited.distance_m, 0)                                                                  \
    X(U32, visited.fix_age_ms, 0)                                                                  \
    X(I64, visited.device_ms, 0)                                                                   \
    X(ENUM, visited.district, DISTRICT_NONE + 1u)

#define OVERDUE_FIELDS(X)                                                                          \
    X(U32, overdue.index, 0)                                                                       \
    X(I64, overdue.due_ms, 0)                                                                      \
    X(I64, overdue.visited_ms, 0)                                                                  \
    X(U32, overdue.missed, 0)                                                                      \
    X(ENUM, overdue.district, DISTRICT_NONE + 1u)
#define PLAN_FIELDS(X)                                                                             \
    X(U32, plan.index, 0)                                                                          \
    X(U32, plan.version, 0)                                                                        \
    X(TEXT, plan.plan.code, 0)                                                                     \
    X(U32, plan.plan.circle, 0)                                                                    \
    X(U32, plan.plan.types, 0)                                                                     \
    X(U32, plan.plan.priorities, 0)                                                                \
    X(TEXT, plan.plan.words_zh, 0)                                                                 \
    X(TEXT, plan.plan.words_en, 0)

/* The hash follows, as it is. */
#define PHOTO_FIELDS(X)                                                                            \
    X(U32, photo.incident_id, 0)                                                                   \
    X(U32, photo.assignment_id, 0)                                                                 \
    X(U32, photo.unit_id, 0)                                                                       \
    X(ENUM, photo.media, PHOTO_MEDIA_COUNT)                                                        \
    X(U32, photo.size, 0)                                                                          \
    X(I64, photo.device_ms, 0)

#define REPORT_FIELDS(X)                                                                           \
    X(U32, report.report_id, 0)                                                                    \
    X(U32, report.incident_id, 0)                                                                  \
    X(BOOL, report.merged, 0)                                                                      \
    X(I64, report.received_ms, 0)                                                                  \
    X(ENUM, report.district, DISTRICT_NONE + 1u)                                                   \
    X(ENUM, report.report.channel, CHANNEL_COUNT)                                                  \
    X(ENUM, report.report.type, INCIDENT_TYPE_COUNT)                                               \
    X(U32, report.report.priority, 0)                                                              \
    X(POINT, report.report.at, 0)                                                                  \
    X(I64, report.report.occurred_ms, 0)                                                           \
    X(I64, report.report.received_ms, 0)                                                           \
    X(BOOL, report.report.drill, 0)                                                                \
    X(BOOL, report.report.may_merge, 0)                                                            \
    X(TEXT, report.report.address, 0)                                                              \
    X(TEXT, report.report.caller, 0)                                                               \
    X(TEXT, report.report.phone, 0)                                                                \
    X(TEXT, report.report.note, 0)

#define OPENED_FIELDS(X)                                                                           \
    X(U32, opened.incident_id, 0)                                                                  \
    X(ENUM, opened.type, INCIDENT_TYPE_COUNT)                                                      \
    X(U32, opened.priority, 0)                                                                     \
    X(POINT, opened.at, 0)                                                                         \
    X(TEXT, opened.address, 0)                                                                     \
    X(ENUM, opened.district, DISTRICT_NONE + 1u)                                                   \
    X(U32, opened.circle, 0)                                                                       \
    X(BOOL, opened.drill, 0)                                                                       \
    X(ENUM, opened.mode, DISPATCH_MODE_COUNT)                                                      \
    X(TEXT, opened.policy, 0)                                                                      \
    X(BOOL, opened.for_all, 0)                                                                     \
    X(U32, opened.policy_version, 0)                                                               \
    X(I64, opened.received_ms, 0)                                                                  \
    X(I64, opened.clock_ms, 0)                                                                     \
    X(U32, opened.similar_id, 0)                                                                   \
    X(BOOL, opened.tiers[TIER_1].asked, 0)                                                         \
    X(U32, opened.tiers[TIER_1].units, 0)                                                          \
    X(U32, opened.tiers[TIER_1].target_ms, 0)                                                      \
    X(U32, opened.tiers[TIER_1].reach_ms, 0)                                                       \
    X(BOOL, opened.tiers[TIER_3].asked, 0)                                                         \
    X(U32, opened.tiers[TIER_3].units, 0)                                                          \
    X(U32, opened.tiers[TIER_3].target_ms, 0)                                                      \
    X(U32, opened.tiers[TIER_3].reach_ms, 0)                                                       \
    X(BOOL, opened.tiers[TIER_5].asked, 0)                                                         \
    X(U32, opened.tiers[TIER_5].units, 0)                                                          \
    X(U32, opened.tiers[TIER_5].target_ms, 0)                                                      \
    X(U32, opened.tiers[TIER_5].reach_ms, 0)
_Static_assert(TIER_COUNT == 3, "OPENED_FIELDS names every tier");

#define DECISION_FIELDS(X)                                                                         \
    X(U32, incident_id, 0)                                                                         \
    X(ENUM, tier, TIER_COUNT)                                                                      \
    X(U32, generation, 0)                                                                          \
    X(U64, map_id, 0)                                                                              \
    X(U32, traffic_version, 0)                                                                     \
    X(BOOL, automatic, 0)                                                                          \
    X(U32, together, 0)

#define CANDIDATE_FIELDS(X)                                                                        \
    X(U32, unit_id, 0)                                                                             \
    X(U32, travel_ms, 0)                                                                           \
    X(POINT, at, 0)                                                                                \
    X(U32, fix_age_ms, 0)                                                                          \
    X(U8, rank, 0)                                                                                 \
    X(BOOL, in_reach, 0)                                                                           \
    X(BOOL, chosen, 0)                                                                             \
    X(BOOL, estimated, 0)                                                                          \
    X(U32, given_to, 0)

#define PREEMPTABLE_FIELDS(X)                                                                      \
    X(U32, unit_id, 0)                                                                             \
    X(U32, victim_id, 0)                                                                           \
    X(U32, priority, 0)                                                                            \
    X(U32, travel_ms, 0)                                                                           \
    X(BOOL, estimated, 0)

#define PASSED_FIELDS(X)                                                                           \
    X(U32, unit_id, 0)                                                                             \
    X(U32, distance_m, 0)                                                                          \
    X(ENUM, reason, REASON_COUNT)

#define SENT_FIELDS(X)                                                                             \
    X(U32, sent.assignment_id, 0)                                                                  \
    X(U32, sent.incident_id, 0)                                                                    \
    X(U32, sent.unit_id, 0)                                                                        \
    X(ENUM, sent.tier, TIER_COUNT)                                                                 \
    X(U32, sent.generation, 0)                                                                     \
    X(U32, sent.travel_ms, 0)                                                                      \
    X(BOOL, sent.estimated, 0)                                                                     \
    X(U32, sent.distance_m, 0)                                                                     \
    X(U32, sent.fix_age_ms, 0)                                                                     \
    X(POINT, sent.from, 0)                                                                         \
    X(BOOL, sent.additional, 0)                                                                    \
    X(BOOL, sent.automatic, 0)                                                                     \
    X(U32, sent.rank, 0)                                                                           \
    X(U32, sent.version, 0)

#define UPDATED_FIELDS(X)                                                                          \
    X(U32, updated.assignment_id, 0)                                                               \
    X(U32, updated.incident_id, 0)                                                                 \
    X(U32, updated.unit_id, 0)                                                                     \
    X(ENUM, updated.tier, TIER_COUNT)                                                              \
    X(ENUM, updated.state, ASSIGNMENT_STATE_COUNT)                                                 \
    X(ENUM, updated.source, SOURCE_COUNT)                                                          \
    X(ENUM, updated.reason, REASON_COUNT)                                                          \
    X(I64, updated.device_ms, 0)                                                                   \
    X(BOOL, updated.late, 0)                                                                       \
    X(BOOL, updated.skipped, 0)                                                                    \
    X(BOOL, updated.has_position, 0)                                                               \
    X(POINT, updated.at, 0)                                                                        \
    X(U32, updated.fix_age_ms, 0)                                                                  \
    X(U32, updated.version, 0)                                                                     \
    X(U32, updated.other_id, 0)                                                                    \
    X(TEXT, updated.note, 0)

#define STEP_FIELDS(X)                                                                             \
    X(U32, step.assignment_id, 0)                                                                  \
    X(U32, step.incident_id, 0)                                                                    \
    X(U32, step.unit_id, 0)                                                                        \
    X(ENUM, step.tier, TIER_COUNT)                                                                 \
    X(ENUM, step.step, LADDER_STEP_COUNT)                                                          \
    X(U32, step.version, 0)

#define INCIDENT_FIELDS(X)                                                                         \
    X(U32, incident.incident_id, 0)                                                                \
    X(U32, incident.generation, 0)                                                                 \
    X(ENUM, incident.type, INCIDENT_TYPE_COUNT)                                                    \
    X(U32, incident.priority, 0)                                                                   \
    X(POINT, incident.at, 0)                                                                       \
    X(TEXT, incident.address, 0)                                                                   \
    X(ENUM, incident.district, DISTRICT_NONE + 1u)                                                 \
    X(U32, incident.circle, 0)

#define STATE_FIELDS(X)                                                                            \
    X(U32, state.incident_id, 0)                                                                   \
    X(ENUM, state.state, INCIDENT_STATE_COUNT)                                                     \
    X(ENUM, state.reason, REASON_COUNT)                                                            \
    X(TEXT, state.note, 0)

#define NOTED_FIELDS(X)                                                                            \
    X(U32, noted.incident_id, 0)                                                                   \
    X(TEXT, noted.note, 0)

#define VERDICT_FIELDS(X)                                                                          \
    X(U32, verdict.incident_id, 0)                                                                 \
    X(ENUM, verdict.tier, TIER_COUNT)                                                              \
    X(ENUM, verdict.verdict, TIER_VERDICT_COUNT)                                                   \
    X(U32, verdict.unit_id, 0)                                                                     \
    X(I64, verdict.clock_ms, 0)                                                                    \
    X(U32, verdict.elapsed_ms, 0)                                                                  \
    X(U32, verdict.target_ms, 0)                                                                   \
    X(BOOL, verdict.drill, 0)

#define DUTY_FIELDS(X)                                                                             \
    X(U32, duty.unit_id, 0)                                                                        \
    X(ENUM, duty.duty, DUTY_COUNT)                                                                 \
    X(ENUM, duty.reason, REASON_COUNT)                                                             \
    X(U16, duty.people, 0)

/* Since version 4. */
#define SIGN_ON_FIELDS(X)                                                                          \
    X(U32, duty.sign_on.equipment, 0)                                                              \
    X(TEXT, duty.sign_on.crew, 0)                                                                  \
    X(TEXT, duty.sign_on.device, 0)

#define ALARM_FIELDS(X)                                                                            \
    X(U32, alarm.alarm_id, 0)                                                                      \
    X(ENUM, alarm.kind, ALARM_KIND_COUNT)                                                          \
    X(U32, alarm.incident_id, 0)                                                                   \
    X(U32, alarm.assignment_id, 0)                                                                 \
    X(U32, alarm.unit_id, 0)                                                                       \
    X(ENUM, alarm.tier, TIER_COUNT)

/* Since version 3, after all the rest: before, every alarm was an incident's. */
#define ALARM_MORE_FIELDS(X)                                                                       \
    X(U32, alarm.circle, 0)                                                                        \
    X(ENUM, alarm.district, DISTRICT_NONE + 1u)

/* Since version 5, after those. */
#define ALARM_LAST_FIELDS(X) X(U32, alarm.checkpoint, 0)

#define SHELVED_FIELDS(X)                                                                          \
    X(I64, alarm.until_ms, 0)                                                                      \
    X(ENUM, alarm.reason, REASON_COUNT)                                                            \
    X(TEXT, alarm.note, 0)

#define WARNED_FIELDS(X)                                                                           \
    X(U32, warned.incident_id, 0)                                                                  \
    X(ENUM, warned.level, WARN_LEVEL_COUNT)                                                        \
    X(TEXT, warned.text, 0)

#define NOTICE_FIELDS(X)                                                                           \
    X(U32, notice.assignment_id, 0)                                                                \
    X(U32, notice.incident_id, 0)                                                                  \
    X(U32, notice.unit_id, 0)                                                                      \
    X(ENUM, notice.tier, TIER_COUNT)                                                               \
    X(U32, notice.number, 0)                                                                       \
    X(U32, notice.kinds, 0)

#define NOTICED_FIELDS(X)                                                                          \
    X(U32, noticed.assignment_id, 0)                                                               \
    X(U32, noticed.incident_id, 0)                                                                 \
    X(U32, noticed.unit_id, 0)                                                                     \
    X(U32, noticed.number, 0)                                                                      \
    X(ENUM, noticed.state, NOTICE_STATE_COUNT)                                                     \
    X(ENUM, noticed.source, SOURCE_COUNT)                                                          \
    X(I64, noticed.device_ms, 0)

#define NOTICE_STEP_FIELDS(X)                                                                      \
    X(U32, notice_step.assignment_id, 0)                                                           \
    X(U32, notice_step.incident_id, 0)                                                             \
    X(U32, notice_step.unit_id, 0)                                                                 \
    X(ENUM, notice_step.tier, TIER_COUNT)                                                          \
    X(U32, notice_step.number, 0)                                                                  \
    X(ENUM, notice_step.step, LADDER_STEP_COUNT)

#define PANIC_FIELDS(X)                                                                            \
    X(U32, panic.unit_id, 0)                                                                       \
    X(U32, panic.incident_id, 0)                                                                   \
    X(ENUM, panic.place, PANIC_PLACE_COUNT)                                                        \
    X(U32, panic.in_charge, 0)                                                                     \
    X(ENUM, panic.source, SOURCE_COUNT)                                                            \
    X(I64, panic.device_ms, 0)

#define WIDENED_FIELDS(X)                                                                          \
    X(U32, panic_end.unit_id, 0)                                                                   \
    X(U32, panic_end.incident_id, 0)

#define PANIC_CLOSED_FIELDS(X)                                                                     \
    X(U32, panic_end.unit_id, 0)                                                                   \
    X(U32, panic_end.incident_id, 0)                                                               \
    X(ENUM, panic_end.reason, REASON_COUNT)                                                        \
    X(TEXT, panic_end.note, 0)

#define PAR_FIELDS(X)                                                                              \
    X(U32, par.assignment_id, 0)                                                                   \
    X(U32, par.incident_id, 0)                                                                     \
    X(U32, par.unit_id, 0)                                                                         \
    X(ENUM, par.source, SOURCE_COUNT)                                                              \
    X(I64, par.device_ms, 0)

#define ARCHIVED_FIELDS(X) X(U32, archived.incident_id, 0)

#define REFUSED_FIELDS(X)                                                                          \
    X(ENUM, refused.command, COMMAND_KIND_COUNT)                                                   \
    X(ENUM, refused.reason, REASON_COUNT)                                                          \
    X(U32, refused.incident_id, 0)                                                                 \
    X(U32, refused.assignment_id, 0)                                                               \
    X(U32, refused.unit_id, 0)                                                                     \
    X(U32, refused.generation, 0)                                                                  \
    X(TEXT, refused.by, 0)                                                                         \
    X(I64, refused.by_ms, 0)                                                                       \
    X(U32, refused.count, 0)

#define HELD_FIELDS(X)                                                                             \
    X(U32, held.incident_id, 0)                                                                    \
    X(ENUM, held.reason, REASON_COUNT)                                                             \
    X(I64, held.review_ms, 0)                                                                      \
    X(TEXT, held.note, 0)

#define RELEASED_FIELDS(X)                                                                         \
    X(U32, released.incident_id, 0)                                                                \
    X(TEXT, released.note, 0)

#define REOPENED_FIELDS(X)                                                                         \
    X(U32, reopened.incident_id, 0)                                                                \
    X(U32, reopened.generation, 0)                                                                 \
    X(ENUM, reopened.state, INCIDENT_STATE_COUNT)                                                  \
    X(ENUM, reopened.reason, REASON_COUNT)                                                         \
    X(TEXT, reopened.note, 0)

#define MERGED_FIELDS(X)                                                                           \
    X(U32, merged.incident_id, 0)                                                                  \
    X(U32, merged.into_id, 0)                                                                      \
    X(U32, merged.report_count, 0)                                                                 \
    X(TEXT, merged.note, 0)

#define OWNED_FIELDS(X)                                                                            \
    X(U32, owned.incident_id, 0)                                                                   \
    X(TEXT, owned.owner, 0)                                                                        \
    X(TEXT, owned.from, 0)                                                                         \
    X(TEXT, owned.note, 0)

#define LINKED_FIELDS(X)                                                                           \
    X(U32, linked.report_id, 0)                                                                    \
    X(U32, linked.from_id, 0)                                                                      \
    X(U32, linked.incident_id, 0)                                                                  \
    X(BOOL, linked.opens, 0)

#define ANSWERED_FIELDS(X)                                                                         \
    X(U32, answered.report_id, 0)                                                                  \
    X(U32, answered.incident_id, 0)                                                                \
    X(TEXT, answered.note, 0)

#define CORRECTED_FIELDS(X)                                                                        \
    X(U32, corrected.assignment_id, 0)                                                             \
    X(U32, corrected.incident_id, 0)                                                               \
    X(U32, corrected.unit_id, 0)                                                                   \
    X(ENUM, corrected.milestone, ASSIGNMENT_STATE_COUNT)                                           \
    X(I64, corrected.was_ms, 0)                                                                    \
    X(I64, corrected.corrected_ms, 0)                                                              \
    X(TEXT, corrected.note, 0)

#define REFERRED_FIELDS(X)                                                                         \
    X(U32, referred.referral_id, 0)                                                                \
    X(U32, referred.incident_id, 0)                                                                \
    X(U32, referred.centre, 0)                                                                     \
    X(ENUM, referred.kind, CENTRE_KIND_COUNT)                                                      \
    X(U32, referred.generation, 0)                                                                 \
    X(I64, referred.answer_by_ms, 0)                                                               \
    X(I64, referred.feedback_by_ms, 0)                                                             \
    X(TEXT, referred.note, 0)

#define REFERRAL_FIELDS(X)                                                                         \
    X(U32, referral.referral_id, 0)                                                                \
    X(U32, referral.incident_id, 0)                                                                \
    X(U32, referral.centre, 0)                                                                     \
    X(ENUM, referral.state, REFERRAL_STATE_COUNT)                                                  \
    X(U32, referral.version, 0)                                                                    \
    X(U32, referral.generation, 0)                                                                 \
    X(ENUM, referral.reason, REASON_COUNT)                                                         \
    X(TEXT, referral.units, 0)                                                                     \
    X(TEXT, referral.note, 0)

#define AUDIT_FIELDS(X) X(TEXT, audit.text, 0)

static void put_outline(struct byte_writer *w, uint32_t ring_count, const uint32_t ring_sizes[],
                        const struct geo_point corners[])
{
    assert(ring_count <= DISTRICT_RINGS_MAX);
    bytes_put_u32(w, ring_count);
    uint32_t points = 0;
    for (uint32_t i = 0; i < ring_count; i++) {
        bytes_put_u32(w, ring_sizes[i]);
        points += ring_sizes[i];
    }
    assert(points <= DISTRICT_POINTS_MAX);
    for (uint32_t i = 0; i < points; i++) {
        bytes_put_point(w, corners[i]);
    }
}

/* Answers how many rings there are; the arrays hold what an event holds. */
static uint32_t get_outline(struct byte_reader *r, uint32_t ring_sizes[],
                            struct geo_point corners[])
{
    const uint32_t ring_count = bytes_get_u32(r);
    if (ring_count > DISTRICT_RINGS_MAX) {
        r->bad = true;
        return 0;
    }
    uint32_t points = 0;
    for (uint32_t i = 0; i < ring_count && !r->bad; i++) {
        const uint32_t size = bytes_get_u32(r);
        ring_sizes[i] = size;
        r->bad = r->bad || size < 3 || size > DISTRICT_POINTS_MAX - points;
        points += size;
    }
    for (uint32_t i = 0; i < points && !r->bad; i++) {
        corners[i] = bytes_get_point(r);
    }
    return ring_count;
}

static void put_district(struct byte_writer *w, const struct event *item)
{
    bytes_put_u8(w, item->district.index);
    bytes_put_text(w, item->district.code, CODE_SIZE);
    bytes_put_text(w, item->district.name, NAME_SIZE);
    put_outline(w, item->district.ring_count, item->district.ring_sizes, item->district.points);
}

static void get_district(struct byte_reader *r, struct event *item)
{
    item->district.index = bytes_get_below(r, DISTRICTS_MAX);
    bytes_get_text(r, item->district.code, CODE_SIZE);
    bytes_get_text(r, item->district.name, NAME_SIZE);
    item->district.ring_count = get_outline(r, item->district.ring_sizes, item->district.points);
}

static void put_area(struct byte_writer *w, const struct event *item)
{
    bytes_put_u32(w, item->area.index);
    bytes_put_u8(w, (uint8_t)item->area.kind);
    bytes_put_text(w, item->area.code, CODE_SIZE);
    bytes_put_text(w, item->area.name, NAME_SIZE);
    put_outline(w, item->area.ring_count, item->area.ring_sizes, item->area.points);
}

static void get_area(struct byte_reader *r, struct event *item)
{
    item->area.index = bytes_get_u32(r);
    item->area.kind = (enum area_kind)bytes_get_below(r, AREA_KIND_COUNT);
    bytes_get_text(r, item->area.code, CODE_SIZE);
    bytes_get_text(r, item->area.name, NAME_SIZE);
    item->area.ring_count = get_outline(r, item->area.ring_sizes, item->area.points);
}

void event_codec_put_rota(struct byte_writer *w, const struct circle_definition *circle)
{
    assert(circle->shift_count <= CIRCLE_SHIFTS_MAX);
    bytes_put_u8(w, (uint8_t)circle->shift_count);
    for (uint32_t i = 0; i < circle->shift_count; i++) {
        bytes_put_u16(w, circle->shifts[i].from_min);
        bytes_put_u16(w, circle->shifts[i].minimum);
    }
}

void event_codec_get_rota(struct byte_reader *r, struct circle_definition *circle)
{
    circle->shift_count = bytes_get_below(r, CIRCLE_SHIFTS_MAX + 1u);
    for (uint32_t i = 0; i < CIRCLE_SHIFTS_MAX; i++) {
        const bool is_there = i < circle->shift_count;
        circle->shifts[i].from_min = is_there ? bytes_get_u16(r) : 0;
        circle->shifts[i].minimum = is_there ? bytes_get_u16(r) : 0;
    }
}

void event_codec_put_stops(struct byte_writer *w, const struct checkpoint_definition *route)
{
    assert(route->stop_count <= ROUTE_STOPS_MAX);
    bytes_put_u8(w, (uint8_t)route->stop_count);
    for (uint32_t i = 0; i < route->stop_count; i++) {
        bytes_put_u16(w, route->stops[i]);
    }
}

void event_codec_get_stops(struct byte_reader *r, struct checkpoint_definition *route)
{
    route->stop_count = bytes_get_below(r, ROUTE_STOPS_MAX + 1u);
    for (uint32_t i = 0; i < ROUTE_STOPS_MAX; i++) {
        route->stops[i] = i < route->stop_count ? bytes_get_u16(r) : 0;
    }
}

/* Versions before 8 knew no routes. */
static void get_checkpoint_stops(struct byte_reader *r, struct checkpoint_definition *route,
                                 uint8_t version)
{
    if (version >= 8) {
        event_codec_get_stops(r, route);
        return;
    }
    route->stop_count = 0;
    memset(route->stops, 0, sizeof route->stops);
}

/* Versions before 7 knew none. */
static void get_circle_rota(struct byte_reader *r, struct circle_definition *circle,
                            uint8_t version)
{
    if (version >= 7) {
        event_codec_get_rota(r, circle);
        return;
    }
    circle->shift_count = 0;
    memset(circle->shifts, 0, sizeof circle->shifts);
}

void event_codec_put_plan_units(struct byte_writer *w, const struct circle_plan *plan)
{
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        assert(plan->unit_counts[tier] <= TIER_UNITS_MAX);
        bytes_put_u8(w, (uint8_t)plan->unit_counts[tier]);
        for (uint32_t i = 0; i < plan->unit_counts[tier]; i++) {
            bytes_put_u32(w, plan->units[tier][i]);
        }
    }
}

void event_codec_get_plan_units(struct byte_reader *r, struct circle_plan *plan)
{
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        plan->unit_counts[tier] = bytes_get_below(r, TIER_UNITS_MAX + 1u);
        for (uint32_t i = 0; i < TIER_UNITS_MAX; i++) {
            plan->units[tier][i] = i < plan->unit_counts[tier] ? bytes_get_u32(r) : 0;
        }
    }
}

static void put_candidate(struct byte_writer *w, const struct candidate *item)
{
    CANDIDATE_FIELDS(PUT)
}

static void get_candidate(struct byte_reader *r, struct candidate *item)
{
    CANDIDATE_FIELDS(GET)
}

static void put_preemptable(struct byte_writer *w, const struct preemptable *item)
{
    PREEMPTABLE_FIELDS(PUT)
}

static void get_preemptable(struct byte_reader *r, struct preemptable *item)
{
    PREEMPTABLE_FIELDS(GET)
}

static void put_passed(struct byte_writer *w, const struct passed_over *item)
{
    PASSED_FIELDS(PUT)
}

static void get_passed(struct byte_reader *r, struct passed_over *item)
{
    PASSED_FIELDS(GET)
}

/* Since version 4, after the rest: which wave it is, and whose area, a bit a candidate. */
static void put_decision_more(struct byte_writer *w, const struct decision_made *item)
{
    uint32_t own = 0;
    for (uint32_t i = 0; i < item->candidate_count; i++) {
        own |= item->candidates[i].own_area ? 1u << i : 0;
    }
    bytes_put_u8(w, item->wave);
    bytes_put_u8(w, item->area_first ? 1 : 0);
    bytes_put_u32(w, own);
}

/* Since version 6, after that: the circle's plan, and whom it names. */
static void put_decision_plan(struct byte_writer *w, const struct decision_made *item)
{
    uint32_t candidates = 0;
    uint32_t passed = 0;
    for (uint32_t i = 0; i < item->candidate_count; i++) {
        candidates |= item->candidates[i].by_plan ? 1u << i : 0;
    }
    for (uint32_t i = 0; i < item->passed_count; i++) {
        passed |= item->passed[i].by_plan ? 1u << i : 0;
    }
    bytes_put_u32(w, item->plan);
    bytes_put_u32(w, candidates);
    bytes_put_u32(w, passed);
}

static void get_decision_plan(struct byte_reader *r, struct decision_made *item, uint8_t version)
{
    item->plan = version >= 6 ? bytes_get_u32(r) : PLAN_NONE;
    const uint32_t candidates = version >= 6 ? bytes_get_u32(r) : 0;
    const uint32_t passed = version >= 6 ? bytes_get_u32(r) : 0;
    for (uint32_t i = 0; i < item->candidate_count; i++) {
        item->candidates[i].by_plan = (candidates >> i & 1u) != 0;
    }
    for (uint32_t i = 0; i < item->passed_count; i++) {
        item->passed[i].by_plan = (passed >> i & 1u) != 0;
    }
    r->bad = r->bad || (uint64_t)candidates >> item->candidate_count != 0 ||
             (uint64_t)passed >> item->passed_count != 0;
}
_Static_assert(CANDIDATES_MAX <= 32, "a bit a candidate");

static void get_decision_more(struct byte_reader *r, struct decision_made *item, uint8_t version)
{
    item->wave = version >= 4 ? bytes_get_u8(r) : 0;
    item->area_first = version >= 4 && bytes_get_bool(r);
    const uint32_t own = version >= 4 ? bytes_get_u32(r) : 0;
    for (uint32_t i = 0; i < item->candidate_count; i++) {
        item->candidates[i].own_area = (own >> i & 1u) != 0;
    }
    r->bad = r->bad || (uint64_t)own >> item->candidate_count != 0;
}

void event_codec_put_decision(struct byte_writer *w, const struct decision_made *item)
{
    DECISION_FIELDS(PUT)
    assert(item->candidate_count <= CANDIDATES_MAX);
    assert(item->passed_count <= CANDIDATES_MAX);
    bytes_put_u8(w, (uint8_t)item->candidate_count);
    for (uint32_t i = 0; i < item->candidate_count; i++) {
        put_candidate(w, &item->candidates[i]);
    }
    assert(item->preemptable_count <= PREEMPTABLE_MAX);
    bytes_put_u8(w, (uint8_t)item->preemptable_count);
    for (uint32_t i = 0; i < item->preemptable_count; i++) {
        put_preemptable(w, &item->preemptable[i]);
    }
    bytes_put_u8(w, (uint8_t)item->passed_count);
    for (uint32_t i = 0; i < item->passed_count; i++) {
        put_passed(w, &item->passed[i]);
    }
    uint8_t reasons = 0;
    for (uint32_t i = 0; i < REASON_COUNT; i++) {
        reasons = (uint8_t)(reasons + (item->passed_by_reason[i] > 0 ? 1 : 0));
    }
    bytes_put_u8(w, reasons);
    for (uint32_t i = 0; i < REASON_COUNT; i++) {
        if (item->passed_by_reason[i] > 0) {
            bytes_put_u8(w, (uint8_t)i);
            bytes_put_u32(w, item->passed_by_reason[i]);
        }
    }
    put_decision_more(w, item);
    put_decision_plan(w, item);
}

static void get_decision(struct byte_reader *r, struct decision_made *item, uint8_t version)
{
    DECISION_FIELDS(GET)
    item->candidate_count = bytes_get_below(r, CANDIDATES_MAX + 1u);
    for (uint32_t i = 0; i < item->candidate_count; i++) {
        get_candidate(r, &item->candidates[i]);
    }
    item->preemptable_count = bytes_get_below(r, PREEMPTABLE_MAX + 1u);
    for (uint32_t i = 0; i < item->preemptable_count; i++) {
        get_preemptable(r, &item->preemptable[i]);
    }
    item->passed_count = bytes_get_below(r, CANDIDATES_MAX + 1u);
    for (uint32_t i = 0; i < item->passed_count; i++) {
        get_passed(r, &item->passed[i]);
    }
    for (uint32_t i = 0; i < REASON_COUNT; i++) {
        item->passed_by_reason[i] = 0;
    }
    const uint8_t reasons = bytes_get_below(r, REASON_COUNT + 1u);
    uint32_t next = 0; /* rising, none of them zero: one way to say it */
    for (uint32_t i = 0; i < reasons && !r->bad; i++) {
        const uint8_t reason = bytes_get_below(r, REASON_COUNT);
        item->passed_by_reason[reason] = bytes_get_u32(r);
        r->bad = r->bad || reason < next || item->passed_by_reason[reason] == 0;
        next = reason + 1u;
    }
    get_decision_more(r, item, version);
    get_decision_plan(r, item, version);
}

void event_codec_get_decision(struct byte_reader *r, struct decision_made *item)
{
    get_decision(r, item, BODY_VERSION);
}

#define POLICY_FIELDS(X)                                                                           \
    X(TEXT, name, 0)                                                                               \
    X(ENUM, clock_start, CLOCK_START_COUNT)                                                        \
    X(ENUM, preempt, PREEMPT_COUNT)                                                                \
    X(U32, search_ms, 0)                                                                           \
    X(U32, reopen_ms, 0)                                                                           \
    X(U32, merge_distance_m, 0)                                                                    \
    X(U32, merge_ms, 0)                                                                            \
    X(U32, par_ms, 0)

/* Since version 2, after all the rest. */
#define POLICY_MORE_FIELDS(X)                                                                      \
    X(U32, par_answer_ms, 0)                                                                       \
    X(U32, panic_widen_ms, 0)                                                                      \
    X(U32, tiers[TIER_1].second_channel_ms, 0)                                                     \
    X(U32, tiers[TIER_3].second_channel_ms, 0)                                                     \
    X(U32, tiers[TIER_5].second_channel_ms, 0)

/* Since version 4, after those. */
#define POLICY_LAST_FIELDS(X)                                                                      \
    X(BOOL, tiers[TIER_1].area_first, 0)                                                           \
    X(BOOL, tiers[TIER_3].area_first, 0)                                                           \
    X(BOOL, tiers[TIER_5].area_first, 0)                                                           \
    X(U32, volunteers.types, 0)                                                                    \
    X(U32, volunteers.wanted, 0)                                                                   \
    X(U32, volunteers.wave_units, 0)                                                               \
    X(U32, volunteers.waves_max, 0)                                                                \
    X(U32, volunteers.wave_ms, 0)                                                                  \
    X(U32, receipt_ms, 0)                                                                          \
    X(U32, feedback_ms, 0)                                                                         \
    X(U32, help_ms, 0)
#define PAR_ANSWER_MS  60000u /* as it was before it could be said */
#define PANIC_WIDEN_MS 15000u

#define TIER_POLICY_FIELDS(X)                                                                      \
    X(U32, kinds, 0)                                                                               \
    X(U32, target_ms, 0)                                                                           \
    X(U32, ack_ms, 0)                                                                              \
    X(U32, turnout_ms, 0)                                                                          \
    X(U32, units, 0)                                                                               \
    X(BOOL, beyond_reach, 0)                                                                       \
    X(U32, resend_ms, 0)                                                                           \
    X(U32, additional_ms, 0)                                                                       \
    X(U32, dispatcher_ms, 0)                                                                       \
    X(U32, supervisor_ms, 0)

static void put_tier_policy(struct byte_writer *w, const struct tier_policy *item)
{
    TIER_POLICY_FIELDS(PUT)
}

static void get_tier_policy(struct byte_reader *r, struct tier_policy *item)
{
    TIER_POLICY_FIELDS(GET)
}

void event_codec_put_policy(struct byte_writer *w, const struct policy *item)
{
    POLICY_FIELDS(PUT)
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        put_tier_policy(w, &item->tiers[tier]);
    }
    for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
        bytes_put_u32(w, item->fix_age_ms[kind]);
    }
    for (uint32_t i = 0; i < PRIORITY_MAX; i++) {
        bytes_put_u32(w, item->undispatched_ms[i]);
    }
    for (uint32_t type = 0; type < INCIDENT_TYPE_COUNT; type++) {
        bytes_put_u32(w, item->priorities[type]);
        for (uint32_t i = 0; i < PRIORITY_MAX * TIER_COUNT; i++) {
            const struct plan *plan = &item->plans[type][i / TIER_COUNT];
            bytes_put_u32(w, plan->units[i % TIER_COUNT]);
            bytes_put_u32(w, plan->capabilities[i % TIER_COUNT]);
        }
    }
    POLICY_MORE_FIELDS(PUT)
    POLICY_LAST_FIELDS(PUT)
}

static void get_policy_first(struct byte_reader *r, struct policy *item)
{
    POLICY_FIELDS(GET)
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        get_tier_policy(r, &item->tiers[tier]);
    }
    for (uint32_t kind = 0; kind < UNIT_KIND_COUNT; kind++) {
        item->fix_age_ms[kind] = bytes_get_u32(r);
    }
    for (uint32_t i = 0; i < PRIORITY_MAX; i++) {
        item->undispatched_ms[i] = bytes_get_u32(r);
    }
    for (uint32_t type = 0; type < INCIDENT_TYPE_COUNT; type++) {
        item->priorities[type] = bytes_get_u32(r);
        for (uint32_t i = 0; i < PRIORITY_MAX * TIER_COUNT; i++) {
            struct plan *plan = &item->plans[type][i / TIER_COUNT];
            plan->units[i % TIER_COUNT] = bytes_get_u32(r);
            plan->capabilities[i % TIER_COUNT] = bytes_get_u32(r);
        }
    }
}

static void get_policy_more(struct byte_reader *r, struct policy *item)
{
    POLICY_MORE_FIELDS(GET)
}

static void get_policy_last(struct byte_reader *r, struct policy *item)
{
    POLICY_LAST_FIELDS(GET)
}

/* What a version did not say yet is as it was then. */
static void get_policy(struct byte_reader *r, struct policy *item, uint8_t version)
{
    get_policy_first(r, item);
    item->par_answer_ms = PAR_ANSWER_MS;
    item->panic_widen_ms = PANIC_WIDEN_MS;
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        item->tiers[tier].second_channel_ms = 0;
        item->tiers[tier].area_first = false;
    }
    item->volunteers = (struct volunteer_policy){0};
    item->receipt_ms = POLICY_RECEIPT_MS;
    item->feedback_ms = POLICY_FEEDBACK_MS;
    item->help_ms = POLICY_HELP_MS;
    if (version >= 2) {
        get_policy_more(r, item);
    }
    if (version >= 4) {
        get_policy_last(r, item);
    }
    r->bad = r->bad || !policy_valid(item);
}

void event_codec_get_policy(struct byte_reader *r, struct policy *item)
{
    get_policy(r, item, BODY_VERSION);
}

static void put_areas(struct byte_writer *w, const uint32_t areas[AREA_KIND_COUNT])
{
    for (uint32_t i = 0; i < AREA_KIND_COUNT; i++) {
        bytes_put_u32(w, areas[i]);
    }
}

static void put_body(struct byte_writer *w, const struct event *item)
{
    switch (item->kind) {
    case EVENT_DISTRICT_PUT:
        put_district(w, item);
        break;
    case EVENT_AREA_PUT:
        put_area(w, item);
        break;
    case EVENT_CIRCLE_PUT:
        CIRCLE_FIELDS(PUT)
        event_codec_put_rota(w, &item->circle.circle);
        break;
    case EVENT_UNIT_PUT:
        UNIT_FIELDS(PUT)
        bytes_put_u32(w, item->unit.unit.area); /* since version 4, as what follows */
        break;
    case EVENT_REPORT_RECEIVED:
        REPORT_FIELDS(PUT)
        break;
    case EVENT_INCIDENT_OPENED:
        OPENED_FIELDS(PUT)
        put_areas(w, item->opened.areas);
        bytes_put_u32(w, item->opened.plan_version); /* since version 6, as in incident.updated */
        break;
    case EVENT_DECISION_MADE:
        event_codec_put_decision(w, &item->decision);
        break;
    case EVENT_ASSIGNMENT_SENT:
        SENT_FIELDS(PUT)
        bytes_put_u8(w, item->sent.wave);
        break;
    case EVENT_ASSIGNMENT_UPDATED:
        UPDATED_FIELDS(PUT)
        break;
    case EVENT_ASSIGNMENT_STEP:
        STEP_FIELDS(PUT)
        break;
    case EVENT_INCIDENT_UPDATED:
        INCIDENT_FIELDS(PUT)
        put_areas(w, item->incident.areas);
        bytes_put_u32(w, item->incident.plan_version);
        break;
    case EVENT_INCIDENT_STATE:
        STATE_FIELDS(PUT)
        break;
    case EVENT_INCIDENT_NOTED:
        NOTED_FIELDS(PUT)
        break;
    case EVENT_TIER_VERDICT:
        VERDICT_FIELDS(PUT)
        break;
    case EVENT_UNIT_DUTY:
        DUTY_FIELDS(PUT)
        SIGN_ON_FIELDS(PUT)
        break;
    case EVENT_ALARM_RAISED:
    case EVENT_ALARM_ACKED:
    case EVENT_ALARM_CLEARED:
    case EVENT_ALARM_RETURNED:
        ALARM_FIELDS(PUT)
        ALARM_MORE_FIELDS(PUT)
        ALARM_LAST_FIELDS(PUT)
        break;
    case EVENT_ALARM_SHELVED:
        ALARM_FIELDS(PUT)
        SHELVED_FIELDS(PUT)
        ALARM_MORE_FIELDS(PUT)
        ALARM_LAST_FIELDS(PUT)
        break;
    case EVENT_INCIDENT_ARCHIVED:
        ARCHIVED_FIELDS(PUT)
        break;
    case EVENT_COMMAND_REFUSED:
        REFUSED_FIELDS(PUT)
        break;
    case EVENT_AUDIT:
        AUDIT_FIELDS(PUT)
        break;
    case EVENT_INCIDENT_WARNED:
        WARNED_FIELDS(PUT)
        break;
    case EVENT_NOTICE_SENT:
        NOTICE_FIELDS(PUT)
        break;
    case EVENT_NOTICE_UPDATED:
        NOTICED_FIELDS(PUT)
        break;
    case EVENT_NOTICE_STEP:
        NOTICE_STEP_FIELDS(PUT)
        break;
    case EVENT_UNIT_PANIC:
        PANIC_FIELDS(PUT)
        break;
    case EVENT_PANIC_WIDENED:
        WIDENED_FIELDS(PUT)
        break;
    case EVENT_PANIC_CLOSED:
        PANIC_CLOSED_FIELDS(PUT)
        break;
    case EVENT_ASSIGNMENT_PAR:
        PAR_FIELDS(PUT)
        break;
    case EVENT_DISTRICTS_CLEARED:
    case EVENT_AREAS_CLEARED:
        break;
    case EVENT_POLICY_PUT:
        bytes_put_u32(w, item->policy.version);
        bytes_put_u64(w, item->policy.origin);
        event_codec_put_policy(w, &item->policy.policy);
        break;
    case EVENT_INCIDENT_HELD:
        HELD_FIELDS(PUT)
        break;
    case EVENT_INCIDENT_RELEASED:
        RELEASED_FIELDS(PUT)
        break;
    case EVENT_INCIDENT_REOPENED:
        REOPENED_FIELDS(PUT)
        break;
    case EVENT_INCIDENT_MERGED:
        MERGED_FIELDS(PUT)
        break;
    case EVENT_INCIDENT_OWNED:
        OWNED_FIELDS(PUT)
        break;
    case EVENT_REPORT_LINKED:
        LINKED_FIELDS(PUT)
        break;
    case EVENT_REPORT_ANSWERED:
        ANSWERED_FIELDS(PUT)
        break;
    case EVENT_MILESTONE_CORRECTED:
        CORRECTED_FIELDS(PUT)
        break;
    case EVENT_CENTRE_PUT:
        CENTRE_FIELDS(PUT)
        break;
    case EVENT_PLAN_PUT:
        PLAN_FIELDS(PUT)
        event_codec_put_plan_units(w, &item->plan.plan);
        break;
    case EVENT_REFERRAL_SENT:
        REFERRED_FIELDS(PUT)
        break;
    case EVENT_REFERRAL_UPDATED:
        REFERRAL_FIELDS(PUT)
        break;
    case EVENT_CHECKPOINT_PUT:
        CHECKPOINT_FIELDS(PUT)
        event_codec_put_stops(w, &item->checkpoint.checkpoint);
        break;
    case EVENT_CHECKPOINT_VISITED:
        VISITED_FIELDS(PUT)
        break;
    case EVENT_CHECKPOINT_OVERDUE:
        OVERDUE_FIELDS(PUT)
        break;
    case EVENT_PHOTO_ADDED:
        PHOTO_FIELDS(PUT)
        bytes_put(w, item->photo.hash, sizeof item->photo.hash);
        break;
    case EVENT_KIND_COUNT:
        assert(item->kind != EVENT_KIND_COUNT);
    }
}

static void get_alarm_more(struct byte_reader *r, struct event *item, uint8_t version)
{
    item->alarm.circle = CIRCLE_NONE;
    item->alarm.district = DISTRICT_NONE;
    item->alarm.checkpoint = CHECKPOINT_NONE;
    if (version >= 3) {
        ALARM_MORE_FIELDS(GET)
    }
    if (version >= 5) {
        ALARM_LAST_FIELDS(GET)
    }
}

static void get_sign_on(struct byte_reader *r, struct event *item, uint8_t version)
{
    item->duty.sign_on = (struct sign_on){.equipment = 0};
    if (version >= 4) {
        SIGN_ON_FIELDS(GET)
        r->bad = r->bad || item->duty.sign_on.equipment >> EQUIPMENT_COUNT != 0;
    }
}

/* Before version 4 nothing lay in an area. */
static void get_areas(struct byte_reader *r, uint32_t areas[AREA_KIND_COUNT], uint8_t version)
{
    for (uint32_t i = 0; i < AREA_KIND_COUNT; i++) {
        areas[i] = version < 4 ? AREA_NONE : bytes_get_u32(r);
    }
}

static void get_body(struct byte_reader *r, struct event *item, uint8_t version)
{
    switch (item->kind) {
    case EVENT_DISTRICT_PUT:
        get_district(r, item);
        break;
    case EVENT_AREA_PUT:
        get_area(r, item);
        break;
    case EVENT_CIRCLE_PUT:
        CIRCLE_FIELDS(GET)
        get_circle_rota(r, &item->circle.circle, version);
        break;
    case EVENT_UNIT_PUT:
        UNIT_FIELDS(GET)
        item->unit.unit.area = version < 4 ? AREA_NONE : bytes_get_u32(r);
        break;
    case EVENT_REPORT_RECEIVED:
        REPORT_FIELDS(GET)
        break;
    case EVENT_INCIDENT_OPENED:
        OPENED_FIELDS(GET)
        get_areas(r, item->opened.areas, version);
        item->opened.plan_version = version < 6 ? 0 : bytes_get_u32(r);
        break;
    case EVENT_DECISION_MADE:
        get_decision(r, &item->decision, version);
        break;
    case EVENT_ASSIGNMENT_SENT:
        SENT_FIELDS(GET)
        item->sent.wave = version < 4 ? 0 : bytes_get_u8(r);
        break;
    case EVENT_ASSIGNMENT_UPDATED:
        UPDATED_FIELDS(GET)
        break;
    case EVENT_ASSIGNMENT_STEP:
        STEP_FIELDS(GET)
        break;
    case EVENT_INCIDENT_UPDATED:
        INCIDENT_FIELDS(GET)
        get_areas(r, item->incident.areas, version);
        item->incident.plan_version = version < 6 ? 0 : bytes_get_u32(r);
        break;
    case EVENT_INCIDENT_STATE:
        STATE_FIELDS(GET)
        break;
    case EVENT_INCIDENT_NOTED:
        NOTED_FIELDS(GET)
        break;
    case EVENT_TIER_VERDICT:
        VERDICT_FIELDS(GET)
        break;
    case EVENT_UNIT_DUTY:
        DUTY_FIELDS(GET)
        get_sign_on(r, item, version);
        break;
    case EVENT_ALARM_RAISED:
    case EVENT_ALARM_ACKED:
    case EVENT_ALARM_CLEARED:
    case EVENT_ALARM_RETURNED:
        ALARM_FIELDS(GET)
        get_alarm_more(r, item, version);
        break;
    case EVENT_ALARM_SHELVED:
        ALARM_FIELDS(GET)
        SHELVED_FIELDS(GET)
        get_alarm_more(r, item, version);
        break;
    case EVENT_INCIDENT_ARCHIVED:
        ARCHIVED_FIELDS(GET)
        break;
    case EVENT_COMMAND_REFUSED:
        REFUSED_FIELDS(GET)
        break;
    case EVENT_AUDIT:
        AUDIT_FIELDS(GET)
        break;
    case EVENT_INCIDENT_WARNED:
        WARNED_FIELDS(GET)
        break;
    case EVENT_NOTICE_SENT:
        NOTICE_FIELDS(GET)
        break;
    case EVENT_NOTICE_UPDATED:
        NOTICED_FIELDS(GET)
        break;
    case EVENT_NOTICE_STEP:
        NOTICE_STEP_FIELDS(GET)
        break;
    case EVENT_UNIT_PANIC:
        PANIC_FIELDS(GET)
        break;
    case EVENT_PANIC_WIDENED:
        WIDENED_FIELDS(GET)
        break;
    case EVENT_PANIC_CLOSED:
        PANIC_CLOSED_FIELDS(GET)
        break;
    case EVENT_ASSIGNMENT_PAR:
        PAR_FIELDS(GET)
        break;
    case EVENT_DISTRICTS_CLEARED:
    case EVENT_AREAS_CLEARED:
        break;
    case EVENT_POLICY_PUT:
        item->policy.version = bytes_get_u32(r);
        item->policy.origin = bytes_get_u64(r);
        get_policy(r, &item->policy.policy, version);
        break;
    case EVENT_INCIDENT_HELD:
        HELD_FIELDS(GET)
        break;
    case EVENT_INCIDENT_RELEASED:
        RELEASED_FIELDS(GET)
        break;
    case EVENT_INCIDENT_REOPENED:
        REOPENED_FIELDS(GET)
        break;
    case EVENT_INCIDENT_MERGED:
        MERGED_FIELDS(GET)
        break;
    case EVENT_INCIDENT_OWNED:
        OWNED_FIELDS(GET)
        break;
    case EVENT_REPORT_LINKED:
        LINKED_FIELDS(GET)
        break;
    case EVENT_REPORT_ANSWERED:
        ANSWERED_FIELDS(GET)
        break;
    case EVENT_MILESTONE_CORRECTED:
        CORRECTED_FIELDS(GET)
        break;
    case EVENT_CENTRE_PUT:
        CENTRE_FIELDS(GET)
        break;
    case EVENT_PLAN_PUT:
        PLAN_FIELDS(GET)
        event_codec_get_plan_units(r, &item->plan.plan);
        break;
    case EVENT_REFERRAL_SENT:
        REFERRED_FIELDS(GET)
        break;
    case EVENT_REFERRAL_UPDATED:
        REFERRAL_FIELDS(GET)
        break;
    case EVENT_CHECKPOINT_PUT:
        CHECKPOINT_FIELDS(GET)
        get_checkpoint_stops(r, &item->checkpoint.checkpoint, version);
        break;
    case EVENT_CHECKPOINT_VISITED:
        VISITED_FIELDS(GET)
        break;
    case EVENT_CHECKPOINT_OVERDUE:
        OVERDUE_FIELDS(GET)
        break;
    case EVENT_PHOTO_ADDED:
        PHOTO_FIELDS(GET)
        for (size_t i = 0; i < sizeof item->photo.hash; i++) {
            item->photo.hash[i] = bytes_get_u8(r);
        }
        break;
    case EVENT_KIND_COUNT:
        r->bad = true;
        break;
    }
}

size_t event_codec_encode(const struct event *event, uint8_t *bytes)
{
    return event_codec_encode_into(event, bytes, EVENT_BODY_SIZE_MAX);
}

size_t event_codec_encode_into(const struct event *event, uint8_t *bytes, size_t size_max)
{
    assert(event->kind < EVENT_KIND_COUNT);
    struct byte_writer writer = bytes_writer(bytes, size_max);
    bytes_put_u8(&writer, BODY_VERSION);
    put_body(&writer, event);
    assert(writer.total <= EVENT_BODY_SIZE_MAX);
    return writer.total;
}

enum status event_codec_decode(struct event *event, const uint8_t *bytes, size_t size)
{
    struct byte_reader reader = bytes_reader(bytes, size);
    const uint8_t version = bytes_get_u8(&reader);
    if (reader.bad || version == 0) {
        return STATUS_CORRUPT;
    }
    if (version > BODY_VERSION) {
        return STATUS_VERSION;
    }
    if ((uint32_t)event->kind >= EVENT_KIND_COUNT) {
        return STATUS_CORRUPT;
    }
    get_body(&reader, event, version);
    return bytes_done(&reader) ? STATUS_OK : STATUS_CORRUPT;
}
