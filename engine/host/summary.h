#ifndef ENGINE_HOST_SUMMARY_H
#define ENGINE_HOST_SUMMARY_H

#include "engine/host/calendar.h"
#include "engine/host/query_text.h"
#include "engine/store/history_summary.h"
#include "proto/proto_buffer.h"

/* The reports on response times, for a page (JSON), a spreadsheet (CSV) and a terminal (text): the
 * times by tier and stage, the bulletin, and where the late ones were. The same questions are asked
 * over HTTP and by `kuaifan report`. */

enum summary_kind { SUMMARY_TIMES, SUMMARY_BULLETIN, SUMMARY_HEAT };
enum summary_format { SUMMARY_JSON, SUMMARY_CSV, SUMMARY_TEXT };
/* In the order of `group=`. */
enum summary_group {
    SUMMARY_NONE,
    SUMMARY_DISTRICT,
    SUMMARY_CIRCLE,
    SUMMARY_BEAT,
    SUMMARY_GRID,
    SUMMARY_UNIT,
    SUMMARY_TYPE,
    SUMMARY_DAY,
    SUMMARY_MONTH,
    SUMMARY_SHIFT,
    SUMMARY_HOUR
};

#define SUMMARY_POLICIES_MAX 64u

/* The policies in force in a period, each and in one text: "mutual-aid + river". More than the
 * newest SUMMARY_POLICIES_MAX are named by the text's "..." only. */
struct summary_policies {
    uint32_t count;
    struct history_policy each[SUMMARY_POLICIES_MAX];
    char names[256], clocks[64];
};
MUST_CHECK enum status summary_policies_read(struct summary_policies *policies,
                                             struct history_reader *reader,
                                             const struct history_filter *filter, char error[256]);

/* What is printed on every report. Borrowed. */
struct summary_definition {
    const char *time_zone, *day_starts, *shifts;
    const char *clock_start, *policy;
    const struct summary_policies *policies; /* NULL: only named */
};

struct summary_question {
    enum summary_kind kind;
    enum summary_format format;
    enum summary_group group;
    bool compares; /* with the same period a year before */
    struct history_filter filter;
    char unit[CODE_SIZE], circle[CODE_SIZE], district[CODE_SIZE], area[CODE_SIZE]; /* "": all */
    uint32_t cell_e7;
};

#define SUMMARY_CELLS_MAX 20000u

/* From a query; `scope`: what the asker may see. False: `detail` says what is wrong. */
bool summary_parse(struct summary_question *question, enum summary_kind kind, const char *query,
                   uint64_t scope, char detail[256]);

/* On the reader's thread. STATUS_BAD_INPUT: no such unit, circle, area or district, or a span of
 * time that makes too many lines; `error` says which. */
MUST_CHECK enum status summary_answer(struct summary_question *question,
                                      struct history_reader *reader,
                                      const struct summary_definition *definition,
                                      struct proto_buffer *body, char error[256]);

/* The definition as a JSON member; of the response log, too. `question` NULL: without a period. */
void summary_json_definition(struct proto_buffer *body, const struct summary_definition *definition,
                             const struct summary_question *question);

#endif
