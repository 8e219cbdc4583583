#ifndef TESTS_SUPPORT_HISTORY_GIVEN_H
#define TESTS_SUPPORT_HISTORY_GIVEN_H

#include "engine/store/history.h"
#include "engine/store/history_reader.h"
#include "tests/support/store_given.h"

/* A history of a test's own, empty, with its reader, in a directory that goes with it, on a disk
 * that can be made to fail (fault_vfs.h). */

#define EPOCH "0123456789abcdef0123456789abcdef"
#define T0    1767225600000 /* 2026-01-01T00:00:00Z */

extern char directory[GIVEN_PATH_SIZE], path[GIVEN_PATH_SIZE]; /* `path`: history.db in it */
extern char error[256];
extern struct history *history;
extern struct history_reader *reader;
extern struct event_list events; /* to be fed */
extern struct event *event;      /* the one being made */

void history_given_begin(uint32_t events_max, size_t bytes_max);
void history_given_end(void);

#endif
