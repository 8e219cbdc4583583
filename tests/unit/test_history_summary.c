/* history summaries: every grouping and the bulletin against oracles that look at the response log
 * row by row and at the orders one by one, on a random city. The seed is printed. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/store/history.h"
#include "engine/store/history_summary.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/store_city.h"
#include "tests/support/store_given.h"

#define EPOCH      "0123456789abcdef0123456789abcdef"
#define INCIDENTS  400u
#define ROWS_MAX   4000u
#define ORDERS_MAX 20000u
#define HOUR_MS    3600000

static char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE], error[256];
static struct history *history;
static struct history_reader *reader;
static struct event_list events;
static struct event *event;

/* ---- The oracle's rows: what the log shows, and the orders as the events tell them ---- */

static struct history_log_row rows[ROWS_MAX];
static uint32_t row_count;

struct order {
    uint32_t incident_id, unit_id;
    int64_t sent_ms, acknowledged_ms, en_route_ms, ended_ms;
    enum assignment_state state;
};
static struct order orders[ORDERS_MAX];
static uint32_t order_max;
static struct {
    int64_t created_ms;
    bool drill;
    enum incident_type type;
    uint8_t district;
    uint32_t circle;
    struct geo_point at;
    uint32_t areas[AREA_KIND_COUNT];
} opened[INCIDENTS * 2];

static void read_events(void)
{
    for (uint32_t i = 0; i < events.count; i++) {
        event_list_get(&events, i, event);
        if (event->kind == EVENT_INCIDENT_OPENED) {
            opened[event->opened.incident_id].created_ms = event->at_ms;
            opened[event->opened.incident_id].drill = event->opened.drill;
            opened[event->opened.incident_id].type = event->opened.type;
            opened[event->opened.incident_id].at = event->opened.at;
            opened[event->opened.incident_id].district = event->opened.district;
            opened[event->opened.incident_id].circle = event->opened.circle;
            memcpy(opened[event->opened.incident_id].areas, event->opened.areas,
                   sizeof event->opened.areas);
        } else if (event->kind == EVENT_INCIDENT_UPDATED) {
            opened[event->incident.incident_id].type = event->incident.type;
            opened[event->incident.incident_id].at = event->incident.at;
            opened[event->incident.incident_id].district = event->incident.district;
            opened[event->incident.incident_id].circle = event->incident.circle;
            memcpy(opened[event->incident.incident_id].areas, event->incident.areas,
                   sizeof event->incident.areas);
        } else if (event->kind == EVENT_ASSIGNMENT_SENT) {
            orders[event->sent.assignment_id] =
                (struct order){.incident_id = event->sent.incident_id,
                               .unit_id = event->sent.unit_id,
                               .sent_ms = event->at_ms,
                               .acknowledged_ms = TIME_NEVER,
                               .en_route_ms = TIME_NEVER,
                               .ended_ms = TIME_NEVER};
            order_max = event->sent.assignment_id;
        } else if (event->kind == EVENT_ASSIGNMENT_UPDATED) {
            struct order *order = &orders[event->updated.assignment_id];
            order->state = event->updated.state;
            if (order->state == ASSIGNMENT_ACKNOWLEDGED && order->acknowledged_ms == TIME_NEVER) {
                order->acknowledged_ms = event->at_ms;
            } else if (order->state == ASSIGNMENT_EN_ROUTE && order->en_route_ms == TIME_NEVER) {
                order->en_route_ms = event->at_ms;
            } else if (order->state == ASSIGNMENT_CLEARED && order->ended_ms == TIME_NEVER) {
                order->ended_ms = event->at_ms;
            }
        }
    }
}

static bool keep_row(void *context, const struct history_log_row *row)
{
    (void)context;
    cr_assert(lt(u32, row_count, ROWS_MAX));
    rows[row_count++] = *row;
    return true;
}

