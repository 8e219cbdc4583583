#ifndef ENGINE_HOST_COMMITTER_H
#define ENGINE_HOST_COMMITTER_H

#include <uv.h>

#include "engine/host/batch.h"

/* The writer thread: takes a batch, makes it durable, tells the loop, then applies it to the shadow
 * engine. While one batch is on its way to the disk the next one gathers; there is no timer.
 *
 * The shadow is a second engine that only replays. Snapshots are written from it, so they are never
 * ahead of the disk, and its digest is compared with the live one: the proof of determinism runs in
 * production. */
struct committer;

/* Called on the loop thread. */
struct committer_events {
    void (*durable)(void *context, struct batch *batch); /* the batch may be cleared after this */
    void (*full)(void *context, bool full);              /* the disk is full; has room again */
    void (*failed)(void *context, const char *reason);   /* words must stop: exit and recover */
    void (*alarm)(void *context, const char *what);      /* e.g. the shadow differs */
};

struct committer_config {
    struct journal *journal; /* handed over: only the writer uses it from now on */
    struct engine *shadow;   /* at journal_seq(); handed over and destroyed */
    const char *snapshot_directory;
    uint64_t snapshot_seq;    /* of the newest on the disk, 0: none */
    uint32_t snapshot_events; /* a snapshot after this many events */
    int64_t snapshot_ms;      /* or this long, if anything happened */
    /* Called on the writer thread after a batch is durable; copies what it needs. NULL: nobody. */
    void (*committed)(void *context, const struct batch *batch);
    void *committed_context;
};

MUST_CHECK enum status committer_create(uv_loop_t *loop, const struct committer_config *config,
                                        const struct committer_events *events, void *context,
                                        struct committer **out);

/* Whether the writer would take a batch now. */
bool committer_idle(struct committer *committer);

/* Hand a batch over; only when idle. It stays the committer's until `durable` and until the writer
 * has applied it to the shadow: committer_idle() says when the next may come. */
void committer_give(struct committer *committer, struct batch *batch, uint64_t expected_seq);

/* The next batch should carry a digest of the live engine. */
bool committer_wants_digest(const struct committer *committer);

/* Run a job on the writer thread between batches (backup, verify); `done` on the loop thread.
 * False: one is running. */
typedef enum status committer_job(void *context, struct journal *journal, char error[256]);
bool committer_run(struct committer *committer, committer_job *job,
                   void (*done)(void *context, enum status status, const char *error),
                   void *context);

struct committer_figures {
    uint64_t batches, events, snapshots, digests_equal, full_waits;
    uint64_t commit_us_sum;
    uint32_t commit_us_max;
};
struct committer_figures committer_figures(struct committer *committer);

/* Finish what was given, write a snapshot, stop the thread, close the journal. Blocks. */
void committer_stop(struct committer *committer);
void committer_destroy(struct committer *committer);

#endif
