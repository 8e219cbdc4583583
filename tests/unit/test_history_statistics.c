/* history statistics: exact percentiles and counts against a brute-force oracle that reads the
 * events itself, on a random city and on corner cases. The seed is printed. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/store/history.h"
#include "engine/store/history_private.h"
#include "engine/store/history_reader.h"
#include "tests/support/store_city.h"
#include "tests/support/store_given.h"

#define EPOCH         "0123456789abcdef0123456789abcdef"
#define INCIDENTS_MAX 2000u
#define ORDERS_MAX    20000u

/* ---- The oracle: arrays, and every question answered by looking at everything ---- */

struct oracle_tier {
    bool asked;
    enum tier_verdict verdict;
    uint32_t met_order; /* the assignment that met it, 0 */
    int64_t clock_ms;
};
struct oracle_incident {
    bool is_open, drill;
    enum incident_state state;
    enum reason reason;
    int64_t received_ms, created_ms;
    struct oracle_tier tiers[TIER_COUNT];
};
struct oracle_order {
    uint32_t incident_id, unit_id;
    enum tier tier;
    int64_t times[ASSIGNMENT_STATE_COUNT]; /* first time in each state, TIME_NEVER */
    uint64_t arrived_seq;                  /* of the event that said on scene, 0 */
};
static struct oracle_incident incidents[INCIDENTS_MAX];
static struct oracle_order orders[ORDERS_MAX];
static struct event event;

/* The unit's newest assignment for it so far, 0. */
static uint32_t newest_order(uint32_t incident_id, uint32_t unit_id, enum tier tier)
{
    uint32_t newest = 0;
    for (uint32_t i = 1; i < ORDERS_MAX; i++) {
        const struct oracle_order *order = &orders[i];
        const bool is_its = order->incident_id == incident_id && order->unit_id == unit_id;
        newest = is_its && order->tier == tier ? i : newest;
    }
    return newest;
}

static void oracle_reads(const struct event_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        event_list_get(list, i, &event);
        if (event.kind == EVENT_INCIDENT_OPENED) {
            struct oracle_incident *incident = &incidents[event.opened.incident_id];
            *incident = (struct oracle_incident){.is_open = true,
                                                 .drill = event.opened.drill,
                                                 .received_ms = event.opened.received_ms,
                                                 .created_ms = event.at_ms};
            for (uint32_t t = 0; t < TIER_COUNT; t++) {
                incident->tiers[t] = (struct oracle_tier){.asked = event.opened.tiers[t].asked,

                                                          .clock_ms = event.opened.clock_ms};
            }
        } else if (event.kind == EVENT_ASSIGNMENT_SENT) {
            struct oracle_order *order = &orders[event.sent.assignment_id];
            order->incident_id = event.sent.incident_id;
            order->unit_id = event.sent.unit_id;
            order->tier = event.sent.tier;
            for (uint32_t s = 0; s < ASSIGNMENT_STATE_COUNT; s++) {
                order->times[s] = TIME_NEVER;
            }
            order->times[ASSIGNMENT_SENT] = event.at_ms;
        } else if (event.kind == EVENT_ASSIGNMENT_UPDATED) {
            struct oracle_order *order = &orders[event.updated.assignment_id];
            int64_t *time = &order->times[event.updated.state];
            if (*time == TIME_NEVER && event.updated.state == ASSIGNMENT_ON_SCENE) {
                order->arrived_seq = event.seq;
            }
            *time = *time == TIME_NEVER ? event.at_ms : *time;
        } else if (event.kind == EVENT_TIER_VERDICT) {
            struct oracle_tier *tier =
                &incidents[event.verdict.incident_id].tiers[event.verdict.tier];
            tier->verdict = event.verdict.verdict;
            tier->met_order =
                newest_order(event.verdict.incident_id, event.verdict.unit_id, event.verdict.tier);
            tier->clock_ms = event.verdict.clock_ms;
        } else if (event.kind == EVENT_INCIDENT_STATE) {
            incidents[event.state.incident_id].state = event.state.state;
            incidents[event.state.incident_id].reason = event.state.reason;
        }
    }
}

