#ifndef TESTS_UNIT_PROTO_FIXTURES_H
#define TESTS_UNIT_PROTO_FIXTURES_H

#include "proto/proto.h"

/* The things that tests/vectors/messages.json speaks of, as structs. */

#define NOW   INT64_C(1763932271000)
#define EPOCH "01J9ZKEPOCH"

static const char *const districts[] = {"shiqi", "dongqu"};
static const struct proto_user user = {
    .name = "li", .display = "李警官", .role = PROTO_ROLE_DISPATCHER, .scope_city = true};
static const struct proto_user scoped_user = {.name = "wang",
                                              .display = "Wang \"W\" \\ Li",
                                              .role = PROTO_ROLE_SUPERVISOR,
                                              .districts = districts,
                                              .district_count = 2};
static const struct proto_user unit_user = {
    .name = "unit:P12", .display = "P12", .role = PROTO_ROLE_UNIT, .unit = "P12"};
static const struct proto_user admin_user = {
    .name = "admin", .display = "李警官", .role = PROTO_ROLE_ADMINISTRATOR, .scope_city = true};

static const struct proto_unit unit = {
    .index = 11,
    .code = "P12",
    .name = "石岐岗亭",
    .kind = PROTO_UNIT_POST,
    .circle = "K1",
    .district = "shiqi",
    .area = "W3",
    .people = 2,
    .capabilities = 1u << PROTO_CAPABILITY_ARMED | 1u << PROTO_CAPABILITY_FIRST_AID,
    .synthetic = true,
    .duty = PROTO_DUTY_ON,
    .people_on = 2,
    .equipment = 1u << PROTO_EQUIPMENT_RADIO | 1u << PROTO_EQUIPMENT_AED,
    .crew = "陈 0123, 李 0456",
    .device = "手机 7",
    .status = PROTO_UNIT_STATUS_EN_ROUTE,
    .status_ms = NOW,
    .assignment_id = 5,
    .incident_id = 12,
    .has_place = true,
    .at = {225176000, 1133927000},
    .fix_ms = NOW - 400,
};
static const struct proto_unit bare_unit = {
    .code = "C-1",
    .name = "",
    .kind = PROTO_UNIT_CAR,
    .people_on = PROTO_NONE,
    .status_ms = PROTO_NEVER,
    .fix_ms = PROTO_NEVER,
};
static const struct proto_centre centre = {.code = "Z1",
                                           .name = "石岐街道综治中心",
                                           .kind = PROTO_CENTRE_COMMUNITY,
                                           .at = {225000000, 1130000000},
                                           .district = "shiqi"};

static const struct proto_referral referral = {.referral_id = 3,
                                               .incident_id = 12,
                                               .centre = "Z1",
                                               .kind = PROTO_CENTRE_COMMUNITY,
                                               .state = PROTO_REFERRAL_SENT,
                                               .version = 1,
                                               .reason = PROTO_REASON_NONE,
                                               .sent_ms = NOW,
                                               .answered_ms = PROTO_NEVER,
                                               .arrived_ms = PROTO_NEVER,
                                               .ended_ms = PROTO_NEVER,
                                               .answer_by_ms = NOW + 1800000,
                                               .feedback_by_ms = NOW + 86400000};

static const struct proto_checkpoint checkpoint = {.code = "B7",
                                                   .name = "岐江桥头",
                                                   .at = {225000000, 1130000000},
                                                   .radius_m = 50,
                                                   .circle = "K1",
                                                   .district = "shiqi",
                                                   .from_min = 480,
                                                   .to_min = 1230,
                                                   .every_min = 60,
                                                   .stay_s = 120,
                                                   .visited_ms = NOW - 4000000,
                                                   .visited_by = "P12",
                                                   .visit = PROTO_VISIT_SCANNED,
                                                   .due_ms = NOW + 3200000,
                                                   .overdue_ms = NOW - 400000,
                                                   .missed = 1,
                                                   .began_ms = PROTO_NEVER};
static const struct proto_checkpoint quiet_checkpoint = {.code = "R1",
                                                         .name = "夜巡",
                                                         .at = {225000000, 1130000000},
                                                         .stop_count = 3,
                                                         .stops = {"B7", "B9", "B7"},
                                                         .next = 1,
                                                         .began_ms = NOW - 60000,
                                                         .visited_ms = PROTO_NEVER,
                                                         .due_ms = PROTO_NEVER,
                                                         .overdue_ms = PROTO_NEVER};
static const struct proto_circle circle = {.code = "K1",
                                           .name = "孙文西路步行街",
                                           .at = {225000000, 1130000000},
                                           .radius_m = 300,
                                           .district = "shiqi",
                                           .shift_count = 2,
                                           .shifts = {{480, 3}, {1200, 2}}};
static const struct proto_district district = {"shiqi", "石岐街道"};

