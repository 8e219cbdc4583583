#ifndef ENGINE_STORE_RECOVERY_H
#define ENGINE_STORE_RECOVERY_H

#include "engine/core/engine.h"
#include "engine/store/history.h"
#include "engine/store/journal.h"
#include "engine/store/snapshot_file.h"

/* From the disk to a running engine: newest snapshot, then the rest of the journal. */

struct recovery_report {
    uint64_t snapshot_seq; /* 0: none was used */
    uint64_t replayed;     /* events after it */
    uint64_t seq, digest;  /* of the engine that came out */
    char skipped[256];     /* snapshots passed over and why, "" */
};

/* Make an engine and bring it to the journal's newest event. `directory` NULL: replay from zero. A
 * snapshot that the engine does not take, or that comes out with another digest than it was written
 * with, is passed over (report->skipped) and the one before it, or the whole journal, is used. */
MUST_CHECK enum status recovery_run(struct journal *journal, const char *directory,
                                    const struct engine_config *config, struct engine **out,
                                    struct recovery_report *report, char error[256]);

/* Write a snapshot of an engine that is not ahead of the disk (the shadow). */
MUST_CHECK enum status recovery_snapshot(const struct engine *engine, const char *epoch,
                                         const char *directory, char error[256]);

/* The same in memory, to be written elsewhere; snapshot_file_finish() frees it, also after a
 * failure.
 */
MUST_CHECK enum status recovery_take(const struct engine *engine, const char *epoch,
                                     struct snapshot_file *out, char error[256]);
/* A new engine from one. STATUS_CORRUPT: an engine of this version and configuration does not take
 * it, or it comes out with another digest. */
MUST_CHECK enum status recovery_load(const struct snapshot_file *file,
                                     const struct engine_config *config, struct engine **out,
                                     char error[256]);

/* Bring the history up to the journal: after a crash, or from nothing. Before the threads run. */
MUST_CHECK enum status recovery_history(struct journal *journal, struct history *history,
                                        uint64_t *fed, char error[256]);

#endif