static void set_up(void)
{
    const char *again = getenv("KUAIFAN_SEED");
    const uint64_t seed = again == NULL ? (uint64_t)time(NULL) : strtoull(again, NULL, 10);
    (void)fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
    store_given_directory(directory);
    store_given_path(directory, "history.db", path);
    event = calloc(1, sizeof *event);
    cr_assert(eq(int, event_list_init(&events, 20000, 16u << 20), STATUS_OK));
    cr_assert(eq(int, history_open(path, EPOCH, &history, error), STATUS_OK), "%s", error);
    struct store_city city;
    store_city_create(&city, seed, 60, &events);
    for (uint32_t i = 0; i < INCIDENTS; i++) {
        store_city_incident(&city);
        if (i % 7 == 0 || i + 1 == INCIDENTS) { /* also incidents that several feeds touch */
            read_events();
            cr_assert(eq(int, history_feed(history, &events, error), STATUS_OK), "%s", error);
            event_list_clear(&events);
        }
    }
    store_city_destroy(&city);
    cr_assert(eq(int, history_reader_open(path, &reader, error), STATUS_OK), "%s", error);
    const struct history_filter all = history_reader_everything();
    cr_assert(eq(int, history_reader_log(reader, &all, keep_row, NULL, error), STATUS_OK));
    cr_assert(lt(u32, INCIDENTS / 2, row_count), "the city was asleep");
}

static void tear_down(void)
{
    history_reader_close(reader);
    history_close(history);
    reader = NULL;
    history = NULL;
    event_list_finish(&events);
    free(event);
    event = NULL;
    store_given_remove(directory);
}

TestSuite(history_summary, .init = set_up, .fini = tear_down, .timeout = 240);

/* ---- Times ---- */

/* One tier of one group, from the rows alone: the same definition, the other way round. */
static void expect_tier(const struct history_tier_statistics *got, enum tier tier,
                        bool (*holds)(const struct history_log_row *row, uint32_t key),
                        uint32_t key)
{
    uint32_t count = 0, met = 0, judged = 0, excluded = 0;
    int64_t values[ROWS_MAX];
    uint32_t n = 0;
    uint32_t bins[HISTORY_BINS] = {0};
    for (uint32_t i = 0; i < row_count; i++) {
        const struct history_log_row *row = &rows[i];
        if (row->tier != tier || !holds(row, key)) {
            continue;
        }
        count++;
        if (row->exclusion != HISTORY_COUNTED) {
            excluded++;
            continue;
        }
        met += row->verdict == TIER_MET ? 1 : 0;
        judged +=
            row->verdict == TIER_MET || row->verdict == TIER_MISSED || row->verdict == TIER_NO_UNIT
                ? 1
                : 0;
        if (row->response_ms >= 0) {
            values[n++] = row->response_ms;
            bins[row->response_ms >= 600000 ? 60 : row->response_ms / 10000]++;
        }
    }
    cr_expect(eq(u32, got->rows, count), "tier %u of key %u", (unsigned)tier, key);
    cr_expect(eq(u32, got->met, met));
    cr_expect(eq(u32, got->met + got->missed + got->no_unit, judged));
    cr_expect(eq(u32, got->rows - got->excluded[HISTORY_COUNTED], excluded));
    cr_expect(eq(u32, got->response.n, n));
    cr_expect(eq(u32, got->response.missing, count - excluded - n));
    cr_expect(memcmp(got->bins, bins, sizeof bins) == 0);
    for (uint32_t i = 0; i < n; i++) { /* p90: as many at or below it as the definition wants */
        uint32_t below = 0;
        for (uint32_t k = 0; k < n; k++) {
            below += values[k] <= values[i] ? 1 : 0;
        }
        if (values[i] < got->response.p90_ms) {
            cr_expect(lt(u32, below * 100, n * 90), "a smaller value would do");
        } else if (values[i] == got->response.p90_ms) {
            cr_expect(ge(u32, below * 100, n * 90));
        }
    }
    cr_expect(eq(int, n == 0, got->response.p90_ms == TIME_NEVER));
}

