#include "engine/host/patrol_report.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/host/calendar.h"
#include "engine/host/patrol_reckon.h"

/* ---- Reading the question ---- */

bool patrol_report_parse(struct patrol_question *question, const char *query, uint64_t scope,
                         char detail[256])
{
    *question =
        (struct patrol_question){.from_ms = TIME_NEVER, .to_ms = TIME_NEVER, .scope = scope};
    uint32_t group = PATROL_CHECKPOINT;
    uint32_t format = PATROL_JSON;
    if (!query_text_check(query, "from to checkpoint circle district group format", detail) ||
        !calendar_query(query, "from", &question->from_ms, detail) ||
        !calendar_query(query, "to", &question->to_ms, detail) ||
        !query_text_code(query, "checkpoint", question->checkpoint, detail) ||
        !query_text_code(query, "circle", question->circle, detail) ||
        !query_text_code(query, "district", question->district, detail) ||
        !query_text_word(query, "group", "checkpoint circle district route unit none", &group,
                         detail) ||
        !query_text_word(query, "format", "json csv text", &format, detail)) {
        return false;
    }
    if (!calendar_is_known()) {
        snprintf(detail, 256,
                 "this machine has no data of the city's time zone, so it cannot tell due hours; "
                 "install tzdata");
        return false;
    }
    question->group = (enum patrol_group)group;
    question->format = (enum patrol_format)format;
    if (question->from_ms != TIME_NEVER && question->to_ms != TIME_NEVER &&
        question->from_ms >= question->to_ms) {
        snprintf(detail, 256, "from must be before to");
        return false;
    }
    return true;
}

/* ---- Gathering ---- */

/* A checkpoint that was asked for, with its part of the three lists. */
struct place {
    struct history_checkpoint *versions; /* the last one is how it is now */
    uint32_t version_count;
    struct patrol_line line;
    int64_t *seen_ms;
    uint32_t seen_count, seen_max;
};

struct gathering {
    const struct patrol_question *question;
    struct place places[CHECKPOINTS_MAX]; /* by checkpoint */
    struct patrol_line *units;            /* by unit; only for PATROL_UNIT */
    uint32_t unit_count, unit_max;
    enum status status;
};

/* Room for one more; false: there is no memory. */
static bool grow(void **items, uint32_t count, uint32_t *max, size_t size)
{
    if (count < *max) {
        return true;
    }
    const uint32_t wanted = *max == 0 ? 4 : *max * 2;
    void *grown = realloc(*items, wanted * size);
    if (grown == NULL) {
        return false;
    }
    *items = grown;
    *max = wanted;
    return true;
}

static bool take_checkpoint(void *context, const struct history_checkpoint *checkpoint)
{
    struct gathering *gathering = context;
    if (checkpoint->checkpoint >= CHECKPOINTS_MAX) {
        gathering->status = STATUS_CORRUPT;
        return false;
    }
    struct place *place = &gathering->places[checkpoint->checkpoint];
    const size_t size = (place->version_count + 1u) * sizeof *checkpoint;
    struct history_checkpoint *grown = realloc(place->versions, size);
    if (grown == NULL) {
        gathering->status = STATUS_NO_MEMORY;
        return false;
    }
    place->versions = grown;
    place->versions[place->version_count++] = *checkpoint;
    return true;
}

static const struct history_checkpoint *now_of(const struct place *place)
{
    assert(place->version_count > 0);
    return &place->versions[place->version_count - 1];
}

static bool names(const char *asked, const char *code)
{
    return asked[0] == '\0' || strcmp(asked, code) == 0;
}

static bool is_wanted(const struct patrol_question *question, const struct place *place)
{
    if (place->version_count == 0) {
        return false;
    }
    const struct history_checkpoint *now = now_of(place);
    const bool is_route = now->stop_count > 0;
    const bool in_scope = question->scope == SCOPE_CITY ||
                          (now->district < DISTRICT_NONE && (question->scope >> now->district & 1));
    return in_scope && is_route == (question->group == PATROL_ROUTE) &&
           names(question->checkpoint, now->code) && names(question->circle, now->circle_code) &&
           names(question->district, now->district_code);
}

