#include "engine/core/policy.h"

#include <assert.h>
#include <string.h>

#include "engine/core/bytes.h"
#include "engine/core/event_codec.h"

#define SECOND_MS  1000u
#define MINUTE_MS  60000u
#define KIND(kind) (1u << (kind))

/* The ack ladder every preset starts from: reference figures are a 30 s sign-for and supervisors
 * told within the minute. */
#define LADDER                                                                                     \
    .resend_ms = 10 * SECOND_MS, .additional_ms = 30 * SECOND_MS, .dispatcher_ms = 45 * SECOND_MS, \
    .supervisor_ms = 60 * SECOND_MS, .second_channel_ms = 5 * SECOND_MS

/* Ages at which a position is no longer trusted: a walker is still near after minutes, a car is
 * not. Posts and stations stand still. */
#define COMMON                                                                                     \
    .search_ms = 20 * MINUTE_MS,                                                                   \
    .fix_age_ms = {[UNIT_FOOT] = 180 * SECOND_MS,                                                  \
                   [UNIT_MOTORCYCLE] = 60 * SECOND_MS,                                             \
                   [UNIT_CAR] = 60 * SECOND_MS,                                                    \
                   [UNIT_GRID] = 180 * SECOND_MS,                                                  \
                   [UNIT_VOLUNTEER] = 300 * SECOND_MS},                                            \
    .undispatched_ms = {15 * SECOND_MS, 30 * SECOND_MS, 60 * SECOND_MS, 120 * SECOND_MS},          \
    .reopen_ms = 60 * MINUTE_MS, .merge_distance_m = 50, .merge_ms = 10 * MINUTE_MS,               \
    .par_ms = 10 * MINUTE_MS, .par_answer_ms = MINUTE_MS, .panic_widen_ms = 15 * SECOND_MS,        \
    .receipt_ms = POLICY_RECEIPT_MS, .feedback_ms = POLICY_FEEDBACK_MS, .help_ms = POLICY_HELP_MS, \
    .preempt = PREEMPT_PROPOSE,                                                                    \
    .priorities = {                                                                                \
        [INCIDENT_PUBLIC_ORDER] = 2, [INCIDENT_CRIME] = 1,   [INCIDENT_TRAFFIC] = 2,               \
        [INCIDENT_FIRE] = 1,         [INCIDENT_MEDICAL] = 1, [INCIDENT_HELP] = 3,                  \
        [INCIDENT_DISPUTE] = 3,      [INCIDENT_OTHER] = 3,                                         \
    }

