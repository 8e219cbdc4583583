#include "engine/store/journal.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/journal_private.h"

/* Remember how long the WAL is; the checkpoint itself waits for journal_idle. */
static int count_wal(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    struct journal *journal = context;
    journal->wal_pages = pages;
    return SQLITE_OK;
}

/* EXCLUSIVE comes before WAL: then the WAL's index lives on the heap, and a full disk cannot kill
 * us through a mapped file. */
static enum status set_pragmas(struct journal *journal, char error[STORE_ERROR_SIZE])
{
    static const struct {
        const char *set, *name, *expected;
    } pragmas[] = {
        {"PRAGMA page_size=4096", "page_size", "4096"},
        {"PRAGMA locking_mode=EXCLUSIVE", "locking_mode", "exclusive"},
        {"PRAGMA journal_mode=WAL", "journal_mode", "wal"},
        {"PRAGMA synchronous=FULL", "synchronous", "2"},
        {"PRAGMA wal_autocheckpoint=0", "wal_autocheckpoint", "0"},
        {"PRAGMA cache_size=-65536", "cache_size", "-65536"},
        {"PRAGMA mmap_size=0", "mmap_size", "0"},
        {"PRAGMA trusted_schema=OFF", "trusted_schema", "0"},
    };
    for (size_t i = 0; i < sizeof pragmas / sizeof pragmas[0]; i++) {
        const enum status status = store_db_pragma(journal->db, journal->path, pragmas[i].set,
                                                   pragmas[i].name, pragmas[i].expected, error);
        if (status == STATUS_BUSY) {
            store_db_say(error, "another engine has %.150s open; stop it first", journal->path);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    (void)sqlite3_wal_hook(journal->db, count_wal, journal);
    return STATUS_OK;
}

static enum status check_tail(const struct journal *journal, uint64_t from_seq,
                              journal_visit *visit, void *context, struct journal_walk *walk,
                              char error[STORE_ERROR_SIZE])
{
    *walk = (struct journal_walk){.db = journal->db,
                                  .path = journal->path,
                                  .from_seq = from_seq,
                                  .until_seq = journal->seq,
                                  .check = true};
    if (from_seq > 1) {
        const enum status status =
            journal_walk_hash(journal->db, journal->path, from_seq - 1, walk->hash, error);
        if (status != STATUS_OK) {
            return status;
        }
    } else {
        journal_chain_start(journal->epochs.items[0].id, walk->hash);
    }
    return journal_walk_rows(walk, visit, context, error);
}

static bool note_time(void *context, const struct event_record *record, const uint8_t *body)
{
    (void)body;
    *(int64_t *)context = record->at_ms;
    return true;
}

static enum status load_head(struct journal *journal, char error[STORE_ERROR_SIZE])
{
    int64_t seq = 0;
    const int code = store_db_number(journal->db, "SELECT max(seq) FROM journal", &seq);
    if (code != SQLITE_ROW) {
        return store_db_fail(journal->db, journal->path, "read its head", code, error);
    }
    if (seq < 0) {
        store_db_say(error, "%.150s: its newest event has the number %lld", journal->path,
                     (long long)seq);
        return STATUS_CORRUPT;
    }
    journal->seq = (uint64_t)seq;
    journal->idle_seq = journal->seq;
    const uint64_t from_seq =
        journal->seq > JOURNAL_TAIL_EVENTS ? journal->seq - JOURNAL_TAIL_EVENTS + 1 : 1;
    struct journal_walk walk;
    const enum status status =
        check_tail(journal, from_seq, note_time, &journal->at_ms, &walk, error);
    memcpy(journal->hash, walk.hash, CHAIN_HASH_SIZE);
    return status;
}

static enum status load_answers(struct journal *journal, char error[STORE_ERROR_SIZE])
{
    int code =
        store_db_number(journal->db, "SELECT max(number) FROM command", &journal->answer_high);
    if (code == SQLITE_ROW) {
        code =
            store_db_number(journal->db, "SELECT min(number) FROM command", &journal->answer_low);
    }
    return code == SQLITE_ROW
               ? STATUS_OK
               : store_db_fail(journal->db, journal->path, "read its answers", code, error);
}

static enum status open_all(struct journal *journal, const struct journal_config *config,
                            char error[STORE_ERROR_SIZE])
{
    enum status status = store_file_beside(config->path, "heads.log", journal->heads_path);
    if (status != STATUS_OK || strlen(config->path) >= STORE_PATH_SIZE) {
        store_db_say(error, "%.150s: the path is too long", config->path);
        return STATUS_FULL;
    }
    memcpy(journal->path, config->path, strlen(config->path) + 1);
    status = store_db_open(journal->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &journal->db,
                           error);
    if (status == STATUS_OK) {
        status = set_pragmas(journal, error);
    }
    if (status == STATUS_OK) {
        status = store_db_schema(journal->db, journal->path, &journal_meta_format, error);
    }
    if (status == STATUS_OK) {
        status = journal_meta_start(journal, error);
    }
    if (status == STATUS_OK) {
        status = load_head(journal, error);
    }
    if (status == STATUS_OK) {
        status = load_answers(journal, error);
    }
    if (status == STATUS_OK) {
        status = journal_sign_key(config->key_path, true, &journal->key, error);
    }
    if (status == STATUS_OK) {
        status = journal_batch_prepare(journal, error);
    }
    return status == STATUS_OK ? journal_heads_load(journal, error) : status;
}

static void close_all(struct journal *journal)
{
    if (journal->backup != NULL) {
        (void)sqlite3_backup_finish(journal->backup);
        (void)sqlite3_close(journal->backup_db);
    }
    journal_batch_finish(journal);
    (void)sqlite3_close(journal->db); /* checkpoints */
    sodium_memzero(&journal->key, sizeof journal->key);
    free(journal);
}

enum status journal_open(const struct journal_config *config, struct journal **out, char error[256])
{
    assert(config->path != NULL);
    assert(config->key_path != NULL);
    _Static_assert(STORE_ERROR_SIZE == 256, "the sizes of all sentences agree");
    *out = NULL;
    error[0] = '\0';
    struct journal *journal = sodium_init() < 0 ? NULL : calloc(1, sizeof *journal);
    if (journal == NULL) {
        store_db_say(error, "out of memory");
        return STATUS_NO_MEMORY;
    }
    journal->at_ms = TIME_NEVER;
    journal->commands_keep = config->commands_keep;
    const enum status status = open_all(journal, config, error);
    if (status != STATUS_OK) {
        close_all(journal);
        return status;
    }
    *out = journal;
    return STATUS_OK;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL) {
        return;
    }
    journal_heads_sign(journal);
    journal_heads_export(journal);
    close_all(journal);
}

uint64_t journal_seq(const struct journal *journal)
{
    return journal->seq;
}

uint64_t journal_term(const struct journal *journal)
{
    return journal->term;
}

const char *journal_epoch(const struct journal *journal)
{
    return journal->epochs.items[journal->epochs.count - 1].id;
}

int64_t journal_at_ms(const struct journal *journal)
{
    return journal->at_ms;
}

enum journal_answer journal_append(struct journal *journal, const struct event_list *events,
                                   const struct command_answer answers[], uint32_t answer_count,
                                   uint64_t expected_seq, char error[256])
{
    assert(events != NULL);
    assert(answers != NULL || answer_count == 0);
    error[0] = '\0';
    if (journal->broken) {
        store_db_say(error, "%.100s: an earlier commit failed; only a restart can tell its outcome",
                     journal->path);
        return JOURNAL_UNKNOWN;
    }
    if (expected_seq != journal->seq) {
        store_db_say(error, "%.100s: holds events up to %llu, the batch follows %llu",
                     journal->path, (unsigned long long)journal->seq,
                     (unsigned long long)expected_seq);
        return JOURNAL_FENCED;
    }
    if (events->count == 0 && answer_count == 0) {
        return JOURNAL_DURABLE;
    }
    return journal_batch_write(journal, events, answers, answer_count, error);
}

enum status journal_read(struct journal *journal, uint64_t from_seq, journal_visit *visit,
                         void *context, char error[256])
{
    error[0] = '\0';
    from_seq = from_seq == 0 ? 1 : from_seq;
    const uint64_t tail =
        journal->seq > JOURNAL_TAIL_EVENTS ? journal->seq - JOURNAL_TAIL_EVENTS + 1 : 1;
    struct journal_walk walk = {
        .db = journal->db, .path = journal->path, .from_seq = from_seq, .until_seq = tail - 1};
    const enum status status = journal_walk_rows(&walk, visit, context, error);
    if (status != STATUS_OK || walk.stopped) {
        return status;
    }
    return check_tail(journal, from_seq > tail ? from_seq : tail, visit, context, &walk, error);
}

static bool answer_of_row(sqlite3_stmt *row, struct command_answer *answer)
{
    const void *id = sqlite3_column_blob(row, 0);
    const int64_t refusal = sqlite3_column_int64(row, 3);
    if (id == NULL || sqlite3_column_bytes(row, 0) != (int)COMMAND_ID_SIZE || refusal < 0 ||
        refusal >= REASON_COUNT) {
        return false;
    }
    *answer = (struct command_answer){.fingerprint = (uint64_t)sqlite3_column_int64(row, 1),
                                      .at_ms = sqlite3_column_int64(row, 2),
                                      .refusal = (enum reason)refusal,
                                      .incident_id = store_db_u32(row, 4, 0),
                                      .report_id = store_db_u32(row, 5, 0),
                                      .assignment_id = store_db_u32(row, 6, 0),
                                      .generation = store_db_u32(row, 7, 0),
                                      .merged = sqlite3_column_int(row, 8) != 0,
                                      .seq = (uint64_t)sqlite3_column_int64(row, 9)};
    memcpy(answer->id, id, COMMAND_ID_SIZE);
    const char *by = (const char *)sqlite3_column_text(row, 10);
    if (by != NULL && strlen(by) < ACTOR_SIZE) {
        memcpy(answer->by, by, strlen(by) + 1);
    }
    answer->by_ms =
        sqlite3_column_type(row, 11) == SQLITE_NULL ? TIME_NEVER : sqlite3_column_int64(row, 11);
    return true;
}

enum status journal_answers(struct journal *journal, struct command_answer answers[],
                            uint32_t answers_max, uint32_t *count)
{
    *count = 0;
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(
        journal->db,
        "SELECT id, fingerprint, at_ms, refusal, incident_id, report_id, assignment_id,"
        " generation, merged, seq, by, by_ms FROM command ORDER BY number DESC LIMIT ?",
        -1, &row, NULL);
    if (code == SQLITE_OK) {
        (void)sqlite3_bind_int64(row, 1, answers_max);
        while ((code = sqlite3_step(row)) == SQLITE_ROW) {
            if (!answer_of_row(row, &answers[*count])) {
                code = SQLITE_CORRUPT;
                break;
            }
            (*count)++;
        }
    }
    (void)sqlite3_finalize(row);
    return store_db_status(code);
}

static int purge_answers(struct journal *journal)
{
    const int64_t kept = journal->answer_high - journal->answer_low + 1;
    if (kept < (int64_t)journal->commands_keep + JOURNAL_PURGE_COUNT) {
        return SQLITE_OK;
    }
    sqlite3_stmt *purge = NULL;
    int code =
        sqlite3_prepare_v2(journal->db, "DELETE FROM command WHERE number < ?", -1, &purge, NULL);
    const int64_t low = journal->answer_low + JOURNAL_PURGE_COUNT;
    if (code == SQLITE_OK) {
        (void)sqlite3_bind_int64(purge, 1, low);
        code = store_db_step(purge);
    }
    (void)sqlite3_finalize(purge);
    if (code == SQLITE_OK) {
        journal->answer_low = low;
    }
    return code;
}

/* TRUNCATE gives the space back; with one connection there is no reader to wait for. */
static int checkpoint(struct journal *journal)
{
    const int mode = journal->wal_pages >= (int)JOURNAL_TRUNCATE_PAGES ? SQLITE_CHECKPOINT_TRUNCATE
                                                                       : SQLITE_CHECKPOINT_PASSIVE;
    const int code = sqlite3_wal_checkpoint_v2(journal->db, NULL, mode, NULL, NULL);
    journal->wal_pages = code == SQLITE_OK ? 0 : journal->wal_pages;
    return code;
}

static void judge(struct journal *journal, int code)
{
    const enum status status = store_db_status(code);
    if (status != STATUS_OK && status != STATUS_DISK_FULL && status != STATUS_BUSY) {
        journal->broken = true; /* the next append says unknown */
    }
}

void journal_idle(struct journal *journal)
{
    if (journal->broken) {
        return;
    }
    const bool is_quiet = journal->idle_seq == journal->seq; /* nothing since the last call */
    journal->idle_seq = journal->seq;
    if (is_quiet) {
        journal_heads_sign(journal);
    } else {
        journal_heads_export(journal);
    }
    int code = journal->broken ? SQLITE_OK : purge_answers(journal);
    if (code == SQLITE_OK && journal->wal_pages >= (int)JOURNAL_CHECKPOINT_PAGES) {
        code = checkpoint(journal);
    }
    judge(journal, code);
}

void journal_relieve(struct journal *journal)
{
    journal_heads_export(journal);
    if (!journal->broken && journal->wal_pages >= (int)JOURNAL_CROWDED_PAGES) {
        judge(journal, checkpoint(journal));
    }
}

enum status journal_verify(const char *path, const char *key_path, struct journal_verdict *verdict)
{
    *verdict = (struct journal_verdict){0};
    if (sodium_init() < 0) {
        return STATUS_NO_MEMORY;
    }
    return journal_check_file(path, key_path, verdict);
}
