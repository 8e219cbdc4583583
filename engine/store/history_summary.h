#ifndef ENGINE_STORE_HISTORY_SUMMARY_H
#define ENGINE_STORE_HISTORY_SUMMARY_H

#include "engine/store/history_reader.h"

/* Summaries: the response times of a period by circle, area, unit, district, type or span of time,
 * and the bulletin. Each is one scan of rows that were made for it (history_answers.c); percentiles
 * are exact, counts say what is missing and what was left out. */

enum history_group {
    HISTORY_GROUP_CITY, /* one line for all */
    HISTORY_GROUP_DISTRICT,
    HISTORY_GROUP_CIRCLE,
    HISTORY_GROUP_BEAT,
    HISTORY_GROUP_GRID,
    HISTORY_GROUP_UNIT, /* the one whose times a row of the response log has */
    HISTORY_GROUP_TYPE,
    HISTORY_GROUP_PERIOD, /* by the time of creation: days, hours, shifts */
    HISTORY_GROUP_COUNT
};

/* Spans of time that follow each other: number i runs from starts_ms[i] to starts_ms[i + 1] and
 * counts for line keys[i]; the last only ends. Which days a city has is its calendar's business. */
#define HISTORY_PERIODS_MAX 16384u /* ten years of days with four shifts */
struct history_periods {
    const int64_t *starts_ms; /* count + 1 */
    const uint32_t *keys;     /* count; below HISTORY_PERIODS_MAX */
    uint32_t count;
};

/* What a line is about. `key`: a circle's, area's or district's index, a unit's id, enum
 * incident_type or a period's key; HISTORY_ANY: everything (of the city), or none (in no circle, by
 * no unit). */
struct history_line {
    uint32_t key;
    char code[CODE_SIZE], name[NAME_SIZE]; /* "": none, or not one that has a name */
};

struct history_summary_line {
    struct history_line line;
    struct history_statistics numbers;
};
struct history_summary {
    struct history_summary_line *lines; /* by rising key, HISTORY_ANY last */
    uint32_t count;
};
/* `periods` only for HISTORY_GROUP_PERIOD, else NULL: rows outside of them are in no line. The
 * city's line is there even if nothing happened. */
MUST_CHECK enum status history_summary_times(struct history_reader *reader,
                                             const struct history_filter *filter,
                                             enum history_group group,
                                             const struct history_periods *periods,
                                             struct history_summary *out, char error[256]);
void history_summary_finish(struct history_summary *summary);

/* ---- The bulletin: orders in fixed bins, the slowest named ----
 *
 * Counted are orders (one incident may have several), from sending on: signed for (acknowledged),
 * departed (en route), fed back (cleared). */
#define HISTORY_BULLETIN_LIST(X)                                                                   \
    X(HISTORY_SIGN, "sign")         /* 0-30-60-120-180 s */                                        \
    X(HISTORY_DEPART, "depart")     /* 0-5-10-15-30 min */                                         \
    X(HISTORY_FEEDBACK, "feedback") /* 0-30-60 min, 2, 4 h */
enum history_bulletin_stage { HISTORY_BULLETIN_LIST(ENUM_NAME) HISTORY_BULLETIN_STAGES };
#define HISTORY_BULLETIN_BINS 5u
/* Where bins end: up to and including; the last has no end. */
extern const int64_t history_bulletin_ends_ms[HISTORY_BULLETIN_STAGES][HISTORY_BULLETIN_BINS - 1];

struct history_bulletin_times {
    uint32_t n;         /* orders that got there: the sum of the bins */
    uint32_t missing;   /* orders that did not, or not yet */
    uint32_t withdrawn; /* declined, recalled or cancelled before: not expected any more */
    uint32_t bins[HISTORY_BULLETIN_BINS];
    int64_t slowest_ms; /* TIME_NEVER: n is 0 */
    uint32_t slowest_incident_id;
    struct history_line slowest; /* the unit; of equals the first */
};
struct history_bulletin_line {
    struct history_line line;
    uint32_t orders, drills; /* drills are left out, unless only drills are asked for */
    struct history_bulletin_times times[HISTORY_BULLETIN_STAGES];
};
struct history_bulletin {
    struct history_bulletin_line *lines;
    uint32_t count;
};
MUST_CHECK enum status history_summary_bulletin(struct history_reader *reader,
                                                const struct history_filter *filter,
                                                enum history_group group,
                                                const struct history_periods *periods,
                                                struct history_bulletin *out, char error[256]);
void history_summary_bulletin_finish(struct history_bulletin *bulletin);

/* ---- Where: counts in cells of `cell_e7` degrees ---- */
struct history_cell {
    struct geo_point southwest;
    uint32_t rows, late; /* tiers that were asked, of which missed or without a unit */
    uint32_t incidents;
};
typedef bool history_cell_visit(void *context, const struct history_cell *cell);
MUST_CHECK enum status history_summary_heat(struct history_reader *reader,
                                            const struct history_filter *filter, uint32_t cell_e7,
                                            history_cell_visit *visit, void *context,
                                            char error[256]);

/* Number of a code; STATUS_NOT_FOUND: there is none (the error says so). Districts, circles, areas
 * (of any kind: HISTORY_GROUP_BEAT or _GRID), units.
 */
MUST_CHECK enum status history_summary_find(struct history_reader *reader, enum history_group group,
                                            const char *code, uint32_t *key, char error[256]);
/* When the first and the last incident was created; both TIME_NEVER: there is none. */
MUST_CHECK enum status history_summary_span(struct history_reader *reader, int64_t *first_ms,
                                            int64_t *last_ms, char error[256]);

#endif
