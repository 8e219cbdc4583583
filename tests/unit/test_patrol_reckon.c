/* patrol_reckon: what was due and for how long nobody came, against a count minute by minute. The
 * seed of a difference is printed. */
#define _GNU_SOURCE
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>
#include <time.h>

#include "engine/host/calendar.h"
#include "engine/host/patrol_reckon.h"
#include "tests/support/store_given.h"

#define T0      INT64_C(1767225600000) /* 2026-01-01T08:00 in Shanghai */
#define MIN_MS  60000
#define HOUR_MS INT64_C(3600000)
#define DAY_MS  (24 * HOUR_MS)

#define DAYS     4
#define MINUTES  (DAYS * 1440)
#define SEEN_MAX 60
#define VERSIONS 3

static uint64_t seed;

static uint32_t below(uint32_t limit)
{
    return (uint32_t)(store_given_random(&seed) % limit);
}

/* The version that holds in that minute; -1: none yet. */
static int version_at(const struct history_checkpoint versions[], int64_t at_ms)
{
    int held = -1;
    for (int i = 0; i < VERSIONS; i++) {
        held = versions[i].from_ms <= at_ms ? i : held;
    }
    return held;
}

static bool is_open(const struct history_checkpoint *version, int64_t at_ms)
{
    const uint32_t minute = (uint32_t)((at_ms / MIN_MS + 8 * 60) % 1440); /* Shanghai */
    return version->from_min == version->to_min ? true
           : version->from_min < version->to_min
               ? minute >= version->from_min && minute < version->to_min
               : minute >= version->from_min || minute < version->to_min;
}

/* Whether two minutes that follow each other belong to one stretch. */
static bool goes_on(const struct history_checkpoint *a, const struct history_checkpoint *b,
                    int64_t at_ms)
{
    const uint32_t minute = (uint32_t)((at_ms / MIN_MS + 8 * 60) % 1440);
    return a->from_min == b->from_min && a->to_min == b->to_min && a->every_min == b->every_min &&
           (b->from_min == b->to_min || minute != b->from_min);
}

struct oracle {
    uint32_t due, open_min, gap_min;
    int64_t gap_ms;
};

static void close_stretch(struct oracle *oracle, uint32_t every_min)
{
    oracle->due += oracle->open_min / every_min;
    oracle->open_min = 0;
    oracle->gap_min = 0;
}

static struct oracle by_the_minute(const struct history_checkpoint versions[],
                                   const struct history_patrol_span *span, const int64_t seen_ms[],
                                   uint32_t seen_count)
{
    struct oracle oracle = {.gap_ms = TIME_NEVER};
    const struct history_checkpoint *before = NULL;
    for (int64_t at_ms = span->from_ms; at_ms < span->to_ms; at_ms += MIN_MS) {
        const int held = version_at(versions, at_ms);
        const struct history_checkpoint *version = held < 0 ? NULL : &versions[held];
        const bool is_due = version != NULL && version->every_min > 0 && is_open(version, at_ms);
        if (before != NULL && (!is_due || !goes_on(before, version, at_ms))) {
            close_stretch(&oracle, before->every_min);
        }
        before = is_due ? version : NULL;
        if (!is_due) {
            continue;
        }
        for (uint32_t i = 0; i < seen_count; i++) { /* visits fall on whole minutes */
            oracle.gap_min = seen_ms[i] == at_ms ? 0 : oracle.gap_min;
        }
        oracle.open_min++;
        oracle.gap_min++;
        oracle.gap_ms = (int64_t)oracle.gap_min * MIN_MS > oracle.gap_ms
                            ? (int64_t)oracle.gap_min * MIN_MS
                            : oracle.gap_ms;
    }
    if (before != NULL) {
        close_stretch(&oracle, before->every_min);
    }
    return oracle;
}

static int compare_times(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

static void compare_once(uint64_t first)
{
    static const uint32_t hours[] = {0, 1, 480, 600, 1200, 1439};
    struct history_checkpoint versions[VERSIONS] = {0};
    int64_t seen_ms[SEEN_MAX];
    for (int i = 0; i < VERSIONS; i++) {
        versions[i].from_ms = T0 + (int64_t)(i == 0 ? below(600) : 1000u * (uint32_t)i) * MIN_MS;
        versions[i].from_min = (uint16_t)hours[below(6)];
        versions[i].to_min = (uint16_t)hours[below(6)];
        versions[i].every_min = below(4) == 0 ? 0 : 1 + below(300);
        if (i > 0 && below(3) == 0) { /* renamed only */
            const int64_t from_ms = versions[i].from_ms;
            versions[i] = versions[i - 1];
            versions[i].from_ms = from_ms;
        }
    }
    const struct history_patrol_span span = {
        T0 + (int64_t)below(MINUTES / 2) * MIN_MS,
        T0 + (int64_t)(MINUTES / 2 + below(MINUTES / 2)) * MIN_MS, 1};
    const uint32_t count = below(SEEN_MAX);
    for (uint32_t i = 0; i < count; i++) {
        seen_ms[i] = T0 + (int64_t)below(MINUTES) * MIN_MS;
    }
    qsort(seen_ms, count, sizeof seen_ms[0], compare_times);
    const struct patrol_reckoning got = patrol_reckon(versions, VERSIONS, &span, seen_ms, count);
    const struct oracle want = by_the_minute(versions, &span, seen_ms, count);
    cr_assert(eq(u32, got.due, want.due), "seed %llu", (unsigned long long)first);
    cr_assert(eq(i64, got.gap_ms, want.gap_ms), "seed %llu", (unsigned long long)first);
}

TestSuite(patrol_reckon, .timeout = 60);

Test(patrol_reckon, due_and_gap_are_those_of_a_count_by_the_minute)
{
    const char *again = getenv("KUAIFAN_SEED");
    cr_assert(calendar_use("Asia/Shanghai"));
    for (uint32_t i = 0; i < 2000; i++) {
        seed = again == NULL ? (uint64_t)time(NULL) * 10000 + i : strtoull(again, NULL, 10);
        const uint64_t first = seed;
        compare_once(first);
    }
}

Test(patrol_reckon, on_the_day_the_clocks_change_the_hours_are_those_of_the_clock)
{
    cr_assert(calendar_use("Europe/Lisbon"));
    /* 2026-03-29 01:00 UTC: one o'clock becomes two. 08:00 to 10:00 is 07:00 to 09:00 UTC then,
     * and 08:00 to 10:00 UTC the day before. */
    const struct history_checkpoint version = {
        .from_ms = T0, .from_min = 480, .to_min = 600, .every_min = 60};
    const int64_t day_ms = INT64_C(1774656000000); /* 2026-03-28 */
    const struct history_patrol_span span = {day_ms, day_ms + 2 * DAY_MS, 1};
    const int64_t seen_ms[] = {day_ms + 8 * HOUR_MS + 30 * MIN_MS,
                               day_ms + DAY_MS + 7 * HOUR_MS + 10 * MIN_MS};
    const struct patrol_reckoning got = patrol_reckon(&version, 1, &span, seen_ms, 2);
    cr_expect(eq(u32, got.due, 4));
    cr_expect(eq(i64, got.gap_ms, 110 * MIN_MS));
    cr_expect(eq(i64, got.gap_from_ms, seen_ms[1]));
}
