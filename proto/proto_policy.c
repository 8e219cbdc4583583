#include "proto/proto_policy.h"

#include <assert.h>
#include <string.h>

#include "proto/proto_field.h"
#include "proto/proto_parse.h"

#define DAY_MS        86400000
#define TARGET_MIN_MS 1000
#define DISTANCE_MAX  10000
#define EVERYTHING    UINT32_MAX

/* Where a file says nothing. */
#define PAR_ANSWER_MS  60000
#define PANIC_WIDEN_MS 15000
#define RECEIPT_MS     1800000
#define FEEDBACK_MS    86400000
#define HELP_MS        120000

#define CENTRE_MAX_MS (INT64_C(30) * DAY_MS) /* mediation takes its time */

#define MS(of, member, least, needed)                                                              \
    PROTO_READ_NUMBER(of, #member, member, PROTO_FIELD_U32, needed, least, DAY_MS)

static const struct proto_field policy_fields[] = {
    {.name = "name",
     .type = PROTO_FIELD_CODE,
     .required = PROTO_REQUIRED,
     .offset = offsetof(struct proto_policy, name),
     .min = 1,
     .max = PROTO_TEXT_BYTES(PROTO_CODE_SIZE)},
    PROTO_READ_CHOICE(proto_policy, "clock_start", clock_start, PROTO_REQUIRED,
                      PROTO_LIST_CLOCK_START, PROTO_ALLOW_ALL),
    PROTO_READ_CHOICE(proto_policy, "preempt", preempt, PROTO_OPTIONAL, PROTO_LIST_PREEMPT,
                      PROTO_ALLOW_ALL),
    MS(proto_policy, search_ms, TARGET_MIN_MS, PROTO_REQUIRED),
    MS(proto_policy, reopen_ms, TARGET_MIN_MS, PROTO_REQUIRED),
    MS(proto_policy, merge_ms, 0, PROTO_REQUIRED),
    MS(proto_policy, par_ms, 0, PROTO_REQUIRED),
    MS(proto_policy, par_answer_ms, TARGET_MIN_MS, PROTO_OPTIONAL),
    MS(proto_policy, panic_widen_ms, TARGET_MIN_MS, PROTO_OPTIONAL),
    PROTO_READ_NUMBER(proto_policy, "receipt_ms", receipt_ms, PROTO_FIELD_U32, PROTO_OPTIONAL, 0,
                      CENTRE_MAX_MS),
    PROTO_READ_NUMBER(proto_policy, "feedback_ms", feedback_ms, PROTO_FIELD_U32, PROTO_OPTIONAL, 0,
                      CENTRE_MAX_MS),
    PROTO_READ_NUMBER(proto_policy, "help_ms", help_ms, PROTO_FIELD_U32, PROTO_OPTIONAL, 0,
                      CENTRE_MAX_MS),
    PROTO_READ_NUMBER(proto_policy, "merge_distance_m", merge_distance_m, PROTO_FIELD_U32,
                      PROTO_REQUIRED, 0, DISTANCE_MAX),
    {.name = "undispatched_ms", .type = PROTO_FIELD_CALLER, .required = PROTO_REQUIRED},
    {.name = "fix_age_ms", .type = PROTO_FIELD_CALLER, .required = PROTO_REQUIRED},
    {.name = "priorities", .type = PROTO_FIELD_CALLER, .required = PROTO_REQUIRED},
    {.name = "volunteers", .type = PROTO_FIELD_CALLER},
    {.name = "tiers", .type = PROTO_FIELD_CALLER, .required = PROTO_REQUIRED},
    {.name = "plans", .type = PROTO_FIELD_CALLER, .required = PROTO_REQUIRED},
};

struct tier_row {
    enum proto_tier tier;
    struct proto_tier_policy rules;
};
#define TIER_MS(member, least, needed)                                                             \
    PROTO_READ_NUMBER(tier_row, #member, rules.member, PROTO_FIELD_U32, needed, least, DAY_MS)
static const struct proto_field tier_fields[] = {
    PROTO_READ_CHOICE(tier_row, "tier", tier, PROTO_REQUIRED, PROTO_LIST_TIER, PROTO_ALLOW_ALL),
    {.name = "kinds", .type = PROTO_FIELD_CALLER, .required = PROTO_REQUIRED},
    TIER_MS(target_ms, TARGET_MIN_MS, PROTO_REQUIRED),
    TIER_MS(ack_ms, 0, PROTO_REQUIRED),
    TIER_MS(turnout_ms, 0, PROTO_REQUIRED),
    PROTO_READ_NUMBER(tier_row, "units", rules.units, PROTO_FIELD_U32, PROTO_REQUIRED, 0,
                      PROTO_TIER_UNITS_MAX),
    PROTO_READ_PLAIN(tier_row, "beyond_reach", rules.beyond_reach, PROTO_FIELD_BOOL,
                     PROTO_OPTIONAL),
    PROTO_READ_PLAIN(tier_row, "area_first", rules.area_first, PROTO_FIELD_BOOL, PROTO_OPTIONAL),
    TIER_MS(resend_ms, 0, PROTO_REQUIRED),
    TIER_MS(additional_ms, 0, PROTO_REQUIRED),
    TIER_MS(dispatcher_ms, 0, PROTO_REQUIRED),
    TIER_MS(supervisor_ms, 0, PROTO_REQUIRED),
    TIER_MS(second_channel_ms, 0, PROTO_OPTIONAL),
};

#define IN_WAVES(member, least, most)                                                              \
    PROTO_READ_NUMBER(proto_volunteers, #member, member, PROTO_FIELD_U32, PROTO_REQUIRED, least,   \
                      most)
static const struct proto_field volunteer_fields[] = {
    {.name = "types", .type = PROTO_FIELD_CALLER}, IN_WAVES(wanted, 1, PROTO_TIER_UNITS_MAX),
    IN_WAVES(wave_units, 1, PROTO_TIER_UNITS_MAX), IN_WAVES(waves_max, 1, PROTO_WAVES_MAX),
    IN_WAVES(wave_ms, TARGET_MIN_MS, DAY_MS),
};

struct plan_row {
    enum proto_tier tier;
    uint32_t units;
    bool said_units;
};
static const struct proto_field plan_fields[] = {
    {.name = "types", .type = PROTO_FIELD_CALLER},
    {.name = "priorities", .type = PROTO_FIELD_CALLER},
    PROTO_READ_CHOICE(plan_row, "tier", tier, PROTO_REQUIRED, PROTO_LIST_TIER, PROTO_ALLOW_ALL),
    {.name = "units",
     .type = PROTO_FIELD_U32,
     .offset = offsetof(struct plan_row, units),
     .has_offset = offsetof(struct plan_row, said_units),
     .max = PROTO_TIER_UNITS_MAX},
    {.name = "capabilities", .type = PROTO_FIELD_CALLER},
};

static const struct proto_fields policy_table = {policy_fields, PROTO_COUNT(policy_fields), NULL};
static const struct proto_fields tier_table = {tier_fields, PROTO_COUNT(tier_fields), NULL};
static const struct proto_fields volunteer_table = {volunteer_fields, PROTO_COUNT(volunteer_fields),
                                                    NULL};
static const struct proto_fields plan_table = {plan_fields, PROTO_COUNT(plan_fields), NULL};

/* ---- Parts ---- */

/* A list of names as bits. */
static bool read_names(const json_t *object, const char *base, const char *name,
                       enum proto_list list, uint32_t *bits, struct proto_error *error)
{
    const json_t *values = json_object_get(object, name);
    if (!json_is_array(values)) {
        proto_field_refuse(error, PROTO_WRONG_TYPE, base, name, "must be a list of names");
        return false;
    }
    *bits = 0;
    for (size_t i = 0; i < json_array_size(values); i++) {
        const char *text = json_string_value(json_array_get(values, i));
        const int32_t found = text == NULL ? -1 : proto_find(list, text);
        if (found < 0) {
            proto_field_refuse(error, PROTO_UNKNOWN_VALUE, base, name,
                               "has a value that is not one of those allowed");
            return false;
        }
        *bits |= 1u << found;
    }
    return true;
}

/* An object of whole numbers by the names of a list. */
static bool read_by_name(json_t *object, const char *name, enum proto_list list, int64_t min,
                         int64_t max, bool all, uint32_t values[], struct proto_error *error)
{
    struct proto_field fields[16];
    char base[PROTO_BASE_SIZE] = "/";
    const uint32_t count = proto_count(list);
    assert(count <= PROTO_COUNT(fields));
    for (uint32_t i = 0; i < count; i++) {
        fields[i] = (struct proto_field){.name = proto_name(list, i),
                                         .type = PROTO_FIELD_U32,
                                         .required = all,
                                         .offset = i * sizeof values[0],
                                         .min = min,
                                         .max = max};
    }
    memcpy(base + 1, name, strlen(name) + 1);
    const struct proto_fields table = {fields, count, NULL};
    return proto_field_read(&table, base, json_object_get(object, name), values, error);
}

static bool read_undispatched(const json_t *object, struct proto_policy *policy,
                              struct proto_error *error)
{
    const json_t *list =
        proto_field_list(object, "undispatched_ms", PROTO_PRIORITY_MAX, PROTO_PRIORITY_MAX, error);
    for (uint32_t i = 0; list != NULL && i < PROTO_PRIORITY_MAX; i++) {
        const json_t *value = json_array_get(list, i);
        const int64_t number = json_integer_value(value);
        if (!json_is_integer(value) || number < 0 || number > DAY_MS) {
            char base[PROTO_BASE_SIZE];
            proto_field_base(base, "/undispatched_ms", i);
            proto_field_refuse(error, PROTO_OUT_OF_RANGE, base, NULL,
                               "must be a whole number of milliseconds from 0 to 86400000");
            return false;
        }
        policy->undispatched_ms[i] = (uint32_t)number;
    }
    return list != NULL;
}

/* Steps that are switched on come in their order. */
static const char *falling_step(const struct proto_tier_policy *rules)
{
    static const char *const names[] = {"resend_ms", "additional_ms", "dispatcher_ms",
                                        "supervisor_ms"};
    const uint32_t steps_ms[] = {rules->resend_ms, rules->additional_ms, rules->dispatcher_ms,
                                 rules->supervisor_ms};
    uint32_t last_ms = 0;
    for (uint32_t i = 0; i < PROTO_COUNT(steps_ms); i++) {
        if (steps_ms[i] != 0 && steps_ms[i] < last_ms) {
            return names[i];
        }
        last_ms = steps_ms[i] != 0 ? steps_ms[i] : last_ms;
    }
    return NULL;
}

static bool check_tier(const struct tier_row *row, const char *base, struct proto_error *error)
{
    const struct proto_tier_policy *rules = &row->rules;
    const char *falling = falling_step(rules);
    if (falling != NULL) {
        proto_field_refuse(error, PROTO_OUT_OF_RANGE, base, falling,
                           "comes before the step that it follows");
        return false;
    }
    if (rules->ack_ms + rules->turnout_ms >= rules->target_ms) {
        proto_field_refuse(error, PROTO_OUT_OF_RANGE, base, "target_ms",
                           "leaves no time to travel after ack_ms and turnout_ms");
        return false;
    }
    return true;
}

static bool read_tiers(const json_t *object, struct proto_policy *policy, struct proto_error *error)
{
    const json_t *list =
        proto_field_list(object, "tiers", PROTO_TIER_COUNT, PROTO_TIER_COUNT, error);
    uint32_t seen = 0;
    for (uint32_t i = 0; list != NULL && i < PROTO_TIER_COUNT; i++) {
        char base[PROTO_BASE_SIZE];
        proto_field_base(base, "/tiers", i);
        json_t *value = json_array_get(list, i);
        struct tier_row row = {.tier = PROTO_TIER_1};
        if (!proto_field_read(&tier_table, base, value, &row, error) ||
            !read_names(value, base, "kinds", PROTO_LIST_UNIT_KIND, &row.rules.kinds, error) ||
            !check_tier(&row, base, error)) {
            return false;
        }
        if ((seen >> row.tier & 1u) != 0) {
            proto_field_refuse(error, PROTO_OUT_OF_RANGE, base, "tier",
                               "is there already; each of 1, 3 and 5 stands once");
            return false;
        }
        seen |= 1u << row.tier;
        policy->tiers[row.tier] = row.rules;
    }
    return list != NULL;
}

static bool read_volunteers(const json_t *object, struct proto_policy *policy,
                            struct proto_error *error)
{
    json_t *value = json_object_get(object, "volunteers");
    struct proto_volunteers *volunteers = &policy->volunteers;
    *volunteers = (struct proto_volunteers){0};
    if (value == NULL) {
        return true;
    }
    if (!proto_field_read(&volunteer_table, "/volunteers", value, volunteers, error)) {
        return false;
    }
    volunteers->types = (1u << PROTO_INCIDENT_TYPE_COUNT) - 1u;
    return json_object_get(value, "types") == NULL ||
           read_names(value, "/volunteers", "types", PROTO_LIST_INCIDENT_TYPE, &volunteers->types,
                      error);
}

static bool read_priorities(const json_t *row, const char *base, uint32_t *bits,
                            struct proto_error *error)
{
    const json_t *list = json_object_get(row, "priorities");
    *bits = list == NULL ? EVERYTHING : 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *value = json_array_get(list, i);
        const int64_t number = json_integer_value(value);
        if (!json_is_integer(value) || number < 1 || number > PROTO_PRIORITY_MAX) {
            *bits = 0;
            break;
        }
        *bits |= 1u << (number - 1);
    }
    if (*bits == 0) {
        proto_field_refuse(error, PROTO_OUT_OF_RANGE, base, "priorities",
                           "must be a list of whole numbers from 1 to 4");
    }
    return *bits != 0;
}

/* What the row says of one plan. */
static void apply_row(struct proto_plan *plan, const struct plan_row *row, bool has_capabilities,
                      uint32_t capabilities)
{
    if (row->said_units) {
        plan->units[row->tier] = row->units;
    }
    if (has_capabilities) {
        plan->capabilities[row->tier] = capabilities;
    }
}

static bool read_row(json_t *value, const char *base, struct proto_policy *policy,
                     struct proto_error *error)
{
    struct plan_row row = {.tier = PROTO_TIER_1};
    uint32_t types = EVERYTHING;
    uint32_t priorities = EVERYTHING;
    uint32_t capabilities = 0;
    if (!proto_field_read(&plan_table, base, value, &row, error)) {
        return false;
    }
    const bool has_types = json_object_get(value, "types") != NULL;
    const bool has_capabilities = json_object_get(value, "capabilities") != NULL;
    if ((has_types && !read_names(value, base, "types", PROTO_LIST_INCIDENT_TYPE, &types, error)) ||
        !read_priorities(value, base, &priorities, error) ||
        (has_capabilities &&
         !read_names(value, base, "capabilities", PROTO_LIST_CAPABILITY, &capabilities, error))) {
        return false;
    }
    if (!row.said_units && !has_capabilities) {
        proto_field_refuse(error, PROTO_MISSING_MEMBER, base, "units",
                           "is missing, and so is \"capabilities\": the row says nothing");
        return false;
    }
    for (uint32_t type = 0; type < PROTO_INCIDENT_TYPE_COUNT; type++) {
        for (uint32_t i = 0; i < PROTO_PRIORITY_MAX; i++) {
            if ((types >> type & 1u) != 0 && (priorities >> i & 1u) != 0) {
                apply_row(&policy->plans[type][i], &row, has_capabilities, capabilities);
            }
        }
    }
    return true;
}

static bool read_plans(const json_t *object, struct proto_policy *policy, struct proto_error *error)
{
    const json_t *list = proto_field_list(object, "plans", 0, PROTO_PLAN_ROWS_MAX, error);
    if (list == NULL) {
        return false;
    }
    for (uint32_t type = 0; type < PROTO_INCIDENT_TYPE_COUNT; type++) {
        for (uint32_t i = 0; i < PROTO_PRIORITY_MAX; i++) {
            for (uint32_t tier = 0; tier < PROTO_TIER_COUNT; tier++) {
                policy->plans[type][i].units[tier] = policy->tiers[tier].units;
            }
        }
    }
    for (uint32_t i = 0; i < json_array_size(list); i++) {
        char base[PROTO_BASE_SIZE];
        proto_field_base(base, "/plans", i);
        if (!read_row(json_array_get(list, i), base, policy, error)) {
            return false;
        }
    }
    return true;
}

/* A tier that is asked for has somebody to ask. */
static bool check_kinds(const struct proto_policy *policy, struct proto_error *error)
{
    const uint32_t in_waves = policy->volunteers.wave_units > 0 ? 1u << PROTO_UNIT_VOLUNTEER : 0;
    for (uint32_t type = 0; type < PROTO_INCIDENT_TYPE_COUNT; type++) {
        for (uint32_t i = 0; i < PROTO_PRIORITY_MAX; i++) {
            for (uint32_t tier = 0; tier < PROTO_TIER_COUNT; tier++) {
                const uint32_t kinds = policy->tiers[tier].kinds & ~in_waves;
                if (policy->plans[type][i].units[tier] > 0 && kinds == 0) {
                    proto_field_refuse(error, PROTO_OUT_OF_RANGE, "", "tiers",
                                       policy->tiers[tier].kinds == 0
                                           ? "asks units of a tier that no kind serves"
                                           : "asks units of a tier that only volunteers serve, "
                                             "who come in addition");
                    return false;
                }
            }
        }
    }
    return true;
}

bool proto_decode_policy(const char *text, size_t size, struct proto_policy *policy,
                         struct proto_error *error)
{
    json_t *object = proto_parse(text, size, PROTO_MESSAGE_MAX, error);
    if (object == NULL) {
        return false;
    }
    *policy = (struct proto_policy){.clock_start = PROTO_CLOCK_RECEIVED,
                                    .par_answer_ms = PAR_ANSWER_MS,
                                    .panic_widen_ms = PANIC_WIDEN_MS,
                                    .receipt_ms = RECEIPT_MS,
                                    .feedback_ms = FEEDBACK_MS,
                                    .help_ms = HELP_MS};
    const bool done = proto_field_read(&policy_table, "", object, policy, error) &&
                      read_undispatched(object, policy, error) &&
                      read_by_name(object, "fix_age_ms", PROTO_LIST_UNIT_KIND, 0, DAY_MS, false,
                                   policy->fix_age_ms, error) &&
                      read_by_name(object, "priorities", PROTO_LIST_INCIDENT_TYPE, 1,
                                   PROTO_PRIORITY_MAX, true, policy->priorities, error) &&
                      read_volunteers(object, policy, error) && read_tiers(object, policy, error) &&
                      read_plans(object, policy, error) && check_kinds(policy, error);
    json_decref(object);
    return done;
}

/* ---- The way back ---- */

static void encode_names(struct proto_buffer *buffer, const char *name, enum proto_list list,
                         uint32_t bits)
{
    proto_json_name(buffer, name);
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < proto_count(list); i++) {
        if ((bits >> i & 1u) != 0) {
            proto_json_text(buffer, proto_name(list, i));
        }
    }
    proto_json_end(buffer, ']');
}

