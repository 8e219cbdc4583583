#ifndef ENGINE_HOST_HISTORY_QUESTION_H
#define ENGINE_HOST_HISTORY_QUESTION_H

#include "engine/host/history_worker.h"
#include "engine/host/past_board.h"
#include "engine/host/patrol_report.h"
#include "engine/host/summary.h"
#include "engine/host/worker.h"
#include "engine/net/access.h"
#include "engine/store/history_reader.h"
#include "proto/proto_json.h"

/* One question about the past: parsed on the loop, answered on the reader's thread, said on the
 * loop. */

enum question_kind {
    QUESTION_INCIDENTS,
    QUESTION_INCIDENT,
    QUESTION_RESPONSE_TIMES,
    QUESTION_SUMMARY, /* below /v1/response-times/ */
    QUESTION_BOARD,
    QUESTION_PATROL,
    QUESTION_PHOTO,
    QUESTION_ORDERED /* was it ever so? asked by the house itself */
};

#define QUESTION_ROWS     200u /* unless `limit` says otherwise */
#define QUESTION_ROWS_MAX 10000u
#define QUESTION_CSV_MAX  500000u

struct question {
    struct worker_job job; /* first: the worker hands it back */
    struct history_worker *worker;
    enum question_kind kind;
    uint64_t request_id;
    struct history_filter filter;
    bool open_only, ended_only; /* of QUESTION_INCIDENTS */
    bool csv;
    enum role role;
    uint32_t incident_id;
    struct summary_question summary;  /* of QUESTION_SUMMARY */
    struct past_board_question board; /* of QUESTION_BOARD */
    struct patrol_question patrol;    /* of QUESTION_PATROL */

    /* The answer. */
    enum status status;
    char error[256];
    struct proto_buffer body;
    struct event_list
        timeline; /* of QUESTION_INCIDENT: encoded on the loop, which knows the codes */
    bool has_timeline;
    uint32_t rows;
    uint64_t next;
    bool truncated;
    struct history_incident
        incident;                  /* of QUESTION_INCIDENT: the live one is said, if there is one */
    uint8_t hash[PHOTO_HASH_SIZE]; /* of QUESTION_PHOTO, as what follows */
    bool is_named;                 /* the incident's record names it */
    enum photo_media media;
    uint8_t *photo; /* to free */
    size_t photo_size;
    uint32_t assignment_id, unit_id; /* of QUESTION_ORDERED, as what follows */
    void (*told)(void *context, enum status status);
    void *context;
    uint32_t tries;               /* history is some milliseconds behind the disk */
    uint64_t asked_seq, seen_seq; /* the engine's when it was asked, history's when it looked */
};

/* Fill kind, filter and the rest from path and query. False: `detail` says what is wrong. `circles`
 * and `units` are looked up in the live engine. */
bool history_question_parse(struct question *question, const struct net_request *request,
                            const struct identity *by, const struct engine *engine,
                            char detail[256]);

/* On the reader's thread. */
void history_answer_run(struct question *question, struct history_reader *reader,
                        const struct history_worker_config *config);

/* On the loop: the part that needs the live engine. */
void history_answer_finish(struct question *question, const struct engine *engine);

#endif