static const struct policy presets[] = {
    /* 1: the people on the spot help themselves; 3: neighbours come; 5: the police are there. */
    {.name = "mutual-aid",
     .clock_start = CLOCK_RECEIVED,
     .tiers = {[TIER_1] = {.kinds = KIND(UNIT_POST),
                           .target_ms = MINUTE_MS,
                           .ack_ms = 30 * SECOND_MS,
                           .units = 1,
                           LADDER},
               [TIER_3] = {.kinds = KIND(UNIT_FOOT) | KIND(UNIT_MOTORCYCLE) | KIND(UNIT_GRID) |
                                    KIND(UNIT_VOLUNTEER),
                           .target_ms = 3 * MINUTE_MS,
                           .ack_ms = 30 * SECOND_MS,
                           .turnout_ms = 15 * SECOND_MS,
                           .units = 1,
                           LADDER},
               [TIER_5] = {.kinds = KIND(UNIT_CAR) | KIND(UNIT_MOTORCYCLE) | KIND(UNIT_STATION),
                           .target_ms = 5 * MINUTE_MS,
                           .ack_ms = 30 * SECOND_MS,
                           .turnout_ms = 30 * SECOND_MS,
                           .units = 1,
                           .beyond_reach = true,
                           LADDER}},
     COMMON},
    /* Echelons of the police, counted from the order: street, district, city. */
    {.name = "echelon",
     .clock_start = CLOCK_SENT,
     .tiers = {[TIER_1] = {.kinds = KIND(UNIT_FOOT) | KIND(UNIT_MOTORCYCLE) | KIND(UNIT_POST),
                           .target_ms = MINUTE_MS,
                           .ack_ms = 15 * SECOND_MS,
                           .units = 1,
                           LADDER},
               [TIER_3] = {.kinds = KIND(UNIT_MOTORCYCLE) | KIND(UNIT_CAR) | KIND(UNIT_STATION),
                           .target_ms = 3 * MINUTE_MS,
                           .ack_ms = 15 * SECOND_MS,
                           .turnout_ms = 15 * SECOND_MS,
                           .units = 1,
                           LADDER},
               [TIER_5] = {.kinds = KIND(UNIT_CAR) | KIND(UNIT_STATION),
                           .target_ms = 5 * MINUTE_MS,
                           .ack_ms = 15 * SECOND_MS,
                           .turnout_ms = 30 * SECOND_MS,
                           .units = 1,
                           .beyond_reach = true,
                           LADDER}},
     COMMON},
    /* By how important the place is: the same forces, asked for in each of the three times. */
    {.name = "place-class",
     .clock_start = CLOCK_CREATED,
     .tiers = {[TIER_1] = {.kinds = KIND(UNIT_POST) | KIND(UNIT_FOOT) | KIND(UNIT_MOTORCYCLE),
                           .target_ms = MINUTE_MS,
                           .ack_ms = 15 * SECOND_MS,
                           .units = 1,
                           LADDER},
               [TIER_3] = {.kinds = KIND(UNIT_FOOT) | KIND(UNIT_MOTORCYCLE) | KIND(UNIT_CAR) |
                                    KIND(UNIT_GRID),
                           .target_ms = 3 * MINUTE_MS,
                           .ack_ms = 30 * SECOND_MS,
                           .turnout_ms = 15 * SECOND_MS,
                           .units = 1,
                           LADDER},
               [TIER_5] = {.kinds = KIND(UNIT_MOTORCYCLE) | KIND(UNIT_CAR) | KIND(UNIT_STATION),
                           .target_ms = 5 * MINUTE_MS,
                           .ack_ms = 30 * SECOND_MS,
                           .turnout_ms = 30 * SECOND_MS,
                           .units = 1,
                           .beyond_reach = true,
                           LADDER}},
     COMMON},
};

/* Of the unit.capabilities bits. */
#define CAPABILITY_ARMED 1u
#define EVERY_TYPE       ((1u << INCIDENT_TYPE_COUNT) - 1u)
#define HIGHEST          1u

/* The plans of every preset: the highest priority sends one more of those who have to come, and
 * armed ones to a crime. */
static const struct plan_rule rules[] = {
    {.types = EVERY_TYPE, .priorities = HIGHEST, .tier = TIER_3, .has_units = true, .units = 2},
    {.types = EVERY_TYPE, .priorities = HIGHEST, .tier = TIER_5, .has_units = true, .units = 2},
    {.types = 1u << INCIDENT_CRIME,
     .priorities = HIGHEST,
     .tier = TIER_5,
     .has_capabilities = true,
     .capabilities = CAPABILITY_ARMED},
};

void policy_plans_reset(struct policy *policy)
{
    for (uint32_t type = 0; type < INCIDENT_TYPE_COUNT; type++) {
        for (uint32_t i = 0; i < PRIORITY_MAX; i++) {
            struct plan *plan = &policy->plans[type][i];
            *plan = (struct plan){.units = {0}};
            for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
                plan->units[tier] = policy->tiers[tier].units;
            }
        }
    }
}

void policy_plans_rule(struct policy *policy, const struct plan_rule *rule)
{
    assert(rule->units <= TIER_UNITS_MAX);
    for (uint32_t type = 0; type < INCIDENT_TYPE_COUNT; type++) {
        for (uint32_t i = 0; i < PRIORITY_MAX; i++) {
            struct plan *plan = &policy->plans[type][i];
            if ((rule->types >> type & 1u) == 0 || (rule->priorities >> i & 1u) == 0) {
                continue;
            }
            if (rule->has_units) {
                plan->units[rule->tier] = rule->units;
            }
            if (rule->has_capabilities) {
                plan->capabilities[rule->tier] = rule->capabilities;
            }
        }
    }
}