static void encode_tier(struct proto_buffer *buffer, enum proto_tier tier,
                        const struct proto_tier_policy *rules)
{
    proto_json_begin(buffer, '{');
    proto_member_name(buffer, "tier", PROTO_LIST_TIER, tier);
    encode_names(buffer, "kinds", PROTO_LIST_UNIT_KIND, rules->kinds);
    proto_member_int(buffer, "target_ms", rules->target_ms);
    proto_member_int(buffer, "ack_ms", rules->ack_ms);
    proto_member_int(buffer, "turnout_ms", rules->turnout_ms);
    proto_member_int(buffer, "units", rules->units);
    proto_member_bool(buffer, "beyond_reach", rules->beyond_reach);
    proto_member_bool(buffer, "area_first", rules->area_first);
    proto_member_int(buffer, "resend_ms", rules->resend_ms);
    proto_member_int(buffer, "additional_ms", rules->additional_ms);
    proto_member_int(buffer, "dispatcher_ms", rules->dispatcher_ms);
    proto_member_int(buffer, "supervisor_ms", rules->supervisor_ms);
    proto_member_int(buffer, "second_channel_ms", rules->second_channel_ms);
    proto_json_end(buffer, '}');
}

static bool same_in_tier(const struct proto_plan *a, const struct proto_plan *b, uint32_t tier)
{
    return a->units[tier] == b->units[tier] && a->capabilities[tier] == b->capabilities[tier];
}

