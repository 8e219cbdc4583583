/* A row of a roster of plans: lists joined by +, and what everybody who is ordered is told. */
#include <assert.h>
#include <string.h>

#include "proto/proto_row.h"
#include "proto/proto_text.h"

#define PRIORITY_MAX 4u

struct check {
    struct proto_roster *roster;
    const struct proto_row *row;
    bool is_good;
};

static const struct proto_cell *cell_of(const struct check *check, enum proto_column column)
{
    return &check->row->cells[column];
}

static struct proto_roster_at at_of(const struct check *check, enum proto_column column)
{
    const struct proto_cell *cell = cell_of(check, column);
    return cell->at.line > 0 ? cell->at : check->row->at;
}

static void refuse(struct check *check, enum proto_column column, const char *sentence)
{
    const struct proto_cell *cell = cell_of(check, column);
    proto_row_refuse(check->roster, at_of(check, column), proto_column_name(column), sentence,
                     cell->size > 0 ? cell : NULL);
    check->is_good = false;
}

/* The next word of a list joined by +; false: there is none. */
struct words {
    const struct proto_cell *cell;
    size_t from;
};

static bool next_word(struct words *words, struct proto_cell *word)
{
    const struct proto_cell *cell = words->cell;
    if (cell->size == 0 || words->from > cell->size) {
        return false;
    }
    size_t upto = words->from;
    while (upto < cell->size && cell->bytes[upto] != '+') {
        upto++;
    }
    *word = (struct proto_cell){.bytes = cell->bytes + words->from, .size = upto - words->from};
    words->from = upto + 1;
    return true;
}

static void take_code(struct check *check, enum proto_column column, char code[PROTO_CODE_SIZE])
{
    const struct proto_cell *cell = cell_of(check, column);
    if (cell->size == 0 || cell->size >= PROTO_CODE_SIZE ||
        !proto_text_is_code(cell->bytes, cell->size)) {
        refuse(check, column, "must be 1 to 15 of A-Z a-z 0-9 _ . -");
        return;
    }
    memcpy(code, cell->bytes, cell->size);
    code[cell->size] = '\0';
}

/* Left out: all. */
static uint32_t take_types(struct check *check)
{
    struct words words = {.cell = cell_of(check, PROTO_COLUMN_TYPES)};
    struct proto_cell word;
    uint32_t bits = 0;
    while (next_word(&words, &word)) {
        uint32_t type = 0;
        while (type < PROTO_INCIDENT_TYPE_COUNT &&
               (strlen(proto_name(PROTO_LIST_INCIDENT_TYPE, type)) != word.size ||
                memcmp(proto_name(PROTO_LIST_INCIDENT_TYPE, type), word.bytes, word.size) != 0)) {
            type++;
        }
        if (type == PROTO_INCIDENT_TYPE_COUNT) {
            refuse(check, PROTO_COLUMN_TYPES, "must be incident types joined by +");
            return 0;
        }
        bits |= 1u << type;
    }
    return bits != 0 ? bits : (1u << PROTO_INCIDENT_TYPE_COUNT) - 1u;
}

static uint32_t take_priorities(struct check *check)
{
    struct words words = {.cell = cell_of(check, PROTO_COLUMN_PRIORITIES)};
    struct proto_cell word;
    uint32_t bits = 0;
    while (next_word(&words, &word)) {
        if (word.size != 1 || word.bytes[0] < '1' || word.bytes[0] > '0' + (char)PRIORITY_MAX) {
            refuse(check, PROTO_COLUMN_PRIORITIES, "must be numbers 1 to 4 joined by +");
            return 0;
        }
        bits |= 1u << (word.bytes[0] - '1');
    }
    return bits != 0 ? bits : (1u << PRIORITY_MAX) - 1u;
}

static bool stands_already(const struct proto_roster_plan *plan, uint32_t tier, const char *code)
{
    for (uint32_t i = 0; i < plan->unit_counts[tier]; i++) {
        if (strcmp(plan->units[tier][i], code) == 0) {
            return true;
        }
    }
    return false;
}

static void take_units(struct check *check, enum proto_column column, uint32_t tier,
                       struct proto_roster_plan *plan)
{
    struct words words = {.cell = cell_of(check, column)};
    struct proto_cell word;
    plan->tier_at[tier] = at_of(check, column);
    while (next_word(&words, &word)) {
        if (word.size == 0 || word.size >= PROTO_CODE_SIZE ||
            !proto_text_is_code(word.bytes, word.size)) {
            refuse(check, column, "must be codes of units joined by +");
            return;
        }
        char code[PROTO_CODE_SIZE] = {0};
        memcpy(code, word.bytes, word.size);
        if (stands_already(plan, tier, code)) {
            refuse(check, column, "names a unit twice");
            return;
        }
        if (plan->unit_counts[tier] == PROTO_PLAN_UNITS_MAX) {
            refuse(check, column, "names more than 8 units");
            return;
        }
        memcpy(plan->units[tier][plan->unit_counts[tier]], code, sizeof code);
        plan->unit_counts[tier]++;
    }
}
_Static_assert(PROTO_PLAN_UNITS_MAX == 8, "the sentence says so");

static void take_text(struct check *check, enum proto_column column, char text[PROTO_NOTE_SIZE])
{
    const struct proto_cell *cell = cell_of(check, column);
    if (cell->size >= PROTO_NOTE_SIZE) {
        proto_row_refuse(check->roster, at_of(check, column), proto_column_name(column),
                         "has more than 511 bytes", NULL);
        check->is_good = false;
    } else if (proto_text_bad_at(cell->bytes, cell->size) < cell->size) {
        proto_row_refuse(check->roster, at_of(check, column), proto_column_name(column),
                         "has a control character", NULL);
        check->is_good = false;
    } else {
        memcpy(text, cell->bytes, cell->size);
        text[cell->size] = '\0';
    }
}
_Static_assert(PROTO_NOTE_SIZE == 512, "the sentence says so");

void proto_row_take_plan(struct proto_roster *roster, const struct proto_row *row)
{
    struct check check = {.roster = roster, .row = row, .is_good = true};
    struct proto_roster_plan plan = {.at = row->at};
    take_code(&check, PROTO_COLUMN_CODE, plan.code);
    take_code(&check, PROTO_COLUMN_CIRCLE, plan.circle);
    plan.circle_at = at_of(&check, PROTO_COLUMN_CIRCLE);
    plan.types = take_types(&check);
    plan.priorities = take_priorities(&check);
    take_units(&check, PROTO_COLUMN_TIER_1, PROTO_TIER_1, &plan);
    take_units(&check, PROTO_COLUMN_TIER_3, PROTO_TIER_3, &plan);
    take_units(&check, PROTO_COLUMN_TIER_5, PROTO_TIER_5, &plan);
    take_text(&check, PROTO_COLUMN_WORDS_ZH, plan.words_zh);
    take_text(&check, PROTO_COLUMN_WORDS_EN, plan.words_en);
    if (check.is_good && roster->plan_count >= PROTO_ROSTER_PLANS_MAX) {
        proto_row_refuse(roster, row->at, "code", "is one plan too many: at most 5000", NULL);
        check.is_good = false;
    }
    if (!check.is_good) {
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
