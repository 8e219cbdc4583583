/* A row of a roster of plans: lists joined by +, and what everybody who is ordered is told. */
#include <string.h>

#include "proto/proto_check.h"
#include "proto/proto_policy.h"
#include "proto/proto_text.h"

/* Left out: all. */
static uint32_t take_types(struct proto_check *check)
{
    struct proto_words words = {.cell = proto_check_cell(check, PROTO_COLUMN_TYPES)};
    struct proto_cell word;
    uint32_t bits = 0;
    while (proto_check_word(&words, &word)) {
        const int32_t type = proto_check_find(PROTO_LIST_INCIDENT_TYPE, word.bytes, word.size);
        if (type < 0) {
            proto_check_refuse(check, PROTO_COLUMN_TYPES, "must be incident types joined by +",
                               true);
            return 0;
        }
        bits |= 1u << type;
    }
    return bits != 0 ? bits : (1u << PROTO_INCIDENT_TYPE_COUNT) - 1u;
}

static uint32_t take_priorities(struct proto_check *check)
{
    struct proto_words words = {.cell = proto_check_cell(check, PROTO_COLUMN_PRIORITIES)};
    struct proto_cell word;
    uint32_t bits = 0;
    while (proto_check_word(&words, &word)) {
        if (word.size != 1 || word.bytes[0] < '1' ||
            word.bytes[0] > '0' + (char)PROTO_PRIORITY_MAX) {
            proto_check_refuse(check, PROTO_COLUMN_PRIORITIES, "must be numbers 1 to 4 joined by +",
                               true);
            return 0;
        }
        bits |= 1u << (word.bytes[0] - '1');
    }
    return bits != 0 ? bits : (1u << PROTO_PRIORITY_MAX) - 1u;
}

_Static_assert(PROTO_PRIORITY_MAX == 4, "the sentence says so");

static bool stands_already(const struct proto_roster_plan *plan, uint32_t tier, const char *code)
{
    for (uint32_t i = 0; i < plan->unit_counts[tier]; i++) {
        if (strcmp(plan->units[tier][i], code) == 0) {
            return true;
        }
    }
    return false;
}

static void take_units(struct proto_check *check, enum proto_column column, uint32_t tier,
                       struct proto_roster_plan *plan)
{
    struct proto_words words = {.cell = proto_check_cell(check, column)};
    struct proto_cell word;
    plan->tier_at[tier] = proto_check_at(check, column);
    while (proto_check_word(&words, &word)) {
        if (word.size == 0 || word.size >= PROTO_CODE_SIZE ||
            !proto_text_is_code(word.bytes, word.size)) {
            proto_check_refuse(check, column, "must be codes of units joined by +", true);
            return;
        }
        char code[PROTO_CODE_SIZE] = {0};
        memcpy(code, word.bytes, word.size);
        if (stands_already(plan, tier, code)) {
            proto_check_refuse(check, column, "names a unit twice", true);
            return;
        }
        if (plan->unit_counts[tier] == PROTO_PLAN_UNITS_MAX) {
            proto_check_refuse(check, column, "names more than 8 units", true);
            return;
        }
        memcpy(plan->units[tier][plan->unit_counts[tier]], code, sizeof code);
        plan->unit_counts[tier]++;
    }
}
_Static_assert(PROTO_PLAN_UNITS_MAX == 8, "the sentence says so");

void proto_check_plan(struct proto_check *check)
{
    struct proto_roster *roster = check->roster;
    struct proto_roster_plan plan = {.at = check->row->at};
    proto_check_code(check, PROTO_COLUMN_CODE, true, plan.code);
    proto_check_code(check, PROTO_COLUMN_CIRCLE, true, plan.circle);
    plan.circle_at = proto_check_at(check, PROTO_COLUMN_CIRCLE);
    plan.types = take_types(check);
    plan.priorities = take_priorities(check);
    take_units(check, PROTO_COLUMN_TIER_1, PROTO_TIER_1, &plan);
    take_units(check, PROTO_COLUMN_TIER_3, PROTO_TIER_3, &plan);
    take_units(check, PROTO_COLUMN_TIER_5, PROTO_TIER_5, &plan);
    proto_check_text(check, PROTO_COLUMN_WORDS_ZH, false, plan.words_zh, sizeof(plan.words_zh));
    proto_check_text(check, PROTO_COLUMN_WORDS_EN, false, plan.words_en, sizeof(plan.words_en));
    if (check->is_good && roster->plan_count >= PROTO_ROSTER_PLANS_MAX) {
        proto_check_refuse(check, PROTO_COLUMN_CODE, "is one plan too many: at most 5000", false);
    }
    if (!check->is_good) {
        return;
    }
    struct proto_roster_plan *plans =
        proto_row_grow(roster, roster->plans, roster->plan_count, sizeof(*plans));
    if (plans != NULL) {
        roster->plans = plans;
        plans[roster->plan_count] = plan;
        roster->plan_count++;
    }
}
_Static_assert(PROTO_ROSTER_PLANS_MAX == 5000, "the sentence says so");
