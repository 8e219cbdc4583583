#ifndef TESTS_SUPPORT_STORE_GIVEN_H
#define TESTS_SUPPORT_STORE_GIVEN_H

#include "engine/core/engine.h"

/* What tests of the store start from: a directory of their own and events made by hand. */

#define GIVEN_PATH_SIZE 256u

/* A new, empty directory; `store_given_remove` takes it away with everything in it. */
void store_given_directory(char directory[GIVEN_PATH_SIZE]);
void store_given_remove(const char *directory);
/* "<directory>/<name>" */
void store_given_path(const char *directory, const char *name, char path[GIVEN_PATH_SIZE]);

/* Append an event; its seq follows the last one's (or `first_seq` when the list is empty). Header
 * fields that are zero get plausible values. */
void store_given_event(struct event_list *list, uint64_t first_seq, struct event *event);

/* The commonest ones. */
void store_given_audit(struct event_list *list, uint64_t first_seq, const char *text);
void store_given_sent(struct event_list *list, uint64_t first_seq, uint32_t assignment_id,
                      uint32_t unit_id);
void store_given_ended(struct event_list *list, uint64_t first_seq, uint32_t assignment_id,
                       uint32_t unit_id);

/* Bytes of a file, to damage it. */
void store_given_flip(const char *path, long offset);
void store_given_truncate(const char *path, long size);
long store_given_size(const char *path);

/* splitmix64: a seeded generator of the tests' own. */
uint64_t store_given_random(uint64_t *state);

#endif
