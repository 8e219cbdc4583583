#ifndef ENGINE_HOST_BATCH_H
#define ENGINE_HOST_BATCH_H

#include "engine/store/journal.h"

/* What one transaction carries: the events of the commands that were gathered while the last batch
 * was on its way to the disk, their answers, and who waits for them. */
struct batch {
    struct event_list events;
    struct command_answer *answers; /* of commands with an id, in order */
    uint32_t answer_count, answers_max;
    struct batch_ticket *tickets;
    uint32_t ticket_count, tickets_max;
    uint64_t first_seq; /* of events, 0: none */
    bool wants_digest;  /* the writer compares `digest` with the shadow's after this batch */
    uint64_t digest;
};

/* Somebody waits for this answer until the batch is durable. */
struct batch_ticket {
    uint64_t ticket;
    struct command_answer answer;
};

#define BATCH_COMMANDS_MAX 8192u
#define BATCH_EVENTS_MAX   65536u /* a roster of 50,000 units is one batch */
#define BATCH_BYTES_MAX    (32u << 20)

MUST_CHECK enum status batch_init(struct batch *batch);
void batch_finish(struct batch *batch);
void batch_clear(struct batch *batch);
bool batch_empty(const struct batch *batch);
/* No room for one more command of ordinary size: answer `busy`. */
bool batch_full(const struct batch *batch);

#endif
