#ifndef ENGINE_HOST_CALENDAR_H
#define ENGINE_HOST_CALENDAR_H

#include "engine/store/history_summary.h"

/* The city's calendar: its zone, where its days and shifts begin, and spans of milliseconds made of
 * them. It reads no clock: every time comes in. */

/* The zone of the whole process, set once before there are threads. False: this machine has no data
 * of that zone (Debian: package tzdata). */
bool calendar_use(const char *time_zone);
bool calendar_is_known(void);

#define CALENDAR_SHIFTS_MAX 6u
#define CALENDAR_TEXT_SIZE  24u

/* Minutes of the day, rising. */
struct calendar_day {
    uint32_t starts;
    uint32_t shifts[CALENDAR_SHIFTS_MAX];
    uint32_t shift_count;
};
/* "00:00" and "08:00,20:00"; false: not of that shape, or not rising. */
bool calendar_day_parse(const char *day_starts, const char *shifts, struct calendar_day *day);

enum calendar_step { CALENDAR_DAY, CALENDAR_MONTH, CALENDAR_SHIFT, CALENDAR_HOUR };

/* Spans that cover [from, to): the first may begin earlier and the last end later. A day's and a
 * month's key is its number from the first, a shift's the number of the shift, an hour's 0..23. */
struct calendar_spans {
    int64_t starts_ms[HISTORY_PERIODS_MAX + 1];
    uint32_t keys[HISTORY_PERIODS_MAX];
    uint32_t count;
};
/* False: more than HISTORY_PERIODS_MAX. */
bool calendar_spans_make(const struct calendar_day *day, enum calendar_step step, int64_t from_ms,
                         int64_t to_ms, struct calendar_spans *spans);

/* The hour of the city's clock, 0..23, and when the next one begins. */
uint32_t calendar_hour(int64_t at_ms, int64_t *ends_ms);

/* What local time is ahead of UTC at that time; 0: the zone is not known. */
int64_t calendar_ahead_ms(int64_t at_ms);

/* The same local time a year before; of February 29 it is March 1. */
int64_t calendar_year_before(int64_t at_ms);

/* "2026-11-29", "2026-11-29T08:26" or "…:26:29", local. False: not of that shape, or no such day.
 */
bool calendar_parse(const char *text, int64_t *at_ms);
/* That, or milliseconds since 1970. */
bool calendar_moment(const char *text, int64_t *at_ms);
/* A time in a query: that, or milliseconds since 1970; left alone where it is not there. False:
 * `detail` says what is wrong. */
bool calendar_query(const char *query, const char *name, int64_t *at_ms, char detail[256]);
/* "2026-11-29 08:26:29" */
void calendar_format(int64_t at_ms, char text[CALENDAR_TEXT_SIZE]);
/* "2026-11-29" */
void calendar_format_day(int64_t at_ms, char text[CALENDAR_TEXT_SIZE]);

#endif
