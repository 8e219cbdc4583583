/* One batch, one transaction: events, answers, active assignments, now and then a signed head. */
#include <assert.h>
#include <string.h>

#include "engine/core/event_codec.h"
#include "engine/store/journal_private.h"

static const char *const sql[JOURNAL_STATEMENT_COUNT] = {
    [JOURNAL_BEGIN] = "BEGIN IMMEDIATE",
    [JOURNAL_COMMIT] = "COMMIT",
    [JOURNAL_FENCE] = "SELECT (SELECT value FROM meta WHERE name = 'term'),"
                      " (SELECT max(seq) FROM journal)",
    [JOURNAL_INSERT_EVENT] = "INSERT INTO journal(seq, at_ms, kind, source, actor, command_id,"
                             " body, term, body_hash, hash) VALUES(?,?,?,?,?,?,?,?,?,?)",
    [JOURNAL_FORGET_ANSWER] = "DELETE FROM command WHERE id = ? AND number < ?",
    [JOURNAL_INSERT_ANSWER] =
        "INSERT INTO command(number, id, fingerprint, at_ms, refusal, incident_id, report_id,"
        " assignment_id, generation, merged, seq, by, by_ms) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [JOURNAL_INSERT_ACTIVE] =
        "INSERT INTO active_assignment(assignment_id, unit_id, incident_id, seq) VALUES(?,?,?,?)",
    [JOURNAL_DELETE_ACTIVE] = "DELETE FROM active_assignment WHERE assignment_id = ?",
    [JOURNAL_INSERT_SIGNATURE] = "INSERT INTO signature(seq, hash, sig) VALUES(?,?,?)",
};

