#ifndef TESTS_SIM_SIM_ALLOCATIONS_H
#define TESTS_SIM_SIM_ALLOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

/* Counts malloc, calloc and realloc (by the linker's --wrap) while it is told to: the core takes
 * all its memory at create. Inside link-time optimised objects the linker sees no calls; there
 * nothing is counted, and the report says so. */

bool sim_allocations_pause(void); /* answers whether it counted */
void sim_allocations_resume(bool counts);
uint64_t sim_allocations_count(void);
bool sim_allocations_are_seen(void);

#endif
