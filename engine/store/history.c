#include "engine/store/history.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/core/event_codec.h"
#include "engine/store/history_private.h"

#define EPOCH_LENGTH 32u

static int count_wal(void *context, sqlite3 *db, const char *name, int pages)
{
    (void)db;
    (void)name;
    struct history *history = context;
    history->wal_pages = pages;
    return SQLITE_OK;
}

static enum status set_pragmas(struct history *history, char error[STORE_ERROR_SIZE])
{
    static const struct {
        const char *set, *name, *expected;
    } pragmas[] = {
        {"PRAGMA page_size=4096", "page_size", "4096"},
        {"PRAGMA journal_mode=WAL", "journal_mode", "wal"},
        {"PRAGMA synchronous=NORMAL", "synchronous", "1"}, /* what is lost is fed again */
        {"PRAGMA wal_autocheckpoint=0", "wal_autocheckpoint", "0"},
        {"PRAGMA cache_size=-32768", "cache_size", "-32768"},
    };
    for (size_t i = 0; i < sizeof pragmas / sizeof pragmas[0]; i++) {
        const enum status status = store_db_pragma(history->db, history->path, pragmas[i].set,
                                                   pragmas[i].name, pragmas[i].expected, error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    (void)sqlite3_wal_hook(history->db, count_wal, history);
    return STATUS_OK;
}

/* Whose history it is. A new file takes the epoch; another one's is not ours to go on with. */
static enum status check_epoch(struct history *history, const char *epoch,
                               char error[STORE_ERROR_SIZE])
{
    char text[128];
    (void)snprintf(text, sizeof text, "INSERT OR IGNORE INTO meta VALUES('epoch', '%.32s')", epoch);
    int code = store_db_run(history->db, text);
    int64_t same = 0;
    int64_t seq = 0;
    if (code == SQLITE_OK) {
        (void)snprintf(text, sizeof text, "SELECT value = '%.32s' FROM meta WHERE name = 'epoch'",
                       epoch);
        code = store_db_number(history->db, text, &same);
    }
    if (code == SQLITE_ROW) {
        code = store_db_number(history->db, "SELECT value FROM meta WHERE name = 'seq'", &seq);
    }
    if (code != SQLITE_ROW) {
        return store_db_fail(history->db, history->path, "read it", code, error);
    }
    if (same != 1) {
        store_db_say(error, "%.150s: the history of another journal; rebuild it", history->path);
        return STATUS_STALE;
    }
    history->seq = (uint64_t)seq;
    history->seq_put = history->seq;
    return STATUS_OK;
}

/* The tables of an earlier program: built again, they have what it did not keep. */
static enum status check_format(struct history *history, char error[STORE_ERROR_SIZE])
{
    int64_t version = 0;
    const int code = store_db_number(history->db, "PRAGMA user_version", &version);
    if (code != SQLITE_ROW) {
        return store_db_fail(history->db, history->path, "read it", code, error);
    }
    if (version != HISTORY_FORMAT) {
        store_db_say(error, "%.150s: history format %d, not %d; rebuild it", history->path,
                     (int)version, HISTORY_FORMAT);
        return STATUS_STALE;
    }
    return STATUS_OK;
}

static enum status open_all(struct history *history, const char *epoch,
                            char error[STORE_ERROR_SIZE])
{
    enum status status = store_db_open(history->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                                       &history->db, error);
    if (status == STATUS_OK) {
        status = set_pragmas(history, error);
    }
    if (status == STATUS_OK) {
        status = store_db_schema(history->db, history->path, &history_tables_format, error);
        status = status == STATUS_VERSION ? STATUS_STALE : status; /* it can be built again */
    }
    if (status == STATUS_OK) {
        status = check_format(history, error);
    }
    if (status == STATUS_OK) {
        status = check_epoch(history, epoch, error);
    }
    return status == STATUS_OK ? history_statements_prepare(history, error) : status;
}

enum status history_open(const char *path, const char *epoch, struct history **out, char error[256])
{
    assert(strlen(epoch) == EPOCH_LENGTH);
    assert(strspn(epoch, "0123456789abcdef") == EPOCH_LENGTH);
    *out = NULL;
    error[0] = '\0';
    if (strlen(path) >= STORE_PATH_SIZE) {
        store_db_say(error, "%.150s: the path is too long", path);
        return STATUS_FULL;
    }
    struct history *history = calloc(1, sizeof *history);
    if (history == NULL) {
        store_db_say(error, "out of memory");
        return STATUS_NO_MEMORY;
    }
    memcpy(history->path, path, strlen(path) + 1);
    const enum status status = open_all(history, epoch, error);
    if (status != STATUS_OK) {
        history_close(history);
        return status;
    }
    *out = history;
    return STATUS_OK;
}

static void roll_back(struct history *history)
{
    if (sqlite3_get_autocommit(history->db) == 0) {
        (void)store_db_run(history->db, "ROLLBACK");
    }
    history->seq_put = history->seq;
    history_answers_forget(history);
}

void history_close(struct history *history)
{
    if (history == NULL) {
        return;
    }
    if (history->db != NULL) {
        roll_back(history);
    }
    history_statements_finish(history);
    (void)sqlite3_close(history->db);
    free(history);
}

uint64_t history_seq(const struct history *history)
{
    return history->seq;
}

enum status history_begin(struct history *history, char error[256])
{
    error[0] = '\0';
    roll_back(history); /* what a broken-off rebuild left */
    const int code = store_db_run(history->db, "BEGIN IMMEDIATE");
    return code == SQLITE_OK
               ? STATUS_OK
               : store_db_fail(history->db, history->path, "begin to write", code, error);
}

static enum status decode(struct history *history, const struct event_record *record,
                          const uint8_t *body, char error[STORE_ERROR_SIZE])
{
    struct event *event = &history->event;
    event->kind = record->kind;
    event->seq = record->seq;
    event->at_ms = record->at_ms;
    event->actor = record->actor;
    memcpy(event->command_id, record->command_id, COMMAND_ID_SIZE);
    if (body == NULL) {
        return STATUS_OK; /* erased by law: its row stays, its content is gone */
    }
    const enum status status = event_codec_decode(event, body, record->body_size);
    if (status != STATUS_OK) {
        store_db_say(error, "%.120s: event %llu cannot be read: %s", history->path,
                     (unsigned long long)record->seq, status_text(status));
    }
    return status;
}

enum status history_put(struct history *history, const struct event_record *record,
                        const uint8_t *body, char error[256])
{
    assert(sqlite3_get_autocommit(history->db) == 0); /* between begin and commit */
    error[0] = '\0';
    if (record->seq <= history->seq_put) {
        return STATUS_OK;
    }
    enum status status = STATUS_OK;
    if (record->seq != history->seq_put + 1) {
        store_db_say(error, "%.120s: holds events up to %llu, the next given is %llu",
                     history->path, (unsigned long long)history->seq_put,
                     (unsigned long long)record->seq);
        status = STATUS_STALE;
    }
    if (status == STATUS_OK) {
        status = decode(history, record, body, error);
    }
    if (status == STATUS_OK) {
        const int code = history_project_event(history, &history->event, body, record->body_size);
        if (code != SQLITE_OK) {
            status = store_db_fail(history->db, history->path, "write an event", code, error);
        }
    }
    if (status != STATUS_OK) {
        roll_back(history);
        return status;
    }
    history->seq_put = record->seq;
    return STATUS_OK;
}

enum status history_commit(struct history *history, char error[256])
{
    error[0] = '\0';
    sqlite3_stmt *put_seq = history->statements[HISTORY_PUT_SEQ];
    (void)sqlite3_bind_int64(put_seq, 1, (sqlite3_int64)history->seq_put);
    int code = history_answers_refresh(history);
    if (code == SQLITE_OK) {
        code = store_db_step(put_seq);
    }
    if (code == SQLITE_OK) {
        code = store_db_run(history->db, "COMMIT");
    }
    if (code != SQLITE_OK) {
        const enum status status = store_db_fail(history->db, history->path, "commit", code, error);
        roll_back(history);
        return status;
    }
    history->seq = history->seq_put;
    return STATUS_OK;
}

enum status history_feed(struct history *history, const struct event_list *events, char error[256])
{
    error[0] = '\0';
    if (events->count == 0 || events->records[events->count - 1].seq <= history->seq) {
        return STATUS_OK;
    }
    enum status status = history_begin(history, error);
    for (uint32_t i = 0; i < events->count && status == STATUS_OK; i++) {
        const struct event_record *record = &events->records[i];
        const bool is_erased = record->body_size == 0; /* what is written has a version at least */
        status = history_put(history, record,
                             is_erased ? NULL : events->bytes + record->body_offset, error);
    }
    return status == STATUS_OK ? history_commit(history, error) : status;
}

void history_idle(struct history *history)
{
    if (history->wal_pages >= (int)HISTORY_CHECKPOINT_PAGES) {
        int left = 0;
        int done = 0;
        const int code =
            sqlite3_wal_checkpoint_v2(history->db, NULL, SQLITE_CHECKPOINT_PASSIVE, &left, &done);
        if (code == SQLITE_OK && left == done) {
            history->wal_pages = 0;
        }
    }
}

enum status history_remove(const char *path, char error[256])
{
    static const char *const suffixes[] = {"", "-wal", "-shm"};
    error[0] = '\0';
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        char name[STORE_PATH_SIZE];
        enum status status = store_file_longer(path, suffixes[i], name, error);
        if (status == STATUS_OK) {
            status = store_file_remove(name, error);
        }
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}
