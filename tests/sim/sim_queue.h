#ifndef TESTS_SIM_SIM_QUEUE_H
#define TESTS_SIM_SIM_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

/* What will happen, by time; at the same time in the order it was put in. */

enum sim_happening {
    SIM_DISK_DONE,  /* the batch in hand has reached the disk, or not */
    SIM_APPLIED,    /* the writer is free again */
    SIM_DISK_IDLE,  /* nothing was written for a while */
    SIM_START,      /* the process is started */
    SIM_DEATH,      /* it dies; b: how */
    SIM_TROUBLE,    /* the disk; b: which */
    SIM_RELIEF,     /* there is room again */
    SIM_CLOCK_JUMP, /* somebody sets the wall clock */
    SIM_ARRIVES,    /* a: request at the engine */
    SIM_ANSWERS,    /* a: answer at the client */
    SIM_RETRY,      /* a: request; its client has waited long enough */
    SIM_CALL,       /* somebody reports something */
    SIM_FIX,        /* a: unit says where it is */
    SIM_HEARS,      /* a: unit hears of assignment b */
    SIM_ACTS,       /* a: unit does its next thing for assignment b */
    SIM_LINK,       /* a: unit loses its link or has it again */
    SIM_DUTY,       /* a: unit comes or goes */
    SIM_DESK        /* a: dispatcher does something */
};

struct sim_entry {
    int64_t at_us;
    uint64_t order;
    enum sim_happening happening;
    uint32_t a, b;
};

struct sim_queue {
    struct sim_entry *entries; /* a heap */
    uint32_t count, max;
    uint64_t order;
};

void sim_queue_init(struct sim_queue *queue);
void sim_queue_finish(struct sim_queue *queue);
void sim_queue_put(struct sim_queue *queue, struct sim_entry entry);
bool sim_queue_take(struct sim_queue *queue, struct sim_entry *entry);
int64_t sim_queue_next_us(const struct sim_queue *queue); /* INT64_MAX: nothing */

#endif
