/* Verification of a whole journal file: density, chain, signatures, exported heads. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/heads_file.h"
#include "engine/store/journal_private.h"

struct check {
    sqlite3 *db;
    const char *path;
    struct journal_verdict *verdict;
    struct journal_epochs epochs;
    uint64_t seq;
    uint64_t backup_seq; /* a copy that ends here by right, 0 */
    uint64_t signed_seq;
    uint64_t erased;
    bool has_key;
    uint8_t public[SIGN_PUBLIC_SIZE];
};

static enum status bent(struct check *check, uint64_t seq, const char *how)
{
    check->verdict->bad_seq = seq;
    store_db_say(check->verdict->text, "%.120s: event %llu: %s", check->path,
                 (unsigned long long)seq, how);
    return STATUS_CORRUPT;
}

static enum status check_open(struct check *check)
{
    char *text = check->verdict->text;
    enum status status = journal_file_open(check->path, &check->db, &check->seq, text);
    if (status != STATUS_OK) {
        return status;
    }
    int64_t number = 0;
    const int code =
        store_db_number(check->db, "SELECT value FROM meta WHERE name = 'backup'", &number);
    check->backup_seq = (uint64_t)number;
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return store_db_fail(check->db, check->path, "read it", code, text);
    }
    return journal_meta_epochs(check->db, check->path, &check->epochs, text);
}

static enum status check_chain(struct check *check)
{
    struct journal_walk walk = {.db = check->db,
                                .path = check->path,
                                .from_seq = 1,
                                .until_seq = check->seq,
                                .check = true};
    journal_chain_start(check->epochs.items[0].id, walk.hash);
    const enum status status = journal_walk_rows(&walk, NULL, NULL, check->verdict->text);
    check->verdict->events = walk.count;
    check->verdict->bad_seq = walk.bad_seq;
    check->erased = walk.erased;
    return status;
}

static enum status check_head(struct check *check, const struct signed_head *head)
{
    uint8_t hash[CHAIN_HASH_SIZE];
    if (head->seq == 0 || head->seq > check->seq) {
        return bent(check, head->seq, "was signed, but the journal ends before it");
    }
    char error[STORE_ERROR_SIZE];
    const enum status status = journal_walk_hash(check->db, check->path, head->seq, hash, error);
    if (status != STATUS_OK) {
        memcpy(check->verdict->text, error, STORE_ERROR_SIZE);
        return status;
    }
    if (check->has_key && !journal_sign_valid(check->public, head)) {
        return bent(check, head->seq, "the signature of this head is not ours");
    }
    if (memcmp(hash, head->hash, CHAIN_HASH_SIZE) != 0) {
        return bent(check, head->seq,
                    "the signed head is another: an event up to here was rewritten");
    }
    return STATUS_OK;
}

static enum status check_signatures(struct check *check)
{
    sqlite3_stmt *row = NULL;
    int code = sqlite3_prepare_v2(check->db, "SELECT seq, hash, sig FROM signature ORDER BY seq",
                                  -1, &row, NULL);
    enum status status = STATUS_OK;
    while (code == SQLITE_OK && status == STATUS_OK && (code = sqlite3_step(row)) == SQLITE_ROW) {
        struct signed_head head = {.seq = (uint64_t)sqlite3_column_int64(row, 0)};
        memcpy(head.epoch, journal_meta_epoch_of(&check->epochs, head.seq), EPOCH_SIZE);
        const void *hash = sqlite3_column_blob(row, 1);
        const void *signature = sqlite3_column_blob(row, 2);
        if (hash == NULL || sqlite3_column_bytes(row, 1) != (int)CHAIN_HASH_SIZE ||
            signature == NULL || sqlite3_column_bytes(row, 2) != (int)SIGN_SIZE) {
            status = bent(check, head.seq, "its signature is damaged");
            break;
        }
        memcpy(head.hash, hash, CHAIN_HASH_SIZE);
        memcpy(head.signature, signature, SIGN_SIZE);
        status = check_head(check, &head);
        check->signed_seq = head.seq;
        check->verdict->signatures += status == STATUS_OK ? 1 : 0;
        code = SQLITE_OK;
    }
    (void)sqlite3_finalize(row);
    if (status == STATUS_OK && code != SQLITE_DONE) {
        status = store_db_fail(check->db, check->path, "read its signatures", code,
                               check->verdict->text);
    }
    return status;
}

