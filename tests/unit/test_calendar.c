/* calendar: local days, shifts and hours as spans of milliseconds, also where summer time makes a
 * day of 23 or 25 hours. Dates reckoned by hand (and `date -d`). */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>
#include <stdlib.h>

#include "engine/host/calendar.h"

#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

static struct calendar_spans *spans;
static struct calendar_day day;

static void set_up(void)
{
    spans = malloc(sizeof *spans);
    cr_assert(ne(ptr, spans, NULL));
    cr_assert(calendar_use("Asia/Shanghai"));
    cr_assert(calendar_day_parse("00:00", "08:00,20:00", &day));
}

static void tear_down(void)
{
    free(spans);
    spans = NULL;
}

TestSuite(calendar, .init = set_up, .fini = tear_down, .timeout = 20);

static int64_t at(const char *text)
{
    int64_t at_ms = 0;
    cr_assert(calendar_parse(text, &at_ms), "%s", text);
    return at_ms;
}

/* Against the parser, which goes the other way: a local text and the moment it names. */
Test(calendar, local_time_is_ahead_of_utc_by_the_zone_and_the_summer)
{
    cr_expect(eq(i64, calendar_ahead_ms(1767196800000), 8 * HOUR));
    cr_assert(calendar_use("Europe/Lisbon"));
    const int64_t spring_ms = at("2026-03-29T02:00"); /* it was one o'clock a moment before */
    cr_expect(eq(i64, calendar_ahead_ms(spring_ms - 1), 0));
    cr_expect(eq(i64, calendar_ahead_ms(spring_ms), HOUR));
    cr_expect(eq(i64, calendar_ahead_ms(at("2026-07-01T12:00:07") + 999), HOUR));
    cr_assert(calendar_use("America/St_Johns"));
    cr_expect(eq(i64, calendar_ahead_ms(at("2024-02-29")), -7 * HOUR / 2));
    cr_expect(not(calendar_use("Mars/Olympus")));
    cr_expect(eq(i64, calendar_ahead_ms(1767196800000), 0));
}

Test(calendar, a_day_begins_at_local_midnight)
{
    cr_expect(eq(i64, at("2026-01-01"), 1767196800000)); /* 2025-12-31T16:00Z */
    cr_expect(eq(i64, at("2026-01-01T08:00"), 1767225600000));
    cr_expect(eq(i64, at("2026-01-01T08:00:07"), 1767225607000));
    char text[CALENDAR_TEXT_SIZE];
    calendar_format(1767225607999, text);
    cr_expect(eq(str, text, "2026-01-01 08:00:07"));
    calendar_format_day(1767225607999, text);
    cr_expect(eq(str, text, "2026-01-01"));
}

Test(calendar, what_is_no_time_is_refused)
{
    static const char *const wrong[] = {"",
                                        "2026",
                                        "2026-02-30",
                                        "2026-13-01",
                                        "2026-1-1",
                                        "2026-01-01T24:00",
                                        "2026-01-01T08:60",
                                        "2026-01-01 08:00",
                                        "1969-01-01",
                                        "2026-01-01T08:00:61",
                                        "2026-01-01T08",
                                        "yesterday"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        int64_t at_ms = 7;
        cr_expect(not(calendar_parse(wrong[i], &at_ms)), "%s", wrong[i]);
        cr_expect(eq(i64, at_ms, 7), "%s", wrong[i]);
    }
}

Test(calendar, a_moment_is_a_time_of_the_city_or_milliseconds)
{
    int64_t at_ms = 0;
    cr_expect(calendar_moment("1767225607123", &at_ms));
    cr_expect(eq(i64, at_ms, 1767225607123));
    cr_expect(calendar_moment("2026-01-01T08:00:07", &at_ms));
    cr_expect(eq(i64, at_ms, 1767225607000));
    cr_expect(not(calendar_moment("20260101", &at_ms)), "a date without its dashes");
    cr_expect(not(calendar_moment("noon", &at_ms)));
}

Test(calendar, days_cover_the_period_and_no_more)
{
    const int64_t from = at("2026-03-01T13:00");
    cr_assert(calendar_spans_make(&day, CALENDAR_DAY, from, at("2026-03-04"), spans));
    cr_expect(eq(u32, spans->count, 3));
    cr_expect(eq(i64, spans->starts_ms[0], at("2026-03-01")));
    cr_expect(eq(i64, spans->starts_ms[3], at("2026-03-04")));
    cr_expect(eq(u32, spans->keys[2], 2));
}

