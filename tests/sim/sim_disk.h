#ifndef TESTS_SIM_SIM_DISK_H
#define TESTS_SIM_SIM_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* A disk in memory under the journal that knows what was synced. What a process wrote is there for
 * the next process; after a power cut only what was synced is sure, and of the rest each write is
 * kept, lost or torn at a sector, whatever their order was. One process, one thread. */

enum sim_disk_trouble {
    SIM_DISK_WELL,
    SIM_DISK_FULL,       /* every write answers "full" until it is well again */
    SIM_DISK_IO_ERROR,   /* the next changing operation but `after` fails once */
    SIM_DISK_SHORT_WRITE /* the same, and half of it is on the disk */
};

/* Become SQLite's default VFS: files named journal.db* are ours, others the system's. */
void sim_disk_install(void);
/* An empty disk that is well; `seed` decides what a power cut leaves. */
void sim_disk_format(uint64_t seed);

void sim_disk_trouble(enum sim_disk_trouble trouble, uint32_t after);
/* The process dies at the changing operation but `after` from now: nothing reaches the disk from
 * then on, a write in progress may be there by half. */
void sim_disk_die(uint32_t after);
void sim_disk_halt(void); /* dead at once */
bool sim_disk_is_dead(void);
/* The next process begins. */
void sim_disk_revive(bool power_was_cut);

struct sim_disk_figures {
    uint64_t writes, syncs, io_errors, short_writes, full_answers, deaths_inside;
    uint64_t cuts, writes_lost, writes_torn;
    uint64_t bytes; /* on the disk now */
};
struct sim_disk_figures sim_disk_figures(void);

#endif
