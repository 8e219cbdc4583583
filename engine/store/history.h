#ifndef ENGINE_STORE_HISTORY_H
#define ENGINE_STORE_HISTORY_H

#include "engine/core/engine.h"

/* history.db: the record for questions. A projection of the journal that can be thrown away and
 * built again at any time; nothing of dispatch depends on it. One feeder (this file, one thread),
 * any number of readers (history_reader.h, a connection and a thread each). Only the feeder ever
 * writes or checkpoints: Debian's SQLite 3.40.1 may lose commits when two connections do.
 *
 * Any failure here is a status for an alarm, never a reason to stop: the transaction is rolled
 * back, history_seq() stays, and the same events can be fed again later. */
struct history;

/* STATUS_STALE: it belongs to another journal (`epoch`) or to an older program: remove it and build
 * it again. CORRUPT, READ_ONLY, DISK_FULL, BUSY, IO as everywhere. */
MUST_CHECK enum status history_open(const char *path, const char *epoch, struct history **out,
                                    char error[256]);
void history_close(struct history *history);

/* Newest event that it holds, 0: empty. */
uint64_t history_seq(const struct history *history);

/* One transaction. Events that it holds already are passed over; STATUS_STALE: the first new one
 * does not follow history_seq() (feed what is missing first). */
MUST_CHECK enum status history_feed(struct history *history, const struct event_list *events,
                                    char error[256]);

/* The same piece by piece, for a rebuild: begin, put in order, commit. After a failed put or
 * commit everything since begin is gone. */
MUST_CHECK enum status history_begin(struct history *history, char error[256]);
MUST_CHECK enum status history_put(struct history *history, const struct event_record *record,
                                   const uint8_t *body, char error[256]);
MUST_CHECK enum status history_commit(struct history *history, char error[256]);

/* Between feeds: fold the WAL in when it is large. */
void history_idle(struct history *history);

/* Remove the files, so that it can be built again. Nobody may have them open. */
MUST_CHECK enum status history_remove(const char *path, char error[256]);

#endif