#define TIERS                                                                                      \
    {                                                                                              \
        {PROTO_TIER_MET, 1, 60000, NOW + 60000, 48211},                                            \
            {PROTO_TIER_OPEN, 2, 180000, PROTO_NEVER, PROTO_NONE},                                 \
            {PROTO_TIER_NOT_ASKED, 0, PROTO_NONE, PROTO_NEVER, PROTO_NONE},                        \
    }
#define INCIDENT(caller_name, phone_number)                                                        \
    {                                                                                              \
        .incident_id = 12, .generation = 3, .type = PROTO_INCIDENT_FIRE, .priority = 1,            \
        .state = PROTO_INCIDENT_RESPONDING, .at = {225176001, 1133927999}, .address = "兴中道1号", \
        .note = "line one\nline two\t\"quoted\"", .caller = (caller_name),                         \
        .phone = (phone_number), .district = "shiqi", .circle = "K1", .beat = "B7",                \
        .mode = PROTO_DISPATCH_AUTO, .policy = "mutual-aid", .policy_version = 1,                  \
        .held_ms = PROTO_NEVER, .review_ms = PROTO_NEVER, .owner_ms = PROTO_NEVER,                 \
        .warning = {.at_ms = PROTO_NEVER}, .report_count = 2, .received_ms = NOW - 2000,           \
        .created_ms = NOW - 1500, .dispatched_ms = NOW - 1490, .on_scene_ms = PROTO_NEVER,         \
        .ended_ms = PROTO_NEVER, .clock_ms = NOW - 2000, .tiers = TIERS                            \
    }
static const struct proto_incident incident = INCIDENT("李女士", "+86 760 8888 1100");
static const struct proto_incident masked_incident = INCIDENT(NULL, NULL);

#define ASSIGNMENT                                                                                 \
    {                                                                                              \
        .assignment_id = 5, .incident_id = 12, .unit = "P12", .tier = PROTO_TIER_1,                \
        .state = PROTO_ASSIGNMENT_ACKNOWLEDGED, .version = 4, .additional = true,                  \
        .automatic = true, .travel_ms = 41250, .distance_m = 212, .reason = PROTO_REASON_NONE,     \
        .sent_ms = NOW, .delivered_ms = NOW + 120, .acknowledged_ms = NOW + 3300,                  \
        .en_route_ms = PROTO_NEVER, .on_scene_ms = PROTO_NEVER, .ended_ms = PROTO_NEVER,           \
        .resent = 1, .par_asked_ms = PROTO_NEVER                                                   \
    }
#define BLIND_ASSIGNMENT                                                                           \
    {                                                                                              \
        .assignment_id = 5, .incident_id = 12, .unit = "V-9", .tier = PROTO_TIER_5,                \
        .state = PROTO_ASSIGNMENT_DECLINED, .version = 4, .late = true, .estimated = true,         \
        .travel_ms = PROTO_NONE, .distance_m = PROTO_NONE, .rank = PROTO_NONE,                     \
        .reason = PROTO_REASON_VEHICLE, .sent_ms = NOW, .delivered_ms = PROTO_NEVER,               \
        .acknowledged_ms = PROTO_NEVER, .en_route_ms = PROTO_NEVER, .on_scene_ms = PROTO_NEVER,    \
        .ended_ms = NOW + 9000, .par_asked_ms = PROTO_NEVER                                        \
    }
static const struct proto_assignment assignment = ASSIGNMENT;
static const struct proto_assignment blind_assignment = BLIND_ASSIGNMENT;

static const struct proto_notice danger_notice = {
    .assignment_id = 5,
    .incident_id = 12,
    .unit = "P12",
    .number = 2,
    .kinds = 1u << PROTO_NOTICE_CHANGED | 1u << PROTO_NOTICE_DANGER,
    .state = PROTO_NOTICE_SENT,
    .level = PROTO_WARN_DANGER,
    .text = "持刀",
    .sent_ms = NOW,
    .delivered_ms = PROTO_NEVER,
    .acknowledged_ms = PROTO_NEVER,
};
static const struct proto_notice recall_notice = {
    .assignment_id = 5,
    .incident_id = 12,
    .unit = "P12",
    .number = 3,
    .kinds = 1u << PROTO_NOTICE_RECALLED,
    .state = PROTO_NOTICE_DELIVERED,
    .level = PROTO_WARN_LEVEL_COUNT,
    .sent_ms = NOW,
    .delivered_ms = NOW + 120,
    .acknowledged_ms = PROTO_NEVER,
    .resent = 1,
};

static const struct proto_alarm alarm_on_unit = {.alarm_id = 3,
                                                 .kind = PROTO_ALARM_ACK_LATE,
                                                 .incident_id = 12,
                                                 .assignment_id = 5,
                                                 .unit = "P12",
                                                 .tier = PROTO_TIER_1,
                                                 .raised_ms = NOW + 45000,
                                                 .acked_ms = NOW + 50000,
                                                 .acked_by = "li",
                                                 .shelved_ms = PROTO_NEVER,
                                                 .shelved_reason = PROTO_REASON_NONE,
                                                 .shelved = 1};