static struct patrol_line *unit_line(struct gathering *gathering, uint32_t unit_id)
{
    while (gathering->unit_count <= unit_id) {
        if (!grow((void **)&gathering->units, gathering->unit_count, &gathering->unit_max,
                  sizeof gathering->units[0])) {
            gathering->status = STATUS_NO_MEMORY;
            return NULL;
        }
        gathering->units[gathering->unit_count] = (struct patrol_line){.key = gathering->unit_count,
                                                                       .gap_ms = TIME_NEVER,
                                                                       .gap_from_ms = TIME_NEVER,
                                                                       .last_ms = TIME_NEVER};
        gathering->unit_count++;
    }
    return &gathering->units[unit_id];
}

static void count_visit(struct patrol_line *line, const struct history_visit *visit)
{
    line->last_ms = visit->seen_ms > line->last_ms ? visit->seen_ms : line->last_ms;
    if (!visit->is_again) {
        line->visits++;
        line->by[visit->visit]++;
        line->unconfirmed += visit->is_near ? 0 : 1;
    }
}

static bool take_visit(void *context, const struct history_visit *visit)
{
    struct gathering *gathering = context;
    if (visit->checkpoint >= CHECKPOINTS_MAX || visit->visit >= VISIT_COUNT ||
        visit->unit_id == UNIT_NONE) {
        gathering->status = STATUS_CORRUPT;
        return false;
    }
    struct place *place = &gathering->places[visit->checkpoint];
    if (!is_wanted(gathering->question, place)) {
        return true;
    }
    if (!grow((void **)&place->seen_ms, place->seen_count, &place->seen_max,
              sizeof place->seen_ms[0])) {
        gathering->status = STATUS_NO_MEMORY;
        return false;
    }
    place->seen_ms[place->seen_count++] = visit->seen_ms;
    count_visit(&place->line, visit);
    struct patrol_line *unit =
        gathering->question->group == PATROL_UNIT ? unit_line(gathering, visit->unit_id) : NULL;
    if (unit != NULL) {
        count_visit(unit, visit);
    }
    return gathering->status == STATUS_OK;
}

static bool take_miss(void *context, uint32_t checkpoint, int64_t due_ms)
{
    struct gathering *gathering = context;
    (void)due_ms;
    if (checkpoint >= CHECKPOINTS_MAX) {
        gathering->status = STATUS_CORRUPT;
        return false;
    }
    gathering->places[checkpoint].line.missed++;
    return true;
}

/* ---- Lines ---- */

/* What a checkpoint counts for, by the group. */
static void key_of(enum patrol_group group, const struct history_checkpoint *now,
                   struct patrol_line *line)
{
    const char *code = "";
    const char *name = "";
    if (group == PATROL_CHECKPOINT || group == PATROL_ROUTE) {
        line->key = now->checkpoint;
        code = now->code;
        name = now->name;
        memcpy(line->circle, now->circle_code, sizeof line->circle);
    } else if (group == PATROL_CIRCLE) {
        line->key = now->circle;
        code = now->circle_code;
        name = now->circle_name;
    } else {
        assert(group == PATROL_DISTRICT);
        line->key = now->district;
        code = now->district_code;
        name = now->district_name;
    }
    memcpy(line->code, code, strlen(code) + 1);
    memcpy(line->name, name, strlen(name) + 1);
}

static void add_line(struct patrol_line *to, const struct patrol_line *line)
{
    to->checkpoints += line->checkpoints;
    to->due += line->due;
    to->missed += line->missed;
    to->visits += line->visits;
    to->unconfirmed += line->unconfirmed;
    for (uint32_t i = 0; i < VISIT_COUNT; i++) {
        to->by[i] += line->by[i];
    }
    if (line->gap_ms > to->gap_ms) {
        to->gap_ms = line->gap_ms;
        to->gap_from_ms = line->gap_from_ms;
    }
    to->last_ms = line->last_ms > to->last_ms ? line->last_ms : to->last_ms;
}