/* First on scene in the tier. NULL: nobody. */
static const struct oracle_order *first_there(uint32_t incident_id, enum tier tier)
{
    const struct oracle_order *best = NULL;
    for (uint32_t i = 0; i < ORDERS_MAX; i++) {
        const struct oracle_order *order = &orders[i];
        if (order->incident_id == incident_id && order->tier == tier && order->arrived_seq != 0 &&
            (best == NULL || order->arrived_seq < best->arrived_seq)) {
            best = order;
        }
    }
    return best;
}

/* Whose times the log shows. */
static const struct oracle_order *shown(uint32_t incident_id, enum tier tier)
{
    const uint32_t met_order = incidents[incident_id].tiers[tier].met_order;
    const struct oracle_order *there = first_there(incident_id, tier);
    if (met_order != 0 || there != NULL) {
        return met_order != 0 ? &orders[met_order] : there;
    }
    for (uint32_t i = 1; i < ORDERS_MAX; i++) {
        if (orders[i].incident_id == incident_id && orders[i].tier == tier) {
            return &orders[i];
        }
    }
    return NULL;
}

struct oracle_samples {
    int64_t values[INCIDENTS_MAX];
    uint32_t n, missing;
};

static void sample(struct oracle_samples *samples, int64_t from_ms, int64_t to_ms)
{
    if (from_ms == TIME_NEVER || to_ms == TIME_NEVER || to_ms < from_ms) {
        samples->missing++;
    } else {
        samples->values[samples->n++] = to_ms - from_ms;
    }
}

/* By the definition: the smallest value with at least p % of all at or below it. */
static int64_t percentile(const struct oracle_samples *samples, uint32_t percent)
{
    int64_t best = TIME_NEVER;
    for (uint32_t i = 0; i < samples->n; i++) {
        uint64_t below = 0;
        for (uint32_t k = 0; k < samples->n; k++) {
            below += samples->values[k] <= samples->values[i] ? 1 : 0;
        }
        const bool fits = below * 100 >= (uint64_t)samples->n * percent;
        if (fits && (best == TIME_NEVER || samples->values[i] < best)) {
            best = samples->values[i];
        }
    }
    return best;
}

static void expect_same(const struct history_percentiles *got, const struct oracle_samples *samples,
                        const char *what)
{
    cr_expect(eq(u32, got->n, samples->n), "%s", what);
    cr_expect(eq(u32, got->missing, samples->missing), "%s", what);
    cr_expect(got->p50_ms == percentile(samples, 50), "%s p50", what);
    cr_expect(got->p90_ms == percentile(samples, 90), "%s p90", what);
    cr_expect(got->p95_ms == percentile(samples, 95), "%s p95", what);
    cr_expect(got->p99_ms == percentile(samples, 99), "%s p99", what);
    cr_expect(got->max_ms == percentile(samples, 100), "%s max", what);
}

static enum history_exclusion exclusion(const struct oracle_incident *incident, enum tier tier)
{
    if (incident->drill) {
        return HISTORY_DRILL;
    }
    if (incident->state == INCIDENT_CANCELLED && incident->reason == REASON_DUPLICATE) {
        return HISTORY_MERGED;
    }
    if (incident->tiers[tier].verdict == TIER_CANCELLED) {
        return HISTORY_CANCELLED;
    }
    if (incident->tiers[tier].verdict == TIER_OPEN) {
        return incident->state == INCIDENT_CANCELLED ? HISTORY_CANCELLED : HISTORY_OPEN;
    }
    return HISTORY_COUNTED;
}

static struct oracle_samples response, stages[HISTORY_STAGE_COUNT];

static void sample_row(uint32_t incident_id, enum tier tier)
{
    const struct oracle_incident *incident = &incidents[incident_id];
    const struct oracle_order *there = first_there(incident_id, tier);
    sample(&response, incident->tiers[tier].clock_ms,
           there == NULL ? TIME_NEVER : there->times[ASSIGNMENT_ON_SCENE]);
    static const struct oracle_order nobody = {
        .times = {TIME_NEVER, TIME_NEVER, TIME_NEVER, TIME_NEVER, TIME_NEVER}};
    const struct oracle_order *order = shown(incident_id, tier);
    const int64_t *times = order == NULL ? nobody.times : order->times;
    sample(&stages[HISTORY_STAGE_ANSWER], incident->received_ms, incident->created_ms);
    sample(&stages[HISTORY_STAGE_DISPATCH], incident->created_ms, times[ASSIGNMENT_SENT]);
    sample(&stages[HISTORY_STAGE_ACKNOWLEDGE], times[ASSIGNMENT_SENT],
           times[ASSIGNMENT_ACKNOWLEDGED]);
    sample(&stages[HISTORY_STAGE_TURNOUT], times[ASSIGNMENT_ACKNOWLEDGED],
           times[ASSIGNMENT_EN_ROUTE]);
    sample(&stages[HISTORY_STAGE_TRAVEL], times[ASSIGNMENT_EN_ROUTE], times[ASSIGNMENT_ON_SCENE]);
    sample(&stages[HISTORY_STAGE_TOTAL], incident->received_ms, times[ASSIGNMENT_ON_SCENE]);
}

