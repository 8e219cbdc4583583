#include "engine/host/calendar.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/host/query_text.h"

#define HOURS        24u
#define HOUR_MINUTES 60u

static bool zone_is_known;

bool calendar_use(const char *time_zone)
{
    char path[128];
    const int size = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", time_zone);
    zone_is_known = size > 0 && (size_t)size < sizeof path && access(path, R_OK) == 0;
    /* Before any thread is started. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    zone_is_known = zone_is_known && setenv("TZ", time_zone, 1) == 0;
    tzset();
    return zone_is_known;
}

bool calendar_is_known(void)
{
    return zone_is_known;
}

static bool parse_minutes(const char *text, uint32_t *minutes)
{
    for (uint32_t i = 0; i < 5; i++) {
        if (i == 2 ? text[i] != ':' : isdigit((unsigned char)text[i]) == 0) {
            return false;
        }
    }
    const int hour = (text[0] - '0') * 10 + (text[1] - '0');
    const int minute = (text[3] - '0') * 10 + (text[4] - '0');
    *minutes = (uint32_t)(hour * (int)HOUR_MINUTES + minute);
    return hour < (int)HOURS && minute < (int)HOUR_MINUTES;
}

bool calendar_day_parse(const char *day_starts, const char *shifts, struct calendar_day *day)
{
    *day = (struct calendar_day){0};
    if (strlen(day_starts) != 5 || !parse_minutes(day_starts, &day->starts)) {
        return false;
    }
    for (const char *at = shifts;; at += 6) {
        if (day->shift_count == CALENDAR_SHIFTS_MAX || strnlen(at, 5) < 5) {
            return false;
        }
        uint32_t *shift = &day->shifts[day->shift_count];
        if (!parse_minutes(at, shift) || (day->shift_count > 0 && *shift <= shift[-1])) {
            return false;
        }
        day->shift_count++;
        if (at[5] == '\0') {
            return true;
        }
        if (at[5] != ',') {
            return false;
        }
    }
}

static struct tm local_of(int64_t at_ms)
{
    const time_t seconds = (time_t)(at_ms / 1000);
    struct tm local = {0};
    (void)localtime_r(&seconds, &local);
    return local;
}

uint32_t calendar_hour(int64_t at_ms, int64_t *ends_ms)
{
    const struct tm local = local_of(at_ms);
    const int64_t into_s = (int64_t)local.tm_min * 60 + local.tm_sec;
    *ends_ms = at_ms / 1000 * 1000 + (3600 - into_s) * 1000;
    return (uint32_t)local.tm_hour;
}

/* So many minutes into a local day; in the hour that summer time skips it is the hour after. */
static int64_t moment(const struct tm *date, uint32_t minutes)
{
    struct tm local = {.tm_year = date->tm_year,
                       .tm_mon = date->tm_mon,
                       .tm_mday = date->tm_mday,
                       .tm_hour = (int)(minutes / HOUR_MINUTES),
                       .tm_min = (int)(minutes % HOUR_MINUTES),
                       .tm_isdst = -1};
    return (int64_t)mktime(&local) * 1000;
}

static struct tm next_date(struct tm date)
{
    date.tm_mday++;
    date.tm_hour = HOURS / 2; /* noon: no summer time moves it into another day */
    date.tm_min = 0;
    date.tm_isdst = -1;
    (void)mktime(&date);
    return date;
}

/* What begins on a date. */
struct marks {
    uint32_t minutes[HOURS], keys[HOURS];
    uint32_t count;
};

static struct marks marks_of(const struct calendar_day *day, enum calendar_step step,
                             const struct tm *date)
{
    struct marks marks = {0};
    switch (step) {
    case CALENDAR_DAY:
    case CALENDAR_MONTH:
        if (step == CALENDAR_DAY || date->tm_mday == 1) {
            marks = (struct marks){.minutes = {day->starts}, .count = 1};
        }
        break;
    case CALENDAR_SHIFT:
        for (uint32_t i = 0; i < day->shift_count; i++) {
            marks.minutes[i] = day->shifts[i];
            marks.keys[i] = i;
        }
        marks.count = day->shift_count;
        break;
    case CALENDAR_HOUR:
        for (uint32_t i = 0; i < HOURS; i++) {
            marks.minutes[i] = i * HOUR_MINUTES;
            marks.keys[i] = i;
        }
        marks.count = HOURS;
        break;
    }
    return marks;
}

/* The next span begins; those that end before `from_ms` are forgotten. False: no room. */
static bool begin_span(struct calendar_spans *spans, int64_t start_ms, uint32_t key, bool counts,
                       int64_t from_ms)
{
    if (spans->count > 0 && start_ms <= spans->starts_ms[spans->count - 1]) {
        return true; /* summer time: an hour of no length */
    }
    if (spans->count > 0 && start_ms <= from_ms) {
        spans->count = 0;
    }
    if (spans->count == HISTORY_PERIODS_MAX) {
        return false;
    }
    spans->keys[spans->count] = counts ? spans->count : key;
    spans->starts_ms[spans->count++] = start_ms;
    return true;
}

bool calendar_spans_make(const struct calendar_day *day, enum calendar_step step, int64_t from_ms,
                         int64_t to_ms, struct calendar_spans *spans)
{
    assert(from_ms <= to_ms);
    const bool counts = step == CALENDAR_DAY || step == CALENDAR_MONTH;
    struct tm date = local_of(from_ms);
    date.tm_mday -= step == CALENDAR_MONTH ? 32 : 2; /* what is under way at `from` */
    spans->count = 0;
    for (;;) {
        date = next_date(date);
        const struct marks marks = marks_of(day, step, &date);
        for (uint32_t i = 0; i < marks.count; i++) {
            const int64_t start_ms = moment(&date, marks.minutes[i]);
            if (start_ms >= to_ms && spans->count > 0) {
                spans->starts_ms[spans->count] = start_ms; /* the end of the last */
                return true;
            }
            if (!begin_span(spans, start_ms, marks.keys[i], counts, from_ms)) {
                return false;
            }
        }
    }
}

/* Days since 1970 of a date of the Gregorian calendar (H. Hinnant, days_from_civil). */
static int64_t days_of(const struct tm *date)
{
    const int64_t month = date->tm_mon + 1;
    const int64_t year = date->tm_year + 1900 - (month <= 2 ? 1 : 0);
    const int64_t era = (year >= 0 ? year : year - 399) / 400;
    const int64_t year_of_era = year - era * 400;
    const int64_t day_of_year =
        (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date->tm_mday - 1;
    const int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

int64_t calendar_ahead_ms(int64_t at_ms)
{
    if (!zone_is_known) {
        return 0;
    }
    const struct tm local = local_of(at_ms);
    const int64_t day_s = INT64_C(3600) * local.tm_hour + INT64_C(60) * local.tm_min + local.tm_sec;
    const int64_t local_s = days_of(&local) * 86400 + day_s;
    return (local_s - at_ms / 1000) * 1000;
}

int64_t calendar_year_before(int64_t at_ms)
{
    struct tm local = local_of(at_ms);
    local.tm_year--;
    local.tm_isdst = -1;
    return (int64_t)mktime(&local) * 1000 + at_ms % 1000;
}

/* `count` digits, known to be some. */
static int digits(const char *text, uint32_t count)
{
    int value = 0;
    for (uint32_t i = 0; i < count; i++) {
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool calendar_parse(const char *text, int64_t *at_ms)
{
    static const char shape[] = "0000-00-00T00:00:00";
    const size_t size = strlen(text);
    if (size != 10 && size != 16 && size != 19) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (shape[i] == '0' ? isdigit((unsigned char)text[i]) == 0 : text[i] != shape[i]) {
            return false;
        }
    }
    struct tm local = {.tm_year = digits(text, 4) - 1900,
                       .tm_mon = digits(text + 5, 2) - 1,
                       .tm_mday = digits(text + 8, 2),
                       .tm_hour = size > 10 ? digits(text + 11, 2) : 0,
                       .tm_min = size > 10 ? digits(text + 14, 2) : 0,
                       .tm_sec = size > 16 ? digits(text + 17, 2) : 0,
                       .tm_isdst = -1};
    const struct tm asked = local;
    const time_t seconds = mktime(&local);
    if (local.tm_year != asked.tm_year || local.tm_mon != asked.tm_mon ||
        local.tm_mday != asked.tm_mday || asked.tm_hour >= (int)HOURS || asked.tm_min > 59 ||
        asked.tm_sec > 59 || asked.tm_year < 70) {
        return false; /* February 30 */
    }
    *at_ms = (int64_t)seconds * 1000;
    return true;
}

bool calendar_moment(const char *text, int64_t *at_ms)
{
    char *end;
    const long long number = strtoll(text, &end, 10);
    if (isdigit((unsigned char)text[0]) && *end == '\0' && strlen(text) > 10) {
        *at_ms = number;
        return true;
    }
    return zone_is_known && calendar_parse(text, at_ms);
}

bool calendar_query(const char *query, const char *name, int64_t *at_ms, char detail[256])
{
    char value[QUERY_VALUE_SIZE];
    if (!query_text_value(query, name, value) || (zone_is_known && calendar_parse(value, at_ms))) {
        return true;
    }
    if (strchr(value, '-') == NULL) {
        return query_text_number(query, name, 0, INT64_C(253402300799999), at_ms, detail);
    }
    if (!zone_is_known) {
        snprintf(detail, 256,
                 "%s: this machine has no data of the city's time zone; say it in "
                 "milliseconds, or install tzdata",
                 name);
        return false;
    }
    snprintf(detail, 256,
             "%s must be milliseconds since 1970, or a day (2026-11-29) or time (2026-11-29T08:00) "
             "of the city, not \"%.40s\"",
             name, value);
    return false;
}

void calendar_format(int64_t at_ms, char text[CALENDAR_TEXT_SIZE])
{
    const struct tm local = local_of(at_ms);
    if (strftime(text, CALENDAR_TEXT_SIZE, "%Y-%m-%d %H:%M:%S", &local) == 0) {
        text[0] = '\0';
    }
}

void calendar_format_day(int64_t at_ms, char text[CALENDAR_TEXT_SIZE])
{
    calendar_format(at_ms, text);
    text[10] = '\0';
}