static bool in_city(const struct history_log_row *row, uint32_t key)
{
    (void)row;
    return key == HISTORY_ANY;
}
static bool by_unit(const struct history_log_row *row, uint32_t key)
{
    return row->unit_id == key;
}
static bool by_circle(const struct history_log_row *row, uint32_t key)
{
    return row->circle == key;
}
static bool by_beat(const struct history_log_row *row, uint32_t key)
{
    return opened[row->incident_id].areas[AREA_BEAT] == key; /* AREA_NONE is HISTORY_ANY */
}
static bool by_grid(const struct history_log_row *row, uint32_t key)
{
    return opened[row->incident_id].areas[AREA_GRID] == key;
}
_Static_assert(AREA_NONE == HISTORY_ANY, "what lies in no area is the last line");
static bool by_type(const struct history_log_row *row, uint32_t key)
{
    return (uint32_t)row->type == key;
}
static bool by_district(const struct history_log_row *row, uint32_t key)
{
    return row->district == DISTRICT_NONE ? key == HISTORY_ANY : row->district == key;
}

static void expect_group(enum history_group group,
                         bool (*holds)(const struct history_log_row *row, uint32_t key))
{
    const struct history_filter all = history_reader_everything();
    struct history_summary summary;
    cr_assert(eq(int, history_summary_times(reader, &all, group, NULL, &summary, error), STATUS_OK),
              "%s", error);
    uint32_t sum = 0;
    for (uint32_t i = 0; i < summary.count; i++) {
        const struct history_summary_line *line = &summary.lines[i];
        cr_expect(i == 0 || line[-1].line.key < line->line.key, "by rising key");
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            expect_tier(&line->numbers.tiers[tier], (enum tier)tier, holds, line->line.key);
            sum += line->numbers.tiers[tier].rows;
        }
    }
    cr_expect(eq(u32, sum, row_count), "every row is in one line");
    history_summary_finish(&summary);
}

Test(history_summary, every_grouping_is_what_the_log_shows)
{
    expect_group(HISTORY_GROUP_CITY, in_city);
    expect_group(HISTORY_GROUP_UNIT, by_unit);
    expect_group(HISTORY_GROUP_CIRCLE, by_circle);
    expect_group(HISTORY_GROUP_BEAT, by_beat);
    expect_group(HISTORY_GROUP_GRID, by_grid);
    expect_group(HISTORY_GROUP_DISTRICT, by_district);
    expect_group(HISTORY_GROUP_TYPE, by_type);
}

Test(history_summary, an_area_narrows_the_question_to_what_lies_in_it)
{
    static const char *const codes[] = {"B1", "B2", "G1"};
    for (uint32_t i = 0; i < 3; i++) {
        struct history_filter inside = history_reader_everything();
        cr_assert(
            eq(int, history_summary_find(reader, HISTORY_GROUP_BEAT, codes[i], &inside.area, error),
               STATUS_OK));
        uint32_t expected = 0;
        for (uint32_t k = 0; k < row_count; k++) {
            const uint32_t *areas = opened[rows[k].incident_id].areas;
            expected += areas[AREA_BEAT] == inside.area || areas[AREA_GRID] == inside.area ? 1 : 0;
        }
        cr_assert(lt(u32, 0, expected), "nothing ever happens in %s", codes[i]);
        cr_assert(lt(u32, expected, row_count), "everything happens in %s", codes[i]);
        struct history_summary summary;
        cr_assert(eq(
            int, history_summary_times(reader, &inside, HISTORY_GROUP_CITY, NULL, &summary, error),
            STATUS_OK));
        uint32_t found = 0;
        for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
            found += summary.lines[0].numbers.tiers[tier].rows;
        }
        cr_expect(eq(u32, found, expected), "area %s", codes[i]);
        history_summary_finish(&summary);
    }
}