/* Every commit that leaves this many events unsigned signs its own head: more cannot be. */
static enum status check_unsigned(struct check *check)
{
    if (check->seq - check->signed_seq >= JOURNAL_SIGN_EVENTS) {
        return bent(check, check->signed_seq + JOURNAL_SIGN_EVENTS,
                    "no signature up to here, though one was due: it was removed");
    }
    return STATUS_OK;
}

static enum status check_piece(struct check *check, const char *text)
{
    enum status status = STATUS_OK;
    struct signed_head head;
    for (const char *at = text;
         status == STATUS_OK && (at = journal_sign_next(at, &head)) != NULL;) {
        const char *epoch = journal_meta_epoch_of(&check->epochs, head.seq);
        const bool is_ours = strcmp(head.epoch, epoch) == 0; /* else: left behind by a restore */
        const bool is_later = check->backup_seq != 0 && head.seq > check->backup_seq;
        if (is_ours && !is_later) {
            status = check_head(check, &head);
        }
    }
    return status;
}

/* heads.log beside the journal remembers heads that a rewritten file no longer has. */
static enum status check_exported(struct check *check)
{
    char path[STORE_PATH_SIZE];
    if (store_file_beside(check->path, "heads.log", path) != STATUS_OK) {
        return STATUS_OK; /* there can be none */
    }
    struct heads_file *file = malloc(sizeof *file);
    if (file == NULL) {
        store_db_say(check->verdict->text, "out of memory for %.150s", path);
        return STATUS_NO_MEMORY;
    }
    char *text = check->verdict->text;
    enum status read = heads_file_open(file, path, text);
    enum status status = STATUS_OK;
    while (read == STATUS_OK && status == STATUS_OK) {
        read = heads_file_piece(file, text);
        status = read == STATUS_OK ? check_piece(check, file->text) : STATUS_OK;
    }
    free(file);
    const bool is_unread = read != STATUS_OK && read != STATUS_NOT_FOUND; /* a copy may have none */
    return status == STATUS_OK && is_unread ? read : status;
}

enum status journal_check_file(const char *path, const char *key_path,
                               struct journal_verdict *verdict)
{
    struct check check = {.path = path, .verdict = verdict, .has_key = key_path != NULL};
    enum status status = STATUS_OK;
    if (key_path != NULL) {
        status = journal_sign_public(key_path, check.public, verdict->text);
    }
    if (status == STATUS_OK) {
        status = check_open(&check);
    }
    if (status == STATUS_OK) {
        status = check_chain(&check);
    }
    if (status == STATUS_OK) {
        status = check_signatures(&check);
    }
    if (status == STATUS_OK) {
        status = check_unsigned(&check);
    }
    if (status == STATUS_OK) {
        status = check_exported(&check);
    }
    (void)sqlite3_close(check.db);
    if (status == STATUS_OK) {
        store_db_say(verdict->text,
                     "%.80s: %s%llu events, chain whole, %llu signed heads%s, the last %llu events"
                     " not signed yet, %llu bodies erased, %u times restored",
                     path, check.backup_seq != 0 ? "a backup, " : "",
                     (unsigned long long)verdict->events, (unsigned long long)verdict->signatures,
                     check.has_key ? "" : " (signatures not checked: no key)",
                     (unsigned long long)(check.seq - check.signed_seq),
                     (unsigned long long)check.erased, check.epochs.count - 1);
    }
    return status;
}