enum status journal_batch_prepare(struct journal *journal, char error[STORE_ERROR_SIZE])
{
    for (uint32_t i = 0; i < JOURNAL_STATEMENT_COUNT; i++) {
        const enum status status =
            store_db_prepare(journal->db, journal->path, sql[i], &journal->statements[i], error);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

void journal_batch_finish(struct journal *journal)
{
    for (uint32_t i = 0; i < JOURNAL_STATEMENT_COUNT; i++) {
        (void)sqlite3_finalize(journal->statements[i]);
        journal->statements[i] = NULL;
    }
}

/* What the batch would make of the journal; taken over when it is durable. */
struct outcome {
    uint64_t seq;
    int64_t at_ms;
    int64_t unsigned_at_ms;
    uint8_t hash[CHAIN_HASH_SIZE];
    int64_t answer_high;
    bool is_signed;
    bool is_fenced;
    uint64_t failed_seq;     /* the event that broke a rule, 0 */
    uint32_t failed_unit_id; /* ordered twice, UNIT_NONE */
};

static int check_fence(struct journal *journal, struct outcome *outcome)
{
    sqlite3_stmt *fence = journal->statements[JOURNAL_FENCE];
    int code = sqlite3_step(fence);
    if (code == SQLITE_ROW) {
        outcome->is_fenced = (uint64_t)sqlite3_column_int64(fence, 0) != journal->term ||
                             (uint64_t)sqlite3_column_int64(fence, 1) != journal->seq;
        code = SQLITE_OK;
    }
    (void)sqlite3_reset(fence);
    return code;
}

static int put_active(struct journal *journal, const struct event_record *record,
                      const uint8_t *body, struct outcome *outcome)
{
    struct event *event = &journal->event;
    event->kind = record->kind;
    const enum status decoded = event_codec_decode(event, body, record->body_size);
    assert(decoded == STATUS_OK); /* our own bytes of a moment ago */

    if (record->kind == EVENT_ASSIGNMENT_SENT) {
        sqlite3_stmt *insert = journal->statements[JOURNAL_INSERT_ACTIVE];
        (void)sqlite3_bind_int64(insert, 1, event->sent.assignment_id);
        (void)sqlite3_bind_int64(insert, 2, event->sent.unit_id);
        (void)sqlite3_bind_int64(insert, 3, event->sent.incident_id);
        (void)sqlite3_bind_int64(insert, 4, (sqlite3_int64)record->seq);
        const int code = store_db_step(insert);
        if ((code & 0xff) == SQLITE_CONSTRAINT) {
            outcome->failed_unit_id = event->sent.unit_id;
        }
        return code;
    }
    if (!assignment_state_ended(event->updated.state)) {
        return SQLITE_OK;
    }
    sqlite3_stmt *remove = journal->statements[JOURNAL_DELETE_ACTIVE];
    (void)sqlite3_bind_int64(remove, 1, event->updated.assignment_id);
    return store_db_step(remove);
}

static int put_event(struct journal *journal, const struct event_record *record,
                     const uint8_t *body, struct outcome *outcome)
{
    uint8_t body_hash[CHAIN_HASH_SIZE];
    journal_chain_body(body, record->body_size, body_hash);
    journal_chain_next(outcome->hash, record, journal->term, body_hash);

    sqlite3_stmt *insert = journal->statements[JOURNAL_INSERT_EVENT];
    (void)sqlite3_bind_int64(insert, 1, (sqlite3_int64)record->seq);
    (void)sqlite3_bind_int64(insert, 2, record->at_ms);
    (void)sqlite3_bind_int(insert, 3, (int)record->kind);
    (void)sqlite3_bind_int(insert, 4, (int)record->actor.source);
    (void)sqlite3_bind_text(insert, 5, record->actor.id, -1, SQLITE_STATIC);
    (void)sqlite3_bind_blob(insert, 6, record->command_id, (int)COMMAND_ID_SIZE, SQLITE_STATIC);
    (void)sqlite3_bind_blob(insert, 7, body, (int)record->body_size, SQLITE_STATIC);
    (void)sqlite3_bind_int64(insert, 8, (sqlite3_int64)journal->term);
    (void)sqlite3_bind_blob(insert, 9, body_hash, (int)CHAIN_HASH_SIZE, SQLITE_STATIC);
    (void)sqlite3_bind_blob(insert, 10, outcome->hash, (int)CHAIN_HASH_SIZE, SQLITE_STATIC);
    const int code = store_db_step(insert);
    outcome->seq = record->seq;
    outcome->at_ms = record->at_ms;
    return code;
}

static int put_events(struct journal *journal, const struct event_list *events,
                      struct outcome *outcome)
{
    for (uint32_t i = 0; i < events->count; i++) {
        const struct event_record *record = &events->records[i];
        assert(record->seq == outcome->seq + 1); /* the core numbers its events densely */
        const uint8_t *body = events->bytes + record->body_offset;
        int code = put_event(journal, record, body, outcome);
        if (code == SQLITE_OK &&
            (record->kind == EVENT_ASSIGNMENT_SENT || record->kind == EVENT_ASSIGNMENT_UPDATED)) {
            code = put_active(journal, record, body, outcome);
        }
        if (code != SQLITE_OK) {
            outcome->failed_seq = record->seq;
            return code;
        }
    }
    return SQLITE_OK;
}

/* Whoever remembers the newest `commands_keep` has forgotten those before them, and one of these
 * was executed anew: it makes way, though its row was not purged yet. Within them an id comes once.
 */
static int forget_answer(struct journal *journal, const struct command_answer *answer,
                         int64_t number)
{
    sqlite3_stmt *forget = journal->statements[JOURNAL_FORGET_ANSWER];
    (void)sqlite3_bind_blob(forget, 1, answer->id, (int)COMMAND_ID_SIZE, SQLITE_STATIC);
    (void)sqlite3_bind_int64(forget, 2, number - (int64_t)journal->commands_keep);
    return store_db_step(forget);
}

static int put_answers(struct journal *journal, const struct command_answer answers[],
                       uint32_t count, struct outcome *outcome)
{
    sqlite3_stmt *insert = journal->statements[JOURNAL_INSERT_ANSWER];
    for (uint32_t i = 0; i < count; i++) {
        const struct command_answer *answer = &answers[i];
        const int forgotten = forget_answer(journal, answer, outcome->answer_high + 1);
        if (forgotten != SQLITE_OK) {
            return forgotten;
        }
        (void)sqlite3_bind_int64(insert, 1, outcome->answer_high + 1);
        (void)sqlite3_bind_blob(insert, 2, answer->id, (int)COMMAND_ID_SIZE, SQLITE_STATIC);
        (void)sqlite3_bind_int64(insert, 3, (sqlite3_int64)answer->fingerprint);
        (void)sqlite3_bind_int64(insert, 4, answer->at_ms);
        (void)sqlite3_bind_int(insert, 5, (int)answer->refusal);
        (void)sqlite3_bind_int64(insert, 6, answer->incident_id);
        (void)sqlite3_bind_int64(insert, 7, answer->report_id);
        (void)sqlite3_bind_int64(insert, 8, answer->assignment_id);
        (void)sqlite3_bind_int64(insert, 9, answer->generation);
        (void)sqlite3_bind_int(insert, 10, answer->merged ? 1 : 0);
        (void)sqlite3_bind_int64(insert, 11, (sqlite3_int64)answer->seq);
        (void)sqlite3_bind_text(insert, 12, answer->by, -1, SQLITE_STATIC);
        store_db_bind_time(insert, 13, answer->by_ms);
        const int code = store_db_step(insert);
        if (code != SQLITE_OK) {
            return code;
        }
        outcome->answer_high++;
    }
    return SQLITE_OK;
}

static bool is_to_be_signed(const struct journal *journal, const struct outcome *outcome)
{
    return outcome->seq - journal->signed_seq >= JOURNAL_SIGN_EVENTS ||
           (outcome->seq > journal->signed_seq &&
            outcome->at_ms - outcome->unsigned_at_ms >= JOURNAL_SIGN_MS);
}

/* Everything between BEGIN and COMMIT. */
static int put_all(struct journal *journal, const struct event_list *events,
                   const struct command_answer answers[], uint32_t answer_count,
                   struct outcome *outcome)
{
    int code = check_fence(journal, outcome);
    if (code != SQLITE_OK || outcome->is_fenced) {
        return code;
    }
    code = put_events(journal, events, outcome);
    if (code == SQLITE_OK) {
        code = put_answers(journal, answers, answer_count, outcome);
    }
    if (code == SQLITE_OK && is_to_be_signed(journal, outcome)) {
        outcome->is_signed = true;
        code = journal_heads_put(journal, outcome->seq, outcome->hash);
    }
    return code;
}

static enum journal_answer not_durable(struct journal *journal, int code,
                                       const struct outcome *outcome, char error[STORE_ERROR_SIZE])
{
    if (code == SQLITE_OK) { /* fenced */
        store_db_say(error,
                     "%.100s: another engine has written since term %llu, event %llu: not the"
                     " writer any more",
                     journal->path, (unsigned long long)journal->term,
                     (unsigned long long)journal->seq);
    } else if (outcome->failed_unit_id != UNIT_NONE) {
        store_db_say(error, "%.100s: event %llu orders unit %u, which has an active order already",
                     journal->path, (unsigned long long)outcome->failed_seq,
                     outcome->failed_unit_id);
    } else {
        const enum status status =
            store_db_fail(journal->db, journal->path, "commit a batch", code, error);
        assert(status != STATUS_OK);
    }
    if (sqlite3_get_autocommit(journal->db) == 0) {
        (void)store_db_run(journal->db, "ROLLBACK");
    }
    const bool is_clean = sqlite3_get_autocommit(journal->db) != 0;
    if (code == SQLITE_OK) {
        journal->broken = true;
        return JOURNAL_FENCED;
    }
    if ((code & 0xff) == SQLITE_FULL && is_clean) {
        return JOURNAL_FULL;
    }
    journal->broken = true;
    return JOURNAL_UNKNOWN;
}

enum journal_answer journal_batch_write(struct journal *journal, const struct event_list *events,
                                        const struct command_answer answers[],
                                        uint32_t answer_count, char error[STORE_ERROR_SIZE])
{
    struct outcome outcome = {.seq = journal->seq,
                              .at_ms = journal->at_ms,
                              .unsigned_at_ms = journal->unsigned_at_ms,
                              .answer_high = journal->answer_high,
                              .failed_unit_id = UNIT_NONE};
    memcpy(outcome.hash, journal->hash, CHAIN_HASH_SIZE);

    if (journal->seq == journal->signed_seq && events->count > 0) {
        outcome.unsigned_at_ms = events->records[0].at_ms;
    }
    int code = store_db_step(journal->statements[JOURNAL_BEGIN]);
    if (code == SQLITE_OK) {
        code = put_all(journal, events, answers, answer_count, &outcome);
    }
    if (code == SQLITE_OK && !outcome.is_fenced) {
        code = store_db_step(journal->statements[JOURNAL_COMMIT]);
    }
    if (code != SQLITE_OK || outcome.is_fenced) {
        return not_durable(journal, code, &outcome, error);
    }
    journal->seq = outcome.seq;
    journal->at_ms = outcome.at_ms;
    journal->unsigned_at_ms = outcome.unsigned_at_ms;
    journal->answer_high = outcome.answer_high;
    memcpy(journal->hash, outcome.hash, CHAIN_HASH_SIZE);
    if (outcome.is_signed) {
        journal->signed_seq = journal->seq;
    }
    return JOURNAL_DURABLE;
}