static const int64_t *period_starts;
static bool by_period(const struct history_log_row *row, uint32_t key)
{
    return row->created_ms >= period_starts[key] && row->created_ms < period_starts[key + 1];
}

Test(history_summary, periods_hold_what_was_created_in_them)
{
    int64_t first_ms = 0, last_ms = 0;
    cr_assert(eq(int, history_summary_span(reader, &first_ms, &last_ms, error), STATUS_OK));
    int64_t starts[64];
    uint32_t keys[64];
    uint32_t count = 0;
    for (int64_t at = first_ms; at <= last_ms && count < 63; at += (last_ms - first_ms) / 9 + 1) {
        starts[count] = at;
        keys[count] = count;
        count++;
    }
    starts[count] = last_ms + 1;
    period_starts = starts;
    const struct history_periods periods = {starts, keys, count};
    const struct history_filter all = history_reader_everything();
    struct history_summary summary;
    cr_assert(eq(
        int, history_summary_times(reader, &all, HISTORY_GROUP_PERIOD, &periods, &summary, error),
        STATUS_OK));
    cr_expect(eq(u32, summary.count, count));
    for (uint32_t i = 0; i < summary.count; i++) {
        expect_tier(&summary.lines[i].numbers.tiers[TIER_5], TIER_5, by_period,
                    summary.lines[i].line.key);
    }
    history_summary_finish(&summary);
    /* Outside of the periods: in no line. */
    const struct history_periods early = {starts, keys, 1};
    cr_assert(eq(int,
                 history_summary_times(reader, &all, HISTORY_GROUP_PERIOD, &early, &summary, error),
                 STATUS_OK));
    cr_expect(eq(u32, summary.count, 1));
    history_summary_finish(&summary);
}

Test(history_summary, a_filter_that_nothing_passes_leaves_the_citys_empty_line)
{
    struct history_filter none = history_reader_everything();
    none.to_ms = 1;
    struct history_summary summary;
    cr_assert(eq(int,
                 history_summary_times(reader, &none, HISTORY_GROUP_CITY, NULL, &summary, error),
                 STATUS_OK));
    cr_expect(eq(u32, summary.count, 1));
    cr_expect(eq(u32, summary.lines[0].numbers.tiers[TIER_5].rows, 0));
    history_summary_finish(&summary);
    cr_assert(eq(int,
                 history_summary_times(reader, &none, HISTORY_GROUP_UNIT, NULL, &summary, error),
                 STATUS_OK));
    cr_expect(eq(u32, summary.count, 0));
    history_summary_finish(&summary);
    struct history_bulletin bulletin;
    cr_assert(
        eq(int, history_summary_bulletin(reader, &none, HISTORY_GROUP_CITY, NULL, &bulletin, error),
           STATUS_OK));
    cr_expect(eq(u32, bulletin.count, 1));
    cr_expect(bulletin.lines[0].times[HISTORY_SIGN].slowest_ms == TIME_NEVER);
    history_summary_bulletin_finish(&bulletin);
}

Test(history_summary, drills_alone_are_counted_when_only_they_are_asked_for)
{
    struct history_filter drills = history_reader_everything();
    drills.drills = HISTORY_DRILLS_ONLY;
    struct history_summary summary;
    cr_assert(eq(int,
                 history_summary_times(reader, &drills, HISTORY_GROUP_CITY, NULL, &summary, error),
                 STATUS_OK));
    uint32_t wanted = 0;
    for (uint32_t i = 0; i < row_count; i++) {
        wanted += rows[i].drill && rows[i].tier == TIER_5 ? 1 : 0;
    }
    cr_expect(lt(u32, 0, wanted), "there was no drill");
    cr_expect(eq(u32, summary.lines[0].numbers.tiers[TIER_5].rows, wanted));
    cr_expect(eq(u32, summary.lines[0].numbers.tiers[TIER_5].excluded[HISTORY_DRILL], 0));
    history_summary_finish(&summary);
}

/* ---- The bulletin ---- */

