#ifndef ENGINE_HOST_HISTORY_WORKER_H
#define ENGINE_HOST_HISTORY_WORKER_H

#include <uv.h>

#include "engine/host/committer.h"
#include "engine/host/past_marks.h"
#include "engine/host/summary.h"
#include "engine/net/api.h"

/* Questions about the past, never in the way of an order: committed batches are copied to a thread
 * of its own that feeds history.db; questions are answered by another, on a connection of its own.
 * If the feed falls behind, batches are dropped here and read again from the journal between
 * commits. */
struct history_worker;

struct history_worker_config {
    const char *path;      /* history.db */
    const char *directory; /* where it lies: for the disk guard */
    const char *epoch;
    struct summary_definition definition; /* printed on every report, with its policies */
    const struct engine_config *engine;   /* of the live one: the past is replayed with it */
    uint32_t disk_guard_mb;
    const char *photos;      /* their directory */
    struct past_marks marks; /* what it points to lives as long as the worker */
};

struct history_worker_events {
    const struct engine *(*engine)(void *context); /* the live one, for codes */
    void (*reply)(void *context, uint64_t request_id, int status, const char *content_type,
                  const char *headers, const void *body, size_t size);
    void (*refused)(void *context, uint64_t request_id, const char *code, const char *detail,
                    const char *pointer);
};

MUST_CHECK enum status history_worker_create(uv_loop_t *loop,
                                             const struct history_worker_config *config,
                                             const struct history_worker_events *events,
                                             void *context, struct history_worker **out,
                                             char error[256]);

/* On the writer thread, from the committer. `context` is the history_worker. */
void history_worker_committed(void *context, const struct batch *batch);

/* Once a wake-up: if history stays behind what is durable (after a crash, a full queue, a closed
 * spell), the rest is read from the journal piece by piece, between commits. */
void history_worker_catch_up(struct history_worker *worker, struct committer *committer,
                             uint64_t durable_seq, int64_t now_ms);

/* GET /v1/incidents, /v1/incidents/{id}, /v1/patrol, /v1/response-times and what is below it. `by`
 * is borrowed for the call. */
void history_worker_request(struct history_worker *worker, const struct net_request *request,
                            const struct identity *by);

/* GET /v1/incidents/{id}/photos/{hash}: a photo that the record of an incident in these districts
 * names, read and checked on the reader's thread. */
void history_worker_photo(struct history_worker *worker, uint64_t request_id, uint32_t incident_id,
                          const uint8_t hash[PHOTO_HASH_SIZE], uint64_t districts);

/* Was there such an incident in these districts, with that order (0: never mind) to that unit
 * (UNIT_NONE: whoever)? `told` is called once, on the loop: STATUS_OK, STATUS_NOT_FOUND, or why
 * nobody can say now. False: too many questions wait, and it is not called. */
struct history_order {
    uint32_t incident_id, assignment_id, unit_id;
    uint64_t districts;
};
bool history_worker_ordered(struct history_worker *worker, const struct history_order *order,
                            void (*told)(void *context, enum status status), void *context);

struct history_figures {
    uint64_t seq;     /* newest fed */
    uint64_t dropped; /* batches read again from the journal */
    uint32_t waiting;
    bool closed; /* below the disk guard */
};
struct history_figures history_worker_figures(struct history_worker *worker);

void history_worker_stop(struct history_worker *worker);
void history_worker_destroy(struct history_worker *worker);

#endif
