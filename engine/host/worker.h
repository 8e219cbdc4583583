#ifndef ENGINE_HOST_WORKER_H
#define ENGINE_HOST_WORKER_H

#include <stdbool.h>
#include <uv.h>

#include "engine/core/status.h"

/* One thread with a bounded queue, for what must not hold up the loop: passwords, history, files.
 * Jobs run one after the other in the order they came, at a lower priority than the loop and the
 * writer of the journal. */
struct worker;

/* Where two cores are all there is, neither takes one from the loop or the writer. Somebody who
 * waits for a login or a closure does not wait for what runs in the background, be the machine
 * overloaded or not. */
enum worker_priority { WORKER_SOMEBODY_WAITS, WORKER_BACKGROUND };

struct worker_job {
    void (*run)(struct worker_job *job); /* on the worker's thread */
    void (*done)(
        struct worker_job *job); /* on the loop, after run; NULL: nobody waits. Frees the job */
    struct worker_job *next;     /* the worker's */
};

MUST_CHECK enum status worker_create(uv_loop_t *loop, uint32_t jobs_max,
                                     enum worker_priority priority, struct worker **out);

/* From any thread. False: the queue is full; the job stays the caller's. */
bool worker_submit(struct worker *worker, struct worker_job *job);
uint32_t worker_waiting(struct worker *worker);

/* Run what waits, call every `done`, stop the thread. On the loop thread; blocks. */
void worker_stop(struct worker *worker);
/* After the loop has closed its handles. */
void worker_destroy(struct worker *worker);

#endif
