#ifndef ENGINE_HOST_PATROL_REPORT_H
#define ENGINE_HOST_PATROL_REPORT_H

#include "engine/host/query_text.h"
#include "engine/store/history_patrol.h"
#include "proto/proto_buffer.h"

/* The report on patrols: how often places had to be visited and were, by whom and how it is known,
 * what was missed, and the longest time that nobody was there. For a page (JSON), a spreadsheet
 * (CSV) and a terminal (text); asked over HTTP and by `kuaifan report`. */

enum patrol_group {
    PATROL_CHECKPOINT,
    PATROL_CIRCLE,
    PATROL_DISTRICT,
    PATROL_ROUTE, /* rounds: of routes alone, that are in no other group */
    PATROL_UNIT,  /* who was there; nobody's unit had to be, so nothing is due */
    PATROL_NONE
};
enum patrol_format { PATROL_JSON, PATROL_CSV, PATROL_TEXT };

struct patrol_question {
    enum patrol_group group;
    enum patrol_format format;
    int64_t from_ms, to_ms; /* TIME_NEVER: from the first checkpoint, to the newest event */
    uint64_t scope;         /* districts */
    char checkpoint[CODE_SIZE], circle[CODE_SIZE], district[CODE_SIZE]; /* "": all */
};

/* From a query; `scope`: what the asker may see. False: `detail` says what is wrong. */
bool patrol_report_parse(struct patrol_question *question, const char *query, uint64_t scope,
                         char detail[256]);

struct patrol_line {
    uint32_t key; /* of what it is about; CIRCLE_NONE, UNIT_NONE: of nothing */
    char code[CODE_SIZE], name[NAME_SIZE];
    char circle[CODE_SIZE]; /* of a checkpoint */
    uint32_t checkpoints;   /* how many it adds up */
    bool has_due;           /* not of a unit */
    uint32_t due, missed;
    uint32_t visits;                      /* stays, and what was signed */
    uint32_t by[VISIT_COUNT];             /* how they are known */
    uint32_t unconfirmed;                 /* signed, and no fix of then says so too */
    int64_t gap_ms, gap_from_ms, last_ms; /* TIME_NEVER */
};

struct patrol_result {
    int64_t from_ms, to_ms; /* what was looked at; from = to: nothing */
    struct patrol_line *lines, total;
    uint32_t count;
};

/* On the reader's thread. STATUS_BAD_INPUT: there is no such checkpoint, circle or district in the
 * scope; `error` says which. */
MUST_CHECK enum status patrol_report_answer(const struct patrol_question *question,
                                            struct history_reader *reader, const char *time_zone,
                                            struct proto_buffer *body, char error[256]);

/* patrol_table: what was found, as it was asked for. */
void patrol_table_write(const struct patrol_question *question, const struct patrol_result *result,
                        const char *time_zone, struct proto_buffer *body);

/* Tenths of a percent that were not missed, cut; UINT32_MAX: nothing was due. */
uint32_t patrol_report_rate(const struct patrol_line *line);

#endif