static int64_t span_of(const struct order *order, uint32_t stage)
{
    const int64_t to[] = {order->acknowledged_ms, order->en_route_ms, order->ended_ms};
    return to[stage] == TIME_NEVER ? TIME_NEVER : to[stage] - order->sent_ms;
}

/* As docs/PROTOCOL.md names them. */
static const int64_t ends_s[3][4] = {
    {30, 60, 120, 180}, {300, 600, 900, 1800}, {1800, 3600, 7200, 14400}};

Test(history_summary, the_bulletin_counts_in_the_times_that_are_published)
{
    for (uint32_t stage = 0; stage < HISTORY_BULLETIN_STAGES; stage++) {
        for (uint32_t bin = 0; bin < HISTORY_BULLETIN_BINS - 1; bin++) {
            cr_expect(eq(i64, history_bulletin_ends_ms[stage][bin], ends_s[stage][bin] * 1000));
        }
    }
}

static bool is_order_of(const struct order *order, enum history_group group, uint32_t key)
{
    const uint32_t district = opened[order->incident_id].district;
    switch (group) {
    case HISTORY_GROUP_CITY:
    case HISTORY_GROUP_COUNT:
    case HISTORY_GROUP_PERIOD:
        break;
    case HISTORY_GROUP_DISTRICT:
        return key == (district == DISTRICT_NONE ? HISTORY_ANY : district);
    case HISTORY_GROUP_CIRCLE:
        return key == opened[order->incident_id].circle;
    case HISTORY_GROUP_BEAT:
        return key == opened[order->incident_id].areas[AREA_BEAT];
    case HISTORY_GROUP_GRID:
        return key == opened[order->incident_id].areas[AREA_GRID];
    case HISTORY_GROUP_UNIT:
        return key == order->unit_id;
    case HISTORY_GROUP_TYPE:
        return key == (uint32_t)opened[order->incident_id].type;
    }
    return true;
}

static void expect_bulletin(const struct history_bulletin_line *line, enum history_group group)
{
    uint32_t counted = 0, drills = 0;
    for (uint32_t i = 1; i <= order_max; i++) {
        if (orders[i].incident_id != 0 && is_order_of(&orders[i], group, line->line.key)) {
            drills += opened[orders[i].incident_id].drill ? 1 : 0;
            counted += opened[orders[i].incident_id].drill ? 0 : 1;
        }
    }
    cr_expect(eq(u32, line->orders, counted), "group %d, key %u", (int)group, line->line.key);
    cr_expect(eq(u32, line->drills, drills), "group %d, key %u", (int)group, line->line.key);
    for (uint32_t stage = 0; stage < 3; stage++) {
        uint32_t bins[5] = {0};
        uint32_t missing = 0, withdrawn = 0;
        int64_t slowest = TIME_NEVER;
        for (uint32_t i = 1; i <= order_max; i++) {
            const struct order *order = &orders[i];
            if (order->incident_id == 0 || opened[order->incident_id].drill ||
                !is_order_of(order, group, line->line.key)) {
                continue;
            }
            const int64_t span = span_of(order, stage);
            if (span == TIME_NEVER) {
                const bool is_out = order->state == ASSIGNMENT_DECLINED ||
                                    order->state == ASSIGNMENT_RECALLED ||
                                    order->state == ASSIGNMENT_CANCELLED;
                withdrawn += is_out ? 1 : 0;
                missing += is_out ? 0 : 1;
                continue;
            }
            uint32_t bin = 4;
            for (uint32_t k = 4; k-- > 0;) {
                bin = span <= ends_s[stage][k] * 1000 ? k : bin;
            }
            bins[bin]++;
            slowest = span > slowest ? span : slowest;
        }
        const struct history_bulletin_times *got = &line->times[stage];
        for (uint32_t bin = 0; bin < 5; bin++) {
            cr_expect(eq(u32, got->bins[bin], bins[bin]), "stage %u, bin %u", stage, bin);
        }
        cr_expect(eq(u32, got->missing, missing), "stage %u", stage);
        cr_expect(eq(u32, got->withdrawn, withdrawn), "stage %u", stage);
        cr_expect(eq(u32, got->n, bins[0] + bins[1] + bins[2] + bins[3] + bins[4]));
        cr_expect(got->slowest_ms == slowest);
        if (slowest != TIME_NEVER) {
            bool found = false;
            for (uint32_t i = 1; i <= order_max; i++) {
                found = found || (orders[i].incident_id == got->slowest_incident_id &&
                                  orders[i].unit_id == got->slowest.key &&
                                  span_of(&orders[i], stage) == slowest);
            }
            cr_expect(found, "the slowest is an order of that unit and incident");
            cr_expect(ne(chr, got->slowest.code[0], '\0'), "and has a name");
        }
    }
}