static const struct proto_alarm bare_alarm = {.alarm_id = 4,
                                              .kind = PROTO_ALARM_UNDISPATCHED,
                                              .tier = PROTO_TIER_COUNT,
                                              .raised_ms = NOW,
                                              .acked_ms = PROTO_NEVER,
                                              .shelved_ms = NOW + 300000,
                                              .shelved_by = "li",
                                              .shelved_reason = PROTO_REASON_CAN_WAIT,
                                              .shelved = 2};

static const struct proto_alarm gap_alarm = {.alarm_id = 5,
                                             .kind = PROTO_ALARM_COVERAGE_GAP,
                                             .tier = PROTO_TIER_3,
                                             .circle = "K1",
                                             .raised_ms = NOW,
                                             .acked_ms = PROTO_NEVER,
                                             .shelved_ms = PROTO_NEVER};

static const struct proto_alarm overdue_alarm = {.alarm_id = 6,
                                                 .kind = PROTO_ALARM_CHECKPOINT_OVERDUE,
                                                 .tier = PROTO_TIER_COUNT,
                                                 .checkpoint = "B7",
                                                 .raised_ms = NOW,
                                                 .acked_ms = PROTO_NEVER,
                                                 .shelved_ms = PROTO_NEVER};

static const struct proto_decision decision = {
    .incident_id = 12,
    .tier = PROTO_TIER_3,
    .generation = 3,
    .map_id = UINT64_C(0x00c0ffee12345678),
    .traffic_version = 7,
    .automatic = true,
    .plan = "K1-fire",
    .candidate_count = 2,
    .candidates = {{.unit = "M-7",
                    .travel_ms = 95000,
                    .at = {225100000, 1134000000},
                    .fix_age_ms = 900,
                    .in_reach = true,
                    .chosen = true,
                    .by_plan = true},
                   {.unit = "C-1",
                    .travel_ms = PROTO_NONE,
                    .at = {-1, -1800000000},
                    .fix_age_ms = PROTO_NONE,
                    .rank = 1,
                    .estimated = true}},
    .passed_count = 2,
    .passed = {{"C-2", 4100, PROTO_REASON_ASSIGNED, true},
               {"C-3", PROTO_NONE, PROTO_REASON_NO_FIX, false}},
    .passed_by_reason = {[PROTO_REASON_OFF_DUTY] = 12,
                         [PROTO_REASON_ASSIGNED] = 1,
                         [PROTO_REASON_NO_FIX] = 1,
                         [PROTO_REASON_ENOUGH] = 40},
};
static const struct proto_decision no_decision = {.incident_id = 12, .tier = PROTO_TIER_1};

static const struct proto_report report = {.answered_ms = PROTO_NEVER,
                                           .report_id = 21,
                                           .incident_id = 12,
                                           .merged = true,
                                           .channel = PROTO_CHANNEL_PHONE,
                                           .type = PROTO_INCIDENT_FIRE,
                                           .priority = 2,
                                           .at = {225176000, 1133927000},
                                           .address = "兴中道",
                                           .caller = "a\x01"
                                                     "b\xE2\x80\xA8"
                                                     "c\xE2\x80\xA9"
                                                     "d/e\x7f",
                                           .phone = "110",
                                           .note = "🔥\r\f\b",
                                           .occurred_ms = NOW - 60000,
                                           .received_ms = NOW - 2000};
static const struct proto_report bare_report = {.answered_ms = PROTO_NEVER,
                                                .report_id = 21,
                                                .incident_id = 12,
                                                .channel = PROTO_CHANNEL_API,
                                                .type = PROTO_INCIDENT_FIRE,
                                                .at = {225176000, 1133927000},
                                                .address = "",
                                                .note = "",
                                                .occurred_ms = PROTO_NEVER,
                                                .received_ms = NOW - 2000,
                                                .drill = true};

static const struct proto_order order = {.assignment = ASSIGNMENT,
                                         .incident_id = 12,
                                         .type = PROTO_INCIDENT_FIRE,
                                         .priority = 1,
                                         .at = {225176001, 1133927999},
                                         .address = "兴中道1号",
                                         .note = "二楼有人",
                                         .received_ms = NOW - 2000,
                                         .target_ms = 60000,
                                         .warning = {.at_ms = PROTO_NEVER},
                                         .plan = "K1-fire",
                                         .words_zh = "先封北门"};
static const struct proto_order volunteer_order = {
    .assignment = BLIND_ASSIGNMENT,
    .incident_id = 12,
    .type = PROTO_INCIDENT_MEDICAL,
    .priority = 3,
    .at = {225180000, 1133930000},
    .drill = true,
    .received_ms = NOW - 2000,
    .target_ms = PROTO_NONE,
    .warning = {.level = PROTO_WARN_CAUTION, .at_ms = NOW}};

#endif