static struct patrol_line empty_line(void)
{
    return (struct patrol_line){
        .has_due = true, .gap_ms = TIME_NEVER, .gap_from_ms = TIME_NEVER, .last_ms = TIME_NEVER};
}

/* A miss that was named in the period may have begun before it: as much was due at least. */
static void reckon_place(struct place *place, const struct history_patrol_span *span)
{
    const struct patrol_reckoning reckoning = patrol_reckon(
        place->versions, place->version_count, span, place->seen_ms, place->seen_count);
    struct patrol_line *line = &place->line;
    line->due = reckoning.due > line->missed ? reckoning.due : line->missed;
    line->gap_ms = reckoning.gap_ms;
    line->gap_from_ms = reckoning.gap_from_ms;
    line->checkpoints = 1;
}

static struct patrol_line *line_of(struct patrol_result *result, const struct patrol_line *named)
{
    for (uint32_t i = result->count; i-- > 0;) { /* districts and circles come in runs */
        if (result->lines[i].key == named->key) {
            return &result->lines[i];
        }
    }
    struct patrol_line *line = &result->lines[result->count++];
    *line = *named;
    return line;
}

static int compare_lines(const void *a, const void *b)
{
    const uint32_t left = ((const struct patrol_line *)a)->key;
    const uint32_t right = ((const struct patrol_line *)b)->key;
    return (left > right) - (left < right);
}

static void add_place(struct gathering *gathering, struct place *place,
                      const struct history_patrol_span *span, struct patrol_result *result)
{
    const enum patrol_group group = gathering->question->group;
    reckon_place(place, span);
    add_line(&result->total, &place->line);
    if (group != PATROL_UNIT && group != PATROL_NONE) {
        struct patrol_line named = empty_line();
        key_of(group, now_of(place), &named);
        add_line(line_of(result, &named), &place->line);
    }
}

static enum status add_units(struct gathering *gathering, struct history_reader *reader,
                             struct patrol_result *result, char error[256])
{
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < gathering->unit_count && status == STATUS_OK; i++) {
        struct patrol_line *unit = &gathering->units[i];
        if (unit->last_ms == TIME_NEVER) {
            continue;
        }
        status = history_patrol_unit(reader, i, unit->code, unit->name, error);
        result->lines[result->count++] = *unit;
    }
    return status;
}

static enum status make_lines(struct gathering *gathering, struct history_reader *reader,
                              const struct history_patrol_span *span, struct patrol_result *result,
                              char error[256])
{
    const uint32_t lines_max = CHECKPOINTS_MAX + gathering->unit_count;
    result->lines = calloc(lines_max, sizeof result->lines[0]);
    if (result->lines == NULL) {
        return STATUS_NO_MEMORY;
    }
    result->total = empty_line();
    for (uint32_t i = 0; i < CHECKPOINTS_MAX; i++) {
        if (is_wanted(gathering->question, &gathering->places[i])) {
            add_place(gathering, &gathering->places[i], span, result);
        }
    }
    qsort(result->lines, result->count, sizeof result->lines[0], compare_lines);
    return add_units(gathering, reader, result, error);
}

/* ---- Answering ---- */

/* A name that nothing has would look like a place where nothing happened. */
static enum status check_names(const struct gathering *gathering, char error[256])
{
    const struct patrol_question *question = gathering->question;
    const bool is_narrow = question->checkpoint[0] != '\0' || question->circle[0] != '\0' ||
                           question->district[0] != '\0';
    for (uint32_t i = 0; is_narrow && i < CHECKPOINTS_MAX; i++) {
        if (is_wanted(question, &gathering->places[i])) {
            return STATUS_OK;
        }
    }
    if (is_narrow) {
        snprintf(error, 256, "there is no checkpoint%s%s%s%s%s%s in your scope",
                 question->checkpoint[0] == '\0' ? "" : " ", question->checkpoint,
                 question->circle[0] == '\0' ? "" : " of circle ", question->circle,
                 question->district[0] == '\0' ? "" : " of district ", question->district);
        return STATUS_BAD_INPUT;
    }
    return STATUS_OK;
}