/* Types alike in this tier and priority share a row. */
static void encode_rows(struct proto_buffer *buffer, const struct proto_policy *policy,
                        uint32_t tier, uint32_t i)
{
    const uint32_t usual = policy->tiers[tier].units;
    uint32_t said = 0;
    for (uint32_t type = 0; type < PROTO_INCIDENT_TYPE_COUNT; type++) {
        const struct proto_plan *plan = &policy->plans[type][i];
        const bool is_usual = plan->units[tier] == usual && plan->capabilities[tier] == 0;
        if (is_usual || (said >> type & 1u) != 0) {
            continue;
        }
        uint32_t alike = 0;
        for (uint32_t other = type; other < PROTO_INCIDENT_TYPE_COUNT; other++) {
            alike |= same_in_tier(plan, &policy->plans[other][i], tier) ? 1u << other : 0;
        }
        said |= alike;
        proto_json_begin(buffer, '{');
        encode_names(buffer, "types", PROTO_LIST_INCIDENT_TYPE, alike);
        proto_json_name(buffer, "priorities");
        proto_json_begin(buffer, '[');
        proto_json_int(buffer, i + 1);
        proto_json_end(buffer, ']');
        proto_member_name(buffer, "tier", PROTO_LIST_TIER, tier);
        proto_member_int(buffer, "units", plan->units[tier]);
        encode_names(buffer, "capabilities", PROTO_LIST_CAPABILITY, plan->capabilities[tier]);
        proto_json_end(buffer, '}');
    }
}