Test(history_summary, the_bulletin_counts_every_order_and_names_the_slowest)
{
    const struct history_filter all = history_reader_everything();
    struct history_bulletin bulletin;
    cr_assert(eq(int,
                 history_summary_bulletin(reader, &all, HISTORY_GROUP_CITY, NULL, &bulletin, error),
                 STATUS_OK),
              "%s", error);
    cr_assert(eq(u32, bulletin.count, 1));
    cr_expect(lt(u32, 100, bulletin.lines[0].times[HISTORY_SIGN].n));
    const uint32_t in_all = bulletin.lines[0].orders + bulletin.lines[0].drills;
    history_summary_bulletin_finish(&bulletin);
    for (uint32_t group = 0; group < HISTORY_GROUP_COUNT; group++) {
        if (group == HISTORY_GROUP_PERIOD) {
            continue;
        }
        uint32_t sum = 0;
        cr_assert(eq(int,
                     history_summary_bulletin(reader, &all, (enum history_group)group, NULL,
                                              &bulletin, error),
                     STATUS_OK));
        for (uint32_t i = 0; i < bulletin.count; i++) {
            const struct history_bulletin_line *line = &bulletin.lines[i];
            cr_expect(i == 0 || line[-1].line.key < line->line.key, "by rising key");
            expect_bulletin(line, (enum history_group)group);
            sum += line->orders + line->drills;
        }
        cr_expect(eq(u32, sum, in_all), "every order is in one line");
        history_summary_bulletin_finish(&bulletin);
    }
}

/* ---- A disk that cannot be read ---- */

static enum status ask_bulletin(void)
{
    const struct history_filter all = history_reader_everything();
    struct history_bulletin bulletin;
    const enum status status =
        history_summary_bulletin(reader, &all, HISTORY_GROUP_UNIT, NULL, &bulletin, error);
    cr_expect(eq(int, bulletin.lines != NULL, status == STATUS_OK));
    cr_expect(eq(int, bulletin.count > 0, status == STATUS_OK));
    history_summary_bulletin_finish(&bulletin);
    return status;
}

static enum status ask_times(void)
{
    const struct history_filter all = history_reader_everything();
    struct history_summary summary;
    const enum status status =
        history_summary_times(reader, &all, HISTORY_GROUP_UNIT, NULL, &summary, error);
    cr_expect(eq(int, summary.lines != NULL, status == STATUS_OK));
    cr_expect(eq(int, summary.count > 0, status == STATUS_OK));
    history_summary_finish(&summary);
    return status;
}

static bool is_any_cell(void *context, const struct history_cell *cell)
{
    (void)context;
    (void)cell;
    return true;
}

static enum status ask_heat(void)
{
    const struct history_filter all = history_reader_everything();
    return history_summary_heat(reader, &all, 25000, is_any_cell, NULL, error);
}