/* Up to the newest event: what is due later is not missed yet. */
static struct history_patrol_span span_of(const struct gathering *gathering, uint64_t seq,
                                          int64_t newest_ms)
{
    const struct patrol_question *question = gathering->question;
    struct history_patrol_span span = {question->from_ms, question->to_ms, seq};
    const int64_t until_ms = newest_ms == TIME_NEVER ? TIME_NEVER : newest_ms + 1;
    if (span.to_ms == TIME_NEVER || span.to_ms > until_ms) {
        span.to_ms = until_ms;
    }
    for (uint32_t i = 0; question->from_ms == TIME_NEVER && i < CHECKPOINTS_MAX; i++) {
        const struct place *place = &gathering->places[i];
        if (is_wanted(question, place) &&
            (span.from_ms == TIME_NEVER || place->versions[0].from_ms < span.from_ms)) {
            span.from_ms = place->versions[0].from_ms;
        }
    }
    span.from_ms =
        span.from_ms == TIME_NEVER || span.from_ms > span.to_ms ? span.to_ms : span.from_ms;
    return span;
}

static enum status gather(struct gathering *gathering, struct history_reader *reader,
                          struct patrol_result *result, char error[256])
{
    uint64_t seq = 0;
    int64_t newest_ms = TIME_NEVER;
    enum status status = history_patrol_newest(reader, &seq, &newest_ms, error);
    if (status == STATUS_OK) {
        status = history_patrol_checkpoints(reader, seq, take_checkpoint, gathering, error);
    }
    if (status == STATUS_OK && gathering->status == STATUS_OK) {
        status = check_names(gathering, error);
    }
    const struct history_patrol_span span = span_of(gathering, seq, newest_ms);
    if (status == STATUS_OK && gathering->status == STATUS_OK) {
        status = history_patrol_visits(reader, &span, take_visit, gathering, error);
    }
    if (status == STATUS_OK && gathering->status == STATUS_OK) {
        status = history_patrol_misses(reader, &span, take_miss, gathering, error);
    }
    if (status == STATUS_OK && gathering->status == STATUS_OK) {
        status = make_lines(gathering, reader, &span, result, error);
    }
    result->from_ms = span.from_ms;
    result->to_ms = span.to_ms;
    return status == STATUS_OK ? gathering->status : status;
}

static void gathering_destroy(struct gathering *gathering)
{
    for (uint32_t i = 0; i < CHECKPOINTS_MAX; i++) {
        free(gathering->places[i].versions);
        free(gathering->places[i].seen_ms);
    }
    free(gathering->units);
    free(gathering);
}

enum status patrol_report_answer(const struct patrol_question *question,
                                 struct history_reader *reader, const char *time_zone,
                                 struct proto_buffer *body, char error[256])
{
    struct gathering *gathering = calloc(1, sizeof *gathering);
    struct patrol_result result = {0};
    enum status status = STATUS_NO_MEMORY;
    if (gathering != NULL) {
        gathering->question = question;
        for (uint32_t i = 0; i < CHECKPOINTS_MAX; i++) {
            gathering->places[i].line = empty_line();
        }
        status = gather(gathering, reader, &result, error);
        gathering_destroy(gathering);
    }
    if (status == STATUS_NO_MEMORY) {
        snprintf(error, 256, "out of memory");
    }
    if (status == STATUS_OK) {
        patrol_table_write(question, &result, time_zone, body);
    }
    free(result.lines);
    return status;
}

uint32_t patrol_report_rate(const struct patrol_line *line)
{
    return line->due == 0 ? UINT32_MAX
                          : (uint32_t)((uint64_t)(line->due - line->missed) * 1000 / line->due);
}