Test(calendar, a_day_may_begin_at_another_hour)
{
    cr_assert(calendar_day_parse("06:30", "08:00", &day));
    const int64_t from = at("2026-03-02T03:00"); /* still the day before */
    cr_assert(calendar_spans_make(&day, CALENDAR_DAY, from, at("2026-03-02T07:00"), spans));
    cr_expect(eq(u32, spans->count, 2));
    cr_expect(eq(i64, spans->starts_ms[0], at("2026-03-01T06:30")));
    cr_expect(eq(i64, spans->starts_ms[1], at("2026-03-02T06:30")));
}

Test(calendar, shifts_and_hours_return_every_day_under_the_same_key)
{
    const int64_t from = at("2026-03-01T03:00");
    cr_assert(calendar_spans_make(&day, CALENDAR_SHIFT, from, from + 2 * DAY, spans));
    cr_expect(eq(u32, spans->count, 5));
    cr_expect(eq(i64, spans->starts_ms[0], at("2026-02-28T20:00")));
    cr_expect(eq(u32, spans->keys[0], 1));
    cr_expect(eq(u32, spans->keys[1], 0));
    cr_expect(eq(u32, spans->keys[2], 1));
    cr_assert(calendar_spans_make(&day, CALENDAR_HOUR, from, from + DAY, spans));
    cr_expect(eq(u32, spans->count, 24));
    cr_expect(eq(u32, spans->keys[0], 3));
    cr_expect(eq(u32, spans->keys[23], 2));
}

Test(calendar, months_are_as_long_as_they_are)
{
    cr_assert(calendar_spans_make(&day, CALENDAR_MONTH, at("2026-01-15"), at("2026-04-01"), spans));
    cr_expect(eq(u32, spans->count, 3));
    cr_expect(eq(i64, spans->starts_ms[0], at("2026-01-01")));
    cr_expect(eq(i64, spans->starts_ms[2] - spans->starts_ms[1], 28 * DAY));
}

Test(calendar, summer_time_makes_a_day_of_23_and_one_of_25_hours)
{
    cr_assert(calendar_use("Europe/Lisbon"));
    cr_assert(calendar_spans_make(&day, CALENDAR_DAY, at("2026-03-28"), at("2026-03-31"), spans));
    cr_expect(eq(u32, spans->count, 3));
    cr_expect(eq(i64, spans->starts_ms[2] - spans->starts_ms[1], 23 * HOUR));
    cr_assert(calendar_spans_make(&day, CALENDAR_DAY, at("2026-10-25"), at("2026-10-26"), spans));
    cr_expect(eq(i64, spans->starts_ms[1] - spans->starts_ms[0], 25 * HOUR));
    cr_assert(calendar_spans_make(&day, CALENDAR_HOUR, at("2026-03-29"), at("2026-03-30"), spans));
    cr_expect(eq(u32, spans->count, 23), "the hour that is skipped has no span");
}

Test(calendar, a_year_before_is_the_same_local_time)
{
    cr_expect(eq(i64, calendar_year_before(at("2026-11-01T07:30")), at("2025-11-01T07:30")));
    cr_expect(eq(i64, calendar_year_before(at("2028-02-29")), at("2027-03-01")));
    cr_expect(eq(i64, calendar_year_before(at("2026-11-01") + 1), at("2025-11-01") + 1));
}

Test(calendar, more_spans_than_there_is_room_for_are_refused)
{
    const int64_t from = at("2020-01-01");
    cr_expect(
        calendar_spans_make(&day, CALENDAR_HOUR, from, from + HISTORY_PERIODS_MAX * HOUR, spans));
    cr_expect(eq(u32, spans->count, HISTORY_PERIODS_MAX));
    cr_expect(not(calendar_spans_make(&day, CALENDAR_HOUR, from,
                                      from + (HISTORY_PERIODS_MAX + 1) * HOUR, spans)));
}

Test(calendar, shifts_rise_and_have_a_shape)
{
    cr_expect(calendar_day_parse("00:00", "00:00,04:00,08:00,12:00,16:00,20:00", &day));
    cr_expect(eq(u32, day.shift_count, 6));
    static const char *const wrong[] = {"",
                                        "8:00",
                                        "08:00,",
                                        "08:00,08:00",
                                        "20:00,08:00",
                                        "08:00;20:00",
                                        "24:00",
                                        "00:00,01:00,02:00,03:00,04:00,05:00,06:00"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_expect(not(calendar_day_parse("00:00", wrong[i], &day)), "%s", wrong[i]);
    }
    cr_expect(not(calendar_day_parse("0:00", "08:00", &day)));
}

Test(calendar, an_unknown_zone_is_said)
{
    cr_expect(not(calendar_use("Mars/Olympus")));
    cr_expect(not(calendar_is_known()));
}