Test(history_summary, what_cannot_be_read_is_no_report)
{
    enum status (*const questions[])(void) = {ask_bulletin, ask_times, ask_heat};
    fault_vfs_install();
    for (size_t i = 0; i < sizeof questions / sizeof questions[0]; i++) {
        uint32_t nth = 1;
        for (bool struck = true; struck; nth++) {
            history_reader_close(reader); /* with all that it has in its cache */
            cr_assert(eq(int, history_reader_open(path, &reader, error), STATUS_OK), "%s", error);
            fault_vfs_arm(FAULT_READ, nth, SQLITE_IOERR_READ, true, false);
            const enum status status = questions[i]();
            struck = fault_vfs_failed() > 0;
            fault_vfs_disarm();
            cr_expect(eq(int, status != STATUS_OK, struck), "question %zu, read %u", i, nth);
        }
        cr_expect(lt(u32, 5, nth), "question %zu", i);
    }
}

/* ---- Heat, codes ---- */

#define CELL_E7 25000

static bool is_in_cell(const struct history_log_row *row, struct geo_point southwest)
{
    const struct geo_point at = opened[row->incident_id].at;
    return at.lat_e7 >= southwest.lat_e7 && at.lat_e7 < southwest.lat_e7 + CELL_E7 &&
           at.lon_e7 >= southwest.lon_e7 && at.lon_e7 < southwest.lon_e7 + CELL_E7;
}

static uint32_t heat_rows, heat_late, heat_incidents;
static bool add_cell(void *context, const struct history_cell *cell)
{
    struct geo_point *last = context;
    uint32_t expected = 0;
    for (uint32_t i = 0; i < row_count; i++) {
        const bool is_counted = rows[i].exclusion == HISTORY_COUNTED;
        expected += is_counted && is_in_cell(&rows[i], cell->southwest) ? 1 : 0;
    }
    cr_expect(eq(u32, cell->rows, expected));
    const bool is_north = cell->southwest.lat_e7 > last->lat_e7;
    cr_expect(is_north ||
              (cell->southwest.lat_e7 == last->lat_e7 && cell->southwest.lon_e7 > last->lon_e7));
    *last = cell->southwest;
    heat_rows += cell->rows;
    heat_late += cell->late;
    heat_incidents += cell->incidents;
    return true;
}

Test(history_summary, heat_has_every_counted_row_in_one_cell)
{
    heat_rows = heat_late = heat_incidents = 0;
    const struct history_filter all = history_reader_everything();
    struct geo_point cell_before = {INT32_MIN, INT32_MIN};
    cr_assert(eq(int, history_summary_heat(reader, &all, CELL_E7, add_cell, &cell_before, error),
                 STATUS_OK),
              "%s", error);
    uint32_t counted = 0, late = 0, incidents = 0, last = 0;
    for (uint32_t i = 0; i < row_count; i++) { /* the log has an incident's tiers side by side */
        if (rows[i].exclusion == HISTORY_COUNTED) {
            counted++;
            late += rows[i].verdict == TIER_MISSED || rows[i].verdict == TIER_NO_UNIT ? 1 : 0;
            incidents += rows[i].incident_id != last ? 1 : 0;
            last = rows[i].incident_id;
        }
    }
    cr_expect(eq(u32, heat_rows, counted));
    cr_expect(eq(u32, heat_late, late));
    cr_expect(eq(u32, heat_incidents, incidents));
}

Test(history_summary, a_code_is_found_or_named)
{
    uint32_t key = 7;
    cr_expect(eq(int, history_summary_find(reader, HISTORY_GROUP_UNIT, "nobody", &key, error),
                 STATUS_NOT_FOUND));
    cr_expect(ne(ptr, strstr(error, "nobody"), NULL), "%s", error);
    for (uint32_t i = 0; i < row_count; i++) {
        if (rows[i].unit_id != UNIT_NONE) {
            cr_expect(
                eq(int,
                   history_summary_find(reader, HISTORY_GROUP_UNIT, rows[i].unit_code, &key, error),
                   STATUS_OK));
            cr_expect(eq(u32, key, rows[i].unit_id));
            return;
        }
    }
}
