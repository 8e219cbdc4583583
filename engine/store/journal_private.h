#ifndef ENGINE_STORE_JOURNAL_PRIVATE_H
#define ENGINE_STORE_JOURNAL_PRIVATE_H

#include "engine/store/journal.h"
#include "engine/store/journal_chain.h"
#include "engine/store/journal_sign.h"
#include "engine/store/store_db.h"
#include "engine/store/store_file.h"

/* What the modules of the journal share. Nothing outside of engine/store/journal*.c and its tests
 * includes this. */

/* A head is signed before so many events, and after the batch in which the oldest unsigned event is
 * so old: who rewrites the file has that much to rewrite before a signature holds it. A year has
 * half a million minutes, 120 MB of heads.log. */
#define JOURNAL_SIGN_EVENTS      10000u
#define JOURNAL_SIGN_MS          60000
#define JOURNAL_CHECKPOINT_PAGES 1024u  /* 4 MiB of WAL: reliability figures are for this size */
#define JOURNAL_TRUNCATE_PAGES   16384u /* 64 MiB: give the space back */
#define JOURNAL_CROWDED_PAGES    65536u /* 256 MiB: folded in though nobody rests */
#define JOURNAL_PURGE_COUNT      1024u  /* answers purged at once */
#define JOURNAL_TAIL_EVENTS      4096u  /* whose chain is walked at open and read: some 5 ms */
#define JOURNAL_FORMAT           2
#define JOURNAL_APPLICATION_ID   0x4b464a31 /* "KFJ1" */

enum journal_statement {
    JOURNAL_BEGIN,
    JOURNAL_COMMIT,
    JOURNAL_FENCE,
    JOURNAL_INSERT_EVENT,
    JOURNAL_FORGET_ANSWER,
    JOURNAL_INSERT_ANSWER,
    JOURNAL_INSERT_ACTIVE,
    JOURNAL_DELETE_ACTIVE,
    JOURNAL_INSERT_SIGNATURE,
    JOURNAL_STATEMENT_COUNT
};

/* The epochs that a journal went through: a restored backup begins a new one after `after_seq`. */
#define JOURNAL_EPOCHS_MAX 256u
struct journal_epochs {
    uint32_t count;
    struct journal_epoch {
        char id[EPOCH_SIZE];
        uint64_t after_seq;
    } items[JOURNAL_EPOCHS_MAX];
};

struct journal {
    sqlite3 *db;
    sqlite3_stmt *statements[JOURNAL_STATEMENT_COUNT];
    char path[STORE_PATH_SIZE];
    char heads_path[STORE_PATH_SIZE];
    struct journal_epochs epochs;
    struct sign_key key;
    uint64_t term;
    uint64_t seq;
    int64_t at_ms;
    uint8_t hash[CHAIN_HASH_SIZE];   /* of event `seq` */
    uint64_t signed_seq;             /* newest event under a signed head */
    int64_t unsigned_at_ms;          /* of the event after it, where there is one */
    uint64_t exported_seq;           /* newest head in heads.log */
    uint64_t idle_seq;               /* what journal_idle saw the last time */
    int64_t answer_low, answer_high; /* row numbers of the answers kept */
    uint32_t commands_keep;
    int wal_pages;
    bool broken; /* an outcome is unknown: nothing is written any more */
    sqlite3_backup *backup;
    sqlite3 *backup_db;
    char backup_path[STORE_PATH_SIZE];
    struct event event; /* scratch: 17 KiB is too much for a stack */
};

/* journal_batch: one transaction. Leaves seq, hash and the rest as they were unless durable. */
MUST_CHECK enum journal_answer journal_batch_write(struct journal *journal,
                                                   const struct event_list *events,
                                                   const struct command_answer answers[],
                                                   uint32_t answer_count,
                                                   char error[STORE_ERROR_SIZE]);
MUST_CHECK enum status journal_batch_prepare(struct journal *journal, char error[STORE_ERROR_SIZE]);
void journal_batch_finish(struct journal *journal);

/* journal_walk: rows in order. With `check` the chain is reckoned, starting from `hash`. */
struct journal_walk {
    sqlite3 *db;
    const char *path;
    uint64_t from_seq, until_seq; /* both included */
    bool check;
    uint8_t hash[CHAIN_HASH_SIZE]; /* in: of from_seq - 1; out: of the last one walked */
    uint64_t bad_seq;              /* where the chain is bent, 0 */
    uint64_t count, erased;
    bool stopped; /* the visitor wanted no more */
};
MUST_CHECK enum status journal_walk_rows(struct journal_walk *walk, journal_visit *visit,
                                         void *context, char error[STORE_ERROR_SIZE]);
/* The stored hash of one event. */
MUST_CHECK enum status journal_walk_hash(sqlite3 *db, const char *path, uint64_t seq,
                                         uint8_t hash[CHAIN_HASH_SIZE],
                                         char error[STORE_ERROR_SIZE]);

/* journal_heads: sign the head in a transaction of its own; bring heads.log up to the table. */
MUST_CHECK int journal_heads_put(struct journal *journal, uint64_t seq,
                                 const uint8_t hash[CHAIN_HASH_SIZE]);
void journal_heads_sign(struct journal *journal);
void journal_heads_export(struct journal *journal);
MUST_CHECK enum status journal_heads_load(struct journal *journal, char error[STORE_ERROR_SIZE]);

/* journal_file: one that nobody has open, for reading; `seq`: its newest event, 0: none. */
MUST_CHECK enum status journal_file_open(const char *path, sqlite3 **out, uint64_t *seq,
                                         char error[STORE_ERROR_SIZE]);

/* journal_check: what journal_verify does. */
MUST_CHECK enum status journal_check_file(const char *path, const char *key_path,
                                          struct journal_verdict *verdict);

/* journal_meta: the tables, and what is kept about the journal itself. */
extern const struct store_db_format journal_meta_format;
MUST_CHECK enum status journal_meta_epochs(sqlite3 *db, const char *path,
                                           struct journal_epochs *epochs,
                                           char error[STORE_ERROR_SIZE]);
/* The epoch in which an event was written. */
const char *journal_meta_epoch_of(const struct journal_epochs *epochs, uint64_t seq);
/* Every start: the term goes up by one. The first one, and the first of a backup, begins an epoch.
 */
MUST_CHECK enum status journal_meta_start(struct journal *journal, char error[STORE_ERROR_SIZE]);

#endif
