#ifndef ENGINE_HOST_DISPATCH_H
#define ENGINE_HOST_DISPATCH_H

#include "engine/host/command_memory.h"
#include "engine/host/committer.h"
#include "engine/net/api.h"

/* The one way in: a command is stamped, stepped, gathered into a batch; its answer and its events
 * are said when the batch is on the disk, never before. Runs on the loop thread. */
struct dispatch;

struct dispatch_config {
    struct engine *engine;       /* the live one; borrowed */
    struct committer *committer; /* borrowed; its events call dispatch_durable and dispatch_full */
    struct command_memory *memory; /* borrowed */
    uint64_t durable_seq;
    /* What is durable is said here, in this order: first the events, then the answers. */
    void (*published)(void *context, const struct event_list *events);
    void (*answered)(void *context, uint64_t ticket, const struct api_answer *answer);
    void *context;
};

MUST_CHECK enum status dispatch_create(const struct dispatch_config *config, struct dispatch **out);
void dispatch_destroy(struct dispatch *dispatch);
void dispatch_attach(struct dispatch *dispatch, struct committer *committer);

/* command->at_ms is set to now_ms. False: the queue or the disk is full; nothing happened. */
bool dispatch_submit(struct dispatch *dispatch, struct command *command, uint64_t fingerprint,
                     uint64_t ticket, int64_t now_ms);

/* Timers: step COMMAND_TICK if the engine's deadline has come. */
void dispatch_tick(struct dispatch *dispatch, int64_t now_ms);

/* End of a wake-up: hand the gathered batch to the writer if it is free. */
void dispatch_flush(struct dispatch *dispatch);

/* The committer's words. */
void dispatch_durable(struct dispatch *dispatch, struct batch *batch);
void dispatch_full(struct dispatch *dispatch, bool full);

uint64_t dispatch_durable_seq(const struct dispatch *dispatch);
bool dispatch_quiet(const struct dispatch *dispatch); /* nothing gathered, nothing on its way */

struct dispatch_figures {
    uint64_t commands, repeated, refused, busy, ticks;
};
struct dispatch_figures dispatch_figures(const struct dispatch *dispatch);

#endif
