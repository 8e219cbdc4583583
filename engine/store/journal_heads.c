/* Signed heads: when they are made, and how they get into heads.log. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/store/heads_file.h"
#include "engine/store/journal_private.h"

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
    if (journal->broken || journal->exported_seq >= journal->signed_seq) {
        return;
    }
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

/* The newest head of this piece that the journal has, too. */
static uint64_t newest_of(const struct journal *journal, const char *text)
{
    uint64_t newest = 0;
    struct signed_head head;
    for (const char *at = text; (at = journal_sign_next(at, &head)) != NULL;) {
        const char *epoch = journal_meta_epoch_of(&journal->epochs, head.seq);
        if (head.seq <= journal->seq && head.seq > newest && strcmp(head.epoch, epoch) == 0) {
            newest = head.seq;
        }
    }
    return newest;
}

static enum status load_exported(struct journal *journal, char error[STORE_ERROR_SIZE])
{
    struct heads_file *file = malloc(sizeof *file);
    if (file == NULL) {
        store_db_say(error, "out of memory for %.150s", journal->heads_path);
        return STATUS_NO_MEMORY;
    }
    enum status status = heads_file_open(file, journal->heads_path, error);
    const bool is_torn = status == STATUS_OK && file->is_torn;
    while (status == STATUS_OK && journal->exported_seq == 0) {
        status = heads_file_piece(file, error);
        if (status == STATUS_OK) {
            journal->exported_seq = newest_of(journal, file->text);
        }
    }
    free(file);
    if (status == STATUS_OK || status == STATUS_NOT_FOUND) {
        const uint8_t newline = '\n';
        return is_torn ? store_file_append(journal->heads_path, &newline, 1, error) : STATUS_OK;
    }
    return status;
}

enum status journal_heads_load(struct journal *journal, char error[STORE_ERROR_SIZE])
{
    int64_t seq = 0;
    const int code = store_db_number(journal->db, "SELECT max(seq) FROM signature", &seq);
    if (code != SQLITE_ROW) {
        return store_db_fail(journal->db, journal->path, "read its signatures", code, error);
    }
    journal->signed_seq = (uint64_t)seq;
    journal->unsigned_at_ms = journal->at_ms; /* or older; nearly enough */
    const enum status status = load_exported(journal, error);
    if (status == STATUS_OK) {
        journal_heads_export(journal);
    }
    return status;
}
