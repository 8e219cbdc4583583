#ifndef ENGINE_STORE_JOURNAL_H
#define ENGINE_STORE_JOURNAL_H

#include "engine/core/engine.h"

/* The truth: an append-only journal of events. This interface has two back ends by design; SQLite
 * on one machine is this one (journal.db: WAL, synchronous FULL, locking EXCLUSIVE, one
 * connection). Every call comes from one thread, the writer. */
struct journal;

enum journal_answer {
    JOURNAL_DURABLE, /* on the disk */
    JOURNAL_FENCED,  /* another term, or not the expected seq: we are not the writer any more */
    JOURNAL_UNKNOWN, /* the commit failed half-way or a constraint broke: exit and recover */
    JOURNAL_FULL     /* the disk is full; nothing was written, try the same batch again */
};

struct journal_config {
    const char *path;
    const char *key_path;   /* Ed25519 key that signs chain heads; made if missing, mode 0600, with
                             * its public half in `key_path`.pub */
    uint32_t commands_keep; /* newest commands whose answers are kept, e.g. 262,144 */
};

/* The first answer to a command: a repeated command gets exactly this again. */
struct command_answer {
    uint8_t id[COMMAND_ID_SIZE];
    uint64_t fingerprint; /* of the request: the same id with another request is refused */
    int64_t at_ms;
    enum reason refusal;
    uint32_t incident_id, report_id, assignment_id, generation;
    bool merged;
    uint64_t seq;        /* of the command's last event, 0: it made none */
    char by[ACTOR_SIZE]; /* refused because another one was first: who, "" */
    int64_t by_ms;       /* and when, TIME_NEVER */
};

/* STATUS_BUSY: another engine has it open; NOT_FOUND: no such directory; CORRUPT (also when the
 * chain of the newest 4,096 events is bent), READ_ONLY, DISK_FULL, VERSION, IO: `error` (256
 * bytes) says what and where in a sentence. Raises the term by one. */
MUST_CHECK enum status journal_open(const struct journal_config *config, struct journal **out,
                                    char error[256]);
void journal_close(struct journal *journal);

uint64_t journal_seq(const struct journal *journal); /* newest durable, 0: empty */
uint64_t journal_term(const struct journal *journal);
const char *journal_epoch(const struct journal *journal); /* identity of the log: 32 hex digits */
int64_t journal_at_ms(const struct journal *journal);     /* time of the newest event, TIME_NEVER */

/* Append all or nothing in one transaction: events [first, first+count) of the list, the answers of
 * the commands that made them, and the table of active assignments (unique by unit: a double order
 * is a failed commit). The chain: hash(seq) = BLAKE2b(hash(seq-1) | header | BLAKE2b(body)). */
MUST_CHECK enum journal_answer journal_append(struct journal *journal,
                                              const struct event_list *events,
                                              const struct command_answer answers[],
                                              uint32_t answer_count, uint64_t expected_seq,
                                              char error[256]);

/* Walk the journal from `from_seq` on; `visit` answers false to stop. STATUS_CORRUPT: a gap, or the
 * chain is bent (error says at which seq). Density is checked throughout, the chain over the newest
 * 4,096 events only: recovery waits for this; journal_verify checks all. `body` is valid during the
 * call, NULL when it was erased. */
typedef bool journal_visit(void *context, const struct event_record *record, const uint8_t *body);
MUST_CHECK enum status journal_read(struct journal *journal, uint64_t from_seq,
                                    journal_visit *visit, void *context, char error[256]);

/* The newest answers, newest first. */
MUST_CHECK enum status journal_answers(struct journal *journal, struct command_answer answers[],
                                       uint32_t answers_max, uint32_t *count);

/* Between batches: checkpoint when the WAL is large, purge old command answers. A head is signed
 * when nothing was appended since the last call, at close, and by journal_append itself when the
 * oldest unsigned event is a minute old and before 10,000 events are unsigned; signed heads are
 * appended to heads.log beside the journal, here and by journal_relieve: no commit waits for it.
 * Cheap when there is nothing to do. */
void journal_idle(struct journal *journal);

/* After every batch, when its answers are out: new heads go to heads.log, and under a load that
 * never rests the WAL is folded in at 256 MiB, which holds up the next commit for as long as the
 * disk takes. Nothing to do otherwise. */
void journal_relieve(struct journal *journal);

/* Copy to `path` while running, on the writer's own connection, `pages` at a time after each
 * commit. Start once, then step until *done: then `path` is one whole file that opens anywhere. A
 * step that fails ends the backup, not the journal. */
MUST_CHECK enum status journal_backup_start(struct journal *journal, const char *path,
                                            char error[256]);
MUST_CHECK enum status journal_backup_step(struct journal *journal, uint32_t pages, bool *done,
                                           char error[256]);

/* Read a journal file that nobody has open, or a backup, from its first event on, its whole chain
 * checked on the way (signatures: journal_verify). `epoch` gets the newest one, 33 bytes. Nothing
 * is written. STATUS_BUSY: an engine has it open. */
MUST_CHECK enum status journal_file_read(const char *path, char epoch[33], journal_visit *visit,
                                         void *context, char error[256]);

/* Check the whole chain and every signature of a journal file that nobody has open (or a backup),
 * and the heads in heads.log beside it. STATUS_CORRUPT: bent, at bad_seq (for a rewritten past: at
 * the first signed head that no longer fits). `key_path`: the key or its public half; NULL: the
 * signatures are not checked, and the text says so. Nothing is written. */
struct journal_verdict {
    uint64_t events, signatures;
    uint64_t bad_seq; /* 0: nothing is bent */
    char text[256];
};
MUST_CHECK enum status journal_verify(const char *path, const char *key_path,
                                      struct journal_verdict *verdict);

#endif
