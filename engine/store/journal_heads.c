/* Signed heads: when they are made, and how they get into heads.log. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/journal_private.h"

#define HEADS_FILE_MAX (256u << 20) /* 230 B a head: a million heads */
#define EXPORT_AT_ONCE 1024u

int journal_heads_put(struct journal *journal, uint64_t seq, const uint8_t hash[CHAIN_HASH_SIZE])
{
    struct signed_head head = {.seq = seq};
    memcpy(head.epoch, journal_meta_epoch_of(&journal->epochs, seq), EPOCH_SIZE);
    memcpy(head.hash, hash, CHAIN_HASH_SIZE);
    journal_sign_head(&journal->key, &head);

    sqlite3_stmt *insert = journal->statements[JOURNAL_INSERT_SIGNATURE];
    (void)sqlite3_bind_int64(insert, 1, (sqlite3_int64)seq);
    (void)sqlite3_bind_blob(insert, 2, head.hash, (int)CHAIN_HASH_SIZE, SQLITE_TRANSIENT);
    (void)sqlite3_bind_blob(insert, 3, head.signature, (int)SIGN_SIZE, SQLITE_TRANSIENT);
    return store_db_step(insert);
}

void journal_heads_sign(struct journal *journal)
{
    if (journal->broken || journal->seq == journal->signed_seq) {
        return;
    }
    int code = store_db_step(journal->statements[JOURNAL_BEGIN]);
    if (code == SQLITE_OK) {
        code = journal_heads_put(journal, journal->seq, journal->hash);
    }
    if (code == SQLITE_OK) {
        code = store_db_step(journal->statements[JOURNAL_COMMIT]);
    }
    if (code != SQLITE_OK) { /* a full disk: the next one signs more; else the journal is broken */
        if (sqlite3_get_autocommit(journal->db) == 0) {
            (void)store_db_run(journal->db, "ROLLBACK");
        }
        journal->broken = store_db_status(code) != STATUS_DISK_FULL;
        return;
    }
    journal->signed_seq = journal->seq;
    journal->signed_at_ms = journal->at_ms;
    journal_heads_export(journal);
}

static bool head_of_row(const struct journal *journal, sqlite3_stmt *row, struct signed_head *head)
{
    const void *hash = sqlite3_column_blob(row, 1);
    const void *signature = sqlite3_column_blob(row, 2);
    if (hash == NULL || sqlite3_column_bytes(row, 1) != (int)CHAIN_HASH_SIZE || signature == NULL ||
        sqlite3_column_bytes(row, 2) != (int)SIGN_SIZE) {
        return false; /* journal_verify says so */
    }
    head->seq = (uint64_t)sqlite3_column_int64(row, 0);
    memcpy(head->epoch, journal_meta_epoch_of(&journal->epochs, head->seq), EPOCH_SIZE);
    memcpy(head->hash, hash, CHAIN_HASH_SIZE);
    memcpy(head->signature, signature, SIGN_SIZE);
    return true;
}

/* A head that cannot be exported now is exported the next time; the table keeps it. */
void journal_heads_export(struct journal *journal)
{
    sqlite3_stmt *row = NULL;
    if (sqlite3_prepare_v2(journal->db,
                           "SELECT seq, hash, sig FROM signature WHERE seq > ? ORDER BY seq"
                           " LIMIT ?",
                           -1, &row, NULL) != SQLITE_OK) {
        return;
    }
    (void)sqlite3_bind_int64(row, 1, (sqlite3_int64)journal->exported_seq);
    (void)sqlite3_bind_int64(row, 2, EXPORT_AT_ONCE);
    char *text = malloc((size_t)EXPORT_AT_ONCE * SIGN_LINE_SIZE);
    size_t size = 0;
    uint64_t newest = journal->exported_seq;
    while (text != NULL && sqlite3_step(row) == SQLITE_ROW) {
        struct signed_head head;
        newest = (uint64_t)sqlite3_column_int64(row, 0);
        if (head_of_row(journal, row, &head)) {
            size += journal_sign_print(&head, text + size);
        }
    }
    (void)sqlite3_finalize(row);
    char error[STORE_ERROR_SIZE];
    if (size > 0 &&
        store_file_append(journal->heads_path, (const uint8_t *)text, size, error) == STATUS_OK) {
        journal->exported_seq = newest;
    }
    free(text);
}

static enum status load_exported(struct journal *journal, char error[STORE_ERROR_SIZE])
{
    uint8_t *text = NULL;
    size_t size = 0;
    const enum status status =
        store_file_read(journal->heads_path, HEADS_FILE_MAX, &text, &size, error);
    if (status == STATUS_NOT_FOUND || size == 0) {
        free(text);
        return status == STATUS_NOT_FOUND ? STATUS_OK : status;
    }
    if (status != STATUS_OK) {
        return status;
    }
    const bool is_torn = text[size - 1] != '\n';
    struct signed_head head;
    for (const char *at = (const char *)text; (at = journal_sign_next(at, &head)) != NULL;) {
        const char *epoch = journal_meta_epoch_of(&journal->epochs, head.seq);
        if (head.seq <= journal->seq && head.seq > journal->exported_seq &&
            strcmp(head.epoch, epoch) == 0) {
            journal->exported_seq = head.seq;
        }
    }
    free(text);
    const uint8_t newline = '\n';
    return is_torn ? store_file_append(journal->heads_path, &newline, 1, error) : STATUS_OK;
}

enum status journal_heads_load(struct journal *journal, char error[STORE_ERROR_SIZE])
{
    int64_t seq = 0;
    const int code = store_db_number(journal->db, "SELECT max(seq) FROM signature", &seq);
    if (code != SQLITE_ROW) {
        return store_db_fail(journal->db, journal->path, "read its signatures", code, error);
    }
    journal->signed_seq = (uint64_t)seq;
    journal->signed_at_ms = journal->at_ms;
    const enum status status = load_exported(journal, error);
    if (status == STATUS_OK) {
        journal_heads_export(journal);
    }
    return status;
}