static void encode_by_name(struct proto_buffer *buffer, const char *name, enum proto_list list,
                           const uint32_t values[])
{
    proto_json_name(buffer, name);
    proto_json_begin(buffer, '{');
    for (uint32_t i = 0; i < proto_count(list); i++) {
        proto_member_int(buffer, proto_name(list, i), values[i]);
    }
    proto_json_end(buffer, '}');
}

static void encode_volunteers(struct proto_buffer *buffer,
                              const struct proto_volunteers *volunteers)
{
    proto_json_name(buffer, "volunteers");
    proto_json_begin(buffer, '{');
    encode_names(buffer, "types", PROTO_LIST_INCIDENT_TYPE, volunteers->types);
    proto_member_int(buffer, "wanted", volunteers->wanted);
    proto_member_int(buffer, "wave_units", volunteers->wave_units);
    proto_member_int(buffer, "waves_max", volunteers->waves_max);
    proto_member_int(buffer, "wave_ms", volunteers->wave_ms);
    proto_json_end(buffer, '}');
}

void proto_encode_policy(struct proto_buffer *buffer, const struct proto_policy *policy)
{
    assert(policy->clock_start < PROTO_CLOCK_START_COUNT);
    assert(policy->preempt < PROTO_PREEMPT_COUNT);
    proto_json_begin(buffer, '{');
    proto_member_text(buffer, "name", policy->name);
    proto_member_name(buffer, "clock_start", PROTO_LIST_CLOCK_START, policy->clock_start);
    proto_member_name(buffer, "preempt", PROTO_LIST_PREEMPT, policy->preempt);
    proto_member_int(buffer, "search_ms", policy->search_ms);
    proto_member_int(buffer, "reopen_ms", policy->reopen_ms);
    proto_member_int(buffer, "merge_ms", policy->merge_ms);
    proto_member_int(buffer, "par_ms", policy->par_ms);
    proto_member_int(buffer, "par_answer_ms", policy->par_answer_ms);
    proto_member_int(buffer, "panic_widen_ms", policy->panic_widen_ms);
    proto_member_int(buffer, "receipt_ms", policy->receipt_ms);
    proto_member_int(buffer, "feedback_ms", policy->feedback_ms);
    proto_member_int(buffer, "help_ms", policy->help_ms);
    proto_member_int(buffer, "merge_distance_m", policy->merge_distance_m);
    proto_json_name(buffer, "undispatched_ms");
    proto_json_begin(buffer, '[');
    for (uint32_t i = 0; i < PROTO_PRIORITY_MAX; i++) {
        proto_json_int(buffer, policy->undispatched_ms[i]);
    }
    proto_json_end(buffer, ']');
    encode_by_name(buffer, "fix_age_ms", PROTO_LIST_UNIT_KIND, policy->fix_age_ms);
    encode_by_name(buffer, "priorities", PROTO_LIST_INCIDENT_TYPE, policy->priorities);
    if (policy->volunteers.wave_units > 0) {
        encode_volunteers(buffer, &policy->volunteers);
    }
    proto_json_name(buffer, "tiers");
    proto_json_begin(buffer, '[');
    for (uint32_t tier = 0; tier < PROTO_TIER_COUNT; tier++) {
        encode_tier(buffer, (enum proto_tier)tier, &policy->tiers[tier]);
    }
    proto_json_end(buffer, ']');
    proto_json_name(buffer, "plans");
    proto_json_begin(buffer, '[');
    for (uint32_t tier = 0; tier < PROTO_TIER_COUNT; tier++) {
        for (uint32_t i = 0; i < PROTO_PRIORITY_MAX; i++) {
            encode_rows(buffer, policy, tier, i);
        }
    }
    proto_json_end(buffer, ']');
    proto_json_end(buffer, '}');
}
