#ifndef TESTS_SIM_SIM_PROCESS_H
#define TESTS_SIM_SIM_PROCESS_H

#include "tests/sim/sim.h"

/* The process under test, put together as the daemon does it, with one difference: the writer is no
 * thread but three happenings (taken, durable, applied), so that it can die between any two. */

enum sim_death {
    SIM_DEATH_BETWEEN, /* kill -9 between two steps */
    SIM_DEATH_INSIDE,  /* at some operation of the disk from now on */
    SIM_DEATH_POWER,   /* the same, and what was not synced is lost or torn */
    SIM_DEATH_ORDERLY  /* somebody starts it anew: with a snapshot of this moment */
};

void sim_process_create(struct sim *sim);
void sim_process_destroy(struct sim *sim);

void sim_process_start(struct sim *sim); /* may fail on a troubled disk: then again later */
void sim_process_stop(struct sim *sim);  /* in good order */
void sim_process_dies(struct sim *sim, enum sim_death death);

bool sim_process_is_up(const struct sim *sim);
uint32_t sim_process_life(const struct sim *sim); /* counts deaths */
int64_t sim_process_clock_ms(struct sim *sim);    /* engine time now; only when it is up */

/* False: not taken (down, busy, disk full); nothing happened. */
bool sim_process_submit(struct sim *sim, struct command *command, uint64_t fingerprint,
                        uint64_t ticket);
enum status sim_process_observe(struct sim *sim, const struct observation *observation);

/* After every happening: what is due is done, the batch goes on its way. */
void sim_process_wake(struct sim *sim);
int64_t sim_process_wakes_us(struct sim *sim); /* when it wants to be woken, INT64_MAX */

void sim_process_disk_done(struct sim *sim);
void sim_process_applied(struct sim *sim);
void sim_process_disk_idle(struct sim *sim);

const struct engine *sim_process_engine(const struct sim *sim);
/* Nothing gathered, nothing on its way, the disk is not full: what is decided is said. */
bool sim_process_is_quiet(const struct sim *sim);
uint64_t sim_process_durable_seq(const struct sim *sim);

/* At the end: live, shadow, replay from zero and snapshot with its tail have one digest; the
 * journal holds every answer and event that was said, and its chain is whole. */
void sim_process_prove(struct sim *sim);

#endif