static void expect_tier(const struct history_tier_statistics *got, enum tier tier)
{
    struct history_tier_statistics expected = {0};
    memset(&response, 0, sizeof response);
    memset(stages, 0, sizeof stages);
    for (uint32_t id = 0; id < INCIDENTS_MAX; id++) {
        const struct oracle_incident *incident = &incidents[id];
        if (!incident->is_open || !incident->tiers[tier].asked) {
            continue;
        }
        const enum history_exclusion why = exclusion(incident, tier);
        expected.rows++;
        expected.excluded[why]++;
        if (why != HISTORY_COUNTED) {
            continue;
        }
        expected.met += incident->tiers[tier].verdict == TIER_MET ? 1 : 0;
        expected.missed += incident->tiers[tier].verdict == TIER_MISSED ? 1 : 0;
        expected.no_unit += incident->tiers[tier].verdict == TIER_NO_UNIT ? 1 : 0;
        sample_row(id, tier);
    }
    cr_expect(eq(u32, got->rows, expected.rows));
    cr_expect(eq(u32, got->met, expected.met));
    cr_expect(eq(u32, got->missed, expected.missed));
    cr_expect(eq(u32, got->no_unit, expected.no_unit));
    for (uint32_t i = 0; i < HISTORY_EXCLUSION_COUNT; i++) {
        cr_expect(eq(u32, got->excluded[i], expected.excluded[i]), "exclusion %u", i);
    }
    expect_same(&got->response, &response, "response");
    for (uint32_t stage = 0; stage < HISTORY_STAGE_COUNT; stage++) {
        char what[32];
        (void)snprintf(what, sizeof what, "tier %u, stage %u", (unsigned)tier, stage);
        expect_same(&got->stages[stage], &stages[stage], what);
    }
}

Test(history_statistics, are_what_a_brute_force_oracle_finds, .timeout = 240)
{
    char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE], error[256];
    struct event_list events;
    struct history *history = NULL;
    const char *again = getenv("KUAIFAN_SEED");
    const uint64_t seed = again == NULL ? (uint64_t)time(NULL) : strtoull(again, NULL, 10);
    (void)fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
    store_given_directory(directory);
    store_given_path(directory, "history.db", path);
    cr_assert(eq(int, event_list_init(&events, 20000, 16u << 20), STATUS_OK));
    cr_assert(eq(int, history_open(path, EPOCH, &history, error), STATUS_OK), "%s", error);

    struct store_city city;
    store_city_create(&city, seed, 90, &events);
    for (uint32_t i = 0; i < 500; i++) {
        store_city_incident(&city);
        oracle_reads(&events);
        cr_assert(eq(int, history_feed(history, &events, error), STATUS_OK), "%s", error);
        event_list_clear(&events);
    }
    store_city_destroy(&city);

    struct history_reader *reader = NULL;
    static struct history_statistics statistics;
    const struct history_filter all = history_reader_everything();
    cr_assert(eq(int, history_reader_open(path, &reader, error), STATUS_OK), "%s", error);
    cr_assert(eq(int, history_reader_statistics(reader, &all, &statistics, error), STATUS_OK));
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        expect_tier(&statistics.tiers[tier], (enum tier)tier);
    }
    cr_expect(lt(u32, 50, statistics.tiers[TIER_5].response.n), "the city was asleep");
    cr_expect(lt(u32, 0, statistics.tiers[TIER_5].excluded[HISTORY_DRILL]));
    history_reader_close(reader);
    history_close(history);
    event_list_finish(&events);
    store_given_remove(directory);
}

