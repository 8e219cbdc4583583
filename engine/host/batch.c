#include "engine/host/batch.h"

#include <stdlib.h>

/* A report in the largest city makes about forty events of at most 4 KiB. */
#define COMMAND_EVENTS_RESERVE 256u
#define COMMAND_BYTES_RESERVE  (1u << 20)

enum status batch_init(struct batch *batch)
{
    *batch = (struct batch){.answers_max = BATCH_COMMANDS_MAX, .tickets_max = BATCH_COMMANDS_MAX};
    batch->answers = malloc(BATCH_COMMANDS_MAX * sizeof batch->answers[0]);
    batch->tickets = malloc(BATCH_COMMANDS_MAX * sizeof batch->tickets[0]);
    if (batch->answers == NULL || batch->tickets == NULL ||
        event_list_init(&batch->events, BATCH_EVENTS_MAX, BATCH_BYTES_MAX) != STATUS_OK) {
        free(batch->answers);
        free(batch->tickets);
        *batch = (struct batch){0};
        return STATUS_NO_MEMORY;
    }
    return STATUS_OK;
}

void batch_finish(struct batch *batch)
{
    if (batch->answers == NULL) {
        return;
    }
    event_list_finish(&batch->events);
    free(batch->answers);
    free(batch->tickets);
    *batch = (struct batch){0};
}

void batch_clear(struct batch *batch)
{
    event_list_clear(&batch->events);
    batch->answer_count = 0;
    batch->ticket_count = 0;
    batch->first_seq = 0;
    batch->wants_digest = false;
}

bool batch_empty(const struct batch *batch)
{
    return batch->events.count == 0 && batch->answer_count == 0 && batch->ticket_count == 0;
}

bool batch_full(const struct batch *batch)
{
    return batch->answer_count == batch->answers_max || batch->ticket_count == batch->tickets_max ||
           batch->events.count + COMMAND_EVENTS_RESERVE > batch->events.records_max ||
           batch->events.size + COMMAND_BYTES_RESERVE > batch->events.size_max;
}