enum status policy_preset(const char *name, struct policy *policy)
{
    assert(policy != NULL);
    const size_t size = strlen(name) + 1;
    for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++) {
        if (size <= CODE_SIZE && memcmp(presets[i].name, name, size) == 0) {
            *policy = presets[i];
            policy_plans_reset(policy);
            for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++) {
                policy_plans_rule(policy, &rules[k]);
            }
            return STATUS_OK;
        }
    }
    return STATUS_NOT_FOUND;
}

struct plan policy_plan(const struct policy *policy, enum incident_type type, uint32_t priority)
{
    assert(type < INCIDENT_TYPE_COUNT);
    assert(priority >= 1);
    assert(priority <= PRIORITY_MAX);
    return policy->plans[type][priority - 1];
}

uint32_t policy_priority(const struct policy *policy, enum incident_type type)
{
    assert(type < INCIDENT_TYPE_COUNT);
    return policy->priorities[type];
}

bool policy_asks_in_waves(const struct policy *policy)
{
    return policy->volunteers.wave_units > 0;
}

uint32_t policy_kinds(const struct policy *policy, enum tier tier)
{
    assert(tier < TIER_COUNT);
    return policy->tiers[tier].kinds & ~(policy_asks_in_waves(policy) ? KIND(UNIT_VOLUNTEER) : 0u);
}

bool policy_valid(const struct policy *policy)
{
    const struct volunteer_policy *volunteers = &policy->volunteers;
    bool is_valid = policy->name[0] != '\0' && policy->clock_start < CLOCK_START_COUNT &&
                    policy->preempt < PREEMPT_COUNT && volunteers->wave_units <= TIER_UNITS_MAX &&
                    volunteers->waves_max <= WAVES_MAX;
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        const struct tier_policy *rules_of = &policy->tiers[tier];
        is_valid = is_valid && rules_of->kinds >> UNIT_KIND_COUNT == 0 &&
                   rules_of->units <= TIER_UNITS_MAX;
    }
    for (uint32_t type = 0; type < INCIDENT_TYPE_COUNT; type++) {
        is_valid =
            is_valid && policy->priorities[type] >= 1 && policy->priorities[type] <= PRIORITY_MAX;
        for (uint32_t i = 0; i < PRIORITY_MAX; i++) {
            for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
                is_valid = is_valid && policy->plans[type][i].units[tier] <= TIER_UNITS_MAX;
            }
        }
    }
    return is_valid;
}

uint64_t policy_digest(const struct policy *policy)
{
    uint8_t window[256];
    struct byte_writer writer = bytes_hasher(window, sizeof window);
    event_codec_put_policy(&writer, policy);
    return bytes_hash(&writer);
}

enum geo_profile policy_profile(uint32_t emergency_kinds, enum unit_kind kind)
{
    static const enum geo_profile profiles[] = {
        [UNIT_POST] = GEO_PROFILE_FOOT,
        [UNIT_FOOT] = GEO_PROFILE_FOOT,
        [UNIT_MOTORCYCLE] = GEO_PROFILE_MOTORCYCLE,
        [UNIT_CAR] = GEO_PROFILE_CAR,
        [UNIT_GRID] = GEO_PROFILE_FOOT,
        [UNIT_VOLUNTEER] = GEO_PROFILE_FOOT,
        [UNIT_STATION] = GEO_PROFILE_CAR,
    };
    _Static_assert(sizeof profiles / sizeof profiles[0] == UNIT_KIND_COUNT, "every kind travels");
    assert(kind < UNIT_KIND_COUNT);
    return (emergency_kinds >> kind & 1u) != 0 ? GEO_PROFILE_EMERGENCY : profiles[kind];
}

uint32_t policy_reach_ms(const struct tier_policy *tier)
{
    const uint32_t spent_ms = tier->ack_ms + tier->turnout_ms;
    return tier->target_ms > spent_ms ? tier->target_ms - spent_ms : 0;
}
