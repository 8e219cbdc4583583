#include "engine/store/history_summary.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/history_private.h"

/* ---- Which line a row belongs to ---- */

#define KEYS_MAX  65536u /* units, circles, districts, types and periods are all below */
#define LINE_NONE UINT32_MAX

_Static_assert(HISTORY_PERIODS_MAX <= KEYS_MAX, "a period has a key");

/* Keys to lines, in the order in which they came. */
struct grouping {
    enum history_group group;
    const struct history_periods *periods;
    uint32_t *lines; /* by key, the last of them for HISTORY_ANY; LINE_NONE: not seen yet */
    uint32_t *keys;  /* by line */
    uint32_t count;
};

static enum status grouping_init(struct grouping *grouping, enum history_group group,
                                 const struct history_periods *periods)
{
    assert((group == HISTORY_GROUP_PERIOD) == (periods != NULL));
    *grouping = (struct grouping){.group = group, .periods = periods};
    grouping->lines = malloc((KEYS_MAX + 1) * sizeof *grouping->lines);
    grouping->keys = malloc((KEYS_MAX + 1) * sizeof *grouping->keys);
    if (grouping->lines == NULL || grouping->keys == NULL) {
        return STATUS_NO_MEMORY;
    }
    memset(grouping->lines, 0xff, (KEYS_MAX + 1) * sizeof *grouping->lines);
    return STATUS_OK;
}

static void grouping_finish(struct grouping *grouping)
{
    free(grouping->lines);
    free(grouping->keys);
}

