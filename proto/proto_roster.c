#include "proto/proto_roster.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proto_row.h"
#include "proto/proto_text.h"

enum proto_roster_kind proto_roster_kind_find(const char *name)
{
    static const char *const names[PROTO_ROSTER_KIND_COUNT] = {
        "districts", "circles", "units", "areas", "centres", "checkpoints", "routes", "plans"};
    assert(name != NULL);
    uint32_t kind = 0;
    while (kind < PROTO_ROSTER_KIND_COUNT && strcmp(names[kind], name) != 0) {
        kind++;
    }
    return (enum proto_roster_kind)kind;
}

void proto_roster_refuse(struct proto_roster *roster, struct proto_roster_at at, const char *detail)
{
    assert(detail != NULL);
    proto_row_refuse(roster, at, NULL, detail, NULL);
}

void proto_roster_finish(struct proto_roster *roster)
{
    assert(roster != NULL);
    free(roster->outlines);
    free(roster->ring_sizes);
    free(roster->points);
    free(roster->circles);
    free(roster->units);
    free(roster->centres);
    free(roster->checkpoints);
    free(roster->plans);
    free(roster->errors);
    *roster = (struct proto_roster){.kind = roster->kind};
}

/* ---- Codes that stand twice ---- */

/* The codes of whichever kind it is, as one sequence. */
static const char *code_at(const struct proto_roster *roster, uint32_t i,
                           struct proto_roster_at *at)
{
    if (roster->kind == PROTO_ROSTER_UNITS) {
        *at = roster->units[i].at;
        return roster->units[i].code;
    }
    if (roster->kind == PROTO_ROSTER_CIRCLES) {
        *at = roster->circles[i].at;
        return roster->circles[i].code;
    }
    if (roster->kind == PROTO_ROSTER_CENTRES) {
        *at = roster->centres[i].at;
        return roster->centres[i].code;
    }
    if (roster->kind == PROTO_ROSTER_CHECKPOINTS || roster->kind == PROTO_ROSTER_ROUTES) {
        *at = roster->checkpoints[i].at;
        return roster->checkpoints[i].code;
    }
    if (roster->kind == PROTO_ROSTER_PLANS) {
        *at = roster->plans[i].at;
        return roster->plans[i].code;
    }
    *at = roster->outlines[i].at;
    return roster->outlines[i].code;
}

static uint32_t code_count(const struct proto_roster *roster)
{
    return roster->unit_count + roster->circle_count + roster->outline_count +
           roster->centre_count + roster->checkpoint_count + roster->plan_count;
}

static uint32_t hash(const char *code)
{
    uint32_t sum = 2166136261u; /* FNV-1a */
    for (const char *at = code; *at != '\0'; at++) {
        sum = (sum ^ (unsigned char)*at) * 16777619u;
    }
    return sum;
}

static void refuse_twice(struct proto_roster *roster, uint32_t i, uint32_t first)
{
    struct proto_roster_at at;
    struct proto_roster_at first_at;
    char detail[PROTO_DETAIL_SIZE];
    struct proto_line line = proto_line_start(detail, sizeof(detail));
    const char *code = code_at(roster, i, &at);
    (void)code_at(roster, first, &first_at);
    proto_line_text(&line, "the code ");
    proto_line_quoted(&line, code, strlen(code));
    proto_line_text(&line, " stands already in line ");
    proto_line_int(&line, first_at.line);
    proto_roster_refuse(roster, at, detail);
}

/* Slots hold an index + 1; half of them stay free, so every probe ends. */
static void check_codes(struct proto_roster *roster)
{
    const uint32_t count = code_count(roster);
    uint32_t slot_count = 64;
    while (slot_count < count * 2) {
        slot_count *= 2;
    }
    uint32_t *slots = calloc(slot_count, sizeof(*slots));
    if (slots == NULL) {
        roster->no_memory = true;
        return;
    }
    for (uint32_t i = 0; i < count && !proto_row_done(roster); i++) {
        struct proto_roster_at at;
        const char *code = code_at(roster, i, &at);
        uint32_t slot = hash(code) & (slot_count - 1);
        while (slots[slot] != 0 && strcmp(code_at(roster, slots[slot] - 1, &at), code) != 0) {
            slot = (slot + 1) & (slot_count - 1);
        }
        if (slots[slot] != 0) {
            refuse_twice(roster, i, slots[slot] - 1);
        } else {
            slots[slot] = i + 1;
        }
    }
    free(slots);
}

bool proto_row_finish(struct proto_roster *roster)
{
    if (roster->error_count == 0 && code_count(roster) == 0 && !roster->no_memory) {
        proto_roster_refuse(roster, (struct proto_roster_at){1, 1}, "there is not one line in it");
    }
    if (!proto_row_done(roster)) {
        check_codes(roster);
    }
    return roster->error_count == 0 && !roster->no_memory;
}