/* ---- Corners, on rows made by hand ---- */

static struct history_samples *samples;
static struct history_statistics out;

static void set_up(void)
{
    samples = history_statistics_create();
    cr_assert(ne(ptr, samples, NULL));
}

static void tear_down(void)
{
    history_statistics_destroy(samples);
    samples = NULL;
}

TestSuite(history_samples, .init = set_up, .fini = tear_down, .timeout = 20);

static void given_row(int64_t response_ms, enum history_exclusion why)
{
    const struct history_answer answer = {
        .tier = TIER_1, .verdict = TIER_MET, .response_ms = response_ms, .exclusion = why};
    cr_assert(eq(int, history_statistics_add(samples, &answer), STATUS_OK));
}

Test(history_samples, of_none_are_unknown_not_zero)
{
    history_statistics_reckon(samples, &out);
    cr_expect(eq(u32, out.tiers[TIER_1].response.n, 0));
    cr_expect(out.tiers[TIER_1].response.p50_ms == TIME_NEVER);
    cr_expect(out.tiers[TIER_1].response.max_ms == TIME_NEVER);
}

Test(history_samples, of_one_are_that_one)
{
    given_row(4711, HISTORY_COUNTED);
    history_statistics_reckon(samples, &out);
    cr_expect(out.tiers[TIER_1].response.p50_ms == 4711);
    cr_expect(out.tiers[TIER_1].response.p99_ms == 4711);
}

Test(history_samples, of_ten_take_the_nearest_rank)
{
    for (int64_t i = 10; i >= 1; i--) {
        given_row(i * 100, HISTORY_COUNTED);
    }
    history_statistics_reckon(samples, &out);
    cr_expect(out.tiers[TIER_1].response.p50_ms == 500);
    cr_expect(out.tiers[TIER_1].response.p90_ms == 900);
    cr_expect(out.tiers[TIER_1].response.p95_ms == 1000);
    cr_expect(out.tiers[TIER_1].response.p99_ms == 1000);
    cr_expect(out.tiers[TIER_1].response.max_ms == 1000);
}

static int compare(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

/* Some hundred are sorted in another way than some thousand; spans have from 1 to 62 bits. */
Test(history_samples, of_every_number_and_length_take_the_nearest_rank)
{
    static const uint32_t counts[] = {2, 33, 64, 65, 511, 512, 513, 1024, 5000};
    static const uint32_t bits[] = {1, 10, 11, 12, 22, 23, 33, 34, 61, 62};
    static int64_t values[5000];
    uint64_t state = 3;
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        for (size_t b = 0; b < sizeof bits / sizeof bits[0]; b++) {
            const uint32_t n = counts[c];
            const uint32_t longest = b % 2 == 0 ? 0 : n - 1; /* it alone has a digit more */
            for (uint32_t i = 0; i < n; i++) {
                values[i] = i == longest ? (int64_t)1 << bits[b]
                                         : (int64_t)(store_given_random(&state) >> (64 - bits[b]));
                given_row(values[i], HISTORY_COUNTED);
            }
            qsort(values, n, sizeof values[0], compare);
            history_statistics_reckon(samples, &out);
            const struct history_percentiles *got = &out.tiers[TIER_1].response;
            cr_assert(eq(u32, got->n, n));
            cr_assert(eq(i64, got->p50_ms, values[(n * 50 + 99) / 100 - 1]), "%u, %zu", n, b);
            cr_assert(eq(i64, got->p90_ms, values[(n * 90 + 99) / 100 - 1]), "%u, %zu", n, b);
            cr_assert(eq(i64, got->p95_ms, values[(n * 95 + 99) / 100 - 1]), "%u, %zu", n, b);
            cr_assert(eq(i64, got->p99_ms, values[(n * 99 + 99) / 100 - 1]), "%u, %zu", n, b);
            cr_assert(eq(i64, got->max_ms, values[n - 1]), "%u, %zu", n, b);
            tear_down();
            set_up();
        }
    }
}