/* The span that holds a time; false: none does. */
static bool find_period(const struct history_periods *periods, int64_t at_ms, uint32_t *key)
{
    uint32_t low = 0; /* starts_ms[low] <= at_ms < starts_ms[high], once both hold */
    uint32_t high = periods->count;
    if (periods->count == 0 || at_ms < periods->starts_ms[0] || at_ms >= periods->starts_ms[high]) {
        return false;
    }
    while (high - low > 1) {
        const uint32_t middle = low + (high - low) / 2;
        if (periods->starts_ms[middle] <= at_ms) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *key = periods->keys[low];
    return true;
}

struct place {
    int64_t created_ms;
    uint32_t type, district, circle, unit_id;
    uint32_t areas[AREA_KIND_COUNT];
};

static uint32_t key_of(const struct grouping *grouping, const struct place *place)
{
    uint32_t key = HISTORY_ANY;
    switch (grouping->group) {
    case HISTORY_GROUP_CITY:
    case HISTORY_GROUP_COUNT:
        break;
    case HISTORY_GROUP_DISTRICT:
        key = place->district == DISTRICT_NONE ? HISTORY_ANY : place->district;
        break;
    case HISTORY_GROUP_CIRCLE:
        key = place->circle;
        break;
    case HISTORY_GROUP_BEAT:
        key = place->areas[AREA_BEAT];
        break;
    case HISTORY_GROUP_GRID:
        key = place->areas[AREA_GRID];
        break;
    case HISTORY_GROUP_UNIT:
        key = place->unit_id;
        break;
    case HISTORY_GROUP_TYPE:
        key = place->type;
        break;
    case HISTORY_GROUP_PERIOD:
        return find_period(grouping->periods, place->created_ms, &key) ? key : LINE_NONE - 1;
    }
    return key < KEYS_MAX ? key : HISTORY_ANY;
}

/* The line of a row; `is_new`: its first. LINE_NONE: in none. */
static uint32_t line_of(struct grouping *grouping, const struct place *place, bool *is_new)
{
    const uint32_t key = key_of(grouping, place);
    if (key != HISTORY_ANY && key >= KEYS_MAX) {
        return LINE_NONE;
    }
    uint32_t *line = &grouping->lines[key == HISTORY_ANY ? KEYS_MAX : key];
    *is_new = *line == LINE_NONE;
    if (*is_new) {
        grouping->keys[grouping->count] = key;
        *line = grouping->count++;
    }
    return *line;
}

/* ---- Codes and names ---- */

static const struct {
    const char *table, *key;
} names[HISTORY_GROUP_COUNT] = {
    [HISTORY_GROUP_DISTRICT] = {"district", "district"},
    [HISTORY_GROUP_CIRCLE] = {"circle", "circle"},
    [HISTORY_GROUP_BEAT] = {"area", "area"},
    [HISTORY_GROUP_GRID] = {"area", "area"},
    [HISTORY_GROUP_UNIT] = {"unit", "unit_id"},
};

static bool take_name(void *context, sqlite3_stmt *row)
{
    struct history_line *line = context;
    (void)store_db_text(row, 0, line->code, sizeof line->code);
    (void)store_db_text(row, 1, line->name, sizeof line->name);
    return false;
}

static enum status name_line(struct history_reader *reader, enum history_group group,
                             struct history_line *line, char error[STORE_ERROR_SIZE])
{
    line->code[0] = '\0';
    line->name[0] = '\0';
    if (names[group].table == NULL || line->key == HISTORY_ANY) {
        return STATUS_OK;
    }
    struct history_query query = {0};
    history_query_add(&query,
                      "SELECT coalesce(code, ''), coalesce(name, '') FROM %s WHERE %s = %" PRIu32,
                      names[group].table, names[group].key, line->key);
    return history_reader_ask(reader, &query, take_name, line, error);
}

struct finding {
    const char *code;
    uint32_t key;
};

static bool take_code(void *context, sqlite3_stmt *row)
{
    struct finding *finding = context;
    const unsigned char *code = sqlite3_column_text(row, 1);
    if (code == NULL || strcmp((const char *)code, finding->code) != 0) {
        return true;
    }
    finding->key = store_db_u32(row, 0, HISTORY_ANY);
    return false;
}

enum status history_summary_find(struct history_reader *reader, enum history_group group,
                                 const char *code, uint32_t *key, char error[256])
{
    assert(names[group].table != NULL);
    struct finding finding = {.code = code, .key = HISTORY_ANY};
    struct history_query query = {0};
    history_query_add(&query, "SELECT %s, code FROM %s", names[group].key, names[group].table);
    const enum status status = history_reader_ask(reader, &query, take_code, &finding, error);
    if (status == STATUS_OK && finding.key == HISTORY_ANY) {
        store_db_say(error, "there is no %s \"%.40s\"", names[group].table, code);
        return STATUS_NOT_FOUND;
    }
    *key = finding.key;
    return status;
}

struct span {
    int64_t first_ms, last_ms;
};

static bool take_span(void *context, sqlite3_stmt *row)
{
    struct span *span = context;
    *span = (struct span){store_db_time(row, 0), store_db_time(row, 1)};
    return false;
}

enum status history_summary_span(struct history_reader *reader, int64_t *first_ms, int64_t *last_ms,
                                 char error[256])
{
    struct span span = {TIME_NEVER, TIME_NEVER};
    struct history_query query = {0};
    history_query_add(&query, "SELECT (SELECT min(created_ms) FROM incident),"
                              " (SELECT max(created_ms) FROM incident)");
    const enum status status = history_reader_ask(reader, &query, take_span, &span, error);
    *first_ms = span.first_ms;
    *last_ms = span.last_ms;
    return status;
}

/* Rising, HISTORY_ANY last: it is the largest number. Both kinds of lines begin with theirs. */
static int compare_lines(const void *a, const void *b)
{
    const struct history_line *left = a;
    const struct history_line *right = b;
    return (left->key > right->key) - (left->key < right->key);
}

/* ---- Response times ---- */

struct times_taking {
    struct grouping grouping;
    enum history_drills drills;
    struct history_samples **samples; /* by line */
    uint32_t samples_max;
    enum status status;
};

/* Room for the samples of a new line. */
static enum status add_samples(struct times_taking *taking, uint32_t line)
{
    if (line == taking->samples_max) {
        const uint32_t max = taking->samples_max == 0 ? 16 : taking->samples_max * 2;
        struct history_samples **samples =
            realloc(taking->samples, max * sizeof(struct history_samples *));
        if (samples == NULL) {
            return STATUS_NO_MEMORY;
        }
        taking->samples = samples;
        taking->samples_max = max;
    }
    taking->samples[line] = history_statistics_create();
    return taking->samples[line] == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

static bool take_answer(void *context, sqlite3_stmt *row)
{
    struct times_taking *taking = context;
    struct history_answer answer;
    history_rows_answer(row, taking->drills, &answer);
    const struct place place = {
        answer.created_ms, answer.type,    answer.district,
        answer.circle,     answer.unit_id, {answer.areas[AREA_BEAT], answer.areas[AREA_GRID]}};
    bool is_new = false;
    const uint32_t line = line_of(&taking->grouping, &place, &is_new);
    if (line == LINE_NONE) {
        return true;
    }
    if (is_new) {
        taking->status = add_samples(taking, line);
    }
    if (taking->status == STATUS_OK) {
        taking->status = history_statistics_add(taking->samples[line], &answer);
    }
    return taking->status == STATUS_OK;
}

/* Nothing happened in the city: a line that says so. */
static enum status add_city(struct times_taking *taking)
{
    const struct place nowhere = {0};
    bool is_new = false;
    return taking->grouping.group == HISTORY_GROUP_CITY && taking->grouping.count == 0
               ? add_samples(taking, line_of(&taking->grouping, &nowhere, &is_new))
               : STATUS_OK;
}

static enum status reckon_lines(struct history_reader *reader, struct times_taking *taking,
                                struct history_summary *out, char error[STORE_ERROR_SIZE])
{
    const uint32_t count = taking->grouping.count;
    out->lines = calloc(count == 0 ? 1 : count, sizeof *out->lines);
    if (out->lines == NULL) {
        return STATUS_NO_MEMORY;
    }
    out->count = count;
    enum status status = STATUS_OK;
    for (uint32_t i = 0; i < count && status == STATUS_OK; i++) {
        out->lines[i].line.key = taking->grouping.keys[i];
        status = name_line(reader, taking->grouping.group, &out->lines[i].line, error);
        history_statistics_reckon(taking->samples[i], &out->lines[i].numbers);
    }
    qsort(out->lines, count, sizeof *out->lines, compare_lines);
    return status;
}

enum status history_summary_times(struct history_reader *reader,
                                  const struct history_filter *filter, enum history_group group,
                                  const struct history_periods *periods,
                                  struct history_summary *out, char error[256])
{
    *out = (struct history_summary){0};
    struct times_taking taking = {.drills = filter->drills};
    struct history_query query = {0};
    history_query_add(&query, "%s", history_rows_answer_sql);
    history_query_filter_orders(&query, 's', filter);
    enum status status = grouping_init(&taking.grouping, group, periods);
    if (status == STATUS_OK) {
        status = history_reader_ask(reader, &query, take_answer, &taking, error);
    }
    status = status == STATUS_OK ? taking.status : status;
    if (status == STATUS_OK) {
        status = add_city(&taking);
    }
    if (status == STATUS_OK) {
        status = reckon_lines(reader, &taking, out, error);
    }
    for (uint32_t i = 0; i < taking.grouping.count && i < taking.samples_max; i++) {
        history_statistics_destroy(taking.samples[i]);
    }
    free(taking.samples);
    grouping_finish(&taking.grouping);
    if (status == STATUS_NO_MEMORY) {
        store_db_say(error, "out of memory for the samples of so many incidents");
    }
    if (status != STATUS_OK) {
        history_summary_finish(out);
    }
    return status;
}

void history_summary_finish(struct history_summary *summary)
{
    free(summary->lines);
    *summary = (struct history_summary){0};
}

/* ---- The bulletin ---- */

#define SECOND_MS ((int64_t)1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)

const int64_t history_bulletin_ends_ms[HISTORY_BULLETIN_STAGES][HISTORY_BULLETIN_BINS - 1] = {
    [HISTORY_SIGN] = {30 * SECOND_MS, 60 * SECOND_MS, 120 * SECOND_MS, 180 * SECOND_MS},
    [HISTORY_DEPART] = {5 * MINUTE_MS, 10 * MINUTE_MS, 15 * MINUTE_MS, 30 * MINUTE_MS},
    [HISTORY_FEEDBACK] = {30 * MINUTE_MS, 60 * MINUTE_MS, 2 * HOUR_MS, 4 * HOUR_MS}};

struct bulletin_taking {
    struct grouping grouping;
    enum history_drills drills;
    struct history_bulletin_line *lines;
    uint32_t lines_max;
    enum status status;
};

static enum status add_bulletin_line(struct bulletin_taking *taking, uint32_t line)
{
    if (line == taking->lines_max) {
        const uint32_t max = taking->lines_max == 0 ? 16 : taking->lines_max * 2;
        struct history_bulletin_line *lines = realloc(taking->lines, max * sizeof *lines);
        if (lines == NULL) {
            return STATUS_NO_MEMORY;
        }
        taking->lines = lines;
        taking->lines_max = max;
    }
    struct history_bulletin_line *fresh = &taking->lines[line];
    memset(fresh, 0, sizeof *fresh);
    fresh->line.key = taking->grouping.keys[line];
    for (uint32_t stage = 0; stage < HISTORY_BULLETIN_STAGES; stage++) {
        fresh->times[stage].slowest_ms = TIME_NEVER;
        fresh->times[stage].slowest.key = HISTORY_ANY;
    }
    return STATUS_OK;
}

struct slip {
    uint32_t incident_id, unit_id;
    bool is_withdrawn;
};

static void count_slip(struct history_bulletin_times *times, const int64_t ends_ms[],
                       const struct slip *slip, int64_t span_ms)
{
    if (span_ms == TIME_NEVER) {
        times->withdrawn += slip->is_withdrawn ? 1 : 0;
        times->missing += slip->is_withdrawn ? 0 : 1;
        return;
    }
    uint32_t bin = 0;
    while (bin < HISTORY_BULLETIN_BINS - 1 && span_ms > ends_ms[bin]) {
        bin++;
    }
    times->bins[bin]++;
    times->n++;
    if (span_ms > times->slowest_ms) { /* TIME_NEVER is below every span */
        times->slowest_ms = span_ms;
        times->slowest_incident_id = slip->incident_id;
        times->slowest.key = slip->unit_id;
    }
}

static const char slip_sql[] =
    "SELECT s.created_ms, s.type, s.district, s.circle, s.unit_id, s.incident_id, s.drill,"
    " s.withdrawn, s.sign_ms, s.depart_ms, s.feedback_ms, s.beat, s.grid FROM slip s";

static bool take_slip(void *context, sqlite3_stmt *row)
{
    struct bulletin_taking *taking = context;
    const struct place place = {
        store_db_time(row, 0),
        store_db_u32(row, 1, 0),
        store_db_u32(row, 2, DISTRICT_NONE),
        store_db_u32(row, 3, CIRCLE_NONE),
        store_db_u32(row, 4, UNIT_NONE),
        {store_db_u32(row, 11, AREA_NONE), store_db_u32(row, 12, AREA_NONE)}};
    bool is_new = false;
    const uint32_t index = line_of(&taking->grouping, &place, &is_new);
    if (index == LINE_NONE) {
        return true;
    }
    if (is_new) {
        taking->status = add_bulletin_line(taking, index);
    }
    if (taking->status != STATUS_OK) {
        return false;
    }
    struct history_bulletin_line *line = &taking->lines[index];
    if (store_db_u32(row, 6, 0) != 0 && taking->drills != HISTORY_DRILLS_ONLY) {
        line->drills++;
        return true;
    }
    line->orders++;
    const struct slip slip = {store_db_u32(row, 5, 0), place.unit_id, store_db_u32(row, 7, 0) != 0};
    for (uint32_t stage = 0; stage < HISTORY_BULLETIN_STAGES; stage++) {
        count_slip(&line->times[stage], history_bulletin_ends_ms[stage], &slip,
                   store_db_time(row, 8 + (int)stage));
    }
    return true;
}

static enum status name_bulletin(struct history_reader *reader, struct bulletin_taking *taking,
                                 char error[STORE_ERROR_SIZE])
{
    const enum history_group group = taking->grouping.group;
    const struct place nowhere = {0};
    bool is_new = false;
    enum status status = STATUS_OK;
    if (group == HISTORY_GROUP_CITY && taking->grouping.count == 0) {
        status = add_bulletin_line(taking, line_of(&taking->grouping, &nowhere, &is_new));
    }
    for (uint32_t i = 0; i < taking->grouping.count && status == STATUS_OK; i++) {
        struct history_bulletin_line *line = &taking->lines[i];
        status = name_line(reader, group, &line->line, error);
        for (uint32_t s = 0; s < HISTORY_BULLETIN_STAGES && status == STATUS_OK; s++) {
            status = name_line(reader, HISTORY_GROUP_UNIT, &line->times[s].slowest, error);
        }
    }
    return status;
}

enum status history_summary_bulletin(struct history_reader *reader,
                                     const struct history_filter *filter, enum history_group group,
                                     const struct history_periods *periods,
                                     struct history_bulletin *out, char error[256])
{
    *out = (struct history_bulletin){0};
    struct bulletin_taking taking = {.drills = filter->drills};
    struct history_query query = {0};
    history_query_add(&query, "%s", slip_sql);
    history_query_filter_orders(&query, 's', filter);
    enum status status = grouping_init(&taking.grouping, group, periods);
    if (status == STATUS_OK) {
        status = history_reader_ask(reader, &query, take_slip, &taking, error);
    }
    status = status == STATUS_OK ? taking.status : status;
    if (status == STATUS_OK) {
        status = name_bulletin(reader, &taking, error);
    }
    if (status == STATUS_OK) {
        *out = (struct history_bulletin){taking.lines, taking.grouping.count};
        if (out->count > 1) {
            qsort(out->lines, out->count, sizeof *out->lines, compare_lines);
        }
    } else {
        free(taking.lines);
    }
    grouping_finish(&taking.grouping);
    if (status == STATUS_NO_MEMORY) {
        store_db_say(error, "out of memory for the lines of the bulletin");
    }
    return status;
}

void history_summary_bulletin_finish(struct history_bulletin *bulletin)
{
    free(bulletin->lines);
    *bulletin = (struct history_bulletin){0};
}

/* ---- Heat ---- */

#define QUARTER_E7 900000000  /* no latitude is below -90 degrees */
#define HALF_E7    1800000000 /* no longitude below -180 */

struct heat_taking {
    uint32_t cell_e7;
    history_cell_visit *visit;
    void *context;
};

static bool take_cell(void *context, sqlite3_stmt *row)
{
    const struct heat_taking *taking = context;
    const struct history_cell cell = {
        .southwest = {(int32_t)(sqlite3_column_int64(row, 0) * taking->cell_e7 - QUARTER_E7),
                      (int32_t)(sqlite3_column_int64(row, 1) * taking->cell_e7 - HALF_E7)},
        .rows = store_db_u32(row, 2, 0),
        .late = store_db_u32(row, 3, 0),
        .incidents = store_db_u32(row, 4, 0)};
    return taking->visit(taking->context, &cell);
}

enum status history_summary_heat(struct history_reader *reader, const struct history_filter *filter,
                                 uint32_t cell_e7, history_cell_visit *visit, void *context,
                                 char error[256])
{
    assert(cell_e7 > 0);
    struct heat_taking taking = {.cell_e7 = cell_e7, .visit = visit, .context = context};
    struct history_query query = {0};
    history_query_add(&query,
                      "SELECT (s.lat_e7 + %d) / %" PRIu32 ", (s.lon_e7 + %d) / %" PRIu32
                      ", count(*), sum(s.verdict IN (%d, %d)), count(DISTINCT s.key / 4)"
                      " FROM answer s",
                      QUARTER_E7, cell_e7, HALF_E7, cell_e7, TIER_MISSED, TIER_NO_UNIT);
    history_query_filter_orders(&query, 's', filter);
    history_query_where(&query, "s.exclusion = %d", HISTORY_COUNTED);
    if (filter->drills == HISTORY_DRILLS_TOO) {
        history_query_where(&query, "s.drill = 0"); /* as in every report: drills stand apart */
    }
    history_query_add(&query, " GROUP BY 1, 2 ORDER BY 1, 2");
    return history_reader_ask(reader, &query, take_cell, &taking, error);
}