/* What was sorted already takes more, and is sorted again. */
Test(history_samples, that_come_after_a_reckoning_count_in_the_next)
{
    for (uint32_t i = 0; i < 600; i++) {
        given_row(1000 + i, HISTORY_COUNTED);
    }
    history_statistics_reckon(samples, &out);
    for (uint32_t i = 0; i < 600; i++) {
        given_row(i, HISTORY_COUNTED);
    }
    history_statistics_reckon(samples, &out);
    cr_expect(eq(u32, out.tiers[TIER_1].response.n, 1200));
    cr_expect(eq(i64, out.tiers[TIER_1].response.p50_ms, 599));
    cr_expect(eq(i64, out.tiers[TIER_1].response.max_ms, 1599));
}

Test(history_samples, are_counted_in_bins_of_ten_seconds_and_one_for_all_the_rest)
{
    for (int64_t bin = 0; bin <= 70; bin++) { /* up to 710 s */
        given_row(bin * 10000, HISTORY_COUNTED);
        given_row(bin * 10000 + 9999, HISTORY_COUNTED);
    }
    history_statistics_reckon(samples, &out);
    for (uint32_t bin = 0; bin < HISTORY_BINS; bin++) {
        cr_expect(eq(u32, out.tiers[TIER_1].bins[bin], bin < 60 ? 2 : 22), "bin %u", bin);
    }
}

Test(history_samples, of_every_tier_and_stage_are_kept_apart)
{
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        struct history_answer answer = {
            .tier = (enum tier)tier, .verdict = TIER_MISSED, .response_ms = 100 + tier};
        for (uint32_t stage = 0; stage < HISTORY_STAGE_COUNT; stage++) {
            answer.stages_ms[stage] = 1000 * (int64_t)(stage + 1) + tier;
        }
        cr_assert(eq(int, history_statistics_add(samples, &answer), STATUS_OK));
        answer.verdict = TIER_NO_UNIT;
        cr_assert(eq(int, history_statistics_add(samples, &answer), STATUS_OK));
    }
    history_statistics_reckon(samples, &out);
    for (uint32_t tier = 0; tier < TIER_COUNT; tier++) {
        const struct history_tier_statistics *got = &out.tiers[tier];
        cr_expect(eq(u32, got->rows, 2));
        cr_expect(eq(u32, got->met, 0));
        cr_expect(eq(u32, got->missed, 1));
        cr_expect(eq(u32, got->no_unit, 1));
        cr_expect(eq(i64, got->response.max_ms, 100 + tier));
        for (uint32_t stage = 0; stage < HISTORY_STAGE_COUNT; stage++) {
            cr_expect(eq(u32, got->stages[stage].n, 2));
            cr_expect(eq(i64, got->stages[stage].p50_ms, 1000 * (int64_t)(stage + 1) + tier));
        }
    }
}

Test(history_samples, of_no_length_stay_in)
{
    given_row(0, HISTORY_COUNTED);
    given_row(0, HISTORY_COUNTED);
    given_row(1000, HISTORY_COUNTED);
    history_statistics_reckon(samples, &out);
    cr_expect(eq(u32, out.tiers[TIER_1].response.n, 3));
    cr_expect(out.tiers[TIER_1].response.p50_ms == 0);
}

Test(history_samples, that_are_missing_or_run_backwards_are_counted_as_missing)
{
    given_row(TIME_NEVER, HISTORY_COUNTED);
    given_row(-1, HISTORY_COUNTED);
    given_row(5, HISTORY_COUNTED);
    history_statistics_reckon(samples, &out);
    cr_expect(eq(u32, out.tiers[TIER_1].response.n, 1));
    cr_expect(eq(u32, out.tiers[TIER_1].response.missing, 2));
}

Test(history_samples, that_are_excluded_are_counted_by_why)
{
    for (uint32_t why = 0; why < HISTORY_EXCLUSION_COUNT; why++) {
        for (uint32_t i = 0; i <= why; i++) {
            given_row(100, (enum history_exclusion)why);
        }
    }
    history_statistics_reckon(samples, &out);
    for (uint32_t why = 0; why < HISTORY_EXCLUSION_COUNT; why++) {
        cr_expect(eq(u32, out.tiers[TIER_1].excluded[why], why + 1));
    }
    cr_expect(eq(u32, out.tiers[TIER_1].response.n, 1));
    cr_expect(eq(u32, out.tiers[TIER_1].met, 1));
    cr_expect(eq(u32, out.tiers[TIER_1].rows, 15));
}
